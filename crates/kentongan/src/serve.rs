//! `kentongan serve`: opens the data folder, starts the roles, listens until it is asked to stop.

use crate::catalog::{self, LoadedCatalog};
use crate::config::{Config, ServiceRole, given};
use crate::data_folder;
use crate::log_access;
use crate::metrics::Metrics;
use crate::models;
use crate::preflight;
use crate::sources::OpenedState;
use crate::user_error;
use anyhow::{Context, Result};
use axum::Router;
use domain::time::Time;
use futures::FutureExt;
use intake::entrance::{Entrance, Shares};
use intake::kafka::{FeedTopics, TopicPublisher};
use intake::pull::{PullParts, Puller};
use intake::{Intake, IntakeLimits, IntakeParts, LogDestination, feed_twins};
use notify::message::MessageSettings;
use notify::team::Team;
use notify::{CALLBACK_BYTES, CallbackRefusal, Channels, NotifyState, ReceiptCallbacks};
use scoring::ModelScorer;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use store::{ChangeNotifier, DeliveryClocks, FolderLock, PullSource, Store};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use views::Sources;
use views::model::describe;
use web::account::metrics_token::MetricsToken;
use web::machine::{MachineParts, ReceiptRefusal};
use web::{LoginBrake, WebState};
use worker::jobs::{
    BmkgPull, DriftWatch, LinkCleanup, RequestLapse, SessionCleanup, SipongiPull, UploadCleanup,
};
use worker::{
    EmbeddedWorker, Group, Job, JobRunner, LedgerService, PartitionConfig, ServiceClock, WorkerContext,
};

/// An opened service: everything the roles share.
#[derive(Clone)]
pub struct Site {
    pub config: Arc<Config>,
    pub catalog: Arc<LoadedCatalog>,
    pub scorer: Arc<ModelScorer>,
    pub store: Store,
    /// The embedded log, or Kafka's.
    pub log: LogDestination,
    pub intake: Intake,
    pub metrics: Metrics,
    pub ledger: LedgerService,
    pub clock: ServiceClock,
    /// By which messages are due and late; a scenario's where one plays.
    pub wall: ServiceClock,
    pub changes: ChangeNotifier,
    /// True where the data are made up: every page and message says so.
    pub scenario: bool,
    pub team: Arc<Team>,
    /// What opens `/metrics`.
    pub metrics_token: Arc<MetricsToken>,
    /// The data folder is ours while this is open.
    _held: Option<Arc<FolderLock>>,
}

fn receipt_refusal(refused: CallbackRefusal) -> ReceiptRefusal {
    match refused {
        CallbackRefusal::Unproved => ReceiptRefusal::Unproved,
        CallbackRefusal::Unreadable => ReceiptRefusal::Unreadable,
        CallbackRefusal::Store(error) => ReceiptRefusal::Store(error.to_string()),
    }
}

/// The machine's clock.
pub fn wall() -> Time {
    Time(jiff::Timestamp::now().as_microsecond())
}

