//! An intake with a log and a store of its own, and short ways to call it.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use domain::time::Time;
use formats::decode::{Catalog, decode};
use formats::places;
use formats::taxonomy::Taxonomy;
use intake::dead_letters::{self, PutBack};
use intake::entrance::EntranceRefusal;
use intake::{
    FeedIdentity, Intake, IntakeLimits, IntakeParts, LogDestination, SubmitResult, as_decoded, http,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{Commit, DeadLetter, FeedRow, Log, LogOptions, LogRecord, PARTITION, ReportRow, Store};
use tower::ServiceExt;

pub const NDJSON: &str = "application/x-ndjson";
/// 2026-01-01T00:05:00+07:00.
const NOW: Time = Time(1_767_200_700_000_000);

pub struct IntakeFixture {
    router: Router,
    intake: Intake,
    parts: IntakeParts,
    log: Log,
    _folder: tempfile::TempDir,
}

impl IntakeFixture {
    pub async fn build() -> IntakeFixture {
        IntakeFixture::with(IntakeLimits::default(), LogOptions::default()).await
    }

    pub async fn with(limits: IntakeLimits, options: LogOptions) -> IntakeFixture {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let log = Log::open(&path("log.sqlite"), options).await.unwrap();
        let store = Store::open(&path("state.sqlite")).await.unwrap();
        let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config");
        let read = |name: &str| std::fs::read_to_string(format!("{config}/{name}")).unwrap();
        let places = places::from_csv(
            &["16.13.csv", "35.08.csv"].map(|file| (file.into(), read(&format!("districts/{file}")))),
        )
        .unwrap();
        let taxonomy = Taxonomy::parse(&read("taxonomy.toml")).unwrap();
        let parts = IntakeParts {
            log: LogDestination::Embedded(log.clone()),
            store,
            places: Arc::new(places),
            taxonomy: Arc::new(taxonomy),
            clock: Arc::new(|| NOW),
            limits,
        };
        let fixture = {
            let intake = Intake::new(parts.clone());
            let router = http::router(intake.clone());
            IntakeFixture { router, intake, parts, log, _folder: folder }
        };
        fixture.feed("skd-rawas-ilir", "token", FeedClass::Village, "16.13").await;
        fixture.disabled_feed("mati", "token-mati").await;
        fixture
    }

    pub async fn feed(&self, name: &str, token: &str, class: FeedClass, areas: &str) {
        let token_sha256 = Sha256::digest(token.as_bytes()).into();
        let row = FeedRow::new(name, class, Areas::parse(areas).unwrap(), token_sha256, Time(0));
        self.parts.store.put_feed(&row).await.unwrap();
    }

    async fn disabled_feed(&self, name: &str, token: &str) {
        let (token_sha256, class) = (Sha256::digest(token.as_bytes()).into(), FeedClass::Village);
        let row = FeedRow {
            enabled: false,
            ..FeedRow::new(name, class, Areas::everywhere(), token_sha256, Time(0))
        };
        self.parts.store.put_feed(&row).await.unwrap();
    }

    /// How many were sent away for this.
    pub fn refusals(&self, reason: EntranceRefusal) -> u64 {
        self.intake.refusals().of(reason)
    }

    /// Lets a paused feed in again, as `feed resume` does.
    pub async fn resume(&self, feed: &str) {
        assert!(self.parts.store.pause_feed(feed, None).await.unwrap());
    }

    /// Does the worker's part, as far as the intake can tell: what is new in the log becomes state.
    pub async fn commit(&self) {
        let before = self.parts.store.recover(PARTITION).await.unwrap();
        let from = before.map_or(0, |before| before.next_offset);
        let records: Vec<LogRecord> =
            self.kept().await.into_iter().filter(|kept| kept.offset >= from).collect();
        let (mut reports, mut dead_letters) = (Vec::new(), Vec::new());
        for kept in &records {
            match self.report_row(kept) {
                Ok(row) => reports.push(row),
                Err(reason) => dead_letters.push(dead_letter(kept, reason)),
            }
        }
        let commit = Commit {
            partition: PARTITION,
            from_offset: from,
            next_offset: from + records.len() as i64,
            clock: NOW,
            last_tick: NOW.hour(),
            reports,
            snapshot: store::SnapshotChunks::default(),
            dead_letters,
            registry_records: 0,
            clock_step: None,
            effects: Vec::new(),
            places: self.parts.places.clone(),
            models: Vec::new(),
            memory: Vec::new(),
            ledger: None,
            partition_commit: None,
        };
        self.parts.store.commit(commit).await.unwrap();
    }

    /// Hands a record in as one of the desk's forms does.
    pub async fn form(&self, class: FeedClass, record: String) -> SubmitResult {
        self.typed(&FeedIdentity::desk(class), record.into_bytes()).await
    }

    fn report_row(&self, kept: &LogRecord) -> Result<ReportRow, Refused> {
        let LogRecord { partition, offset, record } = kept;
        let catalog = Catalog { places: &self.parts.places, taxonomy: &self.parts.taxonomy };
        let decoded = decode(&as_decoded(record), &catalog).map_err(|refusal| refusal.reason)?;
        record.refused.map_or(Ok(()), Err)?;
        Ok(ReportRow {
            report: decoded.report,
            partition: *partition,
            offset: *offset,
            feed_name: record.feed.clone(),
            author: record.author.clone(),
            reporter: None,
            received_at: record.received_at,
            late: false,
            history: false,
            summary: None,
            lat: None,
            lon: None,
            payload: record.bytes.clone(),
        })
    }

    /// Puts dead letters back into the log.
    pub async fn put_back(&self) -> PutBack {
        dead_letters::replay(&self.parts.store, self.intake.log_writer(), None).await.unwrap()
    }

    /// The same as an account of the desk types it.
    pub async fn typed(&self, feed: &FeedIdentity, record: Vec<u8>) -> SubmitResult {
        self.intake.submit(feed, vec![record]).await.unwrap().pop().unwrap()
    }

    /// The same log and state after a restart.
    /// A new process, a second later: what the state holds was received before.
    pub fn restarted(&mut self) {
        self.parts.clock = Arc::new(|| NOW.plus(1_000_000));
        self.intake = Intake::new(self.parts.clone());
        self.router = http::router(self.intake.clone());
    }

    pub async fn post(&self, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.send(&[(header::CONTENT_TYPE.as_str(), content_type)], Body::from(body.into())).await
    }

    pub async fn send(&self, headers: &[(&str, &str)], body: Body) -> Answer {
        self.send_as(Some("token"), headers, body).await
    }

    pub async fn send_as(&self, token: Option<&str>, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::post(http::REPORTS);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: head.status, headers: head.headers, body }
    }

    /// Everything in the log.
    pub async fn kept(&self) -> Vec<LogRecord> {
        self.log.read(PARTITION, 0, 1_000_000).await.unwrap()
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// Accepted, rejected, duplicates.
    pub fn counts(&self) -> (u64, u64, u64) {
        let of = |name: &str| self.body[name].as_u64().unwrap_or(u64::MAX);
        (of("accepted"), of("rejected"), of("duplicates"))
    }

    pub fn results(&self) -> &[Value] {
        self.body["results"].as_array().unwrap()
    }

    #[track_caller]
    pub fn is_problem(&self, status: StatusCode, word: &str) {
        assert_eq!(
            (self.status, self.headers[header::CONTENT_TYPE].as_bytes()),
            (status, &b"application/problem+json"[..])
        );
        assert_eq!(self.body["status"], status.as_u16());
        assert!(self.body["detail"].as_str().unwrap().contains(word), "{}", self.body);
    }
}

/// A whole report of the fixture's feed; another number, another id.
pub fn report(number: u32) -> String {
    format!(
        "{{\"report_id\":\"01KDTNM8M0Y02FSFQYZ{number:07}\",\"feed\":\"village\",\"district\":\"16.13.04\",\
         \"kind\":\"resident_company\",\"category\":\"WP-05\",\"severity\":3,\
         \"occurred_at\":\"2026-01-01T00:00:00+07:00\",\"reported_at\":\"2026-01-01T00:01:30+07:00\",\
         \"summary\":\"warga memblokir jalan angkut\"}}"
    )
}

/// A body of so many bytes that does not say its length.
pub fn drip(bytes: usize) -> Body {
    let pieces = (0..bytes).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(b"x")));
    Body::from_stream(futures::stream::iter(pieces))
}

/// What the worker makes of a record that was refused.
fn dead_letter(kept: &LogRecord, reason: Refused) -> DeadLetter {
    let LogRecord { partition, offset, record } = kept;
    DeadLetter {
        partition: *partition,
        offset: *offset,
        feed_name: record.feed.clone(),
        class: record.class,
        reason,
        field: String::new(),
        detail: String::new(),
        received_at: record.received_at,
        bytes: record.bytes.clone(),
    }
}
