//! Sessions, segments, memberships and pauses one by one, pause types, and
//! idle times (`metrics.md` 3.8).

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::base::order::Ordered as _;
use crate::base::{Result, Secs, UnixSec};
use crate::model::{AgentId, EndCause, Membership, QueueId, Session, WordId};
use crate::reports::agents::times;
use crate::reports::block::{Block, Group, block};
use crate::reports::report::{Table, percent, ratio, real};
use crate::reports::split::NONE;
use crate::reports::stretch::{Days, Interval, length, union, without};
use crate::reports::study::Study;
use crate::reports::sums::pause_kind;

pub(super) const BLOCKS: &[Block] = &[
    block(
        "agents-idle",
        Group::Agents,
        "agent",
        ["Idle times", "Temps libre"],
        [
            "Time ready for calls, and how much of it nobody waited",
            "Temps prêt à recevoir, dont sans appel en attente",
        ],
        &["AG-41", "AG-42", "AG-43", "AG-43MAX"],
        idle,
    ),
    block(
        "pauses",
        Group::Pauses,
        "agent / code",
        ["Pause types", "Types de pause"],
        ["Pauses by agent and code", "Pauses par agent et code"],
        &["AG-58", "AG-59", "AG-60", "AG-60MIN", "AG-60MAX", "AG-61", "AG-62"],
        pauses,
    ),
    block(
        "pauses-detail",
        Group::Pauses,
        "list",
        ["Pauses", "Pauses"],
        ["Every pause of the period", "Chaque pause de la période"],
        &[
            "AG-63AGENT",
            "AG-63EXT",
            "AG-63CODE",
            "AG-63TYPE",
            "AG-63BILL",
            "AG-63PAY",
            "AG-63START",
            "AG-63STOP",
            "AG-63",
            "AG-63END",
        ],
        pauses_detail,
    ),
    block(
        "sessions",
        Group::Pauses,
        "list",
        ["Sessions", "Sessions"],
        [
            "Every session that touches the period, whole",
            "Chaque session qui touche la période, entière",
        ],
        &[
            "SE-AGENT",
            "SE-START",
            "SE-STOP",
            "SE-SECS",
            "SE-EXT",
            "SE-END",
            "SE-QUEUES",
            "SE-CALLS",
            "SE-TALK",
            "SE-PAUSES",
            "SE-PAUSE",
            "SE-LOST",
            "SE-IDLE",
        ],
        sessions,
    ),
    block(
        "agents-segments",
        Group::Pauses,
        "list",
        ["Session segments", "Segments de session"],
        ["Stretches of a session on the same queues", "Tronçons de session sur les mêmes files"],
        &[
            "SE-AGENT",
            "AG-49",
            "AG-50",
            "AG-51",
            "AG-52",
            "AG-53",
            "AG-53TALK",
            "AG-53IDLE",
            "AG-53PAUSE",
            "AG-53LOST",
        ],
        segments,
    ),
    block(
        "queue-sessions",
        Group::Pauses,
        "list",
        ["Queue sessions", "Sessions par file"],
        [
            "When agents were members of which queue",
            "Quand les agents étaient membres de quelle file",
        ],
        &["AG-54QUEUE", "AG-54AGENT", "AG-54START", "AG-54STOP", "AG-54", "AG-54END"],
        queue_sessions,
    ),
];

/// How the end of an interval is written.
fn end_name(cause: EndCause) -> &'static str {
    match cause {
        EndCause::Removed => "removed",
        EndCause::Logoff => "logoff",
        EndCause::Unpaused => "unpaused",
        EndCause::ReasonChanged => "reason changed",
        EndCause::Restart => "restart",
        EndCause::Stale => "stale",
        EndCause::HotDesk => "hot desk",
        EndCause::Manual => "manual",
        EndCause::Open => "open",
    }
}

fn code_name<'a>(study: &'a Study<'_>, code: Option<WordId>) -> &'a str {
    match code.map(|code| study.names().word_text(code)) {
        Some(text) if !text.is_empty() => text,
        _ => NONE,
    }
}

