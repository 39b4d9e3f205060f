//! What stands beside a nihil: another thing that the line tells, an event, a part that did not end, a kecamatan called like its
//! village. All of it is made up.

use super::wording::{last, passages, proposal};
use super::*;

/// Village or kecamatan, category or "?" or "nihil", and what is asked.
fn of(passages: &[ChatPassage]) -> Vec<String> {
    let words = Words::new();
    let place = |district: &Option<Finding<UnitId>>, village: &Option<Finding<u16>>| {
        let Some(unit) = district.as_ref().map(|found| found.value) else { return "-".to_owned() };
        let own = village.as_ref().map(|found| found.value);
        let villages = &words.places.unit(unit).villages;
        let name = own.and_then(|own| villages.iter().find(|one| one.number == own));
        name.map_or_else(|| words.places.name(unit).to_owned(), |one| one.name.clone())
    };
    let shape = |passage: &ChatPassage| match &passage.fate {
        PassageFate::LeftOut(reason) => reason.as_str().to_owned(),
        PassageFate::Quiet(quiet) => {
            format!("nihil {} {:?}", place(&quiet.district, &quiet.village), quiet.questions)
        }
        PassageFate::Proposed(own) => {
            let code = own.category.as_ref().map_or("?".to_owned(), |found| found.value.to_string());
            format!("{} {code} {:?}", place(&own.district, &own.village), own.questions)
        }
    };
    passages.iter().map(shape).collect()
}

#[test]
fn what_a_line_tells_besides_that_all_is_quiet_is_no_nihil() {
    for text in [
        "Kades Sekabuk: tolak tambang, warga Sekabuk pasang spanduk di jalan PT, situasi aman",
        "Kades Sekabuk: warga Sekabuk tolak pemasangan tiang listrik, kumpul 50 orang jam 9, situasi aman terkendali",
        "Bhabin Peniraman: warga Peniraman nolak pembangunan tower, kumpul 60 org di lokasi, tertib",
        "Kades Amawang: warga Amawang larang truk tambang lewat, situasi kondusif",
        "Kades Terap: warga Terap protes air keruh di balai desa, aman terkendali",
        "Kades Terap: pemuda Terap bakar ban di simpang, situasi kondusif",
        "Kades Terap: warga Terap cekcok soal parit, sudah aman",
        "Kades Terap: massa kepung rumah kadus di Terap, situasi terkendali",
        "Kades Terap: maling masuk rumah di Terap tadi malam, situasi aman",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::Proposed(_)), "{text}: {passage:?}");
    }
    // What else people did is asked about.
    for text in [
        "Kades Terap: warga Terap cabut plang PT, situasi aman",
        "Camat Toho: Kec. Toho nihil kecuali Terap",
        "Kades Terap: Terap nihil. Munting nihil",
        "Kades Terap: Terap nihil, besok demo di kantor PT",
        "Bhabin Terap: problem solving batas tanah warga Terap, sepakat damai",
        "Camat Toho: Nihil kejadian di 8 desa, hanya Terap listrik padam",
    ] {
        assert!(last(14, &[text]).asks(&Question::BesidesQuiet), "{text}: {:?}", last(14, &[text]));
    }
    for text in [
        "Kades Terap: situasi Terap aman, warga beraktivitas seperti biasa",
        "Kades Terap: Terap nihil, warga tetap tenang",
        "Kades Terap: Terap aman, himbauan agar warga tidak membuang sampah",
        "Kades Terap: nihil, tidak ada penolakan warga Terap",
    ] {
        let passage = last(14, &[text]);
        let is_ready = !passage.asks(&Question::BesidesQuiet);
        assert!(matches!(passage.fate, PassageFate::Quiet(_)) && is_ready, "{text}: {passage:?}");
    }
}

#[test]
fn of_what_people_do_every_day_nothing_is_asked() {
    for text in [
        "Kades Terap: warga Terap gotong royong bakar sampah",
        "Bhabin Terap: sambang, mendatangi rumah warga Terap",
        "Kades Terap: orang tua murid datangi sekolah di Terap ambil rapor",
        "Kades Terap: ritual tolak bala warga Terap",
        "Kades Terap: warga Terap bikin pagar masjid",
        "Bhabin Terap: penyuluhan tolak narkoba kepada pemuda Terap",
        "Kades Terap: warga dilarang parkir di depan balai Terap",
        "Kades Terap: hujan petir di Terap",
        "Kades Terap: giat jalan santai di Terap sudah dibuka camat",
        "Kades Terap: warga Terap menuntut ilmu di pengajian",
        "Kades Terap: pemuda Terap kumpul untuk rapat karang taruna",
        "Kades Terap: petani Terap ukur patok sawah bersama BPN",
        "Kades Terap: warga Terap bakar ikan bersama camat",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::LeftOut(_)), "{text}: {passage:?}");
    }
    for text in [
        "Kapolsek Toho: Kec. Toho aman, deklarasi tolak anarkis bersama warga",
        "Kapolsek Toho: Kec. Toho kondusif, imbauan agar warga tidak terprovokasi",
        "Kapolsek Toho: Kec. Toho nihil, rapat petani Terap soal pupuk",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::Quiet(_)), "{text}: {passage:?}");
    }
    // What people do against somebody counts, too, where somebody met over it or asks them to keep calm.
    for text in [
        "Kapolsek Toho: rapat dgn warga Terap yang tolak tambang, situasi aman",
        "Bhabin Terap: warga Terap tolak kebun, bhabin imbau jangan anarkis, situasi kondusif",
        "Kades Terap: 30 orang geruduk balai Terap",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::Proposed(_)), "{text}: {passage:?}");
    }
}

