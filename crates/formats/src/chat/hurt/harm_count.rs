//! The numbers of people in a message, and to which harm each belongs.

use super::care::is_between;
use super::dead::{TAKES, is_behind_number, is_somebody};
use super::harm_words::{ACTIVE, FILLERS, INJURED, OF_HARM, PEOPLE, RESCUED, is_of_body};
use crate::chat::number::{WrittenNumber, numbers};
use crate::chat::token::ChatWord;
use std::ops::Range;

/// The numbers of a message, each given to one harm at most.
pub struct PeopleCounts<'a> {
    text: &'a str,
    tokens: &'a [ChatWord],
    numbers: Vec<WrittenNumber>,
    used: Vec<bool>,
}

impl PeopleCounts<'_> {
    pub fn new<'a>(text: &'a str, tokens: &'a [ChatWord]) -> PeopleCounts<'a> {
        let numbers = numbers(tokens);
        let used = vec![false; numbers.len()];
        PeopleCounts { text, tokens, numbers, used }
    }

    /// The number of which a token is a part, where it counts people and belongs to nothing else yet.
    fn number(&mut self, at: usize) -> Option<WrittenNumber> {
        let index = self.numbers.partition_point(|number| number.tokens.end <= at);
        let number = self.numbers.get(index).filter(|number| number.tokens.contains(&at))?.clone();
        let free = !self.used[index] && is_count((self.text, self.tokens), &number);
        self.used[index] |= free;
        free.then_some(number)
    }

    /// "LB 1 LR 2": what follows is a harm with a number of its own behind it, so that the one before is none of it.
    fn has_its_own(&self, at: usize) -> bool {
        let is_harm = super::is_of_people(&self.tokens[at]) && !self.tokens[at].is(&PEOPLE);
        let behind = self.tokens[at..].iter().enumerate().skip(1).take(3);
        let mut behind = behind.skip_while(|(_, token)| token.is(&OF_HARM) || token.is(&PEOPLE));
        is_harm
            && behind
                .next()
                .is_some_and(|(ahead, token)| self.is_number(at + ahead) || token.is(&["nihil", "nol", "0"]))
    }

    /// "2 (dua) orang": the same number once more, in brackets behind it.
    fn repeats(&self, at: usize) -> bool {
        let index = self.numbers.partition_point(|number| number.tokens.end <= at);
        let [first, second] = [index.checked_sub(1), Some(index)].map(|index| self.numbers.get(index?));
        first.zip(second).is_some_and(|(first, second)| {
            let between = &self.text[self.tokens[first.tokens.end - 1].span.end..];
            second.tokens.contains(&at)
                && first.tokens.end == second.tokens.start
                && first.value == second.value
                && between.trim_start().starts_with('(')
        })
    }

    fn is_number(&self, at: usize) -> bool {
        let index = self.numbers.partition_point(|number| number.tokens.end <= at);
        self.numbers.get(index).is_some_and(|number| number.tokens.contains(&at))
    }

    /// The number that belongs to a word, and the words of both. "bertambah 3 jadi 5" are five.
    pub fn of(&mut self, at: usize) -> (Option<u32>, Range<usize>) {
        let (count, run) = self.beside(at);
        match count.and_then(|_| self.sum(&run)) {
            Some(sum) => (Some(sum.value), run.start..sum.tokens.end),
            None => (count, run),
        }
    }

    /// How many there are now, behind a number of those who came on top.
    fn sum(&mut self, run: &Range<usize>) -> Option<WrittenNumber> {
        let sum = sum_behind(self.tokens, run)?;
        self.number(sum)
    }

    /// The number that belongs to a word, before it ("2 orang luka") or behind it ("luka 2", "MD: 1 org"), and the words of both.
    fn beside(&mut self, at: usize) -> (Option<u32>, Range<usize>) {
        let tokens = self.tokens;
        let same = |other: usize| tokens[other].sentence == tokens[at].sentence;
        let clause = |other: usize| tokens[other].clause == tokens[at].clause;
        let is_active = tokens[at].is(&ACTIVE);
        if let Some(found) = (!is_active).then(|| self.before(at, &clause)).flatten() {
            return found;
        }
        for behind in at + 1..(at + 5).min(tokens.len()) {
            // "luka: 2" is one; what stands behind a comma is another's.
            let between = &self.text[tokens[behind - 1].span.end..tokens[behind].span.start];
            if !same(behind) || between.contains(',') {
                break;
            }
            if self.is_number(behind) {
                let index = self.numbers.partition_point(|number| number.tokens.end <= behind);
                let end = self.numbers[index].tokens.end;
                let counted = tokens.get(end).is_none_or(|next| {
                    is_somebody(next)
                        || is_behind_number(tokens, at, end)
                        || next.is(&["bukan", "bkn"])
                        || sum_behind(tokens, &(at..end)).is_some()
                        || next.clause != tokens[behind].clause
                        || self.has_its_own(end)
                });
                if let Some(number) = counted.then(|| self.number(behind)).flatten() {
                    return (Some(number.value), at..number.tokens.end);
                }
            }
            let is_passed =
                passes(tokens, behind) || is_between(tokens, at, behind) || tokens[behind].is(&MORE);
            if !is_passed && !is_doubling(tokens, behind) {
                break;
            }
        }
        // "korban 2 orang, luka bacok".
        (!is_active).then(|| self.before(at, &same)).flatten().unwrap_or((None, at..at + 1))
    }

    /// The same of people who had to leave: "Pengungsi : 14 KK / 52 jiwa" are 52, "pengungsi banjir Terap 52 jiwa" too.
    pub fn of_displaced(&mut self, at: usize) -> (Option<u32>, Range<usize>) {
        let tokens = self.tokens;
        let (count, run) = self.of(at);
        let is_of_households = |at: usize| tokens.get(at).is_some_and(|token| token.is(&["kk", "keluarga"]));
        let is_read = count.is_some() && !(run.start..run.end + 1).any(is_of_households);
        let mut behind = at + 1;
        while !is_read && behind < tokens.len().min(at + 9) {
            let between = &self.text[tokens[behind - 1].span.end..tokens[behind].span.start];
            let is_of_other = super::is_of_people(&tokens[behind]) && !tokens[behind].is(&PEOPLE);
            if tokens[behind].sentence != tokens[at].sentence || between.contains([',', ';']) || is_of_other {
                break;
            }
            let index = self.numbers.partition_point(|number| number.tokens.end <= behind);
            let number = self.numbers.get(index).filter(|number| number.tokens.start == behind);
            let is_theirs = number.is_some_and(|number| {
                let unit = tokens.get(number.tokens.end);
                // "ke masjid 3 orang luka" are others.
                let next = tokens.get(number.tokens.end + 1);
                let is_harmed = next.is_some_and(|next| super::is_of_people(next) && !next.is(&PEOPLE));
                let near: &[&str] = if behind - at < 3 {
                    &["jiwa", "jiwo", "jiwe", "orang", "org"]
                } else {
                    &["jiwa", "jiwo", "jiwe"]
                };
                unit.is_some_and(|unit| unit.is(near)) && !is_harmed
            });
            if let Some(number) = is_theirs.then(|| self.number(behind)).flatten() {
                return (Some(number.value), run.start..number.tokens.end + 1);
            }
            behind += 1;
        }
        (count, run)
    }

    /// The number before a word, as far as words pass it on and stand where they may.
    fn before(&mut self, at: usize, may: &dyn Fn(usize) -> bool) -> Option<(Option<u32>, Range<usize>)> {
        let tokens = self.tokens;
        let mut before = at;
        while before > 0 && at - before < 5 && may(before - 1) {
            before -= 1;
            // "orang tua" is nobody's count; what stands in a clause of its own is another's.
            if let Some(number) = self.number(before) {
                // "satu dari 3 korban meninggal" is one.
                let whole = number
                    .tokens
                    .start
                    .checked_sub(2)
                    .filter(|_| tokens[number.tokens.start - 1].is(&["dari", "dr"]));
                let number = whole.and_then(|part| self.number(part)).unwrap_or(number);
                return Some((Some(number.value), number.tokens.start..at + 1));
            }
            // "1 orang tidak tertolong", "1 urang hilang nyawa".
            let is_own =
                tokens[at].is(&RESCUED) || tokens[at].text.starts_with("nyaw") && tokens[before].is(&TAKES);
            let is_refused = is_own && before + 1 == at;
            let is_passed = passes(tokens, before) || is_of_body(&tokens[before]) && before + 1 == at;
            if !is_passed && !tokens[before].is(&INJURED) && !is_refused && !self.repeats(before) {
                break;
            }
        }
        None
    }
}

