//! Reads `team.toml`, the roster: who is notified of what, from which level and where.
//!
//! Checks what the file alone can tell. Whether an address can be written to and a secret read is the notifier's to say.

mod gateway;
mod notified;
mod quiet_hours;

pub use gateway::{AcceptedLine, GatewayLines, ReceiptLines, ReceiptWay};
pub use notified::{AlertScope, NOTIFIED_LEVELS, NotifiedOffice};
pub use quiet_hours::QuietHours;

use domain::place::{Area, Areas, Code};
use notified::NotifiedTable;
use quiet_hours::QuietHoursLine;
use serde::Deserialize;
use std::collections::HashSet;
use std::fmt;

/// The roster as the file has it.
#[derive(Clone, PartialEq, Debug)]
pub struct TeamFile {
    pub version: String,
    /// Providers of messages that members are reached by.
    pub gateways: Vec<GatewayLines>,
    /// In the file's order.
    pub teams: Vec<TeamRoster>,
}

/// One regency's team.
#[derive(Clone, PartialEq, Debug)]
pub struct TeamRoster {
    pub regency: Code,
    pub name: String,
    /// Of the duty officer: stands in every message.
    pub duty_phone: Option<String>,
    /// The office of the desk: notified alone where one feed speaks that takes much back.
    pub desk_office: String,
    /// Offices that are asked to be the second person, by a one-time link.
    pub second_by_link: Vec<String>,
    /// Who hears what, the lowest level first.
    pub notified: Vec<NotifiedOffice>,
    pub members: Vec<TeamMember>,
}

