//! The three forms of the reporter's page: something happened, nothing happened, there is news of what was reported.

use super::{OpenForm, ReporterPage, when};
use crate::pages::shell::Frame;
use domain::kind::Kind;
use maud::{Markup, html};
use views::entry::CategoryChoice;
use views::format;

/// Where the three forms go.
pub const INCIDENT: &str = "/lapor/kejadian";
pub const NOTHING: &str = "/lapor/nihil";
pub const NEWS: &str = "/lapor/lanjutan";

/// Villages that are offered by name; the names of more would make the page too large for a weak signal.
const LISTED: usize = 60;

/// What each form carries: its number, and whose it is.
pub(super) fn number(frame: &Frame, page: &ReporterPage) -> Markup {
    let account = frame.viewer.as_ref().map_or("", |viewer| viewer.name.as_str());
    html! {
        input type="hidden" name="number" value=(page.number) autocomplete="off";
        input type="hidden" name="account" value=(account) autocomplete="off";
    }
}

fn tick(name: &str, value: &str, checked: bool, words: Markup) -> Markup {
    html! { label.tick { input type="radio" name=(name) value=(value) checked[checked]; span { (words) } } }
}

/// A question with its choices, and what is wrong with the answer.
fn question(frame: &Frame, page: &ReporterPage, name: &str, words: &'static str, choices: Markup) -> Markup {
    html! {
        fieldset id={ "f-" (name) } .wrong[page.error(name).is_some()] {
            legend { (frame.text(words)) }
            @if let Some(error) = page.error(name) { p.error { (error) } }
            (choices)
        }
    }
}

pub(super) fn incident(frame: &Frame, page: &ReporterPage) -> Markup {
    let replaced = page.first("replaces");
    html! {
        details.act #kejadian open[page.form == OpenForm::Incident] {
            summary { (frame.text("reporter.something_happened")) }
            form method="post" action=(INCIDENT) data-kept=(frame.text("reporter.something_happened")) {
                (number(frame, page))
                @if !replaced.is_empty() {
                    input type="hidden" name="replaces" value=(replaced);
                    p.note { (frame.text("reporter.replaces")) }
                }
                @if page.form == OpenForm::Incident && !page.warnings.is_empty() { (confirm(frame, "keep", "entry.keep_as_it_is")) }
                @if page.long_ago { p.note.bad { (frame.text("entry.time_long_ago")) } (confirm(frame, "long_ago", "entry.time_is_right")) }
                (what(frame, page))
                (place(frame, page))
                (time(frame, page))
                (severity(frame, page))
                (hurt(frame, page))
                label.text for="f-summary" { (frame.text("reporter.summary")) }
                p.hint { (frame.text("entry.summary_hint")) }
                textarea id="f-summary" name="summary" rows="3" maxlength="4000" { @if page.form == OpenForm::Incident { (page.first("summary")) } }
                button.send id="f-kirim" type="submit" { (frame.text("entry.send")) }
            }
        }
    }
}

fn confirm(frame: &Frame, name: &str, words: &'static str) -> Markup {
    html! { label.tick { input type="checkbox" name=(name) value="yes"; span { (frame.text(words)) } } }
}

fn what(frame: &Frame, page: &ReporterPage) -> Markup {
    let value = |choice: &CategoryChoice| format!("{} {}", choice.kind, choice.code);
    let other = page.first("category_other");
    // What is put right stands where it was chosen.
    let is_often = page.view.often.iter().any(|choice| value(choice) == other);
    let (chosen, other) = match page.first("category") {
        "other" if is_often => (other, ""),
        chosen => (chosen, other),
    };
    let choices = html! {
        @for choice in &page.view.often {
            @let value = value(choice);
            (tick("category", &value, chosen == value, html! { (choice.label) }))
        }
        (tick("category", "other", chosen == "other", html! { (frame.text("reporter.another")) }))
        select name="category_other" aria-label=(frame.text("reporter.another")) {
            option value="" { (frame.text("entry.choose_a_category")) }
            @for kind in Kind::ALL {
                optgroup label=(frame.lang.word("kind", kind)) {
                    @for choice in page.view.categories.iter().filter(|choice| choice.kind == *kind) {
                        @let value = value(choice);
                        option value=(value) selected[other == value] { (choice.label) }
                    }
                }
            }
        }
    };
    question(frame, page, "category", "reporter.what", choices)
}

