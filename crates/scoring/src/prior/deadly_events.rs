//! The list of deadly events of many countries: a day and a point each.

use crate::error::{Error, Result};
use crate::events::read_text;
use crate::period::{Day, day_of};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::path::Path;

/// One event with deaths: when and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeadlyEvent {
    pub day: Day,
    pub latitude: f64,
    pub longitude: f64,
}

/// The events of each country, by its name.
pub type EventsByCountry = BTreeMap<String, Vec<DeadlyEvent>>;

/// A row of the list, as far as it is used.
#[derive(serde::Deserialize)]
struct ListRow {
    year: i16,
    month: i8,
    day: i8,
    country: String,
    latitude: f64,
    longitude: f64,
}

/// Reads the table with the columns `year`, `month`, `day`, `country`, `latitude` and `longitude` (CSV, may be gzip).
///
/// # Errors
/// Where the file or a row cannot be read, or a row names no day or no place on Earth.
pub fn read_deadly_events(path: &Path) -> Result<EventsByCountry> {
    let text = read_text(path)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut countries = EventsByCountry::new();
    for (index, row) in reader.deserialize::<ListRow>().enumerate() {
        let failed = |reason: String| Error::Events(format!("row {} of {path:?}: {reason}", index + 1));
        let row = row.map_err(|error| failed(error.to_string()))?;
        let date = Date::new(row.year, row.month, row.day).map_err(|error| failed(error.to_string()))?;
        if row.latitude.abs() > 90.0 || row.longitude.abs() > 180.0 {
            return Err(failed(format!("no place on Earth: {}, {}", row.latitude, row.longitude)));
        }
        let event = DeadlyEvent { day: day_of(date), latitude: row.latitude, longitude: row.longitude };
        countries.entry(row.country).or_default().push(event);
    }
    Ok(countries)
}
