//! What a message says of other alerts.

use super::*;
use domain::time::{HOUR, MINUTE};
use store::{FallCause, FallFacts};

#[test]
fn a_regencys_alert_that_rose_with_it_has_its_place_level_and_link_and_no_further_news_cut_it() {
    let of = |change, alert: &str, code, category: Option<&str>| {
        let incident = category.map(|category| (Category::parse(category).unwrap(), NEW_YEAR));
        let (alert, code, kind) = (String::from(alert), Code(code), Kind::Disaster);
        let (assigned_elsewhere, ending, fewer_harmed) = (None, None, None);
        AlsoNews {
            change,
            alert,
            code,
            kind,
            level: Level::Siaga,
            incident,
            fewer_harmed,
            assigned_elsewhere,
            ending,
        }
    };
    let own = || of(AlertChangeKind::NewIncident, "16.13-2026-0007", 161304, Some("WA-01"));
    let mut also = vec![of(AlertChangeKind::Opened, "16.13-2026-0008", 161300, None)];
    also.extend((0..7).map(|_| own()));
    let notice = Notice { also, ..notice(Kind::Disaster) };
    let body = notice.text(&places(), &settings(), Language::Indonesian).body;
    let lines: Vec<&str> = body.lines().filter_map(|line| line.strip_prefix("Juga: ")).collect();
    let incident = "kejadian baru: banjir, Jum, 1 Jan 2027, 00.05 WIB";
    let regency = "Kabupaten Musi Rawas Utara, peringatan dibuka, level siaga: https://desk.example/peringatan/16.13-2026-0008";
    assert_eq!(lines, [regency, incident, incident, incident, incident, incident, "dan 2 lainnya"], "{body}");
    let json = json(&notice, (4, 1), &places(), &settings()).unwrap();
    let also = &serde_json::from_slice::<Value>(&json).unwrap()["also"];
    assert_eq!(also.as_array().unwrap().len(), 8, "{also}");
    let place = |at: usize| ["regency", "kind", "level"].map(|field| also[at][field].as_str());
    assert_eq!(place(0), [Some("16.13"), Some("disaster"), Some("siaga")], "{also}");
    assert_eq!(place(1), [None, None, Some("siaga")], "{also}");
}

#[test]
fn a_request_for_a_second_person_says_its_alerts_number_to_programs_too() {
    let json = |about_alert: Option<&str>| {
        let about_alert = about_alert.map(str::to_owned);
        let notice = Notice { about_alert, ..notice(Kind::ResidentCompany) };
        let body = json(&notice, (4, 1), &places(), &settings()).unwrap();
        serde_json::from_slice::<Value>(&body).unwrap()["about_alert"].clone()
    };
    assert_eq!(json(Some("16.13-2026-0008")), "16.13-2026-0008");
    assert_eq!(json(None), Value::Null);
}

#[test]
fn a_sum_says_what_of_it_is_a_claim_and_what_was_rejected_leaves_nothing_unknown() {
    let mut notice = notice(Kind::Disaster);
    let extent = |dead, injured| Extent { severity: 4, dead, injured, displaced: 1_120 };
    notice.harmed = Some(HarmedPeople::new(extent(2, 6), extent(0, 6)));
    let body = notice.text(&places(), &settings(), Language::Indonesian).body;
    let says = "Korban seluruhnya: meninggal 2 menurut laporan yang belum terkonfirmasi; luka 6 terkonfirmasi; mengungsi 1.120 terkonfirmasi\n";
    assert!(body.contains(says), "{body}");
    let rejected = Incident { verdict: Verdict::Rejected, ..incident(Kind::Disaster) };
    notice.incident.as_mut().unwrap().affirmed = rejected.affirmed(NEW_YEAR);
    notice.harmed = Some(HarmedPeople::default());
    let withdrawn = Notice { change: AlertChangeKind::Withdrawn, ..notice };
    let body = withdrawn.text(&places(), &settings(), Language::Indonesian).body;
    for says in [
        "Menurut: desa dan kelurahan (dinyatakan tidak terbukti oleh petugas piket)\n",
        "Korban menurut laporan itu: luka 2, mengungsi 1.120\n",
    ] {
        assert!(body.contains(says), "{says}: {body}");
    }
    assert!(!body.contains("Tidak diketahui"), "{body}");
}

