//! Unggah tabel: a file of tables, what its columns are taken for and what becomes of each row. Without script it works whole;
//! nothing is taken in before a person says so.

use super::shell::{Frame, NavEntry, document};
use domain::kind::{FeedClass, Kind};
use domain::time::Time;
use formats::spreadsheet::column::ColumnMeaning;
use formats::spreadsheet::row_answer::RowAnswer;
use intake::take_back::WithdrawalState;
use maud::{Markup, html};
use store::{ImportRow, TableUpload};
use views::correction::FieldChange;
use views::format;
use views::table_upload::{
    RowQuestion, TableView, TakenReports, UploadChoices, UploadFate, UploadReport, UploadRow, UploadView,
    UploadWord,
};

/// Where a file goes, and its pages lie below.
pub const PATH: &str = "/laporan/tabel";

/// What was sent before, and what the operator put in by the program.
#[derive(Debug)]
pub struct EarlierFiles {
    pub uploads: Vec<TableUpload>,
    pub imports: Vec<ImportRow>,
}

/// The page a file is sent from, with what was sent before.
pub fn start(frame: &Frame, earlier: &EarlierFiles, fault: Option<&str>) -> Markup {
    let uploads = &earlier.uploads;
    let content = html! {
        p.lead { (frame.text("upload.lead")) }
        @if let Some(words) = fault { p.note.bad role="alert" { (words) } }
        form.entry method="post" action=(PATH) enctype="multipart/form-data" {
            div.field.drop {
                label for="f-file" { (frame.text("upload.file")) }
                p.hint id="h-file" { (frame.text("upload.file_hint")) }
                input id="f-file" type="file" name="file" required accept=".xlsx,.xls,.csv,.txt,.json" aria-describedby="h-file";
            }
            p { button.primary type="submit" { (frame.text("upload.read")) } " " a.button download href={ (PATH) "/contoh" } { (frame.text("upload.empty_form")) } }
        }
        h2 { (frame.text("upload.earlier")) }
        @if uploads.is_empty() { p.hint { (frame.text("upload.none_yet")) } }
        @else {
            table.stack {
                thead { tr { th { (frame.text("upload.file")) } th { (frame.text("upload.sent")) } th { (frame.text("upload.became")) } } }
                tbody { @for upload in uploads {
                    tr {
                        td data-label=(frame.text("upload.file")) { a href={ (PATH) "/" (upload.id) } { (upload.file_name) } }
                        td data-label=(frame.text("upload.sent")) { (frame.brief(upload.uploaded_at)) }
                        td data-label=(frame.text("upload.became")) {
                            (state(frame, upload))
                            @if may_withdraw(upload) { " " a href={ (PATH) "/" (upload.id) "#tarik" } { (frame.text("upload.take_back")) } }
                        }
                    }
                } }
            }
        }
        @if !earlier.imports.is_empty() { (imports(frame, &earlier.imports)) }
    };
    document(frame, NavEntry::Reports, frame.text("upload.title"), content)
}

/// What the operator put in by the program: who may run it takes it back.
fn imports(frame: &Frame, imports: &[ImportRow]) -> Markup {
    let labels = ["upload.number", "upload.file", "upload.from", "upload.sent", "upload.became"];
    let [number, file, from, sent, became] = labels.map(|key| frame.text(key));
    html! {
        h2 id="impor" { (frame.text("upload.imports")) }
        p.hint { (frame.text("upload.imports_hint")) }
        table.stack {
            thead { tr { @for label in [number, file, from, sent, became] { th { (label) } } } }
            tbody { @for import in imports {
                tr {
                    td data-label=(number) { (import.number) }
                    td data-label=(file) { (import.file_name) }
                    td data-label=(from) { (import.feed) }
                    td data-label=(sent) { (frame.brief(import.began_at)) }
                    td data-label=(became) { (import_state(frame, import)) }
                }
            } }
        }
    }
}

