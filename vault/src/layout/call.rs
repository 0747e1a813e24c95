//! What is known of a call when its recordings are looked for.

use super::id::Id;

/// A call as the one who asks knows it. Only the id must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Call {
    /// The call's id, then the other ids it has had (the member's channel,
    /// the linkedid): the first is exact, the others are aliases. A leading
    /// `:` (calls the tracker saw) is taken off when names are matched.
    pub ids: Vec<String>,
    /// Seconds since 1970.
    pub started: Option<i64>,
    /// Seconds since 1970.
    pub ended: Option<i64>,
    pub queue: Option<String>,
    /// `Agent/101`, `PJSIP/101`, `101`.
    pub agent: Option<String>,
    pub extension: Option<String>,
    pub caller: Option<String>,
    pub tenant: Option<String>,
    pub linkedid: Option<String>,
}

impl Call {
    /// A call of which nothing but the id is known.
    pub fn new(id: impl Into<String>) -> Call {
        Call { ids: vec![id.into()], ..Call::default() }
    }

    /// When it began: as told, else the moment in its id
    /// (`pbx1-1700000000.12`), which is when its channel was made.
    pub fn began(&self) -> Option<i64> {
        self.started.or_else(|| self.ids.iter().find_map(|id| Id::new(id)?.moment()))
    }

    /// The ids that can be looked for in names, the exact one first, none twice.
    pub fn named(&self) -> Vec<Id> {
        let mut named: Vec<Id> = Vec::new();
        for id in self.ids.iter().chain(self.linkedid.as_ref()).filter_map(|id| Id::new(id)) {
            if !named.contains(&id) {
                named.push(id);
            }
        }
        named
    }
}
