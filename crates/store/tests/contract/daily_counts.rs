//! Counts by local day: a regency's, which are kept beside the rows, are those of its districts, which are counted from
//! the rows.

use crate::fixture::*;
use domain::effect::{Effect, Incident, Verdict};
use domain::kind::{FeedClass, Kind, Outcome};
use domain::place::Code;
use domain::report::{Body, ReportId, Statement};
use domain::time::{DAY, HOUR, Time};
use std::collections::BTreeMap;
use store::{LocalDays, Range, Store};

/// Four districts of 16.13, and one of 63.72.
const PLACES: [u32; 5] = [161_301, 161_302, 161_303, 161_304, 637_201];

fn of(code: u32) -> LocalDays {
    let range = Range { from: Time(0), to: noon(400) };
    LocalDays { code: Code(code), range, minutes_east: if code / 100 == 6372 { 480 } else { 420 } }
}

pub async fn days_are_local(home: &Home) {
    let store = home.open().await;
    let day = (noon(1).0 / DAY) as i32;
    let (late, later) = (noon(1).plus(5 * HOUR), noon(1).plus(9 * HOUR / 2)); // 17.00 UTC: the next day in WIB
    let mut first = commit(0, 4);
    for (id, at) in [(1, noon(1)), (2, late), (3, late)] {
        first.reports.push(report(id, Body::Statement(Statement { occurred_at: at, ..statement() })));
        first.effects.push(Effect::Incident(incident(id, 161_304, at)));
    }
    // 16.30 UTC is the next day in WITA alone.
    for (id, code) in [(5, 637_201), (6, 161_301)] {
        first.effects.push(Effect::Incident(incident(id, code, later)));
    }
    let rejected = Incident { verdict: Verdict::Rejected, ..incident(4, 161_304, late) };
    first.effects.push(Effect::Incident(rejected));
    store.commit(first).await.unwrap();
    let counts = async |of| -> Vec<(i32, u8, u32)> {
        let rows = store.daily_incidents(of, Kind::Disaster).await.unwrap();
        rows.iter().map(|row| (row.day, row.severity, row.count)).collect()
    };
    assert_eq!(counts(of(161_304)).await, [(day, 3, 1), (day + 1, 3, 2)]);
    assert_eq!(counts(of(161_300)).await, [(day, 3, 2), (day + 1, 3, 2)]);
    for code in [637_200, 637_201] {
        assert_eq!(counts(of(code)).await, [(day + 1, 3, 1)]);
    }
    let tomorrow = Range { from: noon(1).plus(5 * HOUR), to: noon(2).plus(5 * HOUR) };
    for code in [161_300, 161_304] {
        let of = LocalDays { range: tomorrow, ..of(code) };
        assert_eq!(counts(of).await, [(day + 1, 3, 2)]);
        let reports = store.daily_reports(of).await.unwrap();
        assert_eq!((reports.len(), reports[0].class, reports[0].count), (1, FeedClass::Village, 2));
    }
}

/// Commits with new reports, ids that come again, retractions, changes of day, kind, severity and verdict, and incidents
/// that go: after each the counts are those of the rows.
pub async fn counts_are_a_recount_of_the_rows(home: &Home) {
    let store = home.open().await;
    let mut dice = Dice(20_261_122);
    println!("seed {}", dice.0);
    for round in 0..24i64 {
        let mut next = commit(round * 50, (round + 1) * 50);
        for number in 0..30 {
            // Ids come again, so that some reports lose theirs to an earlier one.
            let id = u128::MAX - dice.below(200) as u128;
            let mut row = report(1, dice.body());
            row.report.id = ReportId(id);
            row.offset = round * 50 + number;
            row.report.place.code = Code(dice.of(&PLACES));
            row.report.reported_at = noon(1).plus(dice.below(1_000_000) as i64);
            row.report.hash = u128::from(dice.below(u64::MAX)) << 64 | u128::from(dice.below(u64::MAX));
            row.report.class = dice.of(FeedClass::ALL);
            let (regency, report) = (row.report.place.code.regency(), row.report.name());
            let outcome = dice.of(&[Outcome::Signal, Outcome::Retracted, Outcome::Merged, Outcome::Incident]);
            next.effects.push(Effect::Outcome { regency, report, outcome, incident: None });
            next.reports.push(row);
        }
        for _ in 0..20 {
            let id = dice.below(60) as u128 + 1;
            next.effects.push(match dice.below(5) {
                0 => Effect::IncidentGone { regency: Code(dice.of(&PLACES)).regency(), id: name(id) },
                _ => Effect::Incident(dice.incident(id)),
            });
        }
        store.commit(next).await.unwrap();
        assert_eq!(recounted(&store, home).await, 0, "round {round}");
    }
    assert!(home.count("duplicates").await > 0, "some lost their ids");
    assert!(home.count("daily_incidents WHERE count > 0").await > 20);
    assert_eq!(home.count("daily_incidents WHERE count < 0").await, 0);
}

