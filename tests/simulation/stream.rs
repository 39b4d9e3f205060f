//! A history as it lies in the log: bytes of every class and sort, in the order they were received, garbage among them.

use super::world;
use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::{Areas, Code, Places, Unit};
use domain::report::{Report, ReportId};
use domain::time::{DAY, HOUR, MINUTE, Time};
use formats::content_hash;
use formats::decode::{Catalog, RecordView, decode};
use formats::record_stamp::RecordOrigin;
use formats::taxonomy::Taxonomy;
use intake::kafka::ConsumedRecord;
use jiff::Timestamp;
use kentongan_tests::bench::workload::Dice;
use std::sync::Arc;
use store::{LogRecord, NewRecord};

/// 1 November 2026, midnight UTC.
pub const BEGIN: Time = Time(1_793_491_200_000_000);
pub const REGENCIES: [Code; 3] = [Code(161_300), Code(350_800), Code(610_200)];
const DISTRICTS: [u32; 6] = [161_301, 161_304, 350_801, 350_802, 610_201, 610_202];
/// What may fuse, and what may not.
const CATEGORIES: [(&str, &str); 6] = [
    ("resident_company", "WP-05"),
    ("resident_company", "WP-07"),
    ("resident_resident", "WW-01"),
    ("resident_resident", "WW-10"),
    ("disaster", "WA-01"),
    ("disaster", "X-00"),
];

/// Three regencies of two districts; each touches the next across its border.
pub fn places() -> Arc<Places> {
    let rows = DISTRICTS.iter().enumerate().map(|(index, code)| {
        let around = [index.checked_sub(1), Some(index + 1)].into_iter().flatten();
        let neighbours = around.filter_map(|other| DISTRICTS.get(other)).map(|other| Code(*other)).collect();
        (Code(*code), Unit { neighbours, ..Unit::default() })
    });
    Arc::new(Places::new(rows.collect(), false))
}

/// A record of a partition's log, and what must become of it.
pub struct Sent {
    pub partition: i32,
    pub record: ConsumedRecord,
    pub fate: Fate,
}

pub enum Fate {
    Report(Box<Report>),
    DeadLetter(Refused),
    /// It came before under another offset and is passed over.
    Repeated,
}

/// Which partition each regency lies in.
pub type Layout = [i32; REGENCIES.len()];

pub fn partition_of(layout: Layout, regency: Code) -> i32 {
    REGENCIES.iter().position(|code| *code == regency).map_or(0, |index| layout[index])
}

/// A report that was sent, for another one with its id.
#[derive(Clone)]
struct Spoken {
    class: FeedClass,
    id: ReportId,
    district: u32,
    reported: Time,
    sent: usize,
}

/// Writes the history record by record.
pub struct Stream<'a> {
    pub places: &'a Arc<Places>,
    pub taxonomy: &'a Taxonomy,
    pub layout: Layout,
    /// Ids in use: few, so that duplicates, corrections and verifications hit each other.
    pub ids: usize,
    spoken: Vec<Spoken>,
    halves: Vec<&'static str>,
    /// Next offset of each feed's own topic.
    origins: [i64; FeedClass::COUNT],
    pub sent: Vec<Sent>,
}

/// Two reports with one id and one time whose hashes have the same lower half.
const EQUAL_LOWER_HALVES: [&str; 2] = [
    r#"{"report_id":"0193A7F2-5C9E-4D71-8B26-E04F9D3C61B8","feed":"police","district":"16.13.04","kind":"disaster","category":"WA-01","severity":5,"occurred_at":"2026-11-01T06:30:00Z","reported_at":"2026-11-01T09:00:00Z","summary":"9f2b6c977199b423"}"#,
    r#"{"report_id":"0193A7F2-5C9E-4D71-8B26-E04F9D3C61B8","feed":"police","district":"16.13.04","kind":"disaster","category":"WA-01","severity":5,"occurred_at":"2026-11-01T06:30:00Z","reported_at":"2026-11-01T09:00:00Z","summary":"56f15e2c3bd19333"}"#,
];

/// Ids differ in their lower halves alone, in their upper halves alone, or in both.
fn id(number: usize) -> ReportId {
    let whole = world::id(number / 3);
    ReportId(whole.0 ^ [0, 1 << 120, 1 << 9][number % 3])
}

