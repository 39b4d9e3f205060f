//! Who hears what when, in words, and where an awas would reach nobody.

use super::{Member, RegencyTeam, Team};
use crate::channels::{Address, Channel};
use crate::settings::Smtp;
use domain::kind::{Kind, Level};
use domain::place::{Code, Places};
use formats::abridge::first_and_more;
use formats::team::{AlertScope, NOTIFIED_LEVELS};
use std::collections::BTreeSet;

impl Team {
    /// The table as `check` prints it: for each team, level and kind the members who hear of it from that level on.
    pub fn audience(&self) -> Vec<String> {
        self.regencies.iter().flat_map(|team| self.audience_of(team)).collect()
    }

    fn audience_of(&self, team: &RegencyTeam) -> Vec<String> {
        let mut lines = vec![format!("who hears what when: {} ({})", team.name, team.code)];
        for level in NOTIFIED_LEVELS {
            let entries = team.notified.iter().filter(|entry| entry.from_level == level);
            let scopes: BTreeSet<AlertScope> = entries.clone().map(|entry| entry.scope).collect();
            for scope in scopes {
                let offices: Vec<&str> = entries
                    .clone()
                    .filter(|entry| entry.scope == scope)
                    .map(|entry| entry.office.as_str())
                    .collect();
                let own = |member: &&Member| team.owns(member) && offices.contains(&member.office.as_str());
                let members: Vec<String> =
                    self.members.iter().filter(own).map(|member| with_areas(member, team.code)).collect();
                let also = if level == Level::Waspada { "" } else { "also " };
                let scope = scope.to_string();
                let who = if members.is_empty() { String::from("nobody") } else { members.join("; ") };
                lines.push(format!("  {:<8} {scope:<18} {also}{who}", level.as_str()));
            }
        }
        let seconds = |member: &&Member| team.owns(member) && self.seconds(member);
        let who: Vec<String> =
            self.members.iter().filter(seconds).map(|member| with_areas(member, team.code)).collect();
        let who = if who.is_empty() { String::from("nobody") } else { who.join("; ") };
        for member in self.members.iter().filter(|member| team.owns(member)) {
            if let Some(hours) = member.quiet_hours {
                lines.push(format!("  waits in quiet hours ({hours}): {}", with_areas(member, team.code)));
            }
        }
        lines.push(String::from("  how it ended       everybody who heard of the alert, with its outcome"));
        lines.push(format!(
            "  second person by one-time link, for awas, to take back and to end an alert: {who}"
        ));
        lines.push(String::from(
            "  a request that is not agreed to or lapses, or one to end it that is cancelled or dropped by a rise: the desk, who asked; the last two also who was asked",
        ));
        lines
    }

    /// Why `check` refuses a roster that the configuration names: an awas somewhere would reach nobody.
    pub fn refusal(&self, places: &Places, smtp: &Smtp) -> Option<String> {
        let is_reached = |address: &Address| address.channel() != Channel::Email || smtp.is_set();
        let addresses = self.members.iter().flat_map(|member| &member.channels);
        if !addresses.map(|(_, address)| address).any(is_reached) {
            let words = match self.members.is_empty() {
                true => {
                    "the team has no member: an awas would reach nobody; add [[team]] and [[team.member]] as config/team.toml has them"
                }
                false => {
                    "every member is to be notified by e-mail and no mail server is configured: an awas would reach nobody; set notify.smtp.host"
                }
            };
            return Some(words.into());
        }
        let gaps = self.awas_gaps(places);
        let mend = "name an office for it in [team.notified] and a member with that office, or leave the regency out of \
                    places.regencies";
        (!gaps.is_empty()).then(|| format!("{}; {mend}", gaps.join("; ")))
    }

    /// Where an awas would reach nobody; regencies without a team are one line. Nothing where nobody is in any team.
    pub fn awas_gaps(&self, places: &Places) -> Vec<String> {
        let (mut lines, mut whole) = (Vec::new(), Vec::new());
        if self.regencies.is_empty() {
            return lines;
        }
        for regency in places.regency_ids() {
            let own = places.code(regency);
            let all: Vec<Code> =
                [own].into_iter().chain(places.districts(regency).map(|unit| places.code(unit))).collect();
            let unreached = |kind: &Kind| {
                let nobody = |code: &&Code| self.concerned(**code, *kind, &[], Level::Awas).next().is_none();
                all.iter().filter(nobody).copied().collect::<Vec<Code>>()
            };
            let by_kind: Vec<(Kind, Vec<Code>)> =
                Kind::ALL.iter().map(|kind| (*kind, unreached(kind))).collect();
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

/// A member's role, with the places where that is not the whole regency.
fn with_areas(member: &Member, regency: Code) -> String {
    if member.areas.covers(regency) {
        member.role.clone()
    } else {
        format!("{} ({})", member.role, member.areas)
    }
}

/// The first few of what may be every place of the country.
fn listed(codes: &[Code]) -> String {
    first_and_more(codes.iter().map(|code| format!("'{code}'")), 8)
}
