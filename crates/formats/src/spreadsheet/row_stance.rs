//! Whether a row says that what it names happened: a denial, a plan, a rumour or a drill in a table is no incident either.
//! The rules of words are those of a chat ([`stance`](crate::chat::stance)); here stands which words of a row they are asked of.

use super::prose::{Prose, words_of};
use crate::archive::words::are_letters_of;
use crate::chat::negation::{Denied, NOT};
use crate::chat::phrase::{PhraseMatch, Phrases};
use crate::chat::stance::{PartWords, Purpose, QUIET, calls_untrue, purpose};
use crate::chat::token::ChatWord;
use domain::kind::{Category, Stance};
use std::borrow::Cow;
use std::ops::Range;

/// What a row does with what it names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowStance {
    Happened,
    /// It did not happen, or is called untrue.
    Denied,
    /// Planned, drilled, rumoured, averted or asked: a person says whether it happened.
    Doubtful,
}

impl RowStance {
    /// What a person is asked about it.
    pub fn question(self) -> Option<&'static str> {
        match self {
            RowStance::Happened => None,
            RowStance::Denied => Some("sheet.denied"),
            RowStance::Doubtful => Some("sheet.doubtful"),
        }
    }
}

/// Prose that says alone that nothing happened.
pub const NOTHING: [&str; 12] = [
    "nihil",
    "nihilgangguan",
    "nihilkejadian",
    "nihilbencana",
    "aman",
    "amanterkendali",
    "amankondusif",
    "amandankondusif",
    "kondusif",
    "situasikondusif",
    "tidakada",
    "tidakadakejadian",
];
/// Words of what may yet come, or of what led to it: a clause of its own with one of them says nothing of the incident.
const ASIDE: [&str; 21] = [
    "berpotensi",
    "potensi",
    "dikhawatirkan",
    "khawatir",
    "rawan",
    "terancam",
    "waspada",
    "waspadai",
    "diimbau",
    "dihimbau",
    "mengimbau",
    "menghimbau",
    "imbauan",
    "himbauan",
    "antisipasi",
    "mengantisipasi",
    "mencegah",
    "kemungkinan",
    "jangan",
    "akan",
    "agar",
];
/// What calls a message untrue where it begins with them; in the middle of a row's prose they are part of the story.
const PART_OF_STORY: [&str; 3] = ["klarifikasi", "fitnah", "keliru"];
/// Behind them a clause tells the cause or the aim of what happened: "bentrok dipicu isu", "unjuk rasa menolak rencana tambang".
const CAUSE: [&str; 13] = [
    "karena",
    "krn",
    "akibat",
    "dipicu",
    "disebabkan",
    "dikarenakan",
    "terkait",
    "menuntut",
    "menolak",
    "soal",
    "tentang",
    "perihal",
    "memprotes",
];
/// Who looked found nothing: "ternyata tidak ada", "hasil pengecekan: nihil", "cek TKP nihil".
const LOOKED: [&str; 11] = [
    "medsos",
    "kabarnya",
    "ternyata",
    "hasil",
    "cek",
    "dicek",
    "mengecek",
    "pengecekan",
    "kroscek",
    "pantauan",
    "patroli",
];
const NOT_THERE: [&str; 6] = ["ada", "benar", "ditemukan", "terbukti", "terjadi", "betul"];
/// Of these there may be none while the incident is real.
const MISSED: [&str; 7] = ["korban", "jiwa", "luka", "meninggal", "kerugian", "kerusakan", "pengungsi"];
/// Words of a cell that says no more than that all is quiet.
const FRAME: [&str; 13] = [
    "situasi",
    "kondisi",
    "keadaan",
    "wilayah",
    "dan",
    "terpantau",
    "dalam",
    "tetap",
    "lokasi",
    "hari",
    "ini",
    "saat",
    "serta",
];
/// Words of a cell that lists gatherings of people who demand something.
const RALLY: [&str; 8] = ["unras", "demo", "demonstrasi", "unjuk", "unjukrasa", "orasi", "aksi", "audiensi"];
const PEACEFUL: [&str; 9] =
    ["aman", "kondusif", "terkendali", "tertib", "damai", "lancar", "tenteram", "tentram", "sejuk"];
