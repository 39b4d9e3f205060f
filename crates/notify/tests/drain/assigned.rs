//! An assignment is a call to one person: at once, and in one message with what else there is for them.

use crate::ALERT;
use crate::desk::{DISTRICT, Desk, Running};
use crate::receivers::{Answer, Http, Mail, Smtp};
use crate::rows::{incident, name, report};
use domain::effect::{ConditionChange, Effect, Incident};
use domain::kind::{FeedClass, Kind, Level};
use domain::place::{Code, Place, Places, Unit};
use domain::report::ReportId;
use domain::time::{MINUTE, SECOND};
use notify::Channel;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// The next mail, though no time passes for the service.
async fn mail_at_once(smtp: &mut Smtp) -> Mail {
    timeout(Duration::from_secs(20), smtp.mail()).await.expect("it waits for no pause")
}

fn says(mail: &Mail, line: &str) -> bool {
    mail.text.lines().any(|own| own == line)
}

/// A desk that runs, with an alert of this level of which the camat and the duty post were notified.
async fn notified(level: Level) -> (Desk, Running, Smtp, Http) {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Raised, level).await;
    smtp.mail().await;
    http.call().await;
    desk.drained().await;
    (desk, running, smtp, http)
}

/// Assigns the alert to a role of the roster, whose address is `to`: the message about that.
async fn assigned(desk: &Desk, smtp: &mut Smtp, (role, to): (&str, &str)) -> Mail {
    desk.assign(ALERT, role).await;
    let mail = mail_at_once(smtp).await;
    assert_eq!(mail.to, to);
    mail
}

const CAMAT: (&str, &str) = ("Camat", "camat@x.example");
const BPBD: (&str, &str) = ("BPBD", "bpbd@x.example");

/// The next two mails: that of the BPBD and that of the camat.
async fn of_bpbd_and_camat(smtp: &mut Smtp) -> [Mail; 2] {
    let mut mails = [mail_at_once(smtp).await, mail_at_once(smtp).await];
    mails.sort_by(|one, other| one.to.cmp(&other.to));
    assert_eq!(mails.each_ref().map(|mail| mail.to.as_str()), [BPBD.1, CAMAT.1]);
    mails
}

#[tokio::test]
async fn an_assignment_waits_for_no_pause_and_says_what_else_waits() {
    let (mut desk, running, mut smtp, mut http) = notified(Level::Siaga).await;
    desk.reported(Kind::Disaster, ("WA-02", 5)).await;
    desk.quiet().await;
    assert!(smtp.rest().is_empty(), "the pause holds what is no rise");
    let mail = assigned(&desk, &mut smtp, CAMAT).await;
    let text = mail.text;
    assert!(text.starts_with("Peringatan level siaga") && text.contains("ditugaskan kepada Camat"), "{text}");
    assert!(text.contains("Yang terjadi: longsor"), "the gravest by now leads: {text}");
    desk.pass(11 * MINUTE);
    http.call().await;
    desk.drained().await;
    assert!(smtp.rest().is_empty(), "what it included is not sent again");
    running.stop().await;
}

#[tokio::test]
async fn what_opens_and_is_assigned_in_one_round_is_one_message() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    desk.assign(ALERT, "Camat").await;
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Awas).await;
    let running = desk.run();
    let [bpbd, camat] = &of_bpbd_and_camat(&mut smtp).await;
    assert!(says(camat, "Juga: ditugaskan kepada Anda"), "{}", camat.text);
    assert!(!bpbd.text.contains("assigned"), "{}", bpbd.text);
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "one message to each");
    running.stop().await;
}

#[tokio::test]
async fn an_assignment_goes_as_soon_as_the_message_before_it_has_arrived() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::Refuse]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    smtp.mail().await;
    desk.failed(Channel::Email).await;
    desk.assign(ALERT, "Camat").await;
    let mail = mail_at_once(&mut smtp).await;
    assert!(mail.text.starts_with("Peringatan baru, level siaga"), "{}", mail.text);
    assert!(says(&mail, "Juga: ditugaskan kepada Anda"), "{}", mail.text);
    running.stop().await;
}

