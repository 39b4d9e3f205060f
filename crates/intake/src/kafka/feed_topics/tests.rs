//! Topics, packings, and what becomes of a topic's records in the log.

use super::super::topic_batch::packing;
use super::*;
use crate::fixture::{Fixture, report};
use domain::kind::Refused;
use rdkafka::Timestamp;
use rdkafka::message::{Header, OwnedHeaders, OwnedMessage};

#[test]
fn the_topic_names_class_and_feed() {
    assert_eq!(parts("feed.village.desa.muara"), (Some(FeedClass::Village), "desa.muara"));
    assert_eq!(parts("feed.nobody.x").0, None);
    assert_eq!(parts("feed.village"), (None, "village"));
}

#[test]
fn events_are_known_by_header_or_by_what_they_hold() {
    let with = |content_type: Option<&str>, value: &str| {
        let headers = content_type
            .map(|value| OwnedHeaders::new().insert(Header { key: "content-type", value: Some(value) }));
        let none = Timestamp::NotAvailable;
        let message =
            OwnedMessage::new(Some(value.into()), None, "feed.village.x".into(), none, 0, 0, headers);
        packing(&message, value.as_bytes())
    };
    assert_eq!(with(Some("application/cloudevents+json; charset=utf-8"), "{}"), Packing::CloudEvent);
    assert_eq!(with(None, r#"{"specversion":"1.0","data":{}}"#), Packing::CloudEvent);
    assert_eq!(with(None, "{}"), Packing::Json);
    assert_eq!(with(Some("application/json"), r#"{"specversion":"1.0"}"#), Packing::Json, "binary mode");
}

/// The topics' intake over the fixture's embedded log: no broker is asked.
fn topics(fixture: &Fixture) -> FeedTopics {
    let settings = toml::from_str(
        "brokers = \"nowhere:9\"\ngroup = \"g\"\npartitions = 3\nreplication = 1\nretention_hours = 1\nbatch = 10\n\
         partition_queue = 10\nbreaker_records = 10\nbreaker_percent = 90\nbreaker_pause_seconds = 1\npassword_file = \"\"\n\
         [properties]\n",
    );
    FeedTopics {
        settings: Arc::new(settings.unwrap()),
        writer: fixture.writer.clone(),
        store: fixture.store.clone(),
        clock: fixture.clock(),
        observe: Arc::new(|_| ()),
    }
}

fn origin(topic: &str, offset: i64) -> RecordOrigin {
    RecordOrigin { topic: topic.into(), partition: 0, offset }
}

#[tokio::test]
async fn a_record_of_a_feeds_topic_is_stamped_as_one_over_http() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("skd-rawas-ilir", FeedClass::Village, "16.13").await;
    let (topics, mut feeds) = (topics(&fixture), FeedRegistry::default());
    feeds.refresh(&fixture.store).await.unwrap();
    let record = report("01KDTNM8M0Y02FSFQYZ0000001", "16.13.04", "");
    let topic = "feed.village.skd-rawas-ilir";
    let arrival = topics.arrival(&feeds, origin(topic, 7), Packing::Json, record.clone());
    assert_eq!(topics.writer.write_unanswered(vec![arrival]).await.unwrap().len(), 1);
    fixture.writer.append(&feed, vec![record]).await.unwrap();
    let kept = fixture.kept().await;
    assert_eq!(kept[0], kept[1]);
    assert_eq!((kept[0].feed.as_str(), &kept[0].areas), ("skd-rawas-ilir", feed.areas()));
}

#[tokio::test]
async fn a_topic_nobody_registered_gives_dead_letters_with_their_bytes() {
    let fixture = Fixture::build().await;
    fixture.feed("polsek", FeedClass::Police, "16.13").await;
    let (topics, mut feeds) = (topics(&fixture), FeedRegistry::default());
    feeds.refresh(&fixture.store).await.unwrap();
    let record = report("01KDTNM8M0Y02FSFQYZ0000001", "16.13.04", "");
    let names = ["feed.village.siapa", "feed.village.polsek", "feed.nobody.polsek"];
    let arrivals =
        names.map(|topic| topics.arrival(&feeds, origin(topic, 1), Packing::Json, record.clone())).into();
    let refusals = topics.writer.write_unanswered(arrivals).await.unwrap();
    assert!(refusals.iter().all(Option::is_some), "{refusals:?}");
    for kept in fixture.kept().await {
        assert_eq!((kept.refused, &kept.bytes), (Some(Refused::Forbidden), &record));
    }
}

#[tokio::test]
async fn a_value_is_read_as_a_body_is() {
    let fixture = Fixture::build().await;
    fixture.feed("polda", FeedClass::Village, "").await;
    let (topics, mut feeds) = (topics(&fixture), FeedRegistry::default());
    feeds.refresh(&fixture.store).await.unwrap();
    let plain = |number| report(&format!("01KDTNM8M0Y02FSFQYZ000000{number}"), "16.13.04", "");
    let event = |number| {
        let head = r#"{"specversion":"1.0","id":"1","source":"/a","type":"t","data":"#;
        [head.as_bytes(), &plain(number), b"}"].concat()
    };
    let marked = |bytes: Vec<u8>| [b"\xef\xbb\xbf".as_slice(), &bytes].concat();
    let sent = [
        (Packing::Json, marked(plain(1))),
        (Packing::Json, event(2)),
        (Packing::CloudEvent, marked(event(3))),
        (Packing::Json, marked(event(4))),
    ];
    let arrivals =
        sent.map(|(packing, value)| topics.arrival(&feeds, origin("feed.village.polda", 1), packing, value));
    let refusals = topics.writer.write_unanswered(arrivals.into()).await.unwrap();
    assert!(refusals.iter().all(Option::is_none), "{refusals:?}");
}

#[tokio::test]
async fn what_names_a_report_of_another_regency_is_refused_from_a_topic() {
    let fixture = Fixture::build().await;
    fixture.feed("polda", FeedClass::Village, "").await;
    let (topics, mut feeds) = (topics(&fixture), FeedRegistry::default());
    feeds.refresh(&fixture.store).await.unwrap();
    let arrival = |offset, record: &[u8]| {
        topics.arrival(&feeds, origin("feed.village.polda", offset), Packing::Json, record.to_vec())
    };
    let elsewhere = report("01KDTNM8M0Y02FSFQYZ9ZZZZZA", "35.08.01", "");
    let corrects =
        report("01KDTNM8M0Y02FSFQYZ0000002", "16.13.04", r#","supersedes":"01KDTNM8M0Y02FSFQYZ9ZZZZZA""#);
    topics.writer.write_unanswered(vec![arrival(1, &elsewhere)]).await.unwrap();
    let refusals = topics.writer.write_unanswered(vec![arrival(2, &corrects)]).await.unwrap();
    let Some(refusal) = &refusals[0] else { panic!("it was taken") };
    assert_eq!((refusal.reason, refusal.field), (Refused::District, "supersedes"));
    assert_eq!(fixture.kept().await[1].refused, Some(Refused::District));
}
