//! The portal over real sockets: who may what, what is refused, and what the
//! answers look like.

mod actions;
mod agents_seen;
mod archive;
mod board;
mod calls;
mod client;
mod contract;
mod doors;
mod exports;
mod house;
mod kiosks;
mod limits;
mod news;
mod recordings;
mod roles;
mod saved;
mod schema;
mod streams;

use std::path::Path;

use switchroom::store::{Settings, Store};

/// A fresh database in a folder.
fn store(folder: &Path) -> Store {
    Store::open(folder, Settings::default()).unwrap().0
}
