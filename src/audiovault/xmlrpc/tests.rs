use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: Result<Message, Fault>) {
    assert_eq!(read(text.as_bytes()), expected, "{text}");
}

fn called(parameters: &str) -> String {
    format!("<methodCall><methodName>m</methodName><params>{parameters}</params></methodCall>")
}

fn one(value: &str) -> Result<Value, Fault> {
    match read(called(&format!("<param>{value}</param>")).as_bytes())? {
        Message::Call { mut parameters, .. } => Ok(parameters.remove(0)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_as_python_writes_it_is_read() {
    let text = "<?xml version='1.0'?>\n<methodCall>\n<methodName>QMAudio.findStoredFile</methodName>\n\
        <params>\n<param>\n<value><string>1</string></value>\n</param>\n<param>\n<value><int>32</int></value>\n\
        </param>\n</params>\n</methodCall>\n";
    let parameters = vec![Value::text("1"), Value::Int(32)];
    check(text, Ok(Message::Call { method: "QMAudio.findStoredFile".to_owned(), parameters }));
    let empty = Message::Call { method: "m".to_owned(), parameters: Vec::new() };
    check("<methodCall><methodName>m</methodName></methodCall>", Ok(empty.clone()));
    check(&called(""), Ok(empty));
}

#[test]
fn every_type_is_read() {
    assert_eq!(one("<value>plain &amp; &lt;&#233;&#xe9;</value>"), Ok(Value::text("plain & <éé")));
    assert_eq!(one("<value></value>"), Ok(Value::text("")));
    assert_eq!(one("<value/>"), Ok(Value::text("")));
    assert_eq!(one("<value> <i4> -7 </i4> </value>"), Ok(Value::Int(-7)));
    assert_eq!(one("<value><boolean>1</boolean></value>"), Ok(Value::Bool(true)));
    assert_eq!(one("<value><double>1.5</double></value>"), Ok(Value::Double(1.5)));
    assert_eq!(one("<value><nil/></value>"), Ok(Value::Nil));
    let time = "<value><dateTime.iso8601>20231114T22:13:20</dateTime.iso8601></value>";
    assert_eq!(one(time), Ok(Value::text("20231114T22:13:20")));
    let array =
        "<value><array><data><value>a</value><value><int>1</int></value></data></array></value>";
    assert_eq!(one(array), Ok(Value::Array(vec![Value::text("a"), Value::Int(1)])));
    let object = "<value><struct><member><name>n</name><value>v</value></member></struct></value>";
    assert_eq!(one(object), Ok(Value::Struct(vec![("n".to_owned(), Value::text("v"))])));
}

#[test]
fn what_could_grow_or_be_fetched_is_refused() {
    let bomb = "<!DOCTYPE m [<!ENTITY a \"aaaa\">]>";
    check(&format!("<?xml version=\"1.0\"?>{bomb}{}", called("")), Err(Fault::Forbidden));
    assert_eq!(one("<value>&a;</value>"), Err(Fault::Forbidden));
    assert_eq!(one("<value>&#0;</value>"), Err(Fault::Forbidden));
    assert_eq!(one("<value>&#xd800;</value>"), Err(Fault::Forbidden));
    assert_eq!(one("<value><string xml:lang=\"a\">x</string></value>"), Err(Fault::Forbidden));
    assert_eq!(one("<value><!-- x --><int>1</int></value>"), Err(Fault::Forbidden));
    assert_eq!(one("<value><![CDATA[x]]></value>"), Err(Fault::Forbidden));
    let deep = format!(
        "{}<value>x</value>{}",
        "<value><array><data>".repeat(40),
        "</data></array></value>".repeat(40)
    );
    assert_eq!(one(&deep), Err(Fault::TooDeep));
    let many = "<param><value>x</value></param>".repeat(MOST_VALUES + 1);
    check(&called(&many), Err(Fault::TooLong));
    let many =
        format!("<value><array><data>{}</data></array></value>", "<value/>".repeat(MOST_VALUES));
    assert_eq!(one(&many), Err(Fault::TooMany));
}

#[test]
fn half_a_message_and_a_wrong_one_are_refused() {
    let whole = called("<param><value><int>1</int></value></param>");
    for end in 0..whole.len() {
        assert!(read(&whole.as_bytes()[..end]).is_err(), "{}", &whole[..end]);
    }
    check(&format!("{whole}x"), Err(Fault::Form));
    assert_eq!(one("<value><int>x</int></value>"), Err(Fault::Value));
    assert_eq!(one("<value><int>99999999999</int></value>"), Err(Fault::Value));
    assert_eq!(one("<value><boolean>2</boolean></value>"), Err(Fault::Value));
    assert_eq!(one("<value><double>inf</double></value>"), Err(Fault::Value));
    assert_eq!(one("<value><int>1</string></value>"), Err(Fault::Form));
    assert_eq!(one("<value>&amp</value>"), Err(Fault::Form));
    assert_eq!(read(b"<methodCall>\xff</methodCall>"), Err(Fault::Encoding));
    assert_eq!(read(b"<methodCall>\x00</methodCall>"), Err(Fault::Encoding));
}

#[test]
fn old_clients_write_latin_letters_and_say_so() {
    let mut bytes = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".to_vec();
    bytes.extend_from_slice(
        called("<param><value>Z").as_bytes().strip_suffix(b"</params></methodCall>").unwrap(),
    );
    bytes.extend_from_slice(b"\xfcrich</value></param></params></methodCall>");
    let Ok(Message::Call { parameters, .. }) = read(&bytes) else { panic!() };
    assert_eq!(parameters, [Value::text("Zürich")]);
}

#[test]
fn a_fault_is_read_as_one() {
    let expected = Message::Fault { code: 4, text: "no & no".to_owned() };
    check(&fault(4, "no & no"), Ok(expected));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[ -~é\n]{0,20}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Int),
        any::<bool>().prop_map(Value::Bool),
        (-1e9..1e9).prop_map(Value::Double),
        Just(Value::Nil),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec(("[ -~]{0,10}", inner), 0..5).prop_map(Value::Struct),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_the_same(values in proptest::collection::vec(any_value(), 0..4)) {
        let Ok(Message::Call { parameters, .. }) = read(call("a.b", &values).as_bytes()) else {
            panic!("no call");
        };
        prop_assert_eq!(&parameters, &values);
        for value in values {
            prop_assert_eq!(read(answer(&value).as_bytes()), Ok(Message::Answer(value)));
        }
    }

    #[test]
    fn any_bytes_are_harmless(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        fuzz::message(&bytes);
    }

    #[test]
    fn any_tags_are_harmless(text in "(</?(methodCall|methodName|params|param|value|array|data|int|nil)/?>|x|&amp;){0,30}") {
        fuzz::message(text.as_bytes());
    }
}
