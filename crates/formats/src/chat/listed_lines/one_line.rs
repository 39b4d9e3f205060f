//! A list that stands in one line: "Terap nihil, Sambora: pencurian sapi", "1. Toho : … 2. Segedong : nihil". Where each of its
//! entries begins.

use super::{BEFORE_PLACE, MOST_BEFORE, MOST_LINES, MOST_PLACES, is_head};
use crate::chat::place::{self, Naming};
use crate::chat::token::ChatWord;
use crate::chat::{PartReading, stance};
use domain::place::UnitId;
use std::ops::Range;

/// Where entries begin in a line, behind its own begin.
pub struct ParallelEntries {
    pub starts: Vec<usize>,
    /// Their numbers count up from one.
    pub is_numbered: bool,
}

/// The entries of a line; none where it is no list. `text` ends with the line.
pub fn entries(text: &str, words: &PartReading) -> ParallelEntries {
    let numbered = numbered(text, words);
    if numbered.len() > 1 {
        let starts = numbered.into_iter().map(|at| words.tokens[at].span.start).collect();
        return ParallelEntries { starts, is_numbered: true };
    }
    ParallelEntries { starts: placed(text, words), is_numbered: false }
}

/// The tokens of the numbers of a list, "1. … 2. … 3. …", each behind a sign or the begin of the line.
fn numbered(text: &str, words: &PartReading) -> Vec<usize> {
    let tokens = &words.tokens;
    let mut found: Vec<usize> = Vec::new();
    // "1. Terap nihil 2. Sepang nihil": no sign stands before the further ones, and a place behind them.
    let is_further = |at: usize| {
        let heads = words.named.found.iter().any(|naming| naming.tokens.start == at + 1);
        heads && tokens.get(at + 1).is_some_and(|next| text[tokens[at].span.end..next.span.start] == *". ")
    };
    for at in 0..tokens.len() {
        let is_next = tokens[at].number() == Some(found.len() as u32 + 1);
        if is_next && (is_point(text, tokens, at) || !found.is_empty() && is_further(at)) {
            found.push(at);
        }
    }
    found
}

/// "2. Mekarsari", "2) Mekarsari": a number that heads what stands behind it.
fn is_point(text: &str, tokens: &[ChatWord], at: usize) -> bool {
    let Some(next) = tokens.get(at + 1) else { return false };
    let token = &tokens[at];
    let is_number = token.text.len() <= 2 && token.text.bytes().all(|byte| byte.is_ascii_digit());
    let behind = &text[token.span.end..next.span.start];
    let is_led =
        behind.starts_with(['.', ')']) && (behind.len() > 1 || !next.text.as_bytes()[0].is_ascii_digit());
    let before = at.checked_sub(1).map(|last| &text[tokens[last].span.end..token.span.start]);
    is_number && is_led && before.is_none_or(|before| before.contains(['.', ',', ';', ':', '\n']))
}

/// An entry that its place heads, as tokens.
struct HeadedEntry {
    start: usize,
    place: Vec<(UnitId, u16)>,
    /// Where words of quiet end that are all it says of its place.
    quiet_end: Option<usize>,
}

impl HeadedEntry {
    /// "Toho aman, longsor di Sambora": what stands behind it is of another place, or of a village of the kecamatan.
    fn is_beside(&self, words: &PartReading, rest: Range<usize>) -> bool {
        let elsewhere = places(words, rest.clone());
        let is_within = || {
            let names = words.phrases.iter().any(|one| rest.contains(&one.tokens.start));
            let is_district = self.place.iter().any(|(_, village)| *village == 0);
            names && is_district && elsewhere.iter().all(|(_, village)| *village > 0)
        };
        !elsewhere.is_empty() && (!self.agrees(&elsewhere) || is_within())
    }

    /// "Sungai Pinyuh nihil, Galang tawuran": of another place, or of a village of the kecamatan that is quiet else.
    fn is_apart(&self, other: &HeadedEntry) -> bool {
        let is_village = |place: &[(UnitId, u16)]| place.iter().all(|(_, village)| *village > 0);
        let is_within = self.quiet_end.is_some()
            && other.quiet_end.is_none()
            && !is_village(&self.place)
            && is_village(&other.place);
        // "Burno nihil, Senduro nihil": each is written of its own place.
        let are_quiet = self.quiet_end.is_some() && other.quiet_end.is_some() && self.place != other.place;
        !self.agrees(&other.place) || is_within || are_quiet
    }

