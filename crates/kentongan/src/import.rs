//! `kentongan import`: an archive into the log of a service, which may be running.

use crate::archive::open;
use crate::catalog::{self, Catalog};
use crate::config::Config;
use crate::log_access;
use crate::output;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use formats::archive::{Format, Guide, Refusals};
use intake::feed_registry;
use intake::import::Import;
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
    let mut import = Import::new(writer, feed);
    if let Some(refusals) = useless(&import, files, format, guide).await? {
        let words = open::nothing_useful(&refusals, files, format, guide);
        let feed = import.feed().name();
        return Err(user_error::new(format!("importing {words}; nothing was put into the log of '{feed}'")));
    }
    for path in files {
        let mut archive = open::open(path, format, guide)?;
        let progress = |count| output::progress(format_args!("\r{count} records"));
        import.append(&path.display().to_string(), &mut archive, progress).await?;
    }
    output::progress(format_args!("\n"));
    store.close().await;
    let (count, refusals, feed) = (import.count, &import.refusals, import.feed());
    if count > 0 && refusals.total() == count {
        let words = open::nothing_useful(refusals, files, format, guide);
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

/// The refusals of files of which no record could be used; `None` as soon as one is found that can. What comes over the
/// standard input cannot be looked at beforehand.
async fn useless(
    import: &Import,
    files: &[PathBuf],
    format: Format,
    guide: Guide<'_>,
) -> Result<Option<Refusals>> {
    if files.iter().any(|path| open::is_stdin(path)) {
        return Ok(None);
    }
    let (mut refusals, mut number) = (Refusals::default(), 0);
    for path in files {
        let mut archive = open::open(path, format, guide)?;
        if import.is_useful(&mut archive, (&mut number, &mut refusals)).await? {
            return Ok(None);
        }
    }
    Ok((number > 0).then_some(refusals))
}
