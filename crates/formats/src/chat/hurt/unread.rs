//! Numbers of people that no count holds: what became of them stands in words that nobody reads, so that a person looks.

use super::care::PERSONNEL;
use super::dead::is_somebody;
use super::harm_count::is_count;
use super::harm_words::{ANIMALS, PEOPLE, THINGS, VAGUE};
use super::{PeopleHurt, is_of_people};
use crate::chat::number::{WrittenNumber, is_one, numbers};
use crate::chat::token::ChatWord;
use std::ops::Range;

/// What a crowd does, and what is done with it: nobody is hurt by it.
const CROWD: [&str; 74] = [
    "demo",
    "unras",
    "aksi",
    "orasi",
    "hadir",
    "datang",
    "dateng",
    "kumpul",
    "ikut",
    "turut",
    "peserta",
    "massa",
    "tutup",
    "blokir",
    "segel",
    "hadang",
    "cegat",
    "portal",
    "diamankan",
    "ditangkap",
    "diperiksa",
    "diundang",
    "dimintai",
    "dari",
    "saksi",
    "turun",
    "jaga",
    "patroli",
    "selamat",
    "pulang",
    "kerja",
    "gotong",
    "bantu",
    "tidak",
    "tdk",
    "belum",
    "blm",
    "gak",
    "dgn",
    "dengan",
    "lawan",
    "vs",
    "ribut",
    "bentrok",
    "cekcok",
    "tawuran",
    "kelahi",
    "saling",
    "protes",
    "tolak",
    "nolak",
    "minta",
    "anarkis",
    "naik",
    "pakai",
    "bawa",
    "pro",
    "dan",
    "yg",
    "yang",
    "sudah",
    "sdh",
    "masih",
    "msh",
    "akan",
    "mau",
    "jam",
    "pkl",
    "pukul",
    "ke",
    "utk",
    "untuk",
    "aman",
    "keluar",
];
/// Where somebody is who was hurt or had to leave.
const CARE: [&str; 9] = ["rs", "rsud", "puskesmas", "pkm", "klinik", "igd", "pengungsian", "posko", "tenda"];

/// "tiga orang belum pulang": who is missing.
const NOT_YET: [&str; 9] = ["lom", "balom", "belum", "blm", "balum", "lum", "belom", "durung", "drg"];
const BACK: [&str; 19] = [
    "dapat",
    "dapet",
    "bali",
    "timbul",
    "ketemu",
    "ditemukan",
    "diketemukan",
    "balek",
    "balik",
    "pulang",
    "kembali",
    "mulih",
    "bulik",
    "tadapat",
    "jumpa",
    "dijumpai",
    "muncul",
    "terlihat",
    "tampak",
];
/// Who does it has no home to be in.
const SHELTER: [&str; 7] = ["nginap", "nginep", "menginap", "numpang", "menumpang", "bermalam", "nebeng"];

/// Words that name a harm whatever else a message says; beside them stand those that the counts know.
const HARMS: [&str; 43] = [
    "melepuh",
    "melepoh",
    "muntah",
    "keracunan",
    "tertimbun",
    "tertimpa",
    "ketiban",
    "pingsan",
    "tersetrum",
    "kesetrum",
    "tersengat",
    "tersambar",
    "disambar",
    "tenggelam",
    "terseret",
    "hanyut",
    "jatuh",
    "terjatuh",
    "digigit",
    "dipatuk",
    "diterkam",
    "diserang",
    "gosong",
    "sesak",
    "kena",
    "terkena",
    "dilarikan",
    "terjebak",
    "patah",
    "bocor",
    "robek",
    "benjol",
    "lebam",
    "bonyok",
    "babak",
    "memar",
    "tergencet",
    "terjepit",
    "tertabrak",
    "hilang",
    "mati",
    "dicari",
    "dihajar",
];
/// What a place or a unit is called by behind the people of it: "2 anggota Polsek Toho", "50 warga desa Terap".
const OF_WHERE: [&str; 33] = [
    "desa",
    "ds",
    "dusun",
    "dsn",
    "kec",
    "kecamatan",
    "kampung",
    "kp",
    "kel",
    "kelurahan",
    "rt",
    "rw",
    "polsek",
    "polres",
    "polda",
    "polri",
    "koramil",
    "kodim",
    "tni",
    "brimob",
    "satpol",
    "pp",
    "linmas",
    "babinsa",
    "bhabinkamtibmas",
    "bpbd",
    "damkar",
    "puskesmas",
    "piket",
    "gabungan",
    "setempat",
    "sekitar",
    "jajaran",
];

