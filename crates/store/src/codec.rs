//! A report as compact bytes, so that a restart reads a million of them quickly.
//!
//! The first byte is the format's version. Words are kept by their position in their closed list:
//! a list may only grow at its end (a test holds the positions).

mod verification;

use crate::error::StoreError;
use domain::author::Author;
use domain::evidence::speaker::{AccountId, OrganisationId, Word};
use domain::kind::{Category, Confidence, FeedClass, FoundBy, Handling, Kind, Parties, Stage};
use domain::place::{Code, Place};
use domain::report::{Body, FeedId, NamedReport, Remark, RemarkKind, Report, ReportId, Statement};
use domain::time::Time;
use domain::wording::Wording;
use std::num::NonZeroU32;

const VERSION: u8 = 1;
const NONE: u8 = 255;

pub fn encode(report: &Report) -> Vec<u8> {
    let mut out = Vec::with_capacity(112);
    encode_into(&mut out, report);
    out
}

pub fn encode_into(out: &mut Vec<u8>, report: &Report) {
    out.push(VERSION);
    out.extend(report.id.0.to_le_bytes());
    out.extend(report.hash.to_le_bytes());
    out.extend(report.feed.0.to_le_bytes());
    out.push(report.class as u8);
    out.extend(report.place.code.0.to_le_bytes());
    out.extend(report.place.village.to_le_bytes());
    out.extend(report.reported_at.0.to_le_bytes());
    let login = report.author.filter(|author| author.login != author.account).map(|author| author.login);
    // The fourth mark is of a time that a build before kept; nothing sets it.
    let (doubtful, authored) = (report.doubtful.is_some(), report.author.is_some());
    let marks = [report.reconstructed, doubtful, authored, false, login.is_some()];
    out.push(marks.iter().rev().fold(0, |bits, mark| bits << 1 | u8::from(*mark)));
    if let Some(received) = report.doubtful {
        out.extend(received.0.to_le_bytes());
    }
    if let Some(author) = report.author {
        encode_author(out, author);
    }
    login.into_iter().for_each(|login| out.extend(login.0.to_le_bytes()));
    match &report.body {
        Body::Statement(statement) => encode_statement(out, statement),
        Body::Remark(remark) => {
            out.push(5);
            encode_remark(out, remark);
        }
        Body::Nothing { from, to } => {
            out.push(1);
            out.extend(from.0.to_le_bytes());
            out.extend(to.0.to_le_bytes());
        }
        Body::Verification { act, reports, areas } => verification::encode(out, *act, reports, areas),
        Body::Retraction { target } => {
            out.push(3);
            out.extend(target.0.to_le_bytes());
        }
    }
}

pub fn decode(bytes: &[u8]) -> Result<Report, StoreError> {
    read(bytes).ok_or_else(|| {
        StoreError::corrupt(format!("a packed report of {} bytes does not decode", bytes.len()))
    })
}

fn encode_text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn encode_author(out: &mut Vec<u8>, Author { account, login: _, word, party }: Author) {
    out.extend(account.0.to_le_bytes());
    out.push(u8::from(party));
    match word {
        Word::Of(organisation) => {
            out.push(NONE);
            out.extend(organisation.0.to_le_bytes());
        }
        Word::Unnamed(class) => out.push(class as u8),
    }
}

/// A statement, and what few statements have besides.
fn encode_statement(out: &mut Vec<u8>, statement: &Statement) {
    let stance = u8::from(statement.continues) | u8::from(statement.ends) << 1;
    let more = stance > 0 || statement.about.is_some() || statement.confidence.is_some();
    out.push(match (more, statement.wording) {
        (false, None) => 0,
        (true, None) => 4,
        (_, Some(_)) => 9,
    });
    encode_plain_statement(out, statement);
    if more || statement.wording.is_some() {
        out.push(stance);
        out.push(statement.confidence.map_or(NONE, |confidence| confidence as u8));
        encode_about(out, statement.about);
    }
    if let Some(Wording(words)) = statement.wording {
        out.extend(words.get().to_le_bytes());
    }
}

