//! What happens by itself: the daily backup, retention, and the end of old
//! audit rows.

use std::sync::Arc;
use std::time::Duration;

use crate::base::{Secs, UnixSec, Zone, time};
use crate::daemon::config::Store as StoreConfig;
use crate::daemon::recordings::Archivist;
use crate::people::People;
use crate::recordings::{Recordings, Rules};
use crate::store::Store;

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(60);
/// Facts deleted in one transaction, so that records never wait long.
const ROWS: u32 = 500;
/// How long audit rows are kept (`metrics.md` 5.3).
const AUDIT_KEEP: Secs = 400 * 86_400;

/// What is looked after of recordings.
pub struct Kept {
    pub recordings: Recordings,
    pub rules: Rules,
    pub archive: Arc<Archivist>,
}

/// Does what is due until `stop` becomes true.
pub async fn run(
    store: Store,
    people: Arc<People>,
    kept_recordings: Kept,
    config: StoreConfig,
    zone: Zone,
    mut stop: tokio::sync::watch::Receiver<bool>,
) {
    let mut kept_house = None;
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let now = time::now();
        let today = zone.day(now);
        let due = backup_due(&config, &zone, now);
        let house = kept_house.replace(today) != Some(today);
        let kept = store.clone();
        let (store, people) = (store.clone(), Arc::clone(&people));
        let keep = config.backups as usize;
        let archive = Arc::clone(&kept_recordings.archive);
        let work = move || {
            archive.tidy();
            match archive.rewrap_some(now) {
                Ok((0, _)) => {}
                Ok((count, more)) => tracing::info!(count, more, "recordings given to the new key"),
                Err(error) => {
                    tracing::warn!(error = error.chain(), "recordings keep their old key for now");
                }
            }
            if let Some(due) = due {
                backup(&store, due, keep);
            }
            if house && let Err(error) = people.purge(AUDIT_KEEP, now) {
                tracing::warn!(error = error.chain(), "old audit rows were not deleted");
            }
        };
        if tokio::task::spawn_blocking(work).await.is_err() {
            tracing::error!("a job ended by a fault of ours; it is tried again tomorrow");
        }
        if house {
            let (room, rules) = (kept_recordings.recordings.clone(), kept_recordings.rules.clone());
            let known = config.detail_days;
            sweep(room, rules, known, now, &mut stop).await;
            keep_ledger(&kept_recordings, now).await;
            retain(&kept, &mut stop).await;
        }
    }
}

/// The moment since which today's backup should be there; `None` before it,
/// and when none are wanted.
fn backup_due(config: &StoreConfig, zone: &Zone, now: UnixSec) -> Option<UnixSec> {
    let at = config.backup_at;
    let due = zone.moment(zone.day(now).at(at.hour, at.minute, 0, 0));
    (config.backups > 0 && now >= due).then_some(due)
}

fn backup(store: &Store, due: UnixSec, keep: usize) {
    match store.last_backup() {
        Ok(last) if last.is_some_and(|last| last >= due) => {}
        Ok(_) => match store.backup_here(keep) {
            Ok((path, _)) => tracing::info!(path = %path.display(), "backup made"),
            Err(error) => tracing::error!(error = error.chain(), "the daily backup failed"),
        },
        Err(error) => tracing::warn!(error = error.chain(), "can't tell when the last backup was"),
    }
}

/// Deletes facts that are too old, a little at a time.
async fn retain(store: &Store, stop: &mut tokio::sync::watch::Receiver<bool>) {
    loop {
        let store = store.clone();
        match tokio::task::spawn_blocking(move || store.retain(ROWS)).await {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => return,
            Ok(Err(error)) => {
                tracing::warn!(error = error.chain(), "old facts were not deleted");
                return;
            }
            Err(_) => {
                tracing::error!("deleting old facts ended by a fault of ours");
                return;
            }
        }
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(Duration::from_millis(50)) => {}
        }
    }
}

/// Writes down yesterday's changes of the vault, signed.
async fn keep_ledger(kept: &Kept, now: UnixSec) {
    let (room, archive) = (kept.recordings.clone(), Arc::clone(&kept.archive));
    match tokio::task::spawn_blocking(move || room.keep_ledger(archive.folder(), now)).await {
        Ok(Ok(Some(files))) => tracing::info!(files, "the manifest of recordings is written"),
        Ok(Ok(None)) => {}
        Ok(Err(error)) => {
            tracing::error!(error = error.chain(), "the manifest of recordings was not written");
        }
        Err(_) => tracing::error!("the manifest of recordings ended by a fault of ours"),
    }
}

/// Deletes recordings that are due, a few at a time, and what is left of
/// others.
async fn sweep(
    room: Recordings,
    rules: Rules,
    detail_days: u32,
    now: UnixSec,
    stop: &mut tokio::sync::watch::Receiver<bool>,
) {
    let (mut from, mut deleted) = (0, 0u64);
    loop {
        let (room, rules) = (room.clone(), rules.clone());
        match tokio::task::spawn_blocking(move || room.sweep(&rules, from, now)).await {
            Ok(Ok(swept)) => {
                deleted += u64::from(swept.deleted);
                let Some(next) = swept.next else { break };
                from = next;
            }
            Ok(Err(error)) => {
                tracing::warn!(error = error.chain(), "old recordings were not deleted");
                break;
            }
            Err(_) => {
                tracing::error!("deleting old recordings ended by a fault of ours");
                return;
            }
        }
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(Duration::from_millis(50)) => {}
        }
    }
    if deleted > 0 {
        tracing::info!(deleted, "recordings deleted by the rules of retention");
    }
    // That there was one is remembered as long as its call is.
    let remembered = match detail_days {
        0 => 0,
        days => now - Secs::from(days) * 86_400,
    };
    match tokio::task::spawn_blocking(move || room.tidy(remembered, now)).await {
        Ok(Ok(0)) | Err(_) => {}
        Ok(Ok(left)) => tracing::warn!(left, "files of deleted recordings can't be removed"),
        Ok(Err(error)) => {
            tracing::warn!(error = error.chain(), "deleted recordings were not tidied");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_due_from_its_time_on_and_not_when_none_are_kept() {
        let zone = Zone::named("Europe/Paris").unwrap();
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
        let mut config = StoreConfig::default();
        assert_eq!(backup_due(&config, &zone, at("2026-11-20T02:14:59Z")), None);
        let due = at("2026-11-20T02:15:00Z");
        assert_eq!(backup_due(&config, &zone, due), Some(due));
        assert_eq!(backup_due(&config, &zone, at("2026-11-20T20:00:00Z")), Some(due));
        config.backups = 0;
        assert_eq!(backup_due(&config, &zone, due), None);
    }
}
