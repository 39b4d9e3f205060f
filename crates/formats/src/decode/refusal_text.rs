//! Refusals in words: what is wrong and what would be right, in Indonesian, for the person behind the feed.

use super::fields::Field;
use super::scan::Shape;
use super::{Catalog, MAX_RECORD, Refusal, instant};
use crate::abridge::abridged;
use domain::kind::{FeedClass, Kind, Refused, Stance};
use domain::place::{Areas, Code, Place, Places};
use domain::report::{Body, Report, VerificationAct};

/// What a field should have held.
#[derive(Clone, Copy)]
pub enum Reading {
    Text,
    Number,
    Count,
    List,
    Object,
    /// Whatever is there is somebody's own.
    Any,
    Period,
    Verification,
    About,
}

impl Reading {
    /// The shapes a value of this reading may have, one bit each.
    pub const fn shapes(self) -> u8 {
        match self {
            Reading::Text => 1 << Shape::Text as u8 | 1 << Shape::Escaped as u8,
            Reading::Number | Reading::Count => 1 << Shape::Number as u8,
            Reading::List => 1 << Shape::Array as u8,
            Reading::Object | Reading::Period | Reading::Verification | Reading::About => {
                1 << Shape::Object as u8
            }
            Reading::Any => u8::MAX,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Reading::Text => "teks di antara tanda kutip",
            Reading::Number => "angka tanpa tanda kutip",
            Reading::Count => "bilangan bulat, nol atau lebih",
            Reading::List => "daftar di antara [ dan ]",
            Reading::Any => "apa saja",
            Reading::Object => "objek di antara { dan }",
            Reading::Period => "objek dengan \"from\" dan \"to\", keduanya waktu RFC 3339",
            Reading::About => {
                "objek dengan \"feed\" (nama sumber laporan), \"report_id\" dan \"district\" dari laporan yang dibicarakan"
            }
            Reading::Verification => {
                "objek dengan \"act\" (confirm, reject, merge atau split) dan \"reports\" (daftar objek dengan \"feed\" dan \"report_id\", \
                 atau report_id saja)"
            }
        }
    }
}

#[cold]
fn refusal(reason: Refused, field: &'static str, detail: String) -> Refusal {
    Refusal { reason, field, detail }
}

fn schema(field: &'static str, detail: String) -> Refusal {
    refusal(Refused::Schema, field, detail)
}

pub fn too_large(length: usize) -> Refusal {
    let detail =
        format!("Laporan {length} bita; paling besar {MAX_RECORD} bita. Ringkas uraiannya, lalu kirim lagi.");
    refusal(Refused::TooLarge, "", detail)
}

pub fn utf8(at: usize) -> Refusal {
    let detail =
        format!("Bukan UTF-8: rusak pada bita ke-{}. Simpan sebagai UTF-8, lalu kirim lagi.", at + 1);
    refusal(Refused::Json, "", detail)
}

pub fn json(at: usize) -> Refusal {
    let detail = format!(
        "Bukan JSON yang utuh: rusak pada bita ke-{}. Periksa tanda kutip, koma dan kurung di sekitar situ.",
        at + 1
    );
    refusal(Refused::Json, "", detail)
}

/// A CloudEvent that lacks an attribute is no report, and its report was not looked for.
pub fn envelope(attribute: &'static str) -> Refusal {
    if attribute == "data_base64" {
        let detail = "Isi \"data_base64\" bukan base64 yang utuh. Sandikan ulang laporannya, atau taruh laporan sebagai objek JSON di \"data\".";
        return schema(attribute, detail.to_owned());
    }
    let detail = format!(
        "Amplop CloudEvents tidak lengkap: \"{attribute}\" belum ada atau keliru. CloudEvents 1.0 mewajibkan specversion \"1.0\", id, source dan type; laporannya ada di data."
    );
    schema(attribute, detail)
}