fn encode_plain_statement(out: &mut Vec<u8>, statement: &Statement) {
    let s = statement;
    out.extend([
        s.kind as u8,
        s.category.index() as u8,
        s.severity,
        s.stage.map_or(NONE, |stage| stage as u8),
    ]);
    out.extend([s.reliability, s.credibility, s.handling as u8, s.parties.0, s.found_by as u8]);
    out.extend(s.occurred_at.0.to_le_bytes());
    out.extend(s.dead.to_le_bytes());
    out.extend(s.injured.to_le_bytes());
    out.extend(s.displaced.to_le_bytes());
    out.push(u8::from(s.supersedes.is_some()));
    out.extend(s.supersedes.unwrap_or(ReportId(0)).0.to_le_bytes());
}

fn encode_remark(out: &mut Vec<u8>, remark: &Remark) {
    let r = remark;
    let category = r.category.map_or(NONE, |category| category.index() as u8);
    out.extend([r.what as u8, r.kind as u8, category, r.reliability, r.credibility, r.handling as u8]);
    out.extend(r.occurred_at.0.to_le_bytes());
    out.push(u8::from(r.supersedes.is_some()));
    out.extend(r.supersedes.unwrap_or(ReportId(0)).0.to_le_bytes());
    encode_about(out, r.about);
}

fn encode_about(out: &mut Vec<u8>, about: Option<NamedReport>) {
    out.push(u8::from(about.is_some()));
    if let Some(NamedReport { feed, report, district }) = about {
        out.extend(feed.0.to_le_bytes());
        out.extend(report.0.to_le_bytes());
        out.extend(district.0.to_le_bytes());
    }
}

fn read(bytes: &[u8]) -> Option<Report> {
    let mut from = Reader(bytes);
    if from.byte()? != VERSION {
        return None;
    }
    let (id, hash) = (ReportId(from.u128()?), from.u128()?);
    let (feed, class) = (FeedId(from.u32()?), FeedClass::from_index(from.index()?)?);
    let place = Place { code: Code(from.u32()?), village: from.u16()? };
    let (reported_at, marks) = (from.time()?, from.byte()?);
    let reconstructed = marks & 1 != 0;
    let doubtful = if marks & 2 != 0 { Some(from.time()?) } else { None };
    let author = if marks & 4 != 0 { Some(read_author(&mut from)?) } else { None };
    if marks & 8 != 0 {
        return None;
    }
    let login = if marks & 16 != 0 { Some(AccountId(from.u32()?)) } else { None };
    let author = author.map(|author| Author { login: login.unwrap_or(author.account), ..author });
    let body = match from.byte()? {
        0 => Body::Statement(read_statement(&mut from)?),
        1 => Body::Nothing { from: from.time()?, to: from.time()? },
        tag @ (2 | 6 | 7 | 10) => verification::read(&mut from, tag)?,
        3 => Body::Retraction { target: ReportId(from.u128()?) },
        // Tag 8 is of an earlier build, which knew long texts only.
        tag @ (4 | 8 | 9) => {
            let statement = read_statement(&mut from)?;
            let (stance, confidence) = (from.byte()?, read_confidence(from.byte()?)?);
            let statement = Statement { continues: stance & 1 != 0, ends: stance & 2 != 0, ..statement };
            let about = read_about(&mut from)?;
            let words = if tag == 4 { None } else { Some(NonZeroU32::new(from.u32()?)?) };
            let wording = words.map(if tag == 8 { Wording::of_long_text } else { Wording });
            Body::Statement(Statement { confidence, about, wording, ..statement })
        }
        5 => Body::Remark(read_remark(&mut from)?),
        _ => return None,
    };
    from.0.is_empty().then_some(Report {
        id,
        hash,
        feed,
        class,
        author,
        place,
        reported_at,
        reconstructed,
        doubtful,
        body,
    })
}

