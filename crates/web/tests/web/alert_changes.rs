//! What changed about an alert: each line of its history says what, and by whose word; who agrees to its end has read what came since; an
//! open page knows when it is old.

use crate::effects::{condition, incident};
use crate::second_link::{
    ALERT, TOKEN, answered, asks, contact, end_sent, issue, kept, opened, shown, with_holder,
};
use crate::world::{COMPANY, NOW, VILLAGE, World, name, post, read, report};
use axum::http::StatusCode;
use domain::alert::Act;
use domain::author::StampedAuthor;
use domain::effect::{
    Condition, ConditionChange, ConditionReason, DistrictCount, Effect, Incident, RaisedAlone,
};
use domain::evidence::attestation::{Attested, Extent};
use domain::kind::{FeedClass, Handling, Kind, Level, Outcome};
use domain::place::Code;
use domain::report::{Body, Remark, RemarkKind, ReportId};
use domain::time::{DAY, HOUR, Time};
use store::{Actor, Commit, LinkRequest, ReportRow};

const PAGE: &str = "/peringatan/16.13-2026-0001";

pub fn changed(id: ReportId, change: impl FnOnce(&mut Incident)) -> Effect {
    let mut effect = incident(id);
    if let Effect::Incident(incident) = &mut effect {
        change(incident);
    }
    effect
}

/// The condition's next word.
pub fn moved(world: &World, at: Time, change: impl FnOnce(&mut Condition)) -> Effect {
    let mut effect = condition(&world.state.sources.places);
    if let Effect::Condition(condition) = &mut effect {
        (condition.change, condition.at) = (ConditionChange::Changed, at);
        change(condition);
    }
    effect
}

/// Where the log and the clock stand.
async fn progress(world: &World) -> (i64, Time) {
    let progress = world.state.sources.store.recover(0).await.unwrap().expect("something was committed");
    (progress.next_offset, progress.clock)
}

pub async fn emitted(world: &World, at: Time, effects: Vec<Effect>) {
    let (from, clock) = progress(world).await;
    let commit = world.commit_of(at.max(clock.plus(1)), effects);
    let commit = Commit { from_offset: from, next_offset: from, ..commit };
    world.state.sources.store.commit(commit).await.unwrap();
}

/// Receives a report of this class, by which these effects came about.
pub async fn received(
    world: &World,
    (id, class): (ReportId, FeedClass),
    (outcome, of, effects): (Outcome, Option<ReportId>, Vec<Effect>),
    change: impl FnOnce(&mut ReportRow),
) {
    let (from, clock) = progress(world).await;
    let mut row = report(id, class, Handling::Limited, "dicek di lapangan");
    (row.offset, row.received_at) = (from, clock);
    change(&mut row);
    let regency = Code(161_300);
    let report = row.report.name();
    let outcome = Effect::Outcome { regency, report, outcome, incident: of.map(name) };
    let effects = std::iter::once(outcome).chain(effects).collect();
    let commit = world.commit_of(clock.plus(1), effects);
    let commit = Commit { from_offset: from, next_offset: from + 1, reports: vec![row], ..commit };
    world.state.sources.store.commit(commit).await.unwrap();
}

pub async fn page(world: &World, account: &str, path: &str) -> String {
    let cookie = world.login(account).await;
    let (status, text) = world.page(path, &cookie).await;
    assert_eq!(status, StatusCode::OK);
    text
}

