//! A file of tables: received, looked over, its rows sent through the same intake as every report, and taken back as one.

use super::{form, reports};
use crate::fault::Fault;
use crate::guard::LARGEST_FORM;
use crate::pages::entry::TypedFields;
use crate::pages::upload::{EarlierFiles, PATH, UploadPage, page, start};
use crate::request::PageRequest;
use crate::submit::{self, Record, RecordSource, SubmitOutcome};
use axum::extract::{Multipart, Path, RawForm};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::desk_feed;
use domain::kind::Category;
use domain::place::{Code, UnitId};
use domain::report::ReportId;
use formats::decode::RefusalSentence;
use formats::spreadsheet::column::ColumnMeaning;
use formats::spreadsheet::mapping::KeptMapping;
use formats::spreadsheet::report::{RowReport, instant_text, withdrawal_id};
use formats::spreadsheet::row_answer::{RowAnswer, RowKey};
use futures::{StreamExt, stream};
use intake::take_back::WithdrawalState;
use maud::Markup;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use store::{ImportRow, TableUpload};
use tokio::sync::Semaphore;
use views::table_upload::{
    MOST_ROWS, NewReports, TakenReports, UploadChoices, UploadReading, empty_form, left_out_rows, load,
    mapping_key, read,
};
use views::{Context, ViewError};

/// Largest file that the page takes, and the form that carries it. Bytes.
pub const LARGEST_FILE: usize = 12 << 20;
pub const LARGEST_UPLOAD: usize = LARGEST_FILE + LARGEST_FORM;
/// Uploads of one account that are listed.
const LISTED: usize = 20;
/// Records on their way at once: they share a write to the disk.
const AT_ONCE: usize = 32;
/// Files are read one at a time, so that several at once do not fill the memory.
static READING: Semaphore = Semaphore::const_new(1);

pub async fn show(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    first_page(&request, &context, regency, None).await
}

async fn first_page(
    request: &PageRequest,
    context: &Context,
    regency: UnitId,
    fault: Option<&str>,
) -> Result<Markup, Fault> {
    let earlier = earlier(context, context.sources.places.code(regency), None).await?;
    Ok(start(&request.frame(context, regency).await?, &earlier, fault))
}

/// What this person sent and what was imported of the sources of a regency, the newest first; with a file's hash, of it alone.
async fn earlier(context: &Context, regency: Code, hash: Option<&str>) -> Result<EarlierFiles, Fault> {
    let store = &context.sources.store;
    let mut uploads = store.table_uploads(regency).await?;
    uploads.retain(|upload| upload.account == context.viewer.name);
    uploads.retain(|upload| hash.is_none_or(|hash| upload.file_hash == hash));
    uploads.truncate(LISTED);
    let feeds = store.feeds().await?;
    let is_here =
        |import: &ImportRow| feeds.iter().any(|feed| feed.name == import.feed && feed.areas.touches(regency));
    let imports = store.imports(hash).await?.into_iter().filter(is_here).take(LISTED).collect();
    Ok(EarlierFiles { uploads, imports })
}

/// Keeps a file that was sent, and leads to the page where it is looked over.
pub async fn receive(request: PageRequest, mut form: Multipart) -> Result<Response, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let mut file = None;
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or_default().chars().take(120).collect::<String>();
            file = field.bytes().await.ok().map(|bytes| (name, bytes.to_vec()));
        }
    }
    let refused = async |key: &'static str| {
        let page = first_page(&request, &context, regency, Some(context.lang.text(key))).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let (name, bytes) = match file {
        Some((_, bytes)) if bytes.is_empty() => return refused("upload.no_file").await,
        Some((_, bytes)) if bytes.len() > LARGEST_FILE => return refused("upload.file_too_large").await,
        Some(file) => file,
        None => return refused("upload.no_file").await,
    };
    let store = &context.sources.store;
    let code = context.sources.places.code(regency);
    let earlier = store.table_uploads(code).await?;
    let own = earlier.iter().filter(|upload| upload.account == context.viewer.name);
    let source = own.map(|upload| UploadChoices::of(upload).source).find(|source| !source.is_empty());
    let choices = UploadChoices { source: source.unwrap_or_default(), ..UploadChoices::default() };
    let upload = TableUpload {
        id: intake::new_report_id(request.now())
            .map_err(|error| Fault::Internal(error.to_string()))?
            .to_string(),
        regency: code,
        account: context.viewer.name.clone(),
        uploaded_at: request.now(),
        file_hash: hex::encode(Sha256::digest(&bytes)),
        file_name: if name.is_empty() { "tabel".to_owned() } else { name },
        choices: choices.text(),
        taken_at: None,
        reports: String::new(),
        withdrawn_at: None,
    };
    store.add_table_upload(&upload, bytes).await?;
    Ok(Redirect::to(&format!("{PATH}/{}", upload.id)).into_response())
}

