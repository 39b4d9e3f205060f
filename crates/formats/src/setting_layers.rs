//! Settings in layers of TOML: a reference that names every key, files over it, single values over those. Unknown keys
//! and other types are refused; each value knows where it came from.

use std::collections::BTreeMap;
use toml::{Table, Value};

/// Why a layer cannot lie over the ones before.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    #[error("unknown key '{key}'; known here: {}", known.join(", "))]
    Unknown { key: String, known: Vec<String> },
    #[error("'{key}' is {}, not {}", a(.is), a(.given))]
    Type { key: String, is: &'static str, given: &'static str },
}

/// Settings with the origin of each; keys are written with dots, `worker.batch`.
pub struct SettingLayers {
    values: Table,
    origins: BTreeMap<String, String>,
    /// The one section that takes keys the reference does not have, with its dot.
    open_section: &'static str,
}

impl SettingLayers {
    /// `reference` names every key with its default; in `open_section` (with a dot at its end) any text may be set.
    ///
    /// # Errors
    /// Where the reference is no TOML.
    pub fn new(reference: &str, open_section: &'static str) -> Result<SettingLayers, SettingError> {
        let values: Table = toml::from_str(reference)?;
        let mut origins = BTreeMap::new();
        note(&values, "", "default", &mut origins);
        Ok(SettingLayers { values, origins, open_section })
    }

    /// Lays a file's text over what is there.
    ///
    /// # Errors
    /// Where the text is no TOML, names a key that is not known, or gives a value of another type.
    pub fn lay(&mut self, text: &str, origin: &str) -> Result<(), SettingError> {
        let over: Table = toml::from_str(text)?;
        note(&over, "", origin, &mut self.origins);
        lay(&mut self.values, over, ("", self.open_section))
    }

    /// Sets one value of a section that the reference has.
    pub fn set(&mut self, section: &str, key: &str, value: impl Into<Value>, origin: String) {
        let Some(Value::Table(table)) = self.values.get_mut(section) else { return };
        table.insert(key.to_owned(), value.into());
        self.origins.insert(format!("{section}.{key}"), origin);
    }

    /// All settings as one value.
    pub fn value(&self) -> Value {
        Value::Table(self.values.clone())
    }

    /// Each key with its value as it may be printed, and its origin.
    pub fn printed(&self) -> impl Iterator<Item = (&str, String, &str)> {
        self.origins.iter().map(|(key, origin)| {
            let value = self.get(key).map(ToString::to_string).unwrap_or_default();
            (key.as_str(), without_secret(key, value), origin.as_str())
        })
    }

    /// The names in the open section have dots of their own.
    fn get(&self, key: &str) -> Option<&Value> {
        let (section, name) = match key.strip_prefix(self.open_section) {
            Some(name) => (self.open_section.trim_end_matches('.'), name),
            None => key.rsplit_once('.').unwrap_or(("", key)),
        };
        let mut table = &self.values;
        for part in section.split('.').filter(|part| !part.is_empty()) {
            table = table.get(part)?.as_table()?;
        }
        table.get(name)
    }
}

/// Lays `over` onto `under`; a key that `under` does not have is refused with the nearest section's keys.
fn lay(under: &mut Table, over: Table, (section, open): (&str, &str)) -> Result<(), SettingError> {
    for (key, value) in over {
        let known: Vec<String> = under.keys().cloned().collect();
        let name = format!("{section}{key}");
        match (under.get_mut(&key), value) {
            (None, value @ Value::String(_)) if section == open => drop(under.insert(key, value)),
            (None, _) => return Err(SettingError::Unknown { key: name, known }),
            (Some(Value::Table(inner)), Value::Table(value)) => {
                lay(inner, value, (&format!("{name}."), open))?;
            }
            (Some(old), value) if old.same_type(&value) => *old = value,
            (Some(old), value) => {
                return Err(SettingError::Type { key: name, is: old.type_str(), given: value.type_str() });
            }
        }
    }
    Ok(())
}

fn note(table: &Table, section: &str, origin: &str, origins: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => note(inner, &format!("{section}{key}."), origin, origins),
            _ => drop(origins.insert(format!("{section}{key}"), origin.to_owned())),
        }
    }
}

/// A word with its article.
fn a(word: &str) -> String {
    let an = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if an { "an" } else { "a" })
}

/// A value without password and key.
fn without_secret(key: &str, value: String) -> String {
    let secret =
        ["password", "secret", "key.pem", "oauthbearer.config"].iter().any(|word| key.contains(word));
    if secret && !key.ends_with("_file") && value.len() > 2 {
        return "***".to_owned();
    }
    match (value.find("://"), value.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => match value[scheme + 3..at].find(':') {
            Some(colon) => format!("{}***{}", &value[..scheme + 4 + colon], &value[at..]),
            None => value,
        },
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = "[worker]\nbatch = 5\n[kafka]\nbrokers = \"\"\n[kafka.properties]\n";

    fn layers() -> SettingLayers {
        SettingLayers::new(REFERENCE, "kafka.properties.").unwrap()
    }

    fn printed(layers: &SettingLayers, key: &str) -> (String, String) {
        let found = layers.printed().find(|(own, ..)| *own == key).unwrap();
        (found.1, found.2.to_owned())
    }

    #[test]
    fn a_wrong_key_or_type_is_named_with_what_is_known() {
        let refused = layers().lay("[worker]\nbatsh = 1", "x.toml").unwrap_err();
        assert_eq!(refused.to_string(), "unknown key 'worker.batsh'; known here: batch");
        let refused = layers().lay("[worker]\nbatch = \"many\"", "x.toml").unwrap_err();
        assert_eq!(refused.to_string(), "'worker.batch' is an integer, not a string");
    }

    #[test]
    fn the_last_layer_holds_and_is_named() {
        let mut layers = layers();
        assert_eq!(printed(&layers, "worker.batch"), ("5".into(), "default".into()));
        layers.lay("[worker]\nbatch = 6", "x.toml").unwrap();
        assert_eq!(printed(&layers, "worker.batch"), ("6".into(), "x.toml".into()));
        layers.set("worker", "batch", 7, "--batch".into());
        assert_eq!(printed(&layers, "worker.batch"), ("7".into(), "--batch".into()));
    }

    #[test]
    fn the_open_section_takes_names_with_dots() {
        let mut layers = layers();
        layers.lay("[kafka.properties]\n\"sasl.username\" = \"k\"", "x.toml").unwrap();
        assert_eq!(printed(&layers, "kafka.properties.sasl.username").0, "\"k\"");
        assert!(layers.lay("[kafka.properties]\n\"sasl.username\" = 1", "x.toml").is_err());
    }

    #[test]
    fn no_secret_is_printed() {
        let url = "\"postgres://kentongan:geheim@db/kentongan\"".to_owned();
        assert_eq!(without_secret("state.url", url), "\"postgres://kentongan:***@db/kentongan\"");
        assert_eq!(without_secret("kafka.properties.sasl.password", "\"geheim\"".into()), "***");
        assert_eq!(without_secret("kafka.password_file", "\"/run/x\"".into()), "\"/run/x\"");
        assert_eq!(without_secret("service.public_url", "\"https://a.b/c\"".into()), "\"https://a.b/c\"");
    }
}
