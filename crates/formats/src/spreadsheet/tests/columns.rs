//! What stands in a row and in no column that is read: no count of people hurt, no cell and no sheet is lost unseen.

use super::*;

/// What becomes of a row under these headings, behind a date, a kecamatan and a flood: the people hurt, or what is asked.
fn counted(headings: &str, cells: &str) -> String {
    let text = format!("Tanggal;Kecamatan;Jenis Kejadian;{headings}\n20/11/2026;Rupit;Banjir;{cells}\n");
    let shown = shapes(text.as_bytes()).remove(0);
    let (_, fate) = shown.split_once(": ").unwrap();
    match fate.starts_with("16.13") {
        true => fate.rsplit(' ').next().unwrap().to_owned(),
        false => fate.to_owned(),
    }
}

#[test]
fn columns_of_some_of_the_people_are_summed_and_a_column_of_all_stands_for_them() {
    for (headings, cells, people) in [
        ("Meninggal L;Meninggal P;Luka L;Luka P", "1;2;3;4", "3/7/-"),
        ("Meninggal L;Meninggal P;Luka L;Luka P", "0;2;;4", "2/4/-"),
        ("MD Dewasa;MD Anak;Luka Dewasa;Luka Anak", "1;2;3;4", "3/7/-"),
        ("MD (Laki-laki);MD (Perempuan)", "0;2", "2/-/-"),
        ("LB;LR;Jumlah Luka", "2;1;3", "-/3/-"),
        ("Jumlah Meninggal;Meninggal L;Meninggal P", "3;1;2", "3/-/-"),
        ("Meninggal;Meninggal Anak", "3;1", "3/-/-"),
        ("LB L;LB P;LR L;LR P", "1;1;2;2", "-/6/-"),
        ("LB;LR;Luka L;Luka P", "1;2;3;0", "-/3/-"),
        ("Orang Luka;Korban Jiwa (Meninggal)", "5;2", "2/5/-"),
        ("Jumlah Korban Jiwa", "2", "2/-/-"),
        ("Jumlah Korban Jiwa;Meninggal;Luka", "5;1;4", "1/4/-"),
        ("Total Korban", "3", "-/3/-"),
        ("Mengungsi (KK);Mengungsi (Jiwa)", "30;120", "-/-/120"),
        ("Korban;Meninggal;Luka", "1 MD, 2 LB;1;2", "1/2/-"),
        ("Korban", "nihil", "-/-/-"),
        // As a police daily sheet has it: one column of victims, in words.
        ("KORBAN", "2 luka ringan", "-/2/-"),
        ("KORBAN", "1 MD", "1/-/-"),
        ("KORBAN", "2 MD 3 LB", "2/3/-"),
        ("KORBAN", "1 MD, 2 luka berat", "1/2/-"),
        ("Korban;Luka", "2 MD 3 LB;3", "2/3/-"),
        ("Meninggal/Luka", "1 MD, 2 luka", "1/2/-"),
        ("Luka", "2 luka ringan", "-/2/-"),
        ("Luka", "2 orang luka", "-/2/-"),
        ("Luka tembak", "0", "-/-/-"),
        // Each of several columns of victims counts its own, and one of all stands for its parts.
        ("Korban Warga;Korban Polri", "1 MD;2 MD", "3/-/-"),
        ("Korban;Korban Polri", "3 MD 1 LB;1 MD", "3/1/-"),
        ("Korban Warga;Korban Polri;Meninggal", "1 MD;2 MD;3", "3/-/-"),
        ("Korban Warga;Korban Polri", "1 MD;2", "1/2/-"),
        ("Korban Warga;Jumlah Korban Polri", "1 MD, 2 LB;1", "1/3/-"),
        // These are the same people again.
        ("Korban;Korban L;Korban P", "1 MD;1;0", "1/-/-"),
        ("Korban;Korban L;Korban P;Meninggal;Luka", "Budi;3;2;1;4", "1/4/-"),
        ("Korban Warga;Korban Polri;Meninggal", "1 MD;2;1", "1/-/-"),
        // Victims in persons are not the dead; a number in words is one.
        ("Korban (Jiwa)", "12", "-/12/-"),
        ("Korban", "satu", "-/1/-"),
        ("Kondisi Korban;Luka", "luka ringan;2", "-/2/-"),
        ("Nama Korban", "Budi", "-/-/-"),
        // No number of people stands there.
        ("Korban Umur", "34", "-/-/-"),
        ("Korban Nama", "12", "-/-/-"),
        ("Korban Ternak", "5", "-/-/-"),
        ("Korban (KK);Mengungsi", "5;20", "-/-/20"),
    ] {
        assert_eq!(counted(headings, cells), people, "{headings}: {cells}");
    }
}

