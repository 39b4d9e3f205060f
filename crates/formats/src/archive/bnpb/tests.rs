//! The list on rows written for it, and on the real one where it is at hand.

use super::super::{Archive, Crosswalk, Format};
use super::*;
use crate::decode::{Catalog, RecordView, decode};
use crate::{places, taxonomy::Taxonomy};
use domain::kind::{FeedClass, Refused};
use domain::place::{Areas, Places};
use domain::report::{Body, Report};
use domain::time::Time;

const HEAD: &str = "\u{feff}Data Bencana;;;\nNo.;ID Kabupaten;Tanggal Kejadian;Kejadian;Lokasi;Kabupaten;Provinsi;\
                    Kronologi & Dokumentasi;Penyebab;Meninggal;Hilang;Terluka;Rumah Rusak;Fasum Rusak\n";

fn config(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../../config/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn muratara() -> Places {
    places::from_csv(&[("16.13".into(), config("districts/16.13.csv"))]).unwrap()
}

fn run(text: String, places: &Places) -> (Vec<Result<Report, Refused>>, BnpbFigures) {
    let crosswalk = Crosswalk::parse(&config("crosswalk.csv")).unwrap();
    let guide = Guide { places, crosswalk: &crosswalk, class: FeedClass::Agency };
    let source = Box::new(std::io::Cursor::new(text.into_bytes()));
    let mut list = Bnpb::open("list".into(), source, guide).unwrap();
    let taxonomy = Taxonomy::parse(&config("taxonomy.toml")).unwrap();
    let mut found = Vec::new();
    while let Some(record) = list.next_record().unwrap() {
        let received_at = Time(1_800_000_000_000_000);
        let view = RecordView {
            bytes: record.bytes,
            feed_name: "",
            class: None,
            areas: &Areas::everywhere(),
            received_at,
        };
        let decoded = decode(&view, &Catalog { places, taxonomy: &taxonomy });
        found.push(decoded.map(|decoded| decoded.report).map_err(|refusal| refusal.reason));
    }
    (found, list.figures())
}

#[test]
fn a_row_is_a_record_for_each_kecamatan_it_names() {
    let rows = "1;1613;31/12/2021;BANJIR;Kec. Rawas Ulu Ds. A Kec. Rupit, Karang Dapo Kec. Rawas Ulu;MUSI RAWAS UTARA;S;;;1;2;3;4;5\n\
                2;1613;01/01/2021;BANJIR;;MUSI RAWAS UTARA;S;;;0;0;0;0;0\n\
                3;1613;01/01/2021;BANJIR;Kec. Ds. Muara Rupit;MUSI RAWAS UTARA;S;;;0;0;0;100;0\n";
    let (found, figures) = run(format!("{HEAD}{rows}"), &muratara());
    let reports: Vec<Report> = found.into_iter().map(Result::unwrap).collect();
    let shape: Vec<(String, u8, u16, u16)> = reports
        .iter()
        .map(|report| match &report.body {
            Body::Statement(named) => (report.place.to_string(), named.severity, named.dead, named.injured),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("16.13.02", 5, 3, 3),
        ("16.13.01", 5, 0, 0),
        ("16.13.05", 5, 0, 0),
        ("16.13", 2, 0, 0),
        ("16.13.01", 4, 0, 0),
    ];
    assert_eq!(
        shape,
        expected.map(|(place, severity, dead, injured)| (place.to_string(), severity, dead, injured))
    );
    assert!(reports.iter().all(|report| report.reconstructed && report.class == FeedClass::Agency));
    assert_eq!(reports[0].reported_at, Time(1_640_969_999_000_000)); // 2021-12-31T23:59:59+07:00
    assert_eq!(
        (figures.mentions, figures.placed(), figures.unmarked, figures.rows_without_district),
        (4, 4, 1, 1)
    );
}

#[test]
fn the_same_row_twice_is_the_same_report_and_nothing_is_lost() {
    let row = |number: u32, bps: &str, date: &str| {
        format!("{number};{bps};{date};BANJIR;Kec. Rupit;X;S;;;0;0;0;0;0\n")
    };
    let rows = [row(1, "1613", "05/02/2020"), row(2, "1613", "05/02/2020"), row(3, "3508", "05/02/2020")];
    let broken = row(4, "1613", "31/02/2020") + "5;only;three\n";
    let (found, figures) = run(format!("{HEAD}{}{broken}", rows.concat()), &muratara());
    assert_eq!(found[0].as_ref().unwrap(), found[1].as_ref().unwrap());
    assert_eq!(found[2..], [Err(Refused::District), Err(Refused::Json), Err(Refused::Json)]);
    assert_eq!((figures.rows, figures.rows_elsewhere), (5, 1));
}

#[test]
fn a_file_that_is_no_such_list_is_named() {
    let crosswalk = Crosswalk::default();
    let places = muratara();
    let guide = Guide { places: &places, crosswalk: &crosswalk, class: FeedClass::Agency };
    for (text, word) in [("a;b\n1;2\n", "ID Kabupaten"), ("No.;ID Kabupaten;Lokasi\n", "tanggalkejadian")] {
        let source = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let error = Bnpb::open("f.csv".into(), source, guide).err().unwrap().to_string();
        assert!(error.contains(word) && error.contains("f.csv"), "{error}");
    }
}

/// The floor: naive read_figures places 87.6 % of the mentions it sees.
#[test]
fn the_real_list_is_understood_better_than_naively() {
    let shared = std::env::var("KENTONGAN_SHARED").unwrap_or_else(|_| "../../../shared".into());
    let path = std::path::Path::new(&shared).join("data/bnpb_floods_2020_2021/BNPB.csv.gz");
    let codes = std::path::Path::new(&shared).join("data/admin_codes/cahyadsn_wilayah.sql.gz");
    if !path.exists() || !codes.exists() {
        eprintln!(
            "skipped: the flood list is not at '{}'; set KENTONGAN_SHARED to its folder",
            path.display()
        );
        return;
    }
    let places = places::from_list("wilayah", &national(&codes)).unwrap();
    let crosswalk = Crosswalk::parse(&config("crosswalk.csv")).unwrap();
    let guide = Guide { places: &places, crosswalk: &crosswalk, class: FeedClass::Agency };
    let source = Box::new(std::fs::File::open(&path).unwrap());
    let Archive::Bnpb(list) =
        Archive::open(path.display().to_string(), source, Format::BnpbCsv, guide).unwrap()
    else {
        panic!("another format")
    };
    let figures = read_figures(*list).unwrap();
    let share = f64::from(figures.placed()) / f64::from(figures.mentions);
    eprintln!("{figures:?}: {:.2} % of {} mentions", share * 100.0, figures.mentions);
    assert_eq!((figures.rows, figures.rows_elsewhere), (2968, 0));
    assert!(figures.mentions > 5746 && share > 0.98, "{figures:?}");
}

/// The list of codes and names out of a dump with rows such as `('16.13','Kabupaten Musi Rawas Utara')`.
fn national(path: &std::path::Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut list = String::new();
    for line in text.lines() {
        let Some((code, name)) = line.trim_start().strip_prefix("('").and_then(|row| row.split_once("','"))
        else {
            continue;
        };
        let name = name.rsplit_once('\'').map_or(name, |(name, _)| name).replace("''", "'");
        if matches!(code.len(), 5 | 8) {
            list.push_str(&format!("{code},{name}\n"));
        }
    }
    list
}
