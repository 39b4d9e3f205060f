//! What an alert's page says of what it rests on by now: the last outbreak first, whose word it is, what a model's alert is about, and
//! what is left of what was rejected.

use crate::effects::{condition, incident};
use crate::world::{COMPANY, NOW, VILLAGE, World, name, report};
use axum::http::StatusCode;
use domain::effect::{Condition, ConditionChange, ConditionReason, Effect, Incident, Verdict};
use domain::evidence::attestation::Attested;
use domain::evidence::second_person::DeskRequest;
use domain::kind::{Category, FeedClass, Handling, Horizon, Level, Outcome};
use domain::place::{Code, Place};
use domain::report::{Body, ReportId, VerificationAct};
use domain::time::{DAY, HOUR, MINUTE};
use store::Commit;

const ALERT: &str = "/peringatan/16.13-2026-0001";

fn changed(id: ReportId, change: impl FnOnce(&mut Incident)) -> Effect {
    let mut effect = incident(id);
    if let Effect::Incident(incident) = &mut effect {
        change(incident);
    }
    effect
}

fn moved(world: &World, change: impl FnOnce(&mut Condition)) -> Effect {
    let mut effect = condition(&world.state.sources.places);
    if let Effect::Condition(condition) = &mut effect {
        change(condition);
    }
    effect
}

/// The pipeline emits these so many microseconds after the others.
async fn emitted(world: &World, (offset, after): (i64, i64), effects: Vec<Effect>) {
    let later = world.commit_of(NOW.plus(after), effects);
    let commit = Commit { from_offset: offset, next_offset: offset, ..later };
    world.state.sources.store.commit(commit).await.unwrap();
}

async fn head(world: &World, path: &str) -> String {
    let cookie = world.login("sari").await;
    let (status, text) = world.page(path, &cookie).await;
    assert_eq!(status, StatusCode::OK);
    text.split_once("class=\"headline\"").expect("a headline").1.to_owned()
}

#[tokio::test]
async fn a_page_leads_with_what_the_level_rests_on_since_it_came_back_or_fell() {
    let world = World::new().await;
    let grave = changed(VILLAGE, |own| {
        own.occurred_at = NOW.plus(-2 * DAY);
        (own.claimed.severity, own.claimed.dead) = (5, 9);
    });
    let cleared = moved(&world, |own| (own.change, own.level) = (ConditionChange::Cleared, Level::Low));
    emitted(&world, (3, 1), vec![grave, cleared]).await;
    let again = moved(&world, |own| own.evidence = vec![name(COMPANY)]);
    emitted(&world, (3, 2), vec![changed(COMPANY, |own| own.claimed.dead = 1), again]).await;
    for fell in [false, true] {
        if fell {
            let lowered = moved(&world, |own| {
                (own.change, own.level) = (ConditionChange::Changed, Level::Waspada);
                own.evidence = vec![name(COMPANY)];
            });
            emitted(&world, (3, 3), vec![lowered]).await;
        }
        let head = head(&world, ALERT).await;
        let (headline, rest) = head.split_once("</p>").expect("its end");
        assert!(headline.contains("Jum, 20 Nov 2026, 23.00 WIB"), "{fell}: {headline}");
        assert!(rest.contains("Selain itu") && rest.contains("Kam, 19 Nov 2026"), "{fell}: {rest}");
        assert!(rest.contains("meninggal 10; belum terkonfirmasi"), "all of the alert: {rest}");
    }
}

