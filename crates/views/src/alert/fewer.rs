//! Figures of an open alert's incident that hold no longer, as its history has them.

use super::changed::Causes;
use super::history::content_of;
use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::words::Lang;
use domain::alert::HistoryEntry;
use domain::place::{Code, Zone};
use domain::report::ReportName;
use serde_json::Value;
use std::collections::BTreeMap;
use store::{gives_reasons, incident_of_line, people_before, people_then};

/// Which figures of its incident a line takes back, and what stood after that.
pub(super) fn people(lang: Lang, (act, content): (&str, &Value)) -> Option<String> {
    Some(format::fewer(people_before(act, content)?, people_then(act, content)?, lang))
}

/// What holds no longer since the reasons were written that a page gives, and who took it back.
pub(super) async fn no_longer(
    context: &Context,
    code: Code,
    history: &[HistoryEntry],
) -> Result<Vec<String>, ViewError> {
    let lines: Vec<(&str, Value)> =
        history.iter().map(|entry| (entry.act.as_str(), content_of(entry))).collect();
    let causes =
        Causes::read(context, code.regency(), lines.iter().map(|(act, content)| (*act, content))).await?;
    let who = |act: &str, content: &Value| causes.who_took_back(context, code, (act, content));
    Ok(since_reasons(history, Zone::of(code), (context.lang, &who)))
}

/// Who took back what a line says, of its act and its content.
type WhoTookBack<'a> = &'a dyn Fn(&str, &Value) -> Option<String>;

/// One sentence for each incident that did not grow again; `who`: who took back what a line says.
fn since_reasons(history: &[HistoryEntry], zone: Zone, (lang, who): (Lang, WhoTookBack<'_>)) -> Vec<String> {
    let mut fewer: BTreeMap<ReportName, String> = BTreeMap::new();
    for entry in history {
        let content = content_of(entry);
        if gives_reasons(&content) {
            fewer.clear();
        }
        let Some(name) = incident_of_line(&entry.act, &content) else { continue };
        if let Some(people) = people(lang, (&entry.act, &content)) {
            let time = format::short(entry.at, zone, lang);
            let people = who(&entry.act, &content).map_or(people.clone(), |who| format!("{people} ({who})"));
            fewer.insert(name, lang.fill("alert.no_longer_since", &[("time", &time), ("people", &people)]));
        } else if entry.act != "dispute" {
            fewer.remove(&name);
        }
    }
    fewer.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::report::{FeedId, ReportId};
    use domain::time::Time;
    use serde_json::json;

    fn line(act: &str, content: Value) -> HistoryEntry {
        HistoryEntry {
            alert: "a".into(),
            version: 1,
            at: Time(0),
            actor: "kentongan".into(),
            act: act.into(),
            reason: String::new(),
            content: content.to_string(),
            content_hash: [0; 32],
            hash: [0; 32],
        }
    }

    #[test]
    fn reasons_say_what_holds_no_longer_until_it_grows_again_or_new_reasons_stand() {
        let name = ReportName { id: ReportId(7), feed: FeedId(1) }.to_string();
        let raised = || line("reopened", json!({ "reasons": [{ "rule": "x" }], "evidence": [name] }));
        let (was, now) = (
            json!({ "dead": 6, "injured": 0, "displaced": 900 }),
            json!({ "dead": 0, "injured": 0, "displaced": 110 }),
        );
        let fewer = || line("fewer_harmed", json!({ "evidence": [name], "was": was, "now": now }));
        let grown = line("grown", json!({ "evidence": [name] }));
        let of = |history: &[HistoryEntry]| {
            since_reasons(history, Zone::of(Code(161_304)), (Lang::Id, &|_, _| None))
        };
        let words = of(&[raised(), fewer()]);
        assert_eq!(words.len(), 1);
        assert!(words[0].contains("meninggal 6, mengungsi 900; kini mengungsi 110"), "{words:?}");
        assert!(of(&[raised(), fewer(), grown]).is_empty());
        assert!(of(&[fewer(), raised()]).is_empty());
    }
}
