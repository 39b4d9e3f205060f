//! A small regency with three reports, an alert and four people, and a way to ask the router.

pub use crate::effects::assessment;
use crate::effects::{condition, incident};
use crate::log::log_writer;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use domain::author::StampedAuthor;
use domain::effect::{Effect, Verdict};
use domain::kind::{Category, FeedClass, FoundBy, Handling, Horizon, Kind, Outcome, Parties};
use domain::place::{Areas, Code, Place, Places};
use domain::policy::{Silence, Voices};
use domain::report::{
    Body as ReportBody, FeedId, Remark, RemarkKind, Report, ReportId, ReportName, Statement, VerificationAct,
};
use domain::time::{DAY, HOUR, Hour, MINUTE, Time};
use formats::decode::{Catalog, RecordView, decode};
use formats::policy::PolicyFile;
use formats::taxonomy::Taxonomy;
use intake::FeedIdentity;
use intake::entrance::{EntranceCounts, Shares};
use scoring::ledger::LedgerFigures;
use scoring::pooling::range::RiskRanges;
use std::sync::{Arc, Mutex};
use store::{ChangeNotifier, Commit, FeedRow, ReportRow, Store, User};
use tower::ServiceExt;
use views::model::ServedModel;
use views::{Role, RuleWords, Sources, TeamContact};
use web::{LoginBrake, Shapes, SubmitOutcome, WebState, account};

/// Sat, 21 Nov 2026, 07.00 WIB.
pub const NOW: Time = Time(1_795_219_200_000_000);
pub const PASSWORD: &str = "ronda malam hari";
pub const VILLAGE: ReportId = ReportId(1 << 80);
pub const SECRET: ReportId = ReportId(2 << 80);
pub const COMPANY: ReportId = ReportId(3 << 80);
/// What the company denies with.
pub const DENIAL: ReportId = ReportId(7 << 80);

