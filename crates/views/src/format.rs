//! Numbers and times as people here write them.

use crate::words::Lang;
use domain::effect::HarmedPeople;
use domain::evidence::attestation::Extent;
use domain::place::Zone;
use domain::time::{DAY, HOUR, MINUTE, Time};
use formats::chat::{DayAlone, TypedTimeFault, typed_minutes};
use jiff::civil::DateTime;
use store::calendar::{local_rfc3339, offset, timestamp};

/// A day in a regency's own zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Civil {
    pub year: i64,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    /// 0 is Sunday.
    pub weekday: u8,
}

/// What a clock on the regency's wall shows.
pub fn civil(time: Time, zone: Zone) -> Civil {
    let local = offset(zone.minutes()).to_datetime(timestamp(time));
    Civil {
        year: i64::from(local.year()),
        month: local.month() as u8,
        day: local.day() as u8,
        hour: local.hour() as u8,
        minute: local.minute() as u8,
        weekday: local.weekday().to_sunday_zero_offset() as u8,
    }
}

/// The instant of a form's `2026-11-22T07:40` (or `2026-11-22 07.40`) in the regency's zone. The year has four digits, so that
/// no day that somebody typed first is taken for one.
pub fn parse_local(text: &str, zone: Zone) -> Option<Time> {
    let (date, clock) = text.trim().split_once(['T', ' '])?;
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    if !is_year(year) {
        return None;
    }
    let year: i16 = year.parse().ok()?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    let mut clock = clock.split([':', '.']);
    let (hour, minute) = (clock.next()?.parse().ok()?, clock.next()?.parse().ok()?);
    let local = DateTime::new(year, month, day, hour, minute, 0, 0).ok().filter(|_| year >= 1)?;
    Some(Time(offset(zone.minutes()).to_timestamp(local).ok()?.as_microsecond()))
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// "22/11/2026 07.40": how a form shows an instant to somebody who types.
pub fn written(time: Time, zone: Zone) -> String {
    let at = civil(time, zone);
    format!("{:02}/{:02}/{:04} {:02}.{:02}", at.day, at.month, at.year, at.hour, at.minute)
}

/// A form's time for somebody who types: as it is written where the form itself filled it in, else as it was typed.
pub fn shown(typed: &str, zone: Zone) -> String {
    parse_local(typed, zone).map_or_else(|| typed.to_owned(), |at| written(at, zone))
}

/// The instant that somebody typed, as [`written`] shows it, as [`parse_local`] reads it, or in words (`formats::chat::typed_minutes`).
///
/// # Errors
/// Why it is no time, or none that is sure.
pub fn parse_typed(text: &str, zone: Zone, now: Time, alone: DayAlone) -> Result<Time, TypedTimeFault> {
    let text = text.trim();
    let label = zone.label();
    let bare = text.len().checked_sub(label.len()).filter(|end| text.is_char_boundary(*end));
    let bare = bare.filter(|end| text[*end..].eq_ignore_ascii_case(label)).map_or(text, |end| &text[..end]);
    let ahead = zone.minutes() * MINUTE;
    let read = |text: &str| typed_minutes(text, now.plus(ahead).0.div_euclid(MINUTE), alone);
    let local =
        read(bare).or_else(|fault| with_led_hour(bare).and_then(|led| read(&led).ok()).ok_or(fault))?;
    Ok(Time(local * MINUTE - ahead))
}

/// "28/11/26 jam 7 malam" of "28/11/26 7 malam"; `None` where no part of the day stands behind an hour that nothing leads.
fn with_led_hour(text: &str) -> Option<String> {
    const PARTS: [&str; 6] = ["pagi", "siang", "sore", "petang", "malam", "mlm"];
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let is_part = |word: &&str| PARTS.iter().any(|part| word.eq_ignore_ascii_case(part));
    let hour = words.iter().position(is_part)?.checked_sub(1).filter(|hour| *hour > 0)?;
    let is_hour = words[hour].len() <= 2 && words[hour].bytes().all(|byte| byte.is_ascii_digit());
    let has_date = words[hour - 1].contains(['/', '-']);
    (is_hour && has_date).then(|| {
        words.insert(hour, "jam");
        words.join(" ")
    })
}

/// Whether what somebody typed names a day of the week and a date that is another: "Selasa 29/11 jam 10".
pub fn names_other_weekday(text: &str, zone: Zone, now: Time) -> bool {
    const DAYS: [&[&str]; 7] = [
        &["minggu", "ahad"],
        &["senin"],
        &["selasa"],
        &["rabu"],
        &["kamis"],
        &["jumat", "jum'at"],
        &["sabtu"],
    ];
    let lower = text.to_lowercase();
    let of_week = |word: &str| DAYS.iter().position(|names| names.contains(&word.trim_matches(',')));
    let named: Vec<usize> = lower.split_whitespace().filter_map(of_week).collect();
    let is_date = |word: &&str| word.contains(['/', '-']) && word.bytes().any(|byte| byte.is_ascii_digit());
    let date = lower.split_whitespace().map(|word| word.trim_matches(',')).find(is_date);
    match (named[..].as_ref(), date.map(|date| parse_typed(date, zone, now, DayAlone::Begins))) {
        ([named], Some(Ok(at))) => usize::from(civil(at, zone).weekday) != *named,
        _ => false,
    }
}

/// "Sab, 22 Nov 2026, 07.40 WIB".
pub fn long(time: Time, zone: Zone, lang: Lang) -> String {
    let at = civil(time, zone);
    let (day, date) = (lang.word("weekday", at.weekday), date_of(at, lang));
    format!("{day}, {date} {}, {} {}", at.year, clock(at, lang), zone.label())
}

/// When something happened: "Sab, 22 Nov 2026, 07.40 WIB"; at the beginning of a day the day alone, "Sab, 22 Nov 2026": so are
/// reports kept of which nobody gave the hour.
pub fn occurrence(time: Time, zone: Zone, lang: Lang) -> String {
    if !is_day(time, zone) {
        return long(time, zone, lang);
    }
    let at = civil(time, zone);
    format!("{}, {} {}", lang.word("weekday", at.weekday), date_of(at, lang), at.year)
}

/// The same where the year and zone stand nearby: "22 Nov, 07.40", "22 Nov".
pub fn short_occurrence(time: Time, zone: Zone, lang: Lang) -> String {
    if is_day(time, zone) { date(time, zone, lang) } else { short(time, zone, lang) }
}

/// True at the beginning of a day.
fn is_day(time: Time, zone: Zone) -> bool {
    (time.0 + zone.minutes() * MINUTE).rem_euclid(DAY) == 0
}

/// "22 Nov, 07.40": where the year and zone stand nearby.
pub fn short(time: Time, zone: Zone, lang: Lang) -> String {
    let at = civil(time, zone);
    format!("{}, {}", date_of(at, lang), clock(at, lang))
}

/// "22 Nov".
pub fn date(time: Time, zone: Zone, lang: Lang) -> String {
    date_of(civil(time, zone), lang)
}

fn date_of(at: Civil, lang: Lang) -> String {
    format!("{} {}", at.day, lang.word("month", format_args!("{:02}", at.month)))
}

/// "07.40" (Indonesian) or "07:40".
fn clock(at: Civil, lang: Lang) -> String {
    format!("{:02}{}{:02}", at.hour, lang.text("format.clock_mark"), at.minute)
}

/// "07.00 WIB": what the regency's clocks show at midnight UTC, when forecasts are frozen and calls are drawn.
pub fn utc_midnight(zone: Zone, lang: Lang) -> String {
    format!("{} {}", clock(civil(Time(0), zone), lang), zone.label())
}

/// RFC 3339 with the zone's offset: for `<time datetime>` and the JSON answers.
pub fn machine(time: Time, zone: Zone) -> String {
    local_rfc3339(time, zone.minutes())
}

/// A form's `datetime-local` value.
pub fn local_value(time: Time, zone: Zone) -> String {
    let at = civil(time, zone);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute)
}

