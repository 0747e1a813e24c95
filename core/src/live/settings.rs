//! What the office decides about the live view.

use std::collections::BTreeMap;

use crate::base::{Secs, UnixSec, Zone};

/// Labels, targets and the window of "today".
#[derive(Clone, Debug)]
pub struct Settings {
    pub zone: Zone,
    pub window: Window,
    /// Queues with settings of their own, by name.
    pub queues: BTreeMap<String, QueueSetting>,
    /// For all others.
    pub queue: QueueSetting,
    /// Names to show for agents, by name in the log.
    pub agent_labels: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            zone: Zone::utc(),
            window: Window::Hour(0),
            queues: BTreeMap::new(),
            queue: QueueSetting::default(),
            agent_labels: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// The settings of a queue.
    pub fn queue(&self, name: &str) -> &QueueSetting {
        self.queues.get(name).unwrap_or(&self.queue)
    }
}

/// One queue's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueSetting {
    /// Shown instead of the name.
    pub label: Option<String>,
    /// Target: answered within so many seconds.
    pub sla_seconds: Secs,
    /// Goal: per cent of those offered.
    pub sla_goal: f64,
    /// Rest after a conversation, as configured in `queues.conf`
    /// (`wrapuptime`); the log does not tell it.
    pub wrapup: Secs,
    /// Whether it never gives waiting calls but is dialled out from.
    pub outbound: bool,
}

impl Default for QueueSetting {
    fn default() -> Self {
        QueueSetting { label: None, sla_seconds: 20, sla_goal: 80.0, wrapup: 0, outbound: false }
    }
}

/// Since when the counters of "today" count (`realtime_start`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Since this local hour, 0…23.
    Hour(u8),
    /// The last so many hours, moving.
    Sliding(u8),
}

impl Window {
    /// Reads `0`…`23` or `s1`…`s48`.
    pub fn parse(text: &str) -> Option<Window> {
        match text.strip_prefix('s') {
            Some(hours) => {
                hours.parse().ok().filter(|hours| (1..=48).contains(hours)).map(Window::Sliding)
            }
            None => text.parse().ok().filter(|hour| *hour < 24).map(Window::Hour),
        }
    }

    /// The first second that counts at `now`. A sliding window moves once a
    /// minute, so that boards do not change without need.
    pub fn start(self, now: UnixSec, zone: &Zone) -> UnixSec {
        match self {
            Window::Hour(hour) => {
                let at = |day: jiff::civil::Date| {
                    zone.moment(day.at(i8::try_from(hour).unwrap_or(0), 0, 0, 0))
                };
                let day = zone.day(now);
                let start = at(day);
                if start <= now { start } else { at(day.yesterday().unwrap_or(day)) }
            }
            Window::Sliding(hours) => {
                let start = now - Secs::from(hours) * 3600;
                start - start.rem_euclid(60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_starts_at_the_last_such_hour_of_the_zone() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
        let midnight = Window::parse("0").unwrap();
        assert_eq!(midnight.start(at("2026-11-20T22:59:59Z"), &paris), at("2026-11-19T23:00:00Z"));
        assert_eq!(midnight.start(at("2026-11-20T23:00:00Z"), &paris), at("2026-11-20T23:00:00Z"));
        let four = Window::parse("4").unwrap();
        assert_eq!(four.start(at("2026-11-20T02:30:00Z"), &paris), at("2026-11-19T03:00:00Z"));
        let sliding = Window::parse("s8").unwrap();
        assert_eq!(sliding.start(at("2026-11-20T12:30:59Z"), &paris), at("2026-11-20T04:30:00Z"));
    }

    #[test]
    fn other_windows_are_refused() {
        for text in ["24", "-1", "s0", "s49", "", "s", "noon"] {
            assert_eq!(Window::parse(text), None, "{text}");
        }
    }
}
