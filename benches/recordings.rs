//! Recordings found by call, and what one costs in the database.
//!
//! `cargo bench --bench recordings [RECORDINGS]`

mod bench;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use switchroom::recordings::{
    Begun, Direction, Filter, Folders, Leg, Occasion, Place, Recordings, Sealed, Sound, sql,
};
use switchroom::store::{DATABASE, Settings, Store, Synchronous};

const RECORDINGS: u64 = 1_000_000;
/// Rows of one commit while filling.
const A_COMMIT: u64 = 10_000;
const LOOKUPS: u64 = 2000;
const START: i64 = 1_770_000_000;

fn main() -> ExitCode {
    let count = bench::numbers_or(&[RECORDINGS])[0];
    let folder = tempfile::tempdir().expect("a folder for the database");
    let settings = Settings { synchronous: Synchronous::Normal, ..Settings::default() };
    let (store, _) = Store::open(folder.path(), settings).expect("a database");
    fill(&store, count);
    let bytes = std::fs::metadata(folder.path().join(DATABASE)).map_or(0, |file| file.len());
    println!("{count} recordings: {} bytes of database each", bytes / count.max(1));

    let folders =
        Folders { spool: folder.path().join("spool"), vault: folder.path().join("vault") };
    let recordings = Recordings::new(store, folders);
    let mut times: Vec<Duration> = (0..LOOKUPS)
        .map(|n| {
            let at = n.wrapping_mul(7_919_317) % count;
            let began = Instant::now();
            let found = recordings.of_call(&call(at), START).expect("an answer");
            assert_eq!(found.len(), 1, "{}", call(at));
            began.elapsed()
        })
        .collect();
    times.sort();
    let of = |share: usize| times[(times.len() - 1) * share / 100];
    println!("found by call: median {:?}, 99 % {:?}, worst {:?}", of(50), of(99), of(100));

    let began = Instant::now();
    let page = recordings.list(&Filter::default(), 100, START).expect("a page");
    println!("newest page of {}: {:?}", page.rows.len(), began.elapsed());
    ExitCode::SUCCESS
}

fn call(n: u64) -> String {
    format!("{}.{}", START + n as i64 * 11, n % 100_000)
}

/// As the daemon writes them: begun, closed, sealed.
fn fill(store: &Store, count: u64) {
    let mut n = 0;
    while n < count {
        let end = (n + A_COMMIT).min(count);
        store
            .write(|db| {
                for n in n..end {
                    let started = START + n as i64 * 11;
                    let call = call(n);
                    let begun = Begun {
                        started,
                        linkedid: Some(call.clone()),
                        channel: None,
                        queue: Some(format!("queue-{}", n % 8)),
                        agent: Some(format!("Agent {}", n % 40)),
                        number: Some(format!("06{:08}", n * 7919 % 100_000_000)),
                        direction: Direction::Inbound,
                        place: Place::Spool,
                        path: format!("queue-{}-{call}.wav", n % 8),
                        leg: Leg::Mix,
                        occasion: Occasion::Queue,
                        asked: None,
                        call,
                    };
                    let id = sql::recordings::insert(db, &begun)?;
                    sql::recordings::close(db, id, started + 120)?;
                    let sound = Sound {
                        codec: "pcm_s16le".to_owned(),
                        rate: 8000,
                        channels: 1,
                        duration_ms: 118_000,
                    };
                    let sealed = Sealed {
                        size: 1_889_000,
                        sha256: [n as u8; 32],
                        keys: "0123456789abcdef".to_owned(),
                    };
                    sql::recordings::finish(
                        db,
                        id,
                        &sql::recordings::Finished {
                            place: Place::Vault,
                            path: &format!("2026/02/02/{id}.wav.age"),
                            sound: Some(&sound),
                            size: 1_888_044,
                            sha256: [n as u8; 32],
                            sealed: Some(&sealed),
                        },
                    )?;
                }
                Ok(())
            })
            .expect("rows are written");
        n = end;
    }
}
