//! A pasted chat as the desk looks at it: proposals beside the words they rest on, whom each may come from, what is known
//! already, and what was left out with the reason.

use crate::context::Context;
use crate::correction;
use crate::entry::{self, EntryChoices, SourceChoice};
use crate::error::ViewError;
use crate::format;
use crate::reports::{self, ReportItem};
use async_recursion::async_recursion as boxed;
use domain::desk_feed::is_desk_feed;
use domain::kind::Category;
use domain::place::{Code, Place, UnitId, Zone};
use domain::report::ReportId;
use domain::sender_clock;
use domain::time::{DAY, Time};
use formats::archive::DateOrder;
use formats::chat::{
    ChatCounts, ChatOccasion, ChatPassage, ChatProposal, ChatReader, ChatReading, Finding, LeftOut,
    PassageFate, Question, QuietProposal, Sureness, is_of_another_office, sender_key,
};
use std::collections::BTreeSet;
use std::ops::Range;
use store::{Range as TimeRange, ReportFilter, StoredReport};

/// What was pasted, and what a person chose for it.
#[derive(Clone, Debug)]
pub struct PasteAsked {
    pub text: String,
    pub order: Option<DateOrder>,
    /// When it was pasted: what has no time of its own was written then.
    pub at: Time,
    /// What was taken in from it a moment ago.
    pub taken: BTreeSet<ReportId>,
    /// What a person looked at and put aside.
    pub aside: BTreeSet<ReportId>,
}

/// A pasted chat as it is shown.
#[derive(Clone, Debug, Default)]
pub struct PasteView {
    pub choices: EntryChoices,
    pub counts: ChatCounts,
    /// Proposals that are reports already.
    pub known: usize,
    /// Proposals that stand on the next page.
    pub later: usize,
    /// Proposals that were put aside.
    pub aside: usize,
    pub ambiguous_date: Option<String>,
    pub senders: Vec<PasteSender>,
    pub items: Vec<PasteItem>,
    /// How many were left out for which reason, and the first of them.
    pub reasons: Vec<(LeftOut, usize)>,
    pub left_out: Vec<LeftOutText>,
}

/// Somebody who wrote in the chat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PasteSender {
    /// The same for the same name, however the text is changed: the form's field ends with it.
    pub key: String,
    /// As written; empty for what has no sender. It is shown and not kept.
    pub name: String,
    /// The source proposed: a value of the entry form's field.
    pub source: String,
}

/// A proposal as it is shown.
#[derive(Clone, Debug)]
pub struct PasteItem {
    /// Its place among all parts of the text.
    pub number: usize,
    /// The form's fields begin with it, so that they fit no other part of a text that was changed.
    pub id: ReportId,
    pub sent: Option<Time>,
    /// The key of one of [`PasteView::senders`].
    pub sender: String,
    pub text: Vec<MarkedText>,
    pub values: Vec<PasteValue>,
    /// What must be answered before it can be taken in.
    pub questions: Vec<String>,
    /// Further categories that its words name.
    pub others: Vec<String>,
    /// Reports of this place and category of about this time.
    pub similar: Vec<ReportItem>,
    /// It says that nothing happened: from when to when it says so stands in `quiet_from` and `quiet_to`.
    pub is_quiet: bool,
    /// The part, counted from 0, that says the same word for word.
    pub copy_of: Option<usize>,
}

/// A piece of a message, with how sure the value is that rests on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarkedText {
    pub text: String,
    pub sure: Option<Sureness>,
}

/// What a field of the entry form is proposed to hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PasteValue {
    pub field: &'static str,
    pub value: String,
    pub sure: Sureness,
}

/// A part of the chat that was left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOutText {
    pub reason: LeftOut,
    pub text: String,
}

/// So many proposals stand on one page, and so many texts that were left out.
pub const SHOWN: usize = 20;
const LEFT_OUT_SHOWN: usize = 100;
/// Letters that the entry form takes as a text.
const SUMMARY: usize = 4000;

