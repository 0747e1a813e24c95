//! The corpora of the fuzz targets of the service, replayed in the normal run.

use std::path::Path;

use switchroom::audiovault::fuzz;

type Target = fn(&[u8]);

#[test]
fn every_known_input_keeps_the_promises() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let targets = [
        ("av_xmlrpc", fuzz::xmlrpc as Target),
        ("av_request", fuzz::asked),
        ("av_answer", fuzz::remote),
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
