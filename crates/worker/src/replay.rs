//! An archive through the same pipeline, without a store: counts and digests.

use crate::apply::{apply_in_memory, apply_registered};
use crate::archive_order::{ArchiveOrder, Ordered, Placed};
use crate::rule_costs::RuleCosts;
use domain::author::StampedAuthor;
use domain::digest;
use domain::effect::{Condition, ConditionChange, Effect};
use domain::evidence::CellId;
use domain::kind::{Horizon, Kind, Level, Outcome, Refused};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Areas, Places, UnitId};
use domain::policy::Policy;
use domain::report::Report;
use domain::scorer::Scorer;
use domain::time::{Hour, Time};
use formats::archive::export::{Export, LoggedRecord};
use formats::archive::{Archive, ArchiveError, Refusals, RowFates};
use formats::decode::{Catalog, RecordView, Refusal, decode, decode_logged};
use formats::taxonomy::Taxonomy;
use std::fmt::Write;
use std::sync::Arc;
use store::calendar::rfc3339;

/// Counts and digests of a run; printed as the contract's one line.
#[derive(Default)]
pub struct ReplayTally {
    pub records: u64,
    pub reports: u64,
    pub dead: [u64; Refused::COUNT],
    /// Records of the register and of the service's clock; they are no reports.
    pub registry: u64,
    pub assessments: u64,
    pub raised: u64,
    pub cleared: u64,
}

/// Called with a line for each condition as the replay comes to it.
pub type ConditionListener = Box<dyn FnMut(&str)>;

