//! Rows that say that nothing happened: from when to when, in which part of a place, and what is wrong with their dates.

use super::report::instant_text;
use super::*;

/// From when to when the rows of a file say that nothing happened, or what is wrong with them.
fn quiet(text: &str) -> Vec<String> {
    let of = |reading: RowReading| match reading.fate {
        RowFate::Taken(reports) => {
            let one = |report: &report::RowReport| {
                let zone = report.times.zone;
                let until = report.nothing_until.map(|until| instant_text(until, zone));
                let from = instant_text(report.times.occurred, zone);
                let until = until.map_or_else(String::new, |until| format!(" - {}", &until[..16]));
                format!("{} {}{until}", report.place, &from[..16])
            };
            reports.iter().map(one).collect::<Vec<_>>().join(" + ")
        }
        RowFate::Refused(trouble) => format!("refused {} '{}'", trouble.sentence.key, trouble.value),
        RowFate::Asked(trouble) => format!("asked {} '{}'", trouble.sentence.key, trouble.value),
    };
    rows(text.as_bytes()).into_iter().map(of).collect()
}

#[test]
fn a_quiet_time_has_both_its_ends_in_whatever_columns_they_stand() {
    for (first, last) in [("Dari", "Sampai"), ("Tgl mulai", "Tgl selesai"), ("Tanggal Awal", "s/d")] {
        let text = format!(
            "Kecamatan;{first};{last};Kejadian\nRupit;20/11/2026;25/11/2026;Nihil\nNibung;21/11/2026;;Nihil\n\
             Rupit;25/11/2026;20/11/2026;Nihil\nRupit;26/11/2026;30/11/2026;Nihil\nRupit;27/11/2026;31/11/2026;Nihil\n\
             Nibung;24/11/2026;26/11/2026;Nihil\nNibung;26/11/2026;27/11/2026;Nihil\n"
        );
        assert_eq!(
            quiet(&text),
            [
                "16.13.01 2026-11-20T00:00 - 2026-11-25T23:59",
                "16.13.03 2026-11-21T00:00 - 2026-11-21T23:59",
                "asked sheet.period_backwards '20/11/2026'",
                "16.13.01 2026-11-26T00:00 - 2026-11-28T15:00",
                "refused sheet.unreadable_date '31/11/2026'",
                "16.13.03 2026-11-24T00:00 - 2026-11-26T23:59",
                "16.13.03 2026-11-26T00:00 - 2026-11-27T23:59",
            ],
            "{first}: as far as it has passed"
        );
    }
    for cell in ["20-25/11/2026", "20 s/d 25 Nov 2026", "20/11/2026 - 25/11/2026"] {
        let text = format!("Tanggal;Kecamatan;Kejadian\n{cell};Rupit;nihil\n");
        assert_eq!(quiet(&text), ["16.13.01 2026-11-20T00:00 - 2026-11-25T23:59"], "{cell}");
    }
    let text = "Periode;Kecamatan;Kejadian\n20-25 November 2026;Rupit;nihil\n";
    assert_eq!(quiet(text), ["16.13.01 2026-11-20T00:00 - 2026-11-25T23:59"]);
}

#[test]
fn what_ends_an_event_is_not_its_day() {
    let text =
        "Kecamatan;Tanggal;Tgl mulai;Tgl selesai;Kejadian\nRupit;26/11/2026;20/11/2026;25/11/2026;Banjir\n";
    assert_eq!(quiet(text), ["16.13.01 2026-11-20T00:00"]);
    let text = "Tanggal;Kecamatan;Dari;Sampai;Kejadian\n26/11/2026;Rupit;kades;camat;Banjir\n";
    assert_eq!(quiet(text), ["16.13.01 2026-11-26T00:00"], "from whom, to whom");
}

#[test]
fn a_quiet_village_is_not_a_quiet_kecamatan() {
    let head = "Tanggal;Kecamatan;Desa;Kejadian";
    for village in ["Noman, Karang Waru", "Noman dan Karang Waru", "Antah"] {
        let found = quiet(&format!("{head}\n27/11/2026;Rupit;{village};nihil\n"));
        assert_eq!(found, [format!("asked sheet.quiet_part '{village}'")]);
    }
    let found = quiet(&format!("{head}\n27/11/2026;Rupit;Noman;nihil\n"));
    assert_eq!(found, ["16.13.01.2002 2026-11-27T00:00 - 2026-11-27T23:59"]);
    for village in ["", "-", "semua desa", "Seluruh desa"] {
        let found = quiet(&format!("{head}\n27/11/2026;Rupit;{village};nihil\n"));
        assert_eq!(found, ["16.13.01 2026-11-27T00:00 - 2026-11-27T23:59"], "{village}");
    }
    let found = quiet("Tanggal;Kecamatan;TKP;Kejadian\n27/11/2026;Rupit;Dusun IV;nihil\n");
    assert_eq!(found, ["asked sheet.quiet_part 'Dusun IV'"]);
}

