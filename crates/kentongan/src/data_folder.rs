//! One service a data folder: two workers on one log would write over each other's state. The lock is the open file's
//! own, so it is gone with the process however that ends.

use crate::config::Config;
use crate::user_error::OrUserError;
use anyhow::{Context, Result, bail};
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};

const NAME: &str = "service.lock";

/// Makes the data folder where it is not there yet.
pub fn create(config: &Config) -> Result<()> {
    let data = &config.service.data;
    match std::fs::create_dir_all(data) {
        // A file of that name, or a path nobody meant.
        Err(error) if data.exists() => Err(error)
            .with_context(|| format!("'{}' is no folder; give another with --data", data.display()))
            .or_user_error(),
        made => made
            .with_context(|| format!("making the data folder '{}'; give another with --data", data.display()))
            .or_user_error(),
    }
}

/// Takes the data folder for as long as the answer is kept; refuses where another service has it. Where Kafka is the log
/// nothing is taken: what is shared stands elsewhere, and processes take turns by partition.
pub fn lock(config: &Config) -> Result<Option<File>> {
    create(config)?;
    if config.kafka.is_on() {
        return Ok(None);
    }
    let path = config.service.data.join(NAME);
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("opening '{}'", path.display()))?;
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
            bail!(
                "taking the data folder '{}': another service{holder} works on it; stop that one, or give this one a folder of its own with --data",
                config.service.data.display()
            );
        }
        // Some network file systems know no locks; then nobody looks.
        Err(TryLockError::Error(error)) => {
            tracing::warn!(%error, folder = %config.service.data.display(), "the data folder cannot be locked; see to it that one service only works on it");
        }
    }
    // Who has it, for those who find it taken; a full disk keeps nobody from starting.
    let _ =
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Overrides, load};

    #[test]
    fn a_folder_is_taken_once_and_free_again_when_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let overrides = Overrides { data: Some(folder.path().join("data")), ..Overrides::default() };
        let config = load(&[], &overrides).unwrap().config;
        let held = lock(&config).unwrap();
        assert!(held.is_some());
        let refused = lock(&config).unwrap_err();
        assert!(refused.to_string().contains(&format!("process {}", std::process::id())), "{refused}");
        assert_eq!(crate::user_error::exit_code(&refused), 1);
        drop(held);
        lock(&config).unwrap();
    }

    #[test]
    fn a_file_in_the_folders_place_is_the_callers_mistake() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let overrides = Overrides { data: Some(file.path().to_path_buf()), ..Overrides::default() };
        let refused = lock(&load(&[], &overrides).unwrap().config).unwrap_err();
        assert_eq!(crate::user_error::exit_code(&refused), 2, "{refused:#}");
    }
}