/// One place in the roster: an office or a person by role.
#[derive(Clone, PartialEq, Debug)]
pub struct TeamMember {
    /// Regency and id, such as `16.13/ketua`: no address, no person's name.
    pub key: String,
    pub role: String,
    /// By this name the table says what the member hears of.
    pub office: String,
    /// All of one regency; never empty.
    pub areas: Areas,
    pub language: Language,
    /// For the page, where no message arrives.
    pub phone: Option<String>,
    /// Whose place it is, as `user add --person` calls them; empty where nobody wrote that down.
    pub person: String,
    pub quiet_hours: Option<QuietHours>,
    /// Never empty; the first is tried first.
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
    /// The line itself may hold what is secret, and is not shown.
    #[error("line {line}: {what}")]
    Toml { line: usize, what: String },
    #[error("gateway '{gateway}': {what}")]
    Gateway { gateway: String, what: String },
    #[error("team of '{regency}': {what}")]
    Team { regency: String, what: String },
    #[error("member '{member}': {what}")]
    Member { member: String, what: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    #[serde(default)]
    gateway: Vec<GatewayLines>,
    #[serde(default)]
    team: Vec<TeamLines>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamLines {
    regency: String,
    name: String,
    #[serde(default)]
    duty_phone: Option<String>,
    #[serde(default = "desk_office")]
    desk_office: String,
    #[serde(default)]
    second_by_link: Vec<String>,
    #[serde(default)]
    notified: NotifiedTable,
    #[serde(default)]
    member: Vec<MemberLines>,
}

fn desk_office() -> String {
    String::from("piket")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberLines {
    id: String,
    role: String,
    office: Option<String>,
    areas: Vec<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    person: String,
    #[serde(default)]
    quiet_hours: Option<QuietHoursLine>,
    #[serde(default)]
    channels: Vec<ChannelLine>,
    /// Of an earlier form of the file, so that it is refused with what to do.
    #[serde(default)]
    kinds: Option<toml::Value>,
    #[serde(default)]
    from_level: Option<toml::Value>,
}

impl TeamFile {
    /// Reads a roster's text.
    ///
    /// # Errors
    /// Where the text is no TOML, has an unknown key, or a member's line says what cannot be; the member is named.
    pub fn parse(text: &str) -> Result<TeamFile, TeamFileError> {
        let file: File = toml::from_str(text).map_err(|error| TeamFileError::Toml {
            line: text[..error.span().map_or(0, |span| span.start)].matches('\n').count() + 1,
            what: error.message().to_owned(),
        })?;
        for lines in &file.gateway {
            let wrong = |what| TeamFileError::Gateway { gateway: lines.name.clone(), what };
            lines.check().map_err(wrong)?;
        }
        let mut names = HashSet::new();
        if let Some(twice) = file.gateway.iter().find(|lines| !names.insert(lines.name.clone())) {
            let what = String::from("described twice");
            return Err(TeamFileError::Gateway { gateway: twice.name.clone(), what });
        }
        let mut seen = HashSet::new();
        let teams = file.team.into_iter().map(|lines| lines.check(&mut seen));
        let gateways = file.gateway;
        Ok(TeamFile { version: file.version, gateways, teams: teams.collect::<Result<_, _>>()? })
    }
}

impl TeamLines {
    /// `seen` holds the keys of the members of earlier teams.
    fn check(self, seen: &mut HashSet<String>) -> Result<TeamRoster, TeamFileError> {
        let regency = self.regency;
        let wrong = |what: String| TeamFileError::Team { regency: regency.clone(), what };
        let home = Code::parse(&regency)
            .filter(|code| code.is_regency())
            .ok_or_else(|| wrong(format!("'{regency}' is no regency code such as 16.13")))?;
        let notified =
            notified::read(&self.notified).map_err(|what| wrong(format!("[team.notified] {what}")))?;
        if self.duty_phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
            return Err(wrong("duty_phone is no telephone number: digits, spaces, '+', '-' only".into()));
        }
        if self.second_by_link.contains(&self.desk_office) {
            return Err(wrong(format!(
                "second_by_link names '{}', the desk's own office: the desk has accounts, and who asks reads its messages",
                self.desk_office
            )));
        }
        let mut members = Vec::with_capacity(self.member.len());
        for lines in self.member {
            let key = format!("{home}/{}", lines.id);
            let wrong = |what: String| TeamFileError::Member { member: key.clone(), what };
            let member = lines.check(home).map_err(wrong)?;
            if !seen.insert(key.clone()) {
                return Err(wrong("named twice".to_owned()));
            }
            members.push(member);
        }
        let TeamLines { name, duty_phone, desk_office, second_by_link, .. } = self;
        Ok(TeamRoster { regency: home, name, duty_phone, desk_office, second_by_link, notified, members })
    }
}

impl MemberLines {
    fn check(self, home: Code) -> Result<TeamMember, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(plain) {
            return Err(String::from("'id' may hold a–z, 0–9 and '-' only"));
        }
        if self.kinds.is_some() || self.from_level.is_some() {
            return Err(String::from(
                "'kinds' and 'from_level' are no longer read: give the member an 'office' and say in [team.notified] \
                 from which level that office hears of what",
            ));
        }
        let office =
            self.office.ok_or("has no 'office', the name under which [team.notified] speaks of it")?;
        let own = |text: &str| Code::parse(text).map(Area::of).filter(|area| area.regency() == Some(home));
        let areas = each(&self.areas, "areas", own)
            .map(Areas::of)
            .map_err(|text| format!("{text} is no place of regency '{home}'"))?;
        let language = match self.language.as_deref() {
            None | Some("id") => Language::Indonesian,
            Some("en") => Language::English,
            Some(other) => return Err(format!("language '{other}' is neither id nor en")),
        };
        if self.phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
            return Err(String::from("phone is no telephone number: digits, spaces, '+', '-' only"));
        }
        let of_identifier = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if self.person.len() > 64 || !self.person.chars().all(of_identifier) {
            return Err(String::from(
                "'person' is no identifier as `kentongan user add --person` takes it: up to 64 letters, digits, '-', '_' and '.'",
            ));
        }
        if self.channels.is_empty() {
            return Err(String::from("has no channel; give at least one, such as an e-mail or a webhook"));
        }
        for channel in &self.channels {
            channel.check()?;
        }
        if self.role.trim().is_empty() || self.role.chars().any(char::is_control) {
            return Err(String::from("'role' must be words on one line: it is shown in pages and messages"));
        }
        let quiet_hours = self.quiet_hours.as_ref().map(QuietHours::read).transpose()?;
        let key = format!("{home}/{}", self.id);
        let MemberLines { role, phone, person, channels, .. } = self;
        Ok(TeamMember { key, role, office, areas, language, phone, person, quiet_hours, channels })
    }
}

impl ChannelLine {
    /// An address is one line: a line break in it could add a header or a receiver.
    fn check(&self) -> Result<(), String> {
        let broken =
            |value: &toml::Value| value.as_str().is_some_and(|text| text.contains(['\r', '\n', '\0']));
        match self.keys.iter().find(|(_, value)| broken(value)) {
            Some((key, _)) => Err(format!(
                "channel of kind '{}': '{key}' holds a line break; write it on one line",
                self.kind
            )),
            None => Ok(()),
        }
    }
}

/// A number as people write it.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 3 && text.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c))
}

/// Parses a list that must not be empty; the error begins with the key and the entry.
fn each<T>(texts: &[String], key: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    if texts.is_empty() {
        return Err(format!("{key}: the empty list"));
    }
    texts.iter().map(|text| parse(text).ok_or_else(|| format!("{key}: '{text}'"))).collect()
}

#[cfg(test)]
mod tests;
