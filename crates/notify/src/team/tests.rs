//! The roster's logic: who is concerned, what is warned of, what is never printed.

use super::*;
use domain::place::Unit;

const MEMBER: &str = r#"
    version = "1"
    [[team]]
    regency = "16.13"
    name = "Tim"
    [[team.member]]
    id = "camat"
    role = "Camat"
    areas = ["16.13.04"]
    kinds = ["disaster"]
    from_level = "siaga"
    channels = [{ kind = "email", to = "a@x.example" }, { kind = "email", to = "b@x.example" },
                { kind = "webhook", url = "https://x.example/k", secret_env = "S" }]
"#;

fn env(name: &str) -> Option<String> {
    (name == "S").then(|| String::from("kunci-rahasia"))
}

#[test]
fn a_member_is_notified_of_what_happens_inside_its_areas() {
    let team = Team::parse(MEMBER, &env).unwrap();
    let notified = |code, kind, level| team.concerned(Code(code), kind, level).count();
    assert_eq!(notified(161304, Kind::Disaster, Level::Siaga), 1);
    assert_eq!(notified(161304, Kind::Disaster, Level::Waspada), 0);
    assert_eq!(notified(161304, Kind::ResidentCompany, Level::Awas), 0);
    assert_eq!(notified(161305, Kind::Disaster, Level::Awas), 0);
    assert_eq!(
        notified(161300, Kind::Disaster, Level::Awas),
        0,
        "the regency's alert is not inside a district"
    );
    let keys: Vec<&String> = team.find("16.13/camat").unwrap().channels.keys().collect();
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
        ("\"siaga\"", "\"low\"", "from_level"),
        ("[\"disaster\"]", "[\"flood\"]", "flood"),
        ("a@x.example", "nobody", "e-mail"),
        ("https://", "http://", "https://"),
        ("secret_env = \"S\"", "secret_env = \"S\", x = 1", "x"),
        ("kind = \"webhook\"", "kind = \"pigeon\"", "none of email, webhook"),
        ("role =", "rolle =", "rolle"),
        ("\"camat\"", "\"Pak Camat\"", "'id'"),
    ] {
        let error = Team::parse(&MEMBER.replace(right, wrong), &env).unwrap_err().to_string();
        assert!(error.contains(named), "{wrong}: {error}");
    }
}

#[test]
fn the_example_roster_is_read_and_every_kind_of_awas_is_heard() {
    let team = Team::parse(include_str!("../../../../config/team.toml"), &|_| None).unwrap();
    for kind in Kind::ALL {
        assert!(team.concerned(Code(161300), *kind, Level::Awas).count() > 1, "{kind}");
    }
    for member in team.members() {
        for address in member.channels.values() {
            let (Address::Email(at) | Address::Webhook { url: at, .. }) = address;
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
fn a_missing_secret_and_an_unheard_place_are_warned_of() {
    let codes = [161304, 161305, 350801, 610201, 637202].map(|code| (Code(code), Unit::default()));
    let places = Places::new(codes.to_vec(), false);
    let warnings = Team::parse(MEMBER, &|_| None).unwrap().warnings(&places);
    assert!(warnings[0].contains("'S' is not set"), "{warnings:?}");
    let unheard = |what: &str| format!("an awas of {what} would reach nobody in the team");
    assert_eq!(
        warnings[1..],
        [
            unheard("kind 'resident_company' in all of '16.13'"),
            unheard("kind 'resident_resident' in all of '16.13'"),
            unheard("kind 'disaster' in '16.13', '16.13.05'"),
            unheard("any kind in all of '35.08', '61.02', '63.72'"),
        ]
    );
}
