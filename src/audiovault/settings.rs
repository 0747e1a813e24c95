//! What the service is told at its start, checked as a whole.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use crate::age::Identity;
use crate::audiovault::remote::Remote;
use crate::base::{Error, Kind, Result, Secret};
use crate::layout::{Pattern, Preset};
use crate::recordings::files::filter;
use crate::recordings::files::walk::{Limits, Storage};

/// Shorter tokens are guessed.
pub const LEAST_TOKEN: usize = 20;
/// A file of tenants past this is none.
const MOST_TENANTS: usize = 10_000;

/// One place to ask, in the order given.
#[derive(Clone, Debug)]
pub enum Root {
    Folder(Box<Storage>),
    /// Another service of recordings.
    Remote(Remote),
}

/// A customer of a service that many share.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub name: String,
    pub secret: Secret,
}

/// What may differ from the usual.
#[derive(Clone, Debug)]
pub struct Options {
    /// Prefix of the links given out; None: by the request's `Host`.
    pub public_url: Option<String>,
    pub link_ttl: Duration,
    pub max_results: usize,
    /// Requests by GET, and tokens in addresses with them.
    pub allow_get: bool,
    /// Files by number and time where no id is found.
    pub loose: bool,
    /// Every search is logged with its fields, the secrets left out.
    pub dump_requests: bool,
    /// Proxies whose `X-Forwarded-…` are believed.
    pub proxies: Vec<IpAddr>,
    /// Addresses that may call XML-RPC without a token, as old systems do.
    pub xmlrpc_peers: Vec<IpAddr>,
    /// Pages elsewhere that may fetch the sound by script.
    pub origins: Vec<String>,
    pub max_streams: usize,
    pub limits: Limits,
    /// Opens files of the roots that others encrypted.
    pub decrypt: Option<filter::Settings>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            public_url: None,
            link_ttl: Duration::from_secs(900),
            max_results: 20,
            allow_get: false,
            loose: false,
            dump_requests: false,
            proxies: Vec::new(),
            xmlrpc_peers: Vec::new(),
            origins: Vec::new(),
            max_streams: 8,
            limits: Limits::default(),
            decrypt: None,
        }
    }
}

/// Everything the service needs to know.
#[derive(Debug)]
pub struct Settings {
    pub roots: Vec<Root>,
    pub token: Option<Secret>,
    pub tenants: Vec<Tenant>,
    /// Keys that open sealed files of the roots.
    pub identities: Vec<Identity>,
    pub options: Options,
}

/// What a token proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    Good,
    /// No secret of anybody here.
    Wrong,
    /// A good secret, but not of the tenant that is named.
    OtherTenant,
}

impl Settings {
    /// Errors: [`Kind::Invalid`] with everything that is wrong, not just the first.
    pub fn check(&self) -> Result<()> {
        let mut faults: Vec<String> = Vec::new();
        if self.roots.is_empty() {
            faults.push("no place of recordings is named".to_owned());
        }
        match (&self.token, self.tenants.is_empty()) {
            (None, true) => {
                faults.push("there is neither a token nor a file of tenants".to_owned());
            }
            (Some(token), true) if token.reveal().len() < LEAST_TOKEN => {
                faults.push(format!("the token is shorter than {LEAST_TOKEN} characters"));
            }
            (Some(_), false) => {
                faults.push("with tenants each has a secret; leave the token away".to_owned());
            }
            _ => {}
        }
        for tenant in &self.tenants {
            if tenant.secret.reveal().len() < LEAST_TOKEN {
                faults.push(format!(
                    "the secret of tenant {:?} is shorter than {LEAST_TOKEN} characters",
                    tenant.name
                ));
            }
        }
        let shared = self.roots.iter().filter_map(|root| match root {
            Root::Folder(storage) if !storage.pattern.is_by_tenant() => Some(&storage.pattern),
            Root::Folder(_) | Root::Remote(_) => None,
        });
        if !self.tenants.is_empty() {
            faults.extend(shared.map(|pattern| {
                format!("{pattern} has no %TE: every tenant would hear every other's calls")
            }));
        }
        if let Some(url) = &self.options.public_url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            faults.push("the public URL begins with https:// or http://".to_owned());
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::new(Kind::Invalid, faults.join("; "))) }
    }

    /// Whether a token may search for a tenant. Takes as long for every
    /// token of one length.
    pub fn proof(&self, token: &str, tenant: Option<&str>) -> Proof {
        let is = |secret: &Secret| bool::from(secret.reveal().as_bytes().ct_eq(token.as_bytes()));
        if self.tenants.is_empty() {
            let good = self.token.as_ref().is_some_and(is);
            return if good { Proof::Good } else { Proof::Wrong };
        }
        // All are compared, so that time tells nothing of which.
        let mut proof = Proof::Wrong;
        for one in &self.tenants {
            match (is(&one.secret), Some(one.name.as_str()) == tenant) {
                (true, true) => proof = Proof::Good,
                (true, false) if proof == Proof::Wrong => proof = Proof::OtherTenant,
                _ => {}
            }
        }
        proof
    }

    /// Whether a link's tenant is still one.
    pub fn knows_tenant(&self, name: &str) -> bool {
        self.tenants.is_empty() || self.tenants.iter().any(|tenant| tenant.name == name)
    }
}

