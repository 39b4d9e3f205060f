//! The lists of all countries that had enough events, by stretches of ten years, and the lines fitted without each.

use super::deadly_events::EventsByCountry;
use super::grid_list::{GridList, GridSize};
use super::left_out::LeftOutTest;
use super::pooled::{PooledLine, fit_pooled, rows_of};
use crate::error::{Error, Result};
use crate::logistic::Rows;
use crate::panel::Window;
use crate::period::{Period, day_of};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Ten years of a list: three give places and their base rate, what follows is fitted on; the last three are judged, by what was
/// known in the first seven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decade(pub i16);

/// The years that the list covers well, without a gap.
pub const DECADES: [Decade; 3] = [Decade(1991), Decade(2001), Decade(2011)];

/// A list is fitted on with so many hits before and from its cut on, and judged on with so many.
const FIT: (usize, usize) = (10, 30);
const JUDGE: (usize, usize) = (100, 50);

impl Decade {
    pub fn years(self) -> (i16, i16) {
        (self.0, self.0 + 9)
    }

    fn window(self, period: Period, cut: i16) -> Window {
        let day = |year: i16| day_of(Date::constant(year, 1, 1));
        Window { period, from: day(self.0), to: day(self.0 + 10) - 1, test_from: day(self.0 + cut) }
    }

    pub fn to_fit(self, period: Period) -> Window {
        self.window(period, 3)
    }

    pub fn to_judge(self, period: Period) -> Window {
        self.window(period, 7)
    }
}

/// The rows of each country, and the lists to judge.
pub struct Countries {
    rows: BTreeMap<String, Rows>,
    pub judged: Vec<(Decade, GridList)>,
    /// Places of all lists that are fitted on.
    pub units: usize,
}

impl Countries {
    /// Makes the lists of one period.
    pub fn new(events: &EventsByCountry, period: Period) -> Countries {
        let mut made = Countries { rows: BTreeMap::new(), judged: Vec::new(), units: 0 };
        for (country, own) in events {
            for decade in DECADES {
                let list = |window: Window, least: (usize, usize)| {
                    let list = GridList::new(country, own, GridSize::FITTED, window).ok()?;
                    let hits = list.hits();
                    (hits.0 >= least.0 && hits.1 >= least.1).then_some(list)
                };
                if let Some(list) = list(decade.to_fit(period), FIT) {
                    let rows = rows_of(&list);
                    let all = made.rows.entry(country.clone()).or_default();
                    all.width = rows.width;
                    all.cells.extend(rows.cells);
                    all.labels.extend(rows.labels);
                    made.units += list.vectors.units;
                }
                if let Some(list) = list(decade.to_judge(period), JUDGE) {
                    made.judged.push((decade, list));
                }
            }
        }
        made
    }

    /// How many countries are fitted on.
    pub fn fitted(&self) -> usize {
        self.rows.len()
    }

    /// The rows of all countries but one.
    pub fn rows_without(&self, country: Option<&str>) -> Rows {
        let mut rows = Rows::default();
        for (_, own) in self.rows.iter().filter(|(name, _)| Some(name.as_str()) != country) {
            rows.width = own.width;
            rows.cells.extend(&own.cells);
            rows.labels.extend(&own.labels);
        }
        rows
    }

    /// The line fitted without each country that is judged.
    ///
    /// # Errors
    /// Where a line cannot be fitted.
    pub fn lines_without(&self) -> Result<BTreeMap<String, PooledLine>> {
        let (mut lines, mut near) = (BTreeMap::new(), None);
        for (_, list) in &self.judged {
            if !lines.contains_key(&list.country) {
                let rows = self.rows_without(Some(&list.country));
                let what = format!("line without {}", list.country);
                let line = fit_pooled(&rows, near.as_ref(), &what)?;
                near = Some(line.clone());
                lines.insert(list.country.clone(), line);
            }
        }
        Ok(lines)
    }

    /// Every test of a country by the line fitted without it.
    ///
    /// # Errors
    /// Where a country's own baselines cannot be tuned, or no country had enough events.
    pub fn judge(&self, lines: &BTreeMap<String, PooledLine>) -> Result<Vec<LeftOutTest>> {
        let tests = self.judged.iter().map(|(decade, list)| {
            let line = lines.get(&list.country).ok_or_else(|| Error::Empty(list.country.clone()))?;
            LeftOutTest::judge(list, decade.years(), line)
        });
        let tests = tests.collect::<Result<Vec<LeftOutTest>>>()?;
        if tests.is_empty() {
            return Err(Error::Empty("no country has enough events to be judged on".to_string()));
        }
        Ok(tests)
    }
}
