//! A small world where everything meets everything: five districts, few feeds, few ids, a week.

use domain::author::Author;
use domain::desk_feed;
use domain::evidence::speaker::{AccountId, OrganisationId, Word};
use domain::feature::COUNT;
use domain::kind::{
    Category, CategorySet, Confidence, FeedClass, FoundBy, Handling, Horizon, Kind, Level, Parties, Party,
    Stage,
};
use domain::pipeline::{Pipeline, PipelineOptions};
use domain::place::{Area, Areas, Code, Place, Places, Unit};
use domain::policy::{
    AlarmBudget, AwasPolicy, FusionPolicy, OpeningPolicy, PileUpPolicy, Policy, Rule, SensorPolicy,
    SensorTrigger, Silence, Voices,
};
use domain::report::{
    Body, FeedId, NamedReport, Remark, RemarkKind, Report, ReportId, ReportName, ReportReference, Statement,
    VerificationAct,
};
use domain::scorer::{Calibration, ModelLine, Scorer};
use domain::time::{DAY, HOUR, MINUTE, Time};
use domain::wording::Wording;
use formats::policy::PolicyFile;
use formats::taxonomy::Taxonomy;
use kentongan_tests::bench::workload::Dice;
use kentongan_tests::house;
use std::env;
use std::ops::Range;
use std::sync::Arc;

/// Where every history begins: an hour in January 2026.
pub const START: Time = Time(490_000 * HOUR);
const DISTRICTS: [u32; 5] = [161_301, 161_302, 350_801, 350_802, 350_803];
const CLASSES: [FeedClass; 9] = [
    FeedClass::Village,
    FeedClass::Police,
    FeedClass::Company,
    FeedClass::Desk,
    FeedClass::Sensor,
    FeedClass::Village,
    FeedClass::Community,
    FeedClass::Village,
    FeedClass::Police,
];

/// The sensors' feed.
pub const SENSOR: FeedId = FeedId(4);

/// The feed at this place of [`CLASSES`]; the last two and the fourth are the desk's own.
pub fn feed(number: usize) -> FeedId {
    match (number, CLASSES[number]) {
        (3 | 7 | 8, class) => FeedId::of(&desk_feed::name(class)),
        _ => FeedId(number as u32),
    }
}

/// A pipeline over the small world.
pub fn pipeline() -> Pipeline {
    pipeline_of(policy())
}

/// The same under another policy.
pub fn pipeline_of(policy: Policy) -> Pipeline {
    Pipeline::new(Arc::new(places()), Arc::new(policy), &Line, PipelineOptions::default())
}

pub fn places() -> Places {
    let unit = |code: u32| {
        let over_the_border = |other: u32| other / 100 != code / 100 && other % 2 == code % 2;
        let around = DISTRICTS.iter().filter(|other| other.abs_diff(code) == 1 || over_the_border(**other));
        let neighbours = around.filter(|other| **other != code).map(|other| Code(*other)).collect();
        (Code(code), Unit { neighbours, ..Unit::default() })
    };
    Places::new(DISTRICTS.into_iter().map(unit).collect(), false)
}

/// An occupation and a flood last: short reaches, so that histories of some days meet both ends of them.
pub fn fusion() -> FusionPolicy {
    let lasting: CategorySet = ["WP-07", "WA-01"].iter().filter_map(|code| Category::parse(code)).collect();
    FusionPolicy { window: 12 * HOUR, lasting, gap: 8 * HOUR, longest: 30 * HOUR }
}

