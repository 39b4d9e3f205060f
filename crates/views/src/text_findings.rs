//! What the look at free text found, in words for the person about to save it.

use crate::words::Lang;
use formats::screen::ScreenFinding;

pub fn words(finding: ScreenFinding, lang: Lang) -> &'static str {
    match finding {
        ScreenFinding::Identity => lang.text("screen.identity"),
        ScreenFinding::Phone => lang.text("screen.phone"),
        ScreenFinding::Plate => lang.text("screen.plate"),
        ScreenFinding::Name => lang.text("screen.name"),
        ScreenFinding::Group => lang.text("screen.group"),
    }
}
