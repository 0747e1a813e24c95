//! `switchroom av`.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::age::Identity;
use crate::audiovault::{self, Certificate, LEAST_TOKEN, Options, Root, Settings};
use crate::base::error::io;
use crate::base::time::{Zone, now};
use crate::base::{Error, Kind, Result, Secret};
use crate::cli::out;
use crate::layout::{Call, Shape};
use crate::recordings::files::filter;
use crate::recordings::files::walk::Limits;
use crate::recordings::links::Moment;
use crate::recordings::search::Item;

const TOKEN: &str = "SWITCHROOM_AV_TOKEN";
const REMOTE_TOKEN: &str = "SWITCHROOM_AV_REMOTE_TOKEN";

/// Recordings for other systems: a search service, and its search by hand
#[derive(Debug, Args)]
pub struct Av {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Box<Serve>),
    Search(Box<Search>),
}

impl Av {
    pub fn act(self) -> Result<ExitCode> {
        match self.command {
            Command::Serve(serve) => serve.act(),
            Command::Search(search) => search.act(),
        }
    }

    pub fn runs(&self) -> bool {
        matches!(self.command, Command::Serve(_))
    }
}

/// Where recordings lie.
#[derive(Clone, Debug, Args)]
struct Places {
    /// Places in the order they are asked: file:/mnt/%YY-%MM, preset:freepbx, json:https://…,
    /// xmlrpc:http://…; with commas between them, or several times
    #[arg(long = "path", value_name = "PLACES", required = true)]
    paths: Vec<String>,
    /// Time zone in which the recorder names its days
    #[arg(long, value_name = "ZONE", default_value = "local")]
    zone: String,
    /// Folders looked into below a place
    #[arg(long, value_name = "N", default_value_t = 4)]
    depth: usize,
    /// Name of a file that is in each folder when its disk is mounted
    #[arg(long, value_name = "NAME")]
    sentinel: Option<String>,
    /// Take files by number and time where no name holds the call's id
    #[arg(long)]
    loose: bool,
}

impl Places {
    fn roots(&self) -> Result<(Vec<Root>, Zone)> {
        let zone = Zone::named(&self.zone)?;
        let secret = std::env::var(REMOTE_TOKEN).ok().map(Secret::new);
        let sentinel = self.sentinel.as_deref();
        Ok((audiovault::roots(&self.paths, zone.tz(), sentinel, secret.as_ref())?, zone))
    }

    fn limits(&self) -> Limits {
        Limits { depth: self.depth, ..Limits::default() }
    }
}

/// Serve searches by JSON and XML-RPC, and the sound they lead to
///
/// Answers who has the token with links that expire; they are good until this
/// run ends. Put a proxy with https in front, or name a certificate.
#[derive(Debug, Args)]
#[command(after_long_help = "The token is taken from SWITCHROOM_AV_TOKEN or --token-file. With \
                             --token it works too, but every user of the machine can see it \
                             there. Other services are asked with SWITCHROOM_AV_REMOTE_TOKEN.\n\n\
                             Placeholders: %YY %MM %DD %HH of the call's day, %ME month as Jan, \
                             %QU queue, %AG agent, %EX extension, %CL caller, %TE tenant, %ID and \
                             %LI the call's id and linkedid, %% a percent sign. Presets: plain, \
                             freepbx, by-day, by-queue, fusionpbx, qm-classic.\n\n\
                             Examples:\n  \
                             switchroom av serve --path file:/mnt/audio --token-file /etc/av.token \
                             --public-url https://av.example\n  \
                             switchroom av serve --path preset:freepbx,file:/mnt/nas/%YY-%MM \
                             --bind-to 0.0.0.0:443 --certificate av.pem --certificate-key av.key")]
