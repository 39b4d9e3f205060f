//! Calls that cannot be right: refused with 2 and in words that help; and what is printed when nobody reads it.

use kentongan_tests::bench::workload;
use kentongan_tests::house;
use kentongan_tests::ingest::{CLASS, REGENCY, Source};
use kentongan_tests::service::{self, Service};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("making a folder"))
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), text).expect("writing a file");
        self.name(name)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }
}

/// Calls a verb that must end so, and gives what it wrote to standard error.
#[track_caller]
fn refused(code: i32, words: &[&str]) -> String {
    let output = service::run(words);
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "kentongan {}: {printed}", words.join(" "));
    printed
}

#[test]
fn a_call_that_cannot_be_right_ends_with_2_and_says_what_to_mend() {
    let folder = Folder::new();
    let one = folder.write("one.ndjson", Source::new(1).report().to_string());
    let regency = folder.write("regency.toml", "[places]\nregencies = [\"99.99\"]\n");
    let places = folder.write("places.toml", "[places]\nfiles = [\"/nowhere/16.13.csv\"]\n");
    let models = folder.write("models.toml", "[files]\nmodels = \"/nowhere\"\n");
    let list = folder.write("codes.csv", "code,name\n16.13,Musi Rawas Utara\n16.13.01,Rupit\n");
    let (out, data) = (folder.name("districts"), folder.name("data"));
    fs::create_dir(&data).expect("making a folder");
    folder.write("data/state.sqlite", "");
    let calls: [(&[&str], &str); 19] = [
        (&["feed", "list", "--data", &folder.name("mistyped")], "there is no state at"),
        (&["dead-letters", "list", "--data", &folder.name("mistyped")], "there is no state at"),
        (&["check", "--config", &regency], "'99.99'"),
        (&["serve", "--config", &regency, "--data", &folder.name("x")], "'99.99'"),
        (&["replay", &one, "--config", &places], "'/nowhere/16.13.csv'"),
        (&["check", "--config", &models], "'/nowhere'"),
        (&["demo", "--data", &data], "holds data already"),
        (&["demo", "--config", &regency], "--config"),
        (&["demo", "--roles", "desk"], "--roles"),
        (&["serve", "--listen", "here", "--data", &folder.name("x")], "'here' is no address"),
        (&["district", "add", "16.5", "--list", &list, "--out", &out], "not a regency code"),
        (&["district", "add", "16.13", "--list", "/nowhere.csv", "--out", &out], "/nowhere.csv"),
        (&["replay", &one, "--districts", "/nowhere"], "'/nowhere'"),
        (&["replay", "/nowhere.ndjson"], "/nowhere.ndjson"),
        (&["replay", &one, "--until", "9999-01-01T00:00:00Z"], "1970 to 2099"),
        (&["replay", &one, "--format", "csv"], "'csv' is no format"),
        (&["backtest", "--data", "x"], "--data"),
        (&["serve", "--data", &format!("{one}/below")], "making the data folder"),
        (&["audit", "verify", "--until", "yesterday", "--data", &folder.name("x")], "yesterday"),
    ];
    for (words, says) in calls {
        let printed = refused(2, words);
        assert!(printed.contains(says), "kentongan {}: {printed}", words.join(" "));
    }
}

