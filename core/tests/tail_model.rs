//! The follower against a plain model, with real files.
//!
//! A script of appends, rotations, truncations and restarts runs on a folder.
//! The model remembers every whole line that was written and says which of
//! them may be missing. What it may excuse is exactly what the follower's
//! documentation names:
//!
//! * lines cut away by a truncation without a copy, or deleted, before a look;
//! * after a stop: lines written into a file older than the position's, and,
//!   when the position's own file is gone, lines of all files but the named
//!   one.
//!
//! Nothing is ever read twice, and lines of one file come in its order.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use switchroom_core::input::queue_log::lines::Line;
use switchroom_core::input::queue_log::{Follower, Position, State};

#[derive(Clone, Debug)]
enum Step {
    /// Asterisk writes whole lines into the file it has open.
    Append(u8),
    /// It writes the beginning of a line; the next append completes it.
    Partial,
    /// Another program opens the name and writes one line.
    Foreign,
    /// The name is changed; Asterisk writes on into the moved file.
    Rename,
    /// Asterisk opens the name anew and writes its mark.
    Reopen,
    CopyTruncate,
    Truncate,
    Delete,
    /// A moved file gets its name back, if the name is free.
    MoveBack,
    Poll,
    Stop,
    Start,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1_u8..6).prop_map(Step::Append),
        2 => Just(Step::Partial),
        2 => Just(Step::Foreign),
        3 => Just(Step::Rename),
        4 => Just(Step::Reopen),
        2 => Just(Step::CopyTruncate),
        1 => Just(Step::Truncate),
        1 => Just(Step::Delete),
        1 => Just(Step::MoveBack),
        8 => Just(Step::Poll),
        2 => Just(Step::Stop),
        4 => Just(Step::Start),
    ]
}

/// One file that had the name at some time.
#[derive(Debug, Default)]
struct Log {
    /// Numbers of the whole lines in it now.
    lines: Vec<usize>,
    inode: u64,
    deleted: bool,
    moved_to: Option<PathBuf>,
    /// Whether the follower looked while it was there.
    seen: bool,
    /// The follower started without a way to know of it.
    unknown: bool,
}

struct Office {
    folder: tempfile::TempDir,
    path: PathBuf,
    logs: Vec<Log>,
    /// Index of the file that has the name.
    named: Option<usize>,
    writer: Option<(File, usize)>,
    /// The line of which the writer has written the beginning.
    begun: Option<usize>,
    suffix: usize,
    written: usize,
    follower: Option<Follower>,
    stored: Option<Position>,
    received: Vec<usize>,
    excused: BTreeSet<usize>,
    /// The stored position's file is gone, and nothing was found to go on with.
    astray: bool,
    torn: usize,
}

