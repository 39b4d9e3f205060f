//! What happened, in words: of the incident that leads an alert, of further ones and of a regency's districts, as far as a
//! viewer may know it. A level alone tells nobody what to do.

use crate::affirmed::affirmed_words;
use crate::alert::end_word;
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
use domain::alert::{Alert, AlertOutcome};
use domain::condition::finding::raises_regency;
use domain::effect::{Affirmed, AffirmedBy, HarmedPeople, Incident, RegencyHarm};
use domain::evidence::attestation::{Affirmation, Extent};
use domain::kind::{FeedClass, Handling, Kind};
use domain::place::{Code, Zone};
use domain::sender_clock;
use domain::time::Time;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Display;
use store::{AlertGrounds, FurtherIncident, GravestIncident};

/// How many of the latest incidents are looked at for one that was reported in time.
const LOOKED_AT: usize = 10;

/// The incident that leads an alert, of those that it rests on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HappeningView {
    /// What it is, by its category; `None` where that is for the desk alone.
    pub what: Option<String>,
    /// The village, where it is known; a conflict's is for those who read reports.
    pub village: Option<String>,
    #[serde(serialize_with = "json::time")]
    pub occurred_at: Time,
    /// When something of it happened again, hours later.
    #[serde(skip)]
    pub again_at: Option<Time>,
    /// The sender's clock cannot be believed.
    pub doubtful: bool,
    /// Who says that it happened, by class.
    #[serde(serialize_with = "json::words")]
    pub claimed_by: Vec<FeedClass>,
    #[serde(serialize_with = "json::affirmed", flatten)]
    pub affirmed: Affirmed,
    pub disputed: bool,
    /// When it was over, by the latest report that says so. No level follows from it.
    #[serde(skip)]
    pub over_at: Option<Time>,
    /// Who says so, by class.
    #[serde(skip)]
    pub over_by: Vec<FeedClass>,
    /// 0 is what nobody counted.
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
    /// Of this, what two speakers affirm or the desk confirmed.
    pub attested: ExtentView,
    /// Further incidents the alert rests on.
    pub others: usize,
    /// The newest of them.
    #[serde(skip)]
    pub further: Vec<HappeningView>,
    /// All people whom the alert's incidents harm; 0 is what nobody counted.
    #[serde(serialize_with = "json::harmed")]
    pub all: HarmedPeople,
    /// Of a regency's alert: the kecamatan that raise it, as far as the viewer may see them, and whom the incidents of each harm.
    #[serde(skip)]
    pub districts: Vec<DistrictHarm>,
    /// It happened in the first of them: the regency's alert has no incident of its own.
    #[serde(skip)]
    pub is_of_districts: bool,
    /// In how many of those that raise it somebody is harmed, for every viewer the same.
    #[serde(skip)]
    pub harmed_districts: usize,
    /// The alert has ended: what nobody counted by then stays unknown.
    #[serde(skip)]
    pub has_ended: bool,
}

/// Whom the incidents of a kecamatan harm, in a regency's alert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DistrictHarm {
    pub place: String,
    pub harmed: HarmedPeople,
}

/// What happened, by the number of each alert that rests on an incident.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn load(context: &Context, alerts: &[Alert]) -> Result<BTreeMap<String, HappeningView>, ViewError> {
    let AlertGrounds { mut gravest, by_model } =
        context.sources.store.alert_grounds(alerts, context.now).await?;
    let is_of_regency = |alert: &Alert| alert.code.is_regency() && alert.state.is_live();
    let mut happenings = BTreeMap::new();
    for alert in alerts {
        let own = gravest.remove(&alert.id);
        let happening = match is_of_regency(alert) {
            // What stands in its districts is not why it stands.
            true if own.is_none() && by_model.contains(&alert.id) => None,
            true => of_regency(context, alert, own).await?,
            false => own.map(|own| HappeningView::of(context, alert, own)),
        };
        happenings.extend(happening.map(|happening| (alert.id.clone(), happening)));
    }
    Ok(happenings)
}

