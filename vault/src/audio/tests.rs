use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::stepped::{Way, way_to};
use super::*;

/// A WAV of the given format chunk and sound, with true lengths.
fn wav(tag: u16, channels: u16, rate: u32, bits: u16, sound: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
    let block = channels * bits / 8;
    for two in [tag, channels] {
        file.extend(two.to_le_bytes());
    }
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(block)).to_le_bytes());
    for two in [block, bits] {
        file.extend(two.to_le_bytes());
    }
    file.extend(b"data");
    file.extend(u32::try_from(sound.len()).unwrap().to_le_bytes());
    file.extend(sound);
    let riff = u32::try_from(file.len() - 8).unwrap();
    file[4..8].copy_from_slice(&riff.to_le_bytes());
    file
}

fn speech(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at * 37 % 251) as u8).collect()
}

fn with(mut file: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

fn all_of(mut source: Box<dyn ReadAt + Send>) -> Vec<u8> {
    let mut all = vec![0; usize::try_from(source.len().unwrap()).unwrap()];
    assert_eq!(fill(&mut source, 0, &mut all).unwrap(), all.len());
    all
}

fn samples(wav: &[u8]) -> Vec<i16> {
    wav[44..].chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect()
}

/// What is wanted of a file: codec, samples of a channel, and whether its header was true.
type Verdict = Result<(Codec, u64, bool), &'static str>;

fn judged(name: &str, bytes: &[u8]) -> Result<(Codec, u64, bool), String> {
    let info = probe(&mut bytes.to_vec(), name).map_err(|fault| fault.to_string())?;
    let played = samples(&all_of(playable(Box::new(bytes.to_vec()), &info)));
    let frames = info.frames.unwrap();
    assert_eq!(played.len() as u64, frames * u64::from(info.channels), "{name}");
    Ok((info.codec, frames, !info.header_lied))
}

#[test]
fn wav_files_get_their_verdicts() {
    let good = wav(1, 1, 8000, 16, &speech(400));
    let chunk = b"LIST\x05\0\0\0abcde\0";
    let mut before = good[..12].to_vec();
    before.extend(chunk);
    before.extend(&good[12..]);
    let mut unpadded = good[..12].to_vec();
    unpadded.extend(&chunk[..13]);
    unpadded.extend(&good[12..]);
    let mut behind = good.clone();
    behind.extend(chunk);
    let mut empty_and_behind = wav(1, 1, 8000, 16, &[]);
    empty_and_behind.extend(chunk);
    let mut longer = good.clone();
    longer.extend(speech(1000));
    let mut endless = good[..12].to_vec();
    for _ in 0..100 {
        endless.extend(chunk);
    }
    let mut extensible = wav(0xfffe, 1, 16000, 16, &[]);
    extensible.truncate(36);
    extensible[16] = 40;
    extensible.extend(b"\x16\0\x10\0\x04\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
    extensible.extend(b"data\x04\0\0\0abcd");
    let mut rf64 = b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0".to_vec();
    rf64.extend([0; 8]);
    rf64.extend(400u64.to_le_bytes());
    rf64.extend([0; 12]);
    rf64.extend(&with(good.clone(), 40, &[0xff; 4])[12..]);

    let table: &[(&str, Vec<u8>, Verdict)] = &[
        ("good", good.clone(), Ok((Codec::Pcm16, 200, true))),
        ("a chunk before", before, Ok((Codec::Pcm16, 200, true))),
        ("a chunk before, its pad forgotten", unpadded, Ok((Codec::Pcm16, 200, true))),
        ("a chunk behind", behind, Ok((Codec::Pcm16, 200, true))),
        ("no sound and a chunk behind", empty_and_behind, Ok((Codec::Pcm16, 0, true))),
        ("header alone", wav(1, 1, 8000, 16, &[]), Ok((Codec::Pcm16, 0, true))),
        ("growing", with(good.clone(), 40, &[0; 4]), Ok((Codec::Pcm16, 200, false))),
        ("growing, lengths -1", with(good.clone(), 40, &[0xff; 4]), Ok((Codec::Pcm16, 200, false))),
        ("grown past its header", longer, Ok((Codec::Pcm16, 700, false))),
        ("cut", good[..300].to_vec(), Ok((Codec::Pcm16, 128, false))),
        ("cut in a sample", good[..301].to_vec(), Ok((Codec::Pcm16, 128, false))),
        ("RIFF's own length wrong", with(good.clone(), 4, &[9; 4]), Ok((Codec::Pcm16, 200, true))),
        ("RF64", rf64, Ok((Codec::Pcm16, 200, true))),
        ("extensible", extensible, Ok((Codec::Pcm16, 2, true))),
        ("8 bits", wav(1, 1, 8000, 8, &speech(100)), Ok((Codec::Pcm8, 100, true))),
        ("24 bits", wav(1, 2, 48000, 24, &speech(600)), Ok((Codec::Pcm24, 100, true))),
        ("32 bits", wav(1, 1, 8000, 32, &speech(400)), Ok((Codec::Pcm32, 100, true))),
        ("floats", wav(3, 1, 8000, 32, &speech(400)), Ok((Codec::Float32, 100, true))),
        ("A-law", wav(6, 1, 8000, 8, &speech(100)), Ok((Codec::Alaw, 100, true))),
        ("µ-law", wav(7, 2, 8000, 8, &speech(100)), Ok((Codec::Ulaw, 50, true))),
        ("wav49", wav(0x31, 1, 8000, 0, &speech(130)), Ok((Codec::WavGsm, 640, true))),
        ("wav49 cut", wav(0x31, 1, 8000, 0, &speech(129)), Ok((Codec::WavGsm, 320, true))),
        ("no byte", Vec::new(), Err("the file is empty")),
        ("half a header", good[..30].to_vec(), Err("only 30 bytes of a header")),
        ("four letters", good[..4].to_vec(), Err("only 4 bytes of a header")),
        ("two letters", good[..2].to_vec(), Err("only 2 bytes of a header")),
        ("no data", with(good.clone(), 36, b"junk"), Err("a WAV without sound")),
        ("no fmt", with(good.clone(), 12, b"junk"), Err("a WAV that does not say")),
        ("chunks without end", endless, Err("a WAV without sound")),
        ("no channel", with(good.clone(), 22, &[0, 0]), Err("the header says channels 0")),
        ("no rate", with(good.clone(), 24, &[0; 4]), Err("the header says samples a second 0")),
        ("no bits", with(good.clone(), 32, &[0; 4]), Err("the header says bits a sample 0")),
        ("ADPCM", with(good.clone(), 20, &[0x11]), Err("a WAV of codec 0x0011")),
        ("not sound", b"%PDF-1.4 and so on, quite long".to_vec(), Err("not a kind of sound")),
    ];
    for (what, bytes, expected) in table {
        let name = if *what == "not sound" { "a.pdf" } else { "a.wav" };
        match (judged(name, bytes), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, *expected, "{what}"),
            (Err(found), Err(expected)) => assert!(found.starts_with(expected), "{what}: {found}"),
            (found, _) => panic!("{what}: {found:?}"),
        }
    }
}

#[test]
fn raw_files_are_what_their_ending_says() {
    for (name, bytes, codec, frames) in [
        ("a.ulaw", 80, Codec::Ulaw, 80),
        ("a.alaw", 80, Codec::Alaw, 80),
        ("a.sln", 81, Codec::Pcm16, 40),
        ("a.sln48", 80, Codec::Pcm16, 40),
        ("a.gsm", 67, Codec::Gsm, 320),
        ("a.gsm.gpg", 32, Codec::Gsm, 0),
        ("a.g722", 80, Codec::G722, 160),
    ] {
        // 0xff 0xfb would be MPEG where the name says nothing.
        let bytes = with(speech(bytes), 0, &[0xff, 0xfb, 0x90, 0x64]);
        assert_eq!(judged(name, &bytes), Ok((codec, frames, true)), "{name}");
    }
}

/// A file as long as it is said to be, all zeros behind its beginning; counts what is read.
struct Long {
    begin: Vec<u8>,
    length: u64,
    read: Arc<AtomicU64>,
}

impl ReadAt for Long {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.length)
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        let count = buf.len().min(usize::try_from(self.length.saturating_sub(pos)).unwrap());
        for (at, byte) in (pos..).zip(&mut buf[..count]) {
            *byte =
                usize::try_from(at).ok().and_then(|at| self.begin.get(at).copied()).unwrap_or(0);
        }
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[test]
fn more_than_four_gigabytes_are_played_to_their_end() {
    let read = Arc::new(AtomicU64::new(0));
    let sound = (5u64 << 30) + 8;
    // The length field has wrapped round: 5 GiB are written as 1 GiB.
    let begin = with(wav(1, 2, 48000, 16, &[]), 40, &(1u32 << 30).to_le_bytes());
    let mut long = Long { begin, length: 44 + sound, read: Arc::clone(&read) };
    let info = probe(&mut long, "a.wav").unwrap();
    assert_eq!((info.frames, info.header_lied), (Some(sound / 4), true));
    assert!(read.load(Ordering::Relaxed) < 1000, "a probe reads little");
    let mut played = playable(Box::new(long), &info);
    assert_eq!(played.len().unwrap(), 44 + sound);
    let mut last = [1; 8];
    assert_eq!(played.read_at(44 + sound - 4, &mut last).unwrap(), 4);
    assert_eq!(last[..4], [0; 4]);
    let mut header = [0; 44];
    played.read_at(0, &mut header).unwrap();
    assert_eq!(header[40..], [0xff; 4], "the length field cannot hold it");
}

#[test]
fn the_end_of_an_hour_is_reached_without_decoding_it() {
    for (name, bytes) in [("a.gsm", 33 * 180_000), ("a.g722", 8000 * 3600)] {
        let read = Arc::new(AtomicU64::new(0));
        let mut hour = Long { begin: speech(200), length: bytes, read: Arc::clone(&read) };
        let info = probe(&mut hour, name).unwrap();
        let mut played = playable(Box::new(hour), &info);
        let length = played.len().unwrap();
        let mut last = [0; 100];
        assert_eq!(played.read_at(length - 100, &mut last).unwrap(), 100);
        let read = read.load(Ordering::Relaxed);
        assert!(read < bytes / 200, "{name}: {read} bytes read for the last of {bytes}");
    }
}

/// A file that has more from time to time.
struct Growing(Vec<u8>, Arc<AtomicU64>);

impl ReadAt for Growing {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.1.load(Ordering::Relaxed))
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        let there = usize::try_from(self.len()?).unwrap();
        let mut now = self.0[..there].to_vec();
        now.read_at(pos, buf)
    }
}

