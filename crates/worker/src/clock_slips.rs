//! Slips of the clock in an archive: one record whose year was mistyped must not silence those after it.
//!
//! A replay's clock is the running maximum of `reported_at`. A record that would turn it far ahead is held until the next
//! ones show whether the archive goes on from there (a gap) or comes back (a slip).

use domain::report::Report;
use domain::sender_clock;
use domain::time::Time;
use formats::abridge::and_more;
use store::calendar::rfc3339;

/// A record further ahead of the clock than this is held; microseconds.
const AHEAD: i64 = sender_clock::BEHIND;
/// So many in a row are no slips: the archive goes on there.
const MOST_HELD: usize = 100;
/// Slips named one by one.
const NAMED: usize = 5;

/// A report with its place in the archive.
pub struct Placed {
    /// 1 is the first record.
    pub number: u64,
    pub report: Report,
}

/// A report in the order in which it is applied, and when it counts as received.
pub struct Ordered {
    pub received: Time,
    pub report: Report,
}

/// Puts an archive's reports in the order in which they are applied.
#[derive(Default)]
pub struct ClockSlips {
    clock: Option<Time>,
    held: Vec<Placed>,
    count: u64,
    named: Vec<String>,
}

impl ClockSlips {
    /// Takes the next report of the archive; adds to `out` what is to be applied now.
    pub fn take(&mut self, placed: Placed, out: &mut Vec<Ordered>) {
        let reported = placed.report.reported_at;
        match self.clock {
            None => match self.held.pop() {
                None => self.held.push(placed),
                Some(first) if first.report.reported_at.since(reported) > AHEAD => {
                    self.apply(placed.report, out);
                    self.slip(first, out);
                }
                Some(first) => {
                    self.apply(first.report, out);
                    self.take(placed, out);
                }
            },
            Some(clock) if reported.since(clock) > AHEAD => {
                self.held.push(placed);
                if self.held.len() > MOST_HELD {
                    self.finish(out);
                }
            }
            Some(_) => {
                for held in core::mem::take(&mut self.held) {
                    self.slip(held, out);
                }
                self.apply(placed.report, out);
            }
        }
    }

    /// The archive goes on where the held reports are, or is at its end.
    pub fn finish(&mut self, out: &mut Vec<Ordered>) {
        for held in core::mem::take(&mut self.held) {
            self.apply(held.report, out);
        }
    }

    /// The records whose stamps were not believed, in words; `None` where there are none.
    pub fn in_words(&self) -> Option<String> {
        (self.count > 0).then(|| {
            format!(
                "{} reported far ahead of the records after it and did not move the clock: {}{}. Is the year right?",
                if self.count == 1 { "a record" } else { "records" },
                self.named.join(", "),
                and_more((self.count as usize).saturating_sub(NAMED))
            )
        })
    }

    fn apply(&mut self, report: Report, out: &mut Vec<Ordered>) {
        self.clock = self.clock.max(Some(report.reported_at));
        out.push(Ordered { received: report.reported_at, report });
    }

    /// A slip is received as of the clock, as a live record of a wrong clock is.
    fn slip(&mut self, Placed { number, report }: Placed, out: &mut Vec<Ordered>) {
        self.count += 1;
        if self.named.len() < NAMED {
            let at = rfc3339(report.reported_at);
            self.named.push(format!("{} (record {number}, {at})", report.id));
        }
        let received = self.clock.unwrap_or(report.reported_at);
        out.push(Ordered { received, report: report.received_live(received) });
    }
}
