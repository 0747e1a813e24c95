//! A block is an event or the answer to an action.

use crate::base::UnixMicro;
use crate::event::Text;
use crate::event::manager::Event;
use crate::input::ami::fields::{Fields, Value};
use crate::input::ami::names;

/// What a block says.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "made and used on the spot, one at a time")]
pub enum Message<'a> {
    Event(Notice<'a>),
    Response(Response<'a>),
    /// A block that begins with neither; Asterisk sends none.
    Neither,
}

/// An event, or an item of a list, with what its envelope says.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice<'a> {
    /// As sent: `Newchannel`, `QueueStatusComplete`.
    pub name: Text<'a>,
    /// Of the action that it answers; empty for events of their own.
    pub action_id: Text<'a>,
    /// When it happened, if Asterisk says (`timestampevents = yes`).
    pub at: Option<UnixMicro>,
    /// Whether it ends the list of its action.
    pub list: ListEnd,
    pub event: Event<'a>,
}

/// `EventList` of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListEnd {
    /// It ends nothing.
    No,
    Complete,
    Cancelled,
}

/// The answer to an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Response<'a> {
    pub outcome: Outcome,
    pub action_id: Text<'a>,
    /// For people: `Permission denied`.
    pub message: Text<'a>,
    /// Whether a list of events with the same action id follows.
    pub list: bool,
    pub fields: Fields<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Success,
    Error,
    /// The answer to Logoff, and what comes before Asterisk hangs up.
    Goodbye,
    Other,
}

/// Reads one block, without its empty line.
pub fn parse(block: &[u8]) -> Message<'_> {
    let mut fields = Fields::of(block);
    let first = fields.rest(0).next();
    match first {
        Some((b"Event", name)) => event(name.text(), &mut fields),
        Some((b"Response", outcome)) => {
            let outcome = match &*outcome.text() {
                "Success" => Outcome::Success,
                "Error" => Outcome::Error,
                "Goodbye" => Outcome::Goodbye,
                _ => Outcome::Other,
            };
            response(outcome, fields)
        }
        _ => Message::Neither,
    }
}

fn event<'a>(name: Text<'a>, fields: &mut Fields<'a>) -> Message<'a> {
    let [action_id, at, list] = fields.envelope();
    let action_id = action_id.map(Value::text).unwrap_or_default();
    let at = at.and_then(|at| timestamp(&at.text()));
    let list = match list.map(Value::text).as_deref() {
        Some("Complete") => ListEnd::Complete,
        Some("Cancelled") => ListEnd::Cancelled,
        _ => ListEnd::No,
    };
    let event = names::event(&name, &action_id, fields);
    Message::Event(Notice { name, action_id, at, list, event })
}

fn response(outcome: Outcome, fields: Fields<'_>) -> Message<'_> {
    let action_id = fields.get("ActionID").unwrap_or_default();
    let message = fields.get("Message").unwrap_or_default();
    let list = fields.get("EventList").is_some_and(|list| list.eq_ignore_ascii_case("start"));
    Message::Response(Response { outcome, action_id, message, list, fields })
}

/// `1795189117.056329`: seconds and microseconds since 1970.
pub(crate) fn timestamp(text: &str) -> Option<UnixMicro> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = seconds.parse().ok()?;
    let mut micros = 0;
    for at in 0..6 {
        let digit = match fraction.as_bytes().get(at) {
            Some(digit @ b'0'..=b'9') => i64::from(digit - b'0'),
            None => 0,
            Some(_) => return None,
        };
        micros = micros * 10 + digit;
    }
    seconds.checked_mul(1_000_000)?.checked_add(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_stamp_is_read_to_the_microsecond() {
        for (text, expected) in [
            ("1795189117.056329", Some(1_795_189_117_056_329)),
            ("1795189117.05", Some(1_795_189_117_050_000)),
            ("1795189117", Some(1_795_189_117_000_000)),
            ("1795189117.0563291", Some(1_795_189_117_056_329)),
            ("x", None),
            ("1.x", None),
            ("99999999999999999", None),
        ] {
            assert_eq!(timestamp(text), expected, "{text}");
        }
    }

    #[test]
    fn an_answer_has_its_id_and_says_whether_a_list_follows() {
        let block = b"Response: Success\r\nActionID: 7\r\nEventList: start\r\nMessage: Queue status will follow";
        let Message::Response(response) = parse(block) else { panic!("no answer") };
        assert_eq!(response.outcome, Outcome::Success);
        assert_eq!((&*response.action_id, response.list), ("7", true));
        let refused = b"Response: Error\r\nActionID: 8\r\nMessage: Permission denied";
        let Message::Response(response) = parse(refused) else { panic!("no answer") };
        assert_eq!(response.outcome, Outcome::Error);
        assert_eq!((&*response.message, response.list), ("Permission denied", false));
        assert_eq!(parse(b"Output: hello"), Message::Neither);
        assert_eq!(parse(b""), Message::Neither);
    }

    #[test]
    fn the_last_event_of_a_list_says_so() {
        let block =
            b"Event: QueueStatusComplete\r\nActionID: 7\r\nEventList: Complete\r\nListItems: 16";
        let Message::Event(notice) = parse(block) else { panic!("no event") };
        assert_eq!(notice.list, ListEnd::Complete);
        assert_eq!(notice.event, Event::Other(Text::Borrowed("QueueStatusComplete")));
    }
}
