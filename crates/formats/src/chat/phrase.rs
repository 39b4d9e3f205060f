//! Which category a message speaks of: the phrases of the taxonomy, found among its words.

use super::harm_alone::of_no_category;
use super::other_sense::is_of_other_sense;
use super::phrase_sense::{COMPANY, is_meant, may_be_a_tip, may_be_closed};
use super::token::ChatWord;
use crate::taxonomy::Taxonomy;
use domain::kind::{Category, Kind};
use std::collections::HashMap;
use std::ops::Range;

/// The phrases of all categories, ready to be found.
///
/// A phrase is words that stand near each other in one sentence, in any order; a word may be one of several (`portal|blokir`). A
/// word of four letters or more is found with what Indonesian puts before and behind it: `blokir` in *memblokir* and *pemblokiran*.
pub struct Phrases {
    /// The number of each word of a phrase.
    numbers: HashMap<String, usize>,
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

/// The words of a message, and of each the words of phrases that it is a form of; a place's name is a form of none.
#[derive(Clone, Copy)]
struct FormedWords<'a> {
    tokens: &'a [ChatWord],
    forms: &'a [&'a [usize]],
}

/// So far from the first word of a phrase its other words may stand.
const NEAR: usize = 6;

impl Phrases {
    pub fn of(taxonomy: &Taxonomy) -> Phrases {
        let mut found = Phrases {
            numbers: HashMap::new(),
            phrases: Vec::new(),
            by_first: Vec::new(),
            forms: HashMap::new(),
        };
        for entry in taxonomy.entries() {
            for phrase in &entry.phrases {
                let mut number = |word: &str| {
                    let next = found.numbers.len();
                    *found.numbers.entry(word.to_owned()).or_insert(next)
                };
                let words: Vec<Vec<usize>> =
                    phrase.split(' ').map(|word| word.split('|').map(&mut number).collect()).collect();
                let (category, serious) = (entry.code, entry.serious_by_itself);
                found.phrases.push(Phrase { category, words, serious });
            }
        }
        found.by_first = vec![Vec::new(); found.numbers.len()];
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
        // Emptied between two messages and never within one, which would lose the words that were looked up before.
        if self.forms.len() >= MOST_FORMS {
            self.forms.clear();
        }
        for token in tokens {
            if !is_number(token) && !self.forms.contains_key(&token.text) {
                let forms = forms(spelled(&token.text), &self.numbers);
                self.forms.insert(token.text.clone(), forms);
            }
        }
        let of = |(at, token): (usize, &ChatWord)| match is_name.get(at) {
            Some(true) => &[],
            _ if is_of_other_sense(tokens, at) => &[],
            _ if is_number(token) => self.numbers.get(&token.text).map_or(&[][..], std::slice::from_ref),
            _ => self.forms.get(&token.text).map_or(&[][..], Vec::as_slice),
        };
        let forms: Vec<&[usize]> = tokens.iter().enumerate().map(of).collect();
        let words = FormedWords { tokens, forms: &forms };
        let mut found: Vec<PhraseMatch> = Vec::new();
        for at in 0..tokens.len() {
            self.at(words, at, &mut found);
        }
        let is_open = |one: &&PhraseMatch| may_be_closed(tokens, one) || may_be_a_tip(tokens, one);
        let open = found.iter().find(is_open).map(|one| of_no_category(one.head));
        found.retain(|one| is_meant(tokens, one));
        if found.is_empty() {
            found.extend(open);
        }
        found.sort_by_key(|one| one.tokens.start);
        let within = within_longer(&found);
        let mut within = within.iter();
        found.retain(|_| !within.next().copied().unwrap_or(false));
        found.sort_by_key(|one| (!one.serious, one.tokens.start, one.category.index()));
        found.dedup_by(|one, other| (one.category, &one.tokens) == (other.category, &other.tokens));
        put_water_last(&mut found, tokens);
        found
    }

