//! What a message says is not so: which of its words a negation reaches, before them, behind them or by a count of none.

use super::phrase::PhraseMatch;
use super::token::{ChatWord, is_dashed};
use std::ops::Range;

pub const NOT: [&str; 35] = [
    "dudu", "sanes", "tidak", "tdk", "tak", "tidk", "tdak", "gak", "gk", "ga", "nggak", "enggak", "engga",
    "kagak", "ndak", "dak", "bukan", "tanpa", "nihil", "belum", "blm", "idak", "ora", "mboten", "boten",
    "kada", "indak", "teu", "henteu", "katek", "dakdo", "gada", "gaada", "tidakada", "tdkada",
];
/// Behind a negation they make it none: "tidak hanya banjir", "tdk kurang dari 30 rumah".
const NOT_ONLY: [&str; 6] = ["hanya", "cuma", "cuman", "kurang", "lebih", "saja"];
/// Words between a negation and what it denies.
const THERE_IS: [&str; 39] = [
    "sido",
    "sidone",
    "ada",
    "ado",
    "ade",
    "katek",
    "terjadi",
    "terdapat",
    "ditemukan",
    "benar",
    "jadi",
    "sampai",
    "terlihat",
    "terdengar",
    "terpantau",
    "nampak",
    "tampak",
    "dijumpai",
    "lagi",
    "pernah",
    "adanya",
    "tuh",
    "sih",
    "satu",
    "satupun",
    "seorang",
    "pun",
    "warga",
    "orang",
    "org",
    "yang",
    "yg",
    "ikut",
    "sempat",
    "ono",
    "onok",
    "wonten",
    "ana",
    "aya",
];
/// What nothing may be said of without denying what is named behind it: "tidak ada laporan banjir".
const OF_WHICH: [&str; 12] = [
    "yang", "yg", "lagi", "lg", "laporan", "indikasi", "tanda", "warga", "massa", "potensi", "info", "gejala",
];
/// What somebody lacks: to have none of it is the trouble itself ("belum dapat ganti rugi", "tanpa izin").
const OWED: [&str; 16] = [
    "ganti",
    "bayar",
    "dibayar",
    "upah",
    "gaji",
    "plasma",
    "csr",
    "janji",
    "izin",
    "ijin",
    "bantuan",
    "bansos",
    "blt",
    "tali",
    "kemitraan",
    "hgu",
];
/// Says alone that there is none.
const NONE: [&str; 2] = ["katek", "dakdo"];
/// Who does it denies what follows: "membantah adanya pemortalan".
const DENYING: [&str; 6] = ["membantah", "bantah", "menyangkal", "menepis", "menampik", "dibantah"];
/// What a place is free of did not happen there: "aman dari banjir", "bebas karhutla".
const FREE: [&str; 7] = ["aman", "bebas", "terbebas", "terhindar", "luput", "steril", "dijauhkan"];
/// What may be missing while the incident itself is real: "banjir di Noman, bantuan tidak ada".
const MISSED: [&str; 14] = [
    "korban",
    "jiwa",
    "luka",
    "meninggal",
    "bantuan",
    "petugas",
    "polisi",
    "aparat",
    "listrik",
    "sinyal",
    "akses",
    "perahu",
    "air",
    "pengungsi",
];
/// Behind a negation at the end of a clause: "bentrok di Noman tidak terjadi".
const HAPPENS: [&str; 19] = [
    "ado",
    "katek",
    "ada",
    "terjadi",
    "jadi",
    "benar",
    "betul",
    "ditemukan",
    "terbukti",
    "terlihat",
    "sampai",
    "ono",
    "wonten",
    "aya",
    "dilaksanakan",
    "digelar",
    "dilakukan",
    "terlaksana",
    "pecah",
];
const PLACED: [&str; 9] = ["di", "ds", "desa", "kec", "kecamatan", "kel", "kelurahan", "wil", "wilayah"];
/// Words behind which nothing is added to what was denied.
const TAIL: [&str; 27] = [
    "pak", "bu", "ndan", "bang", "bapak", "ibu", "lagi", "lg", "ya", "min", "kok", "komandan", "hari", "ini",
    "itu", "saat", "sampai", "skrg", "sekarang", "malam", "mlm", "siang", "pagi", "disana", "disini",
    "tersebut", "sama",
];

