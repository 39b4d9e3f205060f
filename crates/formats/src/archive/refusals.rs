//! What of an archive was refused: how many by reason, and the first in full.

use crate::decode::Refusal;
use domain::kind::Refused;

/// Fed with refusals in the order of the records.
#[derive(Default)]
pub struct Refusals {
    counts: [u64; Refused::COUNT],
    /// The number of the record, counted from 1, and why it was refused.
    first: Option<(u64, Refusal)>,
}

impl Refusals {
    /// `record`: its number, counted from 1.
    pub fn note(&mut self, record: u64, refusal: Refusal) {
        self.counts[refusal.reason.index()] += 1;
        self.first.get_or_insert((record, refusal));
    }

    /// How many were refused.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// `json 3, schema 1`
    pub fn reasons(&self) -> String {
        let reasons = Refused::ALL.iter().filter(|reason| self.counts[reason.index()] > 0);
        reasons
            .map(|reason| format!("{reason} {}", self.counts[reason.index()]))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The reasons, and the first refusal as the feed would read it.
    pub fn words(&self) -> String {
        let first =
            self.first.as_ref().map(|(record, refusal)| format!("; record {record}: {}", refusal.detail));
        self.reasons() + &first.unwrap_or_default()
    }
}
