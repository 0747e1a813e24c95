//! What a link grants, as bytes.

use std::time::Duration;

use crate::base::{Error, Kind, Result};

/// Paths of Linux are shorter.
const LONGEST: usize = 4096;

/// What a link may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Heard in the browser: `Content-Disposition: inline`.
    Play,
    /// Saved: `attachment`.
    Download,
    /// Only its waveform.
    Wave,
}

/// Which bytes it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A row of the journal.
    Recording(i64),
    /// A file beneath a storage root: the root's place in the list, and the
    /// path from it (bytes, as the folder has them).
    File { root: u16, path: Vec<u8> },
    /// Two legs beneath a root, heard as one: the caller's, the agent's.
    Pair { root: u16, caller: Vec<u8>, agent: Vec<u8> },
}

/// What is sealed in a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub target: Target,
    pub usage: Usage,
    /// What the one who uses it must prove ([`super::Links::open`]): the
    /// session's digest; empty for links that may be passed on.
    pub bound: Vec<u8>,
    pub tenant: String,
    /// For the audit: who asked, as the asking system says.
    pub user: String,
    /// For the audit: the call's id.
    pub call: String,
}

impl Grant {
    pub(super) fn pack(&self, expires: i64, ends: Duration) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(128);
        out.extend_from_slice(&expires.to_be_bytes());
        let ends = u64::try_from(ends.as_millis()).unwrap_or(u64::MAX);
        out.extend_from_slice(&ends.to_be_bytes());
        out.push(match self.usage {
            Usage::Play => 0,
            Usage::Download => 1,
            Usage::Wave => 2,
        });
        match &self.target {
            Target::Recording(id) => {
                out.push(0);
                out.extend_from_slice(&id.to_be_bytes());
            }
            Target::File { root, path } => {
                out.push(1);
                out.extend_from_slice(&root.to_be_bytes());
                put(&mut out, path)?;
            }
            Target::Pair { root, caller, agent } => {
                out.push(2);
                out.extend_from_slice(&root.to_be_bytes());
                put(&mut out, caller)?;
                put(&mut out, agent)?;
            }
        }
        put(&mut out, &self.bound)?;
        put(&mut out, self.tenant.as_bytes())?;
        put(&mut out, self.user.as_bytes())?;
        put(&mut out, self.call.as_bytes())?;
        Ok(out)
    }

    /// The reverse of [`Grant::pack`]; None when it is not exactly one.
    pub(super) fn unpack(mut from: &[u8]) -> Option<(Grant, i64, Duration)> {
        let from = &mut from;
        let expires = i64::from_be_bytes(take(from)?);
        let ends = Duration::from_millis(u64::from_be_bytes(take(from)?));
        let usage = match take::<1>(from)? {
            [0] => Usage::Play,
            [1] => Usage::Download,
            [2] => Usage::Wave,
            _ => return None,
        };
        let target = match take::<1>(from)? {
            [0] => Target::Recording(i64::from_be_bytes(take(from)?)),
            [1] => Target::File { root: u16::from_be_bytes(take(from)?), path: bytes(from)? },
            [2] => Target::Pair {
                root: u16::from_be_bytes(take(from)?),
                caller: bytes(from)?,
                agent: bytes(from)?,
            },
            _ => return None,
        };
        let bound = bytes(from)?;
        let tenant = String::from_utf8(bytes(from)?).ok()?;
        let user = String::from_utf8(bytes(from)?).ok()?;
        let call = String::from_utf8(bytes(from)?).ok()?;
        if !from.is_empty() {
            return None;
        }
        Some((Grant { target, usage, bound, tenant, user, call }, expires, ends))
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    let length = u16::try_from(bytes.len()).ok().filter(|_| bytes.len() <= LONGEST);
    let length =
        length.ok_or_else(|| Error::new(Kind::Invalid, "a path or name is too long for a link"))?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = from.split_first_chunk::<N>()?;
    *from = rest;
    Some(*first)
}

fn bytes(from: &mut &[u8]) -> Option<Vec<u8>> {
    let length = usize::from(u16::from_be_bytes(take(from)?));
    let (first, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(first.to_vec())
}
