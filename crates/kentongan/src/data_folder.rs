//! The data folder: made where it is not there yet, and taken by one service.

use crate::config::{Config, given};
use crate::user_error::OrUserError;
use anyhow::{Context, Result};
use notify::LinkKey;
use std::path::Path;
use store::FolderLock;
use web::account::metrics_token::MetricsToken;

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
pub fn lock(config: &Config) -> Result<Option<FolderLock>> {
    create(config)?;
    if config.kafka.is_on() {
        return Ok(None);
    }
    Ok(Some(FolderLock::take(&config.service.data)?))
}

/// The token of `/metrics`; where the configuration names no file, one is made in the data folder.
pub fn metrics_token(config: &Config) -> Result<MetricsToken> {
    let path = config.metrics_token_path();
    let own = given(&config.metrics.token_file).is_none();
    let opened = if own { MetricsToken::make(&path) } else { MetricsToken::read(&path) };
    opened.with_context(|| format!("'{}' holds the token of /metrics (metrics.token_file)", path.display()))
}

/// The key that one-time links are derived from; where the configuration names no file, one is made in the data folder.
pub fn link_key(config: &Config) -> Result<LinkKey> {
    let named = given(&config.notify.link_key_file);
    let path = named.map_or_else(|| config.service.data.join("links.key"), Path::to_path_buf);
    let opened = if named.is_none() { LinkKey::make(&path) } else { LinkKey::read(&path) };
    opened.with_context(|| {
        format!("'{}' holds the key of one-time links (notify.link_key_file)", path.display())
    })
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