impl Site {
    pub async fn open(config: Config, clock: ServiceClock, scenario: bool) -> Result<Site> {
        let catalog = Arc::new(LoadedCatalog::load(&config, None)?);
        let scorer = Arc::new(models::load(&config, catalog.own_positives)?);
        let team = Arc::new(catalog::team(&config)?);
        config.remarks().iter().for_each(|remark| tracing::warn!("{remark}"));
        let held = data_folder::lock(&config)?.map(Arc::new);
        let log = log_access::open(&config).await?;
        let store = Store::open(&config.state_url()).await.context("opening the state")?;
        let warnings = preflight::register_warnings_of(&store, &team.persons()).await?;
        warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        let limits = IntakeLimits {
            request_bytes: config.intake.max_request_bytes,
            records_a_minute: config.intake.records_a_minute,
            bytes_a_minute: config.intake.bytes_a_minute,
            breaker: config.intake.breaker(),
            batches: config.log.append_queue,
            recent_ids: config.intake.recent_ids,
        };
        let intake = Intake::new(IntakeParts {
            log: log.clone(),
            store: store.clone(),
            places: catalog.places.clone(),
            taxonomy: catalog.taxonomy.clone(),
            clock: clock.clone(),
            limits,
        });
        if config.plays(ServiceRole::Intake) {
            feed_twins::join(intake.log_writer()).await.context("joining feeds of one name")?;
        }
        let metrics_token = Arc::new(data_folder::metrics_token(&config)?);
        let changes = ChangeNotifier::new(config.desk.live_queue);
        let metrics = Metrics::new()?;
        metrics.models(&describe(&scorer, &models::files(&config), &catalog.places));
        Ok(Site {
            ledger: LedgerService::new(store.clone(), catalog.ledger.clone(), &scorer),
            metrics,
            config: Arc::new(config),
            catalog,
            scorer,
            store,
            log,
            intake,
            clock,
            wall: Arc::new(wall),
            changes,
            scenario,
            team,
            metrics_token,
            _held: held,
        })
    }

    /// Starts the roles that work in the background; they end when `stop` turns true.
    pub fn start(&self, stop: &watch::Receiver<bool>) -> Result<Vec<JoinHandle<()>>> {
        let mut tasks = Vec::new();
        if self.config.plays(ServiceRole::Worker) {
            tasks.push(self.work(stop)?);
            tasks.push(tokio::spawn(self.job_runner().run(stop.clone())));
        } else {
            self.metrics.worker().set_ready();
        }
        if self.config.plays(ServiceRole::Intake) {
            tasks.push(tokio::spawn(self.intake.log_writer().clone().watch_clock(stop.clone())));
        }
        if self.config.kafka.is_on() && self.config.plays(ServiceRole::Intake) {
            let metrics = self.metrics.clone();
            let topics = FeedTopics {
                settings: Arc::new(self.config.kafka.clone()),
                writer: self.intake.log_writer().clone(),
                store: self.store.clone(),
                clock: self.clock.clone(),
                observe: Arc::new(move |pause| metrics.feed_paused(&pause)),
            };
            tasks.push(tokio::spawn(topics.run(stop.clone())));
        }
        if self.config.kafka.is_on() && self.config.plays(ServiceRole::Desk) {
            tasks.push(tokio::spawn(store::poll_for_changes(
                self.store.clone(),
                self.changes.clone(),
                stop.clone(),
            )));
        }
        if self.config.plays(ServiceRole::Desk) {
            let clocks = DeliveryClocks { service: self.clock.clone(), machine: self.wall.clone() };
            let watching =
                store::watch_undelivered(self.store.clone(), self.changes.clone(), clocks, stop.clone());
            tasks.push(tokio::spawn(watching));
        }
        if self.config.plays(ServiceRole::Notify) {
            let state = self.notifier()?;
            let mut stop = stop.clone();
            tasks.push(tokio::spawn(async move {
                notify::run(state, async move { drop(stop.wait_for(|stop| *stop).await) }).await;
            }));
        }
        Ok(tasks)
    }

    /// The worker of whichever log there is.
    fn work(&self, stop: &watch::Receiver<bool>) -> Result<JoinHandle<()>> {
        let context = WorkerContext {
            store: self.store.clone(),
            places: self.catalog.places.clone(),
            taxonomy: self.catalog.taxonomy.clone(),
            policy: Arc::new(self.catalog.policy.clone()),
            ledger_policy: self.catalog.ledger.clone(),
            scorer: self.scorer.clone(),
            clock: self.clock.clone(),
            changes: self.changes.clone(),
            metrics: self.metrics.worker().clone(),
        };
        let batch = self.config.worker.batch;
        match &self.log {
            LogDestination::Kafka(_) => {
                let settings = Arc::new(self.config.kafka.clone());
                let border_wait = Duration::from_secs(self.config.worker.border_wait_seconds);
                let publisher = TopicPublisher::open(&settings)?;
                let wall: ServiceClock = Arc::new(wall);
                let config = PartitionConfig { context, publisher, batch, border_wait, wall };
                let group = Group { settings, config };
                let (stop, runtime) = (stop.clone(), tokio::runtime::Handle::current());
                Ok(tokio::task::spawn_blocking(move || group.run(stop, runtime)))
            }
            LogDestination::Embedded(log) => {
                Ok(tokio::spawn(EmbeddedWorker { log: log.clone(), context, batch }.run(stop.clone())))
            }
        }
    }

