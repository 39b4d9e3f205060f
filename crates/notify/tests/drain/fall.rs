//! A fall: its message leads with how high the alert stood, by what and what became of that, and only then says what stands.

use crate::ALERT;
use crate::desk::{DISTRICT, Desk, NOW, PLANTED};
use crate::receivers::{Http, Smtp};
use crate::roster::places;
use crate::rows::{incident, raised_in, report};
use domain::alert::notice::AlertChangeKind;
use domain::effect::{Condition, ConditionChange, ConditionReason, DistrictCount, Effect, Incident, Verdict};
use domain::kind::{Category, FeedClass, Horizon, Kind, Level, Outcome};
use domain::report::{Body, FeedId, ReportId};
use domain::time::{DAY, HOUR, MINUTE, Time};
use store::{FallCause, FallFacts, ReportRow};

fn reported(id: ReportId, kind: Kind, category: &str, at: Time) -> (ReportRow, Incident) {
    let mut row = report(id, kind, 0);
    if let Body::Statement(statement) = &mut row.report.body {
        (statement.category, statement.occurred_at) = (Category::parse(category).unwrap(), at);
    }
    (row, Incident { occurred_at: at, ..incident(id, kind, category, 4) })
}

fn fallen(raised: &Effect, change: impl FnOnce(&mut Condition)) -> Effect {
    let mut fallen = raised.clone();
    if let Effect::Condition(condition) = &mut fallen {
        (condition.change, condition.level) = (ConditionChange::Changed, Level::Siaga);
        change(condition);
    }
    fallen
}

/// Everybody hears that the alert stands; then it falls.
async fn fell(first: (Vec<ReportRow>, Vec<Effect>), then: Vec<Effect>) -> (Desk, Smtp, Http) {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.commit(first.0, first.1).await;
    let running = desk.run();
    desk.settled().await;
    running.stop().await;
    smtp.rest();
    http.call().await;
    desk.commit(Vec::new(), then).await;
    desk.pass(11 * MINUTE);
    (desk, smtp, http)
}

