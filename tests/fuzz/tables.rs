//! Readers of tables and archives: every row is taken, refused or asked about, and what is taken becomes reports.

use crate::corpus::{Known, kept, try_all, try_files};
use crate::workbook;
use domain::author::StampedAuthor;
use domain::kind::FeedClass;
use domain::place::{Areas, Code};
use domain::time::Time;
use formats::archive::{Archive, Format, Guide};
use formats::decode::{Catalog, RecordView, decode};
use formats::spreadsheet::mapping::KeptMapping;
use formats::spreadsheet::reader::{RowFate, TableOccasion, TableReader};
use std::io::{Cursor, Write};

/// 28 November 2026, 15.00 WIB.
const NOW: Time = Time(1_795_852_800_000_000);

/// Reads a file as the page does: each row of each table ends as one thing.
fn as_a_page(known: &Known, bytes: &[u8]) {
    let Ok(sheets) = formats::spreadsheet::read(bytes) else { return };
    let filled: usize = sheets.iter().map(formats::spreadsheet::SheetRows::len).sum();
    let Ok(found) = formats::spreadsheet::tables(sheets, &KeptMapping::default()) else { return };
    let regency = known.places.find(Code::parse("16.13").expect("a code")).expect("a place of ours");
    let mut reader = TableReader::new(&known.places, &[regency], &known.taxonomy);
    let occasion = TableOccasion { now: Some(NOW), keeps_personal: false };
    let mut read = 0;
    for (table, mapping) in found.tables {
        let expected = table.table_rows().count();
        let mut rows = reader.open(table, mapping, occasion);
        let readings: Vec<_> = rows.by_ref().collect();
        assert_eq!(readings.len(), expected, "a row that ends as nothing");
        for reading in &readings {
            if let RowFate::Taken(reports) = &reading.fate {
                assert!(!reports.is_empty(), "line {} is taken and gives nothing", reading.line);
            }
        }
        read += readings.len();
        reader = rows.close().0;
    }
    assert!(read <= filled, "{read} rows of {filled}");
}

/// Reads a file as an import does: the sums balance, and what is counted as taken can be decoded.
fn as_an_archive(known: &Known, bytes: &[u8], format: Format) {
    let guide = Guide {
        places: &known.places,
        crosswalk: &known.crosswalk,
        class: FeedClass::Agency,
        dates: None,
        taxonomy: &known.taxonomy,
        regency: None,
    };
    let source = Box::new(Cursor::new(bytes.to_vec()));
    let Ok(mut archive) = Archive::open("file".into(), source, format, guide) else { return };
    let catalog = Catalog { places: &known.places, taxonomy: &known.taxonomy };
    let author = StampedAuthor::default();
    while let Ok(Some(record)) = archive.next_record() {
        let view = RecordView {
            bytes: record.bytes,
            feed_name: "bpbd",
            class: Some(FeedClass::Agency),
            areas: &Areas::everywhere(),
            received_at: NOW,
            archive: true,
            author: &author,
        };
        let (row, refusal) = (record.row, decode(&view, &catalog).err());
        if let Some(refusal) = refusal {
            archive.refuse_row(row, &refusal);
        }
    }
    if let Some(fates) = archive.row_fates() {
        assert_eq!(fates.read, fates.taken + fates.known + fates.refused + fates.asked, "{fates}");
        assert!(archive.left_out().is_some());
    }
}

#[test]
fn a_table_of_text_loses_no_row() {
    let known = Known::new();
    try_files("table", |bytes| {
        as_a_page(&known, bytes);
        as_an_archive(&known, bytes, Format::Table);
    });
}

/// The parts of a workbook are mutated and packed again; or the packed file is.
#[test]
fn a_workbook_loses_no_row() {
    let known = Known::new();
    let sheets = kept("xlsx");
    try_all(
        "xlsx",
        &sheets,
        |sheet| workbook::packed(&sheet),
        |bytes| {
            as_a_page(&known, bytes);
            as_an_archive(&known, bytes, Format::Table);
        },
    );
    let packed: Vec<Vec<u8>> = sheets.iter().map(|sheet| workbook::packed(sheet)).collect();
    try_all("xlsx-packed", &packed, |bytes| bytes, |bytes| as_a_page(&known, bytes));
}

#[test]
fn an_old_workbook_loses_no_row() {
    let known = Known::new();
    try_files("xls", |bytes| {
        as_a_page(&known, bytes);
        as_an_archive(&known, bytes, Format::Table);
    });
}

#[test]
fn a_list_of_bnpb_loses_no_row() {
    let known = Known::new();
    try_files("list", |bytes| as_an_archive(&known, bytes, Format::BnpbCsv));
}

#[test]
fn an_archive_of_reports_is_read_to_its_end_packed_or_not() {
    let known = Known::new();
    let files = kept("reports");
    let packed = |bytes: Vec<u8>| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&bytes).expect("packing in memory");
        packer.finish().expect("packing in memory")
    };
    try_all("reports", &files, |bytes| bytes, |bytes| as_an_archive(&known, bytes, Format::Ndjson));
    let all: Vec<Vec<u8>> = files.iter().cloned().map(packed).collect();
    try_all("reports-packed", &all, |bytes| bytes, |bytes| as_an_archive(&known, bytes, Format::Ndjson));
}
