//! A verification as compact bytes: the act, where its author may judge, and the reports that it names.

use super::{Reader, encode_text};
use domain::place::Areas;
use domain::report::{Body, FeedId, ReportId, ReportReference, VerificationAct};

/// How much of a reference is kept, by the tag that stands before the act.
const IDS: u8 = 2;
const NAMES: u8 = 6;
const NAMES_IN_AREAS: u8 = 7;
/// Names in areas, each with the content that its author saw.
const CONTENTS: u8 = 10;

pub(super) fn encode(out: &mut Vec<u8>, act: VerificationAct, reports: &[ReportReference], areas: &Areas) {
    let tag = if reports.iter().any(|report| report.content.is_some()) {
        CONTENTS
    } else if !areas.is_everywhere() {
        NAMES_IN_AREAS
    } else if reports.iter().any(|report| report.feed.is_some()) {
        NAMES
    } else {
        IDS
    };
    out.push(tag);
    if matches!(tag, NAMES_IN_AREAS | CONTENTS) {
        encode_text(out, &areas.to_string());
    }
    out.push(act as u8);
    out.extend((reports.len() as u32).to_le_bytes());
    for ReportReference { id, feed, content } in reports {
        out.extend(id.0.to_le_bytes());
        if tag != IDS {
            out.push(u8::from(feed.is_some()));
            out.extend(feed.map_or(0, |feed| feed.0).to_le_bytes());
        }
        if tag == CONTENTS {
            out.push(u8::from(content.is_some()));
            out.extend(content.unwrap_or_default().to_le_bytes());
        }
    }
}

pub(super) fn read(from: &mut Reader, tag: u8) -> Option<Body> {
    let areas = match tag {
        NAMES_IN_AREAS | CONTENTS => Areas::parse_kept(&from.text()?),
        _ => Areas::everywhere(),
    };
    let act = read_act(from.byte()?)?;
    let count = from.u32()?;
    let reports = (0..count).map(|_| read_reference(from, tag)).collect::<Option<_>>()?;
    Some(Body::Verification { act, reports, areas })
}

fn read_reference(from: &mut Reader, tag: u8) -> Option<ReportReference> {
    let mut reference = ReportReference::from(ReportId(from.u128()?));
    if tag != IDS {
        let (given, feed) = (from.byte()? != 0, FeedId(from.u32()?));
        reference.feed = given.then_some(feed);
    }
    if tag == CONTENTS {
        let (given, content) = (from.byte()? != 0, from.u128()?);
        reference.content = given.then_some(content);
    }
    Some(reference)
}

pub(super) fn read_act(byte: u8) -> Option<VerificationAct> {
    use VerificationAct::{Confirm, Merge, Reject, Split};
    [Confirm, Reject, Merge, Split].into_iter().find(|act| *act as u8 == byte)
}

/// One of each sort, for the test of the round trip.
#[cfg(test)]
pub(super) fn samples() -> Vec<Body> {
    vec![
        Body::Verification {
            act: VerificationAct::Split,
            reports: vec![ReportId(1).into(), ReportId(2).into()],
            areas: Areas::everywhere(),
        },
        Body::Verification {
            act: VerificationAct::Merge,
            reports: vec![
                ReportReference { id: ReportId(u128::MAX), feed: Some(FeedId(u32::MAX)), content: None },
                ReportId(2).into(),
            ],
            areas: Areas::everywhere(),
        },
        Body::Verification { act: VerificationAct::Confirm, reports: vec![], areas: Areas::everywhere() },
        Body::Verification {
            act: VerificationAct::Split,
            reports: vec![ReportId(2).into()],
            areas: Areas::parse("16.13.04 63.72").unwrap(),
        },
        Body::Verification {
            act: VerificationAct::Reject,
            reports: vec![
                ReportReference {
                    id: ReportId(1),
                    feed: Some(FeedId(u32::MAX)),
                    content: Some(u128::MAX - 1),
                },
                ReportReference { id: ReportId(2), feed: None, content: Some(u128::MAX) },
                ReportId(3).into(),
            ],
            areas: Areas::everywhere(),
        },
        Body::Verification {
            act: VerificationAct::Confirm,
            reports: vec![ReportReference { content: Some(0), ..ReportId(2).into() }],
            areas: Areas::parse("16.13.04 63.72").unwrap(),
        },
    ]
}
