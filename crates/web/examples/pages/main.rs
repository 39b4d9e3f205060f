//! Renders the pages with sample data into a folder, to be looked at in a browser without a service:
//! `cargo run -p web --example pages -- FOLDER`.

mod alerts_shown;
mod ends_shown;
mod figures_shown;

use alerts_shown::{alert_row, alert_view, claims};
use domain::alert::State;
use domain::effect::{Affirmed, AffirmedBy, HarmedPeople, Verdict};
use domain::evidence::attestation::{Affirmation, Extent};
use domain::feature::COUNT;
use domain::kind::{FeedClass, Handling, Horizon, Kind, Level, Outcome, Refused, Stance};
use domain::place::{Areas, Code, Places, Zone};
use domain::scorer::Contributions;
use domain::time::{DAY, HOUR, MINUTE, Time};
use maud::Markup;
use std::path::Path;
use views::alert::{AlertView, DeliveryCount, HistoryLine};
use views::alerts::{AlertItem, AlertsView};
use views::answered::AnsweredLevel;
use views::chains::{ChainMember, ChainView};
use views::chart::{ChartDays, ClassReports, DailySeries, RiskPoint, WeekCount, unheard};
use views::claims::{ExtentView, IncidentClaims, SpeakerClaim};
use views::context::PlaceChoice;
use views::correction::{CorrectionView, FieldChange};
use views::district::{DistrictView, DistrictsView, FoundIncidents, IncidentHistory, KindHistory};
use views::entry::{DistrictChoice, EntryChoices, VillageChoice};
use views::feeds::{FeedItem, FeedsView, QuietFeeds, RefusedCount};
use views::happening::HappeningView;
use views::model::{ModelsView, ServedModel, SkillInterval};
use views::overview::{OverviewView, SilentDistrict};
use views::picture::{AssessmentView, MatrixCell, MatrixRow, Rank, RiskFigure};
use views::reasons;
use views::report::{ReportDetailView, ReportFact};
use views::reports::{ReportItem, ReportSubject, ReportsView};
use views::status::StatusView;
use views::{Lang, Role, Viewer};
use web::pages::alert::{RefusedAct, TypedAct};
use web::pages::shell::Frame;
use web::pages::{alert, alerts, district, entry, feeds, help, login, model, overview, report, reports};
use web::{Shapes, asset};

const NOW: Time = Time(1_795_221_600_000_000);
const DISTRICTS: &str = include_str!("../../../../config/districts/16.13.csv");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).ok_or("name a folder to write to")?);
    std::fs::create_dir_all(folder.join("aset"))?;
    for name in ["desk.css", "desk.js", "alarm.js", "icon.svg"] {
        std::fs::write(folder.join("aset").join(name), asset::read(name).ok_or("an asset is missing")?)?;
    }
    let places = formats::places::from_csv(&[("16.13.csv".to_string(), DISTRICTS.to_string())])?;
    let ends = ends_shown::pages(&frame(Role::Desk, Lang::Id));
    let figures = figures_shown::pages(&frame(Role::Desk, Lang::Id));
    for (name, markup) in pages(&places)?.into_iter().chain(ends).chain(figures) {
        // Addresses relative to the folder, so that a browser finds the style sheet without a server.
        let text = markup.into_string().replace("\"/aset/", "\"aset/");
        std::fs::write(folder.join(format!("{name}.html")), text)?;
    }
    Ok(())
}

