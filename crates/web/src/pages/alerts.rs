//! Peringatan: the queue, most urgent first.

use super::shell::{Frame, NavEntry, document};
use crate::pages::level;
use domain::alert::State;
use domain::time::Time;
use maud::{Markup, html};
use views::alerts::{AlertItem, AlertsView, state_words};
use views::happening::HappeningView;

pub fn page(frame: &Frame, view: &AlertsView) -> Markup {
    let content = html! {
        section.block id="antrean" data-live="antrean" aria-labelledby="h-antrean" {
            h2 #h-antrean { (frame.text("alerts.queue")) " " small.num { "(" (view.live.len()) ")" } }
            (queue(frame, &view.live, view.last_check))
            (super::chains::block(frame, &view.chains))
        }
        @if !view.ended.is_empty() {
            section.block aria-labelledby="h-selesai" {
                h2 #h-selesai { (frame.text("alerts.ended")) }
                ol.queue.ended { @for alert in &view.ended { (row(frame, alert)) } }
            }
        }
        p.reload { a href="/peringatan" { (frame.text("label.reload")) } }
    };
    document(frame, NavEntry::Alerts, frame.text("label.alerts"), content)
}

pub fn queue(frame: &Frame, alerts: &[AlertItem], last_check: Option<Time>) -> Markup {
    html! {
        @if alerts.is_empty() {
            p.empty {
                (frame.text("alerts.none_open"))
                @if let Some(at) = last_check { " " (frame.rich("alerts.last_check", &[("time", frame.time(at))])) }
            }
        } @else {
            (strips(frame, alerts))
        }
    }
}

/// What stands, and apart from it what only waits for somebody to write down how it ended.
fn strips(frame: &Frame, alerts: &[AlertItem]) -> Markup {
    let (cleared, standing): (Vec<&AlertItem>, Vec<&AlertItem>) =
        alerts.iter().partition(|alert| alert.cleared);
    html! {
        @if standing.is_empty() {
            p.empty { (frame.text("alerts.none_stands")) }
        } @else {
            ol.queue { @for alert in standing { (row(frame, alert)) } }
        }
        @if !cleared.is_empty() {
            h3.quiet-head { (frame.text("alerts.ready_to_close")) }
            ol.queue { @for alert in cleared { (row(frame, alert)) } }
        }
    }
}

fn row(frame: &Frame, alert: &AlertItem) -> Markup {
    html! {
        li class={ "strip " (level::class(alert.level)) } data-cleared[alert.cleared] {
            a href={ "/peringatan/" (alert.id) } {
                span.strip-level { (level::chip(alert.level, frame.lang)) }
                span.strip-what {
                    strong { (alert.place) } " " span.strip-kind {
                        @match alert.happening.as_ref().and_then(|happening| happening.what.as_ref()) {
                            Some(what) => { span.kind { (level::kind_icon(alert.kind)) " " (what) } }
                            None => { (level::kind(alert.kind, frame.lang)) }
                        }
                    }
                    (marks(frame, alert))
                    (news(frame, alert))
                }
                span.strip-state {
                    (state_words(frame.lang, alert))
                    @if let Some(name) = alert.assignee.as_ref().filter(|_| alert.state != State::Assigned) { " · " (name) }
                }
                span.strip-when { (when(frame, alert)) }
            }
            (districts(frame, alert))
        }
    }
}

/// The newest incident within an alert that stands, where it is not the one that the strip names, and that a report calls the one
/// that it names over.
fn news(frame: &Frame, alert: &AlertItem) -> Markup {
    let standing = alert.happening.as_ref().filter(|_| alert.state.is_live());
    let newest = standing.and_then(HappeningView::news);
    html! {
        @if let Some((own, at)) = standing.and_then(|own| Some((own, own.over()?))) {
            br; small.strip-news {
                @match own.over_by_words(frame.lang) {
                    Some(who) => { (frame.rich("happening.over_news_by", &[("who", html! { (who) }), ("time", frame.brief(at))])) }
                    None => { (frame.rich("happening.over_news", &[("time", frame.brief(at))])) }
                }
            }
        }
        @if let Some(own) = newest {
            @let what = own.what.clone().unwrap_or_else(|| frame.lang.word("kind", alert.kind));
            br; small.strip-news { (frame.rich("happening.news", &[("what", html! { (what) }), ("time", frame.brief_occurrence(own.occurred_at))])) }
        }
    }
}