fn place(frame: &Frame, page: &ReporterPage) -> Markup {
    let chosen = page.first("district");
    let districts = &page.view.districts;
    let villages = districts.iter().flat_map(|district| &district.villages);
    let listed = villages.clone().count() <= LISTED;
    let only = matches!(districts.as_slice(), [district] if district.villages.len() == 1);
    let choices = html! {
        @if let [district] = districts.as_slice() {
            input type="hidden" name="district" value=(district.code);
            p { (district.name) }
        } @else {
            select name="district" aria-label=(frame.text("reporter.district")) {
                option value="" { (frame.text("entry.choose_a_place")) }
                @for district in districts { @let code = district.code.to_string(); option value=(code) selected[chosen == code] { (district.name) } }
            }
        }
        @if only {
            @for village in villages { input type="hidden" name="village" value=(village.code); p { (village.name) } }
        } @else {
            label.text for="f-village" { (frame.text("reporter.village")) }
            input id="f-village" name="village" type="text" list=[listed.then_some("desa")] maxlength="80" autocomplete="off" value=(page.first("village"));
            @if listed { datalist id="desa" { @for village in villages { option value=(village.name) {} } } }
        }
    };
    question(frame, page, "place", "reporter.where", choices)
}

fn time(frame: &Frame, page: &ReporterPage) -> Markup {
    let chosen = page.first("when");
    let choices = html! {
        (tick("when", "now", chosen == "now", html! { (frame.text("reporter.just_now")) }))
        (tick("when", "morning", chosen == "morning", html! { (frame.text("reporter.this_morning")) }))
        (tick("when", "yesterday", chosen == "yesterday", html! { (frame.text("reporter.yesterday")) }))
        (tick("when", "other", chosen == "other", html! { (frame.text("reporter.choose_time")) }))
        input name="occurred" type="datetime-local" aria-label=(frame.text("entry.when")) value=(page.first("occurred"));
    };
    question(frame, page, "occurred", "entry.when", choices)
}

fn severity(frame: &Frame, page: &ReporterPage) -> Markup {
    let choices = html! { @for value in 1..=5u8 {
        (tick("severity", &value.to_string(), page.first("severity") == value.to_string(), html! {
            (frame.lang.word("severity", value))
            @for example in page.view.examples.iter().filter(|example| example.severity == value) { small data-kind=(example.kind) { (example.text) } }
        }))
    } };
    question(frame, page, "severity", "entry.severity", choices)
}

fn hurt(frame: &Frame, page: &ReporterPage) -> Markup {
    let count = |name: &'static str, words: &'static str| {
        html! {
            label { (frame.text(words)) input id={ "f-" (name) } name=(name) type="text" inputmode="numeric" maxlength="8" autocomplete="off" value=(page.first(name)); }
            @if let Some(error) = page.error(name) { p.error { (error) } }
        }
    };
    html! {
        fieldset.hurt { legend { (frame.text("reporter.hurt")) }
            (count("dead", "entry.dead")) (count("injured", "entry.injured")) (count("displaced", "entry.displaced")) }
    }
}

pub(super) fn nothing(frame: &Frame, page: &ReporterPage) -> Markup {
    let zone = page.view.zone;
    html! {
        @if let Some(quiet) = page.view.quiet {
            form method="post" action=(NOTHING) data-kept=(frame.text("reporter.nothing")) {
                (number(frame, page))
                button.act type="submit" {
                    (frame.text("reporter.nothing"))
                    small {
                        @if quiet.after_a_report { (frame.fill("reporter.nothing_since", &[("time", &format::short(quiet.from, zone, frame.lang))])) }
                        @else { (frame.fill("reporter.nothing_of", &[("from", &format::date(quiet.from, zone, frame.lang)), ("to", &format::date(quiet.to, zone, frame.lang))])) }
                    }
                }
            }
        }
    }
}

