//! The days and hours under which a call's recording may be filed.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A recorder that names folders by the moment of its first word may still be
/// on yesterday this long after midnight, and one that names them by the last
/// word already on tomorrow this long before.
const NIGHT_HOURS: i8 = 6;

/// A day of a recorder, and an hour of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub date: Date,
    pub hour: i8,
}

/// The days of a call, in the order they are tried: its own; the day before
/// if it began within six hours after midnight; the day after if it ended
/// there, or may have (no end is known and it began within six hours before
/// midnight). With `hours`, the hours of each: that of its beginning, the one
/// before, the one after, and that of its end.
pub fn moments(began: i64, ended: Option<i64>, zone: &TimeZone, hours: bool) -> Vec<Moment> {
    let local = |second: i64| {
        let at = Timestamp::from_second(second).ok()?.to_zoned(zone.clone()).datetime();
        Some(Moment { date: at.date(), hour: at.hour() })
    };
    let Some(start) = local(began) else { return Vec::new() };
    let end = ended.filter(|end| *end >= began).and_then(local);
    let mut all = vec![start];
    let mut add =
        |moment: Option<Moment>| all.extend(moment.filter(|moment| !all.contains(moment)));
    if hours {
        add(local(began - 3600));
        add(local(began + 3600));
        add(end);
        return all;
    }
    let on = |date: Result<Date, jiff::Error>| Some(Moment { date: date.ok()?, hour: 0 });
    if start.hour < NIGHT_HOURS {
        add(on(start.date.yesterday()));
    }
    match end {
        Some(end) if end.date > start.date => add(on(start.date.tomorrow())),
        None if start.hour >= 24 - NIGHT_HOURS => add(on(start.date.tomorrow())),
        _ => {}
    }
    all
}

/// The date and time in a recording's name: `20231114-221320`,
/// `20231114_221320` or the fourteen digits in one, as FreePBX and many
/// dialplans write them. Digits may not touch it.
pub fn written_time(name: &str) -> Option<DateTime> {
    let runs = digit_runs(name);
    for (position, run) in runs.iter().enumerate() {
        let text = &name[run.clone()];
        let (day, clock) = match text.len() {
            14 => text.split_at(8),
            8 => {
                let Some(next) = runs.get(position + 1) else { continue };
                let between = &name[run.end..next.start];
                if next.len() != 6 || !matches!(between, "-" | "_") {
                    continue;
                }
                (text, &name[next.clone()])
            }
            _ => continue,
        };
        let part = |text: &str, range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
        let small = |text: &str, at: usize| i8::try_from(part(text, at..at + 2)?).ok();
        let read = || {
            let (year, month, day) = (part(day, 0..4)?, small(day, 4)?, small(day, 6)?);
            let (hour, minute, second) = (small(clock, 0)?, small(clock, 2)?, small(clock, 4)?);
            DateTime::new(year, month, day, hour, minute, second, 0).ok()
        };
        if let Some(read) = read() {
            return Some(read);
        }
    }
    None
}

/// Where digits stand, as long as they follow one another.
fn digit_runs(name: &str) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, _) in name.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        match runs.last_mut() {
            Some(last) if last.end == at => last.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str, zone: &TimeZone) -> i64 {
        text.parse::<DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp().as_second()
    }

    fn days(began: &str, ended: Option<&str>, zone: &str) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let ended = ended.map(|ended| at(ended, &zone));
        let all = moments(at(began, &zone), ended, &zone, false);
        all.iter().map(|moment| moment.date.to_string()).collect()
    }

    #[test]
    fn the_day_is_the_recorders_and_its_neighbours_count_at_night() {
        let zurich = "Europe/Zurich";
        let noon = days("2023-11-14T12:00", Some("2023-11-14T12:10"), zurich);
        assert_eq!(noon, ["2023-11-14"]);
        let early = days("2023-11-14T05:59", Some("2023-11-14T06:10"), zurich);
        assert_eq!(early, ["2023-11-14", "2023-11-13"]);
        let over = days("2023-12-31T23:50", Some("2024-01-01T00:10"), zurich);
        assert_eq!(over, ["2023-12-31", "2024-01-01"]);
        let evening = days("2023-12-31T23:50", Some("2023-12-31T23:58"), zurich);
        assert_eq!(evening, ["2023-12-31"]);
        assert_eq!(days("2023-12-31T18:00", None, zurich), ["2023-12-31", "2024-01-01"]);
        assert_eq!(days("2023-12-31T17:59", None, zurich), ["2023-12-31"]);
    }

    #[test]
    fn one_moment_is_two_days_on_two_continents() {
        let second = 1_700_000_000; // 2023-11-14 22:13:20 UTC
        let day = |zone: &str| {
            let zone = TimeZone::get(zone).unwrap();
            moments(second, Some(second + 60), &zone, false)[0].date
        };
        assert_eq!(day("UTC"), date(2023, 11, 14));
        assert_eq!(day("Asia/Tokyo"), date(2023, 11, 15));
    }

    #[test]
    fn hours_have_neighbours_over_midnight_and_in_the_night_of_the_clocks() {
        let zone = TimeZone::get("Europe/Zurich").unwrap();
        let told = |began: &str, ended: Option<&str>| {
            let ended = ended.map(|ended| at(ended, &zone));
            let all = moments(at(began, &zone), ended, &zone, true);
            all.iter().map(|one| (one.date.day(), one.hour)).collect::<Vec<_>>()
        };
        assert_eq!(told("2023-11-14T00:30", None), [(14, 0), (13, 23), (14, 1)]);
        // 02:00 does not exist: an hour after 01:30 it is 03:30.
        assert_eq!(told("2024-03-31T01:30", None), [(31, 1), (31, 0), (31, 3)]);
        // 02:30 exists twice.
        assert_eq!(told("2024-10-27T02:30", None), [(27, 2), (27, 1)]);
        let long = told("2023-11-14T10:30", Some("2023-11-14T13:00"));
        assert_eq!(long, [(14, 10), (14, 9), (14, 11), (14, 13)]);
    }

    #[test]
    fn moments_out_of_the_calendar_are_none() {
        assert!(moments(i64::MAX, None, &TimeZone::UTC, false).is_empty());
        assert_eq!(moments(0, Some(-5), &TimeZone::UTC, false).len(), 2);
    }

    #[test]
    fn a_name_tells_its_time() {
        let read = |name: &str| written_time(name).map(|time| time.to_string());
        let expected = Some("2023-11-14T22:13:20".to_owned());
        assert_eq!(read("q-400-5551234-20231114-221320-1700000000.12.wav"), expected);
        assert_eq!(read("20231114_221320.wav"), expected);
        assert_eq!(read("x20231114221320y"), expected);
        assert_eq!(read("q-20231314-221320.wav"), None);
        assert_eq!(read("5551234-20231114-2213201.wav"), None);
        assert_eq!(read("20231114 221320.wav"), None);
        assert_eq!(read("12345678-20231114-221320.wav"), expected);
        assert_eq!(read(""), None);
    }
}
