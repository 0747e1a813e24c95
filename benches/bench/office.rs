//! An invented contact centre that writes a `queue_log`: the input of the
//! benchmarks.
//!
//! Eight queues, forty agents, about 2,000 calls a working day with two busy
//! hours, as a size of office the figures are promised for. The same seed
//! gives the same bytes. Lines have the form Asterisk 22 writes and come in
//! the shapes that trip readers: names with apostrophes, accents and spaces,
//! members logged by interface, overflow and transfer to another queue under
//! one call id, several ring attempts, pauses in all queues at once, night
//! hours, reloads. It promises nothing about totals: those are the tests'
//! business.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Write as _;
use std::io::{self, Write};

const DAY_SECS: u64 = 86_400;
/// Monday 4 January 2021, 00:00 UTC; ten million lines end before 2026.
const FIRST_DAY: u64 = 1_609_718_400;
const CALLS_A_DAY: u64 = 2_000;

const QUEUES: [&str; 8] =
    ["sales", "support", "after-sales", "accounts", "vip-line", "spares", "night", "pool"];
/// Share of calls by queue, of 100.
const WEIGHTS: [u64; 8] = [24, 28, 14, 8, 6, 9, 4, 7];
const GIVEN: [&str; 20] = [
    "Alice", "Bruno", "Chloé", "Dieter", "Eva", "Farid", "Gisèle", "Hugo", "Inès", "Jan", "Karl",
    "Léa", "Marek", "Nora", "Olaf", "Paula", "Quentin", "Rosa", "Sven", "Théo",
];
const FAMILY: [&str; 10] = [
    "O'Neill",
    "Moreau",
    "Keller",
    "D'Amico",
    "Braun",
    "van der Berg",
    "Lefèvre",
    "Fisher",
    "Núñez",
    "Junior",
];

/// Calls per hour of day, of 1,000.
const HOURS: [u64; 24] =
    [2, 1, 1, 1, 1, 3, 8, 28, 78, 118, 121, 95, 52, 70, 104, 103, 88, 60, 32, 15, 9, 5, 3, 2];

/// splitmix64: small, and the same on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// Seconds spread like times between random events, never past eight times the mean.
    fn spread(&mut self, mean: f64) -> u64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((-(1.0 - unit).ln()).min(8.0) * mean) as u64
    }

    fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        weights.len() - 1
    }
}

struct Agent {
    name: String,
    queues: Vec<usize>,
    from: u64,
    until: u64,
    free_at: u64,
}

/// A caller about to enter a queue: on arrival, or by overflow or transfer.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    at: u64,
    id: String,
    number: u64,
    queue: usize,
    visits: u8,
}

pub struct Office {
    dice: Dice,
    agents: Vec<Agent>,
    sequence: u64,
    lines: Vec<(u64, u32, String)>,
}

/// Writes days of work until `lines` lines are written; returns the number of visits to queues.
pub fn write_log(seed: u64, lines: u64, out: &mut impl Write) -> io::Result<u64> {
    let mut office = Office::new(seed);
    let (mut written, mut visits, mut midnight) = (0, 0, FIRST_DAY);
    while written < lines {
        office.work(midnight);
        midnight += DAY_SECS;
        office.lines.sort_by_key(|(at, order, _)| (*at, *order));
        // What the night shift still does after midnight belongs among the next day's lines.
        let tomorrow = office.lines.partition_point(|(at, _, _)| *at < midnight);
        let later = office.lines.split_off(tomorrow);
        for (at, _, rest) in std::mem::replace(&mut office.lines, later) {
            if written == lines {
                break;
            }
            writeln!(out, "{at}|{rest}")?;
            written += 1;
            visits += u64::from(rest.contains("|ENTERQUEUE|"));
        }
    }
    out.flush()?;
    Ok(visits)
}

/// Two or three queues, none twice.
fn queues_of(agent: usize) -> Vec<usize> {
    let mut queues = vec![agent % 8, (agent + 3) % 8, (agent / 8 + agent) % 8];
    queues.sort_unstable();
    queues.dedup();
    queues
}

