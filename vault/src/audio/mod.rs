//! The sound in recordings: containers, codecs, peaks.
