//! How many kecamatan are found however their names are written, in the regencies that are shipped and, where a list of all
//! codes is at hand, in others; and that a name that contradicts its code is asked about.

use super::*;

/// A slip of one letter, by what the name is: a letter left out, doubled, or two changed for each other.
fn misspelled(name: &str, seed: usize) -> Option<String> {
    let letters: Vec<char> = name.chars().collect();
    let inner: Vec<usize> = (1..letters.len().saturating_sub(1))
        .filter(|at| letters[at - 1..=at + 1].iter().all(|own| own.is_alphabetic()))
        .collect();
    if name.chars().filter(|own| own.is_alphabetic()).count() < 7 || inner.is_empty() {
        return None;
    }
    let at = inner[seed % inner.len()];
    let mut own = letters.clone();
    match seed % 3 {
        0 => drop(own.remove(at)),
        1 => own.insert(at, letters[at]),
        _ => own.swap(at, at + 1),
    }
    (own != letters).then(|| own.into_iter().collect())
}

/// A name in the wordings of police sheets, chats and lists of disasters; made up for this test.
fn wordings(name: &str, village: &str, regency: &str, seed: usize) -> Vec<String> {
    let upper = name.to_uppercase();
    let mut all = vec![
        format!("Kec. {name}"),
        format!("kec {}", name.to_lowercase()),
        format!("KECAMATAN {upper}"),
        format!("Ds. {village} Kec. {name} Kab. {regency}"),
        format!("Dsn I Desa {village}, Kecamatan {name}"),
        format!("di Kec.{name}, warga mengungsi"),
        format!("Jl. poros RT 02 / RW 01 Ds.{village} Kec.{upper} Kab.{regency}"),
        format!("wilayah hukum Polsek {name}"),
        format!("Kcmtn {name}"),
        format!("Kec. {}", name.replace(' ', "")),
    ];
    all.extend(misspelled(name, seed).map(|name| format!("Kec. {name}")));
    all
}

/// Of the kecamatan of a regency: wordings, those found, and what was found instead.
fn count(places: &Places, regency: &str) -> (usize, usize, String) {
    let taxonomy = taxonomy();
    let unit = places.find(Code::parse(regency).unwrap()).unwrap();
    let name = places.name(unit);
    let (mut all, mut found, mut wrong) = (0, 0, String::new());
    for (seed, district) in places.districts(unit).enumerate() {
        let own = places.name(district);
        let village = places.unit(district).villages.first().map_or("Antah", |village| village.name.as_str());
        for words in wordings(&own, village, &name, seed) {
            let text = format!("Tanggal;Jenis;TKP\n28/11/2026;Banjir;\"{words}\"\n");
            let mut table = tables(read(text.as_bytes()).unwrap(), &KeptMapping::default()).unwrap().tables;
            let (table, mapping) = table.remove(0);
            let occasion = TableOccasion { now: crate::decode::instant::parse(NOW), keeps_personal: true };
            let row =
                TableReader::new(places, &[unit], &taxonomy).open(table, mapping, occasion).next().unwrap();
            all += 1;
            match &row.fate {
                RowFate::Taken(reports) if reports[0].place.code == places.code(district) => found += 1,
                _ => wrong += &format!("  {regency} {own}: {words}: {}\n", shape(&row)),
            }
        }
    }
    (all, found, wrong)
}

#[test]
fn of_a_hundred_mentions_of_a_kecamatan_ninety_eight_are_placed() {
    let file = |code: &str| {
        let path = format!("{}/../../config/districts/{code}.csv", env!("CARGO_MANIFEST_DIR"));
        (format!("{code}.csv"), std::fs::read_to_string(path).unwrap())
    };
    let shipped = crate::places::from_csv(&["16.13", "35.08", "61.02", "63.72"].map(file)).unwrap();
    let mut sets = vec![("shipped", shipped, vec!["16.13", "35.08", "61.02", "63.72"])];
    let dump = std::env::var_os("KENTONGAN_SHARED").map_or_else(
        || std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        std::path::PathBuf::from,
    );
    if let Ok(packed) = std::fs::read(dump.join("data/admin_codes/cahyadsn_wilayah.sql.gz")) {
        let mut text = String::new();
        let mut plain = flate2::read::MultiGzDecoder::new(&packed[..]);
        std::io::Read::read_to_string(&mut plain, &mut text).unwrap();
        let others = vec!["11.08", "12.12", "33.26", "35.09", "53.11", "64.03", "73.08", "81.71"];
        let lists = others.iter().map(|code| {
            let list = crate::code_list::of_regency(&text, code).unwrap();
            list.places.iter().map(|place| format!("{},{}\n", place.code, place.name)).collect::<String>()
        });
        let all: String = lists.collect();
        sets.push(("others", crate::places::from_list("others", &all).unwrap(), others));
    }
    for (name, places, regencies) in sets {
        let (mut all, mut found, mut wrong) = (0, 0, String::new());
        for regency in regencies {
            let (own_all, own_found, own_wrong) = count(&places, regency);
            (all, found) = (all + own_all, found + own_found);
            wrong += &own_wrong;
        }
        println!("{name}: {found} of {all} placed\n{wrong}");
        assert!(found * 100 >= all * 98, "{name}: {found} of {all}\n{wrong}");
    }
}