#[test]
fn a_quiet_row_whose_date_or_place_is_wrong_says_so() {
    let head = "Tanggal;Kecamatan;Kejadian";
    for (row, is) in [
        ("31/11/2026;Rupit;nihil", "refused sheet.unreadable_date '31/11/2026'"),
        ("Senin 27/11/2026;Rupit;nihil", "asked sheet.other_weekday 'senin'"),
        ("05/11/2026;Rupit;nihil", "asked sheet.ambiguous_date '05/11/2026'"),
        ("27/11/2026;Antah;nihil", "asked sheet.unknown_place 'Antah'"),
        ("30/11/2026;Rupit;nihil", "refused sheet.future '30/11/2026'"),
    ] {
        assert_eq!(quiet(&format!("{head}\n{row}\n")), [is], "{row}");
    }
}

#[test]
fn a_quiet_row_of_a_daily_report_is_of_the_time_that_the_title_names() {
    let of = |title: &str| {
        let text = format!(
            "POLRES MUSI RAWAS UTARA\nLAPORAN HARIAN GANGGUAN KAMTIBMAS (LHGK)\n{title}\n\
             NO;POLSEK;JENIS GANGGUAN;WAKTU KEJADIAN;TKP;URAIAN\n1;Polsek Rupit;Nihil;-;-;Situasi aman kondusif\n\
             2;Polsek Nibung;Banjir;27/11/2026 23.10;Ds. Tebing Tinggi;air naik\n"
        );
        quiet(&text).remove(0)
    };
    for (title, is) in [
        ("Tanggal 27 November 2026", "2026-11-27T00:00 - 2026-11-27T23:59"),
        (
            "Tanggal 27 November 2026 pukul 08.00 s/d 28 November 2026 pukul 08.00 WIB",
            "2026-11-27T08:00 - 2026-11-28T08:00",
        ),
        ("Jumat 27 November 2026 s.d. Sabtu 28 November 2026", "2026-11-27T00:00 - 2026-11-28T15:00"),
    ] {
        assert_eq!(of(title), format!("16.13.01 {is}"), "{title}");
    }
    assert!(
        of("Tanggal 27 November 2026, dicetak 29 November 2026").starts_with("refused sheet.unreadable_date")
    );
}

/// The same words in the report of the next day are of that day.
#[test]
fn a_quiet_row_is_another_one_each_day() {
    let of = |day: u32| {
        let text = format!(
            "LAPORAN HARIAN\nTanggal {day} November 2026\nPOLSEK;JENIS GANGGUAN;WAKTU KEJADIAN\nRupit;Nihil;-\n\
             Nibung;Banjir;{day}/11/2026\n"
        );
        let RowFate::Taken(reports) = rows(text.as_bytes()).remove(0).fate else { panic!("{day}") };
        reports[0].id
    };
    assert_ne!(of(26), of(27));
    assert_eq!(of(26), of(26));
}

#[test]
fn days_of_the_week_may_be_short_and_stand_close_to_the_date() {
    let head = "Tanggal;Kecamatan;Kejadian";
    for (cell, is) in [
        ("Sel 24/11/26", "2026-11-24T00:00"),
        ("Rab 25/11/26", "2026-11-25T00:00"),
        ("Min 22/11/26 21.00", "2026-11-22T21:00"),
        ("Sabtu/28 Nov 2026", "2026-11-28T00:00"),
        ("Jum, 27-11-2026 pkl 07.30", "2026-11-27T07:30"),
        ("Sen.23/11/2026", "2026-11-23T00:00"),
    ] {
        let found = quiet(&format!("{head}\n{cell};Rupit;banjir\n"));
        assert_eq!(found, [format!("16.13.01 {is}")], "{cell}");
    }
    let found = quiet(&format!("{head}\nSen 24/11/26;Rupit;banjir\n"));
    assert_eq!(found, ["asked sheet.other_weekday 'sen'"]);
}
