//! A made-up country and what is reported of it.

use domain::kind::{Category, FeedClass, FoundBy, Handling, Kind, Parties};
use domain::place::{Areas, Code, Place, Places, Unit};
use domain::report::{Body, FeedId, Report, ReportId, ReportName, Statement, VerificationAct};
use domain::splitmix;
use domain::time::{HOUR, Time};

const REGENCIES: u64 = 514;
const DISTRICTS: u64 = 7_277;
pub const START: Time = Time(490_000 * HOUR);
const CATEGORIES: [(Kind, &str); 6] = [
    (Kind::ResidentCompany, "WP-05"),
    (Kind::ResidentCompany, "WP-01"),
    (Kind::ResidentResident, "WW-01"),
    (Kind::ResidentResident, "WW-10"),
    (Kind::Disaster, "WA-01"),
    (Kind::Disaster, "WA-02"),
];

/// The reports of a made-up country: busy districts far busier than quiet ones, one in a hundred corrected, taken back or confirmed.
pub struct Country {
    state: u64,
    last: Vec<(Code, ReportName)>,
}

impl Country {
    pub fn new(state: u64) -> Country {
        Country { state, last: Vec::new() }
    }

    fn below(&mut self, sides: u64) -> u64 {
        splitmix::next(&mut self.state) % sides
    }

    fn district(&mut self) -> Code {
        // The share of the busiest falls as in the bench's workload.
        let share = self.below(1 << 30) as f64 / f64::from(1 << 30);
        let rank = ((DISTRICTS as f64).powf(share) - 1.0) as u64;
        let (regency, number) = (rank % REGENCIES, rank / REGENCIES + 1);
        Code(((11 + regency % 38) * 10_000 + (1 + regency / 38) * 100 + number) as u32)
    }

    pub fn report(&mut self, number: u64, at: Time) -> Report {
        let (kind, code) = CATEGORIES[self.below(6) as usize];
        let class = [FeedClass::Village, FeedClass::Police, FeedClass::Company][self.below(3) as usize];
        let place = Place { code: self.district(), village: 2001 + self.below(18) as u16 };
        let mut report = Report {
            id: ReportId(u128::from(number) << 64 | u128::from(splitmix::next(&mut self.state))),
            hash: u128::from(splitmix::next(&mut self.state)),
            feed: FeedId(class as u32),
            class,
            author: None,
            place,
            reported_at: at,
            reconstructed: false,
            doubtful: None,
            body: Body::Statement(Statement {
                kind,
                category: Category::parse(code).expect("a code of the taxonomy"),
                severity: [1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5][self.below(12) as usize],
                occurred_at: at.plus(-(self.below(3) as i64) * HOUR),
                stage: None,
                reliability: 0,
                credibility: 0,
                handling: Handling::Open,
                parties: Parties::default(),
                found_by: FoundBy::Report,
                dead: 0,
                injured: 0,
                displaced: 0,
                supersedes: None,
                continues: false,
                ends: false,
                about: None,
                confidence: None,
                wording: None,
            }),
        };
        if self.below(100) == 0 && self.last.len() > 100 {
            let at = self.last.len() - 1 - self.below(100) as usize;
            let (code, named) = self.last[at];
            (report.place, report.feed) = (Place { code, village: 0 }, named.feed);
            report.body = match self.below(2) {
                0 => Body::Retraction { target: named.id },
                _ => Body::Verification {
                    act: VerificationAct::Confirm,
                    reports: vec![named.into()],
                    areas: Areas::everywhere(),
                },
            };
        }
        self.last.push((report.place.code, report.name()));
        if self.last.len() > 10_000 {
            self.last.drain(..5_000);
        }
        report
    }
}

pub fn places() -> Places {
    let code = |index: u64| {
        let (regency, number) = (index % REGENCIES, index / REGENCIES + 1);
        Code(((11 + regency % 38) * 10_000 + (1 + regency / 38) * 100 + number) as u32)
    };
    Places::new((0..DISTRICTS).map(|index| (code(index), Unit::default())).collect(), false)
}
