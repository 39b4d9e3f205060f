//! How many people a message says were killed, injured or driven from home. A number is one that stands in its words: where
//! people were hurt and nobody says how many, a person is asked.

mod care;
mod dead;
mod degrees;
mod harm_count;
mod harm_words;
mod subject;
mod unheeded;
mod unread;

use super::negation::is_denied_before;
use super::token::{ChatWord, is_dashed};
use super::{Finding, Sureness};
use care::{is_at_work, is_brought_to_care, is_cared_for};
use dead::{DYING, is_dead, is_deadly};
pub use dead::{died_otherwise, is_illness, is_somebody, near_in_sentence};
pub use degrees::InjuryDegrees;
use harm_count::PeopleCounts;
pub use harm_count::is_sum_of_other;
use harm_words::{
    ANIMALS, BODIES, DEAD, DISPLACED, INJURED, InjuryDegree, NOT, OF_HARM, PEOPLE, RESCUED, THINGS, VAGUE,
    degree, is_bodily, is_lost, is_sick, is_uncertain,
};
use std::ops::Range;
use subject::is_beast;
pub use unheeded::{befalls, in_no_field_or_unheeded, unheeded};
pub use unread::{in_no_field, names_harm};

/// Counts that the words give; `None` where they say nothing of it, or no number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PeopleHurt {
    pub dead: Option<Finding<u32>>,
    pub injured: Option<Finding<u32>>,
    pub displaced: Option<Finding<u32>>,
    /// Words that say people were hurt, without a number.
    pub uncounted: HarmWords,
    /// A second number of what was counted already.
    pub further: HarmWords,
    /// Words that leave open whether anybody was hurt, or by what: "korban jiwa belum diketahui".
    pub unknown: HarmWords,
    /// Words that say people are missing, whom no count of the dead holds.
    pub missing: Option<Range<usize>>,
    /// How many are missing, as a column beside the words counts them.
    pub missing_count: Option<u32>,
    /// Households of whom nobody says how many persons they are.
    pub households: Option<Range<usize>>,
    /// The dead are counted beside the words, which keep who is missing: nothing is asked about them.
    is_missing_kept: bool,
    pub degrees: InjuryDegrees,
}

/// For each harm the words that say something of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HarmWords {
    pub dead: Option<Range<usize>>,
    pub injured: Option<Range<usize>>,
    pub displaced: Option<Range<usize>>,
}

impl HarmWords {
    fn of(&mut self, harm: HarmKind) -> &mut Option<Range<usize>> {
        match harm {
            HarmKind::Dead => &mut self.dead,
            HarmKind::Injured => &mut self.injured,
            HarmKind::Displaced | HarmKind::Lost => &mut self.displaced,
        }
    }
}

impl PeopleHurt {
    /// Words that a person looks at: what no count holds.
    pub fn look_at(&self) -> Vec<Range<usize>> {
        let words = [&self.further, &self.uncounted, &self.unknown];
        let words = words.into_iter().flat_map(|own| [&own.dead, &own.injured, &own.displaced]);
        let missing = self.missing.as_ref().filter(|_| self.missing_count.is_none() && !self.is_missing_kept);
        [missing, self.households.as_ref()]
            .into_iter()
            .chain(words.map(Option::as_ref))
            .flatten()
            .cloned()
            .collect()
    }

    /// The words that say of somebody that they were hurt, are missing or had to leave.
    pub fn somebody(&self) -> Vec<Range<usize>> {
        let counted = [&self.dead, &self.injured, &self.displaced].into_iter().flatten();
        let counted = counted.filter(|found| found.value > 0).filter_map(|found| found.words.clone());
        let named = [&self.missing, &self.households].into_iter().flatten().cloned();
        counted.chain(named).collect()
    }

    /// How many were killed, injured and driven from home, where that is known.
    pub fn counts(&self) -> [Option<u32>; 3] {
        [&self.dead, &self.injured, &self.displaced].map(|slot| slot.as_ref().map(|found| found.value))
    }

    pub fn says_somebody(&self) -> bool {
        !self.somebody().is_empty()
    }

