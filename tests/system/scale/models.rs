//! A change of models at scale: the newest risks are assessed again when the worker starts, not at the next hour.

use super::country::{Country, Everywhere};
use kentongan_tests::house;
use kentongan_tests::service::{self, Service};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);
/// The day in the names of the repository's models, and the one that ours have instead.
const THEIRS: &str = "2026-11-29";
const OURS: &str = "2026-12-01";

/// The repository's models under other names, and a configuration that serves them; gives its path.
#[track_caller]
fn renamed_models(country: &Country) -> String {
    let folder = country.path("models");
    let mut lines = Vec::new();
    for entry in fs::read_dir(house::root().join("models")).expect("the models").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(slot) = name.strip_suffix(&format!("-{THEIRS}")) else { continue };
        let own = folder.join(format!("{slot}-{OURS}"));
        fs::create_dir_all(&own).expect("making a model's folder");
        for file in ["model.json", "evaluation.json"] {
            let text = fs::read_to_string(entry.path().join(file)).expect("reading a model");
            let renamed = text.replace(&name, &format!("{slot}-{OURS}"));
            assert_ne!(renamed, text, "{name}/{file} does not name the model");
            fs::write(own.join(file), renamed).expect("writing a model");
        }
        lines.push(format!(
            "{slot} = {{ path = \"{slot}-{OURS}/model.json\", sha256 = \"{}\", evaluation_sha256 = \"{}\" }}",
            sha256(&own.join("model.json")),
            sha256(&own.join("evaluation.json"))
        ));
    }
    let current = format!("schema = 3\n\n[models]\n{}\n", lines.join("\n"));
    fs::write(folder.join("current.toml"), current).expect("writing the models in use");
    let config = country.path("models.toml");
    fs::write(&config, format!("[files]\nmodels = \"{}\"\n", folder.display())).expect("its setting");
    config.to_string_lossy().into_owned()
}

#[track_caller]
fn sha256(path: &Path) -> String {
    let output = Command::new("sha256sum").arg(path).output().expect("running sha256sum");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    printed.split_whitespace().next().expect("a sum").to_owned()
}

/// Cells whose newest assessment is not by models of this day.
#[track_caller]
fn by_others(country: &Country, day: &str) -> String {
    country.postgres.ask(&format!(
        "SELECT COUNT(*) FROM newest_assessments n JOIN assessments a ON a.kind = n.kind AND a.horizon = n.horizon \
         AND a.code = n.code AND a.emitted_at = n.emitted_at WHERE a.model NOT LIKE '%{day}%'"
    ))
}

/// Fails unless the last word on every cell on the topic is by our models; where an hour began there are more cells.
#[track_caller]
fn topic_is_restated(country: &Country, cells: usize, worker: &Service) {
    let mut last = BTreeMap::new();
    let restated = service::eventually_each(Duration::from_millis(500), PATIENCE, || {
        // The topic is compacted: of several values for a key the last counts.
        last = country.broker.consume("assessments").into_iter().collect();
        let model = |text: &String| {
            let value: Value = serde_json::from_str(text).ok()?;
            value["model"].as_str().map(str::to_owned)
        };
        let ours = |text: &String| model(text).is_some_and(|model| model.contains(OURS));
        (last.len() >= cells && last.values().all(ours)).then_some(())
    });
    assert!(restated.is_some(), "{cells} cells, the topic has {last:#?}: {}", worker.output());
}

#[test]
fn a_change_of_models_is_restated_before_the_next_hour() {
    let Some(country) = Country::start() else { return };
    let intake = country.serve("intake", "intake");
    let worker = country.serve("worker", "worker");
    let lines = Everywhere::new(111).lines(400);
    country.broker.produce("feed.police.polres", &lines, &[]);
    country.wait_for(lines.len(), PATIENCE, &[&intake, &worker]);
    worker.stop();
    let cells: usize =
        country.postgres.ask("SELECT COUNT(*) FROM newest_assessments").parse().expect("a count");
    assert!(cells > 0, "nothing was assessed");
    assert_eq!(by_others(&country, THEIRS), "0", "the compiled-in models assessed");
    // The first instant of the hour after all that was received or ticked.
    let next_hour = country.postgres.ask(
        "SELECT (GREATEST(MAX(clock) / 3600000000, MAX(last_tick)) + 1) * 3600000000 FROM progress WHERE clock > 0",
    );

    let models = renamed_models(&country);
    let worker = country.serve_with("worker", "worker", &["--config", &models]);
    let left = format!(
        "SELECT COUNT(*) FROM (SELECT DISTINCT kind, horizon, code FROM assessments WHERE model LIKE '%{THEIRS}%') AS cell \
         WHERE NOT EXISTS (SELECT 1 FROM assessments a WHERE a.kind = cell.kind AND a.horizon = cell.horizon \
         AND a.code = cell.code AND a.model LIKE '%{OURS}%' AND a.emitted_at < {next_hour})"
    );
    let mut waiting = String::new();
    let restated = service::eventually_each(Duration::from_millis(100), PATIENCE, || {
        waiting = country.postgres.ask(&left);
        (waiting == "0").then_some(())
    });
    assert!(
        restated.is_some(),
        "{waiting} of {cells} cells wait for the next hour to be assessed by the models that serve: {}",
        worker.output()
    );
    assert_eq!(by_others(&country, OURS), "0", "the newest risk of every cell is by the models that serve");
    let most = format!(
        "SELECT MAX(count) FROM (SELECT COUNT(*) AS count FROM assessments WHERE model LIKE '%{OURS}%' \
         AND emitted_at < {next_hour} GROUP BY kind, horizon, code) AS each_cell"
    );
    assert_eq!(country.postgres.ask(&most), "1", "each cell was assessed again once");
    topic_is_restated(&country, cells, &worker);
    assert_eq!(country.taken(), lines.len(), "no record was read again");
    worker.stop();
    intake.stop();
}
