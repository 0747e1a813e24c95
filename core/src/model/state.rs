//! The open state as small parts that survive a restart.
//!
//! | key | value |
//! |---|---|
//! | `f` | the clock |
//! | `c` + call id | the stint going on, what is announced |
//! | `s` + call id | finished stints that a real closing would still replace |
//! | `a` + agent | the agent |
//! | `b` + telephone | who sits at it |
//! | `t` | what the tracker has open: its own form, passed over here |
//! | `p` … | tellings of AMI and the log without a twin: passed over too |

use std::sync::Arc;

use crate::base::order::Ordered as _;
use crate::base::{CallId, Error, Kind, Result};
use crate::model::agent_part::{read_agent, write_agent};
use crate::model::calls::{Closed, Live};
use crate::model::clock::Clock;
use crate::model::codec::{Damaged, Reader, Writer};
use crate::model::fact::{AgentId, Stint};
use crate::model::fold::{Fold, Recent, StatePut, names_a_call};
use crate::model::hotdesk::Bound;
use crate::model::menu::Pre;
use crate::model::names::Names;
use crate::model::open::StintState;
use crate::model::pack;
use crate::model::settings::Settings;

/// Form of the parts; another number is another program's.
const FORM: u8 = 1;

impl Fold {
    /// Key of the tracker's journal: a part like ours, and not ours.
    pub const TRACKER: &'static [u8] = b"t";
    /// First byte of the keys of tellings that wait for their twins.
    pub const TWINS: u8 = b'p';

    /// A machine as it was when `parts` were taken. Equal records then give
    /// equal facts, except for what [`Fold::LOOKBACK`] leaves out.
    ///
    /// Errors: [`Kind::Damaged`] when a part does not make sense.
    pub fn restore(
        settings: Settings,
        names: Names,
        parts: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>,
        recent: Recent,
    ) -> Result<Self> {
        let mut fold = Fold::new(settings);
        for queue in &fold.settings.outbound_queues {
            fold.outbound_queues.extend(names.find_queue(queue));
        }
        fold.names = names;
        for (key, value) in parts {
            fold.take_in(&key, &value).map_err(|Damaged| {
                let key = String::from_utf8_lossy(&key).into_owned();
                Error::new(
                    Kind::Damaged,
                    format!("the stored open state is damaged at {key:?}; restore a backup"),
                )
            })?;
        }
        for stint in &recent.stints {
            fold.take_in_finished(stint);
        }
        let now = fold.memory_time();
        let slots: Vec<_> = fold.calls.slots().collect();
        for slot in slots {
            fold.calls.purge(slot, now, fold.annotations_for());
            fold.schedule_call(slot);
            let call = fold.calls.get(slot);
            if let Some(live) = &call.live
                && let (Some(at), Some(agent)) = (live.connected, live.stint.agent)
            {
                fold.agent_answered(agent, slot, at);
            }
            fold.calls.release(slot);
        }
        fold.calls.drain_dirty(|_| {});
        fold.dirty_agents.clear();
        Ok(fold)
    }

