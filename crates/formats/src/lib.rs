//! Bytes become reports, and files become tables the other crates work with. Pure: no clock, no network, no async.
//!
//! `decode` turns one record into a report or a refusal; `envelope` takes a request's body apart into records;
//! `archive` reads files of records; `chat` proposes reports from a pasted chat; `spreadsheet` makes reports of the rows of
//! a table; `scenario` reads what the demonstration plays;
//! `pulled` makes signals of what agencies publish;
//! `setting_layers` lays settings over their reference; `places` and `taxonomy` read the configuration's lists;
//! `open_quote` finds a quotation mark that nobody closed; `written_date` reads dates as people write them; `record_stamp` is the header of a record in Kafka's log; `abridge` shortens lists for messages.

pub mod abridge;
pub mod archive;
pub mod boundaries;
pub mod chat;
pub mod clock_record;
pub mod code_list;
pub mod content_hash;
pub mod correction;
pub mod decode;
pub mod district_file;
pub mod envelope;
pub mod json_schema;
pub mod named_area;
pub mod open_quote;
pub mod places;
pub mod plain_text;
mod point_reach;
pub mod policy;
pub mod pulled;
pub mod record_stamp;
pub mod registry_record;
pub mod reporter_list;
pub mod scenario;
pub mod screen;
pub mod sentence;
pub mod setting_layers;
pub mod spreadsheet;
pub mod taxonomy;
pub mod team;
pub mod written_date;
