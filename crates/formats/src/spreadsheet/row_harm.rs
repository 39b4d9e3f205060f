//! Who was hurt, what was damaged, how severe it was and at which point, as the columns of a row and its prose say.

use super::cells;
use super::column::ColumnMeaning;
use super::place::RowPlace;
use super::prose::Prose;
use super::reader::{TableRows, Trouble, trouble};
use crate::chat::hurt::{HarmKind, PeopleHurt, in_no_field, people_hurt};
use crate::chat::severity;
use domain::kind::{Category, Kind};

impl TableRows<'_> {
    /// Counts of the columns; where there is no column, what the prose says. What it leaves open of people hurt is asked about.
    pub(super) fn hurt(&self, row: usize, prose: Prose<'_>) -> Result<PeopleHurt, Trouble> {
        use ColumnMeaning::{Casualties, Dead, Displaced, Injured, Missing};
        let mut hurt = people_hurt(prose.text, prose.words);
        let in_prose = hurt.clone();
        let victims = self.victims(row)?;
        victims.iter().for_each(|(harm, count)| hurt.settle(*harm, *count));
        if let Some(missing) = self.count(row, Missing)? {
            hurt.settle_missing(missing);
        }
        for (harm, meaning) in
            [(HarmKind::Dead, Dead), (HarmKind::Injured, Injured), (HarmKind::Displaced, Displaced)]
        {
            let Some(counted) = self.count(row, meaning)? else { continue };
            self.is_all_of_prose(&in_prose, (harm, meaning), counted)?;
            hurt.settle(harm, counted);
            if let Some((_, in_words)) = victims.iter().find(|(own, count)| *own == harm && *count != counted)
            {
                let column = self.mapping.of(meaning).next();
                let both = format!("{counted} / {in_words}");
                return Err(trouble(true, column, &both, ("sheet.counts_differ", vec![])));
            }
        }
        // A number of victims of whom nobody says how they were hurt is one of people hurt.
        let casualties =
            self.count(row, Casualties)?.filter(|_| hurt.dead.is_none() && hurt.injured.is_none());
        if let Some(count) = casualties {
            hurt.settle(HarmKind::Injured, count);
        }
        if let Some(column) = self.counted_in_remarks(row, &hurt) {
            let cell = self.table.sheet.cell(row, column);
            return Err(trouble(true, Some(column), cell, ("sheet.unread_harm", vec![])));
        }
        // A number of people that no field holds is asked about as in a chat, where no column counts anybody.
        let counts = hurt.counts();
        let is_settled = counts != in_prose.counts() && counts.iter().flatten().any(|count| *count > 0);
        let unread = (!is_settled).then(|| in_no_field(prose.text, prose.words, &in_prose));
        match hurt.look_at().into_iter().chain(unread.into_iter().flatten()).next() {
            Some(words) => {
                let column = self.mapping.of(ColumnMeaning::Text).next();
                Err(trouble(true, column, &prose.text[words], ("sheet.open_harm", vec![])))
            }
            None => Ok(hurt),
        }
    }

    /// True where a row tells of people killed or hurt, in whatever column.
    pub(super) fn hurts_anybody(&self, row: usize, prose: Prose<'_>) -> bool {
        self.hurt(row, prose).map_or(true, |hurt| {
            let counted = [&hurt.dead, &hurt.injured].into_iter().flatten().any(|found| found.value > 0);
            counted || hurt.uncounted.dead.is_some() || hurt.uncounted.injured.is_some()
        })
    }

    /// Asks where the prose counts more people than their column, as below a column that is filled with 0 throughout; also families
    /// of whom the column counts nobody.
    fn is_all_of_prose(
        &self,
        prose: &PeopleHurt,
        (harm, meaning): (HarmKind, ColumnMeaning),
        counted: u32,
    ) -> Result<(), Trouble> {
        let of_prose = match harm {
            HarmKind::Dead => &prose.dead,
            HarmKind::Injured => &prose.injured,
            HarmKind::Displaced | HarmKind::Lost => &prose.displaced,
        };
        let column = self.mapping.of(meaning).next();
        let ask = |value: &str, key| Err(trouble(true, column, value, (key, vec![])));
        match of_prose {
            Some(found) if found.value > counted => {
                ask(&format!("{counted} / {}", found.value), "sheet.prose_differs")
            }
            _ if harm == HarmKind::Displaced && counted == 0 && prose.households.is_some() => {
                ask("0", "sheet.prose_differs")
            }
            _ => Ok(()),
        }
    }

    /// What the columns of a meaning count; `None` where there are none or all are empty.
    fn count(&self, row: usize, meaning: ColumnMeaning) -> Result<Option<u32>, Trouble> {
        if !meaning.is_of_people() {
            return self.houses(row, meaning);
        }
        match self.people(row, meaning)? {
            Some(sum) if sum > 60_000 && meaning != ColumnMeaning::Displaced => {
                let column = self.mapping.of(meaning).next();
                Err(trouble(false, column, &sum.to_string(), ("sheet.no_number", vec![])))
            }
            sum => Ok(sum),
        }
    }

    /// The sum of the columns of a meaning.
    fn houses(&self, row: usize, meaning: ColumnMeaning) -> Result<Option<u32>, Trouble> {
        let mut sum = None;
        for column in self.mapping.of(meaning) {
            let cell = self.table.sheet.cell(row, column);
            let own = cells::count(cell)
                .ok_or_else(|| trouble(false, Some(column), cell, ("sheet.no_number", vec![])))?;
            if let Some(own) = own {
                sum = Some(sum.unwrap_or(0_u32).saturating_add(own));
            }
        }
        Ok(sum)
    }

    pub(super) fn severity(
        &self,
        row: usize,
        (category, prose): (Category, Prose<'_>),
        hurt: &PeopleHurt,
    ) -> Result<u8, Trouble> {
        let (column, cell) = self.cell(row, ColumnMeaning::Severity);
        let stated = cells::severity(cell)
            .ok_or_else(|| trouble(false, column, cell, ("sheet.unreadable_severity", vec![])))?;
        if let Some(stated) = stated {
            return Ok(stated);
        }
        let serious = self.reader.taxonomy.get(category).is_some_and(|entry| entry.serious_by_itself);
        let damaged = self.count(row, ColumnMeaning::Damaged)?.unwrap_or(0);
        let Some(kind) = category.kind() else {
            return Ok(severity::of_harm(hurt).map_or(1, |found| found.value));
        };
        let own = severity::severity_of(kind, prose.words, serious, hurt).value;
        let of_houses = match damaged {
            0 => 0,
            1..100 => 3,
            100.. => 4,
        };
        Ok(if kind == Kind::Disaster { own.max(of_houses) } else { own })
    }

    /// True where a row gives coordinates, whatever they say.
    pub(super) fn has_point(&self, row: usize) -> bool {
        let columns = [ColumnMeaning::Point, ColumnMeaning::Latitude, ColumnMeaning::Longitude];
        columns.into_iter().any(|meaning| !self.cell(row, meaning).1.is_empty())
            || self.point_among_places(row).is_some()
    }

    /// A point that stands in a column of places, as KoboToolbox writes the answer to "lokasi": it names none.
    pub(super) fn point_among_places(&self, row: usize) -> Option<(usize, &str)> {
        let cell = |column| (column, self.table.sheet.merged_down(row, column));
        self.mapping.of(ColumnMeaning::Place).map(cell).find(|(_, cell)| cells::clear_point(cell).is_some())
    }

    /// Degrees north and east. A point that cannot lie in the place that the row names is asked about, like a code of another.
    pub(super) fn point(&self, row: usize, places: &[RowPlace]) -> Result<Option<(f64, f64)>, Trouble> {
        let (column, point) = self.cell(row, ColumnMeaning::Point);
        let (lat_column, lat) = self.cell(row, ColumnMeaning::Latitude);
        let (_, lon) = self.cell(row, ColumnMeaning::Longitude);
        let among = self.point_among_places(row).filter(|_| point.is_empty() && lat.is_empty());
        let (column, cell, read) = match point {
            _ if let Some((column, cell)) = among => (Some(column), cell, cells::point(cell)),
            "" => (lat_column, lat, cells::degrees(lat).zip(cells::degrees(lon))),
            point => (column, point, cells::point(point)),
        };
        match read {
            Some((0.0, 0.0)) | None => Ok(None),
            Some((lat, lon)) if lat.abs() <= 15.0 && (90.0..=150.0).contains(&lon) => match places {
                [one] if self.reader.places.is_far(one.place, (lat, lon)) => {
                    Err(trouble(true, column, cell, ("sheet.point_far", vec![])))
                }
                _ => Ok(Some((lat, lon))),
            },
            Some(_) => Err(trouble(false, column, cell, ("sheet.point_elsewhere", vec![]))),
        }
    }
}
