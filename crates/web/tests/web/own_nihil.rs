//! What a reporter says of nothing having happened, beside what the same reporter says happened; and what is put right afterwards.

use crate::reporter::{FORM, bare, sent, world};
use crate::world::{NOW, VILLAGE, World, report};
use axum::http::StatusCode;
use domain::kind::{FeedClass, Handling};
use domain::place::{Code, Place};
use domain::report::{Body, NamedReport, Remark, RemarkKind, ReportId};
use domain::time::{DAY, HOUR, MINUTE, Time};
use store::{Commit, ReportRow};
use web::account;

/// The feed of the village with further reports of its own.
async fn with_own(rows: Vec<ReportRow>) -> World {
    let world = world().await;
    let next_offset = 3 + rows.len() as i64;
    let commit = Commit { next_offset, reports: rows, ..world.commit_of(NOW, Vec::new()) };
    world.state.sources.store.commit(commit).await.unwrap();
    world
}

fn nihil(number: u128, [from, to]: [Time; 2]) -> ReportRow {
    let mut row = report(ReportId(number << 80), FeedClass::Village, Handling::Open, "nihil");
    row.report.place = Place { code: Code(161_304), village: 0 };
    row.report.body = Body::Nothing { from, to };
    row.offset = 3;
    row
}

/// Pressed so long ago.
async fn pressed(world: &World, who: &str, ago: i64) -> String {
    let number = intake::new_report_id(account::wall().plus(-HOUR)).unwrap();
    let typed_at = account::wall().plus(-ago).0 / 1000;
    let form = format!("number={number}&account={who}&typed_at={typed_at}");
    let (status, text) = bare(world, who, "/lapor/nihil", &form).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    world.sent.lock().unwrap().last().unwrap().1["report_id"].to_string()
}

/// The clock of these tests stands at a full hour.
#[tokio::test]
async fn two_taps_about_a_full_ten_minutes_are_one_report_before_the_first_is_decided() {
    let world = world().await;
    let first = pressed(&world, "kades", MINUTE).await;
    assert_eq!(first, pressed(&world, "kades", -MINUTE).await);
    assert_ne!(first, pressed(&world, "polres", -MINUTE).await, "another's is another");
}

/// An event was moved meanwhile: the nihil before speaks of another period, and the two taps of one.
#[tokio::test]
async fn a_tap_belongs_to_a_nihil_of_the_same_period_alone() {
    let of_another = nihil(8, [NOW.plus(-DAY), NOW.plus(-4 * MINUTE)]);
    let plain = pressed(&world().await, "kades", -MINUTE).await;
    let beside = pressed(&with_own(vec![of_another]).await, "kades", -MINUTE).await;
    assert_eq!(plain, beside);
}

#[tokio::test]
async fn who_reports_something_within_their_own_nihil_reads_of_it_and_of_what_to_do() {
    let at = |hours: i64| NOW.plus(-hours * HOUR);
    // FORM is of now; the event of this feed that is known happened before both.
    let holding = with_own(vec![nihil(8, [at(2), NOW.plus(HOUR)])]).await;
    let (status, text) = sent(&holding, "kades", "/lapor/kejadian", FORM).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(text.contains("memuat jam kejadian ini") && text.contains("Laporan diterima"), "{text}");
    assert_eq!(holding.sent.lock().unwrap().len(), 1, "it is taken all the same");
    let before = with_own(vec![nihil(8, [at(5), at(1)])]).await;
    let (_, text) = sent(&before, "kades", "/lapor/kejadian", FORM).await;
    assert!(text.contains("Laporan diterima") && !text.contains("memuat"), "{text}");
    // Its line says so, too, for as long as both stand.
    let mut event = report(ReportId(9 << 80), FeedClass::Village, Handling::Open, "tawuran");
    event.offset = 4;
    let Body::Statement(statement) = &mut event.report.body else { unreachable!() };
    statement.occurred_at = at(1);
    let both = with_own(vec![nihil(8, [at(2), NOW]), event]).await;
    let (_, text) = both.page("/lapor", &both.login("kades").await).await;
    assert!(text.contains("Masanya memuat kejadian"), "{text}");
}

#[tokio::test]
async fn what_is_put_right_names_its_place_in_the_news_of_it_and_its_category_where_it_was_chosen() {
    let mut moved = report(ReportId(8 << 80), FeedClass::Village, Handling::Open, "portal");
    moved.offset = 3;
    moved.report.place.village = 2004;
    let Body::Statement(statement) = &mut moved.report.body else { unreachable!() };
    statement.supersedes = Some(VILLAGE);
    let (kind, category) = (statement.kind, statement.category);
    let mut over = report(ReportId(9 << 80), FeedClass::Village, Handling::Open, "");
    (over.offset, over.summary) = (4, None);
    over.report.body = Body::Remark(Remark {
        what: RemarkKind::Ends,
        kind,
        category: Some(category),
        occurred_at: NOW.plus(-HOUR),
        reliability: 0,
        credibility: 0,
        handling: Handling::Open,
        about: Some(NamedReport { feed: moved.report.feed, report: VILLAGE, district: Code(161_304) }),
        supersedes: None,
    });
    let id = moved.report.id;
    let world = with_own(vec![moved, over]).await;
    let cookie = world.login("kades").await;
    let (_, text) = world.page("/lapor", &cookie).await;
    let line = |end: &str| text.split("<li>").find(|line| line.contains(end)).unwrap_or_default().to_owned();
    let [of_event, of_end] = [short(id), short(ReportId(9 << 80))].map(|number| line(&number));
    let place = of_event.split("</strong>").nth(1).unwrap().split('·').next().unwrap();
    assert!(of_end.contains(place.trim_matches([',', ' '])), "{place}: {of_end}");
    let (_, form) = world.page(&format!("/lapor?koreksi={id}"), &cookie).await;
    let chosen = format!("value=\"{kind} {category}\" checked");
    assert!(form.contains(&chosen), "{form}");
}

fn short(id: ReportId) -> String {
    views::reporter::short_number(&id.to_string())
}
