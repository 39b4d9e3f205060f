//! A list of reporters: looked over row by row, then each row an account, whose password is shown once.

use crate::account::{AccountError, ReporterList};
use crate::fault::Fault;
use crate::guard::LARGEST_FORM;
use crate::handlers::form;
use crate::pages::reporter_list::{ListedFate, PATH, ReporterListPage, page, start};
use crate::request::PageRequest;
use crate::submit;
use axum::extract::{Multipart, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use formats::named_area::NamedAreaError;
use formats::reporter_list::{ListedReporter, read};
use intake::LogWriter;
use intake::feed_registry::{FeedError, PlaceError};
use maud::Markup;
use tokio::sync::Semaphore;
use views::{Context, Lang};

/// Largest list that the page takes, and the form that carries it. Bytes. It comes back in the second form, two letters a byte.
pub const LARGEST_LIST: usize = 48 << 10;
pub const LARGEST_UPLOAD: usize = LARGEST_LIST + LARGEST_FORM;
/// Rows of a list: each is a password hashed.
pub const MOST_ROWS: usize = 300;
/// Lists are added one at a time, so that no more passwords are hashed at once.
static ADDING: Semaphore = Semaphore::const_new(1);

pub async fn show(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let frame = request.frame(&context, context.regency(request.asked)?).await?;
    Ok(start(&frame, None))
}

/// Where a second form was reloaded: the list is chosen again.
pub async fn back() -> Redirect {
    Redirect::to(PATH)
}

/// Says what would become of each row; adds nothing.
pub async fn preview(request: PageRequest, mut form: Multipart) -> Result<Response, Fault> {
    let mut list = None;
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("list") {
            list = field.bytes().await.ok().map(|bytes| bytes.to_vec());
        }
    }
    looked_over(&request, list.unwrap_or_default(), false).await
}

/// Adds what can be added of the list that was looked over.
pub async fn add(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    let typed = submit::typed(&body);
    let list = hex::decode(form::first(&typed, "list")).unwrap_or_default();
    looked_over(&request, list, true).await
}

async fn looked_over(request: &PageRequest, list: Vec<u8>, adds: bool) -> Result<Response, Fault> {
    let context = request.context()?;
    let frame = request.frame(&context, context.regency(request.asked)?).await?;
    let rows = match rows(&list) {
        Ok(rows) => rows,
        Err(key) => {
            let page = start(&frame, Some(context.lang.text(key)));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let turn = if adds { ADDING.acquire().await.ok() } else { None };
    let writer = adds.then_some(&request.state.log_writer);
    let (rows, broke_off) = fates(&context, rows, writer).await?;
    drop(turn);
    if adds {
        let added = rows.iter().filter(|row| row.became.is_ok()).count();
        tracing::info!(account = context.viewer.name, added, "reporters were added from a list");
    }
    let address = format!("{}/masuk", request.state.public_url);
    let list = (!adds).then(|| hex::encode(list));
    Ok(page(&frame, &ReporterListPage { rows, list, address, broke_off }).into_response())
}

/// The rows of a list, or the key of what is wrong with it.
fn rows(list: &[u8]) -> Result<Vec<ListedReporter>, &'static str> {
    match list.len() {
        0 => return Err("reporter_list.no_file"),
        length if length > LARGEST_LIST => return Err("reporter_list.too_large"),
        _ => {}
    }
    match read("daftar", list) {
        Ok(rows) if rows.is_empty() => Err("reporter_list.no_rows"),
        Ok(rows) if rows.len() > MOST_ROWS => Err("reporter_list.too_large"),
        Ok(rows) => Ok(rows),
        Err(_) => Err("reporter_list.no_list"),
    }
}

/// What becomes of each row, and whether the service failed before the last: then the rest is not there, and the passwords of
/// those before it still are.
async fn fates(
    context: &Context,
    rows: Vec<ListedReporter>,
    writer: Option<&LogWriter>,
) -> Result<(Vec<ListedFate>, bool), Fault> {
    let sources = &context.sources;
    let open = ReporterList::open(&sources.store, &sources.places, writer, context.now).await;
    let open = open.map_err(|error| Fault::Internal(error.to_string()))?;
    let mut list = open.within(&context.viewer.areas);
    let mut fates = Vec::with_capacity(rows.len());
    for row in rows {
        let became = match list.add(&row).await {
            Ok(account) => {
                let lang = context.lang;
                let places = views::registration::places_in_words(&sources.places, &account.areas, lang);
                Ok((account, places))
            }
            Err(error) if error.is_call() => Err(in_words(context.lang, &error)),
            Err(error) => {
                tracing::error!(%error, "adding a reporter from a list");
                return Ok((fates, true));
            }
        };
        fates.push(ListedFate { row, became });
    }
    Ok((fates, false))
}

/// What is wrong with a row, and what to do about it.
fn in_words(lang: Lang, error: &AccountError) -> String {
    let listed = |places: &[String]| places.join("; ");
    match error {
        AccountError::Exists(name) => lang.fill("reporter_list.exists", &[("name", name)]),
        AccountError::Twin { called, twin } | AccountError::Feed(FeedError::Twin { called, twin }) => {
            lang.fill("reporter_list.twin", &[("name", called), ("twin", twin)])
        }
        AccountError::Name(name) | AccountError::Feed(FeedError::Name(name)) => {
            lang.fill("reporter_list.bad_name", &[("name", name)])
        }
        AccountError::Class(word) => lang.fill("reporter_list.unknown_class", &[("class", word)]),
        AccountError::NamedArea(NamedAreaError::Several { words, places }) => {
            lang.fill("reporter_list.several_places", &[("place", words), ("places", &listed(places))])
        }
        AccountError::NamedArea(NamedAreaError::Unknown { words, near }) if !near.is_empty() => {
            lang.fill("reporter_list.place_near", &[("place", words), ("places", &listed(near))])
        }
        AccountError::NamedArea(NamedAreaError::Unknown { words, .. }) => {
            lang.fill("reporter_list.unknown_place", &[("place", words)])
        }
        AccountError::Place(PlaceError::NotConfigured(area)) => {
            lang.fill("reporter_list.unknown_place", &[("place", area)])
        }
        AccountError::Place(PlaceError::Code(_)) => lang.text("reporter_list.no_code").to_owned(),
        AccountError::FeedDiffers(feed) => lang.fill("reporter_list.feed_differs", &[("feed", feed)]),
        AccountError::FeedUnknown(feed) => lang.fill("reporter_list.feed_unknown", &[("feed", feed)]),
        AccountError::FeedElsewhere(feed) => lang.fill("reporter_list.feed_elsewhere", &[("feed", feed)]),
        AccountError::FeedOfDesk(feed) | AccountError::Feed(FeedError::Reserved(feed)) => {
            lang.fill("reporter_list.feed_of_desk", &[("feed", feed)])
        }
        AccountError::FeedWithoutPlace(feed) => {
            lang.fill("reporter_list.feed_without_place", &[("feed", feed)])
        }
        _ => lang.text("reporter_list.not_usable").to_owned(),
    }
}
