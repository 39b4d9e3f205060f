//! Of whom or what a word such as "mati" speaks: nearest before it stands who died, what killed them, whose thing it is, or a thing
//! that no list has.

use super::dead::{STOPS, is_somebody};
use super::harm_words::{ANIMALS, FILLERS, THINGS};
use crate::chat::token::ChatWord;

/// So far before a word its subject stands, and so far where a cause stands between them.
const NEAR: usize = 6;
const BEHIND_CAUSE: usize = 10;
/// What may befall somebody, or be done to them, in whatever form.
const STRIKES: [&str; 40] = [
    "timpe", "timpuk", "gapit", "tumbur", "bruk", "satrum", "runtuh", "timpa", "timpo", "tiban", "tabrak",
    "tubruk", "setrum", "sengat", "sambar", "samber", "seruduk", "terkam", "serang", "gigit", "cokot",
    "patuk", "lindas", "gilas", "injak", "idak", "gencet", "jepit", "himpit", "gulung", "hantam", "bentur",
    "timbun", "tanduk", "sepak", "tendang", "mangsa", "amuk", "lilit", "seret",
];
/// Who takes, sells or tends what stands behind them: "maling sapi ditembak mati", "penjual ayam meninggal".
pub const KEEPERS: [&str; 16] = [
    "maling",
    "pencuri",
    "begal",
    "rampok",
    "jambret",
    "pelaku",
    "perampok",
    "penjual",
    "pedagang",
    "peternak",
    "pencari",
    "penggembala",
    "pengangon",
    "pemilik",
    "tukang",
    "bakul",
];
/// What only somebody does to others.
const BLOWS: [&str; 26] = [
    "libas", "gepuk", "gebug", "pentung", "jotos", "kapak", "tebas", "tombak", "sabet", "celurit", "clurit",
    "timpas", "suduk", "parang", "tembak", "hajar", "keroyok", "pukul", "gebuk", "massa", "bacok", "tikam",
    "tusuk", "tujah", "aniaya", "bunuh",
];
/// What something was done by has one of them before it.
const BY: [&str; 9] =
    ["oleh", "kena", "keno", "kene", "kenek", "terkena", "kejatuhan", "kebentur", "ketiban"];
/// Parts and measures of a thing that strikes: "tertimpa dahan pohon".
const OF_A_THING: [&str; 12] = [
    "oleh", "dahan", "batang", "ranting", "kabel", "tiang", "seekor", "ekor", "sebuah", "buah", "kawanan",
    "sebatang",
];
/// Whose something is: "lada milik warga".
const OF: [&str; 8] = ["milik", "punya", "kepunyaan", "punyanya", "duwe", "para", "pak", "bu"];
/// Words that are no thing's name: those that join, lead and count, and those of time.
const NO_NAMES: [&str; 96] = [
    "ralat",
    "koreksi",
    "revisi",
    "update",
    "salah",
    "maaf",
    "ada",
    "ado",
    "ade",
    "ono",
    "onok",
    "ana",
    "wonten",
    "yang",
    "yg",
    "sing",
    "nang",
    "ning",
    "neng",
    "ndek",
    "di",
    "ke",
    "dari",
    "pada",
    "pd",
    "oleh",
    "untuk",
    "utk",
    "bagi",
    "dan",
    "dn",
    "dengan",
    "dgn",
    "serta",
    "karo",
    "samo",
    "wan",
    "ngan",
    "lan",
    "tapi",
    "tp",
    "namun",
    "lalu",
    "kemudian",
    "hingga",
    "sampai",
    "bahwa",
    "juga",
    "ternyata",
    "tersebut",
    "itu",
    "ini",
    "iki",
    "kuwi",
    "akibat",
    "akibatnya",
    "karena",
    "krn",
    "krna",
    "saat",
    "waktu",
    "ketika",
    "tadi",
    "td",
    "malam",
    "siang",
    "pagi",
    "sore",
    "kemarin",
    "semalam",
    "barusan",
    "mau",
    "hari",
    "lapor",
    "info",
    "izin",
    "ijin",
    "mohon",
    "antar",
    "sesama",
    "beberapa",
    "banyak",
    "puluhan",
    "belasan",
    "ratusan",
    "sejumlah",
    "sebagian",
    "semua",
    "kabeh",
    "masih",
    "tidak",
    "tdk",
    "belum",
    "korban",
    "jumlah",
    "wilayah",
];
/// What happened, in which somebody died.
const EVENTS: [&str; 25] = [
    "longsor",
    "banjir",
    "lahar",
    "gempa",
    "angin",
    "petir",
    "tawuran",
    "bentrok",
    "carok",
    "ribut",
    "rusuh",
    "bedaro",
    "kelahi",
    "bakalahi",
    "berkelahi",
    "demo",
    "unras",
    "perang",
    "begal",
    "rampok",
    "kobongan",
    "erupsi",
    "jatuh",
    "hanyut",
    "tenggelam",
];
/// What a place is called by.
const OF_PLACES: [&str; 21] = [
    "desa",
    "ds",
    "dusun",
    "dsn",
    "kampung",
    "kp",
    "kec",
    "kecamatan",
    "kel",
    "kelurahan",
    "sungai",
    "pasar",
    "jalan",
    "tanjung",
    "pulau",
    "simpang",
    "muara",
    "tebing",
    "rt",
    "rw",
    "blok",
];
/// Things whose names begin as what is done does.
const NAMED_AS_VERBS: [&str; 14] = [
    "melon",
    "mentimun",
    "merica",
    "melinjo",
    "mengkudu",
    "melati",
    "menjangan",
    "merpati",
    "merak",
    "terong",
    "teripang",
    "dinding",
    "teratai",
    "bersih",
];

