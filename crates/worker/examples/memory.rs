//! What a pipeline takes in memory as its history grows, where nothing leaves and where what is cold does.
//!
//! `cargo run --release -p worker --example memory [reports] [days] [keep]` from the root of the repository; with `keep` nothing leaves. One
//! tick a day, so that what is measured is the reports and not the looks at them.

mod country;

use country::{Country, START, places};
use domain::feature::COUNT;
use domain::kind::{Horizon, Kind};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::Code;
use domain::scorer::{Calibration, ModelLine, Scorer};
use domain::time::DAY;
use formats::policy::PolicyFile;
use formats::taxonomy::Taxonomy;
use std::fs;
use std::sync::Arc;
use std::time::Instant;
use worker::HOT_SPAN;

struct Flat;

impl Scorer for Flat {
    fn line_for(&self, _: Code, _: Kind, _: Horizon) -> ModelLine {
        let calibration = Calibration { model: 0, calibrated: true, base_ppm: 10_000, bar: None };
        ModelLine { intercept: -6.0, coefficients: [0.1; COUNT], calibration }
    }
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
    let mut country = Country::new(42);
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
