//! A form that was sent after its session had ended: the login page keeps it, and after the login it stands there again as
//! it was typed, to be looked at and sent. Nothing acts before that.

use super::{alerts, correction, entry, paste, reporter, reporter_list, reports};
use crate::fault::Fault;
use crate::guard::REPORTER_PATH;
use crate::pages::entry::TypedFields;
use crate::pages::login::{LoginView, UNSENT_FIELD, UNSENT_PATH, UnsentForm, page};
use crate::pages::reporter_list as reporter_list_page;
use crate::request::PageRequest;
use crate::state::WebState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use views::Right;

impl UnsentForm {
    /// What the login form carried of another, if it did.
    pub fn of(fields: &[(String, String)]) -> Option<UnsentForm> {
        let (_, path) = fields.iter().find(|(name, _)| name == UNSENT_PATH)?;
        let own =
            |(name, value): &(String, String)| Some((name.strip_prefix(UNSENT_FIELD)?.into(), value.clone()));
        Some(UnsentForm { path: path.clone(), fields: fields.iter().filter_map(own).collect() })
    }

    /// The page the form stood on.
    fn page(&self) -> String {
        let path = self.path.split('?').next().unwrap_or("/");
        match parts(path)[..] {
            ["peringatan", id, _] => format!("/peringatan/{id}"),
            ["laporan", id, "verifikasi" | "tarik"] => format!("/laporan/{id}"),
            ["laporan", id, "koreksi"] => format!("/laporan/{id}/koreksi"),
            ["laporan", word @ ("baru" | "tempel")] => format!("/laporan/{word}"),
            ["laporan", "tabel", id] => format!("/laporan/tabel/{id}"),
            ["panggilan"] => "/panggilan".into(),
            ["lapor", _] => REPORTER_PATH.into(),
            ["pelapor", _] => reporter_list_page::PATH.into(),
            _ => "/".into(),
        }
    }

    fn typed(&self) -> TypedFields {
        let mut typed = TypedFields::new();
        for (name, value) in &self.fields {
            typed.entry(name.clone()).or_default().push(value.replace("\r\n", "\n"));
        }
        typed
    }
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// The login page in place of the form's answer.
pub async fn ask_to_log_in(state: &WebState, mut parts: Parts, form: UnsentForm) -> Response {
    let Ok(request) = PageRequest::from_request_parts(&mut parts, state).await;
    let view = LoginView { next: form.page(), unsent: Some(form), ..LoginView::default() };
    (StatusCode::UNAUTHORIZED, page(&request.outside(), &view)).into_response()
}

/// The form again, as it was typed, for a person who has just logged in; else the page it stood on, which says what is wrong.
pub async fn show(request: PageRequest, form: &UnsentForm) -> Response {
    let page = form.page();
    let request = PageRequest { path: page.clone(), ..request };
    match filled(&request, form).await {
        Ok(Some(shown)) => ([(header::CACHE_CONTROL, "no-store")], shown).into_response(),
        Ok(None) | Err(_) => Redirect::to(&page).into_response(),
    }
}

async fn filled(request: &PageRequest, form: &UnsentForm) -> Result<Option<Response>, Fault> {
    let typed = form.typed();
    let (path, query) = form.path.split_once('?').unwrap_or((&form.path, ""));
    let may = |right| request.viewer().is_ok_and(|viewer| viewer.may(right));
    let (enters, verifies) = (may(Right::EnterReport), may(Right::Verify));
    Ok(Some(match parts(path)[..] {
        ["laporan", "baru"] if enters => entry::show_unsent(request, typed).await?,
        ["laporan", "tempel"] if enters => paste::show_unsent(request, typed).await?,
        ["laporan", id, "verifikasi" | "tarik"] if verifies => {
            reports::show_unsent(request, id, query, &typed).await?
        }
        ["laporan", id, "koreksi"] if verifies => correction::show_unsent(request, id, query, typed).await?,
        ["peringatan", id, word] if word != "kirim-lagi" => {
            alerts::show_unsent(request, id, word, &typed).await?
        }
        ["pelapor", "tambah"] if may(Right::AddReporters) => {
            reporter_list::show_unsent(request, &typed).await?
        }
        ["lapor", word] if may(Right::ReportForFeed) => reporter::show_unsent(request, word, typed).await?,
        _ => return Ok(None),
    }))
}