#[test]
fn a_growing_file_keeps_the_length_it_told_until_it_is_asked_again() {
    let now = Arc::new(AtomicU64::new(44));
    let file = with(wav(1, 1, 8000, 16, &speech(400)), 40, &[0; 4]);
    let mut growing = Growing(file, Arc::clone(&now));
    let info = probe(&mut growing, "a.wav").unwrap();
    let mut played = playable(Box::new(growing), &info);
    for (there, frames) in [(44, 0), (244, 100), (444, 200)] {
        now.store(there, Ordering::Relaxed);
        assert_eq!(played.len().unwrap(), 44 + 2 * frames);
        // More may be there by the time the header is read.
        now.store(444.min(there + 50), Ordering::Relaxed);
        let mut header = [0; 44];
        played.read_at(0, &mut header).unwrap();
        assert_eq!(u64::from(u32::from_le_bytes(header[40..].try_into().unwrap())), 2 * frames);
    }
}

#[test]
fn two_legs_become_left_and_right_and_the_shorter_falls_silent() {
    let caller = wav(1, 1, 8000, 16, &[1, 0, 2, 0, 3, 0]);
    // A chunk behind the sound must not be heard as sound.
    let mut agent = wav(1, 1, 8000, 16, &[9, 0]);
    agent.extend(b"LIST\x04\0\0\0abcd");
    let info = |bytes: &Vec<u8>| probe(&mut bytes.clone(), "a.wav").unwrap();
    let (agent_info, caller_info) = (info(&agent), info(&caller));
    let both = pair((Box::new(agent.clone()), &agent_info), (Box::new(caller), &caller_info));
    let both = all_of(both.unwrap());
    assert_eq!(samples(&both), [1, 9, 2, 0, 3, 0]);
    assert_eq!(both[22], 2, "channels");

    for (other, why) in [
        (wav(1, 1, 16000, 16, &[1, 0]), "rates differ"),
        (wav(1, 2, 8000, 16, &[1, 0]), "more than one channel"),
    ] {
        let other_info = info(&other);
        let refused =
            pair((Box::new(agent.clone()), &agent_info), (Box::new(other), &other_info)).err();
        assert!(refused.unwrap().to_string().contains(why));
    }
}

