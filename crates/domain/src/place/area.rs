//! Areas: what a feed may speak for, what an account may see, what a team member is responsible for.
//!
//! An area is parsed once, where it enters the program; every question about it is asked here.

use super::{Code, Place, Places};
use alloc::{string::String, vec, vec::Vec};
use core::fmt;

/// A part of the country.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Area {
    Everywhere,
    Regency(Code),
    District(Code),
    Village(Place),
}

impl Area {
    /// The area of a code `PP.KK`, `PP.KK.CC` or `PP.KK.CC.VVVV`; `None` where it is none of them.
    pub fn parse(code: &str) -> Option<Area> {
        match Code::parse(code) {
            Some(code) => Some(Area::of(code)),
            None => Place::parse_village(code).map(Area::Village),
        }
    }

    /// The area of a unit: a regency or a district.
    pub fn of(unit: Code) -> Area {
        if unit.is_regency() { Area::Regency(unit) } else { Area::District(unit) }
    }

    /// The smallest unit this area lies in; `None` for everywhere.
    pub fn unit(self) -> Option<Code> {
        match self {
            Area::Everywhere => None,
            Area::Regency(code) | Area::District(code) => Some(code),
            Area::Village(place) => Some(place.code),
        }
    }

    /// The regency this area lies in; `None` for everywhere.
    pub fn regency(self) -> Option<Code> {
        self.unit().map(Code::regency)
    }

    /// True where a report from `place` comes from within this area.
    pub fn contains(self, place: Place) -> bool {
        match self {
            Area::Everywhere => true,
            Area::Regency(regency) => place.code.regency() == regency,
            Area::District(district) => place.code == district,
            Area::Village(village) => place == village,
        }
    }

    /// True where the whole of `unit` lies in this area.
    pub fn covers(self, unit: Code) -> bool {
        self.contains(Place { code: unit, village: 0 })
    }

    /// True where this area and `unit` have a part in common: an area touches its own regency.
    pub fn touches(self, unit: Code) -> bool {
        self.covers(unit) || self.is_within(unit)
    }

    /// True where the whole of this area lies in `unit`.
    pub fn is_within(self, unit: Code) -> bool {
        self.unit().is_some_and(|own| own == unit || own.regency() == unit)
    }
}

impl fmt::Display for Area {
    /// The area's code; nothing for everywhere.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Area::Everywhere => Ok(()),
            Area::Regency(code) | Area::District(code) => code.fmt(f),
            Area::Village(place) => place.fmt(f),
        }
    }
}

/// How [`Areas::nowhere`] is written: no code, so that nobody can mean a place by it.
const NOWHERE: &str = "nowhere";

/// A set of areas; the empty set is nowhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Areas(Vec<Area>);

/// A word that is no code of a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AreaError {
    pub word: String,
}

impl fmt::Display for AreaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no code of a place; write for example 16.13, 16.13.04 or 16.13.04.2003", self.word)
    }
}

impl core::error::Error for AreaError {}

impl Default for Areas {
    /// Everywhere.
    fn default() -> Areas {
        Areas::everywhere()
    }
}

impl Areas {
    pub fn everywhere() -> Areas {
        Areas(vec![Area::Everywhere])
    }

    pub fn nowhere() -> Areas {
        Areas(Vec::new())
    }

    pub fn of(areas: impl IntoIterator<Item = Area>) -> Areas {
        let mut areas: Vec<Area> = areas.into_iter().collect();
        areas.sort_unstable();
        areas.dedup();
        if areas.first() == Some(&Area::Everywhere) {
            areas.truncate(1);
        }
        Areas(areas)
    }

    /// Parses codes with spaces or commas between them; an empty text is everywhere.
    ///
    /// # Errors
    /// The first word that is no code.
    pub fn parse(text: &str) -> Result<Areas, AreaError> {
        let words = text.split([' ', ',', '\t']).filter(|word| !word.is_empty());
        let areas: Result<Vec<Area>, AreaError> =
            words.map(|word| Area::parse(word).ok_or_else(|| AreaError { word: word.into() })).collect();
        let areas = areas?;
        Ok(if areas.is_empty() { Areas::everywhere() } else { Areas::of(areas) })
    }

