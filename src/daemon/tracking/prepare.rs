//! The tracker of the daemon, made ready before its connection stands.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::base::Result;
use crate::daemon::config::{Config, SinkName};
use crate::daemon::follow::Handle;
use crate::daemon::tracking::{Gauge, Lines, LogFile, Manner, Setup, Sink, Tracking};
use crate::input::ami::client::Listener;
use crate::model::{Direction, Fold};
use crate::tracker::Options;

/// Lines of the log on their way to the tracker; more are hints lost.
const HINTS: usize = 256;

/// What a start of the daemon needs for the tracker.
#[derive(Debug)]
pub struct Prepared {
    /// For the thread that follows the log.
    pub hints: SyncSender<Box<[u8]>>,
    /// For the health page.
    pub gauge: Gauge,
    lines: Receiver<Box<[u8]>>,
    options: Options,
    sink: SinkName,
}

/// `None` when the settings want no tracker.
pub fn prepare(config: &Config) -> Option<Prepared> {
    let wanted = config.tracker.enabled && config.ami.is_set();
    wanted.then(|| {
        let (hints, lines) = sync_channel(HINTS);
        let (options, sink) = (config.tracker.options(), config.tracker.sink);
        if options.outbound_calls && !options.rewrite_unique_ids {
            tracing::warn!("{}", super::NO_COLON);
        }
        Prepared { hints, gauge: Gauge::default(), lines, options, sink }
    })
}

impl Prepared {
    /// Tells of outbound calls that a dialplan logs itself and that are still
    /// open: the run before read the lines that opened them, and without
    /// them the snapshot would make each of them a second call.
    pub fn tell_open(&self, fold: &Fold) {
        if !self.options.rewrite_unique_ids {
            // Then our own calls look the same.
            return;
        }
        for one in &fold.open().stints {
            let stint = &one.stint;
            let id = stint.call_id.to_string();
            if stint.direction != Direction::Outbound || id.starts_with(':') {
                continue;
            }
            let queue = fold.names().queue_name(stint.queue);
            let line = format!("{}|{id}|{queue}|NONE|CALLOUTBOUND||{}", stint.enter, stint.number);
            if self.hints.try_send(line.into_bytes().into()).is_err() {
                return;
            }
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
        let sink = match self.sink {
            SinkName::Internal => Sink::Internal,
            SinkName::File => Sink::File(LogFile::open(&config.log.path)?),
            SinkName::Ami => Sink::Ami,
        };
        let setup = Setup {
            options: self.options,
            journal,
            sink,
            lines: Lines::Told(self.lines),
            manner: Manner::StandAside,
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
        let prepared = Prepared {
            hints,
            gauge: Gauge::default(),
            lines,
            options: Options::default(),
            sink: SinkName::Internal,
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
    }
}
