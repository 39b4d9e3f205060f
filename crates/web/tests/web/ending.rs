//! An alert's end that one person asks for: who may not be the second, who cancels or replaces it, and what pages say meanwhile.

use crate::second_link::{
    ALERT, HOLDER, TOKEN, alert, answered, asks, contact, end, end_sent, issue, kept, link, opened,
    sari_acts, shown, with_holder, withdraw,
};
use crate::second_person::asked;
use crate::world::{NOW, PASSWORD, VILLAGE, World, get, post, read};
use axum::http::{StatusCode, header};
use domain::alert::{Act, AlertOutcome, State};
use domain::author::StampedAuthor;
use domain::effect::{Condition, ConditionChange, Effect};
use domain::kind::{Kind, Level};
use domain::time::{DAY, HOUR};
use std::sync::Arc;
use store::{AlertDetail, Commit, LinkRequest};
use views::TeamContact;

const PAGE: &str = "/peringatan/16.13-2026-0001";

/// All cookies that a login gives, as a browser sends them to the link's pages.
async fn device(world: &World, name: &str) -> Vec<String> {
    let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
    let answer = world.ask(post("/masuk", "", &form)).await;
    let cookies = answer.headers().get_all(header::SET_COOKIE).into_iter();
    let cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    let sent =
        cookies.filter(|cookie| ["Path=/;", "Path=/orang-kedua;"].iter().any(|path| cookie.contains(path)));
    sent.map(|cookie| cookie.split(';').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_link_passed_on_to_who_asked_is_refused_in_their_browser_and_stays_its_persons() {
    for requests in ["end", "awas"] {
        let world = match requests {
            "end" => end_sent(contact(), NOW.plus(-HOUR)).await,
            _ => {
                let world = with_holder(World::new().await, contact());
                world.account("sari", "160503").await;
                let verification = asked(&world, NOW.plus(-HOUR)).await;
                issue(&world, TOKEN, LinkRequest::Record(verification)).await;
                world
            }
        };
        world.account("sari", "160503").await;
        world.account("sari-2", "160503").await;
        world.account("budi", "160504").await;
        let [sari, second] = [device(&world, "sari").await, device(&world, "sari-2").await];
        // Logged in, by whichever account; logged out, on the device.
        let (session, known) = (&sari[0], &sari[1]);
        assert!(session.starts_with("kentongan=") && known.starts_with("kentongan-perangkat-"), "{sari:?}");
        for cookies in [session, &second[0], known, &format!("{known}; lang=id"), &second[1]] {
            for request in [get(&link(), cookies), post(&link(), cookies, ""), get(&asks(), cookies)] {
                let answer = world.ask(request).await;
                assert!(!answer.headers().contains_key(header::SET_COOKIE));
                let (status, text) = read(answer).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{cookies}: {text}");
                let words = "Di peramban ini orang yang meminta sedang atau pernah masuk dengan akunnya";
                assert!(text.contains(words) && text.contains("0733 112"), "{text}");
                assert!(!text.contains("Rawas Ilir"), "{text}");
            }
            let form = "answer=agreed&reason=sudah+dilihat";
            assert_eq!(answered(&world, cookies, form).await.0, StatusCode::FORBIDDEN);
        }
        let spent = kept(&world).await;
        assert_eq!((spent.browser_hash, spent.answer), (None, None), "its person can still open it");
        assert!(world.sent.lock().unwrap().is_empty() && alert(&world).await.alert.state.is_live());
        // A colleague's device on which nobody is logged in is no reason: Kabag Ops may have borrowed it.
        let budi = device(&world, "budi").await;
        let opens = world.ask(post(&link(), &budi[1], "")).await;
        assert_eq!(opens.status(), StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn in_a_browser_that_opened_the_link_and_in_which_the_asker_logs_in_nothing_is_agreed_to() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    world.account("sari", "160503").await;
    let bound = opened(&world).await;
    let sari = world.login("sari").await;
    let (status, text) = answered(&world, &format!("{bound}; {sari}"), "answer=agreed&reason=dilihat").await;
    assert!(status == StatusCode::FORBIDDEN && text.contains("orang kedua harus orang lain"), "{text}");
    assert!(alert(&world).await.alert.state.is_live());
}

/// Forwarded to a colleague, a reporter or another regency's desk, it answers for nobody: only its own person's session may stand open.
#[tokio::test]
async fn in_a_browser_in_which_somebody_else_is_logged_in_nothing_is_agreed_to() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    world.account("budi", "160504").await;
    for other in ["budi", "bupati"] {
        let session = world.login(other).await;
        for request in [get(&link(), &session), post(&link(), &session, "")] {
            let (status, text) = read(world.ask(request).await).await;
            assert!(
                status == StatusCode::FORBIDDEN && text.contains("orang lain sedang masuk"),
                "{other}: {text}"
            );
        }
    }
    assert_eq!(kept(&world).await.browser_hash, None, "its person can still open it");
    let bound = opened(&world).await;
    let budi = world.login("budi").await;
    let (status, _) = answered(&world, &format!("{bound}; {budi}"), "answer=agreed&reason=dilihat").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(alert(&world).await.alert.state.is_live());
}

#[tokio::test]
async fn who_finds_the_link_used_by_somebody_else_does_not_read_that_the_answer_was_theirs() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    let cookie = opened(&world).await;
    assert_eq!(answered(&world, &cookie, "answer=agreed&reason=dilihat").await.0, StatusCode::OK);
    let forged = format!("kentongan-tautan={}", "0".repeat(64));
    for other in ["", forged.as_str()] {
        for request in [get(&link(), other), get(&asks(), other), post(&link(), other, "")] {
            let (status, text) = read(world.ask(request).await).await;
            assert_eq!(status, StatusCode::GONE);
            let words = "Sudah dijawab lewat tautan ini pada Sab, 21 Nov 2026, 07.00 WIB, dari peramban lain. Kalau bukan \
                         Anda yang menjawab, segera telepon piket.";
            assert!(text.contains(words) && !text.contains("Jawaban Anda"), "{text}");
        }
    }
    let (_, own) = world.page(&link(), &cookie).await;
    assert!(own.contains("pada Sab, 21 Nov 2026, 07.00 WIB. Jawaban itu tidak dapat diubah"), "{own}");
}

#[tokio::test]
async fn an_answer_that_does_not_agree_stands_on_the_alerts_page_and_in_periksa_while_the_request_waits() {
    for (answer, words) in [("declined", "tidak setuju"), ("unjudged", "tidak dapat menilai")] {
        let world = end_sent(contact(), NOW.plus(-HOUR)).await;
        world.account("budi", "160504").await;
        let cookie = opened(&world).await;
        let form = format!("answer={answer}&reason=masih+ada+massa");
        let (status, text) = answered(&world, &cookie, &form).await;
        assert!(
            status == StatusCode::OK && text.contains("Peringatan tetap berlaku; piket diberi tahu"),
            "{text}"
        );
        assert!(!text.contains("Tingkatnya"), "{text}");
        let budi = world.login("budi").await;
        let says = format!("Kabag Ops Polres menjawab lewat tautan: {words} (Sab, 21 Nov 2026, 07.00 WIB)");
        let (_, page) = world.page(PAGE, &budi).await;
        let (_, request) = page.split_once("id=\"h-ditarik\"").expect("the request waits");
        let (request, _) = request.split_once("</section>").unwrap();
        assert!(request.contains(&format!("{says}: masih ada massa")), "{request}");
        assert!(request.contains("Alasan yang meminta: salah tempat"), "{request}");
        let (_, front) = world.page("/", &budi).await;
        let (_, checks) = front.split_once("id=\"periksa\"").expect("what is to be looked into");
        assert!(checks.contains(&says), "{checks}");
        // Who reads no words of people reads no reason.
        let leader = world.login("bupati").await;
        let (_, page) = world.page(PAGE, &leader).await;
        assert!(page.contains(&says) && !page.contains("masih ada massa"), "{page}");
        // What is settled needs nobody's look.
        let sari = StampedAuthor::of_desk("sari", "160503");
        sari_acts(&world, Act::CancelRequest { by: sari }, 3, NOW).await;
        let (_, front) = world.page("/", &budi).await;
        assert!(!front.contains(&says), "{front}");
    }
}

#[tokio::test]
async fn an_answer_to_a_record_that_does_not_agree_stands_in_periksa_while_it_waits() {
    let world = with_holder(World::new().await, contact());
    let verification = asked(&world, NOW.plus(-HOUR)).await;
    issue(&world, TOKEN, LinkRequest::Record(verification)).await;
    let cookie = opened(&world).await;
    assert_eq!(answered(&world, &cookie, "answer=declined&reason=belum+ada+kabar").await.0, StatusCode::OK);
    let sari = world.login("sari").await;
    let says =
        "Kabag Ops Polres menjawab lewat tautan: tidak setuju (Sab, 21 Nov 2026, 07.00 WIB): belum ada kabar";
    let (_, front) = world.page("/", &sari).await;
    assert!(front.contains(says), "{front}");
    let later = world.commit_of(NOW.plus(2), vec![crate::effects::incident(VILLAGE)]);
    let settled = Commit { from_offset: 4, next_offset: 4, ..later };
    world.state.sources.store.commit(settled).await.unwrap();
    let (_, front) = world.page("/", &sari).await;
    assert!(!front.contains(says), "it is settled: {front}");
}

#[tokio::test]
async fn who_asked_cancels_the_request_and_its_links_say_so() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    world.account("sari", "160503").await;
    world.account("budi", "160504").await;
    let (sari, budi) = (world.login("sari").await, world.login("budi").await);
    let (_, page) = world.page(PAGE, &sari).await;
    assert!(page.contains("/batalkan-permintaan") && page.contains("Batalkan permintaan ini"), "{page}");
    let (_, page) = world.page(PAGE, &budi).await;
    assert!(!page.contains("/batalkan-permintaan"), "{page}");
    let cancel = |cookie| post(&format!("{PAGE}/batalkan-permintaan"), cookie, "version=2");
    let (status, text) = read(world.ask(cancel(&budi)).await).await;
    assert!(status == StatusCode::CONFLICT && text.contains("Hanya yang meminta"), "{text}");
    assert_eq!(world.ask(cancel(&sari)).await.status(), StatusCode::SEE_OTHER);
    let AlertDetail { alert, history } = alert(&world).await;
    assert_eq!((alert.state, alert.withdrawal), (State::Open, None));
    assert_eq!(history.last().unwrap().act, "cancel_request");
    let (_, page) = world.page(PAGE, &sari).await;
    assert!(
        page.contains("permintaan mengakhiri dibatalkan") && page.contains("hasil yang diminta: ditarik"),
        "{page}"
    );
    let (status, text) = world.page(&link(), "").await;
    assert!(
        status == StatusCode::GONE && text.contains("Yang meminta sudah membatalkan permintaannya"),
        "{text}"
    );
    let again = post(&format!("{PAGE}/batalkan-permintaan"), &sari, "version=3");
    let (status, text) = read(world.ask(again).await).await;
    assert_eq!(status, StatusCode::CONFLICT, "{text}");
}

#[tokio::test]
async fn who_asked_thinks_again_and_the_first_links_say_that_another_request_took_their_place() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    let by = StampedAuthor::of_desk("sari", "160503");
    sari_acts(&world, Act::Acknowledge, 2, NOW).await;
    sari_acts(&world, Act::Resolve { outcome: AlertOutcome::FalseAlarm, by }, 3, NOW).await;
    let request = alert(&world).await.alert.withdrawal.expect("it waits");
    assert_eq!(request.outcome, AlertOutcome::FalseAlarm);
    let (status, text) = world.page(&link(), "").await;
    assert!(status == StatusCode::GONE && text.contains("sudah diganti dengan permintaan lain"), "{text}");
}

