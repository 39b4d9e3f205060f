//! Why a risk is what it is, in words of the place: which signs, where, since when, how full the picture is, and what would
//! lower it. No figure of a model stands in it.

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::permit::{Right, reads};
use crate::picture;
use crate::reports::label;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::effect::Incident;
use domain::kind::{Handling, Level};
use domain::place::{Code, Zone};
use domain::time::{DAY, Time};
use scoring::outlook::{Outlook, outlook};
use std::collections::BTreeMap;
use std::fmt::Display;
use store::{AssessmentRow, IncidentFilter, MOST, Range};

/// Days that count as recent, and days that are looked back.
const RECENT: i64 = 14;
const BACK: i64 = 90;
/// From this severity on an incident is grave.
const GRAVE: u8 = 3;
/// Places around that are named.
const NAMED: usize = 4;
/// Below this share of sources the figure says little.
const THIN_PPM: u32 = 500_000;

/// Sentences about an assessment, in the order in which a person asks.
#[boxed]
pub async fn load(context: &Context, row: &AssessmentRow) -> Result<Vec<String>, ViewError> {
    if row.level == Level::NoData {
        return Ok(Vec::new());
    }
    let incidents = Incidents::load(context, row).await?;
    let mut sentences = vec![incidents.here()];
    sentences.extend(incidents.grave());
    sentences.push(incidents.around());
    sentences.extend(usual(row, context.lang));
    if row.completeness_ppm < THIN_PPM {
        let share = format::percent(row.completeness_ppm, context.lang);
        sentences.push(context.lang.fill("because.thin", &[("share", &share)]));
    }
    let (features, contributions) = picture::inputs(row);
    let ahead = outlook(&features, &contributions, f64::from(row.base_ppm) / 1e6);
    sentences.push(lower(ahead, context.now, Zone::of(row.code), context.lang));
    Ok(sentences)
}

/// The incidents of a kind in a regency that people reported and nobody rejected, the latest first.
struct Incidents<'a> {
    context: &'a Context,
    code: Code,
    all: Vec<Incident>,
}

