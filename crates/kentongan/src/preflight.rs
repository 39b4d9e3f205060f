//! What several processes share, looked at before they start: topics, schema, rights.

use crate::config::Config;
use crate::output::print_line;
use anyhow::{Context, Result};
use intake::kafka::Topics;
use store::{Store, StoreError};
use views::Lang;
use views::registration::{self, Register};

/// Says which accounts that may judge reports name no person, and which names of the register and of the roster's persons are one in
/// several spellings; empty where there is no state yet or one of another version. Changes nothing.
pub async fn register_warnings(config: &Config, persons: &[&str]) -> Result<Vec<String>> {
    let url = config.state_url();
    if config.state.url.is_empty() && !std::path::Path::new(&url).exists() {
        return Ok(Vec::new());
    }
    let version = Store::version(&url).await;
    if !version.is_ok_and(|version| version.remedy().is_none()) {
        return Ok(Vec::new()); // what is wrong with it is reported where it is used
    }
    let store = Store::open(&url).await.context("opening the state")?;
    let warnings = register_warnings_of(&store, persons).await.context("reading the register");
    store.close().await;
    warnings
}

/// As [`register_warnings`], of a state that is open.
pub async fn register_warnings_of(store: &Store, persons: &[&str]) -> Result<Vec<String>, StoreError> {
    let (users, feeds) = (store.users().await?, store.feeds().await?);
    let organisations = store.organisation_names().await?;
    let register = Register { users: &users, feeds: &feeds, organisations: &organisations, persons };
    let nameless =
        registration::nameless_accounts(&users, Lang::En).map(|words| format!("accounts: {words}"));
    let twins = registration::twin_names(&register, Lang::En).map(|words| format!("names: {words}"));
    Ok(nameless.into_iter().chain(twins).collect())
}

/// Looks at the broker, its topics, the database and its schema; prints what is well and fails over what is not.
pub async fn check(config: &Config) -> Result<()> {
    let mut wrong = Vec::new();
    match Store::version(&config.state_url()).await {
        Ok(version) => match version.remedy() {
            None => print_line!("state: reachable, schema version {}", version.found),
            Some(remedy) => wrong.push(remedy),
        },
        Err(error) => wrong.push(format!("reaching the state: {error}")),
    }
    if config.kafka.is_on() {
        match Topics::open(&config.kafka).and_then(|topics| Ok((topics.lacking()?, topics.summary()?))) {
            Ok((lacking, summary)) => {
                print_line!("kafka: reachable, {summary}");
                wrong.extend(lacking);
            }
            Err(error) => wrong.push(error.to_string()),
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(anyhow::anyhow!(wrong.join("\nkentongan: "))).context("not ready to start"),
    }
}
