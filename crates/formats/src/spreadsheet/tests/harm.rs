//! People hurt in a row's prose: what is marked in a chat is asked about in a table, and a column settles it.

use super::*;

/// What becomes of a row with this prose, and dead and injured in columns of their own.
fn fate(text: &str, dead: &str, injured: &str) -> String {
    let sheet = format!(
        "Tanggal;Kecamatan;Jenis Kejadian;Uraian;Meninggal;Luka\n28/11/2026;Rupit;Bentrok;{text};{dead};{injured}\n"
    );
    let shown = shapes(sheet.as_bytes()).remove(0);
    let fate = shown.split_once(": ").map(|(_, fate)| fate).unwrap();
    fate.split(" '").next().unwrap().replace("16.13.01 WW-01 ", "").replace("2026-11-28 ", "")
}

#[test]
fn what_a_rows_words_leave_open_of_people_hurt_is_asked_and_a_column_settles_it() {
    let open = "asked sheet.open_harm";
    for (text, dead, injured, right) in [
        ("dua desa, korban jiwa nihil, luka 4 org", "", "", "4 0/4/-"),
        ("dua desa, luka tembak 2 org, meninggal 1 org", "", "", "5 1/2/-"),
        ("dua desa menewaskan 2 warga", "", "", "5 2/-/-"),
        ("dua desa, korban jiwa belum diketahui", "", "", open),
        ("dua desa, puluhan luka", "", "", open),
        ("dua desa, LB 2, LR 3", "", "", "4 -/5/-"),
        ("dua desa, 2 luka, lalu 5 luka", "", "", open),
        ("dua desa, 2-3 orang luka", "", "", open),
        ("dua desa, maling dihajar sampai mati", "", "", open),
        ("dua desa, 30 KK mengungsi", "", "", open),
        ("dua desa, 2 orang hilang", "", "", open),
        ("dua desa, warga terluka", "", "", open),
        ("dua desa, 3 org babak belur", "", "", "4 -/3/-"),
        ("dua desa, pemuda babak belur", "", "", open),
        ("dua desa, 3 org gosong", "", "", open),
        ("dua desa, 3 org gosong", "0", "0", open),
        ("dua desa, 3 org gosong", "", "3", "4 -/3/-"),
        ("dua desa, 1 luka, 3 org gosong", "", "", open),
        ("dua desa, 200 orang hadir", "", "", "1 -/-/-"),
        ("dua desa, warga terluka", "", "3", "4 -/3/-"),
        ("dua desa, 2 luka, lalu 5 luka", "", "5", "4 -/5/-"),
        ("dua desa, korban jiwa belum diketahui", "0", "", "1 0/-/-"),
        ("dua desa, 2 orang hilang", "2", "", "5 2/-/-"),
    ] {
        let found = fate(text, dead, injured);
        // The severity where nobody was hurt is the category's.
        let found = if right.starts_with('1') { format!("1{}", &found[1..]) } else { found };
        assert_eq!(found, right, "{text}");
    }
}

/// Prose of rows, and how it is read beside the cell: taken (`+`), asked (`?`).
#[test]
fn a_row_of_what_was_averted_drilled_or_is_only_asked_after_is_asked_about() {
    for (category, text, asked) in [
        ("Bentrok", "bentrok urung terjadi", true),
        ("Bentrok", "bentrok tidak sampai terjadi, warga membubarkan diri", true),
        ("Bentrok", "bentrok antarwarga berhasil digagalkan", true),
        ("Bentrok", "bentrok dapat dihindari", true),
        ("Bentrok", "bentrok tidak dapat dihindari", false),
        ("Bentrok", "bentrok tak terhindarkan", false),
        ("Bentrok", "bentrok bisa diredam sebelum pecah", true),
        ("Bentrok", "mohon info kebenaran bentrok", true),
        ("Bentrok", "bentrok? mohon dicek", true),
        ("Banjir", "apel siaga banjir", true),
        ("Banjir", "TTX penanganan banjir", true),
        ("Banjir", "pelatihan tanggap banjir 30 peserta", true),
        ("Banjir", "peringatan 3 tahun banjir bandang", true),
        ("Banjir", "banjir 2024 lalu merendam desa", true),
        ("Unjuk rasa", "unjuk rasa tidak jadi dilaksanakan", true),
        ("Bentrok", "bentrok itu fitnah", true),
        ("Bentrok", "kejadian berawal dari fitnah, kemudian bentrok dua desa", false),
        ("Bentrok", "info bentrok masih simpang siur", true),
        ("Bentrok", "beredar kabar bentrok, masih didalami", true),
        ("Bentrok", "idak ado bentrok", true),
        ("Bentrok", "dak do bentrok", true),
        ("Bentrok", "bentrok menurut medsos, tidak ditemukan di lapangan", true),
        ("Bentrok", "ora ono bentrok", true),
        ("Bentrok", "kada ada bentrok", true),
        ("Bentrok", "mboten wonten bentrok", true),
        ("Bentrok", "mediasi bentrok tahun lalu di kantor camat", true),
        ("Bentrok", "polisi menangkap pelaku bentrok bulan lalu", true),
        ("Bentrok", "polisi tidak mampu mencegah bentrok", true),
        ("Bentrok", "bentrok antarwarga, polisi tidak ada di lokasi", false),
        ("Bentrok", "warga tidak terima, bentrok pecah", false),
        ("Banjir", "air sungai meluap, banjir merendam 30 rumah", false),
        ("Banjir", "banjir bandang, warga belum mengungsi", false),
    ] {
        let sheet = format!("Tanggal;Kecamatan;Jenis Kejadian;Uraian\n28/11/2026;Rupit;{category};{text}\n");
        let shown = shapes(sheet.as_bytes()).remove(0);
        assert_eq!(shown.contains("asked sheet.d"), asked, "{text}: {shown}");
    }
}

