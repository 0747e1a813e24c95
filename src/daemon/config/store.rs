//! Section `store`.

use std::path::PathBuf;

use crate::base::Zone;
use crate::base::setting::{Fault, Raw, RawValue, Span, Value};
use crate::store;

crate::settings! {
    /// The database and its backups.
    pub struct Store {
        /// The folder of the database and the backups. It must be on storage that
        /// outlives a restart.
        data: PathBuf = PathBuf::from("/var/lib/switchroom"),
        /// How long after reading a record it is at the latest written to storage.
        /// With the queue log on a RAM disk a power cut loses at most this much;
        /// longer spares flash.
        commit_interval: Span = Span(1),
        /// How long single calls, sessions and pauses are kept, in days; 0 = for ever.
        /// Totals are kept for ever.
        detail_days: u32 = 400,
        /// How many daily backups are kept; 0 = none are made.
        backups: u32 = 7,
        /// When the daily backup is made, in the office's time.
        backup_at: TimeOfDay = TimeOfDay { hour: 3, minute: 15 },
    }
}

impl Store {
    /// The settings of the database, for an office in this zone.
    pub fn settings(&self, zone: &Zone) -> store::Settings {
        store::Settings {
            detail_days: self.detail_days,
            zone: zone.name().to_owned(),
            ..store::Settings::default()
        }
    }
}

/// A time of day, `"03:15"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOfDay {
    pub hour: i8,
    pub minute: i8,
}

impl TimeOfDay {
    fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        if hour.len() > 2 || minute.len() != 2 {
            return None;
        }
        let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
        ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(TimeOfDay { hour, minute })
    }
}

impl Value for TimeOfDay {
    const KIND: &'static str = "time of day";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        let RawValue::Text(text) = &raw.value else {
            return Err("a time of day such as \"03:15\"".to_owned());
        };
        TimeOfDay::parse(text)
            .ok_or_else(|| format!("a time of day such as \"03:15\", not {text:?}"))
    }
    fn show(&self) -> String {
        format!("\"{:02}:{:02}\"", self.hour, self.minute)
    }
}
