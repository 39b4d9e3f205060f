//! The binary: reads the call, wires the crates, answers with an exit code.

mod append;
mod archive;
mod assets;
mod audit;
mod backup;
mod book;
mod calibrate;
mod call;
mod catalog;
mod config;
mod demo;
mod district;
mod learn;
mod letters;
mod metrics;
mod models;
mod people;
mod policy;
mod pulse;
mod replay;
mod scale;
mod serve;
mod worker;

use call::{AuditVerb, Call, Common, DistrictVerb, FeedVerb, LetterVerb, UserVerb, Verb};
use clap::Parser;
use config::{Config, LogFormat, Said};
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use store::Store;

fn main() -> ExitCode {
    let call = Call::parse();
    match begin(call) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed { error, code }) => {
            eprintln!("kentongan: {error:#}");
            ExitCode::from(code)
        }
    }
}

/// 1: the world failed. 2: the call or the configuration is wrong.
struct Failed {
    error: anyhow::Error,
    code: u8,
}

impl<E: Into<anyhow::Error>> From<E> for Failed {
    fn from(error: E) -> Failed {
        Failed { error: error.into(), code: 1 }
    }
}

fn wrong(error: anyhow::Error) -> Failed {
    Failed { error, code: 2 }
}

type Done = Result<(), Failed>;

fn begin(call: Call) -> Done {
    let loaded = config::load(&call.common.config, &said(&call.common)).map_err(wrong)?;
    let config = loaded.config.clone();
    match call.verb {
        Verb::Replay(replay) => {
            logging(&config)?;
            let call = replay.read().map_err(wrong)?;
            Ok(archive::replay(&config, &call)?)
        }
        Verb::Check => check(&loaded),
        Verb::Train(train) if !train.calibrate => Ok(train.run(&config)?),
        Verb::Backtest(backtest) => Ok(backtest.run()?),
        Verb::District { verb: DistrictVerb::Add { list, geojson, regency, out } } => {
            println!("{}", district::add(&list, geojson.as_deref(), &regency, &out)?);
            Ok(())
        }
        verb => {
            logging(&config)?;
            provide_crypto();
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(working(verb, call.common, config))
        }
    }
}

fn said(common: &Common) -> Said {
    Said { data: common.data.clone(), listen: common.listen.clone(), roles: common.roles.clone() }
}

/// Verbs that need the runtime and, most of them, the data folder.
async fn working(verb: Verb, common: Common, config: Config) -> Done {
    match verb {
        Verb::Serve => {
            let site = serve::Site::open(config, Arc::new(serve::wall), None).await?;
            let listener = serve::listen(&site.config.service.listen).await?;
            tracing::info!(address = %listener.local_addr()?, data = %site.config.service.data.display(), "kentongan serves");
            Ok(serve::run(site, listener).await?)
        }
        Verb::Demo { speed } => Ok(demo::run(common.listen, common.data, speed).await?),
        Verb::Import { feed, format, files } => {
            let format = call::format(&format).map_err(wrong)?;
            Ok(archive::import(&config, &feed, format, &files).await?)
        }
        Verb::Audit { verb: AuditVerb::Verify { until } } => {
            let until = until.map(|text| replay::instant(&text)).transpose().map_err(wrong)?;
            Ok(audit::verify(&config, until).await?)
        }
        Verb::Train(train) => {
            let date = jiff::Zoned::now().date().to_string();
            let said = calibrate::run(&config, &train.models, &date).await?;
            said.iter().for_each(|line| println!("{line}"));
            Ok(())
        }
        Verb::Backup { file } => {
            let (rows, records) = backup::backup(&config, &file).await?;
            println!("{rows} rows and {records} records not yet taken in are in '{}'", file.display());
            Ok(())
        }
        Verb::Restore { file } => {
            let (rows, records) = backup::restore(&config, &file).await?;
            println!("{rows} rows are restored, and {records} records are in the log to be taken in");
            Ok(())
        }
        Verb::Migrate => {
            let store = Store::open(&config.state_url()).await?;
            println!("the state's schema is up to date");
            if config.kafka.is_on() {
                let made = scale::make_topics(&config, &store).await?;
                println!(
                    "{} topics made{}{}",
                    made.len(),
                    if made.is_empty() { "" } else { ": " },
                    made.join(", ")
                );
            }
            store.close().await;
            Ok(())
        }
        verb => with_store(verb, &config).await,
    }
}

