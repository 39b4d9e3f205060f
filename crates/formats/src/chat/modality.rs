//! Whether what a message names happened at all: its words may ask, warn, plan, suppose or speak of what was long ago.
//! They reach what stands in their sentence; a question after the truth of a message reaches all of it.

use super::token::ChatWord;
use std::ops::Range;

const PLANNED: [&str; 14] = [
    "akan",
    "besok",
    "bsk",
    "lusa",
    "rencana",
    "rencananya",
    "bakal",
    "berencana",
    "merencanakan",
    "direncanakan",
    "jadwal",
    "dijadwalkan",
    "agenda",
    "pemberitahuan",
];
/// What somebody means to do, or does on a condition, may be a threat: a person looks at it.
const INTENDED: [&str; 7] = ["mau", "ingin", "hendak", "handak", "arep", "nak", "berniat"];
const CONDITION: [&str; 11] =
    ["kalau", "klo", "kalo", "jika", "jk", "bila", "apabila", "seandainya", "andai", "andaikan", "mengancam"];
/// Days ahead, which may stand behind what is planned for them.
const AHEAD: [&str; 4] = ["besok", "bsk", "lusa", "nanti"];
/// Later the same day, beside a part of it or an hour: "nanti malam", "jam 1 siang nanti", "ngko bengi".
const LATER: [&str; 9] = ["nanti", "nnt", "ntar", "entar", "nantik", "ngko", "mengko", "engko", "kaina"];
const PARTS_OF_DAY: [&str; 18] = [
    "pagi", "siang", "sore", "petang", "malam", "mlm", "malem", "bengi", "mbengi", "awan", "sonten", "dalu",
    "kamarian", "sorek", "magrib", "maghrib", "subuh", "isya",
];
const HOUR: [&str; 4] = ["jam", "jm", "pukul", "pkl"];
const HAPPENED: [&str; 11] = [
    "terjadi",
    "telah",
    "tadi",
    "td",
    "kemarin",
    "kmrn",
    "barusan",
    "semalam",
    "akibatnya",
    "mengakibatkan",
    "sedang",
];
/// What may be said of what is yet to come.
const POSSIBLE: [&str; 10] =
    ["akan", "bakal", "bisa", "dapat", "dikhawatirkan", "kemungkinan", "mungkin", "jika", "kalau", "rawan"];
