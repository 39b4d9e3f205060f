//! Who hears what of an alert's end: asked for, not agreed to, cancelled, dropped by a rise, and reached.

use crate::ALERT;
use crate::checks::{KABAG_OPS, token};
use crate::desk::{Desk, NOW, PLANTED};
use crate::receivers::{Answer, Http, Mail, Smtp};
use domain::alert::{Act, AlertOutcome, SecondAnswer};
use domain::author::StampedAuthor;
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::report::VerificationAct;
use domain::time::{HOUR, MINUTE, SECOND};
use notify::Channel;
use notify::team::Team;
use std::sync::Arc;
use store::{Actor, MessageFilter, token_hash};

/// A desk of Sari's and a colleague's, and Kabag Ops, who seconds by link.
async fn opened(kind: Kind, level: Level) -> (Desk, Smtp, Http) {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| {
        let text = text.replace(r#"id = "posko""#, "id = \"posko\"\nperson = \"orang-1\"");
        let seconds = "name = \"Tim\"\nsecond_by_link = [\"kabag-ops\"]";
        text.replacen("name = \"Tim\"", seconds, 1) + KABAG_OPS
    });
    desk.condition(kind, ConditionChange::Raised, level).await;
    let running = desk.run();
    desk.settled().await;
    running.stop().await;
    smtp.rest();
    (desk, smtp, http)
}

impl Desk {
    /// One person of the desk does this to the alert as it stands, at this time.
    async fn acts(&self, account: &str, act: Act, at: domain::time::Time) {
        let seen = self.store.alert(ALERT).await.unwrap().unwrap().alert.version;
        let by = Actor { name: account, reason: "bukan banjir", at };
        self.store.act(ALERT, act, seen, by).await.unwrap().unwrap().unwrap();
    }
}

fn sari() -> StampedAuthor {
    StampedAuthor::of_desk("sari", "orang-1")
}

fn to<'a>(mails: &'a [Mail], to: &str) -> &'a str {
    let found = mails.iter().find(|mail| mail.to == to);
    &found.unwrap_or_else(|| panic!("none to {to}")).text
}

/// True where one of its lines is this.
fn says(mail: &Mail, line: &str) -> bool {
    mail.text.lines().any(|own| own == line)
}

async fn two(smtp: &mut Smtp) -> [Mail; 2] {
    [smtp.mail().await, smtp.mail().await]
}

#[tokio::test]
async fn who_is_asked_reads_outcome_asker_and_reason_and_of_a_conflict_no_words_of_people() {
    for (kind, reason) in [
        (Kind::Disaster, "Alasan yang meminta: bukan banjir"),
        (Kind::ResidentCompany, "Alasan yang meminta: tidak ditulis di luar piket Kesbangpol untuk konflik"),
    ] {
        let (mut desk, mut smtp, _http) = opened(kind, Level::Siaga).await;
        desk.acts("sari", Act::Withdraw { by: sari() }, NOW).await;
        let running = desk.run();
        let mail = smtp.mail().await;
        assert_eq!(mail.to, "bagops@x.example", "who asks is not asked");
        for words in [
            "Posko meminta peringatan level siaga (belum terverifikasi) ini diakhiri sebagai “ditarik”",
            "Hasil yang diminta: ditarik",
            "Diminta oleh: Posko",
            reason,
        ] {
            assert!(mail.text.contains(words), "'{words}' is missing: {}", mail.text);
        }
        assert_eq!(mail.text.contains("bukan banjir"), kind == Kind::Disaster, "{}", mail.text);
        desk.drained().await;
        running.stop().await;
    }
}

/// Whom the roster does not have is an account in a disaster's message, and nobody's name in a conflict's.
#[tokio::test]
async fn who_asks_and_is_not_in_the_roster_has_no_name_in_a_conflicts_message() {
    for (kind, who) in
        [(Kind::Disaster, "rudi.h meminta"), (Kind::ResidentCompany, "Seorang petugas piket meminta")]
    {
        let (mut desk, mut smtp, _http) = opened(kind, Level::Siaga).await;
        let rudi = StampedAuthor::of_desk("rudi.h", "orang-77");
        desk.acts("rudi.h", Act::Withdraw { by: rudi.clone() }, NOW).await;
        let running = desk.run();
        let mails = two(&mut smtp).await;
        desk.drained().await;
        desk.acts("rudi.h", Act::CancelRequest { by: rudi }, NOW.plus(MINUTE)).await;
        let cancelled = smtp.mail().await;
        assert!(mails.iter().any(|mail| mail.text.starts_with(who)), "{}", mails[0].text);
        for mail in mails.iter().chain([&cancelled]) {
            assert_eq!(mail.text.contains("rudi.h"), kind == Kind::Disaster, "{}", mail.text);
        }
        desk.drained().await;
        running.stop().await;
    }
}

