//! The API's document (OpenAPI 3.1), made from the route table.

use serde_json::{Map, Value, json};

use crate::people::Right;
use crate::portal::codes::CODES;
use crate::portal::reply;
use crate::portal::route::{Access, Field, FieldKind, Gives, Route};
use crate::portal::routes::ROUTES;
use crate::portal::schema::{Components, documented, object, words};

/// The whole document.
pub fn document() -> Value {
    let mut components = Components::default();
    let error = components.named("Error", |_| error_schema());
    let mut paths = Map::new();
    for route in ROUTES {
        let operation = operation(route, &error, &mut components);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.name()] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Switchroom",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Moments are UTC seconds since 1970, durations are seconds, null \
                means unknown or no data. Every change needs the header X-CSRF-Token with the \
                `csrf` of /api/v1/me. Unknown fields are refused.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": components.0,
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": reply::COOKIE },
                "kiosk": { "type": "apiKey", "in": "cookie", "name": reply::KIOSK_COOKIE },
            },
        },
    })
}

fn operation(route: &Route, error: &Value, components: &mut Components) -> Value {
    let mut parameters: Vec<Value> = route
        .parts()
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
        })
        .collect();
    parameters.extend(route.query.iter().map(query_parameter));
    if route.changes() && route.access != Access::Public {
        parameters.push(json!({
            "name": "X-CSRF-Token", "in": "header", "required": true,
            "schema": { "type": "string" },
        }));
    }
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.doc,
        "parameters": parameters,
        "responses": responses(route, error, components),
    });
    if !route.body.is_empty() {
        operation["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": body_schema(route.body) } },
        });
    }
    match route.access {
        Access::Public => operation["security"] = json!([]),
        Access::Kiosk => operation["security"] = json!([{ "kiosk": [] }]),
        Access::Any(rights) => {
            operation["security"] = json!([{ "session": [] }]);
            let names: Vec<_> = rights.iter().map(|right: &Right| right.name()).collect();
            operation["x-rights"] = json!(names);
        }
    }
    operation
}

/// `getCallsId` for `GET /api/v1/calls/{id}`.
fn operation_id(route: &Route) -> String {
    let mut id = route.method.name().to_owned();
    let words =
        route.path.trim_start_matches("/api/v1").split(|char: char| !char.is_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        let mut chars = word.chars();
        id.extend(chars.next().map(|char| char.to_ascii_uppercase()));
        id.push_str(chars.as_str());
    }
    id
}

fn query_parameter(field: &Field) -> Value {
    let mut parameter = json!({
        "name": field.name,
        "in": "query",
        "required": field.needed,
        "schema": field_schema(field.kind),
    });
    match field.kind {
        FieldKind::Commas => {
            parameter["style"] = json!("form");
            parameter["explode"] = json!(false);
        }
        FieldKind::Flag => parameter["schema"] = words(&["yes", "no"]),
        _ => {}
    }
    documented(parameter, field.doc)
}

fn body_schema(fields: &[Field]) -> Value {
    let properties = fields
        .iter()
        .map(|field| (field.name, documented(field_schema(field.kind), field.doc), field.needed))
        .collect();
    object("", properties)
}

fn field_schema(kind: FieldKind) -> Value {
    let text = |most: usize| json!({ "type": "string", "maxLength": most });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    match kind {
        FieldKind::Text(most) => text(most),
        FieldKind::TextOrNull(most) => json!({ "oneOf": [text(most), { "type": "null" }] }),
        FieldKind::Secret => json!({ "type": "string", "format": "password" }),
        FieldKind::Flag => json!({ "type": "boolean" }),
        FieldKind::Number(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        FieldKind::Choice(choices) => words(choices),
        FieldKind::Texts | FieldKind::Commas => texts(),
        FieldKind::TextsOrNull => json!({ "oneOf": [texts(), { "type": "null" }] }),
    }
}

fn responses(route: &Route, error: &Value, components: &mut Components) -> Value {
    let json_of = |schema: Value| json!({ "application/json": { "schema": schema } });
    let csv = json!({ "schema": { "type": "string" } });
    let (status, description, content) = match route.gives {
        Gives::Json(shape) => ("200", "done", Some(json_of(shape(components)))),
        Gives::Table(shape) => {
            let mut content = json_of(shape(components));
            content["text/csv"] = csv;
            ("200", "done; CSV with format=csv", Some(content))
        }
        Gives::Events(events) => {
            let mut names = Map::new();
            for (name, shape) in events {
                names.insert((*name).to_owned(), shape(components));
            }
            let content = json!({
                "text/event-stream": { "schema": { "type": "string" }, "x-events": names },
            });
            ("200", "events; `id` is the sequence number for Last-Event-ID", Some(content))
        }
        Gives::Text => {
            let content = json!({ "text/plain": { "schema": { "type": "string" } } });
            ("200", "done", Some(content))
        }
        Gives::Bytes(kind) => {
            let content = json!({ kind: { "schema": { "type": "string", "format": "binary" } } });
            ("200", "done; 206 with a range", Some(content))
        }
        Gives::Nothing => ("204", "done", None),
    };
    let mut good = json!({ "description": description });
    if let Some(content) = content {
        good["content"] = content;
    }
    json!({
        status: good,
        "default": { "description": "refused or failed", "content": json_of(error.clone()) },
    })
}

fn error_schema() -> Value {
    let kinds = words(&[
        "invalid",
        "not_found",
        "denied",
        "conflict",
        "busy",
        "unavailable",
        "exhausted",
        "damaged",
        "internal",
    ]);
    let names: Vec<_> = CODES.iter().map(|(code, _)| *code).collect();
    let text = || json!({ "type": "string" });
    let values = || json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let mut code = documented(
        words(&names),
        "What went wrong, by a name that never changes; x-values names what each speaks of.",
    );
    let spoken = CODES.iter().map(|(code, values)| ((*code).to_owned(), json!(values)));
    code["x-values"] = Value::Object(reply::object(spoken));
    let field = object(
        "",
        vec![
            ("message", text(), true),
            ("code", words(&names), false),
            ("values", values(), false),
        ],
    );
    let fields = json!({
        "type": "object",
        "additionalProperties": field,
        "description": "What is wrong with which field.",
    });
    let error = object(
        "",
        vec![
            ("kind", kinds, true),
            ("message", json!({ "type": "string" }), true),
            ("code", code, false),
            ("values", values(), false),
            ("fields", fields, false),
        ],
    );
    object("", vec![("error", error, true)])
}
