//! Messages that did not arrive: who waits stands on the front page, and the desk sends them again.

use crate::effects::{condition, incident};
use crate::world::{NOW, VILLAGE, World, name, post, read, report};
use axum::http::StatusCode;
use domain::alert::notice::AlertChangeKind;
use domain::effect::{ConditionChange, Effect, Verdict};
use domain::kind::{CheckReason, FeedClass, Handling, Level, Outcome};
use domain::place::Code;
use domain::report::ReportId;
use domain::time::{MINUTE, Time};
use formats::team::{QuietHours, TeamFile};
use std::sync::Arc;
use store::{
    AddressPlan, AttemptResult, ClaimedChannels, Commit, DeliveryFailure, ExpectedReceipt, NotDelivered,
    ReceiptNews, Recipient,
};
use views::{Lang, Sources, TeamContact, plain_text};

const ALERT: &str = "16.13-2026-0001";

/// Of four people one has the message about the alert, one is given up, one waits and one is left alone for now.
async fn world() -> World {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let item = store.unaddressed(9).await.unwrap().into_iter().find(|item| item.alert == ALERT).unwrap();
    let due = |person: &str, from: Time| {
        let person = format!("16.13/{person}");
        (Recipient { person, channel: "email".into() }, from)
    };
    let late = NOW.plus(-10 * MINUTE);
    let to =
        [due("camat", late), due("danramil", late), due("kapolsek", late), due("tidur", NOW.plus(MINUTE))];
    store.address(&item, &AddressPlan { to: to.into(), ..AddressPlan::default() }, NOW).await.unwrap();
    for delivery in store
        .claim_deliveries(&ClaimedChannels::Only(vec!["email".into()]), NOW, NOW.plus(MINUTE), 9)
        .await
        .unwrap()
    {
        let error = || DeliveryFailure::Answered("550 tidak ada kotak <surat>".into());
        let tried = match delivery.to.person.as_str() {
            "16.13/camat" => AttemptResult::Sent { at: NOW, receipt: None, carried: Vec::new() },
            "16.13/danramil" => AttemptResult::GivenUp { error: error(), next: None },
            _ => AttemptResult::Later { error: error(), next_try_at: NOW.plus(10 * MINUTE) },
        };
        store.record_delivery(&delivery, tried, NOW).await.unwrap();
    }
    world
}

