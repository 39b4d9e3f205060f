//! An agency on this machine answers well, not at all, in part, and with errors; what came stays, and nothing comes twice.

use super::*;
use crate::fixture::{Fixture, NOW};
use domain::time::HOUR;
use std::collections::BTreeMap;
use std::sync::Mutex;
use store::{FeedRow, NewRecord};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers by path, as bytes of HTTP; a path it does not have is 404.
#[derive(Clone, Default)]
struct Agency {
    answers: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// The heads of the requests that came.
    requests: Arc<Mutex<Vec<String>>>,
    address: String,
}

impl Agency {
    async fn start() -> Agency {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let agency = Agency { address, ..Agency::default() };
        let own = agency.clone();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let mut head = Vec::new();
                // What begins a TLS connection ends no head.
                let ends = |head: &[u8]| head.ends_with(b"\r\n\r\n") || head.first() == Some(&0x16);
                while !ends(&head) && connection.read_buf(&mut head).await.is_ok_and(|read| read > 0) {}
                let head = String::from_utf8_lossy(&head).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                own.requests.lock().unwrap().push(head);
                let answer = own.answers.lock().unwrap().get(&path).cloned();
                let answer =
                    answer.unwrap_or_else(|| b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec());
                drop(connection.write_all(&answer).await);
            }
        });
        agency
    }

    fn says(&self, path: &str, head: &str, body: &str) {
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        self.answers.lock().unwrap().insert(path.to_owned(), answer.into_bytes());
    }

    /// The answer breaks off before its end.
    fn breaks_off(&self, path: &str, body: &str) {
        let (length, half) = (body.len(), &body[..body.len() / 2]);
        let answer =
            format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{half}");
        self.answers.lock().unwrap().insert(path.to_owned(), answer.into_bytes());
    }

    fn asked(&self) -> Vec<String> {
        let requests = std::mem::take(&mut *self.requests.lock().unwrap());
        requests.iter().map(|head| head.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
    }
}

fn sample(name: &str) -> String {
    let path = format!("{}/../../config/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("reading {path}: {error}"))
}

struct Pull {
    fixture: Fixture,
    agency: Agency,
    puller: Puller,
    source: PullSource,
    wall: Arc<Mutex<Time>>,
}

impl Pull {
    async fn of(source: PullSource) -> Pull {
        let (fixture, agency) = (Fixture::build().await, Agency::start().await);
        let wall = Arc::new(Mutex::new(NOW));
        let settings = PullSettings { on: true, url: format!("{}/index", agency.address), minutes: 5 };
        let clock = wall.clone();
        let parts = PullParts {
            source,
            settings,
            writer: fixture.writer.clone(),
            wall: Arc::new(move || *clock.lock().unwrap()),
        };
        let puller = Puller { parts, fetcher: Arc::new(Fetcher::unpaced()) };
        let pull = Pull { fixture, agency, puller, source, wall };
        if source == PullSource::Bmkg {
            pull.index(&[("CSS20260101001_alert.xml", ".16.001")]);
            pull.agency.says("/id/CSS20260101001_alert.xml", "200 OK", &sample("bmkg-warning.xml"));
        } else {
            pull.agency.says("/index", "200 OK", &sample("sipongi.json"));
        }
        pull
    }

    /// The agency's index names these documents.
    fn index(&self, documents: &[(&str, &str)]) {
        let item = |(file, number): &(&str, &str)| {
            let link = format!("{}/id/{file}", self.agency.address);
            format!(
                "<item><title>Hujan di Sumatera Selatan</title><link>{link}</link>\
                 <guid>2.49.0.1.360.0.2025.12.31.17{number}</guid></item>"
            )
        };
        let items: String = documents.iter().map(item).collect();
        let head = "200 OK\r\netag: \"satu\"\r\nlast-modified: Wed, 31 Dec 2025 17:00:00 GMT";
        self.agency.says("/index", head, &format!("<rss><channel>{items}</channel></rss>"));
    }

    async fn row(&self) -> PullRow {
        self.fixture.store.pull(self.source).await.unwrap().expect("it was asked")
    }

    /// The word of the failure; `None` where all went well.
    async fn run(&self) -> Option<&'static str> {
        let ended = self.puller.run().await;
        let failure = self.row().await.failure;
        assert_eq!(ended.is_err(), failure.is_some(), "{ended:?} {failure:?}");
        failure.map(|own| own.word())
    }

    /// The reports of the feed that are in the log.
    async fn taken(&self) -> Vec<NewRecord> {
        let kept = self.fixture.kept().await.into_iter();
        kept.filter(|record| record.feed == self.source.as_str()).collect()
    }
}

