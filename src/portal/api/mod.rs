//! The handlers, by resource: check what only the handler can, ask a room,
//! return a wire struct.

pub mod accounts;
pub mod actions;
pub mod calls;
pub mod desk;
pub mod door;
pub mod kiosk;
pub mod live;
pub mod me;
pub mod office;
pub mod question;
pub mod recording_acts;
pub mod recording_export;
pub mod recordings;
pub mod reports;
pub mod subscriptions;
pub mod system;
pub mod vault;
pub mod views;