/// Words of a warning, a condition, a rumour, an exercise, of what was averted.
const DOUBT: [&str; 89] = [
    "jare",
    "jarene",
    "katonyo",
    "katenye",
    "batal",
    "dibatalkan",
    "ditunda",
    "dicegah",
    "antisipasi",
    "mengantisipasi",
    "cegah",
    "mencegah",
    "pencegahan",
    "sosialisasi",
    "simulasi",
    "imbauan",
    "himbauan",
    "menghimbau",
    "mengimbau",
    "dihimbau",
    "diimbau",
    "waspada",
    "waspadai",
    "mewaspadai",
    "awas",
    "kalau",
    "klo",
    "kalo",
    "jika",
    "jk",
    "bila",
    "apabila",
    "seandainya",
    "andai",
    "andaikan",
    "misal",
    "misalnya",
    "apakah",
    "adakah",
    "benarkah",
    "betulkah",
    "gladi",
    "mengenang",
    "memperingati",
    "latihan",
    "potensi",
    "berpotensi",
    "dikhawatirkan",
    "khawatir",
    "kemungkinan",
    "mungkin",
    "hampir",
    "nyaris",
    "semoga",
    "jangan",
    "jgn",
    "rumor",
    "isu",
    "gosip",
    "katanya",
    "konon",
    "rawan",
    "terancam",
    "urung",
    "diurungkan",
    "mengurungkan",
    "digagalkan",
    "menggagalkan",
    "diredam",
    "teredam",
    "ttx",
    "tabletop",
    "pelatihan",
    "apel",
    "drill",
    "geladi",
    "workshop",
    "bimtek",
    "penyuluhan",
    "edukasi",
    "film",
    "lomba",
    "peringatan",
    "mitigasi",
    "kesiapsiagaan",
    "kesiapan",
    "kebenaran",
    "kebenarannya",
    "haul",
];
const DOUBT_OF_TWO: [(&[&str], &[&str]); 17] = [
    (&["ujar"], &["habar", "kabar", "urang", "warga"]),
    (&["giat", "siaga", "persiapan", "jelang", "rencana"], &["pengamanan", "pam"]),
    (&["pengamanan", "pam"], &["unras", "aksi", "demo", "pilkades", "eksekusi", "kegiatan"]),
    (&["salah"], &["info", "informasi", "kabar", "lapor", "desa", "lokasi", "alamat", "paham"]),
    (&["aman"], &["dari", "dr"]),
    (&["bukan"], &["di"]),
    (&["thn", "tahun", "th"], &["lalu", "kemarin", "silam", "lewat"]),
    (&["ada"], &["info"]),
    (&["bisa", "dapat"], &["banjir", "longsor", "bentrok", "terbakar", "rusuh", "meluap", "ricuh"]),
    (&["apa"], &["ada", "sudah", "masih"]),
    (&["minggu", "bulan", "tahun", "senin", "jumat"], &["depan"]),
    (&["siap", "tetap"], &["siaga", "siap", "2"]),
    (&["siaga", "tanggap"], &["banjir", "longsor", "bencana", "karhutla", "bentrok", "kebakaran"]),
    (&["bulan", "bln", "minggu"], &["lalu", "silam"]),
    (&["beredar"], &["kabar", "info", "informasi", "isu", "berita", "pesan", "video"]),
    (&["kabar", "info", "informasi", "isu", "berita", "pesan"], &["beredar"]),
    (&["sebelum"], &["pecah", "sempat"]),
];
/// Questions after the truth of all that is said, and what makes all of it old.
const OF_ALL: [(&[&str], &[&str]); 8] = [
    (&["apa", "apakah", "ap"], &["benar", "bener", "betul", "iya", "iyo", "bnr"]),
    (&["benar", "bener", "betul", "valid"], &["tidak", "tdk", "gak", "ga", "nggak", "kah", "ya"]),
    (&["mohon", "tolong", "coba", "mhn"], &["dicek", "cek", "dipastikan", "kroscek", "klarifikasi"]),
    (&["berita", "video", "foto"], &["lama"]),
    (&["jangan", "jgn"], &["percaya", "dipercaya", "sebar", "disebar"]),
    (&["belum", "blm"], &["pasti", "jelas", "terkonfirmasi", "dikonfirmasi"]),
    (&["simpang"], &["siur"]),
    (&["mohon", "mhn", "minta", "tolong"], &["info", "infonya", "konfirmasi", "konfirmasinya", "kejelasan"]),
];

fn has(tokens: &[ChatWord], list: &[&str]) -> bool {
    tokens.iter().any(|token| token.is(list))
}

fn has_two(tokens: &[ChatWord], pairs: &[(&[&str], &[&str])]) -> bool {
    let two = |pair: &[ChatWord]| pairs.iter().any(|(first, second)| pair[0].is(first) && pair[1].is(second));
    tokens.windows(2).any(two)
}

/// What was averted is doubtful; what could not be averted happened.
const AVERTED: [&str; 5] = ["dihindari", "dihindarkan", "terhindar", "dielakkan", "terelakkan"];

/// "bentrok dapat dihindari"; not "bentrok tidak dapat dihindari".
fn is_averted(tokens: &[ChatWord]) -> bool {
    (0..tokens.len()).any(|at| {
        let refused = tokens[at.saturating_sub(3)..at].iter().any(|token| token.is(&super::negation::NOT));
        tokens[at].is(&AVERTED) && !refused
    })
}

/// "banjir 2024 lalu".
fn is_of_a_year(tokens: &[ChatWord]) -> bool {
    let year = |token: &ChatWord| token.number().is_some_and(|number| (1900..2100).contains(&number));
    tokens.windows(2).any(|pair| year(&pair[0]) && pair[1].is(&["lalu", "silam", "kemarin"]))
}

/// No word reaches farther than so many others.
const REACH: usize = 60;

/// The tokens of the sentence in which a token stands, as far as words reach.
fn sentence(tokens: &[ChatWord], at: usize) -> Range<usize> {
    around(tokens, at, |token| token.sentence)
}

fn around(tokens: &[ChatWord], at: usize, number: impl Fn(&ChatWord) -> usize) -> Range<usize> {
    let same = |token: &&ChatWord| number(token) == number(&tokens[at]);
    let before = tokens[at.saturating_sub(REACH)..at].iter().rev().take_while(same).count();
    let behind = tokens[at..tokens.len().min(at + REACH)].iter().take_while(same).count();
    at - before..at + behind
}

