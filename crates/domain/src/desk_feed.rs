//! The desk's own feeds: `desk` where the desk speaks for itself, `desk-<class>` where it passes on what a class said.

use crate::kind::FeedClass;
use crate::report::FeedId;
use alloc::{format, string::String};

/// The name of the desk's own feed for a class.
pub fn name(class: FeedClass) -> String {
    if class == FeedClass::Desk { class.as_str().into() } else { format!("desk-{class}") }
}

/// True for the desk's own feeds: they have no rhythm, so they are never missed.
pub fn is_desk_feed(feed: FeedId) -> bool {
    FeedClass::ALL.iter().any(|class| FeedId::of(&name(*class)) == feed)
}

/// True for a name that no other feed may take.
pub fn is_reserved(name: &str) -> bool {
    name.starts_with("desk-")
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
            assert!(is_desk_feed(FeedId::of(&name)), "{name}");
            assert!(is_reserved(&name) || *class == FeedClass::Desk, "{name}");
        }
        assert!(!is_desk_feed(FeedId::of("desk-lain")) && !is_desk_feed(FeedId::of("polsek")));
    }
}
