//! The search service of recordings over real sockets: what clients of other
//! makes send, and what nobody should.

mod bad_input;
mod clients;
mod corpus;
mod house;
mod searching;
mod sound;
mod tls;