#[test]
fn a_row_that_only_says_it_is_over_is_an_ending_and_no_new_incident() {
    for (category, text, ends) in [
        ("Banjir", "Banjir sudah surut", true),
        ("Banjir", "Banjir di Ds Noman sdh surut", true),
        ("Banjir", "sudah surut", true),
        ("Pemblokiran jalan", "Portal sudah dibuka", true),
        ("Bentrok", "kedua pihak sudah berdamai", true),
        ("Karhutla", "api telah padam", true),
        ("Banjir", "Banjir merendam rumah, sudah surut", false),
        ("Banjir", "30 rumah tergenang, sudah surut", false),
        ("Banjir", "air mulai surut", false),
        ("Banjir", "banjir belum surut", false),
        ("Bentrok", "bentrok antar pemuda, sudah dilerai polisi", false),
        ("Unjuk rasa", "unjuk rasa sudah selesai", false),
        ("Banjir", "sudah surut. 2 orang meninggal", false),
    ] {
        let sheet = format!("Tanggal;Kecamatan;Jenis Kejadian;Uraian\n28/11/2026;Rupit;{category};{text}\n");
        let row = rows(sheet.as_bytes()).remove(0);
        let RowFate::Taken(reports) = row.fate else { panic!("{text}: {:?}", row.fate) };
        let fields = reports[0].fields(report::instant_text);
        let stance = fields.get("stance").map(|stance| stance.as_str().unwrap());
        assert_eq!(stance, ends.then_some("ends"), "{text}");
        assert!(fields.contains_key("severity"), "an ending is a statement");
    }
}

#[test]
fn a_clock_of_another_zone_and_of_twelve_hours_is_read_as_it_is_meant() {
    for (date, clock, found) in [
        ("20/11/2026", "18.00", "2026-11-20T18:00:00+07:00"),
        ("20/11/2026", "18.00 WIB", "2026-11-20T18:00:00+07:00"),
        ("20/11/2026", "18.00 WITA", "2026-11-20T17:00:00+07:00"),
        ("20/11/2026", "01.00 WIT", "2026-11-19T23:00:00+07:00"),
        ("20/11/2026 18.00 WITA", "", "2026-11-20T17:00:00+07:00"),
        ("20/11/2026", "8:30 PM", "2026-11-20T20:30:00+07:00"),
        ("20/11/2026 12:15 AM", "", "2026-11-20T00:15:00+07:00"),
        ("Jumat, 20 November 2026", "18.00", "2026-11-20T18:00:00+07:00"),
        ("Senin, 20 November 2026", "18.00", "asked sheet.other_weekday"),
    ] {
        let sheet = format!("Tanggal;Jam;Kecamatan;Jenis Kejadian\n{date};{clock};Rupit;Banjir\n");
        let row = rows(sheet.as_bytes()).remove(0);
        let shown = match &row.fate {
            RowFate::Taken(reports) => {
                let times = reports[0].times;
                assert!(times.occurred <= times.reported, "{date} {clock}");
                report::instant_text(times.occurred, times.zone)
            }
            _ => shape(&row).split_once(": ").unwrap().1.split(" '").next().unwrap().to_owned(),
        };
        assert_eq!(shown, found, "{date} {clock}");
    }
}

