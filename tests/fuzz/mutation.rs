//! Changes a file as carelessness, damage or an attacker would.

use kentongan_tests::bench::workload::Dice;

/// What has broken readers elsewhere, and what these readers look for.
const PIECES: [&str; 72] = [
    "\"",
    "'",
    "\\",
    ";",
    ",",
    "\t",
    "|",
    "\n",
    "\r",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{a0}",
    "\u{200e}",
    "\u{202f}",
    "\u{85}",
    "İ",
    "ß",
    "ﬁ",
    "e\u{301}",
    "😀",
    "½",
    "١٢",
    "\u{fffd}",
    "<",
    ">",
    "&",
    "&lt;",
    "&x;",
    "]]>",
    "<!DOCTYPE x>",
    "<a>",
    "</a>",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "1e999",
    "-0",
    "NaN",
    "99999999999999999999",
    "-1",
    "0",
    "3.5",
    "1.200",
    "1,5",
    "31/02/2026",
    "12/11/2026",
    "2026-11-28T25:61:61+99:99",
    "28 Nopember 2026",
    "46354",
    "24:00",
    "pukul 25.99",
    "Kec. ",
    "Ds. ",
    "Kab. ",
    "RAWAS ULU",
    "16.13",
    "16.13.04.2003",
    "1613",
    "nihil",
    "tidak ada",
    "meninggal",
    "=1+1",
    "uuid:11111111-2222-4333-8444-555555555555",
    "Tanggal",
    "No.",
    "3 orang",
    "\u{1f}",
    "Ǆ",
];
/// Longest file that mutation makes.
const MOST: usize = 64 << 10;

/// `of` after a few changes; `others` lend pieces.
pub fn mutated(dice: &mut Dice, of: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = of.to_vec();
    for _ in 0..=dice.below(5) {
        let at = dice.below(bytes.len() + 1);
        let span = at..(at + 1 + dice.below(40)).min(bytes.len()).max(at);
        match dice.below(9) {
            0 => bytes.truncate(at),
            1 => bytes[span].iter_mut().take(1).for_each(|byte| *byte = dice.below(256) as u8),
            2 => drop(bytes.drain(span)),
            3 => {
                let again = bytes[span].repeat(1 + dice.below(4));
                bytes.splice(at..at, again);
            }
            4 => {
                let other = &others[dice.below(others.len())];
                let from = dice.below(other.len() + 1);
                let piece = &other[from..(from + dice.below(200)).min(other.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            5 => {
                let piece = PIECES[dice.below(PIECES.len())].repeat(1 << dice.below(9));
                bytes.splice(at..at, piece.bytes());
            }
            _ => drop(bytes.splice(span, PIECES[dice.below(PIECES.len())].bytes())),
        }
        bytes.truncate(MOST);
    }
    bytes
}