/// With one of them a rally was none, or is yet to come.
const NO_RALLY: [&str; 27] = [
    "batal",
    "dibatalkan",
    "ditunda",
    "dicegah",
    "diurungkan",
    "urung",
    "rencana",
    "rencananya",
    "direncanakan",
    "akan",
    "besok",
    "bsk",
    "lusa",
    "simulasi",
    "gladi",
    "latihan",
    "isu",
    "kabar",
    "rumor",
    "hoaks",
    "hoax",
    "bohong",
    "antisipasi",
    "mengantisipasi",
    "diimbau",
    "apakah",
    "jika",
];
/// What may be missing in a rally that took place.
const NO_TROUBLE: [&str; 14] = [
    "ricuh",
    "kericuhan",
    "anarkis",
    "anarki",
    "gangguan",
    "bentrok",
    "bentrokan",
    "insiden",
    "keributan",
    "perusakan",
    "pembakaran",
    "hambatan",
    "kemacetan",
    "menonjol",
];
const COUNTED: [&str; 7] = ["hotspot", "titik", "kejadian", "kasus", "laporan", "gangguan", "temuan"];
/// Words that leave open whether it is true at all.
const UNCHECKED: [(&[&str], &[&str]); 3] = [
    (&["tidak", "tdk", "tak", "gak"], &["jadi"]),
    (&["kabar"], &["burung"]),
    (&["dicek", "cek", "didalami", "memastikan", "dipastikan"], &["kebenaran", "kebenarannya"]),
];
/// True where a cell names a rally. Of one, its row may say that it went off in peace ("Unjuk rasa; aman terkendali",
/// "Pengamanan unras; berjalan tertib"); of anything else such words say that nothing happened.
pub fn is_rally(cell: &str) -> bool {
    let own = words_of(cell);
    own.iter().any(|word| word.is(&RALLY)) && !leaves_rally_open(&own)
}

/// True where prose says of a rally that it went off in peace.
pub fn is_peaceful(prose: Prose<'_>) -> bool {
    prose.words.iter().any(|word| word.is(&PEACEFUL)) && !leaves_rally_open(prose.words)
}

/// True where words say of a rally that it was none, or is yet to come; that nobody came to harm in it says neither.
fn leaves_rally_open(words: &[ChatWord]) -> bool {
    (0..words.len()).any(|at| {
        let behind = || words[at + 1..].iter().take_while(|next| next.sentence == words[at].sentence);
        let is_missed = || behind().take(3).any(|next| next.is(&MISSED) || next.is(&NO_TROUBLE));
        words[at].is(&NO_RALLY) || (words[at].is(&NOT) || words[at].is(&["nihil", "nol"])) && !is_missed()
    })
}

/// What the cell of what happened says alone.
pub fn of_cell(phrases: &mut Phrases, category: Category, cell: &str) -> RowStance {
    let words = words_of(cell);
    let found = phrases.find(&words);
    let named = found.into_iter().find(|one| one.category == category);
    match named.or_else(|| whole(category, words.len())) {
        Some(named) => read(cell, Cow::Owned(words), named),
        None => RowStance::Happened,
    }
}

/// What the prose says of what the row names; where it does not name it, it goes on from the cell that does.
pub fn of_text(phrases: &mut Phrases, category: Category, cell: &str, prose: Prose<'_>) -> RowStance {
    let Prose { text, words } = prose;
    if text.is_empty() {
        return RowStance::Happened;
    }
    if are_letters_of(text, &NOTHING) {
        return RowStance::Denied;
    }
    if is_settled(words) {
        return RowStance::Happened;
    }
    if is_quiet(words) || is_looked_for(words) {
        return RowStance::Denied;
    }
    let first = phrases.find(words).into_iter().filter(|one| one.category == category);
    if let Some(named) = first.min_by_key(|one| one.tokens.start) {
        return read(text, Cow::Borrowed(words), named);
    }
    // "nihil korban" behind "Banjir" counts the people and not the floods.
    let counts = words.first().is_some_and(|word| word.is(&["nihil", "nol"]) || word.number().is_some());
    let both = format!("{cell}{} {text}", if counts { ";" } else { "" });
    let words = words_of(&both);
    let own = words.iter().take_while(|word| word.span.end <= cell.len()).count();
    whole(category, own).map_or(RowStance::Happened, |named| read(&both, Cow::Owned(words), named))
}

