//! The shipped policy is read whole; what may not be is refused with what would be right.

use super::*;
use domain::kind::Category;
use domain::policy::AlarmBudget;

const SHIPPED: &str = include_str!("../../../../config/policy.toml");

fn parse(text: &str) -> Result<PolicyFile, PolicyError> {
    let taxonomy = Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap();
    PolicyFile::parse(text, &taxonomy)
}

#[test]
fn the_shipped_policy_reads_and_names_its_rules() {
    let file = parse(SHIPPED).unwrap();
    assert!(file.policy.rules.iter().any(|rule| rule.level == Level::Awas));
    let names: Vec<&str> = file.rule_names.iter().map(|name| name.rule.as_str()).collect();
    assert_eq!(names, file.policy.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>());
}

#[test]
fn a_policy_without_a_ledger_is_kept_by_the_usual_rules() {
    let (from, to) = (SHIPPED.find("[ledger]").unwrap(), SHIPPED.find("# Rules open siaga").unwrap());
    let shorter = parse(&format!("{}{}", &SHIPPED[..from], &SHIPPED[to..])).unwrap();
    let shipped = parse(SHIPPED).unwrap();
    assert_eq!(shorter.ledger, shipped.ledger);
    assert_eq!(shorter.policy, shipped.policy);
}