fn read_author(from: &mut Reader) -> Option<Author> {
    let (account, party) = (AccountId(from.u32()?), from.byte()? != 0);
    let word = match from.byte()? {
        NONE => Word::Of(OrganisationId(from.u32()?)),
        class => Word::Unnamed(FeedClass::from_index(class.into())?),
    };
    Some(Author { account, login: account, word, party })
}

fn read_statement(from: &mut Reader) -> Option<Statement> {
    let (kind, category) = (Kind::from_index(from.index()?)?, Category::from_index(from.index()?)?);
    let severity = from.byte()?;
    let stage = match from.byte()? {
        NONE => None,
        index => Some(Stage::from_index(index.into())?),
    };
    let (reliability, credibility) = (from.byte()?, from.byte()?);
    let (handling, parties) = (Handling::from_index(from.index()?)?, Parties(from.byte()?));
    let (found_by, occurred_at) = (FoundBy::from_index(from.index()?)?, from.time()?);
    let (dead, injured, displaced) = (from.u16()?, from.u16()?, from.u32()?);
    let (present, target) = (from.byte()? != 0, from.u128()?);
    let supersedes = present.then_some(ReportId(target));
    Some(Statement {
        kind,
        category,
        severity,
        occurred_at,
        stage,
        reliability,
        credibility,
        handling,
        parties,
        found_by,
        dead,
        injured,
        displaced,
        supersedes,
        continues: false,
        ends: false,
        about: None,
        confidence: None,
        wording: None,
    })
}

fn read_remark(from: &mut Reader) -> Option<Remark> {
    let what = match from.byte()? {
        0 => RemarkKind::Denies,
        1 => RemarkKind::Ends,
        _ => return None,
    };
    let kind = Kind::from_index(from.index()?)?;
    let category = match from.byte()? {
        NONE => None,
        index => Some(Category::from_index(index.into())?),
    };
    let (reliability, credibility) = (from.byte()?, from.byte()?);
    let (handling, occurred_at) = (Handling::from_index(from.index()?)?, from.time()?);
    let (present, target) = (from.byte()? != 0, from.u128()?);
    let supersedes = present.then_some(ReportId(target));
    let about = read_about(from)?;
    Some(Remark { what, kind, category, occurred_at, reliability, credibility, handling, about, supersedes })
}

/// The outer `None` is a byte too few.
fn read_about(from: &mut Reader) -> Option<Option<NamedReport>> {
    if from.byte()? == 0 {
        return Some(None);
    }
    let (feed, report) = (FeedId(from.u32()?), ReportId(from.u128()?));
    Some(Some(NamedReport { feed, report, district: Code(from.u32()?) }))
}

