//! Messages in the wording of people who tried it, of Mempawah: corrections that name the event again, an end of a part, days of a
//! nihil, half hours. All of them are made up.

use super::*;

/// What each part became of a chat of Mempawah, sent from `hour` on, a minute apart.
pub(super) fn passages(hour: u32, lines: &[&str]) -> Vec<ChatPassage> {
    let words = Words::new();
    let line = |(at, line): (usize, &&str)| format!("28/11/26 {hour:02}.{at:02} - {line}\n");
    let text: String = lines.iter().enumerate().map(line).collect();
    let reading = words.reader("61.02").read(&text, ChatOccasion { now: now(), order: None });
    check(&text, &reading);
    reading.passages
}

pub(super) fn last(hour: u32, lines: &[&str]) -> ChatPassage {
    passages(hour, lines).pop().unwrap()
}

pub(super) fn proposal(passage: &ChatPassage) -> &ChatProposal {
    match &passage.fate {
        PassageFate::Proposed(proposal) => proposal,
        fate => panic!("{fate:?}"),
    }
}

/// Hour and minute, with the days back.
fn time(proposal: &ChatProposal) -> String {
    let minutes = |time: Time| time.0.div_euclid(MINUTE) + 7 * 60;
    let (own, written) = (minutes(proposal.occurred.as_ref().unwrap().value), minutes(now()));
    let (day, minute) = (own.div_euclid(1440) - written.div_euclid(1440), own.rem_euclid(1440));
    format!("{day} {:02}.{:02}", minute / 60, minute % 60)
}

pub(super) fn harm(proposal: &ChatProposal) -> [Option<u32>; 3] {
    let count = |slot: &Option<Finding<u32>>| slot.as_ref().map(|found| found.value);
    [&proposal.dead, &proposal.injured, &proposal.displaced].map(count)
}

#[test]
fn a_correction_that_names_the_event_again_keeps_what_it_does_not_say() {
    for (lines, at, people, severity) in [
        (
            [
                "Kades Terap: bentrok pemuda di Terap jam 10.00, 1 meninggal 3 luka",
                "Kades Terap: ralat, bentrok pemuda itu di Benuang",
            ],
            "0 10.00",
            [Some(1), Some(3), None],
            5,
        ),
        (
            [
                "Kades Jungkat: banjir di Jungkat sejak jam 03.00, 100 jiwa mengungsi",
                "Kades Jungkat: ralat banjir di Jungkat, mengungsi 150 jiwa",
            ],
            "0 03.00",
            [None, None, Some(150)],
            4,
        ),
        (
            [
                "Kades Sejegi: tawuran di Sejegi jam 09.00, 5 luka",
                "Kades Sejegi: maaf koreksi, tawuran di Sejegi 6 luka",
            ],
            "0 09.00",
            [None, Some(6), None],
            4,
        ),
        (
            [
                "Kapolsek Toho: tawuran pemuda di Terap jam 08.00, 2 luka",
                "Kapolsek Toho: ralat: tawuran di Benuang bukan Terap",
            ],
            "0 08.00",
            [None, Some(2), None],
            4,
        ),
    ] {
        let passage = last(14, &lines);
        let found = proposal(&passage);
        assert_eq!((time(found).as_str(), harm(found)), (at, people), "{lines:?}");
        assert_eq!(found.severity.as_ref().map(|found| found.value), Some(severity), "{lines:?}");
        assert!(found.village.is_some() && passage.asks(&Question::Correction), "{lines:?}: {passage:?}");
        assert!(!passage.asks(&Question::WholeCorrection), "{lines:?}");
    }
    // What says all that the message before it did is whole.
    let whole = last(
        14,
        &[
            "Kades Terap: tawuran di Terap jam 10.00, 2 luka",
            "Kades Terap: ralat, tawuran di Benuang jam 09.00, 3 luka",
        ],
    );
    assert!(whole.asks(&Question::WholeCorrection) && harm(proposal(&whole)) == [None, Some(3), None]);
}

#[test]
fn who_is_counted_in_a_correction_does_not_change_what_happened() {
    let passage = last(
        14,
        &[
            "Bhabin Segedong: warga demo ke kantor desa Peniti Besar minta kades mundur, 80 org",
            "Bhabin Segedong: koreksi bukan 80 tapi 180 org, dan ada 1 pemuda kena lempar batu",
        ],
    );
    let first =
        passages(14, &["Bhabin Segedong: warga demo ke kantor desa Peniti Besar minta kades mundur, 80 org"]);
    let category = |passage: &ChatPassage| proposal(passage).category.as_ref().map(|found| found.value);
    assert_eq!(category(&passage), category(&first[0]));
}

