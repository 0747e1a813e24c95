//! Recordings on the wire: rows, pictures, markers, listenings, keys, storage,
//! erasures. Places in a recording are seconds from its beginning.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::portal::schema::{Components, Described, wire};
use crate::portal::wire::calls::CallsHeader;

/// From and to, in seconds from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Stretch(pub f64, pub f64);

impl Described for Stretch {
    fn shape(_: &mut Components) -> Value {
        json!({
            "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2,
            "description": "from and to, in seconds from the beginning",
        })
    }
}

wire! {
    /// What the one who asks may do with a recording.
    pub struct MayDo {
        play: bool,
        download: bool,
        /// Add markers.
        mark: bool,
        delete: bool,
        /// Hold it, or end that.
        hold: bool,
        /// See who listened.
        listens: bool,
    }

    /// A recorded file, or what is left to say of one that was deleted.
    pub struct Recording {
        id: String,
        /// Id of the call's page; null when no call of the log is known for it.
        call: Option<String>,
        call_id: String,
        started: i64,
        /// Null while it grows.
        stopped: Option<i64>,
        /// Seconds, with their thousandths.
        duration: Option<f64>,
        queue: Option<String>,
        agent: Option<String>,
        /// Null when hidden, unknown or erased.
        number: Option<String>,
        /// `in` or `out`; null when unknown or within the house.
        direction: Option<&'static str>,
        /// `mix`, or one side: `in`, `out`.
        leg: &'static str,
        /// Why it was made: `queue`, `phone`, `demand`, `found`.
        kind: &'static str,
        /// Empty until the file was looked at.
        codec: String,
        /// Bytes of the sound, not of the sealed file.
        size: u64,
        /// `growing`, `closed`, `sealed`, `plain`, `failed` or `deleted`.
        state: &'static str,
        /// Whether the sound can be had: `open`, `locked`, `plain`, `foreign`.
        lock: &'static str,
        held: bool,
        /// In answers about one call or one recording only.
        hold_reason: Option<String>,
        hold_until: Option<i64>,
        /// When its time is over; null is never.
        keep_until: Option<i64>,
        /// Why sealing failed.
        note: Option<String>,
        /// Kept, but played to nobody.
        restricted: bool,
        markers: u32,
        listened: u32,
        muted: Vec<Stretch>,
        hold: Vec<Stretch>,
        may: MayDo,
    }

    pub struct RecordingPage {
        header: CallsHeader,
        rows: Vec<Recording>,
        /// Marker of the next page.
        next: Option<String>,
    }

    pub struct CallRecordings {
        rows: Vec<Recording>,
    }

    pub struct SoundLink {
        /// Path below the portal's root; works in this session only.
        url: String,
        /// Until then the first byte must have been asked for.
        expires: i64,
        /// Path of the picture.
        wave: String,
    }

    /// The picture of a recording.
    pub struct WaveForm {
        duration: f64,
        /// Points of each channel.
        points: usize,
        /// Base 64 of least and greatest of each point, as signed bytes; of two
        /// channels the caller is the first, the agent the second.
        channels: Vec<String>,
        /// Where nobody speaks.
        silent: Vec<Stretch>,
        muted: Vec<Stretch>,
        hold: Vec<Stretch>,
    }

    pub struct Marker {
        id: String,
        at: f64,
        /// 0: a moment.
        length: f64,
        text: String,
        /// `red`, `green` or `blue`.
        colour: &'static str,
        /// Account.
        author: String,
        created: i64,
        /// Whether the one who asks may change and delete it.
        may_change: bool,
    }

    pub struct Markers {
        markers: Vec<Marker>,
    }

    pub struct Listening {
        account: String,
        /// Empty when the account is gone.
        name: String,
        address: String,
        at: i64,
        /// Heard, each second once.
        seconds: f64,
    }

    pub struct Listens {
        listens: Vec<Listening>,
    }

    /// A key recordings are, or were, sealed to.
    pub struct SealKey {
        fingerprint: String,
        created: i64,
        /// `open`: at hand; `locked`: behind its passphrase; `elsewhere`: the
        /// box seals to it and can't open.
        state: &'static str,
        /// Whether it lies behind a passphrase.
        passphrase: bool,
        /// Whether its secret was given out; that happens once.
        exported: bool,
        /// Whether new recordings are sealed to it.
        current: bool,
    }

    pub struct SealKeys {
        keys: Vec<SealKey>,
        /// Whether new recordings are sealed.
        sealing: bool,
    }

    /// The secret of a key, given out once.
    pub struct KeyText {
        /// Name for a file.
        name: String,
        /// An identity file of `age`.
        text: String,
    }

    pub struct Rotation {
        /// Recordings given to the new key.
        rewrapped: u64,
        /// Those that could not be.
        left: u64,
    }

    /// The chain of daily hashes.
    pub struct ManifestState {
        /// The last day, `2026-11-20`; null before the first.
        day: Option<String>,
        days: u64,
        /// Whether each day follows from the one before.
        sound: bool,
        detail: Option<String>,
    }

    pub struct RecordingStorage {
        /// Bytes left where recordings lie; null when it can't be told.
        free: Option<u64>,
        /// Below that the oldest are deleted.
        low_space: u64,
        low: bool,
        /// Of all files.
        bytes: u64,
        /// How many, by state.
        states: BTreeMap<String, u64>,
        oldest: Option<i64>,
        /// Null is for ever.
        retention_days: Option<u32>,
        /// Whose time is over and who are not held.
        due: u64,
        due_bytes: u64,
        /// Orders not to delete that are in force.
        held: u64,
        manifest: ManifestState,
    }

    pub struct ErasedCount {
        recordings: u64,
        markers: u64,
        bytes: u64,
        /// Held ones, which stay.
        held: u64,
    }

    pub struct ErasedProof {
        recording: String,
        /// Of the sound, in hexadecimal digits; empty when it was never taken.
        sha256: String,
        started: i64,
    }

    /// What an erasure did, or would do.
    pub struct ErasureDone {
        /// Null of a dry run.
        id: Option<String>,
        dry_run: bool,
        count: ErasedCount,
        proofs: Vec<ErasedProof>,
    }

    pub struct Erasure {
        id: String,
        at: i64,
        account: String,
        reason: String,
        recordings: u64,
    }

    pub struct Erasures {
        erasures: Vec<Erasure>,
    }
}
