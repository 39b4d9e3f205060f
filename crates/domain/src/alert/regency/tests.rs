//! Tests of what a regency's alert counts.

use super::*;
use crate::alert::tests::condition;
use crate::alert::{AlertOutcome, State, open};
use crate::kind::Horizon;
use crate::kind::Level::{Awas, Low, Siaga, Waspada};
use crate::place::Code;
use crate::splitmix;
use crate::time::{HOUR, Time};
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

const REGENCY: Code = Code(161_300);
const NEEDED: u32 = 3;

fn of_districts(change: ConditionChange, level: Level, count: DistrictCount) -> Condition {
    Condition {
        reasons: vec![ConditionReason::Districts(count)],
        evidence: Vec::new(),
        unverified: false,
        ..condition(change, level)
    }
}

fn count(number: u32, alone: Level, with_model: Level) -> DistrictCount {
    DistrictCount { count: number, needed: NEEDED, alone, with_model }
}

fn levels(districts: &[(Level, Level)]) -> Vec<DistrictLevels> {
    let own =
        |(stands, runs): &(Level, Level)| DistrictLevels { stands: *stands, runs: *runs, unverified: true };
    districts.iter().map(own).collect()
}

const NEW: RegencyNews = RegencyNews::Condition { before: None };
const NO_ALERT: RegencyAlert<'static> = RegencyAlert { live: None, ended: None };
const AT: Time = Time(40 * 24 * HOUR);

#[test]
fn a_regencys_alert_opens_by_the_districts_whose_alerts_run_and_by_no_other() {
    let raised = of_districts(ConditionChange::Raised, Awas, count(3, Low, Low));
    let opens = |districts: &[(Level, Level)]| {
        let word = word_for_regency(&raised, &levels(districts), NO_ALERT, NEW, AT)?;
        Some((word.change, word.level, word.districts().map(|own| own.count), word.unverified))
    };
    assert_eq!(opens(&[(Awas, Awas); 3]), Some((ConditionChange::Raised, Awas, Some(3), false)));
    assert_eq!(opens(&[(Awas, Awas), (Awas, Low), (Awas, Low)]), None, "two were ended");
    let four = [(Awas, Siaga), (Awas, Awas), (Awas, Awas), (Awas, Low)];
    assert_eq!(opens(&four), Some((ConditionChange::Raised, Siaga, Some(3), true)), "one says less since");
    let own = of_districts(ConditionChange::Raised, Awas, count(3, Waspada, Siaga));
    let ended = [(Awas, Awas), (Awas, Low), (Awas, Low)];
    let word = word_for_regency(&own, &levels(&ended), NO_ALERT, NEW, AT).expect("its own incidents");
    assert_eq!((word.level, word.districts()), (Waspada, None), "the model opens nothing of its own");
}

#[test]
fn a_regencys_alert_falls_and_clears_with_the_alerts_that_it_counts() {
    let stands = of_districts(ConditionChange::Changed, Awas, count(3, Low, Low));
    let alert = open(String::from("16.13-2026-0001"), REGENCY, &stands);
    let follow = |alert: &Alert, districts: &[(Level, Level)]| {
        let known = RegencyAlert { live: Some(alert), ended: None };
        let word = word_for_regency(&stands, &levels(districts), known, RegencyNews::Districts, AT)?;
        Some(transition(alert, &Act::Condition(word), None, "", AT).unwrap())
    };
    assert_eq!(follow(&alert, &[(Awas, Awas); 3]), None);
    let fallen = follow(&alert, &[(Awas, Awas), (Awas, Awas), (Awas, Siaga)]).unwrap();
    assert_eq!((fallen.level, fallen.cleared_at), (Siaga, None));
    let cleared = follow(&fallen, &[(Awas, Awas), (Awas, Awas), (Awas, Low)]).unwrap();
    assert_eq!((cleared.level, cleared.cleared_at), (Siaga, Some(AT)));
    assert_eq!(follow(&cleared, &[(Awas, Awas), (Awas, Low), (Awas, Low)]), None, "once");
    // The districts' conditions go, and the dwell of the regency's keeps it: nothing comes back of that.
    assert_eq!(follow(&cleared, &[]), None);
    let back = follow(&cleared, &[(Awas, Awas), (Awas, Awas), (Awas, Siaga)]).unwrap();
    assert_eq!((back.level, back.cleared_at), (Siaga, None), "what came in since counts");
}

