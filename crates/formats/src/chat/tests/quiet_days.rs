//! Of which days a nihil is: all that its words name, or a person is asked. All messages are made up.

use super::wording::{last, passages};
use super::*;

/// Days back from the day of the chat, Saturday, 28 November 2026, of the begin and of the last day of a nihil; `None` where it
/// is asked about or is none.
fn days(passage: &ChatPassage) -> Option<(i64, i64)> {
    let PassageFate::Quiet(quiet) = &passage.fate else { return None };
    let midnight = now().0 - 15 * 60 * MINUTE;
    let day = |time: Time| (time.0 - midnight).div_euclid(1440 * MINUTE);
    quiet.questions.is_empty().then(|| (day(quiet.from), day(Time(quiet.to.0 - 1))))
}

#[test]
fn a_nihil_of_listed_days_or_of_an_open_period_is_read_whole() {
    for (text, from, to) in [
        ("Terap nihil 24, 25, 26 Nov", -4, -2),
        ("Terap 25, 26, 27 nihil", -3, -1),
        ("tgl 25,26 dan 27 Terap nihil", -3, -1),
        ("Terap nihil tgl 23 - sekarang", -5, 0),
        ("tgl 23 - skrg Terap nihil", -5, 0),
        ("tgl 23 s/d skrg Terap nihil", -5, 0),
        ("dari tgl 20 Terap tidak ada kejadian", -8, 0),
        ("mulai hari Senin tgl 23 Terap nihil", -5, 0),
        ("Terap nihil, tgl 22 tekan 27", -6, -1),
        ("Terap nihil tgl 22 nganti 27", -6, -1),
        ("Terap nihil tgl 22 ngantos tgl 27", -6, -1),
        ("Terap nihil tgl 22 sampek 27", -6, -1),
        ("Terap nihil tanggal 22 sampai ka 27", -6, -1),
        ("Terap nihil tgl 22-27", -6, -1),
        ("Terap nihil tgl 22 - 27 Nov", -6, -1),
        ("wiwit tgl 24 Terap nihil", -4, 0),
        ("wingi Terap nihil", -1, -1),
        ("tgl 25 samo 26 Terap nihil", -3, -2),
        ("Terap nihil kaet Rebo", -3, 0),
    ] {
        let passage = last(14, &[&format!("Kades Terap: {text}")]);
        assert_eq!(days(&passage), Some((from, to)), "{text}: {passage:?}");
    }
}

#[test]
fn a_number_or_a_day_that_the_period_leaves_out_is_asked_about() {
    for text in [
        "Terap nihil tgl 23, 25, 26",
        "Terap nihil tgl 24 tambah 26",
        "tgl 23 Terap nihil, sampai sekarang juga",
        "kemarin Terap nihil, sampai saat ini juga",
        "Terap 1, 2, 3 nihil",
        "Terap nihil 22 s/d 25, 27",
        "tgl 24 Terap nihil, Rabu juga",
        "Terap nihil tgl 23 atau 24",
        "Terap nihil bermula Rabu",
        "Terap nihil sampun wiwitan tgl 23",
        // Of a part of a day, or since one: the rest of that day nobody speaks of.
        "Terap malam kemarin aman",
        "malam Kamis Terap nihil",
        "malam hari Kamis Terap nihil",
        "bengi wingi Terap nihil",
        "dari kemarin malam Terap nihil",
        "sejak kemarin sore Terap nihil",
        "mulai Kamis malam Terap nihil",
        "siang tgl 25 Terap nihil",
        "Terap pagi kemarin nihil kejadian",
    ] {
        let found = passages(14, &[&format!("Kades Terap: {text}")]);
        assert!(found.iter().all(|passage| days(passage).is_none()), "{text}: {found:?}");
    }
    let found = passages(14, &["Kades Terap: Selamat siang pak, kemarin Terap nihil"]);
    assert!(found.iter().any(|passage| days(passage) == Some((-1, -1))), "{found:?}");
    // Numbers of something else are no days.
    for text in [
        "Terap nihil, 2-3 orang berjaga",
        "Terap RT 2, 3 dan 4 nihil",
        "Terap nihil, ronda 5 orang",
        "Kec. Toho nihil kejadian di 8 desa",
        "07.30 Terap nihil",
        "Sabtu, 28 Nov 2026: Terap tgl 22 s/d 27 Nov nihil",
    ] {
        let passage = last(14, &[&format!("Bhabin: {text}")]);
        assert!(days(&passage).is_some(), "{text}: {passage:?}");
    }
}