/// "3 hari", "2 jam", "7 menit", "kurang dari semenit": never finer than is useful.
pub fn span(micros: i64, lang: Lang) -> String {
    if micros < MINUTE {
        return lang.text("format.under_a_minute").to_owned();
    }
    let (count, key) = if micros >= 2 * DAY {
        (micros / DAY, "format.days")
    } else if micros >= HOUR {
        (micros / HOUR, "format.hours")
    } else {
        (micros / MINUTE, "format.minutes")
    };
    lang.count(key, count as usize)
}

/// "34 %" from parts per million, the space unbreakable; never more digits than are known.
pub fn percent(ppm: u32, lang: Lang) -> String {
    match ppm {
        0 => String::from("0\u{a0}%"),
        1..5_000 => lang.text("format.under_1_percent").to_string(),
        995_000..1_000_000 => lang.text("format.over_99_percent").to_string(),
        _ => format!("{}\u{a0}%", (ppm + 5_000) / 10_000),
    }
}

/// "5.940" (Indonesian) or "5,940".
pub fn number(value: i64, lang: Lang) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(lang.text("format.group_mark"));
        }
        text.push(digit);
    }
    if value < 0 { format!("−{text}") } else { text }
}

/// "meninggal 1, luka 2": people hurt, as far as anybody counted them. `None` where nobody did: that is not known, and no
/// nought.
pub fn harmed(dead: u16, injured: u16, displaced: u32, lang: Lang) -> Option<String> {
    let counts =
        [("harmed.dead", dead.into()), ("harmed.injured", injured.into()), ("harmed.displaced", displaced)];
    let known = counts.into_iter().filter(|(_, n): &(&str, u32)| *n > 0);
    let known: Vec<String> =
        known.map(|(key, n)| format!("{} {}", lang.text(key), number(i64::from(n), lang))).collect();
    (!known.is_empty()).then(|| known.join(", "))
}

