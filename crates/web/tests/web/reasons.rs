//! A person's reason is looked at wherever one is taken: what seems to be somebody's data is pointed out before it is kept or sent.

use crate::second_link::{answered, contact, end_sent, opened};
use crate::world::{NOW, VILLAGE, World, post, read};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::time::HOUR;

const ALERT: &str = "16.13-2026-0001";
const FORM: &str = "reason=Saya+cek%3B+hub+Pak+Joko+081234567890";
const KEPT: &str = "Saya cek; hub Pak Joko 081234567890";

#[tokio::test]
async fn the_second_persons_by_a_link_is_looked_at_and_the_form_comes_back_filled() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    let cookie = opened(&world).await;
    for answer in ["agreed", "declined"] {
        let (status, text) = answered(&world, &cookie, &format!("answer={answer}&{FORM}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert!(text.contains("Ada angka seperti nomor telepon") && text.contains(KEPT), "{text}");
        assert!(text.contains(r#"name="keep""#), "it can be kept as it is: {text}");
    }
    let store = &world.state.sources.store;
    assert_eq!(store.alert(ALERT).await.unwrap().unwrap().alert.version, 2, "nothing was done");
    let form = format!("answer=agreed&{FORM}&keep=yes");
    assert_eq!(answered(&world, &cookie, &form).await.0, StatusCode::OK, "sent again with a tick");
}

#[tokio::test]
async fn a_programs_is_looked_at_whatever_it_does() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let call = |act: &str, more: &str| {
        let body = format!(r#"{{"version":1,"reason":"{KEPT}"{more}}}"#);
        Request::post(format!("/v1/alerts/{ALERT}/{act}"))
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap()
    };
    let outcome = r#","outcome":"false_alarm""#;
    for (act, more) in [
        ("acknowledge", ""),
        ("assign", r#","to":"Danramil""#),
        ("respond", ""),
        ("resolve", outcome),
        ("withdraw", ""),
        ("cancel-request", ""),
    ] {
        let (status, text) = read(world.ask(call(act, more)).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        assert!(text.contains("nomor telepon") && text.contains(r#""field":"reason""#), "{act}: {text}");
    }
    let answer = world.ask(call("acknowledge", r#","keep":true"#)).await;
    assert_eq!(answer.status(), StatusCode::OK, "sent again as it is");
}

#[tokio::test]
async fn that_of_a_verdict_and_of_agreeing_to_an_end_is_looked_at() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let path = format!("/laporan/{VILLAGE}/verifikasi");
    for act in ["confirm", "reject"] {
        let form = format!("act={act}&{FORM}");
        let (status, text) = read(world.verify(&path, &cookie, &form).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        assert!(text.contains("nomor telepon") && text.contains(KEPT), "{act}: {text}");
        assert!(text.contains(r#"name="keep""#), "{act}: {text}");
        assert!(world.sent.lock().unwrap().is_empty(), "nothing was recorded");
    }
    let form = format!("act=reject&{FORM}&keep=yes");
    assert_eq!(world.verify(&path, &cookie, &form).await.status(), StatusCode::SEE_OTHER);

    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    world.account("budi", "160504").await;
    let budi = world.login("budi").await;
    let path = format!("/peringatan/{ALERT}/tarik");
    let (status, text) = read(world.ask(post(&path, &budi, &format!("version=2&{FORM}"))).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let agrees = text.find("id=\"alasan-setuju\"").expect("the form to agree");
    assert!(text[agrees..].contains(KEPT), "{text}");
}

/// A name outside the roster is typed as freely as a reason.
#[tokio::test]
async fn a_name_that_an_alert_is_assigned_to_is_looked_at_on_the_page_and_of_a_program() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let form = "version=1&to=Joko+081234567890&reason=mohon+dicek";
    let of_page = post(&format!("/peringatan/{ALERT}/tugaskan"), &cookie, form);
    let of_program = Request::post(format!("/v1/alerts/{ALERT}/assign"))
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"version":1,"reason":"mohon dicek","to":"Joko 081234567890"}"#))
        .unwrap();
    for request in [of_page, of_program] {
        let (status, text) = read(world.ask(request).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(text.contains("nomor telepon"), "{text}");
    }
    let store = &world.state.sources.store;
    assert_eq!(store.alert(ALERT).await.unwrap().unwrap().alert.version, 1, "nothing was done");
}
