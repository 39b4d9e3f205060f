//! Messages that list several incidents, and forms whose fields are numbered.

use super::*;

const NOW_HERE: &str = "2026-11-29T20:00:00+07:00";

pub(super) fn read(words: &Words, text: &str) -> ChatReading {
    let now = crate::decode::instant::parse(NOW_HERE).unwrap();
    let reading = words.reader("61.02").read(text, ChatOccasion { now, order: None });
    check(text, &reading);
    reading
}

/// What each part became: name of kecamatan and village, category, local time, dead and injured.
pub(super) fn shapes(text: &str) -> Vec<String> {
    let words = Words::new();
    let of = |passage: &ChatPassage| match &passage.fate {
        PassageFate::LeftOut(reason) => reason.as_str().to_owned(),
        PassageFate::Quiet(quiet) => {
            format!("nihil {}", words.places.name(quiet.district.as_ref().unwrap().value))
        }
        PassageFate::Proposed(proposal) => {
            let place = proposal
                .district
                .as_ref()
                .map_or("-".to_owned(), |found| words.places.name(found.value).to_owned());
            let number = |found: &Option<Finding<u32>>| {
                found.as_ref().map_or("-".to_owned(), |found| found.value.to_string())
            };
            let minute = proposal.occurred.as_ref().map_or(0, |found| found.value.0.div_euclid(MINUTE) + 420);
            let category = proposal.category.as_ref().map_or("?".to_owned(), |one| one.value.to_string());
            let (day, minute) = (minute.div_euclid(1440) - 20786, minute.rem_euclid(1440));
            let several = if passage.asks(&Question::SeveralIncidents) { " several" } else { "" };
            format!(
                "{place} {category} {day} {:02}.{:02} {}/{}{several}",
                minute / 60,
                minute % 60,
                number(&proposal.dead),
                number(&proposal.injured)
            )
        }
    };
    read(&words, text).passages.iter().map(of).collect()
}

pub(super) fn sent(text: &str) -> String {
    format!("29/11/2026 19.30 - Danramil: {text}\n")
}

#[test]
fn a_situation_report_of_several_kecamatan_is_a_part_of_each() {
    let expected = [
        "no_incident",
        "nihil Mempawah Hilir",
        "Mempawah Timur WA-12 0 11.00 0/0",
        "Sungai Kunyit WP-06 0 19.30 -/-",
    ];
    for sign in ["", "- ", "A. "] {
        let text = format!(
            "LAPHAR\n{sign}Kec. Mempawah Hilir : nihil\n{sign}Kec. Mempawah Timur : kebakaran ruko 3 pintu di kel Pulau Pedalaman pkl 11.00, nihil korban\n{sign}Kec. Sungai Kunyit : unras nelayan di PT Pelindo Mendalok, 80 org"
        );
        assert_eq!(shapes(&sent(&text)), expected, "{sign}");
    }
    let text = "Laporan Kejadian:\n- Sungai Kunyit: warga blokir jalan PT di Sungai Limau, 50 org\n- Toho: nihil\n- Sadaniang: perkelahian di Pentek, 2 luka\n- Jongkat: kebakaran ruko Jungkat pukul 02.00, 1 MD";
    assert_eq!(
        shapes(&sent(text))[1..],
        [
            "Sungai Kunyit WP-05 0 19.30 -/-",
            "nihil Toho",
            "Sadaniang WW-02 0 19.30 -/2",
            "Jongkat WA-12 0 02.00 1/-",
        ]
    );
    let text = "Lapsit Minggu 29 Nov 2026\nKec. Toho : nihil\nKec. Segedong : nihil\nKec. Jongkat : unras buruh di PT Sinar, 100 org\nKec. Anjongan : nihil";
    assert_eq!(
        shapes(&sent(text))[1..],
        ["nihil Toho", "nihil Segedong", "Jongkat WP-06 0 19.30 -/-", "nihil Anjongan"]
    );
    let text = "REKAP HARI INI\nKec. Segedong nihil\nDs Parit Bugis : kebakaran lahan 2 ha\nDs Sungai Burung : curanmor 1 unit\nDs Peniti Besar : banjir, 20 rumah terendam, 3 luka";
    // What only heads a list is no report.
    let text = &text.replace("HARI INI", "KEJADIAN HARI INI");
    let found = shapes(&sent(text));
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found[0], "no_incident");
    assert_eq!(found[1], "nihil Segedong");
    assert_eq!(found[4], "Segedong WA-01 0 19.30 -/3");
}

