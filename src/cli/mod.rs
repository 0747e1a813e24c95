//! Floor 8: arguments → a command.
//!
//! Every subcommand is a file: its arguments, its help, and what it does by
//! calling the rooms below. Holds no rules. Secrets never stand in arguments.

mod allocator;
mod ami;
mod av;
mod backup;
mod check;
mod difference;
mod import;
mod pages;
mod password;
mod recordings;
mod regex_test;
mod replay;
mod report;
mod run;
mod safety;
mod switches;
mod table;
mod track;
mod user;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::base::{Error, Kind, Result};
use crate::daemon::config::Config;

pub use pages::help_pages;

/// Call statistics, live wallboard and office portal for an Asterisk PBX.
#[derive(Debug, Parser)]
#[command(
    name = "switchroom",
    version,
    about,
    long_about = "Switchroom follows the queue_log that Asterisk writes, keeps every call in one \
                  database file, and serves reports, a live view and a portal from it.",
    after_long_help = "Exit codes:\n  \
        0  done\n  \
        1  something went wrong; standard error says what, then what to do\n  \
        2  the arguments make no sense\n\n\
        See it alive without a PBX:\n  \
        switchroom run --demo --data /tmp/office\n\n\
        Environment:\n  \
        SWITCHROOM_LOG       what is logged to standard error: error, warn, info, debug, trace\n  \
        SWITCHROOM_PASSWORD  the password of `switchroom user`, instead of a prompt\n  \
        SWITCHROOM_AMI_SECRET  the secret of the manager interface\n  \
        SWITCHROOM_AV_TOKEN  the token of `switchroom av serve`\n  \
        SWITCHROOM_AV_REMOTE_TOKEN  the token for other services that av asks",
    max_term_width = 100,
    disable_help_subcommand = false,
    propagate_version = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Import(import::Import),
    Report(report::Report),
    Check(check::Check),
    Ami(ami::Ami),
    Av(av::Av),
    Backup(backup::Backup),
    Restore(backup::Restore),
    User(user::User),
    Track(track::Track),
    Replay(replay::Replay),
    Recordings(recordings::Recordings),
    #[command(name = "regex-test")]
    RegexTest(regex_test::RegexTest),
    Version(pages::Version),
    Completions(pages::Completions),
    Man(pages::Man),
}

/// Where the settings and the data are: the same for all commands.
#[derive(Clone, Debug, Default, Args)]
struct Place {
    /// Settings file [default: /etc/switchroom/switchroom.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the database [default: the setting store.data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Place {
    fn config(&self) -> Result<Config> {
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(data) = &self.data {
            config.store.data.clone_from(data);
        }
        Ok(config)
    }
}

/// Reads the arguments and obeys; what is returned is the exit code.
#[expect(clippy::print_stderr, reason = "what went wrong belongs on standard error")]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(switches::spelled_out(arguments)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, and are no faults. A closed
            // pipe leaves nobody to tell.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    log_to_stderr(match &cli.command {
        Command::Run(_) | Command::Track(_) => true,
        Command::Av(av) => av.runs(),
        _ => false,
    });
    let result = match cli.command {
        Command::Run(run) => {
            allocator::make_lean();
            run.act()
        }
        Command::Import(import) => import.act(),
        Command::Report(report) => report.act(),
        Command::Check(check) => check.act(),
        Command::Ami(ami) => ami.act(),
        Command::Av(av) => av.act(),
        Command::Backup(backup) => backup.act(),
        Command::Restore(restore) => restore.act(),
        Command::User(user) => user.act(),
        Command::Track(track) => track.act(),
        Command::Replay(replay) => replay.act(),
        Command::Recordings(recordings) => recordings.act(),
        Command::RegexTest(test) => test.act(),
        Command::Version(version) => version.act(),
        Command::Completions(completions) => completions.act(),
        Command::Man(man) => man.act(),
    };
    match result {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("switchroom: {}", error.chain());
            ExitCode::from(if error.kind() == Kind::Invalid { 2 } else { 1 })
        }
    }
}

fn command() -> clap::Command {
    Cli::command()
}

/// `switchroom report … | head` is no fault.
fn is_closed_pipe(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|cause| cause.downcast_ref::<std::io::Error>())
        .is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

fn out(error: std::io::Error) -> Error {
    crate::base::error::io("can't write to standard output", error)
}

fn log_to_stderr(running: bool) {
    use std::io::IsTerminal;
    use tracing::level_filters::LevelFilter;
    let usual = if running { LevelFilter::INFO } else { LevelFilter::WARN };
    let asked = std::env::var("SWITCHROOM_LOG").ok();
    let level = asked.as_deref().and_then(|name| name.parse().ok()).unwrap_or(usual);
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
}
