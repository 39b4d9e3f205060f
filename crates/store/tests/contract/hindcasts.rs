//! The hindcast ledger: apart from the ledger, replaced as a whole by the next run of a regency, and in the backup.

use crate::fixture::Home;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::time::Time;
use store::HindcastRow;

fn row(code: u32, day: i64, happened: bool) -> HindcastRow {
    HindcastRow {
        kind: Kind::ResidentCompany,
        horizon: Horizon::Month,
        code: Code(code),
        day,
        regency: Code(code).regency(),
        risk_ppm: 31_415,
        baseline_ppm: 27_182,
        model: "resident_company-30d-2026-11-22/baseline:decayed".into(),
        happened,
        made_at: Time(1_795_910_400_000_000),
    }
}

pub async fn a_hindcast_is_kept_apart_from_the_ledger_and_a_second_replaces_it(home: &Home) {
    let store = home.open().await;
    let first = vec![row(161_304, 20_458, true), row(161_304, 20_465, false), row(350_801, 20_458, true)];
    assert_eq!(store.replace_hindcast(first.clone()).await.expect("kept"), 3);
    assert!(store.ledger(&[], 0).await.expect("the ledger").is_empty(), "no forecast was made");
    assert_eq!(store.ledger_day().await.expect("the ledger"), None);
    let of = async |code: u32| store.hindcasts(&[Code(code)]).await;
    assert_eq!(store.hindcasts(&[]).await.expect("all").len(), 3);
    assert_eq!(of(161_300).await.expect("a regency's"), first[..2]);
    let mut count = 0;
    let kept = |line: &serde_json::Value| {
        count += u64::from(line[0] == "hindcasts");
        Ok(())
    };
    store.backup(kept).await.expect("a backup");
    assert_eq!(count, 3);
    // The second run found fewer weeks, and says nothing of the other regency.
    let second = row(161_304, 20_465, true);
    store.replace_hindcast(vec![second.clone()]).await.expect("kept");
    assert_eq!(of(161_304).await.expect("a district's"), [second]);
    assert_eq!(of(350_800).await.expect("the other's"), first[2..]);
}
