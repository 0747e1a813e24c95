//! Floor 5: questions answered from rows: blocks, filters, periods, exports.
//!
//! Sees no SQL and no HTTP: facts and settled cells come in through
//! [`Source`], answers leave as [`Report`]s for a terminal, a file or the
//! portal.
//!
//! A question ([`Query`]) is answered by [`run`] for one [`Block`] of the
//! [`catalogue`] (`metrics.md` 3). Whatever needs no single call comes from
//! stored quarter hours where days are settled; today, and everything that
//! looks at single calls, is made into the same cells from facts. So each
//! figure is computed in one place.

mod agent_calls;
mod agent_hours;
mod agent_sums;
mod agents;
mod answered;
mod areas;
mod attempts;
mod block;
mod callers;
pub mod calls;
mod compare;
mod crew;
mod distributions;
mod filter;
mod handling;
mod join;
mod lists;
mod lost;
mod outcomes;
mod overview;
mod params;
mod passing;
mod period;
mod presence;
mod query;
mod render;
mod report;
mod rule;
mod runs;
mod skills;
mod sla;
mod source;
mod split;
mod staff;
mod stored;
mod stretch;
mod study;
mod sums;
mod teams;
#[cfg(test)]
mod tests;
mod traffic;

pub use block::{Block, Group, catalogue, find, run};
pub use compare::{ACCEPTS as COMPARE_ACCEPTS, Comparison, other_period, run_compared};
pub use crew::agents_of;
pub use filter::Scope as Filter;
pub use params::{Defaults, Fault, PARAMETERS, refusal};
pub use period::{Base, Window};
pub use query::*;
pub use render::duration;
pub use report::{Column, Header, Report, Row, Value};
pub use source::{Coverage, Source};
pub use stored::Stored;
