//! What the desk itself reports, and what reporters do: records made from forms, sent through the same intake as everybody's.

use crate::account::{self, AccountError};
use crate::fault::Fault;
use crate::pages::entry::TypedFields;
use crate::request::PageRequest;
use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::{Code, Zone};
use domain::report::{ReportId, VerificationAct};
use formats::content_hash;
use formats::decode::RefusalSentence;
use futures::future::BoxFuture;
use intake::{FeedIdentity, Intake, IntakeError, SubmitResult, new_report_id};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{FeedRow, StoredReport};
use views::second_person::RequestedAct;
use views::{Lang, Right, Viewer, format};

/// Takes a record's bytes for one of the desk's feeds (`desk-<class>`), as an account of the desk uses it, and answers once
/// they are on disk.
pub type SubmitReport = Arc<
    dyn Fn(FeedIdentity, Vec<u8>) -> BoxFuture<'static, Result<SubmitOutcome, IntakeError>> + Send + Sync,
>;

/// What became of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SubmitOutcome {
    /// On disk, or known already; with its id.
    Accepted(String),
    Rejected {
        reason: Refused,
        field: String,
        /// Words for the person who typed it.
        detail: String,
        /// The same in any language.
        sentence: RefusalSentence,
    },
}

impl SubmitOutcome {
    /// The same, with the words for the person who typed it in their language.
    fn in_words(mut self, lang: Lang) -> SubmitOutcome {
        if let SubmitOutcome::Rejected { detail, sentence, .. } = &mut self {
            *detail = lang.refusal(sentence);
        }
        self
    }
}

/// The intake of the service's own intake.
pub fn submit_to(intake: Intake) -> SubmitReport {
    Arc::new(move |feed, bytes| {
        let intake = intake.clone();
        Box::pin(async move {
            let result = intake.submit(&feed, vec![bytes]).await?.pop();
            Ok(answer(result))
        })
    })
}

fn answer(result: Option<SubmitResult>) -> SubmitOutcome {
    match result {
        Some(SubmitResult::Accepted { id, .. } | SubmitResult::Duplicate { id, .. }) => {
            SubmitOutcome::Accepted(id.to_string())
        }
        Some(SubmitResult::Rejected(refusal)) => SubmitOutcome::Rejected {
            reason: refusal.reason,
            field: refusal.field.to_string(),
            detail: refusal.detail,
            sentence: refusal.sentence,
        },
        None => unreachable!("one record in, one result out"),
    }
}

/// Whose word a record of the desk gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordSource {
    pub class: FeedClass,
    /// The identifier of the organisation; empty where the feed does not name which one of the class it is.
    pub organisation: String,
    /// True where it speaks for a party to the disputes of its place.
    pub party: bool,
}

impl RecordSource {
    /// One of a class, without saying which.
    pub fn unnamed(class: FeedClass) -> RecordSource {
        RecordSource { class, organisation: String::new(), party: false }
    }
}

/// A report that the desk judges, and the content that who judges it saw; `None` where nobody wrote down which.
pub struct SeenReport<'a> {
    report: &'a StoredReport,
    content: Option<u128>,
}

