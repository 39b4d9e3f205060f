//! What organisations are called now, by the identifiers that reports are stamped with.

use crate::context::Context;
use crate::error::ViewError;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::author::StampedAuthor;
use std::collections::BTreeMap;
use store::FeedRow;

/// Names of organisations that are not called as their identifiers say.
#[derive(Clone, Debug, Default)]
pub struct OrganisationNames(BTreeMap<String, String>);

impl OrganisationNames {
    /// As the register has them now.
    #[boxed]
    pub async fn load(context: &Context) -> Result<OrganisationNames, ViewError> {
        Ok(OrganisationNames::of(&context.sources.store.feeds().await?))
    }

    /// As these feeds name them.
    pub fn of(feeds: &[FeedRow]) -> OrganisationNames {
        let renamed = feeds.iter().filter(|feed| !feed.organisation_name.is_empty());
        OrganisationNames(
            renamed.map(|feed| (feed.organisation.clone(), feed.organisation_name.clone())).collect(),
        )
    }

    /// What an organisation is called: its name, its identifier, or the feed that it is.
    pub fn name_of<'a>(&'a self, organisation: &'a str) -> &'a str {
        match self.0.get(organisation) {
            Some(name) => name,
            None => StampedAuthor::feed_of(organisation).unwrap_or(organisation),
        }
    }

    /// Whose word a feed gives, by name; `None` where that is its own, or called as the feed is.
    pub fn word_of_another<'a>(&'a self, feed: &str, organisation: &'a str) -> Option<&'a str> {
        Some(self.name_of(organisation)).filter(|whose| !whose.is_empty() && *whose != feed)
    }

    /// A feed and, where that is another, whose word it gives.
    pub fn in_whose_word(&self, lang: Lang, feed: &str, organisation: &str) -> String {
        match self.word_of_another(feed, organisation) {
            None => feed.to_owned(),
            Some(whose) => lang.fill("feeds.in_whose_word", &[("feed", &feed), ("whose", &whose)]),
        }
    }
}