#[tokio::test]
async fn an_answer_that_does_not_agree_goes_to_the_desk_and_who_asked_and_to_nobody_else() {
    for (answer, words) in
        [(SecondAnswer::Declined, "tidak setuju"), (SecondAnswer::Unjudged, "tidak dapat menilai")]
    {
        let (mut desk, mut smtp, _http) = opened(Kind::Disaster, Level::Siaga).await;
        desk.acts("sari", Act::Withdraw { by: sari() }, NOW).await;
        let running = desk.run();
        let mail = smtp.mail().await;
        let link = desk.store.second_link(&token_hash(&token(&mail.text))).await.unwrap().unwrap();
        desk.drained().await;
        let kabag = StampedAuthor::of_desk("16.13/kabag-ops", "p-09");
        let by = Actor { name: "16.13/kabag-ops", reason: "masih ada massa", at: NOW.plus(SECOND) };
        desk.store.answer_end_link(&link, (answer, &kabag), by).await.unwrap().unwrap().unwrap();
        let mail = smtp.mail().await;
        assert_eq!(mail.to, "piket@x.example");
        let says = format!("Kabag Ops Polres menjawab lewat tautan: {words}. Yang diminta Posko: mengakhiri");
        assert!(mail.text.starts_with(&says), "{}", mail.text);
        assert!(!mail.text.contains("masih ada massa"), "the page says why: {}", mail.text);
        desk.drained().await;
        assert!(smtp.rest().is_empty());
        running.stop().await;
    }
}

#[tokio::test]
async fn who_was_asked_and_who_asked_hear_that_a_rise_dropped_the_request() {
    let (mut desk, mut smtp, _http) = opened(Kind::Disaster, Level::Siaga).await;
    let running = desk.run();
    desk.acts("sari", Act::Withdraw { by: sari() }, NOW).await;
    smtp.mail().await;
    desk.drained().await;
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Awas).await;
    // The rise to camat, BPBD and the desk; that the request is gone to the desk and Kabag Ops.
    let mut mails = Vec::new();
    for _ in 0..5 {
        mails.push(smtp.mail().await);
    }
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    let dropped: Vec<&Mail> = mails.iter().filter(|mail| mail.text.contains("gugur")).collect();
    let mut reached: Vec<&str> = dropped.iter().map(|mail| mail.to.as_str()).collect();
    reached.sort_unstable();
    assert_eq!(reached, ["bagops@x.example", "piket@x.example"]);
    let words = "Permintaan Posko untuk mengakhiri peringatan ini (ditarik) gugur";
    assert!(dropped.iter().all(|mail| mail.text.contains(words)), "{}", dropped[0].text);
    assert!(!dropped[0].text.contains("orang-kedua/"), "nothing to open any more");
    running.stop().await;
}

#[tokio::test]
async fn who_was_asked_hears_that_the_request_was_cancelled_and_no_link_goes_out_for_it() {
    let (mut desk, mut smtp, _http) = opened(Kind::Disaster, Level::Siaga).await;
    desk.acts("sari", Act::Withdraw { by: sari() }, NOW).await;
    let running = desk.run();
    smtp.mail().await;
    desk.drained().await;
    desk.acts("sari", Act::CancelRequest { by: sari() }, NOW.plus(MINUTE)).await;
    let mails = two(&mut smtp).await;
    for reader in ["bagops@x.example", "piket@x.example"] {
        let words = "Posko membatalkan permintaannya untuk mengakhiri peringatan level siaga";
        assert!(to(&mails, reader).contains(words), "{}", to(&mails, reader));
    }
    desk.drained().await;
    running.stop().await;
    // Asked and cancelled before the message could go: nobody gets a link that opens nothing.
    smtp.answer([Answer::Refuse; 2]);
    desk.acts("sari", Act::Withdraw { by: sari() }, NOW.plus(HOUR)).await;
    let running = desk.run();
    smtp.mail().await;
    desk.failed(Channel::Email).await;
    desk.acts("sari", Act::CancelRequest { by: sari() }, NOW.plus(2 * HOUR)).await;
    desk.pass(MINUTE);
    smtp.back();
    let mails = two(&mut smtp).await;
    desk.drained().await;
    assert!(mails.iter().chain(&smtp.rest()).all(|mail| !mail.text.contains("orang-kedua/")));
    running.stop().await;
}

