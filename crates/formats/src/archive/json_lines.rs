//! Reports as JSON, one a line; also where they stand in one array, however that is broken into lines, and out of events.

use super::{ArchiveError, ArchiveRecord, ArchiveSource, LineReader, MAX_LINE};
use crate::envelope;
use serde::de::IgnoredAny;
use std::collections::VecDeque;

/// The records of an archive of JSON.
pub struct JsonLines {
    lines: LineReader<ArchiveSource>,
    /// Names the source in errors.
    file: String,
    is_begun: bool,
    /// Where the archive is one array.
    array: Option<ArrayItems>,
    /// Records that were read with others, with the line on which each begins.
    waiting: VecDeque<(u64, Vec<u8>)>,
    current: Vec<u8>,
}

impl JsonLines {
    pub fn new(file: String, source: ArchiveSource) -> JsonLines {
        let (waiting, current) = (VecDeque::new(), Vec::new());
        JsonLines { lines: LineReader::new(source), file, is_begun: false, array: None, waiting, current }
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// Where the source cannot be read on.
    pub fn next_record(&mut self) -> Result<Option<ArchiveRecord<'_>>, ArchiveError> {
        self.begin_or_go_on().map_err(|source| ArchiveError::Io { file: self.file.clone(), source })?;
        if let Some((line, record)) = self.waiting.pop_front() {
            self.current = record;
            return Ok(Some(plain(&self.current, line)));
        }
        if self.array.is_some() {
            return Ok(None);
        }
        match self.lines.next_numbered() {
            Err(source) => Err(ArchiveError::Io { file: self.file.clone(), source }),
            Ok(None) => Ok(None),
            Ok(Some((number, line))) => match envelope::unpacked(line) {
                None => Ok(Some(plain(line, number))),
                Some(records) => {
                    let mut records = records.into_iter();
                    self.current = records.next().unwrap_or_default();
                    self.waiting.extend(records.map(|record| (number, record)));
                    Ok(Some(plain(&self.current, number)))
                }
            },
        }
    }

    /// Sees whether the archive is an object round a list of reports that is broken into lines; else its first lines are
    /// records as they stand.
    fn begin_wrapper(&mut self, number: u64, line: Vec<u8>) -> std::io::Result<()> {
        let is_whole = |line: &[u8]| serde_json::from_slice::<IgnoredAny>(line).is_ok();
        let (mut head, mut lines) = (line.clone(), vec![(number, line)]);
        loop {
            match wrapped_list(&head) {
                Ok(at) if !is_whole(&head) => {
                    let mut array = ArrayItems { is_wrapped: true, ..ArrayItems::default() };
                    array.take(
                        lines.last().map_or(number, |(last, _)| *last),
                        &head[at..],
                        &mut self.waiting,
                    );
                    self.array = Some(array);
                    return Ok(());
                }
                Err(true) => match self.lines.next_numbered()? {
                    Some((number, next)) => {
                        head.extend_from_slice(b"\n");
                        head.extend_from_slice(next);
                        lines.push((number, next.to_vec()));
                    }
                    None => break,
                },
                _ => break,
            }
        }
        for (number, line) in lines {
            let records = envelope::unpacked(&line).unwrap_or_else(|| vec![line]);
            self.waiting.extend(records.into_iter().map(|record| (number, record)));
        }
        Ok(())
    }

