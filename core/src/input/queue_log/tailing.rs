//! Which file to read next, and from where: decisions without files.
//!
//! A log is followed by what it is (device, inode, first bytes) and not by
//! its name. The same question is asked at start, when the name points to
//! another file, and when the file has shrunk: given what was read last and
//! what lies in the folder now, what comes next?

use crate::base::UnixSec;
use crate::base::order::Ordered as _;
use crate::input::queue_log::hash::byte_hash;
use crate::input::queue_log::line;

/// How many of a file's first bytes tell it from others: about four lines.
pub const FINGERPRINT_BYTES: usize = 256;

/// Fewer bytes than this say too little without the inode: any record is
/// longer.
const TELLING_BYTES: u32 = 16;

/// How far a log has been read. A plain value: the store keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub device: u64,
    pub inode: u64,
    /// Hash of the file's first `fingerprint_len` bytes.
    pub fingerprint: u64,
    pub fingerprint_len: u32,
    /// Bytes read, always behind a newline (or behind a torn end).
    pub offset: u64,
}

/// How following goes, for the health page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub state: State,
    /// One clause for people: which file, and what to do if something must be.
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The file is open and read as it grows.
    Following,
    /// Another file has the name, but nothing is in it yet; the one it
    /// replaces is still read.
    Waiting,
    /// There is no such file or folder; a moved or deleted file that is
    /// still open goes on being read.
    Missing,
    /// The file is there and can't be opened.
    Unreadable,
}

/// A file in the log's folder as it is now.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub device: u64,
    pub inode: u64,
    pub size: u64,
    /// Last change, seconds and nanoseconds: orders files that begin in the
    /// same second.
    pub modified: (i64, i64),
    /// Its first bytes, up to [`FINGERPRINT_BYTES`].
    pub head: Vec<u8>,
}

impl Candidate {
    /// The time of the first record among the first bytes, then of the last
    /// change; `None` when no record is there.
    fn age(&self) -> Option<(UnixSec, (i64, i64))> {
        let lines = self.head.split(|&byte| byte == b'\n');
        let time = lines.filter_map(|line| line::find_cuts(line).ok()).map(|cuts| cuts.time).next();
        time.map(|time| (time, self.modified))
    }

    /// Whether it holds all that was read up to the position.
    fn holds(&self, position: &Position) -> bool {
        let length = position.fingerprint_len as usize;
        self.size >= position.offset
            && self.head.get(..length).is_some_and(|head| byte_hash(head) == position.fingerprint)
    }

    fn is_file_of(&self, position: &Position) -> bool {
        (self.device, self.inode) == (position.device, position.inode)
    }

    /// Whether the beginnings are the same as far as both have one: a copy.
    fn begins_like(&self, other: &Candidate) -> bool {
        let length = self.head.len().min(other.head.len());
        length > 0 && self.head[..length] == other.head[..length]
    }
}

/// One file to read, from where to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    pub which: Which,
    pub offset: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The file that has the log's name.
    Named,
    /// The index of a sibling in the list given.
    Sibling(usize),
}

/// The files to read in turn, the last one to be followed.
///
/// `named` is the file that has the log's name now, if any; `siblings` are
/// files of the same folder whose names begin with the log's name. Siblings
/// are looked at only to finish what was begun: the one that holds the
/// position from its offset, then those that begin later, each once. Without
/// a position, or with one that no file holds, only the named file is read.
pub fn plan(
    position: Option<&Position>,
    named: Option<&Candidate>,
    siblings: &[Candidate],
) -> Vec<Start> {
    let from_start = named.map(|_| Start { which: Which::Named, offset: 0 });
    let Some(position) = position else { return from_start.into_iter().collect() };
    let resumed = |which| Start { which, offset: position.offset };
    // The same file beats a copy of it. A file that was moved between file
    // systems, or a device that got another number, is known by its head.
    let same = |file: &&Candidate| file.is_file_of(position) && file.holds(position);
    let copy =
        |file: &&Candidate| position.fingerprint_len >= TELLING_BYTES && file.holds(position);
    if named.filter(same).is_some() {
        return vec![resumed(Which::Named)];
    }
    let sibling = siblings.iter().position(|file| same(&file));
    if sibling.is_none() && named.filter(copy).is_some() {
        return vec![resumed(Which::Named)];
    }
    let Some(begun) = sibling.or_else(|| siblings.iter().position(|file| copy(&file))) else {
        return from_start.into_iter().collect();
    };
    let mut starts = vec![resumed(Which::Sibling(begun))];
    starts.extend(later(begun, named, siblings));
    starts.extend(from_start);
    starts
}

/// Siblings that begin after `begun` and before the named file, in order,
/// without copies of one another or of these two.
fn later(begun: usize, named: Option<&Candidate>, siblings: &[Candidate]) -> Vec<Start> {
    let mut aged: Vec<_> = siblings.iter().map(Candidate::age).zip(0..).collect();
    aged.order();
    let since = &siblings[begun];
    let until = named.and_then(Candidate::age);
    let mut known: Vec<&Candidate> = named.into_iter().chain([since]).collect();
    let mut starts = Vec::new();
    for (age, index) in aged {
        let (Some(age), file) = (age, &siblings[index]) else { continue };
        let after = match since.age() {
            Some(since) => age >= since,
            // An empty file says nothing of its beginning.
            None => file.modified > since.modified,
        };
        let before = until.is_none_or(|until| age <= until);
        if after && before && !known.iter().any(|other| other.begins_like(file)) {
            known.push(file);
            starts.push(Start { which: Which::Sibling(index), offset: 0 });
        }
    }
    starts
}

