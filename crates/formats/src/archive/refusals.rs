//! What of an archive was refused: how many by reason, and the first in full.

use crate::abridge::and_more;
use crate::decode::Refusal;
use domain::kind::Refused;

/// Fed with refusals in the order of the records.
#[derive(Default)]
pub struct Refusals {
    counts: [u64; Refused::COUNT],
    /// The number of the record, counted from 1, and why it was refused.
    first: Option<(u64, Refusal)>,
    /// The first lines on which they stand, where the archive has lines.
    lines: Vec<u64>,
}

/// So many lines are named.
const NAMED: usize = 10;

impl Refusals {
    /// `record`: its number, counted from 1. `line`: of its file, where it has one.
    pub fn note(&mut self, record: u64, line: Option<u64>, refusal: Refusal) {
        self.lines.extend(line.filter(|_| self.lines.len() < NAMED));
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

    /// The reasons, the first refusal as the feed would read it, and where the first of several stand.
    pub fn words(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(u64::to_string).collect();
        let lines = match lines.as_slice() {
            [] | [_] => String::new(),
            lines => {
                let more = and_more(self.total().saturating_sub(lines.len() as u64) as usize);
                format!("; lines {}{more}", lines.join(", "))
            }
        };
        let first =
            self.first.as_ref().map(|(record, refusal)| format!("; record {record}: {}", refusal.detail));
        self.reasons() + &first.unwrap_or_default() + &lines
    }
}
