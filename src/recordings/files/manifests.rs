//! Where manifests lie, and the walk through the vault that compares.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::seal::{PARTS, create, flush_folder, make_folders, open_plain};
use crate::base::error::io as failed;
use crate::base::{Error, Kind, Result};
use crate::recordings::manifest::{Chain, Day, Report, Signed, hex, unhex};
use crate::signature::Signer;

/// The folder of the vault with a file for each day.
pub const FOLDER: &str = "manifests";
/// The machine's own key, among the keys.
pub const KEY: &str = "manifest.key";

/// Folders below the vault are not looked into deeper than this.
const DEEPEST: usize = 16;

/// Size and hash of a sealed file by its path.
pub type Known<'a> = dyn FnMut(&str) -> Option<(u64, [u8; 32])> + 'a;

/// What a verification asks while it walks.
pub struct Asked<'a> {
    /// Hash of the newest day, as the database has it.
    pub newest: Option<[u8; 32]>,
    /// Size and hash by the row of a sealed file, if it has one.
    pub known: &'a mut Known<'a>,
    /// Whether a file was removed by a rule.
    pub gone: &'a mut dyn FnMut(&str) -> bool,
    /// Whether files are read; else only their sizes are looked at.
    pub hashes: bool,
    /// Called before each file with how many there were, and for each piece of
    /// it; an error ends the walk.
    pub watch: &'a mut dyn FnMut(u64) -> io::Result<()>,
}

/// The machine's own key, made at the first call.
///
/// Errors: [`Kind::Damaged`] for a file that holds none.
pub fn signer(keys: &Path) -> Result<Signer> {
    let path = keys.join(KEY);
    let fail = |error| failed(format!("can't read or make {}", path.display()), error);
    match fs::read_to_string(&path).map(Zeroizing::new) {
        Ok(text) => {
            let secret = unhex(text.trim()).map(Zeroizing::new);
            let secret = secret.and_then(|secret| secret.as_slice().try_into().ok());
            secret.map(Signer::from_secret).ok_or_else(|| {
                let text = format!("{} is damaged; restore it from a backup", path.display());
                Error::new(Kind::Damaged, text)
            })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let signer = Signer::generate().map_err(fail)?;
            let text = Zeroizing::new(hex(signer.secret()) + "\n");
            fs::create_dir_all(keys).map_err(fail)?;
            store(keys, KEY, text.as_bytes()).map_err(fail)?;
            Ok(signer)
        }
        Err(error) => Err(fail(error)),
    }
}