pub fn uuid(id: ReportId) -> String {
    let hex = format!("{:032x}", id.0);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn instant(time: Time) -> String {
    Timestamp::from_microsecond(time.0).expect("a time of this history").to_string()
}

/// What is written of one record.
struct Draft {
    class: FeedClass,
    id: ReportId,
    district: u32,
    /// 0 where it names none.
    village: u32,
    reported: Time,
    content: String,
}

impl Draft {
    fn text(&self) -> String {
        let Draft { class, id, district, village, reported, content } = self;
        let mut place = format!(r#""district":"{}""#, Code(*district));
        if *village > 0 {
            place += &format!(r#","village":"{}.{village}""#, Code(*district));
        }
        format!(
            r#"{{"report_id":"{}","feed":"{class}","reporter":"p-7",{place},{content},"reported_at":"{}"}}"#,
            uuid(*id),
            instant(*reported)
        )
    }
}

impl<'a> Stream<'a> {
    pub fn new(places: &'a Arc<Places>, taxonomy: &'a Taxonomy, layout: Layout, ids: usize) -> Stream<'a> {
        Stream {
            places,
            taxonomy,
            layout,
            ids,
            spoken: Vec::new(),
            halves: EQUAL_LOWER_HALVES.to_vec(),
            origins: [0; FeedClass::COUNT],
            sent: Vec::new(),
        }
    }

    /// The first word of every regency, so that every worker begins to tick in the same hour.
    pub fn begin(&mut self) {
        for regency in REGENCIES {
            let content = format!(r#""nothing_happened":{{"from":"{0}","to":"{0}"}}"#, instant(BEGIN));
            let (class, id) = (FeedClass::Village, ReportId(u128::from(regency.0) << 90));
            let draft = Draft { class, id, district: regency.0, village: 0, reported: BEGIN, content };
            self.send(BEGIN, class, draft.text(), None);
        }
    }

    /// One record more.
    pub fn next(&mut self, dice: &mut Dice, received: Time) {
        if dice.one_in(9) {
            return self.garbage(dice, received);
        }
        if dice.one_in(12)
            && let Some(text) = self.halves.pop()
        {
            return self.send(received, FeedClass::Police, text.to_owned(), None);
        }
        let earlier = (!self.spoken.is_empty()).then(|| self.spoken[dice.below(self.spoken.len())].clone());
        if let Some(earlier) = &earlier
            && dice.one_in(10)
        {
            return self.again(dice, received, earlier.sent);
        }
        let twin = earlier.filter(|_| dice.one_in(6));
        let draft = self.draft(dice, received, twin);
        let class = draft.class;
        let origin = (self.is_shared() && dice.one_in(3)).then(|| self.origin(class));
        self.spoken.push(Spoken {
            class,
            id: draft.id,
            district: draft.district,
            reported: draft.reported,
            sent: self.sent.len(),
        });
        self.send(received, class, draft.text(), origin);
    }

    /// The same bytes: sent again by the feed, or read again from the feed's topic.
    fn again(&mut self, dice: &mut Dice, received: Time, sent: usize) {
        let ConsumedRecord { record, origin } = self.sent[sent].record.clone();
        let origin = origin.filter(|_| dice.one_in(2));
        let text = String::from_utf8(record.record.bytes).expect("a report is text");
        self.send(received, record.record.class, text, origin);
    }

    fn origin(&mut self, class: FeedClass) -> RecordOrigin {
        let next = &mut self.origins[class.index()];
        *next += 1;
        RecordOrigin { topic: format!("feed.{class}.{class}"), partition: 0, offset: *next - 1 }
    }

    fn draft(&self, dice: &mut Dice, received: Time, twin: Option<Spoken>) -> Draft {
        let delay = if dice.one_in(5) { dice.below(60) as i64 * HOUR } else { dice.below(3) as i64 * MINUTE };
        let district = DISTRICTS[dice.below(DISTRICTS.len())];
        let district = if dice.one_in(12) { Code(district).regency().0 } else { district };
        let any_class = FeedClass::ALL[dice.below(FeedClass::COUNT)];
        let (mut class, id, district, reported) = match twin {
            // Of the same instant: the whole hash decides. Of another feed it is another report.
            Some(twin) if dice.one_in(3) => (any_class, twin.id, twin.district, twin.reported),
            Some(twin) => (twin.class, twin.id, twin.district, twin.reported),
            None => (any_class, id(dice.below(self.ids)), district, received.plus(-delay)),
        };
        let content = self.content(dice, id, reported, &mut class);
        let village = if Code(district).is_regency() { 0 } else { [0, 2001, 2002][dice.below(3)] };
        Draft { class, id, district, village, reported, content }
    }

    fn content(&self, dice: &mut Dice, own: ReportId, reported: Time, class: &mut FeedClass) -> String {
        let mut other = || id(dice.below(self.ids));
        let mut named = [other(), other(), other()];
        let of_own_feed: Vec<ReportId> =
            self.spoken.iter().filter(|spoken| spoken.class == *class).map(|spoken| spoken.id).collect();
        if !of_own_feed.is_empty() && !dice.one_in(3) {
            named[0] = of_own_feed[dice.below(of_own_feed.len())];
        }
        let number = dice.below(20);
        if number == 0 {
            let from = instant(reported.plus(-DAY));
            return format!(r#""nothing_happened":{{"from":"{from}","to":"{}"}}"#, instant(reported));
        }
        if number == 1 && named[0] != own {
            return format!(r#""retracts":"{}""#, uuid(named[0]));
        }
        if let Some((act, count)) =
            [("merge", 3), ("split", 2), ("confirm", 1), ("reject", 1)].get(number.wrapping_sub(2))
        {
            *class = FeedClass::Desk;
            let list = named[..*count].iter().map(|id| self.reference(dice, *id));
            let list = list.collect::<Vec<_>>().join(",");
            return format!(r#""verification":{{"act":"{act}","reports":[{list}]}}"#);
        }
        let mut text = statement(dice, reported);
        if number == 6 && named[0] != own {
            text += &format!(r#","supersedes":"{}""#, uuid(named[0]));
        }
        if *class != FeedClass::Sensor && dice.one_in(5) {
            let stance = ["denies", "denies", "ends", "continues"][dice.below(4)];
            text += &format!(r#","stance":"{stance}""#);
        }
        text
    }

    /// A report as a verification names it: by its id alone, or with a feed, mostly one that sent it.
    fn reference(&self, dice: &mut Dice, id: ReportId) -> String {
        let feed = self.spoken.iter().rfind(|spoken| spoken.id == id && !dice.one_in(4));
        match feed {
            _ if dice.one_in(4) => format!("\"{}\"", uuid(id)),
            Some(Spoken { class, sent, .. }) => match &self.sent[*sent].fate {
                Fate::Report(seen) if seen.hash & 1 == 0 => {
                    let content = content_hash::write(seen.hash);
                    format!(r#"{{"feed":"{class}","report_id":"{}","content":"{content}"}}"#, uuid(id))
                }
                _ => format!(r#"{{"feed":"{class}","report_id":"{}"}}"#, uuid(id)),
            },
            None => format!(r#"{{"feed":"police","report_id":"{}"}}"#, uuid(id)),
        }
    }

    fn garbage(&mut self, dice: &mut Dice, received: Time) {
        let mut draft = self.draft(dice, received, None);
        draft.content = statement(dice, draft.reported);
        let (class, text) = (draft.class, draft.text());
        let astray = dice.one_in(8) && self.is_shared();
        if astray {
            // It lies in the partition of others.
            return self.put_garbage(received, (class, text, Refused::District, None), true);
        }
        let garbage = match dice.below(8) {
            0 => (class, text[..text.len() / 2].to_owned(), Refused::Json, None),
            1 => (class, text.replace("\"district\":\"", "\"district\":\"99."), Refused::District, None),
            2 => (class, text.replace("\"severity\":", "\"severity\":1"), Refused::Severity, None),
            3 => (class, text.replace("\"kind\":\"", "\"kind\":\"x"), Refused::Kind, None),
            4 => (class, text.replace("\"report_id\"", "\"id\""), Refused::Schema, None),
            5 => (other_than(class), text, Refused::Forbidden, None),
            6 => (class, text, Refused::Forbidden, Some(Refused::Forbidden)),
            _ => (class, text, Refused::District, Some(Refused::District)),
        };
        self.put_garbage(received, garbage, false);
    }

    fn put_garbage(
        &mut self,
        received: Time,
        (class, text, reason, stamp): (FeedClass, String, Refused, Option<Refused>),
        astray: bool,
    ) {
        self.put(Posted { received, class, text, origin: None, stamp, astray });
        let last = self.sent.last().expect("it was sent");
        let expected = matches!(last.fate, Fate::DeadLetter(found) if found == reason);
        assert!(expected, "{reason}: {:?}", last.record);
    }

    fn send(&mut self, received: Time, class: FeedClass, text: String, origin: Option<RecordOrigin>) {
        self.put(Posted { received, class, text, origin, stamp: None, astray: false });
        let last = self.sent.last().expect("it was sent");
        assert!(!matches!(last.fate, Fate::DeadLetter(_)), "{:?}", last.record);
    }

    fn put(&mut self, posted: Posted) {
        let Posted { received, class, text, origin, stamp, astray } = posted;
        let areas = Areas::everywhere();
        let author = author_of(&text);
        let view = RecordView {
            bytes: text.as_bytes(),
            feed_name: class.as_str(),
            class: Some(class),
            areas: &areas,
            received_at: received,
            archive: false,
            author: &author,
        };
        let decoded = decode(&view, &Catalog { places: self.places, taxonomy: self.taxonomy });
        let repeated = origin.is_some() && self.sent.iter().any(|sent| sent.record.origin == origin);
        let stamp = stamp.or(astray.then_some(Refused::District));
        let (regency, fate) = match (decoded, stamp) {
            _ if repeated => (self.sent_before(&origin), Fate::Repeated),
            (Ok(decoded), None) => {
                (decoded.report.place.code.regency(), Fate::Report(Box::new(decoded.report)))
            }
            (Ok(decoded), Some(reason)) => (decoded.report.place.code.regency(), Fate::DeadLetter(reason)),
            (Err(refusal), _) => (REGENCIES[text.len() % 3], Fate::DeadLetter(refusal.reason)),
        };
        let own = partition_of(self.layout, regency);
        let partition = match astray {
            true => *self.layout.iter().find(|number| **number != own).expect("there are several"),
            false => own,
        };
        let offset = self.sent.iter().filter(|sent| sent.partition == partition).count() as i64;
        let record = NewRecord {
            feed: class.to_string(),
            class,
            areas,
            received_at: received,
            bytes: text.into_bytes(),
            refused: stamp.filter(|_| !astray),
            archive: false,
            author,
        };
        let record = ConsumedRecord { record: LogRecord { partition, offset, record }, origin };
        self.sent.push(Sent { partition, record, fate });
    }

    /// The regency of the record that came before.
    fn sent_before(&self, origin: &Option<RecordOrigin>) -> Code {
        let before = self.sent.iter().find(|sent| sent.record.origin == *origin);
        match before.map(|sent| &sent.fate) {
            Some(Fate::Report(report)) => report.place.code.regency(),
            _ => unreachable!("only reports have an origin"),
        }
    }

    /// Several workers share the log.
    fn is_shared(&self) -> bool {
        self.layout.iter().any(|number| *number != 0)
    }
}

/// Verifications are typed by two persons of the desk, or nobody wrote down by whom; the same bytes by the same.
fn author_of(text: &str) -> StampedAuthor {
    let typed = text.contains(r#""verification":"#);
    let sum: usize = text.bytes().map(usize::from).sum();
    let account = ["", "sari", "budi"][if typed { sum % 3 } else { 0 }];
    StampedAuthor::of_desk(account, account)
}

/// A record on its way into the log.
struct Posted {
    received: Time,
    class: FeedClass,
    text: String,
    origin: Option<RecordOrigin>,
    stamp: Option<Refused>,
    /// It is put into another partition than its regency's.
    astray: bool,
}

fn other_than(class: FeedClass) -> FeedClass {
    FeedClass::ALL[(class.index() + 1) % FeedClass::COUNT]
}

fn statement(dice: &mut Dice, reported: Time) -> String {
    let (kind, category) = CATEGORIES[dice.below(CATEGORIES.len())];
    let occurred = instant(reported.plus(-(dice.below(48) as i64) * HOUR / 2));
    let mut text = format!(
        r#""kind":"{kind}","category":"{category}","severity":{},"occurred_at":"{occurred}","injured":{}"#,
        1 + dice.below(5),
        dice.below(2)
    );
    for (sides, field) in [
        (3, r#","stage":"emerging""#),
        (3, r#","stage":"occurring""#),
        (6, r#","found_by":"patrol""#),
        (3, r#","handling":"open""#),
        (5, r#","handling":"confidential""#),
        (4, r#","parties":["resident","company"]"#),
    ] {
        let name = &field[..field.find(':').expect("a field with a value")];
        if dice.one_in(sides) && !text.contains(name) {
            text += field;
        }
    }
    text
}
