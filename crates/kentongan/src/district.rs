//! `kentongan district add`: makes a regency's file from a Kemendagri code list and, if there is one, a GeoJSON file.
//!
//! What a source does not give stays empty; nothing is guessed. The columns are described in `config/districts/README.md`.

mod codes;
mod shape;

use crate::catalog::read;
use crate::wrong::{self, OrWrong};
use anyhow::{Context, Result, bail};
use codes::Row;
use shape::Shapes;
use std::fs;
use std::path::Path;

/// BPS and Kemendagri codes of all 514 regencies.
const CROSSWALK: &str = include_str!("../../../config/crosswalk.csv");
const HEADER: [&str; 13] = [
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
];

/// Writes `<out>/<regency>.csv` and says what is in it. A file that is already there is left alone.
pub fn add(code_list: &Path, geojson: Option<&Path>, regency: &str, out: &Path) -> Result<String> {
    let target = out.join(format!("{regency}.csv"));
    codes::is_regency(regency).or_wrong()?;
    if target.exists() {
        return Err(wrong::call(format!(
            "{} exists already; move it away first, it may hold work by hand",
            target.display()
        )));
    }
    let rows = codes::of_regency(&read(code_list)?, regency)
        .with_context(|| format!("reading the code list {}", code_list.display()))
        .or_wrong()?;
    let shapes = match geojson {
        Some(path) => {
            Shapes::read(&read(path)?).with_context(|| format!("reading {}", path.display())).or_wrong()?
        }
        None => Shapes::default(),
    };
    fs::create_dir_all(out).with_context(|| format!("making the folder {}", out.display()))?;
    fs::write(&target, table(&rows, &shapes)?).with_context(|| format!("writing {}", target.display()))?;
    Ok(said(&rows, &shapes, &target))
}

/// The file's text.
fn table(rows: &[Row], shapes: &Shapes) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    let (zone, label) = zone(&rows[0].code)?;
    for row in rows {
        let centre = shapes.centre(&row.code);
        let degrees = |value: Option<f64>| value.map(|value| format!("{value:.5}")).unwrap_or_default();
        let neighbours =
            if row.level() == "district" { shapes.neighbours(&row.code, rows) } else { Vec::new() };
        let bps = if row.level() == "regency" { bps_of(&row.code) } else { None };
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
            bps.unwrap_or_default(),
            "",
        ])?;
    }
    Ok(String::from_utf8(writer.into_inner().context("closing the table")?)?)
}

fn said(rows: &[Row], shapes: &Shapes, target: &Path) -> String {
    let count = |level: &str| rows.iter().filter(|row| row.level() == level).count();
    let placed = rows.iter().filter(|row| shapes.centre(&row.code).is_some()).count();
    let map = if placed == 0 {
        "no centres, so no map: give a GeoJSON file or fill lat and lon".to_owned()
    } else {
        format!("{placed} of {} places with a centre", rows.len())
    };
    let mut said = format!(
        "{}: {}, {} districts, {} villages, {map}; written to {}. fill population, area and aliases where you know them, then run `kentongan check`",
        rows[0].code,
        rows[0].name,
        count("district"),
        count("village"),
        target.display()
    );
    shapes.left_out(rows).iter().for_each(|line| said += &format!("\nnote: {line}"));
    said
}

fn bps_of(regency: &str) -> Option<&'static str> {
    CROSSWALK.lines().skip(1).find_map(|line| {
        let (bps, rest) = line.split_once(',')?;
        (rest.split(',').next() == Some(regency)).then_some(bps)
    })
}

/// Time zone and label, set by province.
fn zone(code: &str) -> Result<(&'static str, &'static str)> {
    let province: u8 = code[..2].parse()?;
    Ok(match province {
        11..=36 => ("Asia/Jakarta", "WIB"),
        61 | 62 => ("Asia/Pontianak", "WIB"),
        51..=53 | 63..=65 | 71..=76 => ("Asia/Makassar", "WITA"),
        81 | 82 | 91..=96 => ("Asia/Jayapura", "WIT"),
        _ => bail!("{province} is not a province this program knows"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: &str =
        "code,name\n61.99,Kabupaten Contoh\n61.99.01,Hulu\n61.99.01.1001,Pasar\n61.99.02,Hilir\n";

    /// The store counts days by province; a day must begin there when it begins here.
    #[test]
    fn the_store_knows_the_same_zones() {
        let migration = include_str!("../../store/migrations/0010_days.sql");
        for province in 11..=96 {
            let Ok((_, label)) = zone(&format!("{province}.01")) else { continue };
            let minutes = ["WIB", "WITA", "WIT"].iter().zip([420, 480, 540]).find(|(own, _)| **own == label);
            let minutes = minutes.expect("a label").1;
            let listed = migration.contains(&format!("({province}, {minutes})"));
            let named = migration.contains(&format!("({province}, "));
            assert!(if minutes == 420 { !named } else { listed }, "{province} {label}");
        }
    }

    #[test]
    fn a_regency_without_shapes_has_empty_centres_and_its_own_zone() {
        let rows = codes::of_regency(CODES, "61.99").unwrap();
        let text = table(&rows, &Shapes::default()).unwrap();
        assert_eq!(
            text.lines().nth(1),
            Some("61.99,Kabupaten Contoh,regency,kabupaten,,,,,,Asia/Pontianak,WIB,,")
        );
        assert_eq!(
            text.lines().nth(3),
            Some("61.99.01.1001,Pasar,village,kelurahan,,,,,,Asia/Pontianak,WIB,,")
        );
    }

    #[test]
    fn every_regency_of_the_country_has_a_zone_and_a_bps_code() {
        let mut seen = std::collections::BTreeSet::new();
        for line in CROSSWALK.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            assert!(zone(cells[1]).is_ok(), "{line}");
            assert_eq!(bps_of(cells[1]), Some(cells[0]));
            assert!(seen.insert(cells[0]), "{} twice", cells[0]);
        }
        assert_eq!(seen.len(), 514);
        assert_eq!(bps_of("61.02"), Some("6104"));
    }

    #[test]
    fn a_file_by_hand_is_never_overwritten() {
        let folder = std::env::temp_dir().join(format!("kentongan-district-{}", std::process::id()));
        let (list, out) = (folder.join("codes.csv"), folder.join("districts"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(&list, CODES).unwrap();
        let said = add(&list, None, "61.99", &out).unwrap();
        assert!(said.starts_with("61.99: Kabupaten Contoh, 2 districts, 1 villages, no centres"), "{said}");
        let again = add(&list, None, "61.99", &out).unwrap_err();
        assert!(again.to_string().contains("exists already"), "{again}");
        fs::remove_dir_all(&folder).unwrap();
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
            let rows = codes::of_regency(&shipped, &regency).unwrap();
            let made = table(&rows, &Shapes::read(&fs::read_to_string(&path).unwrap()).unwrap()).unwrap();
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
