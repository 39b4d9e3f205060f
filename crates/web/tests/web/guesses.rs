//! Guesses at logins are braked and keep nobody out; live streams of one account are bounded.

use crate::world::{World, get, post, read};
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use intake::entrance::{ClientAddress, EntranceRefusal};

const RIGHT: &str = "ronda+malam+hari";

/// A login from an address, with what its browser kept of earlier ones.
async fn login(world: &World, (name, password): (&str, &str), address: &str, kept: &str) -> Response<Body> {
    let mut request: Request<Body> = post("/masuk", kept, &format!("name={name}&password={password}"));
    request.extensions_mut().insert(ClientAddress(address.parse().unwrap()));
    world.ask(request).await
}

/// The cookies that an answer sets, as a browser sends them.
fn cookies(answer: &Response<Body>) -> Vec<String> {
    let set = answer.headers().get_all(header::SET_COOKIE).into_iter();
    set.map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_strangers_guesses_keep_the_owner_out_neither_elsewhere_nor_on_a_known_device() {
    let world = World::new().await;
    let first = login(&world, ("sari", RIGHT), "36.66.1.2", "").await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    let kept = cookies(&first);
    // The device is shown at the login and at one-time links.
    assert!(kept[0].starts_with("kentongan=") && kept[1].starts_with("kentongan-perangkat-"));
    assert!(kept.len() == 3 && kept[1] == kept[2]);
    // All behind one address, as behind a proxy that is not named.
    for number in 0..7 {
        let answer = login(&world, ("sari", "salah"), "36.66.1.2", "").await;
        let expected = if number < 5 { StatusCode::UNAUTHORIZED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(answer.status(), expected, "{number}");
    }
    assert_eq!(world.state.refusals.of(EntranceRefusal::Login), 2);
    let unknown = login(&world, ("sari", RIGHT), "36.66.1.2", "").await;
    assert_eq!(
        unknown.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "the right password is no way around the wait"
    );
    let device = login(&world, ("sari", RIGHT), "36.66.1.2", &kept[1]).await;
    assert_eq!(device.status(), StatusCode::SEE_OTHER, "the owner's known device");
    let elsewhere = login(&world, ("sari", RIGHT), "10.1.2.3", "").await;
    assert_eq!(elsewhere.status(), StatusCode::SEE_OTHER, "another address");
    let forged = kept[1].replace(['a', '1'], "2");
    let refused = login(&world, ("sari", RIGHT), "36.66.1.2", &forged).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "a device that is made up");
    let other = login(&world, ("camat", RIGHT), "36.66.1.2", &kept[1]).await;
    assert_ne!(other.status(), StatusCode::TOO_MANY_REQUESTS, "another account has its own count");
}

#[tokio::test]
async fn a_made_up_name_is_cut_and_one_address_cannot_make_up_many() {
    let world = World::new().await;
    let long = "n".repeat(100_000);
    let (status, text) = read(login(&world, (&long, "salah"), "36.66.1.2", "").await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(text.contains(&"n".repeat(80)) && !text.contains(&"n".repeat(81)), "the page shows a part of it");
    let mut hashed = 1;
    for number in 0..60 {
        let answer = login(&world, (&format!("{number}-{long}"), "salah"), "36.66.1.2", "").await;
        hashed += usize::from(answer.status() == StatusCode::UNAUTHORIZED);
    }
    assert_eq!(hashed, 20);
}

#[tokio::test]
async fn live_streams_of_an_account_are_bounded_and_one_that_ends_makes_room() {
    let world = World::new().await;
    let (own, other) = (world.login("sari").await, world.login("camat").await);
    let mut open = Vec::new();
    for _ in 0..6 {
        let stream = world.ask(get("/v1/live", &own)).await;
        assert_eq!(stream.status(), StatusCode::OK);
        open.push(stream);
    }
    let refused = world.ask(get("/v1/live", &own)).await;
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    let (status, text) = read(refused).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(text.contains("Tutup halaman yang tidak dipakai"), "{text}");
    assert_eq!(world.ask(get("/v1/live", &other)).await.status(), StatusCode::OK, "another account");
    open.pop();
    assert_eq!(world.ask(get("/v1/live", &own)).await.status(), StatusCode::OK);
    assert_eq!(world.state.refusals.of(EntranceRefusal::Streams), 1);
}