#[test]
fn who_ended_a_regencys_alert_answered_its_level() {
    let stands = of_districts(ConditionChange::Changed, Awas, count(3, Low, Low));
    let ended = |level, cleared_at| {
        let own = open(String::from("16.13-2026-0001"), REGENCY, &Condition { level, ..stands.clone() });
        let outcome = Some(AlertOutcome::Averted);
        Alert { state: State::Resolved, outcome, cleared_at, changed_at: stands.since.plus(HOUR), ..own }
    };
    let opens = |ended: &Alert| {
        let known = RegencyAlert { live: None, ended: Some(ended) };
        word_for_regency(&stands, &levels(&[(Awas, Awas); 3]), known, RegencyNews::Districts, AT).is_some()
    };
    assert!(!opens(&ended(Awas, None)));
    assert!(opens(&ended(Siaga, None)), "it rose above that");
    assert!(opens(&ended(Siaga, Some(AT))), "it had cleared");
}

/// An incident of the regency's own opened its alert again after officers had ended it at awas, of which three districts ran on.
#[test]
fn what_was_answered_of_a_regency_is_answered_whichever_steps_its_districts_take() {
    let stands = of_districts(ConditionChange::Changed, Awas, count(3, Waspada, Waspada));
    let own = Condition { level: Waspada, ..stands.clone() };
    let reopened = Alert { answered: Some(Awas), ..open(String::from("16.13-2026-0002"), REGENCY, &own) };
    let follow = |alert: Alert, condition: &Condition, districts: &[(Level, Level)], news| {
        let known = RegencyAlert { live: Some(&alert), ended: None };
        let word = word_for_regency(condition, &levels(districts), known, news, AT);
        word.map_or(alert.clone(), |word| follow_word(&alert, &word, condition.level, AT).unwrap())
    };
    let step = |alert, runs| follow(alert, &stands, &[(Awas, runs); 3], RegencyNews::Districts);
    assert_eq!(step(reopened.clone(), Awas), reopened);
    assert_eq!(step(step(reopened.clone(), Siaga), Awas), reopened, "and no line says nothing");
    // Its own incidents say less: it falls, and what was answered stays so.
    let higher = Alert { level: Siaga, ..reopened.clone() };
    let less = of_districts(ConditionChange::Changed, Awas, count(3, Waspada, Waspada));
    let emitted = |before| RegencyNews::Condition { before: Some(before) };
    let fallen = follow(higher, &less, &[(Awas, Awas), (Awas, Awas), (Awas, Low)], emitted(Awas));
    assert_eq!((fallen.level, fallen.answered), (Waspada, Some(Awas)));
    // The regency's condition falls and rises again: that is more than what was answered.
    let lower = of_districts(ConditionChange::Changed, Siaga, count(3, Waspada, Waspada));
    let fallen = follow(fallen, &lower, &[(Siaga, Siaga); 3], emitted(Awas));
    assert_eq!((fallen.level, fallen.answered), (Waspada, Some(Siaga)));
    let risen = follow(fallen, &stands, &[(Awas, Awas); 3], emitted(Siaga));
    assert_eq!((risen.level, risen.answered), (Awas, None));
}

/// The districts' conditions are over, and the dwell of the regency's: the model keeps it at siaga.
#[test]
fn the_model_alone_neither_raises_a_regencys_alert_as_its_condition_falls_nor_brings_it_back() {
    let model = ConditionReason::Model { horizon: Horizon::Week, risk_ppm: 700_000, base_ppm: 20_000 };
    let of = |reasons: &[&ConditionReason]| Condition {
        reasons: reasons.iter().map(|reason| (*reason).clone()).collect(),
        ..of_districts(ConditionChange::Changed, Siaga, count(0, Low, Low))
    };
    let stood = of_districts(ConditionChange::Changed, Awas, count(3, Low, Siaga));
    let alert = |level| open(String::from("16.13-2026-0001"), REGENCY, &Condition { level, ..stood.clone() });
    let follow = |alert: &Alert, condition: &Condition, before| {
        let known = RegencyAlert { live: Some(alert), ended: None };
        let news = RegencyNews::Condition { before: Some(before) };
        let word = word_for_regency(condition, &[], known, news, AT)?;
        Some(follow_word(alert, &word, condition.level, AT).unwrap())
    };
    let cleared = Alert { cleared_at: Some(AT), ..alert(Awas) };
    assert_eq!(follow(&cleared, &of(&[&model]), Awas), None);
    let moved = |alert: Alert, condition: Condition, before| {
        follow(&alert, &condition, before).map(|alert| (alert.level, alert.cleared_at))
    };
    assert_eq!(moved(alert(Waspada), of(&[&model]), Awas), Some((Waspada, None)));
    assert_eq!(moved(alert(Awas), of(&[&model]), Awas), Some((Siaga, None)), "it keeps what stands");
    assert_eq!(moved(cleared.clone(), of(&[&model]), Waspada), Some((Siaga, None)), "the condition rises");
    let rule = ConditionReason::Rule(String::from("banjir-2"));
    assert_eq!(moved(cleared, of(&[&rule, &model]), Awas), Some((Siaga, None)), "its own incidents");
}

