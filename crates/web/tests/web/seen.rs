//! A verdict is of what its author read: what the page showed, or what who asked for a second person saw.

use crate::effects::incident;
use crate::world::{COMPANY, DENIAL, NOW, SECRET, VILLAGE, World, name, post, read, report};
use axum::body::Body as HttpBody;
use axum::http::{Response, StatusCode};
use domain::author::StampedAuthor;
use domain::desk_feed;
use domain::effect::Effect;
use domain::evidence::second_person::DeskRequest;
use domain::kind::{FeedClass, Handling, Kind, Outcome};
use domain::place::{Areas, Code, Place};
use domain::report::{Body, ReportId, ReportName, ReportReference, VerificationAct};
use domain::time::HOUR;
use formats::content_hash;
use serde_json::Value;
use store::Commit;

pub const OTHER: u128 = u128::MAX - 77;

fn page() -> String {
    format!("/laporan/{VILLAGE}")
}

impl World {
    /// Presses a button of a report's page, which sends what that showed; `path` is where it goes.
    pub async fn verify(&self, path: &str, cookie: &str, form: &str) -> Response<HttpBody> {
        let (_, page) = self.page(&path.replacen("/verifikasi", "", 1), cookie).await;
        let mark = page.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        self.ask(post(path, cookie, &format!("{form}&seen={}", mark.unwrap_or_default()))).await
    }
}

/// What a tick of this report sends as it is at the start.
pub fn tick(report: ReportName) -> String {
    format!("{report}@{}", hash_of(report.id))
}

async fn sends(world: &World, account: &str, form: &str) -> (StatusCode, String) {
    let cookie = world.login(account).await;
    read(world.ask(post(&format!("{}/verifikasi", page()), &cookie, form)).await).await
}

