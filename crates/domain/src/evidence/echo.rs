//! Echoes: reports of one incident that say the same word for word, though two speakers sent them. Messages are forwarded, so
//! they are one voice until the desk confirms one of them.

use super::report_table::{Index, ReportTable};
use super::speaker::Speaker;
use crate::effect::Verdict;
use crate::kind::Category;
use crate::place::UnitId;
use crate::time::{HOUR, Time};
use crate::wording::Wording;
use alloc::vec::Vec;

/// Few words are an echo of those of a time at most so far from it, one after the other.
pub const SHORT_WITHIN: i64 = 6 * HOUR;

/// What a report says word for word, and of what: where two are the same and near, one may repeat the other.
type WordedReport = (Wording, Option<(UnitId, u16, Category)>, Time, Index);

fn worded_report(table: &ReportTable, index: Index, wording: Wording) -> WordedReport {
    let entry = &table.all[index as usize];
    let what = wording.is_short().then_some((entry.unit, entry.village, entry.category));
    (wording, what, entry.occurred, index)
}

fn may_repeat(one: &WordedReport, next: &WordedReport) -> bool {
    (one.0, one.1) == (next.0, next.1) && (!one.0.is_short() || next.2.since(one.2) <= SHORT_WITHIN)
}

/// The reports of an incident that repeat word for word what another speaker says, by index, each with what they say; given all
/// its reports with the desk's verdicts. Few words are the same only of one place and category and within hours.
pub fn echoes(table: &ReportTable, members: impl Iterator<Item = (Index, Verdict)>) -> Vec<(Index, Wording)> {
    let worded = |(member, verdict)| Some(worded_report(table, member, table.echo_wording(member, verdict)?));
    let mut worded: Vec<WordedReport> = members.filter_map(worded).collect();
    worded.sort_unstable();
    let shared = worded.chunk_by(may_repeat);
    let shared = shared.filter(|group| two_speak(group.iter().map(|(.., member)| table.speaker(*member))));
    let mut echoes: Vec<(Index, Wording)> = Vec::new();
    for group in shared {
        let (wording, what, first, _) = group[0];
        let repeated = match what {
            Some((unit, village, category)) => {
                let place = (unit.index() as u64) << 32 | u64::from(village) << 8 | category.index() as u64;
                wording.with_subject(place).with_subject(first.0 as u64)
            }
            None => wording,
        };
        echoes.extend(group.iter().map(|(.., member)| (*member, repeated)));
    }
    echoes.sort_unstable();
    echoes
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
    /// What the report at `index` is to the incident whose earliest report is `anchor`. `near`: reports among which the
    /// incident's others are; `any_rejected`: the desk rejected one of those, in force or not.
    pub fn of(
        table: &ReportTable,
        (index, anchor): (Index, Index),
        near: impl Iterator<Item = Index>,
        any_rejected: bool,
    ) -> Newcomer {
        let echo_wording = |index| table.echo_wording(index, table.verdict_of(index));
        let Some(wording) = echo_wording(index) else { return Newcomer::Own };
        let mut speakers: Vec<Speaker> = Vec::new();
        for other in near {
            // Most say something else, and then nothing more is looked up: wordings lie close together, reports do not.
            if table.wording(other) != Some(wording) || table.all[other as usize].anchor != anchor {
                continue;
            }
            if any_rejected || wording.is_short() {
                // The rejected one may be that other, or not be in force; few words may bring two times together.
                return Newcomer::ChangesOthers;
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

/// True where one of these is another speaker than another of them.
fn two_speak(speakers: impl Iterator<Item = Speaker>) -> bool {
    let mut speakers: Vec<Speaker> = speakers.collect();
    speakers.sort_unstable();
    speakers.dedup(); // who says it a thousand times is looked at once
    speakers.iter().any(|one| speakers.iter().any(|other| one.is_another(other)))
}
