//! The state as the map's words define it, worked out from the whole set of reports at once: slow and plain.

use super::attested::{self, DeskSays, GivenVerdict, Summary};
use super::withdrawn::{
    placement_waits, places_reports, replaces_what_was_judged, request, spoken, withdrawal_waits,
    withdrawals, withdrawn, words,
};
use super::world::{self, fusion};
use domain::effect::Verdict;
use domain::evidence::remarks::RemarkSummary;
use domain::evidence::second_person::DeskRequest;
use domain::history::HourBucket;
use domain::kind::{CheckReason, FeedClass, FoundBy, Kind, Outcome};
use domain::place::{Code, Places};
use domain::report::{Body, RemarkKind, Report, ReportName, ReportReference, Statement, VerificationAct};
use domain::time::{DAY, Hour, Time};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Where everything happens.
static PLACES: LazyLock<Places> = LazyLock::new(world::places);

/// How each report stands, and the history that follows.
#[derive(Debug, Default, PartialEq)]
pub struct State {
    /// Outcome and incident of each report, by regency and name.
    pub reports: BTreeMap<(Code, ReportName), (Outcome, Option<ReportName>)>,
    pub duplicates: u64,
    /// Buckets of each (place, kind) that has any.
    pub history: BTreeMap<(Code, Kind), Vec<HourBucket>>,
    /// What remarks say of each incident that any speaks of, by regency and the incident's name.
    pub remarks: BTreeMap<(Code, ReportName), RemarkSummary>,
    /// What each incident comes to, by regency and the incident's name.
    pub claims: BTreeMap<(Code, ReportName), Summary>,
}

/// Works out the state of `reports`, which may hold one name many times. Each regency's is worked out alone.
pub fn state(places: &Places, reports: &[Report]) -> State {
    let mut by_regency: BTreeMap<Code, Vec<&Report>> = BTreeMap::new();
    for report in reports {
        by_regency.entry(report.place.code.regency()).or_default().push(report);
    }
    let mut whole = State::default();
    for reports in by_regency.values() {
        let state = state_of_regency(places, reports);
        whole.duplicates += state.duplicates;
        whole.reports.extend(state.reports);
        whole.history.extend(state.history);
        whole.remarks.extend(state.remarks);
        whole.claims.extend(state.claims);
    }
    whole
}

fn state_of_regency(places: &Places, reports: &[&Report]) -> State {
    let kept = counting(reports.iter().copied());
    let mut state = State { duplicates: (reports.len() - kept.len()) as u64, ..State::default() };
    let all: Vec<&Report> = kept.values().copied().collect();
    let waits = |record: &&&Report| placement_waits(&all, record);
    let waiting: Vec<ReportName> = all.iter().filter(waits).map(|record| record.name()).collect();
    let mut groups: BTreeMap<List, Vec<Member>> = BTreeMap::new();
    for report in &all {
        let outcome = ending(&all, report);
        state.reports.insert(key(report), (outcome, None));
        if let (Outcome::Incident, Body::Statement(statement)) = (outcome, &report.body) {
            let placements = || naming(&all, report).filter(|(_, act)| places_reports(*act));
            let in_force = placements().filter(|(record, _)| !waiting.contains(&record.name()));
            let own = in_force.map(|(record, _)| request(record)).max();
            let moves = placements().filter(|(record, _)| waiting.contains(&record.name()));
            let moved = moves.map(|(record, _)| request(record)).max().filter(|moved| own < Some(*moved));
            let withdrawn = withdrawals(&all, report).filter(|record| withdrawal_waits(&all, report, record));
            let removal = withdrawn.map(request).max().max(moved);
            let usual = || List::Usual(report.place.code, statement.kind, statement.category.to_string());
            let key = own.map_or_else(usual, |own| List::Own(own.verification));
            let verdicts = given(&all, report);
            let spoken = spoken(&all, report);
            let changed = verdicts.is_empty() && is_judged_otherwise(&all, report, false)
                || naming(&all, report).next().is_none() && is_judged_otherwise(&all, report, true)
                || verdicts.is_empty() && replaces_what_was_judged(&all, report);
            let member = Member { report, spoken, statement, verdicts, removal, withdrawn: None, changed };
            groups.entry(key).or_default().push(member);
        }
    }
    let mut incidents: Vec<Vec<Member<'_>>> = Vec::new();
    let gone = withdrawn(&all, &waiting);
    for (list, mut members) in groups {
        members.sort_by_key(|member| (member.statement.occurred_at, member.report.name()));
        let own = matches!(list, List::Own(_));
        for incident in if own { vec![members] } else { fuse(members) } {
            let before: Vec<Member<'_>> =
                gone.iter().filter(|(of, _)| *of == list).map(|(_, member)| member.clone()).collect();
            count(places, (&incident, &before, own), &mut state);
            incidents.push(incident);
        }
    }
    for report in &all {
        place_remark(&all, report, &incidents, &mut state);
    }
    state.history.values_mut().for_each(|buckets| buckets.sort_by_key(|bucket| bucket.hour));
    state
}