#[test]
fn what_browsers_play_is_handed_on_and_its_duration_read() {
    // Opus in Ogg: a first page, one of a stream beside it, and the last of 48,312 granules, 312 to skip.
    let page = |serial: u8, granule: u64, packet: &[u8]| {
        let mut page = b"OggS\0\0".to_vec();
        page.extend(granule.to_le_bytes());
        page.extend([serial, 0, 0, 0]);
        page.extend([0; 8]);
        page.extend([1, packet.len() as u8]);
        page.extend(packet);
        page
    };
    let head = b"OpusHead\x01\x01\x38\x01\x40\x1f\0\0\0\0\0";
    let mut opus = page(7, 0, head);
    opus.extend(page(7, 48_312, &speech(200)));
    opus.extend(page(8, 1_000_000, b"other"));
    opus.extend(page(7, u64::MAX, b"no packet ends here"));

    let mut flac = b"fLaC\0\0\0\x22".to_vec();
    flac.extend([0; 10]);
    flac.extend((44_100u64 << 44 | 1 << 41 | 15 << 36 | 88_200).to_be_bytes());
    flac.extend(speech(40));

    // 128 kbit/s, 44.1 kHz, layer III of version 1: 417 bytes a frame.
    let frame = with(vec![0; 417], 0, &[0xff, 0xfb, 0x90, 0x64]);
    let plain = frame.repeat(100);
    let mut tagged = b"ID3\x04\0\0\0\0\x01\x02".to_vec();
    tagged.extend([0; 130]);
    tagged.extend(with(frame.clone(), 36, b"Xing\0\0\0\x01\0\0\x01\0"));
    tagged.extend(&frame);

    let boxed = |kind: &[u8], inside: &[u8]| {
        let mut all = (inside.len() as u32 + 8).to_be_bytes().to_vec();
        all.extend(kind);
        all.extend(inside);
        all
    };
    let mut mvhd = vec![0; 12];
    mvhd.extend(1000u32.to_be_bytes());
    mvhd.extend(2500u32.to_be_bytes());
    mvhd.resize(100, 0);
    let mut stsd = vec![0; 12];
    stsd.extend(b"mp4a");
    stsd.resize(60, 0);
    (stsd[33], stsd[40], stsd[41]) = (1, 0x1f, 0x40);
    let stbl = boxed(b"stbl", &boxed(b"stsd", &stsd));
    let trak = boxed(b"trak", &boxed(b"mdia", &boxed(b"minf", &stbl)));
    let mut m4a = boxed(b"ftyp", b"M4A \0\0\0\0");
    m4a.extend(boxed(b"mdat", &speech(50)));
    m4a.extend(boxed(b"moov", &[boxed(b"mvhd", &mvhd), trak].concat()));

    for (name, bytes, codec, rate, channels, ms, estimated, kind) in [
        ("a.opus", opus, Codec::Opus, 48_000, 1, 1000, false, "audio/ogg"),
        ("a.flac", flac, Codec::Flac, 44_100, 2, 2000, false, "audio/flac"),
        ("a.mp3", plain, Codec::Mp3, 44_100, 2, 2606, true, "audio/mpeg"),
        ("a.mp3", tagged, Codec::Mp3, 44_100, 2, 6687, false, "audio/mpeg"),
        ("a.m4a", m4a, Codec::Aac, 8000, 1, 2500, false, "audio/mp4"),
    ] {
        let info = probe(&mut bytes.clone(), name).unwrap();
        assert_eq!((info.codec, info.rate, info.channels), (codec, rate, channels), "{name}");
        assert_eq!((info.duration_ms, info.estimated), (Some(ms), estimated), "{name}");
        assert_eq!(info.played_type(), kind);
        assert_eq!(all_of(playable(Box::new(bytes.clone()), &info)), bytes, "{name}");
        assert!(Peaks::new(&info).finish().points.is_empty());
    }
}

