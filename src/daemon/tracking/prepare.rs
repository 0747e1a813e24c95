//! The tracker of the daemon, made ready before its connection stands.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use crate::base::Result;
use crate::daemon::config::{Config, Sinks, Writer};
use crate::daemon::follow::Handle;
use crate::daemon::tracking::{Echoes, Gauge, Lines, LogFile, Manner, Setup, Sink, Tracking};
use crate::input::ami::client::Listener;
use crate::model::{Direction, Fold, Membership};
use crate::tracker::{Echo, Options, Orphan};

/// Lines of the log on their way to the tracker; more are hints lost.
const HINTS: usize = 256;

/// What a start of the daemon needs for the tracker.
#[derive(Debug)]
pub struct Prepared {
    /// For the thread that follows the log.
    pub hints: SyncSender<Box<[u8]>>,
    /// For the health page.
    pub gauge: Gauge,
    /// For the thread that follows the log, where it meets what it has.
    pub echoes: Option<Echoes>,
    lines: Receiver<Box<[u8]>>,
    options: Options,
    sinks: Sinks,
    /// Calls of ours that the run before left open.
    orphans: Vec<Orphan>,
}

/// `None` when the settings want no tracker.
pub fn prepare(config: &Config) -> Option<Prepared> {
    let wanted = config.tracker.enabled && config.ami.is_set();
    wanted.then(|| {
        let (hints, lines) = sync_channel(HINTS);
        let (options, sinks) = (config.tracker.options(), config.tracker.sink);
        let both = sinks.internal && sinks.log.is_some();
        let echoes = both.then(|| Arc::new(Mutex::new(Echo::patient())));
        if options.outbound_calls && !options.rewrite_unique_ids {
            tracing::warn!("{}", super::NO_COLON);
        }
        Prepared {
            hints,
            gauge: Gauge::default(),
            echoes,
            lines,
            options,
            sinks,
            orphans: Vec::new(),
        }
    })
}

impl Prepared {
    /// Tells of outbound calls that a dialplan logs itself and that are still
    /// open: the run before read the lines that opened them, and without
    /// them the snapshot would make each of them a second call. Our own that
    /// are open wait for the tracker to know them.
    pub fn tell_open(&mut self, fold: &Fold) {
        if !self.options.rewrite_unique_ids {
            // Then our own calls look the same.
            return;
        }
        let open = fold.open();
        for one in &open.stints {
            let stint = &one.stint;
            let id = stint.call_id.to_string();
            let queue = fold.names().queue_name(stint.queue);
            if id.starts_with(':') {
                let agent = stint.agent;
                let is_of = |member: &Membership| {
                    member.queue == stint.queue && Some(member.agent) == agent
                };
                self.orphans.push(Orphan {
                    call_id: id,
                    queue: queue.to_owned(),
                    agent: agent.map_or("", |agent| fold.names().agent_name(agent)).to_owned(),
                    entered: stint.enter,
                    connected: one.connected,
                    joined: open.memberships.iter().any(is_of),
                });
                continue;
            }
            if stint.direction != Direction::Outbound {
                continue;
            }
            let line = format!("{}|{id}|{queue}|NONE|CALLOUTBOUND||{}", stint.enter, stint.number);
            // Of so many calls at once the last become two.
            let _ = self.hints.try_send(line.into_bytes().into());
        }
    }

    /// The tracker as one who hears the connection.
    ///
    /// Errors: a log that can't be opened for the sink `file`.
    pub fn listener(
        self,
        config: &Config,
        journal: Option<&str>,
        follow: Arc<Handle>,
    ) -> Result<Box<dyn Listener>> {
        let mut sinks: Vec<Sink> = Vec::new();
        if self.sinks.internal {
            sinks.push(Sink::Internal);
        }
        match self.sinks.log {
            Some(Writer::Asterisk) => sinks.push(Sink::Ami),
            Some(Writer::Ourselves) => sinks.push(Sink::File(LogFile::open(&config.log.path)?)),
            None => {}
        }
        let setup = Setup {
            options: self.options,
            journal,
            orphans: self.orphans,
            sinks,
            echoes: self.echoes,
            lines: Lines::Told(self.lines),
            manner: if config.tracker.force { Manner::Force } else { Manner::StandAside },
            gauge: Some(self.gauge),
            ended: None,
        };
        Ok(Box::new(Tracking::new(setup, follow)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::queue_log::{self, Parsed};

    #[test]
    fn open_calls_of_a_dialplan_are_told_to_a_new_run_and_those_of_ours_are_not() {
        let (hints, lines) = sync_channel(HINTS);
        let mut prepared = Prepared {
            hints,
            gauge: Gauge::default(),
            lines,
            options: Options::default(),
            echoes: None,
            sinks: Sinks::default(),
            orphans: Vec::new(),
        };
        let mut fold = Fold::new(crate::model::Settings::default());
        let mut changes = Vec::new();
        for line in [
            "100|7.1|q-autumn|Bruno Keller|CALLOUTBOUND||015676298",
            "101|:8.1|q-autumn|PJSIP/202|CALLOUTBOUND||0123",
            "102|9.1|sales|NONE|ENTERQUEUE||0456|1",
        ] {
            let options = queue_log::Options::default();
            let Parsed::Event(event) = queue_log::parse(line.as_bytes(), &options) else {
                panic!("{line}");
            };
            fold.apply(&event, &mut changes);
        }
        prepared.tell_open(&fold);
        let told: Vec<_> = prepared.lines.try_iter().collect();
        let told: Vec<_> = told.iter().map(|line| std::str::from_utf8(line).unwrap()).collect();
        assert_eq!(told, ["100|7.1|q-autumn|NONE|CALLOUTBOUND||015676298"]);
        let ours = Orphan {
            call_id: ":8.1".to_owned(),
            queue: "q-autumn".to_owned(),
            agent: "PJSIP/202".to_owned(),
            entered: 101,
            connected: None,
            joined: false,
        };
        assert_eq!(prepared.orphans, [ours]);
    }
}
