//! What a column of a table holds, as its heading and its cells say.

use super::harm_heading;
use crate::archive::words::letters;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What a column is taken for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ColumnMeaning {
    /// The day it happened, perhaps with a time.
    Date,
    /// The last day of a time in which nothing happened, or in which something went on.
    Until,
    /// The time of day alone.
    Clock,
    /// When it was reported.
    ReportedAt,
    Regency,
    District,
    Village,
    /// A place in words: "Ds. A Kec. B".
    Place,
    /// A code of Kemendagri.
    PlaceCode,
    Latitude,
    Longitude,
    /// Latitude and longitude in one cell, as KoboToolbox writes them.
    Point,
    /// What happened, as a word of the taxonomy, of the field or of a list of offences.
    Category,
    /// What happened, where only disasters are listed.
    Hazard,
    Severity,
    /// What happened in prose; several columns are joined.
    Text,
    Dead,
    Missing,
    Injured,
    /// People hurt without saying how.
    Casualties,
    Displaced,
    /// A number of families, of whom nobody says how many people they are: counts nobody, and is kept in words. A person says so.
    Households,
    /// A number of houses or buildings damaged.
    Damaged,
    /// The number that the one who filled it in gives a row for ever.
    Id,
    /// The number of the row that this one corrects.
    Corrects,
    /// Whether it was approved where it comes from.
    Approval,
}

impl ColumnMeaning {
    pub const ALL: [ColumnMeaning; 26] = {
        use ColumnMeaning::*;
        [
            Date, Until, Clock, ReportedAt, District, Village, Place, PlaceCode, Regency, Category, Hazard,
            Severity, Text, Dead, Missing, Injured, Casualties, Displaced, Households, Damaged, Latitude,
            Longitude, Point, Id, Corrects, Approval,
        ]
    };

    pub const fn as_str(self) -> &'static str {
        use ColumnMeaning::*;
        match self {
            Date => "date",
            Until => "until",
            Clock => "clock",
            ReportedAt => "reported_at",
            Regency => "regency",
            District => "district",
            Village => "village",
            Place => "place",
            PlaceCode => "place_code",
            Latitude => "latitude",
            Longitude => "longitude",
            Point => "point",
            Category => "category",
            Hazard => "hazard",
            Severity => "severity",
            Text => "text",
            Dead => "dead",
            Missing => "missing",
            Injured => "injured",
            Casualties => "casualties",
            Displaced => "displaced",
            Households => "households",
            Damaged => "damaged",
            Id => "id",
            Corrects => "corrects",
            Approval => "approval",
        }
    }

    pub fn parse(word: &str) -> Option<ColumnMeaning> {
        ColumnMeaning::ALL.into_iter().find(|meaning| meaning.as_str() == word)
    }

    /// True where several columns may hold it.
    pub const fn is_joined(self) -> bool {
        use ColumnMeaning::*;
        matches!(self, Text | Place | Damaged | Households | Corrects)
    }

    /// True for counts of people, of which each column may hold a part.
    pub const fn is_of_people(self) -> bool {
        use ColumnMeaning::*;
        matches!(self, Dead | Missing | Injured | Casualties | Displaced)
    }

    /// True for counts of people or houses.
    pub const fn is_count(self) -> bool {
        use ColumnMeaning::*;
        matches!(self, Dead | Missing | Injured | Casualties | Displaced | Damaged)
    }
}

