//! How many speakers stand behind claims: no account and no word counts twice.

use super::{AccountId, Speaker, Word};
use crate::kind::FeedClass;
use alloc::{vec, vec::Vec};

/// The largest number of claims of which every two are of two speakers: no two share an account, nor the organisation whose
/// word they give.
pub fn count_speakers<'a>(speakers: impl Iterator<Item = &'a Speaker>) -> u8 {
    let mut speakers: Vec<Speaker> = speakers.copied().collect();
    speakers.sort_unstable();
    // Where a class gives its word both named and unnamed, only the one or the other can be among the most.
    let unnamed = |class: FeedClass| speakers.iter().any(|speaker| speaker.word == Word::Unnamed(class));
    let named = |class: FeedClass| {
        let of = |speaker: &Speaker| speaker.class == class && matches!(speaker.word, Word::Of(_));
        speakers.iter().any(of)
    };
    let both: Vec<FeedClass> =
        FeedClass::ALL.iter().copied().filter(|class| unnamed(*class) && named(*class)).collect();
    let most = (0..1_u32 << both.len()).map(|choice| {
        let chosen = |speaker: &&Speaker| {
            let at = both.iter().position(|class| *class == speaker.class);
            at.is_none_or(|at| (choice >> at & 1 == 1) == matches!(speaker.word, Word::Unnamed(_)))
        };
        count_accounts(&speakers.iter().filter(chosen).copied().collect::<Vec<Speaker>>())
    });
    u8::try_from(most.max().unwrap_or_default()).unwrap_or(u8::MAX)
}

/// The most of these speakers, sorted, of whom no two share an account, a login or a word. Of the accounts of which nobody wrote
/// down whose they are, which are one, at most one is among them, and then none of the desk that has a person: each is tried.
fn count_accounts(speakers: &[Speaker]) -> usize {
    let is_unknown = Speaker::may_be_anybody_of_the_desk;
    let edge = |speaker: &Speaker| (speaker.account, speaker.word);
    let mut logins: Vec<AccountId> =
        speakers.iter().filter(|own| is_unknown(own)).map(|own| own.login).collect();
    logins.dedup();
    let without = match_accounts(speakers.iter().filter(|own| !is_unknown(own)).map(edge).collect());
    let with = logins.iter().map(|login| {
        let beside = |own: &&Speaker| is_unknown(own) == (own.login == *login) && !own.is_named_of_the_desk();
        match_accounts(speakers.iter().filter(beside).map(edge).collect())
    });
    with.max().unwrap_or_default().max(without)
}

/// How many accounts can each have a word of their own: each is led to one by augmenting paths. `edges` are sorted.
fn match_accounts(edges: Vec<(AccountId, Word)>) -> usize {
    let mut words: Vec<Word> = edges.iter().map(|(_, word)| *word).collect();
    words.sort_unstable();
    words.dedup();
    let mut accounts: Vec<AccountId> = edges.iter().map(|(account, _)| *account).collect();
    accounts.dedup();
    let mut taken = vec![None; words.len()];
    let mut matching = Matching { edges: &edges, words: &words, taken: &mut taken };
    accounts.iter().filter(|account| matching.place(**account, &mut vec![false; words.len()])).count()
}

struct Matching<'a> {
    edges: &'a [(AccountId, Word)],
    words: &'a [Word],
    taken: &'a mut Vec<Option<AccountId>>,
}

impl Matching<'_> {
    /// Finds an account a word of its own, moving others on where they have another; true where there is one.
    fn place(&mut self, account: AccountId, tried: &mut [bool]) -> bool {
        let edges = self.edges;
        for (_, word) in edges.iter().filter(|(own, _)| *own == account) {
            let Ok(at) = self.words.binary_search(word) else { continue };
            if core::mem::replace(&mut tried[at], true) {
                continue;
            }
            if self.taken[at].is_none_or(|holder| self.place(holder, tried)) {
                self.taken[at] = Some(account);
                return true;
            }
        }
        false
    }
}
