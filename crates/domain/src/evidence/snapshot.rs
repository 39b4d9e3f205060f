//! What a snapshot has of a regency: what was counted of all its reports, packed, beside the reports that are in memory.
//!
//! It is the way of [`Evidence::bring_back`] from the other side: put into an empty state, the reports in memory end as the incidents,
//! remarks and signals that they are, for what left changes none of these; then what was counted of all that ever came is put in the
//! place of what these few count. Why that is exact: `.github/decisions/2026-11-29-hot-and-cold.md`.

use super::cold::ColdPart;
use super::report_entry::Rating;
use super::report_table::{Index, Link};
use super::{CellId, Evidence, EvidenceChanges, NONE, Sign};
use crate::history::{CellHistory, HourBucket};
use crate::kind::{Confidence, FeedClass, FoundBy, Handling, Kind, Outcome};
use crate::packed::{PackedBytes, PackedReader};
use crate::place::{Place, UnitId};
use crate::report::{Body, FeedId, Remark, RemarkKind, Report, ReportId, Statement};
use crate::silence::{HeardFeed, HeardFeeds, Voice};
use crate::time::{Hour, Time};
use alloc::vec::Vec;

fn cells_of(unit: UnitId) -> impl Iterator<Item = CellId> {
    Kind::ALL.iter().map(move |kind| CellId::new(unit, *kind))
}

impl Evidence {
    /// The reports of a regency that are in memory, each with whether it came beyond its repair horizon. A report says as much as is
    /// kept of it: put in again it is the same.
    pub(crate) fn in_memory(&self, regency: UnitId) -> impl Iterator<Item = (Report, bool)> {
        let units = self.places.units_of(regency);
        let all = units.flat_map(|unit| self.naming[unit.index()].iter().copied());
        all.map(|index| {
            let beyond_repair_horizon = self.reports.all[index as usize].marks.beyond_repair_horizon();
            (self.report_again(index), beyond_repair_horizon)
        })
    }

    /// True where no report of a regency ever came.
    pub(crate) fn is_untouched(&self, regency: UnitId) -> bool {
        let wide = self.wide[regency.index()].all();
        wide.is_empty() && !self.cold.0.contains_key(&regency)
    }

    fn report_again(&self, index: Index) -> Report {
        let entry = &self.reports.all[index as usize];
        let link = self.reports.link_of(index);
        let supersedes: Option<ReportId> = match link {
            Some(Link::Supersedes(target)) => Some(*target),
            _ => None,
        };
        let body = match (entry.outcome, link) {
            (_, Some(Link::Retracts(target))) => Body::Retraction { target: *target },
            (_, Some(Link::Verifies(verification))) => Body::Verification {
                act: verification.act,
                reports: verification.reports.clone(),
                areas: verification.areas.clone(),
            },
            (Outcome::ZeroReport, _) => Body::Nothing { from: entry.occurred, to: entry.occurred },
            _ if entry.marks.remark() => Body::Remark(Remark {
                what: if entry.marks.ends() { RemarkKind::Ends } else { RemarkKind::Denies },
                kind: entry.kind,
                category: Some(entry.category),
                occurred_at: entry.occurred,
                reliability: 0,
                credibility: 0,
                handling: Handling::Open,
                about: self.remarks.named_by(index),
                supersedes,
            }),
            _ => Body::Statement(Statement { supersedes, ..self.statement_again(index) }),
        };
        Report {
            id: entry.id(),
            hash: entry.hash(),
            feed: entry.feed,
            class: entry.class,
            author: self.reports.stated_author(index),
            place: Place { code: self.places.code(entry.unit), village: entry.village },
            reported_at: entry.reported,
            reconstructed: false,
            doubtful: self.reports.doubtful(index),
            body,
        }
    }

    fn statement_again(&self, index: Index) -> Statement {
        let entry = &self.reports.all[index as usize];
        let harm = self.reports.harm(index);
        Statement {
            kind: entry.kind,
            category: entry.category,
            severity: entry.severity,
            occurred_at: entry.occurred,
            stage: entry.stage,
            reliability: match entry.marks.rating() {
                Rating::Usable => 0,
                Rating::Unjudged => 6,
                Rating::Doubted => 5,
            },
            credibility: 0,
            handling: Handling::Open,
            parties: entry.parties,
            found_by: if entry.marks.patrol() { FoundBy::Patrol } else { FoundBy::Report },
            dead: harm.dead,
            injured: harm.injured,
            displaced: harm.displaced,
            supersedes: None,
            continues: false,
            ends: harm.ends,
            about: None,
            // Of what a sensor saw no more is kept than whether it may open a level.
            confidence: self.is_sure_signal(index).then_some(Confidence::High),
            wording: self.reports.wording(index),
        }
    }

    /// Packs what was counted of a regency, whether it is in memory or left.
    pub(crate) fn pack_counted(&self, regency: UnitId, out: &mut PackedBytes) {
        match self.cold.0.get(&regency) {
            None => out.number(0_u8),
            Some(cold) => {
                out.number(1_u8);
                cold.pack(out);
            }
        }
        self.wide[regency.index()].pack(out);
        let mut before = 0;
        let days = self.began[regency.index()].days();
        out.number(days.len() as u64);
        for day in days {
            out.signed(day.0 - before);
            before = day.0;
        }
        for unit in self.places.units_of(regency) {
            self.voices[unit.index()].pack(out);
            for cell in cells_of(unit) {
                pack_buckets(self.series[cell.index()].buckets(), out);
                let signs = self.signs.get(&cell).into_iter().flatten();
                let left: Vec<&Sign> = signs.filter(|sign| sign.anchor == NONE).collect();
                out.number(left.len() as u64);
                for sign in left {
                    out.time(sign.begun);
                    out.number(u8::from(sign.verified));
                }
            }
        }
    }