    /// The parts that changed since the last call.
    pub fn take_state(&mut self) -> Vec<StatePut> {
        let mut puts = Vec::new();
        if self.clock_written.as_ref() != Some(&self.clock) {
            let mut writer = Writer::default();
            write_clock(&mut writer, &self.clock);
            puts.push(StatePut { key: b"f".to_vec(), value: Some(writer.bytes) });
            self.clock_written = Some(self.clock.clone());
        }
        // First what is gone: the same id may have come back meanwhile.
        for (id, (open, closed)) in self.calls.take_gone() {
            let stored = [(b'c', open), (b's', closed)];
            let keys = stored.into_iter().filter(|(_, stored)| *stored);
            puts.extend(keys.map(|(kind, _)| StatePut { key: call_key(kind, &id), value: None }));
        }
        self.calls.drain_dirty(|call| {
            let open = call.live.is_some() || call.pre.is_some();
            if open || call.stored.0 {
                let value = open.then(|| {
                    let mut writer = Writer::default();
                    writer.option(call.live.as_deref(), write_live);
                    writer.option(call.pre.as_deref(), |writer, pre| pre.write(writer));
                    writer.bytes
                });
                call.stored.0 = open;
                puts.push(StatePut { key: call_key(b'c', &call.id), value });
            }
            if std::mem::take(&mut call.closed_dirty) {
                let kept: Vec<&Closed> =
                    call.closed.iter().filter(|closed| closed.replaceable()).collect();
                let value = (!kept.is_empty()).then(|| {
                    let mut writer = Writer::default();
                    writer.list(&kept, |writer, closed| pack::write_stint(writer, closed));
                    writer.bytes
                });
                if value.is_some() || call.stored.1 {
                    call.stored.1 = value.is_some();
                    puts.push(StatePut { key: call_key(b's', &call.id), value });
                }
            }
        });
        for id in std::mem::take(&mut self.dirty_agents) {
            let Some(agent) = self.agents.get_mut(&id) else { continue };
            agent.dirty = false;
            let mut writer = Writer::default();
            write_agent(&mut writer, agent);
            puts.push(StatePut { key: id_key(b'a', id), value: Some(writer.bytes) });
        }
        let mut bound = std::mem::take(&mut self.dirty_bound);
        bound.order();
        bound.dedup();
        for telephone in bound {
            let value = self.bound.get(&telephone).map(|bound| {
                let mut writer = Writer::default();
                write_bound(&mut writer, bound);
                writer.bytes
            });
            puts.push(StatePut { key: id_key(b'b', telephone), value });
        }
        puts
    }

    fn take_in(&mut self, key: &[u8], value: &[u8]) -> Result<(), Damaged> {
        // Those of others, stored beside ours so that one commit has both.
        if key == Fold::TRACKER || key.first() == Some(&Fold::TWINS) {
            return Ok(());
        }
        let (kind, name) = key.split_first().ok_or(Damaged)?;
        let mut reader = Reader::new(value);
        match kind {
            b'f' => {
                self.clock = read_clock(&mut reader)?;
                self.clock_written = Some(self.clock.clone());
            }
            b'c' => {
                let text = std::str::from_utf8(name).map_err(|_| Damaged)?;
                let live = reader.option(read_live)?.map(Box::new);
                let pre = reader.option(Pre::read)?.map(Box::new);
                let slot = self.calls.find_or_add(text);
                let call = self.calls.get_mut(slot);
                call.live = live;
                call.pre = pre;
                call.stored.0 = true;
            }
            b's' => {
                std::str::from_utf8(name).map_err(|_| Damaged)?;
                for stint in reader.list(pack::read_stint)? {
                    self.take_in_finished(&stint);
                    let slot = self.calls.find_or_add(&stint.call_id.to_string());
                    self.calls.get_mut(slot).stored.1 = true;
                }
            }
            b'a' => {
                let id = id_in(name)?;
                self.agents.insert(id, read_agent(&mut reader, id)?);
            }
            b'b' => {
                self.bound.insert(id_in(name)?, read_bound(&mut reader)?);
            }
            _ => return Err(Damaged),
        }
        reader.finish()
    }

    /// Takes a finished stint back in, if it is not there already.
    fn take_in_finished(&mut self, stint: &Stint) {
        if !names_a_call(&stint.call_id) {
            return;
        }
        let slot = self.calls.find_or_add(&stint.call_id.to_string());
        if let Some(alias) = &stint.alias {
            self.calls.alias(alias.clone(), slot);
        }
        let call = self.calls.get_mut(slot);
        let same =
            |enter, queue, entry| (enter, queue, entry) == (stint.enter, stint.queue, stint.entry);
        let reopened = call
            .live
            .as_ref()
            .and_then(|live| live.replaces.as_ref())
            .is_some_and(|old| same(old.enter, old.queue, old.entry));
        let known = call.closed.iter().any(|have| same(have.enter, have.queue, have.entry));
        if !reopened && !known {
            call.keep(Closed(Arc::new(stint.clone())));
        }
    }
}

