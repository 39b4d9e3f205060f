//! A notice in words, for somebody who knows nothing else.

use super::keys::{opening_key, subject_key};
use super::{
    DisasterPlace, DistrictAlert, MessageSettings, MessageText, Notice, NoticeIncident, alert_link, name,
};
use crate::team::Language;
use domain::alert::notice::AlertChangeKind;
use domain::effect::{Affirmed, AffirmedBy, HarmedPeople, RegencyHarm};
use domain::evidence::attestation::{Affirmation, Extent};
use domain::kind::{Category, Kind};
use domain::place::{Code, Places, Zone};
use std::fmt::{Display, Write};
use views::affirmed::affirmed_words;
use views::alerts::sureness_mark;
use views::answered::counted_words;
use views::happening::over_words;
use views::rules::signs_sentence;
use views::{Lang, format};

/// Most alerts that are named as one series.
const SERIES_NAMED: usize = 3;
/// Most districts of a regency that are named.
const DISTRICTS_NAMED: usize = 5;

impl Notice {
    /// The message for a reader of `language`.
    pub fn text(&self, places: &Places, settings: &MessageSettings, language: Language) -> MessageText {
        let lang = words_language(language);
        let mut body = String::new();
        if settings.scenario {
            push(
                &mut body,
                &format!("{} {}", lang.text("message.scenario_mark"), lang.text("message.scenario")),
            );
            body.push('\n');
        }
        push(&mut body, &self.opening(settings, lang));
        body.push('\n');
        self.fall_line(&mut body, settings, lang);
        self.reopened_line(&mut body, lang);
        self.what_happened(&mut body, places, settings, lang);
        self.second_lines(&mut body, lang);
        self.ending_lines(&mut body, settings, lang);
        for words in self.also_lines(places, settings, lang) {
            line(&mut body, lang.text("message.also"), &words);
        }
        if let Some(words) = self.earlier_words(settings, lang) {
            line(&mut body, lang.text("message.earlier"), &words);
        }
        self.beside(&mut body, places, settings, lang);
        if let Some(phone) = &self.duty_phone {
            line(&mut body, lang.text("message.duty_phone"), phone);
        }
        let link_word = if self.one_time_token.is_some() { "message.one_time_link" } else { "message.link" };
        line(&mut body, lang.text(link_word), &self.link(settings));
        if let Some(check) = self.check.filter(|check| check.others > 0) {
            body.push('\n');
            push(&mut body, &lang.count("message.others_to_check", check.others as usize));
        }
        if self.change.is_end() {
            body.push('\n');
            push(&mut body, &lang.count("message.recipients", self.earlier_recipients));
        }
        if let Some(why) = &self.desk_only {
            body.push('\n');
            let n: &dyn Display = &why.retractions;
            // Who speaks is not for a conflict's message; the page says it.
            push(
                &mut body,
                &match self.kind {
                    Kind::Disaster => lang.fill("message.desk_only_named", &[("feed", &why.feed), ("n", n)]),
                    _ => lang.fill("message.desk_only", &[("n", n)]),
                },
            );
        }
        body.push('\n');
        if self.check.is_none() {
            push(&mut body, lang.text("message.internal"));
        }
        if self.kind == Kind::Disaster {
            push(&mut body, lang.text("message.not_bmkg"));
        }
        let last = if self.one_time_token.is_some() { "message.automatic_link" } else { "message.automatic" };
        push(&mut body, lang.text(last));
        let subject = self.subject(places, settings, lang);
        let phone =
            self.duty_phone.as_ref().map(|phone| format!(" {}: {phone}.", lang.text("message.duty_phone")));
        let asked = self.asked_about(lang).unwrap_or_default();
        let also = match self.also.len() {
            0 => String::new(),
            more => format!(" {}", lang.count("message.also_short", more)),
        };
        let short = format!("{subject}.{asked}{also}{} {}", phone.unwrap_or_default(), self.link(settings));
        MessageText { subject, body, short }
    }

    /// What may belong to it, and its number.
    fn beside(&self, body: &mut String, places: &Places, settings: &MessageSettings, lang: Lang) {
        if let Some(baseline) = self.baseline.as_deref().filter(|_| self.kind == Kind::Disaster) {
            line(body, lang.text("message.baseline"), &lang.word("baseline", baseline));
        }
        if !self.series.is_empty() {
            line(body, lang.text("message.series"), &self.nearby(places, lang));
        }
        let number = if self.check.is_some() { self.about_alert.as_ref() } else { Some(&self.alert) };
        if let Some(number) = number {
            line(body, lang.text("message.number"), number);
        }
        if let Some(alert) = &self.about_alert {
            line(body, lang.text("message.about_alert"), &alert_link(settings, alert));
        }
    }