/// Old names, and what people call a place.
#[test]
fn a_place_is_known_by_the_names_it_had() {
    let (places, taxonomy) = (places(), taxonomy());
    for (regency, row, expected) in [
        ("61.02", "KABUPATEN PONTIANAK;Siantan;", "61.02.08 "),
        ("61.02", "Kab. Mempawah;Jungkat;", "61.02.08 "),
        ("16.13", "MURATARA;Rupit;", "16.13.01 "),
        ("16.13", "Muratara;Kec. Karang Dapo;Karang Dapo 1", "16.13.05."),
        ("35.08", "LUMAJANG;Tempursari;", "35.08.01 "),
    ] {
        let unit = places.find(Code::parse(regency).unwrap()).unwrap();
        let text = format!("Tanggal;Jenis;Kabupaten;Kecamatan;Desa\n28/11/2026;Banjir;{row}\n");
        let (table, mapping) =
            tables(read(text.as_bytes()).unwrap(), &KeptMapping::default()).unwrap().tables.remove(0);
        let occasion = TableOccasion { now: crate::decode::instant::parse(NOW), keeps_personal: true };
        let reader = TableReader::new(&places, &[unit], &taxonomy);
        let found = shape(&reader.open(table, mapping, occasion).next().unwrap());
        assert!(found.split_once(": ").unwrap().1.starts_with(expected), "{row}: {found}");
    }
}

#[test]
fn a_name_beside_a_code_that_is_of_another_place_is_asked_about() {
    for (row, fate) in [
        ("16.13.01;Rupit;", "16.13.01 "),
        ("161301;;", "16.13.01 "),
        ("16.13.01;;Noman", "16.13.01.2002 "),
        ("1613012002;Rupit;Noman", "16.13.01.2002 "),
        ("1613;Rupit;", "16.13.01 "),
        ("16.13;Rupit;Noman", "16.13.01.2002 "),
        ("1613;;", "16.13 "),
        ("16.13.01;Nibung;", "asked sheet.code_and_name"),
        ("16.13.01;Antah;", "asked sheet.code_and_name"),
        ("16.13.01;;Belani", "asked sheet.code_and_name"),
        ("16.13.01.2001;Rupit;Noman", "asked sheet.code_and_name"),
        ("1613;Antah;", "asked sheet.unknown_place"),
        ("6104;KETAPANG;", "refused sheet.unknown_code"),
        ("6102;KETAPANG;", "refused sheet.other_regency"),
        ("1613010;Rupit;", "refused sheet.unknown_code"),
    ] {
        let text = format!("Tanggal;Jenis;Kode Wilayah;Kecamatan;Desa\n28/11/2026;Banjir;{row}\n");
        let found = shapes(text.as_bytes()).remove(0);
        assert!(found.split_once(": ").unwrap().1.starts_with(fate), "{row}: {found}");
    }
    // Of a table that names its regency, too.
    for (row, fate) in [
        ("6102;MUSI RAWAS UTARA", "refused sheet.other_regency"),
        ("1613;KAB. MUSI RAWAS UTARA", "16.13 "),
        ("6104;KETAPANG", "refused sheet.other_regency"),
    ] {
        let text = format!("Tanggal;Jenis;Kode Wilayah;Kabupaten\n28/11/2026;Banjir;{row}\n");
        let found = shapes(text.as_bytes()).remove(0);
        assert!(found.split_once(": ").unwrap().1.starts_with(fate), "{row}: {found}");
    }
}
