//! The rules of `metrics.md` 2.9 to 2.11, one by one, on lines: log-ons,
//! pauses, shared desks.

mod folded;

use folded::Run;
use switchroom_core::model::{EndCause, Ignored, PauseScope, Quality, Settings};

#[test]
fn an_agent_is_logged_on_from_his_first_queue_to_his_last() {
    let run = Run::of(
        "10|MANAGER|q|ann|ADDMEMBER|
         20|MANAGER|r|Ann|ADDMEMBER|
         25|MANAGER|r|ann|ADDMEMBER|
         40|MANAGER|q|ANN|REMOVEMEMBER|
         50|MANAGER|r|ann|REMOVEMEMBER|
         60|MANAGER|r|ann|REMOVEMEMBER|",
    );
    let [session] = &run.facts.sessions[..] else { panic!() };
    assert_eq!((session.start, session.end, session.cause), (10, 50, EndCause::Removed));
    let members: Vec<_> = run.facts.memberships.iter().map(|m| (m.start, m.end)).collect();
    assert_eq!(members, [(10, 40), (20, 50)]);
    assert_eq!(
        run.facts.ignored,
        [Ignored::MemberAlreadyAdded, Ignored::MemberNotAdded],
        "names are one in any case of letters"
    );
}

#[test]
fn a_lone_logoff_tells_its_session() {
    let run = Run::of("500|x|NONE|Agent/7|AGENTLOGOFF|PJSIP/1|300");
    let session = &run.facts.sessions[0];
    assert_eq!((session.start, session.end), (200, 500));
    assert!(session.quality.has(Quality::SYNTHETIC_START));
}

#[test]
fn a_log_on_shows_that_the_day_before_was_not_logged_off() {
    let run = Run::of(
        "1000|x|NONE|Agent/7|AGENTLOGIN|PJSIP/1
         5000|NONE|q|Agent/7|PAUSE|lunch
         90000|x|NONE|Agent/7|AGENTLOGIN|PJSIP/2",
    );
    let session = &run.facts.sessions[0];
    assert_eq!((session.start, session.end, session.cause), (1000, 5000, EndCause::Stale));
    assert!(session.quality.has(Quality::STALE));
    let open = run.fold.open();
    assert_eq!((open.sessions[0].start, run.word(open.sessions[0].extension)), (90000, "PJSIP/2"));
    assert!(open.pauses.is_empty());
}

#[test]
fn an_agent_is_paused_when_all_his_queues_are() {
    let lines = "10|MANAGER|q|ann|ADDMEMBER|
        10|MANAGER|r|ann|ADDMEMBER|
        20|NONE|q|ann|PAUSE|lunch
        30|NONE|r|ann|PAUSE|lunch
        50|NONE|q|ann|UNPAUSE|\n";
    let run = Run::of(lines);
    let pauses: Vec<_> = run.facts.agent_pauses().iter().map(|p| (p.start, p.end)).collect();
    assert_eq!(pauses, [(30, 50)]);
    let mut run = Run::new(Settings { pause_scope: PauseScope::Any, ..Settings::default() });
    run.feed(&format!("{lines}60|NONE|r|ann|UNPAUSE|"));
    let pauses: Vec<_> = run.facts.agent_pauses().iter().map(|p| (p.start, p.end)).collect();
    assert_eq!(pauses, [(20, 60)]);
}

#[test]
fn reasons_name_change_and_resume_pauses() {
    let codes = |text: &str| -> Vec<(String, i64, i64)> {
        let run = Run::of(&format!("{text}\n900|NONE|q|ann|UNPAUSE|"));
        let pauses = run.facts.agent_pauses();
        pauses.iter().map(|p| (run.word(p.code).to_owned(), p.start, p.end)).collect()
    };
    let one = |code: &str, start| vec![(code.to_owned(), start, 900)];
    assert_eq!(codes("100|NONE|q|ann|PAUSE|\n102|NONE|q|ann|PAUSE|a"), one("a", 100));
    assert_eq!(codes("100|NONE|q|ann|PAUSE|a\n300|NONE|q|ann|PAUSE|"), one("a", 100));
    assert_eq!(codes("100|NONE|q|ann|PAUSE|a\n100|NONE|q|ann|PAUSE|b"), one("b", 100));
    assert_eq!(
        codes("100|NONE|q|ann|PAUSE|a\n200|NONE|q|ann|UNPAUSE|\n200|NONE|q|ann|PAUSE|a"),
        one("a", 100)
    );
    assert_eq!(
        codes(
            "100|NONE|q|ann|PAUSE|a\n200|NONE|q|ann|UNPAUSE|Auto-Unpause\n200|NONE|q|ann|PAUSE|b"
        ),
        [("a".to_owned(), 100, 200), ("b".to_owned(), 200, 900)]
    );
}

