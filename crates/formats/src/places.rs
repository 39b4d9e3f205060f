//! The configured places: a regency's CSV file, or a bare list of district codes.

use crate::abridge::first_and_more;
use crate::archive::Format;
use crate::plain_text::{delimiter, is_blank};
use domain::place::{Code, OldCode, Place, Places, Unit, Village, Zone};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Codes a remark shows.
const LISTED: usize = 12;

/// Why a file of places cannot be used; the line is counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    #[error("reading places '{file}': {source}")]
    Csv { file: String, source: csv::Error },
    #[error("reading places '{file}', line {line}: {what}")]
    Line { file: String, line: u64, what: String },
    #[error("reading places: no district found; give at least one file with codes such as 16.13.04")]
    Empty,
    #[error("reading places: {0} units are more than the {max} this build can number", max = u16::MAX)]
    TooMany(usize),
    #[error("reading places.regencies: '{0}' is in none of the files; add it with `kentongan district add`")]
    Regency(String),
}

/// Reads those files (`name`, text) that hold one of the wanted regencies; all of them where none is named.
///
/// # Errors
/// Where a wanted regency is in no file, or a file cannot be used.
pub fn of_regencies(mut files: Vec<(String, String)>, wanted: &[String]) -> Result<Places, PlacesError> {
    let first_cell =
        |line: &str| line.split([',', ';', '\t']).next().map(|cell| cell.trim_matches('"').to_owned());
    let holds = |text: &str, code: &str| text.lines().any(|line| first_cell(line).as_deref() == Some(code));
    for code in wanted {
        let is_regency = Code::parse(code).is_some_and(Code::is_regency);
        if !is_regency || !files.iter().any(|(_, text)| holds(text, code)) {
            return Err(PlacesError::Regency(code.clone()));
        }
    }
    if !wanted.is_empty() {
        files.retain(|(_, text)| wanted.iter().any(|code| holds(text, code)));
    }
    from_csv(&files)
}

/// Prose is placed by name: a remark where the list `list` gives places by their code alone and `format` is prose.
pub fn nameless(places: &Places, list: &str, format: Format) -> Option<String> {
    let bare = places.ids().filter(|unit| places.unit(*unit).name.is_empty()).count();
    (format.is_prose() && bare > 0).then(|| {
        format!(
            "'{list}' names {bare} of {} places by their code alone; this format is placed by names: write code,name",
            places.len()
        )
    })
}

/// Reads regency files (`name`, text) as `config/districts` holds them. Villages are known then.
pub fn from_csv(files: &[(String, String)]) -> Result<Places, PlacesError> {
    let mut rows = Vec::new();
    for (file, text) in files {
        regency_file(file, text, &mut rows)?;
    }
    finish(rows, true)
}

/// Reads a bare list: a code a line, a name after a comma, semicolon or tab where there is one, `#` for a remark.
/// Lines of villages are passed over: such a run checks villages by prefix only.
pub fn from_list(file: &str, text: &str) -> Result<Places, PlacesError> {
    let mut rows = Vec::new();
    for ListedLine { number, code: written, name } in listed_lines(text) {
        if Place::parse_village(&written).is_some() {
            continue;
        }
        let Some(code) = Code::parse(&written) else {
            if rows.is_empty() && ["code", "kode"].contains(&written.to_lowercase().as_str()) {
                continue;
            }
            let what =
                format!("'{written}' is not a code; write a regency as 16.13 or a district as 16.13.04");
            return Err(PlacesError::Line { file: file.into(), line: number, what });
        };
        rows.push((code, Unit { rank: rank(code, &name).into(), name, ..Unit::default() }));
    }
    finish(rows, false)
}

