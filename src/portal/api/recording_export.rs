//! A selection of recordings taken away as one archive: an index first, then
//! the sound of each, opened when its turn comes.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::DateTime;

use crate::base::UnixSec;
use crate::media::zip::{Entry, Onward, Zip};
use crate::media::{self, Media};
use crate::people::{Act, Actor, Right};
use crate::portal::api::question::language;
use crate::portal::api::recordings::{self as api, LIST};
use crate::portal::asked::Asked;
use crate::portal::csv;
use crate::portal::hearing::Hearing;
use crate::portal::refusal::Refusal;
use crate::portal::route::Field;
use crate::portal::state::App;
use crate::recordings::{Filter, Listener, MOST_ON_A_PAGE, Purpose, Recording, Recordings};
use crate::reports::Language;

/// As for the list, without its pages.
pub const EXPORT: &[Field] = LIST.split_at(LIST.len() - 2).0;

/// Recordings of one archive.
const MOST: usize = 2000;
/// GiB of them, as they were recorded.
const MOST_GIB: u64 = 4;

/// English and French label of each column of the index.
const COLUMNS: [(&str, &str); 12] = [
    ("File, without ending", "Fichier, sans extension"),
    ("Began", "Début"),
    ("Length (s)", "Durée (s)"),
    ("Queue", "File"),
    ("Agent", "Agent"),
    ("Number", "Numéro"),
    ("Direction", "Sens"),
    ("Kind", "Genre"),
    ("Leg", "Côté"),
    ("Codec", "Codec"),
    ("Seal", "Sceau"),
    ("Call id", "Identifiant de l’appel"),
];

/// The archive. Each recording leaves an audit row when it is opened, so one
/// that was never reached leaves none.
pub async fn export(asked: Asked) -> Result<Response, Refusal> {
    if !asked.viewer()?.may(Right::Export) {
        let text = "your account may not take lists away as files";
        return Err(Refusal::denied(text).coded("export.denied", []));
    }
    let (recordings, hearing) = (api::recordings(&asked.app)?, api::hearing(&asked)?);
    let (filter, _) = api::filter(&asked, &hearing.sight)?;
    let (app, now, tongue) = (Arc::clone(&asked.app), asked.now, language(&asked));
    let actor = asked.actor();
    let open = move || {
        let chosen = chosen(&recordings, filter, &hearing, now)?;
        let taking = Taking { app, recordings, hearing, actor };
        let begun = taking.local(now);
        let index = taking.index(&chosen, tongue);
        let ids: Vec<i64> = chosen.iter().map(|one| one.id).collect();
        let first = Entry {
            name: "recordings.csv".to_owned(),
            modified: begun,
            size: Some(index.len() as u64),
            content: Ok(Box::new(std::io::Cursor::new(index.into_bytes()))),
        };
        let rest = ids.into_iter().map(move |id| taking.entry(id));
        let archive = Zip::new(std::iter::once(first).chain(rest), begun);
        Ok::<_, Refusal>(Media {
            source: media::Source::Onward(Box::new(archive)),
            kind: "application/zip".into(),
            name: format!("recordings_{}.zip", begun.strftime("%Y-%m-%d_%H-%M-%S")),
            tag: None,
            download: true,
            ended: None,
        })
    };
    asked.app.deliveries.answer(&asked.method, &asked.headers, open).await
}

/// All recordings of the filter that the viewer may know of, newest first.
///
/// Errors: refused when they are too many or too large for one archive.
fn chosen(
    recordings: &Recordings,
    mut filter: Filter,
    hearing: &Hearing,
    now: UnixSec,
) -> Result<Vec<Recording>, Refusal> {
    let (mut chosen, mut bytes): (Vec<Recording>, u64) = (Vec::new(), 0);
    loop {
        let page = recordings.list(&filter, MOST_ON_A_PAGE, now)?;
        for one in page.rows.into_iter().filter(|one| hearing.hears(one)) {
            bytes = bytes.saturating_add(one.size.unwrap_or(0));
            chosen.push(one);
        }
        within(chosen.len(), bytes)?;
        match page.next {
            Some(next) => filter.below = Some(next),
            None => return Ok(chosen),
        }
    }
}

fn within(count: usize, bytes: u64) -> Result<(), Refusal> {
    let refused = |text| Refusal::new(StatusCode::BAD_REQUEST, "invalid", text);
    if count > MOST {
        let text = format!("more than {MOST} recordings in one archive; ask for a shorter period");
        return Err(refused(text).coded("recordings.many", [("n", MOST.to_string())]));
    }
    if bytes > MOST_GIB << 30 {
        let text = format!("more than {MOST_GIB} GiB of recordings; ask for a shorter period");
        return Err(refused(text).coded("recordings.large", [("n", MOST_GIB.to_string())]));
    }
    Ok(())
}

