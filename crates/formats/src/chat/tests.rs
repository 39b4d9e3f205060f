//! Chats read whole: the labelled set, what adds up, and texts of any sort.

use super::*;
use domain::kind::FeedClass;

mod beside_quiet;
mod denials;
mod ends;
mod field;
mod hurt;
mod kinds;
mod kinds_and_nihil;
mod labelled;
mod labelled_harm;
mod listed;
mod long_lines;
mod nothing_happened;
mod one_line;
mod ordinary;
mod quiet_days;
mod quiet_evenings;
mod sums_and_days;
mod sums_of_others;
mod times;
mod tips_and_initials;
mod unheeded;
mod whose_denial;
mod wording;
mod wording_of_harm;

const NOW: &str = "2026-11-28T15:00:00+07:00";

fn now() -> Time {
    crate::decode::instant::parse(NOW).unwrap()
}

fn places() -> Places {
    let files = [
        ("16.13.csv", include_str!("../../../../config/districts/16.13.csv")),
        ("35.08.csv", include_str!("../../../../config/districts/35.08.csv")),
        ("61.02.csv", include_str!("../../../../config/districts/61.02.csv")),
        ("63.72.csv", include_str!("../../../../config/districts/63.72.csv")),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    crate::places::from_csv(&files).unwrap()
}

/// The places and the words of every test.
struct Words {
    places: Places,
    taxonomy: Taxonomy,
}

impl Words {
    fn new() -> Words {
        let places = places();
        let taxonomy = Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap();
        Words { places, taxonomy }
    }

    fn reader(&self, regency: &str) -> ChatReader<'_> {
        let regency = self.places.find(Code::parse(regency).unwrap()).unwrap();
        ChatReader::new(&self.places, regency, &self.taxonomy)
    }

    fn read(&self, text: &str) -> ChatReading {
        self.reader("16.13").read(text, ChatOccasion { now: now(), order: None })
    }
}

impl ChatPassage {
    fn asks(&self, question: &Question) -> bool {
        self.questions().is_some_and(|questions| questions.contains(question))
    }
}

/// Kecamatan, village, category or reason, stance.
fn shape(words: &Words, passage: &ChatPassage) -> [String; 4] {
    let none = || "-".to_owned();
    let asked = |question| if passage.asks(&question) { "?" } else { "" };
    match &passage.fate {
        PassageFate::LeftOut(why) => [none(), none(), why.as_str().to_owned(), none()],
        PassageFate::Quiet(_) => [none(), none(), "nothing".to_owned(), none()],
        PassageFate::Proposed(proposal) => [
            proposal.district.as_ref().map_or_else(none, |found| words.places.code(found.value).to_string()),
            proposal.village.as_ref().map_or_else(none, |found| found.value.to_string()),
            proposal.category.as_ref().map_or_else(none, |found| found.value.to_string()),
            format!("{}{}", proposal.stance.value.as_str(), asked(Question::Doubtful)),
        ],
    }
}

const EXPORT: &str = "\u{feff}27/11/26 19.02 - Pesan dan panggilan dienkripsi secara end-to-end.\n\
27/11/26 19.05 - Pak Kades Belani: Mohon izin melaporkan\n\
Hari/tgl : Jumat, 27 November 2026\n\
Pkl : 18.30 WIB\n\
TKP : Ds Belani Kec Rawas Ilir\n\
Telah terjadi pemortalan jalan PT AMR\n\
Korban : nihil\n\
Tindakan : 1. datangi TKP\n2. mediasi\n\
27/11/26 19.06 - Pak Kades Belani: <Media tidak disertakan>\n\
27/11/26 19.08 - +62 812-3456-7890: siap ndan\n\
27/11/26 19.10 - Babinsa: Rekap sore:\n1. Ds Noman kec Rupit banjir, 20 KK mengungsi\n2. Ds Pauh kec Rawas Ilir aman\n3. Ds Jangkat kec ulu rawas longsor jalan putus\n\
27/11/26 19.11 - Babinsa: Pesan ini dihapus\n\
27/11/26 19.20 - Sekcam: lapor ada keributan di BM II <Pesan ini diedit>\n\
27/11/26 19.21 - Sekcam: kebakaran rumah di kec muara enim\n\
27/11/26 19.30 - Kapolsek: apakah portal masih dipasang?\n";

