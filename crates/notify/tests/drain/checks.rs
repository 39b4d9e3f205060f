//! What nobody but a person can settle: who is on duty is asked within a minute, once, and with no more than may leave the house.

use crate::ALERT;
use crate::desk::{DISTRICT, Desk, NOW, PLANTED};
use crate::receivers::{Answer, Http, Mail, Smtp};
use crate::rows::{incident, name, report};
use domain::alert::Act;
use domain::author::StampedAuthor;
use domain::effect::{ConditionChange, Effect, Incident, Verdict};
use domain::evidence::second_person::DeskRequest;
use domain::kind::{CheckReason, FeedClass, Kind, Level, Outcome};
use domain::place::{Areas, Code, Place, Places, Unit};
use domain::report::{Body, FeedId, ReportId, VerificationAct};
use domain::time::{DAY, MINUTE, SECOND, Time};
use notify::Channel;
use std::sync::Arc;
use store::{Actor, token_hash};

const UNJUDGED: Option<CheckReason> = Some(CheckReason::Unjudged);
const COMMUNITY: Option<CheckReason> = Some(CheckReason::Community);

#[tokio::test]
async fn who_is_on_duty_is_asked_once_and_a_conflicts_message_says_nothing_more_than_it_may() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let running = desk.run();
    desk.to_check(1, (Kind::ResidentCompany, "WP-05"), UNJUDGED).await;
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "piket@x.example", "the desk alone");
    assert!(mail.raw.contains("Message-ID: <periksa-1.0."), "{}", mail.raw);
    let expected = "Ada kabar yang perlu diperiksa: belum dapat dinilai (F atau 6). Hubungi sumbernya, lalu catat \
                    hasilnya di Verifikasi.\n\n\
                    Jenis: warga–perusahaan\nYang terjadi: pemortalan\nKecamatan: Rawas Ilir, 16.13\n\
                    Waktu kejadian: Min, 1 Mar 2026, 07.00 WIB\n\
                    Menurut: desa dan kelurahan (baru satu pihak, belum terkonfirmasi)\n\
                    Tautan: https://desk.example/?wilayah=16.13#periksa\n\n\
                    Pesan otomatis, jangan dibalas. Rincian: buka tautan dan masuk dengan akun Kentongan.\n";
    assert_eq!(mail.text.replace("\r\n", "\n").trim_end(), expected.trim_end());
    for sent in [&mail.text, &mail.raw] {
        for hidden in PLANTED {
            assert!(!sent.contains(hidden), "'{hidden}' went out: {sent}");
        }
    }
    desk.drained().await;
    running.stop().await;
    // The same reason given again, by another build and after a restart, is no new question; nor is another reason.
    desk.reopen().await;
    let running = desk.run();
    desk.to_check(1, (Kind::ResidentCompany, "WP-05"), UNJUDGED).await;
    desk.to_check(1, (Kind::ResidentCompany, "WP-05"), None).await;
    desk.to_check(1, (Kind::ResidentCompany, "WP-05"), COMMUNITY).await;
    desk.pass(30 * MINUTE);
    desk.round().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn questions_of_one_place_and_kind_are_folded_and_others_do_not_wait() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let running = desk.run();
    desk.to_check(1, (Kind::Disaster, "WA-01"), COMMUNITY).await;
    let mail = smtp.mail().await;
    assert!(mail.text.contains("perlu diperiksa: baru kabar dari masyarakat"), "{}", mail.text);
    desk.quiet().await;
    desk.round().await;
    for number in 2..5 {
        desk.to_check(number, (Kind::Disaster, "WA-02"), COMMUNITY).await;
    }
    desk.to_check(9, (Kind::ResidentResident, "WW-03"), UNJUDGED).await;
    let other = smtp.mail().await;
    assert!(other.text.contains("Jenis: warga–warga"), "of another kind at once: {}", other.text);
    desk.round().await;
    assert!(smtp.rest().is_empty(), "the rest waits");
    desk.pass(10 * MINUTE);
    let folded = smtp.mail().await;
    assert!(folded.text.contains("Yang terjadi: longsor"), "{}", folded.text);
    assert!(
        folded.text.contains("4 kabar lain di kabupaten/kota ini juga menunggu diperiksa."),
        "{}",
        folded.text
    );
    desk.drained().await;
    assert!(smtp.rest().is_empty(), "one message for three");
    running.stop().await;
}