/// True where a word names a harm by itself.
pub fn names_harm(token: &ChatWord) -> bool {
    HARMS.contains(&token.text.as_str()) || is_of_people(token) && !token.is(&PEOPLE)
}

/// The words of each number of people that no field of these counts holds, where words behind or before it say what became of
/// them. A crowd is nobody's harm: "200 orang hadir", "40 org".
pub fn in_no_field(text: &str, tokens: &[ChatWord], found: &PeopleHurt) -> Vec<Range<usize>> {
    let counted = [&found.dead, &found.injured, &found.displaced].into_iter().flatten();
    let mut known: Vec<Range<usize>> = counted.filter_map(|found| found.words.clone()).collect();
    known.extend(found.look_at());
    let is_known =
        |words: &Range<usize>| known.iter().any(|own| own.start < words.end && words.start < own.end);
    let unread =
        numbers(tokens).into_iter().filter(|number| number.value > 0 && is_count((text, tokens), number));
    // "puluhan keluarga nginap di masjid".
    let many = (0..tokens.len()).filter(|at| {
        tokens[*at].is(&VAGUE) && tokens.get(at + 1).is_some_and(|next| next.is(&["kk", "keluarga"]))
    });
    let many = many.map(|at| WrittenNumber { value: 1, tokens: at..at + 1 });
    let is_counted = [&found.dead, &found.injured].into_iter().flatten().any(|found| found.value > 0);
    let victims = |number: &WrittenNumber| {
        let run = with_people(tokens, number);
        (!is_counted && counts_victims(tokens, &run)).then_some(run)
    };
    let words = unread.chain(many).filter_map(|number| victims(&number).or_else(|| harmed(tokens, &number)));
    words
        .map(|run| tokens[run.start].span.start..tokens[run.end - 1].span.end)
        .filter(|words| !is_known(words))
        .collect()
}

/// The tokens of a number of people of whom words beside it say that something became of them.
fn harmed(tokens: &[ChatWord], number: &WrittenNumber) -> Option<Range<usize>> {
    let Range { start, end } = number.tokens;
    let clause = |at: &usize| tokens[*at].clause == tokens[end - 1].clause;
    let is_one = is_one(&tokens[start].text) && !tokens[start].is(&["sebuah"]);
    let run = with_people(tokens, number);
    let behind = run.end;
    let is_back_from = |at: usize| {
        let next = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|next| clause(&at) && next.is(list));
        next(at, &NOT_YET) && next(at + 1, &BACK)
    };
    let is_of_things = || {
        let before = start.checked_sub(1).filter(|at| tokens[*at].clause == tokens[start].clause);
        before.is_some_and(|at| tokens[at].is(&ANIMALS) || tokens[at].is(&THINGS))
    };
    if behind == end && is_back_from(end) && !is_of_things() {
        return Some(start..end + 2);
    }
    if behind == end && !is_one {
        // "wong loro digepuki", "satpam 1 dipukul": the people stand before the number.
        let before = start.checked_sub(1).filter(|at| tokens[*at].clause == tokens[start].clause);
        let is_theirs = before.is_some_and(|at| is_somebody(&tokens[at]));
        let suffers = |next: &ChatWord| befell(next) && next.clause == tokens[end - 1].clause;
        return tokens.get(end).filter(|next| is_theirs && suffers(next)).map(|_| start..end + 1);
    }
    // Whose they are stands between them and what became of them.
    let is_of_where = |at: &usize| tokens[*at].is(&OF_WHERE) || is_named(tokens, *at);
    let state = behind + (behind..tokens.len()).take_while(clause).take_while(is_of_where).take(4).count();
    let Some(next) = tokens.get(state).filter(|_| clause(&state)) else {
        // "tertimbun 5 penambang": what became of them stands before the number.
        let before = start.checked_sub(1).filter(|at| tokens[*at].clause == tokens[start].clause)?;
        return befell(&tokens[before]).then_some(run);
    };
    let is_cared_for = || tokens.get(state + 1).is_some_and(|place| place.is(&CARE));
    if is_back_from(state) {
        return Some(start..state + 2);
    }
    let is_at_work = || (end..behind).any(|at| tokens[at].is(&PERSONNEL));
    let is_harmed = if next.is(&["di", "d", "bantu"]) {
        is_cared_for() && !is_at_work()
    } else {
        next.is(&SHELTER) || !next.is(&CROWD) && !acts(next) && next.number().is_none()
    };
    is_harmed.then_some(start..state + 1)
}

