//! One kind and horizon: the figures, and the reliability diagram with its text twin and its table.

use crate::pages::level;
use crate::pages::shell::{Frame, strong};
use maud::{Markup, html};
use scoring::evaluate::Bin;
use scoring::ledger::{
    FEWEST_TRUE, ForecastCounts, ForecastSkill, LedgerBaseline, LedgerPart, Share, SkillOver,
};
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
            @if let Some(words) = verdict(frame, &part.all) { p { (words) } }
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

type Row<'a> = (&'a str, String, String);

fn rows<'a>(frame: &'a Frame, part: &LedgerPart, fewest: usize) -> Vec<Row<'a>> {
    let both = |key: &'static str, words: &dyn Fn(&ForecastCounts) -> String| {
        (frame.text(key), words(&part.all), words(&part.sample))
    };
    let count = |value: usize| format::number(value as i64, frame.lang);
    let figure = |figures: &ForecastCounts, words: &dyn Fn(&ForecastSkill) -> String| match &figures.skill {
        Some(skill) => words(skill),
        None => "–".to_string(),
    };
    let mut rows = vec![
        both("ledger.happened", &|f| format!("{} · {}", count(f.happened), count(f.did_not))),
        both("ledger.single_source", &|f| count(f.single_source)),
        both("ledger.averted_void_waiting", &|f| {
            format!("{} · {} · {}", count(f.averted), count(f.void), count(f.waiting))
        }),
        both("ledger.undecided", &|f| undecided(frame, f)),
    ];
    rows.extend(LedgerBaseline::ALL.into_iter().map(|baseline| {
        both(skill_key(baseline), &|f| match &f.skill {
            Some(own) => skill(frame, own, baseline),
            None => withheld(frame, f.decided(), fewest),
        })
    }));
    rows.extend([
        both("ledger.mean_forecast", &|f| figure(f, &|own| hundredths(own.forecast, frame.lang))),
        both("ledger.came_true", &|f| figure(f, &|own| share(frame, &own.observed))),
    ]);
    if part.all.single_source + part.sample.single_source > 0 {
        rows.push(both("ledger.with_single_source", &|f| second_line(frame, f)));
    }
    if part.all.averted + part.sample.averted > 0 {
        rows.push(both("ledger.averted_bounds", &|f| averted(frame, f)));
    }
    rows.extend([
        both("ledger.seen_risk", &|f| figure(f, &|own| count(own.seen))),
        both("ledger.corrected_later", &|f| count(f.corrections)),
    ]);
    rows
}

/// How many of those whose time has passed nobody can decide.
fn undecided(frame: &Frame, figures: &ForecastCounts) -> String {
    let (n, of) = (figures.void + figures.averted, figures.due());
    let number = |value: usize| format::number(value as i64, frame.lang);
    frame.fill("ledger.n_of_due", &[("n", &number(n)), ("of", &number(of))])
}

/// What the figures are where what one source alone says happened too.
fn second_line(frame: &Frame, figures: &ForecastCounts) -> String {
    let Some(own) = &figures.with_single_source else { return "–".to_string() };
    let over = skill(frame, own, LedgerBaseline::Climatology);
    frame.fill("ledger.share_and_skill", &[("share", &share(frame, &own.observed)), ("skill", &over)])
}

/// The figures between "none of the averted would have happened" and "all would have".
fn averted(frame: &Frame, figures: &ForecastCounts) -> String {
    let Some(bounds) = &figures.averted_bounds else { return "–".to_string() };
    let both = [&bounds.as_did_not, &bounds.as_happened];
    let [low, high] = both.map(|own| hundredths(own.observed.value, frame.lang));
    let shares = frame.fill("format.range", &[("from", &low), ("to", &high)]);
    let [none, all] = both.map(|own| own.over(LedgerBaseline::Climatology));
    let (Some(none), Some(all)) = (none, all) else { return shares };
    let [low, high] = [none.min(all), none.max(all)].map(|skill| hundredths(skill, frame.lang));
    let skills = frame.fill("format.range", &[("from", &low), ("to", &high)]);
    frame.fill("ledger.share_and_skill", &[("share", &shares), ("skill", &skills)])
}

