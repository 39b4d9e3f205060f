//! What the desk needs of the world, handed over once by the binary.

use crate::account::Throttle;
use crate::map::shapes::Shapes;
use crate::page::model::ModelInfo;
use crate::rules::RuleWords;
use crate::submit::Door;
use domain::place::{Code, Places};
use domain::policy::Silence;
use domain::time::Time;
use formats::taxonomy::Taxonomy;
use scoring::ledger::LedgerFigures;
use std::pin::Pin;
use std::sync::Arc;
use store::{ChangeNotifier, Store, StoreError};

/// Cheap to clone.
#[derive(Clone)]
pub struct DeskState {
    pub store: Store,
    /// The door all reports pass; forms and verifications go through it too.
    pub intake: Door,
    pub places: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    /// From `Shapes::load(folder of GeoJSON, &places)`.
    pub shapes: Arc<Shapes>,
    /// From `RuleWords::of(policy file)`; what the policy's rules are called.
    pub rules: Arc<Vec<RuleWords>>,
    /// The models that serve, for the page that names them.
    pub models: Arc<Vec<ModelInfo>>,
    /// Works out the ledger's figures for these codes.
    pub ledger: Ledger,
    /// When a feed counts as silent (policy).
    pub silence: Silence,
    /// Records this process knows to be on disk and not yet worked into the picture.
    pub waiting: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// From this severity on an incident counts in the ledger (policy).
    pub min_severity: u8,
    /// Names alerts may be assigned to (the team's roster).
    pub team: Arc<Vec<String>>,
    /// The clock people see and acts are stamped with; the demo runs on the scenario's.
    pub clock: Arc<dyn Fn() -> Time + Send + Sync>,
    /// The worker notifies here after each commit, the desk after each act.
    pub changes: ChangeNotifier,
    /// Set where the data are made up: shown on every page.
    pub scenario: Option<String>,
    /// True behind HTTPS: cookies are then marked `Secure`.
    pub secure_cookies: bool,
    /// Made with `Throttle::default()`.
    pub throttle: Arc<Throttle>,
}

/// The ledger's view of some codes: judging is the binary's, showing is the desk's.
pub type Ledger = Arc<dyn Fn(Vec<Code>) -> Judged + Send + Sync>;
pub type Judged = Pin<Box<dyn Future<Output = Result<LedgerFigures, StoreError>> + Send>>;
