//! The reference page and the default file say what the program does.
//! `SWITCHROOM_REWRITE=1` writes them anew; the difference is read in review.

use std::path::Path;

use switchroom::daemon::config::{Config, reference};

fn is_as_made(path: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("SWITCHROOM_REWRITE").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "{} is not what the program says; SWITCHROOM_REWRITE=1 cargo test --test \
         config_reference writes it anew",
        path.display()
    );
}

#[test]
fn the_reference_page_is_that_of_the_program() {
    is_as_made("docs/configuration.md", &reference::page());
}

#[test]
fn the_default_file_is_that_of_the_program_and_parses_to_exactly_the_defaults() {
    is_as_made("etc/switchroom.toml", &reference::file());
    assert_eq!(Config::parse(&reference::file()).unwrap(), Config::default());
}
