//! Why a risk is what it is: each feature's share of the logit as a sentence and a bar.

use super::shell::Frame;
use crate::format;
use crate::words::Lang;
use domain::feature::{COMMON, COUNT, FeatureVector, NAMES};
use domain::scorer::Contributions;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Told together with the sine.
const COSINE: &str = "season_cos";

/// One reason in words and how far it moves the logit.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// The feature's name; the season's stands under its sine.
    pub feature: &'static str,
    pub text: String,
    pub share: f64,
}

/// The reports behind a reason, as far as this person may see them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Behind {
    /// Number and words, the newest first.
    pub shown: Vec<(String, String)>,
    /// Further ones that could be shown.
    pub more: usize,
    pub hidden: usize,
}

/// By the feature's name.
pub type Reports = BTreeMap<&'static str, Behind>;

/// Sentences for all features, the strongest first. Sine and cosine of the season are one sentence; a feature that few
/// lines look at is no reason where this one does not.
pub fn lines(
    frame: &Frame,
    features: &FeatureVector,
    contributions: &Contributions,
    coarse: bool,
) -> Vec<Line> {
    let mut lines: Vec<Line> = (0..COUNT)
        .filter(|index| NAMES[*index] != COSINE)
        .filter(|index| *index < COMMON || contributions.features[*index] != 0.0)
        .map(|index| {
            let cosine =
                NAMES.iter().position(|name| *name == COSINE).filter(|_| NAMES[index] == "season_sin");
            let share = contributions.features[index] + cosine.map_or(0.0, |at| contributions.features[at]);
            Line {
                feature: NAMES[index],
                text: sentence(frame, NAMES[index], features[index], coarse),
                share,
            }
        })
        .collect();
    lines.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()));
    lines
}

/// What a feature says, undoing its logarithm.
fn sentence(frame: &Frame, name: &str, value: f64, coarse: bool) -> String {
    let say = |id: &str, en: &str| frame.lang.pick(id, en).to_string();
    let count = value.exp_m1().max(0.0);
    if let Some((id, en)) = counted(name) {
        let figure = match coarse {
            true => format::coarse(count.round() as u32, frame.lang),
            false => format::decimal(count, frame.lang),
        };
        return format!("{}: {figure}", say(id, en));
    }
    match name {
        "climatology" => {
            let (before, after) =
                (say("Biasanya di sini", "Usually here"), say("kejadian tiap minggu", "incidents a week"));
            format!("{before} {} {after}", format::decimal(value.exp(), frame.lang))
        }
        "acceleration" => pace(frame, value),
        "days_since" if count >= 729.0 => {
            say("Belum ada kejadian tercatat dalam dua tahun", "No incident on record in two years")
        }
        "days_since" => {
            let days = format::number(count.round() as i64, frame.lang);
            // Where none is on record the feature stands for a quiet longer than the record; the sentence covers both.
            let tail = say(
                "hari sejak kejadian berat terakhir (atau tidak ada dalam catatan)",
                "days since the last serious incident (or none on record)",
            );
            format!("{days} {tail}")
        }
        "season_sin" => say("Waktu dalam tahun (musim)", "Time of the year (season)"),
        "completeness" => {
            let share = format::percent((value * 1e6) as u32, frame.lang);
            format!("{}: {share}", say("Umpan yang masih terdengar", "Feeds still heard"))
        }
        "calendar" => calendar(frame, value),
        "agreement" if value > 0.0 => say(
            "Ada kesepakatan yang masih berlaku antara para pihak",
            "An agreement between the parties is in force",
        ),
        "agreement" => say("Tidak ada kesepakatan yang berlaku", "No agreement is in force"),
        other => format!("{other}: {}", format::decimal(value, frame.lang)),
    }
}

/// Features that are logarithms of counts.
fn counted(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "count_3d" => (
            "Kejadian beberapa hari terakhir (bobotnya separuh tiap 3 hari)",
            "Incidents of the last days (weight halves every 3 days)",
        ),
        "count_14d" => (
            "Kejadian dua minggu terakhir (bobotnya separuh tiap 14 hari)",
            "Incidents of the last fortnight (weight halves every 14 days)",
        ),
        "count_90d" => (
            "Kejadian beberapa bulan terakhir (bobotnya separuh tiap 90 hari)",
            "Incidents of the last months (weight halves every 90 days)",
        ),
        "count_30d" => ("Kejadian 30 hari terakhir", "Incidents of the last 30 days"),
        "severity_14d" => ("Jumlah keparahan dua minggu terakhir", "Sum of severities of the last fortnight"),
        "neighbours_14d" => {
            ("Kejadian di kecamatan tetangga, rata-rata", "Incidents in neighbouring districts, mean")
        }
        "regency_14d" => (
            "Kejadian di seluruh kabupaten, dua minggu terakhir",
            "Incidents in the whole regency, last fortnight",
        ),
        "serious_90d" => (
            "Kejadian berat (keparahan 3 ke atas) beberapa bulan terakhir",
            "Serious incidents (severity 3 and more) of the last months",
        ),
        _ => return None,
    })
}

