//! The roster's logic: who is concerned, what is warned of, what is never printed.

use super::*;
use domain::place::Unit;

const MEMBER: &str = r#"
    version = "1"
    [[team]]
    regency = "16.13"
    name = "Tim"
    duty_phone = "0733 112"
    [team.notified]
    siaga.disaster = ["camat"]
    [[team.member]]
    id = "camat"
    role = "Camat"
    office = "camat"
    areas = ["16.13.04"]
    channels = [{ kind = "email", to = "a@x.example" }, { kind = "email", to = "b@x.example" },
                { kind = "webhook", url = "https://x.example/k", secret_env = "S" }]
"#;

fn env(name: &str) -> Option<String> {
    (name == "S").then(|| String::from("kunci-rahasia"))
}

#[test]
fn a_member_is_notified_of_what_happens_inside_its_areas() {
    let team = Team::parse(MEMBER, &env).unwrap();
    let notified = |code, kind, level| team.concerned(Code(code), kind, &[], level).count();
    assert_eq!(notified(161304, Kind::Disaster, Level::Siaga), 1);
    assert_eq!(notified(161304, Kind::Disaster, Level::Waspada), 0);
    assert_eq!(notified(161304, Kind::ResidentCompany, Level::Awas), 0);
    assert_eq!(notified(161305, Kind::Disaster, Level::Awas), 0);
    assert_eq!(
        notified(161300, Kind::Disaster, Level::Awas),
        0,
        "the regency's alert is not inside a district"
    );
    let channels = &team.find("16.13/camat").unwrap().channels;
    let keys: Vec<&str> = channels.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["email", "email-2", "webhook"]);
}

#[test]
fn nothing_that_prints_a_team_prints_secrets_or_addresses() {
    let printed = format!("{:?}", Team::parse(MEMBER, &env).unwrap());
    assert!(printed.contains("camat"));
    for hidden in ["kunci-rahasia", "a@x.example", "x.example/k"] {
        assert!(!printed.contains(hidden), "{printed}");
    }
}

#[test]
fn a_wrong_line_is_named() {
    for (right, wrong, named) in [
        ("16.13.04", "61.02.01", "61.02.01"),
        ("siaga.disaster", "low.disaster", "'low'"),
        ("siaga.disaster", "siaga.flood", "flood"),
        ("a@x.example", "nobody", "e-mail"),
        ("a@x.example", r"a@x.example\nBcc: b@x.example", "holds a line break"),
        ("https://", "http://", "https://"),
        ("secret_env = \"S\"", "secret_env = \"S\", x = 1", "x"),
        ("kind = \"webhook\"", "kind = \"pigeon\"", "none of email, webhook"),
        ("role =", "rolle =", "rolle"),
        ("id = \"camat\"", "id = \"Pak Camat\"", "'id'"),
    ] {
        let error = Team::parse(&MEMBER.replace(right, wrong), &env).unwrap_err().to_string();
        assert!(error.contains(named), "{wrong}: {error}");
    }
}

#[test]
fn the_example_roster_is_read_and_every_kind_of_awas_is_heard() {
    let team = Team::parse(include_str!("../../../../config/team.toml"), &|_| None).unwrap();
    for kind in Kind::ALL {
        assert!(team.concerned(Code(161300), *kind, &[], Level::Awas).count() > 1, "{kind}");
    }
    for member in team.members() {
        for (_, address) in &member.channels {
            let (Address::Email(at) | Address::Webhook { url: at, .. } | Address::Gateway { to: at, .. }) =
                address
            else {
                panic!("'{}' reaches nobody", member.key);
            };
            let host = at.split(['@', '/']).rfind(|part| part.contains('.')).unwrap_or_default();
            assert!(host.ends_with(".example"), "'{}' would reach somebody: {at}", member.key);
        }
    }
}

#[test]
fn mail_that_cannot_leave_is_warned_of() {
    let team = Team::parse(MEMBER, &|_| None).unwrap();
    let (without, with) = (|_: &str| None, |_: &str| Some(String::from("rahasia")));
    let mut smtp = crate::settings::Smtp::default();
    let warned = team.mail_warnings(&smtp, &without);
    assert!(warned[0].starts_with("1 members are to be notified by e-mail"), "{warned:?}");
    (smtp.host, smtp.user) = ("mail.example".into(), "k".into());
    assert_eq!(team.mail_warnings(&smtp, &with), Vec::<String>::new());
    assert_eq!(team.mail_warnings(&smtp, &without).len(), 1, "no password");
    (smtp.user, smtp.password_file) = (String::new(), "/nowhere".into());
    assert!(team.mail_warnings(&smtp, &with)[0].contains("is not used"));
}

