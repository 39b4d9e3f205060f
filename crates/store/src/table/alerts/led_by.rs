//! What an alert is led by, on pages and in messages alike: the incident that raised it to where it stands.
//!
//! An alert opens, rises, comes back after it had cleared, or becomes sure. The line of that names what stands behind the level, and more
//! than the one that made it rise: an attested clash of days ago is graver than today's and raised nothing today. Only what came in since
//! and is graver takes its place, where it is as sure: what one party claims is no headline of a level that more than one carries. And what
//! raised it leads only as long as it raises anything: once its span is over, another one that carries the level by now is what it is about,
//! where that raises as much by itself. What is slighter leads no level that the dwell alone keeps.

use super::line::{incident_of_line, is_condition, names_incidents};
use super::named::{INCIDENTS, NamedIncidents, evidence, gravest_first};
use crate::error::StoreError;
use crate::sql::{Column, SqlStatement};
use crate::store::Store;
use domain::effect::{ConditionChange, Incident};
use domain::evidence::attestation::Affirmation;
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// One time that an alert opened, rose, came back or became sure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rise {
    level: Level,
    /// It was more than a claim by then.
    is_sure: bool,
    /// All that its line names.
    evidence: Vec<ReportName>,
    /// What came in or became graver since the condition before it, the newest first.
    came_in: Vec<ReportName>,
    /// What the condition before it named.
    known: Vec<ReportName>,
    /// What came in or became graver after it.
    since: Vec<ReportName>,
}

/// Goes through a history, the newest line first, and finds the rises that still stand.
#[derive(Default)]
pub(super) struct Rises {
    standing: Vec<Rise>,
    /// What came in or became graver, the newest first, as many as are looked at.
    came_in: Vec<ReportName>,
    /// The condition's line that was read last, as long as it is not known what was before it.
    newest: Option<Rise>,
    /// The level, and whether it was more than a claim, by the line before that one that gives no reasons: the fall of an alert that
    /// opened after an end.
    fallen: Option<(Level, bool)>,
    /// The lowest level since, and whether the level was no more than a claim at any time since.
    lowest: Option<Level>,
    was_unsure: bool,
    /// The alert has come back since: what is older raised it to nothing that stands.
    is_before: bool,
}

impl Rises {
    /// Takes in the line before those that it has.
    pub fn take(&mut self, act: &str, content: &Value) {
        if self.is_before {
            return;
        }
        if is_condition(content) {
            self.follow(act, content);
        } else if is_fall(act) {
            self.fall(content);
        } else if names_incidents(act, content)
            && let Some(name) = incident_of_line(act, content)
        {
            if self.came_in.len() < INCIDENTS {
                self.came_in.push(name);
            }
            self.newest.iter_mut().for_each(|newest| newest.came_in.push(name));
        }
    }

    /// The rises that stand, the newest first.
    pub fn standing(mut self) -> Vec<Rise> {
        // Before the first line there was nothing.
        self.settle(None, &[]);
        self.standing
    }

    fn follow(&mut self, act: &str, content: &Value) {
        let Some(level) = content["level"].as_str().and_then(Level::parse) else { return };
        let is_over = matches!(act, "cleared" | "withdrawn");
        if is_over && self.newest.is_none() {
            return; // it is about what it was
        }
        let is_sure = !content["unverified"].as_bool().unwrap_or(false);
        let named: Vec<ReportName> = evidence(content).collect();
        self.settle(Some((level, is_sure)).filter(|_| !is_over), &named);
        self.is_before = is_over;
        let (came_in, known, since) = (Vec::new(), Vec::new(), self.came_in.clone());
        self.newest = Some(Rise { level, is_sure, evidence: named, came_in, known, since });
    }

    fn fall(&mut self, content: &Value) {
        let Some(level) = content["level"].as_str().and_then(Level::parse) else { return };
        let is_sure = !content["unverified"].as_bool().unwrap_or(false);
        if self.newest.is_none() {
            self.lowest = Some(self.lowest.map_or(level, |lowest| lowest.min(level)));
        } else if self.fallen.is_none_or(|(lowest, _)| level < lowest) {
            self.fallen = Some((level, is_sure));
        }
    }

