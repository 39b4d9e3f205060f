//! Words of people killed, injured or driven from home, and of who they are.

use super::dead::{DYING, Dying, died_otherwise, dying, is_dead, is_somebody};
pub use crate::chat::negation::NOT;
use crate::chat::token::ChatWord;

/// Somebody who lies dead: how many there are a person says.
pub const BODIES: [&str; 4] = ["mayat", "jenazah", "jasad", "mayit"];
pub const DEAD: [&str; 21] = [
    "jenazah",
    "jasad",
    "mayit",
    "maninggal",
    "meniggal",
    "meningal",
    "mninggal",
    "tewasnyo",
    "meninggal",
    "md",
    "tewas",
    "wafat",
    "terbunuh",
    "meninggaldunia",
    "dibunuh",
    "gugur",
    "menewaskan",
    "tewasnya",
    "meninggalnya",
    "matinya",
    "mayat",
];
/// Behind a negation they say that somebody died.
pub const RESCUED: [&str; 3] = ["tertolong", "terselamatkan", "bernyawa"];
/// They say what somebody does to others, who stand behind them: "3 begal melukai 1 warga".
pub const ACTIVE: [&str; 5] = ["menewaskan", "melukai", "mencederai", "mencelakai", "mengungsikan"];
pub const INJURED: [&str; 43] = [
    "tatu",
    "ketatu",
    "luke",
    "tasuduk",
    "disuduk",
    "ditimpas",
    "tatimpas",
    "ditujah",
    "ketujah",
    "tetujah",
    "ditebas",
    "ditombak",
    "disabet",
    "dicelurit",
    "dibacoki",
    "disayat",
    "tersayat",
    "didor",
    "diparang",
    "tarluka",
    "kebacok",
    "kebacoknya",
    "luko",
    "luka",
    "terluka",
    "lb",
    "lr",
    "cedera",
    "cidera",
    "terbacok",
    "dibacok",
    "tertembak",
    "ditembak",
    "tertusuk",
    "ditusuk",
    "ditikam",
    "tertikam",
    "melukai",
    "luka2",
    "terpanah",
    "dipanah",
    "mencederai",
    "mencelakai",
];
/// Said of people they are hurt; "lahan kritis" is not.
pub const SICK: [&str; 3] = ["kritis", "sekarat", "dirawat"];
/// They say which harm it is, and stand between it and its number.
pub const OF_HARM: [&str; 12] = [
    "dunia", "berat", "ringan", "parah", "bacok", "tembak", "tusuk", "bakar", "robek", "memar", "serius",
    "sedang",
];
/// Many, of whom nobody says how many.
pub const VAGUE: [&str; 9] =
    ["puluhan", "belasan", "ratusan", "ribuan", "beberapa", "sejumlah", "banyak", "sebagian", "lainnya"];
