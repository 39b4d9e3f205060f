//! Archives into the log, under a feed that is registered; what is new of each file is written down under a number.

mod renewal;
mod versions;

use crate::feed_identity::FeedIdentity;
use crate::log_writer::{ImportPart, LogWriter};
use crate::submit::SubmitResult;
use domain::time::Time;
use formats::archive::{Archive, ArchiveError, Refusals, RowFates};
use formats::decode::RefusalSentence;
use formats::spreadsheet::report::RowNumber;
use renewal::TakenBackIds;
use sha2::{Digest, Sha256};
use std::io::Read;
use store::{ImportRow, Store, StoreError};
use versions::{RowVersion, RowVersions};

/// Records handed over at once.
const BATCH: usize = 1000;

/// Why an archive was not taken, or only its beginning.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(
        "{source}; the {count} records before that are in the log as import {import}: get the whole file and import it, what is here already counts once, or take them back: `kentongan imports take-back {import} --reason WORDS`"
    )]
    CutOff { import: i64, count: u64, source: ArchiveError },
    #[error(
        "importing '{file}' after {count} records; they are import {import}, which `kentongan imports take-back` takes back"
    )]
    Log { file: String, import: i64, count: u64, source: StoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with archives of which no record could be used.
#[derive(Default)]
pub struct UselessArchives {
    pub refusals: Refusals,
    /// What became of the rows of tables; `None` where no archive is one.
    pub rows: Option<RowFates>,
    /// The rows of the last table, as CSV with the reasons.
    pub left_out: Option<String>,
}

/// A file that is imported, and who imports it.
#[derive(Clone, Debug, Default)]
pub struct ImportedFile {
    pub name: String,
    /// SHA-256 in hex; empty where it can be read only once.
    pub hash: String,
    pub account: String,
}

/// SHA-256 of a file in hex.
///
/// # Errors
/// Where it cannot be read.
pub fn file_hash(mut file: impl Read) -> std::io::Result<String> {
    let (mut digest, mut some) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut some)? {
            0 => break,
            count => digest.update(&some[..count]),
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// In words, that a file was imported before; the newest import first.
///
/// # Errors
/// Where the store cannot be read.
pub async fn earlier_imports(store: &Store, file: &ImportedFile) -> Result<Vec<String>, StoreError> {
    if file.hash.is_empty() {
        return Ok(Vec::new());
    }
    let earlier = store.imports(Some(&file.hash)).await?;
    let words = |import: ImportRow| {
        let ImportRow { number, feed, reports, .. } = &import;
        let became = if import.taken_back_at.is_some() { "; it was taken back" } else { "" };
        format!(
            "'{}' was imported before: import {number} of '{feed}' with {reports} new reports{became}",
            file.name
        )
    };
    Ok(earlier.into_iter().filter(|import| import.reports > 0).map(words).collect())
}

/// An import under way.
pub struct Import {
    writer: LogWriter,
    feed: FeedIdentity,
    taken_back: TakenBackIds,
    versions: RowVersions,
    /// Its files so far that were appended, each with how many of its reports were new.
    pub files: Vec<(i64, i64)>,
    /// Records appended so far.
    pub count: u64,
    /// Those of them that are dead letters.
    pub refusals: Refusals,
    /// Those of them whose report is here already.
    pub known: u64,
    /// Those of these that were taken back with an earlier import, and stay so.
    pub gone: u64,
    /// What became of the rows of tables; `None` where no archive is one.
    pub rows: Option<RowFates>,
}

impl Import {
    /// `feed`: as whose the archives come.
    ///
    /// # Errors
    /// Where the log or the store cannot be read.
    pub async fn begin(writer: LogWriter, feed: FeedIdentity) -> Result<Import, StoreError> {
        writer.remember_waiting().await?;
        let taken_back = TakenBackIds::load(writer.store(), feed.name()).await?;
        let (versions, files, refusals) = (RowVersions::default(), Vec::new(), Refusals::default());
        let (count, known, gone) = (0, 0, 0);
        Ok(Import { writer, feed, taken_back, versions, files, count, refusals, known, gone, rows: None })
    }

    pub fn feed(&self) -> &FeedIdentity {
        &self.feed
    }

    /// What is wrong with archives of which no record could be used; `None` as soon as one is found that can. Appends nothing.
    ///
    /// # Errors
    /// Where an archive cannot be opened, or it or the store cannot be read.
    pub async fn useless<'a, E: From<ImportError>>(
        &self,
        archives: impl Iterator<Item = Result<Archive<'a>, E>>,
    ) -> Result<Option<UselessArchives>, E> {
        let (mut found, mut number) = (UselessArchives::default(), 0);
        for archive in archives {
            let mut archive = archive?;
            if self.is_useful(&mut archive, (&mut number, &mut found.refusals)).await? {
                return Ok(None);
            }
            if let Some(fates) = archive.row_fates() {
                found.rows.get_or_insert_default().add(fates);
            }
            found.left_out = archive.left_out();
        }
        Ok((number > 0).then_some(found))
    }

    /// Whether all that was appended became dead letters.
    pub fn is_useless(&self) -> bool {
        self.count > 0 && self.refusals.total() == self.count
    }

    /// Looks at an archive as [`Import::append`] would take it, and appends nothing; `looked` hears the count after each batch.
    ///
    /// # Errors
    /// Where the archive or the store cannot be read.
    pub async fn look(&mut self, archive: &mut Archive<'_>, looked: impl Fn(u64)) -> Result<(), ImportError> {
        archive.speaks_of(self.feed.areas());
        let makes_ids = archive.row_fates().is_some();
        let mut versions = std::mem::take(&mut self.versions);
        loop {
            let Batch { records, places, passed } =
                self.next_batch(&mut versions, archive, makes_ids).await?;
            self.pass_over(archive, &passed);
            if records.is_empty() {
                self.versions = versions;
                self.close(archive);
                return Ok(());
            }
            let results = self.writer.preview(&self.feed, records).await?;
            self.count(archive, results, &places);
            looked(self.count);
        }
    }

    /// What would be appended, in words.
    pub fn preview_summary(&self) -> String {
        let (count, feed, words) = (self.count, self.feed.name(), self.known_and_refused());
        format!("{count} records of '{feed}'{words}; nothing was put into the log")
    }

    /// What was appended, in words.
    pub fn summary(&self) -> String {
        let (count, feed, words) = (self.count, self.feed.name(), self.known_and_refused());
        let files = self.files.iter();
        let files = files.map(|(number, new)| {
            format!("; {new} new reports are import {number}, which `kentongan imports take-back {number} --reason WORDS` takes back")
        });
        let files: String = files.collect();
        format!("{count} records of '{feed}' are in the log{words}; the service takes them from there{files}")
    }

    fn known_and_refused(&self) -> String {
        let gone = match self.gone {
            0 => String::new(),
            some => format!(" (of which {some} were taken back and stay so: send them under new ids)"),
        };
        let known = match self.known {
            0 => String::new(),
            some => format!(", {some} of them here already (sudah ada){gone}"),
        };
        match self.refusals.total() {
            0 => known,
            some => format!("{known}, {some} of them as dead letters ({})", self.refusals.words()),
        }
    }

    fn count(&mut self, archive: &mut Archive<'_>, results: Vec<SubmitResult>, places: &[RecordPlace]) {
        for (result, place) in results.into_iter().zip(places) {
            self.count += 1;
            match result {
                SubmitResult::Rejected(refusal) => {
                    archive.refuse_row(place.row, &refusal);
                    self.refusals.note(self.count, place.line(), refusal);
                }
                SubmitResult::Duplicate { id, .. } => {
                    archive.know_row(place.row, true);
                    self.known += 1;
                    self.gone += u64::from(self.taken_back.contains(id));
                }
                SubmitResult::Accepted { .. } => archive.know_row(place.row, false),
            }
        }
    }

    /// Counts rows of which a version that was given later is known, and asks about a nihil in place of a report.
    fn pass_over(&mut self, archive: &mut Archive<'_>, passed: &PassedOver) {
        for place in &passed.earlier {
            archive.know_row(place.row, true);
            self.count += 1;
            self.known += 1;
        }
        passed.ask(archive);
    }

    fn close(&mut self, archive: &Archive<'_>) {
        if let Some(fates) = archive.row_fates() {
            self.rows.get_or_insert_default().add(fates);
        }
    }

    /// Whether some record of the archive can become a report; reads no further then. What is refused joins `refusals`,
    /// numbered after the `number` of records looked at before.
    async fn is_useful(
        &self,
        archive: &mut Archive<'_>,
        (number, refusals): (&mut u64, &mut Refusals),
    ) -> Result<bool, ImportError> {
        archive.speaks_of(self.feed.areas());
        let makes_ids = archive.row_fates().is_some();
        let mut versions = RowVersions::default();
        loop {
            let Batch { records, places, passed } =
                self.next_batch(&mut versions, archive, makes_ids).await?;
            if !passed.earlier.is_empty() {
                return Ok(true);
            }
            passed.ask(archive);
            if records.is_empty() {
                return Ok(false);
            }
            for (result, place) in self.writer.preview(&self.feed, records).await?.into_iter().zip(places) {
                *number += 1;
                match result {
                    SubmitResult::Rejected(refusal) => {
                        archive.refuse_row(place.row, &refusal);
                        refusals.note(*number, place.line(), refusal);
                    }
                    SubmitResult::Accepted { .. } | SubmitResult::Duplicate { .. } => return Ok(true),
                }
            }
        }
    }

    /// Appends an archive. What is new of it is written down under a number, by which it can be taken back, also where the
    /// archive is cut off; `appended` hears the count after each batch.
    ///
    /// # Errors
    /// Where the archive cannot be read or the log cannot be written; what was appended before stays.
    pub async fn append(
        &mut self,
        file: &ImportedFile,
        archive: &mut Archive<'_>,
        appended: impl Fn(u64),
    ) -> Result<(), ImportError> {
        let store = self.writer.store().clone();
        archive.speaks_of(self.feed.areas());
        let makes_ids = archive.row_fates().is_some();
        let mut row = import_row(file, self.feed.name(), self.writer.now());
        row.number = store.add_import(&row).await?;
        let mut versions = std::mem::take(&mut self.versions);
        for part in 0.. {
            let (number, count) = (row.number, self.count);
            let next = self.next_batch(&mut versions, archive, makes_ids).await;
            let Batch { records, places, passed } = next.map_err(|error| match error {
                ImportError::Archive(source) if count > 0 => {
                    ImportError::CutOff { import: number, count, source }
                }
                other => other,
            })?;
            self.pass_over(archive, &passed);
            if records.is_empty() {
                break;
            }
            let results =
                self.writer.append_archive(&self.feed, records, ImportPart { import: number, part });
            let failed = |source| ImportError::Log { file: file.name.clone(), import: number, count, source };
            let results = results.await.map_err(failed)?;
            let new = results.iter().filter(|result| matches!(result, SubmitResult::Accepted { .. }));
            row.reports += new.count() as i64;
            row.records += results.len() as i64;
            store.put_import(&row).await?;
            self.count(archive, results, &places);
            appended(self.count);
        }
        self.versions = versions;
        row.ended_at = Some(self.writer.now());
        store.put_import(&row).await?;
        self.files.extend((row.reports > 0).then_some((row.number, row.reports)));
        self.close(archive);
        Ok(())
    }

    /// The next records of an archive, none at its end; `makes_ids`: their ids are made from its rows.
    async fn next_batch(
        &self,
        versions: &mut RowVersions,
        archive: &mut Archive<'_>,
        makes_ids: bool,
    ) -> Result<Batch, ImportError> {
        let mut batch = Batch::default();
        while batch.records.is_empty() {
            let next = next_records(archive)?;
            if next.is_empty() {
                break;
            }
            let numbered =
                next.iter().filter_map(|(record, _, number)| Some((&record[..], number.as_ref()?)));
            versions.begin_batch(&self.feed, numbered);
            while let Some(keys) = versions.unasked() {
                versions.learn(self.writer.known_ranks(&keys).await?);
            }
            for (mut record, place, number) in next {
                match &number {
                    Some(number) => {
                        let row = (&mut record, number);
                        match versions.renew(&self.feed, &self.taken_back, row) {
                            RowVersion::Kept => {}
                            RowVersion::Earlier => {
                                batch.passed.earlier.push(place);
                                continue;
                            }
                            RowVersion::Quiet => {
                                batch.passed.quiet.push(place);
                                continue;
                            }
                        }
                    }
                    None if makes_ids => self.taken_back.renew(&mut record),
                    None => {}
                }
                batch.records.push(record);
                batch.places.push(place);
            }
        }
        Ok(batch)
    }
}

fn import_row(file: &ImportedFile, feed: &str, began_at: Time) -> ImportRow {
    ImportRow {
        number: 0,
        began_at,
        account: file.account.clone(),
        feed: feed.to_owned(),
        file_name: file.name.clone(),
        file_hash: file.hash.clone(),
        records: 0,
        reports: 0,
        ended_at: None,
        taken_back_at: None,
        taken_back_by: String::new(),
        reason: String::new(),
    }
}

/// Where a record of an archive comes from.
#[derive(Clone, Copy)]
struct RecordPlace {
    /// Of a table.
    row: Option<usize>,
    line: u64,
}

impl RecordPlace {
    /// The line that is named beside a refusal; rows of tables are named by themselves.
    fn line(self) -> Option<u64> {
        self.row.is_none().then_some(self.line)
    }
}

/// Records of an archive, and where each comes from.
#[derive(Default)]
struct Batch {
    records: Vec<Vec<u8>>,
    places: Vec<RecordPlace>,
    passed: PassedOver,
}

/// Where rows come from that are not appended.
#[derive(Default)]
struct PassedOver {
    /// A version that was given later is known.
    earlier: Vec<RecordPlace>,
    /// They say that nothing happened, and a report of theirs is here.
    quiet: Vec<RecordPlace>,
}

impl PassedOver {
    fn ask(&self, archive: &mut Archive<'_>) {
        for place in &self.quiet {
            archive.ask_row(place.row, &RefusalSentence::bare("sheet.quiet_correction"));
        }
    }
}

/// A record of an archive, where it comes from, and the number of its row.
type PlacedRecord = (Vec<u8>, RecordPlace, Option<RowNumber>);

/// The next records of an archive, none at its end.
fn next_records(archive: &mut Archive<'_>) -> Result<Vec<PlacedRecord>, ArchiveError> {
    let mut next = Vec::new();
    while next.len() < BATCH
        && let Some(record) = archive.next_record()?
    {
        let place = RecordPlace { row: record.row, line: record.line };
        next.push((record.bytes.to_vec(), place, record.number.cloned()));
    }
    Ok(next)
}

#[cfg(test)]
mod tests;
