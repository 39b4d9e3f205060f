//! What is over and what goes on: of what ended a part may, and where only the inquiry goes on, what happened does not.

use super::ending::{ends_behind_sudah, ends_beside_hour, only_begins};
use super::harm_alone::{is_routine, of_no_category};
use super::negation::NOT;
use super::pastime::is_pastime;
use super::phrase::PhraseMatch;
use super::stance::{BEFORE_END, QUIET, is_all_quiet};
use super::token::ChatWord;
use super::{hurt, when};
use std::ops::Range;

/// "sudah padam sebagian", "sudah surut kecuali di RT 4", "dusun 1 sudah surut, dusun 2 masih terendam": the words that say of a
/// part of what ended that it goes on.
pub fn goes_on_in_part(tokens: &[ChatWord], at: usize) -> Option<Range<usize>> {
    // What comes behind an end: "sudah padam, masih pendinginan".
    const AFTERMATH: [&str; 26] = [
        "pendinginan",
        "siaga",
        "jaga",
        "dijaga",
        "berjaga",
        "menjaga",
        "pantau",
        "dipantau",
        "memantau",
        "pemantauan",
        "dibersihkan",
        "membersihkan",
        "pembersihan",
        "trauma",
        "polisi",
        "petugas",
        "aparat",
        "anggota",
        "di",
        "dirawat",
        "kondusif",
        "aman",
        "waspada",
        "monitor",
        "semangat",
        "tenang",
    ];
    let is_still = |other: &usize| {
        let next = tokens.get(other + 1);
        let guarded = other
            .checked_sub(1)
            .is_some_and(|before| tokens[before].is(&["polisi", "petugas", "aparat", "anggota"]));
        tokens[*other].is(&STILL)
            && !guarded
            && !is_inquiry(tokens, *other)
            && next.is_some_and(|next| next.sentence == tokens[*other].sentence && !next.is(&AFTERMATH))
    };
    let near = at.saturating_sub(6)..tokens.len().min(at + 4);
    let is_part = |other: &usize| {
        (tokens[*other].is(&["sebagian", "sbagian", "sebagiannya", "separuh", "separo"])
            || *other > at && tokens[*other].is(&["kecuali", "kcuali", "setengah"]))
            && tokens[*other].sentence == tokens[at].sentence
    };
    let part = near.into_iter().find(is_part);
    let is_not_yet = |other: &usize| is_not_yet(tokens, *other);
    let further = || (0..tokens.len()).find(|other| is_still(other) || is_not_yet(other));
    part.or_else(further).map(|other| tokens[other].span.clone())
}

/// "portal kedua tetap ditutup", "RT 7 isih banjir".
const STILL: [&str; 12] =
    ["masih", "msh", "msih", "masi", "maseh", "isih", "agik", "magun", "tetap", "ttp", "tinggal", "sisa"];

/// "di RT 7 belum", "dusun 2 blm surut", "RT 2 isih": of another part than what ended.
fn is_not_yet(tokens: &[ChatWord], at: usize) -> bool {
    const PARTS: [&str; 22] = [
        "rt", "rw", "dusun", "dsn", "kedua", "ketiga", "satunya", "lainnya", "lain", "sebagian", "titik",
        "simpang", "jalur", "sisi", "km", "blok", "gang", "portal", "lokasi", "sebelah", "hilir", "hulu",
    ];
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let next = tokens.get(at + 1).filter(|next| next.clause == tokens[at].clause);
    let is_last = next.is_none_or(|next| {
        ends_behind_sudah(tokens, at + 1) || next.is(&["turun", "pak", "bu", "ndan", "bos"])
    });
    let mut before = (at.saturating_sub(5)..at).filter(own);
    (tokens[at].is(&["belum", "blm", "blum", "blom", "balum", "durung", "dereng"]) || tokens[at].is(&STILL))
        && is_last
        && before.any(|other| tokens[other].is(&PARTS))
}

/// "banjir jam 03.00, surut jam 4 sore": the hour at which it ended stands right behind the word, and that of its begin before it.
pub fn ends_at_an_hour(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let mut behind = (at + 1..tokens.len().min(at + 4)).take_while(own);
    let is_hour = |other: usize| when::names_clock(tokens, other).is_some();
    let is_part = |other: usize| when::names_day_part(tokens, other) && !tokens[other].is(&["hari"]);
    // "wis pateni kabeh kemarin jam 4 sore".
    let is_led = at > 0 && tokens[at - 1].is(&BEFORE_END);
    let far = at + 1..tokens.len().min(at + 6);
    let is_far = is_led && far.into_iter().take_while(own).any(is_hour);
    let refused =
        tokens[at.saturating_sub(2)..at].iter().any(|before| before.is(&NOT) || before.is(&["akan", "agar"]));
    ends_beside_hour(tokens, at)
        && !refused
        && (is_far || behind.any(|other| is_hour(other) || is_part(other)) && (0..at).any(is_hour))
}

/// "msh lidik", "masih dalam penyelidikan": what goes on is the inquiry, not what happened.
pub fn is_inquiry(tokens: &[ChatWord], at: usize) -> bool {
    const INQUIRY: [&str; 17] = [
        "lidik",
        "penyelidikan",
        "diselidiki",
        "menyelidiki",
        "sidik",
        "penyidikan",
        "disidik",
        "didalami",
        "mendalami",
        "pendalaman",
        "dikejar",
        "pengejaran",
        "buron",
        "didata",
        "pendataan",
        "koordinasi",
        "monitor",
    ];
    let mut behind = tokens[at + 1..].iter().take_while(|token| token.sentence == tokens[at].sentence);
    let first = behind.find(|token| !token.is(&["dalam", "dlm", "di", "tahap", "proses", "akan", "terus"]));
    first.is_some_and(|token| token.is(&INQUIRY))
}

