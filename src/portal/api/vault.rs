//! The vault of recordings: its keys, its room, erasing a person.

use std::sync::Arc;

use axum::response::Response;

use crate::people::Act;
use crate::portal::api::question;
use crate::portal::archive::Erasing;
use crate::portal::asked::{Asked, blocking};
use crate::portal::refusal::{Refusal, wrong};
use crate::portal::reply;
use crate::portal::route::{Field, FieldKind as K, may, must};
use crate::portal::wire::recordings as w;

pub const MAKE_KEY: &[Field] = &[may(
    "passphrase",
    K::Secret,
    "What opens the key after each start; without one it opens by itself.",
)];
pub const UNLOCK: &[Field] = &[must("passphrase", K::Secret, "")];
pub const ERASE: &[Field] = &[
    may("number", K::Text(40), "Whose recordings: those with this number…"),
    may("agent", K::Text(100), "…or of this agent."),
    must("from", K::Text(40), "start, a local date 2026-11-20 or date-time 2026-11-20T08:00"),
    must("to", K::Text(40), "end, not included"),
    must("reason", K::Text(200), "On what request."),
    must("dry_run", K::Flag, "Only say what it would erase."),
];

pub async fn keys(asked: Asked) -> Result<Response, Refusal> {
    let archive = Arc::clone(&asked.app.archive);
    reply::json(&blocking(move || archive.keys()).await?)
}

pub async fn make_key(asked: Asked) -> Result<Response, Refusal> {
    let app = Arc::clone(&asked.app);
    let (actor, now) = (asked.actor(), asked.now);
    let passphrase = passphrase(&asked);
    let made = blocking(move || {
        let made = app.archive.make_key(passphrase.as_ref(), now)?;
        let act = Act { action: "key.create", object: &made.fingerprint, old: None, new: None };
        app.people.note(&actor, &act, now)?;
        Ok::<_, Refusal>(made)
    });
    reply::json(&made.await?)
}

/// An empty one is none.
fn passphrase(asked: &Asked) -> Option<crate::people::Secret> {
    asked.body.secret("passphrase").filter(|secret| !secret.reveal().is_empty()).cloned()
}

pub async fn export_key(asked: Asked) -> Result<Response, Refusal> {
    let app = Arc::clone(&asked.app);
    let (actor, now, of) = (asked.actor(), asked.now, asked.part("fingerprint").to_owned());
    let text = blocking(move || {
        // Written before the secret leaves: what left without a row could not
        // be told.
        let act = Act { action: "key.export", object: &of, old: None, new: None };
        app.people.note(&actor, &act, now)?;
        app.archive.export_key(&of, now).map_err(Refusal::from)
    });
    reply::json(&text.await?)
}

pub async fn unlock(asked: Asked) -> Result<Response, Refusal> {
    let app = Arc::clone(&asked.app);
    let (actor, now) = (asked.actor(), asked.now);
    let passphrase = passphrase(&asked);
    blocking(move || {
        let given = passphrase.ok_or_else(|| {
            let missing = wrong("field.needed", [], "is missing");
            Refusal::fields(vec![("passphrase".to_owned(), missing)])
        })?;
        let done = app.archive.unlock(&given);
        let action = if done.is_ok() { "key.unlock" } else { "key.unlock.failed" };
        let act = Act { action, object: "", old: None, new: None };
        app.people.note(&actor, &act, now)?;
        done.map_err(Refusal::from)
    })
    .await?;
    Ok(reply::empty())
}

pub async fn lock(asked: Asked) -> Result<Response, Refusal> {
    let app = Arc::clone(&asked.app);
    let (actor, now) = (asked.actor(), asked.now);
    blocking(move || {
        app.archive.lock()?;
        let act = Act { action: "key.lock", object: "", old: None, new: None };
        app.people.note(&actor, &act, now).map_err(Refusal::from)
    })
    .await?;
    Ok(reply::empty())
}

pub async fn rotate(asked: Asked) -> Result<Response, Refusal> {
    let app = Arc::clone(&asked.app);
    let (actor, now) = (asked.actor(), asked.now);
    let passphrase = passphrase(&asked);
    let done = blocking(move || {
        let done = app.archive.rotate(passphrase.as_ref(), now)?;
        let told = format!("{} recordings, {} left", done.rewrapped, done.left);
        let act = Act { action: "key.rotate", object: "", old: None, new: Some(&told) };
        app.people.note(&actor, &act, now)?;
        Ok::<_, Refusal>(done)
    });
    reply::json(&done.await?)
}

pub async fn storage(asked: Asked) -> Result<Response, Refusal> {
    let (archive, now) = (Arc::clone(&asked.app.archive), asked.now);
    reply::json(&blocking(move || archive.storage(now)).await?)
}

pub async fn erase(asked: Asked) -> Result<Response, Refusal> {
    let (from, to) = question::period(&asked)?;
    let text = |name: &str| asked.body.text(name).map(str::trim).filter(|text| !text.is_empty());
    let erasing = Erasing {
        number: text("number").map(str::to_owned),
        agent: text("agent").map(str::to_owned),
        from,
        to,
        reason: text("reason").unwrap_or_default().to_owned(),
        dry_run: asked.body.flag("dry_run").unwrap_or(true),
    };
    if erasing.number.is_some() == erasing.agent.is_some() {
        let one = wrong("erase.who", [], "name a number or an agent");
        return Err(Refusal::fields(vec![("number".to_owned(), one)]));
    }
    if erasing.reason.is_empty() {
        let missing = wrong("field.needed", [], "is missing");
        return Err(Refusal::fields(vec![("reason".to_owned(), missing)]));
    }
    let app = Arc::clone(&asked.app);
    let (actor, now) = (asked.actor(), asked.now);
    let done = blocking(move || {
        let done = app.archive.erase(&erasing, &actor.account, now)?;
        if let Some(id) = &done.id {
            // The proof says what was erased, never whom.
            let told = format!("{} recordings", done.count.recordings);
            let act = Act { action: "person.erase", object: id, old: None, new: Some(&told) };
            app.people.note(&actor, &act, now)?;
        }
        Ok::<w::ErasureDone, Refusal>(done)
    });
    reply::json(&done.await?)
}

pub async fn erasures(asked: Asked) -> Result<Response, Refusal> {
    let archive = Arc::clone(&asked.app.archive);
    reply::json(&blocking(move || archive.erasures()).await?)
}