pub fn policy() -> Policy {
    let rule = |id: &str, level, count, by_pair| Rule {
        id: id.to_owned(),
        kind: Kind::ResidentCompany,
        level,
        categories: Vec::new(),
        min_severity: 3,
        min_stage: None,
        count,
        window: 2 * DAY,
        by_pair,
        min_harmed: 0,
    };
    Policy {
        version: "test".to_owned(),
        fusion: fusion(),
        repair_horizon: 400 * DAY,
        silence: Silence {
            factor: 300,
            at_least: 2 * DAY,
            at_most: 4 * DAY,
            low_ppm: 500_000,
            voices: Voices::usual(),
        },
        raise_ppm: [150_000, 300_000, 600_000],
        clear_ppm: [100_000, 220_000, 450_000],
        alarm_budget: AlarmBudget::USUAL,
        transferred_raise: 300,
        transferred_clear: 200,
        dwell: 6 * HOUR,
        emit_ppm: 1_000,
        regency_districts: 2,
        awas: AwasPolicy::LEAST,
        opening: OpeningPolicy {
            life_threatening: Category::parse("WA-01").into_iter().collect(),
            ..OpeningPolicy::default()
        },
        pile_up: Some(PileUpPolicy { signs: 3, window: 2 * DAY, on_days: 2, times_own_rate: 3 }),
        sensors: SensorPolicy {
            seen_from_afar: Category::parse("WA-04").into_iter().collect(),
            hotspots: Some(SensorTrigger { at_least: 2, window: DAY }),
            warnings: Some(SensorTrigger { at_least: 4, window: 6 * HOUR }),
        },
        chain_window: DAY,
        // Rule C asks for less than awas needs; the pipeline must not give in.
        rules: vec![
            rule("A", Level::Siaga, 2, false),
            rule("B", Level::Awas, 1, true),
            rule("C", Level::Awas, 1, false),
            Rule { min_harmed: 1, ..rule("D", Level::Siaga, 1, false) },
        ],
    }
}

/// The policy that is shipped.
pub fn shipped_policy() -> Policy {
    let taxonomy = Taxonomy::parse(&house::read("config/taxonomy.toml")).expect("the taxonomy");
    PolicyFile::parse(&house::read("config/policy.toml"), &taxonomy).expect("the shipped policy").policy
}

/// No rule finds anything, and no single report opens anything: the model speaks alone.
pub fn policy_without_rules() -> Policy {
    let opening = OpeningPolicy { window: 0, ..policy().opening };
    Policy { rules: Vec::new(), opening, pile_up: None, sensors: SensorPolicy::default(), ..policy() }
}

/// A linear model with every weight different from nought.
pub struct Line;

impl Scorer for Line {
    fn line_for(&self, code: Code, kind: Kind, horizon: Horizon) -> ModelLine {
        let lean = 0.03 * kind.index() as f64 + 0.02 * horizon.index() as f64;
        let own: [f64; COUNT] =
            [0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.3, -0.2, -0.1, 0.05, -0.04, 0.2, 0.25, 0.02, 0.3, -0.3, 0.0];
        ModelLine {
            intercept: -2.0,
            coefficients: own.map(|weight| weight + if code.is_regency() { -lean } else { lean }),
            calibration: Calibration {
                model: 0,
                calibrated: kind != Kind::Disaster,
                base_ppm: 60_000,
                bar: None,
            },
        }
    }
}

/// One record: a report and when it came in.
#[derive(Clone)]
pub struct Record {
    pub received: Time,
    pub report: Report,
}

/// The seeds of a test's random histories: as many as usual, times `KENTONGAN_SIMULATION_TIMES`.
pub fn seeds(usual: u64) -> Range<u64> {
    let times = env::var("KENTONGAN_SIMULATION_TIMES").ok();
    let times = times.map(|text| text.parse::<u64>().expect("KENTONGAN_SIMULATION_TIMES is a number"));
    0..usual * times.unwrap_or(1)
}

/// The id of a number: of full range, as real ids are.
pub fn id(number: usize) -> ReportId {
    ReportId((number as u128 + 1).wrapping_mul(0x0193_7A5C_9E37_79B9_7F4A_7C15_F39C_C061))
}

/// `count` records within `days`; few ids, so that duplicates, corrections and verifications hit each other.
pub fn records(dice: &mut Dice, count: usize, days: i64) -> Vec<Record> {
    let ids = count / 2 + 3;
    let mut records: Vec<Record> = (0..count).map(|_| record(dice, ids, days)).collect();
    records.sort_by_key(|record| record.received);
    note_contents(&mut records);
    records
}

