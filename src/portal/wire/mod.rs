//! What goes over the wire as JSON. Each struct carries its description for
//! the API's document.

pub mod calls;
pub mod live;
pub mod office;
pub mod people;
pub mod recordings;
pub mod reports;
pub mod saved;
pub mod system;
