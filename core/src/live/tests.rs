use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::board::{AgentRow, AgentTally, Board, Member, QueueRow, Talk, Tally};
use super::class::{self, Class, Device};
use super::phones::{Phone, Phones, Ring};
use super::view::{Agent, AgentState, Call, CallState, Flow, Queue, Snapshot};
use super::*;
use crate::base::CallId;
use crate::event::manager::DeviceState;
use crate::model::{
    Attempt, AttemptResult, Cause, Change, Direction, EndCause, LastCall, Membership, Names, Open,
    OpenStint, Pause, Quality, Session, Stint, StintState,
};

fn stint(queue: u32, enter: i64, seq: u32) -> Stint {
    Stint {
        position: Some(1),
        number: "5551".into(),
        ..Stint::begun(CallId::Usual { epoch: 1000, seq }, queue, enter)
    }
}

fn waiting(queue: u32, enter: i64, seq: u32) -> OpenStint {
    let stint = stint(queue, enter, seq);
    OpenStint {
        stint,
        state: StintState::Waiting,
        connected: None,
        hold_since: None,
        last_tried: None,
    }
}

fn talking(queue: u32, enter: i64, seq: u32, agent: u32) -> OpenStint {
    let mut open = waiting(queue, enter, seq);
    open.stint.agent = Some(agent);
    open.stint.answered = true;
    open.stint.wait = Some(5);
    open.state = StintState::Talking;
    open.connected = Some(enter + 5);
    open
}

fn membership(agent: u32, queue: u32, start: i64) -> Membership {
    let (cause, quality) = (EndCause::Open, Quality::default());
    Membership { agent, queue, start, end: start, cause, quality }
}

fn pause(agent: u32, queue: Option<u32>, start: i64, end: i64) -> Pause {
    let (cause, quality) = (EndCause::Open, Quality::default());
    Pause { agent, queue, start, end, code: None, cause, quality }
}

/// An office with the queues sales = 1 and support = 2 and the agents 1…4.
struct Office {
    open: Open,
    names: Names,
    today: Today,
    phones: Phones,
    settings: Settings,
}

impl Office {
    fn new() -> Self {
        let mut names = Names::default();
        names.queue("sales");
        names.queue("support");
        for agent in ["ann", "bob", "cid", "dan"] {
            names.agent(agent);
        }
        let settings = Settings::default();
        let today = Today::new(&settings, 100_000);
        Office { open: Open::default(), names, today, phones: Phones::default(), settings }
    }

    fn board(&self, now: i64) -> Board {
        let Office { open, names, today, phones, settings } = self;
        look(Sight { open, names, today, phones, settings }, now)
    }

    fn snapshot(&self, now: i64, scope: &Scope) -> Snapshot {
        self.board(now).snapshot(1, now, source(), Link::default(), scope)
    }
}

fn source() -> Source {
    Source {
        state: SourceState::Following,
        path: "queue_log".to_owned(),
        last_record: None,
        last_read: 0,
        detail: None,
    }
}

fn agent<'a>(snapshot: &'a Snapshot, name: &str) -> &'a Agent {
    snapshot.agents.iter().find(|agent| agent.name == name).unwrap()
}

fn queue<'a>(snapshot: &'a Snapshot, name: &str) -> &'a Queue {
    snapshot.queues.iter().find(|queue| queue.name == name).unwrap()
}

