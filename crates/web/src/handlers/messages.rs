//! The list of messages to the team.

use crate::fault::Fault;
use crate::pages;
use crate::request::PageRequest;
use axum::extract::Query;
use maud::Markup;
use serde::Deserialize;
use views::sent_messages::{self, SentMessagesAsked};

#[derive(Deserialize)]
pub struct MessagesQuery {
    peringatan: Option<String>,
    kepada: Option<String>,
    kursor: Option<String>,
}

pub async fn list(request: PageRequest, Query(query): Query<MessagesQuery>) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    // A field left empty narrows nothing.
    let given =
        |field: Option<String>| field.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let asked = SentMessagesAsked {
        alert: given(query.peringatan),
        person: given(query.kepada),
        cursor: given(query.kursor),
    };
    let view = sent_messages::load(&context, regency, asked).await?;
    Ok(pages::sent_messages::page(&request.frame(&context, regency).await?, &view))
}
