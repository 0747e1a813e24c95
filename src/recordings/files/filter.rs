//! Recordings another program has encrypted, heard through a program that opens
//! them: it gets the file's path as its last argument and writes the sound to its
//! standard output. Nothing is stored in the clear.
//!
//! No shell, no environment but a path for programs, lowest priority, a limit of
//! time and of bytes, at most so many at once. What fits into memory is kept there
//! for the ranges of its listener, and wiped when it is put away; the rest is
//! heard as it comes.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{AccessFlags, Pid, access};
use zeroize::Zeroizing;

use crate::base::{Error, Kind, Result};
use crate::bytes::ReadAt;

/// What is kept in memory, of all listeners together. Longer sound has no ranges.
const MOST_KEPT: usize = 32 << 20;
/// How long a listener waits for the whole before it is sent as it comes: a
/// blocking thread waits with them.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long clear sound stays in memory after it was last asked for.
const IDLE: Duration = Duration::from_secs(300);
/// How long a program may take to end when its output has ended.
const LAST_BREATH: Duration = Duration::from_secs(5);
/// Where a script finds its programs.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// Gives a program the lowest priority.
const NICE: [&str; 2] = ["/usr/bin/nice", "/bin/nice"];
/// Endings of encrypted files, behind that of the sound.
pub const ENDINGS: [&str; 4] = [".gpg", ".pgp", ".age", ".enc"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The program by its whole path, and what it gets before the file's path.
    pub program: PathBuf,
    pub arguments: Vec<String>,
    /// Names it opens: an ending (`.gpg`), or a pattern with `*` for any letters.
    pub names: Vec<String>,
    pub time: Duration,
    /// Bytes of sound.
    pub most: u64,
    /// Programs at once.
    pub together: usize,
}

impl Settings {
    /// The limits of the specification (7.1) for a program.
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            arguments: Vec::new(),
            names: ENDINGS.map(str::to_owned).to_vec(),
            time: Duration::from_secs(600),
            most: 2 << 30,
            together: 2,
        }
    }
}

/// Whether a name is one of `names`: endings, or patterns with `*`. Letters'
/// case counts in patterns only.
pub fn is_named(name: &str, names: &[String]) -> bool {
    names.iter().any(|wanted| {
        if wanted.contains('*') {
            return fits(name.as_bytes(), wanted.as_bytes());
        }
        let stem = name.len().checked_sub(wanted.len()).filter(|at| *at > 0);
        stem.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(wanted))
    })
}

/// A name against a pattern, in time of their product.
fn fits(name: &[u8], pattern: &[u8]) -> bool {
    let (mut n, mut p) = (0, 0);
    // Where the last star stands, and which letters it has taken.
    let mut star = None;
    while n < name.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, n));
            p += 1;
        } else if pattern.get(p) == Some(&name[n]) {
            (n, p) = (n + 1, p + 1);
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            (n, p) = (taken + 1, at + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|letter| *letter == b'*')
}

/// Clear sound.
pub enum Clear {
    /// All of it, so that it can be probed and read anywhere.
    Whole(Kept),
    /// As it comes; an error when the program fails, and then what came before is
    /// not to be trusted to be all.
    Coming(Box<dyn Read + Send>),
}

/// Sound in memory, wiped when nobody listens to it any more.
#[derive(Clone)]
pub struct Kept(Arc<Zeroizing<Vec<u8>>>);

impl ReadAt for Kept {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(pos).unwrap_or(usize::MAX);
        let rest = self.0.get(from..).unwrap_or(&[]);
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

struct Shelf {
    key: String,
    sound: Kept,
    used: Instant,
}

/// The program and what it has opened. Shared by all who listen.
pub struct Filter {
    settings: Settings,
    running: Arc<AtomicUsize>,
    /// Held for a look-up only.
    kept: Mutex<Vec<Shelf>>,
}

impl Filter {
    /// Errors: a program that is not there, is not to be run by us, or is not
    /// named by its whole path.
    pub fn new(settings: Settings) -> Result<Self> {
        let program = &settings.program;
        let fault = |what: &str| {
            let message = format!("{} {what}; recordings stay locked", program.display());
            Error::new(Kind::Unavailable, message)
        };
        if !program.is_absolute() {
            return Err(fault("is not named by its whole path"));
        }
        if !program.is_file() || access(program, AccessFlags::X_OK).is_err() {
            return Err(fault("is no program that can be run"));
        }
        Ok(Self { settings, running: Arc::default(), kept: Mutex::default() })
    }

    /// Whether it opens files of this name.
    pub fn takes(&self, name: &str) -> bool {
        is_named(name, &self.settings.names)
    }

