//! What a row means beside its cells: what it denies, plans or drills is no incident, what nobody approved is not taken, and
//! each count stands under its own heading.

use super::*;

const HEAD: &str = "No;Tanggal;Kecamatan;Jenis Kejadian;Uraian;Meninggal;Status\n";

/// What became of one row: its category's cell, prose, dead, status.
fn fate(row: &str) -> String {
    let text = format!("{HEAD}1;28/11/2026;Rupit;{row}\n");
    let shown = shapes(text.as_bytes()).remove(0);
    shown.split_once(": ").map(|(_, fate)| fate.split(" '").next().unwrap_or_default().to_owned()).unwrap()
}

#[test]
fn a_row_that_says_it_did_not_happen_is_no_incident() {
    for (row, key) in [
        ("Bentrok antarwarga;Isu bentrok antardesa tidak benar, hoaks. Situasi aman kondusif;;", "denied"),
        ("Bentrok;Hoaks: kabar bentrok tidak benar, 3 orang meninggal dunia tidak benar;3;", "denied"),
        (";Hoaks: kabar bentrok di Ulu Rawas tidak benar, 3 orang meninggal tidak benar;;", "denied"),
        ("Pemblokiran jalan;Setelah dicek babinsa tidak ada pemblokiran jalan;;", "denied"),
        ("Banjir;Tidak terjadi banjir, air normal;;", "denied"),
        ("Bentrok;Polres membantah adanya bentrok;;", "denied"),
        ("Banjir;banjir nihil;;", "denied"),
        ("Tidak ada bentrok;nihil;;", "denied"),
        ("Banjir (nihil);aman;;", "denied"),
        ("Banjir;nihil;;", "denied"),
        ("Banjir;Aman terkendali;;", "denied"),
        ("Hoaks bentrok;;;", "denied"),
        ("WW-01;Kabar itu bohong;;", "denied"),
        ("Bentrok;Kabar adanya bentrok ternyata tidak ada;;", "denied"),
        ("Bentrok;Warga melaporkan bentrok, polisi cek TKP nihil;;", "denied"),
        ("Banjir;Hasil pengecekan: nihil;;", "denied"),
        ("Banjir;Situasi wilayah aman dan kondusif;;", "denied"),
        ("Karhutla;0 hotspot;;", "denied"),
        ("Bentrok;kabar burung;;", "doubtful"),
        ("Bentrok;info bentrok masih dicek kebenarannya;;", "doubtful"),
        ("Bentrok;massa dua desa;;HOAKS", "denied"),
        ("Bentrok;massa dua desa;;Tidak benar", "denied"),
        ("Banjir;air naik;;Nihil", "denied"),
        ("Banjir;3 orang meninggal;3;Simulasi", "doubtful"),
        ("Banjir;3 orang meninggal;3;Fiktif", "denied"),
        ("Banjir;air naik;;Tidak valid", "denied"),
        ("Banjir;air naik;;Salah input", "denied"),
        ("Banjir;air naik;;Dicabut", "denied"),
        ("Banjir;air naik;;Ternyata tidak ada", "denied"),
        ("Banjir;air naik;;Ditarik", "doubtful"),
        ("Banjir;air naik;;Ditolak", "doubtful"),
        ("Banjir;air naik;;Draft", "doubtful"),
        ("Banjir;air naik;;Uji coba", "doubtful"),
        ("Banjir;air naik;;Tes", "doubtful"),
        ("Banjir;air naik;;Duplikat", "doubtful"),
        ("Banjir;air naik;;Belum dicek", "doubtful"),
        ("Unjuk rasa;Rencana unjuk rasa besok dibatalkan;;", "doubtful"),
        ("Unjuk rasa;akan unjuk rasa besok di kantor bupati;;", "doubtful"),
        ("Rencana unjuk rasa;di kantor bupati;;", "doubtful"),
        ("Bentrok;Bentrok berhasil dicegah, tidak jadi;;", "doubtful"),
        ("Bentrok;berhasil dicegah;;", "doubtful"),
        ("Bentrok;Simulasi penanganan bentrok, 3 korban meninggal;;", "doubtful"),
        ("Bentrok;Simulasi penanganan. 3 korban meninggal dibawa ke RS;;", "doubtful"),
        ("Simulasi banjir;3 korban meninggal;3;", "doubtful"),
        ("Bentrok;Beredar isu bentrok, katanya 3 orang meninggal;;", "doubtful"),
        ("Bentrok;Ada yang bilang hoaks, tapi benar terjadi bentrok;;", "doubtful"),
        ("Bentrok;Dua kelompok pemuda hampir bentrok;;", "doubtful"),
        ("Bentrok;nyaris terjadi antara dua desa;;", "doubtful"),
        ("Banjir;Apakah benar banjir di Noman?;;", "doubtful"),
    ] {
        let key = format!("asked sheet.{key}");
        assert_eq!(fate(row), key, "{row}");
    }
    assert_eq!(fate("Nihil;;;"), "16.13.01 X-00 0 2026-11-28 -/-/-", "a zero-report");
}