/// What made it rise leads on the page, in the queue and for a leader; what is graver and raised nothing stands besides.
#[tokio::test]
async fn an_alert_that_rises_again_leads_with_what_made_it_rise_for_everybody() {
    let world = World::new().await;
    let grave = changed(VILLAGE, |own| {
        own.occurred_at = NOW.plus(-2 * DAY);
        (own.claimed.severity, own.claimed.dead) = (5, 9);
        own.attested = Attested { extent: own.claimed, awas: 5 };
    });
    let fell = moved(&world, |own| {
        (own.change, own.level) = (ConditionChange::Changed, Level::Waspada);
        (own.evidence, own.unverified) = (vec![name(VILLAGE)], false);
    });
    emitted(&world, (3, 1), vec![grave, fell]).await;
    for (level, hour, awas) in [(Level::Siaga, 2, 0), (Level::Awas, 1, 4)] {
        let today = changed(COMPANY, |own| {
            (own.occurred_at, own.category) = (NOW.plus(-HOUR), Category::parse("WP-06").unwrap());
            (own.claimed.severity, own.opens_until) = (4, Some(NOW.plus(DAY)));
            if awas > 0 {
                own.attested = Attested { extent: own.claimed, awas };
                (own.counted_severity, own.speakers) = (4, 2);
            }
        });
        let risen = moved(&world, |own| {
            (own.change, own.level) = (ConditionChange::Changed, level);
            own.evidence = vec![name(VILLAGE), name(COMPANY)];
            own.unverified = level < Level::Awas;
        });
        emitted(&world, (3, 4 - hour), vec![today, risen]).await;
        let says = if awas > 0 {
            "terkonfirmasi lebih dari satu pihak"
        } else {
            "baru satu pihak, belum terkonfirmasi"
        };
        let head = head(&world, ALERT).await;
        let (headline, rest) = head.split_once("</p>").expect("its end");
        assert!(headline.contains("Sab, 21 Nov 2026, 06.00 WIB"), "{level:?}: {headline}");
        let (own, besides) = rest.split_once("Selain itu").expect("the graver one");
        assert!(own.contains(says), "{level:?}: {says}: {own}");
        assert!(besides.contains("Kam, 19 Nov 2026"), "{besides}");
        for (account, path) in [("bupati", ALERT), ("sari", "/"), ("bupati", "/")] {
            let cookie = world.login(account).await;
            let (_, text) = world.page(path, &cookie).await;
            assert!(text.contains("njuk rasa di lokasi perusahaan"), "{account} {path}: {text}");
            assert!(!text.contains("Terbaru: "), "{account} {path}: the newest leads: {text}");
        }
    }
}

#[tokio::test]
async fn what_the_desk_alone_confirmed_and_takes_back_is_unverified_until_a_second_person_decides() {
    let world = World::new().await;
    let sure = moved(&world, |own| {
        (own.change, own.unverified, own.evidence) = (ConditionChange::Changed, false, vec![name(VILLAGE)]);
    });
    let at = NOW.plus(-MINUTE);
    let confirmed = |own: &mut Incident| {
        (own.speakers, own.verdict, own.claimed.severity) = (1, Verdict::Confirmed, 4);
        own.attested.extent = own.claimed;
    };
    emitted(&world, (3, 1), vec![changed(VILLAGE, confirmed), sure]).await;
    let before = head(&world, ALERT).await;
    assert!(before.contains("terkonfirmasi petugas piket</strong>)"), "{before}");
    let cookie = world.login("sari").await;
    let mark = "<span class=\"tag\">belum terverifikasi</span>";
    let is_marked = async || {
        let (_, text) = world.page(ALERT, &cookie).await;
        text.split_once("class=\"headline\"").expect("a headline").0.contains(mark)
    };
    assert!(!is_marked().await, "the desk affirms it");
    let doubted = changed(VILLAGE, |own| {
        confirmed(own);
        own.take_back_request = Some(DeskRequest { at, verification: name(COMPANY) });
    });
    emitted(&world, (3, 2), vec![doubted]).await;
    assert!(is_marked().await, "nobody affirms it by now");
    let after = head(&world, ALERT).await;
    assert!(
        after.contains("konfirmasi petugas piket diminta ditarik, menunggu orang kedua</strong>)"),
        "{after}"
    );
    let (_, queue) = world.page("/", &cookie).await;
    assert!(queue.contains(mark), "{queue}");
}

