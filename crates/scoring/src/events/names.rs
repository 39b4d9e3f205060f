//! Names of places in event lists: one place under several spellings, one spelling for several places, and lists of places
//! that speak of others than the events do.

use super::spelling::{KOTA, key, without_remark};
use super::{Events, ListedUnits, levels};
use crate::error::{Error, Result};
use crate::period::{Day, date};
use formats::abridge::first_phrases_and_more;
use std::collections::{BTreeMap, BTreeSet};

/// Names a note shows.
const NAMED: usize = 6;

/// How spellings of one name may differ.
const DIFFERENCES: &str =
    "case, spaces, signs, accents, look-alike letters, numerals or the word for the rank";

/// Gives every place, and every enclosing one, the spelling that is used most; the others are noted.
pub fn unite(events: &mut Events) {
    let mut united = Vec::new();
    let units = Spellings::of(events.rows.iter().map(|event| &event.unit), &mut united);
    let parents = Spellings::of(events.rows.iter().filter_map(|event| event.parent.as_ref()), &mut united);
    for event in &mut events.rows {
        units.apply(&mut event.unit);
        event.parent.iter_mut().for_each(|parent| parents.apply(parent));
    }
    if !united.is_empty() {
        events.notes.push(format!(
            "{} names are written in several ways that differ in {DIFFERENCES} and count as one each: {}",
            united.len(),
            some_of(&united)
        ));
    }
}

/// The spelling used most of each name.
struct Spellings(BTreeMap<String, String>);

impl Spellings {
    /// Counts the names; adds those with several spellings to `united`.
    fn of<'a>(names: impl Iterator<Item = &'a String>, united: &mut Vec<String>) -> Spellings {
        let mut used: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
        for name in names {
            *used.entry(key(name)).or_default().entry(name).or_default() += 1;
        }
        let mut chosen = BTreeMap::new();
        for (key, spellings) in used {
            let most = spellings.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
            let Some((most, _)) = most else { continue };
            if spellings.len() > 1 {
                let others = spellings.keys().filter(|name| *name != most).copied().collect::<Vec<_>>();
                united.push(format!("{most} ({})", others.join(", ")));
            }
            chosen.insert(key, (*most).to_owned());
        }
        Spellings(chosen)
    }

    fn apply(&self, name: &mut String) {
        if let Some(most) = self.0.get(&key(name)) {
            name.clone_from(most);
        }
    }
}