    /// Sets what is known of a harm from elsewhere, whatever the words leave open of it.
    pub fn settle(&mut self, harm: HarmKind, count: u32) {
        let found = Finding { value: count, words: Some(0..0), sure: Sureness::Sure };
        *self.slot(harm) = Some(found);
        for words in [&mut self.uncounted, &mut self.further, &mut self.unknown] {
            *words.of(harm) = None;
        }
        match harm {
            HarmKind::Dead => self.is_missing_kept = true,
            HarmKind::Displaced => self.households = None,
            HarmKind::Injured | HarmKind::Lost => {}
        }
    }

    /// Sets how many are missing, as a column has it: they are as grave as the dead and no dead.
    pub fn settle_missing(&mut self, count: u32) {
        self.missing_count = Some(count);
        self.missing = (count > 0).then(|| self.missing.take().unwrap_or(0..0));
    }

    /// Takes the counts away; the words they rest on.
    pub fn take_counts(&mut self) -> Vec<Range<usize>> {
        self.degrees = InjuryDegrees::default();
        let slots = [&mut self.dead, &mut self.injured, &mut self.displaced];
        slots
            .into_iter()
            .filter_map(Option::take)
            .filter(|found| found.value > 0)
            .filter_map(|found| found.words)
            .collect()
    }

    fn slot(&mut self, harm: HarmKind) -> &mut Option<Finding<u32>> {
        match harm {
            HarmKind::Dead => &mut self.dead,
            HarmKind::Injured => &mut self.injured,
            HarmKind::Displaced | HarmKind::Lost => &mut self.displaced,
        }
    }
}

/// What becomes of people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HarmKind {
    Dead,
    Injured,
    Displaced,
    Lost,
}

/// The harm that a token names; none where it befell animals, or nobody.
fn harm(tokens: &[ChatWord], at: usize) -> Option<HarmKind> {
    let token = &tokens[at];
    let harm = if is_dead(tokens, at) {
        HarmKind::Dead
    } else if is_deadly(tokens, at) {
        return None;
    } else if token.is(&INJURED) || is_sick(tokens, at) || is_bodily(tokens, at) || is_cared_for(tokens, at) {
        HarmKind::Injured
    } else if token.is(&DISPLACED) && !is_at_work(tokens, at) && !is_brought_to_care(tokens, at) {
        HarmKind::Displaced
    } else if is_lost(tokens, at) {
        HarmKind::Lost
    } else {
        return None;
    };
    (!is_of_animals(tokens, at) && !is_no_harm(tokens, at)).then_some(harm)
}

/// True where words name what may be lost and is nobody.
pub fn names_things(tokens: &[ChatWord]) -> bool {
    tokens.iter().any(|token| token.is(&ANIMALS) || token.is(&THINGS))
}

/// People, or what became of them: what a number before it counts.
pub fn is_of_people(token: &ChatWord) -> bool {
    token.is(&PEOPLE)
        || token.is(&DEAD)
        || token.is(&INJURED)
        || token.is(&DISPLACED)
        || token.is(&DYING)
        || token.is(&["hilang"])
}

/// True where a negation stands before a word as a part of it: "tidak tertolong".
pub fn is_of_refusal(token: &ChatWord) -> bool {
    token.is(&RESCUED)
}

pub fn is_person(token: &ChatWord) -> bool {
    token.is(&PEOPLE) && !token.is(&ANIMALS)
}

