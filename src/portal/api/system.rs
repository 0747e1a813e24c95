//! The box itself: names, health, backups.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;

use crate::base::Secs;
use crate::base::order::Ordered as _;
use crate::model::NameKind;
use crate::people::{Act, Right};
use crate::portal::asked::{Asked, blocking};
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::wire::system::{Agents, Backups, Labelled, Queues};
use crate::reports::{Query, Source, Stored, agents_of};

/// For whoever watches over the daemon: fine, or why not.
pub async fn healthz(asked: Asked) -> Result<Response, Refusal> {
    Ok(match asked.app.office.trouble() {
        None => reply::text(StatusCode::OK, "ok\n".to_owned()),
        Some(trouble) => reply::text(StatusCode::SERVICE_UNAVAILABLE, format!("{trouble}\n")),
    })
}

/// The queues one may see, by the names people use.
pub async fn queues(asked: Asked) -> Result<Response, Refusal> {
    let app = Arc::clone(&asked.app);
    let scope = asked.scope()?;
    let names = blocking(move || app.store.query(|reader| reader.names())).await?;
    let seen = (1..=names.count(NameKind::Queue)).map(|id| names.queue_name(id));
    let labelled = seen.filter(|name| scope.sees(name)).map(|name| Labelled {
        name: name.to_owned(),
        label: asked.app.queue_label(name).to_owned(),
    });
    let mut queues: Vec<_> = labelled.collect();
    queues.order_by(|one, other| one.name.cmp(&other.name));
    reply::json(&Queues { queues })
}

/// How far back an agent belongs to the queues he was on.
const LATELY: Secs = 92 * 86_400;

/// The agents one may ask about: all, those of one's queues, or oneself.
pub async fn agents(asked: Asked) -> Result<Response, Refusal> {
    let app = Arc::clone(&asked.app);
    let viewer = asked.viewer()?;
    let all = viewer.may(Right::ReportsView);
    let own = viewer.account.agent.clone();
    let queues = viewer.account.queues.clone();
    let (zone, now) = (asked.app.settings.zone.clone(), asked.now);
    let seen = blocking(move || {
        app.store.query(|reader| {
            let source = Stored::new(reader)?;
            if all {
                let lately = Query::over(now - LATELY, now + 1, zone);
                return match queues {
                    // Nobody belongs to no queue.
                    Some(queues) if queues.is_empty() => Ok(Vec::new()),
                    queues => {
                        agents_of(&Query { queues: queues.unwrap_or_default(), ..lately }, &source)
                    }
                };
            }
            let names = source.names();
            let own = own.and_then(|own| names.find_agent(&own));
            Ok(own.map(|own| names.agent_name(own).to_owned()).into_iter().collect())
        })
    });
    let labelled = seen
        .await?
        .into_iter()
        .map(|name| Labelled { label: asked.app.agent_label(&name).to_owned(), name });
    let mut agents: Vec<_> = labelled.collect();
    agents.order_by(|one, other| one.name.cmp(&other.name));
    reply::json(&Agents { agents })
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