#[test]
fn a_row_that_only_speaks_of_what_was_not_or_may_be_is_taken() {
    for row in [
        "Banjir;Tidak ada korban jiwa;0;",
        "Banjir;Hasil pendataan korban nihil, rumah terendam 30;;",
        "Banjir;0 korban, banjir surut;0;",
        "Banjir;air naik setengah meter, korban nihil, kerugian nihil;;Selesai",
        "Banjir;Banjir merendam 30 rumah. Warga diimbau waspada banjir susulan;;Ditangani",
        "Banjir;Banjir bandang, berpotensi longsor susulan, 2 orang luka;;Belum selesai",
        "Bentrok;Bentrok dua kelompok pemuda karena salah paham. Tidak ada pembakaran;;",
        "Unjuk rasa;Unjuk rasa di kantor bupati berjalan aman dan kondusif;;Aman",
        "Bentrok;Bentrok dua desa dipicu isu pencurian sapi yang tidak benar;;",
        "Unjuk rasa;Unjuk rasa menolak rencana tambang, jangan ada lagi truk;;",
        "Unjuk rasa;Warga menuntut plasma dan klarifikasi perusahaan, massa unjuk rasa di kantor PT;;",
        "Bentrok;Kejadian berawal dari fitnah, kemudian bentrok warga, 2 orang luka;;",
        "Pemblokiran jalan;Warga memblokir jalan karena belum dibayar;;Proses",
        "Banjir;Hujan lebat hampir 3 jam di hampir semua desa, banjir merendam 30 rumah;;",
        "Banjir;Banjir di Noman. Simulasi evakuasi dijadwalkan bulan depan;;",
    ] {
        assert!(fate(row).starts_with("16.13.01 "), "{row}: {}", fate(row));
    }
}

