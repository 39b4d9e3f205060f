//! One source's word alone, from one that takes much back: who hears of it, who does not, and when they do.

use crate::desk::{DISTRICT, Desk, PLANTED};
use crate::receivers::{Http, Mail, Smtp};
use crate::roster::parse;
use crate::rows::{incident, name, report};
use domain::author::StampedAuthor;
use domain::effect::{ConditionChange, Effect, Incident, Verdict};
use domain::evidence::attestation::{Attested, Extent};
use domain::kind::{Handling, Kind, Level, Outcome};
use domain::place::{Code, Place, Places, Unit, Village};
use domain::report::{Body, FeedId, ReportId, ReportName};
use domain::time::{DAY, MINUTE, SECOND, Time};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::ReportRow;

#[tokio::test]
async fn fifteen_cycles_of_one_source_reach_the_desk_with_the_reason_and_hardly_anybody_else() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let mails = fifteen_cycles(&mut desk, &mut smtp, (Kind::Disaster, Level::Siaga), 2 * MINUTE).await;
    for (at, mail) in mails.iter().enumerate() {
        let number =
            mail.text.split("Nomor: ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
        let gone = |later: &&Mail| {
            let (own, also) = (format!("Nomor: {number}"), format!("peringatan {number} ditarik"));
            later.to == mail.to
                && (later.text.contains(&also)
                    || later.text.contains(&own) && later.text.contains("ini ditarik"))
        };
        assert!(
            mails[at..].iter().any(|mail| gone(&mail)),
            "{} hears last of {number}: {}",
            mail.to,
            mail.text
        );
    }
    let to = |name: &str| mails.iter().filter(|mail| mail.to.starts_with(name)).count();
    assert!((3..=15).contains(&mails.len()), "{} messages", mails.len());
    assert!(to("camat") <= 4 && to("piket") >= 5, "{} and {}", to("camat"), to("piket"));
    let named = "satu-satunya sumber yang melaporkan ini, umpan-desa-x, sudah menarik ";
    assert!(mails.iter().any(|mail| mail.to.starts_with("piket") && mail.text.contains(named)));
}

#[tokio::test]
async fn fifteen_cycles_of_one_source_with_the_shipped_roster_are_fifteen_messages_at_most() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.team = Arc::new(parse(&shipped_roster()));
    let mails = fifteen_cycles(&mut desk, &mut smtp, (Kind::ResidentCompany, Level::Waspada), MINUTE).await;
    assert!(mails.len() <= 15, "{} messages", mails.len());
    let to_desk: Vec<&Mail> = mails.iter().filter(|mail| mail.to == SHIPPED_DESK).collect();
    let why = "satu-satunya sumber yang melaporkan ini sudah menarik ";
    // How many of the cycles fold into one message depends on how fast they run.
    assert!(to_desk.iter().any(|mail| mail.text.contains(why)), "the desk is notified why");
    assert!(mails.iter().all(|mail| mail.to == SHIPPED_DESK || !mail.text.contains(why)));
}

/// Who hears of siaga hears once that it is so and once that it is not: what follows is the desk's.
#[tokio::test]
async fn fifteen_cycles_at_siaga_with_the_shipped_roster_are_two_messages_to_each_and_fifteen_to_the_desk() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.team = Arc::new(parse(&shipped_roster()));
    let mails = fifteen_cycles(&mut desk, &mut smtp, (Kind::Disaster, Level::Siaga), 90 * SECOND).await;
    let mut by_person: BTreeMap<&str, usize> = BTreeMap::new();
    for mail in &mails {
        *by_person.entry(&mail.to).or_default() += 1;
    }
    assert_eq!(by_person.len(), 10, "siaga's people: {by_person:?}");
    for (person, count) in by_person {
        let most = if person == SHIPPED_DESK { 15 } else { 2 };
        assert!(count <= most, "{person}: {count}");
    }
}

