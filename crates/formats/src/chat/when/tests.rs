//! Times in words, from when a message was written.

use super::*;
use crate::chat::token::tokens;
use crate::decode::instant;

/// Day before the writing's, and clock, of a message written on Friday, 20 November 2026 at 15.00.
fn when(text: &str) -> (i64, String, Sureness) {
    let written = instant::days(2026, 11, 20).unwrap() * DAY + 15 * 60;
    let found = occurred(&tokens(text, 0..text.len()), written).found;
    let minute = found.value.rem_euclid(DAY);
    let back = written.div_euclid(DAY) - found.value.div_euclid(DAY);
    (back, format!("{:02}.{:02}", minute / 60, minute % 60), found.sure)
}

#[test]
fn times_in_words_are_counted_from_when_it_was_written() {
    use Sureness::{Guess, Likely, Sure};
    for (text, back, clock, sure) in [
        ("banjir", 0, "15.00", Guess),
        ("barusan banjir", 0, "15.00", Sure),
        ("saat ini air naik", 0, "15.00", Sure),
        ("tadi malam bentrok", 1, "21.00", Likely),
        ("tadi malam jam 9", 1, "21.00", Sure),
        ("tadi mlm jam 2", 0, "02.00", Likely),
        ("jam 11 siang", 0, "11.00", Sure),
        ("semalam jam 10.30", 1, "22.30", Sure),
        ("semalam pkl 23.30 WIB", 1, "23.30", Sure),
        ("tadi pagi", 0, "07.00", Likely),
        ("tadi sore", 1, "16.00", Likely),
        ("kemarin sore", 1, "16.00", Likely),
        ("kemarin sore jam 5", 1, "17.00", Sure),
        ("kmrn", 1, "15.00", Guess),
        ("jam 9 portal dipasang", 0, "09.00", Likely),
        ("jam 2 portal dipasang", 0, "14.00", Likely),
        ("pkl 08.15 WIB", 0, "08.15", Sure),
        ("pukul 21.15", 1, "21.15", Guess),
        ("13:00 WIB warga berkumpul", 0, "13.00", Sure),
        ("jam setengah 9 pagi", 0, "08.30", Sure),
        ("2 jam yang lalu", 0, "13.00", Likely),
        ("3 hari yg lalu", 3, "15.00", Guess),
        ("hari Rabu malam", 2, "21.00", Likely),
        ("Jumat pagi", 0, "07.00", Likely),
        ("tgl 18 November jam 10.00", 2, "10.00", Sure),
        ("Rabu 18/11/2026 pkl 10.30", 2, "10.30", Sure),
        ("selamat malam, tadi pagi banjir", 0, "07.00", Likely),
        ("warga 2-3 orang datang", 0, "15.00", Guess),
        ("dini hari tadi", 0, "02.00", Likely),
        ("tgl 18 banjir", 2, "15.00", Guess),
        ("setengah jam lalu", 0, "14.30", Likely),
        ("14:30 portal dipasang", 0, "14.30", Sure),
        ("hari Jumat tgl 13 Nov jam 10.00", 7, "10.00", Sure),
        ("hari Jumat, 13 November 2026", 7, "15.00", Guess),
        ("Rabu 18/11/2026 banjir", 2, "15.00", Guess),
        ("Selasa lalu banjir", 3, "15.00", Guess),
        ("Jumat lalu banjir", 7, "15.00", Guess),
        ("Kamis kemarin banjir", 1, "15.00", Guess),
        ("Rabu kemarin banjir", 2, "15.00", Guess),
        ("23.30 semalam begal", 1, "23.30", Sure),
        ("malam 23.30 begal", 1, "23.30", Guess),
        ("9:15 pm kemarin", 1, "21.15", Sure),
        ("8.30 AM portal", 0, "08.30", Sure),
        ("2 desa terendam", 0, "15.00", Guess),
        ("3 marah, 2 jangan", 0, "15.00", Guess),
        ("minggu lalu bentrok", 7, "15.00", Guess),
        ("tinggi air 1.50 m", 0, "15.00", Guess),
        ("kemarin nihil pak, hari ini ada tawuran, jam 13.30", 0, "13.30", Sure),
        ("kemarin aman, tadi pagi bentrok", 0, "07.00", Likely),
        ("Rabu kemarin nihil, Kamis ada warga ribut", 1, "15.00", Guess),
        ("Kamis terjadi longsor", 1, "15.00", Guess),
        ("situasi aman kemarin bentrok", 1, "15.00", Guess),
        ("kemarin bentrok, sekarang aman", 1, "15.00", Guess),
        ("Waktu: Kamis 19/11 jam 22.00", 1, "22.00", Sure),
        ("Kamis, 2-3 orang datang", 0, "15.00", Guess),
        ("pd Kamis 19-11 jam 10.15 longsor", 1, "10.15", Sure),
        ("pada Kamis longsor", 1, "15.00", Guess),
        ("kmrn pagi aman, kmrn sore banjir", 1, "16.00", Likely),
        ("td pagi aman, jam 2 siang td bentrok", 0, "14.00", Sure),
        ("pagi ini aman, semalam maling motor jam 1", 0, "01.00", Likely),
        ("pkl 06.00 wib aman, pkl 07.15 bentrok", 0, "07.15", Sure),
        ("ralat jamnya 04.30", 0, "04.30", Sure),
        ("kemarin aman saja, malamnya tawuran jam 11", 1, "23.00", Sure),
    ] {
        assert_eq!(when(text), (back, clock.into(), sure), "{text}");
    }
}

