//! The roster (`config/team.toml`): who is notified of what, from which level, by which ways.

mod audience;

use crate::channels::{Address, Channel, Gateway};
use crate::message::words_language;
use crate::settings::Smtp;
use domain::author::{Author, StampedAuthor};
use domain::kind::{Category, Kind, Level};
use domain::place::{Areas, Code, Places};
use formats::abridge::first_and_more;
pub use formats::team::Language;
use formats::team::{
    AlertScope, ChannelLine, NotifiedOffice, QuietHours, TeamFile, TeamFileError, TeamMember, TeamRoster,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use views::TeamContact;

/// Everybody who may be notified, of all configured regencies.
#[derive(Clone, Debug, Default)]
pub struct Team {
    pub version: String,
    regencies: Vec<RegencyTeam>,
    members: Vec<Member>,
    gateways: Vec<Arc<Gateway>>,
}

/// What a team says besides its members.
#[derive(Clone, Debug)]
struct RegencyTeam {
    code: Code,
    name: String,
    duty_phone: Option<String>,
    desk_office: String,
    /// Offices that are asked to be the second person, by a one-time link.
    second_by_link: Vec<String>,
    notified: Vec<NotifiedOffice>,
}

/// One place in the roster: an office or a person by role.
#[derive(Clone, Debug)]
pub struct Member {
    /// `16.13/ketua`: the name in the delivery record; no address, no person's name.
    pub key: String,
    pub role: String,
    pub office: String,
    pub areas: Areas,
    pub language: Language,
    pub phone: Option<String>,
    /// Whose place it is, as `user add --person` calls them; empty where nobody wrote that down.
    pub person: String,
    pub quiet_hours: Option<QuietHours>,
    /// What the table says of the office: from this level on, of this.
    hears: Vec<(Level, AlertScope)>,
    /// By key (`email`, `webhook`, the name of a provider, and `email-2` for a second one), the one to try first first.
    pub channels: Vec<(String, Address)>,
}

impl RegencyTeam {
    fn owns(&self, member: &Member) -> bool {
        member.key.split_once('/').is_some_and(|(code, _)| code == self.code.to_string())
    }
}

impl Member {
    /// The author of what this member records by a one-time link.
    pub fn desk_author(&self) -> Author {
        StampedAuthor::of_desk(&self.key, &self.person).desk_author()
    }

    /// True when an alert of this level and kind, standing at `code` and resting on incidents of these categories,
    /// concerns this member. Being named a party makes no difference.
    pub fn concerns(&self, code: Code, kind: Kind, categories: &[Category], level: Level) -> bool {
        self.areas.covers(code)
            && self.hears.iter().any(|(from, scope)| level >= *from && scope.includes(kind, categories))
    }

    /// The address behind a channel's key.
    pub fn address(&self, channel: &str) -> Option<&Address> {
        self.channels.iter().find(|(key, _)| key == channel).map(|(_, address)| address)
    }

    fn read(
        member: TeamMember,
        notified: &[NotifiedOffice],
        gateways: &[Arc<Gateway>],
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Member, TeamFileError> {
        let channels = channels(&member.channels, gateways, env)
            .map_err(|what| TeamFileError::Member { member: member.key.clone(), what })?;
        let TeamMember { key, role, office, areas, language, phone, person, quiet_hours, .. } = member;
        let own = notified.iter().filter(|entry| entry.office == office);
        let hears = own.map(|entry| (entry.from_level, entry.scope)).collect();
        Ok(Member { key, role, office, areas, language, phone, person, quiet_hours, hears, channels })
    }
}

impl Team {
    /// Reads a roster. Secrets come through `env` or from files; one that is missing is no error here
    /// but one of [`Team::warnings`]: the rest of the team must still be notified.
    ///
    /// # Errors
    /// Where the file cannot be read or an address in it cannot be written to; the member is named.
    pub fn parse(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Team, TeamFileError> {
        let file = TeamFile::parse(text)?;
        let mut gateways = Vec::with_capacity(file.gateways.len());
        for lines in &file.gateways {
            let gateway = Gateway::parse(lines, env);
            let wrong = |what| TeamFileError::Gateway { gateway: lines.name.clone(), what };
            gateways.push(Arc::new(gateway.map_err(wrong)?));
        }
        let (mut regencies, mut members) = (Vec::new(), Vec::new());
        for team in file.teams {
            let TeamRoster {
                regency: code,
                name,
                duty_phone,
                desk_office,
                second_by_link,
                notified,
                members: roster,
            } = team;
            for member in roster {
                members.push(Member::read(member, &notified, &gateways, env)?);
            }
            regencies.push(RegencyTeam { code, name, duty_phone, desk_office, second_by_link, notified });
        }
        Ok(Team { version: file.version, regencies, members, gateways })
    }

    /// The roster of a demonstration: the same people, each by the list of messages and by nothing that leaves this process.
    ///
    /// # Errors
    /// As [`Team::parse`].
    pub fn in_process(text: &str) -> Result<Team, TeamFileError> {
        let mut team = Team::parse(text, &|_| None)?;
        for member in &mut team.members {
            member.channels = vec![(Channel::InProcess.as_str().to_owned(), Address::InProcess)];
        }
        Ok(team)
    }

    /// Everybody as the desk calls them.
    pub fn contacts(&self) -> Vec<TeamContact> {
        let contact = |member: &Member| {
            let Member { key, role, phone, person, areas, channels, quiet_hours, .. } = member.clone();
            let duty_phone = self.own_team(member).and_then(|team| team.duty_phone.clone());
            let (lang, seconds) = (words_language(member.language), self.seconds(member));
            TeamContact {
                key,
                role,
                phone,
                person,
                areas,
                lang,
                has_channel: !channels.is_empty(),
                seconds,
                duty_phone,
                quiet_hours,
            }
        };
        self.members.iter().map(contact).collect()
    }

    /// The duty officer's telephone in the regency of a place.
    pub fn duty_phone(&self, code: Code) -> Option<&str> {
        let own = self.regencies.iter().filter(|team| team.code == code.regency());
        own.filter_map(|team| team.duty_phone.as_deref()).next()
    }

    /// The members of the desk whose areas cover a place.
    pub fn desk(&self, code: Code) -> impl Iterator<Item = &Member> {
        let own = self.regencies.iter().filter(move |team| team.code == code.regency());
        let offices: Vec<&str> = own.map(|team| team.desk_office.as_str()).collect();
        let desk =
            move |member: &&Member| member.areas.covers(code) && offices.contains(&member.office.as_str());
        self.members.iter().filter(desk)
    }

    /// The members who are asked, by a one-time link, to be the second person for what happened at a place.
    pub fn seconders(&self, code: Code) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.areas.covers(code) && self.seconds(member))
    }

    /// True where a member is asked to be the second person, by a one-time link.
    pub fn seconds(&self, member: &Member) -> bool {
        self.own_team(member).is_some_and(|team| team.second_by_link.contains(&member.office))
    }

    fn own_team(&self, member: &Member) -> Option<&RegencyTeam> {
        self.regencies.iter().find(|team| team.owns(member))
    }

    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The providers that the file describes.
    pub(crate) fn gateways(&self) -> &[Arc<Gateway>] {
        &self.gateways
    }

    /// The keys of all channels that this is true of, each once.
    pub(crate) fn channel_keys(&self, is: impl Fn(&Address) -> bool) -> Vec<String> {
        let all = self.members.iter().flat_map(|member| &member.channels);
        let keys: BTreeSet<&String> = all.filter(|(_, address)| is(address)).map(|(key, _)| key).collect();
        keys.into_iter().cloned().collect()
    }

    pub fn find(&self, key: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.key == key)
    }

    /// The member who is this person.
    pub(crate) fn member_of(&self, author: Author) -> Option<&Member> {
        self.members.iter().find(|member| author.is_same_person(&member.desk_author()))
    }

    /// The members an alert concerns, in roster order.
    pub fn concerned(
        &self,
        code: Code,
        kind: Kind,
        categories: &[Category],
        level: Level,
    ) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.concerns(code, kind, categories, level))
    }

    /// What `check` and the start-up log say: channels without a secret, unknown areas, offices and members that the
    /// table does not join, a team without a telephone.
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
            if member.hears.is_empty() {
                let (key, office) = (&member.key, &member.office);
                warnings.push(format!(
                    "member '{key}': [team.notified] does not name the office '{office}', so nothing notifies it"
                ));
            }
        }
        for team in &self.regencies {
            let (code, own) =
                (team.code, |member: &&Member| member.key.starts_with(&format!("{}/", team.code)));
            let offices: Vec<&str> =
                self.members.iter().filter(own).map(|member| member.office.as_str()).collect();
            let mut missing: Vec<&str> = team.notified.iter().map(|entry| entry.office.as_str()).collect();
            missing.retain(|office| !offices.contains(office));
            missing.sort_unstable();
            missing.dedup();
            if !missing.is_empty() {
                let missing = first_and_more(missing.iter().map(|office| format!("'{office}'")), 8);
                warnings.push(format!(
                    "team of '{code}': [team.notified] names {missing}, and no member has that office"
                ));
            }
            if !offices.contains(&team.desk_office.as_str()) {
                let office = &team.desk_office;
                warnings.push(format!(
                    "team of '{code}': no member has the desk's office '{office}', so who hears of a waspada is asked to check \
                     what nobody can judge"
                ));
            }
            warnings.extend(self.second_warnings(team));
            if team.duty_phone.is_none() {
                warnings.push(format!("team of '{code}': no duty_phone, so messages name no number to call"));
            }
        }
        warnings
    }

    /// The members who are asked where a second person is needed: the desk, and who seconds by link.
    fn may_second<'a>(&'a self, team: &'a RegencyTeam) -> impl Iterator<Item = &'a Member> {
        let asked = move |member: &&Member| member.office == team.desk_office || self.seconds(member);
        self.members.iter().filter(move |member| team.owns(member)).filter(asked)
    }

    /// What is amiss with who seconds: an office without a member, nobody beside who is on duty, a member of whom nobody wrote
    /// down who it is.
    fn second_warnings(&self, team: &RegencyTeam) -> Vec<String> {
        let mut warnings = Vec::new();
        for office in &team.second_by_link {
            if !self.members.iter().any(|member| team.owns(member) && member.office == *office) {
                warnings.push(format!(
                    "team of '{}': second_by_link names '{office}', and no member has that office",
                    team.code
                ));
            }
        }
        let may_second: Vec<&Member> = self.may_second(team).collect();
        if !has_two_persons(&may_second) {
            warnings.push(format!(
                "team of '{}': nobody could be the second person to who is on duty: two members that name two 'person's, of office '{}' \
                 or one of them of an office in second_by_link",
                team.code, team.desk_office
            ));
        }
        for member in may_second.iter().filter(|member| member.person.is_empty()) {
            let what = if self.seconds(member) {
                "may be the second person by link and names no 'person', so it is not asked: it may be who asked by an account of the desk"
            } else {
                "is of the desk's office and names no 'person', so it is nobody's second person: it may be who asked"
            };
            warnings.push(format!(
                "member '{}' {what}; write the word of `kentongan user add --person`",
                member.key
            ));
        }
        warnings
    }

    /// The persons whom its members name, as `user add --person` calls them.
    pub fn persons(&self) -> Vec<&str> {
        self.members.iter().map(|member| member.person.as_str()).filter(|person| !person.is_empty()).collect()
    }

    /// What keeps mail from those who have an address: no server, or a password that cannot be read.
    pub fn mail_warnings(&self, smtp: &Smtp, env: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
        let by_mail =
            |member: &&Member| member.channels.iter().any(|(_, address)| address.channel() == Channel::Email);
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
}

/// True where two of these are two persons, by the rule of the acts that take two: both are named.
fn has_two_persons(members: &[&Member]) -> bool {
    let is_another = |one: &Member, other: &Member| one.desk_author().is_another_person(&other.desk_author());
    members.iter().any(|one| members.iter().any(|other| is_another(one, other)))
}

fn channels(
    lines: &[ChannelLine],
    gateways: &[Arc<Gateway>],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<(String, Address)>, String> {
    let mut channels: Vec<(String, Address)> = Vec::new();
    for line in lines {
        let address = Address::parse(line, gateways, env)?;
        let word = address.key().to_owned();
        let mut key = word.clone();
        let mut number = 1;
        while channels.iter().any(|(other, _)| *other == key) {
            number += 1;
            key = format!("{word}-{number}");
        }
        channels.push((key, address));
    }
    Ok(channels)
}

#[cfg(test)]
mod tests;