/// Stores a day; one that is there already stays.
///
/// Errors: [`Kind::Conflict`] for a day that is there with another text.
pub fn write(vault: &Path, day: &Day, signed: &Signed) -> Result<()> {
    let (folder, name) = (vault.join(FOLDER), day.file_name());
    let fail = |error| failed(format!("can't write {}", folder.join(&name).display()), error);
    make_folders(vault, FOLDER).map_err(fail)?;
    match fs::read_to_string(folder.join(&name)) {
        // A power cut came between the file and its row.
        Ok(text) if text == signed.text => return Ok(()),
        Ok(_) => {
            let text = format!("{} is there already", folder.join(&name).display());
            return Err(Error::new(Kind::Conflict, text));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
    }
    store(&folder, &name, signed.text.as_bytes()).map_err(fail)
}

/// All days that are there, one after the other.
///
/// Errors: a folder or file that can't be read.
pub fn chain(vault: &Path, public: [u8; 32]) -> Result<Chain> {
    let mut chain = Chain::new(public);
    let fail = |path: &Path, error| failed(format!("can't read {}", path.display()), error);
    let folder = vault.join(FOLDER);
    for name in names(&folder).map_err(|error| fail(&folder, error))? {
        let path = folder.join(&name);
        let text = fs::read(&path).map_err(|error| fail(&path, error))?;
        chain.add(&name, &String::from_utf8_lossy(&text));
    }
    Ok(chain)
}

/// Compares the vault with its manifests and rows.
///
/// Errors: a folder or file that can't be read, or what `watch` gave.
pub fn verify(vault: &Path, public: [u8; 32], asked: &mut Asked<'_>) -> Result<Report> {
    let mut chain = chain(vault, public)?;
    let fail = |path: &Path, error| failed(format!("can't read {}", path.display()), error);
    chain.end(asked.newest);
    let mut folders: Vec<(PathBuf, usize)> = vec![(PathBuf::new(), 0)];
    let mut seen = 0;
    while let Some((below, depth)) = folders.pop() {
        let folder = vault.join(&below);
        for name in names(&folder).map_err(|error| fail(&folder, error))? {
            let own = [PARTS, FOLDER, super::tombstones::NAME];
            if depth == 0 && own.contains(&name.as_str()) {
                continue;
            }
            let path = below.join(&name);
            let whole = vault.join(&path);
            let data = whole.symlink_metadata().map_err(|error| fail(&whole, error))?;
            if data.is_dir() && depth < DEEPEST {
                folders.push((path, depth + 1));
                continue;
            }
            (asked.watch)(seen).map_err(|error| fail(&whole, error))?;
            let text = path.to_string_lossy();
            let hash = asked.hashes.then_some(|| hash_of(&whole, seen, asked.watch));
            // A link is nothing we made, whatever it is called.
            let size = if data.is_file() { data.len() } else { u64::MAX };
            chain.found(&text, size, || (asked.known)(&text), hash)?;
            seen += 1;
        }
    }
    Ok(chain.report(|path| (asked.gone)(path)))
}

fn hash_of(
    path: &Path,
    seen: u64,
    watch: &mut dyn FnMut(u64) -> io::Result<()>,
) -> Result<[u8; 32]> {
    let mut file: File = open_plain(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    let fail = |error| failed(format!("can't read {}", path.display()), error);
    loop {
        watch(seen).map_err(fail)?;
        match file.read(&mut piece).map_err(fail)? {
            0 => return Ok(hash.finalize().into()),
            count => hash.update(&piece[..count]),
        }
    }
}

/// Names in a folder, sorted; none of one that is not there.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // What a write that was cut off left.
        if !name.ends_with(".part") {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn store(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let part = folder.join(format!("{name}.part"));
    create(&part).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))?;
    fs::rename(&part, folder.join(name))?;
    flush_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::manifest::{Change, Line};

    fn sealed(vault: &Path, name: &str, bytes: &[u8]) -> Line {
        let path = vault.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        let sha256 = Sha256::digest(bytes).into();
        Line { change: Change::Sealed, path: name.into(), size: bytes.len() as u64, sha256 }
    }

    fn report(vault: &Path, newest: [u8; 32], hashes: bool) -> Report {
        let mut asked = Asked {
            newest: Some(newest),
            known: &mut |_| None,
            gone: &mut |_| false,
            hashes,
            watch: &mut |_| Ok(()),
        };
        verify(vault, signer(&vault.join("../keys")).unwrap().public(), &mut asked).unwrap()
    }

    /// A vault with three files in two days; the hash of the newest.
    fn vault() -> (tempfile::TempDir, PathBuf, [u8; 32]) {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("vault");
        let signer = signer(&folder.path().join("keys")).unwrap();
        let one = sealed(&vault, "2026/11/19/1.wav.age", b"one");
        let two = sealed(&vault, "2026/11/19/2.wav.age", b"two");
        let first = Day::first(20_776, vec![one, two]);
        let signed = first.signed(&signer);
        write(&vault, &first, &signed).unwrap();
        let three = sealed(&vault, "2026/11/20/3.wav.age", b"three");
        let second = Day { day: 20_777, previous: signed.hash, lines: vec![three] };
        let signed = second.signed(&signer);
        write(&vault, &second, &signed).unwrap();
        write(&vault, &second, &signed).unwrap();
        assert_eq!(
            write(&vault, &second, &first.signed(&signer)).unwrap_err().kind(),
            Kind::Conflict
        );
        (folder, vault, signed.hash)
    }

    #[test]
    fn a_vault_as_it_was_left_is_good() {
        let (_folder, vault, newest) = vault();
        fs::create_dir(vault.join(PARTS)).unwrap();
        fs::write(vault.join(PARTS).join("x.age.part"), b"half").unwrap();
        let found = report(&vault, newest, true);
        assert!(found.is_good(), "{found:?}");
        assert_eq!((found.days, found.good), (2, 3));
    }

    #[test]
    fn what_was_done_to_a_vault_is_found() {
        let (_folder, vault, newest) = vault();
        fs::write(vault.join("2026/11/19/1.wav.age"), b"eno").unwrap();
        fs::remove_file(vault.join("2026/11/19/2.wav.age")).unwrap();
        fs::write(vault.join("2026/11/20/4.wav.age"), b"four").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", vault.join("link")).unwrap();
        let found = report(&vault, newest, true);
        assert_eq!(found.changed.named, ["2026/11/19/1.wav.age"]);
        assert_eq!(found.missing.named, ["2026/11/19/2.wav.age"]);
        assert_eq!(found.extra.named, ["link", "2026/11/20/4.wav.age"]);
        let sizes = report(&vault, newest, false);
        assert_eq!((sizes.changed.count, sizes.missing.count), (0, 1));
    }

    #[test]
    fn a_file_replaced_by_a_link_is_changed_and_not_followed() {
        let (_folder, vault, newest) = vault();
        let path = vault.join("2026/11/19/1.wav.age");
        fs::rename(&path, vault.join("../elsewhere")).unwrap();
        std::os::unix::fs::symlink(vault.join("../elsewhere"), &path).unwrap();
        assert_eq!(report(&vault, newest, true).changed.count, 1);
    }

    #[test]
    fn a_manifest_that_is_gone_is_missed() {
        let (_folder, vault, newest) = vault();
        fs::remove_file(vault.join(FOLDER).join("2026-11-20.txt")).unwrap();
        let found = report(&vault, newest, true);
        assert_eq!(found.broken.len(), 1, "{found:?}");
        assert_eq!(found.extra.named, ["2026/11/20/3.wav.age"]);
    }

    #[test]
    fn a_walk_ends_when_asked() {
        let (_folder, vault, _) = vault();
        let mut asked = Asked {
            newest: None,
            known: &mut |_| None,
            gone: &mut |_| false,
            hashes: true,
            watch: &mut |_| Err(io::Error::other("stop")),
        };
        assert!(verify(&vault, [0; 32], &mut asked).is_err());
    }

    #[test]
    fn the_machines_key_is_made_once_and_for_us_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let first = signer(&keys).unwrap();
        assert_eq!(signer(&keys).unwrap().public(), first.public());
        let mode = keys.join(KEY).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(keys.join(KEY), "no key").unwrap();
        assert_eq!(signer(&keys).unwrap_err().kind(), Kind::Damaged);
    }
}