/// Where how many there are now stands behind those who came on top: "bertambah 1 MD, total 2", "tambah 1 dadi 3".
fn sum_behind(tokens: &[ChatWord], run: &Range<usize>) -> Option<usize> {
    const NOW: [&str; 12] = [
        "samunyaan",
        "kabehe",
        "jadi",
        "menjadi",
        "dadi",
        "mnjadi",
        "total",
        "totalnya",
        "totale",
        "seluruhnya",
        "semuanya",
        "jumlahnya",
    ];
    const BETWEEN: [&str; 8] = ["lagi", "lg", "sehingga", "shg", "sekarang", "saiki", "korban", "maka"];
    let own = |at: &usize| tokens[*at].sentence == tokens[run.start].sentence;
    let is_more = (run.start.saturating_sub(2)..run.end).filter(own).any(|at| tokens[at].is(&MORE));
    let mut behind = (run.end..tokens.len().min(run.end + 6)).take_while(own);
    let now = behind.find(|at| !(tokens[*at].is(&BETWEEN) || is_somebody(&tokens[*at])))?;
    let sum = now + 1 + tokens[now + 1..].iter().take(2).take_while(|next| next.is(&NOW)).count();
    let is_number = tokens.get(sum).is_some_and(|next| own(&sum) && next.number().is_some());
    let counts = || counts_as(tokens, sum, &tokens[run.clone()]);
    (is_more && tokens[now].is(&NOW) && is_number && counts()).then_some(sum)
}

