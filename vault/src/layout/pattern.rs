//! Where recordings lie: a path with placeholders.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::call::Call;
use super::moment::{Moment, moments};
use super::name::EXTENSIONS;

/// Longer patterns are nobody's; Linux takes paths of 4,096 bytes.
const MOST_BYTES: usize = 1024;
/// A component that Linux takes.
const LONGEST_COMPONENT: usize = 255;
/// Days times ids times spellings of an agent: past this the rest is not tried.
const MOST_PLACES: usize = 64;
/// How recorders sort by day under a root that says nothing about it, the
/// commonest first. Tried before the root is walked.
const USUAL: [&str; 5] = ["%YY/%MM/%DD", "%YY-%MM-%DD", "%YY%MM%DD", "%YY/%MM", "%YY-%MM"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A path with placeholders, below a root that has none.
///
/// `%YY %MM %DD %HH` and `%ME` (`Jan`…`Dec`) are of the recorder's day, `%QU`
/// queue, `%AG` agent, `%EX` extension, `%CL` caller, `%TE` tenant, `%ID` and
/// `%LI` the call's id and linkedid, `%%` a percent sign; `*` alone between
/// slashes is any folder. A last component with `%ID` or `%LI` names files,
/// unless a slash follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    root: String,
    components: Vec<Vec<Piece>>,
    names_files: bool,
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Another driver than `file:`.
    Scheme,
    Relative,
    /// `%` and what followed it.
    Token(String),
    /// `.` or `..` as a component.
    Dots,
    Control,
    TooLong,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Scheme => out.write_str("a place of recordings begins with file:"),
            Fault::Relative => out.write_str("the path behind file: begins with a slash"),
            Fault::Token(token) => write!(
                out,
                "{token} is no placeholder; there are %YY %MM %DD %HH %ME %QU %AG %EX %CL %TE %ID \
                 %LI, and %% for a percent sign"
            ),
            Fault::Dots => out.write_str("the path holds . or .."),
            Fault::Control => out.write_str("the path holds a control character"),
            Fault::TooLong => write!(out, "the path is longer than {MOST_BYTES} bytes"),
        }
    }
}

impl std::error::Error for Fault {}

/// One step down from the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Named(String),
    /// Every folder there.
    Any,
}

/// A folder in which a call's recordings may be, or the names they may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// From the pattern's root down.
    pub steps: Vec<Step>,
    /// Exact names to try in the folder; None when the folder is to be searched.
    pub names: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Token(Token),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Year,
    Month,
    Day,
    Hour,
    MonthName,
    Queue,
    Agent,
    Extension,
    Caller,
    Tenant,
    Id,
    LinkedId,
}

impl Token {
    fn parse(letters: &str) -> Option<Token> {
        Some(match letters {
            "YY" => Token::Year,
            "MM" => Token::Month,
            "DD" => Token::Day,
            "HH" => Token::Hour,
            "ME" => Token::MonthName,
            "QU" => Token::Queue,
            "AG" => Token::Agent,
            "EX" => Token::Extension,
            "CL" => Token::Caller,
            "TE" => Token::Tenant,
            "ID" => Token::Id,
            "LI" => Token::LinkedId,
            _ => return None,
        })
    }

    fn is_of_the_day(self) -> bool {
        matches!(self, Token::Year | Token::Month | Token::Day | Token::Hour | Token::MonthName)
    }
}

