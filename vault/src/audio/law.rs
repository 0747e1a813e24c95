//! G.711: eight bits to sixteen. The expansion of µ-law and A-law by the
//! recommendation's tables 1 and 2, scaled to the sixteen bits all others use.

pub(super) static ULAW: [i16; 256] = table(false);
pub(super) static ALAW: [i16; 256] = table(true);

const fn table(european: bool) -> [i16; 256] {
    let mut all = [0; 256];
    let mut code = 0;
    while code < 256 {
        all[code] = if european { alaw(code as u8) } else { ulaw(code as u8) };
        code += 1;
    }
    all
}

/// Sent inverted: sign, three bits of segment, four of step. Each segment
/// doubles the step; 33 half steps (132 of sixteen bits) are the bias.
const fn ulaw(code: u8) -> i16 {
    let code = !code;
    let segment = (code >> 4) & 7;
    let step = (code & 15) as i16;
    let size = (((step << 3) + 132) << segment) - 132;
    if code & 0x80 == 0 { size } else { -size }
}

/// Sent with every other bit inverted; a set sign is positive. The first two
/// segments share one step; each value is the middle of its step.
const fn alaw(code: u8) -> i16 {
    let code = code ^ 0x55;
    let segment = (code >> 4) & 7;
    let step = (((code & 15) as i16) << 4) + 8;
    let size = if segment == 0 { step } else { (step + 256) << (segment - 1) };
    if code & 0x80 == 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G.711, tables 1a to 2b: ends and middle of the range, and every value's neighbour.
    #[test]
    fn values_are_those_of_the_recommendation() {
        for (code, value) in
            [(0xff, 0), (0x7f, 0), (0x80, 32124), (0x00, -32124), (0xfe, 8), (0xf0, 120)]
        {
            assert_eq!(ULAW[code], value, "µ-law {code:#x}");
        }
        for (code, value) in
            [(0xd5, 8), (0x55, -8), (0xaa, 32256), (0x2a, -32256), (0xd4, 24), (0xc5, 264)]
        {
            assert_eq!(ALAW[code], value, "A-law {code:#x}");
        }
        for code in 0..128usize {
            assert_eq!(ULAW[code], -ULAW[code + 128]);
            assert_eq!(ALAW[code], -ALAW[code + 128]);
        }
        // Louder codes are louder.
        assert!((0x80..0xff).all(|code| ULAW[code] > ULAW[code + 1]));
    }
}
