//! `switchroom ami`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::base::{Error, Kind, Result, Secret};
use crate::cli::safety::Safety;
use crate::cli::{Place, out, password};
use crate::input::ami::probe::{Ability, Report, There, probe};
use crate::input::ami::session::Login;
use crate::input::ami::target::Target;
use crate::input::ami::{Trust, dialler};

/// The connection to Asterisk's manager interface
#[derive(Debug, Args)]
pub struct Ami {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(Check),
}

impl Ami {
    pub fn act(self) -> Result<ExitCode> {
        match self.command {
            Command::Check(check) => check.act(),
        }
    }
}

/// Try the connection: reachable, login, version, rights, time
///
/// Connects once, logs in, looks and leaves; changes nothing in Asterisk.
/// Without an address the settings of section [ami] are tried. Exit code 1
/// when something that the office needs is missing.
#[derive(Debug, Args)]
#[command(after_long_help = "The secret is taken from SWITCHROOM_AMI_SECRET, from --secret-file, \
                             from the settings, or asked for. In the address it works too, but \
                             every user of the machine can see it there.\n\n\
                             Examples:\n  \
                             switchroom ami check\n  \
                             switchroom ami check tcp:portal@127.0.0.1:5038\n  \
                             switchroom ami check tls:portal@pbx:5039 --ca pbx.pem")]
struct Check {
    /// tcp:user@host:port, or tcp:user:secret@host:port; tls: for TLS
    #[arg(value_name = "ADDRESS")]
    address: Option<String>,
    /// File whose first line is the secret
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Send the secret itself instead of an MD5 challenge's answer
    #[arg(long)]
    plain: bool,
    #[command(flatten)]
    safety: Safety,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

impl Check {
    fn act(self) -> Result<ExitCode> {
        let (target, trust, secret) = self.target()?;
        let login = Login { plain: self.plain, ..Login::new(&target.user, secret) };
        let place = format!("{}:{}", target.host, target.port);
        let report = probe(&mut *dialler(&target, &trust)?, &login);
        let mut stdout = std::io::stdout().lock();
        let well = match &report {
            Ok(report) => report.abilities.iter().all(is_well),
            Err(_) => false,
        };
        if self.json {
            let value = match &report {
                Ok(report) => json_of(report, &place, &target.user, well),
                Err(down) => json!({ "address": place, "user": target.user, "well": false,
                                     "error": down.to_string() }),
            };
            writeln!(stdout, "{value:#}").map_err(out)?;
        } else {
            match &report {
                Ok(report) => print(report, &place, &target.user, &mut stdout).map_err(out)?,
                Err(down) => {
                    let what = format!("{place}: {down}");
                    return Err(Error::new(Kind::Unavailable, what));
                }
            }
        }
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    #[expect(clippy::print_stderr, reason = "a warning for the one who typed the secret")]
    fn target(&self) -> Result<(Target, Trust, Secret)> {
        let config = self.place.config()?.ami;
        let mut target = match &self.address {
            Some(address) => Target::parse(address)?,
            None => config.target()?,
        };
        if self.address.is_some() && target.secret.is_some() {
            eprintln!(
                "switchroom: the secret stands in the arguments, where every user of this machine \
                 can see it; leave it out and it is asked for"
            );
        }
        if let Some(file) = &self.secret_file {
            target.secret = Some(crate::daemon::config::secret_file(file)?);
        } else if let Ok(secret) = std::env::var("SWITCHROOM_AMI_SECRET") {
            target.secret = Some(Secret::new(secret));
        }
        let secret = match target.secret.take() {
            Some(secret) => secret,
            None => password::ask_once("AMI secret: ")?,
        };
        let asked = self.safety.trust();
        let trust = if asked == Trust::default() { config.trust() } else { asked };
        Ok((target, trust, secret))
    }
}

fn print(report: &Report, place: &str, user: &str, out: &mut impl Write) -> std::io::Result<()> {
    let peer = &report.peer;
    let version = if peer.version.is_empty() { "of unknown version" } else { &peer.version };
    writeln!(out, "reached      {place} in {:.1} ms", ms(report.connect))?;
    writeln!(out, "logged in    as {user}")?;
    writeln!(out, "Asterisk     {version}, manager interface {}", peer.protocol)?;
    if !peer.started.is_empty() {
        writeln!(out, "started      {} by its own clock", peer.started)?;
    }
    writeln!(out, "round trip   {:.2} ms", ms(report.round_trip))?;
    match report.clock {
        Some(micros) => writeln!(out, "clock        {:+.3} s from ours", seconds(micros))?,
        None => writeln!(out, "clock        not told")?,
    }
    let stamped = match report.stamped {
        Some(true) => "yes",
        Some(false) => "no; timestampevents = yes in manager.conf makes times exact",
        None => "no event was heard",
    };
    writeln!(out, "event times  {stamped}")?;
    for ability in &report.abilities {
        let Ability { class, needed_for, .. } = ability;
        let word = match ability.there {
            There::Yes => "yes",
            There::No if ability.optional => "no, optional",
            There::No => "MISSING",
            There::Unknown => "not heard yet",
        };
        writeln!(out, "{class:<16} {word:<14} {needed_for}")?;
    }
    Ok(())
}

fn is_well(ability: &Ability) -> bool {
    ability.optional || ability.there != There::No
}

fn json_of(report: &Report, place: &str, user: &str, well: bool) -> serde_json::Value {
    let abilities: Vec<_> = report
        .abilities
        .iter()
        .map(|ability| {
            let there = match ability.there {
                There::Yes => "yes",
                There::No => "no",
                There::Unknown => "unknown",
            };
            json!({ "class": ability.class, "there": there, "needed_for": ability.needed_for, "optional": ability.optional })
        })
        .collect();
    json!({
        "address": place,
        "user": user,
        "well": well,
        "asterisk": report.peer.version,
        "protocol": report.peer.protocol,
        "started": report.peer.started,
        "connect_ms": ms(report.connect),
        "round_trip_ms": ms(report.round_trip),
        "clock_difference_s": report.clock.map(seconds),
        "events_have_times": report.stamped,
        "classes": abilities,
    })
}

fn ms(time: std::time::Duration) -> f64 {
    // Shown with two digits.
    (time.as_secs_f64() * 1e5).round() / 100.0
}

fn seconds(micros: i64) -> f64 {
    // Differences of clocks are far below 2^53 microseconds.
    (micros as f64 / 1e3).round() / 1e3
}
