//! How the connection to Asterisk does.

use serde::Serialize;

use crate::base::UnixSec;

/// State of the link, told to every viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkState {
    /// None is configured: everything comes from the log.
    #[default]
    Off,
    /// Not connected; tried again.
    Down,
    /// Connected, the lists are being read.
    Resyncing,
    Up,
    /// Connected but silent: what is shown may be old.
    Stale,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Link {
    pub state: LinkState,
    pub since: UnixSec,
    /// What is wrong, for people.
    pub detail: Option<String>,
}

impl Link {
    /// Whether what AMI told last may be shown as true.
    pub fn is_live(&self) -> bool {
        matches!(self.state, LinkState::Up | LinkState::Resyncing)
    }
}
