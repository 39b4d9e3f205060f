//! What a heading says of people hurt: of which harm it counts people, and which of them. A column of women alone is a part
//! of a count, and one of all is its sum.

use super::column::ColumnMeaning;
use crate::archive::words::letters;
use ColumnMeaning::{Casualties, Dead, Displaced, Injured, Missing};
use std::collections::BTreeSet;

/// A heading above counts of people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HarmHeading {
    pub meaning: ColumnMeaning,
    pub part: CountPart,
}

/// Which of the people: by what they are set apart, and which of those. Empty is all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct CountPart {
    pub by: BTreeSet<&'static str>,
    pub which: BTreeSet<&'static str>,
}

/// A [`CountPart`] to look up.
pub type PartKey = (Vec<&'static str>, String);

/// Words that count people of a harm.
const HARMS: [(ColumnMeaning, &str); 5] = [
    (Dead, "meninggal md tewas mati wafat gugur dead killed deaths"),
    (Missing, "hilang missing"),
    (Injured, "luka terluka cedera cidera injured"),
    (Displaced, "mengungsi ngungsi pengungsi diungsikan displaced"),
    (Casualties, "casualties"),
];
/// Words that set people apart: by what, and the words of each of them.
const PARTS: [(&str, &[&str]); 4] = [
    ("sex", &["l lk laki male", "p pr perempuan wanita female"]),
    ("age", &["dewasa", "anak", "balita", "bayi", "lansia", "remaja"]),
    ("how", &["berat parah kritis", "sedang", "ringan"]),
    (
        "who",
        &[
            "polri polisi",
            "tni",
            "warga sipil masyarakat",
            "pelaku massa",
            "aparat petugas",
            "karyawan pekerja",
        ],
    ),
];
/// Words with a harm and a part in one.
const BOTH: [(&str, ColumnMeaning, &str); 3] =
    [("lb", Injured, "berat"), ("lr", Injured, "ringan"), ("kritis", Injured, "berat")];
/// Words that say no more than that people are counted.
const PLAIN: &str = "jumlah jml jlh total banyaknya banyak berapa korban jiwa orang org dunia sakit yang yg ada \
    adakah apakah dan atau akibat karena dari bencana kejadian jika number of people total the";
/// What is counted in households and not in people.
const HOUSEHOLDS: &str = "kk keluarga";
/// Words that name a harm wherever they stand in a heading; the shorter ones only as words.
const NAMES_HARM: [&str; 5] = ["meninggal", "tewas", "luka", "korbanjiwa", "ngungsi"];
const NAMES_HARM_AS_WORD: &str = "md lb lr wafat gugur kritis pengungsi";
/// With these a heading is of the people themselves, of prose or of cattle, and not of a number of people.
const NOT_A_NUMBER: [&str; 18] = [
    "nama",
    "identitas",
    "umur",
    "usia",
    "alamat",
    "kronolog",
    "uraian",
    "keterangan",
    "penyebab",
    "tanggal",
    "waktu",
    "jenis",
    "upaya",
    "nik",
    "foto",
    "barang",
    "ternak",
    "hewan",
];

/// What a heading counts; `None` where a word of it is not understood, or it counts no people.
pub fn of_heading(heading: &str) -> Option<HarmHeading> {
    let mut harms: BTreeSet<ColumnMeaning> = BTreeSet::new();
    let mut part = CountPart::default();
    let (mut is_of_victims, mut is_of_lives) = (false, false);
    // "Mengungsi (KK/Jiwa)": below it both stand.
    let counts_people_too =
        words(heading).iter().any(|word| matches!(word.as_str(), "jiwa" | "orang" | "org"));
    for word in words(heading).iter().flat_map(|word| segments(word).unwrap_or_else(|| vec![word.as_str()])) {
        if let Some((_, harm, which)) = BOTH.iter().find(|(own, ..)| *own == word) {
            harms.insert(*harm);
            part.add("how", which);
        } else if let Some((harm, _)) = HARMS.iter().find(|(_, names)| has(names, word)) {
            harms.insert(*harm);
        } else if let Some((by, which)) = part_of(word) {
            part.add(by, which);
        } else if has(HOUSEHOLDS, word) && !counts_people_too || !has(HOUSEHOLDS, word) && !has(PLAIN, word) {
            return None;
        }
        is_of_victims |= word == "korban";
        is_of_lives |= word == "jiwa";
    }
    // "Korban jiwa" are the dead; "Korban (Jiwa)" says in what victims are counted.
    is_of_lives &= !heading.to_lowercase().contains("(jiwa");
    // "L/P", "berat dan ringan": of both is of all.
    part.drop_whole();
    let harms: Vec<ColumnMeaning> = harms.into_iter().collect();
    let meaning = match harms.as_slice() {
        [one] => *one,
        [] if is_of_victims && is_of_lives => Dead,
        [] if is_of_victims && words(heading).len() > 1 => Casualties,
        _ => return None,
    };
    Some(HarmHeading { meaning, part })
}

/// True for a heading that names a harm, understood or not, and may count people: what stands below it must not be passed over.
pub fn names_harm(heading: &str) -> bool {
    let letters = letters(heading);
    let is_named = NAMES_HARM.iter().any(|word| letters.contains(word))
        || words(heading).iter().any(|word| has(NAMES_HARM_AS_WORD, word));
    is_named && !counts_no_people(heading)
}

/// True for a heading with a word below which a number is none of people: how old somebody is, or cattle.
pub fn counts_no_people(heading: &str) -> bool {
    let letters = letters(heading);
    NOT_A_NUMBER.iter().any(|word| letters.contains(word))
}

/// True for a heading of victims, understood or not: "Korban", "Kondisi Korban".
pub fn names_victims(heading: &str) -> bool {
    letters(heading).starts_with("korban") || words(heading).iter().any(|word| word == "korban")
}

/// Which victims a heading counts without saying how they were hurt: "Korban" all, "Korban Polri" some of them. `None` where it
/// may be of anything else.
pub fn victims(heading: &str) -> Option<CountPart> {
    match letters(heading).as_str() {
        "korban" => Some(CountPart::default()),
        _ => of_heading(heading).filter(|found| found.meaning == Casualties).map(|found| found.part),
    }
}

/// True for a heading of those in danger of their lives that does not call them wounded: who is wounded is counted beside it.
pub fn is_critical(heading: &str) -> bool {
    let own = words(heading);
    own.iter().any(|word| word == "kritis") && !own.iter().any(|word| word.contains("luka"))
}

/// True for a heading that counts households and not people.
pub fn counts_households(heading: &str) -> bool {
    words(heading).iter().any(|word| has(HOUSEHOLDS, word))
}

/// True for a heading that counts families and says no more: "KK", "Jumlah KK". "No. KK" is the number of a card.
pub fn counts_families_alone(heading: &str) -> bool {
    let own = words(heading);
    let is_plain = |word: &String| has(HOUSEHOLDS, word) || has(PLAIN, word) || word == "kepala";
    counts_households(heading) && own.iter().all(is_plain)
}

/// True for a word under a heading of harm that sets people apart, and is nothing without it: "L", "Dewasa", "KK".
pub fn is_part(heading: &str) -> bool {
    let words = words(heading);
    let is_own = |word: &String| {
        let own = segments(word).unwrap_or_else(|| vec![word.as_str()]);
        own.iter().all(|word| part_of(word).is_some() || has(HOUSEHOLDS, word) || has(PLAIN, word))
    };
    !words.is_empty() && words.iter().all(is_own)
}

/// True where "Korban jiwa" names the dead, or, beside a column of the dead, all who were hurt.
pub fn is_of_lives(heading: &str) -> bool {
    let own = match heading.to_lowercase().contains("(jiwa") {
        true => return false,
        false => words(heading).concat(),
    };
    let own = ["jumlah", "jml", "jlh", "total"].iter().find_map(|sum| own.strip_prefix(sum)).unwrap_or(&own);
    own == "korbanjiwa"
}

impl CountPart {
    /// By what they are set apart, and which they are; the second is empty for all.
    pub fn key(&self) -> PartKey {
        let which: Vec<&str> = self.which.iter().copied().collect();
        (self.by.iter().copied().collect(), which.join(" "))
    }

    fn add(&mut self, by: &'static str, which: &'static str) {
        self.by.insert(by);
        self.which.insert(which);
    }

    /// Several of one sort are all of it: "L/P" is everybody.
    fn drop_whole(&mut self) {
        for (by, kinds) in PARTS {
            let own = |which: &str| kinds.iter().any(|names| first(names) == which);
            if self.which.iter().filter(|which| own(which)).count() > 1 {
                self.which.retain(|which| !own(which));
                self.by.remove(by);
            }
        }
    }
}

/// By what a word sets people apart, and the first name of those it means.
fn part_of(word: &str) -> Option<(&'static str, &'static str)> {
    PARTS.iter().find_map(|(by, kinds)| {
        let names = kinds.iter().find(|names| has(names, word))?;
        Some((*by, first(names)))
    })
}

fn first(names: &'static str) -> &'static str {
    names.split(' ').next().unwrap_or(names)
}

fn has(names: &str, word: &str) -> bool {
    !word.is_empty() && names.split_ascii_whitespace().any(|name| name == word)
}

/// The words of a heading in small letters: "M.D." is one.
fn words(heading: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![String::new()];
    let mut letters = heading.chars().flat_map(char::to_lowercase).peekable();
    while let Some(letter) = letters.next() {
        let is_short = found.last().is_some_and(|word| word.chars().count() <= 2);
        if letter.is_alphabetic() {
            found.last_mut().unwrap_or(&mut String::new()).push(letter);
        } else if !(letter == '.' && is_short && letters.peek().is_some_and(|next| next.is_alphabetic())) {
            found.push(String::new());
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// A word written together taken apart: "lukaberat", "lakilaki".
fn segments(word: &str) -> Option<Vec<&str>> {
    if word.is_empty() {
        return Some(Vec::new());
    }
    let known = HARMS
        .iter()
        .map(|(_, names)| *names)
        .chain(PARTS.iter().flat_map(|(_, kinds)| kinds.iter().copied()));
    let known = known.chain([PLAIN, "kritis", "lb", "lr"]).flat_map(str::split_ascii_whitespace);
    let mut fitting: Vec<&str> =
        known.filter(|own| word.starts_with(own) && (own.len() > 2 || *own == word)).collect();
    fitting.sort_by_key(|own| std::cmp::Reverse(own.len()));
    fitting.into_iter().find_map(|own| {
        let mut found = vec![&word[..own.len()]];
        found.extend(segments(&word[own.len()..])?);
        Some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_counts_all_or_some_of_those_who_were_hurt() {
        for (heading, meaning, which) in [
            ("Meninggal", Dead, ""),
            ("Meninggal L", Dead, "l"),
            ("Meninggal (P)", Dead, "p"),
            ("MD Dewasa", Dead, "dewasa"),
            ("Korban – M.D. Perempuan", Dead, "p"),
            ("Luka Laki-laki", Injured, "l"),
            ("korban_luka_berat", Injured, "berat"),
            ("LB P", Injured, "berat p"),
            ("LR Anak-anak", Injured, "anak ringan"),
            ("Orang Luka", Injured, ""),
            ("Jumlah Luka", Injured, ""),
            ("Luka (L/P)", Injured, ""),
            ("Luka berat dan ringan", Injured, ""),
            ("Jumlah Korban Jiwa", Dead, ""),
            ("Korban Jiwa (Meninggal)", Dead, ""),
            ("Orang Hilang", Missing, ""),
            ("Total Korban", Casualties, ""),
            ("Mengungsi (Jiwa)", Displaced, ""),
            ("Berapa orang yang meninggal?", Dead, ""),
            ("lukaberat", Injured, "berat"),
        ] {
            let found = of_heading(heading).unwrap_or_else(|| panic!("{heading}"));
            let own: Vec<&str> = found.part.which.into_iter().collect();
            assert_eq!((found.meaning, own.join(" ").as_str()), (meaning, which), "{heading}");
        }
        for heading in [
            "Mengungsi (KK)",
            "Ternak mati",
            "Luka tembak",
            "Korban",
            "Nama korban",
            "Meninggal/Luka",
            "Meninggal/Hilang",
            "",
        ] {
            assert_eq!(of_heading(heading), None, "{heading}");
        }
    }

    #[test]
    fn what_names_harm_is_seen_though_it_is_not_understood() {
        for heading in ["Luka tembak", "Meninggal/Luka", "Mengungsi (KK)", "Korban jiwa (pria hilir)", "MD x"]
        {
            assert!(names_harm(heading), "{heading}");
        }
        for heading in ["Nama korban meninggal", "Ternak", "Barang hilang", "Penyebab luka", "Melukis"] {
            assert!(!names_harm(heading), "{heading}");
        }
        assert!(counts_no_people("Korban Umur") && counts_no_people("Korban Ternak"));
        let part = |heading| victims(heading).map(|part| part.key().1);
        assert_eq!(
            ["KORBAN", "Korban Polri", "Jumlah korban"].map(part),
            ["", "polri", ""].map(|own| Some(own.to_owned()))
        );
        for heading in
            ["Korban (KK)", "Korban Umur", "Korban Ternak", "korban/umur", "Korban di hulu", "Korban MD"]
        {
            assert_eq!(part(heading), None, "{heading}");
        }
        assert!(is_part("L") && is_part("Laki-laki") && is_part("KK") && !is_part("Noman") && !is_part(""));
    }
}