/// A remark where a bare list has a code under several names; the first is used.
pub fn doubled(list: &str, text: &str) -> Option<String> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut found = Vec::new();
    for ListedLine { code, name, .. } in listed_lines(text) {
        match names.get(&code) {
            Some(known) if *known != name => found.push(format!("{code} ({known}, {name})")),
            Some(_) => (),
            None => _ = names.insert(code, name),
        }
    }
    (!found.is_empty()).then(|| {
        let codes = first_and_more(&found, LISTED);
        format!("'{list}' has codes more than once under different names, the first is used: {codes}")
    })
}

/// A line of a bare list that is neither empty nor a remark.
struct ListedLine {
    /// Counted from 1.
    number: u64,
    /// Without spaces and invisible characters.
    code: String,
    name: String,
}

fn listed_lines(text: &str) -> impl Iterator<Item = ListedLine> {
    let is_noise = |letter: char| is_blank(letter) || letter == '"';
    text.lines().zip(1..).filter_map(move |(line, number)| {
        let (code, name) = line.split_once([',', ';', '\t']).unwrap_or((line, ""));
        let code: String = code.chars().filter(|letter| !is_noise(*letter)).collect();
        let is_meant = !code.is_empty() && !code.starts_with('#');
        is_meant.then(|| ListedLine { number, code, name: name.trim_matches(is_noise).to_owned() })
    })
}

fn rank(code: Code, name: &str) -> &'static str {
    // In the code list a kota counts from 71 within its province.
    match (code.is_regency(), code.0 / 100 % 100) {
        (false, _) => "kecamatan",
        (true, number) if number > 70 || name.starts_with("Kota ") => "kota",
        (true, _) => "kabupaten",
    }
}

fn finish(rows: Vec<(Code, Unit)>, villages_known: bool) -> Result<Places, PlacesError> {
    if rows.is_empty() {
        return Err(PlacesError::Empty);
    }
    let places = Places::new(rows, villages_known);
    if places.len() > usize::from(u16::MAX) { Err(PlacesError::TooMany(places.len())) } else { Ok(places) }
}

/// A row as the file has it; columns this program does not know are the writer's own business.
#[derive(Deserialize)]
struct Row {
    code: String,
    name: String,
    level: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    lat: String,
    #[serde(default)]
    lon: String,
    population: Option<u32>,
    #[serde(default)]
    area_km2: String,
    #[serde(default)]
    neighbours: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    aliases: String,
    #[serde(default)]
    old_codes: String,
}

fn regency_file(file: &str, text: &str, rows: &mut Vec<(Code, Unit)>) -> Result<(), PlacesError> {
    let csv_error = |source| PlacesError::Csv { file: file.into(), source };
    let text = text.trim_start_matches('\u{feff}');
    let is_header =
        |cells: &[String]| ["code", "name", "level"].iter().all(|name| cells.iter().any(|cell| cell == name));
    let delimiter = delimiter(text, is_header).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(csv_error)?.clone();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(csv_error)? {
        let line = record.position().map_or(0, csv::Position::line);
        let mut row: Row = record.deserialize(Some(&headers)).map_err(csv_error)?;
        row.code.retain(|letter| !is_blank(letter));
        row.place(rows).map_err(|what| PlacesError::Line { file: file.into(), line, what })?;
    }
    Ok(())
}

impl Row {
    fn place(self, rows: &mut Vec<(Code, Unit)>) -> Result<(), String> {
        match self.level.as_str() {
            "regency" | "district" => {
                let wrong = || format!("'{}' is not the code of a {}", self.code, self.level);
                let code = Code::parse(&self.code).ok_or_else(wrong)?;
                if code.is_regency() != (self.level == "regency") {
                    return Err(wrong());
                }
                if rows.iter().any(|(known, _)| *known == code) {
                    return Err(format!("'{code}' is there a second time; keep one of its rows"));
                }
                let unit = self.unit(code)?;
                rows.push((code, unit));
                Ok(())
            }
            "village" => {
                let place = Place::parse_village(&self.code)
                    .ok_or_else(|| format!("'{}' is not a village code; write 16.13.04.2003", self.code))?;
                let district = rows.iter_mut().rev().find(|(code, _)| *code == place.code);
                let (_, unit) = district.ok_or_else(|| {
                    format!("village '{}' stands before its district '{}'", self.code, place.code)
                })?;
                if unit.villages.iter().any(|known| known.number == place.village) {
                    return Err(format!("'{}' is there a second time; keep one of its rows", self.code));
                }
                unit.old_codes.extend(self.old_codes(place.village)?);
                unit.villages.push(self.village(place.village)?);
                Ok(())
            }
            other => Err(format!("level '{other}' is not one of regency, district, village")),
        }
    }

