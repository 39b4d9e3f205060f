//! Models that are honest about what they know: fit, calibrate, judge, keep and apply.
//!
//! Read in this order: `events` (a list of what happened) → `train::serving` (the pipeline's own feature vectors of it, and what
//! came after) → `train::choose` (penalty, slope and the mix with the simple forecasts, by rolling folds: one line) →
//! `train`, which writes this line as readable files (`artefact`), and `backtest`, which judges the same line on a `panel`
//! (unit × period) beside the `baseline`s. `scorer` applies it in the service by multiplication in a fixed order.
//! `prior` does the same over many countries, for kinds of which no list of their own is at hand.

pub mod artefact;
pub mod backtest;
pub mod baseline;
mod blend;
mod decayed;
pub mod drift;
pub mod error;
pub mod evaluate;
pub mod events;
pub mod ledger;
pub mod logistic;
pub mod model_files;
mod newton;
pub mod outlook;
pub mod panel;
pub mod period;
pub mod pooling;
pub mod prior;
pub mod recalibrate;
pub mod rng;
pub mod scorer;
mod spent_budget;
pub mod synthetic;
pub mod train;

pub use artefact::{Artefact, Models};
pub use backtest::{BacktestOptions, BacktestResult, backtest};
pub use error::{Error, Result};
pub use model_files::ModelFiles;
pub use scorer::ModelScorer;
pub use spent_budget::SpentBudget;
pub use train::{TrainOptions, train};
