//! Masuk: the login page.

use super::shell::{Frame, NavEntry, document};
use maud::{Markup, html};

#[derive(Clone, Debug, Default)]
pub struct LoginView {
    pub name: String,
    /// Where to go afterwards; a path of ours.
    pub next: String,
    pub problem: Option<String>,
}

pub fn page(frame: &Frame, view: &LoginView) -> Markup {
    let content = html! {
        div.login {
            p.lead { (frame.text("login.lead")) }
            @if let Some(words) = &view.problem { p.note.bad role="alert" { (words) } }
            form method="post" action="/masuk" {
                input type="hidden" name="next" value=(view.next);
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
