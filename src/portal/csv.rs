//! Comma-separated values (RFC 4180) that a spreadsheet opens without harm.

/// Appends one line.
pub fn line<'a>(to: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            to.push(',');
        }
        self::cell(to, cell);
    }
    to.push_str("\r\n");
}

fn cell(to: &mut String, text: &str) {
    // A spreadsheet takes a text that begins so for a formula; callers choose
    // their own names. Numbers and telephone numbers stay as they are.
    let number = |rest: &str| {
        rest.starts_with(|char: char| char.is_ascii_digit())
            && rest.chars().all(|char| char.is_ascii_digit() || matches!(char, '.' | ' ' | '-'))
    };
    let harmful = match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !number(&text[1..]),
        _ => false,
    };
    let quoted = harmful || text.contains(['"', ',', '\n', '\r', ';']);
    if quoted {
        to.push('"');
    }
    if harmful {
        to.push('\'');
    }
    for char in text.chars() {
        if char == '"' {
            to.push('"');
        }
        to.push(char);
    }
    if quoted {
        to.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_formulas_are_made_texts() {
        let mut text = String::new();
        line(
            &mut text,
            [
                "plain",
                "",
                "a,b",
                "say \"hi\"",
                "two\nlines",
                "=1+1",
                "+33 1-23",
                "-5",
                "+cmd|x",
                "@x",
                "é",
            ],
        );
        assert_eq!(
            text,
            "plain,,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"'=1+1\",+33 1-23,-5,\"'+cmd|x\",\"'@x\",é\r\n"
        );
    }
}
