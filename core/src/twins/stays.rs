//! Who is in a queue or talks with its member, as far as a line must still be
//! written of it.

use rustc_hash::FxHashMap;

use crate::base::UnixMicro;

/// Calls and transfers kept.
const MOST: usize = 8192;
/// After its caller went the queue's word of a conversation may come this
/// much later.
const LATE: UnixMicro = 60_000_000;

/// One passage of a caller through one queue.
#[derive(Debug)]
pub(super) struct Stay {
    pub queue: Box<str>,
    pub position: u32,
    pub entered: UnixMicro,
    /// The caller hung up: known before the queue says that he is gone.
    pub hung_up: bool,
    /// `QUEUESTATUS`; empty until seen.
    pub status: Box<str>,
    pub exit: Option<Exit>,
    pub talk: Option<Talk>,
    /// When the caller's channel went.
    pub gone: Option<UnixMicro>,
}

/// The caller is out of the line, for a reason that may still come.
#[derive(Debug)]
pub(super) struct Exit {
    pub at: UnixMicro,
    pub position: Option<u32>,
    pub original: Option<u32>,
    pub hold: Option<i64>,
    /// The queue itself counts it as lost; else an answer may follow.
    lost: bool,
}

#[derive(Debug)]
pub(super) struct Talk {
    pub agent: Box<str>,
    pub interface: Box<str>,
    /// The member's channel.
    pub member: Box<str>,
    pub hold: i64,
    pub since: UnixMicro,
}

impl Stay {
    pub fn new(queue: &str, position: u32, entered: UnixMicro) -> Self {
        Stay {
            queue: queue.into(),
            position,
            entered,
            hung_up: false,
            status: "".into(),
            exit: None,
            talk: None,
            gone: None,
        }
    }
}

impl Exit {
    pub fn plain(at: UnixMicro) -> Self {
        Exit { at, position: None, original: None, hold: None, lost: false }
    }

    pub fn lost(
        at: UnixMicro,
        position: Option<u32>,
        original: Option<u32>,
        hold: Option<i64>,
    ) -> Self {
        Exit { at, position, original, hold, lost: true }
    }
}

/// By the caller's unique id.
#[derive(Debug, Default)]
pub(super) struct Stays {
    stays: FxHashMap<Box<str>, Stay>,
    /// What a member's channel transferred to, by that channel.
    transfers: FxHashMap<Box<str>, String>,
}

impl Stays {
    pub fn get(&mut self, uniqueid: &str) -> Option<&mut Stay> {
        self.stays.get_mut(uniqueid)
    }

    pub fn enter(&mut self, uniqueid: &str, stay: Stay) {
        if self.stays.len() >= MOST {
            self.stays.retain(|_, one| one.gone.is_none());
        }
        if self.stays.len() < MOST && !uniqueid.is_empty() {
            self.stays.insert(uniqueid.into(), stay);
        }
    }

    pub fn remove(&mut self, uniqueid: &str) -> Option<Stay> {
        self.stays.remove(uniqueid)
    }

    /// The caller whom a member of a queue has served longest.
    pub fn served(&self, queue: &str, interface: &str, name: &str) -> Option<Box<str>> {
        let theirs = self.stays.iter().filter_map(|(id, stay)| {
            let talk = stay.talk.as_ref()?;
            let theirs = match &*talk.interface {
                // Of the run before only the name is known.
                "" => *talk.agent == *name,
                known => *known == *interface,
            };
            (*stay.queue == *queue && theirs).then_some((talk.since, id))
        });
        theirs.min().map(|(_, id)| id.clone())
    }

    /// Those whom a queue lost before `until` without a reason so far.
    pub fn late(&mut self, until: UnixMicro) -> Vec<Box<str>> {
        self.stays.retain(|_, stay| stay.gone.is_none_or(|gone| until - gone < LATE));
        let waits =
            |stay: &Stay| stay.exit.as_ref().is_some_and(|exit| exit.lost && exit.at <= until);
        self.stays.iter().filter(|(_, stay)| waits(stay)).map(|(id, _)| id.clone()).collect()
    }

    pub fn first_exit(&self) -> Option<UnixMicro> {
        let exits = self.stays.values().filter_map(|stay| stay.exit.as_ref());
        exits.filter(|exit| exit.lost).map(|exit| exit.at).min()
    }

    /// All but those found.
    pub fn others(&self, found: &[Box<str>]) -> Vec<Box<str>> {
        self.stays.keys().filter(|id| !found.contains(id)).cloned().collect()
    }

    pub fn transferred(&mut self, channel: &str, to: String) {
        if !channel.is_empty() && self.transfers.len() < MOST {
            self.transfers.insert(channel.into(), to);
        }
    }

    /// What the transfer of a conversation was, by the member's channel.
    pub fn transfer_of(&mut self, member: &str, caller: &str) -> Option<String> {
        self.transfers.remove(member).or_else(|| self.transfers.remove(caller))
    }

    /// The channel is gone. The queue's word of the transfer may come after.
    pub fn transfer_over(&mut self, channel: &str) {
        let waited_for = self
            .stays
            .values()
            .any(|stay| stay.talk.as_ref().is_some_and(|talk| *talk.member == *channel));
        if !waited_for {
            self.transfers.remove(channel);
        }
    }
}
