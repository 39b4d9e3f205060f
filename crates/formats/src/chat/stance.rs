//! What a message does: report that something happened, deny it, say that it goes on or is over, or none of these.

use super::besides_quiet::acts;
use super::correcting::{Correcting, correcting};
use super::denial;
use super::ending::{ends_behind_sudah, has_hour_of_end, only_begins};
use super::harm_alone::{damage, of_no_category, people};
use super::mishap::mishaps;
use super::negation::Denied;
use super::nothing::says_that_nothing_happened;
use super::phrase::PhraseMatch;
use super::still::{ends_at_an_hour, goes_on_in_part, is_inquiry, over};
use super::token::ChatWord;
use super::{Finding, LeftOut, Sureness, modality};
use domain::kind::{Category, Stance};
use std::ops::Range;

/// What a message does with what it names.
pub enum Purpose {
    Reports(Finding<Stance>),
    /// No report: a question, a plan, that all is quiet.
    None(LeftOut),
}

pub const UNTRUE: [&str; 8] = ["hoaks", "hoax", "hoak", "hoks", "bohong", "klarifikasi", "fitnah", "keliru"];
/// "ada yg bilang hoax, tapi benar bentrok": who objects to a denial affirms, or is asked.
const BUT: [&str; 5] = ["tapi", "tetapi", "tp", "namun", "ternyata"];
const TRUE: [&str; 6] = ["benar", "betul", "bener", "memang", "faktanya", "nyata"];
const RUMOUR: [&str; 8] = ["kabar", "info", "informasi", "berita", "isu", "beredar", "pesan", "kabarnya"];
pub const QUIET: [&str; 12] = [
    "aman",
    "kondusif",
    "nihil",
    "terkendali",
    "landai",
    "normal",
    "nyaman",
    "tenteram",
    "tentram",
    "damai",
    "tertib",
    "sejuk",
];
const HAPPENED: [&str; 16] = [
    "terjadi",
    "telah",
    "tadi",
    "td",
    "kemarin",
    "barusan",
    "semalam",
    "lapor",
    "melaporkan",
    "kejadian",
    "laporan",
    "kmrn",
    "akibatnya",
    "mengakibatkan",
    "korban",
    "dilaporkan",
];
pub const BEFORE_END: [&str; 15] = [
    "la", "sudah", "sdh", "telah", "udah", "sdah", "dah", "udh", "dh", "wis", "wes", "uwis", "sampun", "lah",
    "alah",
];
const GOES_ON: [&str; 9] =
    ["masih", "msh", "berlanjut", "bertahan", "lanjutan", "perkembangan", "update", "berlangsung", "makin"];

/// A part of a message: where it ends in the whole text, its words, and which of them are a place's name.
#[derive(Clone, Copy)]
pub struct PartWords<'a> {
    pub denied: Denied<'a>,
    pub end: usize,
}

/// The phrases that a message does not deny, what it does with them, and whether a person is asked if it happened.
pub struct PurposeFinding {
    pub found: Vec<PhraseMatch>,
    pub purpose: Purpose,
    pub is_doubtful: bool,
}