pub fn not_an_object() -> Refusal {
    schema("", "Laporan harus satu objek JSON di antara { dan }.".into())
}

pub fn nul() -> Refusal {
    schema("", "Ada huruf U+0000 di dalam teks. Buang huruf itu, lalu kirim lagi.".into())
}

pub fn missing(field: Field) -> Refusal {
    let field = field.name();
    let detail = if field == "district" {
        "Tempat belum diisi: beri \"district\" (misalnya 16.13.04) atau \"village\" (misalnya 16.13.04.2003)."
            .into()
    } else {
        format!("\"{field}\" wajib diisi dan belum ada.")
    };
    schema(field, detail)
}

pub fn wrong_type(field: &'static str, reading: Reading) -> Refusal {
    schema(field, format!("\"{field}\" harus {}.", reading.words()))
}

pub fn too_many(field: Field, most: u64) -> Refusal {
    let field = field.name();
    schema(field, format!("\"{field}\" lebih besar dari {most}; periksa angkanya, lalu kirim lagi."))
}

pub fn off_list(field: Field, word: &str, list: &[&str]) -> Refusal {
    let field = field.name();
    schema(field, format!("\"{field}\" berisi '{}'; pilih salah satu: {}.", short(word), list.join(", ")))
}

pub fn degrees(field: &'static str, digits: &str, limit: f64) -> Refusal {
    let detail = format!(
        "\"{field}\" {} di luar -{limit} sampai {limit} derajat. Mungkin lintang dan bujur tertukar.",
        short(digits)
    );
    schema(field, detail)
}

pub fn malformed_id(field: &'static str, word: &str) -> Refusal {
    let detail = format!("\"{field}\" '{}' bukan ULID (26 huruf dan angka) atau UUID.", short(word));
    schema(field, detail)
}

pub fn two_contents() -> Refusal {
    let detail = "Satu laporan hanya boleh memuat satu dari nothing_happened, verification dan retracts.";
    schema("", detail.into())
}

pub fn in_place_of(field: Field) -> Refusal {
    let field = field.name();
    let detail = format!(
        "Laporan nihil atau verifikasi tidak memuat \"{field}\". Kirim kejadian sebagai laporan tersendiri."
    );
    schema(field, detail)
}

pub fn target(field: Field) -> Refusal {
    let field = field.name();
    let detail = format!(
        "\"{field}\" harus menunjuk laporan lain, dan satu laporan tidak bisa mengganti sekaligus menarik."
    );
    schema(field, detail)
}

/// A stance, `about` or `confidence` in a record that speaks of no incident.
pub fn speaks_of_nothing(field: Field) -> Refusal {
    let field = field.name();
    let detail = format!(
        "\"{field}\" hanya untuk laporan kejadian; laporan nihil, verifikasi dan penarikan tidak memuatnya. Kirim sebagai laporan \
         tersendiri."
    );
    schema(field, detail)
}

pub fn sensor_stance(stance: Stance) -> Refusal {
    let detail = format!(
        "Sensor hanya memberi sinyal dan tidak dapat menyatakan \"{stance}\". Buang \"stance\" atau isi \"affirms\"."
    );
    schema(Field::Stance.name(), detail)
}

pub fn sensor_only() -> Refusal {
    let detail = "\"confidence\" hanya untuk kelas sensor. Nilai laporan orang ditulis di \"reliability\" dan \"credibility\".";
    schema(Field::Confidence.name(), detail.into())
}

/// A record that speaks of a report of another regency.
pub fn about_elsewhere(district: &str, own: Code) -> Refusal {
    let detail = format!(
        "\"about\" menyebut {}, bukan tempat di kabupaten/kota laporan ini ({}). Satu laporan hanya membicarakan laporan dari \
         kabupaten/kotanya sendiri.",
        short(district),
        own.regency()
    );
    refusal(Refused::District, Field::About.name(), detail)
}

