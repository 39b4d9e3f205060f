//! Rows with a number for ever: what is here of each, and which report a row corrects.

use super::UploadReading;
use crate::context::Context;
use crate::correction::{self, FieldChange};
use crate::error::ViewError;
use domain::author::StampedAuthor;
use domain::desk_feed::{self, is_desk_feed};
use domain::kind::FeedClass;
use domain::place::{Areas, Code, UnitId, Zone};
use domain::report::{Body, FeedId, ReportId, ReportName};
use domain::time::{DAY, MINUTE, Time};
use formats::decode::{Catalog, RecordView, RefusalSentence, decode};
use formats::spreadsheet::reader::{RowFate, RowTrouble};
use formats::spreadsheet::report::{RowNumber, RowReport, id_after};
use std::collections::{BTreeMap, BTreeSet};
use store::StoredReport;

/// The reports that are here of each number of a file.
pub(super) struct NumberedReports {
    /// By number, each with its versions in the order they were given ids.
    versions: BTreeMap<ReportId, Vec<(ReportId, Option<StoredReport>)>>,
    /// What replaced a report under another number, of the same feed.
    replaced_by: BTreeMap<ReportName, StoredReport>,
}

/// What becomes of a row with a number.
pub(super) enum Version {
    /// It says what is here already, in this report.
    Known(ReportId),
    /// Another version is here that was given later.
    Earlier,
    /// What is here was taken in the word of another class of source.
    OfAnotherSource(String),
    /// It says that nothing happened, where a report is here that a person withdraws first.
    Quiet,
    /// It is the report with this id, and corrects that one.
    New { id: ReportId, corrects: Option<Box<StoredReport>> },
}

/// Rounds in which what replaced a report is followed.
const MOST_REPLACED: usize = 20;

impl NumberedReports {
    /// What is here of the numbers of a file. `sent`: ids that the desk sent, which may be on their way.
    pub async fn load(
        context: &Context,
        regency: UnitId,
        reading: &UploadReading,
        sent: &BTreeSet<ReportId>,
    ) -> Result<NumberedReports, ViewError> {
        let (store, code) = (&context.sources.store, context.sources.places.code(regency));
        let mut open: BTreeSet<ReportId> = BTreeSet::new();
        for report in reading.taken().filter(|report| report.number.is_some()) {
            open.insert(report.id);
            open.extend(report.number.iter().flat_map(|number| &number.replaces));
        }
        let mut versions: BTreeMap<ReportId, Vec<(ReportId, Option<StoredReport>)>> = BTreeMap::new();
        for times in 0.. {
            let ids: Vec<ReportId> = open.iter().map(|number| id_after(*number, times)).collect();
            if ids.is_empty() {
                break;
            }
            let keys = store.reports_of_ids(&ids).await?.into_keys();
            let is_own = |key: &store::ReportKey| key.regency == code.regency() && is_desk_feed(key.id.feed);
            let names: Vec<ReportName> = keys.filter(is_own).map(|key| key.id).collect();
            let found = store.reports_named(code.regency(), &names).await?;
            let mut by_id: BTreeMap<ReportId, StoredReport> = BTreeMap::new();
            for (name, report) in found {
                // Of one id in the words of two classes the one that stands.
                let known = by_id.entry(name.id).or_insert_with(|| report.clone());
                if !correction::stands(known) {
                    *known = report;
                }
            }
            open.retain(|number| {
                let id = id_after(*number, times);
                let stored = by_id.remove(&id);
                let is_here = stored.is_some() || sent.contains(&id);
                if is_here {
                    versions.entry(*number).or_default().push((id, stored));
                }
                is_here
            });
        }
        let mut numbered = NumberedReports { versions, replaced_by: BTreeMap::new() };
        numbered.follow(context, code).await?;
        Ok(numbered)
    }

