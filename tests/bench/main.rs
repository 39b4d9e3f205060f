//! `kentongan-bench`: writes the workload, and does the least a program must do with it.
//!
//! `kentongan-bench workload LINES SEED FILE DISTRICTS` · `kentongan-bench limit FILE DISTRICTS` ·
//! `kentongan-bench places FILE` · `kentongan-bench quicken DATABASE` · `kentongan-bench topics BROKERS` · `kentongan-bench produce BROKERS FILE RATE` ·
//! `kentongan-bench pass BROKERS POSTGRES`

use kentongan_tests::bench::{flow, limit, workload};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["workload", lines, seed, file, districts] => match (lines.parse(), seed.parse()) {
            (Ok(lines), Ok(seed)) => write(lines, seed, file, districts),
            _ => Err(io::Error::other("LINES and SEED are whole numbers")),
        },
        ["limit", file, districts] => limit::run(file, districts).map(|answer| println!("{answer}")),
        ["places", file] => fs::write(file, workload::places()),
        ["quicken", database] => flow::quicken(database.as_ref()).map_err(io::Error::other),
        ["topics", brokers] => run(flow::make_topics(brokers)),
        ["pass", brokers, postgres] => run(flow::pass(brokers, postgres)),
        ["produce", brokers, file, rate] => match rate.parse() {
            Ok(rate) => produce(brokers, file, rate),
            Err(_) => Err(io::Error::other("RATE is a whole number")),
        },
        _ => Err(io::Error::other(
            "kentongan-bench workload LINES SEED FILE DISTRICTS | limit FILE DISTRICTS | places FILE | quicken DATABASE | topics BROKERS | \
             produce BROKERS FILE RATE | pass BROKERS POSTGRES",
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kentongan-bench: {error}");
            ExitCode::from(2)
        }
    }
}

fn write(lines: usize, seed: u64, file: &str, districts: &str) -> io::Result<()> {
    fs::write(districts, workload::districts().join("\n") + "\n")?;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    workload::write(lines, seed, &mut out)?;
    out.flush()
}

fn produce(brokers: &str, file: &str, rate: u32) -> io::Result<()> {
    let text = fs::read(file)?;
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    flow::produce(brokers, lines, rate).map(|count| println!("{count}")).map_err(io::Error::other)
}

fn run(work: impl Future<Output = Result<(), Box<dyn std::error::Error>>>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work).map_err(|error| io::Error::other(error.to_string()))
}
