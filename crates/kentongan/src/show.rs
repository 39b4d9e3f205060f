//! `kentongan show`: what a page shows, without HTTP: the same view structs as JSON, or as sentences.

use crate::catalog::{self, LoadedCatalog};
use crate::cli::{ShowOptions, ShowVerb};
use crate::config::Config;
use crate::models;
use crate::output::{self, print_line};
use crate::serve::wall;
use crate::sources::OpenedState;
use crate::user_error;
use anyhow::{Context as _, Result};
use domain::place::{Code, UnitId};
use serde::Serialize;
use std::sync::Arc;
use store::Store;
use views::{Context, Lang, ViewError, Viewer, plain_text};
use worker::LedgerService;

/// Who looks where no account is named.
const ADMINISTRATOR: &str = "kentongan";

pub async fn show(config: &Config, store: &Store, verb: ShowVerb) -> Result<()> {
    match verb {
        ShowVerb::Alert { id, options } => {
            let context = context(config, store, &options).await?;
            let view = views::alert::load(&context, &id).await;
            let view = found(
                view,
                &context,
                format_args!("no alert '{id}'; `GET /v1/alerts` or the page Peringatan lists them"),
            )?;
            print(&view, &options, || plain_text::alert(&context, &view))
        }
        ShowVerb::District { code, options } => {
            let context = context(config, store, &options).await?;
            let unit = place(&context, &code)?;
            let view = views::district::load(&context, unit).await;
            let view = found(view, &context, format_args!("no place '{code}'"))?;
            print(&view, &options, || plain_text::district(&context, &view))
        }
        ShowVerb::Overview { regency, options } => {
            let context = context(config, store, &options).await?;
            let asked = regency.as_deref().map(|code| place(&context, code)).transpose()?;
            let asked = asked.map(|unit| context.sources.places.code(unit));
            let unit = found(context.regency(asked), &context, format_args!("there is no regency"))?;
            let view = views::overview::load(&context, unit, None).await;
            let view = found(view, &context, format_args!("there is no regency"))?;
            print(&view, &options, || plain_text::overview(&context, &view))
        }
    }
}

fn print<V: Serialize>(view: &V, options: &ShowOptions, text: impl Fn() -> String) -> Result<()> {
    if options.json {
        print_line!("{}", serde_json::to_string_pretty(view).context("writing the view as JSON")?);
    } else {
        output::print(format_args!("{}", text()));
    }
    Ok(())
}

async fn context(config: &Config, store: &Store, options: &ShowOptions) -> Result<Context> {
    let lang = language(&options.lang)?;
    let catalog = LoadedCatalog::load(config, None)?;
    let scorer = models::load(config, catalog.own_positives)?;
    let team = catalog::team(config)?;
    let ledger = LedgerService::new(store.clone(), catalog.ledger.clone(), &scorer);
    let machine: worker::ServiceClock = Arc::new(wall);
    let opened =
        OpenedState { config, catalog: &catalog, scorer: &scorer, store, team: &team, wall: &machine };
    // What waits is known to the service alone.
    let sources = opened.sources(ledger, Arc::new(|| 0));
    Ok(Context { sources, viewer: viewer(store, options.account.as_deref()).await?, lang, now: wall() })
}

pub fn language(word: &str) -> Result<Lang> {
    Lang::parse(word).ok_or_else(|| user_error::new(format_args!("'{word}' is no language; use id or en")))
}

/// The account named, with its role and areas; without one, an administrator of everything.
async fn viewer(store: &Store, account: Option<&str>) -> Result<Viewer> {
    let Some(name) = account else { return Ok(Viewer::administrator(ADMINISTRATOR)) };
    let user = store.user(name).await?.filter(|user| user.enabled);
    let user = user.ok_or_else(|| {
        user_error::new(format_args!(
            "no account '{name}' may log in; `kentongan user list` names those that may"
        ))
    })?;
    Ok(Viewer::of_account(user))
}

/// The place of a code, where the viewer may see it.
fn place(context: &Context, code: &str) -> Result<UnitId> {
    let parsed = Code::parse(code).ok_or_else(|| {
        user_error::new(format_args!("'{code}' is no code of a place; write it like 16.13 or 16.13.04"))
    })?;
    let missing = format_args!("'{code}' is none of the configured places");
    found(context.unit(&parsed.to_string()), context, missing)
}

/// A view, or whose fault it is that there is none.
fn found<V>(view: Result<V, ViewError>, context: &Context, missing: std::fmt::Arguments<'_>) -> Result<V> {
    view.map_err(|error| match error {
        ViewError::NotFound => user_error::new(missing),
        ViewError::Forbidden => user_error::new(format_args!(
            "the account '{}' does not hold the area of this",
            context.viewer.name
        )),
        ViewError::Store(error) => anyhow::Error::new(error).context("reading the state"),
    })
}
