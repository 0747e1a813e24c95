//! Section `portal`.

use std::net::{IpAddr, SocketAddr};

use crate::base::setting::{Fault, Raw, RawValue, Span, Value};

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
        connections: u32 = 256,
        /// A log-in that is not used for this long ends.
        session_idle: Span = Span(12 * 3600),
        /// A log-in ends after this long in any case.
        session_max: Span = Span(14 * 86_400),
    }
}

impl Value for SocketAddr {
    const KIND: &'static str = "address:port";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        const FORM: &str = "an address and port such as \"127.0.0.1:8080\" or \"[::]:8080\"";
        match &raw.value {
            RawValue::Text(text) => text.parse().map_err(|_| format!("{FORM}, not {text:?}")),
            _ => Err(FORM.to_owned()),
        }
    }
    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}

impl Value for IpAddr {
    const KIND: &'static str = "address";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        const FORM: &str = "an address such as \"192.0.2.1\"";
        match &raw.value {
            RawValue::Text(text) => text.parse().map_err(|_| format!("{FORM}, not {text:?}")),
            _ => Err(FORM.to_owned()),
        }
    }
    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}
