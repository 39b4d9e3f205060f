//! The schema: one SQL file per engine, run in one transaction where there is none yet. Its version tells other builds'
//! states apart.

use crate::error::StoreError;
use crate::sql::{self, Connection, Engine, PooledConnection, get};

/// The version of the schema in `schema/*.sql`. A change of a released one is a step from version to version, run here
/// before the program works with it.
pub(super) const VERSION: i64 = 42;

const SQLITE: &str = include_str!("../../schema/sqlite.sql");
const POSTGRES: &str = include_str!("../../schema/postgres.sql");

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL PRIMARY KEY)";

/// The version there; 0 where there is no schema.
pub(super) async fn version(connection: &mut Connection<'_>, engine: Engine) -> Result<i64, StoreError> {
    let table = match engine {
        Engine::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_versions'",
        Engine::Postgres => "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('schema_versions')",
    };
    let there: i64 = get(&sql::query(table).fetch_one(&mut *connection).await?, 0)?;
    if there == 0 {
        return Ok(0);
    }
    let newest = sql::query("SELECT MAX(version) FROM schema_versions").fetch_one(connection).await?;
    Ok(get::<Option<i64>>(&newest, 0)?.unwrap_or(0))
}

/// Makes the schema where there is none.
pub(super) async fn create(connection: &mut PooledConnection, engine: Engine) -> Result<(), StoreError> {
    if version(&mut connection.connection(), engine).await? == VERSION {
        return Ok(());
    }
    let mut transaction = connection.begin().await?;
    let mut tx = transaction.connection();
    if engine == Engine::Postgres {
        // Two processes that start at once must not both create the tables.
        sql::query("SELECT pg_advisory_xact_lock(7255001)").execute(&mut tx).await?;
    }
    match version(&mut tx, engine).await? {
        0 => {
            tx.run_script(VERSIONS.to_owned()).await?;
            tx.run_script(if engine == Engine::Sqlite { SQLITE } else { POSTGRES }.to_owned()).await?;
            let note = sql::query("INSERT INTO schema_versions (version) VALUES ($1)").bind(VERSION);
            note.execute(&mut tx).await?;
        }
        VERSION => {}
        found if found > VERSION => return Err(StoreError::Newer { found, known: VERSION }),
        found => return Err(StoreError::EarlierBuild { found }),
    }
    drop(tx);
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::{POSTGRES, SQLITE};
    use std::collections::BTreeMap;

    /// Tables and indexes with what their definitions say, without comments.
    fn definitions(script: &str) -> BTreeMap<String, String> {
        let bare: Vec<&str> =
            script.lines().map(|line| line.split("--").next().unwrap_or("").trim()).collect();
        let statements = bare.join(" ").replace(" BYTEA", " BLOB");
        let wanted = |statement: &&str| {
            ["CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX "]
                .iter()
                .any(|head| statement.starts_with(head))
        };
        let named = |statement: &str| {
            let words: Vec<&str> = statement.split_whitespace().collect();
            (words[..words.len().min(4)].join(" "), words.join(" "))
        };
        statements.split(';').map(str::trim).filter(wanted).map(named).collect()
    }

    #[test]
    fn both_engines_have_the_same_tables_and_indexes() {
        let (sqlite, postgres) = (definitions(SQLITE), definitions(POSTGRES));
        assert!(sqlite.len() > 50, "{}", sqlite.len());
        assert_eq!(sqlite, postgres);
    }
}
