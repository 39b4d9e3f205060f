//! Backups: what is restored is what was there, also from a build before this schema; sealed columns stay sealed.

use crate::commits::full;
use crate::daily_counts;
use crate::fixture::*;
use domain::alert::State;
use domain::alert::notice::AlertChangeKind;
use domain::effect::Effect;
use domain::kind::{FeedClass, Outcome};
use domain::place::{Areas, Code};
use domain::report::{Body, ReportName};
use domain::time::Time;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use store::{
    AddressPlan, BackupFormat, ClaimedChannels, FeedRow, Recipient, ReportFilter, ReportKey, RestoreOnto,
    SealedCodec, Store, StoreError,
};

/// Written by `kentongan backup` of the last build with schema 10: eleven records of a police feed (reports, a correction,
/// a retraction, a zero-report, an id that came twice, two dead letters), a desk's verification, an account.
const EARLIER: &[u8] = include_bytes!("../fixtures/backup_of_schema_10.ndjson.gz");

fn earlier_rows() -> Vec<Value> {
    let mut text = String::new();
    GzDecoder::new(EARLIER).read_to_string(&mut text).expect("the fixture is gzip");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines[0]["kentongan_backup"], 1);
    lines[1..lines.len() - 1].to_vec()
}

async fn restore(store: &Store, rows: Vec<Value>, format: BackupFormat) -> Result<u64, StoreError> {
    let mut rows = rows.into_iter();
    store.restore(move || Ok(rows.next()), (RestoreOnto::SameLog, format)).await
}

async fn backup(store: &Store) -> Vec<Value> {
    let mut rows = Vec::new();
    store
        .backup(|row| {
            rows.push(row.clone());
            Ok(())
        })
        .await
        .unwrap();
    rows
}

/// Rows as sorted text: databases give them in no order.
fn sorted(rows: &[Value]) -> Vec<String> {
    let mut rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    rows.sort_unstable();
    rows
}

pub async fn a_backup_of_an_earlier_build_is_restored(home: &Home) {
    let store = home.open().await;
    let rows = earlier_rows();
    let count = restore(&store, rows.clone(), BackupFormat::First).await.unwrap();
    assert_eq!(count, rows.len() as u64);

    let balance = store.balance().await.unwrap();
    assert_eq!((balance.reports(), balance.records(), balance.unaccounted), (10, 12, 0));
    let reports = store.reports(&ReportFilter::default()).await.unwrap().items;
    assert_eq!(reports.len(), 9);
    let retracted = reports.iter().find(|report| matches!(report.report.body, Body::Retraction { .. }));
    let retraction = retracted.expect("the retraction");
    let Body::Retraction { target } = retraction.report.body else { panic!("a retraction") };
    let target =
        ReportKey { regency: Code(161_300), id: ReportName { id: target, feed: retraction.report.feed } };
    let naming = store.reports_naming(target).await.unwrap();
    assert_eq!(naming.iter().map(|report| report.report.id).collect::<Vec<_>>(), [retraction.report.id]);
    let taken_back = store.report(target.regency, target.id).await.unwrap().expect("what it took back");
    assert_eq!(
        (taken_back.outcome, taken_back.reporter.as_deref()),
        (Some(Outcome::Retracted), Some("polsek-01"))
    );
    assert_eq!(taken_back.summary.as_deref(), Some("air naik di bantaran sungai"));
    let payload = store.payload(target).await.unwrap().expect("the bytes it came as");
    assert!(String::from_utf8(payload).unwrap().contains("bantaran"));

    let alerts = store.alerts(&store::AlertFilter::default()).await.unwrap().items;
    assert!(alerts.iter().any(|alert| alert.state == State::Open), "{alerts:?}");
    assert_eq!(store.verify_histories().await.unwrap(), (alerts.len() as u64, vec![]));
    assert_eq!(store.users().await.unwrap()[0].name, "sari");
    assert_eq!(store.heard().await.unwrap().len(), 2);
    assert_eq!(home.count("newest_assessments").await, 30);
    assert_eq!(home.count("cell_memory").await, 15);
    assert_eq!(daily_counts::recounted(&store, home).await, 0);
    assert!(home.count("daily_reports").await > 2 && home.count("daily_incidents").await > 0);
    let (letter, bytes) = store
        .dead_letter(
            0,
            store.dead_letters(&store::DeadLetterFilter::default()).await.unwrap().items[0].log_offset,
        )
        .await
        .unwrap()
        .expect("a dead letter");
    assert_eq!(letter.size, bytes.len() as i64);

    let again = restore(&store, rows, BackupFormat::First).await.unwrap_err();
    assert!(matches!(again, StoreError::Occupied), "{again}");
}