/// True where a question mark ends a sentence.
fn is_asked(text: &str, tokens: &[ChatWord], sentence: &Range<usize>, end: usize) -> bool {
    let from = tokens[sentence.end - 1].span.end;
    let to = tokens.get(sentence.end).map_or(end, |next| next.span.start);
    text[from..to].contains('?')
}

/// True where all that is named is asked for: the part ends with a question, and each stands in one. `end` is where the part ends.
pub fn is_question((text, end): (&str, usize), tokens: &[ChatWord], named: &[usize]) -> bool {
    let Some(last) = tokens.last() else { return false };
    (text[last.span.end..end].contains('?') || asks_when(tokens))
        && named.iter().all(|at| {
            let own = sentence(tokens, *at);
            (is_asked(text, tokens, &own, end) || asks_when(tokens)) && !has_happened(&tokens[own])
        })
}

/// "pak lurah kapan BLT cair ya": a question without its mark, which begins with whom it asks.
fn asks_when(tokens: &[ChatWord]) -> bool {
    const ASKED: [&str; 19] = [
        "pak", "bu", "bapak", "ibu", "bang", "mas", "min", "ndan", "komandan", "lurah", "kades", "camat",
        "izin", "ijin", "tanya", "mau", "mohon", "maaf", "numpang",
    ];
    let at = tokens.iter().position(|token| token.is(&["kapan", "kpn"]));
    // "kapan saja bisa longsor" warns.
    let is_any = |at: usize| tokens.get(at + 1).is_some_and(|next| next.is(&["saja", "aja", "pun"]));
    at.filter(|at| !is_any(*at)).is_some_and(|at| tokens[..at].iter().all(|before| before.is(&ASKED)))
}

/// "warga ancam portal jalan": what stands right behind a threat has not happened.
pub fn is_threatened(tokens: &[ChatWord], at: usize) -> bool {
    const THREAT: [&str; 5] = ["ancam", "mengancam", "ngancam", "diancam", "ancaman"];
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    (at.saturating_sub(2)..at).filter(own).any(|other| tokens[other].is(&THREAT))
}

/// True where words of the sentence, or of a part of it, say that it happened.
fn has_happened(tokens: &[ChatWord]) -> bool {
    (0..tokens.len()).any(|at| {
        let possible = || tokens[at.saturating_sub(2)..at].iter().any(|token| token.is(&POSSIBLE));
        tokens[at].is(&HAPPENED) && !possible()
    })
}

/// True where what a token names is yet to come.
pub fn is_planned(tokens: &[ChatWord], first: usize, end: usize) -> bool {
    // What is threatened or done on a condition is asked about.
    is_ahead(tokens, first, end) && !has(&tokens[sentence(tokens, first)], &CONDITION)
}

/// "akan unras", "unras besok": where no word of its clause says that it happened.
fn is_ahead(tokens: &[ChatWord], first: usize, end: usize) -> bool {
    let own = sentence(tokens, first);
    let is_will = |at: usize| {
        // "Sepang nihil, besok demo": that nothing happened refuses nothing behind it.
        let refused = at > 0
            && tokens[at - 1].is(&super::negation::NOT)
            && !(tokens[at - 1].is(&["nihil"]) && tokens[at - 1].clause != tokens[at].clause);
        tokens[at].is(&PLANNED) && !refused && !is_day_before_last(tokens, at)
    };
    let before = (own.start.max(first.saturating_sub(6))..end).any(is_will);
    let behind = (end..own.end.min(end + 6))
        .take_while(|at| tokens[*at].clause == tokens[end - 1].clause)
        .any(|at| tokens[at].is(&AHEAD) && !is_day_before_last(tokens, at) && !is_until(tokens, at));
    // What leads to it, as far as its clause reaches.
    let clause = around(tokens, first, |token| token.clause);
    let later = (clause.start..end).any(|at| is_later_today(tokens, at))
        || is_intended(&tokens[clause.start..end]) && (clause.start..end).any(|at| is_tonight(tokens, at));
    (before || behind || later) && !has_happened(&tokens[clause.clone()])
}

