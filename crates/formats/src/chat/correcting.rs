//! What a message does with the one before it of its sender: it corrects it, brings its figures up to date or withdraws it.

use super::negation::is_no_mere;
use super::token::ChatWord;
use super::{denial, hurt};

/// How a message says that it is about the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Correcting {
    /// "ralat": by a word that nobody uses for anything else, however long ago the other was written.
    Named,
    /// "bukan X tapi Y", "salah pak, itu …", "yang benar".
    Slip,
    /// "yang ninggal duo wong, bukan sikok": behind other words, as long as it is of no other event.
    Aside,
    /// "tambahan: MD jadi 2": figures of what happened, as long as it names nothing else.
    Update,
    /// The same, where its figures may come on top of those before: "tambahan 2 luka lagi".
    Addition,
    /// "abaikan", "hapus yang tadi".
    Withdrawal,
}

/// Behind "salah" they say of something else than a message that it is wrong, or which of several it is.
const NO_SLIP: [&str; 10] =
    ["satu", "satunya", "seorang", "paham", "faham", "pengertian", "sasaran", "tangkap", "siji", "sikok"];
/// What a message may begin with before it says anything.
const POLITE: [&str; 30] = [
    "maaf",
    "maap",
    "mohon",
    "mhn",
    "izin",
    "ijin",
    "pak",
    "bu",
    "ndan",
    "bang",
    "komandan",
    "min",
    "sori",
    "sorry",
    "bapak",
    "ibu",
    "bos",
    "eh",
    "oh",
    "aduh",
    "waduh",
    "ngapunten",
    "nuwun",
    "sewu",
    "ampun",
    "tolong",
    "tlg",
    "harap",
    "minta",
    "dan",
];
/// Before a correction: "ternyata bukan di Sejegi tapi di Antibar".
const TURNS_OUT: [&str; 14] = [
    "ternyata",
    "trnyata",
    "ternyate",
    "ternyato",
    "rupanya",
    "rupanyo",
    "rupenye",
    "jebule",
    "jebulnya",
    "tibake",
    "tibae",
    "tibaknya",
    "sakalinya",
    "sekalinya",
];
const WRONG: [&str; 9] = ["salah", "slh", "slah", "keliru", "kliru", "kleru", "klero", "tasalah", "tesalah"];
const RIGHT: [&str; 9] = ["benar", "bener", "betul", "betol", "bujur", "leres", "tepat", "bnr", "btl"];
const RIGHTLY: [&str; 9] = [
    "benarnya",
    "betulnya",
    "betolnya",
    "betolnye",
    "bujurnya",
    "benere",
    "benarnye",
    "benernya",
    "sbenarnya",
];
const BUT: [&str; 7] = ["tapi", "tp", "tetapi", "melainkan", "nanging", "tapinya", "namun"];
/// The message before, as its sender calls it.
const EARLIER: [&str; 24] = [
    "tadi",
    "td",
    "barusan",
    "laporan",
    "lapuran",
    "laporannya",
    "pesan",
    "pesannya",
    "info",
    "infonya",
    "yang",
    "yg",
    "nang",
    "sing",
    "di",
    "atas",
    "diatas",
    "sy",
    "saya",
    "itu",
    "ini",
    "bae",
    "kirim",
    "dikirim",
];

/// What a message does with the one before it, as its first words say; `None` where they say nothing of it.
pub fn correcting(tokens: &[ChatWord]) -> Option<Correcting> {
    if is_named(tokens) {
        return Some(Correcting::Named);
    }
    let first = tokens.iter().take_while(|token| token.is(&POLITE) || token.is(&TURNS_OUT)).count();
    let own = &tokens[first..];
    if is_withdrawal(own) {
        return Some(Correcting::Withdrawal);
    }
    if is_slip(own) || is_other_than(own) {
        return Some(Correcting::Slip);
    }
    if own.len() <= LONGEST && denied_behind(own).next().is_some() {
        return Some(Correcting::Aside);
    }
    is_update(own).then(|| if is_addition(own) { Correcting::Addition } else { Correcting::Update })
}