    fn unit(self, code: Code) -> Result<Unit, String> {
        let centre = self.centre()?;
        let old_codes = self.old_codes(0)?;
        let mut neighbours = Vec::new();
        for word in words(&self.neighbours) {
            let neighbour = Code::parse(&word).ok_or_else(|| format!("neighbour '{word}' is not a code"))?;
            neighbours.push(neighbour);
        }
        neighbours.sort_unstable();
        neighbours.dedup();
        check_zone(&self.zone, code)?;
        Ok(Unit {
            centre,
            population: self.population,
            area_km2: decimal("area_km2", &self.area_km2)?,
            neighbours,
            aliases: words(&self.aliases),
            rank: if self.kind.is_empty() { rank(code, &self.name).into() } else { self.kind },
            name: self.name,
            villages: Vec::new(),
            old_codes,
        })
    }

    fn village(self, number: u16) -> Result<Village, String> {
        let centre = self.centre()?;
        let rank = if self.kind.is_empty() { "desa".into() } else { self.kind };
        Ok(Village { number, centre, aliases: words(&self.aliases), rank, name: self.name })
    }

    /// Codes the row's place had before, as those of this village of its district (0: of the unit itself).
    fn old_codes(&self, village: u16) -> Result<Vec<OldCode>, String> {
        let read = |word: String| {
            let unit = || Code::parse(&word).map(|code| Place { code, village: 0 });
            let old = if village > 0 { Place::parse_village(&word) } else { unit() };
            old.map(|old| OldCode { old, village })
                .ok_or_else(|| format!("old code '{word}' is not the code of a {}", self.level))
        };
        words(&self.old_codes).into_iter().map(read).collect()
    }

    fn centre(&self) -> Result<Option<(f64, f64)>, String> {
        let (lat, lon) = match (decimal("lat", &self.lat)?, decimal("lon", &self.lon)?) {
            (Some(lat), Some(lon)) => (lat, lon),
            (None, None) => return Ok(None),
            _ => return Err("lat and lon belong together; give both or leave both empty".to_owned()),
        };
        let (is_lat, is_lon) = (lat.abs() <= 90.0, lon.abs() <= 180.0);
        if is_lat && is_lon {
            return Ok(Some((lat, lon)));
        }
        let may_be_swapped = lon.abs() <= 90.0 && lat.abs() <= 180.0;
        let why = if may_be_swapped { "they are swapped" } else { "write degrees, such as -2.61 and 102.91" };
        Err(format!("lat {lat}, lon {lon} is nowhere; {why}"))
    }
}

/// A number with a point or, as spreadsheets here write it, a comma; nothing where the cell is empty.
fn decimal(column: &str, cell: &str) -> Result<Option<f64>, String> {
    let text = cell.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let value = text.replace(',', ".").parse().ok().filter(|value: &f64| value.is_finite());
    value.map(Some).ok_or_else(|| format!("{column} '{text}' is not a number; write it like -2.61"))
}

/// Refuses a zone that is not the one of the place's province; the cell may be empty.
fn check_zone(word: &str, code: Code) -> Result<(), String> {
    if word.is_empty() {
        return Ok(());
    }
    let unknown = || format!("zone '{word}' is not one of WIB, WITA, WIT or its IANA name");
    let (zone, own) = (Zone::parse(word).ok_or_else(unknown)?, Zone::of(code).label());
    match zone.label() == own {
        true => Ok(()),
        false => Err(format!(
            "zone '{word}' is not the province's, which is {own}; write {own}, or leave the cell empty"
        )),
    }
}