    /// Finds what replaced those that stand no longer, by way of whatever replaced that.
    async fn follow(&mut self, context: &Context, code: Code) -> Result<(), ViewError> {
        let replaced = |report: &StoredReport| report.outcome == Some(domain::kind::Outcome::Superseded);
        let all = self.versions.values().flatten().filter_map(|(_, report)| report.as_ref());
        let mut open: Vec<ReportName> =
            all.filter(|own| replaced(own)).map(|own| own.report.name()).collect();
        for _ in 0..MOST_REPLACED {
            if open.is_empty() {
                break;
            }
            let naming = context.sources.store.reports_naming_each(code.regency(), &open).await?;
            open.clear();
            for (target, namers) in naming {
                let supersedes = |namer: &&StoredReport| {
                    namer.report.feed == target.feed && supersedes(namer) == Some(target.id)
                };
                let Some(namer) = namers.iter().rev().find(supersedes) else { continue };
                if replaced(namer) && !self.replaced_by.contains_key(&namer.report.name()) {
                    open.push(namer.report.name());
                }
                self.replaced_by.insert(target, namer.clone());
            }
        }
        Ok(())
    }

    /// The report that stands of a number, or in place of its reports.
    fn standing(&self, number: ReportId) -> Option<&StoredReport> {
        let versions = self.versions.get(&number)?;
        let mut stored = versions.iter().rev().filter_map(|(_, report)| report.as_ref());
        if let Some(own) = stored.clone().find(|report| correction::stands(report)) {
            return Some(own);
        }
        let mut last = stored.next()?;
        for _ in 0..MOST_REPLACED {
            match self.replaced_by.get(&last.report.name()) {
                Some(next) => last = next,
                None => break,
            }
        }
        Some(last).filter(|report| correction::stands(report))
    }

    /// The id of a further version of a number.
    pub fn next_id(&self, number: ReportId) -> ReportId {
        id_after(number, self.versions.get(&number).map_or(0, |versions| versions.len() as u32))
    }

    /// What becomes of a row's report. `class`: of the source, where one is chosen.
    pub fn version(
        &self,
        context: &Context,
        report: &RowReport,
        number: &RowNumber,
        class: Option<FeedClass>,
    ) -> Version {
        let versions = self.versions.get(&report.id).map_or(&[][..], Vec::as_slice);
        let own = as_stored(context, report, class.unwrap_or(FeedClass::Desk));
        let id = self.next_id(report.id);
        let standing = self.standing(report.id);
        let is_later =
            |than: &StoredReport| number.given.is_some_and(|given| given > than.report.reported_at);
        let is_earlier =
            |than: &StoredReport| number.given.is_some_and(|given| given < than.report.reported_at);
        match (standing, versions.last()) {
            // On its way: what it says is not known yet.
            (None, Some((id, None))) => return Version::Known(*id),
            (Some(last), _) if own.as_ref().is_some_and(|own| says_the_same(own, last)) => {
                return Version::Known(last.report.id);
            }
            (Some(last), _) => {
                let is_old = versions.iter().filter_map(|(_, report)| report.as_ref()).any(|version| {
                    !correction::stands(version)
                        && own.as_ref().is_some_and(|own| says_the_same(own, version))
                });
                if is_old && !is_later(last) {
                    return Version::Known(last.report.id);
                }
                if is_earlier(last) {
                    return Version::Earlier;
                }
            }
            (None, _) => {}
        }
        let of_others = || number.replaces.iter().find_map(|other| self.standing(*other));
        let corrects = standing.or_else(of_others).filter(|last| last.report.id != id);
        let feed = class.map(|class| FeedId::of(&desk_feed::name(class)));
        match corrects.filter(|last| feed.is_some_and(|feed| feed != last.report.feed)) {
            Some(last) => Version::OfAnotherSource(context.lang.word("class", last.report.class)),
            // A zero-report replaces nothing.
            None if corrects.is_some() && report.nothing_until.is_some() => Version::Quiet,
            None => Version::New { id, corrects: corrects.cloned().map(Box::new) },
        }
    }
}

fn supersedes(report: &StoredReport) -> Option<ReportId> {
    match &report.report.body {
        Body::Statement(statement) => statement.supersedes,
        Body::Remark(remark) => remark.supersedes,
        _ => None,
    }
}

