//! What a speaker took back or corrected, found by who it is: however much others take back, none of it is read.

use super::lists::read;
use super::{ReportKey, ReportsRow, StoredReport};
use crate::error::StoreError;
use crate::read::Range;
use crate::sql::{self, Cell, Column, SqlStatement};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::desk_feed;
use domain::evidence::speaker::{Speaker, Word};
use domain::kind::FeedClass;
use domain::place::Code;
use domain::report::{Body, Report, ReportName};
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// More than this is not counted of one speaker.
const MOST_RETRACTIONS: u32 = 1_000;
/// So many corrections are read at once.
const PAGE: u32 = 100;
/// More corrections than this within a day nobody makes who puts wrong figures right: they count as taken back.
const MOST_CORRECTIONS: u32 = 2_000;
/// When it counts: where the sender's clock cannot be believed by its receipt. Word for word as the indexes have it.
const COUNTED_AT: &str = "(CASE doubtful WHEN 1 THEN received_at ELSE at END)";

/// The columns by which the reports of one speaker are found, with what they hold of a report.
pub(crate) fn speaker_columns(report: &Report) -> [(&'static str, i64); 3] {
    numbers(&report.speaker())
}

fn numbers(speaker: &Speaker) -> [(&'static str, i64); 3] {
    [
        ("speaker_account", i64::from(speaker.account.0)),
        ("speaker_login", i64::from(speaker.login.0)),
        ("speaker_word", word_number(speaker.word)),
    ]
}

/// The organisation's number, and below zero one of a class whom nobody named.
fn word_number(word: Word) -> i64 {
    match word {
        Word::Of(organisation) => i64::from(organisation.0),
        Word::Unnamed(class) => -1 - FeedClass::ALL.iter().position(|own| *own == class).unwrap_or(0) as i64,
    }
}

/// The column and the value by which all reports are found of who may be this speaker ([`Speaker::is_another`] decides); each
/// has an index.
fn found_by(speaker: &Speaker) -> Vec<(&'static str, Cell)> {
    let own = numbers(speaker).map(|(column, number)| (column, Cell::Int(number)));
    let of_class = match speaker.word {
        // Who quotes one of the class whom nobody named may mean this one.
        Word::Of(_) => ("speaker_word", Cell::Int(word_number(Word::Unnamed(speaker.class)))),
        Word::Unnamed(class) => ("class", class.cell()),
    };
    own.into_iter().chain([of_class]).collect()
}

/// Where reports are looked for, by a column and its value.
#[derive(Clone, PartialEq, Debug)]
struct Way {
    /// `None`: anywhere.
    regency: Option<Code>,
    column: &'static str,
    value: Cell,
}

/// What one or several speakers, who are one, took back within a range: in a regency by whatever feed, and anywhere by these feeds.
pub(crate) struct TakenBackQuery<'a> {
    pub speakers: &'a BTreeSet<Speaker>,
    pub feeds: &'a BTreeSet<String>,
    pub regency: Code,
    pub range: Range,
}

impl TakenBackQuery<'_> {
    fn ways(&self) -> Vec<Way> {
        let mut ways: Vec<Way> = Vec::new();
        for (column, value) in self.speakers.iter().flat_map(found_by) {
            let way = Way { regency: Some(self.regency), column, value };
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        // The desk's feeds are those of every desk.
        let own = self.feeds.iter().filter(|feed| !desk_feed::is_name(feed));
        ways.extend(own.map(|feed| Way { regency: None, column: "feed", value: Cell::Text(feed.clone()) }));
        ways
    }

    fn narrow(&self, select: &mut SqlStatement, outcome: &str, way: &Way) {
        // Not bound: SQLite must see that the index of what was taken back fits.
        select.add(&format!(" outcome = '{outcome}' AND {} = ?", way.column), [way.value.clone()]);
        if let Some(regency) = way.regency {
            select.add(" AND regency = ?", [regency.cell()]);
        }
        let within = format!(" AND {COUNTED_AT} >= ? AND {COUNTED_AT} < ?");
        select.add(&within, [self.range.from.cell(), self.range.to.cell()]);
    }

    /// The newest retractions, found in one way.
    fn retractions(&self, way: &Way) -> SqlStatement {
        let mut select = SqlStatement::new(&sql::select::<ReportsRow>());
        self.narrow(&mut select, "retracted", way);
        // A retraction states nothing, so it has no kind; what it took back has one.
        let order = format!(" AND kind IS NULL ORDER BY {COUNTED_AT} DESC LIMIT {MOST_RETRACTIONS}");
        select.add(&order, []);
        select
    }

    /// The newest corrected reports before a place in that order, found in one way.
    fn corrected(&self, way: &Way, before: Option<&(Time, ReportName)>) -> SqlStatement {
        let mut select = SqlStatement::new(&sql::select::<ReportsRow>());
        self.narrow(&mut select, "superseded", way);
        if let Some((at, id)) = before {
            select.add(&format!(" AND ({COUNTED_AT}, id) < (?, ?)"), [at.cell(), id.cell()]);
        }
        select.add(&format!(" ORDER BY {COUNTED_AT} DESC, id DESC LIMIT {PAGE}"), []);
        select
    }

    fn is_by(&self, report: &StoredReport) -> bool {
        let by = report.report.speaker();
        self.speakers.iter().any(|speaker| !speaker.is_another(&by))
    }
}

impl Store {
    /// How often these speakers took something back: by retractions, and by corrections to less, of which no more than `enough`
    /// are looked for.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub(crate) async fn count_taken_back(
        &self,
        by: &TakenBackQuery<'_>,
        enough: u32,
    ) -> Result<u64, StoreError> {
        let mut retractions: BTreeSet<ReportKey> = BTreeSet::new();
        let mut lowered: BTreeSet<ReportKey> = BTreeSet::new();
        for way in by.ways() {
            let found = read(&by.retractions(&way).fetch_all(&self.readers).await?)?;
            retractions.extend(found.iter().filter(|report| by.is_by(report)).map(StoredReport::key));
            if lowered.len() < enough as usize && self.find_lowered(by, &way, (&mut lowered, enough)).await? {
                return Ok(retractions.len() as u64 + u64::from(enough));
            }
        }
        Ok(retractions.len() as u64 + lowered.len().min(enough as usize) as u64)
    }

    /// Looks for reports that were corrected to a lesser severity until there are enough. True where so many were corrected that
    /// nobody looks further.
    async fn find_lowered(
        &self,
        by: &TakenBackQuery<'_>,
        way: &Way,
        (lowered, enough): (&mut BTreeSet<ReportKey>, u32),
    ) -> Result<bool, StoreError> {
        let (mut looked_at, mut last) = (0, None);
        while looked_at < MOST_CORRECTIONS {
            let page = read(&by.corrected(way, last.as_ref()).fetch_all(&self.readers).await?)?;
            looked_at += page.len() as u32;
            last = page.last().map(|report| (counted_at(report), report.report.name()));
            let own: Vec<&StoredReport> = page.iter().filter(|report| by.is_by(report)).collect();
            lowered.extend(self.lowered(&own).await?);
            if lowered.len() >= enough as usize || page.len() < PAGE as usize {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Those of these reports of which a correction says less.
    async fn lowered(&self, corrected: &[&StoredReport]) -> Result<BTreeSet<ReportKey>, StoreError> {
        if corrected.is_empty() {
            return Ok(BTreeSet::new());
        }
        let head = "(id, regency) IN (SELECT report, regency FROM report_links WHERE";
        let mut select = SqlStatement::new(&format!("{} {head}", sql::select::<ReportsRow>()));
        let names = corrected.iter().map(|report| report.report.name().cell()).collect();
        select.add_in("target", names).add(")", []);
        // Of what names a statement, a statement corrects it.
        let mut least: BTreeMap<ReportKey, u8> = BTreeMap::new();
        for correction in read(&select.fetch_all(&self.readers).await?)? {
            let Some(now) = severity(&correction) else { continue };
            let regency = correction.key().regency;
            let named = correction.report.references().filter_map(|target| Some((target.id, target.feed?)));
            for (id, feed) in named {
                let least = least.entry(ReportKey { regency, id: ReportName { id, feed } }).or_insert(now);
                *least = now.min(*least);
            }
        }
        let is_less = |report: &&&StoredReport| {
            let now = least.get(&report.key()).copied();
            now.zip(severity(report)).is_some_and(|(now, was)| now < was)
        };
        Ok(corrected.iter().filter(is_less).map(|report| report.key()).collect())
    }
}

fn severity(report: &StoredReport) -> Option<u8> {
    match &report.report.body {
        Body::Statement(statement) => Some(statement.severity),
        _ => None,
    }
}

fn counted_at(report: &StoredReport) -> Time {
    if report.report.doubtful.is_some() { report.received_at } else { report.at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::get;
    use domain::author::Author;
    use domain::report::FeedId;

    /// It is asked for each message, beside others that may have sent, corrected or taken back a million reports that day.
    #[tokio::test]
    async fn what_a_speaker_took_back_is_counted_without_reading_what_others_did() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("state.db").to_str().unwrap()).await.unwrap();
        let village = FeedClass::Village;
        let of = |feed: FeedId| Author::of_feed(feed, village).speaker(feed, village);
        let speakers = BTreeSet::from([of(FeedId(5)), of(FeedId::of(&desk_feed::name(village)))]);
        let feeds = BTreeSet::from(["umpan".to_owned(), desk_feed::name(village)]);
        let range = Range { from: Time(0), to: Time(1) };
        let by = TakenBackQuery {
            speakers: &speakers,
            feeds: &feeds,
            regency: Code::parse("16.13").unwrap(),
            range,
        };
        let ways = by.ways();
        assert_eq!(
            ways.iter().filter(|way| way.regency.is_none()).count(),
            1,
            "a desk's feed is every desk's"
        );
        let last = (Time(1), ReportName { id: domain::report::ReportId(1), feed: FeedId(5) });
        let selects = |way| [by.retractions(way), by.corrected(way, None), by.corrected(way, Some(&last))];
        for select in ways.iter().flat_map(selects) {
            let (text, cells) = select.into_parts();
            let explain = sql::query(format!("EXPLAIN QUERY PLAN {text}")).bind_all(cells);
            let rows = explain.fetch_all(&store.readers).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| get(row, 3).unwrap()).collect();
            let own = |step: &String| step.contains("INDEX reports_taken_back") && step.contains("<expr>>?");
            assert!(plan.len() == 1 && plan.iter().all(own), "{text}: {plan:?}");
        }
    }
}
