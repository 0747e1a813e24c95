//! Section `calls`.

use crate::base::setting::Span;
use crate::model::{PauseScope, RingSource, Settings};

crate::settings! {
    /// How records become calls, sessions and pauses. A change holds for what comes
    /// after it; what is stored stays.
    pub struct Calls {
        /// A start of the PBX closes nothing. Set it only where Asterisk writes
        /// QUEUESTART without having been restarted.
        ignore_queuestart: bool = false,
        /// A call that has waited longer than this without any end in the log ends
        /// as "no closure"; 0 = never.
        max_ongoing_wait: Span = Span(3 * 3600),
        /// The same for a conversation; 0 = never.
        max_ongoing_talk: Span = Span(4 * 3600),
        /// A caller whose agent hung up during the announcement and of whom nothing is
        /// heard for this long is taken as lost.
        dump_close_after: Span = Span(3600),
        /// How long after its end a call takes outcomes, tags and features.
        callstatus_timeout: Span = Span(1800),
        /// A session longer than this was not logged off properly and ends at the
        /// agent's last activity; 0 = off.
        max_session: Span = Span(86_400),
        /// How long a telephone keeps acting for the person of its last HOTDESK while
        /// that person is not logged on; 0 = HOTDESK is not heeded.
        hotdesking: Span = Span(86_400),
        /// When an agent counts as paused: on "all" queues he is logged on, or on "any".
        pause_scope: PauseScope = PauseScope::All,
        /// Which verb tells of unanswered rings, "ringnoanswer" or "agentattempt".
        /// Systems that write both would count twice.
        ring_source: RingSource = RingSource::RingNoAnswer,
        /// Length offered when a call is closed by hand.
        close_duration: Span = Span(5),
    }
}

impl Calls {
    /// The settings of the state machines, for an office with these outbound
    /// queues.
    pub fn settings(&self, outbound: impl IntoIterator<Item = String>) -> Settings {
        Settings {
            dump_close_after: self.dump_close_after.0,
            max_ongoing_wait: self.max_ongoing_wait.0,
            max_ongoing_talk: self.max_ongoing_talk.0,
            ignore_queuestart: self.ignore_queuestart,
            call_status_timeout: self.callstatus_timeout.0,
            max_session: self.max_session.0,
            hotdesk_lookback: self.hotdesking.0,
            pause_scope: self.pause_scope,
            ring_source: self.ring_source,
            close_duration: self.close_duration.0,
            outbound_queues: outbound.into_iter().map(String::into_boxed_str).collect(),
        }
    }
}
