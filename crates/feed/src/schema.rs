//! The report format as a JSON Schema, true to what the decoder accepts and the taxonomy names.

use crate::taxonomy::Taxonomy;
use domain::kind::{FeedClass, FoundBy, Handling, Kind, Party, Stage};
use serde_json::{Value, json};

/// Where the schema is served.
pub const PATH: &str = "/schema/report-v1.json";

/// Report, version 1.
pub fn report_v1(taxonomy: &Taxonomy) -> Value {
    let by_kind: Vec<Value> = Kind::ALL
        .iter()
        .map(|kind| {
            let codes: Vec<String> = taxonomy.of_kind(*kind).map(|entry| entry.code.to_string()).collect();
            json!({
                "if": {"properties": {"kind": {"const": kind.as_str()}}, "required": ["kind"]},
                "then": {"properties": {"category": {"enum": codes}}},
            })
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": PATH,
        "title": "Laporan Kentongan, versi 1",
        "description": "Satu laporan dari satu sumber. Paling besar 64 KiB. Bidang lain boleh ada dan disimpan apa adanya.",
        "type": "object",
        "required": ["report_id", "feed", "reported_at"],
        "anyOf": [{"required": ["district"]}, {"required": ["village"]}],
        "oneOf": [
            {"title": "kejadian", "required": ["kind", "category", "severity", "occurred_at"], "not": any_of(&["nothing_happened", "verification", "retracts"])},
            {"title": "nihil", "required": ["nothing_happened"], "not": any_of(&["kind", "category", "severity", "occurred_at", "verification", "retracts"])},
            {"title": "verifikasi (hanya kelas desk)", "required": ["verification"], "not": any_of(&["kind", "category", "severity", "occurred_at", "nothing_happened", "retracts"])},
            {"title": "penarikan", "required": ["retracts"], "not": any_of(&["nothing_happened", "verification", "supersedes"])},
        ],
        "allOf": by_kind,
        "properties": properties(taxonomy),
        "$defs": definitions(),
    })
}

/// Holds where one of these fields is given; a null field says nothing.
fn any_of(names: &[&str]) -> Value {
    let given = |name: &&str| json!({"required": [name], "properties": {*name: {"not": {"type": "null"}}}});
    json!({"anyOf": names.iter().map(given).collect::<Vec<Value>>()})
}

fn properties(taxonomy: &Taxonomy) -> Value {
    let codes: Vec<String> = taxonomy.entries().map(|entry| entry.code.to_string()).collect();
    let severity = "1 ringan sampai 5 sangat berat";
    let mut all = json!({
        "report_id": {"$ref": "#/$defs/id"},
        "feed": {"enum": words(FeedClass::ALL, FeedClass::as_str), "description": "kelas umpan"},
        "district": {"type": "string", "pattern": "^[0-9]{2}\\.[0-9]{2}(\\.[0-9]{2})?$", "description": "kode Kemendagri kecamatan, atau kabupaten bila kecamatan tidak diketahui"},
        "village": {"type": "string", "pattern": "^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$", "description": "berawal dengan kode kecamatannya"},
        "kind": {"enum": words(Kind::ALL, Kind::as_str)},
        "category": {"enum": codes},
        "severity": {"type": "integer", "minimum": 1, "maximum": 5, "description": severity},
        "occurred_at": {"$ref": "#/$defs/time"},
        "reported_at": {"$ref": "#/$defs/time"},
    });
    let optional = json!({
        "reporter": {"type": "string", "description": "nama samaran pelapor, bukan nama orang"},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
        "casualties": {"$ref": "#/$defs/count", "description": "korban tanpa rincian; dipakai bila dead dan injured tidak ada"},
        "summary": {"type": "string"},
        "stage": {"enum": words(Stage::ALL, Stage::as_str)},
        "reliability": {"enum": ["A", "B", "C", "D", "E", "F"]},
        "credibility": {"type": "integer", "minimum": 1, "maximum": 6},
        "handling": {"enum": words(Handling::ALL, Handling::as_str)},
        "parties": {"type": "array", "items": {"enum": words(Party::ALL, Party::as_str)}},
        "found_by": {"enum": words(FoundBy::ALL, FoundBy::as_str)},
        "dead": {"$ref": "#/$defs/count"},
        "injured": {"$ref": "#/$defs/count"},
        "displaced": {"$ref": "#/$defs/count"},
        "supersedes": {"$ref": "#/$defs/id"},
        "retracts": {"$ref": "#/$defs/id"},
        "nothing_happened": {
            "type": "object", "required": ["from", "to"],
            "properties": {"from": {"$ref": "#/$defs/time"}, "to": {"$ref": "#/$defs/time"}},
        },
        "verification": {
            "type": "object", "required": ["act", "reports"],
            "properties": {
                "act": {"enum": ["confirm", "reject", "merge", "split"]},
                "reports": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/id"}},
            },
        },
    });
    for (name, schema) in optional.as_object().into_iter().flatten() {
        all[name] = json!({"anyOf": [schema, {"type": "null"}]});
    }
    all
}

fn definitions() -> Value {
    json!({
        "id": {
            "description": "ULID atau UUID", "type": "string",
            "pattern": "^([0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$",
        },
        "time": {
            "description": "RFC 3339 dengan zona, dari 1970 sampai 2099", "type": "string", "format": "date-time",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
        },
        "count": {"type": "integer", "minimum": 0},
    })
}

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|item| word(*item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;

    #[test]
    fn the_schema_names_every_field_the_decoder_reads_and_no_other() {
        let taxonomy = Taxonomy::parse(include_str!("../../../config/taxonomy.toml")).unwrap();
        let schema = report_v1(&taxonomy);
        let mut named: Vec<&str> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut read: Vec<&str> = decode::field_names().filter(|name| *name != "reconstructed").collect();
        named.sort_unstable();
        read.sort_unstable();
        assert_eq!(named, read);
        assert_eq!(schema["properties"]["category"]["enum"].as_array().unwrap().len(), 46);
        assert_eq!(
            schema["allOf"][2]["then"]["properties"]["category"]["enum"].as_array().unwrap().len(),
            15
        );
    }
}
