//! What goes out. A message knows no reporter and no text of a report: [`Notice`] has no room for them, and of a conflict's
//! incident it keeps neither village nor harm.

mod also;
mod ending;
mod fall;
mod json;
mod keys;
mod reopened;
mod text;

use crate::settings::is_loopback;
use domain::alert::notice::AlertChangeKind;
use domain::alert::{Alert, AlertOutcome, SecondAnswer};
use domain::effect::{Affirmed, HarmedPeople, Incident};
use domain::evidence::attestation::Extent;
use domain::kind::{Category, FeedClass, Kind, Level};
use domain::place::{Areas, Code, Places};
use domain::sender_clock;
use domain::time::Time;
use formats::taxonomy::Taxonomy;
pub(crate) use json::json;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;
use store::{CheckFacts, CountedDistrict, FallFacts, GravestIncident, ReopenedFacts, WithdrawnEarlier};
pub(crate) use text::words_language;
use views::happening::called_over;
pub use views::messages::MessageActor;
use views::second_link::SECOND_LINK_PATH;
use views::second_person::RequestedAct;

/// One thing to notify of, the same for everybody.
#[derive(Clone, PartialEq)]
pub struct Notice {
    pub change: AlertChangeKind,
    /// The alert's number.
    pub alert: String,
    pub code: Code,
    pub kind: Kind,
    pub level: Level,
    pub unverified: bool,
    /// What is not verified is the claim of one party to the dispute.
    pub one_party: bool,
    /// What it is about first; `None` where the model alone spoke and nothing happened lately.
    pub incident: Option<NoticeIncident>,
    /// It rests on no incident: the one above is what happened there last.
    pub rests_on_none: bool,
    /// Of a regency: its districts with an open alert, the highest first.
    pub districts: Vec<DistrictAlert>,
    /// Of a regency that its districts raise by their count: those that it counts.
    pub counted: Vec<CountedDistrict>,
    /// The reader's places: of the districts those of others are counted and not named.
    pub areas: Areas,
    /// Of a disaster: all people that the incidents behind it harm; what is 0 here is not known.
    pub harmed: Option<HarmedPeople>,
    /// What slight signs or sensors gave as reasons, as the history has them.
    pub signs: Vec<Value>,
    /// The model gives the only reason for its level, and it rests on no incident.
    pub by_model: bool,
    /// The baseline that spoke in the model's place; said in a disaster's message only.
    pub baseline: Option<String>,
    /// How many got earlier messages of this alert; a withdrawal says it.
    pub earlier_recipients: usize,
    /// To whom it was assigned, where that is what it is about.
    pub assignee: Option<String>,
    /// True where it is assigned to somebody else than the reader, whose it was.
    pub reader_is_assigned_no_more: bool,
    /// Open alerts nearby that opened within hours: together they may be one series.
    pub series: Vec<NearbyAlert>,
    /// What else waits for the reader, the gravest first.
    pub also: Vec<AlsoNews>,
    /// Why the other alerts among that stand.
    pub also_why: Vec<AlsoWhy>,
    /// The alert that was withdrawn in the same place shortly before the one that it says is open.
    pub earlier: Option<WithdrawnEarlier>,
    pub duty_phone: Option<String>,
    /// Why somebody must look into it, where that is what it asks.
    pub check: Option<CheckFacts>,
    /// Who asks for a second person's confirmation, and until when it counts, where that is what it asks.
    pub second: Option<NoticeSecond>,
    /// The open alert of the place and kind that a second person is asked about, where there is one.
    pub about_alert: Option<String>,
    /// What was taken back and when it happened, where it is about that.
    pub taken_back: Option<(Category, Time)>,
    /// The people whom the incident harmed as they were known, and by now, where it is about fewer.
    pub fewer_harmed: Option<(Extent, Extent)>,
    /// From what it fell, where it is about that.
    pub fall: Option<FallFacts>,
    /// Why it is open again, where it opened after another was ended.
    pub reopened: Option<ReopenedFacts>,
    /// The alert's end, where it is about that: asked for, not agreed to, dropped or reached.
    pub ending: Option<NoticeEnding>,
    /// The token of the reader's own link, by which they answer without an account.
    pub one_time_token: Option<String>,
    /// True where the reader is of the desk, and may agree on its pages.
    pub reader_is_of_desk: bool,
    /// Why only the desk is notified.
    pub desk_only: Option<DeskOnly>,
}

