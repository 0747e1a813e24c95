use super::*;
use crate::portal::route::{may, must};

const FIELDS: &[Field] = &[
    must("name", FieldKind::Text(20), ""),
    may("queue", FieldKind::Texts, ""),
    may("queues", FieldKind::Commas, ""),
    may("limit", FieldKind::Number(1, 500), ""),
    may("direction", FieldKind::Choice(&["in", "out"]), ""),
    may("caller", FieldKind::Text(10), ""),
    may("open", FieldKind::Flag, ""),
];

fn query(text: &str) -> Result<Input, Refusal> {
    let pairs: Vec<_> = text
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        })
        .collect();
    Input::of_query(FIELDS, &pairs)
}

fn faulty(text: &str) -> Vec<String> {
    query(text).unwrap_err().fields.into_iter().map(|(field, _)| field).collect()
}

#[test]
fn a_query_is_read_by_its_fields() {
    let input =
        query("name=ann&queue=a&queue=b&limit=50&direction=in&caller=&open=yes&queues=x,,y ")
            .unwrap();
    assert_eq!(input.text("name"), Some("ann"));
    assert_eq!(input.texts("queue"), ["a", "b"]);
    assert_eq!(input.texts("queues"), ["x", "y"]);
    assert_eq!(input.number("limit"), Some(50));
    assert_eq!(input.text("direction"), Some("in"));
    assert_eq!(input.text("caller"), None);
    assert_eq!(input.flag("open"), Some(true));
}

#[test]
fn all_faults_are_told_at_once_each_with_its_field() {
    assert_eq!(
        faulty(
            "name=123456789012345678901&limit=0&direction=up&caller=01234567890&open=maybe&colour=red"
        ),
        ["name", "limit", "direction", "caller", "open", "colour"]
    );
    assert_eq!(faulty(""), ["name"]);
    assert_eq!(faulty("name=ann&limit=1&limit=2"), ["limit"]);
}

#[test]
fn json_is_read_by_type_and_null_is_not_the_same_as_nothing() {
    const FIELDS: &[Field] = &[
        must("account", FieldKind::Text(64), ""),
        may("agent", FieldKind::TextOrNull(64), ""),
        may("queues", FieldKind::TextsOrNull, ""),
        may("password", FieldKind::Secret, ""),
    ];
    let read = |text: &str| Input::of_json(FIELDS, text.as_bytes());
    let input = read(r#"{"account":"ann","agent":null,"queues":["a"],"password":"p"}"#).unwrap();
    assert_eq!(input.text_or_null("agent"), Some(None));
    assert_eq!(input.texts_or_null("queues"), Some(Some(vec!["a".to_owned()])));
    assert_eq!(input.secret("password").unwrap().reveal(), "p");
    let input = read(r#"{"account":"ann","queues":null}"#).unwrap();
    assert_eq!(input.text_or_null("agent"), None);
    assert_eq!(input.texts_or_null("queues"), Some(None));
    for bad in ["", "[]", "{", "null", "{\"account\":1}", "{\"account\":null}", "\u{0}"] {
        assert!(read(bad).is_err(), "{bad}");
    }
    let refusal = read(r#"{"agent":5,"queues":"a","password":[],"x":1}"#).unwrap_err();
    let mut fields: Vec<_> = refusal.fields.iter().map(|(field, _)| field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["account", "agent", "password", "queues", "x"]);
}