/// The reasons that a regency's own incidents and the model give.
fn by_own(alone: Level, with_model: Level) -> Vec<ConditionReason> {
    let rule = ConditionReason::Rule(format!("banjir-{alone}"));
    let model = ConditionReason::Model { horizon: Horizon::Week, risk_ppm: 700_000, base_ppm: 20_000 };
    let reasons = [(alone.is_warning(), rule), (with_model > alone, model)];
    reasons.into_iter().filter_map(|(stands, reason)| stands.then_some(reason)).collect()
}

/// A regency and its districts without a dwell, by histories of conditions and ends.
struct World {
    random: u64,
    districts: Vec<(Level, Option<Alert>)>,
    alone: Level,
    /// What the model asks for, siaga at most.
    model: Level,
    condition: Option<Condition>,
    live: Option<Alert>,
    ended: Option<Alert>,
    /// The lowest level of the condition since an incident of the regency's own opened its alert again.
    lowest: Level,
    hour: i64,
    ends: usize,
}

impl World {
    fn new(seed: u64) -> World {
        World {
            random: seed,
            districts: vec![(Low, None); 5],
            alone: Low,
            model: Low,
            condition: None,
            live: None,
            ended: None,
            lowest: Low,
            hour: 1_000,
            ends: 0,
        }
    }

    fn below(&mut self, bound: u64) -> u64 {
        splitmix::next(&mut self.random) % bound
    }

    fn levels(&self) -> Vec<DistrictLevels> {
        let standing = self.districts.iter().filter(|(stands, _)| stands.is_warning());
        standing.map(|(stands, alert)| DistrictLevels::of(*stands, alert.as_ref())).collect()
    }

    /// The level at which three districts stand by `level`.
    fn of_three(&self, level: impl Fn(&DistrictLevels) -> Level) -> Level {
        let mut own: Vec<Level> = self.levels().iter().map(level).filter(|level| *level >= Siaga).collect();
        own.sort_unstable();
        own.len().checked_sub(NEEDED as usize).map_or(Low, |at| own[at])
    }

    fn place(&self) -> Level {
        self.condition.as_ref().map_or(Low, |own| own.level)
    }

    fn stands(&self) -> Level {
        let running = self.live.as_ref().filter(|live| live.cleared_at.is_none());
        running.map_or(Low, |live| live.level)
    }

    /// What the regency's own incidents and the districts whose alerts run carry. Where no districts count, a level that incidents give
    /// is not distinguished from what the model adds to it.
    fn carried(&self) -> Level {
        let counts = self.condition.as_ref().is_some_and(|own| own.districts().is_some());
        let with_model = if counts { Low } else { self.model };
        let own = if self.alone.is_warning() { self.alone.max(with_model) } else { Low };
        own.max(self.of_three(|own| own.runs))
    }

    fn at(&self) -> Time {
        Time(self.hour * HOUR)
    }

    fn district_moves(&mut self, index: usize) {
        let level = [Low, Waspada, Siaga, Awas][self.below(4) as usize];
        let (stands, alert) = self.districts[index].clone();
        let change = match (stands, level) {
            (before, level) if before == level => return,
            (Low, _) => ConditionChange::Raised,
            (_, Low) => ConditionChange::Cleared,
            _ => ConditionChange::Changed,
        };
        let word = Condition { at: self.at(), since: self.at(), ..condition(change, level) };
        let alert = match alert {
            Some(alert) => Some(transition(&alert, &Act::Condition(word), None, "", self.at()).unwrap()),
            None if condition_opens_alert(&word, Some(stands)) => {
                Some(open(format!("{index}"), Code(161_301 + index as u32), &word))
            }
            None => None,
        };
        self.districts[index] = (level, alert);
    }

