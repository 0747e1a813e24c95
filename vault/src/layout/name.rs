//! What a recording's name tells by itself: its leg, its format, its lock.

/// Audio formats by the end of a name, as players and Asterisk write them
/// (`sln` and `sln8` to `sln192` too). `WAV` is wav49: GSM in a WAV.
pub const EXTENSIONS: &[&str] = &[
    "wav", "WAV", "wav49", "gsm", "mp3", "ogg", "opus", "flac", "m4a", "ulaw", "alaw", "g722",
    "sln",
];
/// What stands behind the format when a file is locked.
pub const LOCKS: &[&str] = &["age", "gpg", "pgp", "enc"];

/// Which side of the call a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leg {
    /// Both, mixed.
    Mix,
    /// What came from the channel: the caller (`-in`, `-r`).
    In,
    /// What went to it: the agent (`-out`, `-t`).
    Out,
}

impl Leg {
    /// As answers and rows say it.
    pub fn word(self) -> &'static str {
        match self {
            Leg::Mix => "mix",
            Leg::In => "in",
            Leg::Out => "out",
        }
    }
}

/// A name taken apart. The parts lie in the name it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// What both legs of a recording share.
    pub stem: &'a str,
    pub leg: Leg,
    /// How the leg is written: `-in` and `-r` never make a pair.
    pub leg_mark: &'a str,
    /// As written.
    pub extension: &'a str,
    /// `age`, `gpg`…, as written, if it is locked.
    pub lock: Option<&'a str>,
}

impl<'a> Name<'a> {
    /// None for what is no recording: hidden files, unfinished ones (`.tmp`,
    /// `.part`), and formats nobody records in.
    pub fn parse(name: &'a str) -> Option<Name<'a>> {
        if name.starts_with('.') || name.contains(['/', '\0']) {
            return None;
        }
        let (rest, end) = name.rsplit_once('.')?;
        let (rest, extension, lock) = if is_lock(end) {
            let (rest, extension) = rest.rsplit_once('.')?;
            (rest, extension, Some(end))
        } else {
            (rest, end, None)
        };
        if rest.is_empty() || !is_extension(extension) {
            return None;
        }
        let marks = [("-in", Leg::In), ("-out", Leg::Out), ("-r", Leg::In), ("-t", Leg::Out)];
        for (mark, leg) in marks {
            if let Some(stem) = rest.strip_suffix(mark).filter(|stem| !stem.is_empty()) {
                let leg_mark = &rest[stem.len()..];
                return Some(Name { stem, leg, leg_mark, extension, lock });
            }
        }
        Some(Name { stem: rest, leg: Leg::Mix, leg_mark: "", extension, lock })
    }

    /// What `format` is called in answers: `WAV` is `wav49`, others in small letters.
    pub fn format(&self) -> String {
        match self.extension {
            "WAV" => "wav49".to_owned(),
            other => other.to_ascii_lowercase(),
        }
    }

    /// Whether two files are the two legs of one recording.
    pub fn pairs_with(&self, other: &Name<'_>) -> bool {
        let marks = (self.leg_mark, other.leg_mark);
        let fit = matches!(marks, ("-in", "-out") | ("-out", "-in") | ("-r", "-t") | ("-t", "-r"));
        fit && self.stem == other.stem
            && self.extension == other.extension
            && self.lock == other.lock
    }
}

fn is_lock(end: &str) -> bool {
    LOCKS.iter().any(|lock| lock.eq_ignore_ascii_case(end))
}

fn is_extension(end: &str) -> bool {
    EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(end))
        || end.strip_prefix("sln").is_some_and(|rate| {
            (1..=3).contains(&rate.len()) && rate.bytes().all(|byte| byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(name: &str, expected: Option<(&str, Leg, &str, Option<&str>)>) {
        let read = Name::parse(name);
        let read = read.map(|name| (name.stem, name.leg, name.extension, name.lock));
        assert_eq!(read, expected, "{name:?}");
    }

    #[test]
    fn a_name_is_stem_leg_format_and_lock() {
        check("q-1.2.wav", Some(("q-1.2", Leg::Mix, "wav", None)));
        check("q-1.2-in.wav", Some(("q-1.2", Leg::In, "wav", None)));
        check("q-1.2-out.WAV", Some(("q-1.2", Leg::Out, "WAV", None)));
        check("q-1.2-r.sln16", Some(("q-1.2", Leg::In, "sln16", None)));
        check("q-1.2-t.wav.age", Some(("q-1.2", Leg::Out, "wav", Some("age"))));
        check("q-1.2.gsm.GPG", Some(("q-1.2", Leg::Mix, "gsm", Some("GPG"))));
        check("-in.wav", Some(("-in", Leg::Mix, "wav", None)));
        for not in [
            "",
            ".wav",
            ".q-1.2.wav",
            "q-1.2.wav.tmp",
            "q-1.2.wav.part",
            "q-1.2.txt",
            "q.age",
            "q.txt.age",
            "q",
            "slnx.sln12345",
            "a/b.wav",
            "a\0.wav",
        ] {
            check(not, None);
        }
    }

    #[test]
    fn the_format_tells_wav49_from_wav() {
        let format = |name: &str| Name::parse(name).unwrap().format();
        assert_eq!(format("a.WAV"), "wav49");
        assert_eq!(format("a.wav"), "wav");
        assert_eq!(format("a.Mp3"), "mp3");
    }

    #[test]
    fn legs_pair_by_stem_format_lock_and_way_of_writing() {
        let pair = |one: &str, other: &str| {
            Name::parse(one).unwrap().pairs_with(&Name::parse(other).unwrap())
        };
        assert!(pair("a-in.wav", "a-out.wav"));
        assert!(pair("a-t.gsm", "a-r.gsm"));
        assert!(!pair("a-in.wav", "a-t.wav"));
        assert!(!pair("a-in.wav", "b-out.wav"));
        assert!(!pair("a-in.wav", "a-out.gsm"));
        assert!(!pair("a-in.wav", "a-out.wav.age"));
        assert!(!pair("a-in.wav", "a-in.wav"));
        assert!(!pair("a.wav", "a-out.wav"));
    }

    proptest! {
        #[test]
        fn what_is_read_is_the_name_again(name in "[ -~é]{0,30}(-in|-out|-r|-t)?\\.(wav|gsm|sln16)(\\.age)?") {
            if let Some(read) = Name::parse(&name) {
                let lock = read.lock.map(|lock| format!(".{lock}")).unwrap_or_default();
                let again = format!("{}{}.{}{lock}", read.stem, read.leg_mark, read.extension);
                prop_assert_eq!(again, name);
            }
        }
    }
}