fn pauses(study: &Study<'_>, block: &Block) -> Result<Table> {
    // Shortest and longest need the pauses themselves, cut to the period.
    let (from, to) = study.detail_range();
    let complete = from == study.query.from && study.query.window.is_open();
    let mut extremes: FxHashMap<(AgentId, WordId), Interval> = FxHashMap::default();
    for pause in study.pauses()? {
        let secs = pause.end.min(to) - pause.start.max(from);
        let entry = extremes.entry((pause.agent, pause.code.unwrap_or(0))).or_insert((secs, secs));
        *entry = (entry.0.min(secs), entry.1.max(secs));
    }
    let mut table = Table::new(block.columns);
    for (agent, time) in times(study)? {
        let all: u64 = time.pauses.values().map(|pause| u64::from(pause.secs)).sum();
        for (&code, pause) in &time.pauses {
            let n = pause.starts + pause.carried;
            let extreme = extremes.get(&(agent, code)).filter(|_| complete);
            let values = vec![
                n.into(),
                pause.secs.into(),
                ratio(pause.secs, n),
                extreme.map(|extreme| extreme.0).into(),
                extreme.map(|extreme| extreme.1).into(),
                percent(pause.secs, real(all)),
                percent(pause.inside, real(time.session)),
            ];
            let name = study.names().agent_name(agent);
            table.add(format!("{name} / {}", code_name(study, Some(code))), values);
        }
    }
    Ok(table)
}

fn pauses_detail(study: &Study<'_>, block: &Block) -> Result<Table> {
    // In order of their starts; sessions of one agent do not overlap but for
    // their ends.
    let mut sessions: FxHashMap<AgentId, Vec<Session>> = FxHashMap::default();
    for session in study.sessions()? {
        sessions.entry(session.agent).or_default().push(session);
    }
    let extension = |agent: AgentId, at: UnixSec| {
        let sessions = sessions.get(&agent)?;
        let begun = sessions.partition_point(|session| session.start <= at);
        sessions[..begun].iter().next_back().filter(|s| at <= s.end)?.extension
    };
    let mut table = Table::new(block.columns);
    let pauses = study.pauses()?;
    for (n, pause) in pauses.iter().take(study.query.limit).enumerate() {
        let kind = pause_kind(study.names(), &study.query.rules, pause.code.unwrap_or(0));
        let extension = extension(pause.agent, pause.start);
        let values = vec![
            study.names().agent_name(pause.agent).into(),
            extension.map(|word| study.names().word_text(word)).into(),
            code_name(study, pause.code).into(),
            kind.kind.name().into(),
            i64::from(kind.billable).into(),
            i64::from(kind.payable).into(),
            pause.start.into(),
            pause.end.into(),
            (pause.end - pause.start).into(),
            end_name(pause.cause).into(),
        ];
        table.add((n + 1).to_string(), values);
    }
    Ok(table)
}

/// The memberships of the period by agent, each list in order of the starts,
/// with the length of the longest.
struct Members(FxHashMap<AgentId, (Vec<Membership>, Secs)>);

impl Members {
    fn read(study: &Study<'_>) -> Result<Self> {
        let mut members: FxHashMap<AgentId, (Vec<Membership>, Secs)> = FxHashMap::default();
        for membership in study.memberships()? {
            let entry = members.entry(membership.agent).or_default();
            entry.1 = entry.1.max(membership.end - membership.start);
            entry.0.push(membership);
        }
        Ok(Members(members))
    }

    /// Those of an agent that touch a stretch, and perhaps a few more.
    fn near(&self, agent: AgentId, start: UnixSec, end: UnixSec) -> &[Membership] {
        let Some((list, longest)) = self.0.get(&agent) else { return &[] };
        let from = list.partition_point(|membership| membership.start < start - longest);
        let to = list.partition_point(|membership| membership.start <= end);
        list.get(from..to).unwrap_or(&[])
    }
}

/// Queues an agent was a member of during a stretch, by name.
fn queues_of(study: &Study<'_>, members: &Members, at: &Session) -> Vec<QueueId> {
    let end = at.end.max(at.start + 1);
    let mut queues: Vec<QueueId> = (members.near(at.agent, at.start, end).iter())
        .filter(|m| m.start < end && m.end > at.start)
        .filter(|m| !study.query.confined || study.scope.has_queue(m.queue))
        .map(|membership| membership.queue)
        .collect();
    queues.order_by_key(|&queue| study.names().queue_name(queue));
    queues.dedup();
    queues
}

fn named(study: &Study<'_>, queues: &[QueueId]) -> String {
    let names: Vec<&str> = queues.iter().map(|&queue| study.names().queue_name(queue)).collect();
    names.join(", ")
}