/// "damai", "sudah damai secara kekeluargaan": those who quarrelled made peace, so that they did quarrel.
fn is_settled(words: &[ChatWord]) -> bool {
    const PEACE: [&str; 4] = ["damai", "berdamai", "didamaikan", "islah"];
    const BESIDE: [&str; 8] = ["sudah", "sdh", "telah", "tlh", "secara", "kekeluargaan", "di", "tempat"];
    words.iter().any(|word| word.is(&PEACE)) && words.iter().all(|word| word.is(&PEACE) || word.is(&BESIDE))
}

/// "situasi aman dan kondusif", "0 hotspot": prose without anything that happened.
fn is_quiet(words: &[ChatWord]) -> bool {
    let none = |word: &ChatWord| word.is(&["nihil", "nol", "0"]);
    let counts_none = matches!(words, [first, second, ..] if none(first) && second.is(&COUNTED));
    let says_quiet = words.iter().any(|word| word.is(&QUIET));
    counts_none || says_quiet && words.iter().all(|word| word.is(&QUIET) || word.is(&FRAME))
}

/// "Situasi aman, nihil kejadian": words that nothing happened, and no other.
pub fn says_nothing_happened(words: &[ChatWord]) -> bool {
    const OF_WHAT: [&str; 14] = [
        "kejadian",
        "gangguan",
        "kamtibmas",
        "bencana",
        "menonjol",
        "yang",
        "yg",
        "secara",
        "umum",
        "sitkamtibmas",
        "sitkam",
        "laporan",
        "sampai",
        "konflik",
    ];
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| word.is(list));
    let is_none = |at: usize| is(at, &NOT) && is(at + 1, &["ada", "terjadi"]);
    let fits = |at: usize| {
        is_none(at)
            || at > 0 && is_none(at - 1)
            || [&QUIET[..], &FRAME, &OF_WHAT].iter().any(|list| is(at, list))
    };
    let says_so =
        |at: usize| is(at, &QUIET) || is_none(at) && (is(at + 2, &["kejadian", "gangguan", "bencana"]));
    (0..words.len()).all(fits) && (0..words.len()).any(says_so)
}

/// What a cell names besides that nothing happened: "laka tunggal" of "nihil, hanya laka tunggal".
pub fn besides_nothing(cell: &str) -> Option<&str> {
    const BUT: [&str; 9] = ["hanya", "hny", "cuma", "cuman", "kecuali", "selain", "tapi", "tetapi", "namun"];
    let words = words_of(cell);
    let is_but = |at: &usize| words[*at].is(&BUT);
    let begins = |at: &usize| is_but(at) || words[*at].clause != words[at - 1].clause;
    let says_nothing = |end: usize| {
        let lead = &cell[..words[end - 1].span.end];
        are_letters_of(lead, &NOTHING) || says_nothing_happened(&words[..end])
    };
    let at = (1..words.len()).filter(begins).rfind(|at| says_nothing(*at))?;
    let first = (at..words.len()).find(|at| !is_but(at))?;
    Some(&cell[words[first].span.start..])
}

/// Somebody looked, and a clause ends with there being nothing.
pub(super) fn is_looked_for(words: &[ChatWord]) -> bool {
    let ends = |at: usize| words.get(at + 1).is_none_or(|next| next.clause != words[at].clause);
    let on_the_ground = |at: usize| {
        let next = |ahead: usize, list: &[&str]| words.get(at + ahead).is_some_and(|word| word.is(list));
        next(1, &["di"]) && next(2, &["lapangan", "tkp", "lokasi"])
    };
    let is_none = |at: usize| {
        words[at].is(&["nihil"]) && ends(at)
            || at > 0 && words[at - 1].is(&NOT) && words[at].is(&NOT_THERE) && (ends(at) || on_the_ground(at))
    };
    (0..words.len()).filter(|at| words[*at].is(&LOOKED)).any(|at| {
        let same = |other: &usize| words[*other].sentence == words[at].sentence;
        let about = |other: &usize| !words[*other].is(&MISSED);
        (at + 1..words.len().min(at + 7)).take_while(same).take_while(about).any(is_none)
    })
}