fn pages(places: &Places) -> Result<Vec<(&'static str, Markup)>, Box<dyn std::error::Error>> {
    let frame = frame(Role::Desk, Lang::Id);
    let leader = self::frame(Role::Leader, Lang::Id);
    let english = self::frame(Role::Desk, Lang::En);
    let shapes = Shapes::load(std::env::args().nth(2).as_deref().map(Path::new), places)?;
    let overview = overview_view(places);
    let alert = alert_view();
    let words = "Orang lain atau sistem sudah mengubah peringatan ini sejak Anda membukanya.".into();
    let (to, reason) = ("Danramil".into(), "Sudah dihubungi".into());
    let typed = TypedAct { act: "tugaskan".into(), to, reason, ..TypedAct::default() };
    let clash = RefusedAct { words, seen: 1, typed };
    let outside = Frame { viewer: None, head: None, ..frame.clone() };
    let problem = Some("Nama akun atau kata sandi salah.".into());
    let refused = login::LoginView { name: "sari".into(), next: "/".into(), problem, unsent: None };
    let called = Some("banjir · Pauh, Rawas Ilir · 21 Nov, 06.10".into());
    let accepted = reports::AcceptedReport { id: "01M6YNNCE0RVR3ZRZAD0NSNGRB".into(), called };
    Ok(vec![
        ("masuk", login::page(&outside, &refused)),
        ("ringkasan", overview::page(&frame, &overview, &shapes)),
        ("overview-en", overview::page(&english, &overview, &shapes)),
        (
            "antrean",
            alerts::page(
                &frame,
                &AlertsView {
                    live: overview.alerts.clone(),
                    chains: vec![chain()],
                    ended: vec![],
                    last_check: Some(NOW),
                },
            ),
        ),
        (
            "kosong",
            alerts::page(
                &frame,
                &AlertsView { live: vec![], chains: vec![], ended: vec![], last_check: Some(NOW) },
            ),
        ),
        ("peringatan", alert::page(&frame, &alert, None)),
        ("berubah", alert::page(&frame, &alert, Some(&clash))),
        ("kecamatan", district::page(&frame, &district_view())),
        ("kecamatan-pimpinan", district::page(&leader, &for_leaders(district_view()))),
        ("kecamatan-daftar", district::list(&frame, &DistrictsView { rows: overview.rows.clone() })),
        ("laporan", reports::page(&frame, &reports_view(places), Some(&accepted))),
        ("laporan-satu", report::page(&frame, &report_view(), None)),
        ("laporan-baru", entry::page(&frame, &entry_view(places))),
        ("umpan", feeds::page(&frame, &feeds_view())),
        (
            "model",
            model::page(
                &frame,
                &ModelsView { models: models(), drift: Default::default(), ranges: Vec::new() },
            ),
        ),
        ("bantuan", help::page(&frame, &[])),
    ])
}

fn frame(role: Role, lang: Lang) -> Frame {
    Frame {
        lang,
        viewer: Some(Viewer {
            name: "sari".into(),
            role,
            areas: Areas::everywhere(),
            person: String::new(),
            feed: String::new(),
        }),
        head: Some(StatusView {
            code: Code(161300),
            regency: "Kabupaten Musi Rawas Utara".into(),
            zone: Zone::Wib,
            as_of: Some(NOW),
            now: NOW.plus(7 * MINUTE),
            completeness_ppm: Some(780_000),
            no_data: 1,
            silent_feeds: 2,
            never_reported: 1,
            clock_step: None,
            waiting: 0,
            districts: 7,
            others: vec![PlaceChoice { code: Code(350800), name: "Kabupaten Lumajang".into() }],
        }),
        scenario: true,
        path: "/".into(),
        release: asset::release(),
        change_position: String::new(),
    }
}

fn levels(index: usize) -> [Level; 3] {
    use Level::{Awas, Low, NoData, Siaga, Waspada};
    [
        [Low, Low, Waspada],
        [Low, Waspada, Low],
        [Low, Low, Low],
        [Siaga, Low, Low],
        [Low, Awas, Low],
        [Waspada, Low, Waspada],
        [NoData, NoData, NoData],
    ][index % 7]
}