/// Of a regency's alert: what stands in its kecamatan, each with a link.
pub fn districts(frame: &Frame, alert: &AlertItem) -> Markup {
    html! {
        @if !alert.districts.is_empty() {
            p.strip-districts {
                (frame.text("alert.in_its_districts")) " "
                @for (index, own) in alert.districts.iter().enumerate() {
                    @if index > 0 { " · " }
                    a href={ "/peringatan/" (own.id) } { (own.place) } " " (level::chip(own.level, frame.lang))
                }
            }
        }
    }
}

/// When it came to its level; "dibuka" beside it where that was earlier.
fn when(frame: &Frame, alert: &AlertItem) -> Markup {
    html! {
        (frame.brief(alert.reached_at)) " · " (frame.ago(alert.reached_at))
        @if alert.reached_at != alert.opened_at {
            br; small { (frame.rich("alert.opened_at", &[("time", frame.brief(alert.opened_at))])) }
        }
    }
}

/// "belum terverifikasi" or "klaim satu pihak", "tanpa kabar baru", "pemicunya sudah reda".
pub fn marks(frame: &Frame, alert: &AlertItem) -> Markup {
    let live = alert.state.is_live();
    html! {
        @if alert.peak > alert.level { " " span.tag { (frame.fill("alerts.has_been", &[("level", &views::level::word(alert.peak, frame.lang))])) } }
        @if let Some(mark) = alert.sureness_mark().filter(|_| live) { " " span.tag { (frame.lang.word("alert_mark", mark)) } }
        @if alert.stale && live { " " span.tag { (frame.lang.word("alert_mark", "stale")) } }
        @if alert.withdrawal_waits { " " span.tag { (frame.lang.word("alert_mark", "withdrawal_waits")) } }
        @if alert.cleared && live { " " span.tag { (frame.lang.word("alert_mark", "cleared")) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::{Kind, Level};
    use domain::place::Code;
    use views::Lang;
    use views::alerts::DistrictAlertItem;

    fn row(id: &str, level: Level, state: State, opened: i64) -> AlertItem {
        AlertItem {
            id: id.into(),
            code: Code(161304),
            place: "Rawas Ilir".into(),
            kind: Kind::Disaster,
            level,
            state,
            opened_at: Time(0),
            reached_at: Time(opened),
            peak: level,
            assignee: None,
            outcome: None,
            unverified: false,
            one_party: false,
            awaits_acceptance: state == State::Open,
            withdrawal_waits: false,
            stale: false,
            cleared: false,
            happening: None,
            districts: Vec::new(),
        }
    }

    #[test]
    fn a_regencys_strip_links_to_its_districts() {
        let district = DistrictAlertItem { id: "d-1".into(), place: "Rawas Ilir".into(), level: Level::Awas };
        let regency = AlertItem { districts: vec![district], ..row("r", Level::Siaga, State::Open, 1) };
        let text = queue(&Frame::bare(Lang::Id), &[regency], None).into_string();
        assert!(text.contains(r#"<a href="/peringatan/d-1">Rawas Ilir</a>"#), "{text}");
    }

    #[test]
    fn what_only_waits_to_be_closed_stands_apart() {
        let frame = Frame::bare(Lang::Id);
        let gone = AlertItem { cleared: true, ..row("gone", Level::Waspada, State::Open, 1) };
        let fallen = AlertItem { peak: Level::Awas, ..row("fallen", Level::Waspada, State::Open, 9) };
        let text = queue(&frame, &[fallen, gone.clone()], None).into_string();
        let apart = text.find("Siap ditutup").expect("a heading of its own");
        assert!(
            text.find("/peringatan/fallen").unwrap() < apart
                && apart < text.find("/peringatan/gone").unwrap()
        );
        assert_eq!(text.matches("pernah awas").count(), 1, "{text}");
        assert!(text.contains("dibuka"), "it was opened before it came to this level: {text}");
        assert!(
            queue(&frame, &[gone], None).into_string().contains("Tidak ada peringatan yang masih berlaku")
        );
    }
}
