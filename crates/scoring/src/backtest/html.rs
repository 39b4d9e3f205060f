//! The backtest as one page with pictures drawn here; nothing is loaded from anywhere.

use super::{BacktestResult, Detail};
use crate::evaluate::{Bin, Measures};
use std::fmt::Write as _;

/// The whole page.
pub fn page(result: &BacktestResult) -> String {
    let detail = &result.detail;
    let kind = detail.kind.as_deref().unwrap_or("events");
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Backtest: {kind}</title><style>{STYLE}</style><h1>Backtest: {kind}</h1>"
    );
    let (from, test, to) = &detail.window;
    let _ = write!(
        page,
        "<p>{} places, {} {}s from {from} to {to}; judged on {} cells from {test} on. Hit in training {:.4}, in the test {:.4} ({} and {} cells).</p>",
        result.units,
        result.periods,
        detail.period,
        result.test_cells,
        detail.base_rate_train,
        result.base_rate,
        detail.positives.0,
        detail.positives.1
    );
    let skill = detail.skill;
    let verdict = if result.served == "model" {
        format!("the model, by what lies before the test a mix of {}, is served", result.mix())
    } else {
        format!("by what lies before the test <b>{}</b> is served alone", result.served)
    };
    let _ = write!(
        page,
        "<p>Brier skill against the best baseline ({}): <b>{:+.3}</b>, 95 % interval {:+.3} to {:+.3} (over places and over time): {verdict}.</p>",
        detail.best, skill.value, skill.low, skill.high
    );
    notes(&mut page, &detail.notes);
    table(&mut page, result);
    page += "<h2>Do the frequencies mean what they say?</h2>";
    page += &reliability(&detail.bins);
    page += "<table><tr><th>n</th><th>forecast</th><th>came true</th><th>95 %</th></tr>";
    for bin in &detail.bins {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{:.4}</td><td>{:.4}</td><td>{:.4}–{:.4}</td></tr>",
            bin.n, bin.forecast, bin.observed, bin.low, bin.high
        );
    }
    page += "</table>";
    ceiling(&mut page, result);
    page += "<h2>Forecast and truth, period by period</h2>";
    page += &course(&detail.course);
    model(&mut page, detail);
    page += "</html>\n";
    page
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;color:#1c2a28}table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid #cdd6d3}td:first-child,th:first-child{text-align:left}tr.model{font-weight:600}svg{max-width:100%;height:auto}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn notes(page: &mut String, notes: &[String]) {
    if notes.is_empty() {
        return;
    }
    *page += "<ul>";
    for note in notes {
        let _ = write!(page, "<li>{}</li>", escape(note));
    }
    *page += "</ul>";
}

fn table(page: &mut String, result: &BacktestResult) {
    *page += "<table><tr><th>forecast</th><th>Brier</th><th>log score</th><th>AUROC</th><th>onset</th><th>within place</th><th>calibration error</th><th>precision, top 10 %</th><th>recall, top 10 %</th><th>PAI</th></tr>";
    row(page, "model", &result.model.measures);
    for (name, measures) in &result.baselines.0 {
        row(page, name, measures);
    }
    *page += "</table>";
    let _ = write!(page, "<p>{}</p>", escape(&super::timing::text(&result.model)).replace('\n', " "));
    *page += &super::alerts::html(&result.alerts);
    alerts(page, &result.detail);
    if let Some(slope) = result.model.calibration_slope {
        let _ = write!(
            page,
            "<p>Calibration slope {slope:.2} (1 is right, below 1 overconfident). AUROC over all cells mostly says <i>where</i>. PAI: recall over the share of places flagged.</p>"
        );
    }
}

fn alerts(page: &mut String, detail: &Detail) {
    *page += "<h2>With room for some of the places</h2><table><tr><th>forecast</th><th>places flagged</th><th>precision</th><th>recall</th><th>PAI</th></tr>";
    for (name, top) in detail.top.iter().flat_map(|(name, all)| all.iter().map(move |top| (name, top))) {
        let _ = write!(
            page,
            "<tr><td>{name}</td><td>{} ({} %)</td><td>{:.3}</td><td>{:.3}</td><td>{:.1}</td></tr>",
            top.room,
            top.share * 100.0,
            top.precision,
            top.recall,
            top.pai
        );
    }
    *page += "</table>";
    *page += "<h2>As alerts, with room for a tenth of the places</h2><table><tr><th>forecast</th><th>alerts</th><th>with an event</th><th>95 %</th><th>onsets caught</th><th>95 %</th><th>false a place and quarter</th><th>median lead</th></tr>";
    for (name, one) in &detail.alerts {
        let lead =
            one.lead_periods.map_or("–".to_string(), |periods| format!("{periods} {}s", detail.period));
        let _ = write!(
            page,
            "<tr><td>{name}</td><td>{}</td><td>{}</td><td>{:.2}–{:.2}</td><td>{} of {}</td><td>{:.2}–{:.2}</td><td>{:.3}</td><td>{lead}</td></tr>",
            one.raised,
            one.right,
            one.precision.0,
            one.precision.1,
            one.detected,
            one.onsets,
            one.detection.0,
            one.detection.1,
            one.false_a_quarter
        );
    }
    *page += "</table>";
}

