//! One-time links: opening one changes nothing, a first press binds it to the browser, a second answers; every other use is
//! refused in words that say whom to call.

use crate::effects::incident;
use crate::second_person::{asked, contradicted, taken_back};
use crate::world::{NOW, VILLAGE, World, get, name, post, read, report};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::alert::{Act, AlertOutcome, State};
use domain::author::StampedAuthor;
use domain::effect::Effect;
use domain::evidence::second_person::DeskRequest;
use domain::kind::{Category, FeedClass, Handling, Kind, Outcome};
use domain::place::{Areas, Code};
use domain::report::{Body as ReportBody, ReportId};
use domain::time::{DAY, HOUR, Time};
use intake::entrance::ClientAddress;
use std::sync::Arc;
use store::{Actor, AlertDetail, Commit, LinkRequest, SecondLink, token_hash};
use views::{Lang, Sources, TeamContact};

pub const TOKEN: &str = "8f1c9a02b7d34e5f60718293a4b5c6d7e8f90112";
pub const HOLDER: &str = "16.13/kabag-ops";

pub fn contact() -> TeamContact {
    TeamContact {
        key: HOLDER.into(),
        role: "Kabag Ops Polres".into(),
        phone: None,
        person: "kabag".into(),
        areas: Areas::parse("16.13").unwrap(),
        has_channel: true,
        lang: Lang::Id,
        seconds: true,
        duty_phone: Some("0733 112".into()),
        quiet_hours: None,
    }
}

pub fn with_holder(world: World, holder: TeamContact) -> World {
    world.with_sources(|sources| Sources { team: Arc::new(vec![holder]), ..sources })
}

pub async fn issue(world: &World, token: &str, request: LinkRequest) {
    issue_until(world, (token, request), NOW.plus(-HOUR + DAY)).await;
}

pub async fn issue_until(world: &World, (token, request): (&str, LinkRequest), expires_at: Time) {
    let link = SecondLink {
        token_hash: token_hash(token),
        regency: Code(161_300),
        request,
        person: HOLDER.into(),
        expires_at,
        browser_hash: None,
        answer: None,
    };
    assert!(world.state.sources.store.issue_second_link(&link).await.unwrap());
}

/// A world in which Kabag Ops was sent a link: Sari asks for awas.
async fn sent() -> World {
    let world = with_holder(World::new().await, contact());
    let verification = asked(&world, NOW.plus(-HOUR)).await;
    issue(&world, TOKEN, LinkRequest::Record(verification)).await;
    world
}

pub fn link() -> String {
    format!("/orang-kedua/{TOKEN}")
}

pub fn asks() -> String {
    format!("/orang-kedua/{TOKEN}/permintaan")
}

pub async fn kept(world: &World) -> SecondLink {
    world.state.sources.store.second_link(&token_hash(TOKEN)).await.unwrap().unwrap()
}