    /// Keeps the line that was read last where it was a rise over what stood `before` it and the level has not left it since.
    fn settle(&mut self, before: Option<(Level, bool)>, known: &[ReportName]) {
        let Some(rise) = self.newest.take().filter(|_| !self.is_before) else { return };
        let has_left = self.lowest.is_some_and(|lowest| lowest < rise.level);
        let was_unsure = self.was_unsure;
        let fallen = self.fallen.take();
        let before = fallen.or(before);
        self.was_unsure |= !rise.is_sure;
        let levels = [self.lowest, fallen.map(|(level, _)| level)].into_iter().flatten();
        self.lowest = Some(levels.fold(rise.level, Level::min));
        let stands = match before {
            None => true,
            Some((level, _)) if rise.level > level => true,
            Some((level, was_sure)) => rise.level == level && rise.is_sure && !was_sure && !was_unsure,
        };
        if stands && !has_left {
            self.standing.push(Rise { known: known.to_vec(), ..rise });
        }
    }
}

/// True for the word of a condition; without reasons its line says how far the alert fell with its place.
fn is_fall(act: &str) -> bool {
    act == ConditionChange::Changed.as_str()
}

impl Rise {
    /// The incident that made it rise, of those that still stand: one that is as sure as the level, of these one that came in or was
    /// not named before, what came in last before the rest, then the gravest.
    fn first(&self, standing: &BTreeMap<ReportName, Incident>) -> Option<Incident> {
        let named = || self.evidence.iter().filter_map(|name| Some((name, standing.get(name)?)));
        let is_news = |name: &ReportName| self.came_in.contains(name) || !self.known.contains(name);
        let has_news = named().any(|(name, _)| is_news(name));
        let rank = |name: &ReportName, own: &Incident| {
            let came_in = self.came_in.iter().position(|other| other == name);
            // Of what was known before the one that raises something for longest.
            let until = own.opens_until.filter(|_| !has_news);
            (self.is_as_sure(own), is_news(name), came_in.map(Reverse), until)
        };
        let best = named().map(|(name, own)| rank(name, own)).max()?;
        let mut first: Vec<Incident> =
            named().filter(|(name, own)| rank(name, own) == best).map(|(_, own)| *own).collect();
        gravest_first(&mut first);
        first.into_iter().next()
    }

    /// True where an incident may carry the level: awas a pair of speakers carries, and what is more than a claim more than a claim.
    fn is_as_sure(&self, own: &Incident) -> bool {
        let carries = self.level < Level::Awas || own.attested.awas > 0;
        carries && (!self.is_sure || own.affirmation() != Affirmation::Nothing)
    }
}

/// What incidents raise by themselves.
pub(crate) type RaisedLevels = BTreeMap<ReportName, Level>;

impl Store {
    /// What these incidents of a regency raise by themselves, of those that raise anything.
    pub(crate) async fn raised_levels(
        &self,
        regency: Code,
        incidents: impl Iterator<Item = &Incident>,
    ) -> Result<RaisedLevels, StoreError> {
        let raising: BTreeSet<ReportName> =
            incidents.filter(|own| own.opens_until.is_some()).map(|own| own.id).collect();
        if raising.is_empty() {
            return Ok(RaisedLevels::new());
        }
        let mut select = SqlStatement::new("SELECT id, raises FROM incidents WHERE");
        select.add(" regency = ? AND raises IS NOT NULL AND", [regency.cell()]);
        select.add_in("id", raising.iter().map(Column::cell).collect());
        let rows = select.fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((ReportName::read(row, 0)?, Level::read(row, 1)?))).collect()
    }
}