/// Counts that say less than the rows are found by the commit that would take them below zero.
pub async fn counts_below_zero_are_refused(home: &Home) {
    let store = home.open().await;
    let mut first = commit(0, 1);
    first.effects = vec![Effect::Incident(incident(1, 161_304, noon(1)))];
    store.commit(first).await.unwrap();
    run(home, "DELETE FROM daily_incidents").await.unwrap();
    let mut second = commit(1, 2);
    second.effects = vec![Effect::IncidentGone { regency: Code(161_300), id: name(1) }];
    let error = store.commit(second).await.unwrap_err();
    assert!(matches!(error, store::StoreError::Corrupt(_)), "{error}");
    assert_eq!(home.count("incidents").await, 1, "nothing of the commit is kept");
    let mut third = commit(1, 2);
    third.reports = vec![report(1, Body::Statement(statement()))];
    third.effects = vec![outcome(1, Outcome::Incident, Some(1))];
    store.commit(third).await.unwrap();
    run(home, "DELETE FROM counters WHERE name = 'outcome.incident'").await.unwrap();
    let mut fourth = commit(2, 3);
    fourth.effects = vec![outcome(1, Outcome::Merged, Some(1))];
    let error = store.commit(fourth).await.unwrap_err();
    assert!(matches!(error, store::StoreError::Corrupt(_)), "{error}");
    assert_eq!(
        home.count("counters WHERE name = 'outcome.merged'").await,
        0,
        "nothing of the commit is kept"
    );
}

/// How many counts are not those of the rows.
pub async fn recounted(store: &Store, home: &Home) -> usize {
    let mut wrong = 0;
    for (regency, districts) in [(161_300, &PLACES[..4]), (637_200, &PLACES[4..])] {
        wrong += same(store, regency, districts).await;
    }
    println!("{} counts", home.count("daily_reports").await);
    wrong
}

/// The regency's counts beside the sums over its districts: how many differ.
async fn same(store: &Store, regency: u32, districts: &[u32]) -> usize {
    let mut wrong = 0;
    for kind in Kind::ALL {
        let mut days = BTreeMap::new();
        for code in districts {
            for row in store.daily_incidents(of(*code), *kind).await.unwrap() {
                *days.entry((row.day, row.severity, row.patrol)).or_insert(0) += row.count;
            }
        }
        let kept = store.daily_incidents(of(regency), *kind).await.unwrap();
        let kept: BTreeMap<_, _> =
            kept.iter().map(|row| ((row.day, row.severity, row.patrol), row.count)).collect();
        wrong += usize::from(kept != days);
    }
    let mut days = BTreeMap::new();
    for code in districts {
        for row in store.daily_reports(of(*code)).await.unwrap() {
            *days.entry((row.day, row.class)).or_insert(0) += row.count;
        }
    }
    let kept = store.daily_reports(of(regency)).await.unwrap();
    let kept: BTreeMap<_, _> = kept.iter().map(|row| ((row.day, row.class), row.count)).collect();
    wrong + usize::from(kept != days)
}

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) % end
    }

    fn of<T: Copy>(&mut self, some: &[T]) -> T {
        some[self.below(some.len() as u64) as usize]
    }

    fn at(&mut self) -> Time {
        noon(1).plus(self.below(72) as i64 * HOUR)
    }

    fn body(&mut self) -> Body {
        let at = self.at();
        match self.below(4) {
            0 => Body::Nothing { from: at, to: at.plus(DAY) },
            _ => Body::Statement(Statement { occurred_at: at, kind: self.of(Kind::ALL), ..statement() }),
        }
    }

    fn incident(&mut self, id: u128) -> Incident {
        Incident {
            kind: self.of(Kind::ALL),
            counted_severity: self.of(&[1, 3, 5]),
            patrol: self.below(3) == 0,
            verdict: self.of(&[Verdict::Unverified, Verdict::Confirmed, Verdict::Rejected]),
            ..incident(id, self.of(&PLACES), self.at())
        }
    }
}
