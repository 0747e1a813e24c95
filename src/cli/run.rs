//! `switchroom run`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::base::Result;
use crate::cli::Place;
use crate::daemon::{self, Demo, Started};

/// Follow the log and serve the portal
///
/// Runs in the foreground until SIGTERM or Ctrl-C: the first one finishes
/// requests and writes what was read, the second leaves at once. Without a
/// settings file the arguments below are enough.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    switchroom run --data /var/lib/switchroom --queue-log /var/log/asterisk/queue_log \\\n      \
        --listen 0.0.0.0:8080\n  \
    switchroom run --config office.toml\n  \
    switchroom run --demo --speed 5 --data /tmp/office\n\n\
    On the first start a claim code is printed. Whoever opens the portal and types it becomes\n\
    its administrator.")]
pub struct Run {
    #[command(flatten)]
    place: Place,
    /// The queue log to follow; it may appear later [default: the setting log.path]
    #[arg(long, value_name = "FILE", conflicts_with = "demo")]
    queue_log: Option<PathBuf>,
    /// Address and port of the portal; port 0 takes a free one [default: the setting portal.listen]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Play captures of a real PBX instead of following a log
    #[arg(long)]
    demo: bool,
    /// How many times as fast the demonstration plays, 1 to 100
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        requires = "demo",
        value_parser = clap::value_parser!(u32).range(1..=100)
    )]
    speed: u32,
}

impl Run {
    pub fn act(self) -> Result<ExitCode> {
        let mut config = self.place.config()?;
        if let Some(log) = self.queue_log {
            config.log.path = log;
        }
        if let Some(listen) = self.listen {
            config.portal.listen = listen;
        }
        let demo = self.demo.then_some(Demo { speed: self.speed });
        daemon::run(config, demo, |started| {
            // Nobody may read standard output; the daemon runs all the same.
            let _ = banner(&mut std::io::stdout().lock(), started);
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn banner(out: &mut impl Write, started: &Started<'_>) -> std::io::Result<()> {
    writeln!(out, "Switchroom {} is running", env!("CARGO_PKG_VERSION"))?;
    if let Some(demo) = started.demo {
        writeln!(
            out,
            "  demonstration: real captured calls, played again at {} times their speed",
            demo.speed
        )?;
    }
    writeln!(out, "  portal:      http://{}/", started.address)?;
    writeln!(out, "  follows:     {}", started.log.display())?;
    writeln!(out, "  data:        {}", started.data.display())?;
    match started.claim {
        Some(code) => {
            writeln!(out, "  claim code:  {code}")?;
            writeln!(out, "  Open the portal and type the claim code to make the first account.")?;
        }
        None => writeln!(out, "  Log in with your account; `switchroom user` manages accounts.")?,
    }
    out.flush()
}