fn fates(words: &Words, reading: &ChatReading) -> Vec<String> {
    reading.passages.iter().map(|passage| shape(words, passage).join(" ")).collect()
}

#[test]
fn an_export_is_read_whole_and_every_part_ends_as_one_thing() {
    let words = Words::new();
    let reading = words.read(EXPORT);
    assert_eq!(
        fates(&words, &reading),
        [
            "- - system -",
            "16.13.04 2003 WP-05 affirms",
            "- - media -",
            "- - no_incident -",
            "- - no_incident -",
            "16.13.01 2002 WA-01 affirms",
            "- - nothing -",
            "16.13.07 2001 WA-06 affirms",
            "- - deleted -",
            "16.13.04 2010 - affirms",
            "- - WA-12 affirms",
            "- - question -",
        ]
    );
    let counts = reading.counts();
    let expected = ChatCounts { messages: 9, passages: 12, proposed: 4, asked: 2, left_out: 6 };
    assert_eq!(counts, expected);
    let PassageFate::Proposed(first) = &reading.passages[1].fate else { unreachable!() };
    let cited = |found: Option<Range<usize>>| &EXPORT[found.unwrap()];
    assert_eq!(cited(first.category.clone().unwrap().words), "pemortalan jalan PT");
    assert_eq!(cited(first.village.clone().unwrap().words), "Ds Belani");
    assert_eq!(
        first.occurred.as_ref().unwrap().value,
        crate::decode::instant::parse("2026-11-27T18:30:00+07:00").unwrap()
    );
    assert_eq!((first.dead.as_ref().unwrap().value, first.severity.as_ref().unwrap().value), (0, 3));
    let PassageFate::Proposed(fire) = &reading.passages[10].fate else { unreachable!() };
    assert!(matches!(fire.questions[..], [Question::UnknownPlace { .. }]), "{:?}", fire.questions);
}

#[test]
fn an_order_of_day_and_month_that_nothing_shows_is_asked_and_not_guessed() {
    let words = Words::new();
    let text = "05/10/26 21.15 - A: banjir di Ds Noman\n06/10/26 08.00 - B: banjir di Ds Belani\n";
    let reading = words.read(text);
    assert_eq!(reading.ambiguous_date.as_deref(), Some("5/10/2026"));
    assert_eq!(reading.counts().asked, 2);
    let PassageFate::Proposed(first) = &reading.passages[0].fate else { unreachable!() };
    assert_eq!((first.questions.as_slice(), &first.occurred), (&[Question::DateOrder][..], &None));
    // A person says it; the long time ago is asked then.
    let read_as = |order| words.reader("16.13").read(text, ChatOccasion { now: now(), order: Some(order) });
    let asked = |reading: &ChatReading| reading.passages[0].questions().unwrap_or_default().to_vec();
    assert_eq!(asked(&read_as(DateOrder::DayFirst)), [Question::FarTime]);
    assert_eq!(read_as(DateOrder::DayFirst).ambiguous_date, None);
    // What one order would put into the future is of the other; a day above twelve shows it, too.
    for text in [
        "11/12/26 21.15 - A: banjir di Ds Noman\n",
        "11/20/26, 9:15 PM - A: banjir di Ds Noman\n11/11/26, 9:15 PM - B: siap\n",
        "20/11/26 21.15 - A: banjir di Ds Noman\n11/11/26 21.15 - B: siap\n",
    ] {
        let reading = words.read(text);
        assert_eq!((reading.counts().proposed, reading.ambiguous_date), (1, None), "{text}");
    }
}

