//! What happened, in words: of the gravest incident an alert rests on, as far as a viewer may know it. A level alone tells
//! nobody what to do.

use crate::alerts::AlertItem;
use crate::claims::ExtentView;
use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::level;
use crate::permit;
use crate::reports::label;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::evidence::attestation::{Affirmation, Extent};
use domain::kind::{FeedClass, Handling, Kind};
use domain::place::{Code, Zone};
use domain::sender_clock;
use domain::time::Time;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Display;
use store::GravestIncident;

/// The gravest incident an alert rests on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HappeningView {
    /// What it is, by its category; `None` where that is for the desk alone.
    pub what: Option<String>,
    /// The village, where it is known; a conflict's is for those who read reports.
    pub village: Option<String>,
    #[serde(serialize_with = "json::time")]
    pub occurred_at: Time,
    /// The sender's clock cannot be believed.
    pub doubtful: bool,
    /// Who says that it happened, by class.
    #[serde(serialize_with = "json::words")]
    pub claimed_by: Vec<FeedClass>,
    #[serde(serialize_with = "json::word")]
    pub affirmed: Affirmation,
    pub disputed: bool,
    /// 0 is what nobody counted.
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
    /// Of this, what two speakers affirm or the desk confirmed.
    pub attested: ExtentView,
    /// Further incidents the alert rests on.
    pub others: usize,
    /// The alert has ended: what nobody counted by then stays unknown.
    #[serde(skip)]
    pub has_ended: bool,
}

/// What happened, by the number of each alert that rests on an incident.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn load(context: &Context, alerts: &[Alert]) -> Result<BTreeMap<String, HappeningView>, ViewError> {
    let gravest = context.sources.store.gravest_incidents(alerts).await?;
    let of = |alert: &Alert| {
        let own = gravest.get(&alert.id)?.clone();
        Some((alert.id.clone(), HappeningView::of(context, alert, own)))
    };
    Ok(alerts.iter().filter_map(of).collect())
}

impl HappeningView {
    fn of(context: &Context, alert: &Alert, gravest: GravestIncident) -> HappeningView {
        let own = HappeningView::of_incident(context, alert.opened_at, gravest);
        HappeningView { has_ended: !alert.state.is_live(), ..own }
    }

    /// As much of an incident as the viewer may know; `since`: when it came to be known.
    pub(crate) fn of_incident(context: &Context, since: Time, gravest: GravestIncident) -> HappeningView {
        let GravestIncident { incident, claimed_by, handling, others } = gravest;
        // Held against its own time: what is old is not doubtful because it is old.
        let seen = incident.occurred_at.clamp(since.min(context.now), context.now);
        let restricted = context.sources.taxonomy.get(incident.category).is_none_or(|entry| entry.restricted);
        let reads = permit::reads(context.viewer.role, handling, restricted);
        let named = reads || !restricted;
        let open = !restricted && handling != Handling::Confidential;
        let village = context.sources.places.village(incident.place).map(|village| village.name.clone());
        HappeningView {
            what: named.then(|| label(context, incident.category)),
            village: village.filter(|_| reads || (open && incident.kind == Kind::Disaster)),
            occurred_at: incident.occurred_at,
            doubtful: sender_clock::is_doubtful(incident.occurred_at, seen),
            claimed_by,
            affirmed: incident.affirmation(),
            disputed: incident.is_disputed(),
            dead: incident.claimed.dead,
            injured: incident.claimed.injured,
            displaced: incident.claimed.displaced,
            attested: ExtentView::of(incident.attested.extent),
            others,
            has_ended: false,
        }
    }

