//! Anggaran alarm palsu: the last 90 days of a regency under a budget that the desk tries, in words, as a picture and as a table.

use super::level;
use super::notice::{FormNote, form_note};
use super::shell::{Frame, NavEntry, document};
use domain::time::{DAY, Time};
use maud::{Markup, html};
use scoring::SpentBudget;
use scoring::evaluate::LookShare;
use views::budget::{ArchiveAlerts, BudgetKind, BudgetOutcome, BudgetRow, BudgetView, CHOICES};
use views::format;

pub fn page(frame: &Frame, view: &BudgetView, note: Option<&FormNote>) -> Markup {
    let content = html! {
        p.lead { (frame.text("budget.lead")) }
        (form_note(note))
        (choose(frame, view))
        @for kind in &view.kinds { (one(frame, view, kind)) }
        section.block aria-labelledby="h-ubah" {
            h2 #h-ubah { (frame.text("budget.how_to_change")) }
            p { (frame.fill("budget.change", &[("value", &format!("{:.2}", f64::from(view.asked_ppm) / 1e6))])) }
            p { (spent(frame, view)) }
            p.hint { (frame.text("budget.rules_apart")) }
        }
        p { a href="/model" { (frame.text("ledger.models_in_use")) } }
    };
    document(frame, NavEntry::Model, frame.text("budget.title"), content)
}

fn share(frame: &Frame, ppm: u32) -> String {
    format::fixed(f64::from(ppm) / 1e6, 2, frame.lang)
}

/// What models and rules spend, and both together.
fn spent(frame: &Frame, view: &BudgetView) -> String {
    let words = |value: f64| format::fixed(value, 3, frame.lang);
    let SpentBudget { allowed, models, rules, is_kept } = view.spent;
    let models = models.map_or_else(|| "–".to_string(), words);
    let values: [(&'static str, &dyn std::fmt::Display); 4] = [
        ("models", &models),
        ("rules", &words(rules)),
        ("sum", &words(view.spent.sum())),
        ("allowed", &words(allowed)),
    ];
    frame.fill(if is_kept { "budget.spent" } else { "budget.spent_otherwise" }, &values)
}

fn choose(frame: &Frame, view: &BudgetView) -> Markup {
    let mut choices: Vec<u32> = CHOICES.to_vec();
    choices.extend([view.asked_ppm]);
    choices.extend(view.in_use_ppm);
    choices.sort_unstable();
    choices.dedup();
    let words = |ppm: u32| match view.in_use_ppm == Some(ppm) {
        true => frame.fill("budget.in_use_choice", &[("value", &share(frame, ppm))]),
        false => share(frame, ppm),
    };
    html! {
        form.filter method="get" action="/anggaran" {
            label for="anggaran" { (frame.text("budget.label")) }
            select #anggaran name="anggaran" {
                @for ppm in choices {
                    option value=(f64::from(ppm) / 1e6) selected[ppm == view.asked_ppm] { (words(ppm)) }
                }
            }
            button type="submit" { (frame.text("budget.show")) }
        }
    }
}

fn one(frame: &Frame, view: &BudgetView, kind: &BudgetKind) -> Markup {
    let id = format!("h-{}", kind.kind);
    html! {
        section.block aria-labelledby=(id) {
            h2 id=(id) { (level::kind(kind.kind, frame.lang)) }
            @if let Some(archive) = &kind.archive { p { (of_archive(frame, archive)) } }
            @if kind.looks == 0 {
                p.empty { (frame.text("budget.nothing_forecast")) }
            } @else {
                p { (frame.fill("budget.looked", &[("n", &kind.looks), ("hit", &kind.hit), ("from", &format::date(view.from, frame.zone(), frame.lang))])) }
                @if kind.hindcast > 0 { p.hint { (frame.fill("budget.of_hindcast", &[("n", &kind.hindcast)])) } }
                ul {
                    li { (outcome(frame, "budget.asked", kind.asked.as_ref(), kind.hit)) }
                    li { (outcome(frame, "budget.in_use", kind.in_use.as_ref(), kind.hit)) }
                }
                p.hint { (frame.text(if kind.rehearsed { "budget.rehearsed" } else { "budget.hindsight" })) }
                @if !kind.rows.is_empty() { (picture(frame, kind)) (table(frame, kind)) }
            }
        }
    }
}

