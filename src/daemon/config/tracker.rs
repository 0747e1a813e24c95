//! Section `tracker`.

use crate::base::setting::{Fault, Raw, RawValue, Value};
use crate::tracker::{Options, Pattern, Scope};

/// The thread that follows the log brings a dialplan's line within this, even
/// on a busy machine; well below the re-order window, since what waits is
/// stamped with the first dial.
const DIALPLAN_GRACE: i64 = 1000;

crate::settings! {
    /// What Asterisk does not log is written from its manager interface: hold, parked and
    /// outbound calls. Needs the connection of section `ami`, and no `switchroom track` on
    /// the same Asterisk. See docs/tracker.md.
    pub struct Tracker {
        /// Whether records are written at all.
        enabled: bool = false,
        /// Hold and music on hold.
        moh: bool = true,
        /// Also when the customer holds the agent.
        moh_customer: bool = false,
        /// Parking lots as queues `pk-LOT`.
        parkedcalls: bool = false,
        /// Outbound calls as campaigns `q-ACCOUNT`, or `q-outbound`.
        outboundcalls: bool = false,
        /// Calls answered before this many milliseconds are not tracked.
        outboundthreshold: u32 = 300,
        /// Whose calls: `internal`, `all`, or `auto` (all where hidden_channels is set).
        outbound_scope: ScopeName = ScopeName(Scope::Automatic),
        /// Telephones logged on for a person become that person.
        hotdesking: bool = false,
        /// Regular expression on channels whose calls go to queues that begin with `_`.
        hidden_channels: Regex = Regex(None),
        /// Regular expression on devices that are agents' phones, besides those found out.
        internal_channels: Regex = Regex(None),
        /// Begin the ids of tracked calls with a colon.
        rewriteuniqueids: bool = true,
        /// How the number of a parked call is written.
        park_number_format: String = "{space}-{number}".to_owned(),
        /// Queue of consultation calls; empty: like any other call.
        consult_queue: String = "_q-consult".to_owned(),
        /// Queue of calls to an internal phone; empty: like any other call.
        internal_queue: String = String::new(),
        /// After an unanswered call write why it failed.
        failure_status: bool = false,
        /// Telephones that a tracked call rang in vain, as RINGNOANSWER.
        ring_attempts: bool = false,
        /// Where the records go: `internal` (this database), `ami` (Asterisk writes them to
        /// its queue_log, where they are read like all others), or `file` (appended to
        /// log.path). Two at once with a comma: `internal, file` for other readers of the log.
        sink: Sinks = Sinks { internal: true, log: None },
        /// Write even where another tracker is connected to this Asterisk.
        force: bool = false,
        /// A file to which what the connection carries is written, for a fault report or
        /// `switchroom replay`; three files of 50 MiB are kept. Empty for none.
        debugfile: String = String::new(),
        /// Keep events in it that no machine looks at.
        noeventblacklisting: bool = false,
    }
}

impl Tracker {
    /// As the machines take them.
    pub fn options(&self) -> Options {
        Options {
            rewrite_unique_ids: self.rewriteuniqueids,
            hold: self.moh,
            customer_hold: self.moh_customer,
            parked_calls: self.parkedcalls,
            outbound_calls: self.outboundcalls,
            outbound_threshold_ms: i64::from(self.outboundthreshold),
            hot_desking: self.hotdesking,
            hidden_channels: self.hidden_channels.0.clone(),
            internal_channels: self.internal_channels.0.clone(),
            scope: self.outbound_scope.0,
            park_number_format: self.park_number_format.clone(),
            consult_queue: self.consult_queue.clone(),
            internal_queue: self.internal_queue.clone(),
            failure_status: self.failure_status,
            ring_attempts: self.ring_attempts,
            sees_log: true,
            dialplan_grace_ms: DIALPLAN_GRACE,
        }
    }
}

/// A regular expression, or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Regex(Option<Pattern>);