/// Of each regency and name the report that counts; the others are its duplicates.
pub fn counting<'a>(
    reports: impl IntoIterator<Item = &'a Report>,
) -> BTreeMap<(Code, ReportName), &'a Report> {
    let mut kept: BTreeMap<(Code, ReportName), &Report> = BTreeMap::new();
    for report in reports {
        let best = kept.entry(key(report)).or_insert(report);
        if (report.reported_at, report.hash) < (best.reported_at, best.hash) {
            *best = report;
        }
    }
    kept
}

fn key(report: &Report) -> (Code, ReportName) {
    (report.place.code.regency(), report.name())
}

/// What fuses with what: the reports a verification put together, or those of one place and category.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    Own(ReportName),
    Usual(Code, Kind, String),
}

/// A statement that still stands, and the desk's word on it.
#[derive(Clone)]
pub struct Member<'a> {
    pub report: &'a Report,
    /// As the incident hears it: what waits to replace a colleague's report is one voice with that.
    pub spoken: Cow<'a, Report>,
    pub statement: &'a Statement,
    pub verdicts: Vec<GivenVerdict>,
    /// The latest record by which one person alone puts it elsewhere or withdraws it.
    pub removal: Option<DeskRequest>,
    /// Since when it is withdrawn or replaced.
    pub withdrawn: Option<Time>,
    /// True where the desk gave verdicts on what its source sent under its id before, and none on what it says; or placed that, and
    /// nothing that it did means what it says.
    pub changed: bool,
}

/// How a report ends before fusion.
fn ending(all: &[&Report], report: &Report) -> Outcome {
    match &report.body {
        Body::Nothing { .. } => Outcome::ZeroReport,
        Body::Verification { .. } => Outcome::Verification,
        Body::Retraction { .. } => Outcome::Retracted,
        Body::Statement(_) | Body::Remark(_) if report.class == FeedClass::Sensor => Outcome::Signal,
        Body::Statement(_) | Body::Remark(_) => match taken_back(all, report) {
            (true, _) => Outcome::Retracted,
            (false, true) => Outcome::Superseded,
            _ if matches!(report.body, Body::Remark(_)) => Outcome::Statement,
            (false, false) => Outcome::Incident,
        },
    }
}

/// Whether a report is retracted, and whether it is corrected.
pub fn taken_back(all: &[&Report], report: &Report) -> (bool, bool) {
    let in_force = || withdrawals(all, report).filter(|record| !withdrawal_waits(all, report, record));
    let retracted = in_force().any(|record| matches!(record.body, Body::Retraction { .. }));
    (retracted, in_force().any(|record| !matches!(record.body, Body::Retraction { .. })))
}

/// The latest verification of this sort that names a report, and what it says.
fn latest<T>(
    all: &[&Report],
    report: &Report,
    pick: impl Fn(VerificationAct) -> Option<T>,
) -> Option<(ReportName, T)> {
    let naming = naming(all, report)
        .filter_map(|(other, act)| pick(act).map(|what| ((other.reported_at, other.name()), what)));
    naming.max_by_key(|(when, _)| *when).map(|((_, name), what)| (name, what))
}

