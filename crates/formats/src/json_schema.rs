//! The report format as a JSON Schema, true to what the decoder accepts and the taxonomy names.

use crate::taxonomy::Taxonomy;
use domain::kind::{Confidence, FeedClass, FoundBy, Handling, Kind, Party, Stage, Stance};
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
    let statement = any_given(&[&STATEMENT[..], &SPEAKING[..]].concat());
    let other = any_given(&["nothing_happened", "verification", "retracts"]);
    let denies = stance(&[Stance::Denies]);
    let mut all = by_kind;
    all.push(json!({
        "if": {"properties": {"feed": {"const": FeedClass::Sensor.as_str()}}, "required": ["feed"]},
        "then": {"not": stance(&[Stance::Denies, Stance::Continues, Stance::Ends])},
        "else": {"not": given("confidence")},
    }));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": PATH,
        "title": "Laporan Kentongan, versi 1",
        "description": "Satu laporan dari satu sumber. Paling besar 64 KiB. Bidang lain boleh ada dan disimpan apa adanya.",
        "type": "object",
        "required": ["report_id", "feed", "reported_at"],
        "anyOf": [given("district"), given("village")],
        "oneOf": [
            {"title": "kejadian", "allOf": STATEMENT.map(given), "not": {"anyOf": [other.clone(), denies.clone()]}},
            {"title": "sangkalan", "allOf": [given("kind"), given("occurred_at"), denies], "not": other},
            {"title": "nihil", "allOf": [given("nothing_happened")], "not": {"anyOf": [statement, any_given(&["verification", "retracts"])]}},
            {"title": "verifikasi (hanya kelas desk)", "allOf": [given("verification")], "not": {"anyOf": [statement, any_given(&["nothing_happened", "retracts"])]}},
            {"title": "penarikan", "allOf": [given("retracts")], "not": any_given(&["nothing_happened", "verification", "supersedes", "stance", "about", "confidence"])},
        ],
        "allOf": all,
        "properties": properties(taxonomy),
        "$defs": definitions(),
    })
}

/// The fields a statement must have.
const STATEMENT: [&str; 4] = ["kind", "category", "severity", "occurred_at"];

/// The fields that only a record that speaks of an incident may have.
const SPEAKING: [&str; 3] = ["stance", "about", "confidence"];

/// Holds where the stance is one of these.
fn stance(stances: &[Stance]) -> Value {
    json!({"required": ["stance"], "properties": {"stance": {"enum": words(stances, Stance::as_str)}}})
}

/// Holds where the field is there; a null field says nothing.
fn given(name: &str) -> Value {
    json!({"required": [name], "properties": {name: {"not": {"type": "null"}}}})
}

fn any_given(names: &[&str]) -> Value {
    json!({"anyOf": names.iter().map(|name| given(name)).collect::<Vec<Value>>()})
}

fn properties(taxonomy: &Taxonomy) -> Value {
    let codes: Vec<String> = taxonomy.entries().map(|entry| entry.code.to_string()).collect();
    let severity = "1 ringan sampai 5 sangat berat";
    let mut all = json!({
        "report_id": {"$ref": "#/$defs/id"},
        "feed": {"enum": words(FeedClass::ALL, FeedClass::as_str), "description": "kelas sumber laporan"},
        "reported_at": {"$ref": "#/$defs/time"},
    });
    let optional = json!({
        "district": {"type": "string", "pattern": "^[0-9]{2}\\.[0-9]{2}(\\.[0-9]{2})?$", "description": "kode Kemendagri kecamatan, atau kabupaten bila kecamatan tidak diketahui"},
        "village": {"type": "string", "pattern": "^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$", "description": "berawal dengan kode kecamatannya"},
        "kind": {"enum": words(Kind::ALL, Kind::as_str)},
        "category": {"enum": codes},
        "severity": {"type": "integer", "minimum": 1, "maximum": 5, "description": severity},
        "occurred_at": {"$ref": "#/$defs/time"},
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
        "displaced": {"type": "integer", "minimum": 0, "maximum": u32::MAX},
        "supersedes": {"$ref": "#/$defs/id"},
        "retracts": {"$ref": "#/$defs/id"},
        "stance": {"enum": words(Stance::ALL, Stance::as_str), "description": "affirms menyatakan terjadi (bila tidak diisi), denies menyangkal, continues masih berlangsung, ends sudah selesai; dengan korban meninggal atau luka dihitung juga sebagai kejadian"},
        "about": {
            "description": "laporan yang dibicarakan, dari kabupaten yang sama",
            "type": "object", "required": ["feed", "report_id", "district"],
            "properties": {
                "feed": {"type": "string", "minLength": 1, "description": "nama sumber laporan itu"},
                "report_id": {"$ref": "#/$defs/id"},
                "district": {"type": "string", "minLength": 1, "description": "kode kecamatan atau kabupaten laporan itu"},
            },
        },
        "confidence": {"enum": words(Confidence::ALL, Confidence::as_str), "description": "hanya untuk kelas sensor"},
        "nothing_happened": {
            "type": "object", "required": ["from", "to"],
            "properties": {"from": {"$ref": "#/$defs/time"}, "to": {"$ref": "#/$defs/time"}},
        },
        "verification": {
            "type": "object", "required": ["act", "reports"],
            "properties": {
                "act": {"enum": ["confirm", "reject", "merge", "split"]},
                "reports": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/reference"}},
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
        "reference": {
            "description": "laporan dan sumbernya; report_id saja hanya bila tepat satu laporan di kabupaten/kota itu bernomor demikian",
            "anyOf": [
                {"$ref": "#/$defs/id"},
                {
                    "type": "object", "required": ["feed", "report_id"],
                    "properties": {
                        "feed": {"type": "string", "minLength": 1, "description": "nama sumber laporan itu"},
                        "report_id": {"$ref": "#/$defs/id"},
                        "content": {"anyOf": [
                            {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "jejak isi laporan yang dibaca: XXH3-128 dari isinya, 32 angka heksadesimal huruf kecil; verifikasi hanya berlaku selama isinya tetap itu"},
                            {"type": "null"},
                        ]},
                    },
                },
            ],
        },
        "id": {
            "description": "ULID atau UUID", "type": "string",
            "pattern": "^([0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$",
        },
        "time": {
            "description": "RFC 3339 dengan zona, dari 1970 sampai 2099", "type": "string", "format": "date-time",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
        },
        "count": {"type": "integer", "minimum": 0, "maximum": u16::MAX},
    })
}

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|item| word(*item)).collect()
}

#[cfg(test)]
mod tests;
