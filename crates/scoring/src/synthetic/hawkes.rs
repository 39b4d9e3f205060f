//! A rival that knows contagion by name: every event raises the rate of its place for a while (a Hawkes process with an
//! exponential kernel, pooled over places). Rate of place i at day t: `mu_i + branching · Σ decay · e^(−decay (t − t_j))`.
//!
//! Fitted by expectation and maximisation: each event is, with some probability, spontaneous or the child of an earlier one.
//! It is the yardstick of the synthetic worlds, whose truth is of its kind, and is compiled for tests alone: nothing serves it.

use super::Excitation;
use crate::panel::Panel;

impl Excitation {
    pub fn half_life_days(&self) -> f64 {
        std::f64::consts::LN_2 / self.decay
    }
}

/// Weight (in events) of the pooled background in each place's own.
const POOLED: f64 = 2.0;
const ROUNDS: usize = 300;

/// Fits on event times in days by place, over `length` days.
pub fn fit(times: &[Vec<f64>], length: f64) -> Excitation {
    let events: f64 = times.iter().map(|own| own.len() as f64).sum();
    let places = times.len().max(1) as f64;
    let pooled = events / (places * length);
    let mut model = Excitation { background: vec![0.5 * pooled; times.len()], branching: 0.5, decay: 0.1 };
    for _ in 0..ROUNDS {
        let before = (model.branching, model.decay);
        step(&mut model, times, length);
        if (model.branching - before.0).abs() < 1e-6 && (model.decay / before.1 - 1.0).abs() < 1e-6 {
            break;
        }
    }
    model
}

fn step(model: &mut Excitation, times: &[Vec<f64>], length: f64) {
    let (mut children, mut delays, mut all_alone) = (0.0, 0.0, 0.0);
    let mut exposure = 0.0;
    let mut alone = vec![0.0; times.len()];
    for (place, own) in times.iter().enumerate() {
        // Σ e^(−b·age) and Σ age·e^(−b·age) over earlier events, carried along.
        let (mut heat, mut aged, mut last) = (0.0, 0.0, 0.0);
        for time in own {
            let gap = time - last;
            let fade = libm::exp(-model.decay * gap);
            aged = (aged + gap * heat) * fade;
            heat *= fade;
            last = *time;
            let from_others = model.branching * model.decay * heat;
            let rate = model.background[place] + from_others;
            let child = if rate > 0.0 { from_others / rate } else { 0.0 };
            children += child;
            delays += if heat > 0.0 { child * aged / heat } else { 0.0 };
            alone[place] += 1.0 - child;
            all_alone += 1.0 - child;
            heat += 1.0;
            // Only the share of the kernel inside the window could have had children.
            exposure += -libm::expm1(-model.decay * (length - time));
        }
    }
    let pooled = all_alone / (times.len().max(1) as f64 * length);
    for (place, alone) in alone.iter().enumerate() {
        model.background[place] = (alone + POOLED) / (length + POOLED / pooled.max(1e-12));
    }
    model.branching = (children / f64::max(exposure, 1.0)).clamp(0.0, 0.99);
    if delays > 0.0 && children > 0.0 {
        model.decay = (children / delays).clamp(1e-3, 10.0);
    }
}

/// The rival's forecasts of a panel's test cells, unit by unit, from what was known at each origin.
pub fn forecast(panel: &Panel) -> Vec<f64> {
    let start = panel.first_day(0);
    let cut = f64::from(panel.first_day(panel.cut) - start);
    let mut known: Vec<Vec<(f64, f64)>> = vec![Vec::new(); panel.units.len()];
    for mark in &panel.marks {
        // Days are whole: events of one day are set a little apart, at noon and after.
        let at = f64::from(mark.day - start) + 0.5 + 0.001 * (known[mark.unit].len() % 100) as f64;
        known[mark.unit].push((at, f64::from(mark.known_day - start)));
    }
    known.iter_mut().for_each(|own| own.sort_by(|a, b| a.0.total_cmp(&b.0)));
    let before = |own: &Vec<(f64, f64)>, day: f64| -> Vec<f64> {
        own.iter().filter(|(at, known)| *at < day && *known < day).map(|(at, _)| *at).collect()
    };
    let training: Vec<Vec<f64>> = known.iter().map(|own| before(own, cut)).collect();
    let model = fit(&training, cut);
    let mut risks = Vec::new();
    for (unit, own) in known.iter().enumerate() {
        for target in panel.cut..panel.len {
            let (now, end) =
                (f64::from(panel.first_day(target) - start), f64::from(panel.first_day(target + 1) - start));
            risks.push(model.risk_from(
                model.background[unit],
                model.excited(&before(own, now), now),
                end - now,
            ));
        }
    }
    risks
}
