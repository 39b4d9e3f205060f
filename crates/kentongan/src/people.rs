//! `kentongan feed …` and `kentongan user …`: who may report, who may look.

use crate::catalog::LoadedCatalog;
use crate::cli::{self, FeedVerb, UserVerb};
use crate::config::Config;
use crate::log_access::writer;
use crate::output::{self, print_line};
use crate::reporters;
use crate::serve::wall;
use anyhow::{Context, Result};
use domain::place::Areas;
use domain::time::DAY;
use intake::feed_registry::{FeedChange, NewFeed};
use intake::kafka::Topics;
use intake::{feed_registry, new_report_id};
use store::Store;
use views::Lang;
use views::registration::{
    AddedAccount, AddedFeed, Registration, account_added, feed_added, nameless_accounts,
};
use web::account::{self, NewAccount};
use web::guard::REPORTER_LINK_PATH;

pub async fn feed(verb: FeedVerb, store: &Store, config: &Config) -> Result<()> {
    match verb {
        FeedVerb::Add { name, class, area, organisation, party } => {
            let class = cli::class(&class)?;
            let catalog = LoadedCatalog::load(config, None)?;
            let areas = feed_registry::configured_areas(&area, &catalog.places)?;
            let since = wall();
            let report_id = new_report_id(since).context("making an id")?;
            let new = NewFeed { name: name.clone(), class, areas: areas.clone(), organisation, party, since };
            let token = feed_registry::add(&writer(config, &catalog, store).await?, new).await?;
            let feed = AddedFeed { name: &name, class, areas: &areas, token: &token, report_id, at: since };
            let added = feed_added(&catalog.places, &config.service.public_url, &feed, Lang::En);
            registered(&added);
            if config.kafka.is_on() {
                let made = Topics::open(&config.kafka)?.make_missing(store).await?;
                print_line!("over Kafka it writes to feed.{class}.{name} ({} topics made)", made.len());
            }
        }
        FeedVerb::Set { name, area, organisation, party } => {
            let catalog = LoadedCatalog::load(config, None)?;
            let areas =
                area.map(|area| feed_registry::configured_areas(&area, &catalog.places)).transpose()?;
            let change = FeedChange { areas, organisation, party, enabled: None };
            feed_registry::change(&writer(config, &catalog, store).await?, &name, change).await?;
            print_line!("'{name}' is so from now on; what it sent before stays as it came");
        }
        FeedVerb::RenameOrganisation { from, to } => {
            let catalog = LoadedCatalog::load(config, None)?;
            let writer = writer(config, &catalog, store).await?;
            let feeds = feed_registry::rename_organisation(&writer, &from, &to).await?;
            print_line!("'{from}' is called '{to}' from now on, in {feeds} feeds; it stays one speaker");
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
            let catalog = LoadedCatalog::load(config, None)?;
            feed_registry::resume(&writer(config, &catalog, store).await?, &name).await?;
            print_line!("'{name}' is let in again within seconds");
        }
        FeedVerb::Disable { name } => {
            let catalog = LoadedCatalog::load(config, None)?;
            feed_registry::disable(&writer(config, &catalog, store).await?, &name).await?;
        }
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
        let organisation = if feed.organisation.is_empty() { "" } else { "  of " };
        let party = if feed.party { "  party" } else { "" };
        print_line!(
            "{:<28} {:<10} {}{organisation}{}{party}{state}",
            feed.name,
            feed.class.as_str(),
            area_text(&feed.areas),
            feed.organisation_is_called()
        );
    }
    Ok(())
}

pub async fn user(verb: UserVerb, store: &Store, config: &Config) -> Result<()> {
    let given = std::env::var("KENTONGAN_NEW_PASSWORD").ok();
    let own = given.is_some();
    match verb {
        UserVerb::Add { list: Some(list), dry_run, .. } => {
            reporters::add_list(&list, dry_run, store, config).await?;
        }
        UserVerb::Add { name, role, area, feed, person, .. } => {
            let (name, role) = (name.unwrap_or_default(), cli::role(&role.unwrap_or_default())?);
            let places = LoadedCatalog::load(config, None)?.places;
            let areas = account::places_seen(&area, &places)?;
            let feed = account::feed_of(store, role, feed.as_deref()).await?;
            let areas = feed.as_ref().map_or(areas, |feed| feed.areas.clone());
            let feed = feed.map(|feed| feed.name).unwrap_or_default();
            let new = NewAccount { name: &name, role, areas: areas.clone(), person: &person, feed: &feed };
            let password = account::add(store, new, given).await?;
            let password = (!own).then_some(password.as_str());
            let added = AddedAccount { name: &name, role, areas: &areas, password };
            let added = account_added(&places, &config.service.public_url, &added, Lang::En);
            registered(&added);
        }
        UserVerb::Link { name, days } => {
            let now = wall();
            let token = account::link(store, &name, now, now.plus(i64::from(days) * DAY)).await?;
            let url = config.service.public_url.trim_end_matches('/');
            print_line!(
                "a link for '{name}', for {days} days, shown once: {url}{REPORTER_LINK_PATH}/{token}"
            );
        }
        UserVerb::Set { name, person } => {
            account::set_person(store, &name, &person).await?;
            print_line!("account '{name}' is so from now on; what was typed with it before stays as it came");
        }
        UserVerb::Password { name } => {
            let password = account::renew(store, &name, given).await?;
            let shown = if own { String::new() } else { format!(" It is shown once: {password}") };
            print_line!("account '{name}' has a new password.{shown}");
        }
        UserVerb::List => {
            let users = store.users().await?;
            for user in &users {
                let state = if user.enabled { "" } else { "  disabled" };
                let areas = area_text(&user.areas);
                let of = if user.person.is_empty() { "" } else { "  of " };
                let by = if user.feed.is_empty() { "" } else { "  for " };
                let (name, role, person, feed) = (&user.name, user.role.as_str(), &user.person, &user.feed);
                print_line!("{name:<20} {role:<14} {areas}{of}{person}{by}{feed}{state}");
            }
            if let Some(warning) = nameless_accounts(&users, Lang::En) {
                output::remark(format_args!("{warning}"));
            }
        }
        UserVerb::Disable { name } => account::disable(store, &name).await?,
    }
    Ok(())
}

fn area_text(areas: &Areas) -> String {
    if areas.is_everywhere() { "everywhere".to_owned() } else { areas.to_string() }
}
