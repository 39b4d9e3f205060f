//! What the name of a sender says of where it happened: "Kades Bence" where no place is named, and "batas desa dgn ds X" of two.

use super::place::PlaceFinding;
use super::token::ChatWord;
use super::{Finding, Question, SenderHint, Sureness};
use domain::place::UnitId;

/// Words behind which the other one of two stands.
const WITH: [&str; 8] = ["dgn", "dengan", "dg", "vs", "versus", "lawan", "melawan", "antar"];

/// Where it happened, with the place of its sender: offered where none is named, and asked about where another village is named
/// beside it.
pub fn with_sender(tokens: &[ChatWord], place: PlaceFinding, sender: &SenderHint) -> PlaceFinding {
    let Some(own) = sender.place.district.as_ref().filter(|_| sender.class.is_some()) else { return place };
    if place.question == Some(Question::NoPlace) {
        fn guess<T: Copy>(found: &Finding<T>) -> Finding<T> {
            Finding { value: found.value, words: None, sure: Sureness::Guess }
        }
        let village = sender.place.village.as_ref().map(guess);
        return PlaceFinding { district: Some(guess(own)), village, question: Some(Question::SenderPlace) };
    }
    if is_elsewhere(tokens, &place, own) {
        return PlaceFinding { question: Some(Question::SeveralPlaces), ..PlaceFinding::default() };
    }
    let (Some(district), Some(named), Some(village)) =
        (&place.district, &place.village, &sender.place.village)
    else {
        return place;
    };
    let is_other = (district.value, named.value) != (own.value, village.value);
    let start = named.words.as_ref().map(|words| words.start);
    let at = tokens.iter().position(|token| Some(token.span.start) == start);
    let is_beside = at.is_some_and(|at| at > 0 && tokens[at - 1].is(&WITH));
    if !(is_other && is_beside) {
        return place;
    }
    if district.value == own.value {
        return PlaceFinding { village: None, question: Some(Question::SeveralVillages), ..place };
    }
    PlaceFinding { question: Some(Question::SeveralPlaces), ..PlaceFinding::default() }
}

/// A bare "nihil" of one of two villages that are called alike: a person says of which.
pub fn of_one(place: PlaceFinding, sender: &SenderHint) -> PlaceFinding {
    let is_several = sender.class.is_some() && sender.place.question == Some(Question::SeveralPlaces);
    match place.question {
        Some(Question::NoPlace) if is_several => {
            PlaceFinding { question: Some(Question::SeveralPlaces), ..PlaceFinding::default() }
        }
        _ => place,
    }
}

/// "Lahar dingin Besuk Sat", of the camat of Candipuro: a bare name that is also a village of another kecamatan, beside which no
/// kecamatan is named, may be a river.
fn is_elsewhere(tokens: &[ChatWord], place: &PlaceFinding, own: &Finding<UnitId>) -> bool {
    const LED: [&str; 12] = [
        "ds",
        "desa",
        "dess",
        "kel",
        "kelurahan",
        "kec",
        "kecamatan",
        "di",
        "tkp",
        "lokasi",
        "wilayah",
        "wil",
    ];
    let (Some(district), Some(village)) = (&place.district, &place.village) else { return false };
    let start = village.words.as_ref().map(|words| words.start);
    let at = tokens.iter().position(|token| Some(token.span.start) == start);
    let is_led = |at: usize| tokens[at].is(&LED) || at > 0 && tokens[at - 1].is(&LED);
    district.value != own.value && district.words == village.words && at.is_some_and(|at| !is_led(at))
}
