//! Files read whole, as offices keep them: what is taken, refused and asked about, and that nothing is lost.

use super::mapping::{KeptMapping, TableMapping};
use super::reader::{RowFate, RowReading, TableOccasion, TableReader};
use super::*;
use crate::taxonomy::Taxonomy;
use domain::place::{Code, Places};
use domain::report::ReportId;
use rust_xlsxwriter::{Format, Workbook};

mod asked_days;
mod columns;
mod dated_by_title;
mod formulas;
mod harm;
mod json;
mod meaning;
mod mentions;
mod named_places;
mod office_forms;
mod quiet_rows;
mod versions;

const NOW: &str = "2026-11-28T15:00:00+07:00";

fn places() -> Places {
    let files = [
        ("16.13.csv", include_str!("../../../../config/districts/16.13.csv")),
        ("35.08.csv", include_str!("../../../../config/districts/35.08.csv")),
        ("61.02.csv", include_str!("../../../../config/districts/61.02.csv")),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    crate::places::from_csv(&files).unwrap()
}

fn taxonomy() -> Taxonomy {
    Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap()
}

/// The rows of a file for Musi Rawas Utara.
fn rows_with(bytes: &[u8], change: impl Fn(&mut TableMapping)) -> Vec<RowReading> {
    let (places, taxonomy) = (places(), taxonomy());
    let regency = places.find(Code::parse("16.13").unwrap()).unwrap();
    let mut reader = TableReader::new(&places, &[regency], &taxonomy);
    let now = crate::decode::instant::parse(NOW).unwrap();
    let occasion = TableOccasion { now: Some(now), keeps_personal: false };
    let mut found = Vec::new();
    for (table, mut mapping) in tables(read(bytes).unwrap(), &KeptMapping::default()).unwrap().tables {
        change(&mut mapping);
        let mut rows = reader.open(table, mapping, occasion);
        found.extend(rows.by_ref());
        reader = rows.close().0;
    }
    found
}

fn rows(bytes: &[u8]) -> Vec<RowReading> {
    rows_with(bytes, |_| {})
}

/// Line, and place, category, severity, time, people hurt of its reports; or what is wrong.
fn shape(reading: &RowReading) -> String {
    let line = reading.line;
    match &reading.fate {
        RowFate::Taken(reports) => {
            let one = |report: &report::RowReport| {
                let at = report::instant_text(report.times.occurred, report.times.zone);
                let at = if report.times.has_clock { at[..16].to_owned() } else { at[..10].to_owned() };
                let hurt = [report.dead, report.injured, report.displaced];
                let hurt: Vec<String> =
                    hurt.iter().map(|count| count.map_or("-".into(), |count| count.to_string())).collect();
                format!("{} {} {} {at} {}", report.place, report.category, report.severity, hurt.join("/"))
            };
            format!("{line}: {}", reports.iter().map(one).collect::<Vec<_>>().join(" + "))
        }
        RowFate::Refused(trouble) => format!("{line}: refused {} '{}'", trouble.sentence.key, trouble.value),
        RowFate::Asked(trouble) => format!("{line}: asked {} '{}'", trouble.sentence.key, trouble.value),
    }
}

fn shapes(bytes: &[u8]) -> Vec<String> {
    rows(bytes).iter().map(shape).collect()
}

/// A row of the police: place, what, dead, two columns of injured, who reported it, prose.
fn put(sheet: &mut rust_xlsxwriter::Worksheet, row: u32, cells: [&str; 7]) {
    let [place, what, dead, heavy, light, who, text] = cells;
    sheet.write(row, 0, row - 5).unwrap();
    for (column, cell) in [(3, place), (4, what), (8, who), (9, text)] {
        sheet.write(row, column, cell).unwrap();
    }
    for (column, cell) in [(5, dead), (6, heavy), (7, light)] {
        match cell.parse::<u32>() {
            Ok(number) => sheet.write(row, column, number).unwrap(),
            Err(_) => sheet.write(row, column, cell).unwrap(),
        };
    }
}

/// A sheet of the police as it is filled in day by day: a letterhead, headings in two rows, merged cells, real dates beside
/// typed ones, a formula, a sum; and a sheet of notes. Made for this test.
fn police_sheet() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("LHGK").unwrap();
    let plain = Format::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let clock = Format::new().set_num_format("hh:mm");
    sheet.merge_range(0, 0, 0, 9, "KEPOLISIAN RESOR MUSI RAWAS UTARA", &plain).unwrap();
    sheet.merge_range(1, 0, 1, 9, "LAPORAN HARIAN GANGGUAN KAMTIBMAS", &plain).unwrap();
    for (column, heading) in ["NO", "TANGGAL", "JAM", "TKP", "JENIS GANGGUAN"].into_iter().enumerate() {
        sheet.merge_range(3, column as u16, 4, column as u16, heading, &plain).unwrap();
    }
    sheet.merge_range(3, 5, 3, 7, "KORBAN", &plain).unwrap();
    for (column, heading) in [(5, "MD"), (6, "LB"), (7, "LR")] {
        sheet.write(4, column, heading).unwrap();
    }
    sheet.merge_range(3, 8, 4, 8, "PELAPOR", &plain).unwrap();
    sheet.merge_range(3, 9, 4, 9, "URAIAN SINGKAT KEJADIAN", &plain).unwrap();
    for column in 0..10_u16 {
        sheet.write(5, column, u32::from(column) + 1).unwrap();
    }
    put(
        sheet,
        6,
        [
            "Ds. Noman Kec. Rupit",
            "PERKELAHIAN PEMUDA",
            "0",
            "1",
            "2",
            "BUDI",
            "keributan di pesta organ tunggal",
        ],
    );
    sheet.write_with_format(6, 1, 46346, &day).unwrap();
    sheet.write_with_format(6, 2, 0.8125, &clock).unwrap();
    put(
        sheet,
        7,
        [
            "Jl. poros Ds. Belani Kec. Rawas Ilir",
            "PEMBLOKIRAN JALAN",
            "",
            "",
            "",
            "SATPAM",
            "warga memortal jalan PT",
        ],
    );
    sheet.write(7, 1, "21 Nopember 2026").unwrap();
    sheet.write(7, 2, "14.30 WIB").unwrap();
    put(sheet, 8, ["Kel. Muara Rupit", "CURANMOR", "-", "-", "-", "X", "motor hilang di parkiran"]);
    put(sheet, 9, ["Kec. Karang Dapo", "Main hakim sendiri", "1", "", "", "Y", "pencuri dihakimi massa"]);
    // One day for two rows.
    sheet.merge_range(8, 1, 9, 1, "", &day).unwrap();
    sheet.write_with_format(8, 1, 46348, &day).unwrap();
    put(sheet, 10, ["Kec. Antah Berantah", "Banjir", "", "", "", "Z", "air naik"]);
    sheet
        .write_formula_with_format(10, 1, rust_xlsxwriter::Formula::new("=B9+1").set_result("46349"), &day)
        .unwrap();
    put(sheet, 11, ["Kec. Nibung", "JENIS YANG TIDAK DIKENAL", "dua", "", "", "", "x"]);
    sheet.write_with_format(11, 1, 46349, &day).unwrap();
    sheet.write(13, 0, "JUMLAH").unwrap();
    sheet.write(13, 5, 1).unwrap();
    let notes = workbook.add_worksheet().set_name("Catatan").unwrap();
    notes.write(0, 0, "disusun piket").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_police_sheet_is_read_as_it_is_kept() {
    assert_eq!(
        shapes(&police_sheet()),
        [
            "7: 16.13.01.2002 WW-02 4 2026-11-20T19:30 0/3/-",
            "8: 16.13.04.2003 WP-05 3 2026-11-21T14:30 -/-/-",
            "9: refused sheet.ordinary 'CURANMOR'",
            "10: 16.13.05 WW-03 5 2026-11-22 1/-/-",
            "11: asked sheet.unknown_place 'Kec. Antah Berantah'",
            "12: asked sheet.unknown_category 'JENIS YANG TIDAK DIKENAL'",
            "14: refused sheet.sum 'JUMLAH'",
        ]
    );
}
#[test]
fn a_list_of_disasters_keeps_its_hazards_apart() {
    let text = "DATA KEJADIAN BENCANA KABUPATEN MUSI RAWAS UTARA;;;;;;;\n\
        No;Tanggal Kejadian;Jenis Bencana;Kecamatan;Desa;Meninggal;Mengungsi;Rumah Rusak\n\
        1;20/11/2026;Tanah Longsor;Karang Jaya;Muara Tiku;0;12;3\n\
        2;20/11/2026 05.30;PUTING BELIUNG;Nibung;;;;120\n\
        3;21/11/2026;Banjir;Rupit;Noman;;1.250;\n\
        4;21/11/2026;Kebakaran Hutan dan Lahan;Rawas Ilir;;;;\n\
        5;22/11/2026;Gagal Teknologi;Rupit;;;;\n\
        ;;;;;;;\n\
        Jumlah;;;;;0;1.262;123\n";
    assert_eq!(
        shapes(text.as_bytes()),
        [
            "3: 16.13.06.2010 WA-06 3 2026-11-20 0/-/12",
            "4: 16.13.03 WA-08 4 2026-11-20T05:30 -/-/-",
            "5: 16.13.01.2002 WA-01 4 2026-11-21 -/-/1250",
            "6: 16.13.04 WA-03 2 2026-11-21 -/-/-",
            "7: asked sheet.other_needs_text ''",
            "9: refused sheet.sum 'Jumlah'",
        ]
    );
}

#[test]
fn one_row_that_names_several_kecamatan_is_a_report_for_each_with_its_people_once() {
    let text = "Tanggal;Kejadian;Lokasi;Meninggal\n20/11/2026;BANJIR;Kec. Rupit Ds. Noman Kec. Rawas Ilir Kec. Nibung;2\n";
    assert_eq!(
        shapes(text.as_bytes()),
        [
            "2: 16.13.01 WA-01 5 2026-11-20 2/-/- + 16.13.04 WA-01 5 2026-11-20 -/-/- + 16.13.03 WA-01 5 2026-11-20 -/-/-"
        ]
    );
}

#[test]
fn a_date_that_reads_in_two_ways_is_asked_unless_its_column_shows_days_in_front() {
    let text = "Tanggal;Kecamatan;Jenis\n05/11/2026;Rupit;Banjir\n11/05/2026;Rupit;Banjir\n";
    assert_eq!(
        shapes(text.as_bytes()),
        ["2: asked sheet.ambiguous_date '05/11/2026'", "3: asked sheet.ambiguous_date '11/05/2026'"]
    );
    let chosen = rows_with(text.as_bytes(), |mapping| {
        mapping.dates = Some(crate::written_date::DateOrder::MonthFirst)
    });
    let shown: Vec<String> = chosen.iter().map(shape).collect();
    assert_eq!(shown, ["2: asked sheet.long_ago '05/11/2026'", "3: 16.13.01 WA-01 2 2026-11-05 -/-/-"]);
    let american = "Tanggal;Kecamatan;Jenis\n11/05/2026;Rupit;Banjir\n11/25/2026;Rupit;Banjir\n";
    assert_eq!(
        shapes(american.as_bytes()),
        ["2: asked sheet.ambiguous_date '11/05/2026'", "3: 16.13.01 WA-01 2 2026-11-25 -/-/-"],
        "the order of another country is not guessed"
    );
    let local = "Tanggal;Kecamatan;Jenis\n05/11/2026;Rupit;Banjir\n25/11/2026;Rupit;Banjir\n";
    assert_eq!(
        shapes(local.as_bytes()),
        ["2: 16.13.01 WA-01 2 2026-11-05 -/-/-", "3: 16.13.01 WA-01 2 2026-11-25 -/-/-"]
    );
}

#[test]
fn a_short_year_that_may_stand_in_front_is_asked_whatever_order_the_other_dates_show() {
    let text = "Tanggal;Kecamatan;Jenis\n20/11/2026;Rupit;Banjir\n26-11-05;Rupit;Banjir\n";
    let read = shapes(text.as_bytes());
    assert_eq!(read, ["2: 16.13.01 WA-01 2 2026-11-20 -/-/-", "3: asked sheet.ambiguous_date '26-11-05'"]);
    let last = "Tanggal;Kecamatan;Jenis\n20/11/26;Rupit;Banjir\n05/11/26;Rupit;Banjir\n";
    let read = shapes(last.as_bytes());
    assert!(read[1].contains("2026-11-05"), "no year stands in front of a stroke: {read:?}");
}

#[test]
fn an_export_of_kobotoolbox_keeps_its_numbers_edits_and_points() {
    let text = "\"start\";\"today\";\"Kapan kejadiannya?\";\"lokasi/kecamatan\";\"lokasi/desa\";\"Apa yang terjadi?\";\"Titik\";\"_id\";\"_uuid\";\"_submission_time\";\"meta/deprecatedID\";\"_index\"\n\
        \"2026-11-20T08:00:00.000+07:00\";\"2026-11-20\";\"2026-11-19\";\"rupit\";\"noman\";\"banjir\";\"-2.73 102.9 43.6 4.1\";\"1\";\"92eb7237-89d6-4a15-aa71-09ec99279bbb\";\"2026-11-20T01:05:00\";\"\";\"1\"\n\
        \"2026-11-21T08:00:00.000+07:00\";\"2026-11-21\";\"2026-11-19\";\"rupit\";\"noman\";\"tanah longsor\";\"\";\"2\";\"uuid:d18d0d37-fdd1-4c5f-8d37-cbc86e935322\";\"2026-11-21T01:05:00\";\"uuid:92eb7237-89d6-4a15-aa71-09ec99279bbb\";\"2\"\n";
    let rows = rows(text.as_bytes());
    assert_eq!(
        rows.iter().map(shape).collect::<Vec<_>>(),
        ["2: 16.13.01.2002 WA-01 2 2026-11-19 -/-/-", "3: 16.13.01.2002 WA-06 2 2026-11-19 -/-/-"]
    );
    let [RowFate::Taken(first), RowFate::Taken(second)] = [&rows[0].fate, &rows[1].fate] else { panic!() };
    let uuid = ReportId::parse("92eb7237-89d6-4a15-aa71-09ec99279bbb");
    assert_eq!(Some(first[0].id), uuid, "KoboToolbox's own number");
    assert_eq!((first[0].point, second[0].corrects), (Some((-2.73, 102.9)), Some(first[0].id)));
}

#[test]
fn prose_that_names_people_is_left_out_unless_a_person_keeps_it() {
    let text = "Tanggal;Kecamatan;Jenis;Uraian\n20/11/2026;Rupit;Bentrok warga;Korban NIK 1613010101900001 luka bacok 1 orang\n";
    let RowFate::Taken(reports) = &rows(text.as_bytes())[0].fate else { panic!() };
    assert!(reports[0].is_text_left_out && reports[0].text.is_empty() && reports[0].injured == Some(1));
    assert!(
        !String::from_utf8(reports[0].record(domain::kind::FeedClass::Police))
            .unwrap()
            .contains("1613010101900001")
    );
}

#[test]
fn the_same_row_is_the_same_report_wherever_its_columns_stand() {
    let ids = |text: &str| -> Vec<String> {
        let fates = rows(text.as_bytes()).into_iter().map(|row| row.fate);
        let taken =
            fates.filter_map(|fate| if let RowFate::Taken(reports) = fate { Some(reports) } else { None });
        taken.flatten().map(|report| report.id.to_string()).collect()
    };
    let one = ids("No;Tanggal;Kecamatan;Jenis\n1;20/11/2026;Rupit;Banjir\n2;20/11/2026;Nibung;Banjir\n");
    let other =
        ids("Judul,,,\nJenis,Kecamatan,Tanggal,No\nBanjir,Nibung,20/11/2026,7\nBanjir,Rupit,20/11/2026,8\n");
    assert_eq!(one, [other[1].clone(), other[0].clone()]);
    let doubled =
        rows("Tanggal;Kecamatan;Jenis\n20/11/2026;Rupit;Banjir\n20/11/2026;Rupit;Banjir\n".as_bytes());
    assert_eq!(shape(&doubled[1]), "3: refused sheet.repeated ''");
}

/// Packs parts into what is named like a spreadsheet.
fn packed(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn fault(bytes: &[u8]) -> &'static str {
    read(bytes).unwrap_err().0.key
}

#[test]
fn what_would_fill_the_memory_or_is_no_table_is_refused_in_words() {
    let zeros = vec![b' '; 140 << 20];
    let bomb = packed(&[("xl/worksheets/sheet1.xml", zeros)]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(fault(&bomb), "sheet.bomb");
    let strings = "<si><t>x</t></si>".repeat(2_000_000).into_bytes();
    assert_eq!(fault(&packed(&[("xl/sharedStrings.xml", strings)])), "sheet.bomb");
    let laughs =
        b"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"ha\">]><sst><si><t>&a;</t></si></sst>".to_vec();
    assert_eq!(fault(&packed(&[("xl/sharedStrings.xml", laughs)])), "sheet.entities");
    let good = police_sheet();
    assert_eq!(fault(&good[..good.len() / 2]), "sheet.damaged");
    assert_eq!(fault(&[0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]), "sheet.damaged");
    use std::io::{Cursor, Write};
    let mut locked = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for name in ["/EncryptionInfo", "/EncryptedPackage"] {
        locked.create_stream(name).unwrap().write_all(&[7; 600]).unwrap();
    }
    locked.flush().unwrap();
    assert_eq!(fault(&locked.into_inner().into_inner()), "sheet.locked");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::STORE);
    zip.start_file("mimetype", stored).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    assert_eq!(fault(&zip.finish().unwrap().into_inner()), "sheet.open_document");
    assert_eq!(fault(b"\x89PNG\r\n\x1a\n\x00\x00"), "sheet.unknown_file");
    assert_eq!(fault(b""), "sheet.empty");
    assert_eq!(fault("a;b\n".repeat(rows::MAX_ROWS + 1).as_bytes()), "sheet.too_many_rows");
    assert_eq!(fault(&vec![b'x'; MAX_FILE + 1]), "sheet.file_too_large");
    let titles = read(b"disusun oleh piket\n").unwrap();
    assert_eq!(tables(titles, &KeptMapping::default()).unwrap_err().0.key, "sheet.no_headings");
}

/// The rows of a table that a seed makes of cells good and bad.
fn made_table(seed: u64) -> (String, usize) {
    let mut state = seed;
    let mut pick = |count: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % count
    };
    let columns: [(&str, &[&str]); 8] = [
        ("Tanggal", &["20/11/2026", "05/11/2026", "kemarin", "", "2026-11-21 14:30", "31/02/2026", "46346"]),
        ("Jam", &["", "14.30", "malam", "25.99", "0,5"]),
        ("Kecamatan", &["Rupit", "", "Antah", "KEC. NIBUNG", "Rupit, Nibung", "16.13.01"]),
        ("Desa", &["", "Noman", "??", "Ds. Belani"]),
        ("Jenis", &["Banjir", "", "CURANMOR", "nihil", "X-00", "Bentrok antar kampung", "\"\"\"", "WA-99"]),
        ("Uraian", &["", "air naik", "=1+1", "Sdr. Budi 081234567890", "-", "é\u{a0}\u{200b}"]),
        ("Meninggal", &["", "0", "1", "dua", "-3", "99999999", "1.250"]),
        ("Koordinat", &["", "-2.7 102.9", "102.9 -2.7", "x", "0,0"]),
    ];
    let mut text = columns.map(|(heading, _)| heading).join(";") + "\n";
    let mut filled = 0;
    for _ in 0..40 {
        let cells = columns.map(|(_, cells)| cells[pick(cells.len())]);
        let plain = cells.map(|cell| cell.trim_matches(crate::plain_text::is_blank));
        filled += usize::from(plain.iter().any(|cell| !cell.is_empty()));
        text += &(cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).join(";") + "\n");
    }
    (text, filled)
}