/// A part of a message as negations see it.
#[derive(Clone, Copy)]
pub struct Denied<'a> {
    pub text: &'a str,
    pub tokens: &'a [ChatWord],
    /// The tokens that are a place's name.
    pub is_name: &'a [bool],
}

impl Denied<'_> {
    /// True where what a phrase names is denied.
    pub fn holds(self, phrase: &PhraseMatch) -> bool {
        let Range { start: first, end } = phrase.tokens;
        is_denied_before(self.tokens, first)
            || is_denied_before(self.tokens, phrase.head)
            || is_none_of(self.tokens, first)
            || self.is_counted_as_none(first, end)
            || self.is_none_behind(first, end)
    }

    /// "banjir nihil", "unras: 0", "0 hotspot", "bentrok: -".
    fn is_counted_as_none(self, first: usize, end: usize) -> bool {
        let tokens = self.tokens;
        let none = |at: usize| {
            let decimal = tokens.get(at + 1).is_some_and(|next| {
                matches!(next.before, '.' | ',')
                    && next.text.starts_with(|letter: char| letter.is_ascii_digit())
            });
            tokens.get(at).is_some_and(|token| token.is(&["nihil", "nol", "0"])) && !decimal
        };
        let same = |at: usize| tokens.get(at).is_some_and(|token| token.sentence == tokens[first].sentence);
        let before = (1..=2).any(|back| {
            first >= back
                && none(first - back)
                && same(first - back)
                && (back == 1 || tokens[first - 1].is(&["titik", "kejadian", "kasus", "hotspot"]))
        });
        before || same(end) && none(end) || is_dashed(self.text, &tokens[end - 1])
    }

    /// "unras di Ds Noman tidak ada", "banjir di Ds Noman: tidak ada": behind a phrase and its place, at the end of a clause.
    fn is_none_behind(self, first: usize, end: usize) -> bool {
        let tokens = self.tokens;
        let last = (end + 10).min(tokens.len());
        let is_denial = |at: &usize| {
            let happens = tokens.get(at + 1).is_some_and(|next| next.is(&HAPPENS));
            tokens[*at].is(&NOT) && happens || tokens[*at].is(&NONE)
        };
        let at = (end..last)
            .take_while(|at| tokens[*at].sentence == tokens[first].sentence)
            .take_while(|at| tokens[*at].clause <= tokens[first].clause + 1)
            .find(is_denial);
        let Some(at) = at else { return false };
        let placed = at == end
            || self.is_name.get(at - 1).is_some_and(|is_name| *is_name)
            || tokens[at - 1].capital
            || tokens[at - 1].is(&["itu", "tsb", "tersebut", "sudah", "sdh", "memang", "sempat"])
            || (end.max(at.saturating_sub(3))..at).any(|other| tokens[other].is(&PLACED));
        // A clause of its own speaks of the phrase where a colon or nothing else stands before it.
        let own = tokens[at].clause == tokens[first].clause || tokens[at - 1].clause != tokens[at].clause;
        // "tidak jadi dilaksanakan", "tidak sampai terjadi".
        let behind = if tokens[at].is(&NONE) { at + 1 } else { at + 2 };
        let further = tokens[behind.min(tokens.len())..]
            .iter()
            .take_while(|next| next.clause == tokens[at].clause && next.is(&HAPPENS));
        self.is_tail(behind + further.count())
            && placed
            && own
            && !(end..at).any(|other| tokens[other].is(&MISSED))
    }

    /// True where the rest of a clause adds nothing: an address, a time, a place.
    fn is_tail(self, from: usize) -> bool {
        let Some(clause) = from.checked_sub(1).map(|at| self.tokens[at].clause) else { return true };
        let rest = (from..self.tokens.len()).take_while(|at| self.tokens[*at].clause == clause);
        for at in rest {
            let token = &self.tokens[at];
            let is_name = self.is_name.get(at).is_some_and(|is_name| *is_name);
            if token.is(&PLACED) {
                return true;
            }
            if !(is_name || token.is(&TAIL)) {
                return false;
            }
        }
        true
    }
}

