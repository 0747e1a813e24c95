//! Sums over what agents did: calls and attempts, and time.

use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::base::Result;
use crate::base::order::Gathered as _;
use crate::model::totals::{
    AgentCell, AgentKey, AgentQueueCell, AgentQueueCells, AgentQueueKey, LOOK_BACK, SLOT_SECS,
    Step, Talk, agent_cells,
};
use crate::model::{AgentId, QueueId};
use crate::reports::passing::Seen;
use crate::reports::period::Base;
use crate::reports::runs::{Pair, Places, Run};
use crate::reports::study::{Study, damaged};
use crate::reports::sums::{AgentSum, AgentTime};
use crate::store::Wanted;

impl Study<'_> {
    /// Sums of calls and attempts of agents by a key.
    pub fn agents_by<K>(&self, key: impl Fn(Pair) -> Option<K>) -> Result<BTreeMap<K, AgentSum>>
    where
        K: Hash + Ord + Clone,
    {
        let mut groups: FxHashMap<(K, QueueId), AgentQueueCell> = FxHashMap::default();
        let mut places = Places::new(self, None, self.query.from);
        let mut group = |cell_key: AgentQueueKey| -> Option<(K, QueueId)> {
            let pair = Pair { agent: cell_key.agent, queue: cell_key.queue };
            if !self.scope.has_queue(pair.queue) || !self.scope.has_agent(pair.agent) {
                return None;
            }
            places.bucket(cell_key.slot)?;
            key(pair).map(|group| (group, pair.queue))
        };
        for part in self.parts(self.facts, self.query.to) {
            if part.stored {
                for Run { step, from, to } in self.runs(part, Step::AGENT_QUEUE, None) {
                    self.source.agent_queue_cells(
                        step,
                        from,
                        to,
                        &mut |key, bytes| match group(key) {
                            Some(group) => {
                                let sum = groups.entry(group).or_default();
                                sum.merge_packed(bytes).map_err(damaged)
                            }
                            None => Ok(()),
                        },
                    )?;
                }
                continue;
            }
            let mut cells = AgentQueueCells::new(self.slots(part), self.counted);
            self.each(Wanted::FIGURES, part.from, part.to, &mut |seen| {
                match seen {
                    Seen::Call(call, at) => cells.add_at(&call.stint, at),
                    Seen::Tries(stint, at) => cells.add_attempts(stint, at),
                    Seen::Times(_) | Seen::Short => {}
                }
                Ok(())
            })?;
            for (key, cell) in cells.finish() {
                if let Some(group) = group(key) {
                    groups.entry(group).or_default().merge(&cell);
                }
            }
        }
        let mut sums: BTreeMap<K, AgentSum> = BTreeMap::new();
        for ((group, queue), cell) in groups {
            let name = self.names().queue_name(queue);
            let sum = sums.entry(group).or_default();
            sum.add(&self.query.rules, name, self.query.direction, &cell);
        }
        Ok(sums)
    }

    /// Sums of agents' time by a key. Filters on calls do not change how an
    /// agent spent his time; a queue in the question chooses agents that
    /// belong to it.
    pub fn time_by<K>(&self, key: impl Fn(AgentId) -> Option<K>) -> Result<BTreeMap<K, AgentTime>>
    where
        K: Hash + Ord + Clone,
    {
        self.sum_time(None, |_, agent| key(agent))
    }

    /// The same by a key that is made of the bucket too.
    pub fn time_over<K>(
        &self,
        base: Base,
        key: impl Fn(i32, AgentId) -> Option<K>,
    ) -> Result<BTreeMap<K, AgentTime>>
    where
        K: Hash + Ord + Clone,
    {
        self.sum_time(Some(base), key)
    }

    fn sum_time<K>(
        &self,
        base: Option<Base>,
        key: impl Fn(i32, AgentId) -> Option<K>,
    ) -> Result<BTreeMap<K, AgentTime>>
    where
        K: Hash + Ord + Clone,
    {
        let people = self.people()?;
        let mut groups: FxHashMap<K, AgentTime> = FxHashMap::default();
        let parts = self.parts(self.slot_secs != SLOT_SECS, self.query.to);
        let start = parts.iter().map(|part| part.from).min().unwrap_or(self.query.from);
        let mut places = Places::new(self, base, start);
        let mut take = |cell_key: AgentKey, cell: &AgentCell| {
            let agent = cell_key.agent;
            let wanted =
                self.scope.has_agent(agent) && people.is_none_or(|people| people.contains(&agent));
            if !wanted {
                return;
            }
            if let Some(bucket) = places.bucket(cell_key.slot)
                && let Some(group) = key(bucket, agent)
            {
                let at = cell_key.slot.max(start);
                let first = at == start || !self.calendar.lets(at - 1);
                groups.entry(group).or_default().add(cell_key.slot, cell, first);
            }
        };
        for part in parts {
            if part.stored {
                for Run { step, from, to } in self.runs(part, Step::BOTH, base) {
                    self.source.agent_cells(step, from, to, &mut |key, bytes| {
                        take(key, &AgentCell::unpack(bytes).map_err(damaged)?);
                        Ok(())
                    })?;
                }
                continue;
            }
            let sessions = self.sessions_of(part.from, part.to)?;
            let pauses = self.pauses_of(part.from, part.to)?;
            let mut talks = Vec::new();
            let from = part.from - LOOK_BACK;
            self.source.stints(Wanted::TIMES, from, part.to, &mut |_, stint| {
                talks.extend(Talk::of(&stint));
                Ok(())
            })?;
            talks.extend(self.ongoing().iter().filter_map(Talk::of));
            for (key, cell) in agent_cells(&sessions, &pauses, &talks, self.slots(part)) {
                take(key, &cell);
            }
        }
        Ok(groups.into_iter().into_map())
    }
}
