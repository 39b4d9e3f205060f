//! Rows by the million, made inside the server: reports of the whole country in the order of their time, two million a
//! day, and what follows from them.

use crate::fixture::{self, Home};
use domain::place::Code;
use domain::report::Body;
use domain::report::FeedId;
use domain::time::{HOUR, Time};

/// Regencies of the made-up country, of fourteen districts each.
const REGENCIES: u32 = 514;
/// Time between two reports: two million a day.
const STEP: i64 = 24 * HOUR / 2_000_000;
/// When the last report happened.
const LAST: i64 = 1_780_272_000_000_000;

/// Three times as many reports as any other regency has.
pub const LARGEST: Code = Code(110_100);
/// Where the messages are about.
pub const ALERTED: Code = Code(110_101);
/// A regency where residents never quarrelled.
pub const NEVER: Code = Code(110_600);

/// How many questions nobody was to be asked, or a few more.
pub fn unasked(rows: u64) -> u64 {
    (rows / 6_000).min(5_000)
}

/// How many reports of the largest regency name one and the same.
pub fn named_often(rows: u64) -> u64 {
    (rows / 200).min(10_000)
}

pub fn district(regency: u32, number: u32) -> Code {
    Code(110_100 + regency * 100 + number)
}

pub fn last() -> Time {
    Time(LAST)
}

/// Fills the tables the desk reads.
pub async fn fill(home: &Home, rows: u64) {
    // One real report, whose packed form the others take with their own id in it.
    let store = home.open().await;
    let mut first = fixture::commit(0, 1);
    first.reports = vec![fixture::report(1, Body::Statement(fixture::statement()))];
    store.commit(first).await.expect("one report");
    store.close().await;
    let script = [
        bare(&TABLES),
        SHAPES.replace("FEED", &format!("{:08x}", FeedId::of("desa").0)),
        reports(rows),
        incidents(rows),
        links(rows),
        assessments(rows),
        alerts(rows),
        questions(rows),
        ledger(rows),
        HEARD.to_owned(),
        counted(rows),
        String::from(DRESS),
    ];
    let mut connection = home.meddle().await;
    for part in script {
        sqlx::raw_sql(sqlx::AssertSqlSafe(part)).execute(&mut connection).await.expect("rows are made");
    }
    for table in TABLES {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("VACUUM ANALYZE {table}")))
            .execute(&mut connection)
            .await
            .expect("analyzed");
    }
}

/// Counts of the rows, and ninety days of each regency however few have rows.
fn counted(made: u64) -> String {
    let first = (begins(made) + 7 * HOUR) / (24 * HOUR);
    let (rows, last) = ("SELECT regency, (at + 25200000000) / 86400000000", LAST / (24 * HOUR) + 1);
    format!(
        "DELETE FROM daily_reports; DELETE FROM daily_incidents;
         INSERT INTO daily_reports (regency, day, class, count)
         SELECT regency, day, class, COUNT(*) FROM ({rows} AS day, class FROM reports) AS counted GROUP BY 1, 2, 3;
         INSERT INTO daily_incidents (regency, day, kind, severity, patrol, count)
         SELECT regency, day, kind, counted_severity, patrol, COUNT(*) FROM ({rows} AS day, kind, counted_severity, patrol FROM incidents
             WHERE verdict <> 'rejected') AS fused GROUP BY 1, 2, 3, 4, 5;
         CREATE TEMP TABLE places_and_days AS SELECT r.regency, {last} - n AS day
             FROM (SELECT DISTINCT regency FROM reports) AS r CROSS JOIN generate_series(1, 90) AS n
             WHERE {last} - n < {first};
         INSERT INTO daily_reports (regency, day, class, count)
         SELECT regency, day, class, 100 FROM places_and_days CROSS JOIN unnest(ARRAY['village', 'police', 'agency']) AS class;
         INSERT INTO daily_incidents (regency, day, kind, severity, patrol, count)
         SELECT regency, day, kind, severity, 0, 20 FROM places_and_days CROSS JOIN generate_series(1, 5) AS severity
             CROSS JOIN unnest(ARRAY['disaster', 'resident_company', 'resident_resident']) AS kind;"
    )
}

const TABLES: [&str; 18] = [
    "reports",
    "incidents",
    "assessments",
    "newest_assessments",
    "conditions",
    "alerts",
    "outbox",
    "deliveries",
    "message_words",
    "alert_history",
    "ledger",
    "ledger_outcomes",
    "zero_reports",
    "dead_letters",
    "report_links",
    "feed_activity",
    "daily_reports",
    "daily_incidents",
];