/// Reads places: `file:/a,file:/b/%YY`, `preset:freepbx`,
/// `json:https://other/search/`, `xmlrpc:http://other/xmlrpc`. `secret` is what
/// others of these services are asked with, where their address carries none.
///
/// Errors: [`Kind::Invalid`], naming the place.
pub fn roots(
    texts: &[String],
    zone: &TimeZone,
    sentinel: Option<&str>,
    secret: Option<&Secret>,
) -> Result<Vec<Root>> {
    let mut roots = Vec::new();
    for text in texts.iter().flat_map(|text| split(text)) {
        let wrong = |fault: String| Error::new(Kind::Invalid, format!("{text:?}: {fault}"));
        if text.starts_with("json:") || text.starts_with("xmlrpc:") {
            let remote = Remote::parse(text, secret).map_err(|fault| wrong(fault.to_owned()))?;
            roots.push(Root::Remote(remote));
            continue;
        }
        let pattern = match text.strip_prefix("preset:") {
            Some(name) => {
                let preset = Preset::by_name(name);
                preset.ok_or_else(|| wrong("there is no such preset".to_owned()))?.pattern
            }
            None => text,
        };
        let pattern = Pattern::parse(pattern).map_err(|fault| wrong(fault.to_string()))?;
        let sentinel = sentinel.map(str::to_owned);
        roots.push(Root::Folder(Box::new(Storage { pattern, zone: zone.clone(), sentinel })));
    }
    Ok(roots)
}