/// What happened last of an alert's kind in its place, of what the viewer may see: where the model alone opened it, nothing else tells.
/// Of a regency first what stands in its districts.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn latest(context: &Context, alert: &Alert) -> Result<Option<HappeningView>, ViewError> {
    let store = &context.sources.store;
    if alert.code.is_regency()
        && alert.state.is_live()
        && let Some(of_districts) = of_regency(context, alert, None).await?
    {
        return Ok(Some(of_districts));
    }
    let until = if alert.state.is_live() { context.now } else { alert.changed_at };
    let mut incidents = store.happened_last(alert.code, alert.kind, until).await?;
    incidents.retain(|incident| context.viewer.covers(incident.place.code));
    if !alert.state.is_live() {
        incidents = reported_by(context, incidents, until).await?;
    }
    let first = store.first_of(alert, &incidents).await?;
    Ok(first.map(|own| HappeningView::of(context, alert, own)))
}

/// Of these the first that was reported by then: what came in since is none of what ended.
async fn reported_by(
    context: &Context,
    incidents: Vec<Incident>,
    until: Time,
) -> Result<Vec<Incident>, ViewError> {
    for incident in incidents.into_iter().take(LOOKED_AT) {
        let report = context.sources.store.report(incident.place.code.regency(), incident.id).await?;
        if report.is_some_and(|report| report.received_at <= until) {
            return Ok(vec![incident]);
        }
    }
    Ok(Vec::new())
}

/// What happened in a regency: of its own incidents, else of those of the kecamatan that raise it the gravest that the viewer may
/// see, and nothing that the desk rejected. Who is hurt in all is the same for every viewer; of which kecamatan, as far as they may see them.
async fn of_regency(
    context: &Context,
    alert: &Alert,
    own: Option<GravestIncident>,
) -> Result<Option<HappeningView>, ViewError> {
    let below = context.sources.store.open_districts((alert.code, alert.kind), context.now).await?;
    let harmed = |district: &(Alert, Option<GravestIncident>)| {
        let (alert, own) = district;
        Some((alert.level, own.as_ref()?.harmed))
    };
    let of_own = own.as_ref().map(|own| own.harmed).unwrap_or_default();
    let in_all = RegencyHarm::of(of_own, below.iter().filter_map(harmed));
    let seen = below
        .into_iter()
        .filter(|(other, _)| raises_regency(other.level) && context.viewer.covers(other.code))
        .filter_map(|(other, own)| Some((context.name(other.code), own?)));
    let mut seen: Vec<(String, GravestIncident)> = seen.collect();
    seen.sort_by_key(|(_, own)| {
        Reverse((own.shows_regency(), own.incident.claimed, own.incident.occurred_at))
    });
    let harm =
        |(place, own): &(String, GravestIncident)| DistrictHarm { place: place.clone(), harmed: own.harmed };
    let districts: Vec<DistrictHarm> = seen.iter().map(harm).collect();
    let own = own.filter(GravestIncident::shows_regency);
    let is_of_districts = own.is_none();
    let of_first = |(_, first)| GravestIncident { others: 0, further: Vec::new(), ..first };
    let Some(first) =
        own.or_else(|| seen.into_iter().next().filter(|(_, own)| own.shows_regency()).map(of_first))
    else {
        return Ok(None);
    };
    let first = GravestIncident { harmed: in_all.people, ..first };
    let view = HappeningView::of(context, alert, first);
    Ok(Some(HappeningView { districts, is_of_districts, harmed_districts: in_all.districts, ..view }))
}

impl HappeningView {
    fn of(context: &Context, alert: &Alert, gravest: GravestIncident) -> HappeningView {
        let own = HappeningView::of_incident(context, alert.opened_at, gravest);
        HappeningView { has_ended: !alert.state.is_live(), ..own }
    }