#[test]
fn a_pause_of_all_just_before_the_log_on_counts_for_it() {
    let start = |text: &str| {
        let run = Run::of(text);
        let open = run.fold.open();
        open.pauses
            .iter()
            .find(|p| p.queue.is_none())
            .map(|p| (p.start, run.word(p.code).to_owned()))
    };
    let soon = start("100|NONE|NONE|ann|PAUSEALL|lunch\n109|MANAGER|q|ann|ADDMEMBER|");
    assert_eq!(soon, Some((109, "lunch".to_owned())));
    assert_eq!(start("100|NONE|NONE|ann|PAUSEALL|lunch\n111|MANAGER|q|ann|ADDMEMBER|"), None);
    let added = start("100|MANAGER|q|ann|ADDMEMBER|PAUSED");
    assert_eq!(added, Some((100, "-".to_owned())));
    // A static member's pause ends when he is added anew, unless just begun.
    assert_eq!(start("100|NONE|q|ann|PAUSE|a\n150|MANAGER|q|ann|ADDMEMBER|"), None);
    assert!(start("100|NONE|q|ann|PAUSE|a\n105|MANAGER|q|ann|ADDMEMBER|").is_some());
}

#[test]
fn leaving_the_last_queue_ends_the_pause() {
    let run = Run::of(
        "10|MANAGER|q|ann|ADDMEMBER|
         20|NONE|q|ann|PAUSE|a
         50|MANAGER|q|ann|REMOVEMEMBER|",
    );
    let pauses = run.facts.agent_pauses();
    assert_eq!((pauses[0].end, pauses[0].cause), (50, EndCause::Logoff));
}

#[test]
fn a_session_over_a_restart_is_one_when_the_member_is_removed_after_it() {
    let run = Run::of(
        "10|MANAGER|q|ann|ADDMEMBER|
         10|MANAGER|r|ann|ADDMEMBER|
         20|MANAGER|q|bob|ADDMEMBER|
         100|NONE|NONE|NONE|QUEUESTART|
         110|MANAGER|s|ann|ADDMEMBER|
         120|MANAGER|s|ann|REMOVEMEMBER|
         130|MANAGER|q|ann|REMOVEMEMBER|
         140|MANAGER|r|ann|REMOVEMEMBER|
         150|MANAGER|q|bob|ADDMEMBER|
         160|MANAGER|q|bob|REMOVEMEMBER|",
    );
    let told = |name: &str| -> Vec<_> {
        let of = |agent| run.fold.names().agent_name(agent) == name;
        run.facts.sessions.iter().filter(|s| of(s.agent)).map(|s| (s.start, s.end)).collect()
    };
    assert_eq!(told("ann"), [(10, 140)], "the stretch on s was within it");
    assert_eq!(told("bob"), [(20, 20), (150, 160)], "an ADDMEMBER says he was gone");
}

#[test]
fn a_telephone_forgets_its_person_soon_after_he_left() {
    let run = Run::of(
        "10|NONE|NONE|ann|HOTDESK|PJSIP/2
         10|MANAGER|q|PJSIP/2|ADDMEMBER|
         50|MANAGER|q|PJSIP/2|REMOVEMEMBER|
         55|1.1|q|PJSIP/2|CONNECT|1|m|1
         56|1.2|q|PJSIP/2|CONNECT|1|m|1",
    );
    let open = run.fold.open();
    let agents: Vec<_> = open.stints.iter().map(|open| run.agent(&open.stint)).collect();
    assert_eq!(agents, ["ann", "PJSIP/2"]);
    assert!(open.bindings.is_empty());
}
