//! A month of reports from a made-up country, line by line: the same seed gives the same bytes.
//!
//! 7,277 districts, busy ones far busier than quiet ones (Zipf, s = 1.05); 30 days from 2026-01-01T00:00+07:00;
//! 300 bursts hold 5 % of the lines; 3 % happened up to 6 hours before they were reported; 1 % come twice, the second at most
//! an hour after the first; 3 in 1,000 are malformed (broken JSON, unknown district, severity 9, happened after it was
//! reported, in equal parts); 1 summary in 20 holds escaped quotes. Every other line is a valid report, version 1.

use domain::report::ReportId;
use jiff::{Timestamp, tz};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// 2026-01-01T00:00:00+07:00 in seconds.
pub const START: i64 = 1_767_200_400;
const MINUTES: i64 = 30 * 24 * 60;
const SPAN_MS: i64 = MINUTES * 60_000;
const DISTRICTS: usize = 7_277;
/// Districts of Indonesia.
pub const INDONESIA: usize = 7_285;
/// The numbers of each district's villages.
const VILLAGES: std::ops::Range<usize> = 2001..2019;
const REGENCIES: usize = 514;
const BURSTS: usize = 300;
const SKEW: f64 = 1.05;
const PHRASES: [&str; 32] = [
    "warga berkumpul di balai desa",
    "jalan kebun diportal",
    "air sungai naik",
    "truk tertahan di simpang tiga",
    "kades sudah di lokasi",
    "babinsa ikut memantau",
    "menunggu camat",
    "sekitar dua puluh orang",
    "situasi terkendali",
    "belum ada korban",
    "dua rumah terendam",
    "pihak perusahaan diminta hadir",
    "mediasi dijadwalkan besok",
    "batas lahan dipersoalkan",
    "panen dihentikan sementara",
    "anak muda dua dusun",
    "hujan sejak sore",
    "jembatan kayu hanyut",
    "listrik padam",
    "bantuan terpal dibutuhkan",
    "perahu karet diminta",
    "spanduk dipasang",
    "kesepakatan lama diungkit",
    "tokoh adat menengahi",
    "polsek menambah personel",
    "asap tipis terlihat",
    "titik api dekat kebun",
    "akses ke pos ditutup",
    "pasar tetap buka",
    "sekolah diliburkan",
    "laporan dari ronda",
    "kabar dari sopir angkutan",
];

/// A small generator of even numbers that look random; the same on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }
    pub fn roll(&mut self) -> u64 {
        domain::splitmix::next(&mut self.0)
    }
    /// A whole number below `sides`.
    pub fn below(&mut self, sides: usize) -> usize {
        (self.roll() % sides as u64) as usize
    }
    pub fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }
    /// At least 0 and below 1.
    pub fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The codes of the made-up country, in order.
pub fn districts() -> Vec<String> {
    let mut codes = Vec::with_capacity(DISTRICTS);
    for index in 0..DISTRICTS {
        let (regency, district) = (index % REGENCIES, index / REGENCIES + 1);
        codes.push(format!("{:02}.{:02}.{district:02}", 11 + regency % 38, 1 + regency / 38));
    }
    codes.sort();
    codes
}

/// The made-up country as a file of places, with a few districts that nobody reports from: as many as Indonesia has.
/// Each touches the one before and the one after it, across the borders of regencies too.
pub fn places() -> String {
    let mut codes = districts();
    codes.extend((1..=INDONESIA - DISTRICTS).map(|number| format!("11.01.{:02}", 90 + number)));
    codes.sort();
    let mut text = String::from("code,name,level,neighbours\n");
    let mut regency = "";
    for (index, code) in codes.iter().enumerate() {
        if regency != &code[..5] {
            regency = &code[..5];
            text += &format!("{regency},Kabupaten {regency},regency,\n");
        }
        let around = [index.checked_sub(1), Some(index + 1)];
        let around: Vec<&str> =
            around.into_iter().flatten().filter_map(|at| codes.get(at)).map(String::as_str).collect();
        text += &format!("{code},Kecamatan {code},district,{}\n", around.join(";"));
        for village in VILLAGES {
            text += &format!("{code}.{village},Desa {village},village,\n");
        }
    }
    text
}