/// Rows of rallies in the wording of police sheets, made up for this test; `true` where a person must be asked.
const RALLIES: [(&str, bool); 30] = [
    ("Unjuk rasa;Aman terkendali;;", false),
    ("Unjuk rasa;aman;;", false),
    ("Unjuk rasa;Situasi aman dan kondusif;;", false),
    ("UNRAS;Giat berjalan aman, tertib dan lancar;;", false),
    ("Unras;Pengamanan unras di kantor bupati, berjalan aman terkendali;;", false),
    ("Pengamanan unras;Berjalan aman dan tertib;;", false),
    ("Unjuk rasa;Massa 50 orang, selama kegiatan situasi kondusif;;", false),
    ("Aksi damai;Kegiatan selesai pukul 12.00, situasi aman terkendali;;", false),
    ("Demo;Massa membubarkan diri dengan tertib;;Aman", false),
    ("Demonstrasi;Berlangsung damai, tidak ada korban;;", false),
    ("Unjuk rasa;Berjalan aman tanpa kericuhan;;", false),
    ("Unjuk rasa;Berjalan tertib, tidak terjadi gangguan yang menonjol;;", false),
    ("Unjuk rasa di kantor PT;Audiensi diterima manajer, situasi aman kondusif;;", false),
    ("Unjuk rasa;Selama aksi nihil gangguan, situasi terkendali;;", false),
    ("Unjuk rasa warga;wilayah aman kondusif;;Selesai", false),
    ("Aksi massa;Sdh selesai, sit aman kondusif;;", false),
    ("Unjuk rasa;Warga menuntut plasma, kegiatan berakhir aman;;", false),
    ("Unjuk rasa;Orasi bergantian, tidak anarkis, kondusif;;", false),
    ("Unjuk rasa;Tidak ada unjuk rasa, situasi aman;;", true),
    ("Unjuk rasa;Nihil unras, situasi kondusif;;", true),
    ("Unjuk rasa;nihil;;", true),
    ("Unjuk rasa;Batal, situasi aman;;", true),
    ("Unjuk rasa;Unjuk rasa besok di kantor bupati, situasi masih aman;;", true),
    ("Rencana unjuk rasa;situasi aman;;", true),
    ("Unjuk rasa;Isu unras tidak benar, situasi aman kondusif;;", true),
    ("Unjuk rasa;Simulasi pengamanan unras berjalan aman;;", true),
    ("Unjuk rasa;Situasi aman, massa tidak jadi datang;;", true),
    ("Banjir;Aman terkendali;;", true),
    ("Bentrok;Situasi aman dan kondusif;;", true),
    ("Pemblokiran jalan;aman terkendali;;", true),
];

#[test]
fn a_rally_that_went_off_in_peace_is_taken_and_one_that_was_none_is_asked_about() {
    let asked = |row: &str| fate(row).starts_with("asked");
    let wrong: Vec<&str> =
        RALLIES.iter().filter(|(row, is_asked)| asked(row) != *is_asked).map(|(row, _)| *row).collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), RALLIES.len());
}

/// What a person answers of a row is what becomes of it, whatever its words leave open; nothing else of the row changes.
#[test]
fn the_answer_of_a_person_decides_whether_it_happened() {
    use crate::spreadsheet::row_answer::{RowAnswer, RowKey};
    let text = format!(
        "{HEAD}1;28/11/2026;Rupit;Bentrok;kabar burung, 2 orang luka;;\n2;28/11/2026;Nibung;Banjir;nihil;3;\n\
         3;28/11/2026;Rupit;Bentrok;massa dua desa;;HOAKS\n4;28/11/2026;Rupit;Banjir;air naik;;\n\
         5;;Rupit;Bentrok;kabar burung;;\n"
    );
    let keys: Vec<RowKey> = rows(text.as_bytes()).iter().map(|row| row.key).collect();
    let answered = |answers: &[(usize, RowAnswer)]| {
        let answers = answers.iter().map(|(row, answer)| (keys[*row], *answer)).collect();
        rows_with(text.as_bytes(), |mapping| mapping.answers.clone_from(&answers))
    };
    let asked = answered(&[]);
    assert!(asked[..3].iter().all(|row| matches!(&row.fate, RowFate::Asked(asked) if asked.asks_whether())));
    use RowAnswer::{Denied, Happened, LeftOut};
    let now = answered(&[(0, Happened), (1, Denied), (2, LeftOut), (4, Happened)]);
    let shown: Vec<String> = now.iter().map(shape).collect();
    assert_eq!(
        shown,
        [
            "2: 16.13.01 WW-01 4 2026-11-28 -/2/-",
            "3: 16.13.03 WA-01 5 2026-11-28 3/-/-",
            "4: refused sheet.left_out ''",
            "5: 16.13.01 WA-01 2 2026-11-28 -/-/-",
            "6: refused sheet.no_date ''",
        ]
    );
    let RowFate::Taken(reports) = &now[1].fate else { panic!("{:?}", now[1]) };
    let fields = reports[0].fields(report::instant_text);
    assert_eq!(fields["stance"], "denies");
    assert!(!fields.contains_key("dead") && !fields.contains_key("severity"), "{fields:?}");
    let RowFate::Taken(reports) = &now[0].fate else { panic!("{:?}", now[0]) };
    assert!(!reports[0].fields(report::instant_text).contains_key("stance"));
    assert_eq!(
        keys,
        now.iter().map(|row| row.key).collect::<Vec<_>>(),
        "answers leave the names of rows alone"
    );
}