/// Who made the other request knows.
#[tokio::test]
async fn who_was_asked_hears_that_another_request_took_its_place() {
    for went_out in [true, false] {
        let (mut desk, mut smtp, _http) = opened(Kind::Disaster, Level::Siaga).await;
        desk.acts("sari", Act::Acknowledge, NOW).await;
        desk.acts("sari", Act::Withdraw { by: sari() }, NOW).await;
        if went_out {
            let running = desk.run();
            smtp.mail().await;
            desk.drained().await;
            running.stop().await;
        }
        let outcome = AlertOutcome::FalseAlarm;
        desk.acts("sari", Act::Resolve { outcome, by: sari() }, NOW.plus(MINUTE)).await;
        let running = desk.run();
        desk.settled().await;
        let mails = smtp.rest();
        assert!(mails.iter().all(|mail| mail.to == "bagops@x.example"), "{mails:?}");
        let (void, asked): (Vec<&Mail>, Vec<&Mail>) =
            mails.iter().partition(|mail| !mail.text.contains("orang-kedua/"));
        assert!(asked.len() == 1 && asked[0].text.contains("alarm palsu"), "{mails:?}");
        assert_eq!(
            void.len(),
            usize::from(went_out),
            "what nobody was sent is void without a word: {mails:?}"
        );
        let words = "Permintaan Posko untuk mengakhiri peringatan ini (ditarik) diganti permintaan lain";
        assert!(void.iter().all(|mail| mail.text.starts_with(words)), "{mails:?}");
        running.stop().await;
    }
}

#[tokio::test]
async fn the_desk_and_who_asked_hear_that_nobody_agreed_within_the_day_and_a_link_that_waits_goes_nowhere() {
    let (mut desk, mut smtp, _http) = opened(Kind::Disaster, Level::Siaga).await;
    smtp.answer([Answer::Refuse; 2]);
    desk.acts("sari", Act::Withdraw { by: sari() }, NOW).await;
    let running = desk.run();
    smtp.mail().await;
    desk.failed(Channel::Email).await;
    // The message with the link has waited for the server all day.
    assert!(desk.store.lapse_requests(NOW.plus(24 * HOUR - 1)).await.unwrap().is_empty());
    assert_eq!(desk.store.lapse_requests(NOW.plus(24 * HOUR)).await.unwrap().len(), 1);
    smtp.back();
    desk.pass(MINUTE);
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "piket@x.example", "Sari is of the desk");
    for words in [
        "Permintaan Posko untuk mengakhiri peringatan level siaga",
        "(ditarik) gugur: sampai",
        "tidak ada orang kedua yang menyetujui. Peringatan tetap berlaku",
        "Diminta oleh: Posko",
    ] {
        assert!(mail.text.contains(words), "'{words}' is missing: {}", mail.text);
    }
    desk.drained().await;
    assert!(smtp.rest().iter().all(|mail| !mail.text.contains("orang-kedua/")), "nothing to open any more");
    running.stop().await;
}

#[tokio::test]
async fn that_nobody_joined_a_record_is_said_of_what_it_asked_for_and_of_a_conflict_without_words_of_people()
{
    for (act, words) in [
        (
            VerificationAct::Confirm,
            "Permintaan awas dari seorang petugas piket gugur: dalam 24 jam tidak ada orang kedua",
        ),
        (
            VerificationAct::Reject,
            "Permintaan seorang petugas piket untuk menarik laporan gugur: dalam 24 jam tidak ada",
        ),
    ] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.desk_by_mail(http.port);
        // The district has no alert of its own: its regency's carries the request.
        desk.regency_rises(Kind::ResidentCompany, Level::Siaga).await;
        let running = desk.run();
        desk.settled().await;
        smtp.rest();
        desk.asked(Kind::ResidentCompany, "WP-05", (act, NOW)).await;
        assert!(smtp.mail().await.raw.contains("menunggu orang kedua"));
        assert_eq!(desk.store.lapse_requests(NOW.plus(24 * HOUR)).await.unwrap().len(), 1);
        let mut mail = smtp.mail().await;
        while !mail.raw.contains("gugur") {
            mail = smtp.mail().await; // the question to another person who was asked
        }
        assert_eq!(mail.to, "piket@x.example");
        assert!(mail.raw.contains("Subject: Permintaan gugur tanpa orang kedua"), "{}", mail.raw);
        assert!(mail.text.starts_with(words) && mail.text.contains("tetap siaga"), "{}", mail.text);
        for hidden in PLANTED {
            assert!(!mail.raw.contains(hidden) && !mail.text.contains(hidden), "'{hidden}': {}", mail.text);
        }
        desk.quiet().await;
        assert!(smtp.rest().iter().all(|mail| !mail.raw.contains("gugur")), "to nobody else");
        running.stop().await;
    }
}

