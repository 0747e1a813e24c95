//! Oneself: account, looks, password, sessions.

use std::sync::Arc;

use axum::response::Response;

use crate::people::{AccountChange, Density, Language, Refused, Right, Secret, Theme, Viewer};
use crate::portal::asked::{Asked, blocking};
use crate::portal::refusal::{Refusal, wrong};
use crate::portal::reply;
use crate::portal::state::App;
use crate::portal::wire::people::{LoginSession, LoginSessions, Me, Named};

/// Who is logged in, as the web app wants to know it.
pub fn me(app: &App, viewer: &Viewer) -> Me {
    let account = &viewer.account;
    let settings = &app.settings;
    Me {
        account: account.account.clone(),
        name: account.name.clone(),
        role: Named(account.role),
        language: Named(account.language),
        theme: Named(account.theme),
        density: Named(account.density),
        single_keys: account.single_keys,
        agent: account.agent.clone(),
        queues: account.queues.clone(),
        rights: viewer.rights().iter().map(Right::name).collect(),
        csrf: viewer.session.csrf.text(),
        session_expires: app.people.session_ends(viewer),
        office: settings.office.clone(),
        zone: settings.zone.name().to_owned(),
        demo: settings.demo,
    }
}

pub async fn show(asked: Asked) -> Result<Response, Refusal> {
    reply::json(&me(&asked.app, asked.viewer()?))
}

pub async fn change(asked: Asked) -> Result<Response, Refusal> {
    let mut viewer = asked.viewer()?.clone();
    let body = &asked.body;
    let change = AccountChange {
        name: body.text("name").map(str::to_owned),
        language: body.text("language").and_then(Language::named),
        theme: body.text("theme").and_then(Theme::named),
        density: body.text("density").and_then(Density::named),
        single_keys: body.flag("single_keys"),
        ..AccountChange::default()
    };
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let viewer = blocking(move || {
        viewer.account = people.change_own(&viewer, change, &actor, now)?;
        Ok::<_, Refusal>(viewer)
    });
    reply::json(&me(&asked.app, &viewer.await?))
}

pub async fn password(asked: Asked) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?.clone();
    let secret = |name| asked.body.secret(name).cloned().unwrap_or_default();
    let (old, new): (Secret, Secret) = (secret("old"), secret("new"));
    let (people, from, now) = (Arc::clone(&asked.app.people), asked.from.clone(), asked.now);
    blocking(move || {
        people.change_own_password(&viewer, &old, &new, &from, now).map_err(|refused| match refused
        {
            Refused::Wrong => {
                let fault = wrong("password.wrong", [], "this is not your password");
                Refusal::fields(vec![("old".to_owned(), fault)])
            }
            Refused::Fault(error) if error.kind() == crate::base::Kind::Invalid => {
                error.of_field("new").into()
            }
            other => other.into(),
        })
    })
    .await?;
    Ok(reply::empty())
}

pub async fn sessions(asked: Asked) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?.clone();
    let (people, now) = (Arc::clone(&asked.app.people), asked.now);
    let own = viewer.session.id_hash;
    let sessions = blocking(move || people.sessions(&viewer, now)).await?;
    let sessions = sessions.into_iter().map(|session| LoginSession {
        id: session.handle(),
        created: session.created,
        last_seen: session.last_seen,
        current: session.id_hash == own,
        address: session.address,
        agent: session.agent,
    });
    reply::json(&LoginSessions { sessions: sessions.collect() })
}

pub async fn end_session(asked: Asked) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?.clone();
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let handle = asked.part("id").to_owned();
    blocking(move || people.end_session(&viewer, &handle, &actor, now)).await?;
    Ok(reply::empty())
}
