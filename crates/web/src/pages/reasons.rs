//! Why a risk is what it is: each feature's share of the logit as a sentence and a bar.

use super::shell::Frame;
use maud::{Markup, html};
use views::format;
use views::reasons::{ReasonLine, ReportsBehind};

/// How many reasons are shown before "selebihnya".
const SHOWN: usize = 5;

/// The explanation in words of the place.
pub fn sentences(explanation: &[String]) -> Markup {
    html! {
        @if !explanation.is_empty() {
            ul.explanation { @for sentence in explanation { li { (sentence) } } }
        }
    }
}

/// What the model counts, for those who ask further.
pub fn bars(frame: &Frame, lines: &[ReasonLine], intercept: f64) -> Markup {
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
            [alone] => { ul.reasons { li { span.reason-text { (reason(frame, alone)) }
                span.reason-share { (frame.text("why.only_reason")) } } } }
            _ => { ul.reasons { @for line in first { (bar(frame, line, widest)) } } }
        }
        @if !counting.is_empty() {
            details {
                summary { (frame.text("why.rest")) }
                ul.reasons {
                    @if let [alone] = first { (bar(frame, alone, widest)) }
                    @for line in rest { (bar(frame, line, widest)) }
                    li { span.reason-text { (frame.text("why.intercept")) } span.reason-share.num { (signed(frame, intercept)) } }
                }
                p.hint { (frame.text("why.figures_hint")) }
            }
        }
    }
}

fn bar(frame: &Frame, line: &ReasonLine, widest: f64) -> Markup {
    let length = (line.share.abs() / widest * 98.0 * 10.0).round() / 10.0;
    let raises = line.share >= 0.0;
    let (class, x) = if raises { ("up", 100.0) } else { ("down", 100.0 - length) };
    html! {
        li {
            span.reason-text { (reason(frame, line)) }
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

fn reason(frame: &Frame, line: &ReasonLine) -> Markup {
    html! {
        (line.text)
        @if let Some(reports) = line.reports.as_ref().filter(|_| line.share.abs() >= HARDLY) { (reports_behind(frame, reports)) }
    }
}

/// Shares below this hardly matter.
const HARDLY: f64 = 0.05;

/// Links to the reports, how many more there are, and how many this person may not see.
fn reports_behind(frame: &Frame, reports: &ReportsBehind) -> Markup {
    html! {
        @if !reports.shown.is_empty() || reports.hidden > 0 {
            small.behind-it {
                @for (index, link) in reports.shown.iter().enumerate() {
                    @if index > 0 { " · " }
                    a href=(super::reports::address(&link.id, link.feed.as_deref())) { (link.words) }
                }
                @if reports.more > 0 { " · " (frame.count("why.more_reports", reports.more)) }
                @if reports.hidden > 0 {
                    @if !reports.shown.is_empty() { " · " }
                    (frame.count("why.hidden_reports", reports.hidden))
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
    use views::Lang;
    use views::reasons::ReportLink;

    fn frame() -> Frame {
        Frame::bare(Lang::Id)
    }

    fn line(feature: &'static str, share: f64) -> ReasonLine {
        ReasonLine { feature, text: format!("<{feature}>"), share, reports: None }
    }

    #[test]
    fn reports_stand_behind_their_reason_and_hidden_ones_are_counted() {
        let link =
            ReportLink { id: "01X".into(), feed: Some("desa & adat".into()), words: "desa, 3 Nov".into() };
        let reports = Some(ReportsBehind { shown: vec![link], more: 2, hidden: 1 });
        let lines = [("count_3d", 1.0), ("count_14d", 0.01)]
            .map(|(feature, share)| ReasonLine { reports: reports.clone(), ..line(feature, share) });
        let text = bars(&frame(), &lines, 0.0).into_string();
        assert_eq!(
            text.matches("/laporan/01X").count(),
            1,
            "a reason that hardly matters names no report: {text}"
        );
        assert!(text.contains("dan 2 laporan lain") && text.contains("1 laporan tidak ditampilkan"));
    }

    #[test]
    fn what_the_line_does_not_look_at_is_no_reason() {
        let lines = [line("days_since", -2.0), line("count_3d", 0.0)];
        let text = bars(&frame(), &lines, -1.0).into_string();
        assert!(text.contains("&lt;days_since&gt;") && !text.contains("count_3d"), "{text}");
        let base = frame().text("why.base_rate_only");
        assert!(bars(&frame(), &lines[1..], -1.0).into_string().contains(base));
    }

    #[test]
    fn then_and_now_stand_side_by_side() {
        let text = compare(&frame(), &[line("count_3d", 1.5)], &[line("count_3d", 0.0)]).into_string();
        assert!(text.contains("+1,5") && text.contains("+0,0"), "{text}");
    }

    #[test]
    fn a_share_says_which_way_it_moves_the_risk() {
        let text = bars(&frame(), &[line("calendar", 0.7), line("agreement", -0.4)], -3.0).into_string();
        assert!(text.contains("+0,7") && text.contains("menurunkan"), "{text}");
    }
}
