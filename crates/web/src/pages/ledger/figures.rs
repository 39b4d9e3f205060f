//! One kind and horizon: the figures, and the reliability diagram with its text twin and its table.

use crate::pages::level;
use crate::pages::shell::{Frame, strong};
use maud::{Markup, html};
use scoring::evaluate::Bin;
use scoring::ledger::{FEWEST_TRUE, ForecastCounts, ForecastSkill, LedgerPart, Share};
use views::format;
use views::model::{baseline_word, hundredths};

pub(super) fn one(frame: &Frame, part: &LedgerPart, fewest: usize) -> Markup {
    let id = format!("{}-{}", part.kind, part.horizon);
    html! {
        section.block aria-labelledby={ "h-" (id) } {
            h2 id={ "h-" (id) } { (level::kind(part.kind, frame.lang)) " · " (frame.lang.word("horizon", part.horizon)) }
            @if let Some(name) = &part.served {
                p.hint { (strong(&frame.fill("ledger.baseline_in_use", &[("name", &baseline_word(frame.lang, name))]))) }
            }
            div.scroll tabindex="0" role="region" aria-label=(frame.text("ledger.figures")) {
                table {
                    thead { tr {
                        td {}
                        th scope="col" { (frame.text("ledger.all_districts")) }
                        th scope="col" { (frame.text("ledger.sample")) }
                    } }
                    tbody { @for (word, all, sample) in rows(frame, part, fewest) {
                        tr { th scope="row" { (word) } td.num { (all) } td.num { (sample) } }
                    } }
                }
            }
            @if let Some(skill) = &part.all.skill { (reliability(frame, part, skill)) }
        }
    }
}

fn rows<'a>(frame: &'a Frame, part: &LedgerPart, fewest: usize) -> Vec<(&'a str, String, String)> {
    let both =
        |word: &'a str, tell: &dyn Fn(&ForecastCounts) -> String| (word, tell(&part.all), tell(&part.sample));
    let count = |value: usize| format::number(value as i64, frame.lang);
    let figure = |figures: &ForecastCounts, tell: &dyn Fn(&ForecastSkill) -> String| match &figures.skill {
        Some(skill) => tell(skill),
        None => "–".to_string(),
    };
    vec![
        both(frame.text("ledger.happened"), &|f| format!("{} · {}", count(f.happened), count(f.did_not))),
        both(frame.text("ledger.averted_void_waiting"), &|f| {
            format!("{} · {} · {}", count(f.averted), count(f.void), count(f.waiting))
        }),
        both(frame.text("ledger.brier_skill"), &|f| match &f.skill {
            Some(own) => skill(frame, own),
            None => withheld(frame, f.decided(), fewest),
        }),
        both(frame.text("ledger.mean_forecast"), &|f| figure(f, &|own| hundredths(own.forecast, frame.lang))),
        both(frame.text("ledger.came_true"), &|f| figure(f, &|own| share(frame, &own.observed))),
        both(frame.text("ledger.seen_risk"), &|f| figure(f, &|own| count(own.seen))),
        both(frame.text("ledger.corrected_later"), &|f| count(f.corrections)),
    ]
}

/// Why there is no figure.
fn withheld(frame: &Frame, n: usize, fewest: usize) -> String {
    frame.fill("ledger.too_few_forecasts", &[("n", &n), ("fewest", &fewest)])
}

fn skill(frame: &Frame, own: &ForecastSkill) -> String {
    let Some(skill) = own.brier_skill else {
        let few = own.observed.hits < FEWEST_TRUE;
        let words = [("n", &own.observed.hits as &dyn std::fmt::Display), ("fewest", &FEWEST_TRUE)];
        return if few { frame.fill("ledger.too_few_true", &words) } else { "–".to_string() };
    };
    let value = hundredths(skill, frame.lang);
    match own.skill_interval {
        Some((low, high)) => {
            let (low, high) = (hundredths(low, frame.lang), hundredths(high, frame.lang));
            frame.fill("ledger.with_interval", &[("value", &value), ("low", &low), ("high", &high)])
        }
        None => value,
    }
}

