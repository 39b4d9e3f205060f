//! The state of a partition as it stood at an offset: the reports that were in memory and what was counted of all that ever came, so that a
//! start reads that and what came since, whatever the history.
//!
//! It stands beside the chunks of reports in `snapshots`, under numbers below zero: -1 is the head, each regency of which anything came has
//! one row more. All of them are written in one commit, in place of those before. Who reads them trusts nothing: each row ends with
//! a sum over its bytes and its number, and the head has a sum over all of them. Rows that are of another format, basis or set of regencies, or
//! are not as they were written, are no state: the reports are read instead.

use crate::codec;
use crate::error::StoreError;
use crate::sql::Connection;
use crate::store::Store;
use crate::table::cell_memory::code_list;
use crate::table::snapshots::{self, SnapshotRow};
use async_recursion::async_recursion as boxed;
use domain::pipeline::{LoadedReport, RegencySnapshot};
use domain::place::Code;
use futures::TryStreamExt;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Of what is written below; another one is not read.
const VERSION: u32 = 1;
/// The number of the head.
const HEAD: i64 = -1;

/// On what a state hangs: another format, basis or set of regencies makes it another's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateScope {
    basis: String,
    own: String,
}

/// A state as a commit writes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateRows {
    scope: String,
    /// The head first.
    rows: Vec<Vec<u8>>,
}

/// What a start found of a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FoundState {
    /// There is none.
    Nothing,
    /// There is one that must not be used, and why.
    Unusable(String),
    /// Its head, and the offset from which on what came is not in it. Its regencies were given on.
    Read { head: Vec<u8>, upto: i64 },
}

impl StateScope {
    /// By [`domain::pipeline::snapshot_basis`], and the partition's regencies where there are several partitions.
    pub fn new(basis: u64, own: Option<&[Code]>) -> StateScope {
        let own = match own {
            None => "all".to_owned(),
            Some(own) => format!("{:016x}", xxh3_64(code_list(own).as_bytes())),
        };
        StateScope { basis: format!("{basis:016x}"), own }
    }

    fn text(&self) -> String {
        format!("state {VERSION} {} {}", self.basis, self.own)
    }

    /// Why a state of this scope is none of ours.
    fn fault(&self, scope: &str) -> Option<&'static str> {
        let version = format!("state {VERSION} ");
        let Some((basis, own)) = scope.strip_prefix(&version).and_then(|rest| rest.split_once(' ')) else {
            return Some("of another format");
        };
        if basis != self.basis {
            return Some("of another build, policy or register of places");
        }
        (own != self.own).then_some("of other regencies")
    }
}

impl StateRows {
    /// Packs a state: what it has of all regencies together, and each of them.
    pub fn pack(
        scope: &StateScope,
        head: &[u8],
        regencies: impl Iterator<Item = RegencySnapshot>,
    ) -> StateRows {
        let regencies = (1..).zip(regencies);
        let regencies = regencies.map(|(place, regency)| sealed(HEAD - place, pack_regency(&regency)));
        let mut rows = vec![Vec::new()];
        rows.extend(regencies);
        let mut first = Vec::from(sum_of_all(&rows[1..]).to_le_bytes());
        first.extend(head);
        rows[0] = sealed(HEAD, first);
        StateRows { scope: scope.text(), rows }
    }

    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }
}

impl Store {
    /// Gives each regency of a partition's state to `take`, which says whether it can be read.
    ///
    /// # Errors
    /// Where the store cannot be read; a state that cannot be used is no error.
    pub async fn read_state(
        &self,
        (partition, scope): (i32, &StateScope),
        mut take: impl FnMut(RegencySnapshot) -> bool + Send,
    ) -> Result<FoundState, StoreError> {
        self.read_stored_state((partition, scope), &mut take).await
    }

