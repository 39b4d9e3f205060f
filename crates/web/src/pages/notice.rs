//! A page that says what went wrong and what to do next.

use super::entry::TypedFields;
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
    /// What was typed and is not sent, so that it is not lost.
    pub typed: TypedFields,
    /// The look at the reason found something: sent again with a tick it stays.
    pub screened: bool,
}

impl FormNote {
    pub fn done(words: &str) -> FormNote {
        FormNote { words: words.to_string(), done: true, typed: TypedFields::new(), screened: false }
    }

    pub fn problem(words: &str) -> FormNote {
        FormNote { words: words.to_string(), done: false, typed: TypedFields::new(), screened: false }
    }

    /// The same with what was typed.
    pub fn keeping(self, typed: &TypedFields) -> FormNote {
        FormNote { typed: typed.clone(), ..self }
    }

    /// Whether this was typed into that field.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.typed.get(name).is_some_and(|values| values.iter().any(|own| own == value))
    }

    /// What was typed into that field.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.typed.get(name)?.first().map(String::as_str)
    }
}

/// The note of a form, where one was sent.
pub fn form_note(note: Option<&FormNote>) -> Markup {
    html! {
        @match note {
            Some(FormNote { words, done: true, .. }) => { p.note.good role="status" { (words) } }
            Some(FormNote { words, done: false, .. }) => { p.note.bad role="alert" { (words) } }
            None => {}
        }
    }
}
