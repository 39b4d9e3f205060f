//! The repository as the tests see it: its root and its files.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// A file of the repository; `path` is relative to the root, with `/`.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// The folder that holds `Cargo.toml`, `crates`, `config` and the rest.
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests stand one folder below the root").to_path_buf()
}

/// Every text file under `folder` (relative to the root, `""` for all) whose name ends with one of `endings`.
pub fn files(folder: &str, endings: &[&str]) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    walk(&root, &root.join(folder), &ignored(&root), &mut found);
    let wanted = |path: &String| endings.is_empty() || endings.iter().any(|ending| path.ends_with(ending));
    found.retain(wanted);
    found.sort();
    let read = |path: String| {
        let text = String::from_utf8(fs::read(root.join(&path)).ok()?).ok()?;
        Some(Source { path, text })
    };
    found.into_iter().filter_map(read).collect()
}

/// Reads one file of the repository.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("reading '{path}': {error}"))
}

/// Real data kept beside the checkout on some machines, never part of the product: `KENTONGAN_SHARED`, else `../shared`.
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder = env::var_os("KENTONGAN_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let path = folder.join(path);
    path.exists().then_some(path)
}

/// Says that a test could not run. `tests/run` takes it off the passed and prints it; plain `cargo test` shows it
/// with `--nocapture`.
pub fn not_run(test: &str, why: &str) {
    eprintln!("not run: {test}: {why}");
    if let Some(path) = env::var_os("KENTONGAN_NOT_RUN") {
        use std::io::Write;
        let line = format!("{test}: {why}\n");
        let file = fs::OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("noting a test that did not run");
    }
}

/// Folders at the root that git ignores.
fn ignored(root: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
    let own = text.lines().filter_map(|line| line.strip_prefix('/')).map(|name| root.join(name));
    own.chain([root.join(".git"), root.join("target")]).collect()
}

fn walk(root: &Path, folder: &Path, ignored: &[PathBuf], found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if ignored.contains(&path) || path.file_name().is_some_and(|name| name == "node_modules") {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, ignored, found);
        } else if let Ok(relative) = path.strip_prefix(root) {
            found.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
}
