//! Jobs: a lease is given where the job is due and free, and only its holder's words count.

use crate::fixture::{Home, noon};
use sqlx::Executor;
use store::JobEnd;

pub async fn a_job_is_leased_to_one_until_it_ends_or_the_lease_does(home: &Home) {
    let store = home.open().await;
    store.register_job("cleanup", noon(2)).await.unwrap();
    store.register_job("cleanup", noon(9)).await.unwrap();
    assert!(store.lease_job("cleanup", "a", noon(1), noon(3)).await.unwrap().is_none(), "not due yet");
    let (first, second) = tokio::join!(
        store.lease_job("cleanup", "a", noon(2), noon(3)),
        store.lease_job("cleanup", "b", noon(2), noon(3))
    );
    let leases = [first.unwrap(), second.unwrap()];
    assert_eq!(leases.iter().flatten().count(), 1, "{leases:?}");
    let lost = leases.into_iter().flatten().next().unwrap();
    assert!(store.renew_job(&lost, noon(4)).await.unwrap());
    assert!(store.lease_job("cleanup", "b", noon(3), noon(5)).await.unwrap().is_none(), "renewed");
    let lease =
        store.lease_job("cleanup", "b", noon(4), noon(6)).await.unwrap().expect("its lease has ended");
    assert!(!store.renew_job(&lost, noon(8)).await.unwrap());
    let failed = JobEnd { at: noon(4), next_run: noon(5), error: Some("no space left".into()) };
    assert!(!store.finish_job(&lost, JobEnd { error: None, ..failed.clone() }).await.unwrap());
    assert!(store.finish_job(&lease, failed).await.unwrap());
    let row = store.jobs().await.unwrap().remove(0);
    assert_eq!((row.holder.as_str(), row.last_run, row.next_run), ("", Some(noon(4)), noon(5)));
    assert_eq!((row.last_error.as_deref(), row.failures), (Some("no space left"), 1));
    let again = store.lease_job("cleanup", "a", noon(5), noon(6)).await.unwrap().expect("due again");
    store.release_job(&again).await.unwrap();
    let again = store.lease_job("cleanup", "b", noon(5), noon(6)).await.unwrap().expect("given back");
    let done = JobEnd { at: noon(5), next_run: noon(7), error: None };
    assert!(store.finish_job(&again, done).await.unwrap());
    let row = store.jobs().await.unwrap().remove(0);
    assert_eq!((row.last_error, row.failures), (None, 0));
}

/// It is asked every second for each job: while nothing is due, that waits for no commit and holds none up.
pub async fn a_job_that_is_not_due_waits_for_nobody_who_writes(home: &Home) {
    let store = home.open().await;
    store.register_job("cleanup", noon(2)).await.unwrap();
    let mut writer = home.meddle().await;
    writer.execute("BEGIN").await.unwrap();
    writer.execute("UPDATE jobs SET failures = 1").await.unwrap();
    let lease = store.lease_job("cleanup", "a", noon(1), noon(3)).await;
    assert!(lease.expect("asked while another writes").is_none());
    writer.execute("ROLLBACK").await.unwrap();
    assert!(store.lease_job("cleanup", "a", noon(2), noon(3)).await.unwrap().is_some());
}
