//! The three forms that offices of Kesbangpol keep: early warnings, potential conflicts, conflicts that happened. All rows
//! are made up for these tests.

use super::*;

const WARNINGS: &str = "DATA KEWASPADAAN DINI;;;;;;;;;;;;;;;;\n\
    No;Tanggal;Periode;Aspek;Kabupaten;Kecamatan;Desa;Koordinat;Foto;Sumber Informasi;Kemungkinan Ancaman;Level Ancaman;Hambatan;Tantangan;Gangguan;Uraian Prediksi Dampak;Rekomendasi;Tingkat Risiko;Status\n\
    1;20/11/2026;November 2026;Ekonomi;Musi Rawas Utara;Rupit;Noman;-2.73, 102.9;a.jpg;Babinsa Koramil;Warga berencana memortal jalan PT bila plasma tidak dibagi;4;Tidak ada;-;Nihil;bisa bentrok, 20 orang luka;Mediasi;Sangat Tinggi;disetujui\n\
    2;21/11/2026;November 2026;Sosial;Musi Rawas Utara;Nibung;;6P5G+8V2 Nibung;b.jpg;Intel Polres;Isu tawuran pemuda antar kampung;3;-;-;-;;Patroli;Tinggi;menunggu\n\
    3;22/11/2026;November 2026;Keamanan;Musi Rawas Utara;Karang Dapo;;6P5G8V2Q+4W;;Camat;Tawuran pemuda di pesta, 2 orang luka;2;-;-;-;;-;Sedang;disetujui\n\
    4;23/11/2026;November 2026;Keamanan;Musi Rawas Utara;Rupit;;;;Camat;Nihil;1;Nihil;-;-;;-;Rendah;disetujui\n\
    5;24/11/2026;November 2026;Lingkungan;Musi Rawas Utara;Nibung;;6P5G+8V2;;Camat;Simulasi banjir;1;-;-;-;;-;Rendah;disetujui\n\
    6;25/11/2026;November 2026;Politik;Musi Rawas Utara;Rupit;Noman;;;Camat;Penolakan hasil pilkades;1;-;-;-;;-;Rendah;ditolak\n";

const POTENTIALS: &str = "No;Nama Potensi;Tanggal;Kecamatan;Kemungkinan;Sumber/Sebab;Latar Belakang;Dampak;Upaya Penanganan;Keterangan;Rekomendasi;Kategori Risiko;Status;Catatan\n\
    1;Potensi bentrok antardesa;20/11/2026;Rupit;4;Sengketa batas desa;Kedua desa belum sepakat;Sangat Tinggi;Mediasi;Dikhawatirkan meluas;Patok batas;Sangat Tinggi;Disetujui;\n\
    2;Unjuk rasa di PT;21/11/2026;Nibung;3;Plasma;Warga menuntut;Tinggi;-;-;-;Tinggi;Draft;\n\
    3;Sengketa batas desa;21/11/2026;Karang Dapo;2;Patok;Tahun lalu 3 orang tewas;Tinggi;-;-;-;Tinggi;Disetujui;\n\
    4;Sengketa batas desa;22/11/2026;Nibung;2;Patok;Lama;Tinggi;-;-;-;Tinggi;Ditolak;koordinat salah\n";

const INCIDENTS: &str = "No;Nama Peristiwa;Tanggal Kejadian;Kecamatan;Lokasi;Sumber Sebab;Latar Belakang;Akibat;Korban Kritis;Korban Luka;Korban Mengungsi;Kerugian Materiil (Rp);Upaya Penanganan;Upaya Pemulihan;Sumber;Status\n\
    1;Bentrok antarwarga;20/11/2026;Rupit;Ds. Noman;Sengketa batas desa;Isu pencurian sawit;Rumah dirusak;2;3;40;250.000.000;Polisi melerai;-;Intel Polres;disetujui\n\
    2;Tawuran pemuda;21/11/2026;Nibung;;Cekcok;-;-;1;0;0;1500000;-;-;Babinsa;disetujui\n\
    3;Unjuk rasa di PT;22/11/2026;Nibung;;Plasma;-;-;0;0;0;0;-;-;Babinsa;menunggu\n\
    4;Unjuk rasa di PT;23/11/2026;Nibung;;Plasma;-;-;0;0;0;0;-;-;Babinsa;draft\n\
    5;Unjuk rasa di PT;24/11/2026;Nibung;;Plasma;-;-;0;0;0;0;-;-;Babinsa;ditolak\n";

