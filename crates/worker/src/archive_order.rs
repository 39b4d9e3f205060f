//! The order in which a replay applies an archive, and the dates that stand out of it.
//!
//! An archive's record carries no receipt: it counts as received when it was reported. So the records of all files are applied in
//! the order of `reported_at`, however files and lines are ordered, and one wrong date moves the clock for no other record. What
//! stands out of the order of its file is named. Of a large archive [`MOST_HELD`] records are put in order at a time; what comes
//! later than that counts as received late. (An export carries receipts, which decide alone: [`Replay::logs`](crate::replay::Replay::logs).)

mod longest_run;
#[cfg(test)]
mod tests;

use domain::report::Report;
use domain::sender_clock;
use domain::time::{DAY, Time};
use formats::abridge::and_more;
use longest_run::out_of_order;
use store::calendar::rfc3339;

/// So many records wait for those that belong before them.
pub const MOST_HELD: usize = 1 << 15;
/// A record further than this from those around it is named; microseconds.
const SLIP: i64 = DAY;
/// What lies so far from all others is alone; microseconds.
const ALONE: i64 = 365 * DAY;
/// At most one record in so many is alone.
const FEW: usize = 20;
/// Slips named one by one.
const NAMED: usize = 5;

/// A report with its place in the archives.
pub struct Placed {
    /// Which of the archives.
    pub source: u16,
    /// Counted from 1 in its archive.
    pub number: u64,
    /// Line of its file, counted from 1.
    pub line: u64,
    pub report: Report,
}

/// A report in the order in which it is applied, and when it counts as received.
pub struct Ordered {
    pub received: Time,
    placed: Placed,
}

impl Ordered {
    pub fn report(&self) -> &Report {
        &self.placed.report
    }
}

/// Puts the reports of archives in the order in which they are applied.
#[derive(Default)]
pub struct ArchiveOrder {
    /// Names of the archives.
    sources: Vec<String>,
    held: Vec<Ordered>,
    /// So many of those held were looked at already.
    examined: usize,
    slips: u64,
    named: Vec<String>,
    /// Remarks on archives as a whole.
    remarks: Vec<String>,
}

impl ArchiveOrder {
    /// Begins with archives of these names.
    pub fn begin(&mut self, sources: Vec<String>) {
        self.sources = sources;
    }

    /// Takes the next report of an archive; adds to `out` what is to be applied now.
    pub fn take(&mut self, placed: Placed, out: &mut Vec<Ordered>) {
        self.held.push(Ordered { received: placed.report.reported_at, placed });
        if self.held.len() >= MOST_HELD {
            self.settle(MOST_HELD / 2, out);
        }
    }

    /// All archives are at their end.
    pub fn finish(&mut self, out: &mut Vec<Ordered>) {
        self.settle(self.held.len(), out);
    }

    /// The first `count` in the order of time.
    fn settle(&mut self, count: usize, out: &mut Vec<Ordered>) {
        for source in 0..self.sources.len().max(1) {
            self.examine(source);
        }
        self.held
            .sort_by_key(|ordered| (ordered.received, ordered.placed.number, ordered.placed.report.hash));
        out.extend(self.held.drain(..count));
        self.examined = self.held.len();
    }

    /// Looks for dates of one archive that stand out of its order, among the reports that came since the last look.
    fn examine(&mut self, source: usize) {
        let own: Vec<usize> = (self.examined..self.held.len())
            .filter(|at| usize::from(self.held[*at].placed.source) == source)
            .collect();
        let times: Vec<Time> = own.iter().map(|at| self.held[*at].received).collect();
        let mut slips = Vec::new();
        match out_of_order(&times) {
            Some(strays) => slips.extend(strays.into_iter().filter(|stray| stray.distance() > SLIP)),
            None => self.remark_no_order(source, &times),
        }
        for alone in alone(&times) {
            match slips.iter_mut().find(|slip| slip.at == alone.at) {
                // Among slips too, what is alone is measured from all the others.
                Some(slip) if alone.distance() > slip.distance() => *slip = alone,
                Some(_) => (),
                None => slips.push(alone),
            }
        }
        slips.sort_by_key(|slip| slip.at);
        for slip in slips {
            let ordered = &mut self.held[own[slip.at]];
            let words = slip.in_words(&ordered.placed.report);
            if slip.is_early() && slip.distance() > sender_clock::BEHIND {
                // Far before the archive's time it says nothing of who was silent until then.
                ordered.received = slip.from;
            }
            self.name(own[slip.at], &words);
        }
        self.examine_delays(&own);
    }

