//! `kentongan export`: the log as it came, for `kentongan replay`.

use crate::config::Config;
use crate::output;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use intake::export::{write_log, write_topic};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use store::{Log, LogOptions};

/// Writes every record of the log; the service may run meanwhile.
///
/// # Errors
/// Where there is no log, or it cannot be read, or the file is there already.
pub async fn export(config: &Config, path: Option<&Path>) -> Result<()> {
    if !config.kafka.is_on() && !Path::new(&config.log_path()).exists() {
        return Err(user_error::new(format_args!(
            "there is no log at '{}'; name the service's folder with --data or its file with --config",
            config.log_path()
        )));
    }
    let mut out: Box<dyn Write + Send> = match path {
        None => Box::new(BufWriter::new(output::Stdout)),
        Some(path) => {
            let file = File::create_new(path);
            let file = file.with_context(|| {
                format!("making '{}'; an export is never written over another file", path.display())
            });
            Box::new(BufWriter::new(file.or_user_error()?))
        }
    };
    let count = if config.kafka.is_on() {
        let settings = config.kafka.clone();
        tokio::task::spawn_blocking(move || write_topic(&settings, &mut out)).await?
    } else {
        let log = Log::open(&config.log_path(), LogOptions::default()).await.context("opening the log")?;
        write_log(&log, &mut out).await
    };
    output::remark(format_args!("{} records of the log are written", count.context("writing the export")?));
    Ok(())
}
