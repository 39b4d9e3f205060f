//! One alert: what it says, why, the reports behind it, its history, and what a person may do now.

use super::alerts::marks;
use super::model::speaker;
use super::reports::{hidden, rows};
use super::shell::{Frame, Place, document, strong};
use super::why;
use crate::pages::level;
use domain::alert::{AlertOutcome, State};
use maud::{Markup, html};
use views::alert::{AlertView, HistoryLine};
use views::picture::risk_words;
use views::{Lang, Right, Role, format, reasons};

/// Why the act just tried was not done.
#[derive(Clone, Debug)]
pub struct RefusedAct {
    pub words: String,
    /// The version the person had seen; newer history is shown.
    pub seen: u32,
    /// What they had typed, so that it is not lost.
    pub reason: String,
}

pub fn page(frame: &Frame, view: &AlertView, refused: Option<&RefusedAct>) -> Markup {
    let title = format!("{}: {}", view.alert.place, frame.lang.word("kind", view.alert.kind));
    let leader = frame.viewer.as_ref().is_some_and(|viewer| viewer.role == Role::Leader);
    let content = html! {
        @if let Some(refused) = refused { (not_done(frame, view, refused)) }
        div.alert-head id="peringatan" data-watch=(view.alert.id) data-version=(view.version) {
            p {
                (level::chip(view.alert.level, frame.lang)) " " small.internal { "internal" } " "
                strong { (frame.lang.word("alert_state", view.alert.state.as_str())) }
                @if let Some(outcome) = view.alert.outcome { " (" (frame.lang.word("outcome", outcome.as_str())) ")" }
                @if let Some(name) = &view.alert.assignee { " · " (frame.say("ditugaskan kepada ", "assigned to ")) (name) }
                (marks(frame, &view.alert))
            }
            p.headline { (headline(frame, view)) }
            p.hint { span.code { (view.alert.id) } " · " (frame.say("dibuka ", "opened ")) (frame.time(view.alert.opened_at))
                " · " (frame.say("berubah ", "changed ")) (frame.brief(view.changed_at)) " (" (frame.ago(view.changed_at)) ")" }
            (withdrawn(frame, view))
        }
        @if view.alert.state.is_live() { (acts(frame, view, refused.map_or("", |refused| refused.reason.as_str()))) }
        div.pair.alert-pair {
            div {
                (why_section(frame, view, leader))
                @if frame.may(Right::SeeReports) {
                    section.block aria-labelledby="h-laporan" {
                        h2 #h-laporan { (frame.say("Laporan di baliknya", "The reports behind it")) }
                        (rows(frame, &view.reports))
                        @if view.hidden > 0 { (hidden(frame, view.hidden)) }
                    }
                }
            }
            div {
                (history(frame, view))
                (messages(frame, view))
            }
        }
        p { a href={ "/kecamatan/" (view.alert.code) "#" (view.alert.kind) } { (frame.say("Riwayat ", "History of ")) (view.alert.place) } }
    };
    document(frame, Place::Alerts, &title, content)
}

/// "Risiko … di … **siaga**: 34 % dalam 7 hari (biasanya 6 %)."
fn headline(frame: &Frame, view: &AlertView) -> Markup {
    let (kind, level) =
        (frame.lang.word("kind", view.alert.kind), views::level::word(view.alert.level, frame.lang));
    let place = &view.alert.place;
    let highest =
        view.peak.as_ref().map_or(level.clone(), |(peak, ..)| views::level::word(*peak, frame.lang));
    if view.alert.cleared && view.alert.state.is_live() {
        return strong(&match frame.lang {
            Lang::Id => {
                format!("Risiko {kind} di {place} sempat **{highest}**; sekarang syaratnya sudah tidak ada.")
            }
            Lang::En => {
                format!("Risk of {kind} in {place} was at **{highest}**; its condition no longer holds.")
            }
        });
    }
    let start = match frame.lang {
        Lang::Id => format!("Risiko {kind} di {place} pada tingkat **{level}**"),
        Lang::En => format!("Risk of {kind} in {place} at level **{level}**"),
    };
    let rest = match &view.week {
        Some(week) if week.risk.calibrated => match frame.lang {
            Lang::Id => format!(
                ": {} dalam 7 hari (biasanya {}).",
                format::percent(week.risk.risk_ppm, frame.lang),
                format::percent(week.risk.base_ppm, frame.lang)
            ),
            Lang::En => format!(
                ": {} within 7 days (usually {}).",
                format::percent(week.risk.risk_ppm, frame.lang),
                format::percent(week.risk.base_ppm, frame.lang)
            ),
        },
        Some(_) => frame
            .say(
                ". Model belum terkalibrasi di sini, jadi tanpa persentase.",
                ". The model is not calibrated here, hence no percentage.",
            )
            .to_string(),
        None => ".".to_string(),
    };
    strong(&(start + &rest))
}

