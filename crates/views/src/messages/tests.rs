//! Who waits for a message stands in order, and every reason has its words.

use super::*;
use store::{NotDelivered, NotTaken};

#[test]
fn why_a_message_failed_is_read_in_the_viewers_language() {
    let refused = NotTaken {
        status: "200 OK".into(),
        field: "status".into(),
        found: Some("false".into()),
        reason: Some("saldo habis".into()),
    };
    let reasons = [
        DeliveryFailure::MemberGone,
        DeliveryFailure::ChannelGone,
        DeliveryFailure::NotNotified,
        DeliveryFailure::NoMailServer,
        DeliveryFailure::WebhookUnset("KUNCI".into()),
        DeliveryFailure::GatewayUnset("KUNCI".into()),
        DeliveryFailure::NoAnswer(20),
        DeliveryFailure::Replaced,
        DeliveryFailure::Carried,
        DeliveryFailure::NothingToCheck,
        DeliveryFailure::TakenBack,
        DeliveryFailure::NoReceipt,
        DeliveryFailure::NotDelivered(NotDelivered { state: "UNDELIV".into(), reason: Some("mati".into()) }),
        DeliveryFailure::Answered("550".into()),
        DeliveryFailure::HttpStatus("503 Service Unavailable".into()),
        DeliveryFailure::UnreadableAnswer("200 OK".into()),
        DeliveryFailure::Failed("connection refused".into()),
        DeliveryFailure::NotTaken(NotTaken { found: None, ..refused.clone() }),
        DeliveryFailure::NotTaken(refused.clone()),
    ];
    for reason in reasons {
        let [id, en] = [Lang::Id, Lang::En].map(|lang| failure_words(&reason, lang));
        assert_ne!(id, en, "{reason}");
    }
    let words = |reason, lang| failure_words(&reason, lang);
    assert_eq!(words(DeliveryFailure::NoAnswer(20), Lang::En), "No answer within 20 seconds.");
    assert_eq!(words(DeliveryFailure::Answered("550".into()), Lang::Id), "Kata server: 550");
    assert_eq!(
        words(DeliveryFailure::NotTaken(refused), Lang::Id),
        "Server menjawab 200 OK, tetapi tidak menyatakan pesan ini diterima (status: false). Kata server: saldo habis"
    );
}

fn waits(role: &str, level: Level, since: i64) -> LateRecipient {
    let (key, role) = (role.to_owned(), role.to_owned());
    LateRecipient { key, role, phone: None, waits: (level, Time(since)) }
}

fn late_of(alert: &str, people: Vec<LateRecipient>) -> LateMessage {
    LateMessage {
        alert: alert.into(),
        code: Code(161_304),
        place: "Rawas Ilir".into(),
        kind: Kind::Disaster,
        level: people.iter().map(|person| person.waits.0).max().unwrap_or(Level::Low),
        check: false,
        of: people.len(),
        people,
    }
}

#[test]
fn who_waits_for_an_awas_stands_first_and_then_who_waits_longest() {
    let (siaga, awas) = (Level::Siaga, Level::Awas);
    let mut late = [
        late_of("1", vec![waits("Camat", siaga, 1)]),
        late_of("2", vec![waits("Bupati", siaga, 5), waits("Kapolres", awas, 9), waits("Sekda", awas, 7)]),
        late_of("3", vec![waits("Danramil", awas, 6)]),
    ];
    who_matters_first(&mut late);
    let order: Vec<&str> =
        late.iter().flat_map(|message| &message.people).map(|person| person.role.as_str()).collect();
    assert_eq!(order, ["Sekda", "Kapolres", "Bupati", "Danramil", "Camat"]);
}

#[test]
fn what_stands_on_the_page_only_is_not_said_to_have_gone_to_a_server() {
    let line = |channel: &str| MessageLine {
        about: "opened",
        queued_at: Time(0),
        channel: channel.into(),
        state: "sent",
        at: Time(0),
        receipt_at: None,
        tries: 1,
        error: None,
        wait: None,
    };
    let words = |channel| line(channel).words(Zone::Wib, Lang::Id);
    assert!(words(IN_PROCESS).contains("ditampilkan"), "{}", words(IN_PROCESS));
    assert!(words("email").contains("terkirim"), "{}", words("email"));
    let person = |on_page| PersonMessages {
        key: "a".into(),
        role: "a".into(),
        phone: None,
        waits: false,
        late: false,
        taken: true,
        on_page,
        wait: None,
        settled: false,
        receipt: None,
        messages: Vec::new(),
    };
    assert!(person(true).state_words(Zone::Wib, Lang::Id).contains("hanya di halaman Pesan"));
    assert!(person(false).state_words(Zone::Wib, Lang::Id).contains("server"));
}

#[test]
fn what_every_message_is_about_has_words() {
    for change in AlertChangeKind::ALL {
        for lang in [Lang::Id, Lang::En] {
            let words = lang.word("message_about", about(*change));
            assert!(lang == Lang::En || words != change.as_str(), "{words}");
        }
    }
}
