//! No record names a report of another regency: what is known to is refused, over HTTP and from the desk's forms.

use super::intake_fixture::{Answer, IntakeFixture, report};
use axum::http::header;
use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use intake::{FeedIdentity, SubmitResult};
use serde_json::{Value, json};

/// A report of Kabupaten Lumajang, where the fixture's other feed speaks.
const ELSEWHERE: &str = "01KDTNM8M0Y02FSFQYZ9ZZZZZA";
const HERE: &str = "01KDTNM8M0Y02FSFQYZ0000001";
/// Two feeds sent a report of this id.
const SHARED: &str = "01KDTNM8M0Y02FSFQYZ0000099";
/// Nobody sent a report of this id.
const NOWHERE: &str = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ";

fn with(id: &str, change: Value) -> Value {
    let mut record: Value = serde_json::from_str(&report(1)).unwrap();
    record["report_id"] = id.into();
    record.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    record
}

fn elsewhere(id: &str) -> Value {
    with(id, json!({"district": "35.08.01"}))
}

/// A retraction or verification in Musi Rawas Utara.
fn bare(id: &str, change: Value) -> Value {
    let mut record = with(id, change);
    for field in ["kind", "category", "severity", "occurred_at"] {
        record.as_object_mut().unwrap().remove(field);
    }
    record
}

/// `polda` speaks everywhere, so it has reports of both regencies.
async fn fixture() -> IntakeFixture {
    let fixture = IntakeFixture::build().await;
    fixture.feed("skd-lumajang", "token-lumajang", FeedClass::Village, "35.08").await;
    fixture.feed("polda", "token-polda", FeedClass::Village, "").await;
    fixture
}

async fn post(fixture: &IntakeFixture, token: &str, record: &Value) -> Answer {
    let headers = [(header::CONTENT_TYPE.as_str(), "application/json")];
    fixture.send_as(Some(token), &headers, record.to_string().into()).await
}

#[track_caller]
fn is_refused(answer: &Answer, field: &str) {
    let result = &answer.results()[0];
    assert_eq!((&result["reason"], &result["field"]), (&json!("district"), &json!(field)), "{result}");
    let detail = result["detail"].as_str().unwrap();
    assert!(
        detail.contains("kabupaten/kota yang sama (16.13)") && detail.contains("Periksa report_id"),
        "{detail}"
    );
}

#[tokio::test]
async fn what_names_a_report_of_another_regency_is_refused_over_http() {
    let mut fixture = fixture().await;
    assert_eq!(post(&fixture, "token-polda", &elsewhere(ELSEWHERE)).await.counts(), (1, 0, 0));
    let corrects = with("01KDTNM8M0Y02FSFQYZ0000002", json!({"supersedes": ELSEWHERE}));
    let retracts = bare("01KDTNM8M0Y02FSFQYZ0000003", json!({"retracts": ELSEWHERE}));
    is_refused(&post(&fixture, "token-polda", &corrects).await, "supersedes");
    is_refused(&post(&fixture, "token-polda", &retracts).await, "retracts");
    let kept = fixture.kept().await;
    assert_eq!(kept[0].record.refused, None);
    assert!(
        kept[1..].iter().all(|kept| kept.record.refused == Some(Refused::District)),
        "stamped in the log"
    );
    assert_eq!(kept[1].record.bytes, corrects.to_string().into_bytes());
    let unknown = bare("01KDTNM8M0Y02FSFQYZ0000004", json!({"retracts": NOWHERE}));
    let answer = post(&fixture, "token-polda", &unknown).await;
    assert_eq!(answer.counts(), (1, 0, 0), "what is not known may come later");
    let others = bare("01KDTNM8M0Y02FSFQYZ0000005", json!({"retracts": ELSEWHERE}));
    let answer = post(&fixture, "token", &others).await;
    assert_eq!(answer.counts(), (1, 0, 0), "nobody hears of another feed's report");

    let mut fixture = {
        fixture = self::fixture().await;
        post(&fixture, "token-polda", &elsewhere(ELSEWHERE)).await;
        fixture.commit().await;
        fixture
    };
    fixture.restarted();
    is_refused(&post(&fixture, "token-polda", &retracts).await, "retracts");
}

