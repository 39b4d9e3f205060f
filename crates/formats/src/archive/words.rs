//! Prose into comparable words: plain letters, abbreviations written out, numerals as digits.

/// A piece of prose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// As compared, and where it begins in the text.
    Word { text: String, at: usize },
    /// A comma, bullet, bracket, dash, or what else ends a name.
    Break,
}

/// Letters a–z and digits of a name, without spaces.
pub fn letters(name: &str) -> String {
    let mut letters = String::with_capacity(name.len());
    letters.extend(name.chars().filter_map(plain));
    letters
}

/// True where the letters of a text are one of these words, each of at most 24 letters; of a longer text no more is looked at.
pub fn are_letters_of(text: &str, words: &[&str]) -> bool {
    const LONGEST: usize = 24;
    let mut own = String::with_capacity(LONGEST + 1);
    own.extend(text.chars().filter_map(plain).take(LONGEST + 1));
    words.contains(&own.as_str())
}

/// A name as a list of words.
pub fn name(text: &str) -> Vec<String> {
    let word = |piece| match piece {
        Piece::Word { text, .. } => Some(text),
        Piece::Break => None,
    };
    pieces(text).into_iter().filter_map(word).collect()
}

/// Words joined into one, abbreviations written out and numerals as digits.
pub fn joined(words: &[String]) -> String {
    words.iter().map(|word| canonical(word)).collect()
}

/// Splits prose into words and breaks. A full stop is a break only behind a written-out word or a list's number.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut word, mut begin) = (String::new(), 0);
    for (at, letter) in text.char_indices() {
        if let Some(letter) = plain(letter) {
            let last = word.as_bytes().last();
            let turn = last.is_some_and(|last| last.is_ascii_digit() != letter.is_ascii_digit());
            if turn {
                close(&mut pieces, &mut word, begin);
            }
            if word.is_empty() {
                begin = at;
            }
            word.push(letter);
            continue;
        }
        if matches!(letter, '\'' | '’' | '‘' | '`' | '"') {
            continue; // written inside words: Hu'u, Rasana'e
        }
        let number = word.bytes().all(|byte| byte.is_ascii_digit()) && !word.is_empty();
        let long = word.len() > 3 || number;
        close(&mut pieces, &mut word, begin);
        let ends = match letter {
            '.' => long,
            letter => !letter.is_whitespace() && letter != '\u{a0}',
        };
        if ends {
            if number && matches!(letter, '.' | ')') {
                pieces.pop(); // "2." counts a list
            }
            pieces.push(Piece::Break);
        }
    }
    close(&mut pieces, &mut word, begin);
    pieces
}

fn close(pieces: &mut Vec<Piece>, word: &mut String, at: usize) {
    match word.as_str() {
        "" => (),
        "dan" | "serta" => pieces.push(Piece::Break),
        _ => pieces.push(Piece::Word { text: word.clone(), at }),
    }
    word.clear();
}

/// A letter as it is compared: a–z or a digit; `None` for what is neither.
pub fn plain(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return letter.is_ascii_alphanumeric().then(|| letter.to_ascii_lowercase());
    }
    let lower = match letter {
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'á' | 'à' | 'â' | 'Á' | 'À' | 'Â' => 'a',
        'í' | 'î' => 'i',
        'ó' | 'ô' => 'o',
        'ú' | 'û' => 'u',
        _ => return None,
    };
    Some(lower)
}

/// One spelling for what is written in several.
pub fn canonical(word: &str) -> &str {
    match word {
        "sei" | "sui" | "seo" => "sungai",
        "tj" | "tjg" | "tjng" | "tg" | "tanjong" => "tanjung",
        "pd" | "pdg" => "padang",
        "lb" | "lbk" => "lubuk",
        "gn" | "gng" | "gunong" => "gunung",
        "ma" | "muaro" => "muara",
        "kr" => "krueng",
        "ulu" => "hulu",
        "ilir" => "hilir",
        "pulo" => "pulau",
        "sel" => "selatan",
        "ut" => "utara",
        "tim" => "timur",
        "teng" => "tengah",
        "i" | "satu" => "1",
        "ii" | "dua" => "2",
        "iii" | "tiga" => "3",
        "iv" | "empat" | "ampek" => "4",
        "v" | "lima" => "5",
        "vi" | "enam" => "6",
        "vii" | "tujuh" => "7",
        "viii" | "delapan" => "8",
        "ix" | "sembilan" => "9",
        "x" | "sepuluh" => "10",
        "xi" | "sebelas" => "11",
        "xii" => "12",
        "xiii" => "13",
        _ => word,
    }
}

/// True for the words that tell one half of a place from the other.
pub fn is_direction(word: &str) -> bool {
    matches!(
        word,
        "utara"
            | "selatan"
            | "timur"
            | "barat"
            | "tengah"
            | "hulu"
            | "hilir"
            | "kota"
            | "1"
            | "2"
            | "3"
            | "4"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_dress() {
        assert_eq!(joined(&name("Sei. Tjg")), "sungaitanjung");
        assert_eq!(joined(&name("LUBUK LINGGAU BARAT I")), joined(&name("Lubuk Linggau Barat Satu")));
        assert_eq!(name("Hu’u"), ["huu"]);
        assert_eq!(letters("Padang-Sidempuan É"), "padangsidempuane");
    }

    #[test]
    fn prose_breaks_where_a_name_ends() {
        let shape = |text: &str| -> String {
            let show = |piece: Piece| match piece {
                Piece::Word { text, .. } => text + " ",
                Piece::Break => "| ".into(),
            };
            pieces(text).into_iter().map(show).collect()
        };
        assert_eq!(shape("● Kec. Pati, Kayen dan Tayu"), "| kec pati | kayen | tayu ");
        assert_eq!(shape("KEC.KRESEK Sumber Sari. Kayen"), "kec kresek sumber sari | kayen ");
        assert_eq!(shape("Kec. B.P.Mandoge 1. Ds"), "kec b p mandoge | ds ");
        assert_eq!(shape("2x11 Kayu Tanam"), "2 x 11 kayu tanam ");
    }
}
