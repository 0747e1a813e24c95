//! An agent as a part of the stored state; the keys are in
//! [`state`](super::state).

use crate::model::agent::{Agent, Duty, Member, Paused, PausedOn};
use crate::model::codec::{Damaged, Reader, Writer};
use crate::model::fact::{AgentId, Direction, EndCause, Membership, Pause, Quality, Session};
use crate::model::open::LastCall;

fn write_paused(writer: &mut Writer, pause: Paused, base: i64) {
    writer.signed(pause.start - base);
    writer.maybe(pause.code);
}

fn read_paused(reader: &mut Reader<'_>, base: i64) -> Result<Paused, Damaged> {
    Ok(Paused { start: base + reader.seconds()?, code: reader.maybe()? })
}

fn write_end(writer: &mut Writer, cause: EndCause, quality: Quality) {
    writer.bytes.push(cause as u8);
    writer.unsigned(u64::from(quality.0));
}

fn read_end(reader: &mut Reader<'_>) -> Result<(EndCause, Quality), Damaged> {
    let code = reader.byte()?;
    let cause = [
        EndCause::Removed,
        EndCause::Logoff,
        EndCause::Unpaused,
        EndCause::ReasonChanged,
        EndCause::Restart,
        EndCause::Stale,
        EndCause::HotDesk,
        EndCause::Manual,
        EndCause::Open,
    ]
    .into_iter()
    .find(|cause| *cause as u8 == code)
    .ok_or(Damaged)?;
    Ok((cause, Quality(reader.number()?)))
}

/// Times of an agent count from his newest activity: most are near it.
pub(super) fn write_agent(writer: &mut Writer, agent: &Agent) {
    let base = agent.last_activity;
    writer.signed(base);
    writer.option(agent.session, |writer, duty| {
        writer.signed(duty.start - base);
        writer.maybe(duty.extension);
        writer.flag(duty.everywhere);
        writer.unsigned(u64::from(duty.quality.0));
    });
    writer.list(&agent.members, |writer, member| {
        writer.unsigned(u64::from(member.queue));
        writer.signed(member.since - base);
    });
    writer.list(&agent.paused_on, |writer, on| {
        writer.unsigned(u64::from(on.queue));
        write_paused(writer, on.pause, base);
    });
    writer.option(agent.pause, |writer, pause| write_paused(writer, pause, base));
    writer.flag(agent.all_paused);
    writer.option(agent.pause_all, |writer, pause| write_paused(writer, pause, base));
    writer.option(agent.unpause_all, |writer, at| writer.signed(at - base));
    writer.list(&agent.last_pauses, |writer, pause| {
        writer.maybe(pause.queue);
        writer.signed(pause.start - base);
        writer.signed(pause.end - pause.start);
        writer.maybe(pause.code);
        write_end(writer, pause.cause, pause.quality);
    });
    writer.option(agent.last_session_end, |writer, at| writer.signed(at - base));
    writer.list(&agent.cut_sessions, |writer, session| {
        writer.signed(session.start - base);
        writer.signed(session.end - session.start);
        writer.maybe(session.extension);
        write_end(writer, session.cause, session.quality);
    });
    writer.list(&agent.cut_members, |writer, member| {
        writer.unsigned(u64::from(member.queue));
        writer.signed(member.start - base);
        writer.signed(member.end - member.start);
        write_end(writer, member.cause, member.quality);
    });
    writer.option(agent.last_call.as_ref(), |writer, last| {
        writer.signed(last.end - base);
        writer.unsigned(u64::from(last.queue));
        writer.flag(last.direction == Direction::Outbound);
        writer.text(&last.number);
        writer.option(last.wait, Writer::signed);
        writer.option(last.talk, Writer::signed);
    });
}

pub(super) fn read_agent(reader: &mut Reader<'_>, agent: AgentId) -> Result<Agent, Damaged> {
    let base = reader.seconds()?;
    let since = |reader: &mut Reader<'_>| Ok(base + reader.seconds()?);
    Ok(Agent {
        last_activity: base,
        session: reader.option(|reader| {
            Ok(Duty {
                start: since(reader)?,
                extension: reader.maybe()?,
                everywhere: reader.flag()?,
                quality: Quality(reader.number()?),
            })
        })?,
        members: reader
            .list(|reader| Ok(Member { queue: reader.number()?, since: since(reader)? }))?,
        paused_on: reader.list(|reader| {
            Ok(PausedOn { queue: reader.number()?, pause: read_paused(reader, base)? })
        })?,
        pause: reader.option(|reader| read_paused(reader, base))?,
        all_paused: reader.flag()?,
        pause_all: reader.option(|reader| read_paused(reader, base))?,
        unpause_all: reader.option(since)?,
        last_pauses: reader.list(|reader| {
            let queue = reader.maybe()?;
            let start = since(reader)?;
            let end = start + reader.seconds()?;
            let code = reader.maybe()?;
            let (cause, quality) = read_end(reader)?;
            Ok(Pause { agent, queue, start, end, code, cause, quality })
        })?,
        last_session_end: reader.option(since)?,
        cut_sessions: reader.list(|reader| {
            let start = since(reader)?;
            let end = start + reader.seconds()?;
            let extension = reader.maybe()?;
            let (cause, quality) = read_end(reader)?;
            Ok(Session { agent, start, end, extension, cause, quality })
        })?,
        cut_members: reader.list(|reader| {
            let queue = reader.number()?;
            let start = since(reader)?;
            let end = start + reader.seconds()?;
            let (cause, quality) = read_end(reader)?;
            Ok(Membership { agent, queue, start, end, cause, quality })
        })?,
        last_call: reader.option(|reader| {
            Ok(LastCall {
                agent,
                end: since(reader)?,
                queue: reader.number()?,
                direction: match reader.flag()? {
                    true => Direction::Outbound,
                    false => Direction::Inbound,
                },
                number: reader.text()?,
                wait: reader.option(Reader::seconds)?,
                talk: reader.option(Reader::seconds)?,
            })
        })?,
        talking: Vec::new(),
        dirty: false,
    })
}
