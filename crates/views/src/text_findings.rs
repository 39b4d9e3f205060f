//! What the look at free text found, in words for whoever is about to save it.

use crate::words::Lang;
use formats::screen::Finding;

pub fn words(finding: Finding, lang: Lang) -> &'static str {
    match finding {
        Finding::Identity => lang.text("screen.identity"),
        Finding::Phone => lang.text("screen.phone"),
        Finding::Plate => lang.text("screen.plate"),
        Finding::Group => lang.text("screen.group"),
    }
}
