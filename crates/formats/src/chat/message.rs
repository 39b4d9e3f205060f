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

/// Lines that stand for what an export leaves out, each in small letters.
const MEDIA: [&str; 22] = [
    "<media tidak disertakan>",
    "<media omitted>",
    "gambar tidak disertakan",
    "image omitted",
    "video tidak disertakan",
    "video omitted",
    "audio tidak disertakan",
    "audio omitted",
    "stiker tidak disertakan",
    "sticker omitted",
    "gif tidak disertakan",
    "gif omitted",
    "dokumen tidak disertakan",
    "document omitted",
    "kartu kontak tidak disertakan",
    "contact card omitted",
    "(file terlampir)",
    "(file attached)",
    "<terlampir:",
    "<attached:",
    "panggilan suara tak terjawab",
    "panggilan tak terjawab",
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
        let lower = text[rest.start..end].to_lowercase();
        if !MEDIA.iter().any(|mark| lower.contains(mark)) {
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

/// Without blanks and marks at both ends.
fn trimmed(text: &str, part: Range<usize>) -> Range<usize> {
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