#[tokio::test]
async fn warnings_come_once_as_signals_of_a_sensors_own_feed() {
    let pull = Pull::of(PullSource::Bmkg).await;
    assert_eq!(pull.run().await, None);
    let taken = pull.taken().await;
    assert_eq!(taken.len(), 3);
    assert!(taken.iter().all(|record| record.class == FeedClass::Sensor && record.refused.is_none()));
    let row = pull.row().await;
    assert_eq!((row.signals, row.good_at, row.tried_at), (3, Some(NOW), Some(NOW)));
    assert_eq!(pull.agency.asked(), ["/index", "/id/CSS20260101001_alert.xml"]);
    // Asked again, it names what it has; nothing changed, and no document is asked for.
    assert_eq!(pull.run().await, None);
    let head = pull.agency.requests.lock().unwrap()[0].to_lowercase();
    assert!(
        head.contains("if-none-match: \"satu\"") && head.contains("if-modified-since: wed, 31 dec 2025"),
        "{head}"
    );
    assert_eq!(pull.agency.asked(), ["/index"]);
    pull.agency.says("/index", "304 Not Modified", "");
    *pull.wall.lock().unwrap() = NOW.plus(HOUR);
    assert_eq!(pull.run().await, None);
    assert_eq!((pull.row().await.good_at, pull.taken().await.len()), (Some(NOW.plus(HOUR)), 3));
    // Another machine that knows nothing of it puts in nothing that is there.
    let row = PullRow { is_on: true, url: pull.row().await.url, ..PullRow::new(PullSource::Bmkg) };
    pull.fixture.store.put_pull(&row).await.unwrap();
    pull.index(&[("CSS20260101001_alert.xml", ".16.001")]);
    assert_eq!(pull.run().await, None);
    assert_eq!((pull.taken().await.len(), pull.row().await.signals), (3, 0));
}

#[tokio::test]
async fn hotspots_come_once_with_how_sure_they_are() {
    let pull = Pull::of(PullSource::Sipongi).await;
    for _ in 0..2 {
        assert_eq!(pull.run().await, None);
        assert_eq!(pull.taken().await.len(), 2);
    }
    let text = String::from_utf8(pull.taken().await[0].bytes.clone()).unwrap();
    assert!(text.contains("\"confidence\":\"high\"") && text.contains("SiPongi"), "{text}");
    assert_eq!(pull.agency.asked().len(), 2);
}

#[tokio::test]
async fn what_fails_is_said_and_takes_nothing_back() {
    let pull = Pull::of(PullSource::Bmkg).await;
    assert_eq!(pull.run().await, None);
    let cases = [
        ("500 Internal Server Error", "", "server_failed"),
        ("403 Forbidden", "", "refused"),
        ("404 Not Found", "", "refused"),
        ("302 Found\r\nlocation: http://127.0.0.2:1/x", "", "refused"),
        ("200 OK", "<!DOCTYPE html><html></html>", "unreadable"),
        ("200 OK", "<rss><channel>", "cut_off"),
        ("200 OK", "<!DOCTYPE a [<!ENTITY b 'x'>]><rss>&b;</rss>", "unreadable"),
        ("200 OK", "", "cut_off"),
    ];
    *pull.wall.lock().unwrap() = NOW.plus(HOUR);
    for (head, body, word) in cases {
        pull.agency.says("/index", head, body);
        assert_eq!(pull.run().await, Some(word), "{head} {body}");
        let row = pull.row().await;
        assert_eq!((row.good_at, row.tried_at), (Some(NOW), Some(NOW.plus(HOUR))), "{head}");
        assert!(row.etag == "\"satu\"" && !row.answer.is_empty(), "the last good answer is kept");
    }
    pull.agency.breaks_off("/index", &sample("bmkg-index.xml"));
    assert_eq!(pull.run().await, Some("cut_off"));
    let large = format!("200 OK\r\nx: y\r\ncontent-length: {}", 1u64 << 40);
    pull.agency
        .answers
        .lock()
        .unwrap()
        .insert("/index".into(), format!("HTTP/1.1 {large}\r\n\r\n").into_bytes());
    assert_eq!(pull.run().await, Some("too_large"));
    assert_eq!(pull.taken().await.len(), 3);
    pull.index(&[("CSS20260101001_alert.xml", ".16.001")]);
    assert_eq!(pull.run().await, None);
}

