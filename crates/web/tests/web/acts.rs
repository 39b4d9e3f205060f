//! People's acts on an alert: who may, what a second person gets, what the history keeps.

use crate::effects::condition;
use crate::world::{NOW, VILLAGE, World, post, read, report};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::alert::{AlertOutcome, State};
use domain::effect::{ConditionChange, Effect};
use domain::kind::{FeedClass, Handling, Kind, Level};
use domain::place::Code;
use domain::report::ReportId;
use domain::time::MINUTE;

const ALERT: &str = "/peringatan/16.13-2026-0001";

/// A report as a verification of the desk names it.
pub fn named(id: ReportId, class: FeedClass) -> serde_json::Value {
    let row = report(id, class, Handling::Open, "");
    let content = formats::content_hash::write(row.report.hash);
    serde_json::json!({"feed": row.feed_name, "report_id": id.to_string(), "content": content})
}

#[tokio::test]
async fn an_alert_is_led_to_its_end_and_the_history_keeps_who() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let steps = [
        ("ketahui", "version=1"),
        ("tugaskan", "version=2&to=danramil&reason=sebelum+magrib"),
        ("tangani", "version=3"),
        ("selesai", "version=4&outcome=averted&reason=portal+dibuka"),
    ];
    world.account("budi", "160504").await;
    let budi = world.login("budi").await;
    let agrees = ("selesai", "version=5&outcome=averted&reason=sudah+dilihat");
    for ((act, form), cookie) in steps.map(|step| (step, &cookie)).into_iter().chain([(agrees, &budi)]) {
        let answer = world.ask(post(&format!("{ALERT}/{act}"), cookie, form)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{act}");
    }
    let detail = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!((detail.alert.state, detail.alert.outcome), (State::Resolved, Some(AlertOutcome::Averted)));
    let actors: Vec<&str> = detail.history[1..].iter().map(|entry| entry.actor.as_str()).collect();
    assert_eq!(actors, ["sari", "sari", "sari", "sari", "budi"]);
    let (_, text) = world.page(ALERT, &cookie).await;
    assert!(text.contains("diredam") && text.contains("Danramil") && text.contains("portal dibuka"));
    assert!(!text.contains("Tindakan"), "an ended alert offers nothing to do");
    let ended = text.find("Diakhiri oleh budi pada ").expect("who ended it stands at the top");
    assert!(ended < text.find("Mengapa").unwrap() && text[ended..].contains("sudah dilihat"), "{text}");
}

