//! `switchroom backup` and `switchroom restore`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::base::{Result, time};
use crate::cli::{Place, out};
use crate::store::Store;

/// Copy the database while everything runs
///
/// Without FILE the copy goes into the folder `backups` of the data folder
/// and the oldest ones beyond the setting store.backups are removed.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    switchroom backup --data /var/lib/switchroom\n  \
    switchroom backup --data /var/lib/switchroom /mnt/usb/switchroom.db")]
pub struct Backup {
    #[command(flatten)]
    place: Place,
    /// Where to copy to; an existing file is replaced
    file: Option<PathBuf>,
}

impl Backup {
    pub fn act(self) -> Result<ExitCode> {
        let config = self.place.config()?;
        let settings = config.store.settings(&config.office.zone());
        let store = Store::open_beside(&config.store.data, settings)?;
        let (path, manifest) = match self.file {
            Some(file) => {
                let manifest = store.backup(&file)?;
                (file, manifest)
            }
            None => store.backup_here(config.store.backups.max(1) as usize)?,
        };
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{} bytes copied to {}", manifest.bytes, path.display()).map_err(out)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Put a backup in the place of the database
///
/// The backup is checked first; the present database is moved aside and kept.
/// What the log still holds behind the backup is read again at the next start.
/// The daemon must be stopped.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  \
    switchroom restore --data /var/lib/switchroom \\\n      \
        /var/lib/switchroom/backups/switchroom-20261120-031500.db")]
pub struct Restore {
    #[command(flatten)]
    place: Place,
    /// The backup to take
    file: PathBuf,
}

impl Restore {
    pub fn act(self) -> Result<ExitCode> {
        let config = self.place.config()?;
        let aside = Store::restore(&config.store.data, &self.file, time::now())?;
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{} is the database now", self.file.display()).map_err(out)?;
        if let Some(aside) = aside {
            writeln!(stdout, "the one before lies in {}", aside.display()).map_err(out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
