//! Asking for a password: from the environment, a pipe or the terminal,
//! never from the arguments, where every process of the machine could see it.

use std::io::{BufRead, IsTerminal, Write};

use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

use crate::base::error::io;
use crate::base::{Error, Kind, Result};
use crate::people::Secret;

/// Set for programs that can't answer a prompt.
const VARIABLE: &str = "SWITCHROOM_PASSWORD";
/// Longer is no password.
const MOST_BYTES: u64 = 1024;

/// The new password. On a terminal it is asked for twice.
pub fn ask() -> Result<Secret> {
    if let Ok(password) = std::env::var(VARIABLE) {
        return Ok(Secret::new(password));
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return line();
    }
    let first = hidden("New password: ")?;
    let second = hidden("Once more: ")?;
    if first.reveal() == second.reveal() {
        return Ok(first);
    }
    Err(Error::new(Kind::Invalid, "the two passwords differ; nothing was changed"))
}

/// A secret that exists already: from a pipe or the terminal, asked for once.
pub fn ask_once(prompt: &str) -> Result<Secret> {
    if std::io::stdin().is_terminal() { hidden(prompt) } else { line() }
}

#[expect(clippy::print_stderr, reason = "standard output may be a file")]
fn hidden(prompt: &str) -> Result<Secret> {
    let stdin = std::io::stdin();
    let fault = |error: nix::Error| io("can't ask for a password", error.into());
    let shown = tcgetattr(&stdin).map_err(fault)?;
    let mut quiet = shown.clone();
    quiet.local_flags.remove(LocalFlags::ECHO);
    quiet.local_flags.insert(LocalFlags::ECHONL);
    eprint!("{prompt}");
    // A prompt that is not seen is no reason to fail.
    let _ = std::io::stderr().flush();
    tcsetattr(&stdin, SetArg::TCSAFLUSH, &quiet).map_err(fault)?;
    let read = line();
    tcsetattr(&stdin, SetArg::TCSAFLUSH, &shown).map_err(fault)?;
    read
}

fn line() -> Result<Secret> {
    let mut line = String::new();
    let mut stdin = std::io::Read::take(std::io::stdin().lock(), MOST_BYTES);
    stdin.read_line(&mut line).map_err(|error| io("can't read the password", error))?;
    let password = line.trim_end_matches(['\n', '\r']).to_owned();
    // The secret wipes its own copy; this one goes with the process, which is
    // short.
    Ok(Secret::new(password))
}
