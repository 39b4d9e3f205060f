//! What an alert rests on, as its history says.

use domain::alert::HistoryEntry;
use domain::report::ReportReference;
use serde_json::Value;
use std::collections::BTreeSet;
use store::{gives_reasons, names_incidents};

/// What the last condition in the history says it rests on.
pub(super) struct Basis {
    pub reasons: Value,
    /// Incidents; a line that an earlier build wrote names them by their ids alone.
    pub evidence: Vec<ReportReference>,
    pub policy: Option<String>,
}

impl Basis {
    pub fn of(history: &[HistoryEntry]) -> Basis {
        let read = |entry: &HistoryEntry| {
            let content: Value = serde_json::from_str(&entry.content).ok()?;
            // What an alert stands on by now, of which nobody wrote down why it raises that, has none of the reasons before.
            let stands_on = entry.act == "changed" && content["cause"] == "left";
            let is_given = stands_on || gives_reasons(&content);
            names_incidents(&entry.act, &content).then_some((is_given, content))
        };
        let named: Vec<(bool, Value)> = history.iter().rev().filter_map(read).collect();
        let conditions = || named.iter().filter(|(_, content)| content.get("reasons").is_some());
        let given = conditions().find(|(is_given, _)| *is_given);
        let Some((_, content)) = given.or(conditions().next()) else {
            return Basis { reasons: Value::Null, evidence: Vec::new(), policy: None };
        };
        // What an earlier, higher level rested on is still what people ask for, and what came in while it stood.
        let named = named.iter().filter_map(|(_, content)| content["evidence"].as_array()).flatten();
        let mut seen = BTreeSet::new();
        let named = named.filter_map(|id| ReportReference::parse(id.as_str()?));
        Basis {
            reasons: content["reasons"].clone(),
            evidence: named.filter(|id| seen.insert(*id)).collect(),
            policy: content["policy"].as_str().map(str::to_string),
        }
    }
}

impl Basis {
    /// True where the model gives the only reason.
    pub fn is_by_model(&self) -> bool {
        store::is_by_model(&self.reasons)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Time;

    fn line(version: u32, act: &str, content: &str) -> HistoryEntry {
        HistoryEntry {
            alert: "a".into(),
            version,
            at: Time(1),
            actor: "kentongan".into(),
            act: act.into(),
            reason: String::new(),
            content: content.into(),
            content_hash: [0; 32],
            hash: [0; 32],
        }
    }

    #[test]
    fn the_basis_is_the_last_condition_that_gave_reasons() {
        let history = [
            line(1, "raised", r#"{"reasons":[{"rule":"OLD"}],"evidence":[],"policy":"1"}"#),
            line(
                2,
                "changed",
                r#"{"reasons":[{"rule":"NEW"}],"evidence":["01M6YNNCE0RVR3ZRZAD0NSNGRB-0c41d2aa","01M6YNNCE0RVR3ZRZAD0NSNGRB"],"policy":"2"}"#,
            ),
            line(3, "acknowledge", r#"{"level":"siaga"}"#),
            line(4, "cleared", r#"{"reasons":[],"evidence":[],"policy":"2"}"#),
            line(5, "resolve", ""),
        ];
        let basis = Basis::of(&history);
        assert_eq!(basis.reasons[0]["rule"], "NEW");
        assert_eq!((basis.evidence.len(), basis.policy.as_deref()), (2, Some("2")));
        assert!(Basis::of(&history[4..]).evidence.is_empty());
    }

    #[test]
    fn what_an_alert_stands_on_by_now_has_none_of_the_reasons_before() {
        let history = [
            line(
                1,
                "reopened",
                r#"{"reasons":[{"rule":"OLD"}],"evidence":["01M6YNNCE0RVR3ZRZAD0NSNGRB"],"cause":"new"}"#,
            ),
            line(2, "changed", r#"{"reasons":[],"evidence":["01M6YNNCE0RVR3ZRZAD0NSNGRC"],"cause":"left"}"#),
            line(
                3,
                "withdrawn",
                r#"{"reasons":[],"evidence":["01M6YNNCE0RVR3ZRZAD0NSNGRC"],"cause":"left"}"#,
            ),
        ];
        assert_eq!(Basis::of(&history[..1]).reasons[0]["rule"], "OLD");
        for known in [&history[..2], &history[..]] {
            assert_eq!(Basis::of(known).reasons, serde_json::json!([]));
        }
    }
}