/// Who takes recordings away, and from where.
struct Taking {
    app: Arc<App>,
    recordings: Recordings,
    hearing: Hearing,
    actor: Actor,
}

impl Taking {
    fn local(&self, at: UnixSec) -> DateTime {
        self.app.settings.zone.local(at)
    }

    /// With `ending` for the file, or without for the index.
    fn name(&self, of: &Recording, ending: Option<&str>) -> String {
        let tail = ending.map_or_else(|| of.id.to_string(), |one| format!("{}.{one}", of.id));
        format!("audio/{}", api::file_name(of, &tail, &self.app.settings.zone))
    }

    /// The table of all that was asked for, with the mark that tells
    /// spreadsheets of UTF-8.
    fn index(&self, chosen: &[Recording], tongue: Language) -> String {
        let mut text = "\u{feff}".to_owned();
        let label = |(english, french): (&'static str, &'static str)| match tongue {
            Language::English => english,
            Language::French => french,
        };
        csv::line(&mut text, COLUMNS.map(label));
        for one in chosen {
            let name = self.name(one, None);
            let row = self.hearing.row(one.clone(), None, &*self.app.archive);
            let cells: [String; COLUMNS.len()] = [
                name,
                self.local(row.started).strftime("%Y-%m-%d %H:%M:%S").to_string(),
                row.duration.map_or_else(String::new, |secs| format!("{secs:.1}")),
                row.queue.unwrap_or_default(),
                row.agent.unwrap_or_default(),
                row.number.unwrap_or_default(),
                row.direction.unwrap_or_default().to_owned(),
                row.kind.to_owned(),
                row.leg.to_owned(),
                row.codec,
                row.lock.to_owned(),
                row.call_id,
            ];
            csv::line(&mut text, cells.iter().map(String::as_str));
        }
        text
    }

    /// The sound of one, opened now; or why it can't be had.
    fn entry(&self, id: i64) -> Entry {
        let now = self.app.now();
        let nameless = |refusal: Refusal| Entry {
            name: format!("audio/{id}"),
            modified: self.local(now),
            size: None,
            content: Err(refusal.message),
        };
        match self.recordings.one(id, now) {
            Err(error) => nameless(error.into()),
            Ok(of) => {
                let modified = self.local(of.started());
                match self.opened(&of, now) {
                    Ok((ending, size, content)) => Entry {
                        name: self.name(&of, Some(&ending)),
                        modified,
                        size,
                        content: Ok(content),
                    },
                    Err(refusal) => {
                        let name = self.name(&of, None);
                        Entry { name, modified, size: None, content: Err(refusal.message) }
                    }
                }
            }
        }
    }

    fn opened(&self, of: &Recording, now: UnixSec) -> Result<Opened, Refusal> {
        api::allowed(&self.hearing.row(of.clone(), None, &*self.app.archive), true)?;
        let sound = self.app.archive.sound(of)?;
        let (size, content): (_, Box<dyn std::io::Read + Send>) = match sound.source {
            media::Source::Anywhere(source) => {
                let onward = Onward::new(source)
                    .map_err(|fault| crate::base::error::io("can't read a recording", fault))?;
                (Some(onward.length()), Box::new(onward))
            }
            media::Source::Onward(content) => (None, content),
        };
        // Written down before the first byte goes.
        let object = format!("{} {}", of.id, of.call);
        let act = Act { action: "recording.download", object: &object, old: None, new: None };
        self.app.people.note(&self.actor, &act, now)?;
        let (account, address) = (&*self.actor.account, &*self.actor.address);
        let listener = Listener { account, address, purpose: Purpose::Export };
        self.recordings.listened(of.id, listener, (0, 0), now)?;
        Ok((sound.ending.into_owned(), size, content))
    }
}

/// Ending of the name, length where it is known, bytes.
type Opened = (String, Option<u64>, Box<dyn std::io::Read + Send>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_too_large_is_refused_with_what_to_do() {
        assert_eq!(within(MOST, MOST_GIB << 30), Ok(()));
        let many = within(MOST + 1, 0).unwrap_err();
        assert_eq!(many.coded.unwrap().code, "recordings.many");
        let large = within(1, (MOST_GIB << 30) + 1).unwrap_err();
        assert_eq!(large.coded.unwrap().code, "recordings.large");
        assert!(many.message.contains("shorter period") && large.message.contains("shorter"));
    }

    #[test]
    fn the_selection_is_asked_for_as_the_list_without_its_pages() {
        let names: Vec<_> = EXPORT.iter().map(|field| field.name).collect();
        assert_eq!(names, ["from", "to", "zone", "queue", "agent", "number", "held"]);
    }
}
