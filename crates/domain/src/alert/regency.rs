//! The alert of a regency that its districts raise by their count: those count whose alerts run.
//!
//! A district's condition goes on standing after a person ended its alert, by what that person answered, and so does the condition of the
//! regency that counts it: what was reported stays evidence. Their alert does not: it stands as high as the districts whose alerts
//! run let it, or what the regency's own incidents raise, and no higher than the condition.

use super::{Act, ActRefusal, Alert, condition_opens_alert, transition};
use crate::condition::finding::raises_regency;
use crate::effect::{Condition, ConditionChange, ConditionReason, DistrictCount};
use crate::kind::Level;
use crate::time::Time;

/// A district that stands, as its regency counts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DistrictLevels {
    /// The level of its condition.
    pub stands: Level,
    /// The level of its alert while that runs, never above the condition's; low where none does.
    pub runs: Level,
    pub unverified: bool,
}

impl DistrictLevels {
    /// Of a district whose condition stands at a level, with its live alert.
    pub fn of(stands: Level, live: Option<&Alert>) -> DistrictLevels {
        let running = live.filter(|alert| alert.cleared_at.is_none());
        DistrictLevels {
            stands,
            runs: running.map_or(Level::Low, |alert| alert.level.min(stands)),
            unverified: running.is_none_or(|alert| alert.unverified),
        }
    }

    /// True where it counts among those that raise the regency's alert.
    pub fn counts(&self) -> bool {
        raises_regency(self.runs)
    }

    /// True where the regency's condition counts it for more than the regency's alert does.
    fn is_answered(&self) -> bool {
        raises_regency(self.stands) && self.runs < self.stands
    }
}

/// What is known of a regency's alert at an instant.
#[derive(Clone, Copy, Debug)]
pub struct RegencyAlert<'a> {
    /// The live one.
    pub live: Option<&'a Alert>,
    /// The last that ended; asked for only where none is live.
    pub ended: Option<&'a Alert>,
}

/// What the alert of a regency follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegencyNews {
    /// The regency's condition was emitted, where it stood at a level before.
    Condition { before: Option<Level> },
    /// What its districts' alerts stand at has changed since.
    Districts,
}

/// The condition's word as the regency's alert follows it at an instant: with the level and the count that its districts with running
/// alerts give. `None` where the alert stays as it is, or where none opens. `condition` is the one emitted last; where it does not stand by
/// districts any more, no change in them moves the alert.
pub fn word_for_regency(
    condition: &Condition,
    districts: &[DistrictLevels],
    alert: RegencyAlert<'_>,
    news: RegencyNews,
    at: Time,
) -> Option<Condition> {
    let count = match (condition.districts(), news) {
        (Some(count), _) => count,
        (None, RegencyNews::Condition { .. }) => without_districts(condition),
        (None, RegencyNews::Districts) => return None,
    };
    let rises = match news {
        RegencyNews::Condition { before } => condition_opens_alert(condition, before),
        RegencyNews::Districts => false,
    };
    let stood = alert.live.filter(|live| live.cleared_at.is_none()).map_or(Level::Low, |live| live.level);
    let level = carried(condition.level, count, districts, stood, rises);
    let word = |change, level| Condition { change, at, level, ..counted(condition, count, districts, level) };
    let Some(live) = alert.live else {
        let knew =
            alert.ended.filter(|ended| ended.changed_at >= condition.since && ended.cleared_at.is_none());
        let answered = knew.map_or(Level::Low, |ended| ended.level);
        let opens = level > answered || rises && level == condition.level;
        return (level.is_warning() && opens).then(|| word(ConditionChange::Raised, level));
    };
    if !level.is_warning() {
        return live.cleared_at.is_none().then(|| word(ConditionChange::Cleared, Level::Low));
    }
    // Above what its own incidents carry, an alert that opened after an end says nothing that was answered.
    let takes = live.answered.is_none_or(|answered| level > answered || level < live.level);
    let differs = level != live.level || live.cleared_at.is_some();
    let moves = news != RegencyNews::Districts || takes && differs;
    moves.then(|| word(ConditionChange::Changed, level))
}

/// A regency's alert after such a word, where its condition stands at `place`: that, and not what its districts carry of it, says how
/// much of what was answered still stands.
///
/// # Errors
/// Where the alert refuses it.
pub fn follow_word(alert: &Alert, word: &Condition, place: Level, at: Time) -> Result<Alert, ActRefusal> {
    let next = transition(alert, &Act::Condition(word.clone()), None, "", at)?;
    let stands = next.answered.and(alert.answered).map(|answered| answered.min(place));
    Ok(Alert { answered: stands, ..next })
}

/// The count of a condition that no districts raise: what the model alone asks for opens and raises nothing as the condition falls.
fn without_districts(condition: &Condition) -> DistrictCount {
    let is_model = |reason: &ConditionReason| matches!(reason, ConditionReason::Model { .. });
    let by_model = !condition.reasons.is_empty() && condition.reasons.iter().all(is_model);
    let alone = if by_model { Level::Low } else { condition.level };
    DistrictCount { count: 0, needed: u32::MAX, alone, with_model: condition.level }
}

/// How high the alert stands that stood at `stood`.
fn carried(
    condition: Level,
    count: DistrictCount,
    districts: &[DistrictLevels],
    stood: Level,
    rises: bool,
) -> Level {
    let (stands, runs) =
        (of_count(count, districts, |own| own.stands), of_count(count, districts, |own| own.runs));
    let own = runs.max(count.alone);
    let level = if runs < stands {
        // The model keeps what stands, and opens nothing where districts say it.
        own.max(stood.min(count.with_model))
    } else if rises {
        condition
    } else {
        // The dwell keeps what stands, and brings nothing back that was not counted.
        own.max(stood)
    };
    level.min(condition)
}

/// The level at which as many districts stand as it takes; low where fewer are at siaga.
fn of_count(
    count: DistrictCount,
    districts: &[DistrictLevels],
    level: impl Fn(&DistrictLevels) -> Level,
) -> Level {
    let reached = |wanted: &Level| {
        let high = districts.iter().filter(|district| level(district) >= *wanted).count();
        raises_regency(*wanted) && high >= count.needed.max(1) as usize
    };
    Level::WARNINGS.into_iter().rev().find(reached).unwrap_or(Level::Low)
}

/// The condition with the count of the districts whose alerts run, where one that it counts was answered.
fn counted(
    condition: &Condition,
    count: DistrictCount,
    districts: &[DistrictLevels],
    level: Level,
) -> Condition {
    if !districts.iter().any(DistrictLevels::is_answered) {
        return condition.clone();
    }
    let running = || districts.iter().filter(|district| district.counts());
    let number = running().count() as u32;
    let mut word = condition.clone();
    word.reasons.retain_mut(|reason| {
        let ConditionReason::Districts(own) = reason else { return true };
        own.count = number;
        number >= count.needed
    });
    if level > count.with_model {
        word.unverified = running().all(|district| district.unverified);
    }
    word
}

#[cfg(test)]
mod tests;