pub struct World {
    pub router: Router,
    pub state: WebState,
    /// What the desk sent to the intake.
    pub sent: Arc<Mutex<Vec<(FeedIdentity, serde_json::Value)>>>,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("state.db").to_str().unwrap()).await.unwrap();
        let places = Arc::new(places());
        let taxonomy = Arc::new(Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap());
        fill(&store, &places).await;
        people(&store).await;
        let sent = Arc::new(Mutex::new(Vec::new()));
        let intake = would_decode(sent.clone(), places.clone(), taxonomy.clone());
        let shapes = Arc::new(Shapes::load(None, &places).unwrap());
        let log_writer = log_writer(folder.path(), store.clone(), places.clone(), taxonomy.clone()).await;
        let policy = include_str!("../../../../config/policy.toml");
        let policy = PolicyFile::parse(policy, &taxonomy).unwrap();
        let sources = Sources {
            store,
            places,
            taxonomy: taxonomy.clone(),
            rules: Arc::new(RuleWords::of(&policy, &taxonomy)),
            models: Arc::new(vec![ServedModel { name: "disaster-7d".into(), ..ServedModel::default() }]),
            ledger: Arc::new(|_| Box::pin(async { Ok(LedgerFigures::default()) })),
            ranges: Arc::new(|_| Box::pin(async { Ok(Arc::new(RiskRanges::default())) })),
            silence: Silence {
                factor: 300,
                at_least: 3 * DAY,
                at_most: 14 * DAY,
                low_ppm: 500_000,
                voices: Voices::usual(),
            },
            chain_window: DAY,
            waiting: Arc::new(|| 0),
            min_severity: 3,
            alarm_budget: policy.policy.alarm_budget,
            team: Arc::new(vec![TeamContact {
                key: "16.13/danramil".into(),
                role: "Danramil".into(),
                phone: Some("0733 111".into()),
                areas: Areas::parse("16.13.04").unwrap(),
                has_channel: true,
                ..TeamContact::default()
            }]),
            wall: Arc::new(|| NOW),
        };
        let state = WebState {
            sources,
            intake,
            shapes,
            clock: Arc::new(|| NOW),
            changes: ChangeNotifier::new(8),
            scenario: true,
            public_url: "http://127.0.0.1:8080".into(),
            secure_cookies: false,
            login_brake: Arc::new(LoginBrake::default()),
            streams: Shares::new(usize::MAX, 6),
            refusals: EntranceCounts::default(),
            log_writer,
            reporter_pace: web::reporter_pace(),
        };
        World { router: web::router(state.clone()), state, sent, _folder: folder }
    }

    /// The same world with something of the state replaced.
    pub fn with(mut self, change: impl FnOnce(WebState) -> WebState) -> World {
        self.state = change(self.state);
        self.router = web::router(self.state.clone());
        self
    }

    /// The same world with something of what views read replaced.
    pub fn with_sources(self, change: impl FnOnce(Sources) -> Sources) -> World {
        self.with(|state| WebState { sources: change(state.sources.clone()), ..state })
    }

    /// What the pipeline says after the reports of the start.
    pub fn commit_of(&self, clock: Time, effects: Vec<Effect>) -> Commit {
        Commit {
            partition: 0,
            from_offset: 3,
            next_offset: 3,
            clock,
            last_tick: clock.hour(),
            reports: vec![],
            snapshot: store::SnapshotChunks::default(),
            dead_letters: vec![],
            registry_records: 0,
            clock_step: None,
            effects,
            places: self.state.sources.places.clone(),
            models: vec!["contoh-7d".into()],
            memory: vec![],
            ledger: None,
            partition_commit: None,
        }
    }

    /// The company denies: what stands behind this incident, or what nobody can tell.
    pub async fn denied(&self, id: ReportId, target: Option<ReportId>) {
        let mut row = report(id, FeedClass::Company, Handling::Limited, "tidak ada portal");
        row.report.body = ReportBody::Remark(Remark {
            what: RemarkKind::Denies,
            kind: Kind::ResidentCompany,
            category: None,
            occurred_at: NOW.plus(-8 * HOUR),
            reliability: 2,
            credibility: 0,
            handling: Handling::Limited,
            about: None,
            supersedes: None,
        });
        row.offset = 3;
        let regency = Code(161_300);
        let mut effects = vec![Effect::Outcome {
            regency,
            report: name(id),
            outcome: Outcome::Statement,
            incident: target.map(name),
        }];
        effects.extend(target.map(incident));
        if let Some(Effect::Incident(incident)) = effects.get_mut(1) {
            (incident.denials, incident.ended_at) = (1, Some(NOW.plus(-HOUR)));
        }
        let commit = Commit { next_offset: 4, reports: vec![row], ..self.commit_of(NOW, effects) };
        self.state.sources.store.commit(commit).await.unwrap();
    }

    /// The company sends a report of its own under an id that another feed has.
    pub async fn shares_its_id(&self, id: ReportId, summary: &str) {
        let mut row = report(id, FeedClass::Company, Handling::Open, summary);
        row.offset = 3;
        let (regency, report) = (Code(161_300), row.report.name());
        let outcome = Effect::Outcome { regency, report, outcome: Outcome::Incident, incident: Some(report) };
        let commit = Commit { next_offset: 4, reports: vec![row], ..self.commit_of(NOW, vec![outcome]) };
        self.state.sources.store.commit(commit).await.unwrap();
    }

    /// The company reports an incident of a kind elsewhere; returns the report's name.
    pub async fn reported_elsewhere(&self, code: Code, kind: Kind) -> ReportName {
        let mut row = report(ReportId(8 << 80), FeedClass::Company, Handling::Open, "di tempat lain");
        let body = Statement { kind, category: Category::OTHER, ..statement(Handling::Open) };
        (row.report.body, row.report.place) = (ReportBody::Statement(body), Place { code, village: 0 });
        row.offset = 3;
        let (regency, name) = (code.regency(), row.report.name());
        let outcome =
            Effect::Outcome { regency, report: name, outcome: Outcome::Incident, incident: Some(name) };
        let commit = Commit { next_offset: 4, reports: vec![row], ..self.commit_of(NOW, vec![outcome]) };
        self.state.sources.store.commit(commit).await.unwrap();
        name
    }

    /// A village's report whose clock stands a year back; `judged` by the desk or not.
    pub async fn doubtful(&self, id: ReportId, judged: bool) {
        let mut row = report(id, FeedClass::Village, Handling::Open, "banjir, tiga orang hanyut");
        (row.report.reported_at, row.offset) = (NOW.plus(-365 * DAY), 3);
        row.report.doubtful = Some(row.received_at);
        let mut verification = report(ReportId(id.0 + 1), FeedClass::Desk, Handling::Open, "sudah ditanya");
        verification.report.body = ReportBody::Verification {
            act: VerificationAct::Confirm,
            reports: vec![row.report.name().into()],
            areas: Areas::everywhere(),
        };
        verification.offset = 4;
        let outcome = |report, outcome, incident| {
            let regency = Code(161_300);
            Effect::Outcome { regency, report, outcome, incident }
        };
        let mut effects =
            vec![outcome(row.report.name(), Outcome::Incident, Some(row.report.name())), incident(id)];
        let mut reports = vec![row];
        if judged {
            effects.push(outcome(verification.report.name(), Outcome::Verification, None));
            reports.push(verification);
        }
        let next_offset = 3 + reports.len() as i64;
        let commit = Commit { next_offset, reports, ..self.commit_of(NOW, effects) };
        self.state.sources.store.commit(commit).await.unwrap();
    }

    /// The desk rejected `target`'s incident, for a reason.
    pub async fn rejected(&self, target: ReportId, why: &str) {
        let id = ReportId(target.0 + (9 << 80));
        let mut row = report(id, FeedClass::Desk, Handling::Open, why);
        row.report.body = ReportBody::Verification {
            act: VerificationAct::Reject,
            reports: vec![name(target).into()],
            areas: Areas::everywhere(),
        };
        row.offset = 3;
        let (regency, report, outcome) = (Code(161_300), name(id), Outcome::Verification);
        let mut effects =
            vec![Effect::Outcome { regency, report, outcome, incident: None }, incident(target)];
        if let Effect::Incident(incident) = &mut effects[1] {
            incident.verdict = Verdict::Rejected;
        }
        let commit =
            Commit { next_offset: 4, reports: vec![row], ..self.commit_of(NOW.plus(MINUTE), effects) };
        self.state.sources.store.commit(commit).await.unwrap();
    }

    /// A village's feed, registered for areas at an instant.
    pub async fn registered(&self, name: &str, areas: &str, since: Time) {
        let feed = FeedRow::new(
            name,
            FeedClass::Village,
            Areas::parse(areas).unwrap(),
            [name.len() as u8; 32],
            since,
        );
        self.state.sources.store.put_feed(&feed).await.unwrap();
    }

    /// Two days later another model speaks of the alert's place.
    pub async fn later(&self) {
        let mut assessed =
            assessment(&self.state.sources.places, Code(161304), Kind::ResidentCompany, Horizon::Week);
        if let Effect::Assessment(assessed) = &mut assessed {
            assessed.at = NOW.plus(2 * DAY);
        }
        let commit = Commit {
            models: vec!["model-kemudian-7d".into()],
            ..self.commit_of(NOW.plus(2 * DAY), vec![assessed])
        };
        self.state.sources.store.commit(commit).await.unwrap();
    }

    pub async fn ask(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Logs in and gives back the cookie.
    pub async fn login(&self, name: &str) -> String {
        let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.ask(post("/masuk", "", &form)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        answer.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_string()
    }

    /// Status and text of a page.
    pub async fn page(&self, path: &str, cookie: &str) -> (StatusCode, String) {
        read(self.ask(get(path, cookie)).await).await
    }
}

pub async fn read(answer: Response<Body>) -> (StatusCode, String) {
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), 4 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

pub fn get(path: &str, cookie: &str) -> Request<Body> {
    Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()
}

pub fn post(path: &str, cookie: &str, form: &str) -> Request<Body> {
    Request::post(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_string()))
        .unwrap()
}

