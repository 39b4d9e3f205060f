//! One message says everything that waits for a person about an alert: which of it leads, and what follows in a line each.

use crate::message::{AlsoNews, NoticeEnding};
use domain::alert::notice::{AlertChangeKind, is_notified_of};
use domain::effect::Incident;
use domain::evidence::attestation::Extent;
use domain::kind::Category;
use domain::report::ReportName;
use domain::time::{DAY, Time};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use store::{FoldedItem, OutboxItem};

/// What a message is about first, at the level that stands by now: an opening, a rise (unless the level fell since) or its end,
/// else the gravest news. `newest` is the item itself, with which the news ends where that still holds; `None` where nothing of its
/// alert does.
pub(crate) fn lead(news: &[FoldedItem], newest: &OutboxItem) -> Option<OutboxItem> {
    let may_lead = |one: &&FoldedItem| {
        let fell = one.item.change == AlertChangeKind::Risen && one.item.level > newest.level;
        one.item.alert == newest.alert && !fell
    };
    let lead = news.iter().filter(may_lead).max_by_key(|one| (weight(one), one.item.id))?;
    Some(OutboxItem { id: newest.id, level: newest.level, ..lead.item.clone() })
}

/// Another alert's before the rest, then the gravest, then the oldest.
type LineRank = (bool, u8, Extent, Reverse<i64>);

/// What a message that is led so says besides: of its regency's alert first, then the gravest. `behind` are the incidents behind the
/// lead, the one it names first.
pub(crate) fn also(
    lead: &OutboxItem,
    news: &[FoldedItem],
    behind: &[Incident],
    ended: impl Fn(&FoldedItem) -> Option<NoticeEnding>,
) -> Vec<AlsoNews> {
    // Of each incident what happened and what is denied: who never heard of it would else hear of the denial alone.
    let mut named: BTreeSet<(ReportName, bool)> = BTreeSet::new();
    named.extend(behind.first().into_iter().flat_map(|first| [(first.id, true), (first.id, false)]));
    let of_lead = |item: &OutboxItem| item.alert == lead.alert;
    let newest_level = news.iter().rev().find(|one| of_lead(&one.item) && is_of_level(one.item.change));
    let mut fewer_harmed: BTreeSet<ReportName> = BTreeSet::new();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    let mut lines: Vec<(LineRank, AlsoNews)> = Vec::new();
    for one in news.iter().rev() {
        let FoldedItem { item, incident, .. } = one;
        let is_lead = of_lead(item) && item.version == lead.version;
        let wanted = match item.change {
            change if change.is_end() => !of_lead(item),
            // Its regency's, which rose with it: the newest.
            _ if !of_lead(item) => others.insert(&item.alert),
            _ if is_lead => false,
            AlertChangeKind::Assigned => true,
            // What is over needs no further news but of what its reader never heard of.
            change if lead.change.is_end() => {
                change == AlertChangeKind::NewIncident
                    && incident.is_some_and(|incident| named.insert((incident.id, false)))
            }
            AlertChangeKind::Opened => false,
            AlertChangeKind::FewerHarmed => {
                lead.change != AlertChangeKind::Opened
                    && incident.is_some_and(|incident| fewer_harmed.insert(incident.id))
            }
            change if is_of_level(change) => newest_level == Some(one) && item.id > id_of(lead, news),
            _ => incident
                .is_none_or(|incident| named.insert((incident.id, item.change == AlertChangeKind::Disputed))),
        };
        if wanted {
            let (weight, extent) = weight(one);
            let elsewhere = !of_lead(item) && !item.change.is_end();
            let rank = (elsewhere, weight, extent, Reverse(item.id));
            lines.push((
                rank,
                AlsoNews { ending: ended(one), fewer_harmed: people(one), ..news_of(item, one.about) },
            ));
        }
    }
    // Several incidents may have opened it together.
    let opened = behind.iter().filter(|_| lead.change == AlertChangeKind::Opened);
    for incident in opened {
        let of_day = lead.at.since(incident.occurred_at) <= DAY;
        if is_notified_of(incident) && of_day && named.insert((incident.id, false)) {
            let change = AlertChangeKind::NewIncident;
            let rank = (false, change.weight(), incident.claimed, Reverse(lead.id));
            let about = Some((incident.category, incident.occurred_at));
            lines.push((rank, AlsoNews { change, ..news_of(lead, about) }));
        }
    }
    lines.sort_by_key(|(rank, _)| Reverse(*rank));
    lines.into_iter().map(|(_, line)| line).collect()
}

