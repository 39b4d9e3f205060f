//! From the words of a table's hazard column to a category of the taxonomy.

use super::super::words;
use crate::chat::phrase::Phrases;
use crate::spreadsheet::row_stance::{self, RowStance};
use domain::kind::Category;

/// What the words mean, the more telling first: "banjir rob" is no river flood, "kebakaran hutan" no burning house.
const HAZARDS: [(&[&str], &str); 14] = [
    (&["tsunami"], "WA-16"),
    (&["gempa"], "WA-15"),
    (&["rob", "gelombangpasang"], "WA-10"),
    (&["hutan", "lahan", "karhutla"], "WA-03"),
    (&["asap"], "WA-05"),
    (&["lahar", "erupsi", "letusan", "gunungapi"], "WA-07"),
    (&["tanggul", "jembatan"], "WA-13"),
    (&["banjir"], "WA-01"),
    (&["longsor", "abrasi", "gerakantanah", "tanahbergerak"], "WA-06"),
    (&["putingbeliung", "angin", "cuacaekstrim", "cuacaekstrem", "badai"], "WA-08"),
    (&["genangan", "drainase"], "WA-02"),
    (&["kekeringan", "krisisair"], "WA-09"),
    (&["satwa"], "WA-11"),
    (&["kebakaran"], "WA-12"),
];
/// What has no category of its own: epidemics, accidents, and cells that say nothing.
pub const OTHER: &str = "X-00";
/// What a list without the column holds: BNPB's list of floods.
const FLOOD: &str = "WA-01";

/// What a cell of the column says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HazardFinding {
    /// The code of a category.
    Category(&'static str),
    /// That nothing happened.
    Nothing,
    /// Something that is no disaster.
    NoDisaster,
    /// A hazard that did not happen, or may not have.
    Unsure,
}

/// What a cell says; `None` stands for a table without the column.
pub fn finding(cell: Option<&str>, phrases: &mut Phrases) -> HazardFinding {
    let Some(cell) = cell else { return HazardFinding::Category(FLOOD) };
    if row_stance::NOTHING.contains(&words::letters(cell).as_str()) {
        return HazardFinding::Nothing;
    }
    if is_conflict(cell) {
        return HazardFinding::NoDisaster;
    }
    let code = named(cell).unwrap_or(OTHER);
    let stance = Category::parse(code).map(|category| row_stance::of_cell(phrases, category, cell));
    match stance {
        None | Some(RowStance::Happened) => HazardFinding::Category(code),
        Some(RowStance::Denied | RowStance::Doubtful) => HazardFinding::Unsure,
    }
}

/// The category of a hazard that a cell names; `None` where it names none with a category of its own.
pub fn named(cell: &str) -> Option<&'static str> {
    let letters = words::letters(cell);
    let is_named = |(names, _): &&(&[&str], &str)| names.iter().any(|name| letters.contains(name));
    // Of several hazards in one cell the one named first counts: "banjir dan tanah longsor".
    match HAZARDS.iter().find(is_named).map(|(_, code)| *code) {
        Some("WA-01") if starts_with_slide(&letters) => Some("WA-06"),
        found => found,
    }
}

/// True for what lists of disasters name beside them and is none: conflicts, unrest, attacks.
pub fn is_conflict(cell: &str) -> bool {
    const NAMED: [&str; 8] =
        ["konflik", "teror", "kerusuhan", "bentrok", "sabotase", "tawuran", "unjukrasa", "penyerangan"];
    let letters = words::letters(cell);
    NAMED.iter().any(|name| letters.contains(name)) && !letters.contains("satwa")
}

fn starts_with_slide(letters: &str) -> bool {
    let at = |name: &str| letters.find(name).unwrap_or(usize::MAX);
    at("longsor") < at("banjir")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_landslide_or_a_storm_is_no_flood() {
        for (cell, code) in [
            ("BANJIR", "WA-01"),
            ("Banjir Bandang", "WA-01"),
            ("BANJIR DAN TANAH LONGSOR", "WA-01"),
            ("Tanah longsor dan banjir", "WA-06"),
            ("TANAH LONGSOR", "WA-06"),
            ("Gelombang Pasang / Abrasi", "WA-10"),
            ("Banjir rob", "WA-10"),
            ("PUTING BELIUNG", "WA-08"),
            ("Cuaca Ekstrem", "WA-08"),
            ("KEBAKARAN HUTAN DAN LAHAN", "WA-03"),
            ("Kebakaran permukiman", "WA-12"),
            ("KEKERINGAN", "WA-09"),
            ("Letusan Gunung Api", "WA-07"),
            ("GEMPA BUMI", "WA-15"),
            ("Gempa bumi dan tsunami", "WA-16"),
            ("KECELAKAAN TRANSPORTASI", "X-00"),
            ("", "X-00"),
        ] {
            assert_eq!(finding(Some(cell), &mut phrases()), HazardFinding::Category(code), "{cell}");
        }
        assert_eq!(finding(None, &mut phrases()), HazardFinding::Category("WA-01"));
    }

    fn phrases() -> Phrases {
        let taxonomy = include_str!("../../../../../config/taxonomy.toml");
        Phrases::of(&crate::taxonomy::Taxonomy::parse(taxonomy).unwrap())
    }

    #[test]
    fn what_did_not_happen_or_is_no_disaster_has_no_category() {
        for (cell, found) in [
            ("NIHIL", HazardFinding::Nothing),
            ("Tidak ada", HazardFinding::Nothing),
            ("KONFLIK SOSIAL", HazardFinding::NoDisaster),
            ("KONFLIK / KERUSUHAN SOSIAL", HazardFinding::NoDisaster),
            ("Aksi Teror", HazardFinding::NoDisaster),
            ("KONFLIK SATWA", HazardFinding::Category("WA-11")),
            ("BANJIR (NIHIL)", HazardFinding::Unsure),
            ("Tidak ada banjir", HazardFinding::Unsure),
            ("Simulasi gempa bumi", HazardFinding::Unsure),
        ] {
            assert_eq!(finding(Some(cell), &mut phrases()), found, "{cell}");
        }
    }
}
