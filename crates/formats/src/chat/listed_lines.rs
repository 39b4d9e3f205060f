//! A message that lists what happened line by line: a situation report of several kecamatan, a log of the radio, a numbered list.
//! Each of its lines is a part of its own; a form whose fields are numbered is one report.

mod one_line;

use super::form::FieldName;
use super::message::{self, ChatMessage, MessageForm};
use super::place::{self, NamedPlaces, Naming, PlaceFinding};
use super::token::ChatWord;
use super::{ChatProposal, LeftOut, PassageFate, Question};
use super::{ChatReader, IncidentPart, PartFound, PartReading, form, hurt, modality, stance, when};
use crate::plain_text::is_blank;
use domain::kind::Category;
use domain::place::UnitId;
use std::ops::Range;

/// What may stand between the begin of a line and the place that it is of: "pos Toho: …", "dari wil Segedong: …".
const BEFORE_PLACE: [&str; 13] = [
    "pos", "dari", "dr", "wilayah", "wil", "untuk", "utk", "polsek", "koramil", "sektor", "jam", "pkl",
    "pukul",
];
/// So many words are passed over to find the place of a line.
const MOST_BEFORE: usize = 3;
/// So many lines of a message are looked at.
const MOST_LINES: usize = 400;
/// Within so many letters behind a semicolon a clock stands that begins another entry.
const CLOCK_WITHIN: usize = 30;
/// So many places of one line are compared with those of another.
const MOST_PLACES: usize = 20;

/// The sign that a line begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bullet {
    /// "- ", "• ", and "* " where a blank stands behind it: else it is a phone's bold.
    Sign(char),
    /// "A. ", "b) ".
    Letter,
    /// "1. ", of a list in one line.
    Number,
}

/// A line of a message, and what says that a matter of its own begins with it.
struct ListedLine {
    text: Range<usize>,
    bullet: Option<Bullet>,
    has_clock: bool,
    /// It is a field of a form: "Korban : 2 luka".
    field: Option<FieldName>,
    /// It begins with a place: "Kec. Toho : …", "Toho nihil".
    is_headed: bool,
    place: Vec<(UnitId, u16)>,
    /// It says that something happened, or that nothing did.
    speaks: bool,
}

impl ListedLine {
    fn of(text: &str, LinePiece { text: line, parted }: LinePiece, words: &PartReading) -> ListedLine {
        let tokens = &words.tokens;
        let is_number =
            parted == Some(PartedBy::Number) && tokens.first().is_some_and(|token| token.number().is_some());
        let bullet = if is_number { Some(Bullet::Number) } else { bullet(&text[line.clone()]) };
        let mut at = usize::from(matches!(bullet, Some(Bullet::Letter | Bullet::Number)));
        let field = form::name_at(tokens, at);
        let clock = when::leading_clock(tokens, at);
        at = clock.unwrap_or(at);
        let led = tokens[at.min(tokens.len())..].iter().take(MOST_BEFORE);
        at += led.take_while(|token| token.is(&BEFORE_PLACE)).count();
        let named = &words.named;
        let is_first = |naming: &&Naming| naming.tokens.start <= at;
        let first = named.found.iter().take_while(is_first).last();
        let is_headed =
            first.is_some_and(|first| is_head(&text[..line.end], tokens, named, first.tokens.end));
        let own = if is_headed { first } else { named.found.iter().find(|naming| !naming.is_from) };
        let place = own.map_or_else(Vec::new, |naming| naming.meanings.clone());
        let speaks = !words.phrases.is_empty()
            || stance::is_all_quiet(tokens)
            || stance::names_trouble(tokens)
            || hurt::people_hurt(text, tokens).says_somebody();
        let has_clock = clock.is_some() || parted == Some(PartedBy::Clock);
        let is_headed = is_headed || speaks && parted == Some(PartedBy::Place);
        ListedLine { text: line, bullet, has_clock, field, is_headed, place, speaks }
    }

    fn is_placed_entry(&self) -> bool {
        self.speaks
            && !self.place.is_empty()
            && self.field != Some(FieldName::OfHarm)
            && (self.is_headed || self.has_clock || self.bullet.is_some())
    }
}

