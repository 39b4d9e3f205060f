//! Configuration: `config/default.toml` is the reference, files given with `--config` lie over it, the call over those.
//! Unknown keys are refused; each value knows where it came from, for `kentongan check`.

use crate::assets;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub service: ServiceConfig,
    pub log: LogConfig,
    pub kafka: intake::kafka::KafkaSettings,
    pub state: StateConfig,
    pub intake: IntakeConfig,
    pub worker: WorkerConfig,
    pub places: PlacesConfig,
    pub files: FilesConfig,
    pub desk: DeskConfig,
    pub notify: notify::settings::Settings,
    pub metrics: MetricsConfig,
    pub logging: LoggingConfig,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig {
    pub listen: String,
    pub public_url: String,
    pub data: PathBuf,
    pub roles: Vec<ServiceRole>,
}

/// What a process does; several processes of one binary may share the work.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum ServiceRole {
    Intake,
    Worker,
    Desk,
    Notify,
}

impl ServiceRole {
    const fn as_str(self) -> &'static str {
        match self {
            ServiceRole::Intake => "intake",
            ServiceRole::Worker => "worker",
            ServiceRole::Desk => "desk",
            ServiceRole::Notify => "notify",
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    pub max_bytes: u64,
    pub append_queue: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateConfig {
    pub url: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeConfig {
    pub max_request_bytes: usize,
    pub records_a_minute: u32,
    pub recent_ids: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerConfig {
    pub batch: usize,
    pub border_wait_seconds: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacesConfig {
    pub files: Vec<PathBuf>,
    pub regencies: Vec<String>,
    pub boundaries: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesConfig {
    pub taxonomy: PathBuf,
    pub policy: PathBuf,
    pub team: PathBuf,
    pub models: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskConfig {
    pub secure_cookies: bool,
    pub live_queue: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    pub token_file: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggingConfig {
    pub format: LogFormat,
    pub level: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// What the call itself sets, over all files.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub data: Option<PathBuf>,
    pub listen: Option<String>,
    pub roles: Vec<ServiceRole>,
}

impl Overrides {
    /// Lays what the call says over what the files say.
    fn lay(&self, values: &mut Table, origins: &mut BTreeMap<String, String>) {
        let text = |text: String| Value::String(text);
        let roles: Vec<Value> = self.roles.iter().map(|role| text(role.as_str().to_owned())).collect();
        let overrides = [
            ("data", self.data.as_ref().map(|data| text(data.display().to_string()))),
            ("listen", self.listen.clone().map(text)),
            ("roles", (!roles.is_empty()).then_some(Value::Array(roles))),
        ];
        let Some(Value::Table(service)) = values.get_mut("service") else { return };
        for (key, value) in overrides {
            let Some(value) = value else { continue };
            service.insert(key.to_owned(), value);
            origins.insert(format!("service.{key}"), format!("--{key}"));
        }
    }
}

/// The configuration and where each key's value came from.
pub struct LoadedConfig {
    pub config: Config,
    pub origins: BTreeMap<String, String>,
    pub values: Table,
}

pub fn load(files: &[PathBuf], overrides: &Overrides) -> Result<LoadedConfig> {
    let mut values: Table =
        toml::from_str(assets::DEFAULT).context("reading the compiled-in config/default.toml")?;
    let mut origins = BTreeMap::new();
    note(&values, "", "default", &mut origins);
    for path in files {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("reading the configuration '{}'", path.display()))?;
        let over: Table = toml::from_str(&text)
            .with_context(|| format!("reading the configuration '{}'", path.display()))?;
        note(&over, "", &path.display().to_string(), &mut origins);
        lay(&mut values, over, "")
            .with_context(|| format!("reading the configuration '{}'", path.display()))?;
    }
    overrides.lay(&mut values, &mut origins);
    let mut config: Config = Value::Table(values.clone()).try_into().context("reading the configuration")?;
    if config.service.public_url.is_empty() {
        config.service.public_url = format!("http://{}", config.service.listen);
    }
    config.check()?;
    Ok(LoadedConfig { config, origins, values })
}

impl Config {
    fn check(&self) -> Result<()> {
        if self.worker.batch == 0 || self.log.append_queue == 0 || self.desk.live_queue == 0 {
            bail!(
                "reading the configuration: worker.batch, log.append_queue and desk.live_queue must be at least 1"
            );
        }
        self.kafka.check().map_err(anyhow::Error::msg).context("reading the configuration, [kafka]")?;
        if self.kafka.is_on() && !self.state.url.starts_with("postgres") {
            bail!(
                "reading the configuration: kafka.brokers is set and state.url is no postgres:// URL; several workers \
                 cannot share a file"
            );
        }
        self.notify.check().map_err(anyhow::Error::msg).context("reading the configuration, [notify]")
    }

    /// What is allowed and most likely not meant; said at the start and by `check`.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let sends_mail = self.plays(ServiceRole::Notify) && given(&self.files.team).is_some();
        if sends_mail && only_here(&self.service.public_url) {
            remarks.push(format!(
                "service.public_url: the links in messages lead to {}, which nobody can open from another machine; \
                 set it to the address people use",
                self.service.public_url
            ));
        }
        remarks
    }

    pub fn state_url(&self) -> String {
        if self.state.url.is_empty() {
            self.service.data.join("state.sqlite").display().to_string()
        } else {
            self.state.url.clone()
        }
    }

    pub fn log_path(&self) -> String {
        self.service.data.join("log.sqlite").display().to_string()
    }

    pub fn plays(&self, role: ServiceRole) -> bool {
        self.service.roles.contains(&role)
    }
}

/// Whether an address leads to this machine from this machine only.
fn only_here(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

/// A path that may be left empty.
pub fn given(path: &Path) -> Option<&Path> {
    (!path.as_os_str().is_empty()).then_some(path)
}

/// The one section that takes keys the default does not have.
const OPEN: &str = "kafka.properties.";

/// Lays `over` onto `under`; a key that `under` does not have is refused with the nearest section's keys.
fn lay(under: &mut Table, over: Table, section: &str) -> Result<()> {
    for (key, value) in over {
        let known: Vec<String> = under.keys().cloned().collect();
        match (under.get_mut(&key), value) {
            // Whatever librdkafka knows; it refuses what it does not.
            (None, value @ Value::String(_)) if section == OPEN => drop(under.insert(key, value)),
            (None, _) => bail!("unknown key '{section}{key}'; known here: {}", known.join(", ")),
            (Some(Value::Table(inner)), Value::Table(value)) => {
                lay(inner, value, &format!("{section}{key}."))?
            }
            (Some(old), value) if old.same_type(&value) => *old = value,
            (Some(old), value) => {
                bail!("'{section}{key}' is {}, not {}", a(old.type_str()), a(value.type_str()))
            }
        }
    }
    Ok(())
}

/// A word with its article.
fn a(word: &str) -> String {
    let an = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if an { "an" } else { "a" })
}

/// The value of a key as `note` writes it; the names of properties have dots of their own.
pub fn value<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    if let Some(name) = key.strip_prefix(OPEN) {
        return table.get("kafka")?.get("properties")?.get(name);
    }
    let mut parts = key.split('.');
    let first = table.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

fn note(table: &Table, section: &str, origin: &str, origins: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => note(inner, &format!("{section}{key}."), origin, origins),
            _ => drop(origins.insert(format!("{section}{key}"), origin.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn with(text: &str) -> Result<LoadedConfig> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        load(&[file.path().to_path_buf()], &Overrides::default())
    }

    #[test]
    fn the_default_file_is_whole_and_every_key_is_used() {
        let loaded = load(&[], &Overrides::default()).unwrap();
        assert!(loaded.origins.values().all(|origin| origin == "default"));
    }

    #[test]
    fn a_wrong_key_or_type_says_which_and_what_is_known() {
        let error = with("[service]\nlisen = \"x\"").err().unwrap();
        let text = format!("{error:#}");
        assert!(text.contains("unknown key 'service.lisen'") && text.contains("listen"), "{text}");
        let text = format!("{:#}", with("[worker]\nbatch = \"many\"").err().unwrap());
        assert!(text.contains("'worker.batch' is an integer, not a string"), "{text}");
        assert!(with("[worker]\nbatch = 0").is_err());
    }

    #[test]
    fn the_file_lies_over_the_default_and_the_call_over_the_file() {
        let loaded = with("[worker]\nbatch = 7").unwrap();
        assert_eq!(loaded.config.worker.batch, 7);
        assert_ne!(loaded.origins["worker.batch"], "default");
        let overrides = Overrides {
            listen: Some("127.0.0.1:1".into()),
            data: Some("/x".into()),
            roles: vec![ServiceRole::Desk, ServiceRole::Notify],
        };
        let loaded = load(&[], &overrides).unwrap();
        assert_eq!(loaded.config.service.public_url, "http://127.0.0.1:1");
        assert_eq!(loaded.config.service.roles, [ServiceRole::Desk, ServiceRole::Notify]);
        let shown = |key: &str| value(&loaded.values, key).unwrap().to_string();
        assert_eq!(
            (shown("service.data"), loaded.origins["service.data"].as_str()),
            ("\"/x\"".into(), "--data")
        );
    }

    #[test]
    fn links_that_lead_nowhere_are_remarked_where_somebody_is_told() {
        let remarks = |text: &str| with(text).unwrap().config.remarks();
        assert!(remarks("").is_empty(), "nobody is sends_mail");
        let team = "[files]\nteam = \"team.toml\"\n";
        let overrides = remarks(team);
        assert!(overrides.len() == 1 && overrides[0].contains("http://127.0.0.1:8080"), "{overrides:?}");
        let url = |url: &str| remarks(&format!("{team}[service]\npublic_url = \"{url}\""));
        assert!(url("https://kentongan.muratara.example").is_empty());
        for here in ["http://localhost:8080", "http://0.0.0.0:80/x", "http://[::1]:8080", "https://127.0.0.9"]
        {
            assert_eq!(url(here).len(), 1, "{here}");
        }
        assert!(remarks(&format!("{team}[service]\nroles = [\"desk\"]")).is_empty());
    }
}
