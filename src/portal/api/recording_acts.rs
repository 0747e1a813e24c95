//! What is attached and done to one recording: markers, who listened, holds,
//! its end.

use std::sync::Arc;

use axum::response::Response;

use crate::people::Act;
use crate::portal::api::recordings::{hearing, recordings};
use crate::portal::asked::{Asked, blocking};
use crate::portal::hearing::{Hearing, secs};
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::route::{Field, FieldKind as K, may, must};
use crate::portal::wire::recordings as w;
use crate::recordings::{self as rec, Colour, Held, Listener, Mark, Purpose};

/// Milliseconds of a recording at most: a day.
const MOST_MS: i64 = 86_400_000;
const COLOURS: K = K::Choice(&["red", "green", "blue"]);

pub const MARK: &[Field] = &[
    must("at_ms", K::Number(0, MOST_MS), "Where, in milliseconds from the beginning."),
    may("length_ms", K::Number(0, MOST_MS), "0, a moment, unless given."),
    must("text", K::Text(2000), "The note."),
    must("colour", COLOURS, ""),
];
pub const HEARD: &[Field] = &[
    must("from_ms", K::Number(0, MOST_MS), "What was heard, in milliseconds."),
    must("to_ms", K::Number(0, MOST_MS), ""),
];
pub const HOLD: &[Field] = &[
    must("reason", K::Text(500), "Why it must not be deleted."),
    may("until", K::Number(0, 32_503_680_000), "UTC second; until somebody ends it when left out."),
];

/// Within a day, as the route's fields see to it.
fn ms(asked: &Asked, field: &str) -> u32 {
    u32::try_from(asked.body.number(field).unwrap_or(0)).unwrap_or(u32::MAX)
}

fn marker(of: rec::Marker, hearing: &Hearing) -> w::Marker {
    w::Marker {
        id: of.id.to_string(),
        at: secs(of.mark.at_ms),
        length: secs(of.mark.length_ms),
        may_change: hearing.marks_of_others || of.author == hearing.account,
        text: of.mark.text,
        colour: of.mark.colour.name(),
        author: of.author,
        created: of.created,
    }
}

pub async fn markers(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (id, now) = (asked.part("id").to_owned(), asked.now);
    let markers = blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        let markers = recordings.markers(of.id)?.into_iter();
        Ok::<_, Refusal>(markers.map(|one| marker(one, &hearing)).collect())
    });
    reply::json(&w::Markers { markers: markers.await? })
}

fn mark(asked: &Asked) -> Mark {
    Mark {
        at_ms: ms(asked, "at_ms"),
        length_ms: ms(asked, "length_ms"),
        text: asked.body.text("text").unwrap_or_default().to_owned(),
        colour: asked.body.text("colour").and_then(Colour::named).unwrap_or(Colour::Red),
    }
}

pub async fn add_marker(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (id, now, mark) = (asked.part("id").to_owned(), asked.now, mark(&asked));
    let made = blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        let made = recordings.add_marker(of.id, mark, &hearing.account, now)?;
        Ok::<_, Refusal>(marker(made, &hearing))
    });
    reply::json(&made.await?)
}

/// The marker of an address, if the viewer may change it.
fn own_marker(
    recordings: &rec::Recordings,
    hearing: &Hearing,
    recording: i64,
    id: &str,
) -> Result<i64, Refusal> {
    let all = recordings.markers(recording)?;
    let found = all.into_iter().find(|one| one.id.to_string() == id);
    let found = found
        .ok_or_else(|| Refusal::not_found("there is no such marker").coded("marker.unknown", []))?;
    if hearing.marks_of_others || found.author == hearing.account {
        Ok(found.id)
    } else {
        Err(Refusal::denied("this marker is somebody else's").coded("marker.other_author", []))
    }
}

fn said(mark: &Mark) -> String {
    let at = mark.at_ms / 1000;
    format!("{}:{:02} {} {}", at / 60, at % 60, mark.colour.name(), mark.text)
}

