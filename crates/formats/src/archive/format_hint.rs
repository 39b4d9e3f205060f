//! What format a file seems to have, where it is not the one the call says.

use super::{Archive, ArchiveSource, Format, Guide, export};
use serde::de::IgnoredAny;
use std::io::Read;

/// What to call instead, in words; `None` where the file seems to be what was stated, or nothing can be recognised.
/// `open` opens the file from its beginning each time.
pub fn format_hint(
    open: &dyn Fn() -> Option<ArchiveSource>,
    stated: Format,
    guide: Guide<'_>,
) -> Option<&'static str> {
    let archive = |format| Archive::open(String::new(), open()?, format, guide).ok();
    if stated != Format::BnpbCsv && archive(Format::BnpbCsv).is_some() {
        return Some("it looks like BNPB's list; give --format bnpb-csv");
    }
    let is_sheet_file = |source: ArchiveSource| {
        let mut head = [0; 4];
        let read = source.take(4).read(&mut head);
        read.is_ok() && (head.starts_with(b"PK\x03\x04") || head == [0xd0, 0xcf, 0x11, 0xe0])
    };
    if stated != Format::Table && open().is_some_and(is_sheet_file) {
        return Some("it is a spreadsheet; give --format table");
    }
    let mut lines = archive(Format::Ndjson)?;
    let line = lines.next_record().ok()??.bytes.trim_ascii_start();
    if export::is_line(line) {
        return Some("it looks like an export of a log; `kentongan replay` takes it");
    }
    let has = |key: &[u8]| memchr::memmem::find(line, key).is_some();
    match line.first()? {
        // Submissions of a form are a table.
        b'{' if has(b"\"_uuid\"") && !has(b"\"report_id\"") => {
            (stated != Format::Table).then_some("it looks like submissions of a form; give --format table")
        }
        b'{' if stated != Format::Ndjson => Some("it looks like one report a line; give --format ndjson"),
        b'{' if line.trim_ascii_end().ends_with(b"},") => {
            Some("its lines end with commas; delete these, or put all of them into one array")
        }
        b'{' if serde_json::from_slice::<IgnoredAny>(line).is_err() => {
            Some("it looks like JSON over several lines; write one report a line, or all in one array")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Crosswalk;
    use domain::kind::FeedClass;
    use domain::place::Places;

    #[test]
    fn what_a_file_looks_like_is_said_where_the_call_says_otherwise() {
        let (places, crosswalk) = (Places::new(Vec::new(), false), Crosswalk::default());
        let taxonomy =
            crate::taxonomy::Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap();
        let guide = Guide {
            places: &places,
            crosswalk: &crosswalk,
            class: FeedClass::Agency,
            dates: None,
            taxonomy: &taxonomy,
            regency: None,
        };
        let hint = |text: &'static str, stated| {
            format_hint(&|| Some(Box::new(text.as_bytes()) as ArchiveSource), stated, guide)
        };
        assert_eq!(hint("{\"a\":1}\n", Format::Ndjson), None);
        assert!(hint("{\"a\":1}\n", Format::BnpbCsv).unwrap().contains("ndjson"));
        assert!(hint("{\"kentongan_log\":1}\n", Format::Ndjson).unwrap().contains("replay"));
        assert!(hint("{\n\"a\":1\n\n", Format::Ndjson).unwrap().contains("several lines"));
        assert_eq!(hint("{\n\"a\":1\n}\n", Format::Ndjson), None);
        assert!(hint("{\"a\":1},\n{\"a\":2}\n", Format::Ndjson).unwrap().contains("commas"));
        assert!(hint("[{\"a\":1}]\n", Format::BnpbCsv).unwrap().contains("ndjson"));
        let form = "[{\"_id\":1,\"_uuid\":\"x\"}]";
        assert!(hint(form, Format::Ndjson).unwrap().contains("--format table"));
        assert_eq!(hint(form, Format::Table), None);
        assert_eq!(format_hint(&|| None, Format::Ndjson, guide), None);
    }
}