#[tokio::test]
async fn who_knows_of_a_lower_level_hears_of_the_rise_once_another_source_speaks() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| text.replace("awas.disaster", "siaga.disaster"));
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Waspada).await;
    let mut waspada = [smtp.mail().await.to, smtp.mail().await.to];
    waspada.sort();
    assert_eq!(waspada, ["camat@x.example", "piket@x.example"]);
    desk.settled().await;
    desk.taken_back_three().await;
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Siaga).await;
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.round().await;
    assert!(smtp.rest().is_empty(), "one source speaks for it");
    desk.earlier_report(Kind::Disaster).await;
    let mut notified = [smtp.mail().await, smtp.mail().await];
    notified.sort_by(|a, b| a.to.cmp(&b.to));
    assert_eq!([notified[0].to.as_str(), notified[1].to.as_str()], ["bpbd@x.example", "camat@x.example"]);
    assert!(notified[1].text.starts_with("Level peringatan naik ke siaga"), "{}", notified[1].text);
    running.stop().await;
}

#[tokio::test]
async fn what_a_feed_took_back_a_day_ago_withholds_nothing_any_more() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.taken_back_three().await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.round().await;
    assert!(smtp.rest().is_empty());
    desk.pass_for_the_service(DAY);
    assert_eq!(smtp.mail().await.to, "camat@x.example");
    running.stop().await;
}

/// Correcting to less takes back too, and no wrong clock hides that something was taken back.
#[tokio::test]
async fn what_a_feed_corrects_to_less_or_takes_back_by_a_wrong_clock_counts_as_taken_back() {
    for by_correction in [true, false] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.desk_by_mail(http.port);
        for number in 0..3 {
            match by_correction {
                true => desk.lowered_one(number).await,
                false => desk.taken_back_by_a_wrong_clock(number).await,
            }
        }
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
        let running = desk.run();
        let mail = smtp.mail().await;
        assert_eq!(mail.to, "piket@x.example");
        desk.round().await;
        assert!(smtp.rest().is_empty(), "by correction: {by_correction}");
        running.stop().await;
    }
}

#[tokio::test]
async fn a_disaster_of_which_a_report_is_confidential_goes_out_without_its_village() {
    for handling in [Handling::Limited, Handling::Confidential] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.desk_by_mail(http.port);
        let (number, name, rank) = (2003, String::from("Beringin Makmur"), String::from("desa"));
        let village = Village { number, name, rank, centre: None, aliases: Vec::new() };
        let district = Unit { name: String::from("Rawas Ilir"), villages: vec![village], ..Unit::default() };
        desk.places = Arc::new(Places::new(vec![(DISTRICT, district)], false));
        let own = incident(ReportId(5), Kind::Disaster, "WA-01", 4);
        let mut row = report(own.id.id, Kind::Disaster, 0);
        if let Body::Statement(statement) = &mut row.report.body {
            statement.handling = handling;
        }
        let condition = desk.raised(DISTRICT, (Kind::Disaster, Level::Siaga), vec![own.id]);
        desk.commit(vec![row], vec![Effect::Incident(own), condition]).await;
        let running = desk.run();
        let mail = smtp.mail().await;
        let named = mail.text.contains("Desa/kelurahan: Beringin Makmur");
        let withheld = mail.text.contains("Desa/kelurahan: rinciannya hanya di halaman peringatan");
        let confidential = handling == Handling::Confidential;
        assert_eq!((named, withheld), (!confidential, confidential), "{}", mail.text);
        assert_eq!(mail.raw.contains("Beringin"), !confidential, "{}", mail.raw);
        desk.drained().await;
        running.stop().await;
    }
}

