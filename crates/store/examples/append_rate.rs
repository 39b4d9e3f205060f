//! How fast records come to disk: through the log in batches, and as bare prepared inserts of the same rows.
//!
//! `cargo run --release -p store --example append_rate [batches] [rows]`

use domain::author::StampedAuthor;
use domain::kind::FeedClass;
use domain::place::{Area, Areas, Code};
use domain::time::Time;
use sqlx::{ConnectOptions, Connection, Executor};
use std::time::Instant;
use store::{Log, LogOptions, NewRecord};

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<usize>());
    let batches = numbers.next().transpose()?.unwrap_or(200);
    let rows = numbers.next().transpose()?.unwrap_or(1000);
    let folder = tempfile::tempdir()?;
    let total = (batches * rows) as f64;
    for callers in [1, 4, 16] {
        let path = folder.path().join(format!("log-{callers}.db"));
        let log = Log::open(&path.to_string_lossy(), LogOptions::default()).await?;
        let began = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for caller in 0..callers {
            let log = log.clone();
            let share = batches / callers + usize::from(caller < batches % callers);
            tasks.spawn(async move {
                for _ in 0..share {
                    log.append_records((0..rows).map(record).collect()).await?;
                }
                Ok::<_, store::StoreError>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        println!("log, {callers} callers: {:.0} rows/s", total / began.elapsed().as_secs_f64());
    }
    let began = Instant::now();
    raw(&folder.path().join("raw.db"), batches, rows).await?;
    println!("bare inserts: {:.0} rows/s", total / began.elapsed().as_secs_f64());
    Ok(())
}

fn record(number: usize) -> NewRecord {
    NewRecord {
        feed: String::from("desa-16.13.04.2003"),
        class: FeedClass::Village,
        areas: Areas::of([Area::Regency(Code(161_300))]),
        received_at: Time(1_767_225_600_000_000 + number as i64),
        bytes: vec![b'x'; 330],
        refused: None,
        archive: false,
        author: StampedAuthor::default(),
    }
}

async fn raw(path: &std::path::Path, batches: usize, rows: usize) -> Result<(), Failed> {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    connection.execute("CREATE TABLE records (at INTEGER PRIMARY KEY, feed TEXT, class TEXT, areas TEXT, received BIGINT, bytes BLOB)").await?;
    for _ in 0..batches {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for number in 0..rows {
            let record = record(number);
            sqlx::query(
                "INSERT INTO records (feed, class, areas, received, bytes) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(record.feed)
            .bind(record.class.as_str())
            .bind(record.areas.to_string())
            .bind(record.received_at.0)
            .bind(record.bytes)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}
