//! A pasted chat taken apart: its messages, and of each the parts that may be a report of their own.

use super::header::{Header, header, is_mark};
use crate::plain_text::is_blank;
use std::ops::Range;

/// One message, with or without a head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatMessage {
    pub header: Option<Header>,
    /// From its head to where the next one begins.
    pub whole: Range<usize>,
    /// What it says, without head and marks of the app at its ends.
    pub text: Range<usize>,
    pub form: MessageForm,
}

/// What a message is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageForm {
    Text,
    /// A line of the app: who joined, that messages are encrypted.
    System,
    /// A picture, a sound, a document or a sticker that is not in the text.
    Media,
    Deleted,
}

/// What an export leaves out, in small letters, as both phones call it in Indonesian and in English.
const MEDIA: [&str; 37] = [
    "media",
    "gambar",
    "foto",
    "image",
    "photo",
    "picture",
    "video",
    "pesan video",
    "catatan video",
    "video message",
    "video note",
    "audio",
    "suara",
    "pesan suara",
    "catatan suara",
    "rekaman suara",
    "voice message",
    "voice note",
    "ptt",
    "stiker",
    "sticker",
    "gif",
    "dokumen",
    "document",
    "berkas",
    "file",
    "kontak",
    "kartu kontak",
    "contact",
    "contact card",
    "lampiran",
    "attachment",
    "lokasi",
    "lokasi terkini",
    "location",
    "live location",
    "album",
];
/// What the phones say of it.
const OMITTED: [&str; 8] = [
    "tidak disertakan",
    "tak disertakan",
    "dihilangkan",
    "diabaikan",
    "dilewati",
    "tidak dilampirkan",
    "omitted",
    "not included",
];
/// What stands for a file that was exported beside the text.
const ATTACHED: [&str; 6] = [
    "(file terlampir)",
    "(berkas terlampir)",
    "(file attached)",
    "<terlampir:",
    "<dilampirkan:",
    "<attached:",
];
/// Lines of calls, and of what is seen once or has not come.
const WITHOUT_TEXT: [&str; 14] = [
    "panggilan suara tak terjawab",
    "panggilan video tak terjawab",
    "panggilan tak terjawab",
    "panggilan suara tidak terjawab",
    "panggilan video tidak terjawab",
    "missed voice call",
    "missed video call",
    "missed group voice call",
    "missed group video call",
    "pesan sekali lihat",
    "view once message",
    "view once voice message",
    "menunggu pesan ini",
    "waiting for this message",
];
const DELETED: [&str; 6] = [
    "pesan ini dihapus",
    "pesan ini telah dihapus",
    "anda menghapus pesan ini",
    "anda telah menghapus pesan ini",
    "this message was deleted",
    "you deleted this message",
];
/// What the app itself says under somebody's name.
const SYSTEM: [&str; 8] = [
    "pesan dan panggilan dienkripsi",
    "pesan dan telepon dienkripsi",
    "messages and calls are end-to-end encrypted",
    "messages to this group are now secured",
    "anda sekarang admin",
    "kode keamanan",
    "your security code",
    "created this group",
];
/// Marks at the end of a message that was changed, and at the head of one that was passed on.
const EDITED: [&str; 4] = [
    "<pesan ini diedit>",
    "<pesan ini telah diedit>",
    "<this message was edited>",
    "<this message was edited.>",
];
const FORWARDED: [&str; 4] = ["diteruskan berkali-kali", "forwarded many times", "diteruskan", "forwarded"];

/// The messages of a text, in its order. Each letter that is no blank belongs to exactly one.
pub fn messages(text: &str) -> Vec<ChatMessage> {
    let mut found: Vec<ChatMessage> = Vec::new();
    let heads = lines(text).any(|line| header(&text[line.clone()], line.start).is_some());
    let mut gap = true;
    for line in lines(text) {
        let content = &text[line.clone()];
        let head = heads.then(|| header(content, line.start)).flatten();
        let blank = content.chars().all(|letter| is_blank(letter) || is_mark(letter));
        match found.last_mut() {
            _ if head.is_some() => found.push(open(line, head)),
            // Without heads, an empty line parts what was written at one time from what was written at another.
            Some(last) if heads || !(gap || blank) => last.whole.end = line.end,
            _ if !blank => found.push(open(line, None)),
            _ => {}
        }
        gap = blank;
    }
    for message in &mut found {
        finish(text, message);
    }
    found
}

fn open(line: Range<usize>, header: Option<Header>) -> ChatMessage {
    let text = header.as_ref().map_or(line.start, |header| header.text)..line.end;
    ChatMessage { header, whole: line, text, form: MessageForm::Text }
}

/// Every line without its end.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let span = start..start + line.len();
        start = span.end + 1;
        span
    })
}

