//! Why a risk is what it is: each feature's share of the logit as a sentence and a bar.

use super::shell::Frame;
use maud::{Markup, html};
use views::format;
use views::reasons::{ReasonLine, ReportsBehind, ReportsByReason};

/// How many reasons are shown before "selebihnya".
const SHOWN: usize = 5;

pub fn bars(frame: &Frame, lines: &[ReasonLine], intercept: f64, reports: &ReportsByReason) -> Markup {
    let widest = lines.iter().map(|line| line.share.abs()).fold(0.01, f64::max);
    // What serves may look at a few features only; the others are no reason at all.
    let counting: Vec<&ReasonLine> = lines.iter().filter(|line| line.share != 0.0).collect();
    let (first, rest) = counting.split_at(counting.len().min(SHOWN));
    html! {
        @if counting.is_empty() {
            p.hint { (frame.text("why.base_rate_only")) }
        }
        @match first {
            // The one thing looked at: against nothing, "raises" or "lowers" would only say where its scale begins.
            [alone] => { ul.reasons { li { span.reason-text { (reason(frame, alone, reports)) }
                span.reason-share { (frame.text("why.only_reason")) } } } }
            _ => { ul.reasons { @for line in first { (bar(frame, line, widest, reports)) } } }
        }
        @if !counting.is_empty() {
            details {
                summary { (frame.text("why.rest")) }
                ul.reasons {
                    @if let [alone] = first { (bar(frame, alone, widest, reports)) }
                    @for line in rest { (bar(frame, line, widest, reports)) }
                    li { span.reason-text { (frame.text("why.intercept")) } span.reason-share.num { (signed(frame, intercept)) } }
                }
                p.hint { (frame.text("why.figures_hint")) }
            }
        }
    }
}

fn bar(frame: &Frame, line: &ReasonLine, widest: f64, reports: &ReportsByReason) -> Markup {
    let length = (line.share.abs() / widest * 98.0 * 10.0).round() / 10.0;
    let raises = line.share >= 0.0;
    let (class, x) = if raises { ("up", 100.0) } else { ("down", 100.0 - length) };
    html! {
        li {
            span.reason-text { (reason(frame, line, reports)) }
            svg.reason-bar viewBox="0 0 200 12" aria-hidden="true" focusable="false" preserveAspectRatio="none" {
                line.chart-zero x1="100" x2="100" y1="0" y2="12" {}
                rect class=(class) x=(x) y="2" width=(length) height="8" {}
            }
            span.reason-share {
                @if line.share.abs() < HARDLY { (frame.text("why.hardly_matters")) }
                @else if raises { (frame.text("why.raises")) " " span.num { (signed(frame, line.share)) } }
                @else { (frame.text("why.lowers")) " " span.num { (signed(frame, line.share)) } }
            }
        }
    }
}

fn reason(frame: &Frame, line: &ReasonLine, reports: &ReportsByReason) -> Markup {
    html! {
        (told(frame, line, reports))
        @if let Some(behind) = reports.get(line.feature).filter(|_| line.share.abs() >= HARDLY) { (behind_it(frame, behind)) }
    }
}

/// The days since a serious incident stand for a long quiet where none is on record; the reports tell which it is.
fn told<'a>(frame: &Frame, line: &'a ReasonLine, reports: &ReportsByReason) -> &'a str {
    let none = |behind: &ReportsBehind| behind.shown.is_empty() && behind.hidden == 0;
    match reports.get(line.feature) {
        Some(behind) if line.feature == "days_since" && none(behind) => frame.text("why.none_in_nine_months"),
        _ => &line.text,
    }
}

/// Shares below this hardly matter.
const HARDLY: f64 = 0.05;

/// Links to the reports, how many more there are, and how many this person may not see.
fn behind_it(frame: &Frame, behind: &ReportsBehind) -> Markup {
    html! {
        @if !behind.shown.is_empty() || behind.hidden > 0 {
            small.behind-it {
                @for (index, (id, words)) in behind.shown.iter().enumerate() {
                    @if index > 0 { " · " }
                    a href={ "/laporan/" (id) } { (words) }
                }
                @if behind.more > 0 { " · " (frame.count("why.more_reports", behind.more)) }
                @if behind.hidden > 0 {
                    @if !behind.shown.is_empty() { " · " }
                    (frame.count("why.hidden_reports", behind.hidden))
                }
            }
        }
    }
}

