//! The period of a report in the office's local time: days, hour slots, days
//! of the week, and the windows that may be cut out of it.

use std::cell::Cell;
use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use crate::base::order::Ordered as _;
use crate::base::time::timestamp;
use crate::base::{Secs, UnixSec, Zone};

/// What the rows of a distribution are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    Day,
    /// Slots of this many minutes from local midnight, over all days.
    Hour(u32),
    /// Days of the week, the first being this.
    Week(Weekday),
}

/// Days of the week and times of the day outside of which nothing counts.
/// Empty lists let everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    pub days: Vec<Weekday>,
    /// Minutes of the day from–to, half open; passes midnight when `from` is
    /// not below `to`. The day of the week is that of each moment itself.
    pub times: Vec<(u32, u32)>,
}

impl Window {
    pub fn is_open(&self) -> bool {
        self.days.is_empty() && self.times.is_empty()
    }

    fn lets(&self, day: Weekday, minute: u32) -> bool {
        let time = |&(from, to): &(u32, u32)| {
            if from < to { from <= minute && minute < to } else { minute >= from || minute < to }
        };
        (self.days.is_empty() || self.days.contains(&day))
            && (self.times.is_empty() || self.times.iter().any(time))
    }

    /// Minutes of the day at which something changes.
    fn edges(&self) -> impl Iterator<Item = u32> + '_ {
        self.times.iter().flat_map(|&(from, to)| [from, to])
    }
}

/// A row of a distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub key: String,
    /// Seconds of the period that lie in it.
    pub secs: Secs,
    /// Days of the period that have it.
    pub days: u32,
    /// The zone repeated it on some day: that day counts with double width.
    pub repeated: bool,
}

/// A stretch without midnight and without a change of the zone's offset.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: UnixSec,
    end: UnixSec,
    date: Date,
    /// Days of the date since 1970-01-01.
    day: i32,
    /// Second of the local day at `start`.
    second: Secs,
}

/// The period, cut at local midnights.
#[derive(Clone, Debug)]
pub struct Calendar {
    pieces: Vec<Piece>,
    window: Window,
    /// The piece that was found last.
    last: Cell<usize>,
}

/// A stretch of one bucket inside the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: UnixSec,
    pub end: UnixSec,
    pub bucket: i32,
}

/// A stretch of one local day in which clocks do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub start: UnixSec,
    pub end: UnixSec,
    /// Where the day would begin if clocks never changed.
    pub midnight: UnixSec,
}

impl Calendar {
    pub fn new(zone: &Zone, from: UnixSec, to: UnixSec, window: Window) -> Self {
        let mut pieces = Vec::new();
        let mut start = from;
        while start < to {
            let local = zone.local(start);
            let second = Secs::from(local.hour()) * 3600
                + Secs::from(local.minute()) * 60
                + Secs::from(local.second());
            let midnight = local.date().tomorrow().map_or(to, |next| zone.day_start(next));
            let change = zone
                .tz()
                .following(timestamp(start))
                .next()
                .map_or(UnixSec::MAX, |change| change.timestamp().as_second());
            // A zone whose midnight repeats would not advance; a day at most.
            let end = midnight.min(change).min(to).max(start + 1);
            let date = local.date();
            pieces.push(Piece { start, end, date, day: day_number(date), second });
            start = end;
        }
        Calendar { pieces, window, last: Cell::new(0) }
    }

    fn piece(&self, at: UnixSec) -> Option<&Piece> {
        // Cells and calls come in order of time.
        if let Some(piece) = self.pieces.get(self.last.get())
            && piece.start <= at
            && at < piece.end
        {
            return Some(piece);
        }
        let next = self.pieces.partition_point(|piece| piece.start <= at);
        // A slot that begins before the period is cut: it counts as its first
        // moment inside.
        self.last.set(next.saturating_sub(1));
        self.pieces.get(self.last.get())
    }

    /// Whether a moment of the period is inside the window.
    pub fn lets(&self, at: UnixSec) -> bool {
        self.window.is_open()
            || self
                .piece(at)
                .is_some_and(|piece| self.window.lets(piece.date.weekday(), piece.minute(at)))
    }

    /// The bucket of a moment; buckets count upwards in order of time.
    pub fn bucket(&self, base: Base, at: UnixSec) -> i32 {
        let Some(piece) = self.piece(at) else { return 0 };
        match base {
            Base::Day => piece.day,
            Base::Hour(minutes) => (piece.minute(at) / minutes.max(1)) as i32,
            Base::Week(first) => i32::from(first.until(piece.date.weekday())),
        }
    }

