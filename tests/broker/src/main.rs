//! Tansu, a broker that speaks Kafka's protocol and keeps its log in SQLite, as a program for the tests.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let code = tansu_cli::Cli::main().await?;
    std::process::exit(i32::from(code as u8 != 0))
}
