//! The corpora of the fuzz targets of `audio`, replayed in the normal run.

use std::path::Path;

use switchroom_vault::audio;

type Target = fn(&[u8]);

#[test]
fn every_known_input_keeps_the_promises() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let targets = [("audio_file", audio::fuzz::file as Target), ("audio_wave", audio::fuzz::wave)];
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
