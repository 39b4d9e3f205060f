//! The state as the map's words define it, worked out from the whole set of reports at once: slow and plain.

use super::attested::{self, DeskSays, GivenVerdict, Summary};
use super::world::fusion;
use domain::desk_feed;
use domain::effect::Verdict;
use domain::evidence::remarks::RemarkSummary;
use domain::evidence::second_person::DeskRequest;
use domain::history::HourBucket;
use domain::kind::{FeedClass, FoundBy, Kind, Outcome};
use domain::place::{Code, Places};
use domain::report::{Body, RemarkKind, Report, ReportName, ReportReference, Statement, VerificationAct};
use domain::time::{DAY, Hour, MINUTE, Time};
use std::collections::BTreeMap;

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
            let request =
                |record: &Report| DeskRequest { at: record.reported_at, verification: record.name() };
            let in_force = placements().filter(|(record, _)| !waiting.contains(&record.name()));
            let own = in_force.map(|(record, _)| request(record)).max();
            let moves = placements().filter(|(record, _)| waiting.contains(&record.name()));
            let moved = moves.map(|(record, _)| request(record)).max().filter(|moved| own < Some(*moved));
            let withdrawn = withdrawals(&all, report).filter(|record| withdrawal_waits(&all, report, record));
            let removal = withdrawn.map(request).max().max(moved);
            let usual = || List::Usual(report.place.code, statement.kind, statement.category.to_string());
            let key = own.map_or_else(usual, |own| List::Own(own.verification));
            let verdicts = given(&all, report);
            groups.entry(key).or_default().push(Member { report, statement, verdicts, removal });
        }
    }
    let mut incidents: Vec<Vec<Member<'_>>> = Vec::new();
    for (list, mut members) in groups {
        members.sort_by_key(|member| (member.statement.occurred_at, member.report.name()));
        incidents.extend(if let List::Own(_) = list { vec![members] } else { fuse(members) });
    }
    for incident in &incidents {
        count(places, incident, &mut state);
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
enum List {
    Own(ReportName),
    Usual(Code, Kind, String),
}

/// A statement that still stands, and the desk's word on it.
#[derive(Clone)]
struct Member<'a> {
    report: &'a Report,
    statement: &'a Statement,
    verdicts: Vec<GivenVerdict>,
    /// The latest record by which one person alone puts it elsewhere or withdraws it.
    removal: Option<DeskRequest>,
}