#[tokio::test]
async fn everybody_who_heard_of_an_alert_hears_how_it_ended_and_nobody_else() {
    for (outcome, words) in [
        (AlertOutcome::FalseAlarm, "alarm palsu"),
        (AlertOutcome::Confirmed, "terbukti"),
        (AlertOutcome::Averted, "diredam"),
        (AlertOutcome::Unverified, "tidak dapat dipastikan"),
    ] {
        let (mut desk, mut smtp, _http) = opened(Kind::Disaster, Level::Waspada).await;
        desk.acts("sari", Act::Acknowledge, NOW).await;
        desk.acts("sari", Act::Resolve { outcome, by: sari() }, NOW.plus(MINUTE)).await;
        desk.pass(11 * MINUTE);
        let running = desk.run();
        let mails = two(&mut smtp).await;
        for reader in ["camat@x.example", "piket@x.example"] {
            let text = to(&mails, reader);
            let says =
                format!("Peringatan ini sudah diakhiri, dengan hasil: {words}. Level terakhirnya waspada.");
            assert!(text.starts_with(&says), "{text}");
            assert!(text.contains("semuanya dikabari"), "{text}");
        }
        desk.drained().await;
        assert!(smtp.rest().is_empty(), "BPBD never heard of it");
        running.stop().await;
    }
}

#[tokio::test]
async fn an_end_takes_the_place_of_what_waits_about_the_alert_and_names_what_came_in() {
    let (mut desk, mut smtp, _http) = opened(Kind::Disaster, Level::Waspada).await;
    desk.reported(Kind::Disaster, ("WA-02", 3)).await;
    desk.acts("sari", Act::Acknowledge, NOW).await;
    let outcome = AlertOutcome::FalseAlarm;
    desk.acts("sari", Act::Resolve { outcome, by: sari() }, NOW.plus(MINUTE)).await;
    let running = desk.run();
    desk.pass(11 * MINUTE);
    let mails = two(&mut smtp).await;
    desk.drained().await;
    assert!(smtp.rest().is_empty(), "one message each");
    assert!(mails.iter().all(|mail| mail.text.starts_with("Peringatan ini sudah diakhiri")));
    assert!(mails.iter().all(|mail| says(mail, "Oleh: Posko")), "{}", mails[0].text);
    assert!(mails.iter().all(|mail| !mail.text.contains("Belum diketahui")), "{}", mails[0].text);
    // Nobody had heard of it when the alert was ended.
    let came_in =
        |mail: &Mail| mail.text.lines().filter(|line| line.starts_with("Juga: kejadian baru")).count();
    assert!(mails.iter().all(|mail| came_in(mail) == 1), "{}", mails[0].text);
    running.stop().await;
}