#[test]
fn people_and_feeds_are_for_places_that_are_there() {
    let folder = Folder::new();
    let data = folder.name("data");
    let at = |words: &[&'static str]| [words, &["--data"]].concat();
    let call = |words: &[&'static str]| {
        let words = at(words);
        refused(2, &[words.as_slice(), &[data.as_str()]].concat())
    };
    for words in [
        ["user", "add", "x", "--role", "desk", "--area", "99.99"],
        ["feed", "add", "x", "--class", "police", "--area", "99.99"],
    ] {
        let printed = call(&words);
        assert!(printed.contains("'99.99' is none of the configured places"), "{printed}");
    }
    assert!(
        call(&["user", "add", "x", "--role", "desk", "--area", "16.13.04.2003"])
            .contains("no code of a place")
    );
    service::add_user(Path::new(&data), "sari", "desk", "16.13");
    assert!(call(&["user", "add", "sari", "--role", "leader"]).contains("kentongan user password sari"));
    assert!(call(&["user", "password", "budi"]).contains("no account 'budi'"));
    assert!(call(&["feed", "rotate", "polres"]).contains("no feed 'polres'"));
    assert!(call(&["dead-letters", "show", "7"]).contains("no dead letter at 7"));
}

#[test]
fn an_error_about_a_file_names_it_once() {
    let folder = Folder::new();
    let team = folder.write("team.toml", "version = \"1\"\n[[team]]\nregency = \"x\"\nname = \"T\"\n[[team.member]]\nid = \"a\"\nrole = \"A\"\nareas = [\"16.13\"]\noffice = \"a\"\nchannels = []\n");
    let config = folder.write("own.toml", format!("[files]\nteam = \"{team}\"\n"));
    let printed = refused(2, &["check", "--config", &config]);
    assert_eq!(
        (printed.matches("reading the team").count(), printed.matches(&team).count()),
        (1, 1),
        "{printed}"
    );
    assert!(printed.contains("'x' is no regency code"), "{printed}");
    // Where and why, and nothing of the line: a secret may stand in the wrong place.
    folder.write("team.toml", "version = \"1\"\n[[gateway]]\nname = \"wa\"\nsecret = \"rahasia-sekali\"\n");
    let printed = refused(2, &["check", "--config", &config]);
    assert_eq!((printed.matches("line 4: ").count(), printed.matches(&team).count()), (1, 1), "{printed}");
    assert!(printed.contains("unknown field `secret`") && !printed.contains("rahasia"), "{printed}");
    let printed = refused(2, &["replay", "/nowhere.ndjson"]);
    assert_eq!(printed.matches("No such file").count(), 1, "{printed}");
}

#[test]
fn check_says_who_hears_what_when_and_refuses_an_awas_that_would_reach_nobody() {
    let folder = Folder::new();
    let roster = fs::read_to_string(house::root().join("config/team.toml")).expect("the example");
    let team = folder.write("team.toml", &roster);
    let config =
        folder.write("own.toml", format!("[files]\nteam = \"{team}\"\n[places]\nregencies = [\"16.13\"]\n"));
    let out = service::run(&["check", "--config", &config]);
    let printed = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{printed}{}", String::from_utf8_lossy(&out.stderr));
    let row = |level: &str| {
        printed.lines().find(|line| line.starts_with(&format!("  {level}  "))).unwrap_or_default()
    };
    assert!(printed.contains("who hears what when: Tim terpadu Kabupaten Musi Rawas Utara"), "{printed}");
    assert!(row("waspada").contains("Kapolsek Rawas Ilir (16.13.04)"), "{printed}");
    assert!(row("siaga").contains("also Kabag Ops Polres"), "{printed}");
    assert!(row("awas").contains("also Ketua: bupati"), "{printed}");
    assert!(printed.contains("and to end an alert: Kabag Ops Polres"), "{printed}");
    let rows = [("awas.all", "awas.WA-01"), ("siaga.all", "siaga.WA-01"), ("waspada.all", "waspada.WA-01")];
    let without_awas = rows.iter().fold(roster, |text, (row, other)| text.replace(row, other));
    folder.write("team.toml", without_awas);
    let printed = refused(2, &["check", "--config", &config]);
    assert!(printed.contains("an awas of kind 'resident_company' in"), "{printed}");
    assert!(printed.contains("name an office for it in [team.notified]"), "{printed}");
    folder.write("team.toml", "version = \"1\"\n");
    let printed = refused(2, &["check", "--config", &config]);
    assert!(printed.contains("the team has no member: an awas would reach nobody"), "{printed}");
}

#[test]
fn check_names_the_accounts_that_may_judge_and_have_no_person() {
    let folder = Folder::new();
    let config = folder.write(
        "own.toml",
        format!("[places]\nregencies = [\"16.13\"]\n[service]\ndata = \"{}\"\n", folder.name("data")),
    );
    let call = |words: &[&str]| {
        let out = service::run(&[words, &["--config", &config][..]].concat());
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    assert!(!call(&["check"]).contains("accounts:"), "there is no state yet");
    assert!(!std::path::Path::new(&folder.name("data")).exists(), "check makes none");
    for (name, role, person) in
        [("sari", "desk", ""), ("budi", "desk", "160503"), ("bupati", "leader", ""), ("lama", "desk", "")]
    {
        call(&["user", "add", name, "--role", role, "--person", person]);
    }
    call(&["user", "disable", "lama"]);
    let printed = call(&["check"]);
    let line =
        printed.lines().find(|line| line.starts_with("accounts: ")).unwrap_or_else(|| panic!("{printed}"));
    assert!(
        line.contains("name no person: sari. ") && line.contains("kentongan user set NAME --person NUMBER"),
        "{line}"
    );
    call(&["user", "set", "sari", "--person", "160504"]);
    assert!(!call(&["check"]).contains("accounts:"));
}

#[test]
fn check_refuses_a_gateway_that_shows_its_secret_or_names_an_unknown_field() {
    let folder = Folder::new();
    let roster = fs::read_to_string(house::root().join("config/team.toml")).expect("the example");
    let example =
        roster.lines().skip_while(|line| *line != "# [[gateway]]").map_while(|line| line.strip_prefix("# "));
    let described = example.collect::<Vec<_>>().join("\n");
    let key = folder.write("wa.key", "kunci-yang-panjang\n");
    let described = described.replace("/etc/kentongan/wa.key", &key);
    let by_mail = r#"{ kind = "email", to = "bupati@muratara.example" }"#;
    let both = format!("{by_mail}, {{ kind = \"gateway\", gateway = \"wa\", to = \"0812 3456\" }}");
    let members = roster.replace(by_mail, &both);
    let config = folder.write(
        "own.toml",
        format!("[files]\nteam = \"{}\"\n[places]\nregencies = [\"16.13\"]\n", folder.name("team.toml")),
    );
    folder.write("team.toml", format!("{members}\n{described}"));
    let out = service::run(&["check", "--config", &config]);
    assert!(out.status.success(), "the example is usable: {}", String::from_utf8_lossy(&out.stderr));
    for (right, wrong, named) in [
        ("{to}", "{nomor}", "gateway 'wa': body: '{nomor}' is no field; there are {to}, {subject}"),
        ("\"{secret}\"", "\"kunci-yang-panjang\"", "headers.authorization holds a secret as it is"),
        ("/send", "/send?key={secret}", "url holds {secret}"),
        ("{text}", "{text} {secret}", "where its receiver would read it"),
        ("name = \"wa\"", "name = \"sms\"", "the gateway 'wa' is not described; there are 'sms'"),
    ] {
        folder.write("team.toml", format!("{members}\n{}", described.replacen(right, wrong, 1)));
        let printed = refused(2, &["check", "--config", &config]);
        assert!(printed.contains(named), "{wrong}: {printed}");
        assert!(!printed.contains("kunci-yang-panjang"), "{printed}");
    }
}

#[test]
fn an_archive_of_which_nothing_can_be_used_is_the_wrong_one() {
    let folder = Folder::new();
    let data = folder.name("data");
    service::add_feed(Path::new(&data), "polres", CLASS, REGENCY);
    let import = |file: &str, format: &str| {
        service::run(&["import", "--feed", "polres", "--format", format, file, "--data", &data])
    };
    let wrong = folder.write("wrong.ndjson", "{\"x\":1}\n");
    let printed = refused(2, &["replay", &wrong, "--json"]);
    assert!(printed.contains("of 1 records not one can become a report (schema 1"), "{printed}");
    let printed = String::from_utf8_lossy(&import(&wrong, "ndjson").stderr).into_owned();
    assert!(printed.contains("nothing was put into the log"), "{printed}");
    // One JSON array is its reports.
    let array = folder.write("array.json", format!("[{}]", Source::new(2).report()));
    assert!(service::call(&["replay", &array, "--json"]).contains("\"records\":1,\"reports\":1"));
    let prose = folder.write("prose.csv", "No;x;y\n1;2;3\n");
    assert_eq!(import(&prose, "bnpb-csv").status.code(), Some(2));
    let one = folder.write("one.ndjson", Source::new(3).report().to_string());
    let printed = refused(2, &["replay", &one, "--format", "bnpb-csv"]);
    assert!(printed.contains("--format ndjson"), "{printed}");
    // Some of it is enough; what is refused is printed.
    let mixed = folder.write("mixed.ndjson", format!("{}\n{{\"x\":1}}\n", Source::new(4).report()));
    let closing = service::call(&["replay", &mixed, "--json"]);
    assert!(closing.contains("\"records\":2,\"reports\":1"), "{closing}");
    let output = import(&mixed, "ndjson");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success()
            && printed.contains("2 records")
            && printed.contains("1 of them as dead letters (schema 1"),
        "{printed}"
    );
    // An empty archive is no mistake.
    assert!(
        service::call(&["replay", &folder.write("empty.ndjson", ""), "--json"]).contains("\"records\":0")
    );
}

#[test]
fn a_list_of_places_that_is_too_short_is_reported() {
    let folder = Folder::new();
    let list = folder.write("list.txt", "16.13.01\n");
    let mut lines = Source::new(5).lines(40).join("\n");
    lines += &format!("\n{}", Source::new(6).statement("16.13.01", ("disaster", "WA-01"), 3));
    let file = folder.write("some.ndjson", lines);
    let output = service::run(&["replay", &file, "--districts", &list, "--json"]);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success()
            && printed.contains("records name a place that")
            && printed.contains("does not list"),
        "{printed}"
    );
    let all = folder.write("all.txt", workload::districts().join("\n"));
    let prose = folder.write("prose.csv", "judul\nno;x\n");
    let printed = refused(2, &["replay", &prose, "--districts", &all, "--format", "bnpb-csv"]);
    assert!(printed.contains("by their code alone"), "{printed}");
}