impl Pattern {
    /// Reads `file:/mnt/%YY-%MM`.
    pub fn parse(text: &str) -> Result<Pattern, Fault> {
        let path = text.strip_prefix("file:").ok_or(Fault::Scheme)?;
        if text.len() > MOST_BYTES {
            return Err(Fault::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(Fault::Control);
        }
        // `file:///mnt` is as good.
        if !path.starts_with('/') {
            return Err(Fault::Relative);
        }
        let mut components = Vec::new();
        for component in path.split('/').filter(|component| !component.is_empty()) {
            if matches!(component, "." | "..") {
                return Err(Fault::Dots);
            }
            components.push(pieces(component)?);
        }
        let fixed = components.iter().take_while(|pieces| literal(pieces).is_some()).count();
        let root = components.iter().take(fixed).filter_map(|pieces| literal(pieces));
        let root = root.fold(String::new(), |root, component| format!("{root}/{component}"));
        let components = components.split_off(fixed);
        let by_id = components.last().is_some_and(|last| {
            last.iter().any(|piece| matches!(piece, Piece::Token(Token::Id | Token::LinkedId)))
        });
        Ok(Pattern {
            text: text.to_owned(),
            root: if root.is_empty() { "/".to_owned() } else { root },
            components,
            names_files: by_id && !path.ends_with('/'),
        })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The folder below which everything lies; no placeholder in it.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Whether a tenant's name is part of the path, so that one tenant can't
    /// reach another's files.
    pub fn is_by_tenant(&self) -> bool {
        self.tokens().any(|token| token == Token::Tenant)
    }

    /// Where the recordings of a call may be, the likeliest first. Empty when
    /// a placeholder has no value for this call and does not stand alone
    /// between slashes (there it is any folder).
    pub fn places(&self, call: &Call, zone: &TimeZone) -> Vec<Place> {
        let hours = self.tokens().any(|token| token == Token::Hour);
        let dated = self.tokens().any(Token::is_of_the_day);
        let days = call.began().filter(|_| dated);
        let days = days.map(|began| moments(began, call.ended, zone, hours)).unwrap_or_default();
        let days: Vec<Option<Moment>> =
            if days.is_empty() { vec![None] } else { days.into_iter().map(Some).collect() };
        let mut places: Vec<Place> = Vec::new();
        for day in days {
            for place in self.of_day(call, day) {
                if places.len() < MOST_PLACES && !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        places
    }

    /// The same root sorted by day in the usual ways, for a pattern that says
    /// nothing of days; empty for others.
    pub fn usual(&self) -> Vec<Pattern> {
        if self.names_files || self.tokens().any(Token::is_of_the_day) {
            return Vec::new();
        }
        let text = self.text.trim_end_matches('/');
        USUAL.iter().filter_map(|days| Pattern::parse(&format!("{text}/{days}")).ok()).collect()
    }

    fn tokens(&self) -> impl Iterator<Item = Token> + '_ {
        self.components.iter().flatten().filter_map(|piece| match piece {
            Piece::Token(token) => Some(*token),
            Piece::Text(_) => None,
        })
    }

    fn of_day(&self, call: &Call, day: Option<Moment>) -> Vec<Place> {
        let (folders, file) = match self.components.split_last() {
            Some((file, folders)) if self.names_files => (folders, Some(file)),
            _ => (self.components.as_slice(), None),
        };
        let mut paths: Vec<Vec<Step>> = vec![Vec::new()];
        for component in folders {
            let choices = steps(component, call, day);
            paths = product(&paths, &choices);
        }
        let Some(file) = file else {
            return paths.into_iter().map(|steps| Place { steps, names: None }).collect();
        };
        // A name made of nothing but any sign is none.
        let names: Vec<String> = texts(file, call, day).into_iter().flat_map(names).collect();
        if names.is_empty() {
            return Vec::new();
        }
        paths.into_iter().map(|steps| Place { steps, names: Some(names.clone()) }).collect()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// A component's text and placeholders.
fn pieces(component: &str) -> Result<Vec<Piece>, Fault> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = component;
    while let Some((before, behind)) = rest.split_once('%') {
        text.push_str(before);
        if let Some(behind) = behind.strip_prefix('%') {
            text.push('%');
            rest = behind;
            continue;
        }
        let letters: String = behind.chars().take(2).collect();
        let token = Token::parse(&letters).ok_or_else(|| Fault::Token(format!("%{letters}")))?;
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Token(token));
        rest = &behind[letters.len()..];
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

/// A component without placeholders; `*` is one.
fn literal(pieces: &[Piece]) -> Option<&str> {
    match pieces {
        [Piece::Text(text)] if text != "*" => Some(text),
        _ => None,
    }
}

/// The steps a component can be.
fn steps(component: &[Piece], call: &Call, day: Option<Moment>) -> Vec<Step> {
    match component {
        [Piece::Text(text)] if text == "*" => vec![Step::Any],
        [Piece::Token(token)] if values(*token, call, day).is_empty() => vec![Step::Any],
        _ => texts(component, call, day).into_iter().map(Step::Named).collect(),
    }
}

/// What a component can be in full; empty when a placeholder has no value.
fn texts(component: &[Piece], call: &Call, day: Option<Moment>) -> Vec<String> {
    let mut texts = vec![String::new()];
    for piece in component {
        let values = match piece {
            Piece::Text(text) => vec![text.clone()],
            Piece::Token(token) => values(*token, call, day),
        };
        texts = texts
            .iter()
            .flat_map(|text| values.iter().map(move |value| format!("{text}{value}")))
            .take(MOST_PLACES)
            .collect();
    }
    texts.retain(|text| text.len() <= LONGEST_COMPONENT && !matches!(text.as_str(), "." | ".."));
    texts
}

fn product(paths: &[Vec<Step>], choices: &[Step]) -> Vec<Vec<Step>> {
    let longer = |path: &Vec<Step>, step: &Step| {
        path.iter().cloned().chain(std::iter::once(step.clone())).collect()
    };
    let all = paths.iter().flat_map(|path| choices.iter().map(move |step| longer(path, step)));
    all.take(MOST_PLACES).collect()
}

/// What a placeholder stands for in this call, the likeliest first.
fn values(token: Token, call: &Call, day: Option<Moment>) -> Vec<String> {
    let date = |write: fn(Date) -> String| day.map(|day| write(day.date)).into_iter().collect();
    let named = |value: &Option<String>| value.as_deref().and_then(clean).into_iter().collect();
    match token {
        Token::Year => date(|date| format!("{:04}", date.year())),
        Token::Month => date(|date| format!("{:02}", date.month())),
        Token::Day => date(|date| format!("{:02}", date.day())),
        Token::MonthName => date(|date| {
            let month = usize::try_from(date.month() - 1).unwrap_or_default();
            MONTHS.get(month).copied().unwrap_or_default().to_owned()
        }),
        Token::Hour => day.map(|day| format!("{:02}", day.hour)).into_iter().collect(),
        Token::Queue => named(&call.queue),
        Token::Agent => agent_codes(call),
        Token::Extension => match named(&call.extension) {
            none if none.is_empty() => agent_codes(call)
                .into_iter()
                .filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
                .collect(),
            extension => extension,
        },
        Token::Caller => named(&call.caller),
        Token::Tenant => named(&call.tenant),
        Token::Id => call.named().iter().filter_map(|id| clean(id.as_str())).collect(),
        Token::LinkedId => named(&call.linkedid),
    }
}

/// `Agent/101` lies under `101`, else under `Agent_101`.
fn agent_codes(call: &Call) -> Vec<String> {
    let Some(agent) = &call.agent else { return Vec::new() };
    let bare = agent.rsplit('/').next().and_then(clean);
    let mut codes: Vec<String> = bare.into_iter().chain(clean(agent)).collect();
    codes.dedup();
    codes
}

/// A value as part of a component: never a way out of it, never hidden.
fn clean(value: &str) -> Option<String> {
    let value = value.trim().strip_prefix(':').unwrap_or(value.trim());
    if value.is_empty() || value.len() > LONGEST_COMPONENT {
        return None;
    }
    let unfit = |sign: char| matches!(sign, '/' | '\\') || sign.is_control();
    let mut clean: String =
        value.chars().map(|sign| if unfit(sign) { '_' } else { sign }).collect();
    if clean.starts_with('.') {
        clean.replace_range(..1, "_");
    }
    Some(clean)
}

/// The names a file may have whose name the pattern gives: legs, formats if it
/// gives none, and the seal of this house or of others.
fn names(text: String) -> Vec<String> {
    const MARKS: [&str; 5] = ["", "-in", "-out", "-r", "-t"];
    let parsed = super::name::Name::parse(&text);
    let (stem, extensions, locks): (&str, Vec<&str>, &[&str]) = match &parsed {
        Some(name) if name.lock.is_some() => return vec![text],
        Some(name) => {
            let stem = &text[..text.len() - name.extension.len() - 1];
            (stem, vec![name.extension], &["", ".age", ".gpg", ".pgp", ".enc"])
        }
        None => {
            let all = EXTENSIONS.iter().copied().chain(["sln16"]).collect();
            (&text, all, &["", ".age"])
        }
    };
    let mut names = Vec::new();
    for lock in locks {
        for mark in MARKS {
            names.extend(extensions.iter().map(|end| format!("{stem}{mark}.{end}{lock}")));
        }
    }
    names
}

#[cfg(test)]
mod tests;
