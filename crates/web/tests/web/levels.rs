//! The level of a district and kind is one on every surface: matrix, map, district page, GeoJSON and view.

use crate::world::{NOW, World, assessment};
use domain::effect::{Condition, ConditionChange, ConditionReason, Effect};
use domain::kind::{Horizon, Kind, Level};
use domain::place::{Code, UnitId};
use domain::shown_level;
use domain::time::HOUR;
use serde_json::Value;

/// What stands in one cell, and what its newest assessment says.
struct Cell {
    code: Code,
    kind: Kind,
    /// Changes of its condition, oldest first; the last level stands unless it was cleared.
    condition: &'static [(ConditionChange, Level)],
    risk: Option<(Level, u32)>,
}

impl Cell {
    fn expected(&self) -> Level {
        self.expected_after(self.condition.len())
    }

    /// After so many changes of its condition.
    fn expected_after(&self, changes: usize) -> Level {
        let emitted = &self.condition[..changes.min(self.condition.len())];
        let standing = emitted.last().filter(|(change, _)| *change != ConditionChange::Cleared);
        let (risk, completeness_ppm) = self.risk.map_or((None, 0), |(level, share)| (Some(level), share));
        shown_level(standing.map(|(_, level)| *level), risk, completeness_ppm)
    }
}

const CONDITIONS: [&[(ConditionChange, Level)]; 5] = [
    &[],
    &[(ConditionChange::Raised, Level::Waspada)],
    &[(ConditionChange::Raised, Level::Siaga)],
    &[(ConditionChange::Raised, Level::Awas)],
    &[(ConditionChange::Raised, Level::Siaga), (ConditionChange::Cleared, Level::Siaga)],
];
/// The last two: silent feeds, and no assessment at all.
const RISKS: [Option<(Level, u32)>; 4] =
    [Some((Level::Low, 300_000)), Some((Level::Waspada, 900_000)), Some((Level::NoData, 0)), None];

/// Every condition with every risk over the 21 cells of the regency.
fn cells(world: &World) -> Vec<Cell> {
    let places = &world.state.sources.places;
    let regency = places.find(Code(161300)).unwrap();
    let districts: Vec<UnitId> = places.districts(regency).collect();
    let all = districts.iter().flat_map(|unit| Kind::ALL.iter().map(|kind| (places.code(*unit), *kind)));
    let cell = |(index, (code, kind)): (usize, (Code, Kind))| Cell {
        code,
        kind,
        condition: CONDITIONS[index % CONDITIONS.len()],
        risk: RISKS[(index / CONDITIONS.len()) % RISKS.len()],
    };
    all.enumerate().map(cell).collect()
}

async fn play(world: &World, cells: &[Cell]) {
    let places = &world.state.sources.places;
    let mut effects = Vec::new();
    for cell in cells {
        if let Some((level, completeness_ppm)) = cell.risk {
            let mut effect = assessment(places, cell.code, cell.kind, Horizon::Week);
            if let Effect::Assessment(assessment) = &mut effect {
                (assessment.at, assessment.level) = (NOW.plus(HOUR), level);
                assessment.completeness_ppm = completeness_ppm;
            }
            effects.push(effect);
        }
        for (step, (change, level)) in cell.condition.iter().enumerate() {
            effects.push(Effect::Condition(Box::new(Condition {
                unit: places.find(cell.code).unwrap(),
                kind: cell.kind,
                change: *change,
                at: NOW.plus(HOUR + step as i64),
                level: *level,
                since: NOW.plus(HOUR),
                reasons: vec![ConditionReason::Rule("WP-A".into())],
                evidence: vec![],
                unverified: false,
                completeness_ppm: 900_000,
                policy: "uji".into(),
            })));
        }
    }
    let commit = world.commit_of(NOW.plus(2 * HOUR), effects);
    world.state.sources.store.commit(commit).await.unwrap();
}

fn class(level: Level) -> &'static str {
    match level {
        Level::NoData => "lv-nodata",
        Level::Low => "lv-low",
        Level::Waspada => "lv-waspada",
        Level::Siaga => "lv-siaga",
        Level::Awas => "lv-awas",
    }
}

