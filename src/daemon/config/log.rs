//! Section `log`.

use std::path::PathBuf;

use crate::input::queue_log::Options;

crate::settings! {
    /// The queue log that Asterisk writes.
    pub struct Log {
        /// The file to follow. It may appear later, be rotated, truncated or vanish.
        path: PathBuf = PathBuf::from("/run/asterisk/queue_log"),
        /// Treat `PJSIP/101-0000002a` and `PJSIP/101` as one agent.
        strip_channel_names: bool = true,
        /// Treat `Local/101@from-queue/n` as `Agent/101`. Leave it off where people
        /// share telephones over Local channels.
        rewrite_local_channels: bool = false,
    }
}

impl Log {
    /// How lines are read.
    pub fn options(&self) -> Options {
        Options {
            strip_channel_names: self.strip_channel_names,
            rewrite_local_channels: self.rewrite_local_channels,
        }
    }
}