/// Reads what was pasted for a regency.
#[boxed]
pub async fn load(context: &Context, regency: UnitId, asked: &PasteAsked) -> Result<PasteView, ViewError> {
    let places = &context.sources.places;
    let mut reader = ChatReader::new(places, regency, &context.sources.taxonomy);
    let reading = reader.read(&asked.text, ChatOccasion { now: asked.at, order: asked.order });
    let choices = entry::load(context, regency).await?;
    let known = known(context, &reading, &asked.taken).await?;
    let mut view = PasteView {
        counts: reading.counts(),
        known: known.len(),
        ambiguous_date: reading.ambiguous_date.clone(),
        ..PasteView::default()
    };
    let mut shown = BTreeSet::new();
    for (number, passage) in reading.passages.iter().enumerate() {
        match &passage.fate {
            PassageFate::LeftOut(reason) => {
                view.leave_out(*reason, &asked.text[passage.text.clone()]);
                continue;
            }
            _ if known.contains(&passage.id) => continue,
            _ if asked.aside.contains(&passage.id) => {
                view.aside += 1;
                continue;
            }
            _ if view.items.len() == SHOWN => {
                view.later += 1;
                continue;
            }
            PassageFate::Proposed(_) | PassageFate::Quiet(_) => {}
        }
        let name = passage.sender.clone().map_or("", |span| &asked.text[span]);
        let sender = sender_key(name);
        if shown.insert(sender.clone()) {
            let source = proposed_source(&choices.sources, &reader, context, name);
            view.senders.push(PasteSender { key: sender.clone(), name: name.to_owned(), source });
        }
        let mut item = match &passage.fate {
            PassageFate::Proposed(proposal) => {
                let similar = similar(context, regency, proposal).await?;
                PasteItem { similar, ..item(context, regency, (&asked.text, passage), proposal) }
            }
            PassageFate::Quiet(quiet) => quiet_item(context, regency, (&asked.text, passage), quiet),
            PassageFate::LeftOut(_) => continue,
        };
        if let Some(outside) = view.outside(context, &choices, (&sender, &item)) {
            if matches!(passage.questions(), Some([])) {
                view.counts.proposed -= 1;
                view.counts.asked += 1;
            }
            item.questions.push(outside);
        }
        (item.number, item.sender) = (number, sender);
        view.items.push(item);
    }
    view.choices = choices;
    Ok(view)
}

impl PasteView {
    /// That the source proposed for who wrote an item does not report for its place.
    fn outside(
        &self,
        context: &Context,
        choices: &EntryChoices,
        (sender, item): (&str, &PasteItem),
    ) -> Option<String> {
        let source = &self.senders.iter().find(|own| own.key == sender)?.source;
        let place = &item.values.iter().find(|value| value.field == "place")?.value;
        let place = Place::parse_village(place)
            .or_else(|| Code::parse(place).map(|code| Place { code, village: 0 }))?;
        let sentence = choices.outside(context, source, place)?;
        Some(context.lang.refusal(&sentence))
    }

    fn leave_out(&mut self, reason: LeftOut, text: &str) {
        match self.reasons.iter_mut().find(|(own, _)| *own == reason) {
            Some((_, count)) => *count += 1,
            None => self.reasons.push((reason, 1)),
        }
        if self.left_out.len() < LEFT_OUT_SHOWN {
            let short: String = text.chars().take(200).collect();
            self.left_out.push(LeftOutText { reason, text: short });
        }
    }
}