    /// The districts of a regency with an open alert: those that the reader sees, and how many more there are.
    fn district_lines(&self, body: &mut String, places: &Places, settings: &MessageSettings, lang: Lang) {
        let sees = |district: &&DistrictAlert| self.areas.touches(district.code);
        let named: Vec<&DistrictAlert> = self.districts.iter().filter(sees).take(DISTRICTS_NAMED).collect();
        for district in &named {
            line(body, lang.text("message.district"), &self.district_words(district, places, settings, lang));
        }
        let more = self.districts.len() - named.len();
        if more > 0 {
            let key = if named.is_empty() { "answered.others" } else { "message.also_more" };
            line(body, lang.text("message.district"), &lang.count(key, more));
        }
    }

    /// "Nibung, level awas: banjir, Sen, 14 Jul 2025, 10.00 WIB".
    fn district_words(
        &self,
        district: &DistrictAlert,
        places: &Places,
        settings: &MessageSettings,
        lang: Lang,
    ) -> String {
        let (place, level) = (name(places, district.code), lang.word("level", district.level));
        let Some((category, at)) = district.incident else {
            return lang.fill("message.district_level", &[("place", &place), ("level", &level)]);
        };
        let what = self.label(category, settings, lang);
        let time = format::long(at, Zone::of(self.code), lang);
        let values: [(&str, &dyn Display); 4] =
            [("place", &place), ("level", &level), ("what", &what), ("time", &time)];
        let mut words = lang.fill("message.district_incident", &values);
        if let Some((classes, affirmed)) = &district.claim {
            let who: Vec<String> = classes.iter().map(|class| lang.word("class", class)).collect();
            let _ = write!(words, "; {} ({})", who.join(", "), affirmed_words(affirmed, lang));
        }
        let harmed = district.harmed.and_then(|all| format::harmed_in_all(&all, lang));
        harmed.map_or(words.clone(), |harmed| format!("{words}; {harmed}"))
    }

    /// Who is hurt in all, of a regency's disaster with in how many districts; and what nobody knows. `of_incident`: what the message
    /// says of the one incident.
    fn in_all(&self, body: &mut String, of_incident: HarmedPeople, unknown_village: bool, lang: Lang) {
        let Some(own) = self.harmed else { return };
        let of_districts =
            self.districts.iter().filter_map(|district| Some((district.level, district.harmed?)));
        let in_all = RegencyHarm::of(own.highest(of_incident), of_districts);
        let all = in_all.people.claimed;
        let people = [
            ("harmed.dead", u32::from(all.dead)),
            ("harmed.injured", u32::from(all.injured)),
            ("harmed.displaced", all.displaced),
        ];
        if let Some(harmed) = format::harmed_in_all(&in_all.people, lang)
            && all.harmed() > of_incident.claimed.harmed()
        {
            let words = match in_all.districts {
                0 => harmed,
                n => format!("{harmed} ({})", lang.count("message.in_districts", n)),
            };
            line(body, lang.text("message.people_in_all"), &words);
        }
        let mut unknown: Vec<&str> =
            people.iter().filter(|(_, n)| *n == 0).map(|(key, _)| lang.text(key)).collect();
        if unknown_village {
            unknown.push(lang.text("message.which_village"));
        }
        if !unknown.is_empty() {
            let ended = self.change.is_end();
            let key = if ended { "message.not_known_ended" } else { "message.not_known" };
            line(body, lang.text(key), &unknown.join(", "));
        }
    }

    pub(super) fn label(&self, category: Category, settings: &MessageSettings, lang: Lang) -> String {
        let label = label_of(category, settings, lang);
        label.unwrap_or_else(|| lang.text("message.withheld").to_owned())
    }

    /// Whose word a question is about and when it happened, where all must stand on one line: nobody can call otherwise.
    fn asked_about(&self, lang: Lang) -> Option<String> {
        let incident = self.incident.as_ref().filter(|_| self.check.is_some())?;
        let (who, time) =
            (self.claim(incident, lang), format::occurrence(incident.occurred_at, Zone::of(self.code), lang));
        Some(format!(" {}", lang.fill("message.asked_about", &[("who", &who), ("time", &time)])))
    }