fn line(number: usize) -> String {
    // Every third line is long, so that heads end within lines.
    let filler = "x".repeat(if number.is_multiple_of(3) { 90 } else { 4 });
    format!("{}|c|q|n|DID|{number}|{filler}", 1_700_000_000 + number)
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_log");
        let mut office = Office {
            follower: Some(Follower::new(&path, None).unwrap()),
            folder,
            path,
            logs: Vec::new(),
            named: None,
            writer: None,
            begun: None,
            suffix: 0,
            written: 0,
            stored: None,
            received: Vec::new(),
            excused: BTreeSet::new(),
            astray: false,
            torn: 0,
        };
        office.reopen();
        office.poll();
        office
    }

    fn unread(&self, log: usize) -> Vec<usize> {
        let lines = self.logs[log].lines.iter();
        lines.copied().filter(|line| !self.received.contains(line)).collect()
    }

    fn excuse(&mut self, log: usize) {
        let unread = self.unread(log);
        self.excused.extend(unread);
    }

    /// The file the stored position lies in: the newest with its inode.
    fn positioned(&self) -> Option<usize> {
        let inode = self.stored?.inode;
        self.logs.iter().rposition(|log| log.inode == inode)
    }

    /// A line that lands in this file will perhaps not be seen.
    fn wrote(&mut self, log: usize, number: usize) {
        self.logs[log].lines.push(number);
        // Older than all the follower keeps open, or nobody is there to keep it.
        let forgotten = log + 4 < self.logs.len();
        if forgotten || self.logs[log].unknown {
            self.excused.insert(number);
        }
    }

    /// A file that loses its name or its lines before a follower without a
    /// position looked.
    fn overlooked(&mut self, log: usize) {
        if self.astray && self.follower.is_some() {
            self.excuse(log);
            self.logs[log].unknown = self.named.is_none();
        }
    }

    fn next_line(&mut self) -> (usize, String) {
        self.written += 1;
        (self.written, line(self.written))
    }

    fn open_named(&mut self) -> (File, usize) {
        use std::os::unix::fs::MetadataExt;
        let file = File::options().append(true).create(true).open(&self.path).unwrap();
        let inode = file.metadata().unwrap().ino();
        let log = match self.named {
            Some(log) => log,
            None => {
                self.logs.push(Log { inode, ..Log::default() });
                self.logs.len() - 1
            }
        };
        self.named = Some(log);
        (file, log)
    }

    fn reopen(&mut self) {
        self.begun = None;
        let (mut file, log) = self.open_named();
        // What was begun by someone else in it stays begun: end it.
        let (number, text) = self.next_line();
        if !ends_in_newline(&self.path) {
            file.write_all(b"\n").unwrap();
        }
        writeln!(file, "{text}").unwrap();
        self.wrote(log, number);
        self.writer = Some((file, log));
    }

    fn append(&mut self, count: u8) {
        let Some((mut file, log)) = self.writer.take() else { return self.reopen() };
        for _ in 0..count {
            let (number, text) = match self.begun.take() {
                Some(number) => (number, line(number)[20..].to_owned()),
                None => self.next_line(),
            };
            writeln!(file, "{text}").unwrap();
            self.wrote(log, number);
        }
        self.writer = Some((file, log));
    }

    fn partial(&mut self) {
        let Some((mut file, log)) = self.writer.take() else { return };
        if self.begun.is_none() {
            let (number, text) = self.next_line();
            file.write_all(&text.as_bytes()[..20]).unwrap();
            self.begun = Some(number);
        }
        self.writer = Some((file, log));
    }

    fn foreign(&mut self) {
        // It would write behind a begun line, and so does the real one; the
        // joined line is malformed and belongs to no one.
        let shares = self.writer.as_ref().map(|&(_, log)| log) == self.named;
        if self.begun.is_some() && shares {
            return;
        }
        let (mut file, log) = self.open_named();
        let (number, text) = self.next_line();
        writeln!(file, "{text}").unwrap();
        self.wrote(log, number);
    }

    fn rename(&mut self) {
        let Some(log) = self.named.take() else { return };
        self.overlooked(log);
        self.suffix += 1;
        let to = self.folder.path().join(format!("queue_log.{}", self.suffix));
        fs::rename(&self.path, &to).unwrap();
        self.logs[log].moved_to = Some(to);
    }

    fn move_back(&mut self) {
        let newest = self.logs.len() - 1;
        if let (None, Some(from)) = (self.named, self.logs[newest].moved_to.take()) {
            fs::rename(from, &self.path).unwrap();
            self.named = Some(newest);
        }
    }

    fn copy_truncate(&mut self) {
        let Some(log) = self.named else { return };
        self.overlooked(log);
        self.suffix += 1;
        fs::copy(&self.path, self.folder.path().join(format!("queue_log.{}", self.suffix)))
            .unwrap();
        self.cut(log);
    }

    fn truncate(&mut self) {
        let Some(log) = self.named else { return };
        self.excuse(log);
        if self.follower.is_none() && self.positioned() == Some(log) {
            self.astray = true;
        }
        self.cut(log);
    }

    fn cut(&mut self, log: usize) {
        File::options().write(true).open(&self.path).unwrap().set_len(0).unwrap();
        // What the copy holds counts as a file of its own, before this one.
        let lines = std::mem::take(&mut self.logs[log].lines);
        let kept = Log { lines, ..Log::default() };
        self.logs.insert(log, kept);
        self.named = Some(log + 1);
        if let Some((_, writer)) = &mut self.writer {
            if *writer == log {
                // Its beginning is cut off, or stays torn in the copy.
                self.begun = None;
            }
            if *writer >= log {
                *writer += 1;
            }
        }
        let mut file = File::options().append(true).open(&self.path).unwrap();
        let (number, text) = self.next_line();
        writeln!(file, "{text}").unwrap();
        self.wrote(log + 1, number);
    }

    fn delete(&mut self) {
        let Some(log) = self.named.take() else { return };
        fs::remove_file(&self.path).unwrap();
        self.logs[log].deleted = true;
        if self.follower.is_none() || !self.logs[log].seen {
            self.excuse(log);
        }
        if self.follower.is_none() && self.positioned() == Some(log) {
            self.astray = true;
        }
        if !self.logs[log].seen || self.follower.is_none() {
            // Nobody holds it: what is still written into it is lost.
            if self.writer.as_ref().is_some_and(|&(_, writer)| writer == log) {
                self.writer = None;
                self.begun = None;
            }
        }
    }

    fn poll(&mut self) {
        let Some(follower) = &mut self.follower else { return };
        let (received, stored, torn) = (&mut self.received, &mut self.stored, &mut self.torn);
        let mut each = |line: Line<'_>, position: Position| {
            *stored = Some(position);
            match line {
                Line::Complete(text) => {
                    let text = std::str::from_utf8(text).unwrap();
                    let number = text.split('|').nth(5).and_then(|field| field.parse().ok());
                    // Only what is exactly a written line counts as one.
                    if let Some(number) = number.filter(|&number| text == crate::line(number)) {
                        received.push(number);
                    }
                }
                Line::Torn(_) => *torn += 1,
                Line::TooLong { .. } => panic!("no line is that long"),
            }
        };
        while follower.next(Duration::ZERO, &mut each) > 0 {}
        if let Some(log) = self.named {
            self.logs[log].seen = true;
            self.astray = false;
        }
    }

    fn stop(&mut self) {
        self.poll();
        if self.follower.take().is_some() {
            let at = self.positioned();
            self.astray |= at.is_none_or(|at| self.logs[at].deleted);
            for log in 0..self.logs.len() {
                if self.logs[log].deleted || at.is_some_and(|at| log < at) {
                    self.excuse(log);
                    self.logs[log].unknown = true;
                }
            }
            if self.writer.as_ref().is_some_and(|&(_, log)| self.logs[log].deleted) {
                self.writer = None;
                self.begun = None;
            }
        }
    }

    fn start(&mut self) {
        if self.follower.is_some() {
            return;
        }
        if self.astray {
            for log in 0..self.logs.len() {
                if self.named != Some(log) {
                    self.excuse(log);
                    self.logs[log].unknown = true;
                }
            }
        }
        self.follower = Some(Follower::new(&self.path, self.stored).unwrap());
        self.poll();
    }

    fn run(&mut self, step: &Step) {
        match step {
            Step::Append(count) => self.append(*count),
            Step::Partial => self.partial(),
            Step::Foreign => self.foreign(),
            Step::Rename => self.rename(),
            Step::Reopen => self.reopen(),
            Step::CopyTruncate => self.copy_truncate(),
            Step::Truncate => self.truncate(),
            Step::Delete => self.delete(),
            Step::MoveBack => self.move_back(),
            Step::Poll => self.poll(),
            Step::Stop => self.stop(),
            Step::Start => self.start(),
        }
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        self.start();
        self.poll();
        let received: BTreeSet<_> = self.received.iter().copied().collect();
        prop_assert_eq!(received.len(), self.received.len(), "nothing is read twice");
        for (index, log) in self.logs.iter().enumerate() {
            let missing: Vec<_> = log
                .lines
                .iter()
                .filter(|line| !received.contains(line) && !self.excused.contains(line))
                .collect();
            prop_assert!(missing.is_empty(), "file {} lacks {:?}", index, missing);
            let places: Vec<_> = log
                .lines
                .iter()
                .filter_map(|line| self.received.iter().position(|other| other == line))
                .collect();
            prop_assert!(places.is_sorted(), "file {} out of order: {:?}", index, places);
        }
        Ok(())
    }
}