    /// The recurring jobs of the service; of many processes one runs each at a time.
    fn job_runner(&self) -> JobRunner {
        let wall: ServiceClock = Arc::new(wall);
        let jobs: Vec<Arc<dyn Job>> = vec![
            Arc::new(DriftWatch(self.ledger.clone())),
            Arc::new(SessionCleanup { store: self.store.clone(), wall: wall.clone() }),
            Arc::new(LinkCleanup(self.store.clone())),
            Arc::new(UploadCleanup(self.store.clone())),
            Arc::new(RequestLapse { store: self.store.clone(), changes: self.changes.clone() }),
            Arc::new(BmkgPull(self.puller(PullSource::Bmkg))),
            Arc::new(SipongiPull(self.puller(PullSource::Sipongi))),
        ];
        JobRunner {
            store: self.store.clone(),
            jobs,
            holder: holder(),
            wall,
            clock: self.clock.clone(),
            metrics: self.metrics.jobs().clone(),
        }
    }

    fn puller(&self, source: PullSource) -> Puller {
        let mut settings = self.config.pull.of(source).clone();
        // What is made up is not mixed with what agencies see.
        settings.on &= !self.scenario;
        let writer = self.intake.log_writer().clone();
        Puller::new(PullParts { source, settings, writer, wall: Arc::new(wall) })
    }

    fn notifier(&self) -> Result<NotifyState> {
        let env = |name: &str| std::env::var(name).ok();
        let metrics = self.metrics.clone();
        if given(&self.config.files.team).is_none() && self.team.members().is_empty() {
            tracing::warn!(
                "no team is configured (files.team): alerts stand on the desk and nobody is notified"
            );
        }
        let warnings = catalog::team_warnings(&self.config, &self.team, &self.catalog.places);
        warnings.iter().for_each(|warning| tracing::warn!("team: {warning}"));
        let gaps = self.team.awas_gaps(&self.catalog.places); // `check` refuses them; the rest must be notified
        gaps.iter().for_each(|gap| tracing::error!("team: {gap}"));
        Ok(NotifyState {
            store: self.store.clone(),
            team: self.team.clone(),
            places: self.catalog.places.clone(),
            chain_window: self.catalog.policy.chain_window,
            message_settings: MessageSettings::new(
                &self.config.service.public_url,
                self.scenario,
                &self.catalog.taxonomy,
            ),
            settings: self.config.notify.clone(),
            channels: Channels::open(&self.config.notify, &env).map_err(anyhow::Error::msg)?,
            link_key: data_folder::link_key(&self.config)?,
            clock: self.clock.clone(),
            wall: self.wall.clone(),
            observe: Arc::new(move |seen| metrics.seen(seen)),
        })
    }

    /// What takes the receipts that providers of messages bring.
    fn receipt_callbacks(&self) -> ReceiptCallbacks {
        let metrics = self.metrics.clone();
        ReceiptCallbacks {
            store: self.store.clone(),
            team: self.team.clone(),
            settings: self.config.notify.clone(),
            clock: self.clock.clone(),
            wall: Arc::new(wall),
            observe: Arc::new(move |seen| metrics.seen(seen)),
        }
    }