/// Writes `lines` lines.
pub fn write(lines: usize, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let mut country = Country::new(seed);
    let hour = (lines as i64 * 3_600_000 / SPAN_MS).max(1) as usize;
    let mut again: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    let mut line = Vec::with_capacity(700);
    for index in 0..lines {
        if again.first_key_value().is_some_and(|(due, _)| *due <= index)
            && let Some((_, earlier)) = again.pop_first()
        {
            out.write_all(&earlier)?;
            continue;
        }
        let sent_ms = (index as i128 * i128::from(SPAN_MS) / lines as i128) as i64;
        line.clear();
        let whole = country.line(sent_ms, &mut line);
        out.write_all(&line)?;
        if whole && country.dice.below(100) == 0 {
            let due = index + 1 + country.dice.below(hour);
            let free = (due..).find(|due| !again.contains_key(due));
            again.insert(free.unwrap_or(due), line.clone());
        }
    }
    Ok(())
}

/// A stretch of hours in which one district and kind is reported of far more often.
struct Burst {
    district: usize,
    kind: usize,
    from_ms: i64,
    to_ms: i64,
}

struct Country {
    dice: Dice,
    codes: Vec<String>,
    /// Districts from the busiest to the quietest, and the running sum of their weights.
    ranks: Vec<usize>,
    weights: Vec<f64>,
    bursts: Vec<Burst>,
}

/// What is wrong with a line, if anything.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    Json,
    District,
    Severity,
    Future,
}

impl Country {
    fn new(seed: u64) -> Country {
        let mut dice = Dice::new(seed);
        let codes = districts();
        let mut ranks: Vec<usize> = (0..codes.len()).collect();
        for last in (1..ranks.len()).rev() {
            ranks.swap(last, dice.below(last + 1));
        }
        let mut sum = 0.0;
        let weigh = |rank: usize| {
            sum += (rank as f64 + 1.0).powf(-SKEW);
            sum
        };
        let weights = (0..codes.len()).map(weigh).collect();
        let bursts = (0..BURSTS).map(|_| {
            let from_ms = (24 + dice.below(670) as i64) * 3_600_000;
            let to_ms = from_ms + (6 + dice.below(31) as i64) * 3_600_000;
            Burst { district: dice.below(DISTRICTS), kind: dice.below(3), from_ms, to_ms }
        });
        let bursts = bursts.collect();
        Country { dice, codes, ranks, weights, bursts }
    }

    /// Where and of what kind: in a burst for 5 % of the lines, else by the districts' weights.
    fn place(&mut self, sent_ms: i64) -> (usize, usize, bool) {
        if self.dice.below(20) == 0 {
            let fire = |burst: &&Burst| (burst.from_ms..burst.to_ms).contains(&sent_ms);
            let now: Vec<&Burst> = self.bursts.iter().filter(fire).collect();
            if !now.is_empty() {
                let burst = now[self.dice.below(now.len())];
                return (burst.district, burst.kind, true);
            }
        }
        let total = self.weights.last().copied().unwrap_or_default();
        let point = self.dice.share() * total;
        let rank = self.weights.partition_point(|weight| *weight <= point).min(self.ranks.len() - 1);
        let kind = match self.dice.below(20) {
            0..9 => 0,
            9..14 => 1,
            _ => 2,
        };
        (self.ranks[rank], kind, false)
    }

    fn fault(&mut self) -> Fault {
        if self.dice.below(1000) >= 3 {
            return Fault::None;
        }
        [Fault::Json, Fault::District, Fault::Severity, Fault::Future][self.dice.below(4)]
    }

    /// Appends one line; true where it is well formed.
    fn line(&mut self, sent_ms: i64, line: &mut Vec<u8>) -> bool {
        let fault = self.fault();
        let (district, kind, burst) = self.place(sent_ms);
        let happened = START + sent_ms / 1000;
        let reported = happened + 90;
        let late = self.dice.below(100) < 3;
        let happened = match fault {
            Fault::Future => reported + 3600 + self.dice.below(300 * 86_400) as i64,
            _ if late => (happened - self.dice.below(6 * 3600) as i64).max(START),
            _ => happened,
        };
        let severity = match self.dice.below(20) {
            _ if fault == Fault::Severity => 9,
            0..7 => 1 + usize::from(burst),
            7..13 => 2 + usize::from(burst),
            13..17 => 3 + usize::from(burst),
            17..19 => 4 + usize::from(burst),
            _ => 5,
        };
        let code = match fault {
            Fault::District => format!("99.{:02}.{:02}", 1 + self.dice.below(90), 1 + self.dice.below(90)),
            _ => self.codes[district].clone(),
        };
        let start = line.len();
        self.head(sent_ms, &code, line);
        let (name, family) =
            [("resident_company", "WP"), ("resident_resident", "WW"), ("disaster", "WA")][kind];
        let number = 1 + self.dice.below(10);
        put(
            line,
            format_args!(
                ",\"kind\":\"{name}\",\"category\":\"{family}-{number:02}\",\"severity\":{severity}"
            ),
        );
        put(
            line,
            format_args!(",\"occurred_at\":\"{}\",\"reported_at\":\"{}\"", stamp(happened), stamp(reported)),
        );
        self.tail(line);
        if fault == Fault::Json {
            let keep = start + 40 + self.dice.below(line.len() - start - 60);
            line.truncate(keep);
        }
        line.push(b'\n');
        fault == Fault::None
    }

