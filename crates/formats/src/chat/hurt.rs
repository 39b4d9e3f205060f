//! How many people a message says were killed, injured or driven from home. A number is one that stands in its words: where
//! people were hurt and nobody says how many, a person is asked.

use super::negation::is_denied_before;
use super::number::{WrittenNumber, numbers};
use super::token::{ChatWord, is_dashed};
use super::{Finding, Sureness};
use std::ops::Range;

/// Counts that the words give; `None` where they say nothing of it, or no number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PeopleHurt {
    pub dead: Option<Finding<u32>>,
    pub injured: Option<Finding<u32>>,
    pub displaced: Option<Finding<u32>>,
    pub uncounted: Uncounted,
    /// Words that say people are missing, whom no count here holds.
    pub missing: Option<Range<usize>>,
    /// Households of whom nobody says how many persons they are.
    pub households: Option<Range<usize>>,
    /// A second number of what was counted already.
    pub further: Option<Range<usize>>,
}

/// Words that say people were hurt, without a number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Uncounted {
    pub dead: Option<Range<usize>>,
    pub injured: Option<Range<usize>>,
    pub displaced: Option<Range<usize>>,
}

impl PeopleHurt {
    /// Words that a person looks at: what no count holds.
    pub fn look_at(&self) -> Vec<Range<usize>> {
        let Uncounted { dead, injured, displaced } = &self.uncounted;
        let spans = [&self.missing, &self.households, &self.further, dead, injured, displaced];
        spans.into_iter().flatten().cloned().collect()
    }

    /// Takes the counts away; the words they rest on.
    pub fn take_counts(&mut self) -> Vec<Range<usize>> {
        let slots = [&mut self.dead, &mut self.injured, &mut self.displaced];
        slots
            .into_iter()
            .filter_map(Option::take)
            .filter(|found| found.value > 0)
            .filter_map(|found| found.words)
            .collect()
    }

    /// With one for each harm that has no number, where nobody can be asked.
    pub fn at_least(mut self) -> PeopleHurt {
        let Uncounted { dead, injured, displaced } = std::mem::take(&mut self.uncounted);
        let slots = [(&mut self.dead, dead), (&mut self.injured, injured), (&mut self.displaced, displaced)];
        for (slot, words) in slots {
            if words.is_some() {
                *slot = Some(Finding { value: 1, words, sure: Sureness::Guess });
            }
        }
        self
    }
}

const DEAD: [&str; 9] =
    ["meninggal", "md", "tewas", "wafat", "terbunuh", "mati", "meninggaldunia", "dibunuh", "gugur"];
const INJURED: [&str; 16] = [
    "luka",
    "terluka",
    "lb",
    "lr",
    "cedera",
    "cidera",
    "terbacok",
    "dibacok",
    "tertembak",
    "ditembak",
    "tertusuk",
    "ditusuk",
    "ditikam",
    "tertikam",
    "melukai",
    "luka2",
];
const DISPLACED: [&str; 6] =
    ["mengungsi", "ngungsi", "pengungsi", "diungsikan", "dievakuasi", "mengungsikan"];
const PEOPLE: [&str; 19] = [
    "orang", "org", "warga", "wrg", "jiwa", "korban", "kk", "pemuda", "satpam", "pekerja", "anak", "lansia",
    "petani", "karyawan", "keluarga", "pelaku", "santri", "siswa", "balita",
];
const ANIMALS: [&str; 17] = [
    "ekor", "sapi", "kambing", "kerbau", "ayam", "ternak", "babi", "kuda", "itik", "bebek", "anjing", "ikan",
    "kucing", "domba", "lele", "gajah", "harimau",
];
/// Words between a count and what became of the people.
const FILLERS: [&str; 18] = [
    "yang",
    "yg",
    "mengalami",
    "dunia",
    "dan",
    "di",
    "diantaranya",
    "antaranya",
    "berat",
    "ringan",
    "jumlah",
    "sebanyak",
    "dilaporkan",
    "terpaksa",
    "telah",
    "sudah",
    "sdh",
    "kena",
];

