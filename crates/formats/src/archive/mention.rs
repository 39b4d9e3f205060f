//! Where prose names a kecamatan, and which villages it lists under it.

use super::words::{Piece, pieces};

/// "Kec. Lubuk Batang Ds. Gunung Meraksa": a name that may be a kecamatan's.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mention {
    /// Where it begins in the text, and where what belongs to it ends.
    pub at: usize,
    pub end: usize,
    /// The words behind the marker, up to the next marker or break; may run on into something else.
    pub words: Vec<String>,
    /// The word that ended the name, where it may as well be its last: "Sanga Desa".
    pub cut: Option<String>,
    /// Villages listed under it.
    pub villages: Vec<Vec<String>>,
    /// True where "Kec." or "Distrik" stands before it; else it only follows one in a list.
    pub marked: bool,
}

/// Longest name looked at, words.
const LONGEST: usize = 7;

/// The mentions of a text, in its order. A text that marks no kecamatan gives every name in it, unmarked.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut reader = Reader::default();
    for piece in pieces(text) {
        match piece {
            Piece::Break => reader.pause(),
            Piece::Word { text: word, at } => match marker(&word) {
                Some(Marker::District) => reader.open(at, true),
                Some(Marker::Village) if !reader.expects(&word) => reader.village(&word, at),
                _ => reader.word(&word, at),
            },
        }
    }
    let mut found = reader.finish(text.len());
    found.retain(|mention| !mention.words.is_empty() || !mention.villages.is_empty());
    found
}

enum Marker {
    District,
    /// Something smaller: a village, a hamlet, a street.
    Village,
}

fn marker(word: &str) -> Option<Marker> {
    match word {
        "kec" | "kac" | "kecamatan" | "kecamtan" | "kecematan" | "kecmatan" | "distrik" => {
            Some(Marker::District)
        }
        "ds" | "desa" | "dsn" | "dusun" | "dkh" | "dukuh" | "kel" | "kelurahan" | "gp" | "gampong"
        | "gamp" | "gam" | "kp" | "kmp" | "kamp" | "kampung" | "nagari" | "nag" | "jorong" | "jor" | "jr"
        | "lingk" | "lingkungan" | "jl" | "jln" | "jalan" | "rt" | "rw" | "pekon" | "negeri" | "tiyuh"
        | "mukim" | "perum" | "perumahan" | "kab" | "kabupaten" | "wilayah" | "kawasan" | "terdapat"
        | "bantaran" => Some(Marker::Village),
        _ => None,
    }
}

/// Markers that are also words of names.
fn is_word(marker: &str) -> bool {
    matches!(marker, "desa" | "kampung" | "nagari" | "negeri" | "dusun" | "pekon")
}

#[derive(Default)]
struct Reader {
    found: Vec<Mention>,
    /// Words are villages' names now.
    in_villages: bool,
}

impl Reader {
    fn open(&mut self, at: usize, marked: bool) {
        if let Some(last) = self.found.last_mut() {
            last.end = at;
        }
        self.found.push(Mention { at, end: at, marked, ..Mention::default() });
        self.in_villages = false;
    }

    /// "Kec. Kampung Laut": a marker right behind a marker is part of the name.
    fn expects(&self, word: &str) -> bool {
        let bare = self.found.last().is_some_and(|last| last.marked && last.words.is_empty());
        bare && !self.in_villages && is_word(word) && word != "desa"
    }

    fn village(&mut self, word: &str, at: usize) {
        if self.found.is_empty() {
            self.open(at, false);
        }
        let first = !self.in_villages;
        self.in_villages = true;
        if let Some(last) = self.found.last_mut() {
            last.villages.push(Vec::new());
            if first && is_word(word) {
                last.cut = Some(word.to_string());
            }
        }
    }

    fn word(&mut self, word: &str, at: usize) {
        if self.found.is_empty() {
            self.open(at, false);
        }
        let Some(last) = self.found.last_mut() else { return };
        let list = match last.villages.last_mut() {
            Some(village) if self.in_villages => village,
            _ => &mut last.words,
        };
        if list.len() < LONGEST {
            list.push(word.to_string());
        }
        last.end = at + word.len();
    }

    /// A break ends a name; the next one is a sibling of it.
    fn pause(&mut self) {
        let Some(last) = self.found.last_mut() else { return };
        if self.in_villages {
            last.villages.push(Vec::new());
        } else if !last.words.is_empty() {
            let at = last.end;
            self.open(at, false);
        }
    }

    fn finish(mut self, end: usize) -> Vec<Mention> {
        if let Some(last) = self.found.last_mut() {
            last.end = end;
        }
        for mention in &mut self.found {
            mention.villages.retain(|village| !village.is_empty());
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<String> {
        let one = |mention: Mention| {
            let villages: Vec<String> = mention.villages.iter().map(|village| village.join(" ")).collect();
            format!(
                "{}{}({})",
                if mention.marked { "*" } else { "" },
                mention.words.join(" "),
                villages.join("; ")
            )
        };
        mentions(text).into_iter().map(one).collect()
    }

    #[test]
    fn markers_names_and_villages() {
        assert_eq!(shape("Kec. Lubuk Batang Ds. Gunung Meraksa"), ["*lubuk batang(gunung meraksa)"]);
        assert_eq!(shape("KEC. PATI DS. Sumber Sari. Kayen"), ["*pati(sumber sari; kayen)"]);
        assert_eq!(shape("Kec. Pati, Kayen dan Kec. Tayu"), ["*pati()", "kayen()", "*tayu()"]);
        assert_eq!(shape("Desa Long Nawang Kecamatan Kayan Hulu"), ["(long nawang)", "*kayan hulu()"]);
        assert_eq!(shape("Kec. Kampung Laut Kel. A"), ["*kampung laut(a)"]);
        assert_eq!(shape("Kec. Ds. Suka"), ["*(suka)"]);
    }
}