#[test]
fn a_reader_that_goes_away_ends_a_verb_quietly() {
    let folder = Folder::new();
    let lines = folder.write("some.ndjson", Source::new(7).lines(2000).join("\n"));
    for words in [vec!["check"], vec!["replay", &lines], vec!["--help"]] {
        let mut child = Command::new(service::binary())
            .args(&words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starting kentongan");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("waiting for kentongan");
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && printed.is_empty(), "{words:?}: {}: {printed}", output.status);
    }
}

#[test]
fn help_shows_a_flag_where_it_does_something() {
    let flags = |words: &[&str]| {
        let printed = service::call(&[words, &["--help"]].concat());
        ["--config", "--data", "--listen", "--roles"].map(|flag| printed.contains(&format!("{flag} ")))
    };
    assert_eq!(flags(&[]), [false; 4]);
    assert_eq!(flags(&["serve"]), [true; 4]);
    assert_eq!(flags(&["check"]), [true; 4]);
    assert_eq!(flags(&["demo"]), [false, true, true, false]);
    assert_eq!(flags(&["replay"]), [true, false, false, false]);
    assert_eq!(flags(&["feed", "add"]), [true, true, false, false]);
    assert_eq!(flags(&["dead-letters", "list"]), [true, true, false, false]);
    assert_eq!(flags(&["district", "add"]), [false; 4]);
    assert_eq!(flags(&["backtest"]), [false; 4]);
}