#[test]
fn a_missing_secret_and_an_office_that_nobody_has_are_warned_of() {
    let places = places();
    let text = MEMBER.replace("[\"camat\"]", "[\"bpbd\"]").replace("duty_phone", "# duty_phone");
    let warnings = Team::parse(&text, &|_| None).unwrap().warnings(&places);
    assert!(warnings[0].contains("'S' is not set"), "{warnings:?}");
    assert!(warnings[1].contains("does not name the office 'camat'"), "{warnings:?}");
    assert!(warnings[2].contains("names 'bpbd', and no member"), "{warnings:?}");
    assert!(warnings[3].contains("no member has the desk's office 'piket'"), "{warnings:?}");
    assert!(warnings[4].contains("nobody could be the second person"), "{warnings:?}");
    assert!(warnings[5].contains("no duty_phone"), "{warnings:?}");
    let desk = MEMBER.replace("name = \"Tim\"", "name = \"Tim\"\ndesk_office = \"camat\"");
    let alone = Team::parse(&desk, &env).unwrap().warnings(&places);
    assert!(alone[0].contains("nobody could be the second person"), "{alone:?}");
    assert!(
        alone.len() == 2 && alone[1].contains("'16.13/camat' is of the desk's office and names no"),
        "{alone:?}"
    );
    let two = format!(
        "{desk}{}",
        &MEMBER[MEMBER.find("[[team.member]]").unwrap()..].replace("id = \"camat\"", "id = \"camat-2\"")
    );
    let nameless = Team::parse(&two, &env).unwrap().warnings(&places);
    assert!(nameless.len() == 3 && nameless[0].contains("nobody could be the second person"), "{nameless:?}");
    let one_person = two.replace("    office =", "    person = \"3201\"\n    office =");
    let alone = Team::parse(&one_person, &env).unwrap().warnings(&places);
    assert!(
        alone.len() == 1 && alone[0].contains("nobody could be the second person"),
        "two places of one person"
    );
    let (one, other) = one_person.split_at(one_person.find("camat-2").unwrap());
    let two_persons = format!("{one}{}", other.replace("3201", "3202"));
    assert_eq!(Team::parse(&two_persons, &env).unwrap().warnings(&places), Vec::<String>::new());
    let by_link = two_persons
        .replace("desk_office = \"camat\"", "desk_office = \"camat\"\nsecond_by_link = [\"bpbd\"]");
    let (one, other) = by_link.split_at(by_link.find("camat-2").unwrap());
    let by_link = format!("{one}{}", other.replace("office = \"camat\"", "office = \"bpbd\""));
    // One person of the desk is enough where another office is sent a link, for an alert's end too.
    let unheard =
        "member '16.13/camat-2': [team.notified] does not name the office 'bpbd', so nothing notifies it";
    assert_eq!(Team::parse(&by_link, &env).unwrap().warnings(&places), [unheard]);
}

