//! That somebody was hurt or something harmed, where no words say by what: nobody passes it over, and no ordinary day is taken
//! for it.

use super::hurt;
use super::negation::NOT;
use super::phrase::PhraseMatch;
use super::stance::{MOST_TROUBLE, is_all_quiet};
use super::token::ChatWord;
use domain::kind::Category;
use std::ops::Range;

/// What is done on a quiet day: patrols, meetings, work. Who is counted beside it takes part.
const ROUTINE: [&str; 50] = [
    "patroli",
    "apel",
    "rapat",
    "sosialisasi",
    "penyuluhan",
    "posyandu",
    "vaksin",
    "vaksinasi",
    "imunisasi",
    "gotong",
    "bakti",
    "lomba",
    "upacara",
    "pengajian",
    "tahlilan",
    "yasinan",
    "musyawarah",
    "musdes",
    "musrenbang",
    "musrenbangdes",
    "pelatihan",
    "pelantikan",
    "bansos",
    "blt",
    "pkh",
    "penyaluran",
    "pembagian",
    "penyerahan",
    "panen",
    "tanam",
    "penanaman",
    "senam",
    "sambang",
    "silaturahmi",
    "silaturahim",
    "ronda",
    "piket",
    "siskamling",
    "razia",
    "dds",
    "binluh",
    "pertemuan",
    "syukuran",
    "perayaan",
    "ibadah",
    "misa",
    "sensus",
    "wisuda",
    "khitanan",
    "sunatan",
];
/// What is done so, and behind what happened, too: it says of those alone who are counted behind it that they take part.
const ROUTINE_BEFORE: [&str; 11] = [
    "bantuan",
    "sembako",
    "beras",
    "rakor",
    "koordinasi",
    "kunjungan",
    "monitoring",
    "pendataan",
    "pengamanan",
    "penjagaan",
    "kegiatan",
];

/// Where words say of people alone that they were hurt, are missing or had to leave: nobody passes them over. Of a quiet day, and
/// of what is done on one, only words that name a harm say so: "aman, patroli 2 anggota Polsek Toho" counts who is at work.
pub fn people(text: &str, tokens: &[ChatWord]) -> Vec<PhraseMatch> {
    let found = hurt::people_hurt(text, tokens);
    let mut words = found.somebody();
    let is_quiet = is_all_quiet(tokens);
    let says_harm = |words: &Range<usize>| {
        let own = |token: &&ChatWord| words.start <= token.span.start && token.span.end <= words.end;
        let is_first = |token: &ChatWord| token.span.start >= words.start;
        let is_ordinary = || tokens.iter().position(is_first).is_some_and(|at| is_routine(tokens, at));
        !(is_quiet || is_ordinary()) || tokens.iter().filter(own).any(hurt::names_harm)
    };
    // "anak saya opname" is no more than that.
    let names_harm = |words: &Range<usize>| {
        let own = |token: &&ChatWord| words.start <= token.span.start && token.span.end <= words.end;
        tokens.iter().filter(own).any(hurt::names_harm)
    };
    let is_others = |words: &Range<usize>| {
        let own = |token: &ChatWord| words.start <= token.span.start && token.span.end <= words.end;
        let at = tokens.iter().position(own);
        at.is_some_and(|at| is_mourned(tokens, at) || hurt::died_otherwise(tokens, at))
    };
    let uncounted = [found.uncounted.dead, found.uncounted.injured].into_iter().flatten();
    // Whether they died is open: a person looks.
    let open = found.unknown.dead.into_iter().filter(|words| is_of_somebody(tokens, words));
    words.extend(uncounted.chain(open).filter(|words| names_harm(words) && !is_others(words)));
    // Of whom no count knows, and of whom one knows no number.
    let counted = hurt::in_no_field(text, tokens, &hurt::PeopleHurt::default());
    words.extend(counted.into_iter().filter(says_harm));
    let is_struck = |at: &usize| hurt::names_harm(&tokens[*at]) || hurt::befalls(&tokens[*at]);
    let is_another = |at: usize| is_mourned(tokens, at) || hurt::died_otherwise(tokens, at);
    let none = hurt::PeopleHurt::default();
    // Of a quiet day they are not asked for.
    let open = (!is_quiet).then(|| hurt::unheeded(tokens, &none, &[])).into_iter().flatten();
    let open = open.filter(is_struck).take(MOST_TROUBLE).filter(|at| !is_another(*at));
    words.extend(open.map(|at| tokens[at].span.clone()));
    // "1 ditemukan tak bernyawa" and "tiga orang belum pulang" deny nothing.
    let ends = |span: &Range<usize>| {
        let last = tokens.iter().position(|token| token.span.end >= span.end)?;
        let first = tokens.iter().position(|token| token.span.start >= span.start)?;
        let first =
            if hurt::is_of_refusal(&tokens[last]) { first.min(last.saturating_sub(1)) } else { first };
        let denies = tokens[first..=last.max(first)].iter().any(|token| token.is(&NOT));
        Some(if denies { first } else { last })
    };
    words.iter().filter_map(ends).map(of_no_category).collect()
}