    fn subject(&self, places: &Places, settings: &MessageSettings, lang: Lang) -> String {
        let mut subject = String::new();
        if settings.scenario {
            let _ = write!(subject, "{} ", lang.text("message.scenario_mark"));
        }
        // Without what stands in brackets for an English reader: "SIAGA".
        let short = |level| {
            let level = lang.word("level", level);
            level.split(" (").next().unwrap_or_default().to_uppercase()
        };
        let from = self.fall.map(|fall| short(fall.from));
        let is_fall = self.change == AlertChangeKind::Lowered && from.is_some();
        let level = match self.fall_mark(lang, short).filter(|_| !is_fall) {
            Some(mark) => format!("{} ({mark})", short(self.level)),
            None => short(self.level),
        };
        // A disaster by its name, a conflict by who stands against whom.
        let category = self.category(settings, lang).filter(|_| self.kind == Kind::Disaster);
        let category = category.or_else(|| self.retracted_disaster(settings, lang));
        let what = category.unwrap_or_else(|| lang.word("kind", self.kind));
        subject += &lang.fill(
            match self.takes_back() {
                true => "message.subject_take_back",
                false if self.is_assigned_elsewhere() => "message.subject_assigned_elsewhere",
                false if is_fall => "message.subject_lowered_from",
                false => subject_key(self.change),
            },
            &[
                ("level", &level),
                ("from", &from.unwrap_or_default()),
                ("what", &what),
                ("place", &name(places, self.code)),
                ("number", &self.alert),
                ("act", &self.outcome(lang)),
                ("to", &self.assignee.as_deref().unwrap_or_default()),
            ],
        );
        let mark = self.sureness_mark().map(|mark| lang.word("alert_mark", mark));
        let mark = mark.or_else(|| self.is_claim().then(|| lang.text("message.subject_claim").to_owned()));
        if let Some(mark) = mark.filter(|_| self.check.is_none()) {
            let _ = write!(subject, " – {mark}");
        }
        subject
    }

    /// True where it is about one incident that nobody else affirms, however sure the alert is.
    fn is_claim(&self) -> bool {
        let affirmed = self.incident.as_ref().map(|incident| incident.affirmed.how_much);
        self.change.is_of_incident() && affirmed == Some(Affirmation::Nothing)
    }

