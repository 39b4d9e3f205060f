//! A digest of this crate's sources: what a snapshot of the state holds follows from them, so another build does not read it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("src");
    let mut sources = BTreeMap::new();
    gather(&root, "", &mut sources)?;
    // FNV-1a over names and contents, each closed by a byte that is in neither.
    let parts = sources.iter().flat_map(|(name, text)| [name.as_bytes(), &[0xff], text.as_slice(), &[0xff]]);
    let digest = parts.flatten().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rustc-env=DOMAIN_SOURCES={digest:016x}");
    Ok(())
}

fn gather(folder: &Path, prefix: &str, sources: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            gather(&path, &format!("{prefix}{name}/"), sources)?;
        } else {
            sources.insert(format!("{prefix}{name}"), fs::read(&path)?);
        }
    }
    Ok(())
}