#[test]
fn each_line_of_a_log_has_its_own_place_clock_and_people() {
    let log = "06.40 Sungai Limau: tongkang kandas, warga menjarah muatan, 2 luka\n06.55 Toho: kebakaran lahan di Benuang";
    let found = shapes(log);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("Sungai Kunyit ") && found[0].ends_with(" 0 06.40 -/2"), "{found:?}");
    assert_eq!(found[1], "Toho WA-03 0 06.55 -/-");
    let log = "Catatan HT Pusdalops, Sabtu 28 Nov 2026\n06.40 dari pos Sungai Limau: ada tongkang kandas, warga menjarah muatan, monitor\n06.55 pos Toho: kebakaran lahan dekat SD Benuang, angin kencang\n07.20 pos Segedong: aman terkendali\n08.05 pos Anjongan: tabrakan beruntun simpang Anjungan, 2 meninggal 5 luka, macet 2 km";
    let found = shapes(log);
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found[1], "Sungai Kunyit ? -1 06.40 -/-", "asked, and not passed over");
    assert_eq!(found[2], "Toho WA-03 -1 06.55 -/-");
    assert_eq!(found[3..], ["nihil Segedong", "traffic_accident"]);
    let note = "Sabtu 28 Nov 2026, catatan radio HT\n06.40 pos Toho: kebakaran lahan di Benuang";
    assert_eq!(shapes(note), ["Toho WA-03 -1 06.40 -/-"], "a log of one line");
}

#[test]
fn a_form_whose_fields_are_numbered_is_one_report() {
    let form = |sign: &str| {
        [
            "Hari/tgl : Minggu, 29 November 2026",
            "Pukul : 03.15 WIB",
            "TKP : Ds. Sungai Kunyit Laut",
            "Kejadian : warga bakar pos jaga PT",
            "Korban : 1 org luka",
        ]
        .iter()
        .enumerate()
        .map(|(at, field)| format!("{}{sign} {field}\n", at + 1))
        .collect::<String>()
    };
    for text in [form("."), form(")"), format!("LAPORAN KEJADIAN\n{}Demikian Ndan", form("."))] {
        let found = shapes(&sent(text.trim_end()));
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with("Sungai Kunyit WP-") && found[0].ends_with(" 0 03.15 -/1"), "{found:?}");
    }
    let text = "1) Waktu: Sabtu 28/11 jam 22.00\n2) Tempat: Ds Sungai Nipah\n3) Kejadian: perkelahian pemuda\n4) Korban: 1 MD";
    assert_eq!(shapes(&sent(text)), ["Jongkat WW-02 -1 22.00 1/-"]);
    // The points of a list are of incidents, whatever fields one of them has.
    let text = "1. Ds Sepang: banjir, korban: 1 org luka\n2. Ds Pentek: longsor, jalan putus";
    assert_eq!(shapes(&sent(text)).len(), 2);
}

#[test]
fn lines_that_are_not_parted_are_asked_about() {
    let text = "06.40 warga blokir jalan PT di Ds Sepang\n07.30 kebakaran rumah";
    let found = shapes(text);
    assert!(found.len() > 1 || found[0].ends_with(" several"), "{found:?}");
    for one in [
        "banjir di Ds Sepang\nkorban nihil",
        "warga Ds Sepang blokir jalan PT\nmassa 50 org, portal masih terpasang",
    ] {
        assert!(!shapes(&sent(one))[0].ends_with(" several"), "{one}");
    }
}

#[test]
fn who_is_missing_is_not_dead_and_the_clock_behind_a_date_counts() {
    let text = "Selamat pagi Ndan\nIjin melaporkan\n- Waktu : 28 Nov 2026 / 19.30\n- Lokasi : Desa Bum-bun\n- Kejadian : Banjir bandang, 2 jembatan putus\n- Korban jiwa : 1 orang hilang";
    let found = shapes(&sent(text));
    assert!(found.len() == 1 && found[0].ends_with(" -1 19.30 -/-"), "{found:?}");
    let text =
        "Waktu : 28 Nov 2026\n19.30\nLokasi : Desa Bum-bun\nKejadian : Banjir bandang\nKorban jiwa 1 MD";
    assert!(shapes(&sent(text))[0].ends_with(" -1 19.30 1/-"));
    for (text, hurt) in [
        ("perkelahian di Sepang, korban jiwa 1 orang hilang", "-/-"),
        ("perkelahian di Sepang, korban jiwa: 2 orang luka ringan", "-/2"),
        ("perkelahian di Sepang, korban jiwa: 2 orang, luka 3", "2/3"),
        ("perkelahian di Sepang, korban jiwa 1 orang", "1/-"),
    ] {
        let found = shapes(&sent(text));
        assert!(found[0].ends_with(hurt), "{text}: {found:?}");
    }
}

