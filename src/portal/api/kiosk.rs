//! Wallboards without a log-in: managing their addresses, and what a screen
//! that has one may ask.

use std::sync::Arc;

use axum::response::Response;

use crate::live::Scope;
use crate::people::Board;
use crate::portal::asked::{Asked, blocking};
use crate::portal::gate;
use crate::portal::refusal::Refusal;
use crate::portal::reply::{self, KIOSK_COOKIE};
use crate::portal::state::App;
use crate::portal::stream::{self, Eyes, LiveStream, Watcher};
use crate::portal::wire::people::Named;
use crate::portal::wire::saved::{Kiosk, KioskMade, Kiosks, Screen};
use crate::reports::{self, Query, Stored};

/// The block a wallboard draws.
const HOURS: &str = "traffic-by-hour";

pub async fn list(asked: Asked) -> Result<Response, Refusal> {
    let (people, viewer) = (Arc::clone(&asked.app.people), asked.viewer()?.clone());
    let kiosks = blocking(move || people.kiosks(&viewer)).await?;
    reply::json(&Kiosks { kiosks: kiosks.into_iter().map(Kiosk::from).collect() })
}

pub async fn create(asked: Asked) -> Result<Response, Refusal> {
    let (people, viewer) = (Arc::clone(&asked.app.people), asked.viewer()?.clone());
    let (actor, now) = (asked.actor(), asked.now);
    let name = asked.body.text("name").unwrap_or_default().to_owned();
    let queues = asked.body.texts_or_null("queues").flatten();
    let made = blocking(move || people.create_kiosk(&viewer, &name, queues, &actor, now));
    let (kiosk, token) = made.await?;
    let address = format!("/wall/kiosk#k={}", token.text());
    reply::json(&KioskMade { kiosk: kiosk.into(), address })
}

pub async fn revoke(asked: Asked) -> Result<Response, Refusal> {
    let (people, viewer) = (Arc::clone(&asked.app.people), asked.viewer()?.clone());
    let (actor, now) = (asked.actor(), asked.now);
    // What is no number is no kiosk's either.
    let id = asked.part("id").parse().unwrap_or(0);
    blocking(move || people.revoke_kiosk(&viewer, id, &actor, now)).await?;
    Ok(reply::empty())
}

/// A screen shows the token of its address; from then on a cookie does.
pub async fn open(asked: Asked) -> Result<Response, Refusal> {
    let text = asked.body.secret("token").cloned().unwrap_or_default();
    let token = gate::kiosk_token(&text).ok_or_else(Refusal::kiosk)?;
    let (people, shown, now) = (Arc::clone(&asked.app.people), token.clone(), asked.now);
    let board = blocking(move || people.board(&shown, now)).await?.ok_or_else(Refusal::kiosk)?;
    let response = reply::json(&screen(&asked.app, &board, now))?;
    Ok(reply::with_kiosk_cookie(response, &token, asked.secure))
}

pub async fn show(asked: Asked) -> Result<Response, Refusal> {
    reply::json(&screen(&asked.app, asked.board()?, asked.now))
}

pub async fn events(asked: Asked) -> Result<Response, Refusal> {
    let board = asked.board()?;
    let place = asked.app.streams.enter_screen(board.key).ok_or_else(stream::too_many)?;
    let token = gate::token(&asked.headers, KIOSK_COOKIE).ok_or_else(Refusal::kiosk)?;
    let (eyes, watcher) = (Eyes::from(board), Watcher::Kiosk(token));
    let (app, after) = (Arc::clone(&asked.app), asked.last_event());
    let stream = LiveStream::open(app, watcher, &eyes, Scope::all(), after, place);
    Ok(reply::typed("text/event-stream", stream.into_body()))
}

/// The hours of today over the queues of the board.
pub async fn hours(asked: Asked) -> Result<Response, Refusal> {
    let board = asked.board()?;
    let settings = &asked.app.settings;
    let zone = &settings.zone;
    let today = zone.day(asked.now);
    let end = today.tomorrow().map_or(asked.now, |day| zone.day_start(day));
    let mut query = Query::over(zone.day_start(today), end, zone.clone());
    query.rules = settings.rules.clone();
    query.language = reports::Language::of(board.language.name());
    query.now = asked.now;
    if let Some(queues) = &board.queues {
        if queues.is_empty() {
            let text = "this wallboard may see no queue";
            return Err(Refusal::denied(text).coded("sight.no_queue", []));
        }
        query.queues.clone_from(queues);
    }
    let report = asked.app.ask(move |reader| reports::run(HOURS, &query, &Stored::new(reader)?));
    reply::json(&report.await?)
}

fn screen(app: &App, board: &Board, now: i64) -> Screen {
    let settings = &app.settings;
    Screen {
        name: board.name.clone(),
        language: Named(board.language),
        office: settings.office.clone(),
        zone: settings.zone.name().to_owned(),
        demo: settings.demo,
        now,
    }
}
