//! Records of the register: what a source is registered as from then on. They stand in the log beside the reports, which
//! carry what their source was when they came; so nobody has to ask the register of today about the past.

use domain::kind::FeedClass;
use domain::place::Areas;
use domain::report::FeedId;
use domain::silence::{ExpectedFeed, Voice};
use serde_json::{Value, json};

/// A source as it is registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegisteredFeed {
    pub feed: String,
    pub class: FeedClass,
    /// What it may speak for.
    pub areas: Areas,
    /// The identifier of the organisation whose word it gives; empty where it is its own.
    pub organisation: String,
    /// What that organisation is called; empty where its identifier says it.
    pub organisation_name: String,
    /// True where it speaks for a party to the disputes of its place.
    pub party: bool,
    /// False where it is let in no more.
    pub enabled: bool,
}

impl RegisteredFeed {
    /// The record's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let RegisteredFeed { feed, class, areas, organisation, organisation_name, party, enabled } = self;
        let record = json!({ "registry": {
            "feed": feed, "class": class.as_str(), "areas": areas.to_string(), "organisation": organisation,
            "organisation_name": organisation_name, "party": party, "enabled": enabled,
        } });
        record.to_string().into_bytes()
    }

    /// What is expected of it from now on.
    pub fn expected(&self) -> ExpectedFeed {
        let RegisteredFeed { feed, class, areas, party, enabled, .. } = self;
        let voice = Voice { class: *class, party: *party };
        ExpectedFeed { feed: FeedId::of(feed), voice, areas: areas.clone(), enabled: *enabled }
    }

    /// What a record says; `None` where it is none of the register.
    pub fn parse(bytes: &[u8]) -> Option<RegisteredFeed> {
        let record: Value = serde_json::from_slice(bytes).ok()?;
        let text = |name: &str| record["registry"][name].as_str();
        let flag = |name: &str| record["registry"][name].as_bool();
        Some(RegisteredFeed {
            feed: text("feed")?.to_owned(),
            class: FeedClass::parse(text("class")?)?,
            areas: Areas::parse_kept(text("areas")?),
            organisation: text("organisation")?.to_owned(),
            organisation_name: text("organisation_name").unwrap_or_default().to_owned(),
            party: flag("party")?,
            enabled: flag("enabled")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registered_source_is_read_back_as_it_was_written() {
        let feed = RegisteredFeed {
            feed: "desa-muara".into(),
            class: FeedClass::Village,
            areas: Areas::parse("16.13.04.2003").unwrap(),
            organisation: "pemdes-muara".into(),
            organisation_name: "pemdes-muara-baru".into(),
            party: true,
            enabled: false,
        };
        assert_eq!(RegisteredFeed::parse(&feed.to_bytes()), Some(feed.clone()));
        let everywhere = RegisteredFeed { areas: Areas::everywhere(), ..feed };
        assert_eq!(RegisteredFeed::parse(&everywhere.to_bytes()), Some(everywhere));
        for other in ["", "{}", r#"{"registry":{"feed":"x","class":"nobody"}}"#, r#"{"report_id":"1"}"#] {
            assert_eq!(RegisteredFeed::parse(other.as_bytes()), None, "{other}");
        }
    }
}