/// Who or what a word such as "mati" is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    Person(usize),
    /// A person, or what belongs to one: a name that no list has stands before them.
    PersonOrOwner,
    Animal(usize),
    /// What goes out, stops or withers.
    Stopped(usize),
    /// What struck somebody of whom the clause says nothing more.
    Cause,
    /// Nobody and nothing that a list has.
    Unknown,
}

/// The subject of the word at a place: the nearest before it in its clause that did not strike another.
pub fn subject(tokens: &[ChatWord], at: usize) -> Subject {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let mut is_struck = false;
    for other in (at.saturating_sub(BEHIND_CAUSE)..at).rev().take_while(own) {
        let token = &tokens[other];
        if !is_struck && other + NEAR < at {
            break;
        }
        let is_thing = token.is(&STOPS) || token.is(&ANIMALS) || is_struck && token.is(&THINGS);
        if is_thing && is_cause(tokens, other) || is_somebody(token) && is_hand(tokens, other) {
            is_struck = true;
        } else if is_somebody(token) {
            return of_person(tokens, other);
        } else if token.is(&ANIMALS) {
            return Subject::Animal(other);
        } else if is_thing {
            return Subject::Stopped(other);
        }
    }
    if is_struck { Subject::Cause } else { Subject::Unknown }
}

/// "lada warga mati": whose it is stands right behind what it is.
fn of_person(tokens: &[ChatWord], at: usize) -> Subject {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let Some(owned) = (0..at).rev().take_while(own).find(|other| !tokens[*other].is(&OF)) else {
        return Subject::Person(at);
    };
    let thing = &tokens[owned];
    if thing.is(&STOPS) || thing.is(&ANIMALS) || thing.is(&THINGS) {
        return if is_cause(tokens, owned) { Subject::PersonOrOwner } else { Subject::Stopped(owned) };
    }
    if is_name(tokens, owned) { Subject::PersonOrOwner } else { Subject::Person(at) }
}

/// "tertimpa pohon", "kesetrum aliran listrik", "diseruduk babi": a thing or a beast that struck somebody, and is no subject.
fn is_cause(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let passes = |token: &ChatWord| {
        token.is(&OF_A_THING) || token.is(&STOPS) || token.is(&ANIMALS) || token.number().is_some()
    };
    let mut before = (at.saturating_sub(4)..at).rev().take_while(own).skip_while(|it| passes(&tokens[*it]));
    before.next().is_some_and(|other| {
        is_suffered(&tokens[other], &STRIKES) || tokens[other].is(&BY) && other + 1 == at
    })
}

/// True where a beast is the subject of a harm: it struck nobody, and nobody stands before it who keeps or took it.
pub fn is_beast(tokens: &[ChatWord], at: usize) -> bool {
    let before = at.checked_sub(1).filter(|before| tokens[*before].clause == tokens[at].clause);
    let is_kept = before.is_some_and(|before| tokens[before].is(&KEEPERS));
    tokens[at].is(&ANIMALS) && !is_cause(tokens, at) && !is_kept
}

/// "ditembak warga mati": who did it.
fn is_hand(tokens: &[ChatWord], at: usize) -> bool {
    let before = at.checked_sub(1).filter(|before| tokens[*before].clause == tokens[at].clause);
    before.is_some_and(|before| {
        let token = &tokens[before];
        token.is(&["oleh"]) || is_struck(token)
    })
}

/// "ditabrak", "tertimpa", "kesetrum": somebody suffered it.
fn is_suffered(token: &ChatWord, stems: &[&str]) -> bool {
    let begins = ["di", "ter", "tar", "te", "ta", "ke", "ka", "be"];
    begins
        .iter()
        .filter_map(|begin| token.text.strip_prefix(begin))
        .any(|rest| stems.iter().any(|stem| rest.starts_with(stem)))
}