#[test]
fn an_ending_without_a_category_is_asked_and_not_passed_over() {
    let words = Words::new();
    for text in [
        "warga Ps Panjang dan Ps Palembang sdh berdamai, mediasi di polsek",
        "warga dua dusun di Sepang sdh berdamai, situasi kondusif",
        "alhamdulillah yg hilang sdh ketemu selamat semua",
        "air di Sepang sdh surut",
    ] {
        let reading = read(&words, &sent(text).replace("Danramil", "Kades Sepang"));
        let PassageFate::Proposed(found) = &reading.passages[0].fate else {
            panic!("{text}: {:?}", reading.passages[0].fate)
        };
        assert_eq!(found.stance.value, Stance::Ends, "{text}");
        assert!(!found.questions.is_empty(), "{text}");
    }
    for text in ["hp yg hilang sdh ketemu", "rapat sdh selesai", "acara sdh bubar, aman"] {
        assert_eq!(read(&words, &sent(text)).counts().left_out, 1, "{text}");
    }
}

#[test]
fn a_radio_message_whose_clocks_stand_behind_semicolons_is_parted() {
    let text = "10-2 monitor pkl 16.00 Sungai Limau massa 100 org tutup jalan; pkl 17.30 massa bubar aman; pkl 17.45 simpang Anjongan laka lantas 1 MD";
    let found = shapes(&sent(text));
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0], "Sungai Kunyit WP-05 0 16.00 -/-");
    assert_eq!(found[2], "traffic_accident");
    let one = "pkl 16.00 warga Sungai Limau tutup jalan; massa 100 org; 2 luka";
    assert_eq!(shapes(&sent(one)).len(), 1);
}

#[test]
fn a_village_that_is_written_in_one_word_is_that_village() {
    let expected = ["Sadaniang WA-06 0 19.30 -/-"];
    assert_eq!(shapes(&sent("longsor di Ds Bumbun, jln putus")), expected);
    assert_eq!(shapes(&sent("longsor di Bumbun, jln putus")), expected);
    let words = Words::new();
    let reading = read(&words, &sent("longsor di jln poros Bumbun - Amawang, jln putus"));
    assert!(reading.passages[0].asks(&Question::SeveralVillages), "{:?}", reading.passages[0].fate);
}

#[test]
fn words_of_people_alone_are_asked_and_not_passed_over() {
    let words = Words::new();
    for text in [
        "update: yg kritis 1 org meninggal tadi subuh. total 2 MD",
        "maaf salah, 1 org luka",
        "Sabtu kmrn ada 2 nelayan Penibung hilang kontak, tim SAR mencari",
        "perahu nelayan Kuala Secapah terbalik dihantam ombak, tiga ABK hilang",
        "keracunan massal hajatan di Sekabuk, 23 org dirawat puskesmas",
        "Air sdh surut pak, pengungsi 12 KK sdh pulang ke rumah",
        "kejadian tgl 27 kmrn lusa: maling sawit PT di Galang, satpam dipukul 1 luka",
        "wil Toho aman, korban: 2 luka",
        "Toho nihil, 1 org hilang",
    ] {
        let reading = read(&words, &sent(text));
        assert!(reading.counts().left_out == 0, "{text}: {:?}", reading.passages[0].fate);
    }
    let text = "29/11/2026 19.00 - Kades Dema: ada keributan warga soal tanah waris di Dema, 2 org luka\n29/11/2026 19.10 - Kades Dema: maaf salah, 1 org luka\n";
    let reading = read(&words, text);
    assert!(reading.passages[1].asks(&Question::Correction));
    for text in [
        "sapi warga hilang 2 ekor ketemu",
        "laka lantas di jln raya Nusapati, 1 MD 2 LB",
        "pasien sembuh semua",
    ] {
        assert_eq!(read(&words, &sent(text)).counts().proposed, 0, "{text}");
    }
}