/// All words of a cell as the phrase that names what happened.
fn whole(category: Category, count: usize) -> Option<PhraseMatch> {
    (count > 0).then_some(PhraseMatch { category, serious: false, words: 1, tokens: 0..count, head: 0 })
}

fn read(text: &str, mut words: Cow<'_, [ChatWord]>, named: PhraseMatch) -> RowStance {
    for at in 1..words.len() {
        // "bentrok itu fitnah" says it of the whole.
        let is_predicate =
            words[at - 1].is(&["itu", "tersebut", "tsb", "adalah", "hanya", "cuma", "hanyalah"]);
        if words[at].is(&PART_OF_STORY) && !is_predicate {
            words.to_mut()[at].text.clear();
        }
    }
    for at in 0..words.len() {
        // "hampir 3 jam", "hampir di semua desa": almost is said of something else.
        let of_it = named.tokens.contains(&at)
            || (at + 1..at + 3).contains(&named.tokens.start)
            || words.get(at + 1).is_some_and(|next| next.is(&["terjadi", "saja", "pecah"]));
        if words[at].is(&["hampir", "nyaris"]) && !of_it {
            words.to_mut()[at].text.clear();
        }
    }
    let (words, named) = concerned(&words, named);
    let Some(last) = words.last() else { return RowStance::Happened };
    // A question mark right behind its last word is its own.
    let end = last.span.end
        + text[last.span.end..].find(char::is_alphanumeric).unwrap_or(text.len() - last.span.end);
    let denied = Denied { text, tokens: &words, is_name: &[] };
    let finding = purpose(PartWords { denied, end }, vec![named.clone()]);
    match finding.purpose {
        Purpose::Reports(stance) if stance.value == Stance::Denies => RowStance::Denied,
        Purpose::Reports(_) if finding.is_doubtful || is_unchecked(&words) => RowStance::Doubtful,
        Purpose::Reports(_) => RowStance::Happened,
        Purpose::None(_) if denied.holds(&named) => RowStance::Denied,
        Purpose::None(_) => RowStance::Doubtful,
    }
}

fn is_unchecked(words: &[ChatWord]) -> bool {
    let two = |pair: &[ChatWord]| UNCHECKED.iter().any(|(one, other)| pair[0].is(one) && pair[1].is(other));
    words.windows(2).any(two)
}

/// The words that speak of what is named: what leads to it and its sentence, without clauses that look aside; of what stands
/// behind them only what calls it untrue.
fn concerned(words: &[ChatWord], named: PhraseMatch) -> (Cow<'_, [ChatWord]>, PhraseMatch) {
    let Range { start, end } = named.tokens;
    let (own, sentence) = (words[start].clause..=words[end - 1].clause, words[end - 1].sentence);
    let (mut kept, mut count): (Vec<Range<usize>>, usize) = (Vec::new(), 0);
    let mut moved = named.clone();
    let mut at = 0;
    while at < words.len() {
        let clause = words[at].clause;
        let next = at + words[at..].iter().take_while(|word| word.clause == clause).count();
        let is_own = own.contains(&clause);
        let from = if is_own { end.clamp(at, next) } else { at };
        let cause =
            words[from..next].iter().position(|word| word.is(&CAUSE)).map_or(next, |behind| from + behind);
        let part = &words[at..cause];
        let is_aside = part.iter().any(|word| word.is(&ASIDE));
        if is_own || !part.is_empty() && !is_aside && (part[0].sentence <= sentence || calls_untrue(part)) {
            if at <= start && start < next {
                let by = at - count;
                (moved.tokens, moved.head) = (start - by..end - by, named.head - by);
            }
            count += part.len();
            kept.push(at..cause);
        }
        at = next;
    }
    if count == words.len() {
        return (Cow::Borrowed(words), moved);
    }
    let kept = kept.into_iter().flat_map(|part| &words[part]).cloned().collect();
    (Cow::Owned(kept), moved)
}
