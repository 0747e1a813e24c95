//! Does an answer look as the document says? The parts of JSON Schema that
//! our document uses.

use serde_json::Value;

/// What is wrong with a value, or nothing.
pub fn fault(document: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        let target = target.unwrap_or_else(|| panic!("{reference} leads nowhere"));
        return fault(document, target, value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let faults: Vec<_> =
            choices.iter().map(|choice| fault(document, choice, value, at)).collect();
        let fitting = faults.iter().filter(|fault| fault.is_none()).count();
        return (fitting != 1).then(|| format!("{at}: {fitting} choices fit: {faults:?}"));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        return Some(format!("{at}: {value} is none of {words:?}"));
    }
    let good = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        other => panic!("{at}: the type {other:?} is not one of ours"),
    };
    if !good {
        return Some(format!("{at}: {value} is no {}", schema["type"]));
    }
    if let Some(items) = value.as_array() {
        let of = &schema["items"];
        return items
            .iter()
            .enumerate()
            .find_map(|(index, item)| fault(document, of, item, &format!("{at}[{index}]")));
    }
    let object = value.as_object()?;
    for name in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(name.as_str().unwrap()) {
            return Some(format!("{at}: {name} is missing"));
        }
    }
    object.iter().find_map(|(name, value)| {
        let at = format!("{at}.{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(schema), _) => fault(document, schema, value, &at),
            (None, Value::Bool(false)) => Some(format!("{at}: not in the document")),
            (None, schema @ Value::Object(_)) => fault(document, schema, value, &at),
            (None, _) => None,
        }
    })
}
