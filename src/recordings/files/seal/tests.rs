//! Sealing stopped everywhere: by faults of the disk, by power cuts, by what
//! somebody else does to the files meanwhile.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::age::{Identity, Opened};
use crate::bytes::ReadAt;

const NAME: &str = "2026/11/20/1763640000.42.wav.age";

/// A box's folders, a recording of three pieces in the spool, and a key.
struct World {
    folder: tempfile::TempDir,
    identity: Identity,
}

impl World {
    fn new() -> Self {
        let world =
            World { folder: tempfile::tempdir().unwrap(), identity: Identity::generate().unwrap() };
        fs::create_dir(world.path("spool")).unwrap();
        fs::write(world.plain(), sound()).unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn plain(&self) -> PathBuf {
        self.path("spool/1763640000.42.wav")
    }

    fn name(&self) -> PathBuf {
        self.path("vault").join(NAME)
    }

    fn seal(&self, watch: Watch<'_>) -> Result<Sealed> {
        self.seal_tapped(&mut |_| {}, watch, false)
    }

    fn seal_tapped(
        &self,
        tap: &mut dyn FnMut(&[u8]),
        watch: Watch<'_>,
        replace: bool,
    ) -> Result<Sealed> {
        let order = Order {
            plain: &self.plain(),
            vault: &self.path("vault"),
            name: NAME,
            recipients: &[self.identity.recipient()],
            replace,
        };
        seal(&order, tap, watch)
    }

    fn plain_is_whole(&self) -> bool {
        fs::read(self.plain()).is_ok_and(|bytes| bytes == sound())
    }

    fn sealed_is_whole(&self) -> bool {
        fs::read(self.name()).is_ok_and(|bytes| self.opens(bytes))
    }

    fn opens(&self, bytes: Vec<u8>) -> bool {
        let Ok(mut opened) = Opened::open(bytes, std::slice::from_ref(&self.identity)) else {
            return false;
        };
        let mut plain = vec![0; opened.len().unwrap() as usize];
        opened.read_at(0, &mut plain).is_ok() && plain == sound()
    }

    fn parts(&self) -> usize {
        fs::read_dir(self.path("vault/parts")).map_or(0, Iterator::count)
    }

    /// The same as it is now, in folders of its own.
    fn copy(&self) -> World {
        let copy = World { folder: tempfile::tempdir().unwrap(), identity: self.identity.clone() };
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&to).unwrap();
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn sound() -> Vec<u8> {
    (0..2 * CHUNK as u32 + 1000).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn go(_: Step) -> io::Result<()> {
    Ok(())
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[test]
fn a_recording_is_sealed_in_one_pass_and_the_plain_one_goes_last() {
    let world = World::new();
    let (mut steps, mut heard) = (Vec::new(), Vec::new());
    let sealed = world
        .seal_tapped(
            &mut |piece| {
                assert!(piece.len() <= CHUNK, "memory does not grow with the recording");
                heard.extend_from_slice(piece);
            },
            &mut |step| {
                steps.push(step);
                Ok(())
            },
            false,
        )
        .unwrap();
    assert!(heard == sound(), "the tap hears every byte once and in order");
    assert!(world.plain_is_whole() && world.sealed_is_whole());
    assert_eq!((sealed.plain_size, sealed.plain_sha256), (sound().len() as u64, sha256(&sound())));
    let file = fs::read(world.name()).unwrap();
    assert_eq!((sealed.size, sealed.sha256), (file.len() as u64, sha256(&file)));
    use Step::{Create, Flush, FlushFolder, Folders, Open, Rename, Write};
    steps.retain(|step| !matches!(step, Write(1..)));
    assert_eq!(steps, [Open, Folders, Create, Write(0), Flush, Rename, FlushFolder]);
    sealed.remove_plain(&mut go).unwrap();
    assert!(!world.plain().exists() && world.sealed_is_whole());
    sealed.remove_plain(&mut go).unwrap();
    assert_eq!(world.parts(), 0);
}

#[test]
fn nobody_else_reads_what_is_sealed_or_being_sealed() {
    let world = World::new();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let mut growing = None;
    world
        .seal(&mut |step| {
            if step == Step::Flush {
                let part = fs::read_dir(world.path("vault/parts")).unwrap().next().unwrap();
                growing = Some(mode(&part.unwrap().path()));
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(growing, Some(0o600));
    assert_eq!(mode(&world.name()), 0o600);
    for folder in ["vault", "vault/2026", "vault/2026/11/20", "vault/parts"] {
        assert_eq!(mode(&world.path(folder)), 0o700, "{folder}");
    }
}

/// A full disk and a broken one at each step: the plain file is as it was, and
/// nothing else is left.
#[test]
fn a_fault_at_any_step_leaves_the_plain_file_and_nothing_else() {
    for (fault, kind) in
        [(nix::errno::Errno::ENOSPC, Kind::Exhausted), (nix::errno::Errno::EIO, Kind::Unavailable)]
    {
        let mut step = 0;
        loop {
            let world = World::new();
            let (mut count, mut at) = (0, None);
            let result = world.seal(&mut |now| {
                count += 1;
                if count > step {
                    at = Some(now);
                    return Err(fault.into());
                }
                Ok(())
            });
            let Err(error) = result else {
                assert!(step >= 9, "{step} steps");
                break;
            };
            assert_eq!(error.kind(), kind, "{at:?}");
            assert!(world.plain_is_whole(), "{at:?}");
            assert!(!world.name().exists(), "{at:?}");
            assert_eq!(world.parts(), 0, "{at:?}");
            // And once the disk works again, so does sealing.
            let sealed = world.seal(&mut go).unwrap();
            sealed.remove_plain(&mut go).unwrap();
            assert!(world.sealed_is_whole());
            step += 1;
        }
    }
}

#[test]
fn a_fault_at_removing_leaves_both() {
    let world = World::new();
    let sealed = world.seal(&mut go).unwrap();
    assert!(sealed.remove_plain(&mut |_| Err(nix::errno::Errno::EIO.into())).is_err());
    assert!(world.plain_is_whole() && world.sealed_is_whole());
}

/// The disk as a power cut may leave it: at each step as it is, with what was
/// not flushed lost in part or whole, and with names that were not flushed as
/// before and as after.
#[test]
fn a_power_cut_at_any_step_leaves_the_plain_file_or_a_whole_sealed_one() {
    let world = World::new();
    // Each with whether the row was committed.
    let mut cuts: Vec<(String, World, bool)> = Vec::new();
    let sealed = world
        .seal(&mut |step| {
            let now = world.copy();
            let part = fs::read_dir(now.path("vault/parts"))
                .ok()
                .and_then(|mut parts| parts.next().map(|part| part.unwrap().path()));
            if let Some(part) = part
                && !matches!(step, Step::Rename)
            {
                for lost in [1, 2] {
                    let cut = now.copy();
                    let part =
                        cut.folder.path().join(part.strip_prefix(now.folder.path()).unwrap());
                    let len = part.metadata().unwrap().len();
                    let keep = if lost == 1 { len / 2 } else { 0 };
                    File::options().write(true).open(part).unwrap().set_len(keep).unwrap();
                    cuts.push((format!("{step:?}, unflushed bytes lost {lost}/2"), cut, false));
                }
            }
            if step == Step::FlushFolder {
                let cut = now.copy();
                fs::rename(cut.name(), cut.path("vault/parts/old.age.part")).unwrap();
                cuts.push((format!("{step:?}, the name lost"), cut, false));
                let cut = now.copy();
                fs::remove_file(cut.name()).unwrap();
                cuts.push((format!("{step:?}, the file lost"), cut, false));
            }
            cuts.push((format!("{step:?}"), now, false));
            Ok(())
        })
        .unwrap();
    cuts.push(("before the commit".into(), world.copy(), false));
    cuts.push(("after the commit".into(), world.copy(), true));
    sealed.remove_plain(&mut go).unwrap();
    cuts.push(("after removing".into(), world.copy(), true));
    // A removal is not flushed: the name may be back.
    let back = world.copy();
    fs::write(back.plain(), sound()).unwrap();
    cuts.push(("after removing, the removal lost".into(), back, true));
    assert!(cuts.len() > 20, "{} cuts", cuts.len());

    for (moment, world, committed) in cuts {
        assert!(world.plain_is_whole() || world.sealed_is_whole(), "{moment}");
        // The next start.
        clear_leftovers(&world.path("vault")).unwrap();
        assert_eq!(world.parts(), 0, "{moment}");
        if committed {
            let whole = settle(&world.plain(), &sealed.plain_sha256, &world.name(), &sealed.sha256)
                .unwrap();
            assert_eq!(whole, !moment.starts_with("after removing") || moment.ends_with("lost"));
        } else {
            let again = world.seal_tapped(&mut |_| {}, &mut go, true).unwrap();
            again.remove_plain(&mut go).unwrap();
        }
        assert!(!world.plain().exists() && world.sealed_is_whole(), "{moment}");
    }
}

#[test]
fn a_plain_file_stays_when_the_sealed_one_is_not_what_the_row_says() {
    let world = World::new();
    let sealed = world.seal(&mut go).unwrap();
    let mut bytes = fs::read(world.name()).unwrap();
    bytes[5000] ^= 1;
    fs::write(world.name(), &bytes).unwrap();
    let settled = settle(&world.plain(), &sealed.plain_sha256, &world.name(), &sealed.sha256);
    assert!(!settled.unwrap());
    assert!(world.plain_is_whole());
    fs::remove_file(world.name()).unwrap();
    let settled = settle(&world.plain(), &sealed.plain_sha256, &world.name(), &sealed.sha256);
    assert!(!settled.unwrap());
    assert!(world.plain_is_whole());
}

#[test]
fn a_recording_that_is_written_on_is_not_given_a_name() {
    let world = World::new();
    let error = world.seal_tapped(
        &mut |_| {
            let mut file = File::options().append(true).open(world.plain()).unwrap();
            file.write_all(b"more").unwrap();
        },
        &mut go,
        false,
    );
    assert_eq!(error.unwrap_err().kind(), Kind::Conflict);
    assert!(!world.name().exists());
    assert_eq!(world.parts(), 0);
    assert!(fs::read(world.plain()).unwrap().starts_with(&sound()));
}

#[test]
fn a_recording_that_changed_after_sealing_is_not_removed() {
    let world = World::new();
    let sealed = world.seal(&mut go).unwrap();
    File::options().append(true).open(world.plain()).unwrap().write_all(b"more").unwrap();
    assert_eq!(sealed.remove_plain(&mut go).unwrap_err().kind(), Kind::Conflict);
    assert!(fs::read(world.plain()).unwrap().starts_with(&sound()));

    // Another file under the same name.
    let world = World::new();
    let sealed = world.seal(&mut go).unwrap();
    fs::remove_file(world.plain()).unwrap();
    fs::write(world.plain(), b"another call").unwrap();
    assert_eq!(sealed.remove_plain(&mut go).unwrap_err().kind(), Kind::Conflict);
    assert_eq!(fs::read(world.plain()).unwrap(), b"another call");
}

#[test]
fn links_and_pipes_are_not_followed_and_not_waited_for() {
    let world = World::new();
    let real = world.path("secret");
    fs::rename(world.plain(), &real).unwrap();
    symlink(&real, world.plain()).unwrap();
    let error = world.seal(&mut go).unwrap_err();
    assert_eq!(error.kind(), Kind::Denied, "{}", error.chain());
    fs::remove_file(world.plain()).unwrap();
    nix::unistd::mkfifo(&world.plain(), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert_eq!(world.seal(&mut go).unwrap_err().kind(), Kind::Denied);
    fs::remove_file(world.plain()).unwrap();
    fs::create_dir(world.plain()).unwrap();
    assert_eq!(world.seal(&mut go).unwrap_err().kind(), Kind::Denied);
    fs::remove_dir(world.plain()).unwrap();
    assert_eq!(world.seal(&mut go).unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn a_link_in_the_vault_is_no_way_out_of_it() {
    let world = World::new();
    fs::create_dir_all(world.path("elsewhere")).unwrap();
    fs::create_dir_all(world.path("vault/2026")).unwrap();
    symlink(world.path("elsewhere"), world.path("vault/2026/11")).unwrap();
    assert_eq!(world.seal(&mut go).unwrap_err().kind(), Kind::Denied);
    assert_eq!(fs::read_dir(world.path("elsewhere")).unwrap().count(), 0);
    assert!(world.plain_is_whole());
}

#[test]
fn a_name_that_is_taken_is_replaced_only_when_asked() {
    let world = World::new();
    world.seal(&mut go).unwrap();
    let before = fs::read(world.name()).unwrap();
    assert_eq!(world.seal(&mut go).unwrap_err().kind(), Kind::Conflict);
    assert!(fs::read(world.name()).unwrap() == before);
    world.seal_tapped(&mut |_| {}, &mut go, true).unwrap();
    assert!(fs::read(world.name()).unwrap() != before && world.sealed_is_whole());
}

#[test]
fn a_name_stays_below_the_vault() {
    for name in ["../a.age", "/a.age", "a/../b.age", "a.wav", "", "a\0.age", "parts/a.age"] {
        assert_eq!(
            part_of(Path::new("/vault"), name).unwrap_err().kind(),
            Kind::Invalid,
            "{name:?}"
        );
    }
    let part = part_of(Path::new("/vault"), "2026/11/20/a.wav.age").unwrap();
    assert_eq!(part, Path::new("/vault/parts/2026_11_20_a.wav.age.part"));
}

#[test]
fn without_a_key_nothing_is_written() {
    let world = World::new();
    let order = Order {
        plain: &world.plain(),
        vault: &world.path("vault"),
        name: NAME,
        recipients: &[],
        replace: false,
    };
    assert!(seal(&order, &mut |_| {}, &mut go).is_err());
    assert!(world.plain_is_whole() && !world.name().exists());
    assert_eq!(world.parts(), 0);
}

#[test]
fn an_empty_recording_seals_too() {
    let world = World::new();
    fs::write(world.plain(), b"").unwrap();
    let sealed = world.seal(&mut go).unwrap();
    assert_eq!((sealed.plain_size, sealed.plain_sha256), (0, sha256(b"")));
    let mut opened =
        Opened::open(fs::read(world.name()).unwrap(), std::slice::from_ref(&world.identity))
            .unwrap();
    assert_eq!(opened.len().unwrap(), 0);
}
