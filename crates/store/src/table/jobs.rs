//! Table `jobs`: one row for each recurring job says when it is due, who runs it under which lease, and how its last run ended.
//!
//! A lease is taken only where the job is due and the lease before has ended; each lease has its own epoch, so that a
//! holder that slept through its lease changes nothing.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell, TableRow, table_row};
use crate::store::{Store, in_transaction};
use async_recursion::async_recursion as boxed;
use domain::service_clock::SET_BACK;
use domain::time::Time;

table_row! {
    /// A job as its row has it.
    pub struct JobRow in "jobs", key 1 {
        pub name: String,
        /// The process that runs it; empty where none does.
        pub holder: String,
        pub lease_until: Time,
        /// Grows with every lease.
        pub epoch: i64,
        pub last_run: Option<Time>,
        pub next_run: Time,
        /// Why the last run failed; `None` where it did not.
        pub last_error: Option<String>,
        /// Runs that failed since the last one that did not.
        pub failures: u32,
    }
}

/// The right to run a job until it ends or another process takes it over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JobLease {
    pub name: String,
    epoch: i64,
    /// Runs that failed just before this one.
    pub failures: u32,
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JobEnd {
    pub at: Time,
    pub next_run: Time,
    pub error: Option<String>,
}

impl Store {
    /// Makes the job's row where there is none; it is due at `first_run` then.
    ///
    /// # Errors
    /// Where the store cannot be reached.
    #[boxed]
    pub async fn register_job(&self, name: &str, first_run: Time) -> Result<(), StoreError> {
        let row = JobRow {
            name: name.to_owned(),
            holder: String::new(),
            lease_until: Time(0),
            epoch: 0,
            last_run: None,
            next_run: first_run,
            last_error: None,
            failures: 0,
        };
        in_transaction!(self, tx => Bulk::insert_new::<JobRow>().run_rows(&mut tx, [row]).await).map(drop)
    }

    /// Takes the job until `until` where it is due at `now` and nobody holds it.
    ///
    /// # Errors
    /// Where the store cannot be reached.
    #[boxed]
    pub async fn lease_job(
        &self,
        name: &str,
        holder: &str,
        now: Time,
        until: Time,
    ) -> Result<Option<JobLease>, StoreError> {
        // A run or a lease that lies ahead was noted by a clock that was set back since.
        const FREE: &str =
            "name = $1 AND (next_run <= $2 OR last_run > $3) AND (lease_until <= $4 OR lease_until > $5)";
        let times = [now, now.plus(SET_BACK), now, until.plus(SET_BACK)];
        let cells = || [Cell::Text(name.to_owned())].into_iter().chain(times.map(|time| Cell::Int(time.0)));
        // It is asked every second, and mostly nothing is due: who writes does not wait for that.
        let free = sql::query(format!("SELECT 1 FROM jobs WHERE {FREE}")).bind_all(cells());
        if free.fetch_optional(&self.readers).await?.is_none() {
            return Ok(None);
        }
        let text = format!(
            "UPDATE jobs SET holder = $6, lease_until = $7, epoch = epoch + 1 WHERE {FREE} RETURNING {}",
            sql::columns::<JobRow>("")
        );
        let lease = sql::query(text).bind_all(cells()).bind(holder).bind(until.0);
        let row = in_transaction!(self, tx => lease.fetch_optional(&mut tx).await)?;
        let row = row.map(|row| JobRow::read(&row, 0)).transpose()?;
        Ok(row.map(|row| JobLease { name: row.name, epoch: row.epoch, failures: row.failures }))
    }

    /// Holds the job longer; false where another process took it over.
    ///
    /// # Errors
    /// Where the store cannot be reached.
    #[boxed]
    pub async fn renew_job(&self, lease: &JobLease, until: Time) -> Result<bool, StoreError> {
        const RENEW: &str = "UPDATE jobs SET lease_until = $1 WHERE name = $2 AND epoch = $3";
        let cells = [Cell::Int(until.0), Cell::Text(lease.name.clone()), Cell::Int(lease.epoch)];
        Ok(self.execute(sql::query(RENEW).bind_all(cells)).await? > 0)
    }

    /// Gives the job back without having run it to its end; it stays due.
    ///
    /// # Errors
    /// Where the store cannot be reached.
    #[boxed]
    pub async fn release_job(&self, lease: &JobLease) -> Result<(), StoreError> {
        const RELEASE: &str = "UPDATE jobs SET holder = '', lease_until = 0 WHERE name = $1 AND epoch = $2";
        self.execute(sql::query(RELEASE).bind(lease.name.as_str()).bind(lease.epoch)).await.map(drop)
    }

    /// Notes how the run ended; false where another process took the job over meanwhile.
    ///
    /// # Errors
    /// Where the store cannot be reached.
    #[boxed]
    pub async fn finish_job(&self, lease: &JobLease, end: JobEnd) -> Result<bool, StoreError> {
        const FINISH: &str = "UPDATE jobs SET holder = '', lease_until = 0, last_run = $1, next_run = $2, \
             last_error = $3, failures = $4 WHERE name = $5 AND epoch = $6";
        let failures = if end.error.is_some() { i64::from(lease.failures) + 1 } else { 0 };
        let cells = [
            Cell::Int(end.at.0),
            Cell::Int(end.next_run.0),
            Cell::MaybeText(end.error),
            Cell::Int(failures),
            Cell::Text(lease.name.clone()),
            Cell::Int(lease.epoch),
        ];
        Ok(self.execute(sql::query(FINISH).bind_all(cells)).await? > 0)
    }

    /// Every job, by name.
    ///
    /// # Errors
    /// Where the store cannot be reached.
    #[boxed]
    pub async fn jobs(&self) -> Result<Vec<JobRow>, StoreError> {
        let all = sql::query(format!("{} 1 = 1 ORDER BY name", sql::select::<JobRow>()));
        sql::read_all(&all.fetch_all(&self.readers).await?)
    }
}