/// The verifications that mean a report, but for merges of what is no one incident.
pub fn naming<'a>(
    all: &'a [&'a Report],
    report: &'a Report,
) -> impl Iterator<Item = (&'a Report, VerificationAct)> {
    all_naming(all, report).filter(|(other, act)| *act != VerificationAct::Merge || may_be_one(all, other))
}

/// True where what a merge puts together is of one kind, and one of its places touches all the others.
fn may_be_one(all: &[&Report], merge: &Report) -> bool {
    let means = |report: &&&Report| all_naming(all, report).any(|(other, _)| other.name() == merge.name());
    let stated = all.iter().filter(means).filter_map(|report| match &report.body {
        Body::Statement(own) if report.class != FeedClass::Sensor => Some((own.kind, report.place.code)),
        _ => None,
    });
    let stated: Vec<(Kind, Code)> = stated.collect();
    let places = &*PLACES;
    let near = |one: Code, other: Code| one.is_regency() || other.is_regency() || places.are_near(one, other);
    let touches_all = |one: &(Kind, Code)| stated.iter().all(|other| near(one.1, other.1));
    stated.iter().all(|(kind, _)| *kind == stated[0].0)
        && (stated.is_empty() || stated.iter().any(touches_all))
}

/// The verifications that mean a report, of what is one incident or not.
fn all_naming<'a>(
    all: &'a [&'a Report],
    report: &'a Report,
) -> impl Iterator<Item = (&'a Report, VerificationAct)> {
    let alone = all.iter().filter(|other| other.id == report.id).count() == 1;
    let meant = move |named: &ReportReference| {
        is_called(named, report, alone) && named.content.is_none_or(|content| content == report.hash)
    };
    all.iter().filter_map(move |other| match &other.body {
        Body::Verification { act, reports, areas }
            if reports.iter().any(meant) && areas.contains(report.place) =>
        {
            Some((*other, *act))
        }
        _ => None,
    })
}

/// True where a verification calls a report by its name; `alone`: no other has its id.
fn is_called(named: &ReportReference, report: &Report, alone: bool) -> bool {
    named.id == report.id && named.feed.map_or(alone, |feed| feed == report.feed)
}

/// True where the desk placed, or gave a verdict on, other content that a report had, wherever that was.
fn is_judged_otherwise(all: &[&Report], report: &Report, placed: bool) -> bool {
    let alone = all.iter().filter(|other| other.id == report.id).count() == 1;
    let otherwise = |named: &ReportReference| {
        is_called(named, report, alone) && named.content.is_some_and(|content| content != report.hash)
    };
    all.iter().any(|other| match &other.body {
        Body::Verification { act, reports, .. } => {
            places_reports(*act) == placed && reports.iter().any(otherwise)
        }
        _ => false,
    })
}

/// The verdicts on a report.
pub fn given(all: &[&Report], report: &Report) -> Vec<GivenVerdict> {
    let verdicts = naming(all, report).filter_map(|(other, act)| {
        let confirms = match act {
            VerificationAct::Confirm => true,
            VerificationAct::Reject => false,
            VerificationAct::Merge | VerificationAct::Split => return None,
        };
        let request = DeskRequest { at: other.reported_at, verification: other.name() };
        Some((request, attested::desk_person(other), confirms))
    });
    verdicts.collect()
}

/// An incident as its reports and the desk's word on each make it.
pub struct Judged<'a> {
    members: Vec<attested::Member<'a>>,
    summary: Summary,
    verdict: Verdict,
    pub stands: bool,
}

