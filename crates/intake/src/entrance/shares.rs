//! How much of a thing all together and each by itself may hold at once.

use crate::submit::lock;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What is held, by whom; cheap to clone, all clones are one.
#[derive(Clone)]
pub struct Shares<K>(Arc<Inner<K>>);

struct Inner<K> {
    /// What all may hold together.
    all: usize,
    /// What each may hold.
    each: usize,
    held: Mutex<InUse<K>>,
}

struct InUse<K> {
    all: usize,
    by: BTreeMap<K, usize>,
}

/// Whose share is used up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OverShare {
    All,
    Own,
}

/// What somebody holds; given back when dropped.
pub struct TakenShare<K: Ord + Clone> {
    shares: Shares<K>,
    /// Nobody's own: it counts for all only.
    key: Option<K>,
    amount: usize,
}

impl<K: Ord + Clone> Shares<K> {
    pub fn new(all: usize, each: usize) -> Shares<K> {
        Shares(Arc::new(Inner { all, each, held: Mutex::new(InUse { all: 0, by: BTreeMap::new() }) }))
    }

    /// Takes so much for somebody; for `None` it counts for all only.
    ///
    /// # Errors
    /// Where it would be too much; nothing is taken.
    pub fn take(&self, key: Option<K>, amount: usize) -> Result<TakenShare<K>, OverShare> {
        let mut share = TakenShare { shares: self.clone(), key, amount: 0 };
        share.grow(amount)?;
        Ok(share)
    }

    /// How much all hold.
    pub fn held(&self) -> usize {
        lock(&self.0.held).all
    }
}

impl<K: Ord + Clone> TakenShare<K> {
    /// Takes more.
    ///
    /// # Errors
    /// Where it would be too much; what was taken stays.
    pub fn grow(&mut self, more: usize) -> Result<(), OverShare> {
        let inner = &*self.shares.0;
        let mut held = lock(&inner.held);
        if held.all.saturating_add(more) > inner.all {
            return Err(OverShare::All);
        }
        if let Some(key) = self.key.as_ref().filter(|_| more > 0) {
            let own = held.by.get(key).copied().unwrap_or(0).saturating_add(more);
            if own > inner.each {
                return Err(OverShare::Own);
            }
            held.by.insert(key.clone(), own);
        }
        held.all += more;
        self.amount += more;
        Ok(())
    }
}

impl<K: Ord + Clone> Drop for TakenShare<K> {
    fn drop(&mut self) {
        let mut held = lock(&self.shares.0.held);
        held.all = held.all.saturating_sub(self.amount);
        if let Some(key) = &self.key {
            let own = held.by.get(key).copied().unwrap_or(0).saturating_sub(self.amount);
            match own {
                0 => drop(held.by.remove(key)),
                own => drop(held.by.insert(key.clone(), own)),
            }
        }
    }
}