/// The first press; gives the browser's cookie.
pub async fn opened(world: &World) -> String {
    let answer = world.ask(post(&link(), "", "")).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION].to_str().unwrap(), asks());
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Strict", &format!("Path={}", link())] {
        assert!(cookie.contains(part), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

/// The second press, on the page as it is now.
pub async fn answered(world: &World, cookie: &str, form: &str) -> (StatusCode, String) {
    let (_, page) = world.page(&asks(), cookie).await;
    read(world.ask(post(&asks(), cookie, &format!("{form}&shown={}", shown(&page)))).await).await
}

/// What a page of a request says that it showed; nothing where it shows none.
pub fn shown(page: &str) -> &str {
    let value = page.split_once("name=\"shown\" value=\"").map(|(_, rest)| rest);
    value.and_then(|rest| rest.split_once('"')).map_or("", |(value, _)| value)
}

#[tokio::test]
async fn opening_a_link_however_often_changes_nothing_and_shows_nothing() {
    let world = sent().await;
    for method in ["GET", "GET", "HEAD"] {
        let request = Request::builder().method(method).uri(link()).body(Body::empty()).unwrap();
        let answer = world.ask(request).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        let (_, text) = read(answer).await;
        if method == "GET" {
            assert!(text.contains("Musi Rawas Utara") && text.contains("Buka permintaan"), "{text}");
        }
        for hidden in ["Rawas Ilir", "emortalan", "sari", "awas diminta", "<script", TOKEN, "Kabag"] {
            assert!(!text.contains(hidden), "'{hidden}' is shown: {text}");
        }
    }
    let link = kept(&world).await;
    assert_eq!((link.browser_hash, link.answer), (None, None));
    let (status, text) = world.page(&asks(), "").await;
    assert_eq!(status, StatusCode::FORBIDDEN, "nobody has pressed: {text}");
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_second_press_is_the_second_persons_record_and_spends_the_link() {
    let world = sent().await;
    let cookie = opened(&world).await;
    let (status, text) = world.page(&asks(), &cookie).await;
    assert_eq!(status, StatusCode::OK);
    for shown in [
        "Orang kedua untuk awas",
        "Rawas Ilir",
        "Sab, 21 Nov 2026, 06.00 WIB; berlaku sampai Min, 22 Nov 2026, 06.00 WIB",
        "Kabag Ops Polres",
        "tel:0733112",
    ] {
        assert!(text.contains(shown), "'{shown}' is missing: {text}");
    }
    for hidden in ["sejak subuh", "Beringin", "desa-rawas", "<script", "Overview"] {
        assert!(!text.contains(hidden), "'{hidden}' is shown: {text}");
    }
    assert!(world.sent.lock().unwrap().is_empty(), "to look is not to act");
    let (status, text) = answered(&world, &cookie, "answer=agreed&reason=dicek+ke+kapolsek").await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(text.contains("tercatat sebagai orang kedua"), "{text}");
    let (feed, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!((feed.author().account.as_str(), feed.author().person.as_str()), (HOLDER, "kabag"));
    assert_eq!(record["verification"]["act"], "confirm");
    assert_eq!(record["verification"]["reports"].as_array().unwrap().len(), 1);
    assert_eq!(record["verification"]["reports"][0]["report_id"], VILLAGE.to_string());
    assert_eq!(record["summary"], "dicek ke kapolsek");
    assert!(!record.to_string().contains(TOKEN));
    for request in [get(&link(), &cookie), get(&asks(), &cookie), post(&asks(), &cookie, "answer=agreed")] {
        let (status, text) = read(world.ask(request).await).await;
        assert_eq!(status, StatusCode::GONE);
        assert!(text.contains("Sudah dijawab lewat tautan ini pada Sab, 21 Nov 2026, 07.00 WIB."), "{text}");
        assert!(
            text.contains("kalau bukan Anda yang menjawab, telepon piket") && text.contains("0733 112"),
            "{text}"
        );
    }
    assert_eq!(world.sent.lock().unwrap().len(), 1);
    let sari = world.login("sari").await;
    let (_, alert) = world.page("/peringatan/16.13-2026-0001", &sari).await;
    assert!(alert.contains("orang kedua menyetujui lewat tautan") && alert.contains(HOLDER), "{alert}");
    assert!(!alert.contains(TOKEN));
}

#[tokio::test]
async fn who_does_not_agree_or_cannot_judge_changes_no_level_and_the_history_says_so() {
    for (answer, words) in
        [("declined", "tidak disetujui lewat tautan"), ("unjudged", "tidak dapat dinilai, lewat tautan")]
    {
        let world = sent().await;
        let cookie = opened(&world).await;
        let form = format!("answer={answer}&reason=belum+ada+kabar+dari+polsek");
        let (status, text) = answered(&world, &cookie, &form).await;
        assert!(status == StatusCode::OK && text.contains("Tingkatnya tidak berubah"), "{text}");
        assert!(world.sent.lock().unwrap().is_empty());
        assert_eq!(answered(&world, &cookie, "answer=agreed").await.0, StatusCode::GONE);
        let sari = world.login("sari").await;
        let (_, alert) = world.page("/peringatan/16.13-2026-0001", &sari).await;
        assert!(alert.contains(words) && alert.contains("belum ada kabar dari polsek"), "{alert}");
    }
}

#[tokio::test]
async fn a_link_that_was_passed_on_is_refused() {
    let world = sent().await;
    let cookie = opened(&world).await;
    let forged = format!("kentongan-tautan={}", "0".repeat(64));
    for other in ["", forged.as_str()] {
        for request in [post(&link(), other, ""), get(&asks(), other), post(&asks(), other, "answer=agreed")]
        {
            let answer = world.ask(request).await;
            assert!(!answer.headers().contains_key(header::SET_COOKIE));
            let (status, text) = read(answer).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
            assert!(
                text.contains("Tautan yang diteruskan tidak berlaku") && text.contains("0733 112"),
                "{text}"
            );
        }
    }
    assert!(world.sent.lock().unwrap().is_empty());
    let again = world.ask(post(&link(), &cookie, "")).await;
    assert_eq!(again.status(), StatusCode::SEE_OTHER, "the same browser may come back");
    assert_eq!(answered(&world, &cookie, "answer=agreed").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_lapsed_or_is_settled_is_said_to_be() {
    let world = with_holder(World::new().await, contact());
    let verification = asked(&world, NOW.plus(-DAY)).await;
    issue(&world, TOKEN, LinkRequest::Record(verification)).await;
    let (status, text) = world.page(&link(), "").await;
    assert_eq!(status, StatusCode::GONE);
    assert!(text.contains("sudah lewat 24 jam tanpa orang kedua"), "{text}");
    let world = sent().await;
    let cookie = opened(&world).await;
    let later = world.commit_of(NOW.plus(2), vec![incident(VILLAGE)]);
    let settled = Commit { from_offset: 4, next_offset: 4, ..later };
    world.state.sources.store.commit(settled).await.unwrap();
    for request in [get(&link(), ""), post(&asks(), &cookie, "answer=agreed")] {
        let (status, text) = read(world.ask(request).await).await;
        assert_eq!(status, StatusCode::GONE);
        assert!(text.contains("sudah dijawab orang lain"), "{text}");
    }
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_link_that_asks_for_awas_ends_where_who_asked_rejects_the_same() {
    let world = sent().await;
    let cookie = opened(&world).await;
    contradicted(&world).await;
    for request in [get(&link(), ""), post(&asks(), &cookie, "answer=agreed")] {
        let (status, text) = read(world.ask(request).await).await;
        assert_eq!(status, StatusCode::GONE);
        assert!(text.contains("Yang meminta awas sudah menyatakan laporan itu tidak terbukti"), "{text}");
    }
    assert!(world.sent.lock().unwrap().is_empty(), "nothing is recorded");
}

#[tokio::test]
async fn links_nobody_was_sent_are_braked_and_keep_nobody_from_answering() {
    let world = sent().await;
    let wrong = |number: usize| format!("/orang-kedua/{number:040x}");
    for number in 0..5 {
        let (status, text) = world.page(&wrong(number), "").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(text.contains("Tautan ini tidak dikenal") && text.contains("0733 112"), "{text}");
    }
    let answer = world.ask(get(&wrong(6), "")).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
    let written = Request::get(wrong(7)).header("x-forwarded-for", "10.1.2.3").body(Body::empty()).unwrap();
    assert_eq!(world.ask(written).await.status(), StatusCode::TOO_MANY_REQUESTS, "what anybody may write");
    let mut elsewhere = get(&wrong(7), "");
    elsewhere.extensions_mut().insert(ClientAddress("10.1.2.3".parse().unwrap()));
    assert_eq!(world.ask(elsewhere).await.status(), StatusCode::NOT_FOUND, "another address");
    assert_eq!(world.page(&link(), "").await.0, StatusCode::OK, "a link that was sent is open to its person");
}

#[tokio::test]
async fn who_asked_who_left_the_roster_and_who_is_of_elsewhere_are_refused() {
    let same = TeamContact { person: "160503".into(), ..contact() };
    let gone = TeamContact { seconds: false, ..contact() };
    let elsewhere = TeamContact { areas: Areas::parse("16.13.01").unwrap(), ..contact() };
    let cases = [
        (same, "Yang menyetujui harus orang lain"),
        (gone, "bukan lagi orang yang dapat menjadi orang kedua"),
        (elsewhere, "di luar wilayah Anda"),
    ];
    for (holder, words) in cases {
        let world = with_holder(World::new().await, holder);
        world.account("sari", "160503").await;
        let verification = asked(&world, NOW.plus(-HOUR)).await;
        issue(&world, TOKEN, LinkRequest::Record(verification)).await;
        let (status, text) = read(world.ask(post(&link(), "", "")).await).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(text.contains(words) && text.contains("0733 112"), "{text}");
        assert_eq!(kept(&world).await.browser_hash, None);
    }
}

#[tokio::test]
async fn another_sites_form_opens_no_link_and_a_page_without_referrer_does() {
    let world = sent().await;
    let from = |name: &str, value: &str| {
        Request::post(link())
            .header(header::HOST, "127.0.0.1:8080")
            .header(name, value)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::empty())
            .unwrap()
    };
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        assert_eq!(world.ask(from(name, value)).await.status(), StatusCode::BAD_REQUEST, "{name}");
    }
    assert_eq!(kept(&world).await.browser_hash, None);
    assert_eq!(world.ask(from("origin", "null")).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_taking_back_is_agreed_to_as_the_first_person_named_it() {
    let world = with_holder(World::new().await, contact());
    let verification = taken_back(&world, NOW.plus(-HOUR)).await;
    issue(&world, TOKEN, LinkRequest::Record(verification)).await;
    let cookie = opened(&world).await;
    let (_, text) = world.page(&asks(), &cookie).await;
    assert!(text.contains("Penarikan diminta") && text.contains("Setuju: tarik"), "{text}");
    let (status, text) = answered(&world, &cookie, "answer=agreed").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Tulis alasannya lebih dulu"), "{text}");
    for says in ["Yang diminta</dt>", "Kalau disetujui</dt>", "dapat turun atau peringatannya ditarik"] {
        assert!(text.contains(says), "{says}: {text}");
    }
    assert_eq!(answered(&world, &cookie, "answer=agreed&reason=dicek").await.0, StatusCode::OK);
    let record = world.sent.lock().unwrap().last().unwrap().1.clone();
    assert_eq!(record["verification"]["act"], "reject");
    assert_eq!(record["verification"]["reports"].as_array().unwrap().len(), 1);
}

/// A correction that a source sends asks to take back what it replaces; its text is that of a report and no reason.
#[tokio::test]
async fn the_text_of_a_sources_correction_stands_on_no_links_page_as_the_reason() {
    let world = with_holder(World::new().await, contact());
    let mut row =
        report(ReportId(VILLAGE.0 + (9 << 80)), FeedClass::Village, Handling::Open, "rumah Pak Joko");
    let ReportBody::Statement(says) = &mut row.report.body else { unreachable!() };
    says.supersedes = Some(VILLAGE);
    row.offset = 3;
    let verification = row.report.name();
    let mut own = incident(VILLAGE);
    if let Effect::Incident(own) = &mut own {
        (own.kind, own.category) = (Kind::Disaster, Category::parse("WA-01").unwrap());
        own.take_back_request = Some(DeskRequest { at: NOW.plus(-HOUR), verification });
    }
    let (regency, outcome) = (Code(161_300), Outcome::Incident);
    let outcome = Effect::Outcome { regency, report: verification, outcome, incident: Some(name(VILLAGE)) };
    let commit = world.commit_of(NOW, vec![outcome, own]);
    let commit = Commit { from_offset: 3, next_offset: 4, reports: vec![row], ..commit };
    world.state.sources.store.commit(commit).await.unwrap();
    issue(&world, TOKEN, LinkRequest::Record(verification)).await;
    let cookie = opened(&world).await;
    let (_, text) = world.page(&asks(), &cookie).await;
    assert!(text.contains("Penarikan diminta") && text.contains("Yang diminta</dt>"), "{text}");
    assert!(!text.contains("Alasan yang meminta"), "{text}");
}

pub const ALERT: &str = "16.13-2026-0001";

pub async fn alert(world: &World) -> AlertDetail {
    world.state.sources.store.alert(ALERT).await.unwrap().unwrap()
}

/// Sari does this to the alert, of which this version stands.
pub async fn sari_acts(world: &World, act: Act, seen: u32, at: Time) {
    let by = Actor { name: "sari", reason: "salah tempat", at };
    world.state.sources.store.act(ALERT, act, seen, by).await.unwrap().unwrap().unwrap();
}

pub fn withdraw() -> Act {
    Act::Withdraw { by: StampedAuthor::of_desk("sari", "160503") }
}

pub fn end(version: u32) -> LinkRequest {
    LinkRequest::End { alert: ALERT.into(), version }
}

/// A world in which Kabag Ops was sent a link: Sari asks to withdraw the alert, which stands at siaga.
pub async fn end_sent(holder: TeamContact, at: Time) -> World {
    let world = with_holder(World::new().await, holder);
    sari_acts(&world, withdraw(), 1, at).await;
    issue_until(&world, (TOKEN, end(2)), at.plus(DAY)).await;
    world
}

#[tokio::test]
async fn a_second_press_ends_the_alert_as_the_second_person_and_opening_does_not() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    for request in [get(&link(), ""), get(&link(), ""), get(&asks(), "")] {
        let (_, text) = read(world.ask(request).await).await;
        assert!(!text.contains("Rawas Ilir") && !text.contains("sari") && !text.contains(TOKEN), "{text}");
    }
    assert_eq!(kept(&world).await.browser_hash, None);
    let cookie = opened(&world).await;
    let (status, text) = world.page(&asks(), &cookie).await;
    assert_eq!(status, StatusCode::OK);
    for shown in [
        "Orang kedua untuk mengakhiri peringatan",
        "Setuju: akhiri peringatan",
        "<dt>Hasil yang diminta</dt><dd>ditarik</dd>",
        "<dt>Diminta oleh</dt><dd>seorang petugas piket</dd>",
        "<dt>Alasan yang meminta</dt><dd>tidak ditulis di luar piket Kesbangpol untuk konflik",
        "Diminta diakhiri</strong> oleh seorang petugas piket pada Sab, 21 Nov 2026, 06.00 WIB (ditarik); berlaku sampai Min, 22 Nov 2026, 06.00 WIB",
        "sampai itu peringatan 16.13-2026-0001 tetap berlaku",
        "wajib untuk menyetujui",
        "siaga",
        "Rawas Ilir",
    ] {
        assert!(text.contains(shown), "'{shown}' is missing: {text}");
    }
    for hidden in ["salah tempat", "sejak subuh", "<script"] {
        assert!(!text.contains(hidden), "'{hidden}' is shown: {text}");
    }
    let (status, text) = answered(&world, &cookie, "answer=agreed&reason=+").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains("Tulis alasannya"), "{text}");
    let standing = alert(&world).await.alert;
    assert_eq!((standing.state, standing.version), (State::Open, 2), "nothing has changed yet");
    let (status, text) = answered(&world, &cookie, "answer=agreed&reason=sudah+dilihat").await;
    assert!(status == StatusCode::OK && text.contains("tercatat sebagai orang kedua"), "{text}");
    let AlertDetail { alert, history } = alert(&world).await;
    assert_eq!((alert.state, alert.outcome), (State::Withdrawn, Some(AlertOutcome::Void)));
    let line = history.last().unwrap();
    let last = (line.act.as_str(), line.actor.as_str(), line.reason.as_str());
    assert_eq!(last, ("withdraw", HOLDER, "sudah dilihat"));
    assert!(history.iter().all(|line| !line.content.contains(TOKEN) && !line.reason.contains(TOKEN)));
    for request in [get(&link(), &cookie), post(&asks(), &cookie, "answer=agreed&reason=lagi")] {
        let (status, text) = read(world.ask(request).await).await;
        assert!(status == StatusCode::GONE && text.contains("Sudah dijawab lewat tautan ini"), "{text}");
    }
    assert_eq!(self::alert(&world).await.alert.version, 3);
    assert!(world.sent.lock().unwrap().is_empty(), "no record is made of it");
}

#[tokio::test]
async fn an_alert_ends_with_the_outcome_that_was_asked_for() {
    let world = with_holder(World::new().await, contact());
    let by = StampedAuthor::of_desk("sari", "160503");
    sari_acts(&world, Act::Acknowledge, 1, NOW).await;
    sari_acts(&world, Act::Resolve { outcome: AlertOutcome::Averted, by }, 2, NOW).await;
    issue(&world, TOKEN, end(3)).await;
    let cookie = opened(&world).await;
    let (_, text) = world.page(&asks(), &cookie).await;
    assert!(text.contains("(diredam)"), "{text}");
    assert_eq!(answered(&world, &cookie, "answer=agreed&reason=dilihat").await.0, StatusCode::OK);
    let ended = alert(&world).await.alert;
    assert_eq!((ended.state, ended.outcome), (State::Resolved, Some(AlertOutcome::Averted)));
}

#[tokio::test]
async fn who_does_not_agree_to_an_end_leaves_the_alert_and_the_request() {
    for (answer, act) in [("declined", "second_declined"), ("unjudged", "second_unjudged")] {
        let world = end_sent(contact(), NOW.plus(-HOUR)).await;
        let cookie = opened(&world).await;
        assert_eq!(answered(&world, &cookie, &format!("answer={answer}")).await.0, StatusCode::OK);
        let AlertDetail { alert, history } = alert(&world).await;
        assert!(alert.state.is_live() && alert.withdrawal_waits(NOW).is_some());
        let line = history.last().unwrap();
        assert_eq!((line.act.as_str(), line.actor.as_str()), (act, HOLDER));
        let again = answered(&world, &cookie, "answer=agreed&reason=x").await;
        assert_eq!(again.0, StatusCode::GONE, "{}", again.1);
    }
}

#[tokio::test]
async fn a_link_to_end_an_alert_is_refused_in_words_to_whom_it_is_not_for_and_when_it_asks_no_more() {
    let same = TeamContact { person: "160503".into(), ..contact() };
    let unnamed = TeamContact { person: String::new(), ..contact() };
    let elsewhere = TeamContact { areas: Areas::parse("16.13.01").unwrap(), ..contact() };
    for (holder, words) in [
        (same, "Yang menyetujui harus orang lain"),
        (unnamed, "Yang menyetujui harus orang lain"),
        (elsewhere, "di luar wilayah Anda"),
    ] {
        let world = end_sent(holder, NOW.plus(-HOUR)).await;
        let (status, text) = read(world.ask(post(&link(), "", "")).await).await;
        assert!(status == StatusCode::FORBIDDEN && text.contains(words), "{text}");
        assert_eq!(alert(&world).await.alert.version, 2);
    }
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    let cookie = opened(&world).await;
    let form = "answer=agreed&reason=dilihat";
    let (status, text) = answered(&world, "", form).await;
    assert!(status == StatusCode::FORBIDDEN && text.contains("Tautan yang diteruskan"), "{text}");
    assert!(alert(&world).await.alert.state.is_live());
    // Somebody else ends it.
    let budi = Act::Withdraw { by: StampedAuthor::of_desk("budi", "160504") };
    let by = Actor { name: "budi", reason: "dilihat", at: NOW };
    world.state.sources.store.act(ALERT, budi, 2, by).await.unwrap().unwrap().unwrap();
    let (status, text) = answered(&world, &cookie, form).await;
    assert!(status == StatusCode::GONE && text.contains("sudah dijawab orang lain"), "{text}");
    let lapsed = end_sent(contact(), NOW.plus(-DAY)).await;
    let (status, text) = lapsed.page(&link(), "").await;
    assert!(status == StatusCode::GONE && text.contains("sudah lewat 24 jam"), "{text}");
    // Another request for the same alert is not the one that the link names.
    sari_acts(&lapsed, withdraw(), 2, NOW).await;
    assert!(alert(&lapsed).await.alert.withdrawal_waits(NOW).is_some());
    let (status, text) = lapsed.page(&link(), "").await;
    assert_eq!(status, StatusCode::GONE, "{text}");
}
