//! Words that stand as a name behind what leads one ("Ds Gajah Mati", "Jl Gajah Mada"): they name no incident, whether or not
//! the place is known.

use super::token::ChatWord;

/// What a part of a village is led by.
pub const HAMLET: [&str; 2] = ["dsn", "dusun"];
/// Short words that only a name follows.
const LEADS: [&str; 19] = [
    "ds", "dsn", "kec", "kel", "dess", "jl", "jln", "gg", "gang", "pt", "cv", "ud", "kp", "kmp", "dusun",
    "sdn", "smpn", "sman", "talang",
];
/// Words that a name may follow, behind "di".
const LONG_LEADS: [&str; 8] =
    ["desa", "kelurahan", "kampung", "kecamatan", "jalan", "sungai", "bukit", "simpang"];
const AT: [&str; 7] = ["di", "ke", "dari", "tkp", "lokasi", "wilayah", "wil"];
/// Words that are no name however they are written: what happened there.
const EVENTS: [&str; 14] = [
    "banjir",
    "longsor",
    "bentrok",
    "unras",
    "demo",
    "kebakaran",
    "karhutla",
    "tawuran",
    "curnak",
    "gempa",
    "hoax",
    "penembakan",
    "begal",
    "portal",
];
/// Of a message with more capitals than these hundredths no capital says anything.
const MOST_CAPITALS: usize = 85;

/// For each token whether it is a word of such a name.
pub fn names(tokens: &[ChatWord]) -> Vec<bool> {
    let mut is_name = vec![false; tokens.len()];
    let capitals = tokens.iter().filter(|token| token.capital).count();
    if capitals * 100 > tokens.len() * MOST_CAPITALS && tokens.len() > 4 {
        return is_name;
    }
    for at in 0..tokens.len() {
        let led = tokens[at].is(&LEADS) || tokens[at].is(&LONG_LEADS) && at > 0 && tokens[at - 1].is(&AT);
        if !led {
            continue;
        }
        for next in at + 1..(at + 3).min(tokens.len()) {
            let token = &tokens[next];
            let joined = token.before == '-' && next > at + 1 && token.text == tokens[next - 1].text;
            let same = token.clause == tokens[at].clause && token.sentence == tokens[at].sentence;
            let is_word = token.text.starts_with("di") && token.text.len() > 5 || token.is(&EVENTS);
            if !same || !(token.capital || joined) || is_word {
                break;
            }
            is_name[next] = true;
        }
    }
    is_name
}