fn sessions(study: &Study<'_>, block: &Block) -> Result<Table> {
    let days = Days::read(study, &study.pauses()?, false)?;
    let members = Members::read(study)?;
    let mut table = Table::new(block.columns);
    let sessions = study.sessions()?;
    for (n, session) in sessions.iter().take(study.query.limit).enumerate() {
        let did = days.stretch(session.agent, session.start, session.end);
        let extension = session.extension.map(|word| study.names().word_text(word));
        let values = vec![
            study.names().agent_name(session.agent).into(),
            session.start.into(),
            session.end.into(),
            (session.end - session.start).into(),
            extension.into(),
            end_name(session.cause).into(),
            named(study, &queues_of(study, &members, session)).into(),
            did.calls.into(),
            did.talk.into(),
            did.pauses.into(),
            did.pause.into(),
            did.lost.into(),
            did.idle.into(),
        ];
        table.add((n + 1).to_string(), values);
    }
    Ok(table)
}

fn segments(study: &Study<'_>, block: &Block) -> Result<Table> {
    let days = Days::read(study, &study.pauses()?, false)?;
    let members = Members::read(study)?;
    let mut table = Table::new(block.columns);
    let mut n = 0;
    for session in study.sessions()? {
        let mine = members.near(session.agent, session.start, session.end).iter();
        let mut cuts: Vec<UnixSec> = mine.flat_map(|m| [m.start, m.end]).collect();
        cuts.retain(|&cut| session.start < cut && cut < session.end);
        cuts.extend([session.start, session.end]);
        cuts.order();
        cuts.dedup();
        for pair in cuts.windows(2) {
            let [start, end] = [pair[0], pair[1]];
            if n == study.query.limit {
                return Ok(table);
            }
            n += 1;
            let piece = Session { start, end, ..session.clone() };
            let queues = queues_of(study, &members, &piece);
            let did = days.stretch(session.agent, start, end);
            let values = vec![
                study.names().agent_name(session.agent).into(),
                start.into(),
                end.into(),
                if queues.is_empty() { "session" } else { "on queues" }.into(),
                named(study, &queues).into(),
                did.calls.into(),
                did.talk.into(),
                did.idle.into(),
                did.pause.into(),
                did.lost.into(),
            ];
            table.add(n.to_string(), values);
        }
    }
    Ok(table)
}

fn queue_sessions(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let memberships = study.memberships()?.into_iter().filter(|membership| {
        study.scope.has_queue(membership.queue) && study.scope.has_agent(membership.agent)
    });
    for (n, membership) in memberships.take(study.query.limit).enumerate() {
        let values = vec![
            study.names().queue_name(membership.queue).into(),
            study.names().agent_name(membership.agent).into(),
            membership.start.into(),
            membership.end.into(),
            (membership.end - membership.start).into(),
            end_name(membership.cause).into(),
        ];
        table.add((n + 1).to_string(), values);
    }
    Ok(table)
}

fn idle(study: &Study<'_>, block: &Block) -> Result<Table> {
    let (from, to) = study.detail_range();
    let days = Days::read(study, &study.pauses()?, true)?;
    let mut sessions: BTreeMap<AgentId, Vec<Interval>> = BTreeMap::new();
    for session in study.sessions()? {
        let piece = (session.start.max(from), session.end.min(to));
        sessions.entry(session.agent).or_default().push(piece);
    }
    let mut queues: FxHashMap<AgentId, FxHashSet<QueueId>> = FxHashMap::default();
    for membership in study.memberships()? {
        queues.entry(membership.agent).or_default().insert(membership.queue);
    }
    let totals = study.time_by(Some)?;
    // Many agents serve the same queues.
    let mut waits: FxHashMap<Option<Vec<QueueId>>, Vec<Interval>> = FxHashMap::default();
    let mut table = Table::new(block.columns);
    for (agent, sessions) in sessions {
        let sessions = union(sessions);
        let free = without(&sessions, days.of(agent).map_or(&[], |person| person.busy()));
        // Without known memberships the agent may serve any queue.
        let mine: Option<Vec<QueueId>> = queues.get(&agent).map(|queues| {
            let mut queues: Vec<QueueId> = queues.iter().copied().collect();
            queues.order();
            queues
        });
        let waits = waits.entry(mine).or_insert_with_key(|mine| days.waiting(mine.as_deref()));
        let quiet = without(&free, waits);
        let last = free.last().filter(|last| Some(last.1) == sessions.last().map(|s| s.1));
        let values = vec![
            totals.get(&agent).map_or(0, |time| time.idle()).into(),
            length(&quiet).into(),
            last.map(|last| last.0).into(),
            free.iter().map(|free| free.1 - free.0).max().into(),
        ];
        table.add(study.names().agent_name(agent), values);
    }
    Ok(table)
}