/// A cell of a column beside the prose, whose heading says what it is of.
fn noted(heading: &str, cell: &str) -> String {
    let text = format!(
        "Tanggal;Kecamatan;Jenis Kejadian;Uraian;{heading}\n28/11/2026;Rupit;Banjir;air naik;{cell}\n"
    );
    let shown = shapes(text.as_bytes()).remove(0);
    shown.split_once(": ").map(|(_, fate)| fate.split(" '").next().unwrap_or_default().to_owned()).unwrap()
}

#[test]
fn a_note_or_a_check_that_calls_the_row_untrue_is_asked_about() {
    for (heading, cell, key) in [
        ("Validasi", "tidak", "doubtful"),
        ("Validasi", "Belum", "doubtful"),
        ("Valid", "N", "doubtful"),
        ("Terverifikasi", "False", "doubtful"),
        ("Hasil cek", "ternyata tidak ada", "denied"),
        ("Catatan", "laporan tidak terbukti", "denied"),
        ("Tindak lanjut", "dicek ke TKP nihil", "denied"),
        ("Catatan", "informasi bohong", "denied"),
        ("Hasil verifikasi", "tidak ditemukan banjir", "denied"),
        ("Lainnya", "HOAKS", "denied"),
    ] {
        assert_eq!(noted(heading, cell), format!("asked sheet.{key}"), "{heading}: {cell}");
    }
    for (heading, cell) in [
        ("Validasi", "Ya"),
        ("Validasi", "valid"),
        ("Status", "Belum selesai"),
        ("Status", "Ditangani"),
        ("Catatan", "warga diimbau tidak menyebarkan hoaks"),
        ("Catatan", "korban tidak ditemukan"),
        ("Catatan", "nihil"),
        ("Tindak lanjut", "tidak ada"),
        ("Tindak lanjut", "akan dilakukan mediasi besok"),
        ("Tindak lanjut", "tidak ditemukan korban jiwa"),
        ("Lainnya", "0"),
    ] {
        assert!(noted(heading, cell).starts_with("16.13.01 "), "{heading}: {cell}: {}", noted(heading, cell));
    }
}

#[test]
fn what_kobotoolbox_did_not_approve_is_not_taken() {
    for heading in
        ["_validation_status", "_validation_status/label", "_validation_status.uid", "Status Validasi"]
    {
        let text = format!(
            "Tanggal;Kecamatan;Jenis Kejadian;Uraian;{heading}\n28/11/2026;Rupit;Banjir;a;validation_status_not_approved\n\
             28/11/2026;Nibung;Banjir;b;validation_status_approved\n28/11/2026;Karang Dapo;Banjir;c;On Hold\n\
             28/11/2026;Karang Dapo;Banjir;d;\n"
        );
        let shown: Vec<String> =
            shapes(text.as_bytes()).iter().map(|one| one.chars().take(25).collect()).collect();
        assert_eq!(
            shown,
            [
                "2: refused sheet.not_appr",
                "3: 16.13.03 WA-01 2 2026-",
                "4: refused sheet.not_appr",
                "5: 16.13.05 WA-01 2 2026-"
            ],
            "{heading}"
        );
    }
}

