//! Whether the words of a phrase mean in their sentence what its category does: a road that is broken was broken by nobody, a tree
//! that people felled by no wind, and water that comes by a pipe is no flood.

use super::phrase::PhraseMatch;
use super::token::ChatWord;
use std::ops::Range;

/// So far from a phrase the words stand that say what it means.
const NEAR: usize = 5;
/// Where people of a company are.
pub const COMPANY: [&str; 20] = [
    "pt",
    "cv",
    "perusahaan",
    "pabrik",
    "kebun",
    "tambang",
    "pks",
    "hgu",
    "karyawan",
    "buruh",
    "plasma",
    "sawit",
    "hauling",
    "tbs",
    "upah",
    "phk",
    "perkebunan",
    "ptpn",
    "batubara",
    "smelter",
];
/// Who acts as one of many.
pub const CROWD: [&str; 24] = [
    "warga",
    "wrg",
    "massa",
    "masa",
    "masyarakat",
    "masy",
    "penduduk",
    "pemuda",
    "petani",
    "nelayan",
    "buruh",
    "karyawan",
    "pedagang",
    "mahasiswa",
    "ormas",
    "sopir",
    "supir",
    "emak",
    "pesilat",
    "penambang",
    "orang",
    "org",
    "urang",
    "wong",
];
/// Whose work it is to close a road and to fell a tree.
pub const OFFICERS: [&str; 19] = [
    "petugas",
    "polisi",
    "polsek",
    "polres",
    "satlantas",
    "dishub",
    "pln",
    "bpbd",
    "dlh",
    "dinas",
    "damkar",
    "tni",
    "polri",
    "satpol",
    "relawan",
    "pemkab",
    "pemda",
    "bupati",
    "walikota",
];

/// A phrase among the words of a message.
#[derive(Clone, Copy)]
struct Sense<'a> {
    tokens: &'a [ChatWord],
    one: &'a PhraseMatch,
}

/// True where a phrase means what its category does.
pub fn is_meant(tokens: &[ChatWord], one: &PhraseMatch) -> bool {
    let sense = Sense { tokens, one };
    let code = one.category.to_string();
    let is_other = match code.as_str() {
        "WA-01" => sense.is_piped(),
        "WA-08" => sense.is_felled(),
        "WA-12" => sense.is_near_houses(),
        "WP-05" => sense.is_closed_by_itself() || sense.is_of_officers(),
        "WP-08" => sense.is_worn(one.head),
        "WP-09" => sense.is_of_no_company(),
        "WW-01" => sense.is_worn_house(),
        _ => false,
    };
    !is_other
}

