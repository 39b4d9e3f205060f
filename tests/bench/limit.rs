//! The least a program must do with the workload: read, check, drop what came twice, count by hour, score every hour.
//!
//! One thread, no store, no history beyond the windows. What `kentongan replay` costs is reported as a multiple of this.
//! Windows of 24 and 168 hours and one decayed count per (district, kind); an hour closes six hours after the newest
//! event time; every key with anything in its long window is scored when an hour closes.

use hashbrown::HashSet;
use memchr::{memchr, memchr2};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};

const SLOTS: usize = 192;
const LATENESS: i64 = 6 * 3600;
const KINDS: [(&str, &str); 3] =
    [("resident_company", "WP-"), ("resident_resident", "WW-"), ("disaster", "WA-")];
const REASONS: [&str; 7] = ["json", "kind", "category", "district", "severity", "time", "future"];

/// Runs the job over a file and gives its counts as one line of JSON.
pub fn run(file: &str, districts: &str) -> io::Result<String> {
    let mut job = Job::new(&fs::read_to_string(districts)?);
    let mut reader = BufReader::with_capacity(1 << 20, File::open(file)?);
    let mut spill = Vec::new();
    loop {
        let block = reader.fill_buf()?;
        if block.is_empty() {
            break;
        }
        let mut rest = block;
        while let Some(end) = memchr(b'\n', rest) {
            if spill.is_empty() {
                job.line(&rest[..end]);
            } else {
                spill.extend_from_slice(&rest[..end]);
                job.line(&spill);
                spill.clear();
            }
            rest = &rest[end + 1..];
        }
        spill.extend_from_slice(rest);
        let used = block.len();
        reader.consume(used);
    }
    if !spill.is_empty() {
        job.line(&spill);
    }
    Ok(job.finish())
}

/// The fields the job looks at.
#[derive(serde::Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    report_id: Cow<'a, str>,
    #[serde(borrow)]
    district: Cow<'a, str>,
    #[serde(borrow)]
    village: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    category: Cow<'a, str>,
    severity: i64,
    #[serde(borrow)]
    occurred_at: Cow<'a, str>,
    #[serde(borrow)]
    reported_at: Cow<'a, str>,
}

/// A reader of lines whose keys stand in the workload's order; anything else goes to the general parser.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn skip(&mut self, literal: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }
    /// The text after `literal` up to the closing quote; none where it holds an escape.
    fn text(&mut self, literal: &[u8]) -> Option<Cow<'a, str>> {
        self.skip(literal)?;
        let end = memchr2(b'"', b'\\', self.rest)?;
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest.strip_prefix(b"\"")?;
        std::str::from_utf8(text).ok().map(Cow::Borrowed)
    }
    fn number(&mut self, literal: &[u8]) -> Option<&'a [u8]> {
        self.skip(literal)?;
        let end = self.rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'-'))?;
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!digits.is_empty()).then_some(digits)
    }
    /// The summary is the last field and may hold escapes: its quote must be the one before the closing brace.
    fn summary(&mut self) -> Option<()> {
        self.skip(b",\"summary\":\"")?;
        let text = self.rest.strip_suffix(b"\"}")?;
        let mut rest = text;
        while let Some(at) = memchr2(b'"', b'\\', rest) {
            if rest[at] == b'"' || rest.get(at + 1).is_none_or(|next| *next != b'"') {
                return None;
            }
            rest = &rest[at + 2..];
        }
        text.iter().all(|byte| *byte >= 32).then_some(())
    }
}