#[test]
fn an_alert_that_the_model_opened_says_so_and_that_it_is_unverified() {
    let by_model =
        Notice { by_model: true, unverified: false, rests_on_none: true, ..notice(Kind::Disaster) };
    let text = by_model.text(&places(), &settings(), Language::Indonesian);
    assert!(text.subject.ends_with(" – menurut model, belum terverifikasi"), "{}", text.subject);
    assert!(
        text.body.starts_with("Peringatan baru, level siaga (menurut model, belum terverifikasi)."),
        "{}",
        text.body
    );
    for says in
        ["Kejadian terakhir: banjir\n", "Sebab: model memperkirakannya dari kejadian yang sudah dilaporkan"]
    {
        assert!(text.body.contains(says), "{says}: {}", text.body);
    }
    let ending = Some(NoticeEnding { by_the_service: true, ..NoticeEnding::default() });
    let withdrawn = Notice { change: AlertChangeKind::Withdrawn, ending, ..by_model };
    let body = withdrawn.text(&places(), &settings(), Language::Indonesian).body;
    assert!(body.contains("Sebab: sebagian laporan yang dihitung model ditarik kembali"), "{body}");
    assert!(!body.contains("memperkirakannya"), "{body}");
}

#[test]
fn a_program_reads_what_was_taken_back_and_no_incident_that_stands() {
    let flood = Some((Category::parse("WA-01").unwrap(), NEW_YEAR));
    let notice = Notice { change: AlertChangeKind::TakenBack, taken_back: flood, ..notice(Kind::Disaster) };
    let body = json(&notice, (4, 1), &places(), &settings()).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["taken_back"]["category"], "WA-01");
    assert!(body["taken_back"]["occurred_at"].is_string(), "{body}");
    assert!(body.get("incident").is_none(), "{body}");
}

/// In the words of the alert's page.
#[test]
fn what_a_report_calls_over_is_called_over_in_mail_and_webhook_unless_the_desk_rejected_it() {
    let words = "; menurut laporan sudah selesai Jum, 1 Jan 2027, 02.05 WIB, tingkatnya tidak turun oleh kabar itu)\n";
    for kind in [Kind::Disaster, Kind::ResidentCompany] {
        for (verdict, is_over) in [(Verdict::Unverified, true), (Verdict::Rejected, false)] {
            let own = Incident { ended_at: Some(NEW_YEAR.plus(2 * HOUR)), verdict, ..incident(kind) };
            let of = (vec![FeedClass::Village], false);
            let incident = Some(NoticeIncident::of(&own, of, &places(), (NEW_YEAR, NEW_YEAR)));
            let notice = Notice { change: AlertChangeKind::Grown, incident, ..notice(kind) };
            let body = notice.text(&places(), &settings(), Language::Indonesian).body;
            assert_eq!(body.contains(words), is_over, "{body}");
            let by = |own: NoticeIncident| NoticeIncident { over_by: vec![FeedClass::Police], ..own };
            let notice = Notice { incident: notice.incident.map(by), ..notice };
            let body = notice.text(&places(), &settings(), Language::Indonesian).body;
            assert_eq!(body.contains("; menurut laporan kepolisian sudah selesai Jum,"), is_over, "{body}");
            let sent = json(&notice, (4, 1), &places(), &settings()).unwrap();
            let sent: Value = serde_json::from_slice(&sent).unwrap();
            let over_at = is_over.then_some("2027-01-01T02:05:00+07:00");
            assert_eq!(sent["incident"]["over_at"].as_str(), over_at, "{sent}");
        }
    }
}

