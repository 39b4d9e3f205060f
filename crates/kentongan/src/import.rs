//! `kentongan import`: an archive into the log of a service, which may be running.

use crate::archive::open;
use crate::catalog::{self, LoadedCatalog};
use crate::cli::ArchiveArgs;
use crate::config::Config;
use crate::log_access;
use crate::output::{self, print_line};
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use clap::Args;
use formats::archive::Guide;
use intake::feed_registry;
use intake::import::Import;
use std::path::PathBuf;
use store::Store;

/// How far an import goes, and what of it is written down.
#[derive(Args)]
pub struct ImportArgs {
    /// Say what would become of each record and row, and put nothing into the log
    #[arg(long = "dry-run")]
    is_dry: bool,
    /// Write the rows of a table that were not taken to this file, with the reasons
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
}

/// Appends an archive to the log, under a feed that is registered; the running service takes it from there. Where not one
/// record could become a report nothing is appended: the call names another file or format than was meant.
///
/// # Errors
/// Where the feed is not registered or is disabled, a file cannot be read, or no record could be used.
pub async fn import(config: &Config, feed: &str, archives: &ArchiveArgs, args: &ImportArgs) -> Result<()> {
    let ArchiveArgs { format, dates, files } = archives;
    let (format, dates) = (*format, *dates);
    if args.rejected.is_some() && (files.len() > 1 || !format.is_table()) {
        return Err(user_error::new(
            "--rejected writes the rows of one table; give one file and the format of a table",
        ));
    }
    let catalog = LoadedCatalog::load(config, None)?;
    let crosswalk = catalog::crosswalk()?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    feed_registry::find(&store, feed).await?;
    let writer = log_access::writer(config, &catalog, &store).await?;
    let feed = writer.registered_feed(feed).await?.with_context(|| {
        format!("the feed '{feed}' is disabled; `kentongan feed resume {feed}` lets it in again")
    });
    let feed = feed.or_user_error()?;
    let only = feed.areas().regencies().unwrap_or_default();
    let guide = Guide {
        places: &catalog.places,
        crosswalk: &crosswalk,
        class: feed.class(),
        dates,
        taxonomy: &catalog.taxonomy,
        regency: only.first().copied().filter(|_| only.len() == 1),
    };
    let mut import = Import::begin(writer, feed).await?;
    // What comes over the standard input cannot be looked at beforehand.
    if !args.is_dry && !files.iter().any(|path| open::is_stdin(path)) {
        let archives = files.iter().map(|path| open::open(path, format, guide));
        if let Some(useless) = import.useless(archives).await? {
            useless.rows.iter().for_each(|rows| output::remark(format_args!("{rows}")));
            write_rejected(args, useless.left_out)?;
            let words = open::nothing_useful(&useless.refusals, files, format, guide);
            let feed = import.feed().name();
            return Err(user_error::new(format!(
                "importing {words}; nothing was put into the log of '{feed}'"
            )));
        }
    }
    for path in files {
        let mut archive = open::open(path, format, guide)?;
        archive.columns().iter().for_each(|columns| output::remark(format_args!("{columns}")));
        let progress = |count| output::progress(format_args!("\r{count} records"));
        if args.is_dry {
            import.look(&mut archive, progress).await?;
        } else {
            import.append(&path.display().to_string(), &mut archive, progress).await?;
        }
        output::progress(format_args!("\n"));
        write_rejected(args, archive.left_out())?;
    }
    store.close().await;
    if args.is_dry {
        import.rows.iter().for_each(|rows| print_line!("{rows}"));
        print_line!("{}", import.preview_summary());
        return Ok(());
    }
    if import.is_useless() {
        import.rows.iter().for_each(|rows| output::remark(format_args!("{rows}")));
        let words = open::nothing_useful(&import.refusals, files, format, guide);
        let feed = import.feed().name();
        return Err(user_error::new(format!("importing {words}; they are dead letters of '{feed}'")));
    }
    output::remark(format_args!("{}", import.summary()));
    import.rows.iter().for_each(|rows| output::remark(format_args!("{rows}")));
    Ok(())
}

/// Writes the rows that were not taken where the call says so.
fn write_rejected(args: &ImportArgs, rows: Option<String>) -> Result<()> {
    let (Some(path), Some(rows)) = (&args.rejected, rows) else { return Ok(()) };
    std::fs::write(path, rows).with_context(|| format!("writing '{}'", path.display()))
}