    /// The period day by day, in order of time.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch> + '_ {
        self.pieces.iter().map(|piece| Stretch {
            start: piece.start,
            end: piece.end,
            midnight: piece.start - piece.second,
        })
    }

    /// All buckets of the period with their widths.
    pub fn buckets(&self, base: Base) -> BTreeMap<i32, Bucket> {
        let mut buckets: BTreeMap<i32, Bucket> = BTreeMap::new();
        let mut seen: BTreeMap<i32, (Date, Secs)> = BTreeMap::new();
        for span in self.spans(base) {
            let date = self.piece(span.start).map_or(Date::MIN, |piece| piece.date);
            let bucket = buckets.entry(span.bucket).or_insert_with(|| Bucket {
                key: key(base, span.bucket),
                secs: 0,
                days: 0,
                repeated: false,
            });
            let secs = span.end - span.start;
            bucket.secs += secs;
            match seen.get_mut(&span.bucket) {
                Some(last) if last.0 == date => {
                    last.1 += secs;
                    let width = if let Base::Hour(minutes) = base { minutes * 60 } else { 90_000 };
                    bucket.repeated |= last.1 > Secs::from(width);
                }
                _ => {
                    bucket.days += 1;
                    seen.insert(span.bucket, (date, secs));
                }
            }
        }
        buckets
    }

    /// The period as stretches that lie in one bucket each and inside the
    /// window, in order of time.
    pub fn spans(&self, base: Base) -> Vec<Span> {
        let mut edges: Vec<Secs> = self.window.edges().map(|m| Secs::from(m) * 60).collect();
        if let Base::Hour(minutes) = base {
            edges.extend((0..86_400).step_by(minutes.max(1) as usize * 60));
        }
        edges.order();
        edges.dedup();
        let mut spans = Vec::new();
        for piece in &self.pieces {
            let mut start = piece.start;
            while start < piece.end {
                let second = piece.second + start - piece.start;
                let next = edges.get(edges.partition_point(|&edge| edge <= second));
                let end = next.map_or(piece.end, |edge| start + edge - second).min(piece.end);
                if self.lets(start) {
                    spans.push(Span { start, end, bucket: self.bucket(base, start) });
                }
                start = end;
            }
        }
        spans
    }

    /// The longest slot of 15, 5 or 1 minutes, on multiples of it in UTC,
    /// that cuts no bucket and no window.
    pub fn slot_secs(&self, base: Option<Base>) -> Secs {
        let minutes = match base {
            Some(Base::Hour(minutes)) => minutes,
            _ => 60,
        };
        let fits = |slot: Secs| {
            self.pieces.iter().all(|piece| (piece.start - piece.second) % slot == 0)
                && Secs::from(minutes) * 60 % slot == 0
                && self.window.edges().all(|edge| Secs::from(edge) * 60 % slot == 0)
        };
        [900, 300].into_iter().find(|&slot| fits(slot)).unwrap_or(60)
    }
}

impl Piece {
    fn minute(&self, at: UnixSec) -> u32 {
        let second = self.second + (at - self.start).max(0);
        u32::try_from(second / 60).unwrap_or(0)
    }
}

fn day_number(date: Date) -> i32 {
    Date::constant(1970, 1, 1).until(date).map_or(0, |span| span.get_days())
}

/// The key of a row (`metrics.md` 3.0): `2026-11-20`, `09` or `09:30`, `mon`.
fn key(base: Base, bucket: i32) -> String {
    match base {
        Base::Day => Date::constant(1970, 1, 1)
            .checked_add(jiff::Span::new().days(bucket))
            .map_or_else(|_| bucket.to_string(), |date| date.to_string()),
        Base::Hour(minutes) => {
            let minute = bucket * minutes as i32;
            if minutes % 60 == 0 {
                format!("{:02}", minute / 60)
            } else {
                format!("{:02}:{:02}", minute / 60, minute % 60)
            }
        }
        Base::Week(first) => day_name(first.wrapping_add(bucket)).to_owned(),
    }
}

/// Days of the week as keys and filters write them.
pub fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn calendar(from: Date, to: Date, window: Window) -> Calendar {
        let paris = Zone::named("Europe/Paris").unwrap();
        Calendar::new(&paris, paris.day_start(from), paris.day_start(to), window)
    }

    #[test]
    fn the_repeated_hour_is_one_bucket_of_double_width() {
        let autumn = calendar(date(2026, 10, 25), date(2026, 10, 26), Window::default());
        let hours = autumn.buckets(Base::Hour(60));
        assert_eq!(hours.len(), 24);
        assert_eq!((hours[&2].secs, hours[&2].repeated, hours[&2].days), (7200, true, 1));
        assert_eq!((hours[&3].secs, hours[&3].repeated), (3600, false));
        assert_eq!(hours[&2].key, "02");
        let day = &autumn.buckets(Base::Day)[&day_number(date(2026, 10, 25))];
        assert_eq!((day.secs, day.repeated, day.key.as_str()), (90_000, false, "2026-10-25"));
        assert_eq!(autumn.slot_secs(Some(Base::Hour(60))), 900);
        assert_eq!(autumn.slot_secs(Some(Base::Hour(20))), 300);
    }

    #[test]
    fn the_skipped_hour_is_not_there() {
        let spring = calendar(date(2026, 3, 29), date(2026, 3, 30), Window::default());
        let hours = spring.buckets(Base::Hour(60));
        assert_eq!(hours.len(), 23);
        assert!(!hours.contains_key(&2));
    }

    #[test]
    fn a_window_may_pass_midnight() {
        let window = Window { days: vec![Weekday::Monday], times: vec![(22 * 60, 6 * 60)] };
        let week = calendar(date(2026, 11, 16), date(2026, 11, 23), window);
        let hours = week.buckets(Base::Hour(60));
        let keys: Vec<_> = hours.values().map(|bucket| bucket.key.as_str()).collect();
        assert_eq!(keys, ["00", "01", "02", "03", "04", "05", "22", "23"]);
        assert!(hours.values().all(|bucket| bucket.secs == 3600 && bucket.days == 1));
        let days = week.buckets(Base::Week(Weekday::Sunday));
        assert_eq!(days.len(), 1);
        assert_eq!((days[&1].key.as_str(), days[&1].secs), ("mon", 8 * 3600));
    }

    #[test]
    fn half_hour_zones_keep_quarter_hours() {
        let kathmandu = Zone::named("Asia/Kathmandu").unwrap();
        let from = kathmandu.day_start(date(2026, 11, 16));
        let calendar = Calendar::new(&kathmandu, from, from + 86_400, Window::default());
        assert_eq!(calendar.slot_secs(Some(Base::Hour(60))), 900);
        assert_eq!(calendar.buckets(Base::Hour(30))[&1].key, "00:30");
    }
}