/// A reason is read by others, and of a disaster it goes out.
#[tokio::test]
async fn a_reason_with_a_persons_data_is_pointed_out_before_it_is_kept() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let form = "version=1&to=danramil&reason=kata+Pak+Joko%2C+0812-3456-7890+%E2%80%AEkejib";
    let (status, text) = read(world.ask(post(&format!("{ALERT}/tugaskan"), &cookie, form)).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Alasan dibaca orang lain") && text.contains("kata Pak Joko"), "{text}");
    assert!(text.contains(r#"name="keep""#), "it can be kept as it is");
    assert!(!text.contains('\u{202E}'), "no text turns the direction of what follows");
    let detail = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!(detail.alert.version, 1, "nothing was done");
    let kept = post(&format!("{ALERT}/tugaskan"), &cookie, &format!("{form}&keep=ya"));
    let answer = world.ask(kept).await;
    let detail = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!(
        (answer.status(), detail.alert.assignee.is_some()),
        (StatusCode::SEE_OTHER, true),
        "sent again with a tick"
    );
}

#[tokio::test]
async fn an_ended_alert_keeps_its_picture_and_a_live_one_moves_on() {
    for (ended, moves_on) in [(false, true), (true, false)] {
        let world = World::new().await;
        let cookie = world.login("sari").await;
        if ended {
            world.withdrawn_by_two(ALERT).await;
        }
        world.later().await;
        let (_, text) = world.page(ALERT, &cookie).await;
        assert_eq!(text.contains("model-kemudian-7d"), moves_on, "ended: {ended}");
    }
}

#[tokio::test]
async fn the_second_person_sees_what_changed_and_keeps_what_they_wrote() {
    let world = World::new().await;
    let (sari, tim) = (world.login("sari").await, world.login("tim").await);
    assert_eq!(
        world.ask(post(&format!("{ALERT}/ketahui"), &tim, "version=1")).await.status(),
        StatusCode::SEE_OTHER
    );
    let late = post(&format!("{ALERT}/tarik"), &sari, "version=1&reason=salah+tempat");
    let (status, text) = read(world.ask(late).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text.contains("Belum dilakukan") && text.contains("diterima") && text.contains("tim"));
    assert!(text.contains("salah tempat"), "what was typed is kept");
    let detail = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!((detail.alert.version, detail.alert.state), (2, State::Acknowledged));
}

#[tokio::test]
async fn one_person_asks_to_withdraw_what_stands_at_siaga_and_a_second_does() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    world.account("sari", "160503").await;
    world.account("sari-2", "160503").await;
    let sari = world.login("sari").await;
    let (_, text) = world.page(ALERT, &sari).await;
    assert!(text.contains("ditarik oleh dua orang"), "{text}");
    let form = post(&format!("{ALERT}/tarik"), &sari, "version=1&reason=salah+tempat");
    assert_eq!(world.ask(form).await.status(), StatusCode::SEE_OTHER);
    let detail = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!((detail.alert.state, detail.alert.level), (State::Open, Level::Siaga), "it stands");
    // One person is not the second, with whatever account.
    for account in ["sari", "sari-2"] {
        let cookie = world.login(account).await;
        let (_, text) = world.page(ALERT, &cookie).await;
        assert!(text.contains("Anda sendiri yang meminta peringatan ini diakhiri"), "{account}: {text}");
        assert!(!text.contains("Setujui sebagai orang kedua"), "{account}");
        for (act, form) in [("tarik", "version=2&reason=x"), ("ketahui", "version=2")] {
            let status = world.ask(post(&format!("{ALERT}/{act}"), &cookie, form)).await.status();
            let expected = if act == "tarik" || account == "sari-2" {
                StatusCode::CONFLICT
            } else {
                StatusCode::SEE_OTHER
            };
            assert_eq!(status, expected, "{account} {act}");
        }
    }
    let budi = world.login("budi").await;
    let (_, text) = world.page(ALERT, &budi).await;
    let words = "Diminta diakhiri oleh sari, menunggu orang kedua</strong>: ditarik, diminta Sab, 21 Nov 2026, 07.00 \
                 WIB, berlaku sampai Min, 22 Nov 2026, 07.00 WIB. Sampai itu peringatan tetap berlaku.";
    assert!(text.contains(words), "{text}");
    assert!(
        text.contains("diminta diakhiri, menunggu orang kedua") && text.contains("salah tempat"),
        "the history says so"
    );
    let (_, front) = world.page("/", &budi).await;
    let (_, checks) = front.split_once("id=\"periksa\"").expect("what is to be looked into");
    assert!(
        checks.contains("/peringatan/16.13-2026-0001") && checks.contains("diminta diakhiri"),
        "{checks}"
    );
    let (_, list) = world.page("/peringatan", &budi).await;
    assert!(list.contains("diminta diakhiri, menunggu orang kedua"), "{list}");
    let (_, api) = world.page("/v1/alerts/16.13-2026-0001", &budi).await;
    assert!(
        api.contains(r#""withdrawal_request":{"asked_by":"sari""#) && api.contains(r#""outcome":"void""#),
        "{api}"
    );
    let form = post(&format!("{ALERT}/tarik"), &budi, "version=3&reason=sudah+ditanyakan");
    assert_eq!(world.ask(form).await.status(), StatusCode::SEE_OTHER);
    let detail = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!((detail.alert.state, detail.alert.withdrawal), (State::Withdrawn, None));
    let acts: Vec<(&str, &str)> =
        detail.history[1..].iter().map(|line| (line.act.as_str(), line.actor.as_str())).collect();
    assert_eq!(acts, [("withdraw_requested", "sari"), ("acknowledge", "sari"), ("withdraw", "budi")]);
}

#[tokio::test]
async fn an_account_without_a_person_ends_nothing_that_stands_and_hears_why() {
    let world = World::new().await;
    world.account("tanpa", "").await;
    let cookie = world.login("tanpa").await;
    let form = post(&format!("{ALERT}/tarik"), &cookie, "version=1&reason=salah+tempat");
    let (status, text) = read(world.ask(form).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        text.contains("akun Anda tidak mencatat orangnya") && text.contains("kentongan user set"),
        "{text}"
    );
    let detail = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!((detail.alert.version, detail.alert.withdrawal), (1, None));
}

#[tokio::test]
async fn an_outcome_of_what_stands_at_siaga_takes_two_and_programs_hear_it() {
    for outcome in ["confirmed", "averted", "unverified"] {
        let world = World::new().await;
        world.account("budi", "160504").await;
        let (sari, budi) = (world.login("sari").await, world.login("budi").await);
        world.ask(post(&format!("{ALERT}/ketahui"), &sari, "version=1")).await;
        let form = format!("version=2&outcome={outcome}&reason=sudah+dilihat");
        world.ask(post(&format!("{ALERT}/selesai"), &sari, &form)).await;
        let alert = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap().alert;
        assert_eq!((alert.state, alert.outcome), (State::Acknowledged, None), "one person: {outcome}");
        let (_, page) = world.page(ALERT, &budi).await;
        let offered = format!("name=\"outcome\" value=\"{outcome}\"");
        assert!(page.contains(&offered) && page.contains("Setujui sebagai orang kedua"), "{page}");
        let form = format!("version=3&outcome={outcome}&reason=sudah+dilihat");
        world.ask(post(&format!("{ALERT}/selesai"), &budi, &form)).await;
        let alert = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap().alert;
        assert_eq!(alert.outcome.map(AlertOutcome::as_str), Some(outcome));
    }
}

#[tokio::test]
async fn a_false_alarm_of_what_stands_at_siaga_takes_two_and_programs_hear_it() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let (sari, budi) = (world.login("sari").await, world.login("budi").await);
    assert_eq!(
        world.ask(post(&format!("{ALERT}/ketahui"), &sari, "version=1")).await.status(),
        StatusCode::SEE_OTHER
    );
    let call = |cookie: &str, version: u32| {
        let body = format!(r#"{{"version":{version},"outcome":"false_alarm","reason":"tidak ada apa-apa"}}"#);
        Request::post("/v1/alerts/16.13-2026-0001/resolve")
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap()
    };
    let (status, text) = read(world.ask(call(&sari, 2)).await).await;
    assert_eq!(status, StatusCode::OK);
    let alert: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&alert["state"], &alert["withdrawal_request"]["outcome"]),
        (&"acknowledged".into(), &"false_alarm".into())
    );
    let (status, text) = read(world.ask(call(&sari, 3)).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        text.contains("orang lain yang harus menyetujuinya") && text.contains("\"lapses_at\":\"2026-11-22T"),
        "{text}"
    );
    let (_, page) = world.page(ALERT, &budi).await;
    assert!(
        page.contains("name=\"outcome\" value=\"false_alarm\"") && page.contains("alarm palsu"),
        "{page}"
    );
    let (_, text) = read(world.ask(call(&budi, 3)).await).await;
    let alert: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&alert["state"], &alert["outcome"]), (&"resolved".into(), &"false_alarm".into()));
}

