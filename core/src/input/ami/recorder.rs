//! Writes captures of our form, for a fault report or a test. An edge.
//!
//! Secrets are replaced before they reach the file. A file is cut at 50 MiB,
//! three are kept: `NAME`, `NAME.1`, `NAME.2`.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::base::error::io;
use crate::base::{Result, UnixMicro};
use crate::input::ami::capture::{HEADER, MARK};

/// A file is cut here.
pub const FILE_BYTES: u64 = 50 * 1024 * 1024;
/// Files kept, the one being written counted.
pub const FILES: usize = 3;
/// How long written blocks may stay in memory.
const FLUSH: UnixMicro = 1_000_000;

/// A capture being written.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    file: BufWriter<File>,
    /// Lines for the head of each file, without `#`.
    about: Vec<String>,
    written: u64,
    limit: u64,
    flushed: UnixMicro,
}

impl Recorder {
    /// Begins a capture; `about` says which program, PBX and options it is of.
    /// The file is readable by its owner only: calls are nobody else's.
    ///
    /// Errors: what creating it says.
    pub fn create(path: &Path, about: &[String]) -> Result<Recorder> {
        Self::with_limit(path, about, FILE_BYTES)
    }

    fn with_limit(path: &Path, about: &[String], limit: u64) -> Result<Recorder> {
        let file = file(path)?;
        let mut recorder = Recorder {
            path: path.to_owned(),
            file,
            about: about.to_vec(),
            written: 0,
            limit,
            flushed: 0,
        };
        recorder.head()?;
        Ok(recorder)
    }

    /// Adds one block as received or sent (`sent`), its empty line not needed.
    pub fn block(&mut self, at: UnixMicro, sent: bool, block: &[u8]) -> Result<()> {
        let (seconds, micros) = (at.div_euclid(1_000_000), at.rem_euclid(1_000_000));
        let direction = if sent { '>' } else { '<' };
        let mut text = format!("{MARK}{seconds}.{micros:06} {direction}\n").into_bytes();
        redact(block, &mut text);
        text.extend_from_slice(b"\r\n");
        if self.written + text.len() as u64 > self.limit {
            self.cut()?;
        }
        self.written += text.len() as u64;
        self.put(&text)?;
        if at - self.flushed >= FLUSH {
            self.flushed = at;
            self.flush()?;
        }
        Ok(())
    }

    /// Hands everything to the system.
    pub fn flush(&mut self) -> Result<()> {
        self.file.flush().map_err(|error| self.fault(error))
    }

    fn head(&mut self) -> Result<()> {
        let mut head = format!("{HEADER}\n");
        for line in &self.about {
            head.push_str("# ");
            head.extend(line.chars().map(|c| if c.is_control() { ' ' } else { c }));
            head.push('\n');
        }
        self.written = head.len() as u64;
        self.put(head.as_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| self.fault(error))
    }

    fn cut(&mut self) -> Result<()> {
        self.flush()?;
        for age in (1..FILES).rev() {
            let from = if age == 1 { self.path.clone() } else { aged(&self.path, age - 1) };
            match std::fs::rename(&from, aged(&self.path, age)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(self.fault(error));
                }
                _ => {}
            }
        }
        self.file = file(&self.path)?;
        self.head()
    }

    fn fault(&self, error: std::io::Error) -> crate::base::Error {
        io(format_args!("can't write the capture {}", self.path.display()), error)
    }
}

fn file(path: &Path) -> Result<BufWriter<File>> {
    let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).to_owned();
    let file = options.open(path);
    let named = |error| io(format_args!("can't create {}", path.display()), error);
    Ok(BufWriter::new(file.map_err(named)?))
}

fn aged(path: &Path, age: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{age}"));
    PathBuf::from(name)
}

/// Copies a block with what is secret replaced by `***`.
fn redact(block: &[u8], out: &mut Vec<u8>) {
    let mut secret_variable = false;
    for line in block.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let colon = line.iter().position(|&byte| byte == b':').unwrap_or(line.len());
        let (key, value) = line.split_at(colon);
        let key_is = |name: &str| key.eq_ignore_ascii_case(name.as_bytes());
        if key_is("Variable") {
            let name = value.split(|&byte| byte == b'=').next().unwrap_or_default();
            secret_variable = is_secret(name);
            if secret_variable && name.len() < value.len() {
                out.extend_from_slice(key);
                out.extend_from_slice(name);
                out.extend_from_slice(b"=***\r\n");
                continue;
            }
        }
        let hidden = ["Secret", "Key", "Password"].iter().any(|name| key_is(name))
            || secret_variable && key_is("Value");
        out.extend_from_slice(key);
        out.extend_from_slice(if hidden { b": ***" } else { value });
        out.extend_from_slice(b"\r\n");
    }
}

/// Whether a variable is called like a secret.
fn is_secret(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    ["pass", "secret", "pin", "token", "auth"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::ami::capture::{Capture, Content};

    #[test]
    fn what_is_written_is_read_again_without_its_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("capture");
        let mut recorder = Recorder::create(&path, &["asterisk 22\nx".to_owned()]).unwrap();
        let blocks: [(&str, &str); 4] = [
            ("Action: Login\r\nSecret: s3cret", "Action: Login\r\nSecret: ***"),
            (
                "Event: VarSet\r\nVariable: USER_PIN\r\nValue: 1234",
                "Event: VarSet\r\nVariable: USER_PIN\r\nValue: ***",
            ),
            (
                "Action: Originate\r\nVariable: PASSWORD=x\r\nVariable: A=b",
                "Action: Originate\r\nVariable: PASSWORD=***\r\nVariable: A=b",
            ),
            ("Event: Hold\r\nChannel: x", "Event: Hold\r\nChannel: x"),
        ];
        for (number, (block, _)) in blocks.iter().enumerate() {
            recorder.block(7_000_001 + number as i64, number == 0, block.as_bytes()).unwrap();
        }
        recorder.flush().unwrap();
        let text = std::fs::read(&path).unwrap();
        let capture = Capture::new(text, None).unwrap();
        let read: Vec<_> = capture.iter().collect();
        assert_eq!(read.len(), blocks.len());
        for (number, (captured, (_, expected))) in read.iter().zip(blocks).enumerate() {
            assert_eq!(captured.at, 7_000_001 + number as i64);
            assert_eq!(captured.sent, number == 0);
            assert_eq!(captured.content, Content::Block(expected.as_bytes()));
        }
    }

    #[test]
    fn a_long_capture_keeps_its_last_three_files_and_each_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("capture");
        let mut recorder = Recorder::with_limit(&path, &[], 200).unwrap();
        for number in 0..40 {
            let block = format!("Event: X\r\nNumber: {number}");
            recorder.block(number * 1_000_000, false, block.as_bytes()).unwrap();
        }
        recorder.flush().unwrap();
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["capture", "capture.1", "capture.2"]);
        let last = |name: &str| {
            let bytes = std::fs::read(folder.path().join(name)).unwrap();
            assert!(bytes.len() <= 200);
            Capture::new(bytes, None).unwrap().iter().map(|captured| captured.at).max()
        };
        assert_eq!(last("capture"), Some(39_000_000));
        assert!(last("capture.1") > last("capture.2"));
    }
}
