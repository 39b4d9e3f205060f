//! Masuk: the login page.

use super::shell::{Frame, Place, document};
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
            p.lead { (frame.say("Peringatan dini konflik dan bencana, kabupaten dan kota.", "Early warning of conflict and disaster for regencies and cities.")) }
            @if let Some(words) = &view.problem { p.note.bad role="alert" { (words) } }
            form method="post" action="/masuk" {
                input type="hidden" name="next" value=(view.next);
                div.field { label for="nama" { (frame.say("Nama akun", "Account name")) }
                    input id="nama" name="name" type="text" required maxlength="80" autocomplete="username" autocapitalize="none" spellcheck="false" value=(view.name); }
                div.field { label for="sandi" { (frame.say("Kata sandi", "Password")) }
                    input id="sandi" name="password" type="password" required maxlength="200" autocomplete="current-password"; }
                button.primary type="submit" { (frame.say("Masuk", "Log in")) }
            }
            p.hint { (frame.say("Lupa kata sandi atau belum punya akun? Hubungi admin Kesbangpol.", "No account or password? Ask the administrator at Kesbangpol.")) }
        }
    };
    document(frame, Place::Elsewhere, frame.say("Masuk", "Log in"), content)
}
