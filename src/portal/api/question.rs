//! What reports and lists are asked: the parameters of `reports`, read with
//! the office's zone and the reader's language.

use axum::http::header;

use crate::base::UnixSec;
use crate::people::{self, Right};
use crate::portal::asked::Asked;
use crate::portal::refusal::{Refusal, Wrong, wrong};
use crate::portal::route::{Field, FieldKind, may};
use crate::reports::{COMPARE_ACCEPTS, Defaults, Fault, Language, PARAMETERS, Query, other_period};

/// Every parameter of a question, as text: `reports` reads them.
pub const FIELDS: [Field; PARAMETERS.len() + 1] = fields();

const fn fields() -> [Field; PARAMETERS.len() + 1] {
    let mut fields = [FORMAT; PARAMETERS.len() + 1];
    let mut index = 0;
    while index < PARAMETERS.len() {
        let (name, doc) = PARAMETERS[index];
        fields[index] = may(name, FieldKind::Texts, doc);
        index += 1;
    }
    fields
}

/// A question with the period to compare with: for reports.
pub const REPORT_FIELDS: [Field; FIELDS.len() + 1] = {
    let mut fields = [COMPARE; FIELDS.len() + 1];
    let mut index = 0;
    while index < FIELDS.len() {
        fields[index] = FIELDS[index];
        index += 1;
    }
    fields
};

const COMPARE: Field = may("compare", FieldKind::Text(64), COMPARE_ACCEPTS);

/// The other period, if one is asked for.
pub fn compared(asked: &Asked, query: &Query) -> Result<Option<(UnixSec, UnixSec)>, Refusal> {
    let text = asked.query.text("compare").filter(|text| !text.is_empty());
    let other = text.map(|text| other_period(text, query)).transpose();
    other.map_err(|fault| Refusal::fields(vec![told(fault)]))
}

/// JSON or CSV.
pub const FORMAT: Field = may("format", FieldKind::Choice(&["json", "csv"]), "json unless given");

/// Reads the question; all its faults at once.
pub fn read(asked: &Asked) -> Result<Query, Refusal> {
    let settings = &asked.app.settings;
    let defaults = Defaults {
        zone: settings.zone.clone(),
        rules: settings.rules.clone(),
        language: language(asked),
        now: asked.now,
    };
    let pairs = PARAMETERS.iter().flat_map(|(name, _)| {
        asked.query.texts(name).iter().map(move |text| (*name, text.as_str()))
    });
    Query::read(pairs, &defaults)
        .map_err(|faults| Refusal::fields(faults.into_iter().map(told).collect()))
}

/// The part of a question that lists of recordings have too.
pub fn of_recordings(asked: &Asked) -> Result<Query, Refusal> {
    let texts = ["from", "to", "zone"].into_iter();
    let pairs = texts.filter_map(|name| Some((name, asked.query.text(name)?)));
    let named = ["queue", "agent"].into_iter();
    let lists =
        named.flat_map(|name| asked.query.texts(name).iter().map(move |text| (name, &**text)));
    within(asked, pairs.chain(lists))
}

/// The period of a body, as UTC seconds.
pub fn period(asked: &Asked) -> Result<(UnixSec, UnixSec), Refusal> {
    let texts = ["from", "to"].into_iter();
    let pairs = texts.filter_map(|name| Some((name, asked.body.text(name)?)));
    let query = within(asked, pairs)?;
    Ok((query.from, query.to))
}

fn within<'a>(
    asked: &Asked,
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Query, Refusal> {
    let settings = &asked.app.settings;
    let defaults = Defaults {
        zone: settings.zone.clone(),
        rules: settings.rules.clone(),
        language: language(asked),
        now: asked.now,
    };
    let pairs: Vec<_> =
        pairs.map(|(name, text)| (if name == "zone" { "tz" } else { name }, text)).collect();
    Query::read(pairs, &defaults)
        .map_err(|faults| Refusal::fields(faults.into_iter().map(told).collect()))
}

/// A fault of a question, by its field: pages ask only what they let choose,
/// so it came by an address that was typed or kept.
fn told(fault: Fault) -> (String, Wrong) {
    let code = match fault.field.as_str() {
        "from" | "to" | "compare" => "question.date",
        "tz" => "question.zone",
        _ => "question.value",
    };
    let field = [("field", fault.field.clone())];
    (fault.field, wrong(code, field, fault.message))
}

/// The language of labels: what the browser asks for, else the account's.
pub fn language(asked: &Asked) -> Language {
    let asked_for = asked.headers.get(header::ACCEPT_LANGUAGE).and_then(|text| text.to_str().ok());
    let first = asked_for.and_then(|text| text.split([',', ';']).next()).map(str::trim);
    match (first, asked.viewer()) {
        (Some(tag), _) if tag.starts_with("fr") || tag.starts_with("en") => Language::of(tag),
        (_, Ok(viewer)) => Language::of(viewer.account.language.name()),
        _ => Language::of(people::Language::English.name()),
    }
}

/// Whether a file is asked for, and whether the viewer may have one.
pub fn wants_csv(asked: &Asked) -> Result<bool, Refusal> {
    if asked.query.text("format") != Some("csv") {
        return Ok(false);
    }
    if asked.viewer()?.may(Right::Export) {
        Ok(true)
    } else {
        Err(Refusal::denied("your account may not take lists away as files")
            .coded("export.denied", []))
    }
}
