//! A switch for crash tests, in debug builds alone: the process kills itself
//! when the writer comes to a named step for the n-th time.

use std::sync::atomic::{AtomicI64, Ordering};

static LEFT: AtomicI64 = AtomicI64::new(i64::MIN);

/// `SWITCHROOM_CRASH_AT=step:n` chooses the step.
pub(crate) fn reached(step: &str) {
    let Ok(wanted) = std::env::var("SWITCHROOM_CRASH_AT") else { return };
    let Some((name, n)) = wanted.split_once(':') else { return };
    if name != step {
        return;
    }
    let n: i64 = n.parse().unwrap_or(1);
    let _ = LEFT.compare_exchange(i64::MIN, n, Ordering::Relaxed, Ordering::Relaxed);
    if LEFT.fetch_sub(1, Ordering::Relaxed) == 1 {
        // As if the power failed: no clean-up, no flush.
        let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL);
    }
}
