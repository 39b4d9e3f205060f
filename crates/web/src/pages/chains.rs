//! "Satu rangkaian?": what stands near each other since about the same time, with links.

use super::shell::Frame;
use crate::pages::level;
use maud::{Markup, html};
use views::chains::{ChainMember, ChainView};

/// The chains of a regency; nothing where there are none.
pub fn block(frame: &Frame, chains: &[ChainView]) -> Markup {
    html! {
        @if !chains.is_empty() {
            h3.quiet-head { (frame.text("chains.one")) }
            p.hint { (frame.text("chains.hint")) }
            ul { @for chain in chains { li { (members(frame, &chain.members)) } } }
        }
    }
}

/// Members of a chain in a row.
pub fn members(frame: &Frame, members: &[ChainMember]) -> Markup {
    html! {
        @for (index, member) in members.iter().enumerate() {
            @if index > 0 { " · " }
            a href={ "/peringatan/" (member.alert) } { (member.place) ", " (views::level::kind_short(member.kind, frame.lang)) } " "
            (level::chip(member.level, frame.lang))
        }
    }
}