fn import_state(frame: &Frame, import: &ImportRow) -> String {
    let reports = usize::try_from(import.reports).unwrap_or_default();
    let key = if import.taken_back_at.is_some() { "upload.withdrawn" } else { "upload.taken" };
    let words = frame.count(key, reports);
    if import.ended_at.is_some() { words } else { format!("{words} {}", frame.text("upload.cut_off")) }
}

fn may_withdraw(upload: &TableUpload) -> bool {
    upload.withdrawn_at.is_none() && !TakenReports::of(upload).reports.is_empty()
}

fn state(frame: &Frame, upload: &TableUpload) -> String {
    let taken = TakenReports::of(upload).reports.len();
    match (upload.taken_at, upload.withdrawn_at) {
        (_, Some(_)) => frame.count("upload.withdrawn", taken),
        (Some(_), None) => frame.count("upload.taken", taken),
        (None, None) => frame.text("upload.not_taken_yet").to_owned(),
    }
}

/// One file as it is looked over.
#[derive(Debug)]
pub struct UploadPage {
    pub upload: TableUpload,
    pub chosen: UploadChoices,
    /// `None` where its file is forgotten or cannot be read.
    pub view: Option<UploadView>,
    pub fault: Option<String>,
    /// The reason for taking it back, where the look at it found something: sent again with a tick it stays.
    pub screened: Option<String>,
    /// What was taken of the same file before.
    pub same: EarlierFiles,
    /// What became of what was taken back.
    pub withdrawal: Option<WithdrawalState>,
}

pub fn page(frame: &Frame, page: &UploadPage) -> Markup {
    let address = format!("{PATH}/{}", page.upload.id);
    let taken = TakenReports::of(&page.upload);
    let content = html! {
        p.lead { strong { (page.upload.file_name) } " · " (frame.brief(page.upload.uploaded_at)) " · " a href=(PATH) { (frame.text("upload.another")) } }
        @if let Some(words) = &page.fault { p.note.bad role="alert" { (words) } }
        (same(frame, &page.same))
        @if page.upload.taken_at.is_some() { (result(frame, page, &taken, &address)) }
        @if let Some(view) = &page.view { (review(frame, page, view, &address)) }
        @else if page.fault.is_none() { p.note { (frame.text("upload.forgotten")) } }
    };
    document(frame, NavEntry::Reports, frame.text("upload.title"), content)
}

/// That the same file was taken before, and where it is taken back.
fn same(frame: &Frame, same: &EarlierFiles) -> Markup {
    html! {
        @for upload in &same.uploads {
            p.note { (frame.text("upload.same_file")) " " (frame.brief(upload.uploaded_at)) ": " (state(frame, upload)) " " a href={ (PATH) "/" (upload.id) "#tarik" } { (frame.text("upload.see_that_file")) } }
        }
        @for import in &same.imports {
            p.note { (frame.fill("upload.same_import", &[("number", &import.number), ("feed", &import.feed)])) " " (frame.brief(import.began_at)) ": " (import_state(frame, import)) " " a href={ (PATH) "#impor" } { (frame.text("upload.see_that_file")) } }
        }
    }
}

/// What was taken, and how it is taken back.
fn result(frame: &Frame, page: &UploadPage, taken: &TakenReports, address: &str) -> Markup {
    html! {
        p.note.good role="status" { (state(frame, &page.upload)) " " a href="/laporan" { (frame.text("upload.to_the_reports")) } }
        @if taken.rejected > 0 { p.note.bad { (frame.count("upload.rejected", taken.rejected)) } }
        @if let Some(WithdrawalState { waiting, coming, .. }) = page.withdrawal {
            @if waiting > 0 { p.note.bad { (frame.count("upload.withdrawal_waits", waiting as usize)) " " a href="/laporan" { (frame.text("upload.to_the_reports")) } } }
            @if coming > 0 { p.hint { (frame.count("upload.withdrawal_coming", coming as usize)) } }
        }
        @if may_withdraw(&page.upload) {
            details id="tarik" open[page.fault.is_some()] {
                summary { (frame.text("upload.take_back")) }
                p { (frame.text("upload.take_back_hint")) }
                form.entry method="post" action=(address) {
                    div.field {
                        label for="f-reason" { (frame.text("upload.reason")) }
                        input id="f-reason" name="reason" required maxlength="300" value=[page.screened.as_ref()];
                        @if page.screened.is_some() {
                            label.tick { input type="checkbox" name="keep" value="yes"; span { (frame.text("entry.keep_as_it_is")) } }
                        }
                    }
                    p { button type="submit" name="act" value="withdraw" { (frame.count("upload.take_back_all", taken.reports.len())) } } }
            }
        }
    }
}

