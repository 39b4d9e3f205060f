//! The incidents of one message: where it goes on to another place, or to what is of another kind, a part of its own begins.

use super::phrase::PhraseMatch;
use super::place::{self, NamedPlaces, Naming};
use super::token::ChatWord;
use super::{form, modality, stance};
use domain::kind::Kind;
use std::ops::Range;

/// A part of a message that speaks of an incident of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncidentPart {
    pub text: Range<usize>,
    /// What stands before it and says where and when of it, too: the head of its list, the first part of its sentence.
    pub context: Range<usize>,
    /// Which of the places that its words list it is of, where they list several for one thing.
    pub of_listed: Option<usize>,
    /// It stands before the entries of a list.
    pub is_head: bool,
}

impl IncidentPart {
    pub fn whole(text: Range<usize>, context: Range<usize>) -> IncidentPart {
        IncidentPart { text, context, of_listed: None, is_head: false }
    }
}

/// A part of a message with what was found in it.
#[derive(Clone, Copy)]
pub struct PartFound<'a> {
    pub tokens: &'a [ChatWord],
    pub named: &'a NamedPlaces,
    pub phrases: &'a [PhraseMatch],
}

/// Words that join one incident to the next within a clause.
const JOINS: [&str; 7] = ["dan", "sedangkan", "sementara", "serta", "kemudian", "lalu", "sdgkan"];
/// Words that begin another matter of the same place.
const BESIDES: [&str; 6] = ["selain", "juga", "sementara", "terpisah", "kemudian", "lainnya"];
/// So many segments are looked at to know whether one begins an incident.
const AHEAD: usize = 8;

/// A run of words without a stop, with the first place it names and whether it names something that happened.
struct Segment {
    tokens: Range<usize>,
    place: Option<usize>,
    phrases: Range<usize>,
    /// An accident on a road, which is no incident of ours, and whose hurt are of none.
    is_accident: bool,
}

impl Segment {
    fn speaks(&self) -> bool {
        self.is_accident || !self.phrases.is_empty()
    }
}

