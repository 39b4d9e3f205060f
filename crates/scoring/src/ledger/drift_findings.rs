//! What the drift watch found: one episode of the whole service, and what strayed in it.

use crate::drift::rate::RateFinding;
use domain::kind::Kind;

/// What strayed beyond the limits of an unchanged world, over all cells and kinds of the service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DriftFindings {
    /// The day the episode began that is not over; whatever strays in it is the same episode. None: there is none.
    pub since: Option<i64>,
    /// How often it happened beside how often it was expected; none while too few weeks are decided.
    pub rate: Option<RateFinding>,
    /// Kinds whose inputs are watched, and days still missing where they are not yet.
    pub watched: usize,
    pub missing_days: Option<i64>,
    /// Inputs beyond their limits.
    pub breaches: Vec<DriftBreach>,
}

impl DriftFindings {
    /// How many things stray now: inputs, and how often it happens.
    pub fn straying(&self) -> usize {
        self.breaches.len() + usize::from(self.rate.as_ref().is_some_and(|rate| rate.shift.is_some()))
    }
}

/// One input beyond its limits.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftBreach {
    pub kind: Kind,
    /// A feature's name.
    pub what: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}