#[test]
fn waiting_and_talking_are_seen_from_the_log_alone() {
    let mut office = Office::new();
    office.open.stints =
        vec![waiting(1, 100_100, 1), waiting(1, 100_050, 2), talking(1, 100_000, 3, 1)];
    office.open.memberships =
        vec![membership(1, 1, 99_000), membership(1, 2, 99_000), membership(2, 1, 99_500)];
    let all = office.snapshot(100_200, &Scope::all());
    let sales = queue(&all, "sales");
    assert_eq!((sales.waiting, sales.longest_since), (2, Some(100_050)));
    assert_eq!((sales.agents, sales.talking, sales.ready, sales.ringing), (2, 1, 1, 0));
    assert_eq!((sales.talking_in, sales.unknown), (1, 0));
    let support = queue(&all, "support");
    assert_eq!((support.agents, support.elsewhere), (1, 1));
    // Ann is on two queues and counts once.
    assert_eq!((all.total.agents, all.total.talking, all.total.ready), (2, 1, 1));
    assert_eq!(
        (agent(&all, "ann").state, agent(&all, "ann").since),
        (AgentState::Talking, 100_005)
    );
    assert_eq!((agent(&all, "bob").state, agent(&all, "bob").since), (AgentState::Ready, 99_500));
    let states: Vec<_> = all.calls.iter().map(|call| (call.state, call.entered)).collect();
    assert_eq!(
        states,
        [
            (CallState::Waiting, 100_050),
            (CallState::Waiting, 100_100),
            (CallState::Talking, 100_000)
        ]
    );
}

#[test]
fn whoever_talks_without_being_a_member_is_unknown_to_the_queue() {
    let mut office = Office::new();
    office.open.stints = vec![talking(1, 100_000, 3, 3)];
    let all = office.snapshot(100_200, &Scope::all());
    let sales = queue(&all, "sales");
    assert_eq!((sales.agents, sales.talking, sales.unknown, sales.talking_in), (0, 0, 1, 1));
}

#[test]
fn a_viewer_of_one_queue_learns_nothing_of_the_other() {
    let mut office = Office::new();
    office.open.stints = vec![talking(2, 100_000, 3, 1), waiting(2, 100_100, 4)];
    office.open.memberships =
        vec![membership(1, 1, 99_000), membership(1, 2, 99_000), membership(2, 2, 99_000)];
    office.open.last_calls = vec![LastCall {
        agent: 1,
        end: 99_900,
        queue: 2,
        direction: Direction::Inbound,
        number: "5".into(),
        wait: None,
        talk: None,
    }];
    let seen = office.snapshot(100_200, &Scope::only(["sales".to_owned()]));
    assert_eq!(seen.queues.len(), 1);
    assert!(seen.calls.is_empty());
    assert_eq!(seen.agents.len(), 1, "bob is on no queue of the viewer");
    let ann = agent(&seen, "ann");
    // That she talks is seen, with whom and where is not.
    assert_eq!(
        (ann.state, ann.queues.as_slice()),
        (AgentState::Talking, &["sales".to_owned()][..])
    );
    assert_eq!((&ann.caller, &ann.call_queue, &ann.last_queue), (&None, &None, &None));
    assert_eq!((seen.total.waiting, seen.total.elsewhere), (0, 1));
    let nothing = office.snapshot(100_200, &Scope::only([]));
    assert!(nothing.queues.is_empty() && nothing.agents.is_empty() && nothing.total.agents == 0);
}

#[test]
fn a_pause_on_some_queues_is_partial() {
    let mut office = Office::new();
    office.open.memberships = vec![membership(1, 1, 99_000), membership(1, 2, 99_000)];
    office.open.pauses = vec![pause(1, Some(1), 99_500, 99_500)];
    let partly = office.snapshot(100_000, &Scope::all());
    assert_eq!((queue(&partly, "sales").paused, queue(&partly, "support").ready), (1, 1));
    assert_eq!(partly.total.ready, 1);
    assert_eq!(agent(&partly, "ann").state, AgentState::Ready);
    assert_eq!(agent(&partly, "ann").paused_queues, ["sales"]);
    office.open.pauses.push(pause(1, Some(2), 99_600, 99_600));
    office.open.pauses.push(pause(1, None, 99_600, 99_600));
    let whole = office.snapshot(100_000, &Scope::all());
    assert_eq!((whole.total.paused, agent(&whole, "ann").since), (1, 99_600));
}

#[test]
fn a_rest_after_a_conversation_ends_by_itself() {
    let mut office = Office::new();
    office.settings.queue.wrapup = 30;
    office.open.memberships = vec![membership(1, 1, 99_000)];
    office.open.last_calls = vec![LastCall {
        agent: 1,
        end: 100_000,
        queue: 1,
        direction: Direction::Inbound,
        number: "5".into(),
        wait: None,
        talk: None,
    }];
    let resting = office.snapshot(100_029, &Scope::all());
    assert_eq!((resting.total.wrapup, agent(&resting, "ann").state), (1, AgentState::WrapUp));
    let ready = office.snapshot(100_030, &Scope::all());
    assert_eq!((ready.total.ready, agent(&ready, "ann").since), (1, 100_000));
}

