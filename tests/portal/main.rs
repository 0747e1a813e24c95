//! The portal over real sockets: who may what, what is refused, and what the
//! answers look like.

mod client;
mod contract;
mod doors;
mod house;
mod limits;
mod roles;
mod schema;
mod streams;

use std::path::Path;

use switchroom::people::Store;

/// A fresh database in a folder.
fn store(_folder: &Path) -> std::sync::Arc<Store> {
    std::sync::Arc::new(Store::memory())
}
