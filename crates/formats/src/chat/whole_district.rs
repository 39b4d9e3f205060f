//! That nothing happened in a whole kecamatan: where its name is a village's, too, or the same message tells of something there, a
//! person says what is meant.

use super::message::ChatMessage;
use super::place::Naming;
use super::{ChatPassage, ChatReader, PassageFate, Question, SenderHint, sender, token};
use domain::kind::Stance;
use domain::place::UnitId;
use domain::time::Time;

impl ChatReader<'_> {
    /// Asks so of the parts of one message.
    pub(super) fn ask_of_whole_districts(
        &self,
        (text, message): (&str, &ChatMessage),
        parts: &mut [ChatPassage],
        hint: Option<&SenderHint>,
    ) {
        let events: Vec<UnitId> = parts.iter().filter_map(|part| event(&part.fate)).collect();
        let villages: Vec<UnitId> = parts.iter().filter_map(|part| of_village(&part.fate)).collect();
        let name = message.header.as_ref().and_then(|header| header.sender.clone());
        let is_office = name.is_some_and(|name| sender::is_of_district(&text[name]));
        let office = hint.and_then(|hint| hint.place.district.as_ref()).filter(|_| is_office);
        let places: Vec<(UnitId, u16, Time)> = parts.iter().filter_map(|part| placed(&part.fate)).collect();
        for part in parts {
            let words = part.text.clone();
            let PassageFate::Quiet(quiet) = &mut part.fate else { continue };
            // "Bades aman, mung banyu segara munggah": of the same village and time.
            let own = quiet.district.as_ref().zip(quiet.village.as_ref());
            let is_here = own.is_some_and(|(district, village)| {
                places.iter().any(|(unit, number, at)| {
                    let is_then = (quiet.from..quiet.to).contains(at) || *at == quiet.to;
                    (*unit, *number) == (district.value, village.value) && is_then
                })
            });
            quiet.questions.extend(is_here.then_some(Question::BesidesQuiet));
            let Some(district) = quiet.district.as_ref().filter(|_| quiet.village.is_none()) else {
                continue;
            };
            let (unit, is_named) = (district.value, district.words.is_some());
            let is_double = || {
                let named = self.places.names(&token::tokens(text, words.clone()));
                let is_own = |naming: &Naming| naming.meanings.as_slice() == [(unit, 0)];
                let mut own = named.found.iter().filter(|naming| is_own(naming)).peekable();
                own.peek().is_some() && own.all(|naming| naming.is_village_too)
            };
            let is_others = office.is_none_or(|own| own.value != unit) || villages.contains(&unit);
            if events.contains(&unit) || is_named && is_others && is_double() {
                quiet.questions.push(Question::WholeDistrict);
            }
        }
    }
}

/// Where something happened.
fn event(fate: &PassageFate) -> Option<UnitId> {
    let PassageFate::Proposed(proposal) = fate else { return None };
    let happened = proposal.stance.value != Stance::Denies;
    proposal.district.as_ref().filter(|_| happened).map(|found| found.value)
}

/// The village and the time at which something happened.
fn placed(fate: &PassageFate) -> Option<(UnitId, u16, Time)> {
    let unit = event(fate)?;
    let PassageFate::Proposed(proposal) = fate else { return None };
    Some((unit, proposal.village.as_ref()?.value, proposal.occurred.as_ref()?.value))
}

/// The kecamatan of a village that a part is of.
fn of_village(fate: &PassageFate) -> Option<UnitId> {
    match fate {
        PassageFate::Proposed(proposal) if proposal.village.is_some() => {
            proposal.district.as_ref().map(|found| found.value)
        }
        PassageFate::Quiet(quiet) if quiet.village.is_some() => {
            quiet.district.as_ref().map(|found| found.value)
        }
        _ => None,
    }
}