#[test]
fn telephones_tell_what_the_log_does_not() {
    let mut office = Office::new();
    office.open.stints = vec![waiting(1, 100_000, 1)];
    office.open.memberships = vec![membership(1, 1, 99_000), membership(2, 1, 99_000)];
    let call = Some(CallId::Usual { epoch: 1000, seq: 1 });
    office.phones.rings.push(Ring { agent: "ann".into(), call, since: 100_010 });
    office.phones.devices.insert(
        "bob".into(),
        Phone {
            device: "PJSIP/202".into(),
            extension: Some("202".into()),
            state: DeviceState::Unavailable,
            since: 99_990,
        },
    );
    let all = office.snapshot(100_020, &Scope::all());
    assert_eq!((all.total.ringing, all.total.unavailable, all.total.ready), (1, 1, 0));
    assert_eq!(all.calls[0].state, CallState::Ringing);
    assert_eq!(all.calls[0].agent.as_deref(), Some("ann"));
    assert_eq!(all.total.waiting, 1);
}

fn ended(queue: u32, enter: i64, seq: u32, answered: Option<(u32, i64)>, wait: i64) -> Stint {
    let mut one = stint(queue, enter, seq);
    one.wait = Some(wait);
    one.cause = Cause::Abandon;
    if let Some((agent, talk)) = answered {
        (one.answered, one.agent, one.talk, one.cause) =
            (true, Some(agent), Some(talk), Cause::Caller);
    }
    let at = enter + 1;
    one.attempts =
        vec![Attempt { at, agent: 2, ring_ms: Some(1), result: AttemptResult::NoAnswer }];
    one
}

#[test]
fn todays_figures_follow_facts_and_corrections() {
    let mut office = Office::new();
    let Office { names, settings, today, .. } = &mut office;
    let mut take = |change: &Change| today.apply(change, names, settings);
    let long = ended(1, 100_100, 2, Some((1, 60)), 30);
    take(&Change::Stint(Arc::new(ended(1, 100_000, 1, Some((1, 100)), 10))));
    take(&Change::Stint(Arc::new(long.clone())));
    take(&Change::Stint(Arc::new(ended(1, 100_200, 3, None, 50))));
    // Yesterday's and refused ones do not count.
    take(&Change::Stint(Arc::new(ended(1, 80_000, 4, None, 50))));
    let mut refused = ended(1, 100_300, 5, None, 0);
    refused.cause = Cause::Refused;
    take(&Change::Stint(Arc::new(refused)));
    let sales = office.snapshot(100_400, &Scope::all()).queues[0].clone();
    assert_eq!((sales.offered, sales.answered, sales.lost), (3, 2, 1));
    assert_eq!((sales.avg_wait, sales.avg_talk), (Some(30.0), Some(80.0)));
    assert_eq!((sales.total_talk, sales.max_wait), (160, Some(50)));
    assert!((sales.within_sla.unwrap() - 100.0 / 3.0).abs() < 1e-9);
    assert_eq!(sales.estimated_wait, None, "nobody waits");

    let mut corrected = long.clone();
    corrected.talk = Some(80);
    corrected.wait = Some(51);
    let change = Change::StintReplaced { old: Arc::new(long), new: Arc::new(corrected) };
    let Office { names, settings, today, .. } = &mut office;
    today.apply(&change, names, settings);
    office.open.stints = vec![waiting(1, 100_300, 9)];
    let sales = office.snapshot(100_400, &Scope::all()).queues[0].clone();
    assert_eq!((sales.total_talk, sales.max_wait), (180, Some(51)));
    // One waits, the last three conversations took 100, 60 and, corrected, 80.
    assert_eq!(sales.estimated_wait, Some(80.0));
    assert_eq!(office.today.agent(1), AgentTally { taken: 2, talk: 180, ..AgentTally::default() });
    assert_eq!(office.today.agent(2).lost_attempts, 3);
}

