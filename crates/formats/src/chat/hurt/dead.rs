//! Words that say somebody died: those that say nothing else, and those that people share with lamps, cattle and trees.

use super::harm_words::{ANIMALS, DEAD, FILLERS, MORE_PEOPLE, NOT, PEOPLE, RESCUED, SICK, near};
use super::subject::{KEEPERS, Subject, counted_word, is_name, subject};
use crate::chat::negation::is_denied_before;
use crate::chat::token::ChatWord;

/// They say of people that they died; where they are used of anything else, nobody did.
pub const DYING: [&str; 9] = ["mati", "maut", "pejah", "sedo", "seda", "modar", "ninggal", "matek", "mampus"];
/// What goes out, stops or withers: no number beside it counts people.
pub const STOPS: [&str; 71] = [
    "listrik",
    "listrike",
    "lampu",
    "mesin",
    "pln",
    "sinyal",
    "genset",
    "hp",
    "jaringan",
    "motor",
    "mobil",
    "truk",
    "diesel",
    "api",
    "kompor",
    "air",
    "pdam",
    "banyu",
    "aliran",
    "arus",
    "pompa",
    "sumur",
    "internet",
    "wifi",
    "tower",
    "bts",
    "server",
    "telepon",
    "telpon",
    "pju",
    "alarm",
    "sirine",
    "cctv",
    "tv",
    "radio",
    "ht",
    "repeater",
    "gardu",
    "trafo",
    "travo",
    "meteran",
    "sim",
    "stnk",
    "ktp",
    "pajak",
    "izin",
    "ijin",
    "jalan",
    "dalan",
    "kapal",
    "kendaraan",
    "pohon",
    "puhun",
    "tanaman",
    "padi",
    "pari",
    "sawit",
    "karet",
    "kopi",
    "jagung",
    "cabai",
    "cabe",
    "lombok",
    "kelapa",
    "pisang",
    "bibit",
    "rumput",
    "wit",
    "sayur",
    "sayuran",
    "tebu",
];
/// Behind "mati" they say what went out, or that nobody died of it.
const OF_NO_DEATH: [&str; 10] =
    ["lampu", "listrik", "suri", "matian", "rasa", "gaya", "kutu", "angin", "mesin", "langkah"];
/// Before "mati" they say so, too: "hukuman mati", "kecelakaan maut".
const NO_DEATH: [&str; 19] = [
    "harga",
    "setengah",
    "hukuman",
    "dihukum",
    "pidana",
    "vonis",
    "divonis",
    "dituntut",
    "ancaman",
    "hidup",
    "angka",
    "hari",
    "jam",
    "sudut",
    "kecelakaan",
    "tabrakan",
    "laka",
    "ambang",
    "matian",
];
/// What a number behind "mati" counts that is nobody.
const UNITS: [&str; 31] = [
    "jam", "menit", "mnt", "detik", "hari", "dino", "minggu", "mgg", "bulan", "bln", "tahun", "thn", "th",
    "kali", "x", "ha", "hektar", "ekor", "ikong", "pohon", "batang", "unit", "titik", "buah", "rumah",
    "petak", "rt", "desa", "dusun", "m", "meter",
];
/// Whose house or field it is, or who watches it: "sing duwe omah mati".
pub const OWNERS: [&str; 11] = [
    "duwe",
    "duwene",
    "ampun",
    "pemilik",
    "pemiliknya",
    "pemiliknyo",
    "penghuni",
    "penghuninya",
    "punya",
    "nunggu",
    "jaga",
];
const TITLES: [&str; 16] = [
    "mbah", "mbok", "pak", "bu", "bpk", "wak", "mak", "pakde", "bude", "lek", "cak", "sdr", "sdri",
    "saudara", "haji", "wan",
];
/// Behind the number of the dead: where, when and of what they died.
const AFTER_NUMBER: [&str; 26] = [
    "di",
    "ditempat",
    "nang",
    "ning",
    "neng",
    "ndek",
    "akibat",
    "karena",
    "krn",
    "krna",
    "saat",
    "waktu",
    "lagi",
    "semua",
    "tertimpa",
    "tertimbun",
    "tatimbun",
    "tenggelam",
    "hanyut",
    "tersambar",
    "keseret",
    "terseret",
    "dan",
    "karo",
    "samo",
    "dari",
];

/// Whether a word such as "mati" says that somebody died.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dying {
    Nobody,
    /// It may: a person looks.
    Open,
    Somebody,
}