/// Without indexes and log, which come back (the indexes) at the end: made at once they take a tenth of the time.
fn bare(tables: &[&str]) -> String {
    let list = tables.iter().map(|table| format!("'{table}'")).collect::<Vec<_>>().join(",");
    let unlogged: Vec<String> =
        tables.iter().map(|table| format!("ALTER TABLE {table} SET UNLOGGED;")).collect();
    format!(
        "SET maintenance_work_mem = '512MB'; {} CREATE TEMP TABLE dress (statement TEXT);
         INSERT INTO dress SELECT format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.conrelid::regclass::text, c.conname,
             pg_get_constraintdef(c.oid)) FROM pg_constraint c WHERE c.contype = 'p'
             AND c.connamespace = current_schema()::regnamespace AND c.conrelid::regclass::text IN ({list});
         INSERT INTO dress SELECT indexdef FROM pg_indexes i WHERE schemaname = current_schema() AND tablename IN ({list})
             AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname);
         DO $$ DECLARE d RECORD; BEGIN
             FOR d IN SELECT conname, conrelid::regclass AS t FROM pg_constraint WHERE contype = 'p'
                 AND connamespace = current_schema()::regnamespace AND conrelid::regclass::text IN ({list})
             LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', d.t, d.conname); END LOOP;
             FOR d IN SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename IN ({list})
             LOOP EXECUTE format('DROP INDEX %I', d.indexname); END LOOP;
         END $$;",
        unlogged.concat()
    )
}

const DRESS: &str = "DO $$ DECLARE d RECORD; BEGIN FOR d IN SELECT statement FROM dress LOOP EXECUTE d.statement; END LOOP; END $$;";

/// Names of reports, places and kinds by number. Three reports in a row are one incident.
const SHAPES: &str = "
    CREATE FUNCTION named(n BIGINT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$ SELECT '00000000000000000000'
        || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', ((n >> 25) & 31)::int + 1, 1)
        || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', ((n >> 20) & 31)::int + 1, 1)
        || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', ((n >> 15) & 31)::int + 1, 1)
        || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', ((n >> 10) & 31)::int + 1, 1)
        || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', ((n >> 5) & 31)::int + 1, 1)
        || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (n & 31)::int + 1, 1) || '-FEED' $$;
    CREATE FUNCTION dice(n BIGINT) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS
        $$ SELECT (hashint8(n) & 2147483647)::bigint $$;
    CREATE FUNCTION regency(h BIGINT) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS
        $$ SELECT 110100 + (CASE WHEN h % 516 >= 514 THEN 0 ELSE h % 516 END) * 100 $$;
    CREATE FUNCTION kind(h BIGINT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS
        $$ SELECT CASE WHEN h % 97 < 45 THEN 'disaster' WHEN h % 97 < 90 OR regency(h) = 110600 THEN 'resident_company'
           ELSE 'resident_resident' END $$;";

fn begins(rows: u64) -> i64 {
    LAST - rows as i64 * STEP
}

fn reports(rows: u64) -> String {
    let begins = begins(rows);
    format!(
        "INSERT INTO reports (id, log_partition, log_offset, feed, class, code, regency, kind, handling, at, reported_at,
             received_at, late, beyond_horizon, outcome, incident, hash, encoded)
         SELECT named(n), n % 24, n, 'f' || h % 50, CASE h % 3 WHEN 0 THEN 'village' WHEN 1 THEN 'police' ELSE 'agency' END,
             regency(h) + 1 + (h / 516) % 14, regency(h), CASE WHEN n % 20 < 19 THEN kind(h) END,
             CASE WHEN n % 4 = 0 THEN 'limited' ELSE 'open' END, at, at, at, 0, 0,
             CASE WHEN n % 20 = 19 THEN 'zero_report' WHEN n % 3 = 0 THEN 'incident' ELSE 'merged' END,
             CASE WHEN n % 20 < 19 THEN named(n - n % 3) END, one.hash,
             set_byte(set_byte(set_byte(set_byte(one.encoded, 1, (n & 255)::int), 2, ((n >> 8) & 255)::int),
                 3, ((n >> 16) & 255)::int), 4, ((n >> 24) & 255)::int)
         FROM (SELECT n, dice(n - n % 3) AS h, {begins} + n * {STEP} AS at FROM generate_series(2::BIGINT, {rows}) AS n) AS made,
             (SELECT hash, encoded FROM reports LIMIT 1) AS one;"
    )
}

