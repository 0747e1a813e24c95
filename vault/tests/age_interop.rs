//! The public `age` program (Debian package `age`) opens what we sealed, and
//! we open what it sealed.
//!
//! `SWITCHROOM_AGE` names a folder with `age` and `age-keygen` where they are
//! not on the path. Without them these tests say so and prove nothing; with
//! `SWITCHROOM_NEED_AGE=1`, as in `./dev test`, that is a failure.

#[path = "vectors/reader.rs"]
mod vectors;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use switchroom_vault::age::{
    CHUNK, Header, Identity, Opened, Recipient, Sealer, passphrase, rewrapped,
};
use switchroom_vault::bytes::ReadAt;

/// Where a chunk begins and ends, and a little about it.
const LENGTHS: [usize; 7] = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 77];

struct Age {
    folder: Option<PathBuf>,
    scratch: tempfile::TempDir,
}

impl Age {
    fn there() -> Option<Self> {
        let folder = std::env::var_os("SWITCHROOM_AGE").map(PathBuf::from);
        let age = Age { folder, scratch: tempfile::tempdir().unwrap() };
        if age.program("age").arg("--version").output().is_ok_and(|out| out.status.success()) {
            return Some(age);
        }
        assert!(
            std::env::var_os("SWITCHROOM_NEED_AGE").is_none(),
            "no age program: install the Debian package age, or name its folder in SWITCHROOM_AGE"
        );
        eprintln!("SKIPPED: no age program; install the Debian package age to prove this");
        None
    }

    fn program(&self, name: &str) -> Command {
        Command::new(self.folder.as_ref().map_or_else(|| name.into(), |folder| folder.join(name)))
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.scratch.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// What the program makes of `input`; its words if it refuses.
    fn run(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
        let mut child = self
            .program("age")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let feeder = std::thread::spawn(move || {
            // It may stop reading at a fault.
            let _ = stdin.write_all(&input);
        });
        let out = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        if out.status.success() {
            Ok(out.stdout)
        } else {
            Err(String::from_utf8_lossy(&out.stderr).into_owned())
        }
    }
}

fn bytes(len: usize) -> Vec<u8> {
    (0..len as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn sealed(plain: &[u8], recipients: &[Recipient]) -> Vec<u8> {
    let mut sealer = Sealer::new(Vec::new(), recipients).unwrap();
    sealer.write_all(plain).unwrap();
    sealer.finish().unwrap()
}

fn opened(file: Vec<u8>, identity: &Identity) -> Vec<u8> {
    let mut opened = Opened::open(file, std::slice::from_ref(identity)).unwrap();
    let mut plain = vec![0; opened.len().unwrap() as usize];
    opened.read_at(0, &mut plain).unwrap();
    plain
}

#[test]
fn the_public_age_opens_what_we_sealed() {
    let Some(age) = Age::there() else { return };
    let (first, second) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    for (name, key) in [("first", &first), ("second", &second)] {
        age.file(name, key.to_text().as_bytes());
    }
    for len in LENGTHS {
        let file = sealed(&bytes(len), &[first.recipient(), second.recipient()]);
        for name in ["first", "second"] {
            let key = age.scratch.path().join(name);
            let plain = age.run(&["--decrypt", "-i", key.to_str().unwrap()], &file).unwrap();
            assert!(plain == bytes(len), "{len} bytes for {name}");
        }
    }
}

#[test]
fn we_open_what_the_public_age_sealed_with_a_key_of_its_own_making() {
    let Some(age) = Age::there() else { return };
    let out = age.program("age-keygen").output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let identity = Identity::from_file_text(&text).unwrap().remove(0);
    let recipient = identity.recipient().to_string();
    assert!(text.contains(&recipient), "the same public key as age-keygen says");
    for len in LENGTHS {
        let file = age.run(&["-r", &recipient], &bytes(len)).unwrap();
        assert!(opened(file, &identity) == bytes(len), "{len} bytes");
    }
}

#[test]
fn the_public_age_opens_a_rewrapped_file_with_the_new_key_only() {
    let Some(age) = Age::there() else { return };
    let (old, new) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    let file = sealed(&bytes(CHUNK + 9), &[old.recipient()]);
    let header = Header::parse(&file).unwrap();
    let head = rewrapped(&header, std::slice::from_ref(&old), &[new.recipient()]).unwrap();
    let moved = [&head, &file[header.payload_at() as usize..]].concat();
    let key = age.file("new", new.to_text().as_bytes());
    let plain = age.run(&["-d", "-i", key.to_str().unwrap()], &moved).unwrap();
    assert!(plain == bytes(CHUNK + 9));
    let key = age.file("old", old.to_text().as_bytes());
    assert!(age.run(&["-d", "-i", key.to_str().unwrap()], &moved).is_err());
}

/// Both programs agree which of the vectors are whole. Only a passphrase beside
/// a key is refused by us alone: the format leaves that to who has the key.
#[test]
fn the_public_age_refuses_what_we_refuse() {
    let Some(age) = Age::there() else { return };
    for vector in vectors::all() {
        let vectors::Key::Identity(identity) = &vector.key else { continue };
        if vector.name == "passphrase-beside-key" {
            continue;
        }
        let key = age.file("key", identity.to_text().as_bytes());
        let result = age.run(&["-d", "-i", key.to_str().unwrap()], &vector.sealed);
        match result {
            Ok(plain) => assert!(vector.verdict == "good" && vector.is(&plain), "{}", vector.name),
            Err(words) => assert!(vector.verdict != "good", "{}: {words}", vector.name),
        }
    }
}

/// The program asks its terminal for a passphrase, and `script` of util-linux
/// is one.
#[test]
fn a_key_file_with_a_passphrase_goes_both_ways() {
    let Some(age) = Age::there() else { return };
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no program script (util-linux)");
        return;
    }
    let identity = Identity::generate().unwrap();
    let text = format!("# of the box\n{}\n", *identity.to_text());
    let key = age.file("key.age", &passphrase::seal(text.as_bytes(), "correct horse", 12).unwrap());
    let file = age.file("sound.age", &sealed(b"a good day", &[identity.recipient()]));
    let plain = age.scratch.path().join("sound");
    let program = age.program("age").get_program().to_str().unwrap().to_owned();
    let typed = |line: String, typing: &[u8]| {
        let mut child = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(typing).unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{line}: {}", String::from_utf8_lossy(&out.stdout));
    };
    let (key, file, plain) = (key.display(), file.display(), plain.display().to_string());
    typed(format!("{program} -d -i {key} -o {plain} {file}"), b"correct horse\n");
    assert_eq!(std::fs::read(&plain).unwrap(), b"a good day");

    let theirs = age.scratch.path().join("theirs.age");
    let source = age.file("key", text.as_bytes());
    typed(
        format!("{program} -p -o {} {}", theirs.display(), source.display()),
        b"battery staple\nbattery staple\n",
    );
    let read = passphrase::open(&std::fs::read(&theirs).unwrap(), "battery staple").unwrap();
    assert_eq!(*read, text.as_bytes());
}