/// "nanti malam", "jam 4 nanti"; not "masih ditutup sampai nanti malam".
fn is_later_today(tokens: &[ChatWord], at: usize) -> bool {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let before = |back: usize, list: &[&str]| at.checked_sub(back).is_some_and(|at| is(at, list));
    let of_hour = || at > 0 && tokens[at - 1].number().is_some() && before(2, &HOUR);
    let is_beside = is(at + 1, &PARTS_OF_DAY) || is(at + 1, &HOUR) || before(1, &PARTS_OF_DAY) || of_hour();
    is(at, &LATER) && is_beside && !is_until(tokens, at)
}

/// "sampai nanti malam": until then something goes on.
fn is_until(tokens: &[ChatWord], at: usize) -> bool {
    const UNTIL: [&str; 9] =
        ["sampai", "sampe", "smp", "sampek", "hingga", "sd", "tekan", "nganti", "menunggu"];
    tokens[at.saturating_sub(2)..at].iter().any(|token| token.is(&UNTIL))
}

/// "malam ini": the night to come, where somebody means to do something in it.
fn is_tonight(tokens: &[ChatWord], at: usize) -> bool {
    const NIGHT: [&str; 6] = ["malam", "mlm", "malem", "bengi", "mbengi", "dalu"];
    tokens[at].is(&NIGHT) && tokens.get(at + 1).is_some_and(|next| next.is(&["ini", "iki", "niki", "ngini"]))
}

/// "kemarin lusa": the day before yesterday.
fn is_day_before_last(tokens: &[ChatWord], at: usize) -> bool {
    tokens[at].is(&["lusa"]) && at > 0 && tokens[at - 1].is(&["kemarin", "kmrn", "kemaren"])
}

/// "giat patroli karhutla"; not "mobil patroli dirusak".
fn is_patrol(tokens: &[ChatWord]) -> bool {
    let owned =
        |at: usize| at > 0 && tokens[at - 1].is(&["mobil", "motor", "pos", "kapal", "petugas", "tim"]);
    (0..tokens.len()).any(|at| tokens[at].is(&["patroli"]) && !owned(at))
}

/// "warga mau demo"; not "PT tidak mau bayar".
fn is_intended(tokens: &[ChatWord]) -> bool {
    // "bengi mau": last night.
    const AGO: [&str; 5] = ["bengi", "isuk", "esuk", "awan", "sore"];
    let ago = |at: usize| tokens.get(at).is_some_and(|token| token.is(&AGO));
    let refused =
        |at: usize| ago(at + 1) || at > 0 && (ago(at - 1) || tokens[at - 1].is(&super::negation::NOT));
    (0..tokens.len()).any(|at| tokens[at].is(&INTENDED) && !refused(at))
}

/// True where words leave open whether what these tokens name happened. `end` is where the part ends.
pub fn is_doubtful((text, end): (&str, usize), tokens: &[ChatWord], named: &[usize]) -> bool {
    if has_two(tokens, &OF_ALL) {
        return true;
    }
    let first = named.iter().min().map_or(0, |at| sentence(tokens, *at).start);
    let ahead =
        |own: &Range<usize>| named.iter().any(|at| own.contains(at) && is_ahead(tokens, *at, *at + 1));
    let mut start = 0;
    while start < tokens.len() {
        let own = sentence(tokens, start);
        let names = named.iter().any(|at| own.contains(at));
        // What stands before what is named leads to it; what stands behind it in a sentence of its own does not reach back.
        let reaches = names || own.start < first;
        let asks = is_asked(text, tokens, &own, end) && (reaches || own.len() <= 4);
        let words = &tokens[own.clone()];
        let leads = reaches
            && (has(words, &DOUBT)
                || is_patrol(words)
                || has_two(words, &DOUBT_OF_TWO)
                || is_averted(words)
                || is_of_a_year(words));
        let leads = leads || names && (is_intended(words) || ahead(&own));
        if asks || leads {
            return true;
        }
        start = own.end;
    }
    false
}

/// True where words leave more open than they say: a message with them is not taken apart within its sentence.
pub fn leaves_open(tokens: &[ChatWord]) -> bool {
    has(tokens, &DOUBT)
        || has(tokens, &PLANNED)
        || has_two(tokens, &DOUBT_OF_TWO)
        || has(tokens, &super::negation::NOT)
        || has(tokens, &super::stance::UNTRUE)
}

/// True where words reach all of a message: whether it is true at all.
pub fn concerns_all(tokens: &[ChatWord]) -> bool {
    has_two(tokens, &OF_ALL) || has(tokens, &super::stance::UNTRUE)
}
