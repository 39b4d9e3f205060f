//! What becomes of files that are imported, whole or cut off.

use super::*;
use crate::fixture::{Fixture, report};
use crate::take_back::{TakeBackError, take_back};
use domain::kind::FeedClass;
use domain::report::ReportId;
use formats::archive::{Crosswalk, Format, Guide};
use formats::taxonomy::Taxonomy;
use std::collections::BTreeSet;
use std::io::{Cursor, Write};

fn file(name: &str) -> ImportedFile {
    ImportedFile { name: name.into(), hash: format!("{:064x}", name.len()), account: "sari".into() }
}

fn catalog() -> (Taxonomy, Crosswalk) {
    let config = |name: &str| {
        std::fs::read_to_string(format!("{}/../../config/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let crosswalk = Crosswalk::parse(&config("crosswalk.csv")).unwrap();
    (Taxonomy::parse(&config("taxonomy.toml")).unwrap(), crosswalk)
}

/// Packed half, the beginning is named; the whole file later counts it once.
#[tokio::test]
async fn of_a_file_that_is_cut_off_what_was_taken_is_named_and_counts_once() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("desa", FeedClass::Village, "16.13").await;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    for number in 0..1200 {
        let id = format!("{number:08x}-1111-4222-8333-444444444444");
        packer.write_all(&report(&id, "16.13.04", "")).unwrap();
        packer.write_all(b"\n").unwrap();
    }
    let whole = packer.finish().unwrap();
    let (taxonomy, crosswalk) = catalog();
    let guide = Guide {
        places: fixture.writer.places(),
        crosswalk: &crosswalk,
        class: FeedClass::Village,
        dates: None,
        taxonomy: &taxonomy,
        regency: None,
    };
    let open = |bytes: &[u8]| {
        let source = Box::new(Cursor::new(bytes.to_vec()));
        Archive::open("half.gz".into(), source, Format::Ndjson, guide).unwrap()
    };
    let mut import = Import::begin(fixture.writer.clone(), feed.clone()).await.unwrap();
    let cut = &whole[..whole.len() * 9 / 10];
    let error = import.append(&file("half.gz"), &mut open(cut), |_| ()).await.unwrap_err().to_string();
    assert_eq!((import.count, fixture.kept().await.len()), (1000, 1000));
    assert!(error.contains("the 1000 records before that are in the log as import 1"), "{error}");
    let mut import = Import::begin(fixture.writer.clone(), feed).await.unwrap();
    import.append(&file("whole.gz"), &mut open(&whole), |_| ()).await.unwrap();
    let known = import.known;
    assert_eq!((import.count, import.refusals.total(), known), (1200, 0, 1000));
    assert!(import.summary().contains("here already (sudah ada)"), "{}", import.summary());
}

/// Why nothing of a file can be used is named row by row, or line by line, and its rows are given back.
#[tokio::test]
async fn of_a_file_of_which_nothing_can_be_used_rows_and_lines_are_named() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("polres", FeedClass::Police, "16.13").await;
    let (taxonomy, _) = catalog();
    let crosswalk = Crosswalk::default();
    let (places, class) = (fixture.writer.places(), FeedClass::Police);
    let guide =
        Guide { places, crosswalk: &crosswalk, class, dates: None, taxonomy: &taxonomy, regency: None };
    let open = |text: &str, format| {
        let source = Box::new(Cursor::new(text.as_bytes().to_vec()));
        Archive::open("file".into(), source, format, guide).map_err(ImportError::from)
    };
    let import = Import::begin(fixture.writer.clone(), feed).await.unwrap();
    let table = "Tanggal;Kecamatan;Jenis Kejadian\n01/02/2026;Rupit;Banjir\n03/04/2026;Rupit;Banjir\n";
    let useless = import.useless([open(table, Format::Table)].into_iter()).await.unwrap().unwrap();
    let rows = useless.rows.unwrap();
    assert_eq!((rows.read, rows.asked), (2, 2), "{rows}");
    assert!(
        rows.to_string().contains("line 3, Tanggal '03/04/2026'") && rows.to_string().contains("--dates dmy")
    );
    assert!(
        useless.refusals.words().contains("Baris 2 tidak menjadi laporan"),
        "{}",
        useless.refusals.words()
    );
    assert!(useless.left_out.unwrap().contains("03/04/2026,Rupit,Banjir"));
    let lines = format!("{}\n\n", "{\"a\":1},").repeat(3);
    let useless = import.useless([open(&lines, Format::Ndjson)].into_iter()).await.unwrap().unwrap();
    assert!(useless.rows.is_none() && useless.refusals.words().ends_with("; lines 1, 3, 5"));
}

/// An import under way of the feed `feed`, and how it ended.
async fn imported(fixture: &Fixture, feed: &FeedIdentity, text: &str, format: Format) -> Import {
    let (taxonomy, crosswalk) = catalog();
    let (places, class) = (fixture.writer.places(), feed.class());
    let guide = Guide {
        places,
        crosswalk: &crosswalk,
        class,
        dates: None,
        taxonomy: &taxonomy,
        regency: Some(domain::place::Code(161_300)),
    };
    let source = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let mut archive = Archive::open("file".into(), source, format, guide).unwrap();
    let mut import = Import::begin(fixture.writer.clone(), feed.clone()).await.unwrap();
    import.append(&file("file"), &mut archive, |_| ()).await.unwrap();
    import
}

/// What the log holds from a record on.
async fn logged(fixture: &Fixture, from: usize) -> Vec<(String, serde_json::Value)> {
    let kept = fixture.kept().await.into_iter().skip(from);
    kept.map(|record| (record.feed, serde_json::from_slice(&record.bytes).unwrap())).collect()
}

/// What was known before the import stays; what was new is withdrawn by its own feed, in order and where it lies, once.
#[tokio::test]
async fn an_import_is_taken_back_whole_and_alone() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("desa", FeedClass::Village, "16.13.04").await;
    fixture.feed("tetangga", FeedClass::Village, "16.13").await;
    let id = |number: u128| ReportId(u128::MAX / 3 - (number << 64) - number);
    let line = |number: u128| {
        let more = if number == 3 { ",\"village\":\"16.13.04.2003\"" } else { "" };
        String::from_utf8(report(&id(number).to_string(), "16.13.04", more)).unwrap() + "\n"
    };
    fixture.writer.append(&feed, vec![line(1).into_bytes()]).await.unwrap();
    let text = [1, 2, 3, 3].map(line).concat() + "{}\n";
    let import = imported(&fixture, &feed, &text, Format::Ndjson).await;
    assert_eq!(
        (import.count, import.known, import.refusals.total(), import.files.clone()),
        (5, 2, 1, vec![(1, 2)])
    );
    let words = import.summary();
    assert!(
        words.ends_with(
            "2 new reports are import 1, which `kentongan imports take-back 1 --reason WORDS` takes back"
        ),
        "{words}"
    );
    let before = fixture.kept().await.len();
    let by = ("budi", " salah berkas ");
    assert!(matches!(take_back(&fixture.writer, 9, by).await, Err(TakeBackError::Unknown(9))));
    assert!(matches!(take_back(&fixture.writer, 1, ("budi", " ")).await, Err(TakeBackError::NoReason)));
    assert_eq!(fixture.kept().await.len(), before);

    let taken_back = take_back(&fixture.writer, 1, by).await.unwrap().state;
    assert_eq!((taken_back.reports, taken_back.coming), (2, 2), "{taken_back}");
    let withdrawn = logged(&fixture, before).await;
    let shape: Vec<_> = withdrawn
        .iter()
        .map(|(feed, record)| {
            let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
            (feed.as_str(), text("retracts"), text("village"), text("summary"))
        })
        .collect();
    let reason = || "salah berkas".to_owned();
    assert_eq!(
        shape,
        [
            ("desa", id(2).to_string(), String::new(), reason()),
            ("desa", id(3).to_string(), "16.13.04.2003".to_owned(), reason()),
        ]
    );
    let again = take_back(&fixture.writer, 1, ("sari", "lagi")).await.err().unwrap();
    assert!(
        again.is_call()
            && again
                .to_string()
                .starts_with("import 1 was taken back already, by budi: salah berkas; of 2 reports"),
        "{again}"
    );
    assert_eq!(fixture.kept().await.len(), before + 2, "once");

    // The sender's own ids name the same reports for ever.
    let once_more = imported(&fixture, &feed, &text, Format::Ndjson).await;
    assert_eq!((once_more.known, once_more.gone), (4, 3));
    assert!(once_more.summary().contains("3 were taken back and stay so"), "{}", once_more.summary());
}