/// True where a number counts those of whom words say something: it ends its clause, or people, or that same word, stand behind
/// it. "total 12 rumah" counts others, and "total 5 luka" none of the dead.
fn counts_as(tokens: &[ChatWord], sum: usize, words: &[ChatWord]) -> bool {
    let own = |at: usize| tokens.get(at).filter(|next| next.clause == tokens[sum].clause);
    let is_end = |at: usize| own(at).is_none_or(|next| next.is(&POLITE));
    let is_same =
        |next: &ChatWord| words.iter().any(|word| word.text == next.text && next.number().is_none());
    // "total 5 orang luka" behind one who died.
    let is_of_other = |at: usize| {
        own(at).is_some_and(|next| super::is_of_people(next) && !next.is(&PEOPLE) && !is_same(next))
    };
    let Some(next) = own(sum + 1) else { return true };
    is_end(sum + 1) || is_same(next) || is_somebody(next) && !is_of_other(sum + 2)
}

/// To whom something is reported; of what is counted they say nothing.
const POLITE: [&str; 12] =
    ["pak", "bu", "ndan", "komandan", "bapak", "ibu", "bang", "lah", "ya", "pang", "katanya", "semua"];

/// True where a number stands behind "total" or "jadi" that counts something else than those who came on top: houses, or who is
/// hurt in another way.
pub fn is_sum_of_other(tokens: &[ChatWord], now: usize) -> bool {
    let is_harm = |word: &ChatWord| super::is_of_people(word) && !word.is(&PEOPLE);
    let before = &tokens[now.saturating_sub(5)..now];
    let is_sum = tokens.get(now + 1).is_some_and(|next| next.number().is_some());
    let next = tokens.get(now + 2).filter(|next| next.clause == tokens[now + 1].clause);
    let is_other = |next: &ChatWord| match is_harm(next) {
        true => before.iter().any(is_harm) && !before.iter().any(|word| word.text == next.text),
        false => !(is_somebody(next) || next.is(&POLITE)),
    };
    is_sum && next.is_some_and(is_other)
}

