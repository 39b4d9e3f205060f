//! Places: Kemendagri codes, and the configured regencies with their districts and villages.

mod area;
mod zone;

use alloc::{string::String, vec::Vec};
pub use area::{Area, AreaError, Areas};
use core::fmt;
pub use zone::Zone;

/// A regency or district code, packed: 16.13 is 161300, 16.13.04 is 161304.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Code(pub u32);

impl Code {
    /// Parses `PP.KK` (a regency) or `PP.KK.CC` (a district).
    pub fn parse(text: &str) -> Option<Code> {
        let bytes = text.as_bytes();
        let two = |at: usize| -> Option<u32> {
            let &[tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = bytes.get(at..at + 2)? else { return None };
            Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
        };
        let dot = |at: usize| bytes.get(at) == Some(&b'.');
        match bytes.len() {
            5 if dot(2) => Some(Code(two(0)? * 10_000 + two(3)? * 100)),
            8 if dot(2) && dot(5) => {
                let district = two(6)?;
                (district > 0).then_some(Code(two(0)? * 10_000 + two(3)? * 100 + district))
            }
            _ => None,
        }
    }

    pub fn is_regency(self) -> bool {
        self.0.is_multiple_of(100)
    }

    pub fn regency(self) -> Code {
        Code(self.0 / 100 * 100)
    }

    /// The first two digits.
    pub fn province(self) -> u32 {
        self.0 / 10_000
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (province, regency, district) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        write!(f, "{province:02}.{regency:02}")?;
        if district > 0 { write!(f, ".{district:02}") } else { Ok(()) }
    }
}

/// Where a report says it happened: a regency or district, and the village's last four digits or 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    pub code: Code,
    pub village: u16,
}

impl Place {
    /// Parses a village code `PP.KK.CC.VVVV`.
    pub fn parse_village(text: &str) -> Option<Place> {
        let (district, village) = (text.get(..8)?, text.get(8..)?);
        let digits = village.strip_prefix('.')?;
        if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let village: u16 = digits.parse().ok()?;
        let code = Code::parse(district)?;
        (village > 0).then_some(Place { code, village })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if self.village > 0 { write!(f, ".{:04}", self.village) } else { Ok(()) }
    }
}

/// A unit of aggregation: a district, or a regency (which stands for reports that name no district).
#[derive(Clone, Debug, Default)]
pub struct Unit {
    pub name: String,
    /// Degrees north and east of the centre, where known.
    pub centre: Option<(f64, f64)>,
    pub population: Option<u32>,
    pub area_km2: Option<f64>,
    /// Codes of the districts that touch this one, in order; may lie in another regency.
    pub neighbours: Vec<Code>,
    pub aliases: Vec<String>,
    /// `kabupaten`, `kota` or `kecamatan`.
    pub rank: String,
    pub villages: Vec<Village>,
    /// Codes that it and its villages had before.
    pub old_codes: Vec<OldCode>,
}

#[derive(Clone, Debug)]
pub struct Village {
    pub number: u16,
    pub name: String,
    /// `desa` or `kelurahan`.
    pub rank: String,
    pub centre: Option<(f64, f64)>,
    pub aliases: Vec<String>,
}

/// Position of a unit in [`Places`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UnitId(pub u16);

impl UnitId {
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A code that a unit or one of its villages had before a kecamatan was split or a regency renumbered (*pemekaran*).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct OldCode {
    pub old: Place,
    /// The village it is of now; 0 for the unit itself.
    pub village: u16,
}

/// All configured places, in the order of their codes (a regency before its districts).
#[derive(Clone, Debug, Default)]
pub struct Places {
    codes: Vec<Code>,
    units: Vec<Unit>,
    regencies: Vec<UnitId>,
    /// Where a regency stands in `codes`, by its four digits; every report asks.
    starts: Vec<u16>,
    /// Old codes and what they are now, in order.
    old_codes: Vec<(Place, Place)>,
    /// False where villages are checked by prefix only (a run over a bare list of districts).
    pub villages_known: bool,
}

impl Places {
    /// Builds the register; a district whose regency is missing gets one without a name.
    /// The first of two rows with one code is kept.
    pub fn new(mut rows: Vec<(Code, Unit)>, villages_known: bool) -> Places {
        let mut missing: Vec<Code> = rows.iter().map(|(code, _)| code.regency()).collect();
        missing.sort_unstable();
        missing.dedup();
        rows.extend(missing.into_iter().map(|code| (code, Unit::default())));
        rows.sort_by_key(|(code, _)| *code); // stable: named rows stay before the filled-in ones
        rows.dedup_by_key(|(code, _)| *code);
        let (codes, units): (Vec<Code>, Vec<Unit>) = rows.into_iter().unzip();
        let mut regencies = Vec::with_capacity(codes.len());
        let mut starts = Vec::new();
        for (index, code) in codes.iter().enumerate() {
            let own = if code.is_regency() { UnitId(index as u16) } else { regencies[index - 1] };
            regencies.push(own);
            if code.is_regency() {
                starts.resize(code.0 as usize / 100 + 1, u16::MAX);
                starts[code.0 as usize / 100] = index as u16;
            }
        }
        let own = |(code, unit): (&Code, &Unit)| -> Vec<(Place, Place)> {
            let now = |old: &OldCode| (old.old, Place { code: *code, village: old.village });
            unit.old_codes.iter().map(now).collect()
        };
        let mut old_codes: Vec<(Place, Place)> = codes.iter().zip(&units).flat_map(own).collect();
        old_codes.sort_unstable();
        Places { codes, units, regencies, starts, old_codes, villages_known }
    }

