//! Names once: queues, agents and recurring words get small ids.
//!
//! Agents are identified without regard to case and shown in the spelling
//! first seen (`metrics.md` 1.7 N4); queues and words are exact.

use rustc_hash::FxHashMap;

use crate::model::change::NameKind;
use crate::model::fact::{AgentId, QueueId, WordId};

/// The dictionaries. Ids count from 1 in order of first sight and are never
/// reused; the store keeps the same ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    queues: Dictionary,
    agents: Dictionary,
    words: Dictionary,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Dictionary {
    texts: Vec<Box<str>>,
    ids: FxHashMap<Box<str>, u32>,
}

impl Dictionary {
    fn find(&self, key: &str) -> Option<u32> {
        self.ids.get(key).copied()
    }

    fn add(&mut self, key: Box<str>, text: &str) -> u32 {
        self.texts.push(text.into());
        // Ids are u32 because four thousand million names do not fit a box.
        let id = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.ids.insert(key, id);
        id
    }

    fn text(&self, id: u32) -> &str {
        let index = (id as usize).wrapping_sub(1);
        self.texts.get(index).map_or("", |text| text)
    }
}

impl Names {
    /// The id of a queue, and whether it is new.
    pub fn queue(&mut self, text: &str) -> (QueueId, bool) {
        exact(&mut self.queues, text)
    }

    /// The id of a word, and whether it is new.
    pub fn word(&mut self, text: &str) -> (WordId, bool) {
        exact(&mut self.words, text)
    }

    /// The id of an agent, and whether it is new.
    pub fn agent(&mut self, text: &str) -> (AgentId, bool) {
        if let Some(id) = self.agents.find(text) {
            return (id, false);
        }
        let folded = text.to_lowercase();
        if let Some(id) = self.agents.find(&folded) {
            // Remember the spelling too, so that the next look-up is one step.
            self.agents.ids.insert(text.into(), id);
            return (id, false);
        }
        let id = self.agents.add(folded.as_str().into(), text);
        if folded != text {
            self.agents.ids.insert(text.into(), id);
        }
        (id, true)
    }

    /// The id of a queue that is known already.
    pub fn find_queue(&self, text: &str) -> Option<QueueId> {
        self.queues.find(text)
    }

    /// The id of an agent that is known already, in any case of letters.
    pub fn find_agent(&self, text: &str) -> Option<AgentId> {
        self.agents.find(text).or_else(|| self.agents.find(&text.to_lowercase()))
    }

    /// The id of a word that is known already.
    pub fn find_word(&self, text: &str) -> Option<WordId> {
        self.words.find(text)
    }

    /// The queue's name; empty for an id that was never given.
    pub fn queue_name(&self, id: QueueId) -> &str {
        self.queues.text(id)
    }

    /// The agent's name in the spelling first seen.
    pub fn agent_name(&self, id: AgentId) -> &str {
        self.agents.text(id)
    }

    /// The word.
    pub fn word_text(&self, id: WordId) -> &str {
        self.words.text(id)
    }

    /// How many names of a kind there are; their ids are `1..=count`.
    pub fn count(&self, kind: NameKind) -> u32 {
        let dictionary = match kind {
            NameKind::Queue => &self.queues,
            NameKind::Agent => &self.agents,
            NameKind::Word => &self.words,
        };
        u32::try_from(dictionary.texts.len()).unwrap_or(u32::MAX)
    }

    /// Takes a stored name back in. Names must come in the order of their
    /// ids; returns the id it got.
    pub fn restore(&mut self, kind: NameKind, text: &str) -> u32 {
        match kind {
            NameKind::Queue => self.queues.add(text.into(), text),
            NameKind::Word => self.words.add(text.into(), text),
            NameKind::Agent => {
                let folded = text.to_lowercase();
                let id = self.agents.add(folded.as_str().into(), text);
                if folded != text {
                    self.agents.ids.insert(text.into(), id);
                }
                id
            }
        }
    }
}

fn exact(dictionary: &mut Dictionary, text: &str) -> (u32, bool) {
    match dictionary.find(text) {
        Some(id) => (id, false),
        None => (dictionary.add(text.into(), text), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_one_in_any_case_and_keep_their_first_spelling() {
        let mut names = Names::default();
        let (id, new) = names.agent("Agent/Ann");
        assert!(new);
        assert_eq!(names.agent("AGENT/ANN"), (id, false));
        assert_eq!(names.agent("agent/ann"), (id, false));
        assert_eq!(names.agent_name(id), "Agent/Ann");
        assert_eq!(names.find_agent("aGENT/aNN"), Some(id));
        assert_ne!(names.queue("sales").0, names.queue("Sales").0);
    }

    #[test]
    fn restored_names_keep_their_ids() {
        let mut names = Names::default();
        names.queue("a");
        names.queue("b");
        let mut again = Names::default();
        for id in 1..=names.count(NameKind::Queue) {
            assert_eq!(again.restore(NameKind::Queue, names.queue_name(id)), id);
        }
        assert_eq!(again, names);
    }
}
