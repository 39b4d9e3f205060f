//! Days that a cell leaves open or contradicts, and a nihil that names something besides.

use super::*;

const HEAD: &str = "Hari;Tanggal;Kecamatan;Jenis Kejadian;Uraian\n";

fn fates(rows: &[&str]) -> Vec<String> {
    shapes(format!("{HEAD}{}\n", rows.join("\n")).as_bytes())
}

#[test]
fn what_happened_within_several_days_or_without_a_year_is_asked_when() {
    let rows = [
        ";23 s/d 25 Nov 2026;Rupit;Banjir;",
        ";23-26 Nov 2026;Rupit;Banjir;",
        ";23/11/2026 - 27/11/2026;Rupit;Banjir;",
        ";27-Nov;Rupit;Banjir;",
        ";27/11;Rupit;Banjir;",
        ";23 s/d 25 Nov 2026;Rupit;Nihil;",
        ";kemarin;Rupit;Banjir;",
        ";27 Nov 2026;Rupit;Banjir;",
    ];
    let expected = [
        "2: asked sheet.several_days '23 s/d 25 Nov 2026'",
        "3: asked sheet.several_days '23-26 Nov 2026'",
        "4: asked sheet.several_days '23/11/2026 - 27/11/2026'",
        "5: asked sheet.no_year '27-Nov'",
        "6: asked sheet.no_year '27/11'",
        "7: 16.13.01 X-00 0 2026-11-23 -/-/-",
        "8: refused sheet.unreadable_date 'kemarin'",
        "9: 16.13.01 WA-01 2 2026-11-27 -/-/-",
    ];
    assert_eq!(fates(&rows), expected);
    // Of a span that was merged over its rows.
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, heading) in ["Tanggal", "Kecamatan", "Jenis Kejadian"].into_iter().enumerate() {
        sheet.write(0, column as u16, heading).unwrap();
    }
    sheet.merge_range(1, 0, 2, 0, "23-27 Nov 2026", &Format::new()).unwrap();
    for (row, place, what) in [(1, "Rupit", "Nihil"), (2, "Nibung", "Banjir")] {
        sheet.write(row, 1, place).unwrap();
        sheet.write(row, 2, what).unwrap();
    }
    let merged = shapes(&workbook.save_to_buffer().unwrap());
    assert_eq!(
        merged,
        ["2: 16.13.01 X-00 0 2026-11-23 -/-/-", "3: asked sheet.several_days '23-27 Nov 2026'"]
    );
}