#[tokio::test]
async fn a_falls_message_leads_with_what_had_raised_it_and_only_then_says_what_stands() {
    for (kind, categories, says) in [
        (Kind::Disaster, ["WA-01", "WA-02"], ["banjir", "longsor"]),
        (Kind::ResidentCompany, ["WP-05", "WP-01"], ["pemortalan", "rinciannya hanya di halaman peringatan"]),
        (Kind::ResidentCompany, ["WP-01", "WP-05"], ["warga–perusahaan", "pemortalan"]),
    ] {
        let (row, was) = reported(ReportId(77), kind, categories[0], NOW.plus(-2 * DAY));
        let (newer, now) = reported(ReportId(78), kind, categories[1], NOW.plus(-HOUR));
        let raised = raised_in((&places(), DISTRICT), (kind, Level::Awas), vec![was.id]);
        let lowered = fallen(&raised, |own| own.evidence = vec![now.id]);
        let first = (vec![row, newer], vec![Effect::Incident(was), Effect::Incident(now), raised]);
        let (desk, mut smtp, mut http) = fell(first, vec![lowered]).await;
        let running = desk.run();
        let mut mail = smtp.mail().await;
        while mail.to != "camat@x.example" {
            mail = smtp.mail().await;
        }
        let text = mail.text.replace('\r', "");
        let before = format!(
            "Sebelumnya: awas, karena {}, Jum, 27 Feb 2026, 07.00 WIB; kejadian itu tidak lagi menaikkan level setinggi itu\n",
            says[0]
        );
        let stands = format!("Yang masih berlaku: {}\n", says[1]);
        assert!(text.starts_with("Level peringatan turun dari awas menjadi siaga"), "{text}");
        let lines = [&before, &stands].map(|line| text.find(line.as_str()));
        assert!(lines[0].is_some() && lines[0] < lines[1], "{before}{stands}: {text}");
        let call = http.call().await;
        assert!(call.body.contains(r#""level":"siaga","level_before":"awas""#), "{}", call.body);
        for hidden in PLANTED {
            assert!(!mail.raw.contains(hidden) && !call.body.contains(hidden), "'{hidden}': {text}");
        }
        running.stop().await;
    }
}

/// What its source took back, what the desk rejected, and that fewer districts stand: why it fell is what became of what had raised it.
#[tokio::test]
async fn why_an_alert_fell_is_what_became_of_what_had_raised_it() {
    let kind = Kind::Disaster;
    let (row, was) = reported(ReportId(77), kind, "WA-01", NOW.plus(-2 * DAY));
    let (newer, now) = reported(ReportId(78), kind, "WA-02", NOW.plus(-HOUR));
    let regency = DISTRICT.regency();
    let (horizon, risk_ppm, base_ppm) = (Horizon::Week, 300_000, 60_000);
    let by_model = vec![ConditionReason::Model { horizon, risk_ppm, base_ppm }];
    let gone = vec![
        Effect::Outcome { regency, report: was.id, outcome: Outcome::Retracted, incident: None },
        Effect::IncidentGone { regency, id: was.id },
    ];
    let rejected = vec![Effect::Incident(Incident { verdict: Verdict::Rejected, ..was })];
    let claimed = Some((was.category, was.occurred_at));
    let rule = || vec![ConditionReason::Rule(String::from("aturan"))];
    for (reasons, evidence, became, fall) in [
        (rule(), vec![was.id], gone, (claimed, FallCause::Retracted)),
        (rule(), vec![was.id], rejected, (claimed, FallCause::Rejected)),
        (
            vec![ConditionReason::Districts(DistrictCount::of_earlier_build(3))],
            vec![],
            vec![],
            (None, FallCause::FewerDistricts),
        ),
        (by_model.clone(), vec![], vec![], (None, FallCause::Model)),
    ] {
        let mut awas = raised_in((&places(), DISTRICT), (kind, Level::Awas), evidence);
        if let Effect::Condition(condition) = &mut awas {
            condition.reasons = reasons;
        }
        let lowered = fallen(&awas, |own| (own.reasons, own.evidence) = (by_model.clone(), vec![now.id]));
        let first =
            (vec![row.clone(), newer.clone()], vec![Effect::Incident(was), Effect::Incident(now), awas]);
        let (desk, ..) = fell(first, became.into_iter().chain([lowered]).collect()).await;
        let items = desk.store.alert_items(ALERT).await.unwrap();
        let item = items.iter().find(|item| item.change == AlertChangeKind::Lowered).expect("a fall");
        let (rested_on, cause) = fall;
        let facts = desk.store.message_facts(item).await.unwrap();
        assert_eq!(facts.fall, Some(FallFacts { from: Level::Awas, rested_on, cause }));
        let opened = desk.store.message_facts(&items[0]).await.unwrap();
        assert_eq!(opened.fall, None, "what opens falls from nothing");
    }
}

/// A fall and something new in one message: what is new leads, and the fall is in the subject, in the first sentence and in a line.
#[tokio::test]
async fn neither_a_fall_nor_what_is_new_hides_the_other_in_one_message() {
    let kind = Kind::Disaster;
    let (row, was) = reported(ReportId(77), kind, "WA-01", NOW.plus(-2 * DAY));
    let (newer, now) = reported(ReportId(78), kind, "WA-02", NOW.plus(-HOUR));
    let raised = raised_in((&places(), DISTRICT), (kind, Level::Awas), vec![was.id]);
    for back in [false, true] {
        let lowered = fallen(&raised, |own| (own.level, own.evidence) = (Level::Waspada, vec![now.id]));
        let risen = fallen(&lowered, |own| own.level = Level::Siaga);
        let first = (vec![row.clone(), newer.clone()], vec![Effect::Incident(was), raised.clone()]);
        let then = vec![Effect::Incident(now), lowered].into_iter().chain(back.then_some(risen)).collect();
        let (desk, mut smtp, mut http) = fell(first, then).await;
        let running = desk.run();
        let mut mail = smtp.mail().await;
        while mail.to != "camat@x.example" {
            mail = smtp.mail().await;
        }
        let text = mail.text.replace('\r', "");
        let begins = match back {
            false => "Kejadian baru pada peringatan yang masih terbuka, level waspada (turun dari awas, ",
            true => "Level peringatan naik ke siaga (setelah turun dari awas, ",
        };
        assert!(text.starts_with(begins), "{text}");
        let before = "Sebelumnya: awas, karena banjir, Jum, 27 Feb 2026, 07.00 WIB; kejadian itu tidak lagi";
        for says in [before, "Yang terjadi: longsor\n"] {
            assert!(text.contains(says), "{says}: {text}");
        }
        assert!(!text.contains("Juga: tingkat turun"), "once: {text}");
        let call = http.call().await;
        let level = if back { "siaga" } else { "waspada" };
        let says = format!(r#""level":"{level}","level_before":"awas""#);
        assert!(call.body.contains(&says), "{}", call.body);
        running.stop().await;
    }
}

/// What stands is still there: whose word of it was taken back, and how often, is why.
#[tokio::test]
async fn a_fall_says_whose_word_was_taken_back_or_corrected_and_how_often() {
    let kind = Kind::ResidentCompany;
    for (times, corrected, says) in [
        (1, false, "menarik laporannya tentang itu\n"),
        (1, true, "mengoreksi laporannya tentang itu\n"),
        (
            3,
            false,
            "menarik atau mengoreksi laporannya tentang itu, sudah 3 kali sejak peringatan ini dibuka\n",
        ),
    ] {
        let (row, own) = reported(ReportId(77), kind, "WP-05", NOW.plus(-HOUR));
        let raised = raised_in((&places(), DISTRICT), (kind, Level::Awas), vec![own.id]);
        let lowered = fallen(&raised, |_| {});
        let risen = fallen(&raised, |condition| condition.level = Level::Awas);
        let (desk, mut smtp, _http) = fell((vec![row], vec![Effect::Incident(own), raised]), vec![]).await;
        for id in 0..times {
            if id > 0 {
                desk.commit(Vec::new(), vec![risen.clone()]).await;
            }
            let mut row = report(ReportId(900 + id), kind, 0);
            row.report.class = FeedClass::Police;
            match &mut row.report.body {
                Body::Statement(statement) if corrected => statement.supersedes = Some(ReportId(800 + id)),
                body => *body = Body::Retraction { target: ReportId(800 + id) },
            }
            let (regency, report) = (DISTRICT.regency(), row.report.name());
            let outcome = if corrected { Outcome::Merged } else { Outcome::Retracted };
            let taken = Effect::Outcome { regency, report, outcome, incident: corrected.then_some(own.id) };
            desk.commit(vec![row], vec![taken, lowered.clone()]).await;
        }
        let running = desk.run();
        let mut mail = smtp.mail().await;
        while mail.to != "camat@x.example" {
            mail = smtp.mail().await;
        }
        let text = mail.text.replace('\r', "");
        let why = "Sebelumnya: awas, karena pemortalan, Min, 1 Mar 2026, 06.00 WIB; kepolisian ";
        assert!(text.contains(&format!("{why}{says}")), "{text}");
        running.stop().await;
    }
}

/// What a source changed is what it is about, of all that the alert rested on, and no other source's words count as its own.
#[tokio::test]
async fn a_fall_names_the_incident_whose_source_changed_its_word_and_counts_no_other_source() {
    let kind = Kind::ResidentCompany;
    let own = |number: i64| reported(ReportId(76 + number as u128), kind, "WP-05", NOW.plus(-number * HOUR));
    let (rows, known): (Vec<ReportRow>, Vec<Incident>) = [own(1), own(2), own(3)].into_iter().unzip();
    let first = "karena pemortalan, Min, 1 Mar 2026, 06.00 WIB";
    for (of, retracted, says) in [
        (
            Some(2),
            false,
            "karena pemortalan, Min, 1 Mar 2026, 04.00 WIB; kepolisian mengoreksi laporannya tentang itu\n",
        ),
        // Of which of the three nobody knows.
        (None, true, first),
        (None, false, first),
    ] {
        let names = known.iter().map(|own| own.id).collect();
        let raised = raised_in((&places(), DISTRICT), (kind, Level::Awas), names);
        let lowered = fallen(&raised, |_| {});
        let risen = fallen(&raised, |condition| condition.level = Level::Awas);
        let effects = known.iter().map(|own| Effect::Incident(*own)).chain([raised]).collect();
        let (desk, mut smtp, _http) = fell((rows.clone(), effects), vec![]).await;
        for (id, feed) in [(900, "polsek-lain"), (901, "polsek")] {
            if id > 900 {
                desk.commit(Vec::new(), vec![risen.clone()]).await;
            }
            let mut row = report(ReportId(id), kind, 0);
            row.report.class = FeedClass::Police;
            (row.report.feed, row.feed_name) = (FeedId::of(feed), feed.to_owned());
            match &mut row.report.body {
                Body::Statement(statement) if !retracted => statement.supersedes = Some(ReportId(id - 100)),
                body => *body = Body::Retraction { target: ReportId(id - 100) },
            }
            let (regency, report) = (DISTRICT.regency(), row.report.name());
            let outcome = if retracted { Outcome::Retracted } else { Outcome::Merged };
            let incident = of.map(|place: usize| known[place].id);
            let taken = Effect::Outcome { regency, report, outcome, incident };
            desk.commit(vec![row], vec![taken.clone(), lowered.clone()]).await;
            // It ends as what its own effects say.
            desk.commit(Vec::new(), vec![taken]).await;
        }
        let running = desk.run();
        let mut mail = smtp.mail().await;
        while mail.to != "camat@x.example" {
            mail = smtp.mail().await;
        }
        let text = mail.text.replace('\r', "");
        assert!(text.contains(&format!("Sebelumnya: awas, {says}")), "{text}");
        let names_who = text.contains("laporannya tentang itu");
        assert!(names_who == of.is_some() && !text.contains(" kali sejak"), "{text}");
        running.stop().await;
    }
}
