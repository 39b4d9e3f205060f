//! Names of places in event lists: one place under several spellings, one spelling for several places, and lists of places
//! that speak of others than the events do.

use super::Events;
use crate::error::{Error, Result};
use crate::period::{Day, date};
use formats::abridge::first_phrases_and_more;
use formats::plain_text::is_blank;
use std::collections::{BTreeMap, BTreeSet};

/// Names a note shows.
const NAMED: usize = 6;

/// A name with single spaces and nothing invisible.
pub fn spelling(name: &str) -> String {
    let visible: String =
        name.chars().filter(|letter| letter.is_whitespace() || !is_blank(*letter)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is the same in all spellings of a name.
fn key(name: &str) -> String {
    spelling(name).to_lowercase()
}

/// Gives every place, and every enclosing one, the spelling that is used most; the others are noted.
pub fn unite(events: &mut Events) {
    let mut used: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let names = events.rows.iter().flat_map(|event| [Some(&event.unit), event.parent.as_ref()]).flatten();
    for name in names {
        *used.entry(key(name)).or_default().entry(name.clone()).or_default() += 1;
    }
    let mut chosen: BTreeMap<String, String> = BTreeMap::new();
    let mut united = Vec::new();
    for (key, spellings) in used {
        let most = spellings.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse((*name).clone())));
        let Some((most, _)) = most else { continue };
        if spellings.len() > 1 {
            let others = spellings.keys().filter(|name| *name != most).cloned().collect::<Vec<_>>();
            united.push(format!("{most} ({})", others.join(", ")));
        }
        chosen.insert(key, most.clone());
    }
    for event in &mut events.rows {
        for name in [Some(&mut event.unit), event.parent.as_mut()].into_iter().flatten() {
            if let Some(most) = chosen.get(&key(name)) {
                name.clone_from(most);
            }
        }
    }
    if !united.is_empty() {
        events.notes.push(format!(
            "{} names are written in several ways that differ in case or spaces and count as one each: {}",
            united.len(),
            some_of(&united)
        ));
    }
}

/// Notes what may be one place under two names, or two under one.
pub fn note_doubts(events: &mut Events) {
    let mut alike: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut within: BTreeMap<&str, BTreeMap<&str, (Day, Day)>> = BTreeMap::new();
    for event in &events.rows {
        alike.entry(bare(&event.unit)).or_default().insert(&event.unit);
        if let Some(parent) = &event.parent {
            let days = within.entry(&event.unit).or_default().entry(parent).or_insert((event.day, event.day));
            *days = (days.0.min(event.day), days.1.max(event.day));
        }
    }
    let groups = alike.values().filter(|names| names.len() > 1);
    let groups: Vec<String> =
        groups.map(|names| names.iter().copied().collect::<Vec<_>>().join(" / ")).collect();
    let (mut moved, mut shared) = (Vec::new(), Vec::new());
    for (unit, parents) in within.iter().filter(|(_, parents)| parents.len() > 1) {
        let mut in_turn: Vec<(&str, (Day, Day))> =
            parents.iter().map(|(name, days)| (*name, *days)).collect();
        in_turn.sort_by_key(|(_, days)| *days);
        let names = in_turn.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        if in_turn.windows(2).all(|pair| pair[0].1.1 < pair[1].1.0) {
            let last = in_turn.last().map_or(0, |(_, days)| days.0);
            moved.push(format!("{unit} ({names}; the last from {})", date(last)));
        } else {
            shared.push(format!("{unit} ({names})"));
        }
    }
    for (found, what) in [
        (
            groups,
            "groups of places have names that differ in signs or rank only and are judged as several; are they one each",
        ),
        (moved, "places change their enclosing place and are pooled with the one named most before the test"),
        (
            shared,
            "places are named in several enclosing places at once and count as one each; if they are several, give a column of codes",
        ),
    ] {
        if !found.is_empty() {
            events.notes.push(format!("{} {what}: {}", found.len(), some_of(&found)));
        }
    }
}

/// A name without signs and without the word for its rank.
fn bare(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    let is_code = words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let rank = |word: &str| matches!(word, "kab" | "kabupaten");
    let rest = words.iter().filter(|word| is_code || !rank(word)).copied().collect::<String>();
    if rest.is_empty() { words.concat() } else { rest }
}

