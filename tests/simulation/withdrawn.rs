//! What the desk's records come to that take back what stands, as the plain model works it out: who withdrew what, what waits for
//! a second person, and what was known when somebody asked.

use super::attested::{self, DeskSays, GivenVerdict};
use super::model::{List, Member, given, judged, naming};
use super::world::fusion;
use domain::author::Author;
use domain::desk_feed;
use domain::effect::Verdict;
use domain::evidence::second_person::DeskRequest;
use domain::kind::FeedClass;
use domain::report::{Body, Report, ReportId, ReportName, ReportReference, VerificationAct};
use domain::time::{DAY, MINUTE, Time};
use std::borrow::Cow;

/// The records by which a report's own feed takes it back or replaces it. Of reports that correct each other in a circle the
/// earliest stands.
pub fn withdrawals<'a>(all: &'a [&'a Report], report: &'a Report) -> impl Iterator<Item = &'a Report> {
    let own = all.iter().copied().filter(move |other| other.feed == report.feed);
    let circle = circle(all, report);
    let rank = |report: &Report| (report.reported_at, report.hash, report.name());
    let is_first = circle.iter().all(|other| rank(report) <= rank(other));
    own.filter(move |other| match &other.body {
        Body::Retraction { target } => *target == report.id,
        Body::Statement(_) | Body::Remark(_) => {
            let in_circle = circle.iter().any(|one| one.name() == other.name());
            other.id != report.id && corrected(other) == Some(report.id) && !(is_first && in_circle)
        }
        _ => false,
    })
}

/// The id that a report corrects.
fn corrected(report: &Report) -> Option<ReportId> {
    match &report.body {
        Body::Statement(own) => own.supersedes,
        Body::Remark(own) => own.supersedes,
        _ => None,
    }
}

/// The reports of the circle of corrections in which a report stands; none where it stands in none.
fn circle<'a>(all: &[&'a Report], report: &Report) -> Vec<&'a Report> {
    let next = |record: &Report| {
        let id = corrected(record)?;
        all.iter().find(|other| other.feed == record.feed && other.id == id).copied()
    };
    let mut circle: Vec<&Report> = Vec::new();
    while let Some(next) = next(circle.last().copied().unwrap_or(report)) {
        circle.push(next);
        if next.name() == report.name() {
            return circle;
        }
        if circle.len() > all.len() {
            break;
        }
    }
    Vec::new()
}

/// True where a withdrawal takes two persons and no second one did the same within a day.
pub fn withdrawal_waits(all: &[&Report], report: &Report, record: &Report) -> bool {
    withdrawal_takes_two(all, report, record) && joined_at(all, report, record).is_none()
}

/// A colleague of who typed a report on a feed of the desk withdraws it, or somebody else of the desk confirmed it; and it could
/// stand.
fn withdrawal_takes_two(all: &[&Report], report: &Report, record: &Report) -> bool {
    let is_another = |author: &Author| attested::may_be_colleagues(author, &attested::author(record));
    let of_colleague = desk_feed::is_desk_feed(report.feed) && is_another(&attested::author(report));
    let confirmed = || confirmations(all, report).0.iter().any(is_another);
    (of_colleague || confirmed()) && may_be_of_what_stands(all, report, record)
}