/// "meninggal 6, mengungsi 900; kini mengungsi 110": those figures that are lower by now, and all that stands.
pub fn fewer(was: Extent, now: Extent, lang: Lang) -> String {
    let dead = if now.dead < was.dead { was.dead } else { 0 };
    let injured = if now.injured < was.injured { was.injured } else { 0 };
    let displaced = if now.displaced < was.displaced { was.displaced } else { 0 };
    let was = harmed(dead, injured, displaced, lang).unwrap_or_default();
    match harmed(now.dead, now.injured, now.displaced, lang) {
        Some(now) => lang.fill("harmed.fewer", &[("was", &was), ("now", &now)]),
        None => lang.fill("harmed.no_longer", &[("was", &was)]),
    }
}

/// "meninggal 1 terkonfirmasi, 30 menurut laporan yang belum terkonfirmasi": the same where only a part of what is claimed is
/// affirmed, so that nobody takes the highest claim for what is known.
pub fn harmed_in_part(claimed: Extent, attested: Extent, lang: Lang) -> Option<String> {
    let counts = [
        ("harmed.dead", u32::from(claimed.dead), u32::from(attested.dead)),
        ("harmed.injured", claimed.injured.into(), attested.injured.into()),
        ("harmed.displaced", claimed.displaced, attested.displaced),
    ];
    let words = |(key, claimed, attested): (&'static str, u32, u32)| {
        let (who, all, sure) = (lang.text(key), number(claimed.into(), lang), number(attested.into(), lang));
        let key = match attested {
            _ if attested >= claimed => "harmed.affirmed",
            0 => "harmed.claimed",
            _ => "harmed.in_part",
        };
        lang.fill(key, &[("who", &who), ("n", &sure), ("claimed", &all)])
    };
    let known: Vec<String> = counts.into_iter().filter(|(_, claimed, _)| *claimed > 0).map(words).collect();
    (!known.is_empty()).then(|| known.join("; "))
}

/// People whom several incidents harm, and how much of it is affirmed: "meninggal 2, luka 6; belum terkonfirmasi".
pub fn harmed_in_all(people: &HarmedPeople, lang: Lang) -> Option<String> {
    let HarmedPeople { claimed, attested } = *people;
    let numbers = |extent: Extent| (extent.dead, extent.injured, extent.displaced);
    let key = match attested.harmed() {
        0 => "harmed.none_affirmed",
        _ if numbers(attested) == numbers(claimed) => "harmed.all_affirmed",
        _ => return harmed_in_part(claimed, attested, lang),
    };
    let people = harmed(claimed.dead, claimed.injured, claimed.displaced, lang)?;
    Some(lang.fill(key, &[("people", &people)]))
}

/// One decimal with the language's comma.
pub fn decimal(value: f64, lang: Lang) -> String {
    fixed(value, 1, lang)
}

/// So many decimals, with the language's comma and the minus people write.
pub fn fixed(value: f64, decimals: usize, lang: Lang) -> String {
    let digits = format!("{value:.decimals$}");
    // What rounds to nothing has no sign.
    let is_nothing = digits.chars().all(|digit| matches!(digit, '-' | '0' | '.'));
    let digits = if is_nothing { digits.replace('-', "") } else { digits.replace('-', "−") };
    digits.replace('.', lang.text("format.decimal_mark"))
}

