//! Cells being made, found by their key.

use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Cells that lie together.
const CHUNK: usize = 32;

/// Cells by key. Facts of one key come in runs and cells are large, so they
/// lie where they were made and only their places are looked up and sorted.
#[derive(Debug)]
pub struct Cells<K, C> {
    places: FxHashMap<K, usize>,
    /// In chunks that are never moved, as moving large cells is what growing
    /// one list would cost.
    chunks: Vec<Vec<C>>,
    last: Option<(K, usize)>,
}

impl<K: Copy + Eq + Hash + Ord, C: Default> Default for Cells<K, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Copy + Eq + Hash + Ord, C: Default> Cells<K, C> {
    pub fn new() -> Self {
        Cells { places: FxHashMap::default(), chunks: Vec::new(), last: None }
    }

    /// The cell of a key, an empty one if there was none.
    pub fn at(&mut self, key: K) -> &mut C {
        let place = match self.last {
            Some((last, place)) if last == key => place,
            _ => {
                let next = self.places.len();
                let place = *self.places.entry(key).or_insert(next);
                if place == next {
                    if next.is_multiple_of(CHUNK) {
                        self.chunks.push(Vec::with_capacity(CHUNK));
                    }
                    self.chunks[next / CHUNK].push(C::default());
                }
                place
            }
        };
        self.last = Some((key, place));
        &mut self.chunks[place / CHUNK][place % CHUNK]
    }

    /// The cells in order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (K, &C)> {
        let mut places: Vec<(K, usize)> =
            self.places.iter().map(|(key, place)| (*key, *place)).collect();
        places.sort_unstable_by_key(|(key, _)| *key);
        places.into_iter().map(|(key, place)| (key, &self.chunks[place / CHUNK][place % CHUNK]))
    }

    pub fn into_map(mut self) -> BTreeMap<K, C> {
        let chunks = &mut self.chunks;
        let mut take = |at: usize| std::mem::take(&mut chunks[at / CHUNK][at % CHUNK]);
        self.places.into_iter().map(|(key, at)| (key, take(at))).collect()
    }
}
