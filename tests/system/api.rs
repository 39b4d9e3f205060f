//! schemathesis drives the live service by the service's own description: what `/openapi.json` says is what is answered.

use kentongan_tests::house;
use kentongan_tests::service::{self, Service};
use std::env;
use std::process::Command;

#[test]
fn every_answer_is_as_the_description_says() {
    let name = "api::every_answer_is_as_the_description_says";
    let Some(schemathesis) = env::var_os("KENTONGAN_SCHEMATHESIS") else {
        return house::not_run(name, "schemathesis is not installed");
    };
    let folder = tempfile::tempdir().expect("making a folder");
    let data = folder.path().join("data");
    let service = Service::start("demo", &data, &["--speed", "max"]);
    let token = service::add_feed(&data, "polres-uji", "police", "16.13");
    let password = service::add_user(&data, "penguji", "administrator", "");
    let login =
        service.client().form("/masuk", &[("name", "penguji"), ("password", &password)]).expect("logging in");
    let cookie = login.header("set-cookie").unwrap_or_else(|| panic!("no session: {}", login.text()));
    let session = cookie.split([';', '=']).nth(1).expect("a cookie has a value");
    let output = Command::new(schemathesis)
        .arg("--config-file")
        .arg(house::root().join("tests/system/schemathesis.toml"))
        .args(["run", &format!("http://{}/openapi.json", service.address)])
        .env("NO_COLOR", "1")
        .env("KENTONGAN_SESSION", session)
        .env("KENTONGAN_FEED_TOKEN", &token)
        .current_dir(folder.path())
        .output()
        .expect("running schemathesis");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}{}", String::from_utf8_lossy(&output.stderr));
    service.stop();
}