    pub fn len(&self) -> usize {
        self.codes.len()
    }
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }
    pub fn find(&self, code: Code) -> Option<UnitId> {
        let start = usize::from(*self.starts.get(code.0 as usize / 100)?);
        let number = code.0 as usize % 100;
        // Numbers have few gaps: the unit stands where its number says, or a little before.
        let places = self.codes.get(start..)?;
        let near = &places[..places.len().min(number + 1)];
        let index = start + near.iter().rposition(|known| *known <= code)?;
        (self.codes[index] == code).then_some(UnitId(index as u16))
    }
    pub fn code(&self, unit: UnitId) -> Code {
        self.codes[unit.index()]
    }
    pub fn unit(&self, unit: UnitId) -> &Unit {
        &self.units[unit.index()]
    }
    /// The regency a unit belongs to (itself where it is one).
    pub fn regency(&self, unit: UnitId) -> UnitId {
        self.regencies[unit.index()]
    }
    pub fn ids(&self) -> impl Iterator<Item = UnitId> + '_ {
        (0..self.codes.len()).map(|index| UnitId(index as u16))
    }
    pub fn regency_ids(&self) -> impl Iterator<Item = UnitId> + '_ {
        self.ids().filter(|unit| self.code(*unit).is_regency())
    }
    /// The districts of a regency, in the order of their codes.
    pub fn districts(&self, regency: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        let after = (regency.index() + 1..self.codes.len()).map(|index| UnitId(index as u16));
        after.take_while(move |unit| self.regencies[unit.index()] == regency)
    }
    /// A regency and its districts.
    pub fn units_of(&self, regency: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        core::iter::once(regency).chain(self.districts(regency))
    }
    /// True where two codes are the same place or touch each other: reports of such places can be of one incident.
    pub fn are_near(&self, one: Code, other: Code) -> bool {
        let touches =
            |one, other| self.find(one).is_some_and(|unit| self.unit(unit).neighbours.contains(&other));
        one == other || touches(one, other) || touches(other, one)
    }

    /// The unit's name, or its code where it has none.
    pub fn name(&self, unit: UnitId) -> String {
        let name = &self.unit(unit).name;
        if name.is_empty() { alloc::format!("{}", self.code(unit)) } else { name.clone() }
    }
    /// What a place is today that is known under an old code only. `None` where nothing has it, or several do: a
    /// kecamatan that was split.
    pub fn of_old_code(&self, old: Place) -> Option<Place> {
        let from = self.old_codes.partition_point(|(code, _)| *code < old);
        let mut found = self.old_codes[from..].iter().take_while(|(code, _)| *code == old);
        let (_, now) = found.next()?;
        found.next().is_none().then_some(*now)
    }
    pub fn village(&self, place: Place) -> Option<&Village> {
        let unit = self.unit(self.find(place.code)?);
        unit.villages.iter().find(|village| village.number == place.village)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    #[test]
    fn codes_print_as_they_were_read() {
        for text in ["16.13", "16.13.04", "63.72.02"] {
            assert_eq!(Code::parse(text).unwrap().to_string(), text);
        }
        for wrong in ["1613", "16.13.00", "16.13.4", "16,13.04", "16.13.04.2003", "", "é6.13"] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Place::parse_village("16.13.04.2003").unwrap().to_string(), "16.13.04.2003");
        assert_eq!(Place::parse_village("16.13.04.+003"), None);
    }

    #[test]
    fn every_code_is_found_and_no_other() {
        let known = [161301, 161304, 161305, 610201, 610299, 637200, 999999];
        let places = Places::new(known.map(|code| (Code(code), Unit::default())).to_vec(), false);
        for code in (0..1_000_100).map(Code) {
            let listed = places.codes.binary_search(&code).ok().map(|index| UnitId(index as u16));
            assert_eq!(places.find(code), listed, "{code}");
        }
        assert_eq!(Places::default().find(Code(161300)), None);
    }

    #[test]
    fn a_missing_regency_is_filled_in_and_owns_its_districts() {
        let rows = vec![(Code(161304), Unit::default()), (Code(161301), Unit::default())];
        let places = Places::new(rows, false);
        assert_eq!(places.len(), 3);
        let regency = places.find(Code(161300)).unwrap();
        assert_eq!(places.districts(regency).count(), 2);
        assert_eq!(places.regency(places.find(Code(161304)).unwrap()), regency);
    }
}
