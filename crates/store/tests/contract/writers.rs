//! How a worker's transaction behaves on PostgreSQL: it finds rows by key, and takes the number of its messages last.

use crate::alerts::emit;
use crate::fixture::*;
use crate::plans;
use domain::effect::ConditionChange;
use domain::kind::Level;
use sqlx::{AssertSqlSafe, Executor, Row};
use std::time::Duration;

/// The series that numbers messages is one for all partitions: a commit that holds it makes the others wait, so nothing is left
/// to do once it asks for it.
pub async fn a_commits_messages_are_numbered_when_all_else_is_written(home: &Home) {
    let store = home.open().await;
    emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    let mut other = home.meddle().await;
    other.execute("BEGIN").await.unwrap();
    other.execute("SELECT last FROM serials WHERE name = 'outbox' FOR UPDATE").await.unwrap();
    let raised = condition(161_303, ConditionChange::Raised, Level::Siaga, noon(2));
    let commit = tokio::spawn({
        let store = store.clone();
        async move { emit(&store, vec![raised]).await }
    });
    let written = tables_of_who_waits(home).await;
    for table in ["alert_history", "conditions", "progress"] {
        assert!(written.iter().any(|own| own == table), "{table} is not written yet: {written:?}");
    }
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(commit.await.unwrap().len(), 1);
    assert_eq!(home.count("outbox").await, 2);
}

/// The tables of this schema that a transaction which waits for a lock has written to.
async fn tables_of_who_waits(home: &Home) -> Vec<String> {
    const WRITTEN: &str = "SELECT DISTINCT c.relname::text FROM pg_locks l JOIN pg_class c ON c.oid = l.relation \
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND l.mode = 'RowExclusiveLock' \
         AND l.pid IN (SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock') ORDER BY 1";
    let mut connection = home.meddle().await;
    for _ in 0..500 {
        let rows = sqlx::query(WRITTEN).fetch_all(&mut connection).await.unwrap();
        let tables: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        if tables.iter().any(|table| table == "serials") {
            return tables;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the commit does not wait for the number of its message");
}

/// While tables are small the server would rather read them from end to end, and keeps that plan when they have grown.
pub async fn a_worker_finds_rows_by_key_also_while_tables_are_small(home: &Home) {
    drop(home.open().await);
    let store = Home::at(plans::with_plans_logged(&home.url)).open().await;
    emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Waspada, noon(1))]).await;
    let schema: String = sqlx::query("SELECT current_schema()::text")
        .fetch_one(&mut home.meddle().await)
        .await
        .unwrap()
        .get(0);
    for table in ["alerts", "alert_history", "conditions", "outbox", "incidents", "reports", "serials"] {
        let text = format!("ANALYZE {schema}.{table}");
        home.meddle().await.execute(AssertSqlSafe(text)).await.unwrap();
    }
    let before = plans::end(home).await;
    emit(&store, vec![condition(161_304, ConditionChange::Changed, Level::Siaga, noon(2))]).await;
    let plans = plans::since(home, before).await;
    assert!(plans.len() >= 3, "{} plans were logged", plans.len());
    for plan in &plans {
        assert!(plan.walked.is_empty(), "{:?} is walked:\n{}", plan.walked, plan.text);
    }
    store.close().await;
}
