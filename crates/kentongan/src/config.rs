//! Configuration: `config/default.toml` is the reference, files given with `--config` lie over it, the call over those.
//! Unknown keys are refused; each value knows where it came from, for `kentongan check`.

use crate::assets;
use anyhow::{Context, Result, bail};
use formats::setting_layers::SettingLayers;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Value;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub service: ServiceConfig,
    pub entrance: intake::entrance::EntranceSettings,
    pub log: LogConfig,
    pub kafka: intake::kafka::KafkaSettings,
    pub state: StateConfig,
    pub intake: IntakeConfig,
    pub pull: intake::pull::PullsSettings,
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
    pub bytes_a_minute: u32,
    pub breaker_records: usize,
    pub breaker_percent: usize,
    pub breaker_pause_seconds: u64,
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
    pub streams_per_account: usize,
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

impl IntakeConfig {
    pub fn breaker(&self) -> intake::BreakerLimits {
        intake::BreakerLimits {
            records: self.breaker_records,
            percent: self.breaker_percent,
            pause: Duration::from_secs(self.breaker_pause_seconds),
        }
    }
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
    fn lay(&self, layers: &mut SettingLayers) {
        let text = |text: &str| Value::String(text.to_owned());
        let roles: Vec<Value> = self.roles.iter().map(|role| text(role.as_str())).collect();
        let overrides = [
            ("data", self.data.as_ref().map(|data| text(&data.display().to_string()))),
            ("listen", self.listen.as_deref().map(text)),
            ("roles", (!roles.is_empty()).then_some(Value::Array(roles))),
        ];
        for (key, value) in overrides {
            let Some(value) = value else { continue };
            layers.set("service", key, value, format!("--{key}"));
        }
    }
}

/// The configuration, and its layers with where each key's value came from.
pub struct LoadedConfig {
    pub config: Config,
    pub layers: SettingLayers,
}

/// Whatever librdkafka knows may be set here; it refuses what it does not.
const OPEN_SECTION: &str = "kafka.properties.";

pub fn load(files: &[PathBuf], overrides: &Overrides) -> Result<LoadedConfig> {
    let mut layers = SettingLayers::new(assets::DEFAULT, OPEN_SECTION)
        .context("reading the compiled-in config/default.toml")?;
    for path in files {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(anyhow::Error::new);
        let laid = text.and_then(|text| Ok(layers.lay(&text, &name)?));
        laid.with_context(|| format!("reading the configuration '{name}'"))?;
    }
    overrides.lay(&mut layers);
    let mut config: Config = layers.value().try_into().context("reading the configuration")?;
    if config.service.public_url.is_empty() {
        config.service.public_url = format!("http://{}", config.service.listen);
    }
    config.check()?;
    Ok(LoadedConfig { config, layers })
}

impl Config {
    fn check(&self) -> Result<()> {
        let positive =
            [self.worker.batch, self.log.append_queue, self.desk.live_queue, self.desk.streams_per_account];
        if positive.contains(&0) {
            bail!(
                "reading the configuration: worker.batch, log.append_queue, desk.live_queue and \
                 desk.streams_per_account must be at least 1"
            );
        }
        self.entrance.check().map_err(anyhow::Error::msg).context("reading the configuration, [entrance]")?;
        self.pull.check().map_err(anyhow::Error::msg).context("reading the configuration, [pull]")?;
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
        let sends = self.plays(ServiceRole::Notify) && given(&self.files.team).is_some();
        let remark = sends.then(|| notify::message::link_warning(&self.service.public_url)).flatten();
        remark.map(|words| format!("service.public_url: {words}")).into_iter().collect()
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

    /// The file of the token of `/metrics`: the one that is named, or our own in the data folder.
    pub fn metrics_token_path(&self) -> PathBuf {
        given(&self.metrics.token_file)
            .map_or_else(|| self.service.data.join("metrics.token"), Path::to_path_buf)
    }

    pub fn plays(&self, role: ServiceRole) -> bool {
        self.service.roles.contains(&role)
    }
}

/// A path that may be left empty.
pub fn given(path: &Path) -> Option<&Path> {
    (!path.as_os_str().is_empty()).then_some(path)
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
        assert!(loaded.layers.printed().all(|(.., origin)| origin == "default"));
    }

    #[test]
    fn a_wrong_key_says_which_file_and_what_is_known() {
        let text = format!("{:#}", with("[service]\nlisen = \"x\"").err().unwrap());
        assert!(text.starts_with("reading the configuration '"), "{text}");
        assert!(text.contains("unknown key 'service.lisen'") && text.contains("listen"), "{text}");
        assert!(with("[worker]\nbatch = 0").is_err());
    }

    #[test]
    fn the_call_lies_over_the_file() {
        assert_eq!(with("[worker]\nbatch = 7").unwrap().config.worker.batch, 7);
        let overrides = Overrides {
            listen: Some("127.0.0.1:1".into()),
            data: Some("/x".into()),
            roles: vec![ServiceRole::Desk, ServiceRole::Notify],
        };
        let loaded = load(&[], &overrides).unwrap();
        assert_eq!(loaded.config.service.public_url, "http://127.0.0.1:1");
        assert_eq!(loaded.config.service.roles, [ServiceRole::Desk, ServiceRole::Notify]);
        assert!(loaded.layers.printed().any(|line| line == ("service.data", "\"/x\"".into(), "--data")));
    }

    #[test]
    fn links_that_lead_nowhere_are_remarked_where_somebody_is_notified() {
        let remarks = |text: &str| with(text).unwrap().config.remarks();
        assert!(remarks("").is_empty(), "nobody is notified");
        let team = "[files]\nteam = \"team.toml\"\n";
        let local = remarks(team);
        assert!(local.len() == 1 && local[0].contains("http://127.0.0.1:8080"), "{local:?}");
        assert!(remarks(&format!("{team}[service]\nroles = [\"desk\"]")).is_empty());
    }
}
