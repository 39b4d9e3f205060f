//! A boat that goes down, a plane that leaves its runway: that something happened, whatever it is. That nobody was hurt makes it no nihil.

use super::harm_alone::of_no_category;
use super::phrase::PhraseMatch;
use super::stance::MOST_TROUBLE;
use super::token::ChatWord;

const VESSELS: [&str; 26] = [
    "kapal",
    "kalotok",
    "longboat",
    "perahu",
    "prau",
    "perau",
    "prahu",
    "jukung",
    "kelotok",
    "klotok",
    "speedboat",
    "speed",
    "sampan",
    "ketek",
    "ketinting",
    "tongkang",
    "tugboat",
    "feri",
    "ferry",
    "rakit",
    "pesawat",
    "helikopter",
    "heli",
    "pompong",
    "bidar",
    "bagan",
];
const GOES_DOWN: [&str; 32] = [
    "karam",
    "karem",
    "kaream",
    "tenggelam",
    "tenggelem",
    "kelelep",
    "klelep",
    "keram",
    "terbalik",
    "kebalik",
    "tebalik",
    "kebalek",
    "tebalek",
    "tabalik",
    "kuwalik",
    "kewalik",
    "kuwalek",
    "kandas",
    "tergelincir",
    "tagalincir",
    "kepleset",
    "jatuh",
    "gugur",
    "pecah",
    "bocor",
    "meledak",
    "terbakar",
    "hanyut",
    "tabrakan",
    "bertabrakan",
    "larut",
    "ditabrak",
];

/// Where words say so of a vessel in their clause; "latihan", and a wreck of old that is lifted, are said of elsewhere.
pub fn mishaps(tokens: &[ChatWord]) -> Vec<PhraseMatch> {
    const NEAR: usize = 6;
    let own = |at: usize, other: usize| tokens[other].clause == tokens[at].clause;
    let is_of_vessel = |at: usize| {
        let near = at.saturating_sub(NEAR)..tokens.len().min(at + 3);
        let is_vessel = |other: usize| {
            let is_motor = tokens[other].is(&["motor", "mesin"]);
            tokens[other].is(&VESSELS)
                || is_motor && tokens.get(other + 1).is_some_and(|next| next.is(&["air", "aek"]))
        };
        // Nothing else goes down so.
        let is_alone = tokens[at].is(&["karam", "karem", "kandas"]);
        is_alone || near.into_iter().any(|other| own(at, other) && is_vessel(other))
    };
    // "kapal jatuh tempo", "jatuh harga".
    let is_other = |at: usize| {
        tokens.get(at + 1).is_some_and(|next| next.is(&["tempo", "harga", "cinta", "sakit", "bangun"]))
    };
    let found = |at: &usize| tokens[*at].is(&GOES_DOWN) && is_of_vessel(*at) && !is_other(*at);
    (0..tokens.len()).filter(found).take(MOST_TROUBLE).map(of_no_category).collect()
}
