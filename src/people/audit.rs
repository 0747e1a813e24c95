//! Audit rows: who did what, when, from where (`metrics.md` 5.3).

use crate::base::{Secs, UnixSec};
use crate::people::account::Account;

/// Who acts, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account's name; `console` for the command line, empty for a
    /// log-in to an account that does not exist.
    pub account: String,
    /// Address; empty for the command line.
    pub address: String,
}

impl Actor {
    /// The command line on the box itself.
    pub fn console() -> Self {
        Actor { account: "console".to_owned(), address: String::new() }
    }
}

/// One act to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act<'a> {
    /// `object.verb`: `account.create`, `login`, `call.close`.
    pub action: &'a str,
    pub object: &'a str,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
}

/// One act as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    pub id: i64,
    pub at: UnixSec,
    pub account: String,
    pub address: String,
    pub action: String,
    pub object: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// The parts of an account that differ, as text before and after.
pub fn difference(old: &Account, new: &Account) -> (String, String) {
    let mut texts = (String::new(), String::new());
    for ((part, before), (_, after)) in parts(old).into_iter().zip(parts(new)) {
        if before != after {
            for (text, value) in [(&mut texts.0, before), (&mut texts.1, after)] {
                if !text.is_empty() {
                    text.push_str("; ");
                }
                text.push_str(part);
                text.push('=');
                text.push_str(&value);
            }
        }
    }
    texts
}

/// An account as text, for its creation and removal.
pub fn description(account: &Account) -> String {
    let parts = parts(account).into_iter().take(4);
    parts.map(|(part, value)| format!("{part}={value}")).collect::<Vec<_>>().join("; ")
}

fn parts(account: &Account) -> [(&'static str, String); 9] {
    let queues = account.queues.as_ref().map_or_else(|| "all".to_owned(), |list| list.join(","));
    let yes = |flag| if flag { "yes" } else { "no" }.to_owned();
    [
        ("name", account.name.clone()),
        ("role", account.role.name().to_owned()),
        ("agent", account.agent.clone().unwrap_or_default()),
        ("queues", queues),
        ("disabled", yes(account.disabled)),
        ("language", account.language.name().to_owned()),
        ("theme", account.theme.name().to_owned()),
        ("density", account.density.name().to_owned()),
        ("single_keys", yes(account.single_keys)),
    ]
}

/// Failed log-ins written per minute; the others are only counted, so that a
/// flood of guesses does not wear the flash.
const FAILURES_A_MINUTE: u32 = 30;
const MINUTE: Secs = 60;

/// Decides which failed log-ins get a row of their own.
#[derive(Debug, Default)]
pub struct FailureLimit {
    window: UnixSec,
    written: u32,
    skipped: u64,
}

impl FailureLimit {
    /// Whether to write this one, and how many were skipped before it.
    pub fn admit(&mut self, now: UnixSec) -> Option<u64> {
        if now < self.window || now - self.window >= MINUTE {
            self.window = now;
            self.written = 0;
        }
        if self.written == FAILURES_A_MINUTE {
            self.skipped += 1;
            return None;
        }
        self.written += 1;
        Some(std::mem::take(&mut self.skipped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_failures_writes_thirty_rows_a_minute_and_counts_the_rest() {
        let mut limit = FailureLimit::default();
        let written = (0..1_000).filter(|_| limit.admit(100).is_some()).count();
        assert_eq!(written, 30);
        assert_eq!(limit.admit(160), Some(970));
        assert_eq!(limit.admit(161), Some(0));
        // A clock that stepped back starts a new window.
        assert_eq!(limit.admit(10), Some(0));
    }
}