fn withdrawn(frame: &Frame, view: &AlertView) -> Markup {
    html! {
        @if view.alert.state == State::Withdrawn {
            p.note {
                (frame.say("Peringatan ini ditarik", "This alert was withdrawn"))
                @match view.history.last() {
                    Some(entry) if !entry.reason.is_empty() => { ": " (entry.reason) "." }
                    Some(entry) if entry.actor == "kentongan" => { (frame.say(
                        ": laporan yang mendasarinya ditarik kembali, dikoreksi, atau tidak terbukti. Levelnya tidak berlaku lagi.",
                        ": the reports it rested on were taken back, corrected or not borne out. Its level no longer holds.",
                    )) }
                    _ => { "." }
                }
                @if let Some((reached, all)) = view.delivered {
                    " " (frame.say("Sudah diberi tahu: ", "Told so: ")) (reached) (frame.say(" dari ", " of ")) (all) (frame.say(" orang.", " people."))
                }
            }
        } @else if let Some(at) = view.cleared_at {
            p.note { (frame.say("Syaratnya sudah tidak ada sejak ", "Its condition no longer holds since ")) (frame.time(at))
                (frame.say(". Peringatan tetap terbuka sampai seseorang menyelesaikannya.", ". The alert stays open until somebody resolves it.")) }
        } @else if view.alert.stale {
            p.note { (frame.say("Tanpa kabar baru: umpan di sini diam, jadi tingkat dipertahankan. Tolong tanyakan keadaannya ke lapangan.",
                "No new word: the feeds here are silent, so the level is kept. Please ask how things stand.")) }
        }
    }
}

fn why_section(frame: &Frame, view: &AlertView, leader: bool) -> Markup {
    html! {
        section.block aria-labelledby="h-mengapa" {
            h2 #h-mengapa { (frame.say("Mengapa", "Why")) }
            @if view.reasons.is_empty() { p.empty { (frame.say("Sebabnya belum tercatat.", "No reason on record.")) } }
            ul.rules { @for reason in &view.reasons { li { (strong(reason)) } } }
            @if let Some((peak, since, reasons)) = &view.peak {
                p { (frame.say("Pernah ", "Once ")) (level::chip(*peak, frame.lang)) " " (frame.say("sejak ", "from ")) (frame.time(*since)) (frame.say(", karena:", ", because:")) }
                ul.rules { @for reason in reasons { li { (strong(reason)) } } }
            }
            @if let Some(version) = &view.policy { p.hint { (frame.say("Kebijakan versi ", "Policy version ")) (version) } }
            @if let Some(week) = &view.week {
                h3 { (frame.say("Menurut model", "By the model")) " " small { (risk_words(Some(week.risk), frame.lang)) } }
                (why::bars(frame, &reasons::lines(frame.lang, &week.features, &week.contributions, leader), week.contributions.intercept, &view.reasons_reports))
                @if let Some(opened) = &view.opened {
                    (why::compare(frame, &reasons::lines(frame.lang, &opened.features, &opened.contributions, leader), &reasons::lines(frame.lang, &week.features, &week.contributions, leader)))
                    @if opened.model != week.model { p.hint { (frame.say("Saat dibuka: ", "At the opening: ")) (speaker(frame, &opened.model)) } }
                }
                p.hint { (speaker(frame, &week.model)) " · " (frame.say("dinilai ", "assessed ")) (frame.time(week.at))
                    @if week.risk.calibrated {
                        " · " (frame.say("tanpa model (kebiasaan setempat): ", "without the model (local habit): ")) (format::percent(week.baseline_ppm, frame.lang))
                    }
                }
            }
        }
    }
}

