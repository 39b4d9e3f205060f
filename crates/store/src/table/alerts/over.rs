//! Who calls incidents over: the classes of the feeds whose reports say so. No level follows from it, so a reader judges whose word it is.

use crate::codec;
use crate::error::StoreError;
use crate::sql::{Column, SqlStatement};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::effect::Incident;
use domain::kind::{FeedClass, Stance};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use std::collections::BTreeMap;

/// Incidents that are looked up in one statement.
const AT_ONCE: usize = 100;

/// Most reports of one incident that are looked at, of what is merged into it and of what only speaks of it each: whether one calls it over is
/// known only once it is decoded.
const LATEST: u32 = 100;

/// A report that calls an incident over.
#[derive(Clone, PartialEq, Debug)]
struct CallOver {
    class: FeedClass,
    received_at: Time,
}

/// The reports that call an incident over, the earliest first.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct CallsOver(Vec<CallOver>);

impl CallsOver {
    /// The classes of the feeds that called it over up to then, those of the latest word about when first.
    pub fn classes(&self, until: Time) -> Vec<FeedClass> {
        let mut classes = Vec::new();
        for own in self.0.iter().rev().filter(|own| own.received_at <= until) {
            if !classes.contains(&own.class) {
                classes.push(own.class);
            }
        }
        classes
    }
}

impl Store {
    /// The reports that call these incidents of a regency over, but for what was taken back or set aside: the one by which it ended when
    /// it did, and others among the latest.
    pub(crate) async fn calls_over(
        &self,
        regency: Code,
        incidents: impl Iterator<Item = &Incident>,
    ) -> Result<BTreeMap<ReportName, CallsOver>, StoreError> {
        let over: BTreeMap<ReportName, Time> =
            incidents.filter_map(|own| Some((own.id, own.ended_at?))).collect();
        let over: Vec<(ReportName, Time)> = over.into_iter().collect();
        let mut found: BTreeMap<ReportName, CallsOver> = BTreeMap::new();
        for some in over.chunks(AT_ONCE) {
            for row in latest_of(regency, some).fetch_all(&self.readers).await? {
                let report = codec::decode(&Vec::<u8>::read(&row, 2)?)?;
                if report.stance() == Some(Stance::Ends) {
                    let call = CallOver { class: report.class, received_at: Time::read(&row, 1)? };
                    found.entry(ReportName::read(&row, 0)?).or_default().0.push(call);
                }
            }
        }
        Ok(found)
    }

    /// The classes of the feeds that called an incident over up to then.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn over_by(&self, incident: &Incident, until: Time) -> Result<Vec<FeedClass>, StoreError> {
        let regency = incident.place.code.regency();
        let found = self.calls_over(regency, std::iter::once(incident)).await?;
        Ok(found.get(&incident.id).map(|own| own.classes(until)).unwrap_or_default())
    }
}

/// Selects the latest reports of incidents that ended then, the earliest first; what says when it ended is one of them.
fn latest_of(regency: Code, over: &[(ReportName, Time)]) -> SqlStatement {
    let mut select = SqlStatement::new(
        "SELECT incident, received_at, encoded FROM (SELECT incident, received_at, encoded, at, id, ROW_NUMBER() OVER (PARTITION BY incident, outcome = 'statement' ORDER BY CASE",
    );
    for (incident, ended_at) in over {
        select.add(" WHEN incident = ? AND at = ? THEN 0", [incident.cell(), ended_at.cell()]);
    }
    select.add(" ELSE 1 END, at DESC, id DESC) AS place FROM reports WHERE", []);
    select.add(" regency = ? AND outcome <> 'retracted' AND set_aside = 0 AND", [regency.cell()]);
    select.add_in("incident", over.iter().map(|(incident, _)| incident.cell()).collect());
    select.add(&format!(") AS latest WHERE place <= {LATEST} ORDER BY at, id"), []);
    select
}
