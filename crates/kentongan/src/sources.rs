//! What views are made from: the state and what the configuration names, for the service and for `show` alike.

use crate::catalog::LoadedCatalog;
use crate::config::Config;
use crate::models;
use notify::team::Team;
use scoring::ModelScorer;
use std::sync::Arc;
use store::Store;
use views::Sources;
use views::model::describe;
use worker::{LedgerService, RiskRangeService, ServiceClock};

/// A state that was opened, with what the configuration names.
pub struct OpenedState<'a> {
    pub config: &'a Config,
    pub catalog: &'a LoadedCatalog,
    pub scorer: &'a ModelScorer,
    pub store: &'a Store,
    pub team: &'a Team,
    /// By which messages are late.
    pub wall: &'a ServiceClock,
}

impl OpenedState<'_> {
    /// `waiting`: how many records are on disk and not yet in the picture.
    pub fn sources(&self, ledger: LedgerService, waiting: Arc<dyn Fn() -> u64 + Send + Sync>) -> Sources {
        let catalog = self.catalog;
        let ranges = RiskRangeService::new(self.store.clone(), catalog.places.clone(), self.scorer);
        Sources {
            store: self.store.clone(),
            places: catalog.places.clone(),
            taxonomy: catalog.taxonomy.clone(),
            rules: catalog.rules.clone(),
            models: Arc::new(describe(self.scorer, &models::files(self.config), &catalog.places)),
            ledger: Arc::new(move |codes| {
                let ledger = ledger.clone();
                Box::pin(async move { ledger.figures(&codes).await })
            }),
            ranges: Arc::new(move |regency| {
                let ranges = ranges.clone();
                Box::pin(async move { ranges.of(regency).await })
            }),
            silence: catalog.policy.silence,
            chain_window: catalog.policy.chain_window,
            waiting,
            min_severity: catalog.ledger.min_severity,
            alarm_budget: catalog.policy.alarm_budget,
            team: Arc::new(self.team.contacts()),
            wall: self.wall.clone(),
        }
    }
}