/// An upload of this person, and its regency.
async fn own(request: &PageRequest, id: &str) -> Result<(Context, UnitId, TableUpload), Fault> {
    let context = request.context()?;
    let upload = context.sources.store.table_upload(id).await?.ok_or(Fault::NotFound)?;
    if upload.account != context.viewer.name {
        return Err(Fault::NotFound);
    }
    let regency = context.regency(Some(upload.regency))?;
    if context.sources.places.code(regency) != upload.regency {
        return Err(ViewError::Forbidden.into());
    }
    Ok((context, regency, upload))
}

pub async fn one(request: PageRequest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (context, regency, upload) = own(&request, &id).await?;
    shown(&request, &context, regency, upload, (None, None)).await
}

async fn shown(
    request: &PageRequest,
    context: &Context,
    regency: UnitId,
    upload: TableUpload,
    (fault, screened): (Option<String>, Option<String>),
) -> Result<Response, Fault> {
    let chosen = UploadChoices::of(&upload);
    let mut same = earlier(context, upload.regency, Some(&upload.file_hash)).await?;
    same.uploads.retain(|own| own.id != upload.id && own.taken_at.is_some());
    let withdrawal = withdrawal(context, regency, &upload).await?;
    let mut shown = UploadPage { upload, chosen, view: None, fault, screened, same, withdrawal };
    match reading(context, regency, &shown.upload, &shown.chosen).await? {
        Some(Ok(reading)) => {
            shown.view = Some(load(context, regency, reading, &shown.chosen.source).await?.0)
        }
        Some(Err(sentence)) => shown.fault = Some(context.lang.refusal(&sentence)),
        None => {}
    }
    let status = if shown.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = request.frame(context, regency).await?;
    Ok((status, page(&frame, &shown)).into_response())
}

/// What became of what was taken back of an upload; `None` where nothing was.
async fn withdrawal(
    context: &Context,
    regency: UnitId,
    upload: &TableUpload,
) -> Result<Option<WithdrawalState>, Fault> {
    let taken = TakenReports::of(upload);
    let choices = views::entry::load(context, regency).await?;
    let source = form::named_source(context.lang, &choices, &taken.source, &mut form::Errors::new());
    let Some(source) = source.filter(|_| upload.withdrawn_at.is_some()) else { return Ok(None) };
    let read =
        |(_, id, code): &(String, String, String)| Some((ReportId::parse(id)?, Code::parse(code)?.regency()));
    let reports: Vec<(ReportId, Code)> = taken.reports.iter().filter_map(read).collect();
    let feed = desk_feed::name(source.class);
    Ok(Some(WithdrawalState::of(&context.sources.store, &feed, &reports).await?))
}

/// Reads an upload's file; `None` once it is forgotten.
async fn reading(
    context: &Context,
    regency: UnitId,
    upload: &TableUpload,
    choices: &UploadChoices,
) -> Result<Option<Result<UploadReading, RefusalSentence>>, Fault> {
    let store = &context.sources.store;
    let kept = kept(context, upload.regency, &choices.source).await?;
    let _turn = READING.acquire().await.map_err(|error| Fault::Internal(error.to_string()))?;
    let Some(bytes) = store.uploaded_file(&upload.id).await? else { return Ok(None) };
    let of_source = views::entry::load(context, regency).await?.areas_of(&choices.source);
    let own = std::iter::once(context.viewer.areas.clone()).chain(of_source).collect();
    let (sources, choices, now) = (context.sources.clone(), choices.clone(), context.now);
    let read = move || read(&sources, (regency, own), &bytes, (kept, &choices), now);
    let read = tokio::task::spawn_blocking(read).await.map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(Some(read.map_err(|fault| fault.0)))
}

async fn kept(context: &Context, regency: Code, source: &str) -> Result<KeptMapping, Fault> {
    if source.is_empty() {
        return Ok(KeptMapping::default());
    }
    let key = mapping_key(&regency.to_string(), source);
    let kept = context.sources.store.kept_mapping(&key).await?;
    Ok(kept.map(|text| KeptMapping::parse(&text)).unwrap_or_default())
}

