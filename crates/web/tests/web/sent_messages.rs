//! The list of messages: what went out, to whom, by which way, in which words, and for whom it is.

use crate::snapshots::{content_of, lines_of, reviewed};
use crate::world::{NOW, World};
use axum::http::StatusCode;
use domain::time::{MINUTE, Time};
use store::{
    AddressPlan, AttemptResult, ClaimedChannels, DeliveryFailure, MessageWords, OutboxItem, Recipient,
};

const ALERT: &str = "16.13-2026-0001";

/// One message went to three people, of whom one reads English and one could not be reached.
async fn world() -> World {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let item = store.unaddressed(9).await.unwrap().into_iter().find(|item| item.alert == ALERT).unwrap();
    address(&world, &item, &[("camat", "email"), ("danramil", "gateway"), ("kapolsek", "email-2")]).await;
    for keys in [vec!["email".into(), "email-2".into()], vec!["gateway".into()]] {
        let channels = ClaimedChannels::Only(keys);
        for due in store.claim_deliveries(&channels, NOW, NOW.plus(MINUTE), 9).await.unwrap() {
            let (subject, body) = match due.to.person.as_str() {
                "16.13/kapolsek" => {
                    ("[SIAGA] residents and a company", "What: roadblock\nWhere: Rawas Ilir\n")
                }
                _ => ("[SIAGA] warga–perusahaan di Rawas Ilir", "Apa: <portal>\nDi mana: Rawas Ilir\n"),
            };
            let words = MessageWords { delivery: due.id, subject: subject.into(), body: body.into() };
            store.keep_words(&words).await.unwrap();
            let tried = match due.to.person.as_str() {
                "16.13/danramil" => {
                    AttemptResult::GivenUp { error: DeliveryFailure::Answered("550".into()), next: None }
                }
                _ => AttemptResult::Sent { at: NOW, receipt: None, carried: Vec::new() },
            };
            store.record_delivery(&due, tried, NOW).await.unwrap();
        }
    }
    world
}

async fn address(world: &World, item: &OutboxItem, names: &[(&str, &str)]) {
    let to = |(person, channel): &(&str, &str)| {
        (Recipient { person: format!("16.13/{person}"), channel: (*channel).to_owned() }, Time(0))
    };
    let plan = AddressPlan { to: names.iter().map(to).collect(), ..AddressPlan::default() };
    world.state.sources.store.address(item, &plan, NOW).await.unwrap();
}

#[tokio::test]
async fn the_list_of_messages_is_as_reviewed() {
    let world = world().await;
    let (status, page) = world.page("/pesan", &world.login("sari").await).await;
    assert_eq!(status, StatusCode::OK);
    reviewed("sent-messages.html", &content_of(&lines_of(&page)));
    assert!(
        page.contains(r#"aria-current="page""#) && page.contains(r#"href="/pesan""#),
        "it stands in the rail"
    );
}

#[tokio::test]
async fn messages_are_narrowed_to_a_person_and_to_an_alert() {
    let world = world().await;
    let sari = world.login("sari").await;
    let shown = async |query: &str| {
        let (status, page) = world.page(&format!("/pesan?{query}"), &sari).await;
        assert_eq!(status, StatusCode::OK, "{query}");
        page.contains("[SIAGA] warga–perusahaan di Rawas Ilir")
    };
    for (query, expected) in [
        ("", true),
        ("kepada=&peringatan=", true),
        ("kepada=16.13%2Fcamat", true),
        ("kepada=16.13%2Ftidur", false),
        ("peringatan=16.13-2026-0001", true),
        ("peringatan=16.13-2026-0009", false),
        ("kursor=1", false),
        ("kursor=bukan", true),
    ] {
        assert_eq!(shown(query).await, expected, "{query}");
    }
    let (_, page) = world.page("/pesan?kepada=16.13%2Fpindah", &sari).await;
    assert!(
        page.contains(r#"value="16.13/pindah" selected"#),
        "who left the roster can still be asked for: {page}"
    );
    assert!(page.contains("Tidak ada pesan untuk saringan ini."), "{page}");
}

#[tokio::test]
async fn the_list_is_for_those_who_direct_and_for_their_places() {
    let world = world().await;
    for who in ["tim", "bupati"] {
        let cookie = world.login(who).await;
        assert_eq!(world.page("/pesan", &cookie).await.0, StatusCode::FORBIDDEN, "{who}");
        assert!(!world.page("/", &cookie).await.1.contains("\"/pesan\""), "{who}");
    }
    for who in ["banjarbaru", "camat"] {
        let (status, page) = world.page("/pesan", &world.login(who).await).await;
        assert_eq!(status, StatusCode::OK, "{who}");
        assert!(page.contains("Belum ada pesan.") && !page.contains("Rawas Ilir"), "{who}: {page}");
    }
}

#[tokio::test]
async fn a_message_of_which_nobody_is_concerned_says_so() {
    let world = World::new().await;
    let sari = world.login("sari").await;
    let (_, page) = world.page("/pesan", &sari).await;
    assert!(page.contains("Penerimanya sedang dicari."), "{page}");
    let store = &world.state.sources.store;
    for item in store.unaddressed(9).await.unwrap() {
        address(&world, &item, &[]).await;
    }
    let (_, page) = world.page("/pesan", &sari).await;
    assert!(page.contains("Tidak ada penerima: ") && !page.contains("sedang dicari"), "{page}");
    world.withdrawn_by_two("/peringatan/16.13-2026-0001").await;
    for item in store.unaddressed(9).await.unwrap() {
        address(&world, &item, &[]).await;
    }
    let (_, page) = world.page("/pesan", &sari).await;
    assert!(
        page.contains("Tidak ada penerima: belum ada yang diberi tahu tentang peringatan ini."),
        "{page}"
    );
}
