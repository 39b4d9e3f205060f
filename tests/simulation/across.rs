//! What pairs of reports of two incidents attest, worked out from all pairs of all reports: slow and plain.

use super::attested::{are_two, could_stand, extent, is_involved, is_rated_low};
use super::model::{List, Member};
use super::withdrawn::{known_at, word_of_two};
use super::world::fusion;
use domain::effect::Verdict;
use domain::evidence::attestation::Attested;
use domain::kind::Parties;
use domain::report::{Body, Report, Statement};
use domain::time::{HOUR, MINUTE, Time};

/// All reports of a regency, and since when which are withdrawn or replaced.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub all: &'a [&'a Report],
    pub gone: &'a [(List, Member<'a>)],
}

/// What reports of an incident attest, each with an earlier one of another incident of the same list.
pub fn attested_across(incident: &[Member<'_>], others: &[&Member<'_>]) -> Attested {
    let mut attested = Attested::default();
    for own in incident.iter() {
        for other in others {
            let order = |member: &Member<'_>| (member.statement.occurred_at, member.report.name());
            let both = [(own.report, own.statement), (other.report, other.statement)];
            if order(other) > order(own) || !may_be_pair(both) || is_echo(own, other) {
                continue;
            }
            let words = [own, other].map(|member| word_of_two(&member.verdicts));
            if words.iter().any(|word| word.verdict == Verdict::Rejected) {
                continue;
            }
            let restored = words.iter().any(|word| word.restored);
            attested = highest(attested, pair([&own.spoken, &other.spoken], both.map(|one| one.1), restored));
        }
    }
    attested
}

/// What the members of an incident may have attested at a time, each with a report known then, by who typed each.
pub fn may_have_attested(known: Known<'_>, members: &[&Member<'_>], at: Time) -> Attested {
    let mut attested = Attested::default();
    for own in members {
        for other in known.all {
            let Body::Statement(statement) = &other.body else { continue };
            let both = [(own.report, own.statement), (*other, statement)];
            let gone = known.gone.iter().find(|(_, gone)| gone.report.name() == other.name());
            let gone = gone.and_then(|(_, gone)| gone.withdrawn).is_some_and(|withdrawn| withdrawn <= at);
            let among = members.iter().any(|member| member.report.name() == other.name());
            let was_there = known_at(other) <= at.plus(5 * MINUTE) && !gone && !among;
            if was_there && may_be_pair(both) {
                attested = highest(attested, pair([own.report, other], both.map(|one| one.1), false));
            }
        }
    }
    attested
}

/// Of one place, kind and category, near each other, each grave enough and neither rated low.
fn may_be_pair([one, other]: [(&Report, &Statement); 2]) -> bool {
    let what = |(report, own): (&Report, &Statement)| (report.place.code, own.kind, own.category);
    let within = if fusion().lasting.has(one.1.category) { fusion().gap } else { fusion().window };
    let (village, its) = (one.0.place.village, other.0.place.village);
    what(one) == what(other)
        && one.1.occurred_at.since(other.1.occurred_at).abs() <= within
        && (village == its || village == 0 || its == 0)
        && [one, other].iter().all(|(report, own)| could_stand(report) && !is_rated_low(own))
}

/// The same words, judged by nobody; few words only of one village and within six hours.
fn is_echo(one: &Member<'_>, other: &Member<'_>) -> bool {
    let (Some(words), Some(same)) = (one.statement.wording, other.statement.wording) else { return false };
    let near = one.report.place == other.report.place
        && one.statement.occurred_at.since(other.statement.occurred_at).abs() <= 6 * HOUR;
    words == same && one.verdicts.is_empty() && other.verdicts.is_empty() && (!words.is_short() || near)
}

fn pair(speakers: [&Report; 2], [one, other]: [&Statement; 2], restored: bool) -> Attested {
    if !are_two(speakers[0], speakers[1]) {
        return Attested::default();
    }
    let named = Parties(one.parties.0 | other.parties.0);
    let extent = extent(one).lowest(extent(other));
    let involved = speakers.iter().all(|report| is_involved(one.kind, report, named));
    Attested { extent, awas: if involved || restored { 0 } else { extent.severity } }
}

fn highest(one: Attested, other: Attested) -> Attested {
    Attested { extent: one.extent.highest(other.extent), awas: one.awas.max(other.awas) }
}
