//! Reports over facts in memory.

mod compare;
mod memory;
mod params;
mod paths;
mod vectors;
