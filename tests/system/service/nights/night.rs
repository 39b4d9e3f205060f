//! A night at the desk: a service with the shipped roster, its feeds and officers, and a text of what was shown and heard.

use crate::system::receiver::Receiver;
use crate::system::service::clocks::stamp_one_ahead;
use crate::system::service::demo::enter;
use crate::system::service::reviewed;
use crate::system::service::site::{Site, caught_up, metric, post};
use domain::time::Time;
use jiff::{SignedDuration, Timestamp};
use kentongan_tests::http::Client;
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use kentongan_tests::{house, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use store::Store;

/// How long nothing must come before a step is over, where the text is written.
const QUIET: Duration = Duration::from_secs(4);

pub struct Night {
    name: &'static str,
    site: Site,
    /// `None` while it is stopped.
    service: Option<Service>,
    address: String,
    config: String,
    mail: Receiver,
    source: Source,
    feeds: BTreeMap<String, Client>,
    officers: BTreeMap<String, Client>,
    /// Messages of the steps so far.
    heard: usize,
    step: usize,
    /// What each step is to say, as reviewed.
    reviewed: Vec<String>,
    text: String,
}

/// The shipped roster, everybody by mail only.
fn roster(site: &Site) -> PathBuf {
    let shipped = house::read("config/team.toml");
    let by_mail: Vec<&str> =
        shipped.lines().filter(|line| !line.trim_start().starts_with("{ kind = \"webhook\"")).collect();
    let path = site.path("team.toml");
    fs::write(&path, by_mail.join("\n")).expect("writing the roster");
    path
}

impl Night {
    #[track_caller]
    pub fn new(name: &'static str) -> Night {
        let site = Site::new();
        let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &[]);
        let (address, config) = (service::free_address(), mail.configuration(&roster(&site)));
        let service = Some(site.serve_at(address.clone(), &config));
        let steps = reviewed::text(&format!("nights/{name}"));
        let (feeds, officers) = (BTreeMap::new(), BTreeMap::new());
        let mut night = Night {
            name,
            site,
            service,
            address,
            config,
            mail,
            source: Source::new(7),
            feeds,
            officers,
            heard: 0,
            step: 0,
            reviewed: steps.split("\n\n").map(String::from).collect(),
            text: String::new(),
        };
        night.officer("kepala", "p-00");
        night
    }

    /// A feed of the regency; `more` are further words of `feed add`.
    #[track_caller]
    pub fn feed(&mut self, name: &str, class: &str, area: &str, more: &[&str]) {
        let data = self.site.data.to_string_lossy().into_owned();
        let words = ["feed", "add", name, "--class", class, "--area", area, "--data", &data];
        let token = service::secret(&service::call(&[&words, more].concat()));
        self.feeds.insert(name.to_owned(), self.service().client().bearer(&token));
    }

    /// An account of the desk, and whose it is.
    #[track_caller]
    pub fn officer(&mut self, name: &str, person: &str) {
        let data = self.site.data.to_string_lossy().into_owned();
        let words =
            ["user", "add", name, "--role", "desk", "--area", "16.13", "--person", person, "--data", &data];
        let password = service::secret(&service::call(&words));
        self.officers.insert(name.to_owned(), enter(self.service(), name, &password));
    }

    /// A feed reports something of some minutes ago; returns its id.
    #[track_caller]
    pub fn report(
        &mut self,
        feed: &str,
        of: (&str, (&str, &str)),
        severity: u8,
        people: &[(&str, u32)],
    ) -> String {
        self.say(feed, of, severity, |report| {
            for (field, number) in people {
                report[*field] = (*number).into();
            }
        })
    }

    /// The same, changed before it is sent.
    #[track_caller]
    pub fn say(
        &mut self,
        feed: &str,
        (district, of): (&str, (&str, &str)),
        severity: u8,
        change: impl FnOnce(&mut Value),
    ) -> String {
        let mut report = self.source.statement(district, of, severity);
        report.as_object_mut().expect("a report").remove("feed");
        change(&mut report);
        self.post(feed, &report);
        report["report_id"].as_str().expect("an id").to_owned()
    }

    /// A report that was written so many hours ago, minutes after it happened, and could be sent only now.
    #[track_caller]
    pub fn sent_after(&mut self, feed: &str, of: (&str, (&str, &str)), severity: u8, hours: i64) {
        let written = Timestamp::now() - SignedDuration::from_hours(hours);
        self.say(feed, of, severity, |report| {
            report["occurred_at"] = (written - SignedDuration::from_mins(20)).to_string().into();
            report["reported_at"] = written.to_string().into();
        });
    }

    /// A feed says that nothing happened in a kecamatan.
    #[track_caller]
    pub fn nothing_happened(&mut self, feed: &str, district: &str) {
        let mut report = self.source.statement(district, ("disaster", "WA-01"), 1);
        let now = Timestamp::now();
        let period =
            json!({"from": (now - SignedDuration::from_hours(24)).to_string(), "to": now.to_string()});
        let report = report.as_object_mut().expect("a report");
        report.retain(|key, _| ["report_id", "district", "reported_at"].contains(&key.as_str()));
        report.insert("nothing_happened".into(), period);
        report.insert("reported_at".into(), now.to_string().into());
        self.post(feed, &Value::Object(report.clone()));
    }

    #[track_caller]
    fn post(&self, feed: &str, report: &Value) {
        let mut report = report.clone();
        report["feed"] = self.class_of(feed).into();
        let answer = post(&self.feeds[feed], &[report.to_string()]).expect("posting");
        assert_eq!(answer.status, 202, "{}", answer.text());
        let result = &answer.json()["results"][0];
        assert!(result["refused"].is_null(), "{result}");
    }

    #[track_caller]
    fn service(&self) -> &Service {
        self.service.as_ref().expect("a running service")
    }

    /// The machine's clock was ahead while one record came, and is right again after a restart.
    #[track_caller]
    pub fn clock_was_ahead(&mut self, ahead: SignedDuration) {
        let slight = self.source.statement("16.13.01", ("disaster", "WA-05"), 1).to_string();
        assert_eq!(post(&self.site.feed(self.service()), &[slight]).expect("posting").status, 202);
        caught_up(self.service());
        self.service.take().expect("a running service").stop();
        stamp_one_ahead(&self.site, &mut self.source, ahead);
        self.service = Some(self.site.serve_at(self.address.clone(), &self.config));
        let stepped = service::eventually(Duration::from_secs(30), || {
            metric(self.service(), "kentongan_clock_steps_total").filter(|steps| *steps > 0.0)
        });
        assert_eq!(stepped, Some(1.0), "{}", self.service().output());
    }

    fn class_of(&self, feed: &str) -> &'static str {
        match feed.split('-').next() {
            Some("desa") => "village",
            Some("polsek") => "police",
            Some("koramil") => "military",
            _ => "company",
        }
    }

    /// An officer presses a button of a report's page; returns what the page answers.
    #[track_caller]
    pub fn verify(&mut self, officer: &str, report: &str, act: &str, reason: &str) -> String {
        caught_up(self.service());
        let client = &self.officers[officer];
        let page = client.get(&format!("/laporan/{report}")).expect("asking").text();
        let hidden = |name: &str| {
            let field = text::tags(&page).find(|tag| text::attribute(tag, "name") == Some(name));
            field.and_then(|tag| text::attribute(tag, "value")).unwrap_or_default()
        };
        let (seen, seconds) = (hidden("seen"), hidden("seconds"));
        let fields = [("act", act), ("reason", reason), ("seen", seen), ("seconds", seconds)];
        let fields = &fields[..if seconds.is_empty() { 3 } else { 4 }];
        let answer = client.form(&format!("/laporan/{report}/verifikasi"), fields).expect("pressing");
        match answer.status {
            303 => "taken".to_owned(),
            422 => {
                let page = answer.text();
                let line = text::after(&page, "role=\"alert\"");
                let line = line.split_once('>').map_or("", |(_, rest)| rest);
                format!("refused, \"{}\"", words(line.split("</").next().unwrap_or_default()))
            }
            other => panic!("{other}: {}", answer.text()),
        }
    }

    /// An officer presses *Tarik* on the page of a cell's open alert.
    #[track_caller]
    pub fn withdraw(&mut self, officer: &str, (district, kind): (&str, &str), reason: &str) {
        caught_up(self.service());
        let alerts = self.reader().get("/v1/alerts").expect("asking").json();
        let own = |item: &&Value| item["district"] == district && item["kind"] == kind;
        let alert = alerts["items"].as_array().expect("items").iter().find(own).expect("an open alert");
        let path = format!("/peringatan/{}/tarik", alert["id"].as_str().expect("its number"));
        let version = alert["version"].to_string();
        let fields = [("version", version.as_str()), ("reason", reason)];
        let answer = self.officers[officer].form(&path, &fields).expect("pressing");
        assert_eq!(answer.status, 303, "{}", answer.text());
    }

    /// The path of the one-time link in the newest message to somebody.
    #[track_caller]
    pub fn one_time_link(&self, to: &str) -> String {
        let all = self.mail.all();
        let own = |mail: &&Value| {
            mail["to"][0].as_str().is_some_and(|address| address.split('@').next() == Some(to))
        };
        let link = all.iter().rev().filter(own).find_map(|mail| {
            let word = |word: &str| word.strip_prefix("https://desk.example").map(String::from);
            mail["body"]
                .as_str()?
                .split_whitespace()
                .filter_map(word)
                .find(|path| path.starts_with("/orang-kedua/"))
        });
        link.unwrap_or_else(|| panic!("no link for {to}: {all:?}"))
    }

    /// A program fetches a link twice; what the page says.
    #[track_caller]
    pub fn fetched(&self, link: &str) -> String {
        let client = self.service().client();
        let pages = [(); 2].map(|()| client.get(link).expect("fetching").text());
        assert_eq!(pages[0], pages[1]);
        let shown = text::after(&pages[0], "<main");
        format!("\"{}\"", words(shown.split_once('>').map_or("", |(_, rest)| rest)))
    }

    /// The first press on a link; gives the browser's cookie.
    #[track_caller]
    pub fn opened(&self, link: &str) -> String {
        let answer = self.service().client().form(link, &[]).expect("pressing");
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer.header("set-cookie").expect("a cookie");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    /// The second press on a link, with a browser's cookie; what the page answers.
    #[track_caller]
    pub fn pressed(&self, link: &str, cookie: &str, answer: &str) -> String {
        let client = self.service().client().with("Cookie", cookie);
        let asked = format!("{link}/permintaan");
        let request = client.get(&asked).expect("fetching").text();
        let read = text::tags(&request).find(|tag| text::attribute(tag, "name") == Some("shown"));
        let read = read.and_then(|tag| text::attribute(tag, "value")).unwrap_or_default();
        let answer = client.form(&asked, &[("answer", answer), ("shown", read)]).expect("pressing");
        let page = answer.text();
        let note = text::after(&page, "class=\"note");
        let note = note.split_once('>').map_or("", |(_, rest)| rest);
        let shown = undated(&words(note.split("</main").next().unwrap_or_default()));
        format!("{}, \"{shown}\"", answer.status)
    }

    /// An officer types a report of some minutes ago into the form, according to a source.
    #[track_caller]
    pub fn typed(
        &mut self,
        officer: &str,
        (district, (kind, category)): (&str, (&str, &str)),
        severity: u8,
        source: &str,
    ) -> String {
        let happened = Timestamp::now() - SignedDuration::from_mins(20);
        let local = happened.to_zoned(jiff::tz::TimeZone::get("Asia/Jakarta").expect("a time zone"));
        let (category, severity) = (format!("{kind} {category}"), severity.to_string());
        let occurred = local.strftime("%Y-%m-%dT%H:%M").to_string();
        let fields = [
            ("place", district),
            ("category", &category),
            ("severity", &severity),
            ("occurred", &occurred),
            ("source", source),
        ];
        let answer = self.officers[officer].form("/laporan/baru", &fields).expect("sending");
        assert_eq!(answer.status, 303, "{}", answer.text());
        "taken".to_owned()
    }

    /// Writes down what is shown of these cells and what was heard since the last step.
    #[track_caller]
    pub fn shown(&mut self, step: &str, cells: &[(&str, &str)]) {
        caught_up(self.service());
        let mut line = format!("{}. {step}\n", self.step + 1);
        for (district, kind) in cells {
            let _ = writeln!(line, "   {district} {kind}: {}", self.cell(district, kind));
        }
        let expected = self.reviewed.get(self.step).map_or(0, |step| people(step));
        for (subject, to) in self.messages(expected) {
            let _ = writeln!(line, "   \"{subject}\": {}", to.into_iter().collect::<Vec<_>>().join(", "));
        }
        self.step += 1;
        self.text += &line;
        self.text += "\n";
    }

    /// The level and the alert of a cell.
    #[track_caller]
    fn cell(&self, district: &str, kind: &str) -> String {
        let token = self.reader();
        let map = token.get("/v1/heatmap.geojson?horizon=7d").expect("asking").json();
        let own = |item: &&Value| item["district"] == district && item["kind"] == kind;
        let features = map["features"].as_array().expect("features");
        let level = features.iter().map(|feature| &feature["properties"]).find(own).expect("the cell");
        let alerts = token.get("/v1/alerts").expect("asking").json();
        let alert = alerts["items"].as_array().expect("items").iter().find(own).cloned();
        let mut line = level["level"].as_str().expect("a level").to_owned();
        if let Some(alert) = alert {
            let _ = write!(
                line,
                ", alert {} {}",
                alert["level"].as_str().unwrap_or_default(),
                alert["state"].as_str().unwrap_or_default()
            );
            for mark in ["unverified", "one_party"] {
                if alert[mark] == true {
                    let _ = write!(line, ", {mark}");
                }
            }
        }
        line
    }

    /// The head of the desk, who looks and does nothing.
    fn reader(&self) -> &Client {
        &self.officers["kepala"]
    }

    /// The messages since the last step, by subject without the alert's number, with those who got them.
    #[track_caller]
    fn messages(&mut self, expected: usize) -> BTreeMap<String, BTreeSet<String>> {
        let before = self.heard;
        if reviewed::is_updated() {
            let mut seen = usize::MAX;
            while seen != self.mail.all().len() {
                seen = self.mail.all().len();
                std::thread::sleep(QUIET);
            }
        } else {
            service::eventually(Duration::from_secs(30), || {
                (self.mail.all().len() >= before + expected).then_some(())
            });
        }
        // What came beyond the reviewed text belongs to this step too.
        assert_eq!(self.unsent(), None, "{}", self.service().output());
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let all = self.mail.all();
        for message in &all[before..] {
            let subject = message["subject"].as_str().unwrap_or_default();
            let subject = subject.split(" (16.13-").next().unwrap_or_default().to_owned()
                + subject.split_once(')').map_or("", |(_, rest)| rest);
            for to in message["to"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                found
                    .entry(subject.clone())
                    .or_default()
                    .insert(to.split('@').next().unwrap_or_default().to_owned());
            }
        }
        self.heard = all.len();
        found
    }

    /// Waits until the outbox is empty of what is due; gives a word where it does not become so.
    fn unsent(&self) -> Option<&'static str> {
        let path = self.site.data.join("state.sqlite").display().to_string();
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let store = runtime.block_on(Store::open(&path)).expect("opening the state");
        let sent = service::eventually(Duration::from_secs(30), || {
            let left = store.anything_to_send(Time(Timestamp::now().as_microsecond()));
            (!runtime.block_on(left).expect("reading the outbox")).then_some(())
        });
        runtime.block_on(store.close());
        sent.is_none().then_some("messages wait after half a minute")
    }

    /// A last flood elsewhere is heard, so that whatever the night had to say has been line; then the text is compared.
    #[track_caller]
    pub fn ends(mut self) {
        self.feed("desa-akhir", "village", "16.13.07", &[]);
        self.report("desa-akhir", ("16.13.07", ("disaster", "WA-01")), 3, &[]);
        self.shown("A flood in Ulu Rawas ends the night", &[("16.13.07", "disaster")]);
        reviewed::compare(&format!("nights/{}", self.name), self.text.trim_end());
        self.service.take().expect("a running service").stop();
    }
}

/// How many people heard something in a step.
fn people(step: &str) -> usize {
    let heard = step.lines().filter(|line| line.starts_with("   \""));
    heard.filter_map(|line| line.rsplit_once("\": ")).map(|(_, to)| to.split(", ").count()).sum()
}

/// The words without the real day and time that stand in them.
fn undated(words: &str) -> String {
    let dated =
        words.split_once(" pada ").and_then(|(before, rest)| Some((before, rest.split_once(" WIB")?.1)));
    dated.map_or_else(|| words.to_owned(), |(before, after)| format!("{before} pada [waktu]{after}"))
}

/// Text of markup, in one line.
fn words(markup: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in markup.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
