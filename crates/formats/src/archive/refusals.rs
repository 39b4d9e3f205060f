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

    /// Not one record could be used: the call names other files, another format or configuration than was meant. Which,
    /// why, and with [`format_hint`](super::format_hint) what they may be.
    pub fn nothing_useful(&self, files: &[String], hint: Option<&str>) -> String {
        let names: Vec<String> = files.iter().map(|file| format!("'{file}'")).collect();
        let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        let (names, count) = (names.join(", "), self.total());
        format!("{names}: of {count} records not one can become a report ({}){hint}", self.words())
    }

    /// The reasons, and the first refusal as the feed would read it.
    pub fn words(&self) -> String {
        let first =
            self.first.as_ref().map(|(record, refusal)| format!("; record {record}: {}", refusal.detail));
        self.reasons() + &first.unwrap_or_default()
    }
}
