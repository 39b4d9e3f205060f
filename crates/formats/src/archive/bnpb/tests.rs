//! The list on rows written for it, and on the real one where it is at hand.

use super::super::{Archive, Crosswalk, Format};
use super::*;
use crate::decode::{Catalog, RecordView, Refusal, RefusalSentence, decode};
use crate::written_date::DateOrder;
use crate::{places, taxonomy::Taxonomy};
use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::{Areas, Places};
use domain::report::{Body, Report};
use domain::time::Time;

pub(super) const HEAD: &str = "\u{feff}Data Bencana;;;\nNo.;ID Kabupaten;Tanggal Kejadian;Kejadian;Lokasi;Kabupaten;Provinsi;\
                    Kronologi & Dokumentasi;Penyebab;Meninggal;Hilang;Terluka;Rumah Rusak;Fasum Rusak\n";

pub(super) fn config(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../../config/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(super) fn taxonomy() -> Taxonomy {
    Taxonomy::parse(&config("taxonomy.toml")).unwrap()
}

pub(super) fn muratara() -> Places {
    places::from_csv(&[("16.13".into(), config("districts/16.13.csv"))]).unwrap()
}

pub(super) type Decoded = Vec<Result<Report, Refusal>>;

pub(super) fn run(text: String, places: &Places) -> (Vec<Result<Report, Refused>>, BnpbFigures) {
    let (found, figures, _) = run_with(text.as_bytes(), places, None);
    (found.into_iter().map(|found| found.map_err(|refusal| refusal.reason)).collect(), figures)
}

pub(super) fn run_with(
    text: &[u8],
    places: &Places,
    dates: Option<DateOrder>,
) -> (Decoded, BnpbFigures, RowFates) {
    let crosswalk = Crosswalk::parse(&config("crosswalk.csv")).unwrap();
    let guide = Guide {
        places,
        crosswalk: &crosswalk,
        class: FeedClass::Agency,
        dates,
        taxonomy: &taxonomy(),
        regency: None,
    };
    let source = Box::new(std::io::Cursor::new(text.to_vec()));
    let mut list = Bnpb::open("list".into(), source, guide).unwrap();
    let taxonomy = taxonomy();
    let mut found = Vec::new();
    while let Some(record) = list.next_record().unwrap() {
        let received_at = Time(1_800_000_000_000_000);
        let view = RecordView {
            bytes: record.bytes,
            feed_name: "",
            class: None,
            areas: &Areas::everywhere(),
            received_at,
            archive: true,
            author: &StampedAuthor::default(),
        };
        let row = record.row.unwrap();
        let decoded = decode(&view, &Catalog { places, taxonomy: &taxonomy }).map(|decoded| decoded.report);
        if let Err(refusal) = &decoded {
            list.refuse_row(row, refusal);
        }
        found.push(decoded);
    }
    let fates = list.row_fates();
    assert_eq!(fates.read, fates.taken + fates.refused + fates.asked);
    (found, list.figures(), fates)
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
        ("16.13.02", 5, 1, 3),
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
    assert_eq!(found[2..], [Err(Refused::District), Err(Refused::Time), Err(Refused::Schema)]);
    assert_eq!((figures.rows, figures.rows_elsewhere), (5, 2));
}

/// One row of Musi Rawas Utara with this date, hazard and number of dead.
pub(super) fn row(date: &str, hazard: &str, dead: &str) -> String {
    format!("1;1613;{date};{hazard};Kec. Rupit;MUSI RAWAS UTARA;S;;;{dead};0;0;0;0\n")
}

#[test]
fn a_list_that_was_saved_again_is_the_same_list() {
    let places = muratara();
    let plain = format!("{HEAD}{}", row("31/12/2021", "BANJIR", "1"));
    let (first, _, fates) = run_with(plain.as_bytes(), &places, None);
    let report = first[0].as_ref().unwrap();
    assert_eq!((fates.read, fates.taken), (1, 1));
    let with_date = |date: &str| plain.replace("31/12/2021", date);
    let latin: Vec<u8> = plain.trim_start_matches('\u{feff}').chars().map(|letter| letter as u8).collect();
    for text in [
        plain.replace(';', ",").into_bytes(),
        plain.replace(';', "\t").into_bytes(),
        plain.replace('\n', "\r\n").into_bytes(),
        format!("{plain};;;;;;;;;;;;;\n{}", HEAD.lines().nth(1).unwrap()).into_bytes(),
        with_date("2021-12-31").into_bytes(),
        with_date("44561").into_bytes(),
        with_date("31 Desember 2021").into_bytes(),
        with_date("31/12/2021 14:30").into_bytes(),
        with_date("12/31/2021").into_bytes(),
        latin,
    ] {
        let (found, _, fates) = run_with(&text, &places, None);
        assert_eq!(found, [Ok(report.clone())], "{}", String::from_utf8_lossy(&text));
        assert_eq!((fates.read, fates.taken), (1, 1));
    }
}

#[test]
fn the_rows_that_were_not_taken_can_be_corrected_and_imported() {
    let places = muratara();
    let crosswalk = Crosswalk::parse(&config("crosswalk.csv")).unwrap();
    let guide = Guide {
        places: &places,
        crosswalk: &crosswalk,
        class: FeedClass::Agency,
        dates: None,
        taxonomy: &taxonomy(),
        regency: None,
    };
    let text = format!("{HEAD}{}{}", row("31/12/2021", "BANJIR", "0"), row("31/11/2021", "BANJIR", "0"));
    let mut list =
        Bnpb::open("list".into(), Box::new(std::io::Cursor::new(text.into_bytes())), guide).unwrap();
    assert!(list.columns().contains("'Kejadian' is hazard") && list.columns().contains("not read: 'No.'"));
    let refusal = Refusal {
        reason: Refused::Time,
        field: "occurred_at",
        detail: String::new(),
        sentence: RefusalSentence::bare("record_refusal.nul"),
    };
    list.next_record().unwrap();
    list.next_record().unwrap();
    list.refuse_row(1, &refusal);
    let rejected = list.left_out();
    assert!(rejected.contains("\n4,refused,Bukan tanggal yang ada"), "{rejected}");
    let (found, _, fates) = run_with(rejected.replace("31/11/2021", "30/11/2021").as_bytes(), &places, None);
    assert!(found[0].is_ok() && fates.read == 1, "{found:?}");
}

#[test]
fn a_date_that_may_be_two_days_is_asked_about_until_somebody_says() {
    let places = muratara();
    let text = format!("{HEAD}{}{}", row("05/02/2020", "BANJIR", "0"), row("06/06/2020", "BANJIR", "0"));
    let (found, _, fates) = run_with(text.as_bytes(), &places, None);
    assert_eq!((found[0].as_ref().unwrap_err().reason, found[1].is_ok()), (Refused::Time, true));
    assert_eq!((fates.read, fates.taken, fates.refused, fates.asked), (2, 1, 0, 1));
    let words = fates.to_string();
    assert!(
        words.contains("line 3, Tanggal Kejadian '05/02/2020': asked") && words.contains("--dates dmy"),
        "{words}"
    );
    let month =
        |dates| match run_with(text.as_bytes(), &places, Some(dates)).0[0].as_ref().unwrap().reported_at {
            Time(1_580_921_999_000_000) => 2,
            Time(1_588_438_799_000_000) => 5,
            other => panic!("{other:?}"),
        };
    assert_eq!((month(DateOrder::DayFirst), month(DateOrder::MonthFirst)), (2, 5));
}

#[test]
fn code_and_name_that_contradict_each_other_are_asked_about() {
    let places = muratara();
    let text = format!("{HEAD}{}", row("31/12/2021", "BANJIR", "2").replace("MUSI RAWAS UTARA", "KETAPANG"));
    let (found, _, fates) = run_with(text.as_bytes(), &places, None);
    assert_eq!(found[0].as_ref().unwrap_err().reason, Refused::District);
    assert_eq!((fates.taken, fates.asked), (0, 1));
    let words = fates.to_string();
    assert!(
        words.contains("'1613 KETAPANG': asked: Kode ini milik 16.13 dan namanya milik 61.04"),
        "{words}"
    );
    let dotted = text.replace(";1613;", ";16.13;").replace("KETAPANG", "MUSI RAWAS UTARA");
    assert!(run_with(dotted.as_bytes(), &places, None).0[0].is_ok());
}

#[test]
fn no_row_is_lost_and_what_cannot_be_read_is_named_with_line_and_column() {
    let places = muratara();
    let elsewhere =
        row("31/12/2021", "BANJIR", "0").replace("1613", "3508").replace("MUSI RAWAS UTARA", "LUMAJANG");
    let rows = [
        row("29/02/2020", "BANJIR", "0"),
        row("29/02/2021", "BANJIR", "0"),
        row("31/12/2021", "BANJIR", "dua"),
        row("31/12/2021", "BANJIR", "0").replace(";0;0\n", ";0;banyak\n"),
        row("31/12/2030", "BANJIR", "0"),
        elsewhere,
    ];
    let (found, _, fates) = run_with(format!("{HEAD}{}", rows.concat()).as_bytes(), &places, None);
    let reasons: Vec<Option<Refused>> =
        found.iter().map(|found| found.as_ref().err().map(|refusal| refusal.reason)).collect();
    let refused = [Refused::Time, Refused::Schema, Refused::Schema, Refused::Future, Refused::District];
    assert_eq!(reasons[0], None);
    assert_eq!(reasons[1..], refused.map(Some));
    assert_eq!((fates.read, fates.taken, fates.refused, fates.asked), (6, 1, 5, 0));
    let shown: Vec<(u64, &str, &str)> = fates
        .problems
        .iter()
        .map(|problem| (problem.line, problem.column.as_str(), problem.value.as_str()))
        .collect();
    assert_eq!(
        shown[..3],
        [(4, "Tanggal Kejadian", "29/02/2021"), (5, "Meninggal", "dua"), (6, "Fasum Rusak", "banyak")]
    );
    assert!(fates.problems[3].why.contains("24 jam") && fates.problems[4].why.contains("35.08"), "{fates}");
}

#[test]
fn the_category_is_the_hazard_of_the_row() {
    let places = muratara();
    let text = format!(
        "{HEAD}{}{}",
        row("31/12/2021", "TANAH LONGSOR", "0"),
        row("30/12/2021", "EPIDEMI", "0").replace(";S;;", ";S;diare;")
    );
    let categories: Vec<String> = run_with(text.as_bytes(), &places, None)
        .0
        .iter()
        .map(|found| match &found.as_ref().unwrap().body {
            Body::Statement(named) => named.category.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(categories, ["WA-06", "X-00"]);
}

#[test]
fn a_file_that_is_no_such_list_is_named() {
    let crosswalk = Crosswalk::default();
    let places = muratara();
    let guide = Guide {
        places: &places,
        crosswalk: &crosswalk,
        class: FeedClass::Agency,
        dates: None,
        taxonomy: &taxonomy(),
        regency: None,
    };
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
    let guide = Guide {
        places: &places,
        crosswalk: &crosswalk,
        class: FeedClass::Agency,
        dates: None,
        taxonomy: &taxonomy(),
        regency: None,
    };
    let source = Box::new(std::fs::File::open(&path).unwrap());
    let Archive::Bnpb(list) =
        Archive::open(path.display().to_string(), source, Format::BnpbCsv, guide).unwrap()
    else {
        panic!("another format")
    };
    let mut list = *list;
    while list.next_record().unwrap().is_some() {}
    let (figures, fates) = (list.figures(), list.row_fates());
    let share = f64::from(figures.placed()) / f64::from(figures.mentions);
    eprintln!("{figures:?}: {:.2} % of {} mentions", share * 100.0, figures.mentions);
    assert_eq!((figures.rows, figures.rows_elsewhere), (2968, 0));
    assert!(figures.mentions > 5746 && share > 0.98, "{figures:?}");
    assert!(fates.asked * 300 < fates.read, "{fates}");
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

#[test]
fn a_hazard_that_is_none_is_no_disaster() {
    let row = |what: &str| format!("1;1613;31/12/2021;{what};Kec. Rupit;MUSI RAWAS UTARA;S;;;0;0;0;0;0\n");
    let rows: String =
        ["NIHIL", "KONFLIK SOSIAL", "Aksi Teror", "BANJIR (NIHIL)", "BANJIR"].map(row).concat();
    let (found, _, fates) = run_with(format!("{HEAD}{rows}").as_bytes(), &muratara(), None);
    assert_eq!(found.iter().filter(|found| found.is_ok()).count(), 1);
    assert_eq!((fates.taken, fates.refused, fates.asked), (1, 1, 3));
    assert!(fates.problems.iter().all(|problem| problem.column == "Kejadian"), "{fates}");
}

#[test]
fn headings_in_another_order_give_each_number_its_own() {
    let row = "1;1613;31/12/2021;BANJIR;Kec. Rupit;MUSI RAWAS UTARA;S;;;1;0;5;0;0\n";
    let second =
        HEAD[HEAD.find("No.").unwrap()..].replace("Meninggal;Hilang;Terluka", "Terluka;Hilang;Meninggal");
    let (found, _) =
        run(format!("{HEAD}{row}{second}{row}{}{row}", &HEAD[HEAD.find("No.").unwrap()..]), &muratara());
    let hurt: Vec<(u16, u16)> = found
        .into_iter()
        .map(|found| match found.unwrap().body {
            Body::Statement(named) => (named.dead, named.injured),
            _ => unreachable!(),
        })
        .collect();
    assert_eq!(hurt, [(1, 5), (5, 1), (1, 5)]);
}

#[test]
fn what_would_lose_rows_is_refused_with_its_line() {
    let row = "1;1613;31/12/2021;BANJIR;Kec. Rupit;MUSI RAWAS UTARA;S;x;;0;0;0;0;0\n";
    let places = muratara();
    let crosswalk = Crosswalk::parse(&config("crosswalk.csv")).unwrap();
    let (class, taxonomy) = (FeedClass::Agency, &taxonomy());
    let guide = Guide { places: &places, crosswalk: &crosswalk, class, dates: None, taxonomy, regency: None };
    let fault = |text: String| {
        let source = Box::new(std::io::Cursor::new(text.into_bytes()));
        Bnpb::open("list".into(), source, guide).err().unwrap().to_string()
    };
    let open = row.replace(";x;", ";\"banjir besar;");
    assert!(fault(format!("{HEAD}{row}{open}{row}")).contains("line 4 opens a quotation mark"));
    let other = HEAD[HEAD.find("No.").unwrap()..].replace("Terluka", "Sakit");
    assert!(fault(format!("{HEAD}{row}{other}{row}")).contains("line 4 has headings again"));
}

/// What calls a row untrue, and a row that is cut off or too long, is asked about by every way a list comes in.
#[test]
fn what_is_not_true_or_not_whole_is_asked_about() {
    let plain = row("31/12/2021", "BANJIR", "3");
    let with_text = |text: &str| plain.replace(";S;;;", &format!(";S;{text};;"));
    let with_status = |cell: &str| {
        let head = HEAD.replace("Fasum Rusak", "Fasum Rusak;Status");
        format!("{head}{}", plain.replace(";0\n", &format!(";0;{cell}\n")))
    };
    for (text, column, key) in [
        (format!("{HEAD}{}", with_text("Hoaks, kejadian tidak benar")), "Kronologi & Dokumentasi", "denied"),
        (format!("{HEAD}{}", with_text("Simulasi penanganan banjir")), "Kronologi & Dokumentasi", "doubtful"),
        (with_status("Fiktif"), "Status", "denied"),
        (with_status("Draf"), "Status", "doubtful"),
        (format!("{HEAD}{}", plain.replace("BANJIR", "BANJIIR")), "Kejadian", "unknown_category"),
        (format!("{HEAD}{}", plain.replace("BANJIR", "")), "Kejadian", "no_category"),
        (format!("{HEAD}{}", plain.replace(";0;0;0;0\n", "\n")), "Hilang", "short_row"),
        (format!("{HEAD}{}", plain.replace("\n", ";2 luka\n")), "", "more_cells"),
    ] {
        let (found, _, fates) = run_with(text.as_bytes(), &muratara(), None);
        let why = RefusalSentence::bare(Box::leak(format!("sheet.{key}").into_boxed_str())).indonesian();
        assert_eq!(found[0].as_ref().unwrap_err().reason, Refused::Schema, "{text}");
        assert_eq!((fates.asked, fates.problems[0].column.as_str()), (1, column), "{text}\n{fates}");
        assert_eq!(fates.problems[0].why, why, "{text}");
        assert!(found[0].as_ref().unwrap_err().detail.contains(&why), "{text}");
    }
    for text in ["Hujan lebat, tidak ada korban jiwa", "Banjir merendam 30 rumah. Warga diimbau waspada"] {
        let (found, ..) = run_with(format!("{HEAD}{}", with_text(text)).as_bytes(), &muratara(), None);
        assert!(found[0].is_ok(), "{text}: {found:?}");
    }
}

/// The page reads the same list as any table.
#[test]
fn a_row_has_one_fate_by_whichever_reader_it_comes_in() {
    let places = muratara();
    let (crosswalk, class) = (Crosswalk::parse(&config("crosswalk.csv")).unwrap(), FeedClass::Agency);
    let taxonomy = &taxonomy();
    let guide = Guide { places: &places, crosswalk: &crosswalk, class, dates: None, taxonomy, regency: None };
    let fates = |text: &str, format| {
        let source = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mut archive = Archive::open("list".into(), source, format, guide).unwrap();
        let catalog = Catalog { places: &places, taxonomy };
        while let Some(record) = archive.next_record().unwrap() {
            let (row, areas, author) = (record.row, Areas::everywhere(), StampedAuthor::default());
            let view = RecordView {
                bytes: record.bytes,
                feed_name: "",
                class: None,
                areas: &areas,
                received_at: Time(1_800_000_000_000_000),
                archive: true,
                author: &author,
            };
            if let Some(refusal) = decode(&view, &catalog).err() {
                archive.refuse_row(row, &refusal);
            }
        }
        let fates = archive.row_fates().unwrap();
        (fates.read, fates.taken, fates.refused, fates.asked)
    };
    let plain = row("31/12/2021", "BANJIR", "3");
    let hazards = [
        "BANJIR",
        "TANAH LONGSOR",
        "BANJIIR",
        "",
        "-",
        "NIHIL",
        "KLB",
        "COVID-19",
        "HOTSPOT",
        "KECELAKAAN LALU LINTAS",
        "KONFLIK SOSIAL",
        "BANJIR (NIHIL)",
        "Simulasi banjir",
        "GAGAL TEKNOLOGI",
    ];
    let prose = [
        "",
        "air naik",
        "Hoaks, kejadian tidak benar",
        "Tidak terjadi banjir",
        "akan digelar simulasi banjir",
        "nihil",
    ];
    for hazard in hazards {
        for text in prose {
            let row = plain.replace("BANJIR", hazard).replace(";S;;", &format!(";S;{text};"));
            let list = format!("{HEAD}{row}");
            assert_eq!(fates(&list, Format::BnpbCsv), fates(&list, Format::Table), "{row}");
        }
    }
    for date in ["31/11/2021", "05/02/2020", ""] {
        let list = format!("{HEAD}{}", row(date, "BANJIR", "0"));
        assert_eq!(fates(&list, Format::BnpbCsv), fates(&list, Format::Table), "{date}");
    }
    for dead in ["dua", "-3", "nihil", "1.250", "-"] {
        let list = format!("{HEAD}{}", row("31/12/2021", "BANJIR", dead));
        assert_eq!(fates(&list, Format::BnpbCsv), fates(&list, Format::Table), "{dead}");
    }
}
