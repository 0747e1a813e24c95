//! Everybody's accounts, and the audit rows.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;

use crate::people::{AccountChange, Language, NewAccount, Role};
use crate::portal::asked::{Asked, blocking};
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::wire::people::{Account, Accounts, AuditPage};

pub async fn list(asked: Asked) -> Result<Response, Refusal> {
    let people = Arc::clone(&asked.app.people);
    let accounts = blocking(move || people.accounts()).await?;
    reply::json(&Accounts { accounts: accounts.into_iter().map(Account::from).collect() })
}

pub async fn create(asked: Asked) -> Result<Response, Refusal> {
    let body = &asked.body;
    let text = |name| body.text(name).unwrap_or_default().to_owned();
    let language = body.text("language").and_then(Language::named);
    let new = NewAccount {
        account: text("account"),
        name: text("name"),
        role: body.text("role").and_then(Role::named).unwrap_or(Role::User),
        language: language.unwrap_or(asked.app.settings.language),
        agent: body.text("agent").filter(|agent| !agent.is_empty()).map(str::to_owned),
        queues: body.texts_or_null("queues").flatten(),
    };
    let password = body.secret("password").cloned().unwrap_or_default();
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let account = blocking(move || people.create(&actor, new, &password, now)).await?;
    reply::json(&Account::from(account))
}

pub async fn change(asked: Asked) -> Result<Response, Refusal> {
    let body = &asked.body;
    let change = AccountChange {
        name: body.text("name").map(str::to_owned),
        role: body.text("role").and_then(Role::named),
        language: body.text("language").and_then(Language::named),
        agent: body.text_or_null("agent").map(|agent| agent.filter(|text| !text.is_empty())),
        queues: body.texts_or_null("queues"),
        disabled: body.flag("disabled"),
        ..AccountChange::default()
    };
    let password = body.secret("password").cloned();
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let name = asked.part("account").to_owned();
    let account =
        blocking(move || people.change(&actor, &name, change, password.as_ref(), now)).await?;
    reply::json(&Account::from(account))
}

pub async fn remove(asked: Asked) -> Result<Response, Refusal> {
    let (people, actor, now) = (Arc::clone(&asked.app.people), asked.actor(), asked.now);
    let name = asked.part("account").to_owned();
    blocking(move || people.remove(&actor, &name, now)).await?;
    Ok(reply::empty())
}

pub async fn audit(asked: Asked) -> Result<Response, Refusal> {
    let limit = asked.query.number("limit").and_then(|limit| u32::try_from(limit).ok());
    let limit = limit.unwrap_or(50);
    // Versioned, so that an old marker is refused and not misread.
    let before = match asked.query.text("marker") {
        None => None,
        Some(marker) => match marker.strip_prefix("1.").and_then(|id| id.parse::<i64>().ok()) {
            Some(id) => Some(id),
            None => {
                let message = "this marker is not one of ours; begin at the first page";
                return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid", message)
                    .coded("marker.other", []));
            }
        },
    };
    let people = Arc::clone(&asked.app.people);
    let rows = blocking(move || people.audit(before, limit)).await?;
    let full = rows.len() >= limit as usize;
    let next = rows.last().filter(|_| full).map(|row| format!("1.{}", row.id));
    reply::json(&AuditPage { rows: rows.into_iter().map(Into::into).collect(), next })
}
