//! Mutated records through both decoders. A failure prints the seed; `KENTONGAN_SEED` repeats it.

use super::*;
use domain::author::StampedAuthor;
use domain::place::Areas;
use domain::time::SECOND;

pub(super) const SAMPLES: [&str; 21] = [
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXA","feed":"village","reporter":"skd-16.13.04.2003","district":"16.13.04","village":"16.13.04.2003","kind":"resident_company","category":"WP-05","severity":3,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00","lat":-2.61,"lon":102.91,"casualties":2,"summary":"warga memblokir \"jalan\" angkut","stage":"occurring","reliability":"B","credibility":2,"handling":"limited","parties":["resident","company"],"found_by":"report","dead":0,"injured":0,"displaced":0,"supersedes":null,"retracts":null}"#,
    r#"{"report_id":"01KDTNMB50Q0CY9T91Z49H128F","feed":"company","reporter":"com-05925","district":"16.13.05","village":"16.13.05.2001","kind":"disaster","category":"WA-04","severity":2,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00","lat":-6.34755,"lon":113.69799,"casualties":0,"summary":"desa kelapa sawit menutup dusun"}"#,
    r#"{"report_id":"019b7559-0a2c-f004-f7d6-1f8c1a8b71aa","feed":"police","district":"16.13","kind":"resident_resident","category":"WW-10","severity":5,"occurred_at":"2025-12-31T17:00:00.5Z","reported_at":"2026-01-01T00:01:30.123456789+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXB","feed":"village","village":"16.13.04.2003","nothing_happened":{"from":"2025-12-25T00:00:00+07:00","to":"2026-01-01T00:00:00+07:00"},"reported_at":"2026-01-01T00:01:30+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXN","feed":"desk","district":"16.13.04","verification":{"act":"merge","reports":[{"feed":"polsek","report_id":"01KDTNM8M0Y02FSFQYZGT4HPXA"},"01KDTNM8M0Y02FSFQYZGT4HPXB",{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXA","feed":"desa-1","x":[{}]}]},"reported_at":"2026-01-01T00:01:30+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXC","feed":"desk","district":"16.13.04","verification":{"act":"confirm","reports":["01KDTNM8M0Y02FSFQYZGT4HPXA"]},"reported_at":"2026-01-01T00:01:30+07:00","reporter":"piket"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXD","feed":"village","district":"16.13.04","retracts":"01KDTNM8M0Y02FSFQYZGT4HPXA","reported_at":"2026-01-01T00:01:30+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXE","feed":"agency","district":"16.13.04","kind":"disaster","category":"X-00","severity":1.0,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00","supersedes":"01KDTNM8M0Y02FSFQYZGT4HPXA","displaced":1e3,"reconstructed":true}"#,
    r#"{"extra":{"deep":[1,-2.5e3,{"x":"\u0041\ud83d\ude00"}],"t":true},"re\u0070ort_id":"01KDTNM8M0Y02FSFQYZGT4HPXF","feed":"sensor","district":"16.13.04","kind":"dis\u0061ster","category":"WA-04","severity":1,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXG","feed":"village","district":"16.13.09","kind":"x","category":"WP-99","severity":9,"occurred_at":"kemarin","reported_at":"2026-01-01T00:01:30+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXG","feed":"village","district":"16.13.04","kind":"disaster","category":"WA-01","severity":2,"occurred_at":"2026-01-01T09:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXG","feed":"village","district":"16.13.04","kind":"disaster","category":"WA-01","severity":2,"occurred_at":"9999-01-01T09:00:00+07:00","reported_at":"2026-03-01T00:01:30+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXG","feed":"village","district":"16.13.04","kind":"disaster","category":"WP-01","severity":2,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXG","feed":"village","district":"16.13.04","kind":"disaster","category":"WA-01","severity":9,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXH","feed":"village","district":"16.13.04","kind":"resident_resident","occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00","stance":"denies","about":{"feed":"polsek","report_id":"01KDTNM8M0Y02FSFQYZGT4HPXA","district":"16.13.05"}}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXJ","feed":"village","district":"16.13.04","kind":"disaster","category":"WA-01","severity":2,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00","stance":"ends"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXK","feed":"village","district":"16.13.04","kind":"disaster","category":"WA-01","severity":2,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00","dead":2,"stance":"ends"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXK","feed":"village","district":"16.13.04","kind":"disaster","category":"WA-01","severity":2,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00","stance":"continues","about":null}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXM","feed":"sensor","district":"16.13.04","kind":"disaster","category":"WA-04","severity":2,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T00:01:30+07:00","stance":"affirms","confidence":"high"}"#,
    r#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXP","feed":"desk","district":"16.13.04","verification":{"act":"reject","reports":[{"feed":"polsek","report_id":"01KDTNM8M0Y02FSFQYZGT4HPXA","content":"00f1e2d3c4b5a69788796a5b4c3d2e1f"},{"feed":"desa-1","report_id":"01KDTNM8M0Y02FSFQYZGT4HPXB","content":null}]},"reported_at":"2026-01-01T00:01:30+07:00"}"#,
    r#" [1] "#,
];

