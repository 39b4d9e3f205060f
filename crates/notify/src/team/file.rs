//! The roster's file format, and the checks a line must pass before anybody relies on it.

use super::{Address, Language, Member, Team, TeamError};
use crate::secret::Source;
use crate::settings::is_loopback;
use domain::kind::{Kind, Level};
use domain::place::Code;
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RosterFile {
    version: String,
    #[serde(default)]
    team: Vec<TeamLines>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamLines {
    regency: String,
    #[serde(rename = "name")]
    _name: String,
    #[serde(default)]
    member: Vec<MemberLines>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberLines {
    id: String,
    role: String,
    areas: Vec<String>,
    kinds: Vec<String>,
    from_level: String,
    #[serde(default)]
    language: Option<String>,
    channels: Vec<ChannelLine>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum ChannelLine {
    Email { to: String },
    Webhook { url: String, secret_env: Option<String>, secret_file: Option<PathBuf> },
}

pub(super) fn parse(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Team, TeamError> {
    let file: RosterFile = toml::from_str(text)?;
    let mut members = Vec::new();
    let mut seen = HashSet::new();
    for team in &file.team {
        for lines in &team.member {
            let key = format!("{}/{}", team.regency, lines.id);
            let member = member(&team.regency, lines, env)
                .and_then(|member| {
                    seen.insert(key.clone()).then_some(member).ok_or(String::from("named twice"))
                })
                .map_err(|what| TeamError::Member { member: key, what })?;
            members.push(member);
        }
    }
    Ok(Team { version: file.version, members })
}

fn member(
    regency: &str,
    lines: &MemberLines,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Member, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if lines.id.is_empty() || !lines.id.chars().all(plain) {
        return Err(String::from("'id' may hold a–z, 0–9 and '-' only"));
    }
    let home = Code::parse(regency)
        .filter(|code| code.is_regency())
        .ok_or_else(|| format!("'{regency}' is no regency code such as 16.13"))?;
    let areas = each(&lines.areas, "areas", |text| Code::parse(text).filter(|code| code.regency() == home))
        .map_err(|text| format!("{text} is no place of regency '{home}'"))?;
    let kinds = each(&lines.kinds, "kinds", Kind::parse)
        .map_err(|text| format!("{text} is none of resident_company, resident_resident, disaster"))?;
    let from_level = Level::parse(&lines.from_level)
        .filter(|level| *level >= Level::Waspada)
        .ok_or_else(|| format!("from_level '{}' is none of waspada, siaga, awas", lines.from_level))?;
    let language = match lines.language.as_deref() {
        None | Some("id") => Language::Indonesian,
        Some("en") => Language::English,
        Some(other) => return Err(format!("language '{other}' is neither id nor en")),
    };
    let channels = channels(&lines.channels, env)?;
    let key = format!("{home}/{}", lines.id);
    Ok(Member { key, role: lines.role.clone(), areas, kinds, from_level, language, channels })
}

/// Parses a list that must not be empty; the error begins with the key and the entry.
fn each<T>(texts: &[String], key: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    if texts.is_empty() {
        return Err(format!("{key}: the empty list"));
    }
    texts.iter().map(|text| parse(text).ok_or_else(|| format!("{key}: '{text}'"))).collect()
}

fn channels(
    lines: &[ChannelLine],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, Address>, String> {
    let mut channels = BTreeMap::new();
    for line in lines {
        let address = address(line, env)?;
        let word = address.channel().as_str();
        let mut key = String::from(word);
        let mut number = 1;
        while channels.contains_key(&key) {
            number += 1;
            key = format!("{word}-{number}");
        }
        channels.insert(key, address);
    }
    if channels.is_empty() {
        return Err(String::from("has no channel; give at least one e-mail or webhook"));
    }
    Ok(channels)
}

fn address(line: &ChannelLine, env: &dyn Fn(&str) -> Option<String>) -> Result<Address, String> {
    match line {
        ChannelLine::Email { to } => {
            to.parse::<lettre::Address>().map_err(|error| format!("'{to}' is no e-mail address: {error}"))?;
            Ok(Address::Email(to.clone()))
        }
        ChannelLine::Webhook { url, secret_env, secret_file } => {
            let parsed = reqwest::Url::parse(url).map_err(|error| format!("'{url}' is no URL: {error}"))?;
            let safe = parsed.scheme() == "https"
                || parsed.scheme() == "http" && parsed.host_str().is_some_and(is_loopback);
            if !safe {
                return Err(format!("'{url}' must begin with https:// (http:// only on this machine)"));
            }
            if secret_env.is_none() && secret_file.is_none() {
                return Err(format!(
                    "webhook '{url}' needs secret_env or secret_file: its messages are signed"
                ));
            }
            let source = Source { env: secret_env.as_deref(), file: secret_file.as_deref() };
            Ok(Address::Webhook { url: url.clone(), secret: source.read(env) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::place::{Places, Unit};

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
    fn a_member_is_told_of_what_happens_inside_its_areas() {
        let team = parse(MEMBER, &env).unwrap();
        let told = |code, kind, level| team.concerned(Code(code), kind, level).count();
        assert_eq!(told(161304, Kind::Disaster, Level::Siaga), 1);
        assert_eq!(told(161304, Kind::Disaster, Level::Waspada), 0);
        assert_eq!(told(161304, Kind::ResidentCompany, Level::Awas), 0);
        assert_eq!(told(161305, Kind::Disaster, Level::Awas), 0);
        assert_eq!(
            told(161300, Kind::Disaster, Level::Awas),
            0,
            "the regency's alert is not inside a district"
        );
        let keys: Vec<&String> = team.find("16.13/camat").unwrap().channels.keys().collect();
        assert_eq!(keys, ["email", "email-2", "webhook"]);
    }

    #[test]
    fn nothing_that_prints_a_team_prints_secrets_or_addresses() {
        let printed = format!("{:?}", parse(MEMBER, &env).unwrap());
        assert!(printed.contains("camat"));
        for hidden in ["kunci-rahasia", "a@x.example", "x.example/k"] {
            assert!(!printed.contains(hidden), "{printed}");
        }
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (right, wrong, said) in [
            ("16.13.04", "61.02.01", "61.02.01"),
            ("\"siaga\"", "\"low\"", "from_level"),
            ("[\"disaster\"]", "[\"flood\"]", "flood"),
            ("a@x.example", "nobody", "e-mail"),
            ("https://", "http://", "https://"),
            ("secret_env = \"S\"", "secret_env = \"S\", x = 1", "x"),
            ("role =", "rolle =", "rolle"),
            ("\"camat\"", "\"Pak Camat\"", "'id'"),
        ] {
            let error = parse(&MEMBER.replace(right, wrong), &env).unwrap_err().to_string();
            assert!(error.contains(said), "{wrong}: {error}");
        }
    }

    #[test]
    fn the_example_roster_is_read_and_every_kind_of_awas_is_heard() {
        let team = parse(include_str!("../../../../config/team.toml"), &|_| None).unwrap();
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
        let team = parse(MEMBER, &|_| None).unwrap();
        let (without, with) = (|_: &str| None, |_: &str| Some(String::from("rahasia")));
        let mut smtp = crate::settings::Smtp::default();
        let warned = team.mail_warnings(&smtp, &without);
        assert!(warned[0].starts_with("1 members are to be told by e-mail"), "{warned:?}");
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
        let warnings = parse(MEMBER, &|_| None).unwrap().warnings(&places);
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
}