#[test]
fn who_seconds_by_link_is_warned_of_where_nobody_has_the_office_or_nobody_knows_who_it_is() {
    let seconded = |offices: &str| {
        let head = format!("name = \"Tim\"\ndesk_office = \"x\"\nsecond_by_link = {offices}");
        Team::parse(&MEMBER.replace("name = \"Tim\"", &head), &env).unwrap().warnings(&places()).join("\n")
    };
    assert!(seconded(r#"["kapolres"]"#).contains("second_by_link names 'kapolres', and no member"));
    let nameless = seconded(r#"["camat"]"#);
    assert!(
        nameless.contains("'16.13/camat' may be the second person by link and names no 'person'"),
        "{nameless}"
    );
}

#[test]
fn an_awas_that_would_reach_nobody_is_named() {
    let unreached = |what: &str| format!("an awas of {what} would reach nobody in the team");
    assert_eq!(
        Team::parse(MEMBER, &env).unwrap().awas_gaps(&places()),
        [
            unreached("kind 'resident_company' in all of '16.13'"),
            unreached("kind 'resident_resident' in all of '16.13'"),
            unreached("kind 'disaster' in '16.13', '16.13.05'"),
            unreached("any kind in all of '35.08', '61.02', '63.72'"),
        ]
    );
}

#[test]
fn a_team_that_no_message_can_reach_is_refused() {
    let (no_server, server) = (Smtp::default(), Smtp { host: "relay.example".into(), ..Smtp::default() });
    let hook = r#",
                { kind = "webhook", url = "https://x.example/k", secret_env = "S" }]"#;
    let refused =
        |text: &str, smtp: &Smtp| Team::parse(text, &env).unwrap().refusal(&places(), smtp).unwrap();
    let by_mail = MEMBER.replace(hook, "]");
    assert_ne!(by_mail, MEMBER);
    assert!(refused(&by_mail, &no_server).contains("set notify.smtp.host"));
    for reached in [refused(&by_mail, &server), refused(MEMBER, &no_server)] {
        assert!(reached.starts_with("an awas of kind"), "only the places without an office: {reached}");
    }
    assert!(refused("version = \"1\"", &server).contains("the team has no member"));
}

#[test]
fn who_hears_what_when_is_the_one_of_the_law_in_the_example() {
    let team = Team::parse(include_str!("../../../../config/team.toml"), &|_| None).unwrap();
    let heard = |code, kind, category: &str, level| {
        let categories = [domain::kind::Category::parse(category).unwrap()];
        let members = team.concerned(Code(code), kind, &categories, level);
        members.map(|member| member.office.as_str()).collect::<std::collections::BTreeSet<_>>()
    };
    let road_block = |level| heard(161304, Kind::ResidentCompany, "WP-05", level);
    let has = |offices: &std::collections::BTreeSet<&str>, wanted: &[&str]| {
        wanted.iter().all(|office| offices.contains(office))
    };
    let waspada = road_block(Level::Waspada);
    assert_eq!(waspada, ["camat", "danramil", "kapolsek", "piket"].into(), "the desk and the tiga pilar");
    let siaga = road_block(Level::Siaga);
    assert!(has(&siaga, &["piket", "kabag-ops", "pasi-ops", "satpol-pp", "asisten-1"]), "{siaga:?}");
    assert!(!siaga.contains("bpbd") && !siaga.contains("bupati"), "{siaga:?}");
    let awas = road_block(Level::Awas);
    assert!(
        has(&awas, &["bupati", "sekda", "kapolres", "dandim", "kajari"]) && awas.is_superset(&siaga),
        "{awas:?}"
    );
    let flood = heard(161304, Kind::Disaster, "WA-01", Level::Siaga);
    let fire = heard(161304, Kind::Disaster, "WA-03", Level::Siaga);
    assert!(flood.contains("bpbd") && !flood.contains("manggala-agni"), "{flood:?}");
    assert!(fire.contains("manggala-agni"), "{fire:?}");
    let audience = team.audience().join("\n");
    let by_link =
        "  second person by one-time link, for awas, to take back and to end an alert: Kabag Ops Polres";
    assert!(audience.contains(by_link), "{audience}");
    assert!(audience.contains("  how it ended       everybody who heard of the alert"), "{audience}");
    let seconders: Vec<&str> = team.seconders(Code(161304)).map(|member| member.key.as_str()).collect();
    assert_eq!(seconders, ["16.13/kabag-ops"]);
    assert!(audience.contains("  siaga    WA-03              also Manggala Agni"), "{audience}");
    assert!(audience.contains("Camat Rawas Ilir (16.13.04)"), "{audience}");
    assert!(!audience.contains("quiet hours"), "nobody of the example has any: {audience}");
}

#[test]
fn who_waits_in_quiet_hours_is_named_beside_who_hears_what() {
    let hours =
        "office = \"satpol-pp\"\nquiet_hours = { from = \"22.00\", until = \"05.30\", below = \"awas\" }";
    let file = include_str!("../../../../config/team.toml").replacen(
        "\noffice = \"satpol-pp\"",
        &format!("\n{hours}"),
        1,
    );
    let audience = Team::parse(&file, &|_| None).unwrap().audience();
    let waits: Vec<&String> = audience.iter().filter(|line| line.contains("quiet hours")).collect();
    let [line] = waits[..] else { panic!("{audience:?}") };
    let wanted = "  waits in quiet hours (22.00-05.30, what is below awas): Satuan Polisi Pamong Praja";
    assert_eq!(line, wanted);
}

fn places() -> Places {
    let codes = [161304, 161305, 350801, 610201, 637202].map(|code| (Code(code), Unit::default()));
    Places::new(codes.to_vec(), false)
}

#[test]
fn the_demonstrations_channel_is_everybodys_there_and_refused_in_a_roster() {
    let team = Team::in_process(include_str!("../../../../config/team.toml")).unwrap();
    assert!(!team.members().is_empty());
    for member in team.members() {
        assert!(
            matches!(member.channels.as_slice(), [(key, Address::InProcess)] if key == "demo"),
            "{}",
            member.key
        );
    }
    let roster = MEMBER.replacen("kind = \"email\"", "kind = \"demo\"", 1);
    assert_ne!(roster, MEMBER);
    let refused = Team::parse(&roster, &|_| None).unwrap_err().to_string();
    assert!(
        refused.contains("channel kind 'demo' is of the demonstration only: it reaches nobody"),
        "{refused}"
    );
}