impl ChatReader<'_> {
    /// The points of a message's list, where what stands before them names no incident itself, and the lines of one.
    pub(super) fn parts(&mut self, text: &str, message: &ChatMessage) -> Vec<IncidentPart> {
        let whole = message.text.clone();
        let alone = || vec![IncidentPart::whole(whole.clone(), whole.start..whole.start)];
        if message.form != MessageForm::Text {
            return alone();
        }
        let points = message::passages(text, message);
        if points.len() < 2 || form::is_numbered(text, &points) {
            let starts = self.entries(text, whole.clone());
            return if starts.is_empty() { alone() } else { parts_from(text, whole, &starts) };
        }
        let lead = whole.start..points[0].start;
        if !self.words(text, &lead).phrases.is_empty() {
            return alone();
        }
        let starts: Vec<usize> = points.into_iter().map(|point| point.start).collect();
        parts_from(text, whole, &starts)
    }

    /// Where the entries of a list begin whose lines name two places or more; none where a message is no such list.
    fn entries(&mut self, text: &str, whole: Range<usize>) -> Vec<usize> {
        let lines: Vec<Range<usize>> = message::lines_of(text, whole.clone()).take(MOST_LINES).collect();
        let lines = lines.into_iter().flat_map(|line| self.pieces(text, line));
        let lines: Vec<LinePiece> = lines.take(MOST_LINES).collect();
        if lines.len() < 2 {
            return Vec::new();
        }
        let of = |piece: LinePiece| {
            let words = self.words(text, &piece.text);
            ListedLine::of(text, piece, &words)
        };
        let lines: Vec<ListedLine> = lines.into_iter().map(of).collect();
        let tokens = super::token::tokens(text, whole);
        // What happened as it went on is of one incident, and the fields of a form are, too.
        if form::has_narrative(&tokens) {
            return Vec::new();
        }
        let is_form = form::fields(&tokens).is_some();
        let counts =
            |line: &&ListedLine| line.is_placed_entry() && (line.is_headed || line.has_clock || !is_form);
        let entries: Vec<&ListedLine> = lines.iter().filter(counts).collect();
        let Some(first) = entries.first() else { return Vec::new() };
        if entries.iter().all(|line| line.place == first.place) {
            return Vec::new();
        }
        let is_log = entries.iter().filter(|line| line.has_clock).count() > 1;
        let bullet = first.bullet.filter(|own| entries.iter().all(|line| line.bullet == Some(*own)));
        let begins = |line: &&ListedLine| {
            line.is_headed
                || is_log && line.has_clock
                || bullet.is_some() && line.bullet == bullet && line.field.is_none()
                || line.is_placed_entry() && !is_form
        };
        lines.iter().filter(begins).map(|line| line.text.start).collect()
    }

    /// The parts of a line that is a list itself; else the line.
    fn pieces(&mut self, text: &str, line: Range<usize>) -> Vec<LinePiece> {
        let clocks = clocked(text, &line);
        let (starts, parted) = if clocks.is_empty() {
            let words = self.words(text, &line);
            let found = one_line::entries(&text[..line.end], &words);
            (found.starts, if found.is_numbered { PartedBy::Number } else { PartedBy::Place })
        } else {
            (clocks, PartedBy::Clock)
        };
        let parted = (!starts.is_empty()).then_some(parted);
        let starts: Vec<usize> = starts.into_iter().filter(|at| *at > line.start).collect();
        let from = std::iter::once(line.start).chain(starts.iter().copied());
        let pieces = from.zip(starts.iter().copied().chain([line.end]));
        pieces.map(|(from, to)| LinePiece { text: from..to, parted }).collect()
    }
}

/// A line, or a part of one.
struct LinePiece {
    text: Range<usize>,
    parted: Option<PartedBy>,
}

/// By what a line is parted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PartedBy {
    /// "pkl 16.00 …; pkl 17.45 …".
    Clock,
    /// "1. … 2. …".
    Number,
    /// "Terap nihil, Sambora: …".
    Place,
}

/// Where the clocks of a line stand behind semicolons.
fn clocked(text: &str, line: &Range<usize>) -> Vec<usize> {
    let begins = |at: &usize| {
        let rest = text[at + 1..line.end].char_indices().take(CLOCK_WITHIN).last();
        let end = rest.map_or(at + 1, |(from, letter)| at + 1 + from + letter.len_utf8());
        when::leading_clock(&super::token::tokens(text, at + 1..end), 0).is_some()
    };
    let signs = text[line.clone()].match_indices(';').map(|(at, _)| line.start + at).take(MOST_LINES);
    signs.filter(begins).map(|at| at + 1).collect()
}

/// True where lines of one part speak of places that differ, or where clocks begin lines that name different things.
pub fn is_unparted(text: &str, words: PartFound<'_>) -> bool {
    let tokens = words.tokens;
    if tokens.is_empty() || form::fields(tokens).is_some() || modality::concerns_all(tokens) {
        return false;
    }
    let ends = |at: &usize| text[tokens[at - 1].span.end..tokens[*at].span.start].contains('\n');
    let bounds: Vec<usize> = (1..tokens.len()).filter(ends).collect();
    let from = std::iter::once(0).chain(bounds.iter().copied());
    let lines = from.zip(bounds.iter().copied().chain([tokens.len()]));
    let lines = lines.map(|(from, to)| SpokenLine::of(words, from..to));
    let speaking: Vec<SpokenLine> = lines.filter(|line| !line.categories.is_empty()).collect();
    let Some((first, others)) = speaking.split_first() else { return false };
    others.iter().any(|line| first.is_apart(line))
}