#[test]
fn a_decoder_goes_on_in_its_span_and_begins_afresh_elsewhere() {
    type D = gsm::Gsm;
    let afresh = |from| Way { afresh: true, from };
    assert_eq!(way_to::<D>(0, None), afresh(0));
    assert_eq!(way_to::<D>(7, Some((0, 3))), Way { afresh: false, from: 3 });
    assert_eq!(way_to::<D>(2, Some((0, 3))), afresh(0));
    assert_eq!(way_to::<D>(500, Some((0, 500))), afresh(475));
    assert_eq!(way_to::<D>(1499, Some((0, 3))), afresh(975));
}

#[test]
fn the_picture_of_a_tone_and_a_pause() {
    // Two seconds of a tone right, then three of near silence.
    let mut sound = Vec::new();
    for at in 0..40_000i32 {
        let tone =
            if at < 16_000 { [1000, if at % 20 < 10 { 20_000 } else { -20_000 }] } else { [3, -3] };
        sound.extend(tone.iter().flat_map(|sample| (*sample as i16).to_le_bytes()));
    }
    let file = wav(1, 2, 8000, 16, &sound);
    let info = probe(&mut file.clone(), "a.wav").unwrap();
    let mut peaks = Peaks::new(&info);
    for piece in file.chunks(777) {
        peaks.push(piece);
    }
    let wave = peaks.finish();
    assert_eq!((wave.frames, wave.stride, wave.duration_ms()), (40_000, 80, 5000));
    assert_eq!(wave.points.iter().map(Vec::len).collect::<Vec<_>>(), [500, 500]);
    assert_eq!((wave.points[0][10], wave.points[1][10]), ((3, 3), (-79, 78)));
    assert_eq!((wave.points[0][300], wave.points[1][300]), ((0, 0), (-1, -1)));
    assert_eq!(wave.silent(500), [(2000, 5000)]);
    assert!(wave.pack().len() < 2050, "{}", wave.pack().len());
}

