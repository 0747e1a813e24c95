//! (room people)
