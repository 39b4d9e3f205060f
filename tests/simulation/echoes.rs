//! Two sources with the same words are one voice until the desk says otherwise; who speaks in own words counts.

use super::world::{self, START};
use domain::effect::Incident;
use domain::evidence::CellId;
use domain::kind::{Category, CheckReason, FeedClass, Kind, Level};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Areas, Code, Place};
use domain::report::{Body, FeedId, Report, ReportId, Statement, VerificationAct};
use domain::time::{HOUR, MINUTE, Time};
use domain::wording::Wording;
use kentongan_tests::bench::workload::Dice;
use std::sync::Arc;

pub const DISTRICT: Code = Code(161_301);
const FORWARDED: &str = "Bentrok di portal kebun, dua orang luka bacok, warga masih berkumpul";

/// A clash, as one class's feed tells it in these words.
fn clash(class: FeedClass, severity: u8, words: &str) -> Report {
    clash_at(class, severity, words, START)
}

/// The same, at another time.
fn clash_at(class: FeedClass, severity: u8, words: &str, at: Time) -> Report {
    let number = class as u128 + 1;
    let category = Category::parse("WP-08").expect("a code of the taxonomy");
    let statement = world::plain_statement(category, at);
    report(class, number, Body::Statement(Statement { severity, wording: Wording::of(words), ..statement }))
}

/// A report of a class's own feed, of that number.
pub fn report(class: FeedClass, number: u128, body: Body) -> Report {
    Report {
        id: ReportId(number << 64 | number),
        hash: world::whole_hash(number),
        feed: FeedId(class as u32 + 1),
        class,
        place: Place { code: DISTRICT, village: 0 },
        reported_at: START.plus(HOUR + number as i64 * MINUTE),
        reconstructed: false,
        doubtful: None,
        author: None,
        body,
    }
}

/// The level and the incident after these reports, in this order.
fn after(reports: &[Report]) -> (Level, Incident) {
    let policy = domain::policy::Policy { raise_ppm: [1_000_001; 3], ..world::shipped_policy() };
    let places = Arc::new(world::places());
    let mut pipeline = Pipeline::new(places, Arc::new(policy), &world::Line, PipelineOptions::default());
    for report in reports {
        let received = START.plus(3 * HOUR);
        pipeline.apply(Input::Report { received, report }, &mut Vec::new());
    }
    let view = pipeline.view();
    let unit = view.places().find(DISTRICT).expect("a district");
    let cell = CellId::new(unit, Kind::ResidentCompany);
    let level = view.condition(cell).map_or(Level::Low, |active| active.level);
    (level, view.emitted_incidents(cell).next().expect("an incident"))
}

use FeedClass::{Desk, Military, Police, Village};

#[test]
fn few_words_are_an_echo_within_six_hours_and_one_or_two_are_none() {
    let few = "Bentrok di portal";
    for (words, later, echoes) in [
        (few, 6 * HOUR, true),
        (few, 6 * HOUR + 1, false),
        ("Diteruskan: bentrok di portal!!", HOUR, true),
        ("Bentrok", 0, false),
        (FORWARDED, 20 * HOUR, true),
    ] {
        let first = if words.starts_with("Diteruskan") { few } else { words };
        let pair = [clash(Village, 4, first), clash_at(Police, 4, words, START.plus(later))];
        let [one, other] = pair.clone();
        for reports in [[one.clone(), other.clone()], [other, one]] {
            let (_, incident) = after(&reports);
            assert_eq!(
                (incident.check == Some(CheckReason::Echo), incident.speakers),
                (echoes, if echoes { 1 } else { 2 }),
                "{words} {later}"
            );
        }
    }
    // What lies between brings both together.
    let far = [clash(Village, 4, few), clash_at(Police, 4, few, START.plus(10 * HOUR))];
    assert_eq!(after(&far).1.speakers, 2);
    let between = clash_at(Military, 4, few, START.plus(5 * HOUR));
    let all = [far[0].clone(), far[1].clone(), between];
    assert_eq!(after(&all).1.speakers, 1);
}