pub const DISPLACED: [&str; 18] = [
    "mangungsi",
    "mangungsiakan",
    "diungsiakan",
    "pangungsi",
    "ngungsine",
    "ngungsike",
    "ngungsinyo",
    "diungsike",
    "diungsikno",
    "mengungsinya",
    "pengungsian",
    "maungsi",
    "mengungsi",
    "ngungsi",
    "pengungsi",
    "diungsikan",
    "dievakuasi",
    "mengungsikan",
];
pub const PEOPLE: [&str; 46] = [
    "sekuriti",
    "urang",
    "wong",
    "uwong",
    "tiyang",
    "nenek",
    "kakek",
    "penambang",
    "mahasiswa",
    "perempuan",
    "security",
    "polisi",
    "aparat",
    "anggota",
    "personel",
    "petugas",
    "pelajar",
    "remaja",
    "buruh",
    "sopir",
    "pengendara",
    "nelayan",
    "abk",
    "penumpang",
    "awak",
    "santriwati",
    "pendaki",
    "orang",
    "org",
    "warga",
    "wrg",
    "jiwa",
    "korban",
    "kk",
    "pemuda",
    "satpam",
    "pekerja",
    "anak",
    "lansia",
    "petani",
    "karyawan",
    "keluarga",
    "pelaku",
    "santri",
    "siswa",
    "balita",
];
/// Whom a count of the dead and the injured holds, too; of them alone no number is asked about.
pub const MORE_PEOPLE: [&str; 54] = [
    "jiwo",
    "pamuda",
    "pemude",
    "pengurus",
    "pandulang",
    "panambang",
    "jiwe",
    "mbah",
    "pendulang",
    "budak",
    "kakanak",
    "arek",
    "bocah",
    "bayi",
    "operator",
    "supir",
    "driver",
    "kernet",
    "guru",
    "murid",
    "tetangga",
    "pengunjung",
    "kuli",
    "tukang",
    "linmas",
    "brimob",
    "tni",
    "prajurit",
    "pesilat",
    "suporter",
    "preman",
    "peladang",
    "pendemo",
    "mahasiswi",
    "siswi",
    "jamaah",
    "tamu",
    "lelaki",
    "laki",
    "lanang",
    "wadon",
    "pria",
    "wanita",
    "suami",
    "istri",
    "ibu",
    "bapak",
    "kakak",
    "adik",
    "oknum",
    "warge",
    "malingnya",
    "malinge",
    "relawan",
];
pub const ANIMALS: [&str; 35] = [
    "wedhus", "wedus", "pitik", "hayam", "manuk", "jawi", "kebo", "jaran", "celeng", "hadangan", "asu",
    "iwak", "lauk", "lembu", "burung", "udang", "bandeng", "nila", "ekor", "sapi", "kambing", "kerbau",
    "ayam", "ternak", "babi", "kuda", "itik", "bebek", "anjing", "ikan", "kucing", "domba", "lele", "gajah",
    "harimau",
];
/// What is lost or carried away and is nobody.
pub const THINGS: [&str; 22] = [
    "rumah", "rmh", "motor", "mobil", "truk", "sepeda", "jembatan", "perahu", "kapal", "barang", "harta",
    "kios", "warung", "kandang", "sawah", "kebun", "lahan", "tanaman", "kayu", "uang", "hp", "emas",
];
/// Beside one of them a number of the lost counts people: "2 selamat 1 hilang".
pub const AMONG: [&str; 13] = [
    "selamat",
    "korban",
    "luka",
    "meninggal",
    "md",
    "tewas",
    "perahu",
    "kapal",
    "karam",
    "terbalik",
    "tenggelam",
    "terseret",
    "penumpang",
];
/// Words between a count and what became of the people.
pub const FILLERS: [&str; 60] = [
    "nambah",
    "dadi",
    "batambah",
    "betambah",
    "pt",
    "cv",
    "perusahaan",
    "polsek",
    "polres",
    "koramil",
    "pln",
    "ditemukan",
    "dinyatakan",
    "ketemu",
    "ikung",
    "sing",
    "nang",
    "langsung",
    "dah",
    "lah",
    "bertambah",
    "menjadi",
    "jadi",
    "total",
    "naik",
    "hingga",
    "yang",
    "yg",
    "mengalami",
    "dunia",
    "dan",
    "di",
    "diantaranya",
    "antaranya",
    "berat",
    "ringan",
    "jumlah",
    "sebanyak",
    "dilaporkan",
    "terpaksa",
    "telah",
    "sudah",
    "sdh",
    "kena",
    "tembak",
    "bacok",
    "tusuk",
    "bakar",
    "parah",
    "robek",
    "memar",
    "serius",
    "sedang",
    "sekitar",
    "sktr",
    "kurang",
    "lebih",
    "nyawa",
    "lagi",
    "lg",
];
/// It is not known whether anybody was hurt, or how many: "belum diketahui", "masih didata".
const KNOWN: [&str; 16] = [
    "diketahui",
    "jelas",
    "pasti",
    "dipastikan",
    "terdata",
    "didata",
    "terkonfirmasi",
    "dikonfirmasi",
    "teridentifikasi",
    "dilaporkan",
    "tahu",
    "tau",
    "terinformasi",
    "terpantau",
    "dapat",
    "bisa",
];
/// Behind "masih" or "dalam": somebody looks.
const LOOKED_INTO: [&str; 8] =
    ["didata", "pendataan", "dicek", "pengecekan", "didalami", "diverifikasi", "ditelusuri", "simpang"];
/// Before a harm they leave open whether it is so.
const RUMOURED: [&str; 17] = [
    "dikabarkan",
    "kabar",
    "kabarnya",
    "isu",
    "rumor",
    "dikira",
    "disangka",
    "diduga",
    "beredar",
    "katanya",
    "konon",
    "mengira",
    "diisukan",
    "jika",
    "kalau",
    "apakah",
    "dikhawatirkan",
];
/// How badly somebody was hurt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InjuryDegree {
    Badly,
    Slightly,
}

