//! Floor 6: HTTP: the API, live streams, log-in, and the embedded web app.
//!
//! One table of routes ([`routes::ROUTES`]) makes the router, the OpenAPI
//! document and the test of roles. A handler gets a checked request, asks a
//! room, and returns a wire struct; it holds no rule of telephony and no SQL.
//! What only the daemon can tell or do stands behind [`Office`].

mod api;
mod archive;
mod asked;
mod assets;
mod calls_csv;
mod codes;
mod csv;
mod gate;
mod hearing;
mod input;
mod listing;
mod news;
mod news_stream;
pub mod openapi;
mod pieces;
mod refusal;
mod reply;
pub mod route;
pub mod routes;
pub(crate) mod schema;
mod serve;
mod sight;
mod state;
mod stream;
mod streams;
mod summary;
mod switchboard;
mod websocket;
pub mod wire;

pub use archive::{Archive, Erasing, NoArchive, Sound};
pub use gate::{Peer, router};
pub use news::NewsRoom;
pub use reply::COOKIE;
pub use serve::serve;
pub use state::{App, Clock, Limits, Office, Settings};
pub use switchboard::{DeskSettings, Later, NoSwitchboard, Outcome, Switchboard};
