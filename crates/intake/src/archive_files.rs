//! Opens the archives a call names, and says what a file may be that is not what the call says.

use crate::import::ImportError;
use formats::archive::export::{self, Export};
use formats::archive::{Archive, ArchiveError, ArchiveSource, Format, Guide, Refusals, format_hint};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Why the files that a call names cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("{source}; {hint}")]
    OfAnotherFormat { source: ArchiveError, hint: &'static str },
    #[error("'{export}' is an export of a log and '{other}' is none; replay exports apart from other files")]
    Mixed { export: String, other: String },
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl OpenError {
    /// True where the caller can mend it.
    pub fn is_call(&self) -> bool {
        !matches!(self, OpenError::Import(_))
    }
}

/// An open archive. `-` is the standard input.
///
/// # Errors
/// Where the file cannot be read; one of another format says which it may be.
pub fn open<'a>(path: &Path, format: Format, guide: Guide<'a>) -> Result<Archive<'a>, OpenError> {
    let name = path.display().to_string();
    let source = source(path).map_err(|source| ArchiveError::Io { file: name.clone(), source })?;
    Archive::open(name, source, format, guide).map_err(|source| match hint(path, format, guide) {
        Some(hint) if matches!(source, ArchiveError::Header { .. }) => {
            OpenError::OfAnotherFormat { source, hint }
        }
        _ => source.into(),
    })
}

/// True where the files are exports of logs. What comes over the standard input cannot be looked at beforehand.
///
/// # Errors
/// Where some are and some are not: an export goes by its receipts, and nothing says where the others belong among them.
pub fn are_exports(paths: &[PathBuf]) -> Result<bool, OpenError> {
    let is_export = |path: &Path| !is_stdin(path) && source(path).is_ok_and(export::is_export);
    let (exports, others): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| is_export(path));
    let name = |path: &Path| path.display().to_string();
    match (exports.first(), others.first()) {
        (Some(export), Some(other)) => Err(OpenError::Mixed { export: name(export), other: name(other) }),
        (export, _) => Ok(export.is_some()),
    }
}

/// Opens an export of a log.
///
/// # Errors
/// Where the file cannot be read.
pub fn export(path: &Path) -> Result<Export, OpenError> {
    let name = path.display().to_string();
    let source = source(path).map_err(|source| ArchiveError::Io { file: name.clone(), source })?;
    Ok(Export::open(name, source)?)
}

/// Not one record could be used: which files, why, and what they may be.
pub fn nothing_useful(refusals: &Refusals, files: &[PathBuf], format: Format, guide: Guide<'_>) -> String {
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    refusals.nothing_useful(&names, files.iter().find_map(|path| hint(path, format, guide)))
}

fn source(path: &Path) -> std::io::Result<ArchiveSource> {
    if is_stdin(path) { Ok(Box::new(std::io::stdin())) } else { Ok(Box::new(File::open(path)?)) }
}

/// The standard input can be read only once, so nothing is known of it beforehand.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn hint(path: &Path, named: Format, guide: Guide<'_>) -> Option<&'static str> {
    format_hint(&|| source(path).ok().filter(|_| !is_stdin(path)), named, guide)
}