fn overview_view(places: &Places) -> OverviewView {
    let regency = places.find(Code(161300)).expect("the sample holds 16.13");
    let rows = places.districts(regency).enumerate().map(|(index, unit)| MatrixRow {
        code: places.code(unit),
        name: places.name(unit),
        cells: std::array::from_fn(|at| (Kind::ALL[at], levels(index)[at])).map(|(kind, level)| MatrixCell {
            kind,
            thin_ppm: (index == 2).then_some(330_000),
            level,
            risk: Some(RiskFigure {
                risk_ppm: 340_000,
                base_ppm: 60_000,
                calibrated: level == Level::Siaga,
                rank: Some(Rank { place: 2, of: 7 }),
            }),
            answered: (index == 4 && kind == Kind::ResidentResident).then(answered),
        }),
    });
    OverviewView {
        late_messages: vec![],
        unnotified: vec![],
        alerts: vec![
            alert_row("16.13-2026-0009", "Karang Dapo", Kind::ResidentResident, Level::Awas, State::Open),
            alert_row(
                "16.13-2026-0007",
                "Rawas Ilir",
                Kind::ResidentCompany,
                Level::Siaga,
                State::Responding,
            ),
            alert_row("16.13-2026-0006", "Karang Jaya", Kind::Disaster, Level::Waspada, State::Acknowledged),
        ],
        more: 2,
        chains: vec![chain()],
        ends_asked: vec![],
        not_agreed: vec![],
        lapsed: vec![],
        to_check: vec![],
        more_to_check: false,
        last_check: Some(NOW),
        rows: rows.collect(),
        kind: None,
        regency: Code(161300),
        silent: vec![SilentDistrict {
            code: Code(161307),
            name: "Ulu Rawas".into(),
            since: Some(NOW.plus(-9 * DAY)),
        }],
        drift: Default::default(),
    }
}

fn chain() -> ChainView {
    let member = |place: &str, kind, level| {
        let (code, since, alert) = (Code(161305), NOW.plus(-5 * HOUR), "16.13-2026-0009".into());
        ChainMember { code, place: place.into(), kind, level, since, alert }
    };
    let first = member("Karang Dapo", Kind::ResidentResident, Level::Awas);
    ChainView { members: vec![first, member("Rupit", Kind::Disaster, Level::Waspada)] }
}

fn answered() -> AnsweredLevel {
    AnsweredLevel {
        code: Code(161305),
        place: "Karang Dapo".into(),
        kind: Kind::ResidentResident,
        level: Level::Awas,
        alert: "16.13-2026-0005".into(),
        ended_at: NOW.plus(-3 * HOUR),
    }
}

fn assessment() -> AssessmentView {
    let mut features = [1.0; COUNT];
    features[8] = 2.0f64.ln_1p();
    let mut shares = [0.0; COUNT];
    for (index, share) in shares.iter_mut().enumerate() {
        *share = [1.4, 0.8, -0.3, 0.5, 0.02, 0.1, -0.7, 0.6, 0.9, 0.1, -0.1, 0.05, 0.4][index % 13];
    }
    AssessmentView {
        horizon: Horizon::Week,
        at: NOW,
        risk: RiskFigure {
            risk_ppm: 340_000,
            base_ppm: 60_000,
            calibrated: true,
            rank: Some(Rank { place: 1, of: 7 }),
        },
        range: None,
        baseline_ppm: 80_000,
        model: "resident_company-7d-2026-11-01".into(),
        explanation: vec!["Di Rawas Ilir ada 3 kejadian dalam 14 hari terakhir, dari Sen, 16 Nov sampai Jum, 20 Nov: pemortalan jalan (2), unjuk rasa.".into()],
        reasons: reasons::lines(
            Lang::Id,
            &features,
            &Contributions { intercept: -3.2, features: shares },
            false,
            Default::default(),
        ),
        intercept: -3.2,
    }
}

fn report_row(verdict: Verdict) -> ReportItem {
    ReportItem {
        name: String::new(),
        content: 0,
        feed: None,
        id: "01M6YNNCE0RVR3ZRZAD0NSNGRB".into(), place: "Beringin Makmur II, Rawas Ilir".into(), class: FeedClass::Village,
        at: NOW.plus(-8 * HOUR), reported_at: NOW.plus(-6 * HOUR), occurred_at: Some(NOW.plus(-8 * HOUR)), handling: Handling::Limited,
        outcome: Some(Outcome::Incident), verdict, late: verdict == Verdict::Unverified,
        stance: Some(Stance::Affirms), disputed: verdict == Verdict::Unverified, unplaced: false, doubtful: false, check: None,
        what: Some(ReportSubject { kind: Kind::ResidentCompany, code: Some("WP-05".into()), label: "pemblokiran atau pemortalan jalan perusahaan".into(), severity: Some(3) }),
        summary: Some("Sejak subuh portal dipasang di jalan angkut. Sekitar 40 orang berjaga bergantian. Truk kembali ke kebun. Belum diketahui berapa lama.".into()),
    }
}