/// The rows of a table that was taken back are new reports when it is imported again, and those are taken back alone.
#[tokio::test]
async fn a_table_that_was_taken_back_is_imported_again() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("polres", FeedClass::Police, "16.13").await;
    let text = "Tanggal;Kecamatan;Jenis Kejadian\n21/12/2025;Rupit;Banjir\n22/12/2025;Rupit;Banjir\n";
    let mut ids = BTreeSet::new();
    for (round, number) in [(1, 1), (2, 3), (3, 5)] {
        let before = fixture.kept().await.len();
        let import = imported(&fixture, &feed, text, Format::Table).await;
        let came = (import.count, import.known, import.files.clone());
        assert_eq!(came, (2, 0, vec![(number, 2)]), "{}", import.refusals.words());
        let new = logged(&fixture, before).await;
        ids.extend(new.iter().map(|(_, record)| record["report_id"].as_str().unwrap().to_owned()));
        assert_eq!(ids.len(), 2 * round, "each time other reports");
        assert_eq!(imported(&fixture, &feed, text, Format::Table).await.known, 2, "twice is once");
        take_back(&fixture.writer, number, ("sari", "kolom tanggal tertukar")).await.unwrap();
    }
}

/// Where the program ended while records went into the log, what is there of them is taken back, and nothing else.
#[tokio::test]
async fn what_went_into_the_log_when_the_program_ended_is_taken_back() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("desa", FeedClass::Village, "16.13").await;
    let ids: Vec<ReportId> = (0..3u128).map(|number| ReportId(u128::MAX - number)).collect();
    let line = |id: &ReportId| report(&id.to_string(), "16.13.04", "");
    let import = import_row(&file("x"), "desa", fixture.writer.now());
    let number = fixture.store.add_import(&import).await.unwrap();
    let place = domain::place::Place { code: domain::place::Code(161_304), village: 0 };
    let new: Vec<_> = ids.iter().map(|id| store::ImportedReport { id: *id, place }).collect();
    fixture.store.put_imported_part(number, 0, &new).await.unwrap();
    fixture.writer.append(&feed, ids[..2].iter().map(line).collect()).await.unwrap();
    let state = take_back(&fixture.writer, number, ("sari", "terputus")).await.unwrap().state;
    assert_eq!(state.reports, 2);
    let targets: Vec<_> =
        logged(&fixture, 2).await.into_iter().map(|(_, record)| record["retracts"].to_string()).collect();
    assert_eq!(targets, [0, 1].map(|number| format!("\"{}\"", ids[number])));
}

