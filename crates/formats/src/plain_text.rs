//! The bytes of a file that a person saved somewhere, as text: byte order marks, UTF-16 and Windows-1252 are read too.

use encoding_rs::{Encoding, WINDOWS_1252};
use std::borrow::Cow;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// The text without byte order marks at its head. What is no UTF-8 is taken as Windows-1252, which every byte can be.
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => encoding.decode_without_bom_handling(&bytes[length..]).0,
        None => match core::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
        },
    };
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        Cow::Owned(text) => Cow::Owned(text.trim_start_matches('\u{feff}').to_owned()),
    }
}

/// The bytes without the byte order marks at their head; files that were put together have one at each joint.
pub fn unmarked(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(MARK) {
        bytes = rest;
    }
    bytes
}

/// True for what is seen as nothing: spaces of every width, and the invisible characters that web pages and spreadsheets
/// leave in cells.
pub fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{180e}')
}

/// Which of `;`, tab, `|` and `,` parts the cells: the one under which `is_header` accepts one of the first lines.
pub fn delimiter(text: &str, is_header: impl Fn(&[String]) -> bool) -> Option<u8> {
    [b',', b';', b'\t', b'|'].into_iter().find(|delimiter| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(*delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records().take(HEADER_WITHIN).filter_map(Result::ok);
        records.any(|record| is_header(&record.iter().map(str::to_owned).collect::<Vec<_>>()))
    })
}

/// Lines in which a header is looked for; titles, dates of print and empty lines stand before it.
pub const HEADER_WITHIN: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_however_it_was_saved() {
        assert_eq!(decoded("\u{feff}\u{feff}Désa".as_bytes()), "Désa");
        assert_eq!(decoded(b"D\xe9sa \x96 x"), "Désa – x");
        let wide: Vec<u8> = "\u{feff}Désa".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&wide), "Désa");
        assert_eq!(unmarked(b"\xef\xbb\xbf\xef\xbb\xbf{"), b"{");
        assert_eq!(unmarked(b""), b"");
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_the_header_appear() {
        let header = |cells: &[String]| cells.iter().any(|cell| cell == "kode");
        for (text, sign) in
            [("a,kode\n", b','), ("Judul;;\nkode;nama, lama\n", b';'), ("kode\tnama\n", b'\t')]
        {
            assert_eq!(delimiter(text, header), Some(sign), "{text}");
        }
        assert_eq!(delimiter("a,b\n", header), None);
    }
}