/// What a message may say of an incident.
#[derive(Clone, PartialEq, Debug)]
pub struct NoticeIncident {
    pub category: Category,
    pub occurred_at: Time,
    /// When something of it happened again, hours later.
    pub again_at: Option<Time>,
    /// Whose word it is, by class.
    pub claimed_by: Vec<FeedClass>,
    /// The sender's clock cannot be believed: when it happened is not known.
    pub doubtful_clock: bool,
    pub affirmed: Affirmed,
    pub disputed: bool,
    /// When it was over, by the latest report that calls it over. No level follows from it.
    pub over_at: Option<Time>,
    /// Who calls it over, by class.
    pub over_by: Vec<FeedClass>,
    /// Of a disaster only.
    pub place: Option<DisasterPlace>,
}

/// Where a disaster is, and who is hurt; 0 is what nobody has reported.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DisasterPlace {
    pub village: Option<String>,
    /// It rests on what is restricted or confidential: which village is for the page alone.
    pub village_withheld: bool,
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
    /// How much of it two speakers affirm or the desk confirmed.
    pub attested: Extent,
}

/// Another open alert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NearbyAlert {
    pub alert: String,
    pub code: Code,
    pub kind: Kind,
    pub level: Level,
}

/// A district in a regency's message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DistrictAlert {
    pub code: Code,
    pub level: Level,
    /// What its alert rests on, and when that happened.
    pub incident: Option<(Category, Time)>,
    /// Whose word that is, by class, and how much of it is affirmed.
    pub claim: Option<(Vec<FeedClass>, Affirmed)>,
    /// Of a disaster: all people that its alert's incidents harm.
    pub harmed: Option<HarmedPeople>,
}

impl DistrictAlert {
    /// As much of a district's alert and of what it rests on as a message may say.
    pub(crate) fn of(alert: &Alert, own: Option<&GravestIncident>, now: Time) -> DistrictAlert {
        let is_disaster = alert.kind == Kind::Disaster;
        let own = own.filter(|own| own.shows_regency());
        DistrictAlert {
            code: alert.code,
            level: alert.level,
            incident: own.map(|own| (own.incident.category, own.incident.occurred_at)),
            claim: own.map(|own| (own.claimed_by.clone(), own.incident.affirmed(now))),
            harmed: own.filter(|_| is_disaster).map(|own| own.harmed),
        }
    }
}

/// One thing that a message says besides what it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlsoNews {
    pub change: AlertChangeKind,
    /// The alert's number: a withdrawal may be of an earlier one, another may be the regency's.
    pub alert: String,
    pub code: Code,
    pub kind: Kind,
    pub level: Level,
    /// What it is about, and when that happened.
    pub incident: Option<(Category, Time)>,
    /// The people whom that harmed as they were known, and by now, where it is about fewer.
    pub fewer_harmed: Option<(Extent, Extent)>,
    /// Where it is an assignment to somebody else than the reader: their role.
    pub assigned_elsewhere: Option<String>,
    /// How it ended, of an earlier alert.
    pub ending: Option<NoticeEnding>,
}

/// Why another alert stands that a line of a message names.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlsoWhy {
    /// The alert's number.
    pub alert: String,
    /// Of a regency that its districts raise by their count: those that it counts.
    pub counted: Vec<CountedDistrict>,
    /// The incident of its own that leads it, and when that happened.
    pub incident: Option<(Category, Time)>,
    /// The model gives the only reason.
    pub by_model: bool,
}

/// One person's request for a second one, as a message may say it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoticeSecond {
    pub asked_by: MessageActor,
    pub lapses_at: Time,
    /// True where something is to be taken back; else awas is asked for.
    pub takes_back: bool,
    /// What is to be done, where the record that asks is still there.
    pub asks: Option<RequestedAct>,
    /// Why, in an officer's own words; a conflict's message does not say them.
    pub because: String,
    /// Awas is asked for of the same incident, and waits.
    pub awas_waits: bool,
}

/// What a message may say of an end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NoticeEnding {
    /// How the alert ended, or is to end; `None` where a record asks for something else.
    pub outcome: Option<AlertOutcome>,
    pub asked_by: MessageActor,
    /// Until when a second person may agree.
    pub lapses_at: Option<Time>,
    /// Why it was asked for, in an officer's own words; a conflict's message does not say them.
    pub because: String,
    /// Who did what the message is about.
    pub actor: MessageActor,
    /// Why they did; empty where no person did.
    pub done_because: String,
    /// No person ended it: what it rested on is gone.
    pub by_the_service: bool,
    pub answer: Option<SecondAnswer>,
    /// Where a record asks: whether it takes something back, or asks for awas.
    pub takes_back: Option<bool>,
    pub cancelled: bool,
    /// Another request took its place.
    pub replaced: bool,
    /// What it rested on that its source took back, and when that happened, the gravest first.
    pub retracted: Vec<(Category, Time)>,
}