fn reports_view(places: &Places) -> ReportsView {
    let regency = places.find(Code(161300)).expect("the sample holds 16.13");
    ReportsView {
        rows: vec![
            report_row(Verdict::Unverified),
            report_row(Verdict::Confirmed),
            report_row(Verdict::Rejected),
        ],
        hidden: 1,
        districts: places
            .districts(regency)
            .map(|unit| PlaceChoice { code: places.code(unit), name: places.name(unit) })
            .collect(),
        district: None,
        kind: None,
        awaiting_second: false,
        next: Some("x".into()),
    }
}

fn report_view() -> ReportDetailView {
    ReportDetailView {
        code: Code(161304),
        row: report_row(Verdict::Unverified),
        received_at: NOW.plus(-HOUR),
        reconstructed: false,
        feed: "skd-rawas-ilir".into(),
        details: [("Tahap", "terjadi"), ("Pihak", "warga, perusahaan")]
            .map(|(word, value)| ReportFact { word: word.into(), value: value.into() })
            .into(),
        events: vec![],
        siblings: vec![report_row(Verdict::Unverified)],
        hidden: 1,
        claims: Some(claims()),
        denials: 1,
        ended_at: Some(NOW.plus(-HOUR)),
        over_by: Vec::new(),
        candidates: vec![report_row(Verdict::Unverified)],
        corrections: vec![correction()],
        corrects: None,
        correction_fault: None,
        own_of_desk: false,
        viewer_unnamed: false,
        judged: vec![],
    }
}

fn correction() -> CorrectionView {
    let change = |word: &str, was: &str, is: &str| FieldChange {
        word: word.into(),
        was: Some(was.into()).filter(|was: &String| !was.is_empty()),
        is: Some(is.into()),
    };
    CorrectionView {
        id: "01M6YNNCE0RVR3ZRZAD0NSNGRC".into(),
        feed: None,
        by: "piket-1f3a90bc".into(),
        at: NOW.plus(-HOUR),
        why: Some("Dihitung lagi bersama puskesmas".into()),
        changes: vec![change("Keparahan", "3 sedang", "2 agak ringan"), change("Korban", "", "luka 1")],
    }
}

fn entry_view(places: &Places) -> entry::EntryForm {
    let regency = places.find(Code(161300)).expect("the sample holds 16.13");
    let mut view = entry::EntryForm {
        choices: EntryChoices {
            districts: places.districts(regency).map(|unit| DistrictChoice {
                code: places.code(unit), name: places.name(unit),
                villages: places.unit(unit).villages.iter().map(|village| VillageChoice { code: format!("{}.{:04}", places.code(unit), village.number), name: village.name.clone() }).collect(),
            }).collect(),
            ..EntryChoices::default()
        },
        errors: vec![("place".into(), "Tempat 16.13.09 tidak ada di Musi Rawas Utara. Pilih salah satu dari 7 kecamatan, lalu kirim lagi.".into())],
        warnings: vec!["Ada angka seperti nomor telepon.".into()],
        ..entry::EntryForm::default()
    };
    view.typed.insert("summary".into(), vec!["Portal dipasang sejak subuh, hubungi 0812-3456-7890".into()]);
    view.typed.insert("severity".into(), vec!["3".into()]);
    view
}

fn feeds_view() -> FeedsView {
    let feed = |name: &str, class, silent, days: i64| FeedItem {
        name: Some(name.into()),
        class,
        places: vec!["Rawas Ilir".into()],
        enabled: true,
        organisation: (class == FeedClass::Police).then(|| "polres-muratara".into()),
        party: class == FeedClass::Company,
        last: Some(NOW.plus(-days * DAY)),
        usual: Some(2 * DAY),
        reports: Some(120),
        silent,
        paused_until: (days == 1).then(|| NOW.plus(DAY / 48)),
    };
    FeedsView {
        feeds: vec![
            feed("skd-ulu-rawas", FeedClass::Village, true, 9),
            feed("polsek-rawas-ilir", FeedClass::Police, false, 0),
            feed("dinas-pertanian", FeedClass::Agency, false, 1),
        ],
        pulls: Vec::new(),
        refused: [(Refused::District, 3), (Refused::Json, 2)]
            .map(|(reason, records)| RefusedCount { reason, records })
            .into(),
        by_class: false,
    }
}