fn incidents(rows: u64) -> String {
    let begins = begins(rows);
    format!(
        "INSERT INTO incidents (id, code, regency, village, kind, category, at, severity, reports, dead, injured,
             displaced, verdict, patrol, counted_severity, speakers)
         SELECT named(n), regency(h) + 1 + (h / 516) % 14, regency(h), 0, kind(h), 'WA-01', {begins} + n * {STEP}, 1 + h % 5, 3,
             0, 0, 0, CASE WHEN h % 50 = 0 THEN 'rejected' ELSE 'unverified' END, (h % 7 = 0)::int, 1 + h % 5, 1
         FROM (SELECT n, dice(n) AS h FROM generate_series(3::BIGINT, {rows}, 3) AS n) AS made;
         INSERT INTO zero_reports (id, regency, code, village, feed, class, from_at, to_at)
         SELECT id, regency, code, 0, feed, class, at - 86400000000, at FROM reports WHERE outcome = 'zero_report';
         INSERT INTO dead_letters (log_partition, log_offset, feed, class, reason, field, detail, received_at, size)
         SELECT n % 24, n, 'f' || n % 5000, 'village', 'json', '', '', {begins} + n * {STEP}, 100
         FROM generate_series(0::BIGINT, {rows}, 40) AS n;"
    )
}

/// One report that very many of its regency name.
fn links(rows: u64) -> String {
    let (largest, often) = (LARGEST.0, named_often(rows));
    format!(
        "INSERT INTO report_links (target, regency, report) SELECT named(3), regency, id FROM reports
             WHERE regency = {largest} ORDER BY log_offset LIMIT {often};"
    )
}

/// Every cell as often as it takes to have a fifth as many rows as there are reports; the newest says what it rests on.
fn assessments(rows: u64) -> String {
    let cells = u64::from(REGENCIES) * 15 * 6;
    let (each, why) = ((rows / 5 / cells).max(8), why());
    format!(
        "CREATE TEMP TABLE cells AS SELECT kind, horizon, 110100 + r * 100 + d AS code FROM
             unnest(ARRAY['resident_company', 'resident_resident', 'disaster']) AS kind, unnest(ARRAY['7d', '30d']) AS horizon,
             generate_series(0, {REGENCIES} - 1) AS r, generate_series(0, 14) AS d;
         INSERT INTO assessments (kind, horizon, code, emitted_at, risk_ppm, base_ppm, baseline_ppm, level, completeness_ppm,
             model, calibrated, features, contributions)
         SELECT kind, horizon, code, {LAST} - ({each} - 1 - n) * {HOUR}, 1000 + n, 900, 900, 'low', 800000, 'm', 0,
             CASE WHEN n = {each} - 1 THEN '{why}' ELSE '{{}}' END, CASE WHEN n = {each} - 1 THEN '{why}' ELSE '{{}}' END
         FROM generate_series(0::BIGINT, {each} - 1) AS n, cells;
         INSERT INTO newest_assessments (kind, horizon, code, emitted_at) SELECT kind, horizon, code, {LAST} FROM cells;
         INSERT INTO conditions (code, kind, at, change, level, since, reasons, evidence, unverified, completeness_ppm, policy)
         SELECT code, kind, {LAST}, 'raised', 'waspada', {LAST}, '[]', '', 0, 800000, 'p' FROM cells WHERE horizon = '7d';"
    )
}

fn why() -> String {
    let named: Vec<String> =
        domain::feature::NAMES.iter().map(|name| format!("\"{name}\":0.123456789")).collect();
    format!("{{{}}}", named.join(","))
}

