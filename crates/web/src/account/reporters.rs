//! Reporters from a list: each row an account that reports for a feed, which is registered where it is not yet.

use super::AccountError;
use super::registry::{self, NewAccount, check_reported_for};
use domain::kind::FeedClass;
use domain::place::{Areas, Places};
use domain::time::Time;
use formats::named_area::named_area;
use formats::reporter_list::ListedReporter;
use intake::LogWriter;
use intake::feed_registry::{self, NewFeed, configured_areas, is_name};
use std::collections::{BTreeMap, BTreeSet};
use store::{Role, Store};

/// The rows of one list, one after the other: a name, or a feed, that comes twice is known the second time.
pub struct ReporterList<'a> {
    store: &'a Store,
    places: &'a Places,
    /// `None` where nothing is to be added.
    writer: Option<&'a LogWriter>,
    now: Time,
    names: BTreeSet<String>,
    feeds: BTreeMap<String, (FeedClass, Areas)>,
    /// What organisations are and were called.
    organisations: Vec<String>,
    /// Where those who are added may report from.
    within: Areas,
    /// Whose new feeds are not registered here.
    of_operator: &'static [FeedClass],
}

/// Who sends a list on a page reads all its passwords, and could speak as two sources. One who is no party to a dispute carries an
/// awas beside any other, so that new feeds of police and military are the operator's to register, by command.
const OF_OPERATOR: &[FeedClass] = &[FeedClass::Police, FeedClass::Military];

/// What became, or would become, of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedAccount {
    pub class: FeedClass,
    pub areas: Areas,
    pub feed_is_new: bool,
    /// `None` where nothing was added.
    pub password: Option<String>,
}

impl<'a> ReporterList<'a> {
    /// # Errors
    /// Where the store cannot be read.
    pub async fn open(
        store: &'a Store,
        places: &'a Places,
        writer: Option<&'a LogWriter>,
        now: Time,
    ) -> Result<ReporterList<'a>, AccountError> {
        let names = store.users().await?.into_iter().map(|user| user.name).collect();
        let feeds =
            store.feeds().await?.into_iter().map(|feed| (feed.name, (feed.class, feed.areas))).collect();
        let organisations = store.organisation_names().await?.into_iter().map(|(name, _)| name).collect();
        let within = Areas::everywhere();
        Ok(ReporterList { store, places, writer, now, names, feeds, organisations, within, of_operator: &[] })
    }

    /// The same for an administrator on a page, who gives accounts for these places only.
    pub fn on_page(self, areas: &Areas) -> ReporterList<'a> {
        ReporterList { within: areas.clone(), of_operator: OF_OPERATOR, ..self }
    }

    /// Adds what a row names, or says what would become of it.
    ///
    /// # Errors
    /// What is wrong with the row, which adds nothing then; or that the store or the log failed.
    pub async fn add(&mut self, row: &ListedReporter) -> Result<ListedAccount, AccountError> {
        if !is_name(&row.name) {
            return Err(AccountError::Name(row.name.clone()));
        }
        if self.names.contains(&row.name) {
            return Err(AccountError::Exists(row.name.clone()));
        }
        registry::refuse_twin(&row.name, self.names.iter().map(String::as_str))?;
        let (class, areas, feed_is_new) = self.feed(row)?;
        let mut password = None;
        if let Some(writer) = self.writer {
            if feed_is_new {
                let new = NewFeed {
                    name: row.feed.clone(),
                    class,
                    areas: areas.clone(),
                    organisation: String::new(),
                    party: false,
                    since: self.now,
                };
                // Its token is nobody's: `kentongan feed rotate` makes one where a program is to report too.
                feed_registry::add(writer, new).await?;
            }
            let (name, feed) = (row.name.as_str(), row.feed.as_str());
            let new = NewAccount { name, role: Role::Reporter, areas: areas.clone(), person: "", feed };
            password = Some(registry::add(self.store, new, None).await?);
        }
        self.names.insert(row.name.clone());
        self.feeds.insert(row.feed.clone(), (class, areas.clone()));
        Ok(ListedAccount { class, areas, feed_is_new, password })
    }

    /// Class and places of a row's feed, and whether it is new.
    fn feed(&self, row: &ListedReporter) -> Result<(FeedClass, Areas, bool), AccountError> {
        // Nothing of what is registered for places of others is revealed, neither its class nor its place.
        if self.feeds.get(&row.feed).is_some_and(|(_, places)| !self.within.hold(places)) {
            return Err(AccountError::FeedElsewhere(row.feed.clone()));
        }
        let class = match row.class.as_str() {
            "" => None,
            word => Some(FeedClass::parse(word).ok_or_else(|| AccountError::Class(word.to_owned()))?),
        };
        let areas = match row.place.as_str() {
            "" => None,
            words if words.starts_with(char::is_alphabetic) => Some(named_area(words, self.places)?),
            codes => Some(configured_areas(codes, self.places)?),
        };
        let (class, areas, is_new) = match (self.feeds.get(&row.feed), class, areas) {
            (Some((own, places)), class, areas) => {
                let same =
                    class.is_none_or(|class| class == *own) && areas.is_none_or(|areas| areas == *places);
                if !same {
                    return Err(AccountError::FeedDiffers(row.feed.clone()));
                }
                (*own, places.clone(), false)
            }
            (None, Some(class), Some(areas)) => (class, areas, true),
            (None, ..) => return Err(AccountError::FeedUnknown(row.feed.clone())),
        };
        if !self.within.hold(&areas) {
            return Err(AccountError::FeedElsewhere(row.feed.clone()));
        }
        check_reported_for(&row.feed, class, &areas)?;
        if is_new && self.of_operator.contains(&class) {
            return Err(AccountError::FeedOfOperator(row.feed.clone()));
        }
        if is_new && !feed_registry::may_be_called(&row.feed) {
            return Err(AccountError::Name(row.feed.clone()));
        }
        if is_new {
            let organisations = self.organisations.iter().chain(self.feeds.keys());
            registry::refuse_twin(&row.feed, organisations.map(String::as_str))?;
        }
        Ok((class, areas, is_new))
    }
}