pub(super) fn share(frame: &Frame, share: &Share) -> String {
    let own = hundredths(share.hits as f64 / share.n.max(1) as f64, frame.lang);
    let (low, high) = (hundredths(share.low, frame.lang), hundredths(share.high, frame.lang));
    frame.fill(
        "ledger.share",
        &[("share", &own), ("hits", &share.hits), ("n", &share.n), ("low", &low), ("high", &high)],
    )
}

const SIDE: f64 = 220.0;
const EDGE: f64 = 24.0;

/// The reliability diagram, and the same as a table.
fn reliability(frame: &Frame, part: &LedgerPart, skill: &ForecastSkill) -> Markup {
    let top = skill.bins.iter().map(|bin| bin.high.max(bin.forecast)).fold(0.05, f64::max).min(1.0);
    let x = |value: f64| tenth(EDGE + value / top * (SIDE - EDGE - 8.0));
    let y = |value: f64| tenth(SIDE - EDGE - value / top * (SIDE - EDGE - 8.0));
    let title = frame.fill(
        "ledger.calibration_of",
        &[
            ("kind", &frame.lang.word("kind", part.kind)),
            ("horizon", &frame.lang.word("horizon", part.horizon)),
        ],
    );
    html! {
        figure.reliability {
            svg viewBox={ "0 0 " (SIDE) " " (SIDE) } width=(SIDE) height=(SIDE) role="img" aria-label={ (title) ". " (text_twin(frame, skill)) } {
                line.chart-zero x1=(x(0.0)) y1=(y(0.0)) x2=(x(top)) y2=(y(0.0)) {}
                line.chart-zero x1=(x(0.0)) y1=(y(0.0)) x2=(x(0.0)) y2=(y(top)) {}
                line.chart-ideal x1=(x(0.0)) y1=(y(0.0)) x2=(x(top)) y2=(y(top)) {}
                @for bin in &skill.bins {
                    line.chart-range x1=(x(bin.forecast)) x2=(x(bin.forecast)) y1=(y(bin.low)) y2=(y(bin.high)) {}
                    circle.chart-dot cx=(x(bin.forecast)) cy=(y(bin.observed)) r="3.5" {}
                }
                text.chart-label x=(x(top)) y=(SIDE - 8.0) text-anchor="end" { (frame.fill("ledger.forecast_up_to", &[("share", &hundredths(top, frame.lang))])) }
                text.chart-label x=(x(0.0) + 4.0) y="12" { (frame.text("ledger.axis_came_true")) }
            }
            figcaption { (text_twin(frame, skill)) }
        }
        details {
            summary { (frame.text("ledger.calibration_table")) }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    thead { tr {
                        th scope="col" { (frame.text("ledger.forecast")) }
                        th scope="col" { (frame.text("ledger.column_came_true")) }
                        th scope="col" { (frame.text("ledger.interval")) }
                        th scope="col" { "n" }
                    } }
                    tbody { @for bin in &skill.bins { tr {
                        td.num { (hundredths(bin.forecast, frame.lang)) }
                        td.num { (hundredths(bin.observed, frame.lang)) }
                        td.num { (frame.fill("format.range", &[("from", &hundredths(bin.low, frame.lang)), ("to", &hundredths(bin.high, frame.lang))])) }
                        td.num { (bin.n) }
                    } } }
                }
            }
        }
    }
}

/// The drawing in words: in how many bins the forecast lies within the interval of what came true.
fn text_twin(frame: &Frame, skill: &ForecastSkill) -> String {
    let held = |bin: &&Bin| (bin.low..=bin.high).contains(&bin.forecast);
    let (good, all) = (skill.bins.iter().filter(held).count(), skill.bins.len());
    frame.fill("ledger.diagram_in_words", &[("n", &good), ("of", &all)])
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