#[test]
fn what_ended_in_part_goes_on() {
    for text in [
        "Kades Pasir: portal di Pasir sebagian sudah dibuka, 1 portal masih ditutup warga",
        "Kades Pasir: kebakaran lahan di Pasir sudah padam sebagian, masih ada api di 2 titik",
        "Kades Benuang: Banjir di Benuang dusun 1 sudah surut, dusun 2 masih terendam",
        "Kades Sekabuk: Banjir di RT 1 sudah surut tapi RT 4 masih 1 meter",
        "Kades Sekabuk: masih banjir pak, sudah surut di dusun 1, dusun 2 masih 50 cm",
    ] {
        assert_eq!(proposal(&last(14, &[text])).stance.value, Stance::Continues, "{text}");
    }
    for text in [
        "Kades Pasir: banjir di Pasir sudah surut",
        "Kades Pasir: kebakaran di Pasir sudah padam, masih pendinginan",
        "Kades Pasir: tawuran di Pasir sudah bubar, polisi masih berjaga",
    ] {
        assert_eq!(proposal(&last(14, &[text])).stance.value, Stance::Ends, "{text}");
    }
}

#[test]
fn a_nihil_of_several_days_is_of_all_of_them_or_asked() {
    for (text, from, to) in [
        ("Camat Toho: tgl 27 dan 28 Kec. Toho nihil", -1, 0),
        ("Camat Toho: Kec. Toho Jumat dan Sabtu nihil", -1, 0),
        ("Camat Toho: Kec. Toho nihil tgl 24/11 - 28/11", -4, 0),
        ("Camat Toho: 26/11 s.d. 28/11 Kec. Toho nihil", -2, 0),
        ("Camat Toho: hari ini dan kemarin Kec. Toho nihil", -1, 0),
        ("Camat Toho: Tgl 25, 26 dan 27 Nov Kec. Toho nihil", -3, -1),
        ("Camat Toho: Kec. Toho nihil Rabu, Kamis, Jumat", -3, -1),
        ("Camat Toho: Kec. Toho nihil hari Jumat lawan Sabtu", -1, 0),
        ("Camat Toho: Kec. Toho nihil dari Rabu sampai Sabtu", -3, 0),
        ("Camat Toho: Kec. Toho nihil mulai Rabu sampai hari ini", -3, 0),
        ("Camat Toho: 3 hari terakhir kada ada kajadian di Kec. Toho", -3, 0),
        ("Camat Toho: Kec. Toho tidak ada kejadian 3 hari terakhir", -3, 0),
    ] {
        let passage = last(14, &[text]);
        let PassageFate::Quiet(quiet) = &passage.fate else { panic!("{text}: {passage:?}") };
        let midnight = now().0 - 15 * 60 * MINUTE;
        let day = |time: Time| (time.0 - midnight).div_euclid(1440 * MINUTE);
        assert_eq!((day(quiet.from), day(Time(quiet.to.0 - 1))), (from, to), "{text}");
        assert!(quiet.questions.is_empty(), "{text}: {:?}", quiet.questions);
    }
    // A nihil of one day beside what happened on another is a part of its own.
    let parts = passages(14, &["Kades Semudun: tgl 27 nihil, tgl 28 tawuran pemuda di Semudun jam 10.00"]);
    assert!(matches!(parts[0].fate, PassageFate::Quiet(_)) && parts.len() == 2, "{parts:?}");
    assert!(parts[1].questions() == Some(&[]) && time(proposal(&parts[1])) == "0 10.00", "{parts:?}");
}

#[test]
fn half_hours_are_read_however_they_are_written() {
    for (text, at) in [
        ("Kades Terap: jam stengah 8 pagi tawuran di Terap", "0 07.30"),
        ("Kades Terap: tadi stengah 8 pagi tawuran di Terap", "0 07.30"),
        ("Kades Terap: pukul 1/2 8 pagi tawuran di Terap", "0 07.30"),
        ("Kades Terap: jam 1/2 12 siang tawuran di Terap", "0 11.30"),
        ("Kades Terap: kemarin stengah 4 sore tawuran di Terap", "-1 15.30"),
        ("Kades Terap: kemarin jam 1/2 4 sore tawuran di Terap", "-1 15.30"),
        ("Kades Terap: siang tadi skitar jam 1 lebih seperempat tawuran di Terap", "0 13.15"),
        ("Kades Terap: kemarin jam sewelas malam tawuran di Terap", "-1 23.00"),
    ] {
        assert_eq!(time(proposal(&last(14, &[text]))), at, "{text}");
    }
    // An hour that lies right behind the sending may be a slip.
    let passage = last(14, &["Kades Terap: jam stengah 4 sore tawuran di Terap, 2 luka"]);
    assert!(passage.asks(&Question::AmbiguousTime), "{passage:?}");
    assert!(!last(8, &["Kades Terap: jam 8 malam tawuran di Terap"]).asks(&Question::AmbiguousTime));
}

