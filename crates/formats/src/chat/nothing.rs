//! "Tidak ada kejadian", "kadada apa-apa", "mboten wonten kedadosan": that nothing happened, in the words of four tongues.

use super::negation::NOT;
use super::token::ChatWord;

const THERE_IS: [&str; 12] =
    ["ada", "ado", "ade", "adek", "ono", "onok", "enek", "ana", "wonten", "terjadi", "katek", "kate"];
/// A negation and "there is" in one word.
const THERE_IS_NONE: [&str; 15] = [
    "kadada", "kadeda", "katek", "dakdo", "dakado", "nadai", "nadak", "nisi", "nisik", "gada", "gaada",
    "takde", "takada", "tadak", "indakado",
];
const HAPPENINGS: [&str; 14] = [
    "kejadian",
    "kajadian",
    "kejadien",
    "kejadie",
    "kejadiannya",
    "kedadosan",
    "kedadeyan",
    "kedadean",
    "kadadian",
    "gangguan",
    "insiden",
    "peristiwa",
    "kejadia",
    "masalah",
];
/// "apa-apa", "punopo-punopo": written twice, or with a 2 behind it.
const ANYTHING: [&str; 12] =
    ["apa", "apo", "ape", "opo", "napa", "nopo", "punopo", "punapa", "menopo", "menapa", "pape", "nape"];
/// Of whom or what there is none, where it is no happening: "korban dak ado apo-apo" is of the hurt.
const OF_SOMEBODY: [&str; 14] = [
    "korban",
    "luka",
    "sopir",
    "supir",
    "penumpang",
    "pengendara",
    "anak",
    "orang",
    "pelaku",
    "warga",
    "wargo",
    "rumah",
    "dia",
    "kami",
];

/// True where words say that nothing happened.
pub fn says_that_nothing_happened(tokens: &[ChatWord]) -> bool {
    (0..tokens.len()).any(|at| none_ends(tokens, at).is_some_and(|end| names_happening(tokens, at, end)))
}

/// Where "tidak ada", "kadada" ends that begins at a token.
fn none_ends(tokens: &[ChatWord], at: usize) -> Option<usize> {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let is_negated = |at: usize| is(at, &NOT) || is(at, &["tadak", "ndak", "nda", "kadak", "nggih"]);
    if is_negated(at) && is(at + 1, &THERE_IS) {
        return Some(at + 2);
    }
    // "katek" says both, and so does "dak katek".
    is(at, &THERE_IS_NONE).then_some(at + 1)
}

fn names_happening(tokens: &[ChatWord], at: usize, end: usize) -> bool {
    let own = |at: usize| tokens.get(at).filter(|token| token.clause == tokens[end - 1].clause);
    let Some(next) = own(end) else { return false };
    if next.is(&HAPPENINGS) {
        return !next.is(&["masalah"]);
    }
    let is_twice = own(end + 1).is_some_and(|second| second.text == next.text || second.text == "2");
    let is_of_somebody =
        at > 0 && tokens[at - 1].clause == tokens[at].clause && tokens[at - 1].is(&OF_SOMEBODY);
    let is_anything = next.is(&ANYTHING) && is_twice || next.is(&["papa", "apapa", "napapa", "apaapa"]);
    is_anything && !is_of_somebody
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn that_nothing_happened_is_read_in_four_tongues() {
        let of = |text: &str| says_that_nothing_happened(&tokens(text, 0..text.len()));
        for text in [
            "tidak ada kejadian",
            "Komet kadada apa-apa",
            "Bangkal kadada kajadian",
            "kada ada kajadian",
            "Tumpeng mboten wonten punopo-punopo",
            "mboten wonten kedadosan",
            "ora ono opo-opo",
            "gak onok opo2",
            "dak katek apo-apo",
            "dak ado apo2",
            "Terap nadai ape-ape",
            "nisi' ape-ape",
            "tadak ade ape2",
            "kadada papa",
        ] {
            assert!(of(text), "{text}");
        }
        for text in [
            "gak apa-apa pak",
            "ada apa-apa di Terap",
            "tidak ada korban",
            "korban dak ado apo-apo",
            "sopir mboten wonten punopo-punopo",
            "kadada banyu",
            "dak katek apo lagi",
            "tidak ada masalah",
            "nisi rumah",
        ] {
            assert!(!of(text), "{text}");
        }
    }
}
