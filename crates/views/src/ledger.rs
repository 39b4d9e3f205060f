//! The forecast ledger: how right the forecasts have been, what the calls of the weekly sample add, and drift.

use crate::context::Context;
use crate::error::ViewError;
use async_recursion::async_recursion as boxed;
use domain::place::UnitId;
use scoring::ledger::LedgerFigures;

/// The ledger of a regency, as far as the viewer's areas reach.
#[boxed]
pub async fn load(context: &Context, regency: UnitId) -> Result<LedgerFigures, ViewError> {
    Ok((context.sources.ledger)(context.scope(regency)?).await?)
}
