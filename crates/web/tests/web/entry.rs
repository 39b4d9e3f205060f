//! The entry form: what is wrong is said beside the field, what was written stays, what is right becomes a record.

use crate::world::{NOW, World, post, read};
use axum::http::{StatusCode, header};
use domain::kind::FeedClass;
use domain::place::Areas;
use intake::{Intake, IntakeError, IntakeLimits, IntakeParts};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{Log, LogOptions};
use web::WebState;
use web::submit::submit_to;

const GOOD: &str = "place=16.13.04.2003&category=resident_company+WP-05&severity=3&occurred=2026-11-21T05%3A30&source=village";

#[tokio::test]
async fn a_good_form_becomes_a_report_of_the_class_that_reported_it() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let form = format!(
        "{GOOD}&summary=portal+dipasang%0D%0Atruk+kembali&stage=occurring&parties=resident&parties=company&reliability=B&credibility=2&dead=0&lat=-2%2C61&lon=102.91"
    );
    let answer = world.ask(post("/laporan/baru", &cookie, &form)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(answer.headers()[header::LOCATION].to_str().unwrap().starts_with("/laporan?diterima="));
    let sent = world.sent.lock().unwrap().clone();
    let (feed, record) = &sent[0];
    assert_eq!((feed.class(), feed.areas().to_string().as_str()), (FeedClass::Village, "16.13"));
    assert_eq!((feed.author().account.as_str(), feed.author().organisation.as_str()), ("sari", ""));
    assert_eq!(record["village"], "16.13.04.2003");
    assert_eq!(record["occurred_at"], "2026-11-21T05:30:00+07:00");
    assert_eq!(record["summary"], "portal dipasang\ntruk kembali");
    assert_eq!((record["handling"].as_str(), record["lat"].as_f64()), (Some("limited"), Some(-2.61)));
    assert!(!record.to_string().contains("sari"));
}

/// A browser's own field for a time is seven stops of the keyboard.
#[tokio::test]
async fn a_time_is_one_field_that_is_typed_as_people_write_it() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, page) = world.page("/laporan/baru", &cookie).await;
    assert!(
        page.contains("name=\"occurred\" type=\"text\"") && page.contains("value=\"21/11/2026 07.00\""),
        "{page}"
    );
    for calendar in page
        .split("<input")
        .filter_map(|tag| tag.split('>').next())
        .filter(|tag| tag.contains("type=\"datetime-local\""))
    {
        assert!(calendar.contains(" hidden tabindex=\"-1\"") && !calendar.contains(" name="), "{calendar}");
    }
    let field = page.split("name=\"occurred\"").nth(1).and_then(|tag| tag.split('>').next()).unwrap();
    assert!(field.contains("maxlength=\"60\""), "a whole date with its month and zone: {field}");
    for typed in ["21/11+05.30", "21%2F11%2F2026+05.30", "21-11-26+5:30"] {
        let form = GOOD.replace("2026-11-21T05%3A30", typed);
        assert_eq!(
            world.ask(post("/laporan/baru", &cookie, &form)).await.status(),
            StatusCode::SEE_OTHER,
            "{typed}"
        );
    }
    let sent = world.sent.lock().unwrap().clone();
    let times: Vec<_> = sent.iter().map(|(_, record)| record["occurred_at"].as_str().unwrap()).collect();
    assert_eq!(times, ["2026-11-21T05:30:00+07:00"; 3]);
    let (status, page) = read(
        world.ask(post("/laporan/baru", &cookie, &GOOD.replace("2026-11-21T05%3A30", "tadi+pagi"))).await,
    )
    .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("misalnya 29/11 07.30") && page.contains("value=\"tadi pagi\""), "{page}");
}

