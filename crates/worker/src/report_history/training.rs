//! What a model is fitted on where the service's own reports are learnt from, and what must be remarked on them.

use super::ReportHistory;
use async_recursion::async_recursion as boxed;
use domain::place::Places;
use domain::policy::Policy;
use domain::time::Time;
use scoring::TrainOptions;
use scoring::train::Believed;
use scoring::train::serving::TrainingUnit;
use std::sync::Arc;
use store::{PARTITION, Store, StoreError};

/// Fills in events, units, days and the measured rate of the other level, for the kind and unit of `options`; what the card
/// must say joins its limits. Returns notes for the person who trains; `None` where the store holds no report.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn fit_on_reports(
    store: &Store,
    places: &Arc<Places>,
    policy: Arc<Policy>,
    options: &mut TrainOptions,
) -> Result<Option<Vec<String>>, StoreError> {
    let mut history = ReportHistory::new(places.clone(), policy);
    store.each_report(|one| history.take(&one.report, one.received_at, one.history)).await?;
    let progress = store.recover(PARTITION).await?;
    let clock = progress.map(|progress| progress.clock).filter(|clock| *clock > Time::MIN);
    let Some((from, to)) = history.days(clock) else { return Ok(None) };
    let (kind, unit) = (options.kind, options.unit);
    let training = history.training_events(kind, unit);
    let mut notes = Vec::new();
    let (late, all) = history.belated(kind);
    if late * 2 > all {
        notes.push(format!(
            "{late} of {all} incidents became known more than 90 days after they happened: an archive that was imported says nothing of what was known then; learn from it with --events"
        ));
    }
    let limits = training.notes(kind);
    options.about.limits.extend(limits.iter().map(|note| format!("{note}.")));
    notes.extend(limits);
    // The other level's rate is measured on the same record.
    let regencies = places.regency_ids().count();
    let (count, rate) = match unit {
        TrainingUnit::District => (regencies, &mut options.regency_rate),
        TrainingUnit::Regency => (places.len() - regencies, &mut options.district_rate),
    };
    let weeks = f64::from(to - from + 1) / 7.0;
    *rate = Some(Believed {
        a_week: training.serious as f64 / weeks.max(1.0) / count.max(1) as f64,
        why: format!("measured: {} incidents in {weeks:.0} weeks of this record", training.serious),
    });
    (options.from, options.to) = (from, to);
    (options.events, options.units, options.parents) = (training.events, training.units, training.parents);
    options.neighbours = Some(training.neighbours);
    Ok(Some(notes))
}