/// The position of a file read up to `offset` whose first bytes are `head`.
pub fn position(device: u64, inode: u64, head: &[u8], offset: u64) -> Position {
    let head = &head[..head.len().min(FINGERPRINT_BYTES)];
    let (fingerprint, fingerprint_len) = (byte_hash(head), head.len() as u32);
    Position { device, inode, fingerprint, fingerprint_len, offset }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(inode: u64, text: &str) -> Candidate {
        let head = text.as_bytes()[..text.len().min(FINGERPRINT_BYTES)].to_vec();
        Candidate { device: 1, inode, size: text.len() as u64, modified: (0, 0), head }
    }

    fn read(inode: u64, text: &str) -> Position {
        position(1, inode, text.as_bytes(), text.len() as u64)
    }

    fn check(
        position: Option<Position>,
        named: Option<&Candidate>,
        siblings: &[Candidate],
        expected: &[(Option<usize>, u64)],
    ) {
        let starts: Vec<_> = plan(position.as_ref(), named, siblings)
            .iter()
            .map(|start| match start.which {
                Which::Named => (None, start.offset),
                Which::Sibling(index) => (Some(index), start.offset),
            })
            .collect();
        assert_eq!(starts, expected);
    }

    const A: &str = "100|a|q|n|DID|1\n101|a|q|n|DID|2\n";
    const B: &str = "200|b|q|n|DID|1\n";
    const C: &str = "300|c|q|n|DID|1\n";

    #[test]
    fn a_first_start_reads_the_named_file_alone() {
        check(None, Some(&file(1, A)), &[file(2, B)], &[(None, 0)]);
        check(None, None, &[file(2, B)], &[]);
    }

    #[test]
    fn the_same_file_goes_on_at_its_offset() {
        check(Some(read(1, &A[..16])), Some(&file(1, A)), &[], &[(None, 16)]);
        // An empty file is known by its inode.
        check(Some(read(1, "")), Some(&file(1, A)), &[], &[(None, 0)]);
    }

    #[test]
    fn another_file_with_a_reused_inode_is_read_from_its_start() {
        check(Some(read(1, A)), Some(&file(1, B)), &[], &[(None, 0)]);
        check(Some(read(1, A)), Some(&file(1, &A[..16])), &[], &[(None, 0)]);
    }

    #[test]
    fn a_renamed_file_is_finished_and_then_the_later_ones_in_order() {
        let siblings = [file(3, C), file(9, "10|z|q|n|DID|1\n"), file(1, A), file(2, B)];
        let named = file(4, "400|d|q|n|DID|1\n");
        check(
            Some(read(1, &A[..16])),
            Some(&named),
            &siblings,
            &[(Some(2), 16), (Some(3), 0), (Some(0), 0), (None, 0)],
        );
        check(Some(read(1, A)), None, &siblings[2..3], &[(Some(0), 32)]);
    }

    #[test]
    fn copies_are_not_read_again() {
        let siblings = [file(5, A), file(6, B), file(7, B)];
        let named = file(2, &format!("{B}201|b|q|n|DID|2\n"));
        // The copy of the named file is left out, the copy of what was read
        // is finished.
        check(Some(read(1, &A[..16])), Some(&named), &siblings, &[(Some(0), 16), (None, 0)]);
    }

    #[test]
    fn a_copied_and_truncated_log_is_finished_in_its_copy() {
        let named = file(1, B);
        check(Some(read(1, &A[..16])), Some(&named), &[file(5, A)], &[(Some(0), 16), (None, 0)]);
        // A copy shorter than what was read holds nothing new.
        check(Some(read(1, A)), Some(&named), &[file(5, &A[..16])], &[(None, 0)]);
    }

    #[test]
    fn a_file_moved_to_another_device_goes_on() {
        let mut moved = file(77, A);
        moved.device = 9;
        check(Some(read(1, &A[..16])), Some(&moved), &[], &[(None, 16)]);
    }

    #[test]
    fn files_that_begin_in_one_second_are_told_apart_by_their_last_change() {
        let mut earlier = file(1, "100|a|q|n|DID|0\n");
        let mut begun = file(2, A);
        let mut later = file(3, "100|a|q|n|DID|3\n");
        (earlier.modified, begun.modified, later.modified) = ((100, 1), (100, 2), (100, 3));
        let siblings = [later, earlier, begun];
        check(Some(read(2, A)), None, &siblings, &[(Some(2), 32), (Some(0), 0)]);
    }

    #[test]
    fn siblings_that_are_no_log_are_left_alone() {
        let siblings = [file(1, A), file(2, "[1,2]\n"), file(3, ""), file(4, "\x1f\u{8b}x\n")];
        check(Some(read(1, A)), Some(&file(9, C)), &siblings, &[(Some(0), 32), (None, 0)]);
    }
}
