//! A capture with its times moved.

use crate::base::{Secs, UnixSec};
use crate::event::{QueueEvent, Verb};
use crate::input::queue_log::{Options, Parsed, find_cuts, parse, print};

/// The queue_logs of `tests/captures`: two Asterisks, 60 to 80 calls each in
/// some minutes, and one that is killed and started again.
const CAPTURES: [&[&str]; 3] = [
    &[include_str!("../../../tests/captures/22/queue_log")],
    &[
        include_str!("../../../tests/captures/16/queue_log.0"),
        include_str!("../../../tests/captures/16/queue_log"),
    ],
    &[include_str!("../../../tests/captures/22-restart/queue_log")],
];

/// One capture.
#[derive(Clone, Copy, Debug)]
pub struct Tape {
    files: &'static [&'static str],
    first: UnixSec,
    last: UnixSec,
}

impl Tape {
    /// All captures.
    pub fn all() -> Vec<Tape> {
        CAPTURES.iter().map(|files| Tape::of(files)).collect()
    }

    fn of(files: &'static [&'static str]) -> Tape {
        let times = files.iter().flat_map(|file| file.lines()).filter_map(time_of);
        let (first, last) =
            times.fold((UnixSec::MAX, 0), |(first, last), time| (first.min(time), last.max(time)));
        Tape { files, first, last }
    }

    /// From the first record to the last.
    pub fn secs(&self) -> Secs {
        self.last - self.first
    }

    /// The lines as if the capture had begun at `start` and run `speed` times
    /// as fast, each with the seconds after `start` at which it is due. Call
    /// ids move along, so that no call happens twice.
    pub fn lines(&self, start: UnixSec, speed: u32) -> impl Iterator<Item = (Secs, String)> {
        let first = self.first;
        let speed = Secs::from(speed.max(1));
        let moved = move |at: UnixSec| start + (at - first).div_euclid(speed);
        self.files.iter().flat_map(|file| file.lines()).filter_map(move |line| {
            let at = moved(time_of(line)?);
            let (_, rest) = line.split_once('|')?;
            let mut line = format!("{at}|{}", with_moved_ids(rest, first, &moved));
            if speed > 1
                && let Parsed::Event(event) = parse(line.as_bytes(), &as_written())
            {
                line = print::print(&faster(event, speed));
            }
            Some((at - start, line))
        })
    }
}

fn as_written() -> Options {
    Options { strip_channel_names: false, rewrite_local_channels: false }
}

fn time_of(line: &str) -> Option<UnixSec> {
    find_cuts(line.as_bytes()).ok().map(|cuts| cuts.time)
}

/// The fields of a line with the ids `EPOCH.SEQ` of this capture moved; an
/// epoch of another time is a number that only looks like one.
fn with_moved_ids(fields: &str, first: UnixSec, moved: &impl Fn(UnixSec) -> UnixSec) -> String {
    let move_one = |field: &str| {
        let (epoch, seq) = field.split_once('.')?;
        let near = epoch.parse().ok().filter(|epoch: &UnixSec| (epoch - first).abs() < 3600)?;
        seq.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("{}.{seq}", moved(near)))
    };
    let fields: Vec<String> = fields
        .split('|')
        .map(|field| move_one(field).unwrap_or_else(|| field.to_owned()))
        .collect();
    fields.join("|")
}

/// The event with its durations shortened, so that they agree with its
/// times.
fn faster(mut event: QueueEvent<'_>, speed: Secs) -> QueueEvent<'_> {
    let shorten = |lengths: &mut [&mut Option<i64>]| {
        for length in lengths.iter_mut().filter_map(|length| length.as_mut()) {
            *length /= speed;
        }
    };
    match &mut event.verb {
        Verb::Connect { hold, ring, .. } => shorten(&mut [hold, ring]),
        Verb::Complete { hold, talk, .. } => shorten(&mut [hold, talk]),
        Verb::Transfer(transfer) => shorten(&mut [&mut transfer.hold, &mut transfer.talk]),
        Verb::Abandon { wait, .. }
        | Verb::ExitEmpty { wait, .. }
        | Verb::ExitWithKey { wait, .. }
        | Verb::ExitWithTimeout { wait, .. }
        | Verb::Left { wait, .. }
        | Verb::Withdraw { wait, .. } => shorten(&mut [wait]),
        Verb::RingNoAnswer { ring_ms }
        | Verb::RingCanceled { ring_ms }
        | Verb::AgentAttempt { ring_ms } => shorten(&mut [ring_ms]),
        Verb::OutCall { talk, .. } => shorten(&mut [talk]),
        Verb::AgentLogoff { session, .. } => shorten(&mut [session]),
        Verb::CallerOffHold { held } => shorten(&mut [held]),
        _ => {}
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tape_keeps_every_line_and_moves_times_and_ids_alike() {
        for tape in Tape::all() {
            let written: usize = tape.files.iter().map(|file| file.lines().count()).sum();
            let lines: Vec<_> = tape.lines(2_000_000_000, 1).collect();
            assert_eq!(lines.len(), written);
            let again: Vec<_> = tape.lines(tape.first, 1).map(|(_, line)| line).collect();
            assert_eq!(again.join("\n"), tape.files.concat().trim_end());
            assert!(lines.iter().all(|(_, line)| !line.contains("|1795")));
        }
    }

    #[test]
    fn a_faster_tape_is_shorter_in_everything() {
        let tape = Tape::all()[0];
        let lines: Vec<_> = tape.lines(2_000_000_000, 10).collect();
        assert_eq!(lines.last().map(|(after, _)| *after), Some(tape.secs() / 10));
        let talks = |lines: &[(Secs, String)]| -> i64 {
            lines
                .iter()
                .filter_map(|(_, line)| match parse(line.as_bytes(), &as_written()) {
                    Parsed::Event(QueueEvent { verb: Verb::Complete { talk, .. }, .. }) => talk,
                    _ => None,
                })
                .sum()
        };
        let real: Vec<_> = tape.lines(2_000_000_000, 1).collect();
        assert!(talks(&real) > 100 && talks(&lines) <= talks(&real) / 10);
    }
}
