//! What a line tells besides that all is quiet: "tolak tambang, warga pasang spanduk, situasi aman" is no nihil. What people do
//! against somebody is asked about, and of what else they do a person says whether nothing happened.

use super::harm_alone::{is_routine, of_no_category};
use super::negation::NOT;
use super::pastime::is_pastime;
use super::phrase::PhraseMatch;
use super::phrase_sense::{CROWD, OFFICERS};
use super::stance::{MOST_TROUBLE, QUIET, is_accident, is_all_quiet};
use super::token::ChatWord;
use super::when;
use crate::written_date::month_name;

/// What people do against somebody, or what is done to them, in whatever form.
const ACTS: [&str; 80] = [
    "tolak",
    "menolak",
    "nolak",
    "ditolak",
    "penolakan",
    "manulak",
    "spanduk",
    "sepanduk",
    "melarang",
    "nglarang",
    "larang",
    "protes",
    "memprotes",
    "diprotes",
    "geruduk",
    "menggeruduk",
    "digeruduk",
    "nggeruduk",
    "kepung",
    "mengepung",
    "dikepung",
    "hadang",
    "menghadang",
    "dihadang",
    "usir",
    "mengusir",
    "diusir",
    "ngusir",
    "tuntut",
    "menuntut",
    "nuntut",
    "tuntutan",
    "desak",
    "mendesak",
    "didesak",
    "ancam",
    "mengancam",
    "diancam",
    "ngancam",
    "memanas",
    "bersitegang",
    "ketegangan",
    "tegang",
    "cekcok",
    "eyel",
    "ngeyel",
    "sengketa",
    "perselisihan",
    "gesekan",
    "hentikan",
    "menghentikan",
    "dihentikan",
    "distop",
    "disetop",
    "nyetop",
    "dipatok",
    "mematok",
    "dipagar",
    "memagar",
    "memagari",
    "segel",
    "disegel",
    "menyegel",
    "nyegel",
    "duduki",
    "menduduki",
    "diduduki",
    "mogok",
    "merobohkan",
    "dirobohkan",
    "robohkan",
    "menumbangkan",
    "ditumbangkan",
    "gaduh",
    "begaduh",
    "kegaduhan",
    "diserobot",
    "menyerobot",
    "nyerobot",
    "serobot",
];
/// What they may do so, and on a day like any other.
const MAYBE_ACTS: [&str; 10] = [
    "datangi",
    "mendatangi",
    "didatangi",
    "ndatangi",
    "rebutan",
    "berebut",
    "konflik",
    "selisih",
    "konvoi",
    "bakar",
];
/// What needs nobody beside it to be trouble.
const THEFT: [&str; 23] = [
    "maling",
    "kemalingan",
    "kecurian",
    "dicuri",
    "mencuri",
    "pencurian",
    "curat",
    "dibobol",
    "membobol",
    "bobol",
    "copet",
    "tukaran",
    "gegeran",
    "geger",
    "tersambar",
    "disambar",
    "kesambar",
    "digondol",
    "batimpas",
    "ditimpas",
    "manimpas",
    "tatimpas",
    "kobongan",
];
/// What is written of a quarrel that was settled.
const SETTLED: [&str; 7] =
    ["masalah", "permasalahan", "problem", "mediasi", "dimediasi", "perdamaian", "kesepakatan"];
/// Whose people and machines do what a nihil says nothing of.
const MACHINES: [&str; 9] =
    ["pt", "cv", "perusahaan", "satpam", "security", "ekskavator", "excavator", "berat", "beko"];