impl Office {
    fn new(seed: u64) -> Self {
        let agents = (0..40)
            .map(|index| Agent {
                name: match index % 8 {
                    7 => format!("PJSIP/{}", 300 + index),
                    _ => format!("{} {}", GIVEN[index % 20], FAMILY[(index * 3 + index / 20) % 10]),
                },
                queues: queues_of(index),
                from: 0,
                until: 0,
                free_at: 0,
            })
            .collect();
        Self { dice: Dice::new(seed), agents, sequence: 0, lines: Vec::new() }
    }

    fn say(&mut self, at: u64, line: String) {
        let order = self.lines.len() as u32;
        self.lines.push((at, order, line));
    }

    fn work(&mut self, midnight: u64) {
        self.say(midnight, "NONE|NONE|NONE|CONFIGRELOAD|".into());
        for index in 0..self.agents.len() {
            self.shift(index, midnight);
        }
        let weekend = (midnight / DAY_SECS + 3) % 7 >= 5;
        let calls = if weekend { CALLS_A_DAY / 8 } else { CALLS_A_DAY * 7 / 5 };
        let mut waiting = BinaryHeap::new();
        for _ in 0..calls {
            let hour = self.dice.weighted(&HOURS) as u64;
            let at = midnight + hour * 3_600 + self.dice.below(3_600);
            self.sequence += 3;
            let queue = self.dice.weighted(&WEIGHTS);
            let number = 142_000_000 + self.dice.below(60_000);
            let id = format!("{at}.{}", self.sequence);
            waiting.push(Reverse(Arrival { at, id, number, queue, visits: 0 }));
        }
        while let Some(Reverse(arrival)) = waiting.pop() {
            if let Some(next) = self.visit(arrival) {
                waiting.push(Reverse(next));
            }
        }
    }

    /// One agent's day: joining the queues, breaks, leaving. Every tenth works through the night.
    fn shift(&mut self, index: usize, midnight: u64) {
        let start = if index % 10 == 9 { 19 * 3_600 } else { (7 + index as u64 % 4) * 3_600 };
        let from = midnight + start + self.dice.below(900);
        let until = from + 8 * 3_600;
        let (name, queues) = (self.agents[index].name.clone(), self.agents[index].queues.clone());
        for (place, queue) in queues.iter().enumerate() {
            let member = format!("MANAGER|{}|{name}", QUEUES[*queue]);
            self.say(from + place as u64, format!("{member}|ADDMEMBER|"));
            self.say(until + place as u64, format!("{member}|REMOVEMEMBER|"));
        }
        for (after, reason, secs) in [(2, "break 15 min", 900), (4, "lunch", 2_700), (6, "", 600)] {
            let pause = from + after * 3_600 + self.dice.below(1_200);
            let back = pause + secs + self.dice.below(120);
            self.say(pause, format!("NONE|NONE|{name}|PAUSEALL|{reason}"));
            self.say(back, format!("NONE|NONE|{name}|UNPAUSEALL|{reason}"));
            for queue in &queues {
                self.say(pause, format!("NONE|{}|{name}|PAUSE|{reason}", QUEUES[*queue]));
                self.say(back, format!("NONE|{}|{name}|UNPAUSE|{reason}", QUEUES[*queue]));
            }
        }
        let agent = &mut self.agents[index];
        (agent.from, agent.until, agent.free_at) = (from, until, from);
    }

    /// One visit of a caller to a queue, written whole; the next visit, if the call goes on elsewhere.
    fn visit(&mut self, arrival: Arrival) -> Option<Arrival> {
        let Arrival { at, id, number, queue, visits } = arrival;
        let here = format!("{id}|{}", QUEUES[queue]);
        let place = 1 + self.dice.below(3);
        if visits == 0 && self.dice.percent(10) {
            self.say(at, format!("{here}|NONE|DID|01555{:02}", 10 + queue));
        }
        self.say(at, format!("{here}|NONE|ENTERQUEUE||0{number}|{place}"));

        let patience = 15 + self.dice.spread(110.0);
        let Some(agent) = self.free_soonest(queue, at) else {
            self.say(at + 2, format!("{here}|NONE|EXITEMPTY|1|{place}|2"));
            return None;
        };
        let mut ring = 1 + self.dice.below(9);
        let begin = self.agents[agent].free_at.max(at);
        let mut tried = String::new();
        for _ in 0..self.dice.weighted(&[80, 14, 6]) {
            // Somebody else's phone rings first and is not picked up.
            let other = self.dice.below(40) as usize;
            tried.clear();
            let _ =
                write!(tried, "{here}|{}|RINGNOANSWER|{}", self.agents[other].name, ring * 1_000);
            self.say(begin + ring, tried.clone());
            ring += 5;
        }
        let wait = begin + ring - at;
        if wait > patience {
            return self.give_up(at, patience, place, Arrival { at, id, number, queue, visits });
        }
        self.talk(agent, wait, ring, place, Arrival { at, id, number, queue, visits })
    }

