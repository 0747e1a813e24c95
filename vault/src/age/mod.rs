//! Files sealed in the age v1 format (age-encryption.org/v1, C2SP `age.md`),
//! so that the public `age` program with the key opens what we sealed, and we
//! open what it sealed.
//!
//! [`Sealer`] writes one file from front to end; [`Opened`] reads one anywhere.
//! A file's key is wrapped for every [`Recipient`] in its [`Header`]; an
//! [`Identity`] unwraps it. [`passphrase`] seals small files (keys) so that a
//! passphrase opens them.
//!
//! Never done here: opening files, deciding who may hear what, and the armored
//! (text) form, hardware keys and post-quantum recipients of the format, whose
//! stanzas are passed over as the format asks.
//!
//! Keys of ours are wiped when they are dropped and never print. What ring
//! keeps of a payload key while a file is open is not wiped by ring.

mod base64;
mod error;
pub mod fuzz;
mod header;
mod key;
mod opened;
pub mod passphrase;
mod payload;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use header::{Header, LONGEST_HEADER, Stanza, header, rewrapped};
pub use key::{Identity, Recipient};
pub use opened::Opened;
pub use payload::{CHUNK, Sealer};
