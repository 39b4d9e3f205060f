//! From the words of a table's hazard column to a category of the taxonomy.

use super::super::words;

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
const OTHER: &str = "X-00";
/// What a list without the column holds: BNPB's list of floods.
const FLOOD: &str = "WA-01";

/// The category of a cell; `None` stands for a table without the column.
pub fn category(cell: Option<&str>) -> &'static str {
    cell.map_or(FLOOD, |cell| named(cell).unwrap_or(OTHER))
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
            assert_eq!(category(Some(cell)), code, "{cell}");
        }
        assert_eq!(category(None), "WA-01");
    }
}
