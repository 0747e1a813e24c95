//! Reports over facts in memory.

mod compare;
mod memory;
mod office;
mod params;
mod paths;
mod vectors;