/// The lines of a part of a text that say something.
pub fn lines_of(text: &str, part: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let start = part.start;
    let own = lines(&text[part]).map(move |line| line.start + start..line.end + start);
    own.filter(|line| !text[line.clone()].chars().all(|letter| is_blank(letter) || is_mark(letter)))
}

/// What the message says, and what it is.
fn finish(text: &str, message: &mut ChatMessage) {
    message.text.end = message.whole.end.max(message.text.start);
    let system = message.header.as_ref().is_some_and(|header| header.sender.is_none());
    message.text = trimmed(text, message.text.clone());
    for mark in EDITED.iter().chain(&FORWARDED) {
        strip(text, &mut message.text, mark);
    }
    let says = |list: &[&str]| {
        let lower = text[message.text.clone()].chars().take(120).filter(|letter| !is_mark(*letter));
        let lower: String = lower.collect::<String>().to_lowercase();
        list.iter().any(|phrase| lower.trim_start().starts_with(phrase))
    };
    message.form = if system || says(&SYSTEM) {
        MessageForm::System
    } else if says(&DELETED) {
        MessageForm::Deleted
    } else {
        without_media(text, message)
    };
}

/// A message without the lines that stand for pictures: what was written below one is its text.
fn without_media(text: &str, message: &mut ChatMessage) -> MessageForm {
    let mut rest = message.text.clone();
    while let Some(line) = lines(&text[rest.clone()]).next() {
        let end = rest.start + line.end;
        if !stands_for_media(&text[rest.start..end]) {
            break;
        }
        rest = trimmed(text, end..rest.end);
        if rest.is_empty() {
            return MessageForm::Media;
        }
    }
    message.text = rest;
    MessageForm::Text
}

/// True of a line that the app writes in the place of what is no text. "Video dihilangkan pelaku" is a person's sentence, so the
/// app's words make a whole line, but for the name and the pages of a document before them.
fn stands_for_media(line: &str) -> bool {
    let lower = line.to_lowercase();
    if ATTACHED.iter().any(|mark| lower.contains(mark)) {
        return true;
    }
    let is_around = |letter: char| is_blank(letter) || is_mark(letter) || matches!(letter, '<' | '>' | '.');
    let own = lower.trim_matches(is_around);
    let own =
        own.rsplit(|letter| letter == '•' || is_mark(letter)).next().unwrap_or(own).trim_matches(is_around);
    let is_left_out = |how: &str| {
        let what = own.strip_suffix(how).map(|what| what.trim_end_matches(is_blank));
        what.is_some_and(|what| what.len() < own.len() - how.len() && MEDIA.contains(&what))
    };
    OMITTED.iter().any(|how| is_left_out(how)) || WITHOUT_TEXT.iter().any(|mark| own.starts_with(mark))
}

/// Without blanks and marks at both ends.
pub fn trimmed(text: &str, part: Range<usize>) -> Range<usize> {
    let seen = &text[part.clone()];
    let left = seen.trim_start_matches(|letter| is_blank(letter) || is_mark(letter));
    let start = part.end - left.len();
    start..start + left.trim_end_matches(|letter| is_blank(letter) || is_mark(letter)).len()
}

/// Takes a mark of the app away from either end.
fn strip(text: &str, part: &mut Range<usize>, mark: &str) {
    let seen = &text[part.clone()];
    let is_mark_of_app = |at: Range<usize>| seen.get(at).is_some_and(|cut| cut.eq_ignore_ascii_case(mark));
    if is_mark_of_app(0..mark.len()) && seen[mark.len()..].starts_with(['\n', '\r', ':']) {
        *part = trimmed(text, part.start + mark.len() + 1..part.end);
    } else if seen.len() >= mark.len()
        && is_mark_of_app(seen.len() - mark.len()..seen.len())
        && mark.starts_with('<')
    {
        *part = trimmed(text, part.start..part.end - mark.len());
    }
}

/// The parts of a message that may each be a report: the points of a numbered list of two or more, else the whole.
pub fn passages(text: &str, message: &ChatMessage) -> Vec<Range<usize>> {
    let part = message.text.clone();
    let own = |line: Range<usize>| line.start + part.start..line.end + part.start;
    let points: Vec<usize> = lines(&text[part.clone()])
        .map(own)
        .filter(|line| is_point(&text[line.clone()]))
        .map(|line| line.start)
        .collect();
    if points.len() < 2 {
        return vec![part];
    }
    let ends = points[1..].iter().copied().chain([part.end]);
    points.iter().zip(ends).map(|(from, to)| trimmed(text, *from..to)).collect()
}

