//! The source read as text, for `tests/layers.rs`.
//!
//! Comments and string contents are blanked with spaces, so that a word in a
//! sentence is not taken for an import. This is a reader for rules, not a
//! parser of Rust: it knows comments, strings, raw strings, characters and
//! braces, which is all the rules ask for.

use std::path::Path;

pub struct SourceFile {
    /// Below `src/`, `core/src/` or `vault/src/`, with `/`.
    pub path: String,
    pub text: String,
    blanked: String,
    /// Line numbers (from 0) that stand under `#[cfg(test)]`.
    in_tests: Vec<bool>,
}

/// Every `.rs` file below `src/`, `core/src/` and `vault/src/`, in the order of their paths.
pub fn sources() -> Vec<SourceFile> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for root in ["src", "core/src", "vault/src"].map(|root| project.join(root)) {
        collect(&root, &root, &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 10, "only {} source files found", found.len());
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<SourceFile>) {
    for entry in std::fs::read_dir(folder).expect("src can be listed") {
        let path = entry.expect("an entry of src can be read").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
            let below = path.strip_prefix(root).expect("the path is below src");
            found.push(SourceFile::new(below.to_string_lossy().replace('\\', "/"), text));
        }
    }
}

impl SourceFile {
    pub fn new(path: String, text: String) -> Self {
        let blanked = blank(&text);
        // A sibling tests.rs (or a tests/ folder) is declared under #[cfg(test)] by its parent.
        let whole = path.split(['/', '.']).any(|part| part == "tests");
        let in_tests =
            if whole { vec![true; text.lines().count()] } else { lines_under_test(&blanked) };
        Self { path, text, blanked, in_tests }
    }

    /// The folder below `src`, or `None` for `lib.rs` and `main.rs`.
    pub fn room(&self) -> Option<&str> {
        self.path.split_once('/').map(|(room, _)| room)
    }

    pub fn line_count(&self) -> usize {
        self.text.lines().count()
    }

    pub fn is_in(&self, place: &str) -> bool {
        match place.strip_prefix('*') {
            Some(ending) => self.path.ends_with(ending),
            None if place.ends_with('/') => self.path.starts_with(place),
            None => self.path == place,
        }
    }

    /// Lines (numbered from 1) outside tests, comments and strings blanked.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.blanked
            .lines()
            .enumerate()
            .filter(|(number, _)| !self.in_tests.get(*number).copied().unwrap_or(false))
            .map(|(number, line)| (number + 1, line))
    }

    /// Each `crate::room` of the file with its line, also from `use crate::{a, b::c}`.
    pub fn imported_rooms(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (at, _) in self.blanked.match_indices("crate::") {
            let line = self.blanked[..at].matches('\n').count() + 1;
            let rest = &self.blanked[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(group) => {
                    found.extend(first_names(group).into_iter().map(|name| (line, name)));
                }
                None => found.push((line, word_at_start(rest))),
            }
        }
        found
    }
}

/// The first name of each member of a `{…}` group, given what follows its brace.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut member) = (0, true);
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => member = true,
            _ if member && !sign.is_whitespace() => {
                names.push(word_at_start(&group[at..]));
                member = false;
            }
            _ => {}
        }
    }
    names
}

fn word_at_start(text: &str) -> String {
    text.chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect()
}

/// Whether `word` stands in `line` as a word and not inside a longer name.
pub fn has_word(line: &str, word: &str) -> bool {
    let joins = |sign: Option<char>| sign.is_some_and(|sign| sign.is_alphanumeric() || sign == '_');
    line.match_indices(word).any(|(at, _)| {
        !joins(line[..at].chars().next_back()) && !joins(line[at + word.len()..].chars().next())
    })
}

/// The text with comments and the insides of strings replaced by spaces; lines stay where they are.
fn blank(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let space = |sign: char| if sign == '\n' { '\n' } else { ' ' };
    while at < signs.len() {
        let end = match (signs[at], signs.get(at + 1)) {
            ('/', Some('/')) => {
                at + signs[at..].iter().position(|sign| *sign == '\n').unwrap_or(signs.len() - at)
            }
            ('/', Some('*')) => end_of_block_comment(&signs, at),
            ('"', _) => {
                let end = end_of_string(&signs, at);
                out.push('"');
                out.extend(signs[at + 1..end - 1].iter().copied().map(space));
                out.push('"');
                at = end;
                continue;
            }
            ('r', Some('"' | '#'))
                if !follows_name(&signs, at) && raw_string(&signs, at).is_some() =>
            {
                raw_string(&signs, at).unwrap_or(at + 1)
            }
            ('\'', _) => match character(&signs, at) {
                Some(end) => end,
                None => {
                    out.push('\''); // a lifetime
                    at += 1;
                    continue;
                }
            },
            (sign, _) => {
                out.push(sign);
                at += 1;
                continue;
            }
        };
        out.extend(signs[at..end].iter().copied().map(space));
        at = end;
    }
    out
}

