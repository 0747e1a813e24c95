//! Reports over facts in memory.

mod memory;
mod paths;
mod vectors;