/// True where the word is a person's, of whichever list.
pub fn is_somebody(token: &ChatWord) -> bool {
    token.is(&PEOPLE) || token.is(&MORE_PEOPLE)
}

/// The words around one, as far as its sentence and its neighbourhood go.
pub fn near_in_sentence(tokens: &[ChatWord], at: usize) -> &[ChatWord] {
    const NEAR: usize = 30;
    let own = |other: &&ChatWord| other.sentence == tokens[at].sentence;
    let before = tokens[at.saturating_sub(NEAR)..at].iter().rev().take_while(own).count();
    let behind = tokens[at..].iter().take(NEAR).take_while(own).count();
    &tokens[at - before..at + behind]
}

/// "siji mati", "mati 2", "wong telu pejah" are people; "listrik mati 3 jam", "sapi mati 2" and "harga mati" are nobody.
pub fn dying(tokens: &[ChatWord], at: usize) -> Dying {
    if !tokens[at].is(&DYING) {
        return Dying::Nobody;
    }
    let own = |other: usize| tokens.get(other).filter(|token| token.clause == tokens[at].clause);
    let before = at.checked_sub(1).and_then(own);
    let is_other = before.is_some_and(|token| token.is(&NO_DEATH))
        || own(at + 1).is_some_and(|next| next.is(&OF_NO_DEATH));
    if is_other {
        return Dying::Nobody;
    }
    let is_counted_before = is_counted_before(tokens, at);
    let is_counted = is_counted_before || is_counted_behind(tokens, at);
    let is_of_one = |thing: usize| thing.checked_sub(1).and_then(own);
    match subject(tokens, at) {
        Subject::Person(_) => Dying::Somebody,
        Subject::PersonOrOwner => Dying::Open,
        Subject::Animal(thing) | Subject::Stopped(thing)
            if is_of_one(thing).is_some_and(|one| one.is(&KEEPERS)) =>
        {
            if is_counted_before || is_killed(tokens, at) { Dying::Somebody } else { Dying::Open }
        }
        Subject::Animal(_) => Dying::Nobody,
        Subject::Stopped(thing) => match is_of_one(thing) {
            // "pengendara motor mati", "di kebun sawit 1 mati".
            Some(driver) if is_somebody(driver) && driver.is(&DRIVERS) => Dying::Somebody,
            _ if is_counted_before || is_on_the_spot(tokens, at) => Dying::Open,
            _ => Dying::Nobody,
        },
        Subject::Cause if is_killed(tokens, at) || is_said_of_somebody(tokens, at) => Dying::Somebody,
        Subject::Cause => Dying::Open,
        Subject::Unknown => of_unknown(tokens, at, is_counted),
    }
}

/// Where nobody and nothing is named that a list has. A number behind "mati" counts people where nothing else is named, either.
fn of_unknown(tokens: &[ChatWord], at: usize, is_counted: bool) -> Dying {
    let title = (at.saturating_sub(3)..at)
        .find(|other| tokens[*other].clause == tokens[at].clause && tokens[*other].is(&TITLES));
    let counted = title.map_or_else(|| counted_word(tokens, at), |title| title.checked_sub(1));
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let is_thing = counted.filter(own).is_some_and(|counted| is_name(tokens, counted));
    let has_animals = || near_in_sentence(tokens, at).iter().any(|token| token.is(&ANIMALS));
    let behind = tokens.get(at + 1).filter(|next| next.clause == tokens[at].clause);
    if title.is_some() && is_thing {
        Dying::Open
    } else if is_killed(tokens, at) || is_said_of_somebody(tokens, at) {
        Dying::Somebody
    } else if is_counted {
        if is_thing || has_animals() { Dying::Open } else { Dying::Somebody }
    } else if behind.is_some_and(|next| next.number().is_some()) {
        Dying::Nobody
    } else {
        Dying::Open
    }
}

/// "mati di tempat", and nothing behind it.
fn is_on_the_spot(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: usize| tokens.get(other).filter(|token| token.clause == tokens[at].clause);
    let is = |other: usize, list: &[&str]| own(other).is_some_and(|token| token.is(list));
    let is_led = is(at + 1, &["di", "nang", "ning", "neng", "ndek"]) && is(at + 2, &["tempat", "panggon"]);
    is(at + 1, &["ditempat"]) && own(at + 2).is_none() || is_led && own(at + 3).is_none()
}

/// Who sits in what stops: "pengendara motor mati di tempat".
const DRIVERS: [&str; 10] = [
    "pengendara",
    "sopir",
    "supir",
    "penumpang",
    "kernet",
    "operator",
    "awak",
    "pemotor",
    "korban",
    "driver",
];