    fn at(&self, words: FormedWords<'_>, at: usize, found: &mut Vec<PhraseMatch>) {
        let starts = words.forms[at].iter().flat_map(|word| &self.by_first[*word]);
        found.extend(starts.filter_map(|index| matched(&self.phrases[*index], words, at)));
    }
}

/// Settles which of what a chat's part names comes first, and what is no conflict of those whom its category names.
pub fn of_a_chat(found: &mut Vec<PhraseMatch>, tokens: &[ChatWord]) {
    put_bare_protest_last(found);
    without_protest_at_no_company(found, tokens);
    without_clash_with_officers(found, tokens);
}

/// "Unras warga di kantor desa menolak hasil pilkades": a bare word of protest names no company, so that it comes behind what
/// residents quarrel about among themselves.
fn put_bare_protest_last(found: &mut [PhraseMatch]) {
    let is_bare = |one: &PhraseMatch| one.words == 1 && Category::parse("WP-06") == Some(one.category);
    let among_residents = |one: &PhraseMatch| one.category.kind() == Some(Kind::ResidentResident);
    if found.first().is_some_and(is_bare) && found.iter().any(among_residents) {
        found.sort_by_key(is_bare);
    }
}

/// "Bentrok warga dgn petugas" is no clash between villages: what else is named comes first, else a person says what it is.
pub fn without_clash_with_officers(found: &mut Vec<PhraseMatch>, tokens: &[ChatWord]) {
    const WITH: [&str; 7] = ["dengan", "dgn", "dg", "lawan", "melawan", "vs", "dan"];
    const OFFICERS: [&str; 11] = [
        "petugas", "polisi", "aparat", "satpol", "brimob", "tni", "polri", "dalmas", "sabhara", "anggota",
        "keamanan",
    ];
    let is_bare = |one: &PhraseMatch| one.words == 1 && Category::parse("WW-01") == Some(one.category);
    let is_with = |one: &PhraseMatch| {
        let own = |at: &usize| tokens[*at].clause == tokens[one.head].clause;
        let mut behind = (one.head..tokens.len()).take(NEAR).take_while(own);
        let is_officer = |at: usize| tokens.get(at).is_some_and(|token| token.is(&OFFICERS));
        behind.any(|at| tokens[at].is(&WITH) && (is_officer(at + 1) || is_officer(at + 2)))
    };
    found.retain(|one| !(is_bare(one) && is_with(one)));
}

/// "Tanggul jebol, sawah terendam": the water that stands there follows from what is named, and comes behind it.
fn put_water_last(found: &mut [PhraseMatch], tokens: &[ChatWord]) {
    const CAUSES: [&str; 4] = ["WA-07", "WA-10", "WA-13", "WA-16"];
    let flood = Category::parse("WA-01");
    let is_water = |one: &PhraseMatch| {
        one.words == 1 && Some(one.category) == flood && tokens[one.head].text.contains("rendam")
    };
    let is_flood = |one: &PhraseMatch| Some(one.category) == flood && !is_water(one);
    let is_cause = |one: &PhraseMatch| CAUSES.iter().any(|code| Category::parse(code) == Some(one.category));
    if found.iter().any(is_cause) && !found.iter().any(is_flood) {
        found.sort_by_key(is_water);
    }
}

