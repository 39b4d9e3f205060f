//! Secrets: read from the environment or from a file, never printed.

use std::fmt;
use std::path::Path;

/// A password or signing key. Prints as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The secret itself, for the one place that uses it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Where a secret comes from; exactly one of the two is given.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub env: Option<&'a str>,
    pub file: Option<&'a Path>,
}

impl Source<'_> {
    /// Reads the secret through `env`, the caller's way to the environment. The error says what to set.
    pub fn read(self, env: &dyn Fn(&str) -> Option<String>) -> Result<Secret, String> {
        let text = match (self.env, self.file) {
            (Some(name), None) => {
                env(name).ok_or_else(|| format!("the environment variable '{name}' is not set"))?
            }
            (None, Some(path)) => std::fs::read_to_string(path)
                .map_err(|error| format!("reading the secret from '{}': {error}", path.display()))?,
            (Some(_), Some(_)) => {
                return Err(String::from("give the secret by environment or by file, not both"));
            }
            (None, None) => {
                return Err(String::from("no secret given: name an environment variable or a file"));
            }
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(String::from("the secret is empty"));
        }
        Ok(Secret::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed_and_says_what_is_missing() {
        let env = |name: &str| (name == "GIVEN").then(|| String::from("hush-hush\n"));
        let secret = Source { env: Some("GIVEN"), file: None }.read(&env).unwrap();
        assert_eq!((secret.expose(), format!("{secret:?}").as_str()), ("hush-hush", "***"));
        let missing = Source { env: Some("ABSENT"), file: None }.read(&env).unwrap_err();
        assert!(missing.contains("'ABSENT'"), "{missing}");
        assert!(Source { env: None, file: None }.read(&env).is_err());
        let both = Source { env: Some("GIVEN"), file: Some(Path::new("x")) };
        assert!(both.read(&env).is_err());
    }
}
