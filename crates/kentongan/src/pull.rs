//! `kentongan pull`: what an agency's answer in files would bring, or one try of the configured address.

use crate::catalog::LoadedCatalog;
use crate::config::Config;
use crate::log_access;
use crate::output::print_line;
use crate::serve::wall;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use clap::Args;
use intake::pull::{PullParts, Puller, preview_files, useless_files};
use std::path::PathBuf;
use std::sync::Arc;
use store::{PullSource, Store};
use views::Lang;
use views::pulls::failure_words;

/// What is asked, and whether anything is taken.
#[derive(Args)]
pub struct PullArgs {
    /// bmkg or sipongi
    #[arg(value_parser = source)]
    source: PullSource,
    /// Answers that were saved: say what they would bring, and put nothing into the log
    files: Vec<PathBuf>,
    /// Ask the configured address once, now, and take what is new, also where the pull is off
    #[arg(long, conflicts_with = "files")]
    once: bool,
}

/// # Errors
/// Where a file cannot be read, or the agency's answer could not be taken.
pub async fn pull(config: &Config, args: &PullArgs) -> Result<()> {
    if args.files.is_empty() && !args.once {
        return Err(user_error::new(
            "give files that were saved, or --once to ask the configured address now",
        ));
    }
    let catalog = LoadedCatalog::load(config, None)?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let writer = log_access::writer(config, &catalog, &store).await?;
    if args.once {
        let settings = config.pull.of(args.source).clone();
        let parts = PullParts { source: args.source, settings, writer, wall: Arc::new(wall) };
        let ended = Puller::new(parts).run_by_hand().await;
        let ended = ended.map_err(|words| anyhow::Error::msg(failure_words(&words, Lang::En)));
        let signals = ended.with_context(|| format!("asking {}", args.source.as_str()))?;
        print_line!("{signals} new signals");
        return Ok(());
    }
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).with_context(|| format!("reading '{}'", path.display()));
        bytes.map(|bytes| (path.display().to_string(), bytes)).or_user_error()
    };
    let files = args.files.iter().map(read).collect::<Result<Vec<_>>>()?;
    let previews = preview_files(&writer, args.source, files, wall()).await?;
    previews.iter().for_each(|preview| print_line!("{preview}"));
    let useless = useless_files(&previews, args.source, &config.pull.of(args.source).url);
    useless.map_or(Ok(()), |words| Err(user_error::new(words)))
}

fn source(word: &str) -> Result<PullSource> {
    let known =
        PullSource::parse(word).with_context(|| format!("'{word}' is no agency; use bmkg or sipongi"));
    known.or_user_error()
}
