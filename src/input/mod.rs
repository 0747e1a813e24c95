//! (room input)