/// Who confirmed a report since two persons rejected it, and the rejections since the last confirmation.
fn confirmations<'a>(all: &'a [&'a Report], report: &'a Report) -> (Vec<Author>, Vec<&'a Report>) {
    let mut verdicts: Vec<(&Report, VerificationAct)> =
        naming(all, report).filter(|(_, act)| !places_reports(*act)).collect();
    verdicts.sort_by_key(|(record, _)| (record.reported_at, record.name()));
    let confirms = |(_, act): &(&Report, VerificationAct)| *act == VerificationAct::Confirm;
    let mut runs = verdicts.split_inclusive(confirms).rev().peekable();
    let rejected = |run: &[(&'a Report, VerificationAct)]| -> Vec<&'a Report> {
        run.iter().filter(|verdict| !confirms(verdict)).map(|(record, _)| *record).collect()
    };
    let (mut by, mut rejections) = (Vec::new(), Vec::new());
    if let Some(last) = runs.next_if(|run| !run.iter().any(confirms)) {
        rejections = rejected(last);
        if by_two(&rejections) {
            return (by, rejections);
        }
    }
    for run in runs {
        by.extend(run.last().map(|(record, _)| attested::author(record)));
        if by_two(&rejected(run)) {
            break;
        }
    }
    (by, rejections)
}

fn by_two(rejections: &[&Report]) -> bool {
    rejections.iter().any(|one| rejections.iter().any(|other| attested::are_of_two(one, other)))
}

/// When the first second person did the same as a record that takes a report back: withdrew it too where it is the desk's, else
/// rejected it.
fn joined_at(all: &[&Report], report: &Report, record: &Report) -> Option<Time> {
    let seconds: Vec<&Report> = if desk_feed::is_desk_feed(report.feed) {
        withdrawals(all, report).filter(|other| attested::are_of_two(record, other)).collect()
    } else {
        let mut rejections = confirmations(all, report).1;
        rejections.retain(|other| {
            attested::desk_person(other)
                .is_some_and(|person| attested::may_be_colleagues(&person, &attested::author(record)))
        });
        rejections
    };
    let at = |other: &&Report| match other.body {
        Body::Verification { .. } => other.reported_at,
        _ => known_at(other),
    };
    seconds.iter().map(|other| at(other).max(known_at(record))).min()
}

/// The request that a record which takes something back makes.
pub fn request(record: &Report) -> DeskRequest {
    let at = match record.body {
        Body::Verification { .. } => record.reported_at,
        _ => known_at(record),
    };
    DeskRequest { at, verification: record.name() }
}

/// When a report was known.
fn known_at(report: &Report) -> Time {
    report.doubtful.unwrap_or(report.reported_at)
}

/// The reports that are withdrawn or replaced, and what they were fused with before, with since when.
pub fn withdrawn<'a>(all: &'a [&'a Report], waiting: &[ReportName]) -> Vec<(List, Member<'a>)> {
    let mut members = Vec::new();
    for report in all {
        let Body::Statement(statement) = &report.body else { continue };
        if report.class == FeedClass::Sensor {
            continue;
        }
        let since = |record: &Report| match withdrawal_takes_two(all, report, record) {
            true => joined_at(all, report, record),
            false => Some(known_at(record)),
        };
        let Some(withdrawn) = withdrawals(all, report).filter_map(since).min() else { continue };
        let placements = naming(all, report).filter(|(_, act)| places_reports(*act));
        let in_force = placements.filter(|(record, _)| !waiting.contains(&record.name()));
        let own = in_force.map(|(record, _)| request(record)).max();
        let usual = || List::Usual(report.place.code, statement.kind, statement.category.to_string());
        let list = own.map_or_else(usual, |own| List::Own(own.verification));
        let (verdicts, spoken) = (given(all, report), spoken(all, report));
        let withdrawn = Some(withdrawn);
        let (removal, changed) = (None, false);
        members.push((list, Member { report, spoken, statement, verdicts, removal, withdrawn, changed }));
    }
    members
}

/// A report with the author of the colleague's that it waits to replace, however many it replaces on the way there.
pub fn spoken<'a>(all: &'a [&'a Report], report: &'a Report) -> Cow<'a, Report> {
    let (mut replacement, mut voice, mut seen) = (report, None, Vec::new());
    loop {
        seen.push(replacement.name());
        let replaced = all.iter().find(|other| {
            !seen.contains(&other.name())
                && withdrawals(all, other).any(|record| record.name() == replacement.name())
                && !matches!(replacement.body, Body::Retraction { .. })
        });
        let Some(replaced) = replaced else { break };
        if withdrawal_waits(all, replaced, replacement) {
            voice = Some(attested::author(replaced));
        }
        replacement = replaced;
    }
    match voice {
        None => Cow::Borrowed(report),
        author => Cow::Owned(Report { author, ..report.clone() }),
    }
}

/// True where a source replaced, by this report and however many it replaces on the way there, one on which the desk gave a verdict,
/// whatever its content was then; not while that waits for a second person.
pub fn replaces_what_was_judged(all: &[&Report], report: &Report) -> bool {
    let (mut replacement, mut judged, mut seen) = (report, false, Vec::new());
    loop {
        seen.push(replacement.name());
        let replaced = all.iter().find(|other| {
            !seen.contains(&other.name())
                && withdrawals(all, other).any(|record| record.name() == replacement.name())
                && !matches!(replacement.body, Body::Retraction { .. })
        });
        let Some(replaced) = replaced else { break };
        if withdrawal_waits(all, replaced, replacement) {
            return false;
        }
        let names = |named: &ReportReference| {
            named.id == replaced.id && named.feed.is_none_or(|feed| feed == replaced.feed)
        };
        judged |= all.iter().any(|record| match &record.body {
            Body::Verification { act, reports, .. } => !places_reports(*act) && reports.iter().any(names),
            _ => false,
        });
        replacement = replaced;
    }
    judged && !desk_feed::is_desk_feed(report.feed)
}

pub fn places_reports(act: VerificationAct) -> bool {
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
    let known = |other: &Report| known_at(other) <= record.reported_at.plus(5 * MINUTE);
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
pub fn placement_waits(all: &[&Report], record: &Report) -> bool {
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

/// True where a report that is withdrawn may have been of an incident: the desk merged both, or it lies within the longest
/// incident's length of one that the desk rejected, and their villages agree.
fn may_have_been(gone: &Member<'_>, incident: &[Member<'_>], merged: bool) -> bool {
    let fusion = fusion();
    let lasts = fusion.lasting.has(gone.statement.category);
    let reach = if lasts { fusion.longest } else { fusion.window };
    let village = gone.report.place.village;
    incident.iter().filter(|member| member.verdicts.iter().any(|(.., confirms)| !confirms)).any(|member| {
        let own = member.report.place.village;
        let near = member.statement.occurred_at.since(gone.statement.occurred_at).abs() <= reach;
        merged || near && (own == village || own == 0 || village == 0)
    })
}

/// What the desk says of each report of an incident: of what stood when it was rejected, by the reports known then, a rejection
/// counts once another person's is there, within a day and with no confirmation between them.
pub fn words(incident: &[Member<'_>], withdrawn: &[Member<'_>], merged: bool) -> Vec<DeskSays> {
    let gone = withdrawn.iter().filter(|gone| may_have_been(gone, incident, merged));
    let mut all: Vec<&Member<'_>> = incident.iter().chain(gone).collect();
    all.sort_by_key(|member| (member.statement.occurred_at, member.report.name()));
    let mut records: Vec<&GivenVerdict> = all.iter().flat_map(|member| &member.verdicts).collect();
    records.sort();
    records.dedup_by_key(|given| given.0);
    let mut in_force: Vec<Vec<GivenVerdict>> = vec![Vec::new(); all.len()];
    let mut waiting: Vec<Vec<GivenVerdict>> = in_force.clone();
    let mut says: Vec<DeskSays> = vec![DeskSays::default(); all.len()];
    for given in records {
        let (request, _, confirms) = *given;
        let names = |member: &Member<'_>| member.verdicts.contains(given);
        let there = |member: &Member<'_>| {
            let known = names(member) || known_at(member.report) <= request.at.plus(5 * MINUTE);
            known && member.withdrawn.is_none_or(|withdrawn| withdrawn > request.at)
        };
        let then: Vec<(&Member<'_>, DeskSays)> =
            all.iter().copied().zip(says.iter().copied()).filter(|(member, _)| there(member)).collect();
        let stood = !confirms && !then.is_empty() && judged(&then).stands;
        for place in (0..all.len()).filter(|place| names(all[*place])) {
            let joined = is_joined(&all[place].verdicts, given);
            let rejected = says[place].verdict == Verdict::Rejected;
            if confirms || rejected || !stood || joined {
                in_force[place].push(*given);
                waiting[place].clear();
            } else {
                waiting[place].push(*given);
            }
            let until: Vec<GivenVerdict> =
                all[place].verdicts.iter().filter(|other| other.0 <= request).copied().collect();
            says[place] = attested::desk_says(&in_force[place], &until);
            says[place].restored = says[place].verdict == Verdict::Confirmed
                && is_restored_by_one(&all[place].verdicts, &in_force[place], request);
            says[place].take_back = waiting[place].iter().map(|given| given.0).max();
        }
    }
    let members = all.iter().zip(says).filter(|(member, _)| member.withdrawn.is_none());
    members.map(|(_, says)| says).collect()
}

/// True where two verdicts are two persons' rejections, one within a day of the other, and nobody confirmed between them.
fn are_one_rejection(verdicts: &[GivenVerdict], one: &GivenVerdict, other: &GivenVerdict) -> bool {
    let (first, second) = (one.min(other), one.max(other));
    let between = |given: &GivenVerdict| given.0 > first.0 && given.0 < second.0 && given.2;
    let persons = matches!((one.1, other.1), (Some(one), Some(two)) if attested::are_persons(&one, &two));
    persons && !one.2 && !other.2 && second.0.at.since(first.0.at) < DAY && !verdicts.iter().any(between)
}

/// True where a rejection before this one is of another person and waits for it.
fn is_joined(verdicts: &[GivenVerdict], given: &GivenVerdict) -> bool {
    verdicts.iter().any(|first| first.0 < given.0 && are_one_rejection(verdicts, first, given))
}

/// True where two persons rejected a report and at no time since two confirmed it, up to a verdict.
fn is_restored_by_one(verdicts: &[GivenVerdict], in_force: &[GivenVerdict], until: DeskRequest) -> bool {
    let joined = verdicts.iter().filter(|given| given.0 <= until && is_joined(verdicts, given));
    let Some(rejected) = joined.map(|given| given.0).max() else { return false };
    let after = (0..=in_force.len()).map(|count| &in_force[..count]);
    let mut after = after.filter(|given| given.last().is_some_and(|last| last.0 > rejected));
    !after.any(|given| attested::desk_says(given, verdicts).by_two)
}
