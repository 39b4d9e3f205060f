//! Alerts of which nobody was to be notified.

use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::kind::{Kind, Level};
use domain::place::Code;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Display;

/// An alert of which nobody was to be notified: the roster has nobody whom it concerns and who has a channel.
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
}

/// The alerts of the scope of which nobody was to be notified, the gravest first.
///
/// # Errors
///
/// Where the state cannot be read.
#[boxed]
pub async fn unnotified(context: &Context, scope: &[Code]) -> Result<Vec<UnnotifiedAlert>, ViewError> {
    let regencies: BTreeSet<Code> = scope.iter().map(|code| code.regency()).collect();
    let mut alerts = context.sources.store.unnotified_alerts().await?;
    alerts.retain(|alert| regencies.contains(&alert.code.regency()) && context.viewer.covers(alert.code));
    alerts.sort_by_key(|alert| (Reverse(alert.level), alert.opened_at));
    let shown = |alert: Alert| UnnotifiedAlert {
        place: context.name(alert.code),
        alert: alert.id,
        code: alert.code,
        kind: alert.kind,
        level: alert.level,
    };
    Ok(alerts.into_iter().map(shown).collect())
}

impl UnnotifiedAlert {
    /// "Tidak seorang pun diberi tahu tentang peringatan awas di Rupit, bencana: …", and what to do about it.
    pub fn sentence(&self, lang: Lang) -> String {
        let (level, kind) = (lang.word("level", self.level), lang.word("kind", self.kind));
        let values: [(&str, &dyn Display); 3] = [("level", &level), ("place", &self.place), ("kind", &kind)];
        format!("{} {}", lang.fill("unnotified.nobody", &values), lang.text("unnotified.what_to_do"))
    }
}