    fn head(&mut self, sent_ms: i64, code: &str, line: &mut Vec<u8>) {
        let time = (START * 1000 + sent_ms) as u128;
        let id = time << 80 | u128::from(self.dice.roll() & 0xFFFF) << 64 | u128::from(self.dice.roll());
        let class = ["village", "police", "company"][[0, 0, 0, 0, 0, 0, 1, 1, 1, 2][self.dice.below(10)]];
        let (reporter, village) = (self.dice.below(20_000), VILLAGES.start + self.dice.below(VILLAGES.len()));
        put(line, format_args!("{{\"report_id\":\"{}\",\"feed\":\"{class}\"", ulid(id)));
        put(line, format_args!(",\"reporter\":\"{}-{reporter:05}\"", &class[..3]));
        put(line, format_args!(",\"district\":\"{code}\",\"village\":\"{code}.{village}\""));
    }

    fn tail(&mut self, line: &mut Vec<u8>) {
        let (lat, lon) = (self.dice.share() * 17.0 - 11.0, 95.0 + self.dice.share() * 46.0);
        let casualties = if self.dice.one_in(20) { self.dice.below(12) } else { 0 };
        put(
            line,
            format_args!(",\"lat\":{lat:.5},\"lon\":{lon:.5},\"casualties\":{casualties},\"summary\":\""),
        );
        let quoted = self.dice.one_in(20);
        let room = 72 + self.dice.below(61);
        let start = line.len();
        loop {
            let phrase = PHRASES[self.dice.below(PHRASES.len())];
            if line.len() - start + phrase.len() + 6 > room {
                break;
            }
            if line.len() > start {
                line.extend_from_slice(b", ");
            }
            if quoted {
                put(line, format_args!("\\\"{phrase}\\\""));
            } else {
                line.extend_from_slice(phrase.as_bytes());
            }
        }
        line.extend_from_slice(b"\"}");
    }
}

/// A report's id as text.
pub fn ulid(id: u128) -> String {
    ReportId(id).to_string()
}

/// RFC 3339 at +07:00.
pub fn stamp(seconds: i64) -> String {
    let instant = Timestamp::from_second(seconds).expect("an instant of the workload");
    instant.display_with_offset(tz::offset(7)).to_string()
}

fn put(line: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    line.write_fmt(text).expect("writing to memory");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_lines_and_the_shares_are_as_asked() {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        write(20_000, 7, &mut one).unwrap();
        write(20_000, 7, &mut two).unwrap();
        assert!(one == two);
        let lines: Vec<&[u8]> = one.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), 20_000);
        let size = one.len() / lines.len();
        assert!((380..440).contains(&size), "{size} bytes a line");
        let broken =
            lines.iter().filter(|line| serde_json::from_slice::<serde_json::Value>(line).is_err()).count();
        assert!((5..35).contains(&broken), "{broken} broken lines");
        let mut distinct = lines.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let doubled = lines.len() - distinct.len();
        assert!((150..250).contains(&doubled), "{doubled} lines came twice");
    }

    #[test]
    fn stamps_are_dates() {
        assert_eq!(stamp(START), "2026-01-01T00:00:00+07:00");
        assert_eq!(stamp(START - 1), "2025-12-31T23:59:59+07:00");
        assert_eq!(stamp(START + 59 * 86_400 + 3661), "2026-03-01T01:01:01+07:00");
        assert_eq!(stamp(START + 365 * 86_400), "2027-01-01T00:00:00+07:00");
    }

    #[test]
    fn the_country_has_its_districts() {
        let mut codes = districts();
        assert_eq!((codes.len(), codes[0].as_str()), (DISTRICTS, "11.01.01"));
        codes.dedup();
        assert_eq!(codes.len(), DISTRICTS);
    }
}
