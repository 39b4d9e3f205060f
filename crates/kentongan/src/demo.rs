//! `kentongan demo`: the service over an invented scenario, played through the same door and on the scenario's clock.

use crate::assets;
use crate::config::Config;
use crate::output;
use crate::serve::{self, Site, wall};
use crate::user_error;
use anyhow::{Context, Result, bail};
use domain::place::{Area, Areas, Code};
use domain::time::{DAY, SECOND, Time};
use formats::scenario::{self, ScenarioFeed, ScenarioRecord};
use intake::{LogWriter, PlayedRecord, feed_registry};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::{FeedRow, Role};
use web::account;

/// Played at once, so that the first page already has a history; the rest plays before one's eyes.
const BEFORE: i64 = 54 * DAY;
/// One step of the played clock.
const STEP: Duration = Duration::from_millis(100);

/// How fast the scenario plays.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Speed {
    /// This many times real time.
    Times(f64),
    /// All of it at once.
    Max,
}

impl std::str::FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Speed, String> {
        match text.parse::<f64>() {
            _ if text == "max" => Ok(Speed::Max),
            Ok(times) if times > 0.0 && times.is_finite() => Ok(Speed::Times(times)),
            _ => Err(format!("'{text}' is no speed; write a number above 0 (times real time) or max")),
        }
    }
}

/// The scenario's clock: set by the player, then running on with the machine's.
#[derive(Clone)]
struct Stage {
    now: Arc<AtomicI64>,
    /// Added to the machine's clock once the scenario is over; 0 while it plays.
    offset: Arc<AtomicI64>,
}

impl Stage {
    fn now(&self) -> Time {
        match self.offset.load(Ordering::Acquire) {
            0 => Time(self.now.load(Ordering::Acquire)),
            offset => wall().plus(offset),
        }
    }
}

/// Plays the scenario in the configured data folder if it is the caller's own, else in one that goes with the demo.
pub async fn run(mut config: Config, own_folder: bool, speed: Speed) -> Result<()> {
    let mut script = Script::read()?;
    let mut temporary = None;
    if !own_folder {
        let folder = tempfile::tempdir().context("making a folder for the demo")?;
        config.service.data = folder.path().to_path_buf();
        temporary = Some(folder);
    }
    config.places.regencies = vec!["16.13".to_owned()];
    if ["state.sqlite", "log.sqlite"].iter().any(|name| config.service.data.join(name).exists()) {
        return Err(user_error::new(format!(
            "'{}' holds data already; the demo starts from nothing: give an empty folder with --data",
            config.service.data.display()
        )));
    }
    let listen = config.service.listen.clone();
    let stage = Stage { now: Arc::new(AtomicI64::new(script.begin.0)), offset: Arc::default() };
    let clock = {
        let stage = stage.clone();
        Arc::new(move || stage.now())
    };
    let banner = "data buatan, bukan kejadian nyata".to_owned();
    let site = Site::open(config, clock, Some(banner)).await?;
    let listener = serve::listen(&listen).await?;
    let address = listener.local_addr()?;
    for feed in &script.feeds {
        site.store.put_feed(feed).await?;
    }
    let records = script.played(site.intake.log_writer()).await?;
    let regency = Areas::of([Area::Regency(Code(161_300))]);
    let desk = account::add(&site.store, "piket", Role::Desk, regency.clone(), None).await?;
    let leader = account::add(&site.store, "pimpinan", Role::Leader, regency, None).await?;
    output::announce(format_args!(
        "Skenario Musi Rawas Utara: data buatan, 90 hari, 24 sumber laporan. · An invented scenario.\n\
         buka · open   http://{address}/\n\
         login         piket / {desk}\n              (pimpinan: pimpinan / {leader})\n\
         berhenti · stop   Ctrl-C"
    ));
    let player = tokio::spawn(play(site.clone(), script, records, stage, speed));
    let served = serve::run(site, listener).await;
    player.abort();
    drop(temporary);
    served
}

/// Appends what is received by the stage's clock, then moves the clock: a tick never overtakes a record.
async fn play(site: Site, script: Script, records: Vec<PlayedRecord>, stage: Stage, speed: Speed) {
    let writer = site.intake.log_writer();
    let mut records = records.into_iter().peekable();
    let mut now = match speed {
        Speed::Max => script.end,
        Speed::Times(_) => script.begin.plus(BEFORE),
    };
    loop {
        let mut batch = Vec::new();
        while let Some(record) = records.next_if(|record| record.received_at <= now) {
            batch.push(record);
        }
        if let Err(error) = writer.append_played(batch).await {
            tracing::error!(%error, "playing the scenario stopped");
            return;
        }
        stage.now.store(now.0, Ordering::Release);
        let Speed::Times(times) = speed else { break };
        if now >= script.end {
            break;
        }
        tokio::time::sleep(STEP).await;
        now = now.plus((STEP.as_micros() as f64 * times) as i64).min(script.end);
    }
    stage.offset.store(script.end.since(wall()), Ordering::Release);
    output::announce(format_args!(
        "Skenario selesai dimainkan; jam terus berjalan. · The scenario has been played; its clock runs on."
    ));
}

/// The compiled-in scenario.
struct Script {
    feeds: Vec<FeedRow>,
    records: Vec<ScenarioRecord>,
    begin: Time,
    end: Time,
}

impl Script {
    fn read() -> Result<Script> {
        let records = scenario::records(assets::SCENARIO.as_bytes())?;
        let (Some(first), Some(last)) = (records.first(), records.last()) else {
            bail!("the scenario is empty")
        };
        let (begin, end) = (first.received_at, last.received_at.plus(60 * SECOND));
        let feeds = scenario::feeds(assets::SCENARIO_FEEDS)?.into_iter().map(|feed| registered(feed, begin));
        let feeds = feeds.collect::<Result<_>>()?;
        Ok(Script { feeds, records, begin, end })
    }

    /// The records as those of the registered feeds, in the order they are received.
    async fn played(&mut self, writer: &LogWriter) -> Result<Vec<PlayedRecord>> {
        let mut feeds = BTreeMap::new();
        for feed in &self.feeds {
            let registered = writer.registered_feed(&feed.name).await?;
            feeds.extend(registered.map(|identity| (feed.name.clone(), Arc::new(identity))));
        }
        let played = |ScenarioRecord { feed, received_at, bytes }| {
            let feed =
                feeds.get(&feed).with_context(|| format!("the scenario has no feed '{feed}'"))?.clone();
            Ok(PlayedRecord { feed, received_at, bytes })
        };
        std::mem::take(&mut self.records).into_iter().map(played).collect()
    }
}

/// A feed of the scenario, with a token that nobody is told.
fn registered(feed: ScenarioFeed, since: Time) -> Result<FeedRow> {
    let ScenarioFeed { name, class, areas } = feed;
    let token_sha256 = feed_registry::token_hash(&feed_registry::secret()?);
    Ok(FeedRow { name, class, areas, token_sha256, enabled: true, paused_until: None, since })
}
