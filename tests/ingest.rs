//! Reports of the last days in Musi Rawas Utara, for a service that runs on the real clock.

use crate::bench::workload::{Dice, ulid};
use crate::house;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The regency all of them speak of, and the class that speaks.
pub const REGENCY: &str = "16.13";
pub const CLASS: &str = "police";

const CATEGORIES: [(&str, &str); 6] = [
    ("resident_company", "WP-05"),
    ("resident_company", "WP-07"),
    ("resident_resident", "WW-01"),
    ("disaster", "WA-01"),
    ("disaster", "WA-04"),
    ("disaster", "X-00"),
];

/// A source that reports, corrects itself, takes back and says that nothing happened.
pub struct Source {
    districts: Vec<String>,
    dice: Dice,
    now: Timestamp,
    /// Ids of earlier reports.
    ids: Vec<String>,
}

impl Source {
    pub fn new(seed: u64) -> Source {
        Source::of(REGENCY, seed)
    }

    /// A source of another regency, which speaks of its first seven districts and names reports of its own only.
    pub fn of(regency: &str, seed: u64) -> Source {
        let places = house::read(&format!("config/districts/{regency}.csv"));
        let codes = places.lines().filter_map(|line| line.split(',').next());
        let districts = codes.filter(|code| code.len() == 8).take(7).map(String::from).collect();
        Source { districts, dice: Dice::new(seed), now: Timestamp::now(), ids: Vec::new() }
    }

    /// The desk's word on some earlier reports.
    pub fn verification(&mut self) -> Value {
        let (act, count) = [("confirm", 2), ("reject", 1), ("merge", 3), ("split", 1)][self.dice.below(4)];
        let reports: Vec<String> = match self.ids.is_empty() {
            true => Vec::new(),
            false => (0..count).map(|_| self.earlier()).collect(),
        };
        let reported = self.now - SignedDuration::from_mins(self.dice.below(80) as i64);
        json!({
            "report_id": self.id(), "feed": "desk", "district": self.districts[self.dice.below(self.districts.len())],
            "reported_at": reported.to_string(), "verification": {"act": act, "reports": reports},
        })
    }

    /// Lines of valid reports.
    pub fn lines(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.report().to_string()).collect()
    }

    /// One report that will be accepted.
    pub fn report(&mut self) -> Value {
        let id = self.id();
        let back = SignedDuration::from_mins(90 + self.dice.below(20 * 24 * 60) as i64);
        let reported = self.now - back;
        let mut report = json!({
            "report_id": id, "feed": CLASS, "reporter": "polsek-01",
            "district": self.districts[self.dice.below(self.districts.len())], "reported_at": reported.to_string(),
        });
        match self.dice.below(12) {
            0 => {
                let from = reported - SignedDuration::from_hours(24);
                report["nothing_happened"] = json!({"from": from.to_string(), "to": reported.to_string()});
            }
            1 if !self.ids.is_empty() => {
                self.tell(&mut report, reported);
                report["retracts"] = self.earlier().into();
            }
            2 if !self.ids.is_empty() => {
                self.tell(&mut report, reported);
                report["supersedes"] = self.earlier().into();
            }
            3 if !self.ids.is_empty() => {
                self.tell(&mut report, reported);
                report["report_id"] = self.earlier().into(); // the id of an earlier report, with other content
            }
            _ => self.tell(&mut report, reported),
        }
        self.ids.push(id);
        report
    }

    /// A plain statement of a district, happened minutes ago.
    pub fn statement(&mut self, district: &str, (kind, category): (&str, &str), severity: u8) -> Value {
        let id = self.id();
        let (happened, reported) = (
            Timestamp::now() - SignedDuration::from_mins(20),
            Timestamp::now() - SignedDuration::from_mins(5),
        );
        json!({
            "report_id": id, "feed": CLASS, "district": district, "kind": kind, "category": category,
            "severity": severity, "occurred_at": happened.to_string(), "reported_at": reported.to_string(),
            "summary": "laporan percobaan", "stage": "occurring",
        })
    }

    fn id(&mut self) -> String {
        let time = self.now.as_millisecond() as u128;
        ulid(time << 80 | u128::from(self.dice.roll() & 0xFFFF) << 64 | u128::from(self.dice.roll()))
    }

    fn earlier(&mut self) -> String {
        self.ids[self.dice.below(self.ids.len())].clone()
    }

    fn tell(&mut self, report: &mut Value, reported: Timestamp) {
        let (kind, category) = CATEGORIES[self.dice.below(CATEGORIES.len())];
        let happened = reported - SignedDuration::from_mins(self.dice.below(36 * 60) as i64);
        report["kind"] = kind.into();
        report["category"] = category.into();
        report["severity"] = (1 + self.dice.below(5)).into();
        report["occurred_at"] = happened.to_string().into();
        report["summary"] = "warga berkumpul di simpang, menunggu camat".into();
    }
}