impl<'a> Incidents<'a> {
    async fn load(context: &'a Context, row: &AssessmentRow) -> Result<Incidents<'a>, ViewError> {
        let filter = IncidentFilter {
            codes: vec![row.code.regency()],
            kind: Some(row.kind),
            range: Some(Range { from: context.now.plus(-BACK * DAY), to: context.now.plus(1) }),
            limit: MOST,
            ..IncidentFilter::default()
        };
        let mut all = context.sources.store.incidents(&filter).await?.items;
        all.retain(|incident| incident.verdict.counts() && !incident.patrol);
        Ok(Incidents { context, code: row.code, all })
    }

    fn is_here(&self, incident: &Incident) -> bool {
        let at = incident.place.code;
        at == self.code || (self.code.is_regency() && at.regency() == self.code)
    }

    fn since(&self, days: i64) -> impl Iterator<Item = &Incident> {
        let from = self.context.now.plus(-days * DAY);
        self.all.iter().filter(move |incident| incident.occurred_at >= from)
    }

    /// A count as the viewer may read it.
    fn count(&self, count: usize) -> String {
        match self.context.viewer.may(Right::SeeReports) {
            true => format::number(count as i64, self.context.lang),
            false => format::coarse(count as u32, self.context.lang),
        }
    }

    fn date(&self, at: Time) -> String {
        format::date(at, Zone::of(self.code), self.context.lang)
    }

    /// What happened here of late; days and categories are for those who may see reports.
    fn here(&self) -> String {
        let lang = self.context.lang;
        let place = self.context.name(self.code);
        let own: Vec<&Incident> = self.since(RECENT).filter(|incident| self.is_here(incident)).collect();
        let (Some(last), Some(first)) = (own.first(), own.last()) else {
            let before = self.since(BACK).find(|incident| self.is_here(incident));
            let shown = before.filter(|_| self.context.viewer.may(Right::SeeReports));
            return match shown {
                Some(last) => {
                    let date = self.date(last.occurred_at);
                    lang.fill("because.none_here_since", &[("place", &place), ("date", &date)])
                }
                None => lang.fill("because.none_here", &[("place", &place)]),
            };
        };
        let n = self.count(own.len());
        if !self.context.viewer.may(Right::SeeReports) {
            return lang.fill("because.here_coarse", &[("place", &place), ("n", &n)]);
        }
        let (from, to) = (self.date(first.occurred_at), self.date(last.occurred_at));
        let what = self.categories(&own);
        if what.is_empty() {
            return lang.fill("because.here_coarse", &[("place", &place), ("n", &n)]);
        }
        let key = match own.len() {
            1 => "because.one_here",
            _ if from == to => "because.here_one_day",
            _ => "because.here",
        };
        let values: [(&str, &dyn Display); 5] =
            [("place", &place), ("n", &n), ("from", &from), ("to", &to), ("what", &what)];
        lang.fill(key, &values)
    }

    /// The categories of some incidents, the most frequent first.
    fn categories(&self, incidents: &[&Incident]) -> String {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for incident in incidents {
            let entry = self.context.sources.taxonomy.get(incident.category);
            let restricted = entry.is_some_and(|entry| entry.restricted);
            if reads(self.context.viewer.role, Handling::Limited, restricted) {
                *counts.entry(label(self.context, incident.category)).or_default() += 1;
            }
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        let named = counts.into_iter().take(NAMED).map(|(words, n)| match n {
            1 => words,
            n => format!("{words} ({n})"),
        });
        named.collect::<Vec<_>>().join(", ")
    }

    /// What was grave here in the last months.
    fn grave(&self) -> Option<String> {
        let grave = |incident: &&Incident| self.is_here(incident) && incident.counted_severity >= GRAVE;
        let own: Vec<&Incident> = self.since(BACK).filter(grave).collect();
        let last = own.first()?;
        let n = self.count(own.len());
        Some(match self.context.viewer.may(Right::SeeReports) {
            true => {
                let date = self.date(last.occurred_at);
                self.context.lang.fill("because.grave", &[("n", &n), ("date", &date)])
            }
            false => self.context.lang.fill("because.grave_coarse", &[("n", &n)]),
        })
    }

    /// Which other kecamatan of the regency have had incidents of late; of a regency, which of its own.
    fn around(&self) -> String {
        let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
        let elsewhere =
            |code: Code| code != self.code && !code.is_regency() && self.context.viewer.covers(code);
        for incident in self.since(RECENT).filter(|incident| elsewhere(incident.place.code)) {
            *counts.entry(incident.place.code).or_default() += 1;
        }
        if counts.is_empty() {
            return self.context.lang.text("because.none_around").to_string();
        }
        let mut counts: Vec<(Code, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(code, n)| (std::cmp::Reverse(*n), *code));
        let more = counts.len().saturating_sub(NAMED);
        let named = counts.iter().take(NAMED);
        let mut places: Vec<String> =
            named.map(|(code, n)| format!("{} ({})", self.context.name(*code), self.count(*n))).collect();
        if more > 0 {
            places.push(self.context.lang.count("because.more_places", more));
        }
        self.context.lang.fill("because.around", &[("places", &places.join(", "))])
    }
}

/// How often something happens here as a rule; nothing where next to nothing is on record.
fn usual(row: &AssessmentRow, lang: Lang) -> Option<String> {
    const WEEKS_A_MONTH: f64 = 30.0 / 7.0;
    let climatology = domain::feature::NAMES.iter().position(|name| *name == "climatology")?;
    let a_month = picture::inputs(row).0[climatology].exp() * WEEKS_A_MONTH;
    let key = if a_month >= 0.95 { "because.usual" } else { "because.usual_rare" };
    let n = if a_month >= 0.95 { a_month } else { 1.0 / a_month };
    n.is_finite().then(|| lang.fill(key, &[("n", &format::number(n.round() as i64, lang))]))
}

/// What would lower it.
fn lower(ahead: Outlook, now: Time, zone: Zone, lang: Lang) -> String {
    let date = |days: u32| {
        let at = now.plus(i64::from(days) * DAY);
        format!("{} {}", format::date(at, zone, lang), format::civil(at, zone).year)
    };
    match (ahead.half, ahead.usual) {
        (_, Some(0)) => lang.text("because.lower_usual").to_string(),
        (Some(half), Some(usual)) if half < usual => {
            lang.fill("because.lower_both", &[("half", &date(half)), ("usual", &date(usual))])
        }
        (_, Some(usual)) => lang.fill("because.lower_to_usual", &[("usual", &date(usual))]),
        (Some(half), None) => lang.fill("because.lower_half", &[("half", &date(half))]),
        (None, None) => lang.text("because.lower_slowly").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_lower_it_is_said_with_a_day() {
        let now = Time(1_795_910_400_000_000);
        let words = |half, usual, lang| lower(Outlook { half, usual }, now, Zone::Wib, lang);
        assert!(words(None, Some(0), Lang::Id).contains("sudah seperti biasanya"));
        let both = words(Some(5), Some(40), Lang::Id);
        assert!(
            both.contains("separuh") && both.matches("2026").count() + both.matches("2027").count() == 2,
            "{both}"
        );
        assert!(words(Some(40), Some(20), Lang::En).contains("as usual by"));
        assert!(words(None, None, Lang::Id).contains("pelan"));
    }
}
