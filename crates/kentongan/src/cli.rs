//! The command line: `kentongan <verb>`; `--help` everywhere.

use crate::archive::ReplayCall;
use crate::config::{Overrides, ServiceRole};
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use domain::kind::{FeedClass, Refused};
use domain::time::Time;
use formats::archive::Format;
use formats::written_date::DateOrder;
use intake::scenario_player::Speed;
use std::path::PathBuf;

#[derive(Parser)]
#[command(
    name = "kentongan",
    version,
    about = "Early warning of conflict for Indonesian regencies · peringatan dini konflik"
)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
}

/// Configuration files of a verb that reads them.
#[derive(Args, Clone, Default)]
pub struct ConfigArgs {
    /// Configuration files, later ones over earlier ones; config/default.toml names every key
    #[arg(long, global = true, value_name = "FILE")]
    config: Vec<PathBuf>,
}

/// Where the service's configuration and data are; what is said here lies over the files.
#[derive(Args, Clone, Default)]
pub struct SiteArgs {
    #[command(flatten)]
    files: ConfigArgs,
    /// Folder of the two database files
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The service as it starts, or as `check` looks at it.
#[derive(Args, Clone)]
pub struct ServiceArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Roles of this process, with commas between
    #[arg(long, value_delimiter = ',', value_name = "ROLES")]
    roles: Vec<ServiceRole>,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Serve with an invented scenario of Musi Rawas Utara, played through the real path
    Demo {
        /// Address to listen on
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
        /// Empty folder to keep its data in; without it, a temporary one that goes when the demo ends
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Plays at once up to this moment of the scenario, then runs on in real time; a word it does not know lists them
        #[arg(long, value_name = "MOMENT")]
        at: Option<String>,
        /// Times real time, or `max` for all at once; without --at the first 54 days come at once
        #[arg(long)]
        speed: Option<Speed>,
    },
    /// The service
    Serve(ServiceArgs),
    /// Run an archive through the pipeline, without a store, and print counts, conditions and digests
    Replay(ReplayArgs),
    /// Put an archive into the log of a (running) service
    Import {
        #[command(flatten)]
        site: SiteArgs,
        /// Feed it comes from; add it first with `kentongan feed add`
        #[arg(long)]
        feed: String,
        #[command(flatten)]
        archives: ArchiveArgs,
        #[command(flatten)]
        args: crate::import::ImportArgs,
    },
    /// What was imported, and taking it back
    Imports {
        #[command(flatten)]
        site: SiteArgs,
        #[command(subcommand)]
        verb: crate::import::ImportsVerb,
    },
    /// Ask an agency once for its warnings or hotspots, or say what a saved answer of it would bring
    Pull {
        #[command(flatten)]
        site: SiteArgs,
        #[command(flatten)]
        args: crate::pull::PullArgs,
    },
    /// Make the hindcast ledger: what the models would have forecast of the past that a regency's archive tells of
    Hindcast(Box<crate::hindcast::HindcastArgs>),
    /// Fit models on an event list or on the service's own reports, or calibrate those in use on its ledger
    Train {
        #[command(flatten)]
        site: SiteArgs,
        #[command(flatten)]
        train: Box<crate::train::Train>,
    },
    /// Judge the line that train would fit to an event list, beside five baselines
    Backtest(Box<crate::train::Backtest>),
    /// Read everything, print each key with its origin, start nothing
    Check(ServiceArgs),
    /// Who may report
    Feed {
        #[command(flatten)]
        site: SiteArgs,
        #[command(subcommand)]
        verb: FeedVerb,
    },
    /// Who may look
    User {
        #[command(flatten)]
        site: SiteArgs,
        #[command(subcommand)]
        verb: UserVerb,
    },
    /// Print what a page shows, without HTTP: as sentences, or as JSON
    Show {
        #[command(flatten)]
        site: SiteArgs,
        #[command(subcommand)]
        verb: ShowVerb,
    },
    /// Messages to the team
    Notify {
        #[command(flatten)]
        site: SiteArgs,
        #[command(subcommand)]
        verb: crate::trial::NotifyVerb,
    },
    /// What could not become a report, with its original bytes
    DeadLetters {
        #[command(flatten)]
        site: SiteArgs,
        #[command(subcommand)]
        verb: DeadLetterVerb,
    },
    /// Places: make a regency's file from a code list
    District {
        #[command(subcommand)]
        verb: DistrictVerb,
    },
    /// Proofs: histories, balance, digest
    Audit {
        #[command(flatten)]
        site: SiteArgs,
        #[command(subcommand)]
        verb: AuditVerb,
    },
    /// Bring the state's schema up to date and, with Kafka, make its topics
    Migrate(SiteArgs),
    /// Write the whole state to a file, also while the service runs
    Backup {
        #[command(flatten)]
        site: SiteArgs,
        file: PathBuf,
    },
    /// Write the log as it came, one record a line, for `kentongan replay`; it holds all that reports hold, so guard it
    /// like the database
    Export {
        #[command(flatten)]
        site: SiteArgs,
        /// A new file; without it, the standard output
        file: Option<PathBuf>,
    },
    /// Read a backup into an empty state: the same engine, or from the data folder to PostgreSQL and Kafka
    Restore {
        #[command(flatten)]
        site: SiteArgs,
        file: PathBuf,
    },
}

