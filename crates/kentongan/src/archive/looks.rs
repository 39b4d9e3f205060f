//! What a file looks like where it is not what the call says: the hint beside a refusal.

use super::Refusals;
use crate::wrong::{self, OrWrong};
use anyhow::Result;
use formats::archive::{Archive, ArchiveError, Format, Guide};
use std::path::{Path, PathBuf};

/// Opens an archive the call names; one of another format says which it may be.
pub fn open<'a>(path: &Path, format: Format, guide: Guide<'a>) -> Result<Archive<'a>> {
    match Archive::open(path, format, guide) {
        Err(error @ ArchiveError::Header { .. }) => {
            let hint = hint(path, format, guide).map(|hint| format!("; {hint}")).unwrap_or_default();
            Err(wrong::call(format!("{error}{hint}")))
        }
        opened => opened.or_wrong(),
    }
}

/// Not one record could be used: the call names another file, format or configuration than was meant. Which, why, and
/// what it may be.
pub fn nothing_useful(refusals: &Refusals, files: &[PathBuf], format: Format, guide: Guide<'_>) -> String {
    let hint = files.iter().find_map(|path| hint(path, format, guide));
    let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
    let names: Vec<String> = files.iter().map(|path| format!("'{}'", path.display())).collect();
    let (names, count) = (names.join(", "), refusals.total());
    format!("{names}: of {count} records not one can become a report ({}){hint}", refusals.words())
}

/// The format a file seems to have; nothing where it is the one that was said, or the standard input.
fn hint(path: &Path, said: Format, guide: Guide<'_>) -> Option<&'static str> {
    if path.as_os_str() == "-" {
        return None;
    }
    if said != Format::BnpbCsv && Archive::open(path, Format::BnpbCsv, guide).is_ok() {
        return Some("it looks like BNPB's list; give --format bnpb-csv");
    }
    let mut archive = Archive::open(path, Format::Ndjson, guide).ok()?;
    let line = archive.next_record().ok()??.bytes.trim_ascii_start();
    match line.first()? {
        b'{' if said != Format::Ndjson => Some("it looks like one report a line; give --format ndjson"),
        b'[' => Some("it looks like one JSON array; write one report a line"),
        _ => None,
    }
}
