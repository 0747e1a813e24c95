//! The newest boards, for all viewers.
//!
//! A viewer holds the board it last showed and asks for what became
//! different; between two looks any number of boards may have come. So a slow
//! viewer skips, and nothing is queued for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::base::UnixSec;
use crate::live::board::Board;
use crate::live::office::Link;
use crate::live::scope::Scope;
use crate::live::view::{Difference, Snapshot, Source, SourceState};

/// Boards kept for viewers that come back after a short break. At one board a
/// second a break of a minute resumes; rows are shared between boards.
const KEEP: usize = 64;

/// Where the newest picture is. One per process, shared by `Arc`.
#[derive(Debug)]
pub struct Hub {
    // Held for a look-up or a push, never while a picture is cut or written.
    inner: Mutex<Inner>,
    newest: watch::Sender<u64>,
}

#[derive(Debug)]
struct Inner {
    boards: VecDeque<(u64, Arc<Board>)>,
    source: Source,
    link: Link,
}

/// The answer to a viewer that has seen board number `after`.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "made for one look and taken apart at once")]
pub enum Resume {
    /// That board is still known.
    Change(Difference),
    /// It is not, or the window of today moved: begin anew.
    Anew(Box<Snapshot>),
}

impl Hub {
    /// An empty hub. `started` makes the numbers of this process larger than
    /// those of earlier ones, so that an old number is never taken for a new
    /// one; they stay below 2^53, which browsers need.
    pub fn new(started: UnixSec, path: &str) -> Self {
        let first = u64::try_from(started).unwrap_or(0) << 20;
        let source = Source {
            state: SourceState::Missing,
            path: path.to_owned(),
            last_record: None,
            last_read: started,
            detail: None,
        };
        let boards = VecDeque::from([(first, Arc::new(Board::default()))]);
        Hub {
            inner: Mutex::new(Inner { boards, source, link: Link::default() }),
            newest: watch::Sender::new(first),
        }
    }

    /// Makes a board the newest and wakes the viewers. A board equal to the
    /// newest is not a new one.
    pub fn publish(&self, mut board: Board) {
        let mut inner = self.lock();
        let (seq, newest) = inner.newest();
        if *newest == board {
            return;
        }
        board.share(&newest);
        inner.push(seq + 1, Arc::new(board));
        drop(inner);
        self.newest.send_replace(seq + 1);
    }

    /// Tells how the reading goes. Viewers are woken when the state changed,
    /// not for the moments.
    pub fn report(&self, source: Source) {
        let mut inner = self.lock();
        let differs = source.differs(&inner.source);
        inner.source = source;
        if differs {
            let (seq, newest) = inner.newest();
            inner.push(seq + 1, newest);
            drop(inner);
            self.newest.send_replace(seq + 1);
        }
    }

    /// Tells how the link to Asterisk does. Viewers are woken when it changed.
    pub fn report_link(&self, link: Link) {
        let mut inner = self.lock();
        if inner.link == link {
            return;
        }
        inner.link = link;
        let (seq, newest) = inner.newest();
        inner.push(seq + 1, newest);
        drop(inner);
        self.newest.send_replace(seq + 1);
    }

    /// How the link to Asterisk does.
    pub fn link(&self) -> Link {
        self.lock().link.clone()
    }

    /// How the reading goes.
    pub fn source(&self) -> Source {
        self.lock().source.clone()
    }

    /// The newest picture.
    pub fn snapshot(&self, now: UnixSec, scope: &Scope) -> Snapshot {
        let inner = self.lock();
        let (seq, board) = inner.newest();
        let (source, link) = (inner.source.clone(), inner.link.clone());
        drop(inner);
        board.snapshot(seq, now, source, link, scope)
    }

    /// What a viewer that has seen `after` must learn to be up to date.
    pub fn after(&self, after: u64, now: UnixSec, scope: &Scope) -> Resume {
        let inner = self.lock();
        let (seq, board) = inner.newest();
        let (source, link) = (inner.source.clone(), inner.link.clone());
        let old =
            inner.boards.iter().find(|(seq, _)| *seq == after).map(|(_, board)| board.clone());
        drop(inner);
        match old {
            Some(old) if old.since == board.since => {
                let mut difference = board.changed_since(&old, seq, now, scope);
                // What the source was like then is not kept: it is small, so
                // it goes along whenever something does.
                if seq != after {
                    difference.source = Some(source);
                    difference.ami = Some(link);
                }
                Resume::Change(difference)
            }
            _ => Resume::Anew(Box::new(board.snapshot(seq, now, source, link, scope))),
        }
    }

    /// The number of the newest board, and a wake-up for each newer one. A
    /// viewer that sleeps through several is woken once.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// How many viewers are subscribed.
    pub fn viewers(&self) -> usize {
        self.newest.receiver_count()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // What is inside is whole between any two statements, so a panic of
        // another holder spoils nothing.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn newest(&self) -> (u64, Arc<Board>) {
        // `new` put one in and `push` never takes out the last.
        self.boards.back().map_or_else(
            || (0, Arc::new(Board::default())),
            |(seq, board)| (*seq, Arc::clone(board)),
        )
    }

    fn push(&mut self, seq: u64, board: Arc<Board>) {
        if self.boards.len() == KEEP {
            self.boards.pop_front();
        }
        self.boards.push_back((seq, board));
    }
}