fn review(frame: &Frame, page: &UploadPage, view: &UploadView, address: &str) -> Markup {
    let counts = &view.counts;
    let open = view.correctable;
    let may_take = page.upload.withdrawn_at.is_none() && counts.taken > 0;
    html! {
        p { strong {
            (frame.fill("upload.counts", &[
                ("rows", &counts.rows), ("taken", &counts.taken), ("known", &counts.known),
                ("refused", &counts.refused), ("asked", &counts.asked),
            ]))
        } }
        @if open > 0 { p { a.button href={ (address) "/tertolak" } { (frame.count("upload.left_out_file", open)) } " " span.hint { (frame.text("upload.left_out_hint")) } } }
        @if view.signs > 0 { p.note { (frame.count("upload.signs", view.signs)) } }
        @if view.corrections > 0 { p.note { (frame.count("upload.corrections", view.corrections)) } }
        @if view.plus_codes > 0 { p.note { (frame.count("upload.plus_codes", view.plus_codes)) } }
        @if !view.unread.is_empty() { p.hint { (frame.fill("upload.unread", &[("sheets", &view.unread.join(", "))])) } }
        form.entry id=(FORM) method="post" action=(address) autocomplete="off" {
            // Enter in a field presses the first button of a form: this one takes nothing in.
            button.unseen type="submit" name="act" value="check" tabindex="-1" { (frame.text("upload.check")) }
            (source(frame, page, view))
            @if let Some(date) = &view.ambiguous_date { (order(frame, date)) }
            @else if !page.chosen.dates.is_empty() { input type="hidden" name="dates" value=(page.chosen.dates); }
            @if !view.words.is_empty() { (words(frame, view)) }
            @if view.personal > 0 || page.chosen.keeps_personal {
                @if view.personal > 0 { p.note { (frame.count("upload.personal", view.personal)) } }
                label.tick { input type="checkbox" name="personal" value="yes" checked[page.chosen.keeps_personal]; span { (frame.text("upload.keep_personal")) } }
            }
            @for table in &view.tables { (columns(frame, table)) }
            (buttons(frame, counts.taken, may_take))
        }
        @for table in &view.tables { (rows(frame, table)) }
        @if view.tables.iter().any(|table| table.rows.iter().any(|row| row.question.is_some())) {
            (buttons(frame, counts.taken, may_take))
        }
    }
}

/// The form whose fields also stand in the rows.
const FORM: &str = "f-tabel";

fn buttons(frame: &Frame, taken: usize, may_take: bool) -> Markup {
    html! {
        p {
            button type="submit" form=(FORM) name="act" value="check" { (frame.text("upload.check")) } " "
            @if may_take { button.primary type="submit" form=(FORM) name="act" value="take" { (frame.count("upload.take", taken)) } }
        }
    }
}