#[test]
fn a_regencys_message_names_the_districts_that_it_counts_and_only_those_that_its_reader_sees() {
    let counted = |code| CountedDistrict { code: Code(code), level: Level::Siaga };
    let district = |code| DistrictAlert {
        code: Code(code),
        level: Level::Siaga,
        incident: None,
        claim: None,
        harmed: None,
    };
    let regency = Notice {
        code: Code(161300),
        counted: [161304, 161305, 161306].map(counted).into(),
        districts: [161304, 161306].map(district).into(),
        ..notice(Kind::ResidentCompany)
    };
    let body = |notice: &Notice| notice.text(&places(), &settings(), Language::Indonesian).body;
    let all = body(&regency);
    let why = "Sebab: 3 kecamatan sekaligus berada pada siaga atau awas: Rawas Ilir, Karang Dapo, Nibung.\n";
    assert!(all.contains(why) && all.contains("Kecamatan: Nibung, level siaga\n"), "{all}");
    let areas = Areas::parse("16.13.04").unwrap();
    let own = body(&Notice { areas, ..regency.clone() });
    assert!(own.contains("siaga atau awas: Rawas Ilir, 2 kecamatan lain.\n"), "{own}");
    assert!(own.contains("Kecamatan: Rawas Ilir, level siaga\nKecamatan: dan 1 lainnya\n"), "{own}");
    assert!(!own.contains("Nibung") && !own.contains("Karang Dapo"), "{own}");
    let others = Notice { areas: Areas::parse("16.13.05").unwrap(), ..regency.clone() };
    let none = body(&others);
    assert!(none.contains("Kecamatan: 2 kecamatan lain\n") && !none.contains("Rawas Ilir"), "{none}");
    let ended = body(&Notice { change: AlertChangeKind::Withdrawn, ..regency });
    assert!(!ended.contains("sekaligus"), "{ended}");
}

#[test]
fn a_subject_says_from_what_an_alert_fell_beside_what_is_new_too() {
    let fall = Some(FallFacts { from: Level::Awas, rested_on: None, cause: FallCause::Passed });
    let of = |change, language| {
        let fallen = Notice { change, fall, level: Level::Waspada, ..notice(Kind::Disaster) };
        fallen.text(&places(), &settings(), language).subject
    };
    use Language::{English, Indonesian};
    let rest = "banjir di Rawas Ilir (16.13-2026-0007) – belum terverifikasi";
    assert_eq!(of(AlertChangeKind::Lowered, Indonesian), format!("Turun dari AWAS ke WASPADA: {rest}"));
    let new = of(AlertChangeKind::NewIncident, Indonesian);
    assert_eq!(new, format!("Kejadian baru, WASPADA (turun dari AWAS): {rest}"));
    let english = of(AlertChangeKind::Lowered, English);
    assert!(english.starts_with("Down from AWAS to WASPADA: flood in Rawas Ilir"), "{english}");
}

/// Why another alert stands that a line names: the kecamatan that its regency counts, as far as the reader sees them.
#[test]
fn a_line_about_the_regency_says_why_it_stands_and_names_what_its_reader_sees() {
    let alert = String::from("16.13-2026-0008");
    let also = AlsoNews {
        change: AlertChangeKind::Risen,
        alert: alert.clone(),
        code: Code(161300),
        kind: Kind::ResidentCompany,
        level: Level::Awas,
        incident: None,
        fewer_harmed: None,
        assigned_elsewhere: None,
        ending: None,
    };
    let counted = |code| CountedDistrict { code: Code(code), level: Level::Awas };
    let counts = AlsoWhy {
        alert: alert.clone(),
        counted: [161304, 161305, 161306].map(counted).into(),
        ..AlsoWhy::default()
    };
    let line = |why: AlsoWhy, areas: Areas| {
        let (also, also_why) = (vec![also.clone()], vec![why]);
        let notice = Notice { also, also_why, areas, ..notice(Kind::ResidentCompany) };
        let body = notice.text(&places(), &settings(), Language::Indonesian).body;
        let line = body.lines().find_map(|line| line.strip_prefix("Juga: ")).expect("a line").to_owned();
        let line =
            line.strip_prefix("Kabupaten Musi Rawas Utara, tingkat naik, level awas (").unwrap().to_owned();
        let link = "): https://desk.example/peringatan/16.13-2026-0008";
        line.strip_suffix(link).unwrap_or_else(|| panic!("{line}")).to_owned()
    };
    let words = "3 kecamatan sekaligus berada pada siaga atau awas: ";
    let all = line(counts.clone(), Areas::everywhere());
    assert_eq!(all, format!("{words}Rawas Ilir, Karang Dapo, Nibung"));
    let own = line(counts, Areas::parse("16.13.04").unwrap());
    assert_eq!(own, format!("{words}Rawas Ilir, 2 kecamatan lain"));
    let happened = |at: Time| {
        let incident = Some((Category::parse("WP-05").unwrap(), at));
        line(AlsoWhy { alert: alert.clone(), incident, ..AlsoWhy::default() }, Areas::everywhere())
    };
    assert_eq!(happened(NEW_YEAR), "pemortalan, Jum, 1 Jan 2027, 00.05 WIB");
    assert_eq!(happened(NEW_YEAR.plus(-5 * MINUTE)), "pemortalan, Jum, 1 Jan 2027", "nobody gave the hour");
}

