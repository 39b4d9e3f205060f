//! Where a row says it happened: a code, the names in columns of their own, or words that name a place.

use super::reader::{Trouble, trouble};
use super::several_places::{self, is_marked};
use crate::archive::mention::mentions;
use crate::archive::words::{letters, name};
use crate::archive::{Gazetteer, Recognition};
use crate::chat::Question;
use crate::chat::place::{PlaceFinding, PlaceNames};
use crate::chat::token::tokens;
use crate::point_reach::is_far;
use crate::pulled::provinces;
use domain::place::{Areas, Code, Place, Places, UnitId, Village};
use std::collections::{BTreeSet, HashMap};

/// One place that a row names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowPlace {
    pub place: Place,
    /// The row names villages of it, and no single one that is known.
    pub is_part: bool,
}

impl RowPlace {
    const fn whole(place: Place) -> RowPlace {
        RowPlace { place, is_part: false }
    }
}

/// A column and its cell.
pub type ColumnCell = (Option<usize>, String);

/// The cells of a row that say where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlaceCells {
    pub regency: ColumnCell,
    pub district: ColumnCell,
    pub village: ColumnCell,
    pub code: ColumnCell,
    pub text: ColumnCell,
}

impl PlaceCells {
    /// True where a cell names a village, or words a part of one, whether it is known or not.
    fn names_part(&self) -> bool {
        const PARTS: [&str; 14] = [
            "desa",
            "ds",
            "kelurahan",
            "kel",
            "dusun",
            "dsn",
            "kampung",
            "kp",
            "rt",
            "rw",
            "nagari",
            "jorong",
            "lingkungan",
            "blok",
        ];
        let (village, text) = (&self.village.1, &self.text.1);
        let is_all =
            |cell: &str| name(cell).iter().any(|word| matches!(word.as_str(), "semua" | "seluruh" | "se"));
        !letters(village).is_empty() && !is_all(village)
            || name(text).iter().any(|word| PARTS.contains(&word.as_str())) && !is_all(text)
    }
}

/// The names of the regencies that a table may speak of.
pub struct TablePlaces<'a> {
    places: &'a Places,
    names: Vec<(UnitId, Vec<String>, Gazetteer, PlaceNames<'a>)>,
    /// What cells that were read meant; tables repeat their places.
    known: HashMap<String, PlaceFinding>,
    /// Of what places its source and its reader speak: of villages of one name it is one of theirs.
    own: Vec<Areas>,
}

/// So many different places are remembered.
const MOST_KNOWN: usize = 10_000;

