//! What the web needs of the service, handed over once by the binary.

use crate::account::login_brake::LoginBrake;
use crate::handlers::reporter::taps::FirstTaps;
use crate::map::shapes::Shapes;
use crate::submit::SubmitReport;
use domain::time::Time;
use intake::entrance::{EntranceCounts, Shares};
use intake::{Buckets, LogWriter};
use std::sync::{Arc, Mutex};
use store::ChangeNotifier;
use views::Sources;

/// Cheap to clone.
#[derive(Clone)]
pub struct WebState {
    /// What every view reads from.
    pub sources: Sources,
    /// The intake all reports pass; forms and verifications go through it too.
    pub intake: SubmitReport,
    /// From `Shapes::load(folder of GeoJSON, &places)`.
    pub shapes: Arc<Shapes>,
    /// The clock people see and acts are stamped with; the demo runs on the scenario's.
    pub clock: Arc<dyn Fn() -> Time + Send + Sync>,
    /// The worker notifies it after each commit; open pages listen.
    pub changes: ChangeNotifier,
    /// True where the data are made up: every page says so.
    pub scenario: bool,
    /// How people reach the pages, also through a proxy that asks by another name.
    pub public_url: String,
    /// True behind HTTPS: cookies are then marked `Secure`.
    pub secure_cookies: bool,
    /// Made with `LoginBrake::default()`.
    pub login_brake: Arc<LoginBrake>,
    /// Live streams under way, by account.
    pub streams: Shares<String>,
    /// Counts who is sent away; the intake's own, so that `/metrics` shows them together.
    pub refusals: EntranceCounts,
    /// The log's writer, which feeds are registered with.
    pub log_writer: LogWriter,
    /// How fast reporters may send, and what they tapped; made with `web::reporter_pace()`.
    pub reporter_pace: Arc<ReporterPace>,
}

/// What is remembered of what reporters send.
pub struct ReporterPace {
    /// A bucket for each reporter's account.
    pub forms: Mutex<Buckets>,
    /// The taps of each feed that nothing happened.
    pub taps: Mutex<FirstTaps>,
}

/// Forms that one reporter's account may send in a minute.
const REPORTER_FORMS: u32 = 20;

pub fn reporter_pace() -> Arc<ReporterPace> {
    Arc::new(ReporterPace { forms: Mutex::new(Buckets::new(REPORTER_FORMS)), taps: Mutex::default() })
}
