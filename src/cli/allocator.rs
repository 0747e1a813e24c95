//! How the allocator of the running daemon treats memory it gets back.
//!
//! glibc gives each thread a heap of its own and keeps what was freed in it for
//! the next time: 100,000 lines read at a start, or all reports asked once, stay
//! resident for good. A daemon beside a PBX wants the opposite. glibc takes such
//! wishes only from the environment and only when a process begins, so the
//! daemon starts itself once more, as the same process, with them set.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// glibc's own variable. What an administrator put there stays as it is.
const WISHES: &str = "GLIBC_TUNABLES";
/// Says that this is the second start, also where glibc did not take the first
/// variable over (it drops it for programs with more rights than their caller).
const AGAIN: &str = "SWITCHROOM_STARTED_AGAIN";

/// One heap for all threads, nothing set aside per thread, blocks from 16 KiB in
/// mappings of their own, which leave when they are freed, and an end of the
/// heap that is given back from 64 KiB.
const LEAN: &str = "glibc.malloc.arena_max=1:glibc.malloc.tcache_count=0:\
                    glibc.malloc.mxfast=0:glibc.malloc.mmap_threshold=16384:\
                    glibc.malloc.trim_threshold=65536";

/// Returns when the process runs with a lean allocator, or can't: then it needs
/// more memory and works all the same.
pub fn make_lean() {
    if cfg!(not(target_env = "gnu")) || [WISHES, AGAIN].into_iter().any(is_set) {
        return;
    }
    // Not /proc/self/exe itself: the process would be listed as "exe".
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let mut again = Command::new(program);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    let error = again.args(arguments).env(WISHES, LEAN).env(AGAIN, "1").exec();
    tracing::debug!(%error, "goes on with the allocator as it is");
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}
