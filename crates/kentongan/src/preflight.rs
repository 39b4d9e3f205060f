//! What several processes share, looked at before they start: topics, schema, rights.

use crate::config::Config;
use crate::output::print_line;
use anyhow::{Context, Result};
use intake::kafka::Topics;
use store::Store;
use views::Lang;

/// Says which accounts that may judge reports name no person; `None` where each does, and where there is no state yet or one of
/// another version. Changes nothing.
pub async fn nameless_accounts(config: &Config) -> Result<Option<String>> {
    let url = config.state_url();
    if config.state.url.is_empty() && !std::path::Path::new(&url).exists() {
        return Ok(None);
    }
    let version = Store::version(&url).await;
    if !version.is_ok_and(|version| version.remedy().is_none()) {
        return Ok(None); // what is wrong with it is reported where it is used
    }
    let store = Store::open(&url).await.context("opening the state")?;
    let users = store.users().await.context("reading the accounts")?;
    store.close().await;
    Ok(views::registration::nameless_accounts(&users, Lang::En))
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
