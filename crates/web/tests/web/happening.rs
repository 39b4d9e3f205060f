//! An alert says first what happened; a leader reads as much as a message may say; what has ended speaks in the past.

use crate::effects::{condition, incident};
use crate::world::{COMPANY, DENIAL, NOW, VILLAGE, World, name};
use axum::http::StatusCode;
use domain::effect::{ConditionChange, ConditionReason, DistrictCount, Effect, Verdict};
use domain::kind::{Horizon, Level};
use domain::place::{Code, Place};
use domain::time::{DAY, HOUR};
use store::Commit;

const ALERT: &str = "/peringatan/16.13-2026-0001";

#[tokio::test]
async fn an_alert_says_what_happened_before_it_offers_anything_to_do() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (status, text) = world.page(ALERT, &cookie).await;
    assert_eq!(status, StatusCode::OK);
    let (before, _) = text.split_once("<form class=\"act\"").expect("there is something to do");
    let (_, head) = before.split_once("class=\"headline\"").expect("a headline");
    for part in [
        "Pemblokiran atau pemortalan jalan perusahaan</strong> di ",
        ", Rawas Ilir, Jum, 20 Nov 2026, 23.00 WIB. Level <strong>siaga</strong>",
        "Menurut",
        "desa dan kelurahan",
        "terkonfirmasi lebih dari satu pihak",
        "Belum diketahui",
        "Selain itu",
    ] {
        assert!(head.contains(part), "{part}: {head}");
    }
    let (_, queue) = world.page("/", &cookie).await;
    assert!(
        queue.contains("</svg> pemblokiran atau pemortalan jalan perusahaan</span>"),
        "the strip says it too"
    );
}

/// Who reads the level reads that its source calls it over.
#[tokio::test]
async fn what_a_report_calls_over_is_over_in_the_head_and_in_the_queue_and_the_level_stays() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    assert!(!world.page(ALERT, &cookie).await.1.contains("menurut laporan sudah selesai"));
    world.denied(DENIAL, Some(VILLAGE)).await;
    let (_, text) = world.page(ALERT, &cookie).await;
    let head = text.split_once("<form class=\"act\"").expect("there is something to do").0;
    let over = "; <strong>menurut laporan sudah selesai</strong> Sab, 21 Nov 2026, 06.00 WIB";
    assert!(head.contains(over) && head.contains("Level <strong>siaga</strong>"), "{head}");
    let (_, queue) = world.page("/", &cookie).await;
    assert!(queue.contains("menurut laporan sudah selesai <time"), "{queue}");
}

#[tokio::test]
async fn a_leader_reads_what_happened_and_no_village_of_a_conflict() {
    let world = World::new().await;
    let cookie = world.login("bupati").await;
    let (_, text) = world.page(ALERT, &cookie).await;
    let (_, head) = text.split_once("class=\"headline\"").expect("a headline");
    assert!(head.contains("jalan perusahaan</strong> di Rawas Ilir, Jum"), "{head}");
    assert!(head.contains("desa dan kelurahan") && head.contains("terkonfirmasi"), "{head}");
    assert!(!text.contains("village-rawas-ilir"), "no source by its name");
}

#[tokio::test]
async fn what_has_ended_speaks_in_the_past() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    world.withdrawn_by_two(ALERT).await;
    let (_, text) = world.page(ALERT, &cookie).await;
    assert!(
        text.contains(
            "Peringatannya sempat <strong>siaga</strong> dan sudah berakhir: <strong>ditarik</strong>."
        ),
        "{text}"
    );
    assert!(!text.contains("Level <strong>siaga</strong>"), "{text}");
    let (_, facts) = text.split_once("class=\"happening\"").expect("facts");
    assert!(facts.contains("<dt>Tidak diketahui</dt>") && !facts.contains("Belum diketahui"), "{facts}");
    // What the model said is said of then, and nothing of today explains it.
    assert!(text.contains("Kata model terakhir sebelum peringatan berakhir ("), "{text}");
    for present in ["dalam 14 hari terakhir", "menurunkannya", "Kisaran ini"] {
        assert!(!text.contains(present), "'{present}': {text}");
    }
}

#[tokio::test]
async fn what_an_earlier_condition_rests_on_is_not_forgotten() {
    let world = World::new().await;
    let mut flight = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut flight {
        (incident.claimed.displaced, incident.attested.extent.displaced) = (120, 120);
    }
    // Only the slighter one is within the window of a rule by now.
    let mut later = condition(&world.state.sources.places);
    if let Effect::Condition(condition) = &mut later {
        (condition.change, condition.evidence) = (ConditionChange::Changed, vec![name(COMPANY)]);
    }
    world.emitted(3, vec![flight, later]).await;
    let cookie = world.login("sari").await;
    let (_, text) = world.page(ALERT, &cookie).await;
    let (_, head) = text.split_once("class=\"headline\"").expect("a headline");
    assert!(head.contains("mengungsi 120") && head.contains("Selain itu"), "{head}");
}