#[test]
fn a_new_day_starts_at_nought() {
    let mut office = Office::new();
    let Office { names, settings, today, .. } = &mut office;
    today.add(&ended(1, 100_000, 1, Some((1, 100)), 10), names, settings);
    today.add_pause(&pause(1, None, 86_000, 86_500));
    assert_eq!(today.agent(1).pause, 100, "only what lies in the day");
    today.add_pause(&pause(1, None, 172_700, 172_850));
    today.tick(settings, 172_799);
    assert_eq!((today.agent(1).pause, today.queue(1).answered), (250, 1));
    today.tick(settings, 172_800);
    assert_eq!((today.start(), today.queue(1).answered, today.agent(1).pause), (172_800, 0, 50));
}

#[test]
fn a_viewer_that_slept_gets_one_difference_and_one_that_slept_too_long_begins_anew() {
    let hub = Hub::new(1, "queue_log");
    let mut office = Office::new();
    let mut woken = hub.subscribe();
    let first = hub.snapshot(1, &Scope::all()).seq;
    for n in 0..3 {
        office.open.stints.push(waiting(1, 100_000, n));
        hub.publish(office.board(100_000));
        hub.publish(office.board(100_000));
    }
    assert!(woken.has_changed().unwrap());
    assert_eq!(*woken.borrow_and_update(), first + 3, "equal boards are not new");
    match hub.after(first, 2, &Scope::all()) {
        // The empty board of the start has another window.
        Resume::Anew(snapshot) => assert_eq!(snapshot.calls.len(), 3),
        Resume::Change(_) => panic!("the window moved"),
    }
    match hub.after(first + 1, 2, &Scope::all()) {
        Resume::Change(change) => assert_eq!((change.calls.len(), change.seq), (2, first + 3)),
        Resume::Anew(_) => panic!("the board is still known"),
    }
    for n in 3..100 {
        office.open.stints.push(waiting(1, 100_000, n));
        hub.publish(office.board(100_000));
    }
    assert!(matches!(hub.after(first + 1, 2, &Scope::all()), Resume::Anew(_)));
}

#[test]
fn the_state_of_the_source_wakes_and_its_moments_do_not() {
    let hub = Hub::new(1, "queue_log");
    let before = *hub.subscribe().borrow();
    hub.report(source());
    let followed = *hub.subscribe().borrow();
    assert_eq!(followed, before + 1);
    hub.report(Source { last_read: 99, ..source() });
    assert_eq!(*hub.subscribe().borrow(), followed);
    assert_eq!(hub.source().last_read, 99);
    match hub.after(before, 2, &Scope::all()) {
        Resume::Change(change) => assert_eq!(change.source.unwrap().last_read, 99),
        Resume::Anew(_) => panic!("the board is still known"),
    }
}

// ---- laws ----

const QUEUES: [&str; 3] = ["a", "b", "c"];

fn any_agent() -> impl Strategy<Value = AgentRow> {
    let member = prop::option::of(any::<bool>());
    let talk = prop::option::of((0..3_usize, any::<bool>(), any::<bool>()));
    let device = prop::option::of(prop::sample::select(vec![Device::InUse, Device::Unavailable]));
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), prop::bool::weighted(0.1));
    (prop::array::uniform3(member), talk, device, flags, 0..3_u32).prop_map(
        |(members, talk, device, (ringing, paused, rest, everywhere), taken)| AgentRow {
            memberships: members
                .iter()
                .zip(QUEUES)
                .filter_map(|(paused, queue)| {
                    paused.map(|paused| Member { queue: queue.to_owned(), paused })
                })
                .collect(),
            talks: talk
                .map(|(queue, hold, out)| Talk {
                    queue: QUEUES[queue].to_owned(),
                    flow: if out { Flow::Out } else { Flow::In },
                    hold,
                    since: 5,
                    number: String::new(),
                    name: String::new(),
                })
                .into_iter()
                .collect(),
            ringing_since: ringing.then_some(7),
            paused_since: paused.then_some(8),
            wrapup_until: rest.then_some(9),
            device,
            everywhere,
            today: AgentTally { taken, ..AgentTally::default() },
            ..AgentRow::default()
        },
    )
}