fn models() -> Vec<ServedModel> {
    vec![ServedModel {
        name: "disaster-7d-2026-11-01".into(),
        kind: Some(Kind::Disaster),
        horizon: Some(Horizon::Week),
        source: ["Banjir BNPB 2020–2021.".into(), "Floods, BNPB 2020–2021.".into()],
        unit: "regency".into(),
        from: "2020-01-01".into(),
        to: "2021-12-26".into(),
        positives: 2442,
        rows: 52_942,
        best: "decayed".into(),
        brier_skill: Some(SkillInterval { value: 0.031, low: 0.01, high: 0.052 }),
        needed: 50,
        card: "Data, satuan, masa, batas.".into(),
        ..ServedModel::default()
    }]
}

fn district_view() -> DistrictView {
    let from = NOW.plus(-89 * DAY);
    let ticks = vec![
        ClassReports {
            class: FeedClass::Village,
            days: (0..90).map(|day| u32::from(day % 2 == 0 && !(33..54).contains(&day))).collect(),
        },
        ClassReports {
            class: FeedClass::Police,
            days: (0..90).map(|day| u32::from(day % 7 == 3 && !(33..54).contains(&day))).collect(),
        },
    ];
    let series = |shift: usize| DailySeries {
        incidents: (0..90)
            .map(|day| {
                if (day + shift).is_multiple_of(11) {
                    [1, 0, 1, 0, 0]
                } else if day > 70 && day % 3 == 0 {
                    [0, 1, 0, 1, u32::from(day > 80)]
                } else {
                    [0; 5]
                }
            })
            .collect(),
        risk: (0..90)
            .map(|day| RiskPoint { at: from.plus(day * DAY), ppm: 40_000 + (day as u32).pow(2) * 40 })
            .collect(),
        base_ppm: 60_000,
        calibrated: shift == 0,
    };
    let kind = |kind, level, shift| KindHistory {
        kind,
        level,
        answered: (kind == Kind::ResidentResident).then(answered),
        week: Some(assessment()),
        month: None,
        found: FoundIncidents { reported: "12".into(), by_patrols: "3".into() },
        history: IncidentHistory::Daily(series(shift)),
    };
    DistrictView {
        code: Code(161304),
        name: "Rawas Ilir".into(),
        rank: "kecamatan".into(),
        population: None,
        villages: 13,
        completeness_ppm: Some(640_000),
        heard_last: Some(NOW.plus(-DAY)),
        quiet: QuietFeeds { silent: vec!["polsek-rupit".into()], never: vec![] },
        kinds: vec![
            kind(Kind::ResidentCompany, Level::Siaga, 0),
            kind(Kind::ResidentResident, Level::Low, 4),
            kind(Kind::Disaster, Level::NoData, 8),
        ],
        days: ChartDays { from, count: 90, unheard: unheard(&ticks, 90) },
        ticks,
        alerts: vec![alert_row(
            "16.13-2026-0007",
            "Rawas Ilir",
            Kind::ResidentCompany,
            Level::Siaga,
            State::Responding,
        )],
        reports: vec![report_row(Verdict::Unverified)],
        neighbours: vec![],
    }
}

/// The same district as those see it who see aggregates only.
fn for_leaders(mut view: DistrictView) -> DistrictView {
    for kind in &mut view.kinds {
        let week =
            |week: i64| WeekCount { from: view.days.from.plus(week * 7 * DAY), incidents: "1–4".into() };
        kind.history = IncidentHistory::Weekly((0..13).rev().map(week).collect());
        kind.found = FoundIncidents { reported: "10–19".into(), by_patrols: "1–4".into() };
    }
    view.quiet.silent = vec!["kepolisian".into()];
    view.reports.clear();
    view
}
