//! One service a data folder: two workers on one log would write over each other's state. The lock is the open file's
//! own, so it is gone with the process however that ends.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

const NAME: &str = "service.lock";

/// Why a folder was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FolderLockError {
    #[error("opening '{path}'")]
    Open { path: String, source: io::Error },
    /// `holder`: nothing, or ` (process 7)`.
    #[error(
        "taking the data folder '{folder}': another service{holder} works on it; stop that one, or give this one a folder of its own with --data"
    )]
    Taken { folder: String, holder: String },
}

/// A data folder that is ours until this is dropped.
#[derive(Debug)]
pub struct FolderLock(#[expect(dead_code, reason = "held, never read")] File);

impl FolderLock {
    /// Takes a folder that is there.
    ///
    /// # Errors
    /// Where another process has it, or its lock file cannot be opened.
    pub fn take(folder: &Path) -> Result<FolderLock, FolderLockError> {
        let path = folder.join(NAME);
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file =
            opened.map_err(|source| FolderLockError::Open { path: path.display().to_string(), source })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only for the message.
                let _ = file.read_to_string(&mut holder);
                let holder = match holder.trim() {
                    "" => String::new(),
                    pid => format!(" (process {pid})"),
                };
                return Err(FolderLockError::Taken { folder: folder.display().to_string(), holder });
            }
            // Some network file systems know no locks; then nobody looks.
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, folder = %folder.display(), "the data folder cannot be locked; see to it that one service only works on it");
            }
        }
        // Who has it, for those who find it taken; a full disk keeps nobody from starting.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()));
        Ok(FolderLock(file))
    }
}
