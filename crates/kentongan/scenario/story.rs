//! Reads the story lines of muratara.txt into records.

use crate::places;
use crate::record::{Content, DAY, HOUR, MINUTE, Record, Seconds, quoted, time, ulid};

const STORY: &str = include_str!("muratara.txt");

/// While a feed has no signal, what it says waits.
pub struct Outage {
    pub feed: String,
    pub from: Seconds,
    pub to: Seconds,
}

/// One line of the story, cut into its columns.
struct Line<'a> {
    name: &'a str,
    occurred: Seconds,
    reported: Seconds,
    received: Seconds,
    feed: places::Feed,
    place: &'a str,
    what: Vec<&'a str>,
    options: Vec<(&'a str, &'a str)>,
    summary: &'a str,
}

pub fn read() -> (Vec<Record>, Vec<Outage>) {
    let mut records: Vec<Record> = Vec::new();
    let mut outages = Vec::new();
    for text in STORY.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(outage) = text.strip_prefix("!outage ") {
            let words: Vec<&str> = outage.split(' ').collect();
            let feed = places::feed(words[0]).name.to_owned();
            outages.push(Outage { feed, from: moment(words[1], words[2]), to: moment(words[3], words[4]) });
            continue;
        }
        let line = Line::parse(text);
        let mut record = line.record(&records);
        for (_, change) in line.options.iter().filter(|(option, _)| *option == "set") {
            let (field, json) = change.split_once(':').expect("set=field:json");
            record.set(field, json.replace('~', " "));
        }
        for (_, field) in line.options.iter().filter(|(option, _)| *option == "drop") {
            record.remove(field);
        }
        records.push(record);
    }
    (records, outages)
}

/// The usual fields of a report of this feed, place and category; the summary only where there is one.
pub fn statement(record: &mut Record, place: &str, category: &str, severity: &str, summary: &str) {
    let class = places::feed(&record.feed).class;
    let kind = kind_of(category);
    head(record, class, place);
    record.set("kind", quoted(kind));
    record.set("category", quoted(category));
    record.set("severity", severity.to_owned());
    record.set("occurred_at", quoted(&time(record.occurred)));
    record.set("reported_at", quoted(&time(record.reported)));
    if !summary.is_empty() {
        record.set("summary", quoted(summary));
    }
    record.set("handling", quoted(if kind == "disaster" { "open" } else { "limited" }));
    match kind {
        "resident_company" => record.set("parties", "[\"resident\",\"company\"]".to_owned()),
        "resident_resident" => record.set("parties", "[\"resident\"]".to_owned()),
        _ => {}
    }
}

/// A zero-report of a feed over a place.
pub fn nothing(record: &mut Record, place: &str, from: Seconds) {
    head(record, places::feed(&record.feed).class, place);
    record.set("reported_at", quoted(&time(record.reported)));
    let (from, to) = (quoted(&time(from)), quoted(&time(record.reported)));
    record.set("nothing_happened", format!("{{\"from\":{from},\"to\":{to}}}"));
}

fn head(record: &mut Record, class: &str, place: &str) {
    places::must_exist(place);
    record.set("report_id", quoted(&ulid(record.reported, &record.name)));
    record.set("feed", quoted(class));
    let reporter = if class == "village" { format!("skd-{place}") } else { format!("{}-piket", record.feed) };
    record.set("reporter", quoted(&reporter));
    record.set("district", quoted(place.get(..8).unwrap_or(place)));
    if place.len() > 8 {
        record.set("village", quoted(place));
    }
}

fn kind_of(category: &str) -> &'static str {
    match &category[..2] {
        "WP" => "resident_company",
        "WW" => "resident_resident",
        _ => "disaster",
    }
}

