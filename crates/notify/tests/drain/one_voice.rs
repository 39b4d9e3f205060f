//! One source that opens alerts in many places within minutes: a few messages to each person, then one that lists the rest.

use crate::desk::{DISTRICT, Desk};
use crate::receivers::{Http, Mail, Smtp};
use crate::rows::{incident, name, report};
use domain::effect::{ConditionChange, Effect, Incident};
use domain::kind::{FeedClass, Kind, Level, Outcome};
use domain::place::{Code, Place, Places, Unit};
use domain::report::{FeedId, ReportId, ReportName};
use domain::time::MINUTE;
use std::sync::Arc;

const DISTRICTS: u32 = 7;

impl Desk {
    async fn with_districts(smtp: &Smtp) -> Desk {
        let http = Http::start().await;
        let mut desk = Desk::open(smtp, &http).await;
        desk.settings.one_source = 3;
        desk.desk_by_mail(http.port);
        let unit = |district: u32| {
            let name = format!("Kecamatan {district}");
            (Code(DISTRICT.regency().0 + district), Unit { name, ..Unit::default() })
        };
        desk.places = Arc::new(Places::new((1..=DISTRICTS).map(unit).collect(), false));
        desk
    }

    /// A feed's report in a district opens an alert, or moves it.
    async fn spoken(
        &self,
        feed: &str,
        (district, kind): (u32, Kind),
        (change, level): (ConditionChange, Level),
    ) {
        let number =
            u128::from(district) * 10 + Kind::ALL.iter().position(|own| *own == kind).unwrap() as u128;
        let place = Place { code: Code(DISTRICT.regency().0 + district), village: 0 };
        let (id, category) = (ReportId(number), if kind == Kind::Disaster { "WA-01" } else { "WP-05" });
        let own = ReportName { id, feed: FeedId::of(feed) };
        let mut row = report(id, kind, 0);
        (row.report.place, row.report.feed, row.feed_name) = (place, own.feed, feed.to_owned());
        let incident = Incident { id: own, place, ..incident(id, kind, category, 4) };
        let mut raised = self.raised(place.code, (kind, level), vec![own]);
        if let Effect::Condition(condition) = &mut raised {
            condition.change = change;
        }
        let reports = if change == ConditionChange::Raised { vec![row] } else { Vec::new() };
        self.commit(reports, vec![Effect::Incident(incident), raised]).await;
    }

    async fn opened_everywhere(&self, feed: &str) {
        for district in 1..=DISTRICTS {
            for kind in Kind::ALL.iter().copied() {
                self.spoken(feed, (district, kind), (ConditionChange::Raised, Level::Siaga)).await;
            }
        }
    }
}

fn to_desk(mails: &[Mail]) -> Vec<&Mail> {
    mails.iter().filter(|mail| mail.to == "piket@x.example").collect()
}

#[tokio::test]
async fn one_source_that_opens_21_alerts_in_seconds_is_four_messages_to_a_person_and_none_is_lost() {
    let mut smtp = Smtp::start().await;
    let mut desk = Desk::with_districts(&smtp).await;
    desk.opened_everywhere(crate::desk::PLANTED[3]).await;
    let running = desk.run();
    desk.settled_for_now().await;
    let mut mails = smtp.rest();
    assert_eq!(to_desk(&mails).len(), 3, "at once");
    desk.pass(11 * MINUTE);
    desk.drained().await;
    mails.extend(smtp.rest());
    let own = to_desk(&mails);
    assert_eq!(own.len(), 4, "{:?}", own.iter().map(|mail| &mail.text).collect::<Vec<_>>());
    let last = &own[3].text;
    for number in 1..=21 {
        let alert = format!("peringatan/16.13-2026-{number:04}");
        assert!(own.iter().any(|mail| mail.text.contains(&alert)), "{alert}: {last}");
    }
    assert_eq!(last.matches("\nJuga: ").count(), 17, "{last}");
    assert!(
        last.contains(
            "Satu sumber saja melaporkan semua ini dalam beberapa menit: pesan ini tentang 18 peringatan"
        ),
        "{last}"
    );
    assert!(
        last.contains(
            "Juga: Kecamatan 7, bencana (warga–alam): banjir, Min, 1 Mar 2026, 07.00 WIB, level siaga: https://"
        ),
        "{last}"
    );
    let camat = mails.iter().filter(|mail| mail.to == "camat@x.example").count();
    assert!(camat <= 3, "{camat}");
    let carried = desk.store.alert_deliveries("16.13-2026-0021").await.unwrap();
    assert!(carried.iter().all(|one| one.state == store::DeliveryState::Sent), "{carried:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_rise_and_what_another_source_says_wait_for_nothing_while_one_source_floods() {
    let mut smtp = Smtp::start().await;
    let mut desk = Desk::with_districts(&smtp).await;
    desk.opened_everywhere(crate::desk::PLANTED[3]).await;
    let running = desk.run();
    desk.settled_for_now().await;
    assert_eq!(to_desk(&smtp.rest()).len(), 3);
    // It rises.
    desk.spoken(crate::desk::PLANTED[3], (7, Kind::Disaster), (ConditionChange::Changed, Level::Awas)).await;
    let risen = desk.next_to_desk(&mut smtp).await;
    assert!(risen.contains("naik ke awas"), "{risen}");
    // Another source reports elsewhere: it is not the one that floods.
    desk.spoken(
        crate::desk::PLANTED[3],
        (6, Kind::ResidentCompany),
        (ConditionChange::Withdrawn, Level::Low),
    )
    .await;
    desk.spoken("polsek", (6, Kind::ResidentCompany), (ConditionChange::Raised, Level::Siaga)).await;
    let other = desk.next_to_desk(&mut smtp).await;
    assert!(other.contains("Kecamatan 6") && other.starts_with("Peringatan baru"), "{other}");
    // Another source speaks for one that waits.
    let own = name(ReportId(50 + Kind::ALL.iter().position(|kind| *kind == Kind::Disaster).unwrap() as u128));
    let mut row = report(ReportId(9_999), Kind::Disaster, 0);
    let place = Place { code: Code(DISTRICT.regency().0 + 5), village: 0 };
    (row.report.place, row.report.feed, row.feed_name) =
        (place, FeedId::of("polsek"), String::from("polsek"));
    row.report.class = FeedClass::Police;
    let (regency, report) = (DISTRICT.regency(), row.report.name());
    desk.commit(vec![row], Vec::new()).await;
    let joined = Effect::Outcome { regency, report, outcome: Outcome::Merged, incident: Some(own) };
    desk.commit(Vec::new(), vec![joined]).await;
    let confirmed = desk.next_to_desk(&mut smtp).await;
    assert!(confirmed.contains("Kecamatan 5") && confirmed.contains("banjir"), "{confirmed}");
    running.stop().await;
}

impl Desk {
    /// Waits until all that is due was sent.
    async fn settled_for_now(&mut self) {
        self.round().await;
        self.quiet().await;
        self.round().await;
        self.quiet().await;
    }

    async fn next_to_desk(&mut self, smtp: &mut Smtp) -> String {
        loop {
            let mail = smtp.mail().await;
            if mail.to == "piket@x.example" {
                return mail.text;
            }
        }
    }
}
