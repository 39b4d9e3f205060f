//! The roster (`config/team.toml`): who is notified of what, from which level, by which ways.

use crate::channels::{Address, Channel};
use crate::settings::Smtp;
use domain::kind::{Kind, Level};
use domain::place::{Areas, Code, Places};
use formats::abridge::first_and_more;
pub use formats::team::Language;
use formats::team::{ChannelLine, TeamFile, TeamFileError, TeamMember};
use std::collections::BTreeMap;

/// Everybody who may be notified, of all configured regencies.
#[derive(Clone, Debug, Default)]
pub struct Team {
    pub version: String,
    members: Vec<Member>,
}

/// One place in the roster: an office or a person by role.
#[derive(Clone, Debug)]
pub struct Member {
    /// `16.13/ketua`: the name in the delivery record; no address, no person's name.
    pub key: String,
    pub role: String,
    pub areas: Areas,
    pub kinds: Vec<Kind>,
    pub from_level: Level,
    pub language: Language,
    /// By key: `email`, `webhook`, and `email-2` for a second one.
    pub channels: BTreeMap<String, Address>,
}

impl Member {
    /// True when an alert of this level and kind, standing at `code`, concerns this member.
    pub fn concerns(&self, code: Code, kind: Kind, level: Level) -> bool {
        self.areas.covers(code) && self.kinds.contains(&kind) && level >= self.from_level
    }
}

impl Team {
    /// Names of the roster, as an alert may be assigned to them.
    pub fn roles(&self) -> Vec<String> {
        self.members.iter().map(|member| member.role.clone()).collect()
    }

    /// Reads a roster. Secrets come through `env` or from files; one that is missing is no error here
    /// but one of [`Team::warnings`]: the rest of the team must still be notified.
    ///
    /// # Errors
    /// Where the file cannot be read or an address in it cannot be written to; the member is named.
    pub fn parse(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Team, TeamFileError> {
        let file = TeamFile::parse(text)?;
        let mut members = Vec::with_capacity(file.members.len());
        for member in file.members {
            let channels = channels(&member.channels, env)
                .map_err(|what| TeamFileError::Member { member: member.key.clone(), what })?;
            let TeamMember { key, role, areas, kinds, from_level, language, .. } = member;
            members.push(Member { key, role, areas, kinds, from_level, language, channels });
        }
        Ok(Team { version: file.version, members })
    }

    pub fn members(&self) -> &[Member] {
        &self.members
    }

    pub fn find(&self, key: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.key == key)
    }

    /// The members an alert concerns, in roster order.
    pub fn concerned(&self, code: Code, kind: Kind, level: Level) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.concerns(code, kind, level))
    }

    /// What `check` and the start-up log say: channels without a secret, unknown areas, and
    /// places where an awas of some kind would reach nobody.
    pub fn warnings(&self, places: &Places) -> Vec<String> {
        let mut warnings = Vec::new();
        for member in &self.members {
            for (key, address) in &member.channels {
                if let Some(reason) = address.warning() {
                    warnings.push(format!("member '{}', channel '{key}': {reason}", member.key));
                }
            }
            for area in member.areas.iter().filter(|area| !places.has(*area)) {
                warnings.push(format!("member '{}': area '{area}' is not a configured place", member.key));
            }
        }
        warnings.extend(self.unheard(places));
        warnings
    }

    /// What keeps mail from those who have an address: no server, or a password that cannot be read.
    pub fn mail_warnings(&self, smtp: &Smtp, env: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
        let by_mail =
            |member: &&Member| member.channels.values().any(|address| address.channel() == Channel::Email);
        let count = self.members.iter().filter(by_mail).count();
        if count == 0 {
            return Vec::new();
        }
        if !smtp.is_set() {
            return Vec::from([format!(
                "{count} members are to be notified by e-mail and no mail server is configured: nothing reaches them; set notify.smtp.host"
            )]);
        }
        if smtp.user.is_empty() && !smtp.password_file.as_os_str().is_empty() {
            return Vec::from([String::from(
                "notify.smtp.password_file is not used: notify.smtp.user is empty",
            )]);
        }
        smtp.password(env).err().into_iter().collect()
    }

    /// Where an awas would reach nobody; a regency without a team is one line with the others of its sort.
    fn unheard(&self, places: &Places) -> Vec<String> {
        let (mut lines, mut whole) = (Vec::new(), Vec::new());
        for regency in places.regency_ids() {
            let own = places.code(regency);
            let all: Vec<Code> =
                [own].into_iter().chain(places.districts(regency).map(|unit| places.code(unit))).collect();
            let deaf = |kind: &Kind| {
                let nobody = |code: &&Code| self.concerned(**code, *kind, Level::Awas).next().is_none();
                all.iter().filter(nobody).copied().collect::<Vec<Code>>()
            };
            let by_kind: Vec<(Kind, Vec<Code>)> = Kind::ALL.iter().map(|kind| (*kind, deaf(kind))).collect();
            if by_kind.iter().all(|(_, codes)| codes.len() == all.len()) {
                whole.push(own);
                continue;
            }
            for (kind, codes) in by_kind.iter().filter(|(_, codes)| !codes.is_empty()) {
                let what = if codes.len() == all.len() { format!("all of '{own}'") } else { listed(codes) };
                lines.push(format!("an awas of kind '{kind}' in {what} would reach nobody in the team"));
            }
        }
        if !whole.is_empty() {
            lines.push(format!(
                "an awas of any kind in all of {} would reach nobody in the team",
                listed(&whole)
            ));
        }
        lines
    }
}

/// The first few of what may be every place of the country.
fn listed(codes: &[Code]) -> String {
    first_and_more(codes.iter().map(|code| format!("'{code}'")), 8)
}

fn channels(
    lines: &[ChannelLine],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, Address>, String> {
    let mut channels = BTreeMap::new();
    for line in lines {
        let address = Address::parse(line, env)?;
        let word = address.channel().as_str();
        let mut key = String::from(word);
        let mut number = 1;
        while channels.contains_key(&key) {
            number += 1;
            key = format!("{word}-{number}");
        }
        channels.insert(key, address);
    }
    Ok(channels)
}

#[cfg(test)]
mod tests;
