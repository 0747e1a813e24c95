//! What fuzz targets call: it must hold for any bytes.

use jiff::tz::TimeZone;

use super::{Call, Id, Name, Pattern, Step, written_time};

/// A pattern, a newline, and what a call says: no step leaves the root.
pub fn pattern(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (pattern, said) = text.split_once('\n').unwrap_or((&text, "1700000000.12"));
    let Ok(pattern) = Pattern::parse(pattern) else { return };
    let said = Some(said.to_owned());
    let call = Call {
        ids: said.iter().cloned().collect(),
        started: None,
        ended: None,
        queue: said.clone(),
        agent: said.clone(),
        extension: said.clone(),
        caller: said.clone(),
        tenant: said.clone(),
        linkedid: said,
    };
    assert_eq!(Pattern::parse(pattern.as_str()).as_ref(), Ok(&pattern));
    for place in pattern.places(&call, &TimeZone::UTC) {
        let named = place.steps.iter().filter_map(|step| match step {
            Step::Named(name) => Some(name),
            Step::Any => None,
        });
        for name in named.chain(place.names.iter().flatten()) {
            assert!(!name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0']));
        }
    }
}

/// A name, a newline, and an id: what is read is in the name.
pub fn name(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (name, id) = text.split_once('\n').unwrap_or((&text, "1700000000.12"));
    let _ = written_time(name);
    if let Some(read) = Name::parse(name) {
        let lock = read.lock.map(|lock| format!(".{lock}")).unwrap_or_default();
        assert_eq!(format!("{}{}.{}{lock}", read.stem, read.leg_mark, read.extension), name);
    }
    if let Some(id) = Id::new(id) {
        let _ = id.is_in(name.as_bytes());
        for spelling in id.spellings() {
            assert!(id.is_in(spelling.as_bytes()).is_some(), "an id is in itself");
        }
    }
}
