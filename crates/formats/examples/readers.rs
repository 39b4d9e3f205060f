//! How many rows a second of a core each reader of files takes, and with how much memory. Called by `tests/bench/run.py`:
//!
//! `readers make NAME ROWS FILE` writes a made-up file; `readers read NAME FILE` reads it and prints one line of JSON.
//! NAME is csv, kobo, kobo-json, xlsx, bnpb, reports or chat; a row of a chat is a message.

use domain::kind::FeedClass;
use domain::place::{Code, Places};
use domain::time::Time;
use formats::archive::{Archive, Crosswalk, Format, Guide};
use formats::chat::{ChatOccasion, ChatReader};
use formats::taxonomy::Taxonomy;
use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Instant;

type Done = Result<(), Box<dyn Error>>;

/// 28 November 2026, 15.00 WIB.
const NOW: Time = Time(1_795_852_800_000_000);
const DISTRICTS: [&str; 7] =
    ["Rupit", "Rawas Ulu", "Nibung", "Rawas Ilir", "Karang Dapo", "Karang Jaya", "Ulu Rawas"];
const HAPPENED: [&str; 6] =
    ["Banjir", "Bentrok", "Unjuk rasa", "Pemblokiran jalan", "Tanah longsor", "Kebakaran lahan"];
const TEXTS: [&str; 5] = [
    "warga memortal jalan angkut PT, massa 40 orang",
    "air naik sebatas lutut, 30 rumah terendam",
    "dua kelompok pemuda, 2 orang luka",
    "massa 50 orang, situasi aman kondusif",
    "kebun warga terbakar, korban nihil",
];

fn main() -> Done {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["make", name, rows, file] => make(name, rows.parse()?, file),
        ["read", name, file] => read(name, file),
        _ => Err("readers make NAME ROWS FILE | readers read NAME FILE".into()),
    }
}

/// The cells of a row: day, clock, kecamatan, what happened, dead, prose.
fn cells(row: usize) -> [String; 6] {
    let pick = |list: &[&str], step: usize| list[row / step % list.len()].to_owned();
    let dead = if row.is_multiple_of(50) { row % 3 } else { 0 };
    let (day, minute) = (row % 28 + 1, row % 1440);
    [
        format!("{day:02}/11/2025"),
        format!("{:02}.{:02}", minute / 60, minute % 60),
        pick(&DISTRICTS, 1),
        pick(&HAPPENED, 7),
        dead.to_string(),
        format!("{} {row}", pick(&TEXTS, 3)),
    ]
}

fn make(name: &str, rows: usize, file: &str) -> Done {
    if name == "xlsx" {
        return make_workbook(rows, file);
    }
    let mut out = BufWriter::new(File::create(file)?);
    match name {
        "csv" => writeln!(out, "NO;TANGGAL;JAM;KECAMATAN;JENIS GANGGUAN;MD;URAIAN;KABUPATEN")?,
        "kobo" => writeln!(
            out,
            "\"start\";\"end\";\"Tanggal\";\"Jam\";\"Kecamatan\";\"Jenis Kejadian\";\"Meninggal\";\"Uraian\";\"_id\";\"_uuid\";\"_submission_time\""
        )?,
        "bnpb" => writeln!(
            out,
            "No.;ID Kabupaten;Tanggal Kejadian;Kejadian;Lokasi;Kabupaten;Provinsi;Kronologi & Dokumentasi;Penyebab;Meninggal;Hilang;Terluka;Rumah Rusak;Fasum Rusak"
        )?,
        _ => {}
    }
    for row in 0..rows {
        let [day, clock, district, happened, dead, text] = cells(row);
        let iso = format!("2025-11-{:02}", row % 28 + 1);
        match name {
            "csv" => {
                writeln!(out, "{row};{day};{clock};{district};{happened};{dead};{text};MUSI RAWAS UTARA")?
            }
            "kobo" => writeln!(
                out,
                "\"{iso}T09:00:00.000+07:00\";\"{iso}T09:05:00.000+07:00\";\"{iso}\";\"{clock}\";\"{district}\";\"{happened}\";\"{dead}\";\"{text}\";\"{row}\";\"{row:08x}-1111-4222-8333-444444444444\";\"{iso}T23:06:10\""
            )?,
            "kobo-json" => writeln!(
                out,
                "{}{{\"_id\":{row},\"_uuid\":\"{row:08x}-1111-4222-8333-444444444444\",\"start\":\"{iso}T09:00:00.000+07:00\",\"Tanggal\":\"{iso}\",\"Jam\":\"{clock}\",\"Kecamatan\":\"{district}\",\"Jenis_Kejadian\":\"{happened}\",\"Meninggal\":\"{dead}\",\"Uraian\":\"{text}\",\"_attachments\":[],\"_geolocation\":[null,null],\"_validation_status\":{{}},\"_submission_time\":\"{iso}T23:06:10\"}}",
                if row == 0 { '[' } else { ',' }
            )?,
            "bnpb" => writeln!(
                out,
                "{row};1613;{day};BANJIR;Kec. {district} Ds. Noman;MUSI RAWAS UTARA;SUMATERA SELATAN;;{text};{dead};0;0;3;0"
            )?,
            "reports" => writeln!(
                out,
                "{{\"report_id\":\"{row:08x}-1111-4222-8333-444444444444\",\"feed\":\"police\",\"district\":\"16.13.01\",\"kind\":\"disaster\",\"category\":\"WA-01\",\"severity\":2,\"occurred_at\":\"{iso}T10:00:00+07:00\",\"reported_at\":\"{iso}T23:00:00+07:00\",\"summary\":\"{text}\"}}"
            )?,
            "chat" => writeln!(
                out,
                "{:02}/11/26 {clock} - Kades {}: {happened} di Kec. {district}, {text}",
                row % 28 + 1,
                row % 40
            )?,
            _ => return Err("NAME is csv, kobo, kobo-json, xlsx, bnpb, reports or chat".into()),
        }
    }
    if name == "kobo-json" {
        writeln!(out, "]")?;
    }
    out.flush()?;
    Ok(())
}

