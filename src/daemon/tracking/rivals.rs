//! One tracker per Asterisk: whoever connects greets by a UserEvent, listens,
//! and does not write where another answers.
//!
//! A machine without a socket: what is heard and the time go in, what is to
//! be said comes out.

use crate::base::UnixMicro;
use crate::event::manager::Event;
use crate::input::ami::Action;

/// How long an answer is listened for before the first record.
const LISTEN: UnixMicro = 3_000_000;
/// Who stands aside asks this often whether the other is still there.
const ASK_AGAIN: UnixMicro = 60_000_000;
/// The greeting's name.
const HELLO: &str = "TrackerHello";

/// What to do where another tracker writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// End with an error: the command.
    Leave,
    /// Write nothing as long as it is there: the daemon.
    StandAside,
    /// Write all the same.
    Force,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// No connection. `muted`: another one wrote when there was.
    Off {
        muted: bool,
    },
    Listening {
        until: UnixMicro,
    },
    Alone,
    /// The other's host, and when to ask whether it has gone.
    Aside {
        host: String,
        again: UnixMicro,
    },
    /// Asked; silence until then means that it has.
    Asking {
        host: String,
        until: UnixMicro,
    },
}

/// What is to be done with records now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    Write,
    /// Keep them until it is known.
    Hold,
    /// The other writes them.
    Drop,
}

/// What hearing something leads to.
#[derive(Debug, PartialEq)]
pub enum Then {
    Nothing,
    Say(Action),
    /// To end: the other's host.
    Leave(String),
}

#[derive(Debug)]
pub struct Rivals {
    manner: Manner,
    id: String,
    host: String,
    state: State,
}

impl Rivals {
    pub fn new(manner: Manner) -> Self {
        Rivals { manner, id: identity(), host: host(), state: State::Off { muted: false } }
    }

    /// A connection stands: what to say.
    pub fn connected(&mut self, now: UnixMicro) -> Action {
        self.state = State::Listening { until: now.saturating_add(LISTEN) };
        self.hello("1")
    }

    pub fn down(&mut self) {
        let muted = self.rule() == Rule::Drop;
        self.state = State::Off { muted };
    }

    pub fn rule(&self) -> Rule {
        match self.state {
            State::Off { muted: false } | State::Alone => Rule::Write,
            State::Listening { .. } => Rule::Hold,
            State::Off { muted: true } | State::Aside { .. } | State::Asking { .. } => Rule::Drop,
        }
    }

    /// The host of the one that writes instead of us.
    pub fn other(&self) -> Option<&str> {
        match &self.state {
            State::Aside { host, .. } | State::Asking { host, .. } => Some(host),
            _ => None,
        }
    }

    /// An event of somebody, ours among them.
    pub fn heard(&mut self, event: &Event<'_>, now: UnixMicro) -> Then {
        let Event::UserEvent { name, fields } = event else { return Then::Nothing };
        if name != HELLO {
            return Then::Nothing;
        }
        let get = |key: &str| {
            fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, text)| &**text)
        };
        let Some(other) = get("Id").filter(|id| *id != self.id) else { return Then::Nothing };
        let asks = get("New") == Some("1");
        let host = get("Host").unwrap_or("unknown host");
        let yields = match &self.state {
            // Two that come at once: the smaller id stays.
            State::Listening { .. } => self.manner != Manner::Force && !(asks && *self.id < *other),
            State::Asking { .. } => !asks,
            State::Off { .. } | State::Alone | State::Aside { .. } => false,
        };
        if yields {
            if self.manner == Manner::Leave {
                return Then::Leave(host.to_owned());
            }
            if self.other().is_none() {
                tracing::warn!(
                    host,
                    "another tracker is connected to this Asterisk; it writes, this one does not"
                );
            }
            let again = now.saturating_add(ASK_AGAIN);
            self.state = State::Aside { host: host.to_owned(), again };
            return Then::Nothing;
        }
        if asks && self.rule() != Rule::Drop { Then::Say(self.hello("0")) } else { Then::Nothing }
    }

    /// When [`Rivals::pass`] has something to do.
    pub fn due(&self) -> Option<UnixMicro> {
        match self.state {
            State::Listening { until } | State::Asking { until, .. } => Some(until),
            State::Aside { again, .. } => Some(again),
            State::Off { .. } | State::Alone => None,
        }
    }

    /// Time passes.
    pub fn pass(&mut self, now: UnixMicro) -> Option<Action> {
        if self.due().is_none_or(|due| now < due) {
            return None;
        }
        match std::mem::replace(&mut self.state, State::Alone) {
            State::Aside { host, .. } => {
                self.state = State::Asking { host, until: now.saturating_add(LISTEN) };
                return Some(self.hello("1"));
            }
            State::Asking { host, .. } => {
                tracing::info!(host, "the other tracker has gone; this one writes from now on");
            }
            State::Listening { .. } | State::Off { .. } | State::Alone => {}
        }
        None
    }

    /// `new` asks others to say that they are there too.
    fn hello(&self, new: &str) -> Action {
        let fields = [("Id", &*self.id), ("Host", &*self.host), ("New", new)];
        let fields = fields.map(|(key, text)| (key.to_owned(), text.to_owned())).to_vec();
        Action::UserEvent { name: HELLO.to_owned(), fields }
    }
}

