//! The models that serve: a folder of one's own, or those compiled in.

use crate::config::{Config, given};
use crate::user_error::OrUserError;
use anyhow::{Context, Result};
use scoring::{ModelFiles, ModelScorer};

#[derive(rust_embed::RustEmbed)]
#[folder = "../../models"]
struct CompiledIn;

/// Where the models in use stand.
pub fn files(config: &Config) -> ModelFiles {
    match given(&config.files.models) {
        Some(folder) => ModelFiles::Folder(folder.to_path_buf()),
        None => ModelFiles::CompiledIn(|path| {
            let file = CompiledIn::get(path)?;
            String::from_utf8(file.data.into_owned()).ok()
        }),
    }
}

/// Loads the models in use. A schema or checksum that does not fit refuses to start.
pub fn load(config: &Config, own_positives: u32) -> Result<ModelScorer> {
    let loaded = files(config).load(own_positives);
    match given(&config.files.models) {
        Some(folder) => {
            loaded.with_context(|| format!("loading the models in '{}'", folder.display())).or_user_error()
        }
        None => loaded.context("loading the compiled-in models"),
    }
}
