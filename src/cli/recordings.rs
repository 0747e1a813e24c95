//! `switchroom recordings`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::base::{Error, Kind, Result, UnixSec, Zone, time};
use crate::cli::{Place, out, table};
use crate::daemon::config::Config;
use crate::people::{Act, Actor, Lifetime, People};
use crate::recordings::{Erase, Filter, Held, Person, Recording, Recordings as Room};
use crate::store::Store;

/// Look after recordings of calls
///
/// Works while the daemon runs. Every change is an audit row.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    switchroom recordings list --call 1795132810.5\n  \
    switchroom recordings list --from 2026-11-20 --queue sales --json\n  \
    switchroom recordings hold --number 0612345678 --reason \"claim 4711\"\n  \
    switchroom recordings erase --number 0612345678 --reason \"request 17\" --dry-run")]
pub struct Recordings {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show recordings, newest first
    List(List),
    /// Seal what was kept plain for want of a key; the daemon does it
    Seal {
        #[command(flatten)]
        place: Place,
    },
    /// Keep recordings from being deleted, or show what is held
    Hold(Hold),
    /// End a hold
    Release {
        #[command(flatten)]
        place: Place,
        /// Number of the hold, as `hold` shows it
        hold: i64,
    },
    /// Delete all recordings of a person and keep a proof that names nobody
    ///
    /// What is held stays, and is told. Without --number and --agent the
    /// proofs so far are shown.
    Erase(EraseArgs),
    /// Compare the vault with its daily manifests and its rows
    ///
    /// Reads every sealed file. Exit code 1 when something is missing, changed,
    /// unknown, or a manifest was tampered with.
    Verify {
        #[command(flatten)]
        place: Place,
        /// Only look whether each file is there and has its size
        #[arg(long)]
        sizes: bool,
    },
    /// Show what the rules of retention would delete now
    Due {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    place: Place,
    /// Unique id of a call
    #[arg(long, value_name = "ID")]
    call: Option<String>,
    #[command(flatten)]
    when: When,
    /// Queue, as the log names it
    #[arg(long = "queue", value_name = "QUEUE")]
    queues: Vec<String>,
    /// Agent, as the log names them
    #[arg(long = "agent", value_name = "AGENT")]
    agents: Vec<String>,
    /// The other party's number; `*` at its begin or end stands for anything
    #[arg(long)]
    number: Option<String>,
    /// Only what is held
    #[arg(long)]
    held: bool,
    /// At most so many
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Debug, Args)]
struct When {
    /// First day, in the office's time: 2026-11-20
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Last day
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
}

#[derive(Debug, Args)]
struct Hold {
    #[command(flatten)]
    place: Place,
    /// Number of a recording, as `list` shows it
    #[arg(long, value_name = "N")]
    recording: Option<i64>,
    /// Unique id of a call
    #[arg(long, value_name = "ID")]
    call: Option<String>,
    /// The other party's number
    #[arg(long)]
    number: Option<String>,
    /// Agent, as the log names them
    #[arg(long)]
    agent: Option<String>,
    #[command(flatten)]
    when: When,
    /// Why; without a reason the holds are shown
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Debug, Args)]
struct EraseArgs {
    #[command(flatten)]
    place: Place,
    /// The other party's number; `*` at its begin or end stands for anything
    #[arg(long, conflicts_with = "agent")]
    number: Option<String>,
    /// Agent, as the log names them
    #[arg(long)]
    agent: Option<String>,
    #[command(flatten)]
    when: When,
    /// Why, for the proof; without a person's name
    #[arg(long, default_value = "")]
    reason: String,
    /// Show what would go, and delete nothing
    #[arg(long)]
    dry_run: bool,
}

/// What all verbs work on.
struct House {
    room: Room,
    people: People,
    zone: Zone,
    config: Config,
}