fn words(list: &str) -> Vec<String> {
    list.split(';').map(str::trim).filter(|word| !word.is_empty()).map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_regencies_are_read_with_villages() {
        let files = ["16.13", "35.08", "61.02", "63.72"].map(|code| {
            let path = format!("{}/../../config/districts/{code}.csv", env!("CARGO_MANIFEST_DIR"));
            (path.clone(), std::fs::read_to_string(path).unwrap())
        });
        let places = from_csv(&files).unwrap();
        let counted: Vec<(usize, usize)> = places
            .regency_ids()
            .map(|id| {
                let villages = places.districts(id).map(|d| places.unit(d).villages.len()).sum();
                (places.districts(id).count(), villages)
            })
            .collect();
        assert_eq!(counted, [(7, 89), (21, 205), (9, 67), (5, 20)]);
        let banjarbaru = places.find(Code(637200)).unwrap();
        assert_eq!(places.unit(banjarbaru).rank, "kota");
        let muratara = places.unit(places.find(Code(161300)).unwrap());
        assert_eq!(muratara.aliases, ["Muratara"]);
        let village = places.village(Place::parse_village("16.13.01.1007").unwrap()).unwrap();
        assert_eq!((village.name.as_str(), village.rank.as_str()), ("Muara Rupit", "kelurahan"));
    }

    #[test]
    fn a_zone_that_is_not_the_provinces_is_refused_with_what_to_write() {
        let code = Code(637_201);
        assert_eq!(["", "WITA", "Asia/Makassar"].map(|word| check_zone(word, code)), [const { Ok(()) }; 3]);
        let refused = check_zone("Asia/Jakarta", code).unwrap_err();
        assert!(refused.contains("WITA") && refused.contains("empty"), "{refused}");
        assert!(check_zone("GMT", code).unwrap_err().contains("IANA"));
    }

    #[test]
    fn a_bare_list_takes_names_regencies_and_remarks() {
        let text = "\u{feff}code,name\n# Muratara\n16.13,Kabupaten Musi Rawas Utara\n16.13.04,\"Rawas Ilir\"\n\n16.13.04.2003,x\n81.01.01\n";
        let places = from_list("l", text).unwrap();
        assert!(!places.villages_known);
        assert_eq!(places.len(), 4);
        assert_eq!(places.name(places.find(Code(161304)).unwrap()), "Rawas Ilir");
        let error = from_list("l", "16.13.04\n161304\n").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("161304"), "{error}");
        assert!(matches!(from_list("l", "\n"), Err(PlacesError::Empty)));
    }

    #[test]
    fn a_bare_list_is_read_however_it_is_parted_and_doubled_codes_are_named() {
        let plain = from_list("l", "16.97,Andai\n16.97.01,Mulia\n16.97.02,Asri\n").unwrap();
        let shown = |places: &Places| -> Vec<String> {
            places.ids().map(|id| format!("{} {}", places.code(id), places.name(id))).collect()
        };
        for text in [
            "kode;nama\r\n16.97;Andai\r\n16.97.01;Mulia\r\n16.97.02;Asri\r\n",
            "16.97\tAndai\n16.97.01\tMulia\n16.97.02\tAsri",
            "16.97,Andai\n16.97. 01 ,Mulia\n\u{a0}16.97.02\u{a0},\u{a0}Asri\n\u{200b}\n",
        ] {
            assert_eq!(shown(&from_list("l", text).unwrap()), shown(&plain), "{text:?}");
            assert_eq!(doubled("l", text), None);
        }
        let twice = doubled("l", "16.97.01,Mulia\n16.97.01;Mulia\n16.97.01,Baru\n").unwrap();
        assert!(twice.ends_with(": 16.97.01 (Mulia, Baru)"), "{twice}");
    }

    #[test]
    fn a_file_that_a_spreadsheet_saved_again_is_the_same() {
        let rows = ["16.97,Andai,regency,,,", "16.97.01,Mulia,district,-2.5,102.25,12.5"];
        let plain = format!("code,name,level,lat,lon,area_km2\n{}\n", rows.join("\n"));
        let again = plain.replace(',', ";").replace("2.5;", "2,5;").replace("102.25", "102,25");
        for text in [plain, again] {
            let places = from_csv(&[("f.csv".into(), text.clone())]).unwrap();
            assert_eq!(places.unit(places.find(Code(169701)).unwrap()).centre, Some((-2.5, 102.25)));
            assert!(of_regencies(vec![("f.csv".into(), text)], &["16.97".to_owned()]).is_ok());
        }
    }

    #[test]
    fn old_codes_lead_to_what_they_are_now() {
        let text = "code,name,level,old_codes\n16.97,Andai,regency,16.05\n16.97.01,Mulia,district,\n\
                    16.97.09,Baru,district,16.97.08;16.05.31\n16.97.09.2001,Sejati,village,16.97.01.2007\n";
        let places = from_csv(&[("f.csv".into(), text.into())]).unwrap();
        let now = |code: &str| {
            let unit = || Code::parse(code).map(|code| Place { code, village: 0 });
            places
                .of_old_code(Place::parse_village(code).or_else(unit).unwrap())
                .map(|place| place.to_string())
        };
        assert_eq!(now("16.97.01.2007").as_deref(), Some("16.97.09.2001"));
        assert_eq!(now("16.05.31").as_deref(), Some("16.97.09"));
        assert_eq!(now("16.05").as_deref(), Some("16.97"));
        assert_eq!((now("16.97.01"), now("16.97.01.2008")), (None, None));
        let split = text.replace("Mulia,district,", "Mulia,district,16.97.08");
        let places = from_csv(&[("f.csv".into(), split)]).unwrap();
        assert_eq!(places.of_old_code(Place { code: Code(169_708), village: 0 }), None, "two have it");
        let wrong = text.replace("16.97.01.2007", "16.97.01");
        let error = from_csv(&[("f.csv".into(), wrong)]).unwrap_err().to_string();
        assert!(error.contains("line 5") && error.contains("old code '16.97.01'"), "{error}");
    }

    #[test]
    fn a_wrong_row_names_its_line() {
        let head = "code,name,level,kind,lat,lon,population,area_km2,neighbours,zone,bps,aliases\n";
        for (row, word) in [
            ("16.13,A,district,,,,,,,,,\n", "16.13"),
            ("16.13.04.2003,A,village,,,,,,,,,\n", "before its district"),
            ("16.13.04,A,hamlet,,,,,,,,,\n", "hamlet"),
            ("16.13.04,A,district,,,,,,,GMT,,\n", "GMT"),
            ("16.13.04,A,district,,,,,,161301,,,\n", "161301"),
            ("16.13.04,A,district,,102.9,-2.5,,,,,,\n", "swapped"),
            ("16.13.04,A,district,,301362.7,9043195.2,,,,,,\n", "degrees"),
            ("16.13.04,A,district,,-2.5,,,,,,,\n", "belong together"),
            ("16.13.04,A,district,,\"-2,5x\",102,,,,,,\n", "lat '-2,5x'"),
        ] {
            let error = from_csv(&[("f.csv".into(), format!("{head}{row}"))]).unwrap_err().to_string();
            assert!(error.contains(word) && error.contains("line 2"), "{error}");
        }
        let twice = format!("{head}16.13.04,A,district,,,,,,,,,\n16.13.04,B,district,,,,,,,,,\n");
        let error = from_csv(&[("f.csv".into(), twice)]).unwrap_err().to_string();
        assert!(error.contains("line 3") && error.contains("'16.13.04' is there a second time"), "{error}");
    }
}