#[test]
fn a_nihil_is_of_a_whole_kecamatan_only_where_nothing_speaks_against_it() {
    let words = Words::new();
    let list = "28/11/26 20.05 - Camat Senduro: LAPORAN MINGGUAN\n1. Burno : Nihil\n2. Argosari : kebakaran hutan 3 ha\n3. Senduro: nihil\n";
    let now = crate::decode::instant::parse("2026-11-29T20:00:00+07:00").unwrap();
    let reading = words.reader("35.08").read(list, ChatOccasion { now, order: None });
    let asked = |reading: &ChatReading| reading.passages.last().unwrap().asks(&Question::WholeDistrict);
    assert!(asked(&reading), "{reading:?}");
    for (text, is_asked) in [
        ("Babinsa: Senduro nihil", true),
        ("Camat Senduro: Senduro nihil", false),
        ("Babinsa: Kec. Senduro nihil", false),
        ("Babinsa: desa Senduro nihil", false),
        ("Camat Senduro: Burno nihil, Senduro nihil", true),
        ("Camat Senduro: Kec. Senduro nihil kecuali Burno longsor", false),
    ] {
        let text = format!("28/11/26 20.05 - {text}\n");
        let reading = words.reader("35.08").read(&text, ChatOccasion { now, order: None });
        assert_eq!(asked(&reading), is_asked, "{text}: {reading:?}");
    }
    let found = of(&passages(14, &["Camat Sungai Pinyuh: Sungai Pinyuh nihil, Galang tawuran jam 10.00"]));
    assert_eq!(found, ["nihil Sungai Pinyuh [WholeDistrict]", "Galang WW-02 []"]);
}

#[test]
fn a_nihil_beside_an_event_is_a_part_of_its_own() {
    for (text, expected) in [
        (
            "Camat Sadaniang: Kec Sadaniang nihil kecuali Pentek ada longsor tgl 27 jam 04.00",
            &["nihil Sadaniang [WholeDistrict]", "Pentek WA-06 []"][..],
        ),
        (
            "Camat Segedong: seminggu ini Segedong aman kecuali Sungai Burung banjir sejak kemarin",
            &["nihil Segedong [WholeDistrict]", "Sungai Burung WA-01 [HourMissing]"],
        ),
        (
            "Kades Terap: Terap aman terkendali, hanya banjir di RT 2",
            &["nihil Terap [BesidesQuiet]", "Terap WA-01 []"],
        ),
        (
            "Kades Terap: kemarin dan hari ini nihil, tadi malam tawuran di Terap",
            &["Terap WW-02 [SeveralIncidents]"],
        ),
        ("Camat Toho: Lap Kec. Toho: nihil. Catatan: di Terap banjir", &["Terap WA-01 [SeveralIncidents]"]),
        ("Bhabin: Kec. Segedong nihil tapi tawuran di Jungkat", &["nihil Segedong []", "Jungkat WW-02 []"]),
        ("Bhabin: Terap nihil, hanya pencurian sapi di Sepang", &["nihil Terap []", "Sepang WW-12 []"]),
        (
            "Kades Sepang: tgl 24 Nov nihil tgl 25 Nov ada maling kerbau tgl 27 Nov nihil",
            &[
                "nihil Sepang [SenderPlace]",
                "Sepang WW-12 [SenderPlace, HourMissing]",
                "nihil Sepang [SenderPlace]",
            ],
        ),
        (
            "Camat Toho: Terap, Sepang dan Benuang nihil",
            &["nihil Terap []", "nihil Sepang []", "nihil Benuang []"],
        ),
        (
            "Camat Toho: Kec. Toho aman, longsor kecil di Sambora",
            &["nihil Toho [WholeDistrict]", "Sambora WA-06 []"],
        ),
        (
            "Camat Toho: desa lain aman semua, hanya Pak Laheng banjir",
            &["Pak Laheng WA-01 [SeveralIncidents]"],
        ),
        (
            "Bhabin: Pak Laheng, Terap aman. Sepang longsor",
            &["nihil Pak Laheng []", "nihil Terap []", "Sepang WA-06 []"],
        ),
    ] {
        assert_eq!(of(&passages(14, &[text])), expected, "{text}");
    }
    for text in [
        "Kades Terap: banjir di Terap, korban nihil, tapi 3 rumah rusak",
        "Kades Terap: situasi aman, tapi banjir masih tinggi di Terap",
        "Kades Terap: kemarin tawuran di Terap, hari ini sudah aman",
    ] {
        assert_eq!(passages(14, &[text]).len(), 1, "{text}");
    }
}

