//! A capture through the tracker, on the capture's own clock.

use crate::base::{Result, UnixMicro, UnixSec};
use crate::event::manager::Told;
use crate::input::ami::capture::{Capture, Content};
use crate::input::ami::{ListEnd, Message, Outcome, parse};
use crate::input::queue_log::{self, Parsed};
use crate::tracker::{Meter, Options, Record, Round, Tracker};

/// What is still due when a capture ends comes within this.
const AFTERMATH: UnixMicro = 10_000_000;
/// A list of channels this soon after a log-in is the snapshot of that log-in.
const LOGIN: UnixMicro = 10_000_000;

/// Lists of which a snapshot is made.
const SNAPSHOT: [&str; 8] = [
    "CoreShowChannels",
    "BridgeList",
    "QueueStatus",
    "Parkinglots",
    "ParkedCalls",
    "DeviceStateList",
    "ExtensionStateList",
    "PJSIPShowContacts",
];

/// What a replay calls back with: before an event its time, and each record.
pub enum Step<'a> {
    Time(UnixMicro),
    Record(&'a Record),
}

/// Plays a capture. `log` is Asterisk's own queue_log of the time: its lines
/// are shown to the tracker at their second.
///
/// Errors: those of `each`.
pub fn replay(
    capture: &Capture,
    log: Option<&[u8]>,
    options: Options,
    mut each: impl FnMut(Step<'_>) -> Result<()>,
) -> Result<Meter> {
    let mut tracker = Tracker::new(options);
    let native: Vec<(UnixSec, &[u8])> = log.map(lines).unwrap_or_default();
    let mut native = native.into_iter().peekable();
    let mut begun = None;
    // Lists that were asked for, where the capture holds what was sent.
    let mut lists = Lists::default();
    let mut last = 0;
    for captured in capture {
        if captured.sent {
            if let Content::Block(block) = captured.content {
                lists.asked(block);
            }
            continue;
        }
        let at = captured.at;
        while let Some((_, line)) = native.next_if(|(time, _)| time.saturating_mul(1_000_000) <= at)
        {
            if let Parsed::Event(event) = queue_log::parse(line, &queue_log::Options::default()) {
                let records =
                    tracker.native(&event, event.time.saturating_mul(1_000_000).max(last));
                records.iter().try_for_each(|record| each(Step::Record(record)))?;
            }
        }
        last = last.max(at);
        let notice = match captured.content {
            Content::Greeting(_) => {
                tracker.disconnected();
                tracker.snapshot_begin(at, None);
                begun = Some(at);
                lists = Lists::default();
                continue;
            }
            Content::Damaged(_) => continue,
            Content::Block(block) => match parse(block) {
                Message::Event(notice) => notice,
                Message::Response(response) => {
                    if response.outcome == Outcome::Error && lists.done(&response.action_id) {
                        begun = None;
                        let records = tracker.snapshot_end(at, Round::Connected);
                        records.iter().try_for_each(|record| each(Step::Record(record)))?;
                    }
                    continue;
                }
                Message::Neither => continue,
            },
        };
        each(Step::Time(at))?;
        let listed = if lists.told {
            notice.list != ListEnd::No && lists.done(&notice.action_id)
        } else {
            notice.name == "CoreShowChannelsComplete"
        };
        let mut records = tracker.apply(&Told { at, event: notice.event });
        if let Some(login) = begun.filter(|login| listed || at - login > LOGIN) {
            begun = None;
            if at - login > LOGIN {
                tracker.snapshot_cancel();
            } else {
                records.extend(tracker.snapshot_end(at, Round::Connected));
            }
        }
        records.iter().try_for_each(|record| each(Step::Record(record)))?;
    }
    let late = tracker.tick(last.saturating_add(AFTERMATH));
    late.iter().try_for_each(|record| each(Step::Record(record)))?;
    Ok(tracker.meter())
}

/// The lists of a snapshot that have not come to their end.
#[derive(Default)]
struct Lists {
    told: bool,
    open: Vec<String>,
}

impl Lists {
    /// An action that was sent.
    fn asked(&mut self, block: &[u8]) {
        let text = String::from_utf8_lossy(block);
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let (Some(action), Some(id)) = (field("Action: "), field("ActionID: ")) else { return };
        if SNAPSHOT.contains(&action.trim()) && self.open.len() < SNAPSHOT.len() {
            self.told = true;
            self.open.push(id.trim().to_owned());
        }
    }

    /// One ended; whether it was the last.
    fn done(&mut self, id: &str) -> bool {
        let before = self.open.len();
        self.open.retain(|open| open != id);
        before > 0 && self.open.is_empty()
    }
}

/// The lines of a log with their seconds; others are left out.
fn lines(log: &[u8]) -> Vec<(UnixSec, &[u8])> {
    log.split(|&byte| byte == b'\n')
        .filter_map(|line| Some((queue_log::find_cuts(line).ok()?.time, line)))
        .collect()
}
