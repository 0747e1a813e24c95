//! Cells being made, found by their key.

use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Cells by key. Facts of one key come in runs and cells are large, so they
/// lie where they were made and only their places are looked up and sorted.
#[derive(Debug)]
pub struct Cells<K, C> {
    places: FxHashMap<K, usize>,
    cells: Vec<C>,
    last: Option<(K, usize)>,
}

impl<K: Copy + Eq + Hash + Ord, C: Default> Default for Cells<K, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Copy + Eq + Hash + Ord, C: Default> Cells<K, C> {
    pub fn new() -> Self {
        Cells { places: FxHashMap::default(), cells: Vec::new(), last: None }
    }

    /// The cell of a key, an empty one if there was none.
    pub fn at(&mut self, key: K) -> &mut C {
        let place = match self.last {
            Some((last, place)) if last == key => place,
            _ => {
                let cells = &mut self.cells;
                *self.places.entry(key).or_insert_with(|| {
                    cells.push(C::default());
                    cells.len() - 1
                })
            }
        };
        self.last = Some((key, place));
        &mut self.cells[place]
    }

    /// The cells in order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (K, &C)> {
        let mut places: Vec<(K, usize)> =
            self.places.iter().map(|(key, place)| (*key, *place)).collect();
        places.sort_unstable_by_key(|(key, _)| *key);
        places.into_iter().map(|(key, place)| (key, &self.cells[place]))
    }

    pub fn into_map(mut self) -> BTreeMap<K, C> {
        let cells = &mut self.cells;
        self.places.into_iter().map(|(key, at)| (key, std::mem::take(&mut cells[at]))).collect()
    }
}
