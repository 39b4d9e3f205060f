//! A phone that several people use and that loses its signal: a form is its account's, says when it was typed, and is taken
//! back or put right.

use crate::reporter::{FORM, NUMBER, bare, sent, world};
use crate::world::{NOW, PASSWORD, SECRET, VILLAGE, get, post, read, report};
use axum::http::{StatusCode, header};
use domain::kind::{FeedClass, Handling};
use domain::report::{Body, ReportId};
use domain::time::{HOUR, MINUTE};
use store::{Commit, FeedRow, Role, User};
use web::{WebState, account};

/// The number of a form that was shown so many microseconds ago.
fn shown_ago(ago: i64) -> String {
    intake::new_report_id(account::wall().plus(-ago)).unwrap().to_string()
}

#[tokio::test]
async fn a_form_speaks_for_the_account_that_typed_it_and_for_no_other() {
    let world = world().await;
    let form = FORM.replace(NUMBER, &shown_ago(0));
    let news = format!("number={NUMBER}&report={VILLAGE}&news=withdraw");
    for (address, form) in [("/lapor/kejadian", &form), ("/lapor/nihil", &form), ("/lapor/lanjutan", &news)] {
        for typed_by in ["&account=humas", ""] {
            let (status, text) = bare(&world, "kades", address, &format!("{form}{typed_by}")).await;
            assert_eq!(status, StatusCode::CONFLICT, "{address}");
            assert!(
                text.contains("diketik dengan akun lain") && text.contains("data-account=\"kades\""),
                "{text}"
            );
            assert!(!text.contains("portal dipasang</textarea>"), "what another typed is not shown: {text}");
        }
    }
    let kept = "unsent=%2Flapor%2Fkejadian&unsent.account=humas&unsent.summary=portal+dipasang";
    let form = format!("name=kades&password={}&{kept}", PASSWORD.replace(' ', "+"));
    let (status, text) = read(world.ask(post("/masuk", "", &form)).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(!text.contains("portal dipasang</textarea>"), "{text}");
    assert!(world.sent.lock().unwrap().is_empty());
    let own = FORM.replace(NUMBER, &shown_ago(0)) + "&account=kades";
    assert_eq!(bare(&world, "kades", "/lapor/kejadian", &own).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_waited_for_a_signal_happened_when_it_was_typed() {
    let world = world().await;
    let late = format!("&account=kades&typed_at={}", account::wall().plus(MINUTE / 2 - 5 * HOUR).0 / 1000);
    let form = FORM.replace(NUMBER, &shown_ago(6 * HOUR));
    bare(&world, "kades", "/lapor/kejadian", &format!("{form}{late}")).await;
    let nothing = format!("number={}{late}", shown_ago(6 * HOUR));
    bare(&world, "polres", "/lapor/nihil", &nothing.replace("kades", "polres")).await;
    let all = world.sent.lock().unwrap().clone();
    assert_eq!(all[0].1["occurred_at"], "2026-11-21T02:00:00+07:00");
    let to = all[1].1["nothing_happened"]["to"].as_str().unwrap();
    assert!(to.starts_with("2026-11-21T0") && to < "2026-11-21T02:01", "{to}");
    // Where nobody says when it was typed, an old page asks.
    let old = FORM.replace(NUMBER, &shown_ago(16 * MINUTE)) + "&account=kades";
    let (status, text) = bare(&world, "kades", "/lapor/kejadian", &old).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        text.contains("Pilih hari dan jam kejadiannya") && text.contains(">portal dipasang</textarea>"),
        "{text}"
    );
    let nothing = format!("number={}&account=kades", shown_ago(16 * MINUTE));
    let (status, text) = bare(&world, "kades", "/lapor/nihil", &nothing).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains("tekan sekali lagi"), "{text}");
    assert_eq!(world.sent.lock().unwrap().len(), 2);
    let timed = old.replace("when=now", "when=other&occurred=2026-11-21T06%3A30");
    assert_eq!(bare(&world, "kades", "/lapor/kejadian", &timed).await.0, StatusCode::OK);
}

/// The feed reported something at 23.00 of the evening before.
#[tokio::test]
async fn nothing_is_recorded_where_something_was_reported_a_moment_ago() {
    let world = world().await;
    let typed = |ago: i64| {
        format!(
            "number={}&account=kades&typed_at={}",
            shown_ago(9 * HOUR),
            account::wall().plus(-ago).0 / 1000
        )
    };
    let (status, text) = bare(&world, "kades", "/lapor/nihil", &typed(7 * HOUR + 30 * MINUTE)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    assert!(text.contains("nihil belum dicatat") && world.sent.lock().unwrap().is_empty(), "{text}");
    let (status, _) = bare(&world, "kades", "/lapor/nihil", &typed(6 * HOUR)).await;
    assert_eq!((status, world.sent.lock().unwrap().len()), (StatusCode::OK, 1));
}

#[tokio::test]
async fn a_logout_leads_to_the_page_that_forgets_what_the_browser_kept() {
    for secure in [false, true] {
        let world = world().await;
        let world = world.with(|state| WebState { secure_cookies: secure, ..state });
        // What another account left unsent stays for it, where the browser says that there is some.
        for (form, page, clears) in
            [("keep=1", "/masuk?keluar=sendiri", false), ("", "/masuk?keluar=1", secure)]
        {
            let cookie = world.login("kades").await;
            let answer = world.ask(post("/keluar", &cookie, form)).await;
            assert_eq!(answer.headers()[header::LOCATION], page);
            let clear = answer.headers().get("clear-site-data").and_then(|value| value.to_str().ok());
            assert_eq!(clear, clears.then_some("\"storage\""));
        }
    }
}

#[tokio::test]
async fn who_sends_too_much_waits_with_the_form_as_it_was_and_others_do_not() {
    let world = world().await;
    let send = async |who: &str| {
        let form = format!("{FORM}&account={who}&typed_at={}", account::wall().0);
        let answer = world.ask(post("/lapor/kejadian", &world.login(who).await, &form)).await;
        (answer.headers().contains_key(header::RETRY_AFTER), read(answer).await)
    };
    let now = tokio::time::Instant::now();
    world.state.reporter_pace.forms.lock().unwrap().take("kades", 25, now).unwrap();
    let (retry, (status, text)) = send("kades").await;
    assert_eq!((status, retry), (StatusCode::TOO_MANY_REQUESTS, true));
    assert!(text.contains("Terlalu banyak") && text.contains(">portal dipasang</textarea>"), "{text}");
    assert!(world.sent.lock().unwrap().is_empty());
    assert_eq!(send("kadus").await.1.0, StatusCode::OK);
}

#[tokio::test]
async fn nobody_reports_from_a_phone_as_the_desk() {
    let world = world().await;
    let store = &world.state.sources.store;
    let feed = store.feeds().await.unwrap().into_iter().find(|feed| feed.name == "desa-2003").unwrap();
    for (name, class) in
        [("desk", FeedClass::Desk), ("desk-village", FeedClass::Village), ("meja", FeedClass::Desk)]
    {
        store
            .put_feed(&FeedRow {
                name: name.into(),
                class,
                token_sha256: store::token_hash(name),
                ..feed.clone()
            })
            .await
            .unwrap();
        let refused = account::feed_of(store, Role::Reporter, Some(name)).await.unwrap_err();
        assert!(refused.to_string().contains("is the desk's own"), "{name}: {refused}");
        let user = store.user("kadus").await.unwrap().unwrap();
        store.put_user(&User { feed: name.into(), ..user }).await.unwrap();
        let (status, _) = sent(&world, "kadus", "/lapor/nihil", &format!("number={NUMBER}")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}");
    }
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_put_right_keeps_its_handling_and_what_no_phone_asks() {
    let world = world().await;
    let store = &world.state.sources.store;
    let held = store.reports_with_id(SECRET).await.unwrap().remove(0);
    let user = store.user("kades").await.unwrap().unwrap();
    let feed = store.feeds().await.unwrap().into_iter().find(|feed| feed.name == "desa-2003").unwrap();
    store
        .put_feed(&FeedRow {
            name: held.feed_name.clone(),
            class: held.report.class,
            token_sha256: store::token_hash("held"),
            areas: user.areas.clone(),
            ..feed
        })
        .await
        .unwrap();
    store.put_user(&User { feed: held.feed_name, ..user }).await.unwrap();
    let (status, text) = sent(&world, "kades", "/lapor/kejadian", &format!("{FORM}&replaces={SECRET}")).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let (_, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!(record["handling"], "confidential", "{record}");
}

#[tokio::test]
async fn a_phone_replaces_only_what_stands_and_takes_back_what_stands() {
    let world = world().await;
    let (_, text) = read(world.ask(get("/lapor", &world.login("kades").await)).await).await;
    let taken_back = format!("<button class=\"quiet\" name=\"report\" value=\"{VILLAGE}\">Batalkan</button>");
    assert!(text.contains(&taken_back), "{text}");
    // The company's denial, which is no statement, is taken back too.
    let store = &world.state.sources.store;
    world.denied(crate::world::DENIAL, Some(VILLAGE)).await;
    let denial = store.reports_with_id(crate::world::DENIAL).await.unwrap().remove(0);
    let user = store.user("humas").await.unwrap().unwrap();
    let feed =
        store.feeds().await.unwrap().into_iter().find(|feed| feed.name == "company-rawas-ilir").unwrap();
    let (name, token_sha256) = (denial.feed_name.clone(), store::token_hash("denial"));
    if denial.feed_name != feed.name {
        store.put_feed(&FeedRow { name, token_sha256, ..feed }).await.unwrap();
        store.put_user(&User { feed: denial.feed_name, ..user }).await.unwrap();
    }
    let id = denial.report.id;
    let (status, text) = sent(&world, "humas", "/lapor/kejadian", &format!("{FORM}&replaces={id}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("sudah tidak berlaku"), "{text}");
    let (status, text) =
        sent(&world, "humas", "/lapor/lanjutan", &format!("number={NUMBER}&report={id}&news=ends")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    assert!(world.sent.lock().unwrap().is_empty());
    let (status, text) =
        sent(&world, "humas", "/lapor/lanjutan", &format!("number={NUMBER}&report={id}&news=withdraw")).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let (_, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!(record["retracts"].as_str(), Some(id.to_string().as_str()));
}

/// Nobody who reports by a link has a password to log in by.
#[tokio::test]
async fn who_has_no_password_is_advised_to_ask_for_a_link_and_sees_what_was_typed() {
    let world = world().await;
    let ask = "Minta tautan baru";
    let (status, text) = read(world.ask(post("/lapor/kejadian", "", FORM)).await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(text.contains(ask) && text.contains("<blockquote class=\"typed\">portal dipasang<"), "{text}");
    let (_, text) = read(world.ask(get("/masuk?next=/lapor", "")).await).await;
    assert!(text.contains(ask) && !text.contains("blockquote"), "{text}");
    let (_, text) = read(world.ask(get("/masuk", "")).await).await;
    assert!(!text.contains(ask), "{text}");
}

#[tokio::test]
async fn what_is_put_right_still_says_that_it_is_over() {
    let world = world().await;
    let id = ReportId(8 << 80);
    let mut row = report(id, FeedClass::Village, Handling::Limited, "portal dibuka, satu orang luka");
    row.offset = 3;
    let Body::Statement(statement) = &mut row.report.body else { unreachable!() };
    (statement.ends, statement.injured) = (true, 1);
    let commit = Commit { next_offset: 4, reports: vec![row], ..world.commit_of(NOW, vec![]) };
    world.state.sources.store.commit(commit).await.unwrap();
    let (status, text) = sent(&world, "kades", "/lapor/kejadian", &format!("{FORM}&replaces={id}")).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let (_, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!((&record["stance"], &record["supersedes"]), (&"ends".into(), &id.to_string().into()));
}
