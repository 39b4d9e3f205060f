//! Whether a name without "Ds" or "Kec." is one, and how far a name says where something happened.

use super::Naming;
use crate::chat::stance::QUIET;
use crate::chat::token::ChatWord;
use crate::chat::when;

/// "di …", "TKP: …": what follows is where it happened.
const AT: [&str; 10] =
    ["di", "tkp", "lokasi", "wilayah", "wil", "tepatnya", "daerah", "tempat", "seputaran", "dalam"];
/// "warga …", "dari …": what follows is where somebody is from; behind an office's name, its seat.
const FROM: [&str; 35] = [
    "warga",
    "dari",
    "pemuda",
    "masyarakat",
    "massa",
    "polsek",
    "kapolsek",
    "koramil",
    "danramil",
    "camat",
    "kades",
    "polres",
    "babinsa",
    "bhabinkamtibmas",
    "bhabin",
    "babin",
    "kapolres",
    "kadus",
    "sekdes",
    "sekcam",
    "sampai",
    "hingga",
    "menuju",
    "sungai",
    "sei",
    "das",
    "kali",
    "jalan",
    "jl",
    "jln",
    "pasar",
    "pt",
    "orang",
    "ke",
    "arah",
];
/// Names of villages that are words of every day, too; without a marker they are no place.
const EVERYDAY: [&str; 12] = [
    "pantai",
    "terusan",
    "pangkalan",
    "padang",
    "pasar",
    "pauh",
    "kota",
    "baru",
    "lama",
    "bukit",
    "pulau",
    "simpang",
];
/// Whose office is a village's.
const OF_VILLAGE: [&str; 6] = ["kades", "sekdes", "babinsa", "bhabin", "babin", "bhabinkamtibmas"];

/// What a river or a mountain is named behind: "DAS Besuk Kobokan" is not the village Besuk.
const NATURE: [&str; 7] = ["das", "kali", "gunung", "gn", "lereng", "puncak", "aliran"];

/// A name without a marker: one word that is a village's only, and a word of every day, is none; nor are two letters, "pd ribut".
pub fn plain(tokens: &[ChatWord], naming: Naming) -> Option<Naming> {
    let token = &tokens[naming.tokens.start];
    let single = naming.tokens.len() == 1;
    let village = naming.meanings.iter().all(|(_, number)| *number > 0);
    let after = naming.tokens.start.checked_sub(1).map(|at| &tokens[at]);
    let led = after.is_some_and(|word| word.is(&AT) || word.is(&FROM)) || token.capital;
    // Whose people, and with whom: "warga Noman dan warga Pauh bentrok".
    let of_people = |word: &ChatWord| {
        word.is(&["warga", "wrg", "pemuda", "massa", "masyarakat", "dan", "dgn", "dengan", "vs", "lawan"])
    };
    let is_led = after.is_some_and(|word| word.is(&AT) || of_people(word));
    // "Kades Pauh"; "Kades Baru" is new.
    let of_office = after.is_some_and(|word| word.is(&OF_VILLAGE)) && !token.is(&["baru", "lama"]);
    // "07.20 Pantai: …": it heads a line of a log.
    let heads_line = when::leading_clock(tokens, 0) == Some(naming.tokens.start)
        && tokens.get(naming.tokens.end).is_some_and(|next| next.clause != token.clause);
    // "Terusan aman, Noman nihil": it heads a clause that says no more than that all is quiet there.
    let heads_quiet = after.is_none_or(|word| word.clause != token.clause)
        && !token.is(&["pasar", "kota"])
        && tokens.get(naming.tokens.end).is_some_and(|next| next.clause == token.clause && next.is(&QUIET));
    let is_name = is_led || of_office || heads_line || heads_quiet;
    let everyday = token.is(&EVERYDAY) && !(token.capital && is_name);
    let of_nature = village && after.is_some_and(|word| word.is(&NATURE));
    // "emak2 pd ribut": it is *pada*, not Padang.
    let short = token.text.len() < 3 && !is_led;
    let none = of_nature || single && (short || village && (everyday || token.text.len() < 4 || !led));
    (!none).then_some(naming)
}

/// How far a naming says where it happened.
pub fn weight(tokens: &[ChatWord], naming: &Naming, marked: bool) -> (u8, bool) {
    let start = naming.tokens.start;
    let base = if marked { 4 } else { 2 };
    // "di wilayah Ds Pauh", "TKP Kec Rupit Ds Noman": the word that leads counts for what follows in its clause.
    let leads = |list: &[&str], reach: usize| {
        let from = start.saturating_sub(reach);
        (from..start)
            .rev()
            .take_while(|at| tokens[*at].sentence == tokens[start].sentence)
            .any(|at| tokens[at].is(list))
    };
    let from = start
        .checked_sub(1)
        .is_some_and(|at| tokens[at].is(&FROM) && tokens[at].sentence == tokens[start].sentence);
    let weight = match (from, leads(&AT, 3)) {
        (true, _) => base - 1,
        (false, true) => base + 1,
        (false, false) => base,
    };
    (weight, from)
}
