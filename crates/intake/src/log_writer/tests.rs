//! Whichever way a record comes, the log holds the same stamps, and the sender gets the same answer.

use super::*;
use crate::fixture::{Fixture, NOW, report};
use crate::log_backup::{self, BackupRecord};
use crate::{Intake, IntakeLimits, IntakeParts};
use domain::kind::FeedClass;
use domain::place::Areas;
use domain::service_clock::SET_BACK;
use domain::time::{DAY, HOUR};
use store::{LogRecord, PARTITION};

const ID: &str = "01KDTNM8M0Y02FSFQYZ0000001";

#[tokio::test]
async fn a_record_ends_with_the_same_stamps_whichever_way_it_comes() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("skd-rawas-ilir", FeedClass::Village, "16.13").await;
    let record = report(ID, "16.13.04", "");
    let parts = &fixture.writer.0.parts;
    let intake = Intake::new(IntakeParts {
        log: parts.log.clone(),
        store: parts.store.clone(),
        places: parts.places.clone(),
        taxonomy: parts.taxonomy.clone(),
        clock: parts.clock.clone(),
        limits: IntakeLimits::default(),
    });
    // A feed with its token and the desk's forms come through the intake;
    intake.submit(&feed, vec![record.clone()]).await.unwrap();
    // archives and dead letters that are put back append to the writer;
    let named = fixture.writer.registered_feed("skd-rawas-ilir").await.unwrap().unwrap();
    fixture.writer.append(&named, vec![record.clone()]).await.unwrap();
    // the demo brings its own time of receipt.
    let played = PlayedRecord { feed: Arc::new(named), received_at: NOW, bytes: record.clone() };
    fixture.writer.append_played(vec![played]).await.unwrap();
    let kept = fixture.kept().await;
    let expected = NewRecord {
        feed: "skd-rawas-ilir".into(),
        class: FeedClass::Village,
        areas: Areas::parse("16.13").unwrap(),
        received_at: NOW,
        bytes: record,
        refused: None,
        archive: false,
        author: StampedAuthor::default(),
    };
    assert_eq!(kept, [expected.clone(), expected.clone(), expected.clone()]);
    // A backup gives the log back as it was.
    let backup = kept.into_iter().enumerate().map(|(offset, record)| {
        BackupRecord::of(LogRecord { partition: PARTITION, offset: offset as i64, record })
    });
    log_backup::restore(&fixture.writer, backup.collect()).await.unwrap();
    assert_eq!(fixture.kept().await, vec![expected; 6]);
}

#[tokio::test]
async fn the_registry_decides_class_and_areas_for_every_way() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("polsek-karang-dapo", FeedClass::Police, "16.13.05").await;
    let village = report(ID, "16.13.05", "");
    let outside = String::from_utf8(report(ID, "16.13.04", "")).unwrap().replace("village", "police");
    let played = |bytes: Vec<u8>| PlayedRecord { feed: Arc::new(feed.clone()), received_at: NOW, bytes };
    for record in [village, outside.into_bytes()] {
        let appended = fixture.writer.append(&feed, vec![record.clone()]).await.unwrap();
        let demo = fixture.writer.append_played(vec![played(record.clone())]).await.unwrap();
        let previewed = fixture.writer.preview(&feed, vec![record]).await.unwrap();
        assert!(
            matches!(&appended[0], SubmitResult::Rejected(refusal) if refusal.reason == Refused::Forbidden)
        );
        assert_eq!((&appended, &appended), (&demo, &previewed));
    }
}

/// The log's reader takes what was kept before such records were refused, so what is refused now is stamped.
#[tokio::test]
async fn a_record_with_a_member_twice_is_kept_with_the_stamp_that_it_was_refused() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("skd", FeedClass::Village, "").await;
    let twice = report(ID, "16.13.04", r#","district":"16.13.05""#);
    let answers = fixture.writer.append(&feed, vec![twice, b"{".to_vec()]).await.unwrap();
    assert!(matches!(&answers[0], SubmitResult::Rejected(refusal) if refusal.field == "district"));
    let kept = fixture.kept().await;
    assert_eq!(kept.iter().map(|record| record.refused).collect::<Vec<_>>(), [Some(Refused::Schema), None]);
    let read = |refused| decode_logged(&as_decoded(&kept[0]), refused, &fixture.writer.0.catalog()).is_ok();
    assert_eq!((read(kept[0].refused), read(None)), (false, true));
}