#[tokio::test]
async fn what_names_a_report_of_the_same_request_is_refused_too() {
    let fixture = fixture().await;
    let retracts = bare("01KDTNM8M0Y02FSFQYZ0000003", json!({"retracts": ELSEWHERE}));
    let answer = post(&fixture, "token-polda", &json!([elsewhere(ELSEWHERE), retracts])).await;
    assert_eq!(answer.counts(), (1, 1, 0));
    assert_eq!(answer.results()[1]["reason"], "district");
}

#[tokio::test]
async fn a_form_that_names_a_report_of_another_regency_is_refused() {
    let fixture = fixture().await;
    post(&fixture, "token-lumajang", &elsewhere(ELSEWHERE)).await;
    assert_eq!(post(&fixture, "token", &with(HERE, json!({}))).await.counts(), (1, 0, 0));
    assert_eq!(post(&fixture, "token-polda", &with(SHARED, json!({}))).await.counts(), (1, 0, 0));
    assert_eq!(post(&fixture, "token", &with(SHARED, json!({}))).await.counts(), (1, 0, 0));
    let of = |feed: &str, id: &str| json!({"feed": feed, "report_id": id});
    for (act, reports, refused) in [
        ("confirm", json!([HERE]), None),
        ("confirm", json!([ELSEWHERE]), Some(Refused::District)),
        ("reject", json!([of("skd-lumajang", ELSEWHERE)]), Some(Refused::District)),
        ("merge", json!([HERE, ELSEWHERE]), Some(Refused::District)),
        ("split", json!([HERE, of("polda", NOWHERE)]), None),
        ("split", json!([HERE, NOWHERE]), None),
        ("confirm", json!([SHARED]), Some(Refused::Schema)),
        ("confirm", json!([of("polda", SHARED)]), None),
    ] {
        let id = format!("01KDTNM8M0Y02FSFQYZ00001{:02}", fixture.kept().await.len());
        let record = bare(&id, json!({"feed": "desk", "verification": {"act": act, "reports": reports}}));
        match (fixture.form(FeedClass::Desk, record.to_string()).await, refused) {
            (SubmitResult::Rejected(refusal), Some(reason)) => {
                assert_eq!((refusal.reason, refusal.field), (reason, "verification"), "{act} {reports}");
            }
            (SubmitResult::Accepted { .. }, None) => {}
            other => panic!("{act} {reports}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn another_feeds_equal_id_is_another_report_and_no_duplicate() {
    let fixture = fixture().await;
    let own = with(HERE, json!({}));
    assert_eq!(post(&fixture, "token", &own).await.counts(), (1, 0, 0));
    assert_eq!(post(&fixture, "token-polda", &own).await.counts(), (1, 0, 0), "the asker's ids only");
    assert_eq!(post(&fixture, "token-polda", &own).await.counts(), (0, 0, 1));
    fixture.commit().await;
    fixture.feed("polres", "token-polres", FeedClass::Village, "16.13").await;
    assert_eq!(post(&fixture, "token-polres", &own).await.counts(), (1, 0, 0), "in the state too");
}

#[tokio::test]
async fn one_id_in_two_regencies_is_two_reports_and_may_be_named_in_both() {
    let fixture = fixture().await;
    assert_eq!(post(&fixture, "token-lumajang", &elsewhere(HERE)).await.counts(), (1, 0, 0));
    assert_eq!(post(&fixture, "token", &with(HERE, json!({}))).await.counts(), (1, 0, 0), "no duplicate");
    assert_eq!(post(&fixture, "token", &with(HERE, json!({}))).await.counts(), (0, 0, 1));
    let retracts = bare("01KDTNM8M0Y02FSFQYZ0000003", json!({"retracts": HERE}));
    assert_eq!(post(&fixture, "token", &retracts).await.counts(), (1, 0, 0));
}

#[tokio::test]
async fn a_verification_of_what_lies_outside_its_authors_area_is_refused() {
    let mut fixture = fixture().await;
    assert_eq!(post(&fixture, "token", &with(HERE, json!({}))).await.counts(), (1, 0, 0));
    fixture.commit().await;
    fixture.restarted();
    let verify = |number: usize, district: &str, target: &str| {
        let id = format!("01KDTNM8M0Y02FSFQYZ00002{number:02}");
        let verification = json!({"act": "reject", "reports": [target]});
        bare(&id, json!({"feed": "desk", "district": district, "verification": verification})).to_string()
    };
    let desk = |areas: &str, party: bool| {
        let author = StampedAuthor { account: "sari".into(), party, ..StampedAuthor::default() };
        FeedIdentity::typed(FeedClass::Desk, Areas::parse(areas).unwrap(), author)
    };
    for (number, (feed, district, target, refused)) in [
        (desk("16.13.05", false), "16.13.05", HERE, Some(Refused::District)),
        (desk("16.13.05", false), "16.13.05", NOWHERE, None),
        (desk("16.13.04.2003", false), "16.13.05", HERE, Some(Refused::Forbidden)),
        (desk("16.13.04 16.13.05", false), "16.13.05", HERE, None),
        (desk("16.13", false), "16.13.04", HERE, None),
        (desk("16.13", true), "16.13.04", HERE, Some(Refused::Forbidden)),
    ]
    .into_iter()
    .enumerate()
    {
        let record = verify(number, district, target).into_bytes();
        let result = fixture.typed(&feed, record).await;
        match (result, refused) {
            (SubmitResult::Rejected(refusal), Some(reason)) => {
                assert_eq!(refusal.reason, reason, "{number}: {}", refusal.detail);
                assert!(
                    refusal.detail.contains("wilayah") || refusal.detail.contains("pihak"),
                    "{refusal:?}"
                );
            }
            (SubmitResult::Accepted { .. }, None) => {}
            other => panic!("{number}: {other:?}"),
        }
    }
    // As a dead letter it cannot go back as somebody's who may judge everywhere.
    fixture.commit().await;
    let records = fixture.kept().await.len();
    let put = fixture.put_back().await;
    assert_eq!((put.back, put.typed, fixture.kept().await.len()), (0, 3, records), "{put}");
}

#[tokio::test]
async fn a_merge_of_what_is_no_one_incident_is_refused_over_http() {
    let mut fixture = fixture().await;
    fixture.feed("meja", "token-meja", FeedClass::Desk, "16.13").await;
    let id = |number: usize| format!("01KDTNM8M0Y02FSFQYZ00003{number:02}");
    let flood = json!({"kind": "disaster", "category": "WA-01"});
    let far = json!({"district": "16.13.07"});
    let of_company = with(&id(0), json!({}));
    for record in [&of_company, &with(&id(1), json!({})), &with(&id(2), flood), &with(&id(3), far)] {
        let mut record = record.clone();
        record.as_object_mut().unwrap().remove("village");
        assert_eq!(post(&fixture, "token-polda", &record).await.counts(), (1, 0, 0), "{record}");
    }
    fixture.commit().await;
    fixture.restarted();
    let merge = |number: usize, other: &str| {
        let verification = json!({"act": "merge", "reports": [id(0), other]});
        let district = &of_company["district"];
        bare(&id(number), json!({"feed": "desk", "district": district, "verification": verification}))
    };
    for (number, other, refused) in [
        (10, id(1), None),
        (11, id(2), Some(("kind", "berlainan jenis"))),
        (12, id(3), Some(("district", "tidak berbatasan"))),
        (13, NOWHERE.to_owned(), None),
    ] {
        let mut merge = merge(number, &other);
        merge.as_object_mut().unwrap().remove("village");
        let answer = post(&fixture, "token-meja", &merge).await;
        let result = &answer.results()[0];
        match refused {
            None => assert_eq!(answer.counts(), (1, 0, 0), "{number}: {result}"),
            Some((reason, words)) => {
                assert_eq!(
                    (&result["reason"], &result["field"]),
                    (&json!(reason), &json!("verification")),
                    "{result}"
                );
                assert!(result["detail"].as_str().unwrap().contains(words), "{result}");
            }
        }
    }
    let stamps: Vec<Option<Refused>> = fixture.kept().await.iter().map(|kept| kept.record.refused).collect();
    assert_eq!(stamps[4..], [None, Some(Refused::Kind), Some(Refused::District), None], "stamped in the log");
}