/// Notes what may be one place under two names, or two under one.
pub fn note_doubts(events: &mut Events) {
    let mut alike: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut within: BTreeMap<&str, BTreeMap<&str, (Day, Day)>> = BTreeMap::new();
    for event in &events.rows {
        alike.entry(doubtful(&event.unit)).or_default().insert(&event.unit);
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
            "groups of places have names that differ in a remark, in the word Kota or in the dots of a code and are judged as several; are they one each",
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

/// What is the same in names that may be one place: without what stands in brackets, the word Kota and the dots.
fn doubtful(name: &str) -> String {
    let bare = key(without_remark(name)).replace('.', "");
    bare.strip_prefix(KOTA).map(str::to_owned).unwrap_or(bare)
}

/// The list of places in the spelling of the events, with what of the two does not fit noted.
///
/// # Errors
/// Where most places of the events are not in the list: it is another list, or written otherwise.
pub fn match_units(mut listed: ListedUnits, events: &mut Events) -> Result<Vec<String>> {
    levels::of_one(&mut listed, events);
    let named: BTreeMap<String, String> =
        events.rows.iter().map(|event| (key(&event.unit), event.unit.clone())).collect();
    let mut spellings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in listed.names {
        let own = spellings.entry(key(&name)).or_default();
        if !own.contains(&name) {
            own.push(name);
        }
    }
    let strange = named.iter().filter(|(key, _)| !spellings.contains_key(*key));
    let strange: Vec<String> = strange.map(|(_, name)| name.clone()).collect();
    let quiet = spellings.iter().filter(|(key, _)| !named.contains_key(*key));
    let quiet: Vec<String> = quiet.map(|(_, names)| names[0].clone()).collect();
    if strange.len() * 2 > named.len() {
        return Err(Error::Options(format!(
            "{} of {} places of the events are not in --units: the list has {}, the events have {}; give the list that the events were written with, or leave --units out",
            strange.len(),
            named.len(),
            some_of(&quiet),
            some_of(&strange)
        )));
    }
    events.notes.extend(listed.notes);
    note_fit(&spellings, named.len(), &strange, &quiet, &mut events.notes);
    let units: BTreeSet<String> = spellings
        .into_iter()
        .filter_map(|(key, names)| named.get(&key).cloned().or_else(|| names.into_iter().next()))
        .collect();
    Ok(units.into_iter().collect())
}

/// Notes what of the list counts once, and what of events (`named` places) and list is not in the other.
fn note_fit(
    spellings: &BTreeMap<String, Vec<String>>,
    named: usize,
    strange: &[String],
    quiet: &[String],
    notes: &mut Vec<String>,
) {
    let twins: Vec<String> =
        spellings.values().filter(|names| names.len() > 1).map(|names| names.join(" / ")).collect();
    if !twins.is_empty() {
        notes.push(format!(
            "{} places stand in the list of places in several spellings that differ in {DIFFERENCES} and count once: {}",
            twins.len(),
            some_of(&twins)
        ));
    }
    if !strange.is_empty() {
        notes.push(format!(
            "{} of {named} places of the events are not in the list of places; they are judged too: {}",
            strange.len(),
            some_of(strange)
        ));
    }
    if !quiet.is_empty() {
        let doubt = match strange {
            [] => "if one of them is no place",
            _ => "where they are the same places written otherwise",
        };
        notes.push(format!(
            "{} of {} places of the list are named by no event and count as never hit: {}; {doubt}, the figures are too good",
            quiet.len(),
            spellings.len(),
            some_of(quiet),
        ));
    }
}

/// The first of some names, each of which may have commas, and how many more there are.
fn some_of(names: &[String]) -> String {
    first_phrases_and_more(names, NAMED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Event;
    use crate::events::spelling::spelling;

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
        let kota =
            notes(&[("Andai", "P", 1), ("Kota Andai", "P", 2), ("Mulia", "P", 3), ("Mulia (lama)", "P", 4)]);
        assert!(kota.contains("Andai / Kota Andai; Mulia / Mulia (lama)"), "{kota}");
        let dots = notes(&[("16.01", "P", 1), ("1601", "P", 2)]);
        assert!(dots.contains("16.01 / 1601"), "{dots}");
        let moved = notes(&[("Andai", "Lama", 1), ("Andai", "Lama", 5), ("Andai", "Baru", 9)]);
        assert!(moved.contains("change their enclosing place") && moved.contains("1970-01-10"), "{moved}");
        let shared = notes(&[("Andai", "Timur", 1), ("Andai", "Barat", 5), ("Andai", "Timur", 9)]);
        assert!(shared.contains("at once") && shared.contains("Andai (Timur, Barat)"), "{shared}");
        assert_eq!(notes(&[("16.01", "P", 1), ("16.02", "P", 2)]), "");
    }

    /// Each pair is one place, whatever writes it; a note names both.
    #[test]
    fn whatever_way_a_name_is_written_it_is_one_place_with_a_note() {
        for (one, other) in [
            ("1601", "1601.0"),
            ("1601", "1601,0"),
            ("0101", "101"),
            ("And\u{e0}i", "Anda\u{300}i"),
            ("And\u{e0}i", "Andai"),
            ("Kab Andai", "\u{ff2b}\u{ff41}\u{ff42} Andai"),
            ("Kab Andai", "\u{41a}ab Andai"),
            ("Ilir Barat II", "Ilir Barat 2"),
            ("Kec. Andai", "Kecamatan Andai"),
            ("Kec. Andai", "Andai"),
            ("Kota Andai", "Kotamadya Andai"),
            ("Kota Andai", "Kodya Andai"),
            ("Kab. Andai", "Kabupaten Andai"),
            ("Kabupaten Andai", "Andai"),
            ("Kabupaten Andai", "Andai Regency"),
            ("Mulia-Asri", "Mulia Asri"),
            ("MuliaAsri", "Mulia Asri"),
            ("Prov. Andai", "Provinsi Andai"),
            ("Kab. Andai", "KAB.ANDAI"),
            ("Kab. Andai", "Andai Kab"),
            ("Kab. Andai", "ANDAI, KAB."),
            ("Kabupaten Andai", "Andai (Kabupaten)"),
            ("Kota Andai", "Andai Kota"),
            ("Kota Andai", "ANDAI, KOTA"),
            ("Kota Andai", "Kota Adm. Andai"),
            ("Kab. Andai", "Kabupaten Administrasi Andai"),
        ] {
            let events = list(&[(one, "P", 1), (other, "P", 2), (one, "P", 3)]);
            assert_eq!(units(&events).len(), 1, "{one} {other}");
            let note = events.notes.join("; ");
            assert!(note.starts_with("1 names") && note.contains(&spelling(other)), "{one} {other}: {note}");
            let within = list(&[("A", one, 1), ("B", other, 2)]);
            assert_eq!(within.rows[0].parent, within.rows[1].parent, "{one} {other}");
        }
        for (one, other) in [
            ("Kota Andai", "Kabupaten Andai"),
            ("Andai Kota", "Andai Kab."),
            ("Kota Andai", "Andai"),
            ("Ilir Barat I", "Ilir Barat II"),
            ("1601", "1602"),
            ("16.01", "16.10"),
            ("101", "1010"),
            ("Andai 1 2", "Andai 12"),
        ] {
            assert_eq!(units(&list(&[(one, "P", 1), (other, "P", 2)])).len(), 2, "{one} {other}");
        }
    }

    fn listed(names: &[&str]) -> ListedUnits {
        ListedUnits { names: names.iter().map(|name| (*name).to_owned()).collect(), notes: Vec::new() }
    }

    #[test]
    fn a_list_of_other_places_is_refused_and_one_that_fits_in_part_is_noted() {
        let mut events = list(&[("1601", "P", 1), ("1602", "P", 2), ("1603", "P", 2)]);
        let error = match_units(listed(&["16.01", "16.02"]), &mut events).unwrap_err().to_string();
        assert!(error.contains("16.01; 16.02") && error.contains("1601; 1602"), "{error}");
        // One place of three that fits does not make it the list of these events.
        let error = match_units(listed(&["1601", "16.02", "16.03"]), &mut events).unwrap_err().to_string();
        assert!(error.contains("2 of 3 places of the events are not in --units"), "{error}");
        let units = match_units(listed(&["1601", "1602", "16.03"]), &mut events).expect("in part");
        assert_eq!(units, ["16.03", "1601", "1602"]);
        let notes = events.notes.join("\n");
        assert!(notes.contains("1 of 3 places of the events are not in the list"), "{notes}");
        assert!(
            notes.contains("1 of 3 places of the list are named by no event and count as never hit: 16.03"),
            "{notes}"
        );
    }

    #[test]
    fn a_list_counts_each_place_once_and_says_which_are_never_hit() {
        let mut events = list(&[("Andai", "P", 1)]);
        let units = match_units(listed(&["ANDAI", "Kab. Andai", "Sepi", "Kec. Sepi"]), &mut events);
        assert_eq!(units.expect("fits"), ["Andai", "Sepi"]);
        let notes = events.notes.join("\n");
        assert!(notes.contains("2 places stand in the list of places in several spellings"), "{notes}");
        assert!(notes.contains("ANDAI / Kab. Andai") && notes.contains("never hit: Sepi;"), "{notes}");
    }
}
