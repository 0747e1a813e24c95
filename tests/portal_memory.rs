//! What log-ins cost in memory. A process of its own, because the figures
//! are the whole process's.

use std::fs;
use std::sync::Arc;

use switchroom::people::{Actor, Language, Lifetime, NewAccount, Origin, People, Role, Secret};
use switchroom::store::{Settings, Store};

const MIB: u64 = 1024 * 1024;

/// A figure of `/proc/self/status`, in bytes.
fn figure(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

#[test]
fn hashes_run_one_at_a_time_and_give_their_memory_back() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), Settings::default()).unwrap();
    let people = Arc::new(People::open(store, Lifetime::default()).unwrap());
    let secret = || Secret::new("a good password".to_owned());
    let new = NewAccount {
        account: "ann".to_owned(),
        name: "Ann".to_owned(),
        role: Role::Agent,
        language: Language::English,
        agent: None,
        queues: None,
    };
    let before = figure("VmRSS");
    people.create(&Actor::console(), new, &secret(), 0).unwrap();
    for _ in 0..3 {
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let (people, secret) = (Arc::clone(&people), secret());
                std::thread::spawn(move || {
                    let from = Origin {
                        address: "192.0.2.1".parse().unwrap(),
                        agent: "Browser/1".to_owned(),
                    };
                    people.login("ann", &secret, &from, 0).unwrap();
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
    let peak = figure("VmHWM") - before;
    let left = figure("VmRSS").saturating_sub(before);
    assert!(peak >= 8 * MIB, "a hash takes 8 MiB; the peak grew by {peak} bytes");
    assert!(peak < 14 * MIB, "two hashes ran at once; the peak grew by {peak} bytes");
    assert!(left < 3 * MIB, "{left} bytes stayed after ten hashes");
}