/// Who ended it is the roster's role, and whom the roster does not have an officer, whatever the kind: everybody who heard of the
/// alert reads it.
#[tokio::test]
async fn everybody_reads_by_which_role_an_alert_was_ended_and_nobody_an_account() {
    for kind in [Kind::Disaster, Kind::ResidentCompany] {
        for (account, person, line) in [
            ("sari", "orang-1", "Oleh: Posko"),
            ("rudi.h", "orang-77", "Oleh: seorang petugas piket"),
            // The roster's key of somebody else.
            ("posko", "orang-77", "Oleh: seorang petugas piket"),
        ] {
            let (mut desk, mut smtp, _http) = opened(kind, Level::Waspada).await;
            let by = StampedAuthor::of_desk(account, person);
            desk.acts(account, Act::Acknowledge, NOW).await;
            let end = Act::Resolve { outcome: AlertOutcome::FalseAlarm, by };
            desk.acts(account, end, NOW.plus(MINUTE)).await;
            desk.pass(11 * MINUTE);
            let running = desk.run();
            for mail in two(&mut smtp).await {
                assert!(says(&mail, line), "{}: {}", mail.to, mail.text);
                assert!(!mail.text.contains(account), "{}", mail.text);
            }
            desk.drained().await;
            running.stop().await;
        }
        // Two ended it: both by their roles.
        let (mut desk, mut smtp, _http) = opened(kind, Level::Siaga).await;
        let outcome = AlertOutcome::FalseAlarm;
        let rudi = StampedAuthor::of_desk("rudi.h", "orang-77");
        desk.acts("sari", Act::Acknowledge, NOW).await;
        desk.acts("sari", Act::Resolve { outcome, by: sari() }, NOW).await;
        desk.acts("rudi.h", Act::Resolve { outcome, by: rudi }, NOW.plus(MINUTE)).await;
        desk.pass(11 * MINUTE);
        let running = desk.run();
        desk.drained().await;
        let mails = smtp.rest();
        let ended: Vec<&Mail> = mails.iter().filter(|mail| mail.text.contains("sudah diakhiri")).collect();
        assert!(!ended.is_empty());
        for mail in ended {
            assert!(says(mail, "Oleh: seorang petugas piket"), "{}", mail.text);
            assert!(says(mail, "Diminta oleh: Posko"), "{}", mail.text);
            assert!(!mail.text.contains("rudi.h") && !mail.text.contains("sari"), "{}", mail.text);
        }
        running.stop().await;
    }
}

#[tokio::test]
async fn in_the_demonstration_the_words_keep_the_link_that_went_nowhere_else() {
    let (smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let roster = include_str!("../../../../config/team.toml");
    desk.team = Arc::new(Team::in_process(roster).unwrap());
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    desk.settled().await;
    let by = StampedAuthor::of_desk("piket", "contoh-piket");
    desk.acts("piket", Act::Withdraw { by }, NOW).await;
    desk.settled().await;
    let newest = desk.store.messages(&MessageFilter { limit: 1, ..MessageFilter::default() }).await.unwrap();
    let people: Vec<&str> =
        newest.items[0].deliveries.iter().map(|one| one.delivery.person.as_str()).collect();
    assert_eq!(people, ["16.13/kabag-ops"], "who asks is not asked");
    let words = newest.items[0].deliveries[0].words.as_ref().expect("its words are kept");
    let link = desk.store.second_link(&token_hash(&token(&words.body))).await.unwrap();
    assert_eq!(link.expect("the link is known").person, "16.13/kabag-ops");
    running.stop().await;
}

/// Whom the register does not name is nobody's second person: then who hears of the alert is asked besides.
#[tokio::test]
async fn for_awas_and_for_an_end_the_same_people_are_asked_and_never_the_asker() {
    const COLLEAGUE: &str = r#"
        [[team.member]]
        id = "piket-2"
        role = "Piket dua"
        office = "piket"
        person = "orang-3"
        areas = ["16.13"]
        channels = [{ kind = "email", to = "piket-2@x.example" }]
    "#;
    let named = |text: &str| text.replace(r#"id = "posko""#, "id = \"posko\"\nperson = \"orang-1\"");
    let by_link = |text: &str| {
        text.replacen("name = \"Tim\"", "name = \"Tim\"\nsecond_by_link = [\"kabag-ops\"]", 1) + KABAG_OPS
    };
    type Roster<'a> = &'a dyn Fn(&str) -> String;
    let cases: [(Roster, &[&str]); 5] = [
        (&|text| by_link(&named(text)) + COLLEAGUE, &["bagops@x.example", "piket-2@x.example"]),
        (&|text| by_link(&named(text)), &["bagops@x.example"]),
        (&|text| named(text), &["camat@x.example"]),
        (&|text| text.to_owned(), &["camat@x.example", "piket@x.example"]),
        (&|text| text.to_owned() + COLLEAGUE, &["piket-2@x.example", "piket@x.example"]),
    ];
    for (roster, expected) in cases {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.roster_by_mail(http.port, |text| roster(&text));
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
        let running = desk.run();
        desk.settled().await;
        smtp.rest();
        for is_end in [true, false] {
            match is_end {
                true => desk.acts("sari", Act::Withdraw { by: sari() }, NOW).await,
                false => {
                    desk.asked_by(&sari(), Kind::ResidentCompany, "WP-05", (VerificationAct::Confirm, NOW))
                        .await
                }
            }
            desk.drained().await;
            let mut people: Vec<String> = smtp.rest().into_iter().map(|mail| mail.to).collect();
            people.sort();
            assert_eq!(people, expected, "end: {is_end}; who asks is not asked");
        }
        running.stop().await;
    }
}
