//! On whose word alone an alert rests, and how often that feed takes back what it reported.

use super::facts::AFFIRMS;
use crate::error::StoreError;
use crate::read::Range;
use crate::sql::{self, Cell, Column, SqlStatement, get};
use crate::store::Store;
use crate::table::alerts::GravestIncident;
use crate::table::outbox::OutboxItem;
use crate::table::reports::{ReportFilter, ReportKey, StoredReport};
use domain::alert::Alert;
use domain::effect::{Incident, Verdict};
use domain::kind::{Level, Outcome};
use domain::report::Body;
use domain::time::DAY;

/// More corrections to less than this say nothing more of a feed.
const LOWERED: u32 = 5;

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
        let retractions = self.taken_back_by(&name, item).await?;
        Ok(Some(SoleFeed { name, retractions }))
    }

    /// How often a feed took back what it reported in the day before an item: by retractions, whatever its clock says, and by
    /// corrections to less; of the latter at most [`LOWERED`] are looked for.
    async fn taken_back_by(&self, feed: &str, item: &OutboxItem) -> Result<u64, StoreError> {
        // A retraction states nothing, so it has no kind; what it took back has one.
        const RETRACTIONS: &str = "SELECT COUNT(*) FROM reports WHERE feed = $1 AND at >= $2 AND at <= $3 \
             AND kind IS NULL AND outcome = 'retracted' AND doubtful = 0";
        const DOUBTFUL: &str = "SELECT COUNT(*) FROM reports WHERE doubtful = 1 AND regency = $4 AND received_at >= $2 \
             AND received_at <= $3 AND feed = $1 AND kind IS NULL AND outcome = 'retracted'";
        let mut count = 0;
        for text in [RETRACTIONS, DOUBTFUL] {
            let query = sql::query(text).bind(feed.to_owned()).bind(item.at.plus(-DAY).0).bind(item.at.0);
            let query = match text == DOUBTFUL {
                true => query.bind(i64::from(item.code.regency().0)),
                false => query,
            };
            let own: u64 = sql::small(&query.fetch_one(&self.readers).await?, 0)?;
            count += own;
        }
        Ok(count + self.lowered_by(feed, item).await?)
    }

    /// How many of a feed's reports of the day before it corrected to a lesser severity.
    async fn lowered_by(&self, feed: &str, item: &OutboxItem) -> Result<u64, StoreError> {
        let filter = ReportFilter {
            feed: Some(feed.to_owned()),
            range: Some(Range { from: item.at.plus(-DAY), to: item.at.plus(1) }),
            outcome: Some(Outcome::Superseded),
            limit: LOWERED * 4,
            ..ReportFilter::default()
        };
        let severity = |report: &StoredReport| match &report.report.body {
            Body::Statement(statement) => Some(statement.severity),
            _ => None,
        };
        let mut lowered = 0;
        for before in self.reports(&filter).await?.items {
            let naming = self.reports_naming(ReportKey::of(&before.report)).await?;
            // Of what names a statement, a statement corrects it.
            let least = naming.iter().filter_map(severity).min();
            lowered += u64::from(least.is_some_and(|least| severity(&before).is_some_and(|was| least < was)));
            if lowered >= u64::from(LOWERED) {
                break;
            }
        }
        Ok(lowered)
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
