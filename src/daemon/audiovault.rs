//! The search service of recordings by itself: `switchroom av serve`.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::audiovault::{self, Certificate, Service, Settings};
use crate::base::Result;
use crate::base::error::io;
use crate::daemon::run::{ended, leave_at_once};

/// Threads for what blocks: searches, and pieces of sound.
const BLOCKING_THREADS: usize = 8;
const STACK: usize = 512 * 1024;

/// Where to listen: `127.0.0.1:4000`, or a name such as `localhost:4000`.
///
/// Serves until a signal ends it. `tell` is called once, with the address.
///
/// Errors: settings that make no sense, an address that can't be had.
pub fn run(
    settings: Settings,
    zone: TimeZone,
    bind: &str,
    certificate: Option<Certificate>,
    tell: impl FnOnce(SocketAddr),
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_stack_size(STACK)
        .thread_keep_alive(Duration::from_secs(10))
        .build()
        .map_err(|error| io("can't start the event loop", error))?;
    let result = runtime.block_on(async {
        let (stop, stopped) = watch::channel(false);
        let service = Service::new(settings, None, zone, stopped)?;
        let listener = TcpListener::bind(bind)
            .await
            .map_err(|error| io(format!("can't listen on {bind}"), error))?;
        let address = listener.local_addr().map_err(|error| io("can't tell the address", error))?;
        tell(address);
        let serving = tokio::spawn(audiovault::serve(listener, service, certificate));
        ended().await?;
        tracing::info!("stopping; once more leaves at once");
        tokio::spawn(leave_at_once());
        // The receiver is there as long as the service runs.
        let _ = stop.send(true);
        let _ = serving.await;
        Ok(())
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}