/// A bare word of protest before an office of the state, on a street or of students is a protest at no company: of which category
/// it is a person says.
fn without_protest_at_no_company(found: &mut Vec<PhraseMatch>, tokens: &[ChatWord]) {
    const OFFICES: [&str; 16] = [
        "bupati",
        "dprd",
        "dprdk",
        "dpr",
        "camat",
        "pemda",
        "pemkab",
        "pemkot",
        "walikota",
        "gubernur",
        "polres",
        "polsek",
        "kejaksaan",
        "pengadilan",
        "dinas",
        "pendopo",
    ];
    const AT: [&str; 8] = ["kantor", "gedung", "depan", "halaman", "di", "ke", "dapan", "ngarep"];
    const STREETS: [&str; 9] =
        ["simpang", "persimpangan", "bundaran", "perempatan", "pertigaan", "alun", "tugu", "taman", "kampus"];
    const STUDENTS: [&str; 5] = ["mahasiswa", "mhs", "pelajar", "hmi", "pmii"];
    let is_protest = |one: &PhraseMatch| Category::parse("WP-06") == Some(one.category);
    let is_mayor =
        |at: usize| tokens[at].is(&["wali"]) && tokens.get(at + 1).is_some_and(|next| next.is(&["kota"]));
    let at_office =
        (1..tokens.len()).any(|at| tokens[at - 1].is(&AT) && (tokens[at].is(&OFFICES) || is_mayor(at)));
    let at_street = tokens.iter().any(|token| token.is(&STREETS) || token.is(&STUDENTS));
    if (at_office || at_street) && !tokens.iter().any(|token| token.is(&COMPANY)) {
        found.retain(|one| !is_protest(one));
    }
}

/// What burns by itself: no phrase of a conflict has it, which is of what somebody did ("bakar" in *dibakar*, *pembakaran*).
fn is_nobodys_act(token: &ChatWord) -> bool {
    ["terbakar", "kebakar"].iter().any(|begin| token.text.starts_with(begin))
}

