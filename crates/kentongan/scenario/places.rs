//! The feeds and villages the scenario may name; anything else in the story is a mistake and stops the generator.

const FEEDS: &str = include_str!("feeds.csv");
const VILLAGES: &str = include_str!("../../../config/districts/16.13.csv");

#[derive(Clone, Copy)]
pub struct Feed {
    pub name: &'static str,
    pub class: &'static str,
    /// A district, or the regency.
    pub place: &'static str,
}

pub fn feeds() -> impl Iterator<Item = Feed> {
    FEEDS.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        Feed { name: cells[0], class: cells[1], place: cells[2] }
    })
}

pub fn feed(name: &str) -> Feed {
    feeds().find(|feed| feed.name == name).unwrap_or_else(|| panic!("feed {name:?} is not in feeds.csv"))
}

/// The codes of the seven districts.
pub fn districts() -> impl Iterator<Item = &'static str> {
    rows().filter(|row| row[2] == "district").map(|row| row[0])
}

/// The villages of a district with their centres, latitude first.
pub fn villages(district: &str) -> Vec<(&'static str, (f64, f64))> {
    let own = rows().filter(|row| row[2] == "village" && row[0].starts_with(district));
    own.map(|row| (row[0], (row[4].parse().unwrap(), row[5].parse().unwrap()))).collect()
}

/// Panics unless the code is one of the regency's.
pub fn must_exist(code: &str) {
    assert!(rows().any(|row| row[0] == code), "place {code:?} is not in the district file");
}

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    VILLAGES.lines().skip(1).map(|line| line.split(',').collect())
}