/// The clash of two days ago raises nothing any more; today's carries awas, or is slighter while the dwell keeps that.
#[tokio::test]
async fn a_page_leads_with_what_carries_the_level_by_now() {
    let world = World::new().await;
    let grave = |own: &mut Incident, at: Time, dead: u16| {
        (own.occurred_at, own.opens_until) = (at, Some(at.plus(2 * DAY)));
        own.claimed = Extent { severity: 4, dead, injured: 0, displaced: 0 };
        (own.attested, own.speakers) = (Attested { extent: own.claimed, awas: 4 }, 2);
    };
    let awas = |evidence: Vec<ReportId>| {
        moved(&world, NOW, |own| {
            (own.level, own.unverified) = (Level::Awas, false);
            own.evidence = evidence.into_iter().map(name).collect();
        })
    };
    let cases = [
        (DAY, Level::Awas, "Kam, 19 Nov"),
        (2 * DAY, Level::Waspada, "Rab, 18 Nov"),
        (2 * DAY, Level::Awas, "Sab, 21 Nov"),
    ];
    for (since, raises, says) in cases {
        let old = changed(VILLAGE, |own| grave(own, NOW.plus(-since - DAY / 2), 9));
        emitted(&world, NOW, vec![old, awas(vec![VILLAGE])]).await;
        let today = changed(COMPANY, |own| {
            grave(own, NOW.plus(-HOUR), 1);
            own.raises = Some(RaisedAlone { level: raises, opening: None, rule: None, unverified: false });
        });
        emitted(&world, NOW, vec![today, awas(vec![VILLAGE, COMPANY])]).await;
        for account in ["sari", "bupati"] {
            let text = page(&world, account, PAGE).await;
            let headline = text.split_once("class=\"headline\"").unwrap().1.split_once("</p>").unwrap().0;
            assert!(headline.contains(says), "{account}: {headline}");
            let front = page(&world, account, "/").await;
            assert_eq!(front.contains("Terbaru: "), !says.starts_with("Sab"), "{account}: {front}");
        }
    }
}

/// All that is shown of an alert's history.
async fn history_of(world: &World, account: &str) -> String {
    let text = page(world, account, PAGE).await;
    let (_, history) = text.split_once("id=\"h-riwayat\"").expect("the history");
    history.split_once("</section>").unwrap().0.to_owned()
}

/// The level and its reasons are what they were: the history does not end with what is no longer so.
#[tokio::test]
async fn an_alert_that_came_back_or_is_stale_no_longer_says_so_in_its_history() {
    let world = World::new().await;
    let before = history_of(&world, "sari").await.matches("<li>").count();
    let again = [
        (ConditionChange::Stale, "<strong>tanpa kabar baru</strong>", " · tidak lagi tanpa kabar baru</li>"),
        (ConditionChange::Cleared, "<strong>pemicunya reda</strong>", " · terpicu lagi</li>"),
    ];
    for (hours, (change, _, _)) in again.iter().enumerate() {
        let at = NOW.plus(2 * hours as i64 * HOUR);
        emitted(&world, at, vec![moved(&world, at, |own| own.change = *change)]).await;
        for later in [HOUR, HOUR + HOUR / 2] {
            let at = at.plus(later);
            emitted(&world, at, vec![moved(&world, at, |_| {})]).await;
        }
    }
    for account in ["sari", "bupati"] {
        let history = history_of(&world, account).await;
        assert_eq!(history.matches("<li>").count(), before + 4, "each once: {history}");
        for (_, goes, comes) in again {
            assert!(history.contains(goes) && history.contains(comes), "{comes}: {history}");
        }
    }
}

