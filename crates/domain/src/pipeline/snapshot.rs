//! A snapshot of the state: what a start reads in place of every report that ever came.
//!
//! It has the reports that are in memory, what was counted of all of them, regency by regency, and what lay around each cell at the
//! last tick. What was emitted last stands beside it, in the cells' memories, and so does what feeds are registered as.

use super::{LoadedReport, Pipeline, PipelineView, Recovery};
use crate::evidence::CellId;
use crate::kind::{Kind, Outcome};
use crate::packed::{PackedBytes, PackedReader};
use crate::place::{Code, Places};
use crate::policy::Policy;
use crate::time::{Hour, Time};
use alloc::{format, vec::Vec};
use xxhash_rust::xxh3::xxh3_64;

/// What a snapshot has of one regency.
#[derive(Clone, PartialEq, Debug)]
pub struct RegencySnapshot {
    pub regency: Code,
    /// The reports in memory, as much of them as the state keeps.
    pub reports: Vec<LoadedReport>,
    /// What was counted of these and of those that left.
    pub counted: Vec<u8>,
}

/// What a snapshot has of all regencies together.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct SnapshotHead {
    /// The effective received time of the last input.
    pub clock: Time,
    pub tick: Hour,
    outcomes: [u64; Outcome::COUNT],
    /// The 14-day sums as of the hour before the tick, where there are any.
    pub fortnights: Vec<(CellId, f64)>,
}

/// What a snapshot hangs on besides the reports: these rules, the places and the policy. One of another basis says nothing of the state.
pub fn snapshot_basis(places: &Places, policy: &Policy) -> u64 {
    let mut bytes = Vec::from(env!("DOMAIN_SOURCES").as_bytes());
    for unit in places.ids() {
        let neighbours = places.unit(unit).neighbours.iter();
        for code in core::iter::once(places.code(unit)).chain(neighbours.copied()).chain([Code(0)]) {
            bytes.extend(code.0.to_le_bytes());
        }
    }
    bytes.extend(format!("{policy:?}").into_bytes());
    xxh3_64(&bytes)
}

impl PipelineView<'_> {
    /// The snapshot of a regency as it stands; `None` where nothing ever came of it.
    pub fn snapshot_of(self, regency: Code) -> Option<RegencySnapshot> {
        let evidence = &self.0.evidence;
        let unit = evidence.places.find(regency).filter(|unit| !evidence.is_untouched(*unit))?;
        let reports = evidence.in_memory(unit);
        let reports =
            reports.map(|(report, beyond_repair_horizon)| LoadedReport { report, beyond_repair_horizon });
        let mut counted = PackedBytes::default();
        evidence.pack_counted(unit, &mut counted);
        Some(RegencySnapshot { regency, reports: reports.collect(), counted: counted.0 })
    }

    /// The rest of a snapshot; `None` before the first report.
    pub fn snapshot_head(self) -> Option<Vec<u8>> {
        let mut head = PackedBytes::default();
        head.time(self.0.clock);
        head.signed(self.0.tick?.0);
        self.0.evidence.outcomes.into_iter().for_each(|count| head.number(count));
        let fortnights = self.0.assessor.board().fortnights();
        let cells = (0..).map(CellId).zip(fortnights).filter(|(_, sum)| **sum != 0.0);
        for (cell, sum) in cells {
            head.number(cell.0);
            head.0.extend(sum.to_bits().to_le_bytes());
        }
        Some(head.0)
    }
}

impl SnapshotHead {
    fn unpack(bytes: &[u8], cells: usize) -> Option<SnapshotHead> {
        let mut from = PackedReader(bytes);
        let (clock, tick) = (from.time()?, Hour(from.signed()?.try_into().ok()?));
        let mut outcomes = [0; Outcome::COUNT];
        for count in &mut outcomes {
            *count = from.number()?;
        }
        let mut fortnights = Vec::new();
        while !from.is_empty() {
            let cell = CellId(from.small()?);
            let (bits, rest) = from.0.split_first_chunk::<8>()?;
            from.0 = rest;
            if cell.index() >= cells {
                return None;
            }
            fortnights.push((cell, f64::from_bits(u64::from_le_bytes(*bits))));
        }
        Some(SnapshotHead { clock, tick, outcomes, fortnights })
    }
}

impl Recovery {
    /// Puts back a regency as a snapshot has it, before any report of it. False where the bytes are not as they were packed: nothing
    /// that was put back can be used then.
    #[must_use]
    pub fn regency(&mut self, snapshot: &RegencySnapshot) -> bool {
        let Some(regency) = self.pipeline.evidence.places.find(snapshot.regency) else { return false };
        let reports = snapshot.reports.iter().map(|kept| (&kept.report, kept.beyond_repair_horizon));
        self.pipeline.evidence.put_back(regency, reports, &snapshot.counted).is_some()
    }

    /// Puts back the rest of a snapshot, after its regencies and before any report. False as above.
    #[must_use]
    pub fn head(&mut self, bytes: &[u8]) -> bool {
        let cells = self.pipeline.evidence.places.len() * Kind::COUNT;
        let head = SnapshotHead::unpack(bytes, cells);
        self.pipeline.evidence.outcomes = head.as_ref().map_or([0; Outcome::COUNT], |head| head.outcomes);
        self.head = head;
        self.head.is_some()
    }
}

impl Pipeline {
    /// The last tick as a snapshot has it, or by what is known now where another one came since.
    pub(super) fn tick_again(&mut self, hour: Hour, head: Option<&SnapshotHead>) {
        if head.is_some() {
            // Who was heard was put back without being measured.
            self.evidence.set_back(hour);
        }
        self.evidence.tick(hour);
        match head.filter(|head| head.tick == hour) {
            Some(head) => self.assessor.tick_as_of(&self.evidence, &head.fortnights),
            None => self.assessor.tick(&self.evidence, hour),
        }
    }
}