/// Who raises by one feed what they took back by another is one source.
#[tokio::test]
async fn what_one_organisation_or_person_takes_back_by_whatever_feed_counts_together() {
    let organisation = |own: &str| StampedAuthor { organisation: own.into(), ..StampedAuthor::default() };
    let person = |account: &str, own: &str| StampedAuthor {
        account: account.into(),
        person: "3201".into(),
        ..organisation(own)
    };
    for (raises, takes_back, is_one) in [
        (organisation("lembaga"), organisation("Lembaga"), true),
        (person("sari", "desa-a"), person("sari-2", "desa-b"), true),
        (organisation("lembaga"), organisation("yayasan"), false),
    ] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.desk_by_mail(http.port);
        for number in 0..3 {
            desk.taken_back_by("umpan-kedua", number, &takes_back).await;
        }
        let own = in_district(DISTRICT);
        let rows = vec![by(report(own.id.id, Kind::Disaster, 0), PLANTED[3], &raises)];
        let condition = desk.raised(DISTRICT, (Kind::Disaster, Level::Siaga), vec![own.id]);
        desk.commit(rows, vec![Effect::Incident(own), condition]).await;
        let running = desk.run();
        desk.settled().await;
        desk.round().await;
        let mut to: Vec<String> = smtp.rest().into_iter().map(|mail| mail.to).collect();
        to.sort();
        let everybody = ["camat@x.example", "piket@x.example"];
        assert_eq!(to, if is_one { &everybody[1..] } else { &everybody[..] }, "{raises:?}, {takes_back:?}");
        running.stop().await;
    }
}

#[tokio::test]
async fn what_one_source_alone_said_reaches_the_others_once_the_desk_confirms_it() {
    let grave = incident(ReportId(8), Kind::Disaster, "WA-01", 4);
    others_hear_once(Incident { verdict: Verdict::Confirmed, ..grave }).await;
}

/// The desk's own feeds are one feed, and may give the word of several.
#[tokio::test]
async fn what_several_attest_through_one_feed_is_no_sources_word_alone() {
    let grave = incident(ReportId(8), Kind::Disaster, "WA-01", 4);
    let attested = Attested { extent: grave.claimed, awas: 0 };
    others_hear_once(Incident { attested, ..grave }).await;
}

async fn others_hear_once(affirmed: Incident) {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.taken_back_three().await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.round().await;
    assert!(smtp.rest().is_empty());
    desk.commit(Vec::new(), vec![Effect::Incident(affirmed)]).await;
    assert_eq!(smtp.mail().await.to, "camat@x.example");
    running.stop().await;
}

#[tokio::test]
async fn a_regency_that_rests_on_one_sources_word_is_the_desks_however_many_incidents_that_tells() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| text.replace("awas.disaster", "siaga.disaster"));
    desk.taken_back_three().await;
    desk.district_and_regency(Kind::Disaster, [Level::Siaga, Level::Siaga], 2).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "BPBD was notified of the regency's alert");
    running.stop().await;
}

/// Twenty are looked at in a round.
#[tokio::test]
async fn no_alert_waits_behind_others_that_stay_withheld() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| text.replace("awas.disaster", "siaga.disaster"));
    let codes: Vec<Code> = (1..=21).map(|number| Code(161_300 + number)).collect();
    let unit = |code: &Code| (*code, Unit { name: format!("Kecamatan {}", code.0), ..Unit::default() });
    desk.places = Arc::new(Places::new(codes.iter().map(unit).collect(), false));
    desk.taken_back_three().await;
    for code in &codes {
        desk.raised_in(*code).await;
    }
    let running = desk.run();
    for _ in &codes {
        assert_eq!(smtp.mail().await.to, "piket@x.example");
    }
    desk.round().await;
    assert!(smtp.rest().is_empty());
    let last = codes[20];
    let own = in_district(last);
    desk.commit(Vec::new(), vec![Effect::Incident(Incident { verdict: Verdict::Confirmed, ..own })]).await;
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "bpbd@x.example");
    assert!(mail.text.contains("16.13-2026-0021"), "{}", mail.text);
    running.stop().await;
}

#[tokio::test]
async fn what_one_source_says_alone_reaches_the_others_once_another_says_it_too() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| text.replace("awas.disaster", "siaga.disaster"));
    desk.taken_back_three().await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.round().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "one source speaks for it");
    desk.earlier_report(Kind::Disaster).await;
    let mut notified = [smtp.mail().await, smtp.mail().await];
    notified.sort_by(|a, b| a.to.cmp(&b.to));
    assert_eq!([notified[0].to.as_str(), notified[1].to.as_str()], ["bpbd@x.example", "camat@x.example"]);
    assert!(notified[1].text.contains("Menurut: kepolisian, desa dan kelurahan"), "{}", notified[1].text);
    assert!(!notified[1].text.contains("Hanya petugas piket"), "{}", notified[1].text);
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "once, and not to who knew of it");
    running.stop().await;
}