/// What a chat or a sheet says of a quiet week has its place, too.
#[tokio::test]
async fn the_desk_records_that_nothing_happened_for_when_and_where_and_according_to_whom() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, text) = world.page("/laporan/baru", &cookie).await;
    assert!(text.contains("Catat nihil") && text.contains("name=\"since\""), "{text}");
    let quiet = "act=nothing&place=16.13.04&category=&source=agency&since=2026-11-14T05%3A30&until=2026-11-21T05%3A30";
    let answer = world.ask(post("/laporan/baru", &cookie, quiet)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let sent = world.sent.lock().unwrap().clone();
    let (feed, record) = &sent[0];
    assert_eq!((feed.class(), record["district"].as_str()), (FeedClass::Agency, Some("16.13.04")));
    assert_eq!(record["nothing_happened"]["from"], "2026-11-14T05:30:00+07:00");
    assert_eq!(record["nothing_happened"]["to"], "2026-11-21T05:30:00+07:00");
    assert!(record.get("kind").is_none() && record.get("handling").is_none(), "{record}");
    for (from, to, field) in [
        ("since=2026-11-14", "since=2026-11-22", "since"),
        ("since=2026-11-14", "since=2026-09-14", "since"),
        ("until=2026-11-21", "until=2029-11-21", "until"),
        ("until=2026-11-21T05%3A30", "until=", "until"),
        ("place=16.13.04", "place=", "place"),
        ("source=agency", "source=", "source"),
    ] {
        let (status, text) =
            read(world.ask(post("/laporan/baru", &cookie, &quiet.replace(from, to))).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
        assert!(text.contains(&format!("href=\"#f-{field}\"")), "{to}: {text}");
    }
}

/// What was written beside it is not lost, and a day alone is all of it.
#[tokio::test]
async fn a_nihil_keeps_what_was_written_beside_it_and_takes_days_without_a_clock() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let quiet = "act=nothing&place=16.13.04&source=agency&since=14%2F11&until=kemarin&summary=sudah+dicek+ke+lapangan";
    let answer = world.ask(post("/laporan/baru", &cookie, quiet)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let record = world.sent.lock().unwrap()[0].1.clone();
    assert_eq!(record["summary"], "sudah dicek ke lapangan");
    assert_eq!(record["nothing_happened"]["from"], "2026-11-14T00:00:00+07:00");
    let to = record["nothing_happened"]["to"].as_str().unwrap();
    assert!(to.ends_with("T00:00:00+07:00"), "{to}");
    let phone = quiet.replace("dicek", "dicek+0812-3456-7890");
    let (_, text) = read(world.ask(post("/laporan/baru", &cookie, &phone)).await).await;
    assert!(text.contains("seperti nomor telepon") && world.sent.lock().unwrap().len() == 1, "{text}");
    for (since, until, why) in [
        ("14%2F11", "besok", "masa depan"),
        ("besok+07.00", "kemarin", "masa depan"),
        ("2029-11-14T05%3A30", "kemarin", "masih di masa depan"),
        ("31%2F11", "kemarin", "tidak ada di kalender"),
        ("kemarin", "14%2F11", "harus mulai sebelum berakhir"),
        ("1%2F9", "kemarin", "paling lama 31 hari"),
    ] {
        let form = quiet.replace("14%2F11", since).replace("kemarin", until);
        let form = if since == "kemarin" {
            quiet.replace("kemarin", until).replacen("14%2F11", since, 1)
        } else {
            form
        };
        let (status, text) = read(world.ask(post("/laporan/baru", &cookie, &form)).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(text.contains(why), "{form}: {text}");
    }
}

#[tokio::test]
async fn a_time_in_words_is_taken_where_it_means_one_and_else_says_what_it_lacks() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let typed = |time: &str| GOOD.replace("2026-11-21T05%3A30", time);
    let answer = world.ask(post("/laporan/baru", &cookie, &typed("kemarin+21.00"))).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(world.sent.lock().unwrap()[0].1["occurred_at"].as_str().unwrap().contains("T21:00:00"));
    let answer = world.ask(post("/laporan/baru", &cookie, &typed("20%2F11%2F26+7+malam"))).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(world.sent.lock().unwrap()[1].1["occurred_at"].as_str().unwrap().contains("20T19:00:00"));
    for (time, why) in [
        ("31%2F11+07.30", "tidak ada di kalender"),
        ("20%2F11+25.00", "Jam itu tidak ada"),
        ("kemarin", "tulis juga jamnya"),
        ("besok+07.00", "masa depan"),
        ("Senin+20%2F11+jam+6", "Hari dan tanggalnya tidak cocok"),
        ("abc", "Isi hari dan jam kejadian"),
    ] {
        let (status, text) = read(world.ask(post("/laporan/baru", &cookie, &typed(time))).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{time}");
        assert!(text.contains(why), "{time}: {text}");
    }
}

#[tokio::test]
async fn a_time_a_year_ago_is_asked_about_and_kept_with_a_tick() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let form = GOOD.replace("2026-11-21", "2025-11-21");
    let (status, text) = read(world.ask(post("/laporan/baru", &cookie, &form)).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("benarkah tanggal dan tahunnya?"), "{text}");
    // Both questions at once; a tick stays ticked.
    let both = format!("{form}&summary=hubungi+0812-3456-7890&long_ago=yes");
    let (status, text) = read(world.ask(post("/laporan/baru", &cookie, &both)).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("name=\"long_ago\" value=\"yes\" checked"), "{text}");
    assert!(world.sent.lock().unwrap().is_empty());
    let answer = world.ask(post("/laporan/baru", &cookie, &format!("{form}&long_ago=yes"))).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_place_that_is_not_there_is_named_and_the_text_stays() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let form = GOOD.replace("16.13.04.2003", "16.13.09") + "&summary=isi+yang+panjang";
    let (status, text) = read(world.ask(post("/laporan/baru", &cookie, &form)).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Tempat 16.13.09 tidak ada di Kabupaten Musi Rawas Utara. Pilih salah satu dari 7 kecamatan, lalu kirim lagi."));
    assert!(text.contains("Isi laporan Anda masih ada di bawah") && text.contains("isi yang panjang"));
    assert!(text.contains("aria-invalid=\"true\""));
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let forms = [
        ("", 4),
        ("place=16.13.04&category=disaster+WP-05&severity=9&occurred=besok&dead=banyak&lat=200", 5),
        ("place=16.13.04&category=disaster+X-00&severity=1&occurred=2027-01-01T00:00", 2),
    ];
    for (form, least) in forms {
        let (status, text) = read(world.ask(post("/laporan/baru", &cookie, form)).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let named = text.matches("href=\"#f-").count();
        assert!(named >= least, "{form}: {named}");
    }
}

#[tokio::test]
async fn personal_data_is_pointed_out_and_kept_only_when_asked() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let form = format!("{GOOD}&summary=hubungi+0812-3456-7890");
    let (status, text) = read(world.ask(post("/laporan/baru", &cookie, &form)).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("seperti nomor telepon") && text.contains("name=\"keep\""));
    assert!(world.sent.lock().unwrap().is_empty());
    let answer = world.ask(post("/laporan/baru", &cookie, &format!("{form}&keep=yes"))).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nobody_reports_for_a_place_that_is_not_theirs() {
    let world = World::new().await;
    let cookie = world.login("camat").await;
    let (status, text) = read(world.ask(post("/laporan/baru", &cookie, GOOD)).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("di luar wilayah yang boleh Anda isi"));
}

#[tokio::test]
async fn through_the_services_own_intake_the_report_is_on_disk_before_the_answer() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    let log = Log::open(path.to_str().unwrap(), LogOptions::default()).await.unwrap();
    let intake = Intake::new(IntakeParts {
        log: intake::LogDestination::Embedded(log.clone()),
        store: world.state.sources.store.clone(),
        places: world.state.sources.places.clone(),
        taxonomy: world.state.sources.taxonomy.clone(),
        clock: Arc::new(|| NOW),
        limits: IntakeLimits::default(),
    });
    let world = world.with(|state| WebState { intake: submit_to(intake), ..state });
    let cookie = world.login("sari").await;
    let answer = world.ask(post("/laporan/baru", &cookie, &format!("{GOOD}&summary=portal"))).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let records = log.read(0, 0, 10).await.unwrap();
    assert_eq!(
        (records.len(), records[0].record.feed.as_str(), records[0].record.class),
        (1, "desk-village", FeedClass::Village)
    );
}

#[tokio::test]
async fn what_was_typed_outlives_a_full_service() {
    let world = World::new().await;
    let full: web::SubmitReport = Arc::new(|_, _| Box::pin(async { Err(IntakeError::Busy) }));
    let world = world.with(|state| WebState { intake: full, ..state });
    let cookie = world.login("sari").await;
    let (status, text) =
        read(world.ask(post("/laporan/baru", &cookie, &format!("{GOOD}&summary=isi+penting"))).await).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(text.contains("isi penting") && text.contains("belum tersimpan"));
}

/// Registers a village's feed, and two feeds of one police office.
async fn sources(world: &World) {
    for (name, class, organisation, party) in [
        ("desa-beringin", FeedClass::Village, "", false),
        ("polsek-rawas-ilir", FeedClass::Police, "polres-muratara", false),
        ("polres-muratara-1", FeedClass::Police, "polres-muratara", false),
        ("pt-sawit", FeedClass::Company, "", true),
        ("kodim-0821", FeedClass::Military, "", true),
    ] {
        let areas = if class == FeedClass::Military { "35.08" } else { "16.13" };
        let feed = store::FeedRow {
            organisation: organisation.into(),
            party,
            ..store::FeedRow::new(name, class, Areas::parse(areas).unwrap(), Sha256::digest(name).into(), NOW)
        };
        world.state.sources.store.put_feed(&feed).await.unwrap();
    }
}

#[tokio::test]
async fn the_form_asks_according_to_whom_and_the_report_carries_whose_word_it_gives() {
    let world = World::new().await;
    sources(&world).await;
    let cookie = world.login("sari").await;
    let (_, text) = world.page("/laporan/baru", &cookie).await;
    assert!(text.contains("Menurut siapa?") && text.contains("desa-beringin (desa dan kelurahan)"), "{text}");
    assert_eq!(text.matches("value=\"police polres-muratara\"").count(), 1, "one office is offered once");
    for (source, class, organisation, party) in [
        ("village+feed%3Adesa-beringin", FeedClass::Village, "feed:desa-beringin", false),
        ("police+polres-muratara", FeedClass::Police, "polres-muratara", false),
        ("company+feed%3Apt-sawit", FeedClass::Company, "feed:pt-sawit", true),
        ("police", FeedClass::Police, "", false),
        // It may be the one that is registered as a party's; a party of another regency it cannot be.
        ("company", FeedClass::Company, "", true),
        ("military", FeedClass::Military, "", false),
    ] {
        let form = GOOD.replace("source=village", &format!("source={source}"));
        let answer = world.ask(post("/laporan/baru", &cookie, &form)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{source}");
        let (feed, record) = world.sent.lock().unwrap().last().cloned().unwrap();
        assert_eq!((feed.class(), record["feed"].as_str()), (class, Some(class.as_str())));
        let author = feed.author();
        assert_eq!((author.organisation.as_str(), author.party), (organisation, party));
        assert_eq!((author.account.as_str(), author.person.as_str()), ("sari", "sari"));
    }
    for source in ["", "police+feed%3Apt-sawit", "polres-muratara", "sensor"] {
        let form = GOOD.replace("source=village", &format!("source={source}"));
        let (status, text) = read(world.ask(post("/laporan/baru", &cookie, &form)).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{source}");
        assert!(text.contains("Pilih menurut siapa laporan ini."), "{text}");
    }
}
