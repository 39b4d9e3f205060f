//! `kentongan audit verify`: the alerts' histories follow one another, the counts balance, and the state's digest.

use crate::catalog::LoadedCatalog;
use crate::config::Config;
use crate::models;
use crate::output::print_line;
use anyhow::{Context, Result, ensure};
use domain::time::Time;
use std::sync::Arc;
use store::Store;
use worker::audit::{compare_states, words_of};
use worker::{RecoverySource, evidence};

pub async fn verify(config: &Config, until: Option<Time>) -> Result<()> {
    let catalog = LoadedCatalog::load(config, None)?;
    let scorer = models::load(config, catalog.own_positives)?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let (checked, broken) = store.verify_histories().await?;
    print_line!("histories: {checked} alerts checked, {} broken", broken.len());
    broken.iter().for_each(|line| print_line!("  {line}"));
    let balance = store.balance().await?;
    print_line!(
        "records: {} reports, {} in all, {} unaccounted; {} of the register and the clock",
        balance.reports(),
        balance.records(),
        balance.unaccounted,
        balance.registry
    );
    store.clock_step().await?.into_iter().for_each(|step| print_line!("clock: {}", words_of(step)));
    let policy = Arc::new(catalog.policy.clone());
    let pipeline = evidence(&store, &catalog.places, &policy, &scorer).await?;
    let latest = pipeline.view().reports().map(|report| report.reported_at).max();
    let at = until.or_else(|| latest.map(|latest| latest.hour().next().start())).unwrap_or(Time(0));
    print_line!("state_digest: {}", hex::encode(pipeline.view().state_digest(at)));
    let source = RecoverySource { store: store.clone(), policy, scorer: Arc::new(scorer) };
    let states = compare_states(&source, &catalog.places, &config.kafka).await?;
    states.iter().for_each(|state| print_line!("kept state: {state}"));
    store.close().await;
    ensure!(broken.is_empty(), "the history of {} alerts was changed outside the service", broken.len());
    ensure!(states.iter().all(|state| !state.is_wrong()), "a kept state is not what the rows say");
    ensure!(balance.unaccounted == 0, "{} reports ended as nothing", balance.unaccounted);
    Ok(())
}
