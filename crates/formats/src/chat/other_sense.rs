//! Words that mean something else where they stand than in a phrase: an hour's "pukul" strikes nobody, "WIT" behind a clock is
//! no tree, whom the police holds is under arrest, and Malang is a town.

use super::hurt::is_person;
use super::token::ChatWord;
use super::when::{is_zone, leads_clock};

/// True where no phrase is found of a token.
pub fn is_of_other_sense(tokens: &[ChatWord], at: usize) -> bool {
    is_hour(tokens, at)
        || is_zone(tokens, at)
        || is_arrest(tokens, at)
        || is_town(tokens, at)
        || is_measure(tokens, at)
}

/// "kamalingan 2 buah rumah": so many of something, and no fruit.
fn is_measure(tokens: &[ChatWord], at: usize) -> bool {
    const FRUIT: [&str; 8] = ["sawit", "kelapa", "durian", "nanas", "pisang", "tandan", "tbs", "jeruk"];
    let own = |other: usize| tokens.get(other).filter(|token| token.clause == tokens[at].clause);
    let is_counted = at.checked_sub(1).and_then(own).is_some_and(|before| before.number().is_some());
    tokens[at].is(&["buah"]) && is_counted && own(at + 1).is_some_and(|next| !next.is(&FRUIT))
}

/// "truk dari Malang", "Tapalang": names of places, where "warga malang jalan" bars a road.
fn is_town(tokens: &[ChatWord], at: usize) -> bool {
    const LEADS: [&str; 11] =
        ["dari", "dr", "ke", "di", "asal", "kota", "kab", "kabupaten", "arah", "jurusan", "tujuan"];
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let is_led = || before.is_some_and(|before| before.is(&LEADS) || tokens[at].capital && !before.capital);
    tokens[at].is(&["tapalang"]) || tokens[at].is(&["malang"]) && is_led()
}

/// "pukul 09.00": the clock. "warga pukul 2 satpam": somebody is struck.
fn is_hour(tokens: &[ChatWord], at: usize) -> bool {
    if !tokens[at].is(&["pukul"]) || !leads_clock(tokens, at) {
        return false;
    }
    let before = at.checked_sub(1).filter(|before| tokens[*before].clause == tokens[at].clause);
    let by_somebody =
        before.is_some_and(|before| is_person(&tokens[before]) || tokens[before].is(&["massa"]));
    let somebody = tokens.get(at + 2).is_some_and(|next| next.clause == tokens[at].clause && is_person(next));
    !(by_somebody && somebody)
}

/// "sopir truk sawit ditahan polisi", "mobil tahanan": of what somebody blocks, words of a crowd stand beside it, or none of the
/// police and of whom it arrests.
fn is_arrest(tokens: &[ChatWord], at: usize) -> bool {
    const NEAR: usize = 30;
    const BLOCKS: [&str; 7] = ["tahan", "ditahan", "menahan", "nahan", "mahan", "manahan", "tertahan"];
    const CROWD: [&str; 12] = [
        "warga",
        "wrg",
        "massa",
        "masyarakat",
        "pemuda",
        "petani",
        "buruh",
        "karyawan",
        "orang",
        "org",
        "urang",
        "wong",
    ];
    const STATE: [&str; 24] = [
        "polisi",
        "polres",
        "polsek",
        "polda",
        "polresta",
        "polri",
        "satlantas",
        "lantas",
        "satreskrim",
        "reskrim",
        "penyidik",
        "jaksa",
        "kejaksaan",
        "kejari",
        "pengadilan",
        "hakim",
        "aparat",
        "petugas",
        "tni",
        "dishub",
        "bpkp",
        "imigrasi",
        "kpk",
        "bea",
    ];
    const ARRESTED: [&str; 10] =
        ["sopir", "supir", "pelaku", "tersangka", "pencuri", "terdakwa", "direktur", "dirut", "kasus", "tsk"];
    if !["tahan", "nahan", "mahan"].iter().any(|stem| tokens[at].text.contains(stem)) {
        return false;
    }
    let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
    let beside: Vec<&ChatWord> = beside.filter_map(|other| tokens.get(other)).collect();
    let is = |list: &[&str]| beside.iter().any(|other| other.clause == tokens[at].clause && other.is(list));
    let near = &tokens[at.saturating_sub(NEAR)..tokens.len().min(at + NEAR)];
    let mut own = near.iter().filter(|other| other.sentence == tokens[at].sentence);
    !tokens[at].is(&BLOCKS) || !is(&CROWD) && own.any(|other| other.is(&STATE) || other.is(&ARRESTED))
}