/// How a report ends before fusion.
fn ending(all: &[&Report], report: &Report) -> Outcome {
    match &report.body {
        Body::Nothing { .. } => Outcome::ZeroReport,
        Body::Verification { .. } => Outcome::Verification,
        Body::Retraction { .. } => Outcome::Retracted,
        Body::Statement(_) | Body::Remark(_) if report.class == FeedClass::Sensor => Outcome::Signal,
        Body::Statement(_) | Body::Remark(_) => {
            let in_force =
                || withdrawals(all, report).filter(|record| !withdrawal_waits(all, report, record));
            let retracted = in_force().any(|record| matches!(record.body, Body::Retraction { .. }));
            let superseded = in_force().any(|record| !matches!(record.body, Body::Retraction { .. }));
            match (retracted, superseded) {
                (true, _) => Outcome::Retracted,
                (false, true) => Outcome::Superseded,
                _ if matches!(report.body, Body::Remark(_)) => Outcome::Statement,
                (false, false) => Outcome::Incident,
            }
        }
    }
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

/// The verifications that mean a report.
fn naming<'a>(
    all: &'a [&'a Report],
    report: &'a Report,
) -> impl Iterator<Item = (&'a Report, VerificationAct)> {
    let alone = all.iter().filter(|other| other.id == report.id).count() == 1;
    let meant = move |named: &ReportReference| {
        named.id == report.id && named.feed.map_or(alone, |feed| feed == report.feed)
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

/// The records by which a report's own feed takes it back or replaces it. A signal corrects nothing: sensors make no statements
/// that stand.
fn withdrawals<'a>(all: &'a [&'a Report], report: &'a Report) -> impl Iterator<Item = &'a Report> {
    let own = all.iter().copied().filter(move |other| other.feed == report.feed);
    own.filter(move |other| match &other.body {
        Body::Retraction { target } => *target == report.id,
        Body::Statement(own) if other.id != report.id && other.class != FeedClass::Sensor => {
            own.supersedes == Some(report.id)
        }
        Body::Remark(own) if other.id != report.id && other.class != FeedClass::Sensor => {
            own.supersedes == Some(report.id)
        }
        _ => false,
    })
}

/// True where a colleague of who typed a report withdraws it, nobody else did within a day, and it could stand.
fn withdrawal_waits(all: &[&Report], report: &Report, record: &Report) -> bool {
    let by_colleague = desk_feed::is_desk_feed(report.feed)
        && attested::author(report).account != attested::author(record).account;
    by_colleague
        && may_be_of_what_stands(all, report, record)
        && !withdrawals(all, report).any(|other| attested::are_of_two(record, other))
}

fn places_reports(act: VerificationAct) -> bool {
    matches!(act, VerificationAct::Merge | VerificationAct::Split)
}

/// The reports that a verification means.
fn named(all: &[&Report], record: &Report) -> Vec<ReportName> {
    let means = |report: &&&Report| naming(all, report).any(|(other, _)| other.name() == record.name());
    all.iter().filter(means).map(|report| report.name()).collect()
}

/// True where a report that a record names could stand if others affirmed it, or another could that was known then and is of
/// its place and category and near it in time, or that some merge or split before names with it.
fn may_be_of_what_stands(all: &[&Report], report: &Report, record: &Report) -> bool {
    let known =
        |other: &Report| other.doubtful.unwrap_or(other.reported_at) <= record.reported_at.plus(5 * MINUTE);
    let near = |other: &Report| match (&report.body, &other.body) {
        (Body::Statement(one), Body::Statement(two)) => {
            let fusion = fusion();
            let lasts = fusion.lasting.has(one.category);
            let reach = 2 * if lasts { fusion.longest } else { fusion.window };
            (report.place.code, one.kind, one.category) == (other.place.code, two.kind, two.category)
                && one.occurred_at.since(two.occurred_at).abs() <= reach
        }
        _ => false,
    };
    let before = |other: &Report| other.reported_at <= record.reported_at;
    let placements = naming(all, report).filter(|(other, act)| places_reports(*act) && before(other));
    let with: Vec<ReportName> = placements.flat_map(|(record, _)| named(all, record)).collect();
    all.iter().filter(|other| attested::could_stand(other)).any(|other| {
        other.name() == report.name() || near(other) && known(other) || with.contains(&other.name())
    })
}

/// True where one person alone put reports together or apart of which one could stand.
fn placement_waits(all: &[&Report], record: &Report) -> bool {
    let places = matches!(&record.body, Body::Verification { act, .. } if places_reports(*act));
    if !places {
        return false;
    }
    let named = |record: &Report| named(all, record);
    let act = |record: &Report| match &record.body {
        Body::Verification { act, .. } => Some(*act),
        _ => None,
    };
    let own = named(record);
    let second = |other: &&&Report| {
        act(other) == act(record) && attested::are_of_two(record, other) && named(other) == own
    };
    let could =
        |report: &&&Report| own.contains(&report.name()) && may_be_of_what_stands(all, report, record);
    all.iter().any(|report| could(&report)) && !all.iter().any(|other| second(&other))
}

/// The verdicts on a report.
fn given(all: &[&Report], report: &Report) -> Vec<GivenVerdict> {
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

/// What the desk says of each report of an incident: of what stood when it was rejected, by the reports known then, a rejection
/// counts once another person's is there, within a day and with no confirmation between them.
fn words(incident: &[Member<'_>]) -> Vec<DeskSays> {
    let mut records: Vec<&GivenVerdict> = incident.iter().flat_map(|member| &member.verdicts).collect();
    records.sort();
    records.dedup_by_key(|given| given.0);
    let mut in_force: Vec<Vec<GivenVerdict>> = vec![Vec::new(); incident.len()];
    let mut waiting: Vec<Vec<GivenVerdict>> = in_force.clone();
    for given in records {
        let (request, person, confirms) = *given;
        let names = |member: &Member<'_>| member.verdicts.contains(given);
        let known = |member: &Member<'_>| {
            let at = member.report.doubtful.unwrap_or(member.report.reported_at);
            names(member) || at <= request.at.plus(5 * MINUTE)
        };
        let then: Vec<(&Member<'_>, DeskSays)> = incident
            .iter()
            .zip(&in_force)
            .filter(|(member, _)| known(member))
            .map(|(member, verdicts)| (member, attested::desk_says(verdicts)))
            .collect();
        let stood = !confirms && judged(&then).stands;
        for (place, _) in incident.iter().enumerate().filter(|(_, member)| names(member)) {
            let joins = |first: &GivenVerdict| {
                first.1.is_some()
                    && person.is_some()
                    && first.1 != person
                    && request.at.since(first.0.at) < DAY
            };
            let rejected = attested::desk_says(&in_force[place]).verdict == Verdict::Rejected;
            if confirms || rejected || !stood || waiting[place].iter().any(joins) {
                in_force[place].push(*given);
                waiting[place].clear();
            } else {
                waiting[place].push(*given);
            }
        }
    }
    let word = |(verdicts, waiting): (&Vec<GivenVerdict>, &Vec<GivenVerdict>)| DeskSays {
        take_back: waiting.iter().map(|given| given.0).max(),
        ..attested::desk_says(verdicts)
    };
    in_force.iter().zip(&waiting).map(word).collect()
}

/// An incident as its reports and the desk's word on each make it.
struct Judged<'a> {
    members: Vec<attested::Member<'a>>,
    summary: Summary,
    verdict: Verdict,
    stands: bool,
}

/// One that the desk rejected says nothing, as long as another stands.
fn judged<'a>(incident: &[(&Member<'a>, DeskSays)]) -> Judged<'a> {
    let any_stands = incident.iter().any(|(_, word)| word.verdict != Verdict::Rejected);
    let heard: Vec<_> =
        incident.iter().filter(|(_, word)| !any_stands || word.verdict != Verdict::Rejected).collect();
    let verdict = match any_stands {
        false => Verdict::Rejected,
        true if heard.iter().any(|(_, word)| word.verdict == Verdict::Confirmed) => Verdict::Confirmed,
        true => Verdict::Unverified,
    };
    let members: Vec<attested::Member<'a>> =
        heard.iter().map(|(member, word)| (member.report, member.statement, word.verdict)).collect();
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

