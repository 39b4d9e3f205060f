//! What a message says, and what it must never say.

use super::*;
use crate::team::Language;
use domain::effect::Verdict;
use domain::evidence::attestation::{Affirmation, Extent};
use domain::kind::CheckReason;
use domain::place::{Place, Unit, Village};
use domain::report::{FeedId, ReportId, ReportName};

mod others;

fn places() -> Places {
    let named = |name: &str| Unit { name: String::from(name), ..Unit::default() };
    let village = Village {
        number: 2003,
        name: String::from("Beringin Makmur"),
        rank: String::from("desa"),
        centre: None,
        aliases: Vec::new(),
    };
    let rows = vec![
        (Code(161300), named("Kabupaten Musi Rawas Utara")),
        (Code(161304), Unit { villages: vec![village], ..named("Rawas Ilir") }),
        (Code(161305), named("Karang Dapo")),
        (Code(161306), named("Nibung")),
    ];
    Places::new(rows, true)
}

/// 31 December 2026, 17.05 UTC: in 2027 already in western Indonesia.
const NEW_YEAR: Time = Time(1_798_736_700_000_000);

fn incident(kind: Kind) -> Incident {
    let category = Category::parse(if kind == Kind::Disaster { "WA-01" } else { "WP-05" }).unwrap();
    Incident::of_one_report(
        ReportName { id: ReportId(1), feed: FeedId(1) },
        Place { code: Code(161304), village: 2003 },
        (kind, category),
        NEW_YEAR,
        Extent { severity: 4, dead: 0, injured: 2, displaced: 1_120 },
    )
}

fn notice(kind: Kind) -> Notice {
    let incident = incident(kind);
    Notice {
        change: AlertChangeKind::Opened,
        alert: String::from("16.13-2026-0007"),
        code: Code(161304),
        kind,
        level: Level::Siaga,
        unverified: true,
        one_party: false,
        incident: Some(NoticeIncident::of(
            &incident,
            (vec![FeedClass::Village], false),
            &places(),
            (NEW_YEAR, NEW_YEAR),
        )),
        signs: Vec::new(),
        by_model: false,
        baseline: None,
        earlier_recipients: 0,
        assignee: None,
        reader_is_assigned_no_more: false,
        series: Vec::new(),
        also: Vec::new(),
        also_why: Vec::new(),
        earlier: None,
        rests_on_none: false,
        districts: Vec::new(),
        counted: Vec::new(),
        areas: Areas::everywhere(),
        harmed: (kind == Kind::Disaster).then(|| HarmedPeople::of(&incident)),
        duty_phone: Some(String::from("0733 112")),
        check: None,
        second: None,
        about_alert: None,
        taken_back: None,
        fewer_harmed: None,
        fall: None,
        reopened: None,
        ending: None,
        one_time_token: None,
        reader_is_of_desk: true,
        desk_only: None,
    }
}

fn settings() -> MessageSettings {
    let label = |code: &str, id: &str, en: &str| (Category::parse(code).unwrap(), [id.into(), en.into()]);
    MessageSettings {
        base_url: String::from("https://desk.example/"),
        scenario: false,
        categories: [label("WA-01", "banjir", "flood"), label("WP-05", "pemortalan", "road block")].into(),
    }
}

