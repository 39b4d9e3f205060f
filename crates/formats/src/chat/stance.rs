//! What a message does: report that something happened, deny it, say that it goes on or is over, or none of these.

use super::phrase::PhraseMatch;
use super::token::ChatWord;
use super::{Finding, LeftOut, Sureness};
use domain::kind::Stance;
use std::ops::Range;

/// What a message does with what it names.
pub enum Purpose {
    Reports(Finding<Stance>),
    /// No report: a question, a plan, that all is quiet.
    None(LeftOut),
}

const NOT: [&str; 14] = [
    "tidak", "tdk", "tak", "tidk", "gak", "ga", "nggak", "ndak", "dak", "bukan", "tanpa", "nihil", "belum",
    "blm",
];
/// Words between a negation and what it denies.
const THERE_IS: [&str; 11] = [
    "ada",
    "terjadi",
    "terdapat",
    "ditemukan",
    "benar",
    "jadi",
    "sampai",
    "terlihat",
    "lagi",
    "pernah",
    "adanya",
];
const UNTRUE: [&str; 8] = ["hoaks", "hoax", "hoak", "bohong", "klarifikasi", "isu", "fitnah", "keliru"];
const RUMOUR: [&str; 8] = ["kabar", "info", "informasi", "berita", "isu", "beredar", "pesan", "kabarnya"];
const QUIET: [&str; 12] = [
    "aman",
    "kondusif",
    "nihil",
    "terkendali",
    "landai",
    "normal",
    "nyaman",
    "tenteram",
    "tentram",
    "damai",
    "tertib",
    "sejuk",
];
const PLANNED: [&str; 9] =
    ["akan", "besok", "lusa", "rencana", "rencananya", "bakal", "hendak", "berencana", "merencanakan"];
const HAPPENED: [&str; 16] = [
    "terjadi",
    "telah",
    "tadi",
    "td",
    "kemarin",
    "barusan",
    "semalam",
    "lapor",
    "melaporkan",
    "kejadian",
    "laporan",
    "kmrn",
    "akibatnya",
    "mengakibatkan",
    "korban",
    "dilaporkan",
];
const BEFORE_END: [&str; 6] = ["sudah", "sdh", "telah", "udah", "sdah", "dah"];
const ENDED: [&str; 22] = [
    "reda",
    "mereda",
    "surut",
    "selesai",
    "padam",
    "dipadamkan",
    "bubar",
    "dibubarkan",
    "kondusif",
    "normal",
    "dibuka",
    "dilerai",
    "damai",
    "berdamai",
    "teratasi",
    "terkendali",
    "aman",
    "dievakuasi",
    "berakhir",
    "kering",
    "pulang",
    "dibersihkan",
];
const GOES_ON: [&str; 9] =
    ["masih", "msh", "berlanjut", "bertahan", "lanjutan", "perkembangan", "update", "berlangsung", "makin"];

/// True where a phrase is denied: "tidak ada banjir", "bukan bentrok".
fn is_denied(tokens: &[ChatWord], found: &PhraseMatch) -> bool {
    let at = found.tokens.start;
    let same = |other: &usize| tokens[*other].clause == tokens[at].clause;
    for (fillers, other) in (at.saturating_sub(4)..at).rev().take_while(same).enumerate() {
        let token = &tokens[other];
        let bare = token.is(&["belum", "blm", "ga", "tak"]) && fillers == 0;
        if token.is(&NOT) && !bare {
            return true;
        }
        if !token.is(&THERE_IS) {
            return false;
        }
    }
    false
}

/// What nothing may be said of without denying what is named behind it: "tidak ada laporan banjir".
const OF_WHICH: [&str; 10] =
    ["yang", "yg", "lagi", "lg", "laporan", "indikasi", "warga", "massa", "potensi", "info"];
/// What may be missing while the incident itself is real: "banjir di Noman, bantuan tidak ada".
const MISSED: [&str; 13] = [
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
];
const PLACED: [&str; 7] = ["di", "ds", "desa", "kec", "kecamatan", "kel", "kelurahan"];
const ADDRESSED: [&str; 9] = ["pak", "bu", "ndan", "bang", "bapak", "ibu", "lagi", "ya", "min"];

/// "tidak ada laporan banjir": before a phrase, in its clause.
fn is_none_of(tokens: &[ChatWord], at: usize) -> bool {
    let from =
        (at.saturating_sub(12)..at).rev().take_while(|other| tokens[*other].clause == tokens[at].clause);
    from.into_iter().any(|other| {
        other + 2 < at
            && tokens[other].is(&NOT)
            && tokens[other + 1].is(&["ada", "terdapat", "ditemukan"])
            && tokens[other + 2].is(&OF_WHICH)
    })
}

