//! `kentongan import`: an archive into the log of a service, which may be running; `kentongan imports`: what was imported, and
//! taking it back.

use crate::catalog::{self, LoadedCatalog};
use crate::cli::ArchiveArgs;
use crate::config::Config;
use crate::log_access;
use crate::output::{self, print_line};
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use formats::archive::Guide;
use intake::archive_files as open;
use intake::import::{Import, ImportedFile, earlier_imports, file_hash};
use intake::{feed_registry, take_back};
use std::path::{Path, PathBuf};
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

#[derive(Subcommand)]
pub enum ImportsVerb {
    /// Files that were imported: number, when, by whom, file, feed, how many reports were new, what was taken back
    List,
    /// Take back every report that was new in an import, through its own feed; what was here before stays
    TakeBack {
        /// The import's number
        number: i64,
        /// Why, for those who read of it
        #[arg(long, value_name = "WORDS")]
        reason: String,
    },
}

/// Lists the imports, or takes one back.
///
/// # Errors
/// Where there is no such import or it was taken back already, or the log or the state cannot be written.
pub async fn imports(config: &Config, store: &Store, verb: ImportsVerb) -> Result<()> {
    match verb {
        ImportsVerb::List => take_back::list(store).await?.iter().for_each(|line| print_line!("{line}")),
        ImportsVerb::TakeBack { number, reason } => {
            let writer = log_access::writer(config, &LoadedCatalog::load(config, None)?, store).await?;
            let mut taken_back = take_back::take_back(&writer, number, (&caller(), &reason)).await?;
            taken_back.settle(store).await?;
            print_line!("{taken_back}");
        }
    }
    Ok(())
}

/// Who calls the program.
fn caller() -> String {
    ["SUDO_USER", "USER", "LOGNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or("unknown".to_owned())
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
        let file = imported_file(path)?;
        let earlier = earlier_imports(&store, &file).await?;
        earlier.iter().for_each(|words| output::remark(format_args!("{words}")));
        archive.columns().iter().for_each(|columns| output::remark(format_args!("{columns}")));
        let progress = |count| output::progress(format_args!("\r{count} records"));
        if args.is_dry {
            import.look(&mut archive, progress).await?;
        } else {
            import.append(&file, &mut archive, progress).await?;
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

/// A file as its import is written down.
fn imported_file(path: &Path) -> Result<ImportedFile> {
    let file = std::fs::File::open(path).ok().filter(|_| !open::is_stdin(path));
    let hash = file.map(file_hash).transpose()?.unwrap_or_default();
    Ok(ImportedFile { name: path.display().to_string(), hash, account: caller() })
}

/// Writes the rows that were not taken where the call says so.
fn write_rejected(args: &ImportArgs, rows: Option<String>) -> Result<()> {
    let (Some(path), Some(rows)) = (&args.rejected, rows) else { return Ok(()) };
    std::fs::write(path, rows).with_context(|| format!("writing '{}'", path.display()))
}