    fn agrees(&self, place: &[(UnitId, u16)]) -> bool {
        self.place.iter().any(|own| place.iter().any(|other| place::agree(*own, *other)))
    }
}

/// Where entries begin that places head, where two say what is there, or one does and what stands before them.
fn placed(text: &str, words: &PartReading) -> Vec<usize> {
    let tokens = &words.tokens;
    let found = headed(text, words);
    let Some(first) = found.first() else { return Vec::new() };
    let ends = found.iter().skip(1).map(|next| next.start).chain([tokens.len()]);
    let own: Vec<Range<usize>> =
        found.iter().map(|entry| entry.start).zip(ends).map(|(from, to)| from..to).collect();
    let mut speaking = (0..found.len()).filter(|at| speaks(words, own[*at].clone()));
    let leads = first.quiet_end.is_some() && speaks(words, 0..first.start) && {
        let before = places(words, 0..first.start);
        !before.is_empty() && !first.agrees(&before)
    };
    let one = speaking.next();
    let is_beside = |at: usize| {
        let end = found.get(at + 1).map_or(tokens.len(), |next| next.start);
        found[at].quiet_end.is_some_and(|quiet| found[at].is_beside(words, quiet..end))
    };
    let is_list = leads
        || (0..found.len()).any(is_beside)
        || one.is_some_and(|one| speaking.any(|at| found[one].is_apart(&found[at])));
    let mut starts = Vec::new();
    for (entry, own) in found.iter().zip(own).filter(|_| is_list) {
        starts.push(tokens[entry.start].span.start);
        // "Segedong aman. Tadi malam ada perkelahian di Jongkat": what stands behind is of another place.
        let rest = entry.quiet_end.unwrap_or(own.end)..own.end;
        if entry.is_beside(words, rest.clone()) {
            starts.push(tokens[rest.start].span.start);
        }
    }
    starts
}

/// The entries that places head: "Toho : …", "Toho nihil", and a place behind one of which that is all.
fn headed(text: &str, words: &PartReading) -> Vec<HeadedEntry> {
    let tokens = &words.tokens;
    let mut found: Vec<HeadedEntry> = Vec::new();
    let named = &words.named.found;
    let mut at = 0;
    while at < named.len().min(MOST_LINES) {
        let first = &named[at];
        // "Ds Sepang Kec Toho" is one place.
        let near = |two: &[Naming]| {
            let agrees = |own: &(UnitId, u16)| two[1].meanings.iter().any(|other| place::agree(*own, *other));
            two[0].tokens.end == two[1].tokens.start && two[0].meanings.iter().any(agrees)
        };
        let beside = named[at..].windows(2).take(MOST_BEFORE).take_while(|two| near(two)).count();
        let run = &named[at..at + beside + 1];
        at += beside + 1;
        let own = first.tokens.start;
        let is_quiet = quiet_end(tokens, run[beside].tokens.end).is_some();
        let lead = is_quiet.then(|| joined_lead(&named[..at - beside - 1], tokens, own));
        let lead = lead.and_then(|lead| opening(text, tokens, lead));
        // A place that heads nothing but those which it is joined to.
        if let Some(lead) = lead.filter(|lead| *lead < own) {
            found.retain(|entry| entry.start < lead || entry.quiet_end.is_some());
        }
        let is_behind = |lead: &usize| found.last().is_none_or(|last| last.start < *lead);
        let lead = lead.filter(is_behind);
        let Some(start) = lead.or_else(|| opening(text, tokens, own)) else { continue };
        let end = run[beside].tokens.end;
        let goes_on = found.last().is_some_and(|last| last.quiet_end.is_some_and(|quiet| quiet <= start));
        if is_head(text, tokens, &words.named, first.tokens.end) || goes_on {
            let is_village = |naming: &&Naming| naming.meanings.iter().all(|(_, village)| *village > 0);
            let closest = run.iter().find(is_village).unwrap_or(first);
            let place = closest.meanings.iter().take(MOST_PLACES).copied().collect();
            found.push(HeadedEntry { start, place, quiet_end: quiet_end(tokens, end) });
        }
    }
    found
}