impl<'a> TablePlaces<'a> {
    pub fn new(places: &'a Places, regencies: &[UnitId]) -> TablePlaces<'a> {
        let of = |regency: &UnitId| {
            let gazetteer = Gazetteer::of_regency(places, *regency);
            let aliases = places.unit(*regency).aliases.iter();
            let keys = aliases.map(|name| regency_key(name)).chain([regency_key(&places.name(*regency))]);
            (*regency, keys.collect(), gazetteer, PlaceNames::new(places, *regency))
        };
        TablePlaces {
            places,
            names: regencies.iter().map(of).collect(),
            known: HashMap::new(),
            own: Vec::new(),
        }
    }

    /// Says of what places its source and its reader speak.
    pub fn speaks_of(&mut self, own: Vec<Areas>) {
        self.own = own;
    }

    /// True where a point, in degrees north and east, cannot lie in a place.
    pub fn is_far(&self, place: Place, (lat, lon): (f64, f64)) -> bool {
        self.places.find(place.code).is_some_and(|unit| is_far(self.places, unit, (lon, lat)))
    }

    /// The places of a row, one or, in a list of kecamatan, several.
    pub fn find(&mut self, cells: &PlaceCells) -> Result<Vec<RowPlace>, Trouble> {
        if let Some(cells) = with_village_code(cells)? {
            return self.find(&cells);
        }
        let own = self.regency(&cells.regency)?;
        let (column, text) = &cells.text;
        let Some(number) = self.regency_alone(text) else { return self.find_within(own, cells) };
        if own.is_some_and(|own| own != number) {
            return Err(trouble(true, *column, text, ("sheet.two_regencies", vec![])));
        }
        // The words for the place say no more than a column of the regency does.
        self.find_within(Some(number), &PlaceCells { text: (*column, String::new()), ..cells.clone() })
    }

    fn find_within(&mut self, mut own: Option<usize>, cells: &PlaceCells) -> Result<Vec<RowPlace>, Trouble> {
        if !cells.code.1.is_empty() {
            let (number, place) = self.of_code(&cells.code, own)?;
            if !place.code.is_regency() {
                return self.as_named(cells, number, place);
            }
            own = Some(number); // the names say where in it
        }
        if cells.code.1.is_empty() && dotted(&cells.district.1).is_some() {
            // Some fill the code into the column of the name.
            let (code, district) = (cells.district.clone(), (None, String::new()));
            return self.find(&PlaceCells { code, district, ..cells.clone() });
        }
        let regency = match (own, self.names.len()) {
            (Some(own), _) => own,
            (None, 1) => 0,
            _ => return Err(trouble(true, cells.regency.0, "", ("sheet.which_regency", vec![]))),
        };
        let several = self.are_several(regency, cells)?;
        let (is_district, is_village) =
            (!unmarked(&cells.district.1).is_empty(), !unmarked(&cells.village.1).is_empty());
        if let (Some(unit), false) = (several, is_district) {
            let place = Place { code: self.places.code(unit), village: 0 };
            return Ok(vec![RowPlace { place, is_part: true }]);
        }
        let village = if several.is_some() { (None, String::new()) } else { cells.village.clone() };
        let composed = composed(&cells.district.1, &village.1);
        let by_columns = (!composed.is_empty()).then(|| self.words(regency, &composed));
        let is_contradiction = is_district
            && is_village
            && by_columns.as_ref().is_some_and(|found| found.question == Some(Question::SeveralPlaces));
        if is_contradiction {
            return Err(several_places(&cells.village));
        }
        let alike = match is_district || several.is_some() {
            true => Vec::new(),
            false if is_village => self.alike(regency, &composed),
            false => self.alike(regency, &cells.text.1),
        };
        if !alike.is_empty() {
            let cell = if is_village { &cells.village } else { &cells.text };
            return self.one_alike(regency, &alike, (cell, &cells.text.1));
        }
        let by_columns = by_columns.filter(|found| found.district.is_some());
        let is_stated = is_district && by_columns.is_some();
        let found = match by_columns {
            Some(mut found) if found.village.is_none() && !cells.text.1.is_empty() => {
                // The kecamatan has a column; the village may stand in the words.
                let words = self.words(regency, &cells.text.1);
                let same = words.district.as_ref().map(|one| one.value)
                    == found.district.as_ref().map(|one| one.value);
                if same {
                    found.village = words.village;
                } else if words.district.is_some() && words.question.is_none() && is_marked(&cells.text.1) {
                    return Err(several_places(&cells.text));
                }
                found
            }
            Some(found) => found,
            None => self.words(regency, &cells.text.1),
        };
        if let (Some(district), true) = (&found.district, is_stated || found.question.is_none()) {
            let village = found.village.as_ref().map_or(0, |village| village.value);
            if village == 0 && self.begins_several(district.value, &cells.village.1) {
                let (column, cell) = &cells.village;
                return Err(trouble(true, *column, cell, ("sheet.several_villages", vec![])));
            }
            let place = Place { code: self.places.code(district.value), village };
            let is_part = village == 0 && (several.is_some() || cells.names_part());
            return Ok(vec![RowPlace { place, is_part }]);
        }
        self.otherwise((regency, own.is_some()), cells, &found)
    }

    /// The villages of one name that words name, and no other place, where several kecamatan have one.
    fn alike(&self, regency: usize, text: &str) -> Vec<(UnitId, u16)> {
        let named = self.names[regency].3.names(&tokens(text, 0..text.len()));
        let mut meanings = named.found.into_iter().map(|naming| naming.meanings);
        let Some(first) = meanings.next().filter(|first| first.len() > 1) else { return Vec::new() };
        if meanings.all(|other| other == first) { first } else { Vec::new() }
    }

    /// Of villages of one name the one in the kecamatan that the words for the place name, or in a place of the table's source and
    /// reader; else it is asked which, and of which kecamatan there are some.
    fn one_alike(
        &mut self,
        regency: usize,
        alike: &[(UnitId, u16)],
        ((column, cell), text): (&ColumnCell, &str),
    ) -> Result<Vec<RowPlace>, Trouble> {
        let named = self.words(regency, text).district.map(|found| found.value);
        let place =
            |(unit, village): &(UnitId, u16)| Place { code: self.places.code(*unit), village: *village };
        let is_own = |place: Place| self.own.iter().all(|areas| areas.contains(place));
        let fits = |(unit, _): &&(UnitId, u16)| named.is_none_or(|named| named == *unit);
        let fitting = alike.iter().filter(fits).map(place);
        let mut own = fitting.filter(|place| named.is_some() || is_own(*place));
        if let (Some(one), None) = (own.next(), own.next()) {
            return Ok(vec![RowPlace::whole(one)]);
        }
        let districts: BTreeSet<String> = alike.iter().map(|(unit, _)| self.places.name(*unit)).collect();
        let districts: Vec<String> = districts.into_iter().collect();
        let values = vec![("districts", districts.join(", ").into())];
        Err(trouble(true, *column, cell, ("sheet.village_of_several", values)))
    }

    /// Asks where a cell names several kecamatan, or villages of several; of villages of one kecamatan that one.
    fn are_several(&self, regency: usize, cells: &PlaceCells) -> Result<Option<UnitId>, Trouble> {
        let unit = self.names[regency].0;
        if several_places::districts(self.places, unit, &cells.district.1).len() > 1 {
            return Err(several_places(&cells.district));
        }
        let villages = several_places::villages(self.places, unit, &cells.village.1);
        let Some((first, others)) = villages.split_first() else { return Ok(None) };
        let mut common = first.iter().filter(|unit| others.iter().all(|other| other.contains(unit)));
        let named = self.words_of(regency, &cells.district.1);
        let fits = |unit: &&UnitId| named.is_none_or(|named| named == **unit);
        common.find(fits).copied().map(Some).ok_or_else(|| several_places(&cells.village))
    }

    /// The kecamatan that a cell names.
    fn words_of(&self, regency: usize, cell: &str) -> Option<UnitId> {
        let text = format!("Kec. {}", unmarked(cell));
        let found = (!cell.is_empty()).then(|| self.names[regency].3.find(&tokens(&text, 0..text.len())));
        found?.district.map(|found| found.value)
    }

    /// True where the names of several villages of a kecamatan begin with a cell: "Maur" of Maur Lama and Maur Baru.
    fn begins_several(&self, district: UnitId, cell: &str) -> bool {
        let own = letters(unmarked(cell));
        let begins = |village: &&Village| letters(&village.name).starts_with(&own);
        own.len() >= 3 && self.places.unit(district).villages.iter().filter(begins).count() > 1
    }

    /// The regency a cell names, as a number of `names`; `None` where it says nothing.
    fn regency(&self, (column, cell): &ColumnCell) -> Result<Option<usize>, Trouble> {
        if cell.is_empty() {
            return Ok(None);
        }
        let key = regency_key(cell);
        let found = self.names.iter().position(|(unit, names, ..)| {
            names.contains(&key) || self.places.code(*unit).to_string() == cell.trim()
        });
        found.map(Some).ok_or_else(|| trouble(false, *column, cell, ("sheet.other_regency", vec![])))
    }

    /// The regency that words name and nothing within it: "Kab. Musi Rawas Utara, Sumatera Selatan". A kecamatan of the same name
    /// is meant where nothing calls it a regency.
    fn regency_alone(&self, text: &str) -> Option<usize> {
        const LEADS: [&str; 8] = ["wilayah", "seluruh", "se", "di", "daerah", "wilkum", "polres", "pemkab"];
        let parts = text.split([',', ';', '(', ')', '\n']);
        let mut parts = parts.filter(|part| !name(part).is_empty() && provinces::of_name(part).is_none());
        let (part, None) = (parts.next()?, parts.next()) else { return None };
        let words = name(part);
        let words: Vec<&str> =
            words.iter().map(String::as_str).skip_while(|word| LEADS.contains(word)).collect();
        let is_called = words.first().is_some_and(|word| matches!(*word, "kab" | "kabupaten" | "kota"));
        let key = regency_key(&words.concat());
        let number = self.names.iter().position(|(_, names, ..)| names.contains(&key))?;
        let is_district = self.places.districts(self.names[number].0).any(|unit| {
            let record = self.places.unit(unit);
            record.aliases.iter().chain([&record.name]).any(|own| letters(own) == key)
        });
        (is_called || !is_district).then_some(number)
    }

    /// The regency, as a number of `names`, and the place of a code.
    fn of_code(&self, (column, cell): &ColumnCell, own: Option<usize>) -> Result<(usize, Place), Trouble> {
        let unknown = || trouble(false, *column, cell, ("sheet.unknown_code", vec![]));
        let written = dotted(cell).ok_or_else(unknown)?;
        let place = Place::parse_village(&written)
            .or_else(|| Code::parse(&written).map(|code| Place { code, village: 0 }));
        let place = place.ok_or_else(unknown)?;
        let place =
            if self.is_known(place) { place } else { self.places.of_old_code(place).ok_or_else(unknown)? };
        let regency = self.places.find(place.code.regency()).ok_or_else(unknown)?;
        let is_named = self.names.iter().position(|(unit, ..)| *unit == regency);
        let number =
            is_named.ok_or_else(|| trouble(false, *column, cell, ("sheet.other_regency", vec![])))?;
        if own.is_some_and(|own| own != number) {
            return Err(trouble(true, *column, cell, ("sheet.code_and_name", vec![])));
        }
        Ok((number, place))
    }

    /// The place of a code of a kecamatan or a village, where the names of the row do not say another; with the village that
    /// they name where the code names none.
    fn as_named(
        &mut self,
        cells: &PlaceCells,
        number: usize,
        mut place: Place,
    ) -> Result<Vec<RowPlace>, Trouble> {
        let composed = composed(&cells.district.1, &cells.village.1);
        if composed.is_empty() {
            return Ok(vec![RowPlace::whole(place)]);
        }
        let unit = self.places.find(place.code);
        let named = self.words(number, &composed);
        let village = named.village.as_ref().map(|found| found.value);
        let is_other = match &named.district {
            Some(found) => Some(found.value) != unit,
            None => !unmarked(&cells.district.1).is_empty(),
        };
        if is_other || village.is_some_and(|village| place.village > 0 && village != place.village) {
            let (column, cell) = &cells.code;
            return Err(trouble(true, *column, cell, ("sheet.code_and_name", vec![])));
        }
        if let (0, Some(village)) = (place.village, village) {
            place.village = village;
        }
        Ok(vec![RowPlace { place, is_part: place.village == 0 && cells.names_part() }])
    }

    fn is_known(&self, place: Place) -> bool {
        self.places.find(place.code).is_some() && (place.village == 0 || self.places.village(place).is_some())
    }

    fn words(&mut self, regency: usize, text: &str) -> PlaceFinding {
        let key = format!("{regency} {text}");
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let found = self.names[regency].3.find(&tokens(text, 0..text.len()));
        if self.known.len() < MOST_KNOWN {
            self.known.insert(key, found.clone());
        }
        found
    }

    /// A list of kecamatan is a report for each; where nothing names a kecamatan, the regency's own name stands for it.
    fn otherwise(
        &self,
        (regency, is_named): (usize, bool),
        cells: &PlaceCells,
        found: &PlaceFinding,
    ) -> Result<Vec<RowPlace>, Trouble> {
        let (unit, _, gazetteer, _) = &self.names[regency];
        let mut listed: Vec<UnitId> = Vec::new();
        for mention in mentions(&cells.text.1) {
            let place = gazetteer.place(self.places, *unit, &mention);
            match place.filter(|(_, way)| *way != Recognition::Elsewhere) {
                Some((unit, _)) if !listed.contains(&unit) => listed.push(unit),
                _ => {}
            }
        }
        let is_open = found.question == Some(Question::SeveralPlaces);
        if listed.len() > 1 || listed.len() == 1 && cells.district.1.is_empty() && !is_open {
            let place = |unit: UnitId| RowPlace::whole(Place { code: self.places.code(unit), village: 0 });
            return Ok(listed.into_iter().map(place).collect());
        }
        let (column, value) = [&cells.district, &cells.village, &cells.text]
            .into_iter()
            .find(|(_, cell)| !cell.is_empty())
            .map_or((cells.text.0.or(cells.district.0), ""), |(column, cell)| (*column, cell.as_str()));
        match &found.question {
            Some(Question::SeveralPlaces) => Err(several_places(&(column, value.to_owned()))),
            _ if value.is_empty() && is_named => {
                Ok(vec![RowPlace::whole(Place { code: self.places.code(*unit), village: 0 })])
            }
            _ if value.is_empty() => Err(trouble(false, column, "", ("sheet.no_place", vec![]))),
            _ if self.regency_alone(value).is_some() => {
                Err(trouble(true, column, value, ("sheet.only_regency", vec![])))
            }
            _ => Err(trouble(true, column, value, ("sheet.unknown_place", vec![]))),
        }
    }
}

/// The names that columns of their own give, as words that name a place.
fn composed(district: &str, village: &str) -> String {
    match (unmarked(district), unmarked(village)) {
        ("", "") => String::new(),
        (district, "") => format!("Kec. {district}"),
        ("", village) => format!("Ds. {village}"),
        (district, village) => format!("Kec. {district}; Ds. {village}"),
    }
}

/// The cells with the code of a village as their code, where it was filled into the column of its name.
fn with_village_code(cells: &PlaceCells) -> Result<Option<PlaceCells>, Trouble> {
    let Some(own) = dotted(&cells.village.1).filter(|own| Place::parse_village(own).is_some()) else {
        return Ok(None);
    };
    if !cells.code.1.is_empty() && dotted(&cells.code.1).is_none() {
        return Ok(None); // what cannot be read is refused
    }
    let (column, cell) = &cells.village;
    let district = dotted(&cells.district.1);
    if [dotted(&cells.code.1), district.clone()].iter().flatten().any(|other| !own.starts_with(other)) {
        return Err(trouble(true, *column, cell, ("sheet.code_and_name", vec![])));
    }
    let none = || (None, String::new());
    let named = if district.is_some() { none() } else { cells.district.clone() };
    let code = cells.village.clone();
    Ok(Some(PlaceCells { code, district: named, village: none(), ..cells.clone() }))
}

fn several_places((column, cell): &ColumnCell) -> Trouble {
    trouble(true, *column, cell, ("sheet.several_places", vec![]))
}

/// A regency's name as compared: a city keeps its "Kota".
pub(crate) fn regency_key(name: &str) -> String {
    let own = letters(name);
    ["kabupaten", "kab"].iter().find_map(|rank| own.strip_prefix(rank)).unwrap_or(&own).to_owned()
}

/// A name without the word for what it is of: "Kec. Rupit", "Polsek Rupit".
pub(super) fn unmarked(cell: &str) -> &str {
    const MARKS: [&str; 14] = [
        "kecamatan",
        "kec",
        "distrik",
        "polsek",
        "polsekta",
        "desa",
        "ds",
        "kelurahan",
        "kel",
        "kampung",
        "nagari",
        "dusun",
        "dsn",
        "koramil",
    ];
    let cell = cell.trim();
    let first = name(cell).into_iter().next().unwrap_or_default();
    if !MARKS.contains(&first.as_str()) || name(cell).len() < 2 {
        return cell;
    }
    let end = cell.find(|letter: char| !letter.is_alphabetic()).unwrap_or(0);
    cell[end..].trim_start_matches(|letter: char| !letter.is_alphanumeric())
}

/// A code with its dots, however it is written: `161301`, `16.13.01`, `1613012003`.
fn dotted(cell: &str) -> Option<String> {
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    let is_code =
        cell.chars().all(|letter| letter.is_ascii_digit() || letter == '.' || letter.is_whitespace());
    let part = |from: usize, to: usize| digits.get(from..to);
    is_code.then(|| match digits.len() {
        4 => Some(format!("{}.{}", part(0, 2)?, part(2, 4)?)),
        6 => Some(format!("{}.{}.{}", part(0, 2)?, part(2, 4)?, part(4, 6)?)),
        10 => Some(format!("{}.{}.{}.{}", part(0, 2)?, part(2, 4)?, part(4, 6)?, part(6, 10)?)),
        _ => None,
    })?
}