/// One token that writes doubtful reports into forty places does not take the desk's attention from anything else.
#[tokio::test]
async fn questions_about_forty_places_are_folded_and_a_second_person_does_not_wait_behind_them() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.named_desk_by_mail(http.port);
    for place in 1..=40 {
        desk.to_check_in(100 + place, Code(161_300 + place as u32)).await;
    }
    let running = desk.run();
    for _ in 0..3 {
        assert!(smtp.mail().await.raw.contains("Subject: Perlu diperiksa"));
    }
    desk.quiet().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "three within ten minutes, and no more");
    desk.awas_asked(Kind::ResidentCompany, "WP-05", NOW).await;
    assert!(smtp.mail().await.text.contains("menunggu orang kedua"), "at once");
    desk.condition(Kind::ResidentResident, ConditionChange::Raised, Level::Siaga).await;
    let mut alerted = [smtp.mail().await.to, smtp.mail().await.to];
    alerted.sort();
    assert_eq!(alerted, ["camat@x.example", "piket@x.example"], "an alert does not wait either");
    desk.pass(9 * MINUTE);
    desk.round().await;
    assert!(smtp.rest().is_empty());
    desk.pass(MINUTE);
    let folded = smtp.mail().await;
    assert!(
        folded.text.contains("39 kabar lain di kabupaten/kota ini juga menunggu diperiksa.")
            && folded.text.contains("https://desk.example/?wilayah=16.13#periksa"),
        "{}",
        folded.text
    );
    desk.drained().await;
    desk.pass(30 * MINUTE);
    desk.round().await;
    assert!(smtp.rest().is_empty(), "one for all that waited");
    // The next ones may come at once again.
    desk.to_check_in(141, Code(161_341)).await;
    smtp.mail().await;
    running.stop().await;
}