fn skill_key(baseline: LedgerBaseline) -> &'static str {
    match baseline {
        LedgerBaseline::Constant => "ledger.skill_over_constant",
        LedgerBaseline::Climatology => "ledger.skill_over_climatology",
        LedgerBaseline::Count => "ledger.skill_over_count",
    }
}

fn baseline_key(baseline: LedgerBaseline) -> &'static str {
    match baseline {
        LedgerBaseline::Constant => "ledger.baseline_constant",
        LedgerBaseline::Climatology => "ledger.baseline_climatology",
        LedgerBaseline::Count => "ledger.baseline_count",
    }
}

/// In a sentence whether the forecasts are better than what costs nothing; nothing while that cannot be said.
fn verdict(frame: &Frame, figures: &ForecastCounts) -> Option<String> {
    let own = figures.skill.as_ref().filter(|own| own.skills.iter().all(|over| over.interval.is_some()))?;
    let beaten = |over: &&SkillOver| over.interval.is_some_and(|(low, _)| low > 0.0);
    let name = |over: &SkillOver| frame.text(baseline_key(over.baseline)).to_string();
    let open: Vec<String> = own.skills.iter().filter(|over| !beaten(over)).map(name).collect();
    Some(match open.is_empty() {
        true => frame.text("ledger.better_than_all").to_string(),
        false => frame.fill("ledger.not_better_than", &[("names", &open.join(", "))]),
    })
}

/// Why there is no figure.
fn withheld(frame: &Frame, n: usize, fewest: usize) -> String {
    frame.fill("ledger.too_few_forecasts", &[("n", &n), ("fewest", &fewest)])
}

fn skill(frame: &Frame, own: &ForecastSkill, baseline: LedgerBaseline) -> String {
    let Some(skill) = own.over(baseline) else {
        let few = own.observed.hits < FEWEST_TRUE;
        let words = [("n", &own.observed.hits as &dyn std::fmt::Display), ("fewest", &FEWEST_TRUE)];
        return if few { frame.fill("ledger.too_few_true", &words) } else { "–".to_string() };
    };
    let value = hundredths(skill, frame.lang);
    match own.skills.iter().find(|over| over.baseline == baseline).and_then(|over| over.interval) {
        Some((low, high)) => {
            let (low, high) = (hundredths(low, frame.lang), hundredths(high, frame.lang));
            frame.fill("ledger.with_interval", &[("value", &value), ("low", &low), ("high", &high)])
        }
        None => value,
    }
}

pub(super) fn share(frame: &Frame, share: &Share) -> String {
    let own = hundredths(share.value, frame.lang);
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
            // The word of the upright line stands above it, where no interval reaches.
            svg viewBox={ "0 -14 " (SIDE) " " (SIDE + 14.0) } width=(SIDE) height=(SIDE + 14.0) role="img" aria-label={ (title) ". " (text_twin(frame, skill)) } {
                line.chart-zero x1=(x(0.0)) y1=(y(0.0)) x2=(x(top)) y2=(y(0.0)) {}
                line.chart-zero x1=(x(0.0)) y1=(y(0.0)) x2=(x(0.0)) y2=(y(top)) {}
                line.chart-ideal x1=(x(0.0)) y1=(y(0.0)) x2=(x(top)) y2=(y(top)) {}
                @for bin in &skill.bins {
                    line.chart-range x1=(x(bin.forecast)) x2=(x(bin.forecast)) y1=(y(bin.low)) y2=(y(bin.high)) {}
                    circle.chart-dot cx=(x(bin.forecast)) cy=(y(bin.observed)) r="3.5" {}
                }
                text.chart-label x=(x(top)) y=(SIDE - 8.0) text-anchor="end" { (frame.fill("ledger.forecast_up_to", &[("share", &hundredths(top, frame.lang))])) }
                text.chart-label x="0" y="-3" { (frame.text("ledger.axis_came_true")) }
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
