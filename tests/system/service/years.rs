//! Years of a regency's own record, taken in through the log by the real service: models fitted on it, its own
//! calibration, pages that then give a percentage, and drift as an operator meets it.

use super::site::{Site, metric};
use kentongan_tests::http::Client;
use kentongan_tests::service::{self, Service};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A site that received `days` days of invented floods up to today; in the last ones a feed may be silent.
fn lived(days: &str, silent: &[&str]) -> Site {
    let site = Site::new();
    let program = service::example("years");
    let filled = Command::new(&program).arg(&site.data).arg(days).args(silent).output();
    let filled = filled.unwrap_or_else(|error| panic!("running '{}': {error}", program.display()));
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
    site
}

/// Waits until all of it was taken in and judged.
#[track_caller]
fn taken_in(service: &Service) {
    let done = service::eventually(Duration::from_secs(300), || {
        let lag = metric(service, "kentongan_consumer_lag_records")?;
        let seen = metric(service, "kentongan_records_total")?;
        (lag == 0.0 && seen > 100.0).then_some(())
    });
    assert!(done.is_some(), "the record was not taken in: {}", service.output());
    assert_eq!(metric(service, "kentongan_unaccounted_records"), Some(0.0));
}

fn login(service: &Service, password: &str) -> Client {
    let client = service.client();
    let reply = client.form("/masuk", &[("name", "piket"), ("password", password)]).expect("logging in");
    let cookie = reply.header("set-cookie").and_then(|line| line.split(';').next()).expect("a session");
    client.with("Cookie", cookie)
}

#[track_caller]
fn page(client: &Client, path: &str) -> String {
    let reply = client.get(path).expect("asking");
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.text()
}

/// `kentongan train …` over the site's own store.
#[track_caller]
fn train(site: &Site, folder: &Path, words: &[&str]) -> String {
    let (config, data) = (site.path("kentongan.toml"), site.data.to_string_lossy().into_owned());
    let (config, folder) = (config.to_string_lossy().into_owned(), folder.to_string_lossy().into_owned());
    let mut call = vec!["train", "--models", &folder, "--config", &config, "--data", &data];
    call.extend(words);
    service::call(&call)
}

#[test]
fn years_of_own_reports_train_a_model_and_calibrate_the_regency() {
    let site = lived("400", &[]);
    let password = service::add_user(&site.data, "piket", "desk", "16.13");
    let service = site.serve_years();
    taken_in(&service);
    let before = page(&login(&service, &password), "/kecamatan/16.13.01");
    assert!(before.contains("belum terkalibrasi"), "{before}");
    service.stop();

    let own = site.path("own");
    let printed = train(&site, &own, &["--calibrate"]);
    assert!(printed.contains(" 16.13 district: calibrated on "), "{printed}");
    let more = format!("[files]\nmodels = \"{}\"\n", own.display());
    let service = site.serve(&more);
    let desk = login(&service, &password);
    // Nothing comes and no hour passes: whose word changed is emitted again at the start.
    let percent = |text: &str| text.contains("\u{a0}%, biasanya ") || text.contains("%, biasanya ");
    let after = service::eventually(Duration::from_secs(60), || {
        Some(page(&desk, "/kecamatan/16.13.01")).filter(|text| percent(text))
    });
    assert!(after.is_some(), "{}", page(&desk, "/kecamatan/16.13.01"));
    let models = page(&desk, "/model");
    assert!(models.contains("kejadian sendiri") && models.contains("Musi Rawas Utara"), "{models}");
    service.stop();

    let fitted = site.path("fitted");
    let printed = train(&site, &fitted, &["--from-reports", "--kind", "disaster"]);
    assert!(printed.contains("disaster-7d-") && printed.contains("disaster-30d-"), "{printed}");
    let service = site.serve(&format!("[files]\nmodels = \"{}\"\n", fitted.display()));
    let models = page(&login(&service, &password), "/model");
    assert!(models.contains("Catatan layanan ini sendiri"), "{models}");
    service.stop();
}

#[test]
fn drift_is_an_operators_alert_and_changes_nothing() {
    let site = lived("200", &["24"]);
    let password = service::add_user(&site.data, "piket", "desk", "16.13");
    let service = site.serve_years();
    taken_in(&service);
    let begun = service::eventually(Duration::from_secs(90), || {
        metric(&service, "kentongan_drift_episode").filter(|episode| *episode > 0.0)
    });
    assert!(begun.is_some(), "no episode: {}", service.output());
    let desk = login(&service, &password);
    let first = page(&desk, "/");
    assert!(
        first.contains("Data bergeser dari yang dikenal model") && first.contains("/model#pergeseran"),
        "{first}"
    );
    let model = page(&desk, "/model");
    assert!(model.contains("Pertimbangkan melatih ulang") && model.contains(r#"id="pergeseran""#), "{model}");
    let printed = service.output();
    let line =
        printed.lines().find(|line| line.contains("drifted beyond the limits")).expect("an operator's line");
    assert!(line.contains("ERROR") && line.contains("kentongan train"), "{line}");
    // An episode is written when it begins, not at every look.
    page(&desk, "/model");
    let drifts = |printed: &str| printed.matches("drifted beyond the limits").count();
    assert_eq!(drifts(&service.output()), drifts(&printed));
    // The same model speaks as before.
    let answer = desk.get("/v1/assessments?kind=disaster&horizon=7d").expect("asking").json();
    for item in answer["items"].as_array().expect("items") {
        assert!(
            item["model"].as_str().is_some_and(|model| model.starts_with("disaster-7d-2026-11-29")),
            "{item}"
        );
        assert_eq!(item["calibrated"], false, "{item}");
    }
    service.stop();
}