/// A party's dead within an alert that rests on something else: its page, the regency's and the queue name them.
#[tokio::test]
async fn a_claim_within_an_open_alert_is_described_and_its_dead_are_not_said_to_be_unknown() {
    let world = World::new().await;
    let mut claim = incident(COMPANY);
    if let Effect::Incident(incident) = &mut claim {
        (incident.claimed.severity, incident.claimed.dead) = (2, 1);
        incident.occurred_at = NOW.plus(-HOUR);
        incident.opens_until = Some(NOW.plus(DAY));
    }
    let places = &world.state.sources.places;
    let mut regency = condition(places);
    if let Effect::Condition(condition) = &mut regency {
        condition.unit = places.find(Code(161_300)).unwrap();
        (condition.reasons, condition.evidence) =
            (vec![ConditionReason::Districts(DistrictCount::of_earlier_build(3))], Vec::new());
        condition.unverified = false;
    }
    world.emitted(3, vec![claim, regency]).await;
    let cookie = world.login("sari").await;
    let facts = async |path: &str| {
        let (_, text) = world.page(path, &cookie).await;
        let (_, head) = text.split_once("class=\"headline\"").expect("a headline");
        head.split_once("</dl>").expect("facts").0.to_owned()
    };
    let own = facts(ALERT).await;
    for part in [
        "Pemblokiran atau pemortalan jalan perusahaan di Belani, Sab, 21 Nov 2026, 06.00 WIB; perusahaan (",
        "; meninggal 1</dd>",
    ] {
        assert!(own.contains(part), "{part}: {own}");
    }
    assert!(own.contains("<dd>luka, mengungsi</dd>"), "nobody reads that the dead are not known: {own}");
    let regency = facts("/peringatan/16.13-2026-0002").await;
    for part in [
        "jalan perusahaan</strong> di ",
        "Rawas Ilir, ",
        "Korban seluruhnya",
        "meninggal 1; belum terkonfirmasi (Rawas Ilir: meninggal 1)",
    ] {
        assert!(regency.contains(part), "{part}: {regency}");
    }
    assert!(!regency.contains("Risiko"), "what happened is no risk: {regency}");
    let (_, queue) = world.page("/", &cookie).await;
    assert!(queue.contains("Terbaru: pemblokiran atau pemortalan jalan perusahaan, "), "{queue}");
}

/// Of a regency the page says what the message says: all whom the districts harm that raise it, whatever the viewer may see of them.
#[tokio::test]
async fn who_is_hurt_in_a_regency_is_of_the_districts_that_raise_it_and_for_every_viewer_the_same() {
    let world = World::new().await;
    let mut flight = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut flight {
        incident.claimed.dead = 1;
    }
    world.raised_in(3, Code(161_301), Level::Siaga, 2).await;
    world.raised_in(4, Code(161_302), Level::Waspada, 4).await; // raises no regency
    let mut regency = condition(&world.state.sources.places);
    if let Effect::Condition(condition) = &mut regency {
        condition.unit = world.state.sources.places.find(Code(161_300)).unwrap();
        (condition.reasons, condition.evidence) =
            (vec![ConditionReason::Districts(DistrictCount::of_earlier_build(2))], Vec::new());
        condition.unverified = false; // Rawas Ilir is more than one source's word
    }
    world.emitted(5, vec![flight, regency.clone()]).await;
    let read = async |account: &str| {
        let cookie = world.login(account).await;
        let (status, text) = world.page("/peringatan/16.13-2026-0004", &cookie).await;
        assert_eq!(status, StatusCode::OK, "{account}");
        let (_, head) = text.split_once("class=\"headline\"").unwrap_or_else(|| panic!("{account}: {text}"));
        head.split_once("</dl>").expect("facts").0.to_owned()
    };
    for own_incident in [false, true] {
        if let Effect::Condition(condition) = &mut regency
            && own_incident
        {
            (condition.change, condition.evidence) = (ConditionChange::Changed, vec![name(COMPANY)]);
            let changed = world.commit_of(NOW.plus(2), vec![regency.clone()]);
            let changed = Commit { from_offset: 5, next_offset: 5, ..changed };
            world.state.sources.store.commit(changed).await.unwrap();
        }
        for (account, says) in [
            ("sari", "meninggal 3; belum terkonfirmasi (Rupit: meninggal 2; Rawas Ilir: meninggal 1)"),
            // Of Rupit alone.
            ("camat", "meninggal 3; belum terkonfirmasi (di 2 kecamatan; Rupit: meninggal 2)"),
        ] {
            let facts = read(account).await;
            assert!(facts.contains("Korban seluruhnya") && facts.contains(says), "{account}: {facts}");
        }
    }
    for account in ["sari", "camat"] {
        let cookie = world.login(account).await;
        let (_, queue) = world.page("/peringatan", &cookie).await;
        let (_, own) = queue.split_once("/peringatan/16.13-2026-0004").expect("the regency's alert");
        let own = own.split_once("</li>").map_or(own, |(own, _)| own);
        assert!(!own.contains("belum terverifikasi"), "{account}: {own}");
    }
}