/// "Pak Laheng, Terap dan Sepang nihil": where the first begins of the places that stand right before one.
fn joined_lead(before: &[Naming], tokens: &[ChatWord], start: usize) -> usize {
    let mut lead = start;
    for naming in before.iter().rev().take(MOST_PLACES) {
        let between = &tokens[naming.tokens.end.min(lead)..lead];
        let is_joined = between.len() <= 1 && between.iter().all(|word| word.is(&["dan", "dn", "serta"]));
        if !is_joined || tokens[naming.tokens.start].sentence != tokens[start].sentence {
            break;
        }
        lead = naming.tokens.start;
    }
    lead
}

/// The places that a run of words names.
fn places(words: &PartReading, own: Range<usize>) -> Vec<(UnitId, u16)> {
    let within = words.named.found.iter().filter(|naming| own.contains(&naming.tokens.start));
    within.take(MOST_PLACES).flat_map(|naming| naming.meanings.iter().copied()).collect()
}

/// Where the entry begins whose place stands at a token: behind a sign, with "pos" or its number before it; `None` within a clause.
fn opening(text: &str, tokens: &[ChatWord], start: usize) -> Option<usize> {
    // Behind a short word a stop rather shortens it: "Jl. Terap", not so "2 ha. Terap".
    const LAST: [&str; 14] =
        ["ha", "org", "wib", "md", "lb", "lr", "kk", "km", "m", "pt", "cv", "kg", "rmh", "ekr"];
    let leads = |at: &usize| {
        let led = tokens[*at].is(&BEFORE_PLACE) || tokens[*at].is(&["situasi", "sitkam", "di"]);
        led && tokens[*at].clause == tokens[start].clause
    };
    let mut at = start - (start.saturating_sub(MOST_BEFORE)..start).rev().take_while(leads).count();
    if at > 0 && is_point(text, tokens, at - 1) {
        at -= 1;
    }
    let ends = |last: usize| {
        let between = &text[tokens[last].span.end..tokens[last + 1].span.start];
        tokens[last].clause != tokens[last + 1].clause || tokens[last].is(&LAST) && between.contains('.')
    };
    (at == 0 || is_point(text, tokens, at) || ends(at - 1)).then_some(at)
}

/// Behind a word of quiet they lead to what it is not of, or says more than that.
const LEADS_ON: [&str; 27] = [
    "dari", "dr", "tapi", "tp", "tetapi", "kecuali", "hanya", "cuma", "cuman", "mung", "cume", "setelah",
    "stlh", "sesudah", "karena", "krn", "sebelum", "selain", "namun", "nanging", "ada", "ado", "ade", "ono",
    "onok", "belum", "tidak",
];

/// "Terap nihil,": where words of quiet end that are all that stands behind a place in their clause.
fn quiet_end(tokens: &[ChatWord], end: usize) -> Option<usize> {
    let first = tokens.get(end).filter(|first| first.is(&stance::QUIET))?;
    let own = tokens[end..].iter().take_while(|token| token.clause == first.clause).count();
    let is_filler =
        |token: &ChatWord| token.is(&stance::QUIET) || token.is(&["dan", "kejadian", "pak", "ndan"]);
    // "Komet aman haja": a word or two of a dialect that lead to nothing else.
    let is_other = |token: &ChatWord| token.is(&LEADS_ON) || token.number().is_some() || token.capital;
    let rest = || tokens[end..end + own].iter().filter(|token| !is_filler(token));
    (rest().count() <= 2 && !rest().any(is_other)).then_some(end + own)
}

/// True where words say what happened, or that nothing did: not of people hurt alone, who may be of the two sides of one fight.
fn speaks(words: &PartReading, own: Range<usize>) -> bool {
    let tokens = &words.tokens[own.clone()];
    words.phrases.iter().any(|one| own.contains(&one.tokens.start))
        || stance::is_all_quiet(tokens)
        || stance::names_trouble_itself(tokens)
        || stance::is_accident(tokens)
}