/// At commas that a driver follows: a path may hold a comma too.
fn split(text: &str) -> Vec<&str> {
    const DRIVERS: [&str; 4] = ["file:", "preset:", "json:", "xmlrpc:"];
    let mut parts = Vec::new();
    let mut begin = 0;
    for (at, _) in text.match_indices(',') {
        if DRIVERS.iter().any(|driver| text[at + 1..].starts_with(driver)) {
            parts.push(&text[begin..at]);
            begin = at + 1;
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// Reads a file of tenants: `[{"tenant": "acme", "secret": "…", "note": "…"}]`.
///
/// Errors: [`Kind::Invalid`].
pub fn tenants(path: &Path, text: &str) -> Result<Vec<Tenant>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        tenant: String,
        secret: String,
        #[serde(default, rename = "note")]
        _note: String,
    }
    let wrong = |what: String| Error::new(Kind::Invalid, format!("{}: {what}", path.display()));
    let lines: Vec<Line> = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    if lines.is_empty() || lines.len() > MOST_TENANTS {
        return Err(wrong(format!("1 to {MOST_TENANTS} tenants are expected")));
    }
    let mut tenants: Vec<Tenant> = Vec::new();
    for line in lines {
        if line.tenant.is_empty() || tenants.iter().any(|known| known.name == line.tenant) {
            return Err(wrong(format!("tenant {:?} is there twice, or has no name", line.tenant)));
        }
        tenants.push(Tenant { name: line.tenant, secret: Secret::new(line.secret) });
    }
    Ok(tenants)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "0123456789abcdefghij";

    fn settings(paths: &str, token: Option<&str>, tenants: &[(&str, &str)]) -> Settings {
        let tenant = |(name, secret): &(&str, &str)| Tenant {
            name: (*name).to_owned(),
            secret: Secret::new((*secret).to_owned()),
        };
        Settings {
            roots: roots(&[paths.to_owned()], &TimeZone::UTC, None, None).unwrap(),
            token: token.map(|token| Secret::new(token.to_owned())),
            tenants: tenants.iter().map(tenant).collect(),
            identities: Vec::new(),
            options: Options::default(),
        }
    }

    #[test]
    fn places_are_split_where_a_driver_follows_the_comma() {
        let parts = split("file:/a,b,file:/c,json:https://d/search/");
        assert_eq!(parts, ["file:/a,b", "file:/c", "json:https://d/search/"]);
        let read = |text: &str| roots(&[text.to_owned()], &TimeZone::UTC, None, None);
        assert_eq!(read("preset:freepbx,xmlrpc:http://h:81/x").unwrap().len(), 2);
        for wrong in ["/a", "preset:else", "file:/a,file:b", "json:ftp://x/", "json:https://"] {
            assert_eq!(read(wrong).unwrap_err().kind(), Kind::Invalid, "{wrong}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let mut wrong = settings("file:/a", Some("short"), &[]);
        wrong.options.public_url = Some("ftp://x".to_owned());
        let told = wrong.check().unwrap_err().message().to_owned();
        assert!(told.contains("shorter than 20") && told.contains("public URL"), "{told}");
        assert!(settings("file:/a", None, &[]).check().is_err());
        assert!(settings("file:/a", Some(LONG), &[]).check().is_ok());
        let told = settings("file:/a", None, &[("x", LONG)]).check().unwrap_err().to_string();
        assert!(told.contains("%TE"), "{told}");
        assert!(settings("file:/a/%TE", None, &[("x", LONG)]).check().is_ok());
        assert!(settings("file:/a/%TE", Some(LONG), &[("x", LONG)]).check().is_err());
    }

    #[test]
    fn a_tenants_secret_is_good_for_that_tenant_only() {
        let other = "abcdefghij0123456789";
        let many = settings("file:/a/%TE", None, &[("x", LONG), ("y", other)]);
        assert_eq!(many.proof(LONG, Some("x")), Proof::Good);
        assert_eq!(many.proof(LONG, Some("y")), Proof::OtherTenant);
        assert_eq!(many.proof(LONG, Some("z")), Proof::OtherTenant);
        assert_eq!(many.proof(LONG, None), Proof::OtherTenant);
        assert_eq!(many.proof("0123456789abcdefghiX", Some("x")), Proof::Wrong);
        assert_eq!(many.proof("", Some("x")), Proof::Wrong);
        let one = settings("file:/a", Some(LONG), &[]);
        assert_eq!(one.proof(LONG, None), Proof::Good);
        assert_eq!(one.proof(LONG, Some("any")), Proof::Good);
        assert_eq!(one.proof(other, None), Proof::Wrong);
        assert!(many.knows_tenant("x") && !many.knows_tenant("z") && one.knows_tenant("z"));
    }

    #[test]
    fn a_file_of_tenants_is_read_strictly() {
        let read = |text: &str| tenants(Path::new("t.json"), text);
        let good = format!(r#"[{{"tenant":"x","secret":"{LONG}","note":"n"}}]"#);
        assert_eq!(read(&good).unwrap()[0].name, "x");
        for wrong in [
            "[]",
            "{}",
            r#"[{"tenant":"x"}]"#,
            r#"[{"tenant":"","secret":"s"}]"#,
            r#"[{"tenant":"x","secret":"s","else":1}]"#,
            r#"[{"tenant":"x","secret":"s"},{"tenant":"x","secret":"s"}]"#,
        ] {
            assert_eq!(read(wrong).unwrap_err().kind(), Kind::Invalid, "{wrong}");
        }
    }
}
