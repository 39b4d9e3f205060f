//! Members that stand twice in an object: the plain rule, and what is answered.

use super::*;
use crate::decode::decode_logged;
use domain::author::StampedAuthor;
use domain::time::SECOND;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// JSON with every member that stands there.
enum Node {
    Object(Vec<(String, Node)>),
    List(Vec<Node>),
    Other,
}

/// True where a member that the contract knows stands twice in a record, or in an object that it knows.
pub(super) fn is_doubled(bytes: &[u8]) -> bool {
    let Ok(Node::Object(record)) = serde_json::from_slice(bytes) else { return false };
    let known: Vec<&str> = crate::decode::field_names().collect();
    twice(&record, &known)
        || record.iter().any(|(name, value)| match (name.as_str(), value) {
            ("about", Node::Object(about)) => twice(about, &["feed", "report_id", "district"]),
            ("nothing_happened", Node::Object(period)) => twice(period, &["from", "to"]),
            ("verification", Node::Object(act)) => {
                let lists = act.iter().filter(|(name, _)| name == "reports").map(|(_, list)| list);
                twice(act, &["act", "reports"]) || lists.into_iter().any(names_doubled)
            }
            _ => false,
        })
}

fn names_doubled(list: &Node) -> bool {
    let Node::List(items) = list else { return false };
    items
        .iter()
        .any(|item| matches!(item, Node::Object(own) if twice(own, &["feed", "report_id", "content"])))
}

fn twice(members: &[(String, Node)], known: &[&str]) -> bool {
    known.iter().any(|known| members.iter().filter(|(name, _)| name == known).count() > 1)
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Node, D::Error> {
        reader.deserialize_any(AnyNode)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = entries.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Other)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Other)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }
    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node::Other)
    }
}

/// Nobody knows which of the two its sender meant, so neither counts.
#[test]
fn a_member_that_stands_there_twice_is_refused_by_its_name() {
    let taxonomy = Taxonomy::parse(include_str!("../../../../../config/taxonomy.toml")).unwrap();
    let places = places::from_list("l", "16.13\n16.13.04\n16.13.05\n").unwrap();
    let catalog = Catalog { places: &places, taxonomy: &taxonomy };
    let report = fuzz::SAMPLES[1];
    let of = |part: &str| *fuzz::SAMPLES.iter().find(|text| text.contains(part)).unwrap();
    let (denial, act, nihil) = (of("\"denies\""), of("\"merge\""), of("\"nothing_happened\""));
    let seen = of("\"content\"");
    for (text, field, name) in [
        (report.replace("\"severity\":2", "\"severity\":2,\"severity\":5"), "severity", "severity"),
        (report.replace("\"severity\":2", "\"severity\":2,\"severity\":2"), "severity", "severity"),
        (report.replace("\"severity\":2", "\"severity\":null,\"severity\":2"), "severity", "severity"),
        (report.replace("\"severity\":2", "\"severity\":2,\"sev\\u0065rity\":5"), "severity", "severity"),
        (report.replace('}', ",\"report_id\":\"01KDTNMB50Q0CY9T91Z49H128G\"}"), "report_id", "report_id"),
        (report.replace('}', ",\"district\":\"16.13.04\"}"), "district", "district"),
        (denial.replace("\"about\":{", "\"about\":{\"feed\":\"polda\","), "about", "about.feed"),
        (act.replace("\"act\":", "\"act\":\"split\",\"act\":"), "verification", "verification.act"),
        (act.replace("{\"feed\":", "{\"feed\":\"x\",\"feed\":"), "verification", "verification.feed"),
        (
            seen.replace("\"content\":", "\"content\":null,\"content\":"),
            "verification",
            "verification.content",
        ),
        (nihil.replace("\"to\":", "\"to\":\"\",\"to\":"), "nothing_happened", "nothing_happened.to"),
    ] {
        let (fast, slow) = both(&text, &catalog);
        let refusal = fast.expect_err(&text);
        assert_eq!((refusal.reason, slow.err()), (Refused::Schema, Some(Refused::Schema)), "{text}");
        assert_eq!(refusal.field, field, "{text}");
        let words = format!("\"{name}\" tertulis dua kali");
        assert!(refusal.detail.contains(&words), "{}", refusal.detail);
    }
    // What nobody reads may stand there as often as its sender likes.
    let (fast, slow) = both(&report.replace('}', ",\"photo\":1,\"photo\":2}"), &catalog);
    assert_eq!(fast.ok(), slow.ok());
    assert!(both(report, &catalog).0.is_ok());
}

/// The log holds such records since before they were refused: it is read again as it was then.
#[test]
fn a_record_of_the_log_with_a_member_twice_is_read_as_it_was_when_it_came() {
    let taxonomy = Taxonomy::parse(include_str!("../../../../../config/taxonomy.toml")).unwrap();
    let places = places::from_list("l", "16.13\n16.13.04\n16.13.05\n").unwrap();
    let catalog = Catalog { places: &places, taxonomy: &taxonomy };
    let report = fuzz::SAMPLES[1];
    let of = |part: &str| *fuzz::SAMPLES.iter().find(|text| text.contains(part)).unwrap();
    for (once, first, last) in [
        (report, "\"severity\":2", "\"severity\":5,\"severity\":2"),
        (report, "\"severity\":2", "\"severity\":null,\"severity\":2"),
        (of("\"denies\""), "\"about\":{", "\"about\":{\"feed\":\"x\","),
        (of("\"merge\""), "\"act\":", "\"act\":\"split\",\"act\":"),
        (of("\"nothing_happened\""), "\"to\":", "\"to\":\"\",\"to\":"),
    ] {
        let twice = once.replacen(first, last, 1);
        let everywhere = Areas::everywhere();
        let logged = |text: &str, refused| {
            let read = decode_logged(&view(text, &everywhere), refused, &catalog);
            read.map(|decoded| Report { hash: 0, ..decoded.report })
        };
        let right = logged(once, None).unwrap();
        assert_eq!(logged(&twice, None).as_ref(), Ok(&right), "{twice}");
        let refusal = decode(&view(&twice, &everywhere), &catalog).unwrap_err();
        assert_eq!(refusal.stamp(), Some(Refused::Schema));
        // What the intake refused stays refused, in the words that its sender read.
        assert_eq!(logged(&twice, refusal.stamp()), Err(refusal), "{twice}");
        // What was refused for another reason, before a member might not stand twice, keeps its own.
        for reason in [Refused::District, Refused::Kind, Refused::Forbidden] {
            assert_eq!(logged(&twice, Some(reason)).unwrap_err().reason, reason, "{twice}");
        }
    }
}

type Answers = (Result<Report, Refusal>, Result<Report, Refused>);

/// What the fast decoder and the plain one make of a record.
fn both(text: &str, catalog: &Catalog<'_>) -> Answers {
    let everywhere = Areas::everywhere();
    let record = view(text, &everywhere);
    (decode(&record, catalog).map(|decoded| decoded.report), plain(&record, catalog))
}

fn view<'a>(text: &'a str, areas: &'a Areas) -> RecordView<'a> {
    static NOBODY: StampedAuthor = StampedAuthor {
        account: String::new(),
        person: String::new(),
        organisation: String::new(),
        party: false,
    };
    RecordView {
        bytes: text.as_bytes(),
        feed_name: "",
        class: None,
        areas,
        received_at: Time(1_767_200_490 * SECOND),
        archive: true,
        author: &NOBODY,
    }
}