pub async fn what_is_restored_is_what_was_there(home: &Home) {
    let first = crate::fixture::sqlite();
    let first = first.open().await;
    restore(&first, earlier_rows(), BackupFormat::First).await.unwrap();
    first.seal_identity("polsek-01", "Aipda B.").await.unwrap();
    let rows = backup(&first).await;
    let second = home.open().await;
    assert_eq!(restore(&second, rows.clone(), BackupFormat::Third).await.unwrap(), rows.len() as u64);
    assert_eq!(sorted(&backup(&second).await), sorted(&rows));
    assert_eq!(second.sealed_identity("polsek-01").await.unwrap().as_deref(), Some("Aipda B."));
    assert_eq!(daily_counts::recounted(&second, home).await, 0);
}

/// Rows as the builds with schemas 11 to 14 wrote them: every report called by its id alone.
fn named_by_id(rows: &[Value]) -> Vec<Value> {
    const COLUMNS: [&str; 6] = ["id", "incident", "target", "report", "evidence", "bytes"];
    let bare = |text: &str| {
        let id = |name| ReportName::parse(name).map_or_else(|| name.to_owned(), |name| name.id.to_string());
        text.split_whitespace().map(id).collect::<Vec<_>>().join(" ")
    };
    let mut rows = rows.to_vec();
    for row in &mut rows {
        let memory = row[0] == "cell_memory";
        for column in COLUMNS {
            match &mut row[1][column] {
                Value::String(text) => *text = bare(text),
                // The memory of a cell of which nothing stands is alike but for its format.
                Value::Object(bytes) if memory && bytes["b"].as_str().is_some_and(|hex| hex.len() == 38) => {
                    bytes["b"] = bytes["b"].as_str().unwrap().replacen("03", "02", 1).into();
                }
                _ => {}
            }
        }
        if let Value::Object(columns) = &mut row[1] {
            columns.retain(|_, value| !value.is_null());
        }
    }
    rows
}

pub async fn a_backup_that_named_reports_by_their_ids_is_restored(home: &Home) {
    let first = crate::fixture::sqlite();
    let first = first.open().await;
    restore(&first, earlier_rows(), BackupFormat::First).await.unwrap();
    let rows = backup(&first).await;
    let earlier = named_by_id(&rows);
    assert_ne!(sorted(&earlier), sorted(&rows));
    let store = home.open().await;
    restore(&store, earlier, BackupFormat::Second).await.unwrap();
    assert_eq!(sorted(&backup(&store).await), sorted(&rows));
}

pub async fn a_backup_with_earlier_names_of_tables_is_restored(home: &Home) {
    let first = crate::fixture::sqlite();
    let first = first.open().await;
    restore(&first, earlier_rows(), BackupFormat::First).await.unwrap();
    let rows = backup(&first).await;
    let mut earlier = rows.clone();
    let renamed = earlier.iter_mut().filter(|row| row[0] == "feed_activity");
    assert!(renamed.map(|row| row[0] = "heard".into()).count() > 0);
    let store = home.open().await;
    restore(&store, earlier, BackupFormat::Third).await.unwrap();
    assert_eq!(sorted(&backup(&store).await), sorted(&rows));
}

/// Alerts withheld by a build that did not keep since when, and names of organisations that stood with the feeds alone.
pub async fn a_backup_of_the_build_before_keeps_what_was_withheld_and_who_is_called_how(home: &Home) {
    let first = crate::fixture::sqlite();
    let first = first.open().await;
    restore(&first, earlier_rows(), BackupFormat::First).await.unwrap();
    let alert = first.alerts(&store::AlertFilter::default()).await.unwrap().items.remove(0);
    let feed = FeedRow {
        organisation: "dinas".into(),
        organisation_name: "Dinas Sosial".into(),
        ..FeedRow::new("umpan-dinas", FeedClass::Village, Areas::parse("16.13").unwrap(), [7; 32], noon(0))
    };
    first.put_feed(&feed).await.unwrap();
    let mut rows = backup(&first).await;
    rows.retain(|row| row[0] != "organisation_names");
    rows.push(json!(["withheld_alerts", {"alert": alert.id}]));
    let store = home.open().await;
    restore(&store, rows, BackupFormat::Third).await.unwrap();
    for name in ["dinas", "Dinas Sosial"] {
        assert_eq!(store.organisation_once_called(name).await.unwrap().as_deref(), Some("dinas"));
    }
    let withheld = store.withheld_alerts("").await.unwrap().remove(0);
    assert_eq!((withheld.alert.id.as_str(), withheld.since), (alert.id.as_str(), 0));
    let plan = AddressPlan {
        to: [(Recipient { person: "b".into(), channel: "email".into() }, noon(1))].into(),
        ..AddressPlan::default()
    };
    assert!(store.release_withheld(&withheld.alert, &plan, noon(1)).await.unwrap());
    let claimed =
        store.claim_deliveries(&ClaimedChannels::AllBut(Vec::new()), noon(2), noon(3), 10).await.unwrap();
    assert_eq!(claimed.last().unwrap().item.change, AlertChangeKind::Opened);
}

