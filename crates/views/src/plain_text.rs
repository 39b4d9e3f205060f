//! Views as plain text: the sentences of the pages, for a terminal or a letter.

use crate::alert::{self, AlertView, HistoryLine};
use crate::alerts::{AlertItem, state_words};
use crate::chains::ChainMember;
use crate::context::Context;
use crate::district::{DistrictView, KindHistory};
use crate::format;
use crate::level;
use crate::messages::PersonMessages;
use crate::overview::OverviewView;
use crate::permit::Right;
use crate::picture::{AssessmentView, assessed_words, risk_words};
use crate::reports::ReportItem;
use crate::words::Lang;
use domain::alert::State;
use domain::effect::Verdict;
use domain::kind::{Kind, Level};
use domain::place::{Code, Zone};
use domain::time::{DAY, Time};

/// Reasons of a model that are given; the weaker ones move little.
const REASONS: usize = 5;

/// One alert: what it says, why, the reports behind it, its history, newest first.
pub fn alert(context: &Context, view: &AlertView) -> String {
    let mut page = PlainText::new(context, view.alert.code);
    let lang = context.lang;
    page.line(&alert::headline(view, lang));
    if let Some(happening) = &view.alert.happening {
        let facts = happening.facts(view.alert.kind, view.alert.code, lang);
        facts.iter().for_each(|(word, says)| page.item(&format!("{word}: {says}")));
    } else if let Some(latest) = &view.latest {
        let facts = latest.latest_facts(view.alert.kind, view.alert.code, lang);
        facts.iter().for_each(|(word, says)| page.item(&format!("{word}: {says}")));
    }
    page.line(&page.alert_line(&view.alert));
    if !view.alert.districts.is_empty() {
        let named = view
            .alert
            .districts
            .iter()
            .map(|own| format!("{}, {}", own.place, lang.word("level", own.level)));
        let named = named.collect::<Vec<_>>().join(" · ");
        page.line(&format!("{} {named}", lang.text("alert.in_its_districts")));
    }
    let ago = lang.fill("format.ago", &[("span", &format::span(context.now.since(view.changed_at), lang))]);
    page.line(&format!(
        "{} · {}",
        lang.fill("alert.opened_at", &[("time", &page.time(view.alert.opened_at))]),
        lang.fill("alert.changed_at", &[("time", &page.time(view.changed_at)), ("ago", &ago)])
    ));
    page.end_note(view);
    page.heading(lang.text("alert.why"));
    if view.reasons.is_empty() {
        page.item(lang.text("alert.no_reason"));
    }
    view.reasons.iter().for_each(|reason| page.item(reason));
    for claims in &view.claims {
        page.line(&claims.when(context, view.alert.code));
        claims.lines(lang).iter().for_each(|line| page.item(line));
    }
    if let Some(peak) = &view.peak {
        let level = level::word(peak.level, lang);
        page.line(&lang.fill("alert.peak", &[("level", &level), ("time", &page.time(peak.since))]));
        peak.reasons.iter().for_each(|reason| page.item(reason));
    }
    if let Some(version) = &view.policy {
        page.line(&lang.fill("alert.policy_version", &[("version", version)]));
    }
    if let Some(week) = &view.week {
        page.heading(lang.text("alert.by_the_model"));
        page.model(week);
    }
    if context.viewer.may(Right::SeeReports) {
        page.heading(lang.text("alert.reports"));
        page.reports(&view.reports);
    }
    page.heading(lang.text("alert.history"));
    view.history.iter().rev().for_each(|entry| page.history_line(entry));
    if !view.messages.is_empty() {
        page.heading(lang.text("alert.messages_to_the_team"));
        view.messages.iter().for_each(|person| page.messages_to(person));
    }
    page.text
}

