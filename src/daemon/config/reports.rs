//! Section `reports`.

use crate::base::setting::{Fault, Raw, Span, Value};
use crate::daemon::config::calls::{choice, word_of};

crate::settings! {
    /// How reports count.
    pub struct Reports {
        /// What the service level of a queue is: "inclusive_answered" (answered in time,
        /// of those offered), "inclusive" (answered and lost in time, of those offered),
        /// "answered" (of those answered) or "no_short" (of those offered, without short
        /// abandons).
        sla_variant: SlaVariant = SlaVariant::InclusiveAnswered,
        /// Steps of the service-level tables: up to this…
        sla_initial_delay: Span = Span(20),
        /// …in steps of this…
        sla_initial_interval: Span = Span(5),
        /// …then in steps of this…
        sla_interval: Span = Span(10),
        /// …up to this.
        sla_max_delay: Span = Span(120),
        /// A conversation of at least this length is effective.
        effective_threshold: Span = Span(30),
        /// Abandons below this wait are short.
        short_abandon: Span = Span(5),
        /// Lost calls that waited less are left out of all figures.
        short_wait: Option<Span> = None,
        /// Answered calls that talked less are left out.
        short_talk: Option<Span> = None,
        /// Lost attempts that rang less are left out.
        short_attempt: Option<Span> = None,
        /// Count calls that were refused at the door as offered and lost.
        count_refused: bool = false,
        /// Count conversations that have not ended yet.
        consider_incomplete: bool = false,
        /// Join the passages of one call through several queues into one.
        join_multistint: bool = false,
        /// Length of the slots of reports by hour, in minutes: 15, 30 or 60.
        hourly_slot: Slot = Slot(60),
        /// How many digits of a number are its area code.
        area_digits: u32 = 3,
        /// Which digit is the first of them, from 1.
        area_start: u32 = 1,
        /// Digits before a number that are not part of it.
        national_prefixes: Vec<String> = Vec::new(),
    }
}

/// Minutes of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(pub u32);

impl Value for Slot {
    const KIND: &'static str = "15, 30 or 60";
    fn read(raw: &Raw, path: &str, faults: &mut Vec<Fault>) -> Result<Self, String> {
        match u32::read(raw, path, faults) {
            Ok(minutes @ (15 | 30 | 60)) => Ok(Slot(minutes)),
            _ => Err("15, 30 or 60".to_owned()),
        }
    }
    fn show(&self) -> String {
        self.0.to_string()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlaVariant {
    Answered,
    Inclusive,
    InclusiveAnswered,
    NoShort,
}

const VARIANTS: &[(&str, SlaVariant)] = &[
    ("inclusive_answered", SlaVariant::InclusiveAnswered),
    ("inclusive", SlaVariant::Inclusive),
    ("answered", SlaVariant::Answered),
    ("no_short", SlaVariant::NoShort),
];

impl Value for SlaVariant {
    const KIND: &'static str = "word";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        choice(raw, VARIANTS)
    }
    fn show(&self) -> String {
        word_of(*self, VARIANTS)
    }
}
