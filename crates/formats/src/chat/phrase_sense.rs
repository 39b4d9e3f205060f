//! Whether the words of a phrase mean in their sentence what its category does: a road that is broken was broken by nobody, a tree
//! that people felled by no wind, and water that comes by a pipe is no flood.

use super::pastime::is_pastime;
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
/// Who closes a road that is, or was, theirs, and who does it for them.
const CLOSERS: [&str; 15] = [
    "keluarga",
    "pemilik",
    "pemiliknya",
    "ahli",
    "waris",
    "oknum",
    "preman",
    "satpam",
    "security",
    "sekuriti",
    "pihak",
    "kades",
    "lurah",
    "kelompok",
    "adat",
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

/// True where words say of a closed road that something covered it, in a form that does not say so of itself: where no phrase
/// says what it was, a person looks.
pub fn may_be_closed(tokens: &[ChatWord], one: &PhraseMatch) -> bool {
    let sense = Sense { tokens, one };
    let is_state =
        |token: &ChatWord| ["ter", "ke", "ta", "ka"].iter().any(|word| token.text.starts_with(word));
    let closing = tokens[one.tokens.clone()].iter().find(|token| token.text.contains("tutup"));
    one.category.to_string() == "WP-05"
        && sense.is_closed_by_itself()
        && closing.is_some_and(|closing| !is_state(closing))
}

/// "tolak TPS": a place where rubbish is left as well as one where people vote, which a word of an election beside it says.
pub fn may_be_a_tip(tokens: &[ChatWord], one: &PhraseMatch) -> bool {
    const ELECTION: [&str; 36] = [
        "pilkada",
        "pemilu",
        "pilkades",
        "pilpres",
        "pileg",
        "pilgub",
        "pilbup",
        "pilwali",
        "coblos",
        "nyoblos",
        "mencoblos",
        "coblosan",
        "pencoblosan",
        "suara",
        "kpps",
        "pps",
        "ppk",
        "kpu",
        "kpud",
        "bawaslu",
        "panwas",
        "panwascam",
        "panwaslu",
        "paslon",
        "calon",
        "cakades",
        "caleg",
        "pemilih",
        "pemungutan",
        "dpt",
        "bilik",
        "logistik",
        "rekap",
        "rekapitulasi",
        "timses",
        "psu",
    ];
    let sense = Sense { tokens, one };
    tokens[one.head].is(&["tps"]) && one.words == 1 && !sense.is_beside(30, &ELECTION)
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
        "WW-07" => may_be_a_tip(tokens, one),
        _ => false,
    };
    !(is_other || sense.is_visit())
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
        const OUTSIDE: [&str; 9] =
            ["sungai", "kali", "banjir", "hujan", "sungei", "batang", "luapan", "rob", "pasang"];
        // What water comes from stands before it or between its words: "…, ular ikut masuk" is of the flood.
        let Range { start, end } = self.one.tokens;
        let own = |at: &usize| self.tokens[*at].clause == self.tokens[start].clause;
        let before = (start.saturating_sub(NEAR)..start).rev().take_while(own).count();
        let is_of_pipe = self.tokens[start - before..end].iter().any(|token| token.is(&PIPED));
        self.one.words == 3 && is_of_pipe && !self.is_beside(NEAR, &OUTSIDE)
    }

    /// "warga datangi kantor desa urus KTP": nobody demands anything.
    fn is_visit(self) -> bool {
        let own = &self.tokens[self.one.tokens.clone()];
        own.iter().any(|token| token.text.contains("datang")) && is_pastime(self.tokens, self.one.head)
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
        let is_closing = |at: &usize| self.tokens[*at].text.contains("tutup");
        let mut own = self.one.tokens.clone();
        let Some(at) = own.find(is_closing).filter(|_| self.one.words == 2) else { return false };
        let closing = &self.tokens[at].text;
        let begins = |list: &[&str]| list.iter().any(|word| closing.starts_with(word));
        let is_state = begins(&["tertutup", "ketutup", "tatutup", "katutup"]);
        let is_led = self.is_beside(NEAR, &CROWD) || self.is_beside(NEAR, &CLOSERS);
        let is_covered = self.is_beside(4, &COVER) && !self.is_closed_with(&COVER);
        let is_passive = is_state || begins(&["ditutup"]);
        let by_cover = is_passive || self.covers(at, &COVER);
        is_state && !self.is_beside(NEAR, &CROWD) || is_covered && by_cover && !is_led
    }

    /// "tutup jalan pakai tanah", "ditutup dengan kayu": somebody took it to close a road.
    fn is_closed_with(self, cover: &[&str]) -> bool {
        const WITH: [&str; 13] = [
            "dengan",
            "dgn",
            "pakai",
            "pake",
            "pakek",
            "memakai",
            "menggunakan",
            "gunakan",
            "gawe",
            "gae",
            "nganggo",
            "tumpukan",
            "urugan",
        ];
        let near = self.near(4);
        let is_taken = |at: usize| self.tokens[at.saturating_sub(2)..at].iter().any(|word| word.is(&WITH));
        near.into_iter().any(|at| self.tokens[at].is(cover) && is_taken(at))
    }

    /// "longsor tutup jalan", "jalan tutup karena banjir": what covers a road stands before the word, or is named as the cause.
    fn covers(self, at: usize, cover: &[&str]) -> bool {
        const BY: [&str; 10] =
            ["oleh", "karena", "krn", "krna", "akibat", "kena", "sebab", "gara", "mergo", "dampak"];
        let clause = |other: &usize| self.tokens[*other].clause == self.tokens[at].clause;
        let before = (at.saturating_sub(NEAR)..at).rev().take_while(clause);
        let sentence = |other: &usize| self.tokens[*other].sentence == self.tokens[at].sentence;
        let mut behind = (at + 1..self.tokens.len().min(at + 1 + NEAR)).take_while(sentence);
        before.into_iter().any(|other| self.tokens[other].is(cover))
            || behind.any(|other| self.tokens[other].is(&BY))
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
