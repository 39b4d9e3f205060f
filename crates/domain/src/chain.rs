//! Chains (*rangkaian*): open alerts that came up near each other, in place and in time, and may be one matter.
//!
//! No level follows from a chain; people are asked *satu rangkaian?*

use crate::alert::State;
use crate::kind::Kind;
use crate::place::{Code, Places};
use crate::time::Time;
use alloc::{vec, vec::Vec};

/// An open alert of a district, since when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChainLink {
    pub code: Code,
    pub kind: Kind,
    pub since: Time,
}

impl ChainLink {
    /// An alert as a member of a chain; `None` where it ended or only waits for its end: what is over, or was not so, is one with
    /// nothing, as high as its place may stand yet by what was answered.
    pub fn of((code, kind): (Code, Kind), since: Time, (state, cleared): (State, bool)) -> Option<ChainLink> {
        (state.is_live() && !cleared).then_some(ChainLink { code, kind, since })
    }

    /// True where the two may be one matter: two kinds in one district, or two conflicts or two disasters in districts that touch,
    /// both since within `window` microseconds of each other. A regency's own condition only repeats what stands in its districts.
    pub fn may_be_one(&self, other: &ChainLink, places: &Places, window: i64) -> bool {
        let near = if self.code == other.code {
            self.kind != other.kind
        } else {
            let touch = touches(places, self.code, other.code) || touches(places, other.code, self.code);
            let is_disaster = |link: &ChainLink| link.kind == Kind::Disaster;
            is_disaster(self) == is_disaster(other) && touch
        };
        let districts = !self.code.is_regency() && !other.code.is_regency();
        near && districts && self.since.since(other.since).abs() <= window
    }
}

fn touches(places: &Places, code: Code, other: Code) -> bool {
    places.find(code).is_some_and(|unit| places.unit(unit).neighbours.contains(&other))
}

/// The chains among what stands, each of at least two by their positions in `standing`, in its order.
pub fn chains(standing: &[ChainLink], places: &Places, window: i64) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    let mut seen = vec![false; standing.len()];
    for first in 0..standing.len() {
        if seen[first] {
            continue;
        }
        seen[first] = true;
        let (mut chain, mut next) = (vec![first], 0);
        while let Some(link) = chain.get(next).map(|at| standing[*at]) {
            next += 1;
            for (at, other) in standing.iter().enumerate() {
                if !seen[at] && link.may_be_one(other, places, window) {
                    seen[at] = true;
                    chain.push(at);
                }
            }
        }
        if chain.len() > 1 {
            chain.sort_unstable();
            found.push(chain);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Unit;
    use crate::time::{DAY, HOUR};

    /// Four districts in a row.
    fn places() -> Places {
        let unit = |code: u32| {
            let neighbours = [code - 1, code + 1].map(Code).to_vec();
            (Code(code), Unit { neighbours, ..Unit::default() })
        };
        Places::new((161_301..=161_304).map(unit).collect(), false)
    }

    fn link(code: u32, kind: Kind, hours: i64) -> ChainLink {
        ChainLink { code: Code(code), kind, since: Time(hours * HOUR) }
    }

    #[test]
    fn neighbours_within_a_day_and_two_kinds_in_one_place_are_a_chain() {
        let (one, other) = (Kind::ResidentCompany, Kind::Disaster);
        let of = |standing: &[ChainLink]| chains(standing, &places(), DAY);
        let chain = [link(161_301, one, 0), link(161_302, one, 24), link(161_302, other, 40)];
        assert_eq!(of(&chain), [[0, 1, 2]], "one after the other, each within a day of the next");
        assert_eq!(of(&[link(161_301, one, 0), link(161_302, one, 25)]), Vec::<Vec<usize>>::new());
        assert_eq!(of(&[link(161_301, one, 0), link(161_303, one, 0)]), Vec::<Vec<usize>>::new());
        let flood_beside = [link(161_301, one, 0), link(161_302, other, 1)];
        assert_eq!(
            of(&flood_beside),
            Vec::<Vec<usize>>::new(),
            "a flood and a fight are a chain in one place only"
        );
        let fights = [link(161_301, one, 0), link(161_302, Kind::ResidentResident, 1)];
        assert_eq!(of(&fights), [[0, 1]], "two conflicts beside each other");
        let apart =
            [link(161_304, one, 0), link(161_301, one, 0), link(161_303, one, 9), link(161_302, one, 99)];
        assert_eq!(of(&apart), [[0, 2]]);
        let regency = [link(161_300, one, 0), link(161_300, other, 0), link(161_301, one, 0)];
        assert_eq!(of(&regency), Vec::<Vec<usize>>::new(), "a regency repeats its districts");
    }

    #[test]
    fn what_ended_or_cleared_is_in_no_chain() {
        let of = |state, cleared| {
            ChainLink::of((Code(161_301), Kind::Disaster), Time(0), (state, cleared)).is_some()
        };
        assert!(of(State::Open, false) && of(State::Responding, false));
        assert!(!of(State::Open, true), "its condition cleared");
        assert!(!of(State::Resolved, false) && !of(State::Withdrawn, false));
    }

    #[test]
    fn any_order_gives_the_same_chains() {
        let standing: Vec<ChainLink> = (0..12)
            .map(|n| link(161_301 + n % 4, Kind::ALL[n as usize % 3], i64::from(n * n * 7 % 50)))
            .collect();
        let named = |order: &[usize]| {
            let standing: Vec<ChainLink> = order.iter().map(|at| standing[*at]).collect();
            let mut named: Vec<Vec<usize>> = chains(&standing, &places(), DAY)
                .into_iter()
                .map(|chain| {
                    let mut chain: Vec<usize> = chain.into_iter().map(|at| order[at]).collect();
                    chain.sort_unstable();
                    chain
                })
                .collect();
            named.sort();
            named
        };
        let forward: Vec<usize> = (0..12).collect();
        let turned: Vec<usize> = (0..12).map(|at| at * 5 % 12).collect();
        assert_eq!(named(&forward), named(&turned));
    }
}