/// What a replay is about to do.
pub enum ReplayStep<'a> {
    Tick(&'a Pipeline, Hour),
    /// A report, and when it counts as received.
    Report(&'a Report, Time),
}

/// Called before each step.
pub type StepListener = Box<dyn FnMut(ReplayStep<'_>)>;

/// A pipeline being fed from archives in the order of their reports ([`ArchiveOrder`]), or from exports by their receipts.
pub struct Replay {
    pub pipeline: Pipeline,
    pub tally: ReplayTally,
    places: Arc<Places>,
    taxonomy: Arc<Taxonomy>,
    /// Reports made later than a day after this are refused as `future`.
    started: Time,
    /// Where the archive's feeds may speak for.
    everywhere: Areas,
    latest: Option<Time>,
    order: ArchiveOrder,
    ordered: Vec<Ordered>,
    effects: Vec<Effect>,
    digest: digest::EffectDigest,
    costs: RuleCosts,
    pub on_condition: Option<ConditionListener>,
    pub on_step: Option<StepListener>,
    /// What was refused so far.
    pub refusals: Refusals,
    /// What became of the rows of tables; `None` where no archive is one.
    rows: Option<RowFates>,
}

impl Replay {
    pub fn new(
        places: Arc<Places>,
        taxonomy: Arc<Taxonomy>,
        policy: &Policy,
        scorer: &dyn Scorer,
        started: Time,
    ) -> Replay {
        // A replay knows the whole archive: nothing is too old to repair.
        let policy = Policy { repair_horizon: i64::MAX, ..policy.clone() };
        Replay::of_log(places, taxonomy, &policy, scorer, started)
    }

    /// The same for a log ([`Replay::log`]): what came too late for the service comes too late here.
    pub fn of_log(
        places: Arc<Places>,
        taxonomy: Arc<Taxonomy>,
        policy: &Policy,
        scorer: &dyn Scorer,
        started: Time,
    ) -> Replay {
        let options = PipelineOptions { explains: false, ..PipelineOptions::default() };
        let pipeline = Pipeline::new(places.clone(), Arc::new(policy.clone()), scorer, options);
        Replay {
            pipeline,
            tally: ReplayTally::default(),
            places,
            taxonomy,
            started,
            everywhere: Areas::everywhere(),
            latest: None,
            order: ArchiveOrder::default(),
            ordered: Vec::new(),
            effects: Vec::new(),
            digest: digest::EffectDigest::default(),
            costs: RuleCosts::default(),
            on_condition: None,
            on_step: None,
            refusals: Refusals::default(),
            rows: None,
        }
    }

    /// Takes all records of archives, each with its name, in an order that does not depend on the one they are given in.
    ///
    /// # Errors
    /// Where an archive cannot be read on.
    pub fn archives(&mut self, archives: &mut [(String, Archive<'_>)]) -> Result<(), ArchiveError> {
        self.order.begin(archives.iter().map(|(name, _)| name.clone()).collect());
        let mut heads = vec![Head::default(); archives.len()];
        // Whichever is behind is read on, so that archives of the same time wait for each other.
        while let Some(at) =
            (0..heads.len()).filter(|at| !heads[*at].is_done).min_by_key(|at| heads[*at].reached())
        {
            let archive = &mut archives[at].1;
            let Some(record) = archive.next_record()? else {
                heads[at].is_done = true;
                if let Some(fates) = archive.row_fates() {
                    self.rows.get_or_insert_default().add(fates);
                }
                continue;
            };
            heads[at].number += 1;
            let (row, line, number) = (record.row, record.line, heads[at].number);
            match self.record(record.bytes, record.reconstructed) {
                Ok(report) => {
                    heads[at].pass(report.reported_at);
                    let source = u16::try_from(at).unwrap_or(u16::MAX);
                    self.order.take(Placed { source, number, line, report }, &mut self.ordered);
                    self.apply_ordered();
                }
                Err(refusal) => {
                    archive.refuse_row(row, &refusal);
                    self.tally.dead[refusal.reason.index()] += 1;
                    self.refusals.note(number, row.is_none().then_some(line), refusal);
                }
            }
        }
        Ok(())
    }

    /// Takes all records of exports of logs, as the service took them: by the stamps they came with. Of several, whichever was
    /// received first comes first.
    ///
    /// # Errors
    /// Where an export cannot be read on.
    pub fn logs(&mut self, exports: &mut [Export]) -> Result<(), ArchiveError> {
        let mut heads = Vec::new();
        for export in exports.iter_mut() {
            heads.push(export.next_record()?);
        }
        let by_receipt =
            |record: &LoggedRecord| (record.received_at, record.feed.clone(), record.bytes.clone());
        while let Some(at) = match heads.as_slice() {
            [one] => one.is_some().then_some(0),
            several => {
                let waiting = several.iter().enumerate().filter_map(|(at, head)| Some((at, head.as_ref()?)));
                waiting.min_by_key(|(_, record)| by_receipt(record)).map(|(at, _)| at)
            }
        } {
            let next = exports[at].next_record()?;
            if let Some(record) = std::mem::replace(&mut heads[at], next) {
                self.log_record(&record);
            }
        }
        Ok(())
    }

    fn log_record(&mut self, record: &LoggedRecord) {
        if record.is_registry() {
            self.tally.registry += 1;
            self.of_the_service(record);
        } else if let Err(refusal) = self.logged(record) {
            self.tally.dead[refusal.reason.index()] += 1;
            self.refusals.note(self.tally.records, None, refusal);
        }
    }

    /// Takes a record of the register or of the clock.
    fn of_the_service(&mut self, record: &LoggedRecord) {
        let step = record.clock_step();
        if let Some(step) = step.filter(|step| step.is_back()) {
            self.advance(step.from);
        }
        match step.filter(|step| self.pipeline.is_set_back_by(step.to)) {
            Some(step) => {
                self.pipeline.apply(Input::ClockStep(step.to), &mut self.effects);
                self.drain();
            }
            None => {
                self.advance(self.pipeline.effective(record.received_at));
                apply_registered(&mut self.pipeline, &record.bytes, &mut self.effects);
                self.drain();
            }
        }
    }

    /// Takes one record of a log.
    fn logged(&mut self, record: &LoggedRecord) -> Result<(), Refusal> {
        self.tally.records += 1;
        let view = RecordView {
            bytes: &record.bytes,
            feed_name: &record.feed,
            class: Some(record.class),
            areas: &record.areas,
            received_at: record.received_at,
            archive: record.archive,
            author: &record.author,
        };
        let received = self.pipeline.effective(record.received_at);
        self.advance(received);
        let catalog = Catalog { places: &self.places, taxonomy: &self.taxonomy };
        let decoded = decode_logged(&view, record.refused, &catalog)?;
        self.tally.reports += 1;
        self.latest = self.latest.max(Some(decoded.report.reported_at));
        apply_in_memory(&mut self.pipeline, received, &decoded.report, &mut self.effects);
        self.drain();
        Ok(())
    }

    /// Reads one record as it stands in the archive.
    fn record(&mut self, bytes: &[u8], reconstructed: bool) -> Result<Report, Refusal> {
        self.tally.records += 1;
        let view = RecordView {
            bytes,
            feed_name: "",
            class: None,
            areas: &self.everywhere,
            received_at: self.started,
            archive: true,
            author: &StampedAuthor::default(),
        };
        let mut decoded = decode(&view, &Catalog { places: &self.places, taxonomy: &self.taxonomy })?;
        decoded.report.reconstructed |= reconstructed;
        self.tally.reports += 1;
        self.latest = self.latest.max(Some(decoded.report.reported_at));
        Ok(decoded.report)
    }

    fn apply_ordered(&mut self) {
        let mut ordered = core::mem::take(&mut self.ordered);
        for next in ordered.drain(..) {
            let (received, report) = (next.received, next.report());
            self.advance(received);
            self.costs.see(received, report.place.code);
            if let Some(listener) = &mut self.on_step {
                listener(ReplayStep::Report(report, received));
            }
            apply_in_memory(&mut self.pipeline, received, report, &mut self.effects);
            self.drain();
        }
        self.ordered = ordered;
    }

    fn advance(&mut self, to: Time) {
        while let Some(hour) = self.pipeline.due_tick(to) {
            if let Some(listener) = &mut self.on_step {
                listener(ReplayStep::Tick(&self.pipeline, hour));
            }
            self.pipeline.apply(Input::Tick(hour), &mut self.effects);
            self.drain();
        }
    }

    fn drain(&mut self) {
        for effect in &self.effects {
            self.digest.add(effect);
            match effect {
                Effect::Assessment(_) => self.tally.assessments += 1,
                Effect::Condition(condition) => {
                    self.costs.add(condition);
                    self.tally.raised += u64::from(condition.change == ConditionChange::Raised);
                    self.tally.cleared += u64::from(matches!(
                        condition.change,
                        ConditionChange::Cleared | ConditionChange::Withdrawn
                    ));
                    if let Some(listener) = &mut self.on_condition {
                        listener(&condition_line(&self.pipeline, condition));
                    }
                }
                _ => {}
            }
        }
        self.effects.clear();
    }

    /// Ticks on to `until` (or the first whole hour after the last report) and closes the replay.
    pub fn finish(mut self, until: Option<Time>) -> FinishedReplay {
        self.order.finish(&mut self.ordered);
        self.apply_ordered();
        let at = until.unwrap_or_else(|| self.latest.map_or(Time(0), |latest| latest.hour().next().start()));
        self.advance(at);
        let state = self.pipeline.view().state_digest(at);
        let outcomes = self.pipeline.view().outcomes();
        FinishedReplay {
            tally: self.tally,
            late: self.pipeline.view().late(),
            outcomes,
            state,
            effects: self.digest.finish(),
            costs: self.costs,
            pipeline: self.pipeline,
            refusals: self.refusals,
            rows: self.rows,
            order: self.order,
        }
    }
}

/// How far an archive is read.
#[derive(Clone, Default)]
struct Head {
    /// Records so far.
    number: u64,
    /// When the last few were reported.
    recent: [Option<Time>; 4],
    is_done: bool,
}

impl Head {
    /// The earliest of the last few: a date that is too late by a slip does not keep an archive waiting.
    fn reached(&self) -> Option<Time> {
        self.recent.iter().copied().min().flatten()
    }

    fn pass(&mut self, reported: Time) {
        self.recent.rotate_left(1);
        self.recent[3] = Some(reported);
    }
}

/// A closed replay.
pub struct FinishedReplay {
    pub tally: ReplayTally,
    pub late: u64,
    pub outcomes: [u64; Outcome::COUNT],
    pub state: [u8; 32],
    pub effects: [u8; 32],
    /// What each rule opened.
    pub costs: RuleCosts,
    pub pipeline: Pipeline,
    pub refusals: Refusals,
    /// What became of the rows of tables; `None` where no archive was one.
    pub rows: Option<RowFates>,
    order: ArchiveOrder,
}

impl FinishedReplay {
    /// The contract's one line of JSON, with the rows of tables where there were any.
    pub fn line(&self) -> String {
        let dead: Vec<String> = Refused::ALL
            .iter()
            .filter(|reason| self.tally.dead[reason.index()] > 0)
            .map(|reason| format!("\"{reason}\":{}", self.tally.dead[reason.index()]))
            .collect();
        let of = |outcome: Outcome| self.outcomes[outcome.index()];
        let rows = self.rows.as_ref().and_then(|rows| serde_json::to_string(rows).ok());
        let rows = rows.map(|rows| format!("\"rows\":{rows},")).unwrap_or_default();
        let registry = match self.tally.registry {
            0 => String::new(),
            records => format!("\"registry\":{records},"),
        };
        format!(
            "{{\"records\":{},\"reports\":{},\"incidents\":{},\"merged\":{},\"duplicates\":{},\"superseded\":{},\"retracted\":{},\
             \"signals\":{},\"zero_reports\":{},\"verifications\":{},\"statements\":{},\"dead_letters\":{{{}}},\"late\":{},\"assessments\":{},\
             \"conditions\":{{\"raised\":{},\"cleared\":{}}},{rows}{registry}\"state_digest\":\"{}\",\"effects_digest\":\"{}\"}}",
            self.tally.records,
            self.tally.reports,
            of(Outcome::Incident),
            of(Outcome::Merged),
            of(Outcome::Duplicate),
            of(Outcome::Superseded),
            of(Outcome::Retracted),
            of(Outcome::Signal),
            of(Outcome::ZeroReport),
            of(Outcome::Verification),
            of(Outcome::Statement),
            dead.join(","),
            self.late,
            self.tally.assessments,
            self.tally.raised,
            self.tally.cleared,
            hex::encode(self.state),
            hex::encode(self.effects),
        )
    }

    /// Every record ended as exactly one thing.
    ///
    /// # Errors
    /// Says which sum is off.
    pub fn balance(&self) -> Result<(), String> {
        let ended: u64 = self.outcomes.iter().sum();
        let dead: u64 = self.tally.dead.iter().sum();
        let ReplayTally { records, reports, .. } = self.tally;
        if ended != reports {
            return Err(format!("{ended} outcomes for {reports} reports"));
        }
        if reports + dead != records {
            return Err(format!("{dead} dead letters and {reports} reports for {records} records"));
        }
        Ok(())
    }
}

/// What a place's risk for the coming week is where the archive ends.
#[derive(Clone, Copy, Debug)]
pub struct HighRisk {
    pub unit: UnitId,
    pub kind: Kind,
    pub level: Level,
    /// A share where calibrated on own data, else only a rank.
    pub risk_ppm: u32,
    pub is_calibrated: bool,
}

impl FinishedReplay {
    /// The highest risks for the coming week, at most `count`, the highest first.
    pub fn highest_risks(&self, count: usize) -> Vec<HighRisk> {
        let view = self.pipeline.view();
        let mut ranked = Vec::new();
        for unit in view.places().ids() {
            for kind in Kind::ALL {
                let cell = CellId::new(unit, *kind);
                let Some(newest) = view.emitted(cell, Horizon::Week) else { continue };
                let is_calibrated = view.calibration(cell, Horizon::Week).calibrated;
                let (level, risk_ppm) = (newest.level, newest.risk_ppm);
                ranked.push(HighRisk { unit, kind: *kind, level, risk_ppm, is_calibrated });
            }
        }
        ranked.sort_by_key(|risk| (std::cmp::Reverse(risk.risk_ppm), risk.unit, risk.kind));
        ranked.truncate(count);
        ranked
    }

    /// The contract's line, what each rule opened, and the riskiest places where the archive ends.
    pub fn summary(&self) -> String {
        let view = self.pipeline.view();
        let places = view.places();
        let mut text = self.line() + "\n";
        text += &self.costs.in_words(places);
        text += "highest seven-day risks where the archive ends (a percentage only where calibrated on own data):\n";
        for (rank, risk) in self.highest_risks(10).into_iter().enumerate() {
            let HighRisk { unit, kind, level, .. } = risk;
            let share = match risk.is_calibrated {
                true => format!("{:.2} %", f64::from(risk.risk_ppm) / 1e4),
                false => "uncalibrated".to_owned(),
            };
            let (rank, level, code, name) = (rank + 1, level.as_str(), places.code(unit), places.name(unit));
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {rank:>2}  {share:<12}  {level:<8} {code} {name}  {kind}");
        }
        text
    }

    /// Dates of the archives that stand out of their order, in words.
    pub fn strange_dates(&self) -> Vec<String> {
        self.order.in_words()
    }

    /// Records about places the list `places` does not have are refused; a list that is too short looks like an archive
    /// that is wrong, so it is remarked.
    pub fn unlisted(&self, places: &str) -> Option<String> {
        let count = self.tally.dead[Refused::District.index()];
        (count > 0).then(|| {
            format!(
                "{count} of {} records name a place that '{places}' does not list (dead letters, reason district)",
                self.tally.records
            )
        })
    }
}

/// When, what and where.
fn condition_line(pipeline: &Pipeline, condition: &Condition) -> String {
    let at = rfc3339(condition.at);
    let places = pipeline.view().places();
    let (change, level) = (condition.change.as_str(), condition.level.as_str());
    let (code, name, kind) = (places.code(condition.unit), places.name(condition.unit), condition.kind);
    format!("{at}  {change:<9} {level:<8} {code} {name}  {kind}")
}

#[cfg(test)]
mod tests;
