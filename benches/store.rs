//! The store alone: a log is folded in memory, and only commits are timed.
//! Prints the cost of a call in bytes of database, in bytes written and in
//! time, and where the bytes lie.
//!
//! `cargo bench --bench store [LINES]`

mod bench;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use switchroom::base::UnixSec;
use switchroom::input::queue_log::{Options, Parsed, parse, record_hash};
use switchroom::model::totals::{AgentCell, QueueCell, Step};
use switchroom::model::{Change, Fold};
use switchroom::store::{
    Batch, NumberPattern, Order, Position, Settings, StintFilter, Store, Synchronous,
};

/// A million visits to queues.
const LINES: u64 = 3_300_000;
/// Records of one batch of an import.
const RECORDS: usize = 12_000;
/// Calls of the runs that measure what a commit writes.
const PACED_CALLS: usize = 7_000;

fn main() -> ExitCode {
    let lines = bench::numbers_or(&[LINES])[0];
    let (log, _) = bench::log_of(lines);
    import(&log);
    for (name, synchronous) in [("full", Synchronous::Full), ("normal", Synchronous::Normal)] {
        for every in [1, 60] {
            paced(&log, name, synchronous, every);
        }
    }
    ExitCode::SUCCESS
}

fn settings() -> Settings {
    Settings { synchronous: Synchronous::Normal, ..Settings::default() }
}

/// A log on its way into batches.
struct Maker {
    fold: Fold,
    options: Options,
    batch: Batch,
    offset: u64,
    calls: u64,
}

impl Maker {
    fn new() -> Self {
        let fold = Fold::new(switchroom::model::Settings::default());
        Maker { fold, options: Options::default(), batch: Batch::default(), offset: 0, calls: 0 }
    }

    fn line(&mut self, line: &[u8]) {
        self.offset += line.len() as u64 + 1;
        if let Parsed::Event(event) = parse(line, &self.options) {
            self.batch.seen.push((event.time, record_hash(line)));
            let before = self.batch.changes.len();
            self.fold.apply(&event, &mut self.batch.changes);
            let closed = |change: &Change| matches!(change, Change::Stint(_));
            let new = self.batch.changes[before..].iter().filter(|change| closed(change)).count();
            self.calls += new as u64;
        }
    }

    fn take(&mut self) -> Batch {
        self.batch.state = self.fold.take_state();
        self.batch.counters = vec![("lines".into(), self.batch.seen.len() as u64)];
        self.batch.position = Some(Position {
            device: 2049,
            inode: 123_456,
            fingerprint: 0x0123_4567_89ab_cdef,
            fingerprint_len: 256,
            offset: self.offset,
            last: self.fold.newest(),
        });
        std::mem::take(&mut self.batch)
    }
}

fn import(log: &Path) {
    let folder = bench::fresh("store");
    let (store, _) = Store::open(&folder, settings()).expect("a new database");
    let text = fs::read(log).expect("the log");
    let mut maker = Maker::new();
    let mut spent = Duration::ZERO;
    let mut commit = |maker: &mut Maker| {
        let batch = maker.take();
        let begin = Instant::now();
        store.commit(&batch).expect("a commit");
        spent += begin.elapsed();
    };
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        maker.line(line);
        if maker.batch.seen.len() >= RECORDS {
            commit(&mut maker);
        }
    }
    commit(&mut maker);
    drop(text);
    let calls = maker.calls;
    println!(
        "import: {calls} calls committed in {:.2} s, {:.0} a second",
        spent.as_secs_f64(),
        calls as f64 / spent.as_secs_f64()
    );
    sizes(&store, calls);
    drop(store);
    let begin = Instant::now();
    let (store, _) = Store::open(&folder, settings()).expect("the database");
    println!("open and load: {:.1} ms", begin.elapsed().as_secs_f64() * 1e3);
    questions(&store);
    let begin = Instant::now();
    let findings = store.check().expect("a check");
    println!(
        "check: {} calls, {} days recounted, {} findings in {:.1} s",
        findings.stints,
        findings.days,
        findings.total,
        begin.elapsed().as_secs_f64()
    );
    assert_eq!(findings.total, 0, "{:?}", findings.findings.first());
}

fn sizes(store: &Store, calls: u64) {
    let bytes = store.query(|reader| reader.sizes()).expect("sizes").file_bytes;
    println!("database: {bytes} bytes, {:.1} per call", bytes as f64 / calls as f64);
    let tables = store.read(|db| {
        let mut statement = db.prepare(
            "select name, sum(pgsize), sum(unused), sum(ncell) from dbstat
             group by name order by 2 desc limit 12",
        )?;
        let rows = statement.query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, i64>(3)?,
            ))
        })?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    });
    for (name, bytes, unused, cells) in tables.expect("the sizes of tables") {
        println!(
            "  {name:<20} {bytes:>10} bytes, {:>5.1} per call, {:>4.1} % unused, {cells} cells",
            bytes as f64 / calls as f64,
            100.0 * unused as f64 / bytes as f64
        );
    }
}

