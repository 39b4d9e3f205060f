//! `kentongan-bench`: writes the workload, and does the least a program must do with it.
//!
//! `kentongan-bench workload LINES SEED FILE DISTRICTS` · `kentongan-bench limit FILE DISTRICTS`

use kentongan_tests::bench::{limit, workload};
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
        _ => {
            Err(io::Error::other("kentongan-bench workload LINES SEED FILE DISTRICTS | limit FILE DISTRICTS"))
        }
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
