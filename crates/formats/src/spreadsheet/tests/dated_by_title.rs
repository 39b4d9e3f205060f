//! Daily reports whose day stands in their title alone, and points that cannot lie where their row says.

use super::*;

fn daily(titles: &str, more: &str) -> Vec<String> {
    let text = format!(
        "{titles}\nNO;JAM;KECAMATAN;JENIS GANGGUAN;URAIAN\n1;14.30;Rupit;Banjir;air naik\n2;;Nibung;Bentrok;dua kelompok\n{more}"
    );
    shapes(text.as_bytes())
}

#[test]
fn rows_without_a_date_are_of_the_day_that_the_title_names() {
    let title = "LAPORAN HARIAN GANGGUAN KAMTIBMAS\nPOLRES MUSI RAWAS UTARA TANGGAL 12 NOVEMBER 2026";
    let found = daily(title, "");
    assert!(found[0].starts_with("4: 16.13.01 WA-01") && found[0].contains("2026-11-12T14:30"), "{found:?}");
    assert!(found[1].starts_with("5: 16.13.03 WW-01") && found[1].contains(" 2026-11-12 "), "{found:?}");
    // The next day's report stands below the first.
    let next = "LAPORAN HARIAN TANGGAL 13 NOVEMBER 2026\nNO;JAM;KECAMATAN;JENIS GANGGUAN;URAIAN\n1;14.30;Rupit;Banjir;air naik\n";
    let found = daily(title, next);
    let taken: Vec<&str> = found.iter().filter(|row| row.contains("2026-")).map(String::as_str).collect();
    assert_eq!(taken.len(), 3, "{found:?}");
    assert!(taken[2].contains("2026-11-13T14:30"), "{found:?}");
}

/// The same row of two days is two reports.
#[test]
fn the_day_of_the_title_makes_a_row_what_it_is() {
    let id = |day: u32| {
        let text = format!(
            "LAPORAN HARIAN TANGGAL {day} NOVEMBER 2026\nKECAMATAN;JENIS GANGGUAN;URAIAN\nRupit;Banjir;air naik\n"
        );
        match &rows(text.as_bytes())[0].fate {
            RowFate::Taken(reports) => reports[0].id,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(id(12), id(12));
    assert_ne!(id(12), id(13));
}

#[test]
fn a_title_that_leaves_the_day_open_is_asked_about() {
    for titles in [
        "LAPORAN HARIAN 12 S/D 14 NOVEMBER 2026",
        "LAPORAN HARIAN TANGGAL 12 NOVEMBER 2026\nDicetak 13 November 2026",
        "LAPORAN HARIAN TANGGAL 05/11/2026",
    ] {
        let found = daily(titles, "");
        assert!(found.iter().all(|row| row.contains("asked sheet.title_dates")), "{titles}: {found:?}");
    }
    let found = daily("DATA DAERAH RAWAN PER 12 NOVEMBER 2026", "");
    assert!(found.iter().all(|row| row.contains("refused sheet.no_date")), "{found:?}");
}

#[test]
fn a_date_of_its_own_counts_whatever_the_title_says() {
    let text = "LAPORAN HARIAN TANGGAL 12 NOVEMBER 2026\nTANGGAL;KECAMATAN;JENIS GANGGUAN\n20/11/2026;Rupit;Banjir\n;Nibung;Banjir\n";
    let found = shapes(text.as_bytes());
    assert!(found[0].contains(" 2026-11-20 ") && found[1].contains("refused sheet.no_date"), "{found:?}");
}

#[test]
fn a_point_far_from_the_kecamatan_of_its_row_is_asked_about() {
    let of = |district: &str, point: &str| {
        let text = format!(
            "Tanggal;Kecamatan;Jenis Kejadian;Uraian;Koordinat;_uuid\n20/11/2026;{district};Banjir;air naik;{point};\n"
        );
        shapes(text.as_bytes()).remove(0)
    };
    assert!(of("Rupit", "-2.75 102.85 40 5").starts_with("2: 16.13.01"));
    assert!(of("Rupit", "-2.46 102.95 40 5").starts_with("2: 16.13.01"), "a neighbour lies near");
    assert!(of("Rupit", "0 0").starts_with("2: 16.13.01"), "no point");
    for far in ["-4.0 103.5 40 5", "-7.8 110.37 100 5"] {
        assert!(of("Rupit", far).contains("asked sheet.point_far"), "{far}: {}", of("Rupit", far));
    }
}

/// What happened within a month has no day, and nobody guesses one: a person writes it, and every row is counted.
#[test]
fn rows_of_a_month_are_asked_when_each_happened() {
    let rows = "Rupit;Banjir;air naik\nNibung;Bentrok;dua kelompok\nKarang Dapo;Banjir;air surut\n";
    let dated = |head: &str, cell: &str| {
        let rows = rows.lines().map(|row| format!("{cell};{row}\n")).collect::<String>();
        shapes(format!("{head};Kecamatan;Jenis Kejadian;Uraian\n{rows}").as_bytes())
    };
    for (head, cell) in [
        ("Periode", "Maret 2026"),
        ("Periode", "Januari s/d Maret 2026"),
        ("Bulan", "Maret"),
        ("Bulan/Tahun", "03/2026"),
        ("Bulan", "2026-03-01"),
        ("Tanggal", "Maret 2026"),
    ] {
        let shown = dated(head, cell);
        assert_eq!(shown.len(), 3);
        assert!(shown.iter().all(|row| row.contains("asked sheet.month_only")), "{head} {cell}: {shown:?}");
    }
    let shown = shapes(
        format!("REKAP KEJADIAN BULAN MARET 2026\nKecamatan;Jenis Kejadian;Uraian\n{rows}").as_bytes(),
    );
    assert!(shown.len() == 3 && shown.iter().all(|row| row.contains("asked sheet.month_only")), "{shown:?}");
    let shown = shapes(format!("Kecamatan;Jenis Kejadian;Uraian\n{rows}").as_bytes());
    assert!(
        shown.len() == 3 && shown.iter().all(|row| row.contains("refused sheet.no_date_column")),
        "{shown:?}"
    );
    assert!(dated("Tanggal", "20/11/2026").iter().all(|row| !row.contains("sheet.")));
}