#[tokio::test]
async fn the_front_page_says_who_has_not_got_a_message_and_whom_to_call() {
    let world = world().await;
    let sari = world.login("sari").await;
    let (_, page) = world.page("/", &sari).await;
    assert!(page.contains("<strong>2 dari 4 belum menerima</strong> pesan siaga di Rawas Ilir"), "{page}");
    assert!(
        page.contains(r#"<strong>Danramil</strong>, telepon <a href="tel:0733 111">0733 111</a>"#),
        "{page}"
    );
    assert!(page.contains("16.13/kapolsek"), "who left the roster is called by the key: {page}");
    assert!(!page.contains("16.13/camat") && !page.contains("16.13/tidur"), "{page}");
    assert!(page.contains(&format!("href=\"/peringatan/{ALERT}#pesan\"")), "{page}");
    let (_, english) = world.page("/?lang=en", &sari).await;
    assert!(english.contains("2 of 4 have not received"), "{english}");
    for (who, cookie) in [("tim", world.login("tim").await), ("bupati", world.login("bupati").await)] {
        let (_, page) = world.page("/", &cookie).await;
        assert!(!page.contains("belum menerima"), "{who} directs nobody: {page}");
        assert!(page.contains(r#"id="belum-sampai""#), "{who}'s open page has the place for it");
    }
    let (_, page) = world.page("/", &world.login("banjarbaru").await).await;
    assert!(!page.contains("belum menerima"), "another regency: {page}");
}

#[tokio::test]
async fn an_alert_of_which_nobody_was_to_be_notified_says_so_on_its_page_and_the_front_page() {
    let world = World::new().await;
    let (sari, bupati) = (world.login("sari").await, world.login("bupati").await);
    let path = format!("/peringatan/{ALERT}");
    for path in ["/", &path] {
        let (_, page) = world.page(path, &sari).await;
        assert!(
            !page.contains("Tidak seorang pun diberi tahu"),
            "nobody has looked yet whom it concerns: {page}"
        );
    }
    let store = &world.state.sources.store;
    let item = store.unaddressed(9).await.unwrap().into_iter().find(|item| item.alert == ALERT).unwrap();
    store.address(&item, &AddressPlan::default(), NOW).await.unwrap();
    for cookie in [&sari, &bupati] {
        for path in ["/", &path] {
            let (_, page) = world.page(path, cookie).await;
            let words =
                "<strong>Tidak seorang pun diberi tahu</strong> tentang peringatan siaga di Rawas Ilir";
            assert!(
                page.contains(words) && page.contains("Telepon sendiri siapa yang harus tahu."),
                "{page}"
            );
        }
    }
    let (_, english) = world.page(&format!("{path}?lang=en"), &sari).await;
    assert!(english.contains("<strong>Nobody was notified</strong> of an alert of level siaga"), "{english}");
    let (_, page) = world.page("/", &world.login("banjarbaru").await).await;
    assert!(!page.contains("Tidak seorang pun"), "another regency: {page}");
}

#[tokio::test]
async fn an_alert_lists_for_each_person_what_was_sent_and_when() {
    let world = world().await;
    let (_, page) = world.page(&format!("/peringatan/{ALERT}"), &world.login("sari").await).await;
    let (_, messages) = page.split_once(r#"id="pesan""#).expect("a section of messages");
    assert!(messages.contains("Kata server: 550 tidak ada kotak &lt;surat&gt;"), "{messages}");
    let sent =
        messages.contains("peringatan dibuka, antre ") && messages.contains("<strong>terkirim</strong>");
    assert!(sent, "{messages}");
    let names = ["16.13/kapolsek", "Danramil", "16.13/tidur", "16.13/camat"];
    let order = names.map(|name| messages.find(&format!("<strong>{name}</strong>")).unwrap());
    assert!(order[0].max(order[1]) < order[2] && order[2] < order[3], "for whom it is late first: {order:?}");
    assert_eq!(messages.matches("/kirim-lagi").count(), 3, "not to the one who has it");
    let context = views::Context {
        sources: world.state.sources.clone(),
        viewer: views::Viewer::administrator("uji"),
        lang: Lang::Id,
        now: NOW,
    };
    let view = views::alert::load(&context, ALERT).await.unwrap();
    let text = plain_text::alert(&context, &view);
    assert!(text.contains("- Danramil · telepon 0733 111 · belum menerima pesan terbaru\n"), "{text}");
    assert!(text.contains("email: gagal "), "{text}");
    let regency = context.regency(None).unwrap();
    let overview = views::overview::load(&context, regency, None).await.unwrap();
    let text = plain_text::overview(&context, &overview);
    let late = "2 dari 4 belum menerima pesan siaga di Rawas Ilir, warga–perusahaan: Danramil, telepon 0733 111; 16.13/kapolsek";
    assert!(text.contains(late), "{text}");
}

#[tokio::test]
async fn what_a_provider_says_stands_beside_the_person() {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let item = store.unaddressed(9).await.unwrap().into_iter().find(|item| item.alert == ALERT).unwrap();
    let people = ["arrived", "danramil", "missing"];
    let to =
        people.map(|person| (Recipient { person: format!("16.13/{person}"), channel: "wa".into() }, NOW));
    store.address(&item, &AddressPlan { to: to.into(), ..AddressPlan::default() }, NOW).await.unwrap();
    let channels = ClaimedChannels::Only(vec!["wa".into()]);
    for due in store.claim_deliveries(&channels, NOW, NOW.plus(MINUTE), 9).await.unwrap() {
        let provider_id = Some(due.to.person.clone());
        let receipt = Some(ExpectedReceipt { provider_id, next_at: NOW });
        store
            .record_delivery(&due, AttemptResult::Sent { at: NOW, receipt, carried: Vec::new() }, NOW)
            .await
            .unwrap();
        let of = store.message_called(&channels, &due.to.person).await.unwrap().unwrap();
        let failed = NotDelivered { state: "UNDELIV".into(), reason: Some("nomor <mati>".into()) };
        let news = match due.to.person.as_str() {
            "16.13/arrived" => ReceiptNews::Delivered,
            "16.13/danramil" => ReceiptNews::Failed(DeliveryFailure::NotDelivered(failed)),
            _ => ReceiptNews::Missing,
        };
        store.record_receipt(&of, (news, None), None, NOW.plus(MINUTE)).await.unwrap();
    }
    let sari = world.login("sari").await;
    let (_, page) = world.page("/", &sari).await;
    assert!(page.contains("<strong>1 dari 3 belum menerima</strong> pesan siaga di Rawas Ilir"), "{page}");
    assert!(page.contains("<strong>Danramil</strong>, telepon"), "{page}");
    let (_, page) = world.page(&format!("/peringatan/{ALERT}"), &sari).await;
    let (_, messages) = page.split_once(r#"id="pesan""#).expect("a section of messages");
    for words in [
        "<strong>16.13/arrived</strong>: pesan terbaru sudah sampai",
        "wa: <strong>terkirim</strong> ",
        ", <strong>sampai</strong> ",
        ", <strong>gagal</strong> ",
        "Penyedia pesan melaporkan pesan ini tidak sampai (UNDELIV). Kata server: nomor &lt;mati&gt;",
        "<strong>16.13/missing</strong>: pesan terbaru sudah diserahkan ke penyedianya, belum ada tanda terima",
        "Belum ada tanda terima dari penyedia",
    ] {
        assert!(messages.contains(words), "{words}: {messages}");
    }
    let (_, english) = world.page(&format!("/peringatan/{ALERT}?lang=en"), &sari).await;
    assert!(english.contains("the newest message was handed to its provider; no receipt yet"), "{english}");
}

#[tokio::test]
async fn the_desk_sends_a_message_again_and_the_history_says_who_did() {
    let world = world().await;
    let store = &world.state.sources.store;
    let (sari, path) = (world.login("sari").await, format!("/peringatan/{ALERT}/kirim-lagi"));
    let before = store.alert(ALERT).await.unwrap().unwrap().alert.version;
    for (who, refused) in [("tim", StatusCode::FORBIDDEN), ("banjarbaru", StatusCode::NOT_FOUND)] {
        let form = post(&path, &world.login(who).await, "back=/");
        assert_eq!(world.ask(form).await.status(), refused, "{who}");
    }
    let answer = world.ask(post(&path, &sari, "")).await;
    let there = format!("/peringatan/{ALERT}#pesan").parse().unwrap();
    assert_eq!((answer.status(), &answer.headers()["location"]), (StatusCode::SEE_OTHER, &there));
    let due = store
        .claim_deliveries(&ClaimedChannels::Only(vec!["email".into()]), NOW, NOW.plus(MINUTE), 9)
        .await
        .unwrap();
    let people: Vec<&str> = due.iter().map(|one| one.to.person.as_str()).collect();
    assert_eq!(people, ["16.13/danramil", "16.13/kapolsek"], "for whom it is late, at once");
    let (_, page) = world.page("/", &sari).await;
    assert!(page.contains("2 dari 4 belum menerima"), "until it arrives: {page}");
    let (_, page) = world.page(&format!("/peringatan/{ALERT}"), &sari).await;
    assert!(page.contains("pesan dikirim lagi</strong> · sari · → Danramil, 16.13/kapolsek"), "{page}");
    let (_, section) = page.split_once(r#"id="pesan""#).expect("a section of messages");
    assert!(section.contains("<strong>Dikirim lagi</strong> <time"), "{section}");
    assert!(
        section.contains("</time> oleh sari: Danramil, 16.13/kapolsek."),
        "what the button did: {section}"
    );
    for delivery in due {
        store
            .record_delivery(
                &delivery,
                AttemptResult::Sent { at: NOW, receipt: None, carried: Vec::new() },
                NOW,
            )
            .await
            .unwrap();
    }
    let (_, page) = world.page("/", &sari).await;
    assert!(!page.contains("belum menerima"), "{page}");
    // Where it is late for nobody, it goes to whom it waits for.
    let one = world.ask(post(&path, &sari, "back=https://jahat.example")).await;
    assert_eq!(one.headers()["location"].to_str().unwrap(), format!("/peringatan/{ALERT}#pesan"));
    let email = ClaimedChannels::Only(vec!["email".into()]);
    let due = store.claim_deliveries(&email, NOW, NOW.plus(MINUTE), 9).await.unwrap();
    assert_eq!(due.iter().map(|one| one.to.person.as_str()).collect::<Vec<_>>(), ["16.13/tidur"]);
    let taken = AttemptResult::Sent { at: NOW, receipt: None, carried: Vec::new() };
    store.record_delivery(&due[0], taken, NOW).await.unwrap();
    let (status, page) = read(world.ask(post(&path, &sari, "")).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Tidak ada pesan tentang peringatan ini yang masih menunggu"), "{page}");
    // A colleague's form of before is not stale by that, but by what changes the matter.
    let form = format!("version={before}");
    let act = async |word: &str| {
        world.ask(post(&format!("/peringatan/{ALERT}/{word}"), &sari, &form)).await.status()
    };
    assert_eq!(act("ketahui").await, StatusCode::SEE_OTHER, "nothing of the matter changed");
    assert_eq!(act("tangani").await, StatusCode::CONFLICT, "somebody acknowledged it");
}

#[tokio::test]
async fn a_question_that_did_not_arrive_is_shown_with_what_is_to_be_checked() {
    let world = World::new().await;
    let mut asked = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut asked {
        incident.check = Some(CheckReason::Unjudged);
    }
    let store = &world.state.sources.store;
    store.commit(world.commit_of(NOW.plus(MINUTE), vec![asked])).await.unwrap();
    let item = store.unaddressed(9).await.unwrap().into_iter().find(|item| item.change.is_check()).unwrap();
    let to = Recipient { person: "16.13/danramil".into(), channel: "email".into() };
    let plan = AddressPlan { to: [(to, NOW.plus(-MINUTE))].into(), ..AddressPlan::default() };
    store.address(&item, &plan, NOW).await.unwrap();
    let (_, page) = world.page("/", &world.login("sari").await).await;
    assert!(
        page.contains("1 dari 1 belum menerima</strong> pesan untuk memeriksa kabar di Rawas Ilir"),
        "{page}"
    );
    assert!(
        page.contains(r##"<a href="/?wilayah=16.13#periksa">"##) && !page.contains("kirim-lagi"),
        "{page}"
    );
}

#[tokio::test]
async fn a_question_that_nobody_was_to_be_asked_is_on_the_front_page_of_who_may_look_into_it() {
    let world = World::new().await;
    let mut asked = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut asked {
        incident.check = Some(CheckReason::Community);
    }
    let store = &world.state.sources.store;
    store.commit(world.commit_of(NOW.plus(MINUTE), vec![asked])).await.unwrap();
    let item = store.unaddressed(9).await.unwrap().into_iter().find(|item| item.change.is_check()).unwrap();
    let sari = world.login("sari").await;
    let words = "<strong>Tidak seorang pun diminta</strong> memeriksa kabar di Rawas Ilir";
    let (_, page) = world.page("/", &sari).await;
    assert!(!page.contains(words), "nobody has looked yet who is on duty: {page}");
    store.address(&item, &AddressPlan::default(), NOW).await.unwrap();
    let (_, page) = world.page("/", &sari).await;
    assert!(
        page.contains(words) && page.contains("Periksa sendiri atau telepon siapa yang dapat memeriksa."),
        "{page}"
    );
    assert!(page.contains(r##"<a href="/?wilayah=16.13#periksa">"##), "{page}");
    let (_, english) = world.page("/?lang=en", &sari).await;
    assert!(
        english.contains("<strong>Nobody was asked</strong> to check a report in Rawas Ilir"),
        "{english}"
    );
    for who in ["bupati", "tim", "banjarbaru"] {
        let (_, page) = world.page("/", &world.login(who).await).await;
        assert!(!page.contains("Tidak seorang pun diminta"), "{who} looks into nothing there: {page}");
    }
}

#[tokio::test]
async fn what_a_newer_message_replaced_is_not_said_to_have_failed() {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let to = |change: i64| AddressPlan {
        to: [(Recipient { person: "16.13/danramil".into(), channel: "email".into() }, NOW.plus(change))]
            .into(),
        ..AddressPlan::default()
    };
    let item = store.unaddressed(9).await.unwrap().into_iter().find(|item| item.alert == ALERT).unwrap();
    store.address(&item, &to(MINUTE), NOW).await.unwrap();
    let mut rises = condition(&world.state.sources.places);
    if let Effect::Condition(own) = &mut rises {
        (own.change, own.level) = (ConditionChange::Changed, Level::Awas);
    }
    store.commit(world.commit_of(NOW.plus(MINUTE), vec![rises])).await.unwrap();
    let risen = store.unaddressed(9).await.unwrap().into_iter().find(|own| own.alert == ALERT).unwrap();
    store.address(&risen, &to(2 * MINUTE), NOW).await.unwrap();
    let (_, page) = world.page(&format!("/peringatan/{ALERT}"), &world.login("sari").await).await;
    let (_, messages) = page.split_once(r#"id="pesan""#).expect("a section of messages");
    assert!(messages.contains("<strong>diganti pesan yang lebih baru</strong>"), "{messages}");
    assert!(!messages.contains("<strong>gagal</strong>"), "{messages}");
}

/// Until one hour after [`NOW`], which is 07.00 there.
fn quiet_hours() -> QuietHours {
    const SLEEPER: &str = r#"
        version = "1"
        [[team]]
        regency = "16.13"
        name = "Tim"
        [[team.member]]
        id = "danramil"
        role = "Danramil"
        office = "danramil"
        areas = ["16.13.04"]
        quiet_hours = { from = "22.00", until = "08.00", below = "awas" }
        channels = [{ kind = "email", to = "a@x.example" }]
    "#;
    TeamFile::parse(SLEEPER).unwrap().teams[0].members[0].quiet_hours.expect("they have some")
}

#[tokio::test]
async fn what_waits_for_its_time_says_until_when_and_why_and_is_sent_when_the_desk_says_so() {
    let world = World::new().await.with_sources(|sources| {
        let sleeper = TeamContact { quiet_hours: Some(quiet_hours()), ..sources.team[0].clone() };
        Sources { team: Arc::new(vec![sleeper]), ..sources }
    });
    let store = &world.state.sources.store;
    let item = store.unaddressed(9).await.unwrap().into_iter().find(|item| item.alert == ALERT).unwrap();
    let to = [("danramil", 60), ("camat", 10)].map(|(person, minutes)| {
        let person = format!("16.13/{person}");
        (Recipient { person, channel: "email".into() }, NOW.plus(minutes * MINUTE))
    });
    store.address(&item, &AddressPlan { to: to.into(), ..AddressPlan::default() }, NOW).await.unwrap();
    let (sari, path) = (world.login("sari").await, format!("/peringatan/{ALERT}"));
    let messages = async |path: &str| {
        let (_, page) = world.page(path, &sari).await;
        page.split_once(r#"id="pesan""#).expect("a section of messages").1.to_owned()
    };
    let section = messages(&path).await;
    for words in [
        "08.00</time>: jam tenang",
        "<strong>16.13/camat</strong>: menyusul <time",
        // What opens waits for no other pause.
        "07.10</time>: sumbernya sudah menarik laporan sebelum ini",
    ] {
        assert!(section.contains(words), "{words}: {section}");
    }
    assert!(!section.contains("masih dikirim"), "{section}");
    let english = messages(&format!("{path}?lang=en")).await;
    assert!(english.contains("08:00</time>: quiet hours"), "{english}");
    let (_, list) = world.page("/pesan", &sari).await;
    assert!(list.contains("08.00</time>: jam tenang"), "{list}");
    let answer = world.ask(post(&format!("{path}/kirim-lagi"), &sari, "")).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "it waits, so it is sent");
    let section = messages(&path).await;
    assert!(section.contains("</time> oleh sari: 16.13/camat, Danramil."), "{section}");
    assert_eq!(section.matches("pesan terbaru masih dikirim").count(), 2, "{section}");
    assert!(!section.contains("jam tenang") && !section.contains("belum menerima"), "{section}");
    let email = ClaimedChannels::Only(vec!["email".into()]);
    let due = store.claim_deliveries(&email, NOW, NOW.plus(MINUTE), 9).await.unwrap();
    assert_eq!(due.len(), 2, "at once, whatever the hour");
    let mut rises = condition(&world.state.sources.places);
    if let Effect::Condition(own) = &mut rises {
        (own.change, own.level) = (ConditionChange::Changed, Level::Awas);
    }
    store.commit(world.commit_of(NOW.plus(MINUTE), vec![rises])).await.unwrap();
    let risen = store.unaddressed(9).await.unwrap().into_iter().find(|own| own.alert == ALERT).unwrap();
    let to = [(Recipient { person: "16.13/kapolsek".into(), channel: "email".into() }, NOW.plus(9 * MINUTE))];
    store.address(&risen, &AddressPlan { to: to.into(), ..AddressPlan::default() }, NOW).await.unwrap();
    let section = messages(&path).await;
    assert!(section.contains("07.09</time>, 10 menit setelah pesan terakhir"), "{section}");
}

#[tokio::test]
async fn an_end_that_went_out_in_another_alerts_message_has_been_received() {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let to = || AddressPlan {
        to: [(Recipient { person: "16.13/danramil".into(), channel: "email".into() }, NOW)].into(),
        ..AddressPlan::default()
    };
    let email = ClaimedChannels::Only(vec!["email".into()]);
    let taken = |carried| AttemptResult::Sent { at: NOW, receipt: None, carried };
    let newest = async || store.unaddressed(9).await.unwrap().pop().expect("something is new");
    let opened = store.unaddressed(9).await.unwrap().into_iter().find(|item| item.alert == ALERT).unwrap();
    store.address(&opened, &to(), NOW).await.unwrap();
    let due = store.claim_deliveries(&email, NOW, NOW.plus(MINUTE), 9).await.unwrap();
    store.record_delivery(&due[0], taken(Vec::new()), NOW).await.unwrap();
    let change = |to: ConditionChange| {
        let mut effect = condition(&world.state.sources.places);
        if let Effect::Condition(own) = &mut effect {
            own.change = to;
        }
        effect
    };
    store.commit(world.commit_of(NOW.plus(MINUTE), vec![change(ConditionChange::Withdrawn)])).await.unwrap();
    let withdrawn = newest().await;
    store.address(&withdrawn, &to(), NOW).await.unwrap();
    store.commit(world.commit_of(NOW.plus(2 * MINUTE), vec![change(ConditionChange::Raised)])).await.unwrap();
    let again = newest().await;
    assert_ne!(again.alert, ALERT);
    store.address(&again, &to(), NOW).await.unwrap();
    let due = store.claim_deliveries(&email, NOW, NOW.plus(MINUTE), 9).await.unwrap();
    let carrying = due.iter().find(|one| one.item.id == again.id).expect("the newer one goes out");
    store.record_delivery(carrying, taken(vec![withdrawn.id]), NOW).await.unwrap();
    let (_, page) = world.page(&format!("/peringatan/{ALERT}"), &world.login("sari").await).await;
    assert!(page.contains("Sudah diberi tahu: 1 dari 1 orang"), "{page}");
    let (_, messages) = page.split_once(r#"id="pesan""#).expect("a section of messages");
    assert!(messages.contains("Terkirim di dalam pesan tentang peringatan lain."), "{messages}");
    assert!(!messages.contains("tidak menerima pesan terbaru"), "{messages}");
}

/// What both officers rejected is not announced as still to come, and nobody sends it again.
#[tokio::test]
async fn what_was_rejected_before_it_went_out_is_needed_no_more_at_once() {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let camat = Recipient { person: "16.13/camat".into(), channel: "email".into() };
    let addressed = async |change: AlertChangeKind, from: Time| {
        let waiting = store.unaddressed(9).await.unwrap();
        let item = waiting.into_iter().find(|item| item.alert == ALERT && item.change == change).unwrap();
        let to = [(camat.clone(), from)].into();
        store.address(&item, &AddressPlan { to, ..AddressPlan::default() }, NOW).await.unwrap();
    };
    addressed(AlertChangeKind::Opened, NOW.plus(-MINUTE)).await;
    let mail = ClaimedChannels::Only(vec!["email".into()]);
    let due = store.claim_deliveries(&mail, NOW, NOW.plus(MINUTE), 9).await.unwrap();
    let sent = AttemptResult::Sent { at: NOW, receipt: None, carried: Vec::new() };
    store.record_delivery(&due[0], sent, NOW).await.unwrap();
    let id = ReportId(0x717 << 64);
    let of = |verdict: Verdict, displaced: u32| {
        let mut effect = incident(id);
        if let Effect::Incident(own) = &mut effect {
            (own.verdict, own.claimed.displaced) = (verdict, displaced);
        }
        effect
    };
    let mut row = report(id, FeedClass::Desk, Handling::Open, "600 mengungsi");
    (row.received_at, row.offset) = (NOW, 3);
    let (regency, report) = (Code(161_300), name(id));
    let taken = Effect::Outcome { regency, report, outcome: Outcome::Incident, incident: Some(report) };
    let own = world.commit_of(NOW.plus(1), vec![taken, of(Verdict::Unverified, 600)]);
    store.commit(Commit { from_offset: 3, next_offset: 4, reports: vec![row], ..own }).await.unwrap();
    addressed(AlertChangeKind::NewIncident, NOW.plus(9 * MINUTE)).await;
    // What it is replaced by is needed no more either.
    let own = world.commit_of(NOW.plus(2), vec![of(Verdict::Unverified, 6_000)]);
    store.commit(Commit { from_offset: 4, next_offset: 4, ..own }).await.unwrap();
    addressed(AlertChangeKind::Grown, NOW.plus(9 * MINUTE)).await;
    let sari = world.login("sari").await;
    let path = format!("/peringatan/{ALERT}");
    let pages = async || {
        let (_, page) = world.page(&path, &sari).await;
        let (_, list) = world.page(&format!("/pesan?alert={ALERT}"), &sari).await;
        (page.split_once(r#"id="pesan""#).expect("a section of messages").1.to_owned(), list)
    };
    let (page, list) = pages().await;
    assert!(page.contains("menyusul") && page.contains("/kirim-lagi"), "{page}");
    assert!(list.contains("menyusul"), "{list}");
    let own = world.commit_of(NOW.plus(3), vec![of(Verdict::Rejected, 6_000)]);
    store.commit(Commit { from_offset: 4, next_offset: 4, ..own }).await.unwrap();
    let (page, list) = pages().await;
    for page in [&page, &list] {
        assert!(page.contains("tidak perlu lagi") && !page.contains("menyusul"), "{page}");
    }
    assert!(
        page.contains("sudah diterima") && !page.contains("/kirim-lagi"),
        "he has the one before: {page}"
    );
    let answer = world.ask(post(&format!("{path}/kirim-lagi"), &sari, "to=16.13/camat")).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let (_, page) = world.page(&path, &sari).await;
    for says in ["pesan dikirim lagi", "tidak menerima pesan terbaru"] {
        assert!(!page.contains(says), "{says}: {page}");
    }
}