/// One that the desk rejected says nothing, as long as another stands.
pub fn judged<'a>(incident: &'a [(&'a Member<'a>, DeskSays)]) -> Judged<'a> {
    let any_stands = incident.iter().any(|(_, word)| word.verdict != Verdict::Rejected);
    let heard: Vec<_> =
        incident.iter().filter(|(_, word)| !any_stands || word.verdict != Verdict::Rejected).collect();
    let verdict = match any_stands {
        false => Verdict::Rejected,
        true if heard.iter().any(|(_, word)| word.verdict == Verdict::Confirmed) => Verdict::Confirmed,
        true => Verdict::Unverified,
    };
    let members: Vec<attested::Member<'a>> =
        heard.iter().map(|(member, word)| (&*member.spoken, member.statement, word.verdict)).collect();
    let desk: Vec<DeskSays> = heard.iter().map(|(_, word)| *word).collect();
    // The category is that of its earliest report, whether that one stands or not.
    let first = incident[0].0.statement;
    let summary = attested::summary(first.kind, &members, &desk, verdict);
    let stands = attested::stands((first.kind, first.category), &members, &summary, verdict);
    Judged { members, summary, verdict, stands }
}

/// The desk's word on a report, with when and by which verification.
pub fn verdict(all: &[&Report], report: &Report) -> Option<(Time, ReportName, Verdict)> {
    let (verification, verdict) = latest(all, report, |act| match act {
        VerificationAct::Confirm => Some(Verdict::Confirmed),
        VerificationAct::Reject => Some(Verdict::Rejected),
        _ => None,
    })?;
    let at = all.iter().find(|other| other.name() == verification)?.reported_at;
    Some((at, verification, verdict))
}

fn statement_of(report: &Report) -> Option<&Statement> {
    if let Body::Statement(statement) = &report.body { Some(statement) } else { None }
}

/// A report and what its feed put in its place, and in the place of that.
fn forms(all: &[&Report], report: &Report, mut before: Vec<ReportName>) -> Vec<ReportName> {
    if !before.contains(&report.name()) {
        before.push(report.name());
        let corrections =
            withdrawals(all, report).filter(|record| !matches!(record.body, Body::Retraction { .. }));
        for correction in corrections.filter(|record| !withdrawal_waits(all, report, record)) {
            before = forms(all, correction, before);
        }
    }
    before
}

/// Says which incident a remark that stands speaks of: the one of the report it names or of what stands in its place, or the only one of its place and kind
/// whose span is within a day.
fn place_remark(all: &[&Report], report: &Report, incidents: &[Vec<Member<'_>>], state: &mut State) {
    let Body::Remark(remark) = &report.body else { return };
    let set_aside = verdict(all, report).is_some_and(|(_, _, verdict)| verdict == Verdict::Rejected);
    if state.reports[&key(report)].0 != Outcome::Statement || set_aside {
        return;
    }
    let speaks_of = |incident: &&Vec<Member<'_>>| match &remark.about {
        Some(about) => {
            let named = all.iter().copied().filter(|named| {
                let there = about.district.is_regency() || about.district == named.place.code;
                named.name() == about.name()
                    && statement_of(named).is_some_and(|own| own.kind == remark.kind)
                    && there
            });
            let forms: Vec<ReportName> = named.flat_map(|named| forms(all, named, Vec::new())).collect();
            incident.iter().any(|member| forms.contains(&member.report.name()))
        }
        None => {
            let anchor = &incident[0];
            let last = incident.iter().map(|member| member.statement.occurred_at).max();
            let village =
                incident.iter().map(|member| member.report.place.village).find(|village| *village != 0);
            anchor.report.place.code == report.place.code
                && anchor.statement.kind == remark.kind
                && village.is_none_or(|own| report.place.village == 0 || own == report.place.village)
                && remark.occurred_at >= anchor.statement.occurred_at.plus(-DAY)
                && last.is_some_and(|last| remark.occurred_at <= last.plus(DAY))
                && (remark.what == RemarkKind::Denies || remark.category == Some(anchor.statement.category))
        }
    };
    let candidates: Vec<_> = incidents.iter().filter(speaks_of).collect();
    let [incident] = candidates[..] else { return };
    let anchor = key(incident[0].report);
    state.reports.insert(key(report), (Outcome::Statement, Some(anchor.1)));
    let summary = state.remarks.entry(anchor).or_default();
    match remark.what {
        RemarkKind::Denies => summary.denials += 1,
        RemarkKind::Ends => summary.ended_at = summary.ended_at.max(Some(remark.occurred_at)),
    }
}