/// What a part of a message does with the phrases found in it. Words of violence that are in no phrase stand for the category
/// "other", which a person replaces.
pub fn purpose(part: PartWords<'_>, mut found: Vec<PhraseMatch>) -> PurposeFinding {
    let tokens = part.denied.tokens;
    if let Some(denial) = bare_denial(part, &found) {
        return denial;
    }
    if found.iter().all(is_rumour) {
        found.extend(trouble(tokens, &VIOLENCE));
    }
    let only_vague = found.is_empty();
    let is_read = only_vague && !is_accident(tokens);
    if is_read {
        found = without_words_of_its_own(part.denied.text, tokens);
    }
    // Nobody whom it counts as hurt, and nothing that it counts as harmed, is passed over for a word of quiet.
    let ruined = if is_read { ruined(tokens) } else { Vec::new() };
    let is_harmed = only_vague && !(ruined.is_empty() && people(part.denied.text, tokens).is_empty());
    found.extend(ruined);
    // "massa bubar": of a mass alone nothing is said but that it went.
    let over = found.iter().all(|one| is_mass(tokens, one)).then(|| over(tokens)).flatten();
    if over.is_some() {
        found = over.clone().into_iter().collect();
    }
    let is_denied = |one: &PhraseMatch| part.denied.holds(one);
    let (denied, kept): (Vec<_>, Vec<_>) = found.into_iter().partition(is_denied);
    let (mut kept, is_threat) = without_threats(tokens, kept);
    let named: Vec<usize> = kept.iter().map(|one| one.tokens.start).collect();
    let text = (part.denied.text, part.end);
    let mut is_doubtful = is_threat || modality::is_doubtful(text, tokens, &named);
    let ends = |found, purpose| PurposeFinding { found, purpose, is_doubtful: false };
    if modality::is_question(text, tokens, &named) {
        return ends(kept, Purpose::None(LeftOut::Question));
    }
    // Rumours are a category of their own, and so are words about another.
    let others = kept.iter().chain(&denied).any(|one| !is_rumour(one)) && !only_vague;
    if let Some(words) = rumour(tokens).filter(|_| others) {
        kept.extend(denied);
        kept.retain(|one| !is_rumour(one));
        if !is_objected(tokens, &words) {
            return ends(kept, denies(words));
        }
        is_doubtful = true;
    } else if kept.is_empty() && !denied.is_empty() {
        let first = denied[0].tokens.start;
        let words = tokens[first.saturating_sub(2)].span.start..tokens[first].span.end;
        let named = denied.iter().any(|one| one.category != Category::OTHER);
        let is_off = denial::called_off(tokens).is_some();
        let is_of_report = is_off || has(tokens, &QUIET).is_none() && about_rumour(tokens);
        if !(named && is_of_report) {
            return ends(kept, Purpose::None(LeftOut::Nothing));
        }
        return ends(denied, denies(words));
    }
    let quiet = only_vague && over.is_none() && !is_harmed && has(tokens, &QUIET).is_some();
    if kept.is_empty() || quiet {
        let quiet = has(tokens, &QUIET).is_some() || says_that_nothing_happened(tokens);
        let reason = if quiet { LeftOut::Nothing } else { LeftOut::NoIncident };
        return ends(Vec::new(), Purpose::None(reason));
    }
    if kept.iter().all(|one| modality::is_planned(tokens, one.tokens.start, one.tokens.end)) {
        return ends(kept, Purpose::None(LeftOut::Planned));
    }
    let sure = if only_vague { Sureness::Guess } else { Sureness::Likely };
    let affirms = || Finding { value: Stance::Affirms, words: None, sure };
    let happened = (0..tokens.len()).any(|at| tokens[at].is(&HAPPENED) && !points_back(tokens, at));
    let ends_alone = |over: PhraseMatch| ends_at(tokens, over.tokens.start);
    let stance = over.map(ends_alone).or_else(|| ended(tokens, happened));
    let stance = stance.or_else(|| goes_on(tokens)).unwrap_or_else(affirms);
    PurposeFinding { found: kept, purpose: Purpose::Reports(stance), is_doubtful }
}

/// "itu hoax pak": of another message, and no rumour that goes round.
fn bare_denial(part: PartWords<'_>, found: &[PhraseMatch]) -> Option<PurposeFinding> {
    let tokens = part.denied.tokens;
    let run = denial::bare(tokens, part.denied.is_name)?;
    let is_other = names_trouble(tokens) || !damage(tokens).is_empty();
    if !found.iter().all(is_rumour) || is_other || correcting(tokens) == Some(Correcting::Withdrawal) {
        return None;
    }
    let words = tokens[run.start].span.start..tokens[run.end - 1].span.end;
    let found = vec![of_no_category(run.start)];
    Some(PurposeFinding { found, purpose: denies(words), is_doubtful: false })
}

