//! Groups of filters as text: `any(caller=0142*, all(tag=vip, wait_min=60))`.
//!
//! A group is `all`, `any` or `none` with parts in brackets and commas between
//! them; a part is a group or a filter as `name=value`. A value that holds a
//! comma or a bracket stands between double quotes. Parts that follow one
//! another without a group have all to be true.

use crate::reports::query::Clause;

/// Groups in groups, at most.
const DEEPEST: usize = 8;
/// Filters in one text, at most.
const MOST: usize = 100;

/// Reads a text; `leaf` makes a filter of a name and a value.
///
/// Errors: what is wrong and where, or what `leaf` says.
pub(super) fn read(
    text: &str,
    leaf: &mut dyn FnMut(&str, &str) -> Result<Clause, String>,
) -> Result<Clause, String> {
    let mut reader = Reader { rest: text, leaf, filters: 0 };
    let list = reader.list(0)?;
    if !reader.rest.is_empty() {
        return Err(format!("a bracket too many before {:?}", reader.rest));
    }
    Ok(Clause::All(list))
}

struct Reader<'t, 'l> {
    rest: &'t str,
    leaf: &'l mut dyn FnMut(&str, &str) -> Result<Clause, String>,
    filters: usize,
}

impl<'t> Reader<'t, '_> {
    /// Parts up to a closing bracket or the end.
    fn list(&mut self, depth: usize) -> Result<Vec<Clause>, String> {
        let mut list = Vec::new();
        loop {
            list.push(self.part(depth)?);
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => return Ok(list),
            }
        }
    }

    fn part(&mut self, depth: usize) -> Result<Clause, String> {
        let text = self.rest.trim_start();
        let end = text.find(['=', '(', ')', ',']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let name = name.trim();
        if let Some(rest) = rest.strip_prefix('(') {
            let group: fn(Vec<Clause>) -> Clause = match name {
                "all" => Clause::All,
                "any" => Clause::Any,
                "none" => Clause::None,
                _ => return Err(format!("{name:?} is no group; groups are all, any and none")),
            };
            if depth == DEEPEST {
                return Err(format!("more than {DEEPEST} groups in one another"));
            }
            self.rest = rest;
            let list = self.list(depth + 1)?;
            self.rest = (self.rest.strip_prefix(')'))
                .ok_or_else(|| format!("the bracket of {name:?} is not closed"))?;
            return Ok(group(list));
        }
        let rest = (rest.strip_prefix('='))
            .ok_or_else(|| format!("write NAME=VALUE instead of {name:?}"))?;
        self.filters += 1;
        if self.filters > MOST {
            return Err(format!("more than {MOST} filters"));
        }
        let value = self.value(rest)?;
        (self.leaf)(name, value.trim())
    }

    /// The value at the start of a text; goes on behind it.
    fn value(&mut self, text: &'t str) -> Result<&'t str, String> {
        if let Some(quoted) = text.trim_start().strip_prefix('"') {
            let (value, rest) =
                quoted.split_once('"').ok_or_else(|| "a quote is not closed".to_owned())?;
            self.rest = rest;
            return Ok(value);
        }
        let end = text.find([',', ')']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        self.rest = rest;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Clause, String> {
        super::read(text, &mut |name, value| match name {
            "tag" => Ok(Clause::Queue(value.to_owned())),
            _ => Err(format!("no {name}")),
        })
    }

    fn tag(value: &str) -> Clause {
        Clause::Queue(value.to_owned())
    }

    #[test]
    fn groups_hold_filters_and_groups() {
        assert_eq!(read("tag=a"), Ok(Clause::All(vec![tag("a")])));
        assert_eq!(
            read(" any( tag = a , none(tag=\"b, (c)\",tag=d) ), tag=e"),
            Ok(Clause::All(vec![
                Clause::Any(vec![tag("a"), Clause::None(vec![tag("b, (c)"), tag("d")])]),
                tag("e"),
            ]))
        );
        assert_eq!(read("tag="), Ok(Clause::All(vec![tag("")])));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, wrong) in [
            ("", "NAME=VALUE"),
            ("tag", "NAME=VALUE"),
            ("any()", "NAME=VALUE"),
            ("some(tag=a)", "all, any and none"),
            ("any(tag=a", "not closed"),
            ("tag=a)", "a bracket too many"),
            ("tag=\"a", "quote"),
            ("colour=red", "no colour"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(wrong), "{text}: {error}");
        }
        assert!(read(&"any(".repeat(100_000)).is_err());
        assert!(read(&"tag=a,".repeat(1000)).is_err());
    }
}
