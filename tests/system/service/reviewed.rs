//! Texts that a person reviewed: `scenario.snap` and `nights/*.snap`. After a wanted change run the tests once with
//! `INSTA_UPDATE=always`, and read the difference as the duty officer, the kapolsek and the bupati before it is committed.

use kentongan_tests::house;
use std::fs;

/// Whether the text is to be written instead of compared.
pub fn is_updated() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|how| how != "no")
}

/// The reviewed text of this name, without the lines that say where it is from; empty where there is none yet.
pub fn text(name: &str) -> String {
    let kept = fs::read_to_string(house::root().join(format!("tests/system/service/{name}.snap")));
    kept.unwrap_or_default().splitn(3, "---\n").nth(2).unwrap_or_default().to_owned()
}

/// Compares a text with the reviewed one of this name.
#[track_caller]
pub fn compare(name: &str, text: &str) {
    let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
