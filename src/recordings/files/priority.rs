//! Work that waits for everybody else.

/// Gives the calling thread the lowest priority there is. On Linux niceness is
/// a thread's own, and the disk goes by it too.
pub fn lowest_priority() {
    // Refused only where it is lower still.
    let _ = rustix::process::nice(19);
}