#[test]
fn korban_jiwa_are_the_dead_and_a_number_of_victims_are_people_hurt() {
    let text = "Tanggal;Kecamatan;Jenis Kejadian;Korban Jiwa\n28/11/2026;Rupit;Banjir;3\n";
    assert_eq!(shapes(text.as_bytes()), ["2: 16.13.01 WA-01 5 2026-11-28 3/-/-"]);
    let text = "Tanggal;Kecamatan;Jenis Kejadian;Korban Jiwa;Meninggal;Luka\n28/11/2026;Rupit;Banjir;5;1;4\n";
    assert_eq!(shapes(text.as_bytes()), ["2: 16.13.01 WA-01 5 2026-11-28 1/4/-"]);
    let text = "Tanggal;Kecamatan;Jenis Kejadian;Jumlah Korban\n28/11/2026;Rupit;Banjir;3\n";
    assert_eq!(shapes(text.as_bytes()), ["2: 16.13.01 WA-01 4 2026-11-28 -/3/-"]);
}

#[test]
fn a_column_of_hazards_holds_no_conflict() {
    let text = "Tanggal;Kecamatan;Jenis Bencana;Uraian\n28/11/2026;Rupit;KONFLIK SOSIAL;dua dusun\n\
                28/11/2026;Rupit;Aksi Teror;ledakan\n28/11/2026;Rupit;NIHIL;\n28/11/2026;Rupit;Epidemi;diare\n\
                28/11/2026;Rupit;Banjir (nihil);aman\n";
    let shown = shapes(text.as_bytes());
    assert_eq!(
        shown,
        [
            "2: asked sheet.unknown_category 'KONFLIK SOSIAL'",
            "3: asked sheet.unknown_category 'Aksi Teror'",
            "4: 16.13.01 X-00 0 2026-11-28 -/-/-",
            "5: 16.13.01 X-00 1 2026-11-28 -/-/-",
            "6: asked sheet.denied 'Banjir (nihil)'",
        ]
    );
}

#[test]
fn two_rows_of_one_number_are_one_and_the_second_is_asked_about() {
    let id = "11111111-2222-4333-8444-555555555555";
    let text = format!(
        "_uuid;Tanggal;Kecamatan;Jenis Kejadian;Meninggal\n{id};28/11/2026;Karang Dapo;Banjir;\n\
         {id};27/11/2026;Rupit;Banjir;3\n;27/11/2026;Rupit;Banjir;1\n"
    );
    let shown = shapes(text.as_bytes());
    assert_eq!(shown[1], format!("3: asked sheet.same_id '{id}'"));
    assert!(shown[0].starts_with("2: 16.13.05") && shown[2].starts_with("4: 16.13.01"), "{shown:?}");
}

#[test]
fn a_report_that_was_edited_several_times_is_taken_and_a_number_of_many_places_is_asked_about() {
    let read = |id: &str, districts: [&str; 3]| {
        let row = |(district, dead): (&str, usize)| format!("{id};28/11/2026;{district};Banjir;{dead}\n");
        let rows: String = districts.into_iter().zip(1..).map(row).collect();
        shapes(format!("_uuid;Tanggal;Kecamatan;Jenis Kejadian;Meninggal\n{rows}").as_bytes())
    };
    let id = "11111111-2222-4333-8444-555555555555";
    let versions = read(id, ["Rupit"; 3]);
    assert!(versions[0].starts_with("2: 16.13.01"), "{versions:?}");
    assert_eq!(versions[1..], [3, 4].map(|line| format!("{line}: asked sheet.same_id '{id}'")));
    for number in [id, "-"] {
        let places = read(number, ["Rupit", "Karang Dapo", "Nibung"]);
        let asked = [2, 3, 4].map(|line| format!("{line}: asked sheet.number_of_all '{number}'"));
        assert_eq!(places, asked);
    }
    assert!(read("-", ["Rupit"; 3]).iter().all(|row| row.contains(": 16.13.01")), "it numbers none");
}

