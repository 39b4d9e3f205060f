//! What the look at free text found, in words for the person about to save it.

use crate::words::Lang;
use formats::screen::{ScreenFinding, screen};

pub fn words(finding: ScreenFinding, lang: Lang) -> &'static str {
    match finding {
        ScreenFinding::Identity => lang.text("screen.identity"),
        ScreenFinding::Phone => lang.text("screen.phone"),
        ScreenFinding::Plate => lang.text("screen.plate"),
        ScreenFinding::Name => lang.text("screen.name"),
        ScreenFinding::Group => lang.text("screen.group"),
    }
}

/// What stands in a person's reason for an act that should not be passed on, in words, and what to do about it; `None` where nothing
/// does. Others read a reason, and of a disaster it goes out: it is looked at as a report's text is. `keep`: the sentence that says
/// how it stays as it is.
pub fn in_reason(reason: &str, keep: &'static str, lang: Lang) -> Option<String> {
    let found = screen(reason);
    let sentences = found.iter().map(|finding| words(*finding, lang)).chain([lang.text(keep)]);
    (!found.is_empty()).then(|| sentences.collect::<Vec<_>>().join(" "))
}
