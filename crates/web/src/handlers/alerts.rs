//! The queue, one alert, and people's acts on it.

use super::form;
use crate::fault::Fault;
use crate::pages;
use crate::pages::alert::{RefusedAct, TypedAct};
use crate::pages::entry::TypedFields;
use crate::pages::shown::mark_of;
use crate::request::PageRequest;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::alert::{Act, ActRefusal, Alert, AlertOutcome, PersonAct, State};
use domain::author::StampedAuthor;
use domain::place::Code;
use maud::Markup;
use serde::Deserialize;
use store::{Actor, Change};
use views::permit::right_for;
use views::text_findings;
use views::{Context, Lang, Viewer};

pub async fn queue(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let view = views::alerts::load(&context, regency).await?;
    Ok(pages::alerts::page(&request.frame(&context, regency).await?, &view))
}

pub async fn one(request: PageRequest, Path(id): Path<String>) -> Result<Markup, Fault> {
    let context = request.context()?;
    show(&request, &context, &id, None).await
}

async fn show(
    request: &PageRequest,
    context: &Context,
    id: &str,
    refused: Option<RefusedAct>,
) -> Result<Markup, Fault> {
    let view = views::alert::load(context, id).await?;
    let frame = request.frame(context, context.regency_of(view.alert.code)?).await?;
    Ok(pages::alert::page(&frame, &view, refused.as_ref()))
}

/// The alert with the form of an act as it was typed before a login.
pub async fn show_unsent(
    request: &PageRequest,
    id: &str,
    word: &str,
    fields: &TypedFields,
) -> Result<Response, Fault> {
    let context = request.context()?;
    let first = |name| form::first(fields, name).to_string();
    let typed = TypedAct {
        act: word.to_string(),
        to: first("to"),
        outcome: first("outcome"),
        reason: first("reason"),
        screened: false,
    };
    let words = context.lang.text("login.not_sent_yet").to_string();
    let seen = first("version").parse().unwrap_or(u32::MAX);
    Ok(show(request, &context, id, Some(RefusedAct { words, seen, typed })).await?.into_response())
}

/// A form's or a program's act.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(default)]
pub struct ActRequest {
    pub version: Option<u32>,
    pub reason: String,
    pub to: String,
    pub outcome: String,
    /// What the look at the reason found stays as it is, where this is not empty.
    pub keep: String,
    /// What the page showed that was reported since the end was asked for; empty of other acts, and of programs.
    pub shown: String,
}

/// What a person asked for, from the last part of the address (Indonesian on pages, the contract's words in `/v1`).
pub fn act(word: &str, asked: &ActRequest, by: &Viewer) -> Result<Act, Fault> {
    let by = StampedAuthor::of_desk(&by.name, &by.person);
    Ok(match word {
        "ketahui" | "acknowledge" => Act::Acknowledge,
        "tangani" | "respond" => Act::Respond,
        "tugaskan" | "assign" => {
            let to = in_one_line(&asked.to);
            if to.is_empty() || to.chars().count() > 80 {
                return Err(Fault::BadInput("refusal.assign_to_whom"));
            }
            Act::Assign { to }
        }
        "selesai" | "resolve" => {
            let outcome =
                AlertOutcome::parse(&asked.outcome).filter(|outcome| *outcome != AlertOutcome::Void);
            let outcome = outcome.ok_or(Fault::BadInput("refusal.choose_outcome"))?;
            Act::Resolve { outcome, by }
        }
        "tarik" | "withdraw" => Act::Withdraw { by },
        "batalkan-permintaan" | "cancel-request" => Act::CancelRequest { by },
        _ => return Err(Fault::NotFound),
    })
}