/// A submission of KoboToolbox that was edited corrects what was imported before, by its number or by the one it names; the same one
/// counts once, and an older one replaces nothing.
#[tokio::test]
async fn an_edit_of_a_submission_corrects_what_was_imported_before() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("bpbd", FeedClass::Agency, "16.13").await;
    let head = "_uuid;meta/deprecatedID;_submission_time;Tanggal;Kecamatan;Kejadian;Meninggal";
    let row = |number: &str, before: &str, hour: u32, dead: u32| {
        let before = if before.is_empty() { String::new() } else { format!("uuid:{before}") };
        format!("{number};{before};2025-12-21T0{hour}:00:00;20/12/2025;Rupit;Banjir;{dead}\n")
    };
    let takes = async |rows: &[String]| {
        let before = fixture.kept().await.len();
        let text = format!("{head}\n{}", rows.concat());
        let import = imported(&fixture, &feed, &text, Format::Table).await;
        let fates = import.rows.clone().unwrap();
        assert_eq!(fates.read, fates.taken + fates.known + fates.refused + fates.asked, "{fates}");
        let new = logged(&fixture, before).await.into_iter().map(|(_, record)| record);
        let new: Vec<_> = new.filter(|record| record["dead"].is_u64()).collect();
        ((fates.taken, fates.known), new)
    };
    let (fates, first) = takes(&[row("r1", "", 1, 3)]).await;
    assert_eq!((fates, first.len()), ((1, 0), 1));
    assert_eq!(takes(&[row("r1", "", 1, 3)]).await.0, (0, 1), "the same once");
    let (fates, second) = takes(&[row("r1", "", 1, 2)]).await;
    assert_eq!(fates, (1, 0));
    assert_eq!(second[0]["supersedes"], first[0]["report_id"]);
    assert_eq!(takes(&[row("r1", "", 1, 2)]).await.0, (0, 1), "the same edit once");
    assert_eq!(takes(&[row("r1", "", 0, 9)]).await, ((0, 1), vec![]), "given before it");
    let (_, third) = takes(&[row("r2", "r1", 2, 1), row("r3", "r2", 3, 0)]).await;
    assert_eq!(third[0]["supersedes"], second[0]["report_id"]);
    assert_eq!(third[1]["supersedes"], third[0]["report_id"]);
    assert_eq!(takes(&[row("r2", "r1", 2, 1), row("r3", "r2", 3, 0)]).await.0, (0, 2));
    let both = [row("t1", "", 1, 5), row("t1", "", 2, 4)];
    let (fates, of_one) = takes(&both).await;
    assert_eq!((fates, &of_one[1]["supersedes"]), ((2, 0), &of_one[0]["report_id"]), "in one file");
    assert_eq!(takes(&both).await.0, (0, 2));
}