fn acts(frame: &Frame, view: &AlertView, kept: &str) -> Markup {
    let (answer, direct) = (frame.may(Right::Answer), frame.may(Right::Direct));
    let state = view.alert.state;
    html! {
        @if answer {
            section.block aria-labelledby="h-tindakan" {
                h2 #h-tindakan { (frame.say("Tindakan", "What you can do")) }
                div.moves {
                    @if state == State::Open {
                        form.act method="post" action={ "/peringatan/" (view.alert.id) "/ketahui" } {
                            (version(view))
                            button.primary type="submit" { (frame.say("Saya sudah tahu", "Acknowledge")) }
                        }
                    }
                    @if state != State::Responding {
                        form.act method="post" action={ "/peringatan/" (view.alert.id) "/tangani" } {
                            (version(view))
                            button type="submit" { (frame.say("Sedang ditangani", "Being handled")) }
                        }
                    }
                    @if direct { (direct_acts(frame, view, kept)) }
                }
            }
        }
    }
}

fn direct_acts(frame: &Frame, view: &AlertView, kept: &str) -> Markup {
    html! {
        details open[!kept.is_empty()] {
            summary { (frame.say("Tugaskan", "Assign")) }
            form.act method="post" action={ "/peringatan/" (view.alert.id) "/tugaskan" } {
                (version(view))
                label for="kepada" { (frame.say("Kepada", "To")) }
                input id="kepada" name="to" type="text" list="tim" required maxlength="80" autocomplete="off";
                datalist id="tim" { @for name in &view.team { option value=(name) {} } }
                (note(frame, "catatan-tugas", kept, false))
                button type="submit" { (frame.say("Tugaskan", "Assign")) }
            }
        }
        @if view.alert.state != State::Open {
            details {
                summary { (frame.say("Selesaikan, dengan hasilnya", "Resolve, with its outcome")) }
                form.act method="post" action={ "/peringatan/" (view.alert.id) "/selesai" } {
                    (version(view))
                    fieldset { legend { (frame.say("Apa yang terjadi?", "What came of it?")) }
                        @for outcome in [AlertOutcome::Confirmed, AlertOutcome::Averted, AlertOutcome::FalseAlarm, AlertOutcome::Unverified] {
                            label.tick { input type="radio" name="outcome" value=(outcome.as_str()) required; span { (frame.lang.word("outcome", outcome.as_str())) (explain(frame, outcome)) } }
                        }
                    }
                    (note(frame, "catatan-selesai", kept, false))
                    button type="submit" { (frame.say("Selesaikan", "Resolve")) }
                }
            }
        }
        details {
            summary { (frame.say("Tarik peringatan", "Withdraw the alert")) }
            form.act method="post" action={ "/peringatan/" (view.alert.id) "/tarik" } {
                (version(view))
                p.hint { (frame.say("Semua yang menerima pesan awal diberi tahu bahwa peringatan ini ditarik.", "Everybody who got the first message is told that it was withdrawn.")) }
                (note(frame, "alasan-tarik", kept, true))
                button.danger type="submit" { (frame.say("Tarik", "Withdraw")) }
            }
        }
    }
}

fn explain(frame: &Frame, outcome: AlertOutcome) -> &'static str {
    match outcome {
        AlertOutcome::Confirmed => {
            frame.lang.pick(": terjadi seperti diperingatkan", ": it happened as warned")
        }
        AlertOutcome::Averted => frame.lang.pick(": nyata, tetapi dapat dicegah", ": real, but prevented"),
        AlertOutcome::FalseAlarm => frame.lang.pick(": tidak ada apa-apa", ": there was nothing"),
        AlertOutcome::Unverified | AlertOutcome::Void => "",
    }
}

