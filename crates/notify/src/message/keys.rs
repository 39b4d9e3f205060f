//! By which words a message of each change begins, in its subject and in its text.

use domain::alert::notice::AlertChangeKind;

pub(super) fn subject_key(change: AlertChangeKind) -> &'static str {
    match change {
        AlertChangeKind::Opened | AlertChangeKind::Changed => "message.subject_opened",
        AlertChangeKind::Risen => "message.subject_risen",
        AlertChangeKind::Returned => "message.subject_returned",
        AlertChangeKind::NewIncident => "message.subject_new_incident",
        AlertChangeKind::Grown => "message.subject_grown",
        AlertChangeKind::Assigned => "message.subject_assigned",
        AlertChangeKind::Disputed => "message.subject_disputed",
        AlertChangeKind::TakenBack => "message.subject_taken_back",
        AlertChangeKind::FewerHarmed => "message.subject_fewer_harmed",
        AlertChangeKind::Lowered => "message.subject_lowered",
        AlertChangeKind::Cleared => "message.subject_cleared",
        AlertChangeKind::Withdrawn => "message.subject_withdrawn",
        AlertChangeKind::ToCheck => "message.subject_check",
        AlertChangeKind::ToSecond => "message.subject_second",
        AlertChangeKind::WithdrawalAsked => "message.subject_withdrawal_asked",
        AlertChangeKind::Ended => "message.subject_ended",
        AlertChangeKind::NotAgreed => "message.subject_not_agreed",
        AlertChangeKind::RequestDropped => "message.subject_request_dropped",
        AlertChangeKind::RequestLapsed => "message.subject_request_lapsed",
    }
}

pub(super) fn opening_key(change: AlertChangeKind) -> &'static str {
    match change {
        AlertChangeKind::Opened
        | AlertChangeKind::Changed
        // What is taken back has words of its own; what an end is about says `ending_opening`.
        | AlertChangeKind::TakenBack
        | AlertChangeKind::FewerHarmed
        | AlertChangeKind::WithdrawalAsked
        | AlertChangeKind::Ended
        | AlertChangeKind::NotAgreed
        | AlertChangeKind::RequestDropped
        | AlertChangeKind::RequestLapsed => "message.opened",
        AlertChangeKind::Risen => "message.risen",
        AlertChangeKind::Returned => "message.returned",
        AlertChangeKind::NewIncident => "message.new_incident",
        AlertChangeKind::Grown => "message.grown",
        AlertChangeKind::Assigned => "message.assigned",
        AlertChangeKind::Disputed => "message.disputed",
        AlertChangeKind::Lowered => "message.lowered",
        AlertChangeKind::Cleared => "message.cleared",
        AlertChangeKind::Withdrawn => "message.withdrawn",
        AlertChangeKind::ToCheck => "message.check",
        AlertChangeKind::ToSecond => "message.second",
    }
}