impl Sense<'_> {
    /// The tokens of its sentence that stand near it.
    fn near(self, reach: usize) -> Range<usize> {
        let own = |at: &usize| self.tokens[*at].sentence == self.tokens[self.one.head].sentence;
        let Range { start, end } = self.one.tokens;
        let before = (start.saturating_sub(reach)..start).rev().take_while(own).count();
        let behind = (end..self.tokens.len().min(end + reach)).take_while(own).count();
        start - before..end + behind
    }

    fn is_beside(self, reach: usize, list: &[&str]) -> bool {
        self.tokens[self.near(reach)].iter().any(|token| token.is(list))
    }

    /// "sambungan air PDAM masuk rumah", "maling masuk rumah, mesin air hilang": of houses that water comes into.
    fn is_piped(self) -> bool {
        const PIPED: [&str; 22] = [
            "pdam",
            "pamsimas",
            "ledeng",
            "pipa",
            "sambungan",
            "meteran",
            "pompa",
            "mesin",
            "sumur",
            "galon",
            "tandon",
            "bersih",
            "maling",
            "pencuri",
            "pencurian",
            "dicuri",
            "rampok",
            "ular",
            "tikus",
            "kran",
            "keran",
            "sanyo",
        ];
        self.one.words == 3 && self.is_beside(NEAR, &PIPED)
    }

    /// "pohon dirobohkan orang", "pohon ditebang lalu roboh".
    fn is_felled(self) -> bool {
        const FELLED: [&str; 7] =
            ["ditebang", "menebang", "nebang", "penebangan", "tebang", "gergaji", "chainsaw"];
        let is_act = |token: &ChatWord| {
            let stem = ["tumbang", "roboh", "rubuh", "ambruk"].iter().any(|stem| token.text.contains(stem));
            stem && token.text.ends_with("kan")
        };
        let is_tree = self.tokens[self.near(1)].iter().any(|token| token.is(&["pohon", "wit", "kayu"]));
        self.tokens[self.one.tokens.clone()].iter().any(is_act) || is_tree && self.is_beside(3, &FELLED)
    }

    /// "kebakaran lahan, api dekat rumah warga": no house burns.
    fn is_near_houses(self) -> bool {
        const BESIDE: [&str; 21] = [
            "parak",
            "dekat",
            "deket",
            "dkt",
            "mendekati",
            "mendekat",
            "hampir",
            "nyaris",
            "parek",
            "cedak",
            "cedhak",
            "samping",
            "belakang",
            "sekitar",
            "arah",
            "mengarah",
            "mengancam",
            "jauh",
            "meter",
            "m",
            "km",
        ];
        const LAND: [&str; 14] = [
            "lahan", "hutan", "alas", "gambut", "semak", "ilalang", "alang", "ha", "hektar", "hektare",
            "kebun", "kebon", "karhutla", "tegalan",
        ];
        const HOUSES: [&str; 6] = ["rumah", "omah", "umah", "sekolah", "permukiman", "pemukiman"];
        let house = self.one.tokens.clone().find(|at| self.tokens[*at].is(&HOUSES));
        let is_led = |at: usize| self.tokens[at.saturating_sub(3)..at].iter().any(|token| token.is(&BESIDE));
        self.one.words == 2 && house.is_some_and(is_led) && self.is_beside(12, &LAND)
    }

    /// "jalan tertutup longsor": no people closed it.
    fn is_closed_by_itself(self) -> bool {
        const COVER: [&str; 18] = [
            "longsor",
            "longsoran",
            "pohon",
            "tumbang",
            "lumpur",
            "material",
            "banjir",
            "genangan",
            "air",
            "aek",
            "banyu",
            "abrasi",
            "asap",
            "kabut",
            "reruntuhan",
            "tanah",
            "lahar",
            "pasir",
        ];
        let is_closing = |token: &&ChatWord| token.text.contains("tutup");
        let own = &self.tokens[self.one.tokens.clone()];
        let Some(closing) = own.iter().find(is_closing).filter(|_| self.one.words == 2) else { return false };
        let is_state =
            ["tertutup", "ketutup", "tatutup", "katutup"].iter().any(|word| closing.text.starts_with(word));
        let is_covered = self.is_beside(4, &COVER) && !self.is_beside(NEAR, &CROWD);
        is_state && !self.is_beside(NEAR, &CROWD) || is_covered
    }

    /// "Dishub larang truk tambang lewat siang hari": who may, forbids.
    fn is_of_officers(self) -> bool {
        let head = &self.tokens[self.one.head].text;
        let is_order = ["larang", "henti", "stop", "setop"].iter().any(|stem| head.contains(stem));
        is_order && self.is_beside(NEAR, &OFFICERS) && !self.is_beside(NEAR, &CROWD)
    }

    /// "jalan rusak": a state, and nobody's deed.
    fn is_worn(self, at: usize) -> bool {
        const ROADS: [&str; 8] = ["jalan", "jln", "jl", "dalan", "jembatan", "akses", "badan", "aspal"];
        self.tokens[at].is(&["rusak", "hancur"]) && at > 0 && self.tokens[at - 1].is(&ROADS)
    }

    /// "4 rumah warga rusak kena angin"; not "massa rusak rumah".
    fn is_worn_house(self) -> bool {
        let own = |at: &usize| self.tokens[*at].is(&["rusak", "kerusakan"]);
        let Some(worn) = self.one.tokens.clone().find(own).filter(|_| self.one.words == 3) else {
            return false;
        };
        let is_house = |token: &ChatWord| token.is(&["rumah", "omah", "umah"]);
        self.tokens[worn.saturating_sub(3)..worn].iter().any(is_house)
    }

    /// "karyawan toko kelahi": whose people they are, no company's name says, nor whom they fight.
    fn is_of_no_company(self) -> bool {
        const BESIDE: [&str; 8] =
            ["mess", "satpam", "security", "sekuriti", "tambak", "alat", "gudang", "pamswakarsa"];
        const RESIDENTS: [&str; 7] = ["warga", "wrg", "masyarakat", "petani", "nelayan", "massa", "penduduk"];
        let is_of_people = |token: &&ChatWord| token.is(&["karyawan"]);
        let is_company = |token: &ChatWord| !token.is(&["karyawan", "buruh"]) && token.is(&COMPANY);
        self.tokens[self.one.tokens.clone()].iter().any(|token| is_of_people(&token))
            && !self.tokens[self.near(12)].iter().any(is_company)
            && !self.is_beside(12, &BESIDE)
            && !self.is_beside(12, &RESIDENTS)
    }
}