#[tokio::test]
async fn another_outcome_on_the_page_is_a_new_request_and_the_page_says_so_before() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    world.account("budi", "160504").await;
    sari_acts(&world, Act::Acknowledge, 2, NOW).await;
    let budi = world.login("budi").await;
    let (_, page) = world.page(PAGE, &budi).await;
    let words = "sari meminta hasil “ditarik”. Kedua orang harus sepakat pada satu hasil";
    assert!(page.contains(words) && page.contains("Setujui sebagai orang kedua: ditarik"), "{page}");
    let form = post(&format!("{PAGE}/selesai"), &budi, "version=3&outcome=averted&reason=portal+dibuka");
    assert_eq!(world.ask(form).await.status(), StatusCode::SEE_OTHER);
    let standing = alert(&world).await.alert;
    assert_eq!((standing.state, standing.outcome), (State::Acknowledged, None), "it stands");
    let request = standing.withdrawal.expect("it waits for a second person");
    assert_eq!((request.by.account.as_str(), request.outcome), ("budi", AlertOutcome::Averted));
    let (_, page) = world.page(PAGE, &budi).await;
    let line =
        "hasil yang diminta: diredam · permintaan sari, 21 Nov, 06.00 (ditarik) diganti permintaan lain";
    assert!(page.contains(line), "{page}");
    assert!(page.contains("Diminta diakhiri oleh budi, menunggu orang kedua</strong>: diredam"), "{page}");
    // Sari agrees to that one, and it is over.
    world.account("sari", "160503").await;
    let sari = world.login("sari").await;
    let form = post(&format!("{PAGE}/selesai"), &sari, "version=4&outcome=averted&reason=benar");
    assert_eq!(world.ask(form).await.status(), StatusCode::SEE_OTHER);
    let ended = alert(&world).await.alert;
    assert_eq!((ended.state, ended.outcome), (State::Resolved, Some(AlertOutcome::Averted)));
    let (_, page) = world.page(PAGE, &sari).await;
    let line = "diredam · orang kedua di halaman ini, atas permintaan budi, 21 Nov, 07.00 · benar";
    assert!(page.contains(line), "{page}");
}

