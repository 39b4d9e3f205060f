//! From the words of a table's hazard column to a category of the taxonomy.

use super::super::{distance, words};
use crate::spreadsheet::category::{CategoryFinding, CategoryWords};
use crate::spreadsheet::prose::{Prose, words_of};
use crate::spreadsheet::reader::names_people;
use domain::kind::{Category, Kind};
use std::collections::BTreeMap;

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
/// What has no category of its own: epidemics, and what the taxonomy does not name.
pub const OTHER: &str = "X-00";
/// What a list without the column holds: BNPB's list of floods.
const FLOOD: &str = "Banjir";

/// What a row says that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HazardFinding {
    Category(Category),
    /// No category, or none that happened for certain: a sentence that says so.
    Open {
        /// A person decides.
        is_asked: bool,
        /// The prose says it, and not the cell.
        is_of_text: bool,
        key: &'static str,
    },
}

/// What the cell of the hazard and the prose of a row say, by the rules of any table; `None` stands for a table without the
/// column.
pub fn finding(cell: Option<&str>, text: &str, words: &mut CategoryWords<'_>) -> HazardFinding {
    let open = |is_asked, key| HazardFinding::Open { is_asked, is_of_text: false, key };
    let cell = cell.unwrap_or(FLOOD);
    if is_conflict(cell) {
        return open(true, "sheet.conflict_in_disasters");
    }
    let own = words_of(text);
    let prose = Prose { text, words: &own };
    let category = match words.find(cell, true, prose, &BTreeMap::new()) {
        CategoryFinding::One(category) => category,
        CategoryFinding::Nothing => return open(false, "sheet.nothing_happened"),
        CategoryFinding::NotTaken | CategoryFinding::Ordinary | CategoryFinding::Open => {
            return open(false, "sheet.ordinary");
        }
        CategoryFinding::Several => return open(true, "sheet.several_categories"),
        CategoryFinding::Unknown if cell.is_empty() => return open(true, "sheet.no_category"),
        CategoryFinding::NothingAndMore => return open(true, "sheet.nothing_and_more"),
        CategoryFinding::Unknown => return open(true, "sheet.unknown_category"),
    };
    if category.kind().is_some_and(|kind| kind != Kind::Disaster) {
        return open(true, "sheet.conflict_in_disasters");
    }
    let (of_cell, of_text) = words.stance(category, cell, prose, false);
    match (of_cell.question(), of_text.question()) {
        (Some(key), _) => open(true, key),
        (None, Some(key)) => HazardFinding::Open { is_asked: true, is_of_text: true, key },
        (None, None) if category == Category::OTHER && (text.is_empty() || names_people(text)) => {
            HazardFinding::Open { is_asked: true, is_of_text: true, key: "sheet.other_needs_text" }
        }
        (None, None) => HazardFinding::Category(category),
    }
}

/// True for a cell that says no more than what satellites see, which may be no fire.
pub fn is_seen_from_above(cell: &str) -> bool {
    const SEEN: [&str; 3] = ["hotspot", "titikapi", "titikpanas"];
    let letters = words::letters(cell);
    SEEN.iter().any(|seen| letters.contains(seen)) && named(cell).is_none()
}

/// True for what is spelled nearly as a hazard: a person says what it is.
pub fn is_near_another(cell: &str) -> bool {
    let is_near = |word: &String| {
        let names = HAZARDS.iter().flat_map(|(names, _)| names.iter());
        names.into_iter().any(|name| name.len() >= 5 && distance::within(word, name, 1).is_some())
    };
    words::name(cell).iter().any(is_near)
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
            ("Epidemi", "X-00"),
        ] {
            assert_eq!(found(Some(cell), "diare"), HazardFinding::Category(code_of(code)), "{cell}");
        }
        assert_eq!(found(None, ""), HazardFinding::Category(code_of("WA-01")));
    }

    fn code_of(code: &str) -> Category {
        Category::parse(code).unwrap()
    }

    fn found(cell: Option<&str>, text: &str) -> HazardFinding {
        let taxonomy = include_str!("../../../../../config/taxonomy.toml");
        let taxonomy = crate::taxonomy::Taxonomy::parse(taxonomy).unwrap();
        finding(cell, text, &mut CategoryWords::new(&taxonomy))
    }

    #[test]
    fn what_did_not_happen_or_is_no_disaster_has_no_category() {
        for (cell, text, is_asked, key) in [
            ("NIHIL", "", false, "nothing_happened"),
            ("Tidak ada", "", false, "nothing_happened"),
            ("KONFLIK SOSIAL", "", true, "conflict_in_disasters"),
            ("KONFLIK / KERUSUHAN SOSIAL", "", true, "conflict_in_disasters"),
            ("Aksi Teror", "", true, "conflict_in_disasters"),
            ("", "bentrok antarwarga dua dusun", true, "no_category"),
            ("BANJIR (NIHIL)", "", true, "denied"),
            ("Tidak ada banjir", "", true, "denied"),
            ("Simulasi gempa bumi", "", true, "doubtful"),
            ("BANJIR", "Hoaks, kejadian tidak benar", true, "denied"),
            ("BANJIR", "Simulasi penanganan banjir", true, "doubtful"),
            ("KECELAKAAN TRANSPORTASI", "perahu", false, "ordinary"),
            ("", "", true, "no_category"),
            ("-", "", true, "unknown_category"),
            ("BANJIIR", "", true, "unknown_category"),
            ("HOTSPOT", "3 titik", true, "unknown_category"),
            ("KLB", "", true, "other_needs_text"),
            ("COVID-19", "", true, "other_needs_text"),
        ] {
            let HazardFinding::Open { is_asked: asked, key: own, .. } = found(Some(cell), text) else {
                panic!("{cell}: {text}")
            };
            assert_eq!((asked, own), (is_asked, format!("sheet.{key}").as_str()), "{cell}: {text}");
        }
        assert_eq!(found(Some("KONFLIK SATWA"), ""), HazardFinding::Category(code_of("WA-11")));
    }
}
