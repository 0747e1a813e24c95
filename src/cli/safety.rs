//! Whom to trust at the other end of TLS: arguments shared by the commands
//! that connect.

use std::path::PathBuf;

use clap::Args;

use crate::input::ami::{Fingerprint, Trust};

#[derive(Clone, Debug, Default, Args)]
pub struct Safety {
    /// With TLS: PEM file of the authorities to trust, or of Asterisk's own certificate
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// With TLS: SHA-256 of the one certificate to trust
    #[arg(long, value_name = "HEX", value_parser = Fingerprint::parse)]
    pub fingerprint: Option<Fingerprint>,
}

impl Safety {
    pub fn trust(&self) -> Trust {
        Trust { ca: self.ca.clone(), fingerprint: self.fingerprint }
    }
}