fn row(page: &mut String, name: &str, m: &Measures) {
    let area = |value: Option<f64>| value.map_or("–".to_string(), |value| format!("{value:.3}"));
    let class = if name == "model" { " class=\"model\"" } else { "" };
    let _ = write!(
        page,
        "<tr{class}><td>{name}</td><td>{:.4}</td><td>{:.4}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.4}</td><td>{:.3}</td><td>{:.3}</td><td>{:.1}</td></tr>",
        m.brier,
        m.log_score,
        area(m.auroc),
        area(m.auroc_onset),
        area(m.auroc_within),
        m.ece,
        m.precision_top10,
        m.recall_top10,
        m.recall_top10 / 0.1
    );
}

/// Forecast against frequency on square-root axes, so that rare events can be seen.
fn reliability(bins: &[Bin]) -> String {
    let top = bins.iter().map(|bin| bin.high.max(bin.forecast)).fold(0.01, f64::max);
    let x = |p: f64| 40.0 + 300.0 * libm::sqrt(p / top);
    let y = |p: f64| 330.0 - 300.0 * libm::sqrt(p / top);
    let mut svg = format!(
        "<svg viewBox=\"0 0 360 360\" width=\"360\" role=\"img\" aria-label=\"Reliability\"><line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#9aa8a4\"/>",
        x(0.0),
        y(0.0),
        x(top),
        y(top)
    );
    for share in [0.01, 0.05, 0.2, 0.5, 1.0].into_iter().filter(|share| *share <= top) {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"348\" font-size=\"11\" text-anchor=\"middle\">{share}</text><text x=\"34\" y=\"{:.1}\" font-size=\"11\" text-anchor=\"end\">{share}</text>",
            x(share),
            y(share) + 4.0
        );
    }
    for bin in bins {
        let _ = write!(
            svg,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1:.1}\" y2=\"{2:.1}\" stroke=\"#b3541e\"/><circle cx=\"{0:.1}\" cy=\"{3:.1}\" r=\"4\" fill=\"#b3541e\"><title>n {4}</title></circle>",
            x(bin.forecast),
            y(bin.low),
            y(bin.high),
            y(bin.observed),
            bin.n
        );
    }
    svg + "</svg>"
}

/// What the figures of calibration could be at best on these cells.
fn ceiling(page: &mut String, result: &BacktestResult) {
    let (measures, noise_floor) = (&result.model.measures, &result.detail.noise_floor);
    let _ = write!(
        page,
        "<p>Calibration error {:.4}. A forecast that is exactly right would show {:.4} on these cells by chance alone (95 %: {:.4} to {:.4})",
        measures.ece, noise_floor.ece.value, noise_floor.ece.low, noise_floor.ece.high
    );
    if let (Some(slope), Some(right)) = (result.model.calibration_slope, noise_floor.slope) {
        let _ = write!(
            page,
            ", and a slope from {:.2} to {:.2} where this one has {slope:.2}",
            right.low, right.high
        );
    }
    *page += ".";
    if let Some(oracle) = &result.detail.oracle {
        let _ = write!(
            page,
            " Recalibrated on the test itself, which no honest forecast can be, the level would move by {:+.2} (error {:.4}, Brier {:.4}); with the slope as well, Brier {:.4}.",
            oracle.level.shift, oracle.level.ece, oracle.level.brier, oracle.both.brier
        );
    }
    *page += "</p>";
}

fn course(course: &[(String, f64, f64)]) -> String {
    let top = course.iter().map(|(_, forecast, hit)| forecast.max(*hit)).fold(1e-6, f64::max);
    let step = 640.0 / (course.len().max(2) - 1) as f64;
    let point =
        |at: usize, value: f64| format!("{:.1},{:.1} ", 20.0 + at as f64 * step, 180.0 - 160.0 * value / top);
    let line = |values: &dyn Fn(&(String, f64, f64)) -> f64| -> String {
        course.iter().enumerate().map(|(at, one)| point(at, values(one))).collect()
    };
    let (first, last) = (course.first().map_or("", |one| &one.0), course.last().map_or("", |one| &one.0));
    format!(
        "<svg viewBox=\"0 0 680 210\" width=\"680\" role=\"img\" aria-label=\"Course\"><polyline fill=\"none\" stroke=\"#1c2a28\" stroke-width=\"2\" points=\"{}\"/><polyline fill=\"none\" stroke=\"#b3541e\" stroke-width=\"2\" stroke-dasharray=\"5 3\" points=\"{}\"/><text x=\"20\" y=\"200\" font-size=\"12\">{first}</text><text x=\"660\" y=\"200\" font-size=\"12\" text-anchor=\"end\">{last}</text></svg><p>Solid: share of places hit. Dashed: mean forecast. Top of the picture: {top:.4}.</p>",
        line(&|one| one.2),
        line(&|one| one.1)
    )
}

fn model(page: &mut String, detail: &Detail) {
    *page += "<h2>The model</h2>";
    let _ = write!(
        page,
        "<p>One line over the service's own features, a mix weighed before the test; the regression in it under penalty {}, recalibration slope {:.3}. Intercept {:+.4}.</p>",
        detail.ridge, detail.slope, detail.intercept
    );
    *page += "<table><tr><th>feature</th><th>coefficient</th></tr>";
    for (name, value) in detail.coefficients.iter().filter(|(_, value)| *value != 0.0) {
        let _ = write!(page, "<tr><td>{name}</td><td>{value:+.4}</td></tr>");
    }
    *page += "</table>";
}