/// What the words of a message say of people hurt.
pub fn people_hurt(text: &str, tokens: &[ChatWord]) -> PeopleHurt {
    let mut counts = Counts::new(text, tokens);
    let mut found = PeopleHurt::default();
    for at in 0..tokens.len() {
        let token = &tokens[at];
        let is_lost = token.is(&["hilang", "hanyut"]) && near(tokens, at, &PEOPLE);
        let is_harm = is_dead(tokens, at) || token.is(&INJURED) || token.is(&DISPLACED);
        if !(is_lost || is_harm) || is_of_animals(tokens, at) || is_no_harm(tokens, at) {
            continue;
        }
        let (slot, uncounted) = if is_dead(tokens, at) {
            (&mut found.dead, &mut found.uncounted.dead)
        } else if token.is(&INJURED) {
            (&mut found.injured, &mut found.uncounted.injured)
        } else if token.is(&DISPLACED) {
            (&mut found.displaced, &mut found.uncounted.displaced)
        } else {
            if !negated(tokens, at) {
                found.missing = Some(token.span.clone());
            }
            continue;
        };
        let is_none = negated(tokens, at) || is_entered_as_none(text, tokens, at);
        let (count, run) = if is_none { (None, at..at + 1) } else { counts.of(at) };
        let counts_people = tokens.get(run.end).is_some_and(|next| run.len() > 1 && next.is(&PEOPLE));
        let run = run.start..run.end + usize::from(counts_people);
        let words = tokens[run.start].span.start..tokens[run.end - 1].span.end;
        if run.clone().any(|index| tokens[index].is(&["kk", "keluarga"])) && token.is(&DISPLACED) {
            found.households = Some(words);
            continue;
        }
        match (count, slot.as_ref().filter(|own| own.sure == Sureness::Sure)) {
            (Some(value), Some(own)) if own.value != value => found.further = Some(words),
            (_, Some(_)) => {}
            (Some(value), None) => {
                *slot = Some(Finding { value, words: Some(words), sure: Sureness::Sure });
                *uncounted = None;
            }
            (None, None) if is_none => {
                *slot = Some(Finding { value: 0, words: Some(words), sure: Sureness::Likely });
            }
            (None, None) if slot.is_none() => *uncounted = Some(words),
            (None, None) => {}
        }
    }
    none_at_all(text, tokens, &mut found);
    found
}

/// "korban jiwa" are dead people, and so are "MD" and its like of people.
fn is_dead(tokens: &[ChatWord], at: usize) -> bool {
    let lives = tokens[at].is(&["jiwa"]) && at > 0 && tokens[at - 1].is(&["korban"]);
    // Fish and cattle die, too.
    let mati = tokens[at].is(&["mati"]) && !near(tokens, at, &["orang", "org", "warga", "korban"]);
    lives || tokens[at].is(&DEAD) && !mati
}

fn near(tokens: &[ChatWord], at: usize, list: &[&str]) -> bool {
    let (from, to) = (at.saturating_sub(3), (at + 4).min(tokens.len()));
    (from..to).any(|other| tokens[other].sentence == tokens[at].sentence && tokens[other].is(list))
}

/// "tidak ada korban jiwa", "korban jiwa nihil", "luka: 0".
fn negated(tokens: &[ChatWord], at: usize) -> bool {
    const NONE: [&str; 7] = ["tidak", "tdk", "tanpa", "nihil", "nol", "belum", "tak"];
    let first = if at > 0 && tokens[at - 1].is(&["korban"]) { at - 1 } else { at };
    let counted = first.checked_sub(1).is_some_and(|before| {
        tokens[before].sentence == tokens[at].sentence && tokens[before].is(&["nihil", "nol", "0"])
    });
    let behind = tokens.get(at + 1).filter(|next| next.sentence == tokens[at].sentence);
    counted
        || is_denied_before(tokens, first)
        || behind.is_some_and(|next| {
            let there_is = tokens.get(at + 2).is_none_or(|after| after.is(&["ada"]));
            next.is(&["nihil", "nol", "0"]) || next.is(&NONE) && there_is
        })
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
        before.filter(|other| tokens[*other].is(&ANIMALS) || tokens[*other].is(&PEOPLE) && !owned(*other));
    match subjects.next() {
        Some(subject) => tokens[subject].is(&ANIMALS),
        None => (at + 1..(at + 3).min(tokens.len())).take_while(same).any(|other| {
            tokens[other].is(&ANIMALS) && (other == at + 1 || tokens[at + 1].number().is_some())
        }),
    }
}

/// The numbers of a message, each given to one harm at most.
struct Counts<'a> {
    text: &'a str,
    tokens: &'a [ChatWord],
    numbers: Vec<WrittenNumber>,
    used: Vec<bool>,
}