/// Missing people are not dead: a column counts them apart, the row is as grave as it was, and the report's words say it.
#[test]
fn the_missing_are_counted_apart_and_never_among_the_dead() {
    let of = |heading: &str, text: &str, dead: &str, missing: &str| {
        let sheet = format!(
            "Tanggal;Kecamatan;Jenis Bencana;Uraian;Meninggal;{heading}\n28/11/2026;Rupit;Banjir;{text};{dead};{missing}\n"
        );
        match rows(sheet.as_bytes()).remove(0).fate {
            RowFate::Taken(reports) => {
                let report = &reports[0];
                let fields = report.fields(report::instant_text);
                let summary = fields.get("summary").and_then(serde_json::Value::as_str).unwrap_or_default();
                assert_eq!(
                    fields.get("dead").and_then(serde_json::Value::as_u64),
                    report.dead.map(u64::from)
                );
                format!("{} {:?} {:?} {summary}", report.severity, report.dead, report.missing)
            }
            RowFate::Asked(trouble) | RowFate::Refused(trouble) => trouble.sentence.key.to_owned(),
        }
    };
    let flood = "air naik di dua desa";
    for (heading, text, dead, missing, right) in [
        ("Hilang", flood, "1", "2", "5 Some(1) Some(2) 2 orang hilang. air naik di dua desa"),
        ("Hilang", flood, "", "2", "5 None Some(2) 2 orang hilang. air naik di dua desa"),
        ("Orang Hilang", flood, "0", "1", "5 Some(0) Some(1) 1 orang hilang. air naik di dua desa"),
        ("Hilang", "air naik, 2 orang hilang", "0", "0", "2 Some(0) Some(0) air naik, 2 orang hilang"),
        ("Sumber", "air naik, 2 orang hilang", "0", "BPBD", "5 Some(0) None air naik, 2 orang hilang"),
        // Nobody knows how many of both are dead.
        ("Meninggal/Hilang", flood, "0", "3", "sheet.unread_harm"),
        ("Korban", flood, "0", "2 hilang", "sheet.unread_harm"),
    ] {
        assert_eq!(of(heading, text, dead, missing), right, "{heading}: {text} {dead} {missing}");
    }
}

/// A column that counts the dead is no answer where its cell is empty.
#[test]
fn a_victim_in_words_is_asked_about_where_the_row_counts_none() {
    let of = |dead: &str, hurt: &str, state: &str| {
        let head = "Tanggal;Kecamatan;Kejadian;Korban MD;Korban Luka;Kondisi Korban";
        let fate =
            shapes(format!("{head}\n28/11/2026;Rupit;Bentrok warga;{dead};{hurt};{state}\n").as_bytes())
                .remove(0);
        fate.contains("asked sheet.unread_harm")
    };
    assert!(of("", "", "MD") && of("0", "", "MD") && of("1", "", "luka berat"));
    assert!(!of("1", "", "MD") && !of("1", "2", "luka berat") && !of("", "", ""));
}

/// Families are no people: a person says so, and the report's words keep them.
#[test]
fn families_count_nobody_and_are_kept_in_words() {
    let text = "Tanggal;Kecamatan;Jenis Bencana;Uraian;Mengungsi (KK)\n28/11/2026;Rupit;Banjir;air naik;8\n";
    assert!(shapes(text.as_bytes())[0].contains("asked sheet.unread_harm"));
    let read =
        rows_with(text.as_bytes(), |mapping| mapping.columns[4] = Some(column::ColumnMeaning::Households));
    let RowFate::Taken(reports) = &read[0].fate else { panic!("{read:?}") };
    let fields = reports[0].fields(report::instant_text);
    assert_eq!(
        (reports[0].displaced, fields["summary"].as_str()),
        (None, Some("Mengungsi (KK): 8. air naik"))
    );
}