/// What the desk rejected shows no regency: another of its districts does.
#[tokio::test]
async fn what_the_desk_rejected_shows_no_regency() {
    let world = World::new().await;
    let rupit = world.raised_in(3, Code(161_301), Level::Siaga, 2).await;
    let mut regency = condition(&world.state.sources.places);
    if let Effect::Condition(condition) = &mut regency {
        condition.unit = world.state.sources.places.find(Code(161_300)).unwrap();
        (condition.reasons, condition.evidence) =
            (vec![ConditionReason::Districts(DistrictCount::of_earlier_build(2))], Vec::new());
    }
    world.emitted(4, vec![regency]).await;
    let cookie = world.login("sari").await;
    let headline = async || {
        let (_, text) = world.page("/peringatan/16.13-2026-0003", &cookie).await;
        let (_, head) = text.split_once("class=\"headline\"").expect("a headline");
        head.split_once("</dl>").expect("facts").0.to_owned()
    };
    let before = headline().await;
    assert!(before.contains("Rupit dan 1 kecamatan lain"), "{before}");
    let mut rejected = incident(COMPANY);
    if let Effect::Incident(incident) = &mut rejected {
        (incident.id, incident.place) = (rupit, Place { code: Code(161_301), village: 0 });
        (incident.claimed.dead, incident.verdict) = (2, Verdict::Rejected);
    }
    let later = world.commit_of(NOW.plus(2), vec![rejected]);
    let later = Commit { from_offset: 4, next_offset: 4, ..later };
    world.state.sources.store.commit(later).await.unwrap();
    let after = headline().await;
    assert!(after.contains("Rawas Ilir dan 1 kecamatan lain") && !after.contains("meninggal 2"), "{after}");
}

/// The model's word opened it: what stands in a kecamatan is what happened last and not why, nor of this level.
#[tokio::test]
async fn a_regency_that_the_model_alone_opened_leads_with_the_model() {
    let world = World::new().await;
    world.raised_in(3, Code(161_301), Level::Siaga, 2).await;
    let mut regency = condition(&world.state.sources.places);
    if let Effect::Condition(condition) = &mut regency {
        condition.unit = world.state.sources.places.find(Code(161_300)).unwrap();
        let model = ConditionReason::Model { horizon: Horizon::Week, risk_ppm: 340_000, base_ppm: 60_000 };
        (condition.reasons, condition.evidence) = (vec![model], Vec::new());
        (condition.level, condition.unverified) = (Level::Waspada, false);
    }
    world.emitted(4, vec![regency]).await;
    let cookie = world.login("sari").await;
    let (_, text) = world.page("/peringatan/16.13-2026-0003", &cookie).await;
    assert!(text.contains("menurut model"), "{text}");
    let (_, head) = text.split_once("class=\"headline\"").expect("a headline");
    let (headline, facts) = head.split_once("</p>").expect("a headline");
    assert!(headline.contains("Risiko") && headline.contains("waspada"), "{headline}");
    let facts = facts.split_once("</dl>").expect("facts").0;
    assert!(facts.contains("Kejadian terakhir") && facts.contains("Rupit: "), "{facts}");
    assert!(facts.contains("meninggal 2"), "{facts}");
    let (_, queue) = world.page("/", &cookie).await;
    let (_, own) = queue.split_once("/peringatan/16.13-2026-0003").expect("the regency's alert");
    assert!(!own.split_once("</li>").unwrap().0.contains("meninggal"), "{own}");
}

/// What a regency's alert counts is named as far as the reader sees it, and nothing whose alert was ended.
#[tokio::test]
async fn a_regencys_alert_names_the_kecamatan_that_it_counts() {
    let world = World::new().await;
    world.raised_in(3, Code(161_301), Level::Siaga, 2).await;
    let mut regency = condition(&world.state.sources.places);
    if let Effect::Condition(condition) = &mut regency {
        condition.unit = world.state.sources.places.find(Code(161_300)).unwrap();
        (condition.reasons, condition.evidence) =
            (vec![ConditionReason::Districts(DistrictCount::of_earlier_build(2))], Vec::new());
    }
    world.emitted(4, vec![regency]).await;
    let why = async |account: &str| {
        let cookie = world.login(account).await;
        let (_, text) = world.page("/peringatan/16.13-2026-0003", &cookie).await;
        let (_, why) = text.split_once("ul class=\"rules\"").unwrap_or_else(|| panic!("{text}"));
        why.split_once("</ul>").unwrap().0.to_owned()
    };
    let words = "<strong>2 kecamatan</strong> sekaligus berada pada siaga atau awas: ";
    let named = why("sari").await;
    assert!(named.contains(&format!("{words}Rupit, Rawas Ilir.")), "{named}");
    let named = why("camat").await;
    assert!(named.contains(&format!("{words}Rupit, 1 kecamatan lain.")), "{named}");
    // Of two that it takes one runs: it has cleared, and why it was stands there, with nobody who counts by now.
    world.withdrawn_by_two(ALERT).await;
    let was = why("sari").await;
    assert!(was.contains("<strong>2 kecamatan</strong> sekaligus berada pada siaga atau awas."), "{was}");
}