/// The reasons when the alert opened beside those of now.
pub fn compare(frame: &Frame, then: &[ReasonLine], now: &[ReasonLine]) -> Markup {
    let share = |lines: &[ReasonLine], feature: &str| {
        lines.iter().find(|line| line.feature == feature).map_or(0.0, |line| line.share)
    };
    let matters =
        |line: &&ReasonLine| line.share.abs() >= HARDLY || share(then, line.feature).abs() >= HARDLY;
    html! {
        details {
            summary { (frame.text("why.compare")) }
            div.scroll tabindex="0" role="region" aria-label=(frame.text("why.compare")) {
                table {
                    thead { tr {
                        th scope="col" { (frame.text("why.reason_now")) }
                        th scope="col" { (frame.text("why.at_the_opening")) }
                        th scope="col" { (frame.text("why.now")) }
                    } }
                    tbody { @for line in now.iter().filter(matters) { tr {
                        th scope="row" { (line.text) }
                        td.num { (signed(frame, share(then, line.feature))) }
                        td.num { (signed(frame, line.share)) }
                    } } }
                }
            }
        }
    }
}

fn signed(frame: &Frame, value: f64) -> String {
    let text = format::decimal(value, frame.lang);
    if value >= 0.0 { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::feature::{COMMON, COUNT, NAMES};
    use domain::scorer::Contributions;
    use views::Lang;
    use views::reasons::lines;

    fn frame() -> Frame {
        Frame::bare(Lang::Id)
    }

    #[test]
    fn reports_stand_behind_their_reason_and_hidden_ones_are_counted() {
        let lines = [
            ReasonLine { feature: "count_3d", text: "a".into(), share: 1.0 },
            ReasonLine { feature: "count_14d", text: "b".into(), share: 0.01 },
        ];
        let behind = ReportsBehind { shown: vec![("01X".into(), "desa, 3 Nov".into())], more: 2, hidden: 1 };
        let reports: ReportsByReason = [("count_3d", behind.clone()), ("count_14d", behind)].into();
        let text = bars(&frame(), &lines, 0.0, &reports).into_string();
        assert_eq!(
            text.matches("/laporan/01X").count(),
            1,
            "a reason that hardly matters names no report: {text}"
        );
        assert!(text.contains("dan 2 laporan lain") && text.contains("1 laporan tidak ditampilkan"));
    }

    #[test]
    fn what_the_line_does_not_look_at_is_no_reason() {
        let line = |feature, share| ReasonLine { feature, text: format!("<{feature}>"), share };
        let lines = [line("days_since", -2.0), line("count_3d", 0.0)];
        let none = ReportsBehind { shown: vec![], more: 0, hidden: 0 };
        let text = bars(&frame(), &lines, -1.0, &[("days_since", none)].into()).into_string();
        assert!(text.contains("sembilan bulan terakhir") && !text.contains("count_3d"), "{text}");
        let text = bars(&frame(), &lines, -1.0, &ReportsByReason::new()).into_string();
        assert!(text.contains("&lt;days_since&gt;"), "nobody looked for reports: {text}");
        assert!(
            bars(&frame(), &lines[1..], -1.0, &ReportsByReason::new())
                .into_string()
                .contains("angka dasarnya")
        );
    }

    #[test]
    fn then_and_now_stand_side_by_side() {
        let line = |share: f64| ReasonLine { feature: "count_3d", text: "Kejadian".into(), share };
        let text = compare(&frame(), &[line(1.5)], &[line(0.0)]).into_string();
        assert!(text.contains("+1,5") && text.contains("+0,0"), "{text}");
    }

    #[test]
    fn a_slot_is_a_reason_once_it_counts() {
        let (mut features, mut shares) = ([0.0; COUNT], [0.0; COUNT]);
        let at = |name: &str| NAMES.iter().position(|own| *own == name).unwrap();
        (features[at("calendar")], shares[at("calendar")]) = (0.5, 0.7);
        (features[at("agreement")], shares[at("agreement")]) = (1.0, -0.4);
        let contributions = Contributions { intercept: -3.0, features: shares };
        let lines = lines(Lang::Id, &features, &contributions, false);
        assert_eq!(lines.len(), COMMON - 1 + 2, "the analyst's count is no reason here");
        assert!(lines[0].text.starts_with("Pemicu kalender") && lines[0].text.ends_with("dalam 7 hari"));
        assert!(lines[1].text.contains("kesepakatan yang masih berlaku"), "{}", lines[1].text);
        let text = bars(&frame(), &lines, -3.0, &ReportsByReason::new()).into_string();
        assert!(text.contains("+0,7") && text.contains("menurunkan"), "{text}");
    }
}