#[test]
fn families_are_never_lost_without_a_question() {
    let of = |heads: &str, cells: &str| {
        let text = format!("Tanggal;Kecamatan;Jenis Kejadian;{heads}\n28/11/2026;Rupit;Banjir;{cells}\n");
        shapes(text.as_bytes()).remove(0)
    };
    for (heads, cells, fate) in [
        ("Pengungsi KK;Pengungsi Jiwa", "45;", "asked sheet.families '45'"),
        ("Pengungsi KK;Pengungsi Jiwa", "45;0", "asked sheet.families '45'"),
        ("Mengungsi (KK);Mengungsi (Jiwa);Meninggal", "5;;1", "asked sheet.families '5'"),
        ("Pengungsi KK;Pengungsi Jiwa", "45;180", "16.13.01 WA-01 4 2026-11-28 -/-/180"),
        ("Pengungsi KK;Pengungsi Jiwa", "0;", "16.13.01 WA-01 2 2026-11-28 -/-/-"),
        ("Mengungsi", "45 KK", "asked sheet.families_in_cell '45 KK'"),
        ("Mengungsi", "45 banyak", "refused sheet.no_number '45 banyak'"),
        ("Terdampak KK;Mengungsi", "45;", "16.13.01 WA-01 2 2026-11-28 -/-/-"),
        ("Kerusakan Rumah RB;Kerusakan Rumah RS", "2;", "16.13.01 WA-01 3 2026-11-28 -/-/-"),
    ] {
        assert_eq!(of(heads, cells), format!("2: {fate}"), "{heads} {cells}");
    }
}

#[test]
fn words_that_all_is_quiet_are_a_nihil_and_any_other_word_is_asked_about() {
    let of = |cells: &str| {
        let text = format!("Tanggal;Kecamatan;Jenis Kejadian;Uraian\n28/11/2026;Rupit;{cells}\n");
        match &rows(text.as_bytes())[0].fate {
            RowFate::Taken(reports) => format!("nihil {}", reports[0].nothing_until.is_some()),
            RowFate::Refused(trouble) | RowFate::Asked(trouble) => trouble.sentence.key.to_owned(),
        }
    };
    for quiet in [
        ";Situasi aman, nihil kejadian",
        "Situasi aman nihil kejadian;",
        ";tidak ada kejadian menonjol, situasi kondusif",
        ";Sampai saat ini situasi wilayah aman terkendali, nihil gangguan kamtibmas",
    ] {
        assert_eq!(of(quiet), "nihil true", "{quiet}");
    }
    for open in [
        ";Situasi tidak aman",
        ";Situasi aman, 2 rumah tertimbun",
        ";warga resah, situasi aman",
        "Situasi aman;tanah longsor menutup jalan",
        ";kejadian menonjol",
    ] {
        assert_ne!(of(open), "nihil true", "{open}");
    }
}

#[test]
fn a_name_of_several_villages_is_asked_about() {
    let text = "Tanggal;Kecamatan;Desa;Jenis Kejadian\n28/11/2026;Rupit;Maur;Banjir\n28/11/2026;Rupit;Maur Lama;Banjir\n28/11/2026;Rupit;;Banjir\n";
    let shown = shapes(text.as_bytes());
    assert_eq!(shown[0], "2: asked sheet.several_villages 'Maur'");
    assert!(shown[1].starts_with("3: 16.13.01.2") && shown[2].starts_with("4: 16.13.01 "), "{shown:?}");
}

#[test]
fn people_hurt_in_a_column_that_is_not_read_are_asked_about() {
    let of = |dead: &str, heading: &str, cell: &str| {
        let text = format!(
            "Tanggal;Kecamatan;Jenis Kejadian;Meninggal;{heading}\n28/11/2026;Rupit;Bentrok;{dead};{cell}\n"
        );
        shapes(text.as_bytes()).remove(0)
    };
    for (dead, heading, cell, asked) in [
        ("", "Catatan petugas", "2 orang meninggal dunia", true),
        ("0", "Tindak lanjut", "2 orang meninggal dunia", true),
        ("2", "Catatan petugas", "2 orang meninggal dunia", false),
        ("", "Catatan petugas", "30 KK mengungsi", true),
        ("", "Dampak", "2 orang meninggal", true),
        ("", "Uraian Prediksi Dampak", "2 orang meninggal", false),
        ("", "Kerugian", "1 rumah rusak, 3 orang luka", true),
        ("", "Catatan petugas", "imbauan kepada warga agar mengungsi", false),
        ("", "Alasan", "Tulis di selnya misalnya 1 meninggal, 2 luka ringan", false),
    ] {
        let shown = of(dead, heading, cell);
        let question = format!("2: asked sheet.unread_harm '{cell}'");
        assert_eq!(shown == question, asked, "{heading} {cell}: {shown}");
        assert!(asked || shown.starts_with("2: 16.13.01 WW-01"), "{shown}");
    }
}

