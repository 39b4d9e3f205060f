//! Echoes: reports of one incident that say the same word for word, though two speakers sent them. Messages are forwarded, so
//! they are one voice until the desk confirms one of them.

use super::report_table::{Index, ReportTable};
use super::speaker::Speaker;
use crate::effect::Verdict;
use crate::wording::Wording;
use alloc::vec::Vec;

/// The wordings that two speakers of an incident share, given all its reports with the desk's verdicts.
pub fn echoed_wordings(table: &ReportTable, members: impl Iterator<Item = (Index, Verdict)>) -> Vec<Wording> {
    let worded = |(member, verdict)| Some((table.echo_wording(member, verdict)?, table.speaker(member)));
    let mut worded: Vec<(Wording, Speaker)> = members.filter_map(worded).collect();
    worded.sort_unstable();
    worded.dedup();
    let groups = worded.chunk_by(|one, other| one.0 == other.0);
    let shared = groups.filter(|group| two_speak(group.iter().map(|(_, speaker)| *speaker)));
    shared.map(|group| group[0].0).collect()
}

/// What a report that joins an incident is to those that are there.
pub enum Newcomer {
    /// It repeats nobody, or its own speaker alone.
    Own,
    /// It repeats two speakers before it, its own among them.
    Echo(Wording),
    /// Its speaker is the first to repeat another, or repeats now what others share: what other reports came to, the speaker's
    /// own too, changes with it.
    ChangesOthers,
}

impl Newcomer {
    /// `others`: the incident's other reports; `any_rejected`: the desk rejected one of them, in force or not.
    pub fn of(
        table: &ReportTable,
        index: Index,
        others: impl Iterator<Item = Index>,
        any_rejected: bool,
    ) -> Newcomer {
        let echo_wording = |index| table.echo_wording(index, table.verdict_of(index));
        let Some(wording) = echo_wording(index) else { return Newcomer::Own };
        let mut speakers: Vec<Speaker> = Vec::new();
        for other in others {
            // Most differ, and then nothing else is looked up.
            if table.wording(other) != Some(wording) {
                continue;
            }
            if any_rejected {
                return Newcomer::ChangesOthers; // the rejected one may be that other, or not be in force
            }
            if echo_wording(other).is_some() {
                let speaker = table.speaker(other);
                if !speakers.contains(&speaker) {
                    speakers.push(speaker);
                }
            }
        }
        let own = table.speaker(index);
        if speakers.contains(&own) && two_speak(speakers.iter().copied()) {
            Newcomer::Echo(wording)
        } else if speakers.iter().any(|speaker| speaker.is_another(&own)) {
            Newcomer::ChangesOthers
        } else {
            Newcomer::Own
        }
    }
}

fn two_speak(speakers: impl Iterator<Item = Speaker> + Clone) -> bool {
    speakers.clone().any(|one| speakers.clone().any(|other| one.is_another(&other)))
}
