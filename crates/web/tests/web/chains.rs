//! "Satu rangkaian?": what stands in neighbouring districts since about the same time is linked, as far as the viewer may see.

use crate::world::{NOW, World};
use domain::effect::{Condition, ConditionChange, ConditionReason, Effect};
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::HOUR;
use serde_json::Value;

/// Raises a disaster to waspada in a district, `hours` before now.
async fn raise(world: &World, code: u32, hours: i64) {
    let since = NOW.plus(-hours * HOUR);
    let condition = Condition {
        unit: world.state.sources.places.find(Code(code)).unwrap(),
        kind: Kind::Disaster,
        change: ConditionChange::Raised,
        at: since,
        level: Level::Waspada,
        since,
        reasons: vec![ConditionReason::Hotspots { count: 3, hours: 24 }],
        evidence: vec![],
        unverified: true,
        completeness_ppm: 900_000,
        policy: "uji".into(),
    };
    // Each commit is a tick of its own.
    let commit =
        world.commit_of(NOW.plus((100 - hours) * HOUR), vec![Effect::Condition(Box::new(condition))]);
    world.state.sources.store.commit(commit).await.unwrap();
}

#[tokio::test]
async fn neighbours_that_rose_within_a_day_are_linked_and_no_level_changes() {
    let world = World::new().await;
    let places = world.state.sources.places.clone();
    let own = places.unit(places.find(Code(161_304)).unwrap());
    let beside = own.neighbours.iter().copied().find(|code| code.regency() == Code(161_300)).unwrap();
    let cookie = world.login("sari").await;
    let (_, before) = world.page("/", &cookie).await;
    assert!(!before.contains("Satu rangkaian?"), "one condition is no chain");
    raise(&world, beside.0, 30).await;
    let (_, apart) = world.page("/", &cookie).await;
    assert!(!apart.contains("Satu rangkaian?"), "28 hours lie between them");
    raise(&world, 161_304, 20).await;
    let name = places.name(places.find(beside).unwrap());
    for path in ["/", "/peringatan"] {
        let (_, page) = world.page(path, &cookie).await;
        let (_, chain) = page.split_once("Satu rangkaian?").unwrap_or_else(|| panic!("{path}"));
        let first = chain.find(&format!("{name}, ")).unwrap_or_else(|| panic!("{path}: {chain}"));
        assert!(chain[..first].contains("/peringatan/16.13-"), "it links to the alert");
    }
    let (_, district) = world.page("/v1/districts/16.13.04", &cookie).await;
    let district: Value = serde_json::from_str(&district).unwrap();
    let conditions = district["conditions"].as_array().unwrap();
    let disaster = conditions.iter().find(|condition| condition["kind"] == "disaster").unwrap();
    assert_eq!(disaster["level"], "waspada");
    assert_eq!(disaster["reasons"][0]["hotspots"], 3);
    let members: Vec<&str> = disaster["chain"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| other["district"].as_str().unwrap())
        .collect();
    assert_eq!(
        members,
        [beside.to_string().as_str(), "16.13.04"],
        "the other district, and the other kind here"
    );
    let alert = disaster["chain"][0]["alert"].as_str().unwrap();
    let (_, page) = world.page(&format!("/peringatan/{alert}"), &cookie).await;
    assert!(page.contains("Satu rangkaian?") && page.contains("3 titik panas"), "{page}");
}