/// What a row says that is not taken.
pub(super) fn trouble(version: &Version) -> Option<(bool, RowTrouble)> {
    let (is_asked, sentence) = match version {
        Version::Earlier => (false, RefusalSentence::bare("sheet.older_than_known")),
        Version::OfAnotherSource(class) => {
            let values = vec![("source", class.clone().into())];
            (true, RefusalSentence { key: "sheet.known_of_another_source", values })
        }
        Version::Quiet => (true, RefusalSentence::bare("sheet.quiet_correction")),
        Version::Known(_) | Version::New { .. } => return None,
    };
    Some((is_asked, RowTrouble { column: None, value: String::new(), sentence }))
}

/// The fate of a row that is not taken for its version.
pub(super) fn fate((is_asked, trouble): (bool, RowTrouble)) -> RowFate {
    if is_asked { RowFate::Asked(trouble) } else { RowFate::Refused(trouble) }
}

/// What a row's report says otherwise than the one it corrects.
pub(super) fn changes(context: &Context, wrong: &StoredReport, right: &RowReport) -> Vec<FieldChange> {
    let right = as_stored(context, right, wrong.report.class);
    right.map_or_else(Vec::new, |right| correction::changes(context, wrong, &right))
}

/// A row's report as it would be kept; `None` where it can be none.
pub(super) fn as_stored(context: &Context, row: &RowReport, class: FeedClass) -> Option<StoredReport> {
    let bytes = row.record(class);
    let view = RecordView {
        bytes: &bytes,
        feed_name: "",
        class: None,
        areas: &Areas::everywhere(),
        received_at: context.now,
        archive: true,
        author: &StampedAuthor::default(),
    };
    let catalog = Catalog { places: &context.sources.places, taxonomy: &context.sources.taxonomy };
    let decoded = decode(&view, &catalog).ok()?;
    Some(StoredReport {
        partition: 0,
        offset: 0,
        feed_name: desk_feed::name(class),
        organisation: String::new(),
        account: String::new(),
        at: row.times.occurred,
        received_at: context.now,
        late: false,
        history: false,
        outcome: None,
        incident: None,
        set_aside: false,
        reporter: None,
        summary: decoded.summary.map(|text| text.read().into_owned()),
        lat: decoded.lat,
        lon: decoded.lon,
        report: decoded.report,
    })
}

/// True where two reports say the same, but for whose word it is and when it was given.
fn says_the_same(one: &StoredReport, other: &StoredReport) -> bool {
    let text = |report: &StoredReport| report.summary.as_deref().unwrap_or_default().trim().to_owned();
    let near = |one: Option<f64>, other: Option<f64>| match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < 2e-6,
        (one, other) => one.is_none() && other.is_none(),
    };
    let zone = Zone::of(one.report.place.code);
    let is_body = match (&one.report.body, &other.report.body) {
        (Body::Statement(one), Body::Statement(other)) => {
            (one.kind, one.category, one.severity, one.occurred_at, one.stage)
                == (other.kind, other.category, other.severity, other.occurred_at, other.stage)
                && (one.dead, one.injured, one.displaced) == (other.dead, other.injured, other.displaced)
                && (one.continues, one.ends) == (other.continues, other.ends)
        }
        (Body::Remark(one), Body::Remark(other)) => {
            (one.what, one.kind, one.category, one.occurred_at)
                == (other.what, other.kind, other.category, other.occurred_at)
        }
        // The last day counts as far as it had passed.
        (Body::Nothing { from, to }, Body::Nothing { from: other_from, to: other_to }) => {
            let day = |at: &Time| (at.0 - 1 + zone.minutes() * MINUTE).div_euclid(DAY);
            from == other_from && day(to) == day(other_to)
        }
        _ => false,
    };
    is_body
        && one.report.place == other.report.place
        && text(one) == text(other)
        && near(one.lat, other.lat)
        && near(one.lon, other.lon)
}
