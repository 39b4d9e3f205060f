//! Rows of the database as structs with named columns: one file for each table or handful of tables that belong
//! together, written and read by its row type.

pub(crate) mod alerts;
pub(crate) mod assessments;
pub(crate) mod borders;
pub(crate) mod cell_memory;
pub(crate) mod condition_levels;
pub(crate) mod conditions;
pub(crate) mod counters;
pub(crate) mod daily_counts;
pub(crate) mod dead_letters;
pub(crate) mod deliveries;
pub(crate) mod feed_activity;
pub(crate) mod feeds;
pub(crate) mod hindcasts;
pub(crate) mod identities;
pub(crate) mod imports;
pub(crate) mod incidents;
pub(crate) mod jobs;
pub(crate) mod ledger;
pub(crate) mod message_words;
pub(crate) mod organisation_names;
pub(crate) mod outbox;
pub(crate) mod progress;
pub(crate) mod pulls;
pub(crate) mod reports;
pub(crate) mod request_lapses;
pub(crate) mod samples;
pub(crate) mod second_links;
pub(crate) mod snapshots;
pub(crate) mod table_uploads;
pub(crate) mod topic_offsets;
pub(crate) mod users;
pub(crate) mod withheld;
