//! The calls of XML-RPC that QueueMetrics makes, and their answers.

use jiff::tz::TimeZone;

use crate::audiovault::answer::File;
use crate::audiovault::asked::moment;
use crate::audiovault::xmlrpc::Value;
use crate::layout::{Call, Id};

/// The size of the window that QueueMetrics opens for a player.
const WIDTH: i64 = 420;
const HEIGHT: i64 = 180;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// Recordings that are done: links, sizes, codecs, durations.
    Stored { call: Call, user: String },
    /// The recording of a call under way.
    Ongoing { call: Call, user: String },
    /// The product's own query; the password is a token.
    Find { call: Call, user: String, password: String },
}

/// Why a call is not answered, with the code of its fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown(pub i64, pub String);

/// Reads a call. The published sample reads the user's id twice, so four and
/// five parameters are both taken.
pub fn query(method: &str, parameters: &[Value], zone: &TimeZone) -> Result<Query, Unknown> {
    let text = |place: usize| {
        let text = parameters.get(place).and_then(Value::as_text).unwrap_or_default();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let count = |least: usize, most: usize| {
        if (least..=most).contains(&parameters.len()) {
            return Ok(());
        }
        Err(Unknown(2, format!("{method} takes {least} to {most} parameters")))
    };
    let call = |place: usize| match text(place) {
        Some(id) if Id::new(&id).is_some() => Ok(Call::new(id)),
        _ => Err(Unknown(3, "the second parameter is no id of a call".to_owned())),
    };
    let user = |last: usize| text(last).or_else(|| text(last - 1)).unwrap_or_default();
    match method {
        "QMAudio.findStoredFile" => {
            count(2, 5)?;
            Ok(Query::Stored { call: call(1)?, user: user(parameters.len().max(4) - 1) })
        }
        "QMAudio.listenOngoingCall" | "QMAudio.listenOngoingCallOutbound" => {
            count(3, 6)?;
            let call = Call { agent: text(2), ..call(1)? };
            Ok(Query::Ongoing { call, user: user(4) })
        }
        "QM.findAudio" => {
            count(4, 7)?;
            let started = match text(4) {
                None => None,
                Some(start) => Some(
                    moment(&start, zone).or_else(|| compact(&start, zone)).ok_or_else(|| {
                        Unknown(
                            3,
                            "the start is neither seconds since 1970 nor an ISO time".to_owned(),
                        )
                    })?,
                ),
            };
            let id = text(3).filter(|id| Id::new(id).is_some());
            let id =
                id.ok_or_else(|| Unknown(3, "the fourth parameter is no id of a call".to_owned()))?;
            let call = Call { started, agent: text(5), queue: text(6), ..Call::new(id) };
            let password = text(1).unwrap_or_default();
            Ok(Query::Find { call, user: text(0).unwrap_or_default(), password })
        }
        other => Err(Unknown(1, format!("there is no method {other:.80}"))),
    }
}

/// `20231114T22:13:20`, as XML-RPC writes moments.
fn compact(text: &str, zone: &TimeZone) -> Option<i64> {
    let (day, clock) = text.split_once('T').filter(|(day, _)| day.len() == 8 && day.is_ascii())?;
    moment(&format!("{}-{}-{}T{clock}", &day[..4], &day[4..6], &day[6..]), zone)
}

impl Query {
    pub fn call(&self) -> &Call {
        match self {
            Query::Stored { call, .. } | Query::Ongoing { call, .. } | Query::Find { call, .. } => {
                call
            }
        }
    }

    pub fn user(&self) -> &str {
        match self {
            Query::Stored { user, .. } | Query::Ongoing { user, .. } | Query::Find { user, .. } => {
                user
            }
        }
    }

    /// The answer from what was found.
    pub fn answer(&self, files: &[File]) -> Value {
        match self {
            Query::Stored { .. } => stored(files),
            Query::Ongoing { .. } => {
                let growing = files.iter().find(|file| file.growing);
                Value::Array(vec![
                    Value::Bool(growing.is_some()),
                    Value::text(growing.map(|file| file.url.clone()).unwrap_or_default()),
                    Value::Int(if growing.is_some() { WIDTH } else { 0 }),
                    Value::Int(if growing.is_some() { HEIGHT } else { 0 }),
                ])
            }
            Query::Find { .. } => Value::Array(files.iter().map(described).collect()),
        }
    }
}

/// `[found, URL, length, encoding, duration]`; of several, each text has a
/// column for each, and the first begins with `MULTI:`.
fn stored(files: &[File]) -> Value {
    let several = files.len() > 1;
    let column = |text: &dyn Fn(&File) -> Option<String>| {
        let unknown = if several { "-" } else { "" };
        let one = |file| {
            let text = text(file).filter(|text| !text.is_empty());
            text.map_or(unknown.to_owned(), |text| text.replace(' ', "_"))
        };
        files.iter().map(one).collect::<Vec<_>>().join(" ")
    };
    let urls = column(&|file| Some(file.url.clone()));
    Value::Array(vec![
        Value::Bool(!files.is_empty()),
        Value::Text(if several { format!("MULTI:{urls}") } else { urls }),
        Value::Text(column(&|file| file.size.map(|size| size.to_string()))),
        Value::Text(column(&|file| file.codec.clone().or_else(|| file.format.clone()))),
        Value::Text(column(&|file| file.duration.map(|duration| format!("{duration:.1}")))),
    ])
}

fn described(file: &File) -> Value {
    let text = |text: &str| Value::text(text);
    Value::Struct(vec![
        ("name".to_owned(), text(&file.name)),
        ("url".to_owned(), text(&file.url)),
        (
            "size".to_owned(),
            file.size.and_then(|size| i64::try_from(size).ok()).map_or(text(""), Value::Int),
        ),
        ("encoding".to_owned(), text(file.codec.as_deref().unwrap_or_default())),
        ("duration".to_owned(), file.duration.map_or(text(""), Value::Double)),
        ("leg".to_owned(), text(file.leg)),
        ("encrypted".to_owned(), Value::Bool(file.encrypted)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<Value> {
        texts.iter().map(|text| Value::text(*text)).collect()
    }

    fn asked(method: &str, parameters: &[&str]) -> Result<Query, Unknown> {
        query(method, &texts(parameters), &TimeZone::UTC)
    }

    #[test]
    fn four_and_five_parameters_are_both_taken() {
        let call = Call::new("1700000000.12");
        let expected = Query::Stored { call: call.clone(), user: "demo".to_owned() };
        for parameters in [
            ["1", "1700000000.12", "32", "demo"].as_slice(),
            &["1", "1700000000.12", "32", "32", "demo"],
        ] {
            assert_eq!(asked("QMAudio.findStoredFile", parameters), Ok(expected.clone()));
        }
        let agent = Some("Agent/101".to_owned());
        let ongoing = Query::Ongoing { call: Call { agent, ..call }, user: "demo".to_owned() };
        let parameters = ["1", "1700000000.12", "Agent/101", "32", "demo"];
        for method in ["QMAudio.listenOngoingCall", "QMAudio.listenOngoingCallOutbound"] {
            assert_eq!(asked(method, &parameters), Ok(ongoing.clone()));
        }
    }

    #[test]
    fn the_products_own_query_has_a_start_an_agent_and_a_queue() {
        let parameters =
            ["demo", "pass", "1", "1700000000.12", "20231114T22:13:20", "Agent/101", "400"];
        let Ok(Query::Find { call, password, .. }) = asked("QM.findAudio", &parameters) else {
            panic!()
        };
        assert_eq!((call.started, password.as_str()), (Some(1_700_000_000), "pass"));
        assert_eq!(call.queue.as_deref(), Some("400"));
    }

    #[test]
    fn what_is_not_known_is_a_fault() {
        assert_eq!(asked("system.listMethods", &[]).unwrap_err().0, 1);
        assert_eq!(asked("QMAudio.findStoredFile", &["1"]).unwrap_err().0, 2);
        assert_eq!(asked("QMAudio.findStoredFile", &["1", "../x", "", ""]).unwrap_err().0, 3);
        assert_eq!(asked("QM.findAudio", &["a", "b", "1", "1.2", "soon"]).unwrap_err().0, 3);
    }

    #[test]
    fn several_files_are_columns_behind_multi() {
        let file = |url: &str, size, duration| File {
            url: url.to_owned(),
            size,
            codec: Some("pcm s16le".to_owned()),
            duration,
            leg: "mix",
            ..File::default()
        };
        let query = Query::Stored { call: Call::default(), user: String::new() };
        let Value::Array(none) = query.answer(&[]) else { panic!() };
        assert_eq!(none, [vec![Value::Bool(false)], texts(&["", "", "", ""])].concat());
        let Value::Array(one) = query.answer(&[file("u1", Some(7), Some(1.25))]) else { panic!() };
        assert_eq!(one[1..], texts(&["u1", "7", "pcm_s16le", "1.2"]));
        let two = [file("u1", Some(7), None), file("u2", None, Some(2.0))];
        let Value::Array(two) = query.answer(&two) else { panic!() };
        assert_eq!(two[1..], texts(&["MULTI:u1 u2", "7 -", "pcm_s16le pcm_s16le", "- 2.0"]));
    }
}
