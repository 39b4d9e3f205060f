//! What people gather for on a day like any other.

use super::besides_quiet::is_bare_act;
use super::token::ChatWord;

/// What many gather for on a day like any other.
const PASTIMES: [&str; 37] = [
    "sholat",
    "salat",
    "shalat",
    "solat",
    "sembahyang",
    "jumatan",
    "ied",
    "idul",
    "tarawih",
    "misa",
    "kebaktian",
    "natal",
    "paskah",
    "waisak",
    "imlek",
    "nobar",
    "nonton",
    "menonton",
    "arisan",
    "hajatan",
    "pesta",
    "voli",
    "volly",
    "volley",
    "futsal",
    "pengantin",
    "manten",
    "mantenan",
    "resepsi",
    "nikahan",
    "pernikahan",
    "slametan",
    "selamatan",
    "kenduri",
    "berobat",
    "layatan",
    "takbiran",
];
/// What people go to an office for.
const PAPERS: [&str; 13] = [
    "ktp",
    "kk",
    "kartu",
    "akta",
    "akte",
    "surat",
    "bpjs",
    "skck",
    "sim",
    "paspor",
    "administrasi",
    "nikah",
    "domisili",
];

/// Behind one of them it says when something else was.
const WHEN: [&str; 14] = [
    "usai", "seusai", "habis", "sehabis", "selesai", "setelah", "stlh", "bakda", "ba", "saat", "waktu",
    "ketika", "sepulang", "sebelum",
];

/// True where people gather or go somewhere for what is done on a day like any other: to pray, to watch a match, for a paper. A
/// mass, or people of a company's, gather for something else, and so does who demands something.
pub fn is_pastime(tokens: &[ChatWord], at: usize) -> bool {
    const NEAR: usize = 12;
    const AGAINST: [&str; 8] = ["massa", "masa", "ormas", "pt", "cv", "perusahaan", "parang", "sajam"];
    const FOR: [&str; 6] = ["urus", "mengurus", "ngurus", "buat", "bikin", "ambil"];
    let near = at.saturating_sub(NEAR)..tokens.len().min(at + NEAR);
    let mut own = near.filter(|other| tokens[*other].sentence == tokens[at].sentence);
    let is_one = |other: usize| {
        let before = |list: &[&str]| other > 0 && tokens[other - 1].is(list);
        tokens[other].is(&PASTIMES) && !before(&WHEN) || tokens[other].is(&PAPERS) && before(&FOR)
    };
    let is_against = |other: usize| tokens[other].is(&AGAINST) || is_bare_act(tokens, other);
    !own.clone().any(is_against) && own.any(is_one)
}
