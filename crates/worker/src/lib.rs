//! The worker: reads the log, decodes, applies, commits state, effects and offset in one transaction, publishes.
//!
//! [`EmbeddedWorker`] reads the log file of a single process; [`Group`] reads the partitions of Kafka's `reports` that its
//! consumer group gives it. Both are a [`Driver`] over a [`RecordLog`] and work with a [`WorkerContext`]. [`JobRunner`] runs recurring [`Job`]s.
//! [`replay`] takes an archive through the same pipeline without a store; [`hindcast`] makes the hindcast ledger of it; [`report_history`] and
//! [`calibration`] learn from what the store holds. [`LedgerService`] judges the forecast ledger, [`RiskRangeService`]
//! gives the ranges of risks that rest on it.
#![forbid(unsafe_code)]

mod apply;
mod archive_order;
pub mod audit;
mod borders;
pub mod calibration;
mod commit_size;
mod driver;
mod embedded;
#[cfg(test)]
mod fixture;
mod group;
pub mod hindcast;
pub mod jobs;
mod ledger_metrics;
mod ledger_service;
mod messages;
mod metrics;
mod partition;
mod publisher;
mod record_log;
mod recovery;
pub mod replay;
pub mod report_history;
pub mod risk_ranges;
pub mod rule_costs;
mod state_metrics;
mod territory;
mod worker_context;

pub use commit_size::CommitSize;
pub use driver::{Driver, DriverConfig, HOT_SPAN, StartAt, WorkEnd};
pub use embedded::EmbeddedWorker;
pub use group::Group;
pub use jobs::{Job, JobRunner};
pub use ledger_metrics::LedgerMetrics;
pub use ledger_service::LedgerService;
pub use metrics::{JobMetrics, MetricMaker, WorkerMetrics};
pub use partition::PartitionConfig;
pub use record_log::{LogEvent, RecordLog, SharedProgress};
pub use recovery::{LeftAt, RecoverySource, evidence};
pub use risk_ranges::RiskRangeService;
pub use state_metrics::StateMetrics;
pub use territory::Territory;
pub use worker_context::{ServiceClock, WorkerContext};
