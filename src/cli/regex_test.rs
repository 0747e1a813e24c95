//! `switchroom regex-test`.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use clap::Args;

use crate::base::Result;
use crate::base::error::io;
use crate::cli::{out, switches};
use crate::tracker::Pattern;

/// Try a pattern for --hidden-channels on names of channels
///
/// Says of each name whether the pattern matches. Names come from the
/// arguments, or one per line from standard input.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    switchroom regex-test '^PJSIP/trunk' PJSIP/trunk-00000001 PJSIP/101-00000002\n  \
    asterisk -rx 'core show channels concise' | cut -d'!' -f1 | switchroom regex-test '(?i)trunk'\n\n\
    The pattern is searched anywhere in the name; ^ and $ tie it to the ends, (?i) at its head\n\
    ignores case. Exit code 2: it is no regular expression.")]
pub struct RegexTest {
    #[arg(value_parser = switches::pattern)]
    pattern: Pattern,
    names: Vec<String>,
}

impl RegexTest {
    pub fn act(self) -> Result<ExitCode> {
        let mut stdout = std::io::stdout().lock();
        let mut say = |name: &str| {
            let verdict = if self.pattern.matches(name) { "match    " } else { "no match " };
            writeln!(stdout, "{verdict}{name}").map_err(out)
        };
        if self.names.is_empty() {
            for line in std::io::stdin().lock().lines() {
                let line = line.map_err(|error| io("can't read standard input", error))?;
                say(line.trim_end())?;
            }
        } else {
            for name in &self.names {
                say(name)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
