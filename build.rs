//! Embeds the built web app: every file of `web/dist`, compressed, with the
//! tag a browser compares. Reads our own files only.
//!
//! Without `web/dist` an empty table is embedded; the portal then says how to
//! build the web app, and everything else works.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

const DIST: &str = "web/dist";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A path that is not there would make cargo run this, and build the
    // crate, every time: watch its parent until it is there.
    if let Some(watched) = [DIST, "web"].into_iter().find(|path| Path::new(path).exists()) {
        println!("cargo::rerun-if-changed={watched}");
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    if variable("PROFILE") == "release" && variable("DEBUG") == "false" {
        link_small(&out);
    }
    let mut files = Vec::new();
    collect(Path::new(DIST), "", &mut files);
    files.sort();
    let mut table = String::from("&[\n");
    for (index, (name, path)) in files.iter().enumerate() {
        let plain = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let small = gzip(&plain);
        // Pictures and fonts are compressed already.
        let gzipped = small.len() * 20 < plain.len() * 19;
        let stored = out.join(format!("asset{index}"));
        let bytes = if gzipped { &small } else { &plain };
        fs::write(&stored, bytes).unwrap_or_else(|error| panic!("{}: {error}", stored.display()));
        let digest = Sha256::digest(&plain);
        let tag: String = digest[..9].iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(
            table,
            "    Asset {{ path: {name:?}, tag: {tag:?}, plain_len: {}, gzipped: {gzipped}, \
             bytes: include_bytes!({stored:?}) }},",
            plain.len(),
        )
        .expect("writing to a string can't fail");
    }
    table.push(']');
    let path = out.join("assets.rs");
    fs::write(&path, table).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// What a linker is told for a release without symbols, 0.7 MB in all.
///
/// A release aborts on a panic (`panic = "abort"`), so nobody reads the tables
/// that tell how to unwind a stack; those of the standard library and of SQLite
/// can only be left out here. And addresses that the loader adjusts at start are
/// written as a bitmap (`DT_RELR`, glibc 2.36) where the linker can: GNU ld for
/// x86, lld for all; others go on without.
fn link_small(out: &Path) {
    if variable("CARGO_CFG_TARGET_OS") != "linux" {
        return;
    }
    let script = out.join("no-unwind-tables.ld");
    let text = "SECTIONS { /DISCARD/ : { *(.eh_frame .eh_frame.*) *(.ARM.exidx .ARM.exidx.*) \
                *(.ARM.extab .ARM.extab.*) *(.gcc_except_table .gcc_except_table.*) } } \
                INSERT AFTER .text;\n";
    fs::write(&script, text).unwrap_or_else(|error| panic!("{}: {error}", script.display()));
    println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
    println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// All files below a folder with their names from its root; hidden files are
/// left out. A folder that is not there has none.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let name = format!("{prefix}/{name}");
        if path.is_dir() {
            collect(&path, &name, files);
        } else {
            files.push((name, path));
        }
    }
}

/// The same bytes for the same input: no name, no time.
fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("writing to memory can't fail")
}
