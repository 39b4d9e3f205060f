//! A page that says what went wrong and what to do next.

use super::shell::{Frame, NavEntry, document};
use maud::{Markup, html};

pub fn page(frame: &Frame, title: &str, words: &str, next: (&str, &str)) -> Markup {
    document(
        frame,
        NavEntry::Elsewhere,
        title,
        html! { p.lead { (words) } p { a.button href=(next.0) { (next.1) } } },
    )
}

/// What a page says first after a form was sent: that it was done, or why not.
#[derive(Clone, Debug)]
pub struct FormNote {
    pub words: String,
    pub done: bool,
}

impl FormNote {
    pub fn done(words: &str) -> FormNote {
        FormNote { words: words.to_string(), done: true }
    }

    pub fn problem(words: &str) -> FormNote {
        FormNote { words: words.to_string(), done: false }
    }
}

/// The note of a form, where one was sent.
pub fn form_note(note: Option<&FormNote>) -> Markup {
    html! {
        @match note {
            Some(FormNote { words, done: true }) => { p.note.good role="status" { (words) } }
            Some(FormNote { words, done: false }) => { p.note.bad role="alert" { (words) } }
            None => {}
        }
    }
}