#[tokio::test]
async fn an_alert_that_ends_before_its_assignment_went_says_that_it_was_theirs() {
    let (mut desk, running, mut smtp, _http) = notified(Level::Siaga).await;
    smtp.answer([Answer::Refuse]);
    assigned(&desk, &mut smtp, CAMAT).await;
    desk.failed(Channel::Email).await;
    desk.condition(Kind::Disaster, ConditionChange::Withdrawn, Level::Low).await;
    desk.pass(11 * MINUTE);
    let mail = smtp.mail().await;
    assert!(mail.text.contains("ditarik dan tidak berlaku lagi"), "{}", mail.text);
    assert!(says(&mail, "Juga: sempat ditugaskan kepada Anda"), "{}", mail.text);
    running.stop().await;
}

#[tokio::test]
async fn to_whom_it_is_assigned_no_more_the_news_that_it_took_the_place_of_goes_all_the_same() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    desk.assign(ALERT, "Camat").await;
    desk.assign(ALERT, "BPBD").await;
    let running = desk.run();
    let mut mails = vec![smtp.mail().await];
    desk.drained().await;
    mails.extend(smtp.rest());
    let camat: Vec<&Mail> = mails.iter().filter(|mail| mail.to == "camat@x.example").collect();
    let [camat] = camat[..] else { panic!("{camat:?}") };
    assert!(camat.text.starts_with("Peringatan baru, level siaga"), "{}", camat.text);
    assert!(!camat.text.contains("ditugaskan"), "{}", camat.text);
    running.stop().await;
}

#[tokio::test]
async fn to_whom_it_is_assigned_no_more_nothing_says_that_it_is_theirs() {
    let (mut desk, running, mut smtp, _http) = notified(Level::Siaga).await;
    // Their mail server does not take the first, nor the news that says it too.
    smtp.answer([Answer::Refuse]);
    assigned(&desk, &mut smtp, CAMAT).await;
    desk.failed(Channel::Email).await;
    assigned(&desk, &mut smtp, BPBD).await;
    desk.drained().await;
    desk.pass(11 * MINUTE);
    desk.round().await;
    assert!(smtp.rest().is_empty(), "the camat reads that it is theirs");
    desk.reported(Kind::Disaster, ("WA-02", 5)).await;
    // Whose it is by now hears of it, too.
    let [_, camat] = of_bpbd_and_camat(&mut smtp).await;
    assert!(camat.text.starts_with("Kejadian baru") && !camat.text.contains("ditugaskan"), "{}", camat.text);
    running.stop().await;
}

/// What waits for others is none of the assignee's business.
#[tokio::test]
async fn an_assignment_and_a_fall_leave_what_waits_for_others() {
    let (mut desk, running, mut smtp, mut http) = notified(Level::Siaga).await;
    desk.reported(Kind::Disaster, ("WA-02", 5)).await;
    desk.quiet().await;
    smtp.answer([Answer::Refuse]);
    assigned(&desk, &mut smtp, BPBD).await;
    desk.failed(Channel::Email).await;
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Waspada).await;
    desk.quiet().await;
    desk.pass(11 * MINUTE);
    let [bpbd, camat] = &of_bpbd_and_camat(&mut smtp).await;
    assert!(bpbd.text.contains("is assigned to BPBD"), "{}", bpbd.text);
    assert!(camat.text.starts_with("Kejadian baru") && camat.text.contains("longsor"), "{}", camat.text);
    assert!(http.call().await.body.contains("new_incident"));
    running.stop().await;
}