/// The proposals that are reports of the desk already; what another feed sent under an equal id is another report.
async fn known(
    context: &Context,
    reading: &ChatReading,
    taken: &BTreeSet<ReportId>,
) -> Result<BTreeSet<ReportId>, ViewError> {
    let proposed = |passage: &&ChatPassage| !matches!(passage.fate, PassageFate::LeftOut(_));
    let ids: Vec<ReportId> = reading.passages.iter().filter(proposed).map(|passage| passage.id).collect();
    let stored = context.sources.store.reports_of_ids(&ids).await?.into_keys();
    let stored = stored.filter(|key| is_desk_feed(key.id.feed)).map(|key| key.id.id);
    Ok(stored.chain(ids.iter().copied().filter(|id| taken.contains(id))).collect())
}

/// The registered source that a sender's name points to: the only one of its class whose name has the name of its place, else
/// the class alone.
fn proposed_source(
    sources: &[SourceChoice],
    reader: &ChatReader<'_>,
    context: &Context,
    name: &str,
) -> String {
    let hint = reader.sender(name);
    let Some(class) = hint.class else { return String::new() };
    let places = &context.sources.places;
    let village =
        hint.place.district.as_ref().zip(hint.place.village.as_ref()).and_then(|(district, village)| {
            let place = Place { code: places.code(district.value), village: village.value };
            places.village(place).map(|village| village.name.clone())
        });
    let place = village.or_else(|| hint.place.district.as_ref().map(|district| places.name(district.value)));
    let plain = |text: &str| text.to_lowercase().replace([' ', '-', '_', '.'], "");
    // "Camat Lumajang" is not the BPBD of Lumajang.
    let is_own = |source: &&SourceChoice| !is_of_another_office(name, &source.name);
    let of_class = || sources.iter().filter(|source| source.class == class).filter(is_own);
    // A kecamatan that is called as its regency is named by every office of the regency.
    let is_regency = |name: &String| {
        let units = places.regency_ids();
        units.map(|unit| plain(&places.name(unit))).any(|regency| regency.ends_with(name.as_str()))
    };
    let named = place.map(|place| plain(&place)).filter(|name| !is_regency(name));
    let mut fitting =
        of_class().filter(|source| named.as_ref().is_some_and(|place| plain(&source.name).contains(place)));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => only.value(),
        _ => class.as_str().to_owned(),
    }
}

fn item(
    context: &Context,
    regency: UnitId,
    (text, passage): (&str, &ChatPassage),
    proposal: &ChatProposal,
) -> PasteItem {
    let lang = context.lang;
    let own = context.districts(regency);
    let outside = proposal.district.as_ref().is_some_and(|found| !own.contains(&found.value));
    let mut questions: Vec<String> =
        proposal.questions.iter().map(|question| question_words(context, text, question)).collect();
    questions.extend(outside.then(|| lang.text("paste.outside").to_owned()));
    let looked_at =
        proposal.look_at.iter().map(|span| lang.fill("paste.look_at", &[("words", &&text[span.clone()])]));
    questions.extend(looked_at);
    let others = proposal.others.iter().map(|category| reports::label(context, *category)).collect();
    PasteItem {
        number: 0,
        id: passage.id,
        sent: passage.sent,
        sender: String::new(),
        text: marked(text, passage.text.clone(), proposal),
        values: values(context, regency, (text, passage), proposal),
        questions,
        others,
        similar: Vec::new(),
        is_quiet: false,
        copy_of: passage.copy_of,
    }
}

