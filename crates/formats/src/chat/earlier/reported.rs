//! What a chat reported so far, by anybody: which of it a later message denies.

use super::{SentPart, is_near};
use crate::chat::{ChatProposal, Finding, PassageFate, Question};
use domain::kind::{Category, Kind, Stance};
use domain::place::UnitId;
use domain::time::{MINUTE, Time};
use std::collections::VecDeque;

/// So many reports are looked back for.
const MOST: usize = 200;
/// Within so long behind a report of another sender a denial that names no place may be of it.
const SOON: i64 = 60 * MINUTE;

/// A report, or a nihil, that stood in the chat before.
struct Reported {
    sender: String,
    sent: Option<Time>,
    message: usize,
    passage: usize,
    /// `None` for a nihil.
    event: Option<ChatProposal>,
}

/// The last reports of a chat.
#[derive(Default)]
pub struct ReportedBefore(VecDeque<Reported>);

/// What a denial is of.
pub struct DeniedReport<'a> {
    pub passage: usize,
    /// What its own sender reported; `None` of another's report, of a nihil, and where it may be another's.
    pub own: Option<&'a ChatProposal>,
    pub is_of_another: bool,
}

fn category(part: &ChatProposal) -> Option<Category> {
    part.category.as_ref().map(|found| found.value)
}

fn value(found: &Option<Finding<UnitId>>) -> Option<UnitId> {
    found.as_ref().map(|found| found.value)
}

/// A conflict, or a disaster.
fn is_disaster(category: Category) -> Option<bool> {
    category.kind().map(|kind| kind == Kind::Disaster)
}

impl ReportedBefore {
    pub fn add(&mut self, fate: &PassageFate, of: SentPart<'_>) {
        let event = match fate {
            PassageFate::Proposed(proposal) if proposal.stance.value == Stance::Denies => return,
            PassageFate::Proposed(proposal) => Some((**proposal).clone()),
            PassageFate::Quiet(_) => None,
            PassageFate::LeftOut(_) => return,
        };
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        let (sent, message, passage) = (of.sent, of.message, of.passage);
        self.0.push_back(Reported { sender: of.sender.to_owned(), sent, message, passage, event });
    }

    /// What a denial is of: the last report within a day that fits it, its sender's own or another's of that place, and beside it
    /// the last of the other sort where both were written shortly before it; else its sender's own nihil. Who denies what others
    /// report mostly wrote before them that all was quiet.
    pub fn denied(&self, denial: &ChatProposal, of: SentPart<'_>) -> Vec<DeniedReport<'_>> {
        let near = || {
            let is_before = |one: &&Reported| one.message != of.message && is_near(one.sent, of.sent);
            self.0.iter().rev().filter(is_before)
        };
        let is_own = |one: &Reported| one.sender == of.sender;
        let fits = |one: &&Reported| match is_own(one) {
            true => one.is_named_by(denial),
            false => one.is_placed_as(denial, of.sent),
        };
        let events = || near().filter(|one| one.event.is_some()).filter(fits);
        let first =
            events().find(|one| one.is_of(denial)).or_else(|| events().find(|one| one.is_like(denial)));
        let nihil = || {
            near().find(|one| {
                is_own(one) && one.event.is_none() && one.is_named_by(denial) && one.is_of(denial)
            })
        };
        let Some(first) = first.or_else(nihil) else { return Vec::new() };
        let is_soon =
            |one: &&Reported| one.sent.zip(of.sent).is_some_and(|(before, own)| own.0 - before.0 <= SOON);
        let second = events().find(|one| is_own(one) != is_own(first) && one.is_of(denial)).filter(is_soon);
        let second = second.filter(|_| first.event.is_some() && first.is_of(denial));
        let is_one = second.is_none();
        let both = std::iter::once(first).chain(second);
        both.map(|one| {
            let is_of_another = !is_own(one);
            let own = one.event.as_ref().filter(|_| is_one && !is_of_another);
            DeniedReport { passage: one.passage, own, is_of_another }
        })
        .collect()
    }
}

impl Reported {
    /// True where a denial names no place in its words, or that of the report.
    fn is_named_by(&self, denial: &ChatProposal) -> bool {
        let named = denial.district.as_ref().filter(|found| found.words.is_some()).map(|found| found.value);
        let Some(event) = &self.event else { return named.is_none() };
        named.is_none_or(|own| Some(own) == value(&event.district) && !self.is_of_other_village(denial))
    }

    fn is_of_other_village(&self, denial: &ChatProposal) -> bool {
        let own = denial.village.as_ref().filter(|found| found.words.is_some());
        let both = own.zip(self.event.as_ref().and_then(|event| event.village.as_ref()));
        both.is_some_and(|(own, other)| own.value != other.value)
    }

    /// True where a denial is of a report's place by its words or by its sender; without any, right behind the report.
    fn is_placed_as(&self, denial: &ChatProposal, sent: Option<Time>) -> bool {
        let Some(event) = &self.event else { return false };
        match value(&denial.district) {
            Some(own) => Some(own) == value(&event.district) && !self.is_of_other_village(denial),
            None => {
                let is_asked = denial.questions.contains(&Question::NoPlace);
                is_asked && self.sent.zip(sent).is_some_and(|(before, own)| own.0 - before.0 <= SOON)
            }
        }
    }

    /// True where a denial names nothing that happened, or what the report did.
    fn is_of(&self, denial: &ChatProposal) -> bool {
        let Some(own) = category(denial) else { return true };
        self.event.as_ref().is_some_and(|event| category(event) == Some(own))
    }

    /// "tidak jadi bentrok", of a quarrel with a company: both are conflicts.
    fn is_like(&self, denial: &ChatProposal) -> bool {
        let both = category(denial).zip(self.event.as_ref().and_then(category));
        both.is_some_and(|(own, other)| is_disaster(own).is_some() && is_disaster(own) == is_disaster(other))
    }
}