#[test]
fn the_head_of_a_list_gives_a_line_its_day_and_nothing_else() {
    for (head, day) in [("Laporan situasi sore ini", 0), ("Sabtu 28 Nov 2026", -1), ("Kejadian semalam", -1)]
    {
        let text =
            sent(&format!("{head}\n06.40 pos Toho: kebakaran lahan di Benuang\n07.15 pos Segedong: banjir"));
        let found = shapes(&text);
        assert!(
            found.iter().any(|part| part.starts_with(&format!("Toho WA-03 {day} 06.40 "))),
            "{head}: {found:?}"
        );
    }
    let words = Words::new();
    let text = sent("Laporan situasi sore ini\n06.40 pos Toho: kebakaran lahan\n07.15 pos Segedong: banjir");
    assert!(read(&words, &text).passages.iter().all(|part| !part.asks(&Question::AmbiguousTime)));
    // The small hours of a night that the head names are of the day behind it.
    let text = sent("Kejadian semalam\n23.30 Toho: banjir di Benuang\n01.30 Segedong: kebakaran lahan");
    assert_eq!(shapes(&text)[1..], ["Toho WA-01 -1 23.30 -/-", "Segedong WA-03 0 01.30 -/-"]);
}

#[test]
fn a_clock_begins_a_line_and_a_measure_or_a_date_does_not() {
    let log = "7.30 Toho: banjir di Benuang\n8.05 Segedong: longsor";
    assert_eq!(shapes(log), ["Toho WA-01 0 07.30 -/-", "Segedong WA-06 0 08.05 -/-"]);
    let log = "a. 06.40 Toho: banjir di Benuang\nb. 07.30 Segedong: longsor";
    assert_eq!(shapes(log), ["Toho WA-01 0 06.40 -/-", "Segedong WA-06 0 07.30 -/-"]);
    for text in ["10.15 ha lahan terbakar di Ds Benuang", "12.11.2026 lahan terbakar di Ds Benuang"] {
        assert!(
            !shapes(&sent(text))[0].contains(" 10.15 ") && !shapes(&sent(text))[0].contains(" 12.11 "),
            "{text}"
        );
    }
}

#[test]
fn a_head_that_names_violence_is_no_bare_head() {
    let words = Words::new();
    let lines = "\n1. Toho: nihil\n2. Segedong: warga blokir jalan";
    for head in
        ["Terjadi penembakan tadi malam", "ditemukan mayat", "Ada penyanderaan karyawan", "Massa berkumpul"]
    {
        let reading = read(&words, &sent(&format!("{head}{lines}")));
        assert!(reading.passages[0].asks(&Question::NoPlace), "{head}: {:?}", reading.passages[0].fate);
    }
    for head in ["Laporan kejadian:", "Rekap kejadian hari ini"] {
        let reading = read(&words, &sent(&format!("{head}{lines}")));
        assert_eq!(reading.passages[0].fate, PassageFate::LeftOut(LeftOut::NoIncident), "{head}");
    }
}

#[test]
fn a_name_in_bold_heads_its_line_and_a_fields_name_begins_none() {
    let bold = "*LAPHAR*\n*Kec. Toho* : nihil\n*Kec. Segedong* : kebakaran lahan 2 ha\n*Korban* : 2 luka\n*Kec. Jongkat :* banjir";
    let words = Words::new();
    let contradicts = "LAPHAR\n- Kec. Toho : nihil\n- Korban: 2 luka\n- Kec. Segedong : banjir";
    assert!(read(&words, &sent(contradicts)).passages[1].asks(&Question::NoCategory));
    let expected = ["nihil Toho", "Segedong WA-03 0 19.30 -/2", "Jongkat WA-01 0 19.30 -/-"];
    assert_eq!(shapes(&sent(bold))[1..], expected, "{bold}");
    for sign in ["-", "•", "*"] {
        let text = format!(
            "LAPHAR\n{sign} Kec. Toho : nihil\n{sign} Kec. Segedong : kebakaran lahan 2 ha\n{sign} Korban: 2 luka\n{sign} Kec. Jongkat : banjir"
        );
        assert_eq!(shapes(&sent(&text))[1..], expected, "{text}");
    }
    // What follows on the next line says nothing of whether a name heads its own.
    let text = "warga kumpul di Ds Sepang\n: 2 luka\nperkelahian pemuda di Ds Pentek";
    assert!(!shapes(&sent(text)).is_empty());
}

#[test]
fn a_correction_is_of_the_part_whose_place_it_names() {
    let words = Words::new();
    let list = "29/11/2026 19.30 - Danramil: LAPHAR\nKec. Toho : perkelahian pemuda pkl 11.00, 2 luka\nKec. Segedong : banjir pkl 13.00\n";
    let text = format!(
        "{list}29/11/2026 19.40 - Danramil: ralat, yang di Toho 3 luka\n29/11/2026 19.45 - Danramil: ralat, yang Kec Segedong 20 jiwa mengungsi\n29/11/2026 19.50 - Danramil: ralat lagi, 25 jiwa mengungsi\n"
    );
    let found = shapes(&text);
    assert_eq!(
        found[3..],
        ["Toho WW-02 0 11.00 -/3", "Segedong WA-01 0 13.00 -/-", "Segedong WA-01 0 13.00 -/-"],
    );
    let reading = read(&words, &text);
    let displaced = |at: usize| match &reading.passages[at].fate {
        PassageFate::Proposed(proposal) => proposal.displaced.as_ref().map(|found| found.value),
        _ => None,
    };
    assert_eq!([displaced(4), displaced(5)], [Some(20), Some(25)]);
}

