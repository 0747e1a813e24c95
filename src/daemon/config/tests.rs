use super::*;
use crate::base::setting::{Percent, Span};
use crate::live::Window;

fn faults(text: &str) -> Vec<(usize, String)> {
    Config::parse(text).unwrap_err().into_iter().map(|fault| (fault.line, fault.text)).collect()
}

#[test]
fn an_empty_file_is_the_default() {
    assert_eq!(Config::parse("").unwrap(), Config::default());
}

#[test]
fn all_faults_are_told_at_once_with_line_and_nearest_name() {
    let text = "[log]\npth = \"/x\"\nstrip_channel_names = \"yes\"\n\n[stor]\n\n[store]\n\
                commit_interval = \"fast\"\ndetail_days = -1\ndata = 7\n\n[office.queues.sales]\n\
                lable = \"Sales\"\nsla_goal = 120\n[portal]\nlisten = \"8080\"\n\
                trusted_proxies = [\"192.0.2.1\", \"proxy\"]\n[office]\nzone = \"Mars/Olympus\"\n";
    let told = faults(text);
    let expected = [
        (2, "there is no setting log.pth; did you mean path?"),
        (3, "log.strip_channel_names must be true or false, not a text"),
        (5, "there is no section stor; did you mean store?"),
        (
            8,
            "store.commit_interval must be a duration such as \"90s\", \"15m\", \"3h\" or \"2d\", \
             not \"fast\"",
        ),
        (9, "store.detail_days must be a whole number from 0 to 4294967295, not -1"),
        (10, "store.data must be a path in quotes, not a whole number"),
        (13, "there is no setting office.queues.sales.lable; did you mean label?"),
        (14, "office.queues.sales.sla_goal must be a number from 0 to 100, not 120"),
        (
            16,
            "portal.listen must be an address and port such as \"127.0.0.1:8080\" or \
             \"[::]:8080\", not \"8080\"",
        ),
        (
            17,
            "each entry of portal.trusted_proxies must be an address such as \"192.0.2.1\", not \
             \"proxy\"",
        ),
        (19, "office.zone must be a time zone such as \"Europe/Paris\", not \"Mars/Olympus\""),
    ];
    assert_eq!(told, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn what_is_no_toml_is_told_with_its_line_and_the_rest_too() {
    let told = faults("[log]\npath = \n[store]\ndetial_days = 3\n");
    assert_eq!(told.first().map(|(line, _)| *line), Some(2), "{told:?}");
    assert!(told.iter().any(|(line, text)| *line == 4 && text.contains("detail_days")), "{told:?}");
}

#[test]
fn a_tracker_without_a_connection_is_told_with_its_line_beside_the_other_faults() {
    let told = faults("[log]\npth = \"/x\"\n[tracker]\nmoh = true\nenabled = true\n");
    assert_eq!(told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 5]);
    assert!(told[1].1.contains("ami.user"), "{told:?}");
    let both = "[tracker]\nenabled = true\n[ami]\nuser = \"portal\"\n";
    assert!(Config::parse(both).is_ok());
    assert!(Config::parse("[tracker]\nparkedcalls = true\n").is_ok(), "it is not enabled");
}

#[test]
fn a_section_that_is_no_table_is_a_fault() {
    assert_eq!(faults("log = 3\n"), [(1, "log must be a section, not a whole number".to_owned())]);
    let told = faults("office.queues = [1]\n");
    assert_eq!(
        told,
        [(1, "office.queues must be a table of named entries, not a list".to_owned())]
    );
}

#[test]
fn settings_reach_the_rooms() {
    let config = Config::parse(
        "[office]\nzone = \"Europe/Paris\"\nrealtime_start = \"s8\"\nsla_goal = 90.5\n\
         [office.queues.sales]\nlabel = \"Sales\"\nsla_seconds = 15\n[office.queues.out]\n\
         outbound = true\n[calls]\nmax_ongoing_talk = 0\npause_scope = \"any\"\n",
    )
    .unwrap();
    let live = config.office.live();
    assert_eq!(live.window, Window::Sliding(8));
    assert_eq!((live.queue("sales").sla_seconds, live.queue("sales").sla_goal), (15, 90.5));
    assert_eq!((live.queue("other").sla_seconds, live.queue("other").sla_goal), (20, 90.5));
    let model = config.calls.settings(config.office.outbound());
    assert_eq!(model.max_ongoing_talk, 0);
    assert_eq!(model.pause_scope, crate::model::PauseScope::Any);
    assert!(model.outbound_queues.contains("out"));
    assert_eq!(config.office.sla_seconds, Span(20));
    assert_eq!(config.office.sla_goal, Percent(90.5));
}

#[test]
fn the_state_machines_default_to_what_the_page_says() {
    let ours = Config::default().calls.settings([]);
    assert_eq!(ours, crate::model::Settings::default());
}

#[test]
fn reports_default_to_what_the_page_says() {
    assert_eq!(Config::default().rules(), Rules::default());
}

#[test]
fn a_named_file_must_be_there() {
    let error = Config::load(Some(Path::new("/nowhere/switchroom.toml"))).unwrap_err();
    assert!(error.message().contains("/nowhere/switchroom.toml"));
}
