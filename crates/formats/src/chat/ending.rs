//! The words that something is over, in one list: for the hour of an end, and for what a message says of what happened.

use super::stance::BEFORE_END;
use super::token::ChatWord;
use super::when;

/// They say so behind "sudah", and beside their hour: "bubar jam 12".
const BESIDE_HOUR: [&str; 36] = [
    "reda",
    "redo",
    "mereda",
    "surut",
    "surot",
    "surud",
    "selesai",
    "sls",
    "rampung",
    "berakhir",
    "padam",
    "padem",
    "pajah",
    "dipajahi",
    "dipadamkan",
    "dipadamke",
    "dipadamken",
    "memadamkan",
    "bubar",
    "bubaran",
    "buyar",
    "bubarkan",
    "bubarno",
    "dibubarkan",
    "membubarkan",
    "dibuka",
    "dibukak",
    "dibuko",
    "dibukake",
    "bukak",
    "dilerai",
    "dilerei",
    "dipisah",
    "dipisahkan",
    "berdamai",
    "didamaikan",
];
/// They say so behind "sudah"; an hour beside them is that of an end.
const BEHIND_SUDAH: [&str; 6] = ["kondusif", "terkendali", "normal", "damai", "dievakuasi", "asat"];
/// They say so behind "sudah", and an hour beside them may be of anything.
const WITHOUT_HOUR: [&str; 5] = ["aman", "teratasi", "kering", "pulang", "dibersihkan"];
/// What was done about it ends nothing; its hour is not that of the begin.
const ANSWERED: [&str; 3] = ["ditangani", "diamankan", "dimediasi"];

/// True where a word says that something is over once its hour stands beside it; "mulai surut" does not.
pub fn ends_beside_hour(tokens: &[ChatWord], at: usize) -> bool {
    names_end(tokens, at) && !only_begins(tokens, at)
}

fn names_end(tokens: &[ChatWord], at: usize) -> bool {
    tokens[at].is(&BESIDE_HOUR)
        || is_healed(tokens, at)
        || is_taken_down(tokens, at)
        || is_put_out(tokens, at)
}

/// "mulai surut", "wiwit padam": what goes on while it ends.
pub fn only_begins(tokens: &[ChatWord], at: usize) -> bool {
    const BEGINS: [&str; 8] = ["mulai", "mulei", "mule", "mulae", "wiwit", "berangsur", "hampir", "mayan"];
    at > 0 && tokens[at - 1].clause == tokens[at].clause && tokens[at - 1].is(&BEGINS)
}

/// "geni wis dipateni", "kebakaran alas wis pateni kabeh": a fire is put out; of people and beasts the word says that they were killed.
fn is_put_out(tokens: &[ChatWord], at: usize) -> bool {
    const FIRE: [&str; 14] = [
        "api",
        "geni",
        "apinya",
        "apinyo",
        "apine",
        "genine",
        "kobong",
        "kobongan",
        "kebakaran",
        "kabakaran",
        "kobaran",
        "karhutla",
        "obong",
        "terbakar",
    ];
    tokens[at].is(&["pateni", "dipateni", "dipatenono", "dipatenke", "dipatekno", "mateni"])
        && tokens[..at].iter().any(|word| word.sentence == tokens[at].sentence && word.is(&FIRE))
}

/// True where a word says that something is over once "sudah" stands before it.
pub fn ends_behind_sudah(tokens: &[ChatWord], at: usize) -> bool {
    let is_out =
        tokens[at].is(&["mati"]) && tokens[at.saturating_sub(3)..at].iter().any(|word| word.is(&["api"]));
    let is_end =
        names_end(tokens, at) || tokens[at].is(&BEHIND_SUDAH) || tokens[at].is(&WITHOUT_HOUR) || is_out;
    is_end && !only_begins(tokens, at)
}

/// True where an hour beside a word is that of an end, or of what was done about it; "aksi damai jam 10" begins then.
pub fn has_hour_of_end(tokens: &[ChatWord], at: usize) -> bool {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let before = |list: &[&str]| at > 0 && is(at - 1, list);
    match tokens[at].text.as_str() {
        "damai" => !before(&["aksi", "demo", "unras", "rasa", "secara"]),
        // People and beasts die; a fire goes out.
        "mati" => before(&["api"]) || is(at + 1, &["api"]),
        _ => names_end(tokens, at) || tokens[at].is(&BEHIND_SUDAH) || tokens[at].is(&ANSWERED),
    }
}

/// "wis mari", "mari jam 5": over, in Javanese. "Mari jaga kampung" calls others to come.
fn is_healed(tokens: &[ChatWord], at: usize) -> bool {
    if !tokens[at].is(&["mari"]) {
        return false;
    }
    let is_of_hour = |other: usize| {
        tokens[other].number().is_some()
            || when::leads_hour(tokens, other)
            || when::names_day_part(tokens, other)
            || tokens[other].is(&["sekitar", "kira", "tadi", "td", "mau", "wib", "wit", "wita"])
    };
    let mut behind = (at + 1..tokens.len()).take_while(|other| tokens[*other].clause == tokens[at].clause);
    at > 0 && (tokens[at - 1].is(&BEFORE_END) || behind.all(is_of_hour))
}

/// "portal …, dibongkar jam 2": a barrier is taken down; a house is broken into.
fn is_taken_down(tokens: &[ChatWord], at: usize) -> bool {
    const BARRIERS: [&str; 8] =
        ["portal", "palang", "blokade", "barikade", "pagar", "tenda", "portalnya", "palangnya"];
    if !tokens[at].is(&["dibongkar"]) {
        return false;
    }
    let is_own = |other: &&ChatWord| other.clause == tokens[at].clause;
    let own = || tokens[..at].iter().rev().take_while(is_own);
    let is_bare = || own().all(|word| word.is(&BEFORE_END));
    own().any(|word| word.is(&BARRIERS)) || is_bare() && tokens[..at].iter().any(|word| word.is(&BARRIERS))
}