/// Letters of headings and what they mean, whole headings only.
const WHOLE: [(ColumnMeaning, &str); 25] = {
    use ColumnMeaning::*;
    [
        (
            Date,
            "tanggal tgl tanggalkejadian tglkejadian waktukejadian waktu haritanggal hritgl haritgl \
             tanggalwaktu tanggaljam tgljam waktutanggal kapan tanggalperistiwa waktuperistiwa date \
             eventdate tempus waktudantempatkejadian haritanggalkejadian haritanggaljam haritanggalwaktu \
             tanggalbulantahun waktukejadiantgljam tanggaldanwaktu occurredat tanggaldanwaktukejadian \
             tanggaldanjamkejadian tanggalkejadianbencana harikejadian hariperistiwa today dari daritanggal daritgl mulai mulaitanggal \
             mulaitgl tanggalmulai tglmulai tanggalawal tglawal periodeawal periodemulai periodedari",
        ),
        (
            Until,
            "sampai sampaitanggal sampaitgl sd sdtanggal sdtgl hingga hinggatanggal selesai tanggalselesai \
             tglselesai tanggalakhir tglakhir tanggalsampai tglsampai periodeakhir periodeselesai \
             periodesampai berakhir tanggalberakhir until enddate",
        ),
        (
            Clock,
            "jam pukul pkl jamkejadian pukulkejadian pklkejadian time waktujam waktuwib jamwib waktuwita \
             waktuwit",
        ),
        (
            ReportedAt,
            "tanggallapor tgllapor tanggallaporan tgllaporan waktulapor waktulaporan dilaporkan \
             reportedat submissiontime waktupelaporan",
        ),
        (Regency, "kabupaten kabupatenkota kabkota namakabupaten kab kota kotakabupaten regency"),
        (
            District,
            "kecamatan kec namakecamatan distrik kecamatankejadian polsek wilayahhukum kesatuan district \
             polseksatuan satuanpolsek polsekjajaran jajaranpolsek satwil polseksatwil satuanwilayah wilkum",
        ),
        (
            Village,
            "desa desakelurahan kelurahan kel desakel kelurahandesa keldesa namadesa kampung nagari \
             village namadesakelurahan",
        ),
        (
            Place,
            "tkp lokasi lokasikejadian tempatkejadian tempat alamat alamatkejadian lokasitkp \
             tempatkejadianperkara tkplokasi dimana location locus lokasibencana alamatlokasi alamattkp",
        ),
        (
            PlaceCode,
            "kodewilayah kodekecamatan kodedesa kodekemendagri kdkec kddesa districtcode villagecode \
             kodetempat",
        ),
        (Latitude, "lat latitude lintang koordinatlintang ls garislintang"),
        (Longitude, "lon lng long longitude bujur koordinatbujur bt garisbujur"),
        (Point, "koordinat titikkoordinat geopoint gps geolocation latlong latlon koordinatlokasi titik"),
        (
            Category,
            "kategori jenis jeniskejadian jenisgangguan jeniskasus jenisperistiwa jenistindakpidana \
             tindakpidana perkara kasus kejadian peristiwa jenisgangguankamtibmas gangguan \
             gangguankamtibmas jeniskejahatan kodekategori category jeniskonflik tipekejadian tipekonflik \
             jenisperkara gangkamtibmas jenisgangkamtibmas pokokkejadian",
        ),
        (Hazard, "jenisbencana bencana kejadianbencana namabencana hazard tipebencana jenisancaman"),
        (Severity, "keparahan tingkatkeparahan berat severity tingkat bobot"),
        (
            Text,
            "uraian uraiansingkat uraiankejadian uraiansingkatkejadian kronologi kronologis \
             kronologikejadian kronologiskejadian keterangan ket deskripsi ringkasan isilaporan fakta \
             uraianperistiwa modus modusoperandi penyebab kronologidokumentasi latarbelakang summary \
             narasi namapotensi namapotensikonflik potensikonflik namaperistiwa namaperistiwakonflik \
             uraianancaman kronologissingkat kronologisingkat namakonflik judul perihal sumbersebab \
             sebab akibat kemungkinanancaman",
        ),
        (
            Dead,
            "meninggal meninggaldunia md korbanmeninggal tewas mati korbanmd korbanmeninggaldunia \
             korbantewas korbanmati dead jumlahmeninggal korbanjiwameninggal korbanjiwamd korbanjiwa",
        ),
        (Missing, "hilang korbanhilang missing oranghilang jumlahhilang"),
        (
            Injured,
            "terluka luka lukaluka korbanluka korbanlukaluka lb lr korbanlb korbanlr lukaberat lukaringan \
             korbanlukaberat korbanlukaringan injured jumlahluka korbankritis kritis lukasakit \
             korbanterluka",
        ),
        (Casualties, "jumlahkorban casualties"),
        (
            Displaced,
            "mengungsi pengungsi korbanmengungsi jumlahpengungsi displaced pengungsijiwa mengungsijiwa",
        ),
        (
            Damaged,
            "rumahrusak fasumrusak fasilitasumumrusak rumahrusakberat rumahrusaksedang rumahrusakringan \
             rusakberat rusaksedang rusakringan rumahterendam fasilitasrusak",
        ),
        (Id, "uuid reportid idlaporan metainstanceid instanceid"),
        (Corrects, "metadeprecatedid deprecatedid menggantikan memperbaiki metarootuuid rootuuid"),
        (
            Approval,
            "statusverifikasi statusapproval approval statuslaporan validationstatus validationstatuslabel \
             validationstatusuid statusvalidasi",
        ),
    ]
};