/// A day of the week that nothing leads may be of something else in the message.
#[test]
fn a_bare_day_of_the_week_is_asked_about() {
    let written = instant::days(2026, 11, 20).unwrap() * DAY + 15 * 60;
    for (text, back) in [
        ("Rabu kemarin nihil, Kamis ada warga ribut", 1),
        ("Senin ada razia, banjir blm surut", 4),
        ("rapat Senin, banjir blm surut", 0),
    ] {
        let occurred = occurred(&tokens(text, 0..text.len()), written);
        let own = written.div_euclid(DAY) - occurred.found.value.div_euclid(DAY);
        assert_eq!((own, occurred.is_ambiguous), (back, back > 0), "{text}");
    }
}

#[test]
fn of_a_night_that_is_named_in_the_evening_the_hour_says_which() {
    let written = instant::days(2026, 11, 20).unwrap() * DAY + 21 * 60 + 8;
    for (text, back, clock) in [
        ("jam 8 mlm tadi perahu karam", 0, "20.00"),
        ("malam tadi jam 11 bentrok", 1, "23.00"),
        ("tadi malam jam 9 bentrok", 1, "21.00"),
    ] {
        let occurred = occurred(&tokens(text, 0..text.len()), written);
        let minute = occurred.found.value.rem_euclid(DAY);
        let own = (written.div_euclid(DAY) - occurred.found.value.div_euclid(DAY), minute);
        assert_eq!(own, (back, clock[..2].parse::<i64>().unwrap() * 60), "{text}");
        assert!(occurred.is_ambiguous, "{text}");
    }
}

#[test]
fn a_day_that_fits_no_date_and_weeks_without_a_day_are_asked_about() {
    let written = instant::days(2026, 11, 20).unwrap() * DAY + 15 * 60;
    for (text, asked) in [
        ("Senin tgl 13 Nov banjir", true),
        ("Jumat tgl 13 Nov banjir", false),
        ("kemarin tgl 12 November banjir", true),
        ("kemarin tgl 19 November banjir", false),
        ("minggu lalu bentrok", true),
        ("bulan lalu bentrok", true),
        ("3 hari yang lalu bentrok", false),
        ("26-11-05 bentrok di Pauh", true),
        ("tgl 26-11-05 bentrok", true),
        ("tgl 26-10-25 bentrok", true),
        ("tgl 20-11-26 bentrok", false),
        ("25-10-26 bentrok", false),
        ("11-07-25 bentrok", false),
    ] {
        assert_eq!(occurred(&tokens(text, 0..text.len()), written).is_ambiguous, asked, "{text}");
    }
}

#[test]
fn parts_of_the_day_and_last_night_are_read_in_the_words_of_java() {
    for (text, back, clock) in [
        ("tawuran jam sewelas bengi", 1, "23.00"),
        ("tawuran jam sewelas dalu", 1, "23.00"),
        ("tawuran jam rolas bengi wau", 0, "00.00"),
        ("tawuran wau dalu jam 9", 1, "21.00"),
        ("wau dalu wonten tiyang ngamuk", 1, "21.00"),
        ("ana begal bengi mau ndek ratan, jam sewelas bengi", 1, "23.00"),
        ("tawuran jam pitu isuk mau", 0, "07.00"),
        ("tawuran jam 6 enjing", 0, "06.00"),
        ("wingi jam 10 isuk tawuran", 1, "10.00"),
    ] {
        let (found, minute, _) = when(text);
        assert_eq!((found, minute.as_str()), (back, clock), "{text}");
    }
    assert_eq!(when("sugeng enjing pak, tawuran"), (0, "15.00".to_owned(), Sureness::Guess));
}