#[test]
fn a_chat_of_another_year_is_asked_about() {
    let words = Words::new();
    let reading = words.read("20/11/24 21.15 - A: banjir di Ds Noman\n");
    let PassageFate::Proposed(proposal) = &reading.passages[0].fate else { unreachable!() };
    assert_eq!(proposal.questions, [Question::FarTime]);
}

#[test]
fn a_head_with_an_impossible_date_is_its_senders_and_asked_about() {
    let words = Words::new();
    for head in ["31/11/2026 10.00", "28/11/2026 24.10"] {
        let text = format!(
            "27/11/2026 09.00 - Kades A: siap ndan\n{head} - Kades B: banjir di Ds Noman kec Rupit\n"
        );
        let reading = words.read(&text);
        assert_eq!(reading.messages, 2, "{head}");
        let passage = reading.passages.last().unwrap();
        assert_eq!(passage.sender.clone().map(|span| &text[span]), Some("Kades B"), "{head}");
        let PassageFate::Proposed(proposal) = &passage.fate else { panic!("{head}: {passage:?}") };
        assert_eq!(proposal.questions, [Question::FarTime], "{head}");
    }
}

#[test]
fn one_chat_of_two_phones_and_twice_pasted_gives_the_same_ids() {
    let words = Words::new();
    let ids = |text: &str| -> Vec<ReportId> {
        words.read(text).passages.iter().map(|passage| passage.id).collect()
    };
    let android = "20/11/26 21.15 - Kades: banjir di Ds Noman\n20/11/26 21.16 - Camat: banjir di Ds Noman\n";
    let iphone = "[20/11/26, 21:15:03] Pak Kades: \u{200e}banjir  di Ds Noman\n[20/11/26, 21:16:40] Camat: banjir di Ds\u{a0}Noman\n";
    assert_eq!(ids(android), ids(iphone));
    assert_ne!(ids(android)[0], ids(android)[1]);
    let twice = words.read(&format!("{android}{android}"));
    let repeated = |passage: &&ChatPassage| passage.fate == PassageFate::LeftOut(LeftOut::Repeated);
    assert_eq!(twice.passages.iter().filter(repeated).count(), 2);
    // Two people who say the same in one minute are two.
    let two = "20/11/26 21.15 - Kades: banjir di Ds Noman\n20/11/26 21.15 - Camat: banjir di Ds Noman\n";
    assert_eq!((words.read(two).counts().proposed, ids(two)[0] == ids(two)[1]), (2, false));
}

/// Whatever is pasted: no panic, spans within the text and on its letters, every letter in a message, counts that add up.
#[test]
fn texts_of_any_sort_are_read_and_add_up() {
    let words = Words::new();
    let mut reader = words.reader("16.13");
    let pieces = [
        EXPORT,
        "31/12/26 21.15 - ",
        "[31/12/26, 21:15:03] ",
        ": ",
        "\n",
        "\u{200e}",
        "\u{202f}PM",
        "\u{a0}",
        "Kec ",
        "Ds ",
        "é",
        "😀",
        "Rawas Ilir",
        "belani",
        "banjir ",
        "tidak ada ",
        "jam ",
        "12",
        ".",
        "/",
        "2 orang luka ",
        "tadi malam ",
        "?",
        "1. ",
        "2) ",
        "<Media omitted>",
        "<Pesan ini diedit>",
        "Diteruskan\n",
        "\r\n",
        "-",
        "99999999999",
        "setengah ",
        "tgl ",
        "hilang ",
        "KK ",
        "mengungsi ",
        "[",
        "]",
        "lalu ",
        "hari ",
        "ÀÉ",
        "\u{feff}",
    ];
    let mut seed = 15u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    for _ in 0..1500 {
        let count = 1 + next(24);
        let text: String = (0..count)
            .map(|_| {
                let piece = pieces[next(pieces.len())];
                let cut =
                    (0..=next(piece.len() + 1)).rev().find(|at| piece.is_char_boundary(*at)).unwrap_or(0);
                if next(3) == 0 { &piece[..cut] } else { piece }
            })
            .collect();
        let reading = reader.read(&text, ChatOccasion { now: now(), order: None });
        check(&text, &reading);
    }
}

