//! The intake over HTTP, with a real log and store in a temporary folder.

mod foreign_names;
mod intake_fixture;

use axum::http::{StatusCode, header};
use domain::kind::FeedClass;
use formats::decode::oversized;
use intake::entrance::EntranceRefusal;
use intake::{BreakerLimits, IntakeLimits, http::REPORTS};
use intake_fixture::{Answer, IntakeFixture, NDJSON, report};
use serde_json::{Value, json};
use store::LogOptions;

const JSON: &str = "application/json";

#[tokio::test]
async fn one_report_is_accepted_and_on_disk_when_answered() {
    let fixture = IntakeFixture::build().await;
    let answer = fixture.post(JSON, report(1)).await;
    assert_eq!((answer.status, answer.counts()), (StatusCode::ACCEPTED, (1, 0, 0)));
    assert_eq!(answer.body["results"][0]["status"], "accepted");
    let kept = fixture.kept().await;
    assert_eq!((kept.len(), kept[0].record.feed.as_str()), (1, "skd-rawas-ilir"));
    assert_eq!(kept[0].record.bytes, report(1).into_bytes());
}

#[tokio::test]
async fn a_senders_clock_that_cannot_be_believed_is_said_in_the_answer() {
    let fixture = IntakeFixture::build().await;
    // The fixture receives at 00.05 on New Year's day of 2026, WIB.
    let cases = [
        ("2026-01-01T00:01:30+07:00", false),
        ("2026-01-01T00:12:00+07:00", true),  // seven minutes fast
        ("2026-01-01T00:01:30Z", true),       // local time labelled Z
        ("2025-01-01T00:01:30+07:00", true),  // last year
        ("1980-01-06T00:00:00+07:00", true),  // a receiver without a fix
        ("2025-12-05T00:01:30+07:00", false), // four weeks late is late, no more
    ];
    for (number, (at, doubtful)) in cases.into_iter().enumerate() {
        let mut record: Value = serde_json::from_str(&report(500 + number as u32)).unwrap();
        (record["occurred_at"], record["reported_at"]) = (at.into(), at.into());
        let answer = fixture.post(JSON, record.to_string()).await;
        assert_eq!(answer.counts(), (1, 0, 0), "{at}: {:?}", answer.body);
        let marked = answer.body["results"][0]["doubtful_clock"].as_str();
        assert_eq!(marked.is_some_and(|words| words.contains("jam pengirim")), doubtful, "{at}: {marked:?}");
    }
}

#[tokio::test]
async fn arrays_and_lines_are_answered_record_by_record() {
    let fixture = IntakeFixture::build().await;
    let answer = fixture.post(JSON, format!("[{}, {}, 7]", report(1), report(2))).await;
    assert_eq!(answer.counts(), (2, 1, 0));
    let lines: Vec<String> =
        (10..210).map(|n| if n % 2 == 0 { report(n) } else { format!("{{sampah {n}\u{0}") }).collect();
    let answer = fixture.post(NDJSON, lines.join("\n")).await;
    assert_eq!(answer.counts(), (100, 100, 0));
    for (n, result) in answer.results().iter().enumerate() {
        let status = if n % 2 == 0 { "accepted" } else { "rejected" };
        assert_eq!(result["status"], status, "{n}");
    }
    let kept = fixture.kept().await;
    assert_eq!(kept.len(), 203);
    assert_eq!(kept[4].record.bytes, lines[1].as_bytes());
}

