//! Guesses at logins are braked and keep nobody out; live streams of one account are bounded.

use crate::world::{World, get, post, read};
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use intake::entrance::{ClientAddress, EntranceRefusal};
use std::sync::Arc;
use std::time::{Duration, Instant};
use web::{LoginBrake, WebState};

const RIGHT: &str = "ronda+malam+hari";

/// A login from an address, with what its browser kept of earlier ones.
async fn login(world: &World, (name, password): (&str, &str), address: &str, kept: &str) -> Response<Body> {
    let mut request: Request<Body> = post("/masuk", kept, &format!("name={name}&password={password}"));
    request.extensions_mut().insert(ClientAddress(address.parse().unwrap()));
    world.ask(request).await
}

/// A world that answers so late what it looked at unseen.
async fn answering_after(unseen: Duration) -> World {
    let brake = Arc::new(LoginBrake::answering_after(unseen));
    World::new().await.with(|state| WebState { login_brake: brake, ..state })
}

/// Somebody behind one address with thousands guesses: at an account there, and at names that are made up.
async fn guess_behind(world: &World, address: &str) {
    for number in 0..20 {
        let name = if number % 4 == 0 { "sari".to_owned() } else { format!("nama-{number}") };
        let answer = login(world, (&name, "salah"), address, "").await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{number}");
    }
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
    let world = answering_after(Duration::ZERO).await;
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
async fn behind_an_address_that_guesses_who_is_not_guessed_at_gets_in_on_a_new_device() {
    let address = "114.124.1.2";
    // Longer than any test takes: only a right password is answered before.
    let world = answering_after(Duration::from_hours(1)).await;
    guess_behind(&world, address).await;
    // As many made-up names as an attacker likes wait for their answer meanwhile.
    let made_up = futures::future::join_all(
        (0..100).map(async |number| login(&world, (&format!("lain-{number}"), "salah"), address, "").await),
    );
    let own = async {
        for _ in 0..3 {
            let began = Instant::now();
            let answer = login(&world, ("camat", RIGHT), address, "").await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER);
            // So that nobody reads from the own wait whether the password of another name was looked at.
            assert!(began.elapsed() >= Duration::from_secs(1), "answered after {:?}", began.elapsed());
            let session = cookies(&answer).swap_remove(0);
            assert_eq!(world.ask(get("/", &session)).await.status(), StatusCode::OK);
        }
    };
    tokio::select! {
        biased;
        _ = made_up => panic!("the made-up names were answered at once"),
        () = own => {}
    }
}

#[tokio::test]
async fn an_address_that_guesses_reads_the_same_of_an_account_and_of_a_name_that_is_none() {
    let (address, unseen) = ("114.124.1.2", Duration::from_millis(700));
    let world = answering_after(unseen).await;
    guess_behind(&world, address).await;
    let mut answers = Vec::new();
    for name in ["camat", "bukan", "camat", "bukan", "camat", "bukan"] {
        let began = Instant::now();
        let answer = login(&world, (name, "salah"), address, "").await;
        assert!(began.elapsed() >= unseen, "{name} is answered after {:?}", began.elapsed());
        assert!(answer.headers().contains_key(header::RETRY_AFTER) && cookies(&answer).is_empty());
        let (status, text) = read(answer).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        assert!(text.contains("Periksa nama akun dan kata sandi"), "{text}");
        answers.push(text.replace(&format!("value=\"{name}\""), "…"));
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]));
    // Two wrong ones of an account there are looked at, and no third, whatever the password.
    let spent = login(&world, ("camat", RIGHT), address, "").await;
    assert_eq!(spent.status(), StatusCode::TOO_MANY_REQUESTS);
    let elsewhere = login(&world, ("camat", RIGHT), "10.1.2.3", "").await;
    assert_eq!(elsewhere.status(), StatusCode::SEE_OTHER);
}

/// Each that waits holds a connection.
#[tokio::test]
async fn few_of_an_address_wait_unseen_at_once_and_who_waited_longest_reads_the_same_sooner() {
    let address = "114.124.1.2";
    let world = answering_after(Duration::from_hours(1)).await;
    guess_behind(&world, address).await;
    let asked = |number: usize| {
        let (world, name) = (&world, if number == 0 { "camat".into() } else { format!("lain-{number}") });
        async move { (login(world, (&name, "salah"), address, "").await, name) }
    };
    let mut waiting: FuturesUnordered<_> = (0..130).map(asked).collect();
    let mut texts = Vec::new();
    for _ in 0..10 {
        let next = tokio::time::timeout(Duration::from_mins(2), waiting.next()).await;
        let (answer, name) = next.expect("an answer before its time").expect("who waits");
        assert_eq!(answer.headers()[header::RETRY_AFTER], "3");
        let (status, text) = read(answer).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        texts.push(text.replace(&format!("value=\"{name}\""), "…"));
    }
    assert!(
        texts[0].contains("Periksa nama akun dan kata sandi") && texts.windows(2).all(|two| two[0] == two[1])
    );
    assert!(futures::poll!(waiting.next()).is_pending(), "no more than have to");
    tokio::select! {
        biased;
        answer = login(&world, ("tim", RIGHT), address, "") => assert_eq!(answer.status(), StatusCode::SEE_OTHER),
        _ = async { while waiting.next().await.is_some() {} } => panic!("all were answered"),
    }
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