    /// How sure it is, by its word of `alert_mark`; an end does not say.
    fn sureness_mark(&self) -> Option<&'static str> {
        let stands = !self.change.is_end();
        let by_model = self.by_model.then_some("by_model");
        sureness_mark(self.unverified, self.one_party).or(by_model).filter(|_| stands)
    }

    fn opening(&self, settings: &MessageSettings, lang: Lang) -> String {
        let reason = self.check.map(|check| lang.word("check", check.reason)).unwrap_or_default();
        let level = lang.word("level", self.level);
        let is_fall = self.change == AlertChangeKind::Lowered;
        let level = match self.fall_mark(lang, |from| lang.word("level", from)).filter(|_| !is_fall) {
            Some(mark) => within_brackets(&level, &mark),
            None => level,
        };
        let level = match self.sureness_mark() {
            Some(mark) => within_brackets(&level, &lang.word("alert_mark", mark)),
            None => level,
        };
        if let Some(words) = self.ending_opening(&level, lang) {
            return words;
        }
        if let Some((category, at)) = self.taken_back {
            let (what, time) =
                (self.label(category, settings, lang), format::occurrence(at, Zone::of(self.code), lang));
            let values: [(&str, &dyn Display); 3] = [("level", &level), ("what", &what), ("time", &time)];
            return lang.fill("message.taken_back", &values);
        }
        if self.change == AlertChangeKind::FewerHarmed {
            return self.fewer_harmed_words(&level, settings, lang);
        }
        let to = self.assignee.as_deref().unwrap_or_default();
        let who = self.second.as_ref().map(|second| second.asked_by.words(lang)).unwrap_or_default();
        let lapses_at = self.second.as_ref().map(|second| second.lapses_at);
        let until = lapses_at.map(|at| format::long(at, Zone::of(self.code), lang)).unwrap_or_default();
        let from = self.fall.map(|fall| lang.word("level", fall.from)).unwrap_or_default();
        let values: [(&str, &dyn Display); 6] = [
            ("level", &level),
            ("from", &from),
            ("to", &to),
            ("reason", &reason),
            ("who", &who),
            ("until", &until),
        ];
        let key = match (&self.one_time_token, self.takes_back()) {
            (Some(_), true) => "message.take_back_by_link",
            (Some(_), false) => "message.second_by_link",
            (None, true) => "message.take_back",
            (None, false) if self.is_assigned_elsewhere() => "message.assigned_elsewhere",
            (None, false) if is_fall && self.fall.is_some() => "message.lowered_from",
            (None, false) if self.is_opened_again() => "message.opened_again",
            (None, false) => opening_key(self.change),
        };
        lang.fill(key, &values)
    }

    /// That figures which were notified of hold no longer; which, and what stands by now, of a disaster alone.
    fn fewer_harmed_words(&self, level: &str, settings: &MessageSettings, lang: Lang) -> String {
        let incident = self.incident.as_ref();
        let what = incident.map(|own| self.label(own.category, settings, lang));
        let time = incident.map(|own| format::occurrence(own.occurred_at, Zone::of(self.code), lang));
        let people = self.fewer_harmed.filter(|_| self.kind == Kind::Disaster);
        let people = people.map(|(was, now)| format::fewer(was, now, lang));
        let key = if people.is_some() { "message.fewer_harmed" } else { "message.fewer_harmed_withheld" };
        let (what, time, people) =
            (what.unwrap_or_default(), time.unwrap_or_default(), people.unwrap_or_default());
        let values: [(&str, &dyn Display); 4] =
            [("level", &level), ("what", &what), ("time", &time), ("people", &people)];
        lang.fill(key, &values)
    }

    /// Whose claim it is, and whether anybody else says so.
    fn claim(&self, incident: &NoticeIncident, lang: Lang) -> String {
        let mut words: Vec<String> =
            incident.claimed_by.iter().map(|class| lang.word("class", class)).collect();
        if words.is_empty() {
            words.push(lang.text("message.claimed_by_nobody").to_owned());
        }
        // A message that asks to take it back needs no mark that this is asked.
        let take_back_waits = incident.affirmed.take_back_waits && !self.takes_back();
        let mark = affirmed_words(&Affirmed { take_back_waits, ..incident.affirmed }, lang);
        let disputed = if incident.disputed {
            format!("; {}", lang.text("message.disputed_mark"))
        } else {
            String::new()
        };
        let over = over_words(incident.over_at, &incident.over_by, self.code, lang).replace("**", "");
        format!("{} ({mark}{disputed}{over})", words.join(", "))
    }

    fn takes_back(&self) -> bool {
        self.second.as_ref().is_some_and(|second| second.takes_back)
    }

    /// What, where, when, who says so, who is hurt and what nobody knows.
    fn what_happened(&self, body: &mut String, places: &Places, settings: &MessageSettings, lang: Lang) {
        let kind = lang.word("kind", self.kind);
        let category = self.category(settings, lang);
        // What is withdrawn may rest on no incident any more that could name it; a restricted category has no label here.
        let unnamed = || {
            let key = match (self.check, &self.incident) {
                (Some(_), _) => "message.withheld_check",
                (None, Some(_)) => "message.withheld",
                (None, None) => "message.unnamed",
            };
            (!self.change.is_end()).then(|| lang.text(key).to_owned())
        };
        line(body, lang.text("message.kind"), &kind);
        if let Some(category) = category.or_else(unnamed) {
            let happened_last = self.rests_on_none && self.incident.is_some();
            let key = match happened_last {
                true => "message.latest",
                false if self.leads_with_the_rest() => "message.what_stands",
                false => "message.what",
            };
            line(body, lang.text(key), &category);
        }
        let stands = !self.change.is_end();
        for reason in self.signs.iter().filter(|_| stands) {
            if let Some(words) = signs_sentence(reason, lang) {
                line(body, lang.text("message.why"), &words.replace("**", ""));
            }
        }
        if self.by_model && stands {
            line(body, lang.text("message.why"), lang.text("message.by_model"));
        }
        let sees = |code| self.areas.touches(code);
        let counted = counted_words(&self.counted, sees, |code| name(places, code), lang);
        if let Some(words) = counted.filter(|_| stands) {
            line(body, lang.text("message.why"), &words.replace("**", ""));
        }
        let place_key = if self.code.is_regency() { "message.regency" } else { "message.district" };
        line(body, lang.text(place_key), &full_name(places, self.code));
        self.district_lines(body, places, settings, lang);
        let Some(incident) = &self.incident else { return };
        if let Some(village) = incident.place.as_ref().and_then(|place| place.village.as_deref()) {
            line(body, lang.text("message.village"), village);
        } else if incident.place.as_ref().is_some_and(|place| place.village_withheld) {
            let key = if self.check.is_some() { "message.withheld_check" } else { "message.withheld" };
            line(body, lang.text("message.village"), lang.text(key));
        }
        let mut at = format::occurrence(incident.occurred_at, Zone::of(self.code), lang);
        if incident.doubtful_clock {
            let _ = write!(at, " ({})", lang.text("report.doubtful"));
        }
        if let Some(again) = incident.again_at {
            let again = format::long(again, Zone::of(self.code), lang);
            let _ = write!(at, "; {}", lang.fill("happening.again_at", &[("time", &again)]));
        }
        line(body, lang.text("message.occurred_at"), &at);
        line(body, lang.text("message.claimed_by"), &self.claim(incident, lang));
        let Some(place) = &incident.place else { return };
        let is_rejected = incident.affirmed.by == AffirmedBy::Rejected;
        if let Some(harmed) = incident.harmed(lang) {
            let key = if is_rejected { "happening.people_rejected" } else { "message.people" };
            line(body, lang.text(key), &harmed);
        }
        let unknown_village = place.village.is_none() && !place.village_withheld;
        // Of what did not happen nothing is left to be known.
        if !is_rejected {
            self.in_all(body, place.people(), unknown_village, lang);
        }
    }

    fn category(&self, settings: &MessageSettings, lang: Lang) -> Option<String> {
        label_of(self.incident.as_ref()?.category, settings, lang)
    }

    fn nearby(&self, places: &Places, lang: Lang) -> String {
        let one = |other: &super::NearbyAlert| {
            let (kind, level) = (lang.word("kind", other.kind), lang.word("level", other.level));
            let place = name(places, other.code);
            lang.fill(
                "message.nearby",
                &[("kind", &kind), ("place", &place), ("level", &level), ("number", &other.alert)],
            )
        };
        let mut words: Vec<String> = self.series.iter().take(SERIES_NAMED).map(one).collect();
        if let Some(more) = self.series.len().checked_sub(SERIES_NAMED).filter(|more| *more > 0) {
            words.push(lang.count("message.also_more", more));
        }
        words.join("; ")
    }
}

