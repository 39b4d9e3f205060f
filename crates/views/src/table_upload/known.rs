//! What of a file of tables is here already, and which of its rows are of places that its source does not report for.

use super::{TakenReports, UploadReading};
use crate::context::Context;
use crate::entry::{self, EntryChoices};
use crate::error::ViewError;
use crate::reports::place_name;
use domain::desk_feed::is_desk_feed;
use domain::place::UnitId;
use domain::report::ReportId;
use formats::spreadsheet::reader::{RowFate, RowTrouble};
use std::collections::{BTreeMap, BTreeSet};
use store::TableUpload;

/// What is here already of a file's reports, and what of the others its source may not give.
pub(super) async fn look_up(
    context: &Context,
    regency: UnitId,
    reading: &mut UploadReading,
    source: &str,
) -> Result<(KnownReports, EntryChoices), ViewError> {
    let earlier = context.sources.store.table_uploads(context.sources.places.code(regency)).await?;
    let known = known(context, reading, &earlier).await?;
    let choices = entry::load(context, regency).await?;
    reading.ask_outside(context, &known, (&choices, source));
    Ok((known, choices))
}

/// Which ids the desk has sent, and the id that a row gave where its report has another.
pub(super) struct KnownReports {
    pub ids: BTreeSet<ReportId>,
    pub bases: BTreeMap<ReportId, ReportId>,
}

/// A row that was taken and taken back has a report of another id when it is taken again: the first stays withdrawn.
async fn known(
    context: &Context,
    reading: &mut UploadReading,
    earlier: &[TableUpload],
) -> Result<KnownReports, ViewError> {
    let mut withdrawn: BTreeMap<ReportId, u32> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for upload in earlier {
        for (base, sent, _) in TakenReports::of(upload).reports {
            match (upload.withdrawn_at, ReportId::parse(&base), ReportId::parse(&sent)) {
                (Some(_), Some(base), _) => *withdrawn.entry(base).or_default() += 1,
                (None, _, Some(sent)) => {
                    ids.insert(sent);
                }
                _ => {}
            }
        }
    }
    let mut bases = BTreeMap::new();
    let mut asked = Vec::new();
    for row in reading.tables.iter_mut().flat_map(|table| &mut table.rows) {
        let RowFate::Taken(reports) = &mut row.fate else { continue };
        for report in reports {
            let base = report.id;
            report.id = report.id_after(withdrawn.get(&base).copied().unwrap_or(0));
            bases.insert(report.id, base);
            asked.push(report.id);
        }
    }
    // What another feed sent under an equal id is another report.
    let stored = context.sources.store.reports_of_ids(&asked).await?.into_keys();
    ids.extend(stored.filter(|key| is_desk_feed(key.id.feed)).map(|key| key.id.id));
    Ok(KnownReports { ids, bases })
}

impl UploadReading {
    /// Asks about every row that is not here of a place that the source, a value of the entry form's field, does not report for.
    fn ask_outside(
        &mut self,
        context: &Context,
        known: &KnownReports,
        (choices, source): (&EntryChoices, &str),
    ) {
        for row in self.tables.iter_mut().flat_map(|table| &mut table.rows) {
            let RowFate::Taken(reports) = &row.fate else { continue };
            let outside =
                reports.iter().filter(|report| !known.ids.contains(&report.id)).find_map(|report| {
                    let sentence = choices.outside(context, source, report.place)?;
                    Some(RowTrouble { column: None, value: place_name(context, report.place), sentence })
                });
            if let Some(trouble) = outside {
                row.fate = RowFate::Asked(trouble);
            }
        }
    }
}