fn any_board() -> impl Strategy<Value = Board> {
    let agents = prop::collection::btree_map("[a-d]", any_agent(), 0..4);
    let queues = prop::collection::btree_map(prop::sample::select(QUEUES.to_vec()), 0..3_u32, 0..3);
    let calls = prop::collection::btree_map("[p-s]", (0..3_usize, 0..2_i64), 0..4);
    (agents, queues, calls).prop_map(|(agents, queues, calls)| Board {
        since: 0,
        queues: queues
            .into_iter()
            .map(|(name, lost)| {
                let tally = Tally { lost, ..Tally::default() };
                Arc::new(QueueRow { name: name.to_owned(), tally, ..QueueRow::default() })
            })
            .collect(),
        calls: calls
            .into_iter()
            .map(|(id, (queue, entered))| {
                Arc::new(Call {
                    // As in life the row's name holds the queue's.
                    id: format!("{id}/{queue}"),
                    call_id: id,
                    direction: Flow::In,
                    queue: QUEUES[queue].to_owned(),
                    number: String::new(),
                    name: String::new(),
                    entered,
                    state: CallState::Waiting,
                    since: entered,
                    wait: None,
                    agent: None,
                    position: None,
                    attempts: 0,
                    last_tried: None,
                    dnis: None,
                    ivr: None,
                    tag: None,
                })
            })
            .collect(),
        agents: agents.into_iter().map(|(name, row)| Arc::new(AgentRow { name, ..row })).collect(),
    })
}

fn any_scope() -> impl Strategy<Value = Scope> {
    let only = prop::collection::btree_set(prop::sample::select(QUEUES.to_vec()), 0..3)
        .prop_map(|queues| Scope::only(queues.into_iter().map(str::to_owned)));
    prop_oneof![Just(Scope::all()), only]
}

fn sum_of_classes(row: &Queue) -> u32 {
    row.ready
        + row.ringing
        + row.talking
        + row.elsewhere
        + row.wrapup
        + row.paused
        + row.in_use
        + row.unavailable
}

/// What a browser does with a difference.
fn patch(old: &Snapshot, difference: &Difference) -> Snapshot {
    fn rows<T: Clone>(old: &[T], new: &[T], gone: &[String], name: fn(&T) -> &String) -> Vec<T> {
        let mut rows: BTreeMap<String, T> =
            old.iter().map(|row| (name(row).clone(), row.clone())).collect();
        rows.retain(|name, _| !gone.contains(name));
        rows.extend(new.iter().map(|row| (name(row).clone(), row.clone())));
        rows.into_values().collect()
    }
    let mut calls = rows(&old.calls, &difference.calls, &difference.calls_gone, |row| &row.id);
    calls.sort_by(|a, b| (a.state, a.entered, &a.id).cmp(&(b.state, b.entered, &b.id)));
    Snapshot {
        seq: difference.seq,
        now: difference.now,
        since: old.since,
        source: old.source.clone(),
        ami: old.ami.clone(),
        total: difference.total.clone().unwrap_or_else(|| old.total.clone()),
        queues: rows(&old.queues, &difference.queues, &difference.queues_gone, |row| &row.name),
        calls,
        agents: rows(&old.agents, &difference.agents, &difference.agents_gone, |row| &row.name),
    }
}

