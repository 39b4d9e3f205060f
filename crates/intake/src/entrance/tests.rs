//! Limits by address and over all, whose address it is, and slow clients, over real sockets.

use super::*;
use axum::Router;
use axum::extract::Extension;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn only_a_named_proxy_is_believed() {
    let proxies = Proxies::parse(&["127.0.0.1".into(), "10.0.0.0/8".into()]).unwrap();
    let client = |peer: &str, lines: &[(&'static str, &str)]| {
        proxies.client(address(peer), &headers(lines)).0.to_string()
    };
    let forwarded = [("x-forwarded-for", "1.1.1.1, 36.66.1.2")];
    assert_eq!(client("127.0.0.1", &forwarded), "36.66.1.2", "the client itself wrote the first");
    assert_eq!(client("::ffff:127.0.0.1", &forwarded), "36.66.1.2");
    assert_eq!(client("36.66.9.9", &forwarded), "36.66.9.9", "who is no proxy says nothing of itself");
    assert_eq!(
        client("127.0.0.1", &[("x-forwarded-for", "36.66.1.2, 10.2.3.4")]),
        "36.66.1.2",
        "two proxies"
    );
    assert_eq!(client("127.0.0.1", &[("x-forwarded-for", "36.66.1.2, siapa")]), "127.0.0.1");
    assert_eq!(client("127.0.0.1", &[("x-real-ip", "36.66.1.2")]), "127.0.0.1");
    let standard = [("forwarded", "for=1.1.1.1, for=\"[2001:db8::7]:4711\";proto=https")];
    assert_eq!(client("127.0.0.1", &standard), "2001:db8::7");
    assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
    let nobody = Proxies::parse(&[]).unwrap();
    assert_eq!(nobody.client(address("127.0.0.1"), &headers(&forwarded)).0, address("127.0.0.1"));
    let wrong = Proxies::parse(&["nginx".into()]).unwrap_err();
    assert!(wrong.contains("'nginx'") && wrong.contains("10.0.0.0/8"), "{wrong}");
}

#[test]
fn one_customer_of_a_network_is_one_address() {
    let counted = |text: &str| ClientAddress(address(text)).counted().to_string();
    assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    assert_eq!(counted("::ffff:36.66.1.2"), "36.66.1.2");
}

#[test]
fn a_share_is_given_back_and_is_nobody_elses() {
    let shares: Shares<&str> = Shares::new(10, 6);
    let mut one = shares.take(Some("a"), 4).unwrap();
    assert_eq!(shares.take(Some("a"), 3).err(), Some(OverShare::Own));
    assert_eq!(one.grow(3), Err(OverShare::Own));
    one.grow(2).unwrap();
    let other = shares.take(Some("b"), 4).unwrap();
    assert_eq!(shares.take(Some("c"), 1).err(), Some(OverShare::All));
    drop(one);
    assert_eq!(shares.held(), 4);
    let nobodys = shares.take(None, 6).unwrap();
    assert_eq!(shares.held(), 10);
    drop((other, nobodys));
    assert_eq!(shares.held(), 0);
}

/// A listener with these rules; its address, and what was refused.
async fn listening(settings: EntranceSettings) -> (SocketAddr, EntranceCounts, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/", get(|Extension(client): Extension<ClientAddress>| async move { client.0.to_string() }))
        .route("/", post(|body: axum::body::Bytes| async move { body.len().to_string() }));
    let counts = EntranceCounts::default();
    let entrance = Entrance::new(&settings, counts.clone()).unwrap();
    let (tell, stop) = watch::channel(false);
    tokio::spawn(async move { entrance.serve(listener, router, stop).await });
    (at, counts, tell)
}

/// What comes back until the connection ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    drop(stream.read_to_end(&mut text).await);
    String::from_utf8_lossy(&text).into_owned()
}

async fn asked(at: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    rest(&mut stream).await
}

const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn connections_of_one_address_are_bounded_and_the_next_one_is_answered_once_one_ends() {
    let settings = EntranceSettings { connections_per_address: 2, ..EntranceSettings::default() };
    let (at, counts, _stop) = listening(settings).await;
    let idle = [TcpStream::connect(at).await.unwrap(), TcpStream::connect(at).await.unwrap()];
    let mut third = TcpStream::connect(at).await.unwrap();
    let refused = rest(&mut third).await;
    assert!(
        refused.starts_with("HTTP/1.1 429") && refused.contains("sudah terlalu banyak sambungan"),
        "{refused}"
    );
    assert!(refused.contains("retry-after: 5"), "{refused}");
    assert_eq!(counts.of(EntranceRefusal::AddressConnections), 1);
    drop(idle);
    let answered = async {
        while !asked(at, GET).await.ends_with("127.0.0.1") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), answered).await.expect("what ended makes room");
}

#[tokio::test]
async fn a_named_proxy_is_bounded_with_all_and_speaks_for_its_clients() {
    let settings = EntranceSettings {
        trusted_proxies: vec!["127.0.0.1".into()],
        connections: 3,
        connections_per_address: 1,
        ..EntranceSettings::default()
    };
    let (at, counts, _stop) = listening(settings).await;
    let _idle = [TcpStream::connect(at).await.unwrap(), TcpStream::connect(at).await.unwrap()];
    let answer = asked(at, &GET.replace("host: x", "host: x\r\nx-forwarded-for: 36.66.1.2")).await;
    assert!(answer.ends_with("36.66.1.2"), "{answer}");
    let _third = TcpStream::connect(at).await.unwrap();
    let refused = rest(&mut TcpStream::connect(at).await.unwrap()).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("Layanan penuh"), "{refused}");
    assert_eq!(counts.of(EntranceRefusal::Connections), 1);
}

#[tokio::test]
async fn a_head_that_never_ends_and_an_idle_connection_are_closed() {
    let (at, _counts, _stop) =
        listening(EntranceSettings { header_seconds: 1, ..EntranceSettings::default() }).await;
    let answer = asked(at, "GET / HTTP/1.1\r\nhost: x\r\nx-slow:").await;
    assert!(!answer.contains("200"), "{answer}");
    let mut kept = TcpStream::connect(at).await.unwrap();
    kept.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(rest(&mut kept).await.contains("200 OK"), "and then it is closed");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_refused_in_words() {
    let (at, counts, _stop) =
        listening(EntranceSettings { body_seconds: 1, ..EntranceSettings::default() }).await;
    let answer = asked(at, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nawal").await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("terlalu lambat"), "{answer}");
    assert_eq!(counts.of(EntranceRefusal::SlowBody), 1);
}

#[tokio::test]
async fn bodies_under_way_are_bounded_by_address_and_over_all() {
    let settings =
        EntranceSettings { body_bytes: 3000, body_bytes_per_address: 2000, ..EntranceSettings::default() };
    let (at, counts, _stop) = listening(settings.clone()).await;
    let post = |bytes: usize| {
        format!(
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {bytes}\r\n\r\n{}",
            "x".repeat(bytes)
        )
    };
    assert!(asked(at, &post(1500)).await.ends_with("1500"));
    let refused = asked(at, &post(2500)).await;
    assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("Dari alamat ini"), "{refused}");
    assert!(asked(at, &post(1500)).await.ends_with("1500"), "what was refused is given back");
    assert_eq!(counts.of(EntranceRefusal::AddressBytes), 1);
    let (at, counts, _stop) = listening(EntranceSettings { body_bytes_per_address: 9000, ..settings }).await;
    let refused = asked(at, &post(3500)).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("Layanan sibuk"), "{refused}");
    assert_eq!(counts.of(EntranceRefusal::Bytes), 1);
}