#[test]
fn every_row_is_taken_refused_or_asked_about_and_what_is_taken_is_a_report() {
    let (places, taxonomy) = (places(), taxonomy());
    let catalog = crate::decode::Catalog { places: &places, taxonomy: &taxonomy };
    let mut taken = 0;
    for seed in 0..150 {
        let (text, filled) = made_table(seed);
        let rows = rows(text.as_bytes());
        assert_eq!(rows.len(), filled, "seed {seed}:\n{text}");
        let lines: std::collections::BTreeSet<u32> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines.len(), rows.len(), "seed {seed}: a line stands for one row");
        for row in rows {
            let reports = match row.fate {
                RowFate::Taken(reports) => reports,
                RowFate::Refused(trouble) | RowFate::Asked(trouble) => {
                    assert!(!trouble.sentence.indonesian().contains('{'), "{:?}", trouble.sentence);
                    continue;
                }
            };
            assert!(!reports.is_empty());
            for report in reports {
                let bytes = report.record(domain::kind::FeedClass::Police);
                let view = crate::decode::RecordView {
                    bytes: &bytes,
                    feed_name: "polres",
                    class: None,
                    areas: &domain::place::Areas::default(),
                    received_at: crate::decode::instant::parse(NOW).unwrap(),
                    archive: false,
                    author: &domain::author::StampedAuthor::default(),
                };
                let decoded = crate::decode::decode(&view, &catalog);
                assert!(decoded.is_ok(), "seed {seed}, line {}: {:?}", row.line, decoded.unwrap_err().detail);
                taken += 1;
            }
        }
    }
    assert!(taken > 100, "{taken}");
}

