//! What takes too long for every change; `tests/run nightly` runs it.

use super::scale::country::SESSION;
use super::scale::many::country_with_kills;
use std::time::Duration;

#[test]
fn a_million_reports_with_workers_killed_again_and_again_end_as_one_replay() {
    let Some(takeover) = country_with_kills(1_000_000, 10) else { return };
    assert!(takeover <= SESSION + Duration::from_secs(2), "taken over {takeover:?} after the kill");
}
