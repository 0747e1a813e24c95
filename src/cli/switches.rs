//! The switches of the tracker, shared by the commands that run it.

use std::ffi::{OsStr, OsString};

use clap::Args;

use crate::tracker::{Options, Pattern, Scope};

/// What is tracked and how; names and defaults of the public tool.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "What is tracked (0 or 1; alone means 1)")]
pub struct Switches {
    /// Hold and music on hold, as CALLERONHOLD and CALLEROFFHOLD
    #[arg(
        long,
        value_name = "0|1",
        num_args = 0..=1,
        default_value = "1",
        default_missing_value = "1",
        value_parser = bit
    )]
    moh: bool,
    /// Parking lots as queues pk-LOT
    #[arg(
        long,
        value_name = "0|1",
        num_args = 0..=1,
        default_value = "0",
        default_missing_value = "1",
        value_parser = bit
    )]
    parkedcalls: bool,
    /// Outbound calls as campaigns q-ACCOUNT, or q-outbound without an account code
    #[arg(
        long,
        value_name = "0|1",
        num_args = 0..=1,
        default_value = "0",
        default_missing_value = "1",
        value_parser = bit
    )]
    outboundcalls: bool,
    /// Calls answered before this many milliseconds are not tracked
    #[arg(long, value_name = "MS", default_value_t = 300, value_parser = clap::value_parser!(i64).range(0..=60_000))]
    outboundthreshold: i64,
    /// Telephones logged on for a person become that person
    #[arg(
        long,
        value_name = "0|1",
        num_args = 0..=1,
        default_value = "0",
        default_missing_value = "1",
        value_parser = bit
    )]
    hotdesking: bool,
    /// Channels whose outbound calls go to queues that begin with _; all originators are then
    /// tracked
    #[arg(long, value_name = "REGEX", value_parser = pattern)]
    hidden_channels: Option<Pattern>,
    /// Begin the ids of tracked calls with a colon
    #[arg(
        long,
        value_name = "0|1",
        num_args = 0..=1,
        default_value = "1",
        default_missing_value = "1",
        value_parser = bit
    )]
    rewriteuniqueids: bool,
    /// Devices that are agents' phones, besides members, hints and phones called by name
    #[arg(long, value_name = "REGEX", value_parser = pattern)]
    internal_channels: Option<Pattern>,
    /// Whose calls are tracked: internal, all, or auto (all with --hidden-channels)
    #[arg(long, value_name = "SCOPE", default_value = "auto", value_parser = scope)]
    outbound_scope: Scope,
    /// How the number of a parked call is written
    #[arg(long, value_name = "TEXT", default_value = "{space}-{number}")]
    park_number_format: String,
    /// Queue of consultation calls; empty: like any other call
    #[arg(long, value_name = "QUEUE", default_value = "_q-consult")]
    consult_queue: String,
    /// Queue of calls to an internal phone; empty: like any other call
    #[arg(long, value_name = "QUEUE", default_value = "")]
    internal_queue: String,
    /// Also write when the customer holds the agent
    #[arg(
        long,
        value_name = "0|1",
        num_args = 0..=1,
        default_value = "0",
        default_missing_value = "1",
        value_parser = bit
    )]
    moh_customer: bool,
    /// After an unanswered call write why it failed
    #[arg(
        long,
        value_name = "0|1",
        num_args = 0..=1,
        default_value = "0",
        default_missing_value = "1",
        value_parser = bit
    )]
    failure_status: bool,
    /// Keep events in the capture that no machine looks at
    #[arg(
        long,
        value_name = "0|1",
        num_args = 0..=1,
        default_value = "0",
        default_missing_value = "1",
        value_parser = bit
    )]
    pub noeventblacklisting: bool,
}

impl Switches {
    /// As the tracker takes them.
    pub fn options(&self, sees_log: bool) -> Options {
        Options {
            rewrite_unique_ids: self.rewriteuniqueids,
            hold: self.moh,
            customer_hold: self.moh_customer,
            parked_calls: self.parkedcalls,
            outbound_calls: self.outboundcalls,
            outbound_threshold_ms: self.outboundthreshold,
            hot_desking: self.hotdesking,
            hidden_channels: self.hidden_channels.clone(),
            internal_channels: self.internal_channels.clone(),
            scope: self.outbound_scope,
            park_number_format: self.park_number_format.clone(),
            consult_queue: self.consult_queue.clone(),
            internal_queue: self.internal_queue.clone(),
            failure_status: self.failure_status,
            sees_log,
        }
    }
}

/// Switches that may stand alone.
const BITS: [&str; 8] = [
    "--moh",
    "--parkedcalls",
    "--outboundcalls",
    "--hotdesking",
    "--rewriteuniqueids",
    "--moh-customer",
    "--failure-status",
    "--noeventblacklisting",
];

/// Gives a switch that stands alone its 1, so that what comes after it is not
/// taken for its value: `--parkedcalls ami.raw`.
pub fn spelled_out(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut all: Vec<OsString> = arguments.into_iter().collect();
    let tracks = all.get(1).is_some_and(|command| command == "replay" || command == "track");
    if !tracks {
        return all;
    }
    for at in 2..all.len() {
        if all[at] == "--" {
            break;
        }
        let alone = !all.get(at + 1).is_some_and(|next| next == "0" || next == "1");
        if alone && let Some(bit) = BITS.iter().find(|bit| all[at] == OsStr::new(bit)) {
            all[at] = OsString::from(format!("{bit}=1"));
        }
    }
    all
}

fn bit(text: &str) -> Result<bool, String> {
    match text {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err("0 or 1".to_owned()),
    }
}

pub fn pattern(text: &str) -> Result<Pattern, String> {
    Pattern::new(text)
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::named(text).ok_or_else(|| "auto, internal or all".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> String {
        let words = spelled_out(text.split(' ').map(OsString::from));
        words.join(OsStr::new(" ")).into_string().unwrap()
    }

    #[test]
    fn a_switch_that_stands_alone_does_not_eat_what_follows() {
        assert_eq!(spelled("x replay --moh cap"), "x replay --moh=1 cap");
        assert_eq!(spelled("x replay cap --moh"), "x replay cap --moh=1");
        assert_eq!(
            spelled("x track --moh 0 --hotdesking --pid f"),
            "x track --moh 0 --hotdesking=1 --pid f"
        );
        assert_eq!(spelled("x track --moh=0"), "x track --moh=0");
        assert_eq!(spelled("x replay -- --moh"), "x replay -- --moh");
        assert_eq!(spelled("x run --moh"), "x run --moh");
    }
}