#[tokio::test]
async fn every_sort_of_bad_record_is_kept_with_its_reason() {
    let fixture = IntakeFixture::build().await;
    let change = |name: &str, value: Value| {
        let mut record: Value = serde_json::from_str(&report(1)).unwrap();
        record[name] = value;
        record.to_string().into_bytes()
    };
    let cases: [(&str, Vec<u8>); 12] = [
        ("too_large", change("summary", "x".repeat(10 << 20).into())),
        ("json", b"\xff\xfe".to_vec()),
        ("json", report(1).as_bytes()[..80].to_vec()),
        ("schema", change("summary", "a\u{0}b".into())),
        ("schema", change("severity", "3".into())),
        ("kind", change("kind", "flood".into())),
        ("category", change("category", "WA-01".into())),
        ("district", change("district", "16.13.09".into())),
        ("severity", change("severity", 9.into())),
        ("time", change("occurred_at", "9999-01-01T00:00:00+07:00".into())),
        ("future", change("occurred_at", "2026-01-01T03:00:00+07:00".into())),
        ("forbidden", change("feed", "police".into())),
    ];
    let lines: Vec<u8> = cases.iter().map(|(_, record)| record.as_slice()).collect::<Vec<_>>().join(&b'\n');
    let answer = fixture.post(NDJSON, lines).await;
    let reasons: Vec<&str> =
        answer.results().iter().map(|result| result["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, cases.each_ref().map(|(reason, _)| *reason));
    assert!(answer.results().iter().all(|result| result["detail"].as_str().unwrap().len() > 20));
    let age = answer.results()[9]["detail"].as_str().unwrap();
    assert!(age.contains("1970 sampai 2099") && !age.contains("tidak terbaca"), "{age}");
    let kept = fixture.kept().await;
    assert!(
        kept.iter()
            .zip(&cases)
            .all(|(kept, (_, record))| kept.record.bytes == oversized::kept(record.clone()))
    );
    assert_eq!(kept.len(), cases.len());
}

#[tokio::test]
async fn cloud_events_in_three_modes() {
    let fixture = IntakeFixture::build().await;
    let event = |n: u32, data: Value| json!({"specversion": "1.0", "id": n.to_string(), "source": "/skd", "type": "laporan", "data": data});
    let inner = |n: u32| serde_json::from_str::<Value>(&report(n)).unwrap();
    let one =
        fixture.post("application/cloudevents+json; charset=utf-8", event(1, inner(1)).to_string()).await;
    assert_eq!(one.counts(), (1, 0, 0));
    let batch = json!([event(2, inner(2)), event(3, report(3).into()), event(4, Value::Null)]);
    let many = fixture.post("application/cloudevents-batch+json", batch.to_string()).await;
    assert_eq!(many.counts(), (2, 1, 0));
    let headers = [
        (header::CONTENT_TYPE.as_str(), JSON),
        ("ce-specversion", "1.0"),
        ("ce-id", "5"),
        ("ce-source", "/skd"),
        ("ce-type", "laporan"),
    ];
    let binary = fixture.send(&headers, report(5).into()).await;
    assert_eq!(binary.counts(), (1, 0, 0));
    let headers = [(header::CONTENT_TYPE.as_str(), JSON), ("ce-specversion", "0.2")];
    assert_eq!(fixture.send(&headers, report(6).into()).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn an_event_that_lacks_what_every_event_has_is_refused() {
    let fixture = IntakeFixture::build().await;
    let whole = [("ce-specversion", "1.0"), ("ce-id", "5"), ("ce-source", "/skd"), ("ce-type", "laporan")];
    for lacks in 0..whole.len() {
        for empty in [false, true] {
            let mut headers = vec![(header::CONTENT_TYPE.as_str(), JSON)];
            headers
                .extend(whole.iter().enumerate().filter(|(at, _)| *at != lacks).map(|(_, header)| *header));
            if empty {
                headers.push((whole[lacks].0, ""));
            }
            let answer = fixture.send(&headers, report(5).into()).await;
            match (lacks, empty) {
                (0, true) => assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE),
                _ => answer.is_problem(StatusCode::BAD_REQUEST, whole[lacks].0),
            }
        }
    }
    assert!(fixture.kept().await.is_empty(), "nothing of a request that is refused whole is kept");
    let inner: Value = serde_json::from_str(&report(1)).unwrap();
    let event = json!({"specversion": "1.0", "id": "1", "source": "/skd", "type": "laporan", "data": inner});
    for lacks in ["specversion", "id", "source", "type", "data"] {
        let mut event = event.clone();
        event.as_object_mut().unwrap().remove(lacks);
        let answer = fixture.post("application/cloudevents+json", event.to_string()).await;
        assert_eq!(answer.counts(), (0, 1, 0), "without {lacks}");
        let result = &answer.results()[0];
        assert_eq!(result["reason"], "schema");
        // Without a version it is no event at all.
        let field = if lacks == "specversion" { "report_id" } else { lacks };
        assert_eq!(result["field"], field, "{result}");
    }
    let kept = fixture.kept().await;
    assert_eq!(kept.len(), 5, "each is a dead letter with its original bytes");
}

#[tokio::test]
async fn ids_come_back_as_they_were_sent() {
    let fixture = IntakeFixture::build().await;
    let uuid = "019B7559-0a2c-f004-f7d6-1f8c1a8b71aa";
    let with = |id: &str, severity: u32| {
        let mut record: Value = serde_json::from_str(&report(1)).unwrap();
        record["report_id"] = id.into();
        record["severity"] = severity.into();
        record
    };
    let sent = json!([with(uuid, 3), with(uuid, 3), with(uuid, 9), with("nomor-7", 3), {"kind": "x"}, 7]);
    let answer = fixture.post(JSON, sent.to_string()).await;
    assert_eq!(answer.counts(), (1, 4, 1));
    let ids: Vec<&Value> = answer.results().iter().map(|result| &result["report_id"]).collect();
    assert_eq!(
        ids,
        [&json!(uuid), &json!(uuid), &json!(uuid), &json!("nomor-7"), &Value::Null, &Value::Null]
    );
    assert!(answer.results()[4].get("report_id").is_none(), "nothing is said where nothing was given");
    let lower = "01kdtnm8m0y02fsfqyz0000002";
    assert_eq!(fixture.post(JSON, with(lower, 3).to_string()).await.results()[0]["report_id"], lower);
    let cut = &report(3).into_bytes()[..90];
    let answer = fixture.post(JSON, cut).await;
    assert_eq!(answer.results()[0]["report_id"], "01KDTNM8M0Y02FSFQYZ0000003");
}

#[tokio::test]
async fn people_beyond_what_can_be_counted_are_refused_at_the_intake() {
    let fixture = IntakeFixture::build().await;
    let with = |name: &str, count: u64| {
        let mut record: Value = serde_json::from_str(&report(1)).unwrap();
        record[name] = count.into();
        record
    };
    let (small, large) = (u64::from(u16::MAX), u64::from(u32::MAX));
    for (name, most) in [("dead", small), ("injured", small), ("casualties", small), ("displaced", large)] {
        let answer = fixture.post(JSON, json!([with(name, most), with(name, most + 1)]).to_string()).await;
        assert_eq!(answer.body["rejected"], 1, "{name}: {}", answer.body);
        let refused = &answer.results()[1];
        assert_eq!((refused["reason"].as_str(), refused["field"].as_str()), (Some("schema"), Some(name)));
        assert!(refused["detail"].as_str().unwrap().contains(&most.to_string()), "{refused}");
    }
}

#[tokio::test]
async fn what_is_known_already_is_said_to_be() {
    let mut fixture = IntakeFixture::build().await;
    assert_eq!(fixture.post(JSON, report(1)).await.counts(), (1, 0, 0));
    let again = fixture.post(NDJSON, format!("{}\n{}\n{}\n", report(1), report(2), report(2))).await;
    assert_eq!(again.counts(), (1, 0, 2));
    assert_eq!(again.results()[0]["where"], "log");
    assert_eq!(
        fixture.kept().await.len(),
        4,
        "both of two reports with one id are kept: order must not decide"
    );
    fixture.commit().await;
    fixture.restarted();
    let after = fixture.post(NDJSON, format!("{}\n{}", report(2), report(3))).await;
    assert_eq!((after.counts(), after.results()[0]["where"].as_str()), ((1, 0, 1), Some("state")));
}

#[tokio::test]
async fn of_two_records_of_one_report_the_answer_says_which_counts() {
    const REPORTED: &str = "2026-01-01T00:01:30+07:00";
    let mut fixture = IntakeFixture::build().await;
    let sent = report(1);
    // Of other content, reported a minute later and half a minute earlier than the first.
    let stamped = |to: &str| {
        assert!(sent.contains(REPORTED), "{sent}");
        sent.replace(REPORTED, to)
    };
    let later = stamped("2026-01-01T00:02:30+07:00");
    let earlier = stamped("2026-01-01T00:01:00+07:00");
    assert_eq!(fixture.post(JSON, sent.clone()).await.counts(), (1, 0, 0));
    let counts = |answer: &Answer| -> Vec<(String, bool)> {
        let text = |result: &serde_json::Value| result["counts"].as_str().expect("a duplicate").to_owned();
        answer.results().iter().map(|result| (text(result), result["detail"].is_string())).collect()
    };
    let lines = [&sent, &later, &earlier, &earlier, &sent].map(String::as_str).join("\n");
    let expected = [("same", false), ("known", true), ("sent", true), ("same", false), ("known", true)];
    let expected = expected.map(|(which, detail)| (which.to_owned(), detail));
    assert_eq!(counts(&fixture.post(NDJSON, lines).await), expected);
    fixture.commit().await;
    fixture.restarted();
    let lines = [&sent, &earlier].map(String::as_str).join("\n");
    assert_eq!(counts(&fixture.post(NDJSON, lines).await), [expected[1].clone(), expected[0].clone()]);
}

#[tokio::test]
async fn only_a_feed_with_its_token_gets_in() {
    let fixture = IntakeFixture::build().await;
    for (token, word) in
        [(None, "Bearer"), (Some("salah"), "tidak berlaku"), (Some("token-mati"), "tidak berlaku")]
    {
        let answer = fixture.send_as(token, &[(header::CONTENT_TYPE.as_str(), JSON)], report(1).into()).await;
        answer.is_problem(StatusCode::UNAUTHORIZED, word);
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    }
    assert!(fixture.kept().await.is_empty());
}

#[tokio::test]
async fn wrong_shapes_and_sizes_are_problems() {
    let limits = IntakeLimits { request_bytes: 2000, ..IntakeLimits::default() };
    let fixture = IntakeFixture::with(limits, LogOptions::default()).await;
    fixture.post("text/csv", "a;b").await.is_problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/json");
    fixture
        .send(&[], report(1).into())
        .await
        .is_problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/json");
    for (media, body) in [
        (JSON, "[]"),
        (JSON, ""),
        (JSON, " \r\n"),
        (NDJSON, "\n\n"),
        ("application/cloudevents+json", ""),
        ("application/cloudevents-batch+json", "[]"),
        ("application/cloudevents-batch+json", "\n"),
    ] {
        fixture.post(media, body).await.is_problem(StatusCode::BAD_REQUEST, "Tidak ada laporan");
    }
    fixture.post(JSON, "x".repeat(2001)).await.is_problem(StatusCode::PAYLOAD_TOO_LARGE, "2000");
    let headers = [(header::CONTENT_TYPE.as_str(), JSON)];
    fixture
        .send(&headers, intake_fixture::drip(3000))
        .await
        .is_problem(StatusCode::PAYLOAD_TOO_LARGE, "2000");
    assert!(fixture.kept().await.is_empty());
}

#[tokio::test]
async fn a_full_log_answers_503_and_stays_whole() {
    let options = LogOptions { max_bytes: Some(200_000), ..LogOptions::default() };
    let fixture = IntakeFixture::with(IntakeLimits::default(), options).await;
    assert_eq!(fixture.post(JSON, report(0)).await.counts(), (1, 0, 0));
    let mut taken = 1;
    let mut full: Option<Answer> = None;
    for batch in 1..200 {
        let lines: Vec<String> = (0..20).map(|n| report(batch * 100 + n)).collect();
        let answer = fixture.post(NDJSON, lines.join("\n")).await;
        if answer.status != StatusCode::ACCEPTED {
            full = Some(answer);
            break;
        }
        taken += 20;
    }
    let full = full.expect("the log was never full");
    full.is_problem(StatusCode::SERVICE_UNAVAILABLE, "penuh");
    assert!(full.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(fixture.kept().await.len(), taken, "what was answered 202 is there, and nothing else");
}

#[tokio::test]
async fn a_feed_in_a_hurry_is_asked_to_wait() {
    let limits = IntakeLimits { records_a_minute: 3, ..IntakeLimits::default() };
    let fixture = IntakeFixture::with(limits, LogOptions::default()).await;
    let lines: Vec<String> = (0..3).map(report).collect();
    assert_eq!(fixture.post(NDJSON, lines.join("\n")).await.counts(), (3, 0, 0));
    let answer = fixture.post(JSON, report(9)).await;
    answer.is_problem(StatusCode::TOO_MANY_REQUESTS, "3 laporan semenit");
    assert_eq!(answer.headers[header::RETRY_AFTER], "20");
}

#[tokio::test]
async fn a_feed_of_large_batches_waits_for_its_bytes() {
    let limits = IntakeLimits { bytes_a_minute: 3 << 20, ..IntakeLimits::default() };
    let fixture = IntakeFixture::with(limits, LogOptions::default()).await;
    let large = vec!["x".repeat(60 << 10); 60].join("\n");
    assert_eq!(fixture.post(NDJSON, large).await.counts(), (0, 60, 0), "a large one is taken whole");
    let answer = fixture.post(JSON, report(9)).await;
    answer.is_problem(StatusCode::TOO_MANY_REQUESTS, "3 MiB semenit");
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn a_feed_of_garbage_is_paused_in_words_until_somebody_lets_it_in() {
    let breaker = BreakerLimits { records: 20, ..BreakerLimits::default() };
    let limits = IntakeLimits { breaker, ..IntakeLimits::default() };
    let fixture = IntakeFixture::with(limits, LogOptions::default()).await;
    let garbage = vec!["bukan laporan"; 18];
    let mixed: Vec<String> =
        garbage.iter().map(|line| (*line).to_owned()).chain((0..2).map(report)).collect();
    assert_eq!(fixture.post(NDJSON, mixed.join("\n")).await.counts(), (2, 18, 0), "nine of ten are let pass");
    let more = vec!["bukan laporan"; 20].join("\n");
    assert_eq!(fixture.post(NDJSON, more).await.counts(), (0, 20, 0));
    let answer = fixture.post(JSON, report(9)).await;
    answer.is_problem(StatusCode::TOO_MANY_REQUESTS, "dihentikan sementara");
    assert_eq!(answer.headers[header::RETRY_AFTER], "300");
    assert_eq!(fixture.refusals(EntranceRefusal::FeedPaused), 1);
    fixture.resume("skd-rawas-ilir").await;
    assert_eq!(fixture.post(JSON, report(9)).await.counts(), (1, 0, 0));
}

#[tokio::test]
async fn a_batch_of_many_slices_is_answered_whole_and_in_order() {
    let fixture = IntakeFixture::build().await;
    let mut lines: Vec<String> = (0..700).map(report).collect();
    lines[3] = "bukan laporan".into();
    lines[650] = report(5);
    let answer = fixture.post(NDJSON, lines.join("\n")).await;
    assert_eq!(answer.counts(), (698, 1, 1));
    let results = answer.body["results"].as_array().unwrap();
    assert_eq!((&results[3]["status"], &results[650]["status"]), (&"rejected".into(), &"duplicate".into()));
    assert_eq!(fixture.kept().await.len(), 700);
}

#[tokio::test]
async fn a_feed_speaks_for_its_own_area_only() {
    let fixture = IntakeFixture::build().await;
    fixture.feed("polsek-karang-dapo", "token-polsek", FeedClass::Police, "16.13.05").await;
    let record = report(1).replace("\"village\"", "\"police\"");
    let headers = [(header::CONTENT_TYPE.as_str(), JSON)];
    let answer = fixture.send_as(Some("token-polsek"), &headers, record.clone().into()).await;
    assert_eq!(answer.results()[0]["reason"], "forbidden");
    let own = record.replace("16.13.04", "16.13.05");
    let answer = fixture.send_as(Some("token-polsek"), &headers, own.into()).await;
    assert_eq!(answer.counts(), (1, 0, 0));
}

#[tokio::test]
async fn the_schema_is_open_to_everybody() {
    let fixture = IntakeFixture::build().await;
    let answer = fixture.get("/schema/report-v1.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["properties"]["feed"]["enum"][0], "village");
    let reading = fixture.get(REPORTS).await;
    reading.is_problem(StatusCode::METHOD_NOT_ALLOWED, "hanya menerima POST");
    assert_eq!(reading.headers[header::ALLOW], "POST");
}