/// A record of a feed that is not registered, or not for its class.
pub fn unknown_feed(reason: Refused) -> Refusal {
    refusal(reason, "", "Sumber laporan ini tidak dikenal di sini, atau bukan untuk kelas itu.".into())
}

/// A record that corrects, takes back or verifies a report of another regency, or judges outside its author's area.
pub fn foreign_name(report: &Report) -> Refusal {
    let field = match report.body {
        Body::Retraction { .. } => Field::Retracts,
        Body::Verification { .. } => Field::Verification,
        Body::Statement(_) | Body::Remark(_) | Body::Nothing { .. } => Field::Supersedes,
    };
    let field = field.name();
    let far = match report.body {
        Body::Verification { act: VerificationAct::Merge, .. } => {
            ", atau menggabungkan kecamatan yang tidak berbatasan"
        }
        _ => "",
    };
    let detail = format!(
        "\"{field}\" menunjuk laporan kabupaten/kota lain, atau di luar wilayah penulisnya{far}. Mengganti, menarik dan memeriksa \
         hanya berlaku bagi laporan dari kabupaten/kota yang sama ({}) dan dari wilayah penulisnya. Periksa report_id yang \
         ditunjuk, atau kirim dengan tempat di kabupaten/kota laporan itu.",
        report.place.code.regency()
    );
    refusal(Refused::District, field, detail)
}

/// A verification names by its id alone what is not one known report of its regency.
/// Of a merge: what it names is no one incident.
pub fn merge_of_kinds() -> Refusal {
    let detail = "\"verification\" menggabungkan laporan yang berlainan jenis. Yang digabung hanya laporan satu jenis (kind); catat \
                  tiap jenis sebagai kejadiannya sendiri.";
    refusal(Refused::Kind, Field::Verification.name(), detail.into())
}

pub fn unclear_reference() -> Refusal {
    let detail = "\"verification\" menyebut report_id tanpa sumbernya, padahal tidak ada tepat satu laporan dengan nomor itu di \
                  kabupaten/kota ini. Sebutkan sumbernya juga: {\"feed\": \"nama sumber\", \"report_id\": \"…\"}.";
    refusal(Refused::Schema, Field::Verification.name(), detail.into())
}

pub fn kind(word: &str) -> Refusal {
    let list: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let detail = format!("Jenis '{}' tidak dikenal. Pilih salah satu: {}.", short(word), list.join(", "));
    refusal(Refused::Kind, "kind", detail)
}

pub fn category(word: &str, known: bool, kind: Option<Kind>, catalog: &Catalog<'_>) -> Refusal {
    let entries = catalog.taxonomy.entries().filter(|entry| kind.is_none_or(|kind| entry.code.fits(kind)));
    let list: Vec<String> = entries.map(|entry| entry.code.to_string()).collect();
    let fault = match kind {
        Some(kind) if known => format!("bukan milik jenis {kind}"),
        _ => "tidak dikenal".into(),
    };
    let detail = format!("Kategori '{}' {fault}. Pilih salah satu: {}.", short(word), list.join(", "));
    refusal(Refused::Category, "category", detail)
}

/// A code that is none of ours; names the districts of its regency where that much is right.
pub fn district(field: Field, word: &str, places: &Places) -> Refusal {
    let regency = word.get(..5).and_then(Code::parse).and_then(|code| places.find(code));
    let detail = match regency {
        Some(regency) => {
            let districts: Vec<String> = places
                .districts(regency)
                .map(|unit| format!("{} {}", places.code(unit), places.name(unit)))
                .collect();
            format!(
                "Kecamatan {} tidak ada di {}. Pilih salah satu dari {} kecamatan, lalu kirim lagi: {}.",
                short(word),
                places.name(regency),
                districts.len(),
                districts.join(", ")
            )
        }
        None => format!("Kode wilayah '{}' tidak ada di sini. Yang ada: {}.", short(word), regencies(places)),
    };
    refusal(Refused::District, field.name(), detail)
}

