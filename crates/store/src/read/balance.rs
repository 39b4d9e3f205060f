//! Whether every record is accounted for.

use crate::error::StoreError;
use crate::store::Store;
use crate::table::counters::{LATE, REGISTRY, of_dead_letter, of_outcome, sums};
use async_recursion::async_recursion as boxed;
use domain::kind::{Outcome, Refused};

/// How every record ended. Nothing may be unaccounted.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Balance {
    /// In the order of [`Outcome::ALL`].
    pub outcomes: Vec<(Outcome, u64)>,
    /// In the order of [`Refused::ALL`].
    pub dead_letters: Vec<(Refused, u64)>,
    /// Reports whose outcome the pipeline has not decided.
    pub unaccounted: i64,
    pub late: u64,
    /// Records of the register; they are no reports.
    pub registry: u64,
}

impl Balance {
    pub fn reports(&self) -> u64 {
        self.outcomes.iter().map(|(_, count)| count).sum()
    }
    pub fn records(&self) -> u64 {
        self.reports() + self.dead_letters.iter().map(|(_, count)| count).sum::<u64>()
    }
}

impl Store {
    /// How every record ended, over all partitions.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where a counter is below zero.
    #[boxed]
    pub async fn balance(&self) -> Result<Balance, StoreError> {
        let counts = sums(self).await?;
        let count = |name: &str| counts.get(name).copied().unwrap_or(0);
        let whole = |name: &str| {
            let count = count(name);
            u64::try_from(count).map_err(|_| StoreError::corrupt(format!("the counter '{name}' is {count}")))
        };
        let mut balance = Balance {
            unaccounted: count(&of_outcome("")),
            late: whole(LATE)?,
            registry: whole(REGISTRY)?,
            ..Balance::default()
        };
        for outcome in Outcome::ALL {
            balance.outcomes.push((*outcome, whole(&of_outcome(outcome.as_str()))?));
        }
        for reason in Refused::ALL {
            balance.dead_letters.push((*reason, whole(&of_dead_letter(reason.as_str()))?));
        }
        Ok(balance)
    }
}
