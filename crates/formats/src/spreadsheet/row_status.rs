//! What a cell beside the prose says of the whole row: a status, what somebody found who checked it, a note.

use super::row_stance::{RowStance, is_looked_for};
use crate::archive::words::letters;
use crate::chat::negation::NOT;
use crate::chat::token::{ChatWord, tokens};

/// Headings of cells that say whether the row is true.
const STATUS: [&str; 6] = ["status", "validasi", "verifikasi", "kebenaran", "konfirmasi", "valid"];
/// Of these a cell that only says no says that the row is not true, or nobody looked yet.
const CHECKED: [&str; 5] = ["validasi", "verifikasi", "kebenaran", "konfirmasi", "valid"];
/// Headings of prose in which somebody says what became of it.
const NOTES: [&str; 9] = [
    "catatan",
    "hasil",
    "tindaklanjut",
    "tindakan",
    "klarifikasi",
    "penanganan",
    "pengecekan",
    "info",
    "note",
];
/// What a status calls untrue or empty.
const DENYING: [&str; 17] = [
    "hoaks",
    "hoax",
    "bohong",
    "tidakbenar",
    "tdkbenar",
    "nihil",
    "tidakterbukti",
    "tidakterjadi",
    "tidakada",
    "dibantah",
    "fiktif",
    "tidakvalid",
    "invalid",
    "palsu",
    "salahinput",
    "salahlapor",
    "dicabut",
];
/// What a status leaves open.
const OPEN: [&str; 32] = [
    "simulasi",
    "gladi",
    "latihan",
    "batal",
    "dibatalkan",
    "tidakjadi",
    "rencana",
    "isu",
    "rumor",
    "kabarburung",
    "dicegah",
    "belumterkonfirmasi",
    "belumpasti",
    "belumdicek",
    "belumdiverifikasi",
    "belumverifikasi",
    "belumvalid",
    "belumdivalidasi",
    "ditarik",
    "ditolak",
    "draf",
    "ujicoba",
    "duplikat",
    "ganda",
    "hapus",
    "dihapus",
    "menungguverifikasi",
    "menunggupersetujuan",
    "menungguvalidasi",
    "menunggukonfirmasi",
    "belumdisetujui",
    "tidakdisetujui",
];
/// The same where the cell says no more.
const OPEN_ALONE: [&str; 11] = [
    "tes",
    "test",
    "dobel",
    "double",
    "percobaan",
    "contoh",
    "diragukan",
    "meragukan",
    "menunggu",
    "pending",
    "diajukan",
];
/// A cell of a column of what was checked that says no more than no.
const NO: [&str; 10] = ["tidak", "tdk", "belum", "blm", "n", "no", "false", "0", "salah", "x"];
/// With these a cell of any column that is not read speaks of the whole row.
const OF_ROW: [&str; 7] = ["hoaks", "hoax", "tidakbenar", "tdkbenar", "beritabohong", "simulasi", "gladi"];
/// Words of a note that call what it is about untrue.
const UNTRUE: [&str; 6] = ["hoaks", "hoax", "bohong", "fiktif", "palsu", "rekayasa"];
const NOT_SO: [&str; 6] = ["benar", "terbukti", "betul", "valid", "terjadi", "ditemukan"];
/// A note that warns of untruths says nothing of the row.
const WARNS: [&str; 16] = [
    "imbau",
    "mengimbau",
    "menghimbau",
    "diimbau",
    "dihimbau",
    "imbauan",
    "himbauan",
    "jangan",
    "agar",
    "cegah",
    "mencegah",
    "antisipasi",
    "waspada",
    "waspadai",
    "menyebarkan",
    "penyebaran",
];
/// Of these there may be none while the incident is real.
const MISSED: [&str; 9] =
    ["korban", "jiwa", "luka", "meninggal", "kerugian", "kerusakan", "pengungsi", "pelaku", "tersangka"];

/// What a heading says of the cells below it.
#[derive(Clone, Copy, Debug)]
pub struct StatusColumn {
    is_status: bool,
    is_checked: bool,
    is_note: bool,
}

impl StatusColumn {
    pub fn of(heading: &str) -> StatusColumn {
        let heading = letters(heading);
        let is_of = |list: &[&str]| list.iter().any(|word| heading.contains(word));
        StatusColumn { is_status: is_of(&STATUS), is_checked: is_of(&CHECKED), is_note: is_of(&NOTES) }
    }

    /// What a cell says of its row.
    pub fn stance(self, cell: &str) -> RowStance {
        let own = letters(cell);
        let begins = |list: &[&str]| list.iter().any(|word| own.starts_with(word));
        if own.is_empty() || own.starts_with("belumselesai") {
            return RowStance::Happened;
        }
        let is_of_row = self.is_status || begins(&OF_ROW);
        let is_prose = self.is_note || self.is_status;
        if is_of_row && begins(&DENYING) || is_prose && calls_untrue(&tokens(cell, 0..cell.len())) {
            RowStance::Denied
        } else if is_of_row && (begins(&OPEN) || OPEN_ALONE.contains(&own.as_str()))
            || self.is_checked && NO.contains(&own.as_str())
        {
            RowStance::Doubtful
        } else {
            RowStance::Happened
        }
    }
}

/// "ternyata tidak ada", "dicek ke TKP nihil", "laporan tidak terbukti", "informasi bohong".
fn calls_untrue(words: &[ChatWord]) -> bool {
    if words.iter().any(|word| word.is(&WARNS)) {
        return false;
    }
    let is_not_so = |at: usize| {
        at > 0
            && words[at].is(&NOT_SO)
            && words[at - 1].is(&NOT)
            && !words[..at].iter().any(|word| word.is(&MISSED) && word.clause == words[at].clause)
            && !words.get(at + 1).is_some_and(|next| next.is(&MISSED))
    };
    is_looked_for(words) || (0..words.len()).any(|at| words[at].is(&UNTRUE) || is_not_so(at))
}
