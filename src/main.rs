//! The binary: everything is in the library, so that tests and fuzz targets
//! call the real thing.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    switchroom::cli::main(std::env::args_os())
}
