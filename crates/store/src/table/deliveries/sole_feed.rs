//! On whose word alone an alert rests, and how often that feed takes back what it reported.

use super::facts::AFFIRMS;
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, SqlStatement, get};
use crate::store::Store;
use crate::table::alerts::GravestIncident;
use crate::table::outbox::OutboxItem;
use domain::alert::Alert;
use domain::effect::{Incident, Verdict};
use domain::kind::Level;
use domain::time::DAY;

/// A feed on whose word alone an alert rests, and how often it took reports back in the day before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SoleFeed {
    pub name: String,
    pub retractions: u64,
}

impl Store {
    /// The one feed that affirms all incidents an item's alert rests on; `None` where another affirms one too, where several
    /// speakers attest one (they may have one feed), where the desk confirmed one, and where it rests on none, as by the model:
    /// that is no feed's word.
    pub(super) async fn sole_feed(
        &self,
        item: &OutboxItem,
        own: &[Incident],
        districts: &[(Alert, Option<GravestIncident>)],
    ) -> Result<Option<SoleFeed>, StoreError> {
        let Some(incidents) = self.resting_on(own, districts).await? else { return Ok(None) };
        // What the desk confirmed, and what more than one speaker attests, rests on no feed's word alone.
        let affirmed = incidents
            .iter()
            .any(|incident| incident.verdict == Verdict::Confirmed || incident.attested.extent.severity > 0);
        if incidents.is_empty() || affirmed {
            return Ok(None);
        }
        let mut select = SqlStatement::new("SELECT DISTINCT feed FROM reports WHERE");
        select.add(" regency = ? AND", [item.code.regency().cell()]);
        let names = incidents.iter().map(|incident| Cell::Text(incident.id.to_string())).collect();
        select.add_in("incident", names).add(AFFIRMS, []).add(" LIMIT 2", []);
        let rows = select.fetch_all(&self.readers).await?;
        let [row] = rows.as_slice() else { return Ok(None) };
        let name: String = get(row, 0)?;
        // A retraction states nothing, so it has no kind; what it took back has one.
        const RETRACTIONS: &str = "SELECT COUNT(*) FROM reports WHERE feed = $1 AND at >= $2 AND at <= $3 \
             AND kind IS NULL AND outcome = 'retracted'";
        let query = sql::query(RETRACTIONS).bind(name.clone()).bind(item.at.plus(-DAY).0).bind(item.at.0);
        let retractions = sql::small(&query.fetch_one(&self.readers).await?, 0)?;
        Ok(Some(SoleFeed { name, retractions }))
    }

    /// Every incident that an alert rests on: its own and, of a regency's, those of the districts that raise it. `None` where
    /// a district that raises it rests on no incident.
    async fn resting_on(
        &self,
        own: &[Incident],
        districts: &[(Alert, Option<GravestIncident>)],
    ) -> Result<Option<Vec<Incident>>, StoreError> {
        let mut incidents = own.to_vec();
        for (alert, _) in districts.iter().filter(|(alert, _)| alert.level >= Level::Siaga) {
            let (line, basis) = self.line_and_basis(&alert.id, alert.version).await?;
            let of_district = self.incidents_behind(alert.code.regency(), &line, &basis).await?;
            if of_district.is_empty() {
                return Ok(None);
            }
            incidents.extend(of_district);
        }
        Ok(Some(incidents))
    }
}