/// True where somebody is named in the sentence of words that leave open whether anybody died.
fn is_of_somebody(tokens: &[ChatWord], words: &Range<usize>) -> bool {
    let first = tokens.iter().position(|token| token.span.start >= words.start);
    first.is_some_and(|at| hurt::near_in_sentence(tokens, at).iter().any(hurt::is_somebody))
}

/// Who died at home is mourned by a village, and killed by nothing that happened. Words that open the news of such a death, and
/// those of a holy day, are asked for in the whole message, others in the sentence alone.
fn is_mourned(tokens: &[ChatWord], at: usize) -> bool {
    const MOURNED: [&str; 14] = [
        "yesus",
        "kristus",
        "almasih",
        "innalillahi",
        "inna",
        "innalilahi",
        "berduka",
        "dukacita",
        "duka",
        "belasungkawa",
        "berpulang",
        "almarhum",
        "almarhumah",
        "alm",
    ];
    const BURIED: [&str; 2] = ["dimakamkan", "pemakaman"];
    const REMEMBERED: [&str; 4] = ["takziah", "melayat", "tahlilan", "santunan"];
    const CAUSES: [&str; 16] = [
        "ditemukan",
        "diketemukan",
        "tenggelam",
        "hanyut",
        "tertimpa",
        "tertimbun",
        "kesetrum",
        "tersetrum",
        "tersambar",
        "terseret",
        "jatuh",
        "diterkam",
        "dibacok",
        "ditikam",
        "ditembak",
        "dikeroyok",
    ];
    // "isa" alone is the prayer of the night.
    let is_holy = tokens.windows(2).any(|two| two[0].is(&["wafat", "kenaikan"]) && two[1].is(&["isa"]));
    let own = |other: usize| tokens[other].sentence == tokens[at].sentence;
    let has = |list: &[&str]| (0..tokens.len()).any(|other| own(other) && tokens[other].is(list));
    let is_ill = || (0..tokens.len()).any(|other| own(other) && hurt::is_illness(tokens, other));
    // Who drowned, or was found dead, is buried, too.
    let is_of_home = || tokens.iter().any(|token| token.is(&MOURNED)) || has(&BURIED) || is_ill();
    is_holy || has(&REMEMBERED) || !has(&CAUSES) && is_of_home()
}

/// "17 rumah kemasukan air", "4 KK", "3 Ha", "rumah roboh": that something was harmed, whatever it was and whomever it hurt. What
/// is counted where something is done on a quiet day was not: "penyaluran BLT 40 KK".
pub fn damage(tokens: &[ChatWord]) -> Vec<PhraseMatch> {
    const COUNTED: [&str; 14] = [
        "rumah", "rmh", "omah", "umah", "kk", "ha", "hektar", "hektare", "ruko", "kios", "lapak", "gubuk",
        "gubug", "pondok",
    ];
    const RUINED: [&str; 14] = [
        "roboh", "rubuh", "ambruk", "ambrol", "terendam", "tarandam", "kerendam", "jebol", "hancur", "karam",
        "kebalik", "kuwalik", "tabalik", "kabalik",
    ];
    let counts = |at: usize| {
        tokens[at].is(&COUNTED)
            && !is_routine(tokens, at)
            && (at.saturating_sub(2)..at).any(|before| {
                tokens[before].clause == tokens[at].clause
                    && tokens[before].number().is_some_and(|number| number > 0)
            })
    };
    let at = (0..tokens.len()).filter(|at| counts(*at) || tokens[*at].is(&RUINED)).take(MOST_TROUBLE);
    at.map(of_no_category).collect()
}

/// True where what a token counts has its part in what is done on a quiet day: "panen 2 ha", and not "gagal panen 2 ha".
pub fn is_routine(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].sentence == tokens[at].sentence;
    let fails =
        |other: &usize| *other > 0 && tokens[other - 1].is(&["gagal", "butuh", "minta", "mohon", "perlu"]);
    const NEAR: usize = 30;
    (at.saturating_sub(NEAR)..tokens.len().min(at + NEAR))
        .filter(own)
        .filter(|other| !fails(other))
        .any(|other| tokens[other].is(&ROUTINE) || other < at && tokens[other].is(&ROUTINE_BEFORE))
}

pub fn of_no_category(at: usize) -> PhraseMatch {
    PhraseMatch { category: Category::OTHER, serious: false, words: 1, tokens: at..at + 1, head: at }
}