#[test]
fn the_clock_of_an_end_is_not_that_of_the_begin() {
    for (text, clock, sure) in [
        ("demo ke kantor desa, 80 org, bubar jam 12 siang tertib", "12.00", Sureness::Guess),
        ("demo ke kantor desa, bubar tertib sekitar pkl 11.30", "11.30", Sureness::Guess),
        ("demo sudah bubar jam 12, mulai jam 08.00", "08.00", Sureness::Sure),
        ("demo jam 9 pagi, bubar jam 12 siang", "09.00", Sureness::Sure),
        ("demo bubar jam 1 siang, mulai jam 10.00", "10.00", Sureness::Sure),
        ("aksi damai jam 10 di depan kantor", "10.00", Sureness::Likely),
    ] {
        assert_eq!(when(text), (0, clock.to_owned(), sure), "{text}");
    }
}

/// When the words of a message of 29 November 2026, 22.00, say that it happened: days back, minute of the day, whether it is open.
fn at_ten(text: &str) -> (i64, i64, bool) {
    let written = instant::days(2026, 11, 29).unwrap() * DAY + 22 * 60;
    let read = occurred(&tokens(text, 0..text.len()), written);
    let value = read.found.value;
    let is_open = read.is_ambiguous || read.hour != HourGiven::Given;
    (written.div_euclid(DAY) - value.div_euclid(DAY), value.rem_euclid(DAY), is_open)
}

#[test]
fn no_end_and_nobody_who_came_later_changes_the_hour_of_the_event() {
    let begins = [("jam 03.00", 180), ("pukul 08.00 WIB", 480), ("pkl 11.30", 690), ("jam 2 siang", 840)];
    let ends = [
        "surut",
        "massa bubar",
        "api sudah padam",
        "api dipadamkan warga",
        "jalan dibuka",
        "damkar datang",
        "polisi tiba",
        "dilerai warga",
        "naik lagi",
        "kumpul lagi",
        "situasi kondusif",
        "sampai",
        "korban dievakuasi",
    ];
    let hours =
        ["jam 4 sore", "sore", "sore tadi", "jam 7 malam", "jam 07.45 malam", "tadi malam", "malam ini"];
    for (begin, minute) in begins {
        for (end, hour) in ends.iter().flat_map(|end| hours.map(|hour| (end, hour))) {
            for text in [
                format!("banjir di Noman {begin}, {end} {hour}"),
                format!("{begin} tawuran di Noman, {hour} {end}"),
            ] {
                let (back, found, _) = at_ten(&text);
                // Nobody writes "sore sampai".
                if text.ends_with("sampai") {
                    continue;
                }
                assert_eq!((back, found), (0, minute), "{text}");
            }
        }
    }
}

#[test]
fn a_day_and_a_month_are_that_day_or_asked_about_and_never_silently_the_day_of_sending() {
    let today = instant::days(2026, 11, 29).unwrap();
    for back in 1..=300 {
        let day = day_of_month(today - back);
        let month =
            (1..=12).rev().find(|month| instant::days(2026, *month, 1).unwrap() <= today - back).unwrap();
        let year = if today - back < instant::days(2026, 1, 1).unwrap() { continue } else { 2026 };
        for text in [
            format!("tawuran di Dema {day}/{month} jam 13.00"),
            format!("tawuran di Dema ({day}/{month} jam 13.00), 2 luka"),
            format!("tawuran di Dema, {day}-{month} jam 13.00"),
            format!("tawuran di Dema pada {day:02}/{month:02} pukul 13.00"),
            format!("jam 13.00 {day}/{month} tawuran di Dema"),
            format!("{day}/{month}/26 13.00 tawuran di Dema"),
            format!("{day:02}.{month:02}.{year} jam 13.00 tawuran di Dema"),
            format!("{day:02}-{month:02}-{year}, 13.00 WIB, tawuran di Dema"),
        ] {
            let (found, minute, is_open) = at_ten(&text);
            assert!(is_open || (found, minute) == (back, 780), "{text}: {found} {minute}");
            // The last two months are sure.
            let is_sure = back < 60 && !text.contains(".2026") && !text.starts_with(char::is_numeric);
            assert!(!is_sure || (found, minute, is_open) == (back, 780, false), "{text}: {found} {minute}");
        }
        for text in
            [format!("banjir di Dema ({day}/{month}), 2 rumah"), format!("{day}/{month} banjir di Dema")]
        {
            let (found, _, is_open) = at_ten(&text);
            let is_small = day < month && month <= 10 || (day, month) == (24, 7);
            // Of long ago it is a part of something: "2/3 rumah".
            assert!(is_open && found == back || is_small && back > 60, "{text}: {found}");
        }
    }
}