#[tokio::test]
async fn the_history_says_who_asked_and_who_agreed_by_link() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    let cookie = opened(&world).await;
    assert_eq!(answered(&world, &cookie, "answer=agreed&reason=dilihat").await.0, StatusCode::OK);
    let sari = world.login("sari").await;
    let (_, page) = world.page(PAGE, &sari).await;
    let (_, history) = page.split_once("id=\"h-riwayat\"").unwrap();
    assert!(history.contains("sari · hasil yang diminta: ditarik · salah tempat"), "{history}");
    let by = format!("Kabag Ops Polres ({HOLDER})");
    let line = "orang kedua lewat tautan sekali pakai, atas permintaan sari, 21 Nov, 06.00 · dilihat";
    assert!(history.contains(&by) && history.contains(line), "{history}");
}

#[tokio::test]
async fn the_desk_reads_who_gets_a_link_and_not_that_only_an_account_agrees() {
    let reached = TeamContact { has_channel: true, ..contact() };
    let world = with_holder(World::new().await, reached);
    world.account("sari", "160503").await;
    let sari = world.login("sari").await;
    let (_, page) = world.page(PAGE, &sari).await;
    let words = "atau Kabag Ops Polres lewat tautan sekali pakai yang dikirim untuk setiap permintaan";
    assert!(page.contains(words), "{page}");
    let form = post(&format!("{PAGE}/tarik"), &sari, "version=1&reason=salah+tempat");
    assert_eq!(world.ask(form).await.status(), StatusCode::SEE_OTHER);
    let (_, page) = world.page(PAGE, &sari).await;
    assert!(page.contains(words) && !page.contains("minta petugas piket lain"), "{page}");
    // Where nobody is sent one, nothing of the kind is said.
    let world = World::new().await;
    let sari = world.login("sari").await;
    let (_, page) = world.page(PAGE, &sari).await;
    assert!(
        page.contains("Orang kedua: petugas piket lain") && !page.contains("tautan sekali pakai"),
        "{page}"
    );
}