    /// Sees whether the archive is an array; of one, reads on until a record waits.
    fn begin_or_go_on(&mut self) -> std::io::Result<()> {
        if !self.is_begun {
            self.is_begun = true;
            let Some((number, line)) = self.lines.next_numbered()? else { return Ok(()) };
            let line = line.to_vec();
            if line.trim_ascii_start().starts_with(b"[") {
                let mut array = ArrayItems::default();
                array.take(number, &line, &mut self.waiting);
                self.array = Some(array);
            } else {
                self.begin_wrapper(number, line)?;
            }
        }
        let Some(array) = &mut self.array else { return Ok(()) };
        while self.waiting.is_empty() {
            match self.lines.next_numbered()? {
                Some((number, line)) => array.take(number, line, &mut self.waiting),
                None => {
                    array.end(&mut self.waiting);
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Where a list begins in the head of an object that holds reports and no more; `Err` gives whether more of it may tell.
fn wrapped_list(head: &[u8]) -> Result<usize, bool> {
    let mut rest = head;
    for sign in [b"{", envelope::WRAPPER, b":"] {
        rest = rest.trim_ascii_start();
        rest = rest.strip_prefix(sign).ok_or(rest.is_empty())?;
    }
    rest = rest.trim_ascii_start();
    if rest.starts_with(b"[") { Ok(head.len() - rest.len()) } else { Err(rest.is_empty()) }
}

fn plain(bytes: &[u8], line: u64) -> ArchiveRecord<'_> {
    ArchiveRecord { bytes, reconstructed: false, row: None, line }
}

/// Takes an array apart as its lines come. What does not end before the archive does is one item, and refused as such.
#[derive(Default)]
struct ArrayItems {
    is_open: bool,
    /// It stands in an object, whose end is none of its items.
    is_wrapped: bool,
    item: Vec<u8>,
    /// The line on which the item begins.
    line: u64,
    /// Brackets and braces that are open in it.
    depth: usize,
    is_text: bool,
    is_escaped: bool,
}

impl ArrayItems {
    fn take(&mut self, number: u64, line: &[u8], out: &mut VecDeque<(u64, Vec<u8>)>) {
        for byte in line.iter().copied().chain([b'\n']) {
            if self.item.is_empty() {
                match byte {
                    b'[' if !self.is_open => self.is_open = true,
                    b',' | b']' => (),
                    b'}' if self.is_wrapped => (),
                    _ if byte.is_ascii_whitespace() => (),
                    _ => self.begin(number, byte),
                }
                continue;
            }
            let is_outside = !self.is_text && self.depth == 0;
            if is_outside && matches!(byte, b',' | b']') || self.item.len() > MAX_LINE {
                self.end(out);
                continue;
            }
            self.item.push(byte);
            self.follow(byte);
            if !self.is_text && self.depth == 0 && matches!(byte, b'}' | b']') {
                self.end(out);
            }
        }
    }

    fn begin(&mut self, number: u64, byte: u8) {
        self.line = number;
        self.item.push(byte);
        self.follow(byte);
    }

    fn follow(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' if self.is_text => self.is_escaped = true,
            b'"' => self.is_text = !self.is_text,
            b'{' | b'[' if !self.is_text => self.depth += 1,
            b'}' | b']' if !self.is_text => self.depth = self.depth.saturating_sub(1),
            _ => (),
        }
    }

    /// Gives out the item that was begun.
    fn end(&mut self, out: &mut VecDeque<(u64, Vec<u8>)>) {
        let item = core::mem::take(&mut self.item);
        let item = item.trim_ascii_end();
        if !item.is_empty() {
            let records = envelope::unpacked(item).unwrap_or_else(|| vec![item.to_vec()]);
            out.extend(records.into_iter().map(|record| (self.line, record)));
        }
        (self.depth, self.is_text, self.is_escaped) = (0, false, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, String)> {
        let mut lines = JsonLines::new("f".into(), Box::new(std::io::Cursor::new(text.as_bytes().to_vec())));
        let mut found = Vec::new();
        while let Some(record) = lines.next_record().unwrap() {
            found.push((record.line, String::from_utf8_lossy(record.bytes).into_owned()));
        }
        found
    }

    fn records(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(_, record)| record).collect()
    }

    /// However the same reports are written, they are the same records.
    #[test]
    fn an_array_is_read_however_it_is_broken_into_lines() {
        let reports = [r#"{"a":[1,2],"b":"x],[\"{"}"#, r#"{"a":{}}"#, r#"{"c":"\\"}"#];
        let lines = reports.join("\n");
        let event = |data: &str| {
            format!(r#"{{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{data}}}"#)
        };
        for text in [
            lines.clone(),
            format!("\u{feff}\n{lines}\n"),
            format!("[{}]", reports.join(",")),
            format!("[\n{}\n]\n", reports.join(",\n")),
            format!("[\n  {}\n]", reports.join("\n , ")),
            format!(" [{}\r\n]", reports.join(",\r\n")),
            event(&format!("[{}]", reports.join(","))),
            format!("[{}]", reports.map(&event).join(",\n")),
            reports.map(event).join("\n"),
        ] {
            assert_eq!(records(&text), reports, "{text}");
        }
        assert_eq!(records("[\n{\n\"a\": 1\n},\n{\"b\":2}\n]"), ["{\n\"a\": 1\n}", "{\"b\":2}"]);
        assert_eq!(
            read("[\n{\"a\":1},\n\n{\"b\":2}]").iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [2, 4]
        );
        assert!(records("[]").is_empty() && records("[\n]\n").is_empty() && records("").is_empty());
    }

    /// Two on a line, lines that end as on an old Macintosh, and an object round them lose none.
    #[test]
    fn reports_are_found_in_whatever_holds_them() {
        let reports = [r#"{"a":[1,2],"b":"} {"}"#, r#"{"a":{}}"#, r#"{"c":"\\"}"#];
        let list = reports.join(",");
        for text in [
            reports.concat(),
            reports.join(" "),
            format!("{} {}\n{}", reports[0], reports[1], reports[2]),
            reports.join("\r"),
            format!("{}\r", reports.join("\r")),
            format!("{{\"reports\":[{list}]}}"),
            format!("{{\"count\":3,\"reports\":[{list}],\"next\":null}}\n"),
            format!("{{\"reports\": [\n{}\n]\n}}\n", reports.join(",\n")),
            format!("{{\n  \"reports\" :\n [{list}\n]}}"),
            format!("{{\"reports\":[{}]}}\n{{\"reports\":[{},{}]}}", reports[0], reports[1], reports[2]),
        ] {
            assert_eq!(records(&text), reports, "{text}");
        }
        // A report may have a field of that name, and what is no wrapper stays as it is.
        for text in
            [r#"{"report_id":"x","reports":[{"a":1}]}"#, r#"{"reports":"x"}"#, r#"{"reports":[]}"#, "{"]
        {
            assert_eq!(records(text), [text]);
        }
        assert_eq!(records("{\n\"other\": 1\n}"), ["{", "\"other\": 1", "}"]);
    }

    #[test]
    fn what_is_no_report_in_an_array_is_a_record_all_the_same() {
        assert_eq!(records("[1, \"x,]\" ,{\"a\":1}, null]"), ["1", "\"x,]\"", "{\"a\":1}", "null"]);
        assert_eq!(records("[{\"a\":1},\n{\"b\":"), ["{\"a\":1}", "{\"b\":"]);
        assert_eq!(records("garbage\n[1]\n{}"), ["garbage", "[1]", "{}"]);
    }
}