#[test]
fn headings_in_another_order_are_read_from_where_they_stand() {
    let text = "Tanggal;Kecamatan;Jenis Kejadian;Meninggal;Luka\n28/11/2026;Rupit;Banjir;0;2\n;;;;\nTABEL II;;;;\n\
                Tanggal;Kecamatan;Jenis Kejadian;Luka;Meninggal\n28/11/2026;Karang Dapo;Banjir;4;0\n\
                28/11/2026;Nibung;Banjir;0;1\n28/11/2026;Rupit;Banjir;2;0\n";
    assert_eq!(
        shapes(text.as_bytes()),
        [
            "2: 16.13.01 WA-01 4 2026-11-28 0/2/-",
            "4: refused sheet.title 'TABEL II'",
            "6: 16.13.05 WA-01 4 2026-11-28 0/4/-",
            "7: 16.13.03 WA-01 5 2026-11-28 1/0/-",
            "8: refused sheet.repeated ''",
        ]
    );
    // What lacks a date is refused row by row, and no row is passed over.
    let text = "Tanggal;Kecamatan;Jenis Kejadian;Luka\n28/11/2026;Rupit;Banjir;2\nKecamatan;Jenis Kejadian;Meninggal;Luka\n\
                Nibung;Banjir;3;1\n";
    assert_eq!(shapes(text.as_bytes())[1], "4: refused sheet.no_date_column ''");
    // The same headings again are no new table, in two rows neither.
    let text = "Tanggal;Kecamatan;Jenis;KORBAN;;Ket\n;;;MD;LB;\n28/11/2026;Rupit;Banjir;1;0;a\n\
                Tanggal;Kecamatan;Jenis;KORBAN;;Ket\n;;;MD;LB;\n28/11/2026;Nibung;Banjir;0;1;a\n\
                Tanggal;Kecamatan;Jenis;KORBAN;;Ket\n;;;LB;MD;\n28/11/2026;Nibung;Longsor;0;1;b\n";
    let shown = shapes(text.as_bytes());
    assert_eq!(shown.len(), 3);
    assert!(shown[1].ends_with("0/1/-") && shown[2].ends_with("1/0/-"), "{shown:?}");
}

#[test]
fn a_quotation_mark_that_nobody_closed_is_named_with_its_line() {
    let head = "Tanggal;Kecamatan;Jenis Kejadian;Uraian;Meninggal\n";
    let rows = "28/11/2026;Karang Dapo;Banjir;hanyut;3\n28/11/2026;Nibung;Longsor;tertimbun;2\n";
    for tail in ["", "28/11/2026;Nibung;Banjir;\"x\";1\n", "28/11/2026;Nibung;Banjir;kayu 5\";1\n"] {
        let text = format!("{head}28/11/2026;Rupit;Banjir;\"air naik;\n{rows}{tail}");
        let fault = read(text.as_bytes()).unwrap_err().0;
        assert_eq!((fault.key, fault.values), ("sheet.open_quote", vec![("line", "2".into())]), "{text}");
    }
    let text =
        format!("{head}28/11/2026;Rupit;Banjir;\"air naik\nlagi, \"\"deras\"\";\nlalu surut\";1\n{rows}");
    assert_eq!(shapes(text.as_bytes()).len(), 3);
}

#[test]
fn every_name_of_a_category_stands_alone() {
    for entry in taxonomy().entries().filter(|entry| entry.code != domain::kind::Category::OTHER) {
        for cell in [entry.label("id"), entry.label("en"), entry.spoken("id"), &entry.code.to_string()] {
            for text in ["", "dekat balai desa, 2 orang luka"] {
                let found = fate(&format!("{cell};{text};;"));
                assert!(found.starts_with("16.13.01 "), "{cell};{text}: {found}");
            }
        }
    }
}