fn call_key(kind: u8, id: &CallId) -> Vec<u8> {
    let mut key = vec![kind];
    key.extend_from_slice(id.to_string().as_bytes());
    key
}

fn id_key(kind: u8, id: AgentId) -> Vec<u8> {
    let mut writer = Writer { bytes: vec![kind] };
    writer.unsigned(u64::from(id));
    writer.bytes
}

fn id_in(name: &[u8]) -> Result<AgentId, Damaged> {
    let mut reader = Reader::new(name);
    let id = reader.number()?;
    reader.finish()?;
    Ok(id)
}

fn write_clock(writer: &mut Writer, clock: &Clock) {
    writer.bytes.push(FORM);
    writer.signed(clock.newest);
    writer.signed(clock.shift);
    writer.option(clock.started, Writer::signed);
    writer.option(clock.leapt_from, Writer::signed);
    writer.unsigned(u64::from(clock.old));
    writer.signed(clock.first_old);
    writer.flag(clock.running);
}

fn read_clock(reader: &mut Reader<'_>) -> Result<Clock, Damaged> {
    if reader.byte()? != FORM {
        return Err(Damaged);
    }
    Ok(Clock {
        newest: reader.seconds()?,
        shift: reader.seconds()?,
        started: reader.option(Reader::seconds)?,
        leapt_from: reader.option(Reader::seconds)?,
        old: reader.number()?,
        first_old: reader.seconds()?,
        running: reader.flag()?,
    })
}

fn write_live(writer: &mut Writer, live: &Live) {
    let base = live.stint.enter;
    pack::write_stint(writer, &live.stint);
    writer.bytes.push(live.state as u8);
    writer.signed(live.entered_steady - base);
    writer.option(live.connected, |writer, at| writer.signed(at - base));
    writer.signed(live.connected_steady - base);
    writer.option(live.hold_since, |writer, at| writer.signed(at - base));
    writer.option(live.dumped, |writer, at| writer.signed(at - base));
    writer.flag(live.touched);
    writer.option(live.replaces.as_deref(), pack::write_stint);
}

fn read_live(reader: &mut Reader<'_>) -> Result<Live, Damaged> {
    let stint = Box::new(pack::read_stint(reader)?);
    let base = stint.enter;
    let state = match reader.byte()? {
        1 => StintState::Waiting,
        2 => StintState::Talking,
        3 => StintState::OnHold,
        _ => return Err(Damaged),
    };
    let since = |reader: &mut Reader<'_>| Ok(base + reader.seconds()?);
    Ok(Live {
        stint,
        state,
        entered_steady: since(reader)?,
        connected: reader.option(since)?,
        connected_steady: since(reader)?,
        hold_since: reader.option(since)?,
        dumped: reader.option(since)?,
        touched: reader.flag()?,
        replaces: reader.option(pack::read_stint)?.map(Arc::new),
    })
}

fn write_bound(writer: &mut Writer, bound: &Bound) {
    writer.unsigned(u64::from(bound.person));
    writer.signed(bound.since);
    writer.option(bound.until, |writer, at| writer.signed(at - bound.since));
    writer.option(bound.before, |writer, (person, since)| {
        writer.unsigned(u64::from(person));
        writer.signed(since - bound.since);
    });
}

fn read_bound(reader: &mut Reader<'_>) -> Result<Bound, Damaged> {
    let person = reader.number()?;
    let since = reader.seconds()?;
    Ok(Bound {
        person,
        since,
        until: reader.option(|reader| Ok(since + reader.seconds()?))?,
        before: reader.option(|reader| Ok((reader.number()?, since + reader.seconds()?)))?,
    })
}
