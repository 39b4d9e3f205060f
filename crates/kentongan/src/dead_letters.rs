//! `kentongan dead-letters …`: what could not become a report, with its original bytes.

use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use domain::kind::Refused;
use domain::time::Time;
use std::io::Write;
use store::{DeadLetterFilter, PARTITION, Store};

/// One line a letter: place, reason, field, feed, when, size, what would be right.
pub async fn list(store: &Store, reason: Option<Refused>, out: &mut dyn Write) -> Result<()> {
    let mut cursor = None;
    loop {
        let filter = DeadLetterFilter { reason, feed: None, cursor, limit: 500 };
        let page = store.dead_letters(&filter).await?;
        for row in &page.items {
            let at = stamp(row.received_at);
            writeln!(
                out,
                "{:>8}  {:<9} {:<14} {:<24} {at}  {:>7} B  {}",
                place(row.log_partition, row.log_offset),
                row.reason.as_str(),
                row.field,
                row.feed,
                row.size,
                row.detail
            )?;
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

/// The original bytes, as they came.
pub async fn show(store: &Store, place: &str, out: &mut dyn Write) -> Result<()> {
    let (partition, offset) = match place.split_once('/') {
        Some((partition, offset)) => (partition.parse().ok(), offset.parse().ok()),
        None => (Some(PARTITION), place.parse().ok()),
    };
    let (Some(partition), Some(offset)) = (partition, offset) else {
        return Err(user_error::new(format!(
            "'{place}' is no place in the log; give an offset, or partition/offset, as `dead-letters list` shows it"
        )));
    };
    let (_, bytes) = store
        .dead_letter(partition, offset)
        .await?
        .with_context(|| format!("there is no dead letter at {place}"))
        .or_user_error()?;
    Ok(out.write_all(&bytes)?)
}

/// The offset, after its partition where there are several.
fn place(partition: i32, offset: i64) -> String {
    if partition == PARTITION { offset.to_string() } else { format!("{partition}/{offset}") }
}

fn stamp(at: Time) -> String {
    jiff::Timestamp::from_microsecond(at.0).map(|stamp| stamp.to_string()).unwrap_or_default()
}
