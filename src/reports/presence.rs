//! Sessions, segments, memberships and pauses one by one, pause types, and
//! idle times (`metrics.md` 3.8).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use rustc_hash::FxHashMap;

use crate::base::order::Ordered as _;
use crate::base::{Result, Secs, UnixSec};
use crate::model::{AgentId, EndCause, Membership, QueueId, Session, WordId};
use crate::reports::agents::times;
use crate::reports::block::{Block, Group, block};
use crate::reports::report::{Table, percent, ratio, real};
use crate::reports::split::NONE;
use crate::reports::stretch::{Beside, Interval, WEEK, Week, figures_of, length, union, without};
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
    study.each_pause(from, to, &mut |pause| {
        let secs = pause.end.min(to) - pause.start.max(from);
        let entry = extremes.entry((pause.agent, pause.code.unwrap_or(0))).or_insert((secs, secs));
        *entry = (entry.0.min(secs), entry.1.max(secs));
        Ok(())
    })?;
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
    for (n, pause) in study.first_pauses(study.query.limit)?.iter().enumerate() {
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
fn queues_of(
    study: &Study<'_>,
    members: &Members,
    agent: AgentId,
    start: UnixSec,
    end: UnixSec,
) -> Vec<QueueId> {
    let end = end.max(start + 1);
    let mut queues: Vec<QueueId> = (members.near(agent, start, end).iter())
        .filter(|m| m.start < end && m.end > start)
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
    let mut sessions = study.sessions()?;
    sessions.truncate(study.query.limit);
    let stretches: Vec<_> =
        sessions.iter().map(|session| (session.agent, session.start, session.end)).collect();
    let figures = figures_of(study, &stretches, WEEK)?;
    let members = Members::read(study)?;
    let mut table = Table::new(block.columns);
    for (n, (session, did)) in sessions.iter().zip(figures).enumerate() {
        let extension = session.extension.map(|word| study.names().word_text(word));
        let queues = queues_of(study, &members, session.agent, session.start, session.end);
        let values = vec![
            study.names().agent_name(session.agent).into(),
            session.start.into(),
            session.end.into(),
            (session.end - session.start).into(),
            extension.into(),
            end_name(session.cause).into(),
            named(study, &queues).into(),
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
    let members = Members::read(study)?;
    let mut pieces: Vec<(AgentId, UnixSec, UnixSec)> = Vec::new();
    'sessions: for session in study.sessions()? {
        let mine = members.near(session.agent, session.start, session.end).iter();
        let mut cuts: Vec<UnixSec> = mine.flat_map(|m| [m.start, m.end]).collect();
        cuts.retain(|&cut| session.start < cut && cut < session.end);
        cuts.extend([session.start, session.end]);
        cuts.order();
        cuts.dedup();
        for pair in cuts.windows(2) {
            if pieces.len() == study.query.limit {
                break 'sessions;
            }
            pieces.push((session.agent, pair[0], pair[1]));
        }
    }
    let figures = figures_of(study, &pieces, WEEK)?;
    let mut table = Table::new(block.columns);
    for (n, (&(agent, start, end), did)) in pieces.iter().zip(figures).enumerate() {
        let queues = queues_of(study, &members, agent, start, end);
        let values = vec![
            study.names().agent_name(agent).into(),
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
        table.add((n + 1).to_string(), values);
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

/// When an agent was free, as far as the weeks have been looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Free {
    /// While nobody waited.
    quiet: Secs,
    longest: Secs,
    /// The newest free interval.
    last: Option<Interval>,
}

impl Free {
    /// Adds the free intervals of the next week.
    fn add(&mut self, free: &[Interval]) {
        for &(start, end) in free {
            let start = self.last.filter(|last| last.1 == start).map_or(start, |last| last.0);
            self.last = Some((start, end));
            self.longest = self.longest.max(end - start);
        }
    }
}

fn idle(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let totals = study.time_by(Some)?;
    for (agent, (sessions, free)) in free_times(study, WEEK)? {
        let last = free.last.filter(|last| Some(last.1) == sessions.last().map(|s| s.1));
        let values = vec![
            totals.get(&agent).map_or(0, |time| time.idle()).into(),
            free.quiet.into(),
            last.map(|last| last.0).into(),
            free.last.map(|_| free.longest).into(),
        ];
        table.add(study.names().agent_name(agent), values);
    }
    Ok(table)
}

/// Each agent's sessions in the period, put together, and what of them was
/// free.
pub(super) fn free_times(
    study: &Study<'_>,
    days: Secs,
) -> Result<BTreeMap<AgentId, (Vec<Interval>, Free)>> {
    let (from, to) = study.detail_range();
    let mut agents: BTreeMap<AgentId, (Vec<Interval>, Free)> = BTreeMap::new();
    for session in study.sessions()? {
        let piece = (session.start.max(from), session.end.min(to));
        agents.entry(session.agent).or_default().0.push(piece);
    }
    for (sessions, _) in agents.values_mut() {
        *sessions = union(std::mem::take(sessions));
    }
    let mut queues: BTreeMap<AgentId, BTreeSet<QueueId>> = BTreeMap::new();
    for membership in study.memberships()? {
        queues.entry(membership.agent).or_default().insert(membership.queue);
    }
    // Without known memberships an agent may serve any queue; many serve the
    // same ones.
    let mut served: BTreeMap<Option<Vec<QueueId>>, Vec<AgentId>> = BTreeMap::new();
    for &agent in agents.keys() {
        let mine = queues.get(&agent).map(|queues| queues.iter().copied().collect());
        served.entry(mine).or_default().push(agent);
    }
    Week::each(study, Beside::Waits, days, &mut |week| {
        for (queues, group) in &served {
            let waits = week.waiting(queues.as_deref());
            for agent in group {
                let Some((sessions, free)) = agents.get_mut(agent) else { continue };
                let busy = week.people.get(agent).map_or(&[][..], |person| &person.busy);
                let week = without(&week.cut(sessions), busy);
                free.quiet += length(&without(&week, &waits));
                free.add(&week);
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(agents)
}