fn follows_name(signs: &[char], at: usize) -> bool {
    at > 0 && (signs[at - 1].is_alphanumeric() && signs[at - 1] != 'b' || signs[at - 1] == '_')
}

fn end_of_block_comment(signs: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    while at + 1 < signs.len() {
        match (signs[at], signs[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    signs.len()
}

fn end_of_string(signs: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < signs.len() {
        match signs[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    signs.len()
}

/// The end of `r"…"` or `r#"…"#` starting at `start`, or `None` when it is a raw name (`r#type`).
fn raw_string(signs: &[char], start: usize) -> Option<usize> {
    let fences = signs[start + 1..].iter().take_while(|sign| **sign == '#').count();
    if signs.get(start + 1 + fences) != Some(&'"') {
        return None;
    }
    let mut at = start + 2 + fences;
    while at < signs.len() {
        if signs[at] == '"'
            && signs[at + 1..].iter().take(fences).filter(|sign| **sign == '#').count() == fences
        {
            return Some(at + 1 + fences);
        }
        at += 1;
    }
    Some(signs.len())
}

/// The end of a character literal starting at `start`, or `None` for a lifetime.
fn character(signs: &[char], start: usize) -> Option<usize> {
    if signs.get(start + 1) == Some(&'\\') {
        let close = signs[start + 3..].iter().position(|sign| *sign == '\'')?;
        return Some(start + 4 + close);
    }
    (signs.get(start + 2) == Some(&'\'')).then_some(start + 3)
}

/// Which lines belong to an item under `#[cfg(test)]`: from the attribute to the item's closing
/// brace, or to its semicolon.
fn lines_under_test(blanked: &str) -> Vec<bool> {
    let mut marks = vec![false; blanked.lines().count()];
    let mut from = 0;
    while let Some(found) = blanked[from..].find("#[cfg(test)]") {
        let start = from + found;
        let (mut depth, mut end) = (0, blanked.len());
        for (at, sign) in blanked[start..].char_indices() {
            match sign {
                '{' => depth += 1,
                '}' => depth -= 1,
                ';' if depth == 0 => end = start + at,
                _ => continue,
            }
            if depth == 0 {
                end = start + at;
                break;
            }
        }
        let line = |at: usize| blanked[..at].matches('\n').count();
        for mark in marks.iter_mut().take(line(end) + 1).skip(line(start)) {
            *mark = true;
        }
        from = end.min(blanked.len() - 1) + 1;
        if from >= blanked.len() {
            break;
        }
    }
    marks
}

#[cfg(test)]
mod reading {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile::new("room/noun.rs".into(), text.into())
    }

    fn rooms(text: &str) -> Vec<String> {
        file(text).imported_rooms().into_iter().map(|(_, room)| room).collect()
    }

    #[test]
    fn an_import_is_seen_alone_in_a_group_and_in_a_path() {
        assert_eq!(rooms("use crate::store::Reader;"), ["store"]);
        assert_eq!(
            rooms("use crate::{base::Error, model::{Fold, Change}, live};"),
            ["base", "model", "live"]
        );
        assert_eq!(rooms("fn f() -> crate::base::Result<()> {}"), ["base"]);
    }

    #[test]
    fn a_word_in_a_comment_or_a_string_is_no_import() {
        assert!(rooms("//! see [`crate::store`]\nlet a = \"crate::store \\\" crate::live\"; /* crate::x */").is_empty());
        assert!(rooms("let a = r#\"crate::store\"#; let b = 'c';").is_empty());
    }

    #[test]
    fn a_lifetime_does_not_swallow_what_follows() {
        assert_eq!(rooms("fn f<'a>(x: &'a str) { crate::base::x('\\'', '\"') }"), ["base"]);
    }

    #[test]
    fn tests_are_left_out_of_the_product() {
        let source = "fn a() { b.ok() }\n#[cfg(test)]\nmod tests {\n    fn t() { x.unwrap() }\n}\nfn z() {}\n";
        let file = file(source);
        let kept: Vec<usize> = file.product_lines().map(|(line, _)| line).collect();
        assert_eq!(kept, [1, 6]);
        let sibling = "#[cfg(test)]\nmod tests;\nfn z() {}\n";
        let sibling = SourceFile::new("room/mod.rs".into(), sibling.into());
        assert_eq!(sibling.product_lines().map(|(line, _)| line).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn words_are_whole_words() {
        assert!(has_word("use nix::unistd;", "nix"));
        assert!(!has_word("let phoenix = unix;", "nix"));
    }
}