/// What the page's forms say that it showed: all of them the same.
async fn shown(world: &World) -> String {
    let cookie = world.login("sari").await;
    let (_, page) = world.page(&page(), &cookie).await;
    let marks: Vec<&str> =
        page.split("name=\"seen\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(marks.len() > 1 && marks.iter().all(|mark| *mark == marks[0]), "{marks:?}");
    marks[0].to_owned()
}

fn hash_of(report_id: ReportId) -> String {
    content_hash::write(report(report_id, FeedClass::Village, Handling::Open, "").report.hash)
}

fn last(world: &World) -> Value {
    world.sent.lock().unwrap().last().unwrap().1.clone()
}

/// The source of the village's report sends something else under its id, stamped earlier.
pub async fn sent_in_its_place(world: &World) {
    sent_in_its_place_at(world, 3).await;
}

async fn sent_in_its_place_at(world: &World, offset: i64) {
    let mut row = report(VILLAGE, FeedClass::Village, Handling::Open, "pos terbakar, tiga luka");
    (row.report.hash, row.offset) = (OTHER, offset);
    row.report.reported_at = row.report.reported_at.plus(-HOUR);
    let (regency, report) = (Code(161_300), name(VILLAGE));
    let outcome = Effect::Outcome { regency, report, outcome: Outcome::Incident, incident: Some(report) };
    let own = world.commit_of(NOW, vec![outcome, incident(VILLAGE)]);
    let own = Commit { from_offset: offset, next_offset: offset + 1, reports: vec![row], ..own };
    world.state.sources.store.commit(own).await.unwrap();
}

/// Sari asked to reject the village's report, of this content.
async fn rejected(world: &World, content: Option<u128>) -> ReportName {
    let at = NOW.plus(-HOUR);
    let mut row = report(ReportId(VILLAGE.0 + (11 << 80)), FeedClass::Desk, Handling::Open, "tidak ada");
    row.feed_name = desk_feed::name(FeedClass::Desk);
    row.author = StampedAuthor::of_desk("sari", "160503");
    (row.report.feed, row.report.reported_at, row.offset) = (desk_feed::DESK, at, 3);
    row.report.author = row.author.stated(&row.feed_name, FeedClass::Desk);
    let seen = ReportReference { content, ..name(VILLAGE).into() };
    row.report.body =
        Body::Verification { act: VerificationAct::Reject, reports: vec![seen], areas: Areas::everywhere() };
    let (regency, verification) = (Code(161_300), row.report.name());
    let outcome =
        Effect::Outcome { regency, report: verification, outcome: Outcome::Verification, incident: None };
    let mut effect = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut effect {
        incident.take_back_request = Some(DeskRequest { at, verification });
    }
    let own = world.commit_of(NOW, vec![outcome, effect]);
    world.state.sources.store.commit(Commit { next_offset: 4, reports: vec![row], ..own }).await.unwrap();
    verification
}

#[tokio::test]
async fn a_verdict_names_what_the_page_showed_and_is_not_taken_where_that_changed() {
    let world = World::new().await;
    let seen = shown(&world).await;
    let ticked = format!("merge&reports={}", tick(name(COMPANY)));
    for act in ["confirm", "reject&reason=salah", &ticked, "split"] {
        let (status, text) = sends(&world, "sari", &format!("act={act}&seen={}", "0".repeat(32))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        assert!(text.contains("bertambah atau isinya berubah sejak halaman ini dibuka"), "{act}: {text}");
    }
    assert!(world.sent.lock().unwrap().is_empty());
    assert_eq!(sends(&world, "sari", &format!("act=confirm&seen={seen}")).await.0, StatusCode::SEE_OTHER);
    let record = last(&world);
    assert_eq!(record["verification"]["reports"][0]["content"], hash_of(VILLAGE), "{record}");
    sent_in_its_place(&world).await;
    let (status, text) = sends(&world, "sari", &format!("act=confirm&seen={seen}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("pos terbakar"), "it shows what is to be read: {text}");
    let again = shown(&world).await;
    assert_ne!(again, seen);
    assert_eq!(sends(&world, "sari", &format!("act=confirm&seen={again}")).await.0, StatusCode::SEE_OTHER);
    let record = last(&world);
    assert_eq!(record["verification"]["reports"][0]["content"], content_hash::write(OTHER), "{record}");
}

/// Whatever else a page has to say: the form that comes back names what there is now.
#[tokio::test]
async fn a_change_is_named_before_a_reason_is_looked_at_and_after_a_login() {
    let world = World::new().await;
    let seen = shown(&world).await;
    sent_in_its_place(&world).await;
    let form = format!("act=confirm&seen={seen}&reason=hub+Pak+Joko+081234567890");
    let (status, text) = sends(&world, "sari", &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("isinya berubah sejak halaman ini dibuka"), "{text}");
    let path = format!("{}/verifikasi", page());
    let typed = format!("act=confirm&seen={seen}&reason=benar");
    let (_, text) = crate::unsent::sent_and_logged_in(&world, &path, &typed, "sari").await;
    assert!(text.contains("isinya berubah sejak halaman ini dibuka"), "{text}");
    assert!(text.contains("value=\"benar\""), "{text}");
    let again = typed.replace(&seen, &shown(&world).await);
    let (_, text) = crate::unsent::sent_and_logged_in(&world, &path, &again, "sari").await;
    assert!(text.contains("belum terkirim") && !text.contains("isinya berubah"), "{text}");
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn who_joins_a_request_joins_it_for_what_the_first_one_saw_and_the_page_says_where_that_changed() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let verification = rejected(&world, Some(OTHER)).await;
    let budi = world.login("budi").await;
    let (_, text) = world.page(&page(), &budi).await;
    assert!(text.contains("(tentang isi laporan sebelum diganti sumbernya)"), "{text}");
    let form = format!("act=reject&seconds={verification}&reason=dicek");
    let path = format!("{}/verifikasi", page());
    assert_eq!(world.verify(&path, &budi, &form).await.status(), StatusCode::SEE_OTHER);
    let record = last(&world);
    assert_eq!(record["verification"]["reports"][0]["content"], content_hash::write(OTHER), "{record}");
}

/// What nobody was shown, no record says that they saw.
#[tokio::test]
async fn who_joins_a_request_that_names_no_content_names_none() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let verification = rejected(&world, None).await;
    let budi = world.login("budi").await;
    let form = format!("act=reject&seconds={verification}&reason=dicek");
    let path = format!("{}/verifikasi", page());
    assert_eq!(world.verify(&path, &budi, &form).await.status(), StatusCode::SEE_OTHER);
    let record = last(&world);
    let named = &record["verification"]["reports"][0];
    assert_eq!(named["report_id"], VILLAGE.to_string(), "{record}");
    assert_eq!(named.get("content"), None, "{record}");
}

/// A form that does not say what its page showed says of nothing what it is about.
#[tokio::test]
async fn a_form_that_does_not_name_what_its_page_showed_is_not_taken() {
    let world = World::new().await;
    let seen = shown(&world).await;
    let ticked = format!("act=merge&seen={seen}&reports={}", name(COMPANY));
    for form in ["act=confirm", "act=reject&reason=salah", "act=split", &ticked] {
        let (status, text) = sends(&world, "sari", form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(text.contains("dibuka sebelum layanan diperbarui"), "{form}: {text}");
    }
    assert!(world.sent.lock().unwrap().is_empty());
}

/// A verdict is of the whole incident: the page names each other report that it judges, and no denial of it.
#[tokio::test]
async fn a_page_names_the_other_reports_that_a_verdict_on_it_judges() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    world.denied(DENIAL, Some(VILLAGE)).await;
    let (_, text) = world.page(&page(), &cookie).await;
    let judged = text.split("juga menilai 1 laporan lain").nth(1).and_then(|rest| rest.split("<form").next());
    let judged = judged.unwrap_or_else(|| panic!("not named: {text}"));
    assert!(judged.contains(&format!("href=\"/laporan/{SECRET}\"")), "{judged}");
    assert!(!judged.contains(&DENIAL.to_string()), "{judged}");
    let (_, alone) = world.page(&format!("/laporan/{COMPANY}"), &cookie).await;
    assert!(
        alone.contains("act") && !alone.contains("juga menilai"),
        "it is an incident of its own: {alone}"
    );
}

/// What a source replaces is no other event: the history of the alert says what it is.
#[tokio::test]
async fn the_history_says_where_a_source_replaced_what_it_had_reported() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    for (number, supersedes, act) in [(21, None, "kejadian baru"), (22, Some(VILLAGE), "kejadian diganti")] {
        let id = ReportId(VILLAGE.0 + (number << 90));
        let mut row = report(id, FeedClass::Village, Handling::Open, "enam tewas");
        if let Body::Statement(own) = &mut row.report.body {
            own.supersedes = supersedes;
        }
        let offset = number as i64 - 18;
        (row.offset, row.report.reported_at) = (offset, NOW.plus(-HOUR));
        let (regency, own) = (Code(161_300), row.report.name());
        let outcome = |report, outcome, incident| Effect::Outcome { regency, report, outcome, incident };
        let mut came = incident(id);
        if let Effect::Incident(incident) = &mut came {
            (incident.id, incident.counted_severity, incident.occurred_at) = (own, 4, NOW.plus(-HOUR));
        }
        let replaced = supersedes.map(|old| outcome(name(old), Outcome::Superseded, None));
        let effects =
            [outcome(own, Outcome::Incident, Some(own)), came].into_iter().chain(replaced).collect();
        let commit = world.commit_of(NOW.plus(number as i64), effects);
        let commit = Commit { from_offset: offset, next_offset: offset + 1, reports: vec![row], ..commit };
        world.state.sources.store.commit(commit).await.unwrap();
        let (_, text) = world.page("/peringatan/16.13-2026-0001", &cookie).await;
        assert!(text.contains(act), "{act}: {text}");
    }
}

/// An earlier report of another source gives an incident another name and hour, and a line stays as it was written.
#[tokio::test]
async fn a_line_of_the_history_names_an_incident_as_it_was_called_then() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (regency, mut lines, mut before) = (Code(161_300), Vec::new(), None);
    for (number, class, minutes) in [(21, FeedClass::Police, 60), (22, FeedClass::Military, 70)] {
        let id = ReportId(VILLAGE.0 + (number << 90));
        let (mut row, offset) = (report(id, class, Handling::Open, "enam tewas"), number as i64 - 18);
        let (own, occurred_at) = (row.report.name(), NOW.plus(-minutes * domain::time::MINUTE));
        (row.offset, row.received_at) = (offset, NOW.plus(-HOUR));
        if let Body::Statement(own) = &mut row.report.body {
            own.occurred_at = occurred_at;
        }
        let mut came = incident(id);
        if let Effect::Incident(incident) = &mut came {
            (incident.id, incident.counted_severity, incident.occurred_at) = (own, 4, occurred_at);
        }
        let outcome = |report, outcome| Effect::Outcome { regency, report, outcome, incident: Some(own) };
        let renamed = before.map(|id| [Effect::IncidentGone { regency, id }, outcome(id, Outcome::Merged)]);
        let mut effects = vec![outcome(own, Outcome::Incident), came];
        effects.extend(renamed.into_iter().flatten());
        let commit = world.commit_of(NOW.plus(number as i64), effects);
        let commit = Commit { from_offset: offset, next_offset: offset + 1, reports: vec![row], ..commit };
        world.state.sources.store.commit(commit).await.unwrap();
        let (_, text) = world.page("/peringatan/16.13-2026-0001", &cookie).await;
        let (_, history) = text.split_once("id=\"h-riwayat\"").expect("a history");
        let line = history.split("kejadian baru").nth(1).and_then(|rest| rest.split("</li>").next());
        lines.push(line.unwrap_or_else(|| panic!("no line: {history}")).to_owned());
        before = Some(own);
    }
    assert!(lines[0].contains(", terjadi 21 Nov, 06.00 (laporan kepolisian)"), "{lines:?}");
    assert_eq!(lines[0], lines[1]);
}

/// What another source's report made worse is a line with that report, not with the one after which the incident is called.
#[tokio::test]
async fn a_line_about_what_grew_names_whose_report_made_it_grow() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (regency, mut own) = (Code(161_300), None);
    for (number, class, minutes, dead) in [(21, FeedClass::Police, 60, 1), (22, FeedClass::Military, 20, 6)] {
        let id = ReportId(VILLAGE.0 + (number << 90));
        let (mut row, offset) = (report(id, class, Handling::Open, "tewas"), number as i64 - 18);
        (row.offset, row.received_at) = (offset, NOW.plus(-HOUR));
        if let Body::Statement(own) = &mut row.report.body {
            own.occurred_at = NOW.plus(-minutes * domain::time::MINUTE);
        }
        let first = *own.get_or_insert(row.report.name());
        let mut came = incident(id);
        if let Effect::Incident(incident) = &mut came {
            (incident.id, incident.counted_severity) = (first, 4);
            (incident.claimed.dead, incident.occurred_at) = (dead, NOW.plus(-HOUR));
        }
        let (report, outcome) = (row.report.name(), Outcome::Incident);
        let joined = Effect::Outcome { regency, report, outcome, incident: Some(first) };
        let commit = world.commit_of(NOW.plus(number as i64), vec![joined, came]);
        let commit = Commit { from_offset: offset, next_offset: offset + 1, reports: vec![row], ..commit };
        world.state.sources.store.commit(commit).await.unwrap();
    }
    let (_, text) = world.page("/peringatan/16.13-2026-0001", &cookie).await;
    let (_, history) = text.split_once("id=\"h-riwayat\"").expect("a history");
    let line =
        history.split("makin parah atau makin pasti").nth(1).and_then(|rest| rest.split("</li>").next());
    let line = line.unwrap_or_else(|| panic!("no line: {history}"));
    assert!(line.contains(", terjadi 21 Nov, 06.40 (laporan TNI"), "{line}");
}

