//! When the calls of earlier days are placed.

use jiff::civil::{Date, Weekday};

use crate::base::{Secs, UnixSec, Zone};

/// Days before today.
const DAYS: u32 = 14;
/// Plays in each hour from 8 to 17: a forenoon peak, a quiet noon, a lesser
/// peak, as in most offices.
const PLAYS: [(i8, Secs); 10] =
    [(8, 2), (9, 4), (10, 5), (11, 4), (12, 2), (13, 3), (14, 5), (15, 4), (16, 3), (17, 1)];

/// The starts of all plays that end before `now`, oldest first, each at least
/// `longest` after the one before. The same for the same day, whenever it is
/// asked: a later start of the program places no call twice.
pub fn before(now: UnixSec, longest: Secs, zone: &Zone) -> Vec<UnixSec> {
    let today = zone.day(now);
    let mut day = today;
    let mut days = vec![today];
    for _ in 0..DAYS {
        let Ok(before) = day.yesterday() else { break };
        day = before;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            days.push(day);
        }
    }
    days.reverse();
    let mut starts: Vec<UnixSec> = Vec::new();
    for day in days {
        for start in of_day(day, zone) {
            let free = starts.last().is_none_or(|last| start >= last + longest);
            if free && start + longest <= now {
                starts.push(start);
            }
        }
    }
    starts
}

fn of_day(day: Date, zone: &Zone) -> Vec<UnixSec> {
    // Days differ a little, by their date and not by chance.
    let date = Secs::from(day.day());
    PLAYS
        .iter()
        .flat_map(|&(hour, plays)| {
            let plays = (plays + (date * 7 + Secs::from(hour)) % 3 - 1).max(1);
            let begin = zone.moment(day.at(hour, 0, 0, 0)) + (date * 31) % 60;
            (0..plays).map(move |nth| begin + nth * (3600 / plays))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plays_lie_in_office_hours_apart_from_one_another_and_before_now() {
        let zone = Zone::named("Europe/Paris").unwrap();
        // Friday 2026-11-20, 15:00 UTC.
        let now = 1_795_186_800;
        let starts = before(now, 240, &zone);
        assert!(starts.len() > 200, "{}", starts.len());
        assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= 240));
        assert!(starts.iter().all(|start| start + 240 <= now));
        assert!(starts.iter().all(|start| (8..18).contains(&zone.local(*start).hour())));
        let later = before(now + 7200, 240, &zone);
        assert!(later.starts_with(&starts) && later.len() > starts.len());
    }

    #[test]
    fn today_has_calls_on_a_sunday_too() {
        // Sunday 2026-11-22, 15:00 UTC.
        let now = 1_795_359_600;
        let starts = before(now, 240, &Zone::utc());
        assert!(starts.iter().any(|start| *start > now - 6 * 3600));
    }
}