#[tokio::test]
async fn of_questions_that_are_folded_over_places_one_that_is_settled_leaves_room_for_another() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.settings.questions = 1;
    for place in 1..=3 {
        desk.to_check_in(place, Code(161_300 + place as u32)).await;
    }
    let running = desk.run();
    smtp.mail().await;
    desk.quiet().await;
    desk.settled_in(3, Code(161_303)).await;
    desk.pass(10 * MINUTE);
    let asked = smtp.mail().await;
    assert!(
        asked.text.contains("Kecamatan: 16.13.02"),
        "the one that nobody was asked about: {}",
        asked.text
    );
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn where_the_newest_of_folded_questions_is_settled_another_is_asked() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let running = desk.run();
    desk.to_check(1, (Kind::Disaster, "WA-01"), COMMUNITY).await;
    smtp.mail().await;
    desk.drained().await;
    desk.to_check(2, (Kind::Disaster, "WA-02"), COMMUNITY).await;
    desk.to_check(3, (Kind::Disaster, "WA-08"), COMMUNITY).await;
    desk.to_check(1, (Kind::Disaster, "WA-01"), None).await;
    desk.to_check(3, (Kind::Disaster, "WA-08"), None).await;
    desk.round().await;
    desk.pass(10 * MINUTE);
    let asked = smtp.mail().await;
    assert!(asked.text.contains("Yang terjadi: longsor"), "{}", asked.text);
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn a_question_goes_by_the_second_channel_after_a_minute_and_not_once_it_is_settled() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::Refuse; 9]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_with_two_channels(http.port);
    let running = desk.run();
    desk.to_check(1, (Kind::Disaster, "WA-01"), COMMUNITY).await;
    smtp.mail().await;
    desk.failed(Channel::Email).await;
    desk.pass(31 * SECOND);
    assert_eq!(desk.shown_late().await, ["16.13/posko"], "the desk sees it within the minute");
    desk.pass(30 * SECOND);
    let call = http.call().await;
    assert!(
        call.body.contains(r#""change":"check""#) && call.body.contains(r#""check":"community""#),
        "{}",
        call.body
    );
    assert!(
        !call.body.contains("umpan")
            && call.body.contains(r##""link":"https://desk.example/?wilayah=16.13#periksa""##)
    );
    desk.delivered(Channel::Webhook).await;
    assert!(desk.shown_late().await.is_empty(), "it arrived by the second channel");
    running.stop().await;
    smtp.rest();
    desk.to_check(1, (Kind::Disaster, "WA-01"), None).await;
    smtp.back();
    desk.pass(15 * MINUTE);
    let running = desk.run();
    desk.drained().await;
    assert!(smtp.rest().is_empty(), "it was looked into meanwhile");
    running.stop().await;
}

impl Desk {
    /// An incident of a place that somebody must look into.
    async fn to_check_in(&self, number: u128, place: Code) {
        self.incident_in(number, place, COMMUNITY).await;
    }

    /// Somebody looked into it.
    async fn settled_in(&self, number: u128, place: Code) {
        self.incident_in(number, place, None).await;
    }

    async fn incident_in(&self, number: u128, code: Code, check: Option<CheckReason>) {
        let (id, place) = (ReportId(number), Place { code, village: 0 });
        let mut row = report(id, Kind::Disaster, 0);
        row.report.place = place;
        let reports = check.map(|_| row);
        let incident = Incident { check, place, ..incident(id, Kind::Disaster, "WA-01", 4) };
        self.commit(reports.into_iter().collect(), vec![Effect::Incident(incident)]).await;
    }

    /// One person of the desk asks for awas at an instant.
    pub async fn awas_asked(&self, kind: Kind, category: &str, at: Time) {
        self.asked(kind, category, (VerificationAct::Confirm, at)).await;
    }

    /// One person of the desk confirms a report and so asks for awas, or rejects it and so takes back what stands.
    pub async fn asked(&self, kind: Kind, category: &str, request: (VerificationAct, Time)) {
        self.asked_by(&StampedAuthor::default(), kind, category, request).await;
    }

    /// The same by this person.
    pub async fn asked_by(
        &self,
        author: &StampedAuthor,
        kind: Kind,
        category: &str,
        (act, at): (VerificationAct, Time),
    ) {
        let (id, verification) = (ReportId(71), ReportId(72));
        let mut typed = report(verification, kind, 0);
        (typed.report.feed, typed.report.class) = (FeedId::of("desk"), FeedClass::Desk);
        typed.feed_name = String::from("desk");
        typed.reporter = Some(String::from("piket-1a2b3c4d"));
        (typed.author, typed.report.author) = (author.clone(), author.stated("desk", FeedClass::Desk));
        typed.report.body =
            Body::Verification { act, reports: vec![name(id).into()], areas: Areas::everywhere() };
        let verified = typed.report.name();
        let request = Some(DeskRequest { at, verification: verified });
        let takes_back = act == VerificationAct::Reject;
        let mut incident = Incident {
            awas_request: request.filter(|_| !takes_back),
            take_back_request: request.filter(|_| takes_back),
            verdict: if takes_back { Verdict::Unverified } else { Verdict::Confirmed },
            ..incident(id, kind, category, 4)
        };
        if !takes_back {
            incident.attested.extent = incident.claimed; // the desk confirms what it was shown
        }
        let (regency, outcome) = (DISTRICT.regency(), Outcome::Verification);
        let outcome = Effect::Outcome { regency, report: verified, outcome, incident: None };
        self.commit(vec![report(id, kind, 0)], Vec::new()).await;
        self.commit(vec![typed], vec![outcome, Effect::Incident(incident)]).await;
    }
}

#[tokio::test]
async fn a_second_person_is_asked_for_at_once_and_not_once_the_request_lapsed() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.named_desk_by_mail(http.port);
    let running = desk.run();
    // A question about something else has just gone out: this one does not wait for its pause.
    desk.to_check(9, (Kind::ResidentCompany, "WP-05"), UNJUDGED).await;
    smtp.mail().await;
    desk.awas_asked(Kind::ResidentCompany, "WP-05", NOW).await;
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "piket@x.example");
    assert!(
        mail.text.contains("Awas diminta oleh seorang petugas piket, menunggu orang kedua sampai"),
        "{}",
        mail.text
    );
    assert!(
        mail.raw.contains("Subject:") && mail.text.contains("https://desk.example/?wilayah=16.13#periksa"),
        "{}",
        mail.raw
    );
    for hidden in PLANTED {
        assert!(
            !mail.raw.contains(hidden) && !mail.text.contains(hidden),
            "'{hidden}' went out: {}",
            mail.text
        );
    }
    desk.drained().await;
    running.stop().await;
    // It lapses between the commit and the message.
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.awas_asked(Kind::ResidentCompany, "WP-05", NOW.plus(20 - DAY)).await;
    let running = desk.run();
    desk.drained().await;
    assert!(smtp.rest().is_empty(), "it has lapsed");
    running.stop().await;
}

