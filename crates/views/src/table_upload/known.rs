//! What of a file of tables is here already, and which of its rows are of places that its source does not report for.

use super::versions::{self, NumberedReports, Version, as_stored};
use super::{TakenReports, UploadReading};
use crate::context::Context;
use crate::correction::FieldChange;
use crate::entry::{self, EntryChoices};
use crate::error::ViewError;
use crate::reports::place_name;
use domain::desk_feed::is_desk_feed;
use domain::kind::FeedClass;
use domain::place::UnitId;
use domain::report::ReportId;
use formats::spreadsheet::reader::{RowFate, RowTrouble};
use formats::spreadsheet::report::{RowReport, id_after};
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
    let choices = entry::load(context, regency).await?;
    let class = choices.class_of(source);
    let known = known(context, regency, reading, (&earlier, class)).await?;
    reading.ask_outside(context, &known, (&choices, source));
    Ok((known, choices))
}

/// Which ids the desk has sent, and the id that a row gave where its report has another.
pub(super) struct KnownReports {
    pub ids: BTreeSet<ReportId>,
    pub bases: BTreeMap<ReportId, ReportId>,
    /// What the new reports say otherwise than those that they correct.
    pub changes: BTreeMap<ReportId, Vec<FieldChange>>,
}

/// A row that was taken and taken back has a report of another id when it is taken again: the first stays withdrawn.
async fn known(
    context: &Context,
    regency: UnitId,
    reading: &mut UploadReading,
    (earlier, class): (&[TableUpload], Option<FeedClass>),
) -> Result<KnownReports, ViewError> {
    let mut withdrawn: BTreeMap<ReportId, u32> = BTreeMap::new();
    let (mut ids, mut sent_ever) = (BTreeSet::new(), BTreeSet::new());
    for upload in earlier {
        for (base, sent, _) in TakenReports::of(upload).reports {
            sent_ever.extend(ReportId::parse(&sent));
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
        for report in reports.iter_mut().filter(|report| report.number.is_none()) {
            let base = report.id;
            report.id = report.id_after(withdrawn.get(&base).copied().unwrap_or(0));
            bases.insert(report.id, base);
            asked.push(report.id);
        }
    }
    // What another feed sent under an equal id is another report.
    let stored = context.sources.store.reports_of_ids(&asked).await?.into_keys();
    ids.extend(stored.filter(|key| is_desk_feed(key.id.feed)).map(|key| key.id.id));
    let numbered = NumberedReports::load(context, regency, reading, &sent_ever).await?;
    let mut known = KnownReports { ids, bases, changes: BTreeMap::new() };
    known.number(context, reading, (&numbered, class));
    Ok(known)
}

impl KnownReports {
    /// Gives each report of a row with a number its id, and names the report that it corrects: one that is here, or one of a row of
    /// the same file.
    fn number(
        &mut self,
        context: &Context,
        reading: &mut UploadReading,
        (numbered, class): (&NumberedReports, Option<FeedClass>),
    ) {
        // By number the latest report of the file.
        let mut in_file: BTreeMap<ReportId, RowReport> = BTreeMap::new();
        for row in reading.tables.iter_mut().flat_map(|table| &mut table.rows) {
            let RowFate::Taken(reports) = &mut row.fate else { continue };
            let [report] = reports.as_mut_slice() else { continue };
            let Some(number) = report.number.clone() else { continue };
            let base = report.id;
            let before = in_file.get(&base).cloned();
            let before =
                before.or_else(|| number.replaces.iter().find_map(|other| in_file.get(other)).cloned());
            let version = match (before, in_file.get(&base)) {
                (Some(_), _) if report.nothing_until.is_some() => Version::Quiet,
                (Some(before), own) => {
                    let id = match own {
                        Some(own) => next_id(base, own.id),
                        None => numbered.next_id(base),
                    };
                    let wrong = as_stored(context, &before, class.unwrap_or(FeedClass::Desk));
                    Version::New { id, corrects: wrong.map(Box::new) }
                }
                (None, _) => numbered.version(context, report, &number, class),
            };
            if let Some(trouble) = versions::trouble(&version) {
                row.fate = versions::fate(trouble);
                continue;
            }
            match version {
                Version::New { id, corrects } => {
                    report.id = id;
                    if let Some(wrong) = corrects {
                        report.corrects = Some(wrong.report.id);
                        self.changes.insert(id, versions::changes(context, &wrong, report));
                    }
                    self.bases.insert(id, base);
                    in_file.insert(base, report.clone());
                }
                Version::Known(id) => {
                    report.id = id;
                    self.ids.insert(id);
                }
                Version::Earlier | Version::OfAnotherSource(_) | Version::Quiet => {}
            }
        }
    }
}

/// The id of the version behind the one with an id.
fn next_id(base: ReportId, own: ReportId) -> ReportId {
    let mut ids = (0..).map(|times| id_after(base, times)).skip_while(|id| *id != own);
    ids.nth(1).unwrap_or(own)
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
