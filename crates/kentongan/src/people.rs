//! `kentongan feed …` and `kentongan user …`: who may report, who may look.

use crate::catalog::Catalog;
use crate::cli::{self, FeedVerb, UserVerb};
use crate::config::Config;
use crate::output::{self, print_line};
use crate::serve::wall;
use anyhow::{Context, Result};
use domain::place::Areas;
use intake::kafka::Topics;
use intake::{feed_registry, new_report_id};
use store::Store;
use views::Lang;
use views::registration::{AddedAccount, AddedFeed, Registration, account_added, feed_added};
use web::account;

pub async fn feed(verb: FeedVerb, store: &Store, config: &Config) -> Result<()> {
    match verb {
        FeedVerb::Add { name, class, area } => {
            let class = cli::class(&class)?;
            let places = Catalog::load(config, None)?.places;
            let areas = feed_registry::configured_areas(&area, &places)?;
            let at = wall();
            let report_id = new_report_id(at).context("making an id")?;
            let token = feed_registry::add(store, &name, class, areas.clone(), at).await?;
            let feed = AddedFeed { name: &name, class, areas: &areas, token: &token, report_id, at };
            let added = feed_added(&places, &config.service.public_url, &feed, Lang::En);
            registered(&added);
            if config.kafka.is_on() {
                let made = Topics::open(&config.kafka)?.make_missing(store).await?;
                print_line!("over Kafka it writes to feed.{class}.{name} ({} topics made)", made.len());
            }
        }
        FeedVerb::List => feeds(store).await?,
        FeedVerb::Rotate { name } => {
            let (token, enabled) = feed_registry::rotate(store, &name).await?;
            if !enabled {
                print_line!(
                    "'{name}' is disabled and stays so; `kentongan feed resume {name}` lets it in again"
                );
            }
            print_line!("the old token is dead. The new one is shown once: {token}");
        }
        FeedVerb::Resume { name } => {
            feed_registry::resume(store, &name).await?;
            print_line!("'{name}' is let in again within seconds");
        }
        FeedVerb::Disable { name } => feed_registry::disable(store, &name).await?,
    }
    Ok(())
}

/// The secret goes to standard output, where a script takes it; what a person reads beside it to standard error.
fn registered(words: &Registration) {
    output::remark(format_args!("{}", words.added));
    print_line!("{}", words.secret);
    output::remark(format_args!("{}", words.next));
}

async fn feeds(store: &Store) -> Result<()> {
    for feed in store.feeds().await? {
        let state = match (feed.enabled, feed.paused_until) {
            (false, _) => "  disabled",
            (true, Some(until)) if until > wall() => "  paused",
            _ => "",
        };
        print_line!("{:<28} {:<10} {}{state}", feed.name, feed.class.as_str(), area_text(&feed.areas));
    }
    Ok(())
}

pub async fn user(verb: UserVerb, store: &Store, config: &Config) -> Result<()> {
    let given = std::env::var("KENTONGAN_NEW_PASSWORD").ok();
    let own = given.is_some();
    match verb {
        UserVerb::Add { name, role, area } => {
            let role = cli::role(&role)?;
            let places = Catalog::load(config, None)?.places;
            let areas = account::places_seen(&area, &places)?;
            let password = account::add(store, &name, role, areas.clone(), given).await?;
            let password = (!own).then_some(password.as_str());
            let added = AddedAccount { name: &name, role, areas: &areas, password };
            let added = account_added(&places, &config.service.public_url, &added, Lang::En);
            registered(&added);
        }
        UserVerb::Password { name } => {
            let password = account::renew(store, &name, given).await?;
            let shown = if own { String::new() } else { format!(" It is shown once: {password}") };
            print_line!("account '{name}' has a new password.{shown}");
        }
        UserVerb::List => {
            for user in store.users().await? {
                let state = if user.enabled { "" } else { "  disabled" };
                let areas = area_text(&user.areas);
                print_line!("{:<20} {:<14} {areas}{state}", user.name, user.role.as_str());
            }
        }
        UserVerb::Disable { name } => account::disable(store, &name).await?,
    }
    Ok(())
}

fn area_text(areas: &Areas) -> String {
    if areas.is_everywhere() { "everywhere".to_owned() } else { areas.to_string() }
}