impl PartFound<'_> {
    /// The parts of a part: itself, where it speaks of one incident.
    pub fn split(self, part: &IncidentPart) -> Vec<IncidentPart> {
        let is_one = self.phrases.is_empty() && !self.is_quiet_of_several() || self.named.found.is_empty();
        if is_one || modality::concerns_all(self.tokens) {
            return vec![part.clone()];
        }
        let listed = self.listed();
        if listed.len() > 1 {
            let of = |at| IncidentPart { of_listed: Some(at), ..part.clone() };
            return (0..listed.len()).map(of).collect();
        }
        let starts = self.starts();
        let starts = match form::fields(self.tokens) {
            Some(fields) => self.starts_beside(&fields, &starts),
            None => starts,
        };
        let at = |token: usize| self.tokens[token].span.start;
        let mut parts = Vec::new();
        let (mut from, mut context) = (part.text.start, part.context.clone());
        for start in starts.iter().copied() {
            parts.push(IncidentPart::whole(from..self.tokens[start.token - 1].span.end, context));
            from = at(start.token);
            context = at(start.context)..self.tokens[start.token - 1].span.end;
        }
        parts.push(IncidentPart::whole(from..part.text.end, context));
        parts
    }

    /// Those of the incidents that begin beside the fields of a form, whose head says of each when it was. The fields are of one
    /// incident, however many names stand in them; what is written beside them begins another with its place and its words.
    fn starts_beside(self, fields: &[Range<usize>], starts: &[IncidentStart]) -> Vec<IncidentStart> {
        let is_beside = |start: &&IncidentStart| {
            let sentence = self.tokens[start.token].sentence;
            let is_own = |at: usize| at >= start.token && self.tokens[at].sentence == sentence;
            !fields.iter().any(|field| field.contains(&start.token))
                && self.named.found.iter().any(|naming| is_own(naming.tokens.start))
                && self.phrases.iter().any(|phrase| is_own(phrase.tokens.start))
        };
        let with_head = |start: &IncidentStart| IncidentStart { context: 0, ..*start };
        starts.iter().filter(is_beside).map(with_head).collect()
    }

    /// "banjir di Ds Noman dan Ds Pauh": villages that one disaster reaches, joined by nothing but "dan" or a comma. Of a conflict
    /// they may be its parties.
    pub fn listed(self) -> Vec<usize> {
        let is_disaster = |one: &PhraseMatch| one.category.kind() == Some(Kind::Disaster);
        let is_village = |at: usize| self.named.found[at].meanings.iter().all(|(_, village)| *village > 0);
        let joined = |at: usize| {
            let between = self.named.found[at].tokens.end..self.named.found[at + 1].tokens.start;
            let same = self.tokens[between.end].sentence == self.tokens[between.start - 1].sentence;
            let words = &self.tokens[between];
            same && words.len() <= 1 && words.iter().all(|word| word.is(&["dan", "serta", "dn"]))
        };
        if !self.phrases.iter().all(is_disaster)
            || self.phrases.iter().any(|one| one.category != self.phrases[0].category)
        {
            return Vec::new();
        }
        let first = (0..self.named.found.len()).find(|at| is_village(*at) && !self.named.found[*at].is_from);
        let Some(first) = first else { return Vec::new() };
        // "poros Bumbun - Amawang" is one road and its two ends.
        let start = self.named.found[first].tokens.start;
        if start > 0 && self.tokens[start - 1].is(&ROADS) {
            return Vec::new();
        }
        let mut found = vec![first];
        for at in first..self.named.found.len() - 1 {
            let differs = self.named.found[at].meanings != self.named.found[at + 1].meanings;
            if found.len() == MOST_LISTED || !is_village(at + 1) || !joined(at) || !differs {
                break;
            }
            found.push(at + 1);
        }
        // A place that is named elsewhere, too, has its own words.
        let villages = (0..self.named.found.len()).filter(|at| is_village(*at)).count();
        if villages == found.len() { found } else { Vec::new() }
    }

    /// "Terap, Sepang, Benuang: nihil": that nothing happened is written of each of these villages.
    fn is_quiet_of_several(self) -> bool {
        let is_behind =
            |naming: &Naming| self.tokens.get(naming.tokens.end).is_some_and(|next| next.is(&stance::QUIET));
        let is_nihil = |token: &ChatWord| token.is(&["nihil"]);
        (self.tokens.iter().any(is_nihil) || self.named.found.iter().any(is_behind))
            && stance::is_all_quiet(self.tokens)
            && !stance::names_trouble_itself(self.tokens)
            && self.listed().len() > 1
            && self.listed().len() == self.named.found.iter().filter(|naming| !naming.is_from).count()
    }

    fn segments(self) -> Vec<Segment> {
        let tokens = self.tokens;
        let begins = |at: &usize| tokens[*at].clause != tokens[at - 1].clause || tokens[*at].is(&JOINS);
        let bounds: Vec<usize> = (1..tokens.len()).filter(begins).collect();
        let from = std::iter::once(0).chain(bounds.iter().copied());
        let to = bounds.iter().copied().chain([tokens.len()]);
        let mut phrases: Vec<usize> = self.phrases.iter().map(|one| one.tokens.start).collect();
        phrases.sort_unstable();
        let count = |list: &[usize], at: usize| list.partition_point(|start| *start < at);
        let of = |(from, to): (usize, usize)| {
            let places = &self.named.found;
            let first = places.partition_point(|naming| naming.tokens.start < from);
            let own = (first..places.len()).take_while(|at| places[*at].tokens.start < to);
            let place = own.into_iter().find(|at| !places[*at].is_from);
            let is_accident = stance::is_accident(&tokens[from..to]);
            Segment {
                tokens: from..to,
                place,
                phrases: count(&phrases, from)..count(&phrases, to),
                is_accident,
            }
        };
        from.zip(to).map(of).collect()
    }

    /// Where an incident begins that is not the one before.
    fn starts(self) -> Vec<IncidentStart> {
        let segments = self.segments();
        let mut found = Vec::new();
        let mut group = 0..1;
        for at in 1..segments.len() {
            let whole = segments[group.clone()].iter().any(Segment::speaks)
                && segments[group.clone()].iter().any(|segment| segment.place.is_some());
            let token = segments[at].tokens.start;
            if whole && self.begins(&segments, group.clone(), at) && self.may_part(&segments[at]) {
                // In one sentence the time of the first is that of the second.
                let same = self.tokens[token].sentence == self.tokens[token - 1].sentence;
                let besides = self.is_besides(&segments[at]);
                let context = if same || besides { segments[group.start].tokens.start } else { token - 1 };
                let token =
                    token + usize::from(self.tokens[token].is(&JOINS) && token + 1 < segments[at].tokens.end);
                found.push(IncidentStart { token, context });
                group = at..at + 1;
            } else {
                group.end = at + 1;
            }
        }
        found
    }

    /// True where words leave nothing open that would reach over the place where a sentence is parted.
    fn may_part(self, segment: &Segment) -> bool {
        let at = segment.tokens.start;
        if self.tokens[at].sentence != self.tokens[at - 1].sentence {
            return true;
        }
        let own = |token: &&ChatWord| token.sentence == self.tokens[at].sentence;
        let before = self.tokens[at.saturating_sub(40)..at].iter().rev().take_while(own).count();
        let behind = self.tokens[at..].iter().take(40).take_while(own).count();
        !modality::leaves_open(&self.tokens[at - before..at + behind])
    }

    fn begins(self, segments: &[Segment], group: Range<usize>, at: usize) -> bool {
        let segment = &segments[at];
        if !segment.speaks() && segment.place.is_none() {
            return false;
        }
        let end = segments.len().min(at + AHEAD);
        let placed = (at..end).find(|next| segments[*next].place.is_some());
        let other = placed.filter(|next| self.is_elsewhere(segments, group.clone(), *next));
        let Some(placed) = other else { return self.is_of_another_kind(segments, group, at) };
        if placed == at {
            // "Ds Pauh: karhutla": what happened there stands with the place or behind it.
            let behind = (at + 1..end).take_while(|next| segments[*next].place.is_none());
            return segment.speaks() || behind.into_iter().any(|next| segments[next].speaks());
        }
        // "Kebakaran. TKP Ds Noman": it stands right before the place, which has no words of its own.
        let behind = (placed + 1..end).take_while(|next| segments[*next].place.is_none());
        let own = segments[placed].speaks() || behind.into_iter().any(|next| segments[next].speaks());
        !own && (at + 1..placed).all(|next| !segments[next].speaks())
            && self.tokens[segment.tokens.start].sentence != self.tokens[segment.tokens.start - 1].sentence
    }

    /// True where a segment's place is none of those named before it, nor the kecamatan of one.
    fn is_elsewhere(self, segments: &[Segment], group: Range<usize>, at: usize) -> bool {
        let Some(own) = segments[at].place.map(|place| &self.named.found[place]) else { return false };
        let tokens = segments[group.start].tokens.start..segments[group.end - 1].tokens.end;
        let is_before = |naming: &&Naming| tokens.contains(&naming.tokens.start);
        let near = |naming: &Naming| {
            naming.meanings.iter().any(|one| own.meanings.iter().any(|other| place::agree(*one, *other)))
        };
        let from = self.named.found.partition_point(|naming| naming.tokens.start < tokens.start);
        !self.named.found[from..].iter().take(20).take_while(is_before).any(near)
    }

    fn is_besides(self, segment: &Segment) -> bool {
        let own = &self.tokens[segment.tokens.clone()];
        own.iter().take(2).any(|token| token.is(&BESIDES))
    }

    /// "Selain itu warga bentrok": beside a disaster a conflict, or a conflict beside a disaster.
    fn is_of_another_kind(self, segments: &[Segment], group: Range<usize>, at: usize) -> bool {
        let token = segments[at].tokens.start;
        let is_disaster = |range: Range<usize>| {
            let own = |one: &&PhraseMatch| range.contains(&one.tokens.start);
            let mut kinds =
                self.phrases.iter().filter(own).map(|one| one.category.kind() == Some(Kind::Disaster));
            let first = kinds.next()?;
            kinds.all(|kind| kind == first).then_some(first)
        };
        let before = segments[group.start].tokens.start..token;
        self.is_besides(&segments[at])
            && self.tokens[token].sentence != self.tokens[token - 1].sentence
            && matches!((is_disaster(before), is_disaster(segments[at].tokens.clone())), (Some(one), Some(other)) if one != other)
    }
}

/// What a road is called by, between two places.
const ROADS: [&str; 9] = ["jalan", "jln", "jl", "jalur", "poros", "ruas", "lintas", "jurusan", "lintasan"];
/// So many villages that one disaster reaches are proposed apart.
const MOST_LISTED: usize = 6;

#[derive(Clone, Copy)]
struct IncidentStart {
    token: usize,
    /// The token from which what stands before speaks of it, too.
    context: usize,
}