    /// Opens a file. `key` says for whom it is kept (a link): the same key within
    /// five minutes runs no program again. Blocks for at most five seconds.
    ///
    /// **`file` must have been found beneath a root.** Errors: `Busy` when too many
    /// run, `Damaged` when the program gave nothing or failed.
    pub fn open(&self, key: &str, file: &Path) -> Result<Clear> {
        if let Some(sound) = self.again(key) {
            return Ok(Clear::Whole(sound));
        }
        let mut running = self.start(file)?;
        let mut begun = Zeroizing::new(Vec::new());
        let until = Instant::now() + PATIENCE;
        let mut piece = Zeroizing::new(vec![0; 64 * 1024]);
        loop {
            match running.read_until(&mut piece, until) {
                Ok(Some(0)) => break,
                Ok(Some(count)) => put(&mut begun, &piece[..count]),
                Ok(None) => return Ok(coming(begun, running)),
                Err(fault) => {
                    let message = "the program that opens this recording failed";
                    return Err(Error::caused(Kind::Damaged, message, fault));
                }
            }
            if begun.len() > MOST_KEPT {
                return Ok(coming(begun, running));
            }
        }
        let sound = Kept(Arc::new(begun));
        self.keep(key, &sound);
        Ok(Clear::Whole(sound))
    }

    /// Wipes what nobody has asked for lately.
    pub fn tidy(&self) {
        let now = Instant::now();
        self.locked().retain(|shelf| now.saturating_duration_since(shelf.used) < IDLE);
    }

    fn again(&self, key: &str) -> Option<Kept> {
        self.tidy();
        let mut kept = self.locked();
        let shelf = kept.iter_mut().find(|shelf| shelf.key == key)?;
        shelf.used = Instant::now();
        Some(shelf.sound.clone())
    }

    /// Puts those longest unused away until there is room.
    fn keep(&self, key: &str, sound: &Kept) {
        let mut kept = self.locked();
        kept.retain(|shelf| shelf.key != key);
        kept.sort_by_key(|shelf| shelf.used);
        let mut room = MOST_KEPT.saturating_sub(sound.0.len());
        let mut stay = Vec::new();
        for shelf in kept.drain(..).rev() {
            match room.checked_sub(shelf.sound.0.len()) {
                Some(left) => {
                    room = left;
                    stay.push(shelf);
                }
                None => room = 0,
            }
        }
        stay.push(Shelf { key: key.to_owned(), sound: sound.clone(), used: Instant::now() });
        *kept = stay;
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<Shelf>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self, file: &Path) -> Result<Running> {
        if !file.is_absolute() {
            // It might be taken for an option.
            return Err(Error::new(Kind::Internal, "a recording without its whole path"));
        }
        let place = Place::take(&self.running, self.settings.together).ok_or_else(|| {
            Error::new(Kind::Busy, "other recordings are being opened; try again in a moment")
        })?;
        let spawned = spawn(&self.settings, file).map_err(|fault| {
            Error::caused(
                Kind::Unavailable,
                "the program that opens recordings did not start",
                fault,
            )
        })?;
        Ok(Running {
            child: spawned.0,
            output: spawned.1,
            deadline: Instant::now() + self.settings.time,
            left: self.settings.most,
            taken: 0,
            ended: false,
            _place: place,
        })
    }
}

/// One of the places of programs that run, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(running: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        running
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| (now < most).then(|| now + 1))
            .ok()
            .map(|_| Self(Arc::clone(running)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn spawn(settings: &Settings, file: &Path) -> io::Result<(Child, ChildStdout)> {
    let run = |mut command: Command| {
        command
            .args(&settings.arguments)
            .arg(file)
            .env_clear()
            .env("PATH", PATH)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // So that what it starts ends with it.
            .process_group(0)
            .spawn()
    };
    // `nice` becomes the program, so its number stays. A box without it does without.
    let gentle = NICE.map(Path::new).into_iter().find(|nice| nice.is_file()).map(|nice| {
        let mut command = Command::new(nice);
        command.args(["-n", "19"]).arg(&settings.program);
        command
    });
    let child = run(gentle.unwrap_or_else(|| Command::new(&settings.program)));
    let mut child = child?;
    match child.stdout.take() {
        Some(output) => Ok((child, output)),
        None => Err(io::Error::other("it has no output")),
    }
}

/// Grows by half a megabyte at least, and wipes what it leaves.
fn put(begun: &mut Zeroizing<Vec<u8>>, piece: &[u8]) {
    if begun.capacity() - begun.len() < piece.len() {
        let room = begun.len() + begun.len().max(512 * 1024);
        let mut wider = Zeroizing::new(Vec::with_capacity(room));
        wider.extend_from_slice(begun);
        *begun = wider;
    }
    begun.extend_from_slice(piece);
}

fn coming(begun: Zeroizing<Vec<u8>>, running: Running) -> Clear {
    Clear::Coming(Box::new(Begun { begun, at: 0 }.chain(running)))
}

/// What came before it was known to be too much, freed when it has been read.
struct Begun {
    begun: Zeroizing<Vec<u8>>,
    at: usize,
}

impl Read for Begun {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let rest = self.begun.get(self.at..).unwrap_or(&[]);
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        if count == 0 {
            self.begun = Zeroizing::new(Vec::new());
            self.at = 0;
        }
        Ok(count)
    }
}

/// A program at work. Dropped, it is killed with all it has started.
struct Running {
    child: Child,
    output: ChildStdout,
    deadline: Instant,
    left: u64,
    taken: u64,
    ended: bool,
    _place: Place,
}

impl Running {
    /// None when `until` came first; 0 at the end of a program that ended well.
    fn read_until(&mut self, buf: &mut [u8], until: Instant) -> io::Result<Option<usize>> {
        if self.ended {
            return Ok(Some(0));
        }
        let until = until.min(self.deadline);
        if !self.ready(until)? {
            if until < self.deadline {
                return Ok(None);
            }
            return Err(io::Error::new(io::ErrorKind::TimedOut, "it took too long"));
        }
        let count = self.output.read(buf)?;
        if count == 0 {
            self.end()?;
            return Ok(Some(0));
        }
        self.taken += count as u64;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::FileTooLarge, "it gave more than a recording may have")
        })?;
        Ok(Some(count))
    }

    /// Whether there is something to read before `until`.
    fn ready(&self, until: Instant) -> io::Result<bool> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            // Rounded up, so that it does not turn without sleeping at the end.
            let millis = PollTimeout::try_from(left + Duration::from_millis(1));
            let mut output = [PollFd::new(self.output.as_fd(), PollFlags::POLLIN)];
            match poll(&mut output, millis.unwrap_or(PollTimeout::MAX)) {
                Ok(0) if left.is_zero() => return Ok(false),
                Ok(0) | Err(nix::errno::Errno::EINTR) => {}
                Ok(_) => return Ok(true),
                Err(fault) => return Err(fault.into()),
            }
        }
    }

    /// Its output has ended; did it end well?
    fn end(&mut self) -> io::Result<()> {
        let until = Instant::now() + LAST_BREATH;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if Instant::now() >= until {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "it did not end"));
            }
            let _ = poll(&mut [], PollTimeout::from(10u8));
        };
        if !status.success() {
            let how = match (status.code(), status.signal()) {
                (Some(code), _) => format!("it ended with {code}"),
                (None, signal) => format!("it was ended by signal {}", signal.unwrap_or(0)),
            };
            return Err(io::Error::other(how));
        }
        if self.taken == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it gave nothing"));
        }
        self.ended = true;
        Ok(())
    }
}