/// A trigger ahead and how far, undoing its halving with every week.
fn calendar(frame: &Frame, value: f64) -> String {
    if value <= 0.0 {
        return frame
            .say("Tidak ada pemicu kalender yang diketahui", "No calendar trigger is known")
            .to_string();
    }
    let days = format::number((-value.min(1.0).log2() * 7.0).round() as i64, frame.lang);
    match frame.lang {
        Lang::Id => format!("Pemicu kalender (pemilu, panen, sidang, peringatan) dalam {days} hari"),
        Lang::En => format!("Calendar trigger (election, harvest, hearing, anniversary) in {days} days"),
    }
}

fn pace(frame: &Frame, value: f64) -> String {
    let (id, en) = if value > 0.1 {
        (
            "Beberapa hari terakhir lebih ramai daripada dua minggu terakhir",
            "The last days outrun the last fortnight",
        )
    } else if value < -0.1 {
        (
            "Beberapa hari terakhir lebih sepi daripada dua minggu terakhir",
            "The last days are quieter than the last fortnight",
        )
    } else {
        ("Beberapa hari terakhir seperti dua minggu terakhir", "The last days are like the last fortnight")
    };
    frame.say(id, en).to_string()
}

/// How many reasons are shown before "selebihnya".
const SHOWN: usize = 5;

pub fn bars(frame: &Frame, lines: &[Line], intercept: f64, reports: &Reports) -> Markup {
    let widest = lines.iter().map(|line| line.share.abs()).fold(0.01, f64::max);
    // What serves may look at a few features only; the others are no reason at all.
    let counting: Vec<&Line> = lines.iter().filter(|line| line.share != 0.0).collect();
    let (first, rest) = counting.split_at(counting.len().min(SHOWN));
    html! {
        @if counting.is_empty() {
            p.hint { (frame.say(
                "Yang berlaku di sini angka dasarnya saja; tidak ada sebab yang menaikkan atau menurunkannya.",
                "Only the base rate speaks here; nothing raises or lowers it.",
            )) }
        }
        @match first {
            // The one thing looked at: against nothing, "raises" or "lowers" would only say where its scale begins.
            [alone] => { ul.reasons { li { span.reason-text { (reason(frame, alone, reports)) }
                span.reason-share { (frame.say("satu-satunya yang dihitung", "all that is looked at")) } } } }
            _ => { ul.reasons { @for line in first { (bar(frame, line, widest, reports)) } } }
        }
        @if !counting.is_empty() {
            details {
                summary { (frame.say("Selebihnya dan titik tolak", "The rest and the starting point")) }
                ul.reasons {
                    @if let [alone] = first { (bar(frame, alone, widest, reports)) }
                    @for line in rest { (bar(frame, line, widest, reports)) }
                    li { span.reason-text { (frame.say("Titik tolak model", "Starting point of the model")) } span.reason-share.num { (signed(frame, intercept)) } }
                }
                p.hint { (frame.say(
                    "Angka di kanan adalah bagian tiap sebab dalam logit; jumlah semuanya sama dengan logit risiko.",
                    "The figure at the right is each reason's share of the logit; together they sum to the risk's logit.",
                )) }
            }
        }
    }
}

fn bar(frame: &Frame, line: &Line, widest: f64, reports: &Reports) -> Markup {
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
                @if line.share.abs() < HARDLY { (frame.say("hampir tidak berpengaruh", "hardly matters")) }
                @else if raises { (frame.say("menaikkan", "raises")) " " span.num { (signed(frame, line.share)) } }
                @else { (frame.say("menurunkan", "lowers")) " " span.num { (signed(frame, line.share)) } }
            }
        }
    }
}

fn reason(frame: &Frame, line: &Line, reports: &Reports) -> Markup {
    html! {
        (told(frame, line, reports))
        @if let Some(behind) = reports.get(line.feature).filter(|_| line.share.abs() >= HARDLY) { (behind_it(frame, behind)) }
    }
}

/// The days since a serious incident stand for a long quiet where none is on record; the reports tell which it is.
fn told<'a>(frame: &Frame, line: &'a Line, reports: &Reports) -> &'a str {
    let none = |behind: &Behind| behind.shown.is_empty() && behind.hidden == 0;
    match reports.get(line.feature) {
        Some(behind) if line.feature == "days_since" && none(behind) => frame.say(
            "Tidak ada kejadian berat dalam catatan sembilan bulan terakhir",
            "No serious incident on record in the last nine months",
        ),
        _ => &line.text,
    }
}

/// Shares below this hardly matter.
const HARDLY: f64 = 0.05;