fn places() -> Places {
    let text = include_str!("../../../../config/districts/16.13.csv").to_string();
    let other = include_str!("../../../../config/districts/63.72.csv").to_string();
    formats::places::from_csv(&[("16.13.csv".into(), text), ("63.72.csv".into(), other)]).unwrap()
}

/// An intake that decodes as the worker would, so that a record the pipeline would refuse is refused here too.
fn would_decode(
    sent: Arc<Mutex<Vec<(FeedIdentity, serde_json::Value)>>>,
    places: Arc<Places>,
    taxonomy: Arc<Taxonomy>,
) -> web::SubmitReport {
    Arc::new(move |feed, bytes| {
        let (sent, places, taxonomy) = (sent.clone(), places.clone(), taxonomy.clone());
        Box::pin(async move {
            let record = RecordView {
                bytes: &bytes,
                feed_name: feed.name(),
                class: Some(feed.class()),
                areas: feed.areas(),
                received_at: NOW,
                archive: false,
                author: feed.author(),
            };
            let catalog = Catalog { places: &places, taxonomy: &taxonomy };
            match decode(&record, &catalog) {
                Ok(decoded) => {
                    let id = decoded.report.id.to_string();
                    let record = serde_json::from_slice(&bytes).unwrap();
                    sent.lock().unwrap().push((feed.clone(), record));
                    Ok(SubmitOutcome::Accepted(id))
                }
                Err(refusal) => Ok(SubmitOutcome::Rejected {
                    reason: refusal.reason,
                    field: refusal.field.to_string(),
                    detail: refusal.detail,
                    sentence: refusal.sentence,
                }),
            }
        })
    })
}