#[tokio::test]
async fn a_host_that_is_not_there_is_said_to_be() {
    let mut pull = Pull::of(PullSource::Sipongi).await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    pull.puller.parts.settings.url = format!("http://{free}/x");
    assert_eq!(pull.run().await, Some("unreachable"));
    // What speaks no TLS has no certificate.
    pull.puller.parts.settings.url = pull.agency.address.replace("http:", "https:");
    assert_eq!(pull.run().await, Some("unreachable"));
}

#[tokio::test]
async fn an_agency_that_asks_for_a_pause_gets_it() {
    let pull = Pull::of(PullSource::Bmkg).await;
    pull.agency.says("/index", "429 Too Many Requests\r\nretry-after: 120", "");
    assert_eq!(pull.run().await, Some("too_often"));
    pull.index(&[("CSS20260101001_alert.xml", ".16.001")]);
    *pull.wall.lock().unwrap() = NOW.plus(119 * SECOND);
    assert_eq!(pull.run().await, Some("too_often"));
    assert_eq!(pull.agency.asked(), ["/index"], "it was not asked meanwhile");
    *pull.wall.lock().unwrap() = NOW.plus(120 * SECOND);
    assert_eq!(pull.run().await, None);
    // A clock that was set back does not make the pause longer than it was.
    pull.agency.says("/index", "429 Too Many Requests\r\nretry-after: 120", "");
    assert_eq!(pull.run().await, Some("too_often"));
    *pull.wall.lock().unwrap() = NOW.plus(-48 * HOUR);
    pull.index(&[("CSS20260101001_alert.xml", ".16.001")]);
    assert_eq!(pull.run().await, None);
}

#[tokio::test]
async fn a_document_that_does_not_come_holds_no_other_up_and_is_asked_for_again() {
    let pull = Pull::of(PullSource::Bmkg).await;
    let other =
        sample("bmkg-warning.xml").replace(".16.001", ".16.002").replace("KARANG JAYA, RAWAS ILIR", "NIBUNG");
    pull.index(&[
        ("hilang.xml", ".16.003"),
        ("CSS20260101001_alert.xml", ".16.001"),
        ("setengah.xml", ".16.002"),
    ]);
    pull.agency.breaks_off("/id/setengah.xml", &other);
    assert_eq!(pull.run().await, Some("refused"), "the first that failed");
    let row = pull.row().await;
    assert_eq!((pull.taken().await.len(), row.good_at), (3, None));
    pull.agency.asked();
    pull.agency.says("/index", "304 Not Modified", "");
    pull.agency.says("/id/setengah.xml", "200 OK", &other);
    pull.agency.says("/id/hilang.xml", "200 OK", &other.replace(".16.002", ".16.003"));
    assert_eq!(pull.run().await, None);
    assert_eq!(pull.agency.asked(), ["/index", "/id/hilang.xml", "/id/setengah.xml"], "not that which came");
    assert!(pull.taken().await.len() > 3 && pull.row().await.good_at.is_some());
}

#[tokio::test]
async fn a_cancellation_takes_back_the_signals_that_there_are() {
    let pull = Pull::of(PullSource::Bmkg).await;
    assert_eq!(pull.run().await, None);
    let own = "2.49.0.1.360.0.2025.12.31.17.16.001";
    let cancel = format!(
        "<msgType>Cancel</msgType><references>a@example.org,{own},2025-12-31T23:58:00+07:00</references>"
    );
    let text = sample("bmkg-warning.xml").replacen(own, &own.replace(".001", ".002"), 1);
    pull.agency.says("/id/batal.xml", "200 OK", &text.replace("<msgType>Alert</msgType>", &cancel));
    pull.index(&[("CSS20260101001_alert.xml", ".16.001"), ("batal.xml", ".16.002")]);
    assert_eq!(pull.run().await, None);
    let taken = pull.taken().await;
    let targets =
        taken.iter().filter(|record| String::from_utf8_lossy(&record.bytes).contains("\"retracts\"")).count();
    assert_eq!((taken.len(), targets), (6, 3));
    assert!(taken.iter().all(|record| record.refused.is_none()));
}

