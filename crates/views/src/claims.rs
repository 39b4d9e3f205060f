//! What is said of one incident, speaker by speaker, and what of it two of them affirm.

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::organisations::OrganisationNames;
use crate::reports::{may_read, statement};
use crate::second_person::{DeskRequestView, awas_request, take_back_request};
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::effect::{Incident, Verdict};
use domain::evidence::attestation::Extent;
use domain::kind::{CheckReason, FeedClass, Outcome};
use domain::place::{Code, Zone};
use domain::report::ReportName;
use domain::time::Time;
use serde::Serialize;
use store::StoredReport;

/// What is claimed of an incident and what is attested.
#[derive(Clone, Debug, Serialize)]
pub struct IncidentClaims {
    pub incident: String,
    #[serde(serialize_with = "json::time")]
    pub occurred_at: Time,
    /// No sender's clock can be believed: when it happened is not known.
    pub doubtful: bool,
    /// Of those whose reports the viewer may read.
    pub speakers: Vec<SpeakerClaim>,
    /// What two speakers affirm; a severity of 0 where nobody else affirms it.
    pub attested: ExtentView,
    pub counted_severity: u8,
    #[serde(serialize_with = "json::word")]
    pub verdict: Verdict,
    pub denials: u16,
    #[serde(serialize_with = "json::word_option")]
    pub check: Option<CheckReason>,
    /// One person of the desk asks for awas.
    pub awas_request: Option<DeskRequestView>,
    /// One person of the desk takes some of it back that stands at siaga or above.
    pub take_back_request: Option<DeskRequestView>,
}

/// The highest that one speaker says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpeakerClaim {
    #[serde(serialize_with = "json::word")]
    pub class: FeedClass,
    /// Its feed and, where that is another, whose word it gives.
    pub feed: String,
    pub extent: ExtentView,
}

/// How grave, as somebody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ExtentView {
    pub severity: u8,
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
}

impl ExtentView {
    pub(crate) fn of(Extent { severity, dead, injured, displaced }: Extent) -> ExtentView {
        ExtentView { severity, dead, injured, displaced }
    }

    /// "keparahan 4; meninggal 1, luka 2".
    fn words(self, lang: Lang) -> String {
        let severity = lang.fill("reports.severity", &[("n", &self.severity)]);
        match format::harmed(self.dead, self.injured, self.displaced, lang) {
            Some(harmed) => format!("{severity}; {harmed}"),
            None => severity,
        }
    }
}

impl IncidentClaims {
    /// `reports`: those of the incident, remarks among them; `names`: what organisations are called.
    pub async fn of(
        context: &Context,
        names: &OrganisationNames,
        incident: &Incident,
        reports: &[StoredReport],
    ) -> Result<IncidentClaims, ViewError> {
        let mut speakers: Vec<(FeedClass, String, Extent)> = Vec::new();
        let counts = |view: &&StoredReport| {
            matches!(view.outcome, Some(Outcome::Incident | Outcome::Merged))
                && !view.set_aside
                && may_read(context, view)
        };
        for view in reports.iter().filter(counts) {
            let Some(own) = statement(view) else { continue };
            let (severity, dead, injured, displaced) = (own.severity, own.dead, own.injured, own.displaced);
            let extent = Extent { severity, dead, injured, displaced };
            let source = names.in_whose_word(context.lang, &view.feed_name, &view.organisation);
            let same = |other: &&mut (FeedClass, String, Extent)| {
                (other.0, &other.1) == (view.report.class, &source)
            };
            match speakers.iter_mut().find(same) {
                Some((_, _, highest)) => *highest = highest.highest(extent),
                None => speakers.push((view.report.class, source, extent)),
            }
        }
        let mut affirming = reports.iter().filter(counts).peekable();
        let doubtful = affirming.peek().is_some() && affirming.all(|view| view.report.doubtful.is_some());
        let speaker = |(class, feed, extent)| SpeakerClaim { class, feed, extent: ExtentView::of(extent) };
        Ok(IncidentClaims {
            incident: incident.id.to_string(),
            occurred_at: incident.occurred_at,
            doubtful,
            speakers: speakers.into_iter().map(speaker).collect(),
            attested: ExtentView::of(incident.attested.extent),
            counted_severity: incident.counted_severity,
            verdict: incident.verdict,
            denials: incident.denials,
            check: incident.check,
            awas_request: awas_request(context, incident).await?,
            take_back_request: take_back_request(context, incident).await?,
        })
    }

    /// A line for each speaker, then what is attested, and what somebody must look into.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for speaker in &self.speakers {
            let who = lang.word("class", speaker.class);
            let what = speaker.extent.words(lang);
            lines.push(lang.fill("claims.says", &[("who", &who), ("feed", &speaker.feed), ("what", &what)]));
        }
        lines.push(match (self.verdict, self.attested.severity) {
            (Verdict::Rejected, _) => lang.text("claims.rejected").to_owned(),
            (Verdict::Confirmed, 1..) => {
                lang.fill("claims.confirmed_extent", &[("what", &self.attested.words(lang))])
            }
            (_, 1..) => lang.fill("claims.attested", &[("what", &self.attested.words(lang))]),
            (Verdict::Confirmed, _) => lang.text("claims.confirmed").to_owned(),
            (Verdict::Unverified, _) => lang.text("claims.alone").to_owned(),
        });
        // What waits first, of that what lapses first.
        let mut requests: Vec<&DeskRequestView> =
            [&self.awas_request, &self.take_back_request].into_iter().flatten().collect();
        requests.sort_by_key(|request| (!request.waits, request.lapses_at));
        lines.extend(requests.into_iter().map(|request| request.words.clone()));
        lines.extend(self.doubtful.then(|| lang.text("claims.doubtful").to_owned()));
        if self.denials > 0 {
            lines.push(lang.count("claims.disputed", self.denials.into()));
        }
        lines.extend(self.check.map(|reason| lang.word("check", reason)));
        lines
    }

    /// "Sel, 2 Jun 2026, 08.00 WIB", in a place's own time.
    pub fn when(&self, context: &Context, code: Code) -> String {
        format::occurrence(self.occurred_at, Zone::of(code), context.lang)
    }
}

/// The claims of the incidents that reports belong to, each once, in the order the reports come.
#[boxed]
pub async fn of_reports(
    context: &Context,
    reports: &[StoredReport],
) -> Result<Vec<IncidentClaims>, ViewError> {
    let mut incidents: Vec<(Code, ReportName)> = Vec::new();
    for view in reports {
        let key = view.incident.map(|id| (view.key().regency, id));
        incidents.extend(key.filter(|key| !incidents.contains(key)));
    }
    let names = OrganisationNames::load(context).await?;
    let mut claims = Vec::new();
    for (regency, id) in incidents {
        let Some(incident) = context.sources.store.incident(regency, id).await? else { continue };
        let own: Vec<StoredReport> =
            reports.iter().filter(|view| view.incident == Some(id)).cloned().collect();
        // Of an incident whose reports the viewer may not read, nothing is shown.
        let of_incident = IncidentClaims::of(context, &names, &incident, &own).await?;
        claims.extend(Some(of_incident).filter(|claims| !claims.speakers.is_empty()));
    }
    Ok(claims)
}
