//! What a record may name: reports of its own regency, and a verification only such as lie where its author may judge.

use super::{Inner, ReadReport, RefusedRecord, lock};
use domain::kind::Refused;
use domain::place::{Area, Areas, Code};
use domain::report::{Body, Report, ReportId, ReportReference};
use formats::decode::stamped_refusal;
use std::collections::{BTreeMap, BTreeSet};
use store::ReportKey;

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
        let mut known: BTreeMap<ReportKey, Option<Code>> = reports()
            .filter(|report| named.contains(&report.key.id.id))
            .map(|report| (report.key, Some(report.code)))
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
        known.extend(in_state.unwrap_or_default().into_iter().map(|(key, code)| (key, Some(code))));
        let mut by_id: BTreeMap<ReportId, Vec<KnownReport>> = BTreeMap::new();
        for (key, code) in known {
            by_id.entry(key.id.id).or_default().push(KnownReport { key, code });
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
            if let Some(reason) = faults.find(|fault| all_known || *fault == Refused::District) {
                drop(faults);
                let (refusal, regency) = (stamped_refusal(reason, report), Some(key.regency));
                *read = Err(RefusedRecord { refusal, stamp: Some(reason), regency });
            }
        }
    }
}

/// A report that is known, with its district where the state has it.
struct KnownReport {
    key: ReportKey,
    code: Option<Code>,
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
    let is_own = |known: &&KnownReport| known.key.regency == regency;
    let here: Vec<&KnownReport> = with_id.iter().filter(meant).filter(is_own).collect();
    let elsewhere = with_id.iter().filter(meant).any(|known| !is_own(&known));
    let is_outside =
        |known: &&KnownReport| known.code.zip(areas).is_some_and(|(code, areas)| !may_judge(areas, code));
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