/// Before a number they say that it comes on top of others.
const MORE: [&str; 9] =
    ["tambah", "bertambah", "nambah", "batambah", "betambah", "tambahan", "ditambah", "tambahnya", "tambahe"];

/// True where a word may stand between a number and what became of the people.
fn passes(tokens: &[ChatWord], at: usize) -> bool {
    let doubled = at > 0 && tokens[at].before == '-' && tokens[at].text == tokens[at - 1].text;
    is_somebody(&tokens[at]) || tokens[at].is(&FILLERS) || tokens[at].is_place || doubled
}

/// "luka2" is "luka-luka".
fn is_doubling(tokens: &[ChatWord], at: usize) -> bool {
    at > 0 && tokens[at].before == '\0' && tokens[at].text == "2"
}

/// A number that is no clock, no date, no age, no name's and no part of a word ("luka2").
pub fn is_count((text, tokens): (&str, &[ChatWord]), number: &WrittenNumber) -> bool {
    const LED: [&str; 18] = [
        "jam", "pkl", "pukul", "rt", "rw", "km", "tgl", "tanggal", "no", "nomor", "umur", "usia", "berusia",
        "dusun", "dsn", "blok", "sp", "hp",
    ];
    let Range { start, end } = number.tokens;
    let led = start > 0 && tokens[start - 1].is(&LED);
    let is_number = |at: usize| tokens[at].text.starts_with(|letter: char| letter.is_ascii_digit());
    let joined =
        matches!(tokens[start].before, '/' | ':' | '.' | ',' | '-') && start > 0 && is_number(start - 1);
    let joins =
        tokens.get(end).is_some_and(|next| matches!(next.before, '/' | '.' | ',' | '-') && is_number(end));
    let years =
        tokens.get(end).is_some_and(|next| next.is(&["th", "thn", "tahun", "persen", "meter", "m", "cm"]));
    let (from, to) = (tokens[start].span.start, tokens[end - 1].span.end);
    // "(45)" is an age, "2 (dua)" a number twice.
    let age = text[..from].ends_with('(') && text[to..].starts_with(')');
    !(led
        || is_doubling(tokens, start)
        || joined
        || joins
        || years
        || age
        || is_range((text, tokens), number))
}

/// "2 - 3 orang", "dua atau tiga", "2 s/d 3", "dua tiga orang": two numbers are none.
fn is_range((text, tokens): (&str, &[ChatWord]), number: &WrittenNumber) -> bool {
    const TO: [&str; 6] = ["sampai", "hingga", "sd", "atau", "atw", "ato"];
    let Range { start, end } = number.tokens;
    let is_number = |at: usize| tokens.get(at).is_some_and(|token| token.number().is_some());
    let to = |at: usize| tokens.get(at).is_some_and(|token| token.is(&TO));
    let slash = |at: usize| {
        tokens.get(at).is_some_and(|token| token.is(&["s"]))
            && tokens.get(at + 1).is_some_and(|next| next.is(&["d"]))
    };
    let in_words =
        |at: usize| is_number(at) && !tokens[at].text.starts_with(|letter: char| letter.is_ascii_digit());
    let dashed = |from: usize| {
        let between = tokens.get(from + 1).map(|next| text[tokens[from].span.end..next.span.start].trim());
        matches!(between, Some("-" | "–")) && is_number(from) && is_number(from + 1)
    };
    let before = start.checked_sub(2).is_some_and(|two| to(two + 1) && is_number(two))
        || start.checked_sub(3).is_some_and(|three| slash(three + 1) && is_number(three))
        || start.checked_sub(1).is_some_and(|one| {
            in_words(one) && in_words(start) && tokens[one].clause == tokens[start].clause
        });
    let before = before || start.checked_sub(1).is_some_and(dashed);
    let behind = to(end) && is_number(end + 1)
        || dashed(end - 1)
        || slash(end) && is_number(end + 2)
        || in_words(end) && in_words(end - 1) && tokens[end].clause == tokens[end - 1].clause;
    before || behind
}
