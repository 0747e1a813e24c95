//! A small office that writes a queue_log: some agents who log on, pause and
//! go, some queues, calls that are answered, lost, passed on and annotated.

use std::fmt::Write as _;

use super::DAY;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// The lines of `days` days from [`DAY`] on, `calls` calls each, in the order
/// of their times.
pub fn office(seed: u64, days: i64, calls: u64) -> Vec<String> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut lines: Vec<(i64, String)> = Vec::new();
    let mut say = |at: i64, rest: String| lines.push((at, rest));
    for day in 0..days {
        let start = DAY + day * 86_400;
        for agent in 0..5 {
            shift(&mut dice, start, agent, &mut say);
        }
        for call in 0..calls {
            visit(&mut dice, start, u64::try_from(day).unwrap() * calls + call, &mut say);
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(at, rest)| format!("{at}|{rest}")).collect()
}

/// One agent's day. Agent 0 works at night; agent 1 stays on until the next
/// morning, past the moment the day before is settled.
fn shift(dice: &mut Dice, start: i64, agent: u64, say: &mut impl FnMut(i64, String)) {
    let offset = if agent == 0 { 20 * 3600 } else { 8 * 3600 };
    let on = start + offset + dice.below(3000) as i64;
    let long = if agent == 1 { 22 * 3600 } else { 8 * 3600 };
    let off = on + long + dice.below(3000) as i64;
    for queue in 1..3 {
        say(on, format!("NONE|q{queue}|ann {agent}|ADDMEMBER|"));
    }
    for _ in 0..dice.below(4) {
        let at = on + dice.below(7 * 3600) as i64;
        let secs = dice.below(1200) as i64;
        say(at, format!("NONE|NONE|ann {agent}|PAUSEALL|lunch"));
        say(at, format!("NONE|q1|ann {agent}|PAUSE|lunch"));
        say(at, format!("NONE|q2|ann {agent}|PAUSE|lunch"));
        say(at + secs, format!("NONE|NONE|ann {agent}|UNPAUSEALL|"));
        say(at + secs, format!("NONE|q1|ann {agent}|UNPAUSE|"));
        say(at + secs, format!("NONE|q2|ann {agent}|UNPAUSE|"));
    }
    for queue in 1..3 {
        say(off, format!("NONE|q{queue}|ann {agent}|REMOVEMEMBER|"));
    }
}

fn visit(dice: &mut Dice, start: i64, n: u64, say: &mut impl FnMut(i64, String)) {
    // Now and then a call over midnight.
    let within = if dice.below(20) == 0 { 86_300 } else { 8 * 3600 + dice.below(12 * 3600) as i64 };
    let enter = start + within;
    let id = format!("{}.{}", enter - 3, 100 + n * 2);
    let queue = 1 + dice.below(3);
    let agent = dice.below(5);
    let wait = dice.below(90) as i64;
    let head = |who: &str| format!("{id}|q{queue}|{who}");
    let member = format!("ann {agent}");
    if dice.below(5) == 0 {
        say(enter - 2, format!("{id}|NONE|NONE|INFO|DID|7000{}", dice.below(3)));
    }
    say(enter, format!("{}|ENTERQUEUE||06{:08}|1", head("NONE"), n * 7919 % 100_000_000));
    if dice.below(3) == 0 && wait > 12 {
        say(enter + 10, format!("{}|RINGNOANSWER|9000", head(&format!("ann {}", (agent + 1) % 5))));
    }
    match dice.below(10) {
        0 | 1 => say(enter + wait, format!("{}|ABANDON|1|1|{wait}", head("NONE"))),
        2 => say(enter + wait, format!("{}|EXITWITHTIMEOUT|1|1|{wait}", head("NONE"))),
        kind => {
            let talk = dice.below(900) as i64;
            let mut connect = format!("{}|CONNECT|{wait}|", head(&member));
            let _ = write!(connect, "{}.{}|4", enter + wait - 4, 101 + n * 2);
            say(enter + wait, connect);
            let end = enter + wait + talk;
            match kind {
                3 => say(
                    end,
                    format!("{}|BLINDTRANSFER|205|internal|{wait}|{talk}|1", head(&member)),
                ),
                4 => say(end, format!("{}|COMPLETEAGENT|{wait}|{talk}|1", head(&member))),
                _ => say(end, format!("{}|COMPLETECALLER|{wait}|{talk}|1", head(&member))),
            }
            if dice.below(4) == 0 {
                say(end + 600, format!("{id}|NONE|{member}|CALLSTATUS|S{}", dice.below(3)));
            }
        }
    }
}
