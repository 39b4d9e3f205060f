//! Table `borders`: the 14-day sum of each unit that other partitions look across at, as the newest tick saw it and as the
//! one before did: a neighbour may be one tick behind.

use crate::error::StoreError;
use crate::partition::{BorderSum, BorderView};
use crate::sql::{self, Bulk, Column, Connection, SqlStatement, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::kind::Kind;
use domain::place::Code;
use domain::time::Hour;

table_row! {
    struct BorderRow in "borders", key 2 {
        code: Code,
        kind: Kind,
        tick: Hour,
        bucket: Hour,
        sum_14d: f64,
        previous_tick: Hour,
        previous_bucket: Hour,
        previous_sum_14d: f64,
    }
}

impl BorderRow {
    /// A sum before which nothing was known.
    fn first(border: &BorderSum) -> BorderRow {
        BorderRow {
            code: border.code,
            kind: border.kind,
            tick: border.view.tick,
            bucket: border.view.bucket,
            sum_14d: border.view.fortnight,
            previous_tick: Hour(0),
            previous_bucket: Hour(0),
            previous_sum_14d: 0.0,
        }
    }

    /// As the newest tick saw it, and as the one before did.
    fn sums(&self) -> [BorderSum; 2] {
        let sum = |tick, bucket, fortnight| BorderSum {
            code: self.code,
            kind: self.kind,
            view: BorderView { tick, bucket, fortnight },
        };
        [
            sum(self.tick, self.bucket, self.sum_14d),
            sum(self.previous_tick, self.previous_bucket, self.previous_sum_14d),
        ]
    }
}

/// Writes what a tick saw; what it replaces stays as the view before it.
pub(crate) async fn write(tx: &mut Connection<'_>, borders: &[BorderSum]) -> Result<(), StoreError> {
    const MOVE: &str = "ON CONFLICT (code, kind) DO UPDATE SET previous_tick = borders.tick, \
         previous_bucket = borders.bucket, previous_sum_14d = borders.sum_14d, tick = excluded.tick, \
         bucket = excluded.bucket, sum_14d = excluded.sum_14d";
    Bulk::insert::<BorderRow>().with_tail(MOVE).run_rows(tx, borders.iter().map(BorderRow::first)).await?;
    Ok(())
}

impl Store {
    /// What is known of units across the border: as the newest tick saw them, and as the one before did.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn borders(&self, codes: &[Code]) -> Result<Vec<[BorderSum; 2]>, StoreError> {
        let mut found = Vec::new();
        for codes in codes.chunks(1000) {
            let mut select = SqlStatement::new(&sql::select::<BorderRow>());
            select.add_in("code", codes.iter().map(Column::cell).collect());
            let rows = sql::read_all::<BorderRow>(&select.fetch_all(&self.readers).await?)?;
            found.extend(rows.iter().map(BorderRow::sums));
        }
        Ok(found)
    }
}
