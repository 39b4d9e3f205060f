//! Chains: open alerts of neighbouring districts, or of several kinds in one, since about the same time.

use crate::alerts::AlertItem;
use crate::context::Context;
use crate::json;
use domain::chain::{ChainLink, chains};
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::Time;
use serde::Serialize;

/// Alerts that may be one matter, the earliest first. No level follows from it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ChainView {
    pub members: Vec<ChainMember>,
}

/// One alert of a chain.
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
    /// The alert's number.
    pub alert: String,
}

/// The chains among `live`, the open alerts that the viewer sees of a regency.
pub fn of(context: &Context, live: &[AlertItem]) -> Vec<ChainView> {
    let link = |alert: &AlertItem| {
        ChainLink::of((alert.code, alert.kind), alert.opened_at, (alert.state, alert.cleared))
    };
    let mut linked: Vec<(ChainLink, &AlertItem)> =
        live.iter().filter_map(|alert| Some((link(alert)?, alert))).collect();
    linked.sort_by_key(|(link, _)| (link.since, link.code, link.kind));
    let links: Vec<ChainLink> = linked.iter().map(|(link, _)| *link).collect();
    let found = chains(&links, &context.sources.places, context.sources.chain_window);
    let member = |at: &usize| ChainMember::of(linked[*at].1);
    found.iter().map(|chain| ChainView { members: chain.iter().map(member).collect() }).collect()
}

impl ChainMember {
    fn of(alert: &AlertItem) -> ChainMember {
        ChainMember {
            code: alert.code,
            place: alert.place.clone(),
            kind: alert.kind,
            level: alert.level,
            since: alert.opened_at,
            alert: alert.id.clone(),
        }
    }
}

/// The other members of the chain that a place's open alert of a kind belongs to; empty where it belongs to none.
pub fn others(chains: &[ChainView], code: Code, kind: Kind) -> Vec<ChainMember> {
    let own = |member: &ChainMember| member.code == code && member.kind == kind;
    let chain = chains.iter().find(|chain| chain.members.iter().any(own));
    let members = chain.map_or(&[][..], |chain| &chain.members);
    members.iter().filter(|member| !own(member)).cloned().collect()
}
