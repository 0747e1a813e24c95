//! Kinds of values that several rooms' settings share.

use std::net::{IpAddr, SocketAddr};

use crate::base::setting::{Fault, Raw, RawValue, Value};

/// One of some words.
pub fn choice<T: Copy + PartialEq>(raw: &Raw, words: &[(&str, T)]) -> Result<T, String> {
    let given = match &raw.value {
        RawValue::Text(text) => text.as_str(),
        _ => "",
    };
    words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
        format!("one of {}", words.join(", "))
    })
}

/// The word of a value, quoted.
pub fn word_of<T: Copy + PartialEq>(value: T, words: &[(&str, T)]) -> String {
    let word = words.iter().find(|(_, one)| *one == value).map_or("", |(word, _)| word);
    format!("{word:?}")
}

/// A setting that may be left out; then another one holds.
impl<T: Value> Value for Option<T> {
    const KIND: &'static str = T::KIND;
    fn read(raw: &Raw, path: &str, faults: &mut Vec<Fault>) -> Result<Self, String> {
        T::read(raw, path, faults).map(Some)
    }
    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "not set".to_owned(), Value::show)
    }
}

impl Value for SocketAddr {
    const KIND: &'static str = "address:port";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        const FORM: &str = "an address and port such as \"127.0.0.1:8080\" or \"[::]:8080\"";
        match &raw.value {
            RawValue::Text(text) => text.parse().map_err(|_| format!("{FORM}, not {text:?}")),
            _ => Err(FORM.to_owned()),
        }
    }
    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}

impl Value for IpAddr {
    const KIND: &'static str = "address";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        const FORM: &str = "an address such as \"192.0.2.1\"";
        match &raw.value {
            RawValue::Text(text) => text.parse().map_err(|_| format!("{FORM}, not {text:?}")),
            _ => Err(FORM.to_owned()),
        }
    }
    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}
