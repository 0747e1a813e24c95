//! The call list as a file: a line of labels, then a line per stint.

use crate::base::{UnixSec, Zone};
use crate::portal::csv;
use crate::reports::calls::CallRow;
use crate::reports::{Language, Query};

/// English and French label of each column.
const COLUMNS: &[(&str, &str)] = &[
    ("Entered", "Entrée"),
    ("Ended", "Fin"),
    ("Queue", "File"),
    ("Direction", "Sens"),
    ("Answered", "Traité"),
    ("Ended by", "Motif de fin"),
    ("Number", "Numéro"),
    ("Name", "Nom"),
    ("Agent", "Agent"),
    ("Wait (s)", "Attente (s)"),
    ("Talk (s)", "Conversation (s)"),
    ("Hold (s)", "Garde (s)"),
    ("Ring (s)", "Sonnerie (s)"),
    ("Position", "Position"),
    ("Attempts", "Tentatives"),
    ("Outcome", "Résultat"),
    ("Tag", "Étiquette"),
    ("Features", "Caractéristiques"),
    ("Transferred to", "Transféré vers"),
    ("Detail", "Précision"),
    ("DNIS", "Numéro appelé"),
    ("Menu", "Menu vocal"),
    ("Stints", "Passages"),
    ("Repaired", "Réparé"),
    ("Open", "En cours"),
    ("Call id", "Identifiant"),
];

/// The line of labels, with the mark that tells spreadsheets of UTF-8.
pub fn head(language: Language) -> String {
    let mut text = "\u{feff}".to_owned();
    let label = |(english, french): &(&'static str, &'static str)| match language {
        Language::English => *english,
        Language::French => *french,
    };
    csv::line(&mut text, COLUMNS.iter().map(label));
    text
}

/// A line per row; moments are local to the zone of the question.
pub fn rows(rows: &[CallRow], query: &Query) -> String {
    let mut text = String::new();
    for row in rows {
        let cells = cells(row, &query.zone, query.language);
        csv::line(&mut text, cells.iter().map(String::as_str));
    }
    text
}

fn cells(row: &CallRow, zone: &Zone, language: Language) -> [String; COLUMNS.len()] {
    let number = |value: Option<i64>| value.map_or_else(String::new, |value| value.to_string());
    let word = |value: &Option<String>| value.clone().unwrap_or_default();
    let yes = |flag: bool| {
        match (language, flag) {
            (Language::English, true) => "yes",
            (Language::English, false) => "no",
            (Language::French, true) => "oui",
            (Language::French, false) => "non",
        }
        .to_owned()
    };
    [
        local(row.enter, zone),
        if row.open { String::new() } else { local(row.end, zone) },
        row.queue.clone(),
        row.direction.to_owned(),
        yes(row.answered),
        row.cause.to_owned(),
        row.number.clone(),
        row.name.clone(),
        word(&row.agent),
        number(row.wait),
        number(row.talk),
        row.hold.to_string(),
        number(row.ring),
        number(row.position.map(i64::from)),
        row.attempts.to_string(),
        word(&row.outcome),
        word(&row.tag),
        row.features.join(" "),
        word(&row.transfer_to),
        word(&row.detail),
        word(&row.dnis),
        word(&row.ivr),
        row.stints.to_string(),
        row.quality.join(" "),
        yes(row.open),
        row.call_id.clone(),
    ]
}

fn local(at: UnixSec, zone: &Zone) -> String {
    zone.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