#[test]
fn a_correction_that_names_what_it_was_and_no_place_is_of_that_part() {
    let text = "29/11/2026 19.30 - Danramil: LAPHAR\nKec. Toho : banjir pkl 13.00\nKec. Segedong : perkelahian pemuda, 2 luka\n29/11/2026 19.40 - Danramil: ralat, yg banjir pkl 14.00\n";
    assert_eq!(shapes(text)[3..], ["Toho WA-01 0 14.00 -/-"]);
}

#[test]
fn an_open_period_of_a_line_is_not_that_of_its_head() {
    let words = Words::new();
    for line in ["nihil bulan ini", "nihil tgl 32"] {
        let text = format!("LAPHAR tgl 28 Nov 2026\nKec. Toho : {line}\nKec. Segedong : banjir");
        let reading = read(&words, &sent(&text));
        let quiet = reading.passages.iter().find(|part| matches!(part.fate, PassageFate::Quiet(_))).unwrap();
        assert!(quiet.asks(&Question::QuietPeriod), "{line}: {:?}", quiet.fate);
    }
}

/// Whatever lines a message has: each that names a category lies in a part that is proposed, and no part has two of them unasked.
#[test]
fn no_line_of_a_list_is_lost() {
    let words = Words::new();
    let lines = [
        "Kec. Toho : nihil",
        "Segedong: kebakaran lahan 2 ha",
        "Kec. Jongkat : unras buruh di PT Sinar, 100 org",
        "Ds Sepang : banjir, 20 rumah terendam, 3 luka",
        "Sungai Kunyit: warga blokir jalan PT, 50 org",
        "Kec Sadaniang kebakaran rumah di Ds Pentek, 1 MD",
        "perkelahian pemuda di Ds Antibar, 2 luka",
        "Kec. Anjongan : longsor menutup jalan",
    ];
    let mut seed = 7_u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    let mut parted = 0;
    for _ in 0..300 {
        let sign = next(6);
        let mut chosen: Vec<usize> = (0..lines.len()).filter(|_| next(2) == 0).collect();
        let turn = next(chosen.len().max(1));
        chosen.rotate_left(turn);
        let mark = |place: usize| match sign {
            0 => String::new(),
            1 => "- ".to_owned(),
            2 => format!("{}. ", char::from(b'A' + place as u8)),
            3 => format!("{}. ", place + 1),
            4 => format!("{:02}.15 ", place + 5),
            _ => "• ".to_owned(),
        };
        let head = ["", "Laporan situasi sore ini\n", "LAPHAR Minggu 29 Nov 2026\n"][next(3)];
        let rows: Vec<String> =
            chosen.iter().enumerate().map(|(place, at)| mark(place) + lines[*at]).collect();
        let text = sent(&format!("{head}{}", rows.join("\n")));
        let reading = read(&words, &text);
        for row in &rows {
            let at = text.find(row.as_str()).unwrap() + row.len() / 2;
            let whole = |passage: &&ChatPassage| passage.text.contains(&at);
            let own = reading.passages.iter().find(whole).unwrap_or_else(|| panic!("{row} in {text:?}"));
            assert!(own.questions().is_some(), "{row} is passed over in {text:?}: {:?}", own.fate);
            let others = rows.iter().filter(|other| text[own.text.clone()].contains(other.as_str())).count();
            assert!(others < 2 || own.asks(&Question::SeveralIncidents), "{row} in {text:?}");
            if let (4, 1, PassageFate::Proposed(proposal)) = (sign, others, &own.fate) {
                // Whatever the head says of a day, the clock of a line is its own.
                let minute =
                    proposal.occurred.as_ref().map_or(0, |found| found.value.0.div_euclid(MINUTE) + 420);
                let minute = minute.rem_euclid(1440);
                assert!(
                    row.starts_with(&format!("{:02}.{:02}", minute / 60, minute % 60)),
                    "{row} in {text:?}"
                );
            }
            parted += usize::from(others == 1);
        }
    }
    assert!(parted > 700, "{parted}");
}
