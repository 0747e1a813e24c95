//! Which queues a viewer sees.

use std::collections::BTreeSet;

use crate::base::order::Gathered as _;

/// A set of queues, or all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    queues: Option<BTreeSet<String>>,
}

impl Scope {
    /// Every queue, also those that appear later.
    pub fn all() -> Self {
        Scope { queues: None }
    }

    /// These queues only. An empty set sees nothing.
    pub fn only(queues: impl IntoIterator<Item = String>) -> Self {
        Scope { queues: Some(queues.into_iter().into_set()) }
    }

    /// What both see: what a viewer asks for within what he may see.
    pub fn and(&self, other: &Scope) -> Scope {
        match (&self.queues, &other.queues) {
            (None, None) => Scope::all(),
            (Some(one), None) | (None, Some(one)) => Scope { queues: Some(one.clone()) },
            (Some(one), Some(two)) => {
                Scope { queues: Some(one.intersection(two).cloned().into_set()) }
            }
        }
    }

    /// Whether the viewer sees this queue.
    pub fn sees(&self, queue: &str) -> bool {
        self.queues.as_ref().is_none_or(|queues| queues.contains(queue))
    }

    /// Whether the viewer sees no queue at all.
    pub fn is_empty(&self) -> bool {
        self.queues.as_ref().is_some_and(BTreeSet::is_empty)
    }

    /// Whether the viewer sees everything.
    pub fn is_all(&self) -> bool {
        self.queues.is_none()
    }
}