    /// Reads back what `Display` wrote: any areas come back as the same. What else cannot be read is nowhere too: it must
    /// not grant everything.
    pub fn parse_kept(text: &str) -> Areas {
        match Areas::parse(text) {
            // Only nothing at all stands for everywhere, not blanks.
            Ok(areas) if text.is_empty() || !areas.is_everywhere() => areas,
            _ => Areas::nowhere(),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Area> + '_ {
        self.0.iter().copied()
    }

    pub fn is_everywhere(&self) -> bool {
        self.0.first() == Some(&Area::Everywhere)
    }

    /// True where a report from `place` comes from within one of the areas.
    pub fn contains(&self, place: Place) -> bool {
        self.iter().any(|area| area.contains(place))
    }

    /// True where the whole of `unit` lies in one of the areas.
    pub fn covers(&self, unit: Code) -> bool {
        self.iter().any(|area| area.covers(unit))
    }

    /// True where one of the areas and `unit` have a part in common.
    pub fn touches(&self, unit: Code) -> bool {
        self.iter().any(|area| area.touches(unit))
    }

    /// True where the others lie in these, all of them.
    pub fn hold(&self, others: &Areas) -> bool {
        others.iter().all(|other| match other {
            Area::Everywhere => self.is_everywhere(),
            Area::Regency(code) | Area::District(code) => self.covers(code),
            Area::Village(place) => self.contains(place),
        })
    }

    /// True where one of these areas and one of the others have a unit in common.
    pub fn overlaps(&self, others: &Areas) -> bool {
        let common = |one: Area, other: Area| match (one.unit(), other.unit()) {
            (Some(own), Some(unit)) => other.touches(own) || one.touches(unit),
            _ => true,
        };
        self.iter().any(|one| others.iter().any(|other| common(one, other)))
    }

    /// True where `unit` expects these areas' feed to speak of it: they lie within the unit, or, for a regency, they
    /// are everywhere. Nobody expects a feed for a whole regency to speak of each of its districts.
    pub fn report_on(&self, unit: Code) -> bool {
        self.is_everywhere() && unit.is_regency() || self.iter().any(|area| area.is_within(unit))
    }

    /// The units of a regency that an account with these areas sees: the regency, or its districts among the areas.
    pub fn units_in(&self, regency: Code) -> Vec<Code> {
        if self.covers(regency) {
            return vec![regency];
        }
        let district = |area: Area| match area {
            Area::District(code) if code.regency() == regency => Some(code),
            _ => None,
        };
        self.iter().filter_map(district).collect()
    }

    /// The regencies in which these areas have a part; `None` for everywhere.
    pub fn regencies(&self) -> Option<Vec<Code>> {
        if self.is_everywhere() {
            return None;
        }
        let mut regencies: Vec<Code> = self.iter().filter_map(Area::regency).collect();
        regencies.sort_unstable();
        regencies.dedup();
        Some(regencies)
    }

    /// The units to filter by, as queries take them: none for everywhere, and a code that no place has for nowhere.
    pub fn unit_filter(&self) -> Vec<Code> {
        if self.is_everywhere() {
            return Vec::new();
        }
        let units: Vec<Code> = self.without_villages().iter().filter_map(Area::unit).collect();
        if units.is_empty() { vec![Code(0)] } else { units }
    }

    /// The areas without villages, which have no pages of their own.
    pub fn without_villages(&self) -> Areas {
        Areas(self.iter().filter(|area| !matches!(area, Area::Village(_))).collect())
    }

    /// The first area that is not among the configured places.
    pub fn unknown_to(&self, places: &Places) -> Option<Area> {
        self.iter().find(|area| !places.has(*area))
    }
}

impl fmt::Display for Areas {
    /// Codes with a space between them, as [`Areas::parse_kept`] reads them; nothing for everywhere, a word for nowhere.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(NOWHERE);
        }
        for (index, area) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            area.fmt(f)?;
        }
        Ok(())
    }
}

impl Places {
    /// True where the area is one of the configured places. A village is looked up by its district where only
    /// districts are known.
    pub fn has(&self, area: Area) -> bool {
        match area {
            Area::Everywhere => true,
            Area::Regency(code) | Area::District(code) => self.find(code).is_some(),
            Area::Village(place) if self.villages_known => self.village(place).is_some(),
            Area::Village(place) => self.find(place.code).is_some(),
        }
    }