/// What was harmed, done against somebody or went down, in words that no phrase has.
fn ruined(tokens: &[ChatWord]) -> Vec<PhraseMatch> {
    let mut found = if is_all_quiet(tokens) { Vec::new() } else { damage(tokens) };
    found.extend(acts(tokens));
    found.extend(mishaps(tokens));
    found
}

/// "massa" alone, and no phrase of what a mass did: "massa bakar rumah".
fn is_mass(tokens: &[ChatWord], found: &PhraseMatch) -> bool {
    let is_alone = found.category == Category::OTHER && found.words == 1 && found.tokens.len() == 1;
    is_alone && tokens[found.tokens.start].is(&["massa"])
}

/// That what a message names is over, as a word of an end says, or goes on in a part of it.
fn ends_at(tokens: &[ChatWord], at: usize) -> Finding<Stance> {
    match goes_on_in_part(tokens, at) {
        Some(words) => Finding { value: Stance::Continues, words: Some(words), sure: Sureness::Likely },
        None => {
            let words = Some(tokens[at].span.clone());
            Finding { value: Stance::Ends, words, sure: Sureness::Likely }
        }
    }
}

/// What is taken up of words that no phrase has: words of trouble, else of people who were hurt.
fn without_words_of_its_own(text: &str, tokens: &[ChatWord]) -> Vec<PhraseMatch> {
    let found = trouble(tokens, &VAGUE);
    if found.is_empty() { people(text, tokens) } else { found }
}

/// "Limbah masuk sawah, warga ancam portal jalan": what is threatened has not happened, and what else is named has. Where
/// there are only threats they are kept, and the flag is true.
fn without_threats(tokens: &[ChatWord], found: Vec<PhraseMatch>) -> (Vec<PhraseMatch>, bool) {
    let is_threat = |one: &PhraseMatch| {
        one.category != Category::OTHER && modality::is_threatened(tokens, one.tokens.start)
    };
    let (threats, happened): (Vec<_>, Vec<_>) = found.into_iter().partition(is_threat);
    let is_threat = happened.is_empty() && !threats.is_empty();
    (if is_threat { threats } else { happened }, is_threat)
}

fn denies(words: Range<usize>) -> Purpose {
    Purpose::Reports(Finding { value: Stance::Denies, words: Some(words), sure: Sureness::Likely })
}

/// True where words call what is reported untrue.
pub fn calls_untrue(tokens: &[ChatWord]) -> bool {
    rumour(tokens).is_some()
}

/// Words that call what is reported untrue.
fn rumour(tokens: &[ChatWord]) -> Option<Range<usize>> {
    let lie = || denial::lie(tokens).map(|at| tokens[at].span.clone());
    has(tokens, &UNTRUE).or_else(|| untrue(tokens)).or_else(lie)
}

/// True where what is called untrue is said to be true behind it.
fn is_objected(tokens: &[ChatWord], untrue: &Range<usize>) -> bool {
    let behind = || tokens.iter().skip_while(|token| token.span.start < untrue.end);
    // "tidak benar kalau cuma cekcok" denies what follows.
    if behind().next().is_some_and(|token| token.is(&["kalau", "klo", "kalo", "bahwa", "jika"])) {
        return true;
    }
    behind().any(|token| token.is(&BUT)) && behind().any(|token| token.is(&TRUE))
}

fn is_rumour(found: &PhraseMatch) -> bool {
    Category::parse("WW-11") == Some(found.category)
}

fn has(tokens: &[ChatWord], list: &[&str]) -> Option<Range<usize>> {
    tokens.iter().find(|token| token.is(list)).map(|token| token.span.clone())
}

fn about_rumour(tokens: &[ChatWord]) -> bool {
    has(tokens, &RUMOUR).is_some() || has(tokens, &["lapor", "melaporkan"]).is_none() && tokens.len() > 3
}

/// "tidak benar", "tdk betul".
fn untrue(tokens: &[ChatWord]) -> Option<Range<usize>> {
    let run = |at: usize| Some(tokens[at].span.start..tokens[denial::untrue_ends(tokens, at)? - 1].span.end);
    (0..tokens.len()).find_map(run)
}