/// Time of the median of five runs, in milliseconds.
fn median(mut run: impl FnMut() -> usize) -> (f64, usize) {
    let mut times = Vec::new();
    let mut count = 0;
    for _ in 0..5 {
        let begin = Instant::now();
        count = run();
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    (times[2], count)
}

fn questions(store: &Store) {
    let (first, last) =
        store.query(|reader| reader.stint_range()).expect("a range").expect("there are calls");
    let year = first..first + 365 * 86_400;
    let (ms, cells) = median(|| {
        let (mut sum, mut cells) = (QueueCell::default(), 0);
        let done = store.query(|reader| {
            reader.for_each_queue_cell(Step::Quarter, year.clone(), |_, packed| {
                cells += 1;
                sum.merge_packed(packed).map_err(|_| bad())
            })
        });
        done.expect("queue totals");
        cells
    });
    println!("a year of queue totals, merged into one: {cells} cells in {ms:.1} ms");
    let (ms, cells) = median(|| {
        let (mut session, mut cells) = (0u64, 0);
        let done = store.query(|reader| {
            reader.for_each_agent_cell(Step::Quarter, year.clone(), |_, packed| {
                cells += 1;
                session += u64::from(AgentCell::unpack(packed).map_err(|_| bad())?.session);
                Ok(())
            })
        });
        done.expect("agent totals");
        assert!(session > 0);
        cells
    });
    println!("a year of agent totals: {cells} cells in {ms:.1} ms");
    let (ms, cells) = median(|| {
        let mut cells = 0;
        let done = store.query(|reader| {
            reader.for_each_agent_queue_cell(Step::Quarter, year.clone(), |_, packed| {
                cells += packed.len();
                Ok(())
            })
        });
        done.expect("totals of agents by queue");
        cells
    });
    println!("a year of totals of agents by queue, passed over: {cells} bytes in {ms:.1} ms");
    let page = |filter: &StintFilter, period: std::ops::Range<UnixSec>| {
        let mut calls = Vec::new();
        let done = store.query(|reader| {
            reader.for_each_stint(period.clone(), filter, Order::NewestFirst, |_, stint| {
                calls.push(stint);
                Ok(if calls.len() < 100 {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                })
            })
        });
        done.expect("calls");
        calls.len()
    };
    let (ms, calls) = median(|| page(&StintFilter::default(), first..last + 1));
    println!("a page of {calls} calls, newest first: {ms:.2} ms");
    let one = StintFilter { agents: vec![3], queues: vec![2], ..StintFilter::default() };
    let (ms, calls) = median(|| page(&one, first..last + 1));
    println!("a page of {calls} calls of one agent on one queue: {ms:.2} ms");
    let nobody =
        StintFilter { number: Some(NumberPattern::new("0000000")), ..StintFilter::default() };
    let (ms, _) = median(|| page(&nobody, first..last + 1));
    println!("a number nobody has, all calls looked at: {ms:.0} ms");
}

fn bad() -> switchroom::base::Error {
    switchroom::base::Error::new(switchroom::base::Kind::Damaged, "a total can't be read")
}

/// What the process has had written to storage.
fn written() -> u64 {
    let io = fs::read_to_string("/proc/self/io").expect("/proc/self/io");
    let line = io.lines().find(|line| line.starts_with("write_bytes:")).expect("write_bytes");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number")
}

/// One call a second, committed each `every` seconds: a commit takes the
/// records of so many calls.
fn paced(log: &Path, name: &str, synchronous: Synchronous, every: usize) {
    let folder = bench::fresh("store-paced");
    let settings = Settings { synchronous, ..Settings::default() };
    let (store, _) = Store::open(&folder, settings).expect("a new database");
    let text = fs::read(log).expect("the log");
    let mut maker = Maker::new();
    let before = written();
    let (mut commits, mut committed) = (0u64, 0);
    let begin = Instant::now();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        maker.line(line);
        if maker.calls >= committed + every as u64 {
            committed = maker.calls;
            store.commit(&maker.take()).expect("a commit");
            commits += 1;
        }
        if committed as usize >= PACED_CALLS {
            break;
        }
    }
    let took = begin.elapsed();
    // The checkpoint at the end belongs to the price.
    drop(store);
    let bytes = written() - before;
    println!(
        "synchronous {name}, a commit each {every} s: {:.0} bytes written per call ({commits} commits, {:.2} ms each)",
        bytes as f64 / committed as f64,
        took.as_secs_f64() * 1e3 / commits as f64
    );
}
