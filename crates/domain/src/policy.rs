//! The analysts' policy: thresholds, hysteresis, rules. Read from `config/policy.toml` by the binary.

use crate::kind::{Category, CategorySet, FeedClass, Kind, Level, OpeningGround, OpeningVoice, Stage};
use crate::time::{DAY, Time};
use alloc::{string::String, vec::Vec};

#[derive(Clone, PartialEq, Debug)]
pub struct Policy {
    /// Shown on every condition.
    pub version: String,
    pub fusion: FusionPolicy,
    /// Reports that happened longer ago than this when received repair nothing; microseconds.
    pub repair_horizon: i64,
    pub silence: Silence,
    /// Thresholds for models calibrated here, by level from waspada up, parts per million; waspada's where a model has no bar.
    pub raise_ppm: [u32; 3],
    pub clear_ppm: [u32; 3],
    pub alarm_budget: AlarmBudget,
    /// A transferred model without a rehearsed bar opens waspada at this many times what is usual (in hundredths) and clears
    /// below.
    pub transferred_raise: u32,
    pub transferred_clear: u32,
    /// A level is kept at least this long after its reasons last held, microseconds.
    pub dwell: i64,
    /// An assessment is emitted again when it moved this far, parts per million.
    pub emit_ppm: u32,
    /// A regency's own condition opens when this many of its districts stand at siaga or above.
    pub regency_districts: u32,
    pub awas: AwasPolicy,
    pub opening: OpeningPolicy,
    /// Many slight signs of a conflict; `None` where the policy asks for nothing of the sort.
    pub pile_up: Option<PileUpPolicy>,
    pub sensors: SensorPolicy,
    /// Conditions that came to stand within this long of each other may be one chain, microseconds.
    pub chain_window: i64,
    pub rules: Vec<Rule>,
}

impl Policy {
    /// False alarms a district and quarter where a policy does not say: one a year, of all that three kinds raise.
    pub const FALSE_ALARMS_PPM: u32 = 250_000;
}

/// False alarms that a district may have in a quarter of a year over all kinds, in parts per million.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AlarmBudget {
    /// Of models and rules together.
    pub all_ppm: u32,
    /// What rules alone spend of it, as it was measured: they open on what was reported and are not rehearsed.
    pub rules_ppm: u32,
}

impl AlarmBudget {
    /// Where a policy does not say; its rules' part is that of the policy that ships.
    pub const USUAL: AlarmBudget = AlarmBudget { all_ppm: Policy::FALSE_ALARMS_PPM, rules_ppm: 21_000 };

    /// What is left to the bars of models ([`crate::scorer::AlertBar`]).
    pub const fn models_ppm(self) -> u32 {
        self.all_ppm.saturating_sub(self.rules_ppm)
    }
}

/// When signs of a conflict, of any severity, pile up (*gejala bertumpuk*): that opens waspada.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PileUpPolicy {
    /// At least so many …
    pub signs: u32,
    /// … within so many days up to now, in microseconds …
    pub window: i64,
    /// … on at least so many of the place's days …
    pub on_days: u32,
    /// … and at least this many times as often as usual: the days before, up to [`PileUpPolicy::REACH`] back. Where none is
    /// on record then, they pass.
    pub times_own_rate: u32,
}

impl PileUpPolicy {
    /// How far back what is usual is counted, microseconds.
    pub const REACH: i64 = 100 * DAY;
}

/// What sensors open: waspada at most, and no incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SensorPolicy {
    /// Categories that only a sensor sees, the taxonomy's: hotspots. All others that a sensor reports are warnings.
    pub seen_from_afar: CategorySet,
    /// So many hotspots of high confidence in a district; `None` where they open nothing.
    pub hotspots: Option<SensorTrigger>,
    /// One warning of at least this severity; `None` where they open nothing.
    pub warnings: Option<SensorTrigger>,
}

/// What sensors must report, and how long it counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SensorTrigger {
    /// How many hotspots, or the least severity of a warning.
    pub at_least: u32,
    /// Microseconds back from now, by `occurred_at`.
    pub window: i64,
}

/// Which reports of one place and category are one incident; times in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FusionPolicy {
    /// Those this close to the earliest.
    pub window: i64,
    /// Of what goes on for days: those with no gap longer than `gap` between one and the next, as far as `longest` from the
    /// earliest.
    pub lasting: CategorySet,
    pub gap: i64,
    pub longest: i64,
}

impl FusionPolicy {
    pub fn reach(&self, category: Category) -> FusionReach {
        if self.lasting.has(category) {
            FusionReach { gap: self.gap, length: self.longest }
        } else {
            FusionReach { gap: self.window, length: self.window }
        }
    }

    /// No incident is longer, but for what the desk merged.
    pub fn longest_incident(&self) -> i64 {
        self.window.max(self.longest)
    }
}

/// How far the reports of one incident lie apart at most, microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FusionReach {
    /// From one report to the next.
    pub gap: i64,
    /// From the first to the last.
    pub length: i64,
}

impl FusionReach {
    /// True where a report at `at` may belong to an incident whose reports up to then lie from `first` to `last`.
    pub fn holds(self, first: Time, last: Time, at: Time) -> bool {
        at <= last.plus(self.gap) && at <= first.plus(self.length)
    }
}

/// What a pair of speakers must attest, one of them not involved, for anything to reach awas.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AwasPolicy {
    /// The least severity, 1 to 5.
    pub conflict: u8,
    pub disaster: u8,
}