/// Half of what verifications name they name as its author saw it: as some record with its id says. Dice of its own, as in
/// [`sign`].
fn note_contents(records: &mut [Record]) {
    let hashes: Vec<(ReportId, u128)> =
        records.iter().map(|record| (record.report.id, record.report.hash)).collect();
    for report in records.iter_mut().map(|record| &mut record.report) {
        let mut dice = Dice::new(report.hash as u64 ^ 1);
        let Body::Verification { reports, .. } = &mut report.body else { continue };
        for named in reports.iter_mut() {
            let same = hashes.iter().filter(|(id, _)| *id == named.id).map(|(_, hash)| *hash);
            let same: Vec<u128> = if dice.one_in(2) { same.collect() } else { Vec::new() };
            named.content = same.get(dice.below(same.len().max(1))).copied();
        }
    }
}

/// The same, with verdicts of three persons of the desk on few grave reports in the place of some records: so that two of them
/// meet, within a day of each other and further apart.
pub fn judged(dice: &mut Dice, mut records: Vec<Record>) -> Vec<Record> {
    let grave = |record: &&Record| {
        let body = &record.report.body;
        matches!(body, Body::Statement(own) if own.severity >= 4 && own.kind == Kind::ResidentCompany)
    };
    let named: Vec<ReportName> =
        records.iter().filter(grave).map(|record| record.report.name()).take(3).collect();
    for record in records.iter_mut().filter(|_| !named.is_empty()) {
        if !dice.one_in(5) || named.contains(&record.report.name()) {
            continue;
        }
        let report = &mut record.report;
        (report.feed, report.class) = (desk_feed::DESK, FeedClass::Desk);
        let number = dice.below(3) as u32;
        let base = Author::of_feed(report.feed, report.class);
        report.author =
            Some(Author { account: PERSONS[number as usize], login: AccountId(900 + number), ..base });
        report.body = Body::Verification {
            act: match dice.below(12) {
                0..3 => VerificationAct::Reject,
                3 => VerificationAct::Split,
                _ => VerificationAct::Confirm,
            },
            reports: vec![named[dice.below(named.len())].into()],
            areas: Areas::everywhere(),
        };
    }
    note_contents(&mut records);
    records
}

fn record(dice: &mut Dice, ids: usize, days: i64) -> Record {
    let reported =
        START.plus(dice.below((days * 24) as usize) as i64 * HOUR + dice.below(4) as i64 * 15 * MINUTE);
    let delay = if dice.one_in(5) { dice.below(60) as i64 * HOUR } else { dice.below(3) as i64 * MINUTE };
    let number = dice.below(CLASSES.len());
    let district = DISTRICTS[dice.below(DISTRICTS.len())];
    let code = if dice.one_in(12) { Code(district / 100 * 100) } else { Code(district) };
    let report = Report {
        id: id(dice.below(ids)),
        hash: u128::from(dice.roll()) << 64 | u128::from(dice.roll()),
        feed: feed(number),
        class: CLASSES[number],
        author: None,
        place: Place { code, village: if code.is_regency() { 0 } else { [0, 2001, 2002][dice.below(3)] } },
        reported_at: reported,
        reconstructed: false,
        doubtful: dice.one_in(12).then_some(reported.plus(delay)),
        body: body(dice, ids, reported),
    };
    let mut record = Record { received: reported.plus(delay), report };
    if let (FeedClass::Sensor, Body::Statement(statement)) = (CLASSES[number], &mut record.report.body) {
        seen_by_a_sensor(dice, statement);
    }
    sign(&mut record.report, number);
    record
}

/// Half of what sensors send are hotspots, most of them of high confidence; the rest warns of anything.
pub fn seen_by_a_sensor(dice: &mut Dice, statement: &mut Statement) {
    if dice.one_in(2) {
        statement.kind = Kind::Disaster;
        statement.category = Category::parse("WA-04").expect("a code of the taxonomy");
        statement.confidence = Some([Confidence::Nominal, Confidence::High, Confidence::High][dice.below(3)]);
    }
}