/// "bukan banjir biasa", "bukan tawuran lagi": it was one, and a worse one. "tidak ada banjir lagi" denies it.
pub fn is_no_mere(tokens: &[ChatWord], at: usize) -> bool {
    const MERE: [&str; 8] =
        ["biasa", "lagi", "main", "mainan", "sembarang", "sembarangan", "kecil", "sepele"];
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    tokens[at].is(&["bukan", "bkn", "dudu", "sanes", "lain"])
        && (at + 2..tokens.len().min(at + 4)).take_while(own).any(|other| tokens[other].is(&MERE))
}

/// True where a negation before a token reaches it: "tidak ada banjir", "bukan bentrok", "aman dari banjir".
pub fn is_denied_before(tokens: &[ChatWord], at: usize) -> bool {
    let water = tokens[at].is(&["air"]) && tokens.get(at + 1).is_some_and(|next| next.is(&["bersih"]));
    if water || tokens[at].is(&OWED) {
        return false;
    }
    let same = |other: &usize| tokens[*other].clause == tokens[at].clause;
    for other in (at.saturating_sub(6)..at).rev().take_while(same) {
        let token = &tokens[other];
        if token.is(&NOT) {
            return !tokens[other + 1].is(&NOT_ONLY) && !is_no_mere(tokens, other);
        }
        // "dak do bentrok", "ndak do".
        let is_short = token.is(&["do"]) && other > 0 && tokens[other - 1].is(&NOT);
        if token.is(&DENYING) || is_short {
            return true;
        }
        let is_free = token.is(&["bebas", "terbebas", "steril"]) && other + 1 == at
            || token.is(&FREE) && tokens[other + 1].is(&["dari", "dr"]);
        if is_free || token.is(&["mana"]) && tokens[other + 1].is(&["ada"]) {
            return true;
        }
        if !token.is(&THERE_IS) && !token.is(&["dari", "dr"]) {
            return false;
        }
    }
    false
}

/// "tidak ada laporan banjir", "tak satu pun warga Remban ikut demo": before a phrase, in its clause.
fn is_none_of(tokens: &[ChatWord], at: usize) -> bool {
    let from =
        (at.saturating_sub(12)..at).rev().take_while(|other| tokens[*other].clause == tokens[at].clause);
    from.into_iter().any(|other| {
        let next = |list: &[&str]| other + 2 < at && tokens[other + 1].is(list);
        tokens[other].is(&NOT)
            && (next(&["satupun", "seorangpun"])
                || next(&["satu", "seorang"]) && tokens[other + 2].is(&["pun"])
                || next(&["ada", "terdapat", "ditemukan"]) && tokens[other + 2].is(&OF_WHICH))
    })
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn a_negation_reaches_what_it_denies_and_nothing_else() {
        for (text, word, denied) in [
            ("tidak ada banjir", "banjir", true),
            ("tidak hanya banjir", "banjir", false),
            ("belum dapat ganti rugi", "ganti", false),
            ("bentrok di noman tdk ada pak", "bentrok", true),
            ("bentrok di Noman, polisi tidak ada", "bentrok", false),
            ("curnak di Terusan tidak terjadi, sapi lepas", "curnak", true),
            ("aman dari banjir", "banjir", true),
            ("listrik tidak ada, banjir", "banjir", false),
            ("banjir tidak ada bantuan", "banjir", false),
            ("mana ada banjir", "banjir", true),
        ] {
            let found = tokens(text, 0..text.len());
            let at = found.iter().position(|token| token.text == word).unwrap();
            let is_name: Vec<bool> = found.iter().map(|token| token.is(&["noman"])).collect();
            let part = Denied { text, tokens: &found, is_name: &is_name };
            let (category, tokens) = (domain::kind::Category::OTHER, at..at + 1);
            let phrase = PhraseMatch { category, serious: false, words: 1, tokens, head: at };
            assert_eq!(part.holds(&phrase), denied, "{text}");
        }
    }
}
