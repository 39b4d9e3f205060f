//! The service runs every recurring job there is.

use kentongan_tests::house;
use kentongan_tests::service::{self, Service};
use std::time::Duration;

/// The names that the jobs give themselves.
fn jobs() -> Vec<String> {
    let sources = house::files("crates/worker/src/jobs", &[".rs"]);
    let of_jobs = sources
        .iter()
        .filter(|source| source.text.contains("impl Job for") && !source.path.contains("tests"));
    let named = |text: &str| {
        let (_, rest) = text.split_once("fn name(&self) -> &'static str {").expect("a job has a name");
        rest.split('"').nth(1).expect("the name is a literal").to_owned()
    };
    of_jobs.map(|source| named(&source.text)).collect()
}

#[test]
fn the_service_runs_every_recurring_job() {
    let jobs = jobs();
    assert!(jobs.iter().any(|name| name == "link_cleanup") && jobs.len() >= 3, "{jobs:?}");
    let folder = tempfile::tempdir().expect("making a folder");
    let service = Service::start("serve", &folder.path().join("data"), &[]);
    let registered = service::eventually(Duration::from_secs(30), || {
        let metrics = service.metrics().ok()?.text();
        let runs =
            |name: &String| metrics.contains(&format!("kentongan_job_interval_seconds{{name=\"{name}\"}}"));
        jobs.iter().all(runs).then_some(())
    });
    assert!(registered.is_some(), "{jobs:?}: {}", service.metrics().expect("asking").text());
    service.stop();
}
