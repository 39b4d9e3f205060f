//! Masuk: the login page.

use super::shell::{Frame, NavEntry, document};
use crate::guard::REPORTER_PATH;
use maud::{Markup, html};

/// A form that came without a session: kept in the login page, so that nobody has to type it again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnsentForm {
    /// Where it was sent.
    pub path: String,
    pub fields: Vec<(String, String)>,
}

/// The login form's field that carries [`UnsentForm::path`], and what its fields' names begin with.
pub const UNSENT_PATH: &str = "unsent";
pub const UNSENT_FIELD: &str = "unsent.";

#[derive(Clone, Debug, Default)]
pub struct LoginView {
    pub name: String,
    /// Where to go afterwards; a path of ours.
    pub next: String,
    pub problem: Option<String>,
    pub unsent: Option<UnsentForm>,
}

pub fn page(frame: &Frame, view: &LoginView) -> Markup {
    let content = html! {
        div.login {
            p.lead { (frame.text("login.lead")) }
            @if view.unsent.is_some() { p.note role="status" { (frame.text("login.form_is_kept")) } }
            @if view.next == REPORTER_PATH { (without_password(frame, view)) }
            @if let Some(words) = &view.problem { p.note.bad role="alert" { (words) } }
            form method="post" action="/masuk" {
                input type="hidden" name="next" value=(view.next);
                @if let Some(form) = &view.unsent {
                    input type="hidden" name=(UNSENT_PATH) value=(form.path);
                    @for (name, value) in &form.fields { input type="hidden" name={ (UNSENT_FIELD) (name) } value=(value); }
                }
                div.field { label for="nama" { (frame.text("login.account_name")) }
                    input id="nama" name="name" type="text" required maxlength="80" autocomplete="username" autocapitalize="none" spellcheck="false" value=(view.name); }
                div.field { label for="sandi" { (frame.text("login.password")) }
                    input id="sandi" name="password" type="password" required maxlength="200" autocomplete="current-password"; }
                button.primary type="submit" { (frame.text("login.log_in")) }
            }
            p.hint { (frame.text("login.no_account")) }
        }
    };
    document(frame, NavEntry::Elsewhere, frame.text("login.log_in"), content)
}

/// Who reports by a link has no password: the text that was typed is shown, to be copied before another link is asked for.
fn without_password(frame: &Frame, view: &LoginView) -> Markup {
    let typed = view.unsent.as_ref().and_then(|form| form.fields.iter().find(|(name, _)| name == "summary"));
    let text = typed.map(|(_, text)| text.trim()).filter(|text| !text.is_empty());
    html! {
        p.note { (frame.text("login.by_link")) @if text.is_some() { " " (frame.text("login.copy_the_text")) } }
        @if let Some(text) = text { blockquote.typed { (text) } }
    }
}