/// Which tracker this is: random, so that a copy of a machine is another one.
fn identity() -> String {
    let mut bytes = [0; 8];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = u64::from(std::process::id()).to_le_bytes();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "unknown".to_owned(), |name| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rivals(manner: Manner, id: &str) -> Rivals {
        let mut rivals = Rivals::new(manner);
        rivals.id = id.to_owned();
        rivals
    }

    /// A greeting as it comes back from Asterisk.
    fn heard(action: &Action) -> Event<'static> {
        let Action::UserEvent { name, fields } = action else { panic!("{action:?}") };
        let fields = fields.iter().map(|(key, text)| {
            // A test's few bytes; the names of fields are borrowed.
            (&*key.clone().leak(), text.clone().into())
        });
        Event::UserEvent { name: name.clone().into(), fields: fields.collect() }
    }

    #[test]
    fn alone_it_writes_after_three_seconds_of_silence() {
        let mut one = rivals(Manner::Leave, "a");
        let hello = one.connected(0);
        assert_eq!(one.rule(), Rule::Hold);
        assert_eq!(one.heard(&heard(&hello), 1000), Then::Nothing, "our own voice");
        assert_eq!(one.pass(LISTEN), None);
        assert_eq!(one.rule(), Rule::Write);
    }

    #[test]
    fn the_later_one_leaves_or_stands_aside_until_the_first_has_gone() {
        let mut first = rivals(Manner::StandAside, "b");
        first.connected(0);
        first.pass(LISTEN);
        for manner in [Manner::Leave, Manner::StandAside, Manner::Force] {
            let mut second = rivals(manner, "a");
            let hello = second.connected(5_000_000);
            let Then::Say(answer) = first.heard(&heard(&hello), 5_000_000) else { panic!() };
            let then = second.heard(&heard(&answer), 5_000_100);
            match manner {
                Manner::Leave => assert!(matches!(then, Then::Leave(_))),
                Manner::Force => assert_eq!(second.rule(), Rule::Hold),
                Manner::StandAside => {
                    assert_eq!(second.rule(), Rule::Drop);
                    assert!(second.other().is_some());
                    let asked = second.pass(5_000_100 + ASK_AGAIN).unwrap();
                    let Then::Say(answer) = first.heard(&heard(&asked), 0) else { panic!() };
                    second.heard(&heard(&answer), 65_000_200);
                    assert_eq!(second.rule(), Rule::Drop, "still there");
                    second.down();
                    assert_eq!(second.rule(), Rule::Drop, "without a connection who knows");
                    second.connected(70_000_000);
                    second.pass(80_000_000);
                    assert_eq!(second.rule(), Rule::Write, "nobody answered this time");
                }
            }
            assert_eq!(first.rule(), Rule::Write);
        }
    }

    #[test]
    fn of_two_that_come_at_once_one_stays() {
        let (mut one, mut two) = (rivals(Manner::Leave, "a"), rivals(Manner::Leave, "b"));
        let (from_one, from_two) = (heard(&one.connected(0)), heard(&two.connected(0)));
        assert!(matches!(one.heard(&from_two, 10), Then::Say(_)));
        assert!(matches!(two.heard(&from_one, 10), Then::Leave(_)));
    }
}