/// The incident that raised an alert of this kind to where it stands, or a graver one that came in since, of those that its level rests
/// on by now; where the span is over at `at` in which that raises anything, one that is as sure and still raises as much. `None` where
/// nothing that raised it counts any more.
pub(crate) fn led_by(
    named: &NamedIncidents,
    (found, raises): (&BTreeMap<ReportName, Incident>, &RaisedLevels),
    (kind, at): (Kind, Time),
) -> Option<Incident> {
    let stands = |(name, own): (&ReportName, &Incident)| {
        (own.kind == kind && own.verdict.counts() && named.now.contains(name)).then_some((*name, *own))
    };
    let standing: BTreeMap<ReportName, Incident> = found.iter().filter_map(stands).collect();
    let (rise, first) = named.rises.iter().find_map(|rise| Some((rise, rise.first(&standing)?)))?;
    let as_sure = |own: &Incident| rise.is_as_sure(own) >= rise.is_as_sure(&first);
    let since = rise.since.iter().filter_map(|name| standing.get(name)).copied();
    let mut all: Vec<Incident> = since.filter(as_sure).chain([first]).collect();
    gravest_first(&mut all);
    let leads = all.into_iter().next()?;
    if leads.opens_until.is_none_or(|until| until > at) {
        return Some(leads);
    }
    let raises = |own: &Incident| raises.get(&own.id).is_some_and(|level| *level >= rise.level);
    let carries =
        |own: &Incident| as_sure(own) && raises(own) && own.opens_until.is_some_and(|until| until > at);
    let mut carrying: Vec<Incident> = standing.into_values().filter(carries).collect();
    gravest_first(&mut carrying);
    carrying.into_iter().next().or(Some(leads))
}

#[cfg(test)]
mod tests {
    use super::super::named::HistoryReader;
    use super::*;
    use domain::evidence::attestation::Extent;
    use domain::kind::Category;
    use domain::place::{Code, Place};
    use domain::report::{FeedId, ReportId};
    use domain::time::{DAY, Time};
    use serde_json::json;

    const KIND: Kind = Kind::ResidentResident;

    fn name(id: u128) -> ReportName {
        ReportName { id: ReportId(id << 96 | 0x5a5a), feed: FeedId::of("desa-rupit") }
    }

    /// The older the number the older and the graver: 9 is of today.
    fn clash(id: u128, is_attested: bool) -> Incident {
        let severity = 10 - u8::try_from(id).unwrap();
        let claimed = Extent { severity, dead: 0, injured: 0, displaced: 0 };
        let at = Time(i64::try_from(id).unwrap() * DAY / 4);
        let place = Place { code: Code(161_304), village: 0 };
        let mut own = Incident::of_one_report(name(id), place, (KIND, Category::OTHER), at, claimed);
        if is_attested {
            (own.attested.extent, own.attested.awas) = (claimed, severity);
        }
        Incident { opens_until: Some(at.plus(DAY)), ..own }
    }

