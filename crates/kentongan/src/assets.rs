//! What is compiled in, so that the program runs from a bare data folder.

pub const DEFAULT: &str = include_str!("../../../config/default.toml");
pub const POLICY: &str = include_str!("../../../config/policy.toml");
pub const TAXONOMY: &str = include_str!("../../../config/taxonomy.toml");
pub const CROSSWALK: &str = include_str!("../../../config/crosswalk.csv");

/// An example of a roster; the demonstration's team.
pub const TEAM: &str = include_str!("../../../config/team.toml");

/// The regencies of the seeds: file name and text.
pub const DISTRICTS: [(&str, &str); 4] = [
    ("16.13.csv", include_str!("../../../config/districts/16.13.csv")),
    ("35.08.csv", include_str!("../../../config/districts/35.08.csv")),
    ("61.02.csv", include_str!("../../../config/districts/61.02.csv")),
    ("63.72.csv", include_str!("../../../config/districts/63.72.csv")),
];

/// The demo's scenario: invented, and marked so wherever it is shown.
pub const SCENARIO: &str = include_str!("../scenario/muratara.ndjson");
pub const SCENARIO_FEEDS: &str = include_str!("../scenario/feeds.csv");
