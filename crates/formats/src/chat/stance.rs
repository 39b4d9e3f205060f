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
const UNTRUE: [&str; 7] = ["hoaks", "hoax", "bohong", "klarifikasi", "isu", "fitnah", "keliru"];
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
    // "banjir nihil", "unras: nihil".
    tokens.get(found.tokens.end).is_some_and(|next| next.is(&["nihil", "nol"]))
}

/// The phrases that a message does not deny, and what it does with them.
pub fn purpose(text: &str, tokens: &[ChatWord], found: Vec<PhraseMatch>) -> (Vec<PhraseMatch>, Purpose) {
    let (denied, mut kept): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| is_denied(tokens, one));
    let happened = has(tokens, &HAPPENED).is_some();
    if text.trim_end().ends_with('?') && !happened {
        return (kept, Purpose::None(LeftOut::Question));
    }
    // Rumours are a category of their own, and what is said of another.
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
