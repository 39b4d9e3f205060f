//! The desk's queries over a year's worth of rows: none may walk a big table, and each is timed.
//!
//! The rows are made in the server. What the store asks is taken from the server's own log (auto_explain), so that no
//! copy of a query can differ from the one that is sent. `KENTONGAN_VOLUME_ROWS` says how many reports there are;
//! from 50 million on the times are held to their bar too.

use crate::fixture::{self, Home, name};
use crate::load;
use crate::plans::{self, Plan};
use domain::alert::Alert;
use domain::alert::notice::AlertChangeKind;
use domain::kind::{Handling, Horizon, Kind, Level, Outcome};
use domain::place::Code;
use domain::report::{ReportId, ReportName};
use domain::time::DAY;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::{
    AlertFilter, IncidentFilter, LinkRequest, LocalDays, MessageFilter, OutboxItem, Range, ReportFilter,
    ReportKey, SecondLink, Store, StoreError,
};

const USUAL: u64 = 2_000_000;
/// From here on times count: a run with fewer is for the plans, wherever it runs.
const FULL: u64 = 50_000_000;
const BAR: Duration = Duration::from_millis(50);

/// Tables that grow with the reports; walking one is what must not happen.
const BIG: [&str; 13] = [
    "reports",
    "payloads",
    "duplicates",
    "zero_reports",
    "incidents",
    "daily_reports",
    "daily_incidents",
    "assessments",
    "dead_letters",
    "ledger",
    "ledger_outcomes",
    "alerts",
    "alert_history",
];

/// Called by the desk and no query for the picture: writes, or rows of one person or feed by key.
const NOT_DRIVEN: [&str; 32] = [
    "act",
    "add_user",
    "send_again",
    "check_sample",
    "close_session",
    "close_sessions_of",
    "feed_by_token",
    "feeds",
    "open_session",
    "put_feed",
    "put_user",
    "judged_until",
    "samples",
    "session",
    "user",
    "users",
    "verifier_saw",
    "alert_deliveries",
    "answer_end_link",
    "answer_second_link",
    "bind_second_link",
    "second_link",
    "add_table_upload",
    "put_table_upload",
    "table_upload",
    "table_uploads",
    "uploaded_file",
    "kept_mapping",
    "keep_mapping",
    // A hundred rows at most, by number or hash.
    "imports",
    // One row an agency, and one a name of an organisation.
    "pulls",
    "organisation_names",
];

struct Volume {
    store: Store,
    home: Home,
    rows: u64,
    driven: BTreeSet<&'static str>,
    slow: Vec<String>,
}

impl Volume {
    /// Calls the store, twice so that the second finds what it needs in memory, and judges what the server counted for it. Returns
    /// how many statements it took.
    async fn ask<T>(
        &mut self,
        name: &'static str,
        what: &str,
        most: u64,
        call: impl AsyncFn(&Store) -> Result<T, StoreError>,
    ) -> usize {
        self.driven.insert(name);
        let _ = call(&self.store).await.expect("the store answers");
        let before = plans::end(&self.home).await;
        let began = Instant::now();
        let _ = call(&self.store).await.expect("the store answers");
        let took = began.elapsed();
        let plans = plans::since(&self.home, before).await;
        let (read, blocks) = plans.iter().fold((0, 0), |sum, plan| (sum.0 + plan.rows, sum.1 + plan.blocks));
        let inside: f64 = plans.iter().map(|plan| plan.milliseconds).sum();
        println!(
            "{name:<18} {what:<34} {:>7.1} ms, {inside:>6.1} in the server, {read:>7} rows, {blocks:>6} blocks",
            took.as_secs_f64() * 1e3
        );
        let walked = |plan: &Plan| plan.walked.iter().any(|table| BIG.contains(&table.as_str()));
        for plan in &plans {
            assert!(!walked(plan), "{name} {what} walks a big table:\n{}", plan.text);
        }
        assert!(!plans.is_empty(), "{name} {what}: the server logged no plan");
        assert!(read <= most, "{name} {what} reads {read} rows, {most} are enough: {}", plans[0].text);
        if took > BAR {
            self.slow.push(format!("{name} {what}: {took:?}"));
        }
        plans.len()
    }
}

