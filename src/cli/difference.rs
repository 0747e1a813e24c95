//! The difference of two lists of lines, as people read it.

/// Lists longer than this are compared line by line, without looking for what
/// moved: the table below would take too much memory.
const LONGEST: usize = 2000;

/// Lines to take away (`-`) and to add (`+`) to make `wanted` of `got`'s
/// order; empty when they are equal.
pub fn difference(wanted: &[&str], got: &[&str]) -> Vec<String> {
    let same = wanted.iter().zip(got).take_while(|(a, b)| a == b).count();
    let (wanted, got) = (&wanted[same..], &got[same..]);
    if wanted.len() > LONGEST || got.len() > LONGEST {
        return line_by_line(wanted, got);
    }
    // longest[i][j]: lines the rests from i and j have in common, in order.
    let width = got.len() + 1;
    let mut longest = vec![0u32; (wanted.len() + 1) * width];
    for i in (0..wanted.len()).rev() {
        for j in (0..got.len()).rev() {
            longest[i * width + j] = if wanted[i] == got[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < wanted.len() || j < got.len() {
        if i < wanted.len() && j < got.len() && wanted[i] == got[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == got.len()
            || i < wanted.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1]
        {
            lines.push(format!("-{}", wanted[i]));
            i += 1;
        } else {
            lines.push(format!("+{}", got[j]));
            j += 1;
        }
    }
    lines
}

fn line_by_line(wanted: &[&str], got: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for n in 0..wanted.len().max(got.len()) {
        if wanted.get(n) != got.get(n) {
            lines.extend(wanted.get(n).map(|line| format!("-{line}")));
            lines.extend(got.get(n).map(|line| format!("+{line}")));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_and_what_is_too_much() {
        assert!(difference(&["a", "b"], &["a", "b"]).is_empty());
        assert_eq!(difference(&["a", "b", "c"], &["a", "x", "c", "d"]), ["-b", "+x", "+d"]);
        assert_eq!(difference(&["a"], &[]), ["-a"]);
        let long: Vec<&str> = vec!["x"; LONGEST + 1];
        assert_eq!(difference(&long, &long[1..]), ["-x"]);
    }
}
