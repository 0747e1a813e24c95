//! From a call to the names its recordings may have.