#[test]
fn the_same_words_from_two_feeds_attest_nothing_and_are_to_be_checked() {
    let village = clash(Village, 4, FORWARDED);
    let forwarded = clash(Police, 4, &FORWARDED.to_uppercase());
    let (level, incident) = after(&[village.clone(), forwarded.clone()]);
    assert_eq!(level, Level::Siaga, "what the police say alone");
    assert_eq!((incident.attested.extent.severity, incident.attested.awas, incident.speakers), (0, 0, 1));
    assert_eq!((incident.check, incident.counted_severity), (Some(CheckReason::Echo), 4));
    let (level, incident) = after(&[forwarded.clone(), village.clone()]);
    assert_eq!((level, incident.check, incident.speakers), (Level::Siaga, Some(CheckReason::Echo), 1));
    // In their own words they are two.
    let own = clash(Police, 4, "Anggota di lokasi melihat sendiri dua korban luka di portal");
    let (level, incident) = after(&[village.clone(), own]);
    assert_eq!((level, incident.speakers, incident.check), (Level::Awas, 2, None));
    // One or two words say nothing about who copied from whom.
    let short = [clash(Village, 4, "Bentrok, portal"), clash(Police, 4, "bentrok portal")];
    assert_eq!(after(&short).0, Level::Awas);
}

#[test]
fn who_speaks_in_own_words_attests_beside_an_echo_and_no_echo_takes_it_away() {
    let village = clash(Village, 4, FORWARDED);
    let own = clash(Military, 4, "Babinsa melihat sendiri bentrok di portal kebun sejak pagi");
    let echo = clash(Police, 5, FORWARDED);
    let mut reports = [village, own, echo];
    let mut dice = Dice::new(5);
    for _ in 0..12 {
        let (level, incident) = after(&reports);
        assert_eq!((level, incident.attested.awas, incident.speakers), (Level::Awas, 4, 2));
        assert_eq!(incident.check, None, "two attest it: nobody is asked");
        reports = world::shuffled(&mut dice, &reports).try_into().expect("three");
    }
}

/// Who forwards a message is no witness of it because its author says more.
#[test]
fn the_authors_next_message_makes_no_pair_with_the_one_that_was_forwarded() {
    let (village, forwarded) = (clash(Village, 4, FORWARDED), clash(Police, 4, FORWARDED));
    let again = |words| Report { id: ReportId(9 << 64 | 9), hash: 9, ..clash(Village, 4, words) };
    let mut dice = Dice::new(6);
    for words in ["", "Sekarang warga sudah membubarkan diri, portal masih ditutup kayu besar"] {
        let mut reports = [village.clone(), forwarded.clone(), again(words)];
        for _ in 0..8 {
            let (level, incident) = after(&reports);
            assert_eq!((level, incident.attested.awas, incident.speakers), (Level::Siaga, 0, 1), "{words}");
            assert_eq!(incident.check, Some(CheckReason::Echo));
            reports = world::shuffled(&mut dice, &reports).try_into().expect("three");
        }
    }
}

#[test]
fn the_desk_says_that_an_echo_is_a_voice_of_its_own() {
    let (village, police) = (clash(Village, 4, FORWARDED), clash(Police, 4, FORWARDED));
    let confirm = |named: &Report| Body::Verification {
        act: VerificationAct::Confirm,
        reports: vec![named.name().into()],
        areas: Areas::everywhere(),
    };
    let word = report(Desk, 77, confirm(&police));
    for reports in [
        [village.clone(), police.clone(), word.clone()],
        [word.clone(), village.clone(), police.clone()],
        [police.clone(), word.clone(), village.clone()],
    ] {
        let (level, incident) = after(&reports);
        assert_eq!((level, incident.attested.awas, incident.speakers), (Level::Awas, 4, 2));
        assert_eq!(incident.check, None);
    }
}