/// What lies beside the checkout on some machines, and no part of the product.
#[test]
fn real_tables_of_bnpb_and_kobotoolbox_are_read_whole() {
    let shared = std::env::var("KENTONGAN_SHARED").unwrap_or_else(|_| "../../../shared".into());
    let file = |name: &str| std::fs::read(format!("{shared}/data/{name}"));
    let Ok(xls) = file("bnpb_pantauan_xls/Data_Bencana.xls") else {
        return println!("skipped: there is no data at '{shared}'; set KENTONGAN_SHARED to its folder");
    };
    let sheets = read(&xls).unwrap();
    let found = tables(sheets, &KeptMapping::default()).unwrap();
    let (table, mapping) = &found.tables[0];
    let shown: Vec<String> = table
        .headings
        .iter()
        .zip(&mapping.columns)
        .map(|(heading, meaning)| format!("{heading}={}", meaning.map_or("-", column::ColumnMeaning::as_str)))
        .collect();
    println!("{} rows; {}", table.table_rows().count(), shown.join(" | "));
    assert_eq!(table.table_rows().count(), 34);
    assert!(mapping.is_of_incidents(), "{shown:?}");
    for name in ["forms/kobotoolbox_submissions.csv", "forms/kobotoolbox_submissions.xlsx"] {
        let found = tables(read(&file(name).unwrap()).unwrap(), &KeptMapping::default()).unwrap();
        let (table, mapping) = &found.tables[0];
        println!(
            "{name}: {} rows, {:?}",
            table.table_rows().count(),
            mapping.columns.iter().flatten().collect::<Vec<_>>()
        );
        assert!(
            mapping.of(column::ColumnMeaning::Id).count() == 1
                && mapping.of(column::ColumnMeaning::Point).count() <= 1
        );
    }
}

