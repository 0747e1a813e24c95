//! Events nobody needs: asked of Asterisk not to be sent, else dropped after
//! their first line (`tracker.md` 2.3).

/// Names of events that no machine looks at, as Asterisk spells them. Half of
/// all bytes of a busy interface are the first two.
pub const QUIET: [&str; 31] = [
    "VarSet",
    "Newexten",
    "RTCPSent",
    "RTCPReceived",
    "DTMFBegin",
    "DTMFEnd",
    "ChallengeSent",
    "ChallengeResponseFailed",
    "SuccessfulAuth",
    "InvalidPassword",
    "InvalidAccountID",
    "RequestNotAllowed",
    "RequestBadFormat",
    "AGIExecStart",
    "AGIExecEnd",
    "AsyncAGIStart",
    "AsyncAGIExec",
    "AsyncAGIEnd",
    "HangupHandlerPush",
    "HangupHandlerPop",
    "HangupHandlerRun",
    "Load",
    "Unload",
    "MessageWaiting",
    "Registry",
    "ContactStatusDetail",
    "TestEvent",
    "ChanSpyStart",
    "ChanSpyStop",
    "CEL",
    "Cdr",
];

/// Whether an event of this name is quiet. Asterisk's spelling varies in
/// case.
pub fn is_quiet(name: &str) -> bool {
    QUIET.iter().any(|quiet| quiet.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_case_and_what_machines_need_is_not_quiet() {
        assert!(is_quiet("NewExten"));
        assert!(is_quiet("VarSet"));
        for needed in ["Newchannel", "Hold", "QueueMemberAdded", "BridgeEnter", "UserEvent"] {
            assert!(!is_quiet(needed), "{needed}");
        }
    }
}