impl AwasPolicy {
    /// Less than this no policy may ask for.
    pub const LEAST: AwasPolicy = AwasPolicy { conflict: 4, disaster: 5 };

    pub fn least(self, kind: Kind) -> u8 {
        if kind == Kind::Disaster { self.disaster } else { self.conflict }
    }
}

/// Which level a single speaker's report opens, and for how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpeningPolicy {
    /// Microseconds back from now, by `occurred_at`.
    pub window: i64,
    /// By voice and ground, as far as a policy may choose: uninvolved, one party, community; death, life-threatening, grave.
    pub levels: [[Level; 3]; 3],
    /// Categories of disasters that threaten lives where they are grave: the taxonomy's.
    pub life_threatening: CategorySet,
}

impl OpeningPolicy {
    /// The level that a voice opens by a ground. What is verified opens what one who is not involved does.
    pub fn level(&self, voice: OpeningVoice, ground: OpeningGround) -> Level {
        let row = match voice {
            OpeningVoice::Verified | OpeningVoice::Uninvolved => self.levels[0],
            OpeningVoice::OneParty => self.levels[1],
            OpeningVoice::Community => self.levels[2],
        };
        match ground {
            OpeningGround::Death => row[0],
            OpeningGround::LifeThreatening => row[1],
            OpeningGround::Grave => row[2],
            OpeningGround::Serious => Level::Waspada,
        }
    }
}

impl Default for OpeningPolicy {
    fn default() -> OpeningPolicy {
        use Level::{Siaga, Waspada};
        OpeningPolicy {
            window: 2 * DAY,
            levels: [[Siaga; 3], [Siaga, Siaga, Waspada], [Waspada; 3]],
            life_threatening: CategorySet::default(),
        }
    }
}

/// When a feed counts as silent, and a district as without data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Silence {
    /// A feed is silent after this many times its usual interval (in hundredths) …
    pub factor: i64,
    /// … but never before this and always after that, microseconds.
    pub at_least: i64,
    pub at_most: i64,
    /// Below this completeness a condition may not clear by itself, parts per million.
    pub low_ppm: u32,
    /// Whose word makes a place speak, by kind.
    pub voices: Voices,
}

/// Classes of feeds whose word makes a place speak, by kind: a word of any other class leaves it without data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Voices([u16; Kind::COUNT]);

impl Voices {
    /// None.
    pub const fn none() -> Voices {
        Voices([0; Kind::COUNT])
    }

    /// Adds a class for a kind.
    #[must_use]
    pub const fn with(mut self, kind: Kind, class: FeedClass) -> Voices {
        self.0[kind.index()] |= 1 << class.index();
        self
    }

    /// True where a feed of this class makes a place speak of this kind.
    pub const fn has(self, kind: Kind, class: FeedClass) -> bool {
        self.0[kind.index()] & 1 << class.index() != 0
    }

    /// True for classes whose word can never make a place speak of a kind: a sensor sees from afar and nobody of the place
    /// says with it that nothing happened, and a company is a party to a conflict.
    pub const fn never(kind: Kind, class: FeedClass) -> bool {
        match class {
            FeedClass::Sensor => true,
            FeedClass::Company => !matches!(kind, Kind::Disaster),
            _ => false,
        }
    }

    /// What holds where a policy does not say: everybody but [`Voices::never`], and in conflicts but the desk, which has no
    /// eyes of its own (what it passes on is the word of the source that said it).
    pub const fn usual() -> Voices {
        let (mut voices, mut at) = (Voices::none(), 0);
        while at < Kind::COUNT * FeedClass::COUNT {
            let (kind, class) = (Kind::ALL[at / FeedClass::COUNT], FeedClass::ALL[at % FeedClass::COUNT]);
            let desk = matches!(class, FeedClass::Desk) && !matches!(kind, Kind::Disaster);
            if !Voices::never(kind, class) && !desk {
                voices = voices.with(kind, class);
            }
            at += 1;
        }
        voices
    }
}

/// A rule trigger: so many incidents of these categories within a window raise this level.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    pub id: String,
    pub kind: Kind,
    pub level: Level,
    /// Empty means every category of the kind.
    pub categories: Vec<Category>,
    /// By counted severity.
    pub min_severity: u8,
    /// Incidents at this stage or later; `None` counts every stage, also where none is given.
    pub min_stage: Option<Stage>,
    pub count: u32,
    /// Microseconds back from now, by `occurred_at`.
    pub window: i64,
    /// Counts an incident by what a pair of speakers attests of which one is not involved, in place of its counted severity.
    /// A rule that raises awas always does.
    pub by_pair: bool,
    /// Counts only incidents with this many dead, injured or displaced together, as far as they count.
    pub min_harmed: u32,
}

/// How the ledger of forecasts is kept.
#[derive(Clone, PartialEq, Debug)]
pub struct LedgerPolicy {
    /// From this severity on an incident makes a forecast come true.
    pub min_severity: u8,
    /// Days that late reports are given after the horizon.
    pub grace_days: i64,
    /// True where an incident that one speaker reported and nobody verified counts; else it decides nothing.
    pub unverified_counts: bool,
    /// Below this mean share of speaking feeds silence proves nothing, parts per million.
    pub low_ppm: u32,
    /// Quiet districts drawn in each regency and week.
    pub sample: usize,
    /// Makes the draw another one; the same seed draws the same.
    pub seed: u64,
}
