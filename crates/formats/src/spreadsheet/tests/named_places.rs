//! Where a row says it happened, where its cells name several places or contradict each other.

use super::*;

/// Where a row is taken to be, or what is asked: code, kecamatan, village, prose of the place.
fn placed(cells: &str) -> String {
    let text = format!("Tanggal;Jenis Kejadian;Kode Wilayah;Kecamatan;Desa;TKP\n20/11/2026;Banjir;{cells}\n");
    let shown = shapes(text.as_bytes()).remove(0);
    let (_, fate) = shown.split_once(": ").unwrap();
    let mut words = fate.split(' ');
    match words.next() {
        Some("asked" | "refused") => words.next().unwrap_or_default().to_owned(),
        _ => fate
            .split(" WA-")
            .map(|one| one.rsplit(' ').next().unwrap())
            .take(fate.matches(" WA-").count())
            .collect::<Vec<_>>()
            .join(" "),
    }
}

#[test]
fn several_kecamatan_in_one_cell_are_asked_about() {
    for cells in [
        ";Rupit dan Nibung;;",
        ";Rupit, Nibung;;",
        ";Nibung / Rupit;;",
        ";Kec. Rupit & Kec. Nibung;;",
        ";Rupit serta Karang Dapo;Noman;",
        ";;Noman dan Pauh;",
        ";;Noman, Belani;",
        ";Rupit;Noman dan Pauh;",
    ] {
        assert_eq!(placed(cells), "sheet.several_places", "{cells}");
    }
}

#[test]
fn what_contradicts_itself_is_asked_about() {
    for cells in [";16.13.03;Noman;", "16.13.03;;Noman;", "16.13.03;Rupit;;", "161303;Nibung;Noman;"] {
        assert_eq!(placed(cells), "sheet.code_and_name", "{cells}");
    }
    for cells in [
        ";Rupit;Pauh;",
        ";;;Ds Pauh Kec Rupit",
        ";Rupit;Pauh;Ds. Noman",
        ";Rupit;;Kec. Nibung",
        ";Rupit;;Ds. Pauh",
    ] {
        assert_eq!(placed(cells), "sheet.several_places", "{cells}");
    }
}

#[test]
fn what_agrees_is_believed() {
    for (cells, place) in [
        (";16.13.03;;", "16.13.03"),
        (";161301;Noman;", "16.13.01.2002"),
        ("16.13.01;Rupit;Noman;", "16.13.01.2002"),
        ("16.13.01.2002;Rupit;Noman;", "16.13.01.2002"),
        (";Rupit;Noman dan Batu Gajah;", "16.13.01"),
        (";;Noman, Batu Gajah;", "16.13.01"),
        (";Rupit;Noman;pasar, dekat jembatan", "16.13.01.2002"),
        (";Rupit;;jalan menuju Nibung", "16.13.01"),
        (";Karang Dapo;;", "16.13.05"),
        (";;;Kec. Rupit Ds. Noman Kec. Nibung", "16.13.01 16.13.03"),
    ] {
        assert_eq!(placed(cells), place, "{cells}");
    }
}

/// A regency's name in the words for the place says as much as a column of the regency, and no more.
#[test]
fn a_regency_named_as_the_place_is_the_regency() {
    for cells in [
        ";;;Kab. Musi Rawas Utara",
        ";;;Kabupaten Musi Rawas Utara, Sumatera Selatan",
        ";;;MUSI RAWAS UTARA",
        ";;;Wilayah Kab. Musi Rawas Utara",
    ] {
        assert_eq!(placed(cells), "16.13", "{cells}");
    }
    assert_eq!(placed(";Rupit;;Kab. Musi Rawas Utara"), "16.13.01");
    assert_eq!(placed(";;;Kec. Rupit Kab. Musi Rawas Utara"), "16.13.01");
    assert_eq!(placed(";Musi Rawas Utara;;"), "sheet.only_regency");
    assert_eq!(placed(";;;Antah Berantah"), "sheet.unknown_place");
}