impl Value for Regex {
    const KIND: &'static str = "regular expression";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        let RawValue::Text(text) = &raw.value else {
            return Err("a regular expression such as \"^PJSIP/trunk\"".to_owned());
        };
        if text.is_empty() {
            return Ok(Regex(None));
        }
        Pattern::new(text).map(|pattern| Regex(Some(pattern)))
    }
    fn show(&self) -> String {
        format!("{:?}", self.0.as_ref().map_or("", |pattern| pattern.text()))
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScopeName(Scope);

impl Value for ScopeName {
    const KIND: &'static str = "\"auto\", \"internal\" or \"all\"";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        let scope = match &raw.value {
            RawValue::Text(text) => Scope::named(text),
            _ => None,
        };
        scope.map(ScopeName).ok_or_else(|| Self::KIND.to_owned())
    }
    fn show(&self) -> String {
        format!("{:?}", self.0.name())
    }
}

/// Where the records go: the database, the log, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sinks {
    pub internal: bool,
    /// Who writes them into the log; two writers would write each twice.
    pub log: Option<Writer>,
}

/// Who writes records into the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    Asterisk,
    Ourselves,
}

impl Default for Sinks {
    fn default() -> Self {
        Sinks { internal: true, log: None }
    }
}

impl Value for Sinks {
    const KIND: &'static str =
        "\"internal\", \"ami\", \"file\", or internal with one of the others";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        let RawValue::Text(text) = &raw.value else { return Err(Self::KIND.to_owned()) };
        let mut sinks = Sinks { internal: false, log: None };
        for word in text.split(',').map(str::trim) {
            let writer = match word {
                "internal" if !sinks.internal => {
                    sinks.internal = true;
                    continue;
                }
                "ami" => Writer::Asterisk,
                "file" => Writer::Ourselves,
                _ => return Err(Self::KIND.to_owned()),
            };
            if sinks.log.replace(writer).is_some() {
                return Err(Self::KIND.to_owned());
            }
        }
        Ok(sinks)
    }
    fn show(&self) -> String {
        let log = match self.log {
            None => None,
            Some(Writer::Asterisk) => Some("ami"),
            Some(Writer::Ourselves) => Some("file"),
        };
        let words: Vec<&str> = self.internal.then_some("internal").into_iter().chain(log).collect();
        format!("{:?}", words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::config::Config;

    #[test]
    fn the_defaults_are_those_of_the_tracker() {
        let ours = Config::default().tracker.options();
        let theirs =
            Options { sees_log: true, dialplan_grace_ms: DIALPLAN_GRACE, ..Options::default() };
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    }

    #[test]
    fn wrong_patterns_and_words_are_faults_of_their_lines() {
        let faults = Config::parse(
            "[tracker]\nhidden_channels = \"(\"\noutbound_scope = \"some\"\nsink = \"tape\"",
        )
        .unwrap_err();
        let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 3, 4]);
        let config = Config::parse("[tracker]\nhidden_channels = \"^PJSIP/t\"\nsink = \"ami\"");
        let tracker = config.unwrap().tracker;
        assert_eq!(tracker.options().hidden_channels.unwrap().text(), "^PJSIP/t");
        assert_eq!(tracker.sink, Sinks { internal: false, log: Some(Writer::Asterisk) });
    }

    #[test]
    fn the_database_and_one_writer_of_the_log_go_together_and_two_writers_do_not() {
        let sink = |text: &str| {
            let config = Config::parse(&format!("[tracker]\nsink = \"{text}\""));
            config.map(|config| config.tracker.sink)
        };
        let both = Sinks { internal: true, log: Some(Writer::Ourselves) };
        assert_eq!(sink("internal, file"), Ok(both));
        assert_eq!(sink("file,internal"), Ok(both));
        assert_eq!(both.show(), "\"internal, file\"");
        for wrong in ["", "file, ami", "internal, internal", "file, file", "tape"] {
            assert!(sink(wrong).is_err(), "{wrong}");
        }
    }
}
