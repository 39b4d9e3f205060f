//! The job runner: recurring work that one process of many does at a time, under a lease kept in the store.
//!
//! The binary registers [`Job`]s; every process with the role worker runs a [`JobRunner`]. A job that is due is leased,
//! run, and its row says when it is due next and how it ended. The holder renews its lease while the job runs; a holder
//! that dies is replaced once its lease has ended, and one that slept through its lease stops its run and notes nothing.

mod bmkg_pull;
mod drift_watch;
mod link_cleanup;
mod request_lapse;
mod session_cleanup;
mod sipongi_pull;
mod upload_cleanup;

pub use bmkg_pull::BmkgPull;
pub use drift_watch::DriftWatch;
pub use link_cleanup::LinkCleanup;
pub use request_lapse::RequestLapse;
pub use session_cleanup::SessionCleanup;
pub use sipongi_pull::SipongiPull;
pub use upload_cleanup::UploadCleanup;

use crate::metrics::JobMetrics;
use crate::worker_context::ServiceClock;
use async_recursion::async_recursion as boxed;
use domain::time::{MINUTE, SECOND, Time, doubled_wait};
use intake::backoff::sleep_unless_stopped;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use store::{JobEnd, JobLease, Store, StoreError};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a lease lasts without being renewed, in microseconds.
const LEASE: i64 = MINUTE;
/// How often a running job's lease is renewed.
const RENEW: Duration = Duration::from_secs(15);
/// How often it is asked whether a job is due.
const ASK: Duration = Duration::from_secs(2);
/// The first wait after a failed run, in microseconds; each further failure doubles it, up to the job's own interval.
const FIRST_RETRY: i64 = 10 * SECOND;

/// What a run of a job gives; an error in words.
pub type JobResult<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// Recurring work. A run that was cut short is repeated, so running twice must be the same as running once.
pub trait Job: Send + Sync {
    /// Names the job in the store and in metrics.
    fn name(&self) -> &'static str;
    /// From the end of a run to the next, in microseconds.
    fn every(&self) -> i64;
    /// Does the work. `now`: the service's clock, as people see it.
    fn run(&self, now: Time) -> JobResult<'_>;
}

/// What an attempt to run a job came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JobAttempt {
    /// It is not due, or another process runs it.
    NotDue,
    Done,
    Failed(String),
    /// Another process took it over; what this one did is not noted.
    TakenOver,
}

/// Runs jobs; cheap to clone.
#[derive(Clone)]
pub struct JobRunner {
    pub store: Store,
    pub jobs: Vec<Arc<dyn Job>>,
    /// Names this process in the rows.
    pub holder: String,
    /// The machine's clock: leases and due times.
    pub wall: ServiceClock,
    /// The service's clock, which a job is given.
    pub clock: ServiceClock,
    pub metrics: JobMetrics,
}

impl JobRunner {
    /// Works until `stop` is true. Jobs do not wait for one another.
    #[boxed]
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        for job in self.jobs.clone() {
            let (runner, stop) = (self.clone(), stop.clone());
            tasks.spawn(async move { runner.keep_running(&*job, &stop).await });
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn keep_running(&self, job: &dyn Job, stop: &watch::Receiver<bool>) {
        let mut is_registered = false;
        loop {
            if !is_registered {
                is_registered = self.register(job).await.is_ok();
            }
            if let Err(error) = self.attempt(job, stop).await {
                tracing::warn!(%error, job = job.name(), "the store did not answer the job runner");
            }
            if sleep_unless_stopped(ASK, stop).await {
                return;
            }
        }
    }

    /// Makes the job's row where there is none; a new job is due at once.
    ///
    /// # Errors
    /// Where the store does not answer.
    #[boxed]
    pub async fn register(&self, job: &dyn Job) -> Result<(), StoreError> {
        self.metrics.job_registered(job.name(), job.every());
        self.store.register_job(job.name(), (self.wall)()).await
    }

    /// Runs the job if it is due and free.
    ///
    /// # Errors
    /// Where the store does not answer; the lease ends by itself then.
    #[boxed]
    pub async fn attempt(
        &self,
        job: &dyn Job,
        stop: &watch::Receiver<bool>,
    ) -> Result<JobAttempt, StoreError> {
        let now = (self.wall)();
        let lease = self.store.lease_job(job.name(), &self.holder, now, now.plus(LEASE)).await?;
        let Some(lease) = lease else { return Ok(JobAttempt::NotDue) };
        let ended = tokio::select! {
            ended = job.run((self.clock)()) => ended,
            () = self.lose(&lease) => {
                tracing::warn!(job = job.name(), "another process took the job over; this run ends");
                self.metrics.job_ran(job.name(), "taken_over");
                return Ok(JobAttempt::TakenOver);
            }
            () = stopped(stop) => {
                self.store.release_job(&lease).await?;
                return Ok(JobAttempt::NotDue);
            }
        };
        self.finish(job, &lease, ended).await
    }

    async fn finish(
        &self,
        job: &dyn Job,
        lease: &JobLease,
        ended: Result<(), String>,
    ) -> Result<JobAttempt, StoreError> {
        let at = (self.wall)();
        let wait = match &ended {
            Ok(()) => job.every(),
            Err(_) => doubled_wait(FIRST_RETRY, lease.failures, job.every()),
        };
        let end = JobEnd { at, next_run: at.plus(wait), error: ended.clone().err() };
        if !self.store.finish_job(lease, end).await? {
            self.metrics.job_ran(job.name(), "taken_over");
            return Ok(JobAttempt::TakenOver);
        }
        match ended {
            Ok(()) => {
                self.metrics.job_ran(job.name(), "done");
                Ok(JobAttempt::Done)
            }
            Err(error) => {
                let again_in = Duration::from_micros(wait.max(0) as u64);
                tracing::error!(
                    error,
                    job = job.name(),
                    failures = lease.failures + 1,
                    ?again_in,
                    "a job failed"
                );
                self.metrics.job_ran(job.name(), "failed");
                Ok(JobAttempt::Failed(error))
            }
        }
    }

    /// Renews the lease again and again; returns once it is another's. While the store does not answer the run goes on:
    /// whether its end counts is decided when it is noted.
    async fn lose(&self, lease: &JobLease) {
        loop {
            tokio::time::sleep(RENEW).await;
            match self.store.renew_job(lease, (self.wall)().plus(LEASE)).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, job = lease.name, "renewing a job's lease"),
            }
        }
    }
}

async fn stopped(stop: &watch::Receiver<bool>) {
    // An error means that nobody is left to say so.
    drop(stop.clone().wait_for(|stop| *stop).await);
}

#[cfg(test)]
mod tests;
