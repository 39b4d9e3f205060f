//! The queue, one alert, and people's acts on it.

use crate::context::Context;
use crate::fault::Fault;
use crate::load::alerts::{ended, full, live};
use crate::page::alert::{Conflict, page};
use crate::page::{self, alerts};
use crate::permit::Right;
use crate::words::Lang;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::alert::{Act, Alert, AlertOutcome, Refusal, State};
use domain::place::Code;
use maud::Markup;
use serde::Deserialize;
use store::{Actor, Change};

pub async fn queue(context: Context) -> Result<Markup, Fault> {
    let regency = context.regency()?;
    let frame = context.frame(regency).await?;
    let scope = context.scope(regency)?;
    let view = alerts::View {
        live: live(&context, &scope).await?,
        ended: ended(&context, &scope).await?,
        last_check: context.as_of().await?,
    };
    Ok(page::alerts::page(&frame, &view))
}

pub async fn one(context: Context, Path(id): Path<String>) -> Result<Markup, Fault> {
    let view = full(&context, &id, None).await?;
    let frame = context.frame(regency_of(&context, view.alert.code)?).await?;
    Ok(page(&frame, &view))
}

fn regency_of(context: &Context, code: Code) -> Result<domain::place::UnitId, Fault> {
    context.state.places.find(code.regency()).ok_or(Fault::NotFound)
}

/// A form's or a program's act.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(default)]
pub struct Said {
    pub version: Option<u32>,
    pub reason: String,
    pub to: String,
    pub outcome: String,
}

/// What a person asked for, from the last part of the address (Indonesian on pages, the contract's words in `/v1`).
pub fn act(word: &str, said: &Said) -> Result<(Act, Right), Fault> {
    Ok(match word {
        "ketahui" | "acknowledge" => (Act::Acknowledge, Right::Answer),
        "tangani" | "respond" => (Act::Respond, Right::Answer),
        "tugaskan" | "assign" => {
            let to = said.to.trim();
            if to.is_empty() || to.chars().count() > 80 {
                return Err(Fault::Bad("Tugaskan kepada siapa? Isi nama, paling panjang 80 huruf.".into()));
            }
            (Act::Assign { to: to.to_string() }, Right::Direct)
        }
        "selesai" | "resolve" => {
            let outcome = AlertOutcome::parse(&said.outcome).filter(|outcome| *outcome != AlertOutcome::Void);
            let outcome = outcome.ok_or_else(|| {
                Fault::Bad(
                    "Pilih hasilnya: terbukti, diredam, alarm palsu, atau tidak dapat dipastikan.".into(),
                )
            })?;
            (Act::Resolve { outcome }, Right::Direct)
        }
        "tarik" | "withdraw" => (Act::Withdraw, Right::Direct),
        _ => return Err(Fault::NotFound),
    })
}

/// Does the act where this person may; a refusal is a value.
pub async fn perform(
    context: &Context,
    id: &str,
    word: &str,
    said: &Said,
) -> Result<Result<Alert, Refusal>, Fault> {
    let viewer = context.viewer()?;
    let (act, right) = act(word, said)?;
    if !viewer.may(right) {
        return Err(Fault::Forbidden);
    }
    let seen = said.version.ok_or_else(|| Fault::Bad("Sertakan versi peringatan yang Anda lihat.".into()))?;
    if said.reason.chars().count() > 500 {
        return Err(Fault::Bad("Alasan paling panjang 500 huruf.".into()));
    }
    let before = context.state.store.alert(id).await?.ok_or(Fault::NotFound)?;
    if !viewer.covers(before.alert.code) {
        return Err(Fault::Forbidden);
    }
    let by = Actor { name: &viewer.name, reason: said.reason.trim(), at: context.now() };
    let done = context.state.store.act(id, act, seen, by).await?.ok_or(Fault::NotFound)?;
    if let Ok(alert) = &done {
        // Nobody listening is no failure.
        context.state.changes.notify(Change::Alert { id: alert.id.clone(), code: alert.code });
    }
    Ok(done)
}

pub async fn submit(
    context: Context,
    Path((id, word)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Fault> {
    let refusal = match perform(&context, &id, &word, &said).await? {
        Ok(_) => return Ok(Redirect::to(&format!("/peringatan/{id}")).into_response()),
        Err(refusal) => refusal,
    };
    let conflict = Conflict {
        words: refusal_words(context.lang, &refusal),
        seen: said.version.unwrap_or(0),
        reason: said.reason.clone(),
    };
    let view = full(&context, &id, Some(conflict)).await?;
    let frame = context.frame(regency_of(&context, view.alert.code)?).await?;
    Ok((StatusCode::CONFLICT, page(&frame, &view)).into_response())
}

/// Why an act was not done.
pub fn refusal_words(lang: Lang, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Version { .. } => lang
            .pick(
                "Orang lain atau sistem sudah mengubah peringatan ini sejak Anda membukanya.",
                "Somebody else, or the system, changed this alert since you opened it.",
            )
            .to_string(),
        Refusal::State { state, .. } => {
            let now = lang.word("alert_state", state.as_str());
            let hint = match state {
                State::Open => lang.pick("Tekan “Saya sudah tahu” lebih dulu.", "Acknowledge it first."),
                State::Resolved | State::Withdrawn => {
                    lang.pick("Peringatan ini sudah berakhir.", "This alert has ended.")
                }
                _ => lang.pick("Tindakan itu sudah pernah dilakukan.", "That was done already."),
            };
            format!("{} “{now}”. {hint}", lang.pick("Keadaannya sekarang", "It is now"))
        }
        Refusal::ReasonMissing => {
            lang.pick("Tulis alasannya lebih dulu.", "Write the reason first.").to_string()
        }
    }
}
