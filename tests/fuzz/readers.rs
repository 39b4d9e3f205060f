//! Readers of text, of what agencies publish, and of boundaries, codes and lists of events.

use crate::corpus::{Known, try_files};
use domain::author::StampedAuthor;
use domain::kind::FeedClass;
use domain::place::{Areas, Code};
use domain::time::Time;
use formats::chat::{ChatOccasion, ChatReader};
use formats::decode::{Catalog, RecordView, decode};
use formats::envelope::{self, Packing};
use formats::pulled::cap::CapAlert;
use formats::pulled::hotspots::Hotspots;
use formats::pulled::nowcast::Nowcast;
use formats::pulled::rss::WarningIndex;
use std::collections::BTreeSet;

/// 28 November 2026, 15.00 WIB.
const NOW: Time = Time(1_795_852_800_000_000);

/// Every message ends as one or more passages, and each passage as exactly one thing; nothing lies outside the text.
#[test]
fn a_chat_loses_no_message() {
    let known = Known::new();
    let regency = known.places.find(Code::parse("16.13").expect("a code")).expect("a place of ours");
    let mut reader = ChatReader::new(&known.places, regency, &known.taxonomy);
    try_files("chat", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let reading = reader.read(&text, ChatOccasion { now: NOW, order: None });
        let counts = reading.counts();
        assert_eq!(counts.passages, counts.proposed + counts.asked + counts.left_out);
        let of: BTreeSet<usize> = reading.passages.iter().map(|passage| passage.message).collect();
        assert_eq!(of.len(), counts.messages, "a message that ends as nothing");
        for passage in &reading.passages {
            assert!(text.get(passage.text.clone()).is_some(), "{:?} is no part of the text", passage.text);
        }
    });
}

/// Each record of a body is a report or is refused in words.
#[test]
fn a_body_of_whatever_media_type_becomes_records() {
    let known = Known::new();
    let catalog = Catalog { places: &known.places, taxonomy: &known.taxonomy };
    try_files("cloudevents", |bytes| {
        let types =
            ["application/json", "application/x-ndjson", "application/cloudevents+json", "text/plain"];
        for packing in types.into_iter().filter_map(Packing::of) {
            for record in envelope::records(packing, bytes) {
                let author = StampedAuthor::default();
                let view = RecordView {
                    bytes: &record,
                    feed_name: "desa-1",
                    class: Some(FeedClass::Village),
                    areas: &Areas::everywhere(),
                    received_at: NOW,
                    archive: false,
                    author: &author,
                };
                if let Err(refusal) = decode(&view, &catalog) {
                    assert!(!refusal.detail.is_empty());
                }
            }
        }
    });
}

#[test]
fn a_warning_of_bmkg_becomes_signals_or_is_refused() {
    let known = Known::new();
    try_files("cap", |bytes| {
        let Ok(alert) = CapAlert::parse(bytes) else { return };
        let warning = Nowcast::of(&alert, &known.places);
        let signals = warning.signals(&BTreeSet::new(), Time(1_767_200_700_000_000));
        assert!(signals.len() <= warning.reach());
    });
}

#[test]
fn an_index_of_warnings_becomes_addresses_or_is_refused() {
    try_files("rss", |bytes| drop(WarningIndex::parse(bytes)));
}

#[test]
fn hotspots_become_signals_or_doubts() {
    let known = Known::new();
    try_files("hotspots", |bytes| drop(Hotspots::parse(bytes, &known.places)));
}

#[test]
fn boundaries_become_places_that_can_be_drawn_or_are_refused() {
    try_files("boundaries", |bytes| {
        let Ok(boundaries) = formats::boundaries::Boundaries::parse(bytes) else { return };
        let codes: Vec<&str> = boundaries.places().map(|(code, _)| code).collect();
        for code in &codes {
            boundaries.neighbours(code, codes.iter().copied());
        }
    });
}

#[test]
fn a_list_of_codes_becomes_a_regency_or_is_refused() {
    try_files("codes", |bytes| {
        drop(formats::code_list::of_regency(&String::from_utf8_lossy(bytes), "16.13"));
    });
}

/// Every row of a list below its headings is a reporter, for the verb to judge.
#[test]
fn a_list_of_reporters_becomes_rows_or_is_refused() {
    try_files("reporters", |bytes| {
        if let Err(error) = formats::reporter_list::read("list", bytes) {
            assert!(!error.to_string().is_empty());
        }
    });
}

/// Every row of a list is an event, or the notes count it.
#[test]
fn a_list_of_events_loses_no_row() {
    let folder = tempfile::tempdir().expect("a folder of one's own");
    let path = folder.path().join("list.csv");
    let source = scoring::events::EventSource {
        path: path.clone(),
        unit: "Kabupaten".into(),
        time: "Tanggal Kejadian".into(),
        received: None,
        parent: Some("Provinsi".into()),
        dates: None,
        only: Vec::new(),
    };
    try_files("events", |bytes| {
        std::fs::write(&path, bytes).expect("writing the list");
        drop(scoring::events::read(&source));
        drop(scoring::events::read_units(&path));
    });
}