    fn free_soonest(&self, queue: usize, at: u64) -> Option<usize> {
        let at_work =
            |agent: &Agent| agent.queues.contains(&queue) && agent.from <= at && at < agent.until;
        (0..self.agents.len())
            .filter(|index| at_work(&self.agents[*index]))
            .min_by_key(|index| self.agents[*index].free_at)
    }

    fn give_up(&mut self, at: u64, wait: u64, place: u64, caller: Arrival) -> Option<Arrival> {
        let here = format!("{}|{}", caller.id, QUEUES[caller.queue]);
        let end = at + wait;
        match self.dice.below(10) {
            0..=5 => self.say(end, format!("{here}|NONE|ABANDON|1|{place}|{wait}")),
            6 => self.say(end, format!("{here}|NONE|EXITWITHKEY|1|1|{place}|{wait}")),
            _ => {
                self.say(end, format!("{here}|NONE|EXITWITHTIMEOUT|1|{place}|{wait}"));
                // Overflow: the same call id enters another queue.
                if caller.visits < 2 {
                    let queue = (caller.queue + 2) % QUEUES.len();
                    return Some(Arrival {
                        at: end + 1,
                        queue,
                        visits: caller.visits + 1,
                        ..caller
                    });
                }
            }
        }
        None
    }

    fn talk(
        &mut self,
        agent: usize,
        wait: u64,
        ring: u64,
        place: u64,
        caller: Arrival,
    ) -> Option<Arrival> {
        let name = self.agents[agent].name.clone();
        let here = format!("{}|{}|{name}", caller.id, QUEUES[caller.queue]);
        let connect = caller.at + wait;
        let secs = 8 + self.dice.spread(190.0);
        let end = connect + secs;
        self.agents[agent].free_at = end + 5 + self.dice.below(20);
        self.say(connect, format!("{here}|CONNECT|{wait}|{connect}.{}|{ring}", self.sequence + 1));
        let mut onward = None;
        match self.dice.below(100) {
            0..=52 => self.say(end, format!("{here}|COMPLETECALLER|{wait}|{secs}|{place}")),
            53..=91 => self.say(end, format!("{here}|COMPLETEAGENT|{wait}|{secs}|{place}")),
            92..=96 => {
                self.say(end, format!("{here}|BLINDTRANSFER|600|from-internal|{wait}|{secs}|{place}"));
                if caller.visits < 2 {
                    let queue = (caller.queue + 1) % QUEUES.len();
                    onward = Some(Arrival { at: end + 1, queue, visits: caller.visits + 1, ..caller });
                }
            }
            97..=98 => self.say(
                end,
                format!("{here}|ATTENDEDTRANSFER|BRIDGE|5f0c2d1e-0000-4000-8000-{end:012}|{wait}|{secs}|{place}"),
            ),
            _ => self.say(
                end,
                format!("{here}|ATTENDEDTRANSFER|LINK|PJSIP/301-0000001|PJSIP/302-0000002|{wait}|{secs}|{place}"),
            ),
        }
        if self.dice.percent(15) {
            let code = ["SALE", "12", "NO"][self.dice.below(3) as usize];
            let id = here.split('|').next().unwrap_or_default().to_owned();
            self.say(end + 3, format!("{id}|NONE|{name}|CALLSTATUS|{code}"));
        }
        onward
    }
}