#[test]
fn prose_that_counts_more_than_a_column_is_asked_about() {
    let of = |cells: &str| {
        let text = format!(
            "Tanggal;Kecamatan;Jenis Kejadian;Meninggal;Luka;Mengungsi;Uraian\n28/11/2026;Rupit;Bentrok;{cells}\n"
        );
        shapes(text.as_bytes()).remove(0)
    };
    for (cells, fate) in [
        ("0;0;;2 orang luka tusuk", "asked sheet.prose_differs '0 / 2'"),
        (";0;;1 orang meninggal, 2 luka", "asked sheet.prose_differs '0 / 2'"),
        ("1;;;2 orang meninggal", "asked sheet.prose_differs '1 / 2'"),
        (";;0;45 KK mengungsi", "asked sheet.prose_differs '0'"),
        (";3;;2 orang luka dibawa ke puskesmas", "16.13.01 WW-01 4 2026-11-28 -/3/-"),
        ("0;2;;2 orang luka tusuk", "16.13.01 WW-01 4 2026-11-28 0/2/-"),
    ] {
        assert_eq!(of(cells), format!("2: {fate}"), "{cells}");
    }
}

#[test]
fn a_quarrel_with_officers_is_no_clash_between_villages() {
    let fate = |cell: &str| {
        let sheet = format!("Tanggal;Kecamatan;Jenis Kejadian\n28/11/2026;Rupit;{cell}\n");
        shapes(sheet.as_bytes()).remove(0)
    };
    let found = fate("bentrok warga dgn petugas saat eksekusi lahan");
    assert!(found.contains("WP-16"), "{found}");
    let found = fate("bentrok warga dengan polisi");
    assert!(found.contains("asked"), "{found}");
    assert!(fate("bentrok warga dua desa").contains("WW-01"));
}

#[test]
fn families_alone_are_asked_about_and_those_beside_people_are_kept_in_words() {
    let of = |heads: &str, cells: &str| {
        let text = format!("Tanggal;Kecamatan;Kejadian;{heads}\n27/11/2026;Rupit;Banjir;{cells}\n");
        shapes(text.as_bytes()).remove(0)
    };
    for heads in ["Mengungsi;KK", "Mengungsi;Jumlah KK"] {
        assert_eq!(of(heads, ";22"), "2: asked sheet.families '22'", "{heads}");
        assert_eq!(of(heads, "-;22"), "2: asked sheet.families '22'", "{heads}");
        assert_eq!(of(heads, "80;22"), "2: 16.13.01 WA-01 3 2026-11-27 -/-/80", "{heads}");
    }
    assert_eq!(of("Mengungsi;No. KK", ";1613010101"), "2: 16.13.01 WA-01 2 2026-11-27 -/-/-");
    for cell in ["15 KK/60 jiwa", "60 jiwa (15 KK)", "15KK, 60 org", "15 kk / 60 orang"] {
        assert_eq!(of("Mengungsi", cell), "2: 16.13.01 WA-01 3 2026-11-27 -/-/60", "{cell}");
        let text = format!("Tanggal;Kecamatan;Kejadian;Mengungsi\n27/11/2026;Rupit;Banjir;\"{cell}\"\n");
        let RowFate::Taken(reports) = rows(text.as_bytes()).remove(0).fate else { panic!("{cell}") };
        assert_eq!(reports[0].households, format!("Mengungsi: {cell}"));
    }
    assert_eq!(of("Mengungsi", "22 KK"), "2: asked sheet.families_in_cell '22 KK'");
    for heads in ["Jml Pengungsi", "Mengungsi (KK/Jiwa)", "Pengungsi (Jiwa)"] {
        assert_eq!(of(heads, "45 jiwa (12 KK)"), "2: 16.13.01 WA-01 3 2026-11-27 -/-/45", "{heads}");
        assert_eq!(of(heads, "12 KK"), "2: asked sheet.families_in_cell '12 KK'", "{heads}");
    }
}

#[test]
fn an_offence_that_hurt_people_is_asked_about_where_nothing_says_which_it_is() {
    let of = |cells: &str| {
        let text = format!("Tanggal;Kecamatan;Jenis;LB;MD;Uraian\n27/11/2026;Rupit;{cells}\n");
        shapes(text.as_bytes()).remove(0)
    };
    assert_eq!(of("Penganiayaan;1;;Korban dibacok tetangga"), "2: asked sheet.open_offence 'Penganiayaan'");
    assert_eq!(of("Pembunuhan;;1;x"), "2: asked sheet.open_offence 'Pembunuhan'");
    assert_eq!(of("Penganiayaan;;;dipukul"), "2: refused sheet.ordinary 'Penganiayaan'");
    assert_eq!(of("Laka lantas;1;;tabrakan"), "2: refused sheet.ordinary 'Laka lantas'");
}
