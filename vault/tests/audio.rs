//! The decoders against other people's: `tests/audio` holds what Asterisk 22 encoded (a hum with
//! pauses and bursts of noise, and frames of random bits), and the sums are of what its own
//! `file convert` made of them as signed linear. G.711 is summed over all codes, by Python's audioop.

use std::path::Path;

use ring::digest::{SHA256, digest};
use switchroom_vault::audio::{playable, probe};
use switchroom_vault::bytes::ReadAt;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio").join(name)).unwrap()
}

/// The samples of the WAV that `bytes` become.
fn decoded(name: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    let info = probe(&mut bytes, name).unwrap();
    let mut wav = playable(Box::new(bytes), &info);
    let mut all = vec![0; usize::try_from(wav.len().unwrap()).unwrap()];
    assert_eq!(wav.read_at(0, &mut all).unwrap(), all.len());
    all.split_off(44)
}

fn sum(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_sample_is_the_one_that_others_decode() {
    let all: Vec<u8> = (0..=255).collect();
    for (name, bytes, expected) in [
        ("a.ulaw", all.clone(), "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827"),
        ("a.alaw", all, "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174"),
        (
            "speech.gsm",
            file("speech.gsm"),
            "c9caab0c1f0feb041af1e8aad49867312697c02a77b7403b9e69f4e411d8ac36",
        ),
        (
            "any.gsm",
            file("any.gsm"),
            "0b0abf2b637d11791f9a512d928881c08915399cd0f57477c1f51f00a7132eee",
        ),
        (
            "speech.g722",
            file("speech.g722"),
            "28a44c706ec0bf7c434803eff240e0d5bc4cd34312f1bd8497cfae7bf2c42619",
        ),
    ] {
        assert_eq!(sum(&decoded(name, bytes)), expected, "{name}");
    }
}

/// The same speech, packed the other way by Asterisk's `format_wav_gsm`.
#[test]
fn wav49_gives_the_samples_of_the_same_gsm() {
    assert_eq!(decoded("a.WAV", file("speech.WAV")), decoded("a.gsm", file("speech.gsm")));
}