/// What the words of a message say of people hurt.
pub fn people_hurt(text: &str, tokens: &[ChatWord]) -> PeopleHurt {
    let mut counts = PeopleCounts::new(text, tokens);
    let mut found = PeopleHurt::default();
    // Where a harm stands that befell nobody: "tidak ada korban jiwa maupun luka" goes on with it.
    let mut befell_nobody: Option<usize> = None;
    for at in 0..tokens.len() {
        let Some(harm) = harm(tokens, at) else { continue };
        let joined = befell_nobody.is_some_and(|before| is_joined(tokens, before, at));
        let is_none = joined || negated(text, tokens, at) || is_entered_as_none(text, tokens, at);
        befell_nobody = is_none.then_some(at);
        if harm == HarmKind::Lost {
            found.missing = (!is_none).then(|| tokens[at].span.clone()).or(found.missing);
            continue;
        }
        let (count, run) = match harm {
            _ if is_none => (None, at..at + 1),
            HarmKind::Displaced => counts.of_displaced(at),
            _ => counts.of(at),
        };
        let is_other = run.start > 0 && tokens[run.start - 1].is(&["bukan", "bkn"]);
        if !is_none && run.len() > 1 && is_other || !is_none && count.is_none() && found.has(tokens, at) {
            continue;
        }
        let counts_people = tokens.get(run.end).is_some_and(|next| run.len() > 1 && next.is(&PEOPLE));
        let run = run.start..run.end + usize::from(counts_people);
        let words = tokens[run.start].span.start..tokens[run.end - 1].span.end;
        if !is_none && is_uncertain(tokens, at) {
            *found.unknown.of(harm) = Some(words);
        } else if harm == HarmKind::Displaced && is_of_households(tokens, &run) {
            found.households = Some(words);
        } else {
            // "satu keluarga tewas": of whom nobody says how many they are.
            let count = count.filter(|_| harm == HarmKind::Displaced || !is_of_households(tokens, &run));
            if let Some(beside) = counted_beside(tokens, &run).filter(|_| count.is_some()) {
                *found.further.of(harm) = Some(tokens[beside.start].span.start..words.end);
            }
            let is_vague = is_vague(tokens, at);
            let degree = degree(tokens, at).filter(|_| harm == HarmKind::Injured);
            found.add(harm, HarmCount { count, is_none, is_vague, degree, words });
        }
    }
    none_at_all(text, tokens, &mut found);
    found
}

impl PeopleHurt {
    /// "2 luka, dibawa ke RS", "1 MD, jenazah di RSUD": the words say again of whom others say more.
    fn has(&self, tokens: &[ChatWord], at: usize) -> bool {
        let is_injured = self.injured.as_ref().is_some_and(|found| found.value > 0);
        // "sikok mati ketujah", "tewas dibacok": of what they died.
        let is_cause = self.dead.is_some() || self.uncounted.dead.is_some();
        let is_cause =
            is_cause && at > 0 && tokens[at - 1].clause == tokens[at].clause && is_dead(tokens, at - 1);
        let is_dead = self.dead.as_ref().is_some_and(|found| found.value > 0);
        is_cause && !is_degree(&tokens[at])
            || is_dead && tokens[at].is(&BODIES)
            || (is_dead || is_injured || self.uncounted.dead.is_some() || self.uncounted.injured.is_some())
                && !tokens[at].is(&INJURED)
                && is_cared_for(tokens, at)
    }
}

/// "MD LB LR" of a form are headings.
fn is_degree(token: &ChatWord) -> bool {
    token.is(&["lb", "lr", "luka"])
}

/// "12 KK": where persons are counted beside them, those count.
fn is_of_households(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    let of = |list: &[&str]| run.clone().any(|at| tokens[at].is(list));
    of(&["kk", "keluarga"]) && !of(&["jiwa"])
}

/// "1 balita dan 2 lansia meninggal": a number of people that words join to one that is counted.
fn counted_beside(tokens: &[ChatWord], run: &Range<usize>) -> Option<Range<usize>> {
    let own = |other: &usize| tokens[*other].clause == tokens[run.start].clause;
    let join = run.start.checked_sub(1).filter(own)?;
    let mut before =
        (join.saturating_sub(3)..join).rev().take_while(own).skip_while(|at| is_somebody(&tokens[*at]));
    let number = before.next().filter(|at| tokens[*at].number().is_some_and(|number| number > 0))?;
    let is_led = |at: usize| is_of_people(&tokens[at]) && !is_somebody(&tokens[at]);
    let is_others = number.checked_sub(1).filter(own).is_some_and(is_led);
    let joins = tokens[join].is(&["dan", "serta", "karo", "samo", "wan", "ngan"]);
    (joins && number + 1 < join && !is_others && tokens[run.start].number().is_some())
        .then_some(number..run.end)
}

/// What words say of one harm.
struct HarmCount {
    count: Option<u32>,
    is_none: bool,
    is_vague: bool,
    /// How badly they were hurt, where the words say so.
    degree: Option<InjuryDegree>,
    words: Range<usize>,
}