    /// The name of an area, or its code where it has none; nothing for everywhere.
    pub fn area_name(&self, area: Area) -> String {
        let village = |place| self.village(place).map(|village| village.name.clone());
        let name = match area {
            Area::Village(place) => village(place),
            _ => area.unit().and_then(|code| self.find(code)).map(|unit| self.name(unit)),
        };
        name.unwrap_or_else(|| alloc::format!("{area}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const REGENCY: Code = Code(161_300);
    const DISTRICT: Code = Code(161_304);
    const VILLAGE: Place = Place { code: DISTRICT, village: 2003 };

    fn areas(text: &str) -> Areas {
        Areas::parse(text).unwrap()
    }

    #[test]
    fn areas_print_as_they_were_read() {
        for text in ["", "16.13", "16.13.04", "16.13.04.2003", "16.13 61.02.01 16.13.04.2003"] {
            assert_eq!(areas(text).to_string(), text);
        }
        assert_eq!(areas("61.02, 16.13,16.13").to_string(), "16.13 61.02");
        assert_eq!(Areas::parse("16.13 oops").unwrap_err().word, "oops");
        assert!(areas(" ").is_everywhere() && !Areas::nowhere().is_everywhere());
    }

    #[test]
    fn areas_hold_what_lies_in_them_whole() {
        let own = areas("16.13 61.02.01");
        for within in ["16.13", "16.13.04", "16.13.04.2003", "61.02.01.2001 16.13.05", "61.02.01"] {
            assert!(own.hold(&areas(within)), "{within}");
        }
        for beyond in ["", "61.02", "61.02.02.2001", "16.13.04 35.08.01"] {
            assert!(!own.hold(&areas(beyond)), "{beyond}");
        }
        assert!(
            Areas::everywhere().hold(&Areas::everywhere())
                && !areas("16.13.04.2003").hold(&areas("16.13.04"))
        );
    }

    /// Every set of these areas, nowhere and everywhere among them.
    fn every_set() -> impl Iterator<Item = Areas> {
        let codes = ["11.01", "16.13", "16.13.04", "16.13.05", "16.13.04.2003", "16.13.04.1001", "96.71.10"];
        let mut all = vec![Area::Everywhere];
        all.extend(codes.iter().filter_map(|code| Area::parse(code)));
        assert_eq!(all.len(), codes.len() + 1);
        (0..1_u32 << all.len()).map(move |set| {
            let chosen = all.iter().enumerate().filter(|(index, _)| set >> index & 1 == 1);
            Areas::of(chosen.map(|(_, area)| *area))
        })
    }

    #[test]
    fn any_areas_are_read_back_as_they_were_written() {
        for areas in every_set() {
            assert_eq!(Areas::parse_kept(&areas.to_string()), areas, "{areas}");
        }
        let texts: Vec<String> =
            [Areas::everywhere(), Areas::nowhere()].map(|areas| areas.to_string()).into();
        assert_eq!(texts, ["", "nowhere"], "the two must not be mistaken for each other");
        assert_eq!(Areas::parse(NOWHERE).unwrap_err().word, NOWHERE, "nobody is registered for nowhere");
    }

    #[test]
    fn kept_areas_that_cannot_be_read_are_nowhere() {
        for areas in every_set().filter(|areas| !areas.is_everywhere()) {
            let text = areas.to_string();
            for at in 0..=text.len() {
                for stray in ["x", "é", "\n", "\0", "-", "*"] {
                    let broken = [&text[..at], stray, &text[at..]].concat();
                    assert_eq!(Areas::parse_kept(&broken), Areas::nowhere(), "{broken:?}");
                }
            }
        }
        for garbage in ["16.13 oops", "everywhere", "16", "nowhere 16.13", "\n", ".", " ", ","] {
            assert_eq!(Areas::parse_kept(garbage), Areas::nowhere(), "{garbage:?}");
        }
    }

    #[test]
    fn an_area_contains_its_own_places_and_no_other() {
        let elsewhere = Place { code: Code(161_305), village: 2003 };
        let whole = Place { code: REGENCY, village: 0 };
        for (text, inside) in [
            ("", [true, true, true]),
            ("16.13", [true, true, true]),
            ("16.13.04", [true, false, false]),
            ("16.13.04.2003", [true, false, false]),
            ("16.13.04.2004", [false, false, false]),
            ("61.02", [false, false, false]),
        ] {
            assert_eq!(
                [VILLAGE, elsewhere, whole].map(|place| areas(text).contains(place)),
                inside,
                "{text}"
            );
        }
        assert!(areas("16.13.04").covers(DISTRICT) && !areas("16.13.04.2003").covers(DISTRICT));
        assert!(!Areas::nowhere().contains(VILLAGE));
    }

    #[test]
    fn an_area_touches_the_units_above_and_below_it() {
        for text in ["", "16.13", "16.13.04", "16.13.04.2003"] {
            assert!(areas(text).touches(REGENCY) && areas(text).touches(DISTRICT), "{text}");
            assert!(
                areas(text).overlaps(&areas("16.13.04")) && areas("16.13").overlaps(&areas(text)),
                "{text}"
            );
        }
        assert!(!areas("16.13.04").touches(Code(161_301)) && !areas("16.13.04").touches(Code(610_200)));
        assert!(!areas("16.13.04.2003").overlaps(&areas("16.13.05 61.02")));
        assert!(!Areas::nowhere().touches(REGENCY) && !Areas::nowhere().overlaps(&areas("")));
    }

    #[test]
    fn a_unit_expects_words_from_feeds_within_it_and_a_regency_from_feeds_for_everywhere() {
        for (text, regency, district) in [
            ("", true, false),
            ("16.13", true, false),
            ("16.13.04", true, true),
            ("16.13.04.2003", true, true),
            ("61.02", false, false),
        ] {
            assert_eq!(
                (areas(text).report_on(REGENCY), areas(text).report_on(DISTRICT)),
                (regency, district)
            );
        }
    }

    #[test]
    fn an_account_asks_for_its_regency_or_its_districts() {
        assert_eq!(areas("").units_in(REGENCY), [REGENCY]);
        assert_eq!(areas("16.13 16.13.04").units_in(REGENCY), [REGENCY]);
        assert_eq!(areas("16.13.04 61.02.01").units_in(REGENCY), [DISTRICT]);
        assert_eq!(areas("16.13.04.2003").units_in(REGENCY), [], "a village grants no district");
        assert_eq!(areas("61.02.01 16.13.04 16.13").regencies(), Some(vec![REGENCY, Code(610_200)]));
        assert_eq!(areas("").regencies(), None);
        assert_eq!((areas("").unit_filter(), areas("16.13.04").unit_filter()), (vec![], vec![DISTRICT]));
        assert_eq!(Areas::nowhere().unit_filter(), [Code(0)], "nowhere must not read as everywhere");
    }
}