async fn with_store(verb: Verb, config: &Config) -> Done {
    std::fs::create_dir_all(&config.service.data)?;
    let store = Store::open(&config.state_url()).await?;
    match verb {
        Verb::Feed { verb } => match verb {
            FeedVerb::Add { name, class, area } => {
                let class = call::class(&class).map_err(wrong)?;
                let token = people::add_feed(&store, &name, class, &area).await.map_err(wrong)?;
                println!("feed '{name}' may report as {class}. Its token is shown once: {token}");
                if config.kafka.is_on() {
                    let made = scale::make_topics(config, &store).await?;
                    println!("over Kafka it writes to feed.{class}.{name} ({} topics made)", made.len());
                }
            }
            FeedVerb::List => print!("{}", people::feeds(&store).await?),
            FeedVerb::Rotate { name } => println!(
                "the old token is dead. The new one is shown once: {}",
                people::rotate(&store, &name).await?
            ),
            FeedVerb::Resume { name } => {
                people::resume_feed(&store, &name).await?;
                println!("'{name}' is let in again within seconds");
            }
            FeedVerb::Disable { name } => people::disable_feed(&store, &name).await?,
        },
        Verb::User { verb } => match verb {
            UserVerb::Add { name, role, area } => {
                let role = call::role(&role).map_err(wrong)?;
                let password = std::env::var("KENTONGAN_NEW_PASSWORD").ok();
                let own = password.is_some();
                let password = people::add(&store, &name, role, &area, password).await.map_err(wrong)?;
                match own {
                    true => {
                        println!("account '{name}' ({}) was added with the password given", role.as_str())
                    }
                    false => println!(
                        "account '{name}' ({}) was added. Its password is shown once: {password}",
                        role.as_str()
                    ),
                }
            }
            UserVerb::Password { name } => {
                let given = std::env::var("KENTONGAN_NEW_PASSWORD").ok();
                let own = given.is_some();
                let password = people::renew(&store, &name, given).await.map_err(wrong)?;
                let shown = if own { String::new() } else { format!(" It is shown once: {password}") };
                println!("account '{name}' has a new password.{shown}");
            }
            UserVerb::List => print!("{}", people::users(&store).await?),
            UserVerb::Disable { name } => people::disable_user(&store, &name).await?,
        },
        Verb::DeadLetters { verb } => letter(verb, &store, config).await?,
        _ => unreachable!("every other verb was taken before"),
    }
    store.close().await;
    Ok(())
}

async fn letter(verb: LetterVerb, store: &Store, config: &Config) -> Done {
    let mut out = std::io::stdout().lock();
    match verb {
        LetterVerb::List { reason } => {
            letters::list(store, call::refused(reason).map_err(wrong)?, &mut out).await?
        }
        LetterVerb::Show { place } => letters::show(store, &place, &mut out).await?,
        LetterVerb::Replay { reason } => {
            let reason = call::refused(reason).map_err(wrong)?;
            let catalog = catalog::Catalog::load(config, None)?;
            let log = append::End::open(config, &catalog).await?;
            let count = letters::replay(store, &log, reason, serve::wall()).await?;
            println!("{count} dead letters are in the log again");
        }
    }
    Ok(())
}

/// Reads everything, says each key with its origin, starts nothing.
fn check(loaded: &config::Loaded) -> Done {
    let config = &loaded.config;
    for (key, origin) in &loaded.origins {
        let value = config::value(&loaded.values, key).map(|value| value.to_string()).unwrap_or_default();
        println!("{key:<34} {:<40} {origin}", scale::printed(key, value));
    }
    let catalog = catalog::Catalog::load(config, None).map_err(wrong)?;
    let scorer = models::load(config::given(&config.files.models), catalog.own_positives).map_err(wrong)?;
    if let Some(path) = config::given(&config.files.team) {
        let text = catalog::read(path).map_err(wrong)?;
        let team = notify::team::Team::parse(&text, &|name| std::env::var(name).ok())
            .map_err(|error| wrong(error.into()))?;
        team.warnings(&catalog.places).iter().for_each(|warning| println!("team: {warning}"));
    }
    let regencies = catalog.places.regency_ids().count();
    println!(
        "{} kecamatan in {regencies} regencies, {} rules in policy '{}', {} models",
        catalog.places.len() - regencies,
        catalog.policy.rules.len(),
        catalog.policy.version,
        scorer.models().len()
    );
    if config.kafka.is_on() || config.state.url.starts_with("postgres") {
        provide_crypto();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(scale::check(config))?;
    }
    Ok(())
}

fn logging(config: &Config) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .or_else(|_| tracing_subscriber::EnvFilter::try_new(&config.logging.level))?;
    // A log that cannot be written (its disk is full) must not take the service down: by default the failure
    // is itself printed, and printing to a full standard error panics.
    let base = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    match config.logging.format {
        LogFormat::Json => base.json().init(),
        LogFormat::Text => base.with_target(false).init(),
    }
    Ok(())
}

/// One crypto provider for everything that speaks TLS.
fn provide_crypto() {
    // An error means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
