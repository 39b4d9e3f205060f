//! The desk writes in a source's name only of places that this source reports for, as its own feed may: form, chat and table.

use crate::paste::pasted;
use crate::world::{NOW, World, get, post, read};
use axum::http::{StatusCode, header};

/// Kades Belani reports for Rawas Ilir.
async fn world() -> World {
    let world = World::new().await;
    world.registered("kades-belani", "16.13.04", NOW).await;
    world
}

const OWN: &str = "source=village+feed%3Akades-belani";

#[tokio::test]
async fn the_form_is_refused_for_a_place_that_its_source_does_not_report_for() {
    let world = world().await;
    let cookie = world.login("sari").await;
    let incident =
        format!("category=resident_company+WP-05&severity=3&occurred=2026-11-21T05%3A30&{OWN}&place=");
    let quiet = format!("act=nothing&since=2026-11-14T05%3A30&until=2026-11-21T05%3A30&{OWN}&place=");
    for form in [&incident, &quiet] {
        let elsewhere = world.ask(post("/laporan/baru", &cookie, &format!("{form}16.13.01"))).await;
        let (status, page) = read(elsewhere).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        assert!(page.contains("kades-belani tidak melapor untuk Rupit; wilayahnya: Rawas Ilir."), "{page}");
        assert!(world.sent.lock().unwrap().is_empty());
        let unnamed = format!("{form}16.13.01").replace(OWN, "source=village");
        for right in [format!("{form}16.13.04.2003"), unnamed] {
            let answer = world.ask(post("/laporan/baru", &cookie, &right)).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{right}");
        }
        world.sent.lock().unwrap().clear();
    }
}

/// What it reports for counts together.
#[tokio::test]
async fn an_organisation_with_two_feeds_reports_for_the_places_of_both() {
    let world = world().await;
    let store = &world.state.sources.store;
    let mut second =
        store.feeds().await.unwrap().into_iter().find(|feed| feed.name == "kades-belani").unwrap();
    second.organisation = "kantor-desa".into();
    store.put_feed(&second).await.unwrap();
    second = store::FeedRow { name: "kades-lain".into(), token_sha256: [7; 32], ..second };
    second.areas = domain::place::Areas::parse("16.13.01.2002").unwrap();
    store.put_feed(&second).await.unwrap();
    let cookie = world.login("sari").await;
    let form = "category=resident_company+WP-05&severity=3&occurred=2026-11-21T05%3A30&source=village+kantor-desa&place=";
    for (place, status) in [
        ("16.13.04", StatusCode::SEE_OTHER),
        ("16.13.01.2002", StatusCode::SEE_OTHER),
        ("16.13.01", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = world.ask(post("/laporan/baru", &cookie, &format!("{form}{place}"))).await;
        assert_eq!(answer.status(), status, "{place}");
    }
}

#[tokio::test]
async fn a_pasted_message_of_a_place_that_its_sender_does_not_report_for_is_asked_about_and_not_taken() {
    let world = world().await;
    let cookie = world.login("sari").await;
    let text =
        "20/11/26 19.05 - Pak Kades Belani: banjir di Ds Noman Kec Rupit pkl 18.30, 20 rumah terendam\n";
    let (_, page) = pasted(&world, &cookie, text).await;
    assert!(
        page.contains("kades-belani tidak melapor untuk Noman, Rupit; wilayahnya: Rawas Ilir."),
        "{page}"
    );
    assert!(page.contains("0 usulan, 1 perlu dijawab"), "{page}");
    let (_, page) = pasted(&world, &cookie, &text.replace("Ds Noman Kec Rupit", "Ds Belani")).await;
    assert!(page.contains("value=\"village feed:kades-belani\" selected"), "{page}");
    assert!(!page.contains("tidak melapor untuk"), "{page}");
}

#[tokio::test]
async fn a_table_is_asked_about_row_by_row_where_its_source_does_not_report() {
    let world = world().await;
    let cookie = world.login("sari").await;
    const SHEET: &str = "NO;TANGGAL;JAM;TKP;JENIS;URAIAN\n\
        1;18/11/2026;18.30;Ds. Belani Kec. Rawas Ilir;Pemblokiran jalan;warga memortal jalan PT\n\
        2;19/11/2026;09.00;Ds. Noman Kec. Rupit;Banjir;air naik\n";
    let file = ("file", "lhgk.csv");
    let answer = world.ask(crate::multipart::upload("/laporan/tabel", &cookie, file, SHEET.as_bytes())).await;
    let address = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    world.ask(post(&address, &cookie, OWN)).await;
    let (_, page) = read(world.ask(get(&address, &cookie)).await).await;
    assert!(page.contains("2 baris: 1 dapat diambil, 0 sudah ada, 0 ditolak, 1 perlu dijawab."), "{page}");
    assert!(
        page.contains("kades-belani tidak melapor untuk Noman, Rupit; wilayahnya: Rawas Ilir."),
        "{page}"
    );
    world.ask(post(&address, &cookie, &format!("{OWN}&act=take"))).await;
    assert_eq!(world.sent.lock().unwrap().len(), 1, "what its own feed may report, and nothing else");
    world.ask(post(&address, &cookie, "source=village&act=take")).await;
    let taken = world.sent.lock().unwrap().clone();
    let words: Vec<&str> = taken.iter().map(|(feed, _)| feed.author().organisation.as_str()).collect();
    assert_eq!(words[1..], [""], "in the word of the class alone it is taken");
    world.ask(post(&address, &cookie, OWN)).await;
    let (_, page) = read(world.ask(get(&address, &cookie)).await).await;
    assert!(
        page.contains("0 dapat diambil, 2 sudah ada, 0 ditolak, 0 perlu dijawab."),
        "what is here stays: {page}"
    );
}
