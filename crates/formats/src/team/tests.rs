//! The roster's reader: what it takes, and what it refuses in words.

use super::*;
use domain::kind::{Category, Kind, Level};
use domain::place::Zone;
use domain::time::{DAY, HOUR, Time};

const MEMBER: &str = r#"
    version = "1"
    [[team]]
    regency = "16.13"
    name = "Tim"
    duty_phone = "0733 123-456"
    [team.notified]
    waspada.all = ["camat"]
    siaga.disaster = ["bpbd"]
    siaga.WA-03 = ["manggala-agni"]
    [[team.member]]
    id = "camat"
    role = "Camat"
    office = "camat"
    areas = ["16.13.04"]
    phone = "0812"
    channels = [{ kind = "email", to = "a@x.example" },
                { kind = "webhook", url = "https://x.example/k", secret_env = "S" }]
"#;

#[test]
fn a_member_is_read_with_its_areas_and_channels() {
    let file = TeamFile::parse(MEMBER).unwrap();
    let team = &file.teams[0];
    let member = &team.members[0];
    assert_eq!((team.regency, team.duty_phone.as_deref()), (Code(161300), Some("0733 123-456")));
    assert_eq!(
        (member.key.as_str(), &member.areas),
        ("16.13/camat", &Areas::of([Area::District(Code(161304))]))
    );
    assert_eq!((member.office.as_str(), member.language), ("camat", Language::Indonesian));
    assert_eq!(
        (member.channels[0].kind.as_str(), member.channels[0].keys["to"].as_str()),
        ("email", Some("a@x.example"))
    );
    assert_eq!(member.channels.len(), 2);
    let printed = format!("{file:?}");
    assert!(printed.contains("camat") && !printed.contains("x.example"), "{printed}");
}

#[test]
fn the_table_says_who_hears_what_from_which_level() {
    let fire = Category::parse("WA-03").unwrap();
    let table = TeamFile::parse(MEMBER).unwrap().teams.remove(0).notified;
    let heard =
        |entry: &NotifiedOffice, kind, categories: &[Category]| entry.scope.includes(kind, categories);
    assert_eq!(
        table.iter().map(|entry| (entry.from_level, entry.office.as_str())).collect::<Vec<_>>(),
        [(Level::Waspada, "camat"), (Level::Siaga, "bpbd"), (Level::Siaga, "manggala-agni")]
    );
    assert!(heard(&table[0], Kind::ResidentCompany, &[]));
    assert!(heard(&table[1], Kind::Disaster, &[]) && !heard(&table[1], Kind::ResidentResident, &[]));
    assert!(heard(&table[2], Kind::Disaster, &[fire]) && !heard(&table[2], Kind::Disaster, &[]));
}

#[test]
fn a_wrong_line_is_named() {
    let second = MEMBER.find("[[team.member]]").map(|at| &MEMBER[at..]).unwrap();
    let twice = format!("{MEMBER}{second}");
    assert!(TeamFile::parse(&twice).unwrap_err().to_string().contains("named twice"));
    for (right, wrong, word) in [
        ("16.13.04", "61.02.01", "61.02.01"),
        ("waspada.all", "low.all", "none of waspada, siaga, awas"),
        ("siaga.disaster", "siaga.flood", "'flood' is neither"),
        ("[\"16.13.04\"]", "[]", "the empty list"),
        ("office = \"camat\"", "", "has no 'office'"),
        ("office = \"camat\"", "office = \"camat\"\nkinds = [\"disaster\"]", "no longer read"),
        ("kind = \"email\", ", "", "kind"),
        ("role =", "rolle =", "rolle"),
        ("role = \"Camat\"", "role = \"Camat\\nBcc: b@x.example\"", "on one line"),
        ("role = \"Camat\"", "role = \" \"", "on one line"),
        ("id = \"camat\"", "id = \"Pak Camat\"", "'id'"),
        ("\"16.13\"", "\"16\"", "regency"),
        ("phone = \"0812\"", "language = \"su\"", "neither id nor en"),
        ("phone = \"0812\"", "phone = \"tanya\"", "no telephone number"),
        ("name = \"", "second_by_link = [\"piket\"]\nname = \"", "the desk's own office"),
        ("phone = \"0812\"", "person = \"Pak Budi\"", "user add --person"),
        ("a@x.example", "a@x.example\\nBcc: b@x.example", "'to' holds a line break"),
    ] {
        let text = MEMBER.replace(right, wrong);
        assert_ne!(text, MEMBER, "{right}");
        let error = TeamFile::parse(&text).unwrap_err().to_string();
        assert!(error.contains(word), "{wrong}: {error}");
    }
}

#[test]
fn a_member_without_a_channel_is_refused() {
    let at = MEMBER.find("channels =").unwrap();
    for nothing in ["", "channels = []"] {
        let error = TeamFile::parse(&format!("{}{nothing}", &MEMBER[..at])).unwrap_err().to_string();
        assert!(error.starts_with("member '16.13/camat': has no channel"), "{error}");
    }
}

#[test]
fn quiet_hours_that_would_hold_back_an_awas_are_refused() {
    let with = |hours: &str| {
        let line = format!("phone = \"0812\"\n    quiet_hours = {hours}");
        TeamFile::parse(&MEMBER.replace("phone = \"0812\"", &line))
    };
    for (hours, word) in [
        (r#"{ from = "22.00", until = "05.00" }"#, "would hold back an awas"),
        (r#"{ from = "22.00", until = "05.00", below = "everything" }"#, "would hold back an awas"),
        (r#"{ from = "25.00", until = "05.00", below = "siaga" }"#, "'25.00' is no time"),
        (r#"{ from = "05.00", until = "05.00", below = "siaga" }"#, "the same"),
    ] {
        let error = with(hours).unwrap_err().to_string();
        assert!(error.contains(word), "{hours}: {error}");
    }
    let file = with(r#"{ from = "22.00", until = "05.30", below = "awas" }"#).unwrap();
    let hours = file.teams[0].members[0].quiet_hours.unwrap();
    // 15.30 UTC is 22.30 in western and 00.30 in eastern time.
    let night = Time(20_000 * DAY + 15 * HOUR + HOUR / 2);
    assert_eq!(hours.wait_until(Level::Siaga, night, Zone::Wib), Some(night.plus(7 * HOUR)));
    assert_eq!(hours.wait_until(Level::Waspada, night, Zone::Wit), Some(night.plus(5 * HOUR)));
    assert_eq!(hours.wait_until(Level::Awas, night, Zone::Wib), None, "awas never waits");
    assert_eq!(hours.wait_until(Level::Siaga, night.plus(8 * HOUR), Zone::Wib), None, "it is day");
}
