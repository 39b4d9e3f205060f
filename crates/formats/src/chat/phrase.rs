//! Which category a message speaks of: the phrases of the taxonomy, found among its words.

use super::token::ChatWord;
use crate::taxonomy::Taxonomy;
use domain::kind::Category;
use std::collections::HashMap;
use std::ops::Range;

/// The phrases of all categories, ready to be found.
///
/// A phrase is words that stand near each other in one sentence, in any order; a word may be one of several (`portal|blokir`). A
/// word of four letters or more is found with what Indonesian puts before and behind it: `blokir` in *memblokir* and *pemblokiran*.
pub struct Phrases {
    words: Vec<String>,
    phrases: Vec<Phrase>,
    /// By the number of the word that a phrase begins with.
    by_first: Vec<Vec<usize>>,
    /// The words that a token of a message is a form of. Messages repeat their words.
    forms: HashMap<String, Vec<usize>>,
}

struct Phrase {
    category: Category,
    /// A case of each of its words; each case is numbers of words.
    words: Vec<Vec<usize>>,
    /// Serious by itself in the taxonomy: it comes first of what a message names.
    serious: bool,
}

/// A phrase in a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhraseMatch {
    pub category: Category,
    pub serious: bool,
    /// How many words it has.
    pub words: usize,
    /// The tokens from its first to its last.
    pub tokens: Range<usize>,
    /// The token of its first word in the taxonomy, which names what happened.
    pub head: usize,
}

/// The words of a message, and which of them are a place's name.
#[derive(Clone, Copy)]
struct BesideNames<'a> {
    tokens: &'a [ChatWord],
    is_name: &'a [bool],
}

/// So far from the first word of a phrase its other words may stand.
const NEAR: usize = 6;

impl Phrases {
    pub fn of(taxonomy: &Taxonomy) -> Phrases {
        let mut found =
            Phrases { words: Vec::new(), phrases: Vec::new(), by_first: Vec::new(), forms: HashMap::new() };
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for entry in taxonomy.entries() {
            for phrase in &entry.phrases {
                let mut number = |word: &str| {
                    let next = numbers.len();
                    *numbers.entry(word.to_owned()).or_insert_with(|| {
                        found.words.push(word.to_owned());
                        next
                    })
                };
                let words: Vec<Vec<usize>> =
                    phrase.split(' ').map(|word| word.split('|').map(&mut number).collect()).collect();
                let (category, serious) = (entry.code, entry.serious_by_itself);
                found.phrases.push(Phrase { category, words, serious });
            }
        }
        found.by_first = vec![Vec::new(); found.words.len()];
        for (index, phrase) in found.phrases.iter().enumerate() {
            for word in &phrase.words[0] {
                found.by_first[*word].push(index);
            }
        }
        found
    }

    /// Every phrase of a message, but for those within a longer one; what is serious by itself first, then as they stand.
    pub fn find(&mut self, tokens: &[ChatWord]) -> Vec<PhraseMatch> {
        self.find_beside(tokens, &[])
    }

    /// The same without the tokens that are a place's name: "Mandi Angin" is a village and no storm.
    pub fn find_beside(&mut self, tokens: &[ChatWord], is_name: &[bool]) -> Vec<PhraseMatch> {
        for token in tokens {
            if !self.forms.contains_key(&token.text) {
                let text = spelled(&token.text);
                let forms = (0..self.words.len()).filter(|word| is_form(text, &self.words[*word]));
                let forms = forms.collect();
                if self.forms.len() >= MOST_FORMS {
                    self.forms.clear();
                }
                self.forms.insert(token.text.clone(), forms);
            }
        }
        let words = BesideNames { tokens, is_name };
        let mut found: Vec<PhraseMatch> = (0..tokens.len()).flat_map(|at| self.at(words, at)).collect();
        found.sort_by_key(|one| one.tokens.start);
        let within = within_longer(&found);
        let mut within = within.iter();
        found.retain(|_| !within.next().copied().unwrap_or(false));
        found.sort_by_key(|one| (!one.serious, one.tokens.start, one.category.index()));
        found.dedup_by(|one, other| (one.category, &one.tokens) == (other.category, &other.tokens));
        found
    }

