//! The board: what every cell stands on between two ticks, side by side in memory, so that a tick over the whole
//! country is one walk. Nothing here is evidence: all of it follows from the evidence and the models.

use crate::assess::{self, ExplainedScore, Neighbourhood, ScoreInputs};
use crate::decay::DecayAt;
use crate::evidence::{CellId, Evidence};
use crate::feature::{self, Ahead, Counts};
use crate::kind::{Horizon, Kind, Level};
use crate::number::ln;
use crate::place::{Places, UnitId};
use crate::scorer::{ModelLines, Scorer, ppm};
use crate::time::Hour;
use alloc::{collections::BTreeMap, vec, vec::Vec};

pub struct Board {
    /// The different pairs of lines, and which of them speaks for each cell.
    lines: Vec<ModelLines>,
    speaks: Vec<u16>,
    /// Neighbours that are in the register, unit after unit, and where each unit's begin.
    neighbours: Vec<UnitId>,
    starts: Vec<u32>,
    /// The 14-day decayed count of each cell as of one hour before the last tick; of a regency's, its feature too.
    fortnights: Vec<f64>,
    fortnight_logs: Vec<f64>,
    /// Cells that another process owns: the 14-day sum it showed, and the hour at which it weighs that.
    border_views: BTreeMap<CellId, (Hour, f64)>,
    usual: Vec<Usual>,
    ages: Vec<Age>,
    running: RunningHour,
}

/// What all cells share in the running hour: the season's features, and how decayed sums are read.
#[derive(Clone, Copy)]
struct RunningHour {
    season: [f64; 2],
    decay: DecayAt,
}

/// What a cell's risks are compared with, and what that was worked out from.
#[derive(Clone, Copy)]
struct Usual {
    today: Hour,
    began: Option<Hour>,
    bases: [u32; Horizon::COUNT],
}

/// How long a regency's history is at an hour.
#[derive(Clone, Copy)]
struct Age {
    began: Option<Hour>,
    hour: Hour,
    weeks: f64,
    log: f64,
}

const AGELESS: Age = Age { began: None, hour: Hour(i32::MIN), weeks: 0.0, log: 0.0 };
const UNKNOWN: Usual = Usual { today: Hour(i32::MIN), began: None, bases: [0; Horizon::COUNT] };

/// What the models say of a cell, and what it is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CellScore {
    pub risks: [u32; Horizon::COUNT],
    pub levels: [Level; Horizon::COUNT],
    pub completeness: u32,
    pub bases: [u32; Horizon::COUNT],
}

impl Board {
    pub fn new(places: &Places, scorer: &dyn Scorer) -> Board {
        let cells = places.len() * Kind::COUNT;
        let (mut lines, mut speaks) = (Vec::new(), Vec::with_capacity(cells));
        for cell in (0..cells).map(|index| CellId(index as u32)) {
            let own = ModelLines::of(scorer, places.code(cell.unit()), cell.kind());
            let known = lines.iter().position(|other| *other == own).unwrap_or_else(|| {
                lines.push(own);
                lines.len() - 1
            });
            speaks.push(known as u16);
        }
        let (mut neighbours, mut starts) = (Vec::new(), vec![0]);
        for unit in places.ids() {
            neighbours.extend(places.unit(unit).neighbours.iter().filter_map(|code| places.find(*code)));
            starts.push(neighbours.len() as u32);
        }
        Board {
            lines,
            speaks,
            neighbours,
            starts,
            fortnights: vec![0.0; cells],
            fortnight_logs: vec![0.0; cells],
            border_views: BTreeMap::new(),
            usual: vec![UNKNOWN; cells],
            ages: vec![AGELESS; places.len()],
            running: RunningHour { season: [0.0; 2], decay: DecayAt::NEVER },
        }
    }

    /// What another process shows of a cell of its own; counts from the next tick.
    pub fn set_border_view(&mut self, cell: CellId, as_of: Hour, fortnight: f64) {
        self.border_views.insert(cell, (as_of, fortnight));
    }