/// Also where the record was refused before it was read, the log's reader says what its sender reads.
#[tokio::test]
async fn a_record_that_may_be_no_report_is_refused_in_the_log_as_to_its_sender() {
    let fixture = Fixture::build().await;
    let feed = Arc::new(fixture.feed("skd", FeedClass::Village, "").await);
    let once = report(ID, "16.13.04", "");
    let twice = report(ID, "16.13.04", r#","district":"16.13.05""#);
    let arrival = |(bytes, reason): (&Vec<u8>, Refused)| Arrival {
        feed: feed.clone(),
        received_at: NOW,
        bytes: bytes.clone(),
        origin: None,
        refused: Some(reason),
        archive: false,
    };
    let records = [
        (&once, Refused::District),
        (&once, Refused::Forbidden),
        (&twice, Refused::District),
        (&twice, Refused::Forbidden),
    ];
    let answers = fixture.writer.write_now(records.map(arrival).into()).await.unwrap();
    let kept = fixture.kept().await;
    let stamps = [Refused::District, Refused::Forbidden, Refused::Schema, Refused::Schema].map(Some);
    assert_eq!(kept.iter().map(|record| record.refused).collect::<Vec<_>>(), stamps);
    for (record, answer) in kept.iter().zip(answers) {
        let logged = decode_logged(&as_decoded(record), record.refused, &fixture.writer.0.catalog());
        assert_eq!(answer, SubmitResult::Rejected(logged.unwrap_err()));
    }
}

#[tokio::test]
async fn only_an_enabled_feed_of_the_registry_and_the_desks_own_have_a_name() {
    let fixture = Fixture::build().await;
    fixture.feed("mati", FeedClass::Village, "").await;
    let row = fixture.store.feeds().await.unwrap().remove(0);
    fixture.store.put_feed(&store::FeedRow { enabled: false, ..row }).await.unwrap();
    for name in ["mati", "siapa", "desk-nobody", "(reports)"] {
        assert_eq!(fixture.writer.registered_feed(name).await.unwrap(), None, "{name}");
    }
    for (name, class) in [("desk", FeedClass::Desk), ("desk-village", FeedClass::Village)] {
        let feed = fixture.writer.registered_feed(name).await.unwrap().unwrap();
        assert_eq!((feed.name(), feed.class(), feed.areas()), (name, class, &Areas::everywhere()));
    }
}

#[tokio::test]
async fn a_preview_keeps_nothing_and_says_what_an_append_would() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("desa", FeedClass::Village, "").await;
    let elsewhere = report("01KDTNM8M0Y02FSFQYZ9ZZZZZA", "35.08.01", "");
    fixture.writer.append(&feed, vec![elsewhere.clone()]).await.unwrap();
    let corrects = report(ID, "16.13.04", r#","supersedes":"01KDTNM8M0Y02FSFQYZ9ZZZZZA""#);
    let records = vec![elsewhere, corrects, report(ID, "16.13.05", ""), b"{".to_vec()];
    let previewed = fixture.writer.preview(&feed, records.clone()).await.unwrap();
    assert_eq!(fixture.kept().await.len(), 1);
    assert_eq!(previewed, fixture.writer.append(&feed, records).await.unwrap());
    let refused = |result: &SubmitResult| matches!(result, SubmitResult::Rejected(_));
    assert_eq!(previewed.iter().map(refused).collect::<Vec<_>>(), [false, true, false, true]);
    assert!(matches!(
        previewed[0],
        SubmitResult::Duplicate { place: KnownFrom::Log, counts: TwinCounting::Same, .. }
    ));
}

/// A writer whose clock the test sets, over the log and the store of a fixture.
fn writer_at(fixture: &Fixture, clock: &Arc<std::sync::atomic::AtomicI64>) -> LogWriter {
    let clock = clock.clone();
    let now = move || Time(clock.load(std::sync::atomic::Ordering::SeqCst));
    let parts = &fixture.writer.0.parts;
    LogWriter::new(LogWriterParts { clock: Arc::new(now), ..parts.clone() })
}

#[tokio::test]
async fn a_clock_that_was_set_back_is_written_down_before_anything_it_stamps() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("skd-rawas-ilir", FeedClass::Village, "16.13").await;
    let clock = Arc::new(std::sync::atomic::AtomicI64::new(NOW.0));
    let set = |time: Time| clock.store(time.0, std::sync::atomic::Ordering::SeqCst);
    let writer = writer_at(&fixture, &clock);
    let append = async |writer: &LogWriter| {
        writer.append(&feed, vec![report(ID, "16.13.04", "")]).await.unwrap();
    };
    append(&writer).await;
    set(NOW.plus(-SET_BACK));
    append(&writer).await;
    let ahead = NOW.plus(3 * DAY);
    set(ahead);
    append(&writer).await;
    set(NOW);
    append(&writer).await;
    // Another process begins where this one stopped, and finds the clock set back again.
    set(NOW.plus(-HOUR));
    let other = writer_at(&fixture, &clock);
    append(&other).await;
    append(&other).await;
    let kept = fixture.kept().await;
    let found: Vec<Result<ClockStep, Time>> =
        kept.iter().map(|record| clock_step(record).ok_or(record.received_at)).collect();
    let before = NOW.plus(-HOUR);
    let expected = [
        Err(NOW),
        Err(NOW.plus(-SET_BACK)),
        Err(ahead),
        Ok(ClockStep { from: ahead, to: NOW }),
        Err(NOW),
        Ok(ClockStep { from: NOW, to: before }),
        Err(before),
        Err(before),
    ];
    assert_eq!(found, expected);
    assert!(kept.iter().all(|record| is_registry(record) == clock_step(record).is_some()));
    // A source cannot write one: its records are reports or dead letters.
    let bytes = clock_record::to_bytes(ClockStep { from: ahead, to: NOW });
    other.append(&feed, vec![bytes]).await.unwrap();
    assert_eq!(clock_step(fixture.kept().await.last().unwrap()), None);
}