/// As on the page: a nihil under the number of a report, or of one that it names, replaces nothing and is not taken beside it.
#[tokio::test]
async fn a_nihil_in_place_of_a_report_is_asked_about() {
    let fixture = Fixture::build().await;
    let feed = fixture.feed("bpbd", FeedClass::Agency, "16.13").await;
    let head = "_uuid;meta/deprecatedID;_submission_time;Tanggal;Kecamatan;Kejadian";
    let takes = async |rows: &str| {
        let before = fixture.kept().await.len();
        let import = imported(&fixture, &feed, &format!("{head}\n{rows}"), Format::Table).await;
        let fates = import.rows.clone().unwrap();
        assert_eq!(fates.read, fates.taken + fates.known + fates.refused + fates.asked, "{fates}");
        (fates.taken, fates.known, fates.asked, fixture.kept().await.len() - before)
    };
    let nihil = |number: &str, before: &str| {
        format!("{number};{before};2025-12-21T02:00:00;20/12/2025;Rupit;Nihil\n")
    };
    let flood = "r1;;2025-12-21T01:00:00;20/12/2025;Rupit;Banjir\n";
    assert_eq!(takes(&nihil("r0", "")).await.0, 1, "with nothing before it");
    assert_eq!(takes(flood).await.0, 1);
    let appended = takes(&nihil("r1", "")).await;
    assert_eq!(appended, (0, 0, 1, 0), "under its own number");
    assert_eq!(takes(&nihil("r2", "uuid:r1")).await, (0, 0, 1, 0), "under one that names it");
    assert_eq!(takes(&(flood.replace("r1", "r3") + &nihil("r3", ""))).await.2, 1, "in one file");
    assert_eq!(takes(&nihil("r0", "")).await.1, 1, "the same nihil once");
}