    /// What the process answers machines with.
    fn machine(&self) -> MachineParts {
        let (ready, site) = (self.metrics.worker().clone(), self.clone());
        let callbacks = Arc::new(self.receipt_callbacks());
        MachineParts {
            limits: self.intake.limits(),
            taxonomy: self.catalog.taxonomy.clone(),
            metrics_token: self.metrics_token.clone(),
            is_ready: Arc::new(move || ready.is_ready()),
            metrics: Arc::new(move || {
                let site = site.clone();
                async move { site.metrics.page(&site, (site.clock)()).await.map_err(|error| format!("{error:#}")) }
                    .boxed()
            }),
            receipt: Arc::new(move |(gateway, headers, body)| {
                let callbacks = callbacks.clone();
                async move { callbacks.take(&gateway, &headers, &body).await.map_err(receipt_refusal) }
                    .boxed()
            }),
            receipt_bytes: CALLBACK_BYTES,
        }
    }

    /// Every route of the roles this process plays.
    pub fn router(&self) -> Result<Router> {
        let mut router = web::machine::router(self.machine());
        if self.config.plays(ServiceRole::Intake) {
            router = router.merge(intake::http::router(self.intake.clone()));
        }
        if self.config.plays(ServiceRole::Desk) {
            router = router.merge(web::router(self.web()?));
        } else {
            router = router.fallback(intake::http::missing);
        }
        Ok(router)
    }

    /// What views read from: pages, API and verbs alike.
    fn sources(&self) -> Sources {
        let metrics = self.metrics.worker().clone();
        let opened = OpenedState {
            config: &self.config,
            catalog: &self.catalog,
            scorer: &self.scorer,
            store: &self.store,
            team: &self.team,
            wall: &self.wall,
        };
        opened.sources(self.ledger.clone(), Arc::new(move || metrics.waiting()))
    }

    fn web(&self) -> Result<WebState> {
        let shapes = catalog::shapes(&self.config, &self.catalog.places)?;
        shapes.remarks().iter().for_each(|remark| tracing::warn!("map: {remark}"));
        Ok(WebState {
            sources: self.sources(),
            intake: web::submit::submit_to(self.intake.clone()),
            shapes: Arc::new(shapes),
            clock: self.clock.clone(),
            changes: self.changes.clone(),
            scenario: self.scenario,
            public_url: self.config.service.public_url.clone(),
            secure_cookies: self.config.desk.secure_cookies,
            login_brake: Arc::new(LoginBrake::default()),
            streams: Shares::new(usize::MAX, self.config.desk.streams_per_account),
            refusals: self.intake.refusals().clone(),
            log_writer: self.intake.log_writer().clone(),
            reporter_pace: web::reporter_pace(),
        })
    }
}

/// Names this process where several share the jobs: its host and its number.
fn holder() -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    format!("{}/{}", host.trim(), std::process::id())
}

/// Listens and works until a signal; `background` are tasks of the caller that end with it.
pub async fn run(site: Site, listener: TcpListener) -> Result<()> {
    let (tell, stop) = watch::channel(false);
    let tasks = site.start(&stop)?;
    let entrance = Entrance::new(&site.config.entrance, site.intake.refusals().clone());
    let entrance = entrance.map_err(anyhow::Error::msg)?;
    let serving = entrance.serve(listener, site.router()?, stop.clone());
    let signals = async {
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = term.recv() => {}
            pressed = tokio::signal::ctrl_c() => pressed?,
        }
        tell.send_replace(true);
        tracing::info!("stopping: finishing what is under way");
        Ok::<_, std::io::Error>(())
    };
    let (signalled, ()) = tokio::join!(signals, serving);
    signalled?;
    for task in tasks {
        task.await.context("a background task broke")?;
    }
    site.store.close().await;
    Ok(())
}

pub async fn listen(address: &str) -> Result<TcpListener> {
    match TcpListener::bind(address).await {
        Err(error) if error.kind() == ErrorKind::InvalidInput => Err(user_error::new(format!(
            "'{address}' is no address to listen on; write it like 127.0.0.1:8080"
        ))),
        bound => bound.with_context(|| {
            format!("listening on '{address}'; is another service there? Give another with --listen")
        }),
    }
}
