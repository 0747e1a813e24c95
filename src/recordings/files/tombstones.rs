//! Proofs of erasures, beside the recordings: they outlive a restored
//! database. One line of JSON each, only ever appended to. No line says whom.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::base::error::io;
use crate::base::{Error, Kind, Result, UnixSec};
use crate::recordings::fact::Erasure;

/// The file's name in the vault.
pub(super) const NAME: &str = "erasures.jsonl";

#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    at: UnixSec,
    author: String,
    reason: String,
    markers: u32,
    calls: u32,
    /// Recording and SHA-256 in hexadecimal.
    erased: Vec<(i64, Option<String>)>,
}

/// Appends a proof and flushes it to the disk.
pub fn append(vault: &Path, erasure: &Erasure) -> Result<()> {
    let line = Line {
        id: erasure.id.clone(),
        at: erasure.at,
        author: erasure.author.clone(),
        reason: erasure.reason.clone(),
        markers: erasure.markers,
        calls: erasure.calls,
        erased: erasure
            .erased
            .iter()
            .map(|(id, sha256)| (*id, sha256.map(|one| hex(&one))))
            .collect(),
    };
    let mut text = serde_json::to_string(&line)
        .map_err(|error| Error::caused(Kind::Internal, "can't write a proof", error))?;
    text.push('\n');
    let path = vault.join(NAME);
    let write = || {
        std::fs::create_dir_all(vault)?;
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        File::open(vault)?.sync_all()
    };
    write().map_err(|error| io(format!("can't write {}", path.display()), error))
}

/// All proofs, oldest first. A last line that was cut off is passed over: its
/// erasure was not done.
pub fn read(vault: &Path) -> Result<Vec<Erasure>> {
    let path = vault.join(NAME);
    let fail = |error| io(format!("can't read {}", path.display()), error);
    let file = match File::open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        file => file.map_err(fail)?,
    };
    let mut erasures = Vec::new();
    for line in BufReader::new(file).lines() {
        let Ok(line) = serde_json::from_str::<Line>(&line.map_err(fail)?) else { continue };
        erasures.push(Erasure {
            id: line.id,
            at: line.at,
            author: line.author,
            reason: line.reason,
            recordings: u32::try_from(line.erased.len()).unwrap_or(u32::MAX),
            markers: line.markers,
            calls: line.calls,
            failed: 0,
            erased: line
                .erased
                .into_iter()
                .map(|(id, sha256)| (id, sha256.as_deref().and_then(unhex)))
                .collect(),
        });
    }
    Ok(erasures)
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