/// Those who gather, and where they are many.
const GATHER: [&str; 10] = [
    "kumpul",
    "berkumpul",
    "ngumpul",
    "bakumpul",
    "kerumunan",
    "berkerumun",
    "bergerombol",
    "gerombolan",
    "padati",
    "memadati",
];
/// What is meant to keep trouble away: behind it, its name says nothing.
const PREVENTS: [&str; 24] = [
    "antisipasi",
    "mengantisipasi",
    "cegah",
    "mencegah",
    "pencegahan",
    "imbauan",
    "himbauan",
    "himbau",
    "imbau",
    "menghimbau",
    "mengimbau",
    "dihimbau",
    "diimbau",
    "sosialisasi",
    "waspada",
    "potensi",
    "penyuluhan",
    "edukasi",
    "deklarasi",
    "jangan",
    "jgn",
    "agar",
    "supaya",
    "harap",
];
/// What is turned down or burnt on a day like any other: "tolak bala", "bakar ikan".
const ORDINARY: [&str; 22] = [
    "bala",
    "narkoba",
    "hoaks",
    "hoax",
    "politik",
    "radikalisme",
    "terorisme",
    "anarkis",
    "miras",
    "judi",
    "premanisme",
    "ikan",
    "sate",
    "ayam",
    "jagung",
    "sampah",
    "bata",
    "batu",
    "dupa",
    "lilin",
    "kemenyan",
    "ilmu",
];
/// What people do on a quiet day, and what stands beside their name.
const BENIGN: [&str; 76] = [
    "waspada",
    "panen",
    "ronda",
    "tetap",
    "masih",
    "msh",
    "beraktivitas",
    "beraktifitas",
    "aktivitas",
    "aktifitas",
    "kegiatan",
    "berkegiatan",
    "seperti",
    "spt",
    "biasa",
    "biasanya",
    "tenang",
    "rukun",
    "hidup",
    "tidak",
    "tdk",
    "ada",
    "ado",
    "yang",
    "yg",
    "dan",
    "dn",
    "di",
    "ds",
    "desa",
    "kec",
    "kel",
    "dusun",
    "rt",
    "rw",
    "sekitar",
    "setempat",
    "kami",
    "kita",
    "sini",
    "binaan",
    "berjaga",
    "bekerja",
    "kerja",
    "sudah",
    "sdh",
    "kembali",
    "pulang",
    "istirahat",
    "tidur",
    "sehat",
    "antusias",
    "merasa",
    "semua",
    "semuanya",
    "juga",
    "baik",
    "lancar",
    "sekolah",
    "kebun",
    "ladang",
    "sawah",
    "melaut",
    "belum",
    "pagi",
    "siang",
    "sore",
    "malam",
    "ini",
    "hari",
    "melapor",
    "lapor",
    "pak",
    "ndan",
    "pun",
    "acara",
];
/// Beasts that people drive out of their fields.
const PESTS: [&str; 16] = [
    "hama", "tikus", "monyet", "kera", "munyuk", "babi", "celeng", "burung", "manuk", "belalang", "walang",
    "anjing", "asu", "ular", "wereng", "beruk",
];
/// What stops on a road by itself.
const VEHICLES: [&str; 15] = [
    "mobil",
    "motor",
    "truk",
    "truck",
    "bus",
    "bis",
    "angkot",
    "pickup",
    "mesin",
    "kendaraan",
    "ambulan",
    "ambulans",
    "sepeda",
    "kapal",
    "tronton",
];

/// Where words say that people resist, demand, gather against somebody or were robbed. Where nothing says that all is quiet, people
/// stand beside it.
pub fn acts(tokens: &[ChatWord]) -> Vec<PhraseMatch> {
    let is_quiet = is_all_quiet(tokens);
    let is_act = |at: &usize| {
        let is_other = tokens.get(at + 1).is_some_and(|next| next.is(&ORDINARY)) || is_no_act(tokens, *at);
        let is_bare = tokens[*at].is(&ACTS) && !has(tokens, *at, &OFFICERS) || is_quarrel(tokens, *at);
        let is_maybe = is_gathering(tokens, *at) || tokens[*at].is(&MAYBE_ACTS) && has_crowd(tokens, *at);
        let is_maybe = is_maybe && !(is_of_pastime(&tokens[*at]) && is_pastime(tokens, *at));
        let is_crowds = is_bare && (is_quiet || has_crowd(tokens, *at));
        let is_unusual = (is_maybe || tokens[*at].is(&THEFT)) && !is_routine(tokens, *at);
        (is_crowds || is_unusual) && !is_other && !is_prevented(tokens, *at)
    };
    (0..tokens.len()).filter(is_act).take(MOST_TROUBLE).map(of_no_category).collect()
}

/// True where a word is what people do against somebody, in whatever form.
pub fn is_bare_act(tokens: &[ChatWord], at: usize) -> bool {
    let is_other = tokens.get(at + 1).is_some_and(|next| next.is(&ORDINARY));
    tokens[at].is(&ACTS) && !is_other && !is_no_act(tokens, at)
}

/// "usir hama tikus", "mobil mogok": nobody is driven out, and nobody stops work.
fn is_no_act(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let is_driven = tokens[at].is(&["usir", "mengusir", "diusir", "ngusir"]);
    let mut behind = (at + 1..tokens.len().min(at + 3)).take_while(own);
    let mut before = (at.saturating_sub(3)..at).rev().take_while(own);
    // "sopir angkot mogok".
    let is_of_people = || {
        let words = &tokens[at.saturating_sub(4)..tokens.len().min(at + 2)];
        words.iter().any(|word| word.is(&["kerja", "makan", "awak"]) || word.is(&CROWD))
    };
    is_driven && behind.any(|other| tokens[other].is(&PESTS))
        || tokens[at].is(&["mogok"]) && !is_of_people() && before.any(|other| tokens[other].is(&VEHICLES))
}

/// What many do for a prayer or a feast, too; nobody quarrels or burns for one.
fn is_of_pastime(token: &ChatWord) -> bool {
    token.is(&GATHER) || token.is(&["datangi", "mendatangi", "didatangi", "ndatangi", "konvoi"])
}

