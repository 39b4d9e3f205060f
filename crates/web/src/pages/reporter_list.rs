//! Tambah pelapor: a list of reporters, what becomes of each row, and their passwords, once.

use super::shell::{Frame, NavEntry, document};
use crate::account::ListedAccount;
use formats::reporter_list::ListedReporter;
use maud::{Markup, html};

/// Where the list is sent.
pub const PATH: &str = "/pelapor";

/// A list as the second form carries it.
pub struct CarriedList {
    /// Two letters a byte.
    pub list: String,
    /// By which the form is known that is sent twice.
    pub number: String,
}

/// A row, and what would become or became of it: the account with its places in words, or what is wrong.
#[derive(Clone)]
pub struct ListedFate {
    pub row: ListedReporter,
    pub became: Result<(ListedAccount, String), String>,
}

/// A list as it was looked over, or after it was added.
pub struct ReporterListPage {
    pub rows: Vec<ListedFate>,
    /// `None` once it is added.
    pub carried: Option<CarriedList>,
    /// Where the new accounts log in.
    pub address: String,
    /// True where the service failed before the last row.
    pub broke_off: bool,
}

/// The page a list is sent from.
pub fn start(frame: &Frame, fault: Option<&str>) -> Markup {
    let content = html! {
        p.lead { (frame.text("reporter_list.lead")) }
        @if let Some(words) = fault { p.note.bad role="alert" { (words) } }
        form.entry method="post" action=(PATH) enctype="multipart/form-data" {
            div.field.drop {
                label for="f-list" { (frame.text("reporter_list.file")) }
                p.hint id="h-list" { (frame.text("reporter_list.file_hint")) }
                input id="f-list" type="file" name="list" required accept=".csv,.txt" aria-describedby="h-list";
            }
            p { button.primary type="submit" { (frame.text("reporter_list.read")) } }
        }
        h2 { (frame.text("reporter_list.example")) }
        pre.card { (EXAMPLE) }
        p.hint { (frame.text("reporter_list.example_hint")) }
    };
    document(frame, NavEntry::Feeds, frame.text("reporter_list.title"), content)
}

/// A list as it may be written.
const EXAMPLE: &str = "nama;sumber;tempat;kelas\n\
    kades.belani;desa-belani;16.13.04.2003;desa\n\
    camat.rupit;kec-rupit;16.13.01;dinas\n";

pub fn page(frame: &Frame, page: &ReporterListPage) -> Markup {
    let good = page.rows.iter().filter(|row| row.became.is_ok()).count();
    let left_out = page.rows.len() - good;
    let content = html! {
        @match &page.carried {
            Some(CarriedList { list, number }) => {
                p.lead { (frame.fill("reporter_list.can_be_added", &[("n", &good), ("all", &page.rows.len())])) }
                @if left_out > 0 { p.note { (frame.text("reporter_list.put_right")) } }
                (table(frame, page))
                form method="post" action={ (PATH) "/tambah" } {
                    input type="hidden" name="list" value=(list);
                    input type="hidden" name="number" value=(number);
                    p {
                        @if good > 0 { button.primary type="submit" { (frame.count("reporter_list.add", good)) } " " }
                        a.button href=(PATH) { (frame.text("reporter_list.another")) }
                    }
                }
            }
            None => {
                div.note.good role="status" {
                    p { strong { (frame.count("reporter_list.added", good)) } }
                    @if good > 0 { p { (frame.fill("reporter_list.once", &[("address", &page.address)])) } }
                }
                @if page.broke_off { p.note.bad role="alert" { (frame.text("reporter_list.broke_off")) } }
                (table(frame, page))
                p { a.button href=(PATH) { (frame.text("reporter_list.another")) } }
            }
        }
    };
    document(frame, NavEntry::Feeds, frame.text("reporter_list.title"), content)
}

fn table(frame: &Frame, page: &ReporterListPage) -> Markup {
    let keys = [
        "reporter_list.line",
        "reporter_list.account",
        "label.feed",
        "reporter_list.place",
        "reporter_list.fate",
    ];
    let [line, account, feed, place, fate] = keys.map(|key| frame.text(key));
    html! {
        table.stack {
            thead { tr { @for label in [line, account, feed, place, fate] { th scope="col" { (label) } } } }
            tbody { @for ListedFate { row, became } in &page.rows {
                tr {
                    td data-label=(line) { (row.line) }
                    td data-label=(account) { (row.name) }
                    td data-label=(feed) { (row.feed)
                        @if let Ok((own, _)) = became { " · " (frame.lang.word("class", own.class)) @if own.feed_is_new { " " span.tag { (frame.text("reporter_list.new")) } } } }
                    td data-label=(place) { @match became { Ok((_, places)) => (places), Err(_) => (row.place) } }
                    td data-label=(fate) { (became_of(frame, became)) }
                }
            } }
        }
    }
}

fn became_of(frame: &Frame, became: &Result<(ListedAccount, String), String>) -> Markup {
    html! {
        @match became {
            Err(words) => strong { (words) },
            Ok((ListedAccount { password: Some(password), .. }, _)) => {
                (frame.text("login.password")) ": " code { (password) }
            }
            Ok(_) => (frame.text("reporter_list.is_added")),
        }
    }
}
