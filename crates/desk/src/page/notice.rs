//! A page that says what went wrong and what to do next.

use super::shell::{Frame, Place, document};
use maud::{Markup, html};

pub fn page(frame: &Frame, title: &str, words: &str, next: (&str, &str)) -> Markup {
    document(
        frame,
        Place::Elsewhere,
        title,
        html! { p.lead { (words) } p { a.button href=(next.0) { (next.1) } } },
    )
}