/// That nothing happened, as it is proposed.
fn quiet_item(
    context: &Context,
    regency: UnitId,
    (text, passage): (&str, &ChatPassage),
    quiet: &QuietProposal,
) -> PasteItem {
    let zone = Zone::of(context.sources.places.code(regency));
    let own = context.districts(regency);
    let outside = quiet.district.as_ref().is_some_and(|found| !own.contains(&found.value));
    let mut questions: Vec<String> =
        quiet.questions.iter().map(|question| question_words(context, text, question)).collect();
    questions.extend(outside.then(|| context.lang.text("paste.outside").to_owned()));
    let village = quiet.village.as_ref();
    let place = quiet.district.as_ref().map(|district| {
        let code = context.sources.places.code(district.value);
        let place = Place { code, village: village.map_or(0, |found| found.value) };
        let sure = village.map_or(district.sure, |found| found.sure.min(district.sure));
        PasteValue { field: "place", value: place.to_string(), sure }
    });
    let sure = place.as_ref().map_or(Sureness::Guess, |place| place.sure);
    let of_period = if quiet.words.is_some() { Sureness::Likely } else { Sureness::Guess };
    let at = |field, time| PasteValue { field, value: format::local_value(time, zone), sure: of_period };
    let district = quiet.district.as_ref();
    let spans = [
        (district.and_then(|found| found.words.clone()), district.map_or(sure, |found| found.sure)),
        (village.and_then(|found| found.words.clone()), sure),
        (quiet.words.clone(), of_period),
    ];
    let spans = spans.into_iter().filter_map(|(words, sure)| Some((words?, sure))).collect();
    PasteItem {
        number: 0,
        id: passage.id,
        sent: passage.sent,
        sender: String::new(),
        text: in_pieces(text, passage.text.clone(), spans),
        values: place.into_iter().chain([at("quiet_from", quiet.from), at("quiet_to", quiet.to)]).collect(),
        questions,
        others: Vec::new(),
        similar: Vec::new(),
        is_quiet: true,
        copy_of: None,
    }
}

fn question_words(context: &Context, text: &str, question: &Question) -> String {
    let lang = context.lang;
    let key = match question {
        Question::UnknownPlace { words } => {
            return lang.fill("paste.unknown_place", &[("words", &&text[words.clone()])]);
        }
        Question::Elsewhere { words } => {
            return lang.fill("paste.elsewhere", &[("words", &&text[words.clone()])]);
        }
        Question::Corrected { words } => {
            let short: String = text[words.clone()].chars().take(120).collect();
            return lang.fill("paste.corrected", &[("words", &short)]);
        }
        Question::Denied { words } => {
            let short: String = text[words.clone()].chars().take(120).collect();
            return lang.fill("paste.denied", &[("words", &short)]);
        }
        Question::NoPlace => "paste.no_place",
        Question::SeveralPlaces => "paste.several_places",
        Question::SeveralVillages => "paste.several_villages",
        Question::SeveralIncidents => "paste.several_incidents",
        Question::SenderPlace => "paste.sender_place",
        Question::Correction => "paste.correction",
        Question::WholeCorrection => "paste.correction_whole",
        Question::NoCategory => "paste.no_category",
        Question::Doubtful => "paste.doubtful",
        Question::DateOrder => "paste.date_order",
        Question::FarTime => "paste.far_time",
        Question::AmbiguousTime => "paste.ambiguous_time",
        Question::HourMissing => "paste.hour_missing",
        Question::QuietPeriod => "paste.quiet_period",
        Question::WholeDistrict => "paste.whole_district",
        Question::BesidesQuiet => "paste.besides_quiet",
    };
    lang.text(key).to_owned()
}

/// The fields of the entry form as the proposal fills them.
fn values(
    context: &Context,
    regency: UnitId,
    (text, passage): (&str, &ChatPassage),
    proposal: &ChatProposal,
) -> Vec<PasteValue> {
    let places = &context.sources.places;
    let zone = Zone::of(places.code(regency));
    let mut found = Vec::new();
    let mut put = |field, value: String, sure| found.push(PasteValue { field, value, sure });
    if let Some(district) = &proposal.district {
        let village = proposal.village.as_ref().map_or(0, |found| found.value);
        let place = Place { code: places.code(district.value), village };
        let sure = proposal.village.as_ref().map_or(district.sure, |found| found.sure.min(district.sure));
        put("place", place.to_string(), sure);
    }
    if let Some((category, kind)) =
        proposal.category.as_ref().and_then(|found| Some((found, found.value.kind()?)))
    {
        put("category", format!("{kind} {}", category.value), category.sure);
    }
    if let Some(severity) = &proposal.severity {
        put("severity", severity.value.to_string(), severity.sure);
    }
    put("stance", proposal.stance.value.as_str().to_owned(), proposal.stance.sure);
    if let Some(occurred) = &proposal.occurred {
        put("occurred", format::local_value(occurred.value, zone), occurred.sure);
    }
    let counts =
        [("dead", &proposal.dead), ("injured", &proposal.injured), ("displaced", &proposal.displaced)];
    for (field, count) in counts {
        if let Some(Finding { value, sure, .. }) = count {
            put(field, value.to_string(), *sure);
        }
    }
    put("summary", text[passage.text.clone()].trim().chars().take(SUMMARY).collect(), Sureness::Sure);
    found
}

