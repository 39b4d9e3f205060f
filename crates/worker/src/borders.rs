//! What lies across a partition's border, as of the tick: what this partition shows of its units, and what it sees of others'.

use crate::territory::Territory;
use domain::evidence::CellId;
use domain::kind::Kind;
use domain::pipeline::Pipeline;
use domain::time::Hour;
use std::collections::BTreeMap;
use store::{BorderSum, BorderView};

/// A bucket's hour that none has.
const NOT_SHOWN: Hour = Hour(i32::MIN);

/// Up to which hour the partition has everything, and what others were last shown of its units.
pub struct BorderExchange {
    /// Every record received before this hour is in.
    complete_to: Hour,
    /// Bucket and bits of the sum, by cell.
    shown: BTreeMap<CellId, (Hour, u64)>,
}

impl BorderExchange {
    /// `rows`: what the store has of the units that others look at.
    pub fn new(territory: &Territory, complete_to: Hour, rows: Vec<[BorderSum; 2]>) -> BorderExchange {
        let mut shown = BTreeMap::new();
        for [newest, _] in rows {
            if let Some(unit) = territory.places.find(newest.code) {
                let view = newest.view;
                shown.insert(CellId::new(unit, newest.kind), (view.bucket, view.fortnight.to_bits()));
            }
        }
        BorderExchange { complete_to, shown }
    }

    pub fn complete_to(&self) -> Hour {
        self.complete_to
    }

    /// Notes that every record received before `hour` is in; it falls only where the clock is set back.
    pub fn advance(&mut self, hour: Hour) {
        self.complete_to = self.complete_to.max(hour);
    }

    /// The clock was set back to this hour.
    pub fn set_back(&mut self, hour: Hour) {
        self.complete_to = hour;
    }

    /// What others see of our units, whatever they were last shown.
    pub fn all(&mut self, territory: &Territory, pipeline: &Pipeline) -> Vec<BorderSum> {
        self.shown.values_mut().for_each(|(bucket, _)| *bucket = NOT_SHOWN);
        self.changed(territory, pipeline)
    }

    /// What others see of our units where it changed since they were last shown, as of the hour that is complete.
    pub fn changed(&mut self, territory: &Territory, pipeline: &Pipeline) -> Vec<BorderSum> {
        let tick = self.complete_to;
        let mut changed = Vec::new();
        for code in &territory.shown {
            let Some(unit) = territory.places.find(*code) else { continue };
            for kind in Kind::ALL {
                let cell = CellId::new(unit, *kind);
                let (bucket, fortnight) = pipeline.view().border_sum(cell, Hour(tick.0 - 1));
                let now = (bucket, fortnight.to_bits());
                let before = self.shown.get(&cell);
                let is_known = fortnight != 0.0 || before.is_some();
                if is_known && before != Some(&now) && sum_moved(before, now) {
                    self.shown.insert(cell, now);
                    changed.push(BorderSum {
                        code: *code,
                        kind: *kind,
                        view: BorderView { tick, bucket, fortnight },
                    });
                }
            }
        }
        changed
    }
}

/// A cell without any history has a bucket that moves with the hour; that is no news.
fn sum_moved(before: Option<&(Hour, u64)>, now: (Hour, u64)) -> bool {
    before.is_none_or(|before| before.1 != now.1 || (now.1 != 0 && before.0 != now.0))
}

/// Gives `set` what was shown of each cell at `hour`; of a partition that is ahead, what it showed at the tick before.
pub fn each_view(
    territory: &Territory,
    rows: Vec<[BorderSum; 2]>,
    hour: Hour,
    mut set: impl FnMut(CellId, Hour, f64),
) {
    for [newest, before] in rows {
        let border = if newest.view.tick <= hour { newest } else { before };
        if let Some(unit) = territory.places.find(border.code) {
            set(CellId::new(unit, border.kind), border.view.bucket, border.view.fortnight);
        }
    }
}
