//! WebSocket, the server's half of RFC 6455, as far as a stream of texts
//! needs it: we send texts, answer pings and closings, and pass over whatever
//! else a client says.
//!
//! Pure: bytes in, frames out. Extensions and sub-protocols are never agreed
//! to.

mod handshake;

pub use handshake::accept;

/// Longest frame of a client that is read; longer ones end the connection
/// (status 1009).
pub const LONGEST: usize = 16 * 1024;
/// Longest control frame (section 5.5).
const LONGEST_CONTROL: u64 = 125;

/// Statuses of a closing (section 7.4.1).
pub const NORMAL: u16 = 1000;
pub const GOING_AWAY: u16 = 1001;
pub const PROTOCOL_ERROR: u16 = 1002;
pub const TOO_BIG: u16 = 1009;

/// What a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Client {
    /// Text, binary or a continuation: not for us.
    Ignored,
    /// To be answered with the same bytes.
    Ping(Vec<u8>),
    Pong,
    /// With its status, if any.
    Close(Option<u16>),
}

/// What stands at the head of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    Frame {
        frame: Client,
        used: usize,
    },
    /// More bytes are needed.
    Incomplete,
    /// The connection ends with this status.
    Bad(u16),
}

/// The first frame in `bytes` (section 5.2). Total: any bytes give an answer.
pub fn read(bytes: &[u8]) -> Read {
    let [first, second, rest @ ..] = bytes else { return Read::Incomplete };
    let (first, second) = (*first, *second);
    // Reserved bits are for extensions, and there are none.
    if first & 0x70 != 0 {
        return Read::Bad(PROTOCOL_ERROR);
    }
    let (last, opcode) = (first & 0x80 != 0, first & 0x0f);
    let control = opcode & 0x08 != 0;
    // A client must mask.
    if second & 0x80 == 0 {
        return Read::Bad(PROTOCOL_ERROR);
    }
    let (len, rest) = match second & 0x7f {
        126 => match rest {
            [a, b, rest @ ..] => (u64::from(u16::from_be_bytes([*a, *b])), rest),
            _ => return Read::Incomplete,
        },
        127 => match rest.split_at_checked(8) {
            Some((len, rest)) => {
                (len.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte)), rest)
            }
            None => return Read::Incomplete,
        },
        len => (u64::from(len), rest),
    };
    if control && (len > LONGEST_CONTROL || !last) {
        return Read::Bad(PROTOCOL_ERROR);
    }
    let len = match usize::try_from(len) {
        Ok(len) if len <= LONGEST => len,
        _ => return Read::Bad(TOO_BIG),
    };
    let Some((mask, rest)) = rest.split_at_checked(4) else { return Read::Incomplete };
    let Some(payload) = rest.get(..len) else { return Read::Incomplete };
    let plain = || -> Vec<u8> {
        payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect()
    };
    let frame = match opcode {
        0x0..=0x2 => Client::Ignored,
        0x8 => match plain().as_slice() {
            [] => Client::Close(None),
            [_] => return Read::Bad(PROTOCOL_ERROR),
            [a, b, ..] => Client::Close(Some(u16::from_be_bytes([*a, *b]))),
        },
        0x9 => Client::Ping(plain()),
        0xa => Client::Pong,
        _ => return Read::Bad(PROTOCOL_ERROR),
    };
    Read::Frame { frame, used: bytes.len() - rest.len() + len }
}

/// A whole text in one frame.
pub fn text(text: &[u8]) -> Vec<u8> {
    frame(0x1, text)
}

/// The answer to a ping.
pub fn pong(payload: &[u8]) -> Vec<u8> {
    frame(0xa, payload)
}

pub fn close(status: u16) -> Vec<u8> {
    frame(0x8, &status.to_be_bytes())
}

fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(payload.len() + 10);
    bytes.push(0x80 | opcode);
    match payload.len() {
        // The arms bound the length, so nothing is cut.
        len @ 0..=125 => bytes.push(len as u8),
        len @ 126..=65_535 => {
            bytes.push(126);
            bytes.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            bytes.push(127);
            bytes.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
        let mut bytes = vec![first, 0x80 | u8::try_from(payload.len()).unwrap()];
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    #[test]
    fn the_examples_of_the_standard_read_and_print() {
        // Section 5.7.
        let hello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        assert_eq!(read(&hello), Read::Frame { frame: Client::Ignored, used: 11 });
        let ping = [0x89, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let frame = Client::Ping(b"Hello".to_vec());
        assert_eq!(read(&ping), Read::Frame { frame, used: 11 });
        assert_eq!(text(b"Hello"), [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
        assert_eq!(text(&[7; 256])[..4], [0x81, 0x7e, 0x01, 0x00]);
        let long = text(&vec![7; 65_536]);
        assert_eq!(long[..10], [0x81, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(pong(b"Hello")[..2], [0x8a, 0x05]);
        assert_eq!(close(NORMAL), [0x88, 0x02, 0x03, 0xe8]);
    }

    #[test]
    fn a_closing_may_carry_a_status() {
        let frame = |frame| Read::Frame { frame, used: 8 };
        assert_eq!(read(&masked(0x88, &[3, 233], [1, 2, 3, 4])), frame(Client::Close(Some(1001))));
        let bare = Read::Frame { frame: Client::Close(None), used: 6 };
        assert_eq!(read(&masked(0x88, &[], [9; 4])), bare);
        assert_eq!(read(&masked(0x88, &[3], [9; 4])), Read::Bad(PROTOCOL_ERROR));
    }

    #[test]
    fn what_a_client_must_not_send_ends_the_connection() {
        assert_eq!(read(&[0x81, 0x05]), Read::Bad(PROTOCOL_ERROR), "not masked");
        assert_eq!(read(&masked(0xc1, b"x", [0; 4])), Read::Bad(PROTOCOL_ERROR), "reserved bit");
        assert_eq!(read(&masked(0x83, b"x", [0; 4])), Read::Bad(PROTOCOL_ERROR), "unknown opcode");
        assert_eq!(read(&masked(0x09, b"x", [0; 4])), Read::Bad(PROTOCOL_ERROR), "cut control");
        assert_eq!(read(&[0x89, 0xfe, 0x00, 0x7e]), Read::Bad(PROTOCOL_ERROR), "long control");
        assert_eq!(read(&[0x82, 0xfe, 0x40, 0x01]), Read::Bad(TOO_BIG));
        assert_eq!(read(&[0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0]), Read::Bad(TOO_BIG));
    }

    #[test]
    fn every_beginning_of_a_frame_waits_for_the_rest() {
        let mut long = vec![0x82, 0xfe, 0x01, 0x00, 1, 2, 3, 4];
        long.extend([9; 256]);
        for whole in [masked(0x81, b"hello", [1, 2, 3, 4]), long] {
            for cut in 0..whole.len() {
                assert_eq!(read(&whole[..cut]), Read::Incomplete, "{cut}");
            }
            assert_eq!(read(&whole), Read::Frame { frame: Client::Ignored, used: whole.len() });
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_an_answer_and_use_no_more_than_there_are(
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
        ) {
            if let Read::Frame { used, .. } = read(&bytes) {
                proptest::prop_assert!(used >= 6 && used <= bytes.len());
            }
        }
    }
}