/// "2 orang mati", "siji sing mati": a number before it that nothing else parts from it.
fn is_counted_before(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let passes = |other: &usize| is_somebody(&tokens[*other]) || tokens[*other].is(&FILLERS);
    let mut before = (at.saturating_sub(5)..at).rev().take_while(own).skip_while(passes);
    before.next().is_some_and(|other| tokens[other].number().is_some_and(|number| number > 0))
}

/// "mati 1", "mati siji nang panggon", "mati: 2 org": and no "mati 3 jam".
fn is_counted_behind(tokens: &[ChatWord], at: usize) -> bool {
    let Some(number) = tokens.get(at + 1).filter(|next| next.sentence == tokens[at].sentence) else {
        return false;
    };
    let behind = tokens.get(at + 2).filter(|next| next.clause == number.clause);
    number.number().is_some_and(|number| number > 0)
        && behind.is_none_or(|next| !next.is(&UNITS) && !next.is(&STOPS) && !next.is(&ANIMALS))
}

/// True where the number behind a harm counts people, by the word that stands behind it: their names, or where they died.
pub fn is_behind_number(tokens: &[ChatWord], at: usize, behind: usize) -> bool {
    const NAMED: [&str; 8] = ["a", "an", "atas", "yaitu", "yakni", "sdr", "inisial", "berinisial"];
    tokens.get(behind).is_some_and(|next| next.is(&NAMED) || next.is(&AFTER_NUMBER) && is_dead(tokens, at))
}

/// "dihajar massa sampai mati", "malinge mati".
fn is_killed(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: usize| tokens[other].sentence == tokens[at].sentence;
    let (from, to) = (at.saturating_sub(5), tokens.len().min(at + 4));
    (from..to).any(|other| own(other) && tokens[other].is(&KILLING)) || near(tokens, at, &BEATEN)
}

/// "mati di tempat", "sing duwe omah mati", "ada yang mati".
fn is_said_of_somebody(tokens: &[ChatWord], at: usize) -> bool {
    const PLACE: [&str; 6] = ["tempat", "panggon", "lokasi", "tkp", "rs", "perjalanan"];
    let own = |other: usize| tokens.get(other).filter(|token| token.clause == tokens[at].clause);
    let is = |other: usize, list: &[&str]| own(other).is_some_and(|token| token.is(list));
    let on_the_spot = is(at + 1, &["ditempat"])
        || is(at + 1, &["di", "nang", "ning", "neng", "ndek"]) && is(at + 2, &PLACE);
    // "mbah Karto sedo", "Sdr. Udin mati".
    let titled = (at.saturating_sub(3)..at).any(|other| is(other, &TITLES));
    let of_owner = (at.saturating_sub(6)..at).any(|other| is(other, &OWNERS));
    let one = at >= 2
        && is(at - 1, &["yang", "yg", "nang", "sing"])
        && is(at - 2, &["ada", "ado", "ade", "onok", "ono", "wonten"]);
    on_the_spot || of_owner || titled || one
}

/// Lives are lost behind one of them: "merenggut nyawa", "kehilangan nyawa".
pub const TAKES: [&str; 10] = [
    "regang",
    "merenggut",
    "direnggut",
    "menelan",
    "kehilangan",
    "hilang",
    "hilangnya",
    "melayangkan",
    "menghilangkan",
    "meregang",
];
/// Whom a crowd may beat to death.
const BEATEN: [&str; 14] = [
    "urang", "wong", "uwong", "tiyang", "orang", "org", "warga", "korban", "pelaku", "maling", "pencuri",
    "begal", "rampok", "jambret",
];
/// Before "mati" they say that somebody was killed: "dihajar sampai mati", "ditembak mati".
const KILLING: [&str; 14] = [
    "dihajar",
    "dikeroyok",
    "dipukuli",
    "dipukul",
    "digebuki",
    "dimassa",
    "dihakimi",
    "ditembak",
    "tembak",
    "dibacok",
    "ditikam",
    "ditusuk",
    "dianiaya",
    "dibakar",
];
/// "1 org ditusuk meninggal": what was done to somebody, of which they died.
pub fn is_deadly(tokens: &[ChatWord], at: usize) -> bool {
    const DONE: [&str; 11] = [
        "dibacok",
        "terbacok",
        "ditembak",
        "tertembak",
        "ditusuk",
        "tertusuk",
        "ditikam",
        "tertikam",
        "dipanah",
        "terpanah",
        "mencelakai",
    ];
    const BETWEEN: [&str; 8] =
        ["hingga", "sampai", "lalu", "kemudian", "akhirnya", "di", "tempat", "langsung"];
    let mut behind = (at + 1..tokens.len().min(at + 5))
        .take_while(|other| tokens[*other].clause == tokens[at].clause)
        .skip_while(|other| tokens[*other].is(&BETWEEN));
    tokens[at].is(&DONE) && behind.next().is_some_and(|other| is_dead(tokens, other))
}

