//! `kentongan import`: an archive into the log of a service, which may be running.

use crate::append::{End, TOGETHER};
use crate::archive::{Refusals, open};
use crate::catalog::{self, Catalog};
use crate::config::Config;
use crate::output;
use crate::people;
use crate::serve::wall;
use crate::user_error;
use anyhow::{Context, Result};
use domain::place::Areas;
use formats::archive::{Archive, Format, Guide};
use formats::decode::{RecordView, decode};
use std::path::PathBuf;
use store::{FeedRow, NewRecord, Store};

/// Appends an archive to the log, under a feed that is there; the running service takes it from there. Where not one
/// record could become a report nothing is appended: the call names another file or format than was meant.
pub async fn import(config: &Config, feed: &str, format: Format, files: &[PathBuf]) -> Result<()> {
    let catalog = Catalog::load(config, None)?;
    let crosswalk = catalog::crosswalk()?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let feed = people::find(&store, feed).await?;
    let log = End::open(config, &catalog).await?;
    let guide = Guide { places: &catalog.places, crosswalk: &crosswalk, class: feed.class };
    let door = Door { feed: &feed, catalog: &catalog };
    if let Some(refusals) = door.useless(format, files, guide)? {
        let words = open::nothing_useful(&refusals, files, format, guide);
        return Err(user_error::new(format!(
            "importing {words}; nothing was put into the log of '{}'",
            feed.name
        )));
    }
    let (mut count, mut refusals) = (0u64, Refusals::default());
    for path in files {
        let mut archive = open::open(path, format, guide)?;
        loop {
            let mut batch = Vec::new();
            while batch.len() < TOGETHER
                && let Some(record) = archive.next_record()?
            {
                door.knock(record.bytes, count + batch.len() as u64 + 1, &mut refusals);
                batch.push(door.record(record.bytes));
            }
            if batch.is_empty() {
                break;
            }
            count += batch.len() as u64;
            log.append(batch)
                .await
                .with_context(|| format!("importing '{}' after {count} records", path.display()))?;
            output::progress(format_args!("\r{count} records"));
        }
    }
    output::progress(format_args!("\n"));
    store.close().await;
    if count > 0 && refusals.total() == count {
        let words = open::nothing_useful(&refusals, files, format, guide);
        return Err(user_error::new(format!("importing {words}; they are dead letters of '{}'", feed.name)));
    }
    let refused = match refusals.total() {
        0 => String::new(),
        some => format!(", {some} of them as dead letters ({})", refusals.words()),
    };
    output::remark(format_args!(
        "{count} records of '{}' are in the log{refused}; the service takes them from there",
        feed.name
    ));
    Ok(())
}

/// The feed as whose an archive comes, and what it is judged by.
struct Door<'a> {
    feed: &'a FeedRow,
    catalog: &'a Catalog,
}

impl Door<'_> {
    /// The refusals of files of which no record could be used; `None` as soon as one is found that can. What comes over
    /// the standard input cannot be looked at beforehand.
    fn useless(&self, format: Format, files: &[PathBuf], guide: Guide<'_>) -> Result<Option<Refusals>> {
        if files.iter().any(|path| open::is_stdin(path)) {
            return Ok(None);
        }
        let (mut refusals, mut number) = (Refusals::default(), 0);
        for path in files {
            let mut archive: Archive<'_> = open::open(path, format, guide)?;
            while let Some(record) = archive.next_record()? {
                number += 1;
                if self.knock(record.bytes, number, &mut refusals) {
                    return Ok(None);
                }
            }
        }
        Ok((number > 0).then_some(refusals))
    }

    /// Whether a record will be a report; if not, its reason is noted.
    fn knock(&self, bytes: &[u8], number: u64, refusals: &mut Refusals) -> bool {
        let view = RecordView {
            bytes,
            feed_name: &self.feed.name,
            class: Some(self.feed.class),
            areas: &Areas::parse_kept(&self.feed.areas),
            received_at: wall(),
        };
        match decode(&view, &self.catalog.for_decode()) {
            Ok(_) => true,
            Err(refusal) => {
                refusals.note(number, refusal);
                false
            }
        }
    }

    fn record(&self, bytes: &[u8]) -> NewRecord {
        NewRecord {
            feed: self.feed.name.clone(),
            class: self.feed.class,
            areas: self.feed.areas.clone(),
            received_at: wall(),
            bytes: bytes.to_vec(),
            refused: None,
        }
    }
}
