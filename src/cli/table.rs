//! Rows for a terminal.

/// Columns side by side, two blanks between them; those listed in `right`
/// stand to the right. Each line ends without blanks.
pub fn plain(head: &[String], rows: &[Vec<String>], right: &[usize]) -> String {
    let width = |column: usize| {
        let of = |row: &Vec<String>| row.get(column).map_or(0, |cell| cell.chars().count());
        rows.iter().map(of).max().unwrap_or(0).max(head[column].chars().count())
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for row in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)) {
        let mut line = String::new();
        for (column, width) in widths.iter().enumerate() {
            let cell = row.get(column).map_or("", String::as_str);
            let blanks = " ".repeat(width - cell.chars().count());
            if right.contains(&column) {
                line.push_str(&blanks);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&blanks);
            }
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_characters_and_not_bytes() {
        let head = ["agent", "calls"].map(str::to_owned);
        let rows =
            [["Grete Åström", "7"], ["Bo", "120"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(
            plain(&head, &rows, &[1]),
            "agent         calls\nGrete Åström      7\nBo              120\n"
        );
    }
}
