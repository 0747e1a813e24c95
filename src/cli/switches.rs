//! The switches of the tracker, shared by the commands that run it.

use std::ffi::{OsStr, OsString};

use clap::Args;

use crate::tracker::{Options, Pattern, Scope};

/// Declares the switches that are 0 or 1 and may stand alone for 1.
macro_rules! bits {
    ($( $(#[doc = $doc:literal])+ $name:ident = $default:literal, )+) => {
        /// Switches of 0 or 1.
        #[derive(Clone, Debug, Args)]
        #[command(next_help_heading = "What is tracked (0 or 1; alone means 1)")]
        pub struct Bits {
            $(
                $(#[doc = $doc])+
                #[arg(
                    long,
                    value_name = "0|1",
                    num_args = 0..=1,
                    default_value = $default,
                    default_missing_value = "1",
                    value_parser = bit
                )]
                pub $name: bool,
            )+
        }

        /// Their names, with `_` for `-`.
        const BITS: &[&str] = &[$( stringify!($name) ),+];
    };
}

bits! {
    /// Hold and music on hold, as CALLERONHOLD and CALLEROFFHOLD
    moh = "1",
    /// Also write when the customer holds the agent
    moh_customer = "0",
    /// Parking lots as queues pk-LOT
    parkedcalls = "0",
    /// Outbound calls as campaigns q-ACCOUNT, or q-outbound without an account code
    outboundcalls = "0",
    /// Telephones logged on for a person become that person
    hotdesking = "0",
    /// Begin the ids of tracked calls with a colon
    rewriteuniqueids = "1",
    /// After an unanswered call write why it failed
    failure_status = "0",
    /// Write telephones that a tracked call rang in vain, as RINGNOANSWER
    ring_attempts = "0",
    /// Keep events in the capture that no machine looks at
    noeventblacklisting = "0",
}

/// What is tracked and how; names and defaults of the public tool.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "How it is tracked")]
pub struct Switches {
    #[command(flatten)]
    pub bits: Bits,
    /// Calls answered before this many milliseconds are not tracked
    #[arg(long, value_name = "MS", default_value_t = 300, value_parser = clap::value_parser!(i64).range(0..=60_000))]
    outboundthreshold: i64,
    /// Channels whose outbound calls go to queues that begin with _; all originators are then
    /// tracked
    #[arg(long, value_name = "REGEX", value_parser = pattern)]
    hidden_channels: Option<Pattern>,
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
}

impl Switches {
    /// As the tracker takes them.
    pub fn options(&self, sees_log: bool) -> Options {
        Options {
            rewrite_unique_ids: self.bits.rewriteuniqueids,
            hold: self.bits.moh,
            customer_hold: self.bits.moh_customer,
            parked_calls: self.bits.parkedcalls,
            outbound_calls: self.bits.outboundcalls,
            outbound_threshold_ms: self.outboundthreshold,
            hot_desking: self.bits.hotdesking,
            hidden_channels: self.hidden_channels.clone(),
            internal_channels: self.internal_channels.clone(),
            scope: self.outbound_scope,
            park_number_format: self.park_number_format.clone(),
            consult_queue: self.consult_queue.clone(),
            internal_queue: self.internal_queue.clone(),
            failure_status: self.bits.failure_status,
            ring_attempts: self.bits.ring_attempts,
            sees_log,
            // The log is read here, right before a call is opened.
            dialplan_grace_ms: 0,
        }
    }
}

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
        if alone && is_bit(&all[at]) {
            all[at].push("=1");
        }
    }
    all
}

fn is_bit(argument: &OsStr) -> bool {
    let name = argument.to_str().and_then(|text| text.strip_prefix("--"));
    name.is_some_and(|name| BITS.contains(&&*name.replace('-', "_")))
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