/// One district: what stands, each kind with its risks and reasons, the latest reports.
pub fn district(context: &Context, view: &DistrictView) -> String {
    let mut page = PlainText::new(context, view.code);
    let lang = context.lang;
    let mut facts = vec![format!("{} ({}, {})", view.name, lang.word("rank", &view.rank), view.code)];
    if view.villages > 0 {
        facts.push(lang.fill("district.villages", &[("n", &view.villages)]));
    }
    if let Some(people) = view.population {
        facts.push(lang.fill("district.people", &[("n", &format::number(i64::from(people), lang))]));
    }
    if let Some(ppm) = view.completeness_ppm {
        facts.push(lang.fill("district.completeness", &[("share", &format::percent(ppm, lang))]));
    }
    page.line(&facts.join(" · "));
    if let Some((key, kinds)) = view.without_data(lang) {
        match view.heard_last {
            Some(day) => {
                let day = format::date(day, page.zone, lang);
                page.line(&lang.fill("district.last_report", &[("day", &day)]));
            }
            None => page.line(lang.text("district.no_report_in_90_days")),
        }
        page.line(&lang.fill(key, &[("kinds", &kinds)]));
    }
    for (key, feeds) in
        [("district.silent_feeds", &view.quiet.silent), ("district.never_reported", &view.quiet.never)]
    {
        if !feeds.is_empty() {
            page.line(&lang.fill(key, &[("names", &feeds.join(", "))]));
        }
    }
    if !view.alerts.is_empty() {
        page.heading(lang.text("district.alerts_here"));
        view.alerts.iter().for_each(|alert| page.item(&page.alert_line(alert)));
    }
    view.kinds.iter().for_each(|kind| page.kind(kind));
    if context.viewer.may(Right::SeeReports) {
        page.heading(lang.text("district.latest_reports"));
        page.reports(&view.reports);
    }
    page.text
}

/// A regency at a glance: the alerts that wait, every district by kind, and where nobody reports from.
pub fn overview(context: &Context, view: &OverviewView) -> String {
    let mut page = PlainText::new(context, view.regency);
    let lang = context.lang;
    page.line(&format!("{} ({})", context.name(view.regency), view.regency));
    if let Some(at) = view.last_check {
        page.line(&lang.fill("shell.as_of", &[("time", &page.time(at))]));
    }
    view.unnotified.iter().for_each(|alert| page.line(&alert.sentence(lang)));
    view.late_messages.iter().for_each(|late| page.line(&late.sentence(lang)));
    page.heading(lang.text("overview.queue"));
    if view.alerts.is_empty() {
        page.item(lang.text("alerts.none_open"));
    }
    view.alerts.iter().for_each(|alert| page.item(&page.alert_line(alert)));
    if view.more > 0 {
        page.line(&lang.count("overview.more_alerts", view.more));
    }
    if !view.chains.is_empty() {
        page.heading(lang.text("chains.one"));
        view.chains.iter().for_each(|chain| page.item(&page.chain_line(&chain.members)));
    }
    if !view.to_check.is_empty() || !view.ends_asked.is_empty() || !view.lapsed.is_empty() {
        page.heading(lang.text("overview.to_check"));
        view.ends_asked.iter().for_each(|alert| page.item(&page.alert_line(alert)));
        view.not_agreed.iter().for_each(|answer| page.item(&format!("{}: {}", answer.alert, answer.words)));
        view.lapsed.iter().for_each(|request| page.item(&format!("{}: {}", request.alert, request.words)));
        if !view.to_check.is_empty() {
            page.reports(&view.to_check);
        }
        if view.more_to_check {
            page.line(lang.text("overview.more_to_check"));
        }
    }
    page.heading(lang.text("overview.matrix"));
    for row in &view.rows {
        let cells = Kind::ALL.iter().map(|kind| {
            let cell = &row.cells[kind.index()];
            let risk = risk_words(cell.risk.filter(|_| cell.level != Level::NoData), lang);
            let risk = if risk.is_empty() { risk } else { format!(" ({risk})") };
            format!("{} {}{risk}", level::kind_short(*kind, lang), level::word(cell.level, lang))
        });
        page.item(&format!("{}: {}", row.name, cells.collect::<Vec<_>>().join("; ")));
    }
    let answered = view.rows.iter().flat_map(|row| &row.cells).filter_map(|cell| cell.answered.as_ref());
    answered.for_each(|own| page.line(&own.on_the_map(lang)));
    for silent in &view.silent {
        match silent.since {
            Some(at) => {
                let ago = lang.fill("format.ago", &[("span", &format::span(context.now.since(at), lang))]);
                let values: [(&str, &dyn std::fmt::Display); 3] =
                    [("place", &silent.name), ("time", &page.time(at)), ("ago", &ago)];
                page.line(&lang.fill("overview.no_reports_since", &values));
            }
            None => page.line(&lang.fill("overview.no_reports_from", &[("place", &silent.name)])),
        }
    }
    if let Some(day) = view.drift.since {
        page.line(&lang.fill("drift.data_moved", &[("date", &page.time(Time(day * DAY)))]));
    }
    page.text
}