/// The outer `None` is a byte that is no confidence.
fn read_confidence(byte: u8) -> Option<Option<Confidence>> {
    if byte == NONE { Some(None) } else { Confidence::from_index(byte.into()).map(Some) }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }
    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }
    fn index(&mut self) -> Option<usize> {
        self.byte().map(usize::from)
    }
    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }
    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }
    fn u128(&mut self) -> Option<u128> {
        self.take().map(u128::from_le_bytes)
    }
    fn text(&mut self) -> Option<String> {
        let length = self.u32()? as usize;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).ok()
    }
    fn time(&mut self) -> Option<Time> {
        self.take().map(i64::from_le_bytes).map(Time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::Stance;

    fn report(body: Body) -> Report {
        Report {
            id: ReportId(u128::MAX - 5),
            hash: u128::MAX / 77,
            feed: FeedId::of("polres"),
            class: FeedClass::Police,
            author: None,
            place: Place { code: Code(161304), village: 2003 },
            reported_at: Time(-5),
            reconstructed: true,
            doubtful: None,
            body,
        }
    }

    /// One of each body, and of each field that may be there or not.
    fn bodies() -> Vec<Body> {
        let statement = Statement {
            kind: Kind::Disaster,
            category: Category::parse("WA-14").unwrap(),
            severity: 5,
            occurred_at: Time(i64::MAX),
            stage: Some(Stage::Occurring),
            reliability: 6,
            credibility: 1,
            handling: Handling::Confidential,
            parties: Parties(0b10_0001),
            found_by: FoundBy::Patrol,
            dead: 65_535,
            injured: 3,
            displaced: 90_000,
            supersedes: Some(ReportId(9)),
            continues: false,
            ends: false,
            about: None,
            confidence: None,
            wording: None,
        };
        let about =
            Some(NamedReport { feed: FeedId(u32::MAX - 3), report: ReportId(11), district: Code(161_305) });
        let remark = Remark {
            what: RemarkKind::Denies,
            kind: Kind::ResidentCompany,
            category: None,
            occurred_at: Time(-1),
            reliability: 2,
            credibility: 3,
            handling: Handling::Limited,
            about,
            supersedes: None,
        };
        vec![
            Body::Statement(statement),
            Body::Statement(Statement {
                stage: None,
                supersedes: None,
                category: Category::OTHER,
                ..statement
            }),
            Body::Statement(Statement { continues: true, about, ..statement }),
            Body::Statement(Statement { confidence: Some(Confidence::High), ..statement }),
            Body::Statement(Statement { wording: Some(Wording(NonZeroU32::MAX)), ..statement }),
            Body::Statement(Statement { wording: Some(Wording(NonZeroU32::MIN)), ends: true, ..statement }),
            Body::Remark(remark),
            Body::Remark(Remark {
                what: RemarkKind::Ends,
                category: Category::parse("WP-16"),
                about: None,
                supersedes: Some(ReportId(u128::MAX)),
                ..remark
            }),
            Body::Nothing { from: Time(1), to: Time(2) },
            Body::Retraction { target: ReportId(3) },
        ]
    }

    #[test]
    fn every_body_survives_the_round_trip() {
        for body in bodies().into_iter().chain(verification::samples()) {
            let report = report(body);
            let bytes = encode(&report);
            assert_eq!(decode(&bytes).unwrap(), report);
            let doubted = Report { doubtful: Some(Time(i64::MAX)), reconstructed: false, ..report.clone() };
            assert_eq!(decode(&encode(&doubted)).unwrap(), doubted);
            for word in [Word::Of(OrganisationId(u32::MAX)), Word::Unnamed(FeedClass::Sensor)] {
                let (account, login) = (AccountId(u32::MAX - 1), AccountId(u32::MAX - 3));
                let author = Some(Author { account, login, word, party: true });
                let authored = Report { author, ..doubted.clone() };
                assert_eq!(decode(&encode(&authored)).unwrap(), authored);
            }
            assert!(decode(&bytes[..bytes.len() - 1]).is_err());
            assert!(decode(&[bytes.as_slice(), &[0]].concat()).is_err());
        }
    }

    fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
        all.iter().map(|item| word(*item)).collect()
    }

    #[test]
    fn words_keep_their_positions() {
        let all = ["village", "community", "police", "military", "company", "agency", "desk", "sensor"];
        assert_eq!(words(FeedClass::ALL, FeedClass::as_str), all);
        assert_eq!(words(Kind::ALL, Kind::as_str), ["resident_company", "resident_resident", "disaster"]);
        assert_eq!(words(Stage::ALL, Stage::as_str), ["potential", "emerging", "occurring"]);
        assert_eq!(words(Handling::ALL, Handling::as_str), ["open", "limited", "confidential"]);
        assert_eq!(words(FoundBy::ALL, FoundBy::as_str), ["report", "patrol"]);
        assert_eq!(words(Stance::ALL, Stance::as_str), ["affirms", "denies", "continues", "ends"]);
        assert_eq!(words(Confidence::ALL, Confidence::as_str), ["low", "nominal", "high"]);
        assert_eq!((RemarkKind::Denies as u8, RemarkKind::Ends as u8), (0, 1));
        let acts = [0, 1, 2, 3].map(|byte| verification::read_act(byte).unwrap().as_str());
        assert_eq!(acts, ["confirm", "reject", "merge", "split"]);
    }
}