#[test]
fn each_day_and_each_place_of_a_nihil_beside_an_event_is_proposed() {
    for (text, expected) in [
        (
            "Kades Sepang: Sepang tgl 23 dan 24 aman, 25 ada maling sapi",
            &["nihil Sepang []", "Sepang WW-12 [HourMissing]"][..],
        ),
        (
            "Kades Sepang: tgl 24 nihil, 25 nihil, 26 ada maling sapi jam 2 siang",
            &["nihil Sepang [SenderPlace]", "nihil Sepang [SenderPlace]", "Sepang WW-12 [SenderPlace]"],
        ),
        (
            "Kades Sepang: tgl 26 aman, 27 ada maling sapi jam 9 malam di Sepang",
            &["nihil Sepang [SenderPlace]", "Sepang WW-12 []"],
        ),
        ("Camat Toho: Terap aman aje, Sepang ade maling sapi", &["nihil Terap []", "Sepang WW-12 []"]),
        ("Camat Toho: Terap aman haja, Sepang kabakaran rumah", &["nihil Terap []", "Sepang WA-12 []"]),
        (
            "Kades Terap: Terap aman, Sengkubang longsor jam 3 pagi, Penibung aman",
            &["nihil Terap []", "- WA-06 [SeveralPlaces]", "nihil - [SeveralPlaces]"],
        ),
        ("Camat Toho: Kec. Toho: 5 desa aman, 3 desa banjir", &["Toho WA-01 [SeveralIncidents]"]),
        (
            "Camat Toho: LA Utara nihil, LA Tengah banjir di Terap, LA Barat nihil",
            &["Terap WA-01 [SeveralIncidents]"],
        ),
    ] {
        assert_eq!(of(&passages(14, &[text])), expected, "{text}");
    }
}

#[test]
fn a_bare_nihil_of_one_of_two_villages_called_alike_is_asked() {
    let words = Words::new();
    let text = "28/11/26 07.50 - Kades Sumberejo: nihil\n";
    let reading = words.reader("35.08").read(text, ChatOccasion { now: now(), order: None });
    let passage = &reading.passages[0];
    assert!(matches!(passage.fate, PassageFate::Quiet(_)), "{passage:?}");
    assert!(passage.asks(&Question::SeveralPlaces), "{passage:?}");
}

#[test]
fn an_end_of_one_part_ends_not_all_and_an_end_with_its_hour_ends() {
    for (text, stance) in [
        ("portal pertama sudah dibuka, portal kedua di Jungkat tetap ditutup warga", Stance::Continues),
        ("banjir di Jungkat RT 3 sudah surut, di RT 7 belum", Stance::Continues),
        ("banjir di Jungkat: RT 1 wis surut, RT 2 isih", Stance::Continues),
        ("banjir di Jungkat jam 03.00, surut jam 10.00", Stance::Ends),
        ("warga tutup jalan PT di Jungkat jam 06.00, dibuka jam 8 pagi", Stance::Ends),
        ("Lapor Pak: kebakaran ruko jam 02.45 di Jungkat, api dah padam jam 5", Stance::Ends),
        ("Kabakaran lahan di Jungkat 2 Ha, sdh pajah", Stance::Ends),
        ("banjir di Jungkat jam 03.00, belum surut jam 10.00", Stance::Continues),
        ("banjir di Jungkat jam 03.00, penyebabnya belum diketahui, sudah surut", Stance::Ends),
        ("kebakaran di Jungkat sudah padam, warga tetap waspada", Stance::Ends),
        ("banjir di Jungkat sudah surut kecuali di RT 4", Stance::Continues),
        ("kebakaran lahan di Jungkat, api dah mati", Stance::Ends),
        ("jalan kebun di Jungkat sudah dibuka kembali", Stance::Ends),
    ] {
        let text = format!("Kades Jungkat: {text}");
        assert_eq!(proposal(&last(14, &[&text])).stance.value, stance, "{text}");
    }
}
