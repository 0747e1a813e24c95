//! Coming in: hello, claim, log in, log out.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;

use crate::people::{Language, LoggedIn, NewAccount, Refused, Role, Secret};
use crate::portal::api::me;
use crate::portal::asked::{Asked, blocking};
use crate::portal::openapi;
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::wire::people::{Hello, Named};

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wrong => {
                Refusal::new(StatusCode::UNAUTHORIZED, "denied", "account or password is wrong")
                    .coded("login.wrong", [])
            }
            Refused::Wait(secs) => Refusal::wait(secs),
            Refused::Fault(error) => error.into(),
        }
    }
}

pub async fn hello(asked: Asked) -> Result<Response, Refusal> {
    let people = Arc::clone(&asked.app.people);
    let claimed = blocking(move || people.claimed()).await?;
    let settings = &asked.app.settings;
    reply::json(&Hello {
        claimed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        office: settings.office.clone(),
        zone: settings.zone.name().to_owned(),
        language: Named(settings.language),
        demo: settings.demo,
        now: asked.now,
    })
}

pub async fn claim(asked: Asked) -> Result<Response, Refusal> {
    let text = |name| asked.body.text(name).unwrap_or_default().to_owned();
    let language = asked.body.text("language").and_then(Language::named);
    let new = NewAccount {
        account: text("account"),
        name: text("name"),
        role: Role::Administrator,
        language: language.unwrap_or(asked.app.settings.language),
        agent: None,
        queues: None,
    };
    let (code, password) = (secret(&asked, "code"), secret(&asked, "password"));
    let (people, from, now) = (Arc::clone(&asked.app.people), asked.from.clone(), asked.now);
    let claimed = blocking(move || match people.claim(&code, new, &password, &from, now) {
        Err(Refused::Wrong) => {
            Err(Refusal::denied("the code is wrong; the console shows it").coded("claim.wrong", []))
        }
        other => other.map_err(Refusal::from),
    });
    come_in(&asked, claimed.await?)
}

pub async fn log_in(asked: Asked) -> Result<Response, Refusal> {
    let account = asked.body.text("account").unwrap_or_default().to_owned();
    let password = secret(&asked, "password");
    let (people, from, now) = (Arc::clone(&asked.app.people), asked.from.clone(), asked.now);
    let inside =
        blocking(move || people.login(&account, &password, &from, now).map_err(Refusal::from));
    come_in(&asked, inside.await?)
}

pub async fn log_out(asked: Asked) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?.clone();
    let (people, now) = (Arc::clone(&asked.app.people), asked.now);
    blocking(move || people.logout(&viewer, now)).await?;
    Ok(reply::without_cookie(reply::empty(), asked.secure))
}

/// The API's own description.
pub async fn document(_: Asked) -> Result<Response, Refusal> {
    Ok(reply::json_text(openapi::document().to_string()))
}

fn come_in(asked: &Asked, inside: LoggedIn) -> Result<Response, Refusal> {
    let secs = inside.viewer.session.expires - asked.now;
    let response = reply::json(&me::me(&asked.app, &inside.viewer))?;
    Ok(reply::with_cookie(response, &inside.token, secs, asked.secure))
}

fn secret(asked: &Asked, name: &str) -> Secret {
    asked.body.secret(name).cloned().unwrap_or_default()
}