/// Says which incident a remark that stands speaks of: the one of the report it names, or the only one of its place and kind
/// whose span is within a day.
fn place_remark(all: &[&Report], report: &Report, incidents: &[Vec<Member<'_>>], state: &mut State) {
    let Body::Remark(remark) = &report.body else { return };
    let set_aside = verdict(all, report).is_some_and(|(_, _, verdict)| verdict == Verdict::Rejected);
    if state.reports[&key(report)].0 != Outcome::Statement || set_aside {
        return;
    }
    let speaks_of = |incident: &&Vec<Member<'_>>| match &remark.about {
        Some(about) => incident.iter().any(|member| {
            let there = about.district.is_regency() || about.district == member.report.place.code;
            member.report.id == about.report
                && member.report.feed == about.feed
                && member.statement.kind == remark.kind
                && there
        }),
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
fn count(places: &Places, incident: &[Member<'_>], state: &mut State) {
    let anchor = &incident[0];
    for (place, member) in incident.iter().enumerate() {
        let outcome = if place == 0 { Outcome::Incident } else { Outcome::Merged };
        state.reports.insert(key(member.report), (outcome, Some(anchor.report.name())));
    }
    let words = words(incident);
    let given: Vec<(&Member<'_>, DeskSays)> = incident.iter().zip(words.iter().copied()).collect();
    let Judged { members, mut summary, verdict, .. } = judged(&given);
    summary.take_back_request =
        given.iter().map(|(member, word)| member.removal.max(word.take_back)).max().flatten();
    state.claims.insert(key(anchor.report), summary);
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
