//! Names that no source may take: the desk's own feeds, `desk` where the desk speaks for itself and `desk-<class>` where it
//! passes on what a class reports, and the feed of the register's own records.

use crate::kind::FeedClass;
use crate::report::FeedId;
use crate::spelling;
use alloc::{format, string::String};
use xxhash_rust::const_xxh3::xxh3_64;

/// The feed under which the desk speaks for itself.
pub const DESK: FeedId = of("desk");

/// The feed of records that say what was registered, and of no report.
pub const REGISTRY: &str = "kentongan";

const DESK_FEEDS: [FeedId; FeedClass::COUNT] = [
    DESK,
    of("desk-village"),
    of("desk-community"),
    of("desk-police"),
    of("desk-military"),
    of("desk-company"),
    of("desk-agency"),
    of("desk-sensor"),
];

const fn of(name: &str) -> FeedId {
    FeedId(xxh3_64(name.as_bytes()) as u32)
}

/// The name of the desk's own feed for a class.
pub fn name(class: FeedClass) -> String {
    if class == FeedClass::Desk { class.as_str().into() } else { format!("desk-{class}") }
}

/// True for the desk's own feeds: they have no rhythm, so they are never missed.
pub fn is_desk_feed(feed: FeedId) -> bool {
    DESK_FEEDS.contains(&feed)
}

/// True for the names of the desk's own feeds.
pub fn is_name(name: &str) -> bool {
    name.starts_with("desk") && is_desk_feed(FeedId::of(name))
}

/// True for a name that no other feed may take, however it is spelled.
pub fn is_reserved(name: &str) -> bool {
    let plain = spelling::plain(name);
    plain.starts_with("desk-") || plain == REGISTRY || plain == "desk" && name != plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_has_one_feed_for_each_class() {
        assert_eq!(
            (name(FeedClass::Desk).as_str(), name(FeedClass::Village).as_str()),
            ("desk", "desk-village")
        );
        for class in FeedClass::ALL {
            let name = name(*class);
            assert!(is_desk_feed(FeedId::of(&name)) && is_name(&name), "{name}");
            assert!(is_reserved(&name) || *class == FeedClass::Desk, "{name}");
        }
        assert!(!is_desk_feed(FeedId::of("desk-lain")) && !is_desk_feed(FeedId::of("polsek")));
        assert!(["Desk", "Desk_Village", "KENTONGAN"].iter().all(|name| is_reserved(name)));
        assert!(is_reserved(REGISTRY) && !is_name(REGISTRY) && !is_name("desk-lain"));
    }
}
