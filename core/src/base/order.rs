//! Sorting and gathering where speed does not matter and bytes do.
//!
//! The standard library's sort, and the building of a sorted map or set from
//! an iterator, are compiled anew for each type and each comparison, 5 kB a
//! time; a hundred of them were a twelfth of the binary. These share one sort,
//! of places. The hot path of an import keeps the standard ones.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Up to here neighbours are exchanged; longer lists are sorted by places.
const SHORT: usize = 12;

/// Stable sorting of slices.
pub trait Ordered<T> {
    /// Sorts by a comparison.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);
    /// Sorts by a key.
    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
    /// Sorts by the items themselves.
    fn order(&mut self)
    where
        T: Ord;
}

impl<T> Ordered<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        if self.len() > SHORT {
            let mut from = places(self.len(), &mut |a, b| compare(&self[a], &self[b]));
            return arrange(self, &mut from);
        }
        for end in 1..self.len() {
            let mut at = end;
            while at > 0 && compare(&self[at - 1], &self[at]).is_gt() {
                self.swap(at - 1, at);
                at -= 1;
            }
        }
    }

    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

/// For each place of the sorted list the place its item has now.
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut from: Vec<usize> = (0..count).collect();
    from.sort_by(|&a, &b| compare(a, b));
    from
}

/// Moves each item along the circle of exchanges it is part of.
fn arrange<T>(items: &mut [T], from: &mut [usize]) {
    for start in 0..from.len() {
        let mut at = start;
        loop {
            let next = std::mem::replace(&mut from[at], at);
            if next == start || next == at {
                break;
            }
            items.swap(at, next);
            at = next;
        }
    }
}

/// Gathering into sorted maps and sets, item by item. As with `collect`, the
/// last of several values for one key stays.
pub trait Gathered: Iterator + Sized {
    /// A map of keys and values.
    fn into_map<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        Self: Iterator<Item = (K, V)>,
    {
        let mut map = BTreeMap::new();
        for (key, value) in self {
            map.insert(key, value);
        }
        map
    }

    /// A set.
    fn into_set(self) -> BTreeSet<Self::Item>
    where
        Self::Item: Ord,
    {
        let mut set = BTreeSet::new();
        for item in self {
            set.insert(item);
        }
        set
    }

    /// A map, or the first error.
    fn try_into_map<K: Ord, V, E>(mut self) -> Result<BTreeMap<K, V>, E>
    where
        Self: Iterator<Item = Result<(K, V), E>>,
    {
        self.try_fold(BTreeMap::new(), |mut map, pair| {
            let (key, value) = pair?;
            map.insert(key, value);
            Ok(map)
        })
    }
}

impl<I: Iterator> Gathered for I {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn order_is_that_of_the_standard_sort(list in prop::collection::vec((0u8..6, any::<u16>()), 0..60)) {
            let (mut ours, mut theirs) = (list.clone(), list.clone());
            ours.order_by_key(|item| item.0);
            theirs.sort_by_key(|item| item.0);
            prop_assert_eq!(&ours, &theirs, "equal keys keep their order");
            ours.order_by(|a, b| b.cmp(a));
            theirs.sort_by(|a, b| b.cmp(a));
            prop_assert_eq!(&ours, &theirs);
            ours.order();
            theirs.sort();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn maps_and_sets_are_those_of_collect(list in prop::collection::vec((any::<u8>(), any::<u8>()), 0..60)) {
            prop_assert_eq!(list.iter().copied().into_map(), list.iter().copied().collect());
            prop_assert_eq!(list.iter().copied().into_set(), list.iter().copied().collect());
            let sound = list.iter().copied().map(Ok::<_, ()>);
            prop_assert_eq!(sound.try_into_map(), Ok(list.iter().copied().collect()));
        }
    }

    #[test]
    fn the_first_error_ends_a_map() {
        let steps = [Ok((1, 'a')), Err("no"), Err("never seen")];
        assert_eq!(steps.into_iter().try_into_map(), Err("no"));
    }
}