/// A sentence that names days, and the days back that it names.
fn sentence(next: &mut impl FnMut(usize) -> usize) -> (String, Vec<i64>) {
    const JOINS: [&str; 12] = [
        ", ", ",", " dan ", " dn ", " lawan ", " karo ", ", dan ", " & ", " atau ", " tambah ", " juga ",
        " trus ",
    ];
    const TO: [&str; 14] = [
        " - ",
        "-",
        " s/d ",
        " sampai ",
        " sampai dengan ",
        " tekan ",
        " nganti ",
        " ngantos ",
        " sampek ",
        " smp ",
        " hingga ",
        " sampai ka ",
        " – ",
        " sampe tgl ",
    ];
    const NOW: [&str; 6] = ["sekarang", "skrg", "hari ini", "saiki", "saat ini", "wayah ini"];
    const WEEK: [&str; 7] = ["Sabtu", "Jumat", "Kamis", "Rabu", "Selasa", "Senin", "Minggu"];
    let (style, is_range) = (next(7), next(2) == 0);
    let name = |back: i64, is_first: bool, next: &mut dyn FnMut(usize) -> usize| {
        let date = 28 - back;
        match style {
            0 if is_first => format!("tgl {date}"),
            0 | 6 => date.to_string(),
            1 => format!("tgl {date}"),
            2 => format!("{date}/11"),
            3 => format!("{date} Nov"),
            4 => WEEK[back as usize % 7].to_owned(),
            _ if back == 1 => ["kemarin", "wingi", "kmrn"][next(3)].to_owned(),
            _ => format!("tgl {date}"),
        }
    };
    let first = 2 + next(5) as i64;
    let (words, named) = if is_range {
        let until = next(first as usize) as i64;
        let is_now = until == 0 && next(2) == 0;
        let lead = ["", "dari ", "mulai ", "sejak "][next(4)];
        let end = if is_now { NOW[next(6)].to_owned() } else { name(until, false, next) };
        let words = format!("{lead}{}{}{end}", name(first, true, next), TO[next(14)]);
        (words, (until..=first).collect())
    } else {
        let count = 2 + next(2) as i64;
        let mut days: Vec<i64> =
            (0..count).map(|at| first - at - i64::from(at > 0 && next(4) == 0)).collect();
        days.retain(|day| *day >= 0);
        let mut words = name(days[0], true, next);
        for day in &days[1..] {
            words = words + JOINS[next(12)] + &name(*day, false, next);
        }
        (words, days)
    };
    let text = match next(6) {
        0 => format!("Terap {words} nihil"),
        1 => format!("Terap nihil {words}"),
        2 => format!("{words} Terap nihil"),
        3 => format!("{words} tidak ada kejadian di Terap"),
        4 => format!("Lap Terap: {words}: aman, nihil"),
        _ => format!("{words}, Terap aman kondusif"),
    };
    (text, named)
}

#[test]
fn no_nihil_is_ready_that_is_of_fewer_or_of_more_days_than_its_words_name() {
    let words = Words::new();
    let mut reader = words.reader("61.02");
    let mut seed = 4_u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    let (mut ready, mut wrong) = (0, Vec::new());
    for _ in 0..1500 {
        let (text, named) = sentence(&mut next);
        let chat = format!("28/11/26 14.00 - Kades Terap: {text}\n");
        let reading = reader.read(&chat, ChatOccasion { now: now(), order: None });
        let is_asked =
            reading.passages.iter().any(|part| part.questions().is_some_and(|asked| !asked.is_empty()));
        let found: Vec<(i64, i64)> = reading.passages.iter().filter_map(days).collect();
        let is_of = |back: &i64| found.iter().any(|(from, to)| (*from..=*to).contains(&-back));
        if found.is_empty() || is_asked {
            continue;
        }
        ready += 1;
        // Nor of a day before the first or behind the last of them.
        let (first, last) = (named.iter().max().map(|back| -back), named.iter().min().map(|back| -back));
        let is_beyond = found.iter().any(|(from, to)| Some(*from) < first || Some(*to) > last);
        if !named.iter().all(is_of) || is_beyond {
            wrong.push(format!("{text}: {found:?} and not {named:?}"));
        }
    }
    assert!(ready > 200, "{ready} are read");
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {ready}: {:#?}", wrong.len(), &wrong[..wrong.len().min(40)]);
}
