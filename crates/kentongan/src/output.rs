//! What a verb prints. A reader that goes away (`… | head`) ends the verb quietly; words that cannot be written for any
//! other reason (a full disk) end it with an error.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// A line of the answer.
macro_rules! print_line {
    ($($words:tt)*) => { $crate::output::print(format_args!("{}\n", format_args!($($words)*))) };
}
pub(crate) use print_line;

/// Text as it stands.
pub fn print(words: Arguments<'_>) {
    if let Err(error) = io::stdout().lock().write_fmt(words) {
        on_failure(&error);
    }
}

/// A line of a service that goes on whether somebody listens or not.
pub fn announce(words: Arguments<'_>) {
    // Nobody reads it: nothing to do about that.
    let _ = writeln!(io::stdout().lock(), "{words}");
}

/// A line beside what was asked for: progress, remarks, errors.
pub fn remark(words: Arguments<'_>) {
    // Where standard error is closed there is nowhere left to say so.
    let _ = writeln!(io::stderr().lock(), "{words}");
}

/// How far a long work is, for people who watch; a log file is spared it.
pub fn progress(words: Arguments<'_>) {
    if io::stderr().is_terminal() {
        // As with a remark.
        let _ = write!(io::stderr().lock(), "{words}");
    }
}

/// Standard output for those who write to a writer.
pub struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().lock().write(bytes).inspect_err(on_failure)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().lock().flush().inspect_err(on_failure)
    }
}

fn on_failure(error: &io::Error) {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    if error.kind() != ErrorKind::Interrupted {
        remark(format_args!("kentongan: writing what was asked for: {error}"));
        std::process::exit(1);
    }
}