/// What became of the rows, with the stage that their reports say.
fn staged(bytes: &[u8]) -> Vec<String> {
    let stage = |reading: &RowReading| match &reading.fate {
        RowFate::Taken(reports) => {
            let fields = reports[0].fields(report::instant_text);
            fields.get("stage").map_or(String::new(), |stage| format!(" {}", stage.as_str().unwrap_or("?")))
        }
        _ => String::new(),
    };
    rows(bytes).iter().map(|reading| format!("{}{}", shape(reading), stage(reading))).collect()
}

const OF_WARNINGS: [&str; 6] = [
    "3: 16.13.01.2002 WP-05 1 2026-11-20 -/-/- potential",
    "4: refused sheet.not_approved 'menunggu'",
    "5: asked sheet.doubtful 'Tawuran pemuda di pesta, 2 orang luka'",
    "6: refused sheet.nothing_happened ''",
    "7: asked sheet.doubtful 'Simulasi banjir'",
    "8: refused sheet.not_approved 'ditolak'",
];
const OF_POTENTIALS: [&str; 4] = [
    "2: 16.13.01 WW-01 1 2026-11-20 -/-/- potential",
    "3: refused sheet.not_approved 'Draft'",
    "4: asked sheet.open_harm '3 orang tewas'",
    "5: refused sheet.not_approved 'Ditolak'",
];
const OF_INCIDENTS: [&str; 5] = [
    "2: 16.13.01.2002 WW-01 5 2026-11-20 -/5/40",
    "3: 16.13.03 WW-02 4 2026-11-21 -/1/0",
    "4: refused sheet.not_approved 'menunggu'",
    "5: refused sheet.not_approved 'draft'",
    "6: refused sheet.not_approved 'ditolak'",
];

#[test]
fn early_warnings_are_slight_signs() {
    assert_eq!(staged(WARNINGS.as_bytes()), OF_WARNINGS);
}

#[test]
fn potential_conflicts_are_slight_signs() {
    assert_eq!(staged(POTENTIALS.as_bytes()), OF_POTENTIALS);
}

#[test]
fn conflicts_that_happened_count_both_degrees_of_the_injured() {
    assert_eq!(staged(INCIDENTS.as_bytes()), OF_INCIDENTS);
}

