//! A portal on a socket of its own, with real people, a real database, a real
//! hub, and an office that says what the test wants.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use switchroom::base::{Error, Kind, Result, Secs, UnixSec};
use switchroom::live;
use switchroom::people::{Actor, Language, Lifetime, NewAccount, People, Role, Secret};
use switchroom::portal::wire::system::{
    Backup, Counts, DatabaseHealth, Health, LogHealth, Memory, Open,
};
use switchroom::portal::{App, Archive, Limits, NewsRoom, Office, Settings, Switchboard, serve};
use switchroom::store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::archive::Shelf;
use crate::board::Board;
use crate::client::Client;

pub const NOW: UnixSec = 1_795_000_000;
pub const PASSWORD: &str = "a good password";

/// What the daemon would tell and do.
#[derive(Default)]
pub struct Desk {
    pub trouble: Mutex<Option<String>>,
    pub closed: Mutex<Vec<(String, Option<Secs>)>>,
    pub backups: Mutex<Vec<Backup>>,
}

impl Office for Desk {
    fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap().clone()
    }

    fn health(&self, now: UnixSec) -> Result<Health> {
        Ok(Health {
            now,
            started: NOW - 60,
            version: "1".to_owned(),
            log: LogHealth {
                state: live::SourceState::Following,
                path: "/run/queue_log".to_owned(),
                last_record: Some(NOW - 5),
                last_read: NOW,
                detail: None,
                offset: Some(10),
                size: Some(10),
                inode: Some(7),
                file_age: Some(5),
            },
            counts: Counts {
                lines: 1,
                records: 1,
                unknown: 0,
                malformed: 0,
                duplicates: 0,
                too_old: 0,
                ignored: [("duplicate entry".to_owned(), 2)].into(),
            },
            unknown: Vec::new(),
            malformed: Vec::new(),
            unknown_verbs: [("HELLO".to_owned(), 3)].into(),
            database: DatabaseHealth {
                path: "/var/lib/switchroom/switchroom.db".to_owned(),
                bytes: 4096,
                wal_bytes: 0,
                stints: 0,
                oldest: None,
                newest: None,
                last_commit: Some(NOW),
                last_backup: None,
                written_today: 0,
                detail_days: 400,
                damaged: None,
            },
            memory: Memory { rss: 5_000_000 },
            open: Open { calls: 1, sessions: 2, pauses: 0 },
            live_streams: 0,
            ami: None,
            tracker: None,
        })
    }

    fn close_by_hand(&self, id: &str, talk: Option<Secs>, _now: UnixSec) -> Result<()> {
        if id.contains("gone") {
            return Err(Error::new(Kind::NotFound, "this call is not open"));
        }
        self.closed.lock().unwrap().push((id.to_owned(), talk));
        Ok(())
    }

    fn backups(&self) -> Result<Vec<Backup>> {
        Ok(self.backups.lock().unwrap().clone())
    }

    fn backup(&self, now: UnixSec) -> Result<Backup> {
        let backup = Backup { name: format!("backup-{now}"), at: now, bytes: 4096 };
        self.backups.lock().unwrap().push(backup.clone());
        Ok(backup)
    }
}

/// A running portal.
pub struct House {
    pub address: SocketAddr,
    pub people: Arc<People>,
    pub store: Store,
    pub hub: Arc<live::Hub>,
    pub desk: Arc<Desk>,
    pub board: Arc<Board>,
    pub shelf: Arc<Shelf>,
    pub news: Arc<NewsRoom>,
    pub clock: Arc<AtomicI64>,
    pub stop: watch::Sender<bool>,
    pub server: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

/// How a test wants its house.
#[derive(Default)]
pub struct Plan {
    pub settings: Settings,
    /// Without accounts: not claimed yet.
    pub empty: bool,
}

impl House {
    pub async fn build() -> Self {
        Self::planned(Plan::default()).await
    }

    pub async fn limited(limits: Limits) -> Self {
        let settings = Settings { limits, ..Settings::default() };
        Self::planned(Plan { settings, empty: false }).await
    }

    pub async fn planned(plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store(folder.path());
        let people = Arc::new(People::open(store.clone(), Lifetime::default()).unwrap());
        if !plan.empty {
            for role in Role::ALL {
                let new = NewAccount {
                    account: role.name().to_owned(),
                    name: role.name().to_uppercase(),
                    role,
                    language: Language::English,
                    agent: (role == Role::Agent).then(|| "Agent/101".to_owned()),
                    queues: None,
                };
                let password = Secret::new(PASSWORD.to_owned());
                people.create(&Actor::console(), new, &password, NOW).unwrap();
            }
        }
        let hub = Arc::new(live::Hub::new(NOW, "/run/queue_log"));
        let desk = Arc::new(Desk::default());
        let board = Arc::new(Board::new());
        let shelf = Arc::new(Shelf::new(store.clone(), folder.path()));
        let news = Arc::new(NewsRoom::new(NOW));
        let clock = Arc::new(AtomicI64::new(NOW));
        let time = Arc::clone(&clock);
        let (stop, stopped) = watch::channel(false);
        let app = App::new(
            Arc::clone(&people),
            store.clone(),
            Arc::clone(&hub),
            Arc::clone(&desk) as Arc<dyn Office>,
            Arc::new(move || time.load(Ordering::Relaxed)),
            plan.settings,
            stopped,
        )
        .with_switchboard(Arc::clone(&board) as Arc<dyn Switchboard>, Arc::clone(&news))
        .with_archive(Arc::clone(&shelf) as Arc<dyn Archive>);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(serve(listener, Arc::new(app)));
        House {
            address,
            store,
            people,
            hub,
            desk,
            board,
            shelf,
            news,
            clock,
            stop,
            server,
            _folder: folder,
        }
    }

    pub fn visitor(&self) -> Client {
        Client::new(self.address)
    }

    pub async fn inside(&self, role: Role) -> Client {
        let mut client = self.visitor();
        let answer = client.log_in(role.name(), PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        client
    }

    /// Limits what an account may see.
    pub async fn limit_queues(&self, account: &str, queues: &[&str]) {
        let root = self.inside(Role::Administrator).await;
        let body = json!({ "queues": queues });
        let path = format!("/api/v1/accounts/{account}");
        let answer = root.send("PATCH", &path, &[], Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}