/// "ralat, 26 rumah", "maaf salah ketik", "maksud saya".
fn is_named(tokens: &[ChatWord]) -> bool {
    const NAMED: [&str; 11] = [
        "maksudku",
        "maksude",
        "mksdnya",
        "mksudnya",
        "maksudnyo",
        "ralat",
        "koreksi",
        "revisi",
        "pembetulan",
        "meralat",
        "maksudnya",
    ];
    const MEANT: [&str; 4] = ["maksud", "mksd", "maksut", "mksud"];
    const MINE: [&str; 7] = ["sy", "saya", "kami", "aku", "ulun", "ambo", "kulo"];
    // "salah satu rumah terbakar", "salah paham", "kalau salah": what is no error of a message.
    let is_other = |at: usize| {
        tokens.get(at + 1).is_some_and(|next| next.is(&NO_SLIP))
            || tokens[..at].iter().any(|before| before.is(&["kalau", "klo", "kalo", "jika", "bila"]))
    };
    let is_slip = |at: usize| {
        tokens[at].is(&["salah"])
            && !is_other(at)
            && (at > 0 && tokens[..at].iter().any(|before| before.is(&["maaf", "mohon", "sori", "sorry"]))
                || tokens.get(at + 1).is_some_and(|next| next.is(&["tulis", "ketik", "kirim"])))
    };
    let is_meant = |at: usize| tokens[at].is(&MEANT) && tokens.get(at + 1).is_some_and(|next| next.is(&MINE));
    tokens.iter().take(3).any(|token| token.is(&NAMED))
        || (0..tokens.len().min(4)).any(is_slip)
        || (0..tokens.len().min(3)).any(is_meant)
}

/// "abaikan", "hapus yang tadi", "laporan tadi batal", "jangan dipakai dulu yang tadi".
fn is_withdrawal(tokens: &[ChatWord]) -> bool {
    const TAKES_BACK: [&str; 15] = [
        "abaikan",
        "diabaikan",
        "abekan",
        "hapus",
        "dihapus",
        "hapuskan",
        "batal",
        "batalkan",
        "dibatalkan",
        "cabut",
        "dicabut",
        "tarik",
        "ditarik",
        "lupakan",
        "anulir",
    ];
    const NOT: [&str; 5] = ["jangan", "jgn", "jngn", "ojo", "ojok"];
    const USED: [&str; 9] = [
        "dipakai",
        "dipake",
        "dicatat",
        "dicatet",
        "diteruskan",
        "dimasukkan",
        "diinput",
        "disebar",
        "diambil",
    ];
    let led = tokens.iter().take_while(|token| token.is(&EARLIER)).count();
    let Some(verb) = tokens.get(led).filter(|_| tokens.len() <= LONGEST) else { return false };
    let names_earlier = || {
        tokens.iter().any(|token| {
            token.is(&["tadi", "td", "barusan", "laporan", "lapuran", "pesan", "diatas", "atas"])
        })
    };
    let is_all = || tokens[led + 1..].iter().all(|token| token.is(&POLITE) || token.is(&EARLIER));
    let is_not_used = || verb.is(&NOT) && tokens.get(led + 1).is_some_and(|next| next.is(&USED));
    verb.is(&TAKES_BACK) && (is_all() || names_earlier()) || is_not_used() && names_earlier()
}

/// Behind "salah" they say what of the message is wrong.
const OF_IT: [&str; 39] = [
    "hitung",
    "catat",
    "dengar",
    "lihat",
    "baca",
    "itu",
    "yang",
    "yg",
    "nang",
    "sing",
    "di",
    "lokasi",
    "lokasinya",
    "jam",
    "jamnya",
    "bukan",
    "tempat",
    "tempatnya",
    "nama",
    "data",
    "info",
    "tulis",
    "ketik",
    "kirim",
    "sebut",
    "ucap",
    "harusnya",
    "seharusnya",
    "jumlah",
    "angka",
    "tgl",
    "hari",
    "korban",
    "desa",
    "ds",
    "grup",
    "kamar",
    "nomor",
    "ketek",
];
/// What of the message before it is that is wrong: "lokasinya salah".
const OF_THE_MESSAGE: [&str; 18] = [
    "lokasinya",
    "lokasi",
    "tempatnya",
    "tempat",
    "jamnya",
    "jamnyo",
    "jame",
    "jam",
    "tanggalnya",
    "tglnya",
    "jumlahnya",
    "jumlah",
    "angkanya",
    "datanya",
    "data",
    "desanya",
    "namanya",
    "kategorinya",
];
const WHICH: [&str; 4] = ["yang", "yg", "nang", "sing"];
/// So many words has a message at most that says somewhere behind its first words that another is wrong.
const LONGEST: usize = 12;

/// "salah pak, itu …", "keliru", "yang benar 5 luka", "yang tadi salah".
fn is_slip(tokens: &[ChatWord]) -> bool {
    let leads = |token: &&ChatWord| token.is(&EARLIER) && !token.is(&["di"]) || token.is(&OF_THE_MESSAGE);
    let led = tokens.iter().take_while(leads).count();
    let ends = |at: usize| tokens.get(at + 1).is_none_or(|next| next.clause != tokens[at].clause);
    // "ngape pulak Terap, salah, di Sambora".
    let is_alone =
        |at: usize| ends(at) && tokens[at].is(&WRONG) && tokens[at - 1].clause != tokens[at].clause;
    // "yg Terap salah, 4 yang luka".
    let is_of_one = |at: usize| ends(at) && tokens[at].is(&WRONG) && tokens[at].clause == tokens[0].clause;
    let names_one = tokens.first().is_some_and(|first| first.is(&WHICH));
    is_wrong(tokens, 0)
        || led > 0 && is_wrong(tokens, led)
        || names_one && (2..tokens.len().min(6)).any(is_of_one)
        || is_right(tokens)
        || tokens.len() <= LONGEST && (1..tokens.len()).any(is_alone)
}