impl PeopleHurt {
    fn add(&mut self, harm: HarmKind, HarmCount { count, is_none, is_vague, degree, words }: HarmCount) {
        let own = self.slot(harm).clone();
        match (count, own.as_ref().filter(|own| own.sure == Sureness::Sure)) {
            (Some(value), Some(own)) if degree.is_some() && self.degrees.is_further(degree) => {
                // "LB 2, LR 3": who is hurt badly and who slightly are not the same.
                let start = own.words.as_ref().map_or(words.start, |first| first.start.min(words.start));
                let further = value;
                let (value, words) = (own.value.saturating_add(value), Some(start..words.end));
                *self.slot(harm) = Some(Finding { value, words, sure: Sureness::Sure });
                self.degrees.set(degree, further);
            }
            (Some(value), Some(own)) if own.value != value => *self.further.of(harm) = Some(words),
            (None, Some(_)) if is_vague => *self.further.of(harm) = Some(words),
            (_, Some(_)) => {}
            (Some(value), None) => {
                *self.slot(harm) = Some(Finding { value, words: Some(words), sure: Sureness::Sure });
                *self.uncounted.of(harm) = None;
                self.degrees.set(degree, value);
            }
            (None, None) if is_none => {
                self.degrees.set(degree, 0);
                *self.slot(harm) = Some(Finding { value: 0, words: Some(words), sure: Sureness::Likely });
            }
            (None, None) if own.is_none() || is_vague => *self.uncounted.of(harm) = Some(words),
            (None, None) => {}
        }
    }
}

/// "puluhan luka": more than a number that stands elsewhere.
fn is_vague(tokens: &[ChatWord], at: usize) -> bool {
    let clause = |other: &usize| tokens[*other].clause == tokens[at].clause;
    (at.saturating_sub(4)..at).rev().take_while(clause).any(|other| tokens[other].is(&VAGUE))
}

/// "korban jiwa maupun luka", "korban jiwa dan luka-luka": nothing but words that join stand between two harms.
fn is_joined(tokens: &[ChatWord], before: usize, at: usize) -> bool {
    const JOIN: [&str; 5] = ["maupun", "dan", "atau", "ataupun", "serta"];
    let between = &tokens[before + 1..at];
    let fills = |token: &ChatWord| token.is(&JOIN) || token.is(&["korban", "yang", "yg", "dunia", "warga"]);
    let counted = tokens.get(at + 1).is_some_and(|next| next.number().is_some_and(|number| number > 0));
    tokens[before].sentence == tokens[at].sentence
        && between.iter().all(fills)
        && between.iter().any(|token| token.is(&JOIN))
        && !counted
}

/// "tidak ada korban jiwa", "belum ada laporan korban jiwa", "korban jiwa nihil", "luka: 0".
fn negated(text: &str, tokens: &[ChatWord], at: usize) -> bool {
    const NONE: [&str; 7] = ["tidak", "tdk", "tanpa", "nihil", "nol", "belum", "tak"];
    const NUMBER: [&str; 3] = ["nihil", "nol", "0"];
    let mut first = if at > 0 && tokens[at - 1].is(&["korban"]) { at - 1 } else { at };
    if tokens[at].is(&RESCUED) {
        return false;
    }
    // "korban jiwa nihil, luka 4": it is the number of what stands before it.
    let of_other = first >= 2
        && tokens[first - 1].is(&NUMBER)
        && harm(tokens, last_of_harm(tokens, first - 2)).is_some();
    let counted = first.checked_sub(1).is_some_and(|before| {
        tokens[before].clause == tokens[at].clause && tokens[before].is(&NUMBER) && !of_other
    });
    while first > 0 && tokens[first - 1].is(&["laporan", "info", "informasi", "data", "adanya"]) {
        first -= 1;
    }
    let mut end = at + 1;
    while end < at + 4
        && tokens.get(end).is_some_and(|next| next.is(&OF_HARM) || next.text == tokens[at].text)
    {
        end += 1;
    }
    let behind = tokens.get(end).filter(|next| {
        let apart = text[tokens[end - 1].span.end..next.span.start].contains([',', ';', '(']);
        next.sentence == tokens[at].sentence && !apart
    });
    counted
        || !of_other && is_denied(tokens, first)
        || behind.is_some_and(|next| {
            let there_is = tokens.get(end + 1).is_none_or(|after| after.is(&["ada"]));
            next.is(&NUMBER) || next.is(&NONE) && there_is
        })
}