fn make_workbook(rows: usize, file: &str) -> Done {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let head = ["TANGGAL", "JAM", "KECAMATAN", "JENIS GANGGUAN", "MD", "URAIAN", "KABUPATEN"];
    sheet.write_row(0, 0, head)?;
    for row in 0..rows {
        let [day, clock, district, happened, dead, text] = cells(row);
        let cells = [day, clock, district, happened, dead, text, "MUSI RAWAS UTARA".to_owned()];
        sheet.write_row(row as u32 + 1, 0, cells)?;
    }
    workbook.save(file)?;
    Ok(())
}

struct Known {
    places: Places,
    taxonomy: Taxonomy,
    crosswalk: Crosswalk,
}

impl Known {
    fn new() -> Result<Known, Box<dyn Error>> {
        let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config");
        let read = |name: &str| std::fs::read_to_string(format!("{config}/{name}"));
        Ok(Known {
            places: formats::places::from_csv(&[("16.13".to_owned(), read("districts/16.13.csv")?)])?,
            taxonomy: Taxonomy::parse(&read("taxonomy.toml")?)?,
            crosswalk: Crosswalk::parse(&read("crosswalk.csv")?)?,
        })
    }
}

/// What became of a file's rows.
struct Figures {
    rows: u64,
    usable: u64,
    /// Why it was not read to its end.
    refused: String,
}

fn read(name: &str, file: &str) -> Done {
    let known = Known::new()?;
    let begun = Instant::now();
    let Figures { rows, usable, refused } =
        if name == "chat" { chat(&known, file)? } else { archive(&known, name, file) };
    let seconds = begun.elapsed().as_secs_f64();
    let mut line = String::new();
    write!(
        line,
        "{{\"rows\":{rows},\"usable\":{usable},\"seconds\":{seconds:.3},\"refused\":{}}}",
        serde_json::to_string(&refused)?
    )?;
    println!("{line}");
    Ok(())
}

fn chat(known: &Known, file: &str) -> Result<Figures, Box<dyn Error>> {
    let text = std::fs::read_to_string(file)?;
    let regency = Code::parse("16.13").and_then(|code| known.places.find(code)).ok_or("no 16.13")?;
    let reading = ChatReader::new(&known.places, regency, &known.taxonomy)
        .read(&text, ChatOccasion { now: NOW, order: None });
    let counts = reading.counts();
    let usable = (counts.proposed + counts.asked) as u64;
    Ok(Figures { rows: counts.messages as u64, usable, refused: String::new() })
}

fn archive(known: &Known, name: &str, file: &str) -> Figures {
    let format = match name {
        "bnpb" => Format::BnpbCsv,
        "reports" => Format::Ndjson,
        _ => Format::Table,
    };
    let guide = Guide {
        places: &known.places,
        crosswalk: &known.crosswalk,
        class: FeedClass::Police,
        dates: None,
        taxonomy: &known.taxonomy,
        regency: None,
    };
    let mut figures = Figures { rows: 0, usable: 0, refused: String::new() };
    let source = match File::open(file) {
        Ok(file) => Box::new(file),
        Err(error) => return Figures { refused: error.to_string(), ..figures },
    };
    let mut archive = match Archive::open(file.to_owned(), source, format, guide) {
        Ok(archive) => archive,
        Err(error) => return Figures { refused: error.to_string(), ..figures },
    };
    loop {
        match archive.next_record() {
            Ok(Some(_)) => figures.rows += 1,
            Ok(None) => break,
            Err(error) => {
                figures.refused = error.to_string();
                break;
            }
        }
    }
    figures.usable = archive.row_fates().map_or(figures.rows, |fates| fates.taken);
    figures
}
