//! Orders of `actions` as actions of the client, and its answers as results.

use crate::actions::Order;
use crate::base::{Error, Kind, Result};
use crate::input::ami::Answer;
use crate::input::ami::action::{Action, Direction, Originate, Then};

/// The action of an order.
///
/// Errors: [`Kind::Internal`] for one this does not know, which a test rules
/// out.
pub fn action(order: &Order) -> Result<Action> {
    let may = |name: &str| order.fields.iter().find(|(field, _)| *field == name);
    let text = |name: &str| may(name).map(|(_, text)| text.clone()).unwrap_or_default();
    let number = |name: &str| text(name).parse::<i64>().unwrap_or(0);
    let small = |name: &str| u32::try_from(number(name)).unwrap_or(0);
    let yes = |name: &str| matches!(text(name).as_str(), "true" | "1" | "yes");
    /// An action whose fields are headers as they stand, and others.
    macro_rules! plain {
        ($action:ident { $($field:ident $name:literal),+ } $($other:ident: $value:expr),*) => {
            Action::$action { $($field: text($name),)+ $($other: $value,)* }
        };
    }
    Ok(match order.action {
        "QueueAdd" => plain!(
            QueueAdd {
                queue "Queue", interface "Interface", name "MemberName",
                state_interface "StateInterface", reason "Reason"
            }
            penalty: small("Penalty"), paused: yes("Paused")
        ),
        "QueueRemove" => plain!(QueueRemove { queue "Queue", interface "Interface" }),
        "QueuePause" => plain!(
            QueuePause { queue "Queue", interface "Interface", reason "Reason" }
            paused: yes("Paused")
        ),
        "QueuePenalty" => plain!(
            QueuePenalty { queue "Queue", interface "Interface" }
            penalty: small("Penalty")
        ),
        "QueueLog" => plain!(QueueLog {
            queue "Queue", uniqueid "Uniqueid", interface "Interface", event "Event",
            message "Message"
        }),
        "QueueChangePriorityCaller" => plain!(
            QueueChangePriority { queue "Queue", channel "Caller" }
            priority: i32::try_from(number("Priority")).unwrap_or(0)
        ),
        "Originate" => Action::Originate(Originate {
            channel: text("Channel"),
            then: if may("Application").is_some() {
                Then::Application { name: text("Application"), data: text("Data") }
            } else {
                Then::Dialplan {
                    context: text("Context"),
                    exten: text("Exten"),
                    priority: small("Priority"),
                }
            },
            caller_id: text("CallerID"),
            account: text("Account"),
            timeout_ms: small("Timeout"),
            variables: Vec::new(),
            channel_id: text("ChannelId"),
        }),
        "Hangup" => plain!(
            Hangup { channel "Channel" }
            cause: u16::try_from(number("Cause")).ok().filter(|cause| *cause > 0)
        ),
        "Redirect" => plain!(
            Redirect { channel "Channel", context "Context", exten "Exten" }
            priority: small("Priority")
        ),
        "BlindTransfer" => {
            plain!(BlindTransfer { channel "Channel", context "Context", exten "Exten" })
        }
        "Atxfer" => {
            plain!(AttendedTransfer { channel "Channel", context "Context", exten "Exten" })
        }
        "CancelAtxfer" => plain!(CancelAttendedTransfer { channel "Channel" }),
        "Park" => plain!(
            Park { channel "Channel", announce "AnnounceChannel", lot "Parkinglot" }
            timeout_ms: Some(small("Timeout")).filter(|timeout| *timeout > 0)
        ),
        "MixMonitor" => plain!(MixMonitor { channel "Channel", file "File", options "Options" }),
        "StopMixMonitor" => plain!(StopMixMonitor { channel "Channel" } id: String::new()),
        "MixMonitorMute" => plain!(
            MixMonitorMute { channel "Channel" }
            direction: Direction::Both, muted: yes("State")
        ),
        "MessageSend" => plain!(MessageSend { to "To", from "From", body "Body" }),
        other => {
            return Err(Error::new(Kind::Internal, format!("the action {other} is not known")));
        }
    })
}

/// An answer as a result, with Asterisk's words.
pub fn outcome(answer: Answer) -> Result<String> {
    match answer {
        Answer::Done { message, .. } => Ok(message),
        Answer::Refused(words) if words == "Permission denied" => Err(Error::new(
            Kind::Conflict,
            "Asterisk's manager user lacks the right for this; see write = in manager.conf \
             (recording by MixMonitor needs 'system')",
        )),
        Answer::Refused(words) => Err(Error::new(Kind::Conflict, words)),
        Answer::Unprintable(why) => Err(Error::new(Kind::Invalid, why.to_string())),
        Answer::TimedOut => Err(Error::new(
            Kind::Unavailable,
            "Asterisk did not answer in time; it may have been done",
        )),
        Answer::NotConnected => Err(Error::new(
            Kind::Unavailable,
            "the connection to Asterisk went away; it may have been done",
        )),
        Answer::Busy => {
            Err(Error::new(Kind::Busy, "too many actions wait already; try again in a moment"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::Wait;

    fn order(action: &'static str, fields: &[(&'static str, &str)]) -> Order {
        let fields = fields.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        Order { action, fields, wait: Wait::Answer }
    }

    /// Every action that `actions` orders, by its name in the source.
    #[test]
    fn every_action_that_is_ordered_is_known() {
        let source =
            [include_str!("../../actions/own.rs"), include_str!("../../actions/supervise.rs")]
                .concat();
        let mut names: Vec<&str> = Vec::new();
        for mark in
            ["order(\"", "order(\n            \"", "action: \"", "order(\n                \""]
        {
            let found = source.split(mark).skip(1);
            names.extend(found.filter_map(|rest| rest.split('"').next()));
        }
        names.retain(|name| name.starts_with(char::is_uppercase));
        assert!(names.len() >= 12, "{names:?}");
        for name in names {
            let name: &'static str = name.to_owned().leak();
            assert!(action(&order(name, &[("Channel", "x")])).is_ok(), "{name}");
        }
        assert!(action(&order("Command", &[])).is_err());
    }

    #[test]
    fn fields_arrive_where_they_belong() {
        let add = order(
            "QueueAdd",
            &[
                ("Queue", "sales"),
                ("Interface", "PJSIP/1"),
                ("MemberName", "Ann"),
                ("StateInterface", "PJSIP/1"),
                ("Penalty", "3"),
                ("Paused", "true"),
                ("Reason", "lunch"),
            ],
        );
        assert_eq!(
            action(&add).unwrap(),
            Action::QueueAdd {
                queue: "sales".to_owned(),
                interface: "PJSIP/1".to_owned(),
                penalty: 3,
                paused: true,
                name: "Ann".to_owned(),
                state_interface: "PJSIP/1".to_owned(),
                reason: "lunch".to_owned(),
            }
        );
        let muted = action(&order("MixMonitorMute", &[("Channel", "c"), ("State", "1")])).unwrap();
        assert!(matches!(muted, Action::MixMonitorMute { muted: true, .. }));
    }

    #[test]
    fn answers_say_whether_it_may_have_been_done() {
        let kind = |answer| outcome(answer).unwrap_err().kind();
        assert_eq!(kind(Answer::Refused("no".to_owned())), Kind::Conflict);
        assert_eq!(kind(Answer::TimedOut), Kind::Unavailable);
        assert_eq!(kind(Answer::NotConnected), Kind::Unavailable);
        assert_eq!(kind(Answer::Busy), Kind::Busy);
    }
}
