//! The plan of the house, checked: who may import whom, which package may be
//! used where, and the habits a reader relies on.
//!
//! A new edge is one line in [`MAY_IMPORT`] or [`FENCES`], and its commit says
//! why. The test reads the source as text: comments and strings are blanked
//! first, and what stands under `#[cfg(test)]` is left out where only the
//! product counts.

mod source;

use source::{SourceFile, sources};

/// Who may name whom by `crate::room`. `live` may look into `model` because
/// one state machine serves both: what is happening now is a second fold of
/// the same records. The rooms of one floor otherwise never meet.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("event", &["base"]),
    ("input", &["base", "event"]),
    ("model", &["base", "event"]),
    ("tracker", &["base", "event"]),
    ("twins", &["base", "event"]),
    ("live", &["base", "event", "model"]),
    ("store", &["base", "event", "model"]),
    ("reports", &["base", "model", "store"]),
    ("people", &["base", "store"]),
    // Bytes of recordings: they know neither each other nor the house.
    ("age", &[]),
    ("audio", &[]),
    ("layout", &[]),
    ("signature", &[]),
    ("recordings", &["base", "event", "store", "age", "audio", "layout", "signature"]),
    // How recordings reach a browser; it knows neither rows nor rights (age: its tests listen to sealed files).
    ("media", &["base", "age", "audio"]),
    // Who may do what to which call is decided on the live office by the
    // rights of people; it sends nothing, so it knows no HTTP and no AMI.
    ("actions", &["base", "event", "live", "people"]),
    (
        "portal",
        &[
            "base",
            "event",
            "model",
            "live",
            "store",
            "reports",
            "people",
            "actions",
            "recordings",
            "media",
            "age",
            "audio",
            "layout",
        ],
    ),
    // The search service of recordings for other systems.
    ("audiovault", &["base", "recordings", "media", "age", "audio", "layout"]),
    (
        "daemon",
        &[
            "base",
            "event",
            "input",
            "model",
            "tracker",
            "twins",
            "live",
            "store",
            "reports",
            "people",
            "actions",
            "portal",
            "recordings",
            "media",
            "audiovault",
            "age",
            "audio",
            "layout",
        ],
    ),
    (
        "cli",
        &[
            "base",
            "event",
            "input",
            "model",
            "tracker",
            "live",
            "store",
            "reports",
            "people",
            "portal",
            "daemon",
            "recordings",
            "media",
            "audiovault",
            "age",
            "audio",
            "layout",
        ],
    ),
];

/// Words that may stand only in the files listed (a folder ends with `/`, and
/// `*/name.rs` is that file in any room). They are looked for in the product,
/// not in its tests.
struct Fence {
    words: &'static [&'static str],
    only_in: &'static [&'static str],
    why: &'static str,
}

const FENCES: &[Fence] = &[
    Fence {
        words: &["rusqlite"],
        only_in: &["store/", "*/sql.rs", "recordings/sql/", "base/error.rs"],
        why: "SQL lives in store and in a room's own sql.rs, or its folder sql/",
    },
    Fence {
        words: &["axum", "hyper", "hyper_util", "http_body_util", "tower"],
        only_in: &["portal/", "audiovault/", "media/"],
        why: "only the portal and what delivers recordings know HTTP",
    },
    Fence {
        words: &["tokio"],
        only_in: &["live/hub.rs", "portal/", "audiovault/", "media/", "daemon/", "cli/"],
        why: "the rooms below are plain values and plain threads; the hub is where streams wait",
    },
    Fence {
        words: &["clap"],
        only_in: &["cli/", "main.rs"],
        why: "only the command line parses arguments",
    },
    Fence {
        words: &["regex_lite"],
        only_in: &["tracker/options.rs"],
        why: "patterns on channel names are the one place that needs them",
    },
    Fence {
        words: &["rustls", "tokio_rustls"],
        only_in: &["input/ami/tls.rs", "audiovault/tls.rs"],
        why: "one place a room shakes hands and decides whom to trust",
    },
    Fence {
        words: &["SystemTime::now", "Timestamp::now", "Zoned::now"],
        only_in: &["base/time.rs"],
        why: "one clock, so that tests can own it",
    },
];

