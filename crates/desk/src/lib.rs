//! HTTP for people: server-rendered pages, a JSON API for programs, live updates.
//!
//! The binary calls [`router`]`(DeskState { … })` and merges the answer with its own routes. Of [`DeskState`]:
//!
//! * `store` — the state; sessions live there too.
//! * `intake` — [`submit::door`]`(intake::Intake)`: forms and verifications become records of the feeds `desk` and
//!   `desk-<class>` and pass the same intake as everybody's.
//! * `places`, `taxonomy` — as configured; `shapes` — `Shapes::load(folder of GeoJSON or None, &places)`.
//! * `rules` — `RuleWords::of(policy file)`; `models` — [`ModelInfo`] of each served model; `team` — names
//!   an alert may be assigned to.
//! * `ledger` — works out [`scoring::ledger::LedgerFigures`] for some codes.
//! * `clock` — what people see and acts are stamped with; sessions run on the machine's own clock.
//! * `changes` — the worker notifies it of each [`store::Change`] after a commit.
//! * `scenario` — words for the banner where the data are made up; `secure_cookies` — true behind HTTPS;
//!   `throttle` — `Throttle::default()`, shared by all logins.
//!
//! `kentongan user add` hashes with [`account::hash`]. The pages (`page`) are functions from view structs to
//! markup and read neither store nor clock; `load` fills the views; `serve` and `api` answer; `routes` is the list
//! of every route with who may pass it; `guard` is the door each stands behind.

pub mod account;
pub mod api;
pub mod asset;
pub mod context;
pub mod fault;
pub mod format;
pub mod guard;
pub mod level;
pub mod live;
pub mod load;
pub mod map;
pub mod page;
pub mod permit;
pub mod routes;
pub mod rules;
pub mod screen;
pub mod serve;
pub mod state;
pub mod submit;
pub mod words;

pub use account::Throttle;
pub use map::shapes::Shapes;
pub use page::model::ModelInfo;
pub use routes::{OPEN, router};
pub use rules::RuleWords;
pub use state::{DeskState, Ledger};
pub use submit::{Answer, Door};