impl Recordings {
    pub fn act(self) -> Result<ExitCode> {
        let now = time::now();
        let mut stdout = std::io::stdout().lock();
        match self.verb {
            Verb::List(list) => return list.show(now),
            Verb::Seal { place } => {
                let house = House::open(&place)?;
                let count = house.room.seal_plain()?;
                house.note("recording.seal", "", Some(&count.to_string()), now)?;
                writeln!(stdout, "{count} recordings will be sealed when the daemon has a key")
            }
            Verb::Hold(hold) => return hold.act(now),
            Verb::Release { place, hold } => {
                let house = House::open(&place)?;
                house.room.release(hold, &Actor::console().account, now)?;
                house.note("recording.release", &hold.to_string(), None, now)?;
                writeln!(stdout, "hold {hold} is ended")
            }
            Verb::Erase(erase) => return erase.act(now),
            Verb::Verify { place, sizes } => return verify(&place, !sizes, now),
            Verb::Due { place } => {
                let house = House::open(&place)?;
                let rows = house.room.due(&house.config.recordings.rules(), 500, now)?;
                write!(stdout, "{}", house.table(&rows))
            }
        }
        .map_err(out)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn verify(place: &Place, hashes: bool, now: UnixSec) -> Result<ExitCode> {
    let house = House::open(place)?;
    let report = house.room.verify(&house.config.store.data.join("keys"), hashes, now)?;
    let mut stdout = std::io::stdout().lock();
    for (what, paths) in
        [("missing", &report.missing), ("changed", &report.changed), ("unknown", &report.extra)]
    {
        for path in &paths.named {
            writeln!(stdout, "{what}: {path}").map_err(out)?;
        }
    }
    for broken in &report.broken {
        writeln!(stdout, "manifest {}: {}", broken.name, broken.why).map_err(out)?;
    }
    let (good, days) = (report.good, report.days);
    let well = if report.is_good() { "all well" } else { "not well" };
    writeln!(
        stdout,
        "{well}: {good} recordings as they must be, {} missing, {} changed, {} unknown; {days} \
         manifests, {} faults in them",
        report.missing.count,
        report.changed.count,
        report.extra.count,
        report.broken.len()
    )
    .map_err(out)?;
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl House {
    fn open(place: &Place) -> Result<House> {
        let config = place.config()?;
        let zone = config.office.zone();
        let store = Store::open_beside(&config.store.data, config.store.settings(&zone))?;
        let people = People::open(store.clone(), Lifetime::default())?;
        let room = Room::new(store, config.recordings.folders(&config.store.data));
        Ok(House { room, people, zone, config })
    }

    fn note(&self, action: &str, object: &str, new: Option<&str>, now: UnixSec) -> Result<()> {
        self.people.note(&Actor::console(), &Act { action, object, old: None, new }, now)
    }

    fn table(&self, rows: &[Recording]) -> String {
        let head =
            ["number", "began", "seconds", "queue", "agent", "party", "call", "state", "held"];
        let given = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|one| {
                let began = self.zone.local(one.started()).strftime("%Y-%m-%d %H:%M:%S");
                vec![
                    one.id.to_string(),
                    began.to_string(),
                    one.duration_ms().map_or_else(|| "-".to_owned(), |ms| (ms / 1000).to_string()),
                    given(&one.queue),
                    given(&one.agent),
                    given(&one.number),
                    one.call.clone(),
                    one.state.name().to_owned(),
                    if one.held { "held" } else { "" }.to_owned(),
                ]
            })
            .collect();
        table::plain(&head.map(str::to_owned), &rows, &[2])
    }
}

impl When {
    /// From the begin of the first day to the end of the last.
    fn seconds(&self, zone: &Zone) -> Result<(Option<UnixSec>, Option<UnixSec>)> {
        let day = |text: &String, name: &str| {
            text.parse::<jiff::civil::Date>().map_err(|_| {
                Error::new(Kind::Invalid, format!("--{name}: give a day such as 2026-11-20"))
            })
        };
        let from = self.from.as_ref().map(|text| day(text, "from")).transpose()?;
        let to = self.to.as_ref().map(|text| day(text, "to")).transpose()?;
        let end = |day: jiff::civil::Date| day.tomorrow().unwrap_or(day);
        Ok((from.map(|day| zone.day_start(day)), to.map(|day| zone.day_start(end(day)))))
    }
}

impl List {
    fn show(self, now: UnixSec) -> Result<ExitCode> {
        let house = House::open(&self.place)?;
        let rows = match &self.call {
            Some(call) => house.room.of_call(call, now)?,
            None => {
                let (from, to) = self.when.seconds(&house.zone)?;
                let given = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
                let filter = Filter {
                    from,
                    to,
                    queues: given(&self.queues),
                    agents: given(&self.agents),
                    number: self.number.clone(),
                    held: self.held,
                    ..Filter::default()
                };
                house.room.list(&filter, self.limit, now)?.rows
            }
        };
        let mut stdout = std::io::stdout().lock();
        if !self.json {
            write!(stdout, "{}", house.table(&rows)).map_err(out)?;
            return Ok(ExitCode::SUCCESS);
        }
        for row in &rows {
            writeln!(stdout, "{}", house.json(row)?).map_err(out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl House {
    fn json(&self, one: &Recording) -> Result<serde_json::Value> {
        let path = self.room.folders().path_of(one)?;
        let hex =
            |bytes: &[u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Ok(serde_json::json!({
            "id": one.id,
            "call": one.call,
            "started": one.started(),
            "stopped": one.stopped,
            "duration_ms": one.duration_ms(),
            "queue": one.queue,
            "agent": one.agent,
            "number": one.number,
            "direction": one.direction.name(),
            "leg": one.leg.name(),
            "occasion": one.occasion.name(),
            "state": one.state.name(),
            "path": path.map(|path| path.display().to_string()),
            "size": one.size,
            "sha256": one.sha256.as_ref().map(hex),
            "sealed_sha256": one.sealed.as_ref().map(|sealed| hex(&sealed.sha256)),
            "keys": one.sealed.as_ref().map(|sealed| sealed.keys.clone()),
            "muted": one.muted,
            "on_hold": one.on_hold,
            "held": one.held,
            "note": one.note,
        }))
    }
}

impl Hold {
    fn act(self, now: UnixSec) -> Result<ExitCode> {
        let house = House::open(&self.place)?;
        let mut stdout = std::io::stdout().lock();
        let Some(reason) = self.reason else {
            let head = ["hold", "of", "reason", "by", "state"].map(str::to_owned);
            let rows: Vec<Vec<String>> = (house.room.holds()?.into_iter())
                .map(|hold| {
                    let state = if hold.in_force(now) { "in force" } else { "ended" };
                    vec![
                        hold.id.to_string(),
                        said(&hold.of),
                        hold.reason,
                        hold.author,
                        state.to_owned(),
                    ]
                })
                .collect();
            write!(stdout, "{}", table::plain(&head, &rows, &[])).map_err(out)?;
            return Ok(ExitCode::SUCCESS);
        };
        let (since, before) = self.when.seconds(&house.zone)?;
        let of = Held {
            recording: self.recording,
            call: self.call,
            number: self.number,
            agent: self.agent,
            since,
            before,
        };
        let what = said(&of);
        let hold = house.room.hold(of, &reason, None, &Actor::console().account, now)?;
        house.note("recording.hold", &hold.id.to_string(), Some(&what), now)?;
        writeln!(stdout, "hold {} keeps {what}", hold.id).map_err(out)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What a hold is on, in words.
fn said(of: &Held) -> String {
    let parts = [
        of.recording.map(|id| format!("recording {id}")),
        of.call.as_ref().map(|call| format!("call {call}")),
        of.number.as_ref().map(|number| format!("number {number}")),
        of.agent.as_ref().map(|agent| format!("agent {agent}")),
        of.since.map(|at| format!("from {}", time::timestamp(at))),
        of.before.map(|at| format!("before {}", time::timestamp(at))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl EraseArgs {
    fn act(self, now: UnixSec) -> Result<ExitCode> {
        let house = House::open(&self.place)?;
        let mut stdout = std::io::stdout().lock();
        let person = match (self.number, self.agent) {
            (Some(number), _) => Person::Number(number),
            (None, Some(agent)) => Person::Agent(agent),
            (None, None) => {
                for one in house.room.erasures()? {
                    let at = time::timestamp(one.at);
                    let (id, count, by, why) = (one.id, one.recordings, one.author, one.reason);
                    writeln!(stdout, "{id}  {at}  {count} recordings  {by}: {why}").map_err(out)?;
                }
                return Ok(ExitCode::SUCCESS);
            }
        };
        let (from, to) = self.when.seconds(&house.zone)?;
        let erase = Erase { person, from, to };
        if self.dry_run {
            let affected = house.room.affected(&erase, now)?;
            write!(stdout, "{}", house.table(&affected.taken)).map_err(out)?;
            let (taken, kept) = (affected.taken.len(), affected.kept.len());
            writeln!(stdout, "{taken} would go, {kept} are held or running and stay")
                .map_err(out)?;
            return Ok(ExitCode::SUCCESS);
        }
        let by = Actor::console().account;
        let (proof, affected) = house.room.erase(&erase, &self.reason, &by, now)?;
        let count = proof.recordings.to_string();
        house.note("recording.erase", &proof.id, Some(&count), now)?;
        writeln!(
            stdout,
            "{count} recordings erased, {} held or running stayed; proof {}",
            affected.kept.len(),
            proof.id
        )
        .map_err(out)?;
        if proof.failed > 0 {
            let text =
                format!("{} files could not be removed; it is tried again at night", proof.failed);
            return Err(Error::new(Kind::Unavailable, text));
        }
        Ok(ExitCode::SUCCESS)
    }
}
