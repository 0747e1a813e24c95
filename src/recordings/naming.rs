//! What the names say that the shipped dialplan gives its files
//! (`etc/asterisk/extensions_switchroom.conf`):
//!
//! | name | of |
//! |---|---|
//! | `<queue>-<id>.wav` | a call in a queue |
//! | `in-<phone>-<number>-<id>.wav`, `out-…` | a call of a telephone |
//! | `rec-<id>.wav` | a call somebody wanted recorded |
//!
//! The id is Asterisk's unique id. An ending `-in` or `-out` before the dot,
//! or `-r` and `-t` (the options of MixMonitor), is one side of the call.

use crate::recordings::fact::{Direction, Leg, Occasion};

/// What a file name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Unique id of the call; of its system name only what can be told apart.
    pub call: String,
    pub occasion: Occasion,
    pub queue: Option<String>,
    pub number: Option<String>,
    pub direction: Direction,
    pub leg: Leg,
}

/// Reads the name of a file (without folders); `None` when it holds no call's
/// id, is hidden, or is not finished by its own account.
pub fn read(name: &str) -> Option<Named> {
    let (stem, ending) = name.rsplit_once('.')?;
    if name.starts_with('.') || matches!(ending, "part" | "tmp") {
        return None;
    }
    let (stem, leg) = leg(stem);
    let (before, call) = split_id(stem)?;
    let mut named = Named {
        call: call.to_owned(),
        occasion: Occasion::Queue,
        queue: None,
        number: None,
        direction: Direction::Inbound,
        leg,
    };
    let direction = match before.split_once('-') {
        Some(("in", rest)) => Some((Direction::Inbound, rest)),
        Some(("out", rest)) => Some((Direction::Outbound, rest)),
        _ => None,
    };
    if before == "rec" {
        (named.occasion, named.direction) = (Occasion::Demand, Direction::Unknown);
    } else if let Some((direction, rest)) = direction {
        (named.occasion, named.direction) = (Occasion::Phone, direction);
        named.number = rest.split_once('-').map(|(_, number)| number).and_then(given);
    } else {
        named.queue = given(before);
    }
    Some(named)
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn leg(stem: &str) -> (&str, Leg) {
    for (ending, leg) in [("-in", Leg::In), ("-r", Leg::In), ("-out", Leg::Out), ("-t", Leg::Out)] {
        if let Some(stem) = stem.strip_suffix(ending) {
            return (stem, leg);
        }
    }
    (stem, Leg::Mix)
}

/// What stands before the id at the end, and the id: `EPOCH.SEQ`.
fn split_id(stem: &str) -> Option<(&str, &str)> {
    let (head, sequence) = stem.rsplit_once('.')?;
    let from = head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let digits = |text: &str, least: usize| {
        (least..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(head.get(from..)?, 9) || !digits(sequence, 1) {
        return None;
    }
    let before = stem.get(..from)?;
    let before = if before.is_empty() { before } else { before.strip_suffix('-')? };
    Some((before, stem.get(from..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_names_of_our_dialplan_say_what_they_are_of() {
        let queue = read("q-night-desk-1795132810.5.wav").unwrap();
        assert_eq!((queue.call.as_str(), queue.occasion), ("1795132810.5", Occasion::Queue));
        assert_eq!(queue.queue.as_deref(), Some("q-night-desk"));
        let out = read("out-201-0612345678-1795132810.51.wav").unwrap();
        assert_eq!((out.occasion, out.direction), (Occasion::Phone, Direction::Outbound));
        assert_eq!((out.number.as_deref(), out.queue), (Some("0612345678"), None));
        assert_eq!(read("in-201--1795132810.5.wav").unwrap().number, None, "a hidden number");
        let rec = read("rec-1795132810.5.wav").unwrap();
        assert_eq!((rec.occasion, rec.direction), (Occasion::Demand, Direction::Unknown));
        assert_eq!(read("sales-1795132810.5-out.wav").unwrap().leg, Leg::Out);
        assert_eq!(read("1795132810.5.WAV").unwrap().queue, None);
    }

    #[test]
    fn what_holds_no_id_is_nothing_of_ours() {
        for name in [
            "music.wav",
            ".sales-1795132810.5.wav",
            "sales-1795132810.5.part",
            "sales-1795132810.wav",
            "sales1795132810.5.wav",
            "sales-17951328101.55555555555.wav",
            "-.wav",
            "",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_read_or_refused(name in ".{0,60}") {
            if let Some(named) = read(&name) {
                prop_assert!(name.contains(&named.call));
            }
        }
    }
}
