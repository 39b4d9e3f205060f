//! Counts by local day: a regency's, which are kept beside the rows, are those of its districts, which are counted from
//! the rows.

use crate::fixture::*;
use domain::effect::{Effect, Incident, Verdict};
use domain::kind::{FeedClass, Kind};
use domain::place::Code;
use domain::report::{Body, ReportId, Statement};
use domain::time::{DAY, HOUR, Time};
use std::collections::BTreeMap;
use store::{ClosingDays, LocalDays, Range, Store};

const DISTRICTS: [u32; 4] = [161_301, 161_302, 161_303, 161_304];

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
    for now in [noon(1), noon(3)] {
        assert_eq!(counts(of(161_300)).await, [(day, 3, 2), (day + 1, 3, 2)]);
        for code in [637_200, 637_201] {
            assert_eq!(counts(of(code)).await, [(day + 1, 3, 1)]);
        }
        // What ended less than a day ago stays open.
        assert_eq!(close(&store, now, 100).await, if now == noon(1) { 0 } else { 1 });
    }
    let tomorrow = Range { from: noon(1).plus(5 * HOUR), to: noon(2).plus(5 * HOUR) };
    for code in [161_300, 161_304] {
        let of = LocalDays { range: tomorrow, ..of(code) };
        assert_eq!(counts(of).await, [(day + 1, 3, 2)]);
        let reports = store.daily_reports(of).await.unwrap();
        assert_eq!((reports.len(), reports[0].class, reports[0].count), (1, FeedClass::Village, 2));
    }
}

pub async fn a_regencys_counts_are_those_of_its_districts(home: &Home) {
    let store = home.open().await;
    let mut dice = Dice(20_261_122);
    println!("seed {}", dice.0);
    for round in 0..12i64 {
        let mut next = commit(round * 50, (round + 1) * 50);
        for number in 0..30 {
            // Ids come again, so that some reports lose theirs to an earlier one.
            let id = dice.below(150) as u128 + 1;
            let mut row = report(id, dice.body());
            row.offset = round * 50 + number;
            row.report.place.code = Code(dice.of(&DISTRICTS));
            row.report.reported_at = noon(1).plus(dice.below(1_000_000) as i64);
            row.report.hash = dice.below(u64::MAX) as u128;
            row.report.class = dice.of(&[FeedClass::Village, FeedClass::Police, FeedClass::Company]);
            next.reports.push(row);
        }
        for _ in 0..20 {
            let id = dice.below(60) as u128 + 1;
            next.effects.push(match dice.below(5) {
                0 => Effect::IncidentGone { regency: Code(161_300), id: ReportId(id) },
                _ => Effect::Incident(dice.incident(id)),
            });
        }
        store.commit(next).await.unwrap();
        same(&store).await;
        if round % 3 == 1 {
            // Closed, and opened again by what the next commits touch.
            let open = home.count("open_days").await;
            let closed = close(&store, noon(40), 3).await as i64;
            assert_eq!((closed, home.count("open_days").await), (open.min(3), open - open.min(3)));
            same(&store).await;
        }
    }
    assert!(home.count("duplicates").await > 0, "some lost their ids");
}

/// What a store holds that was made before days were counted is open, and counted when its turn comes.
pub async fn what_was_there_before_is_counted(home: &Home) {
    let store = home.open().await;
    let mut dice = Dice(7);
    let mut first = commit(0, 60);
    for id in 1..60 {
        let mut row = report(id, dice.body());
        row.report.place.code = Code(dice.of(&DISTRICTS));
        first.reports.push(row);
        first.effects.push(Effect::Incident(dice.incident(id)));
    }
    store.commit(first).await.unwrap();
    store.close().await;
    let on = |table| if home.url.starts_with("postgres") { format!(" ON {table}") } else { String::new() };
    let mut back = String::from("DELETE FROM schema_versions WHERE version >= 10;");
    for (table, name) in [
        ("reports", "come"),
        ("reports", "go"),
        ("incidents", "come"),
        ("incidents", "go"),
        ("incidents", "change"),
    ] {
        back += &format!("DROP TRIGGER {table}_{name}{};", on(table));
    }
    back += "DROP TABLE zones; DROP TABLE open_days; DROP TABLE report_days; DROP TABLE incident_days;
        DROP INDEX reports_bare_by_code; DROP INDEX reports_bare_by_regency;";
    if home.url.starts_with("postgres") {
        back += "DROP FUNCTION open_days_of; DROP FUNCTION open_days_of_both;";
    }
    let mut connection = home.meddle().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(back)).execute(&mut connection).await.expect("as it was before");
    drop(connection);
    let store = home.open().await;
    same(&store).await;
    assert!(home.count("open_days").await > 2);
    while close(&store, noon(40), 2).await == 2 {}
    assert_eq!(home.count("open_days").await, 0);
    same(&store).await;
}