#[test]
fn counts_that_contradict_each_other_or_are_not_understood_are_asked_about() {
    for (headings, cells, asked) in [
        ("LB;LR;Jumlah Luka", "2;1;4", "counts_differ '4 / 3'"),
        ("Meninggal;Meninggal Anak", "1;3", "counts_differ '1 / 3'"),
        ("Meninggal L;Meninggal P;Meninggal", "1;1;0", "counts_differ '0 / 2'"),
        ("Luka tembak", "2", "unread_harm '2'"),
        ("Meninggal/Luka", "2", "unread_harm '2'"),
        ("Mengungsi (KK)", "30", "unread_harm '30'"),
        ("Meninggal/Luka", "luka-luka", "unread_harm 'luka-luka'"),
        ("Korban", "beberapa orang luka", "unread_harm 'beberapa orang luka'"),
        ("Korban", "5 KK mengungsi", "unread_harm '5 KK mengungsi'"),
        ("Korban;Luka", "2 MD 3 LB;4", "counts_differ '4 / 3'"),
        ("Korban Warga;Korban Polri;Meninggal", "1 MD;2 MD;2", "counts_differ '2 / 3'"),
        ("Korban;Korban Polri", "1 MD;2 MD", "counts_differ '1 / 2'"),
        ("Korban di hulu;Korban di hilir", "1 MD;1 MD", "unread_harm '1 MD'"),
        // Of what the number is, nobody says.
        ("Korban Sapi", "5", "unread_harm '5'"),
        ("Korban (KK)", "5", "unread_harm '5'"),
        ("Korban (KK)", "5 KK", "unread_harm '5 KK'"),
        // How many they are, nobody says.
        ("Korban", "Budi", "unread_harm 'Budi'"),
        ("Kondisi Korban", "MD", "unread_harm 'MD'"),
        ("Kondisi Korban", "luka ringan", "unread_harm 'luka ringan'"),
    ] {
        assert_eq!(counted(headings, cells), format!("asked sheet.{asked}"), "{headings}: {cells}");
    }
}

#[test]
fn headings_in_two_or_three_rows_give_each_count_its_own() {
    let text = "No;Tanggal;Kecamatan;Jenis Kejadian;Meninggal;;Luka;\n;;;;L;P;L;P\n1;20/11/2026;Rupit;Bentrok;0;2;0;4\n";
    assert_eq!(shapes(text.as_bytes()), ["3: 16.13.01 WW-01 5 2026-11-20 2/4/-"]);
    let text = "Tanggal;Kecamatan;Jenis;Korban;;;;Ket\n;;;Meninggal;;Luka;;\n;;;L;P;L;P;\n20/11/2026;Rupit;Bentrok;1;2;3;4;x\n";
    assert_eq!(shapes(text.as_bytes()), ["4: 16.13.01 WW-01 5 2026-11-20 3/7/-"]);
}

#[test]
fn a_cell_behind_the_last_heading_is_asked_about() {
    let text = "Tanggal;Kecamatan;Jenis Kejadian;Uraian\n\
                20/11/2026;Rupit;Banjir;Banjir bandang; 3 orang meninggal; 2 luka\n\
                20/11/2026;Nibung;Banjir;Banjir bandang;;\n20/11/2026;Nibung;Longsor;\"x; y\"\n";
    for text in [
        text.to_owned(),
        text.replace("Uraian\n", "Uraian;;\n"),
        text.replace("; y", ", y").replace(';', ","),
        text.replace(';', "\t"),
    ] {
        let shown = shapes(text.as_bytes());
        assert_eq!(shown[0], "2: asked sheet.more_cells '3 orang meninggal'", "{text}");
        assert!(shown[1].starts_with("3: 16.13.03 ") && shown[2].starts_with("4: 16.13.03 "), "{shown:?}");
    }
}

#[test]
fn the_delimiter_is_the_one_under_which_the_headings_are_known() {
    let head = "Tanggal;Kecamatan;Jenis Kejadian;Uraian\n";
    let prose = "Bentrok pecah, massa lari, polisi datang, warga, ramai, malam, hujan, gelap, 3 orang luka";
    let row = |day: u32| format!("{day}/11/2026;Rupit;Bentrok;{prose}\n");
    let text = format!("{head}{}{}{}", row(18), row(19), row(20));
    assert_eq!(shapes(text.as_bytes()).iter().filter(|shown| shown.contains("WW-01")).count(), 3);
    let long = format!(
        "{head}20/11/2026;Rupit;Bentrok;{}\n20/11/2026;Nibung;Banjir;air naik\n",
        "warga, ".repeat(18)
    );
    assert_eq!(shapes(long.as_bytes()).len(), 2);
    assert!(shapes(long.as_bytes())[1].starts_with("3: 16.13.03 "));
    // A comma between cells and many semicolons in the prose.
    let other = format!("{}20/11/2026,Rupit,Bentrok,{}\n", head.replace(';', ","), "warga; ".repeat(18));
    assert!(shapes(other.as_bytes())[0].starts_with("2: 16.13.01 "));
}