#[tokio::test]
async fn where_the_desk_has_nobody_what_one_source_says_alone_goes_no_further_than_waspada() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| {
        text.replace("awas.disaster", "siaga.disaster").replace(r#"office = "piket""#, r#"office = "lain""#)
    });
    desk.taken_back_three().await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "camat@x.example");
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "siaga's people were notified");
    running.stop().await;
}

#[tokio::test]
async fn what_one_source_alone_said_and_took_back_is_owed_to_nobody() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.taken_back_three().await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.condition(Kind::Disaster, ConditionChange::Withdrawn, Level::Low).await;
    desk.pass(11 * MINUTE);
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.round().await;
    assert!(desk.store.withheld_alerts("").await.unwrap().is_empty());
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

pub const SHIPPED_DESK: &str = "kesbangpol@muratara.example";

/// The roster as it is shipped, everybody by mail.
pub fn shipped_roster() -> String {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/team.toml")).unwrap();
    let is_kept = |line: &&str| !line.contains(r#"kind = "webhook", url"#) || line.starts_with('#');
    text.lines().filter(is_kept).collect::<Vec<_>>().join("\n")
}

/// A token that was used to open an alert first, or to claim and take back, silences nobody else's dead.
#[tokio::test]
async fn what_one_source_claims_within_an_open_alert_and_takes_back_is_the_desks_and_anothers_claim_is_everybodys()
 {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let kind = Kind::ResidentCompany;
    desk.condition(kind, ConditionChange::Raised, Level::Siaga).await;
    desk.earlier_report(kind).await;
    let running = desk.run();
    desk.quiet().await;
    desk.pass(11 * MINUTE);
    smtp.rest();
    let mut mails = Vec::new();
    for cycle in 0..15 {
        desk.claimed(5_000 + cycle, "umpan-desa-x").await;
        desk.quiet().await;
        desk.pass(2 * MINUTE);
        desk.taken_back_one(cycle).await;
        desk.quiet().await;
        desk.pass(2 * MINUTE);
        mails.extend(smtp.rest());
    }
    let to = |mails: &[Mail], name: &str| mails.iter().filter(|mail| mail.to.starts_with(name)).count();
    assert!(mails.len() <= 15, "{} messages", mails.len());
    assert!((1..=2).contains(&to(&mails, "camat")) && to(&mails, "piket") >= 3, "{mails:?}");
    let why = "satu-satunya sumber yang melaporkan ini sudah menarik ";
    assert!(mails.iter().any(|mail| mail.to.starts_with("piket") && mail.text.contains(why)));
    desk.pass(11 * MINUTE);
    desk.quiet().await;
    desk.pass(11 * MINUTE);
    smtp.rest();
    desk.claimed(6_000, "umpan-desa-y").await;
    desk.quiet().await;
    let mails = smtp.rest();
    assert_eq!((to(&mails, "camat"), to(&mails, "piket")), (1, 1), "{mails:?}");
    assert!(
        mails[0].text.contains("(baru satu pihak, belum terkonfirmasi)")
            && mails[0].text.contains("Yang terjadi: pemortalan"),
        "{mails:?}"
    );
    running.stop().await;
}

/// One feed says it and takes it back after two minutes, fifteen times, each after a rest; all that went out.
pub async fn fifteen_cycles(
    desk: &mut Desk,
    smtp: &mut Smtp,
    (kind, level): (Kind, Level),
    rest: i64,
) -> Vec<Mail> {
    let running = desk.run();
    let mut mails = Vec::new();
    for cycle in 0..15 {
        desk.condition(kind, ConditionChange::Raised, level).await;
        desk.quiet().await;
        desk.pass(2 * MINUTE);
        desk.taken_back_one(cycle).await;
        desk.condition(kind, ConditionChange::Withdrawn, Level::Low).await;
        desk.quiet().await;
        desk.pass(rest);
        // What is due by then goes out before the next cycle, as it does where minutes pass one by one.
        desk.quiet().await;
        mails.extend(smtp.rest());
    }
    desk.pass(11 * MINUTE);
    desk.drained().await;
    mails.extend(smtp.rest());
    running.stop().await;
    mails
}

fn in_district(code: Code) -> Incident {
    let own = incident(ReportId(u128::from(code.0)), Kind::Disaster, "WA-01", 4);
    Incident { place: Place { code, village: 0 }, ..own }
}

/// A row as it comes by this feed from this author.
fn by(mut row: ReportRow, feed: &str, author: &StampedAuthor) -> ReportRow {
    (row.feed_name, row.author) = (feed.to_owned(), author.clone());
    row.report.feed = FeedId::of(feed);
    row.report.author = author.stated(feed, row.report.class);
    row
}

impl Desk {
    /// One feed alone claims that people were killed: as one party's word, it counts for little.
    async fn claimed(&self, number: u128, feed: &str) {
        let id = ReportName { id: ReportId(number), feed: FeedId::of(feed) };
        let mut row = report(id.id, Kind::ResidentCompany, 0);
        (row.report.feed, row.feed_name) = (id.feed, feed.to_owned());
        let plain = incident(id.id, Kind::ResidentCompany, "WP-05", 2);
        let claimed = Extent { severity: 5, dead: 4, injured: 9, displaced: 0 };
        let incident = Incident { id, claimed, opens_until: Some(plain.occurred_at.plus(2 * DAY)), ..plain };
        self.commit(vec![row], vec![Effect::Incident(incident)]).await;
    }

    /// Another feed takes back one of its reports.
    async fn taken_back_by(&self, feed: &str, number: u128, author: &StampedAuthor) {
        let id = ReportId(9_500 + number);
        let mut row = by(report(id, Kind::Disaster, 0), feed, author);
        row.report.body = Body::Retraction { target: ReportId(8_500 + number) };
        let report = ReportName { id, feed: row.report.feed };
        let regency = row.report.place.code.regency();
        let effect = Effect::Outcome { regency, report, outcome: Outcome::Retracted, incident: None };
        self.commit(vec![row], vec![effect]).await;
    }

    /// The feed takes back as many reports as it takes for its word alone to go to the desk only.
    pub async fn taken_back_three(&self) {
        for number in 0..3 {
            self.taken_back_one(number).await;
        }
    }

    /// The feed corrects a report to the least severity.
    async fn lowered_one(&self, number: u128) {
        let (was, now) = (ReportId(8_000 + number), ReportId(8_100 + number));
        let mut after = report(now, Kind::Disaster, 0);
        if let Body::Statement(statement) = &mut after.report.body {
            (statement.severity, statement.supersedes) = (1, Some(was));
        }
        self.commit(vec![report(was, Kind::Disaster, 0)], vec![]).await;
        let (regency, outcome) = (after.report.place.code.regency(), Outcome::Superseded);
        let replaced = Effect::Outcome { regency, report: name(was), outcome, incident: None };
        self.commit(vec![after], vec![replaced]).await;
    }

    /// The feed takes a report back, by a clock that stands in 1980.
    async fn taken_back_by_a_wrong_clock(&self, number: u128) {
        let id = ReportId(9_000 + number);
        let mut row = report(id, Kind::Disaster, 0);
        row.report.body = Body::Retraction { target: ReportId(8_000 + number) };
        row.report.reported_at = Time(10 * 365 * DAY);
        row.report.doubtful = Some(row.received_at);
        let (regency, outcome) = (row.report.place.code.regency(), Outcome::Retracted);
        let effect = Effect::Outcome { regency, report: name(id), outcome, incident: None };
        self.commit(vec![row], vec![effect]).await;
    }

    /// An incident of a district, and the condition that rests on it.
    pub async fn raised_in(&self, code: Code) {
        let own = in_district(code);
        let mut row = report(own.id.id, Kind::Disaster, 0);
        row.report.place = own.place;
        let condition = self.raised(code, (Kind::Disaster, Level::Siaga), vec![own.id]);
        self.commit(vec![row], vec![Effect::Incident(own), condition]).await;
    }
}
