//! Where the codes of a boundary file stand. Every maker calls the property otherwise (`kode`, `KDCPUM`, `ADM3_PCODE`),
//! so it is known by what it holds.

use crate::code_list::kemendagri_code;
use serde_json::Value;
use std::collections::BTreeMap;

/// Names that have always been read, in the order in which one stands in for another.
const PLAIN: [&str; 3] = ["kode", "code", "id"];
/// The member of a feature beside its properties.
const FEATURE_ID: &str = "";
/// Properties a message names.
const NAMED: usize = 12;

/// The properties of one file that hold codes, the most telling first.
pub struct CodeProperties {
    names: Vec<String>,
    /// All properties of the file, for the message that none holds a code.
    all: Vec<String>,
    /// A property whose values look like codes of BPS.
    bps: Option<String>,
}

/// What the values of a property look like.
#[derive(Default)]
struct Look {
    codes: usize,
    dotted: usize,
    deepest: usize,
    bps: usize,
}

impl CodeProperties {
    pub fn of(features: &[Value]) -> CodeProperties {
        let mut looks: BTreeMap<&str, Look> = BTreeMap::new();
        for feature in features {
            for (name, value) in values(feature) {
                looks.entry(name).or_default().add(value);
            }
        }
        let all = looks.keys().filter(|name| **name != FEATURE_ID).map(|name| (*name).to_owned()).collect();
        let bps = looks.iter().find(|(_, look)| look.bps > 0 && look.codes == 0);
        let bps = bps.map(|(name, _)| (*name).to_owned());
        let most = looks.values().map(|look| look.codes).max().unwrap_or(0);
        let mut telling: Vec<(&str, Look)> = looks
            .into_iter()
            .filter(|(name, look)| look.codes > 0 && look.codes * 2 >= most && look.is_eligible(name))
            .collect();
        // A kecamatan's feature also names its regency: the deeper code is its own.
        telling.sort_by_key(|(name, look)| {
            let by_depth = (look.deepest, look.dotted > 0, look.codes);
            (std::cmp::Reverse(by_depth), plain_rank(name), *name)
        });
        let first = telling.first().map(|(name, _)| (*name).to_owned());
        // Only the plain names stand in for each other: KDPKAB of a kecamatan without KDCPUM is its regency's code.
        let others = PLAIN.iter().copied().chain([FEATURE_ID]).map(str::to_owned);
        let mut names: Vec<String> = first.into_iter().collect();
        if names.first().is_none_or(|name| plain_rank(name) < PLAIN.len() + 1) {
            names.extend(others);
        }
        CodeProperties { names, all, bps }
    }

    /// The code of a feature, with dots.
    pub fn code(&self, feature: &Value) -> Option<String> {
        self.names.iter().find_map(|wanted| {
            values(feature)
                .filter(|(name, _)| same(name, wanted))
                .find_map(|(_, value)| read(value).map(|(code, _)| code))
        })
    }

    /// What the file has in the place of codes, for a person.
    pub fn lacking(&self) -> String {
        match &self.bps {
            Some(name) => {
                format!("; `{name}` looks like codes of BPS, which are others: see config/crosswalk.csv")
            }
            None if self.all.is_empty() => "; its features have no properties".to_owned(),
            None => format!("; its properties are {}", crate::abridge::first_and_more(&self.all, NAMED)),
        }
    }
}

impl Look {
    fn add(&mut self, value: &Value) {
        let Some((code, is_dotted)) = read(value) else {
            self.bps += usize::from(is_bps(value));
            return;
        };
        self.codes += 1;
        self.dotted += usize::from(is_dotted);
        self.deepest = self.deepest.max(code.len());
    }

    /// Bare digits may be people or hectares: they are codes only where the name says so. BPS has codes of the same
    /// look for other places.
    fn is_eligible(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let is_named = plain_rank(name) <= PLAIN.len()
            || ["kode", "code", "pum", "kemendagri"].iter().any(|word| lower.contains(word))
            || lower.starts_with("kd")
            || lower.starts_with("id_");
        !lower.contains("bps") && (is_named || self.dotted == self.codes)
    }
}

/// Position among the plain names; the feature's own id behind them.
fn plain_rank(name: &str) -> usize {
    let plain = PLAIN.iter().position(|plain| same(name, plain));
    plain.unwrap_or(if name == FEATURE_ID { PLAIN.len() } else { PLAIN.len() + 1 })
}

fn same(name: &str, wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted)
}

fn values(feature: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let properties = feature["properties"].as_object().into_iter().flatten();
    let id = feature.get("id").map(|id| (FEATURE_ID, id));
    properties.map(|(name, value)| (name.as_str(), value)).chain(id)
}

/// A value as a code, and whether it was written with dots. OCHA writes `ID` before its place codes.
fn read(value: &Value) -> Option<(String, bool)> {
    let text = text(value)?;
    let text = text.strip_prefix("ID").unwrap_or(&text);
    let code = kemendagri_code(text)?;
    Some((code, value.is_string() && text.contains('.')))
}

/// Seven digits are a kecamatan in BPS's list.
fn is_bps(value: &Value) -> bool {
    let Some(text) = text(value) else { return false };
    let digits = text.strip_prefix("ID").unwrap_or(&text);
    digits.len() == 7 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        // A whole number, also as 169901.0; of one with a fraction, zeros at its end are lost.
        Value::Number(number) => {
            let whole =
                number.as_f64().filter(|value| value.fract() == 0.0 && (0.0..1e15).contains(value))?;
            Some(format!("{whole:.0}"))
        }
        _ => None,
    }
}
