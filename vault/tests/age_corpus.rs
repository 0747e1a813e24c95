//! The corpora of the fuzz targets of `age`, replayed in the normal run.

use std::path::Path;

use switchroom_vault::age::{Identity, Opened, fuzz};

type Target = fn(&[u8]);

#[test]
fn every_known_header_file_and_key_keeps_the_promises() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let targets =
        [("age_header", fuzz::header as Target), ("age_file", fuzz::file), ("age_key", fuzz::key)];
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

/// Or else the target would look at refusals only.
#[test]
fn some_files_of_the_corpus_open() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/age_file");
    let identity = Identity::from_text(fuzz::IDENTITY).unwrap();
    let files = std::fs::read_dir(corpus)
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let open =
        files.filter(|file| Opened::open(file.clone(), std::slice::from_ref(&identity)).is_ok());
    assert!(open.count() >= 2);
}