fn version(view: &AlertView) -> Markup {
    html! { input type="hidden" name="version" value=(view.version); }
}

fn note(frame: &Frame, id: &str, kept: &str, required: bool) -> Markup {
    html! {
        label for=(id) { @if required { (frame.say("Alasan (wajib)", "Reason (required)")) } @else { (frame.say("Catatan (boleh kosong)", "Note (may be empty)")) } }
        textarea id=(id) name="reason" rows="2" maxlength="500" required[required] { (kept) }
    }
}

fn not_done(frame: &Frame, view: &AlertView, refused: &RefusedAct) -> Markup {
    let newer: Vec<&HistoryLine> = view.history.iter().filter(|entry| entry.version > refused.seen).collect();
    html! {
        section.note.bad role="alert" aria-labelledby="h-berubah" {
            h2 #h-berubah { (frame.say("Belum dilakukan", "Not done")) }
            p { (refused.words) }
            @if !newer.is_empty() {
                p { (frame.say("Yang berubah sejak Anda membukanya:", "What changed since you opened it:")) }
                ol { @for entry in newer { li { (line(frame, entry)) } } }
            }
            p { (frame.say("Di bawah ini keadaannya sekarang. Periksa, lalu putuskan lagi.", "Below is how it stands now. Look, then decide again.")) }
        }
    }
}

fn history(frame: &Frame, view: &AlertView) -> Markup {
    html! {
        section.block aria-labelledby="h-riwayat" {
            h2 #h-riwayat { (frame.say("Riwayat", "History")) }
            ol.history reversed { @for entry in view.history.iter().rev() { li { (line(frame, entry)) } } }
        }
    }
}

fn messages(frame: &Frame, view: &AlertView) -> Markup {
    html! {
        @if !view.messages.is_empty() {
            details {
                summary { (frame.say("Pesan kepada tim", "Messages to the team")) " (" (view.messages.len()) ")" }
                ul.history { @for message in &view.messages {
                    li {
                        (message.person) ", " (message.channel) ": " strong { (state_word(frame.lang, message.state)) } " · " (frame.brief(message.at))
                        @if message.tries > 1 { " · " (message.tries) (frame.say(" kali dicoba", " tries")) }
                        @if let Some(error) = &message.error { br; small.error { (frame.say("Kata server: ", "The server says: ")) (error) } }
                    }
                } }
            }
        }
    }
}

fn state_word(lang: Lang, state: &str) -> &str {
    match state {
        "queued" => lang.pick("antre", "queued"),
        "sent" => lang.pick("terkirim", "sent"),
        "delivered" => lang.pick("sampai", "delivered"),
        "read" => lang.pick("dibaca", "read"),
        "failed" => lang.pick("gagal", "failed"),
        other => other,
    }
}

fn line(frame: &Frame, entry: &HistoryLine) -> Markup {
    html! {
        (frame.time(entry.at)) ": " strong { (act_word(frame.lang, &entry.act)) }
        @if let Some(level) = entry.level { " " (level::chip(level, frame.lang)) }
        " · " (entry.actor)
        @if !entry.reason.is_empty() { " · " (entry.reason) }
    }
}

/// The history's act in words.
pub fn act_word(lang: Lang, act: &str) -> String {
    let word = match act {
        "raised" | "open" | "opened" => lang.pick("dibuka", "opened"),
        "changed" => lang.pick("berubah", "changed"),
        "stale" => lang.pick("tanpa kabar baru", "stale"),
        "cleared" => lang.pick("syaratnya tidak ada lagi", "condition cleared"),
        "withdrawn" | "withdraw" => lang.pick("ditarik", "withdrawn"),
        "acknowledge" => lang.pick("diketahui", "acknowledged"),
        "assign" => lang.pick("ditugaskan", "assigned"),
        "respond" => lang.pick("ditangani", "responding"),
        "resolve" => lang.pick("selesai", "resolved"),
        other => other,
    };
    word.to_string()
}
