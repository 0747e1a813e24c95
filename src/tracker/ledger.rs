//! What was written: no record twice.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

/// Keys remembered. A key can come again only while its call is open or its
/// events are told again after a reconnection; both are minutes.
const MOST: usize = 8192;

/// The keys of the newest records.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    keys: FxHashSet<u64>,
    order: VecDeque<u64>,
}

impl Ledger {
    pub fn has(&self, key: u64) -> bool {
        self.keys.contains(&key)
    }

    /// Enters a key; `false` when it is there already.
    pub fn enter(&mut self, key: u64) -> bool {
        if !self.keys.insert(key) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > MOST
            && let Some(old) = self.order.pop_front()
        {
            self.keys.remove(&old);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_enters_once_and_old_ones_are_forgotten() {
        let mut ledger = Ledger::default();
        assert!(ledger.enter(7));
        assert!(!ledger.enter(7));
        for key in 100..100 + MOST as u64 {
            assert!(ledger.enter(key));
        }
        assert!(ledger.enter(7), "forgotten by now");
        assert_eq!(ledger.keys.len(), MOST);
    }
}
