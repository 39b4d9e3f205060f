//! A district's history as small multiples: bars by severity, a line for risk, ticks by feed class, and a hollow
//! band where nobody reported. Every chart has its table beside it.

use super::shell::Frame;
use domain::time::{DAY, Time};
use maud::{Markup, html};
use views::chart::{ChartDays, ClassReports, DailySeries, RiskPoint};
use views::format;

const BARS: f64 = 64.0;
/// Room for a panel's title above it.
const GAP: f64 = 24.0;
/// Between the foot of one panel and the title of the next.
const APART: f64 = 14.0;
const AXIS: f64 = 20.0;
const ROW: f64 = 22.0;
const RIGHT: f64 = 4.0;

/// Where days and values lie in a drawing of some width.
struct Plane {
    width: f64,
    left: f64,
    count: usize,
}

impl Plane {
    fn new(width: f64, left: f64, days: &ChartDays) -> Plane {
        Plane { width, left, count: days.count.max(1) }
    }
    fn step(&self) -> f64 {
        (self.width - self.left - RIGHT) / self.count as f64
    }
    fn day(&self, day: usize) -> f64 {
        tenth(self.left + self.step() * day as f64)
    }
    fn time(&self, days: &ChartDays, at: Time) -> f64 {
        let share = at.since(days.from) as f64 / DAY as f64;
        tenth(self.left + self.step() * share.clamp(0.0, self.count as f64))
    }
}

/// Bars and line of one kind, for wide and for narrow screens.
pub fn history(frame: &Frame, days: &ChartDays, series: &DailySeries, label: &str) -> Markup {
    html! {
        figure.chart {
            @for (class, width) in [("wide", 720.0), ("narrow", 328.0)] {
                (drawing(frame, days, series, label, (class, width)))
            }
        }
    }
}

fn drawing(frame: &Frame, days: &ChartDays, series: &DailySeries, label: &str, size: (&str, f64)) -> Markup {
    let plane = Plane::new(size.1, 30.0, days);
    let second = GAP + BARS + APART + GAP;
    let height = second + BARS + AXIS;
    html! {
        svg class=(size.0) viewBox={ "0 0 " (size.1) " " (height) } role="img" aria-label=(label) {
            (bands(frame, days, &plane, (GAP, second + BARS - GAP), true))
            (bars(frame, series, &plane))
            (line(frame, days, series, &plane, second))
            (axis(frame, days, &plane, second + BARS))
        }
    }
}

fn bars(frame: &Frame, series: &DailySeries, plane: &Plane) -> Markup {
    let top = series.incidents.iter().map(|day| day.iter().sum::<u32>()).max().unwrap_or(0).max(2);
    let unit = BARS / f64::from(top);
    let floor = GAP + BARS;
    let width = tenth((plane.step() - 1.0).max(1.5));
    html! {
        text.chart-title x="0" y="12" { (frame.text("chart.incidents_a_day")) }
        text.chart-y x=(plane.left - 6.0) y=(GAP + 9.0) { (top) }
        text.chart-y x=(plane.left - 6.0) y=(floor) { "0" }
        line.chart-zero x1=(plane.left) x2=(plane.width - RIGHT) y1=(floor) y2=(floor) {}
        @for (day, counts) in series.incidents.iter().enumerate() {
            @for (severity, from, count) in stack(counts) {
                rect class={ "sev sev-" (severity) } x=(plane.day(day)) width=(width)
                    y=(tenth(floor - f64::from(from + count) * unit)) height=(tenth(f64::from(count) * unit)) {}
            }
        }
    }
}

/// The day's bar from the gravest at the foot upwards: (severity, below, count).
fn stack(counts: &[u32; 5]) -> Vec<(usize, u32, u32)> {
    let mut below = 0;
    let mut parts = Vec::new();
    for severity in (1..=5).rev() {
        let count = counts[severity - 1];
        if count > 0 {
            parts.push((severity, below, count));
            below += count;
        }
    }
    parts
}