#[tokio::test]
async fn every_surface_shows_the_same_level_of_every_cell() {
    let world = World::new().await;
    let cells = cells(&world);
    play(&world, &cells).await;
    // The start of the world has a condition of its own at one place.
    let begun = (Code(161304), Kind::ResidentCompany);
    let cookie = world.login("sari").await;
    let (_, overview) = world.page("/", &cookie).await;
    let (_, geojson) = world.page("/v1/heatmap.geojson", &cookie).await;
    let geojson: Value = serde_json::from_str(&geojson).unwrap();
    let features = geojson["features"].as_array().unwrap();
    let mut seen = [false; 5];
    for cell in cells.iter().filter(|cell| (cell.code, cell.kind) != begun) {
        let (code, kind, level) = (cell.code, cell.kind, cell.expected());
        let name = format!("{code} {kind}: {level}");
        seen[level as usize] = true;
        let matrix = format!(r#"<td class="cell {}"><a href="/kecamatan/{code}#{kind}">"#, class(level));
        assert!(overview.contains(&matrix), "matrix, {name}");
        let (_, map) = world.page(&format!("/?jenis={kind}"), &cookie).await;
        let area = map.split(&format!(r#"<a href="/kecamatan/{code}" aria-label="#)).nth(1).unwrap();
        let area = area.split('>').next().unwrap();
        assert!(area.ends_with(&format!(r#"class="area {}""#, class(level))), "map, {name}: {area}");
        let (_, page) = world.page(&format!("/kecamatan/{code}"), &cookie).await;
        let heading = page.split(&format!(r#"<h2 id="h-{kind}">"#)).nth(1).unwrap();
        let heading = heading.split("</h2>").next().unwrap();
        assert!(heading.contains(&format!(r#"class="chip {}""#, class(level))), "page, {name}: {heading}");
        let id = format!("{code}/{kind}");
        let feature = features.iter().find(|feature| feature["id"] == id.as_str()).unwrap();
        assert_eq!(feature["properties"]["level"], level.as_str(), "GeoJSON, {name}");
    }
    assert_eq!(seen, [true; 5], "every level was shown somewhere");
}

#[tokio::test]
async fn a_look_at_the_past_shows_the_level_that_was_shown_then() {
    let world = World::new().await;
    let cells = cells(&world);
    play(&world, &cells).await;
    let begun = (Code(161304), Kind::ResidentCompany);
    let cookie = world.login("sari").await;
    // Each change of a condition came a microsecond after the one before.
    for (changes, then) in [(1, NOW.plus(HOUR)), (2, NOW.plus(2 * HOUR))] {
        let as_of = store::calendar::rfc3339(then).replace('+', "%2B");
        let ask = async |path: &str| -> Value {
            let (status, text) = world.page(&format!("{path}?as_of={as_of}"), &cookie).await;
            assert_eq!(status, 200, "{text}");
            serde_json::from_str(&text).unwrap()
        };
        let (map, list) = (ask("/v1/heatmap.geojson").await, ask("/v1/assessments").await);
        let mut warnings = 0;
        for cell in cells.iter().filter(|cell| (cell.code, cell.kind) != begun) {
            let (code, kind, level) = (cell.code, cell.kind, cell.expected_after(changes));
            let id = format!("{code}/{kind}");
            let feature =
                map["features"].as_array().unwrap().iter().find(|feature| feature["id"] == id.as_str());
            assert_eq!(feature.unwrap()["properties"]["level"], level.as_str(), "{id} after {changes}");
            let own = |item: &&Value| item["district"] == code.to_string() && item["kind"] == kind.as_str();
            if let Some(item) = list["items"].as_array().unwrap().iter().find(own) {
                assert_eq!(item["level"], level.as_str(), "{id} after {changes}, in the list");
                warnings += usize::from(level.is_warning());
            }
        }
        assert!(warnings > 3, "{warnings}");
    }
}