    /// Puts back a regency of which nothing is there: the reports in memory, and what was counted. `None`, and a state that must be
    /// thrown away, where the bytes are not as they were packed.
    pub(crate) fn put_back<'a>(
        &mut self,
        regency: UnitId,
        reports: impl Iterator<Item = (&'a Report, bool)>,
        counted: &[u8],
    ) -> Option<()> {
        let mut touched = EvidenceChanges::default();
        for (report, beyond_repair_horizon) in reports {
            touched.clear();
            self.insert(report, beyond_repair_horizon, &mut touched)?;
            touched.effects.clear();
        }
        let mut from = PackedReader(counted);
        match from.number()? {
            0 => {}
            1 => drop(self.cold.0.insert(regency, ColdPart::unpack(&mut from)?)),
            _ => return None,
        }
        self.wide[regency.index()] = HeardFeeds::unpack(&mut from)?;
        let mut day = 0_i32;
        let days = (0..from.count()?).map(|_| {
            day = day.checked_add(i32::try_from(from.signed()?).ok()?)?;
            Some(Hour(day))
        });
        self.began[regency.index()] = days.collect::<Option<_>>()?;
        let places = self.places.clone();
        for unit in places.units_of(regency) {
            self.voices[unit.index()] = HeardFeeds::unpack(&mut from)?;
            for cell in cells_of(unit) {
                let buckets = unpack_buckets(&mut from)?;
                self.series[cell.index()] = CellHistory::of_buckets(&self.weights, buckets);
                self.unpack_signs(cell, &mut from)?;
            }
        }
        from.is_empty().then_some(())
    }

    /// Adds the signs that left to those of the reports in memory.
    fn unpack_signs(&mut self, cell: CellId, from: &mut PackedReader<'_>) -> Option<()> {
        let count = from.count()?;
        if count == 0 {
            return Some(());
        }
        let list = self.signs.entry(cell).or_default();
        for _ in 0..count {
            let (begun, verified) = (from.time()?, from.number()? != 0);
            list.push(Sign { begun, anchor: NONE, verified });
        }
        list.sort_unstable();
        Some(())
    }
}

fn pack_buckets(buckets: &[HourBucket], out: &mut PackedBytes) {
    out.number(buckets.len() as u64);
    let mut before = 0;
    for bucket in buckets {
        let HourBucket { hour, count, severity, serious, patrol, tenths } = *bucket;
        out.signed(hour.0 - before);
        before = hour.0;
        [count, severity, serious, patrol, tenths].into_iter().for_each(|number| out.number(number));
    }
}

fn unpack_buckets(from: &mut PackedReader<'_>) -> Option<Vec<HourBucket>> {
    let count = from.count()?;
    let mut buckets: Vec<HourBucket> = Vec::with_capacity(count);
    for _ in 0..count {
        let before = buckets.last().map(|bucket| bucket.hour);
        let step = i32::try_from(from.signed()?).ok()?;
        let hour = Hour(before.map_or(0, |before| before.0).checked_add(step)?);
        if before.is_some_and(|before| hour <= before) {
            return None;
        }
        let [count, severity, serious, patrol, tenths] =
            [from.small()?, from.small()?, from.small()?, from.small()?, from.small()?];
        buckets.push(HourBucket { hour, count, severity, serious, patrol, tenths });
    }
    Some(buckets)
}

impl HeardFeeds {
    fn pack(&self, out: &mut PackedBytes) {
        out.number(self.all().len() as u64);
        for heard in self.all() {
            let HeardFeed { feed, voice, desk, earliest, last, count, silent_from, missed_from } = *heard;
            out.number(feed.0);
            out.number(voice.class as u8);
            out.number(u8::from(voice.party) | u8::from(desk) << 1);
            out.number(count);
            [earliest[0], earliest[1], last, silent_from, missed_from]
                .into_iter()
                .for_each(|at| out.time(at));
        }
    }

    fn unpack(from: &mut PackedReader<'_>) -> Option<HeardFeeds> {
        let mut all: Vec<HeardFeed> = Vec::new();
        for _ in 0..from.count()? {
            let (feed, class, marks) = (FeedId(from.small()?), from.small()?, from.number()?);
            let voice = Voice { class: FeedClass::from_index(class)?, party: marks & 1 != 0 };
            let count = from.small()?;
            let mut times = [Time::MIN; 5];
            for time in &mut times {
                *time = from.time()?;
            }
            let [first, second, last, silent_from, missed_from] = times;
            let (desk, earliest) = (marks & 2 != 0, [first, second]);
            if all.last().is_some_and(|before| before.feed >= feed) {
                return None;
            }
            all.push(HeardFeed { feed, voice, desk, earliest, last, count, silent_from, missed_from });
        }
        Some(HeardFeeds::from_ordered(all))
    }
}
