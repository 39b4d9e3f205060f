//! An event list as people export it: one row an event, a place column, a date column, whatever else around it.

use crate::error::{Error, Result};
use crate::period::{Day, Order, Written, parse};
use std::collections::BTreeSet;
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
    /// The enclosing place, for pooling.
    pub parent: Option<String>,
    /// Keep only rows where the column holds one of the values.
    pub only: Vec<(String, Vec<String>)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub unit: String,
    pub parent: Option<String>,
    pub day: Day,
    pub received: Day,
    /// The day it was known no more, as this: taken back, or reported otherwise. It counts until then and is never a label.
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

/// The bytes of a file as text, unpacked where it is gzip; bytes that are not UTF-8 are replaced.
pub fn read_text(path: &Path) -> Result<String> {
    let failed = |source| Error::Read { path: path.to_path_buf(), source };
    let bytes = std::fs::read(path).map_err(failed)?;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain).map_err(failed)?;
        plain
    } else {
        bytes
    };
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_start_matches('\u{feff}').to_string())
}

/// Places, one a line; what follows the first comma or semicolon is a name and is not read.
pub fn read_units(path: &Path) -> Result<Vec<String>> {
    let text = read_text(path)?;
    let code = |line: &str| line.split([',', ';']).next().unwrap_or("").trim().trim_matches('"').to_string();
    let units: BTreeSet<String> = text.lines().map(code).filter(|unit| !unit.is_empty()).collect();
    if units.is_empty() {
        return Err(Error::Events(format!("the list of places {path:?} is empty")));
    }
    Ok(units.into_iter().collect())
}

struct Table {
    header: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// Finds the header: the first or second record, under the delimiter that makes the time column appear.
    fn open(text: &str, source: &EventSource) -> Result<Table> {
        for delimiter in [b',', b';', b'\t'] {
            let records = records(text, delimiter)?;
            for skip in 0..2 {
                let Some((_, header)) = records.get(skip) else { continue };
                if header.iter().any(|name| name == &source.time) {
                    return Ok(Table { header: header.clone(), rows: records[skip + 1..].to_vec() });
                }
            }
        }
        let first = text.lines().next().unwrap_or("").chars().take(120).collect::<String>();
        Err(Error::Events(format!(
            "no column {:?} in the first two lines of {:?} (the first begins {first:?}); check --time",
            source.time, source.path
        )))
    }

    fn column(&self, name: &str, flag: &str) -> Result<usize> {
        self.header.iter().position(|have| have == name).ok_or_else(|| {
            let have = self.header.join(", ");
            Error::Events(format!("no column {name:?} (check {flag}); there are: {have}"))
        })
    }

    fn events(mut self, source: &EventSource) -> Result<Events> {
        let unit = self.column(&source.unit, "--unit")?;
        let time = self.column(&source.time, "--time")?;
        let received = source.received.as_deref().map(|name| self.column(name, "--received")).transpose()?;
        let parent = source.parent.as_deref().map(|name| self.column(name, "--parent")).transpose()?;
        let mut notes = Vec::new();
        self.drop_noise(&mut notes);
        for (name, values) in &source.only {
            let at = self.column(name, "the filter")?;
            self.rows.retain(|(_, row)| row.get(at).is_some_and(|have| values.contains(have)));
        }
        let occurred = self.dates(time, &source.time, &mut notes)?;
        let known = match received {
            Some(at) => Some(self.dates(at, source.received.as_deref().unwrap_or(""), &mut notes)?),
            None => None,
        };
        let mut events = Events { rows: Vec::new(), notes };
        let (mut nowhere, mut leaked) = (0u32, None);
        for (index, (line, row)) in self.rows.iter().enumerate() {
            let Some(written) = occurred[index] else { continue };
            let name = row.get(unit).map(|name| name.trim()).unwrap_or("");
            if name.is_empty() {
                nowhere += 1;
                continue;
            }
            let day = written.first;
            let received = match &known {
                Some(days) => days[index].map_or(day, |written| written.last),
                // Somewhere within the span it happened: by its end it was known.
                None => written.last,
            };
            if received < day {
                leaked.get_or_insert(*line);
            }
            let parent = parent.and_then(|at| row.get(at)).map(|name| name.trim().to_string());
            let parent = parent.filter(|name| !name.is_empty());
            events.rows.push(Event {
                unit: name.to_string(),
                parent,
                day,
                received,
                gone: None,
                severity: None,
            });
        }
        if let Some(line) = leaked {
            return Err(Error::Leak(format!(
                "line {line} was received before it happened; correct the received column or leave --received out"
            )));
        }
        if nowhere > 0 {
            events.notes.push(format!("{nowhere} rows name no place in {:?} and are left out", source.unit));
        }
        Ok(events)
    }