#[tokio::test]
async fn what_was_rejected_leaves_nothing_unknown_and_the_history_says_who_rejected_it() {
    let world = World::new().await;
    world.judged_by("sari", (VerificationAct::Reject, VILLAGE), NOW.plus(-MINUTE)).await;
    let rejected = |own: &mut Incident| {
        own.verdict = Verdict::Rejected;
        (own.claimed.dead, own.claimed.displaced) = (8, 900);
    };
    let withdrawn = moved(&world, |own| {
        (own.change, own.level, own.at) = (ConditionChange::Withdrawn, Level::Low, NOW.plus(HOUR));
    });
    emitted(&world, (4, 1), vec![changed(VILLAGE, rejected), changed(COMPANY, rejected), withdrawn]).await;
    let head = head(&world, ALERT).await;
    let (headline, rest) = head.split_once("</p>").expect("its end");
    for says in ["Laporan <strong>", "dinyatakan tidak terbukti", "sudah berakhir: <strong>ditarik</strong>"]
    {
        assert!(headline.contains(says), "{says}: {headline}");
    }
    for says in [
        "dinyatakan tidak terbukti oleh petugas piket",
        "<dt>Korban menurut laporan itu</dt><dd>meninggal 8, mengungsi 900</dd>",
        "tidak terbukti, menurut sari",
    ] {
        assert!(rest.contains(says), "{says}: {rest}");
    }
    assert!(!rest.contains("Tidak diketahui"), "{rest}");
    // Another source reports the same afterwards: the alert that ended stays what it was, and the new one names it.
    let again = changed(VILLAGE, |own| own.claimed.displaced = 120);
    let raised = moved(&world, |own| (own.change, own.at) = (ConditionChange::Raised, NOW.plus(2 * HOUR)));
    emitted(&world, (4, 2 * HOUR), vec![again, raised]).await;
    let kept = self::head(&world, ALERT).await;
    for says in ["dinyatakan tidak terbukti", "meninggal 8, mengungsi 900", "tidak terbukti, menurut sari"] {
        assert!(kept.contains(says), "{says}: {kept}");
    }
    let next = self::head(&world, "/peringatan/16.13-2026-0002").await;
    let (page, history) = next.split_once("class=\"history\"").expect("a history");
    let link = "<a href=\"/peringatan/16.13-2026-0001\">Sebelumnya peringatan 16.13-2026-0001 di tempat ini ditarik ";
    assert!(page.contains(link) && page.contains(": tidak terbukti, menurut sari."), "{page}");
    assert!(history.contains("sebelumnya 16.13-2026-0001 ditarik "), "{history}");
}

/// A source takes its report back, and the service withdraws what rested on it: no incident is left that could name it.
#[tokio::test]
async fn what_its_source_took_back_is_named_with_its_hour_on_the_page_and_in_the_history() {
    let world = World::new().await;
    let regency = Code(161_300);
    let retraction = |(target, class): (ReportId, FeedClass), number: i64, received_at| {
        let id = ReportId(target.0 + (30 << 80));
        let mut row = report(id, class, Handling::Open, "");
        row.report.body = Body::Retraction { target };
        (row.received_at, row.offset) = (received_at, 3 + number);
        row
    };
    let gone = |id: ReportId| {
        let (outcome, incident) = (Outcome::Retracted, None);
        [
            Effect::Outcome { regency, report: name(id), outcome, incident },
            Effect::IncidentGone { regency, id: name(id) },
        ]
    };
    let withdrawn = moved(&world, |own| {
        (own.change, own.level, own.at) = (ConditionChange::Withdrawn, Level::Low, NOW.plus(HOUR));
    });
    let effects = gone(VILLAGE).into_iter().chain(gone(COMPANY)).chain([withdrawn]).collect();
    let own = world.commit_of(NOW.plus(1), effects);
    let reports = vec![
        retraction((VILLAGE, FeedClass::Village), 0, NOW),
        // Only after the alert had ended.
        retraction((COMPANY, FeedClass::Company), 1, NOW.plus(2 * HOUR)),
    ];
    let commit = Commit { next_offset: 5, reports, ..own };
    world.state.sources.store.commit(commit).await.unwrap();
    let head = head(&world, ALERT).await;
    let (headline, rest) = head.split_once("</p>").expect("its end");
    for says in [
        "Laporan <strong>pemblokiran atau pemortalan jalan perusahaan</strong> di Rawas Ilir, ",
        "Jum, 20 Nov 2026, 23.00 WIB, <strong>ditarik pelapornya</strong>. ",
        "Peringatannya sempat <strong>siaga</strong> dan sudah berakhir: <strong>ditarik</strong>.",
    ] {
        assert!(headline.contains(says), "{says}: {headline}");
    }
    let of_line = "laporan pemblokiran atau pemortalan jalan perusahaan, 20 Nov, 23.00, ditarik pelapornya";
    let (before, history) = rest.split_once("class=\"history\"").expect("a history");
    assert!(before.contains(&format!("Peringatan ini ditarik: {of_line}.")), "{before}");
    assert_eq!(history.matches(of_line).count(), 1, "what is taken back later is no reason: {history}");
    let cookie = world.login("sari").await;
    let (_, body) = world.page("/v1/alerts/16.13-2026-0001", &cookie).await;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let retracted = &body["retracted"][0];
    assert_eq!(retracted["occurred_at"], "2026-11-20T23:00:00+07:00", "{body}");
    assert_eq!(retracted["category"], "WP-05", "{body}");
}