#[tokio::test]
async fn a_line_of_the_history_says_what_changed_and_one_that_changed_nothing_is_not_shown() {
    let world = World::new().await;
    let lines = async |account: &str| history_of(&world, account).await;
    let count = lines("sari").await.matches("<li>").count();
    emitted(&world, NOW, vec![moved(&world, NOW, |_| {})]).await;
    let history = lines("sari").await;
    assert_eq!(history.matches("<li>").count(), count, "nothing changed: {history}");
    let sure = moved(&world, NOW, |own| own.unverified = false);
    emitted(&world, NOW, vec![sure]).await;
    assert!(lines("sari").await.contains("· kini terkonfirmasi</li>"), "{}", lines("sari").await);
    for rules in [&["WP-A", "WP-B"][..], &["WP-B"]] {
        let reasons = rules.iter().map(|rule| ConditionReason::Rule((*rule).into())).collect();
        let other = moved(&world, NOW, |own| (own.unverified, own.reasons) = (false, reasons));
        emitted(&world, NOW, vec![other]).await;
    }
    let history = lines("sari").await;
    assert!(
        history.contains("alasan baru: WP-B, ") && history.contains("tidak berlaku lagi: WP-A, "),
        "{history}"
    );
    // The company takes its word back: what fell by that says so, to who reads reports with what it was.
    let at = progress(&world).await.1;
    let fell = moved(&world, at, |own| (own.level, own.unverified) = (Level::Waspada, false));
    let takes_back = (ReportId(9 << 80), FeedClass::Company);
    received(&world, takes_back, (Outcome::Retracted, None, vec![fell]), |row| {
        row.report.body = Body::Retraction { target: COMPANY };
    })
    .await;
    let history = lines("sari").await;
    let says = "turun dari siaga: perusahaan menarik laporannya (";
    assert!(history.contains(says), "{history}");
    let history = lines("bupati").await;
    assert!(history.contains(": perusahaan menarik laporannya</li>"), "{history}");
    // What the clock brings is by nobody's word.
    let rises = moved(&world, at, |own| own.level = Level::Siaga);
    emitted(&world, NOW.plus(HOUR), vec![rises]).await;
    assert!(lines("bupati").await.contains("naik dari waspada, kini belum terverifikasi</li>"));
}