/// The edges: files that may touch the file system, sockets, processes or the
/// monotonic clock. Everything else takes values and returns values.
const EDGE_WORDS: &[&str] = &[
    "std::fs",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
    "UnixStream",
    "std::process",
    "Instant::now",
    "nix",
];
const EDGES: &[&str] = &[
    "input/ami/capture_file.rs",
    "input/ami/client.rs",
    "input/ami/probe.rs",
    "input/ami/recorder.rs",
    "input/ami/tls.rs",
    "input/queue_log/archive.rs",
    "input/queue_log/follow.rs",
    "input/queue_log/opened.rs",
    "input/queue_log/watch.rs",
    "store/",
    "media/patient.rs",
    "recordings/files/",
    "audiovault/",
    "portal/",
    "daemon/",
    "cli/",
    "main.rs",
];

/// Past this a file is two nouns.
const MOST_LINES: usize = 700;

#[test]
fn rooms_import_only_rooms_below_them() {
    let mut faults = Vec::new();
    for file in sources() {
        let Some(room) = file.room() else { continue };
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == room) else {
            faults.push(format!("{}: room {room} is not in MAY_IMPORT", file.path));
            continue;
        };
        for (line, target) in file.imported_rooms() {
            let known = MAY_IMPORT.iter().any(|(name, _)| *name == target);
            if known && target != room && !allowed.contains(&target.as_str()) {
                faults.push(format!("{}:{line}: {room} must not import {target}", file.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn packages_stay_behind_their_fences() {
    let mut faults = Vec::new();
    for file in sources() {
        for fence in FENCES {
            forbid(&file, fence.words, fence.only_in, fence.why, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_edges_touch_files_sockets_and_clocks() {
    let mut faults = Vec::new();
    for file in sources() {
        forbid(&file, EDGE_WORDS, EDGES, "not listed as an edge", &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn forbid(
    file: &SourceFile,
    words: &[&str],
    only_in: &[&str],
    why: &str,
    faults: &mut Vec<String>,
) {
    if only_in.iter().any(|place| file.is_in(place)) {
        return;
    }
    for (line, text) in file.product_lines() {
        if let Some(word) = words.iter().find(|word| source::has_word(text, word)) {
            faults.push(format!("{}:{line}: {word} ({why})", file.path));
        }
    }
}

#[test]
fn files_are_about_one_noun() {
    let mut faults = Vec::new();
    for file in sources() {
        if file.line_count() > MOST_LINES {
            faults.push(format!(
                "{}: {} lines, at most {MOST_LINES}",
                file.path,
                file.line_count()
            ));
        }
        for vague in ["utils", "util", "common", "misc", "manager", "helpers"] {
            // Here it is a name: the manager interface of Asterisk.
            if file.path == "event/manager.rs" {
                continue;
            }
            if file.path.split(['/', '.']).any(|part| part == vague) {
                faults.push(format!("{}: {vague} is no noun", file.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_room_says_what_it_owns() {
    for file in sources().iter().filter(|file| file.path.ends_with("mod.rs")) {
        assert!(file.text.starts_with("//!"), "{}: begins with a //! head", file.path);
    }
}

#[test]
fn nothing_panics_on_outside_data() {
    let mut faults = Vec::new();
    for file in sources() {
        for (line, text) in file.product_lines() {
            if text.contains(".unwrap()") {
                faults.push(format!("{}:{line}: unwrap()", file.path));
            }
            // Strings are blanked but keep their length, so an empty reason shows.
            if text.contains(".expect(\"\")") {
                faults.push(format!("{}:{line}: expect() without a reason", file.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn promises_for_later_name_their_condition() {
    let mut faults = Vec::new();
    for file in sources() {
        for (number, line) in file.text.lines().enumerate() {
            for mark in ["TODO", "FIXME", "XXX", "HACK"] {
                // `TODO(when …)` says what ends it.
                let bare = line.split(mark).skip(1).any(|rest| !rest.starts_with("(when "));
                if bare && source::has_word(line, mark) {
                    faults.push(format!("{}:{}: {mark} without (when …)", file.path, number + 1));
                }
            }
            for stub in ["todo!(", "unimplemented!(", "dbg!("] {
                if line.contains(stub) {
                    faults.push(format!("{}:{}: {stub}", file.path, number + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