impl Verb {
    /// What the call sets of the configuration: its files, and what lies over them.
    pub fn overrides(&self) -> (Vec<PathBuf>, Overrides) {
        let site = |site: &SiteArgs| {
            (site.files.config.clone(), Overrides { data: site.data.clone(), ..Overrides::default() })
        };
        match self {
            Verb::Serve(service) | Verb::Check(service) => {
                let (files, overrides) = site(&service.site);
                let (listen, roles) = (service.listen.clone(), service.roles.clone());
                (files, Overrides { listen, roles, ..overrides })
            }
            Verb::Demo { listen, data, .. } => {
                (Vec::new(), Overrides { listen: listen.clone(), data: data.clone(), roles: Vec::new() })
            }
            Verb::Replay(replay) => (replay.settings.config.clone(), Overrides::default()),
            Verb::Hindcast(args) => site(&args.site),
            Verb::Import { site: own, .. }
            | Verb::Imports { site: own, .. }
            | Verb::Pull { site: own, .. }
            | Verb::Train { site: own, .. }
            | Verb::Feed { site: own, .. }
            | Verb::User { site: own, .. }
            | Verb::Show { site: own, .. }
            | Verb::Notify { site: own, .. }
            | Verb::DeadLetters { site: own, .. }
            | Verb::Audit { site: own, .. }
            | Verb::Backup { site: own, .. }
            | Verb::Export { site: own, .. }
            | Verb::Restore { site: own, .. }
            | Verb::Migrate(own) => site(own),
            Verb::Backtest(_) | Verb::District { .. } => Default::default(),
        }
    }
}

/// Archives and how they are written.
#[derive(Args)]
pub struct ArchiveArgs {
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    #[arg(long, value_name = "FORMAT", default_value = "ndjson", value_parser = format, help = formats_help())]
    pub format: Format,
    /// How a table writes its dates, where they do not show it: dmy (day first) or mdy
    #[arg(long, value_name = "ORDER", value_parser = date_order)]
    pub dates: Option<DateOrder>,
}

#[derive(Args)]
pub struct ReplayArgs {
    #[command(flatten)]
    settings: ConfigArgs,
    #[command(flatten)]
    archives: ArchiveArgs,
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

impl ReplayArgs {
    pub fn read(self) -> Result<ReplayCall> {
        let until = self.until.map(|text| instant(&text)).transpose()?;
        Ok(ReplayCall { archives: self.archives, districts: self.districts, until, json: self.json })
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
        /// Identifier of the organisation whose word it gives: feeds of one organisation are one speaker
        #[arg(long, value_name = "ID", default_value = "")]
        organisation: String,
        /// It speaks for a party to the disputes of its place
        #[arg(long)]
        party: bool,
    },
    /// Change what a feed is from now on; what it sent before stays as it came
    Set {
        name: String,
        /// Codes it may speak for, with commas between; empty is everywhere
        #[arg(long)]
        area: Option<String>,
        /// Identifier of the organisation whose word it gives; empty: its own
        #[arg(long, value_name = "ID")]
        organisation: Option<String>,
        /// Whether it speaks for a party to the disputes of its place
        #[arg(long, value_name = "true|false")]
        party: Option<bool>,
    },
    /// Call an organisation otherwise: all that its feeds ever report stays one speaker's
    RenameOrganisation {
        /// What it is called now
        from: String,
        to: String,
    },
    /// Feeds with their classes and places
    List,
    /// Give a feed a new token; a disabled one stays disabled
    Rotate { name: String },
    /// Let a feed in again that was disabled, or paused because nearly all it sent was refused
    Resume { name: String },
    /// Shut a feed out at once
    Disable { name: String },
}

#[derive(Subcommand)]
pub enum ShowVerb {
    /// One alert: why, the reports behind it, its history
    Alert {
        /// Its number, for example 16.13-2026-0007
        id: String,
        #[command(flatten)]
        options: ShowOptions,
    },
    /// One kecamatan or regency: levels, risks, alerts, the latest reports
    District {
        /// Its Kemendagri code, for example 16.13.04
        code: String,
        #[command(flatten)]
        options: ShowOptions,
    },
    /// A regency at a glance
    Overview {
        /// The regency's code; without it, the first the account has
        regency: Option<String>,
        #[command(flatten)]
        options: ShowOptions,
    },
}

#[derive(Args)]
pub struct ShowOptions {
    /// As this account may see it; without it, as an administrator of every place
    #[arg(long = "as", value_name = "USER")]
    pub account: Option<String>,
    /// Print the view as JSON
    #[arg(long, conflicts_with = "text")]
    pub json: bool,
    /// Print it as sentences, as is done without --json
    #[arg(long)]
    pub text: bool,
    /// Language of the sentences: id or en
    #[arg(long, default_value = "id", value_name = "LANG")]
    pub lang: String,
}

#[derive(Subcommand)]
pub enum UserVerb {
    /// Add an account; prints its password once (or takes KENTONGAN_NEW_PASSWORD)
    Add {
        #[arg(required_unless_present = "list", conflicts_with = "list")]
        name: Option<String>,
        /// desk, team, leader, administrator or pelapor (who reports for one feed)
        #[arg(long, required_unless_present = "list")]
        role: Option<String>,
        /// Codes it may see, with commas between; empty is everywhere. A reporter's are those of the feed
        #[arg(long, default_value = "", conflicts_with_all = ["feed", "list"])]
        area: String,
        /// The registered feed that a reporter reports for
        #[arg(long, conflicts_with = "list")]
        feed: Option<String>,
        /// Reporters from a list instead: a CSV file with the columns name, feed, place and class; a feed that is not registered
        /// yet is added
        #[arg(long, value_name = "FILE")]
        list: Option<PathBuf>,
        /// Say what would become of each row of the list, and add nothing
        #[arg(long, requires = "list")]
        dry_run: bool,
        /// Identifier of the person whose account it is: all accounts of one person are one speaker; of two persons only where
        /// both are named
        #[arg(long, value_name = "ID", default_value = "")]
        person: String,
    },
    /// Print a one-time link that opens a reporter's account in one browser; a new password or `disable` revokes it
    Link {
        name: String,
        /// How long it holds, and the login after it
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=30))]
        days: u8,
    },
    /// Say whose account it is, from now on
    Set {
        name: String,
        /// Identifier of the person: all accounts of one person are one speaker; empty: it may be anybody of the desk
        #[arg(long, value_name = "ID")]
        person: String,
    },
    /// Give an account a new password, printed once (or takes KENTONGAN_NEW_PASSWORD); ends its logins
    Password { name: String },
    /// Accounts with their roles and places
    List,
    /// Shut an account out at once, those logged in under its name too
    Disable { name: String },
}