#[test]
fn an_hour_becomes_at_most_a_thousand_points_and_no_peak_is_lost() {
    // A hundred samples a second are as good as eight thousand.
    let mut peaks = Peaks::new(&Info::raw(Codec::Ulaw, 100, 0));
    for second in 0..3600 {
        peaks.push(&[0xff; 99]);
        // One loud sample in ten seconds, and the loudest in the last.
        let loud = if second % 10 == 9 { 0x40 } else { 0xff };
        peaks.push(&[if second == 3599 { 0 } else { loud }]);
    }
    let wave = peaks.finish();
    let points = &wave.points[0];
    assert!((500..=1000).contains(&points.len()), "{}", points.len());
    assert_eq!(points.len() as u64, wave.frames.div_ceil(wave.stride));
    assert_eq!(points.iter().filter(|point| point.0 < -1).count(), 360);
    assert_eq!(points.last().unwrap().0, -126);
}

#[test]
fn the_picture_of_a_pair_meets_in_stride_and_silence() {
    let leg = |seconds: usize, loud: std::ops::Range<usize>| {
        let info = Info::raw(Codec::Ulaw, 8000, 0);
        let mut peaks = Peaks::new(&info);
        for second in 0..seconds {
            peaks.push(&[if loud.contains(&second) { 0x10 } else { 0xff }; 8000]);
        }
        peaks.finish()
    };
    let both = Wave::pair(leg(40, 0..10), leg(12, 5..11)).unwrap();
    assert_eq!((both.frames, both.stride, both.points[0].len()), (320_000, 640, 500));
    assert_eq!(both.points[1].len(), 500);
    assert_eq!(both.silent(1000), [(11_000, 40_000)]);
    assert_eq!(
        (both.points[0][100].0, both.points[1][100].0),
        (leg(12, 5..11).points[0][400].0, leg(40, 0..10).points[0][100].0)
    );
    assert_eq!(Wave::pair(both.clone(), leg(1, 0..1)), None);
}