/// What a line of a part that was not parted names.
struct SpokenLine {
    categories: Vec<Category>,
    places: Vec<(UnitId, u16)>,
    has_clock: bool,
}

impl SpokenLine {
    fn of(words: PartFound<'_>, line: Range<usize>) -> SpokenLine {
        let phrases = words.phrases.iter().filter(|one| line.contains(&one.tokens.start));
        let is_own = |naming: &&Naming| line.contains(&naming.tokens.start) && !naming.is_from;
        let named = words.named.found.iter().filter(is_own);
        SpokenLine {
            categories: phrases.map(|one| one.category).collect(),
            places: named.take(MOST_PLACES).flat_map(|naming| naming.meanings.iter().copied()).collect(),
            has_clock: when::leading_clock(words.tokens, line.start).is_some(),
        }
    }

    /// True where another line is of another place, or of another time and of something else.
    fn is_apart(&self, other: &SpokenLine) -> bool {
        let near = |own: &(UnitId, u16)| other.places.iter().any(|other| place::agree(*own, *other));
        let is_elsewhere =
            !self.places.is_empty() && !other.places.is_empty() && !self.places.iter().any(near);
        let differs = !other.categories.iter().all(|one| self.categories.contains(one));
        is_elsewhere || self.has_clock && other.has_clock && differs
    }
}

/// "…, Segedong nihil", "yang lain nihil": the words that say of another place than a part's own that all is quiet there.
pub fn quiet_elsewhere(tokens: &[ChatWord], named: &NamedPlaces, place: &PlaceFinding) -> Vec<Range<usize>> {
    let village = place.village.as_ref().map_or(0, |found| found.value);
    let own = place.district.as_ref().map(|found| (found.value, village));
    let start = place.village.as_ref().and_then(|found| found.words.clone()).map(|words| words.start);
    // "Kec. Toho: nihil. Catatan: di Terap …": of the kecamatan, before what happened in one of its villages.
    let is_whole = |naming: &Naming| {
        let is_district = naming.meanings.iter().all(|(_, village)| *village == 0);
        is_district && start.is_some_and(|start| tokens[naming.tokens.start].span.start < start)
    };
    let is_elsewhere = |naming: &&Naming| {
        let agrees = |other: &(UnitId, u16)| own.is_some_and(|own| place::agree(own, *other));
        let quiet = tokens.get(naming.tokens.end);
        quiet.is_some_and(|next| next.is(&["nihil", "aman", "kondusif"]))
            && (is_whole(naming) || !naming.meanings.iter().any(agrees))
    };
    let words = |naming: &Naming| tokens[naming.tokens.start].span.start..tokens[naming.tokens.end].span.end;
    let found = named.found.iter().filter(is_elsewhere).map(words);
    found.chain(quiet_rest(tokens)).chain(quiet_unknown(tokens, named)).take(MOST_PLACES).collect()
}

/// "LA Utara nihil, …": words of capitals that are no place known here, in a clause of their own that says that all is quiet.
fn quiet_unknown(tokens: &[ChatWord], named: &NamedPlaces) -> Option<Range<usize>> {
    const NO_NAME: [&str; 20] = [
        "situasi",
        "sitkam",
        "sitkamtibmas",
        "kondisi",
        "keadaan",
        "wilayah",
        "wil",
        "lingkungan",
        "alhamdulillah",
        "kami",
        "kita",
        "semua",
        "korban",
        "warga",
        "pak",
        "bu",
        "sekarang",
        "saat",
        "hari",
        "malam",
    ];
    let of_clause = |at: usize| {
        let own = |token: &&ChatWord| token.clause == tokens[at].clause;
        let first = at - tokens[..at].iter().rev().take_while(own).count();
        let is_name = |other: usize| {
            tokens[other].capital && !tokens[other].is(&NO_NAME) && !tokens[other].is(&stance::QUIET)
        };
        let is_known = (first..at).any(|other| named.is_name.get(other).is_some_and(|is_name| *is_name));
        (first < at && !is_known && (first..at).all(is_name))
            .then(|| tokens[first].span.start..tokens[at].span.end)
    };
    let is_quiet = |at: &usize| tokens[*at].is(&["nihil", "aman", "kondusif"]);
    (0..tokens.len()).filter(is_quiet).find_map(of_clause)
}

