//! What a merge of the desk may put together: reports of one kind, of places that lie near each other.

use crate::kind::Kind;
use crate::place::{Code, Places};
use alloc::vec::Vec;

/// Why reports are no one incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MergeFault {
    /// They are of several kinds.
    Kinds,
    /// They are of places of which none touches all the others.
    Places,
}

/// Why reports of these kinds and places are no one incident, in any order; `None` where they can be one: they are of one kind,
/// and the place of one of them is the same as each other's or its neighbour. What names a whole regency lies near all of it.
pub fn merge_fault(places: &Places, reports: impl IntoIterator<Item = (Kind, Code)>) -> Option<MergeFault> {
    let mut reports: Vec<(Kind, Code)> = reports.into_iter().collect();
    reports.sort_unstable();
    reports.dedup();
    if reports.first().map(|first| first.0) != reports.last().map(|last| last.0) {
        return Some(MergeFault::Kinds);
    }
    let near = |one: Code, other: Code| {
        let within = one.regency() == other.regency() && (one.is_regency() || other.is_regency());
        within || places.are_near(one, other)
    };
    let mut centres = reports.iter().filter(|one| reports.iter().all(|other| near(one.1, other.1)));
    (!reports.is_empty() && centres.next().is_none()).then_some(MergeFault::Places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Unit;
    use alloc::vec;

    #[test]
    fn one_kind_and_one_place_that_touches_the_others_make_one_incident() {
        let unit = |code, around: &[u32]| {
            let neighbours = around.iter().map(|code| Code(*code)).collect();
            (Code(code), Unit { neighbours, ..Unit::default() })
        };
        let places = Places::new(
            vec![
                unit(161_301, &[161_302]),
                unit(161_302, &[161_303]),
                unit(161_303, &[]),
                unit(161_304, &[]),
                unit(350_801, &[]),
            ],
            false,
        );
        let fault = |codes: &[u32]| {
            merge_fault(&places, codes.iter().rev().map(|code| (Kind::Disaster, Code(*code))))
        };
        assert_eq!((fault(&[]), fault(&[161_301]), fault(&[161_301, 161_301])), (None, None, None));
        assert_eq!((fault(&[161_301, 161_302]), fault(&[161_302, 161_301])), (None, None));
        assert_eq!(fault(&[161_301, 161_303]), Some(MergeFault::Places), "two steps away");
        assert_eq!(fault(&[161_301, 161_303, 161_302]), None, "what lies between is among them");
        assert_eq!(fault(&[161_301, 161_300]), None, "of the whole regency");
        assert_eq!(fault(&[161_301, 161_300, 161_304]), None);
        assert_eq!(fault(&[161_301, 350_801]), Some(MergeFault::Places));
        let kinds = [(Kind::Disaster, Code(161_301)), (Kind::ResidentCompany, Code(161_301))];
        assert_eq!(merge_fault(&places, kinds), Some(MergeFault::Kinds));
    }
}
