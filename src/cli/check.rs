//! `switchroom check`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use crate::base::Result;
use crate::cli::{Place, out};
use crate::store::Store;

/// Look the database over: file, schema, facts, totals
///
/// Compares every stored total with a recount from the facts. Works while
/// the daemon runs, and changes nothing. Exit code 1 when something was
/// found.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  switchroom check --data /var/lib/switchroom")]
pub struct Check {
    #[command(flatten)]
    place: Place,
}

impl Check {
    pub fn act(self) -> Result<ExitCode> {
        let config = self.place.config()?;
        let settings = config.store.settings(&config.office.zone());
        let store = Store::open_beside(&config.store.data, settings)?;
        let found = store.check()?;
        let mut stdout = std::io::stdout().lock();
        for finding in &found.findings {
            writeln!(stdout, "{finding}").map_err(out)?;
        }
        let unnamed = found.total - found.findings.len() as u64;
        if unnamed > 0 {
            writeln!(stdout, "and {unnamed} more").map_err(out)?;
        }
        let (stints, days) = (found.stints, found.days);
        if found.total == 0 {
            writeln!(stdout, "all well: {stints} calls read, {days} days recounted")
                .map_err(out)?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(
            stdout,
            "{} findings in {stints} calls and {days} days; a backup from before the damage can \
             be taken by `switchroom restore`",
            found.total
        )
        .map_err(out)?;
        Ok(ExitCode::FAILURE)
    }
}
