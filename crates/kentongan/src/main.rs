//! The binary: reads the call, wires the crates, answers with an exit code.

mod assets;
mod catalog;
mod models;
mod policy;
mod replay;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::io::BufRead;
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "kentongan", version, about = "Peringatan dini konflik untuk kabupaten/kota · early warning of conflict for regencies")]
struct Call {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run an archive through the pipeline, without a store, and print counts and digests
    Replay {
        files: Vec<PathBuf>,
        #[arg(long, default_value = "ndjson")]
        format: String,
        #[arg(long)]
        districts: Option<PathBuf>,
        #[arg(long)]
        until: Option<String>,
        #[arg(long)]
        json: bool,
    },
}

fn main() -> Result<()> {
    match Call::parse().verb {
        Verb::Replay { files, districts, until, .. } => {
            let catalog = catalog::Catalog::compiled_in(districts.as_deref())?;
            let now = domain::time::Time(jiff::Timestamp::now().as_microsecond());
            let mut run = replay::Run::new(&catalog, &catalog.policy.policy, &models::Prior, now);
            for path in files {
                let file = std::fs::File::open(&path).with_context(|| format!("opening '{}'", path.display()))?;
                let mut reader = std::io::BufReader::with_capacity(1 << 20, file);
                let mut line = Vec::new();
                while reader.read_until(b'\n', &mut line)? > 0 {
                    run.record(line.trim_ascii(), false);
                    line.clear();
                }
            }
            let finished = run.finish(until.map(|text| replay::instant(&text)).transpose()?);
            finished.balance()?;
            println!("{}", finished.line());
            Ok(())
        }
    }
}