pub async fn submit(
    request: PageRequest,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    let (context, regency, mut upload) = own(&request, &id).await?;
    let typed = submit::typed(&body);
    if form::first(&typed, "act") == "withdraw"
        && let Some(words) = reports::screened(&context, &typed)
    {
        let reason = form::first(&typed, "reason").to_owned();
        return shown(&request, &context, regency, upload, (Some(words), Some(reason))).await;
    }
    let fault = match form::first(&typed, "act") {
        "withdraw" => {
            withdraw(&request, &context, (&mut upload, form::first(&typed, "reason").trim())).await?
        }
        act => {
            let mut chosen = UploadChoices::of(&upload);
            choose(&mut chosen, &typed);
            upload.choices = chosen.text();
            context.sources.store.put_table_upload(&upload).await?;
            match act {
                "take" => take(&request, &context, regency, (&mut upload, &chosen)).await?,
                _ => None,
            }
        }
    };
    match fault {
        Some(_) => shown(&request, &context, regency, upload, (fault, None)).await,
        None => Ok(Redirect::to(&format!("{PATH}/{id}")).into_response()),
    }
}

/// What the form says: whose word it is, what columns and words mean, what of the rows that leave it open happened.
fn choose(chosen: &mut UploadChoices, typed: &TypedFields) {
    chosen.source = form::first(typed, "source").to_owned();
    chosen.keeps_personal = typed.contains_key("personal");
    if typed.contains_key("dates") {
        chosen.dates = form::first(typed, "dates").to_owned();
    }
    for (name, values) in typed {
        let value = values.first().map_or("", |value| value.trim());
        if let Some(heading) = name.strip_prefix("k.") {
            chosen.mapping.state_heading(heading, ColumnMeaning::parse(value));
        }
        if let Some(key) = name.strip_prefix("b.").and_then(RowKey::parse) {
            match RowAnswer::parse(value) {
                Some(answer) if chosen.answers.len() < MOST_ROWS => drop(chosen.answers.insert(key, answer)),
                Some(_) => {}
                None => drop(chosen.answers.remove(&key)),
            }
        }
        if let Some(word) = name.strip_prefix("j.").filter(|_| !value.is_empty()) {
            chosen.mapping.state_word(word, Category::parse(value));
        }
    }
}

/// Sends every row that can be taken and is not here. Returns what is wrong.
async fn take(
    request: &PageRequest,
    context: &Context,
    regency: UnitId,
    (upload, chosen): (&mut TableUpload, &UploadChoices),
) -> Result<Option<String>, Fault> {
    let text = |key: &'static str| Some(context.lang.text(key).to_owned());
    if upload.withdrawn_at.is_some() {
        return Ok(text("upload.closed"));
    }
    let mut errors = form::Errors::new();
    let choices = views::entry::load(context, regency).await?;
    let Some(source) = form::named_source(context.lang, &choices, &chosen.source, &mut errors) else {
        return Ok(text("upload.source_missing"));
    };
    let new = match reading(context, regency, upload, chosen).await? {
        Some(Ok(reading)) => load(context, regency, reading, &chosen.source).await?.1,
        Some(Err(sentence)) => return Ok(Some(context.lang.refusal(&sentence))),
        None => return Ok(text("upload.forgotten")),
    };
    let (taken, is_whole) = send(request, &source, new).await;
    let mut all = TakenReports::of(upload);
    all.source.clone_from(&chosen.source);
    all.rejected = taken.rejected;
    all.reports.extend(taken.reports);
    (upload.taken_at, upload.reports) = (Some(request.now()), all.text());
    let store = &context.sources.store;
    store.put_table_upload(upload).await?;
    let mut mapping = kept(context, upload.regency, &chosen.source).await?;
    mapping.merge(chosen.mapping.clone());
    let key = mapping_key(&upload.regency.to_string(), &chosen.source);
    store.keep_mapping(&key, &mapping.text(), request.now()).await?;
    Ok(if is_whole { None } else { text("upload.half_taken") })
}