/// "dipentung", "ketimbun": somebody, or something, was struck.
pub fn is_struck(token: &ChatWord) -> bool {
    // "disepakati", "kesepakatan".
    (is_suffered(token, &STRIKES) || is_suffered(token, &BLOWS)) && !token.text.contains("sepakat")
}

/// "menimpa", "ngebruki", "mukul": it strikes who stands behind it. Whom a crowd attacks it need not have struck, and Javanese
/// "marang" leads to somebody.
pub fn strikes(token: &ChatWord) -> bool {
    const OTHERS: [&str; 6] = ["serang", "yerang", "amuk", "massa", "mangsa", "marang"];
    const WHOLE: [&str; 8] = ["me", "mem", "men", "meng", "nge", "m", "n", "ng"];
    let is_led = |begins: &[&str], stem: &str| {
        let mut rests = begins.iter().filter_map(|begin| token.text.strip_prefix(begin));
        rests.any(|rest| rest.starts_with(stem))
    };
    // "memukul", "menimpa", "menyambar" and "mengeroyok" lose the first letter of their stems.
    let is_of = |stem: &str| {
        let dropped: &[&str] = match stem.as_bytes()[0] {
            b'p' => &["mem", "m"],
            b't' => &["men", "n"],
            b's' => &["meny", "ny"],
            b'k' => &["meng", "ng"],
            _ => &[],
        };
        is_led(&WHOLE, stem) || is_led(dropped, &stem[1..])
    };
    STRIKES.iter().chain(&BLOWS).any(|stem| is_of(stem))
        && !OTHERS.iter().any(|other| token.text.contains(other))
}

/// "tikam", "hantaman": behind "kena" what struck.
pub fn is_blow(token: &ChatWord) -> bool {
    STRIKES.iter().chain(&BLOWS).any(|stem| token.text.starts_with(stem) && token.text.len() < stem.len() + 4)
}

/// "menimpa", "nabrak", "timpa": whatever its form.
fn is_strike(token: &ChatWord) -> bool {
    let nasal = ["me", "mem", "men", "meng", "meny", "m", "n", "ny", "ng"];
    // "menimpa" and "nyambar" lose the first letter of "timpa" and "sambar".
    let is_of = |stem: &str| {
        let mut rest = nasal.iter().filter_map(|begin| token.text.strip_prefix(begin));
        token.text == stem || rest.any(|rest| rest.starts_with(stem) || rest.starts_with(&stem[1..]))
    };
    let is_done = STRIKES.iter().chain(&BLOWS).any(|stem| is_of(stem));
    is_done || is_struck(token)
}

/// True where a word may name what no list has: nothing says that it is a verb, a place, an event or a word that joins.
pub fn is_name(tokens: &[ChatWord], at: usize) -> bool {
    let token = &tokens[at];
    let before = at.checked_sub(1).filter(|before| tokens[*before].clause == token.clause);
    let is_place = before.is_some_and(|before| {
        tokens[before].is(&OF_PLACES)
            || tokens[before].is(&["di", "ke", "dari", "nang", "ning", "neng", "ndek"])
    });
    let is_other = token.number().is_some()
        || is_somebody(token)
        || token.is(&NO_NAMES)
        || token.is(&FILLERS)
        || token.is(&EVENTS)
        || token.is(&OF_PLACES)
        || is_strike(token)
        || is_verb(token);
    if is_other || is_place {
        return false;
    }
    // "carok Bago mati 2" is a place, "lada Udin mati 40" is what is Udin's.
    match before {
        Some(before) if token.capital && !tokens[at + 1].capital => is_name(tokens, before),
        _ => true,
    }
}

/// "menolong", "bekerja", "pengeroyokan", "kebakaran": what is done, or what happened.
fn is_verb(token: &ChatWord) -> bool {
    let text = &token.text;
    let begins = |list: &[&str]| list.iter().any(|begin| text.starts_with(begin));
    let is_done = text.len() > 5 && begins(&["me", "ber", "be", "di", "ter", "nge", "ny"]);
    let is_event = text.len() > 7 && begins(&["pe", "ke"]) && text.ends_with("an");
    !token.is(&NAMED_AS_VERBS) && (is_done || is_event)
}

/// The word that stands before another where words that fill are left out: "lada sudah mati 300".
pub fn counted_word(tokens: &[ChatWord], at: usize) -> Option<usize> {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let fills = |other: &usize| tokens[*other].is(&FILLERS) || tokens[*other].is(&["pada", "banyak", "pd"]);
    (at.saturating_sub(NEAR)..at).rev().take_while(own).find(|other| !fills(other))
}