    /// Names what happened long before it was reported, where that is not the archive's way.
    fn examine_delays(&mut self, own: &[usize]) {
        let delay = |at: usize| {
            let report = self.held[at].report();
            report.reported_at.since(report.happened_at())
        };
        let long: Vec<(usize, i64)> = own.iter().map(|at| (*at, delay(*at))).collect();
        let long: Vec<(usize, i64)> =
            long.into_iter().filter(|(_, delay)| *delay > sender_clock::BEHIND).collect();
        if long.len() * 2 >= own.len() {
            return;
        }
        for (at, delay) in long {
            let happened = rfc3339(self.held[at].report().happened_at());
            self.name(at, &format!("happened {happened}, {} days before it was reported", delay / DAY));
        }
    }

    fn name(&mut self, at: usize, what: &str) {
        self.slips += 1;
        if self.named.len() < NAMED {
            let Placed { source, number, line, report } = &self.held[at].placed;
            let file = self.sources.get(usize::from(*source)).filter(|_| self.sources.len() > 1);
            let file = file.map(|file| format!("'{file}', ")).unwrap_or_default();
            self.named.push(format!("{file}record {number}, line {line} ({}): {what}", report.id));
        }
    }

    fn remark_no_order(&mut self, source: usize, times: &[Time]) {
        let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else { return };
        let file = self.sources.get(source).map(|file| format!(" of '{file}'")).unwrap_or_default();
        self.remarks.push(format!(
            "{} records{file} are in no order of time, from {} to {}; each counts as received when it was reported",
            times.len(),
            rfc3339(*first),
            rfc3339(*last)
        ));
    }

    /// What a person should know of the archive's dates.
    pub fn in_words(&self) -> Vec<String> {
        let slips = (self.slips > 0).then(|| {
            format!(
                "{} a date that stands out, and counts as of its own date; is it right? {}{}",
                if self.slips == 1 {
                    "a record has".to_owned()
                } else {
                    format!("{} records have", self.slips)
                },
                self.named.join("; "),
                and_more((self.slips as usize).saturating_sub(self.named.len()))
            )
        });
        self.remarks.iter().cloned().chain(slips).collect()
    }
}

/// A record that stands out of the order of its archive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stray {
    /// Its position.
    pub at: usize,
    pub time: Time,
    /// The nearest time at which it would not stand out.
    pub from: Time,
    /// Measured from all others of its archive, not from those around it.
    pub is_alone: bool,
}

impl Stray {
    fn distance(&self) -> i64 {
        self.time.since(self.from).abs()
    }

    fn is_early(&self) -> bool {
        self.time < self.from
    }

    fn in_words(&self, report: &Report) -> String {
        let side = if self.is_early() { "before" } else { "after" };
        let others = if self.is_alone { "all others" } else { "those around it" };
        format!("reported {}, {} days {side} {others}", rfc3339(report.reported_at), self.distance() / DAY)
    }
}

/// The few records that lie more than a year before or after all others.
fn alone(times: &[Time]) -> Vec<Stray> {
    if times.len() < 3 {
        return Vec::new();
    }
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let few = (times.len() / FEW).max(1);
    let early = (1..=few).rev().find(|count| sorted[*count].since(sorted[count - 1]) > ALONE);
    let from_end = |count: usize| sorted.len() - count;
    let late =
        (1..=few).rev().find(|count| sorted[from_end(*count)].since(sorted[from_end(*count) - 1]) > ALONE);
    let (first, last) = (early.map(|count| sorted[count]), late.map(|count| sorted[from_end(count) - 1]));
    let stray = |(at, time): (usize, &Time)| {
        let from = first.filter(|first| time < first).or(last.filter(|last| time > last))?;
        Some(Stray { at, time: *time, from, is_alone: true })
    };
    times.iter().enumerate().filter_map(stray).collect()
}