fn regencies(places: &Places) -> String {
    const SHOWN: usize = 8;
    let names = places.regency_ids().map(|unit| format!("{} {}", places.code(unit), places.name(unit)));
    abridged(names, SHOWN, |more| format!(", dan {more} kabupaten/kota lain"))
}

pub fn village_elsewhere(village: &str, district: &str) -> Refusal {
    let detail = format!(
        "Kode desa '{}' tidak berawal dengan kode kecamatannya '{}'. Samakan keduanya, lalu kirim lagi.",
        short(village),
        short(district)
    );
    refusal(Refused::District, "village", detail)
}

pub fn village(code: &str, places: &Places, district: Code) -> Refusal {
    let name = places.find(district).map_or_else(|| district.to_string(), |unit| places.name(unit));
    let detail = format!(
        "Desa {} tidak ada di kecamatan {name}. Kosongkan desa bila ragu, lalu kirim lagi.",
        short(code)
    );
    refusal(Refused::District, "village", detail)
}

pub fn severity(digits: &str) -> Refusal {
    let detail = format!("Keparahan {} tidak ada. Beri 1 (ringan) sampai 5 (sangat berat).", short(digits));
    refusal(Refused::Severity, "severity", detail)
}

pub fn time(field: Field, word: &str) -> Refusal {
    let word_shown = short(word);
    let detail = if instant::is_of_another_age(word) {
        format!("Waktu '{word_shown}' di luar tahun 1970 sampai 2099. Periksa tahunnya, lalu kirim lagi.")
    } else {
        format!(
            "Waktu '{word_shown}' tidak terbaca. Tulis lengkap dengan zonanya, misalnya 2026-01-31T14:05:00+07:00."
        )
    };
    refusal(Refused::Time, field.name(), detail)
}

pub fn backwards() -> Refusal {
    let detail = "Masa nihil berakhir sebelum mulai. Periksa \"from\" dan \"to\".";
    refusal(Refused::Time, "nothing_happened", detail.into())
}

pub fn occurred_ahead(field: Field) -> Refusal {
    let detail = "Kejadian lebih dari 5 menit sesudah waktu lapor. Periksa jam dan zona waktunya.";
    refusal(Refused::Future, field.name(), detail.into())
}

pub fn reported_ahead() -> Refusal {
    let detail = "Waktu lapor lebih dari 24 jam di depan jam penerima. Periksa tanggal dan jam pengirim.";
    refusal(Refused::Future, "reported_at", detail.into())
}

pub fn other_class(stated: FeedClass, own: FeedClass) -> Refusal {
    let detail = format!(
        "Sumber laporan ini berkelas {own}; laporannya menyebut {stated}. Isi \"feed\" dengan {own}."
    );
    refusal(Refused::Forbidden, "feed", detail)
}

pub fn outside_areas(place: Place, areas: &Areas) -> Refusal {
    let own = if *areas == Areas::nowhere() { "tidak ada".to_owned() } else { short(&areas.to_string()) };
    let detail = format!("Sumber laporan ini tidak melapor untuk {place}; wilayahnya: {own}.");
    refusal(Refused::Forbidden, "district", detail)
}

pub fn desk_only() -> Refusal {
    refusal(Refused::Forbidden, "verification", "Verifikasi hanya dari petugas piket (kelas desk).".into())
}

pub fn party_judges() -> Refusal {
    let detail = "Sumber yang terdaftar sebagai pihak tidak boleh memeriksa laporan. Minta petugas piket lain memeriksanya.";
    refusal(Refused::Forbidden, "verification", detail.into())
}

/// At most 40 letters of what somebody wrote.
fn short(word: &str) -> String {
    let mut letters = word.chars();
    let start: String = letters.by_ref().take(40).collect();
    if letters.next().is_some() { start + "…" } else { start }
}