fn body(dice: &mut Dice, ids: usize, reported: Time) -> Body {
    let mut other = || id(dice.below(ids));
    let (one, two, three) = (other(), other(), other());
    let named = [one, two, three].map(|id| reference(dice, id));
    match dice.below(23) {
        20 => Body::Remark(remark(dice, reported, None)),
        21 => {
            let about = NamedReport {
                feed: feed(dice.below(CLASSES.len())),
                report: two,
                district: Code(DISTRICTS[dice.below(DISTRICTS.len())]),
            };
            Body::Remark(Remark { about: Some(about), ..remark(dice, reported, None) })
        }
        22 => {
            let supersedes = dice.one_in(3).then_some(one);
            Body::Remark(remark(dice, reported, supersedes))
        }
        0 => Body::Nothing { from: reported.plus(-DAY), to: reported },
        1 => Body::Retraction { target: one },
        2 => Body::Verification {
            act: VerificationAct::Merge,
            reports: named.to_vec(),
            areas: Areas::everywhere(),
        },
        3 => Body::Verification {
            act: VerificationAct::Split,
            reports: named[..2].to_vec(),
            areas: Areas::everywhere(),
        },
        4 => Body::Verification {
            act: VerificationAct::Confirm,
            reports: named[..1].to_vec(),
            areas: Areas::everywhere(),
        },
        5 => Body::Verification {
            act: VerificationAct::Reject,
            reports: named[..1].to_vec(),
            areas: Areas::everywhere(),
        },
        number => Body::Statement(statement(dice, reported, (number == 6).then_some(one))),
    }
}

/// Says who stands behind a report, and how far a verification reaches. Dice of its own: what else happens does not hang on it.
fn sign(report: &mut Report, number: usize) {
    let mut dice = Dice::new(report.hash as u64);
    report.author = author(&mut dice, number);
    if let Body::Verification { areas: reach, .. } = &mut report.body {
        *reach = areas(&mut dice);
    }
}

/// Where an author of the desk may judge: everywhere, or in a part of the world.
fn areas(dice: &mut Dice) -> Areas {
    let place = DISTRICTS[dice.below(DISTRICTS.len())];
    match dice.below(5) {
        0 => Areas::of([Area::District(Code(place))]),
        1 => Areas::of([Area::Regency(Code(place / 100 * 100)), Area::District(Code(DISTRICTS[0]))]),
        2 => Areas::of([Area::Village(Place { code: Code(place), village: 2001 })]),
        _ => Areas::everywhere(),
    }
}

/// Persons of the desk, as the register calls them.
pub const PERSONS: [AccountId; 3] = [AccountId(0x9137_79B9), AccountId(0x7F4A_7C15), AccountId(0xF39C_C061)];

/// Who stands behind a report, where that is not its feed alone: the desk's officers type in the word of a feed or of nobody
/// knows whom, some feeds are of one organisation, and some speak for a party.
fn author(dice: &mut Dice, number: usize) -> Option<Author> {
    let class = CLASSES[number];
    let feed = feed(number);
    let base = Author::of_feed(feed, class);
    let named = |number: usize| Word::Of(OrganisationId(number as u32));
    let own = CLASSES.iter().position(|other| *other == class).unwrap_or(number);
    if desk_feed::is_desk_feed(feed) {
        let word = if dice.one_in(2) { named(own) } else { base.word };
        // Of three accounts two are one person's; nobody wrote that down before some hour.
        let number = dice.below(3);
        let login = AccountId(900 + number as u32);
        let account =
            if dice.one_in(4) { base.account } else { [PERSONS[0], PERSONS[1], PERSONS[0]][number] };
        return dice.one_in(2).then_some(Author { account, login, word, party: false });
    }
    let word = if dice.one_in(3) { named(500 + dice.below(2)) } else { base.word };
    // Some of them report by phone, with an account that names nobody.
    let login = if word == base.word { base.login } else { AccountId(950 + number as u32) };
    dice.one_in(4).then(|| Author { login, word, party: dice.one_in(3), ..base })
}