/// The feed that alone speaks for it has taken so many reports back in a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskOnly {
    pub feed: String,
    pub retractions: u64,
}

impl NoticeIncident {
    /// As much of an incident as a message of its kind may say; `withheld`: it rests on what is restricted or confidential, so that no
    /// village is named; `at`: when the alert changed; `now`: when the message is written.
    pub fn of(
        incident: &Incident,
        (claimed_by, withheld): (Vec<FeedClass>, bool),
        places: &Places,
        (at, now): (Time, Time),
    ) -> NoticeIncident {
        let village = places.village(incident.place).map(|village| village.name.clone());
        let village_withheld = withheld && village.is_some();
        NoticeIncident {
            category: incident.category,
            occurred_at: incident.occurred_at,
            again_at: incident.again_at(),
            claimed_by,
            doubtful_clock: sender_clock::is_doubtful(incident.occurred_at, at),
            affirmed: incident.affirmed(now),
            disputed: incident.is_disputed(),
            over_at: called_over(incident.ended_at, &incident.affirmed(now)),
            over_by: Vec::new(),
            place: (incident.kind == Kind::Disaster).then(|| DisasterPlace {
                village: village.filter(|_| !withheld),
                village_withheld,
                dead: incident.claimed.dead,
                injured: incident.claimed.injured,
                displaced: incident.claimed.displaced,
                attested: incident.attested.extent,
            }),
        }
    }
}

/// What every message of this installation shares.
#[derive(Clone, Debug, Default)]
pub struct MessageSettings {
    /// Address of the desk as its readers reach it, without a slash at the end.
    pub base_url: String,
    /// True while a scenario plays: every message says so.
    pub scenario: bool,
    /// Labels of the categories that may be named, Indonesian and English: a restricted one is for the desk's page alone.
    pub categories: BTreeMap<Category, [String; 2]>,
}

impl MessageSettings {
    /// For a desk that people reach at `public_url`.
    pub fn new(public_url: &str, scenario: bool, taxonomy: &Taxonomy) -> MessageSettings {
        let open = taxonomy.entries().filter(|entry| !entry.restricted);
        let labels = open.map(|entry| (entry.code, [entry.id.clone(), entry.en.clone()]));
        let base_url = public_url.trim_end_matches('/').to_owned();
        MessageSettings { base_url, scenario, categories: labels.collect() }
    }
}

/// Where the links in messages would lead nowhere, what to do about it.
pub fn link_warning(public_url: &str) -> Option<String> {
    let url = reqwest::Url::parse(public_url).ok()?;
    let host = url.host_str()?;
    let unspecified =
        host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_unspecified());
    (unspecified || is_loopback(host)).then(|| {
        format!(
            "the links in messages lead to {public_url}, which nobody can open from another machine; set it to the \
             address people use"
        )
    })
}

/// A message in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageText {
    pub subject: String,
    pub body: String,
    /// All on one line, for what is paid by its length.
    pub short: String,
}

impl Notice {
    /// The text without what opens the reader's link.
    pub(crate) fn without_token(&self, text: &str) -> String {
        self.one_time_token.as_ref().map_or_else(|| text.to_owned(), |token| text.replace(token, "…"))
    }

    /// Where the desk shows the alert, or what waits to be looked into; it asks for a login. For who has no account the one-time
    /// link.
    pub fn link(&self, settings: &MessageSettings) -> String {
        let base = settings.base_url.trim_end_matches('/');
        if let Some(token) = &self.one_time_token {
            return format!("{base}{SECOND_LINK_PATH}/{token}");
        }
        if self.check.is_some() {
            return format!("{base}/?wilayah={}#periksa", self.code.regency());
        }
        alert_link(settings, &self.alert)
    }
}

/// Where the desk shows an alert.
pub(crate) fn alert_link(settings: &MessageSettings, alert: &str) -> String {
    format!("{}/peringatan/{alert}", settings.base_url.trim_end_matches('/'))
}

/// The place by its name, or its code where it has none.
pub(crate) fn name(places: &Places, code: Code) -> String {
    places.find(code).map_or_else(|| code.to_string(), |unit| places.name(unit))
}

#[cfg(test)]
mod tests;