    pub fn lines(&self, cell: CellId) -> &ModelLines {
        &self.lines[usize::from(self.speaks[cell.index()])]
    }

    /// A new hour: what surrounds a cell is as of the hour before, from all that came in by now.
    pub fn tick(&mut self, evidence: &Evidence, hour: Hour) {
        let before = evidence.weights.at(Hour(hour.0 - 1));
        for index in 0..self.fortnights.len() {
            let cell = CellId(index as u32);
            self.fortnights[index] = evidence.series(cell).fortnight(&evidence.weights, &before);
            if evidence.places.regency(cell.unit()) == cell.unit() {
                self.fortnight_logs[index] = ln(1.0 + self.fortnights[index]);
            }
        }
        for (cell, (as_of, fortnight)) in &self.border_views {
            let then = evidence.weights.fortnight_later(*fortnight, *as_of, before.hour);
            self.fortnights[cell.index()] = then;
        }
    }

    /// The 14-day sums as of the hour before the last tick, cell by cell.
    pub fn fortnights(&self) -> &[f64] {
        &self.fortnights
    }

    /// The last tick again, with the sums as of the hour before it; of cells that are not among them they are zero.
    pub fn tick_as_of(&mut self, evidence: &Evidence, fortnights: &[(CellId, f64)]) {
        self.fortnights.fill(0.0);
        fortnights.iter().for_each(|(cell, sum)| self.fortnights[cell.index()] = *sum);
        for regency in evidence.places.regency_ids() {
            for cell in Kind::ALL.iter().map(|kind| CellId::new(regency, *kind)) {
                self.fortnight_logs[cell.index()] = ln(1.0 + self.fortnights[cell.index()]);
            }
        }
    }

    /// Something changed of what is usual in a cell ([`assess::is_usual_by`]): it is worked out again in the whole regency.
    pub fn forget_usual(&mut self, places: &Places, cell: CellId) {
        let regency = places.regency(cell.unit());
        for unit in places.units_of(regency) {
            self.usual[CellId::new(unit, cell.kind()).index()] = UNKNOWN;
        }
    }

    /// What surrounds a cell, as known at the last tick.
    #[inline]
    fn neighbourhood(&self, evidence: &Evidence, cell: CellId) -> Neighbourhood {
        let unit = cell.unit();
        let own = self.starts[unit.index()] as usize..self.starts[unit.index() + 1] as usize;
        let fortnights = |unit: UnitId| self.fortnights[CellId::new(unit, cell.kind()).index()];
        Neighbourhood {
            neighbours: assess::mean(&self.neighbours[own], fortnights),
            regency: fortnights(evidence.places.regency(unit)),
        }
    }

    /// What the cell's risks are compared with today.
    #[inline]
    pub fn bases(&mut self, evidence: &Evidence, cell: CellId, hour: Hour) -> [u32; Horizon::COUNT] {
        let (today, began) = (assess::day(hour), evidence.began(cell.unit()));
        let kept = self.usual[cell.index()];
        if (kept.today, kept.began) == (today, began) {
            return kept.bases;
        }
        let bases = assess::bases(evidence, self.lines(cell), cell, hour);
        self.usual[cell.index()] = Usual { today, began, bases };
        bases
    }

    /// How long the history of a cell's regency is, in weeks, and that number's logarithm in the features.
    #[inline]
    fn age(&mut self, evidence: &Evidence, regency: UnitId, hour: Hour) -> (f64, f64) {
        let began = evidence.began(regency);
        let age = &mut self.ages[regency.index()];
        if (age.began, age.hour) != (began, hour) {
            let weeks = assess::weeks(began, hour);
            *age = Age { began, hour, weeks, log: feature::weeks_log(weeks) };
        }
        (age.weeks, age.log)
    }

