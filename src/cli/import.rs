//! `switchroom import`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::base::{Result, error::io};
use crate::cli::{Place, out};
use crate::daemon::import::Progress;
use crate::daemon::{self, Imported};

/// Read whole logs into the database
///
/// Takes plain, rotated and gzip files in any order and reads them in the
/// order of their first records. Records that are known already add nothing,
/// so an import may be repeated, and files may overlap. The daemon must not
/// run on the same data folder.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    switchroom import --data /var/lib/switchroom /var/log/asterisk/queue_log*\n  \
    switchroom import --json --data DIR queue_log.2.gz queue_log.1 queue_log\n\n\
    With --json one line is printed:\n  \
    {\"files\":3,\"lines\":…,\"records\":…,\"unknown\":…,\"malformed\":…,\"duplicates\":…,\
    \"calls\":…,\"seconds\":…}\n\
    lines = records + unknown + malformed + duplicates; calls are those that ended.")]
pub struct Import {
    #[command(flatten)]
    place: Place,
    /// Print the figures as one line of JSON
    #[arg(long)]
    json: bool,
    /// Logs to read
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// The line of `--json`, in this order.
#[derive(Debug, Serialize)]
struct Figures {
    files: usize,
    lines: u64,
    records: u64,
    unknown: u64,
    malformed: u64,
    duplicates: u64,
    calls: u64,
    seconds: f64,
}

impl Import {
    pub fn act(self) -> Result<ExitCode> {
        let config = self.place.config()?;
        let mut bar = Bar { shown: false, on: std::io::stderr().is_terminal() };
        let imported = daemon::import(&config, &self.files, |progress| bar.show(&progress));
        bar.clear();
        let figures = figures(&imported?);
        let mut stdout = std::io::stdout().lock();
        if self.json {
            let line = serde_json::to_string(&figures)
                .map_err(|error| io("can't write the figures", error.into()))?;
            writeln!(stdout, "{line}").map_err(out)?;
        } else {
            writeln!(
                stdout,
                "{} lines of {} files in {:.1} s: {} records, {} unknown, {} malformed, {} known \
                 already; {} calls ended",
                figures.lines,
                figures.files,
                figures.seconds,
                figures.records,
                figures.unknown,
                figures.malformed,
                figures.duplicates,
                figures.calls
            )
            .map_err(out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn figures(imported: &Imported) -> Figures {
    let counts = imported.counts;
    Figures {
        files: imported.files,
        lines: counts.lines,
        records: counts.records,
        unknown: counts.unknown,
        malformed: counts.malformed,
        duplicates: counts.duplicates,
        calls: counts.calls,
        // Milliseconds are enough, and read better.
        seconds: (imported.seconds * 1000.0).round() / 1000.0,
    }
}

/// One line on a terminal, written over and over.
struct Bar {
    shown: bool,
    on: bool,
}

#[expect(clippy::print_stderr, reason = "progress is for the terminal, figures are the output")]
impl Bar {
    fn show(&mut self, progress: &Progress) {
        if !self.on {
            return;
        }
        self.shown = true;
        let done = progress.bytes_done as f64 / progress.bytes.max(1) as f64;
        let elapsed = progress.elapsed.as_secs_f64();
        let left = elapsed / done.max(0.001) - elapsed;
        eprint!(
            "\r\x1b[K{:3.0} %  {} lines, {:.0} a second, {:.0} s left",
            (done * 100.0).min(100.0),
            progress.lines,
            progress.lines as f64 / elapsed.max(0.001),
            left.max(0.0)
        );
    }

    fn clear(&mut self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}