/// Links to the reports, how many more there are, and how many this person may not see.
fn behind_it(frame: &Frame, behind: &Behind) -> Markup {
    html! {
        @if !behind.shown.is_empty() || behind.hidden > 0 {
            small.behind-it {
                @for (index, (id, words)) in behind.shown.iter().enumerate() {
                    @if index > 0 { " · " }
                    a href={ "/laporan/" (id) } { (words) }
                }
                @if behind.more > 0 { " · " (frame.say("dan ", "and ")) (behind.more) (frame.say(" laporan lain", " more reports")) }
                @if behind.hidden > 0 {
                    @if !behind.shown.is_empty() { " · " }
                    (behind.hidden) (frame.say(" laporan tidak ditampilkan", " reports not shown"))
                }
            }
        }
    }
}

/// The reasons when the alert opened beside those of now.
pub fn compare(frame: &Frame, then: &[Line], now: &[Line]) -> Markup {
    let share = |lines: &[Line], feature: &str| {
        lines.iter().find(|line| line.feature == feature).map_or(0.0, |line| line.share)
    };
    let matters = |line: &&Line| line.share.abs() >= HARDLY || share(then, line.feature).abs() >= HARDLY;
    html! {
        details {
            summary { (frame.say("Sebab saat dibuka dan sekarang", "Reasons at the opening and now")) }
            div.scroll tabindex="0" role="region" aria-label=(frame.say("Sebab saat dibuka dan sekarang", "Reasons at the opening and now")) {
                table {
                    thead { tr {
                        th scope="col" { (frame.say("Sebab (keadaan sekarang)", "Reason (as it is now)")) }
                        th scope="col" { (frame.say("Saat dibuka", "At the opening")) }
                        th scope="col" { (frame.say("Sekarang", "Now")) }
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

    fn frame() -> Frame {
        Frame::bare(Lang::Id)
    }

    #[test]
    fn the_strongest_reason_stands_first_and_the_shares_sum_to_the_logit() {
        let mut contributions = Contributions { intercept: -3.0, features: [0.0; COUNT] };
        contributions.features[1] = 1.5;
        contributions.features[8] = -2.0;
        contributions.features[9] = 0.2;
        contributions.features[10] = 0.1;
        let features = [1.0; COUNT];
        let lines = lines(&frame(), &features, &contributions, false);
        assert_eq!(lines.len(), COMMON - 1);
        assert!(lines[0].text.contains("hari sejak kejadian berat terakhir"), "{}", lines[0].text);
        let sum: f64 = lines.iter().map(|line| line.share).sum();
        assert!((sum - contributions.features.iter().sum::<f64>()).abs() < 1e-9);
    }

    #[test]
    fn reports_stand_behind_their_reason_and_hidden_ones_are_counted() {
        let lines = [
            Line { feature: "count_3d", text: "a".into(), share: 1.0 },
            Line { feature: "count_14d", text: "b".into(), share: 0.01 },
        ];
        let behind = Behind { shown: vec![("01X".into(), "desa, 3 Nov".into())], more: 2, hidden: 1 };
        let reports: Reports = [("count_3d", behind.clone()), ("count_14d", behind)].into();
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
        let line = |feature, share| Line { feature, text: format!("<{feature}>"), share };
        let lines = [line("days_since", -2.0), line("count_3d", 0.0)];
        let none = Behind { shown: vec![], more: 0, hidden: 0 };
        let text = bars(&frame(), &lines, -1.0, &[("days_since", none)].into()).into_string();
        assert!(text.contains("sembilan bulan terakhir") && !text.contains("count_3d"), "{text}");
        let text = bars(&frame(), &lines, -1.0, &Reports::new()).into_string();
        assert!(text.contains("&lt;days_since&gt;"), "nobody looked for reports: {text}");
        assert!(bars(&frame(), &lines[1..], -1.0, &Reports::new()).into_string().contains("angka dasarnya"));
    }

    #[test]
    fn then_and_now_stand_side_by_side() {
        let line = |share: f64| Line { feature: "count_3d", text: "Kejadian".into(), share };
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
        let lines = lines(&frame(), &features, &contributions, false);
        assert_eq!(lines.len(), COMMON - 1 + 2, "the analyst's count is no reason here");
        assert!(lines[0].text.starts_with("Pemicu kalender") && lines[0].text.ends_with("dalam 7 hari"));
        assert!(lines[1].text.contains("kesepakatan yang masih berlaku"), "{}", lines[1].text);
        let text = bars(&frame(), &lines, -3.0, &Reports::new()).into_string();
        assert!(text.contains("+0,7") && text.contains("menurunkan"), "{text}");
    }

    #[test]
    fn every_feature_the_models_name_has_a_sentence() {
        for name in NAMES.iter().filter(|name| **name != COSINE) {
            assert!(!sentence(&frame(), name, 0.5, false).contains(name), "{name}");
        }
    }

    #[test]
    fn a_leader_gets_bands_instead_of_small_counts() {
        let mut features = [0.0; COUNT];
        features[0] = 2.0f64.ln_1p();
        assert!(sentence(&frame(), NAMES[0], features[0], true).ends_with("1–4"));
        assert!(sentence(&frame(), NAMES[0], features[0], false).ends_with("2,0"));
    }
}