#[test]
fn one_service_works_on_a_data_folder_and_others_hand_it_their_work() {
    let folder = Folder::new();
    let data = folder.path("data");
    let name = data.to_string_lossy().into_owned();
    let token = service::add_feed(&data, "polres", CLASS, REGENCY);
    let first = Service::start("serve", &data, &[]);
    let printed = refused(1, &["serve", "--data", &name, "--listen", &service::free_address()]);
    assert!(printed.contains(&format!("another service (process {}) works on it", first.pid())), "{printed}");
    // Verbs that only hand something over go on as ever.
    service::add_user(&data, "sari", "desk", REGENCY);
    let file = folder.write("one.ndjson", Source::new(8).report().to_string());
    service::call(&["import", "--feed", "polres", &file, "--data", &name]);
    let backup = folder.name("backup.ndjson");
    service::call(&["backup", &backup, "--data", &name]);
    assert!(refused(1, &["restore", &backup, "--data", &name]).contains("another service"));
    programs_get_problems(&first, &token);
    first.kill();
    let second = Service::start("serve", &data, &[]);
    let taken = service::eventually(Duration::from_secs(30), || {
        let metrics = second.metrics().ok()?.text();
        metrics.contains("kentongan_records{outcome=\"incident\"} 1").then_some(())
    });
    assert!(taken.is_some(), "what was imported is not there: {}", second.output());
    second.stop();
    assert!(refused(2, &["restore", &backup, "--data", &name]).contains("restore into an empty one"));
}

