//! What the server says of the queries it was sent: plans out of its own log.

use crate::fixture::Home;
use serde_json::Value;
use sqlx::Row;
use std::time::Duration;

/// One query as it was run.
pub struct Plan {
    pub text: String,
    pub milliseconds: f64,
    /// Rows looked at, also those that did not fit.
    pub rows: u64,
    pub blocks: u64,
    /// Tables read from end to end.
    pub walked: Vec<String>,
}

/// The same place, where every query's plan goes to the server's log.
pub fn with_plans_logged(url: &str) -> String {
    let settings = [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_buffers", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_format", "json"),
    ];
    let options: Vec<String> =
        settings.iter().map(|(key, value)| format!("&options[{key}]={value}")).collect();
    format!("{url}{}", options.concat())
}

/// Where the server's log ends now: its standard error is the log's file.
pub async fn end(home: &Home) -> i64 {
    let mut connection = home.meddle().await;
    let size = sqlx::query("SELECT size FROM pg_stat_file('/proc/self/fd/2')").fetch_one(&mut connection);
    size.await.expect("the server's log").get(0)
}

/// The plans logged since; waits for the first, which the server may write after its answer.
pub async fn since(home: &Home, before: i64) -> Vec<Plan> {
    let mut connection = home.meddle().await;
    for _ in 0..100 {
        let ended = end(home).await;
        let read_log = sqlx::query("SELECT pg_read_file('/proc/self/fd/2', $1, $2)");
        let row = read_log.bind(before).bind(ended - before).fetch_one(&mut connection).await;
        let plans = read(row.expect("the server's log").get(0));
        if !plans.is_empty() {
            return plans;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Vec::new()
}

fn read(log: &str) -> Vec<Plan> {
    let mut found = Vec::new();
    for part in log.split("duration: ").skip(1) {
        let Some((took, rest)) = part.split_once(" ms  plan:") else { continue };
        let Some(end) = rest.find("\n\t}") else { continue };
        let text = rest[..end + 3].replace("\n\t", "\n");
        let whole: Value = serde_json::from_str(&text).expect("a plan in JSON");
        let plan = &whole["Plan"];
        let mut of = Plan {
            milliseconds: took.parse().unwrap_or(0.0),
            rows: 0,
            blocks: number(plan, "Shared Hit Blocks") + number(plan, "Shared Read Blocks"),
            walked: Vec::new(),
            text,
        };
        look(plan, &mut of);
        // A plan of another process's work in the same server is none of ours.
        if whole["Query Text"].as_str().is_some_and(|text| text.starts_with("SELECT")) {
            found.push(of);
        }
    }
    found
}

fn number(node: &Value, name: &str) -> u64 {
    node[name].as_f64().unwrap_or(0.0) as u64
}

fn look(node: &Value, of: &mut Plan) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    if kind.contains("Scan") && node.get("Relation Name").is_some() {
        let per_loop = number(node, "Actual Rows")
            + number(node, "Rows Removed by Filter")
            + number(node, "Rows Removed by Index Recheck");
        of.rows += per_loop * number(node, "Actual Loops").max(1);
        if kind == "Seq Scan" {
            of.walked.push(node["Relation Name"].as_str().unwrap_or_default().to_owned());
        }
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        look(child, of);
    }
}