/// Pieces that matter to the contract, put where they may do harm.
const PIECES: [&str; 49] = [
    "\"",
    "\\",
    "\\u0000",
    "\\u0041",
    "\\ud800",
    "null",
    "true",
    "{}",
    "[]",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\t",
    "0",
    "9",
    "-1",
    "1.0",
    "6",
    "1e9",
    "1e999",
    "\"x\"",
    "\"severity\":3,",
    "\"severity\":\"3\",",
    "\"kind\":\"disaster\",",
    "16.13",
    "16.13.04",
    "16.13.09",
    "99.01.01",
    "village",
    "desk",
    "police",
    "denies",
    "continues",
    "nominal",
    "\"stance\":\"denies\",",
    "\"about\":{\"feed\":\"x\",\"report_id\":\"01KDTNM8M0Y02FSFQYZGT4HPXA\",\"district\":\"16.13.04\"},",
    "WA-01",
    "WP-05",
    "WW-10",
    "X-00",
    "2026-01-01T00:00:00+07:00",
    "2026-01-01T23:59:60Z",
    "\u{e9}",
    "01KDTNM8M0Y02FSFQYZGT4HPXA",
];

pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

pub(crate) fn mutate(dice: &mut Dice) -> Vec<u8> {
    let mut bytes = SAMPLES[dice.below(SAMPLES.len())].as_bytes().to_vec();
    for _ in 0..dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(8) {
            0 => bytes.truncate(at),
            1 => bytes[at..].iter_mut().take(1).for_each(|byte| *byte = dice.below(256) as u8),
            2 => drop(bytes.drain(at..(at + 1 + dice.below(12)).min(bytes.len()))),
            3 => {
                let other = SAMPLES[dice.below(SAMPLES.len())].as_bytes();
                let from = dice.below(other.len());
                let piece = &other[from..(from + dice.below(60)).min(other.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            4 | 5 => drop(bytes.splice(at..at, PIECES[dice.below(PIECES.len())].bytes())),
            6 => swap_value(dice, &mut bytes),
            _ => swap_key(dice, &mut bytes),
        }
        if bytes.is_empty() {
            bytes.push(b'{');
        }
    }
    bytes
}

/// Puts a piece in place of one value.
fn swap_value(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let colons: Vec<usize> =
        bytes.windows(2).enumerate().filter(|(_, pair)| *pair == b"\":").map(|(at, _)| at + 2).collect();
    let Some(start) = colons.get(dice.below(colons.len())).copied() else { return };
    let end =
        bytes[start..].iter().position(|byte| *byte == b',').map_or(bytes.len(), |length| start + length);
    let piece = PIECES[dice.below(PIECES.len())];
    let quoted = if dice.below(2) == 0 { format!("\"{piece}\"") } else { piece.to_string() };
    bytes.splice(start..end.max(start), quoted.bytes());
}

/// Renames one key to another known one.
fn swap_key(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let names = [
        "severity",
        "lat",
        "dead",
        "parties",
        "retracts",
        "supersedes",
        "verification",
        "nothing_happened",
        "stage",
        "stance",
        "about",
        "confidence",
        "report_id",
        "content",
        "from",
        "feed",
    ];
    let text = String::from_utf8_lossy(bytes).into_owned();
    let name = names[dice.below(names.len())];
    if let Some(from) = names.iter().find(|name| text.contains(&format!("\"{name}\":"))) {
        *bytes = text.replacen(&format!("\"{from}\":"), &format!("\"{name}\":"), 1).into_bytes();
    }
}

/// Another one each time; `KENTONGAN_SEED` repeats a failure.
pub(crate) fn seed() -> u64 {
    let given = std::env::var("KENTONGAN_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| std::process::id().into())
}

#[test]
fn both_decoders_agree_on_mutated_records() {
    let seed = seed();
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config");
    let read = |path: &str| std::fs::read_to_string(format!("{config}/{path}")).unwrap();
    let taxonomy = Taxonomy::parse(&read("taxonomy.toml")).unwrap();
    let known = places::from_csv(&[("16.13".into(), read("districts/16.13.csv"))]).unwrap();
    let bare = places::from_list("l", "16.13.04\n16.13.05\n").unwrap();
    let mut dice = Dice(seed);
    let mut seen = std::collections::BTreeMap::<&str, u32>::new();
    for round in 0..40_000 {
        let bytes = mutate(&mut dice);
        let class = [None, Some(FeedClass::Village), Some(FeedClass::Desk)][dice.below(3)];
        let areas = ["", "16.13", "16.13.05 16.13.04", "16.13.04.2003", "61.02"][dice.below(5)];
        let areas = Areas::parse(areas).expect("codes of places");
        let received_at = Time(1_767_200_490 * SECOND);
        let organisation = ["", "polres", "feed:desa-b"][dice.below(3)].to_owned();
        let author = StampedAuthor { organisation, party: dice.below(4) == 0, ..StampedAuthor::default() };
        let record = RecordView {
            bytes: &bytes,
            feed_name: "desa-a",
            class,
            areas: &areas,
            received_at,
            archive: bytes.len().is_multiple_of(2),
            author: &author,
        };
        let catalog = Catalog { places: if round % 2 == 0 { &known } else { &bare }, taxonomy: &taxonomy };
        let fast = decode(&record, &catalog);
        let slow = plain(&record, &catalog);
        let shown = String::from_utf8_lossy(&bytes);
        let reason = fast.as_ref().map(|decoded| &decoded.report).map_err(|refusal| refusal.reason);
        assert_eq!(reason, slow.as_ref().map_err(|reason| *reason), "seed {seed}, round {round}: {shown}");
        *seen.entry(slow.map_or_else(Refused::as_str, |_| "report")).or_default() += 1;
        if let Ok(decoded) = fast {
            check_rest(&decoded, &bytes);
        }
    }
    for reason in [
        "report",
        "json",
        "schema",
        "kind",
        "category",
        "district",
        "severity",
        "time",
        "future",
        "forbidden",
    ] {
        assert!(
            seen.get(reason).is_some_and(|count| *count > 50),
            "seed {seed}: too few of {reason}: {seen:?}"
        );
    }
}

#[test]
fn a_time_rebuilt_from_todays_date_is_no_later_than_its_receipt() {
    let taxonomy = Taxonomy::parse(include_str!("../../../../../config/taxonomy.toml")).unwrap();
    let places = places::from_list("l", "16.13.04\n").unwrap();
    let catalog = Catalog { places: &places, taxonomy: &taxonomy };
    let row = br#"{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPXE","feed":"agency","district":"16.13.04","kind":"disaster","category":"X-00","severity":1,"occurred_at":"2026-01-01T00:00:00+07:00","reported_at":"2026-01-01T23:59:59+07:00","reconstructed":true}"#;
    let day_end = Time(1_767_286_799 * SECOND);
    let reported = |class, archive, received_at| {
        let author = StampedAuthor::default();
        let record = RecordView {
            bytes: row,
            feed_name: "bpbd",
            class,
            areas: &Areas::everywhere(),
            received_at,
            archive,
            author: &author,
        };
        let report = decode(&record, &catalog).unwrap().report;
        assert_eq!(Ok(&report), plain(&record, &catalog).as_ref());
        (report.reported_at, report.doubtful.is_some())
    };
    let noon = day_end.plus(-12 * 3600 * SECOND);
    let agency = Some(FeedClass::Agency);
    for archive in [true, false] {
        assert_eq!(reported(agency, archive, noon), (noon, false), "{archive}");
        let later = day_end.plus(5 * 3600 * SECOND);
        assert_eq!(reported(agency, archive, later), (day_end, false), "{archive}");
    }
    assert_eq!(reported(None, true, noon), (day_end, false), "replayed alone");
}

/// What stays with the store agrees too.
fn check_rest(decoded: &Decoded<'_>, bytes: &[u8]) {
    let value: Value = serde_json::from_slice(&bytes[decoded.payload.clone()]).unwrap();
    let text = |name: &str| value[name].as_str().map(String::from);
    assert_eq!(decoded.summary.map(|text| text.read().into_owned()), text("summary"));
    assert_eq!(decoded.reporter.map(|text| text.read().into_owned()), text("reporter"));
    assert_eq!((decoded.lat, decoded.lon), (value["lat"].as_f64(), value["lon"].as_f64()));
}

#[test]
fn every_refusal_says_what_to_do() {
    let taxonomy = Taxonomy::parse(include_str!("../../../../../config/taxonomy.toml")).unwrap();
    let places = places::from_list(
        "l",
        "16.13,Kabupaten Musi Rawas Utara\n16.13.04,Rawas Ilir\n16.13.05,Karang Dapo\n",
    )
    .unwrap();
    let catalog = Catalog { places: &places, taxonomy: &taxonomy };
    let refuse = |bytes: &[u8]| -> Refusal {
        let received_at = Time(1_767_200_490 * SECOND);
        let record = RecordView {
            bytes,
            feed_name: "",
            class: None,
            areas: &Areas::everywhere(),
            received_at,
            archive: true,
            author: &StampedAuthor::default(),
        };
        decode(&record, &catalog).unwrap_err()
    };
    let refusal = refuse(SAMPLES[0].replace("16.13.04", "16.13.09").as_bytes());
    assert_eq!((refusal.reason, refusal.field), (Refused::District, "district"));
    assert!(
        refusal.detail.contains("16.13.09 tidak ada di Kabupaten Musi Rawas Utara"),
        "{}",
        refusal.detail
    );
    assert!(
        refusal.detail.contains("2 kecamatan") && refusal.detail.contains("16.13.04 Rawas Ilir"),
        "{}",
        refusal.detail
    );
    let cases: [(Vec<u8>, Refused, &str); 7] = [
        (SAMPLES[0].replace("warga", &"x".repeat(70_000)).into_bytes(), Refused::TooLarge, "65536"),
        (b"\xff{}".to_vec(), Refused::Json, "UTF-8"),
        (SAMPLES[0].replace("warga", "\\u0000").into_bytes(), Refused::Schema, "U+0000"),
        (SAMPLES[0].replace("WP-05", "WA-01").into_bytes(), Refused::Category, "WP-01"),
        (
            SAMPLES[0].replace("2026-01-01T00:00:00+07:00", "9999-01-01T00:00:00Z").into_bytes(),
            Refused::Time,
            "1970 sampai 2099",
        ),
        (
            SAMPLES[0].replace("2026-01-01T00:00:00+07:00", "2026-01-01 00:00").into_bytes(),
            Refused::Time,
            "zona",
        ),
        (Vec::new(), Refused::Json, "JSON"),
    ];
    for (bytes, reason, word) in cases {
        let refusal = refuse(&bytes);
        assert_eq!(refusal.reason, reason);
        assert!(refusal.detail.contains(word), "{}", refusal.detail);
    }
}

/// The desk's clock runs a day ahead: until then its confirmation would win over every later judgement.
#[test]
fn what_the_desk_stamps_ahead_ranks_by_its_receipt_unless_it_is_of_an_archive() {
    let taxonomy = Taxonomy::parse(include_str!("../../../../../config/taxonomy.toml")).unwrap();
    let places = places::from_list("l", "16.13\n16.13.04\n16.13.05\n61.02.01\n").unwrap();
    let catalog = Catalog { places: &places, taxonomy: &taxonomy };
    let confirmation = SAMPLES.iter().find(|sample| sample.contains("\"act\":\"confirm\"")).unwrap();
    let reported = Time(1_767_200_490 * SECOND);
    for (ahead, archive, ranked) in [(86_000, false, -86_000), (86_000, true, 0), (-60, false, 0)] {
        let areas = Areas::everywhere();
        let received_at = reported.plus(-ahead * SECOND);
        let record = RecordView {
            bytes: confirmation.as_bytes(),
            feed_name: "meja",
            class: Some(FeedClass::Desk),
            areas: &areas,
            received_at,
            archive,
            author: &StampedAuthor::default(),
        };
        let report = decode(&record, &catalog).unwrap().report;
        assert_eq!(report.reported_at, reported.plus(ranked * SECOND), "{ahead} {archive}");
        assert_eq!(
            report.doubtful.is_some(),
            ahead > 300 && !archive,
            "{ahead} {archive}: it is still marked"
        );
    }
}

/// The denial of the samples, changed; why it is refused.
fn refused_stance(from: &str, to: &str) -> (Refused, &'static str, String) {
    let taxonomy = Taxonomy::parse(include_str!("../../../../../config/taxonomy.toml")).unwrap();
    let places = places::from_list("l", "16.13\n16.13.04\n16.13.05\n61.02.01\n").unwrap();
    let catalog = Catalog { places: &places, taxonomy: &taxonomy };
    let denial = SAMPLES.iter().find(|sample| sample.contains("\"stance\":\"denies\"")).unwrap();
    assert!(denial.contains(from), "{from}");
    let bytes = denial.replace(from, to).into_bytes();
    let received_at = Time(1_767_200_490 * SECOND);
    let areas = Areas::everywhere();
    let record = RecordView {
        bytes: &bytes,
        feed_name: "",
        class: None,
        areas: &areas,
        received_at,
        archive: false,
        author: &StampedAuthor::default(),
    };
    let Refusal { reason, field, detail, .. } = decode(&record, &catalog).unwrap_err();
    (reason, field, detail)
}

#[test]
fn a_bad_stance_is_refused_with_its_field_and_words() {
    let kind = r#""kind":"resident_resident","occurred_at":"2026-01-01T00:00:00+07:00","#;
    let about = r#""about":{"feed":"polsek","report_id":"01KDTNM8M0Y02FSFQYZGT4HPXA","district":"16.13.05"}"#;
    let nihil =
        r#""nothing_happened":{"from":"2025-12-25T00:00:00+07:00","to":"2026-01-01T00:00:00+07:00"},"#;
    let retraction = r#""retracts":"01KDTNM8M0Y02FSFQYZGT4HPXA","#;
    let cases = [
        ("\"denies\"", "\"maybe\"", Refused::Schema, "stance", "affirms, denies, continues, ends"),
        ("\"denies\"", "7", Refused::Schema, "stance", "teks"),
        ("\"denies\"", "\"ends\"", Refused::Schema, "category", "wajib diisi"),
        ("\"denies\"", "\"continues\"", Refused::Schema, "category", "wajib diisi"),
        (kind, r#""occurred_at":"2026-01-01T00:00:00+07:00","#, Refused::Schema, "kind", "wajib diisi"),
        (kind, r#""kind":"resident_resident","#, Refused::Schema, "occurred_at", "wajib diisi"),
        (kind, nihil, Refused::Schema, "stance", "hanya untuk laporan kejadian"),
        (kind, retraction, Refused::Schema, "stance", "hanya untuk laporan kejadian"),
        (
            "\"feed\":\"village\"",
            "\"feed\":\"sensor\"",
            Refused::Schema,
            "stance",
            "Sensor hanya memberi sinyal",
        ),
        (about, "\"about\":{}", Refused::Schema, "about", "report_id"),
        (about, "\"about\":\"polsek\"", Refused::Schema, "about", "objek"),
        (
            r#"polsek","report_id":"01KDTNM8M0Y02FSFQYZGT4HPXA"#,
            r#"village","report_id":"01KDTNM8M0Y02FSFQYZGT4HPXH"#,
            Refused::Schema,
            "about",
            "laporan lain",
        ),
        ("16.13.05", "61.02.01", Refused::District, "about", "16.13"),
        ("16.13.05", "16.13.09", Refused::District, "about", "16.13.09"),
        (about, "\"confidence\":\"high\"", Refused::Schema, "confidence", "hanya untuk kelas sensor"),
    ];
    for (from, to, reason, field, words) in cases {
        let refused = refused_stance(from, to);
        assert_eq!((refused.0, refused.1), (reason, field), "{to}: {}", refused.2);
        assert!(refused.2.contains(words), "{to}: {}", refused.2);
    }
}

#[test]
fn a_code_from_before_a_kecamatan_was_split_is_the_place_it_is_now() {
    let taxonomy = Taxonomy::parse(include_str!("../../../../../config/taxonomy.toml")).unwrap();
    let list = "code,name,level,old_codes\n16.13,Andai,regency,\n16.13.04,Mulia,district,\n16.13.04.2001,Asri,village,\n\
                16.13.08,Baru,district,16.13.31\n16.13.08.2001,Sejati,village,16.13.04.2003;16.13.31.2009\n";
    let places = places::from_csv(&[("f.csv".to_owned(), list.to_owned())]).unwrap();
    let catalog = Catalog { places: &places, taxonomy: &taxonomy };
    let sample = SAMPLES[0];
    let without_village = sample.replace(r#""village":"16.13.04.2003","#, "");
    let without_district = sample.replace(r#""district":"16.13.04","#, "");
    for (text, expected) in [
        (sample.to_owned(), Some("16.13.08.2001")),
        (without_district, Some("16.13.08.2001")),
        (
            sample.replace("16.13.04.2003", "16.13.31.2009").replace("16.13.04", "16.13.31"),
            Some("16.13.08.2001"),
        ),
        (without_village.clone(), Some("16.13.04")),
        (without_village.replace("16.13.04", "16.13.31"), Some("16.13.08")),
        (sample.replace("16.13.04.2003", "16.13.04.2007"), None),
        (without_village.replace("16.13.04", "16.13.32"), None),
    ] {
        let received_at = Time(1_767_200_490 * SECOND);
        let areas = Areas::everywhere();
        let record = RecordView {
            bytes: text.as_bytes(),
            feed_name: "",
            class: None,
            areas: &areas,
            received_at,
            archive: true,
            author: &StampedAuthor::default(),
        };
        let placed = |place: Place| place.to_string();
        let decoded = decode(&record, &catalog).map(|decoded| placed(decoded.report.place));
        assert_eq!(decoded.as_deref().ok(), expected, "{text}");
        assert_eq!(
            plain(&record, &catalog).map(|report| placed(report.place)).ok().as_deref(),
            expected,
            "{text}"
        );
    }
}
