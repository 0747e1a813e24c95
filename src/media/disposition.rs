//! `Content-Disposition` (RFC 6266): whether it is played or saved, and under
//! which name.

/// Longer names are cut; file systems take 255 bytes.
const LONGEST: usize = 180;

/// The value: the name in ASCII for old programs, and as it is by RFC 8187. What
/// parts folders, ends a line or begins a hidden file is replaced by `_`.
pub(super) fn value(download: bool, name: &str) -> String {
    let how = if download { "attachment" } else { "inline" };
    let safe: String = name
        .chars()
        .map(|letter| match letter {
            '/' | '\\' | '"' | ':' | '*' | '?' | '<' | '>' | '|' | '%' => '_',
            // Marks that turn the order of letters round hide the true ending.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '_',
            letter if letter.is_control() => '_',
            letter => letter,
        })
        .collect();
    let safe = match safe.trim().strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => safe.trim().to_owned(),
    };
    let safe = ending_kept(&safe);
    let plain: String =
        safe.chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
    if plain == safe {
        return format!("{how}; filename=\"{plain}\"");
    }
    let mut percent = String::new();
    for byte in safe.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            percent.push(char::from(byte));
        } else {
            percent.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{percent}")
}

/// The name cut in its middle where it is too long, so that its ending stays.
fn ending_kept(name: &str) -> String {
    if name.is_empty() {
        return "recording".to_owned();
    }
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut end = LONGEST - ending.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", &stem[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe_and_keep_their_ending() {
        for (name, expected) in [
            ("q-400.wav", "inline; filename=\"q-400.wav\""),
            ("../../etc/pass\r\nwd", "inline; filename=\"_._.._etc_pass__wd\""),
            ("a\"b;c.wav", "inline; filename=\"a_b;c.wav\""),
            ("", "inline; filename=\"recording\""),
            (
                "Müller €.wav",
                "inline; filename=\"M_ller _.wav\"; filename*=UTF-8''M%C3%BCller%20%E2%82%AC.wav",
            ),
            ("gpj\u{202e}.wav", "inline; filename=\"gpj_.wav\""),
        ] {
            assert_eq!(value(false, name), expected, "{name:?}");
        }
        assert!(value(true, "a.wav").starts_with("attachment; "));
        let long = value(false, &format!("{}.wav", "é".repeat(500)));
        assert!(long.ends_with(".wav") && long.len() < 1000, "{long}");
    }
}
