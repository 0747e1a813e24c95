//! What the ending of a name says about a raw file.

use super::Codec;

/// Endings that only say a file is sealed.
const SEALS: &[&str] = &["age", "gpg", "pgp", "enc"];

/// Codec and rate, by the endings Asterisk registers (`formats/format_pcm.c`,
/// `format_sln.c`, `format_gsm.c`; Asterisk 22). The case is not looked at but
/// for `.WAV`, which is no raw file.
const RAW: &[(&str, Codec, u32)] = &[
    ("ulaw", Codec::Ulaw, 8_000),
    ("ul", Codec::Ulaw, 8_000),
    ("ulw", Codec::Ulaw, 8_000),
    ("mu", Codec::Ulaw, 8_000),
    ("pcm", Codec::Ulaw, 8_000),
    ("alaw", Codec::Alaw, 8_000),
    ("al", Codec::Alaw, 8_000),
    ("alw", Codec::Alaw, 8_000),
    ("sln", Codec::Pcm16, 8_000),
    ("slin", Codec::Pcm16, 8_000),
    ("raw", Codec::Pcm16, 8_000),
    ("sln12", Codec::Pcm16, 12_000),
    ("sln16", Codec::Pcm16, 16_000),
    ("sln24", Codec::Pcm16, 24_000),
    ("sln32", Codec::Pcm16, 32_000),
    ("sln44", Codec::Pcm16, 44_100),
    ("sln48", Codec::Pcm16, 48_000),
    ("sln96", Codec::Pcm16, 96_000),
    ("sln192", Codec::Pcm16, 192_000),
    ("gsm", Codec::Gsm, 8_000),
    ("g722", Codec::G722, 16_000),
];

/// The name without an ending of encryption, and its own ending.
fn ending(name: &str) -> Option<&str> {
    let (stem, last) = name.rsplit_once('.')?;
    if SEALS.iter().any(|seal| seal.eq_ignore_ascii_case(last)) {
        return stem.rsplit_once('.').map(|(_, ending)| ending);
    }
    Some(last)
}

pub(super) fn raw(name: &str) -> Option<(Codec, u32)> {
    let ending = ending(name)?;
    RAW.iter()
        .find(|(known, _, _)| known.eq_ignore_ascii_case(ending))
        .map(|(_, codec, rate)| (*codec, *rate))
}

pub(super) fn is_wav(name: &str) -> bool {
    ending(name).is_some_and(|ending| {
        ["wav", "wav16", "wav49"].iter().any(|known| known.eq_ignore_ascii_case(ending))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_codec_with_and_without_a_seal() {
        for (name, expected) in [
            ("a.ulaw", Some((Codec::Ulaw, 8_000))),
            ("a.b.sln16", Some((Codec::Pcm16, 16_000))),
            ("a.gsm.age", Some((Codec::Gsm, 8_000))),
            ("A.G722.GPG", Some((Codec::G722, 16_000))),
            ("a.age", None),
            ("ulaw", None),
            ("a.wav", None),
            (".", None),
            ("", None),
        ] {
            assert_eq!(raw(name), expected, "{name}");
        }
        assert!(is_wav("x.WAV") && is_wav("x.wav.age") && !is_wav("x.mp3"));
    }
}
