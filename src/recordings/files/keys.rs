//! The files of the box's own key.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::seal::{create, flush_folder};
use crate::base::Result;
use crate::base::error::io;
use crate::recordings::keys::Stored;

/// The secret, readable by us only. What `age -d -i` takes.
pub const SECRET: &str = "recordings.key";
/// Whom recordings are sealed for.
pub const PUBLIC: &str = "recordings.pub";

/// What is stored in the folder, `None` when there is no key yet.
///
/// Errors: a file that is there and can't be read.
pub fn read(folder: &Path) -> Result<Option<Stored>> {
    let secret = match fs::read(folder.join(SECRET)) {
        Ok(secret) => Zeroizing::new(secret),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(io(format!("can't read {}", folder.join(SECRET).display()), error));
        }
    };
    // Needed only while the key is locked; then its absence shows as a key nobody seals for.
    let public = fs::read_to_string(folder.join(PUBLIC)).unwrap_or_default();
    Ok(Some(Stored { secret, public }))
}

/// Stores a key so that a power cut leaves the old one or the new one. Only
/// after this returned may anything be sealed to it.
pub fn write(folder: &Path, stored: &Stored) -> Result<()> {
    let fail = |error| io(format!("can't store the key in {}", folder.display()), error);
    fs::create_dir_all(folder).map_err(fail)?;
    // The secret first: it holds the old keys too, so that it opens whatever the other one names.
    for (name, bytes) in [(SECRET, stored.secret.as_slice()), (PUBLIC, stored.public.as_bytes())] {
        let part = folder.join(format!("{name}.part"));
        create(&part)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&part, folder.join(name)))
            .and_then(|()| flush_folder(folder))
            .map_err(fail)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::recordings::keys::Keyring;

    #[test]
    fn a_key_is_stored_for_us_only_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        assert!(read(&keys).unwrap().is_none());
        let empty = Keyring::new(None, Vec::new(), Vec::new()).unwrap();
        let (stored, keyring) = empty.created(None, 0).unwrap();
        write(&keys, &stored).unwrap();
        let again = Keyring::new(read(&keys).unwrap().as_ref(), Vec::new(), Vec::new()).unwrap();
        assert_eq!(again.fingerprints(), keyring.fingerprints());
        let mode = keys.join(SECRET).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let (stored, rotated) = again.rotated(None, 0).unwrap();
        write(&keys, &stored).unwrap();
        let again = Keyring::new(read(&keys).unwrap().as_ref(), Vec::new(), Vec::new()).unwrap();
        assert_eq!(again.own(), rotated.own());
        assert_eq!(fs::read_dir(&keys).unwrap().count(), 2);
    }

    #[test]
    fn a_locked_key_without_its_public_half_opens_and_then_seals() {
        let folder = tempfile::tempdir().unwrap();
        let empty = Keyring::new(None, Vec::new(), Vec::new()).unwrap();
        let (stored, keyring) = empty.created(Some("twelve or more"), 0).unwrap();
        write(folder.path(), &stored).unwrap();
        fs::remove_file(folder.path().join(PUBLIC)).unwrap();
        let stored = read(folder.path()).unwrap();
        let mut again = Keyring::new(stored.as_ref(), Vec::new(), Vec::new()).unwrap();
        assert!(again.recipients().is_empty());
        again.unlock("twelve or more").unwrap();
        assert_eq!(again.fingerprints(), keyring.fingerprints());
    }
}