struct Serve {
    #[command(flatten)]
    places: Places,
    /// Token that searches must carry, 20 characters or more; better in a file
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// File whose first line is the token
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,
    /// JSON file of tenants, each with a secret of its own instead of the token
    #[arg(long, value_name = "FILE", conflicts_with_all = ["token", "token_file"])]
    tenants: Option<PathBuf>,
    /// Prefix of the links given out [default: by the request's Host]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Address and port to listen on
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:4000")]
    bind_to: String,
    /// PEM file of the certificate, for https without a proxy
    #[arg(long, value_name = "FILE", requires = "certificate_key")]
    certificate: Option<PathBuf>,
    /// PEM file of its private key
    #[arg(long, value_name = "FILE", requires = "certificate")]
    certificate_key: Option<PathBuf>,
    /// File of age identities that open recordings sealed as .age
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Program that gets the path of a recording others encrypted (.gpg, .pgp, .enc) and writes the
    /// clear sound
    #[arg(long, value_name = "PROGRAM")]
    decrypt: Option<PathBuf>,
    /// Seconds within which a link must be used first
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    link_ttl: u64,
    /// Recordings of one answer
    #[arg(long, value_name = "N", default_value_t = 20)]
    max_results: usize,
    /// Recordings that are sent at a time
    #[arg(long, value_name = "N", default_value_t = 8)]
    max_streams: usize,
    /// Address of a proxy whose X-Forwarded headers are believed
    #[arg(long = "proxy", value_name = "ADDRESS")]
    proxies: Vec<IpAddr>,
    /// Address that may call XML-RPC without a token
    #[arg(long = "xmlrpc-peer", value_name = "ADDRESS")]
    xmlrpc_peers: Vec<IpAddr>,
    /// Web page elsewhere (https://host) that may fetch the sound by script
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    /// Take searches by GET and tokens in addresses, which logs keep
    #[arg(long)]
    allow_get: bool,
    /// Log the fields of every search, the secrets left out
    #[arg(long)]
    dump_requests: bool,
}

impl Serve {
    #[expect(clippy::print_stderr, reason = "warnings and the address belong on standard error")]
    fn act(self: Box<Self>) -> Result<ExitCode> {
        let (roots, zone) = self.places.roots()?;
        if self.token.is_some() {
            eprintln!(
                "switchroom: --token can be seen by every user of this machine; --token-file can't"
            );
        }
        if self.allow_get {
            eprintln!("switchroom: --allow-get lets tokens stand in addresses, which logs keep");
        }
        let tenants = match &self.tenants {
            Some(path) => audiovault::tenants(path, &text_of(path)?)?,
            None => Vec::new(),
        };
        let identities = match &self.identity {
            Some(path) => Identity::from_file_text(&text_of(path)?).map_err(|fault| {
                Error::new(Kind::Invalid, format!("{}: {fault}", path.display()))
            })?,
            None => Vec::new(),
        };
        let certificate = match (&self.certificate, &self.certificate_key) {
            (Some(certificate), Some(key)) => Some(Certificate::read(certificate, key)?),
            _ => None,
        };
        let token = if tenants.is_empty() { Some(self.token()?) } else { None };
        let options = Options {
            public_url: self.public_url.clone(),
            link_ttl: Duration::from_secs(self.link_ttl),
            max_results: self.max_results,
            allow_get: self.allow_get,
            loose: self.places.loose,
            dump_requests: self.dump_requests,
            proxies: self.proxies.clone(),
            xmlrpc_peers: self.xmlrpc_peers.clone(),
            origins: self.origins.clone(),
            max_streams: self.max_streams,
            limits: self.places.limits(),
            decrypt: self.decrypt.clone().map(filter::Settings::new),
        };
        let settings = Settings { roots, token, tenants, identities, options };
        let scheme = if certificate.is_some() { "https" } else { "http" };
        crate::daemon::audiovault::run(
            settings,
            zone.tz().clone(),
            &self.bind_to,
            certificate,
            |at| {
                eprintln!("switchroom: recordings are served on {scheme}://{at}/");
            },
        )?;
        Ok(ExitCode::SUCCESS)
    }

    fn token(&self) -> Result<Secret> {
        if let Some(token) = &self.token {
            return Ok(Secret::new(token.clone()));
        }
        if let Some(path) = &self.token_file {
            return crate::daemon::config::secret_file(path);
        }
        std::env::var(TOKEN).map(Secret::new).map_err(|_| {
            let what = format!(
                "there is no token; set {TOKEN} or name --token-file with {LEAST_TOKEN} characters or more"
            );
            Error::new(Kind::Invalid, what)
        })
    }
}

/// Search as the service would: candidates, folders visited, time
///
/// Exit code 1 when nothing is found.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
                             switchroom av search --path preset:freepbx --call 1700000000.12\n  \
                             switchroom av search --path file:/mnt/%QU --call 1700000000.12 \
                             --queue 400 --json")]
