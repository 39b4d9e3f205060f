//! What several processes share, looked at before they start: topics, schema, rights.

use crate::config::Config;
use crate::output::print_line;
use anyhow::{Context, Result};
use intake::kafka::Topics;
use store::Store;

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