/// Text under way.
struct PlainText<'a> {
    context: &'a Context,
    zone: Zone,
    text: String,
}

impl PlainText<'_> {
    fn new(context: &Context, code: Code) -> PlainText<'_> {
        PlainText { context, zone: Zone::of(code), text: String::new() }
    }

    fn lang(&self) -> Lang {
        self.context.lang
    }

    fn time(&self, at: Time) -> String {
        format::long(at, self.zone, self.lang())
    }

    /// A line; `**`, which marks what pages print bold, is left out.
    fn line(&mut self, sentence: &str) {
        self.text += &sentence.replace("**", "");
        self.text.push('\n');
    }

    fn item(&mut self, sentence: &str) {
        self.line(&format!("- {sentence}"));
    }

    fn heading(&mut self, words: &str) {
        self.line(&format!("\n{words}"));
    }

    /// "Rawas Ilir, warga–perusahaan siaga · Rupit, bencana waspada".
    fn chain_line(&self, members: &[ChainMember]) -> String {
        let lang = self.lang();
        let one = |member: &ChainMember| {
            let (kind, level) = (level::kind_short(member.kind, lang), level::word(member.level, lang));
            format!("{}, {kind} {level}", member.place)
        };
        members.iter().map(one).collect::<Vec<_>>().join(" · ")
    }

    /// "16.13-2026-0007: siaga, Rawas Ilir, warga–perusahaan · diketahui · belum terverifikasi".
    fn alert_line(&self, alert: &AlertItem) -> String {
        let lang = self.lang();
        let mut parts = vec![
            format!(
                "{}: {}, {}, {}",
                alert.id,
                level::word(alert.level, lang),
                alert.place,
                lang.word("kind", alert.kind)
            ),
            state_words(lang, alert),
        ];
        let named = alert.assignee.as_ref().filter(|_| alert.state != State::Assigned);
        parts.extend(named.map(|name| lang.fill("alert.assigned_to", &[("name", name)])));
        if alert.peak > alert.level {
            parts.push(lang.fill("alerts.has_been", &[("level", &level::word(alert.peak, lang))]));
        }
        let marks =
            [alert.sureness_mark(), alert.stale.then_some("stale"), alert.cleared.then_some("cleared")];
        let own = marks.into_iter().flatten().filter(|_| alert.state.is_live());
        parts.extend(own.map(|mark| lang.word("alert_mark", mark)));
        parts.join(" · ")
    }

    /// Why an alert is no longer, or what a person should know before deciding.
    fn end_note(&mut self, view: &AlertView) {
        let lang = self.lang();
        if view.alert.state == State::Withdrawn {
            let note = alert::withdrawal(view, lang);
            self.line(&note);
        } else if let Some(at) = view.cleared_at {
            let note = lang.fill("alert.cleared_since", &[("time", &self.time(at))]);
            self.line(&note);
        } else if view.alert.stale {
            self.line(lang.text("alert.stale_note"));
        }
        view.after.iter().for_each(|before| self.line(&before.words));
        view.answered_words(lang).iter().for_each(|words| self.line(words));
    }

    /// What a model says and what moves it most.
    fn model(&mut self, assessment: &AssessmentView) {
        let lang = self.lang();
        let horizon = lang.word("horizon", assessment.horizon);
        self.line(&format!("{horizon}: {}", assessed_words(assessment, lang)));
        let moving = assessment.reasons.iter().filter(|reason| reason.share != 0.0);
        moving.take(REASONS).for_each(|reason| self.item(&reason.text));
    }

    fn kind(&mut self, kind: &KindHistory) {
        let lang = self.lang();
        self.heading(&format!("{}: {}", lang.word("kind", kind.kind), level::word(kind.level, lang)));
        kind.answered.iter().for_each(|own| self.line(&own.here(lang)));
        match &kind.week {
            None => self.line(lang.text("district.no_assessment")),
            Some(_) if kind.level == Level::NoData => self.line(lang.text("district.too_little_to_assess")),
            Some(week) => {
                self.model(week);
                if let Some(month) = &kind.month {
                    let horizon = lang.word("horizon", month.horizon);
                    self.line(&format!("{horizon}: {}", assessed_words(month, lang)));
                }
            }
        }
        let found = [
            ("reported", &kind.found.reported as &dyn std::fmt::Display),
            ("patrol", &kind.found.by_patrols),
        ];
        self.line(&lang.fill("district.found", &found));
    }

    fn reports(&mut self, rows: &[ReportItem]) {
        let lang = self.lang();
        if rows.is_empty() {
            self.item(lang.text("reports.none"));
        }
        rows.iter().for_each(|row| self.item(&report_line(row, self.zone, lang)));
    }

    /// Who, whether they have the newest message, then each message.
    fn messages_to(&mut self, person: &PersonMessages) {
        let (lang, zone) = (self.lang(), self.zone);
        let phone = person.phone.as_ref().map(|phone| lang.fill("late_messages.phone", &[("phone", phone)]));
        let parts = [Some(person.role.clone()), phone, Some(person.state_words(zone, lang))];
        self.item(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "));
        person.messages.iter().for_each(|message| self.line(&format!("  {}", message.words(zone, lang))));
    }

    fn history_line(&mut self, entry: &HistoryLine) {
        let lang = self.lang();
        let mut parts = vec![format!("{}: {}", self.time(entry.at), alert::act_word(lang, &entry.act))];
        parts.extend(entry.level.map(|own| level::word(own, lang)));
        parts.push(entry.actor.clone());
        parts.extend(Some(entry.reason.clone()).filter(|reason| !reason.is_empty()));
        self.item(&parts.join(" · "));
    }
}