impl Counts<'_> {
    fn new<'a>(text: &'a str, tokens: &'a [ChatWord]) -> Counts<'a> {
        let numbers = numbers(tokens);
        let used = vec![false; numbers.len()];
        Counts { text, tokens, numbers, used }
    }

    /// The number of which a token is a part, where it counts people and belongs to nothing else yet.
    fn number(&mut self, at: usize) -> Option<WrittenNumber> {
        let index = self.numbers.partition_point(|number| number.tokens.end <= at);
        let number = self.numbers.get(index).filter(|number| number.tokens.contains(&at))?.clone();
        let free = !self.used[index] && is_count((self.text, self.tokens), &number);
        self.used[index] |= free;
        free.then_some(number)
    }

    fn is_number(&self, at: usize) -> bool {
        let index = self.numbers.partition_point(|number| number.tokens.end <= at);
        self.numbers.get(index).is_some_and(|number| number.tokens.contains(&at))
    }

    /// The number that belongs to a word, before it ("2 orang luka") or behind it ("luka 2", "MD: 1 org"), and the words of both.
    fn of(&mut self, at: usize) -> (Option<u32>, Range<usize>) {
        let tokens = self.tokens;
        let same = |other: usize| tokens[other].sentence == tokens[at].sentence;
        let passes = |other: usize| {
            let doubled =
                other > 0 && tokens[other].before == '-' && tokens[other].text == tokens[other - 1].text;
            tokens[other].is(&PEOPLE) || tokens[other].is(&FILLERS) || doubled
        };
        let mut before = at;
        while before > 0 && at - before < 5 && same(before - 1) {
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
                return (Some(number.value), number.tokens.start..at + 1);
            }
            if !passes(before) && !tokens[before].is(&INJURED) {
                break;
            }
        }
        for behind in at + 1..(at + 4).min(tokens.len()) {
            // "luka: 2" is one; what stands behind a comma is another's.
            let between = &self.text[tokens[behind - 1].span.end..tokens[behind].span.start];
            if !same(behind) || between.contains(',') {
                break;
            }
            if self.is_number(behind) {
                let index = self.numbers.partition_point(|number| number.tokens.end <= behind);
                let end = self.numbers[index].tokens.end;
                let counted = tokens
                    .get(end)
                    .is_none_or(|next| next.is(&PEOPLE) || next.clause != tokens[behind].clause);
                if let Some(number) = counted.then(|| self.number(behind)).flatten() {
                    return (Some(number.value), at..number.tokens.end);
                }
            }
            if !passes(behind) && !is_doubling(tokens, behind) {
                break;
            }
        }
        (None, at..at + 1)
    }
}

/// "luka2" is "luka-luka".
fn is_doubling(tokens: &[ChatWord], at: usize) -> bool {
    at > 0 && tokens[at].before == '\0' && tokens[at].text == "2"
}

/// A number that is no clock, no date, no age, no name's and no part of a word ("luka2").
fn is_count((text, tokens): (&str, &[ChatWord]), number: &WrittenNumber) -> bool {
    const LED: [&str; 18] = [
        "jam", "pkl", "pukul", "rt", "rw", "km", "tgl", "tanggal", "no", "nomor", "umur", "usia", "berusia",
        "dusun", "dsn", "blok", "sp", "hp",
    ];
    let Range { start, end } = number.tokens;
    let led = start > 0 && tokens[start - 1].is(&LED);
    let is_number = |at: usize| tokens[at].text.starts_with(|letter: char| letter.is_ascii_digit());
    let joined = matches!(tokens[start].before, '/' | ':' | '.') && start > 0 && is_number(start - 1);
    let joins = tokens.get(end).is_some_and(|next| matches!(next.before, '/' | '.') && is_number(end));
    let years =
        tokens.get(end).is_some_and(|next| next.is(&["th", "thn", "tahun", "persen", "meter", "m", "cm"]));
    let (from, to) = (tokens[start].span.start, tokens[end - 1].span.end);
    // "(45)" is an age, "2 (dua)" a number twice.
    let age = text[..from].ends_with('(') && text[to..].starts_with(')');
    !(led || is_doubling(tokens, start) || joined || joins || years || age)
}

/// "korban" of any sort: not only the dead of "korban jiwa" or the injured of "korban luka".
fn is_any_victim(tokens: &[ChatWord], at: usize) -> bool {
    let of_one_sort = |next: &ChatWord| next.is(&["jiwa"]) || next.is(&INJURED) || next.is(&DEAD);
    tokens[at].is(&["korban"]) && !tokens.get(at + 1).is_some_and(of_one_sort)
}

