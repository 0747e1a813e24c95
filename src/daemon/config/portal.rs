//! Section `portal`.

use std::net::{IpAddr, SocketAddr};

use crate::base::setting::Span;

crate::settings! {
    /// The web server.
    pub struct Portal {
        /// Address and port to listen on. `127.0.0.1` is this machine only;
        /// `0.0.0.0` is every address of it.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)),
        /// Addresses of reverse proxies whose `X-Forwarded-For` and
        /// `X-Forwarded-Proto` are believed.
        trusted_proxies: Vec<IpAddr> = Vec::new(),
        /// Browsers reach the portal by https, through a proxy that adds it: cookies are
        /// then never sent without it.
        https: bool = false,
        /// How many connections are served at once; the next one waits.
        connections: u32 = 512,
        /// How many of them may be live pages, wallboards and programs that listen; one
        /// more is told to come back. Keep some connections for other pages. Each
        /// connection is an open file: the daemon raises its own limit as far as the
        /// system lets it.
        streams: u32 = 400,
        /// A log-in that is not used for this long ends.
        session_idle: Span = Span(12 * 3600),
        /// A log-in ends after this long in any case.
        session_max: Span = Span(14 * 86_400),
    }
}