fn check(text: &str, reading: &ChatReading) {
    let counts = reading.counts();
    assert_eq!(counts.passages, counts.proposed + counts.asked + counts.left_out, "{text:?}");
    let messages = message::messages(text);
    assert_eq!(counts.messages, messages.len());
    let numbers: std::collections::BTreeSet<usize> =
        reading.passages.iter().map(|passage| passage.message).collect();
    assert_eq!(numbers.len(), counts.messages, "{text:?}");
    let mut covered = 0;
    for message in &messages {
        let between = &text[covered..message.whole.start];
        assert!(
            between.chars().all(|letter| crate::plain_text::is_blank(letter) || header::is_mark(letter)),
            "{between:?} in {text:?}"
        );
        covered = message.whole.end;
    }
    let mut spans: Vec<Range<usize>> = Vec::new();
    for passage in &reading.passages {
        spans.push(passage.text.clone());
        spans.extend(passage.sender.clone());
        let PassageFate::Proposed(proposal) = &passage.fate else { continue };
        spans.extend(proposal.look_at.iter().cloned());
        spans.extend(proposal.severity.as_ref().and_then(|found| found.words.clone()));
        spans.extend(proposal.stance.words.clone());
        spans.extend(
            [&proposal.dead, &proposal.injured, &proposal.displaced]
                .into_iter()
                .flatten()
                .filter_map(|found| found.words.clone()),
        );
        spans.extend(proposal.occurred.as_ref().and_then(|found| found.words.clone()));
        spans.extend(proposal.district.as_ref().and_then(|found| found.words.clone()));
        spans.extend(proposal.village.as_ref().and_then(|found| found.words.clone()));
        spans.extend(proposal.category.as_ref().and_then(|found| found.words.clone()));
    }
    for span in spans {
        assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
    }
}

#[test]
fn a_senders_name_says_of_which_class_and_place_they_may_be() {
    let words = Words::new();
    let reader = words.reader("16.13");
    for (name, class, village) in [
        ("Pak Kades Belani", Some(FeedClass::Village), Some(2003)),
        ("Babinsa Ds Pauh", Some(FeedClass::Military), Some(2001)),
        ("Kanit Intel Polsek R. Ilir", Some(FeedClass::Police), None),
        ("Humas PT AMR", Some(FeedClass::Company), None),
        ("Sekcam Rupit", Some(FeedClass::Agency), None),
        ("+62 812-3456-7890", None, None),
        ("Sari", None, None),
        ("~ Pak Kades Belani", None, None),
        ("\u{202a}~\u{202f}Babinsa Ds Pauh", None, None),
    ] {
        let hint = reader.sender(name);
        assert_eq!((hint.class, hint.place.village.map(|found| found.value)), (class, village), "{name}");
    }
}

fn proposed(words: &Words, text: &str) -> Option<Box<ChatProposal>> {
    match words.read(text).passages.remove(0).fate {
        PassageFate::Proposed(proposal) => Some(proposal),
        PassageFate::Quiet(_) | PassageFate::LeftOut(_) => None,
    }
}