impl<'a> SeenReport<'a> {
    /// Each as it is now.
    pub fn all(reports: &'a [StoredReport]) -> Vec<SeenReport<'a>> {
        reports.iter().map(|report| SeenReport { report, content: Some(report.report.hash) }).collect()
    }

    /// Each as who asks for a second person's record saw it: where that names no content, who joins it does neither.
    pub fn asked(reports: &'a [StoredReport], asks: &RequestedAct) -> Vec<SeenReport<'a>> {
        let seen =
            |report: &'a StoredReport| SeenReport { report, content: asks.content_of(report.report.name()) };
        reports.iter().map(seen).collect()
    }

    fn named(&self) -> Value {
        let mut named = json!({
            "feed": self.report.feed_name,
            "report_id": self.report.report.id.to_string(),
        });
        if let Some(content) = self.content {
            named["content"] = content_hash::write(content).into();
        }
        named
    }
}

/// A record under construction.
pub struct Record {
    fields: Map<String, Value>,
    source: RecordSource,
}

impl Record {
    /// What every record of the desk has.
    pub fn new(request: &PageRequest, source: RecordSource, code: Code) -> Result<Record, Fault> {
        let now = request.now();
        let id = new_report_id(account::wall()).map_err(AccountError::Random);
        let id = id.map_err(|error| Fault::Internal(error.to_string()))?;
        let mut record = Record { fields: Map::new(), source };
        record.put("report_id", id.to_string());
        record.put("feed", record.source.class.as_str());
        let viewer = request.viewer()?;
        record.put("reporter", pseudonym(viewer));
        record.put("role", viewer.role.as_str());
        record.put("district", code.to_string());
        record.put("reported_at", format::machine(now, Zone::of(code)));
        Ok(record)
    }

    /// The desk's judgement on reports.
    pub fn verification(
        request: &PageRequest,
        code: Code,
        act: VerificationAct,
        reports: &[SeenReport<'_>],
        reason: &str,
    ) -> Result<Record, Fault> {
        let mut record = Record::new(request, RecordSource::unnamed(FeedClass::Desk), code)?;
        let reports: Vec<Value> = reports.iter().map(SeenReport::named).collect();
        record.put("verification", json!({ "act": act.as_str(), "reports": reports }));
        if !reason.trim().is_empty() {
            record.put("summary", reason.trim());
        }
        Ok(record)
    }

    /// The withdrawal of a report of the desk's own feed for this class.
    pub fn withdrawal(request: &PageRequest, target: &StoredReport, reason: &str) -> Result<Record, Fault> {
        let source = RecordSource::unnamed(target.report.class);
        let mut record = Record::new(request, source, target.report.place.code)?;
        record.put("retracts", target.report.id.to_string());
        if !reason.trim().is_empty() {
            record.put("summary", reason.trim());
        }
        Ok(record)
    }

    /// The same under a number of its own, so that what is sent twice is one record.
    pub fn numbered(mut self, id: ReportId) -> Record {
        self.put("report_id", id.to_string());
        self
    }

    pub fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_string(), value.into());
    }

    fn bytes(&self) -> Vec<u8> {
        Value::Object(self.fields.clone()).to_string().into_bytes()
    }
}

/// Hands a record over as typed by the person who asks: where they may speak for, in the word of its source.
pub async fn send(request: &PageRequest, record: Record) -> Result<SubmitOutcome, Fault> {
    let viewer = request.viewer()?;
    let bytes = record.bytes();
    let party = record.source.party || may_be_party(request, &record).await?;
    let RecordSource { class, organisation, .. } = record.source;
    let (account, person) = (viewer.name.clone(), viewer.person.clone());
    let author = StampedAuthor { account, person, organisation, party };
    let feed = FeedIdentity::typed(class, viewer.areas.clone(), author);
    Ok((request.state.intake)(feed, bytes).await?.in_words(request.lang))
}

/// True where a report gives the word of one of a class that nobody named, and one that is registered there speaks for a party: it
/// may be that one's word.
async fn may_be_party(request: &PageRequest, record: &Record) -> Result<bool, Fault> {
    let RecordSource { class, organisation, .. } = &record.source;
    let says = !record.fields.contains_key("retracts") && !record.fields.contains_key("verification");
    let code = record.fields.get("district").and_then(Value::as_str).and_then(Code::parse);
    let Some(code) = code.filter(|_| says && organisation.is_empty() && *class != FeedClass::Desk) else {
        return Ok(false);
    };
    let feeds = request.state.sources.store.feeds().await?;
    let may_be = |feed: &FeedRow| feed.enabled && feed.party && feed.class == *class;
    Ok(feeds.iter().any(|feed| may_be(feed) && feed.areas.touches(code)))
}

/// Hands a record over as reported for the feed that the account of the person who asks is bound to.
pub async fn report(request: &PageRequest, feed: &FeedRow, record: Record) -> Result<SubmitOutcome, Fault> {
    let viewer = request.viewer()?;
    let identity = FeedIdentity::of_reporter(feed, &viewer.name, &viewer.person);
    Ok((request.state.intake)(identity, record.bytes()).await?.in_words(request.lang))
}

/// Who typed it, without the name: the same account gives the same word.
fn pseudonym(viewer: &Viewer) -> String {
    let digest = Sha256::digest(viewer.name.as_bytes());
    let of = if viewer.may(Right::ReportForFeed) { "pelapor" } else { "piket" };
    format!("{of}-{}", hex::encode(&digest[..4]))
}

/// A form's body as field → values, in order; what is not UTF-8 is marked.
pub fn typed(body: &[u8]) -> TypedFields {
    let mut typed = TypedFields::new();
    for (name, value) in form_urlencoded::parse(body) {
        // Browsers send line ends as two characters.
        typed.entry(name.into_owned()).or_default().push(value.replace("\r\n", "\n"));
    }
    typed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forms_fields_are_read_whole() {
        let typed = typed(
            b"act=merge&reports=A&reports=B&reason=dua+laporan%2C+satu%0D%0Akejadian&x=100%&=&%C3%A9=%zz",
        );
        assert_eq!(typed["reports"], ["A", "B"]);
        assert_eq!(typed["reason"], ["dua laporan, satu\nkejadian"]);
        assert_eq!((typed["x"][0].as_str(), typed["é"][0].as_str()), ("100%", "%zz"));
    }

    #[test]
    fn a_refusal_is_read_in_the_language_of_the_page() {
        let sentence = RefusalSentence {
            key: "record_refusal.village",
            values: vec![("word", "16.13.04.{x}".into()), ("district", "Rawas Ilir".into())],
        };
        let refused = |lang| {
            let (reason, field, detail) = (Refused::District, "village".to_owned(), sentence.indonesian());
            let outcome = SubmitOutcome::Rejected { reason, field, detail, sentence: sentence.clone() };
            let SubmitOutcome::Rejected { detail, .. } = outcome.in_words(lang) else { unreachable!() };
            detail
        };
        let id =
            "Desa 16.13.04.{x} tidak ada di kecamatan Rawas Ilir. Kosongkan desa bila ragu, lalu kirim lagi.";
        let en = "There is no village 16.13.04.{x} in the district Rawas Ilir. Leave the village empty if in doubt, then send it again.";
        assert_eq!([refused(Lang::Id), refused(Lang::En)], [id, en]);
    }

    #[test]
    fn the_pseudonym_does_not_hold_the_name() {
        let pseudonym = |name| pseudonym(&Viewer::administrator(name));
        assert_eq!(pseudonym("sari"), pseudonym("sari"));
        assert!(!pseudonym("sari").contains("sari") && pseudonym("sari") != pseudonym("budi"));
    }
}
