//! `switchroom track`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tracing::warn;

use crate::base::error::io;
use crate::base::{Error, Kind, Result};
use crate::cli::password;
use crate::cli::safety::Safety;
use crate::cli::switches::Switches;
use crate::daemon::track::{Settings, To, track};
use crate::daemon::tracking;
use crate::input::ami::target::{PORT, TLS_PORT, Target};
use crate::people::Secret;

/// Where the secret may stand; the second name is the public tool's.
const SECRET: [&str; 2] = ["SWITCHROOM_AMI_SECRET", "AMISECRET"];

/// Write the records that Asterisk does not: hold, parking, outbound calls
///
/// Follows the manager interface of one Asterisk and appends records of what
/// queues do not log to its queue_log. Runs in the foreground until a signal,
/// and connects again when the connection is lost. One tracker per Asterisk: a
/// second one finds the first and leaves. `switchroom run` has the same built
/// in; this is for a machine without it.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    SWITCHROOM_AMI_SECRET=… switchroom track --login tracker --parkedcalls --outboundcalls \\\n      \
        --queue-log /var/log/asterisk/queue_log --pid /run/switchroom/track.pid\n  \
    switchroom track --login tracker --secret-file /etc/switchroom/ami-secret \\\n      \
        --outboundcalls=1 --hidden-channels '^PJSIP/trunk' --sink ami\n\n\
    The secret comes from --secret-file, the environment (SWITCHROOM_AMI_SECRET), a prompt, or\n\
    --secret, which everybody on the machine can see.\n\n\
    The user in manager.conf needs: read = system,call,agent,user and write = system,call,\n\
    reporting,user (and agent for --sink ami).")]
pub struct Track {
    /// Where Asterisk is
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: String,
    /// Port of the manager interface [default: 5038, with --tls 5039]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Encrypt the connection
    #[arg(long)]
    tls: bool,
    #[command(flatten)]
    safety: Safety,
    /// User of manager.conf
    #[arg(long, value_name = "NAME")]
    login: String,
    /// Its secret; visible to everybody on the machine
    #[arg(long, value_name = "SECRET", conflicts_with = "secret_file")]
    secret: Option<String>,
    /// File whose first line is its secret
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Send the secret itself instead of an MD5 challenge's answer
    #[arg(long)]
    plain: bool,
    /// Where records go: file, or ami (Asterisk writes them)
    #[arg(long, value_name = "SINK", default_value = "file", value_parser = ["file", "ami"])]
    sink: String,
    /// The log that records are appended to
    #[arg(long, value_name = "FILE", default_value = "/var/log/asterisk/queue_log")]
    queue_log: PathBuf,
    /// File to write the process id to; locked while running
    #[arg(long, value_name = "FILE")]
    pid: Option<PathBuf>,
    /// File that keeps what is open over a restart [default: that of --pid, ending in .journal]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Write a capture of the connection, for a fault report or `switchroom replay`
    #[arg(long, value_name = "FILE")]
    debugfile: Option<PathBuf>,
    /// Write even if another tracker is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    switches: Switches,
}

impl Track {
    pub fn act(self) -> Result<ExitCode> {
        let secret = self.secret()?;
        let journal = self
            .journal
            .clone()
            .or_else(|| self.pid.as_ref().map(|pid| pid.with_extension("journal")));
        if journal.is_none() {
            warn!("without --pid or --journal, calls open at a restart are not closed");
        }
        let port = self.port.unwrap_or(if self.tls { TLS_PORT } else { PORT });
        let target =
            Target { tls: self.tls, host: self.host, port, user: self.login, secret: None };
        let options = self.switches.options(self.sink == "file");
        if options.outbound_calls && !options.rewrite_unique_ids {
            warn!("{}", tracking::NO_COLON);
        }
        track(Settings {
            target,
            trust: self.safety.trust(),
            secret,
            plain: self.plain,
            options,
            to: if self.sink == "ami" { To::Ami } else { To::File(self.queue_log) },
            pid: self.pid,
            journal,
            capture: self.debugfile,
            all_events: self.switches.bits.noeventblacklisting,
            force: self.force,
        })?;
        Ok(ExitCode::SUCCESS)
    }

    fn secret(&self) -> Result<Secret> {
        if let Some(secret) = &self.secret {
            warn!("--secret can be read by everybody on this machine; use --secret-file");
            return Ok(Secret::new(secret.clone()));
        }
        if let Some(path) = &self.secret_file {
            let text = std::fs::read_to_string(path)
                .map_err(|error| io(format!("can't read {}", path.display()), error))?;
            return Ok(Secret::new(text.lines().next().unwrap_or("").to_owned()));
        }
        if let Some(secret) = SECRET.iter().find_map(|name| std::env::var(name).ok()) {
            return Ok(Secret::new(secret));
        }
        if std::io::stdin().is_terminal() {
            return password::ask_once("Secret of the manager user: ");
        }
        Err(Error::new(Kind::Invalid, "no secret: give --secret-file or set SWITCHROOM_AMI_SECRET"))
    }
}