pub(super) fn news(frame: &Frame, page: &ReporterPage) -> Markup {
    let (chosen, news) = (page.first("report"), page.first("news"));
    let open = page.view.reports.iter().filter(|report| report.is_open);
    let reports = html! {
        @for report in open {
            (tick("report", &report.id, chosen == report.id, html! { (report.what) ", " (report.place) small { (when(frame, report.at, report.zone)) } }))
        }
        (tick("report", "other", chosen == "other", html! { (frame.text("reporter.of_others") ) small { (frame.text("reporter.of_others_hint")) } }))
        select name="kind" aria-label=(frame.text("reports.kind")) {
            option value="" { (frame.text("reports.kind")) }
            @for kind in Kind::ALL { @let word = kind.to_string(); option value=(word) selected[page.first("kind") == word] { (frame.lang.word("kind", kind)) } }
        }
        @if page.view.news_places.len() > 1 {
            select name="at" aria-label=(frame.text("reporter.where")) {
                option value="" { (frame.text("reporter.where")) }
                @for place in &page.view.news_places { option value=(place.code) selected[page.first("at") == place.code] { (place.name) } }
            }
        }
    };
    let choices = html! {
        (tick("news", "continues", news == "continues", html! { (frame.text("reporter.continues")) }))
        (tick("news", "ends", news == "ends", html! { (frame.text("reporter.ends")) }))
        (tick("news", "denies", news == "denies", html! { (frame.text("reporter.denies")) }))
        (tick("news", "withdraw", news == "withdraw", html! { (frame.text("reporter.withdraw")) small { (frame.text("reporter.withdraw_hint")) } }))
    };
    html! {
        details.act #lanjutan open[page.form == OpenForm::News] {
            summary { (frame.text("reporter.news")) }
            form method="post" action=(NEWS) data-kept=(frame.text("reporter.news")) {
                (number(frame, page))
                @if page.form == OpenForm::News && !page.warnings.is_empty() { (confirm(frame, "keep", "entry.keep_as_it_is")) }
                (question(frame, page, "report", "reporter.of_which", reports))
                (question(frame, page, "news", "reporter.what_news", choices))
                label.text for="f-kabar" { (frame.text("reporter.news_text")) }
                textarea id="f-kabar" name="summary" rows="2" maxlength="4000" { @if page.form == OpenForm::News { (page.first("summary")) } }
                button.send type="submit" { (frame.text("reporter.send_news")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::FeedClass;
    use domain::place::{Code, Zone};
    use views::Lang;
    use views::entry::{DistrictChoice, VillageChoice};
    use views::reporter::ReporterView;

    /// The page of a feed of 21 districts with so many villages each.
    fn page_of(villages: u32) -> String {
        let district = |number: u32| DistrictChoice {
            code: Code(350_800 + number),
            name: format!("Kecamatan {number}"),
            villages: (1..=villages)
                .map(|village| VillageChoice {
                    code: format!("35.08.{number:02}.{}", 2000 + village),
                    name: format!("Beringin Makmur {village}"),
                })
                .collect(),
        };
        let view = ReporterView {
            feed: "kab".into(),
            class: FeedClass::Agency,
            places: vec![],
            zone: Zone::Wib,
            districts: (1..=21).map(district).collect(),
            categories: vec![],
            often: vec![],
            examples: vec![],
            news_places: vec![],
            reports: vec![],
            quiet: None,
            quiet_withdrawn: Vec::new(),
            nothing: Vec::new(),
        };
        let page = ReporterPage::new(view, "01KDTNM8M0Y02FSFQYZ0000002".into());
        crate::pages::reporter::page(&Frame::bare(Lang::Id), &page).into_string()
    }

    #[test]
    fn a_regencys_villages_are_typed_and_a_districts_offered() {
        let (few, many) = (page_of(2), page_of(10));
        assert!(few.contains("list=\"desa\"") && few.contains("<datalist id=\"desa\">"), "{few}");
        assert!(!many.contains("list=\"desa\"") && !many.contains("<datalist"), "{many}");
        assert!(many.len() < 10 << 10, "{} bytes", many.len());
    }
}