/// What a category is called, where it may be named.
pub(super) fn label_of(category: Category, settings: &MessageSettings, lang: Lang) -> Option<String> {
    let labels = settings.categories.get(&category)?;
    Some(match category {
        // What it is says its summary, which no message has.
        Category::OTHER => lang.text("message.other_event").to_owned(),
        _ => lang.choose(labels).to_owned(),
    })
}

impl NoticeIncident {
    /// People hurt in a disaster, and how much of it is affirmed where not all is.
    fn harmed(&self, lang: Lang) -> Option<String> {
        let HarmedPeople { claimed, attested } = self.place.as_ref()?.people();
        let is_in_part =
            self.affirmed.how_much == Affirmation::Part && self.affirmed.by != AffirmedBy::Rejected;
        match is_in_part {
            true => format::harmed_in_part(claimed, attested, lang),
            false => format::harmed(claimed.dead, claimed.injured, claimed.displaced, lang),
        }
    }
}

impl DisasterPlace {
    /// Who is hurt, and how much of it is affirmed.
    fn people(&self) -> HarmedPeople {
        let DisasterPlace { dead, injured, displaced, attested, .. } = *self;
        HarmedPeople::new(Extent { severity: 0, dead, injured, displaced }, attested)
    }
}

/// "siaga (belum terverifikasi)"; "siaga (alert, unverified)" where something stands in brackets already.
fn within_brackets(level: &str, mark: &str) -> String {
    match level.strip_suffix(')') {
        Some(open) => format!("{open}, {mark})"),
        None => format!("{level} ({mark})"),
    }
}

/// A district with its regency: who reads it may serve several.
fn full_name(places: &Places, code: Code) -> String {
    match places.find(code.regency()) {
        Some(regency) if !code.is_regency() => format!("{}, {}", name(places, code), places.name(regency)),
        _ => name(places, code),
    }
}

/// The language of the words for what the team file calls a member's language.
pub(crate) const fn words_language(language: Language) -> Lang {
    match language {
        Language::Indonesian => Lang::Id,
        Language::English => Lang::En,
    }
}

fn push(body: &mut String, paragraph: &str) {
    body.push_str(paragraph);
    body.push('\n');
}

pub(super) fn line(body: &mut String, word: &str, value: &str) {
    let _ = writeln!(body, "{word}: {value}");
}