/// "malam" behind an hour that the clock counting to 24 has is that hour; "2 malam" may be of two days.
#[test]
fn an_hour_of_a_night_is_read_or_asked_about_and_never_refused() {
    let rows = ["02.30 WIB malam", "00.30 malam", "12.30 malam", "2 malam", "7 malam", "25.10 malam"];
    let rows: Vec<String> = rows.iter().map(|clock| format!("27 Nov 2026;{clock};Rupit;Banjir")).collect();
    let found = shapes(format!("Tanggal;Jam;Kecamatan;Jenis Kejadian\n{}\n", rows.join("\n")).as_bytes());
    let expected = [
        "2: 16.13.01 WA-01 2 2026-11-27T02:30 -/-/-",
        "3: 16.13.01 WA-01 2 2026-11-27T00:30 -/-/-",
        "4: asked sheet.night_of_two_days '12.30 malam'",
        "5: asked sheet.night_of_two_days '2 malam'",
        "6: 16.13.01 WA-01 2 2026-11-27T19:00 -/-/-",
        "7: refused sheet.unreadable_clock '25.10 malam'",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_day_of_the_week_in_a_column_of_its_own_is_compared_with_the_date() {
    let rows = [
        "Senin;27/11/2026;Rupit;Banjir;",
        "JUM'AT;27/11/2026;Rupit;Banjir;",
        "-;26/11/2026;Rupit;Banjir;",
        "Senin;27/11/2026;Nibung;Nihil;",
    ];
    let expected = [
        "2: asked sheet.other_weekday 'senin'",
        "3: 16.13.01 WA-01 2 2026-11-27 -/-/-",
        "4: 16.13.01 WA-01 2 2026-11-26 -/-/-",
        "5: asked sheet.other_weekday 'senin'",
    ];
    assert_eq!(fates(&rows), expected);
}

#[test]
fn a_nihil_that_names_what_is_no_category_is_one_and_anything_else_beside_it_is_asked_about() {
    let cells = [
        ("nihil, hanya laka tunggal", "16.13.01 X-00 0 2026-11-27 -/-/-"),
        ("Nihil (laka lantas 1)", "16.13.01 X-00 0 2026-11-27 -/-/-"),
        ("Situasi aman kondusif; curanmor", "16.13.01 X-00 0 2026-11-27 -/-/-"),
        ("Aman, terkendali", "16.13.01 X-00 0 2026-11-27 -/-/-"),
        ("Kondusif, pencurian pisang", "asked sheet.nothing_and_more 'Kondusif, pencurian pisang'"),
        ("nihil kecuali orang gila ngamuk", "asked sheet.nothing_and_more 'nihil kecuali orang gila ngamuk'"),
        ("Kondusif, pencurian sawit", "asked sheet.nothing_and_more 'Kondusif, pencurian sawit'"),
        ("laka tunggal", "refused sheet.ordinary 'laka tunggal'"),
    ];
    for (cell, fate) in cells {
        let row = format!(";27/11/2026;Rupit;\"{cell}\";");
        assert_eq!(fates(&[row.as_str()]), [format!("2: {fate}")], "{cell}");
    }
}

#[test]
fn who_made_peace_had_quarrelled() {
    for text in ["damai", "sudah didamaikan", "Damai di tempat"] {
        let row = format!(";27/11/2026;Rupit;bentrok batas kebun;{text}");
        let fate = fates(&[row.as_str()]).remove(0);
        assert!(fate.starts_with("2: 16.13.01 W"), "{text}: {fate}");
    }
    let fate = fates(&[";27/11/2026;Rupit;bentrok batas kebun;aman dan damai"]).remove(0);
    assert!(fate.starts_with("2: asked sheet.denied"), "{fate}");
}

/// A recapitulation of a week is no incident of its first day.
#[test]
fn a_row_that_is_the_sum_of_several_incidents_or_names_a_day_of_its_span_is_asked_about() {
    let text = "Dari;Sampai;Kecamatan;Jumlah Kejadian;Keterangan\n\
        16/11/2026;22/11/2026;Rupit;0;aman\n\
        16/11/2026;22/11/2026;Nibung;2;tawuran dan kebakaran rumah\n\
        16/11/2026;22/11/2026;Karang Jaya;1;banjir tgl 17/11\n\
        16/11/2026;18/11/2026;Rawas Ulu;1;banjir tgl 16, air surut\n";
    let expected = [
        "2: 16.13.01 X-00 0 2026-11-16 -/-/-",
        "3: asked sheet.several_incidents '2'",
        "4: asked sheet.several_days 'banjir tgl 17/11'",
        "5: 16.13.02 WA-01 2 2026-11-16 -/-/-",
    ];
    assert_eq!(shapes(text.as_bytes()), expected);
}

/// Excel keeps "07.30" as 7.3.
#[test]
fn below_waktu_stand_hours_where_the_titles_give_the_day() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "LAPORAN HARIAN KAMTIBMAS HARI JUMAT TANGGAL 27 NOVEMBER 2026").unwrap();
    for (column, heading) in ["NO", "POLSEK", "WAKTU", "URAIAN KEJADIAN"].into_iter().enumerate() {
        sheet.write(2, column as u16, heading).unwrap();
    }
    for (row, place, what) in
        [(3, "Rupit", "Banjir"), (4, "Nibung", "Tawuran pelajar"), (5, "Karang Jaya", "Nihil")]
    {
        sheet.write(row, 0, row - 2).unwrap();
        sheet.write(row, 1, place).unwrap();
        sheet.write(row, 3, what).unwrap();
    }
    sheet.write(3, 2, 7.3).unwrap();
    sheet.write(4, 2, "pagi").unwrap();
    let found = shapes(&workbook.save_to_buffer().unwrap());
    assert!(found[0].starts_with("4: 16.13.01 WA-01 2 2026-11-27T07:30"), "{found:?}");
    assert!(found[1].starts_with("5: 16.13.03 W") && found[1].contains(" 2026-11-27 "), "{found:?}");
    assert_eq!(found[2], "6: 16.13.06 X-00 0 2026-11-27 -/-/-");
}

/// Forms of KoboToolbox name their questions as people speak.
#[test]
fn people_below_ngungsi_are_counted_and_a_story_is_the_text() {
    let text = "_uuid;tgl;kec;kejadian;korban/ngungsi_kk;korban/ngungsi_jiwa;cerita\n\
        a1;27/11/2026;Rupit;banjir;5;19;air masuk rumah\n\
        a2;27/11/2026;Nibung;banjir;5;;\n";
    let found = rows(text.as_bytes());
    assert_eq!(shape(&found[0]), "2: 16.13.01 WA-01 3 2026-11-27 -/-/19");
    let RowFate::Taken(reports) = &found[0].fate else { unreachable!() };
    assert_eq!(reports[0].text, "air masuk rumah");
    assert_eq!(shape(&found[1]), "3: asked sheet.families '5'");
}
