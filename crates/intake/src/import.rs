//! Archives into the log, under a feed that is registered.

use crate::feed_identity::FeedIdentity;
use crate::log_writer::LogWriter;
use crate::submit::SubmitResult;
use formats::archive::{Archive, ArchiveError, Refusals, RowFates};
use store::StoreError;

/// Records handed over at once.
const BATCH: usize = 1000;

/// Why an archive was not taken, or only its beginning.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(
        "{source}; the {count} records before that are in the log: get the whole file and import it, what is here already counts once"
    )]
    CutOff { count: u64, source: ArchiveError },
    #[error("importing '{file}' after {count} records")]
    Log { file: String, count: u64, source: StoreError },
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

/// An import under way.
pub struct Import {
    writer: LogWriter,
    feed: FeedIdentity,
    /// Records appended so far.
    pub count: u64,
    /// Those of them that are dead letters.
    pub refusals: Refusals,
    /// Those of them whose report is here already.
    pub known: u64,
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
        Ok(Import { writer, feed, count: 0, refusals: Refusals::default(), known: 0, rows: None })
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
        loop {
            let (batch, places) = next_batch(archive)?;
            if batch.is_empty() {
                self.close(archive);
                return Ok(());
            }
            let results = self.writer.preview(&self.feed, batch).await?;
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
        format!("{count} records of '{feed}' are in the log{words}; the service takes them from there")
    }

