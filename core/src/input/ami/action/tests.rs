use proptest::prelude::*;

use super::*;
use crate::input::ami::{Frame, frame};

fn printed(action: &Action) -> Result<Vec<(String, String)>, Refused> {
    let mut out = b"before".to_vec();
    let result = action.print("id-1", &mut out);
    if let Err(refused) = result {
        assert_eq!(out, b"before", "a refused action leaves bytes");
        return Err(refused);
    }
    Ok(fields(&out[6..]))
}

/// The fields of the one block that `bytes` must be.
fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    let Frame::Block { block, used } = frame::next(bytes) else { panic!("no block") };
    assert_eq!(used, bytes.len(), "more than one block");
    str::from_utf8(block)
        .unwrap()
        .split("\r\n")
        .map(|line| line.split_once(": ").unwrap())
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn pause(reason: &str) -> Action {
    Action::QueuePause {
        queue: String::new(),
        interface: "PJSIP/101".to_owned(),
        paused: true,
        reason: reason.to_owned(),
    }
}

#[test]
fn an_action_is_its_fields_and_its_id() {
    let fields = printed(&pause("lunch | room")).unwrap();
    let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("Action", "QueuePause"),
            ("Interface", "PJSIP/101"),
            ("Paused", "true"),
            ("Reason", "lunch | room"),
            ("ActionID", "id-1"),
        ]
    );
}

#[test]
fn a_line_end_in_a_field_is_refused_with_its_name() {
    for evil in ["x\r\nAction: Command", "x\n", "\r", "a\0b", "\u{85}"] {
        let refused = printed(&pause(evil)).unwrap_err();
        assert_eq!(refused, Refused { field: "Reason".to_owned(), why: Why::Control });
        assert!(refused.to_string().contains("Reason"));
    }
    let user = Action::UserEvent {
        name: "x".to_owned(),
        fields: vec![("A\r\nB".to_owned(), "c".to_owned())],
    };
    assert_eq!(printed(&user).unwrap_err().why, Why::Separator);
    assert_eq!(Action::Ping.print("1\r\n2", &mut Vec::new()).unwrap_err().field, "ActionID");
}

#[test]
fn what_asterisk_would_misread_is_refused() {
    let hangup = |channel: &str| Action::Hangup { channel: channel.to_owned(), cause: None };
    assert_eq!(printed(&hangup("/^PJSIP/")).unwrap_err().why, Why::Separator);
    assert_eq!(printed(&hangup("")).unwrap_err().why, Why::Empty);
    assert!(printed(&hangup("PJSIP/101-00000001")).is_ok());
    assert_eq!(printed(&pause(&"x".repeat(1100))).unwrap_err().why, Why::TooLong);
}

#[test]
fn a_text_of_several_lines_travels_in_one() {
    let send = |body: &str| Action::MessageSend {
        to: "pjsip:201".to_owned(),
        from: String::new(),
        body: body.to_owned(),
    };
    let fields = printed(&send("one\ntwo")).unwrap();
    assert!(fields.contains(&("Base64Body".to_owned(), "b25lCnR3bw==".to_owned())));
    assert_eq!(printed(&send("one\r\ntwo")).unwrap_err().field, "Body");
}

#[test]
fn a_secret_is_not_shown_by_an_action() {
    let action = Action::Login {
        user: "monitor".to_owned(),
        secret: Secret::new("s3cret".to_owned()),
        events: String::new(),
    };
    assert!(!format!("{action:?}").contains("s3cret"));
    assert!(printed(&action).unwrap().contains(&("Secret".to_owned(), "s3cret".to_owned())));
}

fn any_action() -> impl Strategy<Value = (Action, Vec<String>)> {
    // Texts with what could end a line or a field, and ordinary ones.
    let text = prop_oneof!["[a-zA-Z0-9/@;| :=,é-]{1,20}", "(.|\r|\n|\0|:){0,12}"];
    prop::collection::vec(text, 6).prop_flat_map(|t| {
        let s = |i: usize| t[i].clone();
        let originate = Action::Originate(Originate {
            channel: s(0),
            then: Then::Dialplan { context: s(1), exten: s(2), priority: 1 },
            caller_id: s(3),
            account: s(4),
            timeout_ms: 1000,
            variables: vec![("NAME".to_owned(), s(5))],
            channel_id: String::new(),
        });
        let log = Action::QueueLog {
            queue: s(0),
            uniqueid: s(1),
            interface: s(2),
            event: s(3),
            message: s(4),
        };
        let redirect = Action::Redirect { channel: s(0), context: s(1), exten: s(2), priority: 1 };
        let user = Action::UserEvent { name: s(0), fields: vec![(s(1), s(2)), (s(3), s(4))] };
        let actions = vec![
            (originate, t.clone()),
            (log, t[..5].to_vec()),
            (redirect, t[..3].to_vec()),
            (user, t[..5].to_vec()),
        ];
        prop::sample::select(actions)
    })
}

proptest! {
    #[test]
    fn what_is_printed_is_one_action_whatever_its_fields_hold((action, texts) in any_action()) {
        let mut out = Vec::new();
        if action.print("7", &mut out).is_ok() {
            let fields = fields(&out);
            prop_assert_eq!(fields.iter().filter(|(key, _)| key == "Action").count(), 1);
            prop_assert_eq!(&fields[0].0, "Action");
            for text in texts.iter().filter(|text| !text.is_empty()) {
                let value = |v: &str| v == text || v.strip_prefix("NAME=") == Some(text);
                let kept = fields.iter().any(|(key, v)| value(v) || key == text);
                prop_assert!(kept, "{:?} is lost", text);
            }
        } else {
            prop_assert!(out.is_empty());
        }
    }
}
