//! What a partition owns: its regencies, and what of them lies along another partition's border.

use domain::place::{Code, Places, Unit};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::PARTITION;

/// One partition's share of the country.
pub struct Territory {
    pub number: i32,
    pub regencies: Vec<Code>,
    own: BTreeSet<Code>,
    /// Everything that is configured is ours.
    is_whole: bool,
    /// Our units, and those across the border that ours look at; without their villages, which no rule asks for.
    pub places: Arc<Places>,
    /// Units across the border that ours look at.
    pub seen: Vec<Code>,
    /// Our units that others look at.
    pub shown: Vec<Code>,
    /// Partitions that own what we see.
    pub around: Vec<i32>,
}

impl Territory {
    /// Everything, for the one worker of an embedded log.
    pub fn whole(all: &Arc<Places>) -> Territory {
        let regencies: Vec<Code> = all.regency_ids().map(|unit| all.code(unit)).collect();
        Territory {
            number: PARTITION,
            own: regencies.iter().copied().collect(),
            is_whole: true,
            regencies,
            places: all.clone(),
            seen: Vec::new(),
            shown: Vec::new(),
            around: Vec::new(),
        }
    }

    pub fn new(all: &Places, number: i32, partition: impl Fn(Code) -> i32) -> Territory {
        let ours = |code: Code| partition(code.regency()) == number;
        let (mut rows, mut regencies) = (Vec::new(), Vec::new());
        let (mut seen, mut shown) = (BTreeSet::new(), BTreeSet::new());
        for unit in all.ids() {
            let code = all.code(unit);
            let known = all.unit(unit).neighbours.iter().filter(|other| all.find(**other).is_some());
            if ours(code) {
                seen.extend(known.filter(|other| !ours(**other)));
                rows.push((code, bare(all.unit(unit))));
                regencies.extend(code.is_regency().then_some(code));
            } else {
                shown.extend(known.filter(|other| ours(**other)));
            }
        }
        rows.extend(seen.iter().filter_map(|code| Some((*code, bare(all.unit(all.find(*code)?))))));
        let around: BTreeSet<i32> = seen.iter().map(|code| partition(code.regency())).collect();
        Territory {
            number,
            own: regencies.iter().copied().collect(),
            regencies,
            is_whole: false,
            places: Arc::new(Places::new(rows, all.villages_known)),
            seen: seen.into_iter().collect(),
            shown: shown.into_iter().collect(),
            around: around.into_iter().collect(),
        }
    }

    /// Whether a place belongs to one of our regencies.
    pub fn owns(&self, code: Code) -> bool {
        self.is_whole || self.own.contains(&code.regency())
    }

    /// Our regencies where there are several partitions; `None` where everything is ours.
    pub fn regencies_of_many(&self) -> Option<&[Code]> {
        (!self.is_whole).then_some(&self.regencies[..])
    }

    /// Somebody looks across its border, or it looks across another's.
    pub fn has_border(&self) -> bool {
        !self.seen.is_empty() || !self.shown.is_empty()
    }
}

fn bare(unit: &Unit) -> Unit {
    Unit {
        name: unit.name.clone(),
        neighbours: unit.neighbours.clone(),
        population: unit.population,
        area_km2: unit.area_km2,
        centre: unit.centre,
        rank: unit.rank.clone(),
        ..Unit::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three regencies in a row; the first two districts of neighbouring ones touch.
    fn country() -> Places {
        let unit = |neighbours: &[u32]| Unit {
            neighbours: neighbours.iter().map(|code| Code(*code)).collect(),
            ..Unit::default()
        };
        let rows = vec![
            (Code(160101), unit(&[160102, 160201])),
            (Code(160102), unit(&[160101])),
            (Code(160201), unit(&[160101, 160301])),
            (Code(160301), unit(&[160201, 999999])),
        ];
        Places::new(rows, false)
    }

    #[test]
    fn a_partition_has_its_own_and_what_it_sees_across_the_border() {
        let places = country();
        let partition = |code: Code| (code.0 / 100) as i32 % 2;
        let odd = Territory::new(&places, 1, partition);
        assert_eq!(odd.regencies, [Code(160100), Code(160300)]);
        assert_eq!((odd.seen.as_slice(), odd.around.as_slice()), ([Code(160201)].as_slice(), [0].as_slice()));
        assert_eq!(odd.shown, [Code(160101), Code(160301)]);
        let codes: Vec<u32> = odd.places.ids().map(|unit| odd.places.code(unit).0).collect();
        assert_eq!(codes, [160100, 160101, 160102, 160200, 160201, 160300, 160301]);
        let alone = Territory::new(&places, 0, |_| 0);
        assert!(!alone.has_border());
        assert_eq!(alone.places.len(), places.len());
    }
}
