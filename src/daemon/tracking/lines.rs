//! Lines that others write into the log while the tracker may wait for them.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::mpsc::Receiver;

use crate::base::UnixMicro;
use crate::daemon::tracking::tail::Tail;

/// A file is looked at this often at most, unless something is due.
const LOOK: UnixMicro = 100_000;

/// Where they come from.
#[derive(Debug)]
pub enum Lines {
    /// Nobody follows the log.
    None,
    /// From the thread that follows it.
    Told(Receiver<Box<[u8]>>),
    /// Read here.
    File { tail: Tail, looked: UnixMicro, read: VecDeque<Box<[u8]>> },
}

impl Lines {
    /// What is appended to this file from now on.
    pub fn of(path: &Path) -> Self {
        Lines::File { tail: Tail::new(path), looked: 0, read: VecDeque::new() }
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Lines::None)
    }

    /// The next one that has come. `urgent`: something is about to be
    /// written that a line may forbid.
    pub fn next(&mut self, now: UnixMicro, urgent: bool) -> Option<Box<[u8]>> {
        match self {
            Lines::None => None,
            Lines::Told(lines) => lines.try_recv().ok(),
            Lines::File { tail, looked, read } => {
                if read.is_empty() && (urgent || (now - *looked).abs() >= LOOK) {
                    *looked = now;
                    read.extend(tail.look().into_iter().map(Vec::into_boxed_slice));
                }
                read.pop_front()
            }
        }
    }
}
