//! The command line: `kentongan <verb>`; `--help` everywhere.

use crate::archive::ReplayCall;
use crate::config::Role as Plays;
use crate::demo::Speed;
use crate::replay;
use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use domain::kind::{FeedClass, Refused};
use feed::archive::Format;
use std::path::PathBuf;

#[derive(Parser)]
#[command(
    name = "kentongan",
    version,
    about = "Early warning of conflict for Indonesian regencies · peringatan dini konflik"
)]
pub struct Call {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options of every verb; they lie over the configuration files.
#[derive(Args)]
pub struct Common {
    /// Configuration files, later ones over earlier ones; config/default.toml names every key
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Vec<PathBuf>,
    /// Folder of the two database files
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address to listen on
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Roles of this process
    #[arg(long, global = true, value_delimiter = ',', value_name = "ROLES")]
    pub roles: Vec<Plays>,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Serve with an invented scenario of Musi Rawas Utara, played through the real path
    Demo {
        /// Times real time, or `max` for all at once
        #[arg(long, default_value = "60000")]
        speed: Speed,
    },
    /// The service
    Serve,
    /// Run an archive through the pipeline, without a store, and print counts, conditions and digests
    Replay(Replay),
    /// Put an archive into the log of a (running) service
    Import {
        /// Feed it comes from; add it first with `kentongan feed add`
        #[arg(long)]
        feed: String,
        #[arg(long, default_value = "ndjson")]
        format: String,
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Fit models on an event list or on the service's own reports, or calibrate those in use on its ledger
    Train(crate::learn::Train),
    /// Judge the model family on an event list, beside its baselines
    Backtest(crate::learn::Backtest),
    /// Read everything, print each key with its origin, start nothing
    Check,
    /// Who may report
    Feed {
        #[command(subcommand)]
        verb: FeedVerb,
    },
    /// Who may look
    User {
        #[command(subcommand)]
        verb: UserVerb,
    },
    /// What could not become a report, with its original bytes
    DeadLetters {
        #[command(subcommand)]
        verb: LetterVerb,
    },
    /// Places: make a regency's file from a code list
    District {
        #[command(subcommand)]
        verb: DistrictVerb,
    },
    /// Proofs: histories, books, digest
    Audit {
        #[command(subcommand)]
        verb: AuditVerb,
    },
    /// Bring the state's schema up to date and, with Kafka, make its topics
    Migrate,
    /// Write the whole state to a file, also while the service runs
    Backup { file: PathBuf },
    /// Read a backup into an empty state: the same engine, or from the data folder to PostgreSQL and Kafka
    Restore { file: PathBuf },
}

#[derive(Args)]
pub struct Replay {
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// ndjson or bnpb-csv
    #[arg(long, default_value = "ndjson")]
    format: String,
    /// District codes, one a line, in place of the configured places
    #[arg(long, value_name = "FILE")]
    districts: Option<PathBuf>,
    /// The instant of the state digest, RFC 3339
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Print only the closing line
    #[arg(long)]
    json: bool,
}

impl Replay {
    pub fn read(self) -> Result<ReplayCall> {
        let until = self.until.map(|text| replay::instant(&text)).transpose()?;
        Ok(ReplayCall {
            files: self.files,
            format: format(&self.format)?,
            districts: self.districts,
            until,
            json: self.json,
        })
    }
}

#[derive(Subcommand)]
pub enum FeedVerb {
    /// Add a feed; prints its token once
    Add {
        name: String,
        /// village, community, police, military, company, agency, desk or sensor
        #[arg(long)]
        class: String,
        /// Codes it may speak for, with commas between; empty is everywhere
        #[arg(long, default_value = "")]
        area: String,
    },
    List,
    /// Give a feed a new token
    Rotate {
        name: String,
    },
    /// Let a feed in again that was paused because nearly all it sent was refused
    Resume {
        name: String,
    },
    Disable {
        name: String,
    },
}

#[derive(Subcommand)]
pub enum UserVerb {
    /// Add an account; prints its password once (or takes KENTONGAN_NEW_PASSWORD)
    Add {
        name: String,
        /// desk, team, leader or administrator
        #[arg(long)]
        role: String,
        /// Codes it may see, with commas between; empty is everywhere
        #[arg(long, default_value = "")]
        area: String,
    },
    /// Give an account a new password, printed once (or takes KENTONGAN_NEW_PASSWORD); ends its logins
    Password {
        name: String,
    },
    List,
    Disable {
        name: String,
    },
}

#[derive(Subcommand)]
pub enum LetterVerb {
    List {
        #[arg(long)]
        reason: Option<String>,
    },
    /// The original bytes of one, by its offset or, over Kafka, partition/offset
    Show { place: String },
    /// Put them back into the log, to be read anew
    Replay {
        #[arg(long)]
        reason: Option<String>,
    },
}

#[derive(Subcommand)]
pub enum DistrictVerb {
    /// Make config/districts/<regency>.csv
    Add {
        /// Kemendagri code list: CSV `code,name`, or lines `('16.13.01','Rupit')`
        #[arg(long)]
        list: PathBuf,
        /// District boundaries, for centres and neighbours
        #[arg(long)]
        geojson: Option<PathBuf>,
        /// Regency code, for example 16.13
        regency: String,
        #[arg(long, default_value = "config/districts")]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum AuditVerb {
    Verify {
        /// The instant of the state digest, RFC 3339
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
}

pub fn format(name: &str) -> Result<Format> {
    Format::parse(name)
        .with_context(|| format!("'{name}' is no format; use one of {}", Format::NAMES.join(", ")))
}

pub fn class(word: &str) -> Result<FeedClass> {
    FeedClass::parse(word)
        .with_context(|| format!("'{word}' is no class of a feed; use one of {}", words(FeedClass::ALL)))
}

pub fn role(word: &str) -> Result<store::Role> {
    store::Role::parse(word)
        .with_context(|| format!("'{word}' is no role; use desk, team, leader or administrator"))
}

pub fn refused(word: Option<String>) -> Result<Option<Refused>> {
    let read = |word: String| {
        Refused::parse(&word)
            .with_context(|| format!("'{word}' is no reason; use one of {}", words(Refused::ALL)))
    };
    word.map(read).transpose()
}

fn words<T: ToString>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