#[tokio::test]
async fn an_account_without_a_person_is_offered_no_button_and_reads_why() {
    let world = World::new().await;
    world.account("tanpa", "").await;
    let cookie = world.login("tanpa").await;
    let (_, page) = world.page(PAGE, &cookie).await;
    assert!(page.contains("akun Anda tidak mencatat orangnya"), "{page}");
    assert!(!page.contains(&format!("{PAGE}/tarik")), "{page}");
    sari_acts(&world, withdraw(), 1, NOW).await;
    let (_, page) = world.page(PAGE, &cookie).await;
    assert_eq!(page.matches("akun Anda tidak mencatat orangnya").count(), 1, "{page}");
    assert!(!page.contains("Setujui sebagai orang kedua"), "{page}");
}

#[tokio::test]
async fn a_rise_drops_the_request_and_its_link_says_so() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    let unit = world.state.sources.places.find(domain::place::Code(161_304)).unwrap();
    let condition = Condition {
        unit,
        kind: Kind::ResidentCompany,
        change: ConditionChange::Changed,
        at: NOW,
        level: Level::Awas,
        since: NOW,
        reasons: Vec::new(),
        evidence: Vec::new(),
        unverified: false,
        completeness_ppm: 1_000_000,
        policy: String::from("1"),
    };
    let commit = world.commit_of(NOW.plus(2), vec![Effect::Condition(Box::new(condition))]);
    world.state.sources.store.commit(commit).await.unwrap();
    let standing = alert(&world).await.alert;
    assert_eq!((standing.level, standing.withdrawal), (Level::Awas, None));
    let (status, text) = world.page(&link(), "").await;
    assert!(
        status == StatusCode::GONE && text.contains("Permintaan ini gugur: peringatannya naik"),
        "{text}"
    );
    let items = world.state.sources.store.alert_items(ALERT).await.unwrap();
    let changes: Vec<&str> = items.iter().rev().take(2).map(|item| item.change.as_str()).collect();
    assert_eq!(changes, ["risen", "request_dropped"], "the rise is the newest");
    world.account("budi", "160504").await;
    let (_, page) = world.page(PAGE, &world.login("budi").await).await;
    let line = "permintaan sari, 21 Nov, 06.00 (ditarik) gugur: peringatannya naik atau terpicu lagi";
    assert!(page.contains(line), "the request has its end in the history: {page}");
    let later = end(9);
    issue(&world, "0f", later).await;
    let (status, _) = world.page("/orang-kedua/0f", "").await;
    assert_eq!(status, StatusCode::GONE, "a request that never was");
}

