//! Random access to codecs with a memory.

/// A codec that decodes unit after unit.
///
/// The stream is cut in spans of `SPAN` units. A span is decoded from a fresh
/// decoder that has first run through `RUN_UP` units before it, so what is heard
/// at a place never depends on what was read before, and a jump costs at most
/// `RUN_UP + SPAN` units.
pub(super) trait Decoder: Clone + Default + Send {
    /// Bytes of a unit.
    const BYTES: usize;
    /// Samples of a unit.
    const SAMPLES: usize;
    const SPAN: u64;
    const RUN_UP: u64;

    /// `unit` has `BYTES` bytes, `out` room for `SAMPLES` samples.
    fn decode(&mut self, unit: &[u8], out: &mut [i16]);
}

/// Which units must go through which decoder, so that `unit` comes out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Way {
    pub(super) afresh: bool,
    pub(super) from: u64,
}

/// The way to `unit` for a decoder that is to decode `next` in the span it was begun for.
pub(super) fn way_to<D: Decoder>(unit: u64, next: Option<(u64, u64)>) -> Way {
    let span = unit / D::SPAN;
    match next {
        Some((begun_for, next)) if begun_for == span && next <= unit => {
            Way { afresh: false, from: next }
        }
        _ => Way { afresh: true, from: (span * D::SPAN).saturating_sub(D::RUN_UP) },
    }
}
