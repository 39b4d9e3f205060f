//! A store with a roster, a clock that a test turns, and conditions that open alerts.

use crate::receivers::{Call, Http, Smtp};
use crate::roster::{desk_roster, parse, places, roster, team};
use crate::rows::{incident, name, raised_in, report};
use domain::alert::Act;
use domain::effect::{ConditionChange, Effect, Incident};
use domain::kind::{Category, CheckReason, FeedClass, Kind, Level, Outcome};
use domain::place::{Code, Places};
use domain::report::{Body, FeedId, ReportId, ReportName};
use domain::time::{HOUR, Hour, SECOND, Time};
use notify::Channel;
use notify::message::MessageSettings;
use notify::secret::Secret;
use notify::settings::Settings;
use notify::team::Team;
use notify::{Channels, LinkKey, NotifyEvent, NotifyState, ReceiptCallbacks, run, webhook};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::{Actor, AlertFilter, Commit, ReportRow, Store};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What must never go out: a reporter, a village, words of a report, a feed.
pub const PLANTED: [&str; 5] =
    ["nama-samaran-77", "Desa Rahasia", "Pak Fulan membawa parang", "umpan-desa-x", "2003"];
pub const SECRET: &str = "kunci-bersama";
pub const DISTRICT: Code = Code(161304);
/// 2026-03-01 in the service's clock; the wall clock starts at the machine's time, as in a scenario.
pub const NOW: Time = Time(1_772_323_200_000_000);

pub struct Desk {
    pub store: Store,
    pub settings: Settings,
    pub folder: TempDir,
    pub team: Arc<Team>,
    pub places: Arc<Places>,
    wall: Arc<AtomicI64>,
    /// The service's clock.
    clock: Arc<AtomicI64>,
    offset: AtomicI64,
    raised: AtomicI64,
    seen: UnboundedReceiver<NotifyEvent>,
    tell: UnboundedSender<NotifyEvent>,
}

pub struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }
    /// As a kill -9 would: nothing is finished.
    pub fn kill(self) {
        self.task.abort();
    }
}

/// A member of the duty post who would be notified of everything.
pub const NEWCOMER: &str = r#"
    [[team.member]]
    id = "baru"
    role = "Baru"
    office = "piket"
    areas = ["16.13.04"]
    channels = [{ kind = "email", to = "baru@x.example" }]
"#;

impl Desk {
    pub async fn open(smtp: &Smtp, http: &Http) -> Desk {
        Desk::at(smtp.port, http.port).await
    }