/// "salah pak", "keliru, …", "salah tulis", and no "salah satu".
fn is_wrong(tokens: &[ChatWord], at: usize) -> bool {
    let Some(wrong) = tokens.get(at).filter(|token| token.is(&WRONG)) else { return false };
    tokens.get(at + 1).is_none_or(|next| {
        next.clause != wrong.clause && !next.is(&NO_SLIP) || next.is(&OF_IT) || next.is(&POLITE)
    })
}

/// "yang benar 5 luka", "bujurnya di Mentaos", and no "yang benar saja".
fn is_right(tokens: &[ChatWord]) -> bool {
    const LED: [&str; 9] = ["di", "jam", "pukul", "pkl", "tgl", "tanggal", "ds", "desa", "dusun"];
    const RATHER: [&str; 4] = ["harusnya", "hrsnya", "seharusnya", "mestinya"];
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let is_which = is(0, &WHICH) && is(1, &RIGHT) && !is(2, &["saja", "aja", "bae"]) && !is(2, &RIGHT);
    let leads_one = || tokens.get(1).is_some_and(|next| next.is(&LED) || next.number().is_some());
    is_which || is(0, &RIGHTLY) || is(0, &RATHER) && leads_one()
}

const OF_TIME: [&str; 8] = ["jam", "jm", "pukul", "pkl", "tgl", "tanggal", "hari", "malam"];

/// "bukan Galang tapi Nusapati", "dudu Bago nanging Bades", "lain di Komet tapi di Mentaos".
fn is_other_than(tokens: &[ChatWord]) -> bool {
    const NO_OTHER: [&str; 20] = [
        "hanya", "cuma", "cuman", "saja", "sekedar", "sekadar", "main", "hoax", "hoaks", "hoak", "rahasia",
        "berarti", "mau", "karena", "krn", "urusan", "masalah", "kami", "saya", "bohong",
    ];
    let Some(first) = tokens.first() else { return false };
    // "kada jadi Jum'at, Kamis".
    let is_off = denial::called_off(tokens) == Some(0) && tokens.get(2).is_some_and(|next| next.capital);
    if tokens.get(1).is_none_or(|next| next.is(&NO_OTHER)) {
        return false;
    }
    let has_but = || tokens.iter().take(LONGEST).any(|token| token.is(&BUT));
    let goes_on = || {
        let behind = tokens.iter().position(|token| token.clause != first.clause);
        let leads = |at: usize| {
            let is_right = || tokens[at].is(&WHICH) && tokens.get(at + 1).is_some_and(|next| next.is(&RIGHT));
            // "bukan jam 5 pak, jam 4".
            let is_hour = || tokens[at].is(&OF_TIME) && tokens[1].is(&OF_TIME);
            tokens[at].capital
                || is_hour()
                || tokens[at].is(&["di", "tapi"])
                || tokens[at].is(&RIGHTLY)
                || is_right()
        };
        tokens.len() <= LONGEST && behind.is_some_and(leads)
    };
    (first.is(&["bukan", "bkn", "dudu", "sanes"]) || is_off) && (has_but() || goes_on())
        || first.is(&["lain"]) && has_but()
}

/// Where the first words begin behind a "bukan" that opens a short message of two clauses: "bukan longsor pak, pohon tumbang".
pub fn denied_first(tokens: &[ChatWord]) -> Option<usize> {
    let first = tokens.iter().take_while(|token| token.is(&POLITE) || token.is(&TURNS_OUT)).count();
    let is_denied = tokens.get(first)?.is(&["bukan", "bkn", "dudu", "sanes"]) && !is_no_mere(tokens, first);
    let goes_on = tokens.iter().any(|token| token.clause != tokens[first].clause || token.is(&BUT));
    (is_denied && goes_on && tokens.len() <= LONGEST).then_some(first + 1)
}

/// Where a name or a number begins behind a "bukan" that is not the first word: "yang ninggal duo wong, bukan sikok".
pub fn denied_behind(tokens: &[ChatWord]) -> impl Iterator<Item = usize> {
    let denies = |at: &usize| {
        tokens[at - 1].is(&["bukan", "bkn", "dudu"])
            && (tokens[*at].capital || tokens[*at].number().is_some())
    };
    (2..tokens.len()).filter(denies)
}