/// What a commit touches between the marking and the counting stays open, and so does what one did that began before.
pub async fn a_day_touched_while_it_is_closed_stays_open(home: &Home) {
    let store = home.open().await;
    let fused = |id| Effect::Incident(incident(id, 161_304, noon(1)));
    let mut first = commit(0, 1);
    first.reports = vec![report(1, Body::Statement(statement()))];
    first.effects = vec![fused(1)];
    store.commit(first).await.unwrap();
    let closing = store.begin_closing(noon(40), 5, 10).await.unwrap().expect("one day");
    let mut second = commit(1, 2);
    second.effects = vec![fused(2)];
    store.commit(second).await.unwrap();
    assert_eq!(closed(&store, closing).await, 0);
    same(&store).await;
    if home.url.starts_with("postgres") {
        // A write that is under way is waited for, and what it wrote is counted.
        let mut elsewhere = home.meddle().await;
        let write = "INSERT INTO incidents SELECT 'A' || id, code, regency, village, kind, category, at, severity, stage, \
            sides, reports, dead, injured, displaced, verdict, patrol FROM incidents";
        sqlx::raw_sql("BEGIN").execute(&mut elsewhere).await.unwrap();
        sqlx::raw_sql(write).execute(&mut elsewhere).await.unwrap();
        let closing = store.begin_closing(noon(40), 5, 10).await.unwrap().expect("the same day");
        assert_eq!(store.close_days(closing).await.unwrap(), None);
        sqlx::raw_sql("COMMIT").execute(&mut elsewhere).await.unwrap();
        assert_eq!(closed(&store, closing).await, 1);
        let counted = store.daily_incidents(of(161_300), Kind::Disaster).await.unwrap();
        assert_eq!(counted.iter().map(|row| row.count).sum::<u32>(), 4);
    }
    // Marks of a process that is gone are no hindrance.
    let mut third = commit(2, 3);
    third.effects = vec![fused(3)];
    store.commit(third).await.unwrap();
    store.begin_closing(noon(40), 7, 10).await.unwrap();
    assert_eq!(store.begin_closing(noon(40), 9, 10).await.unwrap(), None);
    store.end_closing().await.unwrap();
    assert_eq!(close(&store, noon(40), 10).await, 1);
    same(&store).await;
}

/// Days are closed as fast as can be while commits open them again.
pub async fn counts_are_right_when_days_are_closed_beside_commits(home: &Home) {
    let (store, beside) = (home.open().await, home.open().await);
    let (done, stop) = tokio::sync::watch::channel(false);
    let writing = async {
        let mut dice = Dice(11);
        for round in 0..60i64 {
            let mut next = commit(round, round + 1);
            next.reports = vec![report(round as u128 + 1, dice.body())];
            next.reports[0].offset = round;
            next.effects = (0..8).map(|id| Effect::Incident(dice.incident(id % 5 + 1))).collect();
            store.commit(next).await.unwrap();
        }
        done.send(true).unwrap();
    };
    let closing = async {
        let mut closed = 0;
        while !*stop.borrow() {
            closed += close(&beside, noon(40), 2).await;
        }
        closed
    };
    let ((), closed) = tokio::join!(writing, closing);
    println!("{closed} days were closed meanwhile");
    same(&store).await;
    // Nor is a day counted twice, or not at all, that is closed while it is read.
    let open = "INSERT INTO open_days (regency, day) SELECT DISTINCT regency, day FROM report_days WHERE true \
        ON CONFLICT DO NOTHING";
    for _ in 0..20 {
        run(home, open).await.unwrap();
        let closing = async { while close(&beside, noon(40), 1).await > 0 {} };
        tokio::join!(same(&store), closing);
    }
}

async fn close(store: &Store, now: Time, most: u32) -> usize {
    match store.begin_closing(now, 5, most).await.unwrap() {
        Some(closing) => closed(store, closing).await,
        None => 0,
    }
}

/// Writes of other tests on the same server are waited for too.
async fn closed(store: &Store, closing: ClosingDays) -> usize {
    loop {
        if let Some(closed) = store.close_days(closing).await.unwrap() {
            return closed;
        }
        tokio::task::yield_now().await;
    }
}

/// The regency's counts beside the sums over its districts.
async fn same(store: &Store) {
    let whole = of(161_300);
    for kind in Kind::ALL {
        let mut days = BTreeMap::new();
        for code in DISTRICTS {
            for row in store.daily_incidents(of(code), *kind).await.unwrap() {
                *days.entry((row.day, row.severity, row.patrol)).or_insert(0) += row.count;
            }
        }
        let kept = store.daily_incidents(whole, *kind).await.unwrap();
        let kept: BTreeMap<_, _> =
            kept.iter().map(|row| ((row.day, row.severity, row.patrol), row.count)).collect();
        assert_eq!(kept, days, "{kind}");
    }
    let mut days = BTreeMap::new();
    for code in DISTRICTS {
        for row in store.daily_reports(of(code)).await.unwrap() {
            *days.entry((row.day, row.class)).or_insert(0) += row.count;
        }
    }
    let kept = store.daily_reports(whole).await.unwrap();
    let kept: BTreeMap<_, _> = kept.iter().map(|row| ((row.day, row.class), row.count)).collect();
    assert!(!kept.is_empty());
    assert_eq!(kept, days);
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
            severity: self.of(&[1, 3, 5]),
            patrol: self.below(3) == 0,
            verdict: self.of(&[Verdict::Unverified, Verdict::Confirmed, Verdict::Rejected]),
            ..incident(id, self.of(&DISTRICTS), self.at())
        }
    }
}