    /// A line: act, level, whether it is more than a claim, what it names.
    type Line<'a> = (&'a str, &'a str, bool, &'a [u128]);

    /// The number of the incident that leads, of these and after these lines, the oldest first, as long as each of them raises something.
    fn leads(history: &[Line<'_>], incidents: &[Incident]) -> Option<u128> {
        leads_at(history, incidents, Time(0))
    }

    /// The same at an instant.
    fn leads_at(history: &[Line<'_>], incidents: &[Incident], at: Time) -> Option<u128> {
        let raise = incidents.iter().map(|own| (own.id, Level::Awas)).collect();
        leads_where(history, incidents, (at, raise))
    }

    /// The same where they raise so much by themselves.
    fn leads_where(
        history: &[Line<'_>],
        incidents: &[Incident],
        (at, raise): (Time, RaisedLevels),
    ) -> Option<u128> {
        let mut reader = HistoryReader::default();
        for (act, level, is_sure, evidence) in history.iter().rev() {
            let evidence: Vec<String> = evidence.iter().map(|id| name(*id).to_string()).collect();
            let mut content = json!({ "level": level, "evidence": evidence, "unverified": !is_sure });
            if !matches!(*act, "new_incident" | "grown" | "dispute" | "assign" | "fell") {
                content["reasons"] = json!(["a rule"]);
            }
            reader.take(if *act == "fell" { "changed" } else { act }, &content);
        }
        let found = incidents.iter().map(|own| (own.id, *own)).collect();
        led_by(&reader.named(), (&found, &raise), (KIND, at)).map(|own| own.id.id.0 >> 96)
    }

    #[test]
    fn an_alert_is_led_by_what_made_it_rise_and_not_by_what_is_graver() {
        let sure = |ids: &[u128]| ids.iter().map(|id| clash(*id, true)).collect::<Vec<_>>();
        let old = sure(&[1]);
        let opened: [Line; 2] = [("raised", "siaga", false, &[1]), ("changed", "awas", true, &[1])];
        let fell: [Line; 1] = [("changed", "waspada", true, &[1])];
        assert_eq!(leads(&opened, &old), Some(1));
        assert_eq!(leads(&[&opened[..], &fell].concat(), &old), None, "no rise stands: the gravest leads");
        // Today's, first by one party's word, then attested; the old one is named along with it.
        let claim: [Line; 2] =
            [("new_incident", "waspada", true, &[9]), ("changed", "siaga", false, &[1, 9])];
        let siaga = [&opened[..], &fell, &claim].concat();
        assert_eq!(leads(&siaga, &[clash(1, true), clash(9, false)]), Some(9));
        let attested: [Line; 2] = [("grown", "siaga", false, &[9]), ("changed", "awas", true, &[1, 9])];
        let awas = [&siaga[..], &attested].concat();
        assert_eq!(leads(&awas, &sure(&[1, 9])), Some(9));
        let later: [Line; 2] = [("new_incident", "awas", true, &[2]), ("assign", "awas", true, &[])];
        let later = [&awas[..], &later].concat();
        let claimed = [clash(1, true), clash(2, false), clash(9, true)];
        assert_eq!(leads(&later, &claimed), Some(9), "one party's word is no headline of awas");
        assert_eq!(leads(&later, &sure(&[1, 2, 9])), Some(2), "it came in since and is graver");
        let rejected = Incident { verdict: domain::effect::Verdict::Rejected, ..clash(9, true) };
        assert_eq!(leads(&awas, &[clash(1, true), rejected]), Some(1), "what raised it before");
    }

    /// Of an alert that opened after an end the line of a fall gives no reasons: what stands by what was answered is none of its own.
    #[test]
    fn what_opened_an_alert_again_leads_it_no_more_once_it_fell_with_its_place() {
        let fell: [Line; 2] = [("reopened", "awas", true, &[5]), ("fell", "siaga", true, &[])];
        let both = [clash(5, true), clash(2, true), clash(6, true)];
        assert_eq!(leads(&fell[..1], &both), Some(5));
        let came: [Line; 2] = [("new_incident", "siaga", true, &[6]), ("raised_since", "awas", true, &[6])];
        let risen = [&fell[..], &came].concat();
        assert_eq!(leads(&risen, &both), Some(6));
        let rejected = Incident { verdict: domain::effect::Verdict::Rejected, ..clash(6, true) };
        let others = [clash(5, true), clash(2, true), rejected];
        assert_eq!(leads(&risen, &others), None, "the awas that the fifth had opened is over");
        assert_eq!(leads(&fell, &both), None);
    }

    #[test]
    fn what_raised_it_is_as_sure_as_the_level_came_in_last_and_is_named_by_what_stands() {
        // An hour before the second one was attested a third came in, by one party's word.
        let awas: [Line; 5] = [
            ("raised", "siaga", false, &[1]),
            ("new_incident", "siaga", false, &[2]),
            ("new_incident", "siaga", false, &[3]),
            ("grown", "siaga", false, &[2]),
            ("changed", "awas", true, &[3, 2, 1]),
        ];
        let of = |attested: &[u128]| [1, 2, 3].map(|id| clash(id, attested.contains(&id)));
        assert_eq!(leads(&awas, &of(&[2])), Some(2));
        assert_eq!(leads(&awas, &of(&[2, 3])), Some(2), "the third became sure only later");
        // A person confirmed it: no line says that it grew, and it was named before.
        let confirmed: [Line; 2] = [("raised", "siaga", false, &[1, 2]), ("changed", "awas", true, &[1, 2])];
        assert_eq!(leads(&confirmed, &of(&[2])), Some(2));
        let both = leads(&confirmed, &of(&[1, 2]));
        assert_eq!(both, Some(2), "of two that carry it the one that does so for longest");
        // Another source speaks, and the level is a claim no more.
        let surer: [Line; 3] = [
            ("raised", "siaga", false, &[1]),
            ("new_incident", "siaga", false, &[2]),
            ("changed", "siaga", true, &[2, 1]),
        ];
        assert_eq!(leads(&surer, &of(&[2])), Some(2));
        let unsure = [&surer[..], &[("changed", "siaga", false, &[1, 2])]].concat();
        assert_eq!(leads(&unsure, &of(&[])), Some(1), "what made it sure does so no more");
        // It cleared and came back: what it was before leads nothing.
        let back: [Line; 3] = [
            ("raised", "awas", true, &[1]),
            ("cleared", "awas", true, &[1]),
            ("raised", "siaga", true, &[1, 2]),
        ];
        assert_eq!((leads(&back[..2], &of(&[1])), leads(&back, &of(&[1, 2]))), (Some(1), Some(2)));
        let fell = [&awas[..], &[("changed", "siaga", true, &[3])]].concat();
        assert_eq!(leads(&fell, &of(&[1, 2, 3])), None, "the first siaga stands by the third alone");
    }

    /// The span of the graver one is over, the level stands by what came in since: that is what the alert is about.
    #[test]
    fn what_raises_nothing_any_more_leads_only_where_nothing_else_carries_the_level() {
        let history: [Line; 3] = [
            ("raised", "siaga", false, &[1]),
            ("changed", "awas", true, &[1]),
            ("new_incident", "awas", true, &[9]),
        ];
        let (old, new) = (clash(1, true), clash(9, true));
        let over = old.opens_until.unwrap();
        assert_eq!(leads_at(&history, &[old, new], over.plus(-1)), Some(1), "graver, and it carries awas");
        assert_eq!(leads_at(&history, &[old, new], over), Some(9));
        let claim = clash(9, false);
        assert_eq!(
            leads_at(&history, &[old, claim], over),
            Some(1),
            "one party's word is no headline of awas"
        );
        assert_eq!(leads_at(&history, &[old, new], new.opens_until.unwrap()), Some(1), "neither carries it");
        // Of three that raised it only together nobody knows how long each does.
        let together = Incident { opens_until: None, ..old };
        assert_eq!(leads_at(&history, &[together, new], over), Some(1));
        // What was known before it rose carries it, too.
        let beside: [Line; 2] = [("raised", "siaga", true, &[9]), ("changed", "awas", true, &[1, 9])];
        let short = Incident { opens_until: Some(over), ..clash(1, true) };
        assert_eq!(leads_at(&beside, &[short, new], over), Some(9));
    }

    /// The dwell keeps the level for a day after the span of what raised it is over.
    #[test]
    fn what_raises_less_than_the_level_leads_nothing() {
        let history: [Line; 2] = [("raised", "siaga", true, &[1]), ("new_incident", "siaga", true, &[9])];
        let both = [clash(1, true), clash(9, true)];
        let over = both[0].opens_until.unwrap();
        let of = |level: Option<Level>| {
            let raise = level.map(|level| (name(9), level)).into_iter().collect();
            leads_where(&history, &both, (over, raise))
        };
        assert_eq!((of(Some(Level::Siaga)), of(Some(Level::Awas))), (Some(9), Some(9)));
        assert_eq!((of(Some(Level::Waspada)), of(None)), (Some(1), Some(1)));
    }
}