/// The list of places in the spelling of the events, with what of the two does not fit noted.
///
/// # Errors
/// Where no place of the list is named by any event: it is another list.
pub fn match_units(listed: Vec<String>, events: &mut Events) -> Result<Vec<String>> {
    let named: BTreeMap<String, String> =
        events.rows.iter().map(|event| (key(&event.unit), event.unit.clone())).collect();
    let mut units = BTreeSet::new();
    let mut known = BTreeSet::new();
    for name in listed {
        let key = key(&name);
        units.insert(named.get(&key).cloned().unwrap_or(name));
        known.insert(key);
    }
    let strange: Vec<String> =
        named.iter().filter(|(key, _)| !known.contains(*key)).map(|(_, name)| name.clone()).collect();
    let quiet: Vec<String> = units.iter().filter(|name| !named.contains_key(&key(name))).cloned().collect();
    if quiet.len() == units.len() {
        return Err(Error::Options(format!(
            "no place of --units is named by any event: the list has {}, the events have {}; give the list that the events were written with",
            some_of(&quiet),
            some_of(&strange)
        )));
    }
    if !strange.is_empty() {
        let (places, all) = (strange.len(), named.len());
        events.notes.push(format!(
            "{places} of {all} places of the events are not in the list of places; they are judged too: {}",
            some_of(&strange)
        ));
        if !quiet.is_empty() {
            events.notes.push(format!(
                "{} of {} places of the list are named by no event: {}; where they are the same places written otherwise, the figures are too good",
                quiet.len(),
                units.len(),
                some_of(&quiet)
            ));
        }
    }
    Ok(units.into_iter().collect())
}

/// The first of some names, each of which may have commas, and how many more there are.
fn some_of(names: &[String]) -> String {
    first_phrases_and_more(names, NAMED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Event;

    fn list(rows: &[(&str, &str, Day)]) -> Events {
        let event = |(unit, parent, day): &(&str, &str, Day)| Event {
            unit: spelling(unit),
            parent: Some(spelling(parent)),
            day: *day,
            received: *day,
            gone: None,
            severity: None,
        };
        let mut events = Events { rows: rows.iter().map(event).collect(), notes: Vec::new() };
        unite(&mut events);
        note_doubts(&mut events);
        events
    }

    fn units(events: &Events) -> BTreeSet<&str> {
        events.rows.iter().map(|event| event.unit.as_str()).collect()
    }

    #[test]
    fn spellings_of_one_name_are_one_place_and_noted() {
        let events = list(&[
            ("Andai", "P", 1),
            ("ANDAI", "P", 2),
            (" An\u{200b}dai ", "P", 3),
            ("Mulia\u{a0} Asri", "p", 4),
            ("Mulia  Asri", "P", 5),
        ]);
        assert_eq!(units(&events), BTreeSet::from(["Andai", "Mulia Asri"]));
        assert!(
            events.notes[0].starts_with("2 names") && events.notes[0].contains("Andai (ANDAI)"),
            "{:?}",
            events.notes
        );
        assert!(list(&[("Andai", "P", 1), ("Andai\u{a0}", "P", 2)]).notes.is_empty());
    }

    #[test]
    fn what_may_be_one_place_or_two_is_noted() {
        let notes = |rows: &[(&str, &str, Day)]| list(rows).notes.join("\n");
        let signs = notes(&[("Kab. Andai", "P", 1), ("Kabupaten Andai", "P", 2), ("Kota Andai", "P", 3)]);
        assert!(signs.contains("Kab. Andai / Kabupaten Andai") && !signs.contains("Kota"), "{signs}");
        let moved = notes(&[("Andai", "Lama", 1), ("Andai", "Lama", 5), ("Andai", "Baru", 9)]);
        assert!(moved.contains("change their enclosing place") && moved.contains("1970-01-10"), "{moved}");
        let shared = notes(&[("Andai", "Timur", 1), ("Andai", "Barat", 5), ("Andai", "Timur", 9)]);
        assert!(shared.contains("at once") && shared.contains("Andai (Timur, Barat)"), "{shared}");
        assert_eq!(notes(&[("16.01", "P", 1), ("16.02", "P", 2)]), "");
    }

    #[test]
    fn a_list_of_other_places_is_refused_and_one_that_fits_in_part_is_noted() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut events = list(&[("1601", "P", 1), ("1602", "P", 2)]);
        let error = match_units(names(&["16.01", "16.02"]), &mut events).unwrap_err().to_string();
        assert!(error.contains("16.01; 16.02") && error.contains("1601; 1602"), "{error}");
        let units = match_units(names(&["1601", "16.02"]), &mut events).expect("in part");
        assert_eq!(units, ["16.02", "1601"]);
        assert!(events.notes[0].starts_with("1 of 2 places of the events are not"), "{:?}", events.notes);
        assert!(
            events.notes[1].starts_with("1 of 2 places of the list are named by no event: 16.02"),
            "{:?}",
            events.notes
        );
        let mut events = list(&[("Andai", "P", 1)]);
        assert_eq!(match_units(names(&["ANDAI", "Sepi"]), &mut events).expect("fits"), ["Andai", "Sepi"]);
        assert!(events.notes.is_empty(), "a place that was never hit is what the list is for");
    }
}