/// "tidak ada yang luka", "kadada nang luka", "gak onok sing tatu".
fn is_denied(tokens: &[ChatWord], at: usize) -> bool {
    const NONE_THERE: [&str; 12] = [
        "kadada", "kededa", "dakado", "dakade", "tadak", "nadai", "nade", "takde", "takada", "gakono",
        "raono", "tadek",
    ];
    const BETWEEN: [&str; 15] = [
        "nang", "sing", "yang", "yg", "ada", "ado", "ade", "onok", "ono", "wonten", "orang", "urang", "wong",
        "warga", "korban",
    ];
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let mut before =
        (at.saturating_sub(6)..at).rev().take_while(own).skip_while(|other| tokens[*other].is(&BETWEEN));
    let none = before.next().is_some_and(|other| tokens[other].is(&NONE_THERE) || tokens[other].is(&NOT));
    none || is_denied_before(tokens, at)
}

/// The word of harm that a token belongs to: "luka" of "luka berat".
fn last_of_harm(tokens: &[ChatWord], at: usize) -> usize {
    if at > 0 && tokens[at].is(&OF_HARM) { at - 1 } else { at }
}

/// "luka-luka" is one word, and "hampir meninggal" no death.
fn is_no_harm(tokens: &[ChatWord], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else { return false };
    tokens[at].before == '-' && before.text == tokens[at].text || before.is(&["hampir", "nyaris", "hmpir"])
}

/// "MD: -", "korban jiwa - luka 2": a dash is entered for the number.
fn is_entered_as_none(text: &str, tokens: &[ChatWord], at: usize) -> bool {
    let end = tokens[at].span.end;
    let to = tokens.get(at + 1).map_or(text.len(), |next| next.span.start);
    let line = text[end..to].split(['\n', ',', ';']).next().unwrap_or("");
    let dash = line.trim_start_matches([' ', ':', '=']);
    let ends = line.len() < to - end || to == text.len();
    let follows =
        tokens.get(at + 1).is_some_and(|next| next.is(&INJURED) || next.is(&DEAD) || next.is(&["korban"]));
    dash.starts_with(['-', '–', '—']) && dash.len() < line.len() && (ends || follows || line.contains(':'))
}

/// "3 ekor sapi luka", "50 ayam milik warga mati": the nearest word before it that can be hurt is no person's, or the first behind it.
fn is_of_animals(tokens: &[ChatWord], at: usize) -> bool {
    let same = |other: &usize| tokens[*other].clause == tokens[at].clause;
    // Cattle that belong to somebody: "sapi warga", "ayam milik warga".
    let owned = |other: usize| {
        (other.saturating_sub(2)..other)
            .any(|before| tokens[before].is(&ANIMALS) || tokens[before].is(&["milik", "punya", "kepunyaan"]))
    };
    let before = (at.saturating_sub(6)..at).rev().take_while(same);
    let mut subjects =
        before.filter(|other| is_beast(tokens, *other) || is_somebody(&tokens[*other]) && !owned(*other));
    match subjects.next() {
        Some(subject) => tokens[subject].is(&ANIMALS),
        None => (at + 1..(at + 3).min(tokens.len())).take_while(same).any(|other| {
            tokens[other].is(&ANIMALS) && (other == at + 1 || tokens[at + 1].number().is_some())
        }),
    }
}

/// "korban" of any sort: not only the dead of "korban jiwa" or the injured of "korban luka".
fn is_any_victim(tokens: &[ChatWord], at: usize) -> bool {
    let of_one_sort = |next: &ChatWord| next.is(&["jiwa"]) || next.is(&INJURED) || next.is(&DEAD);
    tokens[at].is(&["korban"]) && !tokens.get(at + 1).is_some_and(of_one_sort)
}

/// "korban nihil", "tidak ada korban", "korban: -": nobody was killed or injured.
fn none_at_all(text: &str, tokens: &[ChatWord], found: &mut PeopleHurt) {
    let is_none = |at: &usize| {
        is_any_victim(tokens, *at) && (negated(text, tokens, *at) || is_dashed(text, &tokens[*at]))
    };
    let Some(at) = (0..tokens.len()).find(is_none) else { return };
    let words = Some(tokens[at].span.clone());
    let slots = [(&mut found.dead, &found.uncounted.dead), (&mut found.injured, &found.uncounted.injured)];
    for (slot, uncounted) in slots {
        if uncounted.is_none() {
            slot.get_or_insert_with(|| Finding { value: 0, words: words.clone(), sure: Sureness::Likely });
        }
    }
}