/// A message in pieces: what a value rests on is marked, the surest where several do.
fn marked(text: &str, whole: Range<usize>, proposal: &ChatProposal) -> Vec<MarkedText> {
    fn span<T>(found: Option<&Finding<T>>) -> Option<(Range<usize>, Sureness)> {
        found.and_then(|found| Some((found.words.clone()?, found.sure)))
    }
    let spans = [
        span(proposal.district.as_ref()),
        span(proposal.village.as_ref()),
        span(proposal.category.as_ref()),
        span(proposal.occurred.as_ref()),
        span(proposal.severity.as_ref()),
        span(Some(&proposal.stance)),
        span(proposal.dead.as_ref()),
        span(proposal.injured.as_ref()),
        span(proposal.displaced.as_ref()),
    ];
    in_pieces(text, whole, spans.into_iter().flatten().collect())
}

/// A message in pieces, with what of it is marked.
fn in_pieces(text: &str, whole: Range<usize>, mut spans: Vec<(Range<usize>, Sureness)>) -> Vec<MarkedText> {
    spans.retain(|(words, _)| words.start >= whole.start && words.end <= whole.end);
    spans.sort_by_key(|(words, sure)| (words.start, std::cmp::Reverse(*sure)));
    let mut pieces = Vec::new();
    let mut at = whole.start;
    for (words, sure) in spans {
        let start = words.start.max(at);
        if start >= words.end {
            continue;
        }
        pieces.push(MarkedText { text: text[at..start].to_owned(), sure: None });
        pieces.push(MarkedText { text: text[start..words.end].to_owned(), sure: Some(sure) });
        at = words.end;
    }
    pieces.push(MarkedText { text: text[at..whole.end].to_owned(), sure: None });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// Reports of the same kecamatan and category within a day of the proposal's time, at most three.
async fn similar(
    context: &Context,
    regency: UnitId,
    proposal: &ChatProposal,
) -> Result<Vec<ReportItem>, ViewError> {
    let (Some(district), Some(category), Some(at)) =
        (&proposal.district, &proposal.category, &proposal.occurred)
    else {
        return Ok(Vec::new());
    };
    let places = &context.sources.places;
    let seen = context.districts(regency).contains(&district.value)
        && !sender_clock::is_doubtful(at.value, context.now);
    let Some(kind) = category.value.kind().filter(|_| seen) else { return Ok(Vec::new()) };
    let filter = ReportFilter {
        codes: vec![places.code(district.value)],
        kind: Some(kind),
        range: Some(TimeRange { from: at.value.plus(-DAY), to: at.value.plus(DAY) }),
        limit: 50,
        ..ReportFilter::default()
    };
    let page = context.sources.store.reports(&filter).await?;
    let same =
        |report: &StoredReport| category_of(report) == Some(category.value) && correction::stands(report);
    let near: Vec<StoredReport> = page.items.into_iter().filter(same).take(3).collect();
    Ok(reports::visible(context, &near).await?.rows)
}

fn category_of(report: &StoredReport) -> Option<Category> {
    reports::statement(report).map(|statement| statement.category)
}
