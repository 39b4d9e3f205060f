//! Reads `team.toml`, the roster: who is notified of what, from which level and where.
//!
//! Checks what the file alone can tell. Whether an address can be written to and a secret read is the notifier's to say.

use domain::kind::{Kind, Level};
use domain::place::{Area, Areas, Code};
use serde::Deserialize;
use std::collections::HashSet;
use std::fmt;

/// The roster as the file has it.
#[derive(Clone, PartialEq, Debug)]
pub struct TeamFile {
    pub version: String,
    /// Of all teams, in the file's order.
    pub members: Vec<TeamMember>,
}

/// One place in the roster: an office or a person by role.
#[derive(Clone, PartialEq, Debug)]
pub struct TeamMember {
    /// Regency and id, such as `16.13/ketua`: no address, no person's name.
    pub key: String,
    pub role: String,
    /// All of one regency; never empty.
    pub areas: Areas,
    /// Never empty.
    pub kinds: Vec<Kind>,
    pub from_level: Level,
    pub language: Language,
    /// Never empty.
    pub channels: Vec<ChannelLine>,
}

/// The language a member reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    #[default]
    Indonesian,
    English,
}

/// A way to reach a member. Which kinds there are, and which keys each has, is the notifier's to say.
#[derive(Clone, PartialEq, Deserialize)]
pub struct ChannelLine {
    pub kind: String,
    #[serde(flatten)]
    pub keys: toml::Table,
}

/// Addresses are personal: what prints a roster leaves them out.
impl fmt::Debug for ChannelLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(***)", self.kind)
    }
}

/// Why a roster cannot be used; which file it is, the caller says.
#[derive(thiserror::Error, Debug)]
pub enum TeamFileError {
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    #[error("member '{member}': {what}")]
    Member { member: String, what: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
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

impl TeamFile {
    /// Reads a roster's text.
    ///
    /// # Errors
    /// Where the text is no TOML, has an unknown key, or a member's line says what cannot be; the member is named.
    pub fn parse(text: &str) -> Result<TeamFile, TeamFileError> {
        let file: File = toml::from_str(text)?;
        let mut members = Vec::new();
        let mut seen = HashSet::new();
        for team in file.team {
            for lines in team.member {
                let key = format!("{}/{}", team.regency, lines.id);
                let wrong = |what: String| TeamFileError::Member { member: key.clone(), what };
                let member = lines.check(&team.regency).map_err(wrong)?;
                if !seen.insert(key.clone()) {
                    return Err(wrong("named twice".to_owned()));
                }
                members.push(member);
            }
        }
        Ok(TeamFile { version: file.version, members })
    }
}

impl MemberLines {
    fn check(self, regency: &str) -> Result<TeamMember, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(plain) {
            return Err(String::from("'id' may hold a–z, 0–9 and '-' only"));
        }
        let home = Code::parse(regency)
            .filter(|code| code.is_regency())
            .ok_or_else(|| format!("'{regency}' is no regency code such as 16.13"))?;
        let own = |text: &str| Code::parse(text).map(Area::of).filter(|area| area.regency() == Some(home));
        let areas = each(&self.areas, "areas", own)
            .map(Areas::of)
            .map_err(|text| format!("{text} is no place of regency '{home}'"))?;
        let kinds = each(&self.kinds, "kinds", Kind::parse)
            .map_err(|text| format!("{text} is none of resident_company, resident_resident, disaster"))?;
        let from_level = Level::parse(&self.from_level)
            .filter(|level| *level >= Level::Waspada)
            .ok_or_else(|| format!("from_level '{}' is none of waspada, siaga, awas", self.from_level))?;
        let language = match self.language.as_deref() {
            None | Some("id") => Language::Indonesian,
            Some("en") => Language::English,
            Some(other) => return Err(format!("language '{other}' is neither id nor en")),
        };
        if self.channels.is_empty() {
            return Err(String::from("has no channel; give at least one e-mail or webhook"));
        }
        let key = format!("{home}/{}", self.id);
        Ok(TeamMember { key, role: self.role, areas, kinds, from_level, language, channels: self.channels })
    }
}

/// Parses a list that must not be empty; the error begins with the key and the entry.
fn each<T>(texts: &[String], key: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    if texts.is_empty() {
        return Err(format!("{key}: the empty list"));
    }
    texts.iter().map(|text| parse(text).ok_or_else(|| format!("{key}: '{text}'"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        channels = [{ kind = "email", to = "a@x.example" },
                    { kind = "webhook", url = "https://x.example/k", secret_env = "S" }]
    "#;

    #[test]
    fn a_member_is_read_with_its_areas_and_channels() {
        let file = TeamFile::parse(MEMBER).unwrap();
        let member = &file.members[0];
        assert_eq!(
            (member.key.as_str(), &member.areas),
            ("16.13/camat", &Areas::of([Area::District(Code(161304))]))
        );
        assert_eq!((member.from_level, member.language), (Level::Siaga, Language::Indonesian));
        assert_eq!(
            (member.channels[0].kind.as_str(), member.channels[0].keys["to"].as_str()),
            ("email", Some("a@x.example"))
        );
        assert_eq!(member.channels.len(), 2);
        let printed = format!("{file:?}");
        assert!(printed.contains("camat") && !printed.contains("x.example"), "{printed}");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let second = MEMBER.find("[[team.member]]").map(|at| &MEMBER[at..]).unwrap();
        let twice = format!("{MEMBER}{second}");
        assert!(TeamFile::parse(&twice).unwrap_err().to_string().contains("named twice"));
        for (right, wrong, word) in [
            ("16.13.04", "61.02.01", "61.02.01"),
            ("\"siaga\"", "\"low\"", "from_level"),
            ("[\"disaster\"]", "[\"flood\"]", "flood"),
            ("[\"disaster\"]", "[]", "the empty list"),
            ("kind = \"email\", ", "", "kind"),
            ("role =", "rolle =", "rolle"),
            ("\"camat\"", "\"Pak Camat\"", "'id'"),
            ("\"16.13\"", "\"16\"", "regency"),
            ("from_level =", "language = \"su\"\nfrom_level =", "neither id nor en"),
        ] {
            let error = TeamFile::parse(&MEMBER.replace(right, wrong)).unwrap_err().to_string();
            assert!(error.contains(word), "{wrong}: {error}");
        }
    }
}
