//! Calls: the list, one call, closing one by hand.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;

use crate::base::UnixSec;
use crate::people::{Act, Right};
use crate::portal::api::question;
use crate::portal::asked::{Asked, blocking};
use crate::portal::calls_csv;
use crate::portal::listing::{self, PageOf};
use crate::portal::pieces;
use crate::portal::refusal::{Refusal, wrong};
use crate::portal::reply;
use crate::portal::sight::Sight;
use crate::portal::state::App;
use crate::portal::wire::calls::{CallPage, CallsHeader, Closed};
use crate::reports::Query;
use crate::store::Order;

/// Rows of a page unless asked otherwise, and at most.
const ROWS: usize = 50;
const MOST_ROWS: usize = 500;
/// Rows of one piece of a CSV file.
const PIECE: usize = 500;
/// Rows of a CSV file at most: a year of a busy office.
const MOST_CSV_ROWS: usize = 1_000_000;

pub async fn list(asked: Asked) -> Result<Response, Refusal> {
    let sight = Sight::of(asked.viewer()?, Right::CallsView)?;
    let mut query = question::read(&asked)?;
    sight.narrow(&mut query)?;
    let order = match asked.query.text("order") {
        Some("oldest") => Order::OldestFirst,
        _ => Order::NewestFirst,
    };
    if question::wants_csv(&asked)? {
        return Ok(file(asked.app, query, sight, order));
    }
    let limit = match asked.query.texts("limit") {
        [] => ROWS,
        _ if query.limit <= MOST_ROWS => query.limit,
        _ => {
            let text = format!("give at most {MOST_ROWS} rows a page");
            let most = [("n", MOST_ROWS.to_string())];
            return Err(Refusal::fields(vec![(
                "limit".to_owned(),
                wrong("list.most", most, text),
            )]));
        }
    };
    let after = asked.query.text("marker").map(after).transpose()?;
    let header = CallsHeader {
        from: query.from,
        to: query.to,
        zone: query.zone.name().to_owned(),
        generated_at: asked.now,
    };
    let of = PageOf { limit, order, after };
    let page = asked.app.ask(move |reader| listing::page(reader, &query, &sight, of)).await?;
    reply::json(&CallPage {
        header,
        rows: page.rows,
        next: page.next.map(marker),
        total: page.summary.as_ref().map(|summary| summary.offered),
        summary: page.summary,
    })
}

/// Versioned, so that an old marker is refused and not misread.
fn marker(id: i64) -> String {
    format!("1.{id}")
}

fn after(marker: &str) -> Result<i64, Refusal> {
    marker.strip_prefix("1.").and_then(|id| id.parse().ok()).ok_or_else(|| {
        let message = "this marker is not one of ours; begin at the first page";
        Refusal::new(StatusCode::BAD_REQUEST, "invalid", message).coded("marker.other", [])
    })
}

/// A CSV file on its way.
struct File {
    app: Arc<App>,
    query: Query,
    sight: Sight,
    of: PageOf,
    left: usize,
}

/// The whole list as a file, read piece by piece: no reader of the database
/// is held while the browser is slow.
fn file(app: Arc<App>, query: Query, sight: Sight, order: Order) -> Response {
    let head = calls_csv::head(query.language);
    let of = PageOf { limit: PIECE, order, after: None };
    let file = File { app, query, sight, of, left: MOST_CSV_ROWS };
    let first = std::future::ready(Some((Some(file), Bytes::from(head))));
    let body = pieces::body(Box::pin(first), |file| {
        Box::pin(async move {
            match file {
                Some(file) => file.piece().await,
                None => None,
            }
        })
    });
    reply::csv("calls.csv", body)
}

impl File {
    async fn piece(mut self) -> Option<(Option<File>, Bytes)> {
        let (query, sight, of) = (self.query.clone(), self.sight.clone(), self.of);
        let page = self.app.ask(move |reader| listing::rows(reader, &query, &sight, of));
        let page = match page.await {
            Ok(page) => page,
            // Too late for a status; a file cut short is what is left.
            Err(error) => {
                tracing::error!(error = error.chain(), "a file of calls was cut short");
                return None;
            }
        };
        let text = calls_csv::rows(&page.rows, &self.query);
        self.left = self.left.saturating_sub(page.rows.len());
        self.of.after = page.next;
        let go_on = page.next.is_some() && self.left > 0;
        if text.is_empty() && !go_on {
            return None;
        }
        Some((go_on.then_some(self), text.into()))
    }
}

pub async fn show(asked: Asked) -> Result<Response, Refusal> {
    let sight = Sight::of(asked.viewer()?, Right::CallsView)?;
    let (store, id, now) = (asked.app.store.clone(), asked.part("id").to_owned(), asked.now);
    let detail = blocking(move || store.query(|reader| listing::detail(reader, &id, &sight, now)));
    reply::json(&detail.await?.ok_or_else(no_such_call)?)
}

fn no_such_call() -> Refusal {
    Refusal::not_found("there is no such call").coded("call.unknown", [])
}

/// Closes a call that got stuck (`metrics.md` 2.8).
pub async fn close(asked: Asked) -> Result<Response, Refusal> {
    let sight = Sight::of(asked.viewer()?, Right::CallsView)?;
    let (app, actor, now) = (Arc::clone(&asked.app), asked.actor(), asked.now);
    let id = asked.part("id").to_owned();
    let talk = asked.body.number("seconds");
    blocking(move || close_by_hand(&app, &id, talk, &sight, &actor, now)).await?;
    reply::json(&Closed { closed: true })
}

fn close_by_hand(
    app: &App,
    id: &str,
    talk: Option<i64>,
    sight: &Sight,
    actor: &crate::people::Actor,
    now: UnixSec,
) -> Result<(), Refusal> {
    let known = app.store.query(|reader| listing::detail(reader, id, sight, now))?;
    let ended = || {
        Refusal::new(StatusCode::CONFLICT, "conflict", "this call has ended already")
            .coded("call.ended", [])
    };
    let Some(live) = listing::live_id(id) else {
        return Err(match known {
            Some(_) => ended(),
            None => no_such_call(),
        });
    };
    if known.is_none() {
        return Err(ended());
    }
    match app.office.close_by_hand(live, talk, now) {
        Err(error) if error.kind() == crate::base::Kind::NotFound => return Err(ended()),
        other => other?,
    }
    let length = talk.map(|secs| format!("{secs} s"));
    let act = Act { action: "call.close", object: live, old: None, new: length.as_deref() };
    app.people.note(actor, &act, now)?;
    Ok(())
}
