//! Reports that leave the table, and the places they leave to others.

use super::{Index, ReportTable, spread};
use crate::evidence::taking_back::NEIGHBOURS;
use crate::evidence::{NONE, ReportEntry};
use crate::place::UnitId;
use crate::wording::Wording;

/// The unit of a place at which no report stands.
const FREE: UnitId = UnitId(u16::MAX);

impl ReportTable {
    /// Where every report stands, in the order of their places.
    pub fn indices(&self) -> impl Iterator<Item = Index> {
        let all = self.all.iter().enumerate();
        all.filter(|(_, entry)| entry.unit != FREE).map(|(index, _)| index as Index)
    }

    /// A place for a report that comes.
    pub(super) fn place_for(&mut self, entry: ReportEntry, wording: Option<Wording>) -> Index {
        match self.free.pop() {
            Some(index) => {
                self.all[index as usize] = entry;
                self.wordings[index as usize] = wording;
                index
            }
            None => {
                self.all.push(entry);
                self.wordings.push(wording);
                (self.all.len() - 1) as Index
            }
        }
    }

    /// Takes a report out that is in no group.
    ///
    /// # Panics
    /// Where it is in a group, or is not there.
    pub(in crate::evidence) fn remove(&mut self, index: Index) {
        self.clear_aside(index);
        let (regency, name) = self.key(index);
        assert!(
            self.all[index as usize].group == NONE,
            "a report leaves its group before it leaves the table"
        );
        let found = self.by_key.find_entry(spread(regency, name.id), |other| *other == index);
        found.expect("a report that leaves is found by its name").remove();
        self.all[index as usize].unit = FREE;
        self.wordings[index as usize] = None;
        self.free.push(index);
    }

    /// Forgets what stands beside the entry at `index`.
    pub(super) fn clear_aside(&mut self, index: Index) {
        if let Some(grave) = self.grave_key(index) {
            self.grave.remove(&grave);
        }
        self.named.remove(&self.nearby_key(index));
        self.unlink(index);
        self.harm.remove(&index);
        self.receipts.remove(&index);
        self.authors.remove(&index);
    }

    /// True for a report that others may hang on, however old: it names some or is named, its sender's clock cannot be believed, or it
    /// could stand at siaga or above and lies near one that is named.
    pub(in crate::evidence) fn is_related(&self, index: Index) -> bool {
        let (regency, name) = self.key(index);
        self.all[index as usize].marks.doubtful()
            || self.links.contains_key(&index)
            || !self.namers(regency, name.id).is_empty()
            || self.grave.contains(&self.nearby_key(index))
                && self.near(&self.named, index, NEIGHBOURS).next().is_some()
    }
}