fn quick(line: &[u8]) -> Option<Fields<'_>> {
    let mut cursor = Cursor { rest: line };
    let report_id = cursor.text(b"{\"report_id\":\"")?;
    cursor.text(b",\"feed\":\"")?;
    cursor.text(b",\"reporter\":\"")?;
    let district = cursor.text(b",\"district\":\"")?;
    let village = cursor.text(b",\"village\":\"")?;
    let kind = cursor.text(b",\"kind\":\"")?;
    let category = cursor.text(b",\"category\":\"")?;
    let severity = match cursor.number(b",\"severity\":")? {
        [digit] => i64::from(digit - b'0'),
        _ => return None,
    };
    let occurred_at = cursor.text(b",\"occurred_at\":\"")?;
    let reported_at = cursor.text(b",\"reported_at\":\"")?;
    cursor.number(b",\"lat\":")?;
    cursor.number(b",\"lon\":")?;
    cursor.number(b",\"casualties\":")?;
    cursor.summary()?;
    Some(Fields { report_id, district, village, kind, category, severity, occurred_at, reported_at })
}

/// Two digits.
fn two(bytes: &[u8], at: usize) -> Option<i64> {
    let (tens, ones) = (bytes.get(at)?.wrapping_sub(b'0'), bytes.get(at + 1)?.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

/// Seconds since 1970 of `YYYY-MM-DDTHH:MM:SS±HH:MM`.
fn seconds(text: &str) -> Option<i64> {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let b = text.as_bytes();
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (22, b':')];
    if b.len() != 25 || marks.iter().any(|(at, mark)| b[*at] != *mark) {
        return None;
    }
    let year = two(b, 0)? * 100 + two(b, 2)?;
    let (month, day) = (two(b, 5)?, two(b, 8)?);
    let (hour, minute, second) = (two(b, 11)?, two(b, 14)?, two(b, 17)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let past = year - 1;
    let days = 365 * year + past / 4 - past / 100 + past / 400 - 719_527
        + BEFORE[month as usize - 1]
        + i64::from(leap && month > 2)
        + day;
    let offset = two(b, 20)? * 3600 + two(b, 23)? * 60;
    let offset = if b[19] == b'-' { -offset } else { offset };
    Some((days - 1) * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

/// A ULID as 128 bits.
fn id(text: &str) -> Option<u128> {
    const VALUES: [u8; 256] = {
        let (mut table, mut index) = ([255; 256], 0);
        let alphabet = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        while index < 32 {
            table[alphabet[index] as usize] = index as u8;
            index += 1;
        }
        table
    };
    if text.len() != 26 {
        return None;
    }
    let (mut parts, mut worst) = ([0_u64; 3], 0);
    for (part, digits) in parts.iter_mut().zip(text.as_bytes().chunks(9)) {
        for digit in digits {
            let value = VALUES[usize::from(*digit)];
            worst |= value;
            *part = *part << 5 | u64::from(value & 31);
        }
    }
    (worst < 32).then(|| u128::from(parts[0]) << 85 | u128::from(parts[1]) << 40 | u128::from(parts[2]))
}

/// Counts in the high half, sums of severities in the low half.
type Pair = u64;

struct Job {
    /// Position by packed code, `u16::MAX` where there is no such district.
    positions: Vec<u16>,
    keys: usize,
    /// One cell per hour slot and key; a count and a severity sum of 16 bits each.
    cells: Vec<u32>,
    day: Vec<Pair>,
    week: Vec<Pair>,
    decayed: Vec<f64>,
    on: Vec<bool>,
    last: Vec<f64>,
    logarithms: Vec<f64>,
    /// Ids seen, by the hour in the id; an hour's set is emptied when its slot comes round again.
    seen: Vec<(u64, HashSet<u128>)>,
    newest: i64,
    next: i64,
    valid: u64,
    duplicates: u64,
    late: u64,
    refused: [u64; 7],
    alerts: u64,
    scored: u64,
}

impl Job {
    fn new(districts: &str) -> Job {
        let mut positions = vec![u16::MAX; 1_000_000];
        let mut count = 0;
        for code in districts.lines() {
            if let Some(number) = number(code) {
                positions[number] = count;
                count += 1;
            }
        }
        let keys = usize::from(count) * 3;
        Job {
            positions,
            keys,
            cells: vec![0; SLOTS * keys],
            day: vec![0; keys],
            week: vec![0; keys],
            decayed: vec![0.0; keys],
            on: vec![false; keys],
            last: vec![0.0; keys],
            logarithms: (0..1 << 16).map(|n| f64::from(n).ln_1p()).collect(),
            seen: (0..32).map(|_| (0, HashSet::new())).collect(),
            newest: i64::MIN,
            next: super::workload::START / 3600,
            valid: 0,
            duplicates: 0,
            late: 0,
            refused: [0; 7],
            alerts: 0,
            scored: 0,
        }
    }

    fn line(&mut self, line: &[u8]) {
        let fields = quick(line).or_else(|| serde_json::from_slice(line).ok());
        let checked = fields.ok_or(0).and_then(|fields| self.check(&fields));
        match checked {
            Ok((id, key, severity, at)) => self.count(id, key, severity, at),
            Err(reason) => self.refused[reason] += 1,
        }
    }

    /// Id, key, severity and instant of a line, or the position of the reason against it.
    fn check(&self, fields: &Fields<'_>) -> Result<(u128, usize, u32, i64), usize> {
        let kind = KINDS.iter().position(|(name, _)| *name == fields.kind).ok_or(1_usize)?;
        let tail = fields.category.strip_prefix(KINDS[kind].1).ok_or(2_usize)?;
        let known = two(tail.as_bytes(), 0).is_some_and(|number| (1..=10).contains(&number));
        if !known || tail.len() != 2 {
            return Err(2);
        }
        let position = number(&fields.district).map(|number| self.positions[number]);
        let position = position.filter(|position| *position != u16::MAX).ok_or(3_usize)?;
        if !fields.village.starts_with(&*fields.district) {
            return Err(3);
        }
        if !(1..=5).contains(&fields.severity) {
            return Err(4);
        }
        let at = seconds(&fields.occurred_at).ok_or(5_usize)?;
        let reported = seconds(&fields.reported_at).ok_or(5_usize)?;
        if at > reported + 300 {
            return Err(6);
        }
        let id = id(&fields.report_id).ok_or(0_usize)?;
        Ok((id, usize::from(position) * 3 + kind, fields.severity as u32, at))
    }

    fn count(&mut self, id: u128, key: usize, severity: u32, at: i64) {
        let hour = (id >> 80) as u64 / 3_600_000;
        let (of, ids) = &mut self.seen[hour as usize % 32];
        if *of != hour {
            *of = hour;
            ids.clear();
        }
        if !ids.insert(id) {
            self.duplicates += 1;
            return;
        }
        let hour = at.div_euclid(3600);
        if hour < self.next {
            self.late += 1;
            return;
        }
        self.valid += 1;
        self.cells[hour as usize % SLOTS * self.keys + key] += 1 << 16 | severity;
        if at > self.newest {
            self.newest = at;
            while (self.next + 1) * 3600 <= at - LATENESS {
                self.close();
            }
        }
    }

    /// Closes one hour: moves the windows, then scores every key that has anything in its week.
    fn close(&mut self) {
        let row = |hour: i64| hour as usize % SLOTS * self.keys;
        let (new, day, week) = (row(self.next), row(self.next - 24), row(self.next - 168));
        let wide = |cell: u32| u64::from(cell >> 16) << 32 | u64::from(cell & 0xFFFF);
        let decay = 2_f64.powf(-1.0 / 72.0);
        for key in 0..self.keys {
            let cell = self.cells[new + key];
            self.day[key] = self.day[key] + wide(cell) - wide(self.cells[day + key]);
            self.week[key] = self.week[key] + wide(cell) - wide(self.cells[week + key]);
            self.decayed[key] = self.decayed[key] * decay + f64::from(cell >> 16);
        }
        self.cells[week..week + self.keys].fill(0);
        for key in 0..self.keys {
            if self.week[key] == 0 {
                self.on[key] = false;
                continue;
            }
            self.scored += 1;
            let risk = self.score(key);
            self.last[key] = risk;
            if self.on[key] {
                self.on[key] = risk >= 0.6;
            } else if risk >= 0.7 {
                self.on[key] = true;
                self.alerts += 1;
            }
        }
        self.next += 1;
    }

    fn score(&self, key: usize) -> f64 {
        let split = |pair: Pair| ((pair >> 32) as usize, (pair & 0xFFFF_FFFF) as f64);
        let ((day, day_severity), (week, week_severity)) = (split(self.day[key]), split(self.week[key]));
        let log = |n: usize| self.logarithms.get(n).copied().unwrap_or_else(|| (n as f64).ln_1p());
        let logit = -6.0
            + 0.55 * log(day)
            + 0.25 * log(week)
            + 0.5 * day_severity / day.max(1) as f64
            + 0.1 * week_severity / week.max(1) as f64
            + 0.4 * (1.0 + self.decayed[key]).ln()
            + 0.15 * (7 * day) as f64 / (week + 1) as f64
            + [0.2, 0.0, 0.3][key % 3];
        1.0 / (1.0 + (-logit).exp())
    }

    fn finish(mut self) -> String {
        let last = self.newest.div_euclid(3600);
        while self.next <= last {
            self.close();
        }
        let live = (0..self.keys).filter(|key| self.week[*key] > 0);
        let (mut keys, mut checksum) = (0, 0);
        for key in live {
            keys += 1;
            checksum += (self.last[key] * 1e6).round() as i64;
        }
        let refused: serde_json::Map<String, serde_json::Value> = REASONS
            .iter()
            .zip(self.refused)
            .map(|(reason, count)| ((*reason).to_owned(), count.into()))
            .collect();
        serde_json::json!({
            "valid": self.valid, "duplicates": self.duplicates, "rejected": self.refused.iter().sum::<u64>(),
            "rejects": refused, "late": self.late, "alerts": self.alerts, "evals": self.scored,
            "final_keys": keys, "checksum": checksum,
        })
        .to_string()
    }
}

/// A district code as a whole number.
fn number(code: &str) -> Option<usize> {
    let bytes = code.as_bytes();
    if bytes.len() != 8 || bytes[2] != b'.' || bytes[5] != b'.' {
        return None;
    }
    Some((two(bytes, 0)? * 10_000 + two(bytes, 3)? * 100 + two(bytes, 6)?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::workload;

    #[test]
    fn instants_are_read_as_they_were_written() {
        for at in [workload::START, workload::START + 58 * 86_400 + 12_345, workload::START + 300 * 86_400] {
            assert_eq!(seconds(&workload::stamp(at)), Some(at));
        }
        assert_eq!(seconds("2024-02-29T12:00:00+00:00"), Some(1_709_208_000));
        assert_eq!(seconds("2026-13-01T00:00:00+07:00"), None);
    }

    #[test]
    fn ids_are_read_as_they_were_written() {
        let wanted = 0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF;
        assert_eq!(id(&workload::ulid(wanted)), Some(wanted));
        assert_eq!(id("01KDTNM8M0Y02FSFQYZGT4HPXU"), None);
    }

    #[test]
    fn every_line_is_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let mut lines = Vec::new();
        workload::write(30_000, 3, &mut lines).unwrap();
        fs::write(path("lines"), &lines).unwrap();
        fs::write(path("districts"), workload::districts().join("\n")).unwrap();
        let answer: serde_json::Value =
            serde_json::from_str(&run(&path("lines"), &path("districts")).unwrap()).unwrap();
        let sum: u64 =
            ["valid", "duplicates", "rejected", "late"].iter().filter_map(|key| answer[*key].as_u64()).sum();
        assert_eq!((sum, answer["late"].as_u64()), (30_000, Some(0)));
        assert!(answer["duplicates"].as_u64() > Some(200) && answer["rejects"]["future"].as_u64() > Some(5));
    }
}
