//! Every reader of what others write, on files of a kept corpus and on mutations of them: nothing stops the program, and of
//! what has rows or parts every one ends as exactly one thing.
//!
//! `KENTONGAN_FUZZ_ROUNDS` mutations a reader (200 where it is not set), from `KENTONGAN_SEED`. What stops a reader is written
//! to a file that the failure names; mended, it joins `tests/fuzz/corpus` and is read unchanged ever after.

#[path = "fuzz/corpus.rs"]
mod corpus;
#[path = "fuzz/mutation.rs"]
mod mutation;
#[path = "fuzz/readers.rs"]
mod readers;
#[path = "fuzz/tables.rs"]
mod tables;
#[path = "fuzz/workbook.rs"]
mod workbook;