/// "adu mulut": words, and blows, that two give each other.
fn is_quarrel(tokens: &[ChatWord], at: usize) -> bool {
    tokens[at].is(&["adu"]) && tokens.get(at + 1).is_some_and(|next| next.is(&["mulut", "jotos", "fisik"]))
}

/// "sosialisasi cegah konflik": what stands behind such a word in its sentence has not happened.
fn is_prevented(tokens: &[ChatWord], at: usize) -> bool {
    const NEAR: usize = 12;
    let before = &tokens[at.saturating_sub(NEAR)..at];
    before.iter().any(|token| token.sentence == tokens[at].sentence && token.is(&PREVENTS))
}

/// Who acts as one of many; of "orang" alone somebody says how many.
fn has_crowd(tokens: &[ChatWord], at: usize) -> bool {
    const NEAR: usize = 12;
    let near = at.saturating_sub(NEAR)..tokens.len().min(at + NEAR);
    near.into_iter().any(|other| {
        let is_person = tokens[other].is(&["orang", "org", "urang", "wong"]);
        let is_counted = || other > 0 && tokens[other - 1].number().is_some_and(|number| number > 1);
        tokens[other].sentence == tokens[at].sentence
            && tokens[other].is(&CROWD)
            && (!is_person || is_counted())
    })
}

/// "kumpul 50 orang", "warga berkumpul": who gathers, and how many.
fn is_gathering(tokens: &[ChatWord], at: usize) -> bool {
    tokens[at].is(&GATHER) && has_crowd(tokens, at)
}

/// True where a word of the list stands in a token's sentence, near it.
fn has(tokens: &[ChatWord], at: usize, list: &[&str]) -> bool {
    const NEAR: usize = 12;
    let near = &tokens[at.saturating_sub(NEAR)..tokens.len().min(at + NEAR)];
    near.iter().any(|token| token.sentence == tokens[at].sentence && token.is(list))
}

/// True where a line that says that all is quiet tells what people did, in words that are none of an ordinary day.
pub fn tells_of_people(tokens: &[ChatWord], is_name: &[bool]) -> bool {
    let tells = |at: usize| {
        let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
        let is_known = |other: &usize| {
            let token = &tokens[*other];
            is_name.get(*other).is_some_and(|is_name| *is_name)
                || token.number().is_some()
                || token.is(&BENIGN)
                || token.is(&CROWD)
                || token.is(&QUIET)
        };
        let is_counted = at > 0 && tokens[at - 1].number().is_some();
        let is_denied = tokens[at.saturating_sub(2)..at].iter().any(|before| before.is(&NOT));
        (tokens[at].is(&CROWD) || tokens[at].is(&MACHINES))
            && !is_counted
            && !is_denied
            && !is_routine(tokens, at)
            && !is_prevented(tokens, at)
            && !is_pastime(tokens, at)
            && !(at + 1..tokens.len()).take_while(own).any(|other| is_no_act(tokens, other))
            && (at + 1..tokens.len()).take_while(own).any(|other| !is_known(&other))
    };
    let is_loud = tokens.iter().filter(|token| token.capital).count() * 10 > tokens.len() * 8;
    let is_again = tokens.iter().filter(|token| token.is(&["nihil", "aman"])).count() > 1;
    // "Terap nihil. Munting nihil": a name that is no place known here.
    let is_unknown = |at: usize| {
        let own = tokens.get(at + 1).is_some_and(|next| next.is(&["nihil", "aman"]));
        let is_known = is_name.get(at).is_some_and(|is_name| *is_name) || tokens[at].is(&QUIET);
        let is_date = month_name(&tokens[at].text).is_some() || when::day_of_week(tokens, at).is_some();
        let is_first = at == 0 || tokens[at - 1].sentence != tokens[at].sentence;
        own && tokens[at].capital
            && !is_known
            && !is_date
            && !tokens[at].is(&BENIGN)
            && (is_again || !is_first && !is_loud)
    };
    // "problem solving batas tanah, sepakat damai": what was settled was a quarrel.
    let is_settled = |at: usize| {
        let is_denied = tokens[at.saturating_sub(2)..at].iter().any(|before| before.is(&NOT));
        tokens[at].is(&SETTLED) && !is_denied && !is_prevented(tokens, at)
    };
    let is_except = |at: usize| {
        let is_but =
            tokens[at].is(&["hanya", "cuma", "cuman", "tapi", "tp", "namun"]) && !is_routine(tokens, at);
        (is_but && !is_accident(tokens) || tokens[at].is(&["kecuali", "terkecuali"])) && at + 1 < tokens.len()
    };
    // "situasi sudah kondusif": something was.
    let is_calm_again = |at: usize| {
        at > 0
            && tokens[at].is(&["aman", "kondusif", "terkendali", "tenang"])
            && tokens[at - 1].is(&["sudah", "sdh", "udah", "wis", "dah"])
    };
    (0..tokens.len())
        .any(|at| tells(at) || is_calm_again(at) || is_except(at) || is_unknown(at) || is_settled(at))
}