/// "1 org hanyut", "2 selamat 1 hilang": people are lost, and neither things nor what belongs to somebody.
pub fn is_lost(tokens: &[ChatWord], at: usize) -> bool {
    let clause = tokens[at].clause;
    let before =
        |back: usize| at.checked_sub(back).map(|other| &tokens[other]).filter(|other| other.clause == clause);
    let is_thing = before(1).is_some_and(|one| one.is(&THINGS))
        || before(1).is_some_and(|one| one.is(&PEOPLE)) && before(2).is_some_and(|two| two.is(&THINGS));
    let (from, to) = (at.saturating_sub(3), (at + 4).min(tokens.len()));
    let of_people = (from..to).any(|other| tokens[other].clause == clause && is_somebody(&tokens[other]));
    // "warga terseret arus, hilang": its clause has nobody of its own.
    let is_alone = before(1).is_none();
    let counted = before(1).is_some_and(|one| one.number().is_some_and(|number| number > 0));
    let (from, to) = (at.saturating_sub(8), (at + 8).min(tokens.len()));
    let among = || {
        let own = |other: usize| tokens[other].sentence == tokens[at].sentence;
        (from..to).any(|other| own(other) && tokens[other].is(&AMONG))
    };
    let is_life = tokens.get(at + 1).is_some_and(|next| next.is(&["nyawa", "nyawanya", "nyawe"]));
    (tokens[at].is(&["hilang", "ilang"]) || is_swept(tokens, at))
        && !is_thing
        && !is_life
        && (of_people || is_alone && near(tokens, at, &PEOPLE) || counted && among())
}

/// Water took somebody or something away. "wong kentir" is one who is out of his mind, too, but beside water.
pub fn is_swept(tokens: &[ChatWord], at: usize) -> bool {
    const WATER: [&str; 18] = [
        "banjir", "bena", "kali", "sungai", "banyu", "air", "lahar", "arus", "udan", "hujan", "segoro",
        "laut", "ketemu", "kedhung", "bengawan", "jembatan", "dam", "rob",
    ];
    let is_beside = || {
        let own = |other: usize| tokens[other].sentence == tokens[at].sentence;
        (at.saturating_sub(20)..tokens.len().min(at + 20)).any(|other| own(other) && tokens[other].is(&WATER))
    };
    tokens[at].is(&["hanyut", "tahanyut", "hanyot", "anyut"])
        || tokens[at].is(&["kentir", "kintir", "keli"]) && is_beside()
}

/// "lahan kritis" is nobody; "1 orang kritis" and "1 MD, 2 kritis" are people.
pub fn is_sick(tokens: &[ChatWord], at: usize) -> bool {
    let counted = at.checked_sub(1).is_some_and(|before| {
        tokens[before].clause == tokens[at].clause && tokens[before].number().is_some_and(|number| number > 0)
    });
    let beside_others = || near(tokens, at, &DEAD) || near(tokens, at, &INJURED) || near(tokens, at, &DYING);
    // "yg kritis 1 org meninggal": of the sick that one died.
    let mut behind = tokens[at + 1..].iter().take(3).enumerate();
    let died = behind.find(|(_, token)| token.number().is_none() && !token.is(&PEOPLE));
    let died = !counted
        && tokens.get(at + 1).is_some_and(|next| next.number().is_some())
        && died.is_some_and(|(ahead, _)| is_dead(tokens, at + 1 + ahead));
    tokens[at].is(&SICK) && !died && (near(tokens, at, &PEOPLE) || counted && beside_others())
}