#[test]
fn the_code_of_a_village_in_the_column_of_its_name_is_that_village_or_asked() {
    for (code, district, village, right) in [
        ("", "16.13.01", "16.13.01.2002", "16.13.01.2002 "),
        ("", "Rupit", "1613012002", "16.13.01.2002 "),
        ("", "", "16.13.01.2002", "16.13.01.2002 "),
        ("16.13.01", "", "16.13.01.2002", "16.13.01.2002 "),
        ("", "16.13.04", "16.13.01.2002", "asked sheet.code_and_name"),
        ("", "Rawas Ilir", "16.13.01.2002", "asked sheet.code_and_name"),
        ("16.13.04", "", "16.13.01.2002", "asked sheet.code_and_name"),
        ("abc", "Rupit", "16.13.01.2002", "refused sheet.unknown_code"),
        ("", "Rupit", "16.13.01.2999", "refused sheet.unknown_code"),
    ] {
        let text = format!(
            "Tanggal;Kode Wilayah;Kecamatan;Desa;Kejadian\n21/11/2026;{code};{district};{village};Banjir\n"
        );
        let found = shapes(text.as_bytes()).remove(0);
        assert!(found.starts_with(&format!("2: {right}")), "{code} {district} {village}: {found}");
    }
}

/// A village without its kecamatan where two have one of the name: which, as far as the row, its source or its reader says it.
#[test]
fn a_village_of_two_kecamatan_is_the_one_that_is_named_or_spoken_of_or_asked_by_their_names() {
    let (places, taxonomy) = (places(), taxonomy());
    let regency = places.find(Code::parse("35.08").unwrap()).unwrap();
    let fate = |cells: &str, own: &[&str]| {
        let text = format!("Tanggal;Jenis Kejadian;Kecamatan;Desa;TKP\n20/11/2026;Banjir;{cells}\n");
        let (table, mapping) =
            tables(read(text.as_bytes()).unwrap(), &KeptMapping::default()).unwrap().tables.remove(0);
        let occasion = TableOccasion { now: crate::decode::instant::parse(NOW), keeps_personal: true };
        let own = own.iter().map(|areas| domain::place::Areas::parse(areas).unwrap()).collect();
        let reader = TableReader::new(&places, &[regency], &taxonomy).speaks_of(own);
        match reader.open(table, mapping, occasion).next().unwrap().fate {
            RowFate::Taken(reports) => reports[0].place.to_string(),
            RowFate::Asked(why) | RowFate::Refused(why) => {
                format!("{}: {}", why.value, why.sentence.indonesian())
            }
        }
    };
    let named = "ada di beberapa kecamatan: Kedungjajang, Senduro";
    for cells in
        [";Pandansari;", ";Ds. Pandansari;", ";Pandansari;Dusun Krajan", ";;Desa Pandansari", ";;Pandansari"]
    {
        for own in [&[][..], &[""], &["35.08"], &["35.08.12,35.08.16"], &["35.08.01"]] {
            assert!(fate(cells, own).contains(named), "{cells} {own:?}: {}", fate(cells, own));
        }
        // A source of one kecamatan means its own, and so does an account of one.
        for own in [&["35.08.12"][..], &["", "35.08.12"], &["35.08.12", "35.08"], &["35.08.12.2003"]] {
            assert_eq!(fate(cells, own), "35.08.12.2003", "{cells} {own:?}");
        }
    }
    assert_eq!(fate("Kedungjajang;Pandansari;", &["35.08.12"]), "35.08.16.2001", "what is named is meant");
    assert_eq!(fate(";Pandansari;Kec. Senduro", &[]), "35.08.12.2003");
    assert_eq!(fate(";;Ds Pandansari Kec Kedungjajang", &["35.08.12"]), "35.08.16.2001");
    assert!(fate(";;Pandansari, Tempeh", &[]).contains("Beberapa kecamatan"), "and another place");
}
