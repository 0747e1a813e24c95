//! What the tracker is asked to do: the switches of the public tool and ours.

use std::fmt;

/// Switches of the machines; how the records leave is not the tracker's
/// business. Names follow the command line, defaults `tracker.md` 1.
#[derive(Clone, Debug)]
pub struct Options {
    /// Tracked ids begin with `:`, so that they never meet those of queues.
    pub rewrite_unique_ids: bool,
    /// Hold and music on hold (`moh`).
    pub hold: bool,
    /// Also when the customer holds the agent; labelled `CUSTOMER`.
    pub customer_hold: bool,
    /// Parking lots as queues `pk-LOT`.
    pub parked_calls: bool,
    /// Outbound calls as campaigns `q-ACCOUNT`.
    pub outbound_calls: bool,
    /// Set-ups answered before this are no calls (service numbers, intercom).
    pub outbound_threshold_ms: i64,
    /// The rewrite of dynamic log-ins into persons.
    pub hot_desking: bool,
    /// Originators whose calls go to queues that begin with `_`.
    pub hidden_channels: Option<Pattern>,
    /// Devices that count as agents' phones besides those found out.
    pub internal_channels: Option<Pattern>,
    pub scope: Scope,
    /// How a parked call's number is made of `{space}` and `{number}`.
    pub park_number_format: String,
    /// Campaign of consultation calls; empty: like any other call.
    pub consult_queue: String,
    /// Campaign of calls to an internal device; empty: like any other call.
    pub internal_queue: String,
    /// An unanswered call is followed by why (`INFO|VAR|dialstatus|BUSY`).
    pub failure_status: bool,
    /// Telephones that rang in vain are written (`RINGNOANSWER|ms`): those of
    /// a ring group, and the parker a parked call comes back to.
    pub ring_attempts: bool,
    /// Asterisk's own lines are shown to the tracker as they are written
    /// ([`Tracker::native`](crate::tracker::Tracker::native)), so that it waits
    /// for them where they matter.
    pub sees_log: bool,
    /// How long records of a new outbound call wait for a late line of a
    /// dialplan that logs it itself, in milliseconds.
    pub dialplan_grace_ms: i64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            rewrite_unique_ids: true,
            hold: true,
            customer_hold: false,
            parked_calls: false,
            outbound_calls: false,
            outbound_threshold_ms: 300,
            hot_desking: false,
            hidden_channels: None,
            internal_channels: None,
            scope: Scope::Automatic,
            park_number_format: "{space}-{number}".to_owned(),
            consult_queue: "_q-consult".to_owned(),
            internal_queue: String::new(),
            failure_status: false,
            ring_attempts: false,
            sees_log: false,
            dialplan_grace_ms: 0,
        }
    }
}

impl Options {
    /// Whether every dialling channel opens a call, not only agents' phones.
    /// Who names hidden channels has said which originators not to show, so
    /// all are tracked unless the scope says otherwise.
    pub(in crate::tracker) fn tracks_all(&self) -> bool {
        match self.scope {
            Scope::All => true,
            Scope::Internal => false,
            Scope::Automatic => self.hidden_channels.is_some(),
        }
    }
}

/// Whose calls are tracked (`outbound-scope`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// `All` where hidden channels are named, else `Internal`.
    #[default]
    Automatic,
    /// Those of agents' phones.
    Internal,
    /// Those of every channel that dials.
    All,
}

impl Scope {
    /// `None` for a word that is none of `auto`, `internal`, `all`.
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "auto" => Some(Scope::Automatic),
            "internal" => Some(Scope::Internal),
            "all" => Some(Scope::All),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Scope::Automatic => "auto",
            Scope::Internal => "internal",
            Scope::All => "all",
        }
    }
}

/// A regular expression on channel names, searched anywhere in them;
/// `(?i)` at its head ignores case.
#[derive(Clone)]
pub struct Pattern(regex_lite::Regex);

impl Pattern {
    /// Errors: what is wrong with the expression, in one clause.
    pub fn new(text: &str) -> Result<Self, String> {
        regex_lite::Regex::new(text)
            .map(Pattern)
            .map_err(|error| format!("not a regular expression: {error}"))
    }

    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }

    /// The expression as it was given.
    pub fn text(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.text(), f)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_searched_anywhere_and_may_ignore_case() {
        let trunk = Pattern::new("^PJSIP/trunk").unwrap();
        assert!(trunk.matches("PJSIP/trunk-00000001"));
        assert!(!trunk.matches("PJSIP/101-00000001"));
        assert!(Pattern::new("(?i)TRUNK").unwrap().matches("pjsip/trunk-1"));
        assert!(Pattern::new("(").unwrap_err().contains("regular expression"));
    }

    #[test]
    fn naming_hidden_channels_means_that_all_are_tracked() {
        let mut options = Options::default();
        assert!(!options.tracks_all());
        options.hidden_channels = Some(Pattern::new("x").unwrap());
        assert!(options.tracks_all());
        options.scope = Scope::Internal;
        assert!(!options.tracks_all());
    }
}
