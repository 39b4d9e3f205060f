//! Scores cells and emits the assessments that moved far enough.

use crate::assess::ExplainedScore;
use crate::board::{Board, CellScore};
use crate::cell_memory::{ChangedCells, EmittedAssessment};
use crate::condition::finding::ModelOpinion;
use crate::condition::keeper::Opinions;
use crate::effect::{Assessment, Effect};
use crate::evidence::{CellId, Evidence};
use crate::kind::{Horizon, Kind};
use crate::place::Places;
use crate::scorer::{Calibration, Scorer};
use crate::thresholds::Thresholds;
use crate::time::{Hour, Time};
use alloc::{boxed::Box, vec, vec::Vec};

const WEEK: usize = Horizon::Week.index();

/// The assessments last emitted of a cell, by horizon.
pub type EmittedOfCell = [Option<EmittedAssessment>; Horizon::COUNT];

pub struct Assessor {
    board: Board,
    emitted: Vec<EmittedOfCell>,
    explains: bool,
}

impl CellScore {
    /// What the week's model says by this score.
    fn opinion(&self, week: Calibration) -> ModelOpinion {
        ModelOpinion {
            risk_ppm: self.risks[WEEK],
            calibration: Calibration { base_ppm: self.bases[WEEK], ..week },
            completeness_ppm: self.completeness,
        }
    }
}

impl Assessor {
    /// The models' lines are read once, here.
    pub fn new(places: &Places, scorer: &dyn Scorer, explains: bool) -> Assessor {
        let emitted = vec![[None; Horizon::COUNT]; places.len() * Kind::COUNT];
        Assessor { board: Board::new(places, scorer), emitted, explains }
    }

    pub fn board(&self) -> &Board {
        &self.board
    }

    pub fn emitted(&self, cell: CellId) -> EmittedOfCell {
        self.emitted[cell.index()]
    }

    /// Puts back at start what was last emitted of a cell.
    pub fn restore(&mut self, cell: CellId, emitted: EmittedOfCell) {
        self.emitted[cell.index()] = emitted;
    }

    /// Forgets what was last emitted, so that the next assessment is emitted whatever it is.
    pub fn forget(&mut self, cell: CellId, horizon: Horizon) {
        self.emitted[cell.index()][horizon.index()] = None;
    }

    /// A new hour: what lies around each cell is as of the hour before.
    pub fn tick(&mut self, evidence: &Evidence, hour: Hour) {
        self.board.tick(evidence, hour);
    }

    /// The last tick again, with what lay around each cell at it.
    pub(crate) fn tick_as_of(&mut self, evidence: &Evidence, fortnights: &[(CellId, f64)]) {
        self.board.tick_as_of(evidence, fortnights);
    }

    /// Something changed of what is usual in a cell: it is worked out again in its regency.
    pub fn forget_usual(&mut self, places: &Places, cell: CellId) {
        self.board.forget_usual(places, cell);
    }

    /// Takes what another process shows of a cell of its own.
    pub fn set_border_view(&mut self, cell: CellId, as_of: Hour, fortnight: f64) {
        self.board.set_border_view(cell, as_of, fortnight);
    }

    /// Scores a cell without emitting anything.
    pub fn score(&mut self, evidence: &Evidence, cell: CellId, hour: Hour) -> CellScore {
        self.board.score(evidence, cell, hour)
    }

    /// Scores a cell and emits, for each horizon, what moved far enough. Returns what the week's model says, emitted or not.
    #[inline]
    pub fn assess(
        &mut self,
        evidence: &Evidence,
        cell: CellId,
        at: Time,
        changed: &mut ChangedCells,
        out: &mut Vec<Effect>,
    ) -> ModelOpinion {
        let score = self.board.score(evidence, cell, at.hour());
        let opinion = score.opinion(self.board.lines(cell).calibrations[WEEK]);
        let thresholds = Thresholds::of(&evidence.policy, opinion.calibration);
        let mut emitted_any = false;
        for horizon in [Horizon::Week, Horizon::Month] {
            let now = EmittedAssessment {
                risk_ppm: score.risks[horizon.index()],
                level: score.levels[horizon.index()],
                completeness_ppm: score.completeness,
            };
            let emitted = &mut self.emitted[cell.index()][horizon.index()];
            // What the week's model asks for must be seen in what was emitted: it lies on the same side of each threshold.
            let parted = |old: &EmittedAssessment| thresholds.part(old.risk_ppm, now.risk_ppm);
            let parted = horizon.index() == WEEK && emitted.as_ref().is_some_and(parted);
            if parted || now.is_news(*emitted, evidence.policy.emit_ppm, at.hour().ends_day()) {
                *emitted = Some(now);
                emitted_any = true;
                let assessment = self.assessment(evidence, cell, horizon, at, &score);
                out.push(Effect::Assessment(assessment));
            }
        }
        if emitted_any {
            changed.note(cell);
        }
        opinion
    }

    fn assessment(
        &mut self,
        evidence: &Evidence,
        cell: CellId,
        horizon: Horizon,
        at: Time,
        score: &CellScore,
    ) -> Assessment {
        let explained = self.explains.then(|| self.board.explain(evidence, cell, at.hour()));
        let lines = self.board.lines(cell);
        let calibration = lines.calibrations[horizon.index()];
        Assessment {
            unit: cell.unit(),
            kind: cell.kind(),
            horizon,
            at,
            risk_ppm: score.risks[horizon.index()],
            base_ppm: score.bases[horizon.index()],
            level: score.levels[horizon.index()],
            completeness_ppm: score.completeness,
            model: calibration.model,
            calibrated: calibration.calibrated,
            why: explained.map(|score: ExplainedScore| Box::new(score.why(horizon, lines))),
        }
    }
}

impl Opinions for Assessor {
    fn opinion(&mut self, evidence: &Evidence, cell: CellId, at: Time) -> ModelOpinion {
        let score = self.board.score(evidence, cell, at.hour());
        score.opinion(self.board.lines(cell).calibrations[WEEK])
    }

    fn opinion_then(&self, evidence: &Evidence, cell: CellId, then: Time) -> ModelOpinion {
        let score = self.board.score_at(evidence, cell, then.hour());
        let base_ppm = score.bases[WEEK];
        ModelOpinion {
            risk_ppm: score.risks[WEEK],
            calibration: Calibration { base_ppm, ..self.board.lines(cell).calibrations[WEEK] },
            completeness_ppm: score.completeness,
        }
    }
}
