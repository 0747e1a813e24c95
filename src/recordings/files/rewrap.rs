//! A sealed recording given to other keys: a new header before the same
//! payload. The file is written beside its place and moved over it, so that a
//! power cut leaves the old one or the new one, and both open with the keys of
//! a keyring that is being rotated.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::seal::{
    Hashing, PARTS, Step, Watch, create, flush_folder, make_folders, open_plain, part_of,
};
use crate::age::{self, CHUNK, Header, Identity, Opened, Recipient};
use crate::base::Result;
use crate::base::error::io as failed;
use crate::bytes::ReadAt;
use crate::recordings::keys::refused;

/// What the row is to say of the file now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrapped {
    pub size: u64,
    pub sha256: [u8; 32],
}

/// Gives the sealed file `name` of the vault to `recipients` in place of those
/// it had. Doing it twice does no harm, so that a rotation that was cut off
/// goes on with the rows that do not have the new keys yet; the row is
/// committed after each file.
///
/// Errors: [`Kind::Denied`](crate::base::Kind::Denied) if none of `identities`
/// opens it, `Damaged` if it is, and what the disk says; the file is then as it
/// was.
pub fn rewrap(
    vault: &Path,
    name: &str,
    identities: &[Identity],
    recipients: &[Recipient],
    watch: Watch<'_>,
) -> Result<Rewrapped> {
    let part = part_of(vault, name)?;
    let path = vault.join(name);
    let result = rewrapped(vault, &path, &part, identities, recipients, watch);
    if result.is_err() {
        // What can't be removed now is cleared at the next start.
        let _ = fs::remove_file(&part);
    }
    result
}

fn rewrapped(
    vault: &Path,
    path: &Path,
    part: &Path,
    identities: &[Identity],
    recipients: &[Recipient],
    watch: Watch<'_>,
) -> Result<Rewrapped> {
    let fail = |error| failed(format!("can't rewrap {}", path.display()), error);
    watch(Step::Open).map_err(fail)?;
    let source = open_plain(path)?;
    let header: Header = age::header(&mut OnDisk(&source)).map_err(refused)?;
    // A file that was cut off keeps its old header, by which it can be restored and compared.
    Opened::open(OnDisk(&source), identities).map_err(refused)?;
    let head = age::rewrapped(&header, identities, recipients).map_err(refused)?;
    watch(Step::Folders).and_then(|()| make_folders(vault, PARTS)).map_err(fail)?;
    watch(Step::Create).map_err(fail)?;
    let mut growing = Hashing::new(create(part).map_err(fail)?);
    copy(&source, header.payload_at(), &head, &mut growing, watch).map_err(fail)?;
    let (file, size, sha256) = growing.finish();
    if let Ok(time) = source.metadata().and_then(|data| data.modified()) {
        let _ = file.set_modified(time);
    }
    watch(Step::Flush).and_then(|()| file.sync_all()).map_err(fail)?;
    watch(Step::Rename).and_then(|()| fs::rename(part, path)).map_err(fail)?;
    watch(Step::FlushFolder)
        .and_then(|()| path.parent().map_or(Ok(()), flush_folder))
        .map_err(fail)?;
    Ok(Rewrapped { size, sha256 })
}