#[tokio::test]
async fn an_act_the_state_forbids_is_409_with_a_hint() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let early = post(&format!("{ALERT}/selesai"), &cookie, "version=1&outcome=confirmed");
    let (status, text) = read(world.ask(early).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text.contains("Tekan “Terima peringatan” lebih dulu"));
    let (status, _) =
        read(world.ask(post(&format!("{ALERT}/tarik"), &cookie, "version=1&reason=")).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    for (act, form) in
        [("tugaskan", "version=1&to="), ("selesai", "version=1&outcome=void"), ("ketahui", "reason=x")]
    {
        let (status, _) = read(world.ask(post(&format!("{ALERT}/{act}"), &cookie, form)).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{act}");
    }
}

#[tokio::test]
async fn the_team_may_answer_but_not_direct_and_a_leader_neither() {
    let world = World::new().await;
    let tim = world.login("tim").await;
    let (status, _) =
        read(world.ask(post(&format!("{ALERT}/tarik"), &tim, "version=1&reason=x")).await).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let leader = world.login("bupati").await;
    let (status, _) = read(world.ask(post(&format!("{ALERT}/ketahui"), &leader, "version=1")).await).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let other = world.login("banjarbaru").await;
    let (status, _) = read(world.ask(post(&format!("{ALERT}/ketahui"), &other, "version=1")).await).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "of another regency's alerts nobody learns that they are");
}