/// The three forms as sheets of one workbook.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, text) in
        [("Kewaspadaan Dini", WARNINGS), ("Potensi Konflik", POTENTIALS), ("Peristiwa Konflik", INCIDENTS)]
    {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (row, line) in (0..).zip(text.lines()) {
            for (column, cell) in (0..).zip(line.split(';')).filter(|(_, cell)| !cell.is_empty()) {
                match cell.parse::<f64>() {
                    Ok(number) => sheet.write(row, column, number).unwrap(),
                    Err(_) => sheet.write(row, column, cell).unwrap(),
                };
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_of_the_three_forms_is_read_sheet_by_sheet() {
    let expected: Vec<&str> = [&OF_WARNINGS[..], &OF_POTENTIALS[..], &OF_INCIDENTS[..]].concat();
    assert_eq!(staged(&workbook()), expected);
}

#[test]
fn a_point_is_read_as_degrees_and_a_plus_code_gives_none() {
    let point = |cell: &str| {
        let text = format!(
            "Nama Potensi;Tanggal;Kecamatan;Koordinat\nSengketa batas desa;20/11/2026;Rupit;\"{cell}\"\n"
        );
        match &rows(text.as_bytes())[0].fate {
            RowFate::Taken(reports) => reports[0].point,
            other => panic!("{cell}: {other:?}"),
        }
    };
    for cell in ["-2.73, 102.9", "-2,73; 102,9", "-2.73,102.9"] {
        assert_eq!(point(cell), Some((-2.73, 102.9)), "{cell}");
    }
    for cell in ["6P5G+8V2 Rupit", "6P5G8V2Q+4W", "6P5G+8V2"] {
        assert_eq!(point(cell), None, "{cell}");
    }
}

#[test]
fn a_sign_that_tells_of_what_happened_is_asked_about_and_becomes_what_a_person_answers() {
    let text = "Tanggal;Kecamatan;Ancaman;Hambatan;Tantangan;Gangguan\n\
        20/11/2026;Rupit;-;-;-;Telah terjadi banjir, air naik\n\
        20/11/2026;Nibung;Bisa terjadi banjir bila hujan;-;-;-\n\
        20/11/2026;Karang Dapo;Rencana unjuk rasa dibatalkan;-;-;-\n\
        20/11/2026;Rupit;-;-;-;Banjir merendam 100 rumah\n\
        20/11/2026;Rupit;Banjir dikhawatirkan merendam 100 rumah;-;-;-\n";
    assert_eq!(
        staged(text.as_bytes()),
        [
            "2: asked sheet.doubtful 'Telah terjadi banjir, air naik'",
            "3: 16.13.03 WA-01 1 2026-11-20 -/-/- potential",
            "4: asked sheet.doubtful 'Rencana unjuk rasa dibatalkan'",
            "5: asked sheet.doubtful 'Banjir merendam 100 rumah'",
            "6: 16.13.01 WA-01 1 2026-11-20 -/-/- potential",
        ]
    );
    let key = rows(text.as_bytes())[0].key;
    let answered = rows_with(text.as_bytes(), |mapping| {
        mapping.answers.insert(key, crate::spreadsheet::row_answer::RowAnswer::Happened);
    });
    assert_eq!(shape(&answered[0]), "2: 16.13.01 WA-01 2 2026-11-20 -/-/-");
    let RowFate::Taken(reports) = &answered[0].fate else { panic!() };
    assert_eq!(reports[0].stage, None);
}

#[test]
fn what_a_table_forecasts_is_no_severity_and_money_and_pictures_are_not_read() {
    let text = "Tanggal;Kecamatan;Jenis Kejadian;Tingkat Risiko;Kemungkinan;Dampak;Foto Lokasi;Kerugian (Rp);Uraian Prediksi Dampak\n\
        20/11/2026;Rupit;Banjir;Sangat Tinggi;4;4;Nibung.jpg;250.000.000;3 orang luka\n";
    assert_eq!(shapes(text.as_bytes()), ["2: 16.13.01 WA-01 2 2026-11-20 -/-/-"]);
}

#[test]
fn those_who_are_wounded_are_beside_those_in_danger_of_their_lives_and_not_among_them() {
    let hurt = |headings: &str, cells: &str| {
        let text = format!("Tanggal;Kecamatan;Jenis Kejadian;{headings}\n20/11/2026;Rupit;Banjir;{cells}\n");
        shapes(text.as_bytes())[0].rsplit_once(' ').unwrap().1.to_owned()
    };
    assert_eq!(hurt("Kritis;Luka;Mengungsi", "1;4;7"), "-/5/7");
    assert_eq!(hurt("Korban Kritis (orang);Korban Luka (orang)", "3;2"), "-/5/-");
    assert_eq!(hurt("Luka;Luka Kritis", "4;1"), "-/4/-");
    assert_eq!(hurt("Luka;Luka Berat;Luka Ringan", "4;1;3"), "-/4/-");
    let grouped = "Nama Peristiwa;Tanggal;Kecamatan;Akibat;Korban;;;Sebab\n;;;;Kritis;Luka;Mengungsi;\n\
        Tawuran pemuda;20/11/2026;Rupit;-;1;2;9;-\n";
    assert_eq!(shapes(grouped.as_bytes()), ["3: 16.13.01 WW-02 5 2026-11-20 -/3/9"]);
}

#[test]
fn a_status_that_waits_is_asked_about_in_any_table_and_what_happened_stays_so() {
    let text = "Tanggal;Kecamatan;Jenis Kejadian;Status\n20/11/2026;Rupit;Banjir;Menunggu Verifikasi\n\
        20/11/2026;Nibung;Banjir;Menunggu\n20/11/2026;Karang Dapo;Banjir;Dalam Penanganan\n";
    assert_eq!(
        staged(text.as_bytes()),
        [
            "2: asked sheet.doubtful 'Menunggu Verifikasi'",
            "3: asked sheet.doubtful 'Menunggu'",
            "4: 16.13.05 WA-01 2 2026-11-20 -/-/-",
        ]
    );
    // A list of what happened is none of signs, whatever else it names.
    let text = "LAPORAN KEWASPADAAN DINI;;;;\nTanggal;Kecamatan;Kejadian;Potensi Konflik;Luka\n\
        20/11/2026;Rupit;Tawuran pemuda;susulan;2\n";
    assert_eq!(staged(text.as_bytes()), ["3: 16.13.01 WW-02 4 2026-11-20 -/2/-"]);
}

#[test]
fn an_import_says_what_it_left_out_and_that_plus_codes_give_no_point() {
    use crate::archive::{Archive, Crosswalk, Format, Guide};
    let (places, taxonomy) = (places(), taxonomy());
    let crosswalk = Crosswalk::parse(include_str!("../../../../../config/crosswalk.csv")).unwrap();
    let class = domain::kind::FeedClass::Agency;
    let regency = Code::parse("16.13");
    let guide =
        Guide { places: &places, crosswalk: &crosswalk, class, dates: None, taxonomy: &taxonomy, regency };
    let source = Box::new(std::io::Cursor::new(WARNINGS.as_bytes().to_vec()));
    let mut archive = Archive::open("forms".into(), source, Format::Table, guide).unwrap();
    let mut signs = 0;
    while let Some(record) = archive.next_record().unwrap() {
        signs += usize::from(memchr::memmem::find(record.bytes, br#""stage":"potential""#).is_some());
    }
    let (fates, columns) = (archive.row_fates().unwrap(), archive.columns().unwrap());
    assert_eq!((signs, fates.asked), (1, 2), "{fates}");
    assert!(columns.contains("3 cells hold a plus code"), "{columns}");
    assert!(columns.contains("not read: 'No', 'Periode', 'Aspek', 'Foto', 'Sumber Informasi'"), "{columns}");
}

#[test]
fn exports_with_the_names_of_fields_for_headings_are_known_too() {
    let text = "id,nama,kecamatan,desa,latitude,longitude,kemungkinan_level,sumber_sebab,latar_belakang,dampak_level,upaya_penanganan,rekomendasi,tingkat_risiko,status,created_at\n\
        1,Sengketa batas desa,Rupit,Noman,-2.73,102.9,4,Patok,Warga berselisih,4,Mediasi,Patok,Sangat Tinggi,disetujui,2026-11-20T08:00:00.000000Z\n\
        2,Sengketa batas desa,Nibung,,6P5G+8V2,,4,Patok,Warga berselisih,4,Mediasi,Patok,Sangat Tinggi,menunggu,2026-11-20T08:00:00.000000Z\n";
    assert_eq!(
        staged(text.as_bytes()),
        [
            "2: 16.13.01.2002 WW-04 1 2026-11-20T15:00 -/-/- potential",
            "3: refused sheet.not_approved 'menunggu'"
        ]
    );
    let text = "id,periode,aspek,kecamatan,koordinat,ancaman_level,ancaman_uraian,hambatan_level,hambatan_uraian,prediksi_dampak_level,prediksi_dampak_uraian,tingkat_risiko,status,created_at\n\
        1,2026-11,Sosial,Rupit,6P5G+8V2 Rupit,3,Isu tawuran pemuda,1,Tidak ada,4,banyak korban luka,Tinggi,disetujui,2026-11-20 15:00:00\n";
    assert_eq!(staged(text.as_bytes()), ["2: 16.13.01 WW-02 1 2026-11-20T15:00 -/-/- potential"]);
    let text = "id,nama,tanggal,kecamatan,sumber_sebab,latar_belakang,akibat,korban_kritis,korban_luka,korban_mengungsi,kerugian_materiil,upaya_penanganan,upaya_pemulihan,lokasi,sumber,status\n\
        1,Tawuran pemuda,2026-11-20,Rupit,Cekcok,Sengketa batas desa,-,1,2,0,5000000,Dilerai,-,6P5G+8V2,Intel Polres,disetujui\n\
        2,Tawuran pemuda,2026-11-21,Rupit,Cekcok,-,-,0,0,0,0,Dilerai,-,,Intel Polres,draft\n";
    assert_eq!(
        staged(text.as_bytes()),
        ["2: 16.13.01 WW-02 4 2026-11-20 -/3/0", "3: refused sheet.not_approved 'draft'"]
    );
}