#[tokio::test]
async fn a_request_that_nobody_joined_stands_on_the_alerts_page_and_in_periksa_for_a_day() {
    let world = end_sent(contact(), NOW.plus(-25 * HOUR)).await;
    let sari = world.login("sari").await;
    let says = "untuk mengakhiri peringatan ini (ditarik) gugur pada Sab, 21 Nov 2026, 06.00 WIB: tidak ada orang kedua";
    let (_, front) = world.page("/", &sari).await;
    assert!(!front.contains(says), "nothing is written down yet: {front}");
    let lapsed = world.state.sources.store.lapse_requests(NOW).await.unwrap();
    assert_eq!(lapsed.len(), 1);
    let (_, front) = world.page("/", &sari).await;
    let (_, checks) = front.split_once("id=\"periksa\"").expect("what is to be looked into");
    assert!(checks.contains(says) && checks.contains(&format!("href=\"{PAGE}\"")), "{checks}");
    for who in ["sari", "bupati"] {
        let cookie = world.login(who).await;
        let (_, page) = world.page(PAGE, &cookie).await;
        assert!(page.contains(says), "{who}: {page}");
        let (_, history) = page.split_once("id=\"h-riwayat\"").unwrap();
        assert!(history.contains("permintaan mengakhiri gugur, tidak ada orang kedua"), "{history}");
    }
    // Another request takes its place.
    sari_acts(&world, withdraw(), 3, NOW).await;
    let (_, front) = world.page("/", &sari).await;
    assert!(!front.contains(says) && front.contains("menunggu orang kedua"), "{front}");
}

