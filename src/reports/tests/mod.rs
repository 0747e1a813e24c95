//! Reports over facts in memory.

mod memory;
mod params;
mod paths;
mod vectors;