/// "korban jiwa" are dead people, "merenggut nyawa" and "tidak tertolong" say so, and so are "MD" and its like of people.
pub fn is_dead(tokens: &[ChatWord], at: usize) -> bool {
    let token = &tokens[at];
    let before = |list: &[&str]| at > 0 && tokens[at - 1].is(list);
    let lives = token.is(&["jiwa"]) && before(&["korban"]) && !is_of_the_living(tokens, at);
    let taken = token.is(&["nyawa", "nyawanya", "nyawe"])
        && (before(&TAKES) || tokens.get(at + 1).is_some_and(|next| next.is(&["melayang"])));
    let lost = token.is(&RESCUED) && before(&NOT);
    // "gugur gunung" is work that a village does together.
    let is_work = token.is(&["gugur"]) && tokens.get(at + 1).is_some_and(|next| next.is(&["gunung"]));
    lives || taken || lost || token.is(&DEAD) && !is_work || dying(tokens, at) != Dying::Nobody
}

/// "Korban jiwa : 1 orang hilang", "korban jiwa 2 org luka ringan": what stands behind the number says that nobody died.
fn is_of_the_living(tokens: &[ChatWord], at: usize) -> bool {
    const LIVING: [&str; 5] = ["hilang", "hanyut", "selamat", "terluka", "luka"];
    let own = tokens[at + 1..].iter().take(6).take_while(|token| token.sentence == tokens[at].sentence);
    let behind = own.skip_while(|token| token.is(&["adalah", "sebanyak", "ada", "sekitar"]));
    let mut behind = behind.skip_while(|token| token.number().is_some());
    // "1 korban jiwa, 2 orang luka" and "tidak ada korban jiwa, 2 luka" count what stands before them.
    let is_counted_before = at > 1 && (tokens[at - 2].number().is_some() || is_denied_before(tokens, at - 1));
    let counted = !is_counted_before
        && tokens.get(at + 1).is_some_and(|next| {
            next.number().is_some_and(|number| number > 0)
                || next.is(&["adalah", "sebanyak", "ada", "sekitar"])
        });
    let state =
        behind.find(|token| !token.is(&PEOPLE) && !token.is(&["yang", "yg", "masih", "msh", "dinyatakan"]));
    let has_number = |state: &ChatWord| {
        let next = tokens[at + 1..].iter().take(8).find(|token| token.span.start >= state.span.end);
        next.is_some_and(|next| next.number().is_some())
    };
    counted && state.is_some_and(|state| (state.is(&LIVING) || state.is(&SICK)) && !has_number(state))
}

/// Who died so, or is mourned, was killed by no incident: a person looks.
const OTHER_DEATHS: [&str; 15] = [
    "pemakaman",
    "dimakamkan",
    "takziah",
    "melayat",
    "ziarah",
    "tahlilan",
    "tahlil",
    "mengenang",
    "almarhum",
    "almarhumah",
    "jantung",
    "tua",
    "berziarah",
    "haul",
    "memperingati",
];

/// True where words of its clause say that a death is mourned, of an illness or of long ago.
pub fn died_otherwise(tokens: &[ChatWord], at: usize) -> bool {
    let clause = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let around = (at.saturating_sub(6)..at).rev().take_while(clause);
    let behind = (at + 1..tokens.len().min(at + 6)).take_while(clause);
    let ago = |other: usize| {
        tokens[other].is(&["bulan", "tahun", "thn", "minggu"])
            && tokens.get(other + 1).is_some_and(|next| next.is(&["lalu", "silam", "kemarin"]))
    };
    around
        .chain(behind)
        .any(|other| tokens[other].is(&OTHER_DEATHS) || is_illness(tokens, other) || ago(other))
}

/// "karena sakit", and not "di rumah sakit".
pub fn is_illness(tokens: &[ChatWord], at: usize) -> bool {
    tokens[at].is(&["sakit"]) && !(at > 0 && tokens[at - 1].is(&["rumah", "rmh", "omah", "umah"]))
}