/// "banjir tadi sudah surut": of what stands in another message.
fn points_back(tokens: &[ChatWord], at: usize) -> bool {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    is(at, &["tadi", "td"])
        && is(at + 1, &BEFORE_END)
        && at + 2 < tokens.len()
        && ends_behind_sudah(tokens, at + 2)
}

/// "sudah surut", "telah selesai"; not where the message reports the incident itself, but for an end whose hour it gives.
fn ended(tokens: &[ChatWord], happened: bool) -> Option<Finding<Stance>> {
    let at = (0..tokens.len()).find(|at| {
        if happened || ends_at_an_hour(tokens, *at) {
            return ends_at_an_hour(tokens, *at);
        }
        let before =
            (at.saturating_sub(3)..*at).filter(|other| tokens[*other].sentence == tokens[*at].sentence);
        ends_behind_sudah(tokens, *at) && before.into_iter().any(|other| tokens[other].is(&BEFORE_END))
    })?;
    Some(ends_at(tokens, at))
}

/// True where words say no more than that something is over: "Banjir sudah surut", "portal sudah dibuka". Words that tell of
/// what happened before ("merendam", "terjadi"), and numbers, say more.
pub fn says_only_that_it_is_over(tokens: &[ChatWord]) -> bool {
    const OVER: [&str; 9] =
        ["surut", "reda", "mereda", "padam", "dibuka", "damai", "berdamai", "teratasi", "kering"];
    const LONGEST: usize = 10;
    let Some(at) = tokens.iter().position(|token| token.is(&OVER)) else { return false };
    let led = tokens[at.saturating_sub(2)..at].iter().any(|token| token.is(&BEFORE_END));
    let tells = |token: &ChatWord| {
        let verb = ["me", "ter", "di"].iter().any(|begin| token.text.starts_with(begin));
        token.number().is_some()
            || token.text.len() > 5 && verb && !token.is(&OVER)
            || token.is(&HAPPENED) && !token.is(&BEFORE_END)
            || token
                .is(&["mulai", "hampir", "sebagian", "masih", "msh", "setelah", "stlh", "lalu", "kemudian"])
    };
    let alone = tokens.iter().all(|token| token.sentence == tokens[0].sentence);
    led && alone && tokens.len() <= LONGEST && !tokens.iter().any(tells)
}

fn goes_on(tokens: &[ChatWord]) -> Option<Finding<Stance>> {
    let is_not_over = |at: &usize| {
        tokens[at - 1].is(&["belum", "blm"]) && ends_behind_sudah(tokens, *at)
            || only_begins(tokens, *at) && has_hour_of_end(tokens, *at)
    };
    let words = match (1..tokens.len()).find(is_not_over) {
        Some(at) => tokens[at - 1].span.start..tokens[at].span.end,
        None => tokens
            .iter()
            .enumerate()
            .find(|(at, token)| token.is(&GOES_ON) && !is_inquiry(tokens, *at))
            .map(|(_, token)| token.span.clone())?,
    };
    Some(Finding { value: Stance::Continues, words: Some(words), sure: Sureness::Likely })
}

/// True where words say that all is quiet: not where they say so of people hurt alone ("korban nihil").
pub fn is_all_quiet(tokens: &[ChatWord]) -> bool {
    let counted = ["korban", "kerugian", "sajam", "luka", "jiwa", "kerusakan", "materiil", "materil"];
    let is_of_harm = |at: usize| {
        let next = tokens.get(at + 1).filter(|next| next.sentence == tokens[at].sentence);
        tokens[at].is(&["nihil"])
            && (at > 0 && tokens[at - 1].is(&counted) || next.is_some_and(|next| next.is(&counted)))
    };
    says_that_nothing_happened(tokens) || (0..tokens.len()).any(|at| tokens[at].is(&QUIET) && !is_of_harm(at))
}

/// True where words report so of an area, not in answer to somebody: "aman pak".
pub fn is_quiet_report(tokens: &[ChatWord]) -> bool {
    const OF_AN_AREA: [&str; 9] = [
        "nihil",
        "situasi",
        "sitkam",
        "sitkamtibmas",
        "wilayah",
        "wil",
        "kondusif",
        "terkendali",
        "kamtibmas",
    ];
    has(tokens, &OF_AN_AREA).is_some() || says_that_nothing_happened(tokens)
}