/// Columns whose cells name people, count rows or say nothing of what happened: what their cells look like gives them no meaning.
/// Only "Korban" counts people where it holds numbers, and victims in words are counted below it.
const NEVER: &str = "no nomor nourut pelapor namapelapor korban namakorban identitaskorban tersangka terlapor \
    pelaku identitastersangka tsk saksi saksisaksi nama nik nohp telepon notelp petugas \
    identitaspelapor barangbukti bb kerugian nolp nomorlp lp nolaporanpolisi nopol foto \
    dokumentasi provinsi baris hasil alasan line fate why rekomendasi tingkatrisiko risiko levelrisiko \
    skorrisiko nilairisiko kategoririsiko tingkatkemungkinan levelkemungkinan tingkatdampak leveldampak \
    tingkatancaman levelancaman kerugianmateriil kerugianmateril kerugianmaterial kerugianmateriilrp kerugianrp";

/// The letters of "formhub/uuid", the number of a form: each of its submissions has it.
pub(super) const OF_FORM: &str = "formhubuuid";

/// True for a heading under which KoboToolbox gives the number of a submission, or of one that it replaces.
pub(super) fn is_of_submission(heading: &str) -> bool {
    let own = letters(heading.rsplit('/').next().unwrap_or(heading));
    matches!(own.as_str(), "uuid" | "instanceid" | "deprecatedid" | "rootuuid") && letters(heading) != OF_FORM
}

/// True for the headings under which KoboToolbox says when a form was begun and ended: not when anything happened.
pub(super) fn is_of_filling(heading: &str) -> bool {
    matches!(letters(heading).as_str(), "start" | "end")
}

/// True for the heading under which KoboToolbox says when it received a submission: in UTC, and without naming it.
pub(super) fn is_of_receipt(heading: &str) -> bool {
    letters(heading) == "submissiontime"
}

/// True for the headings of a sheet in which KoboToolbox keeps the answers of a group that repeats: each row belongs to one of
/// another sheet.
pub fn is_of_repeats(headings: &[String]) -> bool {
    let is_link = |heading: &&String| matches!(heading.as_str(), "_parent_index" | "_parent_table_name");
    headings.iter().filter(is_link).count() == 2
}

/// What a heading says its column holds.
pub fn of_heading(heading: &str) -> Option<ColumnMeaning> {
    let own = letters(heading);
    if own == OF_FORM {
        return None;
    }
    // Beside a question for a point KoboToolbox puts its parts: "_titik_latitude".
    if heading.starts_with('_') && !own.is_empty() {
        let part = heading.rsplit('_').next().map(str::to_lowercase);
        match part.as_deref() {
            Some("latitude") => return Some(ColumnMeaning::Latitude),
            Some("longitude") => return Some(ColumnMeaning::Longitude),
            _ => {}
        }
    }
    // "Korban (Jiwa)": victims, counted in persons.
    if own == "korbanjiwa" && !harm_heading::is_of_lives(heading) {
        return Some(ColumnMeaning::Casualties);
    }
    let whole = |own: &str| WHOLE_NAMES.get(own).copied();
    whole(&own)
        .or_else(|| {
            // KoboToolbox names a question with the groups it stands in: "lokasi/kecamatan".
            let (above, last) = heading.rsplit_once('/')?;
            // "Meninggal/Luka" counts both.
            whole(&letters(last))
                .filter(|meaning| !(meaning.is_of_people() && harm_heading::names_harm(above)))
        })
        .or_else(|| harm_heading::of_heading(heading).map(|found| found.meaning))
}