    #[boxed]
    async fn read_stored_state(
        &self,
        (partition, scope): (i32, &StateScope),
        take: &mut TakeRegency<'_>,
    ) -> Result<FoundState, StoreError> {
        let damaged = |what: &str| Ok(FoundState::Unusable(format!("damaged: {what}")));
        let mut rows = snapshots::stream_state(self, partition);
        let (mut head, mut sums) = (None, Vec::new());
        let mut expected = HEAD;
        while let Some(row) = rows.try_next().await? {
            let row = snapshots::chunk(&row)?;
            if let Some(why) = scope.fault(&row.scope) {
                return Ok(FoundState::Unusable(why.to_owned()));
            }
            if row.number != expected {
                return damaged("a row of it is missing");
            }
            let Some(bytes) = unsealed(row.number, &row.bytes) else {
                return damaged("the sum of a row is wrong");
            };
            match head {
                None => head = Some((bytes.to_vec(), row.upto)),
                Some(_) => {
                    sums.extend_from_slice(&row.bytes[bytes.len()..]);
                    if !unpack_regency(bytes).is_some_and(&mut *take) {
                        return damaged("a row of it cannot be read");
                    }
                }
            }
            expected -= 1;
        }
        let Some((head, upto)) = head else { return Ok(FoundState::Nothing) };
        match head.split_first_chunk::<8>() {
            Some((sum, head)) if u64::from_le_bytes(*sum) == xxh3_64(&sums) => {
                Ok(FoundState::Read { head: head.to_vec(), upto })
            }
            _ => damaged("its rows are not of one state"),
        }
    }
}

/// What each regency is handed to.
type TakeRegency<'a> = dyn FnMut(RegencySnapshot) -> bool + Send + 'a;

/// Writes a state in the place of the one before.
pub(crate) async fn write(
    tx: &mut Connection<'_>,
    partition: i32,
    (upto, state): (i64, &StateRows),
) -> Result<(), StoreError> {
    delete(tx, partition).await?;
    for (place, bytes) in (0..).zip(&state.rows) {
        let (scope, bytes) = (state.scope.clone(), bytes.clone());
        let row = SnapshotRow { log_partition: partition, number: HEAD - place, scope, upto, bytes };
        snapshots::insert(tx, row).await?;
    }
    Ok(())
}

/// Deletes a partition's state: it does not hold any more.
pub(crate) async fn delete(tx: &mut Connection<'_>, partition: i32) -> Result<(), StoreError> {
    snapshots::delete_state(tx, partition).await
}

/// The sum comes last, so that a row with a wrong byte, or in the place of another, is not read.
fn sealed(number: i64, mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend(xxh3_64_with_seed(&bytes, number as u64).to_le_bytes());
    bytes
}

/// The bytes without their sum; `None` where that is wrong.
fn unsealed(number: i64, bytes: &[u8]) -> Option<&[u8]> {
    let (bytes, sum) = bytes.split_last_chunk::<8>()?;
    (u64::from_le_bytes(*sum) == xxh3_64_with_seed(bytes, number as u64)).then_some(bytes)
}

/// The sum of the sums of some rows: of which rows a state is made.
fn sum_of_all(rows: &[Vec<u8>]) -> u64 {
    let sums = rows.iter().filter_map(|row| row.split_last_chunk::<8>());
    xxh3_64(&sums.flat_map(|(_, sum)| *sum).collect::<Vec<u8>>())
}

fn pack_regency(snapshot: &RegencySnapshot) -> Vec<u8> {
    let RegencySnapshot { regency, reports, counted } = snapshot;
    let mut out = Vec::with_capacity(counted.len() + 128 * reports.len());
    out.extend(regency.0.to_le_bytes());
    out.extend((counted.len() as u32).to_le_bytes());
    out.extend(counted);
    for LoadedReport { report, beyond_repair_horizon } in reports {
        let start = out.len();
        out.extend([0; 4]);
        out.push(u8::from(*beyond_repair_horizon));
        codec::encode_into(&mut out, report);
        let size = (out.len() - start - 4) as u32;
        out[start..start + 4].copy_from_slice(&size.to_le_bytes());
    }
    out
}

fn unpack_regency(bytes: &[u8]) -> Option<RegencySnapshot> {
    let (code, rest) = bytes.split_first_chunk::<4>()?;
    let (size, rest) = rest.split_first_chunk::<4>()?;
    let (counted, mut rest) = rest.split_at_checked(u32::from_le_bytes(*size) as usize)?;
    let mut reports = Vec::new();
    while let Some((size, tail)) = rest.split_first_chunk::<4>() {
        let (entry, tail) = tail.split_at_checked(u32::from_le_bytes(*size) as usize)?;
        let (mark, packed) = entry.split_first()?;
        let report = codec::decode(packed).ok()?;
        reports.push(LoadedReport { report, beyond_repair_horizon: *mark != 0 });
        rest = tail;
    }
    let regency = Code(u32::from_le_bytes(*code));
    rest.is_empty().then_some(RegencySnapshot { regency, reports, counted: counted.to_vec() })
}
