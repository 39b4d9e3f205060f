//! What a pipeline takes in memory as its history grows, where nothing leaves and where what is cold does.
//!
//! `cargo run --release -p worker --example memory [reports] [days] [keep]` from the root of the repository; with `keep` nothing leaves. One
//! tick a day, so that what is measured is the reports and not the looks at them.

use domain::feature::COUNT;
use domain::kind::{Category, FeedClass, FoundBy, Handling, Horizon, Kind, Parties};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Areas, Code, Place, Places, Unit};
use domain::report::{Body, FeedId, Report, ReportId, ReportName, Statement, VerificationAct};
use domain::scorer::{Calibration, ModelLine, Scorer};
use domain::splitmix;
use domain::time::{DAY, HOUR, Time};
use formats::policy::PolicyFile;
use formats::taxonomy::Taxonomy;
use std::fs;
use std::sync::Arc;
use std::time::Instant;
use worker::HOT_SPAN;

const REGENCIES: u64 = 514;
const DISTRICTS: u64 = 7_277;
const START: Time = Time(490_000 * HOUR);
const CATEGORIES: [(Kind, &str); 6] = [
    (Kind::ResidentCompany, "WP-05"),
    (Kind::ResidentCompany, "WP-01"),
    (Kind::ResidentResident, "WW-01"),
    (Kind::ResidentResident, "WW-10"),
    (Kind::Disaster, "WA-01"),
    (Kind::Disaster, "WA-02"),
];

struct Flat;

impl Scorer for Flat {
    fn line_for(&self, _: Code, _: Kind, _: Horizon) -> ModelLine {
        let calibration = Calibration { model: 0, calibrated: true, base_ppm: 10_000, bar: None };
        ModelLine { intercept: -6.0, coefficients: [0.1; COUNT], calibration }
    }
}

/// The reports of a made-up country: busy districts far busier than quiet ones, one in a hundred corrected, taken back or confirmed.
struct Country {
    state: u64,
    last: Vec<(Code, ReportName)>,
}

impl Country {
    fn below(&mut self, sides: u64) -> u64 {
        splitmix::next(&mut self.state) % sides
    }

    fn district(&mut self) -> Code {
        // The share of the busiest falls as in the bench's workload.
        let share = self.below(1 << 30) as f64 / f64::from(1 << 30);
        let rank = ((DISTRICTS as f64).powf(share) - 1.0) as u64;
        let (regency, number) = (rank % REGENCIES, rank / REGENCIES + 1);
        Code(((11 + regency % 38) * 10_000 + (1 + regency / 38) * 100 + number) as u32)
    }

    fn report(&mut self, number: u64, at: Time) -> Report {
        let (kind, code) = CATEGORIES[self.below(6) as usize];
        let class = [FeedClass::Village, FeedClass::Police, FeedClass::Company][self.below(3) as usize];
        let place = Place { code: self.district(), village: 2001 + self.below(18) as u16 };
        let mut report = Report {
            id: ReportId(u128::from(number) << 64 | u128::from(splitmix::next(&mut self.state))),
            hash: u128::from(splitmix::next(&mut self.state)),
            feed: FeedId(class as u32),
            class,
            author: None,
            place,
            reported_at: at,
            reconstructed: false,
            doubtful: None,
            body: Body::Statement(Statement {
                kind,
                category: Category::parse(code).expect("a code of the taxonomy"),
                severity: [1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5][self.below(12) as usize],
                occurred_at: at.plus(-(self.below(3) as i64) * HOUR),
                stage: None,
                reliability: 0,
                credibility: 0,
                handling: Handling::Open,
                parties: Parties::default(),
                found_by: FoundBy::Report,
                dead: 0,
                injured: 0,
                displaced: 0,
                supersedes: None,
                continues: false,
                ends: false,
                about: None,
                confidence: None,
                wording: None,
            }),
        };
        if self.below(100) == 0 && self.last.len() > 100 {
            let at = self.last.len() - 1 - self.below(100) as usize;
            let (code, named) = self.last[at];
            (report.place, report.feed) = (Place { code, village: 0 }, named.feed);
            report.body = match self.below(2) {
                0 => Body::Retraction { target: named.id },
                _ => Body::Verification {
                    act: VerificationAct::Confirm,
                    reports: vec![named.into()],
                    areas: Areas::everywhere(),
                },
            };
        }
        self.last.push((report.place.code, report.name()));
        if self.last.len() > 10_000 {
            self.last.drain(..5_000);
        }
        report
    }
}

fn places() -> Places {
    let code = |index: u64| {
        let (regency, number) = (index % REGENCIES, index / REGENCIES + 1);
        Code(((11 + regency % 38) * 10_000 + (1 + regency / 38) * 100 + number) as u32)
    };
    Places::new((0..DISTRICTS).map(|index| (code(index), Unit::default())).collect(), false)
}

/// Resident memory of this process in MB.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: u64| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(usual);
    let (reports, days) = (number(0, 1_000_000), number(1, 400));
    let keep = words.iter().any(|word| word == "keep");
    let read = |file: &str| fs::read_to_string(file).expect("run from the root of the repository");
    let taxonomy = Taxonomy::parse(&read("config/taxonomy.toml")).expect("the taxonomy");
    let policy = PolicyFile::parse(&read("config/policy.toml"), &taxonomy).expect("the policy").policy;
    let places = Arc::new(places());
    let mut pipeline = Pipeline::new(
        places,
        Arc::new(policy),
        &Flat,
        PipelineOptions { explains: false, ..PipelineOptions::default() },
    );
    let mut country = Country { state: 42, last: Vec::new() };
    println!("nothing reported: {:.1} MB", resident());
    let (mut effects, mut day, mut needed, mut slowest) = (Vec::new(), 0, 0_u64, 0.0_f64);
    for index in 0..reports {
        let at = START.plus((index as i128 * i128::from(days as i64 * DAY) / i128::from(reports)) as i64);
        let today = (at.0 - START.0) / DAY;
        if today > day {
            day = today;
            pipeline.apply(Input::Tick(at.hour()), &mut effects);
            if !keep {
                let began = Instant::now();
                pipeline.forget_cold(HOT_SPAN);
                slowest = slowest.max(began.elapsed().as_secs_f64());
            }
            effects.clear();
        }
        let report = country.report(index, at);
        if pipeline.needs(&report).is_empty() {
            pipeline.apply(Input::Report { received: at, report: &report }, &mut effects);
        } else {
            needed += 1;
        }
        effects.clear();
        if (index + 1) % (reports / 10).max(1) == 0 {
            let in_memory = pipeline.view().reports().count();
            println!("{} reports, {in_memory} in memory: {:.1} MB", index + 1, resident());
        }
    }
    println!("{needed} left out that asked for what left; the slowest pass took {:.0} ms", slowest * 1e3);
}
