//! `kentongan import`: an archive into the log of a service, which may be running.

use crate::archive::{Refusals, open};
use crate::catalog::{self, Catalog};
use crate::config::Config;
use crate::log_access::{self, BATCH};
use crate::output;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use formats::archive::{Archive, Format, Guide};
use intake::{FeedIdentity, LogWriter, SubmitResult, feed_registry};
use std::path::PathBuf;
use store::Store;

/// Appends an archive to the log, under a feed that is registered; the running service takes it from there. Where not one
/// record could become a report nothing is appended: the call names another file or format than was meant.
///
/// # Errors
/// Where the feed is not registered or is disabled, a file cannot be read, or no record could be used.
pub async fn import(config: &Config, feed: &str, format: Format, files: &[PathBuf]) -> Result<()> {
    let catalog = Catalog::load(config, None)?;
    let crosswalk = catalog::crosswalk()?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    feed_registry::find(&store, feed).await?;
    let writer = log_access::writer(config, &catalog, &store).await?;
    let feed = writer.registered_feed(feed).await?.with_context(|| {
        format!("the feed '{feed}' is disabled; `kentongan feed resume {feed}` lets it in again")
    });
    let feed = feed.or_user_error()?;
    let guide = Guide { places: &catalog.places, crosswalk: &crosswalk, class: feed.class() };
    let mut import = Import { writer, feed, format, guide, count: 0, refusals: Refusals::default() };
    if let Some(refusals) = import.useless(files).await? {
        let words = open::nothing_useful(&refusals, files, format, guide);
        let feed = import.feed.name();
        return Err(user_error::new(format!("importing {words}; nothing was put into the log of '{feed}'")));
    }
    for path in files {
        import.append(path).await?;
    }
    output::progress(format_args!("\n"));
    store.close().await;
    let Import { count, refusals, feed, .. } = import;
    if count > 0 && refusals.total() == count {
        let words = open::nothing_useful(&refusals, files, format, guide);
        return Err(user_error::new(format!(
            "importing {words}; they are dead letters of '{}'",
            feed.name()
        )));
    }
    let refused = match refusals.total() {
        0 => String::new(),
        some => format!(", {some} of them as dead letters ({})", refusals.words()),
    };
    output::remark(format_args!(
        "{count} records of '{}' are in the log{refused}; the service takes them from there",
        feed.name()
    ));
    Ok(())
}

/// An import under way.
struct Import<'a> {
    writer: LogWriter,
    /// The feed as whose the archive comes.
    feed: FeedIdentity,
    format: Format,
    guide: Guide<'a>,
    /// Records appended so far.
    count: u64,
    refusals: Refusals,
}

impl Import<'_> {
    /// The refusals of files of which no record could be used; `None` as soon as one is found that can. What comes over
    /// the standard input cannot be looked at beforehand.
    async fn useless(&self, files: &[PathBuf]) -> Result<Option<Refusals>> {
        if files.iter().any(|path| open::is_stdin(path)) {
            return Ok(None);
        }
        let (mut refusals, mut number) = (Refusals::default(), 0);
        for path in files {
            let mut archive = open::open(path, self.format, self.guide)?;
            loop {
                let batch = next_batch(&mut archive)?;
                if batch.is_empty() {
                    break;
                }
                for result in self.writer.preview(&self.feed, batch).await? {
                    number += 1;
                    match result {
                        SubmitResult::Rejected(refusal) => refusals.note(number, refusal),
                        SubmitResult::Accepted(_) | SubmitResult::Duplicate { .. } => return Ok(None),
                    }
                }
            }
        }
        Ok((number > 0).then_some(refusals))
    }

    async fn append(&mut self, path: &std::path::Path) -> Result<()> {
        let mut archive = open::open(path, self.format, self.guide)?;
        loop {
            let batch = next_batch(&mut archive)?;
            if batch.is_empty() {
                return Ok(());
            }
            let results = self.writer.append(&self.feed, batch).await;
            let results = results
                .with_context(|| format!("importing '{}' after {} records", path.display(), self.count))?;
            for result in results {
                self.count += 1;
                if let SubmitResult::Rejected(refusal) = result {
                    self.refusals.note(self.count, refusal);
                }
            }
            output::progress(format_args!("\r{} records", self.count));
        }
    }
}

/// The next records of an archive, none at its end.
fn next_batch(archive: &mut Archive<'_>) -> Result<Vec<Vec<u8>>> {
    let mut batch = Vec::new();
    while batch.len() < BATCH
        && let Some(record) = archive.next_record()?
    {
        batch.push(record.bytes.to_vec());
    }
    Ok(batch)
}
