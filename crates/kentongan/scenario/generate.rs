//! Writes muratara.ndjson, the scenario the demo replays: the story lines of muratara.txt among everyday noise.
//!
//! `cargo run -p kentongan --example scenario` prints it; the test below holds the file to what this prints.
//! Standard library only, no clock, no chance: the same lines on every machine.

mod background;
mod places;
mod record;
mod story;

use record::{DAY, HOUR, MINUTE, Record, Seconds};

/// The morning after day 90; what is received later has not arrived yet.
const END: Seconds = 90 * DAY + 8 * HOUR;

fn main() {
    print!("{}", scenario());
}

/// All lines in the order they are received.
fn scenario() -> String {
    let (mut records, outages) = story::read();
    records.extend(background::incidents());
    let quiet = background::zero_reports(&records);
    records.extend(quiet);
    records.extend(background::hotspots());
    for outage in &outages {
        hold_back(&mut records, outage);
    }
    records.retain(|record| record.received < END);
    records.sort_by(|a, b| (a.received, &a.name).cmp(&(b.received, &b.name)));
    records.iter().map(|record| record.line() + "\n").collect()
}

/// What a feed says without signal is received after it ends, two minutes apart, in the order it was said.
fn hold_back(records: &mut [Record], outage: &story::Outage) {
    let silent = |record: &&mut Record| {
        record.feed == outage.feed && record.received >= outage.from && record.reported < outage.to
    };
    let mut waiting: Vec<&mut Record> = records.iter_mut().filter(silent).collect();
    waiting.sort_by(|a, b| (a.reported, &a.name).cmp(&(b.reported, &b.name)));
    for (place, record) in waiting.into_iter().enumerate() {
        record.received = record.received.max(outage.to + 2 * MINUTE * place as i64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_what_the_story_says() {
        let shipped = include_str!("muratara.ndjson");
        for (number, (shipped, written)) in shipped.lines().zip(scenario().lines()).enumerate() {
            assert_eq!(shipped, written, "line {}: run the generator again", number + 1);
        }
        assert_eq!(shipped.lines().count(), scenario().lines().count());
    }

    #[test]
    fn the_demonstration_can_stop_at_three_moments() {
        let moment = |line: &str| {
            Some((line.split_once("\"moment\":\"")?.1.split('"').next()?.to_owned(), line[16..32].to_owned()))
        };
        let moments: Vec<(String, String)> = scenario().lines().filter_map(moment).collect();
        let expected =
            [("bentrok", "2026-10-22T14:13"), ("portal", "2026-11-09T06:24"), ("banjir", "2026-11-15T04:33")];
        assert_eq!(moments, expected.map(|(word, at)| (word.to_owned(), at.to_owned())));
    }

    #[test]
    fn a_village_without_signal_is_heard_when_it_has_it_again() {
        let (_, outages) = story::read();
        for outage in outages {
            let inside = scenario()
                .lines()
                .filter(|line| line.contains(&outage.feed))
                .filter(|line| {
                    let at = &line[16..41];
                    at > record::time(outage.from).as_str() && at < record::time(outage.to).as_str()
                })
                .count();
            assert_eq!(inside, 0, "{}", outage.feed);
        }
    }
}
