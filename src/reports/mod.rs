//! (room reports)