#[test]
fn what_a_workbook_hides_is_named_and_a_formula_without_its_result_is_asked_about() {
    let mut workbook = Workbook::new();
    let head = ["Tanggal", "Kecamatan", "Jenis Kejadian", "Meninggal"];
    let row = |sheet: &mut rust_xlsxwriter::Worksheet| {
        for (column, cell) in head.iter().enumerate() {
            sheet.write(0, column as u16, *cell).unwrap();
        }
        for (column, cell) in ["20/11/2026", "Rupit", "Banjir"].iter().enumerate() {
            sheet.write(1, column as u16, *cell).unwrap();
        }
    };
    let sheet = workbook.add_worksheet();
    row(sheet);
    sheet.write_formula(1, 3, rust_xlsxwriter::Formula::new("=1+2").set_result("3")).unwrap();
    let hidden = workbook.add_worksheet().set_name("Rahasia").unwrap();
    row(hidden);
    hidden.write(1, 3, 5).unwrap();
    hidden.set_hidden(true);
    let bytes = without_results(&workbook.save_to_buffer().unwrap());
    assert_eq!(shapes(&bytes), ["2: asked sheet.formula '=?'"]);
    let found = tables(read(&bytes).unwrap(), &KeptMapping::default()).unwrap();
    assert_eq!(found.unread, ["Rahasia (tersembunyi/hidden)"]);
}

/// A workbook as programs write it that do not compute.
fn without_results(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let parts: Vec<(String, Vec<u8>)> = (0..zip.len())
        .map(|index| {
            let mut part = zip.by_index(index).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            (part.name().unwrap().to_string(), text.replace("</f><v>3</v>", "</f>").into_bytes())
        })
        .collect();
    let parts: Vec<(&str, Vec<u8>)> =
        parts.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    packed(&parts)
}

/// When a form was begun is not when anything happened, whatever the question for that is called.
#[test]
fn the_day_a_form_was_filled_in_gives_way_to_any_other() {
    let head = "start;end;Saat itu;Kecamatan;Kejadian";
    let row = "2026-11-27T08:00:00.000+07:00;2026-11-27T08:05:00.000+07:00;2026-11-20;Rupit;Banjir";
    assert_eq!(shapes(format!("{head}\n{row}\n").as_bytes()), ["2: 16.13.01 WA-01 2 2026-11-20 -/-/-"]);
    let text = "start;end;Kecamatan;Kejadian\n2026-11-27T08:00:00.000+07:00;2026-11-27T08:05:00.000+07:00;Rupit;Banjir\n";
    assert_eq!(
        shapes(text.as_bytes()),
        ["2: 16.13.01 WA-01 2 2026-11-27T08:00 -/-/-"],
        "nothing else gives one"
    );
}

/// A list of disasters whose head stands in two rows, with cells merged over several columns.
fn disasters_below(second: [&str; 7]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, heading) in [(0, "Tanggal"), (1, "Bencana"), (9, "Upaya")] {
        sheet.write(0, column, heading).unwrap();
    }
    for (from, to, heading) in [(2, 3, "Lokasi"), (4, 6, "Korban Jiwa"), (7, 8, "Pengungsi")] {
        sheet.merge_range(0, from, 0, to, heading, &Format::new()).unwrap();
    }
    for (column, word) in (2..).zip(second) {
        sheet.write(1, column, word).unwrap();
    }
    for (column, word) in (0..).zip(["21/11/2026", "Banjir", "Rupit", "Noman", "2", "1", "5", "40", "155"]) {
        sheet.write(2, column, word).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_digit_in_the_second_row_of_a_head_loses_none_of_it_and_what_is_not_understood_is_asked() {
    for people in ["Jiwa", "Jiwa (L/P, balita <5)"] {
        for hurt in ["Luka", "Luka2"] {
            let file = disasters_below(["Kec", "Desa/Kel", "MD", "Hilang", hurt, "KK", people]);
            let right = "3: 16.13.01.2002 WA-01 5 2026-11-21 2/5/155";
            assert_eq!(shapes(&file), [right], "{hurt} {people}");
        }
    }
    let file = disasters_below(["Kec", "Desa", "gugus 1", "gugus 2", "gugus 3", "blok A", "blok B"]);
    let found = shapes(&file).remove(0);
    assert!(found.starts_with("3: asked sheet.unread_harm"), "{found}");
    // A head that is not seen to go on below itself counts no families as people.
    let text = "Tanggal;Kecamatan;Bencana;Pengungsi;;\n;;;KK;Jiwa;5\n21/11/2026;Rupit;Banjir;40;155;\n";
    let found = shapes(text.as_bytes()).pop().unwrap();
    assert!(found.starts_with("3: asked"), "{found}");
}
