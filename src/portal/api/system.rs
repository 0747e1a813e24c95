//! The box itself: names, health, backups.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;

use crate::people::Act;
use crate::portal::asked::{Asked, blocking};
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::wire::system::Backups;

/// For whoever watches over the daemon: fine, or why not.
pub async fn healthz(asked: Asked) -> Result<Response, Refusal> {
    Ok(match asked.app.office.trouble() {
        None => reply::text(StatusCode::OK, "ok\n".to_owned()),
        Some(trouble) => reply::text(StatusCode::SERVICE_UNAVAILABLE, format!("{trouble}\n")),
    })
}

pub async fn health(asked: Asked) -> Result<Response, Refusal> {
    let (office, now) = (Arc::clone(&asked.app.office), asked.now);
    let mut health = blocking(move || office.health(now)).await?;
    health.live_streams = asked.app.open_streams();
    reply::json(&health)
}

pub async fn backups(asked: Asked) -> Result<Response, Refusal> {
    let office = Arc::clone(&asked.app.office);
    let backups = blocking(move || office.backups()).await?;
    reply::json(&Backups { backups })
}

pub async fn back_up(asked: Asked) -> Result<Response, Refusal> {
    let (office, people) = (Arc::clone(&asked.app.office), Arc::clone(&asked.app.people));
    let (actor, now) = (asked.actor(), asked.now);
    let backup = blocking(move || {
        let backup = office.backup(now)?;
        let act = Act { action: "backup.create", object: &backup.name, old: None, new: None };
        people.note(&actor, &act, now)?;
        Ok::<_, Refusal>(backup)
    });
    reply::json(&backup.await?)
}
