//! Why a message was not taken, in words.

use crate::words::Lang;
use store::{DeliveryFailure, NotDelivered, NotTaken};

/// Why a try failed, for a reader of this language.
pub fn failure_words(failure: &DeliveryFailure, lang: Lang) -> String {
    match failure {
        DeliveryFailure::MemberGone => lang.text("delivery_failure.member_gone").to_owned(),
        DeliveryFailure::ChannelGone => lang.text("delivery_failure.channel_gone").to_owned(),
        DeliveryFailure::NotNotified => lang.text("delivery_failure.not_notified").to_owned(),
        DeliveryFailure::NoMailServer => lang.text("delivery_failure.no_mail_server").to_owned(),
        DeliveryFailure::Carried => lang.text("delivery_failure.carried").to_owned(),
        DeliveryFailure::Replaced => lang.text("delivery_failure.replaced").to_owned(),
        DeliveryFailure::NothingToCheck => lang.text("delivery_failure.nothing_to_check").to_owned(),
        DeliveryFailure::TakenBack => lang.text("delivery_failure.taken_back").to_owned(),
        DeliveryFailure::WebhookUnset(reason) => {
            lang.fill("delivery_failure.webhook_unset", &[("reason", reason)])
        }
        DeliveryFailure::GatewayUnset(reason) => {
            lang.fill("delivery_failure.gateway_unset", &[("reason", reason)])
        }
        DeliveryFailure::NoAnswer(seconds) => lang.count("delivery_failure.no_answer", *seconds as usize),
        DeliveryFailure::HttpStatus(status) => {
            lang.fill("delivery_failure.http_status", &[("status", status)])
        }
        DeliveryFailure::NotTaken(answer) => not_taken(answer, lang),
        DeliveryFailure::UnreadableAnswer(status) => {
            lang.fill("delivery_failure.unreadable_answer", &[("status", status)])
        }
        DeliveryFailure::NoReceipt => lang.text("delivery_failure.no_receipt").to_owned(),
        DeliveryFailure::NotDelivered(receipt) => not_delivered(receipt, lang),
        DeliveryFailure::Answered(words) => lang.fill("delivery_failure.answered", &[("error", words)]),
        DeliveryFailure::Failed(words) => lang.fill("delivery_failure.failed", &[("error", words)]),
    }
}

/// What a provider answered, what is missing in it, and then the provider's own words.
fn not_taken(answer: &NotTaken, lang: Lang) -> String {
    let NotTaken { status, field, found, reason } = answer;
    let mut words = match found {
        Some(found) => {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("status", status), ("field", field), ("found", found)];
            lang.fill("delivery_failure.not_taken", &values)
        }
        None => {
            lang.fill("delivery_failure.not_taken_without_field", &[("status", status), ("field", field)])
        }
    };
    if let Some(reason) = reason {
        words.push(' ');
        words.push_str(&lang.fill("delivery_failure.answered", &[("error", reason)]));
    }
    words
}

/// The provider's word for what became of a message, and then why.
fn not_delivered(receipt: &NotDelivered, lang: Lang) -> String {
    let words = lang.fill("delivery_failure.not_delivered", &[("state", &receipt.state)]);
    match &receipt.reason {
        Some(reason) => format!("{words} {}", lang.fill("delivery_failure.answered", &[("error", reason)])),
        None => words,
    }
}