/// "3 org babak belur", "1 org putus jari", "kepala sobek", "sirahe bocor": hurt in the body, and no pipe that leaks or bridge
/// that broke.
pub fn is_bodily(tokens: &[ChatWord], at: usize) -> bool {
    const HURT: [&str; 5] = ["lebam", "benjol", "bonyok", "memar", "bengkak"];
    let clause = |other: usize| tokens.get(other).is_some_and(|token| token.clause == tokens[at].clause);
    let behind = |list: &[&str]| clause(at + 1) && tokens[at + 1].is(list);
    let before = at.checked_sub(1).filter(|before| clause(*before)).map(|before| &tokens[before]);
    let of_somebody =
        before.is_some_and(|before| before.is(&PEOPLE) || before.number().is_some_and(|number| number > 0));
    let of_body = |token: &ChatWord| part_of_body(token).is_some();
    let of_somebodys_body = |token: &ChatWord| part_of_body(token).is_some_and(|owner| !owner.is_empty());
    // Nothing else is so than somebody.
    tokens[at].is(&["babak"]) && behind(&["belur"])
        || tokens[at].is(&WOUNDED)
            && (before.is_some_and(of_body)
                || clause(at + 1) && of_somebodys_body(&tokens[at + 1])
                || of_somebody && clause(at + 1) && of_body(&tokens[at + 1]))
        || of_somebody && tokens[at].is(&HURT) && before.is_some_and(|before| before.is(&PEOPLE))
}

/// What becomes of a part of the body.
const WOUNDED: [&str; 18] = [
    "patah", "putus", "bocor", "robek", "sobek", "retak", "pecah", "memar", "bengkak", "tugel", "pedot",
    "suwek", "terbakar", "tabakar", "kobong", "benjol", "lecet", "berdarah",
];

/// What stands behind the name of a part of the body and says whose it is: "nye" of "tangannye", nothing of "tangan".
fn part_of_body(token: &ChatWord) -> Option<&str> {
    const BODY: [&str; 35] = [
        "tangan", "kaki", "kepala", "kapala", "sirah", "endas", "sikil", "jari", "driji", "gigi", "untu",
        "leher", "gulu", "perut", "weteng", "mata", "tulang", "hidung", "irung", "pelipis", "bibir",
        "lengan", "betis", "muka", "wajah", "rai", "rahang", "dada", "punggung", "telinga", "kuping",
        "pundak", "bahu", "paha", "lutut",
    ];
    const WHOSE: [&str; 8] = ["", "nya", "nyo", "nye", "ne", "e", "ku", "n"];
    let rest = BODY.iter().filter_map(|part| token.text.strip_prefix(part));
    rest.into_iter().find(|rest| WHOSE.contains(rest))
}

/// True of a part of the body.
pub fn is_of_body(token: &ChatWord) -> bool {
    part_of_body(token).is_some()
}

/// "LB", "luka berat"; "LR", "luka ringan".
pub fn degree(tokens: &[ChatWord], at: usize) -> Option<InjuryDegree> {
    let clause = tokens[at].clause;
    let of = |token: &ChatWord| match token.text.as_str() {
        "lb" | "berat" | "parah" => Some(InjuryDegree::Badly),
        "lr" | "ringan" => Some(InjuryDegree::Slightly),
        _ => None,
    };
    tokens[at..]
        .iter()
        .take(3)
        .take_while(|token| token.clause == clause && token.number().is_none())
        .find_map(of)
}

/// Three words before or behind, in the sentence.
pub fn near(tokens: &[ChatWord], at: usize, list: &[&str]) -> bool {
    let (from, to) = (at.saturating_sub(3), (at + 4).min(tokens.len()));
    (from..to).any(|other| tokens[other].sentence == tokens[at].sentence && tokens[other].is(list))
}

/// True where words leave open whether the harm that a token names befell anybody, or belongs to what is reported.
pub fn is_uncertain(tokens: &[ChatWord], at: usize) -> bool {
    let same = |other: &usize| tokens[*other].sentence == tokens[at].sentence;
    let clause = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let of_it = |other: &usize| {
        let first = tokens[*other].is(&["korban"]) || is_dead(tokens, *other);
        same(other) && !first && !tokens[*other].is(&INJURED) && !tokens[*other].is(&DISPLACED)
    };
    let unknown = (at + 1..tokens.len().min(at + 7)).take_while(of_it).any(|other| {
        let next = |list: &[&str]| tokens.get(other + 1).is_some_and(|next| next.is(list));
        tokens[other].is(&NOT) && next(&KNOWN)
            || tokens[other].is(&["masih", "msh", "dalam"]) && next(&LOOKED_INTO)
    });
    let rumoured =
        (at.saturating_sub(6)..at).rev().take_while(clause).any(|other| tokens[other].is(&RUMOURED));
    let dead = is_dead(tokens, at);
    let body = tokens[at].is(&BODIES) || dying(tokens, at) == Dying::Open;
    unknown || rumoured || dead && (died_otherwise(tokens, at) || body)
}