/// What the alerts came to on the regency's archive.
fn of_archive(frame: &Frame, archive: &ArchiveAlerts) -> String {
    let day = |at: Time| scoring::period::date(at.0.div_euclid(DAY) as i32);
    let share = |own: Option<LookShare>| {
        let percent = |value: f64| format::percent((value * 1e6).round() as u32, frame.lang);
        own.map_or_else(
            || "–".to_string(),
            |LookShare { value, low, high }| {
                let [value, low, high] = [value, low, high].map(percent);
                frame.fill("budget.share", &[("value", &value), ("low", &low), ("high", &high)])
            },
        )
    };
    let values: [(&'static str, &dyn std::fmt::Display); 9] = [
        ("from", &day(archive.from)),
        ("to", &day(archive.to)),
        ("caught", &archive.caught),
        ("hit", &archive.hit),
        ("detection", &share(archive.detection)),
        ("alarms", &archive.alarms),
        ("looks", &archive.looks),
        ("precision", &share(archive.precision)),
        ("count", &format::fixed(archive.caught_by_count, 1, frame.lang)),
    ];
    frame.fill("budget.archive", &values)
}

fn outcome(frame: &Frame, key: &'static str, outcome: Option<&BudgetOutcome>, hit: usize) -> String {
    let words = match outcome {
        Some(own) => frame.fill(
            "budget.outcome",
            &[("alarms", &own.alarms), ("false", &own.false_alarms), ("caught", &own.caught), ("hit", &hit)],
        ),
        None => frame.text("budget.no_bar").to_string(),
    };
    frame.fill(key, &[("words", &words)])
}

const CELL: usize = 22;
const TOP: usize = 18;

/// A row for each kecamatan, a cell for each week: filled where an alert stands under the budget tried, framed where one stands
/// under that in use, with a dot where something grave happened.
fn picture(frame: &Frame, kind: &BudgetKind) -> Markup {
    let (width, height) = (kind.mondays.len() * CELL + 2, TOP + kind.rows.len() * (CELL + TOP));
    let title = frame.fill("budget.picture", &[("kind", &frame.lang.word("kind", kind.kind))]);
    html! {
        figure.budget {
            svg viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) role="img" aria-label=(title) {
                @for (at, row) in kind.rows.iter().enumerate() {
                    text.chart-label x="1" y=(TOP + at * (CELL + TOP) - 4) { (row.name) }
                    @for (week, look) in row.looks.iter().enumerate() {
                        (cell(week * CELL + 1, TOP + at * (CELL + TOP), [look.asked, look.in_use, look.happened]))
                    }
                }
            }
            figcaption { (frame.text("budget.legend")) }
        }
    }
}

fn cell(x: usize, y: usize, [asked, in_use, happened]: [bool; 3]) -> Markup {
    let side = CELL - 4;
    html! {
        rect.(if asked { "budget-asked" } else { "budget-none" }) x=(x) y=(y) width=(side) height=(side) {}
        @if in_use { rect.budget-in-use x=(x + 1) y=(y + 1) width=(side - 2) height=(side - 2) {} }
        @if happened { circle.budget-event cx=(x + side / 2) cy=(y + side / 2) r="4" {} }
    }
}

