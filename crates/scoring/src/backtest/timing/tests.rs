//! Worlds in which it is known whether there is anything to know of *when*. Made up here.

use super::*;
use crate::BacktestOptions;
use crate::backtest::{BacktestResult, judge};
use crate::events::{Event, EventSource, Events};
use crate::panel::Window;
use crate::period::{Day, Period};
use domain::policy::Policy;
use std::collections::BTreeSet;

const WEEKS: i32 = 200;
const PLACES: usize = 40;

/// How much more likely an event is in a place's week, by what has come before it there, and by a wave that all places share.
struct MadeWorld {
    after_an_event: f64,
    in_a_wave: f64,
}

fn judged(world: &MadeWorld, seed: u64) -> BacktestResult {
    let mut rng = Rng::new(seed);
    let (mut rows, mut wave) = (Vec::new(), false);
    let mut heat = [0.0; PLACES];
    for week in 0..WEEKS {
        wave = if wave { rng.unit() > 0.12 } else { rng.unit() < 0.1 };
        for (place, heat) in heat.iter_mut().enumerate() {
            *heat *= 0.7;
            let own = 0.02 + 0.06 * (place % 5) as f64 / 5.0;
            let shared = if wave { world.in_a_wave } else { 0.0 };
            if rng.unit() < own + shared + world.after_an_event * *heat {
                *heat += 1.0;
                let day = 18_262 + week * 7 + rng.below(7) as Day;
                let unit = format!("u{place:02}");
                rows.push(Event { unit, parent: None, day, received: day, gone: None, severity: None });
            }
        }
    }
    let from = Period::Week.first_day(Period::Week.of(18_262));
    let (to, test_from) = (from + WEEKS * 7 - 1, from + WEEKS * 7 / 2);
    let window = Window { period: Period::Week, from, to, test_from };
    let panel = Panel::new(Events { rows, ..Events::default() }, window, None).expect("a panel");
    let options = BacktestOptions {
        events: EventSource::default(),
        units: None,
        level: TrainingUnit::Regency,
        window,
        kind: None,
        seed,
        false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
    };
    judge(&panel, &options).expect("judged")
}

fn timing(world: &MadeWorld, seed: u64) -> Timing {
    judged(world, seed).model.timing
}

/// Places differ and nothing else does: what a place's past shows of its next week is below a half, and nothing is claimed.
#[test]
fn where_nothing_tells_when_nothing_is_claimed() {
    let still = MadeWorld { after_an_event: 0.0, in_a_wave: 0.0 };
    let all: Vec<Timing> = (0..12).map(|seed| timing(&still, seed)).collect();
    let shown = all.iter().filter(|one| one.is_shown()).count();
    assert!(shown <= 2, "{shown} of 12: {all:?}");
    let nulls: Vec<f64> = all.iter().filter_map(|one| one.auroc_within_null).collect();
    let mean = nulls.iter().sum::<f64>() / nulls.len() as f64;
    assert!(nulls.len() == 12 && mean < 0.5, "{mean}: {nulls:?}");
}

#[test]
fn where_one_event_brings_another_that_is_claimed_place_by_place() {
    let clustered = MadeWorld { after_an_event: 0.3, in_a_wave: 0.0 };
    for seed in 0..4 {
        let one = timing(&clustered, seed);
        assert!(one.is_local() && one.words().contains("place by place"), "{one:?}");
    }
}

/// A wave over all places is timing too, but none of a place's own.
#[test]
fn a_wave_over_all_places_is_no_timing_of_a_place() {
    let waves = MadeWorld { after_an_event: 0.0, in_a_wave: 0.4 };
    let all: Vec<Timing> = (0..8).map(|seed| timing(&waves, seed)).collect();
    let (shown, local) =
        (all.iter().filter(|one| one.is_shown()).count(), all.iter().filter(|one| one.is_local()).count());
    assert!(shown >= 6 && local <= 1, "{shown} shown, {local} local: {all:?}");
}

/// The line, the table and the page name it beside its null.
#[test]
fn the_table_says_what_may_be_claimed_of_when() {
    let result = judged(&MadeWorld { after_an_event: 0.3, in_a_wave: 0.0 }, 1);
    let timing = result.model.timing;
    assert!(result.table().contains(timing.words()), "{}", result.table());
    assert!(crate::backtest::html::page(&result).contains(timing.words()));
    let null = result.metric("auroc_within_null").expect("a null");
    assert!(Some(null) == timing.auroc_within_null && null < 0.5, "{timing:?}");
}

/// Each place keeps its number of events, and what came before the test stays where it was.
#[test]
fn events_are_dealt_within_their_place_and_test() {
    let window = Window { period: Period::Month, from: 18_262, to: 18_262 + 730, test_from: 18_262 + 365 };
    let event = |place: usize, day: Day, late: Day| Event {
        unit: format!("u{place}"),
        parent: None,
        day,
        received: day + late,
        gone: None,
        severity: None,
    };
    let rows = (0..90).map(|at| event(at % 3, 18_262 + (at as Day * 8), (at % 7) as Day)).collect();
    let panel = Panel::new(Events { rows, ..Events::default() }, window, None).expect("a panel");
    let (mut rng, mut seen) = (Rng::new(3), BTreeSet::new());
    for _ in 0..20 {
        let other = deal(&panel, &mut rng);
        assert_eq!(other.marks.len(), panel.marks.len());
        assert_ne!(other.marks, panel.marks, "nothing was dealt");
        for (unit, _) in panel.units.iter().enumerate() {
            let of = |panel: &Panel, test: bool| {
                let own =
                    panel.marks.iter().filter(|mark| mark.unit == unit && (mark.at >= panel.cut) == test);
                let mut own: Vec<Mark> = own.copied().collect();
                own.sort_by_key(|mark| mark.day);
                own
            };
            assert_eq!(of(&other, false), of(&panel, false), "what was before the test");
            assert_eq!(of(&other, true).len(), of(&panel, true).len(), "as many events in the test");
            let right = |mark: &Mark| {
                panel.period.of(mark.day) - panel.first == mark.at as i32
                    && panel.period.of(mark.known_day) - panel.first == mark.known as i32
                    && (0..7).contains(&(mark.known_day - mark.day))
            };
            assert!(of(&other, true).iter().all(right), "{:?}", of(&other, true));
            seen.extend(of(&other, true).iter().map(|mark| mark.at));
        }
    }
    assert_eq!(seen.len(), panel.len - panel.cut, "each period of the test is dealt to");
}
