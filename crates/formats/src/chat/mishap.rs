//! A boat that goes down, a plane that leaves its runway: that something happened, whatever it is. That nobody was hurt makes it no nihil.

use super::harm_alone::{is_routine, of_no_category};
use super::pastime::is_pastime;
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

/// Where words say so of a vessel in their clause. What may be anything of an ordinary day, a boat race or a tyre, is none;
/// what sinks does whatever it was out for.
pub fn mishaps(tokens: &[ChatWord]) -> Vec<PhraseMatch> {
    const NEAR: usize = 6;
    // Of a vessel, or of what it goes on, and not of talks ("mediasi kandas"), of somebody's liking ("karem mancing").
    const WATERS: [&str; 12] = [
        "sungai",
        "laut",
        "muara",
        "karang",
        "danau",
        "pantai",
        "kali",
        "bengawan",
        "segara",
        "segoro",
        "penumpang",
        "nelayan",
    ];
    const MILD: [&str; 7] = ["jatuh", "gugur", "pecah", "bocor", "larut", "kandas", "karem"];
    let own = |at: usize, other: usize| tokens[other].clause == tokens[at].clause;
    let near = |at: usize, is: &dyn Fn(usize) -> bool| {
        (at.saturating_sub(NEAR)..tokens.len().min(at + 3)).any(|other| own(at, other) && is(other))
    };
    let is_vessel = |other: usize| {
        let next = |list: &[&str]| tokens.get(other + 1).is_some_and(|next| next.is(list));
        let is_motor = tokens[other].is(&["motor", "mesin"]);
        let is_fast = tokens[other].is(&["speed"]) && next(&["internet", "wifi", "net", "jaringan"]);
        tokens[other].is(&VESSELS) && !is_fast || is_motor && next(&["air", "aek"])
    };
    let is_of_water = |other: usize| is_vessel(other) || tokens[other].is(&WATERS);
    let is_of_vessel = |at: usize| {
        // Nothing else goes down so.
        tokens[at].is(&["karam"])
            || tokens[at].is(&["karem", "kandas"]) && near(at, &is_of_water)
            || near(at, &is_vessel)
    };
    // "kapal jatuh tempo", "jatuh harga", "larut malam", "pecah ban".
    let is_other = |at: usize| {
        const OTHER: [&str; 16] = [
            "tempo", "harga", "cinta", "sakit", "bangun", "malam", "mlm", "malem", "wengi", "bengi", "ban",
            "rekor", "telur", "telor", "mancing", "mangan",
        ];
        let is_ordinary = || is_routine(tokens, at) || is_pastime(tokens, at);
        tokens.get(at + 1).is_some_and(|next| next.is(&OTHER)) || tokens[at].is(&MILD) && is_ordinary()
    };
    let found = |at: &usize| tokens[*at].is(&GOES_DOWN) && is_of_vessel(*at) && !is_other(*at);
    (0..tokens.len()).filter(found).take(MOST_TROUBLE).map(of_no_category).collect()
}