    /// As much of an incident as the viewer may know; `since`: when it came to be known.
    pub(crate) fn of_incident(context: &Context, since: Time, gravest: GravestIncident) -> HappeningView {
        let GravestIncident { incident, claimed_by, over_by, handling, others, further, harmed } = gravest;
        let of_further = |own: FurtherIncident| {
            let alone = GravestIncident::alone(own.incident, own.claimed_by, own.handling);
            let own = GravestIncident { over_by: own.over_by, ..alone };
            HappeningView::of_incident(context, since, own)
        };
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
            again_at: incident.again_at(),
            doubtful: sender_clock::is_doubtful(incident.occurred_at, seen),
            claimed_by,
            affirmed: incident.affirmed(context.now),
            disputed: incident.is_disputed(),
            over_at: incident.ended_at,
            over_by,
            dead: incident.claimed.dead,
            injured: incident.claimed.injured,
            displaced: incident.claimed.displaced,
            attested: ExtentView::of(incident.attested.extent),
            others,
            further: further.into_iter().map(of_further).collect(),
            all: harmed,
            districts: Vec::new(),
            is_of_districts: false,
            harmed_districts: 0,
            has_ended: false,
        }
    }

    /// "**banjir** di Pauh, Rawas Ilir, Sab, 21 Nov 2026, 05.00 WIB: level **awas**."; what has ended speaks in the past.
    pub fn headline(&self, alert: &AlertItem, lang: Lang) -> String {
        let kind = || lang.word("kind", alert.kind);
        let what = self.what.clone().unwrap_or_else(kind);
        let village = self.village.clone();
        let near = match self.districts.split_first().filter(|_| self.is_of_districts) {
            None => village,
            Some((first, [])) => {
                Some(village.map_or(first.place.clone(), |own| format!("{own}, {}", first.place)))
            }
            Some((first, rest)) => {
                let more = lang.count("happening.more_districts", rest.len());
                Some(format!("{} {more}", first.place))
            }
        };
        let place = near.map_or(alert.place.clone(), |near| format!("{near}, {}", alert.place));
        let time = self.time(alert.code, lang);
        let is_rejected = self.affirmed.by == AffirmedBy::Rejected;
        let (key, shown) = match (alert.state.is_live(), alert.cleared) {
            (true, false) => ("happening.headline", alert.level),
            (true, true) => ("happening.headline_cleared", alert.peak),
            (false, _) if is_rejected => ("happening.headline_rejected", alert.peak),
            (false, _) => ("happening.headline_ended", alert.peak),
        };
        let level = level::word(shown, lang);
        let what = if key == "happening.headline_rejected" { what } else { capital(&what) };
        let how = how_it_ended(alert, lang);
        let values: [(&str, &dyn Display); 5] =
            [("what", &what), ("place", &place), ("time", &time), ("level", &level), ("how", &how)];
        lang.fill(key, &values)
    }

    /// Who says so, who is hurt, what nobody knows, and what else happened; each a word and what it says.
    pub fn facts(&self, kind: Kind, code: Code, lang: Lang) -> Vec<(String, String)> {
        let besides = self.besides(kind, code, lang).into_iter();
        self.own_facts(kind, code, lang)
            .into_iter()
            .chain(besides.map(|says| (lang.text("happening.besides").to_owned(), says)))
            .collect()
    }

    /// The same without what else happened.
    pub fn own_facts(&self, kind: Kind, code: Code, lang: Lang) -> Vec<(String, String)> {
        let text = |key| lang.text(key).to_string();
        let mut facts = vec![(text("happening.claimed_by"), self.claim(code, lang))];
        let is_rejected = self.affirmed.by == AffirmedBy::Rejected;
        if let Some(harmed) = self.harmed(lang) {
            let key = if is_rejected { "happening.people_rejected" } else { "happening.people" };
            facts.push((text(key), harmed));
        }
        facts.extend(self.in_all(lang).map(|all| (text("happening.people_in_all"), all)));
        let unknown = self.unknown(kind, code, lang);
        // Of what did not happen nothing is left to be known.
        if !unknown.is_empty() && !is_rejected {
            let key = if self.has_ended { "happening.not_known_then" } else { "happening.not_known" };
            facts.push((text(key), unknown.join(", ")));
        }
        facts
    }

    /// What else happened, the newest first, and how much more there is.
    pub fn besides(&self, kind: Kind, code: Code, lang: Lang) -> Vec<String> {
        let further = self.further.iter().map(|own| own.line((kind, code), lang));
        let more = self.others.saturating_sub(self.further.len());
        further.chain((more > 0).then(|| lang.count("happening.other_incidents", more))).collect()
    }

    /// The same of what happened last where the alert rests on none of it.
    pub fn latest_facts(&self, kind: Kind, code: Code, lang: Lang) -> Vec<(String, String)> {
        let line = self.line((kind, code), lang);
        let line = match self.districts.first().filter(|_| self.is_of_districts) {
            Some(district) => format!("{}: {line}", district.place),
            None => line,
        };
        let last = (lang.text("message.latest").to_owned(), line);
        let in_all = self.in_all(lang).filter(|_| self.is_of_districts);
        let in_all = in_all.map(|all| (lang.text("happening.people_in_all").to_owned(), all));
        let besides = self.besides(kind, code, lang).into_iter();
        [last]
            .into_iter()
            .chain(in_all)
            .chain(besides.map(|says| (lang.text("happening.besides").to_owned(), says)))
            .collect()
    }

    /// When it happened, in the place's own time, and that its clock cannot be believed.
    fn time(&self, code: Code, lang: Lang) -> String {
        let time = format::occurrence(self.occurred_at, Zone::of(code), lang);
        let doubtful = self.doubtful.then(|| format!(" ({})", lang.text("report.doubtful")));
        let again = self.again_at.map(|at| {
            let time = format::occurrence(at, Zone::of(code), lang);
            format!("; {}", lang.fill("happening.again_at", &[("time", &time)]))
        });
        format!("{time}{}{}", doubtful.unwrap_or_default(), again.unwrap_or_default())
    }

    /// The newest of the further incidents, where it happened after this one.
    pub fn news(&self) -> Option<&HappeningView> {
        self.further.first().filter(|own| own.occurred_at > self.occurred_at)
    }

    /// When a report says that it was over; nothing of what the desk rejected.
    pub fn over(&self) -> Option<Time> {
        called_over(self.over_at, &self.affirmed)
    }

    /// Who says so, in words; `None` where nobody knows.
    pub fn over_by_words(&self, lang: Lang) -> Option<String> {
        class_words(&self.over_by, lang)
    }

    /// "Penutupan jalan di Pauh, Min, 29 Nov 2026, 01.52 WIB; perusahaan (**klaim satu pihak**); luka 3".
    pub(crate) fn line(&self, (kind, code): (Kind, Code), lang: Lang) -> String {
        let what = capital(&self.what.clone().unwrap_or_else(|| lang.word("kind", kind)));
        let time = self.time(code, lang);
        let place =
            self.village.as_ref().map(|village| lang.fill("happening.in_village", &[("village", village)]));
        let claim = self.claim(code, lang);
        let values: [(&str, &dyn Display); 4] =
            [("what", &what), ("place", &place.unwrap_or_default()), ("time", &time), ("claim", &claim)];
        let words = lang.fill("happening.further", &values);
        self.harmed(lang).map_or(words.clone(), |harmed| format!("{words}; {harmed}"))
    }

    /// Who is hurt in all the alert's incidents, where that is more than in this one; of a regency's with its kecamatan.
    fn in_all(&self, lang: Lang) -> Option<String> {
        let numbers = |extent: &Extent| (extent.dead, extent.injured, extent.displaced);
        let is_more = (self.dead, self.injured, self.displaced) != numbers(&self.all.claimed);
        let all = format::harmed_in_all(&self.all, lang).filter(|_| is_more)?;
        let of = |own: &DistrictHarm| {
            let Extent { dead, injured, displaced, .. } = own.harmed.claimed;
            Some(format!("{}: {}", own.place, format::harmed(dead, injured, displaced, lang)?))
        };
        let mut each: Vec<String> = self.districts.iter().filter_map(of).collect();
        if each.len() < self.harmed_districts {
            each.insert(0, lang.count("happening.in_districts", self.harmed_districts));
        }
        Some(if each.is_empty() { all } else { format!("{all} ({})", each.join("; ")) })
    }

    fn harmed(&self, lang: Lang) -> Option<String> {
        let (dead, injured, displaced) = (self.dead, self.injured, self.displaced);
        if self.affirmed.how_much != Affirmation::Part || self.affirmed.by == AffirmedBy::Rejected {
            return format::harmed(dead, injured, displaced, lang);
        }
        let ExtentView { dead: sure_dead, injured: sure_injured, displaced: sure_displaced, .. } =
            self.attested;
        format::harmed_in_part(
            Extent { severity: 0, dead, injured, displaced },
            Extent { severity: 0, dead: sure_dead, injured: sure_injured, displaced: sure_displaced },
            lang,
        )
    }

    /// Who says so, how sure that is, and whether it is denied or over by a report.
    fn claim(&self, code: Code, lang: Lang) -> String {
        let who: Vec<String> = self.claimed_by.iter().map(|class| lang.word("class", class)).collect();
        let who =
            if who.is_empty() { lang.text("happening.nobody_any_more").to_string() } else { who.join(", ") };
        let disputed = if self.disputed { lang.text("happening.disputed") } else { "" };
        let over = over_words(self.over(), &self.over_by, code, lang);
        let affirmed = affirmed_words(&self.affirmed, lang);
        format!("{who} (**{affirmed}**{disputed}{over})")
    }

    fn unknown(&self, kind: Kind, code: Code, lang: Lang) -> Vec<&'static str> {
        let all = self.all.claimed;
        let harm = [
            ("harmed.dead", u32::from(all.dead.max(self.dead))),
            ("harmed.injured", u32::from(all.injured.max(self.injured))),
            ("harmed.displaced", all.displaced.max(self.displaced)),
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

/// When an incident was over by a report that calls it over; nothing of what the desk rejected.
pub fn called_over(ended_at: Option<Time>, affirmed: &Affirmed) -> Option<Time> {
    ended_at.filter(|_| affirmed.by != AffirmedBy::Rejected)
}

/// That a report calls it over and whose that is, behind how sure it is, for pages and messages; empty where none does.
pub fn over_words(over_at: Option<Time>, over_by: &[FeedClass], code: Code, lang: Lang) -> String {
    let Some(at) = over_at else { return String::new() };
    let time = format::occurrence(at, Zone::of(code), lang);
    match class_words(over_by, lang) {
        Some(who) => lang.fill("happening.over_by", &[("who", &who), ("time", &time)]),
        None => lang.fill("happening.over", &[("time", &time)]),
    }
}

/// Sources by their classes; `None` where there are none.
pub fn class_words(classes: &[FeedClass], lang: Lang) -> Option<String> {
    let words: Vec<String> = classes.iter().map(|class| lang.word("class", class)).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// How an alert ended: what was found, or that it was withdrawn.
pub(crate) fn how_it_ended(alert: &AlertItem, lang: Lang) -> String {
    match alert.outcome.filter(|outcome| *outcome != AlertOutcome::Void) {
        Some(outcome) => end_word(lang, outcome),
        None => lang.text("happening.withdrawn").to_owned(),
    }
}

/// The text with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