    fn forms(&self, words: BesideNames<'_>, at: usize) -> &[usize] {
        let is_name = words.is_name.get(at).is_some_and(|is_name| *is_name);
        let found = self.forms.get(&words.tokens[at].text).filter(|_| !is_name);
        found.map_or(&[], Vec::as_slice)
    }

    fn at(&self, words: BesideNames<'_>, at: usize) -> Vec<PhraseMatch> {
        let starts = self.forms(words, at).iter().flat_map(|word| &self.by_first[*word]);
        starts.filter_map(|index| self.matched(&self.phrases[*index], words, at)).collect()
    }

    fn matched(&self, phrase: &Phrase, words: BesideNames<'_>, at: usize) -> Option<PhraseMatch> {
        let tokens = words.tokens;
        let (from, to) = (at.saturating_sub(NEAR), (at + NEAR + 1).min(tokens.len()));
        let mut span = at..at + 1;
        let mut used = vec![at];
        for word in &phrase.words[1..] {
            let near = (from..to).filter(|other| {
                tokens[*other].sentence == tokens[at].sentence
                    && !used.contains(other)
                    && self.forms(words, *other).iter().any(|form| word.contains(form))
            });
            let other = near.min_by_key(|other| other.abs_diff(at))?;
            used.push(other);
            span = span.start.min(other)..span.end.max(other + 1);
        }
        let (category, serious) = (phrase.category, phrase.serious);
        Some(PhraseMatch { category, serious, words: phrase.words.len(), tokens: span, head: at })
    }
}

/// So many different words are remembered.
const MOST_FORMS: usize = 20_000;

/// Of phrases in the order of their first words: which share words with a longer one. No phrase spans more than twice
/// [`NEAR`] and one, so that only neighbours are looked at.
fn within_longer(found: &[PhraseMatch]) -> Vec<bool> {
    let longer = |one: &PhraseMatch, other: &PhraseMatch| {
        other.words > one.words && overlap(&one.tokens, &other.tokens)
    };
    let is_within = |(at, one): (usize, &PhraseMatch)| {
        let reach = |other: &&PhraseMatch| other.tokens.start + 2 * NEAR + 1 > one.tokens.start;
        let before = found[..at].iter().rev().take_while(reach);
        let behind = found[at + 1..].iter().take_while(|other| other.tokens.start < one.tokens.end);
        before.chain(behind).any(|other| longer(one, other))
    };
    found.iter().enumerate().map(is_within).collect()
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Words that are often written without their vowels.
fn spelled(word: &str) -> &str {
    match word {
        "bntrok" => "bentrok",
        "bnjir" => "banjir",
        "wrg" => "warga",
        "kntr" => "kantor",
        "jln" | "jl" => "jalan",
        _ => word,
    }
}

const PREFIXES: [&str; 26] = [
    "", "di", "me", "mem", "men", "meng", "meny", "ber", "be", "ter", "te", "pe", "pem", "pen", "peng",
    "peny", "per", "ke", "se", "memper", "diper", "nge", "ng", "n", "m", "ny",
];
const SUFFIXES: [&str; 11] = ["", "kan", "an", "i", "nya", "annya", "kannya", "lah", "in", "inya", "ku"];

/// True where `token` is `word` with what is put before and behind words.
fn is_form(token: &str, word: &str) -> bool {
    token == word
        || word.len() >= 4
            && token.match_indices(word).any(|(at, _)| {
                PREFIXES.contains(&&token[..at]) && SUFFIXES.contains(&&token[at + word.len()..])
            })
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let taxonomy = Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap();
        let tokens = tokens(text, 0..text.len());
        let mut codes: Vec<String> =
            Phrases::of(&taxonomy).find(&tokens).iter().map(|one| one.category.to_string()).collect();
        codes.dedup();
        codes
    }

    #[test]
    fn a_phrase_is_found_in_every_form_of_its_words_and_a_longer_one_wins() {
        assert_eq!(found("warga memblokir jalan PT"), ["WP-05"]);
        assert_eq!(found("pemortalan jalan kebun oleh warga"), ["WP-05"]);
        assert_eq!(found("kantor desa disegel warga"), ["WW-08"]);
        assert_eq!(found("rumah terendam banjir, jembatan putus"), ["WA-01", "WA-13"]);
        assert_eq!(found("demokrasi bandeng robek"), Vec::<String>::new());
        // Words of two sentences are no phrase.
        assert!(found("kantor desa aman. Jalan disegel").is_empty());
    }
}
