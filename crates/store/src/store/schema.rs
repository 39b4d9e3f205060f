//! The schema's versions: SQL files compiled in, run in order, each in one transaction.

use crate::error::StoreError;
use crate::sql::Engine;
use sqlx::AnyConnection;
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

struct Migration {
    sql: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// Position + 1 is the version. A released one never changes; a change is a new one.
const MIGRATIONS: &[Migration] = &[
    Migration {
        sql: include_str!("../../migrations/0001_state.sql"),
        sqlite: include_str!("../../migrations/0001_append_only.sqlite.sql"),
        postgres: include_str!("../../migrations/0001_append_only.postgres.sql"),
    },
    Migration {
        sql: include_str!("../../migrations/0002_ledger.sql"),
        sqlite: include_str!("../../migrations/0002_ledger.sqlite.sql"),
        postgres: include_str!("../../migrations/0002_ledger.postgres.sql"),
    },
    Migration { sql: include_str!("../../migrations/0003_scale.sql"), sqlite: "", postgres: "" },
    Migration { sql: include_str!("../../migrations/0004_volume.sql"), sqlite: "", postgres: "" },
    Migration { sql: include_str!("../../migrations/0005_across.sql"), sqlite: "", postgres: "" },
    Migration { sql: include_str!("../../migrations/0006_ledger_shared.sql"), sqlite: "", postgres: "" },
    Migration { sql: include_str!("../../migrations/0007_pause.sql"), sqlite: "", postgres: "" },
    Migration {
        sql: include_str!("../../migrations/0008_rhythm.sql"),
        sqlite: include_str!("../../migrations/0008_rhythm.sqlite.sql"),
        postgres: include_str!("../../migrations/0008_rhythm.postgres.sql"),
    },
    Migration {
        sql: include_str!("../../migrations/0009_bundles.sql"),
        sqlite: "",
        postgres: include_str!("../../migrations/0009_bundles.postgres.sql"),
    },
    Migration {
        sql: include_str!("../../migrations/0010_days.sql"),
        sqlite: include_str!("../../migrations/0010_days.sqlite.sql"),
        postgres: include_str!("../../migrations/0010_days.postgres.sql"),
    },
    Migration { sql: include_str!("../../migrations/0011_jobs.sql"), sqlite: "", postgres: "" },
];

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL PRIMARY KEY)";

pub(super) fn known() -> i64 {
    MIGRATIONS.len() as i64
}

/// The version there; 0 where there is no schema.
pub(super) async fn version(connection: &mut AnyConnection, engine: Engine) -> Result<i64, StoreError> {
    let table = match engine {
        Engine::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_versions'",
        Engine::Postgres => "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('schema_versions')",
    };
    let there = sqlx::query(table).fetch_one(&mut *connection).await?;
    if there.try_get::<i64, _>(0)? == 0 {
        return Ok(0);
    }
    let newest = sqlx::query("SELECT MAX(version) FROM schema_versions").fetch_one(connection).await?;
    Ok(newest.try_get::<Option<i64>, _>(0)?.unwrap_or(0))
}

pub(super) async fn migrate(connection: &mut AnyConnection, engine: Engine) -> Result<(), StoreError> {
    let known = known();
    if version(connection, engine).await? == known {
        return Ok(());
    }
    let mut transaction = connection.begin_with(engine.begin()).await?;
    if engine == Engine::Postgres {
        // Two processes that start at once must not both create the tables.
        transaction.execute("SELECT pg_advisory_xact_lock(7255001)").await?;
    }
    transaction.execute(VERSIONS).await?;
    let newest = sqlx::query("SELECT MAX(version) FROM schema_versions").fetch_one(&mut *transaction).await?;
    let found = newest.try_get::<Option<i64>, _>(0)?.unwrap_or(0);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (migration, version) in MIGRATIONS.iter().zip(1i64..).skip(found as usize) {
        let sql = match engine {
            Engine::Sqlite => [migration.sql.to_string(), migration.sqlite.to_string()],
            Engine::Postgres => [migration.sql.replace(" BLOB", " BYTEA"), migration.postgres.to_string()],
        };
        for text in sql {
            sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *transaction).await?;
        }
        sqlx::query("INSERT INTO schema_versions (version) VALUES ($1)")
            .bind(version)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}