fn matched(phrase: &Phrase, words: FormedWords<'_>, at: usize) -> Option<PhraseMatch> {
    let tokens = words.tokens;
    let is_conflict = phrase.category.kind().is_some_and(|kind| kind != Kind::Disaster);
    if is_conflict && is_nobodys_act(&tokens[at]) {
        return None;
    }
    let (from, to) = (at.saturating_sub(NEAR), (at + NEAR + 1).min(tokens.len()));
    let mut span = at..at + 1;
    let mut used = vec![at];
    for word in &phrase.words[1..] {
        let near = (from..to).filter(|other| {
            words.forms[*other].iter().any(|form| word.contains(form))
                && tokens[*other].sentence == tokens[at].sentence
                && !used.contains(other)
                && !(is_conflict && is_nobodys_act(&tokens[*other]))
        });
        let other = near.min_by_key(|other| other.abs_diff(at))?;
        used.push(other);
        span = span.start.min(other)..span.end.max(other + 1);
    }
    let (category, serious) = (phrase.category, phrase.serious);
    Some(PhraseMatch { category, serious, words: phrase.words.len(), tokens: span, head: at })
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

const PREFIXES: [&str; 33] = [
    "ma", "mam", "man", "mang", "ba", "ta", "ka", "", "di", "me", "mem", "men", "meng", "meny", "ber", "be",
    "ter", "te", "pe", "pem", "pen", "peng", "peny", "per", "ke", "se", "memper", "diper", "nge", "ng", "n",
    "m", "ny",
];
/// Letters of the shortest word that is found with them.
const SHORTEST: usize = 4;
const SUFFIXES: [&str; 11] = ["", "kan", "an", "i", "nya", "annya", "kannya", "lah", "in", "inya", "ku"];

/// The numbers of the words that a token is, bare or with what is put before and behind words, from the lowest.
fn forms(token: &str, numbers: &HashMap<String, usize>) -> Vec<usize> {
    let mut found: Vec<usize> = numbers.get(token).copied().into_iter().collect();
    for behind in PREFIXES.iter().filter_map(|prefix| token.strip_prefix(prefix)) {
        let stems = SUFFIXES.iter().filter_map(|suffix| behind.strip_suffix(suffix));
        found.extend(stems.filter(|stem| stem.len() >= SHORTEST).filter_map(|stem| numbers.get(stem)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Nothing is put before or behind a number, and there are too many to be remembered.
fn is_number(token: &ChatWord) -> bool {
    token.text.bytes().all(|byte| byte.is_ascii_digit())
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

    /// The plain twin of `forms`: a word that is asked of every token.
    fn is_form(token: &str, word: &str) -> bool {
        token == word
            || word.len() >= SHORTEST
                && token.match_indices(word).any(|(at, _)| {
                    PREFIXES.contains(&&token[..at]) && SUFFIXES.contains(&&token[at + word.len()..])
                })
    }

    #[test]
    fn a_token_is_a_form_of_the_words_that_the_plain_rule_finds() {
        let taxonomy = Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap();
        let phrases = Phrases::of(&taxonomy);
        let labelled = include_str!("labelled.psv");
        let mut texts: Vec<String> =
            tokens(labelled, 0..labelled.len()).into_iter().map(|token| token.text).collect();
        for word in phrases.numbers.keys() {
            texts.extend(PREFIXES.iter().map(|prefix| format!("{prefix}{word}an")));
            texts.extend(SUFFIXES.iter().map(|suffix| format!("pe{word}{suffix}")));
        }
        texts.sort_unstable();
        texts.dedup();
        let mut found = 0;
        for text in &texts {
            let plain = phrases.numbers.iter().filter(|(word, _)| is_form(text, word));
            let mut plain: Vec<usize> = plain.map(|(_, number)| *number).collect();
            plain.sort_unstable();
            assert_eq!(forms(text, &phrases.numbers), plain, "{text}");
            found += plain.len();
        }
        assert!(found > 10_000, "{found}");
    }

    /// However many words were looked up before.
    #[test]
    fn no_message_loses_a_phrase_where_the_words_that_are_remembered_are_too_many() {
        let taxonomy = Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap();
        let mut phrases = Phrases::of(&taxonomy);
        let letter = |number: usize| char::from(b'a' + (number % 26) as u8);
        let made = |number: usize| -> String {
            [number, number / 26, number / 676, number / 17_576].map(letter).iter().collect::<String>() + "qx"
        };
        let many: Vec<String> = (0..MOST_FORMS - 2).map(made).collect();
        let text = many.join(" ");
        phrases.find(&tokens(&text, 0..text.len()));
        let text = "warga memblokir jalan kebun PT qqqq zzzz";
        let found = phrases.find(&tokens(text, 0..text.len()));
        assert!(found.iter().any(|one| one.category.to_string() == "WP-05"));
    }

    #[test]
    fn a_phrase_is_found_in_every_form_of_its_words_and_a_longer_one_wins() {
        assert_eq!(found("warga memblokir jalan PT"), ["WP-05"]);
        assert_eq!(found("pemortalan jalan kebun oleh warga"), ["WP-05"]);
        assert_eq!(found("kantor desa disegel warga"), ["WW-08"]);
        assert_eq!(found("rumah terendam banjir, jembatan putus"), ["WA-01", "WA-13"]);
        assert_eq!(found("demokrasi bandeng robek"), Vec::<String>::new());
        // What burns by itself is nobody's act.
        assert_eq!(found("rumah warga terbakar, massa membantu"), ["WA-12"]);
        assert_eq!(found("gudang perusahaan terbakar"), ["WA-12"]);
        assert_eq!(found("kebakaran rumah warga"), ["WA-12"]);
        assert_eq!(found("warga bakar truk"), ["WP-08"]);
        assert_eq!(found("rumah warga dibakar massa"), ["WW-01"]);
        assert_eq!(found("rumah kades dibakar massa"), ["WW-08"]);
        // Water stands where a dyke broke or the sea came in.
        assert_eq!(found("tanggul jebol, sawah 20 ha terendam"), ["WA-13", "WA-01"]);
        assert_eq!(found("rob masuk rumah warga, 30 rumah terendam"), ["WA-10", "WA-01"]);
        assert_eq!(found("sawah terendam"), ["WA-01"]);
        assert_eq!(found("warga datangi kebun PT, panen massal TBS"), ["WP-09", "WP-06"]);
        // Words of two sentences are no phrase.
        assert!(found("kantor desa aman. Jalan disegel").is_empty());
    }
}