#[test]
fn an_import_refuses_what_is_asked_and_gives_the_rows_back_under_their_own_headings() {
    use crate::archive::{Archive, Crosswalk, Format, Guide};
    let text = "Tanggal;Kecamatan;Jenis Kejadian;Meninggal;Luka\n28/11/2026;Rupit;Hoaks bentrok;3;0\n\
                Tanggal;Kecamatan;Jenis Kejadian;Luka;Meninggal\n28/11/2026;Nibung;Simulasi banjir;4;0\n\
                28/11/2026;Nibung;Banjir;1;0\n";
    let (places, taxonomy) = (places(), taxonomy());
    let crosswalk = Crosswalk::parse(include_str!("../../../../../config/crosswalk.csv")).unwrap();
    let class = domain::kind::FeedClass::Agency;
    let regency = Code::parse("16.13");
    let guide =
        Guide { places: &places, crosswalk: &crosswalk, class, dates: None, taxonomy: &taxonomy, regency };
    let open = |text: String| {
        let source = Box::new(std::io::Cursor::new(text.into_bytes()));
        let mut archive = Archive::open("list".into(), source, Format::Table, guide).unwrap();
        let mut reports = 0;
        while let Some(record) = archive.next_record().unwrap() {
            reports +=
                usize::from(record.bytes.starts_with(b"{\"category\":\"WA-01\"") && !record.bytes.is_empty());
        }
        (reports, archive.row_fates().unwrap(), archive.left_out().unwrap())
    };
    let (reports, fates, left_out) = open(text.to_owned());
    assert_eq!((reports, fates.taken, fates.asked), (1, 1, 2), "{fates}");
    assert!(
        fates.problems[0].why.contains("tidak benar") && fates.problems[1].why.contains("simulasi"),
        "{fates}"
    );
    let (_, fates, again) = open(left_out.replace("Simulasi banjir", "Banjir"));
    assert_eq!((fates.taken, fates.asked), (1, 1), "{left_out}");
    assert!(again.contains("Meninggal,Luka") && left_out.contains("Luka,Meninggal"), "{left_out}");
}

/// As in a chat: what a sheet says of a quiet day has its place.
#[test]
fn a_row_that_says_that_nothing_happened_in_a_place_on_a_day_is_a_zero_report() {
    let of = |row: &str| {
        let text = format!("Tanggal;Jam;Kecamatan;Desa;Kejadian;Meninggal;Uraian\n{row}\n");
        match rows(text.as_bytes()).remove(0).fate {
            RowFate::Taken(reports) => {
                let [report] = &reports[..] else { panic!("{reports:?}") };
                let fields = report.fields(report::instant_text);
                assert!(fields.get("kind").is_none() && fields.get("severity").is_none(), "{fields:?}");
                let (period, summary) = (&fields["nothing_happened"], fields.get("summary"));
                let place = fields.get("village").unwrap_or(&fields["district"]);
                let text = summary.map_or(String::new(), |text| format!(" {text}"));
                format!(
                    "{} {} {}{text}",
                    place.as_str().unwrap(),
                    &period["from"].as_str().unwrap()[..16],
                    &period["to"].as_str().unwrap()[..16]
                )
            }
            RowFate::Asked(trouble) | RowFate::Refused(trouble) => trouble.sentence.key.to_owned(),
        }
    };
    for word in ["NIHIL", "nihil kejadian", "Kondusif", "Aman terkendali"] {
        let row = format!("28/11/2026;;Rupit;;{word};;");
        assert_eq!(of(&row), "16.13.01 2026-11-28T00:00 2026-11-28T15:00", "{word}");
    }
    let row = "28/11/2026;;Rupit;Noman;NIHIL;0;patroli malam tanpa temuan";
    assert_eq!(of(row), "16.13.01.2002 2026-11-28T00:00 2026-11-28T15:00 \"patroli malam tanpa temuan\"");
    assert_eq!(of("27/11/2026;;Rupit;;NIHIL;;"), "16.13.01 2026-11-27T00:00 2026-11-27T23:59");
    assert_eq!(of("28/11/2026;;;;NIHIL;;"), "sheet.no_place", "of no place");
    assert_eq!(of(";;Rupit;;NIHIL;;"), "sheet.no_date", "of no day");
    assert_eq!(of("28/11/2026;;Rupit;;NIHIL;1;"), "sheet.nothing_happened", "somebody died");
}