#[tokio::test]
async fn who_agrees_to_an_end_reads_what_was_reported_since_it_was_asked_for() {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    world.account("budi", "160504").await;
    let budi = world.login("budi").await;
    let cookie = opened(&world).await;
    let before = world.page(PAGE, &budi).await.1;
    let since = "Sesudah permintaan ini masuk laporan. Baca dahulu sebelum menyetujui:";
    let link_before = world.page(&asks(), &cookie).await.1;
    assert!(!before.contains(since) && !link_before.contains(since), "{link_before}");
    let police = (ReportId(9 << 80), FeedClass::Police);
    received(&world, police, (Outcome::Merged, Some(VILLAGE), vec![]), |_| {}).await;
    let says = "<strong>laporan baru, menurut kepolisian</strong>: Pemblokiran";
    let text = world.page(PAGE, &budi).await.1;
    assert!(text.contains(since) && text.contains(says), "{text}");
    let text = world.page(&asks(), &cookie).await.1;
    assert!(text.contains(since) && text.contains(says), "{text}");
    assert!(!text.contains("Beringin") && !text.contains("police-rawas"), "of a conflict no village: {text}");
    let leader = page(&world, "bupati", PAGE).await;
    assert!(leader.contains("Sesudah permintaan ini masuk laporan:") && leader.contains(says), "{leader}");
    // Neither takes an agreement to what was not shown yet.
    let form = |page: &str| format!("version=2&reason=dicek&shown={}", shown(page));
    let (status, text) = read(world.ask(post(&format!("{PAGE}/tarik"), &budi, &form(&before))).await).await;
    assert_eq!(status, StatusCode::CONFLICT, "{text}");
    assert!(
        text.contains("masuk laporan baru, jadi persetujuan belum dicatat") && text.contains("dicek"),
        "{text}"
    );
    let old = format!("answer=agreed&reason=dicek&shown={}", shown(&link_before));
    let (status, text) = read(world.ask(post(&asks(), &cookie, &old)).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    assert_eq!(kept(&world).await.answer, None);
    let read_now = world.page(PAGE, &budi).await.1;
    let ends = ["/tarik\"", "/selesai\""].map(|form| read_now.matches(form).count()).iter().sum::<usize>();
    assert_eq!(read_now.matches("name=\"shown\"").count(), ends, "each form that may agree: {read_now}");
    let agrees = world.ask(post(&format!("{PAGE}/tarik"), &budi, &form(&read_now))).await;
    assert_eq!(agrees.status(), StatusCode::SEE_OTHER);
}

/// As its mail does: in a disaster the officer's account, in a conflict nobody.
#[tokio::test]
async fn the_page_of_a_link_names_who_asks_as_its_message_does() {
    let world = with_holder(World::new().await, contact());
    let raised = moved(&world, NOW, |own| (own.kind, own.change) = (Kind::Disaster, ConditionChange::Raised));
    emitted(&world, NOW, vec![raised]).await;
    let by = Actor { name: "sari", reason: "sudah surut", at: NOW };
    let asked = Act::Withdraw { by: StampedAuthor::of_desk("sari", "160503") };
    let alert = "16.13-2026-0002";
    world.state.sources.store.act(alert, asked, 1, by).await.unwrap().unwrap().unwrap();
    issue(&world, TOKEN, LinkRequest::End { alert: alert.into(), version: 2 }).await;
    let cookie = opened(&world).await;
    let text = world.page(&asks(), &cookie).await.1;
    assert!(text.contains("<dt>Diminta oleh</dt><dd>sari</dd>") && text.contains("oleh sari pada"), "{text}");
    assert_eq!(answered(&world, &cookie, "answer=agreed&reason=surut").await.0, StatusCode::OK);
    assert_ne!(alert, ALERT);
}

#[tokio::test]
async fn the_open_page_of_a_regency_changes_when_the_alert_of_one_of_its_kecamatan_ends() {
    let world = World::new().await;
    let regency = world.state.sources.places.find(Code(161_300)).unwrap();
    let count = DistrictCount { count: 1, needed: 1, alone: Level::Siaga, with_model: Level::Siaga };
    let raised = moved(&world, NOW, |own| {
        (own.unit, own.change, own.evidence) = (regency, ConditionChange::Raised, vec![]);
        own.reasons = vec![ConditionReason::Districts(count), ConditionReason::Rule("WP-A".into())];
    });
    emitted(&world, NOW, vec![raised]).await;
    let mark = async || {
        let text = page(&world, "sari", "/peringatan/16.13-2026-0002").await;
        let (_, mark) = text.split_once("data-version=\"").expect("the page is watched");
        mark.split_once('"').unwrap().0.to_owned()
    };
    let before = mark().await;
    assert_eq!(before, mark().await);
    world.withdrawn_by_two(PAGE).await;
    assert_ne!(before, mark().await);
}

/// The class of the source, as other lines have it.
#[tokio::test]
async fn what_is_over_is_over_by_whose_report() {
    let world = World::new().await;
    let over = changed(VILLAGE, |own| own.ended_at = Some(NOW.plus(-HOUR)));
    let police = (ReportId(9 << 80), FeedClass::Police);
    received(&world, police, (Outcome::Statement, Some(VILLAGE), vec![over]), |row| {
        row.report.body = Body::Remark(Remark {
            what: RemarkKind::Ends,
            kind: Kind::ResidentCompany,
            category: None,
            occurred_at: NOW.plus(-HOUR),
            reliability: 2,
            credibility: 0,
            handling: Handling::Limited,
            about: None,
            supersedes: None,
        });
    })
    .await;
    for account in ["sari", "bupati"] {
        let text = page(&world, account, PAGE).await;
        assert!(
            text.contains("<strong>menurut laporan kepolisian sudah selesai</strong> Sab, 21 Nov"),
            "{text}"
        );
        let front = page(&world, account, "/").await;
        assert!(front.contains("menurut laporan kepolisian sudah selesai <time"), "{front}");
    }
    let report = page(&world, "sari", &format!("/laporan/{VILLAGE}")).await;
    let note = report.split_once("Dinyatakan selesai pada").expect("the note").1;
    assert!(note.split_once("</p>").unwrap().0.contains(", menurut kepolisian. Kabar itu"), "{note}");
}