    /// What the models say of a cell in the running hour: the bits of [`assess::assess`], without the logarithms
    /// that no model asks for or that were taken before.
    #[inline]
    pub fn score(&mut self, evidence: &Evidence, cell: CellId, hour: Hour) -> CellScore {
        let regency = evidence.places.regency(cell.unit());
        let (weeks, weeks_log) = self.age(evidence, regency, hour);
        let regency_log = self.fortnight_logs[CellId::new(regency, cell.kind()).index()];
        self.run_to(evidence, hour);
        let decay = self.running.decay;
        let inputs = self.inputs(evidence, cell, hour);
        let (series, lines) = (evidence.series(cell), inputs.lines);
        let completeness = evidence.completeness(cell, hour);
        let sums = series.decayed(&evidence.weights, &decay);
        let days_since = series.last(hour).map_or(-1.0, |last| f64::from(hour.0 - last.0) / 24.0);
        let mut logs =
            [1.0 + sums[0], 1.0 + sums[1], 1.0 + sums[2], 1.0 + feature::days_known(days_since, weeks)];
        logs.iter_mut().for_each(|x| *x = ln(*x));
        let [short, middle, long, days] = logs;
        let neighbours = inputs.neighbourhood.neighbours.unwrap_or(0.0);
        let a_week =
            || feature::weekly_rate(&Counts { total: series.total(hour), weeks, ..Counts::default() });
        let rare = |at: usize, log: &dyn Fn() -> f64| if lines.uses[at] { log() } else { 0.0 };
        let features = [
            short,
            middle,
            long,
            rare(3, &|| ln(1.0 + sums[3])),
            if neighbours == 0.0 { 0.0 } else { ln(1.0 + neighbours) },
            regency_log,
            series.total_log(hour) - weeks_log,
            rare(7, &|| feature::pace_log(sums[0], sums[1])),
            days,
            inputs.season[0],
            inputs.season[1],
            f64::from(completeness) / 1e6,
            rare(12, &|| ln(1.0 + sums[4])),
            rare(13, &|| ln(1.0 + series.within(hour, feature::MONTH))),
            inputs.ahead.calendar,
            inputs.ahead.agreement,
            rare(16, &|| feature::surroundings_log(inputs.neighbourhood.neighbours, a_week())),
        ];
        let risks = ppm(lines.logits(&features));
        let levels = assess::levels(&evidence.policy, &inputs, risks, completeness);
        CellScore { risks, levels, completeness, bases: inputs.bases }
    }

    /// The same with all that it rests on.
    pub fn explain(&mut self, evidence: &Evidence, cell: CellId, hour: Hour) -> ExplainedScore {
        let inputs = self.inputs(evidence, cell, hour);
        assess::assess(evidence, cell, hour, inputs)
    }

    /// The score of a past hour by today's evidence, with the surroundings of the last tick: what lay around a cell back
    /// then another process may know, and must not be needed here.
    pub fn score_at(&self, evidence: &Evidence, cell: CellId, hour: Hour) -> ExplainedScore {
        let lines = self.lines(cell);
        let bases = assess::bases(evidence, lines, cell, hour);
        let (neighbourhood, season) = (self.neighbourhood(evidence, cell), feature::season(hour));
        let inputs = ScoreInputs { lines, neighbourhood, bases, season, ahead: Ahead::NONE };
        assess::assess(evidence, cell, hour, inputs)
    }

    /// Makes `hour` the running one.
    #[inline]
    fn run_to(&mut self, evidence: &Evidence, hour: Hour) {
        if self.running.decay.hour != hour {
            self.begin(evidence, hour);
        }
    }

    #[cold]
    fn begin(&mut self, evidence: &Evidence, hour: Hour) {
        self.running = RunningHour { season: feature::season(hour), decay: evidence.weights.at(hour) };
    }

    #[inline]
    fn inputs(&mut self, evidence: &Evidence, cell: CellId, hour: Hour) -> ScoreInputs<'_> {
        self.run_to(evidence, hour);
        let season = self.running.season;
        let bases = self.bases(evidence, cell, hour);
        let neighbourhood = self.neighbourhood(evidence, cell);
        let lines = &self.lines[usize::from(self.speaks[cell.index()])];
        ScoreInputs { lines, neighbourhood, bases, season, ahead: Ahead::NONE }
    }
}