#[tokio::test]
async fn programs_act_by_json_and_get_problems() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let call = |act: &str, body: &str| {
        Request::post(format!("/v1/alerts/16.13-2026-0001/{act}"))
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap()
    };
    let (status, text) = read(world.ask(call("acknowledge", r#"{"version":1}"#)).await).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("\"version\":2") && text.contains("acknowledged"));
    let (status, text) = read(world.ask(call("assign", r#"{"version":1,"to":"x"}"#)).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((problem["seen"].as_u64(), problem["version"].as_u64()), (Some(1), Some(2)));
    for body in ["{", "[]", r#"{"version":"x"}"#] {
        assert_eq!(world.ask(call("respond", body)).await.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(world.ask(call("explode", r#"{"version":2}"#)).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_report_is_not_rejected_without_saying_why() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let path = format!("/laporan/{VILLAGE}/verifikasi");
    for form in ["act=reject", "act=reject&reason=", "act=reject&reason=+++%0D%0A"] {
        let (status, text) = read(world.verify(&path, &cookie, form).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(text.contains("Tulis alasannya"), "{form}");
    }
    assert!(world.sent.lock().unwrap().is_empty(), "nothing went into the log");
    let answer = world.verify(&path, &cookie, "act=reject&reason=tidak+terjadi").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let sent = world.sent.lock().unwrap().clone();
    assert_eq!((sent.len(), sent[0].1["summary"].as_str()), (1, Some("tidak terjadi")));
}

#[tokio::test]
async fn a_verification_is_a_record_of_the_desk_that_names_the_reports() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let path = format!("/laporan/{VILLAGE}/verifikasi");
    let answer = world.verify(&path, &cookie, "act=confirm&reason=dicek+danramil").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let (status, _) = read(world.verify(&path, &cookie, "act=merge").await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let other = crate::seen::tick(crate::world::name(crate::world::COMPANY));
    assert_eq!(
        world.verify(&path, &cookie, &format!("act=merge&reports={other}")).await.status(),
        StatusCode::SEE_OTHER
    );
    let sent = world.sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 2);
    assert!(sent.iter().all(|(feed, _)| feed.name() == "desk" && feed.author().account == "sari"));
    assert_eq!(sent[0].1["verification"]["act"], "confirm");
    let first = named(VILLAGE, FeedClass::Village);
    assert_eq!(
        sent[0].1["verification"]["reports"][0], first,
        "each report is named with its feed and what it says"
    );
    assert_eq!(
        sent[0].1["verification"]["reports"].as_array().unwrap().len(),
        2,
        "the whole incident is confirmed"
    );
    assert_eq!(sent[1].1["verification"]["reports"].as_array().unwrap().len(), 3);
    assert!(!sent[0].1.to_string().contains("sari"), "no account name leaves in a record");
    drop(sent);
    let tim = world.login("tim").await;
    let (status, _) = read(world.ask(post(&path, &tim, "act=confirm")).await).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn where_two_feeds_gave_one_id_pages_and_verifications_name_the_feed() {
    let world = World::new().await;
    world.shares_its_id(VILLAGE, "debu angkutan").await;
    let cookie = world.login("sari").await;
    let address = |class: &str| format!("/laporan/{VILLAGE}?feed={class}-rawas-ilir");
    let (_, list) = world.page("/laporan", &cookie).await;
    for class in ["village", "company"] {
        assert!(list.contains(&format!("href=\"{}\"", address(class))), "{class}: {list}");
    }
    assert!(list.contains(&format!("href=\"/laporan/{}\"", crate::world::COMPANY)), "this id is alone");
    let (_, company) = world.page(&address("company"), &cookie).await;
    assert!(company.contains("debu angkutan") && !company.contains("sejak subuh"));
    let (_, village) = world.page(&address("village"), &cookie).await;
    assert!(village.contains("sejak subuh") && !village.contains("debu angkutan"));
    assert_eq!(world.page(&address("police"), &cookie).await.0, StatusCode::NOT_FOUND);
    let path = format!("/laporan/{VILLAGE}/verifikasi?feed=company-rawas-ilir");
    assert!(company.contains(&format!("action=\"{path}\"")));
    let answer = world.verify(&path, &cookie, "act=confirm").await;
    assert_eq!(answer.headers()["location"], format!("{}&tercatat=1", address("company")));
    let sent = world.sent.lock().unwrap().clone();
    let named = serde_json::json!([named(VILLAGE, FeedClass::Company)]);
    assert_eq!(sent[0].1["verification"]["reports"], named);
}

#[tokio::test]
async fn what_a_person_may_not_read_or_what_is_no_one_incident_is_not_merged() {
    // Who merges, from the report of which place; with one of which place and kind; and what is said, if it is refused.
    let conflict = Kind::ResidentCompany;
    for (who, elsewhere, kind, says) in [
        ("camat", 161_301, conflict, Some("bukan wewenang Anda")),
        ("sari", 161_301, conflict, Some("tidak berbatasan")),
        ("sari", 161_304, Kind::Disaster, Some("berlainan jenis")),
        ("sari", 161_303, conflict, None),
        ("sari", 161_300, conflict, None),
    ] {
        let world = World::new().await;
        let further = world.reported_elsewhere(Code(elsewhere), kind).await;
        let own = crate::world::name(VILLAGE);
        let (from, with) = if who == "camat" { (further, own) } else { (own, further) };
        let form = format!("act=merge&reports={}", crate::seen::tick(with));
        let cookie = world.login(who).await;
        let answer = world.verify(&format!("/laporan/{}/verifikasi", from.id), &cookie, &form).await;
        let (status, text) = read(answer).await;
        let sent = world.sent.lock().unwrap().len();
        match says {
            Some(words) => assert!(
                (status, sent) == (StatusCode::UNPROCESSABLE_ENTITY, 0) && text.contains(words),
                "{who}, {elsewhere}, {kind}: {status} {text}"
            ),
            None => assert_eq!((status, sent), (StatusCode::SEE_OTHER, 1), "{elsewhere}: {text}"),
        }
    }
}

#[tokio::test]
async fn who_is_assigned_and_gets_no_message_is_named_and_only_who_gets_one_is_offered() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let path = "/peringatan/16.13-2026-0001";
    let (_, page) = world.page(path, &cookie).await;
    assert!(page.contains("<option value=\"Danramil\">") && !page.contains("tidak dikirimi pesan"), "{page}");
    for (name, version, is_reached) in [("Danramil", 1, true), ("Kapolres", 2, false)] {
        let form = format!("version={version}&to={name}&reason=mohon+dicek");
        let answer = world.ask(post(&format!("{path}/tugaskan"), &cookie, &form)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let (_, page) = world.page(path, &cookie).await;
        let words = format!("{name} tidak dikirimi pesan: daftar tim tidak memuat nama itu untuk tempat ini");
        assert_eq!(page.contains(&words), !is_reached, "{name}: {page}");
    }
    let lines = "version=3&to=Orang%0D%0ABcc%3A+x@y.example&reason=mohon+dicek";
    let answer = world.ask(post(&format!("{path}/tugaskan"), &cookie, lines)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let (_, page) = world.page(path, &cookie).await;
    assert!(page.contains("Orang Bcc: x@y.example"), "in one line: {page}");
    let nobody = "version=4&to=%0D%0A%11&reason=mohon+dicek";
    let (status, page) = read(world.ask(post(&format!("{path}/tugaskan"), &cookie, nobody)).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{page}");
    assert!(page.contains("Tugaskan kepada siapa?"), "{page}");
}

#[tokio::test]
async fn a_rise_after_an_assignment_asks_for_a_new_acceptance_on_the_page_and_in_the_queue() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    for (act, form) in [("ketahui", "version=1"), ("tugaskan", "version=2&to=Danramil")] {
        let answer = world.ask(post(&format!("{ALERT}/{act}"), &cookie, form)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{act}");
    }
    let again = "naik atau kembali, belum diterima";
    for rises in [false, true] {
        if rises {
            let mut change = condition(&world.state.sources.places);
            if let Effect::Condition(own) = &mut change {
                (own.change, own.level) = (ConditionChange::Changed, Level::Awas);
            }
            world.state.sources.store.commit(world.commit_of(NOW.plus(MINUTE), vec![change])).await.unwrap();
        }
        let (_, page) = world.page(ALERT, &cookie).await;
        let offered = page.contains(r#"/16.13-2026-0001/ketahui""#);
        assert_eq!((page.contains(again), offered), (rises, rises), "{page}");
        assert!(page.contains("Danramil"), "it stays whose it was: {page}");
        let (_, queue) = world.page("/peringatan", &cookie).await;
        assert_eq!(queue.contains(again), rises, "{queue}");
    }
}
