//! The reference page and the commented default file, made from the
//! declarations.

use std::fmt::Write as _;

use crate::base::setting::Row;
use crate::daemon::config::{Config, DEFAULT_PATH};

/// `docs/configuration.md`.
pub fn page() -> String {
    let mut out = format!(
        "# Configuration\n\n\
         Settings live in `{DEFAULT_PATH}`, or in the file given by `--config`. The file, every \
         section and every setting may be missing. A key that is no setting is refused with the \
         nearest known name, and all faults of a file are told at once. `etc/switchroom.toml` \
         holds every setting with its default.\n\n\
         Durations are written as `\"90s\"`, `\"15m\"`, `\"3h\"`, `\"2d\"`, or as a number of \
         seconds. This page is made from the program by `SWITCHROOM_REWRITE=1 cargo test --test \
         config_reference`.\n"
    );
    for section in Config::sections() {
        // Writing to a String does not fail.
        let _ = writeln!(out, "\n## `[{}]`\n\n{}\n", section.name, flow(section.doc));
        table(&mut out, &section.rows);
        for row in section.rows.iter().filter(|row| !row.entries.is_empty()) {
            let _ = writeln!(
                out,
                "\n### `[{}.{}.NAME]`\n\n{}\n",
                section.name,
                row.name,
                flow(row.doc)
            );
            table(&mut out, &row.entries);
        }
    }
    out
}

/// `etc/switchroom.toml`: every setting, set to its default.
pub fn file() -> String {
    let mut out = String::from(
        "# Settings of Switchroom. Every line shows a default and may be removed.\n\
         # Durations: \"90s\", \"15m\", \"3h\", \"2d\", or a number of seconds.\n",
    );
    for section in Config::sections() {
        out.push('\n');
        comment(&mut out, section.doc);
        let _ = writeln!(out, "[{}]", section.name);
        for row in section.rows.iter().filter(|row| row.entries.is_empty()) {
            out.push('\n');
            comment(&mut out, row.doc);
            let quiet = if row.default == "not set" { "# " } else { "" };
            let example = if row.default == "not set" { "\"5s\"" } else { row.default.as_str() };
            let _ = writeln!(out, "{quiet}{} = {example}", row.name);
        }
        for row in section.rows.iter().filter(|row| !row.entries.is_empty()) {
            out.push('\n');
            comment(&mut out, row.doc);
            let _ = writeln!(out, "# [{}.{}.NAME]", section.name, row.name);
            for entry in &row.entries {
                let _ = writeln!(out, "# {}   ({}; {})", entry.name, entry.kind, default(entry));
            }
        }
    }
    out
}

fn table(out: &mut String, rows: &[Row]) {
    out.push_str("| setting | value | default | meaning |\n|---|---|---|---|\n");
    for row in rows {
        let default = match row.default.as_str() {
            "{}" => "none".to_owned(),
            "not set" => "not set".to_owned(),
            shown => format!("`{shown}`"),
        };
        let _ = writeln!(out, "| `{}` | {} | {default} | {} |", row.name, row.kind, flow(row.doc));
    }
}

fn default(row: &Row) -> String {
    match row.default.as_str() {
        "not set" => "not set".to_owned(),
        shown => format!("default {shown}"),
    }
}

fn comment(out: &mut String, doc: &str) {
    for line in doc.lines() {
        let _ = writeln!(out, "#{line}");
    }
}

/// The lines of a doc comment as one line.
fn flow(doc: &str) -> String {
    doc.lines().map(str::trim).collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