/// It is one message at a time, and no longer than that one takes.
#[tokio::test]
async fn what_rose_a_moment_after_an_assignment_is_a_message_of_its_own() {
    let (mut desk, running, mut smtp, _http) = notified(Level::Siaga).await;
    let mail = assigned(&desk, &mut smtp, CAMAT).await;
    assert!(mail.text.contains("ditugaskan kepada Camat"), "{}", mail.text);
    desk.drained().await;
    desk.pass(2 * SECOND);
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Awas).await;
    let [_, camat] = of_bpbd_and_camat(&mut smtp).await;
    assert!(camat.text.contains("naik ke awas") && !camat.text.contains("Juga: "), "{}", camat.text);
    running.stop().await;
}

/// Who heard that it is theirs hears that it is somebody else's, with the next news, and once.
#[tokio::test]
async fn whose_it_was_and_who_heard_so_reads_whose_it_is_now_and_not_at_once() {
    let (mut desk, running, mut smtp, _http) = notified(Level::Siaga).await;
    assigned(&desk, &mut smtp, CAMAT).await;
    desk.drained().await;
    assigned(&desk, &mut smtp, BPBD).await;
    desk.quiet().await;
    assert!(smtp.rest().is_empty(), "nobody waits for the camat");
    desk.pass(11 * MINUTE);
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "camat@x.example");
    assert!(mail.text.contains("sekarang ditugaskan kepada BPBD, tidak lagi kepada Anda."), "{}", mail.text);
    assert!(mail.raw.contains("Subject: Ditugaskan kepada BPBD, SIAGA"), "{}", mail.raw);
    desk.drained().await;
    // It goes to a third, and news comes in meanwhile: one message says both, to who had it last.
    desk.assign(ALERT, "Posko").await;
    desk.quiet().await;
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Awas).await;
    desk.quiet().await;
    let mails = smtp.rest();
    let of = |to: &str| mails.iter().filter(|mail| mail.to == to).collect::<Vec<_>>();
    let [bpbd] = of("bpbd@x.example")[..] else { panic!("{mails:?}") };
    assert!(says(bpbd, "Also: assigned to Posko now"), "{}", bpbd.text);
    assert!(of("camat@x.example").iter().all(|mail| !mail.text.contains("ditugaskan")), "the camat knows");
    running.stop().await;
}

/// Whom the rise does not concern reads of it where what waits for them goes out.
#[tokio::test]
async fn what_waited_says_level_and_event_as_they_stand_when_it_goes_out() {
    let (mut desk, running, mut smtp, _http) = notified(Level::Waspada).await;
    assigned(&desk, &mut smtp, BPBD).await;
    desk.drained().await;
    assigned(&desk, &mut smtp, CAMAT).await;
    desk.quiet().await;
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Siaga).await;
    desk.reported(Kind::Disaster, ("WA-02", 5)).await;
    desk.quiet().await;
    assert!(smtp.rest().iter().all(|mail| mail.to != BPBD.1), "it is not theirs any more");
    desk.pass(11 * MINUTE);
    let mut mail = smtp.mail().await;
    while mail.to != BPBD.1 {
        mail = smtp.mail().await;
    }
    assert!(mail.raw.contains("Subject: Assigned to Camat, SIAGA"), "{}", mail.raw);
    assert!(mail.text.contains("level siaga") && !mail.text.contains("waspada"), "{}", mail.text);
    assert!(mail.text.contains("What happened: landslide"), "{}", mail.text);
    running.stop().await;
}

#[tokio::test]
async fn to_whom_it_is_assigned_hears_of_a_rise_whatever_the_table_says_of_its_level() {
    let (mut desk, running, mut smtp, _http) = notified(Level::Waspada).await;
    assigned(&desk, &mut smtp, BPBD).await;
    desk.drained().await;
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Siaga).await;
    let [own, _] = of_bpbd_and_camat(&mut smtp).await;
    assert!(own.text.contains("has risen to siaga"), "{}", own.text);
    desk.drained().await;
    assert!(smtp.rest().is_empty(), "once");
    running.stop().await;
}

