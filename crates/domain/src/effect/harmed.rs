//! People whom the incidents of an alert harm: in all, and of a regency's in how many of its districts.

use super::Incident;
use crate::condition::finding::raises_regency;
use crate::evidence::attestation::Extent;
use crate::kind::Level;
use alloc::vec::Vec;

/// People harmed, as somebody claims, and as far as two speakers or the desk affirm it; of each number what is affirmed is never more
/// than what is claimed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HarmedPeople {
    pub claimed: Extent,
    pub attested: Extent,
}

impl HarmedPeople {
    /// Those of one incident.
    pub fn of(incident: &Incident) -> HarmedPeople {
        HarmedPeople::new(incident.claimed, incident.attested.extent)
    }

    /// Claimed by somebody, and as far as it is attested.
    pub fn new(claimed: Extent, attested: Extent) -> HarmedPeople {
        HarmedPeople { claimed, attested: attested.lowest(claimed) }
    }

    /// Those of several incidents: they are not the same people, and of each number this is the least.
    pub fn in_all(incidents: impl Iterator<Item = HarmedPeople>) -> HarmedPeople {
        incidents.fold(HarmedPeople::default(), |all, own| HarmedPeople {
            claimed: sum(all.claimed, own.claimed),
            attested: sum(all.attested, own.attested),
        })
    }

    /// Of two counts of the same people the higher.
    pub fn highest(self, other: HarmedPeople) -> HarmedPeople {
        HarmedPeople {
            claimed: self.claimed.highest(other.claimed),
            attested: self.attested.highest(other.attested),
        }
    }
}

fn sum(all: Extent, own: Extent) -> Extent {
    Extent {
        severity: all.severity.max(own.severity),
        dead: all.dead.saturating_add(own.dead),
        injured: all.injured.saturating_add(own.injured),
        displaced: all.displaced.saturating_add(own.displaced),
    }
}

/// Whom a regency's alert harms in all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RegencyHarm {
    pub people: HarmedPeople,
    /// In how many of the districts that raise it somebody is harmed.
    pub districts: usize,
}

impl RegencyHarm {
    /// Of those whom the regency's own incidents harm and those of the districts that raise it, by each one's level, the more: what
    /// the regency has of its own may be one of the districts'.
    pub fn of(own: HarmedPeople, districts: impl Iterator<Item = (Level, HarmedPeople)>) -> RegencyHarm {
        let raising = districts.filter(|(level, _)| raises_regency(*level)).map(|(_, harmed)| harmed);
        let harmed: Vec<HarmedPeople> = raising.collect();
        RegencyHarm {
            people: own.highest(HarmedPeople::in_all(harmed.iter().copied())),
            districts: harmed.iter().filter(|own| own.claimed.harmed() > 0).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regencys_people_are_those_of_the_districts_that_raise_it_or_its_own_where_those_are_more() {
        let extent = |dead, displaced| Extent { severity: 4, dead, injured: 0, displaced };
        let people = |claimed, attested| HarmedPeople::new(claimed, attested);
        let districts = [
            (Level::Awas, people(extent(2, 0), extent(2, 7))),
            (Level::Siaga, people(extent(1, 65_536), extent(0, 500))),
            (Level::Siaga, people(extent(0, 0), extent(0, 0))),
            (Level::Waspada, people(extent(40, 900), extent(40, 900))), // raises no regency
        ];
        let of = |own| RegencyHarm::of(own, districts.into_iter());
        let in_all = people(extent(3, 65_536), extent(2, 500));
        assert_eq!(of(HarmedPeople::default()), RegencyHarm { people: in_all, districts: 2 });
        let own = people(extent(5, 10), extent(4, 10));
        assert_eq!(of(own).people, people(extent(5, 65_536), extent(4, 500)));
        assert_eq!(RegencyHarm::of(own, [].into_iter()).districts, 0);
    }
}
