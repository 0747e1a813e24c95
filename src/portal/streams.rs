//! How many live streams are open, on the box and of each session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::portal::state::Limits;

/// Between two beats.
const BEAT_SECS: u64 = 3;

/// A session by the hash of its token.
pub type SessionKey = [u8; 32];

#[derive(Debug)]
pub struct Streams {
    most: usize,
    most_per_session: usize,
    /// What beats are counted from, so that those of all streams fall
    /// together and wake the machine once.
    began: Instant,
    /// Held for a look-up only.
    open: Mutex<HashMap<SessionKey, usize>>,
}

impl Streams {
    pub fn new(limits: &Limits) -> Self {
        Streams {
            most: limits.streams,
            most_per_session: limits.streams_per_session,
            began: Instant::now(),
            open: Mutex::default(),
        }
    }

    /// A place for one more stream; `None` when the box or the session has
    /// enough.
    pub fn enter(self: &Arc<Self>, session: SessionKey) -> Option<StreamPlace> {
        let mut open = self.locked();
        let all: usize = open.values().sum();
        let own = open.get(&session).copied().unwrap_or(0);
        if all >= self.most || own >= self.most_per_session {
            return None;
        }
        open.insert(session, own + 1);
        Some(StreamPlace { streams: Arc::clone(self), session })
    }

    /// A place for a screen with the address of a kiosk. One address may hang
    /// on any number of walls, so only the box has a limit.
    pub fn enter_screen(self: &Arc<Self>, kiosk: SessionKey) -> Option<StreamPlace> {
        let mut open = self.locked();
        if open.values().sum::<usize>() >= self.most {
            return None;
        }
        *open.entry(kiosk).or_default() += 1;
        Some(StreamPlace { streams: Arc::clone(self), session: kiosk })
    }

    /// The moment of the next beat.
    pub fn next_beat(&self) -> Instant {
        let gone = self.began.elapsed().as_secs() / BEAT_SECS;
        self.began + Duration::from_secs((gone + 1) * BEAT_SECS)
    }

    pub fn open(&self) -> usize {
        self.locked().values().sum()
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<SessionKey, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one open stream, given back when dropped.
#[derive(Debug)]
pub struct StreamPlace {
    streams: Arc<Streams>,
    session: SessionKey,
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut open = self.streams.locked();
        match open.get_mut(&self.session) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                open.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_run_out_per_session_and_per_box_and_come_back() {
        let limits = Limits { streams: 3, streams_per_session: 2, ..Limits::default() };
        let streams = Arc::new(Streams::new(&limits));
        let first = streams.enter([1; 32]).unwrap();
        let second = streams.enter([1; 32]).unwrap();
        assert!(streams.enter([1; 32]).is_none());
        let _third = streams.enter([2; 32]).unwrap();
        assert!(streams.enter([3; 32]).is_none());
        drop(first);
        assert!(streams.enter([3; 32]).is_some());
        drop(second);
        assert_eq!(streams.open(), 1);
    }

    #[test]
    fn one_kiosk_may_hang_on_every_wall_until_the_box_is_full() {
        let limits = Limits { streams: 3, streams_per_session: 1, ..Limits::default() };
        let streams = Arc::new(Streams::new(&limits));
        let places: Vec<_> = (0..3).map(|_| streams.enter_screen([7; 32]).unwrap()).collect();
        assert!(streams.enter_screen([7; 32]).is_none());
        assert!(streams.enter([8; 32]).is_none());
        drop(places);
        assert_eq!(streams.open(), 0);
    }

    #[test]
    fn beats_of_all_streams_fall_on_the_same_moments() {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let streams = Streams::new(&Limits::default());
            let first = streams.next_beat();
            tokio::time::advance(Duration::from_millis(2_900)).await;
            assert_eq!(streams.next_beat(), first);
            tokio::time::advance(Duration::from_millis(100)).await;
            assert_eq!(streams.next_beat(), first + Duration::from_secs(3));
        });
    }
}