/// What somebody typed as a name is in no message about a conflict.
#[tokio::test]
async fn a_conflicts_message_names_nobody_who_is_not_on_the_teams_list() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    smtp.mail().await;
    http.call().await;
    desk.drained().await;
    assigned(&desk, &mut smtp, CAMAT).await;
    desk.drained().await;
    desk.assign(ALERT, "Pak Budi RT 3").await;
    desk.quiet().await;
    desk.pass(11 * MINUTE);
    let mail = smtp.mail().await;
    assert_eq!(mail.to, CAMAT.1);
    assert!(mail.text.contains("sekarang ditugaskan kepada orang lain di luar daftar tim"), "{}", mail.text);
    assert!(![&mail.text, &mail.raw].iter().any(|part| part.contains("Budi")), "{}", mail.raw);
    desk.drained().await;
    // News that waited says it in a line.
    desk.assign(ALERT, "Camat").await;
    mail_at_once(&mut smtp).await;
    desk.drained().await;
    desk.assign(ALERT, "Pak Budi RT 3").await;
    desk.quiet().await;
    desk.condition(Kind::ResidentCompany, ConditionChange::Changed, Level::Awas).await;
    let mail = mail_at_once(&mut smtp).await;
    assert!(says(&mail, "Juga: sekarang ditugaskan kepada orang lain di luar daftar tim"), "{}", mail.text);
    assert!(!mail.raw.contains("Budi"), "{}", mail.raw);
    running.stop().await;
}

/// What the camat reads of the regency's alert that is assigned to them: a landslide of another kecamatan raises it, by the word of the
/// police, and a lesser flood of their own where there is one.
async fn assigned_of_the_regency(is_own_too: bool) -> String {
    const OTHER: Code = Code(161306);
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let unit = |name: &str| Unit { name: name.to_owned(), ..Unit::default() };
    let units = vec![(DISTRICT, unit("Rawas Ilir")), (OTHER, unit("Nibung"))];
    desk.places = Arc::new(Places::new(units, false));
    if is_own_too {
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Awas).await;
    }
    let id = ReportId(7);
    let mut row = report(id, Kind::Disaster, 0);
    (row.report.place.code, row.report.class) = (OTHER, FeedClass::Police);
    let landslide =
        Incident { place: Place { code: OTHER, village: 2003 }, ..incident(id, Kind::Disaster, "WA-02", 5) };
    let raised = desk.raised(OTHER, (Kind::Disaster, Level::Awas), vec![name(id)]);
    desk.commit(vec![row], vec![Effect::Incident(landslide), raised]).await;
    let running = desk.run();
    desk.quiet().await;
    desk.regency_rises(Kind::Disaster, Level::Awas).await;
    let regency = if is_own_too { "16.13-2026-0003" } else { "16.13-2026-0002" };
    desk.assign(regency, CAMAT.0).await;
    let link = format!("Tautan: https://desk.example/peringatan/{regency}");
    loop {
        let mail = mail_at_once(&mut smtp).await;
        if mail.to == CAMAT.1 && says(&mail, &link) {
            running.stop().await;
            return mail.text;
        }
    }
}

#[tokio::test]
async fn a_regencys_alert_leads_with_what_happened_where_its_reader_may_look() {
    let own = assigned_of_the_regency(true).await;
    for words in ["Kejadian terakhir: banjir", "Menurut: desa dan kelurahan (", "Kecamatan: dan 1 lainnya"] {
        assert!(own.lines().any(|line| line.starts_with(words)), "{words}: {own}");
    }
    assert!(!own.contains("longsor") && !own.contains("Nibung"), "{own}");
    let none = assigned_of_the_regency(false).await;
    assert!(none.lines().any(|line| line == "Kecamatan: 1 kecamatan lain"), "{none}");
    for words in ["longsor", "Nibung", "Menurut:", "Kejadian terakhir"] {
        assert!(!none.contains(words), "{words}: {none}");
    }
}
