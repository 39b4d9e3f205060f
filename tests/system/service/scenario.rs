//! The whole of the bundled scenario, which is made up, through the service with the example's roster: who heard what when, as it was
//! reviewed (`scenario.snap`).

use super::demo::{login, played};
use super::reviewed;
use kentongan_tests::http::Client;
use kentongan_tests::text;
use std::fmt::Write;

const HEAD: &str = "Made up: the bundled scenario of 90 days, nothing of which happened. Who heard what when, the oldest first.\n";

#[test]
fn who_heard_what_when_in_the_scenario_is_what_was_reviewed() {
    let (_folder, service) = played();
    let desk = login(&service);
    let mut messages = Vec::new();
    let mut path = Some("/pesan".to_owned());
    while let Some(next) = path.take() {
        let page = page(&desk, &next);
        let (list, rest) =
            text::after(&page, "<ol class=\"messages\">").split_once("</ol>").expect("a list's end");
        messages.extend(list.split("<li class=\"message ").skip(1).map(message));
        let older = text::tags(rest).find(|tag| text::attribute(tag, "rel") == Some("next"));
        path = older.and_then(|tag| text::attribute(tag, "href")).map(|path| path.replace("&amp;", "&"));
    }
    messages.reverse();
    reviewed::compare("scenario", &format!("{HEAD}\n{}", messages.join("\n")));
}

fn page(desk: &Client, path: &str) -> String {
    let reply = desk.get(path).expect("asking");
    assert_eq!(reply.status, 200, "{path}");
    reply.text()
}

/// One message: when, about what, in which subject, and who by what became of it.
fn message(markup: &str) -> String {
    let (head, rest) = text::after(markup, "message-head\">").split_once("</p>").expect("a head's end");
    let at = text::after(head, "datetime=\"").get(..16).expect("a time").replace('T', " ");
    let head = words(head.split(" · <time").next().unwrap_or_default());
    let number = text::after(markup, "href=\"/peringatan/").split('"').next().unwrap_or_default();
    let mut lines = format!("{at}  {number}  {head}\n");
    for subject in rest.split("Isi pesan: ").skip(1) {
        let subject = words(subject.split("</summary>").next().unwrap_or_default());
        let _ = writeln!(lines, "    \"{}\"", subject.replace("[SKENARIO] ", ""));
    }
    let states = rest.split_once("message-states\">").map_or("Tidak ada penerima", |(_, states)| states);
    let states = states.split("</ul>").next().unwrap_or_default();
    for state in states.split("<li>").filter(|state| !state.trim().is_empty()) {
        let _ = writeln!(lines, "    {}", words(state));
    }
    lines
}

/// Text of markup, in one line.
fn words(markup: &str) -> String {
    let mut parts = markup.split('<');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    rest.fold(first, |all, text| all + text).split_whitespace().collect::<Vec<_>>().join(" ")
}