/// A report by its id alone, or of one feed.
fn reference(dice: &mut Dice, id: ReportId) -> ReportReference {
    let feed = FeedId(dice.below(CLASSES.len()) as u32);
    if dice.one_in(3) { id.into() } else { ReportName { id, feed }.into() }
}

/// What is denied or ended happened at some hour near the report.
fn remark(dice: &mut Dice, reported: Time, supersedes: Option<ReportId>) -> Remark {
    let Statement { kind, category, occurred_at, .. } = statement(dice, reported, None);
    let what = if dice.one_in(3) { RemarkKind::Ends } else { RemarkKind::Denies };
    Remark {
        what,
        kind,
        category: (what == RemarkKind::Ends || dice.one_in(2)).then_some(category),
        occurred_at,
        reliability: 0,
        credibility: 0,
        handling: Handling::Open,
        about: None,
        supersedes,
    }
}

fn statement(dice: &mut Dice, reported: Time, supersedes: Option<ReportId>) -> Statement {
    let (kind, code) = [
        (Kind::ResidentCompany, "WP-05"),
        (Kind::ResidentCompany, "WP-07"),
        (Kind::Disaster, "WA-01"),
        (Kind::Disaster, "X-00"),
    ][dice.below(4)];
    let statement = Statement {
        kind,
        category: Category::parse(code).expect("a code of the taxonomy"),
        severity: 1 + dice.below(5) as u8,
        // Some clocks run ahead: what they report counts when its hour comes.
        occurred_at: reported.plus((2 - dice.below(50) as i64) * HOUR / 2),
        stage: [None, Some(Stage::Emerging), Some(Stage::Occurring)][dice.below(3)],
        reliability: if dice.one_in(12) { 5 + dice.below(2) as u8 } else { dice.below(5) as u8 },
        credibility: if dice.one_in(12) { 5 + dice.below(2) as u8 } else { 0 },
        handling: Handling::Open,
        parties: parties(dice),
        found_by: if dice.one_in(6) { FoundBy::Patrol } else { FoundBy::Report },
        dead: u16::from(dice.one_in(10)),
        injured: dice.below(2) as u16,
        displaced: 0,
        supersedes,
        continues: false,
        ends: false,
        about: None,
        confidence: None,
        wording: wording(dice),
    };
    // Some of those that tell of people killed or hurt say that it is over.
    let ends = statement.dead + statement.injured > 0 && statement.severity.is_multiple_of(3);
    Statement { ends, ..statement }
}

/// Half of the texts are one of four, two of them short, as where messages are forwarded.
fn wording(dice: &mut Dice) -> Option<Wording> {
    let texts = ["a b c d e f", "Fwd: a b c d e f g", "a b c d", "b a c"];
    if dice.one_in(2) { Wording::of(texts[dice.below(4)]) } else { None }
}

/// A hash of full range: its upper half grows with the number and its lower half falls, so that a comparison of half of it
/// is found out.
pub fn whole_hash(number: u128) -> u128 {
    number << 64 | u128::from(!(number as u64))
}

/// A slight statement that says nothing but what, and when.
pub fn plain_statement(category: Category, occurred_at: Time) -> Statement {
    Statement {
        kind: category.kind().unwrap_or(Kind::Disaster),
        category,
        severity: 1,
        occurred_at,
        stage: None,
        reliability: 0,
        credibility: 0,
        handling: Handling::Open,
        parties: Parties::default(),
        found_by: FoundBy::Report,
        dead: 0,
        injured: 0,
        displaced: 0,
        supersedes: None,
        continues: false,
        ends: false,
        about: None,
        confidence: None,
        wording: None,
    }
}

/// Few reports name parties, and then one.
fn parties(dice: &mut Dice) -> Parties {
    let mut parties = Parties::default();
    if dice.one_in(4) {
        parties.add([Party::Police, Party::Company, Party::Resident, Party::Government][dice.below(4)]);
    }
    parties
}

/// The same records in another order.
pub fn shuffled<T: Clone>(dice: &mut Dice, items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    for last in (1..items.len()).rev() {
        items.swap(last, dice.below(last + 1));
    }
    items
}