/// "Kam, 1 Jan 2026, 00.01 WIB · Rawas Ilir · kepolisian · blokade · keparahan 3 · terkonfirmasi".
fn report_line(row: &ReportItem, zone: Zone, lang: Lang) -> String {
    let mut parts =
        vec![format::occurrence(row.at, zone, lang), row.place.clone(), lang.word("class", row.class)];
    match &row.what {
        Some(what) => {
            parts.push(what.label.clone());
            parts.extend(what.severity.map(|severity| lang.fill("reports.severity", &[("n", &severity)])));
        }
        None => parts.push(row.outcome_words(lang)),
    }
    parts.extend(match row.verdict {
        Verdict::Confirmed => Some(lang.word("verification", "confirm")),
        Verdict::Rejected => Some(lang.word("verification", "reject")),
        Verdict::Unverified => None,
    });
    parts.extend(row.disputed.then(|| lang.text("report.disputed").to_owned()));
    parts.extend(row.doubtful.then(|| lang.text("report.doubtful").to_owned()));
    parts.extend(row.unplaced.then(|| lang.text("report.unplaced").to_owned()));
    parts.extend(row.check.map(|reason| lang.word("check", reason)));
    parts.extend(row.summary.clone());
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::ReportSubject;
    use domain::kind::{FeedClass, Handling, Outcome};

    #[test]
    fn a_zero_report_says_that_nothing_happened() {
        let zero = ReportItem {
            name: String::new(),
            content: 0,
            feed: None,
            id: "01KDTNM8M0Y02FSFQYZGT4HPXA".into(),
            place: "Rawas Ilir".into(),
            class: FeedClass::Village,
            at: Time(1_767_200_700_000_000),
            reported_at: Time(1_767_200_700_000_000),
            occurred_at: None,
            handling: Handling::Open,
            outcome: Some(Outcome::ZeroReport),
            verdict: Verdict::Unverified,
            late: false,
            stance: None,
            disputed: false,
            unplaced: false,
            doubtful: false,
            check: None,
            what: None,
            summary: None,
        };
        let line = |row: &ReportItem| report_line(row, Zone::Wib, Lang::Id);
        assert!(line(&zero).ends_with("Rawas Ilir · desa dan kelurahan · nihil"), "{}", line(&zero));
        let what = ReportSubject {
            kind: Kind::ResidentCompany,
            code: Some("WP-05".into()),
            label: "Blokade".into(),
            severity: Some(3),
        };
        let incident =
            ReportItem { outcome: Some(Outcome::Incident), what: Some(what), disputed: true, ..zero };
        let text = line(&incident);
        assert!(text.contains(" · Blokade · ") && !text.contains("nihil"), "{text}");
        assert!(text.ends_with(" · disangkal"), "{text}");
    }
}