async fn people(store: &Store) {
    let password_hash = account::hash(PASSWORD).unwrap();
    let people = [
        ("sari", Role::Desk, "16.13"),
        ("tim", Role::Team, "16.13"),
        ("bupati", Role::Leader, "16.13"),
        ("banjarbaru", Role::Desk, "63.72"),
        ("camat", Role::Desk, "16.13.01"),
    ];
    for (name, role, areas) in people {
        let user = User {
            name: name.into(),
            role,
            areas: Areas::parse(areas).unwrap(),
            password_hash: password_hash.clone(),
            enabled: true,
            person: name.into(),
            feed: String::new(),
        };
        store.put_user(&user).await.unwrap();
    }
}

fn statement(handling: Handling) -> Statement {
    Statement {
        kind: Kind::ResidentCompany,
        category: Category::parse("WP-05").unwrap(),
        severity: 3,
        occurred_at: NOW.plus(-8 * HOUR),
        stage: None,
        reliability: 2,
        credibility: 0,
        handling,
        parties: Parties::default(),
        found_by: FoundBy::Report,
        dead: 0,
        injured: 0,
        displaced: 0,
        supersedes: None,
        continues: false,
        ends: false,
        about: None,
        confidence: None,
        wording: None,
    }
}

/// The name of one of the reports: the company's is known by its id, the rest are the village's or the police's.
pub fn name(id: ReportId) -> ReportName {
    let class = match id {
        COMPANY | DENIAL => FeedClass::Company,
        SECRET => FeedClass::Police,
        VILLAGE => FeedClass::Village,
        _ => FeedClass::Desk,
    };
    ReportName { id, feed: FeedId::of(&feed_name(class)) }
}

fn feed_name(class: FeedClass) -> String {
    format!("{class}-rawas-ilir")
}

pub fn report(id: ReportId, class: FeedClass, handling: Handling, summary: &str) -> ReportRow {
    let name = feed_name(class);
    ReportRow {
        report: Report {
            id,
            hash: id.0 << 64 | u128::from(!(id.0 as u64)),
            feed: FeedId::of(&name),
            class,
            author: None,
            place: Place { code: Code(161304), village: 2003 },
            reported_at: NOW.plus(-7 * HOUR),
            reconstructed: false,
            doubtful: None,
            body: ReportBody::Statement(statement(handling)),
        },
        partition: 0,
        offset: (id.0 >> 80) as i64 - 1,
        feed_name: name,
        author: StampedAuthor::default(),
        reporter: Some("skd-pseudonim".into()),
        received_at: NOW.plus(-6 * HOUR),
        late: false,
        history: false,
        summary: Some(summary.into()),
        lat: None,
        lon: None,
        payload: b"{}".to_vec(),
    }
}

async fn fill(store: &Store, places: &Arc<Places>) {
    let mut effects = vec![
        Effect::Outcome {
            regency: Code(161_300),
            report: name(VILLAGE),
            outcome: Outcome::Incident,
            incident: Some(name(VILLAGE)),
        },
        Effect::Outcome {
            regency: Code(161_300),
            report: name(SECRET),
            outcome: Outcome::Merged,
            incident: Some(name(VILLAGE)),
        },
        Effect::Outcome {
            regency: Code(161_300),
            report: name(COMPANY),
            outcome: Outcome::Incident,
            incident: Some(name(COMPANY)),
        },
        incident(VILLAGE),
        incident(COMPANY),
    ];
    for code in [161301, 161304] {
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                effects.push(assessment(places, Code(code), *kind, *horizon));
            }
        }
    }
    effects.push(condition(places));
    let reports = vec![
        report(VILLAGE, FeedClass::Village, Handling::Limited, "portal dipasang <b>sejak subuh</b>"),
        report(SECRET, FeedClass::Police, Handling::Confidential, "isi-rahasia-polsek"),
        report(COMPANY, FeedClass::Company, Handling::Open, "truk kembali ke kebun"),
    ];
    let commit = Commit {
        partition: 0,
        from_offset: 0,
        next_offset: 3,
        clock: NOW,
        last_tick: Hour((NOW.0 / HOUR) as i32),
        reports,
        snapshot: store::SnapshotChunks::default(),
        dead_letters: vec![],
        registry_records: 0,
        clock_step: None,
        effects,
        places: places.clone(),
        models: vec!["contoh-7d".into()],
        memory: vec![],
        ledger: None,
        partition_commit: None,
    };
    store.commit(commit).await.unwrap();
}
