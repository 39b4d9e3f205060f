//! Messages as people of a regency write them: nihil, forms, two villages, corrections, what was passed on, senders' places.

use super::*;

/// A chat of Lumajang, each line by its sender, a minute apart.
fn chat(lines: &[&str]) -> String {
    let line = |(at, line): (usize, &&str)| format!("28/11/26 08.{at:02} - {line}\n");
    lines.iter().enumerate().map(line).collect()
}

fn read(words: &Words, text: &str) -> ChatReading {
    words.reader("35.08").read(text, ChatOccasion { now: now(), order: None })
}

/// What each message became: kecamatan, village, category or reason, stance; and what is asked.
fn shapes(lines: &[&str]) -> Vec<String> {
    let words = Words::new();
    let reading = read(&words, &chat(lines));
    let of = |passage: &ChatPassage| {
        let asked: Vec<String> = passage.questions().unwrap_or_default().iter().map(name).collect();
        format!("{} {}", shape(&words, passage).join(" "), asked.join(" ")).trim_end().to_owned()
    };
    reading.passages.iter().map(of).collect()
}

fn name(question: &Question) -> String {
    format!("{question:?}").split(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn that_nothing_happened_is_proposed_for_its_place_and_period() {
    let words = Words::new();
    let text = chat(&[
        "Babinsa Tempeh: Selamat pagi, wilayah Kec. Tempeh aman terkendali, nihil kejadian",
        "Camat Tempursari: nihil",
        "Babinsa Kunir: Sitkam wil Koramil Kunir nihil menonjol",
        "Camat Pasrujambe: Lap situasi tgl 22 s/d 27 Nov: nihil kejadian menonjol",
        "Kades Bence: situasi aman kondusif pak",
        "Bu Sri: ga ada pak, aman",
        "Babinsa Klakah: siap aman pak",
        "Kades Bence: korban nihil",
    ]);
    let reading = read(&words, &text);
    let found: Vec<String> = reading
        .passages
        .iter()
        .map(|passage| match &passage.fate {
            PassageFate::Quiet(quiet) => {
                let hours = |time: Time| (time.0 - now().0).div_euclid(60 * MINUTE);
                let village = quiet.village.as_ref().map_or(0, |found| found.value);
                let name = words.places.name(quiet.district.as_ref().unwrap().value);
                format!("{name} {village} {} {}", hours(quiet.from), hours(quiet.to))
            }
            PassageFate::LeftOut(reason) => reason.as_str().to_owned(),
            PassageFate::Proposed(_) => "proposed".to_owned(),
        })
        .collect();
    assert_eq!(
        found,
        [
            "Tempeh 0 -31 -7",
            "Tempursari 0 -31 -7",
            "Kunir 0 -31 -7",
            "Pasrujambe 0 -159 -15",
            "Kedungjajang 2008 -31 -7",
            "nothing",
            "nothing",
            "nothing",
        ]
    );
    assert!(
        reading.passages[1].asks(&Question::SenderPlace) && !reading.passages[0].asks(&Question::SenderPlace)
    );
    let counts = reading.counts();
    assert_eq!((counts.proposed, counts.asked, counts.left_out), (2, 3, 3));
}

#[test]
fn that_no_incident_was_is_a_nihil_and_a_sender_of_a_village_is_placed() {
    let words = Words::new();
    let read = |text: &str| words.reader("16.13").read(text, ChatOccasion { now: now(), order: None });
    for text in [
        "28/11/26 08.00 - Kades Batu Kucing: td mlm aman tdk ada kejadian",
        "28/11/26 08.00 - Kades Pauh: hari ini nihil",
    ] {
        let reading = read(text);
        assert!(reading.passages[0].asks(&Question::SenderPlace), "{text}: {:?}", reading.passages[0].fate);
    }
    let log = "28/11/26 08.00 - Bhabin Noman: Log pos Rupit:\n06.40 Noman: nihil\n07.20 Pantai: pohon tumbang menutup jalan";
    let reading = read(log);
    let last = shape(&words, reading.passages.last().unwrap());
    assert_eq!(
        last.join(" "),
        "16.13.01 2009 WA-08 affirms",
        "a village that is a word of every day heads a line"
    );
    // Whose office is new or of old is of no village.
    for name in ["Kades Baru", "Camat Lama"] {
        assert!(words.reader("16.13").sender(name).place.district.is_none(), "{name}");
    }
}

#[test]
fn a_form_of_several_lines_is_one_proposal_of_the_place_that_it_names() {
    let form = "Laporan lahar\nHari: Sabtu 28 Nov 2026\nPukul: 08.00 WIB\nLokasi: DAS Besuk Kobokan, Ds. Supiturang\nBanjir lahar hujan, jembatan gantung putus\nKorban: 1 MD, 3 luka ringan";
    assert_eq!(
        shapes(&[&format!("Camat Pronojiwo: {form}"), &format!("+62 812-3456-7890: {form}")]),
        ["35.08.02 2006 WA-07 affirms"; 2]
    );
    // The same where nothing says that Besuk is a river, and where a stop stands before the village.
    for form in [form.replace("DAS ", ""), form.replace("DAS Besuk Kobokan,", "Besuk Kobokan.")] {
        assert_eq!(shapes(&[&format!("Camat Pronojiwo: {form}")]), ["35.08.02 2006 WA-07 affirms"]);
    }
    assert_eq!(shapes(&["Pak Yanto: lahar di DAS Besuk Kobokan"]), ["- - WA-07 affirms NoPlace"]);
    // A river called as a village of another kecamatan than the sender's is asked about.
    let cold = "Lahar dingin Besuk Sat jam 07.10, jembatan putus";
    assert_eq!(shapes(&[&format!("Camat Candipuro: {cold}")]), ["- - WA-07 affirms SeveralPlaces"]);
    assert_eq!(shapes(&[&format!("Camat Tempeh: {cold}")]), ["35.08.05 2008 WA-07 affirms"]);
}

#[test]
fn what_is_written_below_the_head_of_a_daily_report_is_parted() {
    let head = "Laporan harian\nHari: Sabtu 28 Nov 2026\nWaktu: 06.00 WIB\nTempat: wilayah Koramil";
    let incidents = "Banjir merendam jalan di Ds Pandanwangi Kec Tempeh. Longsor menutup jalan di Ds Supiturang Kec Pronojiwo.";
    let parted = ["35.08.05 2001 WA-01 affirms", "35.08.02 2006 WA-06 affirms"];
    assert_eq!(shapes(&[&format!("Pak Yanto: {head}\n{incidents}")]), parted);
    // What happened as it went on is of the one incident.
    let narrated = format!("Pak Yanto: {head}\nKronologis: {incidents}");
    assert_eq!(shapes(&[&narrated]).len(), 1);
}

#[test]
fn of_several_villages_of_one_kecamatan_none_is_chosen_unasked() {
    assert_eq!(
        shapes(&[
            "Kapolsek Tempeh: perkelahian antar pemuda Ds Besuk vs Ds Pulo kec Tempeh, 2 org luka bacok",
            "Camat Ranuyoso: kekeringan, warga ds Jenggrong & ds Meninjo butuh air bersih",
            "Kades Purworejo: rapat batas desa dgn ds Kandangan ricuh, balai desa dilempari batu",
            "Babinsa Tempeh: warga Ds Besuk memblokir jalan PT di Ds Pulo kec Tempeh",
            "Danramil Senduro: longsor di jalur Senduro - Ranupani km 8 ds Burno, jln tertutup",
        ])
        .iter()
        .map(|shape| (shape[..13].trim().to_owned(), shape.contains("SeveralVillages")))
        .collect::<Vec<_>>(),
        [
            ("35.08.05 - WW".into(), true),
            ("35.08.20 - WA".into(), true),
            ("35.08.12 - WW".into(), true),
            ("35.08.05 2010".into(), false),
            ("35.08.12 2005".into(), false),
        ]
    );
}

#[test]
fn the_place_of_the_sender_is_offered_where_none_is_named() {
    assert_eq!(
        shapes(&[
            "Kades Bence: maling sapi tadi malam",
            "Kades Jokarto: rumah pak lurah dilempar petasan",
            "~Kades Bence: maling sapi lagi",
            "Pak Yanto: maling sapi lagi di sini",
        ])
        .iter()
        .map(|shape| (shape[..13].to_owned(), shape.contains("SenderPlace"), shape.contains("NoPlace")))
        .collect::<Vec<_>>(),
        [
            ("35.08.16 2008".into(), true, false),
            ("35.08.05 2012".into(), true, false),
            ("- - WW-12 aff".into(), false, true),
            ("- - WW-12 aff".into(), false, true),
        ]
    );
}

#[test]
fn short_forms_of_the_field_are_read_as_they_are_meant() {
    let of = |text: &str| shapes(&[&format!("Pak Yanto: {text}")]).remove(0);
    assert!(!of("emak2 pd ribut soal bansos").starts_with("35.08"), "pada is not Padang");
    assert!(of("bentrok di Pd kec Padang").starts_with("35.08.14"));
    assert!(
        of("curnak di Dsn Krajan Ds Selok Awar2 kec Pasirian, sapi 2 ekor hilang")
            .starts_with("35.08.04 2005 WW-12")
    );
    assert!(of("curnak di Ds Bence, Tim SKD msh lidik").contains(" affirms"));
    assert!(of("curnak di Ds Bence, masih dalam penyelidikan polsek").contains(" affirms"));
    assert!(of("banjir di Ds Bence masih tinggi").contains(" continues"));
}

#[test]
fn what_was_passed_over_or_taken_for_another_kind_is_proposed() {
    let of = |text: &str| shapes(&[&format!("Pak Yanto: {text}")]).remove(0);
    for (text, category) in [
        ("pengajian di mushola dibubarkan warga ds Labruk Kidul kec Sumbersuko, situasi panas", "WW-10"),
        ("kebaktian dilarang warga di ds Bence", "WW-10"),
        ("Pohon sengon PT ditebang warga di afd Kajaran Ds Kertowono, 30 batang hilang", "WP-09"),
        ("kayu jati perhutani ditebang di ds Bence", "WP-09"),
        (
            "Unras warga Ds Darungan Kec Yosowilangun di kantor desa menolak hasil pilkades, kantor desa digembok warga",
            "WW-06",
        ),
        ("unras warga di pabrik PT ds Bence", "WP-06"),
        ("Banjir genangan di ds Bence karena drainase mampet", "WA-02"),
        ("banjir merendam 30 rumah di ds Bence", "WA-01"),
        ("banjir lahar di ds Supiturang", "WA-07"),
    ] {
        assert!(of(text).contains(category), "{text}: {}", of(text));
    }
}

#[test]
fn a_correction_is_the_message_before_it_of_its_sender_with_its_own_numbers() {
    let words = Words::new();
    let text = chat(&[
        "Kades Pandanwangi: Banjir rob masuk 20 rmh di Pandanwangi, 60 jiwa mengungsi ke balai desa",
        "Kades Bence: ralat, 26 rumah, 80 jiwa mengungsi",
        "Kades Pandanwangi: ralat, 26 rumah, 80 jiwa mengungsi",
        "Kades Pandanwangi: koreksi, 27 rumah, 82 jiwa",
    ]);
    let reading = read(&words, &text);
    let [first, other, own, last] = reading.passages.as_slice() else { panic!("{:?}", reading.passages) };
    assert!(!other.asks(&Question::Correction), "another's message is not corrected");
    assert!(own.asks(&Question::Correction));
    assert!(last.asks(&Question::Correction));
    let look_at = |passage: &ChatPassage| match &passage.fate {
        PassageFate::Proposed(proposal) => {
            proposal.look_at.iter().map(|span| text[span.clone()].to_owned()).collect()
        }
        _ => Vec::new(),
    };
    assert_eq!(look_at(last), ["27 rumah", "82 jiwa"], "of whom nobody says what they are");
    for one in [own, last] {
        assert_eq!(shape(&words, first)[..3], shape(&words, one)[..3]);
    }
    let displaced = |passage: &ChatPassage| match &passage.fate {
        PassageFate::Proposed(proposal) => proposal.displaced.as_ref().map(|found| found.value),
        _ => None,
    };
    assert_eq!((displaced(first), displaced(own)), (Some(60), Some(80)));
}

#[test]
fn a_correction_says_itself_what_it_corrects_and_without_a_sender_corrects_nothing() {
    let report = "Kades Pandanwangi: Banjir di Ds Pandanwangi Kec Tempeh jam 06.00, 60 jiwa mengungsi";
    let of = |correction: &str| shapes(&[report, &format!("Kades Pandanwangi: {correction}")]).remove(1);
    assert_eq!(
        of("ralat, lokasinya di Ds Besuk, bukan Ds Pandanwangi"),
        "35.08.05 2008 WA-01 affirms Correction"
    );
    assert_eq!(of("ralat, di Ds Besuk 80 jiwa mengungsi"), "35.08.05 2008 WA-01 affirms Correction");
    assert_eq!(of("ralat, lokasinya di Kec Nusantara"), "- - WA-01 affirms Correction UnknownPlace");
    assert_eq!(of("ralat, longsor bukan banjir"), "35.08.05 2001 WA-06 affirms Correction");
    assert_eq!(of("ralat, longsor di Ds Besuk Kec Tempeh"), "35.08.05 2008 WA-06 affirms Correction");
    let whole = "ralat, longsor di Ds Besuk Kec Tempeh jam 05.00, 20 jiwa mengungsi";
    assert_eq!(of(whole), "35.08.05 2008 WA-06 affirms WholeCorrection");
    assert_eq!(of("ralat pak"), "- - no_incident -", "nothing of it is corrected");
    assert_eq!(of("ralat, tidak ada banjir"), "35.08.05 2001 WA-01 denies Correction");
    let of_day = "35.08.05 2001 WA-01 affirms Correction FarTime";
    assert_eq!(of("ralat, kejadiannya tgl 2 Mei 2024"), of_day);
    // What was asked of the first and the correction leaves open is asked again.
    let unplaced =
        ["Kades Pandanwangi: Banjir, 60 jiwa mengungsi", "Kades Pandanwangi: ralat, 80 jiwa mengungsi"];
    assert_eq!(shapes(&unplaced)[1], "35.08.05 2001 WA-01 affirms Correction SenderPlace");
    let words = Words::new();
    let reading =
        read(&words, &chat(&[report, "Kades Pandanwangi: ralat, kejadian jam 05.00 bukan jam 06.00"]));
    let hour = |passage: &ChatPassage| match &passage.fate {
        PassageFate::Proposed(proposal) => proposal.occurred.as_ref().map(|found| found.value),
        _ => None,
    };
    let [first, second] = [0, 1].map(|at| hour(&reading.passages[at]).unwrap());
    assert_eq!(second.since(first), -60 * MINUTE);
    let notes =
        "Banjir di Ds Pandanwangi Kec Tempeh, 60 jiwa mengungsi\n\nralat, longsor di Ds Besuk, 2 orang luka";
    for passage in &read(&words, notes).passages {
        assert!(!passage.asks(&Question::Correction) && !passage.asks(&Question::WholeCorrection));
    }
}

#[test]
fn words_of_an_error_that_is_none_correct_nothing() {
    let report = "Kades Pandanwangi: Banjir di Ds Pandanwangi Kec Tempeh jam 06.00, 60 jiwa mengungsi";
    for other in [
        "Mohon ijin lapor, salah satu rumah terbakar di Ds Besuk Kec Tempeh",
        "Maaf pak salah satu warga dibacok di Ds Besuk Kec Tempeh",
        "Maaf pak, salah seorang warga dibacok di Ds Besuk Kec Tempeh",
        "mohon maaf kalau salah, ada tawuran di Ds Besuk Kec Tempeh",
        "Mohon ijin, salah paham warga Ds Besuk Kec Tempeh berujung bentrok",
    ] {
        let shape = shapes(&[report, &format!("Kades Pandanwangi: {other}")]).remove(1);
        assert!(!shape.contains("Correction"), "{other}: {shape}");
    }
    for own in
        ["maaf salah, 80 jiwa mengungsi", "maaf tadi salah ketik, 80 jiwa mengungsi", "salah tulis, 80 jiwa"]
    {
        let shape = shapes(&[report, &format!("Kades Pandanwangi: {own}")]).remove(1);
        assert!(shape.contains("Correction"), "{own}: {shape}");
    }
}

#[test]
fn what_was_passed_on_names_the_part_that_says_the_same() {
    let words = Words::new();
    let report = "Mhn izin melaporkan, hari ini pkl 06.30 wib di Ds Jugosari Kec Candipuro warga memortal jln tambang pasir";
    let text = chat(&[
        &format!("Kades Jugosari: {report}"),
        &format!("Kades Bades: Diteruskan\n{report}"),
        &format!("Kapolsek: *Diteruskan..*\n{report}"),
        &format!("Danramil: Fwd: {report}"),
        "Kades Bence: maling sapi",
        "Babinsa Klakah: maling sapi",
        &format!("Babinsa: {report} lagi"),
    ]);
    let copies: Vec<Option<usize>> =
        read(&words, &text).passages.iter().map(|passage| passage.copy_of).collect();
    assert_eq!(copies, [None, Some(0), Some(0), Some(0), None, None, None]);
}

#[test]
fn the_office_of_a_sender_is_not_the_source_of_another() {
    for (sender, source, is_other) in [
        ("Camat Lumajang", "bpbd-lumajang", true),
        ("Kapolsek Lumajang", "polres-lumajang", true),
        ("Danramil Senduro", "kodim-senduro", true),
        ("Camat Lumajang", "kec-lumajang", false),
        ("Pusdalops", "bpbd-lumajang", false),
        ("Kades Bence", "desa-bence", false),
    ] {
        assert_eq!(is_of_another_office(sender, source), is_other, "{sender} {source}");
    }
}