/// "korban nihil", "tidak ada korban", "korban: -": nobody was killed or injured.
fn none_at_all(text: &str, tokens: &[ChatWord], found: &mut PeopleHurt) {
    let is_none =
        |at: &usize| is_any_victim(tokens, *at) && (negated(tokens, *at) || is_dashed(text, &tokens[*at]));
    let Some(at) = (0..tokens.len()).find(is_none) else { return };
    let words = Some(tokens[at].span.clone());
    let slots = [(&mut found.dead, &found.uncounted.dead), (&mut found.injured, &found.uncounted.injured)];
    for (slot, uncounted) in slots {
        if uncounted.is_none() {
            slot.get_or_insert_with(|| Finding { value: 0, words: words.clone(), sure: Sureness::Likely });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn counts(text: &str) -> [Option<u32>; 3] {
        let found = people_hurt(text, &tokens(text, 0..text.len()));
        [found.dead, found.injured, found.displaced].map(|slot| slot.map(|found| found.value))
    }

    #[test]
    fn counts_stand_before_or_behind_what_became_of_people() {
        for (text, dead, injured, displaced) in [
            ("2 orang luka", None, Some(2), None),
            ("dua warga luka-luka, satu orang meninggal dunia", Some(1), Some(2), None),
            ("MD 1 org, LB 2 org", Some(1), Some(2), None),
            ("korban: luka2 3 orang", None, Some(3), None),
            ("tidak ada korban jiwa", Some(0), None, None),
            ("korban nihil", Some(0), Some(0), None),
            ("belum ada korban", Some(0), Some(0), None),
            ("120 jiwa mengungsi ke balai desa", None, None, Some(120)),
            ("30 KK mengungsi", None, None, None),
            ("warga terluka kena parang", None, None, None),
            ("ikan mati di sungai", None, None, None),
            ("jam 3 orang ramai", None, None, None),
            ("1 korban jiwa", Some(1), None, None),
            ("korban jiwa: -", Some(0), None, None),
            ("korban jiwa: 0", Some(0), None, None),
            ("korban jiwa tidak ada", Some(0), None, None),
            ("korban jiwa : nihil", Some(0), None, None),
            ("Budi (45) luka", None, None, None),
            ("dua puluh lima orang mengungsi", None, None, Some(25)),
            ("luka 2 org, 1 MD", Some(1), Some(2), None),
            ("korban luka 2 (dua) orang", None, Some(2), None),
            ("50 ekor ayam milik warga mati", None, None, None),
            ("2 kerbau warga hanyut", None, None, None),
            ("warga luka diserang beruang", None, None, None),
            ("polisi belum datang, warga luka", None, None, None),
            ("korban: -", Some(0), Some(0), None),
            ("tidak ada korban luka", None, Some(0), None),
            ("nihil korban jiwa, luka 2 org", Some(0), Some(2), None),
            ("korban jiwa -", Some(0), None, None),
            ("korban MD - LB 1", Some(0), Some(1), None),
            ("hampir meninggal 1 orang", None, None, None),
            ("satu dari 3 korban meninggal", Some(1), None, None),
            ("korban luka - dibawa ke RS", None, None, None),
            ("3 ekor sapi luka", None, None, None),
            ("1.200 jiwa mengungsi", None, None, Some(1200)),
            ("banjir 0.5 m, 30 jiwa mengungsi", None, None, Some(30)),
            ("jam 20.15 orang luka", None, None, None),
        ] {
            assert_eq!(counts(text), [dead, injured, displaced], "{text}");
        }
        let hurt = |text: &str| people_hurt(text, &tokens(text, 0..text.len()));
        assert!(hurt("2 warga hilang terseret arus").missing.is_some());
        assert!(hurt("30 KK mengungsi").households.is_some());
        assert!(hurt("motor hilang di Pauh").missing.is_none());
        // Where nobody says how many, a person is asked.
        for text in
            ["warga terluka", "beberapa warga luka", "Budi (45) luka", "pelaku MD", "puluhan jiwa mengungsi"]
        {
            assert_eq!(hurt(text).look_at().len(), 1, "{text}");
        }
        assert!(hurt("2 kerbau warga hanyut").look_at().is_empty());
        assert!(hurt("LB 2, LR 3").further.is_some());
        assert_eq!(hurt("warga tewas").at_least().dead.map(|found| found.value), Some(1));
    }
}
