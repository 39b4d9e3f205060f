//! How view structs are written as JSON: the domain's words by their contract names, times in RFC 3339.

use crate::claims::ExtentView;
use domain::alert::{AlertOutcome, State};
use domain::effect::{Affirmed, HarmedPeople, Verdict};
use domain::kind::{CheckReason, FeedClass, Handling, Horizon, Kind, Level, Outcome, Refused, Stance};
use domain::place::Zone;
use domain::time::{DAY, Time};
use scoring::ledger::{DriftBreach, DriftFindings};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use std::fmt::Display;
use store::CheckResult;

/// A closed list of the contract.
pub trait ContractWord: Copy {
    fn contract_word(self) -> &'static str;
}

macro_rules! contract_words {
    ($($list:ty),+ $(,)?) => {
        $(impl ContractWord for $list {
            fn contract_word(self) -> &'static str {
                self.as_str()
            }
        })+
    };
}

contract_words!(
    AlertOutcome,
    CheckReason,
    CheckResult,
    FeedClass,
    Handling,
    Horizon,
    Kind,
    Level,
    Outcome,
    Refused,
    State,
    Verdict,
    Stance,
);

pub fn word<W: ContractWord, S: Serializer>(word: &W, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word.contract_word())
}

/// The same, or null.
pub fn word_option<W: ContractWord, S: Serializer>(
    word: &Option<W>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match word {
        Some(word) => serializer.serialize_str(word.contract_word()),
        None => serializer.serialize_none(),
    }
}

pub fn words<W: ContractWord, S: Serializer>(words: &[W], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(words.len()))?;
    words.iter().try_for_each(|word| list.serialize_element(word.contract_word()))?;
    list.end()
}

/// A code with its dots.
pub fn text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// The same, or null.
pub fn text_option<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

/// RFC 3339 in UTC.
pub fn time<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&store::calendar::rfc3339(*time))
}

/// The same, or null.
pub fn time_option<S: Serializer>(time: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => self::time(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// WIB, WITA or WIT.
pub fn zone<S: Serializer>(zone: &Zone, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.label())
}

/// How much is affirmed, by whom, and what is a claim, as members of the object that they describe.
pub fn affirmed<S: Serializer>(affirmed: &Affirmed, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Members {
        affirmed: &'static str,
        affirmed_by: &'static str,
        people_claimed: bool,
        severity_claimed: bool,
        take_back_waits: bool,
    }
    let Affirmed { how_much, by, people_claimed, severity_claimed, take_back_waits } = *affirmed;
    let (affirmed, affirmed_by) = (how_much.as_str(), by.as_str());
    Members { affirmed, affirmed_by, people_claimed, severity_claimed, take_back_waits }.serialize(serializer)
}

/// People harmed, as claimed and as far as that is attested.
pub fn harmed<S: Serializer>(people: &HarmedPeople, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Harmed {
        claimed: ExtentView,
        attested: ExtentView,
    }
    let HarmedPeople { claimed, attested } = *people;
    Harmed { claimed: ExtentView::of(claimed), attested: ExtentView::of(attested) }.serialize(serializer)
}

#[derive(Serialize)]
struct Breach<'a> {
    kind: &'static str,
    what: &'a str,
    value: f64,
    low: f64,
    high: f64,
}

/// What the drift watch found.
pub fn drift<S: Serializer>(drift: &DriftFindings, serializer: S) -> Result<S::Ok, S::Error> {
    fn breach(breach: &DriftBreach) -> Breach<'_> {
        Breach {
            kind: breach.kind.as_str(),
            what: &breach.what,
            value: breach.value,
            low: breach.low,
            high: breach.high,
        }
    }
    #[derive(Serialize)]
    struct Findings<'a> {
        since: Option<String>,
        rate: Option<Rate>,
        inputs: Vec<Breach<'a>>,
    }
    #[derive(Serialize)]
    struct Rate {
        happens: Option<&'static str>,
        observed: u32,
        expected: f64,
        weeks: usize,
        power: f64,
    }
    let rate = drift.rate.map(|rate| Rate {
        happens: rate.shift.map(|shift| shift.as_str()),
        observed: rate.observed,
        expected: rate.expected,
        weeks: rate.weeks,
        power: rate.power,
    });
    let since = drift.since.map(|day| store::calendar::rfc3339(Time(day * DAY)));
    Findings { since, rate, inputs: drift.breaches.iter().map(breach).collect() }.serialize(serializer)
}
