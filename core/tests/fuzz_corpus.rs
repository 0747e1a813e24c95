//! The corpora of the fuzz targets, replayed in the normal run.

use std::path::Path;

use switchroom_core::input::{ami, queue_log::fuzz};

type Target = fn(&[u8]);

#[test]
fn every_known_input_keeps_the_promises() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let targets = [
        ("line", fuzz::line as Target),
        ("stream", fuzz::stream),
        ("reorder", fuzz::reorder),
        ("ami_frames", ami::fuzz::frames),
    ];
    for (name, target) in targets {
        let mut count = 0;
        for entry in std::fs::read_dir(corpus.join(name)).unwrap() {
            let path = entry.unwrap().path();
            // Shown only when the target panics.
            println!("{}", path.display());
            target(&std::fs::read(&path).unwrap());
            count += 1;
        }
        assert!(count >= 5, "{name}: {count} inputs");
    }
}

#[test]
fn every_target_has_a_file_and_a_corpus() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    for entry in std::fs::read_dir(fuzz.join("fuzz_targets")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(fuzz.join("corpus").join(name).is_dir(), "{name} has no corpus");
        let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not in Cargo.toml");
    }
}
