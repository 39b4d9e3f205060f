//! What would become of an agency's answer that lies in files: for a person who tries it, without a network.

use crate::feed_identity::FeedIdentity;
use crate::log_writer::LogWriter;
use crate::submit::SubmitResult;
use async_recursion::async_recursion as boxed;
use domain::place::Places;
use domain::time::Time;
use formats::pulled::cap::CapAlert;
use formats::pulled::hotspots::Hotspots;
use formats::pulled::nowcast::Nowcast;
use formats::pulled::rss::WarningIndex;
use formats::pulled::{PulledDoubt, PulledError, PulledSignal};
use std::collections::BTreeSet;
use std::fmt;
use store::{PullSource, StoreError};

/// What a file would bring.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PullPreview {
    pub file: String,
    pub lines: Vec<String>,
    /// False where nothing of it can be used.
    pub is_usable: bool,
}

impl fmt::Display for PullPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        self.lines.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

/// Says of each file what it would bring, and puts nothing into the log. `now` decides which warnings are over.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn preview_files(
    writer: &LogWriter,
    source: PullSource,
    files: Vec<(String, Vec<u8>)>,
    now: Time,
) -> Result<Vec<PullPreview>, StoreError> {
    let feed = writer.registered_feed(source.as_str()).await?;
    let feed = feed.unwrap_or_else(|| FeedIdentity::sensor(source.as_str()));
    let mut previews = Vec::new();
    for (file, bytes) in files {
        let mut preview = PullPreview { file, lines: Vec::new(), is_usable: true };
        match read(source, &bytes, writer.places(), now) {
            Err(error) => {
                preview.lines.push(format!("cannot be used: {error}"));
                preview.is_usable = false;
            }
            Ok(answer) => {
                preview.lines = answer.remarks;
                let records: Vec<Vec<u8>> = answer.signals.iter().map(|own| own.bytes.clone()).collect();
                let results = writer.preview(&feed, records).await?;
                for (signal, result) in answer.signals.iter().zip(results) {
                    preview.lines.push(line(signal, &result, writer.places()));
                }
                let doubts = answer.doubts.iter();
                preview.lines.extend(doubts.map(|own| format!("not believed: {} {}", own.word, own.name)));
            }
        }
        previews.push(preview);
    }
    Ok(previews)
}

/// What is wrong where some files cannot be used, and what to do; `url`: where they come from.
pub fn useless_files(previews: &[PullPreview], source: PullSource, url: &str) -> Option<String> {
    let useless = previews.iter().filter(|preview| !preview.is_usable).count();
    let (all, agency) = (previews.len(), source.as_str());
    (useless > 0).then(|| {
        format!("{useless} of {all} files cannot be used: save again, whole, what {agency} answers at {url}")
    })
}

/// An answer as it was read.
struct ReadAnswer {
    remarks: Vec<String>,
    signals: Vec<PulledSignal>,
    doubts: BTreeSet<PulledDoubt>,
}

fn read(source: PullSource, bytes: &[u8], places: &Places, now: Time) -> Result<ReadAnswer, PulledError> {
    if source == PullSource::Sipongi {
        let Hotspots { signals, elsewhere, doubts } = Hotspots::parse(bytes, places)?;
        let remarks = vec![format!("{} hotspots of ours, {elsewhere} are not taken", signals.len())];
        return Ok(ReadAnswer { remarks, signals, doubts });
    }
    match WarningIndex::parse(bytes) {
        Ok(index) => Ok(of_index(&index, places)),
        Err(PulledError::OtherDocument { found, .. }) if found == "alert" => {
            let document = CapAlert::parse(bytes)?;
            let nowcast = Nowcast::of(&document, places);
            let signals = nowcast.signals(&BTreeSet::new(), now);
            let over = nowcast.reach() > 0 && signals.is_empty();
            let over = if over { "; it is over, or takes back" } else { "" };
            let remark = format!("{}: {} kecamatan of ours{over}", document.identifier, nowcast.reach());
            let doubts = nowcast.doubts.iter().cloned().collect();
            Ok(ReadAnswer { remarks: vec![remark], signals, doubts })
        }
        Err(error) => Err(error),
    }
}

fn of_index(index: &WarningIndex, places: &Places) -> ReadAnswer {
    let provinces: Vec<u32> = places.regency_ids().map(|unit| places.code(unit).province()).collect();
    let ours = index.items.iter().filter(|item| item.may_concern(&provinces));
    let mut remarks = vec![format!("{} warnings; those that may be of us:", index.items.len())];
    remarks.extend(ours.map(|item| format!("{} {}", item.title, item.link)));
    ReadAnswer { remarks, signals: Vec::new(), doubts: index.doubts.iter().cloned().collect() }
}

fn line(signal: &PulledSignal, result: &SubmitResult, places: &Places) -> String {
    let fate = match result {
        SubmitResult::Accepted { .. } => "would be taken".to_owned(),
        SubmitResult::Duplicate { .. } => "is known".to_owned(),
        SubmitResult::Rejected(refusal) => format!("would be refused ({})", refusal.reason),
    };
    let name = places.find(signal.code).map(|unit| places.name(unit)).unwrap_or_default();
    format!("{} {name}: {fate}", signal.code)
}
