//! `switchroom report`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::base::{Error, Kind, Result, Zone, time};
use crate::cli::{Place, out};
use crate::reports::{self, Defaults, Language, Query, Report as Answer, Stored};
use crate::store::Store;

/// Answer a question from the database
///
/// A report is one block of figures over a period. Works while the daemon
/// runs and without it.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    switchroom report --list\n  \
    switchroom report overview-queues --from 2026-11-01 --to 2026-12-01\n  \
    switchroom report answered-agents --from 2026-11-20 --to 2026-11-20T12:00 --queue sales \\\n      \
        --format csv > forenoon.csv\n  \
    switchroom report overview-queues --from 2026-11-01 --to 2026-12-01 --compare year-ago\n  \
    switchroom report lost --from 2026-11-01 --to 2026-12-01 --with direction=in \\\n      \
        --with days=mon,tue --with short_wait=5 --format json\n\n\
    A date means its first moment, in the zone of the office or the one given by --tz, and the\n\
    end is not included: --from 2026-11-01 --to 2026-12-01 is November.\n\
    `switchroom report --list` names the blocks and what --with takes.")]
pub struct Report {
    #[command(flatten)]
    place: Place,
    /// Name all blocks and filters
    #[arg(long)]
    list: bool,
    /// Which figures
    #[arg(required_unless_present = "list")]
    block: Option<String>,
    /// Start, a date or a date and time
    #[arg(long, value_name = "T", required_unless_present = "list")]
    from: Option<String>,
    /// End, not included
    #[arg(long, value_name = "T", required_unless_present = "list")]
    to: Option<String>,
    /// Time zone [default: the office's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// Only this queue; may be given several times
    #[arg(long = "queue", value_name = "QUEUE")]
    queues: Vec<String>,
    /// Only this agent; may be given several times
    #[arg(long = "agent", value_name = "AGENT")]
    agents: Vec<String>,
    /// The same figures of another period: previous, year-ago, or FROM..TO
    #[arg(long, value_name = "PERIOD")]
    compare: Option<String>,
    /// A further filter or rule
    #[arg(long = "with", value_name = "NAME=VALUE")]
    with: Vec<String>,
    /// How to show it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// Comma-separated values, with labels in the first line
    Csv,
    /// With header, columns and exact values
    Json,
}

impl Report {
    pub fn act(self) -> Result<ExitCode> {
        let mut stdout = std::io::stdout().lock();
        if self.list {
            stdout.write_all(list().as_bytes()).map_err(out)?;
            return Ok(ExitCode::SUCCESS);
        }
        let answer = self.answer()?;
        let text = match self.format {
            Format::Table => as_table(&answer)?,
            Format::Csv => answer.side_by_side(Language::English).csv(),
            Format::Json => answer.json(),
        };
        stdout.write_all(text.as_bytes()).map_err(out)?;
        Ok(ExitCode::SUCCESS)
    }

    fn answer(&self) -> Result<Answer> {
        let config = self.place.config()?;
        let zone = config.office.zone();
        let pairs = self.pairs()?;
        let defaults = Defaults {
            zone: zone.clone(),
            rules: config.rules(),
            language: Language::English,
            now: time::now(),
        };
        let query = Query::read(pairs.iter().map(|(name, value)| (*name, *value)), &defaults)
            .map_err(|faults| reports::refusal(&faults))?;
        let other = self.compare.as_deref().map(|text| reports::other_period(text, &query));
        let other = other.transpose().map_err(|fault| reports::refusal(&[fault]))?;
        let block = self.block.as_deref().unwrap_or_default();
        let store = Store::open_beside(&config.store.data, config.store.settings(&zone))?;
        store.query(|reader| {
            let source = Stored::new(reader)?;
            match other {
                Some(other) => reports::run_compared(block, &query, other, &source),
                None => reports::run(block, &query, &source),
            }
        })
    }

    fn pairs(&self) -> Result<Vec<(&str, &str)>> {
        let mut pairs = Vec::new();
        let ours = [("from", &self.from), ("to", &self.to), ("tz", &self.tz)];
        pairs.extend(ours.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))));
        pairs.extend(self.queues.iter().map(|queue| ("queue", queue.as_str())));
        pairs.extend(self.agents.iter().map(|agent| ("agent", agent.as_str())));
        for with in &self.with {
            let pair = with.split_once('=').ok_or_else(|| {
                let text = format!("--with {with}: write NAME=VALUE, such as direction=in");
                Error::new(Kind::Invalid, text)
            })?;
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

fn list() -> String {
    let mut text = String::from("Blocks:\n");
    let mut group = None;
    for block in reports::catalogue() {
        if group.replace(block.group) != Some(block.group) {
            text.push_str(&format!("\n  {}\n", block.group.label(Language::English)));
        }
        let label = block.label(Language::English);
        text.push_str(&format!("    {:<28} {label}, by {}\n", block.id, block.scope));
    }
    text.push_str("\nNames for --with:\n\n");
    for (name, accepts) in reports::PARAMETERS {
        text.push_str(&format!("    {name:<22} {accepts}\n"));
    }
    text
}

/// Header, then the rows; values as people read them.
fn as_table(answer: &Answer) -> Result<String> {
    let header = &answer.header;
    let zone = Zone::named(&header.zone)?;
    let local = |at| zone.local(at).strftime("%Y-%m-%d %H:%M").to_string();
    let mut text = format!(
        "{}\n{} to {} ({}), {} calls, {} answered, {} lost\n",
        answer.label,
        local(header.from),
        local(header.to),
        header.zone,
        header.processed,
        header.answered,
        header.lost
    );
    if let Some(comparison) = &answer.compare {
        let then = &comparison.header;
        text.push_str(&format!(
            "compared with {} to {}, {} calls, {} answered, {} lost\n",
            local(then.from),
            local(then.to),
            then.processed,
            then.answered,
            then.lost
        ));
    }
    for note in &header.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    text.push('\n');
    text.push_str(&answer.side_by_side(Language::English).table(&zone));
    Ok(text)
}
