//! `kentongan user add --list`: reporters from a list, with what becomes of each row.

use crate::catalog::LoadedCatalog;
use crate::config::Config;
use crate::log_access::writer;
use crate::output::{self, print_line};
use crate::serve::wall;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use formats::reporter_list;
use std::fs::File;
use std::path::Path;
use store::Store;
use views::registration;
use web::account::ReporterList;

/// Adds the accounts of a list, or says what would become of its rows: each on its own line, a password beside each name.
pub async fn add_list(file: &Path, dry_run: bool, store: &Store, config: &Config) -> Result<()> {
    let name = file.display().to_string();
    let source = File::open(file).with_context(|| format!("opening '{name}'")).or_user_error()?;
    let rows = reporter_list::read(&name, source).map_err(|error| user_error::new(error.to_string()))?;
    let catalog = LoadedCatalog::load(config, None)?;
    let writer = if dry_run { None } else { Some(writer(config, &catalog, store).await?) };
    let mut list = ReporterList::open(store, &catalog.places, writer.as_ref(), wall()).await?;
    let (mut taken, all) = (0, rows.len());
    for row in &rows {
        match list.add(row).await {
            Ok(account) => {
                taken += 1;
                let places = registration::places_in_words(&catalog.places, &account.areas, views::Lang::En);
                let new = if account.feed_is_new { "new feed" } else { "registered feed" };
                let (line, name, feed, class) = (row.line, &row.name, &row.feed, account.class);
                output::remark(format_args!(
                    "line {line}: '{name}' reports for '{feed}' ({new}, {class}), for {places}"
                ));
                if let Some(password) = account.password {
                    print_line!("{name}\t{password}");
                }
            }
            Err(error) if error.is_call() => {
                output::remark(format_args!("line {}: not added: {error}", row.line));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let verb = if dry_run { "would be added" } else { "were added; each password is shown once" };
    output::remark(format_args!("{taken} of {all} rows {verb}"));
    if taken < all {
        return Err(user_error::new(format!("{} of {all} rows were not taken", all - taken)));
    }
    Ok(())
}