#[test]
fn a_conflict_says_what_where_when_and_whose_claim_and_neither_village_nor_harm() {
    let notice = notice(Kind::ResidentCompany);
    let text = notice.text(&places(), &settings(), Language::Indonesian);
    assert_eq!(
        text.subject,
        "Peringatan SIAGA: warga–perusahaan di Rawas Ilir (16.13-2026-0007) – belum terverifikasi"
    );
    let claimed = Notice { one_party: true, ..notice.clone() };
    let marked = claimed.text(&places(), &settings(), Language::Indonesian);
    assert!(marked.subject.ends_with(" – klaim satu pihak"), "{}", marked.subject);
    assert!(marked.body.starts_with("Peringatan baru, level siaga (klaim satu pihak)."), "{}", marked.body);
    let expected = "Peringatan baru, level siaga (belum terverifikasi).\n\n\
        Jenis: warga–perusahaan\nYang terjadi: pemortalan\n\
        Kecamatan: Rawas Ilir, Kabupaten Musi Rawas Utara\n\
        Waktu kejadian: Jum, 1 Jan 2027, 00.05 WIB\n\
        Menurut: desa dan kelurahan (baru satu pihak, belum terkonfirmasi)\n\
        Nomor: 16.13-2026-0007\nTelepon piket: 0733 112\n\
        Tautan: https://desk.example/peringatan/16.13-2026-0007\n\n\
        Level ini untuk keperluan internal tim terpadu.\n\
        Pesan otomatis, jangan dibalas. Rincian: buka tautan dan masuk dengan akun Kentongan.\n";
    assert_eq!(text.body, expected);
    let json = String::from_utf8(json(&notice, (4, 1), &places(), &settings()).unwrap()).unwrap();
    for hidden in ["village\":\"", "Beringin", "dead", "injured", "displaced", "1120"] {
        assert!(!json.contains(hidden), "{json}");
    }
    assert!(
        json.contains(r#""kind":"resident_company""#) && json.contains(r#""category":"WP-05""#),
        "{json}"
    );
}

#[test]
fn what_one_side_alone_claims_and_when_nobody_knows_are_marked() {
    let mut notice = notice(Kind::ResidentCompany);
    let body = |notice: &Notice| notice.text(&places(), &settings(), Language::Indonesian).body;
    let happened = Extent { severity: 4, ..Extent::default() };
    let mut own = incident(Kind::ResidentCompany);
    for (attested, mark) in [
        (Extent::default(), "(baru satu pihak, belum terkonfirmasi)"),
        // No figure, and which part is a claim all the same.
        (
            happened,
            "(kejadiannya terkonfirmasi lebih dari satu pihak; jumlah korban tertingginya baru klaim satu pihak)",
        ),
        (own.claimed, "(terkonfirmasi lebih dari satu pihak)"),
    ] {
        (own.attested.extent, own.speakers) = (attested, 2);
        notice.incident.as_mut().unwrap().affirmed = own.affirmed(NEW_YEAR);
        assert!(body(&notice).contains(mark), "{}", body(&notice));
        let json = String::from_utf8(json(&notice, (4, 1), &places(), &settings()).unwrap()).unwrap();
        assert_eq!(json.contains(r#""attested":true"#), attested == own.claimed, "{json}");
    }
    assert!(!body(&notice).contains("jam pengirim"));
    notice.incident.as_mut().unwrap().doubtful_clock = true;
    assert!(body(&notice).contains("00.05 WIB (jam pengirim diragukan)\n"), "{}", body(&notice));
}

#[test]
fn two_speakers_affirm_no_more_than_both_of_them_say() {
    let extent = |severity, injured| Extent { severity, injured, ..Extent::default() };
    let mut incident = incident(Kind::ResidentCompany);
    for (claimed, attested, affirmed) in [
        (extent(5, 3), extent(0, 0), Affirmation::Nothing),
        (extent(5, 3), extent(1, 0), Affirmation::Part),
        (extent(5, 3), extent(5, 0), Affirmation::Part),
        (extent(4, 0), extent(4, 0), Affirmation::All),
    ] {
        (incident.claimed, incident.attested.extent) = (claimed, attested);
        assert_eq!(incident.affirmation(), affirmed, "{claimed:?} {attested:?}");
    }
    incident.verdict = Verdict::Confirmed;
    incident.attested.extent = extent(4, 0);
    assert_eq!(incident.affirmation(), Affirmation::All);
}

#[test]
fn a_message_without_an_incident_of_its_own_says_what_happened_there_last_and_in_which_districts() {
    let mut notice = Notice { rests_on_none: true, code: Code(161300), ..notice(Kind::ResidentCompany) };
    let category = Category::parse("WP-05").unwrap();
    notice.districts = vec![
        DistrictAlert {
            code: Code(161304),
            level: Level::Awas,
            incident: Some((category, NEW_YEAR)),
            claim: None,
            harmed: None,
        },
        DistrictAlert {
            code: Code(161305),
            level: Level::Waspada,
            incident: None,
            claim: None,
            harmed: None,
        },
    ];
    let body = notice.text(&places(), &settings(), Language::Indonesian).body;
    assert!(body.contains("Kejadian terakhir: pemortalan\n") && !body.contains("Yang terjadi"), "{body}");
    assert!(
        body.contains("Kecamatan: Rawas Ilir, level awas: pemortalan, Jum, 1 Jan 2027, 00.05 WIB\n"),
        "{body}"
    );
    assert!(body.contains("Kecamatan: Karang Dapo, level waspada\n"), "{body}");
}

#[test]
fn a_regencys_disaster_says_who_is_hurt_in_all_and_what_each_district_claims() {
    let mut notice = Notice { rests_on_none: true, code: Code(161300), ..notice(Kind::Disaster) };
    let district = |code, level, dead| DistrictAlert {
        code: Code(code),
        level,
        incident: Some((Category::parse("WA-01").unwrap(), NEW_YEAR)),
        claim: Some((vec![FeedClass::Military], incident(Kind::Disaster).affirmed(NEW_YEAR))),
        harmed: Some(HarmedPeople::new(Extent { severity: 4, dead, ..Extent::default() }, Extent::default())),
    };
    // What stands at waspada is named and raises no regency.
    notice.districts = vec![
        district(161304, Level::Siaga, 3),
        district(161305, Level::Siaga, 18),
        district(161306, Level::Waspada, 40),
    ];
    let body = notice.text(&places(), &settings(), Language::Indonesian).body;
    for line in [
        "Kecamatan: Rawas Ilir, level siaga: banjir, Jum, 1 Jan 2027, 00.05 WIB; TNI (baru satu pihak, belum terkonfirmasi); meninggal 3; belum terkonfirmasi\n",
        "Korban seluruhnya: meninggal 21, luka 2, mengungsi 1.120; belum terkonfirmasi (di 2 kecamatan)\n",
    ] {
        assert!(body.contains(line), "{line}: {body}");
    }
    assert!(!body.contains("Belum diketahui"), "{body}");
}

#[test]
fn nobody_reads_that_the_dead_are_not_known_where_another_incident_of_the_alert_claims_them() {
    let mut notice = notice(Kind::Disaster);
    let own = notice.text(&places(), &settings(), Language::Indonesian).body;
    assert!(own.contains("Belum diketahui: meninggal\n") && !own.contains("seluruhnya"), "{own}");
    let claimed = Extent { severity: 5, dead: 1, injured: 2, displaced: 1_120 };
    notice.harmed = Some(HarmedPeople::new(claimed, Extent::default()));
    let body = notice.text(&places(), &settings(), Language::Indonesian).body;
    assert!(
        body.contains("Korban seluruhnya: meninggal 1, luka 2, mengungsi 1.120; belum terkonfirmasi\n"),
        "{body}"
    );
    assert!(!body.contains("Belum diketahui"), "{body}");
}

#[test]
fn what_is_claimed_after_a_confirmation_is_not_said_to_be_confirmed() {
    let mut incident = incident(Kind::Disaster);
    let extent = |dead| Extent { severity: 4, dead, ..Extent::default() };
    incident.verdict = Verdict::Confirmed;
    (incident.claimed, incident.attested.extent) = (extent(30), extent(1));
    assert_eq!(incident.affirmation(), Affirmation::Part);
    let mut notice = notice(Kind::Disaster);
    notice.incident = Some(NoticeIncident::of(
        &incident,
        (vec![FeedClass::Community], false),
        &places(),
        (NEW_YEAR, NEW_YEAR),
    ));
    let body = notice.text(&places(), &settings(), Language::Indonesian).body;
    let words = "Korban: meninggal 1 terkonfirmasi, 30 menurut laporan yang belum terkonfirmasi\n";
    assert!(body.contains(words), "{body}");
    assert!(
        body.contains(
            "(kejadiannya terkonfirmasi petugas piket; jumlah korban tertingginya baru klaim satu pihak)"
        ),
        "{body}"
    );
    let json = String::from_utf8(json(&notice, (4, 1), &places(), &settings()).unwrap()).unwrap();
    assert!(
        json.contains(r#""dead":30"#) && json.contains(r#""affirmed":{"dead":1,"injured":0,"displaced":0}"#),
        "{json}"
    );
}

#[test]
fn a_restricted_category_is_in_no_message_nor_its_name() {
    let taxonomy = Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap();
    let restricted: Vec<_> = taxonomy.entries().filter(|entry| entry.restricted).collect();
    assert!(!restricted.is_empty());
    let settings = MessageSettings::new("https://desk.example", false, &taxonomy);
    for entry in restricted {
        let mut notice = notice(entry.kind.unwrap_or(Kind::ResidentResident));
        notice.incident.as_mut().unwrap().category = entry.code;
        for change in AlertChangeKind::ALL.iter().copied() {
            let notice = Notice { change, ..notice.clone() };
            let json = String::from_utf8(json(&notice, (4, 1), &places(), &settings).unwrap()).unwrap();
            assert!(!json.contains(&entry.code.to_string()), "{json}");
            for language in [Language::Indonesian, Language::English] {
                let text = notice.text(&places(), &settings, language);
                for hidden in [&entry.id, &entry.en] {
                    assert!(!text.subject.contains(hidden) && !text.body.contains(hidden), "{}", text.body);
                }
            }
        }
        let body = notice.text(&places(), &settings, Language::Indonesian).body;
        assert!(body.contains("Yang terjadi: rinciannya hanya di halaman peringatan\n"), "{body}");
    }
}

#[test]
fn a_disaster_also_says_village_people_hurt_and_what_is_not_known() {
    let notice = notice(Kind::Disaster);
    let text = notice.text(&places(), &settings(), Language::Indonesian);
    assert!(text.subject.starts_with("Peringatan SIAGA: banjir di Rawas Ilir"), "{}", text.subject);
    for line in [
        "Yang terjadi: banjir",
        "Desa/kelurahan: Beringin Makmur",
        "Korban: luka 2, mengungsi 1.120",
        "Belum diketahui: meninggal",
        "Bukan peringatan resmi BMKG atau PVMBG.",
    ] {
        assert!(text.body.lines().any(|own| own == line), "{line}: {}", text.body);
    }
    let english = notice.text(&places(), &settings(), Language::English);
    assert!(english.body.contains("What happened: flood\n"), "{}", english.body);
    assert!(
        english.body.contains("According to: village (one side only, not confirmed)"),
        "{}",
        english.body
    );
    assert!(english.subject.starts_with("Alert SIAGA: flood in Rawas Ilir"), "{}", english.subject);
    let json = String::from_utf8(json(&notice, (4, 1), &places(), &settings()).unwrap()).unwrap();
    assert!(json.contains(r#""occurred_at":"2027-01-01T00:05:00+07:00""#), "{json}");
    assert!(json.contains(r#""village":"Beringin Makmur","dead":0,"injured":2,"displaced":1120"#), "{json}");
}

#[test]
fn a_disaster_that_rests_on_what_is_restricted_or_confidential_names_no_village() {
    let mut notice = notice(Kind::Disaster);
    let of = (vec![FeedClass::Village], true);
    notice.incident =
        Some(NoticeIncident::of(&incident(Kind::Disaster), of, &places(), (NEW_YEAR, NEW_YEAR)));
    let body = notice.text(&places(), &settings(), Language::Indonesian).body;
    assert!(body.contains("Desa/kelurahan: rinciannya hanya di halaman peringatan\n"), "{body}");
    assert!(body.contains("Belum diketahui: meninggal\n"), "which village is known: {body}");
    assert!(!body.contains("Beringin"), "{body}");
    let json = String::from_utf8(json(&notice, (4, 1), &places(), &settings()).unwrap()).unwrap();
    assert!(!json.contains("Beringin") && json.contains(r#""injured":2"#), "{json}");
}

#[test]
fn the_year_ends_at_the_places_own_midnight() {
    for (code, expected) in [
        (161304, "Jum, 1 Jan 2027, 00.05 WIB"),
        (737101, "Jum, 1 Jan 2027, 01.05 WITA"),
        (917101, "Jum, 1 Jan 2027, 02.05 WIT"),
        (110101, "Jum, 1 Jan 2027, 00.05 WIB"),
    ] {
        let notice = Notice { code: Code(code), ..notice(Kind::ResidentCompany) };
        let body = notice.text(&Places::default(), &settings(), Language::Indonesian).body;
        assert!(body.contains(expected), "{code}: {body}");
    }
    let mut before = notice(Kind::ResidentCompany);
    before.incident.as_mut().unwrap().occurred_at = NEW_YEAR.plus(-10 * domain::time::MINUTE);
    let body = before.text(&places(), &settings(), Language::Indonesian).body;
    assert!(body.contains("Kam, 31 Des 2026, 23.55 WIB"), "{body}");
}

#[test]
fn a_series_names_the_other_alerts() {
    let other = |code, kind, number: &str| NearbyAlert {
        alert: String::from(number),
        code: Code(code),
        kind,
        level: Level::Waspada,
    };
    let mut series = vec![
        other(161305, Kind::ResidentResident, "16.13-2026-0008"),
        other(161304, Kind::Disaster, "16.13-2026-0009"),
    ];
    series.extend(["0010", "0011", "0012"].map(|number| other(161304, Kind::Disaster, number)));
    let notice = Notice { series, ..notice(Kind::ResidentCompany) };
    let body = notice.text(&places(), &settings(), Language::Indonesian).body;
    let line =
        "Mungkin satu rangkaian dengan: warga–warga di Karang Dapo, level waspada (16.13-2026-0008); bencana";
    assert!(body.contains(line), "{body}");
    assert!(body.contains("(0010); dan 2 lainnya\n") && !body.contains("0011"), "three are named: {body}");
}

#[test]
fn why_only_the_desk_is_notified_names_the_source_of_a_disaster_and_of_no_conflict() {
    let why = || Some(DeskOnly { feed: String::from("desa-x"), retractions: 3 });
    let body = |kind| {
        Notice { desk_only: why(), ..notice(kind) }.text(&places(), &settings(), Language::Indonesian).body
    };
    assert!(body(Kind::Disaster).contains("desa-x, sudah menarik 3 laporannya dalam 24 jam"));
    let conflict = body(Kind::ResidentCompany);
    assert!(conflict.contains("sudah menarik 3 laporannya") && !conflict.contains("desa-x"), "{conflict}");
}

#[test]
fn a_withdrawal_says_so_and_counts_who_is_notified_again() {
    let notice =
        Notice { change: AlertChangeKind::Withdrawn, earlier_recipients: 5, ..notice(Kind::ResidentCompany) };
    let text = notice.text(&places(), &settings(), Language::Indonesian);
    assert_eq!(text.subject, "Ditarik: warga–perusahaan di Rawas Ilir (16.13-2026-0007)");
    assert!(text.body.contains("ditarik dan tidak berlaku lagi"), "{}", text.body);
    assert!(text.body.contains("kepada 5 penerima; semuanya dikabari"), "{}", text.body);
}

#[test]
fn what_was_withdrawn_with_its_incidents_names_no_disaster_it_does_not_know() {
    let nameless = |change| Notice { change, incident: None, ..notice(Kind::Disaster) };
    let text = |change| nameless(change).text(&places(), &settings(), Language::Indonesian).body;
    assert!(
        !text(AlertChangeKind::Withdrawn).contains("Yang terjadi:"),
        "{}",
        text(AlertChangeKind::Withdrawn)
    );
    assert!(text(AlertChangeKind::Opened).contains("Yang terjadi: belum dirinci"));
}

#[test]
fn a_scenario_is_marked_in_subject_and_body() {
    let settings = MessageSettings { scenario: true, ..settings() };
    for language in [Language::Indonesian, Language::English] {
        for change in AlertChangeKind::ALL.iter().copied() {
            let notice = Notice { change, ..notice(Kind::Disaster) };
            let text = notice.text(&places(), &settings, language);
            assert!(text.subject.starts_with("[SKENARIO] ") && text.body.starts_with("[SKENARIO] "));
        }
    }
}

#[test]
fn a_regency_is_called_one_and_an_unknown_place_goes_by_its_code() {
    let notice =
        Notice { code: Code(161300), change: AlertChangeKind::Risen, ..notice(Kind::ResidentCompany) };
    let text = notice.text(&places(), &settings(), Language::Indonesian);
    assert!(text.body.contains("Kabupaten/kota: Kabupaten Musi Rawas Utara\n"), "{}", text.body);
    assert!(text.subject.starts_with("Naik ke SIAGA"), "{}", text.subject);
    assert_eq!(name(&places(), Code(991101)), "99.11.01");
}

#[test]
fn a_disasters_message_says_that_a_baseline_spoke_and_a_conflicts_does_not() {
    let spoke = |kind: Kind| Notice { baseline: Some("decayed".into()), ..notice(kind) };
    let body = |kind: Kind| spoke(kind).text(&places(), &settings(), Language::Indonesian).body;
    assert!(
        body(Kind::Disaster)
            .contains("Pembanding dipakai (model belum terbukti lebih baik): jumlah kejadian")
    );
    assert!(!body(Kind::ResidentCompany).contains("Pembanding"));
}

#[test]
fn links_that_lead_to_this_machine_alone_are_warned_of() {
    for here in [
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://0.0.0.0:80/x",
        "http://[::1]:8080",
        "http://[::]:8080",
        "https://127.0.0.9",
    ] {
        assert!(link_warning(here).is_some_and(|words| words.contains(here)), "{here}");
    }
    assert_eq!(link_warning("https://kentongan.muratara.example"), None);
}

#[test]
fn what_no_incident_alone_tells_is_said() {
    let piled = serde_json::json!({"signs": 5, "days": 10, "usual": 1.0});
    let piled = Notice { signs: vec![piled], ..notice(Kind::ResidentCompany) };
    let text = piled.text(&places(), &settings(), Language::Indonesian).body;
    assert!(
        text.contains(
            "Sebab: Gejala bertumpuk: 5 tanda dalam 10 hari; 90 hari sebelumnya rata-rata 1 dalam 10 hari.\n"
        ),
        "{text}"
    );
    let seen = serde_json::json!({"hotspots": 3, "hours": 24});
    let seen = Notice { signs: vec![seen], incident: None, ..notice(Kind::Disaster) };
    let text = seen.text(&places(), &settings(), Language::Indonesian).body;
    assert!(text.contains("Sebab: Sedikitnya 3 titik panas") && !text.contains("**"), "{text}");
    let withdrawn = Notice { change: AlertChangeKind::Withdrawn, ..seen };
    assert!(!withdrawn.text(&places(), &settings(), Language::Indonesian).body.contains("Sebab"));
}
