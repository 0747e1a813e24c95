//! What must hold for any bytes. Called by the fuzz targets and, with their
//! corpora, by `tests/audio_corpus.rs`; a broken promise panics.

use super::{Peaks, Wave, pair, playable, probe};
use crate::bytes::ReadAt;

/// The first byte chooses the ending of the name, the rest is the file: what is
/// probed is played, from any place the same, and drawn within bounds.
pub fn file(bytes: &[u8]) {
    const ENDINGS: [&str; 8] = ["wav", "ulaw", "alaw", "sln16", "gsm", "g722", "mp3", "age"];
    let Some((choice, file)) = bytes.split_first() else { return };
    let name = format!("a.{}", ENDINGS[usize::from(*choice) % ENDINGS.len()]);
    let mut source = file.to_vec();
    let Ok(info) = probe(&mut source, &name) else { return };

    let whole = read(&mut *playable(Box::new(source.clone()), &info), 0, 64 * 1024);
    let mut again = playable(Box::new(source.clone()), &info);
    assert!(again.len().is_ok_and(|length| length >= whole.len() as u64));
    for pos in [1, 43, 44, 45, whole.len() / 2, whole.len()] {
        let pos = pos.min(whole.len());
        let part = read(&mut *again, pos as u64, (whole.len() - pos).min(100));
        assert_eq!(part, whole[pos..pos + part.len()], "from {pos}");
    }
    if info.is_decoded() {
        assert!(whole.starts_with(b"RIFF") && whole.len() >= 44);
    }
    if let Ok(mut both) = pair((Box::new(source.clone()), &info), (Box::new(source), &info)) {
        read(&mut *both, 0, 4096);
    }

    let mut peaks = Peaks::new(&info);
    let (head, tail) = file.split_at(file.len() / 3);
    peaks.push(head);
    peaks.push(tail);
    let wave = peaks.finish();
    assert!(wave.points.iter().all(|points| points.len() <= super::MOST_POINTS));
    assert_eq!(Wave::unpack(&wave.pack()).as_ref(), Some(&wave));
}

/// A packed wave that is accepted packs to an equal one.
pub fn wave(bytes: &[u8]) {
    if let Some(wave) = Wave::unpack(bytes) {
        assert_eq!(Wave::unpack(&wave.pack()).as_ref(), Some(&wave));
        wave.silent(0);
    }
}

fn read(source: &mut dyn ReadAt, pos: u64, most: usize) -> Vec<u8> {
    let mut bytes = vec![0; most];
    let got = super::fill(source, pos, &mut bytes).unwrap_or(0);
    bytes.truncate(got);
    bytes
}
