//! What became of what a record asked a second person for, as the history of an alert says it.

use super::history::target;
use crate::context::Context;
use crate::format;
use crate::messages::account_words;
use crate::second_person::{RequestedAct, may_join};
use domain::desk_feed::is_desk_feed;
use domain::effect::Verdict;
use domain::evidence::second_person::{DeskRequest, DeskVerdict, Rejections, SECOND_WITHIN};
use domain::place::{Code, Zone};
use domain::report::{ReportName, VerificationAct};
use store::StoredReport;

/// What a later record made of a request.
pub(super) enum RequestEnd<'a> {
    /// A second person did the same within a day.
    Joined(&'a StoredReport),
    /// Who asked recorded the contrary.
    Cancelled(&'a StoredReport),
    /// It asked to reject what somebody else confirmed since: that ends it too.
    Confirmed(&'a StoredReport),
    /// It asked for awas, and two others rejected that, which is in force: this is the second one's record.
    Rejected(&'a StoredReport),
}

impl<'a> RequestEnd<'a> {
    /// The record of the second person, where one joined.
    pub fn joined(self) -> Option<&'a StoredReport> {
        if let RequestEnd::Joined(record) = self { Some(record) } else { None }
    }

    /// In words, with who and when.
    pub fn words(&self, context: &Context, code: Code) -> String {
        let (key, record) = match self {
            RequestEnd::Joined(record) => ("alert.second_joined", record),
            RequestEnd::Cancelled(record) => ("alert.request_cancelled", record),
            RequestEnd::Confirmed(record) => ("alert.request_refuted", record),
            RequestEnd::Rejected(record) => ("alert.request_rejected", record),
        };
        let time = format::short(record.received_at, Zone::of(code), context.lang);
        let who = account_words(context, &record.account);
        context.lang.fill(key, &[("who", &who), ("time", &time)])
    }
}

/// What the first record that decides it made of a request, of those that name the same report in the log's order; `None` as
/// long as none does.
pub(super) fn end_of<'a>(asked: &StoredReport, naming: &'a [StoredReport]) -> Option<RequestEnd<'a>> {
    let (asks, target) = (RequestedAct::of(asked)?, target(asked)?);
    let until = asked.received_at.plus(SECOND_WITHIN);
    let later = naming.iter().skip_while(|other| other.report.name() != asked.report.name()).skip(1);
    let mut in_time = later.take_while(|other| other.received_at < until);
    let asks_awas = matches!(asks, RequestedAct::Verify(VerificationAct::Confirm, _));
    let mut rejections = Rejections::default();
    in_time.find_map(|other| {
        decided(asked, (&asks, target), other).or_else(|| {
            let verdict = verdict_of((&asks, target), other).filter(|_| asks_awas)?;
            rejections.take(verdict).then_some(RequestEnd::Rejected(other))
        })
    })
}

/// A later record as the desk's verdict on what the request is about; `None` of any other record, and of one whose author saw other
/// content.
fn verdict_of((asks, target): (&RequestedAct, ReportName), other: &StoredReport) -> Option<DeskVerdict> {
    let does = RequestedAct::of(other).filter(|_| is_desk_feed(other.report.feed))?;
    let RequestedAct::Verify(act, _) = &does else { return None };
    let verdict = match act {
        VerificationAct::Confirm => Verdict::Confirmed,
        VerificationAct::Reject => Verdict::Rejected,
        _ => return None,
    };
    let request = DeskRequest { at: other.received_at, verification: other.report.name() };
    asks.sees_the_same(&does, target).then_some(DeskVerdict { request, person: other.report.author, verdict })
}

/// What one later record makes of a request; `None` where it decides nothing.
fn decided<'a>(
    asked: &StoredReport,
    (asks, target): (&RequestedAct, ReportName),
    other: &'a StoredReport,
) -> Option<RequestEnd<'a>> {
    use VerificationAct::{Confirm, Reject};
    let RequestedAct::Verify(act, _) = asks else { return None };
    let does = RequestedAct::of(other)?;
    let RequestedAct::Verify(done, _) = &does else { return None };
    if does.says_the_same(asks, target) {
        let joins = other.report.author.is_some_and(|author| may_join(asked, &author));
        return joins.then_some(RequestEnd::Joined(other));
    }
    let people = (asked.report.author, other.report.author);
    let by_asker = matches!(people, (Some(asker), Some(author)) if author.is_same_person(&asker));
    match (act, done) {
        (Confirm, Reject) | (Reject, Confirm) if by_asker => Some(RequestEnd::Cancelled(other)),
        (Reject, Confirm) => Some(RequestEnd::Confirmed(other)),
        _ => None,
    }
}
