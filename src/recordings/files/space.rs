//! Room on a disk.

use std::path::Path;

use nix::sys::statvfs::statvfs;

use crate::base::{Error, Kind, Result};

/// Bytes of a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space {
    /// For us: what is kept for root does not count.
    pub free: u64,
    pub total: u64,
}

/// The disk that a folder is on, or will be.
pub fn space(folder: &Path) -> Result<Space> {
    let there = folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let disk = statvfs(there).map_err(|errno| {
        let text = format!("can't ask for the room on the disk of {}", folder.display());
        Error::caused(Kind::Unavailable, text, std::io::Error::from(errno))
    })?;
    // The types differ by processor.
    #[expect(clippy::useless_conversion, reason = "32 bits wide on small processors")]
    let (size, free, all) = (
        u64::from(disk.fragment_size()),
        u64::from(disk.blocks_available()),
        u64::from(disk.blocks()),
    );
    Ok(Space { free: free.saturating_mul(size), total: all.saturating_mul(size) })
}