/// "1. Ds Pauh: …", "2) …".
fn is_point(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '*', '_', '\u{200e}']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let behind = line[digits..].strip_prefix(['.', ')']);
    (1..=2).contains(&digits) && behind.is_some_and(|text| text.starts_with([' ', '\u{a0}', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<(MessageForm, &str)> {
        messages(text).into_iter().map(|message| (message.form, &text[message.text])).collect()
    }

    #[test]
    fn an_export_is_taken_apart_and_no_line_is_lost() {
        let text = "\u{feff}31/12/26 21.00 - Pesan dan panggilan dienkripsi secara end-to-end.\n\
            31/12/26 21.01 - Sari membuat grup \"Info: Rawas\"\n\
            31/12/26 21.02 - Kades: Lapor, banjir\n\nrumah terendam\r\n\
            31/12/26 21.03 - Kades: <Media tidak disertakan>\n\
            31/12/26 21.04 - Kades: \u{200e}IMG-2026.jpg (file terlampir)\nair naik di Pauh <Pesan ini diedit>\n\
            31/12/26 21.05 - +62 812-3456-7890: Pesan ini dihapus\n";
        use MessageForm::{Deleted, Media, System, Text};
        assert_eq!(
            shape(text),
            [
                (System, "Pesan dan panggilan dienkripsi secara end-to-end."),
                (System, "Sari membuat grup \"Info: Rawas\""),
                (Text, "Lapor, banjir\n\nrumah terendam"),
                (Media, "<Media tidak disertakan>"),
                (Text, "air naik di Pauh"),
                (Deleted, "Pesan ini dihapus"),
            ]
        );
    }

    /// Whatever phone and language an export is of; what a person wrote of a picture is their word.
    #[test]
    fn what_an_export_leaves_out_is_no_text() {
        let of = |line: &str| {
            let text = format!("31/12/26 21.04 - Kades: {line}\n31/12/26 21.05 - Kades: siap\n");
            messages(&text).remove(0).form
        };
        for line in [
            "<Media tidak disertakan>",
            "<Media omitted>",
            "\u{200e}gambar dihilangkan",
            "\u{200e}Gambar tidak disertakan",
            "\u{200e}stiker dihilangkan",
            "\u{200e}GIF dihilangkan",
            "\u{200e}audio dihilangkan",
            "\u{200e}pesan suara dihilangkan",
            "\u{200e}dokumen dihilangkan",
            "\u{200e}Kartu kontak dihilangkan",
            "\u{200e}image omitted",
            "\u{200e}video note omitted",
            "\u{200e}Contact card omitted",
            "gambar\u{a0}dihilangkan",
            "Laporan Banjir.pdf • \u{200e}3 halaman \u{200e}dokumen dihilangkan",
            "Laporan Banjir.pdf • 1 page \u{200e}document omitted",
            "IMG-20261231-WA0003.jpg (file terlampir)",
            "\u{200e}<terlampir: 00000012-PHOTO-2026-12-31-21-04-00.jpg>",
            "Panggilan video tak terjawab",
            "\u{200e}Missed video call",
            "Menunggu pesan ini. Ini mungkin perlu waktu sebentar.",
        ] {
            assert_eq!(of(line), MessageForm::Media, "{line}");
        }
        for line in [
            "video dihilangkan pelaku, motor warga dibakar di Pauh",
            "rombongan membawa gambar dihilangkan paksa",
            "dihilangkan",
            "banjir di Pauh, foto menyusul",
        ] {
            assert_eq!(of(line), MessageForm::Text, "{line}");
        }
        let text = "31/12/26 21.04 - Kades: \u{200e}gambar dihilangkan\nair naik di Pauh\n";
        assert_eq!(shape(text), [(MessageForm::Text, "air naik di Pauh")]);
    }

    #[test]
    fn notes_without_heads_are_parted_by_empty_lines() {
        use MessageForm::Text;
        let text = "\n HT 20.10 Pauh:\nbanjir\n\u{200e}\nBelani: aman\n";
        assert_eq!(shape(text), [(Text, "HT 20.10 Pauh:\nbanjir"), (Text, "Belani: aman")]);
        // What stands before the first head was written by somebody too.
        let text = "banjir di Pauh\n31/12/26 21.02 - Kades: siap\n";
        assert_eq!(shape(text), [(Text, "banjir di Pauh"), (Text, "siap")]);
        assert!(messages("").is_empty() && messages(" \n\u{200e}\n").is_empty());
    }

    #[test]
    fn a_numbered_list_is_several_parts() {
        let text = "Rekap:\n1. Ds Pauh banjir\n2. Ds Belani longsor\nrumah rusak";
        let message = messages(text).remove(0);
        let parts: Vec<&str> = passages(text, &message).into_iter().map(|span| &text[span]).collect();
        assert_eq!(parts, ["1. Ds Pauh banjir", "2. Ds Belani longsor\nrumah rusak"]);
    }
}