/// A program reads why the other alert stands, too.
#[test]
fn a_webhook_gives_the_reason_of_another_alert_as_far_as_its_reader_sees_it() {
    let also = AlsoNews {
        change: AlertChangeKind::Risen,
        alert: String::from("16.13-2026-0008"),
        code: Code(161_300),
        kind: Kind::ResidentCompany,
        level: Level::Awas,
        incident: None,
        fewer_harmed: None,
        assigned_elsewhere: None,
        ending: None,
    };
    let body = |why: AlsoWhy, areas: Areas| {
        let also_why = vec![AlsoWhy { alert: also.alert.clone(), ..why }];
        let notice = Notice { also: vec![also.clone()], also_why, areas, ..notice(Kind::ResidentCompany) };
        let json = json(&notice, (4, 1), &places(), &settings()).unwrap();
        let own = serde_json::from_slice::<Value>(&json).unwrap()["also"][0].take();
        (own["districts"].clone(), own["category"].clone(), own["by_model"].clone())
    };
    let district = |code| CountedDistrict { code: Code(code), level: Level::Siaga };
    let counted = vec![district(161_304), district(161_303)];
    let counts = AlsoWhy { counted, ..AlsoWhy::default() };
    let nothing = Value::Null;
    let own = body(counts, Areas::parse("16.13.04").unwrap());
    assert_eq!(own, (serde_json::json!(["16.13.04"]), nothing.clone(), nothing.clone()));
    let incident = Some((Category::parse("WP-05").unwrap(), NEW_YEAR));
    let own = body(AlsoWhy { incident, ..AlsoWhy::default() }, Areas::everywhere());
    assert_eq!(own, (nothing.clone(), Value::from("WP-05"), nothing.clone()));
    let own = body(AlsoWhy { by_model: true, ..AlsoWhy::default() }, Areas::everywhere());
    assert_eq!(own, (nothing.clone(), nothing, Value::from(true)));
}

#[test]
fn a_question_on_one_line_says_whose_word_it_is_and_when_it_happened() {
    let check = Some(CheckFacts { reason: CheckReason::Unjudged, others: 0 });
    let asked = Notice { change: AlertChangeKind::ToCheck, check, ..notice(Kind::ResidentCompany) };
    let text = asked.text(&places(), &MessageSettings::default(), Language::Indonesian);
    let says = "Menurut desa dan kelurahan (baru satu pihak, belum terkonfirmasi), kejadian Jum, 1 Jan 2027, 00.05 WIB.";
    assert!(text.short.contains(says), "{}", text.short);
    assert!(!text.short.contains('\n') && !text.short.contains("Beringin"), "{}", text.short);
    let alert =
        notice(Kind::ResidentCompany).text(&places(), &MessageSettings::default(), Language::Indonesian);
    assert!(!alert.short.contains("Menurut"), "an alert's page says it: {}", alert.short);
}

/// Who reads no more than the subject reads an awas.
#[test]
fn a_claim_within_a_surer_alert_is_called_one_in_subject_and_short_message() {
    let of = |change, unverified| {
        let notice = Notice { change, unverified, level: Level::Awas, ..notice(Kind::ResidentCompany) };
        notice.text(&places(), &settings(), Language::Indonesian)
    };
    let claim = " – kejadian ini baru menurut satu pihak";
    let own = of(AlertChangeKind::NewIncident, false);
    assert!(
        own.subject.starts_with("Kejadian baru, AWAS: ") && own.subject.ends_with(claim),
        "{}",
        own.subject
    );
    assert!(own.short.contains(claim), "{}", own.short);
    let unsure = of(AlertChangeKind::NewIncident, true).subject;
    assert!(unsure.ends_with(" – belum terverifikasi"), "{unsure}");
    let risen = of(AlertChangeKind::Risen, false).subject;
    assert!(!risen.contains(" – "), "{risen}");
}