    /// With receivers at these ports of this machine.
    pub async fn at(smtp: u16, http: u16) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("state.db").to_str().unwrap()).await.unwrap();
        let settings = format!(
            "poll_ms = 20\nfirst_wait_seconds = 5\n[smtp]\nhost = \"127.0.0.1\"\nport = {smtp}\nsecurity = \"plain\"\nfrom = \"k@desk.example\""
        );
        let (tell, seen) = unbounded_channel();
        Desk {
            store,
            settings: toml::from_str(&settings).unwrap(),
            folder,
            team: Arc::new(team(http, "")),
            places: Arc::new(places()),
            wall: Arc::new(AtomicI64::new(jiff::Timestamp::now().as_microsecond())),
            clock: Arc::new(AtomicI64::new(NOW.0 + 42)),
            offset: AtomicI64::new(0),
            raised: AtomicI64::new(0),
            seen,
            tell,
        }
    }

    /// Somebody joins who would hear of everything; heard from the next start on.
    pub fn joined(&mut self, http: u16) {
        self.team = Arc::new(team(http, NEWCOMER));
    }

    /// The camat has a second channel.
    pub fn second_channel(&mut self, http: u16) {
        let hook =
            format!(r#", {{ kind = "webhook", url = "http://127.0.0.1:{http}/camat", secret_env = "S" }}]"#);
        let text = roster(http, "").replacen(
            r#"to = "camat@x.example" }]"#,
            &format!(r#"to = "camat@x.example" }}{hook}"#),
            1,
        );
        self.team = Arc::new(parse(&text));
    }

    /// Somebody joins who is left alone around the clock but for awas.
    pub fn sleeper_joined(&mut self, http: u16) {
        const SLEEPER: &str = r#"
            [[team.member]]
            id = "tidur"
            role = "Tidur"
            office = "piket"
            areas = ["16.13.04"]
            quiet_hours = { from = "00.00", until = "23.59", below = "awas" }
            channels = [{ kind = "email", to = "tidur@x.example" }]
        "#;
        self.team = Arc::new(team(http, SLEEPER));
    }

    /// The store as a new process finds it.
    pub async fn reopen(&mut self) {
        self.store = Store::open(self.folder.path().join("state.db").to_str().unwrap()).await.unwrap();
    }

    pub fn run(&self) -> Running {
        let (wall, tell, clock) = (Arc::clone(&self.wall), self.tell.clone(), Arc::clone(&self.clock));
        let label = |code: &str, id: &str, en: &str| (Category::parse(code).unwrap(), [id.into(), en.into()]);
        let state = NotifyState {
            store: self.store.clone(),
            team: Arc::clone(&self.team),
            places: Arc::clone(&self.places),
            chain_window: 24 * HOUR,
            message_settings: MessageSettings {
                base_url: String::from("https://desk.example"),
                scenario: false,
                categories: [
                    label("WA-01", "banjir", "flood"),
                    label("WA-02", "longsor", "landslide"),
                    label("WP-05", "pemortalan", "road block"),
                ]
                .into(),
            },
            channels: Channels::open(&self.settings, &|_| None).unwrap(),
            settings: self.settings.clone(),
            link_key: LinkKey::new(b"kunci-tautan"),
            clock: Arc::new(move || Time(clock.load(Ordering::SeqCst))),
            wall: Arc::new(move || Time(wall.load(Ordering::SeqCst))),
            observe: Arc::new(move |seen| {
                let _ = tell.send(seen); // the test may be over
            }),
        };
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(state, async { drop(stopped.await) }));
        Running { stop, task }
    }

    /// Turns the wall clock to noon in western Indonesia.
    pub fn at_noon(&self) {
        self.wall.store(NOW.0 + 5 * HOUR - 30 * SECOND, Ordering::SeqCst);
    }

    /// Lets the wall clock run on.
    pub fn pass(&self, micros: i64) {
        self.wall.fetch_add(micros, Ordering::SeqCst);
    }

    /// Lets the service's clock run on.
    pub fn pass_for_the_service(&self, micros: i64) {
        self.clock.fetch_add(micros, Ordering::SeqCst);
    }

    /// Waits until a try by this channel failed.
    pub async fn failed(&mut self, channel: Channel) -> NotifyEvent {
        self.until(|seen| matches!(seen, NotifyEvent::Failed { channel: failed, .. } if *failed == channel))
            .await
    }

    /// Waits until a message by this channel was taken.
    pub async fn delivered(&mut self, channel: Channel) -> NotifyEvent {
        self.until(|seen| matches!(seen, NotifyEvent::Delivered { channel: taken, .. } if *taken == channel))
            .await
    }

    /// Waits until nothing is left to send, once at least one try was made.
    pub async fn settled(&mut self) {
        self.until(|seen| matches!(seen, NotifyEvent::Failed { .. } | NotifyEvent::Delivered { .. })).await;
        self.drained().await;
    }

    /// Waits until nothing is left to send.
    pub async fn drained(&mut self) {
        while self.store.outbox_pending().await.unwrap() > 0 {
            self.until(|_| true).await;
        }
    }

    /// Waits for a whole round of the notifier.
    pub async fn round(&mut self) {
        for _ in 0..2 {
            self.until(|seen| matches!(seen, NotifyEvent::Undelivered(_))).await;
        }
    }

    async fn until(&mut self, found: impl Fn(&NotifyEvent) -> bool) -> NotifyEvent {
        loop {
            let seen = self.seen.recv().await.expect("the desk keeps a sender");
            if found(&seen) {
                return seen;
            }
        }
    }

    /// A report with everything that must stay inside, its incidents, and the condition that rests on them; what moves a
    /// condition that stands rests on the same.
    pub async fn condition(&self, kind: Kind, change: ConditionChange, level: Level) {
        let (small, grave) = if kind == Kind::Disaster { ("WA-02", "WA-01") } else { ("WP-01", "WP-05") };
        let from_offset = self.offset.load(Ordering::SeqCst);
        let number =
            if change == ConditionChange::Raised { from_offset } else { self.raised.load(Ordering::SeqCst) };
        self.raised.store(number, Ordering::SeqCst);
        let ids = [ReportId(number as u128 * 2 + 1), ReportId(number as u128 * 2 + 2)];
        let mut condition = self.raised(DISTRICT, (kind, level), ids.map(name).to_vec());
        if let Effect::Condition(condition) = &mut condition {
            condition.change = change;
        }
        let effects = vec![
            Effect::Incident(incident(ids[0], kind, small, 2)),
            Effect::Incident(incident(ids[1], kind, grave, 4)),
            condition,
        ];
        self.commit(ids.map(|id| report(id, kind, from_offset)).into(), effects).await;
    }

    /// The district rises by these incidents, and its regency with it.
    pub async fn district_and_regency(&self, kind: Kind, [district, regency]: [Level; 2], incidents: u128) {
        let ids = || (1..=incidents).map(ReportId);
        let raised = |code, level, evidence| self.raised(code, (kind, level), evidence);
        let mut effects: Vec<Effect> =
            ids().map(|id| Effect::Incident(incident(id, kind, "WA-01", 4))).collect();
        effects.push(raised(DISTRICT, district, ids().map(name).collect()));
        effects.push(raised(DISTRICT.regency(), regency, Vec::new()));
        self.commit(ids().map(|id| report(id, kind, 0)).collect(), effects).await;
    }

    /// The regency alone rises.
    pub async fn regency_rises(&self, kind: Kind, level: Level) {
        self.commit(Vec::new(), vec![self.raised(DISTRICT.regency(), (kind, level), Vec::new())]).await;
    }

    /// [`raised_in`] one of the desk's places.
    pub fn raised(&self, code: Code, what: (Kind, Level), evidence: Vec<ReportName>) -> Effect {
        raised_in((&self.places, code), what, evidence)
    }

    /// Another feed's earlier report of the graver incident behind the condition: the incident is called by it from now on.
    pub async fn earlier_report(&self, kind: Kind) {
        let raised = self.raised.load(Ordering::SeqCst) as u128;
        let (was, now) =
            (name(ReportId(raised * 2 + 2)), ReportName { id: ReportId(0), feed: FeedId::of("polsek") });
        let mut row = report(now.id, kind, 0);
        (row.report.feed, row.report.class) = (now.feed, FeedClass::Police);
        row.feed_name = String::from("polsek");
        let category = if kind == Kind::Disaster { "WA-01" } else { "WP-05" };
        let incident = Incident { id: now, reports: 2, ..incident(was.id, kind, category, 4) };
        let regency = DISTRICT.regency();
        let effects = vec![
            Effect::IncidentGone { regency, id: was },
            Effect::Incident(incident),
            Effect::Outcome { regency, report: was, outcome: Outcome::Merged, incident: Some(now) },
        ];
        self.commit(vec![row], effects).await;
    }

    /// One more incident of this severity, and how many reports deny it.
    pub async fn incident(&self, kind: Kind, (category, severity): (&str, u8), denials: u16) {
        let id = ReportId(1_000 + u128::from(severity));
        let incident = Incident { denials, ..incident(id, kind, category, severity) };
        self.commit(Vec::new(), vec![Effect::Incident(incident)]).await;
    }

    /// One more incident of this severity with the report it came from.
    pub async fn reported(&self, kind: Kind, (category, severity): (&str, u8)) {
        let id = ReportId(1_000 + u128::from(severity));
        let effect = Effect::Incident(incident(id, kind, category, severity));
        self.commit(vec![report(id, kind, 0)], vec![effect]).await;
    }

    /// An incident that somebody must look into for this reason, or need not any more.
    pub async fn to_check(&self, number: u128, (kind, category): (Kind, &str), check: Option<CheckReason>) {
        let id = ReportId(number);
        let reports = check.map(|_| report(id, kind, 0));
        let incident = Incident { check, ..incident(id, kind, category, 4) };
        self.commit(reports.into_iter().collect(), vec![Effect::Incident(incident)]).await;
    }

    /// The feed takes one more report back.
    pub async fn taken_back_one(&self, number: u128) {
        let id = ReportId(9_000 + number);
        let mut row = report(id, Kind::Disaster, 0);
        row.report.body = Body::Retraction { target: ReportId(8_000 + number) };
        let (regency, outcome) = (DISTRICT.regency(), Outcome::Retracted);
        let effect = Effect::Outcome { regency, report: name(id), outcome, incident: None };
        self.commit(vec![row], vec![effect]).await;
    }

    /// By the machine's clock.
    pub fn now(&self) -> Time {
        Time(self.wall.load(Ordering::SeqCst))
    }

    /// Waits until nothing is left that is due by now.
    pub async fn quiet(&mut self) {
        while !self.store.unaddressed(1).await.unwrap().is_empty() || self.due_now().await {
            self.until(|_| true).await;
        }
    }

    async fn due_now(&self) -> bool {
        let (now, mut due) = (self.now(), false);
        for alert in self.store.alerts(&AlertFilter::default()).await.unwrap().items {
            let deliveries = self.store.alert_deliveries(&alert.id).await.unwrap();
            let waits =
                |one: &store::Delivery| one.state == store::DeliveryState::Queued && one.due_at <= now;
            due |= deliveries.iter().any(waits);
        }
        due
    }

    /// The desk reads mail, and nobody is called by webhook.
    pub fn desk_by_mail(&mut self, http: u16) {
        self.desk_by(http, r#"[{ kind = "email", to = "piket@x.example" }]"#);
    }

    /// The same, and the roster says who that is.
    pub fn named_desk_by_mail(&mut self, http: u16) {
        self.roster_by_mail(http, |text| {
            text.replace(r#"id = "posko""#, "id = \"posko\"\nperson = \"orang-9\"")
        });
    }

    /// The desk reads mail, and has a webhook where that does not arrive.
    pub fn desk_with_two_channels(&mut self, http: u16) {
        let hook = format!(r#"{{ kind = "webhook", url = "http://127.0.0.1:{http}/k", secret_env = "S" }}"#);
        self.desk_by(http, &format!(r#"[{{ kind = "email", to = "piket@x.example" }}, {hook}]"#));
    }

    /// The desk reads mail, and the roster is changed.
    pub fn roster_by_mail(&mut self, http: u16, change: impl FnOnce(String) -> String) {
        let text = desk_roster(http, r#"[{ kind = "email", to = "piket@x.example" }]"#);
        self.team = Arc::new(parse(&change(text)));
    }

    /// The desk is reached by a provider of messages that is described so.
    pub fn desk_by_gateway(&mut self, described: &str) {
        let channels = r#"[{ kind = "gateway", gateway = "wa", to = "0812-3456 789" }]"#;
        self.team = Arc::new(parse(&format!("{}\n{described}", desk_roster(9, channels))));
    }

    /// The same, and by mail where that brings nothing over.
    pub fn desk_by_gateway_then_mail(&mut self, described: &str) {
        let channels = r#"[{ kind = "gateway", gateway = "wa", to = "0812-3456 789" }, { kind = "email", to = "piket@x.example" }]"#;
        self.team = Arc::new(parse(&format!("{}\n{described}", desk_roster(9, channels))));
    }

    /// Two people of the desk are reached by a provider each; to the first one message is on its way at once.
    pub fn gateways_of_the_desk(&mut self, ports: [u16; 2]) {
        let one = |(name, port): (&str, u16)| {
            format!(
                r#"
                [[gateway]]
                name = "{name}"
                url = "http://127.0.0.1:{port}/kirim"
                headers = {{ Content-Type = "application/json" }}
                body = '{{"target": "{{to}}", "message": "{{text}}"}}'
            "#
            )
        };
        let (slow, quick) = (one(("pelan", ports[0])), one(("cepat", ports[1])));
        let slow = format!("{slow}at_once = 1\n");
        let newcomer = r#"
            [[team.member]]
            id = "baru"
            role = "Baru"
            office = "piket"
            areas = ["16.13"]
            channels = [{ kind = "gateway", gateway = "cepat", to = "0812 0000 111" }]
        "#;
        let channels = r#"[{ kind = "gateway", gateway = "pelan", to = "0812-3456 789" }]"#;
        let roster = desk_roster(9, channels);
        self.team = Arc::new(parse(&format!("{roster}\n{newcomer}\n{slow}\n{quick}")));
    }

    /// What takes the calls of providers, in this or another process.
    pub fn callbacks(&self) -> ReceiptCallbacks {
        let (wall, tell) = (Arc::clone(&self.wall), self.tell.clone());
        ReceiptCallbacks {
            store: self.store.clone(),
            team: Arc::clone(&self.team),
            settings: self.settings.clone(),
            clock: Arc::new(|| NOW.plus(42)),
            wall: Arc::new(move || Time(wall.load(Ordering::SeqCst))),
            observe: Arc::new(move |seen| {
                let _ = tell.send(seen); // the test may be over
            }),
        }
    }

    fn desk_by(&mut self, http: u16, channels: &str) {
        self.team = Arc::new(parse(&desk_roster(http, channels)));
    }

    pub async fn commit(&self, mut reports: Vec<ReportRow>, mut effects: Vec<Effect>) {
        let records = reports.len().max(1) as i64;
        let from_offset = self.offset.fetch_add(records, Ordering::SeqCst);
        for (row, offset) in reports.iter_mut().zip(from_offset..) {
            row.offset = offset;
            if matches!(row.report.body, Body::Statement(_)) {
                let (regency, report) = (DISTRICT.regency(), row.report.name());
                effects.push(Effect::Outcome {
                    regency,
                    report,
                    outcome: Outcome::Incident,
                    incident: Some(report),
                });
            }
        }
        let commit = Commit {
            partition: 0,
            from_offset,
            next_offset: from_offset + records,
            clock: NOW,
            last_tick: Hour(0),
            reports,
            snapshot: store::SnapshotChunks::default(),
            dead_letters: Vec::new(),
            registry_records: 0,
            clock_step: None,
            effects,
            places: Arc::clone(&self.places),
            models: Vec::new(),
            memory: Vec::new(),
            ledger: None,
            partition_commit: None,
        };
        self.store.commit(commit).await.unwrap();
    }

    /// A person assigns the alert.
    pub async fn assign(&self, alert: &str, to: &str) {
        let seen = self.store.alert(alert).await.unwrap().unwrap().alert.version;
        let by = Actor { name: "sari", reason: "", at: NOW };
        self.store.act(alert, Act::Assign { to: to.to_owned() }, seen, by).await.unwrap().unwrap().unwrap();
    }

    /// Who has not got the newest message and would be shown to the desk.
    pub async fn shown_late(&self) -> Vec<String> {
        let now = Time(self.wall.load(Ordering::SeqCst));
        let people = self.store.undelivered(NOW).await.unwrap();
        people.into_iter().filter(|one| one.is_late(now)).map(|one| one.person).collect()
    }

    /// Checks a call as a receiver does: signature over its own reading of the body, time, key.
    pub fn check_signature(&self, call: &Call) {
        let at = Time(self.wall.load(Ordering::SeqCst));
        let expected = webhook::sign(&Secret::new(SECRET), at, call.body.as_bytes()).unwrap();
        assert_eq!(call.header("kentongan-signature"), expected);
        let delivery = format!("\"delivery\":{}", call.header("idempotency-key"));
        assert!(call.body.contains(&delivery), "{}", call.body);
    }
}
