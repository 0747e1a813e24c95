//! Where a request comes from and what its sender calls this service.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};

use crate::audiovault::settings::Options;

/// Sender and address as seen from outside. Proxies are believed only when
/// they are named in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub address: IpAddr,
    /// `https://vault.example`, without a slash behind; None when neither the
    /// settings nor the request say.
    pub base: Option<String>,
}

pub fn origin(options: &Options, peer: SocketAddr, headers: &HeaderMap, tls: bool) -> Origin {
    let peer = peer.ip().to_canonical();
    let proxied = options.proxies.contains(&peer);
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = |name: &str| text(name).filter(|_| proxied).map(str::trim);
    // The last of the list is what our own proxy saw.
    let address = forwarded("x-forwarded-for")
        .and_then(|list| list.rsplit(',').next()?.trim().parse::<IpAddr>().ok())
        .map_or(peer, |address| address.to_canonical());
    let base = match &options.public_url {
        Some(url) => Some(url.trim_end_matches('/').to_owned()),
        None => {
            let usual = if tls { "https" } else { "http" };
            let scheme = match forwarded("x-forwarded-proto") {
                Some("https") => "https",
                Some("http") => "http",
                _ => usual,
            };
            let host = forwarded("x-forwarded-host")
                .or_else(|| text(header::HOST.as_str()))
                .filter(|host| is_host(host));
            host.map(|host| {
                format!("{scheme}://{}", with_port(host, scheme, forwarded("x-forwarded-port")))
            })
        }
    };
    Origin { address, base }
}

fn is_host(host: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
    !host.is_empty() && host.len() <= 255 && host.bytes().all(fits)
}

fn with_port(host: &str, scheme: &str, port: Option<&str>) -> String {
    let has_port = host.rsplit_once(':').is_some_and(|(_, end)| !end.ends_with(']'));
    let usual = if scheme == "https" { 443 } else { 80 };
    match port.and_then(|port| port.parse::<u16>().ok()) {
        Some(port) if port != usual && !has_port => format!("{host}:{port}"),
        _ => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(options: &Options, peer: &str, headers: &[(&'static str, &str)], tls: bool) -> Origin {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        origin(options, peer.parse().unwrap(), &map, tls)
    }

    const FORWARDED: &[(&str, &str)] = &[
        ("host", "127.0.0.1:4000"),
        ("x-forwarded-for", "10.9.9.9, 192.0.2.7"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "vault.example"),
        ("x-forwarded-port", "8443"),
    ];

    #[test]
    fn a_proxy_is_believed_only_when_it_is_named() {
        let none = Options::default();
        let seen_by_stranger = seen(&none, "127.0.0.1:1", FORWARDED, false);
        assert_eq!(seen_by_stranger.address, IpAddr::from([127, 0, 0, 1]));
        assert_eq!(seen_by_stranger.base.as_deref(), Some("http://127.0.0.1:4000"));
        let named = Options { proxies: vec![[127, 0, 0, 1].into()], ..Options::default() };
        let seen_by_proxy = seen(&named, "[::ffff:127.0.0.1]:1", FORWARDED, false);
        assert_eq!(seen_by_proxy.address, IpAddr::from([192, 0, 2, 7]));
        assert_eq!(seen_by_proxy.base.as_deref(), Some("https://vault.example:8443"));
    }

    #[test]
    fn the_settings_win_and_a_host_that_is_none_is_left_out() {
        let url = Some("https://audio.example/".to_owned());
        let told = Options { public_url: url, ..Options::default() };
        let base = seen(&told, "192.0.2.1:1", &[("host", "evil")], false).base;
        assert_eq!(base.as_deref(), Some("https://audio.example"));
        let none = Options::default();
        for host in ["a/b", "a\"b", "a b", "a@b", ""] {
            assert_eq!(seen(&none, "192.0.2.1:1", &[("host", host)], true).base, None, "{host}");
        }
        let base = seen(&none, "192.0.2.1:1", &[("host", "[::1]")], true).base;
        assert_eq!(base.as_deref(), Some("https://[::1]"));
    }
}