struct Search {
    #[command(flatten)]
    places: Places,
    /// Id of the call
    #[arg(long, value_name = "ID")]
    call: String,
    /// When it began: seconds since 1970 or an ISO time [default: by its id]
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// When it ended
    #[arg(long, value_name = "TIME")]
    end: Option<String>,
    /// Queue
    #[arg(long, value_name = "QUEUE")]
    queue: Option<String>,
    /// Agent
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,
    /// Extension
    #[arg(long, value_name = "NUMBER")]
    extension: Option<String>,
    /// Caller's number
    #[arg(long, value_name = "NUMBER")]
    caller: Option<String>,
    /// Tenant
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// Another id of the call
    #[arg(long = "alias", value_name = "ID")]
    aliases: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Search {
    fn act(self) -> Result<ExitCode> {
        let (roots, zone) = self.places.roots()?;
        let wrong = |what: &str| Error::new(Kind::Invalid, what);
        if crate::layout::Id::new(&self.call).is_none() {
            return Err(wrong("--call is no id of a call"));
        }
        let moment = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => audiovault::moment(text, zone.tz())
                .map(Some)
                .ok_or_else(|| wrong("a time is neither seconds since 1970 nor ISO")),
        };
        let call = Call {
            started: moment(&self.start)?,
            ended: moment(&self.end)?,
            ids: std::iter::once(self.call).chain(self.aliases).collect(),
            queue: self.queue,
            agent: self.agent,
            extension: self.extension,
            caller: self.caller,
            tenant: self.tenant,
            linkedid: None,
        };
        let began = std::time::Instant::now();
        let clocks = Moment { wall: now(), steady: Duration::ZERO };
        let loose = self.places.loose;
        let searched = audiovault::search(roots, self.places.limits(), &call, loose, clocks)?;
        let took = began.elapsed();
        let lines: Vec<(String, String, u64, &str)> =
            searched.items.iter().flat_map(lines).collect();
        let mut stdout = std::io::stdout().lock();
        if self.json {
            let files = lines.iter().map(|(path, leg, size, sure)| {
                json!({ "path": path, "leg": leg, "size": size, "confidence": sure })
            });
            let value = json!({
                "found": !lines.is_empty() || !searched.there.is_empty(),
                "truncated": searched.truncated,
                "took_ms": took.as_secs_f64() * 1000.0,
                "names": searched.entries,
                "folders": searched.folders,
                "down": searched.down,
                "files": files.collect::<Vec<_>>(),
                "links": searched.there.iter().map(|there| &there.url).collect::<Vec<_>>(),
            });
            writeln!(stdout, "{value:#}").map_err(out)?;
        } else {
            for (path, leg, size, sure) in &lines {
                writeln!(stdout, "{path}  {leg}  {size} bytes  {sure}").map_err(out)?;
            }
            for there in &searched.there {
                writeln!(stdout, "{}", there.url).map_err(out)?;
            }
            let folders: BTreeSet<_> = searched.folders.iter().collect();
            for folder in folders.iter().take(20) {
                writeln!(stdout, "read {}", folder.display()).map_err(out)?;
            }
            if folders.len() > 20 {
                writeln!(stdout, "… and {} more folders", folders.len() - 20).map_err(out)?;
            }
            for place in &searched.down {
                writeln!(stdout, "place {} can't be reached", place + 1).map_err(out)?;
            }
            if searched.truncated {
                writeln!(stdout, "cut short: too much to look at; put the date into the place")
                    .map_err(out)?;
            }
            let ms = took.as_secs_f64() * 1000.0;
            writeln!(stdout, "{} names looked at in {ms:.1} ms", searched.entries).map_err(out)?;
        }
        let found = !lines.is_empty() || !searched.there.is_empty();
        Ok(ExitCode::from(u8::from(!found)))
    }
}

/// Path beneath its root, leg, size and how sure.
fn lines(item: &Item) -> Vec<(String, String, u64, &'static str)> {
    let is_pair = matches!(item, Item::File(shape) if matches!(**shape, Shape::Pair { .. }));
    let leg = if is_pair { "pair" } else { "" };
    let line = |file: &&crate::layout::Found<crate::recordings::files::walk::Hit>| {
        let own = crate::layout::Name::parse(&file.name).map_or("mix", |name| name.leg.word());
        let leg = if leg.is_empty() { own.to_owned() } else { format!("{leg} {own}") };
        let path = String::from_utf8_lossy(&file.item.path).into_owned();
        (path, leg, file.item.size, file.confidence.word())
    };
    item.files().iter().map(line).collect()
}

fn text_of(path: &PathBuf) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| io(format!("can't read {}", path.display()), error))
}
