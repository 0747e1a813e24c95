//! Reads `vectors/age`, and makes the changes that a vector asks for.

use std::path::Path;

use switchroom_vault::age::{CHUNK, Header, Identity};

pub enum Key {
    Identity(Identity),
    #[allow(dead_code, reason = "the other program has no passphrase without a terminal")]
    Passphrase(String),
}

pub struct Vector {
    pub name: String,
    pub verdict: String,
    pub why: String,
    pub key: Key,
    pub sealed: Vec<u8>,
    /// The vector it was made from.
    pub base: Option<Box<Vector>>,
    sha256: Option<String>,
    length: Option<usize>,
}

pub fn all() -> Vec<Vector> {
    let mut names: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    names.sort();
    names.iter().map(|name| read(name)).collect()
}

pub fn read(name: &str) -> Vector {
    let bytes = std::fs::read(folder().join(name)).unwrap();
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
    let text = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut vector = Vector {
        name: name.to_owned(),
        verdict: String::new(),
        why: String::new(),
        key: Key::Passphrase(String::new()),
        sealed: bytes[end + 2..].to_vec(),
        base: None,
        sha256: None,
        length: None,
    };
    for line in text.lines() {
        let (field, value) = line.split_once(": ").unwrap();
        match field {
            "verdict" => vector.verdict = value.to_owned(),
            "why" => vector.why = value.to_owned(),
            "identity" => vector.key = Key::Identity(Identity::from_text(value).unwrap()),
            "passphrase" => vector.key = Key::Passphrase(value.to_owned()),
            "sha256" => vector.sha256 = Some(value.to_owned()),
            "length" => vector.length = Some(value.parse().unwrap()),
            "from" => {
                let base = read(value);
                vector.sealed.clone_from(&base.sealed);
                vector.base = Some(Box::new(base));
            }
            change => altered(&mut vector.sealed, change, value, name),
        }
    }
    vector
}

impl Vector {
    /// Whether `plain` is what was sealed.
    pub fn is(&self, plain: &[u8]) -> bool {
        let digest = ring::digest::digest(&ring::digest::SHA256, plain);
        let digest: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.sha256.as_ref() == Some(&digest) && self.length == Some(plain.len())
    }
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/age")
}

fn altered(sealed: &mut Vec<u8>, change: &str, value: &str, name: &str) {
    let before = sealed.clone();
    let payload = Header::parse(sealed).unwrap().payload_at() as usize;
    let place = |text: &str| match text.strip_prefix("payload+") {
        Some(offset) => payload + offset.parse::<usize>().unwrap(),
        None => text.parse().unwrap(),
    };
    match change {
        "keep" => sealed.truncate(place(value)),
        "flip" => sealed[place(value)] ^= 1,
        "swap" | "drop" | "double" => {
            let start = payload + 16;
            let mut chunks: Vec<Vec<u8>> =
                sealed[start..].chunks(CHUNK + 16).map(<[u8]>::to_vec).collect();
            let numbers: Vec<usize> =
                value.split(' ').map(|number| number.parse().unwrap()).collect();
            match change {
                "swap" => chunks.swap(numbers[0], numbers[1]),
                "drop" => drop(chunks.remove(numbers[0])),
                _ => chunks.insert(numbers[0], chunks[numbers[0]].clone()),
            }
            sealed.truncate(start);
            sealed.extend(chunks.concat());
        }
        "replace" => {
            let (old, new) = value.split_once(" -> ").unwrap();
            let (old, new) = (unescaped(old), unescaped(new));
            let at = sealed.windows(old.len()).position(|bytes| bytes == old).unwrap();
            sealed.splice(at..at + old.len(), new);
        }
        "append" => match value.split_once(' ') {
            Some(("zeros", count)) => {
                sealed.resize(sealed.len() + count.parse::<usize>().unwrap(), 0);
            }
            _ if value == "self" => sealed.extend_from_slice(&before),
            _ => sealed.push(u8::from_str_radix(value, 16).unwrap()),
        },
        "stanzas" | "pad" => {
            let count = value.parse().unwrap();
            let more = if change == "pad" {
                "-> ".to_owned() + &"x".repeat(count)
            } else {
                "-> a\n\n".repeat(count)
            };
            let at = "age-encryption.org/v1\n".len();
            sealed.splice(at..at, more.into_bytes());
        }
        other => panic!("{name}: no change is called {other}"),
    }
    assert!(*sealed != before, "{name}: nothing changed");
}

fn unescaped(text: &str) -> Vec<u8> {
    text.replace("\\n", "\n").replace("\\r", "\r").into_bytes()
}