/// A name as it may stand in a message's subject: what parts its words, a line break too, is one space.
fn in_one_line(name: &str) -> String {
    let words = name.split(|sign: char| sign.is_whitespace() || sign.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Does the act where this person may; a refusal is a value.
pub async fn perform(
    request: &PageRequest,
    context: &Context,
    id: &str,
    word: &str,
    asked: &ActRequest,
) -> Result<Result<Alert, ActRefusal>, Fault> {
    let viewer = &context.viewer;
    let act = act(word, asked, viewer)?;
    if !act.by_person().is_ok_and(|act| viewer.may(right_for(act))) {
        return Err(Fault::Forbidden);
    }
    let seen = asked.version.ok_or(Fault::BadInput("refusal.version_missing"))?;
    if asked.reason.chars().count() > 500 {
        return Err(Fault::BadInput("refusal.reason_too_long"));
    }
    let before = views::alert::find(context, id).await?;
    let act = match act {
        Act::Assign { to } => Act::Assign { to: as_in_roster(context, before.alert.code, to) },
        act => act,
    };
    let by = Actor { name: &viewer.name, reason: asked.reason.trim(), at: context.now };
    let done = context.sources.store.act(id, act, seen, by).await?.ok_or(Fault::NotFound)?;
    if let Ok(alert) = &done {
        // Nobody listening is no failure.
        request.state.changes.notify(Change::Alert { id: alert.id.clone(), code: alert.code });
    }
    Ok(done)
}

/// The name as the roster writes it, where it has somebody of that name for this place: who types it in small letters means them.
fn as_in_roster(context: &Context, code: Code, to: String) -> String {
    let is_meant = |role: &str| role.to_lowercase() == to.to_lowercase();
    let contact = context.sources.team.iter().find(|own| own.is_reached(code) && is_meant(&own.role));
    contact.map_or_else(|| to.clone(), |contact| contact.role.clone())
}

pub async fn submit(
    request: PageRequest,
    Path((id, word)): Path<(String, String)>,
    Form(asked): Form<ActRequest>,
) -> Result<Response, Fault> {
    let context = request.context()?;
    // A name outside the roster is typed as freely as a reason.
    let typed = [asked.to.as_str(), &asked.reason].join("\n");
    let found = text_findings::in_reason(&typed, "alert.reason_screened", context.lang);
    if let Some(words) = found.filter(|_| asked.keep.is_empty()) {
        let refused = RefusedAct {
            words,
            seen: asked.version.unwrap_or(u32::MAX),
            typed: TypedAct {
                act: word,
                to: asked.to,
                outcome: asked.outcome,
                reason: asked.reason,
                screened: true,
            },
        };
        let page = show(&request, &context, &id, Some(refused)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let words = match has_read(&context, &id, (&word, &asked)).await? {
        false => context.lang.text("alert.reported_meanwhile").to_owned(),
        true => match perform(&request, &context, &id, &word, &asked).await? {
            Ok(_) => return Ok(Redirect::to(&format!("/peringatan/{id}")).into_response()),
            Err(refusal) => refusal_words(context.lang, &refusal),
        },
    };
    let refused = RefusedAct {
        words,
        seen: asked.version.unwrap_or(0),
        typed: TypedAct {
            act: word,
            to: asked.to,
            outcome: asked.outcome,
            reason: asked.reason,
            screened: false,
        },
    };
    Ok((StatusCode::CONFLICT, show(&request, &context, &id, Some(refused)).await?).into_response())
}

/// True where a form shows all that was reported since the end was asked for. Of a form that may agree to none `shown` is empty; one that may
/// and shows nothing of it was read only where nothing is there.
async fn has_read(context: &Context, id: &str, (word, asked): (&str, &ActRequest)) -> Result<bool, Fault> {
    let ends = act(word, asked, &context.viewer)?.by_person();
    let may_agree = matches!(ends, Ok(PersonAct::Resolve | PersonAct::Withdraw));
    if !may_agree && asked.shown.is_empty() {
        return Ok(true);
    }
    let alert = views::alert::find(context, id).await?.alert;
    let Some(since) = views::alert::reported_by_now(context, &alert).await? else { return Ok(true) };
    Ok(mark_of(since.all()) == asked.shown || asked.shown.is_empty() && since.is_empty())
}

/// To whom a message goes again.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(default)]
pub struct SendAgainRequest {
    /// Key of the roster; empty for everybody for whom it is late, or waits.
    pub to: String,
}

/// Sends the newest message about an alert again to who has not got it.
pub async fn send_again(
    request: PageRequest,
    Path(id): Path<String>,
    Form(asked): Form<SendAgainRequest>,
) -> Result<Response, Fault> {
    let context = request.context()?;
    let (viewer, store) = (&context.viewer, &context.sources.store);
    let alert = views::alert::find(&context, &id).await?.alert;
    let person = Some(asked.to.as_str()).filter(|to| !to.is_empty());
    let people = views::messages::people_to_send_again(&context, &id, person).await?;
    let by = Actor { name: &viewer.name, reason: "", at: context.now };
    let sent = store.send_again(&id, &people, (context.sources.wall)(), by).await?.ok_or(Fault::NotFound)?;
    match sent {
        Ok(alert) => {
            request.state.changes.notify(Change::Alert { id: alert.id, code: alert.code });
            // There it says what was done, and how it goes on.
            Ok(Redirect::to(&format!("/peringatan/{id}#pesan")).into_response())
        }
        Err(refusal) => {
            let words = refusal_words(context.lang, &refusal);
            let refused = RefusedAct { words, seen: alert.version, typed: TypedAct::default() };
            Ok((StatusCode::CONFLICT, show(&request, &context, &id, Some(refused)).await?).into_response())
        }
    }
}

/// Why an act was not done.
pub fn refusal_words(lang: Lang, refusal: &ActRefusal) -> String {
    match refusal {
        ActRefusal::Version { .. } => lang.text("alert.changed_meanwhile").to_string(),
        ActRefusal::State { state, .. } => {
            let now = lang.word("alert_state", state.as_str());
            let key = match state {
                State::Open => "alert.acknowledge_first",
                State::Resolved | State::Withdrawn => "alert.has_ended",
                _ => "alert.done_already",
            };
            lang.fill(key, &[("state", &now)])
        }
        ActRefusal::ReasonMissing => lang.text("alert.reason_missing").to_string(),
        ActRefusal::SamePerson { .. } => lang.text("alert.withdrawal_same_person").to_string(),
        ActRefusal::PersonUnknown => lang.text("alert.person_unknown").to_string(),
        ActRefusal::NoRequest => lang.text("alert.no_request").to_string(),
        ActRefusal::NotTheAsker => lang.text("alert.not_the_asker").to_string(),
        ActRefusal::NobodyWaits => lang.text("late_messages.nobody_waits").to_string(),
    }
}