#[tokio::test]
async fn a_record_that_nobody_joined_stands_in_periksa_until_it_is_settled() {
    let world = with_holder(World::new().await, contact());
    asked(&world, NOW.plus(-HOUR)).await;
    assert_eq!(world.state.sources.store.lapse_requests(NOW.plus(DAY)).await.unwrap().len(), 1);
    let world = world.with(|state| web::WebState { clock: Arc::new(|| NOW.plus(DAY)), ..state });
    let sari = world.login("sari").await;
    let says = "tidak ada orang kedua; siaga tetap berlaku";
    for path in ["/", PAGE] {
        let (_, page) = world.page(path, &sari).await;
        assert!(page.contains(says), "{path}: {page}");
    }
    let leader = world.login("bupati").await;
    let (_, page) = world.page(PAGE, &leader).await;
    assert!(!page.contains(says), "{page}");
    let later = world.commit_of(NOW.plus(DAY), vec![crate::effects::incident(VILLAGE)]);
    let settled = Commit { from_offset: 4, next_offset: 4, ..later };
    world.state.sources.store.commit(settled).await.unwrap();
    let (_, front) = world.page("/", &sari).await;
    assert!(!front.contains(says), "it is settled: {front}");
}

#[tokio::test]
async fn a_lapse_and_an_answer_speak_of_the_end_and_not_of_a_level() {
    let world = end_sent(contact(), NOW.plus(-25 * HOUR)).await;
    let (status, text) = world.page(&link(), "").await;
    assert!(status == StatusCode::GONE && text.contains("jadi peringatannya tidak diakhiri"), "{text}");
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    let cookie = opened(&world).await;
    let (_, text) = answered(&world, &cookie, "answer=agreed&reason=dilihat").await;
    assert!(text.contains("peringatan ini sudah diakhiri") && !text.contains("ingkat"), "{text}");
}

#[tokio::test]
async fn who_agrees_by_a_link_agrees_to_what_its_page_showed() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    let cookie = opened(&world).await;
    let (_, page) = world.page(&asks(), &cookie).await;
    let mut grown = crate::effects::incident(VILLAGE);
    if let Effect::Incident(own) = &mut grown {
        own.claimed.dead = 4;
    }
    world.emitted(3, vec![grown]).await;
    for before in [format!("&shown={}", shown(&page)), String::new()] {
        let form = format!("answer=agreed&reason=sudah+dilihat{before}");
        let (status, text) = read(world.ask(post(&asks(), &cookie, &form)).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(
            text.contains("berubah sejak halaman ini dibuka") && text.contains("sudah dilihat"),
            "{text}"
        );
        assert!(
            text.contains("meninggal 4") && shown(&text) != shown(&page),
            "it shows what is so now: {text}"
        );
        assert!(alert(&world).await.alert.state.is_live());
    }
    assert_eq!(answered(&world, &cookie, "answer=agreed&reason=sudah+dilihat").await.0, StatusCode::OK);
    assert!(!alert(&world).await.alert.state.is_live());
}
