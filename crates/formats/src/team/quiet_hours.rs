//! Hours in which a member is left alone unless it matters.

use domain::kind::Level;
use domain::place::Zone;
use domain::time::{DAY, MINUTE, Time};
use serde::Deserialize;
use std::fmt;

/// Between `from` and `until`, local time, what is below a level waits until they end. Awas never waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QuietHours {
    /// Minutes after midnight.
    from: u16,
    until: u16,
    below: Level,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuietHoursLine {
    from: String,
    until: String,
    below: Option<String>,
}

impl QuietHours {
    pub(super) fn read(line: &QuietHoursLine) -> Result<QuietHours, String> {
        let minute = |text: &str| {
            clock_minute(text).ok_or_else(|| format!("quiet_hours: '{text}' is no time such as 22.00"))
        };
        let below = match line.below.as_deref() {
            Some("siaga") => Level::Siaga,
            Some("awas") => Level::Awas,
            Some("waspada") => {
                return Err(
                    "quiet_hours: below = \"waspada\" holds nothing back; leave quiet_hours out".into()
                );
            }
            _ => {
                return Err(
                    "quiet_hours would hold back an awas; give below = \"siaga\" (only waspada waits) or \"awas\" \
                     (waspada and siaga wait)"
                        .into(),
                );
            }
        };
        let hours = QuietHours { from: minute(&line.from)?, until: minute(&line.until)?, below };
        if hours.from == hours.until {
            return Err("quiet_hours: from and until are the same, which is all day or never".into());
        }
        Ok(hours)
    }

    /// The end of the quiet hours where a message of this level has to wait for it at `now`.
    pub fn wait_until(self, level: Level, now: Time, zone: Zone) -> Option<Time> {
        if level >= self.below {
            return None;
        }
        let local = now.0 + zone.minutes() * MINUTE;
        let minute = local.rem_euclid(DAY) / MINUTE;
        let (from, until) = (i64::from(self.from), i64::from(self.until));
        let quiet =
            if from < until { (from..until).contains(&minute) } else { minute >= from || minute < until };
        let left = (until - minute).rem_euclid(DAY / MINUTE);
        quiet.then(|| Time(now.0 - local.rem_euclid(MINUTE) + left * MINUTE))
    }
}

impl fmt::Display for QuietHours {
    /// As `check` prints it: `22.00-05.00, what is below siaga`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |minute: u16| format!("{:02}.{:02}", minute / 60, minute % 60);
        write!(f, "{}-{}, what is below {}", clock(self.from), clock(self.until), self.below.as_str())
    }
}

/// `22.00` or `22:00` as minutes after midnight.
fn clock_minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(['.', ':'])?;
    let number = |text: &str, most: u16| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok()).flatten().filter(|number| *number <= most)
    };
    Some(number(hour, 23)? * 60 + number(minute, 59)?)
}