    /// The regency's condition, as the keeper makes it of its districts.
    fn regency_moves(&mut self) {
        let (alone, by_districts) = (self.alone, self.of_three(|own| own.stands));
        let with_model = alone.max(self.model);
        let level = with_model.max(by_districts);
        let before = self.condition.as_ref().map(|own| (own.level, own.reasons.clone(), own.since));
        let number = self.levels().iter().filter(|own| own.stands >= Siaga).count() as u32;
        let of_own = by_own(alone, with_model);
        let of = |change, since| {
            let own = of_districts(change, level, count(number, alone, with_model));
            let mut reasons = of_own.clone();
            reasons.extend(own.reasons.into_iter().filter(|_| number >= NEEDED));
            Condition { at: self.at(), since, reasons, ..own }
        };
        let word = match before {
            None if level.is_warning() => of(ConditionChange::Raised, self.at()),
            None => return,
            Some((_, _, since)) if !level.is_warning() => of(ConditionChange::Cleared, since),
            Some((before, ref reasons, since)) => {
                let word = of(ConditionChange::Changed, since);
                let says = |reasons: &[ConditionReason]| {
                    let districts = reasons.iter().find_map(|own| own.districts());
                    let of_rule = |own: &&ConditionReason| matches!(own, ConditionReason::Rule(_));
                    let by_rule = reasons.iter().find(of_rule).cloned();
                    (districts.map(|own| (own.alone, own.with_model)), by_rule)
                };
                if before == level && says(reasons) == says(&word.reasons) {
                    return;
                }
                word
            }
        };
        let news = RegencyNews::Condition { before: before.map(|(level, ..)| level) };
        self.condition = word.change.stands().then(|| word.clone());
        self.lowest = self.lowest.min(level);
        if word.change.moves_level() {
            self.follow(&word, news);
        } else if let Some(live) = self.live.take() {
            self.live = Some(transition(&live, &Act::Condition(word), None, "", self.at()).unwrap());
        }
    }

    fn follow(&mut self, condition: &Condition, news: RegencyNews) {
        let known = RegencyAlert { live: self.live.as_ref(), ended: self.ended.as_ref() };
        let Some(word) = word_for_regency(condition, &self.levels(), known, news, self.at()) else { return };
        self.live = Some(match &self.live {
            Some(live) => follow_word(live, &word, condition.level, self.at()).unwrap(),
            None => open(String::from("R"), REGENCY, &word),
        });
    }

    /// An incident of the regency's own opens its alert again after a person ended it.
    fn reopens(&mut self) {
        let Some(condition) = self.condition.clone().filter(|_| self.live.is_none() && self.ended.is_some())
        else {
            return;
        };
        if self.alone.is_warning() {
            let own = Condition { level: self.alone, ..condition };
            let answered = Some(condition.level);
            self.live = Some(Alert { answered, ..open(String::from("R"), REGENCY, &own) });
            self.lowest = condition.level;
        }
    }

    /// One step; true where a person ended something by now.
    fn step(&mut self) {
        self.hour += 1;
        match self.below(10) {
            0..=3 => {
                let index = self.below(5) as usize;
                self.district_moves(index);
                self.regency_moves();
            }
            4 => {
                self.alone = [Low, Waspada, Siaga, Awas][self.below(4) as usize];
                self.regency_moves();
            }
            5 if self.live.as_ref().is_some_and(|live| live.cleared_at.is_none()) && self.below(4) == 0 => {
                let live = self.live.take().expect("looked at");
                self.ended = Some(Alert { state: State::Resolved, changed_at: self.at(), ..live });
                self.ends += 1;
            }
            6 => self.reopens(),
            7 => {
                self.model = [Low, Waspada, Siaga][self.below(3) as usize];
                self.regency_moves();
            }
            _ => {
                let index = self.below(5) as usize;
                self.ends += usize::from(self.districts[index].1.take().is_some());
            }
        }
        if let Some(condition) = self.condition.clone() {
            self.follow(&condition, RegencyNews::Districts);
        }
    }
}

#[test]
fn whatever_comes_and_ends_a_regencys_alert_rests_on_what_runs() {
    let (mut lower, mut reopened) = (0, 0);
    for seed in 0..400 {
        let mut world = World::new(seed);
        for step in 0..60 {
            let (place_before, stood) = (world.place(), world.stands());
            world.step();
            let (place, stands) = (world.place(), world.stands());
            let carried = world.carried();
            let kept = stood.min(world.alone.max(world.model));
            let by_condition = if place > place_before { place } else { Low };
            let most = carried.max(kept).max(by_condition).min(place);
            assert!(stands <= most, "seed {seed}, step {step}: {stands} of {most}");
            let since = world.condition.as_ref().map(|own| own.since);
            let knew =
                world.ended.as_ref().filter(|ended| since.is_some_and(|since| ended.changed_at >= since));
            let of_live = world.live.as_ref().and_then(|live| live.answered);
            assert!(of_live.is_none_or(|own| own == world.lowest), "seed {seed}, step {step}: {of_live:?}");
            reopened += usize::from(of_live.is_some());
            let answered = of_live.or(knew.map(|ended| ended.level)).unwrap_or(Low);
            let carried = world.alone.max(world.of_three(|own| own.runs));
            assert!(
                stands >= carried.min(place) || carried <= answered,
                "seed {seed}, step {step}: {stands} of {carried}"
            );
            assert!(stands == place || world.ends > 0, "seed {seed}, step {step}: nobody ended anything");
            lower += usize::from(stands < place);
        }
    }
    assert!(reopened > 500, "an alert stood by what came in since an end {reopened} times");
    assert!(lower > 1_000, "what was ended was counted by the condition {lower} times");
}