/// A count as a leader may see it: small ones only as a band, so that no village can be guessed.
pub fn coarse(count: u32, lang: Lang) -> String {
    match count {
        0 => String::from("0"),
        1..5 => String::from("1–4"),
        5..10 => String::from("5–9"),
        10..20 => String::from("10–19"),
        _ => lang.text("format.20_or_more").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JULY: Time = Time(1_782_952_800_000_000); // 2026-07-02T00:40:00Z

    #[test]
    fn nothing_is_not_less_than_nothing() {
        let written = [-0.0, -0.04, 0.0, -0.06, 12.25].map(|value| fixed(value, 1, Lang::Id));
        assert_eq!(written, ["0,0", "0,0", "0,0", "−0,1", "12,2"]);
    }

    #[test]
    fn times_read_as_indonesians_write_them() {
        assert_eq!(long(JULY, Zone::Wib, Lang::Id), "Kam, 2 Jul 2026, 07.40 WIB");
        assert_eq!(long(JULY, Zone::Wita, Lang::En), "Thu, 2 Jul 2026, 08:40 WITA");
        assert_eq!(machine(JULY, Zone::Wib), "2026-07-02T07:40:00+07:00");
        assert_eq!(short(JULY, Zone::Wib, Lang::Id), "2 Jul, 07.40");
    }

    #[test]
    fn people_nobody_counted_are_left_out() {
        assert_eq!(harmed(0, 0, 0, Lang::Id), None);
        assert_eq!(harmed(2, 0, 1_120, Lang::Id).as_deref(), Some("meninggal 2, mengungsi 1.120"));
        let extent = |dead, injured, displaced| Extent { severity: 4, dead, injured, displaced };
        assert_eq!(
            harmed_in_part(extent(30, 2, 1_120), extent(1, 0, 1_120), Lang::Id).as_deref(),
            Some(
                "meninggal 1 terkonfirmasi, 30 menurut laporan yang belum terkonfirmasi; luka 2 menurut laporan yang belum terkonfirmasi; mengungsi 1.120 terkonfirmasi"
            )
        );
        assert_eq!(harmed_in_part(extent(0, 0, 0), extent(0, 0, 0), Lang::Id), None);
        let in_all = |claimed, attested| harmed_in_all(&HarmedPeople::new(claimed, attested), Lang::Id);
        for (attested, words) in [
            (extent(0, 0, 0), "meninggal 2, luka 6; belum terkonfirmasi"),
            (
                extent(0, 3, 0),
                "meninggal 2 menurut laporan yang belum terkonfirmasi; luka 3 terkonfirmasi, 6 menurut laporan yang belum terkonfirmasi",
            ),
            (extent(9, 9, 0), "meninggal 2, luka 6; semuanya terkonfirmasi"),
        ] {
            assert_eq!(in_all(extent(2, 6, 0), attested).as_deref(), Some(words));
        }
        assert_eq!(in_all(extent(0, 0, 0), extent(0, 0, 0)), None);
        assert_eq!(harmed(u16::MAX, u16::MAX, 0, Lang::En).as_deref(), Some("dead 65,535, injured 65,535"));
    }

    #[test]
    fn a_form_time_survives_the_round_trip() {
        assert_eq!(parse_local(&local_value(JULY, Zone::Wib), Zone::Wib), Some(JULY));
        for wrong in ["", "2026-13-01T00:00", "2026-02-30T10:00", "2026-02-28T25:00", "besok", "2026-02-28"] {
            assert_eq!(parse_local(wrong, Zone::Wib), None, "{wrong}");
        }
        let leap = parse_local("2028-02-29T23:59", Zone::Wit).unwrap();
        assert_eq!(civil(leap, Zone::Wit).day, 29);
        assert_eq!(long(Time(0), Zone::Wib, Lang::Id), "Kam, 1 Jan 1970, 07.00 WIB");
    }

    #[test]
    fn a_date_with_a_part_of_the_day_is_read_and_one_of_another_weekday_is_known() {
        let now = parse_local("2026-11-30T09:00", Zone::Wib).unwrap(); // a Monday
        for (typed, meant) in [
            ("28/11/26 7 malam", "2026-11-28T19:00"),
            ("28/11 jam 7 malam", "2026-11-28T19:00"),
            ("28-11-2026 5 pagi", "2026-11-28T05:00"),
            ("28/11, 4 sore WIB", "2026-11-28T16:00"),
        ] {
            let read = parse_typed(typed, Zone::Wib, now, DayAlone::Refused);
            assert_eq!(read.ok(), parse_local(meant, Zone::Wib), "{typed}");
        }
        for (typed, is_other) in [
            ("Selasa 29/11 jam 10", true),
            ("hari Selasa, 29/11/2026 10.00", true),
            ("Minggu 29/11 jam 10", false),
            ("Selasa jam 10", false),
            ("29/11 jam 10", false),
        ] {
            assert_eq!(names_other_weekday(typed, Zone::Wib, now), is_other, "{typed}");
        }
    }

    #[test]
    fn a_time_is_typed_as_people_write_it() {
        let now = parse_local("2026-01-02T01:00", Zone::Wib).unwrap();
        for (typed, meant) in [
            ("02/01 00.30", Some("2026-01-02T00:30")),
            ("2/1 0:30", Some("2026-01-02T00:30")),
            ("02/01/2026, 00.30", Some("2026-01-02T00:30")),
            ("31-12-25 23.05", Some("2025-12-31T23:05")),
            ("31/12 23.05", Some("2025-12-31T23:05")),
            ("02/01 23.05", Some("2026-01-02T23:05")),
            ("2026-01-01T07:40", Some("2026-01-01T07:40")),
            ("29/02 10.00", None),
            ("31/13 10.00", None),
            ("12-1-2025 07.40", Some("2025-01-12T07:40")),
            ("2-11-2025 07.40", Some("2025-11-02T07:40")),
            ("12-1-25 07.40", Some("2025-01-12T07:40")),
            ("21-11-25 05.30", Some("2025-11-21T05:30")),
            ("21-11 05.30", Some("2025-11-21T05:30")),
            ("21.11.25, 05:30", Some("2025-11-21T05:30")),
            ("2025-11-21 05.30", Some("2025-11-21T05:30")),
            ("2/1/026 10.00", None),
            ("2025-11-21-22 10.00", None),
            // An hour behind midnight it may be the day before that.
            ("kemarin 10.00", None),
            ("31/12", None),
            ("", None),
        ] {
            let meant = meant.map(|local| parse_local(local, Zone::Wib).unwrap());
            let read = |typed: &str| parse_typed(typed, Zone::Wib, now, DayAlone::Refused).ok();
            assert_eq!(read(typed), meant, "{typed}");
            // Shown again and sent again, it is the same.
            let again = shown(typed, Zone::Wib);
            assert_eq!(read(&again), meant, "{typed} is shown as {again}");
        }
        let noon = parse_typed("kemarin 10.00", Zone::Wib, now.plus(11 * HOUR), DayAlone::Refused);
        assert_eq!(noon.ok(), parse_local("2026-01-01T10:00", Zone::Wib));
        assert_eq!(written(JULY, Zone::Wib), "02/07/2026 07.40");
        let read = |zone: Zone, typed: &str| parse_typed(typed, zone, now, DayAlone::Refused);
        assert_eq!(read(Zone::Wit, &written(JULY, Zone::Wit)), Ok(JULY));
        assert_eq!(read(Zone::Wit, "01/01 07.30 WIT"), read(Zone::Wit, "01/01 07.30"));
        assert!(read(Zone::Wib, "01/01 07.30 WIT").is_err(), "another zone's clock");
    }

    #[test]
    fn numbers_claim_no_more_than_is_known() {
        assert_eq!(percent(340_000, Lang::Id), "34\u{a0}%");
        assert_eq!(percent(2_000, Lang::Id), "kurang dari 1\u{a0}%");
        assert_eq!(percent(999_999, Lang::En), "over 99\u{a0}%");
        assert_eq!(number(5_940, Lang::Id), "5.940");
        assert_eq!(number(-1_234_567, Lang::En), "−1,234,567");
        assert_eq!(span(9 * DAY, Lang::Id), "9 hari");
        assert_eq!(span(90 * MINUTE, Lang::En), "1 hour");
        assert_eq!(span(0, Lang::Id), "kurang dari semenit");
        assert_eq!(span(MINUTE, Lang::Id), "1 menit");
        assert_eq!(utc_midnight(Zone::Wib, Lang::Id), "07.00 WIB");
        assert_eq!(coarse(3, Lang::Id), "1–4");
        assert_eq!(coarse(0, Lang::Id), "0");
    }
}