/// "tambahan: MD jadi 2", "update, mengungsi 95 jiwa", "pengungsi dadi 60 jiwa".
fn is_update(tokens: &[ChatWord]) -> bool {
    const UPDATE: [&str; 13] = [
        "update",
        "updet",
        "apdet",
        "updt",
        "up",
        "tambahan",
        "tambah",
        "perkembangan",
        "susulan",
        "terbaru",
        "terkini",
        "terupdate",
        "lanjutan",
    ];
    let becomes = |at: usize| {
        tokens[at].is(&BECOMES)
            && (at + 1..tokens.len().min(at + 3)).any(|other| tokens[other].number().is_some())
    };
    tokens.iter().take(3).any(|token| token.is(&UPDATE)) || (0..tokens.len()).any(becomes)
}

/// Before a number they say how many there are now.
const BECOMES: [&str; 8] =
    ["jadi", "menjadi", "dadi", "bertambah", "nambah", "batambah", "betambah", "mnjadi"];

/// "tambahan 2 luka lagi": and no "tambahan: MD jadi 2". Of "bertambah 1 MD, total korban 3" the sum is of others.
fn is_addition(tokens: &[ChatWord]) -> bool {
    const MORE: [&str; 8] =
        ["tambahan", "tambah", "bertambah", "nambah", "batambah", "betambah", "lagi", "susulan"];
    const NOW: [&str; 6] = ["jadi", "menjadi", "dadi", "total", "mnjadi", "seluruhnya"];
    // "tambahan 2 luka, total 12 rumah rusak": of those who are hurt it gives no sum.
    let sums = |at: &usize| tokens[*at].is(&NOW) && !hurt::is_sum_of_other(tokens, *at);
    let is_counted = |list: &[&str], reach: usize| {
        (0..tokens.len()).any(|at| {
            tokens[at].is(list) && tokens[at + 1..].iter().take(reach).any(|next| next.number().is_some())
        })
    };
    let has = |list: &[&str]| tokens.iter().any(|token| token.is(list));
    let has_sum = (0..tokens.len()).any(|at| sums(&at));
    let gives_sum = (0..tokens.len())
        .filter(sums)
        .any(|at| tokens.get(at + 1).is_some_and(|next| next.number().is_some()));
    has(&MORE) && !has_sum || is_counted(&MORE, 2) && !gives_sum
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn first_words_say_what_a_message_does_with_the_one_before() {
        let of = |text: &str| correcting(&tokens(text, 0..text.len()));
        for (text, kind) in [
            ("ralat LR 6", Some(Correcting::Named)),
            ("maksud sy MD 1", Some(Correcting::Named)),
            ("bukan Galang tapi Nusapati pak", Some(Correcting::Slip)),
            ("bukan Galang pak, Nusapati", Some(Correcting::Slip)),
            ("salah pak, itu Anjungan Melancar", Some(Correcting::Slip)),
            ("Bukan Sekabuk, yang betul Ansiap", Some(Correcting::Slip)),
            ("ternyata bukan di Sejegi tapi di Antibar", Some(Correcting::Slip)),
            ("kada jadi Jumat, Kamis pang", Some(Correcting::Slip)),
            ("bukan jam 5 pak, jam 4", Some(Correcting::Slip)),
            ("bukan jam kerja, kantor tutup", None),
            ("tidak jadi demo, warga pulang", None),
            ("ternyata banjir di Noman", None),
            ("maaf, keliru", Some(Correcting::Slip)),
            ("yang tadi salah pak", Some(Correcting::Slip)),
            ("yg benar 5 luka", Some(Correcting::Slip)),
            ("yang ninggal duo wong, bukan sikok", Some(Correcting::Aside)),
            ("tambahan: MD jadi 2", Some(Correcting::Update)),
            ("tambahan 2 luka lagi", Some(Correcting::Addition)),
            ("bertambah 1 MD, total 2", Some(Correcting::Update)),
            ("bertambah 1 MD, total korban 3", Some(Correcting::Addition)),
            ("hapus yang tadi", Some(Correcting::Withdrawal)),
            ("laporan tadi batal", Some(Correcting::Withdrawal)),
            ("abaikan pak", Some(Correcting::Withdrawal)),
            ("mohon izin melaporkan banjir di Noman", None),
            ("bukan hanya banjir tapi longsor juga", None),
            ("salah satu warga dibacok", None),
            ("salah paham warga berujung bentrok", None),
            ("yang benar saja pak", None),
            ("yang benar-benar butuh bantuan warga Noman", None),
            ("seharusnya PT bayar plasma", None),
            ("portal dicabut warga tadi pagi", None),
            ("warga cabut portal", None),
            ("jangan dibakar lahannya", None),
            ("tawuran di Terap, 2 luka", None),
        ] {
            assert_eq!(of(text), kind, "{text}");
        }
    }
}
