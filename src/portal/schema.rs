//! Wire structs that can say what they look like, so that the API's document
//! is true by construction.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::portal::reply;

/// The shape of a type as a function: it adds what it is made of to the
/// components and returns the schema that stands for it.
pub type Shape = fn(&mut Components) -> Value;

/// Named schemas, each once.
#[derive(Debug, Default)]
pub struct Components(pub Map<String, Value>);

impl Components {
    /// A reference to a named schema, described on first use.
    pub fn named(&mut self, name: &str, describe: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            // Taken first, so that a type that holds itself comes to an end.
            self.0.insert(name.to_owned(), Value::Null);
            let schema = describe(self);
            self.0.insert(name.to_owned(), schema);
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }
}

/// A type that appears in the API.
pub trait Described {
    fn shape(components: &mut Components) -> Value;
}

macro_rules! plain {
    ($($type:ty => $schema:expr),+ $(,)?) => {
        $(impl Described for $type {
            fn shape(_: &mut Components) -> Value {
                $schema
            }
        })+
    };
}

plain! {
    Value => json!({ "type": "object" }),
    bool => json!({ "type": "boolean" }),
    String => json!({ "type": "string" }),
    &'static str => json!({ "type": "string" }),
    i64 => json!({ "type": "integer" }),
    u64 => json!({ "type": "integer", "minimum": 0 }),
    u32 => json!({ "type": "integer", "minimum": 0 }),
    f64 => json!({ "type": "number" }),
    usize => json!({ "type": "integer", "minimum": 0 }),
}

impl<T: Described> Described for Option<T> {
    fn shape(components: &mut Components) -> Value {
        json!({ "oneOf": [T::shape(components), { "type": "null" }] })
    }
}

impl<T: Described> Described for Vec<T> {
    fn shape(components: &mut Components) -> Value {
        json!({ "type": "array", "items": T::shape(components) })
    }
}

impl<T: Described> Described for BTreeMap<String, T> {
    fn shape(components: &mut Components) -> Value {
        json!({ "type": "object", "additionalProperties": T::shape(components) })
    }
}

/// Words a text is one of.
pub fn words(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// An object of any properties.
pub fn free_object(_: &mut Components) -> Value {
    json!({ "type": "object" })
}

/// An object of properties: name, schema, whether it is always there.
pub fn object(doc: &str, properties: Vec<(&'static str, Value, bool)>) -> Value {
    let needed: Vec<_> =
        properties.iter().filter(|(_, _, needed)| *needed).map(|(name, _, _)| *name).collect();
    let properties = properties.into_iter().map(|(name, schema, _)| (name.to_owned(), schema));
    let properties = reply::object(properties);
    let mut object = json!({
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": false,
    });
    if !doc.is_empty() {
        object["description"] = json!(doc);
    }
    object
}

/// A property with its description.
pub fn documented(mut schema: Value, doc: &str) -> Value {
    let doc = doc.trim();
    if !doc.is_empty() {
        // Beside a $ref OpenAPI 3.1 allows a description.
        schema["description"] = json!(doc);
    }
    schema
}

/// Declares a wire struct together with its description.
macro_rules! wire {
    ($(
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $( $(#[doc = $field_doc:literal])* $field:ident: $type:ty, )*
        }
    )+) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Debug, PartialEq, serde::Serialize)]
            pub struct $name {
                $( $(#[doc = $field_doc])* pub $field: $type, )*
            }

            impl $crate::portal::schema::Described for $name {
                fn shape(
                    components: &mut $crate::portal::schema::Components,
                ) -> serde_json::Value {
                    components.named(stringify!($name), |components| {
                        let _ = &components;
                        $crate::portal::schema::object(concat!($($doc),*).trim(), vec![
                            $((
                                stringify!($field),
                                $crate::portal::schema::documented(
                                    <$type as $crate::portal::schema::Described>::shape(components),
                                    concat!($($field_doc),*),
                                ),
                                true,
                            ),)*
                        ])
                    })
                }
            }
        )+
    };
}
pub(crate) use wire;

/// Describes a struct that is declared elsewhere: its fields are checked
/// against the type by the compiler, and their being complete by a test.
macro_rules! describe {
    ($( $type:path as $name:literal {
        $( $field:ident: $kind:ty, )*
    } )+) => {
        $(
            impl $crate::portal::schema::Described for $type {
                fn shape(
                    components: &mut $crate::portal::schema::Components,
                ) -> serde_json::Value {
                    let _checked = |value: &$type| {
                        $( let _: &$kind = &value.$field; )*
                    };
                    components.named($name, |components| {
                        $crate::portal::schema::object("", vec![
                            $((
                                stringify!($field),
                                <$kind as $crate::portal::schema::Described>::shape(components),
                                true,
                            ),)*
                        ])
                    })
                }
            }
        )+
    };
}
pub(crate) use describe;