/// A row that says its names only now, as an earlier build wrote it.
pub async fn the_names_of_a_feed_that_is_replaced_are_kept(home: &Home) {
    let store = home.open().await;
    let feed = |organisation: &str| FeedRow {
        organisation: organisation.into(),
        ..FeedRow::new("umpan-dinas", FeedClass::Village, Areas::parse("16.13").unwrap(), [7; 32], noon(0))
    };
    store.put_feed(&feed("dinas")).await.unwrap();
    run(home, "DELETE FROM organisation_names").await.unwrap();
    store.put_feed(&feed("")).await.unwrap();
    assert_eq!(store.organisation_once_called("dinas").await.unwrap().as_deref(), Some("dinas"));
}

/// Turns every bit round: enough to see what passes it.
struct Flip;

impl SealedCodec for Flip {
    fn seal(&self, clear: Vec<u8>) -> Vec<u8> {
        clear.into_iter().map(|byte| !byte).collect()
    }
    fn open(&self, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        Ok(sealed.into_iter().map(|byte| !byte).collect())
    }
}

pub async fn nothing_sealed_can_be_read_in_the_file(home: &Home) {
    const SECRETS: [&str; 6] =
        ["RAHASIAPELAPOR", "RAHASIARINGKAS", "RAHASIAISI", "RAHASIARUSAK", "RAHASIANAMA", "RAHASIADUA"];
    let [reporter, summary, payload, letter, person, second] = SECRETS;
    let store = Store::open_sealed(&home.url, Arc::new(Flip)).await.unwrap();
    let mut first = full(0);
    first.reports[0].reporter = Some(reporter.into());
    first.reports[0].summary = Some(summary.into());
    first.reports[0].payload = payload.into();
    first.dead_letters[0].bytes = letter.into();
    store.commit(first).await.unwrap();
    // One that takes the id, so that the first lies among the duplicates; and one that loses it.
    let mut next = commit(4, 6);
    let mut earlier = report(1, Body::Statement(statement()));
    (earlier.report.reported_at, earlier.offset, earlier.payload) = (noon(0), 4, second.into());
    let mut later = report(1, Body::Statement(statement()));
    (later.report.reported_at, later.offset, later.payload) = (noon(5), 5, second.into());
    later.report.hash = 99;
    (next.reports, next.effects) = (vec![earlier, later], Vec::<Effect>::new());
    store.commit(next).await.unwrap();
    store.seal_identity(reporter, person).await.unwrap();

    let key = ReportKey { regency: Code(161_300), id: name(1) };
    assert_eq!(store.payload(key).await.unwrap(), Some(second.into()));
    let kept = store.report(key.regency, name(2)).await.unwrap().unwrap();
    assert_eq!((kept.reporter.as_deref(), kept.summary.as_deref()), (Some("skd-1"), Some("laporan 2")));
    assert_eq!(store.dead_letter(0, 0).await.unwrap().unwrap().1, letter.as_bytes());
    assert_eq!(store.dead_letters_since(0, Time::MIN).await.unwrap()[0].bytes, letter.as_bytes());
    assert_eq!(store.sealed_identity(reporter).await.unwrap().as_deref(), Some(person));

    // As another program reads the file, and as the backup has it: no word of it.
    let rows = sorted(&backup(&store).await).join("\n");
    for secret in SECRETS.iter().chain(&["skd-1", "laporan 2"]) {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!rows.contains(secret) && !rows.contains(&hex), "'{secret}' can be read");
    }
    store.close().await;
    if !home.url.starts_with("postgres") {
        let file = std::fs::File::open(&home.url).unwrap();
        let bytes: Vec<u8> = BufReader::new(file).split(0).flat_map(Result::unwrap).collect();
        for secret in SECRETS {
            assert!(
                !bytes.windows(secret.len()).any(|part| part == secret.as_bytes()),
                "'{secret}' lies there"
            );
        }
    }
    let clear = home.open().await;
    assert_ne!(clear.payload(key).await.unwrap(), Some(second.into()), "another codec reads something else");
}
