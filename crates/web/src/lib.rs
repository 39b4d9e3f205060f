//! HTTP for people and programs: server-rendered pages, a JSON API, live updates.
//!
//! The binary calls [`router`]`(WebState { … })` and merges the answer with its own routes. Of [`WebState`]:
//!
//! * `sources` — what `views` reads from: store, places, taxonomy, words of the policy, models, ledger.
//! * `intake` — [`submit::submit_to`]`(intake::Intake)`: forms and verifications become records of the feeds `desk` and
//!   `desk-<class>` and pass the same intake as everybody's.
//! * `log_writer` — `Intake::log_writer`: feeds are registered with it.
//! * `shapes` — `Shapes::load(folder of GeoJSON or None, &places)`.
//! * `clock` — what people see and acts are stamped with; sessions run on the machine's own clock.
//! * `changes` — the worker notifies it of each [`store::Change`] after a commit.
//! * `scenario` — true where the data are made up; `secure_cookies` — true behind HTTPS;
//!   `login_brake` — `LoginBrake::default()`, shared by all logins; `streams` — how many live streams an account may open.
//!
//! `kentongan user …` changes accounts with [`account::add`] and its like. A handler (`handlers`, `api`) makes a `views::Context` of its request,
//! loads the page's view from `views` and answers with it; `machine` answers machines, whatever roles the process plays; `pages` turns views into markup and reads neither store nor
//! clock; `routes` lists every route with who may pass; `guard` holds them to it.

pub mod account;
pub mod api;
pub mod asset;
pub mod fault;
pub mod guard;
pub mod handlers;
pub mod live;
pub mod machine;
pub mod map;
pub mod pages;
pub mod request;
pub mod routes;
pub mod state;
pub mod submit;

pub use account::login_brake::LoginBrake;
pub use map::shapes::Shapes;
pub use routes::{OPEN, router};
pub use state::{ReporterPace, WebState, reporter_pace};
pub use submit::{SubmitOutcome, SubmitReport};