pub async fn change_marker(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let (id, of_marker) = (asked.part("id").to_owned(), asked.part("marker").to_owned());
    let mark = mark(&asked);
    let changed = blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        let which = own_marker(&recordings, &hearing, of.id, &of_marker)?;
        let (old, new) = recordings.change_marker(of.id, which, mark, now)?;
        let (before, after) = (said(&old.mark), said(&new.mark));
        let object = format!("{} {}", of.id, of.call);
        let (old, new_text) = (Some(&*before), Some(&*after));
        let act = Act { action: "marker.change", object: &object, old, new: new_text };
        people.note(&actor, &act, now)?;
        Ok::<_, Refusal>(marker(new, &hearing))
    });
    reply::json(&changed.await?)
}

pub async fn delete_marker(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let (id, of_marker) = (asked.part("id").to_owned(), asked.part("marker").to_owned());
    blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        let which = own_marker(&recordings, &hearing, of.id, &of_marker)?;
        let old = recordings.delete_marker(of.id, which)?;
        let object = format!("{} {}", of.id, of.call);
        let old = said(&old.mark);
        let act = Act { action: "marker.delete", object: &object, old: Some(&old), new: None };
        people.note(&actor, &act, now).map_err(Refusal::from)
    })
    .await?;
    Ok(reply::empty())
}

pub async fn listens(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (people, id, now) = (Arc::clone(&asked.app.people), asked.part("id").to_owned(), asked.now);
    let listens = blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        let names = people.accounts()?;
        let listens = recordings.listens(of.id)?.into_iter().map(|one| w::Listening {
            name: names
                .iter()
                .find(|known| known.account == one.account)
                .map(|known| known.name.clone())
                .unwrap_or_default(),
            account: one.account,
            address: one.address,
            at: one.at,
            seconds: secs(u32::try_from(rec::intervals::total(&one.heard)).unwrap_or(u32::MAX)),
        });
        Ok::<_, Refusal>(listens.collect())
    });
    reply::json(&w::Listens { listens: listens.await? })
}

/// The player tells what was heard.
pub async fn listened(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (id, actor, now) = (asked.part("id").to_owned(), asked.actor(), asked.now);
    let heard = (ms(&asked, "from_ms"), ms(&asked, "to_ms"));
    blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        let (account, address) = (&*actor.account, &*actor.address);
        let listener = Listener { account, address, purpose: Purpose::Play };
        recordings.listened(of.id, listener, heard, now).map_err(Refusal::from)
    })
    .await?;
    Ok(reply::empty())
}

pub async fn hold(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let id = asked.part("id").to_owned();
    let reason = asked.body.text("reason").unwrap_or_default().to_owned();
    let until = asked.body.number("until");
    blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        let held = Held { recording: Some(of.id), ..Held::default() };
        recordings.hold(held, &reason, until, &actor.account, now)?;
        let object = format!("{} {}", of.id, of.call);
        let act = Act { action: "recording.hold", object: &object, old: None, new: Some(&reason) };
        people.note(&actor, &act, now).map_err(Refusal::from)
    })
    .await?;
    Ok(reply::empty())
}

pub async fn release(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let id = asked.part("id").to_owned();
    blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        recordings.release_recording(of.id, &actor.account, now)?;
        let object = format!("{} {}", of.id, of.call);
        let act = Act { action: "recording.release", object: &object, old: None, new: None };
        people.note(&actor, &act, now).map_err(Refusal::from)
    })
    .await?;
    Ok(reply::empty())
}

pub async fn delete(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let id = asked.part("id").to_owned();
    blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        recordings.delete(of.id, &actor.account, "", now)?;
        let object = format!("{} {}", of.id, of.call);
        let act = Act { action: "recording.delete", object: &object, old: None, new: None };
        people.note(&actor, &act, now).map_err(Refusal::from)
    })
    .await?;
    Ok(reply::empty())
}