    fn known_and_refused(&self) -> String {
        let known = match self.known {
            0 => String::new(),
            some => format!(", {some} of them here already (sudah ada)"),
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
                SubmitResult::Duplicate { .. } => {
                    archive.know_row(place.row, true);
                    self.known += 1;
                }
                SubmitResult::Accepted { .. } => archive.know_row(place.row, false),
            }
        }
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
        loop {
            let (batch, places) = next_batch(archive)?;
            if batch.is_empty() {
                return Ok(false);
            }
            for (result, place) in self.writer.preview(&self.feed, batch).await?.into_iter().zip(places) {
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

    fn cut_off(&self, source: ArchiveError) -> ImportError {
        match self.count {
            0 => source.into(),
            count => ImportError::CutOff { count, source },
        }
    }

    /// Appends an archive; `appended` hears the count after each batch. `file` names it in errors.
    ///
    /// # Errors
    /// Where the archive cannot be read or the log cannot be written; what was appended before stays.
    pub async fn append(
        &mut self,
        file: &str,
        archive: &mut Archive<'_>,
        appended: impl Fn(u64),
    ) -> Result<(), ImportError> {
        loop {
            let (batch, places) = next_batch(archive).map_err(|source| self.cut_off(source))?;
            if batch.is_empty() {
                self.close(archive);
                return Ok(());
            }
            let results = self.writer.append_archive(&self.feed, batch).await;
            let count = self.count;
            let results =
                results.map_err(|source| ImportError::Log { file: file.to_owned(), count, source })?;
            self.count(archive, results, &places);
            appended(self.count);
        }
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
type Batch = (Vec<Vec<u8>>, Vec<RecordPlace>);

/// The next records of an archive, none at its end.
fn next_batch(archive: &mut Archive<'_>) -> Result<Batch, ArchiveError> {
    let (mut batch, mut places) = (Vec::new(), Vec::new());
    while batch.len() < BATCH
        && let Some(record) = archive.next_record()?
    {
        batch.push(record.bytes.to_vec());
        places.push(RecordPlace { row: record.row, line: record.line });
    }
    Ok((batch, places))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, report};
    use domain::kind::FeedClass;
    use formats::archive::{Crosswalk, Format, Guide};
    use formats::taxonomy::Taxonomy;
    use std::io::{Cursor, Write};

    /// Packed half, the beginning is named; the whole file later counts it once.
    #[tokio::test]
    async fn of_a_file_that_is_cut_off_what_was_taken_is_named_and_counts_once() {
        let fixture = Fixture::build().await;
        let feed = fixture.feed("desa", FeedClass::Village, "16.13").await;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        for number in 0..1200 {
            let id = format!("{number:08x}-1111-4222-8333-444444444444");
            packer.write_all(&report(&id, "16.13.04", "")).unwrap();
            packer.write_all(b"\n").unwrap();
        }
        let whole = packer.finish().unwrap();
        let config = |name: &str| {
            std::fs::read_to_string(format!("{}/../../config/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
        };
        let (taxonomy, crosswalk) = (
            Taxonomy::parse(&config("taxonomy.toml")).unwrap(),
            Crosswalk::parse(&config("crosswalk.csv")).unwrap(),
        );
        let guide = Guide {
            places: fixture.writer.places(),
            crosswalk: &crosswalk,
            class: FeedClass::Village,
            dates: None,
            taxonomy: &taxonomy,
            regency: None,
        };
        let open = |bytes: &[u8]| {
            let source = Box::new(Cursor::new(bytes.to_vec()));
            Archive::open("half.gz".into(), source, Format::Ndjson, guide).unwrap()
        };
        let mut import = Import::begin(fixture.writer.clone(), feed.clone()).await.unwrap();
        let cut = &whole[..whole.len() * 9 / 10];
        let error = import.append("half.gz", &mut open(cut), |_| ()).await.unwrap_err().to_string();
        assert_eq!((import.count, fixture.kept().await.len()), (1000, 1000));
        assert!(error.contains("the 1000 records before that are in the log"), "{error}");
        let mut import = Import::begin(fixture.writer.clone(), feed).await.unwrap();
        import.append("whole.gz", &mut open(&whole), |_| ()).await.unwrap();
        let known = import.known;
        assert_eq!((import.count, import.refusals.total(), known), (1200, 0, 1000));
        assert!(import.summary().contains("here already (sudah ada)"), "{}", import.summary());
    }

    /// Why nothing of a file can be used is named row by row, or line by line, and its rows are given back.
    #[tokio::test]
    async fn of_a_file_of_which_nothing_can_be_used_rows_and_lines_are_named() {
        let fixture = Fixture::build().await;
        let feed = fixture.feed("polres", FeedClass::Police, "16.13").await;
        let config = |name: &str| {
            std::fs::read_to_string(format!("{}/../../config/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
        };
        let taxonomy = Taxonomy::parse(&config("taxonomy.toml")).unwrap();
        let crosswalk = Crosswalk::default();
        let (places, class) = (fixture.writer.places(), FeedClass::Police);
        let guide =
            Guide { places, crosswalk: &crosswalk, class, dates: None, taxonomy: &taxonomy, regency: None };
        let open = |text: &str, format| {
            let source = Box::new(Cursor::new(text.as_bytes().to_vec()));
            Archive::open("file".into(), source, format, guide).map_err(ImportError::from)
        };
        let import = Import::begin(fixture.writer.clone(), feed).await.unwrap();
        let table = "Tanggal;Kecamatan;Jenis Kejadian\n01/02/2026;Rupit;Banjir\n03/04/2026;Rupit;Banjir\n";
        let useless = import.useless([open(table, Format::Table)].into_iter()).await.unwrap().unwrap();
        let rows = useless.rows.unwrap();
        assert_eq!((rows.read, rows.asked), (2, 2), "{rows}");
        assert!(
            rows.to_string().contains("line 3, Tanggal '03/04/2026'")
                && rows.to_string().contains("--dates dmy")
        );
        assert!(
            useless.refusals.words().contains("Baris 2 tidak menjadi laporan"),
            "{}",
            useless.refusals.words()
        );
        assert!(useless.left_out.unwrap().contains("03/04/2026,Rupit,Banjir"));
        let lines = format!("{}\n\n", "{\"a\":1},").repeat(3);
        let useless = import.useless([open(&lines, Format::Ndjson)].into_iter()).await.unwrap().unwrap();
        assert!(useless.rows.is_none() && useless.refusals.words().ends_with("; lines 1, 3, 5"));
    }
}
