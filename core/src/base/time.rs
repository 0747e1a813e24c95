//! Moments, durations and the office's local days.
//!
//! Everything inside is UTC seconds. Local days and slots come from the
//! office's zone by `jiff`; a day is never 86 400 seconds by assumption.

use jiff::civil;
use jiff::tz::TimeZone;

use crate::base::error::{Error, Kind, Result};

/// Seconds since 1970-01-01T00:00:00Z.
pub type UnixSec = i64;

/// Microseconds since 1970-01-01T00:00:00Z, for sources that are that exact.
pub type UnixMicro = i64;

/// A length of time in seconds.
pub type Secs = i64;

/// The office's time zone with the few questions we ask of it.
#[derive(Clone, Debug)]
pub struct Zone {
    tz: TimeZone,
    name: String,
}

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        Zone { tz: TimeZone::UTC, name: "UTC".to_owned() }
    }

    /// A zone by its IANA name (`Europe/Paris`), `UTC`, or `local` for the
    /// machine's own.
    ///
    /// Errors: [`Kind::Invalid`] when no such zone is known on this machine.
    pub fn named(name: &str) -> Result<Self> {
        match name {
            "UTC" => Ok(Self::utc()),
            "local" => {
                let tz = TimeZone::system();
                let name = tz.iana_name().unwrap_or("UTC").to_owned();
                Ok(Zone { tz, name })
            }
            _ => {
                TimeZone::get(name).map(|tz| Zone { tz, name: name.to_owned() }).map_err(|error| {
                    Error::caused(
                        Kind::Invalid,
                        format!("unknown time zone {name:?}; give a name such as Europe/Paris"),
                        error,
                    )
                })
            }
        }
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zone itself, for formatting.
    pub fn tz(&self) -> &TimeZone {
        &self.tz
    }

    /// Local date and time of a moment. Moments outside years −9999…9999 are
    /// clamped.
    pub fn local(&self, at: UnixSec) -> civil::DateTime {
        self.tz.to_datetime(timestamp(at))
    }

    /// The local day a moment lies in.
    pub fn day(&self, at: UnixSec) -> civil::Date {
        self.local(at).date()
    }

    /// The first second of a local day. Where the zone skips midnight, the
    /// first second that exists.
    pub fn day_start(&self, day: civil::Date) -> UnixSec {
        self.moment(day.at(0, 0, 0, 0))
    }

    /// The moment of a local date and time; in a gap the later reading, in a
    /// repeated hour the first.
    pub fn moment(&self, local: civil::DateTime) -> UnixSec {
        self.tz
            .to_ambiguous_zoned(local)
            .compatible()
            .map(|zoned| zoned.timestamp().as_second())
            .unwrap_or(0)
    }
}

/// The wall clock. Only edges ask for it; everything behind them takes time
/// as an argument.
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
pub fn now() -> UnixSec {
    jiff::Timestamp::now().as_second()
}

/// The wall clock in microseconds; see [`now`].
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
pub fn now_micro() -> UnixMicro {
    jiff::Timestamp::now().as_microsecond()
}

/// A timestamp for any number of seconds, clamped to what `jiff` holds.
pub fn timestamp(at: UnixSec) -> jiff::Timestamp {
    jiff::Timestamp::from_second(at).unwrap_or(if at < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_the_length_the_zone_gives_it() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let spring = civil::date(2026, 3, 29);
        let autumn = civil::date(2026, 10, 25);
        let hours = |day: civil::Date| {
            (paris.day_start(day.tomorrow().unwrap()) - paris.day_start(day)) / 3600
        };
        assert_eq!(hours(spring), 23);
        assert_eq!(hours(autumn), 25);
        assert_eq!(hours(civil::date(2026, 11, 20)), 24);
    }

    #[test]
    fn an_unknown_zone_is_refused_with_its_name() {
        let error = Zone::named("Mars/Olympus").unwrap_err();
        assert!(error.message().contains("Mars/Olympus"));
    }
}
