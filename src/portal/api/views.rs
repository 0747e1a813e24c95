//! What somebody keeps: saved views, and the columns of tables.

use std::sync::Arc;

use axum::response::Response;

use crate::people::View;
use crate::portal::asked::{Asked, blocking};
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::wire::saved::{ChosenColumns, SavedView, SavedViews};

pub async fn list(asked: Asked) -> Result<Response, Refusal> {
    let (people, viewer) = (Arc::clone(&asked.app.people), asked.viewer()?.clone());
    let views = blocking(move || people.views(&viewer)).await?;
    reply::json(&SavedViews { views: views.into_iter().map(SavedView::from).collect() })
}

pub async fn keep(asked: Asked) -> Result<Response, Refusal> {
    let (people, viewer) = (Arc::clone(&asked.app.people), asked.viewer()?.clone());
    let (actor, now) = (asked.actor(), asked.now);
    let text = |name| asked.body.text(name).unwrap_or_default().to_owned();
    let view = View { name: text("name"), address: text("address") };
    let view = blocking(move || people.keep_view(&viewer, view, &actor, now)).await?;
    reply::json(&SavedView::from(view))
}

pub async fn drop(asked: Asked) -> Result<Response, Refusal> {
    let (people, viewer) = (Arc::clone(&asked.app.people), asked.viewer()?.clone());
    let (actor, now) = (asked.actor(), asked.now);
    let name = asked.part("name").to_owned();
    blocking(move || people.drop_view(&viewer, &name, &actor, now)).await?;
    Ok(reply::empty())
}

pub async fn columns(asked: Asked) -> Result<Response, Refusal> {
    let (people, viewer) = (Arc::clone(&asked.app.people), asked.viewer()?.clone());
    let columns = blocking(move || people.columns(&viewer)).await?;
    reply::json(&ChosenColumns { columns })
}

pub async fn choose(asked: Asked) -> Result<Response, Refusal> {
    let (people, viewer) = (Arc::clone(&asked.app.people), asked.viewer()?.clone());
    let (block, columns) = (asked.part("block").to_owned(), asked.body.texts("columns").to_vec());
    blocking(move || people.choose_columns(&viewer, &block, &columns)).await?;
    Ok(reply::empty())
}