/// A denial is set aside for itself: what else changed in the incident is no matter.
#[tokio::test]
async fn setting_a_denial_aside_is_of_the_denial_alone() {
    let world = World::new().await;
    world.denied(DENIAL, Some(VILLAGE)).await;
    let cookie = world.login("sari").await;
    let denial = format!("/laporan/{DENIAL}");
    let mark = async || {
        let (_, page) = world.page(&denial, &cookie).await;
        let rest = page.split("name=\"seen\" value=\"").nth(1).expect("a form");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let seen = mark().await;
    sent_in_its_place_at(&world, 4).await;
    assert_eq!(mark().await, seen);
    let form = format!("act=reject&reason=salah+kirim&seen={seen}");
    let answer = world.ask(post(&format!("{denial}/verifikasi"), &cookie, &form)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let reports = last(&world)["verification"]["reports"].clone();
    assert_eq!(reports, serde_json::json!([crate::acts::named(DENIAL, FeedClass::Company)]));
}

/// What is ticked is of what the page showed, too, although it is of another incident.
#[tokio::test]
async fn a_merge_is_of_what_the_page_showed_of_what_is_ticked() {
    let world = World::new().await;
    let further = world.reported_elsewhere(Code(161_304), Kind::ResidentCompany).await;
    let cookie = world.login("sari").await;
    let (_, text) = world.page(&page(), &cookie).await;
    let value = format!("{further}@");
    let mut ticks = text.split("name=\"reports\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let tick = ticks.find(|tick| tick.starts_with(&value)).expect("it may be ticked").to_owned();
    let form = format!("act=merge&seen={}&reports={tick}", shown(&world).await);
    let mut row = report(further.id, FeedClass::Company, Handling::Open, "pos terbakar, tiga meninggal");
    (row.report.place, row.report.hash, row.offset) = (Place { code: Code(161_304), village: 0 }, OTHER, 4);
    row.report.reported_at = row.report.reported_at.plus(-HOUR);
    let (regency, report) = (Code(161_300), further);
    let outcome = Effect::Outcome { regency, report, outcome: Outcome::Incident, incident: Some(report) };
    let own = world.commit_of(NOW, vec![outcome]);
    let own = Commit { from_offset: 4, next_offset: 5, reports: vec![row], ..own };
    world.state.sources.store.commit(own).await.unwrap();
    let (status, text) = sends(&world, "sari", &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("isinya berubah sejak halaman ini dibuka"), "{text}");
    assert!(world.sent.lock().unwrap().is_empty());
    let again = form.replace(&tick, &format!("{further}@{}", content_hash::write(OTHER)));
    assert_eq!(sends(&world, "sari", &again).await.0, StatusCode::SEE_OTHER);
    let named = last(&world)["verification"]["reports"].clone();
    let contents: Vec<&str> =
        named.as_array().unwrap().iter().filter_map(|own| own["content"].as_str()).collect();
    assert!(contents.contains(&content_hash::write(OTHER).as_str()), "{named}");
}
