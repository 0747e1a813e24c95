//! Which parts of a stint a question asks for.

/// Which parts of a stint are wanted. What is not stays empty and costs
/// nothing; columns and times are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub number: bool,
    pub attempts: bool,
    /// What is packed behind the attempts: ids, names, words, holds, notes,
    /// quality.
    pub rest: bool,
    /// Stints that have this are wanted, and perhaps others.
    pub only: Option<StintPart>,
}

/// What few stints have and can be looked for before a row is unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StintPart {
    Outcome,
    Tag,
    Features,
    Notes,
}

impl Wanted {
    pub const ALL: Wanted = Wanted { number: true, attempts: true, rest: true, only: None };
    /// Queue, agent, times, position, cause.
    pub const TIMES: Wanted = Wanted { number: false, attempts: false, rest: false, only: None };
    pub const NUMBER: Wanted = Wanted { number: true, ..Wanted::TIMES };
    pub const ATTEMPTS: Wanted = Wanted { attempts: true, ..Wanted::TIMES };
    /// All that totals are made of.
    pub const FIGURES: Wanted = Wanted { number: false, ..Wanted::ALL };

    /// What both want.
    #[must_use]
    pub fn with(self, other: Wanted) -> Wanted {
        Wanted {
            number: self.number || other.number,
            attempts: self.attempts || other.attempts,
            rest: self.rest || other.rest,
            only: self.only.filter(|only| other.only == Some(*only)),
        }
    }

    /// The same of the stints that have a part.
    #[must_use]
    pub fn only(self, part: StintPart) -> Wanted {
        Wanted { only: Some(part), ..self }
    }
}
