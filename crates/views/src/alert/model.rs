//! What the model says of an alert.

use super::AlertView;
use crate::picture::AssessmentView;
use crate::words::Lang;
use crate::{format, range};
use domain::place::Zone;

/// What the model says of an alert, in one sentence; of what ended what it said then.
pub fn model_words(view: &AlertView, week: &AssessmentView, zone: Zone, lang: Lang) -> String {
    let says = model_sentence(week, lang);
    if view.alert.state.is_live() {
        return says;
    }
    lang.fill("alert.model_then", &[("time", &format::long(week.at, zone, lang)), ("says", &says)])
}

/// What the model says, in one sentence.
fn model_sentence(week: &AssessmentView, lang: Lang) -> String {
    if let Some(own) = &week.range {
        return lang.fill("alert.model_range", &[("range", &range::words(own, week.horizon, lang))]);
    }
    if !week.risk.calibrated {
        return lang.text("alert.model_uncalibrated").to_string();
    }
    let risk = format::percent(week.risk.risk_ppm, lang);
    let usual = format::percent(week.risk.base_ppm, lang);
    lang.fill("alert.model_calibrated", &[("risk", &risk), ("usual", &usual)])
}