pub async fn no_desk_query_walks_a_big_table(home: &Home) {
    let rows =
        std::env::var("KENTONGAN_VOLUME_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(USUAL);
    drop(home.open().await);
    let began = Instant::now();
    if !fixture::kept() {
        load::fill(home, rows).await;
    }
    println!("{rows} reports and what follows from them were made in {:?}", began.elapsed());
    let store = Home::at(plans::with_plans_logged(&home.url)).open().await;
    let mut volume =
        Volume { store, home: Home::at(home.url.clone()), rows, driven: BTreeSet::new(), slow: Vec::new() };
    lists(&mut volume).await;
    questions(&mut volume).await;
    pictures(&mut volume).await;
    balance(&mut volume).await;
    messages(&mut volume).await;
    let missing: Vec<String> = asked_by_the_desk()
        .into_iter()
        .filter(|name| !volume.driven.contains(name.as_str()) && !NOT_DRIVEN.contains(&name.as_str()))
        .collect();
    assert!(missing.is_empty(), "the desk also asks {missing:?}: drive them here, or say why not");
    assert!(volume.rows < FULL || volume.slow.is_empty(), "longer than {BAR:?}: {:#?}", volume.slow);
    volume.store.close().await;
    if fixture::kept() {
        return;
    }
    fixture::run(home, "DROP SCHEMA no_desk_query_walks_a_big_table CASCADE").await.expect("dropped");
}

/// What somebody must look into, as the front page asks for it.
async fn questions(volume: &mut Volume) {
    let unplaced = async |store: &Store| {
        store.unplaced_remarks(&[load::LARGEST], load::last().plus(-30 * DAY), 10).await
    };
    let to_check = async |store: &Store| {
        store.reports_to_check(&[load::LARGEST], load::last().plus(-30 * DAY), 10).await
    };
    volume.ask("reports_to_check", "of the largest regency", 100, to_check).await;
    let disputed = async |store: &Store| {
        store.disputed_reports(3, (&[load::LARGEST], load::last().plus(-30 * DAY), 10)).await
    };
    volume.ask("disputed_reports", "of the largest regency", 100, disputed).await;
    let second = async |store: &Store| {
        store.reports_awaiting_second(&[load::LARGEST], load::last().plus(-DAY), 10).await
    };
    volume.ask("reports_awaiting_second", "of the largest regency", 100, second).await;
    volume.ask("unplaced_remarks", "of the largest regency", 100, unplaced).await;
    let doubtful = async |store: &Store| {
        store.doubtful_reports(&[load::LARGEST], load::last().plus(-30 * DAY), 10).await
    };
    volume.ask("doubtful_reports", "of the largest regency", 100, doubtful).await;
    let live = AlertFilter { live: true, codes: vec![load::LARGEST], ..AlertFilter::default() };
    let live = volume.store.alerts(&live).await.expect("a page").items;
    let since = async |store: &Store| store.reported_since(&live[0], load::last().plus(-DAY)).await;
    volume.ask("reported_since", "of an open alert", 4000, since).await;
    let filter = IncidentFilter { codes: vec![load::LARGEST], limit: 1, ..IncidentFilter::default() };
    let mut over = volume.store.incidents(&filter).await.expect("a page").items[0];
    over.ended_at = Some(over.occurred_at);
    let over_by = async |store: &Store| store.over_by(&over, load::last()).await;
    volume.ask("over_by", "of an incident", 1_000, over_by).await;
    let answers = async |store: &Store| store.request_answers(&[load::LARGEST]).await;
    volume.ask("request_answers", "of the largest regency", 30_000, answers).await;
    let owed = &volume.store.withheld_alerts("").await.expect("withheld alerts")[0];
    let facts = volume.store.message_facts(&owed.item(load::last())).await.expect("the facts of one");
    assert_eq!(facts.sole_feed.map(|feed| feed.retractions), Some(0), "it rests on the word of one feed");
    let withheld = async |store: &Store| store.withheld_because_of(&owed.alert, load::last()).await;
    assert_eq!(withheld(&volume.store).await.expect("the store answers"), None, "which took nothing back");
    volume.ask("withheld_because_of", "of an open alert", 1_000, withheld).await;
    let lapsed = async |store: &Store| store.lapsed_requests(&[load::LARGEST], load::last().plus(-DAY)).await;
    volume.ask("lapsed_requests", "of the largest regency", 30_000, lapsed).await;
}

/// What happened last where an alert stands, as its page asks where the model alone opened it.
async fn happened_last(volume: &mut Volume, what: &str, alert: Option<&Alert>) {
    let Some(alert) = alert else { return };
    let until = if alert.state.is_live() { load::last() } else { alert.changed_at };
    let last = async |store: &Store| store.happened_last(alert.code, alert.kind, until).await;
    let incidents = last(&volume.store).await.expect("what happened last");
    volume.ask("happened_last", what, 4000, last).await;
    if incidents.is_empty() {
        return; // nothing is asked of nothing
    }
    let first = async |store: &Store| store.first_of(alert, &incidents).await;
    volume.ask("first_of", what, 4000, first).await;
}

/// What the pages of regencies ask about their districts.
async fn districts(volume: &mut Volume, place: &str, regencies: &[Code]) {
    for code in regencies {
        let districts =
            async |store: &Store| store.open_districts((*code, Kind::Disaster), load::last()).await;
        volume.ask("open_districts", &format!("{place}, of {code}"), 30_000, districts).await;
        let conditions = volume.store.conditions(&[*code]).await.expect("conditions");
        let answered = async |store: &Store| store.answered_conditions(&conditions).await;
        volume.ask("answered_conditions", &format!("{place}, of {code}"), 30_000, answered).await;
        let counted = async |store: &Store| store.counted_districts(*code, Kind::Disaster).await;
        volume.ask("counted_districts", &format!("{place}, of {code}"), 30_000, counted).await;
    }
}

/// What the history of an alert asks about reports by their names.
async fn named(volume: &mut Volume, regency: Code) {
    let names = [name(3), name(6), name(7)];
    let each = async |store: &Store| store.reports_naming_each(regency, &names).await;
    volume.ask("reports_naming_each", "of three", 100, each).await;
    let (often, largest) = (load::named_often(volume.rows), load::LARGEST);
    let target = ReportKey { regency: largest, id: name(3) };
    let found = volume.store.reports_naming(target).await.expect("the store answers");
    assert_eq!(found.len(), 100, "of {often} that name one");
    let first = async |store: &Store| store.reports_naming(target).await;
    let statements = volume.ask("reports_naming", "of one that many name", 3 * often, first).await;
    assert!(statements <= 4, "{statements} statements for a hundred reports");
    let named = async |store: &Store| store.reports_named(regency, &names).await;
    volume.ask("reports_named", "three", 10, named).await;
}

async fn lists(volume: &mut Volume) {
    let places = [
        ("everywhere", vec![]),
        ("the largest regency", vec![load::LARGEST]),
        ("three districts", vec![load::district(7, 1), load::district(7, 2), load::district(8, 3)]),
    ];
    for (place, codes) in &places {
        for kind in [None, Some(Kind::ResidentResident)] {
            let what = format!("{place}, {}", kind.map_or("any kind", Kind::as_str));
            let filter = ReportFilter { codes: codes.clone(), kind, ..ReportFilter::default() };
            let next = volume.store.reports(&filter).await.expect("a page").next;
            volume.ask("reports", &what, 4000, async |store| store.reports(&filter).await).await;
            let filter = ReportFilter { cursor: next, ..filter };
            volume
                .ask("reports", &format!("{what}, next"), 4000, async |store| store.reports(&filter).await)
                .await;
            let filter = IncidentFilter { codes: codes.clone(), kind, ..IncidentFilter::default() };
            volume.ask("incidents", &what, 4000, async |store| store.incidents(&filter).await).await;
        }
        let open =
            ReportFilter { codes: codes.clone(), at_most: Some(Handling::Open), ..ReportFilter::default() };
        volume
            .ask("reports", &format!("{place}, open"), 4000, async |store| store.reports(&open).await)
            .await;
        let regencies: Vec<Code> = codes.iter().map(|code| code.regency()).collect();
        for live in [true, false] {
            let states = if live { vec![] } else { vec![domain::alert::State::Resolved] };
            let filter = AlertFilter { live, states, codes: regencies.clone(), ..AlertFilter::default() };
            let what = format!("{place}, {}", if live { "live" } else { "ended" });
            volume.ask("alerts", &what, 30_000, async |store| store.alerts(&filter).await).await;
            let shown = volume.store.alerts(&filter).await.expect("a page").items;
            let grounds = async |store: &Store| store.alert_grounds(&shown, load::last()).await;
            volume.ask("alert_grounds", &what, 30_000, grounds).await;
            happened_last(volume, &what, shown.first()).await;
        }
        districts(volume, place, &regencies).await;
    }
    let rare = ReportFilter {
        codes: vec![load::NEVER],
        kind: Some(Kind::ResidentResident),
        ..ReportFilter::default()
    };
    volume.ask("reports", "a kind a regency never had", 100, async |store| store.reports(&rare).await).await;
    let range = Some(Range { from: load::last().plus(-270 * DAY), to: load::last() });
    let why = ReportFilter {
        codes: vec![load::LARGEST],
        kind: Some(Kind::Disaster),
        range,
        limit: 500,
        ..ReportFilter::default()
    };
    volume.ask("reports", "behind a reason", 4000, async |store| store.reports(&why).await).await;
    let feed = ReportFilter { feed: Some("f17".into()), limit: 20, ..ReportFilter::default() };
    volume.ask("reports", "of a feed", 4000, async |store| store.reports(&feed).await).await;
    let merged = ReportFilter {
        codes: vec![load::district(9, 1)],
        outcome: Some(Outcome::Merged),
        ..ReportFilter::default()
    };
    volume
        .ask("reports", "merged ones of a district", 8000, async |store| store.reports(&merged).await)
        .await;
}

async fn messages(volume: &mut Volume) {
    let names = [name(3), name(6), name(7)];
    let once = async |store: &Store| store.incidents_once_called(load::LARGEST, &names).await;
    volume.ask("incidents_once_called", "by three names", 100, once).await;
    let undelivered = async |store: &Store| store.undelivered(load::last()).await;
    // Twenty thousand alerts stand, each with a message to two people.
    volume.ask("undelivered", "everywhere", 150_000, undelivered).await;
    let unnotified = async |store: &Store| store.unnotified_alerts().await;
    volume.ask("unnotified_alerts", "everywhere", 150_000, unnotified).await;
    let unasked = async |store: &Store| store.unasked_questions(load::last()).await;
    let (asked, open) =
        (load::unasked(volume.rows), unasked(&volume.store).await.expect("the store answers").len() as u64);
    assert!((asked / 20..asked / 10).contains(&open), "{open} of {asked} questions are open");
    volume.ask("unasked_questions", "everywhere", 4 * asked, unasked).await;
    let items = async |store: &Store| store.alert_items("of no alert").await;
    volume.ask("alert_items", "one", 100, items).await;
    let topics = volume.store.reports_of_ids(&[name(3).id]).await.expect("its place");
    let code = topics.into_values().next().expect("a report").code;
    let item = OutboxItem {
        id: 1,
        alert: String::from("A-1"),
        version: 1,
        change: AlertChangeKind::Opened,
        code,
        kind: Kind::Disaster,
        level: Level::Siaga,
        at: load::last(),
    };
    let earlier = async |store: &Store| store.already_notified(&item).await;
    volume.ask("already_notified", "of one alert", 100, earlier).await;
    let news = OutboxItem { change: AlertChangeKind::NewIncident, ..item.clone() };
    let people: Vec<String> = (0..40).map(|person| format!("person {person}")).collect();
    let waiting: Vec<(&OutboxItem, &str)> = people.iter().map(|person| (&news, person.as_str())).collect();
    let left = async |store: &Store| store.saying_nothing(&waiting).await;
    volume.ask("saying_nothing", "of one item to forty people", 100, left).await;
    let sole_feed = volume.store.message_facts(&item).await.expect("the facts").sole_feed;
    assert_eq!(sole_feed.map(|feed| feed.retractions), Some(0), "it rests on the word of one feed");
    // Its feed sent a fiftieth of all reports of the day.
    volume
        .ask("message_facts", "of one feed's word", 1_000, async |store| store.message_facts(&item).await)
        .await;
    let person = || Some("p1".to_owned());
    for (what, filter) in [
        ("everywhere", MessageFilter::default()),
        ("of a regency", MessageFilter { codes: vec![load::ALERTED.regency()], ..MessageFilter::default() }),
        ("of a district", MessageFilter { codes: vec![load::ALERTED], ..MessageFilter::default() }),
        (
            "of a regency without any",
            MessageFilter { codes: vec![load::LARGEST], ..MessageFilter::default() },
        ),
        ("to a person", MessageFilter { person: person(), ..MessageFilter::default() }),
        (
            "of a regency, to a person",
            MessageFilter {
                codes: vec![load::ALERTED.regency()],
                person: person(),
                ..MessageFilter::default()
            },
        ),
        ("to nobody", MessageFilter { person: Some("p9".into()), ..MessageFilter::default() }),
        ("about an alert", MessageFilter { alert: Some("A-1000".into()), ..MessageFilter::default() }),
    ] {
        let next = volume.store.messages(&filter).await.expect("a page").next;
        volume.ask("messages", what, 1_000, async |store| store.messages(&filter).await).await;
        let filter = MessageFilter { cursor: next, ..filter };
        let what = format!("{what}, next");
        volume.ask("messages", &what, 1_000, async |store| store.messages(&filter).await).await;
    }
}

async fn pictures(volume: &mut Volume) {
    let one = [load::LARGEST];
    let day = Some(load::last().plus(-DAY));
    let fifty: Vec<Code> = (0..50).map(|regency| load::district(regency, 0)).collect();
    for (what, codes, as_of) in [
        ("of a regency", &one[..], None),
        ("of a regency, then", &one[..], day),
        ("of fifty regencies", &fifty[..], None),
        ("of fifty regencies, then", &fifty[..], day),
    ] {
        let all = async |store: &Store| store.assessments(Kind::Disaster, Horizon::Week, codes, as_of).await;
        volume.ask("assessments", what, 4000, all).await;
    }
    volume.ask("conditions", "of a regency", 4000, async |store| store.conditions(&one).await).await;
    let levels = async |store: &Store| store.condition_levels(&one, load::last().plus(-DAY)).await;
    volume.ask("condition_levels", "of a regency, then", 4000, levels).await;
    let range = Range { from: load::last().plus(-90 * DAY), to: load::last() };
    for code in [load::LARGEST, load::district(7, 1)] {
        let (most, what) = (4_000, code.to_string());
        let series =
            async |store: &Store| store.assessment_series(code, Kind::Disaster, Horizon::Week, range).await;
        volume.ask("assessment_series", &what, 20_000, series).await;
        let of = LocalDays { code, range, minutes_east: 420 };
        let reports = async |store: &Store| store.daily_reports(of).await;
        volume.ask("daily_reports", &what, most, reports).await;
        let incidents = async |store: &Store| store.daily_incidents(of, Kind::Disaster).await;
        volume.ask("daily_incidents", &what, most, incidents).await;
    }
    let id = ReportId(u128::from(volume.rows / 2));
    let first = ReportId(id.0 - id.0 % 3);
    let found = volume.store.reports_with_id(id).await.expect("a report");
    let regency = found[0].report.place.code.regency();
    let (id, first) = (name(id.0), name(first.0));
    volume.ask("report", "one", 10, async |store| store.report(regency, id).await).await;
    volume.ask("incident", "one", 10, async |store| store.incident(regency, first).await).await;
    volume
        .ask("incident_reports", "one", 10, async |store| store.incident_reports(regency, first).await)
        .await;
    let key = ReportKey { regency, id };
    volume.ask("reports_naming", "of one", 10, async |store| store.reports_naming(key).await).await;
    named(volume, regency).await;
    volume.ask("payload", "of one", 10, async |store| store.payload(key).await).await;
    volume.ask("asked_second", "by one", 100, async |store| store.asked_second(regency, id).await).await;
    volume.ask("reports_with_id", "one", 10, async |store| store.reports_with_id(id.id).await).await;
    let many: Vec<ReportKey> =
        (0..500).map(|number| ReportKey { regency, id: name(first.id.0 + 3 * number) }).collect();
    let ids: Vec<ReportId> = many.iter().map(|key| key.id.id).collect();
    let names: Vec<ReportName> = many.iter().map(|key| key.id).collect();
    let confidential = async |store: &Store| store.confidential_incidents(regency, &names).await;
    volume.ask("confidential_incidents", "of five hundred", 4000, confidential).await;
    volume.ask("reports_of_ids", "five hundred", 2000, async |store| store.reports_of_ids(&ids).await).await;
    volume.ask("rejected", "of five hundred", 2000, async |store| store.rejected(&many).await).await;
    volume.ask("alert", "one", 100, async |store| store.alert("A-1000").await).await;
    let end = async |store: &Store| store.asked_end("A-1000", 1, load::last()).await;
    volume.ask("asked_end", "of one", 100, end).await;
    let fate = async |store: &Store| store.fate_of_request("A-1000", (1, load::last())).await;
    volume.ask("fate_of_request", "of one", 100, fate).await;
    for request in [LinkRequest::Record(id), LinkRequest::End { alert: "A-1000".into(), version: 1 }] {
        let link = SecondLink {
            token_hash: [1; 32],
            regency,
            request,
            person: "16.13/kabag-ops".into(),
            expires_at: load::last(),
            browser_hash: None,
            answer: None,
        };
        volume.ask("answered_at", "of one", 30_000, async |store| store.answered_at(&link).await).await;
    }
}

async fn balance(volume: &mut Volume) {
    let from = load::last().0 / DAY - 365;
    for codes in [vec![load::LARGEST], vec![load::district(7, 1), load::district(7, 2)]] {
        let what = format!("{} units", codes.len());
        volume.ask("ledger", &what, 60_000, async |store| store.ledger(&codes, from).await).await;
        volume.ask("hindcasts", &what, 60_000, async |store| store.hindcasts(&codes).await).await;
        volume
            .ask("alert_record", &what, 20_000, async |store| store.alert_record(&codes, from * DAY).await)
            .await;
    }
    volume.ask("heard", "every feed", 50_000, async |store| store.heard().await).await;
    volume.ask("balance", "of all counts", 50_000, async |store| store.balance().await).await;
    volume.ask("clock_step", "of any partition", 100, async |store| store.clock_step().await).await;
    volume
        .ask("outcomes", "five hundred", 2000, async |store| {
            store.outcomes(&(0..500).map(name).collect::<Vec<_>>()).await
        })
        .await;
    volume
        .ask("known_reports", "five hundred", 2000, async |store| {
            store.known_reports(&(0..500).map(name).collect::<Vec<_>>(), load::last()).await
        })
        .await;
}

/// The store's functions that stand in the sources of views and pages.
fn asked_by_the_desk() -> BTreeSet<String> {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeSet::new();
    let mut folders = vec![crates.join("views/src"), crates.join("web/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the desk's sources").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text: String =
                std::fs::read_to_string(entry.path()).expect("a source").split_whitespace().collect();
            for (at, _) in text.match_indices("store.") {
                let name: String =
                    text[at + 6..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if text[at + 6 + name.len()..].starts_with('(') {
                    found.insert(name);
                }
            }
        }
    }
    assert!(found.contains("reports") && found.contains("conditions"), "{found:?}");
    found
}
