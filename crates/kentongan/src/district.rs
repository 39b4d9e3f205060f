//! `kentongan district add`: writes a regency's file of places.

use crate::catalog::{self, read};
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use formats::boundaries::Boundaries;
use formats::code_list::{self, OldCodes, RegencyList};
use formats::district_file;
use std::fs;
use std::path::Path;

/// Where a regency's places are read from.
pub struct DistrictSources<'a> {
    pub code_list: &'a Path,
    /// An earlier code list, for the codes the places had in it.
    pub earlier: Option<&'a Path>,
    pub geojson: Option<&'a Path>,
}

/// Writes `<out>/<regency>.csv`; returns what is in it. A file that is already there is left alone.
pub fn add(sources: &DistrictSources<'_>, regency: &str, out: &Path) -> Result<String> {
    let target = out.join(format!("{regency}.csv"));
    code_list::check_regency(regency).or_user_error()?;
    if target.exists() {
        return Err(user_error::new(format!(
            "{} exists already; move it away first, it may hold work by hand",
            target.display()
        )));
    }
    let mut list = regency_list(sources.code_list, regency)?;
    let old_codes = match sources.earlier {
        Some(path) => OldCodes::of(&list, &regency_list(path, regency)?),
        None => OldCodes::default(),
    };
    list.notes.extend(old_codes.notes.iter().cloned());
    let mut boundaries = match sources.geojson {
        Some(path) => district_file::usable_boundaries(read(path)?.as_bytes())
            .with_context(|| format!("reading {}", path.display()))
            .or_user_error()?,
        None => Boundaries::default(),
    };
    boundaries.take_misnamed(list.places.iter().map(|place| (place.code.as_str(), place.name.as_str())));
    if let Some(path) = sources.geojson {
        let remark = district_file::check_positions(&list.places, &boundaries)
            .with_context(|| format!("reading {}", path.display()))
            .or_user_error()?;
        list.notes.extend(remark);
    }
    let table = district_file::table(&list.places, &boundaries, &catalog::crosswalk()?, &old_codes)?;
    fs::create_dir_all(out).with_context(|| format!("making the folder {}", out.display()))?;
    fs::write(&target, table).with_context(|| format!("writing {}", target.display()))?;
    Ok(district_file::summary(&list, &boundaries, &target))
}

fn regency_list(path: &Path, regency: &str) -> Result<RegencyList> {
    let list = code_list::of_regency(&read(path)?, regency);
    list.with_context(|| format!("reading the code list {}", path.display())).or_user_error()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: &str =
        "code,name\n61.99,Kabupaten Contoh\n61.99.01,Hulu\n61.99.01.1001,Pasar\n61.99.02,Hilir\n";

    #[test]
    fn a_file_by_hand_is_never_overwritten() {
        let folder = std::env::temp_dir().join(format!("kentongan-district-{}", std::process::id()));
        let (list, out) = (folder.join("codes.csv"), folder.join("districts"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(&list, CODES).unwrap();
        let sources = DistrictSources { code_list: &list, earlier: None, geojson: None };
        let answer = add(&sources, "61.99", &out).unwrap();
        assert!(
            answer.starts_with("61.99: Kabupaten Contoh, 2 districts, 1 villages, no centres"),
            "{answer}"
        );
        let again = add(&sources, "61.99", &out).unwrap_err();
        assert!(again.to_string().contains("exists already"), "{again}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
