//! `kentongan import`: an archive into the log of a service, which may be running.

use crate::archive::open;
use crate::catalog::{self, Catalog};
use crate::cli::ArchiveArgs;
use crate::config::Config;
use crate::log_access;
use crate::output;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use formats::archive::Guide;
use intake::feed_registry;
use intake::import::Import;
use store::Store;

/// Appends an archive to the log, under a feed that is registered; the running service takes it from there. Where not one
/// record could become a report nothing is appended: the call names another file or format than was meant.
///
/// # Errors
/// Where the feed is not registered or is disabled, a file cannot be read, or no record could be used.
pub async fn import(config: &Config, feed: &str, archives: &ArchiveArgs) -> Result<()> {
    let ArchiveArgs { format, dates, files } = archives;
    let (format, dates) = (*format, *dates);
    let catalog = Catalog::load(config, None)?;
    let crosswalk = catalog::crosswalk()?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    feed_registry::find(&store, feed).await?;
    let writer = log_access::writer(config, &catalog, &store).await?;
    let feed = writer.registered_feed(feed).await?.with_context(|| {
        format!("the feed '{feed}' is disabled; `kentongan feed resume {feed}` lets it in again")
    });
    let feed = feed.or_user_error()?;
    let guide = Guide { places: &catalog.places, crosswalk: &crosswalk, class: feed.class(), dates };
    let mut import = Import::new(writer, feed);
    // What comes over the standard input cannot be looked at beforehand.
    if !files.iter().any(|path| open::is_stdin(path)) {
        let archives = files.iter().map(|path| open::open(path, format, guide));
        if let Some(refusals) = import.useless(archives).await? {
            let words = open::nothing_useful(&refusals, files, format, guide);
            let feed = import.feed().name();
            return Err(user_error::new(format!(
                "importing {words}; nothing was put into the log of '{feed}'"
            )));
        }
    }
    for path in files {
        let mut archive = open::open(path, format, guide)?;
        let progress = |count| output::progress(format_args!("\r{count} records"));
        import.append(&path.display().to_string(), &mut archive, progress).await?;
    }
    output::progress(format_args!("\n"));
    store.close().await;
    if import.is_useless() {
        let words = open::nothing_useful(&import.refusals, files, format, guide);
        let feed = import.feed().name();
        return Err(user_error::new(format!("importing {words}; they are dead letters of '{feed}'")));
    }
    output::remark(format_args!("{}", import.summary()));
    import.rows.iter().for_each(|rows| output::remark(format_args!("{rows}")));
    Ok(())
}
