//! Who calls an incident over, however many reports it has.

use crate::fixture::*;
use domain::effect::{Effect, Incident};
use domain::kind::{FeedClass, Outcome};
use domain::report::{Body, Statement};
use domain::time::Time;
use store::{ReportRow, Store};

/// Receives reports of the first incident, each by its class, at its time; true of those that call it over.
async fn received(store: &Store, first: u128, reports: &[(FeedClass, Time, bool)]) {
    let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
    let mut commit = commit(from, from + reports.len() as i64);
    for (number, (class, occurred_at, ends)) in reports.iter().enumerate() {
        let id = first + number as u128;
        let mut row =
            report(id, Body::Statement(Statement { occurred_at: *occurred_at, ends: *ends, ..statement() }));
        row.report.class = *class;
        commit.reports.push(ReportRow { offset: from + number as i64, ..row });
        let is = if id == 1 { Outcome::Incident } else { Outcome::Merged };
        commit.effects.push(outcome(id, is, Some(1)));
    }
    store.commit(commit).await.unwrap();
}

/// Of many reports the latest are looked at, and what says when it ended always.
pub async fn who_calls_an_incident_over_is_found_among_its_latest_reports(home: &Home) {
    let store = home.open().await;
    let own = Incident { ended_at: Some(noon(4)), ..incident(1, 161_304, noon(1)) };
    let calls = [
        (FeedClass::Village, noon(1), false),
        (FeedClass::Police, noon(3), true),
        (FeedClass::Company, noon(4), true),
    ];
    received(&store, 1, &calls).await;
    let from = store.recover(0).await.unwrap().unwrap().next_offset;
    let mut known = commit(from, from);
    known.effects = vec![Effect::Incident(own)];
    store.commit(known).await.unwrap();
    let both = [FeedClass::Company, FeedClass::Police];
    assert_eq!(store.over_by(&own, Time::MAX).await.unwrap(), both);
    received(&store, 10, &[(FeedClass::Village, noon(5), false); 90]).await;
    assert_eq!(store.over_by(&own, Time::MAX).await.unwrap(), both);
    received(&store, 110, &[(FeedClass::Village, noon(5), false); 90]).await;
    assert_eq!(store.over_by(&own, Time::MAX).await.unwrap(), both[..1]);
    let another = Incident { id: name(2), ..own };
    assert_eq!(store.over_by(&another, Time::MAX).await.unwrap(), []);
}