#[tokio::test]
async fn an_alert_that_the_model_opened_says_what_happened_there_last() {
    let world = World::new().await;
    let rupit = Place { code: Code(161_301), village: 0 };
    let brawl = changed(COMPANY, |own| (own.place, own.claimed.injured) = (rupit, 2));
    let of_model = |change: ConditionChange| {
        moved(&world, |own| {
            own.unit = world.state.sources.places.find(rupit.code).unwrap();
            let (horizon, risk_ppm, base_ppm) = (Horizon::Week, 300_000, 60_000);
            own.reasons = vec![ConditionReason::Model { horizon, risk_ppm, base_ppm }];
            (own.level, own.evidence, own.change) = (Level::Waspada, Vec::new(), change);
        })
    };
    emitted(&world, (3, 1), vec![brawl, of_model(ConditionChange::Raised)]).await;
    let path = "/peringatan/16.13-2026-0002";
    let open = head(&world, path).await;
    assert!(open.contains("Risiko warga–perusahaan di Rupit"), "{open}");
    for says in ["<dt>Kejadian terakhir</dt>", "Jum, 20 Nov 2026, 23.00 WIB", "luka 2"] {
        assert!(open.contains(says), "{says}: {open}");
    }
    emitted(&world, (3, 2), vec![of_model(ConditionChange::Withdrawn)]).await;
    let gone = head(&world, path).await;
    assert!(gone.contains("sebagian laporan yang dihitung model ditarik kembali"), "{gone}");
    assert!(gone.contains("<dt>Kejadian terakhir</dt>"), "another brawl stands: {gone}");
    // What happened meanwhile and came in since is none of what ended.
    let id = ReportId(0x717 << 64);
    let mut row = report(id, FeedClass::Desk, Handling::Open, "tawuran lagi");
    (row.received_at, row.offset) = (NOW.plus(HOUR), 3);
    let later = changed(id, |own| {
        (own.place, own.occurred_at, own.claimed.injured) = (rupit, NOW.plus(-7 * HOUR), 7);
    });
    let own = world.commit_of(NOW.plus(HOUR), vec![later]);
    let commit = Commit { next_offset: 4, reports: vec![row], ..own };
    world.state.sources.store.commit(commit).await.unwrap();
    let still = head(&world, path).await;
    assert!(still.contains("luka 2") && !still.contains("luka 7"), "{still}");
}

#[tokio::test]
async fn a_time_that_no_clock_can_be_believed_of_is_marked_where_it_stands() {
    let world = World::new().await;
    let of_long_ago = changed(VILLAGE, |own| {
        (own.occurred_at, own.claimed.severity) = (NOW.plus(-36 * 365 * DAY), 5);
    });
    let other = changed(COMPANY, |own| own.verdict = Verdict::Rejected);
    emitted(&world, (3, 1), vec![of_long_ago, other]).await;
    let head = head(&world, ALERT).await;
    let (headline, rest) = head.split_once("</p>").expect("its end");
    assert!(
        headline.contains("1990, ") && headline.contains(" WIB (jam pengirim diragukan). Level"),
        "{headline}"
    );
    assert!(rest.contains("waktu pastinya"), "{rest}");
}