    /// "**banjir** di Pauh, Rawas Ilir, Sab, 21 Nov 2026, 05.00 WIB: level **awas**."; what has ended speaks in the past.
    pub fn headline(&self, alert: &AlertItem, lang: Lang) -> String {
        let kind = || lang.word("kind", alert.kind);
        let what = self.what.clone().unwrap_or_else(kind);
        let place = match &self.village {
            Some(village) => format!("{village}, {}", alert.place),
            None => alert.place.clone(),
        };
        let time = format::long(self.occurred_at, Zone::of(alert.code), lang);
        let (key, shown) = match (alert.state.is_live(), alert.cleared) {
            (true, false) => ("happening.headline", alert.level),
            (true, true) => ("happening.headline_cleared", alert.peak),
            (false, _) => ("happening.headline_ended", alert.peak),
        };
        let level = level::word(shown, lang);
        let what = capital(&what);
        let values: [(&str, &dyn Display); 4] =
            [("what", &what), ("place", &place), ("time", &time), ("level", &level)];
        lang.fill(key, &values)
    }

    /// Who says so, who is hurt, what nobody knows, and how much more there is; each a word and what it says.
    pub fn facts(&self, kind: Kind, code: Code, lang: Lang) -> Vec<(String, String)> {
        self.facts_said(self.affirmed.as_str(), (kind, code), lang)
    }

    /// The same where one person of the desk confirmed it and asks for a second: that one confirmation is not said to be enough.
    pub(crate) fn facts_asked(&self, kind: Kind, code: Code, lang: Lang) -> Vec<(String, String)> {
        let affirmed = if self.affirmed == Affirmation::All { "asked" } else { self.affirmed.as_str() };
        self.facts_said(affirmed, (kind, code), lang)
    }

    /// `affirmed`: how much of it is affirmed, by its word.
    fn facts_said(&self, affirmed: &str, (kind, code): (Kind, Code), lang: Lang) -> Vec<(String, String)> {
        let text = |key| lang.text(key).to_string();
        let mut facts = vec![(text("happening.claimed_by"), self.claim(affirmed, lang))];
        if let Some(harmed) = self.harmed(lang) {
            facts.push((text("happening.people"), harmed));
        }
        let unknown = self.unknown(kind, code, lang);
        if !unknown.is_empty() {
            let key = if self.has_ended { "happening.not_known_then" } else { "happening.not_known" };
            facts.push((text(key), unknown.join(", ")));
        }
        if self.others > 0 {
            facts.push((text("happening.besides"), lang.count("happening.other_incidents", self.others)));
        }
        facts
    }

    fn harmed(&self, lang: Lang) -> Option<String> {
        if self.affirmed != Affirmation::Part {
            return format::harmed(self.dead, self.injured, self.displaced, lang);
        }
        let (dead, injured, displaced) = (self.dead, self.injured, self.displaced);
        format::harmed_in_part(
            Extent { severity: 0, dead, injured, displaced },
            Extent {
                severity: 0,
                dead: self.attested.dead,
                injured: self.attested.injured,
                displaced: self.attested.displaced,
            },
            lang,
        )
    }

    fn claim(&self, affirmed: &str, lang: Lang) -> String {
        let who: Vec<String> = self.claimed_by.iter().map(|class| lang.word("class", class)).collect();
        let who =
            if who.is_empty() { lang.text("happening.nobody_any_more").to_string() } else { who.join(", ") };
        let disputed = if self.disputed { lang.text("happening.disputed") } else { "" };
        format!("{who} (**{}**{disputed})", lang.word("affirmed", affirmed))
    }

    fn unknown(&self, kind: Kind, code: Code, lang: Lang) -> Vec<&'static str> {
        let harm = [
            ("harmed.dead", u32::from(self.dead)),
            ("harmed.injured", u32::from(self.injured)),
            ("harmed.displaced", self.displaced),
        ];
        let mut unknown: Vec<&str> =
            harm.iter().filter(|(_, n)| *n == 0).map(|(key, _)| lang.text(key)).collect();
        if self.village.is_none() && kind == Kind::Disaster && !code.is_regency() {
            unknown.push(lang.text("happening.which_village"));
        }
        if self.doubtful {
            unknown.push(lang.text("happening.when"));
        }
        unknown
    }
}

/// The text with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
