//! The alerts of a backtest in text and on its page: what stood before the events, beside simple forecasts with as many alarms.

use crate::artefact::AlertBars;
use crate::evaluate::EarlyAlerts;
use crate::train::bars::{BarJudgement, SideBySide};
use domain::scorer::BarMeasure;
use std::fmt::Write as _;

/// The bar in words.
fn bar(bar: &AlertBars) -> String {
    let [raise, clear] = [bar.raise_ppm, bar.clear_ppm].map(|ppm| f64::from(ppm) / 1e6);
    match bar.fitted().of {
        BarMeasure::Risk => format!("raised at a risk of {raise:.4}, cleared below {clear:.4}"),
        BarMeasure::TimesUsual => {
            format!("raised at {raise:.2} times what was usual, cleared below {clear:.2} times")
        }
    }
}

/// The parts of a judgement with their headings.
fn parts(alerts: &BarJudgement) -> Vec<(String, &SideBySide)> {
    let mut parts = Vec::new();
    if let (Some(bars), Some(chosen)) = (&alerts.bar, &alerts.chosen) {
        parts.push((format!("bar chosen before the test: {}", bar(bars)), chosen));
    }
    if let Some(found) = &alerts.in_hindsight {
        parts.push(("lowest bar within that in the test itself".to_owned(), found));
    }
    parts
}

fn nothing(alerts: &BarJudgement) -> &'static str {
    match alerts.bar {
        Some(_) => "",
        None => "no bar could be chosen before the test\n",
    }
}

/// The figures as lines of text.
pub fn text(alerts: &BarJudgement) -> String {
    let mut text = format!(
        "alerts before the event, at most {} false alarms a place and quarter; the others with as many alarms\n{}",
        alerts.budget,
        nothing(alerts)
    );
    for (heading, beside) in parts(alerts) {
        let _ = writeln!(text, "{heading}\n{:<14} {:>8} {:>8} {:>9}", "", "detected", "false", "precision");
        for (name, own) in beside.rows() {
            let EarlyAlerts { detection, false_a_quarter, precision, .. } = own;
            let _ = writeln!(text, "{name:<14} {detection:>8.3} {false_a_quarter:>8.3} {precision:>9.3}");
        }
    }
    text
}

/// The same as a part of the page.
pub fn html(alerts: &BarJudgement) -> String {
    let mut page = format!(
        "<h2>Alerts that stood before the event</h2><p>At most {} false alarms a place and quarter. An alarm is a period at the start of which an alert stands; it is false where nothing happens in the period. The others have as many alarms. {}</p>",
        alerts.budget,
        nothing(alerts)
    );
    for (heading, beside) in parts(alerts) {
        let _ = write!(
            page,
            "<p>{heading}</p><table><tr><th>forecast</th><th>hit cells</th><th>alerted before</th><th>false a place and quarter</th><th>precision</th></tr>"
        );
        for (name, own) in beside.rows() {
            let _ = write!(
                page,
                "<tr><td>{name}</td><td>{}</td><td>{:.3}</td><td>{:.3}</td><td>{:.3}</td></tr>",
                own.hit, own.detection, own.false_a_quarter, own.precision
            );
        }
        page += "</table>";
    }
    page
}