#[test]
fn the_empty_form_and_what_was_left_out_are_read_like_any_other_file() {
    let districts = [("Rupit".to_owned(), vec!["Noman".to_owned()]), ("Nibung".to_owned(), Vec::new())];
    let form = written::template(
        "Formulir",
        "Isi satu baris untuk tiap kejadian.",
        &districts,
        &["banjir".to_owned()],
    );
    let found = tables(read(&form.unwrap()).unwrap(), &KeptMapping::default()).unwrap();
    let (table, mapping) = &found.tables[0];
    assert_eq!((found.tables.len(), table.table_rows().count(), found.unread.len()), (1, 0, 1));
    assert!(mapping.columns.iter().all(Option::is_some), "{:?}", mapping.columns);

    let text = "No;Tanggal;Kecamatan;Jenis\n1;20/11/2026;Antah;Banjir\n";
    let row = written::LeftOutRow {
        line: 2,
        fate: "ditanyakan".into(),
        why: "x".into(),
        cells: ["1", "20/11/2026", "Rupit", "Banjir"].map(String::from).into(),
    };
    let headings = ["No", "Tanggal", "Kecamatan", "Jenis"].map(String::from).into();
    let left_out = written::LeftOutRows { sheet: "a/b".into(), headings, rows: vec![row] };
    let corrected = rows(&written::left_out(&[left_out]).unwrap());
    let right = rows(text.replace("Antah", "Rupit").as_bytes());
    assert_eq!(corrected[0].fate, right[0].fate, "the columns that were added say nothing of the row");
}
