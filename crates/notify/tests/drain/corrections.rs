//! What a source corrects to less counts as taken back, however much is corrected around it.

use crate::desk::{DISTRICT, Desk, NOW, PLANTED};
use crate::receivers::{Http, Smtp};
use crate::rows::{incident, report};
use domain::author::StampedAuthor;
use domain::effect::{Effect, Incident};
use domain::kind::{Kind, Level, Outcome};
use domain::report::{Body, FeedId, ReportId, ReportName};
use domain::time::{HOUR, Time};
use store::ReportRow;

/// More than is looked at at once.
const FLOOD: u128 = 150;

#[tokio::test]
async fn no_flood_of_corrections_hides_what_a_source_corrected_to_less() {
    let flood = [("umpan-lain", "yayasan"), ("umpan-kedua", "lembaga"), (PLANTED[3], "lembaga")];
    for (feed, of) in flood {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.desk_by_mail(http.port);
        // By another feed of the same organisation, an hour before the others.
        let [earlier, later] = [NOW.plus(-HOUR), NOW];
        let lowered =
            (1..=3).map(|number| corrected(("umpan-kedua", "lembaga"), (2_000 + number, earlier), 1));
        let alike = (1..=FLOOD).map(|number| corrected((feed, of), (4_000 + number, later), 3));
        desk.corrected(lowered.chain(alike).collect()).await;
        desk.raised_by((PLANTED[3], "lembaga")).await;
        let running = desk.run();
        assert_eq!(smtp.mail().await.to, "piket@x.example", "{feed} of {of}");
        desk.drained().await;
        desk.round().await;
        assert!(smtp.rest().is_empty(), "{feed} of {of} hides that it was corrected to less");
        running.stop().await;
    }
}

#[tokio::test]
async fn what_is_corrected_to_as_much_takes_nothing_back() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let own = (PLANTED[3], "lembaga");
    desk.corrected((1..=FLOOD).map(|number| corrected(own, (4_000 + number, NOW), 3)).collect()).await;
    desk.raised_by(own).await;
    let running = desk.run();
    let mut to = [smtp.mail().await.to, smtp.mail().await.to];
    to.sort();
    assert_eq!(to, ["camat@x.example", "piket@x.example"]);
    running.stop().await;
}

/// A report of severity 3 and what replaces it.
fn corrected((feed, of): (&str, &str), (number, at): (u128, Time), severity: u8) -> [ReportRow; 2] {
    let (was, now) = (ReportId(number * 2), ReportId(number * 2 + 1));
    [(was, 3, None), (now, severity, Some(was))].map(|(id, severity, supersedes)| {
        let mut row = by(report(id, Kind::Disaster, 0), (feed, of));
        if let Body::Statement(statement) = &mut row.report.body {
            (statement.severity, statement.supersedes, statement.occurred_at) = (severity, supersedes, at);
        }
        row
    })
}

fn by(mut row: ReportRow, (feed, of): (&str, &str)) -> ReportRow {
    row.author = StampedAuthor { organisation: of.to_owned(), ..StampedAuthor::default() };
    row.feed_name = feed.to_owned();
    row.report.feed = FeedId::of(feed);
    row.report.author = row.author.stated(feed, row.report.class);
    row
}

impl Desk {
    async fn corrected(&self, pairs: Vec<[ReportRow; 2]>) {
        let regency = DISTRICT.regency();
        let replaced = |[was, _]: &[ReportRow; 2]| {
            let report: ReportName = was.report.name();
            Effect::Outcome { regency, report, outcome: Outcome::Superseded, incident: None }
        };
        let effects = pairs.iter().map(replaced).collect();
        self.commit(pairs.into_iter().flatten().collect(), Vec::new()).await;
        self.commit(Vec::new(), effects).await;
    }

    async fn raised_by(&self, source: (&str, &str)) {
        let row = by(report(ReportId(7), Kind::Disaster, 0), source);
        let id = row.report.name();
        let own = Incident { id, ..incident(ReportId(7), Kind::Disaster, "WA-01", 4) };
        let condition = self.raised(DISTRICT, (Kind::Disaster, Level::Siaga), vec![id]);
        self.commit(vec![row], vec![Effect::Incident(own), condition]).await;
    }
}
