//! Reporters' accounts by a verb: many from a list.

use kentongan_tests::service;
use std::fs;
use std::path::Path;

#[test]
fn reporters_come_from_a_list_and_each_row_hears_what_became_of_it() {
    let folder = tempfile::tempdir().expect("making a folder");
    let name = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, list) = (name("data"), name("daftar.csv"));
    service::add_feed(Path::new(&data), "polsek-rupit", "police", "16.13.01");
    service::add_user(Path::new(&data), "sari", "desk", "16.13");
    let text = "nama;sumber;tempat;kelas\ncamat-rupit;kec-rupit;16.13.01;agency\nkapolsek;polsek-rupit;;\nkades;desa-a;16.13.04.2003;village\n\
         sari;kec-rupit;;\nlain;polsek-rupit;16.13.02;police\njauh;desa-x;99.99;village\ntanpa;desa-y;;\nkades;desa-a;;\nwali;desa-b;Kec. Rawas Ilir;dinas\n\
         asing;desa-c;Ds. Entah;desa\n";
    fs::write(&list, text).expect("writing the list");
    let call = |more: &[&str]| {
        let output = service::run(&[&["user", "add", "--list", &list, "--data", &data][..], more].concat());
        let [printed, shown] =
            [&output.stderr, &output.stdout].map(|text| String::from_utf8_lossy(text).into_owned());
        (output.status.code(), printed, shown)
    };
    let rows = [
        "line 2: 'camat-rupit' reports for 'kec-rupit' (new feed, agency), for Rupit (16.13.01)",
        "line 3: 'kapolsek' reports for 'polsek-rupit' (registered feed, police), for Rupit (16.13.01)",
        "line 4: 'kades' reports for 'desa-a' (new feed, village)",
        "line 5: not added: adding the account 'sari': it is there already",
        "line 6: not added: the feed 'polsek-rupit' is registered with another class or place",
        "line 7: not added: '99.99' is none of the configured places",
        "line 8: not added: the feed 'desa-y' is not registered",
        "line 9: not added: adding the account 'kades': it is there already",
        "line 10: 'wali' reports for 'desa-b' (new feed, agency), for Rawas Ilir (16.13.04)",
        "line 11: not added: 'Ds. Entah' is no place of those that are configured",
    ];
    let (code, printed, shown) = call(&["--dry-run"]);
    assert_eq!((code, shown.as_str()), (Some(2), ""), "{printed}");
    rows.iter().for_each(|row| assert!(printed.contains(row), "{row}: {printed}"));
    assert!(printed.contains("4 of 10 rows would be added"), "{printed}");
    assert!(!service::call(&["user", "list", "--data", &data]).contains("kades"), "a dry run adds nothing");
    let (code, printed, shown) = call(&[]);
    assert_eq!((code, shown.lines().count()), (Some(2), 4), "a password for each that was added: {printed}");
    rows.iter().for_each(|row| assert!(printed.contains(row), "{row}: {printed}"));
    let accounts = service::call(&["user", "list", "--data", &data]);
    for (name, feed) in [("camat-rupit", "kec-rupit"), ("kapolsek", "polsek-rupit"), ("kades", "desa-a")] {
        let line = accounts.lines().find(|line| line.starts_with(name)).expect("the account");
        assert!(line.contains("reporter") && line.ends_with(&format!("for {feed}")), "{line}");
    }
    assert!(service::call(&["feed", "list", "--data", &data]).contains("desa-a"));
}