/// Sends the reports; false beside what was taken where the service could not take all.
async fn send(request: &PageRequest, source: &RecordSource, new: NewReports) -> (TakenReports, bool) {
    let one = async |(base, report): (ReportId, RowReport)| {
        let code = report.place.code;
        let mut record = Record::new(request, source.clone(), code)?;
        for (name, value) in report.fields(instant_text) {
            record.put(&name, value);
        }
        let outcome = submit::send(request, record).await?;
        Ok::<_, Fault>((base, code, outcome))
    };
    // What corrects another row goes before it, the last correction first: so the wrong one never counts.
    let ids: BTreeSet<ReportId> = new.iter().map(|(_, report)| report.id).collect();
    let is_of_file = |report: &RowReport| report.corrects.is_some_and(|other| ids.contains(&other));
    let (corrections, others): (Vec<_>, Vec<_>) = new.into_iter().partition(|(_, report)| is_of_file(report));
    let mut outcomes = Vec::new();
    for correction in corrections.into_iter().rev() {
        outcomes.push(one(correction).await);
    }
    outcomes.extend(stream::iter(others).map(one).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
    let (mut taken, mut is_whole) = (TakenReports::default(), true);
    for outcome in outcomes {
        match outcome {
            Ok((base, code, SubmitOutcome::Accepted(id))) => {
                taken.reports.push((base.to_string(), id, code.to_string()));
            }
            Ok((_, _, SubmitOutcome::Rejected { .. })) => taken.rejected += 1,
            Err(fault) => {
                fault.problem(); // also logs what it was
                is_whole = false;
            }
        }
    }
    (taken, is_whole)
}

/// Takes back every report that was taken of an upload. Returns what is wrong.
async fn withdraw(
    request: &PageRequest,
    context: &Context,
    (upload, why): (&mut TableUpload, &str),
) -> Result<Option<String>, Fault> {
    let taken = TakenReports::of(upload);
    let fault = match (upload.withdrawn_at, why) {
        (Some(_), _) => Some("upload.already_withdrawn"),
        (None, "") => Some("upload.reason_missing"),
        (None, _) => None,
    };
    if let Some(fault) = fault {
        return Ok(Some(context.lang.text(fault).to_owned()));
    }
    if taken.reports.is_empty() {
        return Ok(None);
    }
    let mut errors = form::Errors::new();
    let regency = context.regency(Some(upload.regency))?;
    let choices = views::entry::load(context, regency).await?;
    let Some(source) = form::named_source(context.lang, &choices, &taken.source, &mut errors) else {
        return Ok(Some(context.lang.text("upload.source_missing").to_owned()));
    };
    let reason = context.lang.fill("upload.take_back_reason", &[("why", &why), ("file", &upload.file_name)]);
    let one = async |(_, id, code): (String, String, String)| {
        let code = Code::parse(&code).ok_or(Fault::NotFound)?;
        let mut record = Record::new(request, source.clone(), code)?
            .numbered(withdrawal_id(ReportId::parse(&id).ok_or(Fault::NotFound)?));
        record.put("retracts", id);
        record.put("summary", reason.clone());
        submit::send(request, record).await
    };
    let mut sent = stream::iter(taken.reports).map(one).buffer_unordered(AT_ONCE);
    while let Some(outcome) = sent.next().await {
        let words = match outcome {
            Ok(SubmitOutcome::Accepted(_)) => continue,
            Ok(SubmitOutcome::Rejected { detail, .. }) => detail,
            Err(fault) => {
                fault.problem(); // also logs what it was
                context.lang.text("upload.half_withdrawn").to_owned()
            }
        };
        return Ok(Some(words));
    }
    upload.withdrawn_at = Some(request.now());
    context.sources.store.put_table_upload(upload).await?;
    Ok(None)
}

const SPREADSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn spreadsheet(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, SPREADSHEET.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.xlsx\"")),
    ];
    (headers, bytes).into_response()
}

/// The rows that were not taken, to be corrected and sent back.
pub async fn left_out(request: PageRequest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (context, regency, upload) = own(&request, &id).await?;
    let chosen = UploadChoices::of(&upload);
    match reading(&context, regency, &upload, &chosen).await? {
        Some(Ok(reading)) => {
            let written = left_out_rows(&context, regency, reading, &chosen.source).await?;
            let bytes = written.map_err(Fault::Internal)?;
            Ok(spreadsheet("baris-belum-diambil", bytes))
        }
        Some(Err(sentence)) => Err(Fault::Bad(context.lang.refusal(&sentence))),
        None => Err(Fault::NotFound),
    }
}

/// An empty form with the places of the regency.
pub async fn form(request: PageRequest) -> Result<Response, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let bytes = empty_form(&context, regency).map_err(Fault::Internal)?;
    Ok(spreadsheet("formulir-kejadian", bytes))
}
