//! Floor 6: the search service of recordings for other systems (AudioVault):
//! a call's id in, links that expire out, by JSON and by XML-RPC; and the
//! sound behind those links.
//!
//! Owns its listener, its tokens, and what goes over the wire. Where
//! recordings lie and what belongs to a call is `recordings`'; what a browser
//! plays is `audio`'s; sending it is `media`'s. Knows no accounts and no
//! rights: who has the token asks for a system that has them.

mod answer;
mod asked;
mod door;
mod open;
mod origin;
mod remote;
mod reply;
mod rpc;
mod search;
mod serve;
mod settings;
mod tls;
mod wave;
pub mod xmlrpc;

pub use asked::{Asked, moment};
pub use open::Archive;
pub use search::{Searched, search};
pub use serve::{Service, serve};
pub use settings::{LEAST_TOKEN, Options, Root, Settings, Tenant, roots, tenants};
pub use tls::Certificate;

/// What fuzz targets call.
pub mod fuzz {
    pub use super::asked::fuzz as asked;
    pub use super::remote::fuzz as remote;
    pub use super::xmlrpc::fuzz::message as xmlrpc;
}
