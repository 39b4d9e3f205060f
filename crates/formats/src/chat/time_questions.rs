//! What is asked about when something happened.

use super::reading::Question;
use super::sent::MessageTime;
use super::when::{HourGiven, OccurredTime};
use domain::kind::Stance;
use domain::sender_clock;
use domain::time::Time;

/// What must be asked about the time of a part of this stance, of a message that was sent and is read at these times.
pub(super) fn time_questions(
    occurred: &Option<OccurredTime<Time>>,
    (time, now): (MessageTime, Time),
    stance: Stance,
) -> Vec<Question> {
    let Some(occurred) = occurred else { return vec![Question::DateOrder] };
    let is_impossible = matches!(time, MessageTime::Impossible(_));
    let is_far = is_impossible
        || is_far(occurred.found.value, now)
        || time.sent().is_some_and(|sent| is_far(sent, now));
    // The hour of its end is that of a report of it.
    let is_open = match occurred.hour {
        HourGiven::Given => false,
        HourGiven::OfEnd => stance != Stance::Ends,
        HourGiven::Missing => true,
    };
    let asked = [
        (is_far, Question::FarTime),
        (occurred.is_ambiguous, Question::AmbiguousTime),
        (is_open, Question::HourMissing),
    ];
    asked.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, question)| question).collect()
}

fn is_far(time: Time, now: Time) -> bool {
    sender_clock::is_doubtful(time, now)
}