#[track_caller]
fn programs_get_problems(service: &Service, token: &str) {
    let nobody = service.client();
    let missing = nobody.get("/v1/tidak-ada").expect("asking");
    assert_eq!((missing.status, missing.header("content-type")), (404, Some("application/problem+json")));
    let reading = nobody.get("/v1/reports").expect("asking");
    assert_eq!((reading.status, reading.header("allow")), (405, Some("POST")));
    assert!(
        reading.json()["detail"].as_str().is_some_and(|detail| detail.contains("POST")),
        "{}",
        reading.text()
    );
    let empty = nobody.bearer(token).post("/v1/reports", "application/json", b"").expect("posting");
    assert_eq!(empty.status, 400, "{}", empty.text());
}

#[test]
fn dead_letters_go_back_once_and_only_when_they_can_be_read() {
    let folder = Folder::new();
    let data = folder.path("data");
    let name = data.to_string_lossy().into_owned();
    let token = service::add_feed(&data, "polres", CLASS, REGENCY);
    let narrow = folder.write("narrow.toml", "[places]\nregencies = [\"35.08\"]\n");
    let service = Service::start("serve", &data, &["--config", &narrow]);
    let feed = service.client().bearer(&token);
    // Of a regency the service does not know yet, the same twice; and what nobody can read.
    let report = Source::new(7).report().to_string();
    let body = format!("{report}\n{{\"a\":2}}\n{report}\nx\n{{\"a\":1}}");
    let reply = feed.post("/v1/reports", "application/x-ndjson", body.as_bytes()).expect("posting");
    assert_eq!(reply.json()["rejected"], 5, "{}", reply.text());
    let dead_letters = || service::call(&["dead-letters", "list", "--data", &name]).lines().count();
    assert!(service::eventually(Duration::from_secs(30), || (dead_letters() == 5).then_some(())).is_some());
    let replay =
        |more: &[&str]| service::call(&[&["dead-letters", "replay", "--data", &name], more].concat());
    assert!(replay(&["--config", &narrow]).starts_with("0 dead letters are in the log again; 4 would be"));
    service.stop();
    let printed = replay(&["--reason", "schema"]);
    assert!(printed.starts_with("0 dead letters are in the log again; 2 would be"), "{printed}");
    let printed = replay(&[]);
    assert!(printed.starts_with("1 dead letters are in the log again; 3 would be"), "{printed}");
    let service = Service::start("serve", &data, &[]);
    let known = || Some(replay(&[])).filter(|printed| printed.contains("; 1 are reports already; 3 would"));
    assert!(service::eventually(Duration::from_secs(30), known).is_some(), "{}", replay(&[]));
    assert_eq!(dead_letters(), 5, "none was added");
    service.stop();
}

