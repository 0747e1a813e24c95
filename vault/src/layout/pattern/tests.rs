use proptest::prelude::*;

use super::*;

fn call() -> Call {
    Call {
        ids: vec!["1700000000.12".to_owned()],
        started: Some(1_700_000_000), // 2023-11-14 22:13:20 UTC
        ended: Some(1_700_000_060),
        queue: Some("sales/de".to_owned()),
        agent: Some("Agent/101".to_owned()),
        caller: Some("+41445551234".to_owned()),
        ..Call::default()
    }
}

fn folders(pattern: &str, call: &Call) -> Vec<String> {
    let pattern = Pattern::parse(pattern).unwrap();
    let written = |place: Place| {
        let steps = place.steps.iter().map(|step| match step {
            Step::Named(name) => name.as_str(),
            Step::Any => "*",
        });
        steps.fold(pattern.root().to_owned(), |path, step| format!("{path}/{step}"))
    };
    pattern.places(call, &TimeZone::UTC).into_iter().map(written).collect()
}

#[test]
fn placeholders_become_what_is_known_of_the_call() {
    let call = call();
    assert_eq!(folders("file:/mnt/%YY-%MM", &call), ["/mnt/2023-11"]);
    assert_eq!(folders("file:/mnt/%YY/%ME/%DD/", &call), ["/mnt/2023/Nov/14"]);
    assert_eq!(folders("file:/mnt/%QU/%YY%MM%DD", &call), ["/mnt/sales_de/20231114"]);
    assert_eq!(folders("file:/mnt/%AG", &call), ["/mnt/101", "/mnt/Agent_101"]);
    assert_eq!(folders("file:/mnt/%EX", &call), ["/mnt/101"]);
    assert_eq!(folders("file:/mnt/%CL", &call), ["/mnt/+41445551234"]);
    assert_eq!(folders("file:/mnt/100%%/%DD", &call), ["/mnt/100%/14"]);
    assert_eq!(folders("file:/mnt/%ID/", &call), ["/mnt/1700000000.12"]);
    assert_eq!(folders("file:/mnt", &call), ["/mnt"]);
    let hours = ["/mnt/14/22", "/mnt/14/21", "/mnt/14/23"];
    assert_eq!(folders("file:/mnt/%DD/%HH", &call), hours);
}

#[test]
fn without_a_value_a_lone_placeholder_is_any_folder_and_another_skips_the_root() {
    let call = Call::new("1231.1");
    assert_eq!(folders("file:/mnt/%QU/%YY/x", &call), ["/mnt/*/*/x"]);
    assert_eq!(folders("file:/mnt/*/x", &call), ["/mnt/*/x"]);
    assert!(folders("file:/mnt/%YY-%MM", &call).is_empty());
    assert!(folders("file:/mnt/q-%QU", &call).is_empty());
    assert!(folders("file:/mnt/%LI.wav", &call).is_empty());
}

#[test]
fn at_night_the_neighbouring_days_are_tried_after_the_calls() {
    let mut call = call();
    call.started = Some(1_700_006_400); // 2023-11-15 00:00 UTC
    call.ended = Some(1_700_006_460);
    assert_eq!(folders("file:/r/%YY-%MM-%DD", &call), ["/r/2023-11-15", "/r/2023-11-14"]);
    // Both days are of one month: once.
    assert_eq!(folders("file:/r/%YY-%MM", &call), ["/r/2023-11"]);
}

#[test]
fn the_moment_in_the_id_serves_when_no_start_is_told() {
    let call = Call::new("pbx-1700000000.12");
    assert_eq!(folders("file:/r/%DD", &call), ["/r/14", "/r/15"]);
}

#[test]
fn a_pattern_with_the_id_names_files() {
    let names = |pattern: &str| {
        let pattern = Pattern::parse(pattern).unwrap();
        let places = pattern.places(&call(), &TimeZone::UTC);
        assert_eq!(places.len(), 1);
        places[0].names.clone().unwrap()
    };
    let given = names("file:/mnt/%DD/q-%ID.wav");
    assert_eq!(given[0], "q-1700000000.12.wav");
    assert!(given.contains(&"q-1700000000.12-in.wav".to_owned()));
    assert!(given.contains(&"q-1700000000.12.wav.gpg".to_owned()));
    assert_eq!(given.len(), 25);
    let open = names("file:/mnt/%ID");
    assert!(open.contains(&"1700000000.12-t.gsm".to_owned()));
    assert!(open.contains(&"1700000000.12.wav.age".to_owned()));
    assert_eq!(names("file:/mnt/%ID.wav.gpg"), ["1700000000.12.wav.gpg"]);
}