/// Groups around the earliest: joined within the window of an anchor whose village agrees, never chained; of what lasts
/// chained from report to report, up to the longest.
fn fuse(members: Vec<Member<'_>>) -> Vec<Vec<Member<'_>>> {
    let mut incidents: Vec<Vec<Member<'_>>> = Vec::new();
    for member in members {
        let joins = |incident: &&mut Vec<Member<'_>>| {
            let since = |other: &Member<'_>| member.statement.occurred_at.since(other.statement.occurred_at);
            let fusion = fusion();
            let near = if fusion.lasting.has(member.statement.category) {
                since(&incident[0]) <= fusion.longest && since(&incident[incident.len() - 1]) <= fusion.gap
            } else {
                since(&incident[0]) <= fusion.window
            };
            let own = incident.iter().map(|other| other.report.place.village).find(|village| *village != 0);
            let village = member.report.place.village;
            near && (village == 0 || own.is_none_or(|own| own == village))
        };
        match incidents.iter_mut().find(joins) {
            Some(incident) => incident.push(member),
            None => incidents.push(vec![member]),
        }
    }
    incidents
}

/// Writes one incident into the state: its reports' outcomes and its hour, at its district and its regency.
fn count(
    places: &Places,
    (incident, withdrawn, merged): (&[Member<'_>], &[Member<'_>], bool),
    state: &mut State,
) {
    let anchor = &incident[0];
    for (place, member) in incident.iter().enumerate() {
        let outcome = if place == 0 { Outcome::Incident } else { Outcome::Merged };
        state.reports.insert(key(member.report), (outcome, Some(anchor.report.name())));
    }
    let words = words(incident, withdrawn, merged);
    let given: Vec<(&Member<'_>, DeskSays)> = incident.iter().zip(words.iter().copied()).collect();
    let Judged { members, mut summary, verdict, .. } = judged(&given);
    summary.take_back_request =
        given.iter().map(|(member, word)| member.removal.max(word.take_back)).max().flatten();
    if incident.iter().any(|member| member.changed) {
        summary.check = Some(CheckReason::Changed);
    }
    state.claims.insert(key(anchor.report), summary);
    let ended = members.iter().filter(|(_, own, _)| own.ends).map(|(_, own, _)| own.occurred_at).max();
    if ended.is_some() {
        state
            .remarks
            .insert(key(anchor.report), RemarkSummary { ended_at: ended, ..RemarkSummary::default() });
    }
    if verdict == Verdict::Rejected {
        return;
    }
    let severity = u32::from(summary.counted_severity);
    let patrol = members.iter().all(|(_, statement, _)| statement.found_by == FoundBy::Patrol);
    let unit = places.find(anchor.report.place.code).expect("a place of this world");
    let mut codes = vec![places.code(unit), places.code(places.regency(unit))];
    codes.dedup();
    for code in codes {
        let buckets = state.history.entry((code, anchor.statement.kind)).or_default();
        note(buckets, anchor.statement.occurred_at.hour(), severity, patrol);
    }
}

/// Counts one incident in its hour.
pub fn note(buckets: &mut Vec<HourBucket>, hour: Hour, severity: u32, patrol: bool) {
    match buckets.iter_mut().find(|bucket| bucket.hour == hour) {
        Some(bucket) => add(bucket, severity, patrol),
        None => {
            let mut bucket = empty(hour);
            add(&mut bucket, severity, patrol);
            buckets.push(bucket);
        }
    }
}

fn empty(hour: Hour) -> HourBucket {
    HourBucket { hour, count: 0, severity: 0, serious: 0, patrol: 0, tenths: 0 }
}

fn add(bucket: &mut HourBucket, severity: u32, patrol: bool) {
    if patrol {
        bucket.patrol += 1;
        return;
    }
    bucket.count += 1;
    bucket.severity += severity;
    bucket.serious += u32::from(severity >= 3);
    bucket.tenths += [0, 1, 3, 10, 15, 20][severity as usize];
}