proptest! {
    #[test]
    fn any_bytes_are_played_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        fuzz::file(&bytes);
        fuzz::wave(&bytes);
    }

    /// Real headers with a few bytes changed reach further than random ones.
    #[test]
    fn a_bent_header_is_played_or_refused(
        tag in prop::sample::select(vec![1u16, 3, 6, 7, 0x31, 0xfffe]),
        bits in prop::sample::select(vec![0u16, 8, 16, 24, 32]),
        channels in 0u16..4,
        bends in proptest::collection::vec((0usize..60, any::<u8>()), 0..4),
    ) {
        let mut file = vec![0];
        file.extend(wav(tag, channels, 8000, bits, &speech(700)));
        for (at, byte) in bends {
            file[at] = byte;
        }
        fuzz::file(&file);
    }

    #[test]
    fn any_place_gives_the_bytes_of_the_whole(
        name in prop::sample::select(vec!["a.gsm", "a.g722", "a.ulaw", "a.sln", "a.WAV"]),
        bytes in proptest::collection::vec(any::<u8>(), 1..3000),
        places in proptest::collection::vec((0u64..50_000, 1usize..700), 1..12),
    ) {
        let bytes = if name == "a.WAV" { wav(0x31, 1, 8000, 0, &bytes) } else { bytes };
        prop_assume!(!bytes.starts_with(b"RIFF") || name == "a.WAV");
        let info = probe(&mut bytes.clone(), name).unwrap();
        let whole = all_of(playable(Box::new(bytes.clone()), &info));
        let mut played = playable(Box::new(bytes), &info);
        for (pos, count) in places {
            let mut part = vec![0; count];
            let got = fill(&mut played, pos, &mut part).unwrap();
            let from = whole.len().min(usize::try_from(pos).unwrap());
            prop_assert_eq!(&part[..got], &whole[from..whole.len().min(from + count)]);
        }
    }

    #[test]
    fn the_picture_does_not_depend_on_the_pieces(
        name in prop::sample::select(vec!["a.gsm", "a.g722", "a.alaw", "a.sln16", "a.WAV"]),
        bytes in proptest::collection::vec(any::<u8>(), 1..4000),
        pieces in proptest::collection::vec(1usize..200, 1..40),
    ) {
        let bytes = if name == "a.WAV" { wav(0x31, 1, 8000, 0, &bytes) } else { bytes };
        prop_assume!(!bytes.starts_with(b"RIFF") || name == "a.WAV");
        let info = probe(&mut bytes.clone(), name).unwrap();
        let mut at_once = Peaks::new(&info);
        at_once.push(&bytes);
        let at_once = at_once.finish();
        prop_assert_eq!(Some(at_once.frames), info.frames);
        let (mut by_pieces, mut rest) = (Peaks::new(&info), bytes.as_slice());
        for piece in pieces.iter().cycle() {
            let (now, later) = rest.split_at(rest.len().min(*piece));
            by_pieces.push(now);
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(by_pieces.finish(), at_once);
    }
}

/// Beyond a span's beginning the decoder has a run-up instead of its whole past: nobody hears it.
#[test]
fn a_run_up_is_as_good_as_the_whole_past() {
    let speech = include_bytes!("../../tests/audio/speech.gsm");
    let file = speech.repeat(5);
    let info = probe(&mut file.clone(), "a.gsm").unwrap();
    let played = samples(&all_of(playable(Box::new(file.clone()), &info)));
    let (mut straight, mut decoder) = (Vec::new(), gsm::Gsm::default());
    let mut out = [0; 160];
    for frame in file.chunks_exact(33) {
        stepped::Decoder::decode(&mut decoder, frame, &mut out);
        straight.extend(out);
    }
    let worst = played.iter().zip(&straight).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(straight.len() > 80_000 && worst <= 64, "{worst}");
}
