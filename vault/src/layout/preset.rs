//! Layouts of recorders that are met often.

/// A layout by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    pub name: &'static str,
    pub pattern: &'static str,
    /// How files are called there.
    pub about: &'static str,
}

/// `preset:freepbx` in a list of places is the pattern of that name.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "plain",
        pattern: "file:/var/spool/asterisk/monitor",
        about: "all in one folder, or in any folders below it",
    },
    Preset {
        name: "freepbx",
        pattern: "file:/var/spool/asterisk/monitor/%YY/%MM/%DD",
        about: "q-QUEUE-NUMBER-YYYYMMDD-HHMMSS-UNIQUEID.wav; in-, out-, exten-, rg-, force- too",
    },
    Preset { name: "by-day", pattern: "file:/mnt/rec/%YY-%MM-%DD", about: "a folder a day" },
    Preset {
        name: "by-queue",
        pattern: "file:/mnt/rec/%QU/%YY-%MM-%DD",
        about: "a folder a queue and day",
    },
    Preset {
        name: "fusionpbx",
        pattern: "file:/var/lib/freeswitch/recordings/%TE/archive/%YY/%ME/%DD",
        about: "a folder a tenant and day",
    },
    Preset {
        name: "qm-classic",
        pattern: "file:/var/spool/asterisk/q",
        about: "QUEUE-UNIQUEID.wav, as dialplans written for QueueMetrics do",
    },
];

impl Preset {
    pub fn by_name(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Pattern;

    #[test]
    fn every_preset_is_a_pattern() {
        for preset in PRESETS {
            assert!(Pattern::parse(preset.pattern).is_ok(), "{}", preset.name);
            assert_eq!(Preset::by_name(preset.name), Some(preset));
        }
        assert_eq!(Preset::by_name("else"), None);
    }
}
