//! A regency's file of places, made from a Kemendagri code list and, if there is one, the boundaries of its districts.
//!
//! What a source does not give stays empty; nothing is guessed. The columns are described in `config/districts/README.md`.

use crate::abridge::{first_and_more, first_phrases_and_more};
use crate::archive::Crosswalk;
use crate::boundaries::position::PositionDoubt;
use crate::boundaries::{Boundaries, BoundariesError, MisnamedBoundary, RenamedFeature, UnreadableFeature};
use crate::code_list::{ListedPlace, OldCodes, RegencyList};
use domain::place::{Code, Zone};
use std::path::Path;

const HEADER: [&str; 14] = [
    "code",
    "name",
    "level",
    "kind",
    "lat",
    "lon",
    "population",
    "area_km2",
    "neighbours",
    "zone",
    "zone_label",
    "bps",
    "aliases",
    "old_codes",
];

/// Entries a note shows, so that a file of a whole province does not fill the screen.
const LISTED: usize = 12;

/// Why a regency's file cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DistrictFileError {
    #[error("{0}")]
    Boundaries(#[from] BoundariesError),
    #[error("{0}")]
    Unusable(String),
    #[error("{0} is not a province this program knows")]
    Province(String),
    #[error("writing the table: {0}")]
    Csv(#[from] csv::Error),
    #[error("writing the table: {0}")]
    Io(#[from] std::io::Error),
}

/// The file's text; `rows` begin with the regency.
///
/// # Errors
/// Where the regency's province is unknown.
pub fn table(
    rows: &[ListedPlace],
    boundaries: &Boundaries,
    crosswalk: &Crosswalk,
    old_codes: &OldCodes,
) -> Result<String, DistrictFileError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    let (zone, label) = zone(&rows[0].code)?;
    for row in rows {
        let centre = boundaries.get(&row.code).map(|boundary| boundary.centre);
        let degrees = |value: Option<f64>| value.map(|value| format!("{value:.5}")).unwrap_or_default();
        let neighbours = match row.level() {
            "district" => boundaries.neighbours(&row.code, districts(rows)),
            _ => Vec::new(),
        };
        let bps =
            Code::parse(&row.code).filter(|code| code.is_regency()).and_then(|code| crosswalk.bps_of(code));
        writer.write_record([
            &row.code,
            &row.name,
            row.level(),
            row.kind(),
            &degrees(centre.map(|(lat, _)| lat)),
            &degrees(centre.map(|(_, lon)| lon)),
            "",
            "",
            &neighbours.join(";"),
            zone,
            label,
            &bps.map(|bps| bps.to_string()).unwrap_or_default(),
            "",
            &old_codes.by_code.get(&row.code).map(|codes| codes.join(";")).unwrap_or_default(),
        ])?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The boundaries of a file that shows something.
///
/// # Errors
/// Where the file is none ([`Boundaries::parse`]), or nothing in it encloses anything.
pub fn usable_boundaries(text: &[u8]) -> Result<Boundaries, DistrictFileError> {
    let boundaries = Boundaries::parse(text)?;
    if boundaries.places().next().is_none() {
        let why = |feature: &UnreadableFeature| format!(" (feature {}: {})", feature.number, feature.why);
        let why = boundaries.unreadable.first().map(why).unwrap_or_default();
        return Err(DistrictFileError::Unusable(format!("no feature encloses anything{why}")));
    }
    Ok(boundaries)
}

/// Refuses boundaries that put places of the list where they cannot lie; gives what is to be remarked of the others.
///
/// # Errors
/// Where they do, with each such place and why.
pub fn check_positions(
    rows: &[ListedPlace],
    boundaries: &Boundaries,
) -> Result<Option<String>, DistrictFileError> {
    let doubts = boundaries.position_doubts(rows.iter().map(|row| (row.code.as_str(), None)));
    let (impossible, strange): (Vec<_>, Vec<_>) = doubts.into_iter().partition(|doubt| doubt.is_impossible);
    let listed = |doubts: Vec<PositionDoubt>| {
        let words: Vec<String> = doubts.into_iter().map(|doubt| doubt.words).collect();
        format!("{}: {}", words.len(), first_phrases_and_more(&words, LISTED))
    };
    if impossible.is_empty() {
        return Ok((!strange.is_empty()).then(|| format!("positions to look at, {}", listed(strange))));
    }
    Err(DistrictFileError::Unusable(format!(
        "positions that cannot be right, {}; correct the file, or take those features out and give lat and lon by hand",
        listed(impossible)
    )))
}

fn districts(rows: &[ListedPlace]) -> impl Iterator<Item = &str> {
    rows.iter().filter(|row| row.level() == "district").map(|row| row.code.as_str())
}

/// What of the boundaries was not used, and which districts they do not show.
fn left_out(boundaries: &Boundaries, rows: &[ListedPlace]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut note = |what: &str, list: Vec<String>| {
        if !list.is_empty() {
            lines.push(format!("{} {what}: {}", list.len(), first_and_more(&list, LISTED)));
        }
    };
    note(
        "features carry no Kemendagri code and were passed over, by number",
        boundaries.without_code.iter().map(usize::to_string).collect(),
    );
    let misnamed = |own: &MisnamedBoundary| format!("{} (named like {})", own.code, own.named);
    note(
        "codes stand beside the name of another place of the list and were not used; see which of the two is right",
        boundaries.misnamed.iter().map(misnamed).collect(),
    );
    note("features enclose nothing and were passed over", boundaries.flat.clone());
    let named = |feature: &UnreadableFeature| {
        format!("{} (feature {}: {})", feature.code, feature.number, feature.why)
    };
    note("features have no shape and were passed over", boundaries.unreadable.iter().map(named).collect());
    note(
        "features without a shape stand beside the shape of the same code and were passed over",
        boundaries.beside.iter().map(named).collect(),
    );
    note("codes have several features, which were put together", boundaries.repeated.clone());
    let renamed = |own: &RenamedFeature| format!("{} ({})", own.code, own.name);
    note(
        "codes stand beside the place's name and beside another name, and were put together; see whether both are that place",
        boundaries.renamed.iter().map(renamed).collect(),
    );
    note(
        "stated centres lie far outside their shape and were computed instead, lat and lng may be swapped",
        boundaries.far_centres.clone(),
    );
    let listed = |code: &str| rows.iter().any(|row| row.code == code);
    let elsewhere = boundaries.places().map(|(code, _)| code).filter(|code| !listed(code));
    note("features are no place of the list and were not used", elsewhere.map(String::from).collect());
    if boundaries.places().next().is_some() {
        let unseen = districts(rows).filter(|code| boundaries.get(code).is_none());
        note(
            "districts have no shape in the file, so no centre and no neighbours",
            unseen.map(String::from).collect(),
        );
    }
    lines
}

/// What was written to `target`, for the person who called.
pub fn summary(list: &RegencyList, boundaries: &Boundaries, target: &Path) -> String {
    let rows = list.places.as_slice();
    let count = |level: &str| rows.iter().filter(|row| row.level() == level).count();
    let placed = rows.iter().filter(|row| boundaries.get(&row.code).is_some()).count();
    let map = if placed == 0 {
        "no centres, so no map: give a GeoJSON file or fill lat and lon".to_owned()
    } else {
        format!("{placed} of {} places with a centre", rows.len())
    };
    let mut text = format!(
        "{}: {}, {} districts, {} villages, {map}; written to {}. fill population, area and aliases where you know them, then run `kentongan check`",
        rows[0].code,
        rows[0].name,
        count("district"),
        count("village"),
        target.display()
    );
    list.notes.iter().chain(&left_out(boundaries, rows)).for_each(|line| text += &format!("\nnote: {line}"));
    text
}

/// Time zone and label, set by province.
fn zone(code: &str) -> Result<(&'static str, &'static str), DistrictFileError> {
    let unknown = || DistrictFileError::Province(code.chars().take(2).collect());
    let province: u32 = code.get(..2).and_then(|digits| digits.parse().ok()).ok_or_else(unknown)?;
    let zone = Zone::of_province(province).ok_or_else(unknown)?;
    Ok((zone.iana(province), zone.label()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code_list;
    use std::fs;

    const CROSSWALK: &str = include_str!("../../../config/crosswalk.csv");

    fn crosswalk() -> Crosswalk {
        Crosswalk::parse(CROSSWALK).unwrap()
    }

    const CODES: &str =
        "code,name\n61.99,Kabupaten Contoh\n61.99.01,Hulu\n61.99.01.1001,Pasar\n61.99.02,Hilir\n";

    #[test]
    fn a_regency_without_shapes_has_empty_centres_and_its_own_zone() {
        let rows = code_list::of_regency(CODES, "61.99").unwrap().places;
        let text = table(&rows, &Boundaries::default(), &crosswalk(), &OldCodes::default()).unwrap();
        assert_eq!(
            text.lines().nth(1),
            Some("61.99,Kabupaten Contoh,regency,kabupaten,,,,,,Asia/Pontianak,WIB,,,")
        );
        assert_eq!(
            text.lines().nth(3),
            Some("61.99.01.1001,Pasar,village,kelurahan,,,,,,Asia/Pontianak,WIB,,,")
        );
    }

    #[test]
    fn every_regency_of_the_country_has_a_zone_and_a_bps_code() {
        let mut seen = std::collections::BTreeSet::new();
        let crosswalk = crosswalk();
        for line in CROSSWALK.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            assert!(zone(cells[1]).is_ok(), "{line}");
            let bps = crosswalk.bps_of(Code::parse(cells[1]).unwrap()).unwrap().to_string();
            assert_eq!(bps, cells[0]);
            assert!(seen.insert(cells[0]), "{} twice", cells[0]);
        }
        assert_eq!(seen.len(), 514);
    }

    #[test]
    fn what_of_the_boundaries_was_not_used_is_listed() {
        let area = |code: &str, east: f64| {
            format!(
                r#"{{"properties":{{{code}}},"geometry":{{"type":"Polygon","coordinates":[[[100,0],[{east},0],[{east},1],[100,1],[100,0]]]}}}}"#
            )
        };
        let features = [
            area(r#""kode":"16.13.01""#, 101.0),
            area(r#""nama":"tanpa kode""#, 101.0),
            area(r#""kode":"16.13.02""#, 100.0),
            area(r#""kode":"16.05.01""#, 102.0),
            area(r#""kode":"16.13.01""#, 102.0),
        ];
        let boundaries =
            usable_boundaries(format!(r#"{{"features":[{}]}}"#, features.join(",")).as_bytes()).unwrap();
        let row = |code: &str| ListedPlace { code: code.to_owned(), name: String::new() };
        let rows = [row("16.13"), row("16.13.01"), row("16.13.02"), row("16.13.03")];
        let lines = left_out(&boundaries, &rows);
        let begins = [
            "1 features carry no Kemendagri code",
            "1 features enclose nothing",
            "1 codes have several features",
            "1 features are no place",
            "2 districts have no shape",
        ];
        assert_eq!(lines.len(), begins.len(), "{lines:?}");
        let ends = ["2", "16.13.02", "16.13.01", "16.05.01", "16.13.02, 16.13.03"];
        for ((line, begin), end) in lines.iter().zip(begins).zip(ends) {
            assert!(line.starts_with(begin) && line.ends_with(&format!(": {end}")), "{line}");
        }
        assert!(left_out(&Boundaries::default(), &rows[1..2]).is_empty(), "no file was given");
    }

    #[test]
    fn a_file_that_shows_nothing_is_refused_with_what_it_has() {
        let point = br#"{"features":[{"id":"16.13.01","geometry":{"type":"Point","coordinates":[1,2]}}]}"#;
        let error = usable_boundaries(point).unwrap_err().to_string();
        assert!(error.contains("feature 1") && error.contains("Polygon"), "{error}");
    }

    /// A square of a tenth of a degree for each place, of which the third is moved by `moved`.
    fn regency(moved: impl Fn(f64, f64) -> (f64, f64)) -> Result<Option<String>, DistrictFileError> {
        let square = |number: usize| {
            let (lon, lat) = (102.6 + 0.1 * number as f64, -2.7);
            let (lon, lat) = if number == 3 { moved(lon, lat) } else { (lon, lat) };
            let (east, north) = (lon + 0.1, lat + 0.1);
            format!(
                r#"{{"properties":{{"kode":"16.13.0{number}"}},"geometry":{{"type":"Polygon","coordinates":[[[{lon},{lat}],[{east},{lat}],[{east},{north}],[{lon},{north}],[{lon},{lat}]]]}}}}"#
            )
        };
        let features: Vec<String> = (1..=5).map(square).collect();
        let text = format!(r#"{{"features":[{}]}}"#, features.join(","));
        let row = |number: usize| ListedPlace { code: format!("16.13.0{number}"), name: String::new() };
        let rows: Vec<ListedPlace> = (1..=5).map(row).collect();
        check_positions(&rows, &usable_boundaries(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_place_where_it_cannot_lie_is_refused_with_the_reason() {
        assert_eq!(regency(|lon, lat| (lon, lat)).unwrap(), None);
        for (moved, reason) in [
            ((102.9, 2.7), "outside province 16; the sign of its latitude is lost or wrong"),
            ((-102.9, -2.7), "outside Indonesia; the sign of its longitude is wrong"),
            ((-0.05, -0.05), "outside Indonesia"),
            ((110.9, -2.7), "km from the nearest other place of its regency"),
            ((106.4, -4.9), "km from the nearest other place of its regency"),
        ] {
            let error = regency(|_, _| moved).unwrap_err().to_string();
            assert!(error.contains("16.13.03") && error.contains(reason), "{moved:?}: {error}");
            assert!(error.contains("positions that cannot be right, 1:"), "{moved:?}: {error}");
        }
    }

    /// The box of a province is rough, and a new regency's code is in no register.
    #[test]
    fn a_place_outside_the_box_of_its_province_is_remarked() {
        for moved in [(102.9, 0.2), (101.0, -2.7)] {
            let remark = regency(|_, _| moved).unwrap().unwrap_or_default();
            assert!(remark.contains("16.13.03") && remark.contains("outside province 16"), "{remark}");
        }
    }

    #[test]
    fn a_part_far_from_its_place_is_refused() {
        let square = |lon: f64| {
            format!(
                r#"{{"properties":{{"kode":"16.13.01"}},"geometry":{{"type":"Polygon","coordinates":[[[{lon},-3],[{},-3],[{},-2],[{lon},-2],[{lon},-3]]]}}}}"#,
                lon + 1.0,
                lon + 1.0
            )
        };
        let text = format!(r#"{{"features":[{},{}]}}"#, square(102.0), square(110.0));
        let rows = [ListedPlace { code: "16.13.01".into(), name: String::new() }];
        let error = check_positions(&rows, &usable_boundaries(text.as_bytes()).unwrap()).unwrap_err();
        assert!(error.to_string().contains("16.13.01 has a part"), "{error}");
    }

    /// The shipped files against the sources they were made from, where those are at hand.
    #[test]
    fn the_shipped_files_agree_with_their_sources() {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let shared = std::env::var("KENTONGAN_SHARED").unwrap_or_else(|_| "../../../shared".to_owned());
        let boundaries = own.join(shared).join("data/boundaries");
        let Ok(folder) = fs::read_dir(&boundaries) else {
            println!("skipped: no boundary files at {}", boundaries.display());
            return;
        };
        let mut compared = 0;
        for path in folder.map(|entry| entry.unwrap().path()) {
            if !path.to_string_lossy().ends_with("_kecamatan.geojson") {
                continue;
            }
            let regency = path.file_name().unwrap().to_string_lossy()[..5].to_owned();
            let shipped =
                fs::read_to_string(own.join(format!("../../config/districts/{regency}.csv"))).unwrap();
            let rows = code_list::of_regency(&shipped, &regency).unwrap().places;
            let boundaries = usable_boundaries(&fs::read(&path).unwrap()).unwrap();
            check_positions(&rows, &boundaries).unwrap();
            let made = table(&rows, &boundaries, &crosswalk(), &OldCodes::default()).unwrap();
            compared += agree(&shipped, &made);
        }
        assert_eq!(compared, 42);
    }

    /// Compares centres and neighbours of the districts; says how many there were.
    fn agree(shipped: &str, made: &str) -> usize {
        let both = shipped.lines().zip(made.lines()).filter(|(line, _)| line.contains(",district,"));
        both.map(|(shipped, made)| {
            let (shipped, made): (Vec<&str>, Vec<&str>) =
                (shipped.split(',').collect(), made.split(',').collect());
            assert_eq!(shipped[..6], made[..6]);
            assert_eq!(shipped[8..11], made[8..11]);
        })
        .count()
    }
}
