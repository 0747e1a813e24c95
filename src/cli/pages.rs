//! What the program tells of itself: version, completions, manual pages.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use crate::base::Result;
use crate::base::error::io;
use crate::cli::{command, out};

/// Print the version
#[derive(Debug, Args)]
pub struct Version {}

impl Version {
    pub fn act(self) -> Result<ExitCode> {
        writeln!(std::io::stdout(), "switchroom {}", env!("CARGO_PKG_VERSION")).map_err(out)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  \
    switchroom completions bash > /usr/share/bash-completion/completions/switchroom")]
pub struct Completions {
    shell: Shell,
}

impl Completions {
    pub fn act(self) -> Result<ExitCode> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut command(), "switchroom", &mut text);
        std::io::stdout().write_all(&text).map_err(out)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Write the manual pages
///
/// With DIR one page for the program and one for each command; without, the
/// program's page goes to standard output.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    switchroom man /usr/local/share/man/man1\n  \
    switchroom man | man -l -")]
pub struct Man {
    /// Folder for the pages; made if it is not there
    dir: Option<PathBuf>,
}

impl Man {
    pub fn act(self) -> Result<ExitCode> {
        match self.dir {
            Some(dir) => {
                std::fs::create_dir_all(&dir)
                    .and_then(|()| clap_mangen::generate_to(command(), &dir))
                    .map_err(|error| io(format!("can't write to {}", dir.display()), error))?;
            }
            None => {
                let mut text = Vec::new();
                clap_mangen::Man::new(command()).render(&mut text).map_err(out)?;
                std::io::stdout().write_all(&text).map_err(out)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// All help texts, by command: compared with a checked-in file by a test.
pub fn help_pages() -> String {
    let mut text = String::new();
    let mut root = command().term_width(100);
    root.build();
    page(&mut root, &mut text);
    text
}

fn page(command: &mut clap::Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or("switchroom").to_owned();
    text.push_str(&format!("===== {name}\n\n{}\n", command.render_long_help()));
    for sub in command.get_subcommands_mut() {
        if sub.get_name() != "help" {
            page(sub, text);
        }
    }
}