/// "yang lain nihil", "semua desa lain aman": the words that say so of all other places.
fn quiet_rest(tokens: &[ChatWord]) -> Option<Range<usize>> {
    const REST: [&str; 7] = ["lain", "lainnya", "selebihnya", "sisanya", "semua", "seluruh", "liyane"];
    let is_quiet = |at: &usize| tokens[*at].is(&["nihil", "aman", "kondusif"]);
    // "pagi nihil, siang tawuran": of a time alone, and so of all that is quiet then.
    const TIMES: [&str; 19] = [
        "dan", "nihil", "pagi", "siang", "sore", "malam", "mlm", "tadi", "td", "sak", "desa", "situasi",
        "pak", "ndan", "hari", "ini", "kemarin", "wilayah", "wil",
    ];
    let alone = |at: usize| {
        let own = |token: &&ChatWord| token.clause == tokens[at].clause;
        let first = tokens.iter().position(|token| own(&token))?;
        let count = tokens[first..].iter().take_while(own).count();
        let is_alone =
            tokens[at].is(&["nihil"]) && tokens[first..first + count].iter().all(|token| token.is(&TIMES));
        (is_alone && count > 1).then(|| tokens[first].span.start..tokens[at].span.end)
    };
    let rest = |at: usize| {
        let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
        // "5 desa aman, 3 desa banjir".
        let is_counted = |other: usize| {
            tokens[other].is(&["desa", "ds", "kelurahan", "kel", "dusun"])
                && other > 0
                && tokens[other - 1].number().is_some_and(|number| number > 1)
        };
        let is_led = |other: &usize| tokens[*other].is(&REST) || is_counted(*other);
        let led = (at.saturating_sub(3)..at).filter(own).find(is_led)?;
        Some(tokens[led].span.start..tokens[at].span.end)
    };
    (0..tokens.len()).filter(is_quiet).find_map(|at| rest(at).or_else(|| alone(at)))
}

/// What became of the head of a list: "Laporan kejadian:" alone, which names no place, nothing that happened, no trouble and
/// nobody, is no report.
pub fn without_bare_head(text: &str, part: &IncidentPart, fate: PassageFate) -> PassageFate {
    let names_trouble = || stance::names_trouble_itself(&super::token::tokens(text, part.text.clone()));
    match &fate {
        PassageFate::Proposed(proposal) if part.is_head && is_bare(proposal) && !names_trouble() => {
            PassageFate::LeftOut(LeftOut::NoIncident)
        }
        _ => fate,
    }
}

fn is_bare(proposal: &ChatProposal) -> bool {
    let is_unplaced = |asked: &Question| matches!(asked, Question::NoPlace | Question::SenderPlace);
    let counted = [&proposal.dead, &proposal.injured, &proposal.displaced];
    proposal.category.is_none()
        && proposal.questions.iter().any(is_unplaced)
        && counted.into_iter().all(Option::is_none)
        && proposal.look_at.is_empty()
}

/// The parts that begin at these places, each with what stands before all of them, which is a part itself.
fn parts_from(text: &str, whole: Range<usize>, starts: &[usize]) -> Vec<IncidentPart> {
    let lead = whole.start..starts[0];
    let head = (!text[lead.clone()].trim().is_empty()).then_some(lead.clone());
    let head =
        head.map(|head| IncidentPart { is_head: true, ..IncidentPart::whole(head, lead.start..lead.start) });
    let ends = starts[1..].iter().copied().chain([whole.end]);
    let part =
        |(from, to): (usize, usize)| IncidentPart::whole(message::trimmed(text, from..to), lead.clone());
    head.into_iter().chain(starts.iter().copied().zip(ends).map(part)).collect()
}

fn bullet(line: &str) -> Option<Bullet> {
    let line = line.trim_start_matches([' ', '\t', '\u{a0}', '\u{200e}']);
    let first = line.chars().next()?;
    let behind = line[first.len_utf8()..].chars().next()?;
    match (first, behind) {
        ('*', behind) if !is_blank(behind) => None,
        ('-' | '–' | '•' | '●' | '▪' | '*' | '>', _) => Some(Bullet::Sign(first)),
        ('a'..='z' | 'A'..='Z', '.' | ')') => Some(Bullet::Letter),
        _ => None,
    }
}

/// True where the name before a token is what its line is of: a colon or a dash stands behind it, or that all is quiet there.
/// `text` ends with the line.
fn is_head(text: &str, tokens: &[ChatWord], named: &NamedPlaces, mut end: usize) -> bool {
    // "Ds Sepang Kec Toho : …".
    let first = named.found.partition_point(|naming| naming.tokens.start < end);
    for next in named.found[first..].iter().take(MOST_BEFORE) {
        if next.tokens.start == end {
            end = next.tokens.end;
        }
    }
    let to = tokens.get(end).map_or(text.len(), |next| next.span.start);
    let between = text[tokens[end - 1].span.end..to]
        .trim_start_matches(|letter| is_blank(letter) || matches!(letter, '*' | '_'));
    let is_apart =
        between.starts_with([':', '=']) || between.starts_with(['-', '–']) && between.ends_with(' ');
    is_apart || tokens.get(end).is_some_and(|next| next.is(&stance::QUIET))
}
