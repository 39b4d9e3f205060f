//! The schema against the decoder: what one takes, the other takes, but for what a schema cannot say.

use super::*;
use crate::content_hash;
use crate::decode::oracle::fuzz::{Dice, mutate, seed};
use crate::decode::{self, Catalog, RecordView};
use crate::places;
use domain::author::StampedAuthor;
use domain::kind::Refused;
use domain::place::Areas;
use domain::report::ReportId;
use domain::time::Time;

fn taxonomy() -> Taxonomy {
    Taxonomy::parse(include_str!("../../../../config/taxonomy.toml")).unwrap()
}

#[test]
fn it_names_every_field_the_decoder_reads_and_no_other() {
    let schema = report_v1(&taxonomy());
    let mut named: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut read: Vec<&str> = decode::field_names().filter(|name| *name != "reconstructed").collect();
    named.sort_unstable();
    read.sort_unstable();
    assert_eq!(named, read);
    assert_eq!(schema["allOf"][2]["then"]["properties"]["category"]["enum"].as_array().unwrap().len(), 17);
}

#[test]
fn it_takes_what_the_decoder_takes() {
    let (seed, taxonomy) = (seed(), taxonomy());
    let schema = report_v1(&taxonomy);
    let places = places::from_list("l", "16.13.04\n16.13.05\n").unwrap();
    let mut dice = Dice(seed);
    let (mut taken, mut refused) = (0, 0);
    for round in 0..20_000 {
        let bytes = mutate(&mut dice);
        let Ok(record) = serde_json::from_slice::<Value>(&bytes) else { continue };
        let received_at = Time(1_767_200_490_000_000);
        let view = RecordView {
            bytes: &bytes,
            feed_name: "",
            class: None,
            areas: &Areas::everywhere(),
            received_at,
            archive: false,
            author: &StampedAuthor::default(),
        };
        let decoded = decode::decode(&view, &Catalog { places: &places, taxonomy: &taxonomy });
        let valid = fits(&record, &schema, &schema);
        let shown = String::from_utf8_lossy(&bytes);
        match decoded {
            Ok(_) => {
                assert!(valid, "seed {seed}, round {round}: decoded, but not by the schema: {shown}");
                taken += 1;
            }
            Err(refusal) if valid => {
                // Sums over several fields or over the world: a schema cannot know them.
                let world = [Refused::District, Refused::Time, Refused::Future].contains(&refusal.reason);
                let itself = ["supersedes", "retracts", "about"].contains(&refusal.field);
                let nul = refusal.detail.contains("U+0000");
                // Of what stands there twice a reader of JSON keeps one.
                let twice = refusal.sentence.key == "record_refusal.doubled";
                assert!(world || itself || nul || twice, "seed {seed}, round {round}: {refusal:?}: {shown}");
            }
            Err(_) => refused += 1,
        }
    }
    assert!(taken > 500 && refused > 500, "seed {seed}: {taken} taken, {refused} refused");
}

/// As much of JSON Schema as the report's uses.
fn fits(value: &Value, schema: &Value, root: &Value) -> bool {
    let Some(rules) = schema.as_object() else { return schema != &Value::Bool(false) };
    rules.iter().all(|(name, rule)| keyword(name, rule, value, schema, root))
}

fn keyword(name: &str, rule: &Value, value: &Value, schema: &Value, root: &Value) -> bool {
    let inner = |rule: &Value| fits(value, rule, root);
    let list = || rule.as_array().unwrap();
    match name {
        "$schema" | "$id" | "$defs" | "title" | "description" | "format" | "then" | "else" => true,
        "$ref" => inner(&root["$defs"][rule.as_str().unwrap().rsplit('/').next().unwrap()]),
        "type" => is_of(rule.as_str().unwrap(), value),
        "const" => value == rule,
        "enum" => list().contains(value),
        "allOf" => list().iter().all(inner),
        "anyOf" => list().iter().any(inner),
        "oneOf" => list().iter().filter(|rule| inner(rule)).count() == 1,
        "not" => !inner(rule),
        "if" if inner(rule) => inner(&schema["then"]),
        "if" => schema.get("else").is_none_or(inner),
        "required" => {
            list().iter().all(|name| value.get(name.as_str().unwrap()).is_some() || !value.is_object())
        }
        "properties" => rule
            .as_object()
            .unwrap()
            .iter()
            .all(|(name, rule)| value.get(name).is_none_or(|value| fits(value, rule, root))),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| fits(item, rule, root))),
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
        "minLength" => value.as_str().is_none_or(|text| text.len() as u64 >= rule.as_u64().unwrap()),
        "minimum" => value.as_f64().is_none_or(|value| value >= rule.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|value| value <= rule.as_f64().unwrap()),
        "pattern" => value.as_str().is_none_or(|text| matches(rule.as_str().unwrap(), text)),
        other => panic!("the schema uses '{other}', which this check does not know"),
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|value| value.fract() == 0.0),
        other => panic!("unknown type '{other}'"),
    }
}

/// Ids and hashes of contents by what their patterns mean; codes and times have refusal reasons of their own.
fn matches(pattern: &str, text: &str) -> bool {
    if pattern == "^[0-9a-f]{32}$" {
        return content_hash::read(text).is_some();
    }
    !pattern.contains("HJKMNP") || ReportId::parse(text).is_some()
}