#[derive(Subcommand)]
pub enum DeadLetterVerb {
    /// One line a letter: place in the log, reason, field, feed, when, size, what would be right
    List {
        #[arg(long)]
        reason: Option<String>,
    },
    /// The original bytes of one, by its offset or, over Kafka, partition/offset
    Show { place: String },
    /// Put them back into the log, to be read again
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
        /// Earlier code list: a code that is gone since leads to the new place of the same name
        #[arg(long, value_name = "FILE")]
        old_list: Option<PathBuf>,
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
    /// The alerts' histories follow one another, every record ended as one thing, and the state's digest
    Verify {
        /// The instant of the state digest, RFC 3339
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
}

/// Reads an instant a person typed: RFC 3339, of the years that reports may speak of.
pub fn instant(text: &str) -> Result<Time> {
    let stamp: jiff::Timestamp = text
        .parse()
        .with_context(|| format!("reading the time '{text}'; write it like 2026-11-22T07:00:00+07:00"))
        .or_user_error()?;
    let at = stamp.as_microsecond();
    if !formats::decode::instant::ACCEPTED.contains(&at) {
        return Err(user_error::new(format!(
            "the time '{text}' lies outside of 1970 to 2099; check the year"
        )));
    }
    Ok(Time(at))
}

pub fn formats_help() -> String {
    format!("How the files are written: {}", Format::NAMES.join(" or "))
}

pub fn format(name: &str) -> Result<Format> {
    Format::parse(name)
        .with_context(|| format!("'{name}' is no format; use one of {}", Format::NAMES.join(", ")))
        .or_user_error()
}

pub fn date_order(word: &str) -> Result<DateOrder> {
    DateOrder::parse(word)
        .with_context(|| format!("'{word}' is no order of dates; use one of {}", DateOrder::NAMES.join(", ")))
        .or_user_error()
}

pub fn class(word: &str) -> Result<FeedClass> {
    FeedClass::parse(word)
        .with_context(|| format!("'{word}' is no class of a feed; use one of {}", words(FeedClass::ALL)))
        .or_user_error()
}

pub fn role(word: &str) -> Result<store::Role> {
    let known = if word == "pelapor" { Some(store::Role::Reporter) } else { store::Role::parse(word) };
    known
        .with_context(|| format!("'{word}' is no role; use desk, team, leader, administrator or pelapor"))
        .or_user_error()
}

pub fn refused(word: Option<String>) -> Result<Option<Refused>> {
    let Some(word) = word else { return Ok(None) };
    let wrong = || format!("'{word}' is no reason; use one of {}", words(Refused::ALL));
    Refused::parse(&word).with_context(wrong).or_user_error().map(Some)
}

fn words<T: ToString>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