fn ends_in_newline(path: &Path) -> bool {
    fs::read(path).unwrap().last().is_none_or(|&byte| byte == b'\n')
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_line_is_read_once_whatever_happens_to_the_file(
        script in proptest::collection::vec(step(), 1..40),
    ) {
        let mut office = Office::new();
        for step in &script {
            office.run(step);
        }
        office.check()?;
    }
}

mod scenes {
    //! What scripts can't show: waiting, and what the health page says.

    use std::os::unix::fs::symlink;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Instant;

    use super::*;

    fn read(follower: &mut Follower, wait: Duration) -> Vec<String> {
        let mut lines = Vec::new();
        follower.next(wait, &mut |line, _| match line {
            Line::Complete(text) => lines.push(String::from_utf8(text.to_vec()).unwrap()),
            other => lines.push(format!("{other:?}")),
        });
        lines
    }

    #[test]
    fn a_file_and_a_folder_that_appear_later_are_read_from_their_start() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("asterisk");
        let path = inner.join("queue_log");
        let mut follower = Follower::new(&path, None).unwrap();
        assert!(read(&mut follower, Duration::ZERO).is_empty());
        assert_eq!(follower.status().state, State::Missing);
        fs::create_dir(&inner).unwrap();
        assert!(read(&mut follower, Duration::ZERO).is_empty());
        fs::write(&path, "one\ntw").unwrap();
        assert_eq!(read(&mut follower, Duration::ZERO), ["one"]);
        assert_eq!(follower.status().state, State::Following);
        assert_eq!(follower.position().unwrap().offset, 4);
        fs::write(&path, "one\ntwo\n").unwrap();
        assert_eq!(read(&mut follower, Duration::ZERO), ["two"]);
    }

    #[test]
    fn a_tmpfs_emptied_by_a_reboot_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run/queue_log");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("{}\n", line(1))).unwrap();
        let mut follower = Follower::new(&path, None).unwrap();
        assert_eq!(read(&mut follower, Duration::ZERO).len(), 1);
        let position = follower.position();
        drop(follower);
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
        let mut follower = Follower::new(&path, position).unwrap();
        assert!(read(&mut follower, Duration::ZERO).is_empty());
        assert_eq!(follower.position(), position, "nothing is forgotten before something is there");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("{}\n", line(2))).unwrap();
        assert_eq!(read(&mut follower, Duration::ZERO), [line(2)]);
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_said_to_be_so_and_read_once_it_can() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_log");
        fs::create_dir(&path).unwrap();
        let mut follower = Follower::new(&path, None).unwrap();
        assert!(read(&mut follower, Duration::ZERO).is_empty());
        assert_eq!(follower.status().state, State::Unreadable);
        assert!(follower.status().detail.contains("not a regular file"), "{:?}", follower.status());
        fs::remove_dir(&path).unwrap();
        symlink(&path, &path).unwrap();
        assert!(read(&mut follower, Duration::ZERO).is_empty());
        assert_eq!(follower.status().state, State::Unreadable);
        fs::remove_file(&path).unwrap();
        fs::write(&path, "one\n").unwrap();
        assert_eq!(read(&mut follower, Duration::ZERO), ["one"]);
        assert_eq!(follower.status().state, State::Following);
    }

    #[test]
    fn a_new_empty_file_is_waited_for_while_the_old_one_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_log");
        fs::write(&path, "one\n").unwrap();
        let mut follower = Follower::new(&path, None).unwrap();
        read(&mut follower, Duration::ZERO);
        let moved = folder.path().join("queue_log.1");
        fs::rename(&path, &moved).unwrap();
        assert!(read(&mut follower, Duration::ZERO).is_empty());
        assert_eq!(follower.status().state, State::Missing);
        File::create(&path).unwrap();
        let mut old = File::options().append(true).open(&moved).unwrap();
        writeln!(old, "two").unwrap();
        assert_eq!(read(&mut follower, Duration::ZERO), ["two"]);
        assert!(read(&mut follower, Duration::ZERO).is_empty());
        assert_eq!(follower.status().state, State::Waiting);
    }

    /// Without a poll behind it, a write that tells nobody is never found.
    #[test]
    fn a_write_ends_the_wait_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_log");
        fs::write(&path, "one\n").unwrap();
        let hour = Duration::from_secs(3600);
        let mut follower = Follower::new(&path, None).unwrap().polled_every(hour);
        read(&mut follower, Duration::ZERO);
        // Into the file that is open, then into those that take its place,
        // with the write before, while and after the new file is looked at.
        for round in 0..100 {
            let path = path.clone();
            let writer = thread::spawn(move || {
                thread::park_timeout(Duration::from_millis(5));
                if round > 0 {
                    fs::rename(&path, path.with_extension(round.to_string())).unwrap();
                }
                let mut file = File::options().append(true).create(true).open(&path).unwrap();
                for _ in 0..round * 40 {
                    std::hint::spin_loop();
                }
                writeln!(file, "two").unwrap();
            });
            assert_eq!(read(&mut follower, Duration::from_secs(60)), ["two"], "round {round}");
            writer.join().unwrap();
        }
    }

    #[test]
    fn the_waker_ends_a_wait_and_is_not_forgotten_before_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut follower = Follower::new(&folder.path().join("queue_log"), None).unwrap();
        let (waker, woke) = (follower.waker(), AtomicBool::new(false));
        let since = Instant::now();
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::park_timeout(Duration::from_millis(50));
                woke.store(true, Ordering::Relaxed);
                waker.wake();
            });
            read(&mut follower, Duration::from_secs(30));
            assert!(woke.load(Ordering::Relaxed));
        });
        for _ in 0..100_000 {
            waker.wake();
        }
        read(&mut follower, Duration::from_secs(30));
        assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    }

    #[test]
    fn a_line_too_long_is_told_and_the_next_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_log");
        fs::write(&path, format!("{}\nnext\n", "x".repeat(1_000_000))).unwrap();
        let mut follower = Follower::new(&path, None).unwrap();
        let lines = read(&mut follower, Duration::ZERO);
        assert!(lines[0].starts_with("TooLong"), "{}", lines[0]);
        assert_eq!(lines[1..], ["next"]);
        assert_eq!(follower.position().unwrap().offset, 1_000_006);
    }
}