/// True where words name violence or other trouble, whatever it is.
pub fn names_trouble(tokens: &[ChatWord]) -> bool {
    is_accident(tokens) || has(tokens, &VIOLENCE).or_else(|| has(tokens, &VAGUE)).is_some()
}

/// True where words name violence or trouble itself; "Laporan kejadian" and "Data korban" name none.
pub fn names_trouble_itself(tokens: &[ChatWord]) -> bool {
    const HEADS: [&str; 4] = ["lapor", "melaporkan", "kejadian", "korban"];
    let is_trouble = |token: &ChatWord| token.is(&VIOLENCE) || token.is(&VAGUE) && !token.is(&HEADS);
    tokens.iter().any(is_trouble)
}

pub fn is_accident(tokens: &[ChatWord]) -> bool {
    // "laka air", "kecelakaan kerja": at no traffic.
    const ELSEWHERE: [&str; 9] =
        ["air", "laut", "sungai", "kerja", "tambang", "perahu", "kapal", "speedboat", "kelotok"];
    let is_elsewhere = |at: usize| tokens.get(at + 1).is_some_and(|next| next.is(&ELSEWHERE));
    (0..tokens.len()).any(|at| {
        tokens[at].is(&["laka", "lakalantas", "kecelakaan", "tabrakan", "laka-lantas"]) && !is_elsewhere(at)
    })
}

/// Words of violence and of crime without a category: a person says what it is.
const VIOLENCE: [&str; 70] = [
    "curanmor",
    "menjarah",
    "dijarah",
    "penjarahan",
    "ribut",
    "keributan",
    "rusuh",
    "kerusuhan",
    "ricuh",
    "penembakan",
    "tembakan",
    "penembak",
    "ditembak",
    "tertembak",
    "menembak",
    "menembaki",
    "ditembaki",
    "molotov",
    "bom",
    "granat",
    "ledakan",
    "disandera",
    "penyanderaan",
    "menyandera",
    "sandera",
    "penculikan",
    "diculik",
    "menculik",
    "ngamuk",
    "mengamuk",
    "parang",
    "dibacok",
    "membacok",
    "bacok",
    "pembacokan",
    "ditusuk",
    "penusukan",
    "menusuk",
    "ditikam",
    "penikaman",
    "dianiaya",
    "penganiayaan",
    "dipukuli",
    "digebuki",
    "pengeroyokan",
    "pembunuhan",
    "dibunuh",
    "mayat",
    "nyerang",
    "menyerang",
    "diserang",
    "penyerangan",
    "serangan",
    "serbu",
    "menyerbu",
    "diserbu",
    "dilempari",
    "melempari",
    "lempar",
    "dilempar",
    "pelemparan",
    "dibakar",
    "membakar",
    "pembakaran",
    "dirusak",
    "perusakan",
    "pengrusakan",
    "sweeping",
    "sajam",
    "senpira",
];
/// Words of trouble that say less: alone they are asked about, and nothing where all is quiet.
const VAGUE: [&str; 13] = [
    "terbakar",
    "lapor",
    "melaporkan",
    "kejadian",
    "korban",
    "massa",
    "senpi",
    "tewas",
    "terluka",
    "mengungsi",
    "darurat",
    "tegang",
    "mencekam",
];

/// Where such words stand, as matches of the category "other".
fn trouble(tokens: &[ChatWord], list: &[&str]) -> Vec<PhraseMatch> {
    let at = (0..tokens.len()).filter(|at| tokens[*at].is(list)).take(MOST_TROUBLE);
    let (category, serious) = (Category::OTHER, false);
    let of = |at| PhraseMatch { category, serious, words: 1, tokens: at..at + 1, head: at };
    at.map(of).collect()
}

/// So many words of trouble are looked at in one part.
pub const MOST_TROUBLE: usize = 50;