#[test]
fn what_is_denied_behind_its_name_is_never_affirmed() {
    let words = Words::new();
    for text in [
        "unras di Ds Noman tidak ada",
        "unras di ds noman tidak ada",
        "bentrok di Ds Noman tdk ada pak",
        "banjir di Ds Noman: tidak ada",
        "Karhutla : 0 titik",
        "Curnak nihil",
        "Bentrok : -",
        "Unras 0",
        "0 hotspot karhutla di Ds Noman",
        "tidak ada laporan banjir di Ds Noman",
        "tdk ada warga yang bentrok di Ds Noman",
        "tidak ada indikasi unras",
        "Ds Bina Karya bentrok tdk ada, ganti",
        "tdk ada lg yg blokir jalan di Ds Noman",
        "belum ada laporan banjir di Ds Noman",
        "belum ada massa yang datang utk unras",
        "tidak ada warga Noman yang ikut demo ke PT",
        "portal di Ds Noman sudah tidak ada",
    ] {
        let stance = proposed(&words, text).map(|found| found.stance.value);
        assert!(
            stance.is_none_or(|stance| matches!(stance, Stance::Denies | Stance::Ends)),
            "{text}: {stance:?}"
        );
    }
    // What is missing there is no denial of what happened.
    for text in [
        "banjir di Ds Noman, korban tidak ada",
        "banjir di Ds Noman bantuan tidak ada",
        "banjir di Ds Noman, tidak ada korban jiwa",
        "Banjir 0.5 m di Ds Noman",
        "tidak ada listrik, banjir di Ds Noman",
    ] {
        let stance = proposed(&words, text).map(|found| found.stance.value);
        assert_eq!(stance, Some(Stance::Affirms), "{text}");
    }
}

#[test]
fn what_may_not_have_happened_is_asked_at_most() {
    let words = Words::new();
    for text in [
        "Ds Noman aman dari banjir",
        "unras di Ds Noman dibatalkan",
        "hampir bentrok di Ds Noman, dicegah polisi",
        "hoak bentrok di Ds Noman",
        "bentrok bukan di Ds Noman",
        "berita lama bentrok di Ds Noman",
        "banjir thn lalu di Ds Noman",
        "patroli antisipasi karhutla di Ds Noman",
        "sosialisasi karhutla di Ds Noman",
        "jangan sampai bentrok di Ds Noman",
        "waspada potensi banjir di Ds Noman",
        "ada info bentrok di Ds Noman",
        "apa benar bentrok di Ds Noman",
        "bentrok di Ds Noman, mohon dicek",
        "bentrok di Ds Noman?? kata warga",
        "warga Noman batal demo PT",
        "hampir bentrok di Ds Noman, berhasil dicegah",
        "Kalau PT tidak bayar ganti rugi, warga Noman akan blokir jalan",
    ] {
        let Some(found) = proposed(&words, text) else { continue };
        let asked = found.questions.contains(&Question::Doubtful);
        assert!(asked || found.stance.value == Stance::Denies, "{text}: {found:?}");
    }
}

#[test]
fn a_places_name_names_no_incident_and_lost_words_of_violence_are_asked_about() {
    let words = Words::new();
    assert_eq!(proposed(&words, "rapat di Ds Mandi Angin kec rawas ilir"), None);
    for text in [
        "penembakan di Ds Noman",
        "ada tembakan di Ds Noman",
        "molotov di Ds Noman",
        "2 warga disandera di Ds Noman",
        "orang ngamuk di Ds Noman",
        "ditemukan mayat di Ds Noman",
        "warga mau nyerang Ds Noman",
    ] {
        assert!(proposed(&words, text).is_some(), "{text}");
    }
    for (text, category) in [("bntrok di Ds Noman", "WW-01"), ("bnjir di Ds Noman", "WA-01")] {
        let found =
            proposed(&words, text).and_then(|found| found.category).map(|found| found.value.to_string());
        assert_eq!(found.as_deref(), Some(category), "{text}");
    }
}

/// One message of a few hundred kilobytes is read in a time that grows with its length, where phrases are compared with
/// their neighbours alone and names with slips are looked for so many times and no more.
#[test]
fn one_endless_message_is_read_too() {
    let words = Words::new();
    for piece in [
        "banjir ",
        "ds belanni ",
        "kec xyzabc ",
        "2 orang luka ",
        "jam 9 ",
        "tidak ada ",
        "x",
        "luka ",
        "1. banjir\n",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        check(&text, &words.read(&text));
    }
}