/// The tokens of a number with the people behind it.
fn with_people(tokens: &[ChatWord], number: &WrittenNumber) -> Range<usize> {
    let Range { start, end } = number.tokens;
    let clause = |at: &usize| tokens[*at].clause == tokens[end - 1].clause;
    let is_person = |at: &usize| tokens[*at].is(&PEOPLE) && !tokens[*at].is(&ANIMALS);
    start..end + (end..tokens.len()).take_while(clause).take_while(is_person).count()
}

/// "korban 3 orang", "3 korban": victims of whom nobody says how they were hurt, at the end of their clause.
fn counts_victims(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    const NOW: [&str; 9] =
        ["jadi", "menjadi", "dadi", "bertambah", "total", "totalnya", "sebanyak", "adalah", "ada"];
    let last = &tokens[run.end - 1];
    let ends = tokens.get(run.end).is_none_or(|next| next.clause != last.clause);
    // "jumlah korban jadi 4 orang".
    let own = |at: &usize| tokens[*at].sentence == tokens[run.start].sentence;
    let mut before = (run.start.saturating_sub(3)..run.start).rev().take_while(own);
    let is_led =
        before.find(|at| !tokens[*at].is(&NOW)).is_some_and(|at| tokens[at].is(&["korban", "korbannya"]));
    ends && (is_led || last.is(&["korban"]) && run.len() > 1)
}

/// A word in a capital behind one that is in none: a name, but for the words of harm.
fn is_named(tokens: &[ChatWord], at: usize) -> bool {
    let is_first = at == 0 || tokens[at - 1].sentence != tokens[at].sentence;
    tokens[at].capital && !is_first && !names_harm(&tokens[at]) && !befell(&tokens[at])
}

/// "tertimbun", "dihajar": something was done to somebody.
fn befell(token: &ChatWord) -> bool {
    let passive = token.text.starts_with("ter") || token.text.starts_with("di");
    let by_crowd = [
        "diikuti",
        "dihadiri",
        "dikawal",
        "dijaga",
        "diperkirakan",
        "terdiri",
        "diantaranya",
        "ditutup",
        "dipimpin",
        "didampingi",
        "dibantu",
        "disaksikan",
        "dilaksanakan",
        "dilakukan",
        "digelar",
        "dibackup",
        "diperkuat",
        "dikerahkan",
        "diterjunkan",
        "diturunkan",
        "diterima",
        "dilantik",
        "terdaftar",
        "tercatat",
        "terlibat",
        "tergabung",
    ];
    passive && token.text.len() > 5 && !token.is(&CROWD) && !token.is(&by_crowd)
}

/// Who does something is of a crowd: "memblokir", "berkumpul", "nyegat".
fn acts(token: &ChatWord) -> bool {
    let prefixes = ["me", "ber", "ny", "ng", "ma"];
    let is_verb = prefixes.iter().any(|prefix| token.text.starts_with(prefix)) && token.text.len() > 4;
    is_verb && !names_harm(token)
}
