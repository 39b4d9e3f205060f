//! An alert as the pages show it: its strip, its page, and what each speaker claims.

use super::*;

pub fn alert_row(id: &str, place: &str, kind: Kind, level: Level, state: State) -> AlertItem {
    AlertItem {
        id: id.into(),
        code: Code(161304),
        place: place.into(),
        kind,
        level,
        state,
        opened_at: NOW.plus(-5 * HOUR),
        peak: level.max(if state == State::Responding { Level::Awas } else { level }),
        reached_at: NOW.plus(if level == Level::Awas { -HOUR } else { -5 * HOUR }),
        assignee: (state == State::Responding).then(|| "Danramil".into()),
        outcome: None,
        unverified: level == Level::Waspada,
        one_party: false,
        awaits_acceptance: state == State::Open,
        withdrawal_waits: false,
        stale: false,
        cleared: false,
        happening: happening(kind),
        districts: Vec::new(),
    }
}

fn happening(kind: Kind) -> Option<HappeningView> {
    let disaster = kind == Kind::Disaster;
    let what = if disaster { "banjir" } else { "pemblokiran atau pemortalan jalan perusahaan" };
    Some(HappeningView {
        what: Some(what.into()),
        village: Some("Beringin Makmur II".into()),
        occurred_at: NOW.plus(-8 * HOUR),
        again_at: None,
        doubtful: false,
        claimed_by: vec![FeedClass::Village, FeedClass::Company],
        affirmed: Affirmed {
            how_much: Affirmation::Part,
            by: AffirmedBy::Sides,
            people_claimed: disaster,
            severity_claimed: true,
            take_back_waits: false,
        },
        disputed: !disaster,
        over_at: None,
        over_by: Vec::new(),
        dead: u16::from(disaster),
        injured: 0,
        displaced: if disaster { 120 } else { 0 },
        attested: ExtentView { severity: 3, dead: 0, injured: 0, displaced: if disaster { 80 } else { 0 } },
        others: 1,
        further: Vec::new(),
        all: HarmedPeople::new(
            Extent { severity: 4, dead: 1, injured: 0, displaced: 120 },
            Extent { severity: 3, dead: 0, injured: 0, displaced: 80 },
        ),
        districts: Vec::new(),
        is_of_districts: false,
        harmed_districts: 0,
        has_ended: false,
    })
}

pub fn alert_view() -> AlertView {
    let entry = |version, at, actor: &str, act: &str, reason: &str| HistoryLine {
        version,
        at,
        actor: actor.into(),
        act: act.into(),
        level: (act == "raised").then_some(Level::Siaga),
        reason: reason.into(),
        role: None,
    };
    AlertView {
        desk_only: None,
        latest: None,
        retracted: Vec::new(),
        by_model: false,
        alert: alert_row("16.13-2026-0007", "Rawas Ilir", Kind::ResidentCompany, Level::Siaga, State::Responding),
        version: 4,
        changed_at: NOW.plus(-HOUR),
        cleared_at: None,
        reasons: vec!["Aturan **WP-A**, Gangguan jalan atau lahan perusahaan yang berulang: 3 kejadian dalam 5 hari, keparahan 3 atau lebih.".into(),
            "Model: risiko **34 %** dalam 7 hari, dari biasanya 6 %.".into()],
        policy: Some("2026-11-01".into()),
        chain: chain().members,
        week: Some(assessment()),
        opened: None,
        peak: None,
        claims: vec![claims()],
        reports: vec![report_row(Verdict::Confirmed), report_row(Verdict::Unverified)],
        hidden: 1,
        history: vec![
            entry(1, NOW.plus(-5 * HOUR), "kentongan", "raised", ""),
            entry(2, NOW.plus(-4 * HOUR), "sari", "acknowledge", ""),
            entry(3, NOW.plus(-3 * HOUR), "sari", "assign", "→ Danramil · mohon dicek sebelum magrib"),
            entry(4, NOW.plus(-HOUR), "budi", "respond", ""),
        ],
        team: vec!["Danramil".into(), "Kapolsek Rawas Ilir".into()],
        unnotified_assignee: None,
        nobody_notified: None,
        withdrawal: None,
        needs_two_to_end: true,
        viewer_unnamed: false,
        second_by_link: vec![],
        lapsed: vec![],
        answered: None,
        after: None,
        earlier: None,
        delivered: Some(DeliveryCount { reached: 5, of: 5 }),
        messages: vec![],
    }
}

pub fn claims() -> IncidentClaims {
    let says = |class: FeedClass, feed: &str, severity| SpeakerClaim {
        class,
        feed: feed.into(),
        extent: ExtentView { severity, dead: 0, injured: 0, displaced: 0 },
    };
    IncidentClaims {
        incident: "01M6YNNCE0RVR3ZRZAD0NSNGRB".into(),
        occurred_at: NOW.plus(-8 * HOUR),
        doubtful: false,
        speakers: vec![
            says(FeedClass::Village, "skd-rawas-ilir", 3),
            says(FeedClass::Company, "pt-contoh-sawit", 4),
        ],
        attested: ExtentView { severity: 3, dead: 0, injured: 0, displaced: 0 },
        counted_severity: 3,
        verdict: Verdict::Unverified,
        denials: 1,
        check: None,
        awas_request: None,
        take_back_request: None,
    }
}