/// What an item says in a line of another message; `about`: the incident it is about, and when that happened.
fn news_of(item: &OutboxItem, about: Option<(Category, Time)>) -> AlsoNews {
    AlsoNews {
        change: item.change,
        alert: item.alert.clone(),
        code: item.code,
        kind: item.kind,
        level: item.level,
        incident: about,
        fewer_harmed: None,
        assigned_elsewhere: None,
        ending: None,
    }
}

/// The people harmed as they were known, and by now, where fewer are.
pub(crate) fn people(one: &FoldedItem) -> Option<(Extent, Extent)> {
    Some((one.was?, one.incident?.claimed))
}

fn id_of(lead: &OutboxItem, news: &[FoldedItem]) -> i64 {
    let own = news.iter().find(|one| one.item.alert == lead.alert && one.item.version == lead.version);
    own.map_or(lead.id, |one| one.item.id)
}

fn weight(one: &FoldedItem) -> (u8, Extent) {
    (one.item.change.weight(), one.incident.map(|incident| incident.claimed).unwrap_or_default())
}

const fn is_of_level(change: AlertChangeKind) -> bool {
    matches!(
        change,
        AlertChangeKind::Risen
            | AlertChangeKind::Returned
            | AlertChangeKind::Lowered
            | AlertChangeKind::Cleared
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::{Kind, Level};
    use domain::place::Code;

    fn news(id: i64, alert: &str, change: AlertChangeKind, level: Level) -> FoldedItem {
        let alert = String::from(alert);
        let (code, kind) = (Code(161_304), Kind::Disaster);
        let item = OutboxItem { id, alert, version: id as u32, change, code, kind, level, at: Time(0) };
        FoldedItem { item, incident: None, about: None, was: None, ending: None }
    }

    fn newest_leads(all: &[FoldedItem]) -> OutboxItem {
        lead(all, &all.last().unwrap().item).unwrap()
    }

    #[test]
    fn an_opening_or_a_rise_leads_at_the_level_that_stands() {
        use AlertChangeKind::{Disputed, Ended, Lowered, NewIncident, Opened, Risen, Withdrawn};
        let of = |changes: &[(AlertChangeKind, Level)]| {
            let all: Vec<FoldedItem> =
                changes.iter().zip(1..).map(|((change, level), id)| news(id, "7", *change, *level)).collect();
            let lead = newest_leads(&all);
            (lead.change, lead.level, also(&lead, &all, &[], |_| None).len())
        };
        let (siaga, awas) = (Level::Siaga, Level::Awas);
        assert_eq!(of(&[(Opened, siaga), (NewIncident, siaga), (Disputed, siaga)]), (Opened, siaga, 2));
        assert_eq!(of(&[(Opened, siaga), (Risen, awas)]), (Risen, awas, 0));
        assert_eq!(of(&[(Opened, awas), (Lowered, siaga)]), (Opened, siaga, 1), "it is new to them");
        assert_eq!(of(&[(Risen, awas), (Lowered, siaga)]), (Lowered, siaga, 0), "it is awas no more");
        assert_eq!(of(&[(NewIncident, siaga), (Disputed, siaga)]), (NewIncident, siaga, 1));
        assert_eq!(of(&[(NewIncident, siaga), (Withdrawn, siaga)]), (Withdrawn, siaga, 0));
        assert_eq!(of(&[(Risen, awas), (NewIncident, awas), (Ended, awas)]), (Ended, awas, 0));
        let mut all =
            vec![news(1, "6", Withdrawn, awas), news(2, "8", Opened, siaga), news(3, "7", Opened, siaga)];
        all[1].item.code = Code(161_300);
        let lines = also(&newest_leads(&all), &all, &[], |_| None);
        let alerts: Vec<&str> = lines.iter().map(|line| line.alert.as_str()).collect();
        assert_eq!(alerts, ["8", "6"], "its regency's first");
        let all = [news(1, "6", Withdrawn, awas), news(2, "7", Opened, siaga)];
        let lead = newest_leads(&all);
        assert_eq!((lead.alert.as_str(), lead.change), ("7", Opened));
        assert_eq!(also(&lead, &all, &[], |_| None)[0].alert, "6");
        let rejected = news(2, "7", NewIncident, siaga).item;
        assert_eq!(super::lead(&all[..1], &rejected), None, "an end that is owed leads no other alert's");
    }
}
