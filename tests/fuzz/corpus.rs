//! The kept files, and how a reader is tried on them and on their mutations.

use crate::mutation::mutated;
use domain::place::Places;
use formats::archive::Crosswalk;
use formats::taxonomy::Taxonomy;
use kentongan_tests::bench::workload::Dice;
use kentongan_tests::house::{read, root};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What readers need to know beside their files.
pub struct Known {
    pub places: Places,
    pub taxonomy: Taxonomy,
    pub crosswalk: Crosswalk,
}

impl Known {
    pub fn new() -> Known {
        let files = ["16.13", "35.08", "61.02"];
        let files = files.map(|code| (code.to_owned(), read(&format!("config/districts/{code}.csv"))));
        Known {
            places: formats::places::from_csv(&files).expect("the shipped places"),
            taxonomy: Taxonomy::parse(&read("config/taxonomy.toml")).expect("the shipped taxonomy"),
            crosswalk: Crosswalk::parse(&read("config/crosswalk.csv")).expect("the shipped crosswalk"),
        }
    }
}

/// The kept files of a reader.
pub fn kept(name: &str) -> Vec<Vec<u8>> {
    let folder = root().join("tests/fuzz/corpus").join(name);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry of the corpus").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} holds nothing", folder.display());
    paths.iter().map(|path| std::fs::read(path).expect("a file of the corpus")).collect()
}

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().map_or(usual, |text| text.parse().expect("a whole number"))
}

/// Reads each kept file as it is, then mutations of them. `make` packs what was mutated into the file that is read.
pub fn try_all(
    name: &str,
    files: &[Vec<u8>],
    make: impl Fn(Vec<u8>) -> Vec<u8>,
    mut reads: impl FnMut(&[u8]),
) {
    let (rounds, seed) = (number("KENTONGAN_FUZZ_ROUNDS", 200), number("KENTONGAN_SEED", 20_261_129));
    let mut tries = |bytes: Vec<u8>, what: String| {
        let made = make(bytes);
        if let Err(stopped) = catch_unwind(AssertUnwindSafe(|| reads(&made))) {
            let path = std::env::temp_dir().join(format!("kentongan-fuzz-{name}-{}", std::process::id()));
            std::fs::write(&path, &made).expect("writing what stopped the reader");
            let why = stopped.downcast_ref::<String>().map(String::as_str);
            let why = why.or(stopped.downcast_ref::<&str>().copied()).unwrap_or("no words");
            panic!("{name}, {what}: {why}; the file is {}", path.display());
        }
    };
    for (at, file) in files.iter().enumerate() {
        tries(file.clone(), format!("kept file {at}"));
    }
    for round in 0..rounds {
        let mut dice = Dice::new(seed.wrapping_add(round));
        let of = &files[dice.below(files.len())];
        tries(mutated(&mut dice, of, files), format!("seed {}", seed.wrapping_add(round)));
    }
}

/// The same for a reader of whole files.
pub fn try_files(name: &str, reads: impl FnMut(&[u8])) {
    try_all(name, &kept(name), |bytes| bytes, reads);
}