#[tokio::test]
async fn a_second_person_is_asked_to_agree_before_anything_is_taken_back() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let running = desk.run();
    desk.asked(Kind::ResidentCompany, "WP-05", (VerificationAct::Reject, NOW)).await;
    let mail = smtp.mail().await;
    assert!(mail.raw.contains("Subject: Penarikan menunggu orang kedua"), "{}", mail.raw);
    assert!(
        mail.text.contains("Penarikan diminta oleh seorang petugas piket, menunggu orang kedua sampai")
            && mail.text.contains("tidak ada yang berubah"),
        "{}",
        mail.text
    );
    for hidden in PLANTED {
        assert!(
            !mail.raw.contains(hidden) && !mail.text.contains(hidden),
            "'{hidden}' went out: {}",
            mail.text
        );
    }
    desk.drained().await;
    running.stop().await;
}

pub const KABAG_OPS: &str = r#"
    [[team.member]]
    id = "kabag-ops"
    role = "Kabag Ops Polres"
    office = "kabag-ops"
    person = "p-09"
    areas = ["16.13"]
    channels = [{ kind = "email", to = "bagops@x.example" }]
"#;

/// The token of the link in a message.
pub fn token(text: &str) -> String {
    let (_, link) =
        text.split_once("https://desk.example/orang-kedua/").unwrap_or_else(|| panic!("no link: {text}"));
    link.chars().take_while(char::is_ascii_alphanumeric).collect()
}

#[tokio::test]
async fn who_may_second_by_link_gets_one_that_is_kept_as_its_hash_and_is_the_same_at_every_try() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| {
        let seconds = "name = \"Tim\"\nsecond_by_link = [\"kabag-ops\"]";
        text.replacen("name = \"Tim\"", seconds, 1) + KABAG_OPS
    });
    // The first mail of both is refused for now, and goes out again.
    smtp.answer([Answer::Refuse; 2]);
    let running = desk.run();
    desk.awas_asked(Kind::ResidentCompany, "WP-05", NOW).await;
    let first = [smtp.mail().await, smtp.mail().await];
    for _ in 0..2 {
        desk.failed(Channel::Email).await;
    }
    smtp.back();
    desk.pass(MINUTE);
    let again = [smtp.mail().await, smtp.mail().await];
    let to = |mails: &[Mail; 2], to: &str| mails.iter().find(|mail| mail.to == to).unwrap().text.clone();
    let (one, other) = (to(&first, "bagops@x.example"), to(&again, "bagops@x.example"));
    let own = token(&one);
    assert_eq!((own.len(), &own), (40, &token(&other)), "the link works whichever message arrives");
    assert!(
        other.contains("Anda dapat menjadi orang kedua tanpa akun") && other.contains("jangan diteruskan"),
        "{other}"
    );
    assert!(!other.contains("masuk dengan akun"), "{other}");
    let piket = to(&again, "piket@x.example");
    assert!(!piket.contains("orang-kedua/") && piket.contains("#periksa"), "{piket}");
    for hidden in PLANTED {
        assert!(!other.contains(hidden), "'{hidden}' went out: {other}");
    }
    let link = desk.store.second_link(&token_hash(&own)).await.unwrap().expect("the link is known");
    assert_eq!(
        (link.person.as_str(), link.expires_at, link.browser_hash),
        ("16.13/kabag-ops", NOW.plus(DAY), None)
    );
    desk.drained().await;
    running.stop().await;
    let state = std::fs::read(desk.folder.path().join("state.db")).unwrap();
    let wal = std::fs::read(desk.folder.path().join("state.db-wal")).unwrap_or_default();
    let found = |bytes: &[u8]| bytes.windows(own.len()).any(|window| window == own.as_bytes());
    assert!(!found(&state) && !found(&wal), "the token lies nowhere in clear");
}