/// "jalan tambang sudah dibuka", "dalan dibuka maneh": what was closed is open.
fn is_reopened(tokens: &[ChatWord], at: usize, led: bool) -> bool {
    const FEAST: [&str; 9] = [
        "santai",
        "sehat",
        "bupati",
        "walikota",
        "camat",
        "gubernur",
        "peresmian",
        "pembukaan",
        "diresmikan",
    ];
    // Where people are served or gather.
    const OFFICES: [&str; 20] = [
        "posko",
        "pos",
        "pendaftaran",
        "loket",
        "kantor",
        "pasar",
        "pelayanan",
        "layanan",
        "puskesmas",
        "sekolah",
        "kelas",
        "acara",
        "kegiatan",
        "lomba",
        "turnamen",
        "rapat",
        "warung",
        "toko",
        "lowongan",
        "dapur",
    ];
    const WAYS: [&str; 7] = ["jalan", "jln", "jl", "dalan", "akses", "portal", "palang"];
    let is_again = tokens.get(at + 1).is_some_and(|next| next.is(&["kembali", "lagi", "maneh", "pulang"]));
    let own = |other: &usize| tokens[*other].sentence == tokens[at].sentence;
    let mut before = (at.saturating_sub(6)..at).filter(own);
    // "jalan santai dibuka camat", "jalan tembus dibuka walikota": a beginning.
    let is_feast = tokens[at.saturating_sub(6)..tokens.len().min(at + 4)].iter().any(|word| word.is(&FEAST));
    // "sudah dibuka ai jam 8": of what stands in another message.
    let is_office = || tokens.iter().any(|word| word.is(&OFFICES));
    let is_bare = led && at < 3 && tokens.len() <= 10 && !is_office();
    tokens[at].is(&["dibuka", "dibukak"])
        && !is_feast
        && (led || is_again)
        && (is_bare || before.any(|other| tokens[other].is(&WAYS)))
        && !tokens[at.saturating_sub(3)..at].iter().any(|word| word.is(&NOT) || word.is(&["minta", "akan"]))
}

/// "truknya lah lewat galo", "warga bubar": who was stopped went on, and who stopped them went home; not from a meeting or a feast.
fn has_gone(tokens: &[ChatWord], at: usize, led: bool) -> bool {
    const VEHICLES: [&str; 18] = [
        "truk",
        "truknya",
        "truknyo",
        "truke",
        "trek",
        "treknya",
        "mobil",
        "mobilnya",
        "mobile",
        "mobilnyo",
        "kendaraan",
        "angkutan",
        "armada",
        "tronton",
        "sopir",
        "supir",
        "sopirnya",
        "dumptruk",
    ];
    const CROWD: [&str; 20] = [
        "buruh", "buruhe", "buruhnya", "karyawan", "wargane", "massane", "urangnya", "wongnya", "warga",
        "wargo", "wrg", "massa", "masa", "pendemo", "warganya", "massanya", "wong", "urang", "orang",
        "pemuda",
    ];
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let near = at.saturating_sub(4)..tokens.len().min(at + 4);
    let has = |list: &[&str]| near.clone().filter(own).any(|other| tokens[other].is(list));
    let refused =
        tokens[at.saturating_sub(3)..at].iter().any(|word| word.is(&NOT) || word.is(&["minta", "akan"]));
    let has_passed =
        led && tokens[at].is(&[
            "lewat",
            "liwat",
            "melintas",
            "lolos",
            "dilepas",
            "dilapas",
            "dilepaskan",
            "diculke",
        ]) && has(&VEHICLES);
    let has_parted = tokens[at].is(&["bubar", "bubaran", "buyar", "membubarkan"]) && has(&CROWD);
    let has_left = led
        && tokens[at].is(&["pulang", "mulih", "muleh", "bulik", "bulikan", "balik", "balek"])
        && has(&CROWD);
    (has_passed || has_parted || has_left) && !refused && !is_routine(tokens, at) && !is_pastime(tokens, at)
}

/// "warga sdh berdamai", "yg hilang sdh ketemu": that what stands in another message is over.
pub fn over(tokens: &[ChatWord]) -> Option<PhraseMatch> {
    const OVER: [&str; 8] =
        ["berdamai", "didamaikan", "surut", "dilerai", "dibubarkan", "dipadamkan", "pajah", "dibukak"];
    const MISSING: [&str; 4] = ["hilang", "hanyut", "tenggelam", "terseret"];
    let of_people = || tokens.iter().any(|token| token.is(&MISSING)) && !hurt::names_things(tokens);
    // "aman terkendali, warga sudah pulang ke rumah": a day like any other; "massa sudah bubar, aman" is the end of one.
    let quiet = tokens.iter().position(|token| token.is(&QUIET)).filter(|_| is_all_quiet(tokens));
    let is_evening = |at: usize| {
        let has_parted = tokens[at].is(&["bubar", "bubaran", "buyar", "membubarkan"]);
        quiet.is_some_and(|quiet| quiet < at) && !has_parted
    };
    let is_over = |at: &usize| {
        let led = tokens[at.saturating_sub(2)..*at].iter().any(|before| before.is(&BEFORE_END));
        if has_gone(tokens, *at, led) {
            return !is_evening(*at);
        }
        if only_begins(tokens, *at) {
            return false;
        }
        let is_found = || tokens[*at].is(&["ketemu", "ditemukan"]) && of_people();
        led && (tokens[*at].is(&OVER) || is_found()) || is_reopened(tokens, *at, led)
    };
    let at = (0..tokens.len()).find(is_over)?;
    Some(of_no_category(at))
}
