//! Which village of a kecamatan is meant, where a message names several.

use super::place::Naming;
use domain::place::UnitId;

/// The village of a kecamatan that a message names.
pub enum NamedVillage<'a> {
    None,
    One(u16, &'a Naming),
    /// More than one may be meant: a person says which.
    Several,
}

/// The village that says clearly most of where it happened. "Ds Besuk vs Ds Pulo", "ds Jenggrong & ds Meninjo": that one is
/// led by "warga" or "pemuda" does not say that it happened in the other.
pub fn village(unit: UnitId, found: &[Naming]) -> NamedVillage<'_> {
    let number = |naming: &Naming| {
        let mut own = naming.meanings.iter().filter(|(other, number)| *other == unit && *number > 0);
        own.next().map(|(_, number)| *number)
    };
    let villages = || found.iter().filter_map(|naming| Some((number(naming)?, naming)));
    let Some(most) = villages().map(|(_, naming)| naming.weight).max() else { return NamedVillage::None };
    let Some(first) = villages().find(|(_, naming)| naming.weight == most) else { return NamedVillage::None };
    // "Jalur Senduro - Ranupani, ds Burno": the road's end is no rival of the village that is called one.
    let rivals = |(number, naming): (u16, &Naming)| {
        number != first.0 && naming.weight + 1 >= most && (naming.is_marked || !first.1.is_marked)
    };
    if villages().any(rivals) { NamedVillage::Several } else { NamedVillage::One(first.0, first.1) }
}
