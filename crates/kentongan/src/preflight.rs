//! What several processes share, made and looked at before they start: topics, schema, rights.

use crate::config::Config;
use crate::output::print_line;
use anyhow::{Context, Result, bail};
use intake::kafka::{Topics, feed_topic};
use store::Store;

/// Makes the topics that are missing, those of the enabled feeds included. Says what it made.
pub async fn make_topics(config: &Config, store: &Store) -> Result<Vec<String>> {
    let feeds = store.feeds().await?;
    let feeds: Vec<String> = feeds.iter().filter(|feed| feed.enabled).map(feed_topic).collect();
    let topics = Topics::open(&config.kafka)?;
    let made = topics.make(&feeds).await?;
    let lacking = topics.lacking()?;
    if !lacking.is_empty() {
        bail!("making the topics: {}", lacking.join("; "));
    }
    Ok(made)
}

/// Looks at the broker, its topics, the database and its schema; prints what is well and fails over what is not.
pub async fn check(config: &Config) -> Result<()> {
    let mut wrong = Vec::new();
    match Store::version(&config.state_url()).await {
        Ok((found, known)) if found == known => print_line!("state: reachable, schema version {found}"),
        Ok((found, known)) if found < known => wrong.push(format!(
            "the state's schema is version {found} and this program's is {known}; run `kentongan migrate`"
        )),
        Ok((found, known)) => wrong.push(format!(
            "the state's schema is version {found}, newer than this program's {known}; use the newer program"
        )),
        Err(error) => wrong.push(format!("reaching the state: {error}")),
    }
    if config.kafka.is_on() {
        match Topics::open(&config.kafka).and_then(|topics| Ok((topics.lacking()?, topics.there()?))) {
            Ok((lacking, there)) => {
                let feeds = there.iter().filter(|(name, _)| name.starts_with("feed.")).count();
                print_line!("kafka: reachable, {} topics, {feeds} of them feeds'", there.len());
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

/// A value as it may be printed: no password, no key.
pub fn printed(key: &str, value: String) -> String {
    let secret =
        ["password", "secret", "key.pem", "oauthbearer.config"].iter().any(|word| key.contains(word));
    if secret && !key.ends_with("_file") && value.len() > 2 {
        return "***".to_owned();
    }
    match (value.find("://"), value.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => match value[scheme + 3..at].find(':') {
            Some(colon) => format!("{}***{}", &value[..scheme + 4 + colon], &value[at..]),
            None => value,
        },
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_printed() {
        let url = "\"postgres://kentongan:geheim@db/kentongan\"".to_owned();
        assert_eq!(printed("state.url", url), "\"postgres://kentongan:***@db/kentongan\"");
        assert_eq!(printed("kafka.properties.sasl.password", "\"geheim\"".into()), "***");
        assert_eq!(printed("kafka.password_file", "\"/run/x\"".into()), "\"/run/x\"");
        assert_eq!(printed("service.public_url", "\"https://a.b/c\"".into()), "\"https://a.b/c\"");
    }
}
