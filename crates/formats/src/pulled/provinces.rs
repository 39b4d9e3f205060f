//! Provinces by their names and by the number in what BMKG calls a warning.

use crate::archive::words;

/// Kemendagri's number and the names, as [`words::letters`] has them. Those of Papua are others in BPS's list.
const NAMES: [(u32, &[&str]); 38] = [
    (11, &["aceh", "nanggroeacehdarussalam"]),
    (12, &["sumaterautara", "sumut"]),
    (13, &["sumaterabarat", "sumbar"]),
    (14, &["riau"]),
    (15, &["jambi"]),
    (16, &["sumateraselatan", "sumsel"]),
    (17, &["bengkulu"]),
    (18, &["lampung"]),
    (19, &["kepulauanbangkabelitung", "bangkabelitung", "babel"]),
    (21, &["kepulauanriau", "kepri"]),
    (31, &["dkijakarta", "jakarta", "daerahkhususibukotajakarta", "daerahkhususjakarta"]),
    (32, &["jawabarat", "jabar"]),
    (33, &["jawatengah", "jateng"]),
    (34, &["diyogyakarta", "yogyakarta", "daerahistimewayogyakarta", "diy"]),
    (35, &["jawatimur", "jatim"]),
    (36, &["banten"]),
    (51, &["bali"]),
    (52, &["nusatenggarabarat", "ntb"]),
    (53, &["nusatenggaratimur", "ntt"]),
    (61, &["kalimantanbarat", "kalbar"]),
    (62, &["kalimantantengah", "kalteng"]),
    (63, &["kalimantanselatan", "kalsel"]),
    (64, &["kalimantantimur", "kaltim"]),
    (65, &["kalimantanutara", "kaltara"]),
    (71, &["sulawesiutara", "sulut"]),
    (72, &["sulawesitengah", "sulteng"]),
    (73, &["sulawesiselatan", "sulsel"]),
    (74, &["sulawesitenggara", "sultra"]),
    (75, &["gorontalo"]),
    (76, &["sulawesibarat", "sulbar"]),
    (81, &["maluku"]),
    (82, &["malukuutara", "malut"]),
    (91, &["papua"]),
    (92, &["papuabarat"]),
    (93, &["papuaselatan"]),
    (94, &["papuatengah"]),
    (95, &["papuapegunungan"]),
    (96, &["papuabaratdaya"]),
];
/// From here on the numbers of BPS and Kemendagri are different provinces.
const FIRST_OF_PAPUA: u32 = 91;

/// The province of a name, however it is written.
pub fn of_name(text: &str) -> Option<u32> {
    let words = words::name(text);
    let words = words.iter().map(String::as_str).filter(|word| !matches!(*word, "provinsi" | "prov"));
    let joined: String = words.map(|word| if word == "kep" { "kepulauan" } else { word }).collect();
    let found = NAMES.iter().find(|(_, names)| names.contains(&joined.as_str()));
    found.map(|(number, _)| *number)
}

/// The province in what BMKG calls a warning: `2.49.0.1.360.0.2026.09.24.07.16.003` is of 16. `None` in Papua, where the number
/// may be that of another list.
pub fn of_identifier(name: &str) -> Option<u32> {
    let parts: Vec<&str> = name.strip_prefix("2.49.0.1.360.")?.split('.').collect();
    let [_, _, _, _, _, number, _] = parts.as_slice() else { return None };
    let number: u32 = number.parse().ok()?;
    NAMES.iter().any(|(known, _)| *known == number && number < FIRST_OF_PAPUA).then_some(number)
}
