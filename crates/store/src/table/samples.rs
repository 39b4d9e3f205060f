//! Tables `samples`, `sample_checks` and `verifier_saw`: the districts drawn to be called, what each call found, and
//! whether those who verified reports had seen the risk.

use crate::error::StoreError;
use crate::ledger::{Check, CheckResult, OwnedRegencies, SampleRow, within};
use crate::sql::{self, Bulk, Column, Connection, SqlRow, SqlStatement, TableRow, table_row, words};
use crate::store::Store;
use domain::kind::Kind;
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;

words! {
    CheckResult, CheckResult::parse;
}

table_row! {
    /// A district drawn to be called.
    pub(crate) struct DrawnSampleRow in "samples", key 2 {
        pub week: i64,
        pub code: Code,
        pub regency: Code,
    }
}

table_row! {
    /// What a call found; each later answer has the next number.
    pub(crate) struct SampleCheckRow in "sample_checks", key 3 {
        pub week: i64,
        pub code: Code,
        pub number: i64,
        pub at: Time,
        pub who: String,
        pub result: CheckResult,
        /// Kinds where something happened, with a space between.
        pub kinds: String,
        pub saw: bool,
    }
}

table_row! {
    struct VerifierSawRow in "verifier_saw", key 2 {
        report: ReportName,
        at: Time,
        who: String,
        saw: bool,
    }
}

impl SampleCheckRow {
    fn of(check: &Check, number: i64) -> SampleCheckRow {
        let kinds: Vec<&str> = check.kinds.iter().map(|kind| kind.as_str()).collect();
        SampleCheckRow {
            week: check.week,
            code: check.code,
            number,
            at: check.at,
            who: check.who.clone(),
            result: check.result,
            kinds: kinds.join(" "),
            saw: check.saw,
        }
    }

    pub fn check(self) -> Check {
        Check {
            week: self.week,
            code: self.code,
            at: self.at,
            who: self.who,
            result: self.result,
            kinds: self.kinds.split(' ').filter_map(Kind::parse).collect(),
            saw: self.saw,
        }
    }
}

/// Keeps a week's draw; what was drawn already stays.
pub(crate) async fn insert_drawn(
    tx: &mut Connection<'_>,
    drawn: Vec<DrawnSampleRow>,
) -> Result<(), StoreError> {
    Bulk::insert_new::<DrawnSampleRow>().run_rows(tx, drawn).await?;
    Ok(())
}

/// Keeps an answer after those there are; false where the place was not drawn that week.
pub(crate) async fn insert_check(tx: &mut Connection<'_>, check: &Check) -> Result<bool, StoreError> {
    const DRAWN: &str = "SELECT (SELECT COUNT(*) FROM sample_checks c WHERE c.week = s.week AND c.code = s.code) \
         FROM samples s WHERE s.week = $1 AND s.code = $2";
    let drawn = sql::query(DRAWN).bind_all([check.week.cell(), check.code.cell()]).fetch_optional(&mut *tx);
    let Some(row) = drawn.await? else { return Ok(false) };
    let number = i64::read(&row, 0)? + 1;
    Bulk::insert::<SampleCheckRow>().run_rows(tx, [SampleCheckRow::of(check, number)]).await?;
    Ok(true)
}

/// The answers of a week's calls by place, the last of each place last.
pub(crate) async fn checks_of_week(tx: &mut Connection<'_>, week: i64) -> Result<Vec<Check>, StoreError> {
    let text = format!("{} week = $1 ORDER BY code, number", sql::select::<SampleCheckRow>());
    let rows: Vec<SampleCheckRow> = sql::read_all(&sql::query(text).bind(week).fetch_all(tx).await?)?;
    Ok(rows.into_iter().map(SampleCheckRow::check).collect())
}

/// Notes whether the person who verified these reports had seen the risk.
pub(crate) async fn insert_verifier_saw(
    tx: &mut Connection<'_>,
    reports: &[ReportName],
    (who, saw): (&str, bool),
    at: Time,
) -> Result<(), StoreError> {
    let row = |report: &ReportName| VerifierSawRow { report: *report, at, who: who.to_owned(), saw };
    Bulk::insert_new::<VerifierSawRow>().run_rows(tx, reports.iter().map(row)).await?;
    Ok(())
}

/// The incidents of a stretch of time that somebody verified, and whether that person had seen the risk; the last to
/// verify one comes last.
pub(crate) async fn verifiers_of_incidents(
    tx: &mut Connection<'_>,
    (from, to): (Time, Time),
    own: &OwnedRegencies,
) -> Result<Vec<(String, bool)>, StoreError> {
    const SAW: &str = "SELECT r.incident, v.saw FROM incidents i JOIN reports r ON r.incident = i.id AND r.regency = i.regency \
         JOIN verifier_saw v ON v.report = r.id WHERE i.at >= ? AND i.at < ?";
    let mut select = SqlStatement::new("");
    select.add(SAW, [from.cell(), to.cell()]);
    own.regencies(&mut select, "i.regency");
    select.add(" ORDER BY v.at, v.report", []);
    let rows = select.fetch_all(tx).await?;
    rows.iter().map(|row| Ok((String::read(row, 0)?, bool::read(row, 1)?))).collect()
}

/// The draws from a week on with the last answer of each, newest first; no codes are everywhere.
pub(crate) async fn since(store: &Store, codes: &[Code], from: i64) -> Result<Vec<SampleRow>, StoreError> {
    let mut select = SqlStatement::new(&format!(
        "SELECT {}, {} FROM samples s \
         LEFT JOIN sample_checks c ON c.week = s.week AND c.code = s.code AND c.number = \
         (SELECT MAX(n.number) FROM sample_checks n WHERE n.week = s.week AND n.code = s.code) WHERE",
        sql::columns::<DrawnSampleRow>("s."),
        sql::columns::<SampleCheckRow>("c.")
    ));
    select.add(" s.week >= ?", [from.cell()]);
    within(&mut select, "s", codes);
    select.add(" ORDER BY s.week DESC, s.code", []);
    let sample = |row: &SqlRow| {
        let drawn = DrawnSampleRow::read(row, 0)?;
        let check: Option<SampleCheckRow> = sql::read_joined(row, DrawnSampleRow::COLUMNS.len())?;
        Ok(SampleRow { week: drawn.week, code: drawn.code, check: check.map(SampleCheckRow::check) })
    };
    select.fetch_all(&store.readers).await?.iter().map(sample).collect()
}
