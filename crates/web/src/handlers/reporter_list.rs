//! A list of reporters: looked over row by row, then each row an account, whose password is shown once.

use crate::account::{self, AccountError, ListedAccount, ReporterList};
use crate::fault::Fault;
use crate::guard::LARGEST_FORM;
use crate::handlers::added_lists::{AddedLists, ListFates, SentList};
use crate::handlers::form;
use crate::pages::entry::TypedFields;
use crate::pages::reporter_list::{CarriedList, ListedFate, PATH, ReporterListPage, page, start};
use crate::request::PageRequest;
use crate::submit;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use formats::named_area::NamedAreaError;
use formats::reporter_list::{ListedReporter, read};
use intake::LogWriter;
use intake::feed_registry::{FeedError, PlaceError};
use maud::Markup;
use store::token_hash;
use views::{Context, Lang};

/// Largest list that the page takes, and the form that carries it. Bytes. It comes back in the second form, two letters a byte.
pub const LARGEST_LIST: usize = 48 << 10;
pub const LARGEST_UPLOAD: usize = LARGEST_LIST + LARGEST_FORM;
/// Rows of a list: each is a password hashed.
pub const MOST_ROWS: usize = 300;
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
    match uploaded(&mut form).await {
        Ok(list) => looked_over(&request, &list).await,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            refused(&request, "reporter_list.too_large").await
        }
        Err(_) => Err(Fault::BadInput("refusal.unreadable")),
    }
}

async fn uploaded(form: &mut Multipart) -> Result<Vec<u8>, MultipartError> {
    let mut list = Vec::new();
    while let Some(field) = form.next_field().await? {
        if field.name() == Some("list") {
            list = field.bytes().await?.to_vec();
        }
    }
    Ok(list)
}

/// The list of a form that was sent after its session had ended, looked over again.
pub async fn show_unsent(request: &PageRequest, typed: &TypedFields) -> Result<Response, Fault> {
    looked_over(request, &carried(typed)).await
}

/// The list as the second form carries it.
fn carried(typed: &TypedFields) -> Vec<u8> {
    hex::decode(form::first(typed, "list")).unwrap_or_default()
}

async fn looked_over(request: &PageRequest, list: &[u8]) -> Result<Response, Fault> {
    let rows = match rows(list) {
        Ok(rows) => rows,
        Err(key) => return refused(request, key).await,
    };
    let context = request.context()?;
    let fates = fates(&context, rows, None).await?;
    tracing::info!(
        account = context.viewer.name,
        rows = fates.rows.len(),
        "a list of reporters was looked over"
    );
    let number = account::token().map_err(|error| Fault::Internal(error.to_string()))?;
    shown(request, fates, Some(CarriedList { list: hex::encode(list), number })).await
}

/// Adds what can be added of the list that was looked over, on a task of its own: the sender may go away meanwhile.
/// The same form again waits for the same answer.
pub async fn add(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    let typed = submit::typed(&body);
    let list = carried(&typed);
    let rows = match rows(&list) {
        Ok(rows) => rows,
        Err(key) => return refused(&request, key).await,
    };
    let person = request.person.as_ref().ok_or(Fault::Login { next: PATH.into() })?;
    let number = form::first(&typed, "number");
    let sent =
        SentList { session: person.token_hash, form: token_hash(&format!("{number} {}", hex::encode(list))) };
    let (context, writer) = (request.context()?, request.state.log_writer.clone());
    let adding = async move {
        let fates = fates(&context, rows, Some(&writer)).await?;
        let added = fates.rows.iter().filter(|row| row.became.is_ok()).count();
        tracing::info!(account = context.viewer.name, added, "reporters were added from a list");
        Ok(fates)
    };
    let fates = AddedLists::of_process().answer(sent, adding).await?;
    shown(&request, fates, None).await
}

async fn refused(request: &PageRequest, key: &'static str) -> Result<Response, Fault> {
    let context = request.context()?;
    let frame = request.frame(&context, context.regency(request.asked)?).await?;
    let page = start(&frame, Some(context.lang.text(key)));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn shown(
    request: &PageRequest,
    ListFates { rows, broke_off }: ListFates,
    carried: Option<CarriedList>,
) -> Result<Response, Fault> {
    let context = request.context()?;
    let frame = request.frame(&context, context.regency(request.asked)?).await?;
    let address = format!("{}/masuk", request.state.public_url);
    Ok(page(&frame, &ReporterListPage { rows, carried, address, broke_off }).into_response())
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
) -> Result<ListFates, Fault> {
    let sources = &context.sources;
    let open = ReporterList::open(&sources.store, &sources.places, writer, context.now).await;
    let open = open.map_err(|error| Fault::Internal(error.to_string()))?;
    let mut list = open.on_page(&context.viewer.areas);
    let mut fates = ListFates { rows: Vec::with_capacity(rows.len()), broke_off: false };
    for row in rows {
        let became = match list.add(&row).await {
            Ok(account) => {
                let lang = context.lang;
                let places = views::registration::places_in_words(&sources.places, &account.areas, lang);
                if account.password.is_some() {
                    note_added(context, &row, &account);
                }
                Ok((account, places))
            }
            Err(error) if error.is_call() => Err(in_words(context.lang, &error)),
            Err(error) => {
                tracing::error!(%error, "adding a reporter from a list");
                return Ok(ListFates { broke_off: true, ..fates });
            }
        };
        fates.rows.push(ListedFate { row, became });
    }
    Ok(fates)
}

/// Who gave which account for which feed: the administrator has read its password.
fn note_added(context: &Context, row: &ListedReporter, added: &ListedAccount) {
    let ListedAccount { class, areas, feed_is_new, .. } = added;
    tracing::info!(
        account = context.viewer.name,
        person = context.viewer.person,
        reporter = row.name,
        feed = row.feed,
        %class,
        places = %areas,
        feed_is_new,
        "a reporter was added from a list"
    );
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
        AccountError::FeedOfOperator(feed) => lang.fill("reporter_list.feed_of_operator", &[("feed", feed)]),
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