/// According to whom the whole file speaks.
fn source(frame: &Frame, page: &UploadPage, view: &UploadView) -> Markup {
    let chosen = page.chosen.source.as_str();
    html! {
        div.field {
            label for="f-source" { (frame.text("upload.source")) }
            p.hint { (frame.text("upload.source_hint")) }
            select id="f-source" name="source" {
                option value="" { (frame.text("entry.choose_a_source")) }
                @if !view.choices.sources.is_empty() {
                    optgroup label=(frame.text("entry.registered_sources")) {
                        @for source in &view.choices.sources {
                            option value=(source.value()) selected[chosen == source.value()] { (source.name) " (" (frame.lang.word("class", source.class)) ")" }
                        }
                    }
                }
                optgroup label=(frame.text("entry.unnamed_sources")) {
                    @for class in FeedClass::ALL.iter().filter(|class| **class != FeedClass::Sensor) {
                        option value=(class) selected[chosen == class.as_str()] { (frame.lang.word("class", class)) }
                    }
                }
            }
        }
    }
}

/// The question which of day and month stands first.
fn order(frame: &Frame, date: &str) -> Markup {
    html! {
        fieldset.field.wrong id="f-order" {
            legend { (frame.fill("paste.order", &[("date", &date)])) }
            div.choices {
                label.tick { input type="radio" name="dates" value="dmy"; span { (frame.text("paste.day_first")) } }
                label.tick { input type="radio" name="dates" value="mdy"; span { (frame.text("paste.month_first")) } }
            }
        }
    }
}

/// Words that nobody knows: a category, or not taken; kept for the source.
fn words(frame: &Frame, view: &UploadView) -> Markup {
    html! {
        fieldset.field {
            legend { (frame.text("upload.words")) }
            p.hint { (frame.text("upload.words_hint")) }
            div.inline.sorts { @for word in view.words.iter().take(WORDS_SHOWN) { (word_field(frame, view, word)) } }
        }
    }
}

/// Words that are asked about at once.
const WORDS_SHOWN: usize = 40;

fn word_field(frame: &Frame, view: &UploadView, word: &UploadWord) -> Markup {
    let name = format!("j.{}", word.key);
    html! {
        div.field {
            label for={ "f-" (name) } { (word.word) @if word.rows > 0 { " (" (frame.count("upload.rows", word.rows)) ")" } }
            select id={ "f-" (name) } name=(name) {
                option value="" { (frame.text("entry.choose_a_category")) }
                option value="-" selected[word.chosen == "-"] { (frame.text("upload.not_taken")) }
                @for kind in Kind::ALL {
                    optgroup label=(frame.lang.word("kind", kind)) {
                        @for choice in view.choices.categories.iter().filter(|choice| choice.kind == *kind) {
                            @let code = choice.code.to_string();
                            option value=(code) selected[word.chosen == code] { (choice.label) " (" (code) ")" }
                        }
                    }
                }
            }
        }
    }
}

/// What each column is taken for.
fn columns(frame: &Frame, table: &TableView) -> Markup {
    html! {
        details open {
            summary { (frame.text("upload.columns")) @if !table.name.is_empty() { " – " (table.name) } }
            p.hint { (frame.text("upload.columns_hint")) }
            table.stack {
                thead { tr { th { (frame.text("upload.heading")) } th { (frame.text("upload.meaning")) } th { (frame.text("upload.samples")) } } }
                tbody { @for column in &table.columns {
                    @let name = format!("k.{}", column.key);
                    tr {
                        td data-label=(frame.text("upload.heading")) { label for={ "f-" (name) } { (column.heading) } }
                        td data-label=(frame.text("upload.meaning")) {
                            select id={ "f-" (name) } name=(name) {
                                option value="-" { (frame.text("upload.not_read")) }
                                @for meaning in ColumnMeaning::ALL {
                                    option value=(meaning.as_str()) selected[column.meaning == Some(meaning)] { (frame.lang.word("column_meaning", meaning.as_str())) }
                                }
                            }
                        }
                        td data-label=(frame.text("upload.samples")) { (column.samples.join(" · ")) }
                    }
                } }
            }
        }
    }
}

