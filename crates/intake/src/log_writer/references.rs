//! What a record may name: reports of its own regency, and a verification only such as lie where its author may judge.

use super::{Inner, ReadReport, RefusedRecord, lock};
use domain::evidence::merge::{MergeFault, merge_fault};
use domain::kind::Refused;
use domain::place::{Area, Areas, Code, Places};
use domain::report::{Body, Report, ReportId, ReportReference, VerificationAct};
use formats::decode::stamped_refusal;
use std::collections::{BTreeMap, BTreeSet};
use store::{ReportKey, ReportTopic};

impl Inner {
    /// Refuses what names a report that is known to lie in another regency: no link reaches over that border; and a
    /// verification of what lies outside its author's area. What is not known passes, for the named report may come later; the
    /// pipeline then passes over the link. A verification that names an id alone may not mean one of several reports that
    /// are known.
    pub(super) async fn refuse_wrong_references(&self, read: &mut [Result<ReadReport, RefusedRecord>]) {
        let reports = || read.iter().filter_map(|read| read.as_ref().ok());
        let named = reports().filter_map(|report| report.naming.as_ref()).flat_map(Report::references);
        let named: BTreeSet<ReportId> = named.map(|reference| reference.id).collect();
        if named.is_empty() {
            return;
        }
        let mut known: BTreeMap<ReportKey, Option<ReportTopic>> = reports()
            .filter(|report| named.contains(&report.key.id.id))
            .map(|report| (report.key, Some(report.topic)))
            .collect();
        {
            let recent = lock(&self.recent);
            for key in named.iter().flat_map(|id| recent.of_id(*id)) {
                known.entry(key).or_default();
            }
        }
        let asked: Vec<ReportId> = named.into_iter().collect();
        let unasked = "wrong references are not refused meanwhile";
        let in_state = self.look_up(self.parts.store.reports_of_ids(&asked), unasked).await;
        let all_known = in_state.is_some();
        known.extend(in_state.unwrap_or_default().into_iter().map(|(key, topic)| (key, Some(topic))));
        let mut by_id: BTreeMap<ReportId, Vec<KnownReport>> = BTreeMap::new();
        for (key, topic) in known {
            by_id.entry(key.id.id).or_default().push(KnownReport { key, topic });
        }
        let of_id = |id: ReportId| by_id.get(&id).map_or(&[][..], Vec::as_slice);
        for read in read {
            let Ok(ReadReport { key, naming: Some(report), .. }) = &*read else { continue };
            let areas = match &report.body {
                Body::Verification { areas, .. } => Some(areas),
                _ => None,
            };
            let mut faults = report
                .references()
                .filter_map(|named| reference_fault(named, (key.regency, areas), of_id(named.id)));
            let fault = faults.find(|fault| all_known || *fault == Refused::District);
            drop(faults);
            let known = |named: ReportReference| named_of(named, key.regency, of_id(named.id));
            if let Some(reason) = fault.or_else(|| wrong_merge(&self.parts.places, report, known)) {
                let (refusal, regency) = (stamped_refusal(reason, report), Some(key.regency));
                *read = Err(RefusedRecord { refusal, stamp: Some(reason), regency });
            }
        }
    }
}

/// A report that is known, with its district and kind where the state has them.
struct KnownReport {
    key: ReportKey,
    topic: Option<ReportTopic>,
}

/// The known reports of a regency that a reference may mean.
fn meant_here(
    named: ReportReference,
    regency: Code,
    with_id: &[KnownReport],
) -> impl Iterator<Item = &KnownReport> {
    with_id.iter().filter(move |known| {
        let name = known.key.id;
        known.key.regency == regency && name.id == named.id && named.feed.is_none_or(|feed| feed == name.feed)
    })
}

/// Of which place and kind the report is that a reference means, where that is known of one alone.
fn named_of(named: ReportReference, regency: Code, with_id: &[KnownReport]) -> Option<ReportTopic> {
    let mut here = meant_here(named, regency, with_id);
    let one = here.next().filter(|_| here.next().is_none());
    one.and_then(|known| known.topic)
}

/// What is wrong with a merge of which all that it names is known.
fn wrong_merge(
    places: &Places,
    report: &Report,
    known: impl Fn(ReportReference) -> Option<ReportTopic>,
) -> Option<Refused> {
    let Body::Verification { act: VerificationAct::Merge, reports, .. } = &report.body else { return None };
    let named: Vec<ReportTopic> = reports.iter().map(|named| known(*named)).collect::<Option<_>>()?;
    let stated = named.iter().filter_map(|topic| Some((topic.kind?, topic.code)));
    merge_fault(places, stated).map(|fault| match fault {
        MergeFault::Kinds => Refused::Kind,
        MergeFault::Places => Refused::District,
    })
}

/// What is wrong with naming this report in a record of this regency, as far as reports with its id are known; `areas`: where
/// its author may judge.
fn reference_fault(
    named: ReportReference,
    (regency, areas): (Code, Option<&Areas>),
    with_id: &[KnownReport],
) -> Option<Refused> {
    let meant = |known: &&KnownReport| {
        let name = known.key.id;
        name.id == named.id && named.feed.is_none_or(|feed| feed == name.feed)
    };
    let here: Vec<&KnownReport> = meant_here(named, regency, with_id).collect();
    let elsewhere = with_id.iter().filter(meant).any(|known| known.key.regency != regency);
    let is_outside = |known: &&KnownReport| {
        known.topic.zip(areas).is_some_and(|(topic, areas)| !may_judge(areas, topic.code))
    };
    match (here.len(), named.feed) {
        (0, _) if elsewhere => Some(Refused::District),
        (1.., _) if here.iter().all(is_outside) => Some(Refused::District),
        (0 | 1, _) | (_, Some(_)) => None,
        (_, None) => Some(Refused::Schema),
    }
}

/// True where some report of this unit lies in the areas; which, the pipeline knows by its village.
fn may_judge(areas: &Areas, code: Code) -> bool {
    areas.covers(code)
        || areas.iter().any(|area| matches!(area, Area::Village(_)) && area.unit() == Some(code))
}