/// A person asks to take an alert back, and the roster has nobody else on the desk.
#[tokio::test]
async fn where_one_officer_is_on_the_roster_a_withdrawal_is_asked_of_who_else_may_see_to_it() {
    const KABAG: &str = r#"
        [[team.member]]
        id = "kabag"
        role = "Kabag Ops"
        office = "kabag-ops"
        areas = ["16.13"]
        person = "orang-2"
        channels = [{ kind = "email", to = "kabag@x.example" }]
    "#;
    let colleague = |person: &str| {
        KABAG.replace("kabag-ops", "piket").replace("kabag", "piket-2").replace("orang-2", person)
    };
    let by_link =
        |text: String| text.replace(r#"name = "Tim""#, "name = \"Tim\"\nsecond_by_link = [\"kabag-ops\"]");
    for (more, asked) in [
        (String::from(KABAG), vec!["kabag@x.example"]),
        (String::new(), vec!["bpbd@x.example", "camat@x.example"]),
        (colleague(""), vec!["bpbd@x.example", "camat@x.example", "piket-2@x.example"]),
        (colleague("orang-3"), vec!["piket-2@x.example"]),
    ] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.roster_by_mail(http.port, |text| {
            let text = text.replace(r#"id = "posko""#, "id = \"posko\"\nperson = \"orang-1\"");
            let text = text.replace("awas.disaster", "siaga.disaster");
            if more.contains("kabag-ops") { by_link(text) + &more } else { text + &more }
        });
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
        let running = desk.run();
        for _ in 0..if more.contains("piket-2") { 4 } else { 3 } {
            smtp.mail().await;
        }
        desk.settled().await;
        let by = StampedAuthor::of_desk("sari", "orang-1");
        let actor = Actor { name: "sari", reason: "bukan banjir", at: NOW };
        let seen = desk.store.alert(ALERT).await.unwrap().unwrap().alert.version;
        desk.store.act(ALERT, Act::Withdraw { by }, seen, actor).await.unwrap().unwrap().unwrap();
        let mut reached = Vec::new();
        for _ in &asked {
            let mail = smtp.mail().await;
            assert!(mail.raw.contains("orang kedua") || mail.raw.contains("second person"), "{}", mail.raw);
            let on_its_page = mail.text.contains("Siapa pun petugas piket selain peminta");
            let elsewhere = ["Belum diketahui siapa petugas piket", "not known who else of the desk"];
            let notified = elsewhere.iter().any(|words| mail.text.contains(words));
            let of_desk = mail.to == "piket-2@x.example";
            let by_link = mail.to == "kabag@x.example";
            let history = (on_its_page, notified, mail.text.contains("orang-kedua/"));
            assert_eq!(history, (of_desk, !of_desk && !by_link, by_link), "{}", mail.text);
            reached.push(mail.to);
        }
        reached.sort();
        assert_eq!(reached, asked);
        desk.drained().await;
        assert!(smtp.rest().is_empty(), "who asks is not asked");
        running.stop().await;
    }
}

#[tokio::test]
async fn a_request_for_a_second_person_names_the_alert_it_is_about() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    // However many others opened after it in the regency.
    let others: Vec<Code> = (31..=81).map(|district| Code(DISTRICT.regency().0 + district)).collect();
    let unit = |code: &Code| (*code, Unit { name: format!("Kecamatan {}", code.0), ..Unit::default() });
    desk.places = Arc::new(Places::new([DISTRICT].iter().chain(&others).map(unit).collect(), false));
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    for code in others {
        let raised = desk.raised(code, (Kind::ResidentCompany, Level::Waspada), Vec::new());
        desk.commit(Vec::new(), vec![raised]).await;
    }
    desk.awas_asked(Kind::ResidentCompany, "WP-05", NOW).await;
    let running = desk.run();
    let text = loop {
        let mail = smtp.mail().await;
        if mail.raw.contains("Subject: Awas menunggu orang kedua") {
            break mail.text;
        }
    };
    assert!(text.contains("Nomor: 16.13-2026-0001"), "{text}");
    assert!(text.contains("Peringatannya: https://desk.example/peringatan/16.13-2026-0001"), "{text}");
    running.stop().await;
}