impl Read for Running {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let until = self.deadline;
        // The deadline gives an error, so there is always a count.
        self.read_until(buf, until).map(Option::unwrap_or_default)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id())
            && !matches!(self.child.try_wait(), Ok(Some(_)))
        {
            let _ = killpg(Pid::from_raw(id), Signal::SIGKILL);
        }
        // Killed or ended: it takes no time.
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A filter whose program is a script; `$1` is the file.
    fn filter(script: &str) -> Filter {
        Filter::new(settings(script)).unwrap()
    }

    fn settings(script: &str) -> Settings {
        let arguments = ["-c", script, "filter"].map(str::to_owned).to_vec();
        Settings { arguments, ..Settings::new(PathBuf::from("/bin/sh")) }
    }

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::Builder::new().suffix(" a'$(x).wav.enc").tempfile().unwrap();
        io::Write::write_all(&mut file, bytes).unwrap();
        file
    }

    fn all(clear: Clear) -> Vec<u8> {
        match clear {
            Clear::Whole(kept) => kept.0.to_vec(),
            Clear::Coming(mut coming) => {
                let mut bytes = Vec::new();
                coming.read_to_end(&mut bytes).unwrap();
                bytes
            }
        }
    }

    fn why(result: Result<Clear>) -> (Kind, String) {
        let error = result.err().unwrap();
        (error.kind(), error.chain())
    }

    #[test]
    fn the_program_gets_the_path_and_no_environment_and_no_shell_reads_it() {
        let secret = file(b"uryyb");
        let filter = filter("tr a-z n-za-m < \"$1\"; echo; env; nice; echo \"$#\"");
        let said = String::from_utf8(all(filter.open("k", secret.path()).unwrap())).unwrap();
        let mut lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.remove(0), "hello");
        // The shell itself adds these two or three.
        lines.retain(|line| {
            !["PWD=", "SHLVL=", "_=", "OLDPWD="].iter().any(|own| line.starts_with(own))
        });
        assert_eq!(lines, [&format!("PATH={PATH}"), "19", "1"]);
    }

    #[test]
    fn one_key_runs_the_program_once_and_another_again() {
        let counted = file(b"");
        let filter = filter("echo x >> \"$1\"; cat \"$1\"");
        for (key, expected) in [("a", "x\n"), ("a", "x\n"), ("b", "x\nx\n")] {
            assert_eq!(all(filter.open(key, counted.path()).unwrap()), expected.as_bytes());
        }
        assert_eq!(filter.running.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn what_is_kept_has_a_bound_and_the_longest_unused_goes_first() {
        let filter = filter("exit 1");
        let sound = |size: usize| Kept(Arc::new(Zeroizing::new(vec![0; size])));
        filter.keep("a", &sound(MOST_KEPT / 2));
        filter.keep("b", &sound(MOST_KEPT / 2));
        assert!(filter.again("a").is_some() && filter.again("b").is_some());
        filter.again("a");
        filter.keep("c", &sound(1000));
        assert!(filter.again("b").is_none() && filter.again("a").is_some());
        filter.keep("d", &sound(MOST_KEPT));
        assert_eq!(filter.locked().len(), 1);
    }

    #[test]
    fn what_does_not_fit_into_memory_is_heard_as_it_comes() {
        let empty = file(b"");
        let size = MOST_KEPT + 1_000_000;
        let filter = filter(&format!("head -c {size} /dev/zero"));
        let clear = filter.open("k", empty.path()).unwrap();
        assert!(matches!(clear, Clear::Coming(_)));
        assert_eq!(filter.running.load(Ordering::SeqCst), 1);
        assert_eq!(all(clear).len(), size);
        assert_eq!(filter.running.load(Ordering::SeqCst), 0);
        assert!(filter.locked().is_empty());
    }

    #[test]
    fn a_program_that_fails_gives_nothing() {
        let empty = file(b"");
        for (script, reason) in [
            ("echo sound; exit 3", "it ended with 3"),
            ("exit 0", "it gave nothing"),
            ("echo sound; kill -9 $$", "it was ended by signal 9"),
        ] {
            let (kind, said) = why(filter(script).open("k", empty.path()));
            assert!(kind == Kind::Damaged && said.contains(reason), "{said}");
        }
        let failing = format!("head -c {} /dev/zero; exit 1", MOST_KEPT + 1_000_000);
        let Clear::Coming(mut coming) = filter(&failing).open("k", empty.path()).unwrap() else {
            panic!("it fits");
        };
        assert!(coming.read_to_end(&mut Vec::new()).unwrap_err().to_string().contains("with 1"));
    }

    #[test]
    fn limits_of_time_and_bytes_and_programs_hold() {
        let empty = file(b"");
        let short = Settings { time: Duration::ZERO, ..settings("exec sleep 1000") };
        let (_, said) = why(Filter::new(short).unwrap().open("k", empty.path()));
        assert!(said.contains("it took too long"), "{said}");
        let little = Settings { most: 10_000, ..settings("exec cat /dev/zero") };
        let (_, said) = why(Filter::new(little).unwrap().open("k", empty.path()));
        assert!(said.contains("more than a recording may have"), "{said}");

        let filter = filter("exec cat /dev/zero");
        let both = [filter.start(empty.path()).unwrap(), filter.start(empty.path()).unwrap()];
        assert_eq!(why(filter.open("k", empty.path())).0, Kind::Busy);
        let ids = both.each_ref().map(|running| Pid::from_raw(running.child.id() as i32));
        drop(both);
        assert!(ids.iter().all(|id| nix::sys::signal::kill(*id, None).is_err()), "they are gone");
        assert_eq!(filter.running.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn only_a_program_named_by_its_whole_path_is_taken() {
        for program in ["sh", "/etc/passwd", "/", "/nowhere/program"] {
            let refused = Filter::new(Settings::new(PathBuf::from(program))).err().unwrap();
            assert_eq!(refused.kind(), Kind::Unavailable, "{program}");
        }
        assert!(filter("").open("k", Path::new("-rf")).is_err());
    }

    #[test]
    fn names_are_told_by_ending_or_pattern() {
        let names = [".gpg", ".enc", "secret-*.wav", "*-x-*"].map(str::to_owned);
        for (name, expected) in [
            ("a.wav.gpg", true),
            ("a.wav.GPG", true),
            (".gpg", false),
            ("a.wav", false),
            ("secret-1.wav", true),
            ("secret-.wav", true),
            ("secret-1.wavx", false),
            ("a-x-b-x-c", true),
            ("é.enc", true),
            ("", false),
        ] {
            assert_eq!(is_named(name, &names), expected, "{name}");
        }
    }
}