proptest! {
    #[test]
    fn each_member_is_in_exactly_one_class(board in any_board(), scope in any_scope()) {
        let snapshot = board.snapshot(1, 0, source(), Link::default(), &scope);
        for row in snapshot.queues.iter().chain([&snapshot.total]) {
            prop_assert_eq!(sum_of_classes(row), row.agents);
        }
        for row in &snapshot.queues {
            let members = board
                .agents
                .iter()
                .filter(|agent| {
                    agent.everywhere || agent.memberships.iter().any(|one| one.queue == row.name)
                })
                .count();
            prop_assert_eq!(row.agents as usize, members);
        }
    }

    #[test]
    fn a_state_agrees_with_the_class_of_the_whole(agent in any_agent()) {
        let Some(class) = class::class(&agent, |_| true) else { return Ok(()) };
        let expected = match class::state(&agent).0 {
            AgentState::Talking | AgentState::Hold => Class::Talking,
            AgentState::Ringing => Class::Ringing,
            // Someone logged on everywhere is not paused by the pauses on
            // single queues.
            AgentState::Paused if agent.everywhere && agent.paused_since.is_none() => return Ok(()),
            AgentState::Paused => Class::Paused,
            AgentState::WrapUp => Class::WrapUp,
            AgentState::InUse => Class::InUse,
            AgentState::Unavailable => Class::Unavailable,
            AgentState::Ready => Class::Ready,
        };
        // Paused on every single queue shows since when only if that is known.
        if class == Class::Paused && agent.paused_since.is_none() {
            return Ok(());
        }
        prop_assert_eq!(class, expected);
    }

    #[test]
    fn a_difference_makes_the_new_picture_of_the_old(
        old in any_board(),
        new in any_board(),
        scope in any_scope(),
        shared in any::<bool>(),
    ) {
        let mut new = new;
        if shared {
            new.share(&old);
        }
        let before = old.snapshot(1, 10, source(), Link::default(), &scope);
        let after = new.snapshot(2, 20, source(), Link::default(), &scope);
        let difference = new.changed_since(&old, 2, 20, &scope);
        prop_assert_eq!(patch(&before, &difference), after);
        let nothing = new.changed_since(&new.clone(), 2, 20, &scope);
        prop_assert!(nothing.is_empty());
    }

    #[test]
    fn corrections_leave_what_counting_anew_gives(
        figures in prop::collection::vec((1..3_u32, 0..50_i64, prop::option::of((1..3_u32, 1..90_i64))), 1..8),
        corrected in prop::collection::vec((0..8_usize, 0..50_i64), 0..5),
    ) {
        let (names, settings) = (Office::new().names, Settings::default());
        let mut today = Today::new(&settings, 100_000);
        let mut stints: Vec<Stint> = figures
            .iter()
            .zip(0..)
            .map(|((queue, wait, answered), n)| ended(*queue, 100_000 + i64::from(n), n, *answered, *wait))
            .collect();
        for stint in &stints {
            today.apply(&Change::Stint(Arc::new(stint.clone())), &names, &settings);
        }
        for (place, wait) in corrected {
            let place = place % stints.len();
            let mut new = stints[place].clone();
            new.wait = Some(wait);
            let old = Arc::new(std::mem::replace(&mut stints[place], new.clone()));
            today.apply(&Change::StintReplaced { old, new: Arc::new(new) }, &names, &settings);
        }
        let mut anew = Today::new(&settings, 100_000);
        for stint in &stints {
            anew.add(stint, &names, &settings);
        }
        for queue in 1..3 {
            let (one, two) = (today.queue(queue), anew.queue(queue));
            prop_assert_eq!((one.answered, one.lost, one.within), (two.answered, two.lost, two.within));
            prop_assert_eq!((one.wait_sum, one.waits, one.max_wait), (two.wait_sum, two.waits, two.max_wait));
            prop_assert_eq!((one.talk_sum, one.talks), (two.talk_sum, two.talks));
        }
        for agent in 1..3 {
            prop_assert_eq!(today.agent(agent), anew.agent(agent));
        }
    }
}

#[test]
fn a_session_without_queues_counts_on_all_of_them() {
    let mut office = Office::new();
    let session = Session {
        agent: 4,
        start: 99_000,
        end: 99_000,
        extension: None,
        cause: EndCause::Open,
        quality: Quality::default(),
    };
    office.open.sessions = vec![session];
    office.open.everywhere = vec![4];
    office.open.stints = vec![waiting(1, 100_000, 1), waiting(2, 100_000, 2)];
    let seen = office.snapshot(100_200, &Scope::only(["support".to_owned()]));
    assert_eq!((seen.total.ready, agent(&seen, "dan").logged_on), (1, Some(99_000)));
}