#[tokio::test]
async fn an_index_that_leads_to_another_host_is_not_followed() {
    let pull = Pull::of(PullSource::Bmkg).await;
    let index = sample("bmkg-index.xml").replace("https://www.bmkg.go.id/", "http://127.0.0.1:1/");
    pull.agency.says("/index", "200 OK", &index);
    assert_eq!(pull.run().await, Some("other_host"));
    assert_eq!((pull.agency.asked(), pull.taken().await.len()), (vec!["/index".to_owned()], 0));
}

#[tokio::test]
async fn a_clock_that_is_not_the_agencys_is_said_and_what_came_is_taken() {
    let pull = Pull::of(PullSource::Sipongi).await;
    pull.agency.says("/index", "200 OK\r\ndate: Wed, 31 Dec 2025 15:05:00 GMT", &sample("sipongi.json"));
    assert_eq!(pull.run().await, Some("clock"));
    let row = pull.row().await;
    assert_eq!((row.failure.unwrap().detail(), row.good_at, pull.taken().await.len()), ("120", Some(NOW), 2));
    pull.agency.says("/index", "200 OK\r\ndate: Wed, 31 Dec 2025 17:04:00 GMT", &sample("sipongi.json"));
    assert_eq!(pull.run().await, None);
}

#[tokio::test]
async fn a_pull_that_is_off_asks_nobody_and_says_so() {
    let mut pull = Pull::of(PullSource::Bmkg).await;
    pull.puller.parts.settings.on = false;
    assert_eq!(pull.run().await, None);
    assert!(pull.agency.asked().is_empty() && !pull.row().await.is_on);
    assert!(pull.fixture.store.feeds().await.unwrap().is_empty(), "no feed is registered for it");
    pull.puller.parts.settings.on = true;
    assert_eq!(pull.run().await, None);
    assert_eq!(pull.fixture.store.feeds().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_feed_that_is_disabled_or_another_class_takes_nothing() {
    let pull = Pull::of(PullSource::Sipongi).await;
    pull.fixture.feed("sipongi", FeedClass::Village, "16.13").await;
    assert_eq!(pull.run().await, Some("feed_class"));
    let row = pull.fixture.store.feeds().await.unwrap().remove(0);
    let row = FeedRow { class: FeedClass::Sensor, enabled: false, ..row };
    pull.fixture.store.put_feed(&row).await.unwrap();
    assert_eq!(pull.run().await, Some("feed_disabled"));
    assert!(pull.agency.asked().is_empty(), "nobody is asked for what cannot be taken");
}

#[tokio::test]
async fn a_saved_answer_says_what_it_would_bring_and_brings_nothing() {
    let fixture = Fixture::build().await;
    let file = |name: &str| (name.to_owned(), sample(name).into_bytes());
    let files = vec![file("bmkg-index.xml"), file("bmkg-warning.xml"), ("x".to_owned(), b"halo".to_vec())];
    let previews = preview_files(&fixture.writer, PullSource::Bmkg, files, NOW).await.unwrap();
    let text: Vec<String> = previews.iter().map(ToString::to_string).collect();
    assert!(text[0].contains("CSS20260101001_alert.xml") && !text[0].contains("CGT"), "{}", text[0]);
    assert!(text[1].contains("16.13.06 Karang Jaya: would be taken"), "{}", text[1]);
    assert!(text[2].contains("cannot be used"), "{}", text[2]);
    let files = vec![file("sipongi.json")];
    let previews = preview_files(&fixture.writer, PullSource::Sipongi, files, NOW).await.unwrap();
    assert!(previews[0].to_string().contains("2 hotspots of ours, 1 are not taken"), "{}", previews[0]);
    assert!(fixture.kept().await.is_empty());
}
