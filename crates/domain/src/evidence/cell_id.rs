//! A cell: a unit and a kind, as one number.

use crate::kind::Kind;
use crate::place::UnitId;

/// A (unit, kind): `unit * 3 + kind`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CellId(pub u32);

impl CellId {
    pub fn new(unit: UnitId, kind: Kind) -> CellId {
        CellId(u32::from(unit.0) * Kind::COUNT as u32 + kind.index() as u32)
    }
    pub fn unit(self) -> UnitId {
        UnitId((self.0 / Kind::COUNT as u32) as u16)
    }
    pub fn kind(self) -> Kind {
        Kind::ALL[self.0 as usize % Kind::COUNT]
    }
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}