fn rows(frame: &Frame, table: &TableView) -> Markup {
    let labels = ["upload.line", "upload.fate", "upload.gives"].map(|key| frame.text(key));
    html! {
        h2 { (frame.text("upload.preview")) @if !table.name.is_empty() { " – " (table.name) } }
        table.stack {
            thead { tr { @for label in labels { th { (label) } } } }
            tbody { @for row in &table.rows { (row_line(frame, row, labels)) } }
        }
        @if table.more > 0 { p.hint { (frame.count("upload.more_rows", table.more)) } }
    }
}

fn row_line(frame: &Frame, row: &UploadRow, [line, fate, gives]: [&'static str; 3]) -> Markup {
    let is_open = matches!(row.fate, UploadFate::Asked | UploadFate::Refused);
    html! {
        tr.wrong[is_open] {
            td data-label=(line) { (row.line) }
            td data-label=(fate) { (frame.lang.word("upload_fate", row.fate.as_str())) }
            td data-label=(gives) {
                @for report in &row.reports { p { (report_line(frame, report)) } }
                @if let Some((heading, value, why)) = &row.trouble {
                    p { @if !heading.is_empty() { strong { (heading) } " " } @if !value.is_empty() { q { (value) } " – " } (why) }
                }
                @if let Some(question) = &row.question { (question_line(frame, row.line, question)) }
            }
        }
    }
}

/// Did it happen? Three answers, for the arrow keys.
fn question_line(frame: &Frame, line: u32, question: &RowQuestion) -> Markup {
    html! {
        fieldset.field {
            legend { (frame.fill("upload.did_it_happen", &[("line", &line)])) }
            div.choices {
                @for answer in RowAnswer::ALL {
                    label.tick {
                        input type="radio" form=(FORM) name={ "b." (question.key) } value=(answer.as_str()) checked[question.answer == Some(answer)];
                        span { (frame.lang.word("row_answer", answer.as_str())) }
                    }
                }
            }
        }
    }
}

fn report_line(frame: &Frame, report: &UploadReport) -> Markup {
    let counts = [
        ("entry.dead", report.dead),
        ("entry.injured", report.injured),
        ("entry.displaced", report.displaced),
        ("upload.missing", report.missing),
    ];
    html! {
        strong { (report.category) } " · " (report.place) " · "
        @if report.has_clock { (frame.brief(report.occurred)) } @else { (frame.day(report.occurred)) }
        @if let Some(last) = last_day(frame, report) { " – " (frame.day(last)) }
        @if report.denies { " · " strong { (frame.lang.word("stance", "denies")) } }
        @else if report.nothing_until.is_none() { " · " (frame.fill("upload.severity", &[("n", &report.severity)])) }
        @for (key, count) in counts.into_iter().filter(|_| !report.denies) { @if let Some(count) = count.filter(|count| *count > 0) { " · " (frame.text(key)) " " (count) } }
        @if !report.households.is_empty() && !report.denies { " · " (report.households) }
        @if report.is_text_left_out { " · " em { (frame.text("upload.text_left_out")) } }
        @else if !report.text.is_empty() { br; small { (report.text) } }
        @if let Some(changes) = &report.corrects { br; strong { (frame.text("upload.corrects")) } " " (changes_line(frame, changes)) }
    }
}

/// What a correction says otherwise, as a report's page has it.
fn changes_line(frame: &Frame, changes: &[FieldChange]) -> Markup {
    let nothing = frame.text("correction.nothing");
    html! {
        @if changes.is_empty() { (frame.text("upload.corrects_nothing")) }
        @for (number, change) in changes.iter().enumerate() {
            @if number > 0 { "; " }
            (change.word) ": " del { (change.was.as_deref().unwrap_or(nothing)) } " → " ins { (change.is.as_deref().unwrap_or(nothing)) }
        }
    }
}

/// The last day of a time in which nothing happened, where it is another than the first.
fn last_day(frame: &Frame, report: &UploadReport) -> Option<Time> {
    let last = report.nothing_until?.plus(-1);
    let day = |at: Time| format::date(at, frame.zone(), frame.lang);
    (day(last) != day(report.occurred)).then_some(last)
}
