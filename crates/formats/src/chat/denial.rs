//! "Kabar itu tidak benar", "itu hoax pak", "tidak jadi bentrok": words that deny what another message reported.

use super::negation::NOT;
use super::token::ChatWord;
use std::ops::Range;

const UNTRUE: [&str; 9] = ["hoaks", "hoax", "hoak", "hoks", "hok", "bohong", "bohongan", "fitnah", "palsu"];
const TRUE: [&str; 13] = [
    "benar", "betul", "bener", "bnr", "btl", "betol", "sesuai", "valid", "terbukti", "nyata", "bujur",
    "leres", "temenan",
];
/// They are called so that are no reports, too: "uang palsu", "ganti rugi tidak sesuai".
const OF_THINGS: [&str; 6] = ["hok", "fitnah", "palsu", "sesuai", "valid", "nyata"];
/// What stands beside them where nothing else is said: of the report, to whom, and that all is quiet.
const BESIDE: [&str; 87] = [
    "habar",
    "habarnya",
    "pang",
    "itu",
    "ini",
    "tu",
    "iku",
    "niku",
    "niki",
    "ngitu",
    "tersebut",
    "tsb",
    "tadi",
    "td",
    "mau",
    "wau",
    "barusan",
    "yang",
    "yg",
    "nang",
    "sing",
    "di",
    "atas",
    "diatas",
    "dari",
    "kabar",
    "kabarnya",
    "kabare",
    "info",
    "infonya",
    "infone",
    "informasi",
    "informasinya",
    "berita",
    "beritanya",
    "isu",
    "isunya",
    "laporan",
    "laporannya",
    "lapuran",
    "pesan",
    "ternyata",
    "trnyata",
    "ternyate",
    "ternyato",
    "rupanya",
    "rupanyo",
    "rupenye",
    "jebule",
    "tibake",
    "tibae",
    "sakalinya",
    "sekalinya",
    "pak",
    "bu",
    "ndan",
    "dan",
    "bapak",
    "ibu",
    "bang",
    "min",
    "komandan",
    "lur",
    "maaf",
    "mohon",
    "izin",
    "ijin",
    "saja",
    "aja",
    "haja",
    "bae",
    "ae",
    "cuma",
    "hanya",
    "cuman",
    "semua",
    "kabeh",
    "galo",
    "sudah",
    "sdh",
    "wis",
    "lah",
    "aman",
    "kondusif",
    "ya",
    "memang",
    "dicek",
];
const REPORTS: [&str; 9] =
    ["kabar", "kabare", "habar", "info", "infone", "informasi", "berita", "isu", "laporan"];
const POINTS: [&str; 8] = ["tadi", "td", "itu", "mau", "iku", "tsb", "tersebut", "barusan"];
const LONGEST: usize = 14;

/// The words that call a report untrue in a message that says nothing else.
pub fn bare(tokens: &[ChatWord], is_name: &[bool]) -> Option<Range<usize>> {
    if tokens.is_empty() || tokens.len() > LONGEST {
        return None;
    }
    let (mut found, mut at, mut unknown) = (None, 0, 0);
    while at < tokens.len() {
        let end = if tokens[at].is(&UNTRUE) || lie(tokens) == Some(at) {
            at + 1
        } else {
            untrue_ends(tokens, at).unwrap_or(at)
        };
        if end > at {
            found = found.or(Some(at..end));
        } else if !(tokens[at].is(&BESIDE) || is_name.get(at).is_some_and(|is_name| *is_name)) {
            unknown += 1;
        }
        at = end.max(at + 1);
    }
    // "kada bujur habar tadi pang": a word that nobody knows, of a report that it points at.
    let is_spread = || {
        tokens.iter().any(|token| token.is(&["beredar", "viral", "sebar", "menyebar", "tersebar", "heboh"]))
    };
    let points_at = tokens.iter().any(|token| token.is(&POINTS));
    // "habar kabakaran di Palam kada bujur".
    let names_report = tokens.iter().any(|token| token.is(&REPORTS)) && !is_spread();
    // "kabar palsu dari Pauh": what stands before it is the report.
    let is_of_report = |run: &Range<usize>| {
        let is_of_things = tokens[run.end - 1].is(&OF_THINGS);
        let before = run.start.checked_sub(1).map(|before| &tokens[before]);
        !is_of_things || before.is_some_and(|before| before.is(&REPORTS) || before.is(&POINTS))
    };
    let passes = |run: &Range<usize>| {
        unknown == 0 || is_of_report(run) && (unknown == 1 && points_at || unknown <= 2 && names_report)
    };
    found.filter(passes)
}

/// Where "tidak benar", "kada bujur" ends that begins at a token.
pub fn untrue_ends(tokens: &[ChatWord], at: usize) -> Option<usize> {
    const OTHER: [&str; 3] = ["nihil", "tanpa", "belum"];
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    (is(at, &NOT) && !is(at, &OTHER) && is(at + 1, &TRUE)).then_some(at + 2)
}

/// "kabar iku ngapusi": where a word calls a lie what it points at; "ngapusi warga" deceives somebody.
pub fn lie(tokens: &[ChatWord]) -> Option<usize> {
    const POINTS: [&str; 12] =
        ["itu", "iku", "kuwi", "niku", "mau", "tadi", "td", "kabar", "kabare", "habar", "info", "berita"];
    let is_lie = |at: &usize| {
        tokens[*at].is(&["ngapusi", "goroh", "boong", "dusta", "ngibul"]) && tokens[at - 1].is(&POINTS)
    };
    (1..tokens.len()).find(is_lie)
}

/// Where "tidak jadi", "ora sido" begins: what another message reported did not come about.
pub fn called_off(tokens: &[ChatWord]) -> Option<usize> {
    let is_off = |at: &usize| {
        tokens[*at].is(&NOT)
            && !tokens[*at].is(&["nihil", "tanpa", "belum", "blm", "bukan"])
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.is(&["jadi", "jd", "sido", "sidone", "sios", "jadinya"]))
    };
    (0..tokens.len()).find(is_off)
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn a_message_denies_another_where_it_says_nothing_else() {
        let of = |text: &str| bare(&tokens(text, 0..text.len()), &[]).is_some();
        for text in [
            "kabar itu tidak benar pak",
            "info tadi tdk betul",
            "itu hoax pak",
            "hoaks ternyata, aman",
            "ternyata kabar bohong",
            "kada bujur kabar tadi",
            "ora bener kabare mau",
            "dak benar info tadi ndan",
            "kabar iku ngapusi pak",
            "habar kabakaran di Palam kada bujur",
            "kabar palsu dari Palam pak",
            "info kabakaran itu palsu",
            "itu fitnah pak",
            "laporan tadi tidak sesuai pak",
        ] {
            assert!(of(text), "{text}");
        }
        for text in [
            "beredar hoaks soal banjir",
            "info tadi tidak benar, warga ribut sekarang",
            "beredar info tidak benar",
            "warga sebar hoax di grup",
            "tidak benar kalau cuma cekcok",
            "info tadi benar pak",
            "belum tentu benar pak",
            "hoaks memicu tawuran",
            "belum benar jalannya",
            "sales ngapusi warga",
            "info uang palsu di Noman",
            "info dokter palsu di Noman",
            "info bansos tidak sesuai di Terap",
            "laporan ganti rugi tidak sesuai",
            "info data pemilih tidak valid",
            "laporan harga tidak sesuai itu pak",
        ] {
            assert!(!of(text), "{text}");
        }
    }
}
