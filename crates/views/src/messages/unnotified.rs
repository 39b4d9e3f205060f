//! Alerts of which nobody was to be notified, and questions that nobody was to be asked.

use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use crate::permit::Right;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::Time;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Display;
use store::OutboxItem;

/// An alert of which nobody was to be notified, or a question that nobody was to be asked: the roster has nobody whom it concerns
/// and who has a channel.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct UnnotifiedAlert {
    pub alert: String,
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub place: String,
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    #[serde(serialize_with = "json::word")]
    pub level: Level,
    /// It asks to look into something, and is about no alert.
    pub check: bool,
}

/// The alerts of the scope of which nobody was to be notified and, for those who may look into them, the questions that nobody was
/// to be asked, the gravest first.
///
/// # Errors
///
/// Where the state cannot be read.
#[boxed]
pub async fn unnotified(context: &Context, scope: &[Code]) -> Result<Vec<UnnotifiedAlert>, ViewError> {
    let store = &context.sources.store;
    let alerts = store.unnotified_alerts().await?.into_iter();
    let alerts = alerts.map(|alert| (alert.opened_at, unnotified_alert(context, alert)));
    let mut unnotified: Vec<(Time, UnnotifiedAlert)> = alerts.collect();
    if context.viewer.may(Right::Verify) {
        let questions = store.unasked_questions(context.now).await?.into_iter();
        unnotified.extend(questions.map(|item| (item.at, unasked_question(context, item))));
    }
    let regencies: BTreeSet<Code> = scope.iter().map(|code| code.regency()).collect();
    unnotified.retain(|(_, own)| regencies.contains(&own.code.regency()) && context.viewer.covers(own.code));
    unnotified.sort_by_key(|(since, own)| (Reverse(own.level), own.check, *since));
    Ok(unnotified.into_iter().map(|(_, own)| own).collect())
}

fn unnotified_alert(context: &Context, alert: Alert) -> UnnotifiedAlert {
    UnnotifiedAlert {
        place: context.name(alert.code),
        alert: alert.id,
        code: alert.code,
        kind: alert.kind,
        level: alert.level,
        check: false,
    }
}

fn unasked_question(context: &Context, item: OutboxItem) -> UnnotifiedAlert {
    UnnotifiedAlert {
        place: context.name(item.code),
        alert: item.alert,
        code: item.code,
        kind: item.kind,
        level: item.level,
        check: true,
    }
}

impl UnnotifiedAlert {
    /// "Tidak seorang pun diberi tahu tentang peringatan awas di Rupit, bencana: …", and what to do about it.
    pub fn sentence(&self, lang: Lang) -> String {
        let (level, kind) = (lang.word("level", self.level), lang.word("kind", self.kind));
        let values: [(&str, &dyn Display); 3] = [("level", &level), ("place", &self.place), ("kind", &kind)];
        if self.check {
            let nobody = lang.fill("unnotified.nobody_asked", &values[1..]);
            return format!("{nobody} {}", lang.text("unnotified.ask_yourself"));
        }
        format!("{} {}", lang.fill("unnotified.nobody", &values), lang.text("unnotified.what_to_do"))
    }
}