#[test]
fn the_commands_of_the_pages_are_those_of_the_program() {
    let mut looked_at = 0;
    for page in house::files("", &[".md"]) {
        for line in page.text.lines().map(str::trim).filter(|line| line.starts_with("kentongan ")) {
            let words: Vec<&str> = line.split_whitespace().skip(1).collect();
            let is_verb =
                |word: &&&str| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
            let verb: Vec<&str> = words
                .iter()
                .take_while(is_verb)
                .filter(|word| !word.starts_with('-'))
                .copied()
                .take(2)
                .collect();
            let help = |verb: &[&str]| {
                let output = service::run(&[verb, &["--help"]].concat());
                output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
            };
            let help = help(&verb).or_else(|| help(&verb[..1]));
            let help = help.unwrap_or_else(|| panic!("{}: there is no '{line}'", page.path));
            for flag in words.iter().map(|word| word.trim_matches(['[', ']', '`', ',', '.'])) {
                let is_known = !flag.starts_with("--") || help.contains(flag);
                assert!(is_known, "{}: '{line}': the verb has no {flag}", page.path);
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 5, "{looked_at} commands were found");
}

#[test]
fn what_became_of_each_row_of_a_table_is_in_the_text_and_in_the_line() {
    let folder = Folder::new();
    let head = "No.;ID Kabupaten;Tanggal Kejadian;Kejadian;Lokasi;Kabupaten;Provinsi;Kronologi & Dokumentasi;Penyebab;Meninggal;Hilang;Terluka;Rumah Rusak;Fasum Rusak\n";
    let row = |date: &str| format!("1;1613;{date};TANAH LONGSOR;Kec. Rupit;MUSI RAWAS UTARA;S;;;0;0;0;0;0\n");
    let rows = [row("05/05/2020"), row("05/02/2020"), row("29/02/2021")].concat();
    let list = folder.write("list.csv", format!("{head}{rows}"));
    let text = service::call(&["replay", "--format", "bnpb-csv", &list]);
    assert!(
        text.contains("rows: 3 read = 2 taken + 1 refused + 0 asked about"),
        "29/02 shows the order: {text}"
    );
    let list = folder.write("list.csv", format!("{head}{}", [row("05/05/2020"), row("05/02/2020")].concat()));
    let text = service::call(&["replay", "--format", "bnpb-csv", &list]);
    assert!(text.contains("rows: 2 read = 1 taken + 0 refused + 1 asked about"), "{text}");
    assert!(text.contains("line 3, Tanggal Kejadian '05/02/2020': asked"), "{text}");
    let line = service::call(&["replay", "--format", "bnpb-csv", &list, "--json"]);
    let line: serde_json::Value = serde_json::from_str(&line).expect("one line of JSON");
    let of = |name: &str| line["rows"][name].as_u64();
    assert_eq!([of("read"), of("taken"), of("refused"), of("asked")], [Some(2), Some(1), Some(0), Some(1)]);
    assert_eq!(line["rows"]["problems"][0]["column"], "Tanggal Kejadian");
    let answered = service::call(&["replay", "--format", "bnpb-csv", "--dates", "dmy", &list]);
    assert!(answered.contains("rows: 2 read = 2 taken + 0 refused + 0 asked about"), "{answered}");
    let data = folder.name("data");
    service::add_feed(Path::new(&data), "bpbd", "agency", REGENCY);
    let import = ["import", "--feed", "bpbd", "--format", "bnpb-csv", &list, "--data", &data];
    let rejected = folder.name("rejected.csv");
    let dry = service::call(&[&import[..], &["--dry-run", "--rejected", &rejected]].concat());
    assert!(
        dry.contains("1 taken + 0 refused + 1 asked about") && dry.contains("nothing was put into the log"),
        "{dry}"
    );
    let left = fs::read_to_string(&rejected).expect("the rows that were not taken");
    assert!(left.lines().count() == 2 && left.contains("05/02/2020"), "{left}");
    assert!(service::call(&["dead-letters", "list", "--data", &data]).trim().is_empty(), "nothing was kept");
    let output = service::run(&import);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.contains("1 taken + 0 refused + 1 asked about"), "{printed}");
    // The same table again, before the service has seen the first.
    for more in [&["--dry-run"][..], &[]] {
        let output = service::run(&[&import[..], more].concat());
        let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let rows = "2 read = 0 taken + 1 here already (sudah ada) + 0 refused + 1 asked about";
        assert!(printed.contains(rows), "{printed}");
    }
}

#[test]
fn what_is_noted_on_an_event_list_is_in_the_text_and_in_the_line() {
    let folder = Folder::new();
    let mut rows = String::from("kab,tanggal\n");
    for number in 0..200 {
        let (year, month) = (2016 + number / 40, 1 + number % 12);
        let name = ["Andai", "ANDAI", "Mulia", "Asri"][number % 4];
        let _ = writeln!(rows, "{name},{year}-{month:02}-{:02}", 1 + number % 28);
    }
    rows += "Mulia,tidak tahu\n";
    let list = folder.write("events.csv", rows);
    let call = |more: &[&str]| {
        let call = ["backtest", "--events", &list, "--unit", "kab", "--time", "tanggal", "--period", "month"];
        let window = ["--from", "2016-01-01", "--to", "2020-12-31", "--test-from", "2019-01-01"];
        service::run(&[&call[..], &window, more].concat())
    };
    let text = String::from_utf8(call(&[]).stdout).expect("text");
    assert!(text.contains("note: 1 of 201 dates") && text.contains("note: 1 names are written"), "{text}");
    let line = String::from_utf8(call(&["--json"]).stdout).expect("text");
    let line: serde_json::Value = serde_json::from_str(&line).expect("one line of JSON");
    let notes = line["notes"].to_string();
    assert!(notes.contains("1 of 201 dates") && notes.contains("1 names are written"), "{notes}");
    let places = folder.write("places.txt", "16.01\n16.02\n");
    let output = call(&["--units", &places]);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && printed.contains("are not in --units"), "{printed}");
}
