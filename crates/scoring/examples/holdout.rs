//! The model in synthetic worlds with a known truth, many seeds each:
//! `cargo run --release -p scoring --example holdout -- [FIRST_SEED] [SEEDS]`
//!
//! These are tests of the machinery, never field results.

use scoring::evaluate::noise_floor;
use scoring::synthetic::regimes::{all, judge};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let number =
        |at: usize, otherwise: u64| std::env::args().nth(at).map_or(Ok(otherwise), |text| text.parse());
    let (first, seeds) = (number(1, 201)?, number(2, 5)?);
    println!(
        "{:<24} {:>14} {:>17} {:>21} {:>16} {:>14} {:>6}",
        "world",
        "Brier/best",
        "error mean, worst",
        "slope, least to most",
        "slopes in noise",
        "oracle's share",
        "served"
    );
    for at in 0..all(first).len() {
        let mut name = "";
        let (mut ratios, mut errors, mut slopes, mut shares) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut within, mut served) = (0, 0);
        for seed in first..first + seeds {
            let regime = &all(seed)[at];
            name = regime.name;
            let judged = judge(regime)?;
            let model = &judged.result.model;
            ratios.push(judged.against_best());
            errors.push(model.measures.ece);
            shares.extend(judged.of_oracle());
            served += usize::from(judged.result.served == "model");
            if let (Some(slope), Some(noise)) =
                (model.calibration_slope, noise_floor(&judged.truth, &judged.risk, seed).slope)
            {
                slopes.push(slope);
                within += usize::from((noise.low..=noise.high).contains(&slope));
            }
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        println!(
            "{name:<24} {:>6.3}, {:>6.3} {:>9.4}, {:>6.4} {:>7.2}, {:.2} to {:.2} {:>10} of {:<3} {:>14.2} {:>3} of {}",
            mean(&ratios),
            most(&ratios),
            mean(&errors),
            most(&errors),
            mean(&slopes),
            least(&slopes),
            most(&slopes),
            within,
            slopes.len(),
            mean(&shares),
            served,
            seeds
        );
    }
    Ok(())
}
