//! Chains: what stands in neighbouring districts, or of several kinds in one, since about the same time.

use crate::alerts::AlertItem;
use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use async_recursion::async_recursion as boxed;
use domain::chain::{ChainLink, chains};
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::Time;
use serde::Serialize;
use store::ConditionRow;

/// Conditions that may be one matter, the earliest first. No level follows from it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ChainView {
    pub members: Vec<ChainMember>,
}

/// One condition of a chain.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ChainMember {
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub place: String,
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    #[serde(serialize_with = "json::word")]
    pub level: Level,
    #[serde(serialize_with = "json::time")]
    pub since: Time,
    /// The number of its alert, as long as that is open.
    pub alert: Option<String>,
}

/// The chains of a regency, as far as the viewer's areas reach; `live` are its open alerts.
#[boxed]
pub async fn load(context: &Context, regency: Code, live: &[AlertItem]) -> Result<Vec<ChainView>, ViewError> {
    let mut standing = context.sources.store.conditions(&[regency.regency()]).await?;
    standing.retain(|row| row.change.stands_at(row.level) && context.viewer.covers(row.code));
    standing.sort_by_key(|row| (row.since, row.code, row.kind));
    let links: Vec<ChainLink> =
        standing.iter().map(|row| ChainLink { code: row.code, kind: row.kind, since: row.since }).collect();
    let found = chains(&links, &context.sources.places, context.sources.chain_window);
    let member = |at: &usize| member(context, &standing[*at], live);
    Ok(found.iter().map(|chain| ChainView { members: chain.iter().map(member).collect() }).collect())
}

fn member(context: &Context, row: &ConditionRow, live: &[AlertItem]) -> ChainMember {
    let alert = live.iter().find(|alert| alert.code == row.code && alert.kind == row.kind);
    ChainMember {
        code: row.code,
        place: context.name(row.code),
        kind: row.kind,
        level: row.level,
        since: row.since,
        alert: alert.map(|alert| alert.id.clone()),
    }
}

/// The other members of the chain that a condition belongs to; empty where it belongs to none.
pub fn others(chains: &[ChainView], code: Code, kind: Kind) -> Vec<ChainMember> {
    let own = |member: &ChainMember| member.code == code && member.kind == kind;
    let chain = chains.iter().find(|chain| chain.members.iter().any(own));
    let members = chain.map_or(&[][..], |chain| &chain.members);
    members.iter().filter(|member| !own(member)).cloned().collect()
}