#[test]
fn slight_signs_and_sensors_open_what_the_policy_says_and_nothing_where_it_says_nothing() {
    let shipped = parse(SHIPPED).unwrap().policy;
    let pile_up = shipped.pile_up.unwrap();
    assert_eq!((pile_up.signs, pile_up.window, pile_up.on_days, pile_up.times_own_rate), (4, 10 * DAY, 3, 3));
    let hotspot = Category::parse("WA-04").unwrap();
    assert!(shipped.sensors.seen_from_afar.has(hotspot) && shipped.sensors.hotspots.is_some());
    let (from, to) = (SHIPPED.find("[pile_up]").unwrap(), SHIPPED.find("[ledger]").unwrap());
    let without = parse(&format!("{}{}", &SHIPPED[..from], &SHIPPED[to..])).unwrap().policy;
    assert_eq!((without.pile_up, without.sensors.hotspots, without.sensors.warnings), (None, None, None));
    assert_eq!((without.chain_window, shipped.chain_window), (DAY, DAY));
    for (right, wrong, says) in [
        ("signs = 4", "signs = 1", "[pile_up] asks for 1 signs in 10 days"),
        ("days = 10", "days = 100", "days 1 to 99"),
        ("on_days = 3", "on_days = 5", "on_days no more than either"),
        ("times_own_rate = 3", "times_own_rate = 0", "times_own_rate 1 or more"),
        ("count = 3\nhours", "count = 0\nhours", "[hotspots] count is 1"),
        ("hours = 24\n\n[ledger]", "hours = 0\n\n[ledger]", "[chain] hours is 0"),
        ("\nseverity = 3\nhours", "\nseverity = 6\nhours", "[warnings] severity is 1 to 5"),
    ] {
        assert!(SHIPPED.contains(right), "{right}");
        let error = parse(&SHIPPED.replace(right, wrong)).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn no_policy_lets_one_speaker_or_the_involved_alone_reach_awas() {
    let cases = [
        (("by = \"pair\"\n", ""), "'WP-B': would let a single speaker or the involved alone reach awas"),
        (("level = \"siaga\"", "level = \"awas\""), "'WP-A': would let a single speaker"),
        (
            ("min_severity = 4\nby", "min_severity = 3\nby"),
            "'WP-B': would reach awas at severity 3; write min_severity = 4",
        ),
        (
            ("one_party = { death = \"siaga\"", "one_party = { death = \"awas\""),
            "opening.one_party says 'awas'; use waspada or siaga",
        ),
        (("conflict = 4", "conflict = 3"), "awas begins at severity 4 of a conflict and 5 of a disaster"),
        (("disaster = 5", "disaster = 4"), "awas begins at severity 4 of a conflict and 5 of a disaster"),
        (("conflict = 4", "conflict = 6"), "up to 5"),
        (("conflict = 4", "conflict = 5"), "'WP-B': would reach awas at severity 4; write min_severity = 5"),
    ];
    for ((from, to), says) in cases {
        assert!(SHIPPED.contains(from), "{from}");
        let error = parse(&SHIPPED.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn the_false_alarms_allowed_are_read_and_have_a_usual_number() {
    let of = |text: &str| parse(text).unwrap().policy.alarm_budget;
    let without = SHIPPED.replace("false_alarms = 0.25", "").replace("false_alarms_of_rules = 0.021", "");
    assert_eq!((of(SHIPPED), of(&without)), (AlarmBudget::USUAL, AlarmBudget::USUAL));
    let other =
        SHIPPED.replace("false_alarms = 0.25", "false_alarms = 0.1").replace("rules = 0.021", "rules = 0.02");
    assert_eq!(
        (of(&other).all_ppm, of(&other).models_ppm()),
        (100_000, 80_000),
        "models get what rules leave"
    );
}

#[test]
fn a_policy_without_an_opening_table_has_the_usual_one() {
    let (from, to) = (SHIPPED.find("[opening]").unwrap(), SHIPPED.find("# Rules open siaga").unwrap());
    let shorter = parse(&format!("{}{}", &SHIPPED[..from], &SHIPPED[to..])).unwrap();
    assert_eq!(shorter.policy, parse(SHIPPED).unwrap().policy);
}

#[test]
fn a_wrong_policy_says_what_to_do() {
    let cases = [
        (("kind = \"disaster\"", "kind = \"alam\""), "is no kind"),
        (("window_hours = 24", "window_hours = 24\nwindow = 3"), "unknown field"),
        (("unverified = \"void\"", "unverified = \"maybe\""), "use void or counts"),
        (("clear_ppm = 100000", "clear_ppm = 190000"), "must clear below"),
        (("false_alarms = 0.25", "false_alarms = 0"), "levels.false_alarms is 0"),
        (("false_alarms = 0.25", "false_alarms = 25"), "0.01 to 13"),
        (("false_alarms_of_rules = 0.021", "false_alarms_of_rules = 0.25"), "leaves something to the models"),
        (("clear_ratio = 2.0", "clear_ratio = 3.5"), "write 0 to 3"),
        (("resident_company = [\"village\"", "resident_company = [\"company\""), "take it out"),
        (("disaster = [\"village\"", "disaster = [\"desa\""), "is no class of a feed"),
        (("disaster = [\"village\"", "bencana = [\"village\""), "lacks disaster"),
        (("by = \"pair\"\ncount", "by = \"two\"\ncount"), "write by = \"pair\""),
        (("lasting_gap_hours = 36", "lasting_gap_hours = 900"), "no shorter than the gap"),
        (("lasting_days = 14", "lasting_days = 61"), "write 1 to 60"),
        (("count = 3\nwindow", "min_sides = 2\ncount = 3\nwindow"), "min_sides is no more"),
    ];
    for ((from, to), says) in cases {
        assert!(SHIPPED.contains(from), "{from}");
        let error = parse(&SHIPPED.replacen(from, to, 1)).expect_err(from).to_string();
        assert!(error.contains(says), "{error}");
    }
}

/// The keys of all numbers of the shipped policy, as paths.
fn numbers(value: &toml::Value, path: &[String], found: &mut Vec<Vec<String>>) {
    let below = |key: String| path.iter().cloned().chain([key]).collect::<Vec<_>>();
    match value {
        toml::Value::Table(table) => {
            table.iter().for_each(|(key, value)| numbers(value, &below(key.clone()), found))
        }
        toml::Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| numbers(value, &below(at.to_string()), found));
        }
        toml::Value::Integer(_) | toml::Value::Float(_) => found.push(path.to_vec()),
        _ => (),
    }
}

/// No number switches something off unseen: whichever is put out of its range, the policy is refused, and nothing overflows.
#[test]
fn a_number_out_of_its_range_is_refused_whichever_it_is() {
    let shipped: toml::Value = toml::from_str(SHIPPED).unwrap();
    let mut paths = Vec::new();
    numbers(&shipped, &[], &mut paths);
    assert!(paths.len() > 40, "{}", paths.len());
    let mut missed = Vec::new();
    for path in paths.iter().filter(|path| path.last().is_some_and(|key| key != "seed")) {
        for number in [-1, 9_999_999_999, i64::MAX] {
            let mut policy = shipped.clone();
            let place = path.iter().fold(&mut policy, |value, key| match value {
                toml::Value::Array(list) => &mut list[key.parse::<usize>().unwrap()],
                value => &mut value[key.as_str()],
            });
            *place = match place {
                toml::Value::Float(_) => toml::Value::Float(number as f64),
                _ => toml::Value::Integer(number),
            };
            if parse(&toml::to_string(&policy).unwrap()).is_ok() {
                missed.push(format!("{} = {number}", path.join(".")));
            }
        }
    }
    assert_eq!(missed, Vec::<String>::new());
}

#[test]
fn what_no_report_can_meet_and_what_is_never_or_always_so_is_refused() {
    let cases = [
        (("min_severity = 4\nby", "min_severity = 9\nby"), "'WP-B': asks for severity 9"),
        (("min_severity = 3\ncount", "min_severity = 6\ncount"), "'WP-A': asks for severity 6"),
        (("factor = 3.0", "factor = 0.0"), "silence.factor is 0; write 1 to 100"),
        (("factor = 3.0", "factor = nan"), "silence.factor is NaN"),
        (("at_least_days = 3", "at_least_days = 30"), "silence.at_most_days is 14; write 30 to"),
        (("raise_ppm = 600000", "raise_ppm = 6000000"), "write 1 to 1000000"),
        (("regency_districts = 3", "regency_districts = 0"), "levels.regency_districts is 0"),
        (("clear_ratio = 2.0", "clear_ratio = 4.0"), "levels.transferred.clear_ratio is 4; write 0 to 3"),
        (("own_positives = 50", "own_positives = 0"), "calibration.own_positives is 0"),
        (("count = 3\nwindow_days = 5", "count = 0\nwindow_days = 5"), "count is 1 to 1000"),
    ];
    for ((from, to), says) in cases {
        assert!(SHIPPED.contains(from), "{from}");
        let error = parse(&SHIPPED.replacen(from, to, 1)).expect_err(from).to_string();
        assert!(error.contains(says), "{error}");
    }
}
