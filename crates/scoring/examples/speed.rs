//! How long it takes to fit 514 places, three kinds, five years, and to score a vector at both horizons.

use domain::feature::COUNT;
use domain::kind::Kind;
use domain::place::Code;
use domain::policy::Policy;
use domain::scorer::{ModelLines, ppm};
use scoring::synthetic::World;
use scoring::train::serving::TrainingUnit;
use scoring::train::{TrainOptions, card::About, train};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let world = World { places: 514, days: 1826, ..World::quiet_country(1) };
    let begin = Instant::now();
    for kind in Kind::ALL {
        let options = TrainOptions {
            kind: *kind,
            events: world.make().reports,
            units: (0..514).map(|place| format!("u{place:03}")).collect(),
            unit: TrainingUnit::Regency,
            from: 0,
            to: 1825,
            folder: folder.path().into(),
            date: "2026-01-01".into(),
            about: About::default(),
            regency_rate: None,
            districts: None,
            district_rate: None,
            prior: false,
            false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
            parents: Default::default(),
            neighbours: None,
        };
        train(&options)?;
    }
    println!("fit, folds and judgement of 514 places, 3 kinds, 2 horizons, 5 years: {:.2?}", begin.elapsed());
    let scorer = scoring::ModelScorer::new(scoring::Models::load(folder.path())?);
    let lines = ModelLines::of(&scorer, Code(161304), Kind::Disaster);
    let vectors: Vec<[f64; COUNT]> = (0..1000).map(|i| [f64::from(i % 13) * 0.1; COUNT]).collect();
    let (begin, mut sum) = (Instant::now(), 0u64);
    for _ in 0..1000 {
        for vector in &vectors {
            sum += ppm(lines.logits(vector)).into_iter().map(u64::from).sum::<u64>();
        }
    }
    println!("a vector at both horizons: {:.1} ns ({sum})", begin.elapsed().as_nanos() as f64 / 1e6);
    Ok(())
}
