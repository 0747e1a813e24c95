//! Section `actions`.

use crate::actions::Dialplan;
use crate::base::setting::Span;
use crate::daemon::config::Office;
use crate::portal::DeskSettings;

crate::settings! {
    /// What people may do to calls from the pages, and how the dialplan is called.
    pub struct Actions {
        /// Context where numbers are dialled, for calls and transfers from the pages.
        context: String = "from-internal".to_owned(),
        /// How long one's own telephone rings before a call from the page is given up.
        ring: Span = Span(30),
        /// Context of the dialplan that records a call for the page, as shipped in
        /// `extensions_switchroom.conf`. Empty: by Asterisk's action MixMonitor instead,
        /// which needs the right `system` for the manager user (it also lets that user read
        /// Asterisk's configuration and load modules).
        recorder: String = "switchroom-record".to_owned(),
        /// Folder on the PBX for recordings begun by that action.
        recordings: String = "/var/spool/asterisk/monitor/switchroom".to_owned(),
        /// Parking lot; empty for Asterisk's own default.
        lot: String = String::new(),
        /// A parked call comes back after this time.
        park: Span = Span(45),
        /// Whether a pause needs a reason, of `office.pauses` where there are any.
        pause_needs_reason: bool = false,
        /// Whether agents who log off leave all queues.
        leave_all: bool = true,
        /// Whether a pause ends when its agent logs on to a queue.
        unpause_on_logon: bool = false,
        /// What is dialled before a caller's number to ring back; empty for nothing.
        outside: String = String::new(),
        /// Outcomes that are offered for a call.
        outcomes: Vec<String> = Vec::new(),
        /// Tags that are offered.
        tags: Vec<String> = Vec::new(),
        /// Features that are offered.
        features: Vec<String> = Vec::new(),
        /// Address that is opened for a call, with `${callid}`, `${caller}`,
        /// `${callername}`, `${queue}`, `${agent}`, `${extension}`, `${dnis}`, `${ivr}`,
        /// `${tag}`, `${server}` and `${entered}` filled in, and `${var:NAME}` with a
        /// variable of the caller's channel.
        popup: Option<String> = None,
        /// Whether it opens by itself for the newest call.
        popup_opens: bool = false,
        /// Address of an agent's screen, with `${agent}` and `${extension}` filled in.
        screen: Option<String> = None,
    }
}

impl Actions {
    pub fn dialplan(&self, reasons: impl IntoIterator<Item = String>) -> Dialplan {
        Dialplan {
            context: self.context.clone(),
            recorder: self.recorder.clone(),
            recordings: self.recordings.clone(),
            lot: self.lot.clone(),
            park_secs: self.park.0,
            ring_secs: self.ring.0,
            pause_needs_reason: self.pause_needs_reason,
            pause_reasons: reasons.into_iter().collect(),
            leave_all: self.leave_all,
            unpause_on_logon: self.unpause_on_logon,
        }
    }

    pub fn desk(&self, office: &Office) -> DeskSettings {
        let needs = office.outcomes.iter().filter(|(_, outcome)| !outcome.features.is_empty());
        DeskSettings {
            outcomes: self.outcomes.clone(),
            tags: self.tags.clone(),
            features: self.features.clone(),
            outcome_needs: needs.map(|(code, one)| (code.clone(), one.features.clone())).collect(),
            outside: self.outside.clone(),
            popup: self.popup.clone(),
            popup_opens: self.popup_opens,
            screen: self.screen.clone(),
        }
    }
}