#[test]
fn a_root_without_days_is_tried_by_the_usual_days_first() {
    let usual = Pattern::parse("file:/mnt/rec/").unwrap().usual();
    let first = usual[0].places(&call(), &TimeZone::UTC);
    let named = |name: &str| Step::Named(name.to_owned());
    assert_eq!(first[0].steps, [named("2023"), named("11"), named("14")]);
    assert!(Pattern::parse("file:/mnt/%YY").unwrap().usual().is_empty());
    assert!(Pattern::parse("file:/mnt/%ID.wav").unwrap().usual().is_empty());
}

#[test]
fn patterns_that_make_no_sense_are_refused_in_words() {
    let fault = |pattern: &str| Pattern::parse(pattern).unwrap_err();
    assert_eq!(fault("/mnt"), Fault::Scheme);
    assert_eq!(fault("file:mnt"), Fault::Relative);
    assert_eq!(fault("file:/mnt/../etc"), Fault::Dots);
    assert_eq!(fault("file:/mnt/%ZZ"), Fault::Token("%ZZ".to_owned()));
    assert_eq!(fault("file:/mnt/%"), Fault::Token("%".to_owned()));
    assert_eq!(fault("file:/mnt/%é"), Fault::Token("%é".to_owned()));
    assert_eq!(fault("file:/mnt/\0"), Fault::Control);
    assert_eq!(fault(&format!("file:/{}", "a".repeat(2000))), Fault::TooLong);
    assert!(fault("file:/mnt/%y").to_string().contains("%YY"));
}

#[test]
fn a_value_is_never_a_way_out() {
    for value in ["..", ".", "../../etc", "/etc/passwd", "a/../..", "..\\..", ".ssh", "\0", "\n"] {
        let mut call = call();
        call.queue = Some(value.to_owned());
        call.agent = Some(value.to_owned());
        for pattern in ["file:/mnt/%QU", "file:/mnt/%AG/x", "file:/mnt/%QU%AG"] {
            for folder in folders(pattern, &call) {
                let beneath = folder.strip_prefix("/mnt/").unwrap();
                for step in beneath.split('/') {
                    assert!(!step.starts_with('.'), "{value:?} became {folder:?}");
                }
                assert!(beneath.split('/').count() <= 2, "{value:?} became {folder:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_a_call_says_every_step_stays_beneath_the_root(
        queue in ".{0,40}", agent in ".{0,40}", id in ".{0,40}", tenant in ".{0,300}",
        started in proptest::option::of(any::<i64>()),
    ) {
        let call = Call {
            ids: vec![id],
            started,
            queue: Some(queue),
            agent: Some(agent),
            tenant: Some(tenant),
            ..Call::default()
        };
        for pattern in ["file:/r/%TE/%QU/%AG-%EX", "file:/r/%YY/%HH/x%ID", "file:/%QU%TE/%ID.wav"] {
            for place in Pattern::parse(pattern).unwrap().places(&call, &TimeZone::UTC) {
                let named = place.steps.iter().filter_map(|step| match step {
                    Step::Named(name) => Some(name),
                    Step::Any => None,
                });
                for name in named.chain(place.names.iter().flatten()) {
                    prop_assert!(!name.is_empty() && name != "." && name != "..");
                    prop_assert!(!name.contains(['/', '\0']));
                }
            }
        }
    }

    #[test]
    fn a_pattern_reads_itself_again(text in "file:(/[a-z%*._-]{0,6}(%YY|%QU|%ID|%%)?){1,5}") {
        if let Ok(pattern) = Pattern::parse(&text) {
            prop_assert_eq!(Pattern::parse(pattern.as_str()).unwrap(), pattern);
        }
    }
}
