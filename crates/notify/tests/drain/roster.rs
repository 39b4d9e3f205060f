//! The roster of a test's desk, and its one district.

use crate::desk::{DISTRICT, SECRET};
use domain::place::{Places, Unit};
use notify::team::Team;

pub fn team(port: u16, more: &str) -> Team {
    parse(&roster(port, more))
}

pub fn parse(text: &str) -> Team {
    Team::parse(text, &|_| Some(String::from(SECRET))).unwrap()
}

pub fn desk_roster(http: u16, channels: &str) -> String {
    let hook = format!(r#"[{{ kind = "webhook", url = "http://127.0.0.1:{http}/k", secret_env = "S" }}]"#);
    roster(http, "").replace(&hook, channels)
}

pub fn roster(port: u16, more: &str) -> String {
    format!(
        r#"
        version = "1"
        [[team]]
        regency = "16.13"
        name = "Tim"
        [team.notified]
        waspada.all = ["piket", "camat"]
        awas.disaster = ["bpbd"]
        [[team.member]]
        id = "camat"
        role = "Camat"
        office = "camat"
        areas = ["16.13.04"]
        channels = [{{ kind = "email", to = "camat@x.example" }}]
        [[team.member]]
        id = "posko"
        role = "Posko"
        office = "piket"
        areas = ["16.13"]
        channels = [{{ kind = "webhook", url = "http://127.0.0.1:{port}/k", secret_env = "S" }}]
        [[team.member]]
        id = "bpbd"
        role = "BPBD"
        office = "bpbd"
        areas = ["16.13"]
        language = "en"
        channels = [{{ kind = "email", to = "bpbd@x.example" }}]
        {more}
    "#
    )
}

pub fn places() -> Places {
    let district = Unit { name: String::from("Rawas Ilir"), ..Unit::default() };
    Places::new(vec![(DISTRICT, district)], false)
}
