//! Which calls are to be looked at when, in buckets of time.

use std::collections::BTreeMap;

use crate::model::calls::Slot;

/// A call and the generation of its place, by which a place that another call
/// has got since is known.
pub(crate) type Entry = (Slot, u32);

/// Most lists kept to be filled again.
const MOST_USED: usize = 64;

#[derive(Clone, Debug, Default)]
pub(crate) struct Timers {
    buckets: BTreeMap<i64, Vec<Entry>>,
    /// The first bucket: asked for with every record.
    first: Option<i64>,
    /// Emptied lists.
    used: Vec<Vec<Entry>>,
}

impl Timers {
    pub fn add(&mut self, bucket: i64, entry: Entry) {
        if self.first.is_none_or(|first| bucket < first) {
            self.first = Some(bucket);
        }
        let used = &mut self.used;
        self.buckets.entry(bucket).or_insert_with(|| used.pop().unwrap_or_default()).push(entry);
    }

    /// The first bucket.
    pub fn first(&self) -> Option<i64> {
        self.first
    }

    /// Takes the first bucket if it lies before `end`.
    pub fn first_before(&mut self, end: i64) -> Option<(i64, Vec<Entry>)> {
        self.first.filter(|first| *first < end)?;
        let taken = self.buckets.pop_first();
        self.first = self.buckets.first_key_value().map(|(bucket, _)| *bucket);
        taken
    }

    /// Takes a list back, to use its memory again.
    pub fn give_back(&mut self, mut entries: Vec<Entry>) {
        if self.used.len() < MOST_USED && entries.capacity() <= 64 {
            entries.clear();
            self.used.push(entries);
        }
    }
}
