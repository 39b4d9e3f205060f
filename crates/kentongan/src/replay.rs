//! `kentongan replay`: an archive through the same pipeline, without a store.

use crate::archive::Refusals;
use crate::catalog::Catalog;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use domain::digest;
use domain::effect::{ConditionChange, Effect};
use domain::kind::{Outcome, Refused};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::policy::Policy;
use domain::report::Report;
use domain::scorer::Scorer;
use domain::time::Time;
use formats::decode::{RecordView, decode};
use std::sync::Arc;

/// Counts and digests of a run; printed as the contract's one line.
#[derive(Default)]
pub struct Tally {
    pub records: u64,
    pub reports: u64,
    pub dead: [u64; Refused::COUNT],
    pub assessments: u64,
    pub raised: u64,
    pub cleared: u64,
}

/// Who wants to hear of each condition as the replay comes to it.
pub type Listener = Box<dyn FnMut(&Pipeline, &domain::effect::Condition)>;

/// A pipeline being fed from an archive; its clock is the running maximum of `reported_at`.
pub struct Run<'a> {
    pub pipeline: Pipeline,
    pub tally: Tally,
    catalog: &'a Catalog,
    /// Reports said later than a day after this are refused as `future`.
    started: Time,
    latest: Option<Time>,
    effects: Vec<Effect>,
    said: digest::EffectDigest,
    /// Told of each condition, for people who watch.
    pub on_condition: Option<Listener>,
    pub refusals: Refusals,
}

impl<'a> Run<'a> {
    pub fn new(catalog: &'a Catalog, policy: &Policy, scorer: &'a dyn Scorer, started: Time) -> Run<'a> {
        // A replay knows the whole archive: nothing is too old to repair.
        let policy = Policy { repair_horizon: i64::MAX, ..policy.clone() };
        let options = PipelineOptions { explains: false, ..PipelineOptions::default() };
        let pipeline = Pipeline::new(catalog.places.clone(), Arc::new(policy), scorer, options);
        Run {
            pipeline,
            tally: Tally::default(),
            catalog,
            started,
            latest: None,
            effects: Vec::new(),
            said: digest::EffectDigest::default(),
            on_condition: None,
            refusals: Refusals::default(),
        }
    }

    /// One record as it stands in the archive.
    pub fn record(&mut self, bytes: &[u8], reconstructed: bool) {
        self.tally.records += 1;
        let view = RecordView { bytes, feed_name: "", class: None, areas: "", received_at: self.started };
        match decode(&view, &self.catalog.for_decode()) {
            Ok(mut decoded) => {
                decoded.report.reconstructed |= reconstructed;
                self.report(&decoded.report);
            }
            Err(refusal) => {
                self.tally.dead[refusal.reason.index()] += 1;
                self.refusals.note(self.tally.records, refusal);
            }
        }
    }

    fn report(&mut self, report: &Report) {
        self.tally.reports += 1;
        self.latest = self.latest.max(Some(report.reported_at));
        self.advance(report.reported_at);
        let received = report.reported_at;
        self.pipeline.apply(Input::Report { received, report }, &mut self.effects);
        self.drain();
    }

    fn advance(&mut self, to: Time) {
        while let Some(hour) = self.pipeline.due_tick(to) {
            self.pipeline.apply(Input::Tick(hour), &mut self.effects);
            self.drain();
        }
    }

    fn drain(&mut self) {
        for effect in &self.effects {
            self.said.add(effect);
            match effect {
                Effect::Assessment(_) => self.tally.assessments += 1,
                Effect::Condition(condition) => {
                    self.tally.raised += u64::from(condition.change == ConditionChange::Raised);
                    self.tally.cleared += u64::from(matches!(
                        condition.change,
                        ConditionChange::Cleared | ConditionChange::Withdrawn
                    ));
                    if let Some(tell) = &mut self.on_condition {
                        tell(&self.pipeline, condition);
                    }
                }
                _ => {}
            }
        }
        self.effects.clear();
    }

    /// Ticks on to `until` (or the first whole hour after the last report) and closes the books.
    pub fn finish(mut self, until: Option<Time>) -> Finished {
        let at = until.unwrap_or_else(|| self.latest.map_or(Time(0), |latest| latest.hour().next().start()));
        self.advance(at);
        let state = self.pipeline.view().state_digest(at);
        let outcomes = self.pipeline.view().outcomes();
        Finished {
            tally: self.tally,
            refusals: self.refusals,
            late: self.pipeline.view().late(),
            outcomes,
            state,
            effects: self.said.finish(),
            pipeline: self.pipeline,
        }
    }
}

/// A closed run.
pub struct Finished {
    pub tally: Tally,
    pub refusals: Refusals,
    pub late: u64,
    pub outcomes: [u64; Outcome::COUNT],
    pub state: [u8; 32],
    pub effects: [u8; 32],
    pub pipeline: Pipeline,
}

impl Finished {
    /// The contract's one line of JSON.
    pub fn line(&self) -> String {
        let dead: Vec<String> = Refused::ALL
            .iter()
            .filter(|reason| self.tally.dead[reason.index()] > 0)
            .map(|reason| format!("\"{reason}\":{}", self.tally.dead[reason.index()]))
            .collect();
        let of = |outcome: Outcome| self.outcomes[outcome.index()];
        format!(
            "{{\"records\":{},\"reports\":{},\"incidents\":{},\"merged\":{},\"duplicates\":{},\"superseded\":{},\"retracted\":{},\
             \"signals\":{},\"zero_reports\":{},\"verifications\":{},\"dead_letters\":{{{}}},\"late\":{},\"assessments\":{},\
             \"conditions\":{{\"raised\":{},\"cleared\":{}}},\"state_digest\":\"{}\",\"effects_digest\":\"{}\"}}",
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
            dead.join(","),
            self.late,
            self.tally.assessments,
            self.tally.raised,
            self.tally.cleared,
            hex(&self.state),
            hex(&self.effects),
        )
    }

    /// Every record ended as exactly one thing; an error says which sum is off.
    pub fn balance(&self) -> Result<()> {
        let ended: u64 = self.outcomes.iter().sum();
        let dead: u64 = self.tally.dead.iter().sum();
        anyhow::ensure!(
            ended == self.tally.reports,
            "closing the books: {ended} outcomes for {} reports",
            self.tally.reports
        );
        anyhow::ensure!(
            self.tally.reports + dead == self.tally.records,
            "closing the books: {dead} dead letters and {} reports for {} records",
            self.tally.reports,
            self.tally.records
        );
        Ok(())
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads an instant a person typed: RFC 3339, of the years that reports may speak of.
pub fn instant(text: &str) -> Result<Time> {
    let stamp: jiff::Timestamp = text
        .parse()
        .with_context(|| format!("reading the time '{text}'; write it like 2026-11-22T07:00:00+07:00"))
        .or_user_error()?;
    let at = stamp.as_microsecond();
    if !formats::decode::instant::ACCEPTED.contains(&at) {
        return Err(user_error::new(format!(
            "the time '{text}' lies outside of 1970 to 2099; check the year"
        )));
    }
    Ok(Time(at))
}