/// A cell that is filled in without thought hides no event: such a row is refused with a sentence, as one that counts the dead is.
#[test]
fn a_row_that_tells_of_something_is_no_zero_report_whatever_its_cell_says() {
    let heads = "Tanggal;Kecamatan;Kejadian;Uraian;Mengungsi (KK);Rumah rusak;Keparahan";
    let of = |row: &str| {
        let text = format!("{heads}\n28/11/2026;Rupit;{row}\n");
        let families = Some(column::ColumnMeaning::Households);
        match rows_with(text.as_bytes(), |mapping| mapping.columns[4] = families).remove(0).fate {
            RowFate::Taken(reports) => format!("taken, nihil {}", reports[0].nothing_until.is_some()),
            RowFate::Asked(trouble) | RowFate::Refused(trouble) => trouble.sentence.key.to_owned(),
        }
    };
    for row in [
        "Aman;tanah longsor menutup jalan;;;",
        "Aman;tidak ada banjir, tanah longsor menutup jalan;;;",
        "NIHIL;;8;;",
        "NIHIL;;8 KK;;",
        "NIHIL;;;12;",
        "NIHIL;;;;4",
        "Orang hanyut;nihil;;;",
    ] {
        assert_eq!(of(row), "sheet.nothing_happened", "{row}");
    }
    for row in ["NIHIL;patroli malam;0;0;", "Aman;;nihil;-;-", ";nihil;;;", "-;aman;;;"] {
        assert_eq!(of(row), "taken, nihil true", "{row}");
    }
}

#[test]
fn two_rows_of_quiet_days_with_one_number_are_asked_about() {
    let id = "01KDTNM8M0Y02FSFQYZ0000002";
    let text = format!(
        "report_id;Tanggal;Kecamatan;Kejadian\n{id};27/11/2026;Rupit;NIHIL\n{id};28/11/2026;Nibung;NIHIL\n"
    );
    let mut read = rows(text.as_bytes());
    let RowFate::Asked(trouble) = read.remove(1).fate else { panic!("the second") };
    assert_eq!(trouble.sentence.key, "sheet.same_id");
}

#[test]
fn a_rally_is_what_those_who_gathered_did() {
    let of = |cells: &str| {
        let text = format!("Tanggal;Kecamatan;Jenis Kejadian;Uraian\n28/11/2026;Rawas Ilir;{cells}\n");
        shapes(text.as_bytes()).remove(0)
    };
    for (cells, category) in [
        ("Aksi massa;60 warga memblokir jalan hauling menuntut ganti rugi", "WP-05 3"),
        ("Aksi massa;60 warga menuntut ganti rugi, aman terkendali", "WP-06 1"),
        ("Unras;massa mengancam akan memblokir jalan hauling", "WP-06 2"),
        ("Unras;massa tidak memblokir jalan", "WP-06 2"),
    ] {
        assert_eq!(of(cells), format!("2: 16.13.04 {category} 2026-11-28 -/-/-"), "{cells}");
    }
}

#[test]
fn a_cell_of_a_conflict_and_a_disaster_is_asked_about() {
    let of = |cell: &str| {
        let text = format!("Tanggal;Kecamatan;Kejadian\n28/11/2026;Rupit;\"{cell}\"\n");
        shapes(text.as_bytes()).remove(0)
    };
    for cell in ["Banjir, tawuran", "Tawuran / Kebakaran rumah", "banjir dan bentrok antar dusun"] {
        assert_eq!(of(cell), format!("2: asked sheet.several_categories '{cell}'"));
    }
    for cell in ["Banjir dan tanah longsor", "Bentrok, tawuran", "Banjir"] {
        assert!(of(cell).starts_with("2: 16.13.01"), "{cell}: {}", of(cell));
    }
}
