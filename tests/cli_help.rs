//! The help texts are what is checked in. `SWITCHROOM_REWRITE=1` writes them
//! anew; the difference is read in review.

use std::path::Path;

#[test]
fn the_help_texts_are_those_of_the_program() {
    let made = switchroom::cli::help_pages();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contracts/help.txt");
    if std::env::var_os("SWITCHROOM_REWRITE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "the help changed; SWITCHROOM_REWRITE=1 cargo test --test cli_help writes {} anew",
        path.display()
    );
}
