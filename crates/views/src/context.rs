//! What views are made from: the sources of the service, and the viewer who asks.

use crate::error::ViewError;
use crate::json;
use crate::messages::TeamContact;
use crate::model::ServedModel;
use crate::permit::Viewer;
use crate::rules::RuleWords;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::place::{Code, Places, UnitId};
use domain::policy::{AlarmBudget, Silence};
use domain::time::Time;
use formats::taxonomy::Taxonomy;
use futures::future::BoxFuture;
use scoring::ledger::LedgerFigures;
use scoring::pooling::range::RiskRanges;
use serde::Serialize;
use std::sync::Arc;
use store::{Store, StoreError};

/// What all views read from, made once by the service. Cheap to clone.
#[derive(Clone)]
pub struct Sources {
    pub store: Store,
    pub places: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    /// From `RuleWords::of(policy file)`: what the policy's rules are called.
    pub rules: Arc<Vec<RuleWords>>,
    /// The models that serve, for the page that names them.
    pub models: Arc<Vec<ServedModel>>,
    /// Works out the forecast ledger's figures.
    pub ledger: LedgerSource,
    /// Works out the ranges of a regency's risks.
    pub ranges: RangeSource,
    /// When a feed counts as silent (policy).
    pub silence: Silence,
    /// Conditions that came to stand within this long of each other may be one chain (policy), microseconds.
    pub chain_window: i64,
    /// Records this process knows to be on disk and not yet worked into the picture.
    pub waiting: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// From this severity on an incident counts in the ledger (policy).
    pub min_severity: u8,
    /// False alarms that the policy allows.
    pub alarm_budget: AlarmBudget,
    /// The team's roster: whom alerts may be assigned to, and whom messages go to.
    pub team: Arc<Vec<TeamContact>>,
    /// The machine's clock, by which messages are late; a scenario plays by another.
    pub wall: Arc<dyn Fn() -> Time + Send + Sync>,
}

/// The ledger's figures of some codes; empty means all.
pub type LedgerSource =
    Arc<dyn Fn(Vec<Code>) -> BoxFuture<'static, Result<LedgerFigures, StoreError>> + Send + Sync>;

/// The ranges of the risks of a regency and its districts.
pub type RangeSource =
    Arc<dyn Fn(Code) -> BoxFuture<'static, Result<Arc<RiskRanges>, StoreError>> + Send + Sync>;

/// A place a person may choose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PlaceChoice {
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub name: String,
}

/// One viewer's look at the sources, at one time and in one language.
#[derive(Clone)]
pub struct Context {
    pub sources: Sources,
    pub viewer: Viewer,
    pub lang: Lang,
    pub now: Time,
}

impl Context {
    /// The regency asked for where the viewer has it, else the first they have.
    pub fn regency(&self, asked: Option<Code>) -> Result<UnitId, ViewError> {
        let places = &self.sources.places;
        let allowed = |unit: &UnitId| self.viewer.covers(places.code(*unit));
        let asked = asked.map(Code::regency).and_then(|code| places.find(code)).filter(allowed);
        asked.or_else(|| places.regency_ids().find(allowed)).ok_or(ViewError::Forbidden)
    }

    /// The codes to ask the store for: the whole regency, or only this viewer's districts of it.
    pub fn scope(&self, regency: UnitId) -> Result<Vec<Code>, ViewError> {
        let code = self.sources.places.code(regency);
        let own = self.viewer.areas.units_in(code);
        if own.is_empty() { Err(ViewError::Forbidden) } else { Ok(own) }
    }

    /// The districts of the regency that this viewer has.
    pub fn districts(&self, regency: UnitId) -> Vec<UnitId> {
        let places = &self.sources.places;
        places.districts(regency).filter(|unit| self.viewer.covers(places.code(*unit))).collect()
    }

    /// The unit of a code in words, where this viewer may see it.
    pub fn unit(&self, text: &str) -> Result<UnitId, ViewError> {
        let code = Code::parse(text).ok_or(ViewError::NotFound)?;
        let unit = self.sources.places.find(code).ok_or(ViewError::NotFound)?;
        if self.viewer.covers(code) { Ok(unit) } else { Err(ViewError::Forbidden) }
    }

    /// Places to choose from, in the order given.
    pub fn choices(&self, units: impl IntoIterator<Item = UnitId>) -> Vec<PlaceChoice> {
        let places = &self.sources.places;
        units
            .into_iter()
            .map(|unit| PlaceChoice { code: places.code(unit), name: places.name(unit) })
            .collect()
    }

    /// The regency of a place.
    pub fn regency_of(&self, code: Code) -> Result<UnitId, ViewError> {
        self.sources.places.find(code.regency()).ok_or(ViewError::NotFound)
    }

    /// A place's name; its code where it has none.
    pub fn name(&self, code: Code) -> String {
        let places = &self.sources.places;
        places.find(code).map_or_else(|| code.to_string(), |unit| places.name(unit))
    }

    /// The pipeline's clock; `None` before the first record.
    #[boxed]
    pub async fn as_of(&self) -> Result<Option<Time>, ViewError> {
        Ok(self.sources.store.judged_until().await?)
    }
}