fn line(frame: &Frame, days: &ChartDays, series: &DailySeries, plane: &Plane, top: f64) -> Markup {
    let floor = top + BARS;
    let highest =
        series.risk.iter().map(|point| point.ppm).max().unwrap_or(0).max(series.base_ppm.saturating_mul(2));
    let ceiling = nice(highest);
    let y = |ppm: u32| tenth(floor - f64::from(ppm.min(ceiling)) / f64::from(ceiling) * BARS);
    let path = steps(days, series, plane, &y);
    let title =
        if series.calibrated { frame.text("chart.risk") } else { frame.text("chart.risk_uncalibrated") };
    html! {
        text.chart-title x="0" y=(top - 10.0) { (title) }
        @if series.calibrated {
            text.chart-y x=(plane.left - 6.0) y=(top + 9.0) { (ceiling / 10_000) "%" }
            text.chart-y x=(plane.left - 6.0) y=(floor) { "0" }
        }
        line.chart-zero x1=(plane.left) x2=(plane.width - RIGHT) y1=(floor) y2=(floor) {}
        @if series.base_ppm > 0 && !series.risk.is_empty() {
            line.chart-base x1=(plane.left) x2=(plane.width - RIGHT) y1=(y(series.base_ppm)) y2=(y(series.base_ppm)) {}
            text.chart-note x=(plane.left + 4.0) y=(y(series.base_ppm) - 4.0) {
                @if series.calibrated { (frame.fill("chart.usually", &[("share", &format::percent(series.base_ppm, frame.lang))])) }
                @else { (frame.text("chart.usual_line")) }
            }
        }
        @if series.risk.is_empty() {
            text.chart-note x=(plane.left + 4.0) y=(floor - 8.0) { (frame.text("chart.no_assessment")) }
        } @else {
            path.chart-line d=(path) {}
        }
    }
}

