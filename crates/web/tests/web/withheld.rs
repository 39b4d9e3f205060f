//! Why the desk alone was notified stands on the alert's page as long as it is so, by the same rule as the messages.

use crate::effects::{condition, incident};
use crate::world::{COMPANY, NOW, World, report};
use domain::effect::{ConditionChange, Effect};
use domain::kind::{FeedClass, Handling, Level, Outcome};
use domain::place::{Code, Place};
use domain::report::{Body, ReportId, ReportName};
use store::{AddressPlan, Commit};

const DISTRICT: Code = Code(161_301);
const ALERT: &str = "16.13-2026-0002";
const SENTENCE: &str = "Hanya petugas piket yang diberi tahu: satu-satunya sumber yang melaporkan ini, company-rawas-ilir, sudah menarik 3 \
     laporannya dalam 24 jam.";

impl World {
    /// The company reports an incident in a district, and a condition rests on it; `offset`: of the report.
    pub async fn raised_in(&self, offset: i64, code: Code, level: Level, dead: u16) -> ReportName {
        let mut row = self.row(offset, FeedClass::Company);
        row.report.place = Place { code, village: 0 };
        let (own, place) = (row.report.name(), row.report.place);
        let (mut happened, mut raised) = (incident(COMPANY), condition(&self.state.sources.places));
        if let (Effect::Incident(incident), Effect::Condition(condition)) = (&mut happened, &mut raised) {
            (incident.id, incident.place, incident.claimed.dead) = (own, place, dead);
            condition.unit = self.state.sources.places.find(code).unwrap();
            (condition.level, condition.evidence) = (level, vec![own]);
        }
        self.logged(row, Outcome::Incident, Some(own), vec![happened, raised]).await;
        own
    }

    /// A report with the number that its offset gives it.
    fn row(&self, offset: i64, class: FeedClass) -> store::ReportRow {
        let id = ReportId((offset as u128 + 20) << 80);
        store::ReportRow { offset, ..report(id, class, Handling::Open, "dilaporkan") }
    }

    async fn logged(
        &self,
        row: store::ReportRow,
        outcome: Outcome,
        incident: Option<ReportName>,
        mut effects: Vec<Effect>,
    ) {
        let (regency, report, from_offset) = (DISTRICT.regency(), row.report.name(), row.offset);
        effects.insert(0, Effect::Outcome { regency, report, outcome, incident });
        let commit = Commit {
            from_offset,
            next_offset: from_offset + 1,
            reports: vec![row],
            ..self.commit_of(NOW, effects)
        };
        self.state.sources.store.commit(commit).await.unwrap();
    }

    /// The company raises siaga alone, of which the desk alone was notified; it took three reports back.
    async fn withheld(&self) -> ReportName {
        for offset in 3..6 {
            let mut row = self.row(offset, FeedClass::Company);
            row.report.body = Body::Retraction { target: ReportId(offset as u128) };
            self.logged(row, Outcome::Retracted, None, Vec::new()).await;
        }
        let own = self.raised_in(6, DISTRICT, Level::Siaga, 0).await;
        let store = &self.state.sources.store;
        for item in store.unaddressed(9).await.unwrap() {
            let withholds = item.alert == ALERT;
            store.address(&item, &AddressPlan { withholds, ..AddressPlan::default() }, NOW).await.unwrap();
        }
        own
    }

    async fn says_why(&self, account: &str) -> bool {
        let cookie = self.login(account).await;
        let (_, page) = self.page(&format!("/peringatan/{ALERT}"), &cookie).await;
        assert!(page.contains(ALERT), "{page}");
        page.contains(SENTENCE)
    }
}

#[tokio::test]
async fn who_reads_reports_reads_because_of_whom_the_desk_alone_was_notified() {
    let world = World::new().await;
    world.withheld().await;
    assert!(world.says_why("sari").await);
    assert!(!world.says_why("bupati").await, "no source by its name");
}

/// The messages follow with the next round; the page does not say meanwhile what is so no more.
#[tokio::test]
async fn once_another_source_speaks_nobody_reads_that_the_desk_alone_is_notified() {
    let world = World::new().await;
    let own = world.withheld().await;
    world.logged(world.row(7, FeedClass::Village), Outcome::Merged, Some(own), Vec::new()).await;
    assert!(!world.says_why("sari").await);
}

#[tokio::test]
async fn of_an_awas_and_of_a_source_that_takes_little_back_nobody_reads_that_it_is_the_desks_alone() {
    let world = World::new().await;
    let own = world.withheld().await;
    let mut risen = condition(&world.state.sources.places);
    if let Effect::Condition(condition) = &mut risen {
        condition.unit = world.state.sources.places.find(DISTRICT).unwrap();
        (condition.change, condition.level) = (ConditionChange::Changed, Level::Awas);
        condition.evidence = vec![own];
    }
    world.emitted(7, vec![risen]).await;
    assert!(!world.says_why("sari").await, "awas rests on no word alone");

    let world = World::new().await;
    world.raised_in(3, DISTRICT, Level::Siaga, 0).await;
    let store = &world.state.sources.store;
    for item in store.unaddressed(9).await.unwrap() {
        let withholds = item.alert == ALERT;
        store.address(&item, &AddressPlan { withholds, ..AddressPlan::default() }, NOW).await.unwrap();
    }
    let cookie = world.login("sari").await;
    let (_, page) = world.page(&format!("/peringatan/{ALERT}"), &cookie).await;
    assert!(page.contains(ALERT) && !page.contains("Hanya petugas piket yang diberi tahu"), "{page}");
}