/// One alert in fifty reports; the newest twenty thousand live, no two of them of one cell. Those of the largest regency rest on what one
/// feed says, and went to the desk alone.
fn alerts(rows: u64) -> String {
    let (begins, count, largest) = (begins(rows), rows / 50, LARGEST.0);
    format!(
        "INSERT INTO alerts (id, code, regency, kind, level, state, live, version, opened_at, changed_at, outcome, stale, unverified, reached_at, peak)
         SELECT 'A-' || n, CASE WHEN live THEN 110101 + (n % 514) * 100 + (n / 514) % 14 ELSE regency(dice(n)) + 1 END,
             CASE WHEN live THEN 110100 + (n % 514) * 100 ELSE regency(dice(n)) END,
             CASE (n / 7196) % 3 WHEN 0 THEN 'disaster' WHEN 1 THEN 'resident_company' ELSE 'resident_resident' END, 'siaga',
             CASE WHEN live THEN 'open' ELSE 'resolved' END, live::int, 2, {begins} + n * 50 * {STEP}, {begins} + n * 50 * {STEP},
             CASE WHEN live THEN NULL ELSE 'confirmed' END, 0, 0, {begins}, 'siaga'
         FROM (SELECT n, n > {count} - 20000 AS live FROM generate_series(1::BIGINT, {count}) AS n) AS made;
         INSERT INTO alert_history (alert, version, at, actor, act, reason, content, content_hash, hash)
         SELECT 'A-' || n, v, {begins}, 'kentongan', 'raised', '',
             CASE WHEN n = 1 THEN '{{\"evidence\":[\"' || named(3) || '\"]}}'
                 WHEN n > {count} - 20000 AND n % 514 = 0 THEN '{{\"evidence\":[\"' || rests.incident || '\"]}}'
                 ELSE '{{}}' END, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
         FROM generate_series(1::BIGINT, {count}) AS n, generate_series(1, 2) AS v,
             (SELECT MAX(id) AS incident FROM incidents WHERE regency = {largest}) AS rests;
         INSERT INTO withheld_alerts (alert, since) SELECT id, 0 FROM alerts WHERE live = 1 AND regency = {largest};
         INSERT INTO outbox (id, alert, version, change, code, kind, level, at, done)
         SELECT n, 'A-' || n, 1, 'opened', {}, 'disaster', 'siaga', {begins}, 1 FROM generate_series(1::BIGINT, {count}) AS n;
         INSERT INTO deliveries (outbox, person, channel, state, tries, at, last_error, id, next_try_at)
         SELECT n, 'p' || v, 'email', CASE WHEN v = 2 AND n % 50 = 0 THEN 'failed' ELSE 'sent' END, 1, {begins}, NULL, n * 2 + v, 0
         FROM generate_series(1::BIGINT, {count}) AS n, generate_series(1, 2) AS v;
         INSERT INTO message_words (delivery, subject, body) SELECT id, 'Perihal', repeat('kata ', 200) FROM deliveries;",
        ALERTED.0
    )
}

/// Questions that nobody was to be asked, before all messages: of some something is still to be looked into, joined by a second person or taken back.
fn questions(rows: u64) -> String {
    let (apart, largest) = (3 * (rows / 3 / unasked(rows)).max(1), LARGEST.0);
    format!(
        "CREATE TEMP TABLE questions AS SELECT n / {apart} AS number, i.id, i.code, i.regency, i.kind, i.at
             FROM generate_series(3::BIGINT, {rows}, {apart}) AS n JOIN incidents i ON i.id = named(n)
             WHERE i.regency <> {largest};
         INSERT INTO outbox (id, alert, version, change, code, kind, level, at, done)
         SELECT -number, word || ':' || substr(regency::text, 1, 2) || '.' || substr(regency::text, 3, 2) || ':' || id, 0,
             word, code, kind, 'waspada', at, 1
         FROM (SELECT *, CASE WHEN number % 40 IN (1, 2, 3) THEN 'second' ELSE 'check' END AS word FROM questions) AS asked;
         UPDATE incidents SET to_check = 'community' WHERE id IN (SELECT id FROM questions WHERE number % 40 = 0);
         UPDATE incidents SET awas_asked_by = incidents.id, awas_asked_at = {LAST} - number % 40 * 20 * {HOUR}
             FROM questions WHERE questions.id = incidents.id AND number % 40 IN (1, 2);
         UPDATE incidents SET take_back_asked_by = incidents.id, take_back_asked_at = {LAST}
             FROM questions WHERE questions.id = incidents.id AND number % 40 = 3;"
    )
}

/// Days of forecasts, back from the last one.
fn ledger(rows: u64) -> String {
    let (days, last) = ((rows / (u64::from(REGENCIES) * 15 * 6)).clamp(14, 120), LAST / (24 * HOUR));
    format!(
        "INSERT INTO ledger (kind, horizon, code, day, regency, risk_ppm, base_ppm, baseline_ppm, level, completeness_ppm, model, calibrated)
         SELECT kind, horizon, code, {last} - n, code - code % 100, 1000, 900, 900, 'low', 800000, 'm', 0
         FROM generate_series(0::BIGINT, {days} - 1) AS n, cells;
         INSERT INTO ledger_outcomes (kind, horizon, code, day, number, at, outcome, why, saw, checked)
         SELECT kind, horizon, code, day, 1, {LAST}, 'did_not', '', NULL, 0 FROM ledger;"
    )
}

const HEARD: &str =
    "INSERT INTO feed_activity (log_partition, feed, class, received_at, reported_at, first_at, reports, dead_letters)
    SELECT n % 24, 'f' || n, 'village', 1, 1, 1, 1, 0 FROM generate_series(2, 5000) AS n;";