/// The same as a table: in words where an alert stood or something happened.
fn table(frame: &Frame, kind: &BudgetKind) -> Markup {
    let weeks = |row: &BudgetRow, of: fn(&views::budget::BudgetLook) -> bool| {
        let days = row.looks.iter().zip(&kind.mondays).filter(|(look, _)| of(look));
        let days: Vec<String> =
            days.map(|(_, monday)| format::date(*monday, frame.zone(), frame.lang)).collect();
        if days.is_empty() { "–".to_string() } else { days.join("; ") }
    };
    html! {
        details {
            summary { (frame.text("budget.as_a_table")) }
            div.scroll tabindex="0" role="region" aria-label=(frame.text("budget.as_a_table")) {
                table {
                    thead { tr {
                        th scope="col" { (frame.text("budget.place")) }
                        th scope="col" { (frame.text("budget.column_asked")) }
                        th scope="col" { (frame.text("budget.column_in_use")) }
                        th scope="col" { (frame.text("budget.column_happened")) }
                    } }
                    tbody { @for row in &kind.rows { tr {
                        th scope="row" { (row.name) }
                        td { (weeks(row, |look| look.asked)) }
                        td { (weeks(row, |look| look.in_use)) }
                        td { (weeks(row, |look| look.happened)) }
                    } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::Kind;
    use views::Lang;
    use views::budget::BudgetLook;

    fn view() -> BudgetView {
        let look = |asked, in_use, happened| BudgetLook { asked, in_use, happened };
        let outcome =
            |alarms, caught| BudgetOutcome { raise_ppm: 1, alarms, false_alarms: alarms - caught, caught };
        let kind = BudgetKind {
            kind: Kind::Disaster,
            looks: 26,
            hit: 2,
            asked: Some(outcome(5, 2)),
            in_use: Some(outcome(1, 1)),
            hindcast: 7,
            archive: Some(ArchiveAlerts {
                from: Time(19_700 * DAY),
                to: Time(20_400 * DAY),
                looks: 100,
                hit: 8,
                alarms: 5,
                caught: 2,
                detection: LookShare::of(2, 8),
                precision: LookShare::of(2, 5),
                caught_by_count: 1.5,
            }),
            rehearsed: false,
            mondays: vec![Time(20_458 * DAY), Time(20_465 * DAY)],
            rows: vec![BudgetRow {
                name: "Rupit & Karang".into(),
                looks: vec![look(true, false, true), look(true, true, false)],
            }],
        };
        BudgetView {
            asked_ppm: 500_000,
            in_use_ppm: Some(250_000),
            spent: SpentBudget { allowed: 0.25, models: Some(0.229), rules: 0.021, is_kept: true },
            from: Time(20_400 * DAY),
            kinds: vec![kind],
        }
    }

    #[test]
    fn what_would_have_stood_is_said_drawn_and_listed_beside_what_did() {
        let text = page(&Frame::bare(Lang::Id), &view(), None).into_string();
        for part in [
            "5 minggu dengan peringatan, 3 di antaranya tanpa kejadian; 2 dari 2",
            "1 minggu dengan peringatan, 0 di antaranya tanpa kejadian; 1 dari 2",
            "7 di antaranya dari hindcast arsip",
            "2 dari 8 minggu dengan kejadian berat didahului peringatan (25\u{a0}%, antara 7\u{a0}% dan 59\u{a0}%)",
            "5 dari 100 minggu kecamatan dengan peringatan, yang benar 40\u{a0}%, antara 12\u{a0}% dan 77\u{a0}%",
            "mendahului 1,5",
            "budget-asked",
            "budget-in-use",
            "budget-event",
            "Rupit &amp; Karang",
            "false_alarms = 0.50",
            "model 0,229 + aturan 0,021 = 0,250 dari 0,250",
            "selected",
        ] {
            assert!(text.contains(part), "lacks {part}: {text}");
        }
        assert!(text.contains("5 Jan") && text.contains("12 Jan"), "the weeks in the table: {text}");
    }

    #[test]
    fn where_nothing_was_forecast_it_says_so() {
        let mut view = view();
        view.kinds[0].looks = 0;
        let text = page(&Frame::bare(Lang::En), &view, None).into_string();
        assert!(text.contains("Nothing was forecast") && !text.contains("<svg viewBox=\"0 0 46"), "{text}");
    }
}
