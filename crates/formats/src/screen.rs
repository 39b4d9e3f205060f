//! A look at free text: what seems to be a person's data, or names a group by descent or belief, is pointed out, never
//! removed. Reports have no field for either, and a text should not make one.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What in the text looks out of place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ScreenFinding {
    Identity,
    Phone,
    Plate,
    Name,
    Group,
}

impl ScreenFinding {
    pub const fn as_str(self) -> &'static str {
        match self {
            ScreenFinding::Identity => "identity_number",
            ScreenFinding::Phone => "phone_number",
            ScreenFinding::Plate => "number_plate",
            ScreenFinding::Name => "person_name",
            ScreenFinding::Group => "group_name",
        }
    }
}

/// Words that sort people by belief or descent.
const BELIEFS: &str = "agama islam muslim kristen kristiani nasrani protestan katolik hindu buddha budha konghucu \
    khonghucu ahmadiyah syiah sunni wahabi kafir murtad sesat kejawen pribumi nonpribumi keturunan sara";
/// Words after which a name of a people means the people and not the place called after them.
const BEFORE: &str = "suku etnis ras orang warga kaum kelompok keluarga pemuda oknum preman massa pendatang";
/// Peoples, the larger ones and those of the first four regencies.
const PEOPLES: &str = "aceh ambon arab bali banjar batak betawi bugis cina dayak flores jawa komering kubu madura \
    makassar mandailing melayu minang minangkabau nias ogan osing papua rawas rimba sasak sunda \
    tengger timor tionghoa toraja";

/// The words of a list, to be asked for.
fn set(list: &'static str) -> HashSet<&'static str> {
    list.split_ascii_whitespace().collect()
}

/// Words that may begin what names a group: most words do not.
static GROUP_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| [BELIEFS, BEFORE].into_iter().flat_map(str::split_ascii_whitespace).collect());
static BELIEF_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| set(BELIEFS));
static BEFORE_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| set(BEFORE));
static PEOPLE_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| set(PEOPLES));
static NAME_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| set(BEFORE_NAMES));

/// Everything found, each once.
pub fn screen(text: &str) -> Vec<ScreenFinding> {
    let mut found = Vec::new();
    let words = Spoken::of(text);
    for run in digit_runs(text) {
        match run.len() {
            16 => found.push(ScreenFinding::Identity),
            9..=15 if run.starts_with("08") || run.starts_with("628") => found.push(ScreenFinding::Phone),
            _ => {}
        }
    }
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if parts.windows(3).any(|three| plate(three[0], three[1], three[2])) {
        found.push(ScreenFinding::Plate);
    }
    if words.names_a_person() {
        found.push(ScreenFinding::Name);
    }
    if words.names_a_group() {
        found.push(ScreenFinding::Group);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Runs of digits; a space, dot or hyphen between two digits does not end one.
fn digit_runs(text: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for letter in text.chars() {
        match letter {
            '0'..='9' => {
                if let Some(run) = runs.last_mut() {
                    run.push(letter);
                }
            }
            ' ' | '-' | '.' | '+' => {}
            _ if runs.last().is_some_and(|run| !run.is_empty()) => runs.push(String::new()),
            _ => {}
        }
    }
    runs
}

/// "BG 1234 AB": one or two capitals, up to four digits, one to three capitals.
fn plate(area: &str, number: &str, series: &str) -> bool {
    let capitals = |word: &str| word.chars().all(|letter| letter.is_ascii_uppercase());
    let digits = number.chars().all(|letter| letter.is_ascii_digit());
    let address = matches!(area, "RT" | "RW" | "KM");
    capitals(area)
        && area.len() <= 2
        && !address
        && digits
        && (2..=4).contains(&number.len())
        && capitals(series)
        && series.len() <= 3
}

/// Words that a person's name follows.
const BEFORE_NAMES: &str = "sdr sdri an alm almh almarhum almarhumah korlap nama bernama inisial";

/// The words of a text as they stand, and in small letters.
struct Spoken<'a> {
    words: Vec<&'a str>,
    small: Vec<Cow<'a, str>>,
}

impl<'a> Spoken<'a> {
    fn of(text: &'a str) -> Spoken<'a> {
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let is_small =
            |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let small = |word: &&'a str| {
            if is_small(word) { Cow::Borrowed(*word) } else { Cow::Owned(word.to_lowercase()) }
        };
        let small = words.iter().map(small).collect();
        Spoken { words, small }
    }

    fn is_capital(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(|word| word.starts_with(|letter: char| letter.is_uppercase()))
    }

    /// "sdr. Budi", "a.n. Sari", "korlap: Anton".
    fn names_a_person(&self) -> bool {
        self.small.iter().enumerate().any(|(index, word)| {
            let shortened = word == "a" && self.small.get(index + 1).is_some_and(|next| next == "n");
            shortened && self.is_capital(index + 2)
                || self.is_capital(index + 1) && NAME_WORDS.contains(word.as_ref())
        })
    }

    /// "suku …", a belief, or a people named as such. "Orang Rawas Ilir" is where they live, so a name that goes on is none.
    fn names_a_group(&self) -> bool {
        let is_listed = |(_, word): &(usize, &Cow<'_, str>)| GROUP_WORDS.contains(word.as_ref());
        self.small.iter().enumerate().filter(is_listed).any(|(index, word)| {
            let word = word.as_ref();
            let next = self.small.get(index + 1).map(Cow::as_ref);
            let tribe = matches!(word, "suku" | "etnis") && next.is_some() && next != Some("bunga");
            let people = BEFORE_WORDS.contains(word)
                && next.is_some_and(|next| PEOPLE_WORDS.contains(next))
                && !self.is_capital(index + 2);
            BELIEF_WORDS.contains(word) || tribe || people
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_numbers_are_seen() {
        assert_eq!(screen("NIK 1613040101900001 ikut"), [ScreenFinding::Identity]);
        assert_eq!(screen("hubungi 0812-3456-7890"), [ScreenFinding::Phone]);
        assert_eq!(
            screen("truk BG 1234 AB lewat, telp +62 812 3456 7890"),
            [ScreenFinding::Phone, ScreenFinding::Plate]
        );
    }

    #[test]
    fn a_persons_name_is_seen_behind_the_words_that_lead_it() {
        for text in [
            "korban sdr. Budi luka",
            "sdri. Sari",
            "an. Budi bin Ali",
            "a.n. Budi",
            "alm. Budi",
            "Korlap: Anton",
            "nama : BUDI",
        ] {
            assert_eq!(screen(text), [ScreenFinding::Name], "{text}");
        }
    }

    #[test]
    fn ordinary_accounts_pass() {
        for text in [
            "warga memblokir jalan angkut, 40 orang, jam 15.45",
            "480 ha, 240 kapling",
            "nama pelaku belum diketahui, korlap belum datang",
            "RT 02 RW 01",
            "orang Rawas Ilir menunggu di balai desa, suku bunga pinjaman naik",
            "warga Banjar Agung menolak; truk dari Palembang lewat Jawa Barat",
            "",
        ] {
            assert!(screen(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_group_named_by_descent_or_belief_is_seen() {
        for text in [
            "pemuda suku Anak Dalam datang",
            "bentrok orang Madura dan warga dayak",
            "jemaah Ahmadiyah diminta pindah",
            "dituduh aliran sesat",
            "warga Melayu, lalu bubar",
        ] {
            assert_eq!(screen(text), [ScreenFinding::Group], "{text}");
        }
    }
}
