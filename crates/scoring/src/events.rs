//! An event list as people export it: one row an event, a place column, a date column, whatever else around it.

mod dates;
mod levels;
mod names;
mod no_place;
mod noise;
mod spelling;
mod unit_list;
mod window;

use crate::error::{Error, Result};
use crate::period::{Day, day_of};
use formats::open_quote::open_quote;
use formats::plain_text::{HEADER_WITHIN, decoded};
use formats::written_date::DateOrder;
use no_place::NoPlace;
use spelling::spelling;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Which columns of which file.
#[derive(Clone, Debug, Default)]
pub struct EventSource {
    pub path: PathBuf,
    pub unit: String,
    pub time: String,
    /// When it became known; without it, the day it happened.
    pub received: Option<String>,
    /// The enclosing place; the other places in it stand in for neighbours.
    pub parent: Option<String>,
    /// Which of day and month stands first, where a person said it.
    pub dates: Option<DateOrder>,
    /// Keep only rows where the column holds one of the values.
    pub only: Vec<(String, Vec<String>)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub unit: String,
    pub parent: Option<String>,
    pub day: Day,
    pub received: Day,
    /// The day it was known no more, as this: taken back, or reported otherwise. It counts until then, and is a label only for what is learnt before.
    pub gone: Option<Day>,
    /// 1–5 where the list knows it.
    pub severity: Option<u8>,
}

/// The events, and what had to be said about the file.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub rows: Vec<Event>,
    pub notes: Vec<String>,
}

/// Reads the list; every row that is not used is counted in the notes.
pub fn read(source: &EventSource) -> Result<Events> {
    let text = read_text(&source.path)?;
    let table = Table::open(&text, source)?;
    table.events(source)
}

/// A list of events is no larger than this, unpacked; bytes.
const MOST_UNPACKED: u64 = 256 << 20;

/// The bytes of a file as text, unpacked where it is gzip; bytes that are not UTF-8 are taken as Windows-1252.
pub fn read_text(path: &Path) -> Result<String> {
    let failed = |source| Error::Read { path: path.to_path_buf(), source };
    let bytes = std::fs::read(path).map_err(failed)?;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        let unpacked = flate2::read::MultiGzDecoder::new(&bytes[..]);
        unpacked.take(MOST_UNPACKED + 1).read_to_end(&mut plain).map_err(failed)?;
        if plain.len() as u64 > MOST_UNPACKED {
            return Err(Error::Events(format!(
                "{path:?} unpacks to more than {} MB; cut the list by years",
                MOST_UNPACKED >> 20
            )));
        }
        plain
    } else {
        bytes
    };
    Ok(decoded(&bytes).into_owned())
}

pub use names::match_units;
pub use unit_list::{ListedUnits, read_units};
pub use window::{outside_in_words, silences};

struct Table {
    header: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// Finds the header: the first or second record, under the delimiter that makes the time column appear.
    fn open(text: &str, source: &EventSource) -> Result<Table> {
        // The reader of tables counts one line too few where they end with two characters.
        let text = &text.replace("\r\n", "\n");
        for delimiter in [b',', b';', b'\t', b'|'] {
            let records = records(text, delimiter)?;
            for skip in 0..HEADER_WITHIN.min(records.len()) {
                let Some((_, header)) = records.get(skip) else { continue };
                if header.iter().any(|name| name == &source.time) {
                    if let Some(line) = open_quote(text, delimiter) {
                        return Err(Error::Events(format!(
                            "line {line} of {:?}: a quotation mark opens a cell that takes in the lines behind it; close it, or take \
                             it out",
                            source.path
                        )));
                    }
                    return Ok(Table { header: header.clone(), rows: records[skip + 1..].to_vec() });
                }
            }
        }
        let first = text.lines().next().unwrap_or("").chars().take(120).collect::<String>();
        Err(Error::Events(format!(
            "no column {:?} in the first lines of {:?} (the first begins {first:?}); check --time",
            source.time, source.path
        )))
    }

    fn column(&self, name: &str, flag: &str) -> Result<usize> {
        let mut found = (0..self.header.len()).filter(|at| self.header[*at] == name);
        match (found.next(), found.count()) {
            (Some(at), 0) => Ok(at),
            (Some(_), more) => Err(Error::Events(format!(
                "{} columns are called {name:?} (check {flag}); give all but one of them another name",
                more + 1
            ))),
            (None, _) => {
                let have = self.header.join(", ");
                Err(Error::Events(format!("no column {name:?} (check {flag}); there are: {have}")))
            }
        }
    }

    fn events(mut self, source: &EventSource) -> Result<Events> {
        let unit = self.column(&source.unit, "--unit")?;
        let time = self.column(&source.time, "--time")?;
        let received = source.received.as_deref().map(|name| self.column(name, "--received")).transpose()?;
        let parent = source.parent.as_deref().map(|name| self.column(name, "--parent")).transpose()?;
        let mut notes = Vec::new();
        self.drop_noise((unit, time), &mut notes)?;
        self.drop_nowhere(unit, &source.unit, &mut notes);
        for (name, values) in &source.only {
            let at = self.column(name, "the filter")?;
            self.rows.retain(|(_, row)| row.get(at).is_some_and(|have| values.contains(have)));
        }
        let occurred = self.dates(time, &source.time, source.dates, &mut notes)?;
        let known = match received {
            Some(at) => {
                Some(self.dates(at, source.received.as_deref().unwrap_or(""), source.dates, &mut notes)?)
            }
            None => None,
        };
        let mut events = Events { rows: Vec::new(), notes };
        let (mut leaked, mut around_nothing) = (None, 0);
        for (index, (line, row)) in self.rows.iter().enumerate() {
            let Some(written) = occurred[index] else { continue };
            let name = row.get(unit).map(|name| spelling(name)).unwrap_or_default();
            // Somewhere within the span it happened: by its end it was known. Where nobody can say when it became known,
            // counting it at once would be a leak.
            let Some(last) = known.as_ref().map_or(Some(written), |days| days[index]) else { continue };
            let (day, received) = (day_of(written.first), day_of(last.last));
            if received < day {
                leaked.get_or_insert(*line);
            }
            let named = parent.and_then(|at| row.get(at)).map(|name| spelling(name));
            let parent = named.clone().filter(|name| NoPlace::of(name).is_none());
            around_nothing += usize::from(parent.is_none() && named.is_some_and(|name| !name.is_empty()));
            events.rows.push(Event { unit: name, parent, day, received, gone: None, severity: None });
        }
        if let Some(line) = leaked {
            return Err(Error::Leak(format!(
                "line {line} was received before it happened; correct the received column or leave --received out"
            )));
        }
        if around_nothing > 0 {
            events.notes.push(format!(
                "{around_nothing} events have a word for nothing, or a sum, as their enclosing place and count as if none were named"
            ));
        }
        events.note_late(source.received.as_deref().unwrap_or(&source.time));
        levels::note_mixed(&mut events);
        names::unite(&mut events);
        names::note_doubts(&mut events);
        Ok(events)
    }
}

fn records(text: &str, delimiter: u8) -> Result<Vec<(u64, Vec<String>)>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| Error::Events(format!("not a table: {error}")))?;
        let line = record.position().map_or(0, |position| position.line());
        all.push((line, record.iter().map(|field| field.trim().to_string()).collect()));
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
