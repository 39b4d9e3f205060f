//! What the command line and the desk do where log and workers are elsewhere: archives and dead letters go into the
//! topics, pages hear at once, and a feed that sends garbage is paused for all to see.

use super::country::{Country, Everywhere};
use crate::system::service::site::{metric, next_hour};
use kentongan_tests::http::Client;
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use std::sync::mpsc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(90);
/// A regency that is not of the bundled list.
const PLACES: &str = "code,name,level,kind,lat,lon,population,area_km2,neighbours,zone,zone_label,bps,aliases
35.78,Kota Surabaya,regency,kota,-7.26,112.75,,,,Asia/Jakarta,WIB,3578,
35.78.01,Karangpilang,district,kecamatan,-7.33,112.69,,,,Asia/Jakarta,WIB,,
";

/// A person of the desk who is logged in.
pub fn person(country: &Country, desk: &Service) -> Client {
    let password = service::secret(&country.call(&["user", "add", "petugas", "--role", "desk"]));
    let login =
        desk.client().form("/masuk", &[("name", "petugas"), ("password", &password)]).expect("logging in");
    let cookie = login.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a session");
    desk.client().with("Cookie", cookie)
}

#[test]
fn archives_and_letters_go_into_the_topics_and_pages_elsewhere_hear_at_once() {
    let Some(country) = Country::start() else { return };
    let (worker, desk) = (country.serve("worker", "worker"), country.serve("desk", "desk"));
    let person = person(&country, &desk);
    let (tell, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let opened = person.events("/v1/live", PATIENCE).expect("the live updates");
        for line in std::iter::once(String::from("opened")).chain(opened) {
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    assert_eq!(heard.recv_timeout(PATIENCE).as_deref(), Ok("opened"));
    let mut all = Everywhere::new(91).lines(300);
    all.push(Source::new(92).statement("16.13.04", ("disaster", "WA-01"), 4).to_string());
    let file = country.path("arsip.ndjson");
    let garbage = "{\"report_id\": 7";
    let stranger = Source::new(93).statement("35.78.01", ("disaster", "WA-01"), 4);
    let text = format!("{}\n{garbage}\n{stranger}\n", all.join("\n"));
    std::fs::write(&file, text).expect("writing the archive");
    country.call(&["import", &file.to_string_lossy(), "--feed", "polres"]);
    country.wait_for(all.len() + 2, PATIENCE, &[&worker]);

    let (mut alert, mut picture) = (false, false);
    while !(alert && picture) {
        let line = heard.recv_timeout(PATIENCE).expect("the page hears of alert and picture");
        alert |= line == "event: alert";
        picture |= line == "event: picture";
    }
    let listed = country.call(&["dead-letters", "list", "--reason", "json"]);
    let place = listed.split_whitespace().next().expect("one letter");
    assert_eq!(country.call(&["dead-letters", "show", place]), garbage);
    // Where a place was added the letter about it can be read and goes into its topic; the worker here does not know of
    // the place and refuses it once more.
    let (list, more) = (country.path("surabaya.csv"), country.path("surabaya.toml"));
    std::fs::write(&list, PLACES).expect("a list");
    std::fs::write(&more, format!("[places]\nfiles = [\"{}\"]\n", list.display())).expect("its setting");
    let printed = country.call(&["dead-letters", "replay", "--config", &more.to_string_lossy()]);
    assert!(printed.starts_with("1 dead letters are in the log again; 1 would be"), "{printed}");
    country.wait_for(all.len() + 3, PATIENCE, &[&worker]);
    worker.stop();
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed(&all, &until));
}

#[test]
fn a_feed_of_garbage_is_paused_for_all_to_see_and_others_go_on() {
    let Some(country) = Country::start() else { return };
    country.add_feed("dinas", "agency");
    let intake = country.serve("intake", "intake,desk");
    let worker = country.serve("worker", "worker");
    let person = person(&country, &intake);
    let mut source = Everywhere::new(93);
    let good = source.lines(60);
    let mut mixed: Vec<String> = (0..1140).map(|number| format!("{{\"garbage\": {number}")).collect();
    good.iter().enumerate().for_each(|(index, line)| mixed.insert(index * 19, line.clone()));
    country.broker.produce("feed.agency.dinas", &mixed, &[]);
    let page = service::eventually(PATIENCE, || {
        person
            .get("/umpan")
            .ok()
            .map(|reply| reply.text())
            .filter(|page| page.contains("kentongan feed resume dinas"))
    });
    assert!(page.is_some(), "{}", intake.output());
    assert_eq!(metric(&intake, "kentongan_feed_paused"), Some(1.0));
    let others = source.lines(200);
    country.broker.produce("feed.police.polres", &others, &[]);
    let query =
        "SELECT COALESCE(SUM(count), 0) FROM counters WHERE name LIKE 'outcome.%' OR name LIKE 'dead.%'";
    let taken = service::eventually(PATIENCE, || {
        let taken = country.postgres.ask(query).parse::<usize>().unwrap_or(0);
        (taken >= 1000 + others.len()).then_some(())
    });
    assert!(taken.is_some(), "others wait for a feed of garbage: {}", intake.output());
    let waiting = source.lines(50);
    country.broker.produce("feed.agency.dinas", &waiting, &[]);
    country.call(&["feed", "resume", "dinas"]);
    country.wait_for(mixed.len() + others.len() + waiting.len(), PATIENCE, &[&intake, &worker]);
    assert_eq!(metric(&intake, "kentongan_feed_paused"), Some(0.0));
    assert!(!person.get("/umpan").expect("the page").text().contains("feed resume"));
}