/// A risk holds until the next one is said, so the line goes in steps.
fn steps(days: &ChartDays, series: &DailySeries, plane: &Plane, y: &dyn Fn(u32) -> f64) -> String {
    let mut path = String::new();
    for (index, RiskPoint { at, ppm }) in series.risk.iter().enumerate() {
        let (x, y) = (plane.time(days, *at), y(*ppm));
        path.push_str(&if index == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") });
    }
    if !series.risk.is_empty() {
        path.push_str(&format!("H{}", tenth(plane.width - RIGHT)));
    }
    path
}

/// One row of ticks for each class that ever reported.
pub fn ticks(frame: &Frame, days: &ChartDays, ticks: &[ClassReports]) -> Markup {
    let label = frame.text("chart.reports_by_class");
    html! {
        figure.chart {
            @for (class, width) in [("wide", 720.0), ("narrow", 328.0)] {
                @let plane = Plane::new(width, 30.0, days);
                @let height = ROW * 2.0 * ticks.len() as f64;
                svg class=(class) viewBox={ "0 0 " (width) " " (height + AXIS) } role="img" aria-label=(label) {
                    (bands(frame, days, &plane, (0.0, height), false))
                    @for (row, tick) in ticks.iter().enumerate() {
                        @let y = ROW * 2.0 * row as f64;
                        text.chart-title x="0" y=(y + 14.0) { (frame.lang.word("class", tick.class)) }
                        line.chart-zero x1=(plane.left) x2=(width - RIGHT) y1=(y + ROW * 2.0 - 4.0) y2=(y + ROW * 2.0 - 4.0) {}
                        @for (day, count) in tick.days.iter().enumerate() {
                            @if *count > 0 {
                                rect.heard x=(plane.day(day)) width=(tenth((plane.step() - 1.0).max(1.5)))
                                    y=(y + ROW * 2.0 - 18.0) height="14" {}
                            }
                        }
                    }
                    (axis(frame, days, &plane, height))
                }
            }
        }
    }
}

fn bands(frame: &Frame, days: &ChartDays, plane: &Plane, (y, height): (f64, f64), named: bool) -> Markup {
    html! {
        @for run in &days.unheard {
            @let width = tenth(plane.step() * run.length as f64);
            rect.unheard x=(plane.day(run.first)) y=(y) width=(width) height=(height) {}
            @if named && width > 76.0 {
                text.chart-note x=(plane.day(run.first) + 4.0) y=(y + 14.0) { (frame.text("chart.no_reports")) }
            }
        }
    }
}

/// Marks every second week, and the last day.
fn axis(frame: &Frame, days: &ChartDays, plane: &Plane, y: f64) -> Markup {
    let every = if plane.width > 500.0 { 14 } else { 30 };
    html! {
        @for day in (0..days.count).step_by(every) {
            line.chart-zero x1=(plane.day(day)) x2=(plane.day(day)) y1=(y) y2=(y + 4.0) {}
            text.chart-x x=(plane.day(day)) y=(y + 16.0) {
                (format::date(days.from.plus(day as i64 * DAY), frame.zone(), frame.lang))
            }
        }
    }
}

/// The same figures as a table; days on which nothing was label are left out and counted.
pub fn table(frame: &Frame, days: &ChartDays, series: &DailySeries, ticks: &[ClassReports]) -> Markup {
    let quiet = |day: usize| day_total(series, day) == 0 && heard(ticks, day) == 0;
    let shown: Vec<usize> = (0..days.count).rev().filter(|day| !quiet(*day)).collect();
    html! {
        details {
            summary { (frame.text("chart.as_table")) }
            div.scroll tabindex="0" role="region" aria-label=(frame.text("chart.table")) {
                table {
                    thead { tr {
                        th scope="col" { (frame.text("chart.date")) }
                        th.num scope="col" { (frame.text("label.incidents")) }
                        th scope="col" { (frame.text("label.severity")) }
                        th scope="col" { (frame.text("chart.risk")) }
                        th.num scope="col" { (frame.text("label.reports")) }
                    } }
                    tbody { @for day in &shown { (table_row(frame, days, series, ticks, *day)) } }
                }
            }
            p.hint { (frame.count("chart.quiet_days", days.count - shown.len())) }
        }
    }
}

fn table_row(
    frame: &Frame,
    days: &ChartDays,
    series: &DailySeries,
    ticks: &[ClassReports],
    day: usize,
) -> Markup {
    let end = days.from.plus((day as i64 + 1) * DAY);
    let risk = series.risk.iter().rev().find(|point| point.at < end).map(|point| point.ppm);
    let words: Vec<String> = series.incidents.get(day).map_or_else(Vec::new, |counts| {
        stack(counts)
            .iter()
            .map(|(severity, _, count)| format!("{count} × {}", frame.lang.word("severity", severity)))
            .collect()
    });
    html! {
        tr {
            th scope="row" { (format::date(days.from.plus(day as i64 * DAY), frame.zone(), frame.lang)) }
            td.num { (day_total(series, day)) }
            td { (words.join(", ")) }
            td { @match risk {
                None => { "–" }
                Some(ppm) if series.calibrated => { (format::percent(ppm, frame.lang)) }
                Some(ppm) if ppm > series.base_ppm => { (frame.text("chart.above_the_usual")) }
                Some(_) => { (frame.text("chart.not_above_the_usual")) }
            } }
            td.num { (heard(ticks, day)) }
        }
    }
}

fn day_total(series: &DailySeries, day: usize) -> u32 {
    series.incidents.get(day).map_or(0, |counts| counts.iter().sum())
}

fn heard(ticks: &[ClassReports], day: usize) -> u32 {
    ticks.iter().filter_map(|tick| tick.days.get(day)).sum()
}

/// The next round figure for the top of an axis, parts per million.
fn nice(ppm: u32) -> u32 {
    [10_000, 20_000, 50_000, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 800_000]
        .into_iter()
        .find(|top| ppm <= *top)
        .unwrap_or(1_000_000)
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stack_from_the_gravest_without_overlap() {
        assert_eq!(stack(&[2, 0, 1, 0, 1]), [(5, 0, 1), (3, 1, 1), (1, 2, 2)]);
    }

    #[test]
    fn axes_end_on_round_figures_that_hold_the_data() {
        for ppm in [0, 9_999, 34_000, 340_000, 999_999] {
            assert!(nice(ppm) >= ppm);
        }
        assert_eq!(nice(340_000), 400_000);
    }
}