fn copy(
    source: &File,
    payload_at: u64,
    head: &[u8],
    out: &mut Hashing,
    watch: Watch<'_>,
) -> io::Result<()> {
    out.write_all(head)?;
    let mut piece = vec![0; CHUNK];
    let mut at = payload_at;
    loop {
        watch(Step::Write(at - payload_at))?;
        match source.read_at(&mut piece, at) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                out.write_all(&piece[..count])?;
                at += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

struct OnDisk<'a>(&'a File);

impl ReadAt for OnDisk<'_> {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        FileExt::read_at(self.0, buf, pos)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::age::Sealer;
    use crate::base::Kind;

    const NAME: &str = "2026/11/20/1.wav.age";

    fn sealed(vault: &Path, key: &Identity) -> Vec<u8> {
        let mut sealer = Sealer::new(Vec::new(), &[key.recipient()]).unwrap();
        sealer.write_all(&vec![7; CHUNK + 3]).unwrap();
        let bytes = sealer.finish().unwrap();
        let path = vault.join(NAME);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &bytes).unwrap();
        bytes
    }

    fn opens(vault: &Path, key: &Identity) -> bool {
        let bytes = fs::read(vault.join(NAME)).unwrap();
        let Ok(mut opened) = Opened::open(bytes, std::slice::from_ref(key)) else { return false };
        let mut plain = vec![0; CHUNK + 3];
        opened.read_at(0, &mut plain).unwrap() == plain.len() && plain == vec![7; CHUNK + 3]
    }

    #[test]
    fn a_file_goes_over_to_new_keys_and_a_second_time_does_no_harm() {
        let vault = tempfile::tempdir().unwrap();
        let [old, new, officer] = [(); 3].map(|()| Identity::generate().unwrap());
        sealed(vault.path(), &old);
        let ring = [new.clone(), old.clone()];
        let recipients = [new.recipient(), officer.recipient()];
        let first = rewrap(vault.path(), NAME, &ring, &recipients, &mut |_| Ok(())).unwrap();
        assert!(opens(vault.path(), &new) && opens(vault.path(), &officer));
        assert!(!opens(vault.path(), &old));
        let bytes = fs::read(vault.path().join(NAME)).unwrap();
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(first, Rewrapped { size: bytes.len() as u64, sha256: hash });
        rewrap(vault.path(), NAME, &ring, &recipients, &mut |_| Ok(())).unwrap();
        assert!(opens(vault.path(), &new));
        assert_eq!(fs::read_dir(vault.path().join(PARTS)).unwrap().count(), 0);
    }

    #[test]
    fn stopped_at_any_step_the_file_opens_with_the_ring_and_the_rotation_goes_on() {
        let [old, new] = [(); 2].map(|()| Identity::generate().unwrap());
        let ring = [new.clone(), old.clone()];
        for step in 0.. {
            let vault = tempfile::tempdir().unwrap();
            sealed(vault.path(), &old);
            let (mut count, mut last) = (0, Step::Open);
            let result = rewrap(vault.path(), NAME, &ring, &[new.recipient()], &mut |now| {
                (count, last) = (count + 1, now);
                if count > step { Err(nix::errno::Errno::ENOSPC.into()) } else { Ok(()) }
            });
            let Err(error) = result else {
                assert!(step > 7, "{step} steps");
                return;
            };
            assert_eq!(error.kind(), Kind::Exhausted);
            // Only the flush of the folder comes after the move.
            assert_eq!(opens(vault.path(), &new), last == Step::FlushFolder, "{last:?}");
            assert_eq!(opens(vault.path(), &old), last != Step::FlushFolder, "{last:?}");
            assert_eq!(fs::read_dir(vault.path().join(PARTS)).map_or(0, Iterator::count), 0);
            rewrap(vault.path(), NAME, &ring, &[new.recipient()], &mut |_| Ok(())).unwrap();
            assert!(opens(vault.path(), &new));
        }
    }

    #[test]
    fn a_file_of_another_key_or_cut_off_stays_as_it_is() {
        let vault = tempfile::tempdir().unwrap();
        let [old, new] = [(); 2].map(|()| Identity::generate().unwrap());
        let bytes = sealed(vault.path(), &old);
        let path = vault.path().join(NAME);
        let to = [new.recipient()];
        let error = rewrap(vault.path(), NAME, &[new], &to, &mut |_| Ok(())).unwrap_err();
        assert_eq!(error.kind(), Kind::Denied);
        assert!(fs::read(&path).unwrap() == bytes);
        fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let error = rewrap(vault.path(), NAME, &[old], &to, &mut |_| Ok(())).unwrap_err();
        assert_eq!(error.kind(), Kind::Damaged);
        assert!(fs::read(&path).unwrap() == bytes[..bytes.len() - 1]);
    }
}
