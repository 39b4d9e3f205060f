//! What a person or program may see: the viewer and their rights, queries to view structs, and the words of both languages.
//!
//! A face (pages, API, verbs, documents) makes [`Sources`] once and a [`Context`] for each viewer, and asks one `load`
//! function for each page:
//!
//! | page | function | result |
//! |---|---|---|
//! | overview | [`overview::load`] | [`overview::OverviewView`] |
//! | alerts, one alert | [`alerts::load`], [`alert::load`] | [`alerts::AlertsView`], [`alert::AlertView`] |
//! | what may be one chain, for the three above | [`chains::of`] | [`chains::ChainView`] |
//! | levels that stand only by what was answered | [`answered::load`] | [`answered::AnsweredLevel`] |
//! | what happened, for every alert above | [`happening::load`] | [`happening::HappeningView`] |
//! | messages to the team | [`messages::late`], [`messages::by_person`] | [`messages::LateMessage`], [`messages::PersonMessages`] |
//! | all messages | [`sent_messages::load`] | [`sent_messages::SentMessagesView`] |
//! | districts, one district | [`district::load_list`], [`district::load`] | [`district::DistrictsView`], [`district::DistrictView`] |
//! | reports, one report | [`reports::load`], [`report::load`] | [`reports::ReportsView`], [`report::ReportDetailView`] |
//! | what corrects a report, within it | [`correction::changes`] | [`correction::CorrectionView`] |
//! | feeds, and agencies that are asked | [`feeds::load`] | [`feeds::FeedsView`], [`pulls::PullItem`] |
//! | why a risk is what it is, in words of the place | [`explanation::load`] | sentences |
//! | the range of a risk, within it | [`range::words`], [`range::basis_words`] | [`range::ShownRange`] |
//! | the budget of false alarms, tried on the last 90 days | [`budget::load`] | [`budget::BudgetView`] |
//! | models, forecast ledger | [`model::load`], [`ledger::load`] | [`model::ModelsView`], `scoring::ledger::LedgerFigures` |
//! | random calls | [`calls::load`] | [`calls::CallsView`] |
//! | entry form | [`entry::load`] | [`entry::EntryChoices`] |
//! | a pasted chat | [`paste::load`] | [`paste::PasteView`] |
//! | a file of tables | [`table_upload::read`], [`table_upload::load`] | [`table_upload::UploadView`] |
//! | the reporter's page | [`reporter::load`] | [`reporter::ReporterView`] |
//! | risks, the map's cells, incidents | [`assessments::load`], [`assessments::map_cells`], [`incidents::load`] | lists of items |
//! | head of every page | [`status::load`] | [`status::StatusView`] |
//!
//! [`registration`] is what a person reads who adds a feed or an account.
//!
//! What the viewer may not see is not in the result. Nothing here knows a request or a page's markup.

pub mod affirmed;
pub mod alert;
pub mod alerts;
pub mod answered;
pub mod assessments;
pub mod budget;
pub mod calls;
pub mod chains;
pub mod chart;
pub mod claims;
pub mod context;
pub mod correction;
pub mod district;
pub mod entry;
pub mod error;
pub mod explanation;
pub mod feeds;
pub mod format;
pub mod happening;
pub mod incidents;
pub mod json;
pub mod ledger;
pub mod level;
pub mod messages;
pub mod model;
pub mod organisations;
pub mod overview;
pub mod paste;
pub mod permit;
pub mod picture;
pub mod plain_text;
pub mod pulls;
pub mod range;
pub mod reasons;
pub mod registration;
pub mod report;
pub mod reporter;
pub mod reports;
pub mod reports_behind;
pub mod rules;
pub mod second_link;
pub mod second_person;
pub mod sent_messages;
pub mod status;
pub mod table_upload;
pub mod text_findings;
pub mod words;

pub use context::{Context, LedgerSource, Sources};
pub use error::ViewError;
pub use messages::TeamContact;
pub use permit::{Right, Role, Viewer};
pub use rules::RuleWords;
pub use words::Lang;