impl<'a> Line<'a> {
    fn parse(text: &'a str) -> Line<'a> {
        let cells: Vec<&str> = text.splitn(9, '|').map(str::trim).collect();
        assert_eq!(cells.len(), 9, "nine columns: {text}");
        let (day, clock) = cells[1].split_once(' ').expect("day and time");
        let occurred = moment(day, clock);
        let reported = occurred + span(cells[2]);
        let options = cells[7].split_whitespace().map(|word| word.split_once('=').unwrap_or((word, "")));
        Line {
            name: cells[0],
            occurred,
            reported,
            received: reported + span(cells[3]),
            feed: places::feed(cells[4]),
            place: cells[5],
            what: cells[6].split_whitespace().collect(),
            options: options.collect(),
            summary: cells[8],
        }
    }

    fn option(&self, name: &str) -> Option<&'a str> {
        self.options.iter().find(|(option, _)| *option == name).map(|(_, value)| *value)
    }

    fn record(&self, before: &[Record]) -> Record {
        let earlier =
            |name: &str| before.iter().find(|record| record.name == name).expect("of= names an earlier line");
        let id = |name: &str| quoted(&ulid(earlier(name).reported, name));
        let mut record = Record {
            name: self.name.to_owned(),
            feed: self.feed.name.to_owned(),
            occurred: self.occurred,
            reported: self.reported,
            received: self.received,
            moment: self.option("moment").map(str::to_owned),
            content: Content::Fields(Vec::new()),
        };
        match self.what[0] {
            "raw" => record.content = Content::Raw(self.summary.to_owned()),
            "again" | "twist" => record.content = earlier(self.option("of").expect("of=")).content.clone(),
            "nihil" => nothing(&mut record, self.place, self.reported - span(self.what[1])),
            act @ ("confirm" | "reject" | "merge" | "split") => {
                head(&mut record, self.feed.class, self.place);
                record.set("reported_at", quoted(&time(self.reported)));
                let reports: Vec<String> = self.option("of").expect("of=").split('+').map(id).collect();
                record.set(
                    "verification",
                    format!("{{\"act\":{},\"reports\":[{}]}}", quoted(act), reports.join(",")),
                );
            }
            category => {
                statement(&mut record, self.place, category, self.what[1], self.summary);
                self.details(&mut record, &id);
            }
        }
        record
    }

    fn details(&self, record: &mut Record, id: &dyn Fn(&str) -> String) {
        if let Some(stage) = self.what.get(2) {
            record.set("stage", quoted(stage));
        }
        for (option, value) in &self.options {
            match *option {
                "bare" => {
                    ["stage", "handling", "parties", "reporter"].iter().for_each(|field| record.remove(field))
                }
                "k" => record.set("kind", quoted(value)),
                "p" => record.set("parties", format!("[\"{}\"]", value.replace('+', "\",\""))),
                "inj" => record.set("injured", (*value).to_owned()),
                "dead" => record.set("dead", (*value).to_owned()),
                "disp" => record.set("displaced", (*value).to_owned()),
                "rel" => record.set("reliability", quoted(value)),
                "cred" => record.set("credibility", (*value).to_owned()),
                "patrol" => record.set("found_by", quoted("patrol")),
                "h" => record.set("handling", quoted(value)),
                "fix" => record.set("supersedes", id(value)),
                "undo" => record.set("retracts", id(value)),
                "of" | "set" | "drop" | "moment" => {}
                other => panic!("unknown option {other:?} of {}", self.name),
            }
        }
    }
}

/// Day 1 begins at second 0; the clock is written hh.mm.
fn moment(day: &str, clock: &str) -> Seconds {
    let (hour, minute) = clock.split_once('.').expect("hh.mm");
    let number = |text: &str| text.parse::<i64>().unwrap_or_else(|_| panic!("not a number: {text:?}"));
    (number(day) - 1) * DAY + number(hour) * HOUR + number(minute) * MINUTE
}

/// `20m`, `2h`, `3d`.
fn span(text: &str) -> Seconds {
    let (number, unit) = text.split_at(text.len() - 1);
    let unit = match unit {
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => panic!("m, h or d: {text:?}"),
    };
    unit * number.parse::<i64>().unwrap_or_else(|_| panic!("not a span: {text:?}"))
}