/// "banjir nihil", "unras: 0", "0 hotspot", "bentrok: -".
fn is_counted_as_none(text: &str, tokens: &[ChatWord], found: &PhraseMatch) -> bool {
    let (first, end) = (found.tokens.start, found.tokens.end);
    let none = |at: usize| {
        let decimal = tokens.get(at + 1).is_some_and(|next| {
            matches!(next.before, '.' | ',') && next.text.starts_with(|letter: char| letter.is_ascii_digit())
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
    before || same(end) && none(end) || super::token::is_dashed(text, &tokens[end - 1])
}

/// "unras di Ds Noman tidak ada", "banjir di Ds Noman: tidak ada": behind a phrase and its place, at the end of a clause.
fn is_none_behind(tokens: &[ChatWord], found: &PhraseMatch) -> bool {
    let (first, end) = (found.tokens.start, found.tokens.end);
    let last = (end + 10).min(tokens.len());
    let at = (end..last)
        .take_while(|at| tokens[*at].sentence == tokens[first].sentence)
        .take_while(|at| tokens[*at].clause <= tokens[first].clause + 1)
        .find(|at| tokens[*at].is(&NOT));
    let Some(at) = at.filter(|at| tokens.get(at + 1).is_some_and(|next| next.is(&["ada"]))) else {
        return false;
    };
    let is_end = tokens[at + 2..]
        .iter()
        .take_while(|token| token.clause == tokens[at].clause)
        .all(|token| token.is(&ADDRESSED));
    let placed = at == end
        || tokens[at - 1].capital
        || (end.max(at.saturating_sub(3))..at).any(|other| tokens[other].is(&PLACED));
    // A clause of its own speaks of the phrase where a colon or nothing else stands before it.
    let own = tokens[at].clause == tokens[first].clause || tokens[at - 1].clause != tokens[at].clause;
    is_end && placed && own && !(end..at).any(|other| tokens[other].is(&MISSED))
}

const DOUBT: [&str; 24] = [
    "batal",
    "dibatalkan",
    "ditunda",
    "dicegah",
    "salah",
    "antisipasi",
    "mengantisipasi",
    "cegah",
    "mencegah",
    "patroli",
    "sosialisasi",
    "simulasi",
    "imbauan",
    "himbauan",
    "menghimbau",
    "mengimbau",
    "waspada",
    "kalau",
    "klo",
    "jika",
    "bila",
    "apabila",
    "apakah",
    "gladi",
];
const DOUBT_OF_TWO: [(&[&str], &[&str]); 8] = [
    (&["aman"], &["dari"]),
    (&["bukan"], &["di"]),
    (&["berita", "video", "foto"], &["lama"]),
    (&["thn", "tahun"], &["lalu", "kemarin"]),
    (&["jangan"], &["sampai", "sampe"]),
    (&["ada"], &["info"]),
    (&["apa", "apakah"], &["benar", "bener", "betul"]),
    (&["mohon", "tolong", "coba"], &["dicek", "cek", "dipastikan"]),
];

/// Words by which what is named may not have happened: a question, a warning, old news. A person says it.
pub fn doubt(text: &str, tokens: &[ChatWord]) -> bool {
    let two = |pair: &[ChatWord]| {
        DOUBT_OF_TWO.iter().any(|(first, second)| pair[0].is(first) && pair[1].is(second))
    };
    text.contains('?') || has(tokens, &DOUBT).is_some() || tokens.windows(2).any(two)
}

/// The phrases that a message does not deny, and what it does with them.
pub fn purpose(
    (text, whole): (&str, &str),
    tokens: &[ChatWord],
    found: Vec<PhraseMatch>,
) -> (Vec<PhraseMatch>, Purpose) {
    let (denied, mut kept): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| {
        is_denied(tokens, one)
            || is_none_of(tokens, one.tokens.start)
            || is_counted_as_none(text, tokens, one)
            || is_none_behind(tokens, one)
    });
    let happened = has(tokens, &HAPPENED).is_some();
    if whole.trim_end().ends_with('?') && !happened {
        return (kept, Purpose::None(LeftOut::Question));
    }
    // Rumours are a category of their own, and so are words about another.
    let rumour = has(tokens, &UNTRUE).or_else(|| untrue(tokens));
    let others = kept.iter().chain(&denied).any(|one| !is_rumour(one));
    if let Some(words) = rumour.filter(|_| others) {
        kept.extend(denied);
        kept.retain(|one| !is_rumour(one));
        return (
            kept,
            Purpose::Reports(Finding { value: Stance::Denies, words: Some(words), sure: Sureness::Likely }),
        );
    }
    if kept.is_empty() && !denied.is_empty() {
        let first = denied[0].tokens.start;
        let words = tokens[first.saturating_sub(2)].span.start..tokens[first].span.end;
        if has(tokens, &QUIET).is_some() || !about_rumour(tokens) {
            return (kept, Purpose::None(LeftOut::Nothing));
        }
        return (
            denied,
            Purpose::Reports(Finding { value: Stance::Denies, words: Some(words), sure: Sureness::Likely }),
        );
    }
    if kept.is_empty() {
        let reason = if has(tokens, &QUIET).is_some() { LeftOut::Nothing } else { LeftOut::NoIncident };
        return (kept, Purpose::None(reason));
    }
    let planned = kept.iter().all(|one| is_planned(tokens, one));
    if planned && !happened {
        return (kept, Purpose::None(LeftOut::Planned));
    }
    let stance = ended(tokens, happened).or_else(|| goes_on(tokens));
    (
        kept,
        Purpose::Reports(stance.unwrap_or(Finding {
            value: Stance::Affirms,
            words: None,
            sure: Sureness::Likely,
        })),
    )
}

fn is_rumour(found: &PhraseMatch) -> bool {
    found.category == domain::kind::Category::parse("WW-11").unwrap_or(found.category)
}

fn has(tokens: &[ChatWord], list: &[&str]) -> Option<Range<usize>> {
    tokens.iter().find(|token| token.is(list)).map(|token| token.span.clone())
}

fn about_rumour(tokens: &[ChatWord]) -> bool {
    has(tokens, &RUMOUR).is_some() || has(tokens, &["lapor", "melaporkan"]).is_none() && tokens.len() > 3
}

/// "tidak benar", "tdk betul".
fn untrue(tokens: &[ChatWord]) -> Option<Range<usize>> {
    tokens.windows(2).find_map(|two| {
        let untrue = two[0].is(&["tidak", "tdk", "tak", "bukan", "gak", "nggak"])
            && two[1].is(&["benar", "betul", "bener"]);
        untrue.then(|| two[0].span.start..two[1].span.end)
    })
}

fn is_planned(tokens: &[ChatWord], found: &PhraseMatch) -> bool {
    let at = found.tokens.start;
    (at.saturating_sub(6)..found.tokens.end)
        .any(|other| tokens[other].sentence == tokens[at].sentence && tokens[other].is(&PLANNED))
}

/// "sudah surut", "telah selesai"; not where the message reports the incident itself.
fn ended(tokens: &[ChatWord], happened: bool) -> Option<Finding<Stance>> {
    if happened {
        return None;
    }
    let at = (0..tokens.len()).find(|at| {
        let before =
            (at.saturating_sub(3)..*at).filter(|other| tokens[*other].sentence == tokens[*at].sentence);
        tokens[*at].is(&ENDED) && before.into_iter().any(|other| tokens[other].is(&BEFORE_END))
    })?;
    let words = Some(tokens[at].span.clone());
    Some(Finding { value: Stance::Ends, words, sure: Sureness::Likely })
}

fn goes_on(tokens: &[ChatWord]) -> Option<Finding<Stance>> {
    let belum = tokens.windows(2).find(|two| two[0].is(&["belum", "blm"]) && two[1].is(&ENDED));
    let words = match belum {
        Some(two) => two[0].span.start..two[1].span.end,
        None => has(tokens, &GOES_ON)?,
    };
    Some(Finding { value: Stance::Continues, words: Some(words), sure: Sureness::Likely })
}

pub fn is_accident(tokens: &[ChatWord]) -> bool {
    tokens.iter().any(|token| token.is(&["laka", "lakalantas", "kecelakaan", "tabrakan", "laka-lantas"]))
}

/// Words of trouble without a category: a person looks at it.
pub fn is_trouble(tokens: &[ChatWord]) -> bool {
    const TROUBLE: [&str; 33] = [
        "penembakan",
        "tembakan",
        "penembak",
        "ditembak",
        "tertembak",
        "molotov",
        "disandera",
        "penyanderaan",
        "ngamuk",
        "mengamuk",
        "parang",
        "dibacok",
        "mayat",
        "nyerang",
        "menyerang",
        "penyerangan",
        "lapor",
        "melaporkan",
        "kejadian",
        "korban",
        "massa",
        "ribut",
        "keributan",
        "rusuh",
        "sajam",
        "senpi",
        "senpira",
        "tewas",
        "terluka",
        "mengungsi",
        "darurat",
        "tegang",
        "mencekam",
    ];
    tokens.iter().any(|token| token.is(&TROUBLE))
}