#[test]
fn a_quarrel_with_a_companys_people_and_words_of_the_field_have_their_category() {
    for (text, category) in [
        ("Kapolsek Jongkat: bentrok warga dengan karyawan PT di Wajok Hulu", "WP-09"),
        ("Kapolsek Jongkat: Bentrok warga dengan sekuriti PT di Jungkat", "WP-09"),
        ("Kapolsek Jongkat: bentrok warga dua desa di Jungkat", "WW-01"),
        ("Kades Terap: Truk batubara PT ditahan warga di Terap, minta ganti debu", "WP-05"),
        ("Kades Terap: warga Terap mahadang truk tambang PT", "WP-05"),
        ("Kades Terap: Aer naek agik bang, dah masok 17 rumah di Terap", "WA-01"),
        ("Kades Terap: Banyu naik di Terap, 60 buah rumah tarandam", "WA-01"),
        ("Kades Terap: 17 rumah di Terap kemasukan air", "WA-01"),
        ("Kades Terap: Kabakaran lahan gambut di Terap 3 Ha", "WA-03"),
        ("Kades Terap: hujan abu tipis di Terap", "WA-07"),
        ("Kades Terap: wit trembesi ambruk nimpa 2 omah di Terap", "WA-08"),
    ] {
        let found = last(14, &[text]);
        let code = proposal(&found).category.as_ref().map(|found| found.value.to_string());
        assert_eq!(code.as_deref(), Some(category), "{text}");
    }
}

#[test]
fn a_quarrel_with_officers_and_a_protest_on_a_street_are_asked_and_given_to_no_company() {
    for text in [
        "Kapolsek Toho: demo mahasiswa di simpang Terap, 200 org, aman terkendali",
        "Kapolsek Toho: mahasiswa unjuk rasa di bundaran Terap tolak kenaikan BBM",
        "Kapolsek Toho: bentrok warga dengan polisi di Terap",
        "Kapolsek Toho: curanmor di Terap, 1 unit Beat",
    ] {
        let passage = last(14, &[text]);
        let found = proposal(&passage);
        assert!(found.category.is_none() && passage.asks(&Question::NoCategory), "{text}: {passage:?}");
    }
    for (text, category) in [
        ("Kapolsek Toho: bentrok warga dgn petugas saat eksekusi lahan di Terap", "WP-16"),
        ("Kapolsek Toho: bentrok warga dan warga Sambora di Terap, petugas melerai", "WW-01"),
        ("Kapolsek Toho: demo karyawan PT di simpang Terap", "WP-06"),
        ("Kapolsek Toho: demo buruh di simpang Terap", "WP-06"),
        ("Kades Terap: sapi ilang 2 ekor di Terap jam 02.00", "WW-12"),
    ] {
        let found = last(14, &[text]);
        let code = proposal(&found).category.as_ref().map(|found| found.value.to_string());
        assert_eq!(code.as_deref(), Some(category), "{text}");
    }
}

#[test]
fn what_is_planned_for_later_the_same_day_is_a_plan() {
    for text in [
        "Kades Terap: nanti malam jam 7 warga Terap demo di gerbang PT",
        "Kades Terap: nanti siang jam 1 ratusan warga Bukit Batu portal jalan PT",
        "Kades Terap: nnt sore jam 4 aksi damai di Terap depan kantor bupati",
        "Kades Terap: jam 1 siang nanti warga Terap tutup jalan PT",
        "Kades Terap: malam ini jam 8 warga Terap mau demo di kantor PT",
        "Kades Terap: ngko bengi jam 8 warga Terap arep demo nang kantor PT",
    ] {
        let fate = last(10, &[text]).fate;
        assert!(matches!(fate, PassageFate::LeftOut(LeftOut::Planned)), "{text}: {fate:?}");
    }
    // What goes on until then, or came before what is planned, is no plan.
    for text in [
        "Kades Terap: warga Terap masih portal jalan PT sampai nanti malam",
        "Kades Terap: mediasi nanti malam, tawuran di Terap tadi pagi jam 9",
        "Kades Terap: malam ini tawuran di Terap",
    ] {
        proposal(&last(22, &[text]));
    }
}
