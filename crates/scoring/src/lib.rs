//! Models that are honest about what they know: fit, calibrate, judge, keep and apply.
//!
//! Read in this order: `events` (a list of what happened) → `panel` (unit × period counts, as of what was
//! received) → `feature` → `family` (experts, folds, recalibration) → `baseline` → `blend` (the mix of all) → `evaluate` →
//! `backtest`.
//! For the service: `train` fits on the pipeline's own features, `artefact` keeps the result as readable files,
//! `scorer` applies it by multiplication in a fixed order.

pub mod artefact;
pub mod backtest;
pub mod baseline;
mod blend;
pub mod drift;
pub mod error;
pub mod evaluate;
pub mod events;
pub mod family;
pub mod feature;
pub mod ledger;
pub mod level_filter;
pub mod logistic;
pub mod model_files;
mod newton;
pub mod panel;
pub mod period;
pub mod recalibrate;
pub mod rng;
pub mod scorer;
pub mod synthetic;
pub mod train;

pub use artefact::{Artefact, Models};
pub use backtest::{BacktestOptions, BacktestResult, backtest};
pub use error::{Error, Result};
pub use model_files::ModelFiles;
pub use scorer::ModelScorer;
pub use train::{TrainOptions, train};