    /// Leaves out tag rows (`#date+start`), empty rows and rows that repeat another in every field.
    fn drop_noise(&mut self, notes: &mut Vec<String>) {
        self.rows.retain(|(_, row)| !row.iter().all(|field| field.is_empty()));
        let tags = |row: &[String]| row.iter().any(|field| field.starts_with('#') && field.contains('+'));
        if self.rows.first().is_some_and(|(_, row)| tags(row)) {
            self.rows.remove(0);
        }
        let before = self.rows.len();
        let mut seen = BTreeSet::new();
        self.rows.retain(|(_, row)| seen.insert(row.clone()));
        let repeated = before - self.rows.len();
        if repeated > 0 {
            notes.push(format!("{repeated} rows repeat another row in every field and are counted once"));
        }
    }

    /// The dates of a column; a few unreadable ones are noted, many refuse the file.
    fn dates(&self, at: usize, name: &str, notes: &mut Vec<String>) -> Result<Vec<Option<Written>>> {
        let read = |order: Order| -> Vec<Option<Written>> {
            self.rows.iter().map(|(_, row)| row.get(at).and_then(|field| parse(field, order))).collect()
        };
        let mut dates = read(Order::DayFirst);
        let missing = |dates: &[Option<Written>]| dates.iter().filter(|date| date.is_none()).count();
        if missing(&dates) > 0 {
            let other = read(Order::MonthFirst);
            if missing(&other) < missing(&dates) {
                notes.push(format!("dates in {name:?} are read as month/day/year"));
                dates = other;
            }
        }
        let bad = missing(&dates);
        if bad > 0 {
            let index = dates.iter().position(Option::is_none).unwrap_or(0);
            let (line, row) = &self.rows[index];
            let text = row.get(at).map_or("", |field| field.as_str());
            let message = format!(
                "{bad} of {} dates in {name:?} cannot be read, the first on line {line}: {text:?}",
                dates.len()
            );
            if bad * 20 > dates.len() {
                return Err(Error::Events(format!("{message}; use yyyy-mm-dd or dd/mm/yyyy")));
            }
            notes.push(format!("{message}; these rows are left out"));
        }
        let spans = dates.iter().flatten().filter(|date| date.last > date.first).count();
        if spans > 0 {
            notes.push(format!(
                "{spans} dates in {name:?} are spans; each counts on its first day and as known from its last"
            ));
        }
        Ok(dates)
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
mod tests {
    use super::*;

    fn events(text: &str, received: Option<&str>) -> Result<Events> {
        let source = EventSource {
            path: "list.csv".into(),
            unit: "kab".into(),
            time: "tanggal".into(),
            received: received.map(str::to_string),
            parent: Some("prov".into()),
            only: Vec::new(),
        };
        Table::open(text, &source)?.events(&source)
    }

    #[test]
    fn title_line_semicolons_tag_row_and_repeats() {
        let text = "Data;;;\nno;kab;tanggal;prov\n#x;#loc+name;#date+start;\n1;A;31/12/2021;P\n1;A;31/12/2021;P\n2;;30/12/2021;P\n3;B;01/12/2021;\n";
        let list = events(text, None).expect("readable");
        assert_eq!(list.rows.len(), 2);
        assert_eq!((list.rows[0].parent.as_deref(), list.rows[1].parent.as_deref()), (Some("P"), None));
        assert_eq!(list.notes.len(), 2, "{:?}", list.notes);
    }

    #[test]
    fn unreadable_dates_unknown_columns_and_leaks_are_refused() {
        let many = "kab,tanggal,prov\nA,soon,P\nB,2020-01-01,P\n";
        assert!(events(many, None).unwrap_err().to_string().contains("line 2"));
        let unknown = "kab,date,prov\nA,2020-01-01,P\n";
        assert!(events(unknown, None).unwrap_err().to_string().contains("tanggal"));
        let leak = "kab,tanggal,prov,got\nA,2020-01-05,P,2020-01-04\n";
        assert!(matches!(events(leak, Some("got")), Err(Error::Leak(_))));
    }

    #[test]
    fn spans_count_on_their_first_day_are_known_from_their_last_and_say_so() {
        let list = events("kab,tanggal,prov\nA,2020-01-01/2020-02-20,P\n", None).expect("readable");
        assert_eq!(list.rows[0].received - list.rows[0].day, 50);
        assert!(list.notes[0].contains("spans"), "{:?}", list.notes);
    }
}