/// True for a heading that is one of those listed, as a whole.
pub fn is_usual(heading: &str) -> bool {
    WHOLE_NAMES.contains_key(letters(heading).as_str())
}

/// True where a column gives way to another of the same meaning: the day on which a form was filled in to the day of which it
/// speaks, and a word for programs to what KoboToolbox's pages say.
pub fn gives_way(heading: &str, other: &str, meaning: ColumnMeaning) -> bool {
    match letters(heading).as_str() {
        "today" => meaning == ColumnMeaning::Date,
        "tanggal" | "tgl" | "haritanggal" => meaning == ColumnMeaning::Date && begins_span(other),
        "validationstatusuid" => letters(other) == "validationstatuslabel",
        _ => false,
    }
}

/// True for the heading of the first day of a time: "Dari", "Tgl mulai".
pub(super) fn begins_span(heading: &str) -> bool {
    let own = letters(heading);
    ["dari", "mulai", "awal"].iter().any(|word| own.contains(word))
        && WHOLE_NAMES.get(own.as_str()) == Some(&ColumnMeaning::Date)
}

/// True for a heading whose column gets no meaning by a part of it, or by its cells.
pub fn is_never_read(heading: &str) -> bool {
    let is_part_of_point =
        heading.starts_with('_') && (heading.ends_with("_altitude") || heading.ends_with("_precision"));
    is_part_of_point || NEVER_NAMES.contains(letters(heading).as_str())
}

/// Rows are asked whether they are headings, too, so the names are looked up.
static WHOLE_NAMES: LazyLock<HashMap<&str, ColumnMeaning>> = LazyLock::new(|| {
    let of = |(meaning, names): &(ColumnMeaning, &'static str)| {
        let meaning = *meaning;
        names.split_ascii_whitespace().map(move |name| (name, meaning))
    };
    WHOLE.iter().flat_map(of).collect()
});
static NEVER_NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| NEVER.split_ascii_whitespace().collect());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_means_one_thing_however_it_is_written() {
        use ColumnMeaning::*;
        for (heading, meaning) in [
            ("HARI / TANGGAL", Some(Date)),
            ("T K P", Some(Place)),
            ("Desa/Kelurahan", Some(Village)),
            ("Korban – M.D.", Some(Dead)),
            ("URAIAN SINGKAT KEJADIAN", Some(Text)),
            ("lokasi/kecamatan", Some(District)),
            ("_uuid", Some(Id)),
            ("meta/deprecatedID", Some(Corrects)),
            ("_submission_time", Some(ReportedAt)),
            ("formhub/uuid", None),
            ("PELAPOR", None),
            ("", None),
        ] {
            assert_eq!(of_heading(heading), meaning, "{heading}");
        }
        assert!(is_never_read("No.") && is_never_read("Identitas Korban") && !is_never_read("TKP"));
    }

    #[test]
    fn every_meaning_has_its_word_and_no_heading_two() {
        for meaning in ColumnMeaning::ALL {
            assert_eq!(ColumnMeaning::parse(meaning.as_str()), Some(meaning));
        }
        let mut all: Vec<&str> =
            WHOLE.iter().flat_map(|(_, names)| names.split(' ')).chain(NEVER.split(' ')).collect();
        all.sort_unstable();
        let before = all.len();
        all.dedup();
        assert_eq!(all.len(), before);
    }
}
